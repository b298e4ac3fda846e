"""Runs the comparison notebook on any articles and writes one self-contained HTML page."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from toolkit.outputs import REPORT_MARK

NOTEBOOK = "04_compare_positions.ipynb"
_OUTSIDE = re.compile(r"<script[^>]+src=\"https?://[^>]*>\s*</script>|<link[^>]+href=\"https?://[^>]*>", re.IGNORECASE)
_STYLE = """<style>
body { margin: 0; }
main { max-width: 72rem; margin: 0 auto; padding: 0 1rem; }
.jp-OutputArea-output { overflow-x: auto; }
.jp-OutputArea-output img { max-width: 100%; height: auto; }
.jp-InputPrompt, .jp-OutputPrompt { display: none; }
.jp-RenderedHTMLCommon table { font-size: 0.85rem; }
.jp-RenderedHTMLCommon td, .jp-RenderedHTMLCommon th { text-align: left; vertical-align: top; overflow-wrap: anywhere; }
@media (max-width: 40rem) {
  .jp-Cell, .jp-Notebook { padding: 0 !important; }
  .jp-OutputArea-output img { max-width: none; width: 44rem; }
}
</style>
"""


def notebooks_folder() -> Path:
    """Find the notebooks: in the installed package, or beside it in a clone.

    Raises:
        FileNotFoundError: They are in neither place.
    """
    here = Path(__file__).resolve().parent
    for folder in (here / "notebooks", here.parent / "notebooks"):
        if (folder / NOTEBOOK).exists():
            return folder
    raise FileNotFoundError(f"{NOTEBOOK} was not found; reinstall the toolkit or run it from a clone of the project.")


def write_report(paths: Sequence[str | Path], output: Path, *, parameters: dict[str, Any] | None = None) -> Path:
    """Run the comparison notebook on articles and write what it shows as one HTML page without outside resources.

    Args:
        paths: Files or folders with the articles.
        output: The page to write.
        parameters: Values for the notebook's other parameters (``actor``, ``codebook``).

    Returns:
        The page's absolute path.

    Raises:
        ImportError: The extra ``lab`` is not installed; says how to install it.
        RuntimeError: A cell of the notebook failed; gives the cell's error.
    """
    try:
        import nbformat
        import papermill
        from nbconvert import HTMLExporter
        from papermill.exceptions import PapermillExecutionError
    except ImportError as error:
        raise ImportError(f"the report needs {error.name}: pip install 'diplomatic-positions-toolkit[lab]'") from error
    given = {"paths": [str(Path(p).resolve()) for p in paths], **(parameters or {})}
    with tempfile.TemporaryDirectory() as folder:
        executed = Path(folder) / NOTEBOOK
        try:
            papermill.execute_notebook(
                notebooks_folder() / NOTEBOOK, executed, parameters=given, kernel_name="python3", cwd=folder
            )
        except PapermillExecutionError as error:
            raise RuntimeError(f"{error.ename}: {error.evalue}") from error
        notebook = nbformat.read(executed, as_version=4)
    exporter = HTMLExporter(exclude_input=True, exclude_input_prompt=True, exclude_output_prompt=True)
    page, _ = exporter.from_notebook_node(notebook)
    page = _OUTSIDE.sub("", page).replace("</head>", f"{_STYLE}</head>", 1)
    page = page.replace("<head>", f"<head>{REPORT_MARK}", 1)
    page = re.sub(r"<title>.*?</title>", "<title>Diplomatic positions compared</title>", page, count=1, flags=re.DOTALL)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(page, encoding="utf-8", errors="replace")
    return output.resolve()
