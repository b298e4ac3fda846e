"""What all formats exchange: the quotes and positions of a study as units, and what became of them elsewhere."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pandas as pd

from toolkit.records import Span
from toolkit.sheets import VARIABLES, check_sheet, join_speakers, make_sheet

if TYPE_CHECKING:
    from toolkit.study import Study

IDS = {"quotes": "quote_id", "positions": "position_id"}
LABELS = {"quotes": "Quote", "positions": "Position"}
TABLES = {label: name for name, label in LABELS.items()}
"""What a unit is called in the tools, and the table it belongs to."""

GAP = " … "

_LONGEST_NAME = 120
"""Bytes of a file's name without its ending; what it is made of is ASCII."""

_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d) *", re.IGNORECASE)
"""What Windows keeps for devices, with any ending."""


@dataclass(frozen=True)
class Unit:
    """A quote or position in an article, with the values of its variables.

    Attributes:
        table: ``quotes`` or ``positions``.
        id: The row's id, or None where a person added the unit.
        article_id: The article.
        spans: Where its parts stand, in order.
        values: The variables of ``sheets.VARIABLES`` as text (stance ``1`` or ``-1``); what is absent is not in it.
    """

    table: str
    id: str | None
    article_id: str
    spans: tuple[Span, ...]
    values: Mapping[str, str]


def units_of(study: Study) -> Iterator[Unit]:
    """Give all quotes and positions of a study, by article and place."""
    for name, variables in VARIABLES.items():
        for row in study.tables[name].to_dict("records"):
            spans = tuple((int(s), int(e)) for s, e in row.get("spans", [(row.get("start"), row.get("end"))]))
            given = {**row, "speakers": join_speakers(row.get("speakers"))}
            values = {v: str(given[v]) for v in variables if not pd.isna(given[v])}
            yield Unit(name, row[IDS[name]], row["article_id"], spans, values)


def by_article(study: Study) -> dict[str, list[Unit]]:
    """Give the units of each article; an article without units has an empty list."""
    found: dict[str, list[Unit]] = {article_id: [] for article_id in study.originals}
    for unit in units_of(study):
        found[unit.article_id].append(unit)
    return found


def sheets_of(study: Study, units: Iterable[Unit], seen: Collection[str], coder: str) -> list[pd.DataFrame]:
    """Say by comparison with the study what a person decided on each unit.

    Args:
        study: The study that was exported.
        units: What came back.
        seen: Ids of the articles that came back; the rows of others are not decided on.
        coder: Who corrected.

    Returns:
        A sheet of quotes and one of positions, for ``study.with_corrections``: a unit that came back as it was is
        ``keep``, one with other words or values ``change``, one that is gone ``drop``, one without an id ``add``.

    Raises:
        ValueError: An article is unknown, a value or place cannot be, or an id comes back twice.
    """
    found: dict[str, dict[str, Unit]] = {name: {} for name in VARIABLES}
    added: dict[str, list[Unit]] = {name: [] for name in VARIABLES}
    known = {name: set(study.tables[name][IDS[name]]) for name in VARIABLES}
    for unit in units:
        _check_place(unit, study)
        if unit.id is None or unit.id not in known[unit.table]:
            added[unit.table].append(unit)
        elif unit.id in found[unit.table]:
            raise ValueError(
                f"{unit.id} came back twice; leave one export in the folder, and give no copy of a unit its id."
            )
        else:
            found[unit.table][unit.id] = unit
    machine = {name: {u.id: u for u in units_of(study) if u.table == name} for name in VARIABLES}
    return [_sheet(study, name, machine[name], found[name], added[name], seen, coder) for name in VARIABLES]


def check_text(
    name: str, returned: str | None, texts: Mapping[str, str], *, written: Callable[[str], str] = str
) -> str:
    """Give the study's text of an article, once it is sure that what came back belongs to it.

    Args:
        name: The article's id.
        returned: The text that came back, in which the units have their places; None where none did.
        texts: The study's texts by the articles' ids.
        written: Says what the format makes of a text. White space at a text's end does not count.

    Raises:
        ValueError: The study has no such article, or the text is another; says where the two part.
    """
    if name not in texts:
        raise ValueError(f"article {name!r} is none of this study's.")
    if returned is not None:
        came, was = written(returned).rstrip(), written(texts[name]).rstrip()
        if came != was:
            at = next((i for i, (a, b) in enumerate(zip(came, was, strict=False)) if a != b), min(len(came), len(was)))
            raise ValueError(
                f"the text of {name} came back with {came[at : at + 30]!r} at character {at}, where the study has "
                f"{was[at : at + 30]!r}, so no place is sure. Read it with the study that was exported, or export anew."
            )
    return texts[name]


