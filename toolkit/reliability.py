"""Krippendorff's alpha of one variable, and how far it can be trusted.

The coefficient is that of the package ``krippendorff``. The bootstrap draws units (or articles) again with
replacement, as Zapf, Castell, Morawietz and Karch (2016) [1]_ do, and weighs the coincidences of each unit by how often
it was drawn, so that thousands of resamples take a second. The interval is the bias-corrected and accelerated one
(Efron 1987 [2]_) with the quantiles of Student's t that Hesterberg (2015) [3]_ advises for few units; the plain
percentile interval is too narrow for fewer than some two hundred units (``tests/benchmarks/agreement_recovery.py``).
The chance that alpha is below a threshold is the share of resamples below it (Hayes and Krippendorff 2007 [4]_).

References:
    .. [1] Zapf, A., Castell, S., Morawietz, L., and Karch, A. (2016). Measuring inter-rater reliability for nominal
       data: which coefficients and confidence intervals are appropriate? BMC Medical Research Methodology 16:93.
    .. [2] Efron, B. (1987). Better bootstrap confidence intervals. Journal of the American Statistical Association
       82(397), 171-185.
    .. [3] Hesterberg, T. C. (2015). What teachers should know about the bootstrap. The American Statistician 69(4),
       371-386.
    .. [4] Hayes, A. F., and Krippendorff, K. (2007). Answering the call for a standard reliability measure for coding
       data. Communication Methods and Measures 1(1), 77-89.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np

LEVELS = ("nominal", "ordinal", "interval", "ratio")
"""Levels of measurement, which say how far apart two codes are."""

THRESHOLDS = (0.667, 0.8)
"""Krippendorff's limits: below the first discard, from the second rely on the codes."""

_LARGEST = 5_000_000
_AT_ONCE = 2_000_000
_MANY = 2000


@dataclass(frozen=True)
class Tally:
    """How many coders gave each unit each value; only units with two codes or more.

    Attributes:
        counts: One row per unit, one column per value.
        values: The values: numbers for ``interval`` and ``ratio``, else their ranks.
        level: One of ``LEVELS``.
        groups: The group (article) of each unit, as numbers from 0, which are drawn together; units by default.
    """

    counts: np.ndarray
    values: np.ndarray
    level: str
    groups: np.ndarray


@dataclass(frozen=True)
class Trust:
    """What drawing the units again shows.

    Attributes:
        low: Lower end of the 95 % interval, or None where there is nothing to draw from.
        high: Upper end.
        below: Share of resamples below each of ``THRESHOLDS``.
        without: Share of resamples in which all codes are the same, so that alpha is not defined; they are left out.
    """

    low: float | None
    high: float | None
    below: tuple[float | None, ...]
    without: float


def alpha(tally: Tally) -> float | None:
    """Compute Krippendorff's alpha; None where it is not defined (no unit with two codes, or one value only).

    Raises:
        ImportError: The package ``krippendorff`` is not installed.
    """
    package = _package()
    used = tally.counts.sum(axis=0) > 0
    if not len(tally.counts) or used.sum() < 2:
        return None
    counts, values = tally.counts[:, used], tally.values[used]
    if counts.shape[0] * counts.shape[1] ** 2 > _LARGEST:
        # The package makes a matrix of values by values for each unit, too large for hundreds of actors' names.
        return float(alphas(tally, np.ones((1, len(counts))))[0])
    return float(package.alpha(value_counts=counts, value_domain=values, level_of_measurement=tally.level))


