from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.codebook import load_codebook
from toolkit.context import Mark, passage, visible
from toolkit.records import TABLES, Article, Mention, Position, Quote, table
from toolkit.reviewsession import Session
from toolkit.sheets import check_sheet, make_sheet, read_sheet, write_sheet
from toolkit.study import Study

HOSTILE = "<img src=x onerror=alert(1)><script>alert(1)</script>\x00\u202e &lt;b&gt; =1+1"
TEXT = f"""Opening words.

Ada Obi said talks must begin. {HOSTILE}

She said the siege must end.

Bo Ek left. Then rain."""


def place(words: str) -> dict:
    start = TEXT.index(words)
    return {"start": start, "end": start + len(words), "text": words}


def make_study(text: str = TEXT) -> Study:
    def position(number, words, actor, issue, stance):
        return Position(
            article_id="a",
            position_id=f"a:p{number}",
            date="2025-01-01",
            actor=actor,
            role=None,
            issue=issue,
            stance=stance,
            quote_id="a:q1" if number == 1 else None,
            kind="indirect",
            rule="quote",
            confidence=0.75,
            **place(words),
        )

    source, cue = TEXT.index("Ada Obi"), TEXT.index("said")
    talks = place("talks must begin")
    quote = Quote(
        "a", "a:q1", "indirect", talks["text"], ((talks["start"], talks["end"]),), "Ada Obi", source, source + 7,
        "said", cue, cue + 4, speakers=("Ada Obi", "Bo Ek"), confidence=0.5,
    )  # fmt: skip
    records = {
        "mentions": [Mention("a", source, source + 7, "Ada Obi", "person", "Ada Obi", None, None, "x")],
        "quotes": [quote],
        "positions": [
            position(1, "talks must begin", "Ada Obi", "negotiation", 1),
            position(2, "the siege must end", "Ada Obi", "ceasefire", 1),
            position(3, "Bo Ek left", "Bo Ek", "negotiation", -1),
        ],
    }
    book = load_codebook()
    made_with = {"issues": book.labels(), "codebook_sha256": book.sha256}
    articles = {"a": Article("a", text, title=HOSTILE, date="2025-01-01")}
    return Study({name: table(name, records.get(name, [])) for name in TABLES}, articles, made_with)


@pytest.fixture
def study() -> Study:
    return make_study()


def start(study, path, rows=None, coder="ann", **options) -> Session:
    return Session(study, study.positions if rows is None else rows, path, coder=coder, **options)


class Window:
    """Plays the page: it knows of a row what it was last shown, and numbers its messages."""

    def __init__(self, session: Session) -> None:
        self.session, self.seq = session, 0
        self.row = self.ask(type="open", index=None)

    def ask(self, **message):
        self.seq += 1
        reply = json.loads(json.dumps(self.session.handle({"view": "w", "seq": self.seq, **message})))
        assert (reply["view"], reply["seq"]) == ("w", self.seq)
        return reply

    def go(self, index):
        self.row = self.ask(type="go", index=index)
        return self.row

    def decide(self, decision, values=None, comment=None):
        reply = self.ask(
            type="decide", id=self.row["id"], index=self.row["index"], version=self.row["version"], decision=decision,
            values=values, comment=comment,
        )  # fmt: skip
        if "version" in reply:
            self.row = reply.get("then") or reply
        return reply


def decisions(path) -> list:
    found = read_sheet(path)["decision"]
    return [None if pd.isna(d) else d for d in found]


def test_three_rows_are_coded_and_the_file_is_resumed(study, tmp_path):
    path = tmp_path / "ann.csv"
    window = Window(start(study, path))
    assert (window.row["index"], window.row["total"], window.row["coded"]) == (0, 3, 0)
    assert window.row["machine"] == {"actor": "Ada Obi", "issue": "negotiation", "stance": 1}
    reply = window.decide("keep", comment=" sure ")
    assert (reply["type"], reply["coded"], reply["counts"]["keep"], reply["then"]["index"]) == ("saved", 1, 1, 1)
    assert decisions(path) == ["keep", None, None]
    again = Window(start(study, path))
    assert again.row["index"] == 1
    again.decide("drop")
    again.decide("change", {"actor": "Bo Ek", "issue": "ceasefire", "stance": "-1"})
    assert decisions(path) == ["keep", "drop", "change"]
    row = read_sheet(path).iloc[2]
    assert row[["actor", "issue", "stance", "coder"]].tolist() == ["Bo Ek", "ceasefire", -1, "ann"]
    assert read_sheet(path)["comment"][0] == "sure"
    assert read_sheet(path)["coded_at"].notna().all()
    assert Window(start(study, path)).row["index"] == 0
    corrected = study.with_corrections(path)
    assert corrected.positions["rule"].tolist() == ["hand", "hand"]


