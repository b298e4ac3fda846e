"""Samples whose chances are known, and the sizes that textbooks ask for."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit import sampling
from toolkit.records import table


def positions(n: int, *, articles: int = 4) -> pd.DataFrame:
    rows = [
        {
            "article_id": f"a{i % articles}", "position_id": f"a{i % articles}:p{i}", "date": None,
            "actor": "Ana Diaz" if i % 3 else "Omar Sall", "role": None, "issue": "truce" if i % 5 else "aid",
            "stance": 1, "text": "x", "start": i, "end": i + 1, "quote_id": None, "kind": "direct", "rule": "r",
            "confidence": (i % 10) / 10 + 0.05,
        }
        for i in range(n)
    ]  # fmt: skip
    return table("positions", rows)


def quotes(speakers: list[list[str]]) -> pd.DataFrame:
    return pd.DataFrame(
        {"article_id": "a", "quote_id": [f"a:q{i}" for i in range(len(speakers))], "speakers": speakers}
    )


def test_a_simple_sample_has_one_stratum_and_the_rows_as_they_were() -> None:
    units = positions(40)
    drawn = sampling.draw(units, 10, seed=3)
    assert list(drawn.columns) == [*units.columns, "stratum", "inclusion_probability"]
    assert set(drawn["stratum"]) == {"all"}
    assert set(drawn["inclusion_probability"]) == {0.25}
    assert drawn["position_id"].is_unique
    kept = units[units["position_id"].isin(drawn["position_id"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(drawn[list(units.columns)], kept)
    assert "stratum" not in units.columns


def test_the_seed_and_not_the_order_of_rows_decides() -> None:
    units = positions(60)
    one = sampling.draw(units, 12, by="article", seed=1)
    other = sampling.draw(units.iloc[::-1], 12, by="article", seed=1)
    assert sorted(one["position_id"]) == sorted(other["position_id"])
    assert sorted(one["position_id"]) != sorted(sampling.draw(units, 12, by="article", seed=2)["position_id"])


@pytest.mark.parametrize("by", [(), "article", "actor", "issue", "confidence", ("issue", "confidence"), "kind"])
@pytest.mark.parametrize("allocation", sampling.ALLOCATIONS)
def test_the_chances_are_those_of_the_strata_and_weigh_up_to_the_table(by: str, allocation: str) -> None:
    units = positions(100)
    drawn = sampling.draw(units, 40, by=by, allocation=allocation)
    planned = sampling.plan(units, 40, by=by, allocation=allocation).set_index("stratum")
    assert len(drawn) == 40
    assert drawn["stratum"].value_counts().to_dict() == planned["n"].to_dict()
    assert planned["n_units"].sum() == 100
    assert planned["n"].min() >= 2
    assert (1 / drawn["inclusion_probability"]).sum() == pytest.approx(100)


def test_every_row_is_drawn_as_often_as_its_chance_says() -> None:
    units = positions(20)
    times = pd.Series(0.0, index=units["position_id"])
    for seed in range(1500):
        drawn = sampling.draw(units, 8, by="issue", allocation="equal", seed=seed)
        times[drawn["position_id"]] += 1
    chance = np.where(units["issue"] == "aid", 4 / 4, 4 / 16)
    assert np.abs(times.to_numpy() / 1500 - chance).max() < 4 * sqrt(0.25 * 0.75 / 1500)


@pytest.mark.parametrize(
    ("sizes", "n", "allocation", "minimum", "expected"),
    [
        ([60, 30, 10], 10, "proportional", 1, [6, 3, 1]),
        ([67, 17, 16], 10, "proportional", 1, [6, 2, 2]),
        ([60, 30, 10], 9, "equal", 1, [3, 3, 3]),
        ([60, 30, 1], 9, "equal", 2, [4, 4, 1]),
        ([97, 2, 1], 10, "proportional", 2, [7, 2, 1]),
        ([5, 5], 10, "proportional", 1, [5, 5]),
        ([3, 100], 50, "equal", 1, [3, 47]),
    ],
)
def test_rows_are_dealt_out(sizes: list[int], n: int, allocation: str, minimum: int, expected: list[int]) -> None:
    names = [f"s{i}" for i, size in enumerate(sizes) for _ in range(size)]
    units = pd.DataFrame({"position_id": range(len(names)), "s": names})
    assert list(sampling.plan(units, n, by="s", allocation=allocation, minimum=minimum)["n"]) == expected


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=8), st.data())
def test_any_allocation_takes_as_many_as_asked_and_no_more_than_there_are(
    sizes: list[int], data: st.DataObject
) -> None:
    names = [f"s{i}" for i, size in enumerate(sizes) for _ in range(size)]
    units = pd.DataFrame({"position_id": range(len(names)), "s": names})
    n = data.draw(st.integers(len(sizes), len(names)))
    for allocation in sampling.ALLOCATIONS:
        planned = sampling.plan(units, n, by="s", allocation=allocation, minimum=1)
        assert planned["n"].sum() == n
        assert (planned["n"] >= 1).all()
        assert (planned["n"] <= planned["n_units"]).all()


def test_bands_of_confidence_hold_their_lower_end_and_the_unknown() -> None:
    units = pd.DataFrame({"position_id": range(6), "confidence": [0.0, 0.49, 0.5, 0.9, 1.0, None]})
    planned = sampling.plan(units, 6, by="confidence", minimum=1)
    assert planned.set_index("stratum")["n_units"].to_dict() == {
        "confidence 0-0.5": 2, "confidence 0.5-0.7": 1, "confidence 0.9-1": 2, "no confidence": 1,
    }  # fmt: skip


def test_quotes_are_dealt_by_all_their_speakers() -> None:
    units = quotes([["Ana Diaz"], ["Omar Sall", "Ana Diaz"], ["Ana Diaz", "Omar Sall"], []])
    planned = sampling.plan(units, 4, by="actor", minimum=1)
    assert list(planned["stratum"]) == ["Ana Diaz", "Ana Diaz; Omar Sall", "no actor"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n": 0}, "n is 0; expected a whole number"),
        ({"n": 2.5}, "n is 2.5"),
        ({"n": True}, "n is True"),
        ({"n": 41}, "n is 41, but the table has 40 rows"),
        ({"minimum": 0}, "minimum is 0"),
        ({"by": "article", "n": 6}, "4 strata with at least 2 rows each .* take 8"),
        ({"by": "isue"}, "by has 'isue'.*Did you mean 'issue'"),
        ({"allocation": "optimal"}, "allocation is 'optimal'"),
        ({"by": "confidence", "bands": (0.9, 0.5)}, "bands is"),
        ({"by": "confidence", "bands": (0.0, 0.5)}, "bands is"),
    ],
)
def test_what_cannot_be_drawn_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        sampling.draw(positions(40), **{"n": 10, **change})


def test_tables_that_are_none_are_refused() -> None:
    units = positions(10)
    with pytest.raises(ValueError, match="more than once"):
        sampling.draw(pd.concat([units, units]), 5)
    with pytest.raises(ValueError, match="is a sample"):
        sampling.draw(sampling.draw(units, 5), 2)
    with pytest.raises(ValueError, match="no column that names its rows"):
        sampling.draw(units[["text"]], 2)
    with pytest.raises(ValueError, match="the table has 0 rows"):
        sampling.draw(units.iloc[:0], 1)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"margin": 0.05}, 385),
        ({"margin": 0.03}, 1068),
        ({"margin": 0.05, "population": 500}, 218),
        ({"margin": 0.05, "population": 10}, 10),
        ({"margin": 0.05, "share": 0.1}, 139),
        ({"margin": 0.05, "level": 0.99}, 664),
        ({"margin": 0.05, "design_effect": 2.0}, 769),
    ],
)
def test_the_size_for_a_share_is_cochrans(options: dict[str, float], expected: int) -> None:
    """385, 1068 and 664 are the numbers of every table of sample sizes; 218 is 385 in a population of 500."""
    assert sampling.size_for_share(**options) == expected


def test_the_size_for_alpha_gives_the_margin_it_promises() -> None:
    """Two coders say the truth with probability sqrt(alpha) and else guess, so that alpha is known."""
    krippendorff = pytest.importorskip("krippendorff")
    alpha, share, margin = 0.7, 0.3, 0.1
    n = sampling.size_for_alpha(margin, alpha=alpha, share=share)
    rng = np.random.default_rng(0)
    found = []
    for _ in range(600):
        truth = rng.random(n) < share
        codes = np.where(rng.random((2, n)) < sqrt(alpha), truth, rng.random((2, n)) < share).astype(float)
        found.append(krippendorff.alpha(codes, level_of_measurement="nominal"))
    assert 1.96 * np.std(found) == pytest.approx(margin, rel=0.1)
    assert np.mean(found) == pytest.approx(alpha, abs=0.01)


def test_the_size_for_alpha_at_one_half_is_that_of_a_correlation() -> None:
    assert sampling.size_for_alpha(0.1, alpha=0.8) == 139  # 1.96 ** 2 * (1 - 0.8 ** 2) / 0.1 ** 2 = 138.3


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sampling.size_for_share(5), "margin is 5; expected half an interval's width"),
        (lambda: sampling.size_for_share(0.05, share=1), "share is 1"),
        (lambda: sampling.size_for_share(0.05, level=95), "level is 95"),
        (lambda: sampling.size_for_share(0.05, population=0), "population is 0"),
        (lambda: sampling.size_for_share(0.05, design_effect=float("nan")), "design_effect is nan"),
        (lambda: sampling.size_for_alpha(0.1, alpha=1), "alpha is 1"),
        (lambda: sampling.size_for_alpha(0), "margin is 0"),
    ],
)
def test_sizes_of_nothing_are_refused(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
