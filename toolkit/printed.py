"""Sources that nothing ties to an actor: they stay as printed, without the article and in the case of running text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from toolkit.names import WORDS, function_words, plain, title_cased
from toolkit.salience import Actors, Asked
from toolkit.sources import EDGE, INDEFINITE, singular

WITHOUT = ("a", "an", "the", "one", "another", "this", "that", "these", "those")
"""Words that are left out at the beginning of an unnamed source."""


def as_printed(asked: Asked) -> Actors:
    """The source's own words: without the article, in small letters, up to a comma or a relative clause."""
    cut = r"\s*(?:[,;(]|--|—|–|\s(?:who|whom|which|that|whose)\s)"
    words = re.split(cut, asked.phrase.text, maxsplit=1)[0].strip(EDGE).split()
    if len(words) > 1 and words[1].lower() not in ("of", "or", "in") and words[0].lower() in WITHOUT:
        words = words[1:]
    if words and is_small(words, asked):
        words[0] = words[0].lower()
    return (" ".join(words),) if words else ()


def is_small(words: Sequence[str], asked: Asked) -> bool:
    """Whether the first word has its capital only because it begins a sentence."""
    first, lexicon = words[0], asked.scene.lexicon
    lower = plain(first).lower()
    name_follows = len(words) > 1 and words[1][:1].isupper() and words[1] != "I"
    if lower in INDEFINITE:
        return True
    body = lower in WORDS.of_bodies and any(w[:1].isupper() for w in words[1:4])
    if body or not first[1:].islower() or name_follows or lower in lexicon.parties or asked.gazetteer.lookup(first):
        return False
    nouns = lexicon.titles | lexicon.descriptors | lexicon.modifiers | lexicon.bodies | lexicon.documents
    begins = re.search(
        r"(?:^|[.!?:;“”\"\n‘'(—–-])\s*(?:\w+\s)?$",
        asked.scene.text[max(0, asked.phrase.start - 12) : asked.phrase.start],
    )
    if not begins and asked.scene.article.section(asked.phrase.start) != "headline" and not title_cased(_line(asked)):
        return False
    if {lower, singular(lower)} & (nouns | function_words() | frozenset(lexicon.collectives)):
        return True
    return first.lower() in asked.scene.small_words


def _line(asked: Asked) -> str:
    """The line that the source begins in."""
    text, at = asked.scene.text, asked.phrase.start
    end = text.find("\n", at)
    return text[text.rfind("\n", 0, at) + 1 : end if end >= 0 else len(text)]
