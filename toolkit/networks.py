"""Discourse networks: who shares or disputes whose positions, and who stands where on which issue.

A statement is a row of ``positions``: an actor agrees (+1) or disagrees (-1) with an issue's proposition. With
``x[i, j, k]`` the number of statements of actor ``i`` on issue ``j`` with agreement ``k``, two actors ``i`` and ``i'``
are tied by (Leifeld, Discourse Network Analyzer, manual, methods for network construction):

- *congruence* = sum over j and k of ``x[i, j, k] * x[i', j, k]``: statements in which they say the same;
- *conflict* = sum over j of ``x[i, j, 1] * x[i', j, 0] + x[i, j, 0] * x[i', j, 1]``: in which they say the opposite;
- *subtract* = congruence - conflict, positive between allies and negative between opponents;
- *ignore* = congruence + conflict: how much they speak of the same, on whichever side.

Who speaks often is tied strongly to everybody. The normalisation ``average_activity`` divides a tie by the mean of the
two actors' numbers of statements. An actor is not tied to itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd

from toolkit.checks import check_columns, check_option
from toolkit.periods import UNITS, Window, period, read_day, time_windows

__all__ = [
    "DUPLICATES", "MEASURES", "NORMALISATIONS", "Window", "actor_network", "actor_ties", "issue_network", "issue_ties",
    "ties_over_time", "time_windows", "weight_matrix",
]  # fmt: skip

MEASURES = ("congruence", "conflict", "subtract", "ignore")
"""How two actors are compared; of these an actor and an issue know ``subtract`` and ``ignore``."""

NORMALISATIONS = ("none", "average_activity")
"""What a tie between actors is divided by."""

DUPLICATES = ("include", "document", "week", "month", "year", "acrossrange")
"""Within what a statement that an actor repeats counts once, by the names that Discourse Network Analyzer gives."""

_NEEDED = ("position_id", "article_id", "date", "actor", "issue", "stance")
_CURE = "Give the table study.positions, or rows of it."
_TIES = {
    "actor_a": "str", "actor_b": "str", "weight": "float64", "congruence": "Int64", "conflict": "Int64",
    "n_issues": "Int64", "issues": "object", "n": "Int64", "position_ids": "object",
}  # fmt: skip
_ISSUE_TIES = {
    "actor": "str", "issue": "str", "weight": "float64", "n_for": "Int64", "n_against": "Int64", "n": "Int64",
    "position_ids": "object",
}  # fmt: skip
_WHEN = {"window": "str", "start": "str", "end": "str"}


def actor_ties(
    positions: pd.DataFrame,
    *,
    measure: str = "subtract",
    normalisation: str = "none",
    duplicates: str = "include",
    min_statements: int = 1,
) -> pd.DataFrame:
    """List every two actors who spoke on a common issue, with how far they say the same or the opposite.

    Args:
        positions: The table ``positions`` of a study.
        measure: ``congruence``, ``conflict``, ``subtract`` or ``ignore`` (see the module).
        normalisation: ``none``, or ``average_activity``: divide by the mean of the two actors' statements.
        duplicates: Count a statement (same actor, issue and side) each time (``include``) or once in a ``document``,
            calendar ``week``, ``month`` or ``year``, or once at all (``acrossrange``); the earliest is kept. One
            without a date counts once in its document.
        min_statements: Leave out actors with fewer statements (after duplicates are out).

    Returns:
        One row per pair, the actors in alphabetical order: ``weight`` by the measure (it may be 0), ``congruence`` and
        ``conflict`` as plain numbers, the common ``issues``, ``n`` statements on these and their ``position_ids``.

    Raises:
        ValueError: An option is not known, a column is missing, or a row has no actor or issue or no stance of +1, -1.
    """
    counts = _Counts(positions, duplicates, min_statements)
    pairs = _pairs(counts, measure, normalisation)
    ids = counts.statements.groupby(["actor", "issue"])["position_id"].agg(list).to_dict()
    rows = []
    for pair in pairs:
        issues = [
            issue for issue in counts.issues if (pair["actor_a"], issue) in ids and (pair["actor_b"], issue) in ids
        ]
        found = [i for issue in issues for who in ("actor_a", "actor_b") for i in ids[pair[who], issue]]
        rows.append({**pair, "issues": issues, "n": len(found), "position_ids": found})
    return _frame(rows, _TIES)


def issue_ties(positions: pd.DataFrame, *, measure: str = "subtract", duplicates: str = "include") -> pd.DataFrame:
    """List for every actor and issue how often the actor agreed and disagreed: the two-mode network as a table.

    Args:
        positions: The table ``positions`` of a study.
        measure: ``subtract`` (for minus against) or ``ignore`` (all statements).
        duplicates: As in ``actor_ties``.

    Returns:
        One row per actor and issue with a statement: ``weight``, ``n_for``, ``n_against``, ``n``, ``position_ids``. A
        weight of 0 by ``subtract`` means as many for as against.

    Raises:
        ValueError: As in ``actor_ties``.
    """
    check_option("measure", measure, ("subtract", "ignore"))
    counts = _Counts(positions, duplicates, 1)
    rows: list[dict[str, Any]] = []
    for (actor, issue), group in counts.statements.groupby(["actor", "issue"]):
        n_for, n = int((group["stance"] > 0).sum()), len(group)
        row = {"actor": actor, "issue": issue, "n_for": n_for, "n_against": n - n_for, "n": n}
        weight = 2 * n_for - n if measure == "subtract" else n
        rows.append({**row, "weight": float(weight), "position_ids": list(group["position_id"])})
    return _frame(rows, _ISSUE_TIES)


def actor_network(
    positions: pd.DataFrame,
    *,
    measure: str = "subtract",
    normalisation: str = "none",
    duplicates: str = "include",
    min_statements: int = 1,
) -> nx.Graph:
    """Make the network of actors, tied by what they say on common issues.

    Args:
        positions: The table ``positions`` of a study.
        measure: As in ``actor_ties``.
        normalisation: As in ``actor_ties``.
        duplicates: As in ``actor_ties``.
        min_statements: As in ``actor_ties``.

    Returns:
        An undirected graph. Nodes: every actor, with ``n``, ``n_for``, ``n_against`` and ``n_issues``. Edges:
        ``weight``, ``strength`` (the weight without its sign, for programs that lay out by positive weights only),
        ``sign`` (``agree``, ``oppose``, or ``any`` by the measure ``ignore``), ``congruence``, ``conflict`` and
        ``n_issues``. A weight of 0 is no edge; ``actor_ties`` lists such pairs. ``graph.graph`` says how it was made.

    Raises:
        ValueError: As in ``actor_ties``.
    """
    counts = _Counts(positions, duplicates, min_statements)
    made = {"mode": "actor", "measure": measure, "normalisation": normalisation, "duplicates": duplicates}
    graph = nx.Graph(**made, statements=len(counts.statements))
    for i, actor in enumerate(counts.actors):
        n_for, n_against = int(counts.agree[i].sum()), int(counts.disagree[i].sum())
        n_issues = int((counts.both[i] > 0).sum())
        graph.add_node(actor, kind="actor", n=n_for + n_against, n_for=n_for, n_against=n_against, n_issues=n_issues)
    for pair in _pairs(counts, measure, normalisation):
        sign = {"congruence": "agree", "conflict": "oppose", "ignore": "any"}.get(measure)
        sign = sign or ("agree" if pair["weight"] > 0 else "oppose")
        _add_edge(graph, pair.pop("actor_a"), pair.pop("actor_b"), sign, pair)
    return graph


def issue_network(
    positions: pd.DataFrame,
    *,
    measure: str = "subtract",
    duplicates: str = "include",
    labels: Mapping[str, str] | None = None,
) -> nx.Graph:
    """Make the two-mode network of actors and the issues that they take sides on.

    Args:
        positions: The table ``positions`` of a study.
        measure: As in ``issue_ties``.
        duplicates: As in ``actor_ties``.
        labels: Printed names of the issues by their ids (``study.labels``), or None.

    Returns:
        A bipartite graph. Nodes have ``kind`` (``actor`` or ``issue``), ``bipartite`` (0 or 1), ``n``, ``n_for`` and
        ``n_against``, issues ``label`` where one is given; edges have ``weight``, ``strength``, ``sign`` (``for``,
        ``against``, or ``any`` by the measure ``ignore``), ``n_for`` and ``n_against``. A weight of 0 is no edge.

    Raises:
        ValueError: As in ``actor_ties``, or an actor bears the id of an issue.
    """
    ties = issue_ties(positions, measure=measure, duplicates=duplicates)
    both = sorted(set(ties["actor"]) & set(ties["issue"]))
    if both:
        raise ValueError(
            f"{both[0]!r} is an actor and an issue; rename the actor, as each node needs a name of its own."
        )
    graph = nx.Graph(mode="actor-issue", measure=measure, duplicates=duplicates, statements=int(ties["n"].sum()))
    for number, kind in enumerate(("actor", "issue")):
        sums = ties.groupby(kind)[["n", "n_for", "n_against"]].sum()
        for name, row in sums.iterrows():
            shown = {"label": labels[str(name)]} if kind == "issue" and labels and name in labels else {}
            graph.add_node(name, kind=kind, bipartite=number, **{str(k): int(v) for k, v in row.items()}, **shown)
    for tie in ties.drop(columns=["n", "position_ids"]).to_dict("records"):
        sign = "any" if measure == "ignore" else "for" if tie["weight"] > 0 else "against"
        numbers = {"weight": tie["weight"], "n_for": int(tie["n_for"]), "n_against": int(tie["n_against"])}
        _add_edge(graph, tie["actor"], tie["issue"], sign, numbers)
    return graph


def ties_over_time(
    positions: pd.DataFrame,
    *,
    unit: str = "month",
    days: int | None = None,
    step: int = 1,
    measure: str = "subtract",
    normalisation: str = "none",
    duplicates: str = "include",
) -> pd.DataFrame:
    """List the ties between actors within each time window.

    Args:
        positions: The table ``positions`` of a study.
        unit: As in ``time_windows``.
        days: As in ``time_windows``.
        step: As in ``time_windows``.
        measure: As in ``actor_ties``.
        normalisation: As in ``actor_ties``, by the statements within the window.
        duplicates: As in ``actor_ties``, within the window.

    Returns:
        The rows of ``actor_ties`` for each window, after ``window``, ``start`` and ``end``. A window without a tie has
        no row; ``time_windows`` lists all.

    Raises:
        ValueError: As in ``time_windows`` and ``actor_ties``.
    """
    rows = []
    check_option("measure", measure, MEASURES)
    for window in time_windows(positions, unit=unit, days=days, step=step):
        ties = actor_ties(window.positions, measure=measure, normalisation=normalisation, duplicates=duplicates)
        when = {"window": window.label, "start": window.start, "end": window.end}
        rows += [{**when, **tie} for tie in ties.to_dict("records")]
    return _frame(rows, {**_WHEN, **_TIES})


def weight_matrix(graph: nx.Graph) -> pd.DataFrame:
    """Give the weights of a network as a table: actors by actors, or actors by issues where it has two modes.

    Args:
        graph: What ``actor_network`` or ``issue_network`` returns.

    Returns:
        Names in alphabetical order; 0 where there is no tie, and on the diagonal.
    """
    rows = sorted(node for node, kind in graph.nodes(data="kind") if kind != "issue")
    columns = sorted(node for node, kind in graph.nodes(data="kind") if kind == "issue") or rows
    weights = [[float(graph.get_edge_data(a, b, {}).get("weight", 0)) for b in columns] for a in rows]
    return pd.DataFrame(weights, index=rows, columns=columns, dtype="float64")


class _Counts:
    """Statements of each actor on each issue, agreeing and disagreeing, once duplicates are out."""

    def __init__(self, positions: pd.DataFrame, duplicates: str, min_statements: int) -> None:
        kept = _without_duplicates(_checked(positions), duplicates)
        n = kept.groupby("actor")["actor"].transform("size")
        self.statements = kept[n >= min_statements]
        self.actors = sorted(self.statements["actor"].unique())
        self.issues = sorted(self.statements["issue"].unique())
        self.agree, self.disagree = (np.zeros((len(self.actors), len(self.issues)), dtype=np.int64) for _ in range(2))
        rows = self.statements["actor"].map({a: i for i, a in enumerate(self.actors)}).to_numpy(dtype=int)
        columns = self.statements["issue"].map({j: i for i, j in enumerate(self.issues)}).to_numpy(dtype=int)
        agrees = (self.statements["stance"] > 0).to_numpy(dtype=bool)
        np.add.at(self.agree, (rows[agrees], columns[agrees]), 1)
        np.add.at(self.disagree, (rows[~agrees], columns[~agrees]), 1)
        self.both = self.agree + self.disagree


def _checked(positions: pd.DataFrame) -> pd.DataFrame:
    check_columns(positions, _NEEDED, name="positions", cure=_CURE)
    lacking = positions[["actor", "issue"]].isna().any(axis=1) | ~positions["stance"].isin([1, -1])
    if lacking.any():
        shown = ", ".join(map(str, positions["position_id"][lacking].head(5)))
        raise ValueError(
            f"{int(lacking.sum())} of {len(positions)} statements lack an actor, an issue, or a stance of +1 or -1 "
            f"({shown}); complete them or leave them out."
        )
    return positions


def _without_duplicates(positions: pd.DataFrame, duplicates: str) -> pd.DataFrame:
    check_option("duplicates", duplicates, DUPLICATES)
    if duplicates == "include":
        return positions
    document = "document " + positions["article_id"].astype("str")
    if duplicates == "document":
        within = list(document)
    elif duplicates == "acrossrange":
        within = ["all"] * len(positions)
    else:
        assert duplicates in UNITS
        days = [read_day(value) for value in positions["date"]]
        within = [name if day is None else period(day, duplicates) for day, name in zip(days, document, strict=True)]
    by = ["date", "article_id", *(["start"] if "start" in positions else []), "position_id"]
    numbered = positions.assign(_within=within, _row=range(len(positions)))
    earliest = numbered.sort_values(by, kind="stable").drop_duplicates(["actor", "issue", "stance", "_within"])
    return positions.iloc[sorted(earliest["_row"])]


def _pairs(counts: _Counts, measure: str, normalisation: str) -> list[dict[str, Any]]:
    """Compare every two actors with a common issue."""
    check_option("measure", measure, MEASURES)
    check_option("normalisation", normalisation, NORMALISATIONS)
    congruence = counts.agree @ counts.agree.T + counts.disagree @ counts.disagree.T
    conflict = counts.agree @ counts.disagree.T + counts.disagree @ counts.agree.T
    spoken = (counts.both > 0).astype(np.int64)
    common, activity = spoken @ spoken.T, counts.both.sum(axis=1)
    rows = []
    for i, j in combinations(range(len(counts.actors)), 2):
        if common[i, j]:
            same, other = int(congruence[i, j]), int(conflict[i, j])
            value = {"congruence": same, "conflict": other, "subtract": same - other, "ignore": same + other}[measure]
            by = (activity[i] + activity[j]) / 2 if normalisation == "average_activity" else 1
            pair = {"actor_a": counts.actors[i], "actor_b": counts.actors[j], "weight": float(value / by)}
            rows.append({**pair, "congruence": same, "conflict": other, "n_issues": int(common[i, j])})
    return rows


def _add_edge(graph: nx.Graph, a: str, b: str, sign: str, numbers: Mapping[str, Any]) -> None:
    if numbers["weight"]:
        graph.add_edge(a, b, sign=sign, strength=abs(numbers["weight"]), **numbers)


def _frame(rows: list[dict[str, Any]], columns: Mapping[str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(columns)).astype(dict(columns))
