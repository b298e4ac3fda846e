"""The coding sheet: one row for each quote or position that a person checks, and what they decided.

A sheet is made from rows of a study, filled in with ``tk.review`` or in a spreadsheet, and applied with
``study.with_corrections(sheet)``. Its columns: ``table``, ``id``, ``article_id``, ``start``, ``end``, ``text``, the
variables of the table, ``decision``, ``coder``, ``comment``, ``coded_at``, and after sampling ``stratum`` and
``inclusion_probability``. Rows are numbered as a spreadsheet does: the header is row 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit.checks import check_columns, check_option, did_you_mean
from toolkit.handcodes import VARIABLES as VARIABLES
from toolkit.sheetcells import read_cells, well_formed, write_cells

DECISIONS = ("keep", "change", "drop", "add", "unsure")
"""keep: the values hold; change: the values given are right; drop: no such unit; add: the machine missed it; unsure."""

CODED = ("keep", "change", "drop", "add")
"""The decisions that change or confirm a study; ``unsure`` and an empty cell leave the machine's row as it is."""

KINDS = ("direct", "mixed", "indirect")
NEEDED = {"quotes": ("kind",), "positions": ("actor", "issue", "stance")}
"""Variables without which no unit can be kept, changed or added; the others may be empty (nobody, no source)."""

BETWEEN = "; "
"""What stands between two speakers of one quote."""

_ID = {"quotes": "quote_id", "positions": "position_id"}
_PLACE = ("table", "id", "article_id", "start", "end", "text")
_CODING = ("decision", "coder", "comment", "coded_at")
_SAMPLING = ("stratum", "inclusion_probability")
_OPTIONAL = ("comment", "coded_at", *_SAMPLING)
_NUMBERS = {"start": "Int64", "end": "Int64", "stance": "Int64", "inclusion_probability": "float64"}
_SHOWN_FAULTS = 8
_SIGNS = str.maketrans({"−": "-", "–": "-", "＋": "+"})


def sheet_columns(table: str, *, sampled: bool = False) -> list[str]:
    """List the columns of a sheet for ``quotes`` or ``positions``, in order.

    Args:
        table: The table that is checked.
        sampled: With the two columns that sampling adds.
    """
    check_option("table", table, tuple(VARIABLES))
    return [*_PLACE, *VARIABLES[table], *_CODING, *(_SAMPLING if sampled else ())]


def table_of(rows: pd.DataFrame) -> str:
    """Say whether rows are of the table ``positions`` or ``quotes``.

    Raises:
        ValueError: They are of neither.
    """
    for table, column in (("positions", "position_id"), ("quotes", "quote_id")):
        if column in rows.columns:
            return table
    raise ValueError(
        f"rows have the columns {', '.join(map(str, rows.columns)) or 'none'}; expected rows of study.quotes or "
        "study.positions, all of them or a sample."
    )


def blind_variables(table: str, blind: bool | Collection[str]) -> tuple[str, ...]:
    """Name the variables that a coder does not see: all (True), none (False), or those that are named.

    Raises:
        ValueError: The table has no such variable.
    """
    if isinstance(blind, bool):
        return VARIABLES[table] if blind else ()
    for name in [blind] if isinstance(blind, str) else blind:
        check_option("blind", name, VARIABLES[table])
    return tuple(v for v in VARIABLES[table] if v == blind or v in blind)


