"""Reads the text of a Word document (DOCX), one paragraph a line.

Deleted words of tracked changes, field codes, comments, notes, heads and feet are no part of the text. The parser
builds no tree, so a hostile document costs no more memory than its text.
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.parsers import expat

from toolkit.archives import open_archive, read_part
from toolkit.decoding import Unreadable

LONGEST_TEXT = 50_000_000
"""The most characters that a document may hold."""

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main}"
_COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MAIN = "word/document.xml"
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}

_UNREAD = {"del", "moveFrom", "tabs"}
"""What was deleted or moved away, and where the tab stops of a paragraph are."""


class _Text:
    """Collects the text while the parser goes through the document."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0
        self.inside = 0
        self.unread = 0

    def feed(self, parser: expat.XMLParserType) -> None:
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters

    def start(self, name: str, _: Mapping[str, str]) -> None:
        tag = _word(name)
        if self.unread or name == _COMPATIBILITY + "Fallback" or tag in _UNREAD:
            self.unread += 1
        elif tag == "t":
            self.inside += 1
        elif tag in _SIGNS:
            self.add(_SIGNS[tag])

    def end(self, name: str) -> None:
        tag = _word(name)
        if self.unread:
            self.unread -= 1
        elif tag == "t":
            self.inside -= 1
        elif tag == "p":
            self.add("\n")

    def characters(self, words: str) -> None:
        if self.inside and not self.unread:
            self.add(words)

    def add(self, words: str) -> None:
        self.parts.append(words)
        self.length += len(words)
        if self.length > LONGEST_TEXT:
            raise Unreadable(f"its text is longer than {LONGEST_TEXT:,} characters; split it")


def _word(name: str) -> str | None:
    for space in (_W, _STRICT):
        if name.startswith(space):
            return name[len(space) :]
    return None


def read_word(data: bytes) -> str:
    """Give the text of a Word document.

    Args:
        data: The content of the file.

    Returns:
        Its paragraphs, those of tables and text boxes too, each ended by a line feed.

    Raises:
        Unreadable: It is damaged, protected, or made to do harm.
    """
    text = _Text()
    with open_archive(data) as archive:
        names = archive.namelist()
        main = _MAIN if _MAIN in names else next(n for n in sorted(names) if n.startswith("word/document"))
        read_part(archive, main, feed=text.feed)
    return "".join(text.parts)
