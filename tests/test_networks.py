"""Discourse networks: the published numbers, the formulas on any data, duplicates, and windows that know the year."""

from __future__ import annotations

import re
import warnings
from datetime import date
from itertools import pairwise

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit import networks
from toolkit.records import TABLES, Position, table

# Organisation, concept: agree/disagree. The sample data of Discourse Network Analyzer's manual, 40 statements.
SAMPLE = """
Alliance C3 1/0, C5 2/0, C6 1/0
EEA C1 0/2, C5 1/1
EPA C1 0/1, C6 10/0
NPRA C1 0/2, C6 0/2
Senate C1 0/2, C5 0/1, C6 2/0
Sierra C1 2/0, C3 1/0, C4 1/0, C5 1/0, C6 1/0
USPIRG C1 1/0, C2 1/0, C3 1/0, C4 2/0, C5 1/0
"""


def make_positions(rows: list[tuple]) -> pd.DataFrame:
    """Make the table of rows (actor, issue, stance[, date[, article]])."""
    records = []
    for number, (actor, issue, stance, *rest) in enumerate(rows):
        day = rest[0] if rest else "2022-01-01"
        article = rest[1] if len(rest) > 1 else f"a{number}"
        records.append(
            Position(article, f"{article}:p{number}", day, actor, None, issue, stance, "words", number, number + 5,
                     None, "direct", "hand", 1.0)
        )  # fmt: skip
    return table("positions", records)


def sample() -> pd.DataFrame:
    rows = []
    for line in SAMPLE.strip().splitlines():
        actor, cells = line.split(" ", 1)
        for issue, agree, disagree in re.findall(r"(C\d) (\d+)/(\d+)", cells):
            rows += [(actor, issue, 1)] * int(agree) + [(actor, issue, -1)] * int(disagree)
    return make_positions(rows)


def weight(measure: str, a: str, b: str, normalisation: str = "none") -> float:
    return networks.weight_matrix(networks.actor_network(sample(), measure=measure, normalisation=normalisation)).loc[
        a, b
    ]


def test_the_two_mode_network_of_the_sample() -> None:
    graph = networks.issue_network(sample(), measure="ignore")
    matrix = networks.weight_matrix(graph)
    assert matrix.shape == (7, 6)
    assert matrix.to_numpy().sum() == 40
    assert graph.number_of_edges() == 22
    assert nx.is_bipartite(graph)
    assert len(networks.issue_ties(sample())) == 22


def test_the_one_mode_network_of_the_sample() -> None:
    graph = networks.actor_network(sample(), measure="ignore")
    matrix = networks.weight_matrix(graph)
    assert matrix.to_numpy().sum() == 276
    assert matrix.loc["EPA", "Alliance"] == matrix.loc["Alliance", "EPA"] == 10
    assert matrix.loc["EPA", "EEA"] == 2
    assert graph.number_of_edges() == 21
    assert not np.diag(matrix).any()


@pytest.mark.parametrize(("measure", "value"), [("ignore", 7), ("congruence", 2), ("conflict", 5), ("subtract", -3)])
def test_senate_and_sierra(measure: str, value: int) -> None:
    assert weight(measure, "Senate", "Sierra") == value


def test_what_npra_says() -> None:
    matrix = networks.weight_matrix(networks.issue_network(sample()))
    assert matrix.loc["NPRA", "C1"] == -2
    assert matrix.loc["NPRA", "C6"] == -2


@pytest.mark.parametrize(
    ("measure", "plain", "by_activity"),
    [
        ("ignore", 276, 46.261854),
        ("congruence", 160, 25.802436),
        ("conflict", 116, 20.459418),
        ("subtract", 44, 5.343018),
    ],
)
def test_sums_of_the_full_matrix(measure: str, plain: int, by_activity: float) -> None:
    for normalisation, value in (("none", plain), ("average_activity", by_activity)):
        graph = networks.actor_network(sample(), measure=measure, normalisation=normalisation)
        assert networks.weight_matrix(graph).to_numpy().sum() == pytest.approx(value, abs=5e-7)


