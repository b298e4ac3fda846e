"""Measure how far coders agree: first on what the units are, then on each variable.

Every function takes a *long frame* (one row per unit and coder: the columns ``unit`` and ``coder``, a column per
variable, and for spans ``article_id``, ``start`` and ``end``) or a *coding sheet*, which ``codes`` turns into one.
Codes are compared as text, but for blanks at the ends and the way whole numbers are written. The machine is one more
coder, ``machine``; an agreement of people who saw its codes before they coded says little.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from toolkit.checks import check_columns, check_option, did_you_mean
from toolkit.handcodes import check_unique, coded_rows, is_added, is_sheet, plain, with_machine
from toolkit.pairing import align, mark
from toolkit.reliability import LEVELS, Tally, Trust, alpha, numbered, percent_agreement, trust
from toolkit.spans import span_agreement, span_pairs

__all__ = ["codes", "counts", "disagreements", "measure", "span_agreement", "span_pairs", "with_machine"]

_SPAN = ("article_id", "start", "end")
_MEASURES = {
    "variable": "str", "level": "str", "alpha": "float64", "low": "float64", "high": "float64",
    "p_below_667": "float64", "p_below_800": "float64", "percent_agreement": "float64", "n_units": "Int64",
    "n_single": "Int64", "n_coders": "Int64", "n_codes": "Int64", "n_values": "Int64", "n_disagreements": "Int64",
    "note": "str",
}  # fmt: skip
_COUNTS = {"variable": "str", "value": "str", "coder": "str", "n": "Int64"}


def codes(sheet: pd.DataFrame, *, min_overlap: float = 0.5) -> pd.DataFrame:
    """Turn a coding sheet into a long frame of codes.

    Rows decided ``keep``, ``change`` or ``add`` hold codes; rows that are dropped, unsure or not coded hold none. A
    coded row without a speaker, source or cue has the category ``(none)``: the coder says that there is none. Units
    that people added are the same unit where their spans overlap by half, of whatever name.

    Args:
        sheet: A coding sheet; the sheets of several coders one below the other.
        min_overlap: Overlap (characters shared over characters covered) from which added units are the same.

    Returns:
        One row per unit and coder: ``unit``, ``coder``, ``article_id``, ``start``, ``end``, ``text`` and the variables.

    Raises:
        ValueError: The sheet lacks columns or mixes tables, or a coder has two rows on a unit.
    """
    cure = "Give a coding sheet of `toolkit.sheets`."
    check_columns(sheet, ["id", "coder", "decision", *_SPAN], name="sheet", cure=cure)
    return _named(coded_rows(sheet), min_overlap)


def measure(
    frame: pd.DataFrame,
    levels: Mapping[str, str],
    *,
    orders: Mapping[str, Sequence[object]] | None = None,
    group: str | None = None,
    resamples: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Measure agreement on each variable: Krippendorff's alpha with its interval, and percent agreement.

    Alpha is 1 where coders agree perfectly and 0 where they agree as often as chance would have it (Krippendorff 2019,
    chapter 12 [1]_). It is not defined where all codes are the same: without variation nothing shows that coders can
    tell the categories apart.

    Args:
        frame: A long frame or a coding sheet.
        levels: The level of measurement of each variable: ``nominal``, ``ordinal``, ``interval`` or ``ratio``.
        orders: The categories of ordinal variables that are words, from low to high.
        group: A column (``article_id``) whose units are drawn together in the bootstrap; use it where units of one
            article resemble each other. None draws units one by one.
        resamples: How often the units are drawn again.
        seed: Seed of the bootstrap.

    Returns:
        One row per variable: ``alpha`` with its 95 % interval (``low``, ``high``; NA with fewer than two units), the
        chance that alpha is below .667 and .800, ``percent_agreement`` (pairs of coders that agree, averaged over
        units), ``n_units`` with two codes or more, ``n_single`` with one (which say nothing), ``n_coders``, ``n_codes``
        and ``n_values`` in those units, ``n_disagreements`` (units on which not all agree), and a ``note`` where the
        figures need one.

    Raises:
        ValueError: A column is missing, there is one coder only, a coder has two codes of a unit, or a code does not
            fit its level.

    References:
        .. [1] Krippendorff, K. (2019). Content Analysis: An Introduction to Its Methodology, 4th edition. Thousand
           Oaks: Sage.
    """
    long = _long(frame, levels)
    for variable, level in levels.items():
        check_option(f"level of {variable}", level, LEVELS)
    if group is not None:
        check_columns(long, [group], name="frame", cure="Give `group` a column of it, or leave it out.")
    unknown = sorted(set(orders or {}) - set(levels))
    if unknown:
        raise ValueError(f"orders has {unknown[0]!r}, of which levels says nothing.{did_you_mean(unknown[0], levels)}")
    rows = []
    for variable, level in levels.items():
        matrix = _matrix(long, variable)
        tally, coders = _tally(long, matrix, variable, level, (orders or {}).get(variable), group)
        observed = alpha(tally)
        shown = Trust(None, None, (None, None), 0.0)
        if observed is not None:
            shown = trust(tally, observed, resamples=resamples, seed=seed)
        given = matrix.notna().sum(axis=1)
        rows.append(
            {
                "variable": variable,
                "level": level,
                "alpha": observed,
                "low": shown.low,
                "high": shown.high,
                "p_below_667": shown.below[0],
                "p_below_800": shown.below[1],
                "percent_agreement": percent_agreement(tally.counts),
                "n_units": len(tally.counts),
                "n_single": int((given == 1).sum()),
                "n_coders": coders,
                "n_codes": int(tally.counts.sum()),
                "n_values": int((tally.counts.sum(axis=0) > 0).sum()),
                "n_disagreements": int(((tally.counts > 0).sum(axis=1) > 1).sum()),
                "note": _note(tally, observed, shown, grouped=group is not None),
            }
        )
    return pd.DataFrame(rows, columns=list(_MEASURES)).astype(_MEASURES)