def _sheet(
    study: Study,
    name: str,
    machine: Mapping[str | None, Unit],
    found: Mapping[str, Unit],
    added: Sequence[Unit],
    seen: Collection[str],
    coder: str,
) -> pd.DataFrame:
    frame = study.tables[name]
    rows: list[dict[Any, Any]] = []
    for row in make_sheet(frame[frame["article_id"].isin(list(seen))], coder=coder).to_dict("records"):
        unit, was = found.get(row["id"]), machine[row["id"]]
        if unit is None:
            rows.append({**row, "decision": "drop"})
        elif _merged(unit, study) == _merged(was, study) and dict(unit.values) == dict(was.values):
            rows.append({**row, "decision": "keep"})
        else:
            moved = _merged(unit, study) != _merged(was, study)
            rows.append({**row, **_cells(unit, study, place=moved), "decision": "change"})
    for unit in added:
        start = {"table": name, "id": None, "article_id": unit.article_id, "coder": coder, "decision": "add"}
        rows.append({**start, **_cells(unit, study, place=True)})
    return check_sheet(pd.DataFrame(rows, columns=make_sheet(frame.head(0)).columns), issues=issues_of(study) or None)


def issues_of(study: Study) -> list[str]:
    """Name the issues of a study's codebook."""
    return sorted(study.provenance.get("issues", {}))


def _cells(unit: Unit, study: Study, *, place: bool) -> dict[Any, Any]:
    values: dict[Any, Any] = {v: unit.values.get(v) for v in VARIABLES[unit.table]}
    if not place:
        return values
    text = study.originals[unit.article_id].text
    spans = _merged(unit, study)
    words = GAP.join(text[s:e] for s, e in spans)
    return {**values, "start": spans[0][0], "end": spans[-1][1], "text": words}


def _check_place(unit: Unit, study: Study) -> None:
    article = study.originals.get(unit.article_id)
    if article is None:
        raise ValueError(f"article {unit.article_id!r} is none of this study's.")
    if not unit.spans or any(not 0 <= s < e <= len(article.text) for s, e in unit.spans):
        raise ValueError(f"{unit.id or 'an added unit'} stands at {unit.spans}; {unit.article_id} has no such place.")


def _merged(unit: Unit, study: Study) -> list[Span]:
    """Join parts between which only white space stands, without any at their ends.

    Some formats cut a unit at every line break, and leave out one at its end.
    """
    text = study.originals[unit.article_id].text
    merged: list[Span] = []
    for start, end in sorted(unit.spans):
        if merged and not text[merged[-1][1] : start].strip():
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return [_without_space(text, span) for span in merged]


def _without_space(text: str, span: Span) -> Span:
    """Leave out white space at both ends; a span of nothing else stays."""
    start, end = span
    words = text[start:end]
    return (end - len(words.lstrip()), start + len(words.rstrip())) if words.strip() else span


def file_name(article_id: str) -> str:
    """Give an article's id as a file's name that any system takes; ``ids_by_stem`` turns it back."""
    name = _quoted(article_id)
    if _RESERVED.fullmatch(name):
        return f"%{ord(name[0]):02X}{name[1:]}"
    if len(name) > _LONGEST_NAME:
        return f"{name[: _LONGEST_NAME - 17]}~{hashlib.sha256(article_id.encode('utf-8')).hexdigest()[:16]}"
    return name


def ids_by_stem(ids: Collection[str]) -> dict[str, str]:
    """Give the ids of articles by the stems of their files, and by the longer ones that older exports have."""
    return {_quoted(name): name for name in ids} | {file_name(name): name for name in ids}


def _quoted(article_id: str) -> str:
    return quote(article_id, safe=" ").replace(".", "%2E")
