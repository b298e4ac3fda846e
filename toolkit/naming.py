"""Sources that name or describe: "NATO chief Ana Ruiz", "a spokesman for X", "the ministry", "a joint statement".

Each rule reads a source in its article (``Asked``) and answers with the actors, or None where it does not apply.
``RULES`` has all of them in the order in which they are asked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from toolkit.anaphora import (
    BODIES,
    collective,
    described,
    former_latter,
    office_fit,
    pronoun,
    relative,
    title_words,
    titled,
)
from toolkit.bodies import entourage_name, spelled_out
from toolkit.documents import OWNER, document, owner_by_pronoun
from toolkit.introductions import later_body, later_named, related
from toolkit.names import name_parts, plain
from toolkit.printed import as_printed, is_small
from toolkit.records import Mention
from toolkit.salience import FAR, Actors, Asked, Scene, content_span
from toolkit.sources import INDEFINITE, POSSESSIVES, singular, speaker_words, words_in
from toolkit.transcripts import ANSWER, QUESTION_AND_ANSWER

ASSEMBLIES = ("UN General Assembly", "UN Security Council", "UN Human Rights Council")
"""Bodies whose members adopt resolutions, the likeliest first."""
OF_THE_STATE = ("government", "parliament", "ministry", "army", "military")
"""Bodies that, without a name, are those of the state that the article is mostly about."""


def answering(asked: Asked) -> Actors | None:
    """For the label of an interview's answers ("A"): the person whom the lines before the first question name most.

    Nobody where two are named as often.
    """
    if asked.phrase.text.strip(" .").upper() not in ANSWER:
        return None
    labels = [q.source_start or 0 for q in asked.scene.quotes if (q.source or "").upper() in QUESTION_AND_ANSWER]
    opening = asked.scene.before(min(labels, default=0))
    named = Counter(m.actor for m in opening if m.label == "person").most_common(2)
    return (named[0][0],) if named and (len(named) == 1 or named[0][1] > named[1][1]) else None


def nothing(asked: Asked) -> Actors | None:
    """Nobody, for a source without letters, a stray verb or article, or the label of question or answer ("Q", "A")."""
    text = asked.phrase.text
    empty = not any(c.isalpha() for c in text) or text.strip(" .").upper() in QUESTION_AND_ANSWER
    return () if empty or text.lower() in ("said", "says", "told", "added", "the", "a", "an") else None


def named(asked: Asked) -> Actors | None:
    """The actor of a source that ends in a name ("Russia", "NATO chief Ana Ruiz", "the president, Gabriel Boric")."""
    phrase = asked.phrase
    if phrase.named is not None and phrase.named.label == "group" and phrase.determiner in INDEFINITE:
        return None
    if phrase.named is not None:
        before = asked.scene.text[phrase.start : phrase.named.start]
        cut = phrase.named.rule == "spacy" and re.search(r"[A-Z]\w*\s(?:and|&)\s$", before)
        return (phrase.core,) if cut else (phrase.named.actor,)
    if phrase.apposed is not None and not phrase.plural:
        return (phrase.apposed.actor,)
    kind = _said_to_be(asked)
    if kind is not None:
        return kind
    entry = asked.gazetteer.lookup(phrase.core) or asked.gazetteer.lookup(phrase.text)
    if entry:
        return (entry.actor,)
    whole = spelled_out(phrase.core, _organisations(asked.scene))
    if whole:
        return (whole,)
    known = asked.scene.person_named(phrase.core) if phrase.core[:1].isupper() else None
    return (known,) if known else None


def of_several(asked: Asked) -> Actors | None:
    """Those who hold one office in several states ("the envoys of Chad and Mali"): by name, else as printed."""
    phrase, scene = asked.phrase, asked.scene
    states = [m for m in phrase.inside if m.label == "state"]
    joined = phrase.core.endswith("s") and phrase.plural and phrase.named is None and len(states) > 1
    if not joined or scene.text[states[0].start - 4 : states[0].start] not in (" of ", "the "):
        return None
    gaps = [scene.text[a.end : b.start] for a, b in pairwise(states)]
    if not all(re.fullmatch(r",?\s(?:and\s)?(?:the\s)?", gap) for gap in gaps) or states[-1].end < phrase.end:
        return None
    office = title_words(phrase.words, scene)
    people = [m for m in scene.before(phrase.start) if m.label == "person" and m.role]
    roles = [(m, title_words(words_in(m.role or ""), scene)) for m in people]
    held = [(m.country, m.actor) for m, role in roles if office and role and office_fit(office, role, scene) > 0]
    found = [next((actor for country, actor in reversed(held) if country == state.country), None) for state in states]
    printed = scene.text[phrase.start : phrase.end][len(phrase.determiner) :].strip()
    named = tuple(actor for actor in found if actor is not None)
    return named if len(named) == len(states) else (" ".join(printed.split()),)


def _said_to_be(asked: Asked) -> Actors | None:
    """The body behind whose name only its kind is said ("the Tuoi Tre newspaper", "the Bata shoe chain")."""
    phrase, scene = asked.phrase, asked.scene
    if phrase.plural or phrase.head not in speaker_words()["kinds_of_bodies"] or phrase.determiner in INDEFINITE:
        return None
    for m in reversed(phrase.inside):
        behind = scene.text[m.end : phrase.end]
        body = m.label in ("organisation", "group") or (m.label == "person" and " " not in m.actor and not m.role)
        if body and re.match(r"(?:\s[a-z-]+){1,3}$", behind) and phrase.core.endswith(behind):
            return (m.actor,)
    return None


def examples(asked: Asked) -> Actors | None:
    """Those who are named as examples of a group ("critics such as A and B")."""
    phrase, scene = asked.phrase, asked.scene
    marker = _examples().search(scene.text, phrase.start + len(phrase.determiner), phrase.end)
    if not marker or not phrase.plural or phrase.named is not None:
        return None
    listed = [m for m in phrase.inside if m.start >= marker.end()]
    people = phrase.head in scene.lexicon.titles and any(m.label == "person" for m in listed)
    kind = "person" if people else (listed[0].label if listed else None)
    owners = {m.start for m in listed if re.match(r"['’]s?\s", scene.text[m.end : m.end + 3])}
    told = [m for m in listed if m.label == kind and m.start not in owners]
    named = dict.fromkeys(m.actor for m in told if not _only_place(scene, m))
    return tuple(named) or None


@lru_cache(maxsize=1)
def _examples() -> re.Pattern[str]:
    words = "|".join(speaker_words()["examples"])
    return re.compile(rf",?\s(?:{words})\s|,\s(?=[A-Z])")


def _only_place(scene: Scene, m: Mention) -> bool:
    """Whether a name only says where somebody is from ("of Iowa", "from the Maldives")."""
    return re.search(r"\b(?:of|from|in|at|for)\s(?:the\s)?$", scene.text[max(0, m.start - 10) : m.start]) is not None


def printed_name(asked: Asked) -> Actors | None:
    """A name that is no mention, as printed behind its title; a name in capitals is written normally."""
    phrase, lexicon = asked.phrase, asked.scene.lexicon
    before = lexicon.titles | frozenset(lexicon.honorifics) | lexicon.modifiers
    words = re.sub(r"^.*['’]s?\s", "", phrase.core).split()
    while len(words) > 1 and plain(words[0]).lower().rstrip(".") in before:
        words = words[1:]
    printed = "magazine" in phrase.words or "newspaper" in phrase.words
    printed = printed and len(words) > 1 and words[-1].islower() and not phrase.inside
    words = words[:-1] if printed else words
    if (
        (phrase.determiner and not (printed and phrase.determiner == "the"))
        or not 0 < len(words) <= 5
        or not all(w[0].isupper() for w in words)
    ):
        return None
    nouns = lexicon.titles | lexicon.documents | lexicon.bodies | lexicon.institutions
    if singular(plain(words[-1]).lower()) in nouns or is_small(words, asked):
        return None
    name = " ".join(words)
    shouted = name.isupper() and len(name) > 4 and re.search(r"[AEIOUY]", name)
    return (name.title() if shouted else name,)


def spokesperson(asked: Asked) -> Actors | None:
    """The body spoken for ("a spokesman for Chile's army", "its spokeswoman"); a person's spokesman stays one."""
    phrase, scene = asked.phrase, asked.scene
    if not {phrase.head, " ".join(phrase.words[-2:])} & scene.lexicon.spokespeople:
        return None
    owner = (phrase.owner.actor,) if phrase.owner is not None else owner_by_noun(asked)
    if owner:
        person = scene.label.get(owner[0]) == "person"
        return (f"{phrase.head} for {owner[0]}" if person else owner[0],)
    body = next((w for w in phrase.words[:-1] if w in scene.lexicon.bodies), None)
    if body or phrase.determiner in ("its", "their"):
        bodies = [m for m in scene.before(phrase.start) if m.label in BODIES]
        fitting = [m for m in bodies if body is None or body in plain(m.actor).lower()]
        if fitting:
            return (fitting[-1].actor,)
    held = titled(asked) if phrase.definite and len(phrase.words) == 1 else None
    return held or _body_that_acts(asked) or unnamed(asked)


