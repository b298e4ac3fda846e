"""Codebooks: the issues on which actors take sides, read from a TOML file that a researcher can edit."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.checks import did_you_mean

if TYPE_CHECKING:
    import pandas as pd

DEFAULT = "conflict_diplomacy.toml"
"""File of the codebook that comes with the toolkit."""


@dataclass(frozen=True)
class Issue:
    """One proposition on which an actor can take a side.

    Attributes:
        id: Short name used in the tables, such as ``ceasefire``.
        label: What figures and reports print.
        proposition: The sentence that +1 agrees with and -1 disagrees with.
        supports: What counts as +1.
        opposes: What counts as -1.
        excludes: What does not count (the key ``not`` of the file); empty where nothing was said.
        phrases_support: Wordings that speak for +1.
        phrases_oppose: Wordings that speak for -1.
    """

    id: str
    label: str
    proposition: str
    supports: str
    opposes: str
    excludes: str = ""
    phrases_support: tuple[str, ...] = ()
    phrases_oppose: tuple[str, ...] = ()


@dataclass(frozen=True, repr=False)
class Codebook:
    """The issues of one study, and which file they came from.

    Attributes:
        name: What the codebook is called.
        version: Its version, as the file states it.
        sha256: Checksum of the file's bytes, so that a study can say exactly what it was coded with.
        issues: The issues in the file's order.
        provenance: Who made it and on what, as the file states it.
        rules: How a coder applies it, one rule an item.
    """

    name: str
    version: str
    sha256: str
    issues: tuple[Issue, ...]
    provenance: str = ""
    rules: tuple[str, ...] = ()

    def __repr__(self) -> str:
        n = len(self.issues)
        return f"<Codebook {self.name!r}, version {self.version}: {n} issue{'s' * (n != 1)}, sha256 {self.sha256[:12]}>"

    def __getitem__(self, issue: str) -> Issue:
        """Give the issue of that id.

        Raises:
            KeyError: The codebook has no such issue; the message names the nearest one.
        """
        for candidate in self.issues:
            if candidate.id == issue:
                return candidate
        known = [candidate.id for candidate in self.issues]
        raise KeyError(
            f"codebook {self.name!r} has no issue {issue!r}; it has {', '.join(known)}.{did_you_mean(issue, known)}"
        )

    def labels(self) -> dict[str, str]:
        """Give the printed name of each issue by its id, as figures and reports take it."""
        return {issue.id: issue.label for issue in self.issues}

    def table(self) -> pd.DataFrame:
        """Lay the issues out as a table, one row an issue, in the file's order.

        Returns:
            Columns issue, label, proposition, supports, opposes, excludes, phrases_support and phrases_oppose; the
            last two hold lists.
        """
        import pandas as pd

        words = {"issue": "id", **{c: c for c in ("label", "proposition", "supports", "opposes", "excludes")}}
        columns = {c: pd.Series([getattr(i, a) for i in self.issues], dtype="str") for c, a in words.items()}
        for column in ("phrases_support", "phrases_oppose"):
            columns[column] = pd.Series([list(getattr(i, column)) for i in self.issues], dtype="object")
        return pd.DataFrame(columns)


@dataclass(frozen=True)
class _Key:
    """A key that the file may have: what it must hold, and whether it may be left out."""

    kind: str
    required: bool = True


_TOP = {
    "name": _Key("text"),
    "version": _Key("text"),
    "issue": _Key("tables"),
    "provenance": _Key("text", required=False),
    "rules": _Key("texts", required=False),
}
_ISSUE = {
    "id": _Key("text"),
    "label": _Key("text"),
    "proposition": _Key("text"),
    "supports": _Key("text"),
    "opposes": _Key("text"),
    "not": _Key("text", required=False),
    "phrases_support": _Key("texts", required=False),
    "phrases_oppose": _Key("texts", required=False),
}
_EXPECTED = {
    "text": 'a text between quotation marks, such as "1.0", that is not empty',
    "texts": 'a list of texts, such as ["peace talks", "sit down and talk"], none of them empty',
    "tables": "one or more blocks, each opened by a line [[issue]]",
}


def load_codebook(path: str | Path | None = None) -> Codebook:
    """Read a codebook, and refuse one that has a mistake rather than guess what was meant.

    Args:
        path: A TOML file of the form of ``toolkit/data/conflict_diplomacy.toml``; None reads that one.

    Returns:
        The codebook.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file is no readable TOML, or has an unknown, missing, repeated, empty or mistyped entry; the
            message names the file, the place and what to do.

    >>> load_codebook()["ceasefire"].proposition
    'The fighting should stop or be reduced: ceasefire, end of hostilities, de-escalation, restraint.'
    """
    if path is None:
        source, data = DEFAULT, (resources.files("toolkit") / "data" / DEFAULT).read_bytes()
    else:
        source, data = str(path), _read(Path(path))
    content = _parse(source, data)
    _check_keys(f"codebook {source}", content, _TOP)
    issues = []
    for number, block in enumerate(content["issue"], start=1):
        name = f"issue {block['id']!r}" if isinstance(block.get("id"), str) else f"[[issue]] number {number}"
        issues.append(_issue(f"codebook {source}, {name}", block))
    for attribute in ("id", "label"):
        _check_unique(f"codebook {source}", attribute, [getattr(issue, attribute) for issue in issues])
    return Codebook(
        name=content["name"],
        version=content["version"],
        sha256=hashlib.sha256(data).hexdigest(),
        issues=tuple(issues),
        provenance=content.get("provenance", ""),
        rules=tuple(content.get("rules", ())),
    )


def _read(path: Path) -> bytes:
    """Read the file's bytes, or say that it is not there."""
    if path.is_dir():
        raise ValueError(f"codebook {path} is a folder; give the path of a .toml file inside it.")
    if not path.exists():
        beside = [p.name for p in path.parent.glob("*.toml")] if path.parent.is_dir() else []
        raise FileNotFoundError(
            f"codebook {path} does not exist.{did_you_mean(path.name, beside)} "
            "Check the path, or leave it out to use the codebook that comes with the toolkit."
        )
    return path.read_bytes()


