"""Reads files, folders and tables of texts into articles, and reports what became of each.

A damaged file stops nothing: it is listed as skipped, with the reason and what to do, and the others are read.
"""

from __future__ import annotations

import html
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from toolkit.checks import did_you_mean
from toolkit.dates import read_date
from toolkit.decoding import Unreadable
from toolkit.folders import find_files, given_paths
from toolkit.folders import list_files as list_files
from toolkit.pieces import Piece
from toolkit.readers import Contents, read_file
from toolkit.records import Article, LoadingEntry
from toolkit.regions import Layout, find_layout
from toolkit.sidecars import NAME as SIDECAR
from toolkit.sidecars import Sidecar, composed, read_sidecar
from toolkit.tablefiles import LONGEST_CELL, Row, TableFile, cell_words, check_roles, choose_columns

_SHOWN = 5
_NO_CHARACTER = re.compile("[\0\ud800-\udfff]")
_GUESSED = "its date stands nowhere as such and was guessed from the page with htmldate; check it"


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
            parts = sum(", article " in entry.path for entry in skipped)
            kinds = [(len(skipped) - rows - parts, "file"), (rows, "row"), (parts, "article")]
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

    What a file is, its content says, not its name. Plain text, Word documents (DOCX), Rich Text (RTF) and PDFs are
    articles; of web pages the text is what trafilatura extracts; tables (CSV, JSON lines, Excel, Parquet) hold one text
    a row; exports of Nexis Uni, Factiva and ProQuest are split into their articles. PDF, RTF and Excel need the extra
    ``formats``. A file ``articles.toml`` beside the articles says what their text does not (see ``toolkit.sidecars``).
    Title, date, byline and the like are otherwise read in the text itself. Tables and reports that the toolkit wrote
    into a folder are left out.

    Args:
        paths: A file, a folder (read with its subfolders), or several of them.
        columns: For tables, which column holds what: ``{"text": "speech", "speaker": "country"}``. The keys are text,
            id, title, date, speaker, outlet, author, place and language; columns that bear these names need not be
            named. Where there is a speaker, each text is that speaker's own words.

    Returns:
        The articles and a report of every file and row: read, split or skipped, and why.

    Raises:
        FileNotFoundError: None of the paths exists.
        ValueError: The one table that was given lacks a column, or ``columns`` has an unknown key.
    """
    found = [one for _, one in stream(paths, columns=columns)]
    articles, report = [], []
    for one, article_id in zip(found, unique_ids([one.ids for one in found]), strict=True):
        entry, article = name_article(one.entry, one.article, one.ids, article_id)
        articles += [article] if article else []
        report.append(entry)
    return Loading(articles, report)


@dataclass
class _Found:
    """One line of the report, with its article and the ids it may bear, the shortest first."""

    entry: LoadingEntry
    article: Article | None = None
    ids: tuple[str, ...] = ()


@dataclass
class _Run:
    """One call of ``stream``: what is to be known of the files before, when a file is read."""

    columns: dict[str, str]
    strict: bool
    seen: set[str] = field(default_factory=set)
    beside: dict[Path, Sidecar] = field(default_factory=dict)

    def meet(self, path: Path, name: str) -> Iterator[_Found]:
        """Note a file, and report the sidecar in its folder when that is first met."""
        self.seen.add(os.path.realpath(path))
        folder = path.parent
        if folder in self.beside:
            return
        sidecar = self.beside[folder] = read_sidecar(folder / SIDECAR)
        listed = (Path(name).parent / SIDECAR).as_posix()
        if sidecar.articles and not sidecar.errors:
            yield _Found(LoadingEntry(listed, "read", note="it describes articles beside it"))
        for error in [*sidecar.errors, *_misnamed(folder, sidecar)]:
            yield _skipped(listed, error)

    def read(self, path: Path, name: str) -> Iterator[_Found]:
        """Give one article, the articles of an export, or the rows of a table, one after the other."""
        if os.path.realpath(path) in self.seen:
            yield _skipped(name, "it was given twice")
            return
        yield from self.meet(path, name)
        if path.name == SIDECAR:
            return
        known = self.beside[path.parent].of(path.name)
        try:
            contents = read_file(path, self.columns)
            if contents.table is not None:
                yield from self._rows(path, name, contents, contents.table, known)
            elif contents.split is None:
                yield _whole(path, name, contents, known)
            else:
                yield from _split(path, name, contents, known)
        except Unreadable as problem:
            yield _skipped(name, str(problem))
        except OSError as problem:
            yield _skipped(name, f"it cannot be read to its end: {problem.strerror}")

    def _rows(
        self, path: Path, name: str, contents: Contents, table: TableFile, known: Mapping[str, str]
    ) -> Iterator[_Found]:
        """Give the rows of a table as articles."""
        try:
            chosen = choose_columns(name, table.header, self.columns)
        except ValueError as problem:
            if self.strict:
                raise
            raise Unreadable(str(problem)) from None
        note = _joined([contents.note, table.note])
        if note:
            yield _Found(LoadingEntry(name, "read", None, contents.encoding, note))
        stems = _ids(path)
        for row in table.rows():
            number = f"{row.number:0{len(str(table.count))}d}"
            ids = tuple(f"{stem}-{number}" for stem in stems)
            yield _row(f"{name}, row {row.number}", ids, row, chosen, known, contents.encoding)


def stream(
    paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    *,
    columns: Mapping[str, str] | None = None,
    start: int = 0,
) -> Iterator[tuple[int, _Found]]:
    """Read what ``load`` reads, one after the other, so that one file, or one row of a table, is in memory at a time.

    Args:
        paths: As for ``load``.
        columns: As for ``load``.
        start: The number of the file to begin with; those before it are passed over.

    Yields:
        The number of the file (in the order of ``load``), and what became of it or of a part of it: ``entry``,
        ``article`` and the ``ids`` that the article may bear; ``unique_ids`` chooses among them once all are known.
    """
    given, missing = given_paths(paths)
    run = _Run(check_roles(columns), strict=len(given) == 1 and given[0].is_file())
    for number, (path, name, problem) in enumerate(find_files(given, missing)):
        if number < start:
            for _ in () if problem else run.meet(path, name):
                pass
            continue
        found = [_skipped(name, problem)] if problem else run.read(path, name)
        yield from ((number, one) for one in found)


def _skipped(name: str, why: str) -> _Found:
    """Report a file or row that gives no article."""
    return _Found(LoadingEntry(name, "skipped", note=why))


def name_article(
    entry: LoadingEntry, article: Article | None, ids: Sequence[str], article_id: str | None
) -> tuple[LoadingEntry, Article | None]:
    """Give an article the id that was chosen for it, and say so in its line of the report.

    Args:
        entry: The line.
        article: The article, or None where the line has none.
        ids: The ids that it may bear, the wished one first.
        article_id: The chosen one; None where another article has all of them.
    """
    if article is None:
        return entry, None
    if article_id is None:
        taken = f"another article has the id {ids[0]!r}; give each row an id of its own"
        return LoadingEntry(entry.path, "skipped", encoding=entry.encoding, note=taken), None
    renamed = f"called {article_id} because another file is called {ids[0]} too"
    note = _joined([renamed if article_id != ids[0] else None, entry.note])
    return replace(entry, article_id=article_id, note=note), replace(article, article_id=article_id)


def unique_ids(candidates: list[tuple[str, ...]]) -> list[str | None]:
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
    there = sorted(composed(path.name) for path in folder.iterdir())
    for name in sorted({composed(name) for name in sidecar.articles}.difference(there)):
        yield f"{SIDECAR} describes {name}, which is not in its folder.{did_you_mean(name, there)}"


def _whole(path: Path, name: str, contents: Contents, known: Mapping[str, str]) -> _Found:
    """Make an article of a whole file."""
    piece = contents.pieces[0]
    article = _article(piece.text, path.stem, name, {**piece.said, **known})
    guessed = _GUESSED if article.date_source == "inferred" and "date" not in known else None
    note = _joined([contents.note, piece.note, guessed, known.get("note")])
    return _Found(LoadingEntry(name, "read", path.stem, contents.encoding, note), article, _ids(path))


def _ids(path: Path, number: str = "") -> tuple[str, ...]:
    """Give the ids that an article of a file may bear, the shortest first."""
    folder = Path(os.path.realpath(path)).parent.name
    names = (path.stem, f"{folder}/{path.stem}", f"{folder}/{path.name}", path.as_posix())
    return tuple(name + number for name in names)


def _split(path: Path, name: str, contents: Contents, known: Mapping[str, str]) -> Iterator[_Found]:
    """Make the articles of an export, after a line that says what it was; what the export says goes first."""
    pieces = contents.pieces
    counted = f"split into {_count(len(pieces), 'article')}: an export of {contents.split}"
    note = _joined([counted, contents.note, known.get("note")])
    yield _Found(LoadingEntry(name, "read", None, contents.encoding, note))
    for number, piece in enumerate(pieces, 1):
        ids = _ids(path, f"-{number:0{len(str(len(pieces)))}d}")
        yield _clipping(piece, f"{name}, article {number}", name, ids, known)


def _clipping(piece: Piece, listed: str, name: str, ids: tuple[str, ...], known: Mapping[str, str]) -> _Found:
    """Make an article of one of the pieces of an export, or say why not."""
    problem = piece.problem or _text_problem(piece.text)
    if problem:
        return _Found(LoadingEntry(listed, "skipped", note=problem))
    article = _article(piece.text, ids[0], name, {**known, **piece.said})
    return _Found(LoadingEntry(listed, "read", ids[0], None, piece.note), article, ids)


def _row(
    name: str,
    ids: tuple[str, ...],
    row: Row,
    chosen: Mapping[str, str],
    known: Mapping[str, str],
    encoding: str | None,
) -> _Found:
    """Make an article of a row, or say why not; the ids are those that it may bear where it has none of its own."""
    cells = {role: row.cells.get(column) for role, column in chosen.items()}
    words = {role: value for role in cells if role != "text" and (value := cell_words(cells[role]))}
    text = cells["text"]
    problem = row.problem or _bytes_problem(cells) or _text_problem(text)
    if problem or not isinstance(text, str):
        return _Found(LoadingEntry(name, "skipped", encoding=encoding, note=problem))
    if "id" in words:
        ids = (words.pop("id"),)
    notes = [row.note]
    if "date" in words:
        day = read_date(words.pop("date"))
        notes += [] if day else [f"its date {cells['date']!r} is not understood; write YYYY-MM-DD"]
        words.update({"date": day} if day else {})
    article = _article(text, ids[0], name.rsplit(", row ", 1)[0], {**known, **words}, plain="speaker" in chosen)
    return _Found(LoadingEntry(name, "read", ids[0], encoding, _joined(notes)), article, ids)


def _bytes_problem(cells: Mapping[str, object]) -> str | None:
    """Say which cell could not be read as characters, or None."""
    found = [role for role, cell in cells.items() if isinstance(cell, bytes)]
    return f"its {found[0]} is bytes that are no UTF-8; save the column as text" if found else None


def _text_problem(text: object) -> str | None:
    """Say why a cell is no text, or None."""
    if not isinstance(text, str):
        return "it has no text" if text is None else f"its text is {type(text).__name__}, not words"
    if not text.strip():
        return "it has no text"
    if len(text) > LONGEST_CELL:
        return f"its text is longer than {LONGEST_CELL:,} characters; split it"
    if _NO_CHARACTER.search(text):
        return "its text holds characters that are none (zero bytes or halves of a pair); save the table anew as UTF-8"
    return None


def _article(text: str, article_id: str, path: str, known: Mapping[str, str], *, plain: bool = False) -> Article:
    """Make an article: what is known of it from elsewhere goes before what its text says."""
    speech = plain or "speaker" in known
    layout = Layout() if speech else find_layout(text, title=known.get("title"))
    guessed = known.get("guessed_date")
    source = "text" if layout.date else "inferred" if guessed else None
    return Article(
        article_id=article_id,
        text=text,
        title=known.get("title", layout.title),
        date=known.get("date") or layout.date or guessed,
        date_source=known.get("date_source", "metadata") if "date" in known else source,
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