def test_senate_and_sierra_by_average_activity() -> None:
    assert weight("subtract", "Senate", "Sierra", "average_activity") == pytest.approx(-0.545455, abs=5e-7)


def test_a_tie_traces_to_its_statements() -> None:
    ties = networks.actor_ties(sample())
    assert list(ties.columns[:3]) == ["actor_a", "actor_b", "weight"]
    row = ties[(ties["actor_a"] == "Senate") & (ties["actor_b"] == "Sierra")].iloc[0]
    assert row[["weight", "congruence", "conflict", "n_issues", "n"]].tolist() == [-3, 2, 5, 3, 9]
    assert row["issues"] == ["C1", "C5", "C6"]
    behind = sample().set_index("position_id").loc[row["position_ids"]]
    assert len(behind) == row["n"]
    assert set(behind["actor"]) == {"Senate", "Sierra"}
    assert set(behind["issue"]) == {"C1", "C5", "C6"}


def test_an_edge_says_its_sign_and_strength() -> None:
    graph = networks.actor_network(sample())
    edge = graph.edges["Senate", "Sierra"]
    assert (edge["sign"], edge["strength"], edge["weight"]) == ("oppose", 3, -3)
    assert {d["sign"] for *_, d in networks.actor_network(sample(), measure="conflict").edges(data=True)} == {"oppose"}
    assert {d["sign"] for *_, d in networks.actor_network(sample(), measure="ignore").edges(data=True)} == {"any"}
    assert graph.nodes["EPA"] == {"kind": "actor", "n": 11, "n_for": 10, "n_against": 1, "n_issues": 2}
    assert graph.graph["measure"] == "subtract"


def test_a_balanced_pair_is_in_the_table_and_no_edge() -> None:
    positions = make_positions([("A", "x", 1), ("B", "x", 1), ("A", "y", 1), ("B", "y", -1), ("C", "z", 1)])
    graph = networks.actor_network(positions)
    assert graph.number_of_edges() == 0
    assert sorted(graph) == ["A", "B", "C"]
    (tie,) = networks.actor_ties(positions).to_dict("records")
    assert (tie["weight"], tie["congruence"], tie["conflict"]) == (0, 1, 1)
    contested = networks.issue_ties(make_positions([("A", "x", 1), ("A", "x", -1)])).iloc[0]
    assert contested[["weight", "n_for", "n_against", "n"]].tolist() == [0, 1, 1, 2]


STATEMENTS = st.lists(st.tuples(st.sampled_from("ABCD"), st.sampled_from("xyz"), st.sampled_from([1, -1])), max_size=40)


@settings(deadline=None, max_examples=60)
@given(STATEMENTS)
def test_the_formulas_hold_on_any_statements(rows: list[tuple[str, str, int]]) -> None:
    positions = make_positions(rows)
    for tie in networks.actor_ties(positions).to_dict("records"):
        same = other = 0
        for actor, issue, stance in rows:
            if actor == tie["actor_a"]:
                others = [s for a, i, s in rows if a == tie["actor_b"] and i == issue]
                same += others.count(stance)
                other += others.count(-stance)
        assert (tie["congruence"], tie["conflict"], tie["weight"]) == (same, other, same - other)
    shuffled = positions.sample(frac=1, random_state=1)
    assert nx.utils.graphs_equal(networks.actor_network(positions), networks.actor_network(shuffled))


@pytest.mark.parametrize(
    ("duplicates", "n"),
    [("include", 8), ("document", 7), ("week", 5), ("month", 4), ("year", 3), ("acrossrange", 2)],
)
def test_duplicates_count_once_within(duplicates: str, n: int) -> None:
    said = [("2020-12-28", "d1"), ("2020-12-28", "d1"), ("2020-12-31", "d2"), ("2021-01-03", "d3"),
            ("2021-01-04", "d4"), ("2021-01-11", "d5"), ("2021-02-01", "d6")]  # fmt: skip
    positions = make_positions([("A", "x", 1, *when) for when in said] + [("A", "x", -1, "2020-12-28", "d1")])
    # Of one side: the ISO weeks 53 (28 December to 3 January), 1, 2 and 5; the months 12, 1 and 2; two years.
    (tie,) = networks.issue_ties(positions, duplicates=duplicates).to_dict("records")
    assert (tie["n"], tie["n_against"]) == (n, 1)
    assert tie["position_ids"][0] == "d1:p0"


