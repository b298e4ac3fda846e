"""A passage with the paragraphs around it, cut into pieces that know how they are marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from toolkit.records import Article, Span

_PARAGRAPH = re.compile(r"[^\r\n]*\S[^\r\n]*")
_LONGEST = 3_000
_HIDDEN = re.compile(r"[\ud800-\udfff\u202d\u202e]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Mark:
    """A stretch of an article to be marked.

    Attributes:
        span: Start and end.
        name: What it is, such as ``evidence``, ``source`` or ``cue``.
    """

    span: Span
    name: str


@dataclass(frozen=True)
class Piece:
    """A stretch of text that is marked in one way throughout; ``marks`` is empty where it is not marked."""

    text: str
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Passage:
    """A stretch of an article for reading.

    Attributes:
        start: Its first character in the article.
        pieces: The text, piece by piece, without a gap.
        cut_before: True where the article begins earlier.
        cut_after: True where the article goes on.
    """

    start: int
    pieces: tuple[Piece, ...]
    cut_before: bool
    cut_after: bool


def passage(article: Article, marks: Sequence[Mark], *, paragraphs: int = 2) -> Passage:
    """Cut out the marked stretches of an article with the paragraphs before and after them.

    Args:
        article: The article.
        marks: What to mark; the first one's stretch and those within its paragraphs are shown.
        paragraphs: How many paragraphs to show on either side; long ones are cut after 3,000 characters.
    """
    first = min(m.span[0] for m in marks if m.name == marks[0].name)
    last = max(m.span[1] for m in marks if m.name == marks[0].name)
    start, end = _extent(article.text, (first, last), paragraphs)
    cuts = {start, end, *(place for m in marks for place in m.span if start < place < end)}
    places = sorted(cuts)
    pieces = []
    for a, b in pairwise(places):
        names = sorted({m.name for m in marks if m.span[0] <= a and b <= m.span[1]})
        pieces.append(Piece(article.text[a:b], tuple(names)))
    more = bool(article.text[:start].strip()), bool(article.text[end:].strip())
    return Passage(start, tuple(pieces), *more)


def _extent(text: str, span: Span, paragraphs: int) -> Span:
    low, high = max(0, span[0] - _LONGEST), min(len(text), span[1] + _LONGEST)
    before = [m.start() for m in _PARAGRAPH.finditer(text, low, high) if m.start() <= span[0]]
    after = [m.end() for m in _PARAGRAPH.finditer(text, low, high) if m.end() >= span[1]]
    start = before[-1 - paragraphs :][0] if before else low
    end = after[: 1 + paragraphs][-1] if after else high
    return min(start, span[0]), max(end, span[1])


def visible(text: str) -> str:
    """Make every character of a text one that can be sent to a page and seen; the length stays the same.

    Control characters become their pictures (``␀``); halves of a character, and characters that turn the words after
    them round so that they read backwards, become U+FFFD.
    """
    return _HIDDEN.sub(lambda found: _picture(ord(found.group())), text)


def _picture(code: int) -> str:
    if code > 0x7F:
        return "\ufffd"
    return "\u2421" if code == 0x7F else chr(0x2400 + code)