def test_the_task_tells_the_codebook(study, tmp_path):
    task = Window(start(study, tmp_path / "a.csv")).row["task"]
    ceasefire = next(issue for issue in task["issues"] if issue["id"] == "ceasefire")
    assert ceasefire["proposition"] == load_codebook()["ceasefire"].proposition
    other = Study(study.tables, study.originals, {"issues": {"negotiation": "N", "ceasefire": "C"}})
    assert [i["label"] for i in start(other, tmp_path / "b.csv").handle({"type": "open"})["task"]["issues"]] == [
        "N",
        "C",
    ]


@pytest.mark.parametrize(
    ("decision", "values", "stored"),
    [
        ("keep", None, ("keep", "Ada Obi", 1)),
        ("keep", {"actor": "Someone"}, ("keep", "Ada Obi", 1)),
        ("unsure", None, ("unsure", "Ada Obi", 1)),
        ("change", {"actor": "Ada Obi", "issue": "negotiation", "stance": "+1"}, ("change", "Ada Obi", 1)),
        ("change", {"actor": "Ada Obi", "issue": "negotiation", "stance": 1}, ("keep", "Ada Obi", 1)),
        ("change", {"actor": " Bo ", "issue": "negotiation", "stance": -1}, ("change", "Bo", -1)),
        (None, None, (None, "Ada Obi", 1)),
    ],
)
def test_what_a_decision_writes(study, tmp_path, decision, values, stored):
    window = Window(start(study, tmp_path / "a.csv"))
    assert window.decide(decision, values)["type"] == "saved"
    row = read_sheet(tmp_path / "a.csv").iloc[0]
    assert (None if pd.isna(row["decision"]) else row["decision"], row["actor"], row["stance"]) == stored
    assert pd.isna(row["coded_at"]) == (decision is None)


def test_a_decision_is_changed_and_taken_back(study, tmp_path):
    window = Window(start(study, tmp_path / "a.csv"))
    window.decide("change", {"actor": "X", "issue": "ceasefire", "stance": -1}, "why")
    window.go(0)
    window.decide("keep", comment="why")
    assert read_sheet(tmp_path / "a.csv")[["actor", "stance", "decision"]].iloc[0].tolist() == ["Ada Obi", 1, "keep"]
    window.go(0)
    reply = window.decide(None, comment="why")
    assert reply["then"] is None
    assert decisions(tmp_path / "a.csv") == [None] * 3
    assert read_sheet(tmp_path / "a.csv")["comment"].tolist()[0] == "why"


@pytest.mark.parametrize(
    ("decision", "values", "message"),
    [
        ("change", {"actor": "", "issue": "ceasefire", "stance": 1}, "column actor: empty; expected a value"),
        ("change", {"actor": "A", "issue": "nothing", "stance": 1}, "column issue: 'nothing'; expected one of"),
        ("change", {"actor": "A", "issue": "ceasefire", "stance": 5}, "column stance: '5'; expected 1"),
        ("change", None, "column actor: empty"),
        ("change", [1], "column actor: empty"),
        ("maybe", None, "decision is 'maybe'; expected one of"),
        ("add", None, "the machine found this unit"),
    ],
)
def test_a_faulty_decision_is_refused_and_nothing_is_written(study, tmp_path, decision, values, message):
    path = tmp_path / "a.csv"
    window = Window(start(study, path))
    before = path.read_bytes()
    reply = window.decide(decision, values)
    assert reply["type"] == "refused"
    assert reply["message"].startswith("Not saved: ")
    assert message in reply["message"]
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "message",
    [None, 3, {}, {"type": "x"}, {"type": "decide"}, {"type": "add"}, {"type": "add", "id": "a:p1", "start": -3}],
)
def test_odd_messages_are_answered(study, tmp_path, message):
    session = start(study, tmp_path / "a.csv")
    assert session.handle(message)["type"] in ("refused", "conflict")


