"""Reads tables of texts from Excel workbooks and Parquet files."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from toolkit.archives import check_parts, open_archive
from toolkit.decoding import Unreadable
from toolkit.isolated import read_apart
from toolkit.tablefiles import Row, TableFile

MOST_ROWS = 2_000_000
"""The most rows of a sheet, and of a Parquet file, unless it has ``FEWEST_BYTES`` for each."""

FEWEST_BYTES = 10
"""How many bytes of a Parquet file a row takes at least, in a file of more than ``MOST_ROWS``."""

MOST_COLUMNS = 1_000
"""The most columns of a workbook's sheet that are read."""

LARGEST_TABLE = 1_000_000_000
"""The most bytes that a Parquet file may unpack to, unless that is less than ``MOST_PACKED`` times its size."""

MOST_PACKED = 100
"""How many times its size a Parquet file may unpack to; texts shrink to a third or a tenth."""

_BATCH = 1_000
_BUFFER = 1 << 20
_MERGED = b"<mergeCell "
_LARGEST_BATCH = 50_000_000


def read_workbook(data: bytes, wanted: str) -> TableFile:
    """Read a workbook: the first sheet that has the column of the texts, or else the first that has cells.

    Args:
        data: The content of the file.
        wanted: Name of the column that holds the texts.

    Returns:
        The table, with notes that name the sheet where there are several, and tell of merged cells. A formula counts
        as the value that Excel stored for it.

    Raises:
        Unreadable: It is damaged, made to do harm, or has no cells.
        ImportError: openpyxl is missing.
    """
    sheets = [sheet for sheet in read_apart("workbooks.read_sheets", data) if sheet[1]]
    if not sheets:
        raise Unreadable("none of its sheets has cells")
    title, rows, merged = next(
        (s for s in sheets if wanted.casefold() in {_header(c).casefold() for c in s[1][0]}), sheets[0]
    )
    header = [_header(cell) for cell in rows[0]]
    while header and not header[-1]:
        header.pop()

    def read() -> Iterator[Row]:
        for number, cells in enumerate(rows[1:], 1):
            spare = any(cell is not None for cell in cells[len(header) :])
            problem = "it has cells beyond the last column that has a name" if spare else None
            yield Row(number, dict(zip(header, cells, strict=False)), problem)

    others = [name for name, *_ in sheets if name != title]
    notes = [f"its sheet {title!r} was read; it has {', '.join(map(repr, others[:5]))} too"] if others else []
    notes += ["it has merged cells; only the first row of each has the value"] if merged else []
    return TableFile(header, len(rows) - 1, read, "; ".join(notes) or None)


def _header(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def read_sheets(data: bytes) -> list[tuple[str, list[list[Any]], bool]]:
    """Give name and rows of each sheet that is a table, and whether it has merged cells; runs in the process apart."""
    with open_archive(data) as archive:
        check_parts(archive)
    try:
        from openpyxl import load_workbook
        from openpyxl.utils.escape import unescape
    except ImportError:
        raise ImportError(
            'Excel workbooks are read with openpyxl: pip install "diplomatic-positions-toolkit[formats]"'
        ) from None
    workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    sheets = []
    for sheet in workbook.worksheets:
        # The extent that a sheet declares may be any number; only the cells that are there are read.
        sheet.reset_dimensions()
        rows = ([unescape(c) if isinstance(c, str) else c for c in row] for row in sheet.iter_rows(values_only=True))
        sheets.append((sheet.title, list(_filled(rows)), _has_merged(sheet)))
    return sheets


def _has_merged(sheet: Any) -> bool:
    """Search the XML of a sheet for merged cells, which the reader of rows does not tell."""
    end = b""
    with sheet._get_source() as part:
        while block := part.read(_BUFFER):
            if _MERGED in end + block:
                return True
            end = block[-len(_MERGED) :]
    return False


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
    """Give a cell as a text or a number; bytes that are no UTF-8 stay bytes."""
    if isinstance(cell, bytes):
        try:
            return cell.decode("utf-8")
        except UnicodeDecodeError:
            return cell
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    if isinstance(cell, time):
        return cell.isoformat()
    return cell if cell is None or isinstance(cell, str | int | float | bool) else str(cell)


def read_parquet(path: Path) -> TableFile:
    """Read a Parquet table, a thousand rows at a time.

    Args:
        path: The file.

    Raises:
        Unreadable: It is damaged or would unpack to more than a table of texts has.
    """
    size = path.stat().st_size
    header: list[str] = []
    count = unpacked = 0
    for batch in _batches(path):
        if not header:
            header = list(batch.schema.names)
        count += len(batch)
        unpacked += _unpacked(batch)
        if unpacked > _most(size)[1]:
            raise Unreadable(f"it unpacks to more than {_most(size)[1] // 1_000_000:,} MB; split it")

    def rows() -> Iterator[Row]:
        number = 0
        for batch in _batches(path):
            # Cells that repeat are one in the batch but many in Python, so a batch of large ones is read row by row.
            step = 1 if _unpacked(batch) > _LARGEST_BATCH else len(batch)
            for start in range(0, len(batch), step):
                for cells in _cells(batch.slice(start, step)):
                    number += 1
                    yield Row(number, cells)

    return TableFile(header, count, rows)


def _batches(path: Path) -> Iterator[Any]:
    """Give some rows after the others.

    Raises:
        Unreadable: The file is damaged, or says itself that it would unpack to too much.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        schema = pq.read_schema(path)
        words = [
            field.name for field in schema if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)
        ]
        # Cells that repeat are kept once, so that a small file of one long cell cannot fill the memory.
        with pq.ParquetFile(path, read_dictionary=words, buffer_size=_BUFFER) as file:
            groups = [file.metadata.row_group(i).total_byte_size for i in range(file.metadata.num_row_groups)]
            _check_size(file.metadata.num_rows, sum(groups), path.stat().st_size)
            yield from file.iter_batches(batch_size=_BATCH)
    except (pa.ArrowException, OSError, ValueError, MemoryError, KeyError, TypeError) as error:
        if isinstance(error, Unreadable):
            raise
        reason = str(error).split("\n")[0][:100]
        raise Unreadable(f"it is a damaged Parquet table ({reason}); save or download it anew") from None


def _cells(batch: Any) -> Iterator[dict[str, Any]]:
    return ({name: _plain(value) for name, value in row.items()} for row in batch.to_pylist())


def _check_size(count: int, unpacked: int, size: int) -> None:
    rows, most = _most(size)
    if count > rows or unpacked > most:
        raise Unreadable(
            f"it has {count:,} rows and unpacks to {unpacked // 1_000_000:,} MB; split it into tables "
            f"of at most {rows:,} rows and {most // 1_000_000:,} MB"
        )


def _most(size: int) -> tuple[int, int]:
    """Give the most rows, and the most bytes unpacked, of a file of some bytes; more is made to do harm."""
    return max(MOST_ROWS, size // FEWEST_BYTES), max(LARGEST_TABLE, MOST_PACKED * size)


def _unpacked(batch: Any) -> int:
    """Count the bytes that rows take when each has its cells for itself."""
    import pyarrow as pa
    import pyarrow.compute as pc

    size = 0
    for column in batch.columns:
        if pa.types.is_dictionary(column.type):
            lengths = pc.take(pc.binary_length(column.dictionary), column.indices)
            size += pc.sum(lengths).as_py() or 0
        else:
            size += column.nbytes
    return size