def _body_that_acts(asked: Asked) -> Actors | None:
    """The body that acts in the words of a spokesman without an owner ("the union will go on, a spokesman said")."""
    phrase, scene = asked.phrase, asked.scene
    if len(phrase.words) > 1:
        return None
    start, _ = content_span(asked.quote)
    acting = [m for m in scene.within(min(start, phrase.start), phrase.start) if m.label in BODIES]
    if acting:
        return (acting[0].actor,)
    lead = re.match(r"(?:[^,;]{0,40},\s)?((?:The|the)\s[\w-]+(?:\s[\w-]+)?)(?=\s)", scene.text[start : phrase.start])
    if lead:
        for words in (lead.group(1), lead.group(1).rpartition(" ")[0]):
            at = start + lead.start(1)
            found = institution(replace(asked, phrase=scene.phrase(at, at + len(words))))
            if found:
                return found
    last = scene.last_spoken(phrase.start)
    if last and scene.between(last.start, phrase.start) <= 2 and len(last.speakers) == 1:
        return last.speakers if scene.label.get(last.speakers[0]) in BODIES else None
    return None


def member_states(asked: Asked) -> Actors | None:
    """The assembly that the article names, for "member states" that adopt a resolution."""
    phrase, scene = asked.phrase, asked.scene
    if phrase.words[:1] not in (["member"], ["members"]) or not phrase.plural or phrase.owner:
        return None
    bodies = [m for m in scene.mentions if m.label == "organisation"]
    voting = [m for m in bodies if m.actor in ASSEMBLIES]
    if voting and re.search(r"resolution|adopt|vote", scene.text[phrase.start : phrase.end + 80].lower()):
        return (min(voting, key=lambda m: (ASSEMBLIES.index(m.actor), m.start)).actor,)
    before = [m for m in bodies if m.start < phrase.start]
    return (before[-1].actor,) if before and phrase.determiner in ("the", "its", "") else None


