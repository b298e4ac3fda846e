"""Readings, sources and names built by hand, for tests of what stands on top of the models."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field

import numpy as np
import spacy

from toolkit.encoder import TAGS, Reading, split_words
from toolkit.records import Article, Quote

STYLES = {
    "curly": {"“": "“", "”": "”", "‹": "‘", "›": "’"},
    "straight": {"“": '"', "”": '"', "‹": "'", "›": "'", "’": "'"},
    "guillemets": {"“": "«", "”": "»"},
    "British": {"“": "‘", "”": "’", "‹": "“", "›": "”"},
    "British straight": {"“": "'", "”": "'", "‹": '"', "›": '"', "’": "'"},
}
"""How texts are printed that are written with “…” for quotations, ‹…› for inner ones and ’ as apostrophe."""


def printed(text, style):
    """Print a text in one of the styles."""
    return text.translate(str.maketrans(STYLES[style]))


@dataclass
class Window:
    """Stands in for a window that was read: what the network would answer is given by hand."""

    words: tuple
    tags: np.ndarray
    pointers: dict = field(default_factory=dict)

    def pointer(self, name, rows):
        answers = np.zeros((len(list(rows)), len(self.words)), dtype=np.float32)
        for n, row in enumerate(rows):
            for word, share in self.pointers[name].get(row, {row: 1.0}).items():
                answers[n, word] = share
        return answers


def reading(text, *attributions):
    """Build a reading in which the network has found these attributions.

    Args:
        text: The text.
        attributions: Triples of the content's parts, the cue and the source, as words of the text; a string is a
            content of one part, and an empty one is absent. The first place in the text counts, unless it is taken.
    """
    words = tuple(split_words(text))
    tags = np.full((len(words), len(TAGS)), 0.01, dtype=np.float32)
    tags[:, 0] = 0.5
    pointers = {"cue": {}, "source": {}}
    taken = set()

    def mark(piece, role):
        start = text.find(piece)
        while start >= 0 and not taken.isdisjoint(range(start, start + len(piece))):
            start = text.find(piece, start + 1)
        assert start >= 0, f"{piece!r} is not in the text"
        taken.update(range(start, start + len(piece)))
        inside = [i for i, (s, e) in enumerate(words) if s >= start and e <= start + len(piece)]
        tags[inside[0], TAGS.index(f"B-{role}")] = 0.94
        tags[inside[1:], TAGS.index(f"I-{role}")] = 0.94
        return inside

    for content, cue, source in attributions:
        said = [i for part in ([content] if isinstance(content, str) else content) for i in mark(part, "content")]
        cued = mark(cue, "cue") if cue else []
        named = mark(source, "source") if source else []
        pointers["cue"] |= {i: {cued[0]: 1.0} if cued else {said[0]: 1.0} for i in said}
        if cued and named:
            pointers["source"][cued[0]] = {named[0]: 1.0}
    return Reading(text, (Window(words, tags, pointers),), ())


def random_reading(text, seed, size=40):
    """Build a reading in which everything is left to chance, as no network would read but any might.

    Args:
        text: The text.
        seed: Fixes what comes out.
        size: Words in a window.
    """
    words, chance = split_words(text), np.random.default_rng(seed)
    windows = [RandomWindow(tuple(words[i : i + size]), chance) for i in range(0, len(words), size)]
    return Reading(text, tuple(windows), ())


class RandomWindow:
    """A window whose tags and pointers are drawn by chance, and stay as they were drawn."""

    def __init__(self, words, chance):
        self.words = words
        self.tags = chance.dirichlet(np.full(len(TAGS), 0.2), len(words)).astype(np.float32)
        drawn = chance.dirichlet(np.full(len(words), 0.05), (2, len(words))).astype(np.float32)
        self.drawn = {"cue": drawn[0], "source": drawn[1]}

    def pointer(self, name, rows):
        return self.drawn[name][list(rows)]


@functools.cache
def blank():
    return spacy.blank("en")


def marked_article(marked, **known):
    """Read an article in which sources stand in [brackets] and contents in {braces}: the nth of each is one quote."""
    text, marks, open_at = "", [], []
    for c in marked:
        if c in "[{":
            open_at.append((c, len(text)))
        elif c in "]}":
            kind, start = open_at.pop()
            marks.append((start, len(text), kind))
        else:
            text += c
    sources = sorted((s, e) for s, e, kind in marks if kind == "[")
    contents = sorted((s, e) for s, e, kind in marks if kind == "{")
    quotes = []
    for i, ((a, b), (s, e)) in enumerate(zip(sources, contents, strict=True)):
        kind = "direct" if text[s : s + 1] in '“"' else "indirect"
        quotes.append(Quote("a", f"a:q{i}", kind, text[s:e], ((s, e),), text[a:b], a, b, None, None, None))
    return Article("a", text, **known), quotes


def named_doc(text, names, *, alignment="strict"):
    """Make a spaCy document in which names bear labels, wherever they stand.

    Args:
        text: The text.
        names: Labels by name.
        alignment: Whether a name inside a longer word counts (``expand``) or not (``strict``).
    """
    doc = blank()(text)
    spans = [
        doc.char_span(found.start(), found.end(), label=label, alignment_mode=alignment)
        for name, label in names.items()
        for found in re.finditer(re.escape(name), text)
    ]
    doc.ents = spacy.util.filter_spans([s for s in spans if s is not None])
    return doc
