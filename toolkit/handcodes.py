"""What hand coding shares: which column names a unit, which decisions count as coded, and when two codes are the same.

A coding sheet has one row per unit and coder. Its column ``decision`` says what became of the row: ``keep``,
``change`` and ``add`` hold the coder's values, ``drop`` says that there is no such unit, and ``unsure`` or NA that it
is not coded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from toolkit.checks import check_columns

MACHINE = "machine"
"""The coder's name under which the machine's codes stand beside those of people."""

NONE = "(none)"
"""The category of a coded unit whose answer is that there is none: no speaker, no cue."""

VARIABLES = {"quotes": ("speakers", "kind", "source", "cue"), "positions": ("actor", "issue", "stance")}
"""What a coder decides on, by table."""

VALID = ("keep", "change", "add")
"""Decisions that say that the unit is one and its values are right as they stand."""

_IDS = ("position_id", "quote_id", "id", "unit")
_SPAN = ("article_id", "start", "end")
_ADDED = re.compile(r":hand\d+\Z")


def id_column(frame: pd.DataFrame, name: str) -> str:
    """Give the column that names the units: that of positions before that of quotes, then a sheet's.

    Args:
        frame: A study's table, a coding sheet or a long frame of codes.
        name: What the table is called in messages.

    Raises:
        ValueError: There is none.
    """
    for column in _IDS:
        if column in frame.columns:
            return column
    raise ValueError(
        f"{name} has no column that names its rows ({', '.join(_IDS)}); it has "
        f"{', '.join(map(str, frame.columns)) or 'none'}. Give a study's quotes or positions, or a coding sheet."
    )


def check_unique(ids: Iterable[object], *, name: str, cure: str) -> None:
    """Refuse ids that occur more than once, or that are missing.

    Raises:
        ValueError: Names the first of them, and the cure.
    """
    column = pd.Series(list(ids), dtype=object)
    if column.isna().any():
        raise ValueError(f"{name} has {int(column.isna().sum())} rows without an id. Give each row one.")
    twice = sorted(map(str, column[column.duplicated()].unique()))
    if twice:
        shown = ", ".join(map(repr, twice[:3])) + ", ..." * (len(twice) > 3)
        raise ValueError(f"{name} names {len(twice)} units more than once ({shown}). {cure}")


def is_added(name: object) -> bool:
    """Tell whether an id is that of a unit that a person added (``<article_id>:hand<number>``)."""
    return bool(_ADDED.search(str(name)))


def plain(value: object, *, several: bool = False) -> str | None:
    """Write a code so that the same code is the same text, whatever file it came through.

    The number 1 is ``"1"`` whether it was stored as 1, 1.0 or text, and blanks around words do not count.

    Args:
        value: A text, a number, a truth value, or a list of names.
        several: The text holds names joined by ``;``, whose order does not matter.

    Returns:
        The text, or None where the value is missing or empty.
    """
    if isinstance(value, str):
        names = [part.strip() for part in value.split(";")] if several else [value.strip()]
    elif isinstance(value, (list, tuple, set, frozenset, np.ndarray)):
        names = [str(part).strip() for part in value]
    else:
        if value is None or pd.isna(value):  # type: ignore[call-overload]
            return None
        names = [_number(value)]
    found = sorted({name for name in names if name}) if len(names) > 1 else [name for name in names if name]
    joined = "; ".join(found)
    # Half a character (a lone surrogate) can stand in no table of text.
    return _as_integer(joined).encode("utf-8", "backslashreplace").decode() if joined else None


def _number(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _as_integer(text: str) -> str:
    # A column of whole numbers with a gap is read from CSV as 1.0, -1.0.
    return re.sub(r"\A\+?(-?\d+)(?:\.0+)?\Z", r"\1", text)


def is_sheet(frame: pd.DataFrame) -> bool:
    """Tell a coding sheet from other frames: it has decisions."""
    return "decision" in frame.columns


def with_machine(sheet: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Add the machine's codes of a sheet's units to the sheet, as those of one more coder.

    Args:
        sheet: A coding sheet; the sheets of several coders one below the other.
        table: The study's table that the sheet was made from.

    Returns:
        The sheet's rows, and below them a row of the coder ``machine`` for each unit that is in the table too. A unit
        that people added has none: the machine missed it.

    Raises:
        ValueError: The sheet lacks columns, or has the machine's rows already.
    """
    cure = "Give a coding sheet of `toolkit.sheets`."
    check_columns(sheet, ["id", "coder", "decision", *_SPAN], name="sheet", cure=cure)
    if (sheet["coder"] == MACHINE).any():
        raise ValueError(f"the sheet has rows of the coder {MACHINE!r} already.")
    key = id_column(table, "table")
    rows = table[table[key].isin(sheet["id"])].rename(columns={key: "id"}).assign(coder=MACHINE, decision="keep")
    if "table" in sheet.columns and len(sheet):
        rows["table"] = sheet["table"].iloc[0]
    if "start" not in rows.columns:  # a quote may be interrupted
        rows["start"] = [min(start for start, _ in spans) for spans in rows["spans"]]
        rows["end"] = [max(end for _, end in spans) for spans in rows["spans"]]
    kept = [column for column in sheet.columns if column in rows.columns]
    return pd.concat([sheet.astype(object), rows[kept].astype(object)], ignore_index=True)


def coded_rows(sheet: pd.DataFrame) -> pd.DataFrame:
    """Take the rows of a sheet that hold codes, with the answers that there is none filled in.

    Args:
        sheet: A coding sheet of one table.

    Returns:
        The machine's rows and those decided ``keep``, ``change`` or ``add``: ``unit``, ``coder``, ``article_id``,
        ``start``, ``end``, ``text`` and the variables as text, where a missing speaker, source or cue is ``(none)``.
        Added units without an id get one.

    Raises:
        ValueError: The sheet mixes tables.
    """
    tables = sorted(map(str, sheet["table"].dropna().unique())) if "table" in sheet.columns else []
    if len(tables) > 1:
        raise ValueError(f"the sheet mixes the tables {', '.join(tables)}; measure each by itself.")
    held = sheet[(sheet["coder"] == MACHINE) | sheet["decision"].isin(VALID)]
    names = VARIABLES.get(tables[0] if tables else "", tuple(v for group in VARIABLES.values() for v in group))
    variables = [name for name in names if name in sheet.columns]
    kept = held[["id", "coder", *_SPAN, *[c for c in ("text",) if c in sheet.columns], *variables]]
    rows = kept.rename(columns={"id": "unit"}).reset_index(drop=True)
    nameless = rows["unit"].isna() & held["decision"].eq("add").to_numpy()
    # A zero before the number, so that it is no other unit's name.
    names_given = [f"{rows['article_id'][i]}:hand0{i}" for i in rows.index[nameless]]
    rows["unit"] = rows["unit"].astype(object)
    rows.loc[nameless, "unit"] = names_given
    for variable in variables:
        values = [plain(value, several=variable == "speakers") for value in rows[variable]]
        if variable in ("speakers", "source", "cue"):
            values = [NONE if value is None else value for value in values]
        rows[variable] = pd.Series(values, dtype=object)
    return rows
