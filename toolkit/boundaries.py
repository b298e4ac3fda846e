"""Makes contents begin and end where they should: at quotation marks, at a second cue, at loose words."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from toolkit.drafts import Draft
from toolkit.quotemarks import MARKS, Marks, Pair
from toolkit.records import Span
from toolkit.stretches import Used, merge

_MOST = 0.6
"""A content that holds this share of a quotation takes all of it."""
_SENTENCE = re.compile(r"[.!?]\s|\n")
_RELATIVE = re.compile(r"(?:which|who|whom|that)(?:\s+\w+)?", re.IGNORECASE)
_TWO_WORDS = re.compile(r"\w\W+\w")
_LOOSE_END = re.compile(r"[\s,;:–—-]+(?:and|but|or)\Z")


def snap_to_marks(text: str, marks: Marks, drafts: Sequence[Draft]) -> list[Draft]:
    """Move the ends of contents to the marks of a quotation of which most is content; tidy the ends."""
    reporting = Used(len(text), (span for d in drafts for span in (d.cue, d.source) if span))
    result = []
    for draft in drafts:
        spans = []
        for start, end in draft.spans:
            for pair in marks.near(start, end):
                overlap = min(end, pair.end) - max(start, pair.start)
                if overlap < _MOST * (pair.end - pair.start):
                    continue
                if not (reporting.touches((pair.start, start)) or reporting.touches((end, pair.end))):
                    start, end = min(start, pair.start), max(end, pair.end)
            spans.append(_tidy(text, start, end, marks))
        merged = _own_parts(text, marks, merge(spans), draft)
        rule = draft.rule if merged == draft.spans else "network+marks"
        result.append(_quotation_only(text, marks, replace(draft, spans=merged, rule=rule)))
    return _without_repetition(result, len(text))


def join_continuations(text: str, marks: Marks, drafts: Sequence[Draft]) -> list[Draft]:
    """Give an attribution the second half of its sentence ("“We came,” X said, “and we saw.”").

    A quotation that begins with a small letter and stands in the sentence whose first half an attribution holds belongs
    to it where nobody has it, or where another one has it only behind an insertion of its own ("…, pointing to the map,
    “and we saw.”").
    """
    result = list(drafts)
    holders = {span[1]: number for number, draft in enumerate(drafts) for span in draft.spans}
    parts = sorted((*span, number) for number, draft in enumerate(drafts) for span in draft.spans)
    starts = [part[0] for part in parts]
    for before, pair in zip(marks.outermost(), marks.outermost()[1:], strict=False):
        number = holders.get(before.end)
        if number is None or not _continues(text, before, pair, result[number].cue):
            continue
        at = bisect_right(starts, pair.start) - 1
        start, end, other = parts[at]
        if end > pair.start:
            inserted = other != number and start < pair.start and end <= pair.end and text[pair.start - 2] == ","
            if not inserted:
                continue
            left = merge(
                [*(s for s in result[other].spans if s != (start, end)), _tidy(text, start, pair.start, marks)]
            )
            result[other] = replace(result[other], spans=left)
        elif at + 1 < len(parts) and starts[at + 1] < pair.end:
            continue
        result[number] = replace(result[number], spans=merge([*result[number].spans, (pair.start, pair.end)]))
        holders[pair.end] = number
    return [draft for draft in result if draft.spans]


def split_at_second_cue(text: str, marks: Marks, drafts: Sequence[Draft]) -> list[Draft]:
    """Make several attributions of a content in which the cue comes again ("said that … and said that …").

    The speaker is taken to be the same, although "He said that Obi came and said that …" may mean that Obi said it.
    """
    result = []
    for draft in drafts:
        again = _cue_again(text, marks, draft)
        while again:
            (start, end), (loose, cue) = draft.spans[-1], again
            result.append(replace(draft, spans=(*draft.spans[:-1], (start, loose))))
            draft = replace(draft, spans=((cue[1], end),), cue=cue)
            again = _cue_again(text, marks, draft)
        result.append(draft)
    return result


def _cue_again(text: str, marks: Marks, draft: Draft) -> tuple[int, Span] | None:
    """Find "and said that" outside quotation marks in a content that "said" introduces and that begins with "that".

    Gives where "and" begins and where the cue stands. Behind a cue of several words ("called for") may stand anything.
    """
    start, end = draft.spans[-1]
    if draft.cue is None or draft.cue[0] >= start:
        return None
    cue = text[slice(*draft.cue)]
    first = next(iter(text[start:end].split(maxsplit=1)), "")
    behind = "" if " " in cue else rf"{re.escape(first)}(?!\w)"
    again = re.compile(rf"\b(?:and|but) (?:also |then |later )?(?P<cue>{re.escape(cue)})(?= {behind})")
    for match in again.finditer(text, start, end):
        if not marks.near(*match.span()):
            return match.start(), match.span("cue")
    return None


def _continues(text: str, before: Pair, pair: Pair, cue: Span | None) -> bool:
    """Tell whether a quotation may go on with the sentence of the one before, across the cue between them."""
    halved = text[before.end - 2] in ",–—-" or text[before.end : before.end + 1] in tuple(",–—-")
    first = next((c for c in text[pair.start : pair.end] if c.isalpha()), "")
    between = cue is not None and before.end <= cue[0] and cue[1] <= pair.start
    return halved and between and first.islower() and not _SENTENCE.search(text, cue[1] if cue else 0, pair.start)


def _own_parts(text: str, marks: Marks, spans: tuple[Span, ...], draft: Draft) -> tuple[Span, ...]:
    """Leave out parts of a content that belong elsewhere.

    They are a first part without marks, in the middle of a clause, that two words or more keep apart from source and
    cue ("In a letter about *the visit* to Oslo in May, both praised *the pact*"), and a relative pronoun at the end,
    alone or with one word ("..., *which* X has claimed", "..., *which X* has claimed").
    """
    if spans[1:] and draft.cue:
        (start, end), (second, _) = spans[:2]
        reporting = min(span[0] for span in (draft.cue, draft.source) if span)
        amid = text[start - 1 : start] == " " and text[start - 2 : start - 1].isalnum()
        apart = end <= reporting < second and _TWO_WORDS.search(text, end, reporting)
        if amid and apart and not marks.near(start, end):
            spans = spans[1:]
    if spans[1:] and _RELATIVE.fullmatch(text[slice(*spans[-1])]):
        spans = spans[:-1]
    return spans


def _quotation_only(text: str, marks: Marks, draft: Draft) -> Draft:
    """Let a content that opens with a whole quotation hold quotations only behind its cue: “…,” X said of the plan."""
    first, cue = draft.spans[:1], draft.cue
    if not first or cue is None or cue[0] < first[0][1] or "\n" in text[first[0][1] : cue[0]]:
        return draft
    if not any(p.start <= first[0][0] and first[0][1] <= p.end for p in marks.near(*first[0])):
        return draft
    kept = tuple(s for s in draft.spans if s[0] < cue[0] or marks.near(*s))
    return draft if kept == draft.spans else replace(draft, spans=kept, rule="network+marks")


def _tidy(text: str, start: int, end: int, marks: Marks) -> Span:
    """Leave out white space, and outside quotation marks commas, stops and a last "and"; take in the marks that hug."""
    if marks.opening_at(start - 1):
        start -= 1
    if any(p.end == end + 1 for p in marks.near(end, end + 1)):
        end += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in ",;:–—-" or marks.opening_at(end - 1)):
        end -= 1
    while start < end and (text[start].isspace() or text[start] in ",;:.–—-" or _closes(text, start, marks)):
        start += 1
    quoted = any(p.start < end <= p.end for p in marks.near(end - 1, end))
    loose = None if quoted else _LOOSE_END.search(text[start:end])
    if loose:
        end = start + loose.start()
    if text[end - 1 : end] == "." and not quoted and "." not in text[start : end - 1]:
        end -= 1
    return start, end


def _closes(text: str, position: int, marks: Marks) -> bool:
    """Tell whether a mark at a content's beginning belongs to what stands before it."""
    if text[position] not in MARKS or marks.opening_at(position):
        return False
    closing = any(p.end == position + 1 for p in marks.near(position, position + 1))
    return closing or text[position + 1 : position + 2].isspace()


def _without_repetition(drafts: Sequence[Draft], size: int) -> list[Draft]:
    """Drop a content that the marks have put inside another one's; of two the surer stays."""
    used = Used(size)
    kept: list[Draft] = []
    for draft in sorted(drafts, key=lambda d: -d.certainty):
        spans = tuple(s for s in draft.spans if not used.touches(s))
        if spans:
            kept.append(replace(draft, spans=spans))
            used.add(spans)
    return kept
