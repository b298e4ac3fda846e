"""Reads any number of articles into parts on the disk, chooses their ids, and finds the copies among them.

This is the first half of ``toolkit extract``: reading goes through the files once, in their order, and writes the texts
in parts; then each article is given its id, and copies are marked. What is written is never read anew, so that a run
that was killed goes on where it stood.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from toolkit.duplicates import Candidate, Copy, Keys, band_keys, copy_note, duplicates_table, group_copies
from toolkit.duplicates import shingles as shingles_of
from toolkit.loaders import name_article, stream, unique_ids
from toolkit.outputs import PLAN, READ
from toolkit.parts import encodable, part_numbers, part_path, replace_file, schema, to_arrow, write_part
from toolkit.records import Article, LoadingEntry, Region

if TYPE_CHECKING:
    import pyarrow as pa

PART_CHARS = 10_000_000
"""A part is closed with the article that brings it to so many characters."""

_ROW_GROUP = 10
_OPEN_FILES = 32
_ARTICLE = tuple(f.name for f in fields(Article) if f.name not in {"article_id", "regions", "path"})


@dataclass(frozen=True)
class Planned:
    """One line of a part: its place in the report and its article, with the final id.

    Attributes:
        entry: What the loading report says.
        article: The article to analyse; None where it was not read or is a copy.
    """

    entry: LoadingEntry
    article: Article | None


def read_parts(
    paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    work: Path,
    *,
    columns: Mapping[str, str] | None = None,
    size: int,
    files: int | None = None,
) -> None:
    """Read all articles into parts, or those that an earlier run has not read.

    Args:
        paths: As for ``loaders.load``.
        work: Folder of the parts.
        columns: As for ``loaders.load``.
        size: Most lines (articles, and files that gave none) in a part.
        files: How many files there are, for the progress bar.
    """
    from tqdm import tqdm

    start, passed = _read_so_far(work)
    number = len(part_numbers(work, READ))
    rows: list[dict[str, Any]] = []
    chars = 0
    with tqdm(total=files, initial=start, unit="file", desc="reading", disable=None) as bar:
        for file, found in stream(paths, columns=columns, start=start):
            bar.update(max(0, file - bar.n))
            if passed and file == start:
                passed -= 1
                continue
            rows.append(_row(file, found.entry, found.article, found.ids))
            chars += len(rows[-1]["text"] or "")
            if len(rows) == size or chars >= PART_CHARS:
                write_part(part_path(work, READ, number), to_arrow(_read_schema(), rows), row_group=_ROW_GROUP)
                rows, chars, number = [], 0, number + 1
                bar.set_postfix_str(f"{number} parts")
    if rows:
        write_part(part_path(work, READ, number), to_arrow(_read_schema(), rows), row_group=_ROW_GROUP)


def plan_parts(work: Path, tables: Path, *, drop: bool) -> None:
    """Choose the id of every article, find the copies, and write what every part is to do.

    Args:
        work: Folder of the parts that were read; the plan is written there.
        tables: Folder of the tables; the table ``duplicates`` is written there.
        drop: Whether copies are left out.
    """
    index = _Index.read(work)
    ids = unique_ids(index.ids)
    copies = _find_copies(work, index, ids) if drop else []
    concerned = sorted({place for copy in copies for place in (copy.index, copy.kept)})
    texts = _Texts(work, index.sizes)
    articles = {place: replace(texts.article(place), article_id=ids[place] or "") for place in concerned}
    frame = duplicates_table(articles, copies)
    rows = [{name: _plain(value) for name, value in row.items()} for row in frame.to_dict("records")]
    write_part(part_path(tables, "duplicates", 0), to_arrow(schema("duplicates"), rows))
    _write_plan(work, index, ids, {copy.index: copy for copy in copies})


def is_planned(work: Path) -> bool:
    """Say whether reading is over."""
    return _plan_path(work).exists()


def part_sizes(work: Path) -> list[int]:
    """Give the number of lines of each part of the plan."""
    import pyarrow.parquet as pq

    plan = pq.read_metadata(_plan_path(work))
    return [plan.row_group(part).num_rows for part in range(plan.num_row_groups)]


def read_part(work: Path, part: int) -> list[Planned]:
    """Give the lines of a part, with the articles to analyse."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(_plan_path(work)) as file:
        plan = file.read_row_group(part).to_pylist()
    rows = pq.read_table(part_path(work, READ, part), columns=_columns_but("keys"), partitioning=None).to_pylist()
    return [_planned(row, decided) for row, decided in zip(rows, plan, strict=True)]


def _planned(row: Mapping[str, Any], decided: Mapping[str, Any]) -> Planned:
    entry = LoadingEntry(row["path"], row["status"], None, row["encoding"], row["note"])
    entry, article = name_article(entry, _article(row), row["ids"], decided["article_id"])
    if article is not None and decided["kept_id"] is not None:
        note = copy_note(decided["kept_id"], decided["similarity"])
        return Planned(replace(entry, status="skipped", note=note), None)
    return Planned(entry, article)


def _read_so_far(work: Path) -> tuple[int, int]:
    """Give the file at which reading stopped, and how many of its lines are written."""
    import pyarrow.parquet as pq

    last, lines = 0, 0
    for number in reversed(part_numbers(work, READ)):
        files = pq.read_table(part_path(work, READ, number), columns=["file"], partitioning=None)["file"].to_pylist()
        if lines and files[-1] != last:
            break
        last = files[-1]
        lines += files.count(last)
        if files[0] != last:
            break
    return last, lines


