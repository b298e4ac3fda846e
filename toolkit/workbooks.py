"""Reads tables of texts from Excel workbooks and Parquet files."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any

from toolkit.archives import check_parts, open_archive
from toolkit.decoding import Unreadable
from toolkit.isolated import read_apart
from toolkit.tablefiles import Row, TableFile

MOST_ROWS = 2_000_000
"""The most rows that a workbook's sheet or a Parquet file may have."""

MOST_COLUMNS = 1_000
"""The most columns of a workbook's sheet that are read."""

LARGEST_TABLE = 1_000_000_000
"""The most bytes that a Parquet file's columns may have when they are unpacked."""

_BATCH = 1_000


def read_workbook(data: bytes, wanted: str) -> TableFile:
    """Read a workbook: the first sheet that has the column of the texts, or else the first that has cells.

    Args:
        data: The content of the file.
        wanted: Name of the column that holds the texts.

    Returns:
        The table, with a note that names the sheet where there are several. A formula counts as the value that Excel
        stored for it.

    Raises:
        Unreadable: It is damaged, made to do harm, or has no cells.
        ImportError: openpyxl is missing.
    """
    sheets = [sheet for sheet in read_apart("workbooks.read_sheets", data) if sheet[1]]
    if not sheets:
        raise Unreadable("none of its sheets has cells")
    title, rows = next((s for s in sheets if wanted.casefold() in {_header(c).casefold() for c in s[1][0]}), sheets[0])
    header = [_header(cell) for cell in rows[0]]
    while header and not header[-1]:
        header.pop()
    table = TableFile(header)
    for number, cells in enumerate(rows[1:], 1):
        spare = any(cell is not None for cell in cells[len(header) :])
        problem = "it has cells beyond the last column that has a name" if spare else None
        table.rows.append(Row(number, dict(zip(header, cells, strict=False)), problem))
    others = [name for name, _ in sheets if name != title]
    table.note = f"its sheet {title!r} was read; it has {', '.join(map(repr, others[:5]))} too" if others else None
    return table


def _header(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def read_sheets(data: bytes) -> list[tuple[str, list[list[Any]]]]:
    """Give name and rows of each sheet that is a table; runs in the process apart."""
    with open_archive(data) as archive:
        check_parts(archive)
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise ImportError(
            'Excel workbooks are read with openpyxl: pip install "diplomatic-positions-toolkit[formats]"'
        ) from None
    workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    sheets = []
    for sheet in workbook.worksheets:
        # The extent that a sheet declares may be any number; only the cells that are there are read.
        sheet.reset_dimensions()
        sheets.append((sheet.title, list(_filled(sheet.iter_rows(values_only=True)))))
    return sheets


def _filled(rows: Iterator[Sequence[Any]]) -> Iterator[list[Any]]:
    """Give the rows that are not blank, without the blank cells at their ends, and dates as ISO."""
    found = 0
    for row in rows:
        cells = [_plain(cell) for cell in row[:MOST_COLUMNS]]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            found += 1
            if found > MOST_ROWS:
                raise Unreadable(f"a sheet has more than {MOST_ROWS:,} rows; save it as .csv")
            yield cells


def _plain(cell: Any) -> Any:
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    if isinstance(cell, time):
        return cell.isoformat()
    return cell if cell is None or isinstance(cell, str | int | float | bool) else str(cell)


def read_parquet(data: bytes) -> TableFile:
    """Read a Parquet table.

    Args:
        data: The content of the file.

    Raises:
        Unreadable: It is damaged or would unpack to more than a table of texts has.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = TableFile()
    try:
        # Cells that repeat are kept once, so that a small file of one long cell cannot fill the memory.
        schema = pq.read_schema(pa.BufferReader(data))
        words = [
            field.name for field in schema if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)
        ]
        file = pq.ParquetFile(pa.BufferReader(data), read_dictionary=words)
        _check_size(file.metadata)
        table.header = [field.name for field in file.schema_arrow]
        batches, unpacked = [], 0
        for batch in file.iter_batches(batch_size=_BATCH):
            unpacked += sum(_unpacked(column) for column in batch.columns)
            if unpacked > LARGEST_TABLE:
                raise Unreadable(f"it unpacks to more than {LARGEST_TABLE // 1_000_000:,} MB; split it")
            batches.append(batch)
        for batch in batches:
            for cells in batch.to_pylist():
                table.rows.append(Row(len(table.rows) + 1, {key: _plain(value) for key, value in cells.items()}))
    except (pa.ArrowException, OSError, ValueError, MemoryError, KeyError, TypeError) as error:
        if isinstance(error, Unreadable):
            raise
        reason = str(error).split("\n")[0][:100]
        raise Unreadable(f"it is a damaged Parquet table ({reason}); save or download it anew") from None
    return table


def _check_size(metadata: Any) -> None:
    groups = range(metadata.num_row_groups)
    unpacked = sum(metadata.row_group(i).total_byte_size for i in groups)
    if metadata.num_rows > MOST_ROWS or unpacked > LARGEST_TABLE:
        raise Unreadable(
            f"it has {metadata.num_rows:,} rows and unpacks to {unpacked // 1_000_000:,} MB; split it into tables "
            f"of at most {MOST_ROWS:,} rows and {LARGEST_TABLE // 1_000_000:,} MB"
        )


def _unpacked(column: Any) -> int:
    """Count the bytes that a column takes when each row has its cell for itself."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_dictionary(column.type):
        return int(column.nbytes)
    lengths = pc.take(pc.binary_length(column.dictionary), column.indices)
    return int(pc.sum(lengths).as_py() or 0)
