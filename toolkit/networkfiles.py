"""Networks and statements as files for other programs: GraphML, and the event lists of Discourse Network Analyzer."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd

from toolkit.checks import check_columns
from toolkit.periods import read_day

EVENT_COLUMNS = (
    "ID", "time", "docId", "docTitle", "docAuthor", "docSource", "docSection", "docType",
    "person", "organization", "concept", "agreement",
)  # fmt: skip
"""Columns of an event list, as Discourse Network Analyzer names them for its statement type ``DNA Statement``."""

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NO_TOKEN = re.compile(r"[^\w.:-]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_graphml(graph: nx.Graph, path: str | Path) -> Path:
    """Write a network as GraphML that Gephi, visone, R's igraph and networkx read.

    Nodes are numbered ``n0``, ``n1`` and so on, as GraphML allows no spaces in an id; their names stand in the
    attribute ``name``, and what programs print in ``label``. Each attribute has one type (``boolean``, ``long``,
    ``double`` or ``string``) over the whole file; what is missing is left out; lists are joined by "; ". Edge weights
    keep their sign; layouts that take positive weights only, such as those of Gephi, can use ``strength``.

    Args:
        graph: What ``networks.actor_network`` or ``networks.issue_network`` returns, or any networkx graph.
        path: The file; its folder is made where it does not exist.

    Returns:
        The path of the file.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    numbers = {node: f"n{i}" for i, node in enumerate(graph)}
    plain = graph.__class__()
    plain.graph.update(_typed([graph.graph])[0])
    named = [
        {**data, "name": str(node), "label": data.get("label", str(node))} for node, data in graph.nodes(data=True)
    ]
    plain.add_nodes_from(zip(numbers.values(), _typed(named), strict=True))
    edges = list(graph.edges(data=True))
    data = _typed([values for *_, values in edges])
    plain.add_edges_from((numbers[a], numbers[b], values) for (a, b, _), values in zip(edges, data, strict=True))
    nx.write_graphml_xml(plain, path)
    return path


def event_list(
    positions: pd.DataFrame,
    articles: pd.DataFrame | None = None,
    mentions: pd.DataFrame | None = None,
    *,
    labels: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """List statements as Discourse Network Analyzer exports them: one row a statement, with its own column names.

    Args:
        positions: The table ``positions`` of a study.
        articles: The table ``articles``, for title, author and outlet; without it these are missing.
        mentions: The table ``mentions``, which tells persons from states and organisations; without it all actors
            stand in ``organization``.
        labels: Printed names of the issues by their ids (``study.labels``); without it ``concept`` holds the ids.

    Returns:
        ``EVENT_COLUMNS``, and after them ``article_id`` and ``position_id``, which trace a row to its evidence. ``ID``
        and ``docId`` number the statements and documents from 1; ``docSource`` is the outlet; ``docType`` is the kind
        of speech; ``agreement`` is 1 or 0. Rows are in the order of time, those without a date at the end.
    """
    needed = ("position_id", "article_id", "date", "actor", "issue", "stance", "kind")
    check_columns(positions, needed, name="positions", cure="Give the table study.positions.")
    persons = set() if mentions is None else set(mentions["actor"][mentions["label"] == "person"])
    about = {} if articles is None else articles.set_index("article_id").to_dict("index")
    ordered = positions.sort_values("date", kind="stable", na_position="last")
    documents = {name: i for i, name in enumerate(sorted(positions["article_id"].unique()), start=1)}
    rows = []
    for number, row in enumerate(ordered.to_dict("records"), start=1):
        day, article = read_day(row["date"]), about.get(row["article_id"], {})
        rows.append(
            {
                "ID": number,
                "time": None if day is None else f"{day} 00:00:00",
                "docId": documents[row["article_id"]],
                "docTitle": article.get("title"),
                "docAuthor": article.get("author"),
                "docSource": article.get("outlet"),
                "docType": row["kind"],
                "person": row["actor"] if row["actor"] in persons else None,
                "organization": None if row["actor"] in persons else row["actor"],
                "concept": (labels or {}).get(row["issue"], row["issue"]),
                "agreement": int(row["stance"] > 0),
                "article_id": row["article_id"],
                "position_id": row["position_id"],
            }
        )
    columns = [*EVENT_COLUMNS, "article_id", "position_id"]
    types = {c: "Int64" if c in ("ID", "docId", "agreement") else "str" for c in columns}
    return pd.DataFrame(rows, columns=columns).astype(types)


def write_event_list(events: pd.DataFrame, path: str | Path) -> Path:
    """Write an event list as Discourse Network Analyzer does: semicolons between the cells, words in quotes, UTF-8.

    A cell that a spreadsheet would run as a formula begins with an apostrophe. In R: ``read.csv2(path)``.

    Args:
        events: What ``event_list`` returns.
        path: The file; its folder is made where it does not exist.

    Returns:
        The path of the file.
    """
    check_columns(events, EVENT_COLUMNS, name="events", cure="Give what networkfiles.event_list returns.")
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        writer = csv.writer(file, delimiter=";", quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
        writer.writerow(events.columns)
        writer.writerows([_cell(value) for value in row] for row in events.itertuples(index=False))
    return path


def _typed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give each attribute one type over all rows, and leave out what is missing."""
    kinds: dict[str, set[type]] = {}
    found = [{_NO_TOKEN.sub("_", str(k)): _plain(v) for k, v in row.items()} for row in rows]
    for row in found:
        for name, value in row.items():
            if value is not None:
                kinds.setdefault(name, set()).add(type(value))
    types = {name: _common(types) for name, types in kinds.items()}
    return [{name: types[name](value) for name, value in row.items() if value is not None} for row in found]


def _common(kinds: Iterable[type]) -> type:
    given = set(kinds)
    if len(given) == 1:
        return given.pop()
    return float if given == {int, float} else str


def _plain(value: Any) -> bool | int | float | str | None:
    """Make a Python value of GraphML's kinds of any cell."""
    if isinstance(value, list | tuple | set | frozenset):
        parts = sorted(map(str, value)) if isinstance(value, set | frozenset) else map(str, value)
        return _xml("; ".join(parts))
    if hasattr(value, "item"):
        value = value.item()
    if value is None or pd.isna(value):
        return None
    return value if isinstance(value, bool | int | float) else _xml(str(value))


def _xml(text: object) -> str:
    """Replace the characters that no XML file can hold."""
    return _NO_XML.sub("\ufffd", str(text))


def _cell(value: Any) -> Any:
    if pd.isna(value):
        return ""
    if not isinstance(value, str):
        return int(value)
    shown = value.replace("\x00", "\ufffd")
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
