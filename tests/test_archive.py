"""Replication archives: no article's words go out, all comes back from the reader's copies, tampering is seen."""

from __future__ import annotations

import io
import json
import re
import shutil
import stat
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import toolkit as tk
from toolkit import archive
from toolkit.bags import read_bag, write_bag
from toolkit.codebook import load_codebook
from toolkit.loaders import load
from toolkit.records import TABLES, Appraisal, LoadingEntry, Mention, Position, Quote, Vote, table
from toolkit.storage import write_tables
from toolkit.study import Study
from toolkit.withholding import WITHHELD, Guard, new_ids, read_cells, restore, sha256, withhold

TALKS = """Envoys call for a truce along the river before the rains come

Amara Diallo, Minister of Foreign Affairs and Regional Cooperation of Northland, told Bo Lind, Chi Okafor and Dan Reyes
that “the guns must fall silent before the rains come”, and asked the High Office for Refugee Care and Resettlement
for help. The assembly voted 12 to 3 for a motion that urges both sides to open the bridge at once.
“We will not sign,” Bo Lind said, “while our people are held.”
"""
HEADLINE = "Envoys_call_for_a_truce_along_the_river"
SHORT = "=Bo Lind said yes.\n"
ARTICLES = {f"{HEADLINE}.txt": TALKS, "short.txt": SHORT}
PUBLISHED = {"title": "Truce codes", "authors": ["Ada Obi"], "licence": "CC-BY-4.0", "published": "2026-01-31"}


def span(text: str, words: str) -> tuple[int, int]:
    start = text.index(words)
    return start, start + len(words)


def make_copies(folder: Path, texts: dict[str, str] = ARTICLES) -> Path:
    folder.mkdir(exist_ok=True, parents=True)
    for name, text in texts.items():
        (folder / name).write_bytes(text.encode())
    return folder


def make_study(folder: Path) -> Study:
    """A study as ``analyze`` makes it, with one of everything, and words of the article wherever they can stand."""
    loaded = {a.article_id: a for a in load(make_copies(folder)).articles}
    role = "Minister of Foreign Affairs and Regional Cooperation of Northland"
    office = "High Office for Refugee Care and Resettlement"
    said, refused = (
        "the guns must fall silent before the rains come",
        ("We will not sign,", "while our people are held."),
    )
    whole = span(TALKS, f"“{said}”")
    spans = tuple(span(TALKS, part) for part in refused)
    amara, bo = span(TALKS, "Amara Diallo"), span(TALKS, "Bo Lind said")
    rows: dict[str, list[Any]] = {
        "articles": [
            {**{c.name: getattr(a, c.name, None) for c in TABLES["articles"]}, "n_chars": len(a.text),
             "sha256": sha256(a.text)}
            for a in loaded.values()
        ],
        "mentions": [
            Mention(HEADLINE, *amara, "Amara Diallo", "person", "Amara Diallo", "NOR", role, "full name"),
            Mention(HEADLINE, *span(TALKS, office), office, "organisation", office, None, None, "full name"),
            Mention("short", 1, 8, "Bo Lind", "person", "Bo Lind", None, None, "full name"),
        ],
        "quotes": [
            Quote(HEADLINE, f"{HEADLINE}:q1", "mixed", TALKS[slice(*whole)], (whole,), "Amara Diallo", *amara, "told",
                  *span(TALKS, "told"), "speech", "neutral", ("Amara Diallo", "Bo Lind", "Chi Okafor", "Dan Reyes"),
                  role, "body", False, "Bo Lind, Chi Okafor and Dan Reyes", "network", 0.9312345678901234),
            Quote(HEADLINE, f"{HEADLINE}:q2", "direct", " … ".join(refused), spans, "Bo  Lind", bo[0], bo[0] + 7,
                  "said", bo[1] - 4, bo[1], speakers=("Bo Lind",), confidence=1.0),
            Quote("short", "short:q1", "indirect", "yes", ((14, 17),), None, None, None, None, None, None),
        ],
        "positions": [
            Position(HEADLINE, f"{HEADLINE}:p1", "2026-01-02", "Amara Diallo", role, "ceasefire", 1, said,
                     *span(TALKS, said), f"{HEADLINE}:q1", "mixed", "network", 0.75),
            Position("short", "short:p1", None, office, None, "ceasefire", -1, "yes", 14, 17, "short:q1", "indirect",
                     "network", 0.5),
        ],
        "appraisals": [
            Appraisal(HEADLINE, "2026-01-02", "Bo Lind", office, -1, refused[0], *spans[0], None, "network", 0.6)
        ],
        "votes": [
            Vote(HEADLINE, "Assembly", None, "urges both sides to open the bridge at once", 12, 3, None, None, None,
                 *span(TALKS, "12 to 3"))
        ],
        "loading": [LoadingEntry(f"{name}.txt", "read", name, "utf-8", None) for name in loaded],
    }  # fmt: skip
    tables = {name: table(name, rows.get(name, [])) for name in TABLES}
    book = load_codebook()
    made = {"toolkit": "0.1.0", "codebook": book.name, "codebook_sha256": book.sha256, "issues": book.labels()}
    return Study(tables, loaded, {**made, "note": "he said the guns must fall silent before the rains come"})


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return make_study(tmp_path_factory.mktemp("study") / "texts")


