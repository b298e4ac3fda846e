"""Every format that is read: many articles in a file, a damaged file, one made to do harm, names that mislead."""

from __future__ import annotations

import builtins
import io
import json
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from textwrap import wrap
from typing import Any

import pytest
import samples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from toolkit import archives, isolated, pdffiles, rtffiles, wordfiles, workbooks
from toolkit.decoding import Unreadable
from toolkit.filetypes import find_kind, find_text_kind
from toolkit.loaders import Loading, load

TALK = "“We want peace,” the minister’s aide said – in Paris.\n\nNobody else spoke.\n"
ROWS = [
    ["id", "text", "date", "speaker"],
    ["a1", "We want peace.", "2025-09-23", "Fiji"],
    [7, "So do we.", None, "Chad"],
]
WORD = (
    '<?xml version="1.0"?>{head}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:body>{body}</w:body></w:document>'
)
LAUGHS = "<!DOCTYPE x [" + "".join(f'<!ENTITY a{k} "{f"&a{k - 1};" * 10 if k else "ha"}">' for k in range(9)) + "]>"


def read(folder: Path, name: str, content: str | bytes, **options: Any) -> Loading:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return load(path, **options)


def why(loading: Loading) -> str:
    (entry,) = loading.report
    assert (entry.status, loading.articles) == ("skipped", [])
    return entry.note or ""


def word(body: str, head: str = "") -> bytes:
    return samples.archive({"word/document.xml": WORD.format(head=head, body=body).encode()})


def paragraph(words: str) -> str:
    return f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p>"


