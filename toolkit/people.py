"""Who is introduced in an article: titles before names, honorifics, appositions, and the full form of each short name.

The evidence for each run of capitalised words is counted over the whole document (see ``WEIGHTS``): a title, an
honorific, an apposition, a known given name and what spaCy's names say. So one wrong guess of the model makes no prime
minister an organisation, and a headline ("Okello Appeals") makes no person.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log2

from toolkit.gazetteer import Lexicon, load_gazetteer
from toolkit.names import HYPHENS, WORDS, Word, function_words, name_parts, plain, short_for
from toolkit.titles import (
    Office,
    Reader,
    backward_role,
    forward_role,
    gender_before,
    owner_before,
    read_title,
    shared_title,
)

WEIGHTS = {
    "title": 3.0,
    "honorific": 3.0,
    "apposition": 2.0,
    "given name": 1.5,
    "spacy": 1.0,
    "of a body": 3.0,
    "common word": 1.0,
}
"""What each kind of evidence counts for or against a run being a person."""


GIVEN_TOO = ("Don",)
"""Honorifics that are given names as well."""
Key = tuple[str, ...]
"""The parts of a name."""
RECENT = 1.5
"""What a full name in this paragraph or the one before adds for the surname alone."""


@dataclass(frozen=True)
class Sighting:
    """A run of words that may name a person, with the evidence at that place.

    Attributes:
        first: Place of the name's first word among the article's words.
        last: One past the place of its last word.
        evidence: Kinds of evidence for a person.
        against: Kinds of evidence against.
        role: The office stated there, or None.
        country: Code of the state stated there, or None.
        gender: ``male`` or ``female`` by an honorific or title there, or None.
    """

    first: int
    last: int
    evidence: Key
    against: Key = ()
    role: str | None = None
    country: str | None = None
    gender: str | None = None


@dataclass(frozen=True)
class Person:
    """A person of the article.

    Attributes:
        name: The longest form of the name in the article.
        parts: The telling parts of the name (see ``name_parts``).
        roles: (character, office) for each place where the article states an office, in text order.
        country: Code of the state that the article puts the person with, or None.
        gender: ``male`` or ``female`` by honorifics, titles or the given name, or None.
        weight: How likely the surname alone means this person among others of that surname: how often the full name
            stands in the article, less where the article only calls the person somebody's relative.
        shorts: The parts of each form of the name in the running text.
    """

    name: str
    parts: Key
    roles: tuple[tuple[int, str], ...] = ()
    country: str | None = None
    gender: str | None = None
    weight: float = 0.0
    shorts: frozenset[Key] = frozenset()

    def role_at(self, position: int) -> str | None:
        """The office stated nearest at or before a character, else the first one stated after it."""
        before = [role for at, role in self.roles if at <= position]
        return before[-1] if before else next((role for _, role in self.roles), None)


def split_run(reader: Reader, first: int, last: int) -> Sighting | None:
    """Read one run: where the name begins in it, and what speaks for or against a person."""
    words, lexicon = reader.words, reader.lexicon
    name, evidence, office = first, [], None
    for i in range(first, last):
        title = read_title(reader, i)
        if title and not _is_title(words[i], lexicon, alone=last - i == 1) and name_parts(words[i].text):
            name, evidence, office = i, ["title"], title
    shared = shared_title(reader, first) if office is None else None
    if shared:
        evidence, office = ["title"], shared
    while name < last - 1 and _is_honorific(reader, name, last) and words[name].gap not in HYPHENS:
        name += 1
        evidence.append("honorific")
    if name and words[name - 1].text.lower() in lexicon.honorifics and words[name].gap in (" ", ". ", "\u00a0"):
        evidence.append("honorific")
    if not evidence:
        name = _skip_lead(reader, name, last)
    if last - name == 1 and (_is_title(words[name], lexicon, alone=True) or _is_place(words[name])):
        return None
    adverb = last - name == 1 and words[name].first and words[name].text.endswith("ly")
    known = reader.known.get(name)
    if adverb and not evidence and reader.labels.get(name) != "PERSON":
        return None
    if known and name + known[0] >= last and not evidence:
        return None
    if known and known[1].label != "state" and name + known[0] >= last:
        return None
    heard = _model_evidence(reader, name, last)
    if not heard and "title" not in evidence and last - name > 1 and words[last - 1].text.lower() in WORDS.of_bodies:
        return None
    evidence += heard
    appositive = forward_role(reader, last) or backward_role(reader, name, last)
    if appositive:
        evidence.append("apposition")
    role, country = _stated(office, appositive, lexicon)
    country = country or owner_before(reader, name)
    if last - name > 1 and plain(words[name].text) in lexicon.given_names:
        evidence.append("given name")
    return Sighting(
        name,
        last,
        tuple(evidence),
        tuple(_against(reader, name, last)),
        role,
        country,
        gender_before(reader, name, role),
    )


def _is_honorific(reader: Reader, i: int, last: int) -> bool:
    """Whether a word of a run is an honorific; "Don" before a surname alone is a given name."""
    if reader.words[i].text.lower() not in reader.lexicon.honorifics:
        return False
    alone = last - i == 2 and plain(reader.words[i + 1].text) not in reader.lexicon.given_names
    return not (alone and reader.words[i].text in GIVEN_TOO)


def _is_place(word: Word) -> bool:
    return word.gap == ", " and word.text.lower() in WORDS.place_abbreviations


def _stated(title: Office | None, appositive: Office | None, lexicon: Lexicon) -> tuple[str | None, str | None]:
    """The office and the state by a title and an apposition; an honorific ("Sheikh") gives way to an office."""
    offices = [o for o in (title, appositive) if o]
    offices.sort(key=lambda o: (o.role or "").lower().rstrip(".") in lexicon.honorifics)
    role = next((o.role for o in offices if o.role), None)
    return role, next((o.country for o in offices if o.country), None)


def _is_title(word: Word, lexicon: Lexicon, *, alone: bool) -> bool:
    """Whether a word is a title, or, where it would be the whole name, the word of a body."""
    lower = plain(word.text).lower()
    return lower in lexicon.titles or lower.removesuffix("s") in lexicon.titles or (alone and lower in WORDS.things)


def _skip_lead(reader: Reader, first: int, last: int) -> int:
    """Pass over a state, or a word that only begins the sentence, before the name that spaCy sees."""
    lead = reader.known.get(first)
    if lead and first + lead[0] < last and reader.labels.get(first) != "PERSON":
        return first + lead[0]
    before = [word.text.lower() for word in reader.words[max(first - 2, 0) : first]]
    if before[1:] in (["of"], ["for"]) and before[0] in reader.lexicon.titles and last - first > 2:
        return next((i for i in range(first, last) if reader.labels.get(i) == "PERSON" and i in reader.starts), first)
    if last - first == 2 and reader.labels.get(first) is None and _seems_given_name(reader, first):
        return first
    if reader.words[first].first and last - first > 1 and reader.labels.get(first) != "PERSON":
        return next((i for i in range(first, last) if reader.labels.get(i) == "PERSON" and i in reader.starts), first)
    return first


def _model_evidence(reader: Reader, first: int, last: int) -> list[str]:
    labels = [reader.labels.get(i) for i in range(first, last)]
    return ["spacy"] if labels.count("PERSON") * 2 >= len(labels) else []


def _against(reader: Reader, first: int, last: int) -> Iterator[str]:
    labels = [reader.labels.get(i) for i in range(first, last)]
    if any(label not in (None, "PERSON") for label in labels) and "PERSON" not in labels:
        yield "spacy"
    texts = [plain(w.text).lower() for w in reader.words[first:last]]
    party = texts[-1].endswith("s") and texts[-1][:-1] in reader.lexicon.titles
    if last - first > 1 and (party or WORDS.things & set(texts)):
        yield "of a body"
    for word in reader.words[first:last]:
        if word.text.lower() in reader.common and plain(word.text) not in reader.lexicon.given_names:
            yield "common word"


def find_people(
    reader: Reader, places: Iterable[tuple[int, int]], headlines: Iterable[tuple[int, int]] = ()
) -> list[Person]:
    """Find the people of an article from its runs outside headlines.

    Args:
        reader: The article's words and what is known about them.
        places: The runs to read, as places among the words.
        headlines: The runs in headlines: they add given names to surnames of the text.
    """
    sightings = [s for first, last in places if (s := split_run(reader, first, last))]
    keys = {s: name_parts(reader.printed(s.first, s.last)) for s in sightings}
    votes: dict[Key, float] = defaultdict(float)
    for s in sightings:
        votes[keys[s]] += sum(WEIGHTS[e] for e in s.evidence) - sum(WEIGHTS[e] for e in s.against)
    seen = Counter(keys.values())
    firsts = {keys[s]: s.first for s in reversed(sightings)}
    people: dict[Key, list[Sighting]] = {}
    holding: dict[str, list[Key]] = defaultdict(list)
    for s in sorted(sightings, key=lambda s: (-len(keys[s]), s.gender is None)):
        key = keys[s]
        full = _full_key(key, people, holding[key[-1]], s, reader) if key else None
        if full is not None:
            people[full].append(s)
        elif key and votes[key] > 0 and not _is_actor(reader, s) and not _begins_sentence(key, s, reader, seen, firsts):
            people[key] = [s]
            for part in set(key):
                holding[part].append(key)
    _add_given_names(reader, [*headlines, *(run for run in places if run[1] - run[0] > 2)], people)
    found = sorted((_person(key, seen, reader) for key, seen in people.items()), key=lambda p: p.name)
    return _share_counterparts(found)


def _add_given_names(reader: Reader, headlines: Iterable[tuple[int, int]], people: dict[Key, list[Sighting]]) -> None:
    """Complete a surname by the given name that only a headline or a longer name has ("the Nadia Karimi Prize")."""
    for first, last in headlines:
        for i in range(first, last - 1):
            surname = name_parts(reader.words[i + 1].text)
            gender = reader.lexicon.given_names.get(plain(reader.words[i].text))
            if surname in people and gender and _agree(gender, _gender(surname, people[surname], reader.lexicon)):
                full = Sighting(i, i + 2, ("given name",))
                people[name_parts(reader.printed(i, i + 2))] = [full, *people.pop(surname)]


def _share_counterparts(people: Sequence[Person]) -> list[Person]:
    """Give a counterpart the office of the person named before ("his Japanese counterpart")."""
    stated = sorted((at, role, p.name) for p in people for at, role in p.roles if not role.endswith("counterpart"))

    def office(at: int, role: str, name: str) -> str:
        others = [r for position, r, other in stated if position < at and other != name]
        return others[-1] if role.endswith("counterpart") and others else role

    return [replace(p, roles=tuple((at, office(at, role, p.name)) for at, role in p.roles)) for p in people]


def _is_actor(reader: Reader, sighting: Sighting) -> bool:
    """Whether the name is in the gazetteer and nothing stronger than spaCy's guess makes it a person's."""
    known = reader.known.get(sighting.first)
    return known is not None and sighting.first + known[0] >= sighting.last and not set(sighting.evidence) - {"spacy"}


def _begins_sentence(
    key: Key, at: Sighting, reader: Reader, seen: Mapping[Key, int], firsts: Mapping[Key, int]
) -> bool:
    """Whether the first word only begins the sentence before a name seen elsewhere ("Helping Okello")."""
    first = reader.words[at.first]
    if len(key) < 2 or not first.first or set(at.evidence) - {"spacy"} or seen[key] > 1:
        return False
    rest = key[1:]
    alike = [place for other, place in firsts.items() if other != key and other[-len(rest) :] == rest]
    if _seems_given_name(reader, at.first) and at.first < min(alike, default=at.first + 1):
        return False
    elsewhere = bool(alike)
    return elsewhere and plain(first.text) not in reader.lexicon.given_names


def _seems_given_name(reader: Reader, i: int) -> bool:
    """Whether a word is no word that a sentence begins with: it has no other form or use here."""
    word = plain(reader.words[i].text)
    lower = word.lower()
    lexicon = reader.lexicon
    nouns = lexicon.titles | lexicon.modifiers | lexicon.documents | lexicon.bodies | lexicon.descriptors | WORDS.things
    named = reader.labels.get(i) == "PERSON" and i in reader.starts
    formed = lower.endswith(("ing", "ed", "ly", "tion", "ment")) or lower in reader.common or len(lower) < 3
    plural = lower.endswith("s") and lower[:-1] in nouns
    after = reader.labels.get(i + 1) == "PERSON" and i + 1 in reader.starts
    return (named or (after and len(lower) > 4)) and not (
        formed or plural or lower in nouns or lower in function_words()
    )


def _full_key(
    key: Key, people: Mapping[Key, Sequence[Sighting]], holding: Sequence[Key], at: Sighting, reader: Reader
) -> Key | None:
    """The longer name that a short one stands for: the best fit, the last one before it among several."""
    if key in people:
        return key
    agreeing = [full for full in holding if _agree(at.gender, _gender(full, people[full], reader.lexicon))]
    fits = [(short_for(key, full), full) for full in agreeing]
    best = max((score for score, _ in fits), default=0)
    candidates = [full for score, full in fits if score == best and best > 0]
    before = [(s.first, full) for full in candidates for s in people[full] if s.first <= at.first]
    return max(before)[1] if before else next(iter(candidates), None)


def _agree(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other


def _gender(parts: Sequence[str], sightings: Sequence[Sighting], lexicon: Lexicon) -> str | None:
    """A person's gender by honorifics and titles, else by the given name; None where nothing tells it."""
    told = Counter(s.gender for s in sightings if s.gender)
    if told:
        return max(sorted(told), key=lambda g: told[g])
    return lexicon.given_names.get(parts[0].capitalize()) if len(parts) > 1 else None