@pytest.fixture(scope="module")
def written(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return archive.write_archive(study, tmp_path_factory.mktemp("out") / "deep" / "archive", about=PUBLISHED)


@pytest.fixture
def copy(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "archive"))


def runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[^\W_]+", text.casefold())
    return {tuple(words[i : i + 6]) for i in range(len(words) - 5)}


def repeated(texts: list[str], folder: Path) -> list[tuple[str, tuple[str, ...]]]:
    known = set().union(*map(runs, texts))
    files = [p for p in sorted(folder.rglob("*")) if p.is_file()]
    assert len(files) > 10
    return [(p.name, run) for p in files for run in sorted(runs(f"{p.name} {p.read_text('utf-8')}") & known)]


def test_no_six_words_of_an_article_are_anywhere_in_the_archive(written: Path) -> None:
    assert repeated(list(ARTICLES.values()), written) == []
    everything = "".join(p.read_text("utf-8") for p in written.rglob("*") if p.is_file())
    assert HEADLINE not in everything
    assert "fall silent" not in everything
    assert "open the bridge" not in everything
    assert "Amara Diallo" in everything


def test_the_check_for_repeated_words_sees_them(written: Path, tmp_path: Path) -> None:
    broken = Path(shutil.copytree(written, tmp_path / "broken"))
    (broken / "data" / "note.txt").write_text("x the guns, must FALL silent_before", encoding="utf-8")
    assert [name for name, _ in repeated(list(ARTICLES.values()), broken)] == ["note.txt"]


def test_everything_comes_back_from_the_readers_copies(study: Study, written: Path, tmp_path: Path) -> None:
    again = tk.rehydrate(written, make_copies(tmp_path / "mine"))
    (new,) = (name for name in again.study.originals if name != "short")
    assert re.fullmatch(r"article_[0-9a-f]{12}", new)
    for name in TABLES:
        expected = study.tables[name].copy()
        for column in {"article_id", "quote_id", "position_id"} & set(expected):
            expected[column] = expected[column].str.replace(HEADLINE, new)
        expected = expected.reset_index(drop=True)
        got = again.study.tables[name]
        if name == "quotes":
            # No column of offsets tells these words, and they stand nowhere in the article.
            assert got["source"].isna().tolist() == [False, True, True]
            expected["source"] = got["source"]
        if name in ("articles", "loading"):
            assert got["path"].tolist()[0].startswith("Envoys_call_for… #")
            expected["path"] = got["path"]
        if name == "positions":
            # The short article does not name the office in full, so its full name cannot be read there.
            assert got["actor"].tolist()[1].startswith("High Office for… #")
            expected.loc[1, "actor"] = got["actor"][1]
        if name == "loading":
            expected["article_id"] = got["article_id"]
        pd.testing.assert_frame_equal(got, expected)
    assert again.study.originals["short"] == study.originals["short"]
    assert again.study.originals[new].regions == study.originals[HEADLINE].regions
    assert again.study.originals[new].title == study.originals[HEADLINE].title
    assert again.study.verify().empty
    assert again.faults.empty
    assert again.study.provenance["rehydrated"]["matched"] == 2