def counts(frame: pd.DataFrame, variables: Collection[str]) -> pd.DataFrame:
    """Count how often each coder gave each value, which shows a category that one coder hardly uses.

    Args:
        frame: A long frame or a coding sheet.
        variables: Names of the variables.

    Returns:
        One row per variable, value and coder (also where ``n`` is 0), over all codes.
    """
    long = _long(frame, variables)
    rows = []
    for variable in variables:
        matrix = _matrix(long, variable)
        for value in sorted({v for column in matrix for v in matrix[column].dropna()}):
            rows += [
                {"variable": variable, "value": value, "coder": c, "n": int((matrix[c] == value).sum())} for c in matrix
            ]
    return pd.DataFrame(rows, columns=list(_COUNTS)).astype(_COUNTS)


def disagreements(frame: pd.DataFrame, variables: Collection[str]) -> pd.DataFrame:
    """List the units on which not all coders gave the same code, to be settled or to mend the codebook.

    Args:
        frame: A long frame or a coding sheet.
        variables: Names of the variables.

    Returns:
        One row per variable and unit: ``variable``, ``unit``, where the unit stands (as far as the frame says: of
        several spans, the first coder's), and a column per coder with the code, NA where there is none.
    """
    long = _long(frame, variables)
    where = [c for c in (*_SPAN, "text") if c in long.columns]
    places = long.drop_duplicates("unit").set_index("unit")[where]
    coders = sorted(long["coder"].unique())
    taken = sorted({"variable", "unit", *where} & set(coders))
    if taken:
        raise ValueError(f"a coder is called {taken[0]!r}, as a column of this table is; give the coder another name.")
    parts = []
    for variable in variables:
        matrix = _matrix(long, variable)
        differ = matrix[matrix.nunique(axis=1) > 1]
        parts.append(places.loc[differ.index].join(differ).reset_index(names="unit").assign(variable=variable))
    columns = ["variable", "unit", *where, *coders]
    if not parts:
        return pd.DataFrame(columns=columns)
    return pd.concat(parts, ignore_index=True)[columns]


def _long(frame: pd.DataFrame, variables: Collection[str]) -> pd.DataFrame:
    """Check a long frame (made of a sheet where one is given) before anything is computed."""
    if isinstance(variables, str):
        raise ValueError(f"variables is the word {variables!r}; expected several in brackets, as [{variables!r}].")
    long = codes(frame) if is_sheet(frame) else frame
    cure = "Give a long frame with a row per unit and coder, or a coding sheet."
    check_columns(long, ["unit", "coder", *variables], name="frame", cure=cure)
    if long["coder"].isna().any():
        raise ValueError("frame has rows without a coder. Fill in the column `coder`, or leave those rows out.")
    coders = sorted(map(str, long["coder"].unique()))
    if len(coders) < 2:
        raise ValueError(
            f"agreement needs two coders; the frame has {f'only {coders[0]!r}' if coders else 'no codes'}. Put the "
            "sheets of several coders one below the other, or add the machine's codes with "
            "`with_machine(sheet, table)`."
        )
    _check_once(long, "frame", "unit")
    return long


def _check_once(frame: pd.DataFrame, name: str, column: str) -> None:
    keys = [f"{unit} by {coder}" for unit, coder in zip(frame[column], frame["coder"], strict=True)]
    check_unique(keys, name=name, cure="A coder has one row per unit; keep the one that counts.")


