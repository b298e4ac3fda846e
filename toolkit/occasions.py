"""What one actor says on each date: coded positions gathered into statements, occasions and sides.

An occasion is one date with all its articles, or one article whose date is not known. A side is what the actor says on
one issue on one occasion, after the guards have left out what is not to count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

GUARDS = ("headline", "indirect", "joint", "report", "second_hand", "vote")
"""Kinds of evidence that a comparison can leave out: evidence in a headline, indirect speech, joint statements, the
article's own words, statements reported by another speaker, and votes."""

LIKELY = 0.5
"""From this confidence on, a code counts as more likely right than wrong."""

_RANK = {"direct": 4, "speech": 4, "mixed": 3, "vote": 2, "indirect": 1, "report": 0}


@dataclass(frozen=True)
class Statement:
    """One coded position with what decides how far it may be compared.

    Attributes:
        position_id: Its row in the table of positions.
        article_id: The article.
        issue: The issue.
        stance: +1 or -1.
        text: The evidence.
        kind: ``direct``, ``mixed``, ``indirect``, ``vote``, ``speech`` or ``report``.
        confidence: Probability that issue and side are right; 1 where a person coded it.
        partners: The other actors of a joint statement; empty where the actor speaks alone.
        headline: True where the evidence stands in a headline.
        second_hand: True where another speaker reports it.
    """

    position_id: str
    article_id: str
    issue: str
    stance: int
    text: str
    kind: str
    confidence: float
    partners: tuple[str, ...] = ()
    headline: bool = False
    second_hand: bool = False

    @property
    def voice(self) -> str:
        """Tell ``own`` words from a ``joint`` statement and a ``vote``."""
        if self.kind == "vote":
            return "vote"
        return "joint" if self.partners else "own"

    def guards(self) -> set[str]:
        """Name the guards that leave this statement out."""
        applies = {
            "headline": self.headline,
            "indirect": self.kind == "indirect",
            "joint": self.voice == "joint",
            "report": self.kind == "report",
            "second_hand": self.second_hand,
            "vote": self.kind == "vote",
        }
        return {guard for guard, yes in applies.items() if yes}


@dataclass(frozen=True)
class Occasion:
    """One date (or one article without a date) at which the actor takes positions.

    Attributes:
        date: The articles' date, or None.
        articles: Their ids.
        role: The actor's office as they state it, or None.
        partners: Everybody with whom the actor speaks jointly there.
        outlets: The articles' outlets as far as known.
        inferred: True where somebody inferred the date.
    """

    date: str | None
    articles: tuple[str, ...]
    role: str | None = None
    partners: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()
    inferred: bool = False

    @property
    def name(self) -> str:
        """Give the date, or where there is none the article."""
        return self.date or " + ".join(self.articles)


@dataclass(frozen=True)
class Side:
    """What one actor says on one issue on one occasion.

    Attributes:
        occasion: When and where.
        statements: The statements that count, in text order.
        left_out: How many the guards left out.
    """

    occasion: Occasion
    statements: tuple[Statement, ...] = ()
    left_out: int = 0

    @property
    def mean(self) -> float | None:
        """Average the sides taken: +1 all support, -1 all oppose; None without a statement."""
        return sum(s.stance for s in self.statements) / len(self.statements) if self.statements else None

    @property
    def sign(self) -> int:
        """Name the side most statements take: +1, -1, or 0 where none does."""
        return int(np.sign(self.mean or 0))

    @property
    def voice(self) -> str | None:
        """Name the voice that counts most: own words before joint statements before votes.

        Only codes that are likely right decide it, where there are any.
        """
        voices = {s.voice for s in self.statements if s.confidence >= LIKELY} or {s.voice for s in self.statements}
        return next((v for v in ("own", "joint", "vote") if v in voices), None)

    @property
    def firm(self) -> tuple[Statement, ...]:
        """Give the statements on which a verdict may rest: likely right, and in the voice that counts most."""
        return tuple(s for s in self.statements if s.confidence >= LIKELY and s.voice == self.voice)

    @property
    def strongest(self) -> Statement | None:
        """Pick the statement to show: on the majority's side, likely right, own words, quoted, confident."""

        def weight(s: Statement) -> tuple[bool, bool, bool, int, float]:
            likely = s.confidence >= LIKELY
            return s.stance * self.sign > 0, likely, s.voice == "own", _RANK.get(s.kind, 0), s.confidence

        return max(self.statements, key=weight, default=None)


