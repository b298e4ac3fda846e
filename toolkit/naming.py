"""Sources that name or describe: "NATO chief Ana Ruiz", "a spokesman for X", "the ministry", "a joint statement".

Each rule reads a source in its article (``Asked``) and answers with the actors, or None where it does not apply.
``RULES`` has all of them in the order in which they are asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from toolkit.anaphora import BODIES, as_printed, collective, described, is_small, pronoun, relative, titled
from toolkit.names import plain
from toolkit.salience import Actors, Asked, Scene
from toolkit.sources import INDEFINITE, POSSESSIVES, Phrase, singular

ASSEMBLIES = ("UN General Assembly", "UN Security Council", "UN Human Rights Council")
"""Bodies whose members adopt resolutions, the likeliest first."""
OF_THE_STATE = ("government", "parliament", "ministry", "army", "military")
"""Bodies that, without a name, are those of the state that the article is mostly about."""


def nothing(asked: Asked) -> Actors | None:
    """Nobody, for a source without letters or a stray verb."""
    text = asked.phrase.text
    return () if not any(c.isalpha() for c in text) or text.lower() in ("said", "says", "told", "added") else None


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
    entry = asked.gazetteer.lookup(phrase.core) or asked.gazetteer.lookup(phrase.text)
    if entry:
        return (entry.actor,)
    known = asked.scene.person_named(phrase.core) if phrase.core[:1].isupper() else None
    return (known,) if known else None


def printed_name(asked: Asked) -> Actors | None:
    """A name that is no mention, as printed behind its title; a name in capitals is written normally."""
    phrase, lexicon = asked.phrase, asked.scene.lexicon
    before = lexicon.titles | frozenset(lexicon.honorifics) | lexicon.modifiers
    words = re.sub(r"^.*['’]s?\s", "", phrase.core).split()
    while len(words) > 1 and plain(words[0]).lower().rstrip(".") in before:
        words = words[1:]
    if phrase.determiner or not 0 < len(words) <= 5 or not all(w[0].isupper() for w in words):
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
    if phrase.owner is not None:
        person = phrase.owner.label == "person"
        return (f"{phrase.head} for {phrase.owner.actor}" if person else phrase.owner.actor,)
    body = next((w for w in phrase.words[:-1] if w in scene.lexicon.bodies), None)
    if body or phrase.determiner in ("its", "their"):
        bodies = [m for m in scene.before(phrase.start) if m.label in BODIES]
        fitting = [m for m in bodies if body is None or body in plain(m.actor).lower()]
        if fitting:
            return (fitting[-1].actor,)
    return (titled(asked) if phrase.definite and len(phrase.words) == 1 else None) or unnamed(asked)


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


def document(asked: Asked) -> Actors | None:
    """Whoever stands behind "the joint statement", "a letter from X" or "the report"; often nobody."""
    phrase, scene = asked.phrase, asked.scene
    heads = {phrase.head, *phrase.words[-1:]}
    if not heads & scene.lexicon.documents or _is_title(phrase):
        return None
    if "joint" in phrase.words:
        return _together(asked)
    if phrase.owner is not None:
        return (phrase.owner.actor,)
    if phrase.determiner in POSSESSIVES:
        return _owner_by_pronoun(asked, phrase.determiner)
    if not heads & scene.lexicon.speeches or phrase.determiner not in ("the", "this", "that", ""):
        return ()
    return _behind_document(asked)


def _is_title(phrase: Phrase) -> bool:
    """Whether the head noun has a capital, as in the name of a newspaper ("the Kuwait Times")."""
    last = phrase.core.split()[-1:] or [""]
    return last[0][:1].isupper() and (" " in phrase.core or phrase.determiner == "the")


def _together(asked: Asked) -> Actors:
    at = asked.phrase.start
    return asked.scene.group(at, "person") or asked.scene.group(at, "any")


def _behind_document(asked: Asked) -> Actors:
    """Who spoke in the sentence where the document was mentioned before."""
    scene, at = asked.scene, asked.phrase.start
    earlier = [m.start() for m in re.finditer(rf"\b{re.escape(asked.phrase.head)}s?\b", scene.text[:at], re.IGNORECASE)]
    for place in reversed(earlier):
        if re.search(r"\bjoint\b", scene.text[max(0, place - 20) : place]):
            return _together(asked)
        near = [s for s in scene.spoken if s.speakers and scene.sentence(s.start) == scene.sentence(place)]
        if near:
            return near[-1].speakers
    return ()


def _owner_by_pronoun(asked: Asked, word: str) -> Actors:
    """The actor of "his", "its", "whose" and the like at the beginning of a source."""
    start = asked.phrase.start
    owner = replace(asked, phrase=replace(asked.phrase, text=word, end=start + len(word)))
    return (relative(owner) if word == "whose" else pronoun(owner)) or ()


def institution(asked: Asked) -> Actors | None:
    """The body that "the ministry", "the bank" or "the bloc" points back to, by its name or because it spoke last."""
    phrase, scene, at = asked.phrase, asked.scene, asked.phrase.start
    nouns = scene.lexicon.bodies | scene.lexicon.institutions
    if phrase.plural or not phrase.definite or not {phrase.head, *phrase.words[-1:]} & nouns:
        return None
    bare = len(phrase.words) == 1 and phrase.owner is None
    same = scene.last_spoken(at, lambda s: s.phrase == phrase.head and s.speakers[0] not in scene.label)
    if bare and same and not same.plural:
        return same.speakers
    before = [m for m in scene.before(at) if m.label in ("organisation", "group")]
    fitting = [m for m in before if all(w in plain(f"{m.actor} {m.text}").lower() for w in phrase.words)]
    if fitting:
        return (fitting[-1].actor,)
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
    return tuple(near[-1:]) or None


def _home(scene: Scene) -> str | None:
    """Code of the state whose bodies, or else which itself, the article names most."""
    bodies = [m.country for m in scene.mentions if m.rule in ("ministry", "institution") and m.country]
    states = [m.country for m in scene.mentions if m.label in ("state", "group") and m.country]
    return max(sorted(set(bodies or states)), key=(bodies or states).count, default=None)


def unnamed(asked: Asked) -> Actors:
    """Anybody else as printed; "his aides" and "Mr Tan's doctor" with the owner's full name."""
    phrase = asked.phrase
    first, _, rest = phrase.text.partition(" ")
    if rest and first.lower() in (*POSSESSIVES, "whose"):
        owner = _owner_by_pronoun(asked, first.lower())
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
    nothing,
    relative,
    pronoun,
    member_states,
    named,
    spokesperson,
    collective,
    document,
    titled,
    institution,
    described,
    printed_name,
    unnamed,
)
"""The rules in the order in which they are asked; the last one always answers."""
