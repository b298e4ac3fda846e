"""Agreement: published examples of alpha, pairs of spans counted by hand, and sheets of several coders."""

from __future__ import annotations

import builtins
from itertools import permutations
from math import isnan

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit import agreement, handcodes, pairing, reliability

# Krippendorff's example of four coders and twelve units, a unit a word, "." where a coder has no code.
PUBLISHED = ["11.1", "2232", "3333", "3333", "2222", "1234", "4444", "1121", "2222", ".555", "..11", "..3."]


def frame(units: list[str], variable: str = "v", *, numbers: bool = True) -> pd.DataFrame:
    rows = [
        {"unit": f"u{i:02}", "coder": coder, variable: (int(v) if numbers else v) if v != "." else None}
        for i, unit in enumerate(units)
        for coder, v in zip("abcdefg", unit, strict=False)
    ]
    return pd.DataFrame(rows)


def sheet(rows: list[dict[str, object]]) -> pd.DataFrame:
    empty = {
        "table": "positions", "article_id": "n1", "start": 0, "end": 9, "text": "x", "actor": "Ana Diaz",
        "issue": "truce", "stance": 1, "decision": "keep", "coder": "ana", "comment": None, "coded_at": None,
    }  # fmt: skip
    return pd.DataFrame([{**empty, **row} for row in rows])


def spans(coders: dict[str, list[tuple[int, int]]], article: str = "n1") -> pd.DataFrame:
    rows = [
        {"coder": coder, "article_id": article, "start": start, "end": end}
        for coder, found in coders.items()
        for start, end in found
    ]
    return pd.DataFrame(rows, columns=["coder", "article_id", "start", "end"])


def one(table: pd.DataFrame, **chosen: object) -> pd.Series:
    for name, value in chosen.items():
        table = table[table[name] == value]
    assert len(table) == 1
    return table.iloc[0]


# --- alpha


