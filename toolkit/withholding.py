"""Takes the words of articles out of tables, so that the codes can be published, and puts them back from the articles.

A column that holds words of an article gives way to its SHA-256; where the words stand is known by their offsets. Any
other cell that repeats six words in a row of an article, such as a long title of office, is cut to three words and a
mark, and the table ``withheld`` says where its words can be read. So nothing in the tables repeats six words in a row.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from toolkit.records import TABLES
from toolkit.storage import clean

LIMIT = 6
"""So many words in a row of an article are never written."""

COLUMNS = ("title", "text", "source", "cue", "subject")
"""Columns that hold words of an article."""

WITHHELD = {
    "table": "str", "row": "Int64", "column": "str", "item": "Int64", "article_id": "str", "start": "Int64",
    "end": "Int64", "sha256": "str",
}  # fmt: skip
"""Columns of the table that says where withheld words stand: ``item`` counts from 0 in a list, and is NA otherwise."""

_WORD = re.compile(r"[^\W_]+")
_UNPRINTABLE = re.compile("[\x00\r\ud800-\udfff]")
_OFFSETS = {"text": ("start", "end"), "source": ("source_start", "source_end"), "cue": ("cue_start", "cue_end")}
_NAMES = ("actor", "speakers", "target", "voter")
_IDS = ("article_id", "kept_id", "quote_id", "position_id", "id")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sha256(text: str) -> str:
    """Give the SHA-256 of a text as UTF-8, by which the tables know it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def words_sha256(text: str) -> str:
    """Give the SHA-256 of a text without regard to spaces and line ends."""
    return sha256(" ".join(text.split()))


class Guard:
    """Knows every six words in a row of some articles, in lower case and without punctuation."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._runs = {run for text in texts for run, _ in _runs(text)}

    def finds(self, text: str) -> str | None:
        """Give the first six words of the text that stand in an article in a row, or None."""
        return next((words for run, words in _runs(text) if run in self._runs), None)


def new_ids(ids: Iterable[str], texts: Mapping[str, str], guard: Guard) -> dict[str, str]:
    """Name articles whose ids repeat six words, as file names made of headlines do, by their text's SHA-256."""
    found = [name for name in sorted(set(ids)) if guard.finds(name) is not None]
    return {name: f"article_{sha256(texts.get(name, name))[:12]}" for name in found}


def withhold(
    name: str, frame: pd.DataFrame, texts: Mapping[str, str], guard: Guard, ids: Mapping[str, str]
) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    """Take the words of articles out of one table.

    Args:
        name: What the table is called.
        frame: The table; stays as it is.
        texts: The articles by their ids.
        guard: Knows their words.
        ids: New names of articles by the old ones (``new_ids``).

    Returns:
        The table with one column ``<column>_sha256`` for each of ``COLUMNS``, lists as JSON, and its columns in an
        order that keeps words of different columns apart; and what belongs into the table ``withheld``.
    """
    columns = [c for old in frame.columns for c in ([f"{old}_sha256"] if old in COLUMNS else [str(old)])]
    types = {c: "Int64" if str(frame.dtypes.get(c)) == "Int64" else "object" for c in columns}
    columns = _apart(columns, types)
    rows: list[dict[str, Any]] = []
    noted: list[dict[str, Any]] = []
    for number, row in enumerate(frame.to_dict("records")):
        article = str(row.get("article_id"))
        cells = {str(c): _renamed(value, ids) if c in _IDS else clean(value) for c, value in row.items()}
        found: list[dict[str, Any]] = []
        rows.append(_withhold_row(cells, columns, texts.get(article, ""), guard, found))
        noted += [{"table": name, "row": number, "article_id": ids.get(article, article), **item} for item in found]
    return pd.DataFrame(rows, columns=columns).astype(types), noted


