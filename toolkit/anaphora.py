"""Sources that point back: "who", "he", "they", "both leaders", "the prime minister", "the senator".

Each rule reads a source in its article (``Asked``) and answers with the actors, or None where it does not apply.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from toolkit.names import function_words, plain
from toolkit.printed import as_printed
from toolkit.records import Mention
from toolkit.salience import FAR, Actors, Asked, Scene
from toolkit.sources import EDGE, POSSESSIVES, PRONOUNS, RELATIVES, Phrase, singular, speaker_words, words_in

BODIES = ("state", "organisation", "group")
NUMBERS = {"two": 2, "both": 2, "three": 3, "four": 4, "five": 5}
RANKS = frozenset(
    ["general", "colonel", "major", "captain", "lieutenant", "admiral", "marshal", "commander", "sergeant"]
)
"""Military ranks, which go together with another office."""
CHIEFS = frozenset(["general", "director", "president", "commissioner", "chairman", "executive", "commander", "leader"])
"""What "the chief" of a body may be called elsewhere ("the UN chief" is the secretary-general)."""
LONG_AGO = -3.0
"""Salience below which the holder of an office is forgotten, so that "the senator" may mean another."""
ONLY_ONE = frozenset(
    [
        "president",
        "king",
        "queen",
        "pope",
        "minister",
        "chancellor",
        "judge",
        "governor",
        "mayor",
        "prosecutor",
        "general",
    ]
)
"""Offices of which readers know the holder, or that the article tells: nobody else is meant."""
POSTS = ("candidate", "chairman", "chief", "commissioner")
"""Further words for somebody who may be named without them."""
BODY_NOUNS = ("organisations", "organizations", "groups", "companies", "militaries")
"""Collective nouns that never mean people."""
PAST = frozenset(["former", "onetime", "one-time", "retired", "longtime", "veteran", "ex", "late", "ousted", "deposed"])
"""Words before an office once held, which a text may leave unsaid where it names the person."""
GENDERS = {"he": "male", "him": "male", "his": "male", "she": "female", "her": "female"}


def relative(asked: Asked) -> Actors | None:
    """What "who", "which" or "that" refers to right before it."""
    phrase, scene = asked.phrase, asked.scene
    if phrase.text.lower() not in RELATIVES:
        return None
    mention = scene.mention_ending(phrase.start)
    again = re.search(r"\b(who|which)\b[^.;:“”]*\band\s$", scene.text[max(0, phrase.start - 200) : phrase.start])
    if again and mention is None:
        at = max(0, phrase.start - 200) + again.start(1)
        first = relative(replace(asked, phrase=scene.phrase(at, at + len(again.group(1))))) or ()
        return first if all(actor in scene.label for actor in first) else ()
    joint = _several(scene, mention, phrase) if mention else ()
    if joint:
        return joint
    if mention:
        return (mention.actor,)
    sentence = re.split(r"[.!?;:\n]\s|[“”\"]", scene.text[max(0, phrase.start - 160) : phrase.start])[-1]
    words = re.findall(r"[^\W_]+", plain(re.split(r",\s", sentence.strip(EDGE))[-1]).lower())
    if words and {words[-1], singular(words[-1])} & scene.lexicon.events:
        last = scene.last_spoken(phrase.start)
        return scene.group(phrase.start, "person") or (last.speakers if last else ())
    nouns = [m for m in re.finditer(r"[^\W_]+", sentence) if singular(m.group().lower()) in scene.lexicon.documents]
    if nouns and any(singular(word) in scene.lexicon.documents for word in words):
        at = phrase.start - len(sentence) + nouns[-1].start()
        behind = [m for m in scene.before(phrase.start) if m.label in BODIES and _of_document(m, at, scene.text)]
        return (behind[-1].actor,) if behind else ()
    end = len(scene.text[: phrase.start].rstrip(EDGE))
    noun = re.search(r"(?<![\w’'])(?:[^\W_]+[-’' ]){0,3}[^\W_]+$", scene.text[max(0, end - 60) : end])
    tail = _after_function_word(noun.group()) if noun else ""
    return as_printed(replace(asked, phrase=scene.phrase(end - len(tail), end)))


def _of_document(mention: Mention, at: int, text: str) -> bool:
    """Whether a body is named behind the noun for its document ("a letter from NATO") or as its owner."""
    return mention.start > at or re.fullmatch(r"['’]?s?\s(?:[\w-]+\s){0,2}", text[mention.end : at]) is not None


def _several(scene: Scene, mention: Mention, phrase: Phrase) -> Actors:
    """Those joined by "and" before "who have", "both of whom" and the like."""
    plural = re.match(r"\s+(?:have|are|were|both|each|all|do)\b", scene.text[phrase.end : phrase.end + 8])
    joint = scene.joined_before(phrase.start, (mention.label,)) if plural else None
    last = scene.of(joint[1][-1]) if joint else []
    return joint[1] if joint and any(m.start == mention.start for m in last) else ()


def _after_function_word(words: str) -> str:
    """The last words of a stretch, from behind its last function word or verb in -ed or -ing."""
    kept = words.split(" ")
    cuts = [i for i, w in enumerate(kept) if w.lower() in function_words() or w.endswith(("ed", "ing"))]
    return " ".join(kept[cuts[-1] + 1 :]) if cuts else words


OWN_STATE = r"(?:my|our)\s(?:own\s)?(?:country|nation|delegation|government|state)"
"""How the speaker of a speech names the state that he or she speaks for."""


def pronoun(asked: Asked) -> Actors | None:
    """The actor that "he", "she", "it", "they", "we", "I" or "my delegation" stands for, by agreement and salience."""
    word = asked.phrase.text.lower()
    if re.fullmatch(OWN_STATE, word):
        return _first_person(asked) or None
    if word not in PRONOUNS:
        return None
    if word in ("i", "we", "me", "us", "my", "our"):
        return _first_person(asked)
    if word in GENDERS:
        return _singular(asked, ("person",), GENDERS[word])
    if word in ("it", "its"):
        return _neuter(asked)
    return _plural(asked) if word in ("they", "them", "their", "both", "all", "each") else ()


def _first_person(asked: Asked) -> Actors:
    """The speaker of the quote around the pronoun, else the author of the article."""
    outer = asked.scene.enclosing(asked.phrase.start, asked.quote)
    if outer is not None:
        known = next((s for s in asked.scene.spoken if s.start == outer.source_start), None)
        if known:
            return known.speakers
    name = asked.scene.article.speaker or asked.scene.article.author
    return (name,) if name else ()


def _neuter(asked: Asked) -> Actors:
    """A body, or whoever stands behind the document that spoke just before."""
    scene, at = asked.scene, asked.phrase.start
    before = [s for s in scene.spoken if s.end <= at and scene.between(s.start, at) <= 2]
    if before and before[-1].phrase in scene.lexicon.documents and not before[-1].plural:
        return before[-1].speakers
    return _singular(asked, BODIES, None)


def _singular(asked: Asked, labels: Sequence[str], gender: str | None) -> Actors:
    scene, at = asked.scene, asked.phrase.start
    last = scene.last_spoken(at, lambda s: len(s.speakers) == 1)
    if last and last.speakers[0] not in scene.label and not last.plural and scene.between(last.start, at) <= 2:
        between = [m for m in scene.before(at) if last.end <= m.start and m.label in labels]
        nouns = scene.lexicon.titles | scene.lexicon.descriptors if gender else scene.lexicon.bodies
        names = last.speakers[0].split()
        name = len(names) > 1 and all(part[:1].isupper() for part in (names[0], names[-1]))
        fits = last.phrase in nouns or (gender is not None and name)
        if fits and all(scene.enclosing(m.start) for m in between):
            return last.speakers
    ranked = scene.rank(at, labels, gender=gender, but=asked.quote)
    if last and scene.between(last.start, at) <= 2 and last.speakers[0] not in {actor for _, actor in ranked}:
        later = scene.label.get(last.speakers[0]) in labels and scene.of(last.speakers[0])[0].start > at
        if later and scene.gender(last.speakers[0]) in (None, gender):
            return last.speakers
    if ranked:
        return (ranked[0][1],)
    stop = re.compile(r"[.!?\n]|$").search(scene.text, at)
    ahead = [m.actor for m in scene.mentions if at < m.start < (stop.start() if stop else at) and m.label in labels]
    return tuple(ahead[:1])


def _plural(asked: Asked) -> Actors:
    """The last joint speakers, or actors joined by "and", else a body ("the company ... they")."""
    scene, at = asked.scene, asked.phrase.start
    last = scene.last_spoken(at, lambda s: s.plural)
    joint = scene.joined_before(at, ("person", *BODIES))
    away = scene.between(last.start, at) if last else 99
    if joint and scene.between(joint[0], at) <= 2 and away > 2 and (last is None or away > 6 or joint[0] > last.start):
        return joint[1]
    if last and away <= 6:
        return last.speakers
    ranked = scene.rank(at, (*BODIES, "person"), but=asked.quote)
    close = [a for score, a in ranked if score > -2.5 and scene.label[a] != "state" and _may_be_body(a, scene)]
    if close:
        return (close[0],)
    return last.speakers if last else scene.group(at, "any")


def _may_be_body(actor: str, scene: Scene) -> bool:
    """Whether a name is a body's, or of one word that nothing shows to be a person's, so that "they" may mean it."""
    return scene.label[actor] != "person" or (" " not in actor and not scene.known_person(actor))


def collective(asked: Asked) -> Actors | None:
    """For "the two leaders", "both sides" or "the leaders": those who were last named or heard together."""
    phrase, scene = asked.phrase, asked.scene
    kinds = scene.lexicon.collectives
    noun = " ".join(w for w in phrase.words if w not in NUMBERS and w not in ("visiting", "joint"))
    noun = phrase.words[-1] if noun not in kinds and phrase.words[:1] and phrase.words[0] in NUMBERS else noun
    counted = phrase.determiner == "both" or any(w in NUMBERS for w in phrase.words)
    known = counted or (phrase.determiner in ("the", "these", "their") and (phrase.plural or noun in ("pair", "duo")))
    alone = phrase.text.lower() == f"{phrase.determiner} {phrase.core}".strip().lower()
    if noun not in kinds or not known or not (alone or counted):
        return None
    size = next((NUMBERS[w] for w in phrase.words if w in NUMBERS), 2)
    if len(phrase.inside) >= size:
        return tuple(m.actor for m in phrase.inside[:size])
    if kinds[noun] == "person" and singular(noun) in scene.lexicon.offices - {"leader"}:
        holders = _holders(asked, singular(noun), size)
        if holders:
            return holders
    heard = scene.last_spoken(phrase.start, lambda s: s.plural and s.phrase == singular(noun))
    if heard and not counted:
        return heard.speakers
    gender = scene.lexicon.gender_nouns.get(singular(noun))
    if gender:
        likely = [a for _, a in scene.rank(phrase.start, ("person",), gender=gender) if scene.gender(a) == gender]
        return tuple(sorted(likely[:size], key=lambda a: scene.of(a)[0].start)) if len(likely) >= size else None
    if noun in BODY_NOUNS:
        return scene.group(phrase.start, "body", size) or None
    other = "state" if kinds[noun] == "person" else "person"
    return scene.group(phrase.start, kinds[noun], size) or scene.group(phrase.start, other, size) or None


def former_latter(asked: Asked) -> Actors | None:
    """For "the former" and "the latter": the first and the second of two people, or else bodies, just named."""
    phrase, scene = asked.phrase, asked.scene
    if phrase.determiner != "the" or phrase.core not in ("former", "latter"):
        return None
    begin = scene.bounds(max(scene.bounds(phrase.start)[0] - 1, 0))[0]
    for labels in (("person",), BODIES):
        two = list(dict.fromkeys(m.actor for m in scene.within(begin, phrase.start) if m.label in labels))
        if len(two) == 2:
            return (two[phrase.core == "latter"],)
    return ()


def _holders(asked: Asked, office: str, size: int) -> Actors:
    """The people last named who hold one office ("both ministers"); none where fewer are known."""
    scene, wanted = asked.scene, title_words([*office.split()], asked.scene)
    ranked = [actor for _, actor in scene.rank(asked.phrase.start, ("person",), but=asked.quote)]
    roles = {actor: scene.role_at(actor, asked.phrase.start) for actor in ranked}
    holders = [a for a in ranked if roles[a] and office_fit(wanted, _words_of_role(roles[a] or "", scene), scene) > 0]
    latest = sorted(holders, key=lambda a: max(m.start for m in scene.before(asked.phrase.start) if m.actor == a))
    return tuple(latest[-size:]) if len(latest) >= size else ()


def titled(asked: Asked) -> Actors | None:
    """For "the prime minister", "Chile's envoy": the person with that office in the article."""
    phrase, scene = asked.phrase, asked.scene
    wanted = title_words(_without_states(phrase), scene)
    titles = scene.lexicon.titles
    ends = [" ".join(phrase.words[-n:]) for n in (1, 2, 3, 4)]
    if not wanted or phrase.plural or not (wanted[-1] in titles or titles & set(ends)):
        return None
    owned = phrase.owner is None and re.search(r"['’]s?\s", phrase.core)
    if owned or not (phrase.definite or phrase.core[:1].isupper()):
        return None
    if phrase.determiner in POSSESSIVES and wanted[-1] not in scene.lexicon.relations:
        return None
    ranked = scene.rank(phrase.start, ("person",), but=asked.quote)
    return _in_office(asked, wanted, ranked) or _unsaid_office(asked, wanted, [actor for _, actor in ranked])


def _without_states(phrase: Phrase) -> list[str]:
    """The words of a source's core but for its states: they say where the office is held, not which one it is."""
    states = {word for m in phrase.inside if m.label == "state" for word in words_in(m.text)}
    return [word for word in phrase.words if word not in states]


