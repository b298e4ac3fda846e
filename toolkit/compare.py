"""Compare coded positions: who stands where, what changed, who agrees with whom, and who is heard.

Tables in, tables out. Every row carries ``n``, the number of coded statements behind it, and their ids, so that each
figure traces back to ``positions`` or ``quotes`` and from there to the words of the article.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations, pairwise
from typing import Any, NamedTuple

import pandas as pd

from toolkit.checks import check_columns, check_option, did_you_mean
from toolkit.occasions import GUARDS, Occasion, Side, find_occasions, find_statements, listed, most_common, take_side
from toolkit.records import TABLES
from toolkit.verdicts import bootstrap, decide, other_explanations, points_to

_NEEDS_QUOTES = ("headline", "second_hand")
_CURE = "Give the table of a study, for example study.{}."
_WORD = re.compile(r"\w+(?:[-'’.]\w+)*")
_LOW_CONFIDENCE = 0.7

_MATRIX = {
    "actor": "str", "role": "str", "issue": "str", "article_id": "str", "date": "str", "n_for": "Int64",
    "n_against": "Int64", "n": "Int64", "mean_side": "float64", "position_ids": "object",
}  # fmt: skip
_CHANGE = {
    "actor": "str", "issue": "str", "verdict": "str", "points_to": "str", "from_date": "str", "to_date": "str",
    "from_role": "str", "to_role": "str", "from_n": "Int64", "to_n": "Int64", "from_mean": "float64",
    "to_mean": "float64", "difference": "float64", "low": "float64", "high": "float64", "sign_share": "float64",
    "reason": "str", "explanations": "object", "from_text": "str", "from_position_id": "str", "to_text": "str",
    "to_position_id": "str", "n": "Int64", "left_out": "Int64", "from_articles": "object", "to_articles": "object",
    "position_ids": "object",
}  # fmt: skip
_GUARDED = {
    "actor": "str", "issue": "str", "from_date": "str", "to_date": "str", "guard": "str", "verdict": "str",
    "as_without": "boolean", "from_n": "Int64", "to_n": "Int64", "left_out": "Int64", "sign_share": "float64",
    "n": "Int64", "position_ids": "object",
}  # fmt: skip
_AGREEMENT = {
    "actor_a": "str", "actor_b": "str", "n_issues": "Int64", "n_agree": "Int64", "n_joint": "Int64",
    "n_disagree": "Int64", "n_unclear": "Int64", "share_agree": "float64", "agree_on": "object",
    "disagree_on": "object", "n": "Int64", "position_ids": "object",
}  # fmt: skip
_VOICE = {
    "article_id": "str", "speaker": "str", "n": "Int64", "words": "Int64", "direct_words": "Int64",
    "mixed_words": "Int64", "indirect_words": "Int64", "joint_words": "Int64", "share": "float64",
    "quote_ids": "object",
}  # fmt: skip


class _Said(NamedTuple):
    """What an actor says on an issue: the sum of the stances, the words with their sides, and the rows."""

    total: int
    words: frozenset[tuple[Any, ...]]
    position_ids: list[str]

    def only_with(self, other: _Said) -> bool:
        """Tell whether one of the two says nothing on the issue but in words that both say."""
        return self.words <= other.words or other.words <= self.words


def position_matrix(
    positions: pd.DataFrame, *, issues: Collection[str] | None = None, actors: Collection[str] | None = None
) -> pd.DataFrame:
    """Count, for each actor, issue and article, the statements for and against the issue's proposition.

    Args:
        positions: The table ``positions`` of a study.
        issues: Only these issues, or None for all that occur.
        actors: Only these actors, or None for all that occur.

    Returns:
        One row per actor, issue and article with a position: ``actor``, ``role`` (as that article states it),
        ``issue``, ``article_id``, ``date``, ``n_for``, ``n_against``, ``n``, ``mean_side`` (+1 all for, -1 all
        against) and ``position_ids``; sorted by actor, issue and date.

    Raises:
        ValueError: A name in ``issues`` or ``actors`` does not occur in the table.
    """
    _check(positions, "positions")
    chosen = positions
    for parameter, column, names in (("actors", "actor", actors), ("issues", "issue", issues)):
        if names is not None:
            _check_names(parameter, names, positions[column])
            chosen = chosen[chosen[column].isin(list(names))]
    roles = {key: most_common(group["role"]) for key, group in chosen.groupby(["actor", "article_id"])}
    rows = [
        {
            "actor": actor,
            "role": roles[actor, article_id],
            "issue": issue,
            "article_id": article_id,
            "date": group["date"].iloc[0],
            "n_for": int((group["stance"] > 0).sum()),
            "n_against": int((group["stance"] < 0).sum()),
            "n": len(group),
            "mean_side": float(group["stance"].mean()),
            "position_ids": list(group["position_id"]),
        }
        for (actor, issue, article_id), group in chosen.groupby(["actor", "issue", "article_id"])
    ]
    return _frame(rows, _MATRIX).sort_values(["actor", "issue", "date", "article_id"], ignore_index=True)


def main_actor(positions: pd.DataFrame) -> str | None:
    """Give the actor with positions in most articles (of these, with most positions); None where there is none."""
    _check(positions, "positions")
    if positions.empty:
        return None
    counts = positions.groupby("actor").agg(articles=("article_id", "nunique"), n=("position_id", "size")).reset_index()
    ordered = counts.sort_values(["articles", "n", "actor"], ascending=[False, False, True])
    return str(ordered["actor"].iloc[0])


def change(
    positions: pd.DataFrame,
    articles: pd.DataFrame | None = None,
    *,
    actor: str,
    quotes: pd.DataFrame | None = None,
    min_confidence: float = 0.0,
    exclude: Collection[str] = (),
    min_statements: int = 2,
    seed: int = 0,
) -> pd.DataFrame:
    """Say for each issue whether one actor's position changed from one date to the next, and how far that is sure.

    The articles of one date are taken together. Each issue is compared between consecutive dates that speak of it; an
    issue first spoken of after the actor's first date, or last spoken of before the last, has a row that says so. The
    decision table of ``toolkit.verdicts`` gives the verdict:

    - *held*, *reversed*: own words (or joint statements, or votes) on both dates, at least ``min_statements`` on each
      that are likely right, and the sides come out as observed in three of four resamples;
    - *new*, *dropped*: spoken of on one date only, which is silence and no change of position;
    - *too little evidence*: too few statements, contradictory ones, low confidence, or all left out by the guards;
    - *not comparable*: a date is not known, or one date has only joint statements or votes and the other own words.

    The bootstrap draws the articles of a date again and the statements within them, and keeps each with the probability
    of its confidence (a statement without a confidence, coded by hand, counts as sure). Verdicts are no significance
    tests, and nothing is corrected for their number: of many, some are wrong.

    With articles of many days, compare longer periods: the articles of a year are taken together by
    ``change(positions.assign(date=positions["date"].str[:4]), ...)``.

    Args:
        positions: The table ``positions`` of a study.
        articles: The table ``articles``; with it, other outlets and inferred dates are named as explanations.
        actor: Whose positions.
        quotes: The table ``quotes``; with it, headlines, second-hand and joint statements are known. Without it, a
            joint statement is one whose very words give another actor the same side.
        min_confidence: Leave out positions whose confidence is lower.
        exclude: Leave out statements of these kinds: any of ``GUARDS``.
        min_statements: Statements, in one voice and with a confidence of one half or more, that a date must have
            before a position is called held or reversed.
        seed: Seed of the bootstrap.

    Returns:
        One row per issue and pair of dates: ``verdict``, ``points_to`` (what the statements point to, however few),
        counts, mean sides, the ``difference`` of the means, the 95 % interval of the difference with statements weighed
        by their confidence (``low``, ``high``; NA where the statements of each date are all on one side, since they
        show no spread), ``sign_share`` (share of resamples with the sides observed), ``reason``, ``explanations``
        (what else could explain it), the strongest evidence of each date, and the ids of all statements that count. No
        evidence is NA.

    Raises:
        ValueError: The actor has no position in a table that has some, or an option is not known.
    """
    _check(positions, "positions")
    if positions.empty:
        return _frame([], _CHANGE)
    _check_names("actor", [actor], positions["actor"])
    _check_exclude(exclude, quotes)
    if articles is not None:
        _check(articles, "articles")
    statements = find_statements(positions, actor, quotes)
    occasions = find_occasions(positions, actor, statements, articles)
    rows = []
    for issue in sorted({s.issue for s in statements}):
        spoken = [s for s in statements if s.issue == issue]
        sides = [take_side(o, spoken, exclude=exclude, min_confidence=min_confidence) for o in occasions]
        for before, after in _pairs(sides):
            rows.append({"actor": actor, "issue": issue, **_change_row(before, after, min_statements, seed)})
    return _frame(rows, _CHANGE)


def change_guards(
    positions: pd.DataFrame,
    articles: pd.DataFrame | None = None,
    *,
    actor: str,
    quotes: pd.DataFrame,
    min_confidence: float = _LOW_CONFIDENCE,
    min_statements: int = 2,
    seed: int = 0,
) -> pd.DataFrame:
    """Show how the verdict on each issue fares when each guard, and all together, leave statements out.

    Args:
        positions: The table ``positions`` of a study.
        articles: The table ``articles``.
        actor: Whose positions.
        quotes: The table ``quotes``, which tells headlines, second-hand and joint statements.
        min_confidence: What the guard ``low_confidence`` asks for.
        min_statements: As in ``change``.
        seed: As in ``change``.

    Returns:
        One row per issue, pair of dates and guard (``none``, each of ``GUARDS``, ``low_confidence``, ``all``):
        ``verdict``, ``as_without`` (True where it is that of no guard), counts, and the ids that still count. The guard
        ``all`` leaves votes in, as they are on record.
    """
    settings: dict[str, dict[str, Any]] = {"none": {}}
    settings |= {guard: {"exclude": (guard,)} for guard in GUARDS}
    settings["low_confidence"] = {"min_confidence": min_confidence}
    settings["all"] = {"exclude": [g for g in GUARDS if g != "vote"], "min_confidence": min_confidence}
    tables: list[pd.DataFrame] = []
    for guard, options in settings.items():
        table = change(
            positions, articles, actor=actor, quotes=quotes, min_statements=min_statements, seed=seed, **options
        )
        unguarded = tables[0] if tables else table
        tables.append(table.assign(guard=guard, as_without=table["verdict"] == unguarded["verdict"]))
    by_row = pd.concat(tables).sort_index(kind="stable")
    return by_row[list(_GUARDED)].astype(_GUARDED).reset_index(drop=True)


def agreement(positions: pd.DataFrame) -> pd.DataFrame:
    """Count for each pair of actors the issues on which both took a side, and on how many they agree.

    An actor's side on an issue is the side that most of the actor's statements take; where as many are for as against,
    the issue counts as unclear. To compare within one article or period, or without codes of low confidence, give only
    those positions. Who signs a joint statement agrees with the others who do, whatever else they think: ``n_joint``.

    Args:
        positions: The table ``positions`` of a study.

    Returns:
        One row per pair with at least one common issue, actors in alphabetical order: ``n_issues``, ``n_agree``,
        ``n_joint`` (of these, issues on which one of the two takes a side only in words that they share),
        ``n_disagree``, ``n_unclear``, ``share_agree`` (of the issues that are clear), ``agree_on``, ``disagree_on``,
        ``n`` (statements on the common issues) and their ``position_ids``.
    """
    _check(positions, "positions")
    said: dict[str, dict[str, _Said]] = {}
    for (actor, issue), group in positions.groupby(["actor", "issue"]):
        own_vote = group["position_id"].where(group["kind"] == "vote", "")  # who votes alike says nothing jointly
        words = frozenset(
            zip(group["article_id"], group["start"], group["end"], group["stance"], own_vote, strict=True)
        )
        said.setdefault(str(actor), {})[str(issue)] = _Said(
            int(group["stance"].sum()), words, list(group["position_id"])
        )
    rows = []
    for a, b in combinations(sorted(said), 2):
        common = [(issue, said[a][issue], said[b][issue]) for issue in sorted(said[a].keys() & said[b].keys())]
        if not common:
            continue
        agree = [issue for issue, one, other in common if one.total * other.total > 0]
        disagree = [issue for issue, one, other in common if one.total * other.total < 0]
        ids = [p for _, one, other in common for p in one.position_ids + other.position_ids]
        clear = len(agree) + len(disagree)
        rows.append(
            {
                "actor_a": a,
                "actor_b": b,
                "n_issues": len(common),
                "n_agree": len(agree),
                "n_joint": sum(i in agree and one.only_with(other) for i, one, other in common),
                "n_disagree": len(disagree),
                "n_unclear": len(common) - clear,
                "share_agree": len(agree) / clear if clear else None,
                "agree_on": agree,
                "disagree_on": disagree,
                "n": len(ids),
                "position_ids": ids,
            }
        )
    return _frame(rows, _AGREEMENT)


def share_of_voice(quotes: pd.DataFrame) -> pd.DataFrame:
    """Count who is heard in each article: attributions, words, and how many of the words are quoted or paraphrased.

    The words of a joint statement count in full for each of its speakers (``joint_words`` tells how many those are);
    in ``share`` they are divided evenly among them, so that an article's shares add up to one. A quotation inside
    another counts for both speakers.

    Args:
        quotes: The table ``quotes`` of a study.

    Returns:
        One row per article and speaker: ``n`` (attributions), ``words``, ``direct_words``, ``mixed_words``,
        ``indirect_words``, ``joint_words``, ``share`` and ``quote_ids``; most words first. What has no known speaker
        is the last row of its article, with ``speaker`` NA.
    """
    _check(quotes, "quotes")
    tallies: dict[tuple[str, str], dict[str, Any]] = {}
    totals: Counter[str] = Counter()
    for quote in quotes.to_dict("records"):
        words = len(_WORD.findall(quote["text"]))
        totals[quote["article_id"]] += words
        speakers = listed(quote["speakers"]) or [""]
        for speaker in speakers:
            empty: dict[str, Any] = dict.fromkeys(_VOICE, 0) | {"quote_ids": []}
            tally = tallies.setdefault((quote["article_id"], speaker), empty)
            tally["n"] += 1
            tally["words"] += words
            tally[f"{quote['kind']}_words"] += words
            tally["joint_words"] += words * (len(speakers) > 1)
            tally["share"] += words / len(speakers)
            tally["quote_ids"].append(quote["quote_id"])
    rows = [
        tally | {"article_id": article, "speaker": speaker or None, "share": tally["share"] / max(1, totals[article])}
        for (article, speaker), tally in tallies.items()
    ]
    rows.sort(key=lambda r: (r["article_id"], r["speaker"] is None, -r["words"], r["speaker"] or ""))
    return _frame(rows, _VOICE)


def _check(frame: pd.DataFrame, name: str) -> None:
    check_columns(frame, [c.name for c in TABLES[name]], name=name, cure=_CURE.format(name))


def _check_names(parameter: str, names: Iterable[str], column: pd.Series) -> None:
    present = sorted(column.dropna().unique())
    for name in names:
        if name not in present:
            shown = ", ".join(map(repr, present[:10])) + ", ..." * (len(present) > 10)
            hint = did_you_mean(name, present)
            raise ValueError(f"{parameter} has {name!r}, which no position names; they name {shown or 'nobody'}.{hint}")


def _check_exclude(exclude: Collection[str], quotes: pd.DataFrame | None) -> None:
    if isinstance(exclude, str):
        raise ValueError(f"exclude is the word {exclude!r}; expected several in brackets, as exclude=[{exclude!r}].")
    for guard in exclude:
        check_option("exclude", guard, GUARDS)
        if quotes is None and guard in _NEEDS_QUOTES:
            raise ValueError(f"exclude has {guard!r}, which only the quotes tell; give quotes=study.quotes too.")
    if quotes is not None:
        _check(quotes, "quotes")


def _pairs(sides: Sequence[Side]) -> list[tuple[Side, Side | None]]:
    """Pair the dates that speak of an issue, and what has no date with the last of them."""
    dated = [side for side in sides if side.occasion.date is not None]
    spoken = [i for i, side in enumerate(dated) if side.statements or side.left_out]
    pairs = list(pairwise(spoken))
    if spoken:
        pairs = [(spoken[0] - 1, spoken[0])] * (spoken[0] > 0) + pairs
        pairs += [(spoken[-1], spoken[-1] + 1)] * (spoken[-1] < len(dated) - 1)
    found: list[tuple[Side, Side | None]] = [(dated[i], dated[j]) for i, j in pairs]
    undated = [s for s in sides if s.occasion.date is None and (s.statements or s.left_out)]
    last = dated[spoken[-1]] if spoken else next((s for s in sides if s not in undated[:1]), None)
    found += [(last, side) for side in undated if last is not None and side is not last]
    return found or [(last or undated[0], None)]


def _change_row(before: Side, after: Side | None, min_statements: int, seed: int) -> dict[str, Any]:
    later = after or Side(Occasion(None, ()))
    shown = bootstrap(before, later, seed=seed)
    verdict, reason = decide(before, after, shown, min_statements=min_statements)
    both = before.mean is not None and later.mean is not None
    row: dict[str, Any] = {
        "verdict": verdict,
        "points_to": points_to(before, after),
        "difference": (later.mean or 0) - (before.mean or 0) if both else None,
        "low": shown.low,
        "high": shown.high,
        "sign_share": shown.sign_share,
        "reason": reason,
        "explanations": other_explanations(before, after),
        "n": len(before.statements) + len(later.statements),
        "left_out": before.left_out + later.left_out,
        "position_ids": [s.position_id for s in (*before.statements, *later.statements)],
    }
    for name, side in (("from", before), ("to", later)):
        row |= {
            f"{name}_date": side.occasion.date,
            f"{name}_role": side.occasion.role,
            f"{name}_n": len(side.statements),
            f"{name}_mean": side.mean,
            f"{name}_text": side.strongest.text if side.strongest else None,
            f"{name}_position_id": side.strongest.position_id if side.strongest else None,
            f"{name}_articles": list(side.occasion.articles),
        }
    return row


def _frame(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(columns)).astype(dict(columns))
