"""Opens the zip archives that Word and Excel files are, and refuses those that are made to do harm.

A few kilobytes of zip can hold gigabytes, and a few lines of XML can define a text of any length. Office programs write
neither: so the declared sizes are added up before anything is unpacked (Python's zipfile never gives more than a member
declares), and XML with a document type is refused.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from xml.parsers import expat

from toolkit.decoding import Unreadable

MOST_MEMBERS = 20_000
"""The most files that an archive may hold."""

LARGEST_UNPACKED = 400_000_000
"""The most bytes that an archive's files may have together."""

LARGEST_PART = 100_000_000
"""The most bytes of one part that is read, such as the text of a Word document."""

_CHUNK = 1 << 16
_ENCRYPTED = 1
_DAMAGE = (expat.ExpatError, zipfile.BadZipFile, zlib.error, EOFError, LookupError, RuntimeError, ValueError)
"""What a part raises that cannot be read: an unknown encoding is a LookupError, one that expat does not read
a ValueError, a password or an unknown compression a RuntimeError."""


def open_archive(data: bytes) -> zipfile.ZipFile:
    """Open an archive and look at what it declares.

    Args:
        data: The content of the file.

    Raises:
        Unreadable: It is damaged, or holds more than an Office file does.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise Unreadable(f"it is a damaged Word, Excel or zip file ({error}); save or download it anew") from None
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise Unreadable(f"it is an archive of {len(members):,} files, more than {MOST_MEMBERS:,}; unpack it")
    unpacked = sum(member.file_size for member in members)
    if unpacked > LARGEST_UNPACKED:
        raise Unreadable(
            f"it would unpack to {unpacked // 1_000_000:,} MB, more than {LARGEST_UNPACKED // 1_000_000} MB (perhaps a "
            "zip bomb); it was not unpacked"
        )
    return archive


def archive_kind(data: bytes) -> str:
    """Tell what an archive is by the parts it has.

    Args:
        data: The content of the file.

    Returns:
        ``word`` or ``workbook``.

    Raises:
        Unreadable: It is damaged or anything else; the message says what it is and what to do.
    """
    with open_archive(data) as archive:
        names = set(archive.namelist())
        if "word/document.xml" in names or any(n.startswith("word/document") and n.endswith(".xml") for n in names):
            return "word"
        if "xl/workbook.xml" in names:
            return "workbook"
        if "xl/workbook.bin" in names:
            raise Unreadable("it is a binary workbook (.xlsb): save it as .xlsx")
        if "mimetype" in names:
            raise Unreadable("it is an OpenDocument or e-book file: save it as .docx, .xlsx or .txt")
        if any(name.startswith("ppt/") for name in names):
            raise Unreadable("it is a presentation: save its text as .txt")
        if any(name.casefold().endswith(".zip") for name in names):
            raise Unreadable("it is a zip archive that holds others: unpack them and give the folder")
        raise Unreadable("it is a zip archive: unpack it and give the folder")


def read_part(archive: zipfile.ZipFile, name: str, *, feed: Callable[[expat.XMLParserType], None]) -> None:
    """Parse one XML part, a chunk at a time, without ever building a tree.

    Args:
        archive: The archive.
        name: The part's name in it.
        feed: Sets the handlers of the parser before it begins.

    Raises:
        Unreadable: The part is not there, is too large, damaged, encrypted, or has a document type.
    """
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    feed(parser)
    try:
        member = archive.getinfo(name)
    except KeyError:
        raise Unreadable(f"it is damaged: it has no part {name}; save it anew") from None
    with _readable(name):
        if member.flag_bits & _ENCRYPTED:
            raise Unreadable("it is protected by a password; save it without one")
        if member.file_size > LARGEST_PART:
            raise Unreadable(f"its part {name} has more than {LARGEST_PART // 1_000_000} MB; split it")
        with archive.open(member) as part:
            while chunk := part.read(_CHUNK):
                parser.Parse(chunk, False)
        parser.Parse(b"", True)


@contextmanager
def _readable(name: str) -> Iterator[None]:
    """Say of a part that cannot be read that its file is damaged."""
    try:
        yield
    except Unreadable:
        raise
    except _DAMAGE as error:
        raise Unreadable(f"it is damaged ({name}: {error}); save or download it anew") from None


def _refuse_doctype(*_: object) -> None:
    raise Unreadable("its XML has a document type, which no Office program writes (perhaps an entity bomb)")


def check_parts(archive: zipfile.ZipFile) -> None:
    """Refuse document types in every XML part of an archive; only the head of each is read.

    Raises:
        Unreadable: A part has a document type, or is damaged before its first element.
    """
    for name in archive.namelist():
        if not name.endswith((".xml", ".rels")):
            continue
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = _refuse_doctype
        begun: list[str] = []
        parser.StartElementHandler = lambda tag, _, begun=begun: begun.append(tag)
        with _readable(name), archive.open(name) as part:
            while not begun and (chunk := part.read(_CHUNK)):
                parser.Parse(chunk, False)
