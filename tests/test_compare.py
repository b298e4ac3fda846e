"""Position matrix, change with its guards, agreement and share of voice, on tables written for the purpose."""

from __future__ import annotations

from itertools import count
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit import compare
from toolkit.records import Position, Quote, table

DATES = {"early": "2019-05-02", "late": "2023-11-20", "undated": None, "later": "2024-01-09"}


def positions(*rows: dict[str, Any]) -> pd.DataFrame:
    """Make a table of positions; what a row leaves out is one sure indirect statement of Amara in the early article."""
    numbers = count(1)
    records = []
    for row in rows:
        number = next(numbers)
        article = row.get("article_id", "early")
        usual = {
            "article_id": article, "position_id": f"{article}:p{number}", "date": DATES.get(article), "actor": "Amara",
            "role": None, "issue": "ceasefire", "stance": 1, "text": f"words {number}", "start": 10 * number,
            "end": 10 * number + 8, "quote_id": None, "kind": "indirect", "rule": "network", "confidence": 1.0,
        }  # fmt: skip
        records.append(Position(**{**usual, **row}))
    return table("positions", records)


def say(article: str, stance: int = 1, times: int = 1, **more: Any) -> list[dict[str, Any]]:
    return [{"article_id": article, "stance": stance, **more}] * times


def quote(quote_id: str, speakers: tuple[str, ...], text: str = "some words here", **more: Any) -> Quote:
    usual: dict[str, Any] = {
        "article_id": quote_id.split(":")[0], "quote_id": quote_id, "kind": "indirect", "text": text,
        "spans": ((0, len(text)),), "source": None, "source_start": None, "source_end": None, "cue": None,
        "cue_start": None, "cue_end": None, "speakers": speakers, "confidence": 0.9,
    }  # fmt: skip
    return Quote(**{**usual, **more})


def articles(**outlets: str | None) -> pd.DataFrame:
    rows = []
    for name, outlet in outlets.items():
        row = dict.fromkeys(["title", "author", "place", "language", "n_chars", "sha256", "path"])
        source = "inferred" if name == "early" else "text"
        rows.append({**row, "article_id": name, "date": DATES[name], "date_source": source, "outlet": outlet})
    return table("articles", rows)


def test_position_matrix_counts_both_sides_and_keeps_the_evidence() -> None:
    frame = positions(
        *say("early", 1, 2, role="Envoy"), *say("early", -1, 1), *say("late", -1), *say("late", 1, actor="Bela")
    )
    matrix = compare.position_matrix(frame)
    first = matrix.iloc[0]
    assert list(matrix["actor"]) == ["Amara", "Amara", "Bela"]
    assert (first["n_for"], first["n_against"], first["n"], first["role"]) == (2, 1, 3, "Envoy")
    assert first["mean_side"] == pytest.approx(1 / 3)
    assert first["position_ids"] == ["early:p1", "early:p2", "early:p3"]
    assert pd.isna(matrix["role"][2])
    assert sorted(p for ids in matrix["position_ids"] for p in ids) == sorted(frame["position_id"])


def test_position_matrix_keeps_what_is_asked_for() -> None:
    frame = positions(*say("early"), *say("early", actor="Bela"), *say("early", issue="sanctions"))
    assert set(compare.position_matrix(frame, actors=["Bela"])["actor"]) == {"Bela"}
    assert set(compare.position_matrix(frame, issues=["sanctions"])["issue"]) == {"sanctions"}
    with pytest.raises(ValueError, match=r"actors has 'Amaro'.*Did you mean 'Amara'"):
        compare.position_matrix(frame, actors=["Amaro"])


