"""Mentions: who is named, in full, with the office as the article states it and the state it belongs to."""

from __future__ import annotations

import functools
from itertools import pairwise

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.bodies import define_acronyms
from toolkit.entities import find_mentions
from toolkit.gazetteer import load_gazetteer
from toolkit.names import name_parts, runs, short_for, split_words, title_cased
from toolkit.pipeline import parse
from toolkit.records import Article, Mention, Region

WORDS = [
    "President", "Ana", "Quispe", "al-", "the", "US", "Peru’s", "ministry of", "Ministry of", "(", ")", ",", ". ",
    "\n\n", "Mr.", "“", "”", "and", "Phnom Penh", "ÉTÉ", "Ḥ", "\u00a0", "-", "’s", "NATO", "Georgia", "Jr.", "of",
    "😀", "'",
]  # fmt: skip
"""Pieces of which the random articles are made."""


@functools.cache
def blank() -> spacy.Language:
    return spacy.blank("en")


def mentions(text: str, ents: dict[str, str] | None = None, regions: tuple[Region, ...] = ()) -> list[Mention]:
    """Find mentions with spaCy's names given by hand: each text in ``ents`` has that label wherever it stands."""
    doc = blank()(text)
    spans = []
    for name, label in (ents or {}).items():
        start = text.find(name)
        while start >= 0:
            span = doc.char_span(start, start + len(name), label=label, alignment_mode="expand")
            if span is not None:
                spans.append(span)
            start = text.find(name, start + len(name))
    doc.ents = spacy.util.filter_spans(spans)
    return find_mentions(Article("a", text, regions=regions), doc, load_gazetteer())


def people(found: list[Mention]) -> list[tuple[str, str]]:
    return [(m.text, m.actor) for m in found if m.label == "person"]


NAMES = [
    "Amina Diallo",
    "Xi Meiling",
    "Kim Jong-suk",
    "Ban Sook-hee",
    "Mohammed bin Rashid",
    "Salim al-Harazi",
    "Abdel Fattah el-Nour",
    "Ursula van der Meer",
    "Luis de la Torre",
    "João da Silva",
    "Nguyễn Văn Bình",
    "Þóra Jónsdóttir",
    "Zoran Đukić",
    "Siaosi Tupou",
    "Te Rangi Paewai",
    "Jean-Claude Mbala",
    "Fiachra O’Neill",
    "Robert F. Okafor Jr.",
    "Aung Kyaw Moe",
    "Oyuun Ganbold",
    "Tewolde Gebremariam",
    "Maria Fernanda Quispe",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "frame",
    [
        "Foreign Minister {} said on Monday that talks would go on.",
        "The talks would go on, former senator {} told reporters.",
        "“We go on,” said {}, a professor of law at the national university.",
        "The chief negotiator, {}, left early.",
    ],
)
def test_names_from_all_regions(name: str, frame: str) -> None:
    found = [m for m in mentions(frame.format(name)) if m.label == "person"]
    assert [(m.text, m.actor) for m in found] == [(name, name)]
    assert found[0].role is not None


@pytest.mark.parametrize(
    ("text", "role", "country"),
    [
        ("Prime Minister Amina Diallo spoke.", "Prime Minister", None),
        ("Chadian Foreign Minister Amina Diallo spoke.", "Foreign Minister", "TCD"),
        ("Chad’s former foreign minister Amina Diallo spoke.", "former foreign minister", "TCD"),
        ("South Korean President Amina Diallo spoke.", "President", "KOR"),
        ("U.S. Secretary of State Amina Diallo spoke.", "Secretary of State", "USA"),
        ("The president-elect Amina Diallo spoke.", "president-elect", None),
        ("NATO chief Amina Diallo spoke.", "NATO chief", None),
        ("UN Secretary-General Amina Diallo spoke.", "UN Secretary-General", None),
        ("Kremlin spokeswoman Amina Diallo spoke.", "Kremlin spokeswoman", "RUS"),
        ("Senate President Amina Diallo spoke.", "Senate President", None),
        ("Gen. Amina Diallo spoke.", "Gen.", None),
        ("Amina Diallo, the prime minister of Togo, spoke.", "prime minister of Togo", "TGO"),
        ("Amina Diallo, Peru’s ambassador to Chile, spoke.", "ambassador to Chile", "PER"),
        (
            "Amina Diallo, 45, a doctoral scholar in history at Lima University, spoke.",
            "doctoral scholar in history",
            None,
        ),
        ("The Bolivian vice president, Amina Diallo, spoke.", "vice president", "BOL"),
        ("Visiting Chadian Foreign Minister Amina Diallo spoke.", "Foreign Minister", "TCD"),
        ("Brazil’s foreign minister, Amina Diallo, spoke.", "foreign minister", "BRA"),
        ("Fiji’s Amina Diallo, a former judge, spoke.", "former judge", "FJI"),
        ("Amina Diallo, a lawyer for Peru’s army, spoke.", "lawyer for Peru’s army", "PER"),
    ],
)
def test_offices_as_stated(text: str, role: str, country: str | None) -> None:
    found = next(m for m in mentions(text) if m.label == "person")
    assert (found.actor, found.role, found.country) == ("Amina Diallo", role, country)


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Ms. Amina Diallo (Togo): We voted in favour.", "TGO"),
        ("Ms. Amina Diallo (Bolivarian Republic of Venezuela) spoke.", "VEN"),
        ("Ms. Amina Diallo (Togolese by birth) spoke.", None),
        ("Ms. Amina Diallo (Togo last year) spoke.", None),
    ],
)
def test_a_state_in_brackets_behind_a_name(text: str, country: str | None) -> None:
    found = next(m for m in mentions(text) if m.label == "person")
    assert (found.actor, found.country) == ("Amina Diallo", country)


