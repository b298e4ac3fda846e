"""Score the resolution of speakers against hand-coded ones (speakers.csv; README.md says how they were coded).

Usage, from the project's root: python tests/benchmarks/speakers.py DIR [--unseen] [--errors] [--rules]

DIR is PolNeAR's development folder (text/ and attributions/). Its hand-coded spans of source, cue and content are given
to the toolkit, so that only the step from a source to its speakers is scored, not the finding of attributions.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from toolkit.entities import find_mentions
from toolkit.gazetteer import Gazetteer, load_gazetteer
from toolkit.loaders import load
from toolkit.names import plain
from toolkit.pipeline import parse
from toolkit.quotemarks import pair_marks
from toolkit.quotes import quote_kind
from toolkit.records import Article, Quote
from toolkit.speakers import explain
from toolkit.training.brat import CodedAttribution, CodedText, read_folder

LABELS = Path(__file__).parent / "speakers.csv"
UNSEEN = Path(__file__).parent / "speakers_unseen.csv"
QUANTIFIERS = ("many", "most", "some", "several", "few", "other", "all", "both")
PLURALS = ("people", "men", "women", "police")


@dataclass(frozen=True)
class Label:
    """One row of speakers.csv."""

    article: str
    key: tuple[int, int, int]
    speakers: tuple[str, ...]
    kind: str


@dataclass(frozen=True)
class Answer:
    """What the toolkit says about one label."""

    label: Label
    source: str
    speakers: tuple[str, ...]
    rule: str
    right: bool


def read_labels(path: Path = LABELS) -> list[Label]:
    with path.open(encoding="utf-8", newline="") as lines:
        return [
            Label(
                row["article"],
                (int(row["source_start"]), int(row["source_end"]), int(row["content_start"])),
                tuple(name for name in row["speaker"].split("|") if name),
                row["kind"],
            )
            for row in csv.DictReader(lines)
        ]


def quote_of(article: Article, coded: CodedAttribution, number: int) -> Quote:
    """Make the quote that the toolkit would make of hand-coded spans."""
    text = article.text
    source = (coded.source[0][0], coded.source[-1][1]) if coded.source else (None, None)
    cue = (coded.cue[0][0], coded.cue[-1][1]) if coded.cue else (None, None)
    return Quote(
        article_id=article.article_id,
        quote_id=f"{article.article_id}:q{number}",
        kind=quote_kind(text, coded.content, pair_marks(text)),
        text=" … ".join(text[s:e] for s, e in coded.content),
        spans=coded.content,
        source=text[slice(*source)] if coded.source else None,
        source_start=source[0],
        source_end=source[1],
        cue=text[slice(*cue)] if coded.cue else None,
        cue_start=cue[0],
        cue_end=cue[1],
        section="headline" if article.section(coded.content[0][0]) == "headline" else "body",
    )


def answers(folder: Path, labels: Iterable[Label]) -> Iterator[Answer]:
    """Resolve all hand-coded sources of the labelled articles and compare those that have a label."""
    by_article: dict[str, list[Label]] = defaultdict(list)
    for label in labels:
        by_article[label.article].append(label)
    coded: dict[str, CodedText] = {c.name: c for c in read_folder(folder) if c.name in by_article}
    missing = sorted(set(by_article) - set(coded))
    if missing:
        raise FileNotFoundError(f"{folder} lacks the articles {', '.join(missing)}; expected PolNeAR's folder dev.")
    gazetteer = load_gazetteer()
    loaded = load([folder / "text" / f"{name}.txt" for name in sorted(coded)])
    for article, doc in parse(loaded.articles):
        found = sorted(coded[article.article_id].attributions, key=lambda a: (a.content, a.source))
        quotes = [quote_of(article, a, number) for number, a in enumerate(found, 1)]
        resolved = explain(article, doc, quotes, find_mentions(article, doc, gazetteer))
        by_key = {(q.source_start, q.source_end, q.spans[0][0]): (q, r) for q, r in zip(quotes, resolved, strict=True)}
        for label in by_article[article.article_id]:
            quote, resolution = by_key[label.key]
            names = resolution.speakers if resolution else ()
            right = agree(label.speakers, names, quote.source or "", gazetteer)
            yield Answer(label, quote.source or "", names, resolution.rule if resolution else "-", right)


def agree(expected: Iterable[str], given: Iterable[str], source: str, gazetteer: Gazetteer) -> bool:
    """Whether exactly the expected actors are named; descriptions of people without a name neither help nor hurt."""
    left = list(given)
    for name in expected:
        match = next((g for g in left if same_actor(name, g, gazetteer)), None)
        if match is None:
            return False
        left.remove(match)
    return all(is_description(g, source) for g in left)


def same_actor(expected: str, given: str, gazetteer: Gazetteer) -> bool:
    """Same words, same entry of the gazetteer, or a shorter form of at least two words with the same last one."""
    a, b = words(expected), words(given)
    if a == b:
        return True
    known = [entry.actor if (entry := gazetteer.lookup(name)) else None for name in (expected, given)]
    if known[0] and known[0] == known[1]:
        return True
    rest = iter(a)
    return len(b) >= 2 and a[-1] == b[-1] and all(word in rest for word in b)


def words(name: str) -> list[str]:
    """The words of a name in plain small letters, without article, quantifier, initials, brackets and possessive 's."""
    found = re.findall(r"[^\W_]+", re.sub(r"['’]s?\b|\([^)]*\)|\.", "", plain(name)).lower())
    while found and found[0] in ("the", "a", "an", *QUANTIFIERS):
        found = found[1:]
    return [word for word in found if len(word) > 1]


