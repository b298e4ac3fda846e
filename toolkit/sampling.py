"""Draw the quotes or positions to code by hand, so that every row's chance of being drawn is known, and say how many.

The sample is a stratified random sample without replacement; each row carries its ``stratum`` and its
``inclusion_probability`` (rows drawn of the stratum over rows in it), which ``toolkit.estimates`` needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import ceil, isfinite

import numpy as np
import pandas as pd

from toolkit.checks import check_columns, check_option, did_you_mean
from toolkit.handcodes import check_unique, id_column, plain

ALLOCATIONS = ("proportional", "equal")
"""How the rows to draw are dealt out to the strata."""

BANDS = (0.5, 0.7, 0.9)
"""Where the bands of confidence meet, by default."""

_PLAN = {"stratum": "str", "n_units": "Int64", "n": "Int64", "inclusion_probability": "float64"}
_DRAWN = ("stratum", "inclusion_probability")
_STRATA = ("article", "actor", "issue", "confidence")
_EVERYTHING = "all"
_BETWEEN = " / "


def plan(
    table: pd.DataFrame,
    n: int,
    *,
    by: str | Sequence[str] = (),
    allocation: str = "proportional",
    minimum: int = 2,
    bands: Sequence[float] = BANDS,
) -> pd.DataFrame:
    """Say how many rows of each stratum a sample will have, before anything is drawn.

    Args:
        table: The table ``quotes`` or ``positions`` of a study.
        n: How many rows to draw.
        by: What forms the strata: ``article``, ``actor`` (of quotes: the speakers), ``issue``, ``confidence`` (in
            bands), any column of the table, or several of these; nothing for a simple random sample.
        allocation: ``proportional`` to the strata's sizes (so that every row has nearly the same chance; by Webster's
            divisors), or ``equal`` numbers, for comparing strata.
        minimum: Rows that every stratum gets at least; a smaller stratum is taken whole. With two, the spread within
            each stratum can be estimated.
        bands: Where the bands of confidence meet, from low to high; a band holds its lower end.

    Returns:
        One row per stratum, by name: ``stratum``, ``n_units`` (rows of the table), ``n`` (rows to draw) and
        ``inclusion_probability``.

    Raises:
        ValueError: The table has fewer rows than are to be drawn or cannot be divided so, ids are not unique, or
            ``n`` does not give every stratum its minimum.
    """
    _check_drawing(table, n, minimum)
    check_option("allocation", allocation, ALLOCATIONS)
    sizes = _strata(table, by, bands).value_counts().sort_index()
    counts = _allocate(sizes.to_numpy(dtype=int), n, allocation, minimum)
    rows = {"stratum": list(sizes.index), "n_units": sizes.tolist(), "n": counts.tolist()}
    rows["inclusion_probability"] = (counts / sizes.to_numpy()).tolist()
    return pd.DataFrame(rows).astype(_PLAN)


def draw(
    table: pd.DataFrame,
    n: int,
    *,
    by: str | Sequence[str] = (),
    allocation: str = "proportional",
    minimum: int = 2,
    bands: Sequence[float] = BANDS,
    seed: int = 0,
) -> pd.DataFrame:
    """Draw rows at random, with each row's chance of being drawn on record.

    Args:
        table: The table ``quotes`` or ``positions`` of a study.
        n: How many rows to draw.
        by: As in ``plan``.
        allocation: As in ``plan``.
        minimum: As in ``plan``.
        bands: As in ``plan``.
        seed: Seed of the random numbers. The same rows and seed give the same sample, in whatever order the rows come.

    Returns:
        The drawn rows as they stand in the table and in its order, with ``stratum`` and ``inclusion_probability``.

    Raises:
        ValueError: As in ``plan``, or the table is a sample already.
    """
    already = [column for column in _DRAWN if column in table.columns]
    if already:
        raise ValueError(
            f"table has the column {already[0]} already, so it is a sample; its chances would be lost. Draw from the "
            "whole table of the study."
        )
    planned = plan(table, n, by=by, allocation=allocation, minimum=minimum, bands=bands)
    strata = _strata(table, by, bands).to_numpy()
    order = np.argsort(table[id_column(table, "table")].astype(str).to_numpy(), kind="stable")
    rng = np.random.default_rng(seed)
    drawn: list[int] = []
    for stratum, count in zip(planned["stratum"], planned["n"], strict=True):
        drawn += rng.choice(order[strata[order] == stratum], size=int(count), replace=False).tolist()
    rows = sorted(drawn)
    chance = dict(zip(planned["stratum"], planned["inclusion_probability"], strict=True))
    sample = table.iloc[rows].reset_index(drop=True)
    sample["stratum"] = pd.Series(strata[rows], dtype="str")
    sample["inclusion_probability"] = [chance[stratum] for stratum in strata[rows]]
    return sample


def size_for_share(
    margin: float,
    *,
    share: float = 0.5,
    level: float = 0.95,
    population: int | None = None,
    design_effect: float = 1.0,
) -> int:
    r"""Say how many rows to code for a share's margin of error.

    With :math:`z` the normal quantile of the level, :math:`n_0 = z^2 p (1 - p) / d^2`, and in a population of
    :math:`N` rows :math:`n = n_0 / (1 + (n_0 - 1) / N)` (Cochran 1977, section 4.4) [1]_.

    Args:
        margin: Half the width of the interval: 0.05 for five percentage points on either side.
        share: What the share is expected to be; one half asks for most rows.
        level: Level of the interval.
        population: Rows of the table, or None for a table without end.
        design_effect: How much more spread the sample has than a simple random one: more than 1 where whole articles
            are drawn.

    Raises:
        ValueError: A value is out of its range.

    References:
        .. [1] Cochran, W. G. (1977). Sampling Techniques, 3rd edition. New York: Wiley.
    """
    _check_open("margin", margin, "half an interval's width, as 0.05")
    _check_open("share", share, "a share, as 0.5")
    if not (isfinite(design_effect) and design_effect > 0):
        raise ValueError(f"design_effect is {design_effect}; expected a number above 0, 1 for a simple random sample.")
    if population is not None and population < 1:
        raise ValueError(f"population is {population}; expected the number of rows, or None where it is not known.")
    n = design_effect * _quantile(level) ** 2 * share * (1 - share) / margin**2
    if population is not None:
        n = min(n / (1 + (n - 1) / population), population)
    return _up(n)


def size_for_alpha(margin: float, *, alpha: float = 0.8, share: float = 0.5, level: float = 0.95) -> int:
    r"""Say how many units two coders must code for a margin of error of Krippendorff's alpha.

    For one category against the rest and two coders, alpha is Scott's pi but for a factor that vanishes with the
    number of units, and has the large-sample variance of the intraclass kappa (Bloch and Kraemer 1989 [1]_; Donner
    and Eliasziw 1992 [2]_), with :math:`p` the category's share:

    .. math:: \frac{1 - \alpha}{n} \left[ (1 - \alpha) (1 - 2 \alpha)
              + \frac{\alpha (2 - \alpha)}{2 p (1 - p)} \right]

    More coders give more precision than this says. Rare categories need many units: reckon with the rarest that
    matters.

    Args:
        margin: Half the width of alpha's interval, as 0.1.
        alpha: What alpha is expected to be.
        share: Share of the category.
        level: Level of the interval.

    Raises:
        ValueError: A value is out of its range.

    References:
        .. [1] Bloch, D. A., and Kraemer, H. C. (1989). 2 x 2 kappa coefficients: measures of agreement or
           association. Biometrics 45(1), 269-287.
        .. [2] Donner, A., and Eliasziw, M. (1992). A goodness-of-fit approach to inference procedures for the kappa
           statistic. Statistics in Medicine 11(11), 1511-1519.
    """
    _check_open("margin", margin, "half an interval's width, as 0.1")
    _check_open("share", share, "a share, as 0.5")
    if not 0 <= alpha < 1:
        raise ValueError(f"alpha is {alpha}; expected a number from 0 to below 1, as 0.8.")
    spread = (1 - alpha) * (1 - 2 * alpha) + alpha * (2 - alpha) / (2 * share * (1 - share))
    return _up(_quantile(level) ** 2 * (1 - alpha) * spread / margin**2)


def _check_drawing(table: pd.DataFrame, n: int, minimum: int) -> None:
    ids = table[id_column(table, "table")]
    check_unique(ids, name="table", cure="Each row must stand once; give the table as the study has it.")
    for name, number in (("n", n), ("minimum", minimum)):
        if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < 1:
            raise ValueError(f"{name} is {number!r}; expected a whole number from 1 up.")
    if n > len(table):
        raise ValueError(f"n is {n}, but the table has {len(table)} rows; give at most that, which takes all of them.")


def _strata(table: pd.DataFrame, by: str | Sequence[str], bands: Sequence[float]) -> pd.Series:
    """Name each row's stratum."""
    names = [by] if isinstance(by, str) else list(by)
    if not names:
        return pd.Series(_EVERYTHING, index=table.index, dtype="str")
    parts = [_labels(table, name, bands) for name in names]
    return pd.Series([_BETWEEN.join(row) for row in zip(*parts, strict=True)], index=table.index, dtype="str")


