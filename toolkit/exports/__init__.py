"""Takes quotes and positions to the tools in which people correct by hand, and brings back what they decided.

``write(study, folder, format="brat")`` writes; ``read(folder, study, format="brat", coder="Ada")`` gives coding sheets
for ``study.with_corrections``. For spreadsheets see ``toolkit.sheets``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.checks import check_option
from toolkit.exports import brat, inception, label_studio, web_annotation
from toolkit.exports.units import Unit, sheets_of

if TYPE_CHECKING:
    import pandas as pd

    from toolkit.study import Study

FORMATS = ("brat", "inception", "label_studio", "web_annotation")

__all__ = ["FORMATS", "read", "write"]


def write(study: Study, folder: str | Path, *, format: str = "brat") -> Path:  # noqa: A002
    """Write all quotes and positions of a study for correction elsewhere.

    The files hold the articles' whole texts (but for ``web_annotation``, which holds the quoted words): mind whose they
    are before you pass them on.

    Args:
        study: The study.
        folder: Where to write; made where it does not exist, and must be empty.
        format: ``brat`` (standoff), ``inception`` (UIMA CAS XMI; needs the extra ``check``), ``label_studio`` (JSON)
            or ``web_annotation`` (W3C JSON-LD).

    Returns:
        The folder.

    Raises:
        FileExistsError: The folder holds files.
    """
    check_option("format", format, FORMATS)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty; give a new folder, so that no corrections are overwritten.")
    {
        "brat": brat.write,
        "inception": inception.write,
        "label_studio": label_studio.write,
        "web_annotation": web_annotation.write,
    }[format](study, folder)
    return folder


def read(
    folder: str | Path,
    study: Study,
    *,
    coder: str,
    format: str = "brat",  # noqa: A002
) -> list[pd.DataFrame]:
    """Read corrected units and say what was decided on each.

    What came back unchanged counts as looked at and kept; rows of articles that did not come back, or that were
    skipped, are not decided on.

    Args:
        folder: Holds the corrected files.
        study: The study that was exported.
        coder: Who corrected.
        format: As for ``write``.

    Returns:
        A sheet of quotes and one of positions: ``study.with_corrections(sheets)``.

    Raises:
        FileNotFoundError: The folder does not exist or has no file of the format.
        ValueError: A file is damaged or does not fit the study, as where an article's text is another now; names
            file or article, and place.
    """
    check_option("format", format, FORMATS)
    folder = Path(folder)
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} does not exist; give the folder with the corrected files.")
    readers: dict[str, Callable[[Path, Mapping[str, str]], Iterator[tuple[str, list[Unit] | None]]]] = {
        "brat": brat.read,
        "inception": inception.read,
        "label_studio": label_studio.read,
        "web_annotation": web_annotation.read,
    }
    found = list(readers[format](folder, study.texts))
    if not found:
        raise FileNotFoundError(f"{folder} has no file that was exported as {format}.")
    decided = {name for name, of_article in found if of_article is not None}
    units = [unit for _, of_article in found for unit in of_article or ()]
    return sheets_of(study, units, decided, coder)
