"""Draws how far a coder's confidence can be trusted."""

from __future__ import annotations

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from toolkit.appearance import FAINT, INK, LINE, SUPPORT, new_axes, say_nothing
from toolkit.checks import check_columns


def reliability(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw how often a coder was right against how sure it was; on the diagonal a confidence means what it says.

    Args:
        table: What ``scoring.reliability`` returns. The size of a point is its number of sides, which stands beside it.
        ax: Where to draw, or None for a new figure.
    """
    check_columns(table, ["confidence", "right", "n"], name="table", cure="Give what scoring.reliability returns.")
    if table.empty:
        return say_nothing("No side was found", ax)
    ax = ax or new_axes(5.2, 5.0)
    ax.plot([0, 1], [0, 1], color=LINE, linestyle="--", linewidth=1, zorder=1)
    shown = table.assign(confidence=table["confidence"].astype(float))
    sns.lineplot(shown, x="confidence", y="right", color=SUPPORT, linewidth=1, errorbar=None, ax=ax)
    sns.scatterplot(
        shown, x="confidence", y="right", size="n", sizes=(30, 260), color=SUPPORT, legend=False, ax=ax, zorder=3
    )
    for row in shown.to_dict("records"):
        ax.annotate(
            f"{row['n']}", (row["confidence"], row["right"]), (9, -9), textcoords="offset points", color=INK, fontsize=8
        )
    ax.set(xlim=(0, 1.02), ylim=(0, 1.02), aspect="equal", xlabel="confidence", ylabel="share that was right")
    error = table.attrs.get("error")
    told = "" if error is None else f"expected calibration error {error:.3f}; "
    ax.set_title(f"{told}{int(table['n'].sum())} sides found", color=FAINT, fontsize=9, loc="left")
    sns.despine(ax=ax)
    return ax
