#!/usr/bin/env python3
"""Copies a notebook with one number of a stored table changed, to prove that nbval sees it.

    python .ci/falsify_notebook.py NOTEBOOK COPY

The cells after the falsified one are left out, so that the proof is quick.
"""

from __future__ import annotations

import copy
import json
import re
import sys
from pathlib import Path
from typing import Any

_CELL = re.compile(r"(<td[^>]*>\s*)(\d+)(\s*</td>)")


def falsify(notebook: dict[str, Any]) -> dict[str, Any] | None:
    """Change the first number in a table cell of a stored output.

    Returns:
        A changed copy up to that cell, or None where the notebook has no stored table with a number.
    """
    changed = copy.deepcopy(notebook)
    for index, cell in enumerate(changed["cells"]):
        for output in cell.get("outputs", []):
            stored = output.get("data", {}).get("text/html", "")
            html = stored if isinstance(stored, str) else "".join(stored)
            if "<table" in html and _CELL.search(html):
                false = _CELL.sub(lambda m: f"{m[1]}{int(m[2]) + 1}{m[3]}", html, count=1)
                output["data"]["text/html"] = false.splitlines(keepends=True)
                changed["cells"] = changed["cells"][: index + 1]
                return changed
    return None


def main(notebook: str, target: str) -> int:
    """Write the falsified copy; gives the exit code."""
    changed = falsify(json.loads(Path(notebook).read_text(encoding="utf-8")))
    if changed is None:
        print(f"{notebook} has no stored table with a number", file=sys.stderr)
        return 1
    Path(target).write_text(json.dumps(changed, ensure_ascii=False, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
