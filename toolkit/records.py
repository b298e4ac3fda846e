"""The records that pass between the modules, and the column order of every table.

Offsets are characters of ``Article.text`` (end exclusive), so ``article.text[start:end]`` is the evidence itself. A
value that is absent is ``None`` in a record and ``NA`` in a table; no number or word stands for "nothing".
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

Span = tuple[int, int]
"""Start and end of a stretch of text, in characters, end exclusive."""

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def encodable(text: str) -> str:
    """Put U+FFFD in the place of each lone surrogate, which no library can encode; every offset stays."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return _LONE_SURROGATE.sub("\ufffd", text)
    return text


def _spelled_out(name: str) -> str:
    """Spell lone surrogates out, as in names of files that are no UTF-8, so that two such names stay two."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def _make_encodable(record: object, names: Iterable[str], way: Callable[[str], str]) -> None:
    for name in names:
        value = getattr(record, name)
        if isinstance(value, str) and not value.isascii():
            object.__setattr__(record, name, way(value))


@dataclass(frozen=True)
class Region:
    """A stretch of an article that has a function of its own.

    Attributes:
        kind: ``headline``, ``byline``, ``dateline``, ``caption`` or ``furniture`` (site navigation, audio players,
            advertisements, related links).
        start: First character in ``Article.text``.
        end: One past the last character.
    """

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Article:
    """One news text with what is known about it.

    Attributes:
        article_id: Unique name, by default the file's stem.
        text: The decoded text exactly as stored; nothing is stripped or normalised. Only halves of characters (lone
            surrogates), which no table, file or library can hold, become U+FFFD, here and in the fields below.
        title: The headline, or None.
        date: Day of publication as ``YYYY-MM-DD``, or None.
        date_source: ``text`` (read in the article), ``metadata`` (from a sidecar or a column), ``inferred`` (the
            sidecar says that somebody inferred it), or None where there is no date.
        outlet: Newspaper, agency or site, or None.
        author: Names in the byline, or None.
        place: Place in the dateline, or None.
        language: Two-letter code, or None where it was not determined.
        speaker: The speaker when the whole text is one person's or state's speech, else None.
        path: Where the text came from, relative to the folder that was given, or None.
        regions: Headline, captions, bylines and site furniture, in text order, not overlapping.
    """

    article_id: str
    text: str
    title: str | None = None
    date: str | None = None
    date_source: str | None = None
    outlet: str | None = None
    author: str | None = None
    place: str | None = None
    language: str | None = None
    speaker: str | None = None
    path: str | None = None
    regions: tuple[Region, ...] = ()

    def __post_init__(self) -> None:
        _make_encodable(self, ("text", "title", "outlet", "author", "place", "language", "speaker"), encodable)
        _make_encodable(self, ("article_id", "path"), _spelled_out)

    def section(self, start: int) -> str:
        """Name the part of the article a character stands in: a region's kind, else ``body``."""
        place = bisect_right(self._region_starts, start) - 1
        return self.regions[place].kind if place >= 0 and start < self.regions[place].end else "body"

    @cached_property
    def _region_starts(self) -> list[int]:
        return [region.start for region in self.regions]


@dataclass(frozen=True)
class Mention:
    """A stretch of text that names an actor.

    Attributes:
        article_id: The article.
        start: First character.
        end: One past the last character.
        text: The words as printed.
        label: ``person``, ``state``, ``organisation`` or ``group``.
        actor: The actor's full form, the same for all mentions of one actor in the article.
        country: ISO 3166 alpha-3 code of the state that the actor is or belongs to, or None.
        role: The office as the article states it at or nearest before this mention, or None.
        rule: Name of the rule that made the mention.
    """

    article_id: str
    start: int
    end: int
    text: str
    label: str
    actor: str
    country: str | None
    role: str | None
    rule: str


