"""Finds quotations that no reporting words introduce: signed ones, posts, block quotations, and a speaker who goes on.

Each function takes the drafts found so far and gives them back with what it adds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from toolkit.cues import introduction, named, speaker_before, speaker_behind
from toolkit.drafts import Draft, contents_of, yield_to
from toolkit.quotemarks import Marks, Pair
from toolkit.records import Span
from toolkit.stretches import Used, merge, within

_WORD = re.compile(r"\w+")
_LINE = re.compile(r"[^\n]+")
_SIGNATURE = re.compile(
    r"[ \t\xa0]*(?:\n[ \t\xa0]*)?(?P<mark>[–—―-]{1,2}|:)[ \t\xa0]*(?P<name>[^\W\d_][^\n“”\"«».!?]{1,80}?)[ \t.\r]*$",
    re.MULTILINE,
)
_POST = re.compile(
    r"(?P<mark>[–—―-]{1,2}|&mdash;)[ \t\xa0]*(?P<name>[^\n()@]{1,60}?)[ \t\xa0]*\(@\w{1,40}\)[ \t\xa0]*"
    r"(?:[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}|\d{1,2} [A-Z][a-z]{2,8}\.? \d{4})?[ \t\r]*$",
    re.MULTILINE,
)
_LINK = re.compile(r"(?:https?://|pic\.twitter\.com/)\S*")
_SENTENCE_END = re.compile(r"[.!?,…。！？؟][”\"»’'″]*$")
_STOP = re.compile(r"[.!?](?=[\s”\"»’'])")
_LEAD = re.compile(r"[ \t\xa0]*(?:>[ \t]?|[•*–—-][ \t])?[ \t\xa0]*")
_ASIDE = re.compile(r".\s*[(\[][^()\[\]\n]{1,60}[)\]]\W*")
"""A mark and a remark in brackets ("(Applause.)")."""
_FEWEST_WORDS = 4


def signed(text: str, marks: Marks, drafts: Sequence[Draft]) -> list[Draft]:
    """Give ``“…” – Name`` on lines of their own, ``“…”: Name``, and embedded posts (``… – Name (@handle) date``)."""
    found = _posts(text)
    used = Used(len(text), contents_of(found))
    for pair in marks.outermost():
        match = _SIGNATURE.match(text, pair.end) if pair.closed else None
        line = text.rfind("\n", 0, pair.start) + 1
        if not match or used.touches((pair.start, pair.end)) or not named(match["name"]):
            continue
        alone = not text[line : pair.start].strip()
        whole = _is_statement(text, pair) and match["mark"] != ":"
        if len(_WORD.findall(text, pair.start, pair.end)) > 1 and (alone or whole):
            found.append(Draft(((pair.start, pair.end),), match.span("mark"), match.span("name"), "signature", 0.8))
    found.sort(key=lambda d: d.spans)
    return [*yield_to(text, drafts, found), *found]


def _posts(text: str) -> list[Draft]:
    found: list[Draft] = []
    last = 0
    for match in _POST.finditer(text):
        line = max(text.rfind("\n", 0, match.start()) + 1, last)
        start, end = _stripped(text, line, match.start())
        if start == end and line > last:
            end = len(text[last:line].rstrip()) + last
            start, end = _stripped(text, max(text.rfind("\n", 0, end) + 1, last), end)
        links = list(_LINK.finditer(text, start, end))
        if links and not text[links[-1].end() : end].strip():
            start, end = _stripped(text, start, links[-1].start())
        last = match.end()
        if start < end and match["name"].strip():
            mark, name = match.span("mark"), match.span("name")
            found.append(Draft(((start, end),), mark, name, "signature", 0.8, verbatim=True))
    return found


def block_quotations(text: str, marks: Marks, drafts: Sequence[Draft]) -> list[Draft]:
    """Give the paragraph after "X wrote in a letter:", and further ones as far as they are indented like it."""
    lines = [(m.start(), m.end()) for m in _LINE.finditer(text) if m.group().strip()]
    used = Used(len(text), contents_of(drafts))
    by_cue = {position: number for number, draft in enumerate(drafts) if draft.cue for position in range(*draft.cue)}
    found: list[Draft] = []
    widened: dict[int, tuple[Span, ...]] = {}
    for number, (start, end) in enumerate(lines[:-1]):
        intro = introduction(text, start, end) if text[start:end].rstrip()[-1:] == ":" else None
        if not intro:
            continue
        source, cue, colon = intro
        spans = _block(text, marks, lines, number + 1)
        if not spans:
            first = _stripped(text, *lines[number + 1])[0]
            pair = marks.opening_at(first)
            if pair and not used.touches((pair.start, pair.end)):
                found.append(Draft(((pair.start, pair.end),), cue, source, "beside", 0.7))
            continue
        own = by_cue.get(cue[1] - 1, by_cue.get(colon[0]))
        if own is not None and any(s[0] >= spans[0][0] for s in drafts[own].spans):
            widened[own] = merge([*drafts[own].spans, *spans])
        elif not any(map(used.touches, spans)):
            found.append(Draft(tuple(spans), cue, source, "label", 0.7, verbatim=True))
    kept = list(drafts)
    for number, whole in widened.items():
        kept[number] = replace(kept[number], spans=whole, rule="network+marks", verbatim=True)
    return [*kept, *found]


def _block(text: str, marks: Marks, lines: Sequence[Span], number: int) -> list[Span]:
    """Give the paragraphs of a block quotation that starts at a line; none where it is printed in quotation marks."""
    before = _lead(text, lines[number - 1])
    lead = _lead(text, lines[number])
    spans: list[Span] = []
    for line in lines[number:]:
        if spans and (lead == before or _lead(text, line) != lead):
            break
        start, end = _stripped(text, line[0] + len(lead), line[1])
        if start == end or marks.opening_at(start) or text[end - 1] == ":":
            break
        spans.append((start, end))
    return spans


def _lead(text: str, line: Span) -> str:
    match = _LEAD.match(text, *line)
    return match.group() if match else ""


def quotations_left(text: str, marks: Marks, drafts: Sequence[Draft]) -> list[Draft]:
    """Give the quoted sentences that no attribution has, and the other paragraphs of one that it has.

    A quotation goes to whom "X said" beside it names, else to the speaker of the quotation before, and else to nobody.
    Where every paragraph opens it anew and only the last one closes it, all are one content. A quotation of which an
    attribution holds only what somebody tells inside it is still to be had.
    """
    inner = {n for n, d in enumerate(drafts) if any(_tells_inside(d, p) for p in marks.near(*d.extent))}
    used = Used(len(text), (span for n, d in enumerate(drafts) if n not in inner for span in d.spans))
    reporting = Used(len(text), (span for d in drafts for span in (d.cue, d.source) if span))
    holders = {span: n for n, d in enumerate(drafts) if n not in inner for span in d.spans}
    result = list(drafts)
    so_far = _SoFar(text, marks, (d for n, d in enumerate(drafts) if n not in inner))
    for run in _runs(text, marks):
        spans = [(p.start, p.end) for p in run]
        free = [span for span in spans if not used.touches(span)]
        held = [span for span in spans if span in holders]
        known = [span for span in held if result[holders[span]].source] or held
        if known:
            for number, gained in _shares(holders, known, free).items():
                result[number] = replace(result[number], spans=merge([*result[number].spans, *gained]))
        elif len(free) == len(run) and (draft := _uncued(text, run, reporting, so_far)):
            result.append(draft)
            so_far.add(draft)
    return result


def _shares(holders: Mapping[Span, int], known: Sequence[Span], free: Sequence[Span]) -> dict[int, list[Span]]:
    """Give each free paragraph of a quotation to the attribution that has the one before it, else the one behind."""
    gained: dict[int, list[Span]] = {}
    place = 0
    for span in free:
        while place + 1 < len(known) and known[place + 1] < span:
            place += 1
        gained.setdefault(holders[known[place]], []).append(span)
    return gained


def _uncued(text: str, run: Sequence[Pair], reporting: Used, so_far: _SoFar) -> Draft | None:
    spans = tuple((p.start, p.end) for p in run)
    (line, _), (_, end) = _line_of(text, run[0].start), _line_of(text, run[-1].start)
    for beside in (speaker_behind(text, run[-1].end, end), speaker_before(text, line, run[0].start)):
        if beside and not reporting.touches(beside[1]):
            return Draft(spans, beside[1], beside[0], "beside", 0.7)
    if not any(_is_statement(text, pair) for pair in run):
        return None
    source, certainty = so_far.speaker(line, run[0].start)
    return Draft(spans, None, source, "running" if source else "unattributed", certainty)


def _runs(text: str, marks: Marks) -> list[list[Pair]]:
    """Gather the paragraphs of quotations that are opened anew; a quotation of one paragraph is a run of one."""
    runs: list[list[Pair]] = []
    going = False
    for pair in marks.outermost():
        if _ASIDE.fullmatch(text, pair.start, pair.end):
            continue
        if going and not text[runs[-1][-1].end : pair.start].strip():
            runs[-1].append(pair)
        else:
            runs.append([pair])
        going = not pair.closed
    return runs


class _SoFar:
    """Remembers who spoke last in each line, so that a quotation without reporting words can go to the one before."""

    def __init__(self, text: str, marks: Marks, drafts: Iterable[Draft]) -> None:
        self._text, self._marks = text, marks
        self._last: dict[int, Draft] = {}
        for draft in drafts:
            self.add(draft)

    def add(self, draft: Draft) -> None:
        """Remember a draft as the last one of the line where its content ends."""
        line, _ = _line_of(self._text, draft.spans[-1][0])
        known = self._last.get(line)
        if known is None or self._rank(known) < self._rank(draft):
            self._last[line] = draft

    def _rank(self, draft: Draft) -> tuple[bool, Span]:
        return any(self._marks.near(*span) for span in draft.spans) or draft.verbatim, draft.spans[-1]

    def speaker(self, line: int, position: int) -> tuple[Span | None, float]:
        """Give the source that goes on in a quotation, and how sure that is."""
        here = self._last.get(line)
        if self._text[line:position].strip():
            if here is None or here.source is None or here.spans[-1][1] > position:
                return None, 0.3
            said = max(part[1] for part in (here.spans[-1], here.cue, here.source) if part and part[1] <= position)
            return (here.source, 0.6) if len(_STOP.findall(self._text, said, position)) < 2 else (None, 0.3)
        end = len(self._text[:line].rstrip()) if line else 0
        before = self._last.get(_line_of(self._text, max(end - 1, 0))[0]) if end else None
        if before is None or before.source is None:
            return None, 0.3
        if self._rank(before)[0]:
            return before.source, 0.6
        return (before.source, 0.5) if not _WORD.search(self._text, before.spans[-1][1], end) else (None, 0.3)


def _tells_inside(draft: Draft, pair: Pair) -> bool:
    """Tell whether an attribution stands inside a quotation with its cue and its source, and holds little of it."""
    around, (start, end) = (pair.start, pair.end), draft.extent
    inside = within(draft.cue, around) and within(draft.source, around) and within((start, end), around)
    return inside and end - start < 0.6 * (pair.end - pair.start)


def _is_statement(text: str, pair: Pair) -> bool:
    """Tell whether a quotation is a sentence: no quoted term, no title of a work ("The Evening Show")."""
    inner = text[pair.start + 1 : pair.end]
    words = _WORD.findall(inner)
    if len(words) < _FEWEST_WORDS or words[0][0].islower():
        return False
    longer = [w for w in words[1:] if len(w) > 3 and w[0].isalpha()]
    title = all(w[0].isupper() for w in longer) and any(c.islower() for c in inner)
    return not (title and longer) and (bool(_SENTENCE_END.search(inner)) or not pair.closed)


def _line_of(text: str, position: int) -> Span:
    end = text.find("\n", position)
    return text.rfind("\n", 0, position) + 1, len(text) if end < 0 else end


def _stripped(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
