"""Reads the dates that are printed in bylines, sidecars and table columns.

Only dates that name a day, a month and a four-figure year are read, and only where one reading is possible:
``03/04/2022`` may be March or April, so it is no date here.
"""

from __future__ import annotations

import re
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_YEAR = r"(?:19|20)\d\d"
_WEEKDAY = r"(?:Mon|Tue(?:s)?|Wed(?:nes)?|Thu(?:rs?)?|Fri|Sat(?:ur)?|Sun)(?:day)?\b\.?"
_CLOCK = r"\d{1,2}[:.h]\d\d(?::\d\d(?:\.\d+)?)?"
_ZONE = r"(?:Z|\(?(?:GMT|UTC|[A-Z]{2,4}T|ET|local time)\)?(?:\s?[+-]\d\d?(?::?\d\d)?)?|[+-]\d\d(?::?\d\d)?)"

MONTH_DAY = rf"{_MONTH}\s{{0,2}}{_DAY}\b|{_DAY}(?:\s|-)(?:of\s)?{_MONTH}"
"""Pattern of a day and month without a year, in either order."""

TIME = rf"(?:(?:{_CLOCK}\s?(?:[ap]\.?m\b\.?)?|\d{{1,2}}\s?[ap]\.?m\b\.?)(?:\s?(?:hrs|hours|h)\b)?(?:\s?{_ZONE})?)"
"""Pattern of a time of day, with its zone."""

_MONTH_FIRST = rf"(?P<month>{_MONTH})\s?(?P<day>{_DAY}),?\s(?P<year>{_YEAR})"
_DAY_FIRST = rf"(?P<day>{_DAY})(?:\s|-)(?:of\s)?(?P<month>{_MONTH})(?:,?\s|-)(?P<year>{_YEAR})"
_YEAR_FIRST = rf"(?P<year>{_YEAR})(?P<mark>[-/.])(?P<month>\d{{1,2}})(?P=mark)(?P<day>\d{{1,2}})"
_FIGURES = rf"(?P<first>\d{{1,2}})(?P<mark>[-/.])(?P<second>\d{{1,2}})(?P=mark)(?P<year>{_YEAR})"
_SHAPES = tuple(re.compile(shape, re.IGNORECASE) for shape in (_MONTH_FIRST, _DAY_FIRST, _YEAR_FIRST, _FIGURES))


def _unnamed(shape: str) -> str:
    """Drop the group names of a shape, so that it can stand several times in one pattern."""
    return re.sub(r"\(\?P<\w+>", "(?:", shape.replace("(?P=mark)", "[-/.]"))


DATE = (
    rf"(?<![\w/])(?:{_WEEKDAY},?\s)?"
    rf"(?:{'|'.join(_unnamed(s) for s in (_MONTH_FIRST, _DAY_FIRST, _YEAR_FIRST, _FIGURES))})(?![\d/])"
)
"""Pattern of a full date, with or without its weekday."""

_ALONE = re.compile(
    rf"\s*(?:{_WEEKDAY},?\s)?(?P<date>.*?\d{{4}}|{_YEAR}[-/.]\d{{1,2}}[-/.]\d{{1,2}})(?:[T\s,]*(?:at\s)?{TIME})?\s*",
    re.IGNORECASE,
)


def read_date(text: str) -> str | None:
    """Read a date that stands alone, with or without weekday and time of day.

    Args:
        text: Such as ``January 17, 2025, 7:15 PM``, ``Fri 17 Jan 2025``, ``2025-01-17T19:15:00Z`` or ``17.01.2025``.

    Returns:
        The day as ``YYYY-MM-DD``; None where the text is anything else, or where day and month cannot be told apart.
    """
    if len(text) > 80:
        return None
    if re.fullmatch(r"(?:19|20)\d{6}", text.strip()):
        return _day(text.strip()[:4], text.strip()[4:6], text.strip()[6:])
    alone = _ALONE.fullmatch(text)
    words = alone["date"].strip() if alone else ""
    for shape in _SHAPES:
        found = shape.fullmatch(words)
        if found:
            parts = found.groupdict()
            if "first" in parts:
                return _day_of_figures(parts["first"], parts["second"], parts["year"], parts["mark"])
            return _day(parts["year"], parts["month"], re.sub(r"\D", "", parts["day"]))
    return None


def _day_of_figures(first: str, second: str, year: str, mark: str) -> str | None:
    """Read 17.01.2025 (day first) and 17/1/2025 or 1/17/2025 where only one order is possible."""
    if mark == "." or int(first) > 12 or first == second:
        return _day(year, second, first)
    return _day(year, first, second) if int(second) > 12 else None


def _day(year: str, month: str, day: str) -> str | None:
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    try:
        return date(int(year), number, int(day)).isoformat()
    except ValueError:
        return None
