"""Reads two kinds of words around an article: the byline, a line of its own, and the dateline before a paragraph.

A byline is read only where every part of the line is accounted for: a name after "By", a date, a time, an outlet, an
office such as "staff writer". One part that is none of these, and the line is left to the article.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from toolkit.dates import DATE, MONTH_DAY, TIME, read_date
from toolkit.furniture import as_outlet, is_city, is_furniture, is_name, page_words, plain

_LONGEST = 200
_PARTS = re.compile(r"\s*[|•·;]\s*|\s+[/–—-]+\s+")
_JOINED = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+|\s*&\s*|\s+with\s+", re.IGNORECASE)
_BY = re.compile(
    r"(?:(?:written|reported|story|text|posted|words|analysis|report|compiled|opinion|essay|interview|commentary)\s+)?"
    r"by(?:\s*:\s*|\s+)(?P<who>.+)|(?:authors?|writers?|reporters?|byline|correspondents?)\s*:\s*(?P<writer>.+)",
    re.IGNORECASE,
)
_LABELS = frozenset({"by", "author", "authors", "written by", "reported by", "story by", "reporter", "byline"})
_SOURCE = re.compile(r"(?:source|via|from)\s*:\s*(?P<outlet>.+)", re.IGNORECASE)
_WHERE = re.compile(r"(?:(?P<who>.+?)\s+)??(?:in|for|from|at|of|[Ss]pecial to)\s+(?P<where>.+)")
_NO_AUTHOR = re.compile(
    r"\b(?:agenc(?:y|ies)|bureau|desk|media|news|reporters?|service|staff|team|times)\b", re.IGNORECASE
)
_NO_PERSON = re.compile(
    r"(?:.*\b(?:in|for|from|on|the|at|via|or|to)\b|(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|tomorrow|next|now|then|"
    r"january|february|march|april|june|july|august|september|october|november|december).*",
    re.IGNORECASE,
)


@dataclass
class Byline:
    """What one line says of who wrote the article, for whom, and when.

    Attributes:
        authors: Names of persons.
        outlet: A newspaper, agency or site, or None.
        place: A city, or None.
        date: The first day named, as ``YYYY-MM-DD``, or None.
        dating: ``published`` or ``updated`` where a word says so (its date may stand on the next line), ``plain`` for a
            bare date, None where no date stands.
        label: True where the line is "By:" alone and the names follow on the next lines.
    """

    authors: list[str] = field(default_factory=list)
    outlet: str | None = None
    place: str | None = None
    date: str | None = None
    dating: str | None = None
    label: bool = False


@cache
def _dated() -> re.Pattern[str]:
    """The pattern of a date in a byline, with the word before it and the time beside it."""
    labels = sorted(page_words().published | page_words().updated, key=len, reverse=True)
    words = "|".join(rf"\b{re.escape(label)}" for label in labels)
    return re.compile(
        rf"(?:(?P<label>{words})\b\s*(?:on|at)?\s*[:|–-]?\s*)?(?:{TIME}\s*[,|–-]?\s*(?:on\s+)?)?"
        rf"(?P<date>{DATE})(?:T|[\s,|•·–-]*(?:at\s+)?)(?:{TIME})?",
        re.IGNORECASE,
    )


def read_byline(line: str) -> Byline | None:
    """Read a line as a byline.

    Args:
        line: One line of an article; bullets and spaces at its edges do not matter.

    Returns:
        What it says; None where any part of it is no part of a byline.
    """
    bare = re.sub(r"^\((.*)\)$", r"\1", line.strip(" \t\xa0•·*–—-|"))
    if not bare or len(bare) > _LONGEST:
        return None
    if plain(bare) in _LABELS:
        return Byline(label=True)
    if plain(bare) in page_words().published | page_words().updated:
        return Byline(dating=_dating(bare))
    found = Byline()
    rest = _dated().sub(lambda match: _take_date(match, found), bare)
    sure = found.dating is not None
    parts = [p for p in _PARTS.split(rest) if p.strip(" ,.:")]
    for part in parts:
        named, source = _BY.fullmatch(part), _SOURCE.fullmatch(part)
        credit = named or source
        if credit:
            sure = True
            names = next(words for words in credit.groups() if words)
            if not all(_take_name(token, found, by=named is not None, lone=source is None) for token in _names(names)):
                return None
        elif _is_time(part):
            sure = True
        elif not is_furniture(part) and plain(part).rstrip(",") not in page_words().roles:
            lone = not part.rstrip().endswith(",")
            if not all(_take_name(token, found, lone=lone) for token in _names(part)):
                return None
    return found if sure or (found.outlet and (found.authors or len(parts) == 1)) else None


def _take_date(match: re.Match[str], found: Byline) -> str:
    dating = _dating(match["label"])
    if found.dating is None or (dating == "published" != found.dating):
        found.date, found.dating = read_date(match["date"]), dating
    return " | "


def _dating(label: str | None) -> str:
    return "plain" if not label else "updated" if plain(label) in page_words().updated else "published"


def _is_time(part: str) -> bool:
    """Tell whether a part is a time, a day without a year, or both, with or without "Updated" before it."""
    word = re.match(r"[a-z ]*", part.strip(" ,"), re.IGNORECASE)
    labels = page_words().published | page_words().updated
    rest = part.strip(" ,")
    for label in sorted(labels, key=len, reverse=True):
        if word and word.group().casefold().startswith(label):
            rest = rest[len(label) :].strip(" :")
            break
    return re.fullmatch(rf"(?:(?:{MONTH_DAY})?,?\s*(?:at\s+)?{TIME})?", rest, re.IGNORECASE) is not None


def _names(words: str) -> list[str]:
    """Split "Ana Lee, Ben Roe and Cy Poe"; "Ana Lee (Agency)" is written "Ana Lee for Agency"."""
    return _JOINED.split(re.sub(r"\s*\(([^()]+)\)$", r" for \1", words.strip(" ,.:")))


def _take_name(token: str, found: Byline, *, by: bool = False, lone: bool = True) -> bool:
    """Add a person, outlet or city to what was found; False where the words are none of these.

    Args:
        token: The words.
        found: Where to add them.
        by: Whether "By" stands before; then a single word may be a person too.
        lone: False for words before a comma and a date: "Lyon, 3 March 2024" names a place, not an author.
    """
    where = None if as_outlet(token) else _WHERE.fullmatch(token)
    if where and is_name(where["where"]):
        if as_outlet(where["who"] or ""):
            found.outlet = found.outlet or as_outlet(where["who"])
            return True
        found.outlet = found.outlet or as_outlet(where["where"])
        token = where["who"] or ""
    if not token or re.sub(r"^(?:the|our)\s+", "", plain(token)) in page_words().roles:
        return True
    if as_outlet(token):
        found.outlet = found.outlet or as_outlet(token)
    elif is_city(token):
        found.place = found.place or token
    elif not is_name(token, longest=5) or _NO_PERSON.fullmatch(token) or re.search(r"\d", token):
        return False
    elif lone and (by or " " in token) and not _NO_AUTHOR.search(token):
        found.authors.append(token)
    return True


def read_persons(line: str) -> list[str]:
    """Read a line that holds one or several full names and nothing else; an empty list for any other line."""
    found = Byline()
    tokens = _names(line.strip(" \t\xa0•·*–—-"))
    greeting = line.endswith((",", ":")) or page_words().salutations.match(line)
    if (
        len(line) < 100
        and not greeting
        and all(" " in t and _take_name(t, found) for t in tokens)
        and len(found.authors) == len(tokens)
    ):
        return found.authors
    return []


_DATELINE = re.compile(
    r"(?P<place>[^\W\d_][^\d\n–—:;()\[\]“”\"!?]{1,60}?)(?:\s?\[[^\]\n]{2,30}\])?"
    rf"(?:(?P<comma>,)?\s*\(?(?P<date>(?:{DATE})|(?:{MONTH_DAY}))\)?\.?,?|\s[–—-]+\s(?P<day>{DATE}))?"
    r"(?:\s?[(/](?P<agency>[^()/\d\n]{2,40})[)/])?"
    r"(?P<mark>\.?,?\s?(?:–|—|―|--?(?=\s|$)|:(?=\s|$))|(?<=[)/])\.?\s(?=[A-Z“\"‘]))\s*"
)


@dataclass(frozen=True)
class Dateline:
    """The place, day and agency before the first sentence of a report.

    Attributes:
        length: How many characters it takes, with the dash and the space after it.
        place: The place, with capitals only at the start of its words.
        date: The day where the year is named too, else None.
        outlet: The agency, or None.
    """

    length: int
    place: str
    date: str | None
    outlet: str | None


def read_dateline(line: str) -> Dateline | None:
    """Read a dateline, such as ``PARIS, Jan 17 (Reuters) -``, ``PHNOM PENH –`` or ``GENEVA (AP) —``.

    Args:
        line: A paragraph, or its first hundred characters.

    Returns:
        The dateline; None where the paragraph opens with anything else.
    """
    found = _DATELINE.match(line[:200])
    if not found:
        return None
    first = re.split(r"[,/]", found["place"])[0].strip()
    agency, day = found["agency"], found["date"] or found["day"]
    dash, city, capitals = found["mark"].strip(" .,"), is_city(first), first.isupper()
    if first in page_words().not_places or not is_name(found["place"], longest=7) or _NO_PERSON.fullmatch(first):
        return None
    if dash == "" and not (agency and day):
        return None
    if not agency and not day:
        following = line[found.end() : found.end() + 1]
        plausible = (
            city if dash in {":", "-"} and not capitals else (city or (capitals and dash != ":" and _spelt(first)))
        )
        if not plausible or (not capitals and (dash in {":", "-", "--"} or not following.isupper())):
            return None
    elif not capitals and not city and not (found["comma"] and day) and not (agency and as_outlet(agency)):
        return None
    return Dateline(
        length=found.end(),
        place=_small(found["place"] + "." * ("," in found["place"] and line.startswith(".", found.end("place")))),
        date=read_date(day) if day else None,
        outlet=(as_outlet(agency) or agency.strip()) if agency and not is_city(agency) else None,
    )


def _spelt(place: str) -> bool:
    """Tell whether capitals spell a name and are no abbreviation: four letters or more, vowels among them."""
    return (
        re.search(r"[A-ZÀ-Þ]{4}", place.replace("'", "")) is not None and re.search(r"[AEIOUYÀ-Þ]", place) is not None
    )


def _small(place: str) -> str:
    """Write PHNOM PENH as Phnom Penh and PORT-AU-PRINCE as Port-au-Prince; leave Washington, D.C. as it is."""

    def word(match: re.Match[str]) -> str:
        form = match.group()
        if match.start() and form in {"AU", "DE", "DES", "ES", "SUR", "UPON"}:
            return form.lower()
        return form.capitalize() if form.isupper() and (len(form) > 2 or form in {"AL", "EL", "LA", "ST"}) else form

    return re.sub(r"(?<![.\w])[^\W\d_]+(?!\.[A-Z])", word, place)
