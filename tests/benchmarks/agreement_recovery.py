"""Simulate studies whose alpha and shares are known, and count how often the intervals cover them.

Usage, from the project's root: python tests/benchmarks/agreement_recovery.py [--seeds 100] [--first 0]

Needs the extra `check`. Seeds are those from --first up. Nominal coders give a unit's true category with probability c,
and else one at random, by the categories' own shares. Two codes of a unit then differ with probability
(1 - c^2) times that of two codes of different units, whatever the shares and the number of coders, so that alpha is
c^2; where c differs between articles, it is the mean of c^2. Codes on a scale are a true normal score plus normal noise
of each coder: alpha for interval codes is the intraclass correlation, and for scores cut into five classes (ordinal) it
is that of a million units. Missing codes are missing at random.

Articles differ in their share of positions in favour (Beta with mean 0.4), the machine takes against for in favour more
often than the reverse, and more so where it is not confident. The share to recover is 0.4.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import binom

from toolkit import agreement, estimates, sampling

SHARE = 0.4


@dataclass(frozen=True)
class Study:
    """Codes of a simulated study: a row per unit, a column per coder, nan where missing; and articles of the units."""

    name: str
    level: str
    alpha: float
    simulate: Callable[[np.random.Generator], np.ndarray]
    per_article: int | None = None


def nominal(
    rng: np.random.Generator, units: int, shares: tuple[float, ...], right: float | np.ndarray, coders: int
) -> np.ndarray:
    truth = rng.choice(len(shares), units, p=shares)[:, None]
    guess = rng.choice(len(shares), (units, coders), p=shares)
    return np.where(rng.random((units, coders)) < np.reshape(right, (-1, 1)), truth, guess).astype(float)


def with_gaps(rng: np.random.Generator, codes: np.ndarray, share: float) -> np.ndarray:
    return np.where(rng.random(codes.shape) < share, np.nan, codes)


def by_article(rng: np.random.Generator) -> np.ndarray:
    """Two kinds of article, equally likely, in which coders are right with probability 0.95 or 0.75."""
    return nominal(rng, 400, (0.6, 0.4), np.repeat(rng.choice([0.95, 0.75], 40), 10), 2)


def scores(rng: np.random.Generator, units: int, coders: int) -> np.ndarray:
    return rng.normal(size=(units, 1)) + rng.normal(scale=0.5, size=(units, coders))


def classes(rng: np.random.Generator, units: int, coders: int) -> np.ndarray:
    return np.digitize(scores(rng, units, coders), [-1.5, -0.5, 0.5, 1.5]).astype(float)


def ordinal_alpha_of_a_million() -> float:
    import krippendorff

    codes = classes(np.random.default_rng(2**32), 1_000_000, 3)
    counts = np.stack([(codes == value).sum(axis=1) for value in range(5)], axis=1)
    return float(krippendorff.alpha(value_counts=counts, level_of_measurement="ordinal"))


def studies() -> list[Study]:
    four = (0.4, 0.3, 0.2, 0.1)
    return [
        Study("100 units, 2 coders, 2 categories", "nominal", 0.9**2, lambda r: nominal(r, 100, (0.5, 0.5), 0.9, 2)),
        Study("200 units, 2 coders, 70:30", "nominal", 0.85**2, lambda r: nominal(r, 200, (0.7, 0.3), 0.85, 2)),
        Study(
            "300 units, 3 coders, 4 categories, a fifth missing", "nominal", 0.9**2,
            lambda r: with_gaps(r, nominal(r, 300, four, 0.9, 3), 0.2),
        ),
        Study("150 units, 3 coders, scores", "interval", 1 / 1.25, lambda r: scores(r, 150, 3)),
        Study("200 units, 3 coders, 5 classes", "ordinal", ordinal_alpha_of_a_million(), lambda r: classes(r, 200, 3)),
        Study("40 articles of 10 units, 2 coders", "nominal", (0.95**2 + 0.75**2) / 2, by_article, 10),
    ]  # fmt: skip


def long(codes: np.ndarray, per_article: int) -> pd.DataFrame:
    units, coders = codes.shape
    frame = pd.DataFrame({"unit": np.repeat(np.arange(units), coders), "coder": np.tile(np.arange(coders), units)})
    return frame.assign(article_id=frame["unit"] // per_article, code=codes.ravel())


def recover_alpha(study: Study, seeds: range) -> None:
    groups = [None, "article_id"] if study.per_article else [None]
    for group in groups:
        covered, found, width = 0, [], []
        for seed in seeds:
            codes = study.simulate(np.random.default_rng(seed))
            table = agreement.measure(
                long(codes, study.per_article or 1), {"code": study.level}, group=group, seed=seed
            )
            row = table.iloc[0]
            covered += bool(row["low"] <= study.alpha <= row["high"])
            found.append(row["alpha"])
            width.append(row["high"] - row["low"])
        name = study.name + (", drawn by article" if group else ", drawn by unit" if study.per_article else "")
        print(
            f"{name:56} {study.level:9} alpha {study.alpha:.4f}  mean found {np.mean(found):.4f}  "
            f"covered {covered} of {len(seeds)}  mean width {np.mean(width):.3f}",
            flush=True,
        )


def positions(rng: np.random.Generator, articles: int = 200, each: int = 10) -> pd.DataFrame:
    n = articles * each
    article = np.repeat(np.arange(articles), each)
    truth = rng.random(n) < rng.beta(4 * SHARE, 4 * (1 - SHARE), articles)[article]
    confidence = rng.beta(4, 2, n)
    wrong = rng.random(n) < np.where(truth, 0.2, 0.5) * (1 - confidence) * 1.5
    sides = {"stance": np.where(truth != wrong, 1, -1), "truth": np.where(truth, 1, -1)}
    ids = {"position_id": [f"p{i}" for i in range(n)], "article_id": [f"n{a}" for a in article]}
    return pd.DataFrame({**ids, **sides, "confidence": confidence})


def recover_shares(seeds: range) -> None:
    covered: dict[str, int] = defaultdict(int)
    found, widths = defaultdict(list), defaultdict(list)
    for seed in seeds:
        units = positions(np.random.default_rng(seed))
        drawn = sampling.draw(units, 200, by="confidence", allocation="equal", seed=seed)
        hand = drawn.assign(stance=drawn["truth"])
        for name, folds in (("", 0), (", calibrated", 5)):
            table = estimates.shares(units, hand, "stance", cluster="article_id", folds=folds)
            for row in table[table["value"] == "1"].to_dict("records"):
                if folds and row["method"] != "corrected":
                    continue
                key = row["method"] + name
                covered[key] += bool(row["low"] <= SHARE <= row["high"])
                found[key].append(row["estimate"])
                widths[key].append(row["high"] - row["low"])
    print(f"\n2000 positions of 200 articles, 200 coded by hand; share in favour {SHARE}")
    for key in sorted(found):
        print(
            f"{key:24} mean found {np.mean(found[key]):.4f}  covered {covered[key]} of {len(seeds)}  "
            f"mean width {np.mean(widths[key]):.3f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--first", type=int, default=0)
    given = parser.parse_args()
    seeds = range(given.first, given.first + given.seeds)
    low, high = binom.interval(0.99, given.seeds, 0.95)
    print(
        f"intervals that cover exactly 95 % of the time would cover {low:.0f} to {high:.0f} times in 99 of 100 runs\n"
    )
    for study in studies():
        recover_alpha(study, seeds)
    recover_shares(seeds)


if __name__ == "__main__":
    main()
