from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.records import Article, Mention, Region, Vote, table
from toolkit.tallies import NUMBER, find_tallies, number, spaced
from toolkit.votes import find_votes

SEEDS = Path(__file__).parent.parent / "seeds"
GA, SC, HRC = "UN General Assembly", "UN Security Council", "UN Human Rights Council"


def votes_of(text: str, *, date: str | None = None, mentions: list[Mention] | None = None) -> list[Vote]:
    return find_votes(Article("a", text, date=date), mentions or [])


def counts(votes: list[Vote]) -> list[tuple[int | None, int | None, int | None]]:
    return [(v.in_favour, v.against, v.abstained) for v in votes if v.voter is None]


def voters(votes: list[Vote]) -> dict[str, str | None]:
    return {v.voter: v.vote for v in votes if v.voter is not None}


def mention(text: str, words: str, actor: str, label: str = "state") -> Mention:
    start = text.index(words)
    return Mention("a", start, start + len(words), words, label, actor, None, None, "test")


@pytest.mark.parametrize(
    ("words", "n"),
    [
        ("141", 141),
        ("1,204", 1204),
        ("five", 5),
        ("twenty-one", 21),
        ("Thirty five", 35),
        ("one hundred and forty-one", 141),
        ("a hundred", 100),
        ("two hundred three", 203),
        ("none", 0),
        ("no", 0),
        ("an", 1),
        ("a single", 1),
    ],
)
def test_numbers(words: str, n: int) -> None:
    assert number(words) == n