def test_the_office_nearest_before_a_mention() -> None:
    text = "Mayor Ana Quispe spoke in 2011. Quispe rose. Governor Ana Quispe spoke in 2020. Quispe went on."
    assert [m.role for m in mentions(text) if m.label == "person"] == ["Mayor", "Mayor", "Governor", "Governor"]


def test_a_counterpart_has_the_same_office() -> None:
    text = "Prime Minister Hamid Karimi met his visiting Chilean counterpart Rosa Pinto."
    found = {m.actor: (m.role, m.country) for m in mentions(text) if m.label == "person"}
    assert found == {"Hamid Karimi": ("Prime Minister", None), "Rosa Pinto": ("Prime Minister", "CHL")}


@pytest.mark.parametrize(
    ("text", "short", "full"),
    [
        ("President Gabriel Mbeki spoke. Mbeki’s aides left.", "Mbeki", "Gabriel Mbeki"),
        ("President Gabriel Mbeki spoke. Mr Mbeki left.", "Mbeki", "Gabriel Mbeki"),
        ("President Lin Zhaohui spoke. Lin left.", "Lin", "Lin Zhaohui"),
        ("Leader Pak Chol-min spoke. Pak left.", "Pak", "Pak Chol-min"),
        ("Minister Salim al-Harazi spoke. Al-Harazi left.", "Al-Harazi", "Salim al-Harazi"),
        ("Minister Salim al-Harazi spoke. Mr Harazi left.", "Harazi", "Salim al-Harazi"),
        ("Envoy Ursula van der Meer spoke. Van der Meer left.", "Van der Meer", "Ursula van der Meer"),
        ("Envoy Mohammed bin Rashid spoke, and bin Rashid left.", "bin Rashid", "Mohammed bin Rashid"),
        ("Mayor João Évora spoke. Evora left.", "Evora", "João Évora"),
        ("Editor Ruth Obi-Wells spoke. Obi-Wells left.", "Obi-Wells", "Ruth Obi-Wells"),
    ],
)
def test_short_forms_lead_to_the_full_name(text: str, short: str, full: str) -> None:
    assert (short, full) in people(mentions(text))


def test_two_people_with_one_surname() -> None:
    text = (
        "President Omar Traoré and his wife, Awa Traoré, came. Mr Traoré spoke first. Mrs Traoré spoke last.\n\n"
        "Mrs Traoré thanked them."
    )
    assert people(mentions(text)) == [
        ("Omar Traoré", "Omar Traoré"),
        ("Awa Traoré", "Awa Traoré"),
        ("Traoré", "Omar Traoré"),
        ("Traoré", "Awa Traoré"),
        ("Traoré", "Awa Traoré"),
    ]


def test_a_surname_alone_is_the_one_the_article_is_about() -> None:
    text = (
        "Carlos Menem spoke. Carlos Menem left. Carlos Menem slept. His daughter, Zulema Menem, stayed.\n\n"
        "Menem went on."
    )
    found = people(mentions(text, {"Carlos Menem": "PERSON", "Zulema Menem": "PERSON"}))
    assert found[-1] == ("Menem", "Carlos Menem")


def test_the_model_alone_can_name_a_person() -> None:
    assert people(mentions("Then Garang Wol spoke.", {"Garang Wol": "PERSON"})) == [("Garang Wol", "Garang Wol")]
    assert people(mentions("Then Garang Wol spoke.")) == []


def test_a_short_name_of_a_place_is_no_person() -> None:
    assert people(mentions("Ana Quispe of Ashton, Md., spoke.", {"Ana Quispe": "PERSON", "Md.": "PERSON"})) == [
        ("Ana Quispe", "Ana Quispe")
    ]