@pytest.mark.parametrize(
    ("rows", "verdict", "points_to"),
    [
        (say("early", 1, 3) + say("late", 1, 2), "held", "same side"),
        (say("early", -1, 2) + say("late", -1, 2), "held", "same side"),
        (say("early", 1, 2) + say("late", -1, 2), "reversed", "opposite sides"),
        (say("early", 1, 5) + say("early", -1) + say("late", -1, 4), "reversed", "opposite sides"),
        (say("early", 1, 1) + say("late", 1, 6), "too little evidence", "same side"),
        (say("early", 1, 6) + say("late", -1, 1), "too little evidence", "opposite sides"),
        (say("early", 1, 3) + say("early", -1, 2) + say("late", 1, 9), "too little evidence", "same side"),
        (say("early", 1, 2) + say("early", -1, 2) + say("late", 1, 9), "too little evidence", "no clear side"),
        (say("early", 1, 2, confidence=0.4) + say("late", -1, 2), "too little evidence", "opposite sides"),
        (say("early", issue="sanctions") + say("late", 1), "new", None),
        (say("early", 1) + say("late", issue="sanctions"), "dropped", None),
        (say("early", 1, confidence=0.6) + say("late", issue="sanctions"), "too little evidence", None),
        (say("early", 1) + say("early", 1, 9, confidence=0.3) + say("late", 1, 9), "too little evidence", "same side"),
        (say("early", 1, 2) + say("early", 1, confidence=0.3) + say("late", 1, 2), "held", "same side"),
        (say("early", 1) + say("early", 1, 4, kind="vote") + say("late", 1, 9), "too little evidence", "same side"),
        (
            say("early", 1, 2, kind="vote") + say("early", 1, confidence=0.3) + say("late", 1, 9),
            "not comparable",
            "same side",
        ),
        (say("early", 1, 2) + say("late", 1, 2, kind="vote"), "not comparable", "same side"),
        (say("early", 1, 2, kind="vote") + say("late", 1, 2, kind="vote"), "held", "same side"),
        (say("early", 1, 2) + say("undated", 1, 2), "not comparable", "same side"),
        (say("early", issue="sanctions") + say("undated", 1), "not comparable", None),
        (say("early", 1, 4), "not comparable", None),
    ],
)
def test_change_follows_the_decision_table(rows: list[dict[str, Any]], verdict: str, points_to: str | None) -> None:
    table_of_changes = compare.change(positions(*rows), actor="Amara").set_index("issue")
    row = table_of_changes.loc["ceasefire"]
    assert row["verdict"] == verdict, row["reason"]
    assert (None if pd.isna(row["points_to"]) else row["points_to"]) == points_to
    assert row["n"] == len(row["position_ids"]) == sum(r.get("issue") != "sanctions" for r in rows)


def dated(*said: tuple[str, str, int]) -> list[dict[str, Any]]:
    """Statements by article, date and stance."""
    return [{"article_id": article, "date": date, "stance": stance} for article, date, stance in said]


@pytest.mark.parametrize(
    ("rows", "verdict"),
    [
        # as many for as against is no side that could be held or reversed, in one article or two
        (dated(("a", "2019", 1), ("b", "2019", -1), ("c", "2021", 1), ("d", "2021", 1)), "too little evidence"),
        (dated(("a", "2019", 1), ("b", "2019", -1), ("c", "2021", 1), ("d", "2021", -1)), "too little evidence"),
        # which articles a date has is drawn, too
        (
            dated(("a", "2019", 1), ("b", "2019", 1), ("c", "2019", -1))
            + dated(("d", "2021", 1), ("e", "2021", -1), ("f", "2021", -1)),
            "too little evidence",
        ),
        (dated(*((f"a{n}", "2019", 1) for n in range(3)), *((f"b{n}", "2021", -1) for n in range(3))), "reversed"),
        # votes and joint statements do not turn the side of own words
        (say("early", 1, 2) + say("late", 1, 2) + say("late", -1, 9, kind="vote"), "too little evidence"),
        (say("early", 1, 2) + say("late", -1, 2) + say("late", 1, 9, kind="vote"), "too little evidence"),
        (say("early", 1, 2) + say("late", 1, 3) + say("late", -1, 2, kind="vote"), "too little evidence"),
    ],
)
def test_no_verdict_rests_on_a_side_that_is_none(rows: list[dict[str, Any]], verdict: str) -> None:
    row = compare.change(positions(*rows), actor="Amara").iloc[0]
    assert row["verdict"] == verdict, row["reason"]


def test_a_tied_date_is_not_dropped() -> None:
    rows = [*dated(("a", "2019", 1), ("b", "2019", -1)), {"article_id": "c", "date": "2021", "issue": "sanctions"}]
    table_of_changes = compare.change(positions(*rows), actor="Amara").set_index("issue")
    assert table_of_changes.loc["ceasefire", "verdict"] == "too little evidence"