@dataclass(frozen=True)
class Quote:
    """An attribution: what was said (content), by whom (source), and the words that report it (cue).

    Attributes:
        article_id: The article.
        quote_id: Unique within a study: ``<article_id>:q<number>``.
        kind: ``direct`` (all words inside quotation marks, or printed as the words themselves: a transcript, a block
            quotation, an embedded post), ``mixed`` (some) or ``indirect`` (none).
        text: The content; the parts of an interrupted content joined by `` … ``.
        spans: Where the parts of the content stand.
        source: The source as printed ("he", "both leaders"), or None.
        source_start: First character of the source, or None.
        source_end: One past its last character, or None.
        cue: The reporting words, or None.
        cue_start: First character of the cue, or None.
        cue_end: One past its last character, or None.
        act: ``speech``, ``attitude`` or ``document``, by the cue (``acts.py``), or None where it does not tell.
        strength: ``neutral``, ``asserting``, ``directive``, ``commissive`` or ``evaluative``, by the cue, or None.
        speakers: Full names of those whose words or views these are; empty where that is not known.
        role: The first speaker's office as this article states it, or None.
        section: ``headline`` or ``body``.
        negated: True where the cue denies the attribution ("never said", "denied that").
        via: The second hand ("according to X" over another speaker), or None.
        rule: What found it: ``network``, ``network+marks``, or the name of a rule.
        confidence: Probability that this is an attribution with these speakers, between 0 and 1.
    """

    article_id: str
    quote_id: str
    kind: str
    text: str
    spans: tuple[Span, ...]
    source: str | None
    source_start: int | None
    source_end: int | None
    cue: str | None
    cue_start: int | None
    cue_end: int | None
    act: str | None = None
    strength: str | None = None
    speakers: tuple[str, ...] = ()
    role: str | None = None
    section: str = "body"
    negated: bool = False
    via: str | None = None
    rule: str = "network"
    confidence: float = 0.0


@dataclass(frozen=True)
class Position:
    """One actor taking a side on one issue in one passage (a statement of discourse network analysis).

    Attributes:
        article_id: The article.
        position_id: Unique within a study: ``<article_id>:p<number>``.
        date: The article's date, or None.
        actor: Full name of who takes the side.
        role: The actor's office as this article states it, or None.
        issue: Id of an issue of the codebook.
        stance: +1 agrees with the issue's proposition, -1 disagrees.
        text: The evidence.
        start: First character of the evidence.
        end: One past its last character.
        quote_id: The attribution it was coded from, or None.
        kind: ``direct``, ``mixed``, ``indirect``, ``vote``, ``speech`` or ``report`` (the article's own words).
        rule: What made it.
        confidence: Probability that issue and side are right, between 0 and 1; lower where the network is not sure to
            whom it points (rules ``pointer``, ``headline pointer`` and ``reported``). That the actor of a quote is
            right, too, is not in it.
    """

    article_id: str
    position_id: str
    date: str | None
    actor: str
    role: str | None
    issue: str
    stance: int
    text: str
    start: int
    end: int
    quote_id: str | None
    kind: str
    rule: str
    confidence: float


@dataclass(frozen=True)
class Appraisal:
    """One actor criticising or praising another in one passage.

    Attributes:
        article_id: The article.
        date: The article's date, or None.
        actor: Who appraises.
        target: Who is appraised, by canonical name; None where no actor is identifiable.
        polarity: +1 praise, -1 criticism.
        text: The evidence.
        start: First character of the evidence.
        end: One past its last character.
        quote_id: The attribution it was coded from, or None.
        rule: What made it.
        confidence: As in ``Position``: probability of praise or criticism.
    """

    article_id: str
    date: str | None
    actor: str
    target: str | None
    polarity: int
    text: str
    start: int
    end: int
    quote_id: str | None
    rule: str
    confidence: float


