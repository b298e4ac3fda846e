"""Colours, signs and names that the figures and the article view share.

Blue with ▲ supports an issue's proposition, orange with ▼ opposes it; teal and purple tell two groups apart; greys from
dark to light are direct, mixed and indirect speech. The pairs are told apart by colour-blind readers, and every colour
comes with a sign, a hatch or a word.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from toolkit.verdicts import VERDICTS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SUPPORT, OPPOSE, UNCLEAR = "#2b6ca3", "#bf5b04", "#6b7780"
FIRST, SECOND = "#1b7f79", "#a63d7f"
INK, FAINT, LINE, EMPTY = "#24292f", "#5c6872", "#c3cbd2", "#f4f5f6"
KINDS = {"direct": ("#33475b", ""), "mixed": ("#8a9caf", ""), "indirect": ("#d5dde4", "////")}
"""Colour and hatch of direct, mixed and indirect speech."""

VERDICT_COLOURS = dict(zip(VERDICTS, ("#8cc4bf", "#d9a3c4", "#c5d8e6", "#ead9bd", "#eceff1", "#ffffff"), strict=True))
"""Light enough for dark words on them."""

_CAPITALS = {"un": "UN", "eu": "EU", "nato": "NATO", "us": "US", "uk": "UK", "osce": "OSCE"}


def issue_label(issue: str, labels: Mapping[str, str] | None = None) -> str:
    """Name an issue for readers: its label, or its id in words (``un_role`` is "UN role")."""
    if labels and issue in labels:
        return labels[issue]
    words = [_CAPITALS.get(word, word) for word in issue.replace("_", " ").split()]
    name = " ".join(words)
    return name[:1].upper() + name[1:]


def side(mean: float) -> tuple[str, str, str]:
    """Give the colour, the sign and the matplotlib marker of a mean side."""
    if mean > 0:
        return SUPPORT, "▲", "^"
    return (OPPOSE, "▼", "v") if mean < 0 else (UNCLEAR, "◆", "D")


def shorten(text: Any, width: int) -> str:
    """Cut a name to a width at a word, with an ellipsis; a missing one is empty."""
    return "" if pd.isna(text) else textwrap.shorten(str(text), width, placeholder="…") or str(text)[: width - 1] + "…"


def day_label(day: str) -> str:
    """Write a date over two lines; what is no date stays as it is."""
    try:
        known = date.fromisoformat(day)
    except ValueError:
        return day
    return f"{known.day} {known:%b}\n{known.year}"


def elapsed(first: str, second: str) -> str:
    """Say in words how long it is from one date to another; nothing where one is no date."""
    try:
        days = (date.fromisoformat(second) - date.fromisoformat(first)).days
    except ValueError:
        return ""
    for length, unit in ((365.25, "year"), (30.44, "month"), (1, "day")):
        if days >= 2 * length or unit == "day":
            number = round(days / length)
            return f"{number} {unit}{'s' * (number != 1)}"
    return ""


def new_axes(width: float, height: float) -> Axes:
    """Open a figure of this size in inches, with a layout that clips no label."""
    import matplotlib.pyplot as plt
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    return plt.figure(figsize=(width, height), layout=ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.1)).subplots()


def say_nothing(message: str, ax: Axes | None) -> Axes:
    """Draw the message where there is nothing to plot."""
    ax = ax or new_axes(6, 1.2)
    ax.text(0.5, 0.5, message, ha="center", va="center", color=FAINT, transform=ax.transAxes)
    ax.set_axis_off()
    return ax