def find_statements(positions: pd.DataFrame, actor: str, quotes: pd.DataFrame | None = None) -> list[Statement]:
    """Gather an actor's coded positions, in text order, with what the quotes tell of each.

    Args:
        positions: The table ``positions``: all actors, since a joint statement gives the same words to several.
        actor: Whose statements.
        quotes: The table ``quotes``, or None; without it headlines and second-hand statements are not known.
    """
    sources = {} if quotes is None else {q["quote_id"]: q for q in quotes.to_dict("records")}
    sharing: dict[tuple[Any, ...], set[str]] = {}
    for row in positions[positions["kind"] != "vote"].to_dict("records"):
        sharing.setdefault(_words(row), set()).add(row["actor"])
    own = positions[positions["actor"] == actor].sort_values(["article_id", "start", "position_id"])
    found = []
    for row in own.to_dict("records"):
        quote = sources.get(row["quote_id"], {})
        speakers = listed(quote.get("speakers"))
        together = sharing.get(_words(row), set()) | (set(speakers) if actor in speakers else set())
        found.append(
            Statement(
                position_id=row["position_id"],
                article_id=row["article_id"],
                issue=row["issue"],
                stance=int(row["stance"]),
                text=row["text"],
                kind=row["kind"],
                confidence=1.0 if pd.isna(row["confidence"]) else float(row["confidence"]),
                partners=tuple(sorted(together - {actor})),
                headline=quote.get("section") == "headline" or str(row["rule"]).startswith("headline"),
                second_hand=bool(speakers and actor not in speakers)
                or str(row["rule"]).startswith("reported")
                or (not pd.isna(quote.get("via")) and quote["via"] != actor),
            )
        )
    return found


def find_occasions(
    positions: pd.DataFrame, actor: str, statements: Sequence[Statement], articles: pd.DataFrame | None = None
) -> list[Occasion]:
    """List the dates on which the actor takes positions, in order; articles without a date come last, one by one.

    Args:
        positions: The table ``positions``.
        actor: Whose dates.
        statements: The actor's statements.
        articles: The table ``articles``, or None; without it outlets and inferred dates are not known.
    """
    about = {} if articles is None else {a["article_id"]: a for a in articles.to_dict("records")}
    own = positions[positions["actor"] == actor]
    after_all_dates = "~" + own["article_id"].astype("object")
    found = []
    for _, group in own.groupby(own["date"].astype("object").fillna(after_all_dates)):
        ids = tuple(sorted(group["article_id"].unique()))
        rows = [about[i] for i in ids if i in about]
        date = group["date"].iloc[0]
        found.append(
            Occasion(
                date=None if pd.isna(date) else date,
                articles=ids,
                role=most_common(group["role"]),
                partners=tuple(sorted({p for s in statements if s.article_id in ids for p in s.partners})),
                outlets=tuple(sorted({a["outlet"] for a in rows if not pd.isna(a["outlet"])})),
                inferred=any(a["date_source"] == "inferred" for a in rows),
            )
        )
    return found


def take_side(
    occasion: Occasion, statements: Sequence[Statement], *, exclude: Collection[str] = (), min_confidence: float = 0.0
) -> Side:
    """Gather the statements of one issue that count on one occasion, and count those that the guards leave out.

    Args:
        occasion: When and where.
        statements: The actor's statements on the issue, on any occasion.
        exclude: Names of ``GUARDS``.
        min_confidence: The lowest confidence that counts.
    """
    there = [s for s in statements if s.article_id in occasion.articles]
    counted = [s for s in there if s.confidence >= min_confidence and not s.guards() & set(exclude)]
    return Side(occasion, tuple(counted), len(there) - len(counted))


def most_common(values: pd.Series) -> str | None:
    """Give the value that occurs most often, the first in the alphabet among equals, or None."""
    counted = Counter(sorted(values.dropna()))
    return counted.most_common(1)[0][0] if counted else None


def listed(value: Any) -> list[str]:
    """Read a cell of a column of lists, which may come back from a file as an array, or as NA."""
    return [] if value is None or isinstance(value, float) else [str(v) for v in value]


def _words(row: Mapping[Any, Any]) -> tuple[Any, ...]:
    return tuple(row[c] for c in ("article_id", "start", "end", "issue", "stance"))
