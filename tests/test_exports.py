"""Round trips through every format: nothing lost, offsets exact, corrections seen."""

import hashlib
import json

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from toolkit import exports
from toolkit.exports import FORMATS, brat, label_studio
from toolkit.exports.units import file_name, ids_by_stem
from toolkit.records import TABLES, Article, Position, Quote, table
from toolkit.study import Study

TEXT = (
    "Talks resume\n\n“We want peace 🕊,” said Ada Obi.\n“It must\nlast,” she added, “for ever.”\n"
    "Peru & <Chile> refused =it.\n"
)
ABSENT = {column.name: None for column in TABLES["articles"]}
ISSUES = {"negotiation": "Negotiation", "ceasefire": "Ceasefire"}


def sha256(text):
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def span(words, text=TEXT):
    start = text.index(words)
    return start, start + len(words)


def quote(number, words, text=TEXT, article="a/b 1.x", **more):
    spans = tuple(span(w, text) for w in words)
    values = {"source": None, "cue": None, "speakers": (), **more}
    return Quote(
        article_id=article, quote_id=f"{article}:q{number}", kind="direct", spans=spans,
        text=" … ".join(words), source_start=None, source_end=None, cue_start=None, cue_end=None, confidence=0.8,
        **values,
    )  # fmt: skip


def position(number, words, text=TEXT, article="a/b 1.x", actor="Ada Obi", issue="negotiation", stance=1):
    start, end = span(words, text)
    return Position(
        article_id=article, position_id=f"{article}:p{number}", date="2025-01-02", actor=actor, role=None, issue=issue,
        stance=stance, text=words, start=start, end=end, quote_id=None, kind="report", rule="pointer", confidence=0.7,
    )  # fmt: skip


def make(texts, quotes=(), positions=()):
    records = {
        "articles": [{**ABSENT, "article_id": a, "n_chars": len(t), "sha256": sha256(t)} for a, t in texts.items()],
        "quotes": list(quotes),
        "positions": list(positions),
    }
    names = ("articles", "mentions", "quotes", "positions", "appraisals", "votes", "loading")
    tables = {name: table(name, records.get(name, [])) for name in names}
    return Study(tables, {a: Article(a, t) for a, t in texts.items()}, {"issues": ISSUES})


@pytest.fixture
def study():
    return make(
        {"a/b 1.x": TEXT, "empty": "Nothing here."},
        [
            quote(1, ["“We want peace 🕊,”"], speakers=("Ada Obi",), source="Ada Obi", cue="said"),
            quote(2, ["“It must\nlast,”", "“for ever.”"], speakers=("Ada Obi", "she; her"[:3])),
        ],
        [position(1, "want peace 🕊"), position(2, "Peru & <Chile> refused =it", actor="Peru & <Chile>", stance=-1)],
    )


def decisions(sheets):
    return [sheet["decision"].tolist() for sheet in sheets]


@pytest.mark.parametrize("form", FORMATS)
def test_what_nobody_touched_comes_back_as_it_was(study, tmp_path, form):
    sheets = exports.read(exports.write(study, tmp_path / "out", format=form), study, coder="Ada", format=form)
    assert decisions(sheets) == [["keep", "keep"], ["keep", "keep"]]
    quotes, positions = sheets
    assert quotes["id"].tolist() == study.quotes["quote_id"].tolist()
    assert positions["text"].tolist() == study.positions["text"].tolist()
    corrected = study.with_corrections(sheets)
    assert corrected.verify().empty
    assert set(corrected.positions["rule"]) == {"hand"}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(st.characters(exclude_categories=()), min_size=6, max_size=60),
    cuts=st.lists(st.integers(0, 60), min_size=2, max_size=6, unique=True),
    actor=st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=8).filter(str.strip),
)
@example(text="peace\n", cuts=[0, 6], actor="Peru")
@example(text=" \npeace\n\n", cuts=[0, 9], actor="Peru")
@pytest.mark.parametrize("form", FORMATS)
def test_any_text_keeps_its_offsets(form, tmp_path_factory, text, cuts, actor):
    text = Article("x", text).text
    places = sorted({min(c, len(text)) for c in cuts})
    pairs = [(s, e) for s, e in zip(places[::2], places[1::2], strict=False) if text[s:e].strip()]
    if not pairs:
        return
    rows = [
        Position("x", f"x:p{n}", None, actor.strip(), None, "ceasefire", -1, text[s:e], s, e, None, "report", "r", 0.5)
        for n, (s, e) in enumerate(pairs)
    ]
    study = make({"x": text}, (), rows)
    folder = exports.write(study, tmp_path_factory.mktemp("f") / "out", format=form)
    _, positions = exports.read(folder, study, coder="Ada", format=form)
    assert positions["decision"].tolist() == ["keep"] * len(rows)
    assert positions[["start", "end"]].values.tolist() == [list(p) for p in pairs]