@pytest.mark.parametrize("words", ["forty+one", "forty + one", "forty - one"])
def test_sums_are_no_numbers(words: str) -> None:
    assert spaced(NUMBER).fullmatch(words) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("In all, 130 member states were in favour, six were against it and 41 abstained.", (130, 6, 41)),
        ("The text was adopted by 88 votes to 7, with 60 abstentions.", (88, 7, 60)),
        ("The vote was 71-12, with 82 abstentions.", (71, 12, 82)),
        ("The mandate was renewed in a 13-0 vote with two abstentions.", (13, 0, 2)),
        ("The motion passed 12 to 1.", (12, 1, None)),
        ("Delegates voted 90 in favour, 20 against and 50 abstaining.", (90, 20, 50)),
        ("The amendment was rejected by 8 votes to 4.", (4, 8, None)),
        ("Deputies in Bamako threw out the amendment by 81 votes to 40.", (40, 81, None)),
        ("The Knesset defeated the bill 59-52.", (52, 59, None)),
        ("The Security Council rejected the Russian draft 4-5 with six abstentions.", (4, 5, 6)),
        ("The resolution, which rejects the annexations, was adopted by 143 votes to 5.", (143, 5, None)),
        ("The Assembly rejected a Russian amendment and adopted the resolution by 143 votes to 5.", (143, 5, None)),
        ("The Assembly adopted the resolution, rejecting Moscow's claims, by 141 votes to 5.", (141, 5, None)),
        ("The motion to reject the ceasefire passed by 60 votes to 40.", (60, 40, None)),
        ("Parliament adopted the bill and firmly rejected the amendment by 8 votes to 4.", (4, 8, None)),
        ("The text, approved in committee, was rejected by 8 votes to 4.", (4, 8, None)),
        ("The Senate, which had passed it in May, rejected the bill by 60 votes to 40.", (40, 60, None)),
        ("One hundred and two countries voted in favour; five opposed it and thirty-five abstained.", (102, 5, 35)),
        ("The bill cleared the Senate in Manila, 20-3, late on Monday.", (20, 3, None)),
        ("For – 12, against – 3, abstained – 2: so ended the vote in Chisinau.", (12, 3, 2)),
        ("In favour: 31. Against: 4. Abstentions: 12 in the UN committee.", (31, 4, 12)),
        ("The council voted unanimously, 15-0, to extend the arms embargo.", (15, 0, None)),
        ("The final tally in the General Assembly was 124-14-43.", (124, 14, 43)),
        ("Ten of the council's 15 members voted in favour, none against and five abstained.", (10, 0, 5)),
        ("The assembly passed it with 120 votes in favour to 9 against and one abstention.", (120, 9, 1)),
        ("It was carried by 311 votes against 240 in the National Assembly.", (311, 240, None)),
        ("The resolution received 14 votes in favour.", (14, None, None)),
        ("The decision came on a 5-to-4 vote of the constitutional court in Lusaka.", (5, 4, None)),
        ("A total of 76 states voted in favour. Twelve were against and 51 abstained.", (76, 12, 51)),
        ("The vote on Myanmar was 119-1. There were 36 abstentions.", (119, 1, 36)),
        ("It was adopted by the Riigikogu with 66 members voting for, nine against and no abstentions.", (66, 9, 0)),
        ("With 41 in favour, two against and four abstaining, the Geneva forum condemned the coup.", (41, 2, 4)),
        ("The text got eight yes votes, three no votes and four abstentions in the council.", (8, 3, 4)),
        ("About 40 countries abstained, 93 voted for the resolution.", (93, None, None)),
        ("The measure, adopted 93–24 with\n58 abstentions, suspends Russia.", (93, 24, 58)),
    ],
)
def test_tallies(text: str, expected: tuple[int | None, int | None, int | None]) -> None:
    assert counts(votes_of(text)) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "England won 141-5 at Lord's.",
        "New Zealand beat Kenya 27-12 in the final before the council voted.",
        "The home team passed the test 3-1 and topped the league.",
        "Pollsters saw the yes camp ahead, 52 percent to 48.",
        "Some 52% were in favour of the treaty and 40% against.",
        "Voters in favour of the accord outnumbered the rest.",
        "In the referendum 1,204 voted in favour and 311 against.",
        "Ms Okafor was elected speaker by 120 votes to 85.",
        "The ruling party won the election 120-85.",
        "A resolution needs nine votes in favour and no veto.",
        "A majority of 129 votes in favour is required for admission.",
        "The council's session on 11-12 March was postponed after the vote.",
        "The assembly approved a plan to send 3 to 5 vessels to the Red Sea.",
        "The rule for children aged 12 to 14 was adopted.",
        "The council sent 300 soldiers against the rebels and 5 drones.",
        "The parliament's 2014-15 budget was approved.",
        "The minister recalled his 2007 vote against the bill.",
        "India voted for a change of government. The assembly meets in June.",
        "Ireland voted in favour of same-sex marriage in a 2015 referendum.",
        "If Hungary voted against the resolution, the summit would fail.",
        "The bishop abstained from meat; the council met without him.",
        "Russia threatened to veto the resolution.",
        "Pakistan would vote against the resolution, an aide said.",
        "The resolution was adopted without a vote.",
        "",
    ],
)
def test_what_is_no_vote(text: str) -> None:
    assert votes_of(text, date="2024-05-10") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Laos voted in favor of the resolution.", {"Laos": "for"}),
        ("Botswana voted for the text; Angola abstained.", {"Botswana": "for", "Angola": "abstained"}),
        (
            "China, India and Iran abstained on the UN resolution.",
            {"China": "abstained", "India": "abstained", "Iran": "abstained"},
        ),
        ("France vetoed the resolution.", {"France": "against"}),
        (
            "Two countries used their veto: the text was vetoed by Russia and China.",
            {"Russia": "against", "China": "against"},
        ),
        ("Fiji was absent and Samoa did not vote on the resolution.", {"Fiji": "absent", "Samoa": "absent"}),
        (
            "Five countries – Russia, Belarus, Syria, North Korea and Eritrea – voted against the resolution.",
            dict.fromkeys(["Russia", "Belarus", "Syria", "North Korea", "Eritrea"], "against"),
        ),
        (
            "The resolution passed 130-2, with 35 abstentions, including India and South Africa.",
            {"India": "abstained", "South Africa": "abstained"},
        ),
        (
            "Countries voting against the resolution included Cuba, Laos and the Central African Republic.",
            dict.fromkeys(["Cuba", "Laos", "Central African Republic"], "against"),
        ),
        ("Voting against the motion were Belarus and Nicaragua.", {"Belarus": "against", "Nicaragua": "against"}),
        (
            "With Russia voting against and China abstaining, the draft fell.",
            {"Russia": "against", "China": "abstained"},
        ),
        ("The United States was the only country to vote against the text.", {"United States": "against"}),
        ("Gabon was among the 13 countries that abstained on the resolution.", {"Gabon": "abstained"}),
        (
            "Eritrea joined Russia and Belarus in voting against the measure.",
            dict.fromkeys(["Eritrea", "Russia", "Belarus"], "against"),
        ),
        ("China's ambassador abstained in the Security Council.", {"China": "abstained"}),
        ("Brazil said it abstained because the text was one-sided.", {"Brazil": "abstained"}),
        (
            "South Africa's envoy, Thandi Nkosi, said her country abstained on the resolution.",
            {"South Africa": "abstained"},
        ),
        ("Angola, a neighbour of Zambia, voted against the motion.", {"Angola": "against"}),
        (
            "Pakistan, along with Bangladesh and Sri Lanka, abstained on the resolution.",
            dict.fromkeys(["Pakistan", "Bangladesh", "Sri Lanka"], "abstained"),
        ),
        (
            "Mexico voted against the motion, alongside Bolivia and Honduras.",
            dict.fromkeys(["Mexico", "Bolivia", "Honduras"], "against"),
        ),
        ("China, Cuba and 30 others abstained on the resolution.", {"China": "abstained", "Cuba": "abstained"}),
        ("The text was opposed by Russia, and China abstained.", {"China": "abstained"}),
        (
            "Bosnia and Herzegovina and Trinidad and Tobago voted for the resolution.",
            {"Bosnia and Herzegovina": "for", "Trinidad and Tobago": "for"},
        ),
        ("Nepal spoke on the resolution. It abstained.", {"Nepal": "abstained"}),
        ("The US cast the lone vote against the resolution.", {"US": "against"}),
        (
            "Judges Ana Diop of Senegal and Li Wei of China voted against; the court's order stood.",
            {"Ana Diop": "against", "Li Wei": "against"},
        ),
        ("Ghana on Thursday evening voted for the resolution.", {"Ghana": "for"}),
        (
            "Argentina was the only country that did not support the text, which passed with 125 votes for, 9 against.",
            {},
        ),
        ("Peru did not vote against the resolution.", {}),
        ("Neither Chad nor Niger voted against the resolution.", {}),
        ("Lawmakers voted against the bill.", {}),
        ("The General Assembly voted for the resolution.", {}),
    ],
)
def test_named_voters(text: str, expected: dict[str, str]) -> None:
    assert voters(votes_of(text)) == expected


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("The U.N. General Assembly adopted the text, 90-10.", GA),
        ("The UN’s Security Council voted 13-0.", SC),
        ("A 28-6 vote in the Human Rights Council ended the debate.", HRC),
        ("The General Assembly voted 93-24 to suspend Libya from the Human Rights Council.", GA),
        ("The African Union's Peace and Security Council voted 9-4.", "African Union Peace and Security Council"),
        ("The Turkish parliament approved the bill by 346 votes to 55.", "Turkish parliament"),
        ("Iraqi lawmakers passed the bill, 170-40.", "Iraqi parliament"),
        ("Chad's National Assembly voted 105 to 2 to ratify the accord.", "Chad's National Assembly"),
        ("The General Assembly met. The resolution passed 90-10.", GA),
        ("UN member states adopted the resolution, 120 to 11.", GA),
        ("The General Assembly debated. Iran spoke. Cuba spoke. Then member states adopted it by 50 votes to 3.", GA),
        ("The General Assembly met. The Senate did too. Iran spoke. Cuba spoke. Member states adopted it, 50-3.", GA),
        ("The Security Council met at noon. Envoys spoke. France spoke. In the end the council voted 12-1.", SC),
        ("The resolution passed 90-10.", None),
    ],
)
def test_bodies(text: str, body: str | None) -> None:
    assert [v.body for v in votes_of(text)] == [body]


