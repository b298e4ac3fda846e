from pathlib import Path

import pandas as pd
import pytest

import toolkit as tk
from toolkit.records import TABLES

SEEDS = Path(__file__).parents[1] / "seeds"


@pytest.fixture(scope="module")
def study():
    return tk.analyze(SEEDS)


def test_every_row_traces_back(study):
    assert study.verify().empty
    for name, columns in TABLES.items():
        assert list(study.tables[name].columns) == [c.name for c in columns]


def test_a_tampered_row_is_found(study):
    broken = tk.Study({**study.tables}, study.originals, study.provenance)
    positions = study.positions.copy()
    positions.loc[0, "text"] = "never said"
    broken.tables["positions"] = positions
    assert broken.verify()["table"].tolist() == ["positions"]


def test_a_changed_text_is_found(study):
    from dataclasses import replace

    originals = {name: replace(a, text=a.text + "!") for name, a in study.originals.items()}
    with pytest.raises(ValueError, match="SHA-256 differs"):
        tk.Study(study.tables, originals, {}).verify()


def test_both_seeds_are_read_although_one_has_an_odd_mark(study):
    assert set(study.quotes["article_id"]) == {"hun_sen_peace_talks_2025", "hun_sen_kishida_2022"}
    assert study.articles["date"].tolist() == ["2022-03-22", "2025-01-17"]
    assert study.articles["date_source"].tolist() == ["inferred", "text"]


def test_roles_differ_between_the_articles(study):
    roles = study.quotes[study.quotes["speakers"].map(lambda s: s == ["Hun Sen"])].groupby("article_id")["role"].first()
    assert roles.to_dict() == {"hun_sen_kishida_2022": "Prime Minister", "hun_sen_peace_talks_2025": "Senate President"}


def test_the_three_votes(study):
    tallies = study.votes[study.votes["voter"].isna()]
    assert tallies[["in_favour", "against", "abstained"]].to_numpy().tolist() == [
        [141, 5, 35],
        [143, 5, 35],
        [99, 9, 60],
    ]
    named = study.votes.dropna(subset=["voter"])
    assert named[["voter", "vote"]].to_numpy().tolist() == [["Cambodia", "for"]]


def test_why_explains_a_position_in_words(study):
    position = study.positions.iloc[0]
    words = study.why(position["position_id"])
    assert position["text"] in words
    assert f"characters {position['start']} to {position['end']}" in words
    assert "What else the sentence could be" in words


def test_why_names_the_nearest_id(study):
    with pytest.raises(ValueError, match="position_id is 'p1'; expected one of the table"):
        study.why("p1")


def test_saving_and_opening(study, tmp_path):
    again = tk.open_study(study.save(tmp_path))
    for name in TABLES:
        pd.testing.assert_frame_equal(again.tables[name], study.tables[name])
    assert again.originals == study.originals
    assert again.verify().empty


def test_two_processes_give_the_same_tables(study):
    parallel = tk.analyze(SEEDS, workers=2)
    for name in TABLES:
        pd.testing.assert_frame_equal(parallel.tables[name], study.tables[name])


def test_the_representation_is_the_same_everywhere(study):
    assert repr(study).startswith("Study(2 articles, ")
    assert "0x" not in repr(study)


def test_an_unknown_table_is_named(study):
    with pytest.raises(AttributeError, match=r"a study has no 'qoutes'.*Did you mean 'quotes'\?"):
        _ = study.qoutes


def test_show_needs_to_know_which_article(study):
    with pytest.raises(ValueError, match="article_id is None; expected one of"):
        study.show()
    assert "hun_sen_kishida_2022" in repr(study.show("hun_sen_kishida_2022"))


@pytest.mark.parametrize(
    "text", ["", "   \n\n ", "Nothing is said here.", "x" * 200_000, "“" * 3_000, "\x00\ufeff\u202e“a”"]
)
def test_odd_articles_are_answered(text, tmp_path):
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    (tmp_path / "b.txt").write_text("Minister Ada Obi said the talks would resume.", encoding="utf-8")
    study = tk.analyze(tmp_path)
    assert "b" in study.quotes["article_id"].tolist()
    assert study.verify().empty
