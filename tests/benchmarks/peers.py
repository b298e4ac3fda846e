"""Score textacy's direct_quotations and this toolkit side by side on hand-coded articles, in one run.

Usage, from the project's root: python tests/benchmarks/peers.py DIR [--weights FOLDER]

DIR is any folder of brat files: text/NAME.txt and attributions/NAME_CODER.ann. Nothing is written. Scores are over
word tokens (runs of letters and digits), so marks and commas neither help nor hurt. An attribution is found where its
content shares half of the words with a coded one (Jaccard 0.5; each counts once); "with source" asks for a shared word
in the sources as well, or for no source on both sides. Direct quotes have more than nine words of ten inside marks.
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from toolkit.encoder import Encoder, default_encoder
from toolkit.entities import find_mentions
from toolkit.gazetteer import load_gazetteer
from toolkit.loaders import load
from toolkit.pipeline import DEFAULT_MODEL, parse
from toolkit.positions import left_out
from toolkit.quotemarks import pair_marks
from toolkit.quotes import find_quotes, quote_kind
from toolkit.records import Article, Span
from toolkit.speakers import resolve_speakers
from toolkit.training.brat import read_folder

WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Attribution:
    """Spans of a content and of its source."""

    content: tuple[Span, ...]
    source: tuple[Span, ...]


Finder = Callable[[Article], list[Attribution]]


@dataclass
class Score:
    """Counts over the articles read so far."""

    counts: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    lost: int = 0

    def f1(self, hits: str) -> float:
        both = self.counts["given"] + self.counts["coded"]
        return 2 * self.counts[hits] / both if both else 0.0

    def share(self, part: str, whole: str) -> float:
        return self.counts[part] / self.counts[whole] if self.counts[whole] else 0.0


def ours(weights: Path | None) -> Finder:
    """Make the toolkit's whole way from a text to its quotes with speakers."""
    network, gazetteer = Encoder(weights) if weights else default_encoder(), load_gazetteer()

    def find(article: Article) -> list[Attribution]:
        ((_, doc),) = parse([article])
        reading = network.read(article.text, skip=left_out(article))
        quotes = resolve_speakers(article, doc, find_quotes(article, reading), find_mentions(article, doc, gazetteer))
        return [
            Attribution(q.spans, ((q.source_start, q.source_end),) if q.source_start is not None else ())
            for q in quotes
        ]

    return find


def textacys() -> Finder:
    """Make textacy's way: the full spaCy pipeline with its parser, and then the extractor."""
    import spacy
    from textacy.extract.triples import direct_quotations

    nlp = spacy.load(DEFAULT_MODEL)

    def token_spans(tokens: Iterable[Any]) -> tuple[Span, ...]:
        return tuple((t.idx, t.idx + len(t)) for t in tokens)

    def find(article: Article) -> list[Attribution]:
        found = direct_quotations(nlp(article.text))
        return [Attribution(((q.content.start_char, q.content.end_char),), token_spans(q.speaker)) for q in found]

    return find


def score_article(text: str, coded: Sequence[Attribution], given: Sequence[Attribution], counts: Counter[str]) -> None:
    """Match what was given with what was coded, the best first, and count."""
    spans, marks = [m.span() for m in WORD.finditer(text)], pair_marks(text)

    def tokens(parts: Iterable[Span]) -> frozenset[int]:
        return frozenset(i for s, e in parts for i, (start, end) in enumerate(spans) if start < e and end > s)

    def read(found: Iterable[Attribution]) -> list[tuple[frozenset[int], frozenset[int], bool]]:
        rows = [(tokens(a.content), tokens(a.source), quote_kind(text, a.content, marks) == "direct") for a in found]
        return [row for row in rows if row[0]]

    a, b = read(coded), read(given)
    pairs = [
        (len(x[0] & y[0]) / len(x[0] | y[0]), len(x[1] & y[1]), -abs(i - j), i, j)
        for i, x in enumerate(a)
        for j, y in enumerate(b)
    ]
    free_a, free_b = set(range(len(a))), set(range(len(b)))
    for shared, _, _, i, j in sorted(pairs, reverse=True):
        if shared < 0.5 or i not in free_a or j not in free_b:
            continue
        free_a.remove(i)
        free_b.remove(j)
        counts["found"] += 1
        counts["with source"] += bool(a[i][1] & b[j][1]) or not (a[i][1] or b[j][1])
        counts["direct coded found"] += a[i][2]
        counts["direct given right"] += b[j][2]
    counts["coded"] += len(a)
    counts["given"] += len(b)
    counts["direct coded"] += sum(direct for *_, direct in a)
    counts["direct given"] += sum(direct for *_, direct in b)


def run(find: Finder, articles: Sequence[tuple[Article, list[Attribution]]]) -> Score:
    """Run one finder over all articles; one that raises loses the article and goes on."""
    score = Score()
    for article, coded in articles:
        start = time.perf_counter()
        try:
            given = find(article)
        except Exception as error:
            print(f"  lost: {article.article_id}: {type(error).__name__}: {str(error)[:80]}")
            score.lost += 1
            given = []
        score.seconds += time.perf_counter() - start
        score_article(article.text, coded, given, score.counts)
    return score


def show(scores: dict[str, Score]) -> None:
    slowest = max(s.seconds for s in scores.values())
    rows: list[tuple[str, Callable[[Score], str]]] = [
        ("articles lost", lambda s: str(s.lost)),
        ("attributions given", lambda s: str(s.counts["given"])),
        ("attribution@0.5, F1", lambda s: f"{s.f1('found'):.3f}"),
        ("attribution+source@0.5, F1", lambda s: f"{s.f1('with source'):.3f}"),
        ("direct quotes, precision", lambda s: f"{s.share('direct given right', 'direct given'):.3f}"),
        ("direct quotes, recall", lambda s: f"{s.share('direct coded found', 'direct coded'):.3f}"),
        ("words a second, as a ratio", lambda s: f"{slowest / s.seconds:.2f}"),
    ]
    print(f"{'':<28}" + "".join(f"{name:>12}" for name in scores))
    for title, value in rows:
        print(f"{title:<28}" + "".join(f"{value(s):>12}" for s in scores.values()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--weights", type=Path, help="another folder of weights than the package's")
    options = parser.parse_args()
    coded = {c.name: [Attribution(a.content, a.source) for a in c.attributions] for c in read_folder(options.folder)}
    loaded = load([options.folder / "text" / f"{name}.txt" for name in sorted(coded)])
    articles = [(article, coded[article.article_id]) for article in loaded.articles]
    print(f"{len(articles)} articles, {sum(len(a) for _, a in articles)} coded attributions")
    finders = {"textacy": textacys(), "toolkit": ours(options.weights)}
    for find in finders.values():
        find(Article("warm-up", "Minister Ada Obi said the talks would resume."))
    show({name: run(find, articles) for name, find in finders.items()})


if __name__ == "__main__":
    main()