def test_the_report_says_what_matched(written: Path, tmp_path: Path) -> None:
    report = tk.rehydrate(written, make_copies(tmp_path / "mine")).report.set_index("article_id")
    assert list(report) == ["status", "path", "rows", "matching", "withheld"]
    assert report.loc["short"].tolist() == ["same text", "short.txt", 3, 3, 1]
    assert report["rows"].sum() == report["matching"].sum() == 9


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (lambda t: t, "same text"),
        (lambda t: t.replace("\n", "\r\n"), "same text, other line ends"),
        (lambda t: t.rstrip("\n"), "same text, other line ends"),
        (lambda t: t.replace("\n", "\r\n") + "\r\n", "same text, other line ends"),
        (lambda t: t + "\n\n", "other spacing"),
        (lambda t: t.replace("said yes", "said  yes").replace("told Bo", "told\nBo"), "other spacing"),
        (lambda t: t.replace("yes", "no").replace("guns", "drums"), "different text"),
        (lambda t: None, "not found"),
    ],
)
def test_each_copy_is_told_apart(
    change: Callable[[str], str | None], status: str, written: Path, tmp_path: Path
) -> None:
    texts = {name: changed for name, text in ARTICLES.items() if (changed := change(text)) is not None}
    make_copies(tmp_path / "mine", {**texts, "other.txt": "Another matter altogether.\n"})
    again = tk.rehydrate(written, tmp_path / "mine")
    known = again.report.set_index("article_id")
    assert known.loc["short", "status"] == status
    put_back = status.startswith("same text")
    assert len(again.study.positions) == (2 if put_back else 0)
    assert again.study.verify().empty
    assert pd.isna(known.loc["short", "path"]) == (status == "not found")
    assert pd.isna(known.loc["short", "rows"]) != put_back
    assert status in repr(again)


def test_a_copy_under_another_name_is_known_by_its_text(written: Path, tmp_path: Path) -> None:
    make_copies(tmp_path / "mine", {"other_name.txt": SHORT})
    again = tk.rehydrate(written, tmp_path / "mine")
    row = again.report.set_index("article_id").loc["short"]
    assert (row["status"], row["path"]) == ("same text", "other_name.txt")
    assert again.study.positions["text"].tolist() == ["yes"]


def test_codes_serve_without_any_article(written: Path) -> None:
    kept = archive.read_archive(written)
    assert kept.tables["positions"]["stance"].tolist() == [1, -1]
    assert kept.tables["quotes"]["speakers"].tolist()[1] == ["Bo Lind"]
    ties = tk.networks.issue_ties(kept.tables["positions"])
    assert ties["n"].tolist() == [1, 1]
    assert kept.about["authors"] == ["Ada Obi"]
    assert "fall silent" not in str(kept.provenance)


def test_evidence_that_no_longer_matches_is_listed(study: Study, written: Path, tmp_path: Path) -> None:
    again = tk.rehydrate(written, make_copies(tmp_path / "mine"))
    kept = archive.read_archive(written)
    assert archive.verify(kept, again.study).empty
    (new,) = (name for name in again.study.originals if name != "short")
    kept.tables["positions"].loc[0, "start"] += 1
    faults = archive.verify(kept, again.study)
    assert faults[["table", "row", "article_id"]].to_numpy().tolist() == [["positions", 0, new]]
    assert faults["found"][0] == "he guns must fall silent before the rains come"
    again.study.originals["short"] = study.originals[HEADLINE]
    faults = archive.verify(written, again.study)
    assert faults[["table", "row"]].to_numpy().tolist() == [
        ["articles", 1], ["mentions", 2], ["quotes", 2], ["positions", 1],
    ]  # fmt: skip


def test_a_study_that_does_not_match_is_not_archived(study: Study, tmp_path: Path) -> None:
    positions = study.positions.assign(text="never said")
    broken = Study({**study.tables, "positions": positions}, study.originals, study.provenance)
    with pytest.raises(ValueError, match=r"2 rows of the study do not match its articles"):
        archive.write_archive(broken, tmp_path / "a")
    assert not (tmp_path / "a").exists()


def change_a_byte(folder: Path) -> None:
    path = folder / "data" / "tables" / "positions.csv"
    path.write_bytes(path.read_bytes().replace(b"ceasefire", b"ceasefird", 1))


