"""Makes training examples of attributions from brat files.

The corpus should not teach its own accidents: quotation marks, persons' names and the places where windows begin are
varied from epoch to epoch.
"""

from __future__ import annotations

import random
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from typing import Any

from toolkit.encoder import MAX_PIECES, TAGS, Window, make_windows
from toolkit.records import Span
from toolkit.sentences import sentence_spans, sentence_tokenizer
from toolkit.training.brat import CodedAttribution, CodedText
from toolkit.training.examples import NOTHING, Example, word_ranges

_MARK_STYLES = (
    ("“", "”"),
    ('"', '"'),
    ("«", "»"),
    ("„", "“"),
    ("‘", "’"),
    ("″", "″"),
)


def vary_marks(text: str, chance: random.Random) -> str:
    """Print the same text with other quotation marks, character for character, so that all offsets hold."""
    opening, closing = chance.choice(_MARK_STYLES)
    out = []
    inside = False
    for i, char in enumerate(text):
        if char == "\n":
            inside = False
        if char == "“" or (char == '"' and not inside and (i + 1 < len(text) and not text[i + 1].isspace())):
            inside = True
            out.append(opening)
        elif char in '”"':
            inside = False
            out.append(closing)
        else:
            out.append(char)
    return "".join(out)


_SURNAMES = Path(__file__).parent / "surnames.txt"
_FULL_NAME = re.compile(r"\b([A-Z][a-z]+) ((?:[A-Z]\. )?)([A-Z][a-z]{2,})\b")


def vary_names(coded: CodedText, given_names: Sequence[str], chance: random.Random) -> CodedText:
    """Give persons other names, the same one throughout the text, and move the offsets along.

    A person is a given name of the list with a capitalised word behind it.
    """
    known = set(given_names)
    surnames = _SURNAMES.read_text(encoding="utf-8").split()
    swaps: dict[str, str] = {}
    for match in _FULL_NAME.finditer(coded.text):
        if match[1] in known:
            swaps.setdefault(match[1], chance.choice(given_names))
            swaps.setdefault(match[3], chance.choice(surnames))
    if not swaps:
        return coded
    pattern = re.compile(r"\b(" + "|".join(sorted(map(re.escape, swaps))) + r")\b")
    changes = [(m.start(), m.end(), swaps[m[1]]) for m in pattern.finditer(coded.text)]
    ends = [end for _, end, _ in changes]
    shifts = [0, *accumulate(len(new) - (end - start) for start, end, new in changes)]

    def move(span: Span) -> Span:
        return tuple(offset + shifts[bisect_right(ends, offset)] for offset in span)  # type: ignore[return-value]

    attributions = [
        CodedAttribution(*(tuple(move(s) for s in spans) for spans in (a.content, a.cue, a.source)))
        for a in coded.attributions
    ]
    return CodedText(coded.name, pattern.sub(lambda m: swaps[m[1]], coded.text), tuple(attributions))


def examples_of(
    coded: CodedText, tokenizer: Any, chance: random.Random, given_names: Sequence[str] = ()
) -> Iterator[Example]:
    """Cut one coded text into labelled windows.

    Args:
        coded: Text and attributions.
        tokenizer: The word-piece tokenizer.
        chance: Quotation marks are varied in two texts of five, names in one of four, and half of the texts are cut
            into shorter windows.
        given_names: Given names, to know persons by and to name them anew; none leaves the names alone.
    """
    if given_names and chance.random() < 0.25:
        coded = vary_names(coded, given_names, chance)
    text = vary_marks(coded.text, chance) if chance.random() < 0.4 else coded.text
    sentences = sentence_spans(sentence_tokenizer()(coded.text))
    for window in make_windows(text, tokenizer, max_pieces=chance.choice((MAX_PIECES, MAX_PIECES, 224, 176))):
        yield replace(_labelled(window, coded), sentences=word_ranges(window, sentences))


def _labelled(window: Window, coded: CodedText) -> Example:
    size = len(window.words)
    tags = [0] * size
    cue_of, source_of = [NOTHING] * size, [NOTHING] * size
    for attribution in sorted(coded.attributions, key=lambda a: a.content[0][0] - a.content[-1][1]):
        content, cue, source = (word_ranges(window, getattr(attribution, k)) for k in ("content", "cue", "source"))
        head = cue[0][0] if cue else None
        for role, parts in (("content", content), ("source", source), ("cue", cue)):
            for part in parts:
                for n, i in enumerate(range(*part)):
                    tags[i] = TAGS.index(("I-" if n else "B-") + role)
                    if role != "source" and head is not None:
                        cue_of[i] = head
        if head is not None:
            source_of[head] = source[0][0] if source else head
    return Example(window, tuple(tags), tuple(cue_of), tuple(source_of))
