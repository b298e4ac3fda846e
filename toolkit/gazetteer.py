"""States, organisations, titles and source words, read from the tables and lists in ``data/``.

The files can be edited without Python; the readers are strict (see ``toolkit.wordlists``), and a name that two
different actors have is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from toolkit.names import plain
from toolkit.wordlists import DATA, read_lists, read_table


@dataclass(frozen=True)
class State:
    """A state of the world and the words that stand for it.

    Attributes:
        code: ISO 3166 alpha-3 code.
        name: The short common name that the tables show ("Russia").
        un_name: The name used by the United Nations ("Russian Federation"), or None where it is no member or observer.
        capitals: Its capital and other seats of government, which news text uses for the government.
        metonyms: Houses and other names that stand for its government alone ("Kremlin").
        adjectives: Demonyms as adjectives ("Russian").
        people: Demonyms as nouns for its people ("Russians").
        aliases: Other names of the state ("U.S.", "Burma").
    """

    code: str
    name: str
    un_name: str | None
    capitals: tuple[str, ...]
    metonyms: tuple[str, ...]
    adjectives: tuple[str, ...]
    people: tuple[str, ...]
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class Organisation:
    """An international organisation, a well-known body of a state, a news outlet or an armed group.

    Attributes:
        name: The form that the tables show.
        acronym: Its acronym, or None.
        kind: ``organisation`` or ``group``.
        country: Code of the state it belongs to, or None.
        aliases: Other names and spellings.
        metonyms: Places that stand for it ("Brussels").
    """

    name: str
    acronym: str | None
    kind: str
    country: str | None
    aliases: tuple[str, ...]
    metonyms: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """What a name in the gazetteer denotes.

    Attributes:
        actor: The name that the tables show.
        label: ``state``, ``organisation`` or ``group``; empty for a name that stands for no actor.
        country: Code of the state, or None.
        how: ``name``, ``adjective``, ``people``, ``metonym``, ``capital`` or ``none``.
    """

    actor: str
    label: str
    country: str | None
    how: str


@dataclass(frozen=True)
class Lexicon:
    """Titles of people, and the words by which a source that is no name is understood; all singular and lower case."""

    offices: frozenset[str]
    posts: frozenset[str]
    occupations: frozenset[str]
    relations: frozenset[str]
    descriptors: frozenset[str]
    modifiers: frozenset[str]
    honorifics: Mapping[str, str]
    gender_nouns: Mapping[str, str]
    same_title: Mapping[str, str]
    spokespeople: frozenset[str]
    institutions: frozenset[str]
    entourages: frozenset[str]
    bodies: frozenset[str]
    documents: frozenset[str]
    speeches: frozenset[str]
    generic_bodies: frozenset[str]
    parties: frozenset[str]
    events: frozenset[str]
    collectives: Mapping[str, str]
    given_names: Mapping[str, str]

    @property
    def titles(self) -> frozenset[str]:
        """All words for a person that may stand directly before a name."""
        return self.offices | self.posts | self.occupations | self.relations


@dataclass(frozen=True)
class Gazetteer:
    """All names, looked up by their words.

    Attributes:
        states: By code.
        organisations: By name.
        lexicon: Titles and source words.
        not_with: Names not read as a state in articles that have one of these words.
        entries: What each name denotes, by its words (see ``words_of``).
        longest: Number of words of the longest name.
    """

    states: Mapping[str, State]
    organisations: Mapping[str, Organisation]
    lexicon: Lexicon
    not_with: Mapping[str, frozenset[str]]
    entries: Mapping[tuple[str, ...], Entry]
    longest: int

    def __repr__(self) -> str:
        """Say how much it holds, the same in every run."""
        return f"Gazetteer({len(self.states)} states, {len(self.organisations)} organisations)"

    def lookup(self, name: str) -> Entry | None:
        """What a name denotes ("the U.S.", "Phnom Penh", "Ukrainian"), or None; a leading "the" does not matter."""
        words = words_of(name)
        entry = self.entries.get(words) or (
            self.entries.get(words[1:]) if words and words[0].lower() == "the" else None
        )
        return entry if entry and entry.label else None

    def longest_match(self, words: Sequence[str], at: int) -> tuple[int, Entry] | None:
        """The longest name that starts with the word at this place: (number of words, entry), or None."""
        for n in range(min(self.longest, len(words) - at), 0, -1):
            entry = self.entries.get(tuple(words[at : at + n]))
            if entry:
                return n, entry
        return None

    def state(self, name: str) -> State | None:
        """The state that a name, demonym, capital or code stands for, or None."""
        if name in self.states:
            return self.states[name]
        entry = self.lookup(name)
        return self.states[entry.country] if entry and entry.label != "organisation" and entry.country else None


WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:'[^\W_]+)*\+?")


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name in plain spelling; a hyphen parts words, stops inside an acronym are left out."""
    return tuple(w.replace(".", "") for w in WORD.findall(plain(name)))


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split("|") if part.strip())


def _records(path: Path, kind: type, make: Mapping[str, Callable[[str], Any]]) -> Iterator[Any]:
    for row in read_table(path, [f.name for f in fields(kind)]):
        if not row["name"]:
            raise ValueError(f"{path.name}: a row has no name.")
        yield kind(**{column: make.get(column, lambda cell: cell or None)(cell) for column, cell in row.items()})