def test_an_office_ends_with_its_sentence() -> None:
    found = mentions("The rain fell on Ana Quispe, a judge. Then Chile won.")
    assert [m.role for m in found if m.label == "person"] == ["judge"]


def test_one_wrong_guess_of_the_model_is_outvoted() -> None:
    text = "Premier Sanna Okello spoke. Okello left. Then Okello came back. Okello slept."
    doc_names = {"Okello left": "ORG"}
    found = people(mentions(text, {"Sanna Okello": "PERSON", **doc_names}))
    assert [actor for _, actor in found] == ["Sanna Okello"] * 4


def test_a_headline_gives_names_by_the_full_text() -> None:
    text = "Hana Okello Appeals for Calm in Lomé\n\nPresident Hana Okello appealed for calm."
    found = people(mentions(text, {"Hana Okello Appeals": "PERSON"}, (Region("headline", 0, 36),)))
    assert found == [("Hana Okello", "Hana Okello")] * 2
    shouted = "OKELLO APPEALS FOR CALM\n\nPresident Hana Okello appealed for calm."
    assert people(mentions(shouted)) == [("OKELLO", "Hana Okello"), ("Hana Okello", "Hana Okello")]


def test_a_headline_completes_a_surname() -> None:
    text = "Carlos Menchú Calls for Talks With Peru\n\nMenchú called for talks. Mr Menchú left."
    assert people(mentions(text)) == [("Carlos Menchú", "Carlos Menchú")] + [("Menchú", "Carlos Menchú")] * 2


def test_captions_help_to_link_but_hold_no_mention() -> None:
    text = (
        "Togo’s Senate President Kofi Mensah speaks in Lomé. Photo by AFP\n\nMensah appealed for calm, Mr Mensah said."
    )
    found = mentions(text, regions=(Region("caption", 0, 64),))
    assert [(m.text, m.actor, m.country, m.role) for m in found] == [
        ("Mensah", "Kofi Mensah", "TGO", "Senate President")
    ] * 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Phnom Penh said it would wait.", ["Cambodia"]),
        ("The minister waited in Phnom Penh for a day.", []),
        ("Talks between Cairo and Khartoum failed.", ["Egypt", "Sudan"]),
        ("Seoul, Tokyo agree to meet in Busan.", ["South Korea", "Japan"]),
        ("She flew to Seoul, Tokyo and Hanoi.", []),
        ("Pretoria’s plea went unheard.", ["South Africa"]),
        ("The Moscow-backed rebels of the Kremlin waited.", ["Russia", "Russia"]),
        (
            "Ukrainian and Russian troops; the U.S. and Britain.",
            ["Ukraine", "Russia", "United States", "United Kingdom"],
        ),
        ("Latin American banks and the South China Sea.", []),
        ("North Korea–South Korea talks; a Russia-Iran deal.", ["North Korea", "South Korea", "Russia", "Iran"]),
        ("Editor Chad Mueller met Jordan Abbas, a lawyer.", []),
        ("Voters in Georgia, near Atlanta, waited.", []),
        ("Georgia and Armenia signed.", ["Georgia", "Armenia"]),
    ],
)
def test_states_and_their_capitals(text: str, expected: list[str]) -> None:
    found = mentions(text, {"Chad Mueller": "PERSON", "Jordan Abbas": "PERSON"})
    assert [m.actor for m in found if m.label == "state"] == expected


@pytest.mark.parametrize(
    ("text", "actor", "country"),
    [
        ("The Mongolian Foreign Ministry waited.", "Mongolian Foreign Ministry", "MNG"),
        ("Togo’s trade ministry waited.", "Togo’s trade ministry", "TGO"),
        (
            "LIMA — Peru waits. The Ministry of Trade and Tourism waited.",
            "Ministry of Trade and Tourism (Peru)",
            "PER",
        ),
        ("Chile’s Ministry of Foreign Affairs waited.", "Ministry of Foreign Affairs (Chile)", "CHL"),
        ("The Ministry of Defence of Fiji waited.", "Ministry of Defence (Fiji)", "FJI"),
        ("The Dutch government waited.", "Dutch government", "NLD"),
        ("Guinea-Bissau’s army waited.", "Guinea-Bissau’s army", "GNB"),
        ("Kenya’s electoral commission declared a result.", "Kenya’s electoral commission", "KEN"),
        ("Envoy Zoe Duarte came. The Duarte campaign waited.", "Duarte campaign", None),
        ("The Institute for River Policy waited.", "Institute for River Policy", None),
        ("The European Commission waited.", "European Commission", None),
    ],
)
def test_bodies(text: str, actor: str, country: str | None) -> None:
    found = [(m.actor, m.country) for m in mentions(text) if m.label == "organisation"]
    assert found == [(actor, country)]


