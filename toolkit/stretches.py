"""Answers which stretches of a text touch which, in time that does not grow with the text."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

from toolkit.records import Span

Thing = TypeVar("Thing")


class Used:
    """Marks stretches of a text as in use, and answers whether others touch them.

    Args:
        size: Length of the text.
        spans: Stretches that are in use from the beginning.
    """

    def __init__(self, size: int, spans: Iterable[Span] = ()) -> None:
        self._chars = bytearray(size)
        self.add(spans)

    def add(self, spans: Iterable[Span]) -> None:
        """Mark stretches as in use."""
        for start, end in spans:
            self._chars[start:end] = b"\x01" * (min(end, len(self._chars)) - start)

    def touches(self, span: Span) -> bool:
        """Tell whether a character of the stretch is in use."""
        return self._chars.find(1, *span) >= 0


class Placed(Generic[Thing]):
    """Things that stand at stretches of a text, to be found by where they stand.

    Args:
        things: Each with its stretch; one thing may stand at several.
    """

    def __init__(self, things: Iterable[tuple[Span, Thing]]) -> None:
        self._things = sorted(things, key=lambda item: item[0][0])
        self._starts = [span[0] for span, _ in self._things]
        self._reach = list(accumulate((span[1] for span, _ in self._things), max))

    def touching(self, start: int, end: int) -> list[tuple[Span, Thing]]:
        """Give the things that share a character with a stretch, with where they stand, in text order."""
        first, last = bisect_right(self._reach, start), bisect_left(self._starts, end)
        return [item for item in self._things[first:last] if item[0][1] > start]

    def starting(self, start: int, end: int) -> list[tuple[Span, Thing]]:
        """Give the things that begin in a stretch, in text order."""
        return self._things[bisect_left(self._starts, start) : bisect_left(self._starts, end)]


def merge(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Join stretches that touch or overlap, and leave out empty ones."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def touched(spans: Sequence[Span], start: int, end: int) -> range:
    """Give which of some stretches share a character with another; they stand in text order and apart, as words do."""
    return range(
        bisect_right(spans, start, key=lambda span: span[1]), bisect_left(spans, end, key=lambda span: span[0])
    )


def within(span: Span | None, outer: Span) -> bool:
    """Tell whether a stretch lies in another; None lies in none."""
    return span is not None and outer[0] <= span[0] and span[1] <= outer[1]
