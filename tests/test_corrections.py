from __future__ import annotations

import hashlib
import json

import pandas as pd
import pytest

from toolkit import compare
from toolkit.records import TABLES, Appraisal, Article, Mention, Position, Quote, table
from toolkit.sheets import check_sheet, make_sheet, write_sheet
from toolkit.study import Study, open_study

TEXT = (
    "Minister Ada Obi said the guns must fall silent. “Talks,” she said, “are the only way.”\n\n"
    "Bo Ek, the envoy, said the siege was unlawful. Nobody else spoke of peace talks."
)


def at(words: str, text: str = TEXT) -> dict:
    start = text.index(words)
    return {"start": start, "end": start + len(words), "text": words}


def quote(number: int, words: list[str], source: str, speakers: tuple[str, ...], **more) -> Quote:
    spans = tuple((TEXT.index(w), TEXT.index(w) + len(w)) for w in words)
    cue_start = TEXT.index("said", TEXT.index(source))
    values = {
        "article_id": "a",
        "quote_id": f"a:q{number}",
        "kind": "indirect",
        "text": " … ".join(words),
        "spans": spans,
        "source": source,
        "source_start": TEXT.index(source),
        "source_end": TEXT.index(source) + len(source),
        "cue": "said",
        "cue_start": cue_start,
        "cue_end": cue_start + 4,
        "act": "speech",
        "strength": "neutral",
        "speakers": speakers,
        "role": "Minister" if speakers[:1] == ("Ada Obi",) else None,
        "confidence": 0.8,
    }
    return Quote(**{**values, **more})


def position(number: int, words: str, actor: str, issue: str, stance: int, quote_id: str | None) -> Position:
    place = at(words)
    return Position(
        article_id="a",
        position_id=f"a:p{number}",
        date="2025-01-01",
        actor=actor,
        role="Minister" if actor == "Ada Obi" else None,
        issue=issue,
        stance=stance,
        quote_id=quote_id,
        kind="indirect",
        rule="quote",
        confidence=0.6,
        **place,
    )


@pytest.fixture
def study() -> Study:
    articles = {
        "a": Article("a", TEXT, date="2025-01-01"),
        "b": Article("b", "We want talks.", date="2025-02-01", speaker="Cy Lo"),
    }
    records = {
        "articles": [
            {**dict.fromkeys(c.name for c in TABLES["articles"]), "article_id": i, "date": a.date,
             "n_chars": len(a.text), "sha256": hashlib.sha256(a.text.encode()).hexdigest()}
            for i, a in articles.items()
        ],
        "mentions": [Mention("a", label="person", actor="Bo Ek", country=None, role="envoy", rule="x", **at("Bo Ek"))],
        "quotes": [
            quote(1, ["the guns must fall silent"], "Minister Ada Obi", ("Ada Obi",)),
            quote(2, ["“Talks,”", "“are the only way.”"], "she", ("Ada Obi",), kind="direct"),
            quote(3, ["the siege was unlawful"], "Bo Ek, the envoy", ("Bo Ek",)),
        ],
        "positions": [
            position(1, "the guns must fall silent", "Ada Obi", "ceasefire", 1, "a:q1"),
            position(2, "are the only way", "Ada Obi", "negotiation", 1, "a:q2"),
            position(3, "the siege was unlawful", "Bo Ek", "international_law", 1, "a:q3"),
        ],
        "appraisals": [
            Appraisal("a", "2025-01-01", "Bo Ek", None, -1, quote_id="a:q3", rule="quote", confidence=0.5,
                      **at("the siege was unlawful"))
        ],
    }  # fmt: skip
    tables = {name: table(name, records.get(name, [])) for name in TABLES}
    labels = {"ceasefire": "Ceasefire", "negotiation": "Negotiation", "international_law": "International law"}
    study = Study(tables, articles, {"toolkit": "0", "issues": labels})
    assert study.verify().empty
    return study


def decide(study: Study, name: str, decisions: dict, coder: str = "ann", blind=False) -> pd.DataFrame:
    """Fill in a sheet: id to decision, or to a decision and values."""
    sheet = make_sheet(study.tables[name], blind=blind).astype(object).set_index("id", drop=False)
    for unit, given in decisions.items():
        decision, values = given if isinstance(given, tuple) else (given, {})
        for column, value in {"decision": decision, "coder": coder, **values}.items():
            sheet.loc[unit, column] = value
    return check_sheet(sheet.reset_index(drop=True))


