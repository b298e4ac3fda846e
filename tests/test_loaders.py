"""Reading of files, folders and tables: what is read, what is skipped, and what the report says."""

import csv
import hashlib
import json
import os
import re
import tomllib
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from toolkit import readers
from toolkit.decoding import Unreadable, decode
from toolkit.loaders import Loading, load
from toolkit.outputs import REPORT_MARK, WORK
from toolkit.records import table

SEEDS = Path(__file__).parent.parent / "seeds"
TALK = "“We want peace,” the minister’s aide said – in Paris. She paid €5 at the café.\n\nNobody else spoke.\n"
PAGE = """<html lang="en-GB"><head><title>Ministers meet in Oslo</title>
<meta property="og:site_name" content="The Fjord Times"><meta name="author" content="Ana Lee">
<meta property="article:published_time" content="2024-05-03T10:00:00Z"></head><body><nav>Home</nav><article>
<h1>Ministers meet in Oslo</h1><p>OSLO – The ministers of both states met on Tuesday and agreed that the talks would go
on for as long as needed.</p><p>“We are hopeful,” the host said after the meeting, adding that more work remained.</p>
</article></body></html>"""


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def skipped(loading: Loading) -> dict[str, str]:
    return {e.path: e.note or "" for e in loading.report if e.status == "skipped"}


def ids(loading: Loading) -> list[str]:
    return [article.article_id for article in loading.articles]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TALK.encode(), "utf-8"),
        (TALK.encode("utf-8-sig"), "utf-8"),
        (TALK.encode("utf-16"), "utf-16-le"),
        (b"\xfe\xff" + TALK.encode("utf-16-be"), "utf-16-be"),
        (TALK.encode("utf-16-le"), "utf-16-le"),
        (TALK.encode("utf-16-be"), "utf-16-be"),
        (TALK.encode("utf-32"), "utf-32-le"),
        (TALK.encode("cp1252"), "cp1252"),
        ((TALK * 2000).encode("cp1252"), "cp1252"),
        (("Plain words. " * 20_000 + TALK).encode("cp1252"), "cp1252"),
        (("The talks go on, she said. " * 20 + "He didn’t answer.").encode("cp1252"), "cp1252"),
        (("The minister told the assembly that talks would go on. " * 200 + "naïve").encode("cp1252"), "cp1252"),
        (("Министр сказал, что переговоры начнутся завтра. " * 9).encode("cp1251"), "cp1251"),
    ],
)
def test_encodings(content: bytes, encoding: str) -> None:
    decoded = decode(content)
    assert decoded.encoding == encoding
    assert decoded.text.strip("\ufeff").encode(encoding) in content
    assert not decoded.text.startswith("\ufeff")


@pytest.mark.parametrize(
    ("text", "encoding", "guessed"),
    [
        ("Lech Wałęsa met the minister in Gdańsk. She said that nobody had left. " * 3, "cp1250", True),
        ("“We will not yield,” the minister told the assembly. Nobody else spoke. " * 3, "mac-roman", True),
        ("Le ministre a été reçu à l’Élysée ; il a été réélu après de longues années. " * 3, "cp1252", True),
        (TALK * 3, "cp1252", False),
        ("“We want peace,” the minister said – in Paris…", "cp1252", False),
        ("Café “Öl”", "utf-8", False),
    ],
)
def test_a_guessed_encoding_is_reported(text: str, encoding: str, guessed: bool) -> None:
    note = "the encoding was guessed; check that quotation marks and accents look right"
    assert decode(text.encode(encoding)).note == (note if guessed else None)


SAID = "Erdoğan said that the talks in Şırnak would go on for as long as was needed by both of the states. " * 5


