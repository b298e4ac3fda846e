#!/usr/bin/env python3
"""Cleans the metadata of notebooks, and keeps their outputs.

Execution times, versions of Python and of the kernel, widget states and papermill's log change with every run and every
machine; they are taken out. Execution counts are numbered from 1. Sources, outputs, tags and cell ids are kept.

    python .ci/clean_notebooks.py [--check] [NOTEBOOK ...]     (default: notebooks/*.ipynb)

With --check nothing is written, and the exit code is 1 where a notebook is not clean.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {"name": "python"}
CELL_KEYS = ("tags", "jupyter", "editable", "slideshow")
"""Metadata of a cell that an author sets by hand."""


def clean(notebook: dict[str, Any]) -> dict[str, Any]:
    """Give a notebook without the traces of a run; the one that was given stays as it is."""
    cells = []
    count = 0
    for cell in notebook["cells"]:
        cell = {**cell, "metadata": {k: v for k, v in cell.get("metadata", {}).items() if k in CELL_KEYS}}
        if cell["cell_type"] == "code":
            if cell.get("execution_count") is not None:
                count += 1
                cell["execution_count"] = count
            cell["outputs"] = [_clean_output(output, cell["execution_count"]) for output in cell.get("outputs", [])]
        cells.append(cell)
    return {
        "cells": cells,
        "metadata": {"kernelspec": KERNEL, "language_info": LANGUAGE},
        "nbformat": notebook["nbformat"],
        "nbformat_minor": notebook["nbformat_minor"],
    }


def _clean_output(output: dict[str, Any], count: int | None) -> dict[str, Any]:
    return {**output, "execution_count": count} if "execution_count" in output else output


def dump(notebook: dict[str, Any]) -> str:
    """Write a notebook as Jupyter writes it."""
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Clean or check notebooks; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 where one is not clean")
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: notebooks/*.ipynb")
    options = parser.parse_args(arguments)
    paths = options.notebooks or sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
    unclean = 0
    for path in paths:
        text = path.read_text(encoding="utf-8")
        cleaned = dump(clean(json.loads(text)))
        if cleaned == text:
            continue
        unclean += 1
        if options.check:
            print(f"{path} holds traces of a run: python .ci/clean_notebooks.py {path}")
        else:
            path.write_text(cleaned, encoding="utf-8")
            print(f"cleaned {path}")
    return 1 if unclean else 0


if __name__ == "__main__":
    sys.exit(main())
