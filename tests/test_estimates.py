"""Repaired estimates: small tables worked out by hand, and what they do when the machine errs."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from toolkit import estimates, sampling

# Six positions, of which the machine calls four +1; three are drawn with a chance of one half.
UNITS = pd.DataFrame(
    {
        "position_id": list("abcdef"),
        "article_id": ["n1", "n1", "n2", "n2", "n3", "n3"],
        "issue": ["aid", "aid", "aid", "truce", "truce", "truce"],
        "stance": [1, 1, 1, 1, -1, -1],
    }
)
HAND = pd.DataFrame(
    {"id": ["a", "c", "e"], "stance": [1, -1, -1], "issue": ["aid", "aid", "truce"], "coder": "ana",
     "decision": ["keep", "change", "keep"], "stratum": "all", "inclusion_probability": 0.5}
)  # fmt: skip


def row(table: pd.DataFrame, method: str = "corrected", **chosen: object) -> pd.Series:
    table = table[table["method"] == method]
    for name, value in chosen.items():
        table = table[table[name] == value]
    assert len(table) == 1
    return table.iloc[0]


def simulated(seed: int, n: int = 600) -> pd.DataFrame:
    """Positions of sixty articles; the machine mistakes against for in favour three times as often as the reverse."""
    rng = np.random.default_rng(seed)
    article = np.repeat(np.arange(n // 10), 10)
    truth = rng.random(n) < np.clip(0.35 + rng.normal(0, 0.15, n // 10)[article], 0, 1)
    wrong = rng.random(n) < np.where(truth, 0.1, 0.3)
    return pd.DataFrame(
        {
            "position_id": [f"p{i:04}" for i in range(n)],
            "article_id": [f"n{a}" for a in article],
            "issue": rng.choice(["aid", "truce"], n),
            "stance": np.where(truth != wrong, 1, -1),
            "truth": np.where(truth, 1, -1),
            "confidence": np.where(wrong, 0.6, 0.8) + rng.normal(0, 0.1, n).round(3),
        }
    )


def coded_by_hand(units: pd.DataFrame, n: int, **options: object) -> pd.DataFrame:
    return sampling.draw(units, n, **options).assign(stance=lambda f: f["truth"])


def test_the_corrected_mean_is_that_of_the_pseudo_outcomes() -> None:
    """Unit c is wrong by -2 and stands for two: pseudo-outcomes 1, 1, 1 - 4, 1, -1, -1."""
    pseudo = np.array([1, 1, -3, 1, -1, -1])
    found = row(estimates.mean(UNITS, HAND, "stance"))
    assert found["estimate"] == pytest.approx(pseudo.mean())
    assert found["std_error"] == pytest.approx(pseudo.std(ddof=1) / np.sqrt(6))
    reach = t.ppf(0.975, 2) * pseudo.std(ddof=1) / np.sqrt(6)
    assert (found["low"], found["high"]) == pytest.approx((pseudo.mean() - reach, pseudo.mean() + reach))
    assert (found["n_units"], found["n_hand"]) == (6, 3)


def test_the_naive_estimates_stand_beside_it() -> None:
    table = estimates.mean(UNITS, HAND, "stance")
    assert list(table["method"]) == list(estimates.METHODS)
    machine, hand = row(table, "machine"), row(table, "hand")
    assert machine["estimate"] == pytest.approx(2 / 6)
    assert machine["std_error"] == pytest.approx(UNITS["stance"].std() / np.sqrt(6))
    assert hand["estimate"] == pytest.approx(-1 / 3)


def test_clustered_errors_sum_within_articles() -> None:
    found = row(estimates.mean(UNITS.assign(outlet=list("xxxyyz")), HAND, "stance", cluster="outlet"))
    mean = -2 / 6
    sums = np.array([-1 - 3 * mean, 0 - 2 * mean, -1 - mean])
    assert found["estimate"] == pytest.approx(mean)
    assert found["std_error"] == pytest.approx(np.sqrt(3 / 2 * (sums**2).sum()) / 6)


def test_shares_are_corrected_for_every_value_and_add_up_to_one() -> None:
    found = estimates.shares(UNITS, HAND, "stance")
    assert list(found["value"].unique()) == ["-1", "1"]
    assert row(found, value="1")["estimate"] == pytest.approx((1 + 1 + (1 - 2) + 1) / 6)
    assert row(found, "machine", value="1")["estimate"] == pytest.approx(4 / 6)
    for method in estimates.METHODS:
        assert found.loc[found["method"] == method, "estimate"].sum() == pytest.approx(1)


def test_groups_are_estimated_one_by_one() -> None:
    found = estimates.mean(UNITS, HAND, "stance", by="issue")
    assert row(found, group="aid")["estimate"] == pytest.approx((1 + 1 - 3) / 3)
    assert row(found, group="truce")["estimate"] == pytest.approx(-1 / 3)
    assert (row(found, group="aid")["n_units"], row(found, group="aid")["n_hand"]) == (3, 2)


def test_a_unit_in_the_wrong_group_counts_for_the_right_one() -> None:
    """By hand c (which stands for two) is of truce, not of aid: aid has 3 - 2 units, truce 3 + 2."""
    moved = HAND.assign(issue=["aid", "truce", "truce"])
    found = estimates.mean(UNITS, moved, "stance", by="issue")
    assert row(found, group="aid")["estimate"] == pytest.approx((1 + 1 + 1 - 2) / 1)
    assert row(found, group="truce")["estimate"] == pytest.approx((1 - 1 - 1 - 2) / 5)
    assert row(found, group="truce")["n_units"] == 4
    assert row(found, "hand", group="truce")["estimate"] == pytest.approx(-1)


def test_dropped_units_count_for_nothing() -> None:
    """Unit c is no position: four units stand after it is taken out twice, two in favour."""
    dropped = HAND.assign(decision=["keep", "drop", "keep"])
    found = estimates.shares(UNITS, dropped, "stance")
    assert row(found, value="1")["estimate"] == pytest.approx((4 - 2) / (6 - 2))
    assert row(found, "hand", value="1")["estimate"] == pytest.approx(0.5)


def test_the_machines_and_added_rows_of_a_sheet_are_left_out_and_told() -> None:
    machine = HAND.assign(coder="machine", stance=1, decision=None)
    added = HAND.iloc[:2].assign(id=["n1:hand1", None], decision="add", inclusion_probability=None)
    table = estimates.mean(UNITS, pd.concat([HAND, machine, added]), "stance")
    expected = estimates.mean(UNITS, HAND, "stance")
    pd.testing.assert_frame_equal(table.drop(columns="note"), expected.drop(columns="note"))
    assert "2 units that the machine had missed are left out" in row(table)["note"]


def test_over_all_samples_the_corrected_mean_is_right_and_the_machines_is_not() -> None:
    units = UNITS.assign(truth=[1, -1, -1, 1, -1, 1])
    found = []
    for drawn in combinations(range(6), 3):
        hand = units.iloc[list(drawn)].assign(stance=lambda f: f["truth"], inclusion_probability=0.5)
        found.append(row(estimates.mean(units, hand, "stance"))["estimate"])
    assert np.mean(found) == pytest.approx(units["truth"].mean())
    assert units["stance"].mean() != units["truth"].mean()


def test_a_perfect_sample_of_all_units_gives_the_truth() -> None:
    units = simulated(0)
    found = estimates.shares(units, coded_by_hand(units, 600), "stance")
    truth = (units["truth"] == 1).mean()
    assert row(found, value="1")["estimate"] == pytest.approx(truth)
    assert row(found, "hand", value="1")["estimate"] == pytest.approx(truth)


@pytest.mark.parametrize("folds", [0, 5])
def test_unequal_chances_are_made_up_for(folds: int) -> None:
    """The strata are the bands of confidence, in which the machine errs differently."""
    errors = []
    for seed in range(40):
        units = simulated(seed)
        hand = coded_by_hand(units, 120, by="confidence", allocation="equal", seed=seed)
        found = estimates.shares(units, hand, "stance", folds=folds)
        errors.append(row(found, value="1")["estimate"] - (units["truth"] == 1).mean())
    assert abs(np.mean(errors)) < 4 * np.std(errors) / np.sqrt(40)
    assert np.std(errors) < 0.08


def test_calibration_narrows_the_interval_where_the_machine_is_often_wrong() -> None:
    units = simulated(1)
    units["stance"] = np.where(np.random.default_rng(1).random(600) < 0.4, -units["truth"], units["truth"])
    hand = coded_by_hand(units, 150)
    plain = row(estimates.mean(units, hand, "stance"))
    calibrated = row(estimates.mean(units, hand, "stance", folds=5))
    assert calibrated["std_error"] < plain["std_error"]
    assert abs(calibrated["estimate"] - plain["estimate"]) < 2 * plain["std_error"]
    pd.testing.assert_series_equal(calibrated, row(estimates.mean(units, hand, "stance", folds=5)))


def test_folds_hold_whole_clusters() -> None:
    """A fold's own hand codes must not change its prediction."""
    units = simulated(2)
    hand = coded_by_hand(units, 200)
    coded = estimates._coded(units, hand, "stance", None, "article_id", "refuse")
    machine, by_hand = (coded.machine == "1").astype(float), (coded.hand == "1").astype(float)
    before = estimates._calibrated(coded, machine, by_hand, 5)
    changed = coded.cluster == coded.cluster[np.flatnonzero(coded.weight)[0]]
    after = estimates._calibrated(coded, machine, np.where(changed, 1 - by_hand, by_hand), 5)
    assert (before[changed] == after[changed]).all()
    assert (before != after).any()