@pytest.mark.parametrize(
    ("head", "encoding", "read", "text"),
    [
        ('<meta charset="windows-1254">', "cp1254", "cp1254", SAID),
        (
            "<META http-equiv=Content-Type content='text/html; charset=ISO-8859-9'>",
            "cp1254",
            "cp1254",
            SAID,
        ),
        ('<meta charset="gb2312">', "gb18030", "gb18030", SAID + "谈判继续"),
        ('<meta charset="windows-1254">', "utf-8", "utf-8", SAID),
        ('<meta charset="windows-1254">', "utf-8-sig", "utf-8", SAID),
        ('<meta charset="iso-8859-1">', "cp1252", "cp1252", "“No,” said Ana – in Paris. " * 20),
        ('<meta charset="hex">', "cp1252", "cp1252", "“No,” said Ana – in Paris. " * 20),
        ('<meta charset="nonsense">', "cp1252", "cp1252", "“No,” said Ana – in Paris. " * 20),
        ('<meta charset="ascii">', "utf-8", "utf-8", SAID),
        ('<meta charset="iso-8859-2">', "cp1252", "cp1252", "“No,” said Ana – in Paris. " * 20),
    ],
)
def test_a_page_is_decoded_as_it_says(tmp_path: Path, head: str, encoding: str, read: str, text: str) -> None:
    page = f"<html><head>{head}<title>Talks</title></head><body><article><p>{text}</p></article></body></html>"
    loading = load(write(tmp_path, "a.html", page.encode(encoding)))
    assert [article.text for article in loading.articles] == [text.strip()]
    assert [(entry.encoding, entry.note) for entry in loading.report] == [(read, None)]


def test_only_a_page_is_decoded_as_it_says(tmp_path: Path) -> None:
    words = 'The page said <meta charset="windows-1251"> at its top. “No,” said Ana – in Paris.'
    assert load(write(tmp_path, "a.txt", words.encode("cp1252"))).articles[0].text == words


def test_a_damaged_end_does_not_spoil_the_rest() -> None:
    decoded = decode(TALK.encode()[:-30] + "’".encode()[:2])
    assert decoded.encoding == "utf-8"
    assert decoded.text.startswith("“We want peace,”")
    assert decoded.note == "1 character could not be decoded and read as \ufffd"


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7 ...",
        b"PK\x03\x04docx",
        b"\x89PNG\r\n\x1a\n",
        bytes(range(256)) * 9,
        b"abc\x00def",
        b"\x01\x02\x03" * 99,
    ],
)
def test_binary_data_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable, match="it is "):
        decode(content)


def test_line_ends_and_spaces_stay(tmp_path: Path) -> None:
    text = "  First.\r\n\r\nSecond.\rThird.\n\n\u00a0 "
    assert load(write(tmp_path, "a.txt", text)).articles[0].text == text


def test_the_seeds_are_read_with_what_text_and_sidecar_say() -> None:
    loading = load(SEEDS)
    first, second = loading.articles
    assert repr(loading) == "2 articles read, 1 file skipped: README.md (a README, which is not an article)"
    assert (first.article_id, first.title, first.author, first.outlet) == ("hun_sen_kishida_2022", None, None, None)
    assert (first.date, first.date_source, first.regions) == ("2022-03-22", "inferred", ())
    assert (second.date, second.date_source, second.place) == ("2025-01-17", "text", "Phnom Penh")
    assert (second.title, second.author, second.outlet) == (
        "Hun Sen Appeals for Russia-Ukraine Peace Talks",
        "Rin Ousa",
        "Cambodianess",
    )
    assert [(r.kind, r.start, r.end) for r in second.regions] == [
        ("headline", 0, 46),
        ("caption", 48, 233),
        ("byline", 238, 284),
        ("furniture", 287, 302),
        ("dateline", 304, 317),
        ("furniture", 3804, 3834),
    ]


@pytest.mark.parametrize(
    ("name", "digest"),
    [
        ("hun_sen_kishida_2022.txt", "33e4d29a350f0abb5beb63ce713c741f261b813d09c36a53a72f683325d98546"),
        ("hun_sen_peace_talks_2025.txt", "ad75d965d9b037bb0f8b1a65f0da84513faceb9043c24c2c44351fcb4fc80396"),
    ],
)
def test_the_seeds_are_byte_for_byte(name: str, digest: str) -> None:
    assert hashlib.sha256((SEEDS / name).read_bytes()).hexdigest() == digest
    assert name in tomllib.loads((SEEDS / "articles.toml").read_text(encoding="utf-8"))


