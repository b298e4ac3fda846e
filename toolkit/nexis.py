"""Splits exports of Nexis Uni (LexisNexis) into articles, in their present form and in the one before 2019.

The present form ends each article with ``End of Document`` and sets its text under a line ``Body``; the older one opens
each with ``3 of 50 DOCUMENTS`` and has its fields in capitals (``LENGTH:``). Only English labels are known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from toolkit.pieces import Piece, make_piece, read_authors, read_day, read_language, read_outlet, read_place

NAME = "Nexis Uni"

_END = re.compile(r"End of Document", re.IGNORECASE)
_COUNTER = re.compile(r"(?:Document\s+)?\d+\s+of\s+\d+\s+DOCUMENTS?")
_FIELD = re.compile(
    r"(?P<label>Section|Length|Byline|Highlight|Dateline|Headline|Language|Load-Date|Publication-Type|Correction-Date"
    r"|Graphic|Series|Pub-Type|Journal-Code|Type|Subject|Organization|Company|Person|Country|State|City|Geographic"
    r"|Industry|Ticker|Acc-No|Document-Type|Update)\s*:\s*(?P<value>.*)",
    re.IGNORECASE,
)
_HEAD = re.compile(r"(?:Section|Length|Byline|Highlight|Dateline)\s*:.*", re.IGNORECASE)
_TAIL = re.compile(
    r"Classification|Graphics?|(?:Load-Date|Correction-Date|Publication-Type|Pub-Type|Journal-Code)\s*:.*"
    r"|Language\s*:\s*\w+(?:; \w+)?",
)
_OLDER_TAIL = re.compile(
    r"(?:LOAD-DATE|LANGUAGE|PUBLICATION-TYPE|PUB-TYPE|JOURNAL-CODE|CORRECTION-DATE|GRAPHIC|SUBJECT|ORGANIZATION|COMPANY"
    r"|PERSON|COUNTRY|STATE|CITY|INDUSTRY|TYPE|ACC-NO|DOCUMENT-TYPE):.*"
)
_OLDER_HEAD = re.compile(r"(?:SECTION|LENGTH|BYLINE|HIGHLIGHT|DATELINE|HEADLINE|SERIES):.*")
_OLDER_BODY = "BODY:"
_COPYRIGHT = re.compile(r"(?:copyright\b|©|\(c\)\s).*", re.IGNORECASE)
_PAGE = re.compile(r"Page \d+ of \d+", re.IGNORECASE)
_UNDATED = "it has no day of publication; dated by its Load-Date, the day on which Nexis received it"


def split_nexis(lines: Sequence[str]) -> list[Piece]:
    """Split an export of Nexis Uni.

    Args:
        lines: The lines of the file; fields may stand on lines of their own or after their label.

    Returns:
        Its articles in order; an empty list where the file is no such export.
    """
    ends = [i for i, line in enumerate(lines) if _END.fullmatch(line.strip())]
    if ends and any(_is_sign(line) for line in lines):
        starts = [0, *(end + 1 for end in ends)]
        chunks = [lines[start:end] for start, end in zip(starts, [*ends, len(lines)], strict=True)]
        whole = [_read_article(chunk, first=k == 0) for k, chunk in enumerate(chunks[:-1])]
        return whole + list(_cut_off(chunks[-1]))
    opened = [i for i, line in enumerate(lines) if _COUNTER.fullmatch(line.strip())]
    if opened and any(re.match(r"\s*LENGTH:|\s*LOAD-DATE:", line) for line in lines):
        return [_read_older(lines[i + 1 : j]) for i, j in zip(opened, [*opened[1:], len(lines)], strict=True)]
    return []


def _is_sign(line: str) -> bool:
    return re.match(r"\s*(?:Body\s*$|Length:\s|Load-Date:\s)", line) is not None


def _cut_off(rest: Sequence[str]) -> Iterator[Piece]:
    """Report an article whose end is missing, as in a file that was cut off while it was saved."""
    if any(line.strip() == "Body" for line in rest):
        title = next((line.strip() for line in rest if line.strip()), "")
        why = f"{title[:80]!r} has no 'End of Document', so its text may be cut off; export the file anew"
        yield Piece("", problem=why)


def _read_article(chunk: Sequence[str], *, first: bool) -> Piece:
    """Read one article of the present form; before the first there may be a cover sheet and a list of contents."""
    body = next((i for i, line in enumerate(chunk) if line.strip() == "Body"), None)
    head = [" ".join(line.split()) for line in chunk[:body] if line.strip() and not _PAGE.fullmatch(line.strip())]
    fields = _fields(head)
    if body is None:
        title = head[0] if head else ""
        return Piece("", problem=f"{title[:80]!r} has no line 'Body'; export it with its full text")
    tail = next((i for i in range(body + 1, len(chunk)) if _TAIL.fullmatch(chunk[i].strip())), len(chunk))
    fields |= {key: value for key, value in _fields(chunk[tail:]).items() if key not in fields}
    title, outlet, day = _heading(head, first=first)
    return _piece(title, outlet, day, fields, [line.rstrip() for line in chunk[body + 1 : tail]])


def _heading(head: Sequence[str], *, first: bool) -> tuple[str, str, str | None]:
    """Find title, outlet and date, which stand on consecutive lines above copyright and fields.

    The date is the last line that is one, since a cover sheet has dates too; the outlet stands before it and the title
    before that. Where no line is a date (a monthly has none), the three lines before the copyright are meant.
    """
    until = next((i for i, line in enumerate(head) if _HEAD.fullmatch(line)), len(head))
    known = [i for i, line in enumerate(head[:until]) if _COPYRIGHT.fullmatch(line)]
    until = known[-1] if known else until
    dated = [i for i in range(2, until) if read_day(head[i])]
    at = dated[-1] if dated else min(until, len(head)) - 1
    if at < 2:
        return (head[0] if head else "", head[1] if len(head) > 1 else "", None)
    title = head[at - 2] if first else " ".join(head[: at - 1])
    return title, head[at - 1], read_day(head[at])


def _fields(lines: Sequence[str]) -> dict[str, str]:
    """Give the labelled fields; a value may stand on the line after its label."""
    fields: dict[str, str] = {}
    for i, line in enumerate(lines):
        found = _FIELD.fullmatch(" ".join(line.split()))
        if found and found["label"].casefold() not in fields:
            after = next((" ".join(n.split()) for n in lines[i + 1 : i + 3] if n.strip()), "")
            fields[found["label"].casefold()] = found["value"] or ("" if _FIELD.fullmatch(after) else after)
    return fields


def _piece(title: str, outlet: str, day: str | None, fields: dict[str, str], body: Sequence[str]) -> Piece:
    loaded = None if day else read_day(fields.get("load-date", ""))
    said = {
        "date": day or loaded,
        "date_source": "inferred" if loaded else None,
        "outlet": read_outlet(outlet),
        "author": read_authors(fields.get("byline", "")),
        "place": read_place(fields.get("dateline", "")),
        "language": read_language(fields.get("language", "")),
    }
    undated = None if day else "its date of publication is not understood"
    return make_piece(title, body, said, note=_UNDATED if loaded else undated)


def _read_older(chunk: Sequence[str]) -> Piece:
    """Read one article of the older form: outlet, date, edition, title, fields in capitals, text, fields again."""
    lines = [line.strip() for line in chunk]
    first = next((i for i, line in enumerate(lines) if _OLDER_HEAD.fullmatch(line)), 0)
    start = _end_of_older_head(lines, first)
    tail = next((i for i in range(start, len(lines)) if _opens_older_tail(lines, i)), len(lines))
    filled = [line for line in lines[:first] if line and not _COPYRIGHT.fullmatch(line)]
    dated = next((i for i, line in enumerate(filled) if i and read_day(line)), None)
    fields = _fields([*lines[:start], *lines[tail:]])
    title = fields.get("headline") or (filled[-1] if len(filled) > 2 else "")
    day = read_day(filled[dated]) if dated else None
    end = next((i for i in range(tail - 1, start - 1, -1) if lines[i] and not _COPYRIGHT.fullmatch(lines[i])), start)
    return _piece(title, filled[0] if filled else "", day, fields, lines[start : min(end + 1, tail)])


def _is_older_field(line: str) -> bool:
    return _FIELD.fullmatch(line) is not None and line.split(":")[0].isupper()


def _end_of_older_head(lines: Sequence[str], first: int) -> int:
    """Find the end of the last field above which no paragraph of the text stands; a lone ``BODY:`` belongs to it."""
    end = at = first
    label = False
    while at < len(lines):
        if not lines[at]:
            at += 1
            continue
        if lines[at] == _OLDER_BODY:
            return at + 1
        is_field = _is_older_field(lines[at])
        if not is_field and not label:
            break
        is_head = False
        while at < len(lines) and lines[at] and lines[at] != _OLDER_BODY:
            is_head = is_head or _OLDER_HEAD.fullmatch(lines[at]) is not None
            label = is_field and lines[at].endswith(":")
            at += 1
        end = at if is_head else end
    return end


def _opens_older_tail(lines: Sequence[str], at: int) -> bool:
    """Tell whether the fields below the text begin: a text may say "STATE: Kansas was first.", but not go on so."""
    if not _OLDER_TAIL.fullmatch(lines[at]):
        return False
    starts = (i for i in range(at + 1, len(lines)) if lines[i] and (not lines[i - 1] or _is_older_field(lines[i])))
    below = list(islice(starts, 2))
    if not lines[at].startswith("GRAPHIC") and _is_sentence(lines[at : below[0] if below else len(lines)]):
        return False
    return all(_is_older_field(lines[i]) or _COPYRIGHT.fullmatch(lines[i]) for i in below)


def _is_sentence(lines: Sequence[str]) -> bool:
    words = " ".join(lines).rstrip(" \"'”’)")
    return words.endswith((".", "!", "?")) and any(word.islower() for word in words.split())
