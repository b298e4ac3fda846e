"""Reads tables of texts (CSV, TSV, JSON lines), one text a row, and finds the columns that matter."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from toolkit.checks import check_option, did_you_mean

ROLES = ("text", "id", "title", "date", "speaker", "outlet", "author", "place", "language")
"""What a column can hold; a column of that very name is taken without being named."""

LONGEST_CELL = 20_000_000
"""The most characters that a cell may hold."""


@dataclass(frozen=True)
class Row:
    """One row of a table: its number (the first after the header is 1), its cells, and what is wrong with it."""

    number: int
    cells: Mapping[str, Any]
    problem: str | None = None


@dataclass
class TableFile:
    """A table of texts.

    Attributes:
        header: The names of its columns.
        rows: Its rows, the damaged ones too.
        note: What the reader should know of the whole table, or None.
    """

    header: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    note: str | None = None


def read_table(text: str, suffix: str) -> TableFile:
    """Read a table.

    Args:
        text: The content of the file; line ends within cells stay as they are.
        suffix: ``.csv``, ``.tsv``, ``.jsonl`` or ``.ndjson``.
    """
    return _read_json_lines(text) if suffix in {".jsonl", ".ndjson"} else _read_delimited(text, suffix)


def choose_columns(name: str, header: list[str], wanted: Mapping[str, str]) -> dict[str, str]:
    """Find the column for each thing that an article has.

    Args:
        name: The file's name, for the message.
        header: The columns that it has.
        wanted: Columns that the caller named, by role.

    Returns:
        Role to column: as wanted, else the column that bears the role's name.

    Raises:
        ValueError: A column that is wanted, or the text's, is not there; the message names those that are.
    """
    there = ", ".join(map(repr, header)) or "none"
    for role, column in wanted.items():
        if column not in header:
            hint = did_you_mean(column, header)
            raise ValueError(f"{name} has no column {column!r} (wanted for {role}); its columns are {there}.{hint}")
    same = {column.strip().casefold(): column for column in reversed(header)}
    chosen = {role: wanted.get(role) or same.get(role, "") for role in ROLES}
    if not chosen["text"]:
        cure = "Name the column that holds the texts: columns={'text': '...'}."
        raise ValueError(f"{name} has no column 'text'; its columns are {there}. {cure}")
    twice = sorted({column for column in chosen.values() if header.count(column) > 1})
    if twice:
        raise ValueError(f"{name} has more than one column {twice[0]!r}; give them different names.")
    return {role: column for role, column in chosen.items() if column}


def check_roles(columns: Mapping[str, str] | None) -> dict[str, str]:
    """Refuse columns for anything that is not a role; columns of None are not wanted.

    Raises:
        ValueError: Names the key and the roles.
    """
    for role in columns or {}:
        check_option("a key of columns", role, ROLES)
    return {role: column for role, column in (columns or {}).items() if column is not None}


def cell_words(value: Any) -> str | None:
    """Give a cell as words; None where it is empty."""
    if isinstance(value, list):
        value = ", ".join(str(item) for item in value if item is not None)
    if value is None or value != value or isinstance(value, dict):
        return None
    return str(value) if str(value).strip() else None


def _read_delimited(text: str, suffix: str) -> TableFile:
    lines = io.StringIO(text, newline="")
    first = text.split("\n", 1)[0]
    mark = "\t" if suffix == ".tsv" else max(",;\t", key=first.count)
    with _long_cells():
        reader = csv.reader(lines, delimiter=mark)
        records = list(_records(reader))
    header = [str(cell) for cell in records[0].cells.values()] if records else []
    rows = []
    for record in records[1:]:
        cells = list(record.cells.values())
        problem = record.problem
        if len(cells) > len(header):
            problem = f"it has {len(cells)} cells under {len(header)} columns; put cells that hold {mark!r} in quotes"
        rows.append(Row(record.number, dict(zip(header, cells, strict=False)), problem))
    odd = "its quotation marks are odd in number, so one cell may hold the rows after it"
    return TableFile(header, rows, odd if text.count('"') % 2 else None)


@contextmanager
def _long_cells() -> Iterator[None]:
    """Allow cells longer than the csv module's default for a moment, since a speech easily is."""
    before = csv.field_size_limit(10 * LONGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _records(reader: Iterator[list[str]]) -> Iterator[Row]:
    """Number the records from the header, which is 0; blank ones are left out and a damaged one stops nothing."""
    number = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(number, {}, f"it cannot be read: {error}")
        else:
            if not any(cell.strip() for cell in cells):
                continue
            yield Row(number, dict(enumerate(cells)))  # type: ignore[arg-type]
        number += 1


def _read_json_lines(text: str) -> TableFile:
    table = TableFile()
    columns: dict[str, None] = {}
    for line in text.split("\n"):
        if not line.strip():
            continue
        number, cells, problem = len(table.rows) + 1, {}, None
        try:
            cells = json.loads(line)
        except (ValueError, RecursionError) as error:
            problem = f"it is not JSON: {str(error)[:100]}"
        if not isinstance(cells, dict):
            cells, problem = {}, "it is not a JSON object {...}"
        columns.update(dict.fromkeys(cells))
        table.rows.append(Row(number, cells, problem))
    table.header = list(columns)
    return table