def make_sheet(rows: pd.DataFrame, *, blind: bool | Collection[str] = False, coder: str | None = None) -> pd.DataFrame:
    """Make a sheet on which a person checks or codes quotes or positions.

    Args:
        rows: Rows of ``study.quotes`` or ``study.positions``, all or a sample; the columns ``stratum`` and
            ``inclusion_probability`` of a sample are kept.
        blind: Leave the variables empty, so that the coder does not see the machine's answer: True for all, or the
            names of some, such as ``["stance"]``. A coder of a blind sheet writes the values and the decision
            ``change``.
        coder: Who will code, or None to leave the column empty.

    Returns:
        One row a unit, not coded yet, in the order that was given.

    Raises:
        ValueError: Rows of another table, a row that occurs twice, or an unknown variable in ``blind``.
    """
    table = table_of(rows)
    hidden = blind_variables(table, blind)
    needed = ["article_id", _ID[table], "text", *VARIABLES[table], *(["spans"] if table == "quotes" else [])]
    if table == "positions":
        needed += ["start", "end"]
    check_columns(rows, needed, name="rows", cure=f"Give rows of study.{table} with all its columns.")
    sampled = all(name in rows.columns for name in _SAMPLING)
    made = []
    for row in rows.to_dict("records"):
        unit = {"table": table, "id": row[_ID[table]], **{c: row[c] for c in ("article_id", "text")}, "coder": coder}
        unit |= {name: None if name in hidden else row[name] for name in VARIABLES[table]}
        if table == "quotes":
            unit |= {"start": row["spans"][0][0], "end": row["spans"][-1][1]}
            unit["speakers"] = None if "speakers" in hidden else join_speakers(row["speakers"])
        else:
            unit |= {"start": row["start"], "end": row["end"]}
        made.append(unit | ({name: row[name] for name in _SAMPLING} if sampled else {}))
    return check_sheet(_frame(table, made, sampled))


def join_speakers(speakers: Any) -> str | None:
    """Write a quote's speakers in one cell; nobody is None."""
    names = speakers if isinstance(speakers, list | tuple) else []
    return BETWEEN.join(names) or None


def split_speakers(cell: Any) -> list[str]:
    """Read a quote's speakers from their cell; an empty one is nobody."""
    return [] if pd.isna(cell) else [name.strip() for name in str(cell).split(";") if name.strip()]


def check_sheet(sheet: pd.DataFrame, *, issues: Collection[str] | None = None) -> pd.DataFrame:
    """Check a sheet strictly and give it its column order and types.

    Args:
        sheet: A sheet, also one that was filled in by hand.
        issues: Ids of the codebook's issues, or None to allow any.

    Returns:
        A new frame. Empty cells are NA, decisions in small letters, ``stance`` +1 or -1, times ISO.

    Raises:
        ValueError: Names row, column, value and what is allowed, for the first faults.
    """
    cure = "Make the sheet with toolkit.sheets.make_sheet and leave its columns as they are."
    twice = sheet.columns[sheet.columns.duplicated()]
    if len(twice):
        raise ValueError(f"the sheet has the column {twice[0]!r} more than once. {cure}")
    table = _table_named(sheet)
    columns = sheet_columns(table, sampled=any(name in sheet.columns for name in _SAMPLING))
    check_columns(sheet, [c for c in columns if c not in _OPTIONAL], name="the sheet", cure=cure)
    unknown = [str(c) for c in sheet.columns if c not in columns]
    if unknown:
        near = did_you_mean(unknown[0], columns)
        raise ValueError(f"the sheet has a column {unknown[0]!r}, which is none of a sheet of {table}.{near} {cure}")
    faults = _Faults()
    readers = _readers(table, issues)
    rows = []
    for number, given in enumerate(sheet.to_dict("records"), 2):
        row = {}
        for column in columns:
            row[column] = _read(given.get(column), readers[column], faults, number, column)
        _check_row(row, table, faults, number)
        rows.append(row)
    _check_twice(rows, faults)
    faults.raise_any()
    return _frame(table, rows, _SAMPLING[0] in columns)