def test_a_describing_word_is_no_body() -> None:
    assert [(m.text, m.label) for m in mentions("Russia’s military action went on.")] == [("Russia", "state")]


def test_forms_of_one_ministry_are_one_actor() -> None:
    text = "Peru’s foreign ministry waited. The Ministry of Foreign Affairs spoke. The Peruvian Foreign Ministry left."
    found = [m.actor for m in mentions(text) if m.label == "organisation"]
    assert found == ["Ministry of Foreign Affairs (Peru)"] * 3


def test_acronyms_and_short_forms_lead_to_the_long_name() -> None:
    text = "The Alliance for Open Rivers (AOR) met. AOR spoke. The Blue Nile Institute met. Later Blue Nile spoke."
    ents = {"Alliance for Open Rivers": "ORG", "AOR": "ORG", "Blue Nile Institute": "ORG", "Blue Nile": "ORG"}
    found = [m.actor for m in mentions(text, ents) if m.label == "organisation"]
    assert found == ["Alliance for Open Rivers"] * 3 + ["Blue Nile Institute"] * 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the Alliance for Open Borders (AOB)", [("AOB", "Alliance for Open Borders")]),
        ("the Union of Sea Ports (USP) and more", [("USP", "Union of Sea Ports")]),
        ("he went home (AOB)", []),
        ("Senator Tan (R-GA)", []),
    ],
)
def test_defined_acronyms(text: str, expected: list[tuple[str, str]]) -> None:
    assert list(define_acronyms(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Then Ban Sook-hee met Mohammed bin Rashid.", ["Ban Sook-hee", "Mohammed bin Rashid"]),
        ("The Lima-backed group of Ursula van der Meer’s friends", ["Lima", "Ursula van der Meer"]),
        ("Dr. J. B. Oyelaran Jr. of the U.N. left. Tan came.", ["Dr. J. B. Oyelaran Jr", "U.N.", "Tan"]),
        ("“Yes,” said al-Harazi.", ["al-Harazi"]),
    ],
)
def test_runs_of_capitals(text: str, expected: list[str]) -> None:
    words = split_words(text)
    assert [text[words[a].start : words[b - 1].end] for a, b in runs(words)] == expected


@pytest.mark.parametrize(
    ("short", "full", "fit"),
    [
        ("Diallo", "Amina Diallo", 3),
        ("Amina", "Amina Diallo", 2),
        ("Harazi", "Salim al-Harazi", 3),
        ("Ana Quispe", "Ana Maria Quispe", 3),
        ("Fernanda", "Maria Fernanda Quispe", 1),
        ("Kofi Diallo", "Amina Diallo", 0),
        ("", "Amina Diallo", 0),
    ],
)
def test_short_forms_fit(short: str, full: str, fit: int) -> None:
    assert short_for(name_parts(short), name_parts(full)) == fit


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("President Okello Appeals for Peace Talks", True),
        ("President Okello appeals for peace talks", False),
        ("Lima, Peru", False),
        ("", False),
    ],
)
def test_headline_case(line: str, expected: bool) -> None:
    assert title_cased(line) is expected


def test_the_model_and_the_rules_together() -> None:
    text = (
        "LUSAKA – President Mutale Chanda urged Angola and Namibia to open the river to all ships.\n\n"
        "“We ask for no favours,” Chanda said after a call with Portuguese Foreign Minister Inês Carvalho. "
        "The African Union welcomed the step, and so did the Zambian parliament."
    )
    [(article, doc)] = parse([Article("a", text, regions=(Region("dateline", 0, 6),))])
    found = [(m.text, m.label, m.actor, m.country, m.role) for m in find_mentions(article, doc, load_gazetteer())]
    assert found == [
        ("Mutale Chanda", "person", "Mutale Chanda", None, "President"),
        ("Angola", "state", "Angola", "AGO", None),
        ("Namibia", "state", "Namibia", "NAM", None),
        ("Chanda", "person", "Mutale Chanda", None, "President"),
        ("Portuguese", "state", "Portugal", "PRT", None),
        ("Inês Carvalho", "person", "Inês Carvalho", "PRT", "Foreign Minister"),
        ("African Union", "organisation", "African Union", None, None),
        ("Zambian parliament", "organisation", "Zambian parliament", "ZMB", None),
    ]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(WORDS),
        max_size=40,
    ).map(" ".join)
    | st.text(max_size=60)
)
def test_no_text_raises_and_offsets_are_exact(text: str) -> None:
    found = mentions(text)
    assert all(text[m.start : m.end] == m.text and m.actor and m.text for m in found)
    assert all(a.end <= b.start for a, b in pairwise(found)), "mentions do not overlap"