def test_a_folder_is_read_in_order_and_says_what_it_left_aside(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", "sub/c.txt"):
        write(tmp_path, name, TALK)
    write(tmp_path, "README.txt", "About these files.")
    write(tmp_path, ".DS_Store", b"\x00\x01")
    write(tmp_path, ".git/config", "x")
    write(tmp_path, "~$b.txt", "x")
    write(tmp_path, "empty.txt", " \n")
    write(tmp_path, "scan.pdf", b"%PDF-1.4")
    write(tmp_path, "renamed.txt", b"%PDF-1.4")
    write(tmp_path, "notes.py", "x")
    loading = load(tmp_path)
    assert ids(loading) == ["a", "b", "c"]
    assert [article.path for article in loading.articles] == ["a.md", "b.txt", "sub/c.txt"]
    notes = skipped(loading)
    assert sorted(notes) == [
        ".DS_Store",
        ".git",
        "README.txt",
        "empty.txt",
        "notes.py",
        "renamed.txt",
        "scan.pdf",
        "~$b.txt",
    ]
    assert notes["empty.txt"] == "it is empty"
    assert notes["scan.pdf"].startswith("it is damaged (")
    assert notes["renamed.txt"].startswith("it is damaged (")
    assert table("loading", loading.report)["status"].tolist().count("read") == 3


def test_a_linked_folder_is_listed(tmp_path: Path) -> None:
    write(tmp_path, "elsewhere/a.txt", TALK)
    write(tmp_path, "in/b.txt", TALK)
    for link, goal in (("more", "../elsewhere"), ("ring", "."), (".hidden", "../elsewhere"), ("c.txt", "b.txt")):
        (tmp_path / "in" / link).symlink_to(goal)
    loading = load(tmp_path / "in")
    assert ids(loading) == ["b"]
    linked = "a linked folder; give its path itself"
    assert skipped(loading) == {
        ".hidden": "a hidden folder",
        "more": linked,
        "ring": linked,
        "c.txt": "it was given twice",
    }
    assert ids(load([tmp_path / "in", tmp_path / "in" / "more"])) == ["b", "a"]


def test_what_the_toolkit_wrote_is_no_article(tmp_path: Path) -> None:
    made = '{"settings": {"toolkit": "1", "file_format": "csv"}}'
    studied = '{\n "provenance": {\n  "toolkit": "1"\n },\n "articles": []\n}'
    for name, content in (("run/run.json", made), ("study/study.json", studied), ("mine/run.json", '{"settings": {}}')):
        folder = name.split("/")[0]
        write(tmp_path, name, content)
        for name in ("loading.csv", f"{WORK}/a.txt", "b.txt", "positions.parquet/part-000000.parquet"):
            write(tmp_path, f"{folder}/{name}", f"id,text\n{folder},One\n" if name.endswith("csv") else TALK)
    write(tmp_path, "report.html", PAGE.replace("<head>", f"<head>{REPORT_MARK}"))
    loading = load(tmp_path)
    assert [article.path for article in loading.articles] == [
        *("mine/b.txt", "mine/loading.csv", "mine/positions.parquet/part-000000.parquet", f"mine/{WORK}/a.txt"),
        *("run/b.txt", "run/positions.parquet/part-000000.parquet", f"run/{WORK}/a.txt"),
        *("study/b.txt", "study/loading.csv", f"study/{WORK}/a.txt"),
    ]
    assert {path: note for path, note in skipped(loading).items() if not path.startswith("mine")} == {
        "report.html": "it is a report of this toolkit and no article",
        "run": "it holds tables of this toolkit, which are no articles",
        "study": "it holds tables of this toolkit, which are no articles",
    }


def test_an_empty_folder_and_an_empty_file(tmp_path: Path) -> None:
    loading = load(tmp_path)
    assert loading.articles == []
    assert [entry.note for entry in loading.report] == ["the folder is empty"]
    assert skipped(load(write(tmp_path, "a.txt", ""))) == {"a.txt": "it is empty"}


def test_a_missing_path_names_the_nearest(tmp_path: Path) -> None:
    write(tmp_path, "speeches.csv", "text\nx\n")
    with pytest.raises(FileNotFoundError, match=r"There is no file or folder .*speechs\.csv\. Did you mean 'speeches"):
        load(tmp_path / "speechs.csv")
    loading = load([tmp_path / "speechs.csv", tmp_path / "speeches.csv"])
    assert ids(loading) == ["speeches-1"]
    assert len(skipped(loading)) == 1
    for wrong in ("no\0name", "x" * 5000, [tmp_path / "a", tmp_path / "b"]):
        with pytest.raises(FileNotFoundError):
            load(wrong)
    with pytest.raises(ValueError, match="paths is empty"):
        load([])


def test_what_cannot_be_opened_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a.txt", TALK)
    write(tmp_path, "b.txt", TALK)
    write(tmp_path, "c.txt", TALK + "long " * 100)
    os.mkfifo(tmp_path / "d.txt")
    (tmp_path / "e.txt").symlink_to(tmp_path / "nowhere")
    open_path = Path.open

    def refuse(path: Path, *given: Any) -> Any:
        if path.name == "b.txt":
            raise PermissionError(13, "Permission denied")
        return open_path(path, *given)

    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr(readers, "LARGEST_TEXT", 400)
    loading = load(tmp_path)
    assert ids(loading) == ["a"]
    assert skipped(loading) == {
        "b.txt": "it cannot be opened: Permission denied",
        "c.txt": "it is larger than 0 MB; split it",
        "d.txt": "it is not a regular file",
        "e.txt": "it is not a regular file",
    }


def test_the_same_name_twice(tmp_path: Path) -> None:
    write(tmp_path, "2022/talks.txt", TALK)
    write(tmp_path, "2023/talks.txt", TALK)
    write(tmp_path, "2023/talks.md", TALK)
    write(tmp_path, "2023/vote.txt", TALK)
    write(tmp_path, "2023/vote.pdf", b"%PDF")
    loading = load([tmp_path, tmp_path / "2023" / "vote.txt"])
    assert ids(loading) == ["2022/talks", "2023/talks.md", "2023/talks.txt", "vote"]
    assert loading.report[0].note == "called 2022/talks because another file is called talks too"
    assert skipped(loading)["vote.txt"] == "it was given twice"


def test_web_pages(tmp_path: Path) -> None:
    write(tmp_path, "a.html", PAGE)
    write(tmp_path, "b.html", "<html><body></body></html>")
    loading = load(tmp_path)
    (article,) = loading.articles
    assert (article.title, article.date, article.date_source) == ("Ministers meet in Oslo", "2024-05-03", "metadata")
    assert (article.author, article.outlet, article.language) == ("Ana Lee", "The Fjord Times", "en")
    assert article.place == "Oslo"
    assert "<p>" not in article.text
    assert "Home" not in article.text
    assert skipped(loading) == {"b.html": "no article was found in the page; save its text as .txt"}


def test_the_sidecar_goes_before_the_text(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", f"Ministers agree to go on talking\n\nBy Ana Lee\nMarch 3, 2024\n\n{TALK}")
    write(tmp_path, "b.txt", TALK)
    write(tmp_path, "c.txt", f"Address to the assembly\n\n{TALK}")
    said = '["a.txt"]\ndate = 2024-03-04\noutlet = "Fjordpost"\n["b.txt"]\ndate = "5 March 2024"\n'
    said += 'date_source = "inferred"\nnote = "by the events"\n["c.txt"]\nspeaker = "Ben Roe"\n'
    said += '["d.html"]\ntitle = "Talks"\n["e.csv"]\noutlet = "Fjordpost"\nlanguage = "no"\n'
    write(tmp_path, "articles.toml", said)
    write(tmp_path, "d.html", PAGE)
    write(tmp_path, "e.csv", "text,outlet\nOne,Havpost\nTwo,\n")
    a, b, c, d, e, f = load(tmp_path).articles
    assert (d.title, d.date, d.outlet) == ("Talks", "2024-05-03", "The Fjord Times")
    assert (e.outlet, e.language, f.outlet) == ("Havpost", "no", "Fjordpost")
    assert (a.date, a.date_source, a.outlet, a.author) == ("2024-03-04", "metadata", "Fjordpost", "Ana Lee")
    assert (b.date, b.date_source) == ("2024-03-05", "inferred")
    assert (c.speaker, c.regions, c.title) == ("Ben Roe", (), None)
    assert load(tmp_path / "b.txt").report[-1].note == "by the events"


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (
            '["a.txt"]\nautor = "Ana"',
            r"articles.toml: unknown key 'autor' for a.txt; expected .* Did you mean 'author'\?",
        ),
        ('["a.txt"]\ndate = "soon"', "articles.toml: date of a.txt is 'soon'; write it as YYYY-MM-DD"),
        ('["a.txt"]\ntitle = 5', "title of a.txt is 5; write it in quotation marks"),
        ('["a.txt"]\ndate = 2024-01-01\ndate_source = "guess"', "date_source of a.txt is 'guess'; expected one of"),
        ('["a.txt"]\ndate_source = "inferred"', "beside a date"),
        ("[a.txt]\ntitle = 'x'", r'write the file name in quotation marks: \["a.txt"\]'),
        ("title = 'x'", "'title' stands outside a table"),
        ("not toml", "articles.toml cannot be read"),
        (b"\xff\xfe\x00", "articles.toml cannot be read"),
        ('["b.txt"]\ntitle = "x"', r"describes b.txt, which is not in its folder. Did you mean 'a.txt'\?"),
    ],
)
def test_a_wrong_sidecar_is_reported_and_stops_nothing(tmp_path: Path, said: str | bytes, message: str) -> None:
    write(tmp_path, "a.txt", TALK)
    write(tmp_path, "articles.toml", said)
    loading = load(tmp_path)
    assert ids(loading) == ["a"]
    assert re.search(message, skipped(loading)["articles.toml"])