def _person(key: Key, sightings: Sequence[Sighting], reader: Reader) -> Person:
    ordered = sorted(sightings, key=lambda s: s.first)
    forms = Counter(reader.printed(s.first, s.last) for s in ordered)
    longest = max(len(name_parts(form)) for form in forms)
    full = [form for form in forms if len(name_parts(form)) == longest]
    name = max(full, key=lambda form: (forms[form], len(form)))
    name = _without_epithet(name, forms)
    name = name if not name.isupper() or len(name) < 4 else name.title()
    countries = Counter(s.country for s in ordered if s.country)
    stated = [(reader.words[s.first].start, s.role) for s in ordered if s.role]
    stated = [(at, role) for at, role in stated if plain(role.split()[-1]).lower() not in WORDS.no_offices]
    offices = [(at, role) for at, role in stated if not _is_relation(role, reader.lexicon)]
    roles = tuple(offices or stated)
    country = countries.most_common(1)[0][0] if countries else None
    relative = any(_is_relation(role, reader.lexicon) for _, role in stated) and not offices
    in_full = [s for s in ordered if reader.printed(s.first, s.last) in full or "title" in s.evidence]
    weight = log2(1 + len(in_full)) - 3 * relative
    shorts = frozenset(name_parts(form) for form in forms)
    return Person(name, name_parts(name), roles, country, _gender(key, ordered, reader.lexicon), weight, shorts)


