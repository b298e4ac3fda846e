"""Learns the sides of a codebook's issues from the codebook's own words and from coded examples, in seconds.

A sentence becomes one row of numbers: the mean of the network's word vectors, and beside it which words stand in it. On
these, logistic regressions learn

- for each issue, whether a sentence takes any side on it;
- once for all issues together, by the vectors alone, which side it takes: to agree and to disagree sound much the same
  everywhere.

The probability of a side is the product of the two. Sentences are read one by one, as the examples are: the network
reads words in the light of those around, and what is said before a sentence led the regressions astray. Cross-validated
on the climate passages, this, sharing the second regression and the words each raised F1 or kept more plain news empty.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib import resources

import numpy as np

from toolkit.codebook import Codebook, Issue
from toolkit.encoder import Encoder, Floats, ReadWindow, split_words
from toolkit.records import Span
from toolkit.sides import Finding, words_of

THRESHOLD = 0.4
"""A side counts where it has at least this probability; chosen on the fitting part of the example passages."""

STRENGTH = 10.0
"""How closely the regressions follow the examples (scikit-learn's ``C``)."""

WORD_SHARE = 0.7
"""How much the words that stand in a sentence weigh beside its vector."""

STEM = 5
"""Words are told apart by this many letters, so that forms of one word count as one."""

PLAIN = "plain_sentences.txt"
"""Sentences of ordinary news, from which a coder learns what to leave alone."""


@dataclass(frozen=True)
class Example:
    """A text and all the sides (``<issue>+``, ``<issue>-``) that it takes; none where it takes no side."""

    text: str
    sides: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Features:
    """Turns the words of a sentence into numbers.

    Attributes:
        stems: Beginnings of words that are known.
        rarity: For each, how much it says: the logarithm of one over the share of texts that have it (plus 1).
        center: What is taken off every sentence's numbers: their mean over the texts learnt from.
    """

    stems: tuple[str, ...]
    rarity: Floats
    center: Floats

    @cached_property
    def _columns(self) -> dict[str, int]:
        return {stem: column for column, stem in enumerate(self.stems)}

    def shares(self, text: str, window: ReadWindow, first: int, last: int) -> Floats:
        """Give what each word adds to its sentence's numbers: words x (width of a vector + known stems).

        Punctuation adds nothing.

        Args:
            text: The text.
            window: The window that was read.
            first: The sentence's first word in it.
            last: One past its last word.
        """
        words = [text[start:end] for start, end in window.words[first:last]]
        spoken = np.array([[word[0].isalnum()] for word in words], dtype=np.float32)
        known = np.zeros((len(words), len(self.stems)), dtype=np.float32)
        for row, word in enumerate(words):
            column = self._columns.get(_stem(word))
            if column is not None:
                known[row, column] = self.rarity[column]
        return np.hstack([_to_length(window.vectors[first:last] * spoken, 1.0), _to_length(known, WORD_SHARE)])

    def of(self, text: str, window: ReadWindow, first: int, last: int) -> Floats:
        """Give a sentence's numbers."""
        result: Floats = self.shares(text, window, first, last).sum(0) - self.center
        return result


@dataclass(frozen=True, eq=False)
class SideModel:
    """What was learnt: one direction for each issue, and one that tells agreement from disagreement.

    Attributes:
        issues: Ids of the issues, in the order of the rows of ``issue_weights``.
        features: What turns a sentence into numbers.
        issue_weights: issues x numbers of a sentence.
        issue_bias: One number an issue.
        side_weights: One for each number of a sentence; positive speaks for agreement.
        side_bias: A single number.
        network: Fingerprint of the network whose vectors were used.
    """

    issues: tuple[str, ...]
    features: Features
    issue_weights: Floats
    issue_bias: Floats
    side_weights: Floats
    side_bias: Floats
    network: str

    def probabilities(self, numbers: Floats) -> Floats:
        """Give the probabilities of both sides of each issue: issues x 2 (agrees, disagrees)."""
        named = _logistic(self.issue_weights @ numbers + self.issue_bias)
        agrees = _logistic(self.side_weights @ numbers + self.side_bias)
        result: Floats = np.outer(named, np.append(agrees, 1 - agrees))
        return result

    def find(
        self, text: str, sentences: Iterable[Span], encoder: Encoder, *, skip: Sequence[Span] = ()
    ) -> list[Finding]:
        """Find the sides that sentences take, at most one for each issue and sentence.

        Args:
            text: The text.
            sentences: Their offsets.
            encoder: The network that reads them.
            skip: Stretches in which nothing is coded.
        """
        findings = []
        for start, end in sentences:
            words = text[start:end]
            place = None if any(s <= start < e for s, e in skip) else _read_alone(words, encoder)
            if place is None:
                continue
            table = self.probabilities(self.features.of(words, *place))
            for row in np.flatnonzero(table.max(1) >= THRESHOLD):
                column = int(table[row].argmax())
                first, last = self._evidence(words, place, int(row), 1 - 2 * column)
                label = f"{self.issues[row]}{'+-'[column]}"
                findings.append(Finding(label, float(table[row, column]), (start + first, start + last), (start, end)))
        return findings

    def _evidence(self, text: str, place: tuple[ReadWindow, int, int], row: int, stance: int) -> Span:
        """Give the run of words that speaks most for a side, beyond what the sentence's words do on average.

        What the words add to the score sums up to the score, so that no word has to be left out to see its part. Words
        that name the source of an attribution count for nothing, and marks at either end are left out.
        """
        window, first, last = place
        added = self.features.shares(text, *place) @ (self.issue_weights[row] + stance * self.side_weights)
        beyond = (added - added.mean()) * (1 - window.tags[first:last, 3:5].sum(1))
        start, end = heaviest_run(beyond)
        run = window.words[first + start : first + end]
        words = [word for word in run if text[word[0]].isalnum()] or run
        return words[0][0], words[-1][1]


def learn(codebook: Codebook, issues: Sequence[str], examples: Sequence[Example], encoder: Encoder) -> SideModel:
    """Learn the sides of issues from a codebook, coded examples and plain news sentences.

    Args:
        codebook: Its propositions, descriptions and phrases are examples of their sides.
        issues: Ids of the issues to learn.
        examples: Coded texts; may be none.
        encoder: The network that turns texts into vectors.
    """
    own = [example for issue in codebook.issues for example in _own_words(issue)]
    material = [*examples, *own, *map(Example, plain_sentences())]
    places = [(example, place) for example in material if (place := _read_alone(example.text, encoder))]
    stems, rarity = _count_stems([example.text for example in material])
    width = encoder.heads["tags.weight"].shape[1]
    features = Features(stems, rarity, np.zeros(width + len(stems), dtype=np.float32))
    table = np.array([features.of(example.text, *place) for example, place in places])
    features = replace(features, center=table.mean(0))
    table -= features.center
    learnt = [_regress(table, [bool({f"{i}+", f"{i}-"} & e.sides) for e, _ in places]) for i in issues]
    signs = [{side[-1] for side in example.sides} for example, _ in places]
    decided = [n for n, sign in enumerate(signs) if len(sign) == 1]
    side_weights, side_bias = _regress(table[decided, :width], ["+" in signs[n] for n in decided])
    return SideModel(
        issues=tuple(issues),
        features=features,
        issue_weights=np.array([weights for weights, _ in learnt]),
        issue_bias=np.array([bias for _, bias in learnt], dtype=np.float32),
        side_weights=np.append(side_weights, np.zeros(len(stems), dtype=np.float32)),
        side_bias=np.array(side_bias, dtype=np.float32),
        network=fingerprint(encoder.heads),
    )


@cache
def plain_sentences() -> tuple[str, ...]:
    """Read the plain news sentences that come with the toolkit."""
    lines = (resources.files("toolkit") / "data" / PLAIN).read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


def fingerprint(heads: Mapping[str, Floats]) -> str:
    """Give a short checksum of a network's weights, so that nothing learnt on one is used with another."""
    digest = hashlib.sha256()
    for name in sorted(heads):
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(heads[name]).tobytes())
    return digest.hexdigest()[:16]