def test_what_has_no_date_stands_beside_the_dated_and_not_after_them() -> None:
    rows = [*say("early"), *say("undated"), *say("late", issue="sanctions")]
    found = compare.change(positions(*rows), actor="Amara")
    ceasefire = found[found["issue"] == "ceasefire"]
    assert list(ceasefire["verdict"]) == ["dropped", "not comparable"]
    assert list(found.loc[found["issue"] == "sanctions", "verdict"]) == ["new"]


def test_the_second_hand_is_known_after_hand_coding() -> None:
    quotes = table("quotes", [quote("early:q1", ("Envoy",))])
    for rule in ("reported", "hand", "reported+hand"):
        frame = positions(*say("early", rule=rule, quote_id="early:q1"), *say("late"))
        assert compare.change(frame, actor="Amara", quotes=quotes, exclude=["second_hand"])["left_out"].item() == 1


def test_a_headline_without_an_attribution_is_left_out_as_one() -> None:
    frame = positions(*say("early", rule="headline pointer", kind="report"), *say("late"))
    found = compare.change(frame, actor="Amara", quotes=table("quotes", []), exclude=["headline"])
    assert found["left_out"].item() == 1


def test_categories_are_read_like_words() -> None:
    frame = positions(*say("early", 1, 2), *say("undated"), *say("late", -1, 2))
    categories = frame.astype({"article_id": "category", "date": "category"})
    expected = compare.change(frame, actor="Amara")
    pd.testing.assert_frame_equal(compare.change(categories, actor="Amara"), expected)


def test_change_accepts_single_statements_where_that_is_asked_for() -> None:
    frame = positions(*say("early", 1), *say("late", -1))
    assert compare.change(frame, actor="Amara")["verdict"].item() == "too little evidence"
    assert compare.change(frame, actor="Amara", min_statements=1)["verdict"].item() == "reversed"


def test_change_says_that_silence_is_no_change() -> None:
    row = compare.change(positions(*say("early"), *say("late", issue="sanctions")), actor="Amara").iloc[0]
    assert "not spoken of on 2023-11-20" in row["reason"]
    assert "silence is no change" in row["reason"]
    assert pd.isna(row["difference"])
    assert pd.isna(row["to_mean"])
    assert pd.isna(row["to_text"])


def test_joint_statements_are_not_compared_with_own_words() -> None:
    same = {"start": 5, "end": 50, "article_id": "early"}
    frame = positions(
        *[{**same, "actor": a} for a in ("Amara", "Bela")], *[{**same, "actor": a} for a in ("Amara", "Bela")],
        *say("late", 1, 2),
    )  # fmt: skip
    row = compare.change(frame, actor="Amara").iloc[0]
    assert row["verdict"] == "not comparable"
    assert "joint statements on 2019-05-02" in row["reason"]
    assert "other counterpart: with Bela on 2019-05-02, with nobody on 2023-11-20" in row["explanations"]


def test_the_quotes_tell_who_joins_and_who_stands_between() -> None:
    frame = positions(*say("early", 1, 2, quote_id="early:q1"), *say("late", 1, 2, quote_id="late:q1"))
    quotes = table("quotes", [quote("early:q1", ("Amara", "Bela")), quote("late:q1", ("Amara",), via="Chi")])
    row = compare.change(frame, actor="Amara", quotes=quotes).iloc[0]
    assert row["verdict"] == "not comparable"
    assert "second hand: 2 of 2 on 2023-11-20" in row["explanations"]
    guarded = compare.change(frame, actor="Amara", quotes=quotes, exclude=["second_hand"]).iloc[0]
    assert (guarded["verdict"], guarded["to_n"], guarded["left_out"]) == ("too little evidence", 0, 2)
    assert "the guards leave out all 2 of 2023-11-20" in guarded["reason"]


def test_a_partner_in_a_contrast_is_no_partner() -> None:
    """Bela takes the other side in the very words, and joins Amara on another issue: no joint statement on this one."""
    frame = positions(
        {"start": 5, "end": 30, "quote_id": "early:q1"},
        {"start": 5, "end": 30, "quote_id": "early:q1", "actor": "Bela", "stance": -1},
        {"start": 5, "end": 30, "quote_id": "early:q1", "actor": "Bela", "issue": "sanctions"},
    )
    explanations = compare.change(frame, actor="Amara")["explanations"].item()
    assert not any("joint" in e for e in explanations)