def _without_epithet(name: str, forms: Mapping[str, int]) -> str:
    """Leave out a word before a full name that the article mostly does without ("Handsome Carlos Menem")."""
    shorter = name.partition(" ")[2]
    given = load_gazetteer().lexicon.given_names
    if (
        " " in shorter
        and forms.get(shorter, 0) >= forms[name]
        and plain(shorter.split()[0]) in given
        and plain(name.split()[0]) not in given
    ):
        return shorter
    return name


def _is_relation(role: str, lexicon: Lexicon) -> bool:
    """Whether a role only says how somebody stands to another ("wife", "friend"), which is no office."""
    head = plain(role.split()[-1]).lower()
    return head in lexicon.relations and head != "deputy"


def by_part(people: Iterable[Person]) -> dict[str, list[Person]]:
    """The people by each part of their names, to look short names up in."""
    index: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        for part in sorted(set(person.parts)):
            index[part].append(person)
    return dict(index)


def link_name(
    parts: Key, people: Mapping[str, Sequence[Person]], recent: Collection[str] = (), gender: str | None = None
) -> Person | None:
    """The person that a short or full name stands for.

    Args:
        parts: The name's parts (see ``name_parts``).
        people: The people of the article by the parts of their names (see ``by_part``).
        recent: People whose full name stood shortly before; among several that fit as well, they are likelier.
        gender: By the honorific before the name; people known to be of the other gender are left out.
    """
    holding = people.get(parts[-1], ()) if parts else ()
    fits = [(short_for(parts, p.parts), p) for p in holding if _agree(gender, p.gender)]
    best = max((score for score, _ in fits), default=0)
    candidates = [p for score, p in fits if score == best and best > 0]
    return max(candidates, key=lambda p: (p.weight + RECENT * (p.name in recent), p.name), default=None)
