"""Tells what a file is from its content; its name is asked only where the content could be several things.

Word processors, browsers and databases name files as they like, and people rename them. So a PDF is known by its first
bytes, a Word document by what is in its archive, a page by its tags, a table by its header.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping

from toolkit.archives import archive_kind
from toolkit.decoding import Unreadable
from toolkit.outputs import REPORT_MARK
from toolkit.tablefiles import ROLES

ENDINGS = {
    "text": (".txt", ".text", ".md", ".markdown", ""),
    "page": (".html", ".htm", ".xhtml"),
    "csv": (".csv", ".tsv"),
    "jsonl": (".jsonl", ".ndjson"),
    "pdf": (".pdf",),
    "rtf": (".rtf",),
    "word": (".docx", ".docm", ".dotx"),
    "workbook": (".xlsx", ".xlsm"),
    "parquet": (".parquet", ".pq"),
}
"""The kinds of file that are read, and the endings that their names usually have."""

NAMES = {
    "text": "plain text",
    "page": "a web page",
    "csv": "a table (CSV)",
    "jsonl": "a table (JSON lines)",
    "pdf": "a PDF",
    "rtf": "a Rich Text document",
    "word": "a Word document",
    "workbook": "an Excel workbook",
    "parquet": "a Parquet table",
}
"""What a kind is called in a report."""

_HEAD = 4096
_NO_ARTICLES = frozenset(
    {".bib", ".cfg", ".css", ".ini", ".ipynb", ".js", ".lock", ".log", ".py", ".r", ".ris", ".rmd", ".sh", ".sql"}
    | {".srt", ".tex", ".toml", ".vtt", ".xml", ".yaml", ".yml"}
)
_TAG = re.compile(r"<(?:[a-z][a-z0-9]*)\b[^<>]{0,2000}>", re.IGNORECASE)
_PAGE = re.compile(
    r"\s*(?:<\?xml[^<>]{0,200}>\s*)?(?:<!--[^>]{0,1000}-->\s*){0,5}"
    r"<(?:!doctype\s+html|html|head|body|article|div|p|section|main|meta|title|table|span|h1)\b",
    re.IGNORECASE,
)
_LONGEST_HEADER = 60


def find_kind(data: bytes) -> str | None:
    """Tell the kind of a file that is not plain characters.

    Args:
        data: The content of the file.

    Returns:
        A key of ``NAMES``, or None where the content is to be decoded first.

    Raises:
        Unreadable: It is an archive that no reader takes, or a damaged one.
    """
    head = data[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"{\\rtf"):
        return "rtf"
    if data.startswith(b"PAR1"):
        return "parquet"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return archive_kind(data)
    return None


def find_text_kind(text: str, suffix: str, columns: Mapping[str, str]) -> str:
    """Tell the kind of a file of plain characters.

    Args:
        text: Its text, or the beginning of it.
        suffix: The ending of its name, in lower case; it decides where the content may be several things.
        columns: The columns that the caller named, by role.

    Returns:
        ``text``, ``page``, ``csv`` or ``jsonl``.

    Raises:
        Unreadable: It is a program, a list of references, a report of this toolkit or the like, and no article.
    """
    head = text[:_HEAD].lstrip("\ufeff \t\r\n")
    if REPORT_MARK in head:
        raise Unreadable("it is a report of this toolkit and no article")
    if is_page(text, suffix):
        return "page"
    if _is_json_line(text):
        return "jsonl"
    if suffix in ENDINGS["jsonl"]:
        return "jsonl"
    if suffix == ".json" or (head.startswith(("{", "[")) and _is_json(text)):
        raise Unreadable(".json files are not read; put one JSON object on each line and name it .jsonl")
    if suffix in ENDINGS["csv"]:
        return "text" if _is_prose(head) else "csv"
    if _has_header(head, columns):
        return "csv"
    if suffix in _NO_ARTICLES:
        raise Unreadable(f"{suffix} files are no articles; if this one is, name it .txt")
    return "text"


def is_page(text: str, suffix: str) -> bool:
    """Tell whether plain characters are a web page; the arguments are those of ``find_text_kind``."""
    head = text[:_HEAD].lstrip("\ufeff \t\r\n")
    return bool(_PAGE.match(head) or (suffix in ENDINGS["page"] and _TAG.search(text[: 16 * _HEAD])))


def _is_json_line(text: str) -> bool:
    """Tell whether the first line is a JSON object."""
    first = text.lstrip("\ufeff \t\r\n").split("\n", 1)[0]
    if not first.startswith("{"):
        return False
    try:
        return isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict | list)
    except (ValueError, RecursionError):
        return False


def _cells(line: str) -> list[str]:
    mark = max(",;\t", key=line.count)
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=mark), [])]
    except csv.Error:
        return []


def _has_header(head: str, columns: Mapping[str, str]) -> bool:
    """Tell whether the first line names the column of the texts and another one that is known."""
    cells = [cell.casefold() for cell in _cells(head.split("\n", 1)[0])]
    known = {columns.get(role, role).casefold() for role in ROLES}
    return columns.get("text", "text").casefold() in cells and len(known.intersection(cells)) > 1


def _is_prose(head: str) -> bool:
    """Tell whether the first line of what is called a table is a sentence, not the names of columns."""
    first = head.split("\n", 1)[0].strip()
    cells = _cells(first)
    if "text" in {cell.casefold() for cell in cells}:
        return False
    long = any(len(cell) > _LONGEST_HEADER for cell in cells)
    return len(first.split()) > 5 and (long or re.search(r"[.!?…][\"'”’»]?$", first) is not None)


def misnamed(kind: str, suffix: str) -> str | None:
    """Say that a file's name has the ending of another kind; None where name and content agree."""
    if suffix in ENDINGS[kind]:
        return None
    others = {ending for endings in ENDINGS.values() for ending in endings if ending}
    if suffix in others or kind != "text":
        return f"it is {NAMES[kind]}, though its name {'ends in ' + suffix if suffix else 'has no ending'}"
    return f"read as plain text; its name ends in {suffix}"
