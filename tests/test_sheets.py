from __future__ import annotations

import csv
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.records import Position, Quote, table
from toolkit.sheetcells import decode_cell, encode_cell, read_cells, write_cells
from toolkit.sheets import blind_variables, check_sheet, make_sheet, read_sheet, sheet_columns, write_sheet

FORMATS = ("csv", "xlsx")
HOSTILE = [
    "=HYPERLINK(\"http://evil.example\")", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1+1", "'=1", "''", "＝1",
    "a\x00b", "\x07", "line\r\nline\n", "\ufffe", "\\u{D}", "\\\\u{0}", "_x000D_", "<script>alert(1)</script>",
    "a,b;c\"d'", "#N/A", "-1", "'-1", "😀", "x" * 20_000,
]  # fmt: skip


def positions(n: int = 3, **changes):
    made = []
    for i in range(n):
        values = {"actor": "Ada Obi", "issue": "ceasefire", "stance": 1, "text": f"talks {i}"} | changes
        made.append(
            Position(
                article_id="a",
                position_id=f"a:p{i + 1}",
                date=None,
                role=None,
                start=i * 10,
                end=i * 10 + 7,
                quote_id=None,
                kind="direct",
                rule="quote",
                confidence=0.5,
                **values,
            )
        )
    return table("positions", made)


def quotes():
    return table(
        "quotes",
        [
            Quote("a", "a:q1", "mixed", "Stop … “now”", ((3, 7), (12, 17)), "she", 8, 11, "said", 8, 11, None, None,
                  ("B", "A")),
            Quote("a", "a:q2", "indirect", "talks", ((20, 25),), None, None, None, None, None, None),
        ],
    )  # fmt: skip


def coded(sheet, *rows):
    """Fill in rows: (number, decision, other columns)."""
    sheet = sheet.copy()
    for number, decision, values in rows:
        for column, value in {"decision": decision, "coder": "ann", **values}.items():
            sheet.loc[number, column] = value
    return sheet


def test_a_sheet_of_positions():
    sheet = make_sheet(positions(), coder="ann")
    assert list(sheet.columns) == sheet_columns("positions")
    assert sheet[["table", "id", "start", "end", "text", "actor", "issue", "stance"]].iloc[0].tolist() == [
        "positions", "a:p1", 0, 7, "talks 0", "Ada Obi", "ceasefire", 1,
    ]  # fmt: skip
    assert sheet["coder"].tolist() == ["ann"] * 3
    assert sheet["decision"].isna().all()


def test_a_sheet_of_quotes_holds_all_speakers_and_the_whole_stretch():
    sheet = make_sheet(quotes())
    assert list(sheet.columns) == sheet_columns("quotes")
    first = sheet.iloc[0]
    assert (first["start"], first["end"], first["text"], first["speakers"]) == (3, 17, "Stop … “now”", "B; A")
    assert sheet["speakers"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("blind", "empty"),
    [(False, []), (True, ["actor", "issue", "stance"]), (["stance"], ["stance"]), ("actor", ["actor"]), ([], [])],
)
def test_a_blind_sheet_leaves_the_variables_empty(blind, empty):
    sheet = make_sheet(positions(), blind=blind)
    assert [v for v in ("actor", "issue", "stance") if sheet[v].isna().all()] == empty


def test_an_unknown_blind_variable_is_refused():
    with pytest.raises(ValueError, match=r"blind is 'stanse'; .*Did you mean 'stance'\?"):
        blind_variables("positions", ["stanse"])


def test_the_sample_columns_stay():
    rows = positions().assign(stratum="all", inclusion_probability=0.25)
    sheet = make_sheet(rows)
    assert list(sheet.columns) == sheet_columns("positions", sampled=True)
    assert sheet["inclusion_probability"].tolist() == [0.25] * 3


def test_no_rows_give_an_empty_sheet():
    assert list(make_sheet(positions(0)).columns) == sheet_columns("positions")
    assert list(make_sheet(quotes().head(0)).columns) == sheet_columns("quotes")


def test_rows_of_no_table_are_refused():
    with pytest.raises(ValueError, match=r"expected rows of study\.quotes or study\.positions"):
        make_sheet(pd.DataFrame({"x": [1]}))


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_cells_come_back_and_never_become_formulas(text, suffix, tmp_path):
    sheet = coded(make_sheet(positions(2, text=text, actor="x" + text)), (0, "keep", {"comment": text}))
    path = write_sheet(sheet, tmp_path / f"s.{suffix}")
    pd.testing.assert_frame_equal(read_sheet(path), check_sheet(sheet))
    for cell in raw_cells(path):
        assert not cell.startswith(("=", "+", "@", "\t", "\r", "＝"))
        assert not cell.startswith("-") or cell == "-1"