@pytest.mark.parametrize(("index", "shown"), [(None, 0), (2, 2), (99, 2), (-5, 0), ("x", 0), (True, 0)])
def test_going_nowhere_is_impossible(study, tmp_path, index, shown):
    assert start(study, tmp_path / "a.csv").handle({"type": "go", "index": index})["index"] == shown


# -- blind


def texts_in(message) -> str:
    return json.dumps({k: v for k, v in message.items() if k not in ("suggestions", "context", "task")})


@pytest.mark.parametrize(
    ("blind", "seen", "unseen"),
    [
        (True, [], ["Ada Obi", "negotiation", "0.75"]),
        (["stance"], ["Ada Obi", "negotiation"], ["0.75", '"stance": 1']),
        (["actor"], ["negotiation"], ["Ada Obi", "0.75"]),
        (False, ["Ada Obi", "negotiation", "0.75", '"stance": 1'], []),
    ],
)
def test_a_blind_page_does_not_hold_the_machines_answer(study, tmp_path, blind, seen, unseen):
    row = Window(start(study, tmp_path / "a.csv", blind=blind)).row
    message = texts_in(row)
    assert [word for word in seen if word not in message] == []
    assert [word for word in unseen if word in message] == []
    marked = {mark for piece in row["context"]["pieces"] for mark in piece["marks"]}
    assert ("source" in marked) == (blind in (False, ["stance"]))


def test_blind_codes_are_compared_with_the_machine_in_the_file_only(study, tmp_path):
    path = tmp_path / "a.csv"
    window = Window(start(study, path, blind=True))
    assert read_sheet(path)["actor"].isna().all()
    assert "hidden" in window.decide("keep")["message"]
    window.decide("change", {"actor": "Ada Obi", "issue": "negotiation", "stance": 1})
    window.decide("change", {"actor": "Ada Obi", "issue": "negotiation", "stance": 1})
    window.decide("drop")
    assert decisions(path) == ["keep", "change", "drop"]
    assert pd.isna(read_sheet(path)["actor"][2])
    assert study.with_corrections(path).positions["issue"].tolist() == ["negotiation", "negotiation"]


def test_what_was_begun_blind_stays_blind(study, tmp_path):
    path = tmp_path / "a.csv"
    Window(start(study, path, blind=["stance"])).decide("change", {"actor": "A", "issue": "ceasefire", "stance": 1})
    row = Window(start(study, path)).row
    assert row["task"]["hidden"] == ["stance"]
    assert "stance" not in row["machine"]
    sheet = make_sheet(study.positions, blind=True)
    assert Window(start(study, tmp_path / "b.csv", sheet)).row["machine"] == {}


def test_what_was_begun_openly_can_be_gone_on_blind(study, tmp_path):
    path = tmp_path / "a.csv"
    Window(start(study, path)).decide("keep")
    Window(start(study, path, blind=True))
    assert read_sheet(path)["actor"].isna().tolist() == [False, True, True]


# -- files of others


def test_another_coders_file_is_refused(study, tmp_path):
    Window(start(study, tmp_path / "a.csv")).decide("keep")
    with pytest.raises(ValueError, match="holds the codes of 'ann', and coder is 'bob'"):
        start(study, tmp_path / "a.csv", coder="bob")
    with pytest.raises(ValueError, match="the sheet holds codes of 'ann', and coder is 'bob'"):
        start(study, tmp_path / "b.csv", read_sheet(tmp_path / "a.csv"), coder="bob")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: s.replace({"a:p2": "a:p9"}), "a:p9: the study has no such row"),
        (lambda s: s.assign(text="other"), "a:p1: the study has no such row with these words"),
    ],
)
def test_a_sheet_of_another_analysis_is_refused(study, tmp_path, change, message):
    with pytest.raises(ValueError, match=message):
        start(study, tmp_path / "a.csv", change(make_sheet(study.positions)))
    write_sheet(change(make_sheet(study.positions)), tmp_path / "b.csv")
    with pytest.raises(ValueError, match=message):
        start(study, tmp_path / "b.csv")