def test_other_explanations_are_named() -> None:
    frame = positions(
        *say("early", 1, 2, role="Minister"), *say("late", -1, 2, role="Speaker of the House", kind="direct")
    )
    row = compare.change(frame, articles(early="The Post", late="Wire Service"), actor="Amara").iloc[0]
    assert row["verdict"] == "reversed"
    assert row["explanations"] == [
        "other outlet: The Post, then Wire Service",
        "role changed: Minister, then Speaker of the House",
        "paraphrase against quotation: 0 of 2 quoted on 2019-05-02, 2 of 2 quoted on 2023-11-20",
        "date inferred: 2019-05-02",
    ]
    assert (row["from_role"], row["to_role"]) == ("Minister", "Speaker of the House")


def test_the_strongest_evidence_is_on_the_side_taken_and_quoted() -> None:
    frame = positions(
        {"text": "against", "stance": -1, "kind": "direct"}, {"text": "paraphrased", "confidence": 0.9},
        {"text": "quoted", "kind": "direct", "confidence": 0.8},
        {"text": "doubtful", "kind": "direct", "confidence": 0.3},
        *say("late", 1, 2),
    )  # fmt: skip
    row = compare.change(frame, actor="Amara").iloc[0]
    assert (row["from_text"], row["from_position_id"]) == ("quoted", "early:p3")


def test_years_can_be_compared_instead_of_days() -> None:
    frame = positions(
        *say("early", 1, 2), *say("late", -1), {"article_id": "other", "date": "2023-01-02", "stance": -1}
    )
    pooled = compare.change(frame.assign(date=frame["date"].str[:4]), actor="Amara")
    assert list(pooled[["from_date", "to_date", "verdict"]].iloc[0]) == ["2019", "2023", "reversed"]


def test_articles_of_one_date_are_taken_together_and_several_dates_compared_in_turn() -> None:
    other = positions(
        *say("early", 1, 2), {"article_id": "early2", "date": DATES["early"]}, *say("late", -1, 2),
        *say("later", issue="sanctions"),
    )  # fmt: skip
    rows = compare.change(other, actor="Amara")
    assert [tuple(r) for r in rows[["issue", "from_date", "to_date", "verdict"]].itertuples(index=False)] == [
        ("ceasefire", "2019-05-02", "2023-11-20", "reversed"),
        ("ceasefire", "2023-11-20", "2024-01-09", "dropped"),
        ("sanctions", "2023-11-20", "2024-01-09", "new"),
    ]
    assert rows["from_articles"][0] == ["early", "early2"]
    assert rows["from_n"][0] == 3


@pytest.mark.parametrize(
    ("guard", "left_out"),
    [("headline", 1), ("indirect", 3), ("joint", 2), ("report", 1), ("second_hand", 1), ("vote", 1)],
)
def test_each_guard_leaves_out_its_kind(guard: str, left_out: int) -> None:
    frame = positions(
        {"quote_id": "early:q1", "kind": "direct"}, {"quote_id": "early:q2"}, {"quote_id": "early:q3"},
        {"kind": "vote"}, {"kind": "report"}, {"quote_id": "early:q4"}, {"kind": "direct", "quote_id": "early:q3"},
        *say("late", 1, 1, kind="direct"),
    )  # fmt: skip
    quotes = table(
        "quotes",
        [
            quote("early:q1", ("Amara",), section="headline"),
            quote("early:q2", ("Amara",), via="Chi"),
            quote("early:q3", ("Amara", "Bela")),
            quote("early:q4", ("Amara",)),
        ],
    )
    row = compare.change(frame, actor="Amara", quotes=quotes, exclude=[guard]).iloc[0]
    assert row["left_out"] == left_out
    assert row["from_n"] == 7 - left_out


