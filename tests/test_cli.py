import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from toolkit.__main__ import main
from toolkit.loaders import load

SEEDS = Path(__file__).parents[1] / "seeds"


def test_no_arguments_print_a_short_help(capsys):
    assert main([]) == 0
    printed = capsys.readouterr().out
    assert "report" in printed
    assert len(printed.splitlines()) < 20


def test_importing_the_toolkit_loads_no_large_library():
    code = (
        "import sys, toolkit; print([m for m in ('pandas', 'spacy', 'onnxruntime', 'matplotlib') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("file_format", ["parquet", "csv", "jsonl"])
def test_extract_writes_the_tables(tmp_path, file_format, capsys):
    assert main(["extract", str(SEEDS), "-o", str(tmp_path), "--format", file_format]) == 0
    names = ("articles", "mentions", "quotes", "positions", "appraisals", "votes", "duplicates", "loading")
    tables = {f"{name}.{file_format}" for name in names} | ({"texts.parquet"} if file_format == "parquet" else set())
    assert {p.name for p in tmp_path.iterdir()} == tables | {"run.json", "inputs.parquet"}
    assert "written to" in capsys.readouterr().out


def test_extract_reads_speeches_from_a_table(tmp_path):
    table = pd.DataFrame({"doc": ["s1"], "body": ["We urge an immediate ceasefire."], "state": ["Ghana"]})
    table.to_csv(tmp_path / "speeches.csv", index=False)
    columns = ["--id", "doc", "--text", "body", "--speaker", "state"]
    assert main(["extract", str(tmp_path / "speeches.csv"), "-o", str(tmp_path / "out"), *columns]) == 0
    positions = pd.read_parquet(tmp_path / "out" / "positions.parquet")
    assert set(positions["actor"]) <= {"Ghana"}
    assert "ceasefire" in positions["issue"].tolist()


BAD = [
    (["extract", "nowhere", "-o", "out"], "nowhere"),
    (["report", "nowhere"], "nowhere"),
    (["extract", str(SEEDS), "-o", "out", "--model", "xx_none"], "xx_none"),
    (["extract", str(SEEDS), "-o", "out", "--codebook", "none.toml"], "none.toml"),
]


@pytest.mark.parametrize(("arguments", "named"), BAD)
def test_bad_input_is_named(arguments, named, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 1
    message = capsys.readouterr().err
    assert named in message
    assert "Traceback" not in message


def test_a_report_is_one_page_without_outside_resources(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["report", str(SEEDS), "-o", "page.html"]) == 0
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "<script src=" not in page
    assert 'src="http' not in page
    assert "Did a position change?" in page
    assert (tmp_path / "page_tables" / "positions.parquet").exists()
    assert load("page.html").report[0].note == "it is a report of this toolkit and no article"
    assert "The page:" in capsys.readouterr().out