def added(study: Study, name: str, values: dict, coder: str = "ann") -> pd.DataFrame:
    row = {"table": name, "article_id": "a", "decision": "add", "coder": coder, "id": None, **values}
    sheet = make_sheet(study.tables[name].head(0)).astype(object)
    return check_sheet(pd.DataFrame([row], columns=sheet.columns, dtype=object))


def state(study: Study, name: str = "positions") -> dict:
    columns = (
        ["actor", "issue", "stance", "rule", "confidence"] if name == "positions" else ["speakers", "kind", "rule"]
    )
    key = "position_id" if name == "positions" else "quote_id"
    return {row[key]: tuple(row[c] for c in columns) for row in study.tables[name].to_dict("records")}


MACHINE = {
    "a:p1": ("Ada Obi", "ceasefire", 1, "quote", 0.6),
    "a:p2": ("Ada Obi", "negotiation", 1, "quote", 0.6),
    "a:p3": ("Bo Ek", "international_law", 1, "quote", 0.6),
}


@pytest.mark.parametrize(
    ("decisions", "expected"),
    [
        ({}, {}),
        ({"a:p1": "keep"}, {"a:p1": ("Ada Obi", "ceasefire", 1, "hand", 1.0)}),
        ({"a:p1": "unsure"}, {}),
        ({"a:p1": "drop"}, {"a:p1": None}),
        (
            {"a:p1": ("change", {"stance": -1, "issue": "negotiation"})},
            {"a:p1": ("Ada Obi", "negotiation", -1, "hand", 1.0)},
        ),
        ({"a:p1": ("change", {"actor": "Cy Lo"})}, {"a:p1": ("Cy Lo", "ceasefire", 1, "hand", 1.0)}),
        ({"a:p1": "change"}, {"a:p1": ("Ada Obi", "ceasefire", 1, "hand", 1.0)}),
    ],
)
def test_each_decision(study, decisions, expected):
    new = study.with_corrections(decide(study, "positions", decisions))
    assert state(new) == {k: v for k, v in {**MACHINE, **expected}.items() if v}
    assert new.verify().empty


def test_the_given_study_stays_as_it_was(study):
    tables = {name: frame.copy(deep=True) for name, frame in study.tables.items()}
    made_with = json.dumps(study.provenance)
    sheet = decide(study, "positions", {"a:p1": ("change", {"stance": -1}), "a:p2": "drop"})
    quotes = decide(study, "quotes", {"a:q1": "drop", "a:q3": ("change", {"speakers": "Cy Lo"})})
    before = sheet.copy(deep=True)
    study.with_corrections([sheet, quotes])
    for name, frame in tables.items():
        pd.testing.assert_frame_equal(study.tables[name], frame)
    assert json.dumps(study.provenance) == made_with
    pd.testing.assert_frame_equal(sheet, before)


def test_the_two_studies_share_no_table(study):
    new = study.with_corrections(decide(study, "positions", {}))
    for name, frame in new.tables.items():
        assert frame is not study.tables[name]


def test_tables_keep_their_columns_and_types(study):
    sheets = [decide(study, name, {}) for name in ("quotes", "positions")]
    new = study.with_corrections(sheets)
    for name in TABLES:
        pd.testing.assert_frame_equal(new.tables[name], study.tables[name])


def test_a_changed_actor_has_the_role_that_the_article_states(study):
    new = study.with_corrections(decide(study, "positions", {"a:p1": ("change", {"actor": "Bo Ek"})}))
    assert new.positions.set_index("position_id").loc["a:p1", "role"] == "envoy"


def test_an_added_position_takes_date_and_kind_from_its_article_and_quote(study):
    code = {"actor": "Ada Obi", "issue": "ceasefire", "stance": 1, **at("are the only way")}
    new = study.with_corrections(added(study, "positions", code))
    row = new.positions.set_index("position_id").loc["a:hand1"]
    assert row[["date", "role", "quote_id", "kind", "rule", "confidence"]].tolist() == [
        "2025-01-01", "Minister", "a:q2", "direct", "hand", 1.0,
    ]  # fmt: skip
    assert new.positions["position_id"].tolist() == ["a:p1", "a:hand1", "a:p2", "a:p3"]
    assert new.verify().empty


