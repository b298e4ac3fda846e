"""Checks of what a caller gives: each message says what was given, what was expected and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def did_you_mean(given: str, choices: Iterable[str]) -> str:
    """Give `` Did you mean 'x'?`` for the nearest choice, or nothing where none is near."""
    near = difflib.get_close_matches(str(given), sorted(choices), n=1)
    return f" Did you mean {near[0]!r}?" if near else ""


def check_option(parameter: str, given: object, choices: Collection[str]) -> None:
    """Refuse a value that is not one of the choices.

    Raises:
        ValueError: Names the parameter, the value, the choices, and the nearest one.
    """
    if given not in choices:
        options = ", ".join(repr(c) for c in choices)
        raise ValueError(f"{parameter} is {given!r}; expected one of {options}.{did_you_mean(str(given), choices)}")


def check_columns(frame: pd.DataFrame, required: Iterable[str], *, name: str, cure: str) -> None:
    """Refuse a table that lacks columns.

    Args:
        frame: The table that was given.
        required: Names of the columns that are needed.
        name: What the table is called in the message.
        cure: What to do, as a sentence.

    Raises:
        ValueError: Names the missing columns, those that are there, and the cure.
    """
    missing = [c for c in required if c not in frame.columns]
    if missing:
        raise ValueError(
            f"{name} lacks the column{'s' * (len(missing) > 1)} {', '.join(missing)}; "
            f"it has {', '.join(map(str, frame.columns)) or 'none'}. {cure}"
        )
