"""What a corrected quote means for the positions and appraisals that the machine had coded from it.

The machine gives a position to each speaker of the quote that it lies in. So where a person corrects the speakers, the
positions go to the right ones; where a person drops the quote, they go with it. What a person decided on itself stays.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import pandas as pd

from toolkit.records import Article, table

HAND: dict[str, Any] = {"rule": "hand", "confidence": 1.0}
"""Rule and confidence of a row that a person decided on."""

FOLLOWED = "+hand"
"""What the rule of a row ends in whose actor follows from a person's correction of the speakers."""

_ADDED = re.compile(r":hand(\d+)\Z")


class Roles:
    """The office that an article states for an actor, by the tables of the study."""

    def __init__(self, tables: Mapping[str, pd.DataFrame]) -> None:
        self._found: dict[tuple[str, str], Counter[str]] = {}
        for name in ("mentions", "positions"):
            for row in tables[name][["article_id", "actor", "role"]].to_dict("records"):
                self._note(row["article_id"], row["actor"], row["role"])
        for row in tables["quotes"][["article_id", "speakers", "role"]].to_dict("records"):
            for speaker in row["speakers"][:1]:
                self._note(row["article_id"], speaker, row["role"])

    def _note(self, article_id: str, actor: str, role: Any) -> None:
        if not pd.isna(role):
            self._found.setdefault((article_id, actor), Counter())[str(role)] += 1

    def of(self, article_id: str, actor: str) -> str | None:
        """Give the office that the article states most often, or None where it states none."""
        counts = self._found.get((article_id, actor), Counter())
        return min(counts, key=lambda role: (-counts[role], role), default=None)


def next_id(article_id: str, ids: Iterable[str]) -> str:
    """Give the first free id for a unit that a person added."""
    prefix = f"{article_id}:hand"
    taken = [int(m.group(1)) for i in ids if i.startswith(prefix) and (m := _ADDED.search(i))]
    return f"{prefix}{max(taken, default=0) + 1}"


def follow(before: pd.DataFrame, tables: dict[str, pd.DataFrame], articles: Mapping[str, Article]) -> dict[str, int]:
    """Let positions and appraisals follow the corrected quotes; puts new frames into ``tables``.

    Args:
        before: The table ``quotes`` as the machine made it.
        tables: The tables, with the corrected quotes.
        articles: The articles by their ids.

    Returns:
        How many rows of each table changed, went or came.
    """
    after = {row["quote_id"]: row for row in tables["quotes"].to_dict("records")}
    dropped, changed = set(), {}
    for row in before.to_dict("records"):
        now = after.get(row["quote_id"])
        if now is None:
            dropped.add(row["quote_id"])
        elif set(now["speakers"]) != set(row["speakers"]):
            changed[row["quote_id"]] = (list(row["speakers"]), list(now["speakers"]))
    roles = Roles(tables)
    counts = {}
    for name in ("positions", "appraisals"):
        rows: list[dict[str, Any]] = [{str(k): v for k, v in row.items()} for row in tables[name].to_dict("records")]
        kept, number = _follow(rows, dropped, changed, roles, name)
        counts[name] = number
        if number:
            order = {article_id: place for place, article_id in enumerate(articles)}
            kept.sort(key=lambda row: (order[row["article_id"]], row["start"], row["end"]))
            tables[name] = table(name, kept)
    return counts


def _follow(
    rows: list[dict[str, Any]],
    dropped: Collection[str],
    changed: Mapping[str, tuple[list[str], list[str]]],
    roles: Roles,
    name: str,
) -> tuple[list[dict[str, Any]], int]:
    kept: list[dict[str, Any]] = []
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    number = 0
    ids = {row["position_id"] for row in rows} if name == "positions" else set()
    for row in rows:
        quote = row["quote_id"]
        by_hand = row["rule"] == HAND["rule"]
        if quote in dropped:
            number += 1
            kept += [{**row, "quote_id": None}] if by_hand else []
        elif quote in changed and not by_hand and row["actor"] in changed[quote][0]:
            code = (row["issue"], row["stance"]) if name == "positions" else (row["target"], row["polarity"])
            groups.setdefault((quote, row["start"], row["end"], *map(str, code)), []).append(row)
        else:
            kept.append(row)
    decided = {_code(row, name) for row in kept if row["rule"] == HAND["rule"]}
    for (quote, *_), group in groups.items():
        wanted = changed[quote][1]
        right = [row for row in group if row["actor"] in wanted]
        wrong = [row for row in group if row["actor"] not in wanted]
        missing = [actor for actor in wanted if actor not in {row["actor"] for row in right}]
        missing = [actor for actor in missing if _code({**group[0], "actor": actor}, name) not in decided]
        kept += right
        number += max(len(wrong), len(missing))
        for place, actor in enumerate(missing):
            row = dict(wrong[place] if place < len(wrong) else group[0])
            if place >= len(wrong) and name == "positions":
                row["position_id"] = next_id(row["article_id"], ids)
                ids.add(row["position_id"])
            row |= {"actor": actor, "rule": f"{row['rule']}{FOLLOWED}"}
            if name == "positions":
                row["role"] = roles.of(row["article_id"], actor)
            kept.append(row)
    return kept, number


def _code(row: Mapping[str, Any], name: str) -> tuple[Any, ...]:
    what = row["issue"] if name == "positions" else str(row["target"])
    return row["article_id"], row["start"], row["end"], row["actor"], what
