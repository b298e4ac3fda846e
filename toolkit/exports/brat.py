"""brat standoff files: a text and an ``.ann`` file for each article, and the ``annotation.conf`` of their collection.

Values that brat offers as a choice are attributes (kind, issue, stance); names and ids are JSON in the annotator's
note. brat cuts a unit at line breaks. Format: https://brat.nlplab.org/standoff.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.exports.units import LABELS, TABLES, Unit, by_article, check_text, file_name, ids_by_stem, issues_of
from toolkit.records import Span
from toolkit.sheets import KINDS, VARIABLES

if TYPE_CHECKING:
    from toolkit.study import Study

_CHOICES = {"kind": "Kind", "issue": "Issue", "stance": "Stance"}
_STANCES = {"1": "supports", "-1": "opposes"}
_LINE = re.compile(r"[^\r\n]+")
_UNIT = re.compile(r"(T\d+)\t(\S+) (\d+ \d+(?:;\d+ \d+)*)\t(.*)")
_ATTRIBUTE = re.compile(r"[AM]\d+\t(\S+) (T\d+) (\S+)")
_NOTE = re.compile(r"#\d+\tAnnotatorNotes (T\d+)\t(.*)")


def write(study: Study, folder: Path) -> None:
    """Write a collection that brat opens."""
    for name, units in by_article(study).items():
        text = study.originals[name].text
        stem = file_name(name)
        _save(folder / f"{stem}.txt", text)
        _save(folder / f"{stem}.ann", "".join(_lines(units, text)))
    values = {"Kind": ("Quote", KINDS), "Stance": ("Position", tuple(_STANCES.values()))}
    values["Issue"] = ("Position", tuple(issues_of(study)) or ("none",))
    told = "".join(f"{name}\tArg:{label}, Value:{'|'.join(v)}\n" for name, (label, v) in values.items())
    labels = "".join(f"{label}\n" for label in LABELS.values())
    _save(folder / "annotation.conf", f"[entities]\n{labels}[relations]\n[events]\n[attributes]\n{told}")


def read(folder: Path, texts: Mapping[str, str]) -> Iterator[tuple[str, list[Unit]]]:
    """Give the article and units of each ``.ann`` file, strictly.

    Args:
        folder: The folder.
        texts: The articles' texts by their ids, which must be those of the ``.txt`` files and hold the printed words.

    Raises:
        ValueError: Names the file and the line that cannot be read or has other words, or the article that is another.
    """
    ids = ids_by_stem(texts)
    for path in sorted(folder.glob("*.ann")):
        beside = path.with_suffix(".txt")
        name = ids.get(path.stem, path.stem)
        text = check_text(name, _decoded(beside) if beside.exists() else None, texts, written=_plain)
        yield name, _read(path, name, text)


def _lines(units: list[Unit], text: str) -> Iterator[str]:
    attributes = 0
    for number, unit in enumerate(units, 1):
        spans = [s for part in unit.spans for s in _on_lines(part, text)]
        place = ";".join(f"{s} {e}" for s, e in spans)
        yield f"T{number}\t{LABELS[unit.table]} {place}\t{' '.join(text[s:e] for s, e in spans)}\n"
        for name, label in _CHOICES.items():
            if name in unit.values:
                attributes += 1
                value = unit.values[name]
                yield f"A{attributes}\t{label} T{number} {_STANCES[value] if name == 'stance' else value}\n"
        note = {"id": unit.id, **{v: unit.values.get(v) for v in VARIABLES[unit.table] if v not in _CHOICES}}
        yield f"#{number}\tAnnotatorNotes T{number}\t{json.dumps(note, ensure_ascii=True)}\n"


def _on_lines(span: Span, text: str) -> list[Span]:
    lines = [m.span() for m in _LINE.finditer(text, *span) if m[0].strip()]
    return lines or [span]


def _read(path: Path, name: str, text: str) -> list[Unit]:
    places: dict[str, tuple[str, tuple[Span, ...], str]] = {}
    values: dict[str, dict[str, Any]] = {}
    for number, line in enumerate(_plain(_decoded(path)).split("\n"), 1):
        if found := _UNIT.fullmatch(line):
            if found[2] not in TABLES:
                raise ValueError(f"{path.name}, line {number}: {found[2]!r}; expected one of {', '.join(TABLES)}.")
            spans = tuple((int(s), int(e)) for s, e in (part.split(" ") for part in found[3].split(";")))
            places[found[1]] = (TABLES[found[2]], spans, found[4])
        elif found := _ATTRIBUTE.fullmatch(line):
            stances = {word: value for value, word in _STANCES.items()}
            value = stances.get(found[3], found[3]) if found[1] == "Stance" else found[3]
            values.setdefault(found[2], {})[found[1].lower()] = value
        elif found := _NOTE.fullmatch(line):
            values.setdefault(found[1], {}).update(_note(found[2], f"{path.name}, line {number}"))
        elif line.strip():
            raise ValueError(f"{path.name}, line {number}: {line[:60]!r} is no unit, attribute or note of this export.")
    units = []
    for key, (table, spans, words) in places.items():
        there = " ".join(text[s:e] for s, e in spans)
        if words.split() != there.split() and all(e <= len(text) for _, e in spans):
            raise ValueError(f"{path.name}, {key}: {words[:60]!r} is meant, but {there[:60]!r} stands at this place.")
        given = values.get(key, {})
        kept = {v: str(given[v]) for v in VARIABLES[table] if given.get(v)}
        units.append(Unit(table, given.get("id"), name, spans, kept))
    return units


def _note(words: str, where: str) -> dict[str, Any]:
    try:
        note = json.loads(words)
    except ValueError:
        note = None
    if not isinstance(note, dict):
        raise ValueError(f'{where}: the note is {words[:60]!r}; expected JSON such as {{"actor": "Kenya"}}.')
    return note


def _decoded(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path.name} is not UTF-8 ({error.reason} at byte {error.start}); save it as UTF-8."
        ) from error


def _plain(text: str) -> str:
    """Leave out what editors put in: a mark of UTF-8 at the start, and Windows' line breaks."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def _save(path: Path, text: str) -> None:
    """Write with line breaks as they are; a lone surrogate becomes a question mark, so that every offset holds."""
    path.write_bytes(text.encode("utf-8", "replace"))