def write_sheet(
    sheet: pd.DataFrame, path: str | Path, *, issues: Collection[str] | None = None, overwrite: bool = False
) -> Path:
    """Write a sheet as CSV or Excel file; no cell can become a formula (``sheetcells.py`` says how).

    Args:
        sheet: A sheet.
        path: Ends in ``.csv`` or ``.xlsx`` (which needs the extra ``check``).
        issues: Ids of the codebook's issues: the sheet is checked against them, and Excel offers them as a list.
        overwrite: Replace a file that holds decisions.

    Returns:
        The file.

    Raises:
        FileExistsError: The file holds decisions, and ``overwrite`` was not asked for.
        ValueError: The sheet is faulty, or a cell is too long for the format.
    """
    path = Path(path)
    checked = check_sheet(sheet, issues=issues)
    if path.exists() and not overwrite:
        coded = int(read_sheet(path)["decision"].notna().sum())
        if coded:
            raise FileExistsError(
                f"{path} holds {coded} decisions. Read it with toolkit.sheets.read_sheet, write to another file, or "
                "say overwrite=True if they are not needed."
            )
    write_checked(checked, path, issues=issues)
    return path


def write_checked(sheet: pd.DataFrame, path: Path, *, issues: Collection[str] | None = None) -> None:
    """Write a sheet that ``check_sheet`` gave, whatever the file holds; the arguments are those of ``write_sheet``."""
    choices: dict[str, Collection[str]] = {"decision": DECISIONS, "kind": KINDS, "stance": ("1", "-1")}
    if issues:
        choices["issue"] = sorted(issues)
    rows = [["" if pd.isna(cell) else str(cell) for cell in row] for row in sheet.astype(object).to_numpy().tolist()]
    write_cells(path, list(sheet.columns), rows, {k: list(v) for k, v in choices.items() if k in sheet.columns})


def read_sheet(path: str | Path, *, issues: Collection[str] | None = None) -> pd.DataFrame:
    """Read a sheet that was filled in, and check it.

    Args:
        path: A CSV file (UTF-8; commas, semicolons or tabs) or an Excel file's first sheet.
        issues: Ids of the codebook's issues, or None to allow any.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file cannot be read or the sheet is faulty; names row, column and what is allowed.
    """
    path = Path(path)
    cells = read_cells(path)
    if not cells:
        raise ValueError(f"{path} is empty; expected a sheet with its header.")
    header = [name.strip() for name in cells[0]]
    while header and not header[-1]:
        header.pop()
    rows = []
    for number, row in enumerate(cells[1:], 2):
        if any(cell.strip() for cell in row[len(header) :]):
            raise ValueError(f"{path}, row {number} has more cells than the header has columns.")
        rows.append(row[: len(header)] + [""] * (len(header) - len(row)))
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    try:
        return check_sheet(pd.DataFrame(rows, columns=header, dtype=object), issues=issues)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


@dataclass
class _Faults:
    """What is wrong with a sheet, gathered so that a coder can mend it at once."""

    found: list[str] = field(default_factory=list)

    def add(self, number: int, column: str, given: object, expected: str) -> None:
        given = "empty" if given is None else repr(given)
        stop = "" if expected.endswith("?") else "."
        self.found.append(f"row {number}, column {column}: {given}; expected {expected}{stop}")

    def raise_any(self) -> None:
        if self.found:
            rest = len(self.found) - _SHOWN_FAULTS
            more = f"\n... and {rest} more." if rest > 0 else ""
            raise ValueError("the sheet has faults:\n" + "\n".join(self.found[:_SHOWN_FAULTS]) + more)


class _Unreadable(Exception):  # noqa: N818  (a finding about a cell, not a fault of the program)
    """A cell that does not hold what its column needs; the message says what that is."""


Reader = Callable[[Any], Any]


def _read(value: Any, reader: Reader, faults: _Faults, number: int, column: str) -> Any:
    if value is None or (not isinstance(value, list | tuple) and pd.isna(value)) or str(value).strip() == "":
        return None
    try:
        return reader(value)
    except _Unreadable as error:
        faults.add(number, column, value, str(error))
        return None


def _readers(table: str, issues: Collection[str] | None) -> dict[str, Reader]:
    readers: dict[str, Reader] = {
        **dict.fromkeys(("id", "article_id", "actor", "source", "cue", "coder", "stratum"), _words),
        "table": _one_of((table,)),
        "text": lambda value: well_formed(str(value)),
        "comment": lambda value: well_formed(str(value)),
        "start": _whole,
        "end": _whole,
        "speakers": lambda value: join_speakers(split_speakers(_words(value))),
        "kind": _one_of(KINDS),
        "issue": _words if issues is None else _one_of(tuple(issues), near=True),
        "stance": _side,
        "decision": _one_of(DECISIONS),
        "coded_at": _time,
        "inclusion_probability": _probability,
    }
    return readers


