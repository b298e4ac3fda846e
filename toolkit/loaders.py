"""Reads files, folders and tables of texts into articles, and reports what became of each.

A damaged file stops nothing: it is listed as skipped, with the reason and what to do, and the others are read.
"""

from __future__ import annotations

import html
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from toolkit.checks import did_you_mean
from toolkit.dates import read_date
from toolkit.decoding import Decoded, Unreadable, decode
from toolkit.records import Article, LoadingEntry
from toolkit.regions import Layout, find_layout
from toolkit.sidecars import NAME as SIDECAR
from toolkit.sidecars import Sidecar, read_sidecar
from toolkit.tablefiles import LONGEST_CELL, Row, cell_words, check_roles, choose_columns, read_table
from toolkit.webpages import read_page

_TEXTS = (".txt", ".text", ".md", ".markdown", "")
_PAGES = (".html", ".htm", ".xhtml")
_TABLES = (".csv", ".tsv", ".jsonl", ".ndjson")
_LARGEST_TEXT = 20_000_000
_LARGEST_TABLE = 1_000_000_000
_ADVICE = {
    ".json": "put one JSON object on each line and name it .jsonl",
    ".xlsx": "save the sheet as .csv",
    ".xls": "save the sheet as .csv",
    ".ods": "save the sheet as .csv",
    ".parquet": "save the table as .csv or .jsonl",
    ".pdf": "save its text as .txt or .html",
    ".docx": "save it as plain text (.txt) or .html",
    ".doc": "save it as plain text (.txt) or .html",
    ".odt": "save it as plain text (.txt) or .html",
    ".rtf": "save it as plain text (.txt)",
    ".zip": "unpack it",
    ".gz": "unpack it",
}
_SHOWN = 5


@dataclass(frozen=True, repr=False)
class Loading:
    """What a call of ``load`` gave.

    Attributes:
        articles: The articles, in the order of the paths, files of a folder by name, rows of a table as they stand.
        report: What became of each file and row, in the same order.
    """

    articles: list[Article]
    report: list[LoadingEntry]

    def __repr__(self) -> str:
        skipped = [entry for entry in self.report if entry.status == "skipped"]
        text = f"{_count(len(self.articles), 'article')} read"
        if skipped:
            rows = sum(", row " in entry.path for entry in skipped)
            kinds = [(len(skipped) - rows, "file"), (rows, "row")]
            text += f", {' and '.join(_count(n, what) for n, what in kinds if n)} skipped: "
            text += "; ".join(f"{entry.path} ({entry.note})" for entry in skipped[:_SHOWN])
            text += f"; and {len(skipped) - _SHOWN} more" * (len(skipped) > _SHOWN)
        return text

    def _repr_html_(self) -> str:
        noted = [entry for entry in self.report if entry.note]
        shown = noted[: 4 * _SHOWN]
        rows = "".join(f"<li>{html.escape(f'{e.path}: {e.status}; {e.note}')}</li>" for e in shown)
        more = f"<li>and {len(noted) - len(shown)} more</li>" if len(noted) > len(shown) else ""
        skipped = sum(entry.status == "skipped" for entry in self.report)
        return f"<p>{_count(len(self.articles), 'article')} read, {skipped} skipped.</p><ul>{rows}{more}</ul>"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def load(
    paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]], *, columns: Mapping[str, str] | None = None
) -> Loading:
    """Read articles from files, folders and tables.

    Text files (.txt, .md) are articles as they stand; of web pages (.html) the text is what trafilatura extracts;
    tables (.csv, .tsv, .jsonl) hold one text a row. A file ``articles.toml`` beside the articles says what their text
    does not (see ``toolkit.sidecars``). Title, date, byline and the like are otherwise read in the text itself.

    Args:
        paths: A file, a folder (read with its subfolders), or several of them.
        columns: For tables, which column holds what: ``{"text": "speech", "speaker": "country"}``. The keys are text,
            id, title, date, speaker, outlet, author, place and language; columns that bear these names need not be
            named. Where there is a speaker, each text is that speaker's own words.

    Returns:
        The articles and a report of every file and row, read or skipped.

    Raises:
        FileNotFoundError: None of the paths exists.
        ValueError: The one table that was given lacks a column, or ``columns`` has an unknown key.
    """
    given = [Path(p).expanduser() for p in ([paths] if isinstance(paths, str | os.PathLike) else paths)]
    if not given:
        raise ValueError("paths is empty; give a file, a folder, or several of them.")
    missing = [path for path in given if not _exists(path)]
    if len(missing) == len(given):
        raise FileNotFoundError(" ".join(_missing(path) for path in missing))
    run = _Run(check_roles(columns), strict=len(given) == 1 and given[0].is_file())
    for path in given:
        if path in missing:
            run.skip(path.as_posix(), _missing(path))
        elif path.is_dir():
            run.add_folder(path)
        else:
            run.add_file(path, path.name)
    return run.finish()


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _missing(path: Path) -> str:
    name = path.as_posix() if len(path.as_posix()) < 200 else path.as_posix()[:200] + "…"
    try:
        siblings = sorted(p.name for p in path.parent.iterdir())
    except (OSError, ValueError):
        siblings = []
    return f"There is no file or folder {name}.{did_you_mean(path.name, siblings)}"


