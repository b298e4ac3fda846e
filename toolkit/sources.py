"""How the words of a source are built: its parts ("A and B"), its head noun, its owner, and the name in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from toolkit.gazetteer import Lexicon, load_gazetteer
from toolkit.names import plain
from toolkit.records import Mention
from toolkit.wordlists import DATA, read_lists

RELATIVES = ("who", "whom", "whose", "which", "that")
POSSESSIVES = ("his", "her", "its", "their", "our", "my", "your")
INDEFINITE = frozenset(
    ["a", "an", "one", "another", "some", "any", "many", "several", "few", "most", "other", "certain", "no", "numerous"]
)
DETERMINERS = INDEFINITE | {
    "the",
    "this",
    "that",
    "these",
    "those",
    "each",
    "every",
    "both",
    "all",
    "such",
    *POSSESSIVES,
}
PRONOUNS = frozenset(
    ["he", "him", "his", "she", "her", "it", "its", "they", "them", "their", "we", "us", "our", "i", "me", "my", "you"]
) | {"who", "whom", "whose", "which", "that", "both", "all", "each", "one", "others", "some", "everyone", "this"}
EDGE = " \t\r\n\u00a0,.;:–—-―“”\"«»„‘'`()[]"
BOUNDARY = re.compile(
    r"\s*(?:[,;:(]|--|—|–|\s-\s)"
    r"|\s(?:who|whom|whose|which|that|of|for|from|in|at|on|with|to|by|near|among|amongst|against|including|like|such as"
    r"|about|after|before|during|over|under|behind|inside|outside|across|within|without|throughout"
    r"|led|headed|backed|filed|released|published|issued|commissioned|conducted|signed|obtained|posted|sent"
    r"|familiar|close|speaking|briefed|working|involved|involving|representing|based|named|called|titled)(?=\s)",
    re.IGNORECASE,
)
"""What ends the head of a source: punctuation, a relative clause, a preposition or a participle."""
LEAD = re.compile(r"(?:from|by|per|according\s+to)\s+(?=\w)", re.IGNORECASE)
"""A preposition with which a source is sometimes marked."""
LONGEST_SOURCE = 1_000
"""Characters of a source that are read; no news text names who speaks at such length."""
LINK = re.compile(r",?\s+(?:and|&|as well as|along with|together with|alongside|jointly with)\s+", re.IGNORECASE)

JOINED = re.compile(
    r"(?:\s\([^()]*\))?(?:\s(?:of|for|from|in)\s[^,;:()]{2,60}?)?"
    r"(?:,\s(?:the|an?|his|her|its|their)\s[^,;:()]{2,60}(?=,))?"
    r"(?P<link>,\s(?:and\s)?|\s(?:and|&|as well as|together with)\s)(?P<title>(?:[\w.’'-]+,?\s){0,10})"
)
"""What stands between two people who are named together: where the first is from, and what the second is."""


@dataclass(frozen=True)
class Phrase:
    """A source, or one part of a joint source.

    Attributes:
        start: First character in the article.
        end: One past the last character.
        text: The words as printed, without marks and possessive 's at the edges.
        determiner: Its first word where that is an article, a possessive or the like, in small letters, else empty.
        core: Its head noun with the words before it, without the determiner, as printed.
        head: The last word of the core, in small letters and singular.
        plural: True where the head is a plural.
        named: The mention with which the core ends, or None.
        inside: All mentions in it.
        owner: The mention that the head belongs to ("Chile's spokesman", "a spokesman for Chile"), or None.
        apposed: The person named after a comma ("the president, Gabriel Boric"), or None.
    """

    start: int
    end: int
    text: str
    determiner: str
    core: str
    head: str
    plural: bool
    named: Mention | None
    inside: tuple[Mention, ...]
    owner: Mention | None
    apposed: Mention | None

    @property
    def words(self) -> list[str]:
        """The words of the core in plain small letters."""
        return words_in(self.core)

    @property
    def definite(self) -> bool:
        """Whether it points to somebody known ("the minister", "his wife", "Chile's president")."""
        return self.determiner not in INDEFINITE and (bool(self.determiner) or self.owner is not None)


_TABLES = ("same_person", "same_body", "document_kinds")


@lru_cache(maxsize=1)
def speaker_words() -> dict[str, Any]:
    """The word lists of ``data/speaker_words.toml``."""
    keys = ["examples", "issuing", "kinds_of_bodies", "organs", "courts", "places", "countries", "outlets"]
    return read_lists(DATA / "speaker_words.toml", [*keys, "kinds_of_outlets", *_TABLES])


def words_in(text: str) -> list[str]:
    """The words of a text in plain small letters, hyphens kept, stops in acronyms left out."""
    return re.findall(r"[^\W_]+(?:[-'][^\W_]+)*", re.sub(r"(?<=\b[^\W\d_])\.", "", plain(text)).lower())


def singular(word: str) -> str:
    """The singular of a regular or common plural noun: "ministries", "spokesmen", "leaders"."""
    word = re.sub(r"(?<=m)en$", "an", word) if word.endswith(("men", "women")) and word != "specimen" else word
    if word.endswith("ies") and len(word) > 4 and word != "series":
        return word[:-3] + "y"
    if word in (
        "people",
        "police",
        "authorities",
        "results",
        "data",
        "remarks",
        "talks",
        "politics",
        "forces",
        "headquarters",
        "news",
    ):
        return word
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def read_phrase(text: str, start: int, end: int, mentions: Sequence[Mention]) -> Phrase:
    """Read a source from its place in the article.

    Args:
        text: The article's text.
        start: First character of the source.
        end: One past its last character.
        mentions: The article's mentions.
    """
    lead = LEAD.match(text, start, end)
    start = lead.end() if lead else start
    while start < end and text[start] in EDGE:
        start += 1
    while end > start and (
        text[end - 1] in EDGE and not (text[end - 1] == "." and text[end - 3 : end - 2] in (".", " "))
    ):
        end -= 1
    inside = tuple(m for m in mentions if start <= m.start and m.end <= max(end, start) + 1)
    end = max(end, start)
    quantifier = re.search(r"\s(?:all|both|each|together|alone|too)$", text[start:end])
    end -= len(quantifier.group()) if quantifier else 0
    printed = re.sub(r"['’]s?$", "", text[start:end]) if not any(m.end == end for m in inside) else text[start:end]
    end = start + len(printed)
    core_end = _core_end(text, start, end, inside)
    core = text[start:core_end].strip(EDGE)
    core = re.sub(r"['’]s?$", "", core)
    first, _, rest = core.partition(" ")
    determiner = first.lower() if first.lower() in DETERMINERS else ""
    if determiner == "one" and rest.startswith("of "):
        determiner = ""
    core = rest.strip() if determiner and rest else core
    words = words_in(core)
    head = words[-1] if words else ""
    named = next((m for m in reversed(inside) if m.start < core_end and abs(m.end - core_end) <= 2), None)
    return Phrase(
        start,
        end,
        " ".join(printed.split()),
        determiner,
        core,
        singular(head),
        head != singular(head) or head in ("people", "police", "authorities"),
        named,
        inside,
        _owner(text, start, core_end, end, inside, named),
        _apposed(text, core_end, inside),
    )


def _core_end(text: str, start: int, end: int, inside: Sequence[Mention]) -> int:
    for match in BOUNDARY.finditer(text, start, end):
        at = match.start()
        held = any(m.start < match.end() - 1 and at < m.end for m in inside)
        if at > start and not held and not _title_goes_on(text, match, inside):
            return at
    return end


def _title_goes_on(text: str, boundary: re.Match[str], inside: Sequence[Mention]) -> bool:
    """Whether "of" stands inside a title before a name ("Secretary of State Ana Ruiz"), not before somebody's own."""
    person = next((m for m in inside if m.start >= boundary.end() and m.label == "person"), None)
    if person is None or boundary.group().strip().lower() not in ("of", "for"):
        return False
    between = text[boundary.end() : person.start].split()
    if any(word.endswith(",") for word in between):
        return False
    before = text[: boundary.start()].rpartition(" ")[2]
    named = all(word[:1].isupper() or word in ("and", "the") for word in between)
    titles = load_gazetteer().lexicon.titles
    return bool(between) and named and before[:1].isupper() and between[-1].lower().rstrip(".") not in titles