def alphas(tally: Tally, weights: np.ndarray) -> np.ndarray:
    """Compute alpha with units counted several times or not at all.

    Args:
        tally: The codes.
        weights: One row per alpha to compute, one column per unit: how often it counts.

    Returns:
        An alpha per row; nan where all codes that count are the same.
    """
    unit, one, other, coincidences = _coincidences(tally.counts)
    step = max(1, _AT_ONCE // max(1, len(unit), tally.counts.shape[1], tally.counts.shape[0]))
    parts = []
    counts = tally.counts.astype(float)  # products of whole numbers are slow
    for at in range(0, len(weights), step):
        chosen = weights[at : at + step]
        totals = chosen @ counts
        n = totals.sum(axis=1)
        expected, distances = _distances(tally, totals, one, other)
        observed = (chosen[:, unit] * coincidences * distances).sum(axis=1)
        ratio = np.divide(observed * (n - 1), expected, out=np.full(len(n), np.nan), where=expected > 1e-12)
        parts.append(1 - ratio)
    return np.concatenate(parts) if parts else np.empty(0)


def _coincidences(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Give the unequal pairs of values of each unit, and how much each weighs (Krippendorff's coincidences)."""
    unit, value = np.nonzero(counts)
    bounds = np.searchsorted(unit, np.arange(len(counts) + 1))
    pairs = [pair for start, stop in pairwise(bounds.tolist()) for pair in combinations(range(start, stop), 2)]
    a, b = np.array(pairs, dtype=int).reshape(-1, 2).T
    given = counts[unit, value]
    return unit[a], value[a], value[b], 2 * given[a] * given[b] / (counts.sum(axis=1) - 1)[unit[a]]


def _distances(tally: Tally, totals: np.ndarray, one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the disagreement expected by chance (times n - 1), and the distances of the pairs, for each row."""
    n = totals.sum(axis=1)
    if tally.level == "nominal":
        return n**2 - (totals**2).sum(axis=1), np.ones((1, len(one)))
    if tally.level == "ratio":
        v = tally.values.astype(float)
        sums = v[:, None] + v
        apart = np.divide(v[:, None] - v, sums, out=np.zeros_like(sums), where=sums != 0) ** 2
        return np.einsum("bi,ij,bj->b", totals, apart, totals, optimize=True), apart[one, other][None]
    if tally.level == "ordinal":
        place = np.cumsum(totals, axis=1) - totals / 2
    else:
        v = tally.values.astype(float)
        place = np.broadcast_to((v - v.mean()) / (np.ptp(v) or 1.0), totals.shape)
    expected = 2 * (n * (totals * place**2).sum(axis=1) - (totals * place).sum(axis=1) ** 2)
    return expected, (place[:, one] - place[:, other]) ** 2


def trust(tally: Tally, observed: float, *, resamples: int = 2000, seed: int = 0) -> Trust:
    """Draw the units again and give alpha's 95 % interval and the chance that it misses the thresholds.

    Args:
        tally: The codes.
        observed: Alpha of the codes.
        resamples: How often to draw.
        seed: Seed of the random numbers.
    """
    n = int(tally.groups.max()) + 1 if len(tally.groups) else 0
    if n < 2:
        return Trust(None, None, (None,) * len(THRESHOLDS), 0.0)
    drawn = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=resamples)
    every = alphas(tally, drawn[:, tally.groups].astype(float))
    kept = every[~np.isnan(every)]
    if not kept.size:
        return Trust(None, None, (None,) * len(THRESHOLDS), 1.0)
    low, high = _accelerated(tally, kept, observed, n)
    below = tuple(float((kept < threshold).mean()) for threshold in THRESHOLDS)
    return Trust(low, high, below, 1 - kept.size / every.size)


def _accelerated(tally: Tally, resampled: np.ndarray, observed: float, n: int) -> tuple[float, float]:
    from scipy.stats import norm, t

    acceleration = _acceleration(tally, n) if n <= _MANY else 0.0  # it vanishes with the root of n
    near = 1e-12
    rank = ((resampled < observed - near).mean() + (resampled <= observed + near).mean()) / 2
    bias = norm.ppf(np.clip(rank, 1 / resampled.size, 1 - 1 / resampled.size))
    wide = t.ppf(0.975, n - 1) * np.sqrt(n / (n - 1))
    shifted = bias + np.array([-wide, wide])
    # Beyond its pole the correction would turn back; there the end of the resamples is meant.
    shares = norm.cdf(bias + shifted / np.maximum(1 - acceleration * shifted, 1e-6))
    low, high = np.quantile(resampled, shares)
    return float(low), float(high)


def _acceleration(tally: Tally, n: int) -> float:
    left_out = alphas(tally, (np.ones((n, n)) - np.eye(n))[:, tally.groups])
    left_out = left_out[~np.isnan(left_out)]
    pull = left_out.mean() - left_out if left_out.size else left_out
    spread = (pull**2).sum() ** 1.5
    return float((pull**3).sum() / (6 * spread)) if spread > 1e-18 else 0.0


def percent_agreement(counts: np.ndarray) -> float | None:
    """Give the share of pairs of coders that gave a unit the same value, averaged over units; None without units."""
    if not len(counts):
        return None
    n = counts.sum(axis=1)
    return float(((counts * (counts - 1)).sum(axis=1) / (n * (n - 1))).mean())


def numbered(names: Sequence[object]) -> np.ndarray:
    """Number names from 0, in the order in which they first occur."""
    places: dict[object, int] = {}
    return np.array([places.setdefault(name, len(places)) for name in names], dtype=int)


def _package():  # type: ignore[no-untyped-def]  # a module
    try:
        import krippendorff
    except ImportError as error:
        raise ImportError(
            "agreement needs the package krippendorff; install it with "
            '`pip install "diplomatic-positions-toolkit[check]"`.'
        ) from error
    return krippendorff
