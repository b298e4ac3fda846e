"""Distinctive terms, keywords in context and acronyms, on texts written for the purpose."""

from __future__ import annotations

import re
import subprocess
import sys
from math import log, sqrt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit import terms

HARBOUR = {"h1": "The harbour dredging began. Harbour fees rose.", "h2": "Harbour pilots want fees."}
ORCHARD = {"o1": "The orchard flooded. Pilots sprayed the orchard.", "o2": "Orchard owners want dykes."}


def test_log_odds_follow_monroe_colaresi_and_quinn() -> None:
    """Counts by hand: harbour 3 of 10 words, 0 of 9; pilots 1 and 1; the prior is the counts of both together."""
    found = terms.distinctive_terms({"a": HARBOUR, "b": ORCHARD}, ngrams=(1,), min_count=1).set_index("term")
    n_a, n_b = found["first_count"].sum(), found["second_count"].sum()
    total = n_a + n_b
    row = found.loc["harbour" if "harbour" in found.index else "Harbour"]
    delta = log((3 + 3) / (n_a + total - 6)) - log((0 + 3) / (n_b + total - 3))
    assert row["log_odds"] == pytest.approx(delta)
    assert row["std_error"] == pytest.approx(sqrt(1 / 6 + 1 / 3))
    assert row["z"] == pytest.approx(delta / sqrt(1 / 6 + 1 / 3))
    assert (row["first_count"], row["second_count"], row["n"], row["group"]) == (3, 0, 3, "a")
    assert row["first_ids"] == ["h1", "h2"]
    assert row["second_ids"] == []


def test_a_number_as_prior_gives_every_term_the_same_counts() -> None:
    found = terms.distinctive_terms({"a": HARBOUR, "b": ORCHARD}, ngrams=(1,), prior=0.5, min_count=1)
    n_a, n_b, words = found["first_count"].sum(), found["second_count"].sum(), len(found)
    for row in found.to_dict("records"):
        a, b = row["first_count"] + 0.5, row["second_count"] + 0.5
        delta = log(a / (n_a + words / 2 - a)) - log(b / (n_b + words / 2 - b))
        assert row["log_odds"] == pytest.approx(delta)
        assert row["z"] == pytest.approx(delta / sqrt(1 / a + 1 / b))


def test_terms_come_from_the_first_group_to_the_second_and_are_written_as_printed() -> None:
    texts = {"x": "NATO talks, NATO talks. Talks about NATO."}
    others = {"y": "Fish markets. Fish markets and fish, fish."}
    found = terms.distinctive_terms({"a": texts, "b": others})
    assert list(found["z"]) == sorted(found["z"], reverse=True)
    assert set(found["term"]) == {"NATO", "talks", "NATO talks", "fish", "Fish markets", "markets"}
    assert list(found["group"].dropna().unique()) == ["a", "b"]


def test_swapping_the_groups_turns_every_sign() -> None:
    one = terms.distinctive_terms({"a": HARBOUR, "b": ORCHARD}, min_count=1).set_index("term")["z"]
    other = terms.distinctive_terms({"b": ORCHARD, "a": HARBOUR}, min_count=1).set_index("term")["z"]
    pd.testing.assert_series_equal(one.sort_index(), -other.sort_index())


