"""Splits exports of Factiva into articles: the form with two-letter codes (HD, PD, SN ...) and the one without.

Both end each article with ``Document`` and its accession number. The codes are those that Factiva prints beside the
fields of "Full Article/Report plus Indexing"; without them the fields stand in a fixed order below "567 words".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from toolkit.bylines import read_persons
from toolkit.pieces import Piece, make_piece, read_authors, read_day, read_language, read_outlet

NAME = "Factiva"

_CODES = (
    "SE|HD|BY|CR|WC|PD|ET|SN|SC|ED|PG|VOL|LA|CY|LP|TD|ART|CT|RF|CO|IN|NS|RE|IPD|IPC|PUB|AN|CLM|DLN|DE|TI|GC|RIC|NGC|STP"
)
_CODED = re.compile(rf"(?P<code>{_CODES})(?:[\s\xa0]*\|\s*|[\t\xa0]+| {{2,}}|\s*$)(?P<value>.*)")
_END = re.compile(r"(?:AN\b[\s|\xa0]*)?Document\s+(?=[A-Za-z]*\d)[A-Z][A-Za-z0-9]{11,40}\s*\|?")
_WORDS = re.compile(r"[\d,.]+ words?")
_CLOCK = re.compile(r"\d{1,2}:\d\d(?:\s?[AP]M)?(?: [A-Z]{3,4})?", re.IGNORECASE)
_RIGHTS = re.compile(r"(?:copyright\b|©|\(c\)).*", re.IGNORECASE)
_CREDIT = re.compile(r"by\s+\S.*", re.IGNORECASE)
_NUMBER = re.compile(r"(?:Article|Page) \d+( of \d+)?|\d+")
_HEAD = 14
_TEXTS = {"LP", "TD"}
_LONG = {"TD", "ART", "CT", "RF"}
"""Fields below the first paragraph that may have several lines."""


def split_factiva(lines: Sequence[str]) -> list[Piece]:
    """Split an export of Factiva.

    Args:
        lines: The lines of the file; a code stands before its value or on the line above it.

    Returns:
        Its articles in order; an empty list where the file is no such export.
    """
    ends = [i for i, line in enumerate(lines) if _END.fullmatch(line.strip())]
    if not ends or not any(_WORDS.fullmatch(_bare(line)) or _is_title(line) for line in lines):
        return []
    starts = [0, *(end + 1 for end in ends)]
    pieces = [_read_article(lines[start:end]) for start, end in zip(starts, ends, strict=False)]
    rest = lines[ends[-1] + 1 :]
    if any(_WORDS.fullmatch(_bare(line)) for line in rest):
        pieces.append(Piece("", problem="its last article has no line 'Document ...', so it may be cut off"))
    return pieces


def _is_title(line: str) -> bool:
    found = _CODED.fullmatch(line.strip())
    return found is not None and found["code"] == "HD"


def _bare(line: str) -> str:
    """Give a line without its code, without the bars of a table and without spaces at its edges."""
    found = _CODED.fullmatch(line.strip())
    return " ".join((found["value"] if found else line).split()).strip(" |")


def _read_article(chunk: Sequence[str]) -> Piece:
    return _read_coded(chunk) if any(_is_title(line) for line in chunk) else _read_plain(chunk)


def _read_coded(chunk: Sequence[str]) -> Piece:
    """Read an article with codes: lead (LP) and rest (TD) are its text."""
    fields: dict[str, list[str]] = {}
    code = None
    for at, line in enumerate(chunk):
        found = _CODED.fullmatch(line.strip())
        if found and code in _TEXTS and not _bare(line) and not _opens_field(found["code"], chunk[at + 1 :]):
            found = None
        if found and found["code"] not in fields:
            code = found["code"]
            fields[code] = []
        if code:
            fields[code].append(found["value"].strip(" |\t\xa0") if found else line.strip(" |\t\xa0"))
    flat = {key: " ".join(filter(None, values)) for key, values in fields.items()}
    said = {
        "date": read_day(flat.get("PD", "")),
        "outlet": read_outlet(flat.get("SN", "")),
        "author": read_authors(flat.get("BY", "")),
        "language": read_language(flat.get("LA", "")),
    }
    lead, rest = _trimmed(fields.get("LP", [])), _trimmed(fields.get("TD", []))
    body = [*lead, *([""] if lead and rest and "" in [*lead, *rest] else []), *rest]
    undated = None if said["date"] else "its date of publication is not understood"
    return make_piece(flat.get("HD", ""), body, said, note=undated)


def _opens_field(code: str, below: Sequence[str]) -> bool:
    """Tell whether a code that stands alone in the text opens a field: a line of the text may be "IN" or "CO" itself.

    An index field is a line such as ``gdip : International Relations``, or one below which the next code stands.
    """
    filled = list(islice((line for line in below if line.strip(" |\t\xa0")), 2))
    indexed = " : " in "".join(filled[:1]) or all(_CODED.fullmatch(line.strip()) for line in filled[1:])
    return code in _LONG or indexed


def _trimmed(lines: list[str]) -> list[str]:
    filled = [i for i, line in enumerate(lines) if line]
    return lines[filled[0] : filled[-1] + 1] if filled else []


def _read_plain(chunk: Sequence[str]) -> Piece:
    """Read an article without codes: title, byline, words, date, time, outlet, code, language, rights, text."""
    lines = [line.strip(" |\t\xa0") for line in chunk]
    counted = next((i for i, line in enumerate(lines) if _WORDS.fullmatch(line)), None)
    above = [line for line in lines[: counted or 0] if line and not _NUMBER.fullmatch(line)]
    if counted is None or not above:
        title = next(filter(None, lines), "")
        return Piece("", problem=f"{title[:80]!r} has no number of words, so its parts cannot be told apart")
    credit = above.pop() if len(above) > 1 and (_CREDIT.fullmatch(above[-1]) or read_persons(above[-1])) else ""
    head = [i for i in range(counted + 1, len(lines)) if lines[i]][:_HEAD]
    dated = next((i for i in head[:3] if read_day(lines[i])), None)
    after = [i for i in head if dated is None or i > dated]
    outlet = next((i for i in after if not _CLOCK.fullmatch(lines[i])), None)
    last = _end_of_head(lines, after) or outlet or counted
    said = {
        "date": read_day(lines[dated]) if dated is not None else None,
        "outlet": read_outlet(lines[outlet]) if outlet is not None else None,
        "author": read_authors(credit),
        "language": next((code for i in after if i <= last and (code := _language(lines[i]))), None),
    }
    undated = None if said["date"] else "its date of publication is not understood"
    return make_piece(above[-1], lines[last + 1 :], said, note=undated)


def _end_of_head(lines: Sequence[str], head: Sequence[int]) -> int | None:
    """Find the last line above the text: that of the rights, or of the language where none is reserved."""
    spoken = next((i for i in head if _language(lines[i])), None)
    rights = next((i for i in head if _RIGHTS.fullmatch(lines[i])), None)
    if spoken is None or rights is None:
        return rights if spoken is None else spoken
    return spoken if any(lines[spoken + 1 : rights]) else max(spoken, rights)


def _language(line: str) -> str | None:
    return read_language(line) if re.fullmatch(r"[A-Z][a-z]+", line) else None