@pytest.mark.parametrize(("written", "stored"), [("NFC", "NFD"), ("NFD", "NFC"), ("NFD", "NFD")])
def test_a_sidecar_knows_a_name_however_its_accents_are_stored(tmp_path: Path, written: str, stored: str) -> None:
    name = "Müller spricht.txt"
    write(tmp_path, normalize(stored, name), TALK)
    write(tmp_path, "articles.toml", f'["{normalize(written, name)}"]\ndate = 2024-03-04\n')
    loading = load(tmp_path)
    assert [article.date for article in loading.articles] == ["2024-03-04"]
    assert skipped(loading) == {}


def test_of_two_entries_the_one_with_the_very_name_counts(tmp_path: Path) -> None:
    for form in ("NFC", "NFD"):
        write(tmp_path, normalize(form, "Müller.txt"), TALK)
    if len(list(tmp_path.iterdir())) < 2:
        pytest.skip("this file system takes the two names for one")
    said = "".join(f'["{normalize(form, "Müller.txt")}"]\nauthor = "{form}"\n' for form in ("NFC", "NFD"))
    write(tmp_path, "articles.toml", said)
    assert sorted((normalize("NFC", a.path or "") == a.path, a.author) for a in load(tmp_path).articles) == [
        (False, "NFD"),
        (True, "NFC"),
    ]


