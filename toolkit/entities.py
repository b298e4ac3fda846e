"""Mentions of people, states, organisations and groups, each linked to one actor of the article.

spaCy's names, the gazetteer and patterns (titles, appositions, "X's foreign ministry") propose; the longest proposal
wins where several overlap. Captions, bylines and furniture help to link names, but no mention stands in them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from toolkit.bodies import body_mentions, entourage_mentions, institution_mentions, short_bodies, unify_bodies
from toolkit.gazetteer import Entry, Gazetteer
from toolkit.names import (
    HYPHENS,
    SPACES,
    WORDS,
    Word,
    all_capitals,
    is_abbreviation,
    is_capital,
    name_parts,
    plain,
    runs,
    split_words,
    title_cased,
)
from toolkit.people import Person, by_part, find_people, link_name
from toolkit.records import Article, Mention, Span
from toolkit.titles import Reader, gender_before

if TYPE_CHECKING:
    from spacy.tokens import Doc

NAME_LABELS = frozenset("PERSON ORG GPE NORP LOC FAC EVENT LAW PRODUCT WORK_OF_ART DATE LANGUAGE".split())  # noqa: SIM905
LINE = re.compile(r"[^\n]+")
People = Mapping[str, Sequence[Person]]
SKIPPED_SECTIONS = ("caption", "byline", "dateline", "furniture")


def find_mentions(article: Article, doc: Doc, gazetteer: Gazetteer) -> list[Mention]:
    """Find who is named in an article.

    Args:
        article: The article.
        doc: Its spaCy document, with the names that spaCy found.
        gazetteer: States, organisations and titles.

    Returns:
        Mentions in text order that do not overlap; all mentions of one actor have the same ``actor``.
    """
    words = split_words(article.text)
    if not words:
        return []
    reader = read_words(article.text, words, doc, gazetteer)
    found = list(runs(words))
    headlines = _headline_words(article, words)
    told = [run for run in found if run[0] not in headlines]
    people = by_part(find_people(reader, told, [run for run in found if run[0] in headlines]))
    proposals = [
        *state_mentions(article, reader),
        *body_mentions(article, reader, told, people),
        *institution_mentions(article, reader),
        *entourage_mentions(article, reader, people),
        *person_mentions(article, reader, found, people, headlines),
    ]
    kept = _longest([m for m in proposals if article.section(m.start) not in SKIPPED_SECTIONS])
    found_bodies = unify_bodies(kept, article.text)
    short = [m for m in short_bodies(article, found_bodies) if article.section(m.start) not in SKIPPED_SECTIONS]
    return sorted([*found_bodies, *short], key=lambda m: m.start)


def read_words(text: str, words: Sequence[Word], doc: Doc, gazetteer: Gazetteer) -> Reader:
    """Put together what the gazetteer and spaCy say about each word."""
    at = {word.start: i for i, word in enumerate(words)}
    labels: dict[int, str] = {}
    starts = set()
    for ent in doc.ents:
        if ent.label_ in NAME_LABELS:
            inside = [at[c] for c in range(ent.start_char, ent.end_char) if c in at]
            labels.update(dict.fromkeys(inside, ent.label_))
            starts.update(inside[:1])
    known = dict(_known_names(text, words, gazetteer))
    common = frozenset(word.text for word in words if word.text.islower())
    return Reader(text, words, gazetteer, known, labels, frozenset(starts), common)


def _known_names(text: str, words: Sequence[Word], gazetteer: Gazetteer) -> Iterator[tuple[int, tuple[int, Entry]]]:
    """Give the gazetteer's names in the text: place of the first word, number of words, entry."""
    keys = [plain(word.text).replace(".", "") for word in words]
    shouted = _all_capital_words(text, words)
    present = frozenset(keys)
    i = 0
    while i < len(words):
        found = None
        if i in shouted:
            calm = [key.capitalize() for key in keys[i : i + gazetteer.longest]]
            found = gazetteer.longest_match(calm, 0)
            found = found or (gazetteer.longest_match(keys, i) if len(keys[i]) > 3 or keys[i] in ("UN", "EU") else None)
        elif words[i].text[0].isupper() or words[i].text[0].isdigit() or words[i].text in ("al", "the"):
            found = gazetteer.longest_match(keys, i)
        if found and not _together(words, i, i + found[0]):
            found = gazetteer.longest_match(keys[: i + 1], i)
        if found and not gazetteer.not_with.get(found[1].actor, frozenset()) & present:
            yield i, found
            i += found[0]
        else:
            i += 1


def _together(words: Sequence[Word], first: int, last: int) -> bool:
    links = (*SPACES, *HYPHENS, "/", ", ", ". ", " & ", "")
    return all(words[k].gap in links and not words[k - 1].possessive for k in range(first + 1, last))


def _all_capital_words(text: str, words: Sequence[Word]) -> frozenset[int]:
    """Places of the words that stand in lines without any small letter."""
    return _words_in(words, [m.span() for m in LINE.finditer(text) if all_capitals(m.group())])


def _headline_words(article: Article, words: Sequence[Word]) -> frozenset[int]:
    """Places of the words in headlines and in other lines that are written like headlines."""
    datelines = [r.start for r in article.regions if r.kind == "dateline"]
    lines = [m.span() for m in LINE.finditer(article.text) if title_cased(m.group()) or all_capitals(m.group())]
    lines = [(start, end) for start, end in lines if not any(start <= at < end for at in datelines)]
    return _words_in(words, [*lines, *((r.start, r.end) for r in article.regions if r.kind == "headline")])


