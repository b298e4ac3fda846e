"""Finds which side of which issue a sentence takes, and which of its words carry it.

The network answers for the issues it was trained on. An issue it does not know (a codebook of one's own) is found by
the codebook's phrases, with a fixed confidence. Whose side it is, ``positions.py`` decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from toolkit.codebook import Codebook
from toolkit.encoder import Floats, Judgement, Reading, ReadWindow
from toolkit.records import Span
from toolkit.stretches import touched

THRESHOLD = 0.5
"""A side counts where the network gives it at least this probability.

With the network of 0.7.0, F1 on the validation passages is the same from .5 to .6; a higher one leaves more texts
without a side as they are (92 of 102 at .5, 94 at .6) and loses sides that are there.
"""

EVIDENCE_SHARE = 0.003
"""Words belong to the evidence that carry at least this share of what the heaviest word carries.

Chosen on the validation passages: the words in common with the coded evidence, over the words of either, were .82 in
the mean with this share and gap, and .57 with a share of .05 (.78 for the network and the passages since 0.4.0).
"""

EVIDENCE_GAP = 5
"""Further apart than this many words, two such words are no one stretch of evidence."""

PHRASE_CONFIDENCE = 0.5
"""What a side gets that rests on a phrase of the codebook alone; not measured, so read such rows yourself."""


@dataclass(frozen=True)
class Finding:
    """One side or appraisal seen in a sentence, before its actor is decided.

    Attributes:
        label: ``<issue>+``, ``<issue>-``, ``praise`` or ``criticism``.
        probability: Of the label.
        evidence: Where the words that carry it stand.
        sentence: The sentence's span.
        window: The window that was read, for the pointers; None where a phrase was found instead.
        pooled: What the pointers start from; None likewise.
        core: Where the word that carries most stands; None likewise.
    """

    label: str
    probability: float
    evidence: Span
    sentence: Span
    window: ReadWindow | None = None
    pooled: Floats | None = None
    core: Span | None = None

    def pointed(self, name: str) -> list[tuple[Span, float]]:
        """Give the words that the ``actor`` or ``target`` pointer considers, with their probabilities."""
        if self.window is None or self.pooled is None:
            return []
        shares = self.window.point(name, self.pooled)
        return [(self.window.words[i], float(shares[i])) for i in np.flatnonzero(shares[:-1] >= 0.02)]

    def unnamed(self) -> float:
        """Give the probability that the actor is nobody whom the text names; 0 where a phrase was found."""
        if self.window is None or self.pooled is None:
            return 0.0
        return float(self.window.point("actor", self.pooled)[-1])


def find_sides(reading: Reading, sentences: Iterable[Span], *, skip: Sequence[Span] = ()) -> list[Finding]:
    """Ask the network about every sentence.

    Args:
        reading: The network's reading of the text.
        sentences: Their offsets.
        skip: Stretches that are not the article's own text (captions, bylines, furniture).

    Returns:
        A finding for each label at or over the threshold, in text order.
    """
    findings = []
    for sentence in sentences:
        if any(s <= sentence[0] < e for s, e in skip):
            continue
        found = words_of(reading, sentence)
        if found is None:
            continue
        window, first, last = found
        judgement = window.judge(first, last)
        for column in np.flatnonzero(judgement.probabilities >= THRESHOLD):
            evidence, core = _evidence(reading.text, window, judgement, int(column))
            sure = reading.confidence("side", float(judgement.probabilities[column]))
            pooled = judgement.pooled[column]
            findings.append(Finding(reading.classes[column], sure, evidence, sentence, window, pooled, core))
    return findings


def find_phrases(
    text: str, sentences: Iterable[Span], codebook: Codebook, known: Iterable[str], *, skip: Sequence[Span] = ()
) -> list[Finding]:
    """Find the codebook's phrases for issues that the network does not know.

    Args:
        text: The text.
        sentences: Their offsets.
        codebook: Issues with ``phrases_support`` and ``phrases_oppose``.
        known: The network's classes; issues among them are left to the network.
        skip: Stretches in which nothing is coded.

    Returns:
        A finding for each sentence and side, at the first phrase. Case and white space do not matter; words are whole.
    """
    sides = []
    for issue in codebook.issues:
        if f"{issue.id}+" not in set(known):
            for side, phrases in (("+", issue.phrases_support), ("-", issue.phrases_oppose)):
                shapes = [r"\s+".join(map(re.escape, phrase.split())) for phrase in phrases if phrase.strip()]
                if shapes:
                    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(shapes)})(?!\w)", re.IGNORECASE)
                    sides.append((f"{issue.id}{side}", pattern))
    findings = []
    for start, end in sentences:
        if any(s <= start < e for s, e in skip):
            continue
        for label, pattern in sides:
            if match := pattern.search(text, start, end):
                findings.append(Finding(label, PHRASE_CONFIDENCE, match.span(), (start, end)))
    return findings


def add_pointers(findings: Iterable[Finding], reading: Reading) -> list[Finding]:
    """Let the network point to the actor of findings that it did not make itself.

    It learnt to point for each issue that it knows; the mean over these finds whose side it is on others as well.
    """
    sided = [column for column, label in enumerate(reading.classes) if label[-1] in "+-"]
    pointing = []
    for finding in findings:
        found = words_of(reading, finding.sentence) if finding.window is None else None
        if found:
            window, first, last = found
            pooled = window.judge(first, last).pooled[sided].mean(0)
            finding = replace(finding, window=window, pooled=pooled)
        pointing.append(finding)
    return pointing


def words_of(reading: Reading, sentence: Span) -> tuple[ReadWindow, int, int] | None:
    """Find the window that holds most of a sentence, with its first and last+1 word."""
    best: tuple[ReadWindow, int, int] | None = None
    for window in reading.windows:
        inside = touched(window.words, *sentence)
        if inside and (best is None or len(inside) > best[2] - best[1]):
            best = (window, inside.start, inside.stop)
    return best


def _evidence(text: str, window: ReadWindow, judgement: Judgement, column: int) -> tuple[Span, Span]:
    """Span the words that carry a label: the heaviest stretch of words that weigh enough, without marks at its ends.

    Returns:
        Where they stand, and where the heaviest word does.
    """
    weights = judgement.attention[:, column]
    words = window.words[judgement.first_word : judgement.first_word + len(weights)]
    spelt = np.array([text[start].isalnum() for start, _ in words])
    if not spelt.any():
        spelt[:] = True
    heavy = np.flatnonzero((weights >= EVIDENCE_SHARE * weights[spelt].max()) & spelt)
    stretches = np.split(heavy, np.flatnonzero(np.diff(heavy) > EVIDENCE_GAP) + 1)
    chosen = max(stretches, key=lambda stretch: float(weights[stretch].sum()))
    return (words[chosen[0]][0], words[chosen[-1]][1]), words[chosen[weights[chosen].argmax()]]
