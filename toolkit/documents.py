"""Who stands behind a document: "a Reuters survey ... the study", "the court ruled ... the ruling", "X's “Title”".

A document speaks for whoever issued it. The issuer is read at the source itself, else at the last earlier place that
names the same kind of document ("a video by X" for "the ad"), else in the sentence where it was brought out.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from calendar import day_name, month_name
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

from toolkit.anaphora import BODIES, pronoun, relative
from toolkit.names import function_words, plain
from toolkit.records import Mention
from toolkit.salience import Actors, Asked, Scene
from toolkit.sources import DETERMINERS, INDEFINITE, POSSESSIVES, Phrase, singular, speaker_words

NEAR = 8
"""Sentences within which another word for a document may mean the same one."""
FARTHEST = 20_000
"""Characters within which an earlier word for a document is looked for."""
PERSONAL = frozenset(["speech", "letter", "post", "book", "statement"])
"""Kinds of documents whose author may stand behind "of" ("a statement of X")."""
WORD = re.compile(r"[^\s,;:.!?()“”\"\n]+|[,;:.!?()“”\"\n]")
NAMED_WORK = re.compile(r"['’]s?\s(?:[\w-]+\s){0,4}[“\"‘'«]")
DESCRIBING = re.compile(r"\s(?:(?!and\b)[a-z-]+\s){1,4}(?:[A-Z]\w*\.?\s)?")
"""The words of somebody's trade between a body and the name."""
BEHIND = re.compile(
    r"(?:(?!\b(?:who|which|that)\b)[^.;:“”]){0,60}\b(?:by|from|(?:conducted|commissioned|done|made|prepared)\sfor)\s"
    r"(?:the\s|an?\s)?(?:[\w’'-]+\s){0,5}",
    re.IGNORECASE,
)
PRINTED = re.compile(r"(?:^|\s)(?P<names>[A-Z][\w.&’'-]*(?:[\s/][A-Z][\w.&’'-]*)*)\s(?:[a-z-]+\s){0,2}[a-z-]+$")
"""Capitalised words right before a noun, perhaps with words in small letters between."""
OWNER = re.compile(r"(?:(?:the|this|that)\s)?[\w.-]+(?:\s[\w.-]+){0,5}?(?=['’]s?\s)", re.IGNORECASE)


@dataclass(frozen=True)
class Words:
    """The words by which documents are tied to those who issued them."""

    issuing: re.Pattern[str]
    courts: frozenset[str]
    kinds: dict[str, frozenset[str]]


@lru_cache(maxsize=1)
def words() -> Words:
    """The words of ``data/speaker_words.toml`` for documents."""
    lists: dict[str, Any] = speaker_words()
    kinds: dict[str, set[str]] = {}
    for kind, nouns in lists["document_kinds"].items():
        for noun in nouns:
            kinds.setdefault(noun, set()).add(kind)
    verbs = "|".join(sorted(map(re.escape, lists["issuing"]), key=lambda verb: (-len(verb), verb)))
    issuing = re.compile(rf"^['’]?s?\s(?:[\w-]+\s){{0,4}}?(?:{verbs})(?:\s[\w’'-]+){{0,5}}\s$", re.IGNORECASE)
    return Words(issuing, frozenset(lists["courts"]), {noun: frozenset(found) for noun, found in kinds.items()})


def document(asked: Asked) -> Actors | None:
    """Whoever stands behind "the joint statement", "a letter from X" or "the report"; often nobody."""
    phrase, scene = asked.phrase, asked.scene
    work = _work(asked)
    if work is not None:
        return work
    heads = {phrase.head, *phrase.words[-1:]}
    if not heads & (scene.lexicon.documents | words().kinds.keys()) or _is_title(phrase):
        return None
    if "joint" in phrase.words:
        return together(asked)
    found = issuers(asked)
    if found is None:
        refers = phrase.determiner in ("the", "this", "that") or _headless(phrase)
        found = earlier_issuer(asked) if refers else ()
    return tuple(actor for actor in found if actor in scene.label or not actor[:1].islower())


def _headless(phrase: Phrase) -> bool:
    """Whether there is no article, as in headlines ("Report: ...", "Study says")."""
    return not phrase.determiner and not phrase.plural


def _work(asked: Asked) -> Actors | None:
    """The maker of a work that is called by its title ("Kurosawa’s “Ran”")."""
    phrase, scene = asked.phrase, asked.scene
    if phrase.owner is None:
        return None
    titled = NAMED_WORK.match(scene.text[phrase.owner.end : phrase.end])
    return (phrase.owner.actor,) if titled and phrase.owner.start <= phrase.start + 4 else None


def _is_title(phrase: Phrase) -> bool:
    """Whether the head noun has a capital, as in the name of a newspaper ("the Kuwait Times")."""
    last = phrase.core.split()[-1:] or [""]
    return last[0][:1].isupper() and (" " in phrase.core or phrase.determiner == "the")


