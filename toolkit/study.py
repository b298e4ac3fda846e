"""A study: articles analysed together, with all tables and what is needed to trace and repeat them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.checks import check_option, did_you_mean
from toolkit.codebook import Codebook, load_codebook
from toolkit.coders import Coder, EndpointCoder, NetworkCoder, check_coder
from toolkit.duplicates import CHOICES, leave_out
from toolkit.encoder import Encoder, default_encoder
from toolkit.entities import find_mentions
from toolkit.gazetteer import Gazetteer, load_gazetteer
from toolkit.loaders import load
from toolkit.outputs import STUDY
from toolkit.pipeline import DEFAULT_MODEL, load_pipeline, model_name, parse
from toolkit.positions import code_appraisals, code_positions, left_out
from toolkit.quotes import find_quotes
from toolkit.records import TABLES, Article, LoadingEntry, Region, table
from toolkit.sentences import sentence_spans
from toolkit.sides import add_pointers, find_sides
from toolkit.speakers import resolve_speakers
from toolkit.storage import read_tables, write_tables
from toolkit.votes import find_votes

if TYPE_CHECKING:
    import pandas as pd
    from spacy.tokens import Doc

_NAMES = tuple(TABLES)


@dataclass(frozen=True)
class Analysis:
    """The records of one article."""

    article: Article
    records: dict[str, list[Any]]


@dataclass(repr=False)
class Study:
    """Articles and everything found in them.

    Attributes:
        tables: The tables by name; each is an attribute of the study as well (``study.quotes``).
        originals: The articles by their ids; the offsets of all tables count the characters of their texts.
        provenance: Versions, model, codebook and settings that made the tables.
    """

    tables: dict[str, pd.DataFrame]
    originals: dict[str, Article]
    provenance: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> pd.DataFrame:
        """Give a table by its name."""
        if name in _NAMES and "tables" in self.__dict__:
            return self.tables[name]
        raise AttributeError(
            f"a study has no {name!r}; its tables are {', '.join(_NAMES)}.{did_you_mean(name, _NAMES)}"
        )

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *_NAMES})

    def __repr__(self) -> str:
        shown = [name for name in _NAMES if name not in {"duplicates", "loading"}]
        counts = ", ".join(f"{len(self.tables[name])} {name}" for name in shown)
        return f"Study({counts})"

    @property
    def texts(self) -> dict[str, str]:
        """Text of each article by its id."""
        return {name: article.text for name, article in self.originals.items()}

    @property
    def labels(self) -> dict[str, str]:
        """Printed name of each issue of the codebook by its id."""
        return dict(self.provenance.get("issues", {}))

    def show(self, article_id: str | None = None) -> Any:
        """Show an article with speakers, quotes and positions highlighted (in Jupyter).

        Args:
            article_id: Which one; may be left out where the study has only one.
        """
        from toolkit import display

        chosen = self._choose(article_id)
        return display.highlight(
            self.originals[chosen],
            self._rows("quotes", chosen),
            self._rows("positions", chosen),
            self._rows("mentions", chosen),
            labels=self.labels,
        )

    def why(self, position_id: str) -> str:
        """Explain one position in plain words: evidence, what carried it, how sure, and what else it could be.

        Args:
            position_id: As in the table ``positions``; show the answer with ``print``.
        """
        from toolkit.explain import explain

        rows = self.tables["positions"]
        ids = rows["position_id"].tolist()
        if position_id not in ids:
            near = did_you_mean(position_id, ids)
            raise ValueError(f"position_id is {position_id!r}; expected one of the table positions.{near}")
        row = {str(name): value for name, value in rows.iloc[ids.index(position_id)].items()}
        article = self.originals[row["article_id"]]
        return explain(row, article, default_encoder(), labels=self.labels, skip=left_out(article))

    def with_corrections(
        self, sheet: pd.DataFrame | str | Path | Sequence[pd.DataFrame | str | Path], *, coder: str | None = None
    ) -> Study:
        """Give a new study in which what people decided on coding sheets wins over what the machine found.

        Rows that a person kept, changed or added have the rule ``hand`` and confidence 1; dropped ones are gone;
        ``unsure`` and uncoded ones stay as the machine left them. Where the speakers of a quote were corrected, the
        positions coded from it go to the right speakers. This study stays as it is.

        Args:
            sheet: A sheet (``toolkit.sheets``) or its CSV or Excel file; or several, such as one of the quotes and
                one of the positions, as a list.
            coder: Whose code counts where two coders contradict each other on a unit, or None to refuse that.

        Raises:
            ValueError: A sheet is faulty or of another analysis, or coders contradict each other; names the units.
        """
        from toolkit.corrections import correct
        from toolkit.sheets import read_sheet

        given: list[Any] = list(sheet) if isinstance(sheet, list | tuple) else [sheet]
        sheets = [read_sheet(item) if isinstance(item, str | Path) else item for item in given]
        tables, made = correct(self.tables, self.originals, sheets, issues=self.labels, coder=coder)
        earlier = self.provenance.get("corrections", [])
        return Study(tables, dict(self.originals), {**self.provenance, "corrections": [*earlier, *made]})

    def verify(self) -> pd.DataFrame:
        """Check that every row still quotes its article exactly.

        Returns:
            One row for each row of a table whose text and offsets disagree (none, if all is well): table, row, text,
            found.

        Raises:
            ValueError: An article's text is not the one that was analysed (its SHA-256 differs).
        """
        import pandas as pd

        for article_id, sha256 in self.tables["articles"][["article_id", "sha256"]].itertuples(index=False):
            if _sha256(self.originals[str(article_id)].text) != sha256:
                raise ValueError(f"the text of {article_id} is not the one that was analysed: its SHA-256 differs.")
        wrong = []
        for name in ("mentions", "quotes", "positions", "appraisals"):
            for number, row in enumerate(self.tables[name].to_dict("records")):
                text = self.originals[row["article_id"]].text
                spans = row["spans"] if name == "quotes" else [(row["start"], row["end"])]
                found = " … ".join(text[start:end] for start, end in spans)
                if found != row["text"]:
                    wrong.append({"table": name, "row": number, "text": row["text"], "found": found})
        return pd.DataFrame(wrong, columns=["table", "row", "text", "found"])

    def save(self, folder: str | Path) -> Path:
        """Write tables (Parquet), articles and provenance into a folder, which ``toolkit.open_study`` reads."""
        folder = Path(folder)
        write_tables(self.tables, folder)
        articles = [asdict(article) for article in self.originals.values()]
        text = json.dumps({"provenance": self.provenance, "articles": articles}, ensure_ascii=False, indent=1)
        (folder / STUDY).write_text(text, encoding="utf-8", errors="surrogatepass")
        return folder

    def _choose(self, article_id: str | None) -> str:
        ids = list(self.originals)
        if article_id is None and len(ids) == 1:
            return ids[0]
        if article_id not in self.originals:
            near = did_you_mean(str(article_id), ids)
            raise ValueError(f"article_id is {article_id!r}; expected one of {', '.join(map(repr, ids))}.{near}")
        return str(article_id)

    def _rows(self, name: str, article_id: str) -> pd.DataFrame:
        frame = self.tables[name]
        return frame[frame["article_id"] == article_id]


def analyze(
    paths: str | Path | Sequence[str | Path],
    *,
    codebook: str | Path | Codebook | None = None,
    model: str = DEFAULT_MODEL,
    columns: Mapping[str, str] | None = None,
    workers: int = 1,
    coder: Coder | None = None,
    duplicates: str = "drop",
) -> Study:
    """Read articles and find who says what in them and who stands where.

    Args:
        paths: A file (text, HTML, Word, RTF, PDF, an export of Nexis Uni, Factiva or ProQuest), a table (CSV, JSON
            Lines, Excel, Parquet), a folder of these, or several of them.
        codebook: A codebook's TOML file; by default the one on conflict diplomacy.
        model: Name of an installed spaCy pipeline, for the names of persons and organisations.
        columns: For tables: which column holds ``id``, ``text``, ``date``, ``title``, ``speaker``, ``outlet``,
            ``author``, ``place`` or ``language``; a column of such a name need not be given.
        workers: Number of processes; the result is the same with any number.
        coder: What finds the sides (``toolkit.coders``), such as one made by ``toolkit.positions.fit``; by default the
            network, and for issues that it does not know the codebook's own words.
        duplicates: ``drop`` leaves out copies of an earlier article (``toolkit.duplicates``), so that a story that many
            outlets printed is one statement; ``keep`` analyses them all. What was left out stands in the table
            ``duplicates`` and in ``loading``.

    Returns:
        A study. Files that could not be read stand in ``study.loading`` with the reason.

    Raises:
        FileNotFoundError: A path or codebook does not exist.
        TypeError: The coder is none.
        ValueError: The codebook, the model, a column, the coder or ``duplicates`` is not usable.
    """
    check_option("duplicates", duplicates, CHOICES)
    book = codebook if isinstance(codebook, Codebook) else load_codebook(codebook)
    coder = check_coder(NetworkCoder() if coder is None else coder, book, workers)
    loaded = load(paths, columns=columns)
    articles, report, copies = leave_out(loaded.articles, loaded.report, duplicates)
    if workers > 1 and len(articles) > 1:
        analyses = _analyze_in_processes(articles, (book, model, coder), report, workers)
    else:
        analyses = list(analyze_articles(articles, codebook=book, model=model, report=report, coder=coder))
    return make_study(analyses, report, provenance(book, model, coder), duplicates=copies)


def _analyze_in_processes(
    articles: Sequence[Article], settings: tuple[Codebook, str, Coder], report: list[LoadingEntry], workers: int
) -> list[Analysis]:
    """Deal the articles out to processes, a few dozen at a time; what failed is noted in ``report``."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    size = max(1, min(50, len(articles) // (workers * 4)))
    parts = [articles[i : i + size] for i in range(0, len(articles), size)]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        done = list(pool.map(_analyze_part, parts, *([setting] * len(parts) for setting in settings)))
    failed = {entry.article_id: entry for _, entries in done for entry in entries}
    report[:] = [failed.get(entry.article_id, entry) if entry.status == "read" else entry for entry in report]
    return [analysis for analyses, _ in done for analysis in analyses]