@pytest.mark.parametrize("form", FORMATS)
def test_a_folder_with_files_is_not_written_over(study, tmp_path, form):
    (tmp_path / "mine.txt").write_text("kept", encoding="utf-8")
    with pytest.raises(FileExistsError, match="is not empty; give a new folder"):
        exports.write(study, tmp_path, format=form)


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_folder_is_refused(study, tmp_path, form):
    (tmp_path / "TypeSystem.xml").write_bytes(
        b'<typeSystemDescription xmlns="http://uima.apache.org/resourceSpecifier"><types/></typeSystemDescription>'
    )
    with pytest.raises(FileNotFoundError, match=f"no file that was exported as {form}"):
        exports.read(tmp_path, study, coder="Ada", format=form)


def test_brat_is_strict_standoff(study, tmp_path):
    folder = exports.write(study, tmp_path / "out")
    stem = file_name("a/b 1.x")
    text = (folder / f"{stem}.txt").read_bytes().decode("utf-8")
    assert text == TEXT
    for line in (folder / f"{stem}.ann").read_text("utf-8").splitlines():
        if line.startswith("T"):
            _, place, words = line.split("\t")
            spans = [tuple(map(int, part.split())) for part in place.split(" ", 1)[1].split(";")]
            assert " ".join(text[s:e] for s, e in spans) == words
            assert "\n" not in words
    assert "Issue\tArg:Position, Value:ceasefire|negotiation" in (folder / "annotation.conf").read_text("utf-8")
    assert (folder / "empty.ann").read_text("utf-8") == ""


def test_corrections_in_brat_return_to_the_study(study, tmp_path):
    folder = exports.write(study, tmp_path / "out")
    path = folder / f"{file_name('a/b 1.x')}.ann"
    start, end = span("Peru & <Chile> refused")
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.split("\t")[1].endswith("T2")]
    lines = [line for line in lines if not line.startswith("T2\t")]  # the second quote is dropped
    lines = [line.replace("Stance T3 supports", "Stance T3 opposes") for line in lines]
    lines += [
        f"T9\tPosition {start} {end}\tPeru & <Chile> refused",
        "A20\tStance T9 opposes",
        "A21\tIssue T9 ceasefire",
    ]
    lines += ['#9\tAnnotatorNotes T9\t{"actor": "Peru"}']
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sheets = exports.read(folder, study, coder="Ada")
    assert decisions(sheets) == [["keep", "drop"], ["change", "keep", "add"]]
    corrected = study.with_corrections(sheets)
    assert corrected.verify().empty
    assert len(corrected.quotes) == 1
    assert sorted(corrected.positions["actor"]) == ["Ada Obi", "Peru", "Peru & <Chile>"]
    assert corrected.positions.set_index("actor").loc["Ada Obi", "stance"] == -1


def test_label_studio_offsets_may_count_utf16(study, tmp_path):
    folder = exports.write(study, tmp_path / "out", format="label_studio")
    tasks = json.loads((folder / label_studio.FILE).read_text("utf-8"))
    task = next(t for t in tasks if t["data"]["article_id"] == "a/b 1.x")
    for row in task["predictions"][0]["result"]:
        for end in ("start", "end"):
            row["value"][end] = len(TEXT[: row["value"][end]].encode("utf-16-le")) // 2
    task["annotations"] = [task.pop("predictions")[0]]
    (folder / label_studio.FILE).write_text(json.dumps(tasks), encoding="utf-8")
    sheets = exports.read(folder, study, coder="Ada", format="label_studio")
    assert decisions(sheets) == [["keep", "keep"], ["keep", "keep"]]


def annotate(task, **more):
    return {"data": task["data"], "annotations": [{"result": task["predictions"][0]["result"], **more}]}