def institution(asked: Asked) -> Actors | None:
    """The body that "the ministry", "the bank" or "the bloc" points back to, by its name or because it spoke last."""
    phrase, scene, at = asked.phrase, asked.scene, asked.phrase.start
    nouns = scene.lexicon.bodies | scene.lexicon.institutions
    headless = not phrase.determiner and phrase.owner is None and phrase.words == [phrase.head]
    if phrase.plural or not (phrase.definite or headless) or not {phrase.head, *phrase.words[-1:]} & nouns:
        return None
    bare = len(phrase.words) == 1 and phrase.owner is None
    same = scene.last_spoken(at, lambda s: s.phrase == phrase.head and s.speakers[0] not in scene.label)
    if bare and same and not same.plural and scene.between(same.start, at) <= FAR:
        return same.speakers
    before = [m for m in scene.before(at) if m.label in ("organisation", "group")]
    names = ((m.actor, plain(f"{m.actor} {m.text}").lower()) for m in reversed(before))
    fitting = next((actor for actor, name in names if all(w in name for w in phrase.words)), None)
    if fitting:
        return (fitting,)
    if not bare:
        return None
    if phrase.head in OF_THE_STATE:
        state = asked.gazetteer.states.get(_home(scene) or "")
        return (f"{phrase.core.capitalize()} ({state.name})",) if state else None
    if phrase.head not in scene.lexicon.generic_bodies:
        return None
    bodies = {m.actor for m in before}
    last = scene.last_spoken(at, lambda s: len(s.speakers) == 1 and s.speakers[0] in bodies)
    if last and scene.between(last.start, at) <= 6:
        return last.speakers
    near = [m.actor for m in before if scene.between(m.start, at) <= 3]
    return tuple(near[-1:]) or (same.speakers if same and not same.plural else None)


