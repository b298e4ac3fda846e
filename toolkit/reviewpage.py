"""Says what the review widget shows of a row: its context, the codes, and nothing that the coder must not see."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from toolkit.appearance import issue_label
from toolkit.codebook import Codebook
from toolkit.context import Mark, passage, visible
from toolkit.sheets import DECISIONS, KINDS, NEEDED, VARIABLES, join_speakers

if TYPE_CHECKING:
    from toolkit.study import Study

Row = dict[str, Any]

_SUGGESTED = 300
_TELLING = {"source": ("source", "speakers", "actor"), "cue": ("cue",)}
"""Variables that a coder could read off the marked source or cue."""


@dataclass(frozen=True)
class Material:
    """What is coded, and what of it may be seen.

    Attributes:
        study: The study.
        table: ``quotes`` or ``positions``.
        machine: The machine's values of each unit, and where its words stand, by the unit's id.
        hidden: Variables whose machine values are not shown.
        labels: Printed names of the issues by their ids.
        codebook: The codebook, or None where it is not known.
        context: Paragraphs to show before and after the passage.
    """

    study: Study
    table: str
    machine: Mapping[str, Row]
    hidden: tuple[str, ...]
    labels: Mapping[str, str]
    codebook: Codebook | None
    context: int


def describe_task(material: Material, coder: str, file: str) -> Row:
    """Describe what is coded: the variables, the issues, the coder and the file."""
    issues = [
        {"id": name, "label": issue_label(name, material.labels), **_wording(material, name)}
        for name in material.labels
    ]
    return _sendable(
        {
            "table": material.table,
            "variables": list(VARIABLES[material.table]),
            "needed": list(NEEDED[material.table]),
            "hidden": list(material.hidden),
            "issues": issues,
            "kinds": list(KINDS),
            "coder": coder,
            "file": file,
        }
    )


def describe_row(material: Material, sheet: pd.DataFrame, index: int) -> Row:
    """Describe one row of a sheet with its context and how far the work is."""
    row = records(sheet.iloc[[index]])[0]
    variables = VARIABLES[material.table]
    article = material.study.originals[row["article_id"]]
    cut = passage(article, _marks(material, row), paragraphs=material.context)
    same = ((sheet["article_id"] == row["article_id"]) & (sheet["start"] == row["start"])).to_numpy().nonzero()[0]
    counts = sheet["decision"].value_counts()
    machine = material.machine.get(row["id"])
    return _sendable(
        {
            "index": index,
            "total": len(sheet),
            "coded": int(counts.sum()),
            "counts": {name: int(counts.get(name, 0)) for name in DECISIONS},
            "next": undecided(sheet, after=index),
            "version": version(row),
            "id": row["id"],
            "added": machine is None,
            "article": {
                "title": article.title or article.article_id,
                "about": " · ".join(filter(None, (article.date, article.outlet, article.place))),
            },
            "context": {
                "start": cut.start,
                "pieces": [{"text": p.text, "marks": list(p.marks)} for p in cut.pieces],
                "before": cut.cut_before,
                "after": cut.cut_after,
            },
            "machine": {v: machine[v] for v in variables if v not in material.hidden} if machine else None,
            "confidence": machine["confidence"] if machine and not material.hidden else None,
            "same": [same.tolist().index(index) + 1, len(same)],
            "suggestions": _suggestions(material, row["article_id"]),
            "code": {
                "decision": row["decision"],
                "values": {v: row[v] for v in variables},
                "comment": row["comment"],
                "coded_at": row["coded_at"],
            },
        }
    )


def undecided(sheet: pd.DataFrame, after: int = -1) -> int | None:
    """Give the next row without a decision, from the start again after the end; None where all others have one."""
    found = [n for n, missing in enumerate(sheet["decision"].isna()) if missing and n != after]
    return next((n for n in found if n > after), found[0] if found else None)


def version(row: Row) -> str:
    """Name the state of a row, so that a decision on an older state can be told."""
    seen = [row.get(name) for name in ("id", "decision", *VARIABLES[row["table"]], "comment", "coded_at")]
    return hashlib.sha256(json.dumps(seen, default=str).encode("ascii")).hexdigest()[:16]


def machine_values(rows: pd.DataFrame, table: str) -> dict[str, Row]:
    """Give the machine's values of each row as a sheet writes them, and where its words stand, by the row's id."""
    found = {}
    for row in records(rows):
        values = {name: row[name] for name in VARIABLES[table]}
        spans = row["spans"] if table == "quotes" else [(row["start"], row["end"])]
        if table == "quotes":
            values["speakers"] = join_speakers(row["speakers"])
        place = {"start": spans[0][0], "end": spans[-1][1], "text": row["text"], "spans": spans}
        name = row["quote_id"] if table == "quotes" else row["position_id"]
        found[name] = {**values, **place, "quote_id": row["quote_id"], "confidence": row["confidence"]}
    return found


def records(frame: pd.DataFrame) -> list[Row]:
    """Give the rows of a table as dictionaries in which what is absent is None."""
    return [
        {str(k): v if isinstance(v, list) or not pd.isna(v) else None for k, v in row.items()}
        for row in frame.to_dict("records")
    ]


def _marks(material: Material, row: Row) -> list[Mark]:
    """Say what to mark: the unit's words, and the source and cue of its quote where they give nothing away."""
    machine = material.machine.get(row["id"])
    place = (row["start"], row["end"])
    spans = machine["spans"] if machine and (machine["start"], machine["end"]) == place else [place]
    marks = [Mark((int(start), int(end)), "evidence") for start, end in spans]
    if machine is None:
        return marks
    quotes = material.study.tables["quotes"]
    for quote in records(quotes[quotes["quote_id"] == machine["quote_id"]].head(1)):
        for part, variables in _TELLING.items():
            if quote[f"{part}_start"] is not None and not set(variables) & set(material.hidden):
                marks.append(Mark((int(quote[f"{part}_start"]), int(quote[f"{part}_end"])), part))
    return marks


def _suggestions(material: Material, article_id: str) -> list[str]:
    """List actors to choose from: those of the article first, by how often it names them, then the study's."""
    mentions = material.study.tables["mentions"]
    own = mentions.loc[mentions["article_id"] == article_id, "actor"].value_counts()
    near = sorted(own.index, key=lambda name: (-own[name], name))
    return [*near, *sorted(set(mentions["actor"]) - set(near))][:_SUGGESTED]


def _wording(material: Material, issue: str) -> Row:
    known = {i.id: i for i in material.codebook.issues} if material.codebook else {}
    if issue not in known:
        return {}
    entry = known[issue]
    parts = ("proposition", "supports", "opposes", "excludes")
    return {name: getattr(entry, name) for name in parts}


def _sendable(value: Any) -> Any:
    """Make a message safe to send: every text can be encoded and seen."""
    if isinstance(value, dict):
        return {key: _sendable(item) for key, item in value.items()}
    if isinstance(value, Collection) and not isinstance(value, str):
        return [_sendable(item) for item in value]
    if isinstance(value, str):
        return visible(value)
    return value if value is None or isinstance(value, bool | float) else int(value)
