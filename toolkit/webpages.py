"""Extracts the article from a web page with trafilatura, and the lines of a database's page as they stand."""

from __future__ import annotations

import codecs
import re
from typing import Any

from toolkit.dates import DATE, read_date
from toolkit.decoding import Unreadable
from toolkit.pieces import Piece

_EXPORT = re.compile(r"Document(?:\s|&nbsp;)+(?=[A-Za-z]*\d)[A-Z][A-Za-z0-9]{11,40}|End of Document|Full text:")
_ENDS = frozenset(
    {"address", "article", "blockquote", "br", "center", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6"}
    | {"hr", "li", "ol", "p", "pre", "section", "table", "tbody", "td", "th", "title", "tr", "ul"}
)
_UNSEEN = frozenset({"script", "style", "head", "noscript", "template"})
_DECLARED = re.compile(
    rb"""<meta\b[^<>]*?\bcharset\s*=\s*["']?\s*([\w.:-]+)|<\?xml\b[^<>]*?\bencoding\s*=\s*["']([\w.:-]+)""",
    re.IGNORECASE,
)
_ENCODINGS = re.compile(r"cp(125\d|866|874|932|949|950)|iso8859-\d+|koi8-\w|mac-\w+|gb\w+|big5\w*|euc_\w+|shift_jis\w*")
_AS_BROWSERS_DO = {
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
_DATED = re.compile(DATE, re.IGNORECASE)


def declared_encoding(head: bytes) -> str | None:
    """Give Python's name of the older encoding that a page says it is in; None where it names none that is known.

    Where browsers take a name for a larger encoding, so is it here: pages that say ISO 8859-1 are in Windows-1252.

    Args:
        head: The first bytes of the page.
    """
    said = _DECLARED.search(head)
    try:
        name = codecs.lookup((said[1] or said[2]).decode("ascii", "replace")).name if said else ""
    except LookupError:
        return None
    return _AS_BROWSERS_DO.get(name, name) if _ENCODINGS.fullmatch(name) else None


def read_page(source: str) -> Piece:
    """Extract the article of a web page, and what the page says of it.

    Args:
        source: The page's HTML.

    Returns:
        The article's text, paragraphs on lines of their own, and what is known of title, date, author, outlet and
        language. A day that only stands somewhere in the page is given as ``guessed_date``.

    Raises:
        Unreadable: No article is found.
    """
    from trafilatura import bare_extraction

    dating = {"original_date": True, "extensive_search": False, "outputformat": "%Y-%m-%d"}
    try:
        page: Any = bare_extraction(source, with_metadata=True, include_comments=False, date_extraction_params=dating)
    except Exception as error:
        raise Unreadable(f"trafilatura cannot read the page ({type(error).__name__}); save its text as .txt") from None
    if page is None or not (page.text or "").strip():
        raise Unreadable("no article was found in the page; save its text as .txt")
    language = re.search(r"<html\b[^>]*?\blang=[\"']?([a-z]{2})\b", source[:20_000], re.IGNORECASE)
    said = {
        "title": page.title,
        "date": page.date,
        "guessed_date": None if page.date else _guess_date(source, page.text),
        "author": page.author and page.author.replace("; ", " and "),
        "outlet": page.sitename,
        "language": language and language[1].lower(),
    }
    return Piece(page.text, {key: value for key, value in said.items() if value})


def _guess_date(source: str, text: str) -> str | None:
    """Search the whole page for its date; only a day that is printed in full outside the article counts.

    htmldate makes January 1st of a lone year, and may take a day that the article tells of for its own.
    """
    from htmldate import find_date

    try:
        day = find_date(source, original_date=True, extensive_search=True, outputformat="%Y-%m-%d")
    except Exception:  # htmldate may stumble over a damaged page; a page without a date is no failure
        return None
    printed = {read_date(found.group()) for found in _DATED.finditer(source)}
    told = {read_date(found.group()) for found in _DATED.finditer(text)}
    return day if day in printed - told else None


def page_lines(source: str) -> str | None:
    """Give the text of a page line by line where it may be the export of a database; None for any other page.

    Args:
        source: The page's HTML.

    Returns:
        One line for each paragraph, heading or cell, with blank lines between paragraphs.
    """
    if not _EXPORT.search(source):
        return None
    from lxml import etree

    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(source.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError):
        return None
    parts: list[str] = []
    unseen = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if element.tag in _UNSEEN:
            unseen += 1 if event == "start" else -1
        words = element.text if event == "start" else element.tail
        if element.tag in _ENDS:
            parts.append("\n\n" if element.tag == "p" else "\n")
        if words and not unseen:
            parts.append(re.sub(r"[ \t\r\n]+", " ", words))
    return re.sub(r"\n{3,}", "\n\n", "".join(parts))
