"""Tells what kind of act a cue reports: something said, something thought or wanted, or what a document shows.

The words stand in ``data/reporting_verbs.csv``, which can be edited without Python and names its sources. Half of all
attributions in news are no speech, so "said" should be told from "wants" and "the report shows"; and among the verbs of
speaking, "claimed", "urged" and "promised" tell more than "said" (their strength).

What is missed: a verb with two senses has the act of its commoner one ("found" is a finding, whoever found), and words
that the table lacks have none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from toolkit.names import plain
from toolkit.wordlists import DATA, read_table

ACTS = ("speech", "attitude", "document")
STRENGTHS = ("neutral", "asserting", "directive", "commissive", "evaluative")

_WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")
_MARK = ":"
"""The entry for a cue that is only a mark ("Envoy Berg: …", "… – Envoy Berg")."""
_ASIDE = frozenset([
    "about", "after", "against", "at", "before", "by", "during", "for", "from", "in", "like", "of", "on", "over", "per",
    "through", "via", "with",
])  # fmt: skip
"""Prepositions: what follows them tells when, where or how something was said ("said at a hearing")."""
_ENDINGS = (
    (r"ies$|ied$", "y"),
    (r"(?<!s)s$", ""),
    (r"es$", ""),
    (r"(.)\1(?:ed|ing)$", r"\1"),
    (r"ed$", ""),
    (r"ed$", "e"),
    (r"ing$", ""),
    (r"ing$", "e"),
    (r"ying$", "ie"),
)
"""Regular endings, and what stands in their place in the base form."""

Act = tuple[str | None, str | None]
"""Act and strength."""


@dataclass(frozen=True)
class CueLexicon:
    """Reporting words and phrases.

    Attributes:
        entries: Act and strength of each word or phrase, by its words in their base form.
        forms: Base forms of irregular forms ("said": "say").
        known: All words of the entries.
        longest: Number of words of the longest phrase.
    """

    entries: Mapping[tuple[str, ...], Act]
    forms: Mapping[str, str]
    known: frozenset[str]
    longest: int

    def __repr__(self) -> str:
        """Say how much it holds, the same in every run."""
        return f"CueLexicon({len(self.entries)} words and phrases)"

    def base_form(self, word: str) -> str:
        """The form under which a word stands in the table ("urging": "urge"); an unknown word stays as it is."""
        if word in self.known:
            return word
        if word in self.forms:
            return self.forms[word]
        for spelling in (word, re.sub(r"is(e|es|ed|ing)$", r"iz\1", word)):
            candidates = [re.sub(ending, base, spelling) for ending, base in _ENDINGS if re.search(ending, spelling)]
            found = next((c for c in (spelling, *candidates) if c in self.known), None)
            if found:
                return found
        return word


@lru_cache(maxsize=4)
def read_acts(path: Path | str | None = None) -> CueLexicon:
    """Read the table of reporting words; reading the same file again costs nothing.

    Args:
        path: A table with the columns ``cue``, ``forms``, ``act`` and ``strength``; by default the package's.

    Raises:
        ValueError: Names the column, act or strength that is unknown, or the cue or form that stands twice.
    """
    path = Path(path) if path else DATA / "reporting_verbs.csv"
    entries: dict[tuple[str, ...], Act] = {}
    forms: dict[str, str] = {}
    for row in read_table(path, ("cue", "forms", "act", "strength")):
        cue, act, strength = row["cue"], row["act"] or None, row["strength"] or None
        for column, value, choices in (("act", act, ACTS), ("strength", strength, STRENGTHS)):
            if value and value not in choices:
                raise ValueError(
                    f"{path.name}: {column} of {cue!r} is {value!r}; expected {', '.join(choices)} or empty."
                )
        words = tuple(cue.split())
        if not words or words in entries:
            raise ValueError(f"{path.name}: {cue!r} stands twice." if words else f"{path.name}: a row has no cue.")
        entries[words] = (act, strength)
        for form in filter(None, row["forms"].split("|")):
            if forms.setdefault(form, cue) != cue:
                raise ValueError(f"{path.name}: {form!r} is a form of both {forms[form]!r} and {cue!r}.")
    known = frozenset(word for words in entries for word in words)
    return CueLexicon(entries, forms, known, max(map(len, entries), default=0))


def act_of(cue: str | None, source_kind: str | None = None, lexicon: CueLexicon | None = None) -> Act:
    """Tell the act and the strength of a cue as printed ("has also said", "accused", "were pleased to").

    The last word or phrase of the table counts ("refused to say", "made clear"), but not what a preposition adds to an
    earlier one ("said at a hearing").

    Args:
        cue: The reporting words, or None.
        source_kind: ``document`` where the source is a text or a finding, which shows what a person would say; any
            other word where it is somebody, who says what a document would show; None where that is not known.
        lexicon: The table; by default the package's.

    Returns:
        Both None where there is no cue or the table has none of its words; the strength None where it has none.
    """
    if not cue or not cue.strip():
        return None, None
    lexicon = lexicon or read_acts()
    words = [lexicon.base_form(word) for word in _WORD.findall(plain(cue).lower())] or [_MARK]
    act: str | None = None
    strength: str | None = None
    at = 0
    while at < len(words):
        if act and words[at] in _ASIDE:
            break
        size, found = _longest(words, at, lexicon)
        if found and found[0]:
            act, strength = found
        at += size
    if source_kind == "document" and act == "speech":
        act = "document"
    elif source_kind not in (None, "document") and act == "document":
        act = "speech"
    return act, strength


def _longest(words: list[str], at: int, lexicon: CueLexicon) -> tuple[int, Act | None]:
    """The longest entry that starts with this word, and its number of words (1 where there is none)."""
    for size in range(min(lexicon.longest, len(words) - at), 0, -1):
        found = lexicon.entries.get(tuple(words[at : at + size]))
        if found:
            return size, found
    return 1, None
