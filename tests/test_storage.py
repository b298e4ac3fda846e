import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.records import TABLES, Quote, table
from toolkit.storage import clean, read_tables, write_tables

QUOTE = Quote(
    "a", "a:q1", "direct", "“Stop”", ((3, 9), (12, 14)), None, None, None, "said", 10, 12, speakers=("Ada Obi",)
)


def all_tables():
    return {name: table(name, [QUOTE] if name == "quotes" else []) for name in TABLES}


def test_parquet_comes_back_as_it_was(tmp_path):
    tables = all_tables()
    write_tables(tables, tmp_path)
    again = read_tables(tmp_path)
    for name, frame in tables.items():
        pd.testing.assert_frame_equal(again[name], frame)


def test_jsonl_writes_absent_values_as_null(tmp_path):
    write_tables(all_tables(), tmp_path, "jsonl")
    (row,) = map(json.loads, (tmp_path / "quotes.jsonl").read_text("utf-8").splitlines())
    assert row["source"] is None
    assert row["source_start"] is None
    assert row["spans"] == [[3, 9], [12, 14]]
    assert row["speakers"] == ["Ada Obi"]


@pytest.mark.parametrize("cell", ["=1+1", "+49", "-x", "@SUM(A1)", "\tx"])
def test_csv_cells_never_become_formulas(tmp_path, cell):
    frame = table("votes", [{**dict.fromkeys(c.name for c in TABLES["votes"]), "subject": cell, "article_id": "a"}])
    write_tables({"votes": frame}, tmp_path, "csv")
    assert pd.read_csv(tmp_path / "votes.csv", encoding="utf-8-sig")["subject"][0] == f"'{cell}"


def test_csv_keeps_lists_as_json(tmp_path):
    write_tables(all_tables(), tmp_path, "csv")
    row = pd.read_csv(tmp_path / "quotes.csv", encoding="utf-8-sig").iloc[0]
    assert json.loads(row["spans"]) == [[3, 9], [12, 14]]


def test_an_unknown_format_is_refused(tmp_path):
    with pytest.raises(ValueError, match="file_format is 'xlsx'; expected one of 'parquet', 'csv', 'jsonl'"):
        write_tables(all_tables(), tmp_path, "xlsx")


def test_a_folder_without_a_study_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="holds no saved study"):
        read_tables(tmp_path)


def test_clean_gives_valid_json():
    values = {"a": pd.NA, "b": float("nan"), "c": np.int64(3), "d": [np.float64(0.5), None], "e": ("x",)}
    assert clean(values) == {"a": None, "b": None, "c": 3, "d": [0.5, None], "e": ["x"]}


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=50))
def test_any_text_survives_jsonl(text):
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        write_tables({"t": pd.DataFrame({"x": pd.Series([text], dtype="object")})}, path, "jsonl")
        assert json.loads((path / "t.jsonl").read_text("utf-8"))["x"] == text
