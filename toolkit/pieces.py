"""One article out of a file, with what the file says of it; and the forms in which databases say so.

Nexis Uni, Factiva and ProQuest print outlet, date, authors and language each in a way of their own. The functions here
bring them into the toolkit's form, or give nothing where they are not sure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from toolkit.bylines import read_byline
from toolkit.dates import DATE, TIME, read_date
from toolkit.furniture import as_outlet, is_name

_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_DATED = re.compile(
    rf"(?:{_WEEKDAY},?\s+)?(?P<date>{DATE})(?:(?:[\s,]*(?:{_WEEKDAY}|{TIME}|at))*[\s.,]*|[\s,]+{_WEEKDAY}\b.*)",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(r"[A-Za-z]+")
_SOLE_LABEL = re.compile(r"(?:by(?:line)?|authors?)\s*:?\s+", re.IGNORECASE)
_LONGEST_NAME = 150
_LONGEST_FIELD = 400


@dataclass(frozen=True)
class Piece:
    """One article of a file.

    Attributes:
        text: Its text, or an empty string where there is a problem.
        said: What the file says of it: title, date, date_source, outlet, author, place, language.
        note: What the reader should know, or None.
        problem: Why it gives no article, or None.
    """

    text: str
    said: Mapping[str, str] = field(default_factory=dict)
    note: str | None = None
    problem: str | None = None


def make_piece(title: str, body: Sequence[str], said: Mapping[str, str | None], *, note: str | None = None) -> Piece:
    """Put an article together: its headline, a blank line, and its paragraphs as they stand.

    Args:
        title: The headline; empty where there is none.
        body: The lines of the article.
        said: What the file says of it; None is left out.
        note: What the reader should know.
    """
    text = "\n".join(body).strip("\n \t\xa0")
    if not text:
        return Piece("", problem=f"{title[:80]!r} has no text; it was exported without it")
    known = {key: value for key, value in {"title": title, **said}.items() if value}
    return Piece(f"{title}\n\n{text}" if title else text, known, note)


def read_day(line: str) -> str | None:
    """Read a line that is a date with or without weekday and time, in the orders that databases print.

    Args:
        line: Such as ``September 23, 2025 Tuesday 10:30 PM GMT``, ``23 September 2025`` or ``Sep 23, 2025``.

    Returns:
        The day as ``YYYY-MM-DD``; None where the line is anything else or names no day ("September 2025").
    """
    found = _DATED.fullmatch(" ".join(line.split())) if len(line) < 100 else None
    return read_date(found["date"]) if found else None


def read_outlet(words: str) -> str | None:
    """Give an outlet's name without edition and place: ``New York Times, Late Edition; New York, N.Y.`` is the paper.

    A name that the toolkit knows is given in the form in which the toolkit reads it in texts.
    """
    name = " ".join(words[:_LONGEST_FIELD].split())
    name = re.split(r"\s*;\s", name)[0].rstrip(" ;.,")
    name = re.sub(r"(?i),?\s+[^,]*\bedition\b.*$|\s*[-–]\s*online$", "", name) if "," in name else name
    if not name or len(name) > _LONGEST_NAME:
        return None
    return as_outlet(name) or name


def read_authors(words: str) -> str | None:
    """Give the names of a byline as ``Ana Lee and Ben Roe``; what is no list of names is given as printed.

    Args:
        words: Such as ``By Ana Lee and Ben Roe``, ``Lee, Ana; Roe, Ben.`` or ``ANA LEE; Ana Lee reports from Oslo``.
    """
    spaced = " ".join(words.split())
    label = _SOLE_LABEL.match(spaced)
    bare = spaced[label.end() if label else 0 :].strip(" ;,.")
    if not bare or len(bare) > _LONGEST_FIELD:
        return None
    turned = [re.fullmatch(r"([^,;]+), ([^,;]+)", name) for name in re.split(r"\s*;\s*", bare)]
    if all(name and is_name(name[1]) and is_name(name[2]) for name in turned):
        return _listed(f"{name[2].strip()} {name[1].strip()}" for name in turned if name)
    first = re.split(r"\s*;\s*", bare)[0]
    byline = read_byline(f"By {first}")
    return _listed(byline.authors) if byline and byline.authors else first


def _listed(names: Iterable[str]) -> str:
    listed = list(dict.fromkeys(names))
    return " and ".join(filter(None, [", ".join(listed[:-1]), listed[-1]]))


def read_language(words: str) -> str | None:
    """Give the two-letter code of a language that is named in English, as in ``ENGLISH`` or ``Spanish; Castilian``."""
    import pycountry

    found = _LANGUAGE.search(words)
    language = pycountry.languages.get(name=found.group().capitalize()) if found else None
    return getattr(language, "alpha_2", None)


def read_place(words: str) -> str | None:
    """Give the place of a dateline field, written with capitals only at the start of its words."""
    place = " ".join(words.split()).strip(" .,–—-")
    if not place or len(place) > 60:
        return None
    return place.title() if place.isupper() and "." not in place else place
