"""Sources tied to actors that an article names elsewhere: documents, openings, relations, groups, bodies, pronouns."""

from __future__ import annotations

import pytest
from readings import marked_article, named_doc

from toolkit.entities import find_mentions
from toolkit.gazetteer import load_gazetteer
from toolkit.naming import RULES
from toolkit.speakers import Resolution, explain, reliability
from toolkit.wordlists import DATA, read_table

COLUMNS = ["rule", "right", "labels", "right_seen", "labels_seen"]

LABELLED = {
    "PERSON": [
        "Wanjiru Kamau", "Kamau", "Tevita Fonoti", "Nurlan Akhmetov", "Asha Rao", "Chidi Okonkwo", "Okonkwo",
        "Lucía Ferreyra", "Jens Dahl", "Marta Kovač", "Siti Rahmah", "Idriss Sow", "Don Makoni", "Hoda Nassar",
        "Pilar Quiroga", "Sipho Zulu", "Lin Guo", "Zodwa",
    ],
    "ORG": [
        "Lusa", "Maendeleo Trust", "Kilimo Group", "Pacific Reef Fund", "Bata", "National Fisheries Authority",
        "NFA", "Dhaka Herald", "Savanna Foods", "Senate Water Committee",
    ],
    "GPE": [
        "Oaxaca", "Gujarat",
    ],
}  # fmt: skip
"""The names that spaCy would find, by its label."""
NAMES = {name: label for label, names in LABELLED.items() for name in names}


def answers(marked: str, **known: str) -> list[Resolution | None]:
    """What the sources of a marked article are resolved to."""
    source, quotes = marked_article(marked, **known)
    doc = named_doc(source.text, NAMES)
    return explain(source, doc, quotes, find_mentions(source, doc, load_gazetteer()))


def last(marked: str) -> tuple[str, ...]:
    """Who speaks in the last quote of a marked article."""
    found = answers(marked)[-1]
    assert found is not None
    return found.speakers


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        # the issuer stands beside the document
        ("[A 2019 study by Delhi University economist Asha Rao] found {rain}.", ["Asha Rao"]),
        ("[The audit – published by the Maendeleo Trust –] found {rain}.", ["Maendeleo Trust"]),
        ("[An Afrobarometer survey] found {rain}.", ["Afrobarometer"]),
        ("[a recent Lusa/Aximage poll] found {rain}.", ["Lusa", "Aximage"]),
        ("[Lucía Ferreyra’s “Salt Roads”] shows {rain}.", ["Lucía Ferreyra"]),
        (
            "[a complaint filed by the Maendeleo Trust and a petition by the Pacific Reef Fund] say {rain}.",
            ["Maendeleo Trust", "Pacific Reef Fund"],
        ),
        ("[New polls] show {rain}.", []),
        ("[The April survey] found {rain}.", []),
        ("[Monday’s poll] found {rain}.", []),
        ("[Last year’s Maendeleo Trust figures] show {rain}.", ["Maendeleo Trust"]),
        ("[A study by Asha Rao and Jens Dahl] found {rain}.", ["Asha Rao", "Jens Dahl"]),
        ("[A poll conducted for the Maendeleo Trust] found {rain}.", ["Maendeleo Trust"]),
        ("[A Canadian law] forbids {rain}.", ["Canada"]),
        ("[a letter to the Maendeleo Trust] asked for {rain}.", []),
        # ... or at an earlier place, under the same or another word
        ("It follows a video by the Maendeleo Trust. [The ad] says {rain}.", ["Maendeleo Trust"]),
        (
            "It was in a Pacific Reef Fund survey of islanders. Few were glad. [The study] found {rain}.",
            ["Pacific Reef Fund"],
        ),
        ("Asha Rao is a poet. Rao showed her new documentary in Lima. [The film] says {rain}.", ["Asha Rao"]),
        ("The Maendeleo Trust released a report on Monday. [The report] said {rain}.", ["Maendeleo Trust"]),
        ("[The Maendeleo Trust report] said {rain}. Much is new. [It] added {sun}.", ["Maendeleo Trust"]),
        ("[Judge Sipho Zulu] said {rain}. {Sun}, [the ruling] said.", ["Sipho Zulu"]),
        ("The Maendeleo Trust released a report. A new study came out. [The study] said {rain}.", []),
        ("The Maendeleo Trust slept. [The constitution] demands {rain}.", []),
        ("[The Maendeleo Trust] said {rain}. [The trust’s rules] demand {sun}.", ["Maendeleo Trust"]),
        ("[The African Union] said {rain}. [The union’s existing rules] demand {sun}.", ["African Union"]),
    ],
)
def test_documents_speak_for_who_issued_them(marked: str, expected: list[str]) -> None:
    assert last(marked) == tuple(expected)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("My country", ("Chile",)),
        ("our own Government", ("Chile",)),
        ("my delegation", ("Chile",)),
        ("My brother", ("Chile’s brother",)),
        ("The", ()),
    ],
)
def test_in_a_speech_my_country_is_the_speaker(source: str, expected: tuple[str, ...]) -> None:
    (found,) = answers(f"[{source}] says {{the dam is safe}}.", speaker="Chile")
    assert found is not None
    assert found.speakers == expected


