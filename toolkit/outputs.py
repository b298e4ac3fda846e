"""Knows what the toolkit itself writes into a folder, so that it is not read as articles, and nothing else deleted.

A run notes in ``run.json`` what it makes before it writes anything else; where that file is not there, no run wrote.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from toolkit.locks import LOCK
from toolkit.parts import TEXTS, remove_parts
from toolkit.records import TABLES
from toolkit.storage import FORMATS

RUN = "run.json"
INPUTS = "inputs.parquet"
WORK = "work"
"""What a run writes beside its tables: its settings, the files that were given, and a folder while it runs."""

READ = "read"
PLAN = "plan.parquet"
WHOLE = "tables"
"""What is in the folder ``work``: the texts in parts, what each part is to do, and tables that become CSV or JSON."""

STUDY = "study.json"
"""What a saved study has beside its tables."""

REPORT_MARK = '<meta name="generator" content="diplomatic-positions-toolkit">'
"""What stands at the head of a page that ``toolkit report`` writes."""

_STUDY_HEAD = re.compile(r'\{\s*"provenance":\s*\{\s*"toolkit":')
_HEAD = 200


def run_names(file_format: str) -> tuple[str, ...]:
    """Give the names of what a run writes into its folder, ``run.json`` last."""
    texts = [f"{TEXTS}.parquet"] if file_format == "parquet" else []
    return (*(f"{name}.{file_format}" for name in TABLES), *texts, INPUTS, WORK, RUN)


def find_run(folder: Path) -> dict[str, Any] | None:
    """Read the ``run.json`` of a folder; None where there is none, or another program's."""
    if not (folder / RUN).is_file():
        return None
    try:
        kept = json.loads((folder / RUN).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    settings = kept.get("settings") if isinstance(kept, dict) else None
    ours = isinstance(settings, dict) and "toolkit" in settings and settings.get("file_format") in FORMATS
    return kept if ours else None


def own_names(folder: Path) -> frozenset[str]:
    """Give the names in a folder that a run or a saved study has there; none where neither wrote."""
    names: set[str] = set()
    if run := find_run(folder):
        names = {*run_names(run["settings"]["file_format"]), LOCK}
        if not (folder / WORK / f"{READ}.parquet").is_dir():
            names.remove(WORK)
    if _is_study(folder / STUDY):
        names |= {STUDY, *(f"{name}.parquet" for name in TABLES)}
    return frozenset(names)


def _is_study(path: Path) -> bool:
    """Tell from the beginning of a file, which may be large, whether ``study.save`` wrote it."""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return _STUDY_HEAD.match(file.read(_HEAD).decode("utf-8", "replace")) is not None
    except OSError:
        return False


def remove_run(folder: Path, run: Mapping[str, Any]) -> None:
    """Remove what a run wrote into its folder; what others put there, also into the folders of tables, stays.

    Args:
        folder: The folder of the run.
        run: Its ``run.json``.
    """
    remove_work(folder)
    for name in run_names(run["settings"]["file_format"]):
        path = folder / name
        if path.is_dir():
            remove_parts(path)
        else:
            path.unlink(missing_ok=True)


def remove_work(folder: Path) -> None:
    """Remove what a run keeps while it is at work, and the folder ``work`` where nothing else is in it."""
    work = folder / WORK
    for name in (*TABLES, TEXTS):
        remove_parts(work / WHOLE / f"{name}.parquet")
    (work / PLAN).unlink(missing_ok=True)
    remove_parts(work / f"{READ}.parquet")
    for path in (work / WHOLE, work):
        with suppress(OSError):
            path.rmdir()
