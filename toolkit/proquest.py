"""Splits text exports of ProQuest into articles; every article has labelled fields, its text under ``Full text:``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from toolkit.pieces import Piece, make_piece, read_authors, read_day, read_language, read_outlet

NAME = "ProQuest"

_RULE = re.compile(r"_{20,}")
_COUNTER = re.compile(r"Document \d+ of \d+", re.IGNORECASE)
_LABELS = (
    "Abstract|Author|Company / organization|Copyright|Corporate author|Correction|Country of publication|Credit"
    "|Database|Dateline|Document feature|Document type|Document URL|Edition|First page|Full text|Full text availability"
    "|Identifier / keyword|ISSN|e-ISSN|Illustration|Issue|Language|Language of publication|Last updated|Links|Location"
    "|Number of pages|Pages|People|Place of publication|ProQuest document ID|ProQuest document link|Publication date"
    "|Publication info|Publication subject|Publication title|Publication year|Publisher|Publisher logo|Section"
    "|Source type|Subject|Supplement|Title|URL|Volume|Year|Contributor|Company|Notes|Source attribution"
)
_FIELD = re.compile(rf"(?P<label>{_LABELS})\s*:(?:\s+(?P<value>.*))?", re.IGNORECASE)
_TEXT = "full text"
_SIGNS = {_TEXT, "publication title", "publication info", "proquest document id"}
"""Labels of which every article has two at least, and none the same twice."""
_FOOT = re.compile(r"Contact us at\b|Database copyright\b|Copyright © \d{4} ProQuest|Citation style:|Bibliography$")
_PRINTED = re.compile(r"(?<![\w.])\d{1,2} [A-Z][a-z]{2,8}\.? (?:19|20)\d\d\b")


def split_proquest(lines: Sequence[str]) -> list[Piece]:
    """Split an export of ProQuest.

    Args:
        lines: The lines of the file.

    Returns:
        Its articles in order; an empty list where the file is no such export.
    """
    labels = _labels(lines)
    if (
        not {"proquest document id", "publication title", "publication info", "database"} & labels
        or _TEXT not in labels
    ):
        return []
    return [_read_article(lines[start:end]) for start, end in _articles(lines)]


def _articles(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Find where each article begins and ends; what follows a rule inside of a text belongs to the same article."""
    cuts = [i for i, line in enumerate(lines) if _RULE.fullmatch(line.strip()) or _COUNTER.fullmatch(line.strip())]
    found: list[tuple[int, int]] = []
    before: set[str] = set()
    closed = True
    for cut, end in zip([-1, *cuts], [*cuts, len(lines)], strict=True):
        piece = lines[cut + 1 : end]
        signs = _labels(piece) & _SIGNS
        if len(signs) > 1 and (closed or _TEXT in signs or signs & before):
            found.append((cut + 1, end))
            before, closed = signs, False
        elif not closed and any(line.strip() for line in piece):
            closed = any(_FOOT.match(line.strip()) for line in piece)
            found[-1] = found[-1] if closed else (found[-1][0], end)
            before |= signs
    return found


def _labels(lines: Sequence[str]) -> set[str]:
    return {found["label"].casefold() for line in lines if (found := _FIELD.fullmatch(line.strip()))}


def _read_article(chunk: Sequence[str]) -> Piece:
    fields: dict[str, list[str]] = {}
    label = "headline"
    for i, line in enumerate(chunk):
        found = _FIELD.fullmatch(line.strip())
        name = found["label"].casefold() if found else ""
        if found and name not in fields and (label != _TEXT or _opens_tail(chunk, i)):
            label = name
            fields[label] = [found["value"] or ""]
        else:
            fields.setdefault(label, []).append(line.rstrip())
    flat = {key: " ".join(" ".join(values).split()) for key, values in fields.items()}
    printed = _PRINTED.search(flat.get("publication info", ""))
    said = {
        "date": read_day(flat.get("publication date", "")) or (read_day(printed.group()) if printed else None),
        "outlet": read_outlet(flat.get("publication title") or flat.get("publication info", "")),
        "author": read_authors(flat.get("author", "")),
        "language": read_language(flat.get("language of publication") or flat.get("language", "")),
    }
    undated = None if said["date"] else "its date of publication is not understood"
    return make_piece(flat.get("headline") or flat.get("title", ""), fields.get(_TEXT, []), said, note=undated)


def _opens_tail(chunk: Sequence[str], at: int) -> bool:
    """Tell whether the fields below the text begin: an article may say "Location: Oslo" itself, but not go on so."""
    below = [line.strip() for line in chunk[at + 1 : at + 8] if line.strip()][:2]
    return all(_FIELD.fullmatch(line) for line in below)