def is_description(name: str, source: str) -> bool:
    """Whether this names nobody: the source as printed, or a common noun ("Ana Diaz’s aides", "show insiders")."""
    if words(name) == words(source):
        return True
    last = re.split(r"\s", name)[-1]
    noun = last.lower() in words(source) or last.endswith("s") or last in PLURALS
    return last[:1].islower() and noun


def by_rule(done: Iterable[Answer]) -> dict[str, tuple[int, int]]:
    """For each rule how many labels are right and how many it decided; a joint source counts for each of its rules."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for answer in done:
        for rule in sorted(set(answer.rule.split("+"))):
            total[rule] += 1
            right[rule] += answer.right
    return {rule: (right[rule], n) for rule, n in total.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--errors", action="store_true", help="list the wrong ones")
    parser.add_argument("--unseen", action="store_true", help="score speakers_unseen.csv, whose errors nobody has read")
    parser.add_argument(
        "--rules", action="store_true", help="count the right ones by rule, as in data/speaker_rules.csv"
    )
    options = parser.parse_args()
    done = list(answers(options.folder, read_labels(UNSEEN if options.unseen else LABELS)))
    total, right = Counter(a.label.kind for a in done), Counter(a.label.kind for a in done if a.right)
    print(f"{'kind':<14}{'labels':>7}{'right':>7}{'accuracy':>10}")
    for kind in (*sorted(total), "all"):
        n, k = (len(done), sum(right.values())) if kind == "all" else (total[kind], right[kind])
        print(f"{kind:<14}{n:>7}{k:>7}{k / n:>10.3f}")
    if options.rules:
        for rule, (k, n) in sorted(by_rule(done).items()):
            print(f"{rule},{k},{n}")
    if options.errors:
        for a in done:
            if not a.right:
                expected, given = "|".join(a.label.speakers) or "nobody", "|".join(a.speakers) or "nobody"
                print(f"{a.label.article}:{a.label.key[0]} {a.label.kind}, rule {a.rule}")
                print(f"    {' '.join(a.source.split())!r}: expected {expected}, given {given}")


if __name__ == "__main__":
    main()
