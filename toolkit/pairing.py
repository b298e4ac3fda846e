"""Pair the spans that two coders marked, each with one at most, so that as much as possible overlaps."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from toolkit.handcodes import VARIABLES, plain
from toolkit.records import Span


@dataclass(frozen=True)
class Marked:
    """A span that a coder marked.

    Attributes:
        article_id: The article.
        span: Start and end in it.
        codes: What the coder gave it; decides between spans that overlap as much.
    """

    article_id: str
    span: Span
    codes: tuple[Hashable, ...] = ()


@dataclass(frozen=True)
class Pair:
    """Two spans that stand for the same passage.

    Attributes:
        first: Place of the one in the first coder's list.
        second: Place of the other in the second coder's.
        overlap: Characters that both share, over those that either has (1 where they are the same span).
    """

    first: int
    second: int
    overlap: float


def mark(rows: Iterable[Mapping[Any, Any]]) -> list[Marked]:
    """Read the spans, and what variables there are, from the rows of a long frame.

    Raises:
        ValueError: A row's start and end are no span.
    """
    return [Marked(str(row["article_id"]), _span(row), _codes(row)) for row in rows]


def _span(row: Mapping[Any, Any]) -> Span:
    start, end = row["start"], row["end"]
    if pd.isna(start) or pd.isna(end) or not 0 <= start < end:
        raise ValueError(
            f"a unit of {row['article_id']} by {row['coder']} stands from {start} to {end}; mend its span."
        )
    return int(start), int(end)


def _codes(row: Mapping[Any, Any]) -> tuple[str | None, ...]:
    return tuple(plain(row.get(name), several=name == "speakers") for names in VARIABLES.values() for name in names)


def pair_spans(first: Sequence[Marked], second: Sequence[Marked], *, min_overlap: float = 0.0) -> list[Pair]:
    """Pair spans of the same article one to one, with the greatest sum of overlaps.

    The overlap is that of Jaccard (1901), whose complement is a metric: by the triangle inequality no better pairing
    leaves two identical spans apart. The pairing is the linear assignment of ``scipy.optimize``; between equal sums
    the one with more identical spans and more equal codes is taken.

    Args:
        first: One coder's spans.
        second: The other's.
        min_overlap: Spans that overlap less are not paired; with 0, one shared character is enough.

    Returns:
        The pairs, in the order of ``first``.
    """
    pairs: list[Pair] = []
    for article_id in sorted({m.article_id for m in first} & {m.article_id for m in second}):
        rows = [i for i, m in enumerate(first) if m.article_id == article_id]
        columns = [j for j, m in enumerate(second) if m.article_id == article_id]
        pairs += _pair([first[i] for i in rows], [second[j] for j in columns], rows, columns, min_overlap)
    return sorted(pairs, key=lambda pair: pair.first)


def _pair(
    first: Sequence[Marked], second: Sequence[Marked], rows: Sequence[int], columns: Sequence[int], least: float
) -> list[Pair]:
    from scipy.optimize import linear_sum_assignment

    overlap = overlaps([m.span for m in first], [m.span for m in second])
    allowed = (overlap > 0) & (overlap >= least)
    equal = np.array([[sum(map(_same, a.codes, b.codes)) for b in second] for a in first], dtype=float)
    # Small enough that all of it together outweighs no difference of overlaps that spans of a text can have.
    bonus = 1e-9 * ((overlap == 1) + equal / (1 + equal.max())) / (1 + min(overlap.shape))
    chosen = linear_sum_assignment(np.where(allowed, overlap + bonus, 0), maximize=True)
    return [Pair(rows[i], columns[j], float(overlap[i, j])) for i, j in zip(*chosen, strict=True) if allowed[i, j]]


def _same(a: Hashable, b: Hashable) -> bool:
    return a is not None and a == b


def overlaps(first: Sequence[Span], second: Sequence[Span]) -> np.ndarray:
    """Give the share of characters that each span of the one list has in common with each of the other."""
    a, b = np.array(first, dtype=float).reshape(-1, 1, 2), np.array(second, dtype=float).reshape(1, -1, 2)
    shared = np.clip(np.minimum(a[..., 1], b[..., 1]) - np.maximum(a[..., 0], b[..., 0]), 0, None)
    return shared / ((a[..., 1] - a[..., 0]) + (b[..., 1] - b[..., 0]) - shared)


def align(coders: Sequence[Sequence[Marked]], *, min_overlap: float = 0.5) -> list[list[int]]:
    """Number the passages that several coders marked, the same number for the same passage.

    The first coder's spans open a passage each. Every further coder's spans are paired with the passages opened so far
    (with the span that opened them) or open one.

    Args:
        coders: The spans of each coder.
        min_overlap: Overlap from which two spans are the same passage.

    Returns:
        For each coder, the number of each of the spans, from 0.
    """
    opened: list[Marked] = []
    numbers = []
    for marked in coders:
        place = {p.first: p.second for p in pair_spans(marked, opened, min_overlap=min_overlap)}
        for i, one in enumerate(marked):
            if i not in place:
                place[i] = len(opened)
                opened.append(one)
        numbers.append([place[i] for i in range(len(marked))])
    return numbers
