"""Reads replication archives, and puts the articles' words back from the reader's own copies."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit.bags import read_bag
from toolkit.loaders import load
from toolkit.records import TABLES, Article, Region
from toolkit.storage import clean
from toolkit.study import Study
from toolkit.withholding import read_cells, restore, sha256, words_sha256

STATUSES = ("same text", "same text, other line ends", "other spacing", "different text", "not found")
"""What can become of a document; the first two are put back."""

_REPORT = {
    "article_id": "str", "status": "str", "path": "str", "rows": "Int64", "matching": "Int64", "withheld": "Int64",
}  # fmt: skip
_FAULTS = {"table": "str", "row": "Int64", "article_id": "str", "start": "Int64", "end": "Int64", "found": "str"}
_DESCRIBING = ("date", "date_source", "outlet", "author", "place", "language", "path")
_EVIDENCE = ("mentions", "quotes", "positions", "appraisals")


@dataclass(frozen=True, repr=False)
class Archive:
    """The content of an archive, after every checksum was found right.

    Attributes:
        tables: The tables of the study by name, without the articles' words; enough for counting and networks.
        withheld: Where words stand that no column of offsets tells.
        provenance: What made the tables.
        about: Title, authors, licence, description and day of publication.
        fingerprint: SHA-256 of the list of all checksums; equal to the one published if this is the same archive.
    """

    tables: dict[str, pd.DataFrame]
    withheld: pd.DataFrame
    provenance: dict[str, Any]
    about: dict[str, Any] = field(default_factory=dict)
    fingerprint: str = ""

    def __repr__(self) -> str:
        return f"Archive({len(self.tables['articles'])} articles, fingerprint {self.fingerprint[:12]})"


@dataclass(frozen=True, repr=False)
class Rehydration:
    """A study put together from an archive and the reader's own copies.

    Attributes:
        study: The documents that matched, with all their rows and words.
        report: One row a document of the archive: ``status`` (one of ``STATUSES``), ``path`` of the reader's copy,
            ``rows`` with evidence, how many of them are ``matching``, and how many cells stay ``withheld`` because
            their words stand nowhere in the text. NA where the document was not put back.
        faults: One row for each row of a table whose evidence does not match (``verify``).
    """

    study: Study
    report: pd.DataFrame
    faults: pd.DataFrame

    def __repr__(self) -> str:
        counts = self.report["status"].value_counts()
        told = ", ".join(f"{counts[s]} {s!r}" for s in STATUSES if s in counts)
        return f"Rehydration({len(self.report)} documents: {told or 'none'}; {len(self.faults)} rows do not match)"


def read_archive(path: str | Path) -> Archive:
    """Read an archive and check that it is as it was written.

    Args:
        path: The folder or zip file.

    Raises:
        FileNotFoundError: There is nothing at the path.
        ValueError: It was changed, could write outside of its folder, or is no archive of this toolkit.
    """
    bag = read_bag(Path(path))
    needed = [*(f"tables/{name}.csv" for name in ("withheld", *_EVIDENCE, "articles")), "provenance.json", "about.json"]
    missing = [name for name in needed if name not in bag.files]
    if missing:
        raise ValueError(f"{path} is no archive of this toolkit: {', '.join(missing)} missing.")
    tables = {}
    for name in [*TABLES, "withheld"]:
        content = bag.files.get(f"tables/{name}.csv")
        if content is not None:
            cells = pd.read_csv(io.BytesIO(content), dtype="str", keep_default_na=False, encoding="utf-8-sig")
            tables[name] = read_cells(cells, name)
    withheld = tables.pop("withheld")
    provenance, about = (json.loads(bag.files[name]) for name in ("provenance.json", "about.json"))
    return Archive(tables, withheld, provenance, about, bag.fingerprint)


def rehydrate(
    archive: str | Path | Archive,
    paths: str | Path | Sequence[str | Path],
    *,
    columns: Mapping[str, str] | None = None,
) -> Rehydration:
    """Put a study together from an archive and the reader's own copies of the articles.

    A copy is the archived document if its text has the same SHA-256, be it with other line ends or a line end more or
    less at its end. Nothing is guessed: a copy that differs otherwise is reported and left out.

    Args:
        archive: The folder or zip file, or what ``read_archive`` gave.
        paths: Where the copies are: files, folders or tables, as in ``toolkit.analyze``.
        columns: For tables: which column holds what, as in ``toolkit.analyze``.

    Returns:
        The study of the documents that matched, a report on every document, and the rows that do not match.

    Raises:
        FileNotFoundError: The archive or all paths do not exist.
        ValueError: The archive was changed or is none.
    """
    kept = archive if isinstance(archive, Archive) else read_archive(archive)
    copies = load(paths, columns=columns).articles
    index = _index(copies)
    found: dict[str, tuple[str, Article | None]] = {}
    originals = {}
    for row in kept.tables["articles"].to_dict("records"):
        article_id = str(row["article_id"])
        status, copy, text = _match(row, index)
        found[article_id] = (status, copy)
        if copy is not None and status in STATUSES[:2]:
            originals[article_id] = _original(row, copy, text)
    tables = {}
    texts = {name: article.text for name, article in originals.items()}
    for name in TABLES:
        archived = kept.tables.get(name)
        if archived is None:
            tables[name] = pd.DataFrame({c.name: pd.Series([], dtype=c.dtype) for c in TABLES[name]})
            continue
        chosen = archived if name in ("duplicates", "loading") else archived[archived["article_id"].isin(originals)]
        tables[name] = restore(name, chosen, kept.withheld, texts)[0].reset_index(drop=True)
    originals = _with_metadata(originals, tables["articles"], kept, {a: c for a, (_, c) in found.items() if c})
    told = {"documents": len(found), "matched": len(originals), "archive": kept.fingerprint}
    study = Study(tables, originals, {**kept.provenance, "rehydrated": told})
    faults = verify(kept, study)
    return Rehydration(study, _report(kept, found, study, faults), faults)


def verify(archive: str | Path | Archive, study: Study) -> pd.DataFrame:
    """Check a study's articles against the checksums of an archive: text by text, and evidence by evidence.

    Args:
        archive: The folder or zip file, or what ``read_archive`` gave.
        study: A study of the same articles, under the archive's ids; articles that it lacks are not checked.

    Returns:
        One row for each row of an archived table whose words have another SHA-256 (none, if all is well): ``table``,
        ``row`` (its number in the archive's table), ``article_id``, ``start``, ``end``, and what was ``found`` there.
        An article whose whole text differs is a row of the table ``articles``.
    """
    kept = archive if isinstance(archive, Archive) else read_archive(archive)
    texts = study.texts
    faults: list[dict[str, Any]] = []
    for number, row in enumerate(kept.tables["articles"].to_dict("records")):
        text = texts.get(str(row["article_id"]))
        if text is not None and sha256(text) != row["sha256"]:
            faults.append({"table": "articles", "row": number, "article_id": row["article_id"]})
    for name in _EVIDENCE:
        archived = kept.tables[name]
        chosen = archived[archived["article_id"].isin(texts)]
        restored, wrong = restore(name, chosen, kept.withheld, texts)
        restored.index = chosen.index
        for number in wrong:
            row = restored.loc[number].to_dict()
            spans = row.get("spans") or [(row.get("start"), row.get("end"))]
            place = {"start": spans[0][0], "end": spans[-1][1], "found": row["text"]}
            faults.append({"table": name, "row": number, "article_id": row["article_id"], **place})
    return pd.DataFrame(faults, columns=list(_FAULTS)).astype(_FAULTS)


def _index(copies: Iterable[Article]) -> dict[str, dict[str, tuple[Article, str]]]:
    """Find the reader's copies by their text, their words, their id and their file's name."""
    index: dict[str, dict[str, tuple[Article, str]]] = {"text": {}, "words": {}, "name": {}}
    for copy in copies:
        plain = copy.text.replace("\r\n", "\n").replace("\r", "\n")
        for text in (plain, plain.replace("\n", "\r\n")):
            end = text[-2:] if text.endswith("\r\n") else text[-1:] if text.endswith("\n") else ""
            other = text.removesuffix(end) if end else text + ("\r\n" if text != plain else "\n")
            for form in (text, other, text.removeprefix("\ufeff")):
                index["text"].setdefault(sha256(form), (copy, form))
        index["words"].setdefault(words_sha256(copy.text), (copy, copy.text))
        for name in (copy.article_id, copy.path):
            if name:
                index["name"].setdefault(name, (copy, copy.text))
    for copy in copies:
        index["text"][sha256(copy.text)] = (copy, copy.text)
    return index


def _match(
    row: Mapping[Any, Any], index: Mapping[str, Mapping[str, tuple[Article, str]]]
) -> tuple[str, Article | None, str]:
    """Find the copy of one archived article, and how near it is."""
    copy, text = index["text"].get(row["sha256"], (None, ""))
    if copy is not None:
        return (STATUSES[0] if copy.text == text else STATUSES[1]), copy, text
    copy, text = index["words"].get(row["words_sha256"], (None, ""))
    if copy is not None:
        return STATUSES[2], copy, text
    for name in (row["article_id"], row["path"]):
        if isinstance(name, str) and name in index["name"]:
            return STATUSES[3], *index["name"][name]
    return STATUSES[4], None, ""


def _original(row: Mapping[Any, Any], copy: Article, text: str) -> Article:
    """Make the article as it was analysed: the archive's regions on the reader's text."""
    regions = tuple(Region(str(kind), int(start), int(end)) for kind, start, end in row["regions"])
    return Article(str(row["article_id"]), text, regions=regions, title=copy.title)


def _with_metadata(
    originals: Mapping[str, Article], articles: pd.DataFrame, kept: Archive, copies: Mapping[str, Article]
) -> dict[str, Article]:
    """Give the articles what the archive says of them; a title that no text holds is the copy's, if it is the same."""
    archived = kept.tables["articles"].set_index("article_id").to_dict("index")
    full = {}
    for place, row in zip(articles.index, articles.to_dict("records"), strict=True):
        name = str(row["article_id"])
        title, expected = clean(row["title"]), clean(archived[name]["title_sha256"])
        own = copies[name].title
        if title is None and expected is not None and own is not None and sha256(own) == expected:
            articles.loc[place, "title"] = title = own
        said = {c: clean(row[c]) for c in _DESCRIBING}
        speaker = clean(archived[name].get("speaker"))
        full[name] = replace(originals[name], **said, title=title, speaker=speaker)
    return full


def _report(
    kept: Archive, found: Mapping[str, tuple[str, Article | None]], study: Study, faults: pd.DataFrame
) -> pd.DataFrame:
    rows = []
    for name, (status, copy) in found.items():
        row: dict[str, Any] = {"article_id": name, "status": status, "path": None if copy is None else copy.path}
        if name in study.originals:
            n = sum(int((kept.tables[table]["article_id"] == name).sum()) for table in _EVIDENCE)
            wrong = int(((faults["article_id"] == name) & (faults["table"] != "articles")).sum())
            hidden = kept.withheld[kept.withheld["article_id"] == name]
            row |= {"rows": n, "matching": n - wrong, "withheld": int(hidden["start"].isna().sum())}
        rows.append(row)
    return pd.DataFrame(rows, columns=list(_REPORT)).astype(_REPORT)
