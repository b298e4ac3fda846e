"""Whose words a quote gives: from the source as printed to the actors in full.

A source is cut into its parts ("A and B"); for each part the rules of ``toolkit.naming`` and ``toolkit.anaphora`` are
asked in turn, and the first one that answers decides. ``explain`` tells which one that was.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from toolkit.anaphora import BODIES, titled
from toolkit.gazetteer import Gazetteer, load_gazetteer
from toolkit.naming import RULES, institution, possessive
from toolkit.records import Article, Mention, Quote, Span
from toolkit.relays import according_to, is_outlet, quoted_by, relays, spoken_through
from toolkit.salience import Actors, Asked, Scene, Spoken, content_span
from toolkit.sources import LONGEST_SOURCE, split_parts
from toolkit.wordlists import DATA, read_table

if TYPE_CHECKING:
    from spacy.tokens import Doc

NOMINAL = re.compile(r"\b[Tt]he\s([A-Za-z-]+(?:\s[a-z-]+){0,3})")
"""A definite phrase in small letters but for its first word."""
PRIOR = 5.0
"""How many labels the accuracy of all rules together counts for in the accuracy of one rule."""
NOBODY = Quote("", "", "indirect", "", (), None, None, None, None, None, None)


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

    @property
    def probability(self) -> float:
        """How likely the speakers are right, between 0 and 1, by the rule that decided (see ``reliability``)."""
        return reliability(self.rule)


@lru_cache(maxsize=1)
def _measured() -> dict[str, tuple[int, int]]:
    """For each rule how many of the unseen hand-coded speakers it got right, and how many it decided."""
    rows = read_table(DATA / "speaker_rules.csv", ["rule", "right", "labels", "right_seen", "labels_seen"])
    return {row["rule"]: (int(row["right"]), int(row["labels"])) for row in rows}


def reliability(rule: str) -> float:
    """How likely the speakers are right that a rule gives, by its accuracy on hand-coded speakers.

    The accuracies stand in ``data/speaker_rules.csv``, which tells where they come from. Those of the articles that
    the rules were not made on count, drawn towards the accuracy of all rules together by as much as ``PRIOR`` further
    labels would do (the mean of a beta distribution: Gelman et al., Bayesian Data Analysis, 3rd ed., section 2.4),
    since several rules have decided few of them. A joint source is as likely right as all its parts together.

    Args:
        rule: Name of the rule, or several joined by "+", as in ``Resolution.rule``.

    Returns:
        A probability between 0 and 1; that of all rules together for a rule without a measurement.
    """
    measured = _measured()
    right = sum(k for k, _ in measured.values())
    overall = right / sum(n for _, n in measured.values())
    found = 1.0
    for part in rule.split("+"):
        k, n = measured.get(part, (0, 0))
        found *= (k + PRIOR * overall) / (n + PRIOR)
    return found


def resolve_speakers(article: Article, doc: Doc, quotes: Sequence[Quote], mentions: Sequence[Mention]) -> list[Quote]:
    """Fill in who speaks in each quote.

    Args:
        article: The article.
        doc: Its spaCy document; its names help where a source has no mention.
        quotes: The quotes; one that has speakers already, or no source, keeps what it has.
        mentions: The article's mentions of actors.

    Returns:
        The quotes in the given order, with ``speakers``, ``role`` and ``via``; ``confidence`` becomes that of the
        attribution times that of its speakers.
    """
    answers = explain(article, doc, quotes, mentions)
    return [
        q
        if a is None
        else replace(q, speakers=a.speakers, role=a.role, via=a.via, confidence=round(q.confidence * a.probability, 4))
        for q, a in zip(quotes, answers, strict=True)
    ]


def explain(
    article: Article, doc: Doc, quotes: Sequence[Quote], mentions: Sequence[Mention]
) -> list[Resolution | None]:
    """For each quote, who speaks and which rule decided; None where the quote is left as it is."""
    gazetteer = load_gazetteer()
    people = _more_people(article, doc, quotes, mentions)
    scene = Scene(article, [*mentions, *people], quotes, gazetteer.lexicon, _places(doc, mentions))
    answers: dict[int, Resolution] = {}
    relayed: dict[int, Span | None] = {}
    phrases = _nominal_phrases(scene)
    order = sorted(range(len(quotes)), key=lambda i: (quotes[i].source_start or content_span(quotes[i])[0], i))
    for i in order:
        quote = quotes[i]
        if quote.source is None or quote.source_start is None or quote.source_end is None:
            continue
        _add_nominals(scene, quote, phrases, gazetteer)
        if not quote.speakers:
            answers[i], relayed[i] = _resolve(scene, quote, gazetteer)
        speakers = quote.speakers or answers[i].speakers
        plural = len(speakers) > 1 or (i in answers and answers[i].plural)
        head = scene.phrase(quote.source_start, quote.source_end).head
        scene.spoken.append(Spoken(quote.source_start, quote.source_end, speakers, plural, head))
    places = {id(q): i for i, q in enumerate(quotes)}
    for i, answer in answers.items():
        start = quotes[i].source_start
        outer = scene.enclosing(start, quotes[i]) if start is not None else None
        told = answers.get(places[id(outer)]) if outer else None
        tellers = (outer.speakers or (told.speakers if told else ())) if outer else ()
        via = second_hand(scene, quotes[i], answer.speakers, gazetteer, tellers, relayed[i])
        answers[i] = replace(answer, via=via)
    return [answers.get(i) for i in range(len(quotes))]


def _nominal_phrases(scene: Scene) -> list[Span]:
    """Places of phrases that may stand for somebody ("the president", "the company"), the last one first."""
    lexicon = scene.lexicon
    nouns = (lexicon.titles | lexicon.bodies | lexicon.institutions) - lexicon.parties
    found = []
    for match in NOMINAL.finditer(scene.text):
        words = match.group(1).lower().split()
        last = next((n for n in range(len(words), 0, -1) if words[n - 1] in nouns), 0)
        if last:
            end = match.start(1) + len(" ".join(match.group(1).split()[:last]))
            named = any(m.start <= end + 1 for m in scene.within(match.start(), end + 2))
            found += [] if named else [(match.start(), end)]
    return found[::-1]


def _add_nominals(scene: Scene, quote: Quote, phrases: list[Span], gazetteer: Gazetteer) -> None:
    """Resolve the phrases before a source that stand for somebody, so that a pronoun can mean who they mean."""
    while phrases and phrases[-1][1] <= (quote.source_start or 0):
        start, end = phrases.pop()
        if scene.enclosing(start):
            continue
        phrase = scene.phrase(start, end)
        asked = Asked(phrase, NOBODY, scene, gazetteer, RULES)
        found = (titled(asked) or ()) if phrase.head in scene.lexicon.titles else (institution(asked) or ())
        if len(found) == 1 and found[0] in scene.label:
            label = scene.label[found[0]]
            name = scene.article.article_id
            scene.nominals.append(Mention(name, start, end, phrase.text, label, found[0], None, None, "nominal"))


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


def _places(doc: Doc, mentions: Sequence[Mention]) -> list[tuple[int, str]]:
    """Places that spaCy sees and that are no actors ("Florida")."""
    taken = {c for m in mentions for c in range(m.start, m.end)}
    found = [(ent.start_char, re.sub(r"^[Tt]he\s|['’]s?$", "", ent.text)) for ent in doc.ents if ent.label_ == "GPE"]
    return [(start, name) for start, name in found if start not in taken]


def _resolve(scene: Scene, quote: Quote, gazetteer: Gazetteer) -> tuple[Resolution, Span | None]:
    """Resolve a source, or whom it quotes; in that case with the place of the source, which passes the words on."""
    hands = quoted_by(scene, quote)
    if hands:
        found = read_source(scene, quote, gazetteer, hands.speaker)
        if found.speakers:
            return found, hands.relay
    return read_source(scene, quote, gazetteer, (quote.source_start or 0, quote.source_end or 0)), None


def read_source(scene: Scene, quote: Quote, gazetteer: Gazetteer, span: Span) -> Resolution:
    """Resolve the words for one or several speakers: cut them into their parts and ask the rules about each.

    Args:
        scene: The article, its earlier sources resolved.
        quote: The quote that they speak in.
        gazetteer: States, organisations and titles.
        span: Where the words stand; a name that they end in is read whole.
    """
    start = span[0]
    end = min(span[1], start + LONGEST_SOURCE)
    end = max([end, *(m.end for m in scene.within(start, end) if end - m.start < LONGEST_SOURCE)])
    speakers: list[str] = []
    rules: list[str] = []
    role: str | None = None
    plural = False
    for a, b in split_parts(scene.text, start, end, scene.within(start, end), scene.lexicon):
        asked = Asked(scene.phrase(a, b), quote, scene, gazetteer, RULES)
        name, actors = next((r.__name__, found) for r in RULES if (found := r(asked)) is not None)
        plural = plural or asked.phrase.plural or asked.phrase.head in ("they", "both", "all")
        if not rules and actors:
            role = scene.role_at(actors[0], asked.phrase.end)
            role = asked.phrase.head if name == "spokesperson" and actors[0] in scene.label else role
        rules.append(name)
        speakers += [actor for actor in actors if actor not in speakers]
    return Resolution(tuple(speakers), role, None, "+".join(rules), plural or len(speakers) > 1)


def second_hand(
    scene: Scene, quote: Quote, speakers: Actors, gazetteer: Gazetteer, tellers: Actors, relay: Span | None
) -> str | None:
    """Who passes the words on, or None.

    Args:
        scene: The article.
        quote: The quote.
        speakers: Who speaks in it.
        gazetteer: States, organisations and titles.
        tellers: Who speaks in the quote around this one.
        relay: Where the second hand is named, as far as that is known.
    """
    if quote.source_start is None:
        return None
    if relay is not None:
        return _passing_on(scene, quote, speakers, gazetteer, relay)
    if tellers and not set(tellers) & set(speakers):
        return " and ".join(tellers)
    start, _ = content_span(quote)
    lead = scene.text[max(0, start - 90) : start]
    told = r"according to\s+[^,.]{2,60},\s+$|(?:^|[.“\"]\s?)[^,.]{2,60}\s(?:quoted|cited)\s+$"
    before = re.search(told, lead, re.IGNORECASE)
    place = start - len(lead) + before.start() if before else 0
    named = next(iter(scene.within(place, place + 60)), None) if before else None
    if named and named.actor not in speakers:
        return named.actor
    behind = according_to(scene, quote)
    for span in [*([behind] if behind else []), *relays(scene, quote)]:
        found = _passing_on(scene, quote, speakers, gazetteer, span)
        known = span == behind or is_outlet(scene.phrase(*span)) or scene.label.get(found or "") in BODIES
        if found and known:
            return found
    noun = spoken_through(scene, quote)
    if noun is None or len(speakers) != 1:
        return None
    return f"{noun} for {speakers[0]}" if noun.startswith("spokes") else f"{possessive(speakers[0])} {noun}"


def _passing_on(scene: Scene, quote: Quote, speakers: Actors, gazetteer: Gazetteer, span: Span) -> str | None:
    """The actors that a second hand stands for; None for nobody, and for those who speak themselves."""
    found = read_source(scene, quote, gazetteer, span).speakers
    return " and ".join(found) if found and not set(found) & set(speakers) else None