@pytest.mark.parametrize(
    ("article_id", "words", "kind"), [("a", "peace talks", "report"), ("b", "We want talks", "speech")]
)
def test_an_added_position_outside_all_quotes(study, article_id, words, kind):
    place = at(words, study.originals[article_id].text)
    code = {"actor": "Cy Lo", "issue": "negotiation", "stance": 1, "article_id": article_id, **place}
    row = study.with_corrections(added(study, "positions", code)).positions.set_index("position_id")
    assert row.loc[f"{article_id}:hand1", "kind"] == kind
    assert pd.isna(row.loc[f"{article_id}:hand1", "quote_id"])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"start": 0, "end": 5, "text": "never"}, "the words are 'never', but 'Minis' stands there"),
        ({"start": 5_000, "end": 5_009, "text": "far away!"}, "the words are 'far away!', but '' stands there"),
        ({**at("Nobody"), "article_id": "x"}, "the study has no such article"),
        (at("the guns must fall silent"), "the same passage, actor and issue as a:p1"),
    ],
)
def test_an_addition_that_does_not_fit_is_refused(study, values, message):
    code = {"actor": "Ada Obi", "issue": "ceasefire", "stance": 1, **values}
    with pytest.raises(ValueError, match=message):
        study.with_corrections(added(study, "positions", code))


def test_additions_of_two_people_get_ids_of_their_own(study):
    first = added(study, "positions", {"id": "a:hand1", "actor": "X", "issue": "ceasefire", "stance": 1, **at("guns")})
    second = added(
        study, "positions", {"id": "a:hand1", "actor": "Y", "issue": "ceasefire", "stance": 1, **at("siege")}, "bob"
    )
    same = first.assign(coder="bob", id="a:hand2")
    new = study.with_corrections([first, second, same])
    assert new.positions.loc[new.positions["rule"] == "hand", ["position_id", "actor"]].to_numpy().tolist() == [
        ["a:hand1", "X"],
        ["a:hand2", "Y"],
    ]
    again = study.with_corrections(first).with_corrections(second)
    assert sorted(again.positions["actor"]) == sorted(new.positions["actor"])


def test_a_blind_sheet_is_applied(study):
    coded = {"a:p2": ("change", {"actor": "Ada Obi", "issue": "negotiation", "stance": -1}), "a:p3": "drop"}
    new = study.with_corrections(decide(study, "positions", coded, blind=True))
    assert state(new)["a:p2"] == ("Ada Obi", "negotiation", -1, "hand", 1.0)
    assert "a:p3" not in state(new)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": "a:p9"}, r"a:p9: no such row in study\.positions"),
        ({"issue": "ceasefyre"}, r"column issue: 'ceasefyre'; expected one of .*Did you mean 'ceasefire'\?"),
        ({"text": "other words"}, "in the study its words are 'the guns must fall silent', in the sheet 'other words'"),
        ({"article_id": "b"}, "in the study it stands in a; the sheet is of another analysis"),
        ({"stance": -1}, "the decision is keep, but stance is -1 and the machine's was 1: say change"),
    ],
)
def test_a_sheet_of_another_analysis_is_refused(study, change, message):
    sheet = decide(study, "positions", {"a:p1": "keep"}).astype(object)
    for column, value in change.items():
        sheet.loc[0, column] = value
    with pytest.raises(ValueError, match=message):
        study.with_corrections(sheet)


def test_an_unknown_id_is_refused_also_where_nothing_was_decided(study):
    sheet = decide(study, "positions", {}).replace({"a:p1": "a:p77"})
    with pytest.raises(ValueError, match="a:p77: no such row"):
        study.with_corrections(sheet)


@pytest.mark.parametrize(
    ("first", "second", "coder", "expected"),
    [
        ("keep", "keep", None, "hand"),
        ("keep", "unsure", None, "hand"),
        ("keep", "change", None, "hand"),  # with the machine's own values
        ("drop", "drop", None, None),
        ("keep", "drop", "ann", "hand"),
        ("keep", "drop", "bob", None),
        ("keep", "drop", None, ValueError),
        ("keep", ("change", {"stance": -1}), None, ValueError),
        ("keep", "drop", "cy", ValueError),
    ],
)
def test_two_coders(study, first, second, coder, expected):
    sheets = [decide(study, "positions", {"a:p1": d}, who) for d, who in ((first, "ann"), (second, "bob"))]
    sheet = pd.concat([sheets[0].head(1), sheets[1].head(1)])
    if expected is ValueError:
        with pytest.raises(
            ValueError, match=r"contradict each other on positions(.|\n)*a:p1|coder is 'cy'; the sheet has 'ann', 'bob'"
        ):
            study.with_corrections(sheet, coder=coder)
        return
    found = state(study.with_corrections(sheet, coder=coder)).get("a:p1")
    assert (found and found[3]) == expected