@pytest.mark.parametrize(("level", "expected"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_the_published_example_is_reproduced(level: str, expected: float) -> None:
    found = one(agreement.measure(frame(PUBLISHED), {"v": level}))
    assert round(found["alpha"], 3) == expected
    assert found["low"] < found["alpha"] < found["high"]
    assert (found["n_units"], found["n_single"], found["n_coders"], found["n_codes"]) == (11, 1, 4, 40)
    assert (found["n_values"], found["n_disagreements"]) == (5, 3)


def test_percent_agreement_is_that_of_pairs_averaged_over_units() -> None:
    found = one(agreement.measure(frame(["112", "22.", "3.4", "..1"]), {"v": "nominal"}))
    assert found["percent_agreement"] == pytest.approx((1 / 3 + 1 + 0) / 3)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(reliability.LEVELS),
    st.lists(st.lists(st.sampled_from([None, 0, 1, 2, 7]), min_size=3, max_size=3), min_size=2, max_size=9),
    st.data(),
)
def test_resampling_computes_what_the_package_computes(
    level: str, units: list[list[int | None]], data: st.DataObject
) -> None:
    krippendorff = pytest.importorskip("krippendorff")
    values = np.array([0, 1, 2, 7])
    counts = np.array([[sum(v == value for v in unit) for value in values] for unit in units])
    counts = counts[counts.sum(axis=1) >= 2]
    if not len(counts):
        return
    weights = np.array([data.draw(st.lists(st.integers(0, 3), min_size=len(counts), max_size=len(counts)))])
    tally = reliability.Tally(counts, values, level, np.arange(len(counts)))
    mine = reliability.alphas(tally, weights.astype(float))[0]
    again = np.repeat(counts, weights[0], axis=0)
    used = again.sum(axis=0) > 0
    if used.sum() < 2:
        assert isnan(mine)
        return
    theirs = krippendorff.alpha(value_counts=again[:, used], value_domain=values[used], level_of_measurement=level)
    assert mine == pytest.approx(theirs)


def test_many_values_are_computed_without_the_package_and_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    codes = frame(PUBLISHED)
    expected = agreement.measure(codes, {"v": "nominal"}, resamples=200)
    monkeypatch.setattr(reliability, "_LARGEST", 1)
    found = agreement.measure(codes, {"v": "nominal"}, resamples=200)
    pd.testing.assert_frame_equal(found, expected)


def test_chunks_of_resamples_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = agreement.measure(frame(PUBLISHED), {"v": "ordinal"}, resamples=300)
    monkeypatch.setattr(reliability, "_AT_ONCE", 100)
    pd.testing.assert_frame_equal(agreement.measure(frame(PUBLISHED), {"v": "ordinal"}, resamples=300), expected)


def test_words_have_the_order_that_is_given() -> None:
    words = frame(PUBLISHED, numbers=False).replace(
        {"v": dict(zip("12345", ["never", "rarely", "half", "often", "always"], strict=True))}
    )
    order = ["never", "rarely", "half", "often", "always"]
    found = one(agreement.measure(words, {"v": "ordinal"}, orders={"v": order}))
    assert round(found["alpha"], 3) == 0.815
    wrong = one(agreement.measure(words, {"v": "ordinal"}, orders={"v": sorted(order)}))
    assert round(wrong["alpha"], 3) != 0.815
    with pytest.raises(ValueError, match=r"'always', 'never', 'often'.*its order .* lacks"):
        agreement.measure(words, {"v": "ordinal"}, orders={"v": ["half", "rarely"]})


def test_the_interval_follows_the_seed_and_the_thresholds_follow_the_interval() -> None:
    codes = frame(PUBLISHED * 5)
    first = one(agreement.measure(codes, {"v": "nominal"}))
    again = one(agreement.measure(codes, {"v": "nominal"}))
    other = one(agreement.measure(codes, {"v": "nominal"}, seed=1))
    assert (first["low"], first["high"]) == (again["low"], again["high"])
    assert first["low"] != other["low"]
    assert 0 < first["p_below_667"] < first["p_below_800"] < 1
    assert first["high"] - first["low"] < one(agreement.measure(frame(PUBLISHED), {"v": "nominal"}))["high"]


def test_units_of_one_article_may_be_drawn_together() -> None:
    units = ["11", "22"] * 20 + ["12", "21"] * 5
    codes = frame(units)
    codes["article_id"] = ["n" + str(int(unit[1:]) // 10) for unit in codes["unit"]]
    alone = one(agreement.measure(codes, {"v": "nominal"}))
    together = one(agreement.measure(codes, {"v": "nominal"}, group="article_id"))
    assert together["alpha"] == alone["alpha"]
    assert together["high"] - together["low"] > alone["high"] - alone["low"]
    single = one(agreement.measure(codes.assign(article_id="n"), {"v": "nominal"}, group="article_id"))
    assert pd.isna(single["low"])
    assert single["note"] == "only one group of units, so there is no interval"


@pytest.mark.parametrize(
    ("units", "alpha", "percent", "note"),
    [
        (["11", "11", "11"], None, 1.0, "all codes are the same"),
        (["12"], 0.0, 0.0, "only one unit"),
        (["1.", ".2"], None, None, "no unit has the codes of two coders"),
        (["..", ".."], None, None, "no unit has the codes of two coders"),
        (["11", "22", "11", "22"], 1.0, 1.0, "coders never differ"),
        (["11", "11", "11", "12"], 0.0, 0.75, "of the resamples have one value only"),
        (["11", "22", "1.", ".3"], 1.0, 1.0, "coders never differ"),
    ],
)
def test_traps_of_the_coefficient_are_named(
    units: list[str], alpha: float | None, percent: float | None, note: str
) -> None:
    for numbers in (True, False):
        found = one(agreement.measure(frame(units, numbers=numbers), {"v": "nominal"}))
        assert (None if pd.isna(found["alpha"]) else pytest.approx(found["alpha"], abs=1e-9)) == alpha
        assert (None if pd.isna(found["percent_agreement"]) else found["percent_agreement"]) == percent
        assert note in found["note"]


@pytest.mark.parametrize("value", ["nan", "None", "NA", "<NA>", "=1+1", "\x00", "\ud800"])
def test_a_code_that_looks_like_nothing_is_a_code(value: str) -> None:
    codes = pd.DataFrame(
        {
            "unit": [1, 1, 2, 2, 3, 3],
            "coder": ["a", "b"] * 3,
            "v": pd.Series([value, value, "x", "x", value, "x"], dtype=object),
        }
    )
    found = one(agreement.measure(codes, {"v": "nominal"}))
    assert (found["n_units"], found["n_values"], found["n_disagreements"]) == (3, 2, 1)


def test_the_same_code_from_different_files_is_the_same() -> None:
    codes = pd.DataFrame({"unit": list("112233"), "coder": ["a", "b"] * 3})
    codes["v"] = pd.Series([1, "1", 1.0, " 1.0 ", -1, "-1"], dtype=object)
    assert one(agreement.measure(codes, {"v": "nominal"}))["percent_agreement"] == 1
    codes["speakers"] = pd.Series([["B", "A"], "A; B", "A;B", "B; A", "", "C"], dtype=object)
    found = one(agreement.measure(codes, {"speakers": "nominal"}))
    assert (found["n_units"], found["n_single"], found["percent_agreement"]) == (2, 1, 1)


@pytest.mark.parametrize(
    ("change", "levels", "message"),
    [
        ({}, {"v": "metric"}, "level of v is 'metric'; expected one of 'nominal'"),
        ({}, {"w": "nominal"}, "frame lacks the column w"),
        ({"v": ["yes", "no"] * 3}, {"v": "interval"}, "v has 'no', but the level 'interval' needs numbers"),
        ({"v": ["yes", "no"] * 3}, {"v": "ordinal"}, r"orders=\{'v'"),
        ({"v": [1, -2] * 3}, {"v": "ratio"}, "v has -2, but the level 'ratio' has no numbers below 0"),
        ({"v": [1, float("inf")] * 3}, {"v": "interval"}, "v has 'inf'"),
        ({"coder": "a", "unit": range(6)}, {"v": "nominal"}, "only 'a'"),
        ({"unit": "u"}, {"v": "nominal"}, "names 2 units more than once .*'u by a'"),
        ({"coder": ["a", None] * 3}, {"v": "nominal"}, "rows without a coder"),
    ],
)
def test_what_cannot_be_measured_is_refused(change: dict[str, object], levels: dict[str, str], message: str) -> None:
    codes = frame(["11", "12", "22"]).assign(**change)
    with pytest.raises(ValueError, match=message):
        agreement.measure(codes, levels)


def test_wrong_orders_and_groups_are_refused() -> None:
    codes = frame(["11", "12"])
    with pytest.raises(ValueError, match="orders has 'w'"):
        agreement.measure(codes, {"v": "ordinal"}, orders={"w": [1]})
    with pytest.raises(ValueError, match="only ordinal variables have an order"):
        agreement.measure(codes, {"v": "nominal"}, orders={"v": [1, 2]})
    with pytest.raises(ValueError, match="lacks the column article_id"):
        agreement.measure(codes, {"v": "nominal"}, group="article_id")
    with pytest.raises(ValueError, match=r"expected several in brackets, as \['v'\]"):
        agreement.counts(codes, "v")


def test_a_missing_package_names_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: object) -> object:
        if name == "krippendorff":
            raise ImportError(name)
        return real(name, *args)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=r"diplomatic-positions-toolkit\[check\]"):
        agreement.measure(frame(["11", "12"]), {"v": "nominal"})


# --- counts and disagreements


def test_categories_are_counted_by_coder() -> None:
    found = agreement.counts(frame(["12", "11", "2."]), ["v"])
    assert found.to_dict("list") == {
        "variable": ["v"] * 4,
        "value": list("1122"),
        "coder": list("abab"),
        "n": [2, 1, 1, 1],
    }


def test_disagreements_stand_side_by_side() -> None:
    found = agreement.disagreements(frame(["112", "11.", "2.3"]), ["v"])
    assert found.to_dict("records")[0] == {"variable": "v", "unit": "u00", "a": "1", "b": "1", "c": "2"}
    assert list(found["unit"]) == ["u00", "u02"]
    assert pd.isna(found["b"][1])
    assert list(agreement.disagreements(frame(["11"]), ["v"]).columns) == ["variable", "unit", "a", "b"]
    with pytest.raises(ValueError, match="a coder is called 'unit'"):
        agreement.disagreements(frame(["12"]).replace({"coder": {"a": "unit"}}), ["v"])


# --- spans


@pytest.mark.parametrize(
    ("ana", "ben", "exact", "overlap"),
    [
        ([(0, 10), (20, 30)], [(0, 10), (20, 30)], 2, 2),
        ([(0, 10)], [(5, 15), (0, 4)], 0, 1),
        ([(0, 10)], [(10, 20)], 0, 0),
        ([(0, 10), (10, 20)], [(0, 20)], 0, 1),
        ([(0, 5), (6, 20)], [(0, 5), (0, 20)], 1, 2),
        ([(0, 10), (3, 10)], [(0, 10), (0, 7)], 1, 2),
        ([(0, 10)] * 2, [(0, 10)], 1, 1),
        ([], [(0, 1)], 0, 0),
    ],
)
def test_spans_are_paired_one_to_one(ana: list, ben: list, exact: int, overlap: int) -> None:
    both = pd.concat([spans({"ana": ana, "ben": ben}), spans({"ana": [(0, 1)], "ben": [(5, 6)]}, "n2")])
    found = agreement.span_agreement(both, "ana", "ben").set_index("measure")
    for name, matched in (("exact", exact), ("overlap", overlap)):
        row = found.loc[name]
        n_ana, n_ben = len(ana) + 1, len(ben) + 1
        assert (row["n_reference"], row["n_other"], row["matched"]) == (n_ana, n_ben, matched)
        assert (row["only_reference"], row["only_other"]) == (n_ana - matched, n_ben - matched)
        assert row["precision"] == matched / n_ben
        assert row["recall"] == matched / n_ana
        assert row["f1"] == pytest.approx(2 * matched / (n_ana + n_ben))


SPAN = st.tuples(st.integers(0, 8), st.integers(1, 6)).map(lambda s: (s[0], s[0] + s[1]))


@settings(max_examples=150, deadline=None)
@given(st.lists(SPAN, max_size=4), st.lists(SPAN, max_size=4))
def test_no_other_pairing_overlaps_more_and_identical_spans_are_found(ana: list, ben: list) -> None:
    a, b = [[pairing.Marked("n", span) for span in side] for side in (ana, ben)]
    pairs = pairing.pair_spans(a, b)
    assert len({p.first for p in pairs}) == len({p.second for p in pairs}) == len(pairs)
    assert all(p.overlap > 0 for p in pairs)
    jaccard = pairing.overlaps(ana, ben) if ana and ben else np.zeros((len(ana), len(ben)))
    few, many = sorted([len(ana), len(ben)])
    table = jaccard if len(ana) <= len(ben) else jaccard.T
    best = max((sum(table[i, j] for i, j in enumerate(order)) for order in permutations(range(many), few)), default=0)
    assert sum(p.overlap for p in pairs) == pytest.approx(best)
    identical = sum(min(ana.count(span), ben.count(span)) for span in set(ana))
    assert sum(p.overlap == 1 for p in pairs) == identical


def test_a_least_overlap_may_be_asked_for() -> None:
    both = spans({"ana": [(0, 10)], "ben": [(5, 15)]})
    assert one(agreement.span_agreement(both, "ana", "ben", min_overlap=0.3), measure="overlap")["matched"] == 1
    assert one(agreement.span_agreement(both, "ana", "ben", min_overlap=0.5), measure="overlap")["matched"] == 0


def test_pairs_and_the_unmatched_are_listed_in_text_order() -> None:
    both = spans({"ana": [(20, 30), (0, 10)], "ben": [(50, 60), (0, 8), (12, 15)]})
    found = agreement.span_pairs(both, "ana", "ben")
    starts = found[["start", "other_start"]].astype(object)
    assert starts.where(starts.notna(), None).to_numpy().tolist() == [[0, 0], [None, 12], [20, None], [None, 50]]
    assert found["overlap"][0] == 0.8
    assert found["exact"].tolist()[0] is False
    only = agreement.span_pairs(both.assign(article_id=["n1", "n2", "n1", "n2", "n2"]), "ana", "ben", articles=["n1"])
    assert set(only["article_id"]) == {"n1"}


def test_two_positions_on_one_passage_are_paired_by_their_codes() -> None:
    rows = spans({"ana": [(0, 9), (0, 9)], "ben": [(0, 9), (0, 9)]}).assign(issue=["aid", "truce", "truce", "aid"])
    marked = [pairing.mark(rows[rows["coder"] == coder].to_dict("records")) for coder in ("ana", "ben")]
    assert [(p.first, p.second) for p in pairing.pair_spans(*marked)] == [(0, 1), (1, 0)]


def test_nothing_to_divide_by_is_na() -> None:
    both = spans({"ana": [(0, 1)], "ben": [(0, 1)]})
    found = agreement.span_agreement(both, "ana", "ben", articles=[])
    assert found[["precision", "recall", "f1", "mean_overlap"]].isna().all(axis=None)
    assert found["matched"].tolist() == [0, 0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda f: agreement.span_agreement(f, "ana", "bne"), "no row is coded by 'bne'.*Did you mean 'ben'"),
        (lambda f: agreement.span_agreement(f, "ana", "ana"), "both 'ana'; expected two coders"),
        (lambda f: agreement.span_agreement(f, "ana", "ben", min_overlap=2), "min_overlap is 2"),
        (lambda f: agreement.span_agreement(f.assign(end=0), "ana", "ben"), "stands from 0 to 0; mend its span"),
        (lambda f: agreement.span_agreement(f.assign(start=None), "ana", "ben"), "mend its span"),
        (lambda f: agreement.span_agreement(f[["coder"]], "ana", "ben"), "lacks the columns article_id, start, end"),
    ],
)
def test_spans_that_are_none_are_refused(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call(spans({"ana": [(0, 9)], "ben": [(0, 9)]}))


# --- sheets

SHEET = sheet(
    [
        {"id": "n1:p1", "stance": 1},
        {"id": "n1:p2", "stance": 1, "start": 20, "end": 30, "decision": "drop"},
        {"id": "n1:p3", "stance": -1, "start": 40, "end": 50, "decision": "unsure"},
        {"id": "n1:hand1", "stance": 1, "start": 60, "end": 70, "decision": "add"},
        {"id": "n1:hand2", "stance": 1, "start": 80, "end": 90, "decision": "add"},
        {"id": "n1:p1", "stance": -1, "decision": "change", "coder": "ben"},
        {"id": "n1:p2", "stance": 1, "start": 20, "end": 30, "coder": "ben"},
        {"id": "n1:p3", "stance": -1, "start": 40, "end": 50, "coder": "ben"},
        {"id": "n1:hand1", "stance": -1, "start": 81, "end": 90, "decision": "add", "coder": "ben"},
    ]
)
MACHINE = pd.DataFrame(
    {"article_id": "n1", "position_id": ["n1:p1", "n1:p2", "n1:p3", "n1:p4"], "actor": "Ana Diaz", "issue": "truce",
     "stance": [1, 1, 1, 1], "text": "x", "start": [0, 20, 40, 99], "end": [9, 30, 50, 100]}
)  # fmt: skip


def test_a_sheet_gives_the_codes_of_what_is_coded_and_knows_added_units_by_their_spans() -> None:
    codes = agreement.codes(SHEET)
    given = {(row["unit"], row["coder"]): row["stance"] for row in codes.to_dict("records")}
    assert given == {
        ("n1:p1", "ana"): "1", ("n1:p1", "ben"): "-1", ("n1:p2", "ben"): "1", ("n1:p3", "ben"): "-1",
        ("n1:added1", "ana"): "1", ("n1:added2", "ana"): "1", ("n1:added2", "ben"): "-1",
    }  # fmt: skip
    assert one(agreement.measure(SHEET, {"stance": "nominal"}))["n_disagreements"] == 2
    assert list(agreement.disagreements(SHEET, ["stance"])["unit"]) == ["n1:added2", "n1:p1"]


def test_the_machine_is_one_more_coder() -> None:
    both = agreement.with_machine(SHEET, MACHINE)
    assert list(both.columns) == list(SHEET.columns)
    assert list(both[both["coder"] == "machine"]["id"]) == ["n1:p1", "n1:p2", "n1:p3"]
    found = one(agreement.measure(both, {"stance": "nominal"}))
    assert (found["n_coders"], found["n_units"]) == (3, 4)
    with pytest.raises(ValueError, match="rows of the coder 'machine' already"):
        agreement.with_machine(both, MACHINE)


def test_spans_of_a_sheet_leave_out_what_one_has_not_decided() -> None:
    found = one(agreement.span_agreement(SHEET, "ana", "ben"), measure="overlap")
    # p1 by both, p2 dropped by ana, p3 not decided by ana; two added by ana, one of which ben has too.
    assert (found["n_reference"], found["n_other"], found["matched"]) == (3, 3, 2)
    assert one(agreement.span_agreement(SHEET, "ana", "ben"), measure="exact")["matched"] == 1
    machine = one(agreement.span_agreement(agreement.with_machine(SHEET, MACHINE), "ana", "machine"), measure="exact")
    assert (machine["n_reference"], machine["n_other"], machine["matched"]) == (3, 2, 1)


def test_a_quote_without_a_speaker_is_coded_as_such() -> None:
    quotes = sheet([{"id": "q1", "coder": c} for c in "ab"]).drop(columns=["actor", "issue", "stance"])
    quotes = quotes.assign(table="quotes", speakers=[None, "Ana Diaz"], kind="direct", source=None, cue=["said", None])
    codes = agreement.codes(quotes)
    assert codes["speakers"].tolist() == ["(none)", "Ana Diaz"]
    assert codes["source"].tolist() == ["(none)", "(none)"]
    table = pd.DataFrame({"article_id": ["n1"], "quote_id": ["q1"], "kind": "direct", "cue": "said", "text": "x … y"})
    table = table.assign(speakers=[["Ana Diaz"]], spans=[[[3, 5], [8, 9]]], source=None)
    row = one(agreement.with_machine(quotes, table), coder="machine")
    assert (row["start"], row["end"], row["table"]) == (3, 9, "quotes")


def test_sheets_that_mix_tables_or_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="mixes the tables positions, quotes"):
        agreement.codes(pd.concat([SHEET, SHEET.assign(table="quotes")]))
    with pytest.raises(ValueError, match="'n1:p1 by ana'"):
        agreement.codes(pd.concat([SHEET, SHEET.iloc[:1]]))
    with pytest.raises(ValueError, match="sheet lacks the column"):
        agreement.codes(SHEET.drop(columns="article_id"))