def _in_office(asked: Asked, wanted: Sequence[str], ranked: Sequence[tuple[float, str]]) -> Actors:
    """The person whose stated office fits best, the most salient of several, in the state that is named."""
    scene, country = asked.scene, _state_of(asked.phrase)
    best: list[tuple[bool, float, float, str]] = []
    region = [name for start, name in scene.places if asked.phrase.start <= start < asked.phrase.end]
    here = {actor for _, actor in ranked if region and _from_place(scene, actor, region[0])}
    for salience, actor in ranked:
        mentions = scene.of(actor)
        if here and actor not in here:
            continue
        if country and any(m.country not in (None, country) for m in mentions):
            continue
        roles = {m.role for m in mentions if m.role}
        fit = max((office_fit(wanted, _words_of_role(role, scene), scene) for role in roles), default=0.0)
        if fit > 0:
            best.append((any(country and m.country == country for m in mentions), fit, salience, actor))
    if not best:
        return ()
    found = max(best)
    top = next(iter(ranked))
    bare = len(asked.phrase.words) == 1 and country is None
    offices = scene.lexicon.offices | scene.lexicon.posts
    heard = any(s.speakers == (found[3],) for s in scene.spoken)
    other = (
        bare
        and not heard
        and wanted[-1] not in ONLY_ONE
        and found[2] < LONG_AGO
        and top[0] > 0
        and not any(_offices(m.role or "", scene) & offices for m in scene.of(top[1]))
    )
    return (top[1],) if other and scene.known_person(top[1]) else (found[-1],)