@pytest.mark.parametrize(("numbers", "expected"), [(False, {"ships"}), (True, {"ships", "40", "40 ships"})])
def test_numbers_are_left_out_unless_wanted(numbers: bool, expected: set[str]) -> None:
    groups = {"a": {"x": "40 ships. 40 ships."}, "b": {"y": "Goats graze. Goats graze."}}
    found = terms.distinctive_terms(groups, numbers=numbers)
    assert set(found.loc[found["group"] == "a", "term"]) == expected


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ({"a": HARBOUR}, "has 1 groups; expected two"),
        ({"a": HARBOUR, "b": {}}, "'b' has no text"),
        ({"a": HARBOUR, "b": {"o": "  \n"}}, "'b' has no text"),
        ({"a": HARBOUR, "b": {"h2": "Something else."}}, "overlap: 'h2' is in both"),
        ({"a": HARBOUR, "b": {"copy": HARBOUR["h2"]}}, "overlap: 'copy' is in both"),
        ({"a": HARBOUR, "b": "A bare text."}, "'b' is not a mapping"),
    ],
)
def test_groups_that_cannot_be_compared_are_refused(groups: dict[str, dict[str, str]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        terms.distinctive_terms(groups)


@pytest.mark.parametrize("prior", ["uniform", 0, -1.0])
def test_a_prior_that_is_none_is_refused(prior: str | float) -> None:
    with pytest.raises(ValueError, match="expected 'corpus' or a number above 0"):
        terms.distinctive_terms({"a": HARBOUR, "b": ORCHARD}, prior=prior)


def test_groups_may_be_columns_of_a_table() -> None:
    a, b = pd.Series(HARBOUR), pd.Series(ORCHARD)
    pd.testing.assert_frame_equal(
        terms.distinctive_terms({"a": a, "b": b}), terms.distinctive_terms({"a": HARBOUR, "b": ORCHARD})
    )


@pytest.mark.parametrize(
    ("keyword", "found"),
    [
        ("truce", ["truce", "Truce"]),
        ("truce*", ["truce", "Truce", "truces"]),
        ("*fire", ["ceasefire"]),
        ("no truce", ["no\ntruce"]),
        ("(U.N.)", ["(U.N.)"]),
        (re.compile("T[a-z]+e\\b"), ["There", "Truce"]),
        ("treaty", []),
        ("fire", []),
    ],
)
def test_keyword_in_context_finds_whole_words(keyword: str | re.Pattern[str], found: list[str]) -> None:
    text = "There is no\ntruce. Truce? No truces or ceasefire, said the envoy (U.N.)."
    hits = terms.keyword_in_context({"t": text}, keyword)
    assert list(hits["keyword"]) == found
    for hit in hits.to_dict("records"):
        assert text[hit["start"] : hit["end"]] == hit["keyword"]


def test_keyword_in_context_can_heed_letter_case_and_cuts_the_window() -> None:
    hits = terms.keyword_in_context({"t": "a mission for a Mission abroad"}, "Mission", ignore_case=False, window=6)
    assert hits[["before", "keyword", "after"]].to_numpy().tolist() == [["for a ", "Mission", " abroa"]]


@pytest.mark.parametrize("keyword", ["", "  ", "*", re.compile("x*")])
def test_a_keyword_that_matches_nothing_at_all_is_refused(keyword: str | re.Pattern[str]) -> None:
    with pytest.raises(ValueError, match="at least one letter"):
        terms.keyword_in_context({"t": "text"}, keyword)


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=60), st.text(min_size=1, max_size=5))
def test_keyword_offsets_are_exact_in_any_text(text: str, keyword: str) -> None:
    if not keyword.strip(" *") or not keyword.split():
        return
    for hit in terms.keyword_in_context({"t": text}, keyword, window=7).to_dict("records"):
        assert text[hit["start"] : hit["end"]] == hit["keyword"]
        assert text[: hit["start"]].endswith(hit["before"])
        assert text[hit["end"] :].startswith(hit["after"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The River Basin Authority (RBA) met. The RBA voted.", {"RBA": ("River Basin Authority", 2)}),
        ("Talks with the RBA (River Basin Authority) stalled.", {"RBA": ("River Basin Authority", 1)}),
        ("The Union of Coastal States (UCS) spoke.", {"UCS": ("Union of Coastal States", 1)}),
        ("The RBA (a large body) met.", {"RBA": (None, 1)}),
        ("The meeting (RBA) was short.", {"RBA": (None, 1)}),
        ("PORT LOUIS – The U.N. met on Covid-19 in the 1990s. I left.", {"U.N.": (None, 1)}),
        ("Nothing here.", {}),
    ],
)
def test_acronyms_are_listed_with_what_the_text_says_they_mean(
    text: str, expected: dict[str, tuple[str | None, int]]
) -> None:
    found = terms.acronyms({"t": text})
    assert {
        r["acronym"]: (None if pd.isna(r["definition"]) else r["definition"], r["n"]) for r in found.to_dict("records")
    } == expected
    for row in found.dropna(subset="definition").to_dict("records"):
        assert text[row["definition_start"] : row["definition_end"]] == row["definition"]


def test_acronyms_count_over_all_texts() -> None:
    found = terms.acronyms({"a": "RBA and UCS.", "b": "The River Basin Authority (RBA)."}).set_index("acronym")
    assert found.loc["RBA", ["n", "definition_id"]].to_list() == [2, "b"]
    assert found.loc["RBA", "ids"] == ["a", "b"]


def test_nothing_gives_the_same_columns() -> None:
    for empty, full in (
        (terms.keyword_in_context({}, "x"), terms.keyword_in_context({"t": "x"}, "x")),
        (terms.acronyms({}), terms.acronyms({"t": "The River Basin Authority (RBA)"})),
        (
            terms.distinctive_terms({"a": HARBOUR, "b": ORCHARD}, min_count=99),
            terms.distinctive_terms({"a": HARBOUR, "b": ORCHARD}),
        ),
    ):
        assert empty.empty
        pd.testing.assert_series_equal(empty.dtypes, full.dtypes)


def test_comparing_loads_no_language_model_software() -> None:
    check = "import sys, toolkit.compare, toolkit.terms; sys.exit('spacy' in sys.modules or 'textacy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
