"""Whose words a quote gives: from the source as printed to the actors in full.

A source is cut into its parts ("A and B"); for each part the rules of ``toolkit.naming`` and ``toolkit.anaphora`` are
asked in turn, and the first one that answers decides. ``explain`` tells which one that was.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from toolkit.gazetteer import Gazetteer, load_gazetteer
from toolkit.naming import RULES
from toolkit.records import Article, Mention, Quote
from toolkit.salience import Actors, Asked, Scene, Spoken, content_span
from toolkit.sources import split_parts

if TYPE_CHECKING:
    from spacy.tokens import Doc


@dataclass(frozen=True)
class Resolution:
    """What a source was resolved to.

    Attributes:
        speakers: The actors in full; empty where nobody is known to speak.
        role: The first speaker's office, or None.
        via: The second hand, or None.
        rule: Name of the rule that decided.
        plural: True for several speakers or a source in the plural.
    """

    speakers: Actors
    role: str | None
    via: str | None
    rule: str
    plural: bool = False


def resolve_speakers(article: Article, doc: Doc, quotes: Sequence[Quote], mentions: Sequence[Mention]) -> list[Quote]:
    """Fill in who speaks in each quote.

    Args:
        article: The article.
        doc: Its spaCy document; its names help where a source has no mention.
        quotes: The quotes; one that has speakers already, or no source, keeps what it has.
        mentions: The article's mentions of actors.

    Returns:
        The quotes in the given order, with ``speakers``, ``role`` and ``via``.
    """
    answers = explain(article, doc, quotes, mentions)
    return [
        replace(q, speakers=a.speakers, role=a.role, via=a.via) if a is not None else q
        for q, a in zip(quotes, answers, strict=True)
    ]


def explain(
    article: Article, doc: Doc, quotes: Sequence[Quote], mentions: Sequence[Mention]
) -> list[Resolution | None]:
    """For each quote, who speaks and which rule decided; None where the quote is left as it is."""
    gazetteer = load_gazetteer()
    scene = Scene(article, [*mentions, *_more_people(article, doc, quotes, mentions)], quotes, gazetteer.lexicon)
    answers: dict[int, Resolution] = {}
    order = sorted(range(len(quotes)), key=lambda i: (quotes[i].source_start or content_span(quotes[i])[0], i))
    for i in order:
        quote = quotes[i]
        if quote.source is None or quote.source_start is None or quote.source_end is None:
            continue
        if not quote.speakers:
            answers[i] = resolve_source(scene, quote, gazetteer)
        speakers = quote.speakers or answers[i].speakers
        plural = len(speakers) > 1 or (i in answers and answers[i].plural)
        head = scene.phrase(quote.source_start, quote.source_end).head
        scene.spoken.append(Spoken(quote.source_start, quote.source_end, speakers, plural, head))
    for i, answer in answers.items():
        answers[i] = replace(answer, via=second_hand(scene, quotes[i], answer.speakers, quotes, answers))
    return [answers.get(i) for i in range(len(quotes))]


def _more_people(article: Article, doc: Doc, quotes: Sequence[Quote], mentions: Sequence[Mention]) -> list[Mention]:
    """People whom spaCy sees in a source that has no mention of its own."""
    spoken = {c for q in quotes for c in range(q.source_start or 0, q.source_end or 0)}
    taken = {c for m in mentions for c in range(m.start, m.end)}
    found = []
    for ent in doc.ents:
        span = range(ent.start_char, ent.end_char)
        if ent.label_ == "PERSON" and spoken.issuperset(span) and taken.isdisjoint(span):
            name = re.sub(r"['’]s?$", "", ent.text)
            end = ent.start_char + len(name)
            found.append(Mention(article.article_id, ent.start_char, end, name, "person", name, None, None, "source"))
    return found


def resolve_source(scene: Scene, quote: Quote, gazetteer: Gazetteer) -> Resolution:
    """Resolve one source: cut it into its parts and ask the rules about each."""
    start, end = quote.source_start or 0, quote.source_end or 0
    speakers: list[str] = []
    rules: list[str] = []
    role: str | None = None
    plural = False
    for a, b in split_parts(scene.text, start, end, scene.within(start, end), scene.lexicon):
        asked = Asked(scene.phrase(a, b), quote, scene, gazetteer)
        name, actors = next((r.__name__, found) for r in RULES if (found := r(asked)) is not None)
        plural = plural or asked.phrase.plural or asked.phrase.head in ("they", "both", "all")
        if not rules and actors:
            role = scene.role_at(actors[0], asked.phrase.end)
            role = asked.phrase.head if name == "spokesperson" and actors[0] in scene.label else role
        rules.append(name)
        speakers += [actor for actor in actors if actor not in speakers]
    return Resolution(tuple(speakers), role, None, "+".join(rules), plural or len(speakers) > 1)


def second_hand(
    scene: Scene, quote: Quote, speakers: Actors, quotes: Sequence[Quote], answers: dict[int, Resolution]
) -> str | None:
    """Who passes the words on: the speaker of the quote around this one, or "according to X" beside it."""
    if quote.source_start is None:
        return None
    outer = scene.enclosing(quote.source_start, quote)
    if outer is not None:
        index = next(i for i, q in enumerate(quotes) if q is outer)
        tellers = outer.speakers or (answers[index].speakers if index in answers else ())
        if tellers and not set(tellers) & set(speakers):
            return " and ".join(tellers)
    start, end = content_span(quote)
    after = re.match(r"[”\"’',.\s]*(?:\w+,\s)?according to\s+(?:the\s+)?", scene.text[end : end + 40], re.IGNORECASE)
    lead = scene.text[max(0, start - 90) : start]
    told = r"according to\s+[^,.]{2,60},\s+$|(?:^|[.“\"]\s?)[^,.]{2,60}\s(?:quoted|cited)\s+$"
    before = re.search(told, lead, re.IGNORECASE)
    places = [end + after.end()] if after else []
    places += [start - len(lead) + before.start()] if before else []
    for place in places:
        teller = next((m.actor for m in scene.mentions if place <= m.start < place + 60), None)
        if teller and teller not in speakers:
            return teller
    return None