def restore(
    name: str, archived: pd.DataFrame, withheld: pd.DataFrame, texts: Mapping[str, str]
) -> tuple[pd.DataFrame, list[int]]:
    """Put the words of articles back into one table.

    Args:
        name: What the table is called.
        archived: The table as ``read_cells`` gives it, whose index is the row number in the archive.
        withheld: The table ``withheld``.
        texts: The articles by their ids.

    Returns:
        The table with the columns of ``TABLES``, and the numbers of the rows whose words have another SHA-256. Words
        that stand nowhere in the article are NA.
    """
    places: dict[int, list[dict[str, Any]]] = {}
    for note in withheld[withheld["table"] == name].to_dict("records"):
        places.setdefault(int(note["row"]), []).append({str(k): clean(v) for k, v in note.items()})
    rows: list[dict[str, Any]] = []
    wrong = []
    for number, cells in zip(archived.index, archived.to_dict("records"), strict=True):
        row: dict[str, Any] = {str(column): clean(value) for column, value in cells.items()}
        text = texts.get(str(row.get("article_id")), "")
        hidden = places.get(number, [])
        noted = {place["column"] for place in hidden}
        for column in (c for c in COLUMNS if row.get(f"{c}_sha256") is not None):
            row[column] = _slice(row, column, text)
            if column not in noted and sha256(row[column] or "") != row[f"{column}_sha256"] and number not in wrong:
                wrong.append(number)
        for place in hidden:
            _put_back(row, place, text)
        rows.append(row)
    columns = {c.name: c.dtype for c in TABLES[name]}
    series = {c: pd.Series([row.get(c) for row in rows], dtype=kind) for c, kind in columns.items()}
    return pd.DataFrame(series), wrong