def _words(value: Any) -> str:
    return well_formed(str(value)).strip()


def _one_of(choices: Collection[str], *, near: bool = False) -> Reader:
    def read(value: Any) -> str:
        word = _words(value) if near else _words(value).casefold()
        if word not in choices:
            guess = did_you_mean(word, choices)
            raise _Unreadable(f"one of {', '.join(choices)}{'.' if guess else ''}{guess}")
        return word

    return read


def _number(value: Any, expected: str) -> float:
    try:
        number = float(str(value).translate(_SIGNS))
    except ValueError as error:
        raise _Unreadable(expected) from error
    if not math.isfinite(number):
        raise _Unreadable(expected)
    return number


def _whole(value: Any) -> int:
    expected = "a whole number, 0 or more"
    number = _number(value, expected)
    if number < 0 or number != int(number):
        raise _Unreadable(expected)
    return int(number)


def _side(value: Any) -> int:
    expected = "1 (supports the issue's proposition) or -1 (opposes it)"
    number = _number(value, expected)
    if number not in (1, -1):
        raise _Unreadable(expected)
    return int(number)


def _probability(value: Any) -> float:
    expected = "a probability above 0, at most 1"
    number = _number(value, expected)
    if not 0 < number <= 1:
        raise _Unreadable(expected)
    return number


def _time(value: Any) -> str:
    words = value.isoformat() if isinstance(value, date) else _words(value)
    try:
        datetime.fromisoformat(words)
    except ValueError as error:
        raise _Unreadable("a time such as 2025-01-31T14:05:00+00:00") from error
    return words


def _check_row(row: Mapping[str, Any], table: str, faults: _Faults, number: int) -> None:
    decision = row["decision"]
    for column in ("table", "article_id", "text", "id", "start", "end"):
        if row[column] is None and not (column == "id" and decision == "add"):
            faults.add(number, column, None, f"what the sheet had; do not empty the columns {', '.join(_PLACE)}")
    if row["start"] is not None and row["end"] is not None and row["start"] >= row["end"]:
        faults.add(number, "end", row["end"], f"more than the start, {row['start']}")
    if decision and row["coder"] is None:
        faults.add(number, "coder", None, "the name of who decided")
    if decision in ("keep", "change", "add"):
        for column in NEEDED[table]:
            if row[column] is None:
                faults.add(number, column, None, f"a value, since the decision is {decision!r}")


def _check_twice(rows: list[dict[str, Any]], faults: _Faults) -> None:
    seen: dict[tuple[Any, Any], int] = {}
    for number, row in enumerate(rows, 2):
        key = (row["id"], row["coder"])
        if row["id"] is not None and key in seen:
            faults.add(number, "id", row["id"], f"one row a unit and coder; row {seen[key]} has the same")
        seen.setdefault(key, number)


def _table_named(sheet: pd.DataFrame) -> str:
    named = sorted({str(v).strip() for v in sheet["table"].dropna()} - {""}) if "table" in sheet.columns else []
    if len(named) > 1 and set(named) <= set(VARIABLES):
        raise ValueError("the sheet holds rows of both tables; give one sheet for quotes and one for positions.")
    if named:
        check_option("the sheet's column table", named[0], tuple(VARIABLES))
        return named[0]
    return "quotes" if "speakers" in sheet.columns else "positions"


def _frame(table: str, rows: list[dict[str, Any]], sampled: bool) -> pd.DataFrame:
    columns = sheet_columns(table, sampled=sampled)
    return pd.DataFrame(
        {c: pd.Series([row.get(c) for row in rows], dtype=_NUMBERS.get(c, "str")) for c in columns}, columns=columns
    )
