"""Who is introduced in an article: titles before names, honorifics, appositions, and the full form of each short name.

The evidence for each run of capitalised words is counted over the whole document (see ``WEIGHTS``): a title, an
honorific, an apposition, a known given name and what spaCy's names say. So one wrong guess of the model makes no prime
minister an organisation, and a headline ("Okello Appeals") makes no person.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log2

from toolkit.gazetteer import Lexicon, load_gazetteer
from toolkit.names import WORDS, name_parts, plain, short_for
from toolkit.sightings import Key, Sighting, seems_given_name, split_run
from toolkit.titles import Reader

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


RECENT = 1.5
"""What a full name in this paragraph or the one before adds for the surname alone."""


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
        before = bisect_right(self.roles, position, key=lambda stated: stated[0])
        return self.roles[max(before - 1, 0)][1] if self.roles else None


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
    alike: dict[str, list[tuple[Key, int]]] = defaultdict(list)
    for key, first in firsts.items():
        if key:
            alike[key[-1]].append((key, first))
    known = _Known(reader.lexicon)
    for s in sorted(sightings, key=lambda s: (-len(keys[s]), s.gender is None)):
        key = keys[s]
        full = known.full_key(key, s) if key else None
        if full is not None:
            known.add(full, s)
        elif key and votes[key] > 0 and not _is_actor(reader, s) and not _begins_sentence(key, s, reader, seen, alike):
            known.add(key, s)
    people = known.people
    _add_given_names(reader, [*headlines, *(run for run in places if run[1] - run[0] > 2)], people)
    found = sorted((_person(key, seen, reader) for key, seen in people.items()), key=lambda p: p.name)
    return _share_counterparts(found)


def _add_given_names(reader: Reader, headlines: Iterable[tuple[int, int]], people: dict[Key, list[Sighting]]) -> None:
    """Complete a surname by the given name that only a headline or a longer name has ("the Nadia Karimi Prize")."""
    lexicon = reader.lexicon
    for first, last in headlines:
        for i in range(first, last - 1):
            surname = name_parts(reader.words[i + 1].text)
            gender = lexicon.given_names.get(plain(reader.words[i].text))
            if (
                surname in people
                and gender
                and _agree(gender, _gender(surname, _told(people[surname]), reader.lexicon))
            ):
                full = Sighting(i, i + 2, ("given name",))
                people[name_parts(reader.printed(i, i + 2))] = [full, *people.pop(surname)]


def _share_counterparts(people: Sequence[Person]) -> list[Person]:
    """Give a counterpart the office of the person named before ("his Japanese counterpart")."""
    stated = sorted((at, role, p.name) for p in people for at, role in p.roles if not role.endswith("counterpart"))

    def office(at: int, role: str, name: str) -> str:
        if not role.endswith("counterpart"):
            return role
        before = range(bisect_left(stated, (at,)) - 1, -1, -1)
        return next((stated[i][1] for i in before if stated[i][2] != name), role)

    return [replace(p, roles=tuple((at, office(at, role, p.name)) for at, role in p.roles)) for p in people]


def _is_actor(reader: Reader, sighting: Sighting) -> bool:
    """Whether the name is in the gazetteer and nothing stronger than spaCy's guess makes it a person's."""
    known = reader.known.get(sighting.first)
    return known is not None and sighting.first + known[0] >= sighting.last and not set(sighting.evidence) - {"spacy"}


def _begins_sentence(
    key: Key, at: Sighting, reader: Reader, seen: Mapping[Key, int], firsts: Mapping[str, Sequence[tuple[Key, int]]]
) -> bool:
    """Whether the first word only begins the sentence before a name seen elsewhere ("Helping Okello")."""
    first = reader.words[at.first]
    if len(key) < 2 or not first.first or set(at.evidence) - {"spacy"} or seen[key] > 1:
        return False
    rest = key[1:]
    alike = [place for other, place in firsts[rest[-1]] if other != key and other[-len(rest) :] == rest]
    if seems_given_name(reader, at.first) and at.first < min(alike, default=at.first + 1):
        return False
    elsewhere = bool(alike)
    return elsewhere and plain(first.text) not in reader.lexicon.given_names


class _Known:
    """The people found so far, in the order in which their full names came, with what short names are compared with.

    Attributes:
        people: The sightings of each full name.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self.people: dict[Key, list[Sighting]] = {}
        self._lexicon = lexicon
        self._holding: dict[str, list[Key]] = defaultdict(list)
        self._places: dict[Key, list[int]] = {}
        self._told: dict[Key, Counter[str]] = {}

    def add(self, full: Key, s: Sighting) -> None:
        """Count a sighting as one of the person of a full name, and begin a person where the name is unknown."""
        if full not in self.people:
            self.people[full], self._places[full], self._told[full] = [], [], Counter()
            for part in set(full):
                self._holding[part].append(full)
        self.people[full].append(s)
        insort(self._places[full], s.first)
        self._told[full].update([s.gender] if s.gender else [])

    def full_key(self, key: Key, at: Sighting) -> Key | None:
        """The longer name that a short one stands for: the best fit, the last one before it among several."""
        if key in self.people:
            return key
        holding = min((self._holding.get(part, []) for part in key), key=len)
        agreeing = [full for full in holding if _agree(at.gender, _gender(full, self._told[full], self._lexicon))]
        fits = [(short_for(key, full), full) for full in agreeing]
        best = max((score for score, _ in fits), default=0)
        candidates = [full for score, full in fits if score == best and best > 0]
        last = [(bisect_right(self._places[full], at.first), full) for full in candidates]
        before = [(self._places[full][n - 1], full) for n, full in last if n]
        return max(before)[1] if before else next(iter(candidates), None)


def _agree(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other


def _gender(parts: Sequence[str], told: Counter[str], lexicon: Lexicon) -> str | None:
    """A person's gender by honorifics and titles, else by the given name; None where nothing tells it."""
    if told:
        return max(sorted(told), key=lambda g: told[g])
    return lexicon.given_names.get(parts[0].capitalize()) if len(parts) > 1 else None


def _told(sightings: Iterable[Sighting]) -> Counter[str]:
    """How often honorifics and titles tell each gender."""
    return Counter(s.gender for s in sightings if s.gender)


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
    return Person(name, name_parts(name), roles, country, _gender(key, _told(ordered), reader.lexicon), weight, shorts)


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
    holding = min((people.get(part, ()) for part in parts), key=len, default=())
    fits = [(short_for(parts, p.parts), p) for p in holding if _agree(gender, p.gender)]
    best = max((score for score, _ in fits), default=0)
    candidates = [p for score, p in fits if score == best and best > 0]
    return max(candidates, key=lambda p: (p.weight + RECENT * (p.name in recent), p.name), default=None)
