"""The project's own files agree with each other, and name nothing of the machine that they were made on."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

import toolkit

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
NAME = PROJECT["name"]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NOT_OURS = {".git", ".venv", "venv", "__pycache__", "build", "dist", "node_modules", ".ipynb_checkpoints"}


def script(name: str) -> ModuleType:
    """Load a script of the folder .ci."""
    spec = importlib.util.spec_from_file_location(name, ROOT / ".ci" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def tracked_files() -> list[Path]:
    """List the files under version control; in a copy without Git, all that are no environment, cache or build."""
    done = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], capture_output=True, cwd=ROOT
    )
    if done.returncode == 0 and done.stdout:
        paths = [ROOT / name for name in done.stdout.decode().split("\0") if name]
    else:
        paths = [
            p for p in ROOT.rglob("*") if not (NOT_OURS & set(p.relative_to(ROOT).parts)) and "_cache" not in str(p)
        ]
    return sorted(p for p in paths if p.is_file() and ".hypothesis" not in p.parts and p.suffix != ".egg-info")


def requirements(lines: list[str]) -> dict[str, str]:
    parsed = [Requirement(line) for line in lines]
    return {r.name: str(r.specifier) for r in parsed if r.name != NAME}


def expanded(extra: str) -> list[str]:
    """List what an extra installs, with the extras of this project that it names."""
    lines = PROJECT["optional-dependencies"][extra]
    own = [name for line in lines if (parsed := Requirement(line)).name == NAME for name in parsed.extras]
    return [line for line in lines if Requirement(line).name != NAME] + [e for name in own for e in expanded(name)]


def commands() -> dict[str, str]:
    text = (ROOT / "README.md").read_text("utf-8")
    return dict(re.findall(r"<!-- command: (\w+) -->\s*```\w*\n(.+?)\n```", text, re.DOTALL))


def test_environment_yml_agrees_with_pyproject() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    conda = [item for item in environment["dependencies"] if isinstance(item, str)]
    (by_pip,) = (item["pip"] for item in environment["dependencies"] if isinstance(item, dict))
    assert by_pip[-1] == "-e ."
    given = requirements(conda + by_pip[:-1])
    assert given.pop("python") == PROJECT["requires-python"]
    assert given.pop("pip") == ""
    assert given == requirements(PROJECT["dependencies"] + expanded("test"))
    assert environment["name"] == NAME


def test_the_version_is_the_same_everywhere() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert citation["version"] == PROJECT["version"] == toolkit.__version__
    assert re.search(rf"^## \[?{re.escape(PROJECT['version'])}\b", changelog, re.MULTILINE)
    assert citation["license"] == PROJECT["license"] == "MIT"
    assert (ROOT / "LICENSE").read_text("utf-8").startswith("MIT License")


def test_the_readme_has_the_two_commands_that_ci_runs() -> None:
    found = commands()
    assert set(found) == {"report", "test"}
    assert all(line.startswith("python3 -m venv .venv && .venv/bin/pip install ") for line in found.values())
    assert found["report"].endswith(" && .venv/bin/toolkit report seeds")
    assert found["test"].endswith(" -m pytest tests --nbval notebooks")
    for line in found.values():
        (extra,) = re.findall(r"\.\[(\w+)\]", line)
        assert extra in PROJECT["optional-dependencies"]


def test_the_workflow_calls_the_same_script() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8"))
    (job,) = workflow["jobs"].values()
    assert [step["run"] for step in job["steps"] if "run" in step] == [".ci/run"]
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
    assert PROJECT["requires-python"] == f">={min(job['strategy']['matrix']['python'], key=lambda v: int(v[2:]))}"


def test_hooks_are_local() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    assert [repository["repo"] for repository in hooks["repos"]] == ["local"]


# Parts are put together here, so that this file does not name them itself.
FORBIDDEN = {
    "a path of one machine": r"(?<![\w.~/-])/(?:work|root|home|Users|farm|tmp/bash)" + r"[/_]\w",
    "a package registry": "|".join(
        ["pypi" + r"\.org", "python" + r"hosted\.org", "registry" + r"\.npmjs", "deb" + r"\.debian\.org"]
    ),
    "an option for another package index": "--(?:extra-)?index" + "-url|--trusted" + "-host|PIP_" + "INDEX",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_names_something_of_the_machine(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    found = []
    for path in tracked_files():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in pattern.finditer(text)]
    assert found == []


def test_what_is_forbidden_is_seen() -> None:
    assert re.search(FORBIDDEN["a path of one machine"], "open('/" + "work/main/x')")
    assert re.search(FORBIDDEN["a package registry"], "https://pypi" + ".org/simple")
    assert not re.search(
        FORBIDDEN["a path of one machine"], "../" + "work/x and https://example.net/home/x and toolkit/" + "work/"
    )


def test_all_notebooks_are_there() -> None:
    assert [path.name[:2] for path in NOTEBOOKS] == [f"{n:02d}" for n in range(9)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_notebooks_are_clean_and_have_outputs(path: Path) -> None:
    cleaner = script("clean_notebooks")
    text = path.read_text("utf-8")
    notebook = json.loads(text)
    assert cleaner.dump(cleaner.clean(notebook)) == text, f"run: python .ci/clean_notebooks.py {path.name}"
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert any(cell["outputs"] for cell in code)
    assert not [out for cell in code for out in cell["outputs"] if out["output_type"] == "error"]


def notebook_of(html: str) -> dict[str, Any]:
    """Make a small notebook as a run leaves it."""
    data = {"text/html": [html], "text/plain": ["   n\n0  7"]}
    output = {"output_type": "execute_result", "execution_count": 12, "data": data, "metadata": {}}
    return {
        "cells": [
            {"cell_type": "markdown", "id": "a", "metadata": {"collapsed": True}, "source": ["# Héllo"]},
            {
                "cell_type": "code",
                "id": "b",
                "execution_count": 12,
                "metadata": {"tags": ["parameters"], "execution": {"iopub.execute_input": "2024-01-01T00:00:00Z"}},
                "outputs": [output],
                "source": ["frame"],
            },
            {"cell_type": "code", "id": "c", "execution_count": None, "metadata": {}, "outputs": [], "source": [""]},
        ],
        "metadata": {
            "kernelspec": {"display_name": "mine", "language": "python", "name": "mine"},
            "language_info": {"name": "python", "version": "3.12.1"},
            "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {}}},
            "papermill": {"duration": 3.2},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def test_cleaning_takes_out_the_traces_and_keeps_the_outputs(tmp_path: Path) -> None:
    cleaner = script("clean_notebooks")
    dirty = notebook_of("<table><td>7</td></table>")
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps(dirty), encoding="utf-8")
    assert cleaner.main(["--check", str(path)]) == 1
    assert json.loads(path.read_text("utf-8")) == dirty
    assert cleaner.main([str(path)]) == 1
    assert cleaner.main(["--check", str(path)]) == 0
    cleaned = json.loads(path.read_text("utf-8"))
    assert cleaned["metadata"] == {"kernelspec": cleaner.KERNEL, "language_info": {"name": "python"}}
    assert [cell["metadata"] for cell in cleaned["cells"]] == [{}, {"tags": ["parameters"]}, {}]
    assert [cell.get("execution_count") for cell in cleaned["cells"]] == [None, 1, None]
    assert cleaned["cells"][1]["outputs"][0]["execution_count"] == 1
    assert cleaned["cells"][1]["outputs"][0]["data"] == dirty["cells"][1]["outputs"][0]["data"]
    assert "Héllo" in path.read_text("utf-8")


def test_falsifying_changes_one_number_of_a_stored_table(tmp_path: Path) -> None:
    falsifier = script("falsify_notebook")
    notebook = notebook_of("<table><tr><td>a1</td><td>7</td><td>8</td></tr></table>")
    changed = falsifier.falsify(notebook)
    assert changed is not None
    assert changed["cells"][1]["outputs"][0]["data"]["text/html"] == [
        "<table><tr><td>a1</td><td>8</td><td>8</td></tr></table>"
    ]
    assert len(changed["cells"]) == 2
    assert notebook == notebook_of("<table><tr><td>a1</td><td>7</td><td>8</td></tr></table>")
    assert falsifier.falsify(notebook_of("<p>7</p>")) is None
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps(notebook_of("<p>7</p>")), encoding="utf-8")
    assert falsifier.main(str(path), str(tmp_path / "f.ipynb")) == 1


def test_scripts_stand_alone() -> None:
    for name in ("clean_notebooks", "falsify_notebook"):
        source = (ROOT / ".ci" / f"{name}.py").read_text("utf-8")
        modules = set(re.findall(r"^(?:from|import) (\w+)", source, re.MULTILINE))
        assert modules <= sys.stdlib_module_names