def issuers(asked: Asked) -> Actors | None:
    """Who issued the document by the words of the source itself; None where they do not say it."""
    phrase, scene = asked.phrase, asked.scene
    core_end = scene.text.find(phrase.core, phrase.start) + len(phrase.core)
    inside = [m for m in phrase.inside if m.end <= core_end and m is not phrase.named]
    joint = _slashed(scene, inside)
    if joint:
        return joint
    owner = OWNER.match(scene.text, phrase.start, core_end)
    if owner:
        named = [m for m in inside if abs(m.end - owner.end()) <= 2]
        when = owner.group() in (*day_name, *month_name)
        found = (named[-1].actor,) if named else (None if when else asked.read(phrase.start, owner.end()))
        return found or tuple(m.actor for m in inside[-1:] if m.start > owner.end())
    if phrase.determiner in POSSESSIVES:
        return owner_by_pronoun(asked, phrase.determiner)
    return _behind(asked, core_end) or _printed_issuers(asked, inside) or ((inside[-1].actor,) if inside else None)


def _slashed(scene: Scene, inside: list[Mention]) -> Actors:
    """The names before a document that a stroke or "and" joins ("a Lusa/Expresso poll")."""
    gaps = [scene.text[a.end : b.start] for a, b in pairwise(inside)]
    joined = len(inside) > 1 and all(gap.strip() in ("/", "-", "–", "and", "&") for gap in gaps)
    return tuple(dict.fromkeys(m.actor for m in inside)) if joined else ()


def _printed_issuers(asked: Asked, inside: list[Mention]) -> Actors:
    """Institutes before a poll or study that are no mentions ("an Afrobarometer survey", "a Lusa/Aximage poll")."""
    phrase, lexicon = asked.phrase, asked.scene.lexicon
    if "finding" not in words().kinds.get(phrase.head, frozenset()):
        return ()
    match = PRINTED.search(phrase.core)
    found = []
    for name in match.group("names").split("/") if match else []:
        known = next((m.actor for m in inside if m.text == name), None)
        entry = asked.gazetteer.lookup(name)
        adjective = entry is not None and entry.label != "organisation"
        place = any(other == name for _, other in asked.scene.places) or name.lower() in lexicon.parties
        begins = not phrase.determiner and phrase.core.startswith(name) and name[1:].islower()
        other = name.lower() in function_words() or name in (*month_name, "GOP", "U.S.") or (begins and entry is None)
        if adjective or place or (known is None and other):
            return ()
        found.append(known or (entry.actor if entry else name))
    return tuple(found)


def _behind(asked: Asked, core_end: int) -> Actors:
    """Those after "by" or "from" behind the document; after "of" for speeches, letters and the like."""
    phrase, scene = asked.phrase, asked.scene
    kinds = words().kinds.get(phrase.head, frozenset())
    for m in phrase.inside:
        between = scene.text[core_end : m.start] if m.start >= core_end else ""
        of = re.match(r"\s(?:of|in|on)\s(?:the\s)?$", between)
        if BEHIND.fullmatch(between) or (of and (kinds & PERSONAL or (m.label in BODIES and "press" in kinds))):
            return _authors(scene, m, phrase.end)
    places = [(start, name) for start, name in scene.places if core_end < start < phrase.end]
    by = [name for start, name in places if re.search(r"\bby\s(?:the\s)?$", scene.text[core_end:start])]
    return tuple(by[:1])


def _authors(scene: Scene, m: Mention, end: int) -> Actors:
    """A name and those joined to it; the person where a body only describes ("by Oxfam economist Asha Rao")."""
    found, last = [m.actor], m
    for after in scene.within(m.end, end):
        gap = scene.text[last.end : after.start]
        if after.label == "person" and m.label != "person" and DESCRIBING.fullmatch(gap):
            return (after.actor,)
        if after.label != m.label or not re.fullmatch(r",\s|,?\s(?:and|&)\s(?:the\s)?", gap):
            break
        found, last = [*found, after.actor], after
    return tuple(dict.fromkeys(found))


def together(asked: Asked) -> Actors:
    """Those who were last named or heard together."""
    at = asked.phrase.start
    return asked.scene.group(at, "person") or asked.scene.group(at, "any")


def earlier_issuer(asked: Asked) -> Actors:
    """Who issued the document that was mentioned before under the same or another word for it."""
    scene, at = asked.scene, asked.phrase.start
    head, latest = asked.phrase.head, at
    known: dict[tuple[int, str], Actors | None] = scene.remembered("issuers", dict)
    kinds = words().kinds.get(head, frozenset())
    for place, noun in _occurrences(scene, at, head, kinds):
        same = noun == head
        if not same and scene.between(place, latest) > NEAR:
            continue
        latest = place if same else latest
        if re.search(r"\bjoint\s$", scene.text[max(0, place - 20) : place]):
            return together(asked)
        if (place, noun) not in known:
            known[place, noun] = issuer_at(asked, place, noun)
        found = known[place, noun]
        if found:
            return found
        if same and found == ():
            return ()
    return _court(scene, at) if "judgment" in kinds else ()


