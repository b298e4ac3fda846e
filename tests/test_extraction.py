"""Many articles: nothing is lost or doubled, whatever interrupts, and the tables are those of ``analyze``."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import pandas as pd
import pytest

import toolkit as tk
from toolkit import engines, extraction, reading
from toolkit.codebook import load_codebook
from toolkit.coders import NetworkCoder
from toolkit.engines import Done, run_local
from toolkit.extraction import Options, extract
from toolkit.loaders import load
from toolkit.locks import hold
from toolkit.parts import part_numbers, part_path, schema, to_arrow, write_part
from toolkit.records import TABLES

ANALYSE = tk.study._analyze

STORY = "Minister Ada Obi said in Lima that {} “We want an immediate ceasefire,” Obi told reporters on day {}."
THEMES = ("sanctions had failed.", "the talks would resume.", "aid must reach the villages.", "the war must end.")


def write_articles(folder: Path, count: int = 5) -> Path:
    """Write short articles, a copy of the first, and a file that is none."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        theme = THEMES[number % len(THEMES)]
        text = "\n\n".join(f"{STORY.format(theme, day + 7 * number)} {theme.title()}" for day in range(2))
        (folder / f"n{number}.txt").write_text(text, encoding="utf-8")
    (folder / "copy.txt").write_text((folder / "n0.txt").read_text("utf-8") + " (Agency)", encoding="utf-8")
    (folder / "empty.txt").write_text("", encoding="utf-8")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_articles(tmp_path_factory.mktemp("many") / "articles")


