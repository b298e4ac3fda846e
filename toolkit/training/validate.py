"""Scores the sides that a network finds on coded passages: ``python -m toolkit.training.validate WEIGHTS PASSAGES``.

A passage counts as a set of (issue, side); the two kinds of passages are reported apart. The last lines show precision,
recall and F1 over a range of thresholds, from which ``toolkit.sides.THRESHOLD`` was chosen.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from toolkit.encoder import Encoder
from toolkit.sentences import sentence_spans, sentence_tokenizer
from toolkit.sides import THRESHOLD, words_of
from toolkit.training.positions import APPRAISALS, read_passages, sentence_labels

THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.55, 0.6, 0.7)


@dataclass(frozen=True)
class Scored:
    """A passage with the probability of each class (its surest sentence) and the classes it was coded with."""

    kind: str
    probabilities: Mapping[str, float]
    gold: frozenset[str]

    def found(self, threshold: float) -> set[str]:
        """Give the sides at or over a threshold."""
        return {name for name, p in self.probabilities.items() if p >= threshold and name not in APPRAISALS}


def score_passages(encoder: Encoder, folder: Path) -> list[Scored]:
    """Read the passages of a folder with a network."""
    scored = []
    for passage in read_passages(folder):
        text = passage["text"]
        reading = encoder.read(text)
        sentences = sentence_spans(sentence_tokenizer()(text))
        best: dict[str, float] = {}
        for sentence in sentences:
            found = words_of(reading, sentence)
            if found is None:
                continue
            window, first, last = found
            for name, p in zip(encoder.classes, window.judge(first, last).probabilities, strict=True):
                best[name] = max(best.get(name, 0.0), float(p))
        gold = frozenset().union(*sentence_labels(passage, sentences)) - set(APPRAISALS)
        scored.append(Scored(passage["kind"], best, gold))
    return scored


def precision_recall(scored: Iterable[Scored], threshold: float) -> tuple[float, float, float]:
    """Give precision, recall and F1 of (passage, issue, side)."""
    right = n_found = n_gold = 0
    for passage in scored:
        found = passage.found(threshold)
        right += len(found & passage.gold)
        n_found += len(found)
        n_gold += len(passage.gold)
    p, r = right / max(1, n_found), right / max(1, n_gold)
    return p, r, 2 * p * r / (p + r) if p + r else 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the scores; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m toolkit.training.validate")
    parser.add_argument("weights", type=Path, help="folder with encoder.onnx and network.json")
    parser.add_argument("passages", type=Path, help="folder of coded passages that were not trained on")
    options = parser.parse_args(arguments)
    scored = score_passages(Encoder(options.weights), options.passages)
    kinds = sorted({s.kind for s in scored})
    for threshold in THRESHOLDS:
        for kind in (*kinds, "all"):
            chosen = [s for s in scored if kind in (s.kind, "all")]
            p, r, f1 = precision_recall(chosen, threshold)
            empty = [s for s in chosen if not s.gold]
            left = sum(not s.found(threshold) for s in empty)
            mark = " *" if threshold == THRESHOLD else ""
            print(
                f"{threshold:.2f}{mark:2s} {kind:7s} p={p:.3f} r={r:.3f} f1={f1:.3f}  left empty {left} of {len(empty)}"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
