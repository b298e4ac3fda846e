"""Whose words: sources of every kind resolved to actors in full."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from readings import blank, marked_article, named_doc

from toolkit.anaphora import office_fit
from toolkit.entities import find_mentions
from toolkit.gazetteer import load_gazetteer
from toolkit.names import plain
from toolkit.records import Article, Quote
from toolkit.salience import Scene
from toolkit.sources import read_phrase, singular, split_parts
from toolkit.speakers import explain, resolve_speakers

WORDS = [
    "President", "Ana Quispe", "al-", "the", "both", "leaders", "Peru’s", "ministry", "(", ",", ". ", "\n\n", "he",
    "they", "who", "which", "said", "Mr.", "“", "”", "and", "a spokesman for", "statement", "one", "of", "whose",
    "\u00a0", "😀",
]  # fmt: skip
"""Pieces of which the random articles are made."""


def solve(marked: str, ents: dict[str, str] | None = None, **known: str) -> list[Quote]:
    """Resolve the sources of a marked article (see ``marked_article``)."""
    source, quotes = marked_article(marked, **known)
    doc = named_doc(source.text, ents or {}, alignment="expand")
    return resolve_speakers(source, doc, quotes, find_mentions(source, doc, load_gazetteer()))


def speakers(marked: str, ents: dict[str, str] | None = None, **known: str) -> list[tuple[str, ...]]:
    return [q.speakers for q in solve(marked, ents, **known)]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        # names, in full, wherever they come from
        ("[Foreign Minister Amina Diallo] said {it would rain}.", ["Amina Diallo"]),
        ("President Gabriel Mbeki came. [Mbeki] said {it would rain}.", ["Gabriel Mbeki"]),
        ("President Gabriel Mbeki came. [Mr Mbeki’s] {call for rain} was heard.", ["Gabriel Mbeki"]),
        ("President Lin Zhaohui came. [Lin] said {it would rain}.", ["Lin Zhaohui"]),
        ("Leader Pak Chol-min came. [Pak] said {it would rain}.", ["Pak Chol-min"]),
        ("Minister Salim al-Harazi came. [al-Harazi] said {it would rain}.", ["Salim al-Harazi"]),
        ("Envoy Ursula van der Meer came. [Van der Meer] said {it would rain}.", ["Ursula van der Meer"]),
        ("Premier Zoran Đukić came. [ĐUKIĆ]: {It will rain}.", ["Zoran Đukić"]),
        ("[Chilean President Gabriel Soto, who was in Lima,] said {it would rain}.", ["Gabriel Soto"]),
        ("[The president, Gabriel Soto,] said {it would rain}.", ["Gabriel Soto"]),
        ("[One of the envoys, Ana Ruiz,] said {it would rain}.", ["Ana Ruiz"]),
        ("President Omar Sall came. [His cousin, the militia paymaster Ana Ruiz,] said {it would rain}.", ["Ana Ruiz"]),
        ("[Sen. Ana Ruiz (D-Lima)] said {it would rain}.", ["Ana Ruiz"]),
        # states, bodies, groups
        ("[Russia’s] {demands} were read.", ["Russia"]),
        ("[Phnom Penh] said {it would rain}.", ["Cambodia"]),
        ("[the Kremlin] said {it would rain}.", ["Russia"]),
        ("[the UN] said {it would rain}.", ["United Nations"]),
        ("[The U.N. Security Council] demanded {rain}.", ["UN Security Council"]),
        ("[The Mongolian Foreign Ministry] said {it would rain}.", ["Mongolian Foreign Ministry"]),
        ("Peru waited. [The Ministry of Trade and Tourism] said {rain}.", ["Ministry of Trade and Tourism (Peru)"]),
        ("[Hezbollah] said {it would rain}.", ["Hezbollah"]),
    ],
)
def test_sources_that_name(marked: str, expected: list[str]) -> None:
    assert speakers(marked) == [tuple(expected)]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("President Omar Sall and Premier Aya Sato came. [Sall and Sato] said {rain}.", ["Omar Sall", "Aya Sato"]),
        ("[President Omar Sall and Premier Aya Sato] said {rain}.", ["Omar Sall", "Aya Sato"]),
        (
            "President Omar Sall came. {Rain}, said [he and his Japanese counterpart Aya Sato].",
            ["Omar Sall", "Aya Sato"],
        ),
        ("[China and the United States, the two biggest,] said {rain}.", ["China", "United States"]),
        ("[Chad, Niger and Mali] said {rain}.", ["Chad", "Niger", "Mali"]),
        ("[Both NATO and the EU] said {rain}.", ["NATO", "European Union"]),
        ("[Kenya, Uganda] agree {rain}.", ["Kenya", "Uganda"]),
        ("[Omar Sall, the premier, and Aya Sato, the mayor,] said {rain}.", ["Omar Sall", "Aya Sato"]),
        ("Premier Omar Sall came. [Sall and his aides] said {rain}.", ["Omar Sall", "Omar Sall’s aides"]),
        # people each named, with where they are from and what they are
        (
            "[Ministers Omar Sall of Chad, Aya Sato of Japan and Ana Ruiz of Peru] said {rain}.",
            ["Omar Sall", "Aya Sato", "Ana Ruiz"],
        ),
        ("[Two of the members of the panel, Omar Sall and Aya Sato,] said {rain}.", ["Omar Sall", "Aya Sato"]),
        ("[Premier Omar Sall and the Secretary General of NATO, Aya Sato,] said {rain}.", ["Omar Sall", "Aya Sato"]),
        ("[Envoys of Chad and Peru, Omar Sall and Aya Sato,] said {rain}.", ["Omar Sall", "Aya Sato"]),
        ("[Omar Sall, who met the mayor and Aya Sato,] said {rain}.", ["Omar Sall"]),
        ("[Omar Sall, a friend of the mayor and of Aya Sato,] said {rain}.", ["Omar Sall"]),
        ("[lawyers for both Omar Sall and Aya Sato] said {rain}.", ["lawyers for both Omar Sall and Aya Sato"]),
        ("Premier Omar Sall came. [Sall alone] said {rain}.", ["Omar Sall"]),
        # the first and the second of two
        ("Envoys Omar Sall and Aya Sato came. [The former] wanted {rain}.", ["Omar Sall"]),
        ("Envoys Omar Sall and Aya Sato came to Peru. [The latter] wanted {rain}.", ["Aya Sato"]),
        ("Peru met Chad. [The latter] wanted {rain}.", ["Chad"]),
        ("Omar Sall, Aya Sato and Ana Ruiz came. [The latter] wanted {rain}.", []),
    ],
)
def test_joint_sources(marked: str, expected: list[str]) -> None:
    names = {"Omar Sall": "PERSON", "Aya Sato": "PERSON", "Ana Ruiz": "PERSON"}
    assert speakers(marked, names) == [tuple(expected)]


def test_titles_joined_by_and_are_both_resolved() -> None:
    text = (
        "Peruvian Prime Minister Ana Ruiz met Fijian President Jone Vatu. "
        "[The Prime Minister of Peru and the President of Fiji] said {rain}."
    )
    assert speakers(text) == [("Ana Ruiz", "Jone Vatu")]


@pytest.mark.parametrize(
    "source",
    [
        "Ana Ruiz, a fellow at the River Institute and a former ambassador to Chile,",
        "Ana Ruiz, a scholar of law at Lima University, and of history at Quito University,",
        "Actress and activist Ana Ruiz",
    ],
)
def test_and_inside_a_description_does_not_part(source: str) -> None:
    assert speakers(f"[{source}] said {{rain}}.", {"Ana Ruiz": "PERSON"}) == [("Ana Ruiz",)]


def test_a_ministry_with_and_in_its_name_is_one() -> None:
    found = speakers("Fiji waited. [The Ministry of Fisheries and Forests] said {rain}.")
    assert found == [("Ministry of Fisheries and Forests (Fiji)",)]


COUPLE = "Premier Ivan Petrov met Chancellor Maria Vogel in Vienna. "


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (COUPLE + "[He] said {rain}.", ["Ivan Petrov"]),
        (COUPLE + "[She] said {rain}.", ["Maria Vogel"]),
        (COUPLE + "[Both leaders] said {rain}.", ["Ivan Petrov", "Maria Vogel"]),
        (COUPLE + "[The two leaders] said {rain}.", ["Ivan Petrov", "Maria Vogel"]),
        (COUPLE + "[The leaders] said {rain}.", ["Ivan Petrov", "Maria Vogel"]),
        (COUPLE + "[They] said {rain}.", ["Ivan Petrov", "Maria Vogel"]),
        (COUPLE + "[The joint statement] said {rain}.", ["Ivan Petrov", "Maria Vogel"]),
        (COUPLE + "It was a meeting [that] touched on {rain}.", ["Ivan Petrov", "Maria Vogel"]),
        (COUPLE + "[The chancellor] said {rain}.", ["Maria Vogel"]),
        (COUPLE + "[The premier] said {rain}.", ["Ivan Petrov"]),
        (COUPLE + "[The prime minister] said {rain}.", ["Ivan Petrov"]),
        (COUPLE + "[European leaders] said {rain}.", ["European leaders"]),
        (COUPLE + "[The report] said {rain}.", []),
        ("Talks between Kenya and Somalia failed. [Both sides] wanted {rain}.", ["Kenya", "Somalia"]),
        ("Talks between Kenya and Somalia failed. [The two countries] wanted {rain}.", ["Kenya", "Somalia"]),
    ],
)
def test_sources_that_point_back_to_two(marked: str, expected: list[str]) -> None:
    assert speakers(marked) == [tuple(expected)]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("[Minister Rosa Pinto] said {rain}. [She] added {sun}.", ["Rosa Pinto", "Rosa Pinto"]),
        ("[Minister Rosa Pinto] told Juan Vera {rain}. [He] said {sun}.", ["Rosa Pinto", "Juan Vera"]),
        ("Mr. Lin Bo and Ms. Lin Ai came. [Ms. Lin] said {rain}. [He] said {sun}.", ["Lin Ai", "Lin Bo"]),
        ("[The ECOWAS bloc ECOWAS] said {rain}. [It] wanted {sun}.", ["ECOWAS", "ECOWAS"]),
        ("As [he] said {rain}, Premier Ivan Petrov laughed.", ["Ivan Petrov"]),
    ],
)
def test_pronouns_agree(marked: str, expected: list[str]) -> None:
    names = {"Juan Vera": "PERSON", "Lin Bo": "PERSON", "Lin Ai": "PERSON"}
    assert speakers(marked, names) == [(name,) for name in expected]


def test_the_last_speaker_is_likelier_than_the_last_name() -> None:
    text = "[Senator Omar Sall] said {rain}. Mayor Issa Ba, a friend, was there too. [He] said {sun}."
    assert speakers(text) == [("Omar Sall",), ("Omar Sall",)]


def test_names_in_reported_words_are_less_likely() -> None:
    text = "Senator Omar Sall came. [The report] said {Mayor Issa Ba slept. Mayor Issa Ba ate}. Then [he] said {sun}."
    assert speakers(text)[1] == ("Omar Sall",)


def test_names_in_the_quoted_words_are_not_meant() -> None:
    text = "Premier Ivan Petrov came. {“Senator Boris Kolev is late,”} [he] said."
    assert speakers(text) == [("Ivan Petrov",)]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("Ghanaian envoy Kofi Annor and Malian envoy Issa Ba came. [The Malian envoy] said {rain}.", ["Issa Ba"]),
        ("Ghanaian envoy Kofi Annor and Malian envoy Issa Ba came. [Ghana’s envoy] said {rain}.", ["Kofi Annor"]),
        (
            "Foreign Minister Kofi Annor and Finance Minister Issa Ba came. [The finance minister] said {rain}.",
            ["Issa Ba"],
        ),
        ("Sen. Kofi Annor came. [The Volta senator] said {rain}.", ["Kofi Annor"]),
        ("Kofi Annor, a billionaire, came. [The billionaire] said {rain}.", ["Kofi Annor"]),
        ("Envoy Kofi Annor came. [The FBI director] said {rain}.", ["FBI director"]),
        ("UN Secretary-General Kofi Annor and Senator Issa Ba came. [The U.N. chief] said {rain}.", ["Kofi Annor"]),
        (
            "Foreign Minister Issa Ba met his Fijian counterpart Jone Vatu. [The Fijian minister] said {rain}.",
            ["Jone Vatu"],
        ),
        (
            "Foreign Minister Issa Ba met his Fijian counterpart Jone Vatu. [Both ministers] said {rain}.",
            ["Issa Ba", "Jone Vatu"],
        ),
        (
            "Senator Ana Ruiz came. Ministers Jone Vatu and Lin Bo met Ruiz. [The ministers] left {rain}.",
            ["Jone Vatu", "Lin Bo"],
        ),
        ("Envoy Kofi Annor came. [The Russian president] said {rain}.", ["Russian president"]),
        ("Ghanaian President Kofi Annor came. [The Russian president] said {rain}.", ["Russian president"]),
    ],
)
def test_titles(marked: str, expected: list[str]) -> None:
    assert speakers(marked) == [tuple(expected)]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (
            "Peru waited. [The Ministry of Trade] said {rain}. [The ministry] added {sun}.",
            ["Ministry of Trade (Peru)"] * 2,
        ),
        ("[The World Bank] said {rain}. [The bank] added {sun}.", ["World Bank"] * 2),
        ("[ECOWAS] said {rain}. [The bloc] added {sun}.", ["ECOWAS"] * 2),
        ("[The African Union] said {rain}. [The union] added {sun}.", ["African Union"] * 2),
        ("[A source] said {rain}. [The source] added {sun}.", ["source"] * 2),
        (
            "[A spokesman for the African Union] said {rain}. [Kenya’s army spokesman] said {sun}.",
            ["African Union", "Kenya"],
        ),
    ],
)
def test_bodies_and_who_speaks_for_them(marked: str, expected: list[str]) -> None:
    assert speakers(marked) == [(name,) for name in expected]


def test_a_spokesman_of_a_body_gives_the_body_and_the_role() -> None:
    [quote] = solve("[A spokeswoman for the African Union] said {rain}.")
    assert (quote.speakers, quote.role) == (("African Union",), "spokeswoman")
    [quote] = solve("[Kremlin spokesman Igor Belov] said {rain}.")
    assert (quote.speakers, quote.role) == (("Igor Belov",), "Kremlin spokesman")
    [_, quote] = solve("[Senator Ana Ruiz] said {rain}. [A spokesman for Ruiz] said {sun}.")
    assert (quote.speakers, quote.role) == (("spokesman for Ana Ruiz",), None)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("A senior official", "senior official"),
        ("one diplomat", "diplomat"),
        ("Several officials who asked not to be named", "several officials"),
        ("A senior U.S. official", "senior U.S. official"),
        ("European diplomats", "European diplomats"),
        ("Villagers", "villagers"),
        ("one of the envoys", "one of the envoys"),
        ("a person familiar with the talks, speaking in Lima,", "person familiar with the talks"),
    ],
)
def test_unnamed_sources_stay_as_printed(source: str, expected: str) -> None:
    assert speakers(f"[{source}] said {{rain}}.") == [(expected,)]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("Ana Ruiz, a nurse, wrote. [A letter from Ana Ruiz] asked for {rain}.", ["Ana Ruiz"]),
        ("[A World Bank study] found {rain}.", ["World Bank"]),
        ("[The results] showed {rain}.", []),
        ("[A new poll] showed {rain}.", []),
        ("It was a resolution of the UN Human Rights Council, [which] urges {rain}.", ["UN Human Rights Council"]),
        ("It was Peru’s letter, [which] urges {rain}.", ["Peru"]),
        ("War by Peru shakes the base of the world order, [which] does not accept {rain}.", []),
        ("Premier Ivan Petrov, [who] wanted {rain}, left.", ["Ivan Petrov"]),
        ("Premier Ivan Petrov, now the speaker of the house, [who] wanted {rain}, left.", ["Ivan Petrov"]),
        (
            "The UN met. On Monday [member states] adopted {a resolution}. The UN General Assembly left.",
            ["UN General Assembly"],
        ),
    ],
)
def test_documents_relatives_and_members(marked: str, expected: list[str]) -> None:
    assert speakers(marked) == [tuple(expected)]


def test_the_statement_is_of_those_who_made_it() -> None:
    text = "In a statement, [Minister Rosa Pinto] said {rain}. {Sun}, [the statement] said."
    assert speakers(text) == [("Rosa Pinto",), ("Rosa Pinto",)]


@pytest.mark.parametrize(
    ("marked", "via"),
    [
        ("{“It rains,”} [Premier Ivan Petrov] said, according to Minister Rosa Pinto.", "Rosa Pinto"),
        ("According to Minister Rosa Pinto, [Premier Ivan Petrov] wanted {rain}.", "Rosa Pinto"),
        ("[Premier Ivan Petrov] wanted {rain}.", None),
        ("{“It rains,”} [Premier Ivan Petrov] said, according to Mr Petrov.", None),
    ],
)
def test_second_hand(marked: str, via: str | None) -> None:
    [quote] = solve(marked)
    assert (quote.speakers, quote.via) == (("Ivan Petrov",), via)


def test_second_hand_by_a_quote_in_a_quote() -> None:
    text = "Minister Rosa Pinto said Premier Ivan Petrov wanted rain."
    outer = Quote("a", "a:q0", "indirect", text[25:56], ((25, 56),), text[0:19], 0, 19, "said", 20, 24)
    inner = Quote("a", "a:q1", "indirect", "rain", ((52, 56),), text[25:44], 25, 44, "wanted", 45, 51)
    source = Article("a", text)
    doc = blank()(text)
    solved = resolve_speakers(source, doc, [outer, inner], find_mentions(source, doc, load_gazetteer()))
    assert [(q.speakers, q.via) for q in solved] == [(("Rosa Pinto",), None), (("Ivan Petrov",), "Rosa Pinto")]


def test_first_person_in_quoted_words_is_the_one_quoted() -> None:
    text = "Minister Rosa Pinto said: “I think it rains.”"
    outer = Quote("a", "a:q0", "direct", text[26:45], ((26, 45),), text[0:19], 0, 19, "said", 20, 24)
    inner = Quote("a", "a:q1", "indirect", "it rains", ((35, 43),), "I", 27, 28, "think", 29, 34)
    source = Article("a", text)
    doc = blank()(text)
    solved = resolve_speakers(source, doc, [outer, inner], find_mentions(source, doc, load_gazetteer()))
    assert solved[1].speakers == ("Rosa Pinto",)


def test_first_person_elsewhere_is_the_author() -> None:
    assert speakers("[I] believe {it rains}.", author="Lina Haddad") == [("Lina Haddad",)]
    assert speakers("[I] believe {it rains}.") == [()]


def test_quotes_that_are_settled_are_left_alone() -> None:
    quote = Quote("a", "a:q0", "direct", "rain", ((0, 4),), None, None, None, None, None, None)
    settled = Quote("a", "a:q1", "direct", "rain", ((0, 4),), "he", 5, 7, None, None, None, speakers=("Peru",))
    source = Article("a", "rain he")
    assert resolve_speakers(source, blank()("rain he"), [quote, settled], []) == [quote, settled]


def test_the_deciding_rule_is_told() -> None:
    source, quotes = marked_article(COUPLE + "[Both leaders] said {rain}. [She and Mr Petrov] said {sun}.")
    doc = blank()(source.text)
    found = explain(source, doc, quotes, find_mentions(source, doc, load_gazetteer()))
    assert [a.rule for a in found if a] == ["collective", "pronoun+named"]


def test_a_role_is_the_one_stated_before() -> None:
    text = "In 2022 [Prime Minister Ivan Petrov] said {rain}. In 2025 [Senate President Ivan Petrov] said {sun}."
    assert [q.role for q in solve(text)] == ["Prime Minister", "Senate President"]


@pytest.mark.parametrize(
    ("wanted", "role", "fits"),
    [
        (["prime", "minister"], ["prime", "minister"], True),
        (["finance", "minister"], ["foreign", "minister"], False),
        (["minister"], ["foreign", "minister"], True),
        (["republican", "candidate"], ["libertarian", "candidate"], False),
        (["president"], ["senator"], False),
    ],
)
def test_offices_fit(wanted: list[str], role: list[str], fits: bool) -> None:
    scene = Scene(Article("a", ""), [], [], load_gazetteer().lexicon)
    assert (office_fit(wanted, role, scene) > 0) is fits


@pytest.mark.parametrize(
    ("plural", "one"),
    [("ministries", "ministry"), ("spokesmen", "spokesman"), ("leaders", "leader"), ("congress", "congress")],
)
def test_singular(plural: str, one: str) -> None:
    assert singular(plural) == one


def test_a_phrase_is_read() -> None:
    text = "the two foreign ministers of the bloc who met"
    phrase = read_phrase(text, 0, len(text), [])
    assert (phrase.determiner, phrase.core, phrase.head, phrase.plural) == (
        "the",
        "two foreign ministers",
        "minister",
        True,
    )
    assert list(split_parts(text, 0, len(text), [], load_gazetteer().lexicon)) == [(0, len(text))]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(WORDS),
        min_size=3,
        max_size=30,
    ).map(" ".join),
    st.data(),
)
def test_no_source_raises(text: str, data: st.DataObject) -> None:
    points = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=8, max_size=8)))
    quotes = [
        Quote("a", f"a:q{i}", "direct", text[c:d], ((c, d),), text[a:b], a, b, None, None, None)
        for i, (a, b, c, d) in enumerate([points[:4], (*points[6:], *points[4:6]), (*points[2:4], *points[2:4])])
    ]
    source, doc = Article("a", text), blank()(text)
    solved = resolve_speakers(source, doc, quotes, find_mentions(source, doc, load_gazetteer()))
    assert [q.quote_id for q in solved] == [q.quote_id for q in quotes]
    assert all(name.strip() and plain(name) for q in solved for name in q.speakers)