def change_file_and_list(folder: Path) -> None:
    change_a_byte(folder)
    path, lists = folder / "data" / "tables" / "positions.csv", folder / "manifest-sha256.txt"
    import hashlib

    new = hashlib.sha256(path.read_bytes()).hexdigest()
    lists.write_text(re.sub(r"\w{64}(?=  data/tables/positions)", new, lists.read_text("utf-8")), encoding="utf-8")


TAMPERINGS: dict[str, tuple[Callable[[Path], Any], str]] = {
    "a byte": (change_a_byte, r"data/tables/positions\.csv was changed"),
    "file and list": (change_file_and_list, r"manifest-sha256\.txt was changed"),
    "a file removed": (lambda f: (f / "data" / "about.json").unlink(), r"about\.json is listed, but not there"),
    "a file added": (lambda f: (f / "data" / "x.csv").write_text("x"), r"x\.csv is there, but not listed"),
    "a file added beside": (lambda f: (f / "x.sh").write_text("x"), r"x\.sh is there, but not listed"),
    "a list removed": (lambda f: (f / "tagmanifest-sha256.txt").unlink(), "tagmanifest-sha256.txt missing"),
    "a list emptied": (lambda f: (f / "tagmanifest-sha256.txt").write_text(""), "manifest-sha256.txt is there, but"),
    "a list spoilt": (lambda f: (f / "manifest-sha256.txt").write_text("nonsense"), "has the line 'nonsense'"),
    "a list in bytes": (lambda f: (f / "manifest-sha256.txt").write_bytes(b"\xff\xfe"), "is not UTF-8"),
    "a path out": (lambda f: (f / "manifest-sha256.txt").write_text(f"{'0' * 64}  data/../../x"), "could lead out"),
    "a link": (lambda f: (f / "data" / "l.csv").symlink_to("/etc/hostname"), "is a link or no plain file"),
    "a linked folder": (lambda f: (f / "data" / "l").symlink_to(f.parent), "is a link or no plain file"),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERINGS)
def test_a_tampered_archive_is_refused(what: str, copy: Path, tmp_path: Path) -> None:
    tamper, message = TAMPERINGS[what]
    assert archive.read_archive(copy).fingerprint
    tamper(copy)
    with pytest.raises(ValueError, match=message):
        archive.read_archive(copy)
    with pytest.raises(ValueError, match=message):
        tk.rehydrate(copy, make_copies(tmp_path / "mine"))


def test_the_fingerprint_tells_a_rewritten_archive(study: Study, written: Path, tmp_path: Path) -> None:
    again = archive.write_archive(study, tmp_path / "again", about=PUBLISHED)
    other = archive.write_archive(study, tmp_path / "other", about={**PUBLISHED, "title": "Other"})
    prints = [archive.read_archive(path).fingerprint for path in (written, again, other)]
    assert prints[0] == prints[1] != prints[2]


def test_a_zip_is_the_same_archive_and_the_same_bytes(study: Study, written: Path, tmp_path: Path) -> None:
    one = archive.write_archive(study, tmp_path / "a" / "codes.zip", about=PUBLISHED)
    two = archive.write_archive(study, tmp_path / "b" / "codes.zip", about=PUBLISHED)
    assert one.read_bytes() == two.read_bytes()
    assert archive.read_archive(one).fingerprint == archive.read_archive(written).fingerprint
    with zipfile.ZipFile(one) as bag:
        bag.extractall(tmp_path / "unpacked")
    assert repeated(list(ARTICLES.values()), tmp_path / "unpacked") == []
    assert archive.read_archive(tmp_path / "unpacked" / "codes").tables["positions"].shape[0] == 2
    assert len(tk.rehydrate(one, make_copies(tmp_path / "mine")).study.positions) == 2


def zipped(tmp_path: Path, entry: str | zipfile.ZipInfo, content: bytes = b"x") -> Path:
    path = tmp_path / "evil.zip"
    write_bag({"a.txt": b"a"}, path, info={})
    with zipfile.ZipFile(path, "a") as bag:
        bag.writestr(entry, content)
    return path


