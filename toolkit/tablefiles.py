"""Reads tables of texts (CSV, TSV, JSON lines), one text a row, and finds the columns that matter.

A table of any size is gone through twice or more: first to see what holds of all of it (its columns, how many rows it
has, what its quotation marks are for), then row by row, so that one row at a time is in memory.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, TextIO

from toolkit.checks import check_option, did_you_mean
from toolkit.decoding import Unreadable

ROLES = ("text", "id", "title", "date", "speaker", "outlet", "author", "place", "language")
"""What a column can hold; a column of that very name is taken without being named."""

LONGEST_CELL = 20_000_000
"""The most characters that a text may have."""

LONGEST_LINE = 25_000_000
"""The most characters that a line of a table, or a cell of several lines, may have; a longer one is passed over."""

MOST_COLUMNS = 10_000
"""The most columns that a table may have."""

OpenText = Callable[[str], TextIO]
"""Opens the characters of a file anew; takes what ends a line: a line feed, or the empty string for any line end."""

_QUOTING = "a quotation mark in a cell must stand twice, and the cell in quotation marks"
_BLANK = ",;\t \r\n"
_NAMED_MARK = re.compile(r"""[ \t]*"?sep=([,;\t|:~^#])"?[,;\t\r\n ]*""", re.IGNORECASE)
_PIECE = 1 << 20
_SHOWN = 30
_LONGEST_NAME = 80


@dataclass(frozen=True)
class Row:
    """One row of a table.

    Attributes:
        number: The first after the header is 1.
        cells: Its cells by the names of their columns.
        problem: Why it cannot be taken, or None.
        note: What the reader should know of a row that can be taken, or None.
    """

    number: int
    cells: Mapping[str, Any]
    problem: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class TableFile:
    """A table of texts.

    Attributes:
        header: The names of its columns.
        count: The number of its rows.
        rows: Gives its rows one by one, the damaged ones too; each call begins anew.
        note: What the reader should know of the whole table, or None.
    """

    header: list[str]
    count: int
    rows: Callable[[], Iterator[Row]]
    note: str | None = None


def read_table(open_text: OpenText, suffix: str) -> TableFile:
    """Read a table.

    Args:
        open_text: Opens its characters, with line ends as stored.
        suffix: ``.csv``, ``.tsv``, ``.jsonl`` or ``.ndjson``.

    Returns:
        The table; the columns of JSON lines are the names that any of its objects has.

    Raises:
        Unreadable: It has more columns than a table of texts has, or their names cannot be read.
    """
    return _json_lines(open_text) if suffix in {".jsonl", ".ndjson"} else _delimited(open_text, suffix)


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
    there = ", ".join(repr(column[:_LONGEST_NAME]) for column in header[:_SHOWN]) or "none"
    there += f" and {len(header) - _SHOWN:,} more" * (len(header) > _SHOWN)
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
    """Give a cell as words, without the spaces around them; None where it is empty."""
    if isinstance(value, list):
        value = ", ".join(str(item) for item in value if item is not None)
    if value is None or value != value or isinstance(value, dict):
        return None
    return str(value).strip() or None


class _LongLine(csv.Error):
    """A line is longer than one is read."""


class _Lines:
    """Gives the lines of a file one by one, and counts them and their quotation marks.

    Raises:
        _LongLine: The line is too long; it is passed over, and the next one may be asked for.
    """

    def __init__(self, file: TextIO, ends: tuple[str, ...]) -> None:
        self._file = file
        self._ends = ends
        self.number = 0
        self.marks = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._read(LONGEST_LINE)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) < LONGEST_LINE or line.endswith(self._ends):
            return line
        while (piece := self._read(_PIECE)) and not piece.endswith(self._ends):
            pass
        raise _LongLine(f"one of its lines is longer than {LONGEST_LINE:,} characters")

    def _read(self, most: int) -> str:
        piece = self._file.readline(most)
        self.marks += piece.count('"')
        return piece


@dataclass(frozen=True)
class _Form:
    """How the cells of a delimited table stand, and what that makes of the whole of it.

    Attributes:
        mark: What separates its cells.
        quoted: Whether quotation marks may enclose cells; if not, they are characters like all others.
        header: The names of its columns.
        count: The number of its rows.
        misfits: How many rows cannot be read, have more or fewer cells than the header, or a cell with what look like
            other rows separated by tabs.
        odd: Whether its quotation marks are odd in number.
    """

    mark: str
    quoted: bool
    header: list[str]
    count: int
    misfits: int
    odd: bool


def _delimited(open_text: OpenText, suffix: str) -> TableFile:
    with open_text("") as file:
        first = next((line for line in iter(partial(file.readline, LONGEST_LINE), "") if line.strip(_BLANK)), "")
    named = _NAMED_MARK.fullmatch(first)
    mark = named[1] if named else "\t" if suffix == ".tsv" else max(",;\t", key=first.count)
    form, note = _survey(open_text, mark, quoted=True), None
    if mark == "\t" and form.misfits:
        bare = _survey(open_text, mark, quoted=False)
        if bare.misfits < form.misfits:
            form, note = bare, "its quotation marks do not enclose cells, so they were read as part of the texts"
    if form.quoted and form.odd:
        note = "its quotation marks are odd in number, so one cell may hold the rows after it"
    return TableFile(form.header, form.count, lambda: _rows(open_text, form), note)


def _survey(open_text: OpenText, mark: str, *, quoted: bool) -> _Form:
    """Go through a table to see what holds of all of it.

    Raises:
        Unreadable: Its header has too many columns or cannot be read.
    """
    with open_text("") as file:
        lines = _Lines(file, ("\n", "\r"))
        records = _records(lines, mark, quoted=quoted)
        _, header, problem = next(records, (0, [], None))
        if problem:
            raise Unreadable(f"the names of its columns: {problem}")
        _check_width(header)
        count = misfits = 0
        for _, cells, problem in records:
            count += 1
            rows_inside = mark == "\t" and any("\t" in cell and "\n" in cell for cell in cells)
            misfits += problem is not None or len(cells) != len(header) or rows_inside
    return _Form(mark, quoted, header, count, misfits, lines.marks % 2 == 1)


def _rows(open_text: OpenText, form: _Form) -> Iterator[Row]:
    """Give the rows of a delimited table one by one."""
    header = form.header
    with open_text("") as file:
        for number, cells, problem in _records(_Lines(file, ("\n", "\r")), form.mark, quoted=form.quoted):
            note = None
            columns = f"{len(cells)} cell{'s' * (len(cells) != 1)} under {len(header)} columns"
            if len(cells) > len(header):
                problem = f"it has {columns}; put cells that hold {form.mark!r} in quotes"
            elif not problem and len(cells) < len(header):
                note = f"it has {columns}; put cells that hold line ends in quotation marks"
            if number:
                yield Row(number, dict(zip(header, cells, strict=False)), problem, note)


def _records(lines: _Lines, mark: str, *, quoted: bool) -> Iterator[tuple[int, list[str], str | None]]:
    """Give number, cells and problem of each record from the header on, which is 0; blank ones are left out.

    So is a first line such as ``sep=;``, with which Excel names what separates the cells.
    """
    reader = csv.reader(lines, delimiter=mark, quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE, strict=True)
    number = 0
    while True:
        cells, problem = [], None
        first = lines.number + 1
        try:
            with _long_cells():
                cells = next(reader)
        except StopIteration:
            return
        except _LongLine as error:
            problem = f"it cannot be read: {error}"
        except csv.Error as error:
            where = f" (lines {first} to {lines.number} of the file)" * (lines.number > first)
            problem = f"it cannot be read: {error}{where}; {_QUOTING}"
        if number == 0 and _NAMED_MARK.fullmatch(mark.join(cells)):
            continue
        if problem or any(cell.strip() for cell in cells):
            yield number, cells, problem
            number += 1


@contextmanager
def _long_cells() -> Iterator[None]:
    """Allow cells longer than the csv module's default for a moment, since a speech easily is."""
    before = csv.field_size_limit(LONGEST_LINE)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _json_lines(open_text: OpenText) -> TableFile:
    def rows() -> Iterator[Row]:
        with open_text("\n") as file:
            yield from _objects(_Lines(file, ("\n",)))

    count, header = 0, dict[str, None]()
    for row in rows():
        count += 1
        header.update(dict.fromkeys(row.cells))
        _check_width(header)
    return TableFile(list(header), count, rows)


def _objects(lines: _Lines) -> Iterator[Row]:
    """Give the objects of JSON lines; blank lines are left out and a damaged one stops nothing."""
    number = 1
    while True:
        cells, problem = None, None
        try:
            line = next(lines)
            if not line.strip():
                continue
            cells = json.loads(line.removesuffix("\n"))
        except StopIteration:
            return
        except _LongLine as error:
            problem = f"it cannot be read: {error}"
        except (ValueError, RecursionError) as error:
            problem = f"it is not JSON: {str(error)[:100]}"
        if not isinstance(cells, dict):
            cells, problem = {}, problem or "it is not a JSON object {...}"
        yield Row(number, cells, problem)
        number += 1


def _check_width(header: Collection[str]) -> None:
    if len(header) > MOST_COLUMNS:
        raise Unreadable(f"it has {len(header):,} columns, more than {MOST_COLUMNS:,}; it may be no table of texts")