def _parse(source: str, data: bytes) -> dict[str, Any]:
    """Read TOML, with messages that name the file."""
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ValueError(
            f"codebook {source} is not UTF-8 text (byte {error.start} cannot be read); save it as UTF-8 in your editor."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ValueError(
            f"codebook {source} is not valid TOML: {error}. Mend that line; "
            "often a quotation mark, a comma between list items or a bracket is missing."
        ) from error


def _check_keys(where: str, block: dict[str, Any], keys: dict[str, _Key]) -> None:
    """Refuse a block with an unknown key, a missing key or a value of the wrong kind."""
    for key in block:
        if key not in keys:
            hint = did_you_mean(key, keys) or " Rename or remove it."
            raise ValueError(f"{where}: unknown key {key!r}; known keys are {', '.join(keys)}.{hint}")
    for key, rule in keys.items():
        if key not in block:
            if rule.required:
                raise ValueError(f"{where}: the key {key!r} is missing; add {_EXPECTED[rule.kind]}.")
        elif not _fits(block[key], rule.kind):
            raise ValueError(f"{where}: {key!r} is {_shown(block[key])}; it must be {_EXPECTED[rule.kind]}.")


def _fits(value: object, kind: str) -> bool:
    if kind == "text":
        return isinstance(value, str) and bool(value.strip())
    if not isinstance(value, list):
        return False
    if kind == "tables":
        return bool(value) and all(isinstance(item, dict) for item in value)
    return all(_fits(item, "text") for item in value)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _issue(where: str, block: dict[str, Any]) -> Issue:
    """Make one issue of its block."""
    _check_keys(where, block, _ISSUE)
    if not re.fullmatch(r"[a-z][a-z0-9_]*", block["id"]):
        raise ValueError(
            f"{where}: 'id' is {block['id']!r}; it must start with a lower-case letter and hold only lower-case "
            "letters, digits and underscores, such as 'use_of_force'."
        )
    sides = [tuple(block.get(key, ())) for key in ("phrases_support", "phrases_oppose")]
    _check_unique(where, "phrase", [phrase.casefold() for side in sides for phrase in side])
    return Issue(
        id=block["id"],
        label=block["label"],
        proposition=block["proposition"],
        supports=block["supports"],
        opposes=block["opposes"],
        excludes=block.get("not", ""),
        phrases_support=sides[0],
        phrases_oppose=sides[1],
    )


def _check_unique(where: str, attribute: str, values: Iterable[str]) -> None:
    """Refuse a value that stands twice."""
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise ValueError(f"{where}: the {attribute} {value!r} stands twice; rename or remove one of them.")
        seen.add(value)
