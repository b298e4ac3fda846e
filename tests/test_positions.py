"""Actors of positions by hand-made findings; the network's own accuracy is measured elsewhere (README)."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from toolkit.codebook import load_codebook
from toolkit.encoder import split_words
from toolkit.positions import code_appraisals, code_positions
from toolkit.records import Article, Mention, Quote, Region, Vote
from toolkit.sides import Finding, find_phrases

BOOK = load_codebook()
TEXT = "Norway and Chile urged a truce. Minister Obi said the guns must fall silent. Peru was silent."


@dataclass
class Window:
    """A window whose pointers are given by hand: word -> share."""

    words: tuple
    shares: dict = field(default_factory=dict)

    def point(self, name, pooled):
        answer = np.zeros(len(self.words) + 1, dtype=np.float32)
        for word, share in self.shares.get(name, {}).items():
            answer[next(i for i, (s, e) in enumerate(self.words) if TEXT[s:e] == word)] = share
        answer[-1] = 1 - answer.sum()
        return answer


def finding(label, evidence, probability=0.9, **shares):
    start = TEXT.index(evidence)
    sentence_start = TEXT.rfind(". ", 0, start) + 2 if ". " in TEXT[:start] else 0
    sentence = (sentence_start, TEXT.index(".", start) + 1)
    window = Window(tuple(split_words(TEXT)), shares)
    return Finding(label, probability, (start, start + len(evidence)), sentence, window, np.zeros(1, np.float32))


def mention(name, label="state"):
    start = TEXT.index(name)
    return Mention("a", start, start + len(name), name, label, name, None, None, "test")


def quote(content, cue, source, speakers, **changes):
    s, c, o = TEXT.index(content), TEXT.index(cue), TEXT.index(source)
    span = (s, s + len(content))
    values = {
        "kind": "indirect",
        "text": content,
        "spans": (span,),
        "source": source,
        "source_start": o,
        "source_end": o + len(source),
        "cue": cue,
        "cue_start": c,
        "cue_end": c + len(cue),
        "speakers": speakers,
    }
    return Quote(**{"article_id": "a", "quote_id": "a:q1", **values, **changes})


OBI = quote("the guns must fall silent", "said", "Minister Obi", ("Ada Obi",), role="Minister")


def coded(findings, quotes=(), mentions=(), votes=(), speaker=None):
    article = Article("a", TEXT, date="2024-05-01", speaker=speaker)
    return code_positions(article, findings, quotes, mentions, votes, BOOK)


def short(positions):
    return [(p.actor, p.issue, p.stance, p.rule) for p in positions]


def test_the_speaker_of_an_attribution_takes_the_side():
    (position,) = coded([finding("ceasefire+", "guns must fall silent")], [OBI])
    assert (position.actor, position.role, position.rule) == ("Ada Obi", "Minister", "quote")
    assert (position.quote_id, position.kind, position.date) == ("a:q1", "indirect", "2024-05-01")
    assert TEXT[position.start : position.end] == position.text == "guns must fall silent"


def test_joint_actors_take_it_each():
    found = finding("ceasefire+", "urged a truce", actor={"Norway": 0.5, "Chile": 0.45})
    positions = coded([found], mentions=[mention("Norway"), mention("Chile"), mention("Peru")])
    assert short(positions) == [("Chile", "ceasefire", 1, "pointer"), ("Norway", "ceasefire", 1, "pointer")]


def test_a_weak_second_name_is_left_out():
    found = finding("ceasefire+", "urged a truce", actor={"Norway": 0.8, "Chile": 0.1})
    assert short(coded([found], mentions=[mention("Norway"), mention("Chile")])) == [
        ("Norway", "ceasefire", 1, "pointer")
    ]


def test_a_side_in_a_headline_is_known_as_one():
    found = finding("ceasefire+", "urged a truce", actor={"Norway": 0.9})
    article = Article("a", TEXT, regions=(Region("headline", 0, 31),))
    (position,) = code_positions(article, [found], [], [mention("Norway")], [], BOOK)
    assert (position.rule, position.kind) == ("headline pointer", "report")


def test_a_speech_belongs_to_its_speaker():
    found = finding("use_of_force-", "guns must fall silent")
    assert short(coded([found], speaker="Ghana")) == [("Ghana", "use_of_force", -1, "speaker")]


@pytest.mark.parametrize(
    ("heaviest", "actor"),
    [("urged", "Norway"), ("fall", "Ada Obi"), (None, "Ada Obi")],
    ids=["first", "last", "unknown"],
)
def test_of_two_attributions_the_one_with_the_heaviest_word_counts(heaviest, actor):
    norway = quote("Chile urged a truce", "and", "Norway", ("Norway",))
    start = TEXT.index(heaviest) if heaviest else 0
    core = (start, start + len(heaviest)) if heaviest else None
    found = replace(
        finding("ceasefire+", "and Chile urged a truce. Minister Obi said the guns must fall silent"), core=core
    )
    (position,) = coded([found], [norway, OBI])
    assert position.actor == actor


@pytest.mark.parametrize(
    ("speaker", "share", "expected"),
    [
        ("Ghana", 0.05, ("Ghana", "speaker")),  # the network is sure that it is nobody whom the text names
        ("Ghana", 0.3, ("Ada Obi", "quote")),
        (None, 0.05, ("Ada Obi", "quote")),
    ],
)
def test_a_speaker_may_make_the_words_of_another_his_own(speaker, share, expected):
    found = finding("ceasefire+", "guns must fall silent", actor={"Peru": share})
    (position,) = coded([found], [OBI], speaker=speaker)
    assert (position.actor, position.rule) == expected


@pytest.mark.parametrize(
    ("changes", "share", "expected"),
    [
        ({}, 0.7, ("the guns", "reported")),
        ({}, 0.5, ("Ada Obi", "quote")),  # the network is not sure enough
        ({"kind": "direct"}, 0.7, ("Ada Obi", "quote")),
        ({"act": "attitude"}, 0.7, ("Ada Obi", "quote")),  # what he hopes of others is his own side
        ({"speakers": ("the guns",)}, 0.7, ("the guns", "quote")),
    ],
)
def test_a_reported_side_is_of_the_one_named_in_the_words(changes, share, expected):
    found = finding("ceasefire+", "must fall silent", actor={"guns": share})
    (position,) = coded([found], [replace(OBI, **changes)], [mention("the guns", "group")])
    assert (position.actor, position.rule) == expected
    assert (position.quote_id, position.kind) == ("a:q1", changes.get("kind", "indirect"))


def test_a_name_outside_the_words_is_not_reported():
    found = finding("ceasefire+", "guns must fall silent", actor={"Peru": 0.9})
    assert short(coded([found], [OBI], [mention("Peru")])) == [("Ada Obi", "ceasefire", 1, "quote")]


def test_a_denied_report_is_no_position():
    denied = quote("the guns must fall silent", "said", "Minister Obi", ("Ada Obi",), negated=True)
    assert coded([finding("ceasefire+", "guns must fall silent")], [denied]) == []


def test_an_attitude_that_somebody_does_not_have_is_a_side():
    unwanted = quote("the guns must fall silent", "said", "Minister Obi", ("Ada Obi",), negated=True, act="attitude")
    (position,) = coded([finding("ceasefire-", "guns must fall silent")], [unwanted])
    assert (position.actor, position.stance) == ("Ada Obi", -1)


def test_where_nobody_is_known_to_speak_the_one_who_reports_it_counts():
    core = (TEXT.index("fall"), TEXT.index("fall") + 4)
    found = replace(finding("ceasefire+", "must fall silent"), core=core)
    unknown = quote("must fall silent", "guns", "guns", (), quote_id="a:q2")
    (position,) = coded([found], [OBI, unknown])
    assert (position.actor, position.quote_id) == ("Ada Obi", "a:q1")


def test_a_relative_clause_about_no_actor_is_said_by_who_says_the_sentence():
    clause = quote("the guns must fall silent", "said", "Minister Obi", (), quote_id="a:q2")
    clause = replace(clause, source="which")
    (position,) = coded([finding("ceasefire+", "guns must fall silent")], [clause, replace(OBI, cue_start=None)])
    assert (position.actor, position.quote_id) == ("Ada Obi", "a:q1")


def test_a_side_without_anybody_is_no_position():
    assert coded([finding("ceasefire+", "urged a truce")]) == []


def test_one_side_for_each_actor_and_issue_in_a_sentence():
    both = [finding("ceasefire+", "guns must fall silent", 0.6), finding("ceasefire-", "fall silent", 0.9)]
    assert short(coded(both, [OBI])) == [("Ada Obi", "ceasefire", -1, "quote")]


def test_issues_outside_the_codebook_are_left_out():
    assert coded([finding("fishing+", "guns must fall silent")], [OBI]) == []


@pytest.mark.parametrize(("vote", "stance"), [("for", [1]), ("against", [-1]), ("abstained", [])])
def test_a_vote_gives_the_resolution_s_positions(vote, stance):
    cast = Vote("a", None, None, "the guns must fall silent", None, None, None, "Peru", vote, 77, 93)
    positions = coded([finding("ceasefire+", "guns must fall silent")], votes=[cast])
    assert [p.stance for p in positions] == stance
    assert all((p.actor, p.kind, p.rule) == ("Peru", "vote", "vote") for p in positions)


OWN = """
name = "Fish"
version = "1"
[[issue]]
id = "fishing"
label = "Fishing"
proposition = "Fishing should be limited."
supports = "Quotas."
opposes = "No quotas."
phrases_support = ["guns must fall"]
phrases_oppose = ["a truce", "no such words"]
"""


def test_a_codebook_of_one_s_own_is_coded_by_its_phrases(tmp_path):
    (tmp_path / "own.toml").write_text(OWN, encoding="utf-8")
    own = load_codebook(tmp_path / "own.toml")
    sentences = [(0, 31), (32, 76), (77, len(TEXT))]
    findings = find_phrases(TEXT, sentences, own, ["ceasefire+"])
    assert [(f.label, TEXT[slice(*f.evidence)]) for f in findings] == [
        ("fishing-", "a truce"),
        ("fishing+", "guns must fall"),
    ]
    positions = code_positions(Article("a", TEXT), findings, [OBI], [], [], own)
    assert short(positions) == [("Ada Obi", "fishing", 1, "quote")]


def test_appraisals_name_actor_and_target():
    found = finding("criticism", "guns must fall silent", target={"Peru": 0.7})
    (appraisal,) = code_appraisals(Article("a", TEXT), [found], [OBI], [mention("Peru")])
    assert (appraisal.actor, appraisal.target, appraisal.polarity) == ("Ada Obi", "Peru", -1)


def test_an_appraisal_without_a_named_target_has_none():
    (appraisal,) = code_appraisals(Article("a", TEXT, speaker="Ghana"), [finding("praise", "urged a truce")], [], [])
    assert (appraisal.target, appraisal.polarity) == (None, 1)


def test_of_two_attributions_that_hold_the_evidence_the_inner_one_counts():
    outer = quote(TEXT[:76], "said", "Norway", ("Norway",))
    assert short(coded([finding("ceasefire+", "the guns must fall silent")], [outer, OBI])) == [
        ("Ada Obi", "ceasefire", 1, "quote")
    ]