def test_other_refusals(study, tmp_path):
    start(study, tmp_path / "a.csv")
    for rows, options, message in (
        (study.quotes, {}, r"a\.csv holds codes of positions"),
        (study.positions.head(0), {"path": "n.csv"}, "nothing to code"),
        (study.positions, {"coder": " "}, "coder is empty"),
        (study.positions, {"context": -1}, "context is -1"),
        (study.positions, {"path": "a.xlsx"}, r"ends in \.csv"),
        (study.positions, {"blind": ["actors"]}, "blind is 'actors'"),
    ):
        path = tmp_path / options.pop("path", "a.csv")
        with pytest.raises(ValueError, match=message):
            start(study, path, rows, **options)
    with pytest.raises(FileNotFoundError, match="rows is None"):
        Session(study, None, tmp_path / "none.csv", coder="ann")


def test_more_rows_come_behind_those_of_the_file(study, tmp_path):
    Window(start(study, tmp_path / "a.csv", study.positions.iloc[1:2])).decide("keep")
    session = start(study, tmp_path / "a.csv")
    assert session.sheet["id"].tolist() == ["a:p2", "a:p1", "a:p3"]
    assert Session(study, None, tmp_path / "a.csv", coder="ann").sheet["id"].tolist() == ["a:p2", "a:p1", "a:p3"]
    assert Window(session).row["index"] == 1


# -- two windows


def test_a_second_window_overwrites_nothing_that_it_has_not_shown(study, tmp_path):
    path = tmp_path / "a.csv"
    first, second = Window(start(study, path)), Window(start(study, path))
    assert first.decide("keep")["type"] == "saved"
    reply = second.decide("drop")
    assert reply["type"] == "conflict"
    assert "another window coded this row at" in reply["message"]
    assert "“keep”" in reply["message"]
    assert decisions(path) == ["keep", None, None]
    assert second.decide("drop")["type"] == "saved"
    assert decisions(path) == ["drop", None, None]


def test_two_windows_on_different_rows_lose_nothing(study, tmp_path):
    path = tmp_path / "a.csv"
    first, second = Window(start(study, path)), Window(start(study, path))
    second.go(2)
    second.decide("drop")
    first.decide("keep")
    second.go(1)
    second.decide("unsure")
    assert decisions(path) == ["keep", "unsure", "drop"]


def test_two_tabs_of_one_kernel(study, tmp_path):
    session = start(study, tmp_path / "a.csv")
    first, second = Window(session), Window(session)
    first.decide("keep")
    assert second.decide("drop")["type"] == "conflict"
    assert second.row["code"]["decision"] == "keep"


def test_a_spreadsheet_that_changed_the_file_is_heard(study, tmp_path):
    path = tmp_path / "a.csv"
    window = Window(start(study, path))
    sheet = read_sheet(path).astype(object)
    sheet.loc[2, ["decision", "coder"]] = ["drop", "ann"]
    write_sheet(check_sheet(sheet), path)
    window.decide("keep")
    assert decisions(path) == ["keep", None, "drop"]
    path.write_bytes(b"broken")
    reply = window.decide("keep")
    assert reply["type"] == "refused"
    assert "the sheet lacks the columns" in reply["message"]
    assert path.read_bytes() == b"broken"


def test_a_file_that_vanished_is_written_again(study, tmp_path):
    path = tmp_path / "a.csv"
    window = Window(start(study, path))
    window.decide("keep")
    path.unlink()
    window.decide("drop")
    assert decisions(path) == ["keep", "drop", None]