def _owner(
    text: str, start: int, core_end: int, end: int, inside: Sequence[Mention], named: Mention | None
) -> Mention | None:
    """The mention before 's in the core, or after "of", "for", "from" or "by" right behind the core."""
    for m in inside:
        if m is not named and m.end <= core_end and re.match(r"['’]s?\s", text[m.end : m.end + 3]):
            return m
    after = re.match(
        r"\s(?:[a-z]+ed\s|sent\s)?(?:of|for|from|by|at|with|to|in)\s(?:the\s|an?\s)?", text[core_end:end], re.IGNORECASE
    )
    if after:
        at = core_end + after.end()
        behind = next((m for m in inside if m.start >= at and not re.search(r"[,;]", text[at : m.start])), None)
        if behind:
            return behind
    return next((m for m in inside if m is not named and m.end <= core_end), None)


def _apposed(text: str, core_end: int, inside: Sequence[Mention]) -> Mention | None:
    """The person after the first comma, perhaps behind a title, where the words before the comma end in no name."""
    for m in inside:
        if m.label == "person" and m.start > core_end and not re.match(r"['’]s?\s", text[m.end : m.end + 3]):
            between = text[core_end : m.start]
            comma = between.rfind(",")
            if comma >= 0 and re.fullmatch(r",\s+(?:[A-Z][\w.]*\s+|the\s+(?:[\w-]+\s+){1,3})*", between[comma:]):
                return m
    return None


