"""The command line: the notebooks' twin.

``toolkit report PATH...`` writes a page that compares positions; ``toolkit extract PATH... -o DIR`` writes the tables.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import toolkit
from toolkit.codebook import load_codebook
from toolkit.engines import ENGINES
from toolkit.storage import FORMATS
from toolkit.tablefiles import ROLES

if TYPE_CHECKING:
    from toolkit.study import Study

_PATHS = (
    "files or folders of articles (text, HTML, DOCX, RTF, PDF; exports of Nexis Uni, Factiva and ProQuest), or a table "
    "(CSV, JSONL, XLSX, Parquet)"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; gives the exit code (0 well, 1 the input could not be used, 2 wrong usage)."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return 0
    try:
        return _report(options) if options.command == "report" else _extract(options)
    except (ValueError, OSError, ImportError, RuntimeError) as error:
        print(f"toolkit {options.command}: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="toolkit",
        description="Find in news text who said what, and compare diplomatic positions with evidence.",
        epilog="Try: toolkit report seeds",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {toolkit.__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    report = commands.add_parser("report", help="compare the articles and write one HTML page")
    extract = commands.add_parser("extract", help="write the tables (mentions, quotes, positions ...)")
    for command in (report, extract):
        command.add_argument("paths", nargs="+", metavar="PATH", help=_PATHS)
        command.add_argument("--codebook", metavar="FILE", help="a codebook's TOML file (default: conflict diplomacy)")
        command.add_argument("--model", metavar="NAME", help="an installed spaCy pipeline for names")
    report.add_argument("-o", "--output", metavar="FILE", default="report.html", help="the page (default: report.html)")
    report.add_argument("--actor", help="whose change to show (default: who speaks in most articles)")
    extract.add_argument("-o", "--output", metavar="DIR", required=True, help="folder for the tables")
    extract.add_argument("--format", choices=FORMATS, default="parquet", help="default: parquet")
    extract.add_argument("--workers", type=_positive, default=1, metavar="N", help="processes (default: 1)")
    extract.add_argument("--engine", choices=ENGINES, default="local", help="default: local")
    extract.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster (default: one on this machine)")
    extract.add_argument("--keep-duplicates", action="store_true", help="analyse copies of an article too")
    extract.add_argument("--no-text", action="store_true", help="store the tables without the articles' texts")
    extract.add_argument("--part-size", type=_positive, default=100, metavar="N", help="articles a part (default: 100)")
    extract.add_argument("--restart", action="store_true", help="delete what an earlier run left in DIR")
    for role in ROLES:
        extract.add_argument(f"--{role}", metavar="COLUMN", help=f"column of a table that holds the {role}")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} was given; expected 1 or more")
    return number


def _report(options: argparse.Namespace) -> int:
    from toolkit.report import write_report
    from toolkit.study import open_study

    load_codebook(options.codebook)
    for path in options.paths:
        if not Path(path).exists():
            raise FileNotFoundError(f"{path} does not exist; give files or folders of articles, or a table.")
    print("Reading the articles and comparing positions ...", file=sys.stderr, flush=True)
    given = {"actor": options.actor, "codebook": options.codebook, "model": options.model}
    folder = Path(options.output).with_suffix("")
    study_folder = folder.parent / f"{folder.name}_tables"
    given["save_to"] = str(study_folder.resolve())
    parameters = {name: value for name, value in given.items() if value}
    page = write_report(options.paths, Path(options.output), parameters=parameters)
    study = open_study(study_folder)
    _print_key_table(study)
    print(f"\nThe page:   {page}\nThe tables: {study_folder.resolve()}")
    print("Read on in JupyterLab:  .venv/bin/jupyter lab notebooks/00_start_here.ipynb")
    return 0


def _print_key_table(study: Study) -> None:
    from toolkit import compare

    actor = compare.main_actor(study.positions)
    for entry in study.loading.itertuples():
        if entry.status == "skipped":
            print(f"skipped {entry.path}: {entry.note}")
    print(study)
    if actor is None:
        print("No actor takes a side on an issue of the codebook in these articles.")
        return
    table = compare.change(study.positions, study.articles, actor=actor, quotes=study.quotes)
    print(f"\nDid the position of {actor} change?\n")
    shown = table[["issue", "verdict", "points_to", "from_date", "from_n", "to_date", "to_n"]]
    print(shown.to_string(index=False, na_rep="-"))


def _extract(options: argparse.Namespace) -> int:
    from toolkit.extraction import Options, extract
    from toolkit.pipeline import DEFAULT_MODEL

    columns = {role: getattr(options, role) for role in ROLES if getattr(options, role)}
    chosen = Options(
        file_format=options.format,
        workers=options.workers,
        engine=options.engine,
        scheduler=options.scheduler,
        duplicates="keep" if options.keep_duplicates else "drop",
        texts=not options.no_text,
        part_size=options.part_size,
        restart=options.restart,
    )
    outcome = extract(
        options.paths,
        options.output,
        codebook=options.codebook,
        model=options.model or DEFAULT_MODEL,
        columns=columns or None,
        options=chosen,
    )
    for line in outcome.first_skipped:
        print(f"skipped {line}", file=sys.stderr)
    if outcome.skipped > len(outcome.first_skipped):
        print(f"{outcome.skipped} skipped in all; see the table loading", file=sys.stderr)
    print(", ".join(f"{count} {name}" for name, count in outcome.rows.items()))
    print(f"written to {Path(options.output).resolve()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