def test_the_labels_of_an_interview_without_an_opening_are_nobody() -> None:
    text = "[Q]: {Will the dam be built?}\n[A]: {It will.}\n[Question:] {When?}\n[Wanjiru Kamau]: {Soon.}"
    assert [r and r.speakers for r in answers(text)] == [(), (), (), ("Wanjiru Kamau",)]


@pytest.mark.parametrize(
    ("opening", "expected"),
    [
        ("Minister Wanjiru Kamau told us of the dam.", ("Wanjiru Kamau",)),
        ("Wanjiru Kamau spoke to Jens Dahl. Kamau builds dams.", ("Wanjiru Kamau",)),
        ("Wanjiru Kamau spoke to Jens Dahl.", ()),
        ("We heard of the dam.", ()),
    ],
)
def test_who_answers_is_whom_an_interview_introduces(opening: str, expected: tuple[str, ...]) -> None:
    text = f"{opening}\n[Q]: {{Will Asha Rao and Asha Rao build?}}\n[A]: {{It will.}}"
    assert [r and r.speakers for r in answers(text)] == [(), expected]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("[A Samoan judge] ruled {rain}.\n\nJustice Tevita Fonoti signed it on Monday.", ["Tevita Fonoti"]),
        ("[Almaty’s health director] says {rain}.\n\n[Nurlan Akhmetov] says {it fell}.", ["Nurlan Akhmetov"]),
        ("Long ago it rained in all of the land and nobody knew.\n\nAll was wet in the towns and in the villages.\n\n"
         "[A judge] ruled {rain}. Justice Tevita Fonoti slept.", ["judge"]),
        ("[A nurse] said {rain}.\n\n[Wanjiru Kamau] said {sun}.", ["Wanjiru Kamau"]),
        ("[A Senate panel] urged {rain}.\n\nThe Senate Water Committee met again in the morning.",
         ["Senate Water Committee"]),
        ("Kenyan minister Wanjiru Kamau came. [Her lawyer] said {rain}. Jens Dahl, a lawyer for Kamau, left.",
         ["Jens Dahl"]),
        ("Wanjiru Kamau left her husband Idriss Sow. [Her ex-husband] said {rain}.", ["Idriss Sow"]),
        ("Wanjiru Kamau came alone. [Her lawyer] said {rain}.", ["Wanjiru Kamau’s lawyer"]),
        ("Wanjiru Kamau came. Jens Dahl, a lawyer, slept. [Her doctor] said {rain}.", ["Wanjiru Kamau’s doctor"]),
    ],
)  # fmt: skip
def test_people_named_elsewhere_in_the_article(marked: str, expected: list[str]) -> None:
    assert last(marked) == tuple(expected)