def test_a_duplicate_without_a_date_counts_once_in_its_document() -> None:
    positions = make_positions([("A", "x", 1, None, "d1")] * 2 + [("A", "x", 1, None, "d2")])
    assert networks.issue_ties(positions, duplicates="month")["n"].tolist() == [2]


def test_the_earliest_duplicate_is_kept_whatever_the_order() -> None:
    positions = make_positions([("A", "x", 1, "2021-05-02", "late"), ("A", "x", 1, "2021-05-01", "early")])
    (ids,) = networks.issue_ties(positions, duplicates="acrossrange")["position_ids"]
    assert ids == ["early:p1"]


def test_few_statements_may_be_left_out() -> None:
    graph = networks.actor_network(sample(), min_statements=5)
    assert sorted(graph) == ["EPA", "Senate", "Sierra", "USPIRG"]
    assert graph.edges["Senate", "Sierra"]["weight"] == -3


def test_no_statements_give_empty_tables_and_graphs() -> None:
    empty = table("positions", [])
    for frame in (networks.actor_ties(empty), networks.issue_ties(empty), networks.ties_over_time(empty)):
        assert frame.empty
    assert list(networks.actor_ties(empty)) == list(networks.actor_ties(sample()))
    assert len(networks.actor_network(empty)) == len(networks.issue_network(empty)) == 0
    assert networks.weight_matrix(networks.actor_network(empty)).shape == (0, 0)
    assert networks.time_windows(empty) == []


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda p: networks.actor_ties(p, measure="cosine"), "measure is 'cosine'; expected one of 'congruence'"),
        (lambda p: networks.actor_ties(p, normalisation="activity"), "normalisation is 'activity'"),
        (lambda p: networks.actor_ties(p, duplicates="documents"), "Did you mean 'document'"),
        (lambda p: networks.issue_ties(p, measure="conflict"), "measure is 'conflict'; expected one of 'subtract'"),
        (lambda p: networks.actor_ties(p.drop(columns="stance")), "lacks the column stance"),
        (lambda p: networks.actor_ties(p.assign(stance=0)), "40 of 40 statements lack .* stance of"),
        (lambda p: networks.actor_ties(p.assign(actor=pd.NA)), "40 of 40 statements lack an actor"),
        (lambda p: networks.issue_network(p.assign(issue=p["actor"])), "'Alliance' is an actor and an issue"),
        (lambda p: networks.time_windows(p, unit="days"), "give both unit='days' and days=30"),
        (lambda p: networks.time_windows(p, days=30), "give both"),
        (lambda p: networks.time_windows(p, unit="days", days=0), "expected whole numbers of 1 or more"),
        (lambda p: networks.time_windows(p, unit="days", days=7, step=0), "expected whole numbers"),
        (lambda p: networks.time_windows(p, unit="days", days=7, step=14), "no statement lies between"),
        (lambda p: networks.time_windows(p, unit="month", step=2), "no statement lies between"),
        (lambda p: networks.time_windows(p.assign(date="May 2022")), "date is 'May 2022'; expected YYYY-MM-DD"),
        (lambda p: networks.time_windows(p.assign(date="9999-12-31")), "date is '9999-12-31'"),
    ],
)
def test_bad_input_is_refused_with_the_cure(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call(sample())


def test_absurdly_many_windows_are_refused() -> None:
    positions = make_positions([("A", "x", 1, "0202-01-01"), ("A", "x", 1, "2022-01-01")])
    with pytest.raises(ValueError, match=r"from 0202-01-01 to 2022-01-01 there are more than 20,000 windows"):
        networks.time_windows(positions)


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("year", [("2020", 2), ("2021", 1), ("2022", 1)]),
        ("week", [("2020-W53", 3)]),
        ("month", [("2020-12", 2), ("2021-01", 1)]),
    ],
)
def test_windows_respect_the_year(unit: str, expected: list[tuple[str, int]]) -> None:
    days = ["2020-12-28", "2020-12-31", "2021-01-03", "2022-01-03"]
    windows = networks.time_windows(make_positions([("A", "x", 1, day) for day in days]), unit=unit)
    assert [(w.label, len(w.positions)) for w in windows][: len(expected)] == expected
    assert sum(len(w.positions) for w in windows) == 4
    assert windows[-1].label == {"year": "2022", "week": "2022-W01", "month": "2022-01"}[unit]


