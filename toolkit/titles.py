"""Titles and offices beside a name: "Chadian Foreign Minister X", "X, a former mayor of Kayes", "the premier, X,".

A ``Reader`` holds an article's words with what the gazetteer and spaCy say about them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from toolkit.gazetteer import Entry, Gazetteer, Lexicon
from toolkit.names import HYPHENS, WORDS, Word, is_abbreviation, is_capital, joined, plain

PLACES = ("GPE", "LOC", "FAC", "DATE")
"""spaCy's labels of places and dates, which take no office."""
FORWARD = re.compile(
    r"(?:\s\([^()\n]{1,30}\))?,\s+(?:(?:now\s+)?\d{2},\s+)?(?P<det>an?|the|his|her|their|its|another|[^,.;:“”\"()]{2,40}?['’]s?)?\s*"
    r"(?P<rest>[^,;:“”\"()\n—–]{3,160})"
)
BACKWARD = re.compile(
    r"(?:(?P<det>\b(?:[Aa]n?|[Tt]he|[Hh]is|[Hh]er|[Tt]heir|[Ii]ts|[Oo]ur|[Aa]nother)\s|[\w-]+['’]s?\s))"
    r"(?P<rest>[^,;:.“”\"()\n]{3,80}),\s+$"
)
ROLE_ENDS = re.compile(
    r"\s(?:who|whom|which|that|whose|at|said|says|told|and\s+(?:a|an|the|his|her|in)\b|-|--|—|–)(?=\s|$).*", re.S
)


FORMER = frozenset(["former", "then", "ex", "now", "current", "late"])
STOP = re.compile(r"(?<!\bMr)(?<!\bMrs)(?<!\bMs)(?<!\bDr)(?<!\bGen)(?<!\bU\.S)\.\s")
"""A stop that ends the sentence."""


@dataclass(frozen=True)
class Office:
    """An office as the article states it, and the code of the state it is held in; either may be None."""

    role: str | None
    country: str | None


@dataclass
class Reader:
    """The article's words with what the gazetteer and spaCy say about them.

    Attributes:
        text: The article's text.
        words: Its words.
        gazetteer: States, organisations and titles.
        known: Names of the gazetteer, by the place of their first word: number of words, entry.
        labels: spaCy's label of each word that it takes for part of a name.
        starts: Places of the words with which spaCy's names begin.
        common: The words that the article also writes in small letters.
    """

    text: str
    words: Sequence[Word]
    gazetteer: Gazetteer
    known: Mapping[int, tuple[int, Entry]]
    labels: Mapping[int, str]
    starts: frozenset[int] = field(default_factory=frozenset)
    common: frozenset[str] = field(default_factory=frozenset)

    @property
    def lexicon(self) -> Lexicon:
        """Titles and source words."""
        return self.gazetteer.lexicon

    def paragraph(self, i: int) -> int:
        """Number of the line that a word stands in."""
        return bisect_right(self._breaks, self.words[i].start)

    @cached_property
    def _breaks(self) -> list[int]:
        return [match.end() for match in re.finditer(r"\n", self.text)]

    def printed(self, first: int, last: int) -> str:
        """The text from one word to before another, on one line."""
        end = self.words[last - 1].end
        if is_abbreviation(self.words[last - 1]) and self.text[end : end + 1] == "." and last - first > 1:
            end += self.words[last - 1].text.lower() in ("jr", "sr")
        return " ".join(self.text[self.words[first].start : end].split())


def title_phrase(words: Sequence[Word], end: int, titles: frozenset[str], longest: int = 4) -> int | None:
    """Where the longest title that ends before place ``end`` begins, or None ("the Foreign Minister | Lavrov")."""
    found, phrase = None, ""
    for i in range(end - 1, max(end - longest - 1, -1), -1):
        link = "" if not phrase else ("-" if words[i + 1].gap in HYPHENS else " ")
        phrase = plain(words[i].text).lower() + link + phrase
        if phrase in titles:
            found = i
        if i and not joined(words[i], words[i - 1]):
            break
    return found


