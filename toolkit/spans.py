"""Measure how far two coders mark the same passages as units, before anything is said of their codes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from toolkit.checks import check_columns, did_you_mean
from toolkit.handcodes import MACHINE, VALID, coded_rows, is_added, is_sheet
from toolkit.pairing import mark, pair_spans

_SPAN = ("article_id", "start", "end")
_SPANS = {
    "measure": "str", "reference": "str", "other": "str", "n_reference": "Int64", "n_other": "Int64",
    "matched": "Int64", "only_reference": "Int64", "only_other": "Int64", "precision": "float64",
    "recall": "float64", "f1": "float64", "mean_overlap": "float64",
}  # fmt: skip
_PAIRS = {
    "article_id": "str", "start": "Int64", "end": "Int64", "text": "str", "other_start": "Int64", "other_end": "Int64",
    "other_text": "str", "overlap": "float64", "exact": "boolean",
}  # fmt: skip


def span_pairs(
    frame: pd.DataFrame,
    reference: str,
    other: str,
    *,
    min_overlap: float = 0.0,
    articles: Collection[str] | None = None,
) -> pd.DataFrame:
    """Pair the units of two coders by where they stand, each with one at most, so that as much as possible overlaps.

    Of a coding sheet, units that only one of the two has decided are left out, as the other has not judged them.

    Args:
        frame: A long frame with spans, or a coding sheet.
        reference: The coder to measure against.
        other: The coder to measure.
        min_overlap: Least share of characters in common (over those that either span covers); with 0, one is enough.
        articles: Only these articles, which must be those that both have coded; None for all.

    Returns:
        One row per pair, and per unit that has none (NA on the other's side): the reference's ``article_id``,
        ``start``, ``end`` and ``text``, ``other_start``, ``other_end``, ``other_text``, their ``overlap`` and whether
        they are ``exact``; in text order.

    Raises:
        ValueError: A coder is not in the frame, or a span is none.
    """
    if not 0 <= min_overlap <= 1:
        raise ValueError(f"min_overlap is {min_overlap}; expected a share from 0 to 1.")
    if reference == other:
        raise ValueError(f"reference and other are both {reference!r}; expected two coders.")
    both = _judged_by_both(frame, reference, other)
    if articles is not None:
        both = both[both["article_id"].isin(list(articles))]
    sides = [both[both["coder"] == coder].to_dict("records") for coder in (reference, other)]
    pairs = pair_spans(mark(sides[0]), mark(sides[1]), min_overlap=min_overlap)
    rows = [_pair_row(sides[0][p.first], sides[1][p.second], p.overlap) for p in pairs]
    single = [{p.first for p in pairs}, {p.second for p in pairs}]
    rows += [_pair_row(row, None, None) for i, row in enumerate(sides[0]) if i not in single[0]]
    rows += [_pair_row(None, row, None) for i, row in enumerate(sides[1]) if i not in single[1]]
    rows.sort(key=lambda r: (r["article_id"], *(r["other_span"] if r["start"] is None else (r["start"], r["end"]))))
    return pd.DataFrame(rows, columns=list(_PAIRS)).astype(_PAIRS)


def span_agreement(
    frame: pd.DataFrame,
    reference: str,
    other: str,
    *,
    min_overlap: float = 0.0,
    articles: Collection[str] | None = None,
) -> pd.DataFrame:
    """Measure how far two coders mark the same units, before anything is said of their codes.

    Args:
        frame: As in ``span_pairs``.
        reference: As in ``span_pairs``.
        other: As in ``span_pairs``.
        min_overlap: As in ``span_pairs``.
        articles: As in ``span_pairs``.

    Returns:
        Two rows, ``exact`` (same start and end) and ``overlap``: units of each coder, pairs ``matched``, units of only
        one, ``precision`` (of the other's units, the share matched), ``recall`` (of the reference's), ``f1``, and the
        ``mean_overlap`` of the pairs; NA where there is nothing to divide by.
    """
    pairs = span_pairs(frame, reference, other, min_overlap=min_overlap, articles=articles)
    n_reference, n_other = int(pairs["start"].notna().sum()), int(pairs["other_start"].notna().sum())
    rows = []
    for name, chosen in (("exact", pairs["exact"].fillna(False)), ("overlap", pairs["overlap"].notna())):
        matched = int(chosen.sum())
        rows.append(
            {
                "measure": name,
                "reference": reference,
                "other": other,
                "n_reference": n_reference,
                "n_other": n_other,
                "matched": matched,
                "only_reference": n_reference - matched,
                "only_other": n_other - matched,
                "precision": matched / n_other if n_other else None,
                "recall": matched / n_reference if n_reference else None,
                "f1": 2 * matched / (n_reference + n_other) if n_reference + n_other else None,
                "mean_overlap": float(pairs.loc[chosen, "overlap"].mean()) if matched else None,
            }
        )
    return pd.DataFrame(rows, columns=list(_SPANS)).astype(_SPANS)


def _judged_by_both(frame: pd.DataFrame, reference: str, other: str) -> pd.DataFrame:
    """Take the two coders' rows with spans; of a sheet, without what only one of them has decided."""
    check_columns(frame, ["coder", *_SPAN], name="frame", cure="Give a long frame with spans, or a coding sheet.")
    present = sorted(map(str, frame["coder"].dropna().unique()))
    for name in (reference, other):
        if name not in present:
            raise ValueError(
                f"no row is coded by {name!r}; the coders are {', '.join(map(repr, present)) or 'none'}."
                f"{did_you_mean(name, present)}"
            )
    if not is_sheet(frame):
        return frame
    check_columns(frame, ["id"], name="sheet", cure="Give a coding sheet of `toolkit.sheets`.")
    judged = frame[(frame["coder"] == MACHINE) | frame["decision"].isin([*VALID, "drop"])]
    of = {coder: set(judged.loc[judged["coder"] == coder, "id"]) for coder in (reference, other)}
    rows = coded_rows(frame)
    common = of[reference] & of[other]
    return rows.loc[[unit in common or is_added(unit) for unit in rows["unit"]]]


def _pair_row(
    first: Mapping[Any, Any] | None, second: Mapping[Any, Any] | None, overlap: float | None
) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(_PAIRS)
    for side, prefix in ((first, ""), (second, "other_")):
        if side is not None:
            start, end = int(side["start"]), int(side["end"])
            row |= {"article_id": side["article_id"], f"{prefix}start": start, f"{prefix}end": end}
            row[f"{prefix}text"] = side.get("text")
            row["other_span"] = (start, end)
    return row | {"overlap": overlap, "exact": None if overlap is None else overlap == 1}