def test_an_empty_sheet_has_the_same_columns() -> None:
    assert list(agreement.codes(SHEET.iloc[:0]).columns) == list(agreement.codes(SHEET).columns)
    with pytest.raises(ValueError, match="the frame has no codes"):
        agreement.measure(SHEET.iloc[:0], {"stance": "nominal"})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, "1"), (1.0, "1"), ("+1", "1"), (" a  b ", "a  b"), (0.5, "0.5"), (np.int64(-1), "-1"), (True, "True"),
        ("", None), (None, None), (pd.NA, None), (float("nan"), None), ([], None), (["b", "a"], "a; b"),
        (np.array(["x"]), "x"), ("1.0", "1"), ("\ud800", "\\ud800"),
    ],
)  # fmt: skip
def test_codes_are_written_alike(value: object, expected: str | None) -> None:
    assert handcodes.plain(value) == expected


def test_added_units_may_lack_an_id() -> None:
    codes = agreement.codes(SHEET.assign(id=SHEET["id"].where(SHEET["decision"] != "add")))
    pd.testing.assert_frame_equal(codes, agreement.codes(SHEET))


def test_coders_who_share_no_article_agree_on_nothing() -> None:
    both = pd.concat([spans({"ana": [(0, 9)]}, "n1"), spans({"ben": [(0, 9)]}, "n2")])
    found = one(agreement.span_agreement(both, "ana", "ben"), measure="overlap")
    assert (found["matched"], found["precision"], found["recall"]) == (0, 0, 0)