def read_cells(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Give the cells of a table that was written as CSV their types back.

    Args:
        frame: All cells as words, an empty one for what is missing.
        name: What the table is called.
    """
    types = {column.name: column.dtype for column in TABLES.get(name, ())}
    types |= {"regions": "object"} if name == "articles" else {}
    types |= WITHHELD if name == "withheld" else {}
    series = {}
    for column in frame.columns:
        cells = [_unescaped(cell) for cell in frame[column]]
        kind = types.get(column, "str")
        if kind == "object":
            series[column] = pd.Series([_listed(cell) for cell in cells], dtype="object")
        elif kind == "bool":
            series[column] = pd.Series([cell == "True" for cell in cells], dtype="bool")
        elif kind == "str":
            series[column] = pd.Series(cells, dtype="str")
        else:
            series[column] = pd.Series([None if c is None else float(c) for c in cells], dtype=kind)
    return pd.DataFrame(series)


def hide(value: Any, guard: Guard) -> Any:
    """Cut every string within dicts and lists that repeats six words of an article."""
    if isinstance(value, dict):
        return {str(hide(k, guard)): hide(v, guard) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [hide(v, guard) for v in value]
    return _cut(value) if isinstance(value, str) and guard.finds(value) is not None else value


def _runs(text: str) -> Iterable[tuple[int, str]]:
    words = _WORD.findall(text.casefold())
    for i in range(len(words) - LIMIT + 1):
        run = tuple(words[i : i + LIMIT])
        yield hash(run), " ".join(run)


def _withhold_row(
    row: dict[str, Any], columns: list[str], text: str, guard: Guard, noted: list[dict[str, Any]]
) -> dict[str, Any]:
    """Write the cells of one row, and note what was withheld beside the columns that have offsets."""
    kept: dict[str, Any] = {}
    for column, value in row.items():
        if column not in COLUMNS:
            kept[column] = value if column in _IDS else _guarded(column, value, text, guard, noted)
        else:
            kept[f"{column}_sha256"] = None if value is None else sha256(value)
            if value is not None and _slice(row, column, text) != value:
                noted.append(_note(column, None, value, text))
    written = {column: _written(column, kept[column]) for column in columns}
    free = [c for c in columns if c not in _IDS and not c.endswith("sha256") and isinstance(kept[c], str | list)]
    for column in sorted(free, key=lambda c: (c in _NAMES, -len(_WORD.findall(written[c])))):
        if guard.finds(" ".join(str(cell) for cell in written.values() if cell is not None)) is None:
            break
        if column not in ("spans", "regions"):
            written[column] = _written(column, _marked(column, row[column], text, noted))
    return written


def _guarded(column: str, value: Any, text: str, guard: Guard, noted: list[dict[str, Any]]) -> Any:
    """Cut a cell, or the items of a list, where it repeats an article."""
    items = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
    kept = []
    for item, words in items:
        repeats = isinstance(words, str) and guard.finds(words) is not None
        if repeats or (isinstance(words, str) and _UNPRINTABLE.search(words)):
            noted.append(_note(column, item, words, text))
        kept.append(_cut(words) if repeats else words)
    return kept if isinstance(value, list) else kept[0]


def _marked(column: str, value: str | list[Any], text: str, noted: list[dict[str, Any]]) -> Any:
    """Leave nothing of a cell but its mark."""
    noted[:] = [note for note in noted if note["column"] != column]
    if isinstance(value, str):
        noted.append(_note(column, None, value, text))
        return f"#{sha256(value)[:12]}"
    noted += [_note(column, i, item, text) for i, item in enumerate(value) if isinstance(item, str)]
    return [f"#{sha256(item)[:12]}" if isinstance(item, str) else item for item in value]


def _cut(value: str) -> str:
    third = [match.end() for match in _WORD.finditer(value)][2]
    return f"{value[:third]}… #{sha256(value)[:12]}"


def _note(column: str, item: int | None, value: str, text: str) -> dict[str, Any]:
    start = text.find(value)
    place = (None, None) if start < 0 or not value else (start, start + len(value))
    return {"column": column, "item": item, "start": place[0], "end": place[1], "sha256": sha256(value)}


def _slice(row: Mapping[str, Any], column: str, text: str) -> str | None:
    """Read a column's words at the offsets that the row itself has."""
    if column == "text" and row.get("spans"):
        return " … ".join(text[start:end] for start, end in row["spans"])
    start, end = (row.get(c) for c in _OFFSETS.get(column, ("", "")))
    return None if start is None or end is None else text[start:end]


def _put_back(row: dict[str, Any], note: Mapping[str, Any], text: str) -> None:
    found = None if note["start"] is None else text[note["start"] : note["end"]]
    if found is not None and sha256(found) != note["sha256"]:
        found = None
    if note["item"] is None:
        if found is not None or note["column"] in COLUMNS:
            row[note["column"]] = found
    elif found is not None:
        row[note["column"]][note["item"]] = found


def _renamed(value: Any, ids: Mapping[str, str]) -> Any:
    """Give an id its new name; the ids of quotes and positions begin with their article's."""
    if not isinstance(value, str) or value in ids:
        return ids.get(value, value)
    article, mark, rest = value.rpartition(":")
    return f"{ids[article]}{mark}{rest}" if article in ids else value


def _written(column: str, value: Any) -> Any:
    """Number the words in a list, so that two names do not run together; replace what no CSV file can hold."""
    if isinstance(value, list):
        plain = value if column in ("spans", "regions") else {str(i): item for i, item in enumerate(value, start=1)}
        value = json.dumps(plain, ensure_ascii=False)
    return _UNPRINTABLE.sub("\ufffd", value.replace("\r", " ")) if isinstance(value, str) else value


def _apart(columns: list[str], types: Mapping[str, str]) -> list[str]:
    """Order columns so that one with words stands between numbers or checksums as far as these go; one ends the row."""
    numbers = ("confidence", "similarity", "spans")
    breaks = [c for c in columns if c.endswith("sha256") or types[c] == "Int64" or c in numbers]
    breaks.sort(key=lambda c: (not c.endswith("sha256"), columns.index(c)))
    words = [c for c in columns if c not in breaks]
    last, breaks = breaks[:1], breaks[1:]
    ordered = []
    for word in words:
        ordered += [word, *breaks[:1]]
        breaks = breaks[1:]
    return [*ordered, *breaks, *last]


def _unescaped(cell: str) -> str | None:
    """Take off the apostrophe that keeps a spreadsheet from running a cell; an empty cell is missing."""
    return (cell[1:] if cell[:1] == "'" and cell[1:].startswith(_FORMULA) else cell) or None


def _listed(cell: str | None) -> list[Any]:
    value = json.loads(cell) if cell else []
    return list(value.values()) if isinstance(value, dict) else value
