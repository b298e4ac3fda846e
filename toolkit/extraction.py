"""Extracts tables from any number of articles into a folder, in parts; an interrupted run goes on where it stood.

First all articles are read into parts and copies are found (``toolkit.reading``); then the parts are analysed, each by
itself, by an engine (``toolkit.engines``). A part is done when its file of the table ``articles`` is there, which is
written last. What a part holds depends on the articles alone, not on processes, interruptions or their order.

The folder holds ``run.json`` (what makes the tables), ``inputs.parquet`` (the files with their checksums), a folder of
Parquet files for each table, one more for the texts, and, while it runs, ``work`` and a lock (``toolkit.locks``).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.checks import check_option
from toolkit.codebook import Codebook, load_codebook
from toolkit.coders import Coder, NetworkCoder, check_coder
from toolkit.duplicates import CHOICES, is_copy_note
from toolkit.engines import ENGINES, Done, run_apart, run_dask, run_local
from toolkit.loaders import list_files
from toolkit.locks import hold
from toolkit.outputs import WHOLE, WORK, remove_work
from toolkit.parts import TEXTS, part_numbers, part_path, replace_file, schema, sweep, to_arrow, to_frame, write_part
from toolkit.pipeline import DEFAULT_MODEL
from toolkit.reading import is_planned, part_sizes, plan_parts, read_part, read_parts
from toolkit.records import TABLES, Article, LoadingEntry
from toolkit.runs import Paths, begin, check_inputs, differences, read_run, write_run
from toolkit.storage import FORMATS, write_rows
from toolkit.study import Analysis, analyze_articles, provenance

if TYPE_CHECKING:
    import pandas as pd

_LAST = "articles"
_OF_PARTS = tuple(name for name in TABLES if name not in {"duplicates", _LAST})
_DIED = "not analysed: its process died each time (out of memory, or a fault of a library)"
_SHOWN = 20


@dataclass(frozen=True)
class Options:
    """How tables are made and written; none but ``duplicates``, ``texts`` and ``part_size`` changes what is in them.

    Attributes:
        file_format: ``parquet``, ``csv`` or ``jsonl``.
        workers: Number of processes. With two or more, an article that ends its process is found out and skipped.
        engine: ``local`` or ``dask``.
        scheduler: Address of a Dask scheduler; None starts a cluster on this machine.
        duplicates: ``drop`` or ``keep`` (see ``toolkit.analyze``).
        texts: Whether the articles' texts are stored beside the tables (Parquet only).
        part_size: Most articles in a part.
        restart: Whether what an earlier run left in the folder is deleted.
    """

    file_format: str = "parquet"
    workers: int = 1
    engine: str = "local"
    scheduler: str | None = None
    duplicates: str = "drop"
    texts: bool = True
    part_size: int = 100
    restart: bool = False

    def __post_init__(self) -> None:
        check_option("file_format", self.file_format, FORMATS)
        check_option("engine", self.engine, ENGINES)
        check_option("duplicates", self.duplicates, CHOICES)
        for name in ("workers", "part_size"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; expected 1 or more.")
        if self.scheduler and self.engine != "dask":
            raise ValueError(f"scheduler is {self.scheduler!r}, which only the engine dask uses; add --engine dask.")


@dataclass(frozen=True)
class Outcome:
    """What an extraction gave.

    Attributes:
        rows: The number of rows of each table.
        skipped: How many files, rows and articles were skipped for another reason than being copies.
        first_skipped: The first of them, with the reasons; all stand in the table ``loading``.
    """

    rows: dict[str, int]
    skipped: int
    first_skipped: list[str]


@dataclass(frozen=True)
class PartTask:
    """Analyses one part and writes its tables.

    Attributes:
        work: Folder of the parts that were read.
        tables: Folder of the tables.
        codebook: The issues.
        model: Name of the spaCy pipeline.
        coder: What finds the sides.
        made_with: The provenance, which every process must have alike.
        texts: Whether texts are written.
        without: Places in the part whose articles are passed over, since they end the process.
        tell: Is called with 1 for each article that is analysed, where the task stays in this process.
    """

    work: Path
    tables: Path
    codebook: Codebook
    model: str
    coder: Coder
    made_with: Mapping[str, Any] = field(repr=False)
    texts: bool = True
    without: frozenset[int] = frozenset()
    tell: Callable[[int], object] | None = field(default=None, repr=False)

    def __call__(self, part: int) -> None:
        """Analyse a part.

        Raises:
            RuntimeError: This process has other versions than the one that began.
        """
        here = provenance(self.codebook, self.model, self.coder)
        if found := differences(self.made_with, here):
            raise RuntimeError(f"a worker differs: {found}. Give all workers the same environment.")
        lines = read_part(self.work, part)
        died = {line.article.article_id for n, line in enumerate(lines) if line.article and n in self.without}
        entries = [
            replace(line.entry, status="skipped", note=_DIED) if line.entry.article_id in died else line.entry
            for line in lines
        ]
        articles = [line.article for n, line in enumerate(lines) if line.article and n not in self.without]
        self.write(part, self.analyse(articles, entries), entries)

    def analyse(self, articles: Sequence[Article], report: list[LoadingEntry]) -> list[Analysis]:
        """Analyse articles; those that fail are noted in the report."""
        found = []
        for analysis in analyze_articles(
            articles, codebook=self.codebook, model=self.model, report=report, coder=self.coder, progress=False
        ):
            found.append(analysis)
            if self.tell:
                self.tell(1)
        return found

    def write(self, part: int, analyses: Sequence[Analysis], entries: list[LoadingEntry]) -> None:
        """Write the tables of a part, ``articles`` last."""
        rows: dict[str, list[Any]] = {name: [] for name in (*_OF_PARTS, TEXTS, _LAST)}
        for analysis in analyses:
            for name, records in analysis.records.items():
                rows[name] += records
            rows[TEXTS].append(_text_row(analysis.article))
        rows["loading"] = entries
        for name in rows:
            if name != TEXTS or self.texts:
                write_part(part_path(self.tables, name, part), to_arrow(schema(name), rows[name]))


@dataclass(frozen=True)
class Probe:
    """Analyses a single article of a part and writes nothing, to see whether the process outlives it."""

    task: PartTask
    part: int

    def __call__(self, place: int) -> None:
        """Analyse the article at a place of the part."""
        line = read_part(self.task.work, self.part)[place]
        if line.article:
            self.task.analyse([line.article], [line.entry])


def extract(
    paths: Paths,
    folder: str | Path,
    *,
    codebook: str | Path | Codebook | None = None,
    model: str = DEFAULT_MODEL,
    columns: Mapping[str, str] | None = None,
    coder: Coder | None = None,
    options: Options | None = None,
) -> Outcome:
    """Extract the tables of any number of articles into a folder; called again after an interruption, it goes on.

    Args:
        paths: Files, folders and tables of texts, as for ``toolkit.analyze``.
        folder: Where the tables go; ``toolkit.open`` reads it.
        codebook: A codebook's TOML file; by default the one on conflict diplomacy.
        model: Name of an installed spaCy pipeline.
        columns: For tables of texts: which column holds what.
        coder: What finds the sides; by default the network.
        options: Format, processes, engine, and the like.

    Returns:
        How many rows each table has, and what was skipped.

    Raises:
        BlockingIOError: Another run is at work in the folder; says which, where and since when.
        FileNotFoundError: A path or codebook does not exist.
        ImportError: The engine is ``dask``, and Dask is not installed.
        ValueError: An argument is not usable, or the folder holds the tables of other articles or settings.
    """
    chosen, target = options or Options(), Path(folder)
    book = codebook if isinstance(codebook, Codebook) else load_codebook(codebook)
    coder = NetworkCoder() if coder is None else coder
    coder = check_coder(coder, book, 2 if chosen.engine == "dask" else chosen.workers)
    made_with = provenance(book, model, coder)
    next(list_files(paths), None)  # a path that is not there is refused before anything is written
    settings = {
        **made_with,
        "columns": dict(columns or {}),
        **{name: getattr(chosen, name) for name in ("file_format", "duplicates", "texts", "part_size")},
    }
    with hold(target):
        begin(target, settings, paths, restart=chosen.restart)
        files = check_inputs(paths, target)
        work = target / WORK
        if (kept := read_run(target)).get("outcome"):
            remove_work(target)
            return Outcome(**kept["outcome"])
        whole = chosen.file_format == "parquet"
        tables = target if whole else work / WHOLE
        sweep(target)
        if not is_planned(work):
            read_parts(paths, work, columns=columns, size=chosen.part_size, files=files)
            plan_parts(work, tables, drop=chosen.duplicates == "drop")
        _run_parts(PartTask(work, tables, book, model, coder, made_with, texts=chosen.texts and whole), chosen)
        return _finish(target, tables, chosen.file_format)


def _run_parts(task: PartTask, options: Options) -> None:
    """Work off the parts that are not done."""
    from tqdm import tqdm

    sizes = part_sizes(task.work)
    done = set(part_numbers(task.tables, _LAST))
    left = [part for part in range(len(sizes)) if part not in done]
    ready = sum(sizes[part] for part in done)
    with tqdm(total=sum(sizes), initial=ready, unit="article", desc="extracting", disable=None) as bar:
        if options.engine == "local" and options.workers == 1:
            task = replace(task, tell=bar.update)
        for one in _engine(task, left, options):
            if one.lost:
                _work_off_without_the_deadly(task, one.part, sizes[one.part])
            ready += sizes[one.part]
            bar.update(ready - bar.n)


def _engine(task: PartTask, left: Sequence[int], options: Options) -> Iterator[Done]:
    if options.engine == "local":
        return run_local(task, left, workers=options.workers)
    return run_dask(task, left, workers=options.workers, scheduler=options.scheduler, tell=_tell)


def _tell(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def _work_off_without_the_deadly(task: PartTask, part: int, size: int) -> None:
    """Find out, article by article, which ones end a process, and analyse the others of the part."""
    tried = run_apart(Probe(task, part), range(size))
    replace(task, without=frozenset(one.part for one in tried if one.lost))(part)


def _finish(target: Path, tables: Path, file_format: str) -> Outcome:
    """Bring the tables into the format that was asked for, note that all is done, and remove what is in between."""
    import pyarrow.parquet as pq

    rows = {}
    for name in TABLES:
        paths = [part_path(tables, name, number) for number in part_numbers(tables, name)]
        rows[name] = sum(pq.read_metadata(path).num_rows for path in paths)
        if file_format != "parquet":
            _export(name, paths, target / f"{name}.{file_format}", file_format)
    sweep(target)
    outcome = Outcome(rows, *_skipped(tables, rows["duplicates"]))
    write_run(target, {**read_run(target), "outcome": asdict(outcome)})
    remove_work(target)
    return outcome


def _skipped(tables: Path, copies: int) -> tuple[int, list[str]]:
    """Count what was skipped without being a copy, and name the first of it."""
    import pyarrow.parquet as pq

    count, first = -copies, []
    for number in part_numbers(tables, "loading"):
        part = pq.read_table(part_path(tables, "loading", number), partitioning=None)
        skipped = [row for row in part.to_pylist() if row["status"] == "skipped"]
        count += len(skipped)
        first += [f"{row['path']}: {row['note']}" for row in skipped if not is_copy_note(row["note"])]
        first = first[:_SHOWN]
    return count, first


def _export(name: str, parts: Sequence[Path], path: Path, file_format: str) -> None:
    """Write the parts of a table into one file, part by part."""
    import pyarrow.parquet as pq

    def frames() -> Iterator[pd.DataFrame]:
        return (to_frame(pq.read_table(part, partitioning=None), name) for part in parts)

    replace_file(path, lambda place: write_rows(frames(), place, file_format))


def _text_row(article: Article) -> dict[str, Any]:
    regions = [{"kind": r.kind, "start": r.start, "end": r.end} for r in article.regions]
    return {"article_id": article.article_id, "text": article.text, "speaker": article.speaker, "regions": regions}
