"""When two dates may be called a change of position: the rule, the bootstrap behind it, and what else to weigh.

The rule is a decision table over what one actor says on one issue at an earlier and a later date; the first line that
fits decides, from the top:

| # | what is found | verdict |
|---|---|---|
| 1 | a date is missing, or there is one date only, so nothing comes before or after | not comparable |
| 2 | all statements of a date are left out by a guard (confidence, joint, indirect ...) | too little evidence |
| 3 | only one date speaks of the issue, and the side it takes there is not sure | too little evidence |
| 4 | only the later date speaks of it | new |
| 5 | only the earlier date speaks of it | dropped |
| 6 | of what is likely right, one date has own words, the other only joint statements or votes | not comparable |
| 7 | in that voice a date has fewer than ``min_statements`` that are likely right | too little evidence |
| 8 | that voice and all statements of a date together do not lie on the same side | too little evidence |
| 9 | the sides come out as observed in fewer than three of four resamples | too little evidence |
| 10 | both dates lie on the same side | held |
| 11 | the dates lie on opposite sides | reversed |

Likely right means a confidence of one half or more. As many statements for as against are no side. That three of four
resamples must agree is a convention, no significance level, and nothing is corrected for the number of issues and
dates: of many verdicts some are wrong.
``new`` and ``dropped`` say only that the issue is not spoken of in the other article: silence is no change of position.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from toolkit.occasions import Occasion, Side, Statement

VERDICTS = ("held", "reversed", "new", "dropped", "too little evidence", "not comparable")
"""The six verdicts, in the order in which figures and legends name them."""

SURE = 0.75
"""The share of resamples that must show the sides as observed."""

RESAMPLES = 2000
"""How often the statements are drawn again."""

_VOICES = {"own": "own words", "joint": "joint statements", "vote": "votes"}
_SILENT = "silence is no change of position"


@dataclass(frozen=True)
class Bootstrap:
    """What drawing the statements again shows.

    Attributes:
        low: Lower end of the 95 % interval of the difference of the mean sides, statements weighed by their confidence;
            None where a date has one statement or none, and where on each date all are on one side: then the
            statements show no spread.
        high: Upper end.
        sign_share: Share of resamples in which each date lies on the side observed; 0 where a date has no side. Where
            on each date all statements are on one side, only their confidences can lower it.
    """

    low: float | None
    high: float | None
    sign_share: float | None


def bootstrap(before: Side, after: Side, *, seed: int = 0) -> Bootstrap:
    """Draw each date's articles again and the statements within them, each kept if its code comes out as right.

    It does so with the probability of its confidence. A resample in which a date keeps no statement does not show the
    observed side. Where a date has one article, how far other articles would differ is not in the interval. The
    probability is that of issue and side; whether the actor is right, too, is not in it. Drawing in two stages
    is the bootstrap of Davison and Hinkley (Bootstrap Methods and their Application, 1997), section 3.8.

    Args:
        before: The earlier date.
        after: The later date.
        seed: Seed of the random numbers; the same seed gives the same result.
    """
    rng = np.random.default_rng(seed)
    spoken = [side for side in (before, after) if side.statements]
    if not spoken:
        return Bootstrap(None, None, None)
    means = [_resampled_means(side.statements, rng) for side in spoken]
    as_observed = np.all([np.sign(m) == (side.sign or np.nan) for m, side in zip(means, spoken, strict=True)], axis=0)
    share = float(as_observed.mean())
    spread = any(abs(side.mean or 0) < 1 for side in spoken)
    if min(len(before.statements), len(after.statements)) < 2 or not spread:
        return Bootstrap(None, None, share)
    difference = means[1] - means[0]
    difference = difference[~np.isnan(difference)]
    if not difference.size:
        return Bootstrap(None, None, share)
    low, high = np.percentile(difference, [2.5, 97.5])
    return Bootstrap(float(low), float(high), share)


def _resampled_means(statements: Sequence[Statement], rng: np.random.Generator) -> np.ndarray:
    ordered = groupby(sorted(statements, key=lambda s: s.article_id), key=lambda s: s.article_id)
    articles = [list(group) for _, group in ordered]
    times = rng.multinomial(len(articles), [1 / len(articles)] * len(articles), size=RESAMPLES)
    total, kept = np.zeros(RESAMPLES), np.zeros(RESAMPLES)
    for column, members in enumerate(articles):
        stance = np.array([s.stance for s in members])
        confidence = np.array([s.confidence for s in members])
        for again in range(times[:, column].max()):
            holding = np.flatnonzero(times[:, column] > again)
            drawn = rng.integers(len(members), size=(len(holding), len(members)))
            right = rng.random(drawn.shape) < confidence[drawn]
            total[holding] += (stance[drawn] * right).sum(axis=1)
            kept[holding] += right.sum(axis=1)
    return np.divide(total, kept, out=np.full(RESAMPLES, np.nan), where=kept > 0)


def decide(before: Side, after: Side | None, shown: Bootstrap, *, min_statements: int = 2) -> tuple[str, str]:
    """Give the verdict of the decision table above and, in words, the reason for it.

    Args:
        before: The earlier date.
        after: The later date, or None where there is one date only.
        shown: The bootstrap of the two.
        min_statements: Statements, likely right and in one voice, that a date must have before it is called held or
            reversed.
    """
    if after is None:
        return "not comparable", f"positions are found on one date only ({before.occasion.name})"
    undated = [s.occasion.name for s in (before, after) if s.occasion.date is None]
    if undated:
        return "not comparable", f"no date is known for {' and '.join(undated)}, so which came first is not known"
    emptied = [s for s in (before, after) if s.left_out and not s.statements]
    if emptied:
        what = "; ".join(f"all {s.left_out} of {s.occasion.name}" for s in emptied)
        return "too little evidence", f"the guards leave out {what}"
    if not (before.statements and after.statements):
        return _decide_silence(before, after, shown)
    return _decide_sides(before, after, shown, min_statements)


def _decide_silence(before: Side, after: Side, shown: Bootstrap) -> tuple[str, str]:
    spoken, silent = (after, before) if after.statements else (before, after)
    silence = f"not spoken of on {silent.occasion.name}; {_SILENT}"
    if (shown.sign_share or 0) < SURE:
        return "too little evidence", f"{_sides(spoken)}, not sure ({_share(shown)}), and {silence}"
    return ("new" if spoken is after else "dropped"), f"{_sides(spoken)}; {silence}"


def _decide_sides(before: Side, after: Side, shown: Bootstrap, min_statements: int) -> tuple[str, str]:
    both = f"{_sides(before)}; {_sides(after)}"
    if before.voice != after.voice:
        voices = "; ".join(f"{_VOICES[s.voice or 'own']} on {s.occasion.name}" for s in (before, after))
        return "not comparable", f"{both}; {voices}"
    few = [f"{len(s.firm)} on {s.occasion.name}" for s in (before, after) if len(s.firm) < min_statements]
    if few:
        voice = _VOICES[before.voice or "own"]
        return "too little evidence", f"{both}; fewer than {min_statements} likely right ({voice}): {', '.join(few)}"
    unlike = [s.occasion.name for s in (before, after) if Side(s.occasion, s.firm).sign != s.sign]
    if unlike:
        voice = _VOICES[before.voice or "own"]
        return "too little evidence", f"{both}; {voice} that are likely right are on another side: {', '.join(unlike)}"
    if (shown.sign_share or 0) < SURE:
        return "too little evidence", f"{both}; {_share(shown)}"
    return ("held" if before.sign == after.sign else "reversed"), f"{both}; {_share(shown)}"


def points_to(before: Side, after: Side | None) -> str | None:
    """Name what the statements point to, however few: ``same side``, ``opposite sides`` or ``no clear side``."""
    if after is None or not (before.statements and after.statements):
        return None
    product = before.sign * after.sign
    return {1: "same side", -1: "opposite sides", 0: "no clear side"}[product]


def other_explanations(before: Side, after: Side | None) -> list[str]:
    """List what else could explain a difference, or an apparent sameness, between the two dates."""
    sides = [s for s in (before, after) if s is not None]
    found = [] if after is None else _between(before.occasion, after.occasion)
    found += _paraphrase(before, after) if after is not None else []
    labels: Mapping[str, str] = {
        "joint": "joint statement, so the words of more than one",
        "vote": "reported vote, which may have been cast before the article's date",
    }
    for side in sides:
        counts = Counter(s.voice for s in side.statements)
        counts["headline"] = sum(s.headline for s in side.statements)
        counts["second hand"] = sum(s.second_hand for s in side.statements)
        for what in ("joint", "vote", "headline", "second hand"):
            if counts[what]:
                words = labels.get(what, what)
                found.append(f"{words}: {counts[what]} of {len(side.statements)} on {side.occasion.name}")
    found += [f"date inferred: {s.occasion.name}" for s in sides if s.occasion.inferred]
    return found


def _between(first: Occasion, second: Occasion) -> list[str]:
    found = []
    if first.outlets != second.outlets and (first.outlets or second.outlets):
        found.append(f"other outlet: {_names(first.outlets)}, then {_names(second.outlets)}")
    if first.role != second.role and first.role and second.role:
        found.append(f"role changed: {first.role}, then {second.role}")
    if first.partners != second.partners:
        found.append(
            f"other counterpart: with {_names(first.partners, 'nobody')} on {first.name}, "
            f"with {_names(second.partners, 'nobody')} on {second.name}"
        )
    return found


def _paraphrase(before: Side, after: Side) -> list[str]:
    if not (before.statements and after.statements):
        return []
    quoted = [sum(s.kind in ("direct", "mixed", "speech") for s in side.statements) for side in (before, after)]
    if bool(quoted[0]) == bool(quoted[1]):
        return []
    parts = [
        f"{q} of {len(s.statements)} quoted on {s.occasion.name}" for q, s in zip(quoted, (before, after), strict=True)
    ]
    return [f"paraphrase against quotation: {parts[0]}, {parts[1]}"]


def _names(names: Sequence[str], none: str = "not known") -> str:
    return ", ".join(names) or none


def _share(shown: Bootstrap) -> str:
    return f"sides as observed in {shown.sign_share or 0:.0%} of resamples"


def _sides(side: Side) -> str:
    supports = sum(s.stance > 0 for s in side.statements)
    opposes = len(side.statements) - supports
    counts = [f"{n} {word}" for n, word in ((supports, "for"), (opposes, "against")) if n]
    left = f" ({side.left_out} left out)" if side.left_out else ""
    return f"{side.occasion.name}: {', '.join(counts)}{left}"