def read_title(reader: Reader, name: int) -> Office | None:
    """Read the title that stands directly before the name starting at place ``name``, or None where there is none."""
    words, lexicon = reader.words, reader.lexicon
    gap = words[name].gap.replace("\u00a0", " ")
    if not name or not (gap == " " or (gap in (". ", ".") and is_abbreviation(words[name - 1]))):
        return None
    head = None if words[name - 1].possessive else title_phrase(words, name, lexicon.titles)
    if head is None or (words[head].text.lower() in WORDS.surnames_too and _after_name(reader, head)):
        return None
    start = head
    while start and not words[start - 1].possessive and joined(words[start], words[start - 1]):
        before = words[start - 1]
        describes = before.text.lower() in lexicon.modifiers | lexicon.titles | FORMER
        if not (words[start].gap in HYPHENS or is_capital(before) or describes):
            break
        if before.first and is_capital(before) and not _knows(reader, start - 1):
            break
        start -= 1
    country = owner_before(reader, start)
    inside = [reader.known[i][1].country for i in range(start, head) if i in reader.known]
    return Office(_role_text(reader, start, head, name), country or next((code for code in inside if code), None))


def shared_title(reader: Reader, name: int) -> Office | None:
    """Read the title in the plural that a name behind "and" shares with the one before ("Presidents Sall and | Ba")."""
    words = reader.words
    if name < 3 or words[name - 1].text != "and" or words[name].gap != " " or words[name - 1].gap != " ":
        return None
    first = name - 2
    while first and joined(words[first], words[first - 1]) and words[first - 1].text.lower() not in WORDS.shared_titles:
        if not is_capital(words[first - 1]):
            return None
        first -= 1
    titled = first and words[first - 1].text.lower() in WORDS.shared_titles
    return read_title(reader, first) if titled else None


def owner_before(reader: Reader, i: int) -> str | None:
    """Code of the state whose name with 's stands right before word ``i`` ("Fiji's | Prime Minister"), or None."""
    owned = i > 0 and reader.words[i - 1].possessive and reader.words[i].gap.strip("'’ \u00a0") == ""
    return _state_ending(reader, i - 1) if owned else None


def state_in_brackets(reader: Reader, i: int) -> str | None:
    """Code of the state that stands in brackets at word ``i`` ("Ngom | (Senegal)"), or None."""
    if i not in reader.known or not reader.words[i].gap.endswith("("):
        return None
    size, entry = reader.known[i]
    closed = reader.text[reader.words[i + size - 1].end :].startswith(")")
    return entry.country if closed and entry.label == "state" and entry.how == "name" else None


def _role_text(reader: Reader, start: int, head: int, name: int) -> str | None:
    """The office as printed, without the state ("visiting Chadian Foreign Minister" gives "Foreign Minister")."""
    states = {i: n for i, (n, e) in reader.known.items() if start <= i < head and e.label == "state"}
    skipped = {k for i, n in states.items() if reader.known[i][1].how in ("name", "adjective") for k in range(i, i + n)}
    kept = [i for i in range(start, name) if i not in skipped and reader.words[i].text.lower() != "visiting"]
    ends = {i: reader.words[i + 1].start if i + 1 < len(reader.words) else reader.words[i].end for i in kept}
    return " ".join("".join(reader.text[reader.words[i].start : ends[i]] for i in kept).split()) or None


def _after_name(reader: Reader, head: int) -> bool:
    """Whether a title in capitals follows a capitalised word that is neither a state nor part of an office."""
    before = reader.words[head - 1] if head else None
    if before is None or not is_capital(reader.words[head]) or not joined(reader.words[head], before):
        return False
    return is_capital(before) and not _knows(reader, head - 1)


def _knows(reader: Reader, i: int) -> bool:
    word = reader.words[i].text.lower()
    return i in reader.known or i in reader.starts or word in reader.lexicon.modifiers or word in reader.lexicon.titles


def _state_ending(reader: Reader, i: int) -> str | None:
    """Code of the state whose name ends with word ``i``, or None."""
    for start in range(i, max(i - 6, -1), -1):
        found = reader.known.get(start)
        if found and start + found[0] == i + 1:
            return found[1].country
    return None