def test_a_full_disk_is_told_and_the_former_file_stays(study, tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    window = Window(start(study, path))
    before = path.read_bytes()

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("toolkit.sheetcells.os.fsync", full)
    reply = window.decide("keep")
    assert (reply["type"], "No space left" in reply["message"]) == ("refused", True)
    assert path.read_bytes() == before
    monkeypatch.undo()
    assert window.decide("keep")["type"] == "saved"


def test_a_locked_file_is_told(study, tmp_path, monkeypatch):
    from filelock import FileLock

    path = tmp_path / "a.csv"
    window = Window(start(study, path))
    monkeypatch.setattr("toolkit.sheetstore._PATIENCE", 0.05)
    with FileLock(path.with_name(".a.csv.lock")):
        assert window.decide("keep")["type"] == "refused"
    assert window.decide("keep")["type"] == "saved"


def _code_some(path: Path, own: int, ready: threading.Barrier) -> None:
    session = start(make_study(), path)
    ready.wait()
    for number in range(8):
        row = session.handle({"type": "go", "index": own})
        decision = "keep" if number % 2 else "drop"
        reply = session.handle({"type": "decide", "id": row["id"], "version": row["version"], "decision": decision})
        assert reply["type"] == "saved", reply


def test_windows_that_save_at_the_same_time_lose_nothing(study, tmp_path):
    path = tmp_path / "a.csv"
    start(study, path)
    ready = threading.Barrier(3)
    threads = [threading.Thread(target=_code_some, args=(path, n, ready)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert decisions(path) == ["keep"] * 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process that can be killed")
def test_a_killed_kernel_loses_at_most_the_row_being_edited(study, tmp_path):
    path = tmp_path / "a.csv"
    script = f"""
        import sys
        sys.path[:0] = {[str(Path(__file__).parent), str(Path(__file__).parents[1])]!r}
        from test_review import Window, make_study, start
        session = start(make_study(), {str(path)!r})
        while True:
            for index in range(3):
                row = session.handle({{"type": "go", "index": index}})
                session.handle({{"type": "decide", "id": row["id"], "version": row["version"], "decision": "keep"}})
                print(row["id"], flush=True)
    """
    for lines in (1, 2, 5):
        process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        saved = [process.stdout.readline().strip() for _ in range(lines)]
        process.kill()
        process.wait()
        process.stdout.close()
        sheet = read_sheet(path).set_index("id")["decision"]
        assert sheet[saved].tolist() == ["keep"] * lines
    assert start(study, path).handle({"type": "go", "index": 0})["type"] == "row"


# -- additions


def test_a_missed_unit_is_added_changed_and_taken_out(study, tmp_path):
    path = tmp_path / "a.csv"
    window = Window(start(study, path))
    words = place("Then rain")
    values = {"actor": "Bo Ek", "issue": "ceasefire", "stance": "-1"}
    reply = window.ask(type="add", id=window.row["id"], start=words["start"] - 1, end=words["end"] + 1, values=values)
    assert reply["type"] == "saved", reply
    row = read_sheet(path).iloc[3]
    assert row[["id", "text", "decision", "stance"]].tolist() == ["a:hand1", "Then rain.", "add", -1]
    assert study.with_corrections(path).positions["rule"].tolist().count("hand") == 1
    window.go(3)
    assert window.row["added"]
    assert "you added this unit yourself" in window.decide("keep")["message"]
    window.decide("change", {**values, "stance": 1})
    assert read_sheet(path).iloc[3][["decision", "stance"]].tolist() == ["add", 1]
    assert Window(start(study, path)).row["total"] == 4
    window.go(3)
    window.decide("drop")
    assert read_sheet(path)["id"].tolist() == ["a:p1", "a:p2", "a:p3"]


def test_a_selection_of_nothing_is_refused(study, tmp_path):
    window = Window(start(study, tmp_path / "a.csv"))
    for begin, end in ((None, None), (14, 16), (5, 5), (9, 2), (10_000, 10_001), ("1", "2")):
        reply = window.ask(type="add", id="a:p1", start=begin, end=end, values={})
        assert "select the words" in reply["message"]


# -- quotes


def test_quotes_are_coded(study, tmp_path):
    path = tmp_path / "q.csv"
    window = Window(start(study, path, study.quotes))
    assert window.row["machine"] == {
        "speakers": "Ada Obi; Bo Ek",
        "kind": "indirect",
        "source": "Ada Obi",
        "cue": "said",
    }
    window.decide("change", {"speakers": "Bo Ek ;Ada Obi;", "kind": "direct", "source": "", "cue": "said"})
    row = read_sheet(path).iloc[0]
    assert row["speakers"] == "Bo Ek; Ada Obi"
    assert pd.isna(row["source"])
    assert study.with_corrections(path).quotes["speakers"].tolist() == [["Bo Ek", "Ada Obi"]]


# -- the context


def test_the_context_is_the_article_without_a_gap(study, tmp_path):
    row = Window(start(study, tmp_path / "a.csv", context=1)).row
    shown = "".join(piece["text"] for piece in row["context"]["pieces"])
    begin = row["context"]["start"]
    assert shown == visible(TEXT)[begin : begin + len(shown)]
    assert shown.startswith("Opening")
    assert (row["context"]["before"], row["context"]["after"]) == (False, True)
    marked = [(p["text"], p["marks"]) for p in row["context"]["pieces"] if p["marks"]]
    assert marked == [("Ada Obi", ["source"]), ("said", ["cue"]), ("talks must begin", ["evidence"])]


def test_hostile_text_is_sent_as_text(study, tmp_path):
    row = Window(start(study, tmp_path / "a.csv")).row
    assert row["article"]["title"] == HOSTILE.replace("\x00", "␀").replace("\u202e", "\ufffd")
    window = Window(start(study, tmp_path / "a.csv"))
    values = {"actor": HOSTILE, "issue": "ceasefire", "stance": 1}
    window.decide("change", values, "=cmd|'/c calc'!A1 \ud83d")
    stored = read_sheet(tmp_path / "a.csv").iloc[0]
    assert stored[["actor", "comment"]].tolist() == [HOSTILE, "=cmd|'/c calc'!A1 \ufffd"]
    assert "\n=cmd" not in (tmp_path / "a.csv").read_text("utf-8-sig").replace(",", "\n")


@settings(deadline=None, max_examples=200)
@given(
    st.text(st.characters(codec=None) | st.sampled_from("\n\r \x00\ud800"), min_size=1, max_size=60),
    st.integers(0, 59),
    st.integers(1, 60),
    st.integers(0, 3),
)
def test_any_passage_is_cut_without_a_gap(text, begin, length, paragraphs):
    begin = min(begin, len(text) - 1)
    end = min(len(text), begin + length)
    article = Article("a", text)
    text = article.text
    cut = passage(article, [Mark((begin, end), "evidence")], paragraphs=paragraphs)
    shown = "".join(piece.text for piece in cut.pieces)
    assert text[cut.start : cut.start + len(shown)] == shown
    marked = "".join(piece.text for piece in cut.pieces if piece.marks)
    assert marked == text[begin:end]
    assert len(visible(shown)) == len(shown)
    json.dumps(visible(shown), ensure_ascii=False).encode("utf-8")
    assert cut.cut_after == bool(text[cut.start + len(shown) :].strip())


def test_a_giant_paragraph_is_cut():
    text = "x" * 50_000 + " here " + "y" * 50_000
    cut = passage(Article("a", text), [Mark((50_001, 50_005), "evidence")])
    assert sum(len(piece.text) for piece in cut.pieces) < 7_000
    assert (cut.cut_before, cut.cut_after) == (True, True)


# -- the widget


def test_the_widget_answers_messages(study, tmp_path):
    pytest.importorskip("anywidget", reason="needs the extra `check`")
    from toolkit.review import review

    widget = review(study, study.positions, tmp_path / "a.csv", coder="ann")
    sent = []
    widget.send = sent.append
    widget._answer(widget, {"type": "open", "view": "v", "seq": 1}, [])
    row = sent.pop()
    widget._answer(widget, {"type": "decide", "id": row["id"], "version": row["version"], "decision": "keep"}, [])
    assert [message["type"] for message in sent] == ["saved", "elsewhere"]
    assert repr(widget) == "<Review of 3 positions by 'ann': 1 coded, in a.csv>"
    assert widget.sheet["decision"].notna().sum() == 1
    state = json.dumps(widget.get_state(), default=str)
    assert "Opening words" not in state


def test_the_page_sets_no_html():
    script = (Path(__file__).parents[1] / "toolkit" / "data" / "review.js").read_text("utf-8")
    for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "http:", "https:"):
        assert forbidden not in script
    assert "data-lm-suppress-shortcuts" in script


def test_a_missing_library_names_the_extra(study, tmp_path, monkeypatch):
    from toolkit import review

    review._widget_class.cache_clear()
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with pytest.raises(ImportError, match=r"diplomatic-positions-toolkit\[check\]"):
        review.review(study, study.positions, tmp_path / "a.csv", coder="ann")
    assert not (tmp_path / "a.csv").exists()
    review._widget_class.cache_clear()
    monkeypatch.setitem(sys.modules, "filelock", None)
    with pytest.raises(ImportError, match=r"\[check\]"):
        start(study, tmp_path / "a.csv")