def test_units_not_coded_are_refused_or_reweighted() -> None:
    units = simulated(3)
    hand = coded_by_hand(units, 100, by="issue").assign(decision="keep", coder="ana")
    hand.loc[[3, 7], "decision"] = [None, "unsure"]
    with pytest.raises(ValueError, match="2 of 100 drawn units are not coded"):
        estimates.mean(units, hand, "stance")
    found = row(estimates.mean(units, hand, "stance", uncoded="reweight"))
    assert found["n_hand"] == 98
    coded = estimates._coded(units, hand, "stance", None, None, "reweight")
    assert coded.weight.sum() == pytest.approx(600)
    nothing = hand.assign(decision=hand["decision"].where(hand["stratum"] != "aid"))
    with pytest.raises(ValueError, match="no unit of the stratum 'aid' is coded"):
        estimates.mean(units, nothing, "stance", uncoded="reweight")


def test_a_frame_without_decisions_takes_missing_codes_for_not_coded() -> None:
    hand = HAND.drop(columns=["decision", "coder"]).assign(stance=[1, None, -1])
    with pytest.raises(ValueError, match="1 of 3 drawn units"):
        estimates.mean(UNITS, hand, "stance")
    found = row(estimates.mean(UNITS, hand, "stance", uncoded="reweight"))
    assert found["n_hand"] == 2


