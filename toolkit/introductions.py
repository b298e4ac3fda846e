"""Sources whose name the article gives at another place: "a judge" before the judge is named, "his lawyer", "a panel".

News text often opens with a description and names the person in the next sentences; relatives and aides are named with
those whom they belong to. A description that nothing in the article ties to a name stays one.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from toolkit.anaphora import BODIES, office_fit, title_words, titled
from toolkit.documents import owner_by_pronoun
from toolkit.names import name_parts, plain
from toolkit.records import Mention
from toolkit.salience import Actors, Asked, Scene
from toolkit.sources import INDEFINITE, POSSESSIVES, Phrase, singular, speaker_words, words_in

AHEAD = 6
"""Sentences after an opening within which the name is expected."""
AROUND = 90
"""Characters around a name within which the one it belongs to is looked for."""
BESIDE = r"(?:\s(?:for|of|to)\b[^,.;:“”]{0,60})?(?:\s[\w.’'-]+){0,3}?,?\s$"


def opening(scene: Scene, position: int) -> bool:
    """Whether a character stands in a headline, in the first two lines, or in the first line of a section."""
    if scene.article.section(position) == "headline":
        return True
    start = scene.text.rfind("\n", 0, position) + 1
    opens = scene.remembered("openings", lambda: _opening_lines(scene.text))
    return start in opens and scene.sentence(position) <= scene.sentence(start) + 1


def _opening_lines(text: str) -> frozenset[int]:
    """The first characters of the lines before which fewer than two of running text, or a section’s title, stand."""
    found, told, words, at = [], 0, 0, 0
    for line in text.split("\n"):
        if told < 2 or 0 < words <= 4:
            found.append(at)
        count = len(line.split())
        told, words, at = told + (count > 7), count or words, at + len(line) + 1
    return frozenset(found)


def later_named(asked: Asked) -> Actors | None:
    """The person whom an opening only describes ("a judge", "Togo's envoy", "ex-minister") and the next lines name."""
    phrase, scene = asked.phrase, asked.scene
    wanted = person_words(phrase, scene)
    if not wanted or phrase.plural or phrase.determiner in POSSESSIVES or not opening(scene, phrase.start):
        return None
    known = phrase.determiner in ("the", "this", "that")
    if not phrase.determiner and titled(asked):
        return None
    if known or any(m.label == "person" for m in phrase.inside):
        return None
    ahead = scene.within(phrase.end, scene.end_of(scene.sentence(phrase.start) + AHEAD))
    fresh = [m for m in ahead if m.label == "person" and _fresh(scene, m, phrase)]
    fitting = [m for m in fresh if m.role and office_fit(wanted, title_words(words_in(m.role), scene), scene) > 0]
    if fitting:
        return (fitting[0].actor,) if len({m.actor for m in fitting}) == 1 else None
    offices = scene.lexicon.offices | scene.lexicon.posts
    heard = _next_heard(asked)
    if heard in fresh and heard is not None and heard.role is None and {phrase.head, wanted[-1]} & offices:
        return (heard.actor,)
    return None


def _fresh(scene: Scene, m: Mention, phrase: Phrase) -> bool:
    """Whether a person with a full name is named here for the first time behind the headline."""
    told = [o for o in scene.of(m.actor) if scene.article.section(o.start) != "headline"]
    full = len(name_parts(m.actor)) > 1
    return full and bool(told) and told[0].start == m.start and m.start > phrase.end


def _next_heard(asked: Asked) -> Mention | None:
    """The person whose name is the next source within three sentences."""
    scene, phrase = asked.scene, asked.phrase
    starts = scene.remembered(
        "sources", lambda: sorted(q.source_start for q in scene.quotes if q.source_start is not None)
    )
    for start in starts[bisect_right(starts, phrase.end) :]:
        if scene.between(phrase.start, start) > 4:
            return None
        found = next((m for m in scene.within(start, start + 40) if m.label == "person"), None)
        if found is not None and not scene.text[start : found.start].strip():
            return found
        told = scene.phrase(start, min(start + 60, len(scene.text)))
        again = told.text.lower().startswith(("he ", "she ")) or phrase.head in told.words
        if scene.between(phrase.start, start) > 0 and not again:
            return None
    return None


def person_words(phrase: Phrase, scene: Scene) -> list[str]:
    """The words of a person's title in a source; empty where its head is no title."""
    core = re.sub(r"^.*['’]s?\s", "", phrase.core)
    wanted = title_words(words_in(core), scene)
    titles = scene.lexicon.titles
    ends = {" ".join(words_in(core)[-n:]) for n in (1, 2, 3)}
    return wanted if wanted and (wanted[-1] in titles or ends & titles) else []