def test_a_week_and_an_empty_month_have_their_days() -> None:
    positions = make_positions([("A", "x", 1, "2021-01-03"), ("A", "x", 1, "2021-03-31")])
    week = networks.time_windows(positions, unit="week")[0]
    assert (week.label, week.start, week.end) == ("2020-W53", "2020-12-28", "2021-01-03")
    assert [(w.label, w.end, len(w.positions)) for w in networks.time_windows(positions)] == [
        ("2021-01", "2021-01-31", 1), ("2021-02", "2021-02-28", 0), ("2021-03", "2021-03-31", 1),
    ]  # fmt: skip


def test_rolling_days() -> None:
    days = ["2021-12-30", "2022-01-02", "2022-01-04"]
    windows = networks.time_windows(make_positions([("A", "x", 1, d) for d in days]), unit="days", days=4, step=2)
    assert [(w.label, len(w.positions)) for w in windows] == [
        ("2021-12-30/2022-01-02", 2), ("2022-01-01/2022-01-04", 2),
    ]  # fmt: skip
    single = networks.time_windows(make_positions([("A", "x", 1, d) for d in days]), unit="days", days=1)
    assert [len(w.positions) for w in single] == [1, 0, 0, 1, 0, 1]


def test_statements_without_a_date_are_counted_in_a_warning() -> None:
    positions = make_positions([("A", "x", 1, None), ("A", "x", 1, "2021-01-03")])
    with pytest.warns(UserWarning, match="1 of 2 statements have no date"):
        (window,) = networks.time_windows(positions)
    assert len(window.positions) == 1


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.dates(date(1999, 6, 1), date(2001, 6, 30)), min_size=1, max_size=12),
    st.sampled_from(["week", "month", "year"]),
)
def test_every_dated_statement_is_in_exactly_one_calendar_window(days: list[date], unit: str) -> None:
    positions = make_positions([("A", "x", 1, day.isoformat()) for day in days])
    windows = networks.time_windows(positions, unit=unit)
    assert sorted(p for w in windows for p in w.positions["position_id"]) == sorted(positions["position_id"])
    for window in windows:
        assert ((window.positions["date"] >= window.start) & (window.positions["date"] <= window.end)).all()
    for before, after in pairwise(windows):
        assert (date.fromisoformat(after.start) - date.fromisoformat(before.end)).days == 1


def test_ties_over_time() -> None:
    said = [("A", "x", 1, "2021-01-05"), ("B", "x", 1, "2021-01-06"), ("A", "x", 1, "2022-01-05")]
    said += [("B", "x", -1, "2022-01-06")]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ties = networks.ties_over_time(make_positions(said))
    assert ties[["window", "start", "end", "weight"]].to_numpy().tolist() == [
        ["2021-01", "2021-01-01", "2021-01-31", 1.0],
        ["2022-01", "2022-01-01", "2022-01-31", -1.0],
    ]
    yearly = networks.ties_over_time(make_positions(said), unit="year", normalisation="average_activity")
    assert yearly["weight"].tolist() == [1.0, -1.0]


def test_labels_of_issues_stand_on_their_nodes() -> None:
    graph = networks.issue_network(sample(), labels={"C1": "Markets"})
    assert graph.nodes["C1"]["label"] == "Markets"
    assert "label" not in graph.nodes["C2"]
    assert graph.edges["EPA", "C1"]["sign"] == "against"
    assert not graph.has_edge("EEA", "C5")


def test_the_tables_given_stay_as_they_are() -> None:
    positions = sample()
    before = positions.copy(deep=True)
    networks.actor_ties(positions, duplicates="week")
    networks.ties_over_time(positions)
    pd.testing.assert_frame_equal(positions, before)
    assert list(positions) == [c.name for c in TABLES["positions"]]