def _occurrences(scene: Scene, at: int, head: str, kinds: frozenset[str]) -> Iterator[tuple[int, str]]:
    """Earlier words for the same kind of document, the nearest first: place, singular noun."""
    nouns = {noun for noun, found in words().kinds.items() if found & kinds} | {head}
    places = scene.remembered(f"words for {head}", lambda: _places(scene.text, nouns))
    first, last = (bisect_left(places, (place, "")) for place in (at - FARTHEST, at))
    return reversed(places[first:last])


def _places(text: str, nouns: Collection[str]) -> list[tuple[int, str]]:
    """Where nouns stand in a text, also in the plural, but not in capitals: place, singular noun."""
    found = []
    for match in re.finditer(r"[^\W_]+(?:-[^\W_]+)*", text):
        noun = singular(plain(match.group()).lower())
        if noun in nouns and match.group()[1:].islower():
            found.append((match.start(), noun))
    return found


def issuer_at(asked: Asked, place: int, noun: str) -> Actors | None:
    """Who issued a document at an earlier place.

    Returns:
        The actors; empty where another document is introduced there without an issuer; None where it only refers back.
    """
    scene = asked.scene
    start, end = document_phrase(scene, place)
    phrase = scene.phrase(start, end)
    found = issuers(replace(asked, phrase=phrase)) if phrase.core else None
    found = found or _brought_out(scene, start, noun)
    if found:
        return found
    known = [s for s in scene.spoken if s.start <= place < s.end and s.speakers]
    if known:
        return known[-1].speakers
    return () if phrase.determiner in INDEFINITE and noun not in scene.lexicon.speeches else None


def document_phrase(scene: Scene, place: int) -> tuple[int, int]:
    """First and last character of the noun phrase around the word for a document."""
    noun = re.compile(r"[\w-]+").match(scene.text, place)
    end = noun.end() if noun else place
    start = place
    for word in reversed(list(WORD.finditer(scene.text, max(0, place - 90), place))):
        if word.start() >= start:
            continue
        holding = next(
            (m for m in scene.within(word.start() - 90, word.end()) if m.start <= word.start() < m.end), None
        )
        lower = word.group().lower()
        if holding is not None:
            start = holding.start
        elif lower in DETERMINERS:
            start = word.start()
            break
        elif not word.group()[0].isalnum() or lower in function_words():
            break
        else:
            start = word.start()
    behind = re.compile(r"(?:,?\s[\w’'/&.-]+){1,9}").match(scene.text, end)
    by = behind and re.match(
        r"(?:\s“[^”]{1,60}”)?,?\s(?:[\w-]+\s){0,3}?(?:by|from|of|in)\s", scene.text[end : end + 100]
    )
    return start, behind.end() if behind and by else end


def _brought_out(scene: Scene, start: int, noun: str) -> Actors:
    """Who brings the document out, or speaks in it, in its sentence."""
    named = [*scene.before(start), *(m for m in scene.nominals if m.end <= start)]
    before = sorted((m for m in named if scene.sentence(m.start) == scene.sentence(start)), key=lambda m: m.end)
    for m in reversed(before):
        between = scene.text[m.end : start]
        if words().issuing.match(between or "-"):
            described = scene.lexicon.titles & {word.lower() for word in between.split()[:3]}
            return () if described else (m.actor,)
    inside = re.search(r"\b(?:in|via|through|with)\s(?:[\w-]+\s)?$", scene.text[max(0, start - 30) : start])
    near = [s for s in scene.spoken if s.speakers and scene.sentence(s.start) == scene.sentence(start)]
    if near and (inside or noun in scene.lexicon.speeches):
        return near[-1].speakers
    return ()


def _court(scene: Scene, at: int) -> Actors:
    """The court or judge that was last heard, for "the ruling"."""
    courts = words().courts

    def rules(speaker: str, phrase: str) -> bool:
        return phrase in courts or bool(courts & set(plain(speaker).lower().split()))

    last = scene.last_spoken(
        at,
        lambda s: len(s.speakers) == 1 and rules(f"{s.speakers[0]} {scene.role_at(s.speakers[0], at) or ''}", s.phrase),
    )
    return last.speakers if last and scene.between(last.start, at) <= NEAR else ()


def owner_by_pronoun(asked: Asked, word: str) -> Actors:
    """The actor of "his", "its", "whose" and the like at the beginning of a source."""
    start = asked.phrase.start
    owner = replace(asked, phrase=replace(asked.phrase, text=word, end=start + len(word)))
    return (relative(owner) if word == "whose" else pronoun(owner)) or ()
