"""Counts of votes in a sentence: "143 votes to 5, with 35 abstentions", "a 13-0 vote", "93 in favour, 24 against"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from toolkit.records import Span
from toolkit.wordlists import DATA, read_lists

_LISTS = """
small_numbers tens things decided settled refused refusing passed vote_nouns scored range_words units after_score
contests
elections sports electorates rounding unreached conditional breaks forums directives plain_modifiers not_demands
after_subject body_words lower_case_bodies senators parliamentarians un_members linking other_days absences envoys
adverbs no_names bodies
"""
WORDS = read_lists(DATA / "vote_words.toml", _LISTS.split())
"""The word lists of ``data/vote_words.toml``."""


def one_of(*lists: str) -> str:
    """Pattern of any word of these lists of ``data/vote_words.toml``, as a whole word."""
    words = sorted({word for name in lists for word in WORDS[name]}, key=lambda word: (-len(word), word))
    return rf"(?<!\w)(?:{'|'.join(word.replace('.', '[.]') for word in words)})(?!\w)"


def spaced(pattern: str) -> re.Pattern[str]:
    """Compile a pattern in which a blank stands for any white space, whatever the case of the letters."""
    return re.compile(pattern.replace(" ?", r"\s*").replace(" ", r"\s+"), re.IGNORECASE)


_VALUES = {
    **{word: n for n, word in enumerate(WORDS["small_numbers"])},
    **{word: 10 * n for n, word in enumerate(WORDS["tens"], start=2)},
    **dict.fromkeys(("no", "none", "noone", "nobody", "nil"), 0),
    **dict.fromkeys(("a", "an"), 1),
}
_DIGIT = "|".join(WORDS["small_numbers"][1:10])
_BELOW_100 = rf"(?:(?:{'|'.join(WORDS['tens'])})(?:(?:-| )(?:{_DIGIT}))?|{'|'.join(reversed(WORDS['small_numbers']))})"
_FIGURES = r"(?<![\w$€£/.,–—‑-])\d{1,3}(?:,\d{3}|\d)?(?![\d/%]|[.,]\d)"
NUMBER = (
    rf"(?:{_FIGURES}|\b(?:(?:a|{_DIGIT}) hundred(?: (?:and )?{_BELOW_100})?|{_BELOW_100}"
    r"|no ?one|none|nobody|nil|no|an?(?= abstention)|an? (?:single|lone|sole))\b)"
)
"""Pattern of a whole number in figures or words; ``no``, ``none`` and ``nil`` are 0."""

SIDES = ("in_favour", "against", "abstained")
"""The three counts of a vote, in the order in which scores give them."""

THING = one_of("things")
"""Pattern of the nouns for what is voted on."""

# Scores: two or three numbers, and what must or must not stand around them.
_DASH = r"(?:\s?[-–—‑−]\s?|-to-)"
_DASHED = re.compile(
    rf"(?<![\w$€£/.,–—‑-])(\d{{1,4}}){_DASH}(\d{{1,4}})(?:{_DASH}(\d{{1,4}}))?(?![\w%/]|[.,]\d|[-–]\d)"
)
_WORDED = spaced(
    rf"(?P<a>{NUMBER})(?P<votes> votes?)?(?: to|(?(votes) against|(?!))) (?P<b>{NUMBER})(?! (?:abst|in favou))"
    r"(?: votes?)?(?: against)?"
)
_VOTE_BEFORE = spaced(rf"{one_of('vote_nouns')}(?:[,:(–—]| (?!(?:to|from|for)\b)[^\W\d]+,?){{0,5}} ?[(–—]? ?$")
_DECIDED_BEFORE = spaced(rf"{one_of('decided')}[^.;]{{0,120}}$")
_VOTE_AFTER = spaced(
    rf"^[,)]?(?:(?: |-)(?:[a-z-]+ ){{0,2}}{one_of('scored')}| (?:with|and) {NUMBER} (?:[a-z]+ ){{0,3}}abst)"
)
_RANGE_BEFORE = spaced(rf"{one_of('range_words')}[.]? $")
_CONTEST_BEFORE = spaced(
    rf"{one_of('contests')}(?!.*(?:{one_of('vote_nouns')}|{THING})).*$|{one_of('elections')}.*$"
    r"|\bdefeat(?:s|ed|ing) (?!by\b)(?:the |an? )?(?-i:[A-Z])[^;]*$"
)
_UNIT_AFTER = spaced(rf"^(?: ?%| {one_of('units')})")
_CLOSED_AFTER = spaced(rf"^(?:[.,;:)–—”]|$| ?[–—(]| {one_of('after_score')})")
_SPORT = spaced(one_of("sports"))
_YEARS = re.compile(r"(?:19|20)\d\d(?:\D+\d{2,4})?")
_REFUSED_BEFORE = spaced(rf"{one_of('refused')}[^;:]*$")
_REFUSAL_TOLD = rf"(?:,|\b(?:and|but|then|was|were|been|being))(?: [a-z]+ly)? (?![a-z]+ing\b){one_of('refused')}"
_PASSED_BEFORE = spaced(rf"{one_of('passed')}(?![^;:]*{_REFUSAL_TOLD})[^;:]*$")
_REFUSING_AFTER = spaced(rf"^,? (?:against\b|to {one_of('refusing')})")

# Labelled counts: a number, perhaps the voters ("member states", "of the 15 members", "– Russia and Syria –"), a side.
_OF_ALL = rf"(?: of (?:the |its )(?:[^\W\d][\w’'.-]* ){{0,3}}{NUMBER})?"
_VOTERS = rf"(?: (?!{one_of('breaks', 'units', 'small_numbers', 'tens')})[^\W\d][\w’'.-]*){{0,6}}?"
_ASIDE = r"(?:(?:,| ?[–—(]| -)(?:(?!favou?r|against|abst|with )[^.;:()–—\d]){2,160}?(?:,|[–—)]| -))?"
_NOTHING_ELSE = rf"(?=[,;.:)–—]|$| (?:and|to|it)\b| ?[–—]| (?:the|this|that|a) (?:[a-z-]+ )?{THING})"
_QUOTED = r"[“\"‘']?(?:{})\b[”\"’']?"
_CAST = r"(?:vot(?:es?|ed|ing) |ballots )?(?:cast |[a-z]+ly )?"
_SIDE = (
    rf"(?:(?P<in_favour>{_CAST}(?:in (?:its |their )?favou?r|in support)\b"
    rf"|(?:vot(?:es?|ed|ing) )?(?:for{_NOTHING_ELSE}|{_QUOTED.format('yes|yeas?|ayes?|affirmative')})"
    r"|(?:support|back|endors)(?:ed|ing)(?= (?:it|the|a|this|that)\b))"
    rf"|(?P<against>{_CAST}(?:against\b|{_QUOTED.format('no|noes|nays?')})"
    r"|negative votes?|dissent(?:ed|ing)?\b|oppos(?:ed|ing|ition)\b|rejecting\b)"
    r"|(?P<abstained>abstentions?\b|abstain(?:ed|ing|ers)?\b))"
)
_COUNTED = spaced(rf"(?P<n>{NUMBER}){_OF_ALL}{_VOTERS}{_ASIDE} [“\"]?{_SIDE}")
_LISTED = spaced(
    r"\b(?:(?P<in_favour>in favou?r|for|yes|yeas|ayes)|(?P<against>against|no|noes|nays)|(?P<abstained>abst[a-z]+))"
    rf" ?[:=–—] ?(?P<n>{NUMBER})"
)
_SURELY = spaced(r"vot|favou?r|abst|were against|was against")
_ROUNDED_BEFORE = spaced(rf"{one_of('rounding')} $")
_UNREACHED_BEFORE = spaced(rf"{one_of('unreached')}[^,;]{{0,60}}$|{one_of('conditional')}[^,;]{{0,20}}$")
_ONE_VOTE = spaced(r"\bvote (?!s)[a-z ]+$")
_NAMES_BEFORE = re.compile(r"[A-ZÀ-Þ]\w+ and $")
_NEEDED_AFTER = spaced(r"^(?: votes)?(?: that)?(?: (?:are|were|is|was))? (?:needed|required|necessary)\b")
_ELECTORATE = spaced(
    rf"{one_of('electorates')}|(?:%| percent| per cent)[^;]{{0,40}}(?:favou?r|against|oppos|abst|support)"
)
_SETTING = spaced(one_of("things", "forums"))


@dataclass(frozen=True)
class Tally:
    """How many voted which way, as a sentence, or several that follow each other, report it.

    Attributes:
        first: Index of the sentence in which the count begins.
        last: Index of the sentence in which it ends.
        start: First character of the counts.
        end: One past their last character.
        in_favour: Votes for, or None where not reported as an exact number.
        against: Votes against, or None.
        abstained: Abstentions, or None.
        surely: Whether the counted words themselves say that there was a vote ("24 voted against", not "24 against").
    """

    first: int
    last: int
    start: int
    end: int
    in_favour: int | None = None
    against: int | None = None
    abstained: int | None = None
    surely: bool = True

    @property
    def sides(self) -> dict[str, int]:
        """The counts that are known, by name."""
        counts = zip(SIDES, (self.in_favour, self.against, self.abstained), strict=True)
        return {side: n for side, n in counts if n is not None}

    def joined(self, other: Tally) -> Tally:
        """Put a count that follows into this one."""
        counts: dict[str, Any] = other.sides
        return replace(self, last=other.last, end=other.end, surely=self.surely or other.surely, **counts)


def number(words: str) -> int:
    """Read a whole number in figures or words.

    >>> [number(words) for words in ("1,204", "one hundred and forty-one", "none")]
    [1204, 141, 0]
    """
    figures = words.replace(",", "")
    if figures.isdigit():
        return int(figures)
    parts = [part for part in re.split(r"[\s-]+", words.lower()) if part != "and"]
    if parts[0] in {"no", "an"} or (parts[0] == "a" and "hundred" not in parts):
        return _VALUES[parts[0]]
    hundreds, _, rest = " ".join(parts).rpartition("hundred")
    return (100 * _VALUES[hundreds.strip()] if hundreds else 0) + sum(_VALUES[part] for part in rest.split())


def find_tallies(text: str, sentences: Sequence[Span]) -> list[Tally]:
    """Find the reported counts of votes.

    Shares of the electorate, opinion polls, election results and sports scores are no counts of votes; rounded numbers
    ("about 40 abstained") and those that a vote would need are left out.

    Args:
        text: The article's text.
        sentences: Offsets of its sentences.

    Returns:
        The counts in text order. A count that goes on in the next sentence is one; a number that only takes up an
        earlier count ("the five that voted against") is left out.

    >>> text = "The vote was 99-9. There were 60 abstentions."
    >>> [tally.sides for tally in find_tallies(text, [(0, 18), (19, 45)])]
    [{'in_favour': 99, 'against': 9, 'abstained': 60}]
    """
    tallies: list[Tally] = []
    for index, (start, end) in enumerate(sentences):
        for tally in _in_sentence(text[start:end], index, start):
            last = tallies[-1] if tallies else None
            if last and index - last.last <= 1 and not (last.sides.keys() & tally.sides.keys()):
                tallies[-1] = last.joined(tally)
            else:
                tallies.append(tally)
    kept: list[Tally] = []
    taken_up: set[frozenset[tuple[str, int]]] = set()
    for tally in tallies:
        setting = text[sentences[max(0, tally.first - 1)][0] : sentences[tally.last][1]]
        if _is_count(tally, setting) and frozenset(tally.sides.items()) not in taken_up:
            kept.append(tally)
            taken_up |= _parts(tally)
    return kept


def _is_count(tally: Tally, setting: str) -> bool:
    """Tell whether the words speak of a vote; one number alone counts only where a body or a motion is named."""
    is_named = len(tally.sides) > 1 or bool(_SETTING.search(setting))
    return tally.surely and is_named and any(tally.sides.values())


def _parts(tally: Tally) -> set[frozenset[tuple[str, int]]]:
    """Give the partial counts that only take this one up: its single numbers, and fewer than it has."""
    counts = tally.sides.items()
    return {frozenset(part) for size in range(1, max(2, len(counts))) for part in combinations(counts, size)}


def _in_sentence(sentence: str, index: int, offset: int) -> list[Tally]:
    """Find the counts of one sentence; a side that comes a second time begins a new count."""
    scores = list(_scores(sentence, index))
    counts = [c for c in _counts(sentence, index) if not any(c.start < s.end and s.start < c.end for s in scores)]
    tallies: list[Tally] = []
    for found in sorted([*scores, *counts], key=lambda tally: tally.start):
        if tallies and not (tallies[-1].sides.keys() & found.sides.keys()):
            tallies[-1] = tallies[-1].joined(found)
        else:
            tallies.append(found)
    return [replace(t, start=t.start + offset, end=t.end + offset) for t in tallies]


def _scores(sentence: str, index: int) -> Iterator[Tally]:
    """Find ``143 votes to 5``, ``99-9`` and ``141-5-35`` where the words around them speak of a vote."""
    for match in [*_DASHED.finditer(sentence), *_WORDED.finditer(sentence)]:
        before, after = sentence[: match.start()], sentence[match.end() :]
        if _RANGE_BEFORE.search(before) or _CONTEST_BEFORE.search(before) or _UNREACHED_BEFORE.search(before):
            continue
        if _UNIT_AFTER.search(after):
            continue
        if match.re is _DASHED:
            counts = [int(figures) for figures in match.groups() if figures]
        else:
            counts = [number(match["a"]), number(match["b"])]
        if (match.re is _DASHED or not match["votes"]) and not _is_vote(sentence, before, after, match.group()):
            continue
        if _is_refusal(before, after):
            counts[:2] = sorted(counts[:2])
        sides: dict[str, Any] = dict(zip(SIDES, counts, strict=False))
        yield replace(Tally(index, index, match.start(), match.end()), **sides)


def _is_vote(sentence: str, before: str, after: str, score: str) -> bool:
    """Tell whether the words around a bare score speak of a vote."""
    if _SPORT.search(sentence) or _YEARS.fullmatch(score):
        return False
    if _VOTE_AFTER.search(after):
        return True
    return bool(_CLOSED_AFTER.search(after) and (_VOTE_BEFORE.search(before) or _DECIDED_BEFORE.search(before)))


def _is_refusal(before: str, after: str) -> bool:
    """Tell whether the larger side of a score is the one against ("rejected by 8 votes to 4").

    It is not where the text that rejects something was itself adopted ("which rejects the annexation, was adopted by").
    In the Security Council a text also falls by a veto or for want of nine votes; there the order is for, against.
    """
    if "Security Council" in before + after:
        return False
    refused = _REFUSED_BEFORE.search(before) and not _PASSED_BEFORE.search(before)
    return bool(refused or _REFUSING_AFTER.search(after))


def _counts(sentence: str, index: int) -> Iterator[Tally]:
    """Find numbers that have their side beside them: ``24 against``, ``35 member states abstained``, ``Against: 5``."""
    if _ELECTORATE.search(sentence):
        return
    listed = list(_LISTED.finditer(sentence))
    is_list = len(listed) > 1 or any(re.match("in|ag|ab", match.group().lower()) for match in listed)
    for match in listed if is_list else _COUNTED.finditer(sentence):
        before = sentence[: match.start()]
        if _YEARS.fullmatch(match["n"]) or (number(match["n"]) > 1 and _ONE_VOTE.search(match.group())):
            continue
        if _ROUNDED_BEFORE.search(before) or _UNREACHED_BEFORE.search(before):
            continue
        if _NEEDED_AFTER.search(sentence[match.end() :]):
            continue
        if _NAMES_BEFORE.search(before) and "other" in match.group():
            continue  # "China, Cuba and 30 others abstained"
        counts: dict[str, Any] = {_side(match): number(match["n"])}
        surely = is_list or bool(_SURELY.search(match.group()))
        yield replace(Tally(index, index, match.start(), match.end(), surely=surely), **counts)


def _side(match: re.Match[str]) -> str:
    """Name the side that a labelled count is on."""
    return next(side for side in SIDES if match[side])