@pytest.mark.parametrize(("change", "expected"), [
    (annotate, [["keep", "keep"], ["keep", "keep"]]),
    (lambda task: annotate(task, was_cancelled=True), [[], []]),
    (lambda task: {**task, "annotations": [{"was_cancelled": True, "result": []}]}, [[], []]),
    (lambda task: {**task, "annotations": []}, [[], []]),
    (lambda task: {**task, "annotations": [], "predictions": []}, [[], []]),
    (lambda task: {**task, "annotations": [{"result": []}]}, [["drop", "drop"], ["drop", "drop"]]),
    (lambda task: {**task, "annotations": [{"was_cancelled": True}, *annotate(task)["annotations"]]},
     [["keep", "keep"], ["keep", "keep"]]),
])  # fmt: skip
@pytest.mark.parametrize("beside", [True, False])
def test_what_was_decided_on_a_task(study, tmp_path, change, expected, beside):
    folder = exports.write(study, tmp_path / "out", format="label_studio")
    tasks = json.loads((folder / label_studio.FILE).read_text("utf-8"))
    name = "project-1-at-2025.json" if beside else label_studio.FILE
    (folder / name).write_text(json.dumps([change(task) for task in tasks]), encoding="utf-8")
    sheets = exports.read(folder, study, coder="Ada", format="label_studio")
    assert decisions(sheets) == expected


def test_two_annotators_of_a_task_are_refused(study, tmp_path):
    folder = exports.write(study, tmp_path / "out", format="label_studio")
    tasks = json.loads((folder / label_studio.FILE).read_text("utf-8"))
    tasks[1]["annotations"] = annotate(tasks[1])["annotations"] * 2
    (folder / label_studio.FILE).write_text(json.dumps(tasks), encoding="utf-8")
    with pytest.raises(ValueError, match=r"tasks\.json, task 2: it has 2 annotations.*one annotator at a time"):
        exports.read(folder, study, coder="Ada", format="label_studio")


@pytest.mark.parametrize(
    ("name", "emptied"), [("cue", {"text": []}), ("source", {"text": [""]}), ("kind", {"choices": []})]
)
def test_an_emptied_value_is_absent(study, tmp_path, name, emptied):
    folder = exports.write(study, tmp_path / "out", format="label_studio")
    tasks = json.loads((folder / label_studio.FILE).read_text("utf-8"))
    (row,) = [r for r in tasks[0]["predictions"][0]["result"] if r["id"].endswith("q1/0") and r["from_name"] == name]
    row["value"] |= emptied
    (folder / label_studio.FILE).write_text(json.dumps(tasks), encoding="utf-8")
    (_, units), _ = label_studio.read(folder, study.texts)
    assert name not in units[0].values


def test_a_web_annotation_finds_its_words_again(study, tmp_path):
    folder = exports.write(study, tmp_path / "out", format="web_annotation")
    path = folder / "annotations.jsonld"
    page = json.loads(path.read_text("utf-8"))
    for item in page["items"]:
        for target in item["target"]:
            target["selector"][0]["start"] += 3
    path.write_text(json.dumps(page), encoding="utf-8")
    assert decisions(exports.read(folder, study, coder="Ada", format="web_annotation")) == [["keep"] * 2, ["keep"] * 2]


def test_xmi_loads_in_cassis(study, tmp_path):
    import cassis

    folder = exports.write(study, tmp_path / "out", format="inception")
    types = cassis.load_typesystem(folder / "TypeSystem.xml")
    cas = cassis.load_cas_from_xmi(folder / f"{file_name('a/b 1.x')}.xmi", typesystem=types)
    found = [a.get_covered_text() for a in cas.select("webanno.custom.Position")]
    assert found == study.positions["text"].tolist()


