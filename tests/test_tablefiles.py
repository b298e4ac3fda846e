"""Tables of any size: read piece by piece they give the rows that they give as a whole, and one row is in memory."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from toolkit import decoding, loaders, readers, tablefiles, workbooks
from toolkit.decoding import Unreadable, decode, find_encoding
from toolkit.loaders import load, stream
from toolkit.tablefiles import OpenText, TableFile, choose_columns, read_table

ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-32"]
SIZES = st.integers(1, 40)
PIECES = ['"', ",", ";", "\t", "\n", "\r\n", "\r", "\0", "\ufeff", "é", "漢", "😀", "a b", "“Go,” she said.", "€5"]
OBJECTS = ['{"text": "x"}', '{"id": 3, "text": "é"}', "[1]", "{broken", "\n", "\r\n", "\r", " ", "\0", '"']
FEW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


class Dripping(io.RawIOBase):
    """Bytes that come a few at a time."""

    def __init__(self, data: bytes, size: int) -> None:
        self._bytes, self._size = io.BytesIO(data), size

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, place: int, whence: int = 0) -> int:
        return self._bytes.seek(place, whence)

    def readinto(self, buffer: Any) -> int:
        piece = self._bytes.read(min(self._size, len(buffer)))
        buffer[: len(piece)] = piece
        return len(piece)


def dripping(data: bytes, size: int) -> Callable[[], io.BufferedReader]:
    return lambda: io.BufferedReader(Dripping(data, size))


def opener(data: bytes, size: int) -> OpenText:
    encoding = find_encoding(dripping(data, size), zeros=True)
    return lambda ends: encoding.open(dripping(data, size), ends)


def shown(table: TableFile) -> list[tuple[int, dict[str, Any], str | None]]:
    rows = [(row.number, dict(row.cells), row.problem) for row in table.rows()]
    assert rows == [(row.number, dict(row.cells), row.problem) for row in table.rows()]
    assert len(rows) == table.count
    return rows


def records_of(text: str) -> Iterator[list[str] | None]:
    """The records of a table; None for one that breaks the rules of quotation marks."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield None


@FEW
@given(
    st.lists(st.sampled_from(PIECES), max_size=30), SIZES, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"])
)
def test_rows_are_those_of_the_whole(pieces: list[str], size: int, encoding: str) -> None:
    text = "text,id\n" + "".join(pieces) + "words " * 400
    table = read_table(opener(text.encode(encoding), size), ".csv")
    records = [cells for cells in records_of(text) if cells is None or any(cell.strip() for cell in cells)]
    assert table.header == ["text", "id"]
    assert [(number, cells) for number, cells, _ in shown(table)] == [
        (number, dict(zip(table.header, cells or [], strict=False))) for number, cells in enumerate(records[1:], 1)
    ]
    assert [row.problem is not None for row in table.rows()] == [c is None or len(c) > 2 for c in records[1:]]
    assert [row.note is not None for row in table.rows() if not row.problem] == [
        len(c) < 2 for c in records[1:] if c is not None and len(c) <= 2
    ]
    assert (table.note is not None) == (text.count('"') % 2 == 1)


@FEW
@given(st.lists(st.sampled_from(OBJECTS), max_size=30), SIZES)
def test_json_lines_are_those_of_the_whole(pieces: list[str], size: int) -> None:
    text = json.dumps({"text": "words " * 400}) + "\n" + "".join(pieces)
    table = read_table(opener(text.encode(), size), ".jsonl")
    expected: list[dict[str, Any] | None] = []
    for line in text.split("\n"):
        if line.strip():
            try:
                found = json.loads(line)
            except ValueError:
                found = None
            expected.append(found if isinstance(found, dict) else None)
    assert [None if problem else cells for _, cells, problem in shown(table)] == expected
    assert sorted(table.header) == sorted({name for cells in expected for name in cells or ()})