def _from_place(scene: Scene, actor: str, place: str) -> bool:
    """Whether a place, or its short form ("R-Fla."), stands right beside somebody's name or office."""
    short = re.escape(place[:3])
    behind = re.compile(
        rf"['’s]*,?\s?\(?(?:of\s|from\s)?(?:{re.escape(place)}\b|(?:[A-Z]{{1,3}}-)?{short}\w{{0,4}}\.?[),])"
    )
    before = re.compile(rf"\b{re.escape(place)}(?:['’]s)?\s(?:[\w.-]+\s){{0,4}}$")
    return any(
        behind.match(scene.text, m.end) or before.search(scene.text[max(0, m.start - 60) : m.start])
        for m in scene.of(actor)
    )


def _offices(role: str, scene: Scene) -> set[str]:
    return set(_words_of_role(role, scene))


def _state_of(phrase: Phrase) -> str | None:
    named = [*([phrase.owner] if phrase.owner else []), *phrase.inside]
    return next((m.country for m in named if m.label == "state" and m.country), None)


def _unsaid_office(asked: Asked, wanted: Sequence[str], likely: Sequence[str]) -> Actors | None:
    """Who is meant where no stated office fits: one of the party named, or for a bare title one without office."""
    phrase, scene = asked.phrase, asked.scene
    owned = phrase.owner is not None and phrase.owner.label == "person"
    if phrase.determiner != "the" or _state_of(phrase) or owned:
        return None
    same = scene.last_spoken(phrase.start, lambda s: s.phrase == phrase.head and s.speakers[0] not in scene.label)
    if same and len(phrase.words) == 1 and scene.between(same.start, phrase.start) <= FAR:
        return same.speakers
    gender = next((g for w in phrase.words if (g := scene.lexicon.gender_nouns.get(w))), None)
    if gender and len(phrase.words) > 1:
        return next(((a,) for a in likely if scene.gender(a) == gender), None)
    roles = {actor: scene.role_at(actor, phrase.start) for actor in likely}
    party = set(wanted[:-1]) & scene.lexicon.parties
    members = [a for a in likely if party & set(_words_of_role(roles[a] or "", scene))]
    members = members or [a for a in likely if party and roles[a] is None]
    if members:
        return (members[0],)
    held = wanted[-1] in scene.lexicon.offices - ONLY_ONE or wanted[-1] in POSTS
    if not held or not set(wanted[:-1]) <= scene.lexicon.modifiers or _introduced(asked):
        return None
    likely = [a for a in likely if " " in a or scene.known_person(a)]
    free = [a for a in likely if not set(_words_of_role(roles[a] or "", scene)) & scene.lexicon.offices - RANKS]
    last = scene.last_spoken(phrase.start, lambda s: len(s.speakers) == 1)
    if last and scene.between(last.start, phrase.start) <= 4 and last.speakers[0] in free:
        return last.speakers
    return tuple(free[:1]) or None


