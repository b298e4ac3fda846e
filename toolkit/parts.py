"""Tables in many files: a folder a table, a Parquet file for each part of the articles, written whole or not at all.

A part is written beside its place and then moved there, so that a file that bears a part's name is complete, whatever
happened meanwhile. The same records give the same bytes.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.records import TABLES

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

TEXTS = "texts"
"""The table of the articles' texts, which ``TABLES`` does not have: article_id, text, speaker, regions."""

_TEMPORARY = ".unfinished-"


def schema(name: str) -> pa.Schema:
    """Give the columns and types of a table's files, the same for every part, also where a column is empty.

    Args:
        name: A key of ``TABLES``, or ``texts``.
    """
    import pyarrow as pa

    if name == TEXTS:
        regions = pa.list_(pa.struct({"kind": pa.string(), "start": pa.int64(), "end": pa.int64()}))
        return pa.schema({"article_id": pa.string(), "text": pa.string(), "speaker": pa.string(), "regions": regions})
    types = {"str": pa.string(), "Int64": pa.int64(), "float64": pa.float64(), "bool": pa.bool_()}
    lists = {"spans": pa.list_(pa.list_(pa.int64())), "speakers": pa.list_(pa.string())}
    return pa.schema({c.name: lists[c.name] if c.dtype == "object" else types[c.dtype] for c in TABLES[name]})


def to_arrow(columns: pa.Schema, records: Iterable[Any]) -> pa.Table:
    """Put records (dataclasses or mappings) into an Arrow table.

    Raises:
        UnicodeEncodeError: A text holds halves of character pairs, which no file can hold.
    """
    import pyarrow as pa

    rows = [r if isinstance(r, dict) else {f.name: getattr(r, f.name) for f in fields(r)} for r in records]
    arrays = [pa.array([row[column.name] for row in rows], type=column.type) for column in columns]
    return pa.Table.from_arrays(arrays, schema=columns)


def to_frame(rows: pa.Table, name: str) -> pd.DataFrame:
    """Make the frame of a table, with the types that ``records.table`` gives; columns may be fewer than declared."""
    import pandas as pd

    series = {}
    for column in TABLES[name]:
        if column.name in rows.column_names:
            series[column.name] = pd.Series(rows.column(column.name).to_pylist(), dtype=column.dtype)
    return pd.DataFrame(series)


def part_path(folder: Path, name: str, number: int) -> Path:
    """Give where a part of a table stands: ``<folder>/<name>.parquet/part-00000.parquet``."""
    return folder / f"{name}.parquet" / f"part-{number:06d}.parquet"


def part_numbers(folder: Path, name: str) -> list[int]:
    """Give the numbers of the parts of a table that are there, in order."""
    return sorted(int(p.stem.removeprefix("part-")) for p in (folder / f"{name}.parquet").glob("part-*.parquet"))


def write_part(path: Path, rows: pa.Table, *, row_group: int | None = None) -> None:
    """Write a Parquet file whole or not at all.

    Args:
        path: Where; folders are made, and a file that is there is replaced.
        rows: The content.
        row_group: Rows that can be read by themselves; by default all in one.
    """
    import pyarrow.parquet as pq

    replace_file(path, lambda place: pq.write_table(rows, place, row_group_size=row_group or max(len(rows), 1)))


def replace_file(path: Path, write: Callable[[Path], object]) -> None:
    """Let a function write a file beside its place, and move it there when it is on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    place = path.parent / f"{_TEMPORARY}{path.name}-{uuid.uuid4().hex}"
    try:
        write(place)
        with place.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(place, path)
    finally:
        place.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove the half-written files that a killed process left in a folder and the folders in it."""
    for path in sorted(folder.rglob(f"{_TEMPORARY}*")):
        path.unlink(missing_ok=True)


def remove_parts(folder: Path) -> None:
    """Remove the parts of a table, and their folder where nothing else is in it."""
    for pattern in ("part-*.parquet", f"{_TEMPORARY}*"):
        for path in folder.glob(pattern):
            path.unlink(missing_ok=True)
    with suppress(OSError):
        folder.rmdir()


def encodable(values: Mapping[str, Any] | Sequence[Any] | str | object) -> bool:
    """Say whether all texts of a record can be written as UTF-8."""
    if isinstance(values, str):
        try:
            values.encode("utf-8")
        except UnicodeEncodeError:
            return False
        return True
    if isinstance(values, Mapping):
        return all(encodable(value) for value in values.values())
    if isinstance(values, list | tuple):
        return all(encodable(value) for value in values)
    return True