def test_the_coder_who_counts_must_have_coded_the_unit(study):
    rows = [decide(study, "positions", {"a:p1": d}, who).head(1) for d, who in (("keep", "ann"), ("drop", "bob"))]
    other = decide(study, "positions", {"a:p2": "keep"}, "cy").iloc[1:2]
    with pytest.raises(ValueError, match=r"a:p1 .*: ann says keep, bob says drop"):
        study.with_corrections([*rows, other], coder="cy")


def test_a_quote_with_other_speakers_source_and_cue(study):
    values = {"speakers": "Bo Ek; Ada Obi", "kind": "mixed", "source": "Nobody", "cue": "spoke"}
    new = study.with_corrections(decide(study, "quotes", {"a:q3": ("change", values)}))
    row = new.quotes.set_index("quote_id").loc["a:q3"]
    assert row["speakers"] == ["Bo Ek", "Ada Obi"]
    assert row[["kind", "role", "rule", "confidence", "act"]].tolist() == ["mixed", "envoy", "hand", 1.0, "speech"]
    assert TEXT[row["source_start"] : row["source_end"]] == "Nobody"
    assert TEXT[row["cue_start"] : row["cue_end"]] == "spoke"
    assert row["spans"] == study.quotes["spans"][2]


def test_the_nearest_printed_word_is_the_cue(study):
    new = study.with_corrections(
        decide(study, "quotes", {"a:q2": ("change", {"source": "Ada Obi", "cue": "she said"})})
    )
    row = new.quotes.set_index("quote_id").loc["a:q2"]
    assert row["cue_start"] == TEXT.index("she said")
    near = study.with_corrections(
        added(study, "quotes", {"kind": "indirect", "cue": "said", "source": None, **at("of peace talks")})
    )
    assert near.quotes.set_index("quote_id").loc["a:hand1", "cue_start"] == TEXT.rindex("said")
    kept = study.with_corrections(decide(study, "quotes", {"a:q3": ("change", {"kind": "direct"})})).quotes
    assert kept["cue_start"].tolist() == study.quotes["cue_start"].tolist()


@pytest.mark.parametrize("part", ["source", "cue"])
def test_a_source_that_is_not_printed_is_refused(study, part):
    with pytest.raises(ValueError, match=f"a:q3 .*: the {part} 'he' does not stand in the article"):
        study.with_corrections(decide(study, "quotes", {"a:q3": ("change", {part: "he"})}))


def test_no_source_and_nobody(study):
    values = {"speakers": None, "source": None, "cue": None}
    new = study.with_corrections(decide(study, "quotes", {"a:q3": ("change", values)}))
    row = new.quotes.set_index("quote_id").loc["a:q3"]
    assert row["speakers"] == []
    assert row[["source", "source_start", "cue", "cue_end", "role", "act"]].isna().all()


@pytest.mark.parametrize("parts", [["Talks,”", "“are the only way"], ["Talks", "only", "way"], ["are the only"]])
def test_a_quote_in_parts_is_found_again(study, parts):
    place = {"text": " … ".join(parts), "start": TEXT.index(parts[0]), "end": TEXT.index(parts[-1]) + len(parts[-1])}
    new = study.with_corrections(decide(study, "quotes", {"a:q2": ("change", place)}))
    found = new.quotes.set_index("quote_id").loc["a:q2"]
    assert [TEXT[s:e] for s, e in found["spans"]] == parts
    assert new.verify().empty


@pytest.mark.parametrize(
    ("place", "message"),
    [
        (at("peace talks"), "the new place shares no word with the old one"),
        ({"text": "“Talks,” … “never.”"}, "the words are"),
        ({"text": "Talks … the only way.”"}, "the words are"),
    ],
)
def test_a_moved_quote_that_does_not_fit_is_refused(study, place, message):
    with pytest.raises(ValueError, match=message):
        study.with_corrections(decide(study, "quotes", {"a:q2": ("change", place)}))


def test_an_added_quote(study):
    values = {"speakers": "Bo Ek", "kind": "indirect", "cue": "spoke", "source": None, **at("of peace talks")}
    new = study.with_corrections(added(study, "quotes", values))
    row = new.quotes.set_index("quote_id").loc["a:hand1"]
    assert row[["section", "negated", "role", "rule"]].tolist() == ["body", False, "envoy", "hand"]
    assert new.verify().empty