@pytest.mark.parametrize(
    ("text", "published", "date"),
    [
        ("On March 2, 2022, the council voted 13-0.", None, "2022-03-02"),
        ("The council voted 13-0 on 14 March 2023.", None, "2023-03-14"),
        ("On October 12, 2022, the assembly met on Mali. The vote was 13-0.", None, "2022-10-12"),
        ("On Wednesday the council voted 13-0.", "2024-05-10", "2024-05-08"),
        ("On Friday the council voted 13-0.", "2024-05-10", "2024-05-10"),
        ("Yesterday the council voted 13-0.", "2024-05-10", "2024-05-09"),
        ("The council voted 13-0 on March 2.", "2024-05-10", "2024-03-02"),
        ("The council voted 13-0 on 30 December.", "2024-05-10", "2023-12-30"),
        ("On Wednesday the council voted 13-0.", None, None),
        ("The council voted 13-0 on March 2.", None, None),
        ("Last Wednesday the council voted 13-0.", "2024-05-10", None),
        ("The council voted 13-0, after the war that began on 1 May 2024.", "2024-05-10", None),
        ("The council voted 13-0 to extend the mission until 30 June 2025.", "2024-05-10", None),
        ("Earlier this month the council voted 13-0.", "2024-05-10", None),
    ],
)
def test_days(text: str, published: str | None, date: str | None) -> None:
    assert [v.date for v in votes_of(text, date=published)] == [date]


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        (
            "The Assembly adopted a resolution demanding an end to the siege by 112 votes to 9.",
            "demanding an end to the siege",
        ),
        (
            "The council passed a resolution, drafted by Malta, calling for a truce in Sudan, with 14 votes in favour.",
            "calling for a truce in Sudan",
        ),
        ("The Council voted 9 to 4 on Monday to suspend Sudan.", "to suspend Sudan"),
        ("The General Assembly condemned the coup in Niger. The vote was 90-10.", "condemned the coup in Niger"),
        ("A motion of no confidence in the premier failed, 46-59.", "of no confidence in the premier"),
        (
            "The council took up a text on Monday that would have extended the mission. The vote was 13-1.",
            "extended the mission",
        ),
        ("The vote was 99-9. The resolution demands that the troops leave Goma.", "demands that the troops leave Goma"),
        (
            "Parliament approved the deployment of police to Haiti by 80 votes to 5.",
            "the deployment of police to Haiti",
        ),
        ("Parliament passed the finance bill on 2 May by 204 votes to 115.", "the finance bill"),
        ("The draft resolution was adopted by 14 votes to none.", None),
        ("A resolution condemning the coup in the UN General Assembly last week passed 90-10.", "condemning the coup"),
        (
            "The UN rights body on 5 April called for an inquiry in Togo. It passed 28-6.",
            "called for an inquiry in Togo",
        ),
        ("The Assembly adopted, by 124 votes to 14, the resolution titled “Safe seas”.", "Safe seas"),
    ],
)
def test_subjects(text: str, subject: str | None) -> None:
    assert [v.subject for v in votes_of(text)] == [subject]