def entourage(asked: Asked) -> Actors | None:
    """The campaign, team or office of somebody ("her campaign", "the nominee's team") under the name of the tables."""
    phrase, scene = asked.phrase, asked.scene
    if phrase.head not in scene.lexicon.entourages or phrase.plural:
        return None
    if phrase.determiner in ("his", "her") and not phrase.owner:
        owner = owner_by_pronoun(asked, phrase.determiner)
    elif phrase.owner is not None and phrase.owner.label == "person":
        owner = (phrase.owner.actor,)
    else:
        owner = owner_by_noun(asked) or ()
    if len(owner) != 1 or scene.label.get(owner[0]) != "person":
        return None
    surname = name_parts(owner[0])[-1:]
    bodies = [m.actor for m in scene.mentions if m.rule == "entourage" and name_parts(m.actor)[:1] == surname]
    same = next((actor for actor in bodies if actor.endswith(f" {phrase.head}")), None)
    return (same or entourage_name(owner[0].split()[-1], phrase.head),)


def _organisations(scene: Scene) -> list[str]:
    """The organisations of the article, in order of their names."""
    named = (m.actor for m in scene.mentions if m.label == "organisation")
    return scene.remembered("organisations", lambda: sorted(set(named)))


def _home(scene: Scene) -> str | None:
    """Code of the state whose bodies, or else which itself, the article names most."""

    def most_named() -> str | None:
        bodies = Counter(m.country for m in scene.mentions if m.rule in ("ministry", "institution") and m.country)
        states = Counter(m.country for m in scene.mentions if m.label in ("state", "group") and m.country)
        return max(sorted(bodies or states), key=lambda code: (bodies or states)[code], default=None)

    return scene.remembered("home", most_named)


def owner_by_noun(asked: Asked) -> Actors | None:
    """Whom a description before 's stands for ("the prime minister's spokesman"), or None."""
    phrase = asked.phrase
    owner = OWNER.match(asked.scene.text, phrase.start, phrase.end)
    return (
        asked.read(phrase.start, owner.end()) if owner and owner.group().lower().startswith(("the ", "this ")) else None
    )


def place(asked: Asked) -> Actors | None:
    """The state or place that "the country", "the city" or "the state" points back to."""
    phrase, scene = asked.phrase, asked.scene
    if phrase.plural or phrase.determiner not in ("the", "this", "that") or len(phrase.words) != 1:
        return None
    at = phrase.start
    if phrase.head in speaker_words()["countries"]:
        ranked = scene.rank(at, ("state",), but=asked.quote)
        return (ranked[0][1],) if ranked else None
    if phrase.head not in speaker_words()["places"]:
        return None
    near = [name for start, name in scene.places if start < at and scene.between(start, at) <= 3]
    spelled = [name for name in near if phrase.head in plain(name).lower().split()]
    return tuple((spelled or near)[-1:]) or None


def organ(asked: Asked) -> Actors | None:
    """The body whose part or staff is named ("the agency's leadership", "a panel of the appeals court")."""
    phrase = asked.phrase
    if phrase.head not in speaker_words()["organs"]:
        return None
    if phrase.owner is not None:
        return (phrase.owner.actor,) if phrase.owner.label in BODIES else None
    return owner_by_noun(asked)


def unnamed(asked: Asked) -> Actors:
    """Anybody else as printed; "his aides" and "Mr Tan's doctor" with the owner's full name."""
    phrase = asked.phrase
    first, _, rest = phrase.text.partition(" ")
    if rest and first.lower() in (*POSSESSIVES, "whose"):
        owner = owner_by_pronoun(asked, first.lower())
        printed = as_printed(replace(asked, phrase=replace(phrase, text=rest)))
        return (f"{possessive(owner[0])} {printed[0]}",) if len(owner) == 1 and printed else printed
    if phrase.owner and phrase.owner.label == "person" and phrase.owner.text in phrase.core:
        behind = re.match(r"['’]s?\s+(.+)", asked.scene.text[phrase.owner.end : phrase.end], re.DOTALL)
        if behind:
            printed = as_printed(replace(asked, phrase=replace(phrase, text=behind.group(1))))
            return (f"{possessive(phrase.owner.actor)} {printed[0]}",) if printed else ()
    return as_printed(asked)


def possessive(name: str) -> str:
    """The name with 's, or with an apostrophe alone after a final s."""
    return f"{name}’" if name.endswith("s") else f"{name}’s"


RULES: tuple[Callable[[Asked], Actors | None], ...] = (
    answering,
    nothing,
    relative,
    pronoun,
    member_states,
    of_several,
    examples,
    named,
    spokesperson,
    collective,
    former_latter,
    document,
    related,
    later_named,
    titled,
    later_body,
    organ,
    entourage,
    institution,
    place,
    described,
    printed_name,
    unnamed,
)
"""The rules in the order in which they are asked; the last one always answers."""
