"""Measures how fast the toolkit is beside bare spaCy and textacy, what each stage costs, and how cost grows.

Usage, from the project's root:
    python tests/benchmarks/speed.py [--texts DIR] [--articles 200] [--growth 100,1000,10000]

All figures of one run are comparable; those of two runs are not, since machines are noisy. Without ``--texts`` the
articles are generated (``generate.py``); news text is what counts, so give a folder of it where you have one. Every
rate is the best of three rounds, in words a second; words are what stands between white space.
"""

from __future__ import annotations

import argparse
import gc
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import generate

from toolkit.codebook import load_codebook
from toolkit.coders import NetworkCoder
from toolkit.encoder import default_encoder
from toolkit.entities import find_mentions
from toolkit.gazetteer import load_gazetteer
from toolkit.loaders import load
from toolkit.pipeline import DEFAULT_MODEL, parse
from toolkit.positions import code_appraisals, code_positions, left_out
from toolkit.quotes import find_quotes
from toolkit.records import Article
from toolkit.sentences import sentence_spans
from toolkit.sides import add_pointers
from toolkit.speakers import resolve_speakers
from toolkit.study import analyze_articles
from toolkit.votes import find_votes

ROUNDS = 3
LENGTHS = (1_000, 10_000, 100_000)


def words(articles: Sequence[Article]) -> int:
    return sum(len(article.text.split()) for article in articles)


def best(run: Callable[[], Any]) -> float:
    """Give the seconds of the fastest of three rounds."""
    seconds = []
    for _ in range(ROUNDS):
        gc.collect()
        began = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - began)
    return min(seconds)


def whole(articles: Sequence[Article]) -> None:
    for _ in analyze_articles(articles, codebook=load_codebook()):
        pass


def stages(articles: Sequence[Article]) -> dict[str, float]:
    """Time each stage by itself, over all articles; seconds."""
    encoder, gazetteer, book = default_encoder(), load_gazetteer(), load_codebook()
    coder = NetworkCoder(encoder)
    spent: dict[str, float] = {}

    @contextmanager
    def timed(name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        spent[name] = spent.get(name, 0.0) + time.perf_counter() - began

    with timed("names (spaCy)"):
        docs = list(parse(articles))
    for article, doc in docs:
        skip, text = left_out(article), article.text
        with timed("network"):
            reading = encoder.read(text, skip=skip)
        with timed("attributions"):
            quotes = find_quotes(article, reading)
        with timed("actors"):
            mentions = find_mentions(article, doc, gazetteer)
        with timed("speakers"):
            quotes = resolve_speakers(article, doc, quotes, mentions)
        with timed("votes"):
            sentences = sentence_spans(doc)
            votes = find_votes(article, mentions, sentences)
        with timed("coding"):
            sides = add_pointers(coder.find(text, reading, sentences, book, skip=skip), reading)
            code_positions(article, sides, quotes, mentions, votes, book)
            code_appraisals(article, sides, quotes, mentions)
    return spent


def bare(articles: Sequence[Article], *, textacy: bool = False) -> Callable[[], None]:
    """Make the full pipeline's run, with textacy's extractor where asked for."""
    import spacy

    nlp = spacy.load(DEFAULT_MODEL)
    texts = [article.text for article in articles]

    def run() -> None:
        from textacy.extract.triples import direct_quotations

        for doc in nlp.pipe(texts):
            if textacy:
                try:
                    list(direct_quotations(doc))
                except ValueError:  # an odd mark, on which textacy gives the whole article up
                    continue

    return run


def in_processes(folder: Path, workers: int) -> float:
    """Give the seconds of `toolkit extract` in its own process, with so many workers."""
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "toolkit", "extract", str(folder), "-o", f"{out}/tables", "--keep-duplicates"]
        began = time.perf_counter()
        subprocess.run([*command, "--workers", str(workers)], check=True, capture_output=True)
        return time.perf_counter() - began


def grown(number: int) -> tuple[int, float, float]:
    """Analyse so many generated articles in a process of its own: words, seconds, peak memory in MB."""
    command = [sys.executable, __file__, "--one", str(number)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return int(told[0]), float(told[1]), float(told[2])


def generated(number: int) -> list[Article]:
    return [Article(a["id"], a["text"], title=a["title"], date=a["date"]) for a in generate.articles(number)]


def one(number: int) -> None:
    whole(generated(2))
    articles = generate.articles(number)
    n_words = 0

    def stream() -> Any:
        nonlocal n_words
        for a in articles:
            n_words += len(a["text"].split())
            yield Article(a["id"], a["text"], title=a["title"], date=a["date"])

    began = time.perf_counter()
    whole(stream())
    seconds = time.perf_counter() - began
    print(n_words, seconds, _peak())


def _peak() -> float:
    """Give the peak memory of this process in MB; ``getrusage`` may tell that of the process that started it."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.findall(r"VmHWM:\s*(\d+) kB", status.read_text())[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path)
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--growth", default="100,1000")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        return one(options.one)
    articles = list(load(options.texts).articles if options.texts else generated(options.articles))[: options.articles]
    n = words(articles)
    print(f"{len(articles)} articles, {n} words")
    whole(articles[:2])
    spacy = best(bare(articles))
    ours = best(partial(whole, articles))
    with_textacy = best(bare(articles, textacy=True))
    for name, seconds in (("bare nlp.pipe", spacy), ("toolkit, all tables", ours), ("textacy", with_textacy)):
        print(f"{name:24s} {n / seconds:8.0f} words/s  {spacy / seconds:5.2f} of bare nlp.pipe")
    spent = stages(articles)
    for name, seconds in spent.items():
        print(f"  {name:22s} {n / seconds:8.0f} words/s  {seconds / sum(spent.values()):6.1%}")
    attribution = sum(spent[name] for name in ("network", "attributions", "actors", "speakers", "names (spaCy)"))
    print(f"coding costs {spent['coding'] / attribution:.1%} on top of attribution")
    with tempfile.TemporaryDirectory() as folder:
        generate.write(Path(folder), 2_000)
        seconds = {workers: in_processes(Path(folder), workers) for workers in (1, 2)}
    print(f"2,000 articles with `toolkit extract`: two processes {seconds[1] / seconds[2]:.2f} times as fast as one")
    for number in map(int, options.growth.split(",")):
        n_words, took, memory = grown(number)
        print(f"{number:7d} articles  {1000 * took / n_words:6.3f} s per 1,000 words  peak {memory:6.0f} MB")
    text = "\n\n".join(article.text for article in articles)
    while len(text.split()) < max(LENGTHS):
        text += "\n\n" + text
    for length in LENGTHS:
        long = [Article("long", " ".join(text.split(" ")[:length]))]
        took = best(partial(whole, long))
        print(f"one article of {words(long):6d} words  {1000 * took / words(long):6.3f} s per 1,000 words")
    return None


if __name__ == "__main__":
    main()
