"""Turns the bytes of a file into text, and refuses by name what is no text."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace

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
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_WESTERN = re.compile(r"[\x00-\x7f\xa0-ÿŒœŠšŽžŸƒˆ˜–—‘’‚“”„†‡•…‰‹›€™]*")


class Unreadable(ValueError):  # noqa: N818  (a finding about a file, not a fault of the program)
    """A file that holds no text; the message says what it is and what to do."""


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


def decode(data: bytes, *, zeros: bool = False) -> Decoded:
    """Decode a file: by its byte order mark, as UTF-8, or as what its bytes look like.

    Args:
        data: The whole content of the file.
        zeros: Let single zero bytes stand (in a table only the row that has one is in doubt).

    Raises:
        Unreadable: The bytes are no text, or their encoding cannot be told.
    """
    for signature, advice in _SIGNATURES:
        if data.startswith(signature):
            raise Unreadable(f"it is {advice}")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _checked(data[len(mark) :], encoding)
    if data.count(0) > len(data) // 10:
        return _decode_sixteen(data)
    if 0 in data and not zeros:
        raise Unreadable(_NO_TEXT)
    try:
        return _checked(data, "utf-8", errors="strict")
    except UnicodeDecodeError:
        return _decode_other(data)


def _decode_sixteen(data: bytes) -> Decoded:
    """Decode UTF-16 that has no byte order mark, where that is sure."""
    encoding = _likeliest(data[:_SAMPLE])[0]
    if encoding not in {"utf_16_le", "utf_16_be"} or len(data) % 2:
        raise Unreadable(_NO_TEXT)
    return _checked(data, encoding.replace("_", "-"))


def _decode_other(data: bytes) -> Decoded:
    """Decode damaged UTF-8, or text in one of the older encodings."""
    repaired = data.decode("utf-8", errors="replace")
    damaged = repaired.count("\ufffd")
    if len(repaired) - len(repaired.encode("ascii", errors="ignore")) > 2 * damaged:
        return _checked(data, "utf-8")
    encoding = _older_encoding(data)
    try:
        decoded = _checked(data, encoding.replace("_", "-"), errors="strict")
    except UnicodeDecodeError:
        raise Unreadable(f"it seems to be {encoding} but is not all so; {_SAVE_AS}") from None
    return decoded if encoding == "cp1252" else replace(decoded, note=_GUESSED)


def _older_encoding(data: bytes) -> str:
    """Tell the encoding from a sample around the first byte that is not ASCII.

    Windows-1252 is preferred where it gives plain Western text: a few curly quotes and dashes in English are the same
    bytes in a dozen encodings.
    """
    first = re.search(rb"[\x80-\xff]", data)
    start = max(0, first.start() - _SAMPLE // 2) if first else 0
    sample = data[start : start + _SAMPLE]
    best, alike = _likeliest(sample)
    few = sum(byte > 0x7F for byte in sample) * 20 < len(sample)
    try:
        western = _WESTERN.fullmatch(data.decode("cp1252")) is not None
    except UnicodeDecodeError:
        western = False
    if western and (few or not best or "cp1252" in alike):
        return "cp1252"
    if not best:
        raise Unreadable(f"its encoding is not known; {_SAVE_AS}")
    return best


def _likeliest(sample: bytes) -> tuple[str, list[str]]:
    """Name the likeliest encoding of a sample, and those that would give the same text."""
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    return (best.encoding, best.could_be_from_charset) if best else ("", [])


def _checked(data: bytes, encoding: str, *, errors: str = "replace") -> Decoded:
    """Decode, refuse what is mostly control characters, and report what could not be decoded."""
    text = data.decode(encoding, errors=errors)
    if len(_CONTROLS.findall(text)) > len(text) // 50:
        raise Unreadable(_NO_TEXT)
    damaged = text.count("\ufffd") if errors == "replace" else 0
    note = f"{damaged} character{'s' * (damaged > 1)} could not be decoded and read as \ufffd" if damaged else None
    return Decoded(text, encoding, note)