@pytest.mark.parametrize(
    "name",
    ["../evil.txt", "evil/../../evil.txt", "/etc/evil", "evil/data/..\\evil.txt", "C:/evil.txt", "evil//x", "evil/./x",
     "\\\\host\\evil", "evil/data/x\ny"],
)  # fmt: skip
def test_paths_that_lead_out_of_a_zip_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="could lead out of the archive"):
        read_bag(zipped(tmp_path, name))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["evil.zip"]


def test_links_and_repeated_names_in_a_zip_are_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("evil/data/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(ValueError, match="is a link or no plain file"):
        read_bag(zipped(tmp_path, link, b"/etc/passwd"))
    (tmp_path / "evil.zip").unlink()
    with pytest.warns(UserWarning, match="Duplicate name"), pytest.raises(ValueError, match="is there twice"):
        read_bag(zipped(tmp_path, "evil/data/a.txt"))


def test_a_zip_that_would_fill_the_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolkit.bags._LARGEST", 10_000)
    with pytest.raises(ValueError, match="holds more than 10,000 bytes"):
        read_bag(zipped(tmp_path, "evil/data/big.txt", b"0" * 20_000))


@pytest.mark.parametrize("name", ["../x", "/x", "a/../x", "a\\x", "", "c:x", "a//b"])
def test_nothing_is_written_outside_of_a_bag(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="could lead out"):
        write_bag({name: b"x"}, tmp_path / "bag", info={})
    assert not list(tmp_path.iterdir())


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere does not exist"):
        archive.read_archive(tmp_path / "nowhere")
    (tmp_path / "text.zip").write_text("no zip")
    with pytest.raises(ValueError, match="neither a folder nor a zip file"):
        archive.read_archive(tmp_path / "text.zip")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match=r"no archive of this toolkit, or was changed: bag-info\.txt"):
        archive.read_archive(tmp_path / "empty")
    with pytest.raises(ValueError, match=r"no archive of this toolkit: tables/withheld\.csv"):
        archive.read_archive(write_bag({"a.txt": b"a"}, tmp_path / "bag", info={}))


def test_nothing_is_overwritten(study: Study, copy: Path) -> None:
    with pytest.raises(FileExistsError, match="exists already; give a new name"):
        archive.write_archive(study, copy)


def test_percent_signs_and_umlauts_in_names_come_back(tmp_path: Path) -> None:
    files = {"notebooks/50% übrig.py": b"x", "a b.txt": b"", "100%25.txt": b"y"}
    assert read_bag(write_bag(files, tmp_path / "bag", info={"Title": "two\nlines"})).files == files
    assert read_bag(write_bag(files, tmp_path / "bag.zip", info={})).files == files


def test_the_crate_lists_every_file(written: Path) -> None:
    from rocrate.rocrate import ROCrate

    made = ROCrate(written / "data")
    there = {p.relative_to(written / "data").as_posix() for p in (written / "data").rglob("*") if p.is_file()}
    listed = {entity.id for entity in made.data_entities}
    assert there - {"ro-crate-metadata.json"} == {name.replace("%20", " ") for name in listed}
    assert made.root_dataset["name"] == "Truce codes"
    assert made.root_dataset["datePublished"] == "2026-01-31"
    assert [author["name"] for author in made.root_dataset["author"]] == ["Ada Obi"]


def test_readme_environment_and_codebook_are_there(written: Path) -> None:
    data = written / "data"
    text = (data / "README.md").read_text("utf-8")
    assert text.startswith("# Truce codes\n")
    assert "| `tables/positions.csv` | 2 |" in text
    assert re.search(r"(?m)^pandas==\d", (data / "environment.txt").read_text("utf-8"))
    book = load_codebook(data / "codebook" / "codebook.toml")
    assert book.sha256 == load_codebook().sha256
    assert len(pd.read_csv(data / "codebook" / "issues.csv")) == len(book.issues)


def test_without_the_library_the_extra_is_named(study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rocrate.rocrate", None)
    with pytest.raises(ImportError, match=r'pip install "diplomatic-positions-toolkit\[archive\]"'):
        archive.write_archive(study, tmp_path / "a")


def make_notebook(path: Path, source: str = "study.positions") -> Path:
    cells = [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["# Codes"],
         "attachments": {"page.png": {"image/png": "AAAA"}}},
        {"cell_type": "code", "id": "b", "metadata": {"secret": TALKS}, "execution_count": 3, "source": [source],
         "outputs": [{"output_type": "stream", "name": "stdout", "text": [TALKS]}]},
    ]  # fmt: skip
    kernel = {"kernelspec": {"name": "python3"}, "widgets": {"state": TALKS}}
    path.write_text(json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}))
    return path