def split_parts(
    text: str, start: int, end: int, mentions: Sequence[Mention], lexicon: Lexicon
) -> Iterator[tuple[int, int]]:
    """Cut a joint source into its parts ("the king of A and the president of B"); a single source comes back whole."""
    both = re.match(
        r"(?:both|either|neither)\s+(?=\S+.*\s(?:and|or|nor)\s)", text[start:end], re.IGNORECASE | re.DOTALL
    )
    start += both.end() if both else 0
    inside = [m for m in mentions if start <= m.start and m.end <= end]
    if people := _people_together(text, start, end, inside, lexicon):
        yield from people
        return
    cut = start
    for match in LINK.finditer(text, start, end):
        if any(m.start < match.end() and match.start() < m.end for m in inside):
            continue
        left = read_phrase(text, cut, match.start(), mentions)
        right = read_phrase(text, match.end(), end, mentions)
        if _coordinated(text, left, right, match, lexicon):
            yield from _listed(text, cut, match.start(), mentions)
            cut = match.end()
    if cut > start:
        yield cut, end
    else:
        yield from _listed(text, start, end, mentions)


def _people_together(
    text: str, start: int, end: int, inside: Sequence[Mention], lexicon: Lexicon
) -> list[tuple[int, int]]:
    """Cut between people who are each named ("ministers A of Peru, B of Chile and the head of C, D"); else nothing."""
    people = [m for m in inside if m.label == "person"]
    found = [JOINED.fullmatch(text, a.end, b.start) for a, b in pairwise(people)]
    gaps = [gap for gap in found if gap and _only_title(gap["title"], lexicon)]
    owner = any(re.match(r"['’]s?\s", text[m.end : m.end + 3]) for m in people)
    if not gaps or len(gaps) < len(found) or owner or len({m.actor for m in people}) < len(people):
        return []
    comma = text.rfind(", ", start, people[0].start)
    first = comma + len(", ") if comma >= 0 else start
    belongs = re.search(r"\b(?:of|for|to|by|from|with)\b", text[first : people[0].start])
    if belongs or gaps[-1]["link"] == ", ":
        return []
    links = [gap.span("link") for gap in gaps]
    return list(zip([first, *(b for _, b in links)], [*(a for a, _ in links), end], strict=True))


