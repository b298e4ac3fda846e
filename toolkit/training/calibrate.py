"""Makes certainties mean what they say: ``python -m toolkit.training.calibrate WEIGHTS PASSAGES ATTRIBUTIONS``.

On data that the network was not trained on, a logistic regression learns how often an answer of a given certainty is
right (Platt 1999). Its weights go into ``network.json``; the expected calibration error before and after is
printed.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from toolkit.attributions import find_attributions
from toolkit.encoder import Encoder
from toolkit.records import Span
from toolkit.sentences import sentence_spans, sentence_tokenizer
from toolkit.sides import THRESHOLD, words_of
from toolkit.training.brat import CodedText, read_folder
from toolkit.training.positions import read_passages, sentence_labels

Answers = tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]
"""Certainties (answers x kinds of certainty), and whether each answer is right."""

_WORD = re.compile(r"\w+")


def side_answers(encoder: Encoder, folder: Path) -> Answers:
    """Give every side found in the passages of a folder, and whether it was coded in that sentence."""
    certainties, right = [], []
    for passage in read_passages(folder):
        text = passage["text"]
        reading = encoder.read(text)
        sentences = sentence_spans(sentence_tokenizer()(text))
        for sentence, labels in zip(sentences, sentence_labels(passage, sentences), strict=True):
            found = words_of(reading, sentence)
            if found is None:
                continue
            window, first, last = found
            probabilities = window.judge(first, last).probabilities
            for column in np.flatnonzero(probabilities >= THRESHOLD):
                name = encoder.classes[column]
                if name in ("praise", "criticism") and "appraisals" not in passage:
                    continue
                certainties.append([float(probabilities[column])])
                right.append(name in labels)
    return np.array(certainties).reshape(-1, 1), np.array(right, dtype=bool)


def attribution_answers(encoder: Encoder, folder: Path) -> Answers:
    """Give every attribution found, and whether a coded one shares half of its words and a word of its source."""
    certainties, right = [], []
    for coded in read_folder(folder):
        taken: set[int] = set()
        for found in find_attributions(encoder.read(coded.text)):
            match = _match(coded, found.content, found.source, taken)
            if match is not None:
                taken.add(match)
            certainties.append([found.certainty, found.source_certainty])
            right.append(match is not None)
    return np.array(certainties).reshape(-1, 2), np.array(right, dtype=bool)


def fit(answers: Answers) -> list[float]:
    """Fit the logistic regression; gives intercept and slopes on the log-odds."""
    from sklearn.linear_model import LogisticRegression

    certainties, right = answers
    model = LogisticRegression(C=100.0).fit(_log_odds(certainties), right)
    return [round(float(w), 4) for w in (model.intercept_[0], *model.coef_[0])]


def expected_calibration_error(probabilities: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]) -> float:
    """Average the gap between certainty and share right over ten bins of equal width, weighted by their answers."""
    bins = np.minimum((probabilities * 10).astype(int), 9)
    gaps = [abs(probabilities[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in set(bins)]
    return float(sum(gaps))


def main(arguments: Sequence[str] | None = None) -> int:
    """Calibrate the weights of a folder; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m toolkit.training.calibrate")
    parser.add_argument("weights", type=Path, help="folder with encoder.onnx and network.json")
    parser.add_argument("passages", type=Path, help="folder of coded passages that were not trained on")
    parser.add_argument("attributions", type=Path, help="folder of brat files that were not trained on")
    options = parser.parse_args(arguments)
    encoder = Encoder(options.weights)
    calibration = {}
    for kind, answers in (
        ("side", side_answers(encoder, options.passages)),
        ("attribution", attribution_answers(encoder, options.attributions)),
    ):
        weights = fit(answers)
        calibration[kind] = weights
        certainties, right = answers
        raw = certainties.prod(1)
        fitted = 1 / (1 + np.exp(-(weights[0] + _log_odds(certainties) @ np.array(weights[1:]))))
        before, after = (expected_calibration_error(p, right) for p in (raw, fitted))
        print(
            f"{kind}: {len(right)} answers, {right.mean():.3f} right, calibration error {before:.3f}, now {after:.3f}"
        )
    path = options.weights / "network.json"
    settings = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**settings, "calibration": calibration}, indent=1) + "\n", encoding="utf-8")
    return 0


def _log_odds(certainties: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    clipped = np.clip(certainties, 1e-4, 1 - 1e-4)
    result: npt.NDArray[np.float64] = np.log(clipped / (1 - clipped))
    return result


def _match(coded: CodedText, content: Sequence[Span], source: Span | None, taken: set[int]) -> int | None:
    words = _words(coded.text, content)
    for number, attribution in enumerate(coded.attributions):
        gold = _words(coded.text, attribution.content)
        if number in taken or len(words & gold) < 0.5 * len(words | gold):
            continue
        named = _words(coded.text, [source] if source else [])
        expected = _words(coded.text, attribution.source)
        if named & expected or not (named or expected):
            return number
    return None


def _words(text: str, spans: Sequence[Span]) -> set[int]:
    return {m.start() for s, e in spans for m in _WORD.finditer(text, s, e)}


if __name__ == "__main__":
    sys.exit(main())