def test_notebooks_go_in_without_outputs(study: Study, tmp_path: Path) -> None:
    script = tmp_path / "count.py"
    script.write_text("print(len(study.positions))\n", encoding="utf-8")
    given = [make_notebook(tmp_path / "codes.ipynb"), script]
    made = archive.write_archive(study, tmp_path / "a", notebooks=given)
    kept = json.loads((made / "data" / "notebooks" / "codes.ipynb").read_text("utf-8"))
    assert [cell["source"] for cell in kept["cells"]] == [["# Codes"], ["study.positions"]]
    assert kept["cells"][1]["outputs"] == []
    assert kept["metadata"] == {"kernelspec": {"name": "python3"}}
    assert (made / "data" / "notebooks" / "count.py").read_text("utf-8") == "print(len(study.positions))\n"
    assert repeated(list(ARTICLES.values()), made) == []


def test_a_notebook_that_quotes_an_article_is_refused(study: Study, tmp_path: Path) -> None:
    path = make_notebook(tmp_path / "codes.ipynb", "# the guns must fall silent before the rains")
    with pytest.raises(ValueError, match=r"codes\.ipynb has six words .*'the guns must fall silent before'.*own_words"):
        archive.write_archive(study, tmp_path / "a", notebooks=[path])
    made = archive.write_archive(study, tmp_path / "a", notebooks=[path], own_words=["codes.ipynb"])
    assert (made / "data" / "notebooks" / "codes.ipynb").exists()


def test_a_description_that_quotes_an_article_is_refused(study: Study, tmp_path: Path) -> None:
    about = {"title": "The guns must fall silent before the rains come"}
    with pytest.raises(ValueError, match=r"about\.json has six words"):
        archive.write_archive(study, tmp_path / "a", about=about)


def test_coding_sheets_go_in_without_words(study: Study, tmp_path: Path) -> None:
    sheet = study.positions[["position_id", "article_id", "start", "end", "text", "actor", "stance"]]
    sheet = sheet.rename(columns={"position_id": "id"}).assign(
        decision="keep", coder="AO", comment=["the guns must fall silent before the rains come: clear", pd.NA]
    )
    made = archive.write_archive(study, tmp_path / "a", sheets={"sample": sheet})
    rows = pd.read_csv(made / "data" / "sheets" / "sample.csv", encoding="utf-8-sig")
    assert rows["decision"].tolist() == ["keep", "keep"]
    assert rows["comment"][0].startswith("the guns must… #")
    assert "text" not in rows
    assert repeated(list(ARTICLES.values()), made) == []


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"about": {"titel": "x"}}, ValueError, "a key of about is 'titel'.*Did you mean 'title'"),
        ({"about": {"authors": "Ada Obi"}}, ValueError, r"expected a list, as \['Ada Obi'\]"),
        ({"about": {"published": "soon"}}, ValueError, "published is 'soon'; expected a day"),
        ({"notebooks": ["nowhere.ipynb"]}, FileNotFoundError, "notebook nowhere.ipynb does not exist"),
        ({"sheets": {"../x": pd.DataFrame()}}, ValueError, "a sheet is called '../x'"),
        ({"codebook": "nowhere.toml"}, FileNotFoundError, "codebook nowhere.toml does not exist"),
    ],
)
def test_bad_options_are_refused(
    options: Any, error: type[Exception], message: str, study: Study, tmp_path: Path
) -> None:
    with pytest.raises(error, match=message):
        archive.write_archive(study, tmp_path / "a", **options)
    assert not (tmp_path / "a").exists()


