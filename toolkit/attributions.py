"""Turns the network's answers about words into attributions: which content belongs to which cue and source.

The network says for each word what it is (content, source, cue or none of these), for each word of a content or cue
where its cue begins, and for each cue where its source begins. Here these answers are made into spans that agree with
one another. An interrupted content ("…", she said, "…") is one attribution with two spans.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.encoder import TAGS, Floats, Reading, ReadWindow
from toolkit.records import Span

CREATE_CUE = 0.35
"""A word outside all contents becomes a cue where a content points to it with at least this probability."""
CREATE_SOURCE = 0.6
"""A word outside all sources becomes a source where a cue points to it with more than this probability."""

LIKELY_SOURCE = 0.05
"""Neighbours of a word that was made a source join it where they are a source with at least this probability."""

LEAST_CERTAINTY = 0.35
"""An attribution of less certainty is left out."""
SHORT_CONTENT = 0.2
"""What a content of one word must be surer than that; of two words half as much (marks count as words)."""
LEAST_WITH_SOURCE = 0.15
"""An attribution is left out, too, whose certainty times that of its source (or of its having none) is less.

The three limits were chosen among some dozens on PolNeAR's development articles, with the weights of 0.5.0 and some
others: without the second and third, F1 with source was .004 to .009 lower.
"""

_ROLES = ("content", "source", "cue")
Range = tuple[int, int]


@dataclass(frozen=True)
class Attribution:
    """Spans of one attribution in characters of the text.

    Attributes:
        content: Parts of the content, in order.
        cue: The reporting words; a content for which none is found is no attribution.
        source: Who is named as the source, or None.
        certainty: Mean probability that the content's words are content, times the probability of its cue.
        source_certainty: Probability of the source (or of there being none), given the cue.
    """

    content: tuple[Span, ...]
    cue: Span
    source: Span | None
    certainty: float
    source_certainty: float


def find_attributions(reading: Reading) -> list[Attribution]:
    """Find the attributions of a text, in the order of their contents."""
    found = [a for window in reading.windows for a in _decode(window)]
    return sorted(found, key=lambda a: a.content)


def best_tags(probabilities: Floats) -> list[int]:
    """Choose the most probable sequence of tags in which every I- follows a B- or I- of its own kind (Viterbi).

    Args:
        probabilities: words x tags.

    Returns:
        Indices into ``TAGS``.
    """
    scores = np.log(probabilities + 1e-9)
    inside = {TAGS.index(f"I-{r}"): TAGS.index(f"B-{r}") for r in _ROLES}
    best = scores[0].copy()
    best[list(inside)] = -1e9
    back = np.empty(scores.shape, dtype=int)
    for i in range(1, len(scores)):
        top = int(best.argmax())
        came = np.full(len(TAGS), top)
        for within, begin in inside.items():
            came[within] = within if best[within] > best[begin] else begin
        back[i] = came
        best = best[came] + scores[i]
    path = [int(best.argmax())]
    for i in range(len(scores) - 1, 0, -1):
        path.append(int(back[i][path[-1]]))
    return path[::-1]


def tagged_ranges(tags: Sequence[int]) -> dict[str, list[Range]]:
    """Give the first and last+1 word of each content, source and cue."""
    ranges: dict[str, list[Range]] = {role: [] for role in _ROLES}
    for i, tag in enumerate(tags):
        mark, _, role = TAGS[tag].partition("-")
        if mark == "B":
            ranges[role].append((i, i + 1))
        elif mark == "I":
            ranges[role][-1] = (ranges[role][-1][0], i + 1)
    return ranges


def _decode(window: ReadWindow) -> list[Attribution]:
    """Decode one window.

    A cue to which nothing points takes the content that follows it at once, and where it has no source, that of the
    cue from which it took it ("X said …, urging …").
    """
    tags = best_tags(window.tags)
    ranges = tagged_ranges(tags)
    contents, cues = ranges["content"], list(ranges["cue"])
    if not contents:
        return []
    in_content = np.zeros(len(tags), dtype=bool)
    for start, end in contents:
        in_content[start:end] = True
    chosen = []
    for content in contents:
        mass = window.pointer("cue", range(*content)).mean(0)
        chosen.append((content, *_choose_cue(mass, cues, in_content)))
    idle = {cue[1]: cue for cue in cues} | {cue[1]: None for _, cue, _ in chosen if cue}
    groups: dict[Range, list[tuple[Range, float]]] = {}
    lent: dict[Range, Range] = {}
    for content, cue, share in chosen:
        sure = window.tags[content[0] : content[1], 1:3].sum(1).mean()
        own = idle.get(content[0]) or cue
        if own is None:
            continue
        if cue and cue < own:
            lent[own] = cue
        groups.setdefault(own, []).append((content, float(sure * share)))
    found = []
    for cue, parts in groups.items():
        source, source_share = _choose_source(window, cue, ranges["source"])
        if source is None and cue in lent:
            source, source_share = _choose_source(window, lent[cue], ranges["source"])
        certainty = max(sure for _, sure in parts)
        size = sum(end - start for (start, end), _ in parts)
        if certainty < LEAST_CERTAINTY + SHORT_CONTENT / size or certainty * source_share < LEAST_WITH_SOURCE:
            continue
        found.append(
            Attribution(
                tuple(_characters(window, content) for content, _ in parts),
                _characters(window, cue),
                _characters(window, source) if source else None,
                certainty,
                source_share,
            )
        )
    return found


def _choose_cue(mass: Floats, cues: list[Range], in_content: Floats) -> tuple[Range | None, float]:
    """Take the cue with the most pointer mass; make one where the mass lies on a word that is none yet."""
    shares = [float(mass[start:end].sum()) for start, end in cues]
    best = int(np.argmax(shares)) if shares else None
    pointed = int(np.where(in_content, 0, mass).argmax())
    outside = not in_content[pointed] and not any(s <= pointed < e for s, e in cues)
    if outside and mass[pointed] >= CREATE_CUE and (best is None or shares[best] < mass[pointed]):
        cues.append((pointed, pointed + 1))
        return cues[-1], float(mass[pointed])
    return (cues[best], shares[best]) if best is not None else (None, 0.0)


def _choose_source(window: ReadWindow, cue: Range, sources: list[Range]) -> tuple[Range | None, float]:
    """Take the source with the most pointer mass, or none where the cue points to itself."""
    mass = window.pointer("source", [cue[0]])[0]
    shares = [float(mass[start:end].sum()) for start, end in sources]
    best = int(np.argmax(shares)) if shares else None
    itself = float(mass[cue[0] : cue[1]].sum())
    pointed = int(mass.argmax())
    if mass[pointed] > CREATE_SOURCE and not cue[0] <= pointed < cue[1]:
        known = next((r for r in sources if r[0] <= pointed < r[1]), None) or _likely_source(window, pointed)
        return known, float(mass[known[0] : known[1]].sum())
    if best is not None and shares[best] > itself:
        return sources[best], shares[best]
    return None, itself


def _likely_source(window: ReadWindow, word: int) -> Range:
    """Widen a word that was pointed to over the neighbours that may be of the same source."""
    likely = window.tags[:, TAGS.index("B-source")] + window.tags[:, TAGS.index("I-source")] >= LIKELY_SOURCE
    start, end = word, word + 1
    while start > 0 and likely[start - 1]:
        start -= 1
    while end < len(likely) and likely[end]:
        end += 1
    return start, end


def _characters(window: ReadWindow, words: Range) -> Span:
    return window.words[words[0]][0], window.words[words[1] - 1][1]
