"""Reads the text of a PDF with pypdf: an article's paragraphs, without heads, feet and page numbers.

The text of an article from a PDF is what is extracted here, and offsets count its characters.
"""

from __future__ import annotations

import io
import re
from typing import Any

from toolkit.decoding import Unreadable
from toolkit.isolated import read_apart
from toolkit.pdflines import Line, join_pages, split_columns

MOST_PAGES = 2_000
"""The most pages that a document may have."""

LARGEST = 200_000_000
"""The most bytes that a document may have."""

LONGEST_TEXT = 20_000_000
"""The most characters that a document may hold."""

LONGEST_SECONDS = 120.0
"""How long a document may take; a page takes some hundredths of a second."""

_UNREAD = re.compile("[\ufffd\ue000-\uf8ff]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_OFTEN = 20


def read_pdf(data: bytes) -> tuple[str, str | None]:
    """Give the text of a PDF, and what the reader should know of it.

    Args:
        data: The content of the file.

    Returns:
        The text, with blank lines between paragraphs; and a note, or None.

    Raises:
        Unreadable: It is damaged, protected, has no text or too many pages, or takes too long.
        ImportError: pypdf is missing.
    """
    if len(data) > LARGEST:
        raise Unreadable(f"it is larger than {LARGEST // 1_000_000} MB; split it")
    text, note = read_apart("pdffiles.extract", data, seconds=LONGEST_SECONDS)
    return text, note


def extract(data: bytes) -> tuple[str, str | None]:
    """Extract the text of a PDF; runs in the process apart."""
    try:
        from pypdf import PdfReader
    except ImportError:
        raise ImportError('PDFs are read with pypdf: pip install "diplomatic-positions-toolkit[formats]"') from None
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not _opened(reader):
        raise Unreadable("it is protected by a password; save it without one")
    pages, length = [], 0
    for number, page in enumerate(reader.pages, 1):
        if number > MOST_PAGES:
            raise Unreadable(f"it has more than {MOST_PAGES:,} pages; split it")
        pages.append(_lines(page))
        length += sum(len(line.text) for line in pages[-1])
        if length > LONGEST_TEXT:
            raise Unreadable(f"its text is longer than {LONGEST_TEXT:,} characters; split it")
    text = join_pages(pages)
    if not text.strip():
        raise Unreadable("it holds pictures of pages and no text; recognise its text (OCR) and save it anew")
    notes = []
    blank = sum(not page for page in pages)
    if blank:
        notes.append(f"{blank} of its {len(pages)} pages {'have' if blank > 1 else 'has'} no text")
    if len(_UNREAD.findall(text)) * _OFTEN > len(text):
        notes.append("many of its letters could not be told; check its text")
    return text, "; ".join(notes) or None


def _opened(reader: Any) -> bool:
    from pypdf.errors import DependencyError

    try:
        return bool(reader.decrypt(""))
    except DependencyError:
        return False


def _lines(page: Any) -> list[Line]:
    """Give the lines of a page in the order of reading."""
    found: list[Line] = []
    words = ""
    place: tuple[float, float, float] | None = None

    def end_line() -> None:
        nonlocal words, place
        text = " ".join(_clean(words).split())
        if text and place:
            found.append(Line(text, *place))
        words, place = "", None

    def take(text: str, user: list[float], own: list[float], _: object, size: float) -> None:
        nonlocal words, place
        for k, part in enumerate(re.split(r"\n", text)):
            if k:
                end_line()
            if part.strip() and place is None:
                place = _place(user, own, size)
            words += part

    page.extract_text(visitor_text=take)
    end_line()
    if not found:
        return found
    rows = page.extract_text(extraction_mode="layout", layout_mode_space_vertically=True).split("\n")
    return split_columns(found, [_clean(row) for row in rows])


def _clean(text: str) -> str:
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _CONTROLS.sub("", whole).replace("\u2029", " ").replace("\u2028", " ").replace("\x85", " ")


def _place(user: list[float], own: list[float], size: float) -> tuple[float, float, float]:
    """Give where a piece of text starts and how large it is, in points of the page.

    The text's own matrix is multiplied with that of the page (ISO 32000-1, 9.4.4).
    """
    x = own[4] * user[0] + own[5] * user[2] + user[4]
    y = own[4] * user[1] + own[5] * user[3] + user[5]
    scale = abs(own[0] * user[0] + own[1] * user[2]) or abs(own[1]) or 1.0
    return x, y, abs(size * scale)