def test_a_named_vote_takes_the_motion_that_it_refers_to() -> None:
    text = (
        "On 3 April 2023 the Human Rights Council adopted a resolution on prisons in Togo by 30 votes to 9. "
        "Ghana, which had helped to draft it, was pleased. It voted for the resolution.\n\n"
        "A second text, demanding free elections in Chad, was adopted on 5 April 2023 by 25 votes to 20. "
        "Ghana abstained."
    )
    found = [(v.voter, v.vote, v.body, v.date, v.subject) for v in votes_of(text) if v.voter]
    assert found == [
        ("Ghana", "for", HRC, "2023-04-03", "on prisons in Togo"),
        ("Ghana", "abstained", HRC, "2023-04-05", "demanding free elections in Chad"),
    ]


def test_mentions_name_the_voters() -> None:
    text = "The General Assembly resolution passed. Phnom Penh voted in favour, and the EU's envoy abstained."
    known = [
        mention(text, "Phnom Penh", "Cambodia"),
        mention(text, "EU", "European Union", "organisation"),
    ]
    assert voters(votes_of(text, mentions=known)) == {"Cambodia": "for", "European Union": "abstained"}
    text = "The council's draft on Mali fell to a Russian veto."
    assert voters(votes_of(text, mentions=[mention(text, "Russian", "Russia")])) == {"Russia": "against"}


def test_groups_are_no_voters() -> None:
    text = "Democrats in the Senate voted against the bill."
    assert votes_of(text, mentions=[mention(text, "Democrats", "Democrats", "group")]) == []


def test_evidence_is_the_motion_and_the_count() -> None:
    motion = "The Assembly passed a text on Yemen. The results were 80 in favour and six against."
    text = f"Rain fell. {motion} Oman voted for it."
    tally, oman = votes_of(text)
    assert text[tally.start : tally.end] == motion
    assert text[oman.start : oman.end] == "Oman voted for it"