def heaviest_run(values: Iterable[float]) -> Span:
    """Give start and end (exclusive) of the run with the largest sum, at least one value long (Kadane's algorithm)."""
    best, start, total, span = float("-inf"), 0, 0.0, (0, 1)
    for i, value in enumerate(values):
        if total <= 0:
            start, total = i, 0.0
        total += float(value)
        if total > best:
            best, span = total, (start, i + 1)
    return span


def _read_alone(text: str, encoder: Encoder) -> tuple[ReadWindow, int, int] | None:
    """Read a text by itself: the window that holds most of it, with its first and last+1 word; None without a word."""
    return words_of(encoder.read(text), (0, len(text)))


def _own_words(issue: Issue) -> Iterator[Example]:
    """Give the codebook's words on an issue as examples of its sides."""
    for side, words, phrases in (
        ("+", f"{issue.proposition} {issue.supports}", issue.phrases_support),
        ("-", issue.opposes, issue.phrases_oppose),
    ):
        for text in (*re.split(r"(?<=[.!?])\s+", words.strip()), *phrases):
            yield Example(text, frozenset({f"{issue.id}{side}"}))


def _stem(word: str) -> str:
    """Give what a word is told apart by; nothing for short words, numbers and marks."""
    return word.lower()[:STEM] if len(word) > 2 and word.isalpha() else ""


def _count_stems(texts: Sequence[str]) -> tuple[tuple[str, ...], Floats]:
    """Give the stems of all texts, sorted, with their rarity."""
    counts = Counter(stem for text in texts for stem in {_stem(text[s:e]) for s, e in split_words(text)} if stem)
    stems = tuple(sorted(counts))
    rarity = np.log([(1 + len(texts)) / (1 + counts[stem]) for stem in stems]) + 1
    return stems, np.asarray(rarity, dtype=np.float32)


def _to_length(rows: Floats, length: float) -> Floats:
    """Scale rows so that their sum has the given length; rows of nothing but zeros stay."""
    size = float(np.linalg.norm(rows.sum(0)))
    return np.asarray(rows * (length / size), dtype=np.float32) if size > 1e-6 else rows


def _regress(table: Floats, targets: Sequence[bool]) -> tuple[Floats, float]:
    """Fit a logistic regression in which both answers weigh the same in all; gives weights and bias."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=1000).fit(table, list(targets))
    return model.coef_[0].astype(np.float32), float(model.intercept_[0])


def _logistic(scores: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-scores)), dtype=np.float32)
