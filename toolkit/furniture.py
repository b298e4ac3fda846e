"""Knows what news sites print around an article: buttons, link lists, picture credits, names of outlets and cities.

The words stand in ``data/furniture.toml``, which can be edited without Python. Every function here looks at one line.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from toolkit.checks import did_you_mean

_LONGEST = {"furniture": 220, "caption": 600, "credit": 600}
_EDGES = " \t\xa0\u200b\ufeff•·‣▪►▶»*–—-|#>"
_SMALL_WORDS = re.compile(
    r"a|al|and|at|bin|bint|courtesy|d[aeiou]|das|del|della|den|der|dos|e|el|et|file|for|from|handout|ibn|in|la|le|los|of"
    r"|on|or|san|supplied|ter|the|und|van|via|von|y|zu"
)


@dataclass(frozen=True)
class PageWords:
    """The lists of ``furniture.toml``; lower case except captions, places, cities and outlets."""

    lines: frozenset[str]
    furniture: re.Pattern[str]
    link_lists: frozenset[str]
    sections: frozenset[str]
    salutations: re.Pattern[str]
    published: frozenset[str]
    updated: frozenset[str]
    roles: frozenset[str]
    credits: re.Pattern[str]
    caption_ends: tuple[re.Pattern[str], ...]
    caption_starts: re.Pattern[str]
    not_places: frozenset[str]
    cities: frozenset[str]
    outlets: frozenset[str]
    outlet_words: frozenset[str]


_LISTS = {
    "furniture": ("lines", "patterns", "link_lists", "sections", "salutations"),
    "bylines": ("published", "updated", "roles", "credits"),
    "captions": ("ends", "starts"),
    "datelines": ("not_places", "cities"),
    "outlets": ("names", "words"),
}


def _check_lists(data: dict[str, dict[str, list[str]]]) -> None:
    levels: list[tuple[Collection[str], Collection[str]]] = [(data, _LISTS)]
    levels += [(data.get(part, {}), lists) for part, lists in _LISTS.items()]
    for given, known in levels:
        for key in given:
            if key not in known:
                raise ValueError(f"furniture.toml has an unknown key {key!r}.{did_you_mean(key, known)}")
        for key in known:
            if key not in given:
                raise ValueError(f"furniture.toml lacks {key!r}.")


@cache
def page_words() -> PageWords:
    """Read ``data/furniture.toml`` once.

    Raises:
        ValueError: The file has a key too many or too few.
    """
    data = tomllib.loads((files("toolkit") / "data" / "furniture.toml").read_text(encoding="utf-8"))
    _check_lists(data)
    page, by, captions = data["furniture"], data["bylines"], data["captions"]
    return PageWords(
        lines=frozenset(page["lines"]),
        furniture=_any_of(page["patterns"]),
        link_lists=frozenset(page["link_lists"]),
        sections=frozenset(page["sections"]),
        salutations=re.compile(rf"(?:{'|'.join(map(re.escape, page['salutations']))})\b", re.IGNORECASE),
        published=frozenset(by["published"]),
        updated=frozenset(by["updated"]),
        roles=frozenset(by["roles"]),
        credits=_any_of(by["credits"]),
        caption_ends=tuple(re.compile(f"{_named(e)}\\s*$") for e in captions["ends"]),
        caption_starts=re.compile("|".join(captions["starts"])),
        not_places=frozenset(data["datelines"]["not_places"]),
        cities=frozenset(city.casefold() for city in data["datelines"]["cities"]),
        outlets=frozenset(data["outlets"]["names"]),
        outlet_words=frozenset(data["outlets"]["words"]),
    )


def _any_of(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in patterns), re.IGNORECASE)


def _named(pattern: str) -> str:
    """Turn ``<...>`` of a caption pattern into a group, whose words are then checked to be names."""
    return re.sub(r"(?<!\\)<(.+)>", r"(?P<names>\1)", pattern)


def plain(line: str) -> str:
    """Give a line without bullets at its edges and without final colon or stop, in lower case."""
    return line.strip(_EDGES).rstrip(":.! ").replace("’", "'").casefold()


def is_furniture(line: str) -> bool:
    """Tell whether a whole line is a button, a counter, a link, a notice or other words of the site."""
    if len(line) > _LONGEST["furniture"]:
        return False
    bare = line.strip(_EDGES)
    return not bare or plain(line) in page_words().lines or page_words().furniture.fullmatch(bare) is not None


def opens_links(line: str) -> bool:
    """Tell whether a line is the heading of a list of links to other articles."""
    return len(line) < 60 and plain(line) in page_words().link_lists


def is_caption(line: str) -> bool:
    """Tell whether a line is the caption of a picture, or its credit: only where it says so itself."""
    if len(line) > _LONGEST["caption"]:
        return False
    if page_words().caption_starts.match(line):
        return True
    ends = (end.search(line) for end in page_words().caption_ends)
    return any(found and is_name(found.groupdict().get("names") or "X", longest=12) for found in ends)


def is_credit(line: str) -> bool:
    """Tell whether a line at the end of an article says who else reported, wrote or edited it."""
    return len(line) <= _LONGEST["credit"] and page_words().credits.fullmatch(line.strip(_EDGES)) is not None


def is_name(words: str, *, longest: int = 6) -> bool:
    """Tell whether words look like a name: capitals throughout, but for particles such as "of", "van" or "bin"."""
    parts = [p for p in re.split(r"[\s/,|]+", words.strip(" .()[]")) if p and p not in "&–—-"]
    if not 0 < len(parts) <= longest:
        return False
    heads = [re.sub(r"^[^\w]+|^al-(?=\w)|^[dlDL]['’](?=\w)", "", p)[:1] for p in parts]
    large = [head.isupper() or head.isdigit() or (head.isalpha() and not head.islower()) for head in heads]
    return any(large) and all(
        big or _SMALL_WORDS.fullmatch(p.strip(".").casefold()) for big, p in zip(large, parts, strict=True)
    )


def as_outlet(words: str) -> str | None:
    """Give the name of a known agency, newspaper, broadcaster or site, as printed; None for any other words."""
    name = re.sub(r"\s*\([^()]*\)$", "", words).strip(" .\t()[]")
    for form in (name, re.sub(r"\s+(?:Staff|News Agency|Online|Desk)$", "", name), re.sub(r"^[Tt]he\s+", "", name)):
        if form in page_words().outlets:
            return form
    return None


def is_city(words: str) -> bool:
    """Tell whether words are one of the cities that often open a report."""
    return words.strip(" .,").casefold() in page_words().cities