def related(asked: Asked) -> Actors | None:
    """The person who is named as somebody's relative, lawyer or the like ("his lawyer", "Mr Sall's widow")."""
    phrase, scene = asked.phrase, asked.scene
    first, _, rest = phrase.text.partition(" ")
    lexicon = scene.lexicon
    if phrase.plural or not rest or not {phrase.head} & (lexicon.titles | speaker_words()["same_person"].keys()):
        return None
    if first.lower() in (*POSSESSIVES, "whose"):
        owners = owner_by_pronoun(asked, first.lower())
    elif phrase.owner is not None and phrase.determiner not in INDEFINITE and _owns(scene, phrase.owner, phrase.head):
        owners = (phrase.owner.actor,) if phrase.owner.label == "person" else ()
    else:
        return None
    if len(owners) != 1 or scene.label.get(owners[0]) != "person":
        return None
    beside = scene.remembered(f"relation {phrase.head}", lambda: _related_people(scene, phrase.head))
    found = [m for m in beside if _belongs(scene, m, owners[0])]
    before = [m for m in found if m.start < phrase.start]
    best = before[-1] if before else next(iter(found), None)
    return (best.actor,) if best else None


def _owns(scene: Scene, m: Mention, head: str) -> bool:
    """Whether 's follows a name, or "of" or "for" stands before it where no office is named."""
    before = scene.text[max(0, m.start - 5) : m.start]
    owned = re.match(r"['’]s?\s", scene.text[m.end : m.end + 3]) is not None
    return owned or (head not in scene.lexicon.offices and before.endswith((" of ", " for ")))


def _related_people(scene: Scene, head: str) -> list[Mention]:
    """The people whose names stand beside a word for a relation."""
    nouns = "|".join(sorted(map(re.escape, _same(head))))
    titled = re.compile(rf"\b(?:{nouns}){BESIDE}", re.IGNORECASE)
    apposed = re.compile(rf",\s(?:[\w’'.-]+\s){{0,6}}?(?:{nouns})\b", re.IGNORECASE)
    found = []
    for m in (m for m in scene.mentions if m.label == "person"):
        start, stop = scene.bounds(m.start)
        before = scene.text[max(start, m.start - AROUND) : m.start]
        if titled.search(before) or apposed.match(scene.text[m.end : min(stop, m.end + AROUND)]):
            found.append(m)
    return found


def _belongs(scene: Scene, m: Mention, owner: str) -> bool:
    """Whether a name stands near the one whom the relation is to, or shares the surname."""
    if m.actor == owner:
        return False
    start, stop = scene.bounds(m.start)
    near = scene.within(max(start, m.start - AROUND), min(stop, m.end + AROUND))
    return any(o.actor == owner for o in near) or name_parts(m.actor)[-1:] == name_parts(owner)[-1:]


def _same(head: str) -> set[str]:
    """A word for somebody's relation and those for the same one ("lawyer", "attorney")."""
    same = speaker_words()["same_person"] | {"lawyer": "attorney"}
    common = same.get(head, head)
    return {head, common, *(word for word, other in same.items() if other == common)}


def later_body(asked: Asked) -> Actors | None:
    """The body that an opening only describes and the next lines name ("a UN panel", "the appeals court")."""
    phrase, scene = asked.phrase, asked.scene
    kinds = [nouns for nouns in speaker_words()["same_body"].values() if phrase.head in nouns]
    modifiers = [w for w in phrase.words[:-1] if w not in scene.lexicon.modifiers or w in ("house", "senate")]
    modifiers = modifiers or list(phrase.words[:-1])
    if phrase.plural or phrase.head not in scene.lexicon.bodies or not modifiers or phrase.named is not None:
        return None
    if (phrase.determiner not in INDEFINITE and phrase.determiner) or not opening(scene, phrase.start):
        return None
    nouns = {noun for group in kinds for noun in group} | {phrase.head}
    for m in scene.within(phrase.end, scene.end_of(scene.sentence(phrase.start) + AHEAD)):
        if m.label not in BODIES:
            continue
        name = [singular(word) for word in words_in(m.actor)]
        if nouns & set(name) and any(singular(plain(word)) in name for word in modifiers):
            return (m.actor,)
    return None
