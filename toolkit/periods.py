"""Time windows: which statements fall into which week, month, year or run of days.

Weeks are those of ISO 8601 (Monday to Sunday; the week belongs to the year of its Thursday), and every window bears its
year, so that January 2022 and January 2023 are two windows.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

import pandas as pd

from toolkit.checks import check_columns, check_option

UNITS = ("week", "month", "year")
"""Calendar periods."""

_MOST = 20_000


@dataclass(frozen=True, repr=False)
class Window:
    """A stretch of time and the statements dated in it.

    Attributes:
        label: ``2022-W05``, ``2022-02``, ``2022``, or ``2022-02-01/2022-02-28`` for a run of days.
        start: First day, as ``YYYY-MM-DD``.
        end: Last day, which belongs to the window.
        positions: The rows of ``positions`` dated in it, in their order; may be empty.
    """

    label: str
    start: str
    end: str
    positions: pd.DataFrame

    def __repr__(self) -> str:
        return f"Window({self.label!r}, {self.start} to {self.end}, {len(self.positions)} statements)"


def read_day(value: Any) -> date | None:
    """Read a cell as a day; a missing one is None.

    Raises:
        ValueError: It is no date of the form ``YYYY-MM-DD`` between the years 1 and 9998.
    """
    if value is None or pd.isna(value):
        return None
    if isinstance(value, datetime):
        return value.date()
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        day = date.max
    if day.year > 9998:
        raise ValueError(f"date is {str(value)!r}; expected YYYY-MM-DD. Mend the column date, or leave the cell empty.")
    return day


def period(day: date, unit: str) -> str:
    """Name the week, month or year of a day, always with the year."""
    if unit == "week":
        year, week, _ = day.isocalendar()
        return f"{year:04}-W{week:02}"
    return f"{day.year:04}-{day.month:02}" if unit == "month" else f"{day.year:04}"


def time_windows(
    positions: pd.DataFrame, *, unit: str = "month", days: int | None = None, step: int = 1
) -> list[Window]:
    """Divide statements by time, without a gap: a month in which nobody spoke is an empty window.

    Args:
        positions: The table ``positions`` of a study. Statements without a date are in no window; a warning counts
            them.
        unit: ``week``, ``month``, ``year``, or ``days`` for a window of fixed length that rolls over the calendar.
        days: Length of a rolling window in days; None for the calendar units.
        step: By how many days a rolling window moves, at most ``days``.

    Returns:
        The windows from the first dated statement to the last, in the order of time. The first rolling window begins
        on the first date, and the last one reaches the last date or beyond.

    Raises:
        ValueError: An option is not known or does not fit the unit, a date is none, or there would be more than
            20,000 windows.
    """
    check_option("unit", unit, (*UNITS, "days"))
    if (unit == "days") != (days is not None):
        raise ValueError(f"days is {days!r} with unit={unit!r}; give both unit='days' and days=30, or neither.")
    if step < 1 or (days is not None and days < 1):
        raise ValueError(f"days is {days!r} and step {step!r}; expected whole numbers of 1 or more.")
    if step > (days or 1):
        length = f"days={days}" if days else f"unit={unit!r}"
        raise ValueError(
            f"step is {step} with {length}; expected at most the length of a rolling window, so that no statement lies "
            "between two of them (leave step out for weeks, months and years)."
        )
    check_columns(positions, ["date"], name="positions", cure="Give the table study.positions.")
    dates = [read_day(value) for value in positions["date"]]
    dated = sorted((day, row) for row, day in enumerate(dates) if day is not None)
    if len(dated) < len(dates):
        n = len(dates) - len(dated)
        warnings.warn(f"{n} of {len(dates)} statements have no date and are in no window.", stacklevel=2)
    if not dated:
        return []
    first, last = dated[0][0], dated[-1][0]
    all_bounds = _rolling(first, last, days, step) if days is not None else _calendar(first, last, unit)
    bounds = list(islice(all_bounds, _MOST + 1))
    if len(bounds) > _MOST:
        raise ValueError(
            f"from {first} to {last} there are more than {_MOST:,} windows; is the first or last date a mistake? "
            "Mend it, or take a longer unit or step."
        )
    windows = []
    begin = end = 0
    for label, start, stop in bounds:
        while begin < len(dated) and dated[begin][0] < start:
            begin += 1
        end = max(end, begin)
        while end < len(dated) and dated[end][0] <= stop:
            end += 1
        rows = sorted(row for _, row in dated[begin:end])
        windows.append(Window(label, start.isoformat(), stop.isoformat(), positions.iloc[rows]))
    return windows


def _calendar(first: date, last: date, unit: str) -> Iterator[tuple[str, date, date]]:
    start = first
    if unit == "week":
        start = first - timedelta(days=min(first.weekday(), first.toordinal() - 1))
    elif unit == "month":
        start = first.replace(day=1)
    else:
        start = first.replace(month=1, day=1)
    while start <= last:
        following = _following(start, unit)
        yield period(start, unit), start, following - timedelta(days=1)
        start = following


def _following(start: date, unit: str) -> date:
    if unit == "week":
        return start + timedelta(days=7 - start.weekday())
    if unit == "year" or start.month == 12:
        return date(start.year + 1, 1, 1)
    return date(start.year, start.month + 1, 1)


def _rolling(first: date, last: date, days: int, step: int) -> Iterator[tuple[str, date, date]]:
    start = first
    while True:
        end = min(date.max.toordinal(), start.toordinal() + days - 1)
        stop = date.fromordinal(end)
        yield f"{start}/{stop}", start, stop
        if stop >= last:
            return
        start = date.fromordinal(start.toordinal() + step)