@pytest.mark.parametrize(("line", "message"), [
    ("T1\tThing 0 4\tTalk", "'Thing'; expected one of Quote, Position"),
    ("T1\tQuote 0 x\tTalk", "line 1: 'T1.*' is no unit, attribute or note"),
    ("T1\tQuote 0 4\tTalk\n#1\tAnnotatorNotes T1\tAda", "line 2: the note is 'Ada'; expected JSON"),
    ("T1\tQuote 0 4000\tTalk", "has no such place"),
    ("T1\tQuote 0 4\tNothing", "empty.ann, T1: 'Nothing' is meant, but 'Noth' stands at this place"),
    ("T1\tQuote 0 3;8 10\tNot  her", "empty.ann, T1: 'Not  her' is meant, but 'Not he' stands at this place"),
])  # fmt: skip
def test_damaged_standoff_is_named(study, tmp_path, line, message):
    folder = exports.write(study, tmp_path / "out")
    (folder / "empty.ann").write_text(line + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        exports.read(folder, study, coder="Ada")


def test_a_copy_with_the_same_id_is_refused(study, tmp_path):
    folder = exports.write(study, tmp_path / "out", format="web_annotation")
    path = folder / "annotations.jsonld"
    page = json.loads(path.read_text("utf-8"))
    page["items"].append(page["items"][0])
    path.write_text(json.dumps(page), encoding="utf-8")
    with pytest.raises(ValueError, match="came back twice"):
        exports.read(folder, study, coder="Ada", format="web_annotation")


@pytest.mark.parametrize("form", ["brat", "inception", "label_studio"])
@pytest.mark.parametrize("changed", ["So: " + TEXT, TEXT.replace("Talks", "Calks"), TEXT[: TEXT.index("Peru")]])
def test_an_article_that_is_another_now_is_refused(study, tmp_path, form, changed):
    folder = exports.write(study, tmp_path / "out", format=form)
    other = make({"a/b 1.x": changed, "empty": "Nothing here."})
    with pytest.raises(ValueError, match=r"the text of a/b 1\.x came back with .* export anew"):
        exports.read(folder, other, coder="Ada", format=form)


@pytest.mark.parametrize("kept", [True, False])
def test_standoff_may_be_saved_on_windows(study, tmp_path, kept):
    folder = exports.write(study, tmp_path / "out")
    for path in [*folder.glob("*.ann"), *(() if kept else folder.glob("*.txt"))]:
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert decisions(exports.read(folder, study, coder="Ada")) == [["keep", "keep"], ["keep", "keep"]]


@pytest.mark.parametrize("ending", ["ann", "txt"])
def test_standoff_that_is_not_utf8_is_named(study, tmp_path, ending):
    folder = exports.write(study, tmp_path / "out")
    (folder / f"empty.{ending}").write_bytes("T1\tQuote 0 4\tTalk\n".encode("utf-16"))
    with pytest.raises(ValueError, match=f"empty.{ending} is not UTF-8 .* save it as UTF-8"):
        exports.read(folder, study, coder="Ada")


LONG = ["Переговоры" * 6, "Переговоры" * 6 + "!", "https://example.org/" + "a/" * 90]


@pytest.mark.parametrize(
    "name", ["a", "a.b/c", "..", "CON.txt", "ü %41", "a\\b:c", "con", "Nul", "%63on", "aux ", "lpt1", *LONG]
)
def test_file_names_turn_back_into_ids(name):
    stem = file_name(name)
    assert ids_by_stem(["x", *LONG, name])[stem] == name
    assert not set(stem) & set('/\\:*?"<>|.')
    assert len(stem) <= 120
    assert stem.strip().casefold() not in {"con", "nul", "aux", "lpt1"}


@pytest.mark.parametrize("form", FORMATS)
def test_any_id_can_be_exported(tmp_path, form):
    names = [*LONG, "con", "a.b/c"]
    study = make(dict.fromkeys(names, TEXT), (), [position(1, "Peru", article=name) for name in names])
    folder = exports.write(study, tmp_path / "out", format=form)
    _, positions = exports.read(folder, study, coder="Ada", format=form)
    assert positions[["article_id", "decision"]].values.tolist() == [[name, "keep"] for name in names]


def test_the_whole_name_of_an_older_export_is_read(study, tmp_path):
    study = make({"con": TEXT}, (), [position(1, "Peru", article="con")])
    folder = exports.write(study, tmp_path / "out")
    for path in folder.glob("*con.*"):
        path.rename(folder / f"con{path.suffix}")
    assert decisions(exports.read(folder, study, coder="Ada"))[1] == ["keep"]


def test_the_sheets_are_empty_where_a_study_is(tmp_path):
    empty = make({"x": "Nothing."})
    sheets = exports.read(exports.write(empty, tmp_path / "out"), empty, coder="Ada")
    assert [len(sheet) for sheet in sheets] == [0, 0]
    assert isinstance(sheets[0], pd.DataFrame)
    assert list(brat.read(tmp_path / "out", {"x": "Nothing."})) == [("x", [])]