def _analyze_part(
    articles: Sequence[Article], codebook: Codebook, model: str, coder: Coder
) -> tuple[list[Analysis], list[LoadingEntry]]:
    report = [LoadingEntry(a.path or "", "read", a.article_id) for a in articles]
    analyses = list(analyze_articles(articles, codebook=codebook, model=model, report=report, coder=coder))
    return analyses, [entry for entry in report if entry.status == "skipped"]


def analyze_articles(
    articles: Iterable[Article],
    *,
    codebook: Codebook,
    model: str = DEFAULT_MODEL,
    report: list[LoadingEntry] | None = None,
    encoder: Encoder | None = None,
    coder: Coder | None = None,
    progress: bool = True,
) -> Iterator[Analysis]:
    """Analyse articles one after the other; an article that fails is reported and the next one is analysed.

    Args:
        articles: The articles; may be a generator.
        codebook: The issues to code.
        model: Name of an installed spaCy pipeline.
        report: Where an article that failed is noted as skipped.
        encoder: The network; by default the one that comes with the package.
        coder: What finds the sides; by default the network.
        progress: Whether a progress bar stands on the terminal, where there is one.
    """
    from tqdm import tqdm

    network, gazetteer = encoder or default_encoder(), load_gazetteer()
    chosen = coder or NetworkCoder(network)
    total = len(articles) if isinstance(articles, Sequence) else None
    for article, doc in tqdm(parse(articles, model), total=total, unit="article", disable=None if progress else True):
        try:
            yield _analyze(article, doc, network, gazetteer, codebook, chosen)
        except Exception as error:  # one article must not stop the others; the report names it and the fault
            if report is None:
                raise
            note = f"not analysed, a fault of the toolkit: {type(error).__name__}: {error}"
            failed = article.article_id
            report[:] = [replace(e, status="skipped", note=note) if e.article_id == failed else e for e in report]


