"""Reads ``articles.toml``, the file beside articles that says what their text does not: title, date, outlet and so on.

It has one table an article, named by the article's file name::

    ["speech.txt"]
    title = "Address to the General Assembly"
    date = 2022-09-23
    date_source = "inferred"
    note = "Dated from the session in which it was given."
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any
from unicodedata import normalize

from toolkit.checks import did_you_mean
from toolkit.dates import read_date

NAME = "articles.toml"
"""Name of the sidecar in a folder of articles."""

KEYS = ("title", "date", "date_source", "outlet", "author", "place", "language", "speaker", "note")
"""What a sidecar can say of an article."""

_SOURCES = ("metadata", "inferred", "text")


@dataclass
class Sidecar:
    """What the sidecar of one folder says.

    Attributes:
        articles: File name to what is said of it.
        errors: What could not be used and why, as sentences.
    """

    articles: dict[str, dict[str, str]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def of(self, name: str) -> dict[str, str]:
        """Give what is said of a file: in the entry of that very name, or of one that differs only by ``composed``."""
        return self.articles[name] if name in self.articles else self._composed.get(composed(name), {})

    @cached_property
    def _composed(self) -> dict[str, dict[str, str]]:
        return {composed(name): said for name, said in self.articles.items()}


def composed(name: str) -> str:
    """Give a file name with each accented letter as one character; macOS stores letter and accent apart."""
    return normalize("NFC", name)


def read_sidecar(path: Path) -> Sidecar:
    """Read a sidecar; what is wrong in it becomes an error of that article and nothing else.

    Args:
        path: The file ``articles.toml``, which need not exist.

    Returns:
        What it says; empty where there is no such file.
    """
    sidecar = Sidecar()
    try:
        if not path.is_file():
            return sidecar
        data = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        sidecar.errors.append(f"{path.name} cannot be read, so nothing in it was used: {error}")
        return sidecar
    for name, said in data.items():
        try:
            sidecar.articles[name] = _check(path.name, name, said)
        except ValueError as error:
            sidecar.errors.append(f"{error} Nothing said of {name} was used.")
    return sidecar


def _check(sidecar: str, name: str, said: Any) -> dict[str, str]:
    """Check what is said of one article, and give it as words.

    Raises:
        ValueError: Names the file, the key and the cure.
    """
    if not isinstance(said, dict):
        raise ValueError(f"{sidecar}: {name!r} stands outside a table; write the article's file name above it.")
    values = {}
    for key, value in said.items():
        if isinstance(value, dict):
            raise ValueError(f'{sidecar}: write the file name in quotation marks: ["{name}.{key}"].')
        if key not in KEYS:
            expected = f"expected {', '.join(KEYS)}.{did_you_mean(key, KEYS)}"
            raise ValueError(f"{sidecar}: unknown key {key!r} for {name}; {expected}")
        values[key] = value.isoformat() if isinstance(value, date) else value
        if not isinstance(values[key], str):
            raise ValueError(f"{sidecar}: {key} of {name} is {value!r}; write it in quotation marks.")
    if "date" in values:
        day = read_date(values["date"])
        if day is None:
            raise ValueError(f"{sidecar}: date of {name} is {values['date']!r}; write it as YYYY-MM-DD.")
        values["date"] = day
    source = values.get("date_source", "metadata")
    if source not in _SOURCES or ("date_source" in values and "date" not in values):
        options = ", ".join(_SOURCES)
        raise ValueError(f"{sidecar}: date_source of {name} is {source!r}; expected one of {options}, beside a date.")
    return values