def test_a_part_of_the_sample_is_refused() -> None:
    units = simulated(3)
    hand = coded_by_hand(units, 100, by="issue").assign(decision="keep", coder="ana")
    with pytest.raises(ValueError, match="dropped and unsure ones too"):
        estimates.mean(units, hand.iloc[:95], "stance")


def test_words_missing_by_machine_or_hand_are_a_category() -> None:
    units = UNITS.assign(cue=["said", "said", None, None, "said", "said"])
    hand = HAND.assign(cue=["said", "told", None])
    found = estimates.shares(units, hand, "cue")
    assert list(found["value"].unique()) == ["(none)", "said", "told"]
    assert row(found, value="told")["estimate"] == pytest.approx(2 / 6)


def test_notes_say_what_the_interval_does_not() -> None:
    right = HAND.assign(stance=[1, 1, -1])
    assert "only 3 hand codes" in row(estimates.mean(UNITS, HAND, "stance"))["note"]
    assert "no error of the machine is in the sample" in row(estimates.mean(UNITS, right, "stance"))["note"]
    assert pd.isna(row(estimates.mean(UNITS, HAND, "stance"), "machine")["note"])
    units = simulated(4)
    assert pd.isna(row(estimates.mean(units, coded_by_hand(units, 100), "stance"))["note"])


def test_a_group_without_hand_codes_has_no_corrected_estimate() -> None:
    units = UNITS.assign(outlet=["x", "x", "x", "x", "x", "y"])
    table = estimates.mean(units, HAND, "stance", by="outlet")
    assert pd.isna(row(table, group="y")["estimate"])
    assert row(table, group="y")["note"] == "no unit of this group is coded by hand"
    assert row(table, "machine", group="y")["estimate"] == -1
    gone = estimates.mean(UNITS, HAND.assign(decision="drop"), "stance")
    assert row(gone)["note"] == "no true unit is found in this group"


def test_a_single_hand_code_has_no_interval() -> None:
    units = UNITS.iloc[:1]
    found = row(estimates.mean(units, HAND.iloc[:1].assign(inclusion_probability=1.0), "stance"))
    assert found["estimate"] == 1
    assert pd.isna(found["low"])


@pytest.mark.parametrize(
    ("units", "hand", "options", "message"),
    [
        ({}, {"inclusion_probability": [0.5, None, 0.5]}, {}, "1 rows of hand have no inclusion_probability .* 'c'"),
        ({}, {"inclusion_probability": 0.0}, {}, "3 rows of hand have no inclusion_probability"),
        ({}, {"inclusion_probability": 1.0}, {}, "chances speak of 3 units, but units has 6 rows"),
        ({}, {"id": ["a", "c", "z"]}, {}, "1 units that units lacks, as 'z'"),
        ({}, {"id": ["a", "c", "c"]}, {}, "names 1 units more than once .'c'.*Settle what several coders"),
        ({"position_id": list("aabcde")}, {}, {}, "units names 1 units more than once"),
        ({"stance": ["for", 1, 1, 1, 1, 1]}, {}, {}, "stance has 'for', which is no number.*Use `shares`"),
        ({"stance": [None, 1, 1, 1, 1, 1]}, {}, {}, r"stance has '\(none\)', which is no number"),
        ({}, {}, {"by": "isue"}, "units lacks the column isue"),
        ({}, {}, {"level": 95}, "level is 95"),
        ({}, {}, {"folds": 1}, "folds is 1"),
        ({}, {}, {"folds": 4}, "folds is 4"),
        ({}, {}, {"uncoded": "drop"}, "uncoded is 'drop'"),
    ],
)
def test_what_cannot_be_estimated_is_refused(units: dict, hand: dict, options: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        estimates.mean(UNITS.assign(**units), HAND.assign(**hand), "stance", **options)


def test_tables_that_lack_rows_or_columns_are_refused() -> None:
    with pytest.raises(ValueError, match="hand lacks the column inclusion_probability"):
        estimates.mean(UNITS, HAND.drop(columns="inclusion_probability"), "stance")
    with pytest.raises(ValueError, match="units has no rows"):
        estimates.mean(UNITS.iloc[:0], HAND, "stance")
    with pytest.raises(ValueError, match="chances speak of 0 units"):
        estimates.mean(UNITS, HAND.iloc[:0], "stance")
