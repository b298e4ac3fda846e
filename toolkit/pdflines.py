"""Makes running text of the lines of printed pages: heads, feet and page numbers go, hyphens close, paragraphs join.

A page says where each line stands and how large it is, not what belongs together. The rules here are the ones that
readers use: what stands at the edge of many pages is no part of the text; a gap, an indent, a short line or another
size of letter ends a paragraph.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise, takewhile
from statistics import median

_EDGE = 2
_REPEATED = 0.3
_GAP = 1.35
_SHORT = 0.75
_INDENT = 0.8
_GUTTER = re.compile(r"(?<=\S) {3,}(?=\S)")
_FEWEST_ROWS = 4
_SLACK = 15
_LONGEST_WORD = 50
_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:page|p\.|seite)\s*)?(?:\d{1,4}|(?-i:[ivxl]{1,6}))(?:\s*(?:of|/|von)\s*\d{1,4})?\W*", re.IGNORECASE
)
_STOP = re.compile(r"[.!?:…][\"'”’»)\]]*$")
_BROKEN = re.compile(r"(?P<head>[^\W\d_]+)[-\u2010\u00ad]$")
_HYPHENATED = re.compile(r"(?<![^\W\d_])[^\W\d_]{1,50}-[^\W\d_]{1,50}")
_HYPHENED = frozenset({"half", "non", "self", "vice", "well"})
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Line:
    """A line of a page: its words, where it starts (points from left and bottom) and the size of its letters."""

    text: str
    x: float
    y: float
    size: float


Page = Sequence[Line]
"""The lines of a page in the order in which they are to be read."""


def join_pages(pages: Sequence[Page]) -> str:
    """Make running text of pages.

    Args:
        pages: The lines of each page.

    Returns:
        The text, a paragraph a line and a blank line between two. No letter of the body is left out but the hyphens
        that broke a word at a line's end.
    """
    kept = _without_edges(pages)
    words = " ".join(line.text for page in kept for line in page)
    compounds = Counter(_HYPHENATED.findall(words.casefold()))
    plain = Counter(_WORD.findall(words.casefold()))
    paragraphs: list[list[Line]] = []
    for page in kept:
        shape = _Shape.of(page)
        before: Line | None = None
        for line in page:
            last = paragraphs[-1][-1] if paragraphs else None
            if last is not None and (_goes_on(before, line, shape) if before else _runs_over(last, line)):
                paragraphs[-1].append(line)
            else:
                paragraphs.append([line])
            before = line
    return "\n\n".join(_join_lines([line.text for line in lines], compounds, plain) for lines in paragraphs)


@dataclass(frozen=True)
class _Shape:
    """What is usual on a page: the distance of two lines, and the length of a full line."""

    leading: float
    full: float

    @classmethod
    def of(cls, page: Page) -> _Shape:
        steps = [a.y - b.y for a, b in pairwise(page) if 0 < a.y - b.y < 4 * max(a.size, 1)]
        lengths = sorted(len(line.text) for line in page)
        return cls(median(steps) if steps else 0.0, lengths[int(len(lengths) * 0.8)] if lengths else 0.0)


def _goes_on(before: Line, line: Line, shape: _Shape) -> bool:
    """Tell whether a line goes on with the paragraph of the line before it on its page."""
    if abs(line.size - before.size) > 0.1 * max(line.size, before.size):
        return False
    step = before.y - line.y
    if step <= 0 or abs(line.x - before.x) > 8 * max(line.size, 1):
        return _runs_over(before, line)
    if shape.leading and step > _GAP * shape.leading:
        return False
    if _broken(before.text):
        return True
    if line.x - before.x > _INDENT * max(line.size, 1):
        return False
    short = len(before.text) < _SHORT * shape.full
    return not short or (line.text[:1].islower() and not _STOP.search(before.text))


def _runs_over(before: Line, line: Line) -> bool:
    """Tell whether a paragraph goes on in the next column or on the next page: its last sentence has no end yet."""
    alike = abs(line.size - before.size) <= 0.1 * max(line.size, before.size)
    return alike and not _STOP.search(before.text) and (line.text[:1].islower() or len(before.text) > 25)


def _join_lines(lines: Sequence[str], compounds: Counter[str], plain: Counter[str]) -> str:
    """Join the lines of a paragraph; a hyphen stays where it is usual or the document writes the compound elsewhere."""
    parts: list[str] = []
    for line in lines:
        before = parts[-1] if parts else ""
        broken = _broken(before)
        follows = _WORD.match(line)
        if broken is None or follows is None:
            parts.extend([" ", line] if parts else [line])
            continue
        head, tail = broken["head"].casefold(), follows.group().casefold()
        compound = head in _HYPHENED or compounds[f"{head}-{tail}"] > plain[head + tail]
        if line[:1].islower() and not compound:
            parts[-1] = before[:-1]
        parts.append(line)
    return "".join(parts).replace("\u00ad", "")


def _broken(text: str) -> re.Match[str] | None:
    """Find the first half of a word that a hyphen breaks at the end of a line."""
    return _BROKEN.search(text, max(0, len(text) - _LONGEST_WORD))


def _without_edges(pages: Sequence[Page]) -> list[list[Line]]:
    """Leave out page numbers, and what stands at the upper or lower edge of many pages."""
    edges = [_edges(page) for page in pages]
    counts = Counter(
        key
        for number, sides in enumerate(edges)
        for key in {_likeness(line.text, number) for rows in sides for row in rows for line in row}
    )
    least = max(2, _REPEATED * len(pages))

    def is_edge(number: int, row: list[Line]) -> bool:
        return all(
            (_PAGE_NUMBER.fullmatch(line.text) and not _STOP.search(line.text))
            or counts[_likeness(line.text, number)] >= least
            for line in row
        )

    kept = []
    for number, (page, sides) in enumerate(zip(pages, edges, strict=True)):
        # From the outside in: what stands within the first line of the body is body.
        gone = [line for rows in sides for row in takewhile(partial(is_edge, number), rows) for line in row]
        kept.append([line for line in page if line not in gone])
    return kept


def _edges(page: Page) -> tuple[list[list[Line]], list[list[Line]]]:
    """Give the rows at the upper and at the lower edge of a page, the outermost first."""
    heights = sorted({round(line.y) for line in page})
    rows = [[line for line in page if round(line.y) == height] for height in [*heights[:_EDGE], *heights[-_EDGE:]]]
    return rows[-_EDGE:][::-1], rows[:_EDGE]


def _likeness(text: str, page: int) -> str:
    """Give what is alike on all pages; "2021." may end a sentence, so that it must count with the pages."""
    counting = _PAGE_NUMBER.fullmatch(text) and _STOP.search(text)
    return " ".join(re.sub(r"\d+", lambda n: str(int(n[0]) - page) if counting else "0", text.casefold()).split())


def split_columns(page: Page, rows: Sequence[str]) -> list[Line]:
    """Put the lines of a page right that run across two columns.

    Most files hold one column after the other. Where a file holds them row by row instead, a line of the page is a row
    with a gap in it; then the columns are taken out of the rows.

    Args:
        page: The lines as the file holds them.
        rows: The same page as it looks, with spaces for gaps, blank rows included.

    Returns:
        The lines in the order of reading: what stands above the columns, the left one, the right one.
    """
    merged = {_bare(line.text) for line in page}
    # A row that the file holds as two lines is in order already.
    gaps = [gap.end() for row in rows if _bare(row) in merged and (gap := _widest_gap(row))]
    if len(gaps) < _FEWEST_ROWS or len(gaps) * 3 < sum(1 for row in rows if row.strip()):
        return list(page)
    return list(_by_column(rows, int(median(gaps))))


def _widest_gap(row: str) -> re.Match[str] | None:
    return max(_GUTTER.finditer(row), key=lambda gap: gap.end() - gap.start(), default=None)


def _bare(text: str) -> str:
    return "".join(text.split())


def _by_column(rows: Sequence[str], column: int) -> Iterable[Line]:
    """Give the rows above and below the columns whole, and the columns one after the other."""
    left: list[Line] = []
    right: list[Line] = []
    for number, row in enumerate(rows):
        if not row.strip():
            continue
        gap = _widest_gap(row)
        line = Line(row.strip(), 5.0 * (len(row) - len(row.lstrip())), -12.0 * number, 10.0)
        if gap and abs(gap.end() - column) <= _SLACK:
            left.append(replace(line, text=row[: gap.start()].strip()))
            right.append(replace(line, text=row[gap.end() :].strip(), x=5.0 * column))
        elif line.x >= 5.0 * (column - _SLACK):
            right.append(line)
        elif left and len(row) > column:
            yield from [*left, *right, line]
            left, right = [], []
        elif left or len(row) <= column:
            left.append(line)
        else:
            yield line
    yield from [*left, *right]
