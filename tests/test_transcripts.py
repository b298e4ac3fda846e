"""Whose lines are whose in interviews and transcripts, and where a turn ends."""

from __future__ import annotations

import pytest

from toolkit.quotemarks import pair_marks
from toolkit.transcripts import labelled_lines


def turns(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """Who is labelled, with the lines given to the label."""
    drafts = labelled_lines(text, pair_marks(text), [])
    return [(text[slice(*d.source)], tuple(text[slice(*span)] for span in d.spans)) for d in drafts if d.source]


PLAIN = "The dam was begun nine years ago, and it cost more than a hospital."
SPOKEN = "And I say that we shall finish it."
TOLD = "“The dam will be late,” said Wanjiru Kamau, who builds it."
ANSWER = [SPOKEN if n % 3 == 2 else PLAIN for n in range(25)]


def interview(*answer: str, end: str = "") -> str:
    """An interview with a long first answer."""
    lines = ["Q: What of the dam?", "A: It will be built.", *answer, "Q: When?", "A: Soon."]
    return "\n\n".join([*lines, end] if end else lines)


def test_a_long_answer_is_kept_whole() -> None:
    found = turns(interview(*ANSWER))
    assert found[1] == ("A", ("It will be built.", *ANSWER))
    assert [name for name, _ in found] == ["Q", "A", "Q", "A"]


def test_a_short_answer_needs_no_word_for_speaker_or_listener() -> None:
    assert turns(interview(*[PLAIN] * 12))[1] == ("A", ("It will be built.", *[PLAIN] * 12))


def test_an_article_between_two_labels_is_not_swallowed() -> None:
    assert turns(interview(*[PLAIN] * 13))[1] == ("A", ("It will be built.",))
    assert turns(interview(SPOKEN, *[PLAIN] * 60))[1] == ("A", ("It will be built.", SPOKEN))


@pytest.mark.parametrize("told", [TOLD, "Kamau said: “The dam will be late.”", "The sea, she said, “is far.” " + TOLD])
def test_reported_speech_between_two_labels_is_the_articles(told: str) -> None:
    assert turns(interview(SPOKEN, PLAIN, told, PLAIN))[1] == ("A", ("It will be built.", SPOKEN, PLAIN))


def test_who_speaks_on_behind_reported_speech_tells_it() -> None:
    lines = (SPOKEN, TOLD, PLAIN, SPOKEN, PLAIN)
    assert turns(interview(*lines))[1] == ("A", ("It will be built.", *lines))


def test_words_for_a_speaker_inside_quotation_marks_are_others() -> None:
    lines = [f"“And I say that we shall finish it,” Kamau said on day {n}." for n in range(20)]
    assert turns(interview(*lines))[1] == ("A", ("It will be built.",))


def test_a_line_that_names_the_speaker_is_the_articles() -> None:
    text = "OSEI: Who won?\nKAMAU: We did.\nThe hall was full.\nKamau left the stage.\nIt rained.\nOSEI: Thank you."
    assert turns(text)[1] == ("KAMAU", ("We did.", "The hall was full."))


SPEECH = [PLAIN if n % 4 == 1 else f"On day {n} we stood here, and I thank you." for n in range(29)]


def test_a_long_speech_behind_the_last_label_is_kept_whole() -> None:
    text = "\n\n".join(["OSEI: The floor is yours.", "KAMAU: Thank you.", *SPEECH])
    assert turns(text)[-1] == ("KAMAU", ("Thank you.", *SPEECH))


@pytest.mark.parametrize(
    "end",
    [
        "It rained all day.",
        TOLD,
        "This interview has been edited for length. You can read it in our archive.",
        "Subscribe to our newsletter.",
        "Follow us on the radio.",
    ],
)
def test_what_follows_the_last_turn_is_the_articles(end: str) -> None:
    for lines in ([], SPEECH):
        text = "\n\n".join(["OSEI: The floor is yours.", "KAMAU: Thank you.", *lines, end, PLAIN, PLAIN, PLAIN])
        assert turns(text)[-1] == ("KAMAU", ("Thank you.", *lines))


def test_the_article_below_a_last_turn_is_not_swallowed_up_to_its_editors() -> None:
    text = "\n\n".join(["OSEI: The floor is yours.", "KAMAU: Thank you.", *[PLAIN] * 9, "We asked for a reply."])
    assert turns(text)[-1] == ("KAMAU", ("Thank you.",))


def test_two_far_labels_in_an_article_hold_only_their_lines() -> None:
    lines = [
        "It rained.",
        "CORRECTION DESK: The dam is old.",
        *[PLAIN, TOLD] * 20,
        "NEWS DESK: The dam is high.",
        PLAIN,
    ]
    assert turns("\n".join(lines)) == [
        ("CORRECTION DESK", ("The dam is old.",)),
        ("NEWS DESK", ("The dam is high.",)),
    ]


RECORD = """The meeting was called to order at 10 a.m.

The President (spoke in French): I thank Ms. Aluko for her briefing.

Mr. Paz Rojas (Bolivarian Republic of Venezuela) (spoke in Spanish): We condemn the attack.

The dam must be rebuilt.

Ms. Ngom (Senegal): There can be no justification for it.

The President (spoke in French): I thank all speakers.

The meeting rose at noon."""


def test_the_record_of_a_council_is_a_transcript() -> None:
    assert turns(RECORD) == [
        ("The President (spoke in French)", ("I thank Ms. Aluko for her briefing.",)),
        (
            "Mr. Paz Rojas (Bolivarian Republic of Venezuela) (spoke in Spanish)",
            ("We condemn the attack.", "The dam must be rebuilt."),
        ),
        ("Ms. Ngom (Senegal)", ("There can be no justification for it.",)),
        ("The President (spoke in French)", ("I thank all speakers.",)),
    ]


def test_one_state_in_brackets_is_no_transcript() -> None:
    assert turns("Where to stay (Senegal): the coast.\n\nOn the day (rain): tea.") == []