def test_captions_and_furniture_are_left_out_and_the_body_goes_before_the_headline() -> None:
    headline, caption = "UN votes 90-10 for truce in Sudan", "The Assembly hall after the vote, 77-7. Photo: Ana Silva"
    body = "The General Assembly voted 90-10 on Sudan. Kenya voted in favour of the resolution."
    text = f"{headline}\n\n{caption}\n\n{body}"
    start = text.index(caption)
    regions = (Region("headline", 0, len(headline)), Region("caption", start, start + len(caption)))
    found = find_votes(Article("a", text, regions=regions), [])
    assert [(v.in_favour, v.against, v.voter) for v in found] == [(90, 10, None), (None, None, "Kenya")]
    assert found[0].start == text.index(body)
    alone = find_votes(Article("a", headline, regions=(Region("headline", 0, len(headline)),)), [])
    assert counts(alone) == [(90, 10, None)]


def test_a_count_that_is_taken_up_again_is_one_row() -> None:
    text = (
        "The resolution passed 140-5, with 38 abstentions. The five that voted against were silent; the vote was 140-5."
    )
    assert counts(votes_of(text)) == [(140, 5, 38)]


def test_the_first_seed() -> None:
    text = (SEEDS / "hun_sen_peace_talks_2025.txt").read_text(encoding="utf-8")
    found = votes_of(text, date="2025-01-17")
    assert [(v.body, v.date, v.in_favour, v.against, v.abstained) for v in found if v.voter is None] == [
        (GA, "2022-03-02", 141, 5, 35),
        (GA, "2022-10-12", 143, 5, 35),
        (GA, "2024-07-11", 99, 9, 60),
    ]
    assert [(v.voter, v.vote, v.body, v.date) for v in found if v.voter] == [("Cambodia", "for", GA, "2022-03-02")]
    assert [v.subject for v in found][:2] == [
        "demanding Russia end its invasion and withdraw all its military forces"
    ] * 2
    assert text[found[1].start : found[1].end] == "Cambodia voted in favor of the resolution"


def test_the_second_seed_reports_no_vote() -> None:
    assert votes_of((SEEDS / "hun_sen_kishida_2022.txt").read_text(encoding="utf-8"), date="2022-03-22") == []


PIECES = (
    "The UN General Assembly|adopted a resolution|by 93 votes to 5|with 35 abstentions|voted 13-0|China|and India|"
    "abstained|voted against|– Mali –|(Cuba)|on March 2|demanding peace|it|a veto|five countries|99-9-60|in favour|"
    "12 to 1|’s|İ|e\u0301|\u00a0|.|,|;|\n|\n\n|“|”"
)


@given(st.lists(st.sampled_from(PIECES.split("|")), max_size=40).map(" ".join) | st.text(max_size=200))
def test_offsets_lie_in_the_text_and_rows_are_in_order(text: str) -> None:
    found = votes_of(text, date="2024-05-10")
    assert [v.start for v in found] == sorted(v.start for v in found)
    assert len(set(found)) == len(found)
    for vote in found:
        assert 0 <= vote.start < vote.end <= len(text)
        assert (vote.voter is None) == (vote.vote is None)
        if vote.voter is None:
            assert re.search(r"\d|five", text[vote.start : vote.end])
        if vote.subject is not None:
            assert vote.subject in text


@given(st.from_regex(spaced(NUMBER), fullmatch=True))
def test_every_number_that_is_found_can_be_read(words: str) -> None:
    assert 0 <= number(words) < 1_000_000


def test_one_giant_line_is_read_in_good_time() -> None:
    text = "the council voted against " * 20_000
    began = time.perf_counter()
    assert votes_of(text) == []
    assert time.perf_counter() - began < 30


def test_rows_fit_the_table() -> None:
    frame = table("votes", votes_of("The council voted 13-0. Kenya voted in favour of the resolution."))
    assert frame["in_favour"].tolist()[0] == 13
    assert frame["voter"].tolist()[1] == "Kenya"
    assert frame["voter"].isna().tolist() == [True, False]


def test_tallies_give_offsets_in_the_text() -> None:
    text = "Rain. The vote was 99-9, with 60 abstentions."
    (tally,) = find_tallies(text, [(0, 5), (6, len(text))])
    assert text[tally.start : tally.end] == "99-9, with 60 abstentions"