@dataclass(frozen=True)
class Vote:
    """A reported tally, or one voter's reported vote.

    Attributes:
        article_id: The article.
        body: Who voted, as a canonical name ("UN General Assembly"), or None.
        date: Day of the vote as ``YYYY-MM-DD``, or None.
        subject: What the resolution demands, in the article's words, or None.
        in_favour: Number of votes for, or None.
        against: Number of votes against, or None.
        abstained: Number of abstentions, or None.
        voter: The named voter, or None for a tally.
        vote: ``for``, ``against``, ``abstained`` or ``absent``; None for a tally.
        start: First character of the evidence.
        end: One past its last character.
    """

    article_id: str
    body: str | None
    date: str | None
    subject: str | None
    in_favour: int | None
    against: int | None
    abstained: int | None
    voter: str | None
    vote: str | None
    start: int
    end: int


@dataclass(frozen=True)
class LoadingEntry:
    """What became of one file (or one row of a table) that was given to the loader.

    Attributes:
        path: The file, relative to what was given.
        status: ``read`` or ``skipped``.
        article_id: The article's id, or None where skipped.
        encoding: The encoding it was decoded with, or None.
        note: Why it was skipped, or what the reader should know; None where all is plain.
    """

    path: str
    status: str
    article_id: str | None = None
    encoding: str | None = None
    note: str | None = None

    def __post_init__(self) -> None:
        _make_encodable(self, ("path", "article_id", "note"), _spelled_out)


@dataclass(frozen=True)
class Column:
    """Name and pandas type of a column of a table."""

    name: str
    dtype: str


def _columns(text: str) -> tuple[Column, ...]:
    return tuple(Column(*item.split(":")) for item in text.split())


TABLES: dict[str, tuple[Column, ...]] = {
    "articles": _columns(
        "article_id:str title:str date:str date_source:str outlet:str author:str place:str language:str "
        "n_chars:Int64 sha256:str path:str"
    ),
    "mentions": _columns(
        "article_id:str start:Int64 end:Int64 text:str label:str actor:str country:str role:str rule:str"
    ),
    "quotes": _columns(
        "article_id:str quote_id:str kind:str text:str spans:object source:str source_start:Int64 source_end:Int64 "
        "cue:str cue_start:Int64 cue_end:Int64 act:str strength:str speakers:object role:str section:str negated:bool "
        "via:str rule:str confidence:float64"
    ),
    "positions": _columns(
        "article_id:str position_id:str date:str actor:str role:str issue:str stance:Int64 text:str start:Int64 "
        "end:Int64 quote_id:str kind:str rule:str confidence:float64"
    ),
    "appraisals": _columns(
        "article_id:str date:str actor:str target:str polarity:Int64 text:str start:Int64 end:Int64 quote_id:str "
        "rule:str confidence:float64"
    ),
    "votes": _columns(
        "article_id:str body:str date:str subject:str in_favour:Int64 against:Int64 abstained:Int64 voter:str "
        "vote:str start:Int64 end:Int64"
    ),
    "duplicates": _columns(
        "group:Int64 article_id:str kept_id:str similarity:float64 title:str date:str outlet:str path:str"
    ),
    "loading": _columns("path:str status:str article_id:str encoding:str note:str"),
}
"""Column names, order and types of the tables of a study."""


def table(name: str, records: Iterable[Any]) -> pd.DataFrame:
    """Put records into the table of that name, one row a record, in the declared column order.

    Args:
        name: A key of ``TABLES``.
        records: Records (dataclasses) or mappings that have the table's columns as attributes or keys.

    Returns:
        A new frame. An empty input gives the same columns and types. ``None`` becomes ``NA``; the columns ``spans``
        and ``speakers`` hold lists.
    """
    import pandas as pd

    rows = [r if isinstance(r, dict) else {f.name: getattr(r, f.name) for f in fields(r)} for r in records]
    series = {}
    for column in TABLES[name]:
        values = [row[column.name] for row in rows]
        if column.dtype == "object":
            values = [[list(v) if isinstance(v, tuple) else v for v in value] for value in values]
        series[column.name] = pd.Series(values, dtype=column.dtype)
    return pd.DataFrame(series)