@dataclass
class _Found:
    """One line of the report, with its article and the ids it may bear, the shortest first."""

    entry: LoadingEntry
    article: Article | None = None
    ids: tuple[str, ...] = ()


@dataclass
class _Run:
    """One call of ``load``: what has been found so far."""

    columns: dict[str, str]
    strict: bool
    found: list[_Found] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    beside: dict[Path, Sidecar] = field(default_factory=dict)

    def skip(self, name: str, why: str) -> None:
        """Report a file or row that gives no article."""
        self.found.append(_Found(LoadingEntry(name, "skipped", note=why)))

    def add_folder(self, folder: Path) -> None:
        """Add the files of a folder and its subfolders, sorted by name."""
        before = len(self.found)
        for path, problem in _walk(folder):
            name = path.relative_to(folder).as_posix()
            if problem:
                self.skip(folder.name if name == "." else name, problem)
            else:
                self.add_file(path, name)
        if len(self.found) == before:
            self.skip(folder.name or folder.as_posix(), "the folder is empty")

    def add_file(self, path: Path, name: str) -> None:
        """Add a file: one article, or the rows of a table."""
        if os.path.realpath(path) in self.seen:
            return self.skip(name, "it was given twice")
        self.seen.add(os.path.realpath(path))
        known = self._beside(path, name)
        if path.name == SIDECAR:
            return None
        try:
            decoded = _decode_file(path)
            if path.suffix.lower() in _TABLES:
                self.found += self._rows(path, name, decoded, known)
            else:
                self.found.append(_whole(path, name, decoded, known))
        except Unreadable as problem:
            self.skip(name, str(problem))
        return None

    def _beside(self, path: Path, name: str) -> dict[str, str]:
        """Give what the sidecar in the file's folder says of it; report the sidecar when it is first met."""
        folder = path.parent
        if folder not in self.beside:
            sidecar = self.beside[folder] = read_sidecar(folder / SIDECAR)
            listed = (Path(name).parent / SIDECAR).as_posix()
            if sidecar.articles and not sidecar.errors:
                self.found.append(_Found(LoadingEntry(listed, "read", note="it describes articles beside it")))
            for error in [*sidecar.errors, *_misnamed(folder, sidecar)]:
                self.skip(listed, error)
        return self.beside[folder].articles.get(path.name, {})

    def _rows(self, path: Path, name: str, decoded: Decoded, known: Mapping[str, str]) -> Iterator[_Found]:
        """Give the rows of a table as articles."""
        table = read_table(decoded.text, path.suffix.lower())
        if not table.rows:
            raise Unreadable("the table has no rows")
        try:
            chosen = choose_columns(name, table.header, self.columns)
        except ValueError as problem:
            if self.strict:
                raise
            raise Unreadable(str(problem)) from None
        if _joined([decoded.note, table.note]):
            yield _Found(LoadingEntry(name, "read", None, decoded.encoding, _joined([decoded.note, table.note])))
        for row in table.rows:
            number = f"{row.number:0{len(str(len(table.rows)))}d}"
            yield _row(f"{name}, row {row.number}", f"{path.stem}-{number}", row, chosen, known, decoded.encoding)

    def finish(self) -> Loading:
        """Give each article its id and close the report."""
        ids = _unique_ids([found.ids for found in self.found])
        articles, report = [], []
        for found, article_id in zip(self.found, ids, strict=True):
            entry = found.entry
            if found.article is not None and article_id is None:
                taken = f"another article has the id {found.ids[0]!r}; give each row an id of its own"
                entry = LoadingEntry(entry.path, "skipped", encoding=entry.encoding, note=taken)
            elif found.article is not None and article_id is not None:
                articles.append(replace(found.article, article_id=article_id))
                renamed = f"called {article_id} because another file is called {found.ids[0]} too"
                note = _joined([renamed if article_id != found.ids[0] else None, entry.note])
                entry = replace(entry, article_id=article_id, note=note)
            report.append(entry)
        return Loading(articles, report)


def _unique_ids(candidates: list[tuple[str, ...]]) -> list[str | None]:
    """Choose the shortest id for each that no other has; of those that stay alike only the first keeps it."""
    level = [0] * len(candidates)
    while True:
        chosen = [names[at] if names else None for names, at in zip(candidates, level, strict=True)]
        counts = Counter(chosen)
        longer = [
            i for i, names in enumerate(candidates) if names and counts[chosen[i]] > 1 and level[i] + 1 < len(names)
        ]
        if not longer:
            break
        for i in longer:
            level[i] += 1
    taken: set[str | None] = set()
    ids = []
    for name in chosen:
        ids.append(None if name in taken else name)
        taken.add(name)
    return ids