def test_change_guards_shows_which_guard_turns_the_verdict() -> None:
    frame = positions(*say("early", 1, 2, kind="direct"), *say("late", -1, 2), *say("late", -1, confidence=0.5))
    quotes = table("quotes", [])
    rows = compare.change_guards(frame, actor="Amara", quotes=quotes).set_index("guard")
    assert list(rows.index) == ["none", *compare.GUARDS, "low_confidence", "all"]
    assert rows["verdict"]["none"] == "reversed"
    assert rows["verdict"]["indirect"] == "too little evidence"
    assert list(rows.index[~rows["as_without"]]) == ["indirect", "all"]
    assert rows["left_out"]["low_confidence"] == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"actor": "Amaro"}, "Did you mean 'Amara'"),
        ({"actor": "Amara", "exclude": ["joints"]}, "Did you mean 'joint'"),
        ({"actor": "Amara", "exclude": ["headline"]}, "give quotes=study.quotes"),
        ({"actor": "Amara", "exclude": "joint"}, r"exclude=\['joint'\]"),
    ],
)
def test_change_refuses_what_it_does_not_know(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        compare.change(positions(*say("early")), **options)


def test_the_bootstrap_is_the_same_for_the_same_seed_and_needs_two_statements() -> None:
    frame = positions(*say("early", 1, 4), *say("early", -1, 2), *say("late", -1, 5), *say("late", 1, 2))
    one, two = (compare.change(frame, actor="Amara", seed=3) for _ in range(2))
    pd.testing.assert_frame_equal(one, two)
    row = one.iloc[0]
    assert row["low"] < row["difference"] < row["high"]
    assert row["difference"] == pytest.approx(-3 / 7 - 2 / 6)
    single = compare.change(positions(*say("early"), *say("late", 1, 5)), actor="Amara").iloc[0]
    assert pd.isna(single["low"])
    assert pd.isna(single["high"])
    agreeing = compare.change(positions(*say("early", 1, 5), *say("late", 1, 5)), actor="Amara").iloc[0]
    assert agreeing["difference"] == 0
    assert pd.isna(agreeing["low"])


def test_the_share_of_resamples_weighs_the_confidence() -> None:
    """One statement of confidence 0.6 on each side survives together in 0.36 of the resamples."""
    frame = positions(*say("early", 1, 1, confidence=0.6), *say("late", 1, 1, confidence=0.6))
    assert compare.change(frame, actor="Amara")["sign_share"].item() == pytest.approx(0.36, abs=0.03)
    by_hand = positions(*say("early", 1, 1, confidence=float("nan")), *say("late", 1, 1))
    assert compare.change(by_hand, actor="Amara")["sign_share"].item() == 1


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(list(DATES)), st.sampled_from([1, -1]), st.floats(0, 1)), min_size=1))
def test_change_holds_its_promises_for_any_statements(rows: list[tuple[str, int, float]]) -> None:
    frame = positions(*({"article_id": a, "stance": s, "confidence": c} for a, s, c in rows))
    for row in compare.change(frame, actor="Amara").to_dict("records"):
        assert row["from_n"] + row["to_n"] == row["n"] == len(row["position_ids"])
        assert pd.isna(row["sign_share"]) or 0 <= row["sign_share"] <= 1
        assert pd.isna(row["low"]) or -2 <= row["low"] <= row["high"] <= 2
        if row["verdict"] in ("held", "reversed"):
            assert min(row["from_n"], row["to_n"]) >= 2
            assert row["sign_share"] >= 0.75


def test_agreement_counts_issues_not_statements() -> None:
    frame = positions(
        *say("early", 1, 3), *say("early", 1, actor="Bela"), *say("early", -1, 2, actor="Chi"),
        *say("early", -1, issue="sanctions"), *say("late", -1, issue="sanctions", actor="Bela"),
        *say("early", 1, issue="aid"), *say("early", 1, issue="aid", actor="Bela"),
        *say("late", -1, issue="aid", actor="Bela"), *say("early", 1, issue="other", actor="Dov"),
    )  # fmt: skip
    pairs = compare.agreement(frame).set_index(["actor_a", "actor_b"])
    assert list(pairs.index) == [("Amara", "Bela"), ("Amara", "Chi"), ("Bela", "Chi")]
    both = pairs.loc[("Amara", "Bela")]
    assert (both["n_issues"], both["n_agree"], both["n_disagree"], both["n_unclear"]) == (3, 2, 0, 1)
    assert both["agree_on"] == ["ceasefire", "sanctions"]
    assert both["n"] == len(set(both["position_ids"])) == 9
    assert both["n_joint"] == 0
    assert pairs.loc[("Amara", "Chi"), "share_agree"] == 0
    assert pairs.loc[("Amara", "Chi"), "disagree_on"] == ["ceasefire"]


