"""Opens what ``toolkit extract`` wrote: tables that are read from the disk when they are asked for."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.checks import check_option, did_you_mean
from toolkit.outputs import RUN, STUDY
from toolkit.parts import TEXTS, part_numbers, part_path, schema, to_frame
from toolkit.records import TABLES, Article, Region
from toolkit.runs import read_run
from toolkit.study import Study, open_study

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow.dataset as ds

_NAMES = tuple(TABLES)
_AS_READ = ("duplicates", "loading")
"""Tables that stay in the order of reading; the others are sorted by article."""


def open_corpus(folder: str | Path) -> Corpus | Study:
    """Open a folder of tables: one that ``toolkit extract`` wrote, or a study that ``study.save`` wrote.

    Args:
        folder: The folder.

    Returns:
        A corpus, whose tables are attributes as those of a study are, but are read when they are asked for; or the
        study. Where the extraction is not finished, a warning, and a corpus of what is done.

    Raises:
        FileNotFoundError: The folder is not there, or holds neither.
    """
    folder = Path(folder)
    if (folder / STUDY).exists():
        return open_study(folder)
    if not (folder / RUN).exists():
        there = "it has no run.json" if folder.is_dir() else "it does not exist"
        raise FileNotFoundError(f"{folder} holds no extraction: {there}. Give a folder that `toolkit extract` wrote.")
    run = read_run(folder)
    ending = run["settings"]["file_format"]
    if ending != "parquet":
        raise FileNotFoundError(
            f"{folder} holds {ending} files, which pandas reads; what opens here is written by --format parquet."
        )
    if "outcome" not in run:
        warnings.warn(
            f"the extraction in {folder} is not finished; opened is what is done. Run it again to finish it.",
            stacklevel=2,
        )
    return Corpus(folder, run["settings"])


@dataclass(frozen=True)
class Corpus:
    """The tables of many articles, on the disk.

    Each table is an attribute (``corpus.positions``), the whole of it in memory once it is asked for; ``read`` gives a
    part of one, and ``frames`` gives one piece by piece.

    Attributes:
        folder: Where they lie.
        provenance: Versions, models, codebook and settings that made them.
    """

    folder: Path
    provenance: dict[str, Any] = field(repr=False)

    def __getattr__(self, name: str) -> pd.DataFrame:
        """Give a table by its name."""
        if name not in _NAMES:
            raise AttributeError(
                f"a corpus has no {name!r}; its tables are {', '.join(_NAMES)}.{did_you_mean(name, _NAMES)}"
            )
        frame = self.read(name)
        self.__dict__[name] = frame
        return frame

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *_NAMES})

    def __len__(self) -> int:
        """Number of articles."""
        return int(self.dataset("articles").count_rows())

    def __repr__(self) -> str:
        counts = ", ".join(f"{self.dataset(name).count_rows()} {name}" for name in _NAMES if name not in _AS_READ)
        return f"Corpus({counts})"

    @property
    def labels(self) -> dict[str, str]:
        """Printed name of each issue of the codebook by its id."""
        return dict(self.provenance.get("issues", {}))

    def dataset(self, name: str) -> ds.Dataset:
        """Give a table as a pyarrow dataset, for filters and sums that need not fit into memory.

        Args:
            name: A table, or ``texts``.
        """
        import pyarrow.dataset as ds

        check_option("name", name, (*_NAMES, TEXTS))
        paths = [str(path) for path in self._files(name)]
        return ds.dataset(paths, schema=schema(name), format="parquet")

    def read(
        self, name: str, *, columns: Sequence[str] | None = None, articles: Iterable[str] | None = None
    ) -> pd.DataFrame:
        """Read a table, or a part of it.

        Args:
            name: The table.
            columns: Its columns, in the table's order; None for all.
            articles: Ids of the articles whose rows are wanted; None for all.

        Returns:
            A frame as a study has it, sorted by article (``duplicates`` and ``loading``: as the articles were read).
        """
        import pyarrow.compute as pc

        check_option("name", name, _NAMES)
        known = [column.name for column in TABLES[name]]
        for column in columns or ():
            check_option("a column", column, known)
        chosen = [column for column in known if columns is None or column in columns or column == "article_id"]
        rows = self.dataset(name).to_table(
            columns=chosen, filter=None if articles is None else pc.field("article_id").isin(list(articles))
        )
        frame = to_frame(rows, name)
        if name not in _AS_READ:
            frame = frame.sort_values("article_id", kind="stable", ignore_index=True)
        return frame if columns is None else frame[[column for column in known if column in columns]]

    def frames(self, name: str) -> Iterator[pd.DataFrame]:
        """Give a table piece by piece, in the order in which the articles were read."""
        import pyarrow.parquet as pq

        check_option("name", name, _NAMES)
        return (to_frame(pq.read_table(path, partitioning=None), name) for path in self._files(name))

    def article(self, article_id: str) -> Article:
        """Give an article with its text.

        Raises:
            ValueError: There is none of that id, or the texts were not stored.
        """
        (found,) = self._articles([article_id])
        return found

    def study(self, articles: Iterable[str] | None = None) -> Study:
        """Put some articles, or all, into a study in memory, which shows, explains and verifies.

        Args:
            articles: Their ids; None for all.

        Raises:
            ValueError: There is no article of that id, or the texts were not stored.
        """
        ids = None if articles is None else sorted(set(articles))
        found = {article.article_id: article for article in self._articles(ids)}
        return Study({name: self.read(name, articles=ids) for name in _NAMES}, found, dict(self.provenance))

    def show(self, article_id: str) -> Any:
        """Show an article with speakers, quotes and positions highlighted (in Jupyter)."""
        return self.study([article_id]).show(article_id)

    def why(self, position_id: str) -> str:
        """Explain one position in plain words, as ``Study.why`` does."""
        import pyarrow.compute as pc

        rows = self.dataset("positions").to_table(columns=["article_id"], filter=pc.field("position_id") == position_id)
        if not len(rows):
            raise ValueError(f"position_id is {position_id!r}; expected one of the table positions.")
        return self.study(rows["article_id"].to_pylist()).why(position_id)

    def verify(self) -> pd.DataFrame:
        """Check, part by part, that every row still quotes its article exactly, as ``Study.verify`` does."""
        import pandas as pd

        found = [self.study(frame["article_id"].tolist()).verify() for frame in self.frames("articles")]
        return pd.concat(found, ignore_index=True)

    def _files(self, name: str) -> list[Path]:
        """Give the files of a table, of finished parts only."""
        done = self._done if name != "duplicates" else part_numbers(self.folder, name)
        if name == TEXTS and not self.provenance.get("texts"):
            raise ValueError(
                f"the texts were not stored in {self.folder} (--no-text); extract again without it to read them."
            )
        return [part_path(self.folder, name, number) for number in done]

    @cached_property
    def _done(self) -> list[int]:
        return part_numbers(self.folder, "articles")

    def _articles(self, ids: Sequence[str] | None) -> list[Article]:
        """Give articles, sorted by id."""
        import pyarrow.compute as pc

        wanted = None if ids is None else pc.field("article_id").isin(ids)
        texts = {row["article_id"]: row for row in self.dataset(TEXTS).to_table(filter=wanted).to_pylist()}
        missing = [name for name in ids or () if name not in texts]
        if missing:
            raise ValueError(f"article_id is {missing[0]!r}, which is not in {self.folder}; see the table articles.")
        known = self.dataset("articles").to_table(filter=wanted).to_pylist()
        names = ("title", "date", "date_source", "outlet", "author", "place", "language", "path")
        found = []
        for row in sorted(known, key=lambda row: str(row["article_id"])):
            text = texts[row["article_id"]]
            found.append(
                Article(
                    row["article_id"],
                    text["text"],
                    speaker=text["speaker"],
                    regions=tuple(Region(**region) for region in text["regions"]),
                    **{name: row[name] for name in names},
                )
            )
        return found