def test_a_table_with_its_own_column_names(tmp_path: Path) -> None:
    text = ' He said "no".\r\n\r\nThen he left. \n'
    path = tmp_path / "speeches.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(
            [["ref", "body", "when", "country", "Title"], ["7", text, "3/14/2022", "Fiji", "A talk"]]
        )
    loading = load(path, columns={"id": "ref", "text": "body", "date": "when", "speaker": "country"})
    (article,) = loading.articles
    assert (article.article_id, article.text, article.title) == ("7", text, "A talk")
    assert (article.date, article.date_source, article.speaker) == ("2022-03-14", "metadata", "Fiji")
    assert (article.path, article.regions, loading.report[0].path) == ("speeches.csv", (), "speeches.csv, row 1")


def test_no_furniture_is_looked_for_in_speeches(tmp_path: Path) -> None:
    rows = [{"text": f"Ministers agree to go on talking\n\nShare\n\n{TALK}", "speaker": s} for s in ("Fiji", None)]
    path = write(tmp_path, "a.jsonl", "\n".join(map(json.dumps, rows)))
    assert [article.regions for article in load(path).articles] == [(), ()]
    path = write(tmp_path, "b.jsonl", json.dumps({"text": rows[0]["text"]}))
    assert [region.kind for region in load(path).articles[0].regions] == ["headline", "furniture"]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_separators(tmp_path: Path, mark: str) -> None:
    path = write(tmp_path, "a.csv", f'id{mark}text\nx{mark}"One{mark} two"\ny{mark}Three\n')
    assert [(a.article_id, a.text) for a in load(path).articles] == [("x", f"One{mark} two"), ("y", "Three")]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("before", "mark"),
    [
        *[("sep=;", ";"), ('"sep=;"', ";"), ("SEP=|", "|"), ("sep=\t", "\t"), ("sep=,,", ","), ("\nsep=;", ";")],
        *[("", ";"), ("\n \n", ";"), (";;", ";"), ("", "\t")],
    ],
)
def test_lines_before_the_header(tmp_path: Path, before: str, mark: str, end: str) -> None:
    lines = [*before.split("\n"), f"id{mark}text", f'a{mark}"One{mark} two"', f"b{mark}Two"]
    loading = load(write(tmp_path, "t.csv", end.join(lines)))
    assert [(a.article_id, a.text) for a in loading.articles] == [("a", f"One{mark} two"), ("b", "Two")]
    assert [entry.note for entry in loading.report] == [None, None]