def changed(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """An archive with one part changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return samples.archive({n: change(parts.read(n)) if n == name else parts.read(n) for n in parts.namelist()})


def table_file(kind: str) -> bytes:
    if kind == "xlsx":
        return samples.workbook({"Notes": [["to do"], ["read"]], "Speeches": ROWS})
    if kind == "parquet":
        return parquet(
            {name: [None if row[k] is None else str(row[k]) for row in ROWS[1:]] for k, name in enumerate(ROWS[0])}
        )
    if kind == "jsonl":
        return "\n".join(json.dumps(dict(zip(ROWS[0], row, strict=True))) for row in ROWS[1:]).encode()
    return "\n".join(",".join("" if cell is None else str(cell) for cell in row) for row in ROWS).encode()


def parquet(columns: dict[str, list[Any]]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


DOCUMENTS = {
    "docx": samples.docx(TALK.split("\n")),
    "rtf": samples.rtf(TALK.split("\n")),
    "pdf": samples.pdf([samples.show(50, 700, TALK.split("\n")[0]) + samples.show(50, 650, TALK.split("\n")[2])]),
}


@pytest.mark.parametrize("name", ["a.txt", "a.docx", "a.csv", "a.html", "a", "a.v2"])
@pytest.mark.parametrize("kind", sorted(DOCUMENTS))
def test_a_document_is_known_whatever_its_name(tmp_path: Path, name: str, kind: str) -> None:
    loading = read(tmp_path, name, DOCUMENTS[kind])
    (article,) = loading.articles
    assert article.text.split() == TALK.split()
    called = {"docx": "a Word document", "rtf": "a Rich Text document", "pdf": "a PDF"}[kind]
    noted = f"it is {called}, though its name {'ends in ' + Path(name).suffix if '.' in name else 'has no ending'}"
    assert loading.report[0].note == (None if name.endswith(kind) else noted)


@pytest.mark.parametrize("name", ["t.txt", "t.csv", "t.parquet", "t"])
@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet", "xlsx"])
def test_a_table_is_known_whatever_its_name(tmp_path: Path, name: str, kind: str) -> None:
    loading = read(tmp_path, name, table_file(kind))
    said = [(a.article_id, a.text, a.date, a.speaker) for a in loading.articles]
    assert said == [("a1", "We want peace.", "2025-09-23", "Fiji"), ("7", "So do we.", None, "Chad")]


@pytest.mark.parametrize(
    ("content", "suffix", "kind"),
    [
        ("<!DOCTYPE html><p>x</p>", ".txt", "page"),
        ("\n <!-- saved --> <html lang='en'>", "", "page"),
        ("a tag <b>here</b>", ".html", "page"),
        ("a tag <b>here</b>", ".txt", "text"),
        ("5 < 6 and no tag", ".html", "text"),
        ('{"text": "x"}\n{"text": "y"}', ".txt", "jsonl"),
        ("{broken", ".jsonl", "jsonl"),
        ("{sic} he said", ".txt", "text"),
        ("[Applause] We begin.", ".txt", "text"),
        ("id,text\n1,x", ".dat", "csv"),
        ("title;text\n1;x", "", "csv"),
        ("In the text, the id is shown.", ".txt", "text"),
        ("text", ".txt", "text"),
        ("body,when\nx,y", ".csv", "csv"),
        ("The ministers met in Oslo, and agreed that talks, once begun, go on.\nThey left.", ".csv", "text"),
        ("The speeches,with a comma.\nx,y", ".csv", "csv"),
        ("plain words", ".2022", "text"),
    ],
)
def test_what_plain_characters_are(content: str, suffix: str, kind: str) -> None:
    assert find_text_kind(content, suffix, {}) == kind


def test_a_column_that_the_caller_names_makes_a_table() -> None:
    assert find_text_kind("body,when\nx,y", ".txt", {}) == "text"
    assert find_text_kind("body,when\nx,y", ".txt", {"text": "body", "date": "when"}) == "csv"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.py", "import this", ".py files are no articles; if this one is, name it .txt"),
        ("a.json", '[{"text": "x"}]', ".json files are not read; put one JSON object on each line"),
        ("a.txt", '{\n "text": "x"\n}', ".json files are not read; put one JSON object on each line"),
        ("a.doc", b"\xd0\xcf\x11\xe0" + bytes(600), "it is an old Word or Excel file, or one with a password"),
        ("a.txt", b"\x89PNG\r\n\x1a\n", "it is a picture"),
        ("a.zip", samples.archive({"a.txt": b"x"}), "it is a zip archive: unpack it and give the folder"),
        (
            "a.docx",
            samples.archive({"b.zip": samples.archive({"c.zip": b"x"})}),
            "it is a zip archive that holds others",
        ),
        ("a.odt", samples.archive({"mimetype": b"application/vnd.oasis"}), "it is an OpenDocument or e-book file"),
        ("a.xlsx", samples.archive({"xl/workbook.bin": b"x"}), r"it is a binary workbook \(.xlsb\): save it as .xlsx"),
        ("a.pptx", samples.archive({"ppt/presentation.xml": b"x"}), "it is a presentation"),
        ("a.docx", samples.archive({}), "it is a zip archive"),
    ],
)
def test_what_is_not_read_is_named_with_the_cure(tmp_path: Path, name: str, content: str | bytes, message: str) -> None:
    assert re.match(message, why(read(tmp_path, name, content)))


def test_text_of_an_unknown_ending_is_read_and_reported(tmp_path: Path) -> None:
    loading = read(tmp_path, "talks.2022", TALK)
    assert loading.articles[0].text == TALK
    assert loading.report[0].note == "read as plain text; its name ends in .2022"


def test_a_word_document_gives_what_a_reader_sees(tmp_path: Path) -> None:
    body = paragraph("One") + "<w:p><w:r><w:t>Two</w:t><w:tab/><w:t>three</w:t><w:br/><w:t>four</w:t></w:r></w:p>"
    body += "<w:p><w:ins><w:r><w:t>kept</w:t></w:r></w:ins><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>"
    body += (
        "<w:p><w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom><w:r><w:instrText>HYPERLINK</w:instrText></w:r></w:p>"
    )
    body += f"<w:tbl><w:tr><w:tc>{paragraph('cell')}</w:tc></w:tr></w:tbl>"
    choice = f"<mc:Choice>{paragraph('box')}</mc:Choice><mc:Fallback>{paragraph('box')}</mc:Fallback>"
    body += f"<mc:AlternateContent>{choice}</mc:AlternateContent>"
    stops = '<w:pPr><w:tabs><w:tab w:val="left" w:pos="720"/><w:tab w:val="right" w:pos="9000"/></w:tabs></w:pPr>'
    body += f"<w:p>{stops}<w:r><w:t>set</w:t><w:tab/><w:t>apart</w:t></w:r></w:p>"
    assert wordfiles.read_word(word(body)) == "One\nTwo\tthree\nfour\nkept\n\ncell\nbox\nset\tapart\n"
    assert read(tmp_path, "a.docx", word("<w:p/>")).report[0].note == "it is a Word document without any text"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (samples.docx(["One"])[:900], "it is a damaged Word, Excel or zip file (File is not a zip file)"),
        (word(paragraph("One"))[:-1] + b"", "it is a damaged Word, Excel or zip file"),
        (samples.archive({"word/document.xml": b"<p>"}), "it is damaged (word/document.xml: no element found"),
        (word(paragraph("&a8;"), LAUGHS), "its XML has a document type, which no Office program writes"),
        (word("<w:p>" * 100_000), "it is damaged (word/document.xml: mismatched tag"),
        (samples.archive({f"{k}.xml": b"" for k in range(9)}), "it is an archive of 9 files, more than 8"),
        (
            word(paragraph("a" * 3_000)),
            "it would unpack to 0 MB, more than 0 MB (perhaps a zip bomb); it was not unpacked",
        ),
    ],
)
def test_damaged_and_hostile_word_documents(
    tmp_path: Path, content: bytes, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "9 files" in message:
        monkeypatch.setattr(archives, "MOST_MEMBERS", 8)
    if "unpack to" in message:
        monkeypatch.setattr(archives, "LARGEST_UNPACKED", 3_000)
    began = time.monotonic()
    assert why(read(tmp_path, "a.docx", content)).startswith(message)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("encoding", ["nonsense", "gb2312"])
@pytest.mark.parametrize(("kind", "part"), [("docx", "word/document.xml"), ("xlsx", "xl/workbook.xml")])
def test_a_part_in_an_unknown_encoding_is_damage(tmp_path: Path, kind: str, part: str, encoding: str) -> None:
    content = samples.archive({part: f'<?xml version="1.0" encoding="{encoding}"?><a/>'.encode()})
    assert why(read(tmp_path, f"a.{kind}", content)).startswith(f"it is damaged ({part}: ")


def test_a_real_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    bomb = samples.archive(
        {"word/document.xml": bytes(1_000_000)} | {f"{k}": bytes(10_000_000) for k in range(45)}, level=1
    )
    assert len(bomb) < 3_000_000
    began = time.monotonic()
    assert "it would unpack to 451 MB, more than 400 MB" in why(read(tmp_path, "a.docx", bomb))
    assert time.monotonic() - began < 2


def test_too_long_a_word_document_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wordfiles, "LONGEST_TEXT", 10)
    with pytest.raises(Unreadable, match="its text is longer than 10 characters; split it"):
        wordfiles.read_word(word(paragraph("a" * 11)))
    monkeypatch.setattr(archives, "LARGEST_PART", 10)
    with pytest.raises(Unreadable, match=r"its part word/document.xml has more than 0 MB; split it"):
        wordfiles.read_word(word(""))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"{\rtf1\ansi One\par Two}", "One\nTwo"),
        (r"{\rtf1\ansi\ansicpg1251 \'cc\'e8\'f0}", "Мир"),
        (r"{\rtf1 \u8220?We\u8221\'94 and \u-10179?\u-8704?}", "“We” and 😀"),
        (r'{\rtf1 {\field{\*\fldinst{HYPERLINK "http://a.b"}}{\fldrslt{the link}}}.}', "the link."),
        (r"{\rtf1 One{\pict\pngblip 89504e47}{\header Page 1}{\*\hidden x} two}", "One two"),
        ("\ufeff {\\rtf1 One}", "One"),
        (r"{\rtf1 a \{ b \} \\ c}", r"a { b } \ c"),
    ],
)
def test_rich_text(source: str, text: str) -> None:
    data = source.encode("utf-8")
    assert find_kind(data) == "rtf"
    assert rtffiles.read_rtf(data) == text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (samples.rtf(["One"])[:-9], "it is a damaged Rich Text document (its groups do not close)"),
        (rb"{\rtf1 " + b"{" * 100_000 + b"}" * 100_001, "its groups are nested deeper than 1,000"),
        (rb"{\rtf1 a\u99999999 b}", "it is damaged (ValueError"),
        (rb"{\rtf1{\pict\bin99999999999 x}b}", "it is a Rich Text document without any text"),
        (rb"{\rtf1 {\*\x y}}", "it is a Rich Text document without any text"),
    ],
)
def test_damaged_and_hostile_rich_text(tmp_path: Path, content: bytes, message: str) -> None:
    assert why(read(tmp_path, "a.rtf", content)).startswith(message)


def test_a_file_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "LONGEST_SECONDS", 1.0)
    slow = rb"{\rtf1{\fonttbl" + rb"\f1" * 100_000 + b"}x}"
    (tmp_path / "b.txt").write_text(TALK, encoding="utf-8")
    (tmp_path / "a.rtf").write_bytes(slow)
    began = time.monotonic()
    loading = load(tmp_path)
    assert time.monotonic() - began < 20
    assert [a.article_id for a in loading.articles] == ["b"]
    assert loading.report[0].note == "it takes longer than 1 seconds to read; it may be made to do so"


@pytest.mark.skipif(sys.platform != "linux", reason="only there can a process be told how much memory it may have")
def test_a_file_that_takes_too_much_memory_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    run = subprocess.run

    def run_small(command: list[str], **options: Any) -> Any:
        small = "import toolkit.isolated as i; i.MOST_MEMORY = 60 * 1024**2; i.main()"
        return run([command[0], "-c", small, command[-1]], **options)

    monkeypatch.setattr(subprocess, "run", run_small)
    with pytest.raises(Unreadable, match=r"more memory than a document should|broke off, perhaps for want of memory"):
        rtffiles.read_rtf(rb"{\rtf1 " + b"a" * 20_000_000 + b"}")


LEFT = (
    "The ministers of both lake states met in Oslo on Tuesday and agreed that the talks would go on. “We are hopeful,” "
    "the host told reporters, adding that the negotiations were hard and that nobody had left the room in anger."
)
RIGHT = (
    "The delegates gather again in Bergen next month, when a joint patrol of the harbours is to be weighed with care "
    "by all, an aide said. Until then the old rules hold for every ship that passes the narrows."
)
LATER = (
    "“Much is open,” said another, who asked not to be named, before the doors of the old hall closed again for good."
)


def printed(number: int, *columns: str) -> str:
    """A page with a running head, a page number and columns."""
    body = "".join(samples.column(50 + 260 * k, 720, wrap(text, 45)) for k, text in enumerate(columns))
    head = samples.show(50, 815, f"THE FJORD TIMES, {number} May", 8)
    return head + body + samples.show(290, 25, str(number), 8)


def test_a_printed_page_becomes_running_text(tmp_path: Path) -> None:
    title = samples.show(50, 760, "Ministers leave Oslo without a text", 18) + samples.show(50, 740, "By Ana Lee")
    loading = read(tmp_path, "a.pdf", samples.pdf([title + printed(1, LEFT, RIGHT), printed(2, LATER)]))
    (article,) = loading.articles
    paragraphs = ["Ministers leave Oslo without a text", "By Ana Lee", LEFT, RIGHT, LATER]
    assert article.text == "\n\n".join(paragraphs)
    assert (article.title, article.author) == (paragraphs[0], "Ana Lee")
    assert all(article.text[r.start : r.end] in paragraphs for r in article.regions)


@pytest.mark.parametrize("single", [True, False])
def test_columns_that_a_file_holds_row_by_row(single: bool) -> None:
    left, right = wrap(LEFT, 45), wrap(RIGHT, 45)
    rows = list(zip(left, right + [""] * (len(left) - len(right)), strict=True))
    if single:
        moves = "".join(f"({a}) Tj 260 0 Td ({b}) Tj -260 -12 Td " for a, b in rows)
        stream = f"BT /F1 10 Tf 50 700 Td {moves}ET"
    else:
        stream = "".join(
            samples.show(50, 700 - 12 * k, a) + (samples.show(310, 700 - 12 * k, b) if b else "")
            for k, (a, b) in enumerate(rows)
        )
    assert pdffiles.extract(samples.pdf([stream])) == (f"{LEFT}\n\n{RIGHT}", None)


def test_a_pdf_says_which_pages_have_no_text(tmp_path: Path) -> None:
    loading = read(tmp_path, "a.pdf", samples.pdf([samples.show(50, 700, "Words."), "", ""]))
    assert (loading.articles[0].text, loading.report[0].note) == ("Words.", "2 of its 3 pages have no text")


PAGE = samples.show(50, 700, "One two.")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (samples.pdf([PAGE])[:300], "it is damaged ("),
        (b"%PDF-1.4", "it is damaged ("),
        (samples.pdf([""]), "it holds pictures of pages and no text; recognise its text (OCR) and save it anew"),
        (samples.pdf([PAGE], kids=b"2 0 R"), "it is damaged (PdfReadError: Detected cyclic page references"),
        (samples.pdf([PAGE], kids=b"4 0 R 2 0 R"), "it is damaged (PdfReadError: Detected cyclic page references"),
        (samples.pdf([PAGE], kids=b"4 0 R " * 2_001), "it has more than 2,000 pages; split it"),
    ],
)
def test_damaged_and_hostile_pdfs(tmp_path: Path, content: bytes, message: str) -> None:
    assert why(read(tmp_path, "a.pdf", content)).startswith(message)


@pytest.mark.parametrize(
    ("old", "new"), [(b"/Count 1", b"/Count 999999999"), (b"/Root", b"/Prev 500/Root"), (b"/F1 3 0 R", b"/F1 4 0 R")]
)
def test_lies_in_a_pdf_do_no_harm(tmp_path: Path, old: bytes, new: bytes) -> None:
    loading = read(tmp_path, "a.pdf", samples.pdf([PAGE]).replace(old, new))
    assert [a.text for a in loading.articles] in (["One two."], [])
    assert len(loading.report) == 1


def test_a_pdf_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdffiles, "LONGEST_SECONDS", 1.0)
    assert why(read(tmp_path, "a.pdf", samples.pdf([PAGE * 100_000]))).startswith("it takes longer than 1 seconds")


def test_a_workbook(tmp_path: Path) -> None:
    rows = [
        ["id", "text", "date"],
        [1, "One", date(2025, 9, 23)],
        [],
        [2, "=1+1", "soon"],
        [3, None, None],
        [4, 5.5, None],
    ]
    sheets = {"Notes": [["to do"]], "Speeches": [*rows, [5, "Two", None, "spare"]], "Empty": []}
    loading = read(tmp_path, "a.xlsx", samples.workbook(sheets))
    assert [(a.article_id, a.text, a.date) for a in loading.articles] == [("1", "One", "2025-09-23")]
    assert [entry.note for entry in loading.report] == [
        "its sheet 'Speeches' was read; it has 'Notes' too",
        None,
        "it has no text",
        "it has no text",
        "its text is float, not words",
        "it has cells beyond the last column that has a name",
    ]
    with pytest.raises(ValueError, match=r"b.xlsx has no column 'text'; its columns are 'to do'"):
        read(tmp_path, "b.xlsx", samples.workbook({"Notes": [["to do"], ["x"]]}))
    named = read(
        tmp_path, "c.xlsx", samples.workbook({"a": [["x"], ["y"]], "b": [["Body"], ["z"]]}), columns={"text": "Body"}
    )
    assert [a.text for a in named.articles] == ["z"]


SHEET = "xl/worksheets/sheet1.xml"


def test_the_escapes_of_excel_are_undone_in_workbooks_only(tmp_path: Path) -> None:
    words = "First paragraph._x000D_\nSecond, in _x005F_x0041_."
    loading = read(tmp_path, "a.xlsx", samples.workbook({"a": [["text", "speaker"], [words, "Fiji_x000D_"]]}))
    assert [(a.text, a.speaker) for a in loading.articles] == [("First paragraph.\r\nSecond, in _x0041_.", "Fiji")]
    assert [a.text for a in read(tmp_path, "b.parquet", parquet({"text": [words]})).articles] == [words]


def test_merged_cells_are_reported(tmp_path: Path) -> None:
    merged = b'</sheetData><mergeCells count="1"><mergeCell ref="C2:C3"/></mergeCells>'
    book = samples.workbook({"a": ROWS, "b": [["x"], ["y"]]})
    book = changed(book, SHEET, lambda sheet: sheet.replace(b"</sheetData>", merged))
    loading = read(tmp_path, "a.xlsx", book)
    said = "its sheet 'a' was read; it has 'b' too; it has merged cells; only the first row of each has the value"
    assert [entry.note for entry in loading.report] == [said, None, None]
    book = changed(
        samples.workbook({"b": [["x"], ["y"]], "a": ROWS}), SHEET, lambda s: s.replace(b"</sheetData>", merged)
    )
    assert read(tmp_path, "b.xlsx", book).report[0].note == "its sheet 'a' was read; it has 'b' too"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda sheet: LAUGHS.encode() + sheet, "its XML has a document type"),
        (lambda sheet: sheet[:-200], "it is damaged ("),
        (lambda sheet: b"", "it is damaged (ParseError"),
    ],
)
def test_damaged_and_hostile_workbooks(tmp_path: Path, change: Callable[[bytes], bytes], message: str) -> None:
    content = changed(samples.workbook({"a": ROWS}), SHEET, change)
    note = why(read(tmp_path, "a.xlsx", content))
    assert note.startswith(message)
    assert why(read(tmp_path, "b.xlsx", samples.workbook({"a": ROWS})[:-30])).startswith("it is a damaged Word, Excel")
    assert why(read(tmp_path, "c.xlsx", samples.workbook({"a": []}))) == "none of its sheets has cells"


def test_cells_at_the_end_of_the_sheet_do_no_harm(tmp_path: Path) -> None:
    book = samples.workbook({"a": ROWS})
    far = changed(
        book, SHEET, lambda s: s.replace(b'r="3"', b'r="1048576"').replace(b'ref="A1:D3"', b'ref="A1:XFD1048576"')
    )
    assert len(read(tmp_path, "a.xlsx", far).articles) == 2
    wide = changed(book, SHEET, lambda s: s.replace(b'"A2"', b'"XFD2"'))
    assert [a.article_id for a in read(tmp_path, "b.xlsx", wide).articles] == ["b-1", "7"]


def test_parquet(tmp_path: Path) -> None:
    columns = {
        "text": ["One", None, "Two"],
        "id": [1, 2, 3],
        "date": [date(2025, 9, 23), None, None],
        "author": [["A"], [], None],
    }
    loading = read(tmp_path, "a.parquet", parquet(columns))
    assert [(a.article_id, a.text, a.date) for a in loading.articles] == [
        ("1", "One", "2025-09-23"),
        ("3", "Two", None),
    ]
    assert [e.note for e in loading.report if e.status == "skipped"] == ["it has no text"]
    assert why(read(tmp_path, "b.parquet", parquet({"text": []}))) == "the table has no rows"


def test_bytes_in_parquet_are_text_where_they_are_utf_8(tmp_path: Path) -> None:
    columns = {
        "text": ["“Café”".encode(), b"\xff", b"Two"],
        "speaker": [b"Fiji", b"Chad", b"\xff"],
        "scan": [b"\xff"] * 3,
    }
    loading = read(tmp_path, "a.parquet", parquet(columns))
    assert [(a.text, a.speaker) for a in loading.articles] == [("“Café”", "Fiji")]
    cure = "is bytes that are no UTF-8; save the column as text"
    assert [entry.note for entry in loading.report] == [None, f"its text {cure}", f"its speaker {cure}"]


def test_damaged_and_hostile_parquet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pyarrow as pa

    cells = pa.DictionaryArray.from_arrays([0] * 2_000, ["word " * 200_000])
    content = parquet({"text": cells})
    assert len(content) < 100_000
    began = time.monotonic()
    assert why(read(tmp_path, "a.parquet", content)) == "it unpacks to more than 1,000 MB; split it"
    assert time.monotonic() - began < 10
    assert why(read(tmp_path, "b.parquet", content[:-40])).startswith("it is a damaged Parquet table (")
    assert why(read(tmp_path, "c.parquet", b"PAR1")).startswith("it is a damaged Parquet table (")
    monkeypatch.setattr(workbooks, "MOST_ROWS", 2)
    note = why(read(tmp_path, "d.parquet", parquet({"text": ["x"] * 9_999})))
    assert re.match(r"it has 9,999 rows and unpacks to 0 MB; split it into tables of at most \d+ rows", note)


def test_a_missing_library_stops_only_its_own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, content in (("a.pdf", DOCUMENTS["pdf"]), ("b.docx", DOCUMENTS["docx"]), ("c.rtf", DOCUMENTS["rtf"])):
        (tmp_path / name).write_bytes(content)
    (tmp_path / "d.xlsx").write_bytes(table_file("xlsx"))
    real = builtins.__import__

    def without(name: str, *rest: Any, **options: Any) -> Any:
        if name.split(".")[0] in {"pypdf", "striprtf", "openpyxl"}:
            raise ImportError(name)
        return real(name, *rest, **options)

    def answer(reader: str, data: bytes, **_: Any) -> Any:
        kind, value = isolated._answer(reader, data)
        assert kind == "missing"
        raise ImportError(value)

    monkeypatch.setattr(builtins, "__import__", without)
    for module in (pdffiles, rtffiles, workbooks):
        monkeypatch.setattr(module, "read_apart", answer)
    loading = load(tmp_path)
    assert [a.article_id for a in loading.articles] == ["b"]
    extra = 'pip install "diplomatic-positions-toolkit[formats]"'
    assert [e.note for e in loading.report if e.status == "skipped"] == [
        f"PDFs are read with pypdf: {extra}",
        f"Rich Text documents are read with striprtf: {extra}",
        f"Excel workbooks are read with openpyxl: {extra}",
    ]


UNDATED = (
    "<html><body><article><h1>Ministers meet in Oslo</h1><p>{words}</p><p>{words}</p></article>{foot}</body></html>"
)
LONG = (
    "The ministers of both states met and agreed that the talks would go on for as long as needed by either side. " * 3
)


@pytest.mark.parametrize(
    ("foot", "day", "source"),
    [
        ("<div>Friday 3 May 2024</div>", "2024-05-03", "inferred"),
        ("<footer>© 2024 The Fjord Times</footer>", None, None),
        ("", None, None),
    ],
)
def test_the_date_of_a_page_that_states_none(tmp_path: Path, foot: str, day: str | None, source: str | None) -> None:
    loading = read(tmp_path, "a.html", UNDATED.format(words=LONG, foot=foot))
    (article,) = loading.articles
    assert (article.date, article.date_source) == (day, source)
    assert ("guessed from the page" in (loading.report[0].note or "")) == (day is not None)


CONTENTS = [*DOCUMENTS.values(), *(table_file(kind) for kind in ("xlsx", "parquet", "jsonl"))]
CONTENTS += [word(paragraph("One")), UNDATED.encode(), samples.factiva_page([samples.FACTIVA_CODED]).encode()]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(CONTENTS), st.integers(0, 10_000), st.binary(max_size=8), st.booleans())
def test_no_damage_stops_the_loader(tmp_path: Path, content: bytes, at: int, noise: bytes, cut: bool) -> None:
    at %= len(content)
    damaged = content[:at] + noise + (b"" if cut else content[at + len(noise) :])
    (tmp_path / "a.bin").write_bytes(damaged)
    loading = load([tmp_path / "a.bin", tmp_path / "a.bin"])
    assert loading.report
    for article in loading.articles:
        assert article.text.strip()
        article.text.encode("utf-8")
        assert all(0 <= r.start < r.end <= len(article.text) for r in article.regions)
