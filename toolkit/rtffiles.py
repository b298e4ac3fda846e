"""Reads the text of a Rich Text document (RTF) with striprtf, one paragraph a line."""

from __future__ import annotations

import re

from toolkit.decoding import Unreadable
from toolkit.isolated import read_apart

DEEPEST = 1_000
"""How deep the groups of a document may be nested; word processors stay below a hundred."""

LARGEST = 100_000_000
"""The most bytes that a document may have; pictures in it count too."""

_BRACE = re.compile(r"\\[\\{}]|[{}]")
_FIELD = re.compile(r"\\field(?![a-z])")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f]")


def read_rtf(data: bytes) -> str:
    """Give the text of a Rich Text document.

    Args:
        data: The content of the file.

    Returns:
        Its paragraphs, each ended by a line feed; cells of a table row are parted by ``|``.

    Raises:
        Unreadable: It is damaged, nested too deep, too large, or takes too long.
        ImportError: striprtf is missing.
    """
    if len(data) > LARGEST:
        raise Unreadable(f"it is larger than {LARGEST // 1_000_000} MB; split it")
    text: str = read_apart("rtffiles.strip", data)
    return text


def strip(data: bytes) -> str:
    """Strip the marks from a Rich Text document; runs in the process apart."""
    source = data.decode("latin-1").lstrip("\ufeff\xef\xbb\xbf \r\n\t")
    if not _closes(source):
        raise Unreadable("it is a damaged Rich Text document (its groups do not close); save or download it anew")
    try:
        from striprtf.striprtf import rtf_to_text
    except ImportError:
        raise ImportError(
            'Rich Text documents are read with striprtf: pip install "diplomatic-positions-toolkit[formats]"'
        ) from None
    # striprtf prints a link's address behind its words, by a pattern that takes for ever on hostile input; without the
    # control word "field" it leaves the words alone.
    text = rtf_to_text(_FIELD.sub("", source), errors="replace")
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _CONTROLS.sub("", whole)


def _closes(source: str) -> bool:
    """Tell whether every group closes; a file that was cut off has some that do not."""
    depth = 0
    for brace in _BRACE.finditer(source):
        depth += {"{": 1, "}": -1}.get(brace.group(), 0)
        if depth > DEEPEST:
            raise Unreadable(f"its groups are nested deeper than {DEEPEST:,}; it may be made to do harm")
        if depth <= 0:
            return True
    return False
