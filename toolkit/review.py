"""Coding by hand in JupyterLab: each row in its context, decided by keyboard, saved after every decision."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from toolkit.codebook import Codebook
from toolkit.reviewsession import Session

if TYPE_CHECKING:
    from toolkit.study import Study


def review(
    study: Study,
    rows: pd.DataFrame | None,
    path: str | Path,
    *,
    coder: str,
    blind: bool | Collection[str] = False,
    context: int = 2,
    codebook: Codebook | str | Path | None = None,
) -> Any:
    """Code quotes or positions by hand, in a widget below the cell.

    Click into the widget and use the keys that it shows. Every decision is saved at once; run the same cell again to go
    on at the first row without one.

    Args:
        study: The study.
        rows: Rows of ``study.quotes`` or ``study.positions`` (all or a sample), or a sheet of them; None to go on with
            what the file holds.
        path: The CSV file that keeps the decisions; each coder needs one of their own.
        coder: Your name, as the sheet states it.
        blind: Hide the machine's answer: True for all variables, or the names of some, such as ``["stance"]``. Rows
            that were begun blind stay blind.
        context: Paragraphs to show before and after the passage.
        codebook: The codebook, for the wording of its issues; by default the toolkit's own where the study used it.

    Returns:
        The widget; its ``sheet`` is what ``study.with_corrections`` takes.

    Raises:
        ImportError: The extra ``check`` is not installed.
        ValueError: The file belongs to another coder, table or analysis, or an argument is not usable.
    """
    make = _widget_class()
    return make(Session(study, rows, path, coder=coder, blind=blind, context=context, codebook=codebook))


@lru_cache(maxsize=1)
def _widget_class() -> Any:
    try:
        import anywidget
    except ImportError as error:
        raise ImportError(
            'the review widget needs anywidget: pip install "diplomatic-positions-toolkit[check]", then restart '
            "JupyterLab. Without it, code a sheet in a spreadsheet: toolkit.sheets.write_sheet."
        ) from error
    data = resources.files("toolkit") / "data"

    class ReviewWidget(anywidget.AnyWidget):
        """The review in the notebook; ``sheet`` is the coding sheet as it stands."""

        _esm = (data / "review.js").read_text(encoding="utf-8")
        _css = (data / "review.css").read_text(encoding="utf-8")

        def __init__(self, session: Session) -> None:
            super().__init__()
            self.session = session
            self.on_msg(self._answer)

        def __repr__(self) -> str:
            return repr(self.session)

        @property
        def sheet(self) -> pd.DataFrame:
            """The coding sheet as it stands in the file."""
            return self.session.store.read()

        def _answer(self, widget: Any, message: Any, buffers: Any) -> None:
            reply = self.session.handle(message)
            self.send(reply)
            if reply["type"] == "saved":
                self.send({"type": "elsewhere", **{k: reply[k] for k in ("view", "index", "coded", "total", "counts")}})

    return ReviewWidget
