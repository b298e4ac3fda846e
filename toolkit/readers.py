"""Reads one file of any known kind: into the rows of a table, or into one or many articles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from toolkit.databases import split_export
from toolkit.decoding import Unreadable, decode, find_encoding
from toolkit.filetypes import ENDINGS, NAMES, find_kind, find_text_kind, is_page, misnamed
from toolkit.pdffiles import read_pdf
from toolkit.pieces import Piece
from toolkit.rtffiles import read_rtf
from toolkit.tablefiles import TableFile, read_table
from toolkit.webpages import declared_encoding, page_lines, read_page
from toolkit.wordfiles import read_word
from toolkit.workbooks import read_parquet, read_workbook

LARGEST_TEXT = 20_000_000
"""The most bytes of a text or a page."""

LARGEST_DOCUMENT = 400_000_000
"""The most bytes of a document or a workbook; tables of characters and Parquet tables may have any number."""

_HEAD = 1 << 16
_TABLES = (*ENDINGS["csv"], *ENDINGS["jsonl"])


@dataclass(frozen=True)
class Contents:
    """What is in a file.

    Attributes:
        pieces: Its articles, where it is no table.
        table: The table, where it is one; its rows are read from the file when they are asked for.
        encoding: What it was decoded with, or None for what is not plain characters.
        note: What the reader should know, or None.
        split: Name of the database whose export was split, or None.
    """

    pieces: tuple[Piece, ...] = ()
    table: TableFile | None = None
    encoding: str | None = None
    note: str | None = None
    split: str | None = None


def read_file(path: Path, columns: Mapping[str, str]) -> Contents:
    """Read a file by what its content is.

    Args:
        path: The file.
        columns: The columns that the caller named, by role.

    Returns:
        Its rows or its articles, at least one of either.

    Raises:
        Unreadable: It is of no kind that is read, empty, damaged, too large, made to do harm, or needs a library that
            is not there; the message says which and what to do.
    """
    suffix = path.suffix.lower()
    try:
        if not path.is_file():
            raise Unreadable("it is not a regular file")
        with path.open("rb") as file:
            head = file.read(_HEAD)
        if not head:
            raise Unreadable("it is empty")
        kind = find_kind(_whole(path) if head.startswith(b"PK") else head)
        contents = _binary(kind, path, columns) if kind else _characters(path, head, suffix, columns)
    except ImportError as missing:
        raise Unreadable(str(missing)) from None
    except OSError as error:
        raise Unreadable(f"it cannot be opened: {error.strerror}") from None
    if contents.table is not None and not contents.table.count:
        raise Unreadable("the table has no rows")
    return _noted(contents, misnamed(kind, suffix) if kind else None)


def _whole(path: Path) -> bytes:
    if path.stat().st_size > LARGEST_DOCUMENT:
        raise Unreadable(f"it is larger than {LARGEST_DOCUMENT // 1_000_000} MB; split it")
    return path.read_bytes()


def _binary(kind: str, path: Path, columns: Mapping[str, str]) -> Contents:
    """Read what is not plain characters."""
    if kind == "parquet":
        return Contents(table=read_parquet(path))
    data, note = _whole(path), None
    if kind == "workbook":
        return Contents(table=read_workbook(data, columns.get("text", "text")))
    if kind == "pdf":
        text, note = read_pdf(data)
    else:
        text = read_word(data) if kind == "word" else read_rtf(data)
    if not text.strip():
        raise Unreadable(f"it is {NAMES[kind]} without any text")
    return _noted(_articles(text), note)


def _characters(path: Path, head: bytes, suffix: str, columns: Mapping[str, str]) -> Contents:
    """Decode and read text, pages and tables of characters; only a table may be large, and is not read as a whole."""
    large = path.stat().st_size > LARGEST_TEXT
    if large:
        text = decode(head, zeros=True, whole=False).text
        kind = find_text_kind(text, suffix, columns)
        if kind not in {"csv", "jsonl"}:
            raise Unreadable(f"it is larger than {LARGEST_TEXT // 1_000_000} MB; split it")
    declared = declared_encoding(head) if is_page(head.decode("ascii", "replace"), suffix) else None
    encoding = find_encoding(lambda: path.open("rb"), zeros=suffix in _TABLES, declared=declared)
    if not large:
        with encoding.open(lambda: path.open("rb")) as file:
            text = file.read()
        if not text.strip():
            raise Unreadable("it is empty")
        kind = find_text_kind(text, suffix, columns)
    if kind == "page":
        contents = _page(text)
    elif kind == "text":
        contents = _articles(text)
    else:
        form = suffix if suffix in ENDINGS[kind] else ENDINGS[kind][0]
        contents = Contents(table=read_table(lambda ends: encoding.open(lambda: path.open("rb"), ends), form))
    noted = _noted(_noted(contents, encoding.note), misnamed(kind, suffix))
    return replace(noted, encoding=encoding.name)


def _articles(text: str) -> Contents:
    """Split the export of a database; any other text is one article as it stands."""
    export = split_export(text)
    if export is None:
        return Contents((Piece(text),))
    return Contents(tuple(export[1]), split=export[0])


def _page(source: str) -> Contents:
    """Read a web page, or the export of a database that was saved as one."""
    lines = page_lines(source)
    export = split_export(lines) if lines else None
    if export is not None:
        return Contents(tuple(export[1]), split=export[0])
    return Contents((read_page(source),))


def _noted(contents: Contents, note: str | None) -> Contents:
    notes = "; ".join(part for part in (note, contents.note) if part) or None
    return replace(contents, note=notes)
