"""Finds wire copy and other near-duplicates, so that a story that forty outlets printed counts as one statement.

Two articles are copies where their bodies share most of their *shingles*, all runs of five words: their similarity is
the shingles that both have, divided by those that either has (the Jaccard coefficient; Broder 1997, "On the resemblance
and containment of documents"). Pairs worth comparing are found by MinHash and banding (Leskovec, Rajaraman and Ullman
2020, "Mining of Massive Datasets", chapter 3); every pair that is called a copy has been compared shingle by shingle.

Of each group the earliest article is kept (without a date: last; of one day: the first by id), and every other one is
that similar to the kept one itself, not only to another copy. A text that returns weeks later is a new statement, and
so are the same words in the mouth of another speaker.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from toolkit.checks import check_option
from toolkit.records import Article, LoadingEntry, table

if TYPE_CHECKING:
    import pandas as pd

CHOICES = ("drop", "keep")
"""What can be done with copies: leave them out, or analyse them as articles of their own."""
SIMILARITY = 0.6
"""Share of common shingles from which two articles are copies."""
DAYS = 30
"""Days between two articles beyond which the later one is no copy but says it again."""
WORDS = 5
"""Words of a shingle."""
SHORTEST = 20
"""Shingles below which a body is too short to tell a copy from a set phrase."""

_HASHES = 128
_SEED = 1
_NO_DAY = date.max.toordinal() + 1
_SURE = 0.99
_COMPARED_AT_HAND = 512
_APART = frozenset({"headline", "byline", "dateline", "caption", "furniture"})
_WORD = re.compile(r"[^\W_]+")

Keys = npt.NDArray[np.uint64]
Shingles = frozenset[bytes]


@dataclass(frozen=True)
class Candidate:
    """What decides about an article, apart from its words.

    Attributes:
        article_id: Its id.
        date: Its day as ``YYYY-MM-DD``, or None.
        speaker: Whose speech it is, or None.
    """

    article_id: str
    date: str | None
    speaker: str | None


@dataclass(frozen=True)
class Copy:
    """An article that is left out, and the one that stands for it.

    Attributes:
        index: Its place among the articles that were compared.
        kept: The place of the article that is kept.
        similarity: Share of common shingles, from 0 to 1.
    """

    index: int
    kept: int
    similarity: float


def find_duplicates(
    articles: Iterable[Article], *, similarity: float = SIMILARITY, days: int | None = DAYS
) -> pd.DataFrame:
    """Find the articles that are copies of an earlier one.

    Args:
        articles: The articles.
        similarity: Share of common five-word runs (above 0, at most 1) from which two articles are copies.
        days: Days between the two beyond which the later one is no copy; None: any number. Articles without a date
            may be copies of any.

    Returns:
        The table ``duplicates``: one row an article that is not kept, with its group (numbered by the kept articles'
        order), the id of the kept article, the similarity to it, and where it was printed.

    Raises:
        ValueError: The similarity is not above 0 and at most 1.
    """
    if not 0 < similarity <= 1:
        raise ValueError(f"similarity is {similarity!r}; expected a number above 0 and at most 1, such as 0.6.")
    given = list(articles)
    keys = [band_keys(shingles(article), similarity) for article in given]
    candidates = [Candidate(a.article_id, a.date, a.speaker) for a in given]
    copies = group_copies(candidates, keys, lambda i: shingles(given[i]), similarity=similarity, days=days)
    return duplicates_table(given, copies)


def leave_out(
    articles: Sequence[Article], report: Sequence[LoadingEntry], choice: str
) -> tuple[list[Article], list[LoadingEntry], pd.DataFrame]:
    """Leave out the copies, and say so in the loading report.

    Args:
        articles: The articles.
        report: What became of each file.
        choice: ``drop``, or ``keep`` to keep them all.

    Returns:
        The articles that stay, the report with the copies as ``skipped``, and the table ``duplicates``.

    Raises:
        ValueError: Another choice.
    """
    check_option("duplicates", choice, CHOICES)
    if choice == "keep":
        return list(articles), list(report), table("duplicates", [])
    found = find_duplicates(articles)
    rows = zip(found["article_id"], found["kept_id"], found["similarity"], strict=True)
    notes = {article_id: copy_note(kept_id, similarity) for article_id, kept_id, similarity in rows}
    kept = [article for article in articles if article.article_id not in notes]
    entries = [
        replace(entry, status="skipped", note=notes[entry.article_id]) if entry.article_id in notes else entry
        for entry in report
    ]
    return kept, entries, found


def copy_note(kept_id: str, similarity: float) -> str:
    """Say in the loading report that an article was left out as a copy."""
    return f"a copy of {kept_id} (similarity {similarity:.2f}); see the table duplicates"


def is_copy_note(note: str | None) -> bool:
    """Say whether a line of the loading report tells of a copy."""
    return bool(note) and str(note).endswith("see the table duplicates")


def duplicates_table(articles: Mapping[int, Article] | Sequence[Article], copies: Sequence[Copy]) -> pd.DataFrame:
    """Put copies into the table ``duplicates``, group by group; in a group by date and id.

    Args:
        articles: The articles by their places; those that are neither copy nor kept for one may be absent.
        copies: The copies.
    """

    def rank(index: int) -> tuple[int, str]:
        return _day(articles[index].date), articles[index].article_id

    groups = {kept: number for number, kept in enumerate(sorted({c.kept for c in copies}, key=rank), 1)}
    rows = [
        {
            "group": groups[copy.kept],
            "article_id": articles[copy.index].article_id,
            "kept_id": articles[copy.kept].article_id,
            "similarity": copy.similarity,
            **{name: getattr(articles[copy.index], name) for name in ("title", "date", "outlet", "path")},
        }
        for copy in sorted(copies, key=lambda c: (groups[c.kept], rank(c.index)))
    ]
    return table("duplicates", rows)


def shingles(article: Article, words: int = WORDS) -> Shingles:
    """Give all runs of words of an article's body, each as a 64-bit checksum.

    Case and punctuation do not count. Headline, byline, dateline, captions and site furniture are left aside, since
    outlets make them anew for the same story.
    """
    body, end = [], 0
    for region in article.regions:
        if region.kind in _APART:
            body.append(article.text[end : region.start])
            end = region.end
    body.append(article.text[end:])
    said = _WORD.findall("\n".join(body).casefold())
    runs = {" ".join(said[i : i + words]) for i in range(len(said) - words + 1)}
    return frozenset(blake2b(run.encode("utf-8", "surrogatepass"), digest_size=8).digest() for run in runs)


def band_keys(found: Shingles, similarity: float = SIMILARITY) -> Keys | None:
    """Give the numbers by which an article is looked up: copies have at least one in common, with probability .99.

    Args:
        found: The article's shingles.
        similarity: The similarity from which on copies are to be found.

    Returns:
        One number for each band of the article's MinHash signature; None where the body is too short.
    """
    from datasketch import MinHash

    if len(found) < SHORTEST:
        return None
    sketch = MinHash(num_perm=_HASHES, seed=_SEED, hashfunc=_number)
    sketch.update_batch(sorted(found))
    rows = _rows(similarity)
    bands = sketch.hashvalues[: _HASHES // rows * rows].reshape(-1, rows)
    digests = [blake2b(band.astype("<u8").tobytes(), digest_size=8).digest() for band in bands]
    return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)


def group_copies(
    candidates: Sequence[Candidate],
    keys: Sequence[Keys | None],
    shingles_of: Callable[[int], Shingles],
    *,
    similarity: float = SIMILARITY,
    days: int | None = DAYS,
) -> list[Copy]:
    """Go through the articles from the earliest on, and let each be a copy of the most similar kept one, or be kept.

    Args:
        candidates: The articles.
        keys: The look-up numbers of each; None for those that are too short.
        shingles_of: Gives the shingles of the article at a place; asked only where look-up numbers agree, so that the
            texts need not be in memory.
        similarity: Share of common shingles from which two articles are copies.
        days: Most days between the two, or None.

    Returns:
        The copies, in the order of the articles.
    """
    buckets = _buckets(keys)
    remembered = lru_cache(maxsize=_COMPARED_AT_HAND)(shingles_of)
    days_of = [_day(c.date) for c in candidates]
    order = _order(candidates)
    kept_in: dict[int, list[int]] = defaultdict(list)
    copies = []
    for place, index in enumerate(order):
        own = [int(bucket) for bucket in buckets[index] if bucket >= 0]
        since = _since(days_of[index], days)
        near = {p for b in own for p in kept_in[b][bisect_left(kept_in[b], since, key=lambda p: days_of[order[p]]) :]}
        scored = [
            (jaccard(remembered(index), remembered(order[p])), order[p])
            for p in sorted(near)
            if candidates[order[p]].speaker == candidates[index].speaker
        ]
        score, kept = max(scored, key=lambda pair: pair[0], default=(0.0, index))
        if kept != index and score >= similarity:
            copies.append(Copy(index, kept, score))
            continue
        for bucket in own:
            kept_in[bucket].append(place)
    return sorted(copies, key=lambda copy: copy.index)


def jaccard(one: Shingles, other: Shingles) -> float:
    """Share of the shingles of either that both have; 0 where there are none."""
    both = len(one & other)
    return both / (len(one) + len(other) - both) if both else 0.0


def _order(candidates: Sequence[Candidate]) -> list[int]:
    """Give the places of the articles from the earliest to the latest, those without a date last, then by id."""
    return sorted(range(len(candidates)), key=lambda i: (_day(candidates[i].date), candidates[i].article_id))


def _day(written: str | None) -> int:
    """Number a day; one that is not known comes after all others."""
    try:
        return date.fromisoformat(written or "").toordinal()
    except ValueError:
        return _NO_DAY


def _since(day: int, days: int | None) -> int:
    """Give the first day of which the original of an article of this day may be."""
    return 0 if day == _NO_DAY or days is None else day - days


def _buckets(keys: Sequence[Keys | None]) -> npt.NDArray[np.int64]:
    """Number the look-up numbers that several articles share, band by band.

    Returns:
        One row an article, one column a band: the bucket's number, or -1 where no other article is in it.
    """
    width = next((len(k) for k in keys if k is not None), 0)
    there = np.array([i for i, k in enumerate(keys) if k is not None], dtype=np.int64)
    buckets = np.full((len(keys), width), -1, dtype=np.int64)
    used = 0
    for band in range(width):
        column = np.array([k[band] for k in keys if k is not None], dtype=np.uint64)
        _, inverse, counts = np.unique(column, return_inverse=True, return_counts=True)
        shared = counts > 1
        numbers = np.where(shared, np.cumsum(shared) - 1 + used, -1)
        buckets[there, band] = numbers[inverse]
        used += int(shared.sum())
    return buckets


def _rows(similarity: float) -> int:
    """Give the most rows a band with which copies are found with probability .99: 1 - (1 - s^r)^(hashes / r)."""
    return max((r for r in range(1, 17) if 1 - (1 - similarity**r) ** (_HASHES // r) >= _SURE), default=1)


def _number(shingle: bytes) -> int:
    """Give the first 32 bits of a shingle's checksum, which is what datasketch reckons with."""
    return int.from_bytes(shingle[:4], "little")
