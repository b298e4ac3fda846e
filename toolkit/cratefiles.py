"""The files of a replication archive that describe it: README, RO-Crate metadata, environment, cleaned notebooks."""

from __future__ import annotations

import json
import platform
from collections.abc import Collection, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

_EXTRA = 'RO-Crate archives need the library rocrate: pip install "diplomatic-positions-toolkit[archive]"'
_TABLES = {
    "articles": "one row an article: where it is from, its length, the SHA-256 of its text",
    "mentions": "stretches of text that name an actor",
    "quotes": "attributions: who said it, how it is reported, where it stands",
    "positions": "codes: who takes which side (stance 1 or -1) on which issue, and where that stands",
    "appraisals": "who praises (1) or criticises (-1) whom",
    "votes": "reported votes",
    "duplicates": "copies of articles that were left out",
    "loading": "what became of each file that was read",
    "withheld": "where words stand that were cut in the other tables",
}
_FILES = {
    "README.md": ("What the archive holds and how to use it", "text/markdown"),
    "environment.txt": ("Versions of Python and of all packages that were installed", "text/plain"),
    "provenance.json": ("Versions, models, codebook and settings that made the tables", "application/json"),
    "about.json": ("Title, authors, licence, description and day of publication", "application/json"),
    "codebook/codebook.toml": ("The codebook that the positions were coded with", "application/toml"),
    "codebook/issues.csv": ("The issues of the codebook as a table", "text/csv"),
}
_TYPES = {".csv": "text/csv", ".ipynb": "application/x-ipynb+json", ".json": "application/json", ".py": "text/x-python"}


def readme(
    about: Mapping[str, Any], rows: Mapping[str, int], files: Mapping[str, bytes], *, own_words: Collection[str] = ()
) -> str:
    """Write the README of an archive.

    Args:
        about: Title, authors, licence, description, published.
        rows: Number of rows of each table.
        files: The files of the archive by path.
        own_words: Files whose authors vouch that a coincidence with an article is one.
    """
    tables = "\n".join(
        f"| `tables/{name}.csv` | {rows.get(name, '')} | {_TABLES.get(name, '')} |" for name in [*rows, "withheld"]
    )
    others = "\n".join(f"- `{name}`: {_describe(name)[0]}" for name in sorted(files) if not name.startswith("tables/"))
    facts = {
        "Authors": ", ".join(about["authors"]),
        "Published": about["published"],
        "Licence": about["licence"],
    }
    heading = "\n".join(f"- {key}: {value}" for key, value in facts.items() if value)
    body = f"""\
## What this is

Codes of news articles, without the articles. No six words in a row of any article are in here: words gave way to
their SHA-256, and offsets say where they stand. Articles are known by the SHA-256 of their text (UTF-8).

| table | rows | content |
|---|---|---|
{tables}

{others}

## Columns

- `start`, `end` and the like count characters of the article's text from 0; the end is not included. `spans` lists
  such pairs.
- `<column>_sha256` stands for a column of words: the SHA-256 of these words.
- A cell as `three words… #0123456789ab` was cut because it repeats six words of an article; the mark begins its
  SHA-256, and `tables/withheld.csv` says where it can be read (`row` counts from 0).
- `words_sha256` is the SHA-256 of the text with every run of spaces and line ends made one space.
- `speakers` numbers the names. An empty cell is a missing value. A leading apostrophe keeps a spreadsheet from running
  a cell as a formula and is no part of the value.

## How to use it

The tables serve for all counts, comparisons and networks as they are. Whoever has the articles gets the words back:

```python
import toolkit as tk

archive = tk.archive.read_archive("this_folder_or_zip")   # refuses an archive that was changed
again = tk.archive.rehydrate(archive, "my_copies_of_the_articles")
again.report                                               # per document: what matched
again.faults                                               # evidence that does not match
again.study.positions
```

The checksums in `manifest-sha256.txt` (BagIt 1.0) show whether a file was changed.
"""
    parts = [f"# {about['title']}", about["description"], heading, body]
    if own_words:
        names = ", ".join(f"`{name}`" for name in sorted(own_words))
        parts.append(f"The authors vouch that these files are their own words throughout: {names}.\n")
    return "\n\n".join(part for part in parts if part)


def crate(about: Mapping[str, Any], files: Mapping[str, bytes]) -> dict[str, Any]:
    """Describe the files as RO-Crate metadata (researchobject.org), which repositories read.

    Args:
        about: Title, authors, licence, description, published.
        files: The files of the archive by path.

    Raises:
        ImportError: The extra ``archive`` is not installed.
    """
    try:
        from rocrate.model.person import Person
        from rocrate.rocrate import ROCrate
    except ImportError as error:
        raise ImportError(_EXTRA) from error
    made = ROCrate(version="1.1")
    root = made.root_dataset
    root["name"], root["datePublished"] = about["title"], about["published"]
    root["description"] = about["description"] or "Codes of news articles, without the articles' text."
    if about["licence"]:
        root["license"] = about["licence"]
    people = [made.add(Person(made, f"#author-{i}", {"name": name})) for i, name in enumerate(about["authors"], 1)]
    if people:
        root["author"] = people
    for name in sorted(files):
        told, kind = _describe(name)
        facts = {"name": told, "encodingFormat": kind, "contentSize": str(len(files[name]))}
        made.add_file(dest_path=name, properties=facts)
    return dict(made.metadata.generate())


def environment() -> str:
    """List the versions of Python, the system and every installed package, in the form that pip reads."""
    found = {(d.metadata["Name"] or "").lower(): d.version for d in metadata.distributions()}
    packages = "\n".join(f"{name}=={found[name]}" for name in sorted(found) if name)
    return f"# Python {platform.python_version()}, {platform.system()} {platform.machine()}\n{packages}\n"


def agent() -> str:
    """Name this toolkit and its version."""
    return f"diplomatic-positions-toolkit {metadata.version('diplomatic-positions-toolkit')}"


def clean_notebook(path: Path) -> bytes:
    """Read a notebook without outputs and attachments, which hold words of articles; a script as it is.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is no text in UTF-8, or ends in ``.ipynb`` and is no notebook.
    """
    if not path.is_file():
        raise FileNotFoundError(f"notebook {path} does not exist; check the path.")
    try:
        text = path.read_text("utf-8")
        if path.suffix != ".ipynb":
            return text.encode()
        notebook = json.loads(text)
        cells = [_clean_cell(cell) for cell in notebook["cells"]]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"notebook {path} cannot be read ({error}); give a notebook or a script in UTF-8.") from error
    kept = {key: notebook.get("metadata", {}).get(key) for key in ("kernelspec", "language_info")}
    plain = {"cells": cells, "metadata": {k: v for k, v in kept.items() if v}}
    plain |= {"nbformat": notebook.get("nbformat", 4), "nbformat_minor": notebook.get("nbformat_minor", 5)}
    return (json.dumps(plain, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "backslashreplace")


def _clean_cell(cell: Mapping[str, Any]) -> dict[str, Any]:
    plain = {"cell_type": cell["cell_type"], "metadata": {}, "source": cell["source"]}
    if "id" in cell:
        plain["id"] = cell["id"]
    return {**plain, "execution_count": None, "outputs": []} if cell["cell_type"] == "code" else plain


def _describe(name: str) -> tuple[str, str]:
    path = Path(name)
    if name in _FILES:
        return _FILES[name]
    kind = _TYPES.get(path.suffix, "text/plain")
    if name.startswith("tables/"):
        return _TABLES.get(path.stem, path.stem), kind
    return ("A coding sheet" if name.startswith("sheets/") else "A notebook or script"), kind
