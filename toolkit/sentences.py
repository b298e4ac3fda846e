"""Cuts a tokenised text into sentences, the units in which positions are coded."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from toolkit.records import Span

if TYPE_CHECKING:
    from spacy.tokens import Doc

_LINE = re.compile(r"[^\n]+")


@cache
def sentence_tokenizer() -> Any:
    """Load spaCy's English tokenizer with its rule-based sentence splitter; no trained model is needed."""
    import spacy

    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.max_length = 10**9
    return nlp


def sentence_spans(doc: Doc) -> list[Span]:
    """Give the offsets of a document's sentences, in order.

    A sentence ends where spaCy ends it, and always at a line break. White space around it is left out; what holds no
    letter or digit is no sentence.
    """
    if not doc.has_annotation("SENT_START"):
        sentence_tokenizer().get_pipe("sentencizer")(doc)
    spans = []
    for sentence in doc.sents:
        for line in _LINE.finditer(sentence.text):
            words = line.group()
            start = sentence.start_char + line.start() + len(words) - len(words.lstrip())
            end = start + len(words.strip())
            if any(c.isalnum() for c in words):
                spans.append((start, end))
    return spans
