"""Words, capitalised runs and personal names in running text, with exact offsets; no model is needed.

A *word* is a stretch of letters and digits; a hyphen parts words, so that "US-led" and "al-Rashid" can be read. A *run*
is a row of words that may form one name: "Ban Ki-moon", "Mohammed bin Salman", "Robert F. Kennedy Jr.".
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from toolkit.wordlists import name_words

APOSTROPHES = str.maketrans({"’": "'", "ʼ": "'", "ʻ": "'", "`": "'", "‘": "'"})
WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:['’ʼʻ`][^\W_]+)*")
POSSESSIVE = re.compile(r"['’ʼ][sS]$")
SENTENCE_END = re.compile(r"[.!?…。][\"'”’»)\]]*(?:\s|$)|[•●▪]")
WORDS = name_words()
OPENING = ("“", '"', "«", "„", "‘", "'")
HYPHENS = ("-", "‐", "‑")
SPACES = (" ", "\u00a0", "\u202f")
LONGEST_ROW = 20
"""Words in a row, without a mark or a small function word between them, after which another name begins: no name is as
long, and each word of a row is compared with those before it."""


def plain(text: str) -> str:
    """One spelling for all: apostrophes straight and letters without accents, the case kept."""
    straight = text.translate(APOSTROPHES)
    if straight.isascii():
        return straight
    letters = unicodedata.normalize("NFD", straight)
    return "".join(c for c in letters if not unicodedata.combining(c))


@dataclass(frozen=True)
class Word:
    """A word of a text.

    Attributes:
        start: First character.
        end: One past the last character, a possessive 's left out.
        text: The word as printed, without a possessive 's.
        gap: What stands between the word before (and its 's) and this one.
        possessive: True where 's follows, or an apostrophe after a final s.
        sentence: Number of the sentence it stands in, counted from 0.
        first: True for the first word of a sentence.
        apart: True where a row of words that might form a name has become too long, and another one begins.
    """

    start: int
    end: int
    text: str
    gap: str
    possessive: bool
    sentence: int
    first: bool
    apart: bool = False


@lru_cache(maxsize=1)
def function_words() -> frozenset[str]:
    """Words that are capitalised at the start of a sentence or by custom and are no part of a name."""
    from spacy.lang.en.stop_words import STOP_WORDS

    names = {name.lower() for name in [*calendar.month_name, *calendar.day_name] if name} - {"may", "june", "april"}
    return frozenset(STOP_WORDS | names | WORDS.sentence_words) - {"us", "ca"}


def split_words(text: str) -> list[Word]:
    """Cut a text into its words."""
    words: list[Word] = []
    position, sentence, row = 0, 0, 0
    for match in WORD.finditer(text):
        start, end = match.span()
        printed = match.group()
        owned = POSSESSIVE.search(printed)
        possessive = bool(owned) or (printed[-1:] in "sS" and text[end : end + 2] in ("' ", "’ "))
        end = start + owned.start() if owned else end
        gap = text[position:start]
        first = not words or _ends_sentence(gap, words[-1], printed)
        sentence += bool(first and words)
        word = Word(start, end, text[start:end], gap, possessive, sentence, first)
        row = row + 1 if words and _goes_on(word, words[-1]) else 0
        if row == LONGEST_ROW:
            word, row = replace(word, apart=True), 0
        words.append(word)
        position = match.end()
    return words


def _goes_on(word: Word, before: Word) -> bool:
    """Whether a word may belong to the row of the one before: one that forms a name, or titles beside it."""
    return joined(word, before) and (word.text not in function_words() or word.text in WORDS.particles)


def _ends_sentence(gap: str, before: Word, printed: str) -> bool:
    if "\n" in gap:
        return printed[0].isupper() or gap.count("\n") > 1
    if gap.strip() == "." and is_abbreviation(before):
        return False
    if SENTENCE_END.search(gap) or (gap[-1:] in OPENING and printed[0].isupper()):
        return True
    return before.text.count(".") > 1 and printed[0].isupper() and printed.lower() in function_words()


def is_abbreviation(word: Word) -> bool:
    """Whether a stop after this word belongs to it: "Mr", "Gen", an initial."""
    return word.text.lower() in WORDS.abbreviations or (len(word.text) == 1 and word.text.isupper())


def joined(word: Word, before: Word) -> bool:
    """Whether two neighbouring words may be parts of one name."""
    if before.possessive or word.apart:
        return False
    if word.gap in SPACES or word.gap in HYPHENS or word.gap == "":
        return True
    if word.gap in (". ", ".", ".\u00a0") and is_abbreviation(before):
        return True
    return word.gap == ", " and word.text.lower() in WORDS.suffixes


def is_capital(word: Word) -> bool:
    """Whether a word is written like a part of a name."""
    lower = word.text.lower()
    return word.text[0].isupper() and (lower not in function_words() or (lower in WORDS.also_names and not word.first))


def _after_hyphen(words: Sequence[Word], i: int) -> bool:
    """A small-letter syllable of an East Asian name: "Ki-moon", "Jong-un"."""
    word = words[i]
    if word.gap not in HYPHENS or not word.text.isalpha() or i < 2 or len(word.text) > 6 or len(words[i - 1].text) > 6:
        return False
    lower = word.text.lower()
    return (
        lower not in WORDS.compounds
        and not lower.endswith(("ed", "ing"))
        and is_capital(words[i - 1])
        and is_capital(words[i - 2])
        and words[i - 1].gap in SPACES
    )


def runs(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """Give the runs of words that may form a name, as (first, one past the last) places in ``words``."""
    i = 0
    while i < len(words):
        capital = _past_particles(words, i)
        if capital is None:
            i += 1
        else:
            end = _run_end(words, capital)
            yield i, end
            i = end


def _past_particles(words: Sequence[Word], i: int) -> int | None:
    """The place of the capitalised word that stands at ``i`` or after the particles there; None where there is none."""
    while words[i].text in WORDS.particles and i + 1 < len(words) and joined(words[i + 1], words[i]):
        if words[i].text in WORDS.articles and words[i + 1].gap not in HYPHENS:
            return None
        i += 1
    return i if is_capital(words[i]) else None


def _run_end(words: Sequence[Word], i: int) -> int:
    """One past the last word of the run that goes on from the capitalised word ``i``."""
    end = i + 1
    while end < len(words) and joined(words[end], words[end - 1]):
        if is_capital(words[end]) or _after_hyphen(words, end) or words[end].text.lower() in WORDS.suffixes:
            end += 1
            continue
        ahead = _past_particles(words, end)
        if ahead is None or ahead == end or not all(joined(words[k], words[k - 1]) for k in range(end + 1, ahead + 1)):
            break
        end = ahead + 1
    return end


def name_parts(name: str) -> tuple[str, ...]:
    """The telling parts of a personal name in plain small letters: no initials, articles, suffixes."""
    parts = [w.rstrip(".") for w in re.findall(r"[\w'.]+", plain(name).lower())]
    parts = [p for p in parts if p and p not in WORDS.suffixes and p not in WORDS.articles]
    return tuple(p for p in parts if len(p.replace(".", "")) > 1 or len(parts) == 1)


def short_for(short: Sequence[str], full: Sequence[str]) -> int:
    """How well a short form of a name fits a full one, both as ``name_parts``.

    Returns:
        3 where it is the end of the full name (a surname), 2 where it is its beginning, 1 where it is in the middle,
        0 where it does not fit. Given name and surname without the names between fit as 3.
    """
    short, full = tuple(short), tuple(full)
    n = len(short)
    if not n or n > len(full):
        return 0
    if full[-n:] == short or (n >= 2 and (full[0], full[-1]) == (short[0], short[-1]) and _within(short, full)):
        return 3
    if full[:n] == short:
        return 2
    inner = any(full[i : i + n] == short for i in range(len(full)))
    return 1 if inner and short[-1] not in WORDS.particles else 0


def _within(short: Sequence[str], full: Sequence[str]) -> bool:
    rest = iter(full)
    return all(part in rest for part in short)


def title_cased(line: str) -> bool:
    """Whether a line is written like a headline: nearly every telling word has a capital."""
    telling = [w for w in re.findall(r"[^\W\d_]+", line) if len(w) > 3 and w.lower() not in function_words()]
    small = sum(w[0].islower() for w in telling)
    return len(telling) >= 3 and small <= 0.1 * len(telling)


def all_capitals(line: str) -> bool:
    """Whether a line has letters and none of them small."""
    return line.isupper() and sum(c.isalpha() for c in line) > 1
