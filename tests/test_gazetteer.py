"""The gazetteer knows the states of the world by all their names, and its readers refuse every slip."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from toolkit.gazetteer import load_gazetteer, words_of
from toolkit.wordlists import DATA

GAZETTEER = load_gazetteer()


def test_every_state_of_the_world_is_there() -> None:
    states = GAZETTEER.states
    assert len(states) == 197
    assert sum(s.un_name is not None for s in states.values()) == 195, "193 members, Palestine and the Holy See"
    assert {"PSE", "XKX", "TWN", "VAT"} <= set(states)


@pytest.mark.parametrize(
    ("name", "actor"),
    [
        ("the U.S.", "United States"),
        ("US", "United States"),
        ("United States of America", "United States"),
        ("America", "United States"),
        ("the White House", "United States"),
        ("Britain", "United Kingdom"),
        ("United Kingdom of Great Britain and Northern Ireland", "United Kingdom"),
        ("Downing Street", "United Kingdom"),
        ("the Kremlin", "Russia"),
        ("Russian Federation", "Russia"),
        ("Phnom Penh", "Cambodia"),
        ("Khmer", "Cambodia"),
        ("DPRK", "North Korea"),
        ("Republic of Korea", "South Korea"),
        ("Viet Nam", "Vietnam"),
        ("Lao People’s Democratic Republic", "Laos"),
        ("Burma", "Myanmar"),
        ("Türkiye", "Turkey"),
        ("Cote d'Ivoire", "Ivory Coast"),
        ("Ivoirian", "Ivory Coast"),
        ("N’Djamena", "Chad"),
        ("Nigerien", "Niger"),
        ("Nigerian", "Nigeria"),
        ("Swaziland", "Eswatini"),
        ("DR Congo", "Democratic Republic of the Congo"),
        ("Bissau-Guinean", "Guinea-Bissau"),
        ("Sana’a", "Yemen"),
        ("Emirati", "United Arab Emirates"),
        ("Holy See", "Vatican"),
        ("Bogotá", "Colombia"),
        ("Brasília", "Brazil"),
        ("Plurinational State of Bolivia", "Bolivia"),
        ("I-Kiribati", "Kiribati"),
        ("Papua New Guinean", "Papua New Guinea"),
        ("UN", "United Nations"),
        ("U.N.", "United Nations"),
        ("United Nations General Assembly", "UN General Assembly"),
        ("North Atlantic Treaty Organization", "NATO"),
        ("Ecowas", "ECOWAS"),
        ("League of Arab States", "Arab League"),
        ("IAEA", "International Atomic Energy Agency"),
        ("Houthi", "Houthis"),
        ("ISIL", "Islamic State"),
        ("Médecins Sans Frontières", "Doctors Without Borders"),
    ],
)
def test_names_lead_to_one_actor(name: str, actor: str) -> None:
    entry = GAZETTEER.lookup(name)
    assert entry is not None
    assert entry.actor == actor


@pytest.mark.parametrize("name", ["Latin America", "New Mexico", "African American", "Wakanda", "", "us", "turkey"])
def test_other_names_are_no_actors(name: str) -> None:
    assert GAZETTEER.lookup(name) is None


def test_peoples_are_groups_and_adjectives_states() -> None:
    people, adjective = GAZETTEER.lookup("Ukrainians"), GAZETTEER.lookup("Ukrainian")
    assert people is not None
    assert adjective is not None
    assert (people.actor, people.label, people.country) == ("Ukrainians", "group", "UKR")
    assert (adjective.actor, adjective.label, adjective.country) == ("Ukraine", "state", "UKR")


@pytest.mark.parametrize(
    ("name", "code"), [("PER", "PER"), ("Chilean", "CHL"), ("Kyiv", "UKR"), ("NATO", None), ("Fijians", "FJI")]
)
def test_state_of_a_name(name: str, code: str | None) -> None:
    state = GAZETTEER.state(name)
    assert (state.code if state else None) == code


def test_longest_name_wins() -> None:
    words = words_of("South Korean troops")
    found = GAZETTEER.longest_match(words, 0)
    assert found is not None
    assert (found[0], found[1].actor) == (2, "South Korea")


def test_reading_again_costs_nothing_and_shows_the_same() -> None:
    assert load_gazetteer() is GAZETTEER
    assert repr(GAZETTEER).startswith("Gazetteer(197 states, ")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns("*.onnx", "*.json"))
    return tmp_path / "data"


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("states.csv", "code,name", "code,nmae", r"states.csv: unknown column 'nmae'.*'name'"),
        ("states.csv", ",aliases", "", r"the column 'aliases' is missing|does not have"),
        ("states.csv", "\nAFG,", "\nAFX,", r"'AFX' \(Afghanistan\) is no ISO 3166"),
        ("states.csv", "\nALB,", "\nAFG,", r"the code 'AFG' stands twice"),
        ("states.csv", "\nALB,Albania,Albania,Tirana", "\nALB,,Albania,Tirana", r"states.csv: a row has no name"),
        ("states.csv", "\nALB,Albania,", "\nALB,Algeria,", r"gazetteer has 'Algeria' for both"),
        ("states.csv", "\nALB,Albania,", "\nALB,", r"row 3 does not have 8 cells"),
        ("organisations.csv", "NATO,NATO,organisation", "NATO,NATO,club", r"kind of 'NATO' is 'club'"),
        (
            "organisations.csv",
            "Knesset,,organisation,ISR",
            "Knesset,,organisation,ISX",
            r"country of 'Knesset' is 'ISX'",
        ),
        ("titles.toml", "offices = [", "ofices = [", r"titles.toml: unknown key 'ofices'.*'offices'"),
        ("titles.toml", '"president", ', '"president", "president", ', r"'president' stands twice under 'offices'"),
        ("source_words.toml", "events = [", "occasions = [", r"source_words.toml: unknown key 'occasions'"),
        ("gazetteer.toml", "[not_with]", "[only]", r"gazetteer.toml: unknown key 'only'"),
    ],
)
def test_slips_are_named(folder: Path, file: str, old: str, new: str, message: str) -> None:
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(ValueError, match=message):
        load_gazetteer(folder)


def test_every_list_says_where_it_comes_from() -> None:
    import tomllib

    for name in ("titles.toml", "source_words.toml", "name_words.toml", "gazetteer.toml"):
        assert tomllib.loads((DATA / name).read_text("utf-8"))["provenance"]
