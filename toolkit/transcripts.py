"""Reads lines that begin with who speaks: ``NAME: “…”``, and interviews and transcripts ("Q: … A: …").

A text is a transcript where at least two lines are labelled in one of these ways: with ``Q`` and ``A``, with names in
capitals, or with two names or more that each come back. Between its first and its last labelled line, lines without a
label go on with the speaker before them, up to a dozen.

What is missed: a transcript that gives each speaker one turn under a name in small letters, and all but the first
paragraph of the last turn and of a turn that is longer (as one may be that is none, but the article's own words).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.cues import introduction, named
from toolkit.drafts import Draft, contents_of, yield_to
from toolkit.quotemarks import MARKS, Marks
from toolkit.records import Span
from toolkit.stretches import Used

_LINE = re.compile(r"[^\n]+")
_LABEL = re.compile(
    r"[ \t]*[“\"«‘']?(?P<name>[^\W\d_][^\n:“”\"«»?!;]{0,60}?) ?(?P<colon>:)(?:[ \t\xa0]+(?=\S)|[ \t\xa0\r]*$)",
    re.MULTILINE,
)
_TURN = re.compile(r"[ \t]*(?P<name>[QA])(?P<colon>[.:])[ \t\xa0]+(?=\S)")
_ASIDE = re.compile(r"\s*[“\"«]?[(\[][^()\[\]\n]{1,60}[)\]][\s.”\"»]*$")
_LONGEST_TURN = 12
"""Paragraphs that a turn may have."""
_BEHIND_NAME = re.compile(r"\s*[(\[,].*$")
QUESTION_AND_ANSWER = frozenset({"Q", "A", "QUESTION", "ANSWER"})
"""Labels of turns that name nobody."""
_NO_SPEAKERS = frozenset([
    "note", "notes", "update", "updated", "correction", "clarification", "editor's note", "photo", "photos",
    "picture", "image", "video", "watch", "listen", "read", "read more", "more", "also read", "see also",
    "related", "topics", "tags", "source", "sources", "date", "time", "place", "venue", "where", "when", "what",
    "who", "why", "how", "price", "tickets", "address", "phone", "email", "location", "example", "warning",
    "background", "analysis", "opinion", "explainer", "live", "breaking", "caption", "credit", "summary",
    "key points", "published", "total", "result", "results", "score", "subject", "from", "to", "re", "cc",
    "pic", "step",
])  # fmt: skip
"""Words before a colon that name nobody, in small letters."""


@dataclass(frozen=True)
class _Line:
    """A line of the text; its label is None where it has none.

    Attributes:
        start: First character.
        end: One past the last one.
        name: Where the speaker is named, or None.
        colon: Where the mark behind the name stands, or None.
        words: Where what is said starts.
    """

    start: int
    end: int
    name: Span | None
    colon: Span | None
    words: int


def labelled_lines(text: str, marks: Marks, drafts: Sequence[Draft]) -> list[Draft]:
    """Give the words of labelled lines to the names before them.

    In a transcript a turn is one statement, and what its speaker reports of others stays inside it as theirs; a
    ``NAME: “…”`` elsewhere counts where no attribution holds the quotation.

    Args:
        text: The text.
        marks: Its quotation marks.
        drafts: The attributions that were found.

    Returns:
        All drafts, with the ones found here.
    """
    lines = [_read(text, m.start(), m.end()) for m in _LINE.finditer(text) if m.group().strip()]
    speakers = _speakers(text, lines)
    turns = _turns(text, lines, speakers) if speakers else []
    left = yield_to(text, drafts, turns)
    used = Used(len(text), contents_of([*left, *turns]))
    found = []
    for line in lines:
        pair = marks.opening_at(line.words) if line.name and line.colon else None
        if pair and line.colon and not used.touches((pair.start, line.end)):
            said = introduction(text, line.start, line.colon[1])
            source, cue = said[:2] if said else (line.name, line.colon)
            found.append(Draft(((pair.start, pair.end),), cue, source, "beside" if said else "label", 0.8))
    return [*left, *turns, *found]


def _read(text: str, start: int, end: int) -> _Line:
    match = _LABEL.match(text, start, end) or _TURN.match(text, start, end)
    if not match:
        return _Line(start, end, None, None, start)
    return _Line(start, end, match.span("name"), match.span("colon"), match.end())


def _key(text: str, line: _Line) -> str:
    """Give a label without what is put in brackets behind it ("HADDAD (through an interpreter)")."""
    return _BEHIND_NAME.sub("", text[slice(*line.name)]).strip() if line.name else ""


def _speakers(text: str, lines: Sequence[_Line]) -> frozenset[str]:
    """Give the labels that name speakers of a transcript; none where the text is no transcript."""
    counts = Counter(_key(text, line) for line in lines if line.name)
    counts = Counter({k: n for k, n in counts.items() if k.lower().replace("’", "'") not in _NO_SPEAKERS})
    dotted = {_key(text, line) for line in lines if line.colon and text[line.colon[0]] == "."}
    if not dotted <= {k for k, n in counts.items() if n > 1} or len(dotted) == 1:
        counts = Counter({k: n for k, n in counts.items() if k not in dotted})
    plain = frozenset(k for k in counts if k.isupper() or k.upper() in QUESTION_AND_ANSWER)
    spoken = [k for k, n in counts.items() if n > 1 and named(k) and k not in plain]
    found = plain if sum(counts[k] for k in plain) > 1 else frozenset()
    if len(spoken) + bool(found) > 1:
        found |= frozenset(spoken)
    return found


def _turns(text: str, lines: Sequence[_Line], speakers: frozenset[str]) -> list[Draft]:
    labelled = [number for number, line in enumerate(lines) if _key(text, line) in speakers]
    found: list[Draft] = []
    for number, following in zip(labelled, [*labelled[1:], labelled[-1] + 1], strict=True):
        first = lines[number]
        further = lines[number + 1 : following] if following - number <= _LONGEST_TURN else []
        spans = [(first.words, first.end), *((line.start, line.end) for line in further)]
        spans = [_words(text, start, end) for start, end in spans]
        spans = [span for span in spans if span[0] < span[1] and not _ASIDE.fullmatch(text, *span)]
        if spans:
            found.append(Draft(tuple(spans), first.colon, first.name, "label", 0.8, verbatim=True))
    return found


def _words(text: str, start: int, end: int) -> Span:
    """Leave out white space at the ends, and the marks around a turn that is printed as a quotation."""
    while start < end and (text[start].isspace()):
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if end - start > 1 and text[end - 1] in MARKS and not any(c in MARKS for c in text[start : end - 1]):
        end -= 1
    return start, end