def _introduced(asked: Asked) -> bool:
    """Whether the article speaks of somebody without a name by the same word before ("a designer ... the designer")."""
    at, head = asked.phrase.start, re.escape(asked.phrase.words[-1])
    before = asked.scene.text[max(0, at - 2000) : at]
    return (
        re.search(rf"\b(?:an?|one|another)\s(?:[\w-]+\s){{0,3}}{head}\b(?!,?\s(?-i:[A-Z]))", before, re.IGNORECASE)
        is not None
    )


def title_words(words: Sequence[str], scene: Scene) -> list[str]:
    """The words of an office in one spelling ("Sen." is senator, "premier" prime minister), up to "of" or "for"."""
    same = scene.lexicon.same_title
    cut = next((i for i, w in enumerate(words) if w in ("of", "for", "in", "at", "on", "to") and i), len(words))
    out = [same.get(part, part) for w in words[:cut] for part in same.get(w, singular(w)).split()]
    return [*out[:-1], speaker_words()["same_person"].get(out[-1], out[-1])] if out else []


def _words_of_role(role: str, scene: Scene) -> list[str]:
    return title_words(words_in(role), scene)


def office_fit(wanted: Sequence[str], role: Sequence[str], scene: Scene) -> float:
    """How well a stated office fits the one asked for; 0 where the head noun, its kind or the party differs."""
    if wanted[-1] not in role:
        chief = wanted[-1] == "chief" and role[-1] in CHIEFS and len(wanted) > 1
        return 0.5 if chief and set(wanted[:-1]) <= set(role) else 0.0
    shared = set(wanted) & set(role)
    kinds = wanted[-1] in ("minister", "secretary", "chief") and len(wanted) > 1 and len(role) > 1
    parties = scene.lexicon.parties
    if (kinds and shared == {wanted[-1]}) or (parties & set(wanted) and parties & set(role) and not parties & shared):
        return 0.0
    return max(len(shared) - 0.5 * (len(wanted) - len(shared)) - 0.05 * (len(role) - len(shared)), 0.1)