def test_agreement_tells_what_only_a_joint_statement_shows() -> None:
    """Amara speaks of sanctions beyond the joint words and Bela does not; of the ceasefire both speak beyond them."""
    joint = [
        {"start": 5, "end": 50, "actor": actor, "issue": i}
        for actor in ("Amara", "Bela")
        for i in ("ceasefire", "sanctions")
    ]
    own = [*say("late"), *say("late", actor="Bela"), *say("late", issue="sanctions")]
    pair = compare.agreement(positions(*joint, *own)).iloc[0]
    assert (pair["n_agree"], pair["n_joint"]) == (2, 1)


def test_voting_alike_is_no_joint_statement() -> None:
    votes = [{"start": 5, "end": 50, "actor": actor, "kind": "vote"} for actor in ("Amara", "Bela")]
    pair = compare.agreement(positions(*votes)).iloc[0]
    assert (pair["n_agree"], pair["n_joint"]) == (1, 0)


def test_share_of_voice_divides_joint_words_and_keeps_the_unattributed() -> None:
    quotes = table(
        "quotes",
        [
            quote("a:q1", ("Amara",), "four words of speech", kind="direct"),
            quote("a:q2", ("Amara", "Bela"), "two words"),
            quote("a:q3", (), "one’s own … well-known words", kind="mixed"),
            quote("b:q1", ("Chi",), "yes"),
        ],
    )
    shares = compare.share_of_voice(quotes)
    assert [None if pd.isna(s) else s for s in shares["speaker"]] == ["Amara", "Bela", None, "Chi"]
    assert list(shares["words"]) == [6, 2, 4, 1]
    assert list(shares["direct_words"]) == [4, 0, 0, 0]
    assert list(shares["mixed_words"]) == [0, 0, 4, 0]
    assert list(shares["joint_words"]) == [2, 2, 0, 0]
    assert list(shares["share"]) == pytest.approx([0.5, 0.1, 0.4, 1.0])
    assert shares["quote_ids"][0] == ["a:q1", "a:q2"]


def test_share_of_voice_reads_lists_that_came_back_from_a_file() -> None:
    quotes = table("quotes", [quote("a:q1", ("Amara", "Bela")), quote("a:q2", ())])
    quotes["speakers"] = pd.Series([np.array(["Amara", "Bela"]), np.array([])], dtype="object")
    assert list(compare.share_of_voice(quotes)["speaker"][:2]) == ["Amara", "Bela"]


def test_empty_tables_give_the_same_columns() -> None:
    none, quotes = positions(), table("quotes", [])
    guards = compare.change_guards
    some = positions(*say("early"), *say("early", actor="Bela"), *say("late"))
    for empty, full in (
        (compare.position_matrix(none), compare.position_matrix(some)),
        (compare.change(none, actor="Amara"), compare.change(some, actor="Amara")),
        (guards(none, actor="Amara", quotes=quotes), guards(some, actor="Amara", quotes=quotes)),
        (compare.agreement(none), compare.agreement(some)),
        (compare.share_of_voice(quotes), compare.share_of_voice(table("quotes", [quote("a:q1", ("Amara",))]))),
    ):  # fmt: skip
        assert empty.empty
        pd.testing.assert_series_equal(empty.dtypes, full.dtypes)


def test_a_table_without_its_columns_is_refused() -> None:
    with pytest.raises(ValueError, match=r"positions lacks the column stance"):
        compare.agreement(positions(*say("early")).drop(columns="stance"))


def test_the_given_tables_are_left_as_they_are() -> None:
    frame = positions(*say("early", 1, 2), *say("late", -1, 2))
    before = frame.copy(deep=True)
    compare.position_matrix(frame)
    compare.change(frame, actor="Amara")
    compare.agreement(frame)
    pd.testing.assert_frame_equal(frame, before)
