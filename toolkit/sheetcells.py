r"""Writes cells to CSV and Excel files and reads them back, so that no cell can become a formula and none changes.

A spreadsheet runs a cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return; such text gets an
apostrophe before it, which reading takes away; a bare number such as -1 is left alone. Characters
that a spreadsheet or XML cannot hold (NUL and other controls, carriage returns) are written as ``\u{D}``, the code in
hexadecimal. Half surrogates are no characters and become U+FFFD. In Excel files every cell is text as well.
"""

from __future__ import annotations

import csv
import io
import os
import re
import secrets
import shutil
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

FORMATS = (".csv", ".xlsx")
LONGEST = {".csv": 131_072, ".xlsx": 32_767}
"""The most characters that a cell may hold: Python's csv module and Excel read no longer ones."""

_FORMULA = re.compile(r"'*\s*[=+\-@\t\r＝＋－＠]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]|\\(?=u\{)")
_ESCAPED = re.compile(r"\\u\{([0-9A-F]{1,6})\}")
_EXCEL_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_WIDTHS = {"text": 70, "comment": 30, "actor": 24, "issue": 22, "speakers": 24, "source": 20, "id": 24}


def well_formed(text: str) -> str:
    """Give a text that every file and table can hold: halves of a character become U+FFFD."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def encode_cell(text: str) -> str:
    """Write a text as a cell that no spreadsheet runs; ``decode_cell`` gives the text back."""
    cell = _UNSAFE.sub(lambda found: f"\\u{{{ord(found.group()):X}}}", well_formed(text))
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def decode_cell(cell: str) -> str:
    """Give the text that ``encode_cell`` wrote."""
    if cell.startswith("'") and _FORMULA.match(cell):
        cell = cell[1:]
    return _ESCAPED.sub(lambda found: _character(found), cell)


def _character(found: re.Match[str]) -> str:
    code = int(found.group(1), 16)
    known = code <= 0x10FFFF and _UNSAFE.match(f"{chr(code)}u{{")
    return chr(code) if known else found.group()


def write_cells(
    path: Path, header: Sequence[str], rows: Sequence[Sequence[str]], choices: Mapping[str, Sequence[str]]
) -> None:
    """Write a CSV or Excel file in one step: a reader finds the former file or the whole of the new one.

    Args:
        path: Ends in ``.csv`` or ``.xlsx``.
        header: Names of the columns.
        rows: Texts, as many as the header has.
        choices: What a column may hold, by its name; Excel offers it as a list.

    Raises:
        ImportError: openpyxl is not installed, and an Excel file was asked for.
        ValueError: A cell is longer than the format can hold.
    """
    suffix = check_suffix(path)
    encoded = [[encode_cell(cell) for cell in row] for row in rows]
    for number, row in enumerate(encoded, 2):
        for name, cell in zip(header, row, strict=True):
            if len(cell) > LONGEST[suffix]:
                cure = "write a .csv file" if suffix == ".xlsx" else "shorten it"
                raise ValueError(
                    f"row {number}, column {name}: {len(cell):,} characters; a cell of a {suffix} file "
                    f"can hold {LONGEST[suffix]:,}: {cure}."
                )
    if suffix == ".csv":
        lines = io.StringIO(newline="")
        csv.writer(lines).writerows([header, *encoded])
        replace_file(path, lines.getvalue().encode("utf-8-sig"))
    else:
        replace_file(path, _workbook(header, encoded, choices))


def read_cells(path: Path) -> list[list[str]]:
    """Read the cells of a CSV file (also with semicolons or tabs) or of an Excel file's first sheet.

    Raises:
        FileNotFoundError: There is no such file.
        ImportError: openpyxl is not installed, and an Excel file was given.
        ValueError: The file cannot be read, or a cell holds a formula; says where.
    """
    if check_suffix(path) == ".xlsx":
        raw = _read_workbook(path)
    else:
        try:
            text = path.read_bytes().decode("utf-8-sig")
            first = text.split("\n", 1)[0]
            raw = list(csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True))
        except UnicodeDecodeError as error:
            raise ValueError(f"{path} is not UTF-8; in the spreadsheet, save it as “CSV UTF-8”.") from error
        except csv.Error as error:
            raise ValueError(f"{path} is no CSV file that can be read: {error}.") from error
    return [[decode_cell(cell) for cell in row] for row in raw]


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that a crash leaves the former one or the new one, never half of it.

    Raises:
        OSError: The file cannot be written; the former one is as it was.
    """
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def check_suffix(path: Path) -> str:
    """Give the file's format by its ending.

    Raises:
        ValueError: Neither ``.csv`` nor ``.xlsx``.
    """
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise ValueError(f"{path} ends in {suffix!r}; a sheet is a file that ends in {' or '.join(FORMATS)}.")
    return suffix


def _openpyxl() -> Any:
    try:
        import openpyxl
    except ImportError as error:
        raise ImportError(
            'Excel files need openpyxl: pip install "diplomatic-positions-toolkit[check]". CSV files do without.'
        ) from error
    return openpyxl


def _workbook(header: Sequence[str], rows: Sequence[Sequence[str]], choices: Mapping[str, Sequence[str]]) -> bytes:
    openpyxl = _openpyxl()
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = openpyxl.Workbook()
    page = book.active
    page.title = "coding"
    wrapped, bold = Alignment(wrap_text=True, vertical="top"), Font(bold=True)
    for number, row in enumerate([header, *rows], 1):
        for column, text in enumerate(row, 1):
            cell = page.cell(number, column)
            cell.number_format, cell.alignment = "@", wrapped
            if text:
                cell.value = _EXCEL_ESCAPED.sub(r"_x005F_x\1_", text)
                cell.data_type = "s"
            if number == 1:
                cell.font = bold
    lists = book.create_sheet("choices")
    lists.sheet_state = "hidden"
    for column, name in enumerate(header, 1):
        letter = get_column_letter(column)
        page.column_dimensions[letter].width = _WIDTHS.get(name, 13)
        for number, choice in enumerate(choices.get(name, ()), 1):
            lists.cell(number, column, choice).data_type = "s"
        if name in choices and rows:
            rule = DataValidation("list", formula1=f"choices!${letter}$1:${letter}${len(choices[name])}")
            page.add_data_validation(rule)
            rule.add(f"{letter}2:{letter}{len(rows) + 1}")
    page.freeze_panes = "A2"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _read_workbook(path: Path) -> list[list[str]]:
    openpyxl = _openpyxl()
    from zipfile import BadZipFile

    try:
        page = openpyxl.load_workbook(path).worksheets[0]
    except (BadZipFile, KeyError, openpyxl.utils.exceptions.InvalidFileException) as error:
        raise ValueError(f"{path} is no Excel file that can be read: {error}.") from error
    rows = []
    for cells in page.iter_rows():
        for cell in cells:
            if cell.data_type in ("f", "e"):
                what = "a formula" if cell.data_type == "f" else f"the error {cell.value}"
                raise ValueError(f"{path}, cell {cell.coordinate} holds {what}; write its value as text.")
        rows.append([_text_of(cell.value) for cell in cells])
    return rows


def _text_of(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _EXCEL_ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), str(value))
