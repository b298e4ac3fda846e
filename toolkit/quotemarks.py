"""Pairs quotation marks, character by character, paragraph by paragraph.

News text mixes straight, curly, low-high and angled marks, uses the closing single mark as apostrophe, re-opens a quote
that runs over several paragraphs without having closed it, and forgets marks. Here every mark that pairs is paired, a
mark that does not ends at its paragraph and is reported, and nothing raises.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

_CLOSERS = {
    "“": "”",
    "„": "”“‟",
    "‟": "”",
    "«": "»",
    "»": "«",
    "‹": "›",
    "‘": "’",
    "‚": "’‘",
    "「": "」",
    "『": "』",
    "＂": "＂",
    '"': '"',
    "″": "″",
    "'": "'",
    "′": "′",
    "´": "´",
    "`": "'´",
}
"""Opening mark to the marks that close it."""

_SAME = frozenset("\"″'′´＂")
"""Marks that open and close alike: their neighbours tell which."""

_SINGLE = frozenset("‘’'′´`‚")
"""Marks that also serve as apostrophe, prime or accent: an odd one is not reported."""

_DOUBLE = frozenset('"“”„‟″＂')
"""Marks of which an opening and a closing one of different types pair where both are left over."""

_CLOSING = frozenset("".join(_CLOSERS.values()))
MARKS = frozenset({*_CLOSERS, *_CLOSING})
_MARK = re.compile("[" + re.escape("".join(sorted(MARKS))) + "]")
_LINE = re.compile(r"[^\n\r\u2028\u2029]+")
_ELIDED = re.compile(r"(?:\d0s|\d\d(?=[,.;:)])|em|til|tis|twas)(?!\w)")
"""What follows an apostrophe that stands for letters left out at a word's beginning ("the '90s", "get 'em")."""


@dataclass(frozen=True)
class Pair:
    """Two marks that belong together.

    Attributes:
        start: Index of the opening mark.
        end: One past the closing mark; the end of the paragraph where the next paragraph re-opens the quote.
        depth: 0 for an outermost quotation, 1 for one inside it, and so on.
        closed: False where the quotation goes on in the next paragraph.
    """

    start: int
    end: int
    depth: int
    closed: bool


@dataclass(frozen=True)
class Marks:
    """All quotation marks of a text.

    Attributes:
        pairs: Pairs in the order of their opening marks.
        odd: Indices of marks without a partner (apostrophes left aside).
    """

    pairs: tuple[Pair, ...]
    odd: tuple[int, ...]

    def outermost(self) -> tuple[Pair, ...]:
        """Give the pairs that lie in no other pair."""
        return self._outermost

    def near(self, start: int, end: int) -> tuple[Pair, ...]:
        """Give the outermost pairs that share a character with a stretch of the text."""
        return self._outermost[bisect_right(self._ends, start) : bisect_left(self._starts, end)]

    def opening_at(self, position: int) -> Pair | None:
        """Give the outermost pair that opens at a character, or None."""
        return next((p for p in self.near(position, position + 1) if p.start == position), None)

    @cached_property
    def _outermost(self) -> tuple[Pair, ...]:
        return tuple(p for p in self.pairs if p.depth == 0)

    @cached_property
    def _starts(self) -> list[int]:
        return [p.start for p in self._outermost]

    @cached_property
    def _ends(self) -> list[int]:
        return [p.end for p in self._outermost]


def pair_marks(text: str) -> Marks:
    """Pair the quotation marks of a text; linear in its length.

    What is missed: two odd marks of one type in one paragraph pair with each other.
    """
    pairs: list[Pair] = []
    odd: list[int] = []
    lines = [(m.start(), m.end()) for m in _LINE.finditer(text) if m.group().strip()]
    for number, (start, end) in enumerate(lines):
        following = text[slice(*lines[number + 1])].lstrip() if number + 1 < len(lines) else ""
        found, lonely = _pair_line(text, start, end, following[:1])
        pairs += found
        odd += lonely
    return Marks(tuple(sorted(pairs, key=lambda p: (p.start, -p.end))), tuple(sorted(odd)))