@pytest.fixture(scope="module")
def whole(articles: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of an undisturbed run with two articles a part."""
    folder = tmp_path_factory.mktemp("many") / "whole"
    extract(articles, folder, options=Options(part_size=2))
    return folder


@pytest.fixture(scope="module")
def corpus(whole: Path) -> tk.corpus.Corpus:
    return tk.open(whole)


def test_the_tables_are_those_of_analyze(articles: Path, corpus: tk.corpus.Corpus) -> None:
    study = tk.analyze(articles)
    assert study.duplicates["article_id"].tolist() == ["n0"]
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(corpus, name), study.tables[name])
    assert corpus.study().originals == study.originals


def test_several_processes_write_the_same_bytes(articles: Path, whole: Path, tmp_path: Path) -> None:
    extract(articles, tmp_path / "two", options=Options(part_size=2, workers=2))
    assert contents(tmp_path / "two") == contents(whole)


def test_killed_and_started_again_it_ends_with_the_same_bytes(articles: Path, whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "toolkit", "extract", str(articles), "-o", str(out), "--part-size", "2"]
    process = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL)
    while not part_numbers(out, "articles") and process.poll() is None:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert "outcome" not in json.loads((out / "run.json").read_text("utf-8"))
    with pytest.warns(UserWarning, match="is not finished"):
        assert 0 < len(tk.open(out).loading) < 7
    write_part(out / "quotes.parquet" / ".unfinished-x", to_arrow(schema("quotes"), []))
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    assert contents(out) == contents(whole)


@pytest.mark.parametrize("at", [1, 3, 5])
def test_reading_goes_on_in_the_middle_of_a_file(at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"id": f"r{i}", "text": f"Envoy {i} spoke in Oslo."} for i in range(4)]
    for name in ("a", "b"):
        lines = "".join(json.dumps({**row, "id": name + row["id"]}) + "\n" for row in rows)
        (tmp_path / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    reading.read_parts(tmp_path, tmp_path / "w1", size=2)
    stream = reading.stream

    def stop(*given, **options):
        for number, found in enumerate(stream(*given, **options)):
            if number == at:
                raise KeyboardInterrupt
            yield found

    monkeypatch.setattr(reading, "stream", stop)
    sources = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    with pytest.raises(KeyboardInterrupt):
        reading.read_parts(sources, tmp_path / "w2", size=2)
    monkeypatch.setattr(reading, "stream", stream)
    reading.read_parts(sources, tmp_path / "w2", size=2)
    assert contents(tmp_path / "w2") == contents(tmp_path / "w1")


def test_a_finished_run_is_left_as_it_is(articles: Path, whole: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in whole.rglob("*")}
    outcome = extract(articles, whole, options=Options(part_size=2))
    assert outcome.rows["articles"] == 5
    assert outcome.skipped == 1
    assert outcome.first_skipped == ["empty.txt: it is empty"]
    assert {p: p.stat().st_mtime_ns for p in whole.rglob("*")} == before


@pytest.fixture
def begun(tmp_path: Path) -> tuple[Path, Path]:
    """Give articles, and a folder with the settings and inputs of a run over them that stopped at once."""
    sources, out = write_articles(tmp_path / "articles", 2), tmp_path / "out"

    def stop(*given, **options):
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(extraction, "read_parts", stop)
        with pytest.raises(KeyboardInterrupt):
            extract(sources, out)
    return sources, out


CHANGES = [
    (lambda f: (f / "n1.txt").write_text("Other words.", encoding="utf-8"), "n1.txt has changed"),
    (lambda f: (f / "n0.txt").unlink(), "n1.txt stands where n0.txt stood"),
    (lambda f: (f / "n1.txt").unlink(), "n1.txt is gone"),
    (lambda f: (f / "z.txt").write_text("Words.", encoding="utf-8"), "z.txt is new"),
    (lambda f: (f / "articles.toml").write_text('["n1.txt"]\noutlet = "Post"\n'), "articles.toml"),
]


@pytest.mark.parametrize(("change", "named"), CHANGES)
def test_changed_articles_are_refused(begun, change, named) -> None:
    sources, out = begun
    change(sources)
    with pytest.raises(ValueError, match=rf"(?s){named}.*Give a fresh folder, or --restart"):
        extract(sources, out)


def test_a_file_that_was_only_touched_is_the_same(begun) -> None:
    sources, out = begun
    os.utime(sources / "n1.txt", (1, 1))
    assert extract(sources, out).rows["articles"] == 2


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"options": Options(part_size=7)}, "part_size was 100 and is 7"),
        ({"options": Options(duplicates="keep")}, "duplicates was 'drop' and is 'keep'"),
        ({"columns": {"id": "doc"}}, "columns was {} and is"),
        ({"codebook": replace(load_codebook(), sha256="0" * 64)}, "codebook_sha256 was"),
    ],
)
def test_other_settings_are_refused(begun, given, named) -> None:
    with pytest.raises(ValueError, match=f"made with other settings: {named}"):
        extract(*begun, **given)


def test_another_version_is_refused(begun, monkeypatch: pytest.MonkeyPatch) -> None:
    made = extraction.provenance
    monkeypatch.setattr(extraction, "provenance", lambda *given: {**made(*given), "toolkit": "9.9"})
    with pytest.raises(ValueError, match=r"toolkit was '.*' and is '9.9'"):
        extract(*begun)


def test_a_second_run_in_the_folder_is_refused(begun) -> None:
    before = contents(begun[1])
    with hold(begun[1]):
        for options in (Options(), Options(restart=True)):
            with pytest.raises(BlockingIOError, match=rf"another run is at work in .*out: process {os.getpid()} on"):
                extract(*begun, options=options)
    assert contents(begun[1]) == before
    assert extract(*begun).rows["articles"] == 2


def test_the_bar_moves_with_each_article(articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tqdm

    moves: list[list[float]] = []

    class Bar(tqdm.tqdm):
        def __init__(self, *given, **options):
            super().__init__(*given, **{**options, "disable": False, "file": io.StringIO()})
            self.moves: list[float] = []
            moves.append(self.moves)

        def update(self, n=1):
            self.moves.append(n)
            return super().update(n)

    monkeypatch.setattr(tqdm, "tqdm", Bar)
    extract(articles, tmp_path)
    assert moves[1] == [1, 1, 1, 1, 1, 2]  # five articles, then the copy and the empty file


def test_restart_begins_anew_and_leaves_strange_files_alone(begun) -> None:
    sources, out = begun
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    (sources / "n1.txt").unlink()
    assert extract(sources, out, options=Options(restart=True)).rows["articles"] == 1
    assert (out / "notes.txt").read_text("utf-8") == "mine"


def test_tables_of_something_else_are_not_overwritten(articles: Path, tmp_path: Path) -> None:
    (tmp_path / "quotes.csv").write_text("precious", encoding="utf-8")
    with pytest.raises(ValueError, match=r"holds quotes\.csv, which no run that can go on has written"):
        extract(articles, tmp_path)
    assert (tmp_path / "quotes.csv").read_text("utf-8") == "precious"


@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize("name", ["articles.csv", "work", "quotes.parquet", "run.json"])
def test_restart_deletes_nothing_where_no_run_wrote(name: str, restart: bool, begun, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    place = mine / name / "plan.parquet" if name == "work" else mine / name
    place.parent.mkdir(parents=True)
    place.write_text('{"settings": {"epochs": 3}}', encoding="utf-8")
    with pytest.raises(ValueError, match=f"holds {name}, which no run that can go on has written") as refused:
        extract(begun[0], mine, options=Options(restart=restart))
    assert "--restart" not in str(refused.value)
    assert contents(mine) == {place.relative_to(mine).as_posix(): b'{"settings": {"epochs": 3}}'}


def test_restart_deletes_only_what_the_run_wrote(begun) -> None:
    sources, out = begun
    extract(sources, out)
    mine = ("articles.csv", "quotes.jsonl", "work/notes.txt", "work/tables/notes.txt", "quotes.parquet/notes.txt")
    for name in mine:
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text("mine", encoding="utf-8")
    before = contents(out)
    extract(sources, out)
    assert contents(out) == before
    extract(sources, out, options=Options(restart=True))
    assert contents(out) == before
    with pytest.raises(ValueError, match=r"holds articles\.csv, which no run"):
        extract(sources, out, options=Options(restart=True, file_format="csv"))
    assert contents(out) == before
    for name in ("articles.csv", "quotes.jsonl"):
        (out / name).unlink()
    extract(sources, out, options=Options(restart=True, file_format="csv"))
    assert {name for name in contents(out) if "/" in name} == set(mine[2:])


@pytest.mark.parametrize("file_format", ["parquet", "csv"])
@pytest.mark.parametrize("inside", ["tables", "a/tables", "."])
def test_tables_inside_the_folder_of_the_articles_are_not_read(
    inside: str, file_format: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = write_articles(tmp_path / "articles", 3)
    out, options = sources / inside, Options(part_size=1, file_format=file_format)
    out.mkdir(parents=True, exist_ok=True)
    (out / "notes.txt").write_text("Minister Ada Obi said the talks would resume.", encoding="utf-8")
    stream = reading.stream

    def stop_reading(*given, **options):
        yield from islice(stream(*given, **options), 4)
        raise KeyboardInterrupt

    def stop_finishing(*given):
        raise KeyboardInterrupt

    for module, name, stop in ((reading, "stream", stop_reading), (extraction, "_finish", stop_finishing)):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, stop)
            with pytest.raises(KeyboardInterrupt):
                extract(sources, out, options=options)
    outcome = extract(sources, out, options=options)
    assert outcome.rows["articles"] == 4
    where = "articles" if inside == "." else inside
    assert f"{where}: it holds tables of this toolkit, which are no articles" in outcome.first_skipped
    assert extract(sources, out, options=options) == outcome
    assert extract(sources, out, options=replace(options, restart=True)) == outcome
    assert sorted(a.article_id for a in load(sources).articles) == ["copy", "n0", "n1", "n2", "notes"]


@pytest.mark.parametrize("given", ["texts.parquet", "texts.parquet/part-000000.parquet"])
def test_restart_deletes_no_article(given: str, begun) -> None:
    sources, out = begun
    extract(sources, out)
    before = contents(out)
    with pytest.raises(ValueError, match=r"part-000000\.parquet is among the articles, and --restart would delete it"):
        extract(out / given, out, options=Options(restart=True))
    assert contents(out) == before


def test_a_bad_article_is_recorded_and_skipped(articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def trip(article, *given):
        if article.article_id == "n2":
            raise RecursionError("too deep")
        return ANALYSE(article, *given)

    monkeypatch.setattr(tk.study, "_analyze", trip)
    outcome = extract(articles, tmp_path)
    assert outcome.rows["articles"] == 4
    assert "n2.txt: not analysed, a fault of the toolkit: RecursionError: too deep" in outcome.first_skipped
    assert "n2" not in set(tk.open(tmp_path).quotes["article_id"])


def test_a_name_that_no_file_can_hold_is_reported(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    try:
        (tmp_path / "in" / os.fsdecode(b"caf\xe9.txt")).write_text("Words were spoken.", encoding="utf-8")
    except OSError:
        pytest.skip("this file system has no such names")
    outcome = extract(tmp_path / "in", tmp_path / "out")
    assert outcome.first_skipped[0].startswith(r"caf\udce9.txt: its name, title or text holds characters")


@dataclass(frozen=True)
class Deadly:
    """A coder that ends its process at one article."""

    @property
    def name(self) -> str:
        return "deadly"

    def find(self, text, reading, sentences, codebook, *, skip=()):
        if "villages" in text:
            os._exit(9)
        return NetworkCoder().find(text, reading, sentences, codebook, skip=skip)


def test_an_article_that_ends_its_process_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "TRIES", 1)
    sources = write_articles(tmp_path / "articles", 4)
    outcome = extract(sources, tmp_path / "out", coder=Deadly(), options=Options(workers=2))
    assert outcome.rows["articles"] == 3
    assert any(line.startswith("n2.txt: not analysed: its process died") for line in outcome.first_skipped)


@pytest.mark.parametrize("file_format", ["csv", "jsonl"])
def test_other_formats_hold_the_same_rows(articles: Path, corpus, file_format: str, tmp_path: Path) -> None:
    extract(articles, tmp_path, options=Options(part_size=3, file_format=file_format))
    assert {p.name for p in tmp_path.iterdir()} == {
        *(f"{n}.{file_format}" for n in TABLES),
        "run.json",
        "inputs.parquet",
    }
    path = tmp_path / f"positions.{file_format}"
    frame = pd.read_csv(path) if file_format == "csv" else pd.read_json(path, lines=True)
    assert frame["position_id"].tolist() == corpus.positions["position_id"].tolist()
    with pytest.raises(FileNotFoundError, match=f"holds {file_format} files, which pandas reads"):
        tk.open(tmp_path)


def test_a_corpus_reads_parts_of_tables(corpus: tk.corpus.Corpus) -> None:
    some = corpus.read("quotes", columns=["text", "article_id"], articles=["n1", "n3"])
    assert list(some.columns) == ["article_id", "text"]
    assert sorted(set(some["article_id"])) == ["n1", "n3"]
    assert list(corpus.read("quotes", columns=["text"]).columns) == ["text"]
    assert sum(len(frame) for frame in corpus.frames("mentions")) == len(corpus.mentions)
    assert len(corpus) == 5
    assert repr(corpus).startswith("Corpus(5 articles, ")
    with pytest.raises(ValueError, match="name is 'qoutes'"):
        corpus.read("qoutes")
    with pytest.raises(ValueError, match=r"a column is 'txt'.*Did you mean 'text'"):
        corpus.read("quotes", columns=["txt"])
    with pytest.raises(AttributeError, match=r"a corpus has no 'qoutes'.*Did you mean 'quotes'"):
        _ = corpus.qoutes


def test_a_corpus_serves_like_a_study(corpus: tk.corpus.Corpus) -> None:
    assert corpus.verify().empty
    assert corpus.article("n1").text.startswith("Minister Ada Obi")
    assert "n1" in repr(corpus.show("n1"))
    position = corpus.positions.iloc[0]
    assert position["text"] in corpus.why(position["position_id"])
    assert not tk.compare.position_matrix(corpus.positions).empty
    assert corpus.labels
    with pytest.raises(ValueError, match="article_id is 'n9', which is not in"):
        corpus.article("n9")
    with pytest.raises(ValueError, match="position_id is 'p'"):
        corpus.why("p")


def test_a_tampered_part_is_found(whole: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(whole, tmp_path / "out")
    frame = tk.open(whole).read("positions")
    part = next(n for n in part_numbers(whole, "positions") if len(pd.read_parquet(part_path(whole, "positions", n))))
    rows = pd.read_parquet(part_path(whole, "positions", part)).assign(text="never said")
    rows.to_parquet(part_path(tmp_path / "out", "positions", part), index=False)
    assert len(tk.open(tmp_path / "out").verify()) == len(rows) <= len(frame)


def test_texts_can_be_left_out(articles: Path, tmp_path: Path) -> None:
    extract(articles, tmp_path, options=Options(texts=False))
    corpus = tk.open(tmp_path)
    assert not (tmp_path / "texts.parquet").exists()
    assert len(corpus.quotes)
    with pytest.raises(ValueError, match=r"the texts were not stored in .* \(--no-text\)"):
        corpus.article("n1")


def test_open_knows_a_saved_study_and_what_is_none(articles: Path, tmp_path: Path) -> None:
    study = tk.analyze(articles / "n1.txt")
    assert tk.open(study.save(tmp_path / "study")).originals == study.originals
    with pytest.raises(FileNotFoundError, match=r"holds no extraction: it has no run\.json"):
        tk.open(tmp_path)
    with pytest.raises(FileNotFoundError, match="holds no extraction: it does not exist"):
        tk.open(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"engine": "spark"}, "engine is 'spark'; expected one of 'local', 'dask'"),
        ({"file_format": "xlsx"}, "file_format is 'xlsx'"),
        ({"duplicates": "no"}, "duplicates is 'no'"),
        ({"workers": 0}, "workers is 0; expected 1 or more"),
        ({"scheduler": "tcp://x:1"}, "add --engine dask"),
    ],
)
def test_unusable_options_are_named(given, message) -> None:
    with pytest.raises(ValueError, match=message):
        Options(**given)


def _die_once(folder: str, part: int) -> None:
    mark = Path(folder, f"tried-{part}")
    if part == 2 and not mark.exists():
        mark.touch()
        os._exit(9)
    Path(folder, f"done-{part}").touch()


def _die_at_two(part: int) -> None:
    if part == 2:
        os._exit(9)


def test_a_part_whose_process_dies_is_tried_again(tmp_path: Path) -> None:
    from functools import partial

    done = list(run_local(partial(_die_once, str(tmp_path)), range(5), workers=2))
    assert sorted(one.part for one in done) == [0, 1, 2, 3, 4]
    assert not any(one.lost for one in done)
    assert len(list(tmp_path.glob("done-*"))) == 5


def test_a_part_that_always_dies_is_given_up(tmp_path: Path) -> None:
    done = sorted(run_local(_die_at_two, range(4), workers=2), key=lambda one: one.part)
    assert done == [Done(0), Done(1), Done(2, lost=True), Done(3)]


def test_processes_end_with_the_one_that_started_them(tmp_path: Path) -> None:
    import psutil

    code = (
        "import os, time\nfrom functools import partial\nfrom toolkit.engines import run_local\n"
        "if __name__ == '__main__':\n    list(run_local(time.sleep, [60, 61], workers=2))\n"
    )
    (tmp_path / "wait.py").write_text(code, encoding="utf-8")
    process = subprocess.Popen([sys.executable, str(tmp_path / "wait.py")], cwd=Path(__file__).parents[1])
    started = psutil.Process(process.pid)
    deadline = time.monotonic() + 20
    while len(started.children()) < 3 and time.monotonic() < deadline:
        time.sleep(0.05)
    children = started.children()
    assert len(children) >= 2
    time.sleep(1)
    process.kill()
    process.wait()
    _, alive = psutil.wait_procs(children, timeout=20)
    assert not alive