@FEW
@given(st.binary(max_size=300) | st.lists(st.sampled_from(PIECES)).map(lambda p: "".join(p).encode("cp1252", "ignore")))
def test_bytes_are_decoded_in_blocks_as_in_one(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    def found(block: int) -> object:
        monkeypatch.setattr(decoding, "_BLOCK", block)
        try:
            return decode(data, zeros=True)
        except Unreadable as refused:
            return str(refused)

    assert found(1) == found(7) == found(1 << 20)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take all files of more than 100 kB for large ones."""
    monkeypatch.setattr(readers, "LARGEST_TEXT", 100_000)


def write_rows(path: Path, count: int, last: bytes = b"") -> Path:
    with path.open("wb") as file:
        file.write(b"text,speaker\r\n")
        for number in range(count):
            file.write(b'"%d said:\r\n%s",Fiji\r\n' % (number, b"we go on with the talks " * 40))
        file.write(last)
    return path


@pytest.mark.usefixtures("large")
def test_a_large_table_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "t.csv", 20_000)
    size = path.stat().st_size
    next(stream(path))
    tracemalloc.start()
    try:
        count = sum(found.article is not None for _, found in stream(path))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 20_000
    assert peak < 6_000_000 < size // 3


def test_rows_are_made_when_they_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    row = loaders._row
    monkeypatch.setattr(loaders, "_row", lambda *given: made.append(given[0]) or row(*given))
    found = stream(write_rows(tmp_path / "t.csv", 50))
    assert next(found)[1].ids[0] == "t-01"
    next(found)
    assert made == ["t.csv, row 1", "t.csv, row 2"]


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(
    ("last", "encoding", "note", "text"),
    [
        ("“Café – no”,Fiji\n".encode(), "utf-8", None, "“Café – no”"),
        ("“Café – no”,Fiji\n".encode("cp1252"), "cp1252", None, "“Café – no”"),
        (
            "“Café – no”".encode() + b"\xff,Fiji\n",
            "utf-8",
            "1 character could not be decoded and read as \ufffd",
            "“Café – no”\ufffd",
        ),
        (b'"One,Fiji\n', "utf-8", "its quotation marks are odd in number, so one cell may hold the rows", None),
        (b"No\0w,Fiji\n", "utf-8", None, None),
    ],
)
def test_what_stands_late_in_a_large_file_counts(
    tmp_path: Path, last: bytes, encoding: str, note: str | None, text: str | None
) -> None:
    loading = load(write_rows(tmp_path / "t.csv", 200, last))
    assert {entry.encoding for entry in loading.report} == {encoding}
    assert (loading.report[0].note or "").startswith(note or "")
    assert len(loading.articles) == 200 + (text is not None)
    assert loading.articles[0].text.startswith("0 said:\r\nwe go on")
    if text:
        assert loading.articles[-1].text == text
    else:
        assert loading.report[-1].status == "skipped"


@pytest.mark.usefixtures("large")
def test_a_byte_that_fits_no_encoding_is_refused(tmp_path: Path) -> None:
    words = "Министр сказал что переговоры начнутся завтра".encode("cp1251")
    lines = b"text,speaker\n" + b"%s,Fiji\n" % words * 3_000
    assert len(load(write(tmp_path / "a.csv", lines)).articles) == 3_000
    loading = load(write(tmp_path / "b.csv", lines + b"\x98,Fiji\n"))
    assert [entry.note for entry in loading.report] == [
        "it seems to be cp1251 but is not all so; open it in an editor and save it as UTF-8"
    ]


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("suffix", "before", "after"),
    [
        (".csv", b"text,speaker\nOne,A\n", b",A\nTwo,A\n"),
        (".csv", b'text,speaker\r\nOne,A\r\n"', b'",A\r\nTwo,A\r\n'),
        (".jsonl", b'{"text": "One"}\n{"text": "', b'"}\n{"text": "Two"}\n'),
    ],
)
def test_a_line_that_is_too_long_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, before: bytes, after: bytes
) -> None:
    monkeypatch.setattr(tablefiles, "LONGEST_LINE", 500_000)
    monkeypatch.setattr(readers, "LARGEST_TEXT", 100_000)
    path = write(tmp_path / f"t{suffix}", before + b"x" * 30_000_000 + after)
    tracemalloc.start()
    try:
        loading = load(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [article.text for article in loading.articles] == ["One", "Two"]
    (skipped,) = [entry for entry in loading.report if entry.status == "skipped"]
    assert (skipped.path, skipped.note) == (
        f"t{suffix}, row 2",
        "it cannot be read: one of its lines is longer than 500,000 characters",
    )
    assert peak < 12_000_000


def test_an_open_quotation_mark_does_not_take_all_that_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tablefiles, "LONGEST_LINE", 1_000)
    data = b'text,id\n"One,1\n' + b"words,2\n" * 1_000
    table = read_table(opener(data, 999), ".csv")
    problems = [row.problem for row in table.rows() if row.problem]
    assert problems == [
        "it cannot be read: field larger than field limit (1000) (lines 2 to 127 of the file); "
        "a quotation mark in a cell must stand twice, and the cell in quotation marks"
    ]
    assert table.count > 800


@pytest.mark.parametrize(
    ("suffix", "content"),
    [(".csv", b"text" + b",x" * 10_000), (".jsonl", b"".join(b'{"k%d": 1}\n' % k for k in range(10_001)))],
)
def test_what_has_too_many_columns_is_no_table(suffix: str, content: bytes) -> None:
    with pytest.raises(Unreadable, match="it has 10,001 columns, more than 10,000; it may be no table of texts"):
        read_table(opener(content, 9_999), suffix)


def test_the_columns_of_a_hostile_header_are_not_all_named() -> None:
    with pytest.raises(
        ValueError, match=r"has no column 'text'; its columns are '0x+', .* and 9,970 more\. Name"
    ) as told:
        choose_columns("t.csv", [f"{k}{'x' * 9_999}" for k in range(10_000)], {})
    assert len(str(told.value)) < 3_000


def test_a_file_that_goes_away_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_rows(tmp_path / "t.csv", 3)
    whole = iter([(0, ["text"], None), (1, ["One"], None)])
    answers = Mock(side_effect=[whole, OSError(5, "Input/output error")])
    monkeypatch.setattr(tablefiles, "_records", answers)
    assert [entry.note for entry in load([path, tmp_path / "none"]).report[:1]] == [
        "it cannot be read to its end: Input/output error"
    ]


@pytest.mark.parametrize("largest", [0, 10**9])
def test_parquet_by_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, largest: int) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    monkeypatch.setattr(workbooks, "_BATCH", 7)
    monkeypatch.setattr(workbooks, "_LARGEST_BATCH", largest)
    texts = [f"Talk {k}" if k % 5 else None for k in range(60)]
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"text": texts, "speaker": ["Fiji"] * 60}), path, row_group_size=25)
    assert [row.cells["text"] for row in workbooks.read_parquet(path).rows()] == texts
    loading = load(path)
    assert [article.article_id for article in loading.articles] == [f"t-{k + 1:02d}" for k in range(60) if k % 5]
    assert [article.text for article in loading.articles] == [text for text in texts if text]


def test_parquet_that_is_damaged_late_gives_no_rows(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"text": [f"Talk {k} " * 50 for k in range(60)]}), path, row_group_size=20)
    place = pq.read_metadata(path).row_group(2).column(0).data_page_offset
    content = path.read_bytes()
    path.write_bytes(content[:place] + bytes(40) + content[place + 40 :])
    loading = load(path)
    assert loading.articles == []
    assert (loading.report[0].note or "").startswith("it is a damaged Parquet table (")