def gender_before(reader: Reader, name: int, role: str | None = None) -> str | None:
    """``male`` or ``female`` where an honorific or a title before a name says so."""
    lexicon = reader.lexicon
    word = reader.words[name - 1].text.lower() if name and reader.words[name].gap.strip(". \u00a0") == "" else ""
    gender = lexicon.honorifics.get(word)
    if gender in ("male", "female"):
        return gender
    return next((g for w in reversed(plain(role or "").lower().split()) if (g := lexicon.gender_nouns.get(w))), None)


def forward_role(reader: Reader, end: int) -> Office | None:
    """The office in an apposition after a name ("Mr Diallo, a former mayor of Kayes, ...")."""
    if reader.labels.get(end - 1) in PLACES:
        return None
    behind = reader.words[end - 1].end
    behind += reader.text[behind : behind + 1] == "." and reader.words[end - 1].text.lower() in WORDS.suffixes
    match = FORWARD.match(reader.text, behind)
    return _office_in(reader, match, longest=10) if match else None


def backward_role(reader: Reader, start: int, end: int) -> Office | None:
    """The office in an apposition before a name ("the prime minister, Rosa Pinto,")."""
    while start and reader.words[start - 1].text.lower() in reader.lexicon.honorifics:
        start -= 1
    position, behind = reader.words[start].start, reader.words[end - 1].end
    closed = reader.text[behind : behind + 1] in (",", ".", ";", ")", "\n", "")
    if reader.words[start].gap not in (", ", ",\u00a0") or not closed:
        return None
    match = BACKWARD.search(reader.text, max(0, position - 120), position)
    return _office_in(reader, match, longest=7) if match else None


def _office_in(reader: Reader, match: re.Match[str], *, longest: int) -> Office | None:
    """The office in the words of an apposition, or None where they name none."""
    owner = reader.gazetteer.state(re.sub(r"['’]s?$", "", (match["det"] or "").strip()))
    role = ROLE_ENDS.sub("", " ".join(match["rest"].split()))
    role = STOP.split(role)[0].rstrip(" .")
    core = re.split(r"\s(?:of|for|in|on|to|from|with|under|by)\s", role, maxsplit=1)[0]
    owned = re.match(r".*['’]s?\s", core)
    role, core = (role[owned.end() :], core[owned.end() :]) if owned else (role, core)
    words = re.findall(r"[^\W_]+(?:-[^\W_]+)*", plain(core).lower())
    heads = {" ".join(words[-n:]) for n in (4, 3, 2, 1) if len(words) >= n}
    titled = bool(heads & reader.lexicon.titles)
    if not (titled or heads & reader.lexicon.descriptors) or len(words) > longest or len(role.split()) > 16:
        return None
    if match["det"] is None and words[0] not in reader.lexicon.modifiers | reader.lexicon.titles:
        return None
    country = owner.code if owner else _country_in(role, reader.gazetteer)
    return Office(_without_state(role, reader.gazetteer) if titled else None, country)


def _country_in(role: str, gazetteer: Gazetteer) -> str | None:
    """Code of the first state that an office names, but not as its destination ("ambassador to Chile")."""
    for name in re.findall(r"(?<!\bto\s)[A-Z][\w.'’-]*(?:\s+[A-Z][\w.'’-]*)*", re.sub(r"\bto\s+the\s", "to ", role)):
        entry = gazetteer.lookup(re.sub(r"['’]s?$", "", name)) or gazetteer.lookup(name.split()[0])
        if entry and entry.country:
            return entry.country
    return None


def _without_state(role: str, gazetteer: Gazetteer) -> str:
    """Leave out a state at the beginning of an office ("former Chadian foreign minister")."""
    words = role.split()
    lead = 1 if words[0].lower() in FORMER and len(words) > 2 else 0
    for n in (4, 3, 2, 1):
        entry = gazetteer.lookup(" ".join(words[lead : lead + n])) if len(words) > lead + n else None
        if entry and entry.label == "state" and entry.how in ("name", "adjective"):
            return " ".join([*words[:lead], *words[lead + n :]])
    return role
