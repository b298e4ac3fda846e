"""Tells whether a text is the export of a news database, and splits it into its articles."""

from __future__ import annotations

import re

from toolkit import factiva, nexis, proquest
from toolkit.pieces import Piece

_SIGNS = ("End of Document", "DOCUMENTS", "Document ", "Full text:", "FULL TEXT:")
_BREAK = re.compile(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")


def split_export(text: str) -> tuple[str, list[Piece]] | None:
    """Split an export of Nexis Uni, Factiva or ProQuest.

    Args:
        text: The text of a file, whatever format it was saved in.

    Returns:
        The database's name and the articles in order; None where the text is no export.
    """
    if not any(sign in text for sign in _SIGNS):
        return None
    lines = _BREAK.split(text)
    for name, split in (
        (nexis.NAME, nexis.split_nexis),
        (factiva.NAME, factiva.split_factiva),
        (proquest.NAME, proquest.split_proquest),
    ):
        pieces = split(lines)
        if pieces:
            return name, pieces
    return None