def _labels(table: pd.DataFrame, name: str, bands: Sequence[float]) -> list[str]:
    if name == "confidence":
        check_columns(table, ["confidence"], name="table", cure="Give a study's quotes or positions.")
        return _bands(table["confidence"], bands)
    column = {"article": "article_id", "actor": "actor" if "actor" in table.columns else "speakers"}.get(name, name)
    if column not in table.columns:
        choices = (*_STRATA, *map(str, table.columns))
        raise ValueError(
            f"by has {name!r}, but the table has no column {column!r}; expected {', '.join(_STRATA)} or one of its "
            f"columns.{did_you_mean(name, choices)}"
        )
    return [plain(value) or f"no {name}" for value in table[column]]


def _bands(confidence: pd.Series, bands: Sequence[float]) -> list[str]:
    edges = [float(edge) for edge in bands]
    if not edges or sorted(set(edges)) != edges or not all(0 < edge < 1 for edge in edges):
        raise ValueError(f"bands is {tuple(bands)}; expected numbers between 0 and 1 that rise, as {BANDS}.")
    limits = [0.0, *edges, 1.0]
    names = [f"confidence {low:g}-{high:g}" for low, high in pairwise(limits)]
    numbers = np.searchsorted(edges, confidence.fillna(0).to_numpy(dtype=float), side="right")
    unknown = confidence.isna().to_numpy()
    return ["no confidence" if gap else names[number] for number, gap in zip(numbers, unknown, strict=True)]


def _allocate(sizes: np.ndarray, n: int, allocation: str, minimum: int) -> np.ndarray:
    """Deal ``n`` rows out to strata of these sizes, one row at a time to the stratum that is owed most."""
    counts = np.minimum(sizes, minimum)
    if counts.sum() > n:
        raise ValueError(
            f"n is {n}, but {len(sizes)} strata with at least {minimum} rows each (or all they have) take "
            f"{counts.sum()}. Draw more rows, lower `minimum`, or form fewer strata with `by`."
        )
    for _ in range(n - int(counts.sum())):
        owed = sizes / (2 * counts + 1) if allocation == "proportional" else 1 / (1 + counts)
        counts[np.argmax(np.where(counts < sizes, owed, -1))] += 1
    return counts


def _check_open(name: str, value: float, what: str) -> None:
    if not 0 < value < 1:
        raise ValueError(f"{name} is {value}; expected {what}, between 0 and 1.")


def _quantile(level: float) -> float:
    from scipy.stats import norm

    _check_open("level", level, "an interval's level, as 0.95")
    return float(norm.ppf((1 + level) / 2))


def _up(n: float) -> int:
    # A result that is whole but for rounding must not ask for one row more.
    return max(1, ceil(n - 1e-9))