def _only_title(title: str, lexicon: Lexicon) -> bool:
    """Whether words before a name can be a title, an article or a name of its own ("Chile's", "the head of C,")."""
    words = title.split()
    if not words:
        return True
    last = words[-1]
    if last.endswith(","):
        return words[0] in ("the", *POSSESSIVES)
    return last[0].isupper() or last in DETERMINERS or plain(last).lower() in lexicon.titles


def _coordinated(text: str, left: Phrase, right: Phrase, link: re.Match[str], lexicon: Lexicon) -> bool:
    """Whether "and" joins two speakers, not two words inside one description."""
    starts_name = any(m.start == right.start for m in right.inside)
    names_person = right.named is not None and right.named.label == "person"
    if not (right.determiner or starts_name or names_person or right.core[:1].isupper() or right.head == "other"):
        return False
    if {left.head, right.head} <= lexicon.documents and right.determiner and left.determiner:
        return True
    if _shared_noun(text, left, right):
        return False
    aside = text[left.start : left.end]
    if re.search(r"\s(?:who|which|that|whose|like|such as|including)\s", aside):
        return False
    if left.named is None and left.plural and any("," in text[left.start : m.start] for m in left.inside):
        return False
    if "," in aside and left.named is not None and len(list(_listed(text, left.start, left.end, left.inside))) == 1:
        return link.group().startswith(",") and names_person
    if left.named is None and left.head not in PRONOUNS:
        described = left.core != left.text and len(left.text) > len(left.core) + len(left.determiner) + 1
        if described:
            titled_name = names_person and right.named is not None and right.start < right.named.start
            return titled_name or (right.head in lexicon.titles and not right.plural)
        return bool(right.determiner) or left.plural or (names_person and left.head not in lexicon.titles)
    return not (_prepositional(text, left) and not names_person and right.head not in lexicon.titles)


def _shared_noun(text: str, left: Phrase, right: Phrase) -> bool:
    """Whether "and" joins two states that share one noun ("the Kenyan and Somali envoys", "envoys of A, B and C")."""
    states = [m for m in left.inside if m.label == "state"]
    if not states or states[-1].end != left.end:
        return False
    adjectives = left.named is states[-1] and right.plural and right.named is None and bool(right.inside)
    if adjectives and right.inside[0].label == "state" and right.inside[0].start == right.start:
        return left.named is not None and states[-1].rule == "gazetteer adjective"
    listed = left.named is None and left.plural and right.named is not None and right.named.label == "state"
    return listed and re.search(r"\sof\s(?:the\s)?$", text[left.start : states[0].start]) is not None


def _prepositional(text: str, phrase: Phrase) -> bool:
    return phrase.named is not None and bool(
        re.match(r"\s(?:of|for|from|in|at|with|to)\s", text[phrase.named.end : phrase.end])
    )


def _listed(text: str, start: int, end: int, mentions: Sequence[Mention]) -> Iterator[tuple[int, int]]:
    """Cut "A, B" before "and C" at its commas where each piece is one name."""
    pieces = [m.span() for m in re.finditer(r"[^,]+", text[start:end])]
    phrases = [read_phrase(text, start + a, start + b, mentions) for a, b in pieces]
    alike = len({p.named.label for p in phrases if p.named}) == 1
    if len(pieces) > 1 and alike and all(_just_a_name(text, p) for p in phrases):
        yield from ((p.start, p.end) for p in phrases)
    else:
        yield start, end


def _just_a_name(text: str, phrase: Phrase) -> bool:
    """Whether a phrase ends with its name, brackets aside ("Sen. Ito (Tokyo)"), and is no relative clause."""
    ends = phrase.named is not None and re.fullmatch(r"\W*(?:\([^()]*\)?)?\W*", text[phrase.named.end : phrase.end])
    return bool(ends) and phrase.words[0] not in RELATIVES
