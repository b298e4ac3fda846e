"""Strict readers of the tables and lists in ``data/``, which can be edited without Python.

An unknown key or column, a missing one, or a word that stands twice is refused with the file and the word that is
wrong, so that a slip in editing cannot pass unseen.
"""

from __future__ import annotations

import csv
import itertools
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from toolkit.checks import did_you_mean

DATA = Path(__file__).parent / "data"


def read_table(path: Path, columns: Iterable[str]) -> Iterator[dict[str, str]]:
    """Read a CSV file that must have exactly these columns; lines before them that begin with # are remarks.

    Raises:
        ValueError: Names the column that is missing or unknown, or the row with too many or too few cells.
    """
    expected = list(columns)
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(itertools.dropwhile(lambda line: line.startswith("#"), lines))
        found = rows.fieldnames or []
        for column in found:
            if column not in expected:
                raise ValueError(f"{path.name}: unknown column {column!r}.{did_you_mean(column, expected)}")
        for column in expected:
            if column not in found:
                raise ValueError(f"{path.name}: the column {column!r} is missing.")
        for number, row in enumerate(rows, start=2):
            if None in row or None in row.values():
                raise ValueError(f"{path.name}: row {number} does not have {len(expected)} cells.")
            yield row


def read_lists(path: Path, keys: Iterable[str]) -> dict[str, Any]:
    """Read a TOML file that must have exactly these keys besides ``provenance``.

    Raises:
        ValueError: Names the key that is missing or unknown, or the word that stands twice in one list.
    """
    with path.open("rb") as file:
        content: dict[str, Any] = tomllib.load(file)
    expected = {"provenance", *keys}
    for key in content:
        if key not in expected:
            raise ValueError(f"{path.name}: unknown key {key!r}.{did_you_mean(key, expected)}")
    for key in sorted(expected):
        if key not in content:
            raise ValueError(f"{path.name}: the key {key!r} is missing.")
    for key, value in content.items():
        for part, words in value.items() if isinstance(value, dict) else [(key, value)]:
            if isinstance(words, list) and len(set(words)) < len(words):
                twice = next(w for w in words if words.count(w) > 1)
                raise ValueError(f"{path.name}: {twice!r} stands twice under {part!r}.")
    return content


@dataclass(frozen=True)
class NameWords:
    """The lists of ``name_words.toml``, each explained there."""

    abbreviations: frozenset[str]
    suffixes: frozenset[str]
    particles: frozenset[str]
    articles: frozenset[str]
    compounds: frozenset[str]
    also_names: frozenset[str]
    sentence_words: frozenset[str]
    surnames_too: frozenset[str]
    place_abbreviations: frozenset[str]
    shared_titles: frozenset[str]
    no_offices: frozenset[str]
    things: frozenset[str]
    of_bodies: frozenset[str]
    body_ends: frozenset[str]
    news_ends: frozenset[str]
    ministry_topics: frozenset[str]
    describing: frozenset[str]
    acting: frozenset[str]
    places: frozenset[str]
    agents: frozenset[str]
    sponsored: frozenset[str]


@lru_cache(maxsize=1)
def name_words() -> NameWords:
    """Read the words by which names are read in running text."""
    keys = [f.name for f in fields(NameWords)]
    lists = read_lists(DATA / "name_words.toml", keys)
    return NameWords(**{key: frozenset(lists[key]) for key in keys})