def read_states(path: Path) -> dict[str, State]:
    """Read the table of states; codes that pycountry does not know are refused, its spellings are added."""
    import pycountry

    states: dict[str, State] = {}
    lists = dict.fromkeys(("capitals", "metonyms", "adjectives", "people", "aliases"), _parts)
    for state in _records(path, State, lists):
        country = pycountry.countries.get(alpha_3=state.code)
        if country is None and state.code != "XKX":
            raise ValueError(f"{path.name}: {state.code!r} ({state.name}) is no ISO 3166 alpha-3 code.")
        if state.code in states:
            raise ValueError(f"{path.name}: the code {state.code!r} stands twice.")
        more = [getattr(country, key, None) for key in ("name", "official_name", "common_name")]
        known = {state.name, state.un_name, *state.aliases}
        aliases = (*state.aliases, *dict.fromkeys(n for n in more if n and "," not in n and n not in known))
        states[state.code] = State(**{f.name: getattr(state, f.name) for f in fields(State)} | {"aliases": aliases})
    return states


def read_organisations(path: Path, states: Mapping[str, State]) -> dict[str, Organisation]:
    """Read the table of organisations and armed groups."""
    organisations: dict[str, Organisation] = {}
    for body in _records(path, Organisation, {"aliases": _parts, "metonyms": _parts}):
        if body.kind not in ("organisation", "group"):
            raise ValueError(f"{path.name}: kind of {body.name!r} is {body.kind!r}; expected organisation or group.")
        if body.country and body.country not in states:
            raise ValueError(
                f"{path.name}: country of {body.name!r} is {body.country!r}, which states.csv does not have."
            )
        if body.name in organisations:
            raise ValueError(f"{path.name}: {body.name!r} stands twice.")
        organisations[body.name] = body
    return organisations


def _names(states: Mapping[str, State], bodies: Mapping[str, Organisation]) -> Iterator[tuple[str, Entry]]:
    for state in states.values():
        ways = {
            "name": (state.name, state.un_name, *state.aliases),
            "adjective": state.adjectives,
            "people": state.people,
            "metonym": state.metonyms,
            "capital": state.capitals,
        }
        for how, names in ways.items():
            for name in names:
                if name:
                    actor = name if how == "people" else state.name
                    yield name, Entry(actor, "group" if how == "people" else "state", state.code, how)
    for body in bodies.values():
        for name in (body.name, body.acronym, *body.aliases):
            if name:
                yield name, Entry(body.name, body.kind, body.country, "name")
        for name in body.metonyms:
            yield name, Entry(body.name, body.kind, body.country, "capital")


def _entries(names: Iterable[tuple[str, Entry]], not_actors: Iterable[str]) -> dict[tuple[str, ...], Entry]:
    entries: dict[tuple[str, ...], Entry] = {}
    for name, entry in names:
        words = words_of(name)
        words = words[1:] if words[0] in ("The", "the") and len(words) > 1 else words
        other = entries.setdefault(words, entry)
        if (other.actor, other.country) != (entry.actor, entry.country):
            raise ValueError(
                f"the gazetteer has {name!r} for both {other.actor!r} ({other.country}) "
                f"and {entry.actor!r} ({entry.country})."
            )
    for name in not_actors:
        entries[words_of(name)] = Entry("", "", None, "none")
    return entries


def read_lexicon(folder: Path) -> Lexicon:
    """Read titles, source words and given names."""
    sets = ["offices", "posts", "occupations", "relations", "descriptors", "modifiers"]
    titles = read_lists(folder / "titles.toml", [*sets, "honorifics", "gender_nouns", "same_title"])
    nouns = [
        "spokespeople",
        "institutions",
        "entourages",
        "bodies",
        "documents",
        "speeches",
        "generic_bodies",
        "parties",
        "events",
    ]
    source = read_lists(folder / "source_words.toml", [*nouns, "collectives"])
    given = {
        plain(n): r["gender"]
        for r in read_table(folder / "given_names.csv", ["gender", "names"])
        for n in _parts(r["names"])
    }

    def turned(groups: Mapping[str, list[str]]) -> dict[str, str]:
        return {word: group for group, words in groups.items() for word in words}

    return Lexicon(
        **{key: frozenset(titles[key]) for key in sets},
        **{key: frozenset(source[key]) for key in nouns},
        honorifics=turned(titles["honorifics"]),
        gender_nouns=turned(titles["gender_nouns"]),
        same_title=titles["same_title"],
        collectives=turned(source["collectives"]),
        given_names=given,
    )


@lru_cache(maxsize=4)
def load_gazetteer(folder: Path | str = DATA) -> Gazetteer:
    """Read all names; reading the same folder again costs nothing.

    Args:
        folder: Where the tables and lists are; by default those of the package.

    Raises:
        ValueError: Names the file and the key, column, code or name that is wrong.
    """
    folder = Path(folder)
    states = read_states(folder / "states.csv")
    bodies = read_organisations(folder / "organisations.csv", states)
    words = read_lists(folder / "gazetteer.toml", ["not_actors", "not_with"])
    entries = _entries(_names(states, bodies), words["not_actors"])
    return Gazetteer(
        states=states,
        organisations=bodies,
        lexicon=read_lexicon(folder),
        not_with={name: frozenset(near) for name, near in words["not_with"].items()},
        entries=entries,
        longest=max(map(len, entries)),
    )