def _row(file: int, entry: LoadingEntry, article: Article | None, ids: Sequence[str]) -> dict[str, Any]:
    """Make the row of a line; an article that no file can hold is reported instead."""
    path = entry.path.encode("utf-8", "backslashreplace").decode("utf-8")
    values = {name: getattr(article, name, None) for name in _ARTICLE}
    if not encodable([ids, values, entry.note, entry.encoding]):
        note = "its name, title or text holds characters that are none (halves of a pair); rename or save it as UTF-8"
        entry, article, ids, values = LoadingEntry(path, "skipped", note=note), None, (), dict.fromkeys(_ARTICLE)
    keys = band_keys(shingles_of(article)) if article else None
    return {
        "file": file,
        "path": path,
        **{name: getattr(entry, name) for name in ("status", "encoding", "note")},
        "ids": list(ids),
        **values,
        "regions": [{"kind": r.kind, "start": r.start, "end": r.end} for r in article.regions] if article else None,
        "article_path": article.path.encode("utf-8", "backslashreplace").decode() if article and article.path else None,
        "keys": keys.astype("<u8").tobytes() if keys is not None else None,
    }


def _read_schema() -> pa.Schema:
    import pyarrow as pa

    texts = dict.fromkeys(("path", "status", "encoding", "note"), pa.string())
    return pa.schema(
        {
            "file": pa.int64(),
            **texts,
            "ids": pa.list_(pa.string()),
            **dict.fromkeys(_ARTICLE, pa.string()),
            "regions": schema("texts").field("regions").type,
            "article_path": pa.string(),
            "keys": pa.binary(),
        }
    )


def _columns_but(*names: str) -> list[str]:
    return [name for name in _read_schema().names if name not in names]


def _article(row: Mapping[str, Any]) -> Article | None:
    """Make the article of a row; None where the row has none."""
    if row["text"] is None:
        return None
    values = {name: row[name] for name in _ARTICLE}
    regions = tuple(Region(**region) for region in row["regions"])
    return Article(article_id=row["ids"][0], **values, path=row["article_path"], regions=regions)


@dataclass(frozen=True)
class _Index:
    """What is held in memory of all lines: the ids that each may bear, and what finds copies."""

    sizes: list[int]
    ids: list[tuple[str, ...]]
    dates: list[str | None]
    speakers: list[str | None]
    keys: list[Keys | None]

    @classmethod
    def read(cls, work: Path) -> _Index:
        import pyarrow.parquet as pq

        index = cls([], [], [], [], [])
        for number in part_numbers(work, READ):
            wanted = ["ids", "date", "speaker", "keys"]
            rows = pq.read_table(part_path(work, READ, number), columns=wanted, partitioning=None)
            index.sizes.append(len(rows))
            index.ids.extend(tuple(ids) for ids in rows["ids"].to_pylist())
            index.dates.extend(rows["date"].to_pylist())
            index.speakers.extend(rows["speaker"].to_pylist())
            index.keys.extend(
                np.frombuffer(keys, dtype="<u8") if keys is not None else None for keys in rows["keys"].to_pylist()
            )
        return index


def _find_copies(work: Path, index: _Index, ids: Sequence[str | None]) -> list[Copy]:
    """Find copies among the articles that have an id."""
    named = [place for place, name in enumerate(ids) if name is not None]
    candidates = [Candidate(ids[place] or "", index.dates[place], index.speakers[place]) for place in named]
    texts = _Texts(work, index.sizes)
    found = group_copies(
        candidates, [index.keys[place] for place in named], lambda number: shingles_of(texts.article(named[number]))
    )
    return [Copy(named[copy.index], named[copy.kept], copy.similarity) for copy in found]


class _Texts:
    """Reads single articles, with a few files open at a time."""

    def __init__(self, work: Path, sizes: Sequence[int]) -> None:
        import pyarrow.parquet as pq

        self._starts = np.cumsum([0, *sizes])
        self._file = lru_cache(maxsize=_OPEN_FILES)(lambda part: pq.ParquetFile(part_path(work, READ, part)))

    def article(self, place: int) -> Article:
        """Read the article of a line, with the first of the ids that it may bear."""
        part = int(np.searchsorted(self._starts, place, side="right")) - 1
        group, row = divmod(place - int(self._starts[part]), _ROW_GROUP)
        rows = self._file(part).read_row_group(group, columns=_columns_but("keys"))
        article = _article(rows.slice(row, 1).to_pylist()[0])
        assert article is not None
        return article


def _plan_path(work: Path) -> Path:
    return work / PLAN


def _write_plan(work: Path, index: _Index, ids: Sequence[str | None], copies: Mapping[int, Copy]) -> None:
    """Write what was decided of each line, a row group a part."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = pa.schema({"article_id": pa.string(), "kept_id": pa.string(), "similarity": pa.float64()})

    def rows(start: int, size: int) -> Iterator[dict[str, Any]]:
        for place in range(start, start + size):
            copy = copies.get(place)
            kept = {"kept_id": ids[copy.kept], "similarity": copy.similarity} if copy else {}
            yield {"article_id": ids[place], "kept_id": None, "similarity": None, **kept}

    def write(path: Path) -> None:
        start = 0
        with pq.ParquetWriter(path, columns) as writer:
            for size in index.sizes:
                writer.write_table(to_arrow(columns, rows(start, size)))
                start += size

    replace_file(_plan_path(work), write)


def _plain(value: Any) -> Any:
    """Give None for what is absent."""
    return None if value is None or value != value or str(value) == "<NA>" else value