def _matrix(long: pd.DataFrame, variable: str) -> pd.DataFrame:
    """Set the codes out: a row per unit, a column per coder, both sorted, codes as text or None."""
    several = variable == "speakers"
    matrix = pd.DataFrame(
        None, index=sorted(long["unit"].unique()), columns=sorted(long["coder"].unique()), dtype=object
    )
    cells = matrix.to_numpy(copy=True)
    at = matrix.index.get_indexer(pd.Index(long["unit"])), matrix.columns.get_indexer(pd.Index(long["coder"]))
    cells[at] = pd.Series([plain(value, several=several) for value in long[variable]], dtype=object).to_numpy()
    return pd.DataFrame(cells, index=matrix.index, columns=matrix.columns)


def _tally(
    long: pd.DataFrame,
    matrix: pd.DataFrame,
    variable: str,
    level: str,
    order: Sequence[object] | None,
    group: str | None,
) -> tuple[Tally, int]:
    present = sorted({v for column in matrix for v in matrix[column].dropna()})
    values, ranks = _scale(variable, present, level, order)
    pairable = matrix[matrix.notna().sum(axis=1) >= 2]
    tallied = np.zeros((len(pairable), len(values)), dtype=int)
    for column in pairable:
        given = pairable[column].notna().to_numpy()
        # A coder has one code per unit, so no cell is met twice.
        tallied[np.flatnonzero(given), [ranks[v] for v in pairable[column][given]]] += 1
    names = list(pairable.index)
    if group is not None:
        belongs = dict(zip(long["unit"], long[group], strict=True))
        names = [belongs[unit] for unit in names]
    return Tally(tallied, values, level, numbered(names)), int(pairable.notna().any().sum())


def _scale(
    variable: str, present: Sequence[str], level: str, order: Sequence[object] | None
) -> tuple[np.ndarray, dict[str, int]]:
    """Give the values as numbers (for ordinal and nominal ones, ranks), and the place of each code among them."""
    if order is not None:
        if level != "ordinal":
            raise ValueError(
                f"orders has {variable!r}, whose level is {level!r}; only ordinal variables have an order."
            )
        ranks = {str(plain(value)): rank for rank, value in enumerate(order)}
        unknown = [value for value in present if value not in ranks]
        if unknown:
            shown = ", ".join(map(repr, unknown[:5]))
            raise ValueError(
                f"{variable} has {shown}, which its order {list(order)} lacks. Mend the codes or the order."
            )
        return np.arange(len(ranks)), ranks
    if level == "nominal":
        return np.arange(len(present)), {value: rank for rank, value in enumerate(present)}
    numbers = pd.to_numeric(pd.Series(present, dtype=object), errors="coerce").astype(float).to_numpy()
    wrong = [v for v, number in zip(present, numbers, strict=True) if not np.isfinite(number)]
    if wrong:
        cure = (
            f"give orders={{{variable!r}: [low, ..., high]}}" if level == "ordinal" else "give its level as 'nominal'"
        )
        raise ValueError(
            f"{variable} has {wrong[0]!r}, but the level {level!r} needs numbers; mend the code, or {cure}."
        )
    if level == "ratio" and (numbers < 0).any():
        raise ValueError(
            f"{variable} has {numbers.min():g}, but the level 'ratio' has no numbers below 0; is it interval?"
        )
    distinct = sorted(set(numbers.tolist()))
    ranks = {value: distinct.index(number) for value, number in zip(present, numbers.tolist(), strict=True)}
    return np.array(distinct), ranks


def _note(tally: Tally, observed: float | None, shown: Trust, *, grouped: bool) -> str | None:
    if not len(tally.counts):
        return "no unit has the codes of two coders"
    if observed is None:
        return "all codes are the same, so alpha is not defined: nothing shows that coders can tell categories apart"
    if shown.low is None:
        what = "group of units" if grouped else "unit"
        return f"only one {what}, so there is no interval"
    if not ((tally.counts > 0).sum(axis=1) > 1).any():
        return "coders never differ, so the bootstrap cannot show how far alpha may fall"
    if shown.without:
        share = f"{shown.without:.1%}" if shown.without >= 0.0005 else "fewer than 0.1%"
        return f"{share} of the resamples have one value only and are left out"
    return None


def _named(rows: pd.DataFrame, min_overlap: float) -> pd.DataFrame:
    """Give units that several people added the same name, and sort."""
    _check_once(rows, "sheet", "unit")
    added = rows.loc[[is_added(unit) for unit in rows["unit"]]]
    coders = sorted(added["coder"].unique())
    sides = [added[added["coder"] == coder] for coder in coders]
    marked = [mark(side.to_dict("records")) for side in sides]
    units = rows["unit"].astype(object)
    for side, numbers in zip(sides, align(marked, min_overlap=min_overlap), strict=True):
        units.loc[side.index] = [
            f"{article}:added{number + 1}" for article, number in zip(side["article_id"], numbers, strict=True)
        ]
    return rows.assign(unit=units).sort_values(["article_id", "start", "end", "unit", "coder"], ignore_index=True)
