"""Who is in a reader's mind at a place of an article: the last speakers, subjects, and those named most recently.

Pronouns and phrases such as "both leaders" are resolved by these counts. All weights stand in ``WEIGHTS``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import log2
from typing import Any, TypeVar

from toolkit.gazetteer import Gazetteer, Lexicon
from toolkit.names import name_parts, plain, split_words
from toolkit.records import Article, Mention, Quote, Span
from toolkit.sources import LONGEST_SOURCE, Phrase, read_phrase
from toolkit.stretches import Placed

WEIGHTS = {
    "sentence": -0.6,
    "subject": 1.0,
    "clause": 1.2,
    "dependent": -1.0,
    "reported": -1.5,
    "last speaker": 1.6,
    "frequent": 0.3,
    "gender": 0.5,
}
"""What counts for or against a candidate: each sentence between, standing first in its sentence, doing so in the
pronoun's own sentence, standing after 's or a preposition, standing inside reported words, having spoken last, each
doubling of its mentions, known gender."""

FAR = 8
"""Number of sentences after which distance counts no further."""
REACH = 20_000
"""Characters within which anything is looked for."""
NEAREST = 400
"""How many mentions before a pronoun are weighed: more than news text has within reach."""
LABELS = {
    "person": ("person",),
    "state": ("state", "organisation", "group"),
    "body": ("organisation", "group"),
    "any": ("person", "state", "organisation", "group"),
}
"""The labels of the actors that a joint source may mean, by its kind."""
DEPENDENT = re.compile(
    r"\b(?:of|to|with|by|from|against|for|about|on|in|at|than|like|between|among|over)\s+(?:(?:the|an?)\s+)?$",
    re.IGNORECASE,
)
JOINING = re.compile(
    r"\s*(?:,[^,.]{0,80},)?\s*(?:and|&|met(?:\s+with)?|meets(?:\s+with)?|with|hosted|hosts|welcomed|received|greeted|-|–|or|versus|vs\.?)"
    r"\s+(?:[\w.’'-]+\s+){0,6}",
    re.IGNORECASE,
)
VERB = re.compile(r"\w+(?:ed|s)|met|saw|told|sent|left|gave|beat|led|hit|made|chose|had|got|won|lost|and|or|with|to")
"""Words that are no part of a title, as far as their form tells."""
PRONOUN = re.compile(r"\b(?:he|his|him|she|her)\b", re.IGNORECASE)

Actors = tuple[str, ...]
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Spoken:
    """A source that has been resolved.

    Attributes:
        start: First character of the source.
        end: One past its last character.
        speakers: The actors.
        plural: True for several speakers or a source in the plural.
        phrase: The head noun of the source, or its words where it is a name.
    """

    start: int
    end: int
    speakers: tuple[str, ...]
    plural: bool
    phrase: str


class Scene:
    """An article's actors while its sources are resolved one after the other.

    Attributes:
        article: The article.
        mentions: Its mentions in text order.
        quotes: Its quotes in text order.
        lexicon: Titles and source words.
        places: (first character, name) of places that are no actors, in text order.
        spoken: The sources resolved so far, in text order.
        nominals: The phrases such as "the president" resolved so far, in text order, as mentions.
        small_words: The words that the article writes in small letters.
    """

    def __init__(
        self,
        article: Article,
        mentions: Sequence[Mention],
        quotes: Sequence[Quote],
        lexicon: Lexicon,
        places: Sequence[tuple[int, str]] = (),
    ) -> None:
        self.article = article
        self.text = article.text
        self.mentions = sorted(mentions, key=lambda m: m.start)
        self.quotes = list(quotes)
        self.lexicon = lexicon
        self.places = list(places)
        self.spoken: list[Spoken] = []
        self.nominals: list[Mention] = []
        self.label = {m.actor: m.label for m in self.mentions}
        self.counts = Counter(m.actor for m in self.mentions)
        self._starts = [m.start for m in self.mentions]
        self._contents = Placed((span, q) for q in quotes for span in q.spans)
        self._sources = Placed(((q.source_start, q.source_start + 1), q) for q in quotes if q.source_start is not None)
        words = split_words(self.text)
        self.small_words = frozenset(word.text for word in words if word.text.islower())
        self._sentences = [word.start for word in words if word.first]
        self._by_actor: dict[str, list[Mention]] = {}
        for m in self.mentions:
            self._by_actor.setdefault(m.actor, []).append(m)
        self._genders: dict[str, str | None] = {}
        self._stands: dict[tuple[int, int, str], tuple[float, Quote | None]] = {}
        self._found: dict[str, Any] = {}
        self._people: dict[str, list[str]] = {}
        for actor in (a for a, label in self.label.items() if label == "person"):
            self._people.setdefault("".join(name_parts(actor)[-1:]), []).append(actor)

    def __repr__(self) -> str:
        """Say how far it is, the same in every run."""
        return f"Scene({self.article.article_id!r}, {len(self.mentions)} mentions, {len(self.spoken)} sources resolved)"

    def sentence(self, position: int) -> int:
        """Number of the sentence that a character stands in."""
        return bisect_right(self._sentences, position)

    def between(self, start: int, end: int) -> int:
        """How many sentences one character stands before another."""
        return self.sentence(end) - self.sentence(start)

    def enclosing(self, position: int, but: Quote | None = None) -> Quote | None:
        """The innermost other quote whose content holds a character."""
        touching = self._contents.touching(position, position + 1)
        holding = [(e - s, q) for (s, e), q in touching if q is not but]
        return min(holding, key=lambda item: item[0])[1] if holding else None

    def before(self, position: int) -> list[Mention]:
        """The mentions within reach before a character, in text order."""
        return self.within(position - REACH, position)

    def within(self, start: int, end: int) -> list[Mention]:
        """The mentions that begin between two characters, in text order."""
        return self.mentions[bisect_right(self._starts, start - 1) : bisect_right(self._starts, end - 1)]

    def phrase(self, start: int, end: int) -> Phrase:
        """A stretch of the article read as a source."""
        end = min(end, start + LONGEST_SOURCE)
        return read_phrase(self.text, start, end, self.within(start, end))

    def with_source(self, start: int, end: int) -> list[Quote]:
        """The quotes whose sources begin between two characters, in text order."""
        return [q for _, q in self._sources.starting(start, end)]

    def of(self, actor: str) -> list[Mention]:
        """All mentions of an actor, in text order."""
        return self._by_actor.get(actor, [])

    def last_spoken(self, position: int, fits: Callable[[Spoken], bool] = lambda _: True) -> Spoken | None:
        """The nearest resolved source before a character that has speakers and fits."""
        return next((s for s in reversed(self.spoken) if s.end <= position and s.speakers and fits(s)), None)

    def gender(self, actor: str) -> str | None:
        """``male``, ``female`` or None, by honorifics and titles in the article, else by the given name."""
        if actor not in self._genders:
            self._genders[actor] = self._read_gender(actor)
        return self._genders[actor]

    def _read_gender(self, actor: str) -> str | None:
        told: Counter[str] = Counter()
        for m in self.of(actor):
            before = re.search(r"([^\W\d_]+)\.?\s$", self.text[max(0, m.start - 12) : m.start])
            honorific = self.lexicon.honorifics.get(before.group(1).lower() if before else "")
            role = re.findall(r"[\w-]+", (m.role or "").lower())[:4]
            told.update(g for g in (honorific, *map(self.lexicon.gender_nouns.get, role)) if g and g != "any")
        if told:
            return max(sorted(told), key=lambda gender: told[gender])
        given = self.lexicon.given_names.get(plain(actor.split()[0]))
        heard = self._pronouns_after(actor)
        if not heard:
            return given
        likely = max(sorted(heard), key=lambda gender: heard[gender])
        sure = heard[likely] >= 3 * (heard.total() - heard[likely]) and heard[likely] >= (3 if given else 1)
        return likely if sure else given

    def _pronouns_after(self, actor: str) -> Counter[str]:
        """How often "he" or "she" follows somebody who is the only person of a sentence, reported words aside."""
        heard: Counter[str] = Counter()
        for m in self.of(actor):
            start, stop = self.bounds(m.start)
            others = [o for o in self.within(start, stop) if o.label == "person" and o.actor != actor]
            if others or self.enclosing(m.start):
                continue
            found = PRONOUN.search(self.text, m.end, stop)
            after = found or PRONOUN.match(self.text, stop)
            if after and not self.enclosing(after.start()):
                heard["male" if after.group().lower() in ("he", "his", "him") else "female"] += 1
        return heard

    def bounds(self, position: int) -> Span:
        """First character of the sentence that holds a character, and of the next one."""
        number = self.sentence(position)
        start = self._sentences[number - 1] if number else 0
        return start, self.end_of(number)

    def end_of(self, number: int) -> int:
        """One past the last character of a sentence, by its number."""
        return self._sentences[number] if number < len(self._sentences) else len(self.text)

    def remembered(self, what: str, find: Callable[[], Thing]) -> Thing:
        """What a function finds in the whole article, looked for once."""
        if what not in self._found:
            self._found[what] = find()
        found: Thing = self._found[what]
        return found

    def rank(
        self, position: int, labels: Sequence[str], *, gender: str | None = None, but: Quote | None = None
    ) -> list[tuple[float, str]]:
        """Order the actors of some kinds named before a character by how likely a pronoun there means them.

        Args:
            position: Where the pronoun stands.
            labels: The kinds of actors that fit.
            gender: Actors known to be of another gender are left out.
            but: The quote whose source is asked for; names inside its own content do not count.

        Returns:
            (score, actor) from the likeliest on.
        """
        here = self.sentence(position)
        last = self.last_spoken(position, lambda s: len(s.speakers) == 1)
        speaker = last.speakers[0] if last and here - self.sentence(last.start) <= 6 else None
        own = but.spans if but else ()
        outer = self.enclosing(position, but)
        best: dict[str, float] = {}
        nominals = [m for m in self.nominals[-NEAREST:] if position - REACH <= m.start < position]
        for m in sorted([*self.before(position)[-NEAREST:], *nominals], key=lambda m: m.start):
            people = m.label == "group" and m.text.endswith("s")
            if m.label not in labels or people or any(s <= m.start < e for s, e in own):
                continue
            known = self.gender(m.actor) if gender else None
            if gender and known not in (None, gender):
                continue
            away, standing = here - self.sentence(m.start), self._standing(m, outer)
            score = WEIGHTS["sentence"] * min(away, FAR) + standing
            score += WEIGHTS["clause"] * (away == 0 and standing >= WEIGHTS["subject"])
            score += WEIGHTS["gender"] * bool(known) + WEIGHTS["frequent"] * log2(self.counts[m.actor])
            score += WEIGHTS["last speaker"] * (m.actor == speaker)
            best[m.actor] = max(score, best.get(m.actor, score))
        return sorted(((score, actor) for actor, score in best.items()), key=lambda item: (-item[0], item[1]))

    def _standing(self, m: Mention, outer: Quote | None) -> float:
        """What a mention's place in its sentence adds."""
        key = (m.start, m.end, m.label)
        if key not in self._stands:
            holder = self.enclosing(m.start)
            self._stands[key] = (self._in_sentence(m, holder), holder)
        score, holder = self._stands[key]
        return score + WEIGHTS["reported"] * (holder is not None and holder is not outer)

    def _in_sentence(self, m: Mention, holder: Quote | None) -> float:
        """What it adds that a mention stands first in its sentence, or behind a preposition, or before 's."""
        begin = self._sentences[max(self.sentence(m.start) - 1, 0)] if self._sentences else 0
        lead = self.text[max(begin, m.start - 20) : m.start]
        if re.match(r"['’]s?\s", self.text[m.end : m.end + 3]) or DEPENDENT.search(lead) or self._describes(m):
            return WEIGHTS["dependent"]
        rivals = [o for o in self.within(begin, m.start) if o.label in ("person", m.label) and not self._describes(o)]
        others = any(holder is not None or self.enclosing(o.start) is None for o in rivals)
        return WEIGHTS["subject"] * (not others and holder is None)

    def _describes(self, m: Mention) -> bool:
        """Whether a mention only belongs to the title before another one ("Ruto adviser Ana Wanjiku")."""
        after = next(iter(self.within(m.end, m.end + 60)), None)
        between = self.text[m.end : after.start] if after else ""
        words = [word.lower() for word in between.split()]
        if not words or not re.fullmatch(r"\s(?:[\w’'-]+\s){1,4}", between) or words[-1] not in self.lexicon.titles:
            return False
        nouns = self.lexicon.titles | self.lexicon.modifiers | self.lexicon.bodies | self.lexicon.entourages
        return all(word in nouns or not VERB.fullmatch(word) for word in words[:-1])

    def known_person(self, actor: str) -> bool:
        """Whether an office, an honorific, a given name or a pronoun shows a name to be a person's."""
        return any(m.role for m in self.of(actor)) or self.gender(actor) is not None

    def person_named(self, name: str) -> str | None:
        """The person of the article that a printed name stands for, also one in capitals, or None."""
        parts = name_parts(name)
        people = self._people.get(parts[-1], []) if parts else []
        fits = [actor for actor in people if name_parts(actor)[-len(parts) :] == parts]
        return max(fits, key=lambda actor: (self.counts[actor], actor), default=None)

    def role_at(self, actor: str, position: int) -> str | None:
        """The actor's office as stated nearest before a character, else after it."""
        roles = [(m.start, m.role) for m in self.of(actor) if m.role]
        before = [role for at, role in roles if at <= position]
        return before[-1] if before else (roles[0][1] if roles else None)

    def group(self, position: int, kind: str, size: int = 2) -> tuple[str, ...]:
        """The actors last named or heard together before a character.

        Args:
            position: Where "both leaders" or the like stands.
            kind: ``person``, ``state``, ``body`` or ``any``.
            size: How many they are.
        """
        labels = LABELS[kind]

        def together(s: Spoken) -> bool:
            return len(s.speakers) == size and all(self.label.get(actor) in labels for actor in s.speakers)

        heard = self.last_spoken(position, together)
        joint = self.joined_before(position, labels, size)
        latest = max(heard.start if heard else 0, joint[0] if joint else 0)
        there = [m for m in self.before(position) if m.label in labels[:1] and self.between(m.start, position) == 1]
        named = tuple(dict.fromkeys(m.actor for m in there if not self.enclosing(m.start)))
        if kind == "person" and len(named) == size and self.between(latest, position) > 2:
            return named
        if heard and (not joint or kind == "person" or joint[0] < heard.start):
            return heard.speakers
        if joint or kind == "any":
            return joint[1] if joint else ()
        ranked = [actor for _, actor in self.rank(position, labels[:1])]
        if kind == "person" and len(ranked) > size:
            ranked = [actor for actor in ranked if self.role_at(actor, position)]
        return tuple(sorted(ranked[:size], key=lambda a: self.of(a)[0].start)) if len(ranked) >= size else ()

    def joined_before(self, position: int, labels: Sequence[str], size: int = 2) -> tuple[int, tuple[str, ...]] | None:
        """The last actors of one kind that the text joins by "and", "met" or the like before a character."""
        near = [m for m in self.before(position) if m.label in labels]
        for i in range(len(near) - size, -1, -1):
            row = near[i : i + size]
            gaps = [self.text[a.end : b.start] for a, b in pairwise(row)]
            alike = len({m.label for m in row}) == 1 and len({m.actor for m in row}) == size
            listed = all(JOINING.fullmatch(gap) or re.fullmatch(r",\s+", gap) for gap in gaps)
            if alike and listed and JOINING.fullmatch(gaps[-1]):
                return row[0].start, tuple(m.actor for m in row)
        return None

    def mention_ending(self, position: int) -> Mention | None:
        """The mention that ends right before a character, or the person before an apposition that ends there."""
        beside = re.compile(
            r"['’]?s?(?:\sof\s[A-Z][\w.]*(?:\s[A-Z][\w.]*)*)?(?:\s\([^()]*\))?(?:,\s[^,.;:“”]{3,80})?[\s,–—-]*"
        )
        near = [m for m in self.within(position - 160, position) if m.end <= position]
        exact = [m for m in near if re.fullmatch(r"\W*s?\W*(?:\([^()]*\)\W*)?", self.text[m.end : position])]
        apposed = [m for m in near if m.label == "person" and beside.fullmatch(self.text[m.end : position])]
        found = exact or apposed
        return found[-1] if found else None


@dataclass(frozen=True)
class Asked:
    """A source that is to be resolved, with the quote it belongs to."""

    phrase: Phrase
    quote: Quote
    scene: Scene
    gazetteer: Gazetteer
    rules: tuple[Callable[[Asked], Actors | None], ...] = ()

    def read(self, start: int, end: int) -> Actors | None:
        """The actors that another phrase of the article stands for, by the same rules but the last; None for nobody."""
        inner = replace(self, phrase=self.scene.phrase(start, end))
        return next((found for rule in self.rules[:-1] if (found := rule(inner)) is not None), None)


def content_span(quote: Quote) -> Span:
    """First and last character of a quote with its source and cue."""
    points = [p for span in quote.spans for p in span]
    points += [p for p in (quote.source_start, quote.source_end, quote.cue_start, quote.cue_end) if p is not None]
    return (min(points), max(points)) if points else (0, 0)
