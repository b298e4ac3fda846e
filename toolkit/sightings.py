"""What speaks for or against a run of capitalised words being a person's name, at one place of an article."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from toolkit.gazetteer import Lexicon
from toolkit.names import HYPHENS, WORDS, Word, function_words, name_parts, plain
from toolkit.titles import (
    Office,
    Reader,
    backward_role,
    forward_role,
    gender_before,
    owner_before,
    read_title,
    shared_title,
    state_in_brackets,
)

GIVEN_TOO = ("Don",)
"""Honorifics that are given names as well."""
Key = tuple[str, ...]
"""The parts of a name."""


@dataclass(frozen=True)
class Sighting:
    """A run of words that may name a person, with the evidence at that place.

    Attributes:
        first: Place of the name's first word among the article's words.
        last: One past the place of its last word.
        evidence: Kinds of evidence for a person.
        against: Kinds of evidence against.
        role: The office stated there, or None.
        country: Code of the state stated there, or None.
        gender: ``male`` or ``female`` by an honorific or title there, or None.
    """

    first: int
    last: int
    evidence: Key
    against: Key = ()
    role: str | None = None
    country: str | None = None
    gender: str | None = None


def split_run(reader: Reader, first: int, last: int) -> Sighting | None:
    """Read one run: where the name begins in it, and what speaks for or against a person."""
    words, lexicon = reader.words, reader.lexicon
    name, evidence, office = first, [], None
    for i in range(first, last):
        title = read_title(reader, i)
        if title and not _is_title(words[i], lexicon, alone=last - i == 1) and name_parts(words[i].text):
            name, evidence, office = i, ["title"], title
    shared = shared_title(reader, first) if office is None else None
    if shared:
        evidence, office = ["title"], shared
    while name < last - 1 and _is_honorific(reader, name, last) and words[name].gap not in HYPHENS:
        name += 1
        evidence.append("honorific")
    if name and words[name - 1].text.lower() in lexicon.honorifics and words[name].gap in (" ", ". ", "\u00a0"):
        evidence.append("honorific")
    if not evidence:
        name = _skip_lead(reader, name, last)
    if last - name == 1 and (_is_title(words[name], lexicon, alone=True) or _is_place(words[name])):
        return None
    adverb = last - name == 1 and words[name].first and words[name].text.endswith("ly")
    known = reader.known.get(name)
    if adverb and not evidence and reader.labels.get(name) != "PERSON":
        return None
    if known and name + known[0] >= last and not evidence:
        return None
    if known and known[1].label != "state" and name + known[0] >= last:
        return None
    heard = _model_evidence(reader, name, last)
    if not heard and "title" not in evidence and last - name > 1 and words[last - 1].text.lower() in WORDS.of_bodies:
        return None
    evidence += heard
    appositive = forward_role(reader, last) or backward_role(reader, name, last)
    if appositive:
        evidence.append("apposition")
    role, country = _stated(office, appositive, lexicon)
    country = country or owner_before(reader, name) or state_in_brackets(reader, last)
    if last - name > 1 and plain(words[name].text) in lexicon.given_names:
        evidence.append("given name")
    return Sighting(
        name,
        last,
        tuple(evidence),
        tuple(_against(reader, name, last)),
        role,
        country,
        gender_before(reader, name, role),
    )


def _is_honorific(reader: Reader, i: int, last: int) -> bool:
    """Whether a word of a run is an honorific; "Don" before a surname alone is a given name."""
    if reader.words[i].text.lower() not in reader.lexicon.honorifics:
        return False
    alone = last - i == 2 and plain(reader.words[i + 1].text) not in reader.lexicon.given_names
    return not (alone and reader.words[i].text in GIVEN_TOO)


def _is_place(word: Word) -> bool:
    return word.gap == ", " and word.text.lower() in WORDS.place_abbreviations


def _stated(title: Office | None, appositive: Office | None, lexicon: Lexicon) -> tuple[str | None, str | None]:
    """The office and the state by a title and an apposition; an honorific ("Sheikh") gives way to an office."""
    offices = [o for o in (title, appositive) if o]
    offices.sort(key=lambda o: (o.role or "").lower().rstrip(".") in lexicon.honorifics)
    role = next((o.role for o in offices if o.role), None)
    return role, next((o.country for o in offices if o.country), None)


def _is_title(word: Word, lexicon: Lexicon, *, alone: bool) -> bool:
    """Whether a word is a title, or, where it would be the whole name, the word of a body."""
    lower = plain(word.text).lower()
    return lower in lexicon.titles or lower.removesuffix("s") in lexicon.titles or (alone and lower in WORDS.things)


def _skip_lead(reader: Reader, first: int, last: int) -> int:
    """Pass over a state, or a word that only begins the sentence, before the name that spaCy sees."""
    lead = reader.known.get(first)
    if lead and first + lead[0] < last and reader.labels.get(first) != "PERSON":
        return first + lead[0]
    before = [word.text.lower() for word in reader.words[max(first - 2, 0) : first]]
    if before[1:] in (["of"], ["for"]) and before[0] in reader.lexicon.titles and last - first > 2:
        return next((i for i in range(first, last) if reader.labels.get(i) == "PERSON" and i in reader.starts), first)
    if last - first == 2 and reader.labels.get(first) is None and seems_given_name(reader, first):
        return first
    if reader.words[first].first and last - first > 1 and reader.labels.get(first) != "PERSON":
        return next((i for i in range(first, last) if reader.labels.get(i) == "PERSON" and i in reader.starts), first)
    return first


def _model_evidence(reader: Reader, first: int, last: int) -> list[str]:
    labels = [reader.labels.get(i) for i in range(first, last)]
    return ["spacy"] if labels.count("PERSON") * 2 >= len(labels) else []


def _against(reader: Reader, first: int, last: int) -> Iterator[str]:
    labels = [reader.labels.get(i) for i in range(first, last)]
    if any(label not in (None, "PERSON") for label in labels) and "PERSON" not in labels:
        yield "spacy"
    texts = [plain(w.text).lower() for w in reader.words[first:last]]
    party = texts[-1].endswith("s") and texts[-1][:-1] in reader.lexicon.titles
    if last - first > 1 and (party or WORDS.things & set(texts)):
        yield "of a body"
    for word in reader.words[first:last]:
        if word.text.lower() in reader.common and plain(word.text) not in reader.lexicon.given_names:
            yield "common word"


def seems_given_name(reader: Reader, i: int) -> bool:
    """Whether a word is no word that a sentence begins with: it has no other form or use here."""
    word = plain(reader.words[i].text)
    lower = word.lower()
    lexicon = reader.lexicon
    nouns = lexicon.titles | lexicon.modifiers | lexicon.documents | lexicon.bodies | lexicon.descriptors | WORDS.things
    named = reader.labels.get(i) == "PERSON" and i in reader.starts
    formed = lower.endswith(("ing", "ed", "ly", "tion", "ment")) or lower in reader.common or len(lower) < 3
    plural = lower.endswith("s") and lower[:-1] in nouns
    after = reader.labels.get(i + 1) == "PERSON" and i + 1 in reader.starts
    return (named or (after and len(lower) > 4)) and not (
        formed or plural or lower in nouns or lower in function_words()
    )