def _pair_line(text: str, start: int, end: int, following: str) -> tuple[list[Pair], list[int]]:
    marks = [m.start() for m in _MARK.finditer(text, start, end)]
    ends_ahead = Counter(text[i] for i in marks if _may_close(text, i))
    open_marks: list[int] = []
    open_kinds: Counter[str] = Counter()
    matched: list[tuple[int, int, int]] = []
    odd: list[int] = []
    for i in marks:
        char = text[i]
        if char in _SINGLE and _ELIDED.match(text, i + 1):
            ends_ahead[char] -= _may_close(text, i)
            continue
        if _may_close(text, i):
            ends_ahead[char] -= 1
            if ends_ahead[char] > 0 and _plural(text, i):
                continue
            if any(open_kinds[o] for o in _openers_of(char)) and not (
                char in _SAME and _may_open(text, i) and not open_kinds[char]
            ):
                while char not in _CLOSERS[text[open_marks[-1]]]:
                    odd.append(open_marks[-1])
                    open_kinds[text[open_marks.pop()]] -= 1
                opening = open_marks.pop()
                open_kinds[text[opening]] -= 1
                matched.append((opening, i + 1, len(open_marks)))
                continue
        if char in _CLOSERS and _may_open(text, i) and any(ends_ahead[c] > 0 for c in _CLOSERS[char]):
            open_marks.append(i)
            open_kinds[char] += 1
        elif char in _CLOSERS and _may_open(text, i) and following == char and not open_marks:
            matched.append((i, -1, 0))
        else:
            odd.append(i)
    pairs = [Pair(s, e, depth, True) for s, e, depth in matched if e > 0]
    pairs += [Pair(s, end, 0, False) for s, e, _ in matched if e < 0]
    for i in open_marks:
        (pairs.append(Pair(i, end, 0, False)) if text[i] == following else odd.append(i))
    mixed = _pair_across_types(text, sorted(odd), pairs)
    paired = {i for pair in mixed for i in (pair.start, pair.end - 1)}
    return _with_depths([*pairs, *mixed]), [i for i in odd if text[i] not in _SINGLE and i not in paired]


def _pair_across_types(text: str, odd: list[int], pairs: list[Pair]) -> list[Pair]:
    """Pair two neighbouring odd double marks of different types (“I agree."), where no other pair lies across them."""
    found: list[Pair] = []
    double = [i for i in odd if text[i] in _DOUBLE]
    if len(double) < 2:
        return found
    borders = sorted(pairs, key=lambda p: p.start)
    starts, ends = [p.start for p in borders], sorted(p.end for p in borders)
    for first, last in pairwise(double):
        fits = text[first] != text[last] and _may_open(text, first) and _may_close(text, last) and text[last] != "“"
        if not fits or (found and found[-1].end > first):
            continue
        within = borders[bisect_right(starts, first) : bisect_left(starts, last)]
        inside = bisect_right(ends, last) - bisect_right(ends, first)
        if len(within) == inside and all(p.end <= last for p in within):
            found.append(Pair(first, last + 1, 0, True))
    return found


def _with_depths(pairs: list[Pair]) -> list[Pair]:
    """Count depths again: a mark that stayed odd lends none."""
    result, around = [], list[int]()
    for pair in sorted(pairs, key=lambda p: (p.start, -p.end)):
        while around and around[-1] <= pair.start:
            around.pop()
        result.append(Pair(pair.start, pair.end, len(around), pair.closed))
        around.append(pair.end)
    return result


def _openers_of(closer: str) -> list[str]:
    return [o for o, closers in _CLOSERS.items() if closer in closers]


def _plural(text: str, i: int) -> bool:
    """Tell whether a single mark looks like the apostrophe of a plural ("the ministers' plan")."""
    after = text[i + 1 : i + 3]
    return text[i] in _SINGLE and text[i - 1 : i] == "s" and after[:1] == " " and after[1:].islower()


def _may_open(text: str, i: int) -> bool:
    """Tell whether a mark can open: nothing to its left holds on to it, and a word follows."""
    char, before, after = text[i], text[i - 1 : i] if i else "", text[i + 1 : i + 2]
    if char in "“„‟「『‚":
        return True
    if char == "«":
        return True
    return not (before.isalnum() or (before and before in ".,!?…)]%")) and bool(after) and not after.isspace()


def _may_close(text: str, i: int) -> bool:
    """Tell whether a mark can close: something stands to its left, and no letter to its right."""
    char, before, after = text[i], text[i - 1 : i] if i else "", text[i + 1 : i + 2]
    if char not in _CLOSING:
        return False
    if char in "”」』»":
        return True
    return bool(before) and not before.isspace() and not after.isalnum()