def test_damaged_rows_stop_nothing(tmp_path: Path) -> None:
    content = "id,text,date\n1,One,2022-01-01\n1,Again,\n2,,\n\n3,Th\0ree,\n4,too,many,cells\n,Four,soon\n5\n"
    loading = load(write(tmp_path, "t.csv", content))
    assert [(a.article_id, a.text) for a in loading.articles] == [("1", "One"), ("t-6", "Four")]
    notes = skipped(loading)
    assert [path.split("row ")[1] for path in notes] == ["2", "3", "4", "5", "7"]
    assert notes["t.csv, row 2"] == "another article has the id '1'; give each row an id of its own"
    assert notes["t.csv, row 3"] == "it has no text"
    assert "zero bytes" in notes["t.csv, row 4"]
    assert notes["t.csv, row 5"] == "it has 4 cells under 3 columns; put cells that hold ',' in quotes"
    assert loading.report[5].note == "its date 'soon' is not understood; write YYYY-MM-DD"


def test_spaces_around_cells_are_dropped_but_not_those_of_the_text(tmp_path: Path) -> None:
    rows = [["id", "text", "speaker", "date"], [" 1", " One \n", "Kenya ", " 2022-01-01"], ["2", "Two", "Kenya", " "]]
    path = tmp_path / "t.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    said = [(a.article_id, a.text, a.speaker, a.date) for a in load(path).articles]
    assert said == [("1", " One \n", "Kenya", "2022-01-01"), ("2", "Two", "Kenya", None)]


