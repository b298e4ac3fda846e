"""Turns the bytes of a file into text, and refuses by name what is no text.

A file is gone through in blocks, so that one of any size can be looked at; a byte late in it says as much as one at its
beginning.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import BinaryIO, TextIO

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SIGNATURES = (
    (b"%PDF", "a PDF, which is no text"),
    (b"{\\rtf", "a Rich Text document, which is no plain text"),
    (b"PK\x03\x04", "a Word, Excel or zip file, which is no text"),
    (
        b"\xd0\xcf\x11\xe0",
        "an old Word or Excel file, or one with a password: save it as .docx or .xlsx without a password",
    ),
    (b"\x89PNG", "a picture: type or recognise its text and save that as .txt"),
    (b"\xff\xd8\xff", "a picture: type or recognise its text and save that as .txt"),
    (b"GIF8", "a picture: type or recognise its text and save that as .txt"),
    (b"\x1f\x8b", "a compressed file: unpack it first"),
    (b"PAR1", "a Parquet table, which is no text"),
    (b"SQLite format 3", "a database: save the table as .csv or .jsonl"),
)
_NO_TEXT = "it is not text but binary data; give plain text, HTML, CSV or JSONL"
_GUESSED = "the encoding was guessed; check that quotation marks and accents look right"
_SAVE_AS = "open it in an editor and save it as UTF-8"
_SAMPLE = 50_000
_BLOCK = 1 << 20
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_UPPER_CONTROLS = re.compile(r"[\x80-\x9f]")
_NO_ASCII = re.compile(rb"[\x80-\xff]")
_WESTERN = re.compile(r"[\x00-\x7f\xa0-ÿŒœŠšŽžŸƒˆ˜–—‘’‚“”„†‡•…‰‹›€™]*")
_TYPOGRAPHY = re.compile("[–—‘’‚“”„†‡•…‹›«»€™©®£§°·\xa0]")

OpenFile = Callable[[], BinaryIO]
"""Opens the bytes of a file anew, at their beginning."""


class Unreadable(ValueError):  # noqa: N818  (a finding about a file, not a fault of the program)
    """A file that holds no text; the message says what it is and what to do."""


@dataclass(frozen=True)
class Encoding:
    """What the bytes of a file are decoded with.

    Attributes:
        name: Its name.
        mark: The number of bytes of the byte order mark, which is no part of the text.
        note: What the reader should know, or None.
    """

    name: str
    mark: int = 0
    note: str | None = None

    def open(self, open_file: OpenFile, ends: str = "") -> TextIO:
        """Open a file as characters, with U+FFFD for what cannot be decoded.

        Args:
            open_file: Opens its bytes.
            ends: What ends a line: a line feed, or the empty string for any line end. All stay as they are stored.
        """
        file = open_file()
        file.seek(self.mark)
        return io.TextIOWrapper(file, encoding=self.name, errors="replace", newline=ends)


@dataclass(frozen=True)
class Decoded:
    """The text of a file.

    Attributes:
        text: The characters as stored, line ends included; a byte order mark is no part of it.
        encoding: What it was decoded with.
        note: What the reader should know, or None.
    """

    text: str
    encoding: str
    note: str | None = None


def decode(data: bytes, *, zeros: bool = False, whole: bool = True) -> Decoded:
    """Decode bytes by what ``find_encoding`` finds.

    Args:
        data: The content of a file.
        zeros: As there.
        whole: As there.

    Raises:
        Unreadable: The bytes are no text, or their encoding cannot be told.
    """
    open_data = partial(io.BytesIO, data)
    found = find_encoding(open_data, zeros=zeros, whole=whole)
    with found.open(open_data) as file:
        return Decoded(file.read(), found.name, found.note)


def find_encoding(
    open_file: OpenFile, *, zeros: bool = False, whole: bool = True, declared: str | None = None
) -> Encoding:
    """Tell the encoding of a file: by its byte order mark, as UTF-8, as it says, or by what its bytes look like.

    Args:
        open_file: Opens it; every byte is looked at, some files are gone through several times.
        zeros: Let single zero bytes stand (in a table only the row that has one is in doubt).
        whole: Whether this is all of the file; if not, its last character may be cut in two.
        declared: Python's name of the encoding that the file itself names; taken where all of its bytes fit.

    Raises:
        Unreadable: The bytes are no text, or their encoding cannot be told.
    """
    file = _Bytes(open_file, whole)
    head = file.sample(0)
    for signature, advice in _SIGNATURES:
        if head.startswith(signature):
            raise Unreadable(f"it is {advice}")
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return _checked(replace(file, start=len(mark)), encoding)
    size = nulls = 0
    for block in file.blocks():
        size += len(block)
        nulls += block.count(0)
    if nulls > size // 10:
        return _sixteen(file, size)
    if nulls and not zeros:
        raise Unreadable(_NO_TEXT)
    try:
        return _checked(file, "utf-8", errors="strict")
    except UnicodeDecodeError:
        return _other(file, declared)


@dataclass(frozen=True)
class _Bytes:
    """The bytes of a file from a place on."""

    open_file: OpenFile
    whole: bool
    start: int = 0

    def sample(self, place: int) -> bytes:
        """Give some bytes from a place on."""
        with self.open_file() as file:
            file.seek(place)
            return file.read(_SAMPLE)

    def blocks(self) -> Iterator[bytes]:
        """Give the bytes block by block."""
        with self.open_file() as file:
            file.seek(self.start)
            while block := file.read(_BLOCK):
                yield block

    def texts(self, encoding: str, errors: str) -> Iterator[str]:
        """Give the characters block by block.

        Raises:
            UnicodeDecodeError: A byte does not fit, and ``errors`` is ``strict``.
        """
        decoder = codecs.getincrementaldecoder(encoding)(errors)
        for block in self.blocks():
            yield decoder.decode(block)
        yield decoder.decode(b"", final=self.whole)


def _sixteen(file: _Bytes, size: int) -> Encoding:
    """Take UTF-16 that has no byte order mark for it, where that is sure."""
    encoding = _likeliest(file.sample(0))[0]
    if encoding not in {"utf_16_le", "utf_16_be"} or (file.whole and size % 2):
        raise Unreadable(_NO_TEXT)
    return _checked(file, encoding.replace("_", "-"))


def _other(file: _Bytes, declared: str | None) -> Encoding:
    """Tell damaged UTF-8 from text in one of the older encodings."""
    damaged = foreign = 0
    for text in file.texts("utf-8", "replace"):
        damaged += text.count("\ufffd")
        foreign += len(text) - len(text.encode("ascii", errors="ignore"))
    if foreign > 2 * damaged:
        return _checked(file, "utf-8")
    if declared and _fits(file, declared):
        return _checked(file, declared)
    encoding = _older_encoding(file)
    try:
        found = _checked(file, encoding.replace("_", "-"), errors="strict")
    except UnicodeDecodeError:
        raise Unreadable(f"it seems to be {encoding} but is not all so; {_SAVE_AS}") from None
    return found if encoding == "cp1252" and _is_plain(file) else replace(found, note=_GUESSED)


def _fits(file: _Bytes, encoding: str) -> bool:
    """Tell whether all bytes are characters of an encoding, none of them a control that no text has."""
    try:
        return not any(_UPPER_CONTROLS.search(text) for text in file.texts(encoding, "strict"))
    except UnicodeDecodeError:
        return False


def _is_plain(file: _Bytes) -> bool:
    """Tell whether what is not ASCII in Windows-1252 is marks above all; many letters may be those of another code."""
    marks = letters = 0
    for text in file.texts("cp1252", "strict"):
        foreign = len(text) - len(text.encode("ascii", errors="ignore"))
        found = len(_TYPOGRAPHY.findall(text))
        marks += found
        letters += foreign - found
    return letters <= marks


def _older_encoding(file: _Bytes) -> str:
    """Tell the encoding from a sample around the first byte that is not ASCII.

    Windows-1252 is preferred where it gives plain Western text: a few curly quotes and dashes in English are the same
    bytes in a dozen encodings.
    """
    sample = file.sample(max(0, _first_foreign(file) - _SAMPLE // 2))
    best, alike = _likeliest(sample)
    few = sum(byte > 0x7F for byte in sample) * 20 < len(sample)
    try:
        western = all(_WESTERN.fullmatch(text) for text in file.texts("cp1252", "strict"))
    except UnicodeDecodeError:
        western = False
    if western and (few or not best or "cp1252" in alike):
        return "cp1252"
    if not best:
        raise Unreadable(f"its encoding is not known; {_SAVE_AS}")
    return best


def _first_foreign(file: _Bytes) -> int:
    """Give the place of the first byte that is not ASCII, or 0."""
    place = 0
    for block in file.blocks():
        if found := _NO_ASCII.search(block):
            return place + found.start()
        place += len(block)
    return 0


def _likeliest(sample: bytes) -> tuple[str, list[str]]:
    """Name the likeliest encoding of a sample, and those that would give the same text."""
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    return (best.encoding, best.could_be_from_charset) if best else ("", [])


def _checked(file: _Bytes, encoding: str, *, errors: str = "replace") -> Encoding:
    """Decode all of a file, refuse what is mostly control characters, and report what could not be decoded."""
    size = controls = damaged = 0
    for text in file.texts(encoding, errors):
        size += len(text)
        controls += len(_CONTROLS.findall(text))
        damaged += text.count("\ufffd")
    if controls > size // 50:
        raise Unreadable(_NO_TEXT)
    note = f"{damaged} character{'s' * (damaged > 1)} could not be decoded and read as \ufffd"
    return Encoding(encoding, file.start, note if damaged and errors == "replace" else None)
