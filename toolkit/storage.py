"""Writes tables to files and reads them back without losing a type or an offset."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.checks import check_option
from toolkit.records import TABLES

if TYPE_CHECKING:
    import pandas as pd

FORMATS = ("parquet", "csv", "jsonl")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_tables(tables: Mapping[str, pd.DataFrame], folder: Path, file_format: str = "parquet") -> list[Path]:
    """Write each table to a file of its own, ``<table>.<format>``.

    In CSV files the columns ``spans`` and ``speakers`` are JSON, and a cell that a spreadsheet would run as a formula
    begins with an apostrophe; Parquet and JSON Lines keep every character.

    Args:
        tables: Frames by name.
        folder: Made where it does not exist.
        file_format: ``parquet``, ``csv`` or ``jsonl``.

    Returns:
        The files, in the order of the tables.

    Raises:
        ValueError: Another format.
    """
    check_option("file_format", file_format, FORMATS)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, frame in tables.items():
        path = folder / f"{name}.{file_format}"
        if file_format == "parquet":
            frame.to_parquet(path, index=False)
        else:
            write_rows([frame], path, file_format)
        paths.append(path)
    return paths


def write_rows(frames: Iterable[pd.DataFrame], path: Path, file_format: str) -> None:
    """Write frames of the same columns one after the other into a CSV or JSON Lines file."""
    if file_format == "csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            for number, frame in enumerate(frames):
                frame.map(_csv_cell).to_csv(file, index=False, header=number == 0, lineterminator="\n")
        return
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
        for frame in frames:
            file.writelines(f"{json.dumps(clean(row), ensure_ascii=False)}\n" for row in frame.to_dict("records"))


def read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Read the tables that ``write_tables`` wrote as Parquet.

    Raises:
        FileNotFoundError: Names the tables that the folder lacks.
    """
    import pandas as pd

    missing = [name for name in TABLES if not (folder / f"{name}.parquet").exists()]
    if missing:
        raise FileNotFoundError(
            f"{folder} holds no saved study: {', '.join(f'{m}.parquet' for m in missing)} missing. "
            "Give the folder that `study.save` or `toolkit extract --format parquet` wrote."
        )
    tables = {}
    for name, columns in TABLES.items():
        frame = pd.read_parquet(folder / f"{name}.parquet")
        for column in columns:
            if column.dtype == "object":
                frame[column.name] = [clean(list(cell)) for cell in frame[column.name]]
            else:
                frame[column.name] = pd.Series(frame[column.name], dtype=column.dtype)
        tables[name] = frame[[c.name for c in columns]]
    return tables


def clean(value: Any) -> Any:
    """Make a value fit for JSON: NA and NaN become None, numpy numbers become Python's, tuples lists."""
    if isinstance(value, dict):
        return {str(k): clean(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [clean(v) for v in value]
    if hasattr(value, "tolist"):
        return clean(value.tolist())
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return None if math.isnan(value) else value
    import pandas as pd

    return None if pd.isna(value) else value


def _csv_cell(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return json.dumps(clean(value), ensure_ascii=False)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
