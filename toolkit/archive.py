"""Replication archives: everything that others need to check a study, without the articles' words.

``write_archive`` writes codes, offsets, checksums, codebook, provenance and notebooks; ``rehydrate`` puts the words
back from the reader's own copies of the articles; ``verify`` lists the evidence that does not match.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime
from importlib import resources
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit.bags import write_bag
from toolkit.checks import check_option
from toolkit.codebook import load_codebook
from toolkit.cratefiles import agent, clean_notebook, crate, environment, readme
from toolkit.records import TABLES
from toolkit.rehydration import STATUSES, Archive, Rehydration, read_archive, rehydrate, verify
from toolkit.storage import clean, write_tables
from toolkit.study import Study
from toolkit.withholding import (
    WITHHELD,
    Guard,
    hide,
    new_ids,
    withhold,
    words_sha256,
)

__all__ = [
    "ABOUT", "STATUSES", "Archive", "Rehydration", "read_archive", "rehydrate", "verify", "write_archive",
]  # fmt: skip

ABOUT = ("title", "authors", "licence", "description", "published")
"""What can be said of an archive; ``authors`` is a list of names, ``published`` a day as ``YYYY-MM-DD``."""


def write_archive(
    study: Study,
    target: str | Path,
    *,
    about: Mapping[str, Any] | None = None,
    codebook: str | Path | None = None,
    notebooks: Iterable[str | Path] = (),
    sheets: Mapping[str, pd.DataFrame] | None = None,
    own_words: Collection[str] = (),
) -> Path:
    """Write a study as a replication archive that holds no six words in a row of any article.

    The archive is a BagIt bag with an RO-Crate in it. Articles are known by the SHA-256 of their texts. Articles whose
    ids repeat six of their words, as file names made of headlines do, get new ids.

    Args:
        study: The study; its evidence must match its articles.
        target: A folder that does not exist yet, or a file that ends in ``.zip``.
        about: Any of ``ABOUT``.
        codebook: The codebook's TOML file; None takes the toolkit's own, if the study was coded with one.
        notebooks: Notebooks and scripts; notebooks go in without their outputs and attachments.
        sheets: Coding sheets by name, such as those of the validation sample.
        own_words: Names of files (of a notebook, or ``codebook.toml``) that are your own words although six in a row
            stand in an article, too; the README says so.

    Returns:
        The target.

    Raises:
        FileExistsError: There is something at the target.
        FileNotFoundError: A notebook or the codebook does not exist.
        ImportError: The extra ``archive`` is not installed.
        ValueError: The study's evidence does not match, the codebook is another one, or a file repeats an article.
    """
    target, said = Path(target), _about(about)
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise FileExistsError(f"{target} exists already; give a new name, or remove it first.")
    wrong = study.verify()
    if len(wrong):
        raise ValueError(f"{len(wrong)} rows of the study do not match its articles; see study.verify().")
    guard = Guard(study.texts.values())
    tables, withheld = _archived_tables(study, guard)
    files = _table_files({**tables, "withheld": withheld}, "tables")
    files |= _sheet_files(sheets or {}, study, guard)
    files |= _codebook_files(study, codebook)
    files |= _notebook_files(notebooks)
    files["provenance.json"] = _json(hide(clean(study.provenance), guard))
    files["about.json"] = _json(said)
    _check_words(files, guard, own_words)
    files["environment.txt"] = environment().encode()
    rows = {name: len(frame) for name, frame in tables.items()}
    files["README.md"] = readme(said, rows, files, own_words=own_words).encode("utf-8", "backslashreplace")
    files["ro-crate-metadata.json"] = _json(crate(said, files))
    info = {"Bagging-Date": said["published"], "External-Description": said["title"]}
    return write_bag(files, target, info={**info, "Bag-Software-Agent": agent()})


def _about(about: Mapping[str, Any] | None) -> dict[str, Any]:
    for key in about or {}:
        check_option("a key of about", key, ABOUT)
    said = {"title": "Replication archive", "authors": [], "licence": "", "description": "", **(about or {})}
    said.setdefault("published", datetime.now(UTC).date().isoformat())
    if isinstance(said["authors"], str):
        raise ValueError(f"authors is {said['authors']!r}; expected a list, as ['{said['authors']}'].")
    try:
        said["published"] = date.fromisoformat(str(said["published"])).isoformat()
    except ValueError as error:
        raise ValueError(f"published is {said['published']!r}; expected a day as YYYY-MM-DD.") from error
    said["authors"] = [str(name) for name in said["authors"]]
    return {key: said[key] if key == "authors" else str(said[key]) for key in ABOUT}


def _archived_tables(study: Study, guard: Guard) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    ids = new_ids(_all_ids(study), study.texts, guard)
    originals = study.originals
    names = study.tables["articles"]["article_id"]
    regions = [[[r.kind, r.start, r.end] for r in originals[name].regions] for name in names]
    articles = study.tables["articles"].assign(
        speaker=pd.Series([originals[name].speaker for name in names], dtype="str", index=names.index),
        regions=pd.Series(regions, dtype="object", index=names.index),
        words_sha256=pd.Series([words_sha256(originals[name].text) for name in names], dtype="str", index=names.index),
    )
    tables, noted = {}, []
    for name, columns in TABLES.items():
        if name in study.tables:
            frame = articles if name == "articles" else study.tables[name][[c.name for c in columns]]
            tables[name], found = withhold(name, frame, study.texts, guard, ids)
            noted += found
    return tables, pd.DataFrame(noted, columns=list(WITHHELD)).astype(WITHHELD)


def _all_ids(study: Study) -> list[str]:
    ids = list(study.originals)
    if "duplicates" in study.tables:
        ids += study.tables["duplicates"]["article_id"].dropna().tolist()
    return [str(name) for name in ids]


def _table_files(tables: Mapping[str, pd.DataFrame], folder: str) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as place:
        paths = write_tables(tables, Path(place), "csv")
        return {f"{folder}/{path.name}": path.read_bytes() for path in paths}


def _sheet_files(sheets: Mapping[str, pd.DataFrame], study: Study, guard: Guard) -> dict[str, bytes]:
    ids = new_ids(_all_ids(study), study.texts, guard)
    for name in sheets:
        if not re.fullmatch(r"[\w-]+", name):
            raise ValueError(f"a sheet is called {name!r}; use letters, digits, - and _ only.")
    plain = {name: withhold(name, frame, study.texts, guard, ids)[0] for name, frame in sheets.items()}
    return _table_files(plain, "sheets")


def _notebook_files(paths: Iterable[str | Path]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for path in map(Path, [paths] if isinstance(paths, str | Path) else paths):
        name = f"notebooks/{path.name}"
        if name in files:
            raise ValueError(f"two notebooks are called {path.name}; rename one.")
        files[name] = clean_notebook(path)
    return files


def _codebook_files(study: Study, path: str | Path | None) -> dict[str, bytes]:
    """Find the codebook that the study was coded with, and write it as it is and as a table."""
    wanted = study.provenance.get("codebook_sha256")
    folder = resources.files("toolkit") / "data"
    if path is None:
        if wanted is None:
            return {}
        for entry in sorted(folder.iterdir(), key=lambda e: e.name):
            if entry.name.endswith(".toml") and hashlib.sha256(entry.read_bytes()).hexdigest() == wanted:
                with resources.as_file(entry) as file:
                    return _codebook_files(study, file)
        raise ValueError("the study was coded with a codebook of your own; give it, as codebook='my_codebook.toml'.")
    book = load_codebook(path)
    if wanted is not None and book.sha256 != wanted:
        given = study.provenance.get("codebook")
        raise ValueError(f"codebook {path} is not the one of the study ({given}): its SHA-256 differs; give that one.")
    return {"codebook/codebook.toml": Path(path).read_bytes(), **_table_files({"issues": book.table()}, "codebook")}


def _check_words(files: Mapping[str, bytes], guard: Guard, own_words: Collection[str]) -> None:
    """Refuse files that repeat an article; what comes with the toolkit is known to be its own words."""
    own = set(own_words)
    if "codebook.toml" in own or _is_ours(files.get("codebook/codebook.toml")):
        own |= {"codebook.toml", "issues.csv"}
    for name, content in sorted(files.items()):
        short = Path(name).name
        found = None if short in own else guard.finds(content.decode("utf-8", "replace"))
        if found is not None:
            raise ValueError(
                f"{short} has six words in a row of an article ({found!r}), so it cannot go into an archive. "
                f"Reword it, or, if these are your own words, give own_words=[{short!r}]."
            )


def _is_ours(content: bytes | None) -> bool:
    entries = (resources.files("toolkit") / "data").iterdir()
    return content is not None and any(e.name.endswith(".toml") and e.read_bytes() == content for e in entries)


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "backslashreplace")
