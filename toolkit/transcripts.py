"""Reads lines that begin with who speaks: ``NAME: “…”``, and interviews and transcripts ("Q: … A: …").

A text is a transcript where at least two lines are labelled in one of these ways: with ``Q`` and ``A``, with names in
capitals, with two names or more that each come back, or with the states of two speakers in brackets behind their
names, as in the records of the United Nations ("Ms. Ngom (Senegal) (spoke in French): ..."). Lines without a label go
on with the speaker before them as far as they may be speech: up to a dozen lines in a row without a word for speaker
or listener ("I", "we", "you") outside quotation marks, and none of these from the first one on that names the speaker
or has "X said" beside a quotation. Behind the last labelled line, where no label shows that the transcript goes on,
lines are kept only up to the last one with such a word.

What is missed: a transcript that gives each speaker one turn under a bare name in small letters, and the end of the
last turn where nobody says "I", "we" or "you".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.cues import introduction, named, speaker_before, speaker_behind
from toolkit.drafts import Draft, contents_of, yield_to
from toolkit.gazetteer import load_gazetteer
from toolkit.quotemarks import MARKS, Marks
from toolkit.records import Span
from toolkit.stretches import Used

_LINE = re.compile(r"[^\n]+")
_LABEL = re.compile(
    r"[ \t]*[“\"«‘']?(?P<name>[^\W\d_][^\n:“”\"«»?!;]{0,60}?) ?(?P<colon>:)(?:[ \t\xa0]+(?=\S)|[ \t\xa0\r]*$)",
    re.MULTILINE,
)
_DELEGATE = re.compile(
    r"[ \t]*(?P<name>[^\W\d_][^\n:()“”\"«»?!;]{1,60}\((?P<place>[^()\n:]{3,60})\)(?: ?\(spoke in [^()\n:]{3,60}\))?)"
    r" ?(?P<colon>:)(?:[ \t\xa0]+(?=\S)|[ \t\xa0\r]*$)",
    re.MULTILINE,
)
_TURN = re.compile(r"[ \t]*(?P<name>[QA])(?P<colon>[.:])[ \t\xa0]+(?=\S)")
_ASIDE = re.compile(r"\s*[“\"«]?[(\[][^()\[\]\n]{1,60}[)\]][\s.”\"»]*$")
_SILENT = 12
"""Lines in a row that a turn may have without a word for speaker or listener."""
_SILENT_AT_END = 2
"""The same behind the last labelled line, where another such line must follow them."""
_SPOKEN = re.compile(
    r"\b(?:I|[Mm]e|[Mm]y|[Mm]ine|[Mm]yself|[Ww]e|us|[Oo]ur|[Oo]urs|[Oo]urselves|[Yy]ou|[Yy]our|[Yy]ours|[Yy]ourself)\b(?![.&])"
)
"""Words for speaker and listener."""
_EDITORS = re.compile(
    r"\b(?:(?:interview|conversation|transcript|exchange|discussion)\s(?:has\sbeen|was|is|were)\b|edited\sfor\s|condensed|"
    r"abridged|subscri(?:be|ption)|newsletters?|sign\sup|follow\s(?:us|me|him|her|them)\b|contact\sus|click\shere|read\smore|"
    r"all\srights\sreserved|copyright|©)",
    re.IGNORECASE,
)
"""What editors write below an interview."""
_BEHIND_NAME = re.compile(r"\s*[(\[,].*$")
ANSWER = frozenset({"A", "ANSWER"})
"""Labels of turns in which the one who is interviewed speaks."""
QUESTION_AND_ANSWER = ANSWER | {"Q", "QUESTION"}
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
    turns = _turns(text, lines, speakers, marks) if speakers else []
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
    shapes = (_DELEGATE, _LABEL, _TURN)
    match = next((m for shape in shapes if (m := shape.match(text, start, end))), None)
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
    delegates = frozenset(_key(text, line) for line in lines if line.name and _of_a_state(text[slice(*line.name)]))
    if len(delegates) > 1:
        return found | delegates | frozenset(spoken)
    if len(spoken) + bool(found) > 1:
        found |= frozenset(spoken)
    return found


def _of_a_state(label: str) -> bool:
    """Whether a label names a state or an organisation in brackets."""
    delegate = _DELEGATE.match(f"{label}:")
    return delegate is not None and load_gazetteer().lookup(delegate["place"]) is not None


class _Telling:
    """Tells whose words a line may be: a speaker's, or those of an article that tells of a speaker.

    Args:
        text: The text.
        marks: Its quotation marks.
    """

    def __init__(self, text: str, marks: Marks) -> None:
        self._text, self._marks = text, marks

    def spoken(self, line: _Line) -> bool:
        """Whether a line has a word for speaker or listener outside quotation marks, and no editor wrote it."""
        found = any(not self._quoted(m.start()) for m in _SPOKEN.finditer(self._text, line.start, line.end))
        return found and not _EDITORS.search(self._text, line.start, line.end)

    def told(self, line: _Line, name: str) -> bool:
        """Whether a line names the speaker of the turn, or has a quotation with "X said" beside it."""
        surname = name.split()[-1] if name.upper() not in QUESTION_AND_ANSWER else ""
        if len(surname) > 2:
            own = re.compile(rf"\b(?:{re.escape(surname)}|{re.escape(surname.title())})\b")
            if any(not self._quoted(m.start()) for m in own.finditer(self._text, line.start, line.end)):
                return True
        return any(
            speaker_behind(self._text, pair.end, line.end) or speaker_before(self._text, line.start, pair.start)
            for pair in self._marks.near(line.start, line.end)
        )

    def _quoted(self, position: int) -> bool:
        return bool(self._marks.near(position, position + 1))


def _going_on(lines: Sequence[_Line], telling: _Telling, name: str, *, silent: int, ends: bool) -> Sequence[_Line]:
    """Give the lines behind a labelled one that go on with its speaker.

    Args:
        lines: The lines up to the next label.
        telling: Whose words a line may be.
        name: The label.
        silent: Lines in a row that may be without a word for speaker or listener.
        ends: Whether a label follows, so that further lines without such a word are the speaker's too.
    """
    last, end = 0, len(lines)
    for number, line in enumerate(lines):
        if telling.spoken(line):
            last, end = number + 1, len(lines)
        elif number - last >= silent:
            return lines[: min(last, end)]
        elif end > number and telling.told(line, name):
            end = number
    return lines[: end if ends else last]


def _turns(text: str, lines: Sequence[_Line], speakers: frozenset[str], marks: Marks) -> list[Draft]:
    labelled = [number for number, line in enumerate(lines) if _key(text, line) in speakers]
    telling = _Telling(text, marks)
    found: list[Draft] = []
    for number, following in zip(labelled, [*labelled[1:], len(lines)], strict=True):
        first, name = lines[number], _key(text, lines[number])
        silent = _SILENT if number < labelled[-1] else _SILENT_AT_END
        further = _going_on(lines[number + 1 : following], telling, name, silent=silent, ends=number < labelled[-1])
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