def _analyze(
    article: Article, doc: Doc, network: Encoder, gazetteer: Gazetteer, codebook: Codebook, coder: Coder
) -> Analysis:
    skip = left_out(article)
    reading = network.read(article.text, skip=skip)
    mentions = find_mentions(article, doc, gazetteer)
    quotes = resolve_speakers(article, doc, find_quotes(article, reading), mentions)
    sentences = sentence_spans(doc)
    votes = find_votes(article, mentions, sentences)
    findings = add_pointers(coder.find(article.text, reading, sentences, codebook, skip=skip), reading)
    positions = code_positions(article, findings, quotes, mentions, votes, codebook)
    appraising = findings if isinstance(coder, NetworkCoder) else find_sides(reading, sentences, skip=skip)
    appraisals = code_appraisals(article, appraising, quotes, mentions)
    row = {
        **{name: getattr(article, name, None) for name in (c.name for c in TABLES["articles"])},
        "n_chars": len(article.text),
        "sha256": _sha256(article.text),
    }
    return Analysis(
        article,
        {
            "articles": [row],
            "mentions": mentions,
            "quotes": quotes,
            "positions": positions,
            "appraisals": appraisals,
            "votes": votes,
        },
    )


def make_study(
    analyses: Iterable[Analysis],
    report: Iterable[LoadingEntry],
    made_with: Mapping[str, Any] | None = None,
    *,
    duplicates: pd.DataFrame | None = None,
) -> Study:
    """Put the records of articles together into the tables of a study.

    Args:
        analyses: The records.
        report: What became of each file.
        made_with: The study's provenance.
        duplicates: The table of the articles that were left out as copies; None where there are none.
    """
    rows: dict[str, list[Any]] = {name: [] for name in _NAMES}
    originals = {}
    for analysis in sorted(analyses, key=lambda a: a.article.article_id):
        originals[analysis.article.article_id] = analysis.article
        for name, records in analysis.records.items():
            rows[name] += records
    rows["loading"] = list(report)
    tables = {name: table(name, records) for name, records in rows.items()}
    if duplicates is not None:
        tables["duplicates"] = duplicates
    return Study(tables, originals, dict(made_with or {}))