def test_tables_of_the_same_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    for folder in ("2021", "2022"):
        write(tmp_path, f"{folder}/speeches.csv", f"text,id\nIn {folder}.,\nAgain.,\nOnce more.,x\n")
    loading = load(tmp_path)
    assert ids(loading) == ["2021/speeches-1", "2021/speeches-2", "x", "2022/speeches-1", "2022/speeches-2"]
    assert loading.report[0].note == "called 2021/speeches-1 because another file is called speeches-1 too"
    assert skipped(loading) == {
        "2022/speeches.csv, row 3": "another article has the id 'x'; give each row an id of its own"
    }
    assert ids(load(tmp_path / "2021")) == ["speeches-1", "speeches-2", "x"]


def test_damaged_json_lines_stop_nothing(tmp_path: Path) -> None:
    lines = ['{"id": 5, "text": "One\u2028still one", "author": ["Ana", "Ben"]}', "{broken", "[1]", '{"text": 5}']
    lines += ['{"id": 6}', '{"text": "half \\ud800"}', "[" * 100_000, '{"text": "Two"}\r', ""]
    loading = load(write(tmp_path, "t.jsonl", "\n".join(lines)))
    assert [(a.article_id, a.text, a.author) for a in loading.articles] == [
        ("5", "One\u2028still one", "Ana, Ben"),
        ("t-8", "Two", None),
    ]
    assert len(skipped(loading)) == 6


def test_ids_of_rows_sort_as_they_stand(tmp_path: Path) -> None:
    path = write(tmp_path, "t.csv", "text\n" + "One\n" * 12)
    assert ids(load(path)) == sorted(ids(load(path)))
    assert ids(load(path))[-1] == "t-12"


QUOTING = "a quotation mark in a cell must stand twice, and the cell in quotation marks"


@pytest.mark.parametrize(
    ("name", "content", "read", "notes"),
    [
        (
            "t.csv",
            'id,text\n1,"We will not yield," said the minister. "Never."\n2,"She said ""no""."\n',
            [("2", 'She said "no".')],
            [f"it cannot be read: ',' expected after '\"'; {QUOTING}", None],
        ),
        (
            "t.csv",
            'id,text\n1,"Peace now\n2,The envoy left.\n3,"And tomorrow too\n4,End.\n',
            [("4", "End.")],
            [f"it cannot be read: ',' expected after '\"' (lines 2 to 4 of the file); {QUOTING}", None],
        ),
        (
            "t.csv",
            'id,text\n1,"One\n2,Two\n',
            [],
            [
                "its quotation marks are odd in number, so one cell may hold the rows after it",
                f"it cannot be read: unexpected end of data (lines 2 to 3 of the file); {QUOTING}",
            ],
        ),
        (
            "t.tsv",
            'id\ttext\n1\t"We will not yield," said the minister. "Never."\n2\t"Never."\n',
            [("1", '"We will not yield," said the minister. "Never."'), ("2", '"Never."')],
            ["its quotation marks do not enclose cells, so they were read as part of the texts", None, None],
        ),
        (
            "t.txt",
            'id\ttext\n1\t"Peace now\n2\tThe envoy left.\n3\t"And tomorrow too\n4\tEnd.\n',
            [("1", '"Peace now'), ("2", "The envoy left."), ("3", '"And tomorrow too'), ("4", "End.")],
            [
                "it is a table (CSV), though its name ends in .txt; its quotation marks do not enclose cells, so they "
                "were read as part of the texts",
                *[None] * 4,
            ],
        ),
        (
            "t.tsv",
            'id\ttext\n1\t"Peace now\n2\tThe envoy left.\n3\tAnd now"\n4\tEnd.\n',
            [("1", '"Peace now'), ("2", "The envoy left."), ("3", 'And now"'), ("4", "End.")],
            ["its quotation marks do not enclose cells, so they were read as part of the texts", *[None] * 4],
        ),
        (
            "t.tsv",
            'id\ttext\n1\t"One\tand\nline\t2"\n2\tTwo\n',
            [("1", "One\tand\nline\t2"), ("2", "Two")],
            [None, None],
        ),
        (
            "t.tsv",
            'id\ttext\n1\t"One\nline ""more""."\n2\t"Two" lines\n3\t"Three\nlines"\n',
            [("1", 'One\nline "more".'), ("3", "Three\nlines")],
            [None, f"it cannot be read: '\t' expected after '\"'; {QUOTING}", None],
        ),
        (
            "t.csv",
            "id;text;date\n1;Hello\nthere is more.;2022-02-03\n2;Next;2022-02-03\n",
            [("1", "Hello"), ("there is more.", "2022-02-03"), ("2", "Next")],
            [*["it has 2 cells under 3 columns; put cells that hold line ends in quotation marks"] * 2, None],
        ),
    ],
)
def test_quotation_marks_and_line_ends_in_cells(
    tmp_path: Path, name: str, content: str, read: list[tuple[str, str]], notes: list[str | None]
) -> None:
    loading = load(write(tmp_path, name, content))
    assert [(a.article_id, a.text) for a in loading.articles] == read
    assert [entry.note for entry in loading.report] == notes


