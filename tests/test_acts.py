"""What kind of act a cue reports, and how strong the reporting word is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit import quotes
from toolkit.acts import ACTS, STRENGTHS, act_of, read_acts
from toolkit.attributions import Attribution
from toolkit.encoder import Reading
from toolkit.records import Article, table


@pytest.mark.parametrize(
    ("cue", "act", "strength"),
    [
        # saying, with auxiliaries, adverbs and what stands around it
        ("said", "speech", "neutral"),
        ("has also said", "speech", "neutral"),
        ("Says", "speech", "neutral"),
        ("said at a hearing on Monday", "speech", "neutral"),
        ("said dryly", "speech", "neutral"),
        ("told reporters in", "speech", "neutral"),
        ("according to", "speech", "neutral"),
        ("went on to say", "speech", "neutral"),
        ("did not comment", "speech", "neutral"),
        ("in a statement", "speech", "neutral"),
        ("wrote back", "speech", "neutral"),
        (":", "speech", "neutral"),
        ("–", "speech", "neutral"),
        # asserting
        ("claimed", "speech", "asserting"),
        ("denied that", "speech", "asserting"),
        ("made it clear", "speech", "asserting"),
        ("tried to make the case", "speech", "asserting"),
        ("pointing out", "speech", "asserting"),
        ("admitted", "speech", "asserting"),
        ("emphasised", "speech", "asserting"),
        ("swore", "speech", "asserting"),
        # directive
        ("urged", "speech", "directive"),
        ("has long called for", "speech", "directive"),
        ("called on", "speech", "directive"),
        ("’s repeated pleas", "speech", "directive"),
        ("issued a warning", "speech", "directive"),
        # commissive
        ("promised", "speech", "commissive"),
        ("vowing", "speech", "commissive"),
        ("refused", "speech", "commissive"),
        ("threats", "speech", "commissive"),
        # evaluative
        ("accused", "speech", "evaluative"),
        ("criticises", "speech", "evaluative"),
        ("lashed out", "speech", "evaluative"),
        ("took aim at", "speech", "evaluative"),
        ("railed against", "speech", "evaluative"),
        # the last of several words counts
        ("refused to say", "speech", "neutral"),
        ("is expected to announce", "speech", "neutral"),
        ("expressed hope", "attitude", None),
        ("said he wants", "attitude", None),
        # attitudes
        ("wants", "attitude", None),
        ("thought", "attitude", None),
        ("would like", "attitude", None),
        ("were pleased to", "attitude", "evaluative"),
        ("is worried", "attitude", "evaluative"),
        ("voted in favour of", "attitude", "commissive"),
        ("planned", "attitude", "commissive"),
        ("are against", "attitude", "evaluative"),
        ("hatred", "attitude", "evaluative"),
        # documents
        ("shows", "document", None),
        ("has revealed", "document", None),
        ("found", "document", None),
        ("reads", "document", None),
        # not in the table
        ("looked like", None, None),
        ("in", None, None),
        ("zzz", None, None),
        (" ", None, None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_acts(cue: str | None, act: str | None, strength: str | None) -> None:
    assert act_of(cue) == (act, strength)


@pytest.mark.parametrize(
    ("cue", "source_kind", "act"),
    [
        ("says", "document", "document"),
        ("says", "person", "speech"),
        ("shows", "person", "speech"),
        ("shows", "document", "document"),
        ("wants", "document", "attitude"),
        ("in", "document", None),
    ],
)
def test_the_source_decides_between_saying_and_showing(cue: str, source_kind: str, act: str | None) -> None:
    assert act_of(cue, source_kind)[0] == act


@pytest.mark.parametrize(
    ("word", "base"),
    [
        ("tries", "try"), ("denies", "deny"), ("denied", "deny"), ("argues", "argue"), ("arguing", "argue"),
        ("planning", "plan"), ("calls", "call"), ("calling", "call"), ("stresses", "stress"), ("agreed", "agree"),
        ("lying", "lie"), ("thought", "thought"), ("said", "say"), ("written", "write"), ("apologised", "apologize"),
        ("press", "press"), ("unheard-of", "unheard-of"),
    ],
)  # fmt: skip
def test_base_forms(word: str, base: str) -> None:
    lexicon = read_acts()
    assert replace(lexicon, known=lexicon.known | {"try"}).base_form(word) == base


def test_the_table_is_sound() -> None:
    lexicon = read_acts()
    assert repr(lexicon).startswith("CueLexicon(")
    assert "0x" not in repr(lexicon)
    assert {act for act, _ in lexicon.entries.values()} == {*ACTS, None}
    assert {strength for _, strength in lexicon.entries.values()} == {*STRENGTHS, None}
    for words, (act, strength) in lexicon.entries.items():
        assert act or not strength, words
        assert all(word == word.lower() for word in words)
        if act:
            assert act_of(" ".join(words)) == (act, strength), words


def test_every_irregular_form_leads_to_an_entry() -> None:
    lexicon = read_acts()
    assert lexicon.forms["wrote"] == "write"
    assert {(base,) for base in lexicon.forms.values()} <= set(lexicon.entries)


ROWS = "cue,forms,act,strength\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (ROWS + "say,said,speach,neutral\n", "act of 'say' is 'speach'; expected speech, attitude, document or empty"),
        (ROWS + "say,said,speech,strong\n", "strength of 'say' is 'strong'"),
        (ROWS + "say,said,speech,\nsay,,speech,\n", "'say' stands twice"),
        (ROWS + "say,said,speech,\ntell,said,speech,\n", "'said' is a form of both 'say' and 'tell'"),
        (ROWS + ",said,speech,\n", "a row has no cue"),
        (ROWS + "say,said,speech\n", "row 2 does not have 4 cells"),
        ("cue,forms,acts,strength\n", "unknown column 'acts'. Did you mean 'act'?"),
        ("cue,act,strength\n", "the column 'forms' is missing"),
    ],
)
def test_a_slip_in_the_table_is_named(content: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "verbs.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=r"verbs\.csv") as caught:
        read_acts(path)
    assert message in str(caught.value)


def test_another_table_can_be_used(tmp_path: Path) -> None:
    path = tmp_path / "verbs.csv"
    path.write_text("# made up\n# on two lines\n" + ROWS + "mumble,,speech,evaluative\n", encoding="utf-8")
    lexicon = read_acts(path)
    assert act_of("mumbled", lexicon=lexicon) == ("speech", "evaluative")
    assert act_of("said", lexicon=lexicon) == (None, None)


WORDS = ["said", "make", "clear", "in", "’s", "—", "not", "İs"]


@given(st.text(max_size=60) | st.lists(st.sampled_from(WORDS)).map(" ".join))
def test_any_cue_is_answered(cue: str) -> None:
    act, strength = act_of(cue)
    assert act in (*ACTS, None)
    assert strength in (*STRENGTHS, None)


def test_quotes_have_the_two_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Minister Ada Obi urged a return to the talks."
    urged = Attribution(content=((23, 44),), cue=(17, 22), source=(0, 16), certainty=1.0, source_certainty=1.0)
    bare = Attribution(content=((9, 12),), cue=None, source=None, certainty=0.5, source_certainty=0.0)
    monkeypatch.setattr(quotes, "find_attributions", lambda reading: [urged, bare])
    frame = table("quotes", quotes.find_quotes(Article("a", text), Reading(text, (), ())))
    columns = list(frame.columns)
    assert columns[columns.index("cue_end") + 1 :][:2] == ["act", "strength"]
    assert frame["act"].isna().tolist() == [True, False]
    assert frame[["cue", "act", "strength"]].iloc[1].tolist() == ["urged", "speech", "directive"]
    assert table("quotes", []).dtypes["act"] == "str"