def open_study(folder: str | Path) -> Study:
    """Open a study that ``study.save`` wrote.

    Raises:
        FileNotFoundError: The folder holds no saved study; says what is missing.
    """
    folder = Path(folder)
    tables = read_tables(folder)
    if not (folder / STUDY).exists():
        raise FileNotFoundError(f"{folder} has tables but no {STUDY}; it was not written by `study.save`.")
    kept = json.loads((folder / STUDY).read_text(encoding="utf-8", errors="surrogatepass"))
    articles = [Article(**{**a, "regions": tuple(Region(**r) for r in a["regions"])}) for a in kept["articles"]]
    return Study(tables, {a.article_id: a for a in articles}, kept["provenance"])


def provenance(codebook: Codebook, model: str, coder: Coder | None = None) -> dict[str, Any]:
    """Say what makes the tables: versions of the toolkit and its libraries, models, codebook, coder."""
    versions = {name: metadata.version(name) for name in ("spacy", "onnxruntime", "pandas")}
    return {
        "toolkit": metadata.version("diplomatic-positions-toolkit"),
        **versions,
        "spacy_model": model_name(load_pipeline(model)),
        "network": default_encoder().version,
        "codebook": f"{codebook.name} {codebook.version}",
        "codebook_sha256": codebook.sha256,
        "issues": codebook.labels(),
        "coder": (coder or NetworkCoder()).name,
        **({"coder_counts": dict(sorted(coder.counts.items()))} if isinstance(coder, EndpointCoder) else {}),
    }


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