def _words_in(words: Sequence[Word], spans: Sequence[Span]) -> frozenset[int]:
    starts = [word.start for word in words]
    return frozenset(i for start, end in spans for i in range(bisect_left(starts, start), bisect_left(starts, end)))


def state_mentions(article: Article, reader: Reader) -> Iterator[Mention]:
    """States, peoples, organisations and groups that the gazetteer knows."""
    for i, (n, entry) in sorted(reader.known.items()):
        words = reader.words[i : i + n]
        if not entry.label or (entry.how == "capital" and not acts(reader, i, i + n)):
            continue
        start, end = words[0].start, words[-1].end
        end += reader.text[end : end + 1] == "." and words[-1].text.count(".") > 0 and not words[-1].text.endswith(".")
        text = reader.text[start:end]
        actor = entry.actor
        yield Mention(
            article.article_id, start, end, text, entry.label, actor, entry.country, None, f"gazetteer {entry.how}"
        )


def acts(reader: Reader, first: int, last: int) -> bool:
    """Whether a capital stands for a government here ("Phnom Penh said"), not for a place ("in Phnom Penh")."""
    words = reader.words
    if first and not words[first].first and words[first].gap in SPACES:
        before = words[first - 1]
        if before.text.lower() in WORDS.agents:
            return True
        if before.text.lower() in WORDS.places or (is_capital(before) and not before.possessive):
            return False
    if last == len(words):
        return False
    after = words[last]
    if words[last - 1].possessive:
        return after.text[0].islower()
    if after.gap in HYPHENS:
        return after.text.lower() in WORDS.sponsored
    other = last if after.gap == ", " else last + 1
    if other in reader.known and (after.gap == ", " or after.text == "and"):
        return acts(reader, other, other + reader.known[other][0])
    return after.gap in SPACES and (after.text in WORDS.acting or (after.text.islower() and after.text.endswith("ed")))


def person_mentions(
    article: Article,
    reader: Reader,
    found: Sequence[tuple[int, int]],
    people: People,
    headlines: frozenset[int],
) -> Iterator[Mention]:
    """Each mention of a person of the article, in full or in short."""
    paragraphs: list[set[str]] = [set(), set()]
    paragraph = -1
    for first, last in found:
        if reader.paragraph(first) != paragraph:
            paragraph = reader.paragraph(first)
            paragraphs = [paragraphs[1], set()]
        recent = paragraphs[0] | paragraphs[1]
        for start, end, person in _people_in(reader, first, last, people, recent, first in headlines):
            words = reader.words[start:end]
            at, to = words[0].start, words[-1].end
            to += reader.text[to : to + 1] == "." and words[-1].text.lower() in ("jr", "sr")
            if name_parts(reader.printed(start, end)) == person.parts:
                paragraphs[1].add(person.name)
            yield Mention(
                article.article_id,
                at,
                to,
                reader.text[at:to],
                "person",
                person.name,
                person.country,
                person.role_at(at),
                "person",
            )


def _people_in(
    reader: Reader,
    first: int,
    last: int,
    people: People,
    recent: Collection[str],
    headline: bool,
) -> Iterator[tuple[int, int, Person]]:
    """The people in one run: its end outside headlines ("President Boric"), any part of it in headlines."""
    starts = range(first, last)
    i = first
    while i < last:
        ends = range(last, i, -1) if headline else [last]
        for end in ends:
            if not headline and i not in starts:
                break
            parts = name_parts(reader.printed(i, end))
            person = link_name(parts, people, recent, gender_before(reader, i)) if parts else None
            if person and _may_name(reader, i, end, first, person, headline):
                yield i, end, person
                i = end - 1
                break
        i += 1


def _may_name(reader: Reader, i: int, end: int, first: int, person: Person, headline: bool) -> bool:
    """Whether this part of a run names the person: the whole run, or what follows a title, a state or the like."""
    known = reader.known.get(i)
    parts = name_parts(reader.printed(i, end))
    if known and i + known[0] >= end and parts != person.parts and reader.labels.get(i) != "PERSON":
        return False
    if headline:
        return parts in person.shorts or parts[-1] == person.parts[-1] or parts == person.parts[: len(parts)]
    if i == first:
        return True
    before = reader.words[i - 1]
    lead = before.text.lower()
    lexicon = reader.lexicon
    return (
        lead in lexicon.honorifics
        or lead in lexicon.titles
        or lead in lexicon.modifiers
        or (is_abbreviation(before) and len(before.text) > 1)
        or any(k + reader.known[k][0] == i for k in range(first, i) if k in reader.known)
        or (i == first + 1 and before.first and lead in reader.common)
        or (reader.labels.get(i) == "PERSON" and i in reader.starts)
    )


def _longest(proposals: Iterable[Mention]) -> list[Mention]:
    """Keep, of proposals that overlap, the longest; a body that only spaCy sees gives way to surer ones."""
    proposals = list(proposals)
    kept: list[Mention] = []
    taken: set[int] = set()
    surer = ("person", "ministry", "entourage")
    sure = {c for m in proposals if m.rule in surer for c in range(m.start, m.end)}
    proposals = [m for m in proposals if m.rule != "spacy" or sure.isdisjoint(range(m.start, m.end))]
    ranked = sorted(enumerate(proposals), key=lambda item: (item[1].start - item[1].end, -item[0]))
    for _, mention in ranked:
        span = range(mention.start, mention.end)
        if taken.isdisjoint(span):
            taken.update(span)
            kept.append(mention)
    return sorted(kept, key=lambda m: m.start)