def raw_cells(path: Path) -> list[str]:
    """Give the cells as a spreadsheet would see them, without the toolkit's reader."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [cell for row in csv.reader(file) for cell in row]
    import openpyxl

    book = openpyxl.load_workbook(path)
    cells = [cell for page in book for row in page.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells if cell.parent.title == "coding"} == {"@"}
    return [cell.value for cell in cells]


def test_the_check_of_raw_cells_can_fail(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active["A1"] = "=1+1"
    book.save(tmp_path / "s.xlsx")
    with pytest.raises(AssertionError):
        raw_cells(tmp_path / "s.xlsx")


@settings(deadline=None, max_examples=300)
@given(st.text(st.characters(codec=None), max_size=30))
def test_any_text_survives_a_cell(text):
    expected = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    cell = encode_cell(text)
    assert decode_cell(cell) == expected
    cell.encode("utf-8")
    assert not any(c in cell for c in "\x00\r")


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(st.characters(codec=None), max_size=12), min_size=1, max_size=4))
def test_any_text_survives_both_files(texts):
    expected = [t.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for t in texts]
    with tempfile.TemporaryDirectory() as folder:
        for suffix in FORMATS:
            path = Path(folder) / f"c.{suffix}"
            write_cells(path, ["n", "t"], [[f"r{i}", t] for i, t in enumerate(texts)], {})
            assert [row[1] if len(row) > 1 else "" for row in read_cells(path)[1:]] == expected


def test_half_surrogates_and_nuls_do_no_harm(tmp_path):
    half = pd.Series(["half \ud83d, \x00"], dtype="object")
    sheet = check_sheet(make_sheet(positions(1)).astype(object).assign(comment=half))
    assert sheet["comment"].tolist() == ["half \ufffd, \x00"]
    assert read_sheet(write_sheet(sheet, tmp_path / "s.csv"))["comment"].tolist() == ["half \ufffd, \x00"]


@pytest.mark.parametrize(("suffix", "length"), [("xlsx", 32_768), ("csv", 131_073)])
def test_a_cell_that_is_too_long_is_refused_not_cut(suffix, length, tmp_path):
    with pytest.raises(ValueError, match=r"row 2, column text: .* characters; a cell of a"):
        write_sheet(make_sheet(positions(1, text="x" * length)), tmp_path / f"s.{suffix}")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("decision", "kepp", r"row 3, column decision: 'kepp'; expected one of keep, .*Did you mean 'keep'\?"),
        ("stance", "2", r"row 3, column stance: '2'; expected 1 \(supports"),
        ("stance", "pro", r"row 3, column stance: 'pro'; expected 1"),
        ("stance", "nan", r"row 3, column stance: 'nan'; expected 1"),
        ("issue", "ceasefyre", r"row 3, column issue: 'ceasefyre'; expected one of ceasefire, .*'ceasefire'\?"),
        ("issue", "", "row 3, column issue: empty; expected a value, since the decision is 'change'"),
        ("start", "x", "row 3, column start: 'x'; expected a whole number"),
        ("start", "1.5", "row 3, column start: '1.5'; expected a whole number"),
        ("end", "2", "row 3, column end: 2; expected more than the start, 10"),
        ("text", "", "row 3, column text: empty; expected what the sheet had"),
        ("coder", " ", "row 3, column coder: empty; expected the name of who decided"),
        ("coded_at", "yesterday", "row 3, column coded_at: 'yesterday'; expected a time such as"),
        ("id", "a:p1", "row 3, column id: 'a:p1'; expected one row a unit and coder; row 2 has the same"),
        ("table", "quotes", "rows of both tables"),
        ("table", "qoutes", "row 3, column table: 'qoutes'; expected one of positions"),
    ],
)
def test_faults_name_row_column_and_what_is_allowed(column, value, message):
    sheet = make_sheet(positions(), coder="ann").astype(object)
    sheet["coder"] = "ann"
    sheet.loc[1, "decision"] = "change"
    sheet.loc[1, column] = value
    with pytest.raises(ValueError, match=message):
        check_sheet(sheet, issues=["ceasefire", "negotiation"])


def test_all_faults_are_named_at_once_but_not_endlessly():
    sheet = make_sheet(positions(30)).astype(object).assign(stance="?")
    with pytest.raises(ValueError, match=r"row 2, .*\n(.*\n)*\.\.\. and 22 more") as caught:
        check_sheet(sheet)
    assert len(str(caught.value).splitlines()) == 10


@pytest.mark.parametrize(
    ("given", "kept"), [("+1", 1), ("1.0", 1), (1.0, 1), ("-1", -1), ("−1", -1), (-1, -1), ("", None), (None, None)]
)
def test_sides_as_people_write_them(given, kept):
    sheet = make_sheet(positions(1)).astype(object)
    sheet.loc[0, "stance"] = given
    stance = check_sheet(sheet)["stance"][0]
    assert pd.isna(stance) if kept is None else stance == kept


def test_decisions_in_capitals_and_with_blanks():
    sheet = make_sheet(positions(1), coder="ann").assign(decision=" Keep ")
    assert check_sheet(sheet)["decision"].tolist() == ["keep"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: s.drop(columns="actor"), r"lacks the column actor; .*make_sheet"),
        (lambda s: s.assign(desision=1), "column 'desision', .* Did you mean 'decision'"),
        (lambda s: s[[*s.columns, "actor"]], "column 'actor' more than once"),
    ],
)
def test_columns_are_checked(change, message):
    with pytest.raises(ValueError, match=message):
        check_sheet(change(make_sheet(positions())))


def test_optional_columns_may_be_missing():
    sheet = make_sheet(positions()).drop(columns=["comment", "coded_at"])
    assert list(check_sheet(sheet).columns) == sheet_columns("positions")


def test_checking_leaves_the_given_frame_alone():
    sheet = make_sheet(positions(1)).astype(object).assign(stance="+1")
    before = sheet.copy()
    check_sheet(sheet)
    pd.testing.assert_frame_equal(sheet, before)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_as_spreadsheets_save_it(delimiter, tmp_path):
    path = write_sheet(coded(make_sheet(positions()), (0, "drop", {})), tmp_path / "s.csv")
    rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    blank = [""] * len(rows[0])
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([*rows, blank, blank])
    assert read_sheet(path)["decision"].tolist()[:1] == ["drop"]
    assert len(read_sheet(path)) == 3


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty; expected a sheet"),
        ("table,id\ncaf\xe9".encode("latin-1"), "is not UTF-8; in the spreadsheet, save it as"),
        (b'table,id\n"x', "is no CSV file that can be read"),
        (b"table,id\npositions,a,b\n", "row 2 has more cells than the header"),
        (b"table,id\npositions,a\n", "s.csv: the sheet lacks the columns article_id"),
    ],
)
def test_files_that_cannot_be_read(content, message, tmp_path):
    (tmp_path / "s.csv").write_bytes(content)
    with pytest.raises(ValueError, match=message):
        read_sheet(tmp_path / "s.csv")


def test_excel_files_that_cannot_be_read(tmp_path):
    path = tmp_path / "s.xlsx"
    path.write_bytes(b"no zip")
    with pytest.raises(ValueError, match="is no Excel file that can be read"):
        read_sheet(path)
    with pytest.raises(ValueError, match=r"ends in '\.ods'; a sheet is a file that ends in \.csv or \.xlsx"):
        read_sheet(tmp_path / "s.ods")
    with pytest.raises(FileNotFoundError):
        read_sheet(tmp_path / "none.csv")


def test_excel_formulas_numbers_and_times_of_a_coder(tmp_path):
    import datetime

    import openpyxl

    path = write_sheet(make_sheet(positions(2)), tmp_path / "s.xlsx", issues=["ceasefire"])
    book = openpyxl.load_workbook(path)
    page = book["coding"]
    column = {cell.value: cell.column for cell in page[1]}
    for name, value in {
        "decision": "change", "stance": -1, "coder": "ann", "coded_at": datetime.datetime(2025, 1, 31, 14, 5),
    }.items():  # fmt: skip
        page.cell(2, column[name], value)
    book.save(path)
    row = read_sheet(path).iloc[0]
    assert row[["decision", "stance", "coder", "coded_at"]].tolist() == ["change", -1, "ann", "2025-01-31T14:05:00"]
    page.cell(3, column["comment"], "=1+1")
    book.save(path)
    with pytest.raises(ValueError, match=r"cell L3 holds a formula; write its value as text"):
        read_sheet(path)


def test_excel_offers_what_is_allowed(tmp_path):
    import openpyxl

    path = write_sheet(make_sheet(positions(2)), tmp_path / "s.xlsx", issues=["b", "ceasefire"])
    book = openpyxl.load_workbook(path)
    page = book["coding"]
    offered = {}
    for rule in page.data_validations.dataValidation:
        column = str(rule.sqref)[0]
        cells = book["choices"][column]
        offered[page[f"{column}1"].value] = [cell.value for cell in cells if cell.value]
    assert offered == {
        "issue": ["b", "ceasefire"],
        "stance": ["1", "-1"],
        "decision": ["keep", "change", "drop", "add", "unsure"],
    }


def test_a_file_with_decisions_is_not_overwritten(tmp_path):
    sheet = make_sheet(positions())
    path = write_sheet(sheet, tmp_path / "s.csv")
    write_sheet(sheet, path)
    write_sheet(coded(sheet, (0, "keep", {})), path)
    with pytest.raises(FileExistsError, match="holds 1 decisions"):
        write_sheet(sheet, path)
    assert read_sheet(path)["decision"].tolist()[0] == "keep"
    write_sheet(sheet, path, overwrite=True)
    assert read_sheet(path)["decision"].isna().all()


def test_a_crash_while_writing_leaves_the_former_file(tmp_path, monkeypatch):
    path = write_sheet(make_sheet(positions()), tmp_path / "s.csv")
    before = path.read_bytes()

    def crash(descriptor):
        raise OSError("disk full")

    monkeypatch.setattr("toolkit.sheetcells.os.fsync", crash)
    with pytest.raises(OSError, match="disk full"):
        write_sheet(make_sheet(positions(1)), path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["s.csv"]


def test_a_missing_library_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "openpyxl", None)
    with pytest.raises(ImportError, match=r"diplomatic-positions-toolkit\[check\]"):
        write_sheet(make_sheet(positions()), tmp_path / "s.xlsx")