def described(asked: Asked) -> Actors | None:
    """For "the billionaire", "the 82-year-old" or "the source": somebody named or described before."""
    phrase, scene = asked.phrase, asked.scene
    owned = phrase.owner is not None and phrase.owner.label != "state"
    if phrase.plural or owned or phrase.determiner not in ("the", "this", "that", "his", "her"):
        return None
    same = scene.last_spoken(phrase.start, lambda s: s.phrase == phrase.head and s.speakers[0] not in scene.label)
    if same and len(phrase.words) == 1:
        return same.speakers
    aged = re.search(r"\d-year-old$", phrase.core) is not None
    if phrase.determiner not in ("the", "this"):
        return None
    past = bool(PAST & set(phrase.words[:-1])) and phrase.head in scene.lexicon.titles
    if past:
        return None if _introduced(asked) else _likeliest(asked, 0.0)
    if not (aged or phrase.head in scene.lexicon.descriptors):
        return None
    return _likeliest(asked, -1.5)


def _likeliest(asked: Asked, least: float) -> Actors | None:
    """The most salient person of the gender that a description tells, above a least score."""
    phrase, scene = asked.phrase, asked.scene
    nouns = [" ".join(pair) for pair in pairwise(phrase.words)] + phrase.words
    gender = next((g for noun in nouns if (g := scene.lexicon.gender_nouns.get(noun))), None)
    ranked = scene.rank(phrase.start, ("person",), gender=gender, but=asked.quote)
    return (ranked[0][1],) if ranked and ranked[0][0] > least else None
