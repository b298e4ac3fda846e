"""Means and shares from the machine's codes, repaired with a hand-coded sample: design-based supervised learning.

Machine codes that are right nine times in ten can still give wrong shares, as errors do not cancel out, and intervals
that count them as true are too narrow. The repair needs a probability sample coded by hand (``toolkit.sampling``): each
unit's machine code is replaced by

    machine + (hand - machine) * sampled / chance of being sampled

whose mean is right whatever errors the machine makes, because the chances are known (Egami, Hinck, Stewart and Wei
2023 [1]_). Units that a coder has dropped count for nothing in either part of a share, so that the figures speak of the
true units among those that the machine found; what it missed is beyond them.

References:
    .. [1] Egami, N., Hinck, M., Stewart, B. M., and Wei, H. (2023). Using imperfect surrogates for downstream
       inference: design-based supervised learning for social science applications of large language models. Advances in
       Neural Information Processing Systems 36.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from toolkit.checks import check_columns, check_option
from toolkit.handcodes import MACHINE, NONE, VALID, check_unique, id_column, is_added, is_sheet, plain
from toolkit.reliability import numbered

METHODS = ("corrected", "machine", "hand")
"""The repaired estimate, the one from machine codes alone, and the one from the hand-coded sample alone."""

UNCODED = ("refuse", "reweight")
"""What to do where drawn units have no hand code."""

FEW = 30
"""Below so many hand codes an interval that rests on the normal approximation is rough."""

_ESTIMATES = {
    "group": "str", "variable": "str", "value": "str", "method": "str", "estimate": "float64", "std_error": "float64",
    "low": "float64", "high": "float64", "n_units": "Int64", "n_hand": "Int64", "note": "str",
}  # fmt: skip
_PROBABILITY = "inclusion_probability"


@dataclass(frozen=True)
class Coded:
    """All units with the machine's codes, and those of the sample with the hand's.

    Attributes:
        machine: The machine's code of each unit, as text.
        hand: The hand's code; None where it is not coded or no unit.
        machine_group: The group by the machine's codes.
        hand_group: The group by the hand's codes.
        weight: One over the chance of being drawn for hand-coded units, else 0.
        cluster: Number of the cluster (by default of the unit itself).
        n_missed: Units that people added because the machine had missed them.
    """

    machine: np.ndarray
    hand: np.ndarray
    machine_group: np.ndarray
    hand_group: np.ndarray
    weight: np.ndarray
    cluster: np.ndarray
    n_missed: int


@dataclass(frozen=True)
class Parts:
    """Numerator and denominator of a mean, a number per unit, by machine and by hand.

    Attributes:
        top: What is summed up: the machine's, and the hand's.
        bottom: What it is divided by: 1 for units of the group, by the machine's codes, and by the hand's.
    """

    top: tuple[np.ndarray, np.ndarray]
    bottom: tuple[np.ndarray, np.ndarray]


def mean(
    units: pd.DataFrame,
    hand: pd.DataFrame,
    variable: str,
    *,
    by: str | None = None,
    cluster: str | None = None,
    level: float = 0.95,
    uncoded: str = "refuse",
    folds: int = 0,
) -> pd.DataFrame:
    """Estimate a variable's mean over all units, for instance the mean stance.

    Args:
        units: All units with the machine's codes: the study's table from which the sample was drawn.
        hand: The sample's coding sheet by one coder (or settled between coders), or any frame with the ids, the
            variable and ``inclusion_probability``.
        variable: Name of the variable, in both tables.
        by: A column whose groups are estimated one by one. Where ``hand`` has it too, it is corrected as well: a unit
            that the machine has put into the wrong group counts for the right one.
        cluster: A column of ``units`` (``article_id``) within which units resemble each other; standard errors are
            then clustered. None takes each unit for independent.
        level: Level of the intervals.
        uncoded: ``refuse`` units that were drawn but not coded (or ``unsure``), or ``reweight`` their stratum, which
            takes them to be a random part of it.
        folds: With 2 or more, machine codes are first calibrated: each fold's by a regression of hand on machine codes
            in the other folds, which narrows the interval where the machine is often wrong. With 0, codes are taken as
            they are.

    Returns:
        Three rows per group, one per ``method``: ``corrected``; ``machine`` (naive: every code counts as true) and
        ``hand`` (the sample alone, weighted by its chances: sound but wide). ``estimate``, ``std_error``, ``low``,
        ``high`` (by Student's t; not cut off at 0 and 1), ``n_units`` (of the group by machine or hand), ``n_hand``
        (hand-coded among them) and a ``note`` where the figures need one. What cannot be estimated is NA. The
        standard errors are those of a sample from a wider population of like texts, and on the safe side where the
        sample was stratified.

    Raises:
        ValueError: A column is missing, a unit is coded twice or unknown, a code is no number, or the chances do not
            fit the units.
    """
    coded = _coded(units, hand, variable, by, cluster, uncoded)
    numbers = _numbers(coded.machine, variable), _numbers(coded.hand, variable)
    return _estimates(coded, variable, [(None, *numbers)], level, folds)


def shares(
    units: pd.DataFrame,
    hand: pd.DataFrame,
    variable: str,
    *,
    by: str | None = None,
    cluster: str | None = None,
    level: float = 0.95,
    uncoded: str = "refuse",
    folds: int = 0,
) -> pd.DataFrame:
    """Estimate the share of each of a variable's values among all units, for instance of each issue.

    Args:
        units: As in ``mean``.
        hand: As in ``mean``.
        variable: As in ``mean``; numbers and words alike are categories.
        by: As in ``mean``; shares are those within each group.
        cluster: As in ``mean``.
        level: As in ``mean``.
        uncoded: As in ``mean``.
        folds: As in ``mean``.

    Returns:
        As ``mean``, for every ``value`` that machine or hand has given (``(none)`` where it has none).

    Raises:
        ValueError: As in ``mean``.
    """
    coded = _coded(units, hand, variable, by, cluster, uncoded)
    values = sorted({*coded.machine, *(v for v in coded.hand if v is not None)})
    targets = [(v, (coded.machine == v).astype(float), (coded.hand == v).astype(float)) for v in values]
    return _estimates(coded, variable, targets, level, folds)


def _coded(
    units: pd.DataFrame, hand: pd.DataFrame, variable: str, by: str | None, cluster: str | None, uncoded: str
) -> Coded:
    check_option("uncoded", uncoded, UNCODED)
    needed = [variable, *[c for c in (by, cluster) if c is not None]]
    check_columns(units, needed, name="units", cure="Give the whole table that the sample was drawn from.")
    cure = "Give the coding sheet of a sample that `toolkit.sampling.draw` has drawn."
    check_columns(hand, [variable, _PROBABILITY], name="hand", cure=cure)
    if units.empty:
        raise ValueError("units has no rows, so there is nothing to estimate.")
    ids = [str(value) for value in units[id_column(units, "units")]]
    check_unique(ids, name="units", cure="Each unit has one row.")
    rows, n_missed = _sample(hand, set(ids))
    rows["_valid"] &= rows[variable].notna() | is_sheet(rows)
    weights = _weights(rows, len(ids), variable, uncoded)
    place = {name: i for i, name in enumerate(ids)}
    at = [place[name] for name in rows["_id"]]
    result = _empty(len(ids)), _empty(len(ids)), np.zeros(len(ids))
    result[0][at] = [
        _code(v, variable) if valid else None for v, valid in zip(rows[variable], rows["_valid"], strict=True)
    ]
    by_machine = np.array(["" if by is None else _code(v, by) for v in (units[by] if by else ids)], dtype=object)
    if by is not None and by in rows.columns:
        result[1][at] = [_code(v, by) if valid else None for v, valid in zip(rows[by], rows["_valid"], strict=True)]
    else:
        result[1][at] = [g if valid else None for g, valid in zip(by_machine[at], rows["_valid"], strict=True)]
    result[2][at] = weights
    machine = np.array([_code(v, variable) for v in units[variable]], dtype=object)
    clusters = numbered(ids if cluster is None else [_code(v, cluster) for v in units[cluster]])
    return Coded(machine, result[0], by_machine, result[1], result[2], clusters, n_missed)


def _sample(hand: pd.DataFrame, known: set[str]) -> tuple[pd.DataFrame, int]:
    """Take the rows of units that were drawn; tell which are coded, and which are units."""
    rows = hand[~hand["coder"].isin([MACHINE])] if "coder" in hand.columns else hand
    names = [str(value) for value in rows[id_column(rows, "hand")]]
    rows = rows.assign(_id=names)
    added = np.array([is_added(name) and name not in known for name in names], dtype=bool)
    if is_sheet(rows):
        added |= rows["decision"].eq("add").fillna(False).to_numpy(dtype=bool)
    rows = rows[~added]
    cure = "Settle what several coders differ on, or give the rows of one coder."
    check_unique(rows["_id"], name="hand", cure=cure)
    strange = sorted(set(rows["_id"]) - known)
    if strange:
        raise ValueError(
            f"hand has {len(strange)} units that units lacks, as {strange[0]!r}. Give the whole table that the sample "
            "was drawn from; to estimate a part, use `by`."
        )
    if is_sheet(rows):
        return rows.assign(_valid=rows["decision"].isin(VALID), _coded=rows["decision"].isin([*VALID, "drop"])), int(
            added.sum()
        )
    return rows.assign(_valid=True, _coded=True), int(added.sum())


def _weights(rows: pd.DataFrame, n_units: int, variable: str, uncoded: str) -> np.ndarray:
    """Give one over each drawn unit's chance of being coded; 0 where it is not coded."""
    chance = pd.to_numeric(rows[_PROBABILITY], errors="coerce").to_numpy(dtype=float)
    wrong = ~((chance > 0) & (chance <= 1))
    if wrong.any():
        raise ValueError(
            f"{int(wrong.sum())} rows of hand have no {_PROBABILITY} above 0 and up to 1, as "
            f"{rows['_id'][wrong].iloc[0]!r}. Only a sample with known chances can correct; draw one "
            "with `toolkit.sampling.draw`."
        )
    _check_chances(chance, n_units, exact="stratum" in rows.columns)
    done = rows["_coded"].to_numpy(dtype=bool)
    if not is_sheet(rows):
        done = done & rows[variable].notna().to_numpy()
    if done.all():
        return 1 / chance
    if uncoded == "refuse":
        raise ValueError(
            f"{int((~done).sum())} of {len(done)} drawn units are not coded (or unsure). Code them, or take them for a "
            "random part of their stratum with uncoded='reweight'."
        )
    names = rows["stratum"].astype(str).tolist() if "stratum" in rows.columns else ["all"] * len(rows)
    strata = np.array(names, dtype=object)
    weights = np.zeros(len(rows))
    for stratum in sorted(set(names)):
        members = strata == stratum
        if not done[members].any():
            raise ValueError(
                f"no unit of the stratum {stratum!r} is coded, so nothing can stand for it. Code some of it."
            )
        lost = (1 / chance[members]).sum() / (1 / chance[members & done]).sum()
        weights[members & done] = lost / chance[members & done]
    return weights


def _check_chances(chance: np.ndarray, n_units: int, *, exact: bool) -> None:
    """Refuse a sample that cannot be all of what was drawn from the units: its weights must add up to their number.

    They do so exactly for a stratified sample, and within four standard deviations for one drawn unit by unit.
    """
    total = (1 / chance).sum()
    tolerance = 1e-6 * n_units + (0 if exact else 4 * np.sqrt(((1 - chance) / chance**2).sum()))
    if abs(total - n_units) > tolerance:
        raise ValueError(
            f"the sample's chances speak of {total:.0f} units, but units has {n_units} rows. Give the whole table that "
            "the sample was drawn from, and all rows of the sample, dropped and unsure ones too; to estimate a part, "
            "use `by`."
        )


def _estimates(
    coded: Coded, variable: str, targets: Sequence[tuple[str | None, np.ndarray, np.ndarray]], level: float, folds: int
) -> pd.DataFrame:
    if not 0 < level < 1:
        raise ValueError(f"level is {level}; expected an interval's level, as 0.95.")
    if folds and not 2 <= folds <= len(set(coded.cluster[coded.weight > 0])):
        raise ValueError(f"folds is {folds}; expected 0, or from 2 to the number of hand-coded units (or clusters).")
    rows = []
    groups = sorted({*coded.machine_group, *(g for g in coded.hand_group if g is not None)})
    for group in groups:
        inside = (coded.machine_group == group).astype(float), (coded.hand_group == group).astype(float)
        for value, by_machine, by_hand in targets:
            parts = Parts((inside[0] * by_machine, inside[1] * by_hand), inside)
            facts = {"group": group or None, "variable": variable, "value": value}
            rows += [facts | _row(coded, parts, method, level, folds) for method in METHODS]
    return pd.DataFrame(rows, columns=list(_ESTIMATES)).astype(_ESTIMATES)


def _row(coded: Coded, parts: Parts, method: str, level: float, folds: int) -> dict[str, Any]:
    sampled = coded.weight > 0
    member = (parts.bottom[0] > 0) | (parts.bottom[1] > 0)
    n_hand = int((sampled & member).sum())
    counted = {"method": method, "n_units": int(member.sum()), "n_hand": n_hand}
    if method != "machine" and not n_hand:
        return counted | {"note": "no unit of this group is coded by hand"}
    if method == "machine":
        top, bottom = parts.top[0], parts.bottom[0]
    elif method == "hand":
        top, bottom = coded.weight * parts.top[1], coded.weight * parts.bottom[1]
    else:
        top, bottom = (_pseudo_outcome(coded, *part, folds=folds) for part in (parts.top, parts.bottom))
    if bottom.sum() <= 0:
        return counted | {"note": "no true unit is found in this group"}
    pieces = coded.cluster[member if method == "machine" else member & sampled]
    found = _ratio(top, bottom, coded.cluster, len(set(pieces)) - 1, level)
    return counted | found | {"note": _note(coded, parts, method, n_hand)}


def _pseudo_outcome(coded: Coded, machine: np.ndarray, hand: np.ndarray, *, folds: int) -> np.ndarray:
    """Correct machine values by the errors found in the sample, each for as many units as it stands for."""
    predicted = _calibrated(coded, machine, hand, folds) if folds else machine
    return predicted + np.where(coded.weight > 0, (hand - predicted) * coded.weight, 0)


def _calibrated(coded: Coded, machine: np.ndarray, hand: np.ndarray, folds: int) -> np.ndarray:
    """Predict each fold's hand values from machine values by a weighted line through the other folds' sample.

    Folds hold whole clusters and as many sampled ones each as can be, so that no unit has a part in its own prediction.
    """
    sampled = coded.weight > 0
    order = np.unique(np.concatenate([coded.cluster[sampled]]))
    rest = np.setdiff1d(coded.cluster, order)
    shuffled = np.concatenate([np.random.default_rng(0).permutation(order), rest])
    fold = np.empty(len(shuffled), dtype=int)
    fold[shuffled] = np.arange(len(shuffled)) % folds
    predicted = np.empty(len(machine))
    design = np.column_stack([np.ones(len(machine)), machine])
    for number in range(folds):
        here = fold[coded.cluster] == number
        use = sampled & ~here
        root = np.sqrt(coded.weight[use])
        line = np.linalg.lstsq(design[use] * root[:, None], hand[use] * root, rcond=None)[0]
        predicted[here] = design[here] @ line
    return predicted


def _ratio(top: np.ndarray, bottom: np.ndarray, cluster: np.ndarray, freedom: int, level: float) -> dict[str, Any]:
    """Divide two sums, with the standard error by linearisation, summed up within clusters."""
    from scipy.stats import t

    estimate = float(top.sum() / bottom.sum())
    if freedom < 1:
        return {"estimate": estimate}
    residuals = np.bincount(cluster, weights=(top - estimate * bottom) / bottom.sum())
    std_error = float(np.sqrt(len(residuals) / (len(residuals) - 1) * (residuals**2).sum()))
    reach = float(t.ppf((1 + level) / 2, freedom)) * std_error
    return {"estimate": estimate, "std_error": std_error, "low": estimate - reach, "high": estimate + reach}


def _note(coded: Coded, parts: Parts, method: str, n_hand: int) -> str | None:
    if method == "machine":
        return None
    notes = []
    sampled = coded.weight > 0
    if n_hand < FEW:
        notes.append(f"only {n_hand} hand codes, so the interval is rough")
    wrong = (parts.top[0] != parts.top[1]) | (parts.bottom[0] != parts.bottom[1])
    if method == "corrected" and not (wrong & sampled).any() and not sampled.all():
        notes.append("no error of the machine is in the sample, so the interval does not show what errors there may be")
    if method == "corrected" and coded.n_missed:
        notes.append(f"{coded.n_missed} units that the machine had missed are left out")
    return "; ".join(notes) or None


def _numbers(given: np.ndarray, variable: str) -> np.ndarray:
    numbers = pd.to_numeric(pd.Series([0 if v is None else v for v in given], dtype=object), errors="coerce")
    wrong = numbers.isna().to_numpy()
    if wrong.any():
        cure = "Use `shares` for categories, or leave out rows without a number before drawing the sample."
        raise ValueError(f"{variable} has {given[wrong][0]!r}, which is no number, so it has no mean. {cure}")
    return numbers.to_numpy(dtype=float)


def _code(value: object, variable: str) -> str:
    return plain(value, several=variable == "speakers") or NONE


def _empty(n: int) -> np.ndarray:
    return np.full(n, None, dtype=object)