def test_a_header_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    loading = load(write(tmp_path, "t.csv", 'id,"the" text\n1,One\n'))
    assert skipped(loading) == {
        "t.csv": f"the names of its columns: it cannot be read: ',' expected after '\"'; {QUOTING}"
    }


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, "t.csv", "body,when\nx,y\n")
    with pytest.raises(
        ValueError, match=r"t.csv has no column 'text'; its columns are 'body', 'when'. Name the column"
    ):
        load(path)
    with pytest.raises(ValueError, match=r"no column 'bdy' \(wanted for text\); .* Did you mean 'body'\?"):
        load(path, columns={"text": "bdy"})
    with pytest.raises(ValueError, match=r"columns is 'txt'; expected one of 'text', .* Did you mean 'text'\?"):
        load(path, columns={"txt": "body"})
    write(tmp_path, "a.txt", TALK)
    loading = load(tmp_path)
    assert ids(loading) == ["a"]
    assert "no column 'text'" in skipped(loading)["t.csv"]


def test_long_texts(tmp_path: Path) -> None:
    write(tmp_path, "one_line.txt", "word " * 2_000_000)
    limit = 131_072
    csv.field_size_limit(limit)
    write(tmp_path, "t.csv", "text\n" + "word " * 200_000 + "\n")
    write(tmp_path, "lines.txt", "x\n" * 100_000)
    loading = load(tmp_path)
    assert [len(a.text) for a in loading.articles] == [200_000, 10_000_000, 1_000_000]
    assert all(article.regions == () for article in loading.articles)
    assert csv.field_size_limit() == limit


def test_what_is_shown_is_escaped_and_short(tmp_path: Path) -> None:
    for i in range(9):
        write(tmp_path, f"<b>{i}.py", "x")
    loading = load(tmp_path)
    assert repr(loading).startswith("0 articles read, 9 files skipped: <b>0.py (.py files are no articles")
    assert repr(loading).endswith("; and 4 more")
    assert "<b>" not in loading._repr_html_()
    assert "&lt;b&gt;8.py" in loading._repr_html_()


SUFFIXES = st.sampled_from(["a.txt", "a.md", "a.html", "a.csv", "a.tsv", "a.jsonl", "a", "articles.toml"])
TABLES = st.sampled_from(['text,id\n"a', "text\tid\n", '{"text": "x"}\n', "\ufeff", "\r", '"', ",", "\0", "\n"])


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SUFFIXES, st.binary(max_size=200) | st.lists(TABLES).map(lambda parts: "".join(parts).encode()))
def test_no_bytes_stop_the_loader(tmp_path: Path, name: str, content: bytes) -> None:
    folder = tmp_path / name.replace(".", "_")
    write(folder, name, content)
    loading = load(folder)
    assert loading.report or name == "articles.toml"  # which may describe nothing, and is no article
    for article in loading.articles:
        assert article.text.strip()
        assert all(0 <= r.start < r.end <= len(article.text) for r in article.regions)