def test_a_dropped_quote_takes_the_machines_codes_with_it(study):
    new = study.with_corrections(decide(study, "quotes", {"a:q3": "drop"}))
    assert list(state(new)) == ["a:p1", "a:p2"]
    assert new.appraisals.empty
    assert new.provenance["corrections"][0]["followed"] == {"positions": 1, "appraisals": 1}


def test_what_a_person_decided_does_not_follow(study):
    quotes = decide(study, "quotes", {"a:q3": "drop", "a:q1": ("change", {"speakers": "Cy Lo"})})
    positions = decide(study, "positions", {"a:p3": "keep", "a:p1": "keep"})
    for new in (
        study.with_corrections([quotes, positions]),
        study.with_corrections(positions).with_corrections(quotes),
    ):
        assert state(new)["a:p3"] == ("Bo Ek", "international_law", 1, "hand", 1.0)
        assert state(new)["a:p1"] == ("Ada Obi", "ceasefire", 1, "hand", 1.0)
        assert pd.isna(new.positions.set_index("position_id").loc["a:p3", "quote_id"])


@pytest.mark.parametrize(
    ("speakers", "expected"),
    [
        ("Bo Ek", {"a:p1": "Bo Ek"}),
        ("Bo Ek; Ada Obi", {"a:p1": "Ada Obi", "a:hand1": "Bo Ek"}),
        ("Cy Lo; Bo Ek", {"a:p1": "Cy Lo", "a:hand1": "Bo Ek"}),
        (None, {}),
    ],
)
def test_positions_go_to_the_right_speakers(study, speakers, expected):
    new = study.with_corrections(decide(study, "quotes", {"a:q1": ("change", {"speakers": speakers})}))
    own = new.positions[new.positions["quote_id"] == "a:q1"]
    assert dict(zip(own["position_id"], own["actor"], strict=True)) == expected
    moved = own[own["actor"] != "Ada Obi"]
    assert moved["rule"].tolist() == ["quote+hand"] * len(moved)
    assert moved["confidence"].tolist() == [0.6] * len(moved)
    assert new.verify().empty


def test_tables_of_comparison_follow(study):
    new = study.with_corrections(decide(study, "positions", {"a:p1": ("change", {"stance": -1}), "a:p3": "drop"}))
    matrix = compare.position_matrix(new.positions).set_index("issue")["mean_side"]
    assert matrix.to_dict() == {"ceasefire": -1.0, "negotiation": 1.0}


def test_the_provenance_records_the_corrections_and_is_saved(study, tmp_path):
    sheet = decide(study, "positions", {"a:p1": "keep", "a:p2": "unsure"})
    extra = added(study, "positions", {"actor": "X", "issue": "ceasefire", "stance": 1, **at("guns")}, "bob")
    new = study.with_corrections([sheet, extra])
    assert new.provenance["corrections"] == [
        {
            "table": "positions",
            "decisions": {"keep": 1, "change": 0, "drop": 0, "add": 1, "unsure": 1, "not coded": 1},
            "coders": ["ann", "bob"],
            "counts": None,
        }
    ]
    again = new.with_corrections(decide(new, "positions", {"a:hand1": "drop"}))
    assert [c["decisions"]["drop"] for c in again.provenance["corrections"]] == [0, 1]
    opened = open_study(again.save(tmp_path))
    assert opened.provenance == again.provenance
    pd.testing.assert_frame_equal(opened.positions, again.positions)


def test_a_sheet_is_given_as_a_file(study, tmp_path):
    sheet = decide(study, "positions", {"a:p1": ("change", {"actor": "=Cy"})})
    for name in ("s.csv", "s.xlsx"):
        path = write_sheet(sheet, tmp_path / name)
        assert state(study.with_corrections(path))["a:p1"][0] == "=Cy"
        assert state(study.with_corrections(str(path)))["a:p1"][0] == "=Cy"


def test_the_second_sheet_after_the_first_says_what_to_do(study):
    dropped = study.with_corrections(decide(study, "quotes", {"a:q3": "drop"}))
    with pytest.raises(ValueError, match="give sheets of quotes and positions together"):
        dropped.with_corrections(decide(study, "positions", {"a:p3": "drop"}))


def test_why_says_that_a_person_decided(study):
    from toolkit.explain import explain

    row = study.with_corrections(decide(study, "positions", {"a:p1": "keep"})).positions.iloc[0].to_dict()
    words = explain(row, study.originals["a"], None, labels=study.labels)
    assert "a person decided on this row" in words
    assert words.endswith("The side was coded by hand.")