def test_another_codebook_is_refused(study: Study, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        'name = "Own"\nversion = "1"\n[[issue]]\nid = "truce"\nlabel = "Truce"\nproposition = "The truce holds."\n'
        'supports = "yes"\nopposes = "no"\nphrases_support = []\nphrases_oppose = []\n',
        encoding="utf-8",
    )
    with pytest.raises(ValueError, match=r"own\.toml is not the one of the study"):
        archive.write_archive(study, tmp_path / "a", codebook=own)
    made = {**study.provenance, "codebook_sha256": load_codebook(own).sha256}
    mine = Study(study.tables, study.originals, made)
    with pytest.raises(ValueError, match="a codebook of your own; give it"):
        archive.write_archive(mine, tmp_path / "a")
    book = archive.write_archive(mine, tmp_path / "a", codebook=own) / "data" / "codebook" / "codebook.toml"
    assert book.read_bytes() == own.read_bytes()


def test_a_study_without_articles_can_be_archived(tmp_path: Path) -> None:
    empty = Study({name: table(name, []) for name in TABLES}, {}, {})
    made = archive.write_archive(empty, tmp_path / "a")
    make_copies(tmp_path / "mine")
    again = tk.rehydrate(made, tmp_path / "mine")
    assert again.report.empty
    for name in TABLES:
        pd.testing.assert_frame_equal(again.study.tables[name], empty.tables[name])


VOCABULARY = ["ada", "Bo", "of", "the", "=north", "@x", "_b_", "é", "a\rb", "\x00", "lake,"]
WORDS = st.lists(st.sampled_from(VOCABULARY), max_size=14)
CELL = st.one_of(st.none(), WORDS.map(" ".join))


@settings(deadline=None, max_examples=40)
@given(WORDS, st.lists(st.tuples(CELL, CELL, CELL, st.lists(WORDS.map(" ".join), max_size=3)), min_size=1, max_size=4))
def test_no_six_words_of_any_text_get_into_a_table(text: list[str], rows: list[Any]) -> None:
    texts = {"a": " ".join(text)}
    guard = Guard(texts.values())
    quotes = [
        Quote("a", f"a:q{n}", "direct", texts["a"], ((0, len(texts["a"])),), source, None, None, None, None, None,
              role=role, via=via, speakers=tuple(speakers), confidence=0.5)
        for n, (source, role, via, speakers) in enumerate(rows)
    ]  # fmt: skip
    frame = table("quotes", quotes)
    archived, noted = withhold("quotes", frame, texts, guard, new_ids(["a"], texts, guard))
    with tempfile.TemporaryDirectory() as folder:
        (path,) = write_tables({"quotes": archived}, Path(folder), "csv")
        content = path.read_bytes()
    assert not runs(content.decode("utf-8-sig")) & runs(texts["a"])
    cells = pd.read_csv(io.BytesIO(content), dtype="str", keep_default_na=False, encoding="utf-8-sig")
    withheld = pd.DataFrame(noted, columns=list(WITHHELD)).astype(WITHHELD)
    back, wrong = restore("quotes", read_cells(cells, "quotes"), withheld, texts)
    assert wrong == []
    assert back["text"].tolist() == frame["text"].tolist()
    assert back["spans"].tolist() == frame["spans"].tolist()
    for one, two in zip(frame["speakers"], back["speakers"], strict=True):
        assert len(one) == len(two)


def test_words_of_several_cells_and_names_do_not_run_together() -> None:
    text = "Bo Lind of the lake house met Bo Lind, Chi Okafor, Dan Reyes."
    frame = pd.DataFrame(
        {
            "article_id": ["a", "a"],
            "actor": ["Bo Lind", "Chi Okafor"],
            "role": ["of the lake house", "of the lake house"],
            "speakers": [["Bo Lind", "Chi Okafor", "Dan Reyes"], []],
        }
    )
    archived, noted = withhold("sheet", frame, {"a": text}, Guard([text]), {})
    lines = [" ".join(map(str, row)) for row in archived.itertuples(index=False)]
    assert not runs("\n".join(lines)) & runs(text)
    assert re.fullmatch(r"#[0-9a-f]{12}", archived["role"][0])
    assert archived["role"][1] == "of the lake house"
    assert archived["actor"].tolist() == ["Bo Lind", "Chi Okafor"]
    assert json.loads(archived["speakers"][0]) == {"1": "Bo Lind", "2": "Chi Okafor", "3": "Dan Reyes"}
    assert [(note["row"], note["column"], text[note["start"] : note["end"]]) for note in noted] == [
        (0, "role", "of the lake house")
    ]
