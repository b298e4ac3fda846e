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

from toolkit.anaphora import titled
from toolkit.gazetteer import Gazetteer, load_gazetteer
from toolkit.naming import RULES, institution
from toolkit.records import Article, Mention, Quote, Span
from toolkit.salience import Actors, Asked, Scene, Spoken, content_span
from toolkit.sources import split_parts
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
    phrases = _nominal_phrases(scene)
    order = sorted(range(len(quotes)), key=lambda i: (quotes[i].source_start or content_span(quotes[i])[0], i))
    for i in order:
        quote = quotes[i]
        if quote.source is None or quote.source_start is None or quote.source_end is None:
            continue
        _add_nominals(scene, quote, phrases, gazetteer)
        if not quote.speakers:
            answers[i] = resolve_source(scene, quote, gazetteer)
        speakers = quote.speakers or answers[i].speakers
        plural = len(speakers) > 1 or (i in answers and answers[i].plural)
        head = scene.phrase(quote.source_start, quote.source_end).head
        scene.spoken.append(Spoken(quote.source_start, quote.source_end, speakers, plural, head))
    for i, answer in answers.items():
        answers[i] = replace(answer, via=second_hand(scene, quotes[i], answer.speakers, quotes, answers))
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


def resolve_source(scene: Scene, quote: Quote, gazetteer: Gazetteer) -> Resolution:
    """Resolve one source: cut it into its parts and ask the rules about each."""
    start, end = quote.source_start or 0, quote.source_end or 0
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