@pytest.mark.parametrize(
    ("marked", "rules"),
    [
        ("[Almaty’s health director] says {rain}.\n\n[Nurlan Akhmetov] says {it fell}.", ["later_named", "named"]),
        ("It follows a video by the Maendeleo Trust. [The ad] says {rain}.", ["document"]),
        ("Idriss Sow came. [His wife] said {rain}. Hoda Nassar, wife of Sow, left.", ["related"]),
        (
            "[The Pacific Reef Fund] said {rain}. [The fund’s leadership] and [he] said {sun}, {wind}.",
            ["named", "organ", "pronoun"],
        ),
    ],
)
def test_each_decision_names_its_rule(marked: str, rules: list[str]) -> None:
    assert [a.rule for a in answers(marked) if a] == rules


def test_reliability_is_a_probability_and_falls_with_parts() -> None:
    for rule in ("named", "pronoun", "titled", "nothing yet measured"):
        assert 0.5 < reliability(rule) < 1
    assert reliability("named") > reliability("pronoun") > reliability("pronoun+pronoun")
    [answer] = answers("[Idriss Sow] said {rain}.")
    assert answer is not None
    assert answer.probability == reliability("named")


def test_the_measured_rules_exist() -> None:
    measured = {row["rule"] for row in read_table(DATA / "speaker_rules.csv", COLUMNS)}
    assert measured <= {rule.__name__ for rule in RULES}


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("Governor Lucía Ferreyra spoke. [The former mayor] said {rain}.", ["Lucía Ferreyra"]),
        ("Economist Jens Dahl came. [The economist] said {rain}.", ["Jens Dahl"]),
        ("Jens Dahl came. [The moderator] said {rain}.", ["moderator"]),
        ("A senator slept. Jens Dahl came. [The senator] said {rain}.", ["senator"]),
        ("Presidential candidate Chidi Okonkwo spoke in Jos. [The candidate] wanted {rain}.", ["Chidi Okonkwo"]),
        (
            "[Former Minister of Fisheries Siti Rahmah and former Gov. Jens Dahl] said {rain}.",
            ["Siti Rahmah", "Jens Dahl"],
        ),
        ("[Friends of President Idriss Sow] said {rain}.", ["friends of President Idriss Sow"]),
        (
            "President Siti Rahmah came. It rained. It rained. It rained. It rained. It rained. It rained. "
            "It was late. Jens Dahl spoke. [The president] said {rain}.",
            ["Siti Rahmah"],
        ),
        ("Foreign Minister Siti Rahmah came. [The foreign minister] wanted {rain}.", ["Siti Rahmah"]),
        (
            "Prime Minister Marta Kovač came. [The prime minister’s spokesman] said {rain}.",
            ["spokesman for Marta Kovač"],
        ),
        ("Senator Chidi Okonkwo came. [His campaign] said {rain}.", ["Okonkwo campaign"]),
        ("Senator Chidi Okonkwo came. [The senator’s campaign] said {rain}.", ["Okonkwo campaign"]),
        ("[A spokesman for the Kilimo Group, Idriss Sow,] said {rain}.", ["Idriss Sow"]),
        ("The Kilimo Group is growing. {Kilimo Group will hire, [a spokeswoman] said}.", ["Kilimo Group"]),
        ("Lawyer Jens Dahl came. [The judge] ordered {rain}.", ["judge"]),
        ("Gujarat Governor Asha Rao met Governor Lin Guo (R-Oax.). [The Gujarat governor] said {rain}.", ["Asha Rao"]),
        (
            "Sen. Lin Guo (Oax.) and Sen. Asha Rao (Guj.) met. [Guo] said {rain}. [The Gujarat senator] said {sun}.",
            ["Asha Rao"],
        ),
    ],
)
def test_titles_carry_over(marked: str, expected: list[str]) -> None:
    assert last(marked) == tuple(expected)


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("[Critics such as Senators Idriss Sow and Hoda Nassar] want {rain}.", ["Idriss Sow", "Hoda Nassar"]),
        ("[Her rivals, Marta Kovač and Jens Dahl,] want {rain}.", ["Marta Kovač", "Jens Dahl"]),
        ("It pleased both Egyptians and Jordanians, [who] have wanted {rain}.", ["Egyptians", "Jordanians"]),
        ("Lucía Ferreyra met Jens Dahl. [Both women] said {rain}.", ["both women"]),
        ("Lucía Ferreyra, Pilar Quiroga and Carlos Vera met. "
         "Ms. Quiroga and Ms. Ferreyra came. [Both women] said {rain}.",
         ["Lucía Ferreyra", "Pilar Quiroga"]),
        ("President Idriss Sow began it in 1980. "
         "In 1990 it was over under Jens Dahl. [The two presidents] wanted {rain}.",
         ["Jens Dahl", "Idriss Sow"]),
        ("[Eleven aid groups] wrote {rain}. Idriss Sow met Jens Dahl. [The groups] said {sun}.", ["eleven aid groups"]),
        ("[The Bata shoe chain] said {rain}.", ["Bata"]),
        ("[from the National Fisheries Authority] came {rain}.", ["National Fisheries Authority"]),
    ],
)  # fmt: skip
def test_groups(marked: str, expected: list[str]) -> None:
    assert sorted(last(marked)) == sorted(expected)


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("The National Fisheries Authority met. [The N.F.A.] said {rain}.", "National Fisheries Authority"),
        ("The National Fisheries Authority (NFA) met. [The NFA] said {rain}.", "National Fisheries Authority"),
        ("The Dhaka Herald wrote. [The Herald] said {rain}.", "Dhaka Herald"),
        ("The Dhaka Herald wrote. [A Herald article] said {rain}.", "Dhaka Herald"),
        ("[The Pacific Reef Fund] said {rain}. [The fund] said {sun}.", "Pacific Reef Fund"),
        ("[Savanna Foods] said {rain}. Then [the company] said {sun}.", "Savanna Foods"),
        ("[The Pacific Reef Fund] said {rain}. [The fund’s leadership] said {sun}.", "Pacific Reef Fund"),
        ("It was so in Oaxaca, when [the state] said {rain}.", "Oaxaca"),
        ("It was so in Kenya. [The country] wants {rain}.", "Kenya"),
        ("[Harvest magazine] said {rain}.", "Harvest"),
    ],
)
def test_bodies_in_short(marked: str, expected: str) -> None:
    assert last(marked) == (expected,)


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        # who stands first in the pronoun's own sentence
        ("[Jens Dahl] said {rain}. Idriss Sow left when [he] heard of {sun}.", "Idriss Sow"),
        # a name in another's title is not meant
        ("Okonkwo adviser Idriss Sow spoke. {“It rains,”} [he] said.", "Idriss Sow"),
        # what the text calls somebody tells the gender of an unknown name
        ("Zodwa Khumalo came. She was late. Thuli Dube waited; he slept. {“Rain,”} [she] said.", "Zodwa Khumalo"),
        # a phrase that stands for somebody makes them likelier
        ("President Siti Rahmah met Lucía Ferreyra. Ms. Ferreyra left. "
         "The president ate before [she] spoke of {rain}.", "Siti Rahmah"),
        # "they" for a body
        ("The Dhaka Herald looked into it. On Friday [they] wrote {rain}.", "Dhaka Herald"),
        # "Don" is a given name before a surname alone
        ("Don Makoni, a former chairman, came. [Makoni] said {rain}.", "Don Makoni"),
        # a given name that begins the sentence
        ("Amarachi Okonkwo loves the sea. [Okonkwo] said {rain}.", "Amarachi Okonkwo"),
    ],
)  # fmt: skip
def test_pronouns_and_names(marked: str, expected: str) -> None:
    assert last(marked) == (expected,)