def _misnamed(folder: Path, sidecar: Sidecar) -> Iterator[str]:
    """Name the files that a sidecar describes and that are not there."""
    there = sorted(path.name for path in folder.iterdir())
    for name in sorted(set(sidecar.articles) - set(there)):
        yield f"{SIDECAR} describes {name}, which is not in its folder.{did_you_mean(name, there)}"


def _walk(folder: Path) -> Iterator[tuple[Path, str | None]]:
    """Give the files of a folder, sorted, and why one is left aside."""
    problems: list[OSError] = []
    for place, folders, names in os.walk(folder, onerror=problems.append):
        folders.sort()
        for name in [name for name in folders if name.startswith(".")]:
            folders.remove(name)
            yield Path(place, name), "a hidden folder"
        for name in sorted(names):
            hidden = "a hidden file" if name.startswith((".", "~$")) else None
            described = "a README, which is not an article" if Path(name).stem.upper() == "README" else None
            yield Path(place, name), hidden or described
    for problem in problems:
        yield Path(str(problem.filename)), f"the folder cannot be opened: {problem.strerror}"


def _decode_file(path: Path) -> Decoded:
    """Read and decode a file.

    Raises:
        Unreadable: It is no text file, too large, empty, or cannot be opened.
    """
    suffix = path.suffix.lower()
    if suffix not in (*_TEXTS, *_PAGES, *_TABLES):
        advice = _ADVICE.get(suffix, "articles are read from .txt, .md and .html, tables from .csv, .tsv and .jsonl")
        raise Unreadable(f"{suffix} files are not read; {advice}")
    try:
        if not path.is_file():
            raise Unreadable("it is not a regular file")
        largest = _LARGEST_TABLE if suffix in _TABLES else _LARGEST_TEXT
        if path.stat().st_size > largest:
            raise Unreadable(f"it is larger than {largest // 1_000_000} MB; split it")
        data = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"it cannot be opened: {error.strerror}") from None
    decoded = decode(data, zeros=suffix in _TABLES)
    if not decoded.text.strip():
        raise Unreadable("it is empty")
    return decoded


def _whole(path: Path, name: str, decoded: Decoded, known: Mapping[str, str]) -> _Found:
    """Make an article of a whole file."""
    text, page = read_page(decoded.text) if path.suffix.lower() in _PAGES else (decoded.text, {})
    folder = Path(os.path.realpath(path)).parent.name
    ids = (path.stem, f"{folder}/{path.stem}", f"{folder}/{path.name}", path.as_posix())
    entry = LoadingEntry(name, "read", path.stem, decoded.encoding, _joined([decoded.note, known.get("note")]))
    return _Found(entry, _article(text, path.stem, name, {**page, **known}), ids)


def _row(
    name: str, default_id: str, row: Row, chosen: Mapping[str, str], known: Mapping[str, str], encoding: str
) -> _Found:
    """Make an article of a row, or say why not."""
    cells = {role: row.cells.get(column) for role, column in chosen.items()}
    words = {role: value for role in cells if role != "text" and (value := cell_words(cells[role]))}
    text = cells["text"]
    problem = row.problem or _text_problem(text)
    if problem or not isinstance(text, str):
        return _Found(LoadingEntry(name, "skipped", encoding=encoding, note=problem))
    article_id = words.pop("id", default_id)
    notes = []
    if "date" in words:
        day = read_date(words.pop("date"))
        notes = [] if day else [f"its date {cells['date']!r} is not understood; write YYYY-MM-DD"]
        words.update({"date": day} if day else {})
    article = _article(text, article_id, name.rsplit(", row ", 1)[0], {**known, **words}, plain="speaker" in chosen)
    return _Found(LoadingEntry(name, "read", article_id, encoding, _joined(notes)), article, (article_id,))


def _text_problem(text: object) -> str | None:
    """Say why a cell is no text, or None."""
    if not isinstance(text, str):
        return "it has no text" if text is None else f"its text is {type(text).__name__}, not words"
    if not text.strip():
        return "it has no text"
    if len(text) > LONGEST_CELL:
        return f"its text is longer than {LONGEST_CELL:,} characters; split it"
    if "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
        return "its text holds characters that are none (zero bytes or halves of a pair); save the table anew as UTF-8"
    return None


def _article(text: str, article_id: str, path: str, known: Mapping[str, str], *, plain: bool = False) -> Article:
    """Make an article: what is known of it from elsewhere goes before what its text says."""
    speech = plain or "speaker" in known
    layout = Layout() if speech else find_layout(text, title=known.get("title"))
    return Article(
        article_id=article_id,
        text=text,
        title=known.get("title", layout.title),
        date=known.get("date", layout.date),
        date_source=known.get("date_source", "metadata") if "date" in known else "text" if layout.date else None,
        outlet=known.get("outlet", layout.outlet),
        author=known.get("author", layout.author),
        place=known.get("place", layout.place),
        language=known.get("language"),
        speaker=known.get("speaker"),
        path=path,
        regions=layout.regions,
    )


def _joined(notes: Sequence[str | None]) -> str | None:
    return "; ".join(note for note in notes if note) or None
