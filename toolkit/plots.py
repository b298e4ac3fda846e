"""Figures of what ``compare`` and ``terms`` return: each function draws one table and returns its Axes.

A table without rows gives an Axes that says so, so that a report on any articles runs to its end.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from matplotlib.colors import ListedColormap
from matplotlib.patches import Rectangle

from toolkit.appearance import (
    EMPTY,
    FAINT,
    FIRST,
    INK,
    KINDS,
    LINE,
    OPPOSE,
    SECOND,
    SUPPORT,
    VERDICT_COLOURS,
    day_label,
    elapsed,
    issue_label,
    new_axes,
    say_nothing,
    shorten,
    side,
)
from toolkit.checks import check_columns, check_option
from toolkit.verdicts import VERDICTS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROW = 0.33
_GUARDS = {
    "none": "all statements", "headline": "no headlines", "indirect": "no indirect speech",
    "joint": "no joint statements", "report": "no reports", "second_hand": "nothing second-hand",
    "vote": "no votes", "low_confidence": "no low confidence", "all": "all guards but votes",
}  # fmt: skip


def position_matrix(
    matrix: pd.DataFrame,
    *,
    per_article: bool | None = None,
    labels: Mapping[str, str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw who supports (blue ▲) and who opposes (orange ▼) which issue, with the number of statements.

    A cell is divided where the same actor does both.

    Args:
        matrix: What ``compare.position_matrix`` returns.
        per_article: One row for each article of an actor (True), or all articles together (False); None takes the
            first where there are at most three articles.
        labels: Names of the issues by their ids, or None to make them from the ids.
        ax: Where to draw, or None for a new figure.
    """
    check_columns(matrix, ["actor", "issue", "n_for"], name="matrix", cure="Give what compare.position_matrix returns.")
    if matrix.empty:
        return say_nothing("No positions to show", ax)
    cells = matrix.assign(when=_article_names(matrix))
    articles = list(cells.sort_values(["date", "article_id"])["when"].unique())
    apart = len(articles) > 1 and (len(articles) <= 3 if per_article is None else per_article)
    cells["row"] = cells["actor"] + ("\n" + cells["when"] if apart else "")
    counts = cells.groupby(["row", "issue"])[["n_for", "n_against"]].sum().astype(int)
    rows = list(cells.sort_values(["actor", "date", "article_id"])["row"].unique())
    issues = sorted(cells["issue"].unique())
    width = max(4.4, 0.56 * len(issues))
    ax = ax or new_axes(3.4 + width, 1.9 + _ROW * len(rows))
    sns.heatmap(
        counts["n_for"].unstack().reindex(index=rows, columns=issues).isna() * 0.0, ax=ax, cbar=False,
        cmap=ListedColormap([EMPTY]), linewidths=1.5, linecolor="white",
    )  # fmt: skip
    for cell in counts.reset_index().to_dict("records"):
        _draw_cell(ax, issues.index(cell["issue"]), rows.index(cell["row"]), cell["n_for"], cell["n_against"])
    names = [issue_label(i, labels) for i in issues]
    ax.set_xticks([x + 0.5 for x in range(len(issues))], names, rotation=40, ha="left", rotation_mode="anchor")
    ax.set_yticks([y + 0.5 for y in range(len(rows))], _actor_names(rows, cells, apart), rotation=0)
    ax.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False, labelcolor=INK)
    for y in range(1, len(rows)):
        if apart and rows[y].split("\n")[0] != rows[y - 1].split("\n")[0]:
            ax.axhline(y, color=LINE, linewidth=0.8)
    scope = f"{len(articles)} articles together" if len(articles) > 1 and not apart else " and ".join(articles)
    _explain(ax, f"▲ supports, ▼ opposes the proposition; numbers of statements, {scope}", wrap=int(width * 11))
    return ax


def change(table: pd.DataFrame, *, labels: Mapping[str, str] | None = None, ax: Axes | None = None) -> Axes:
    """Draw where an actor stands on each issue at the earlier (hollow) and the later date (filled), and the verdict.

    Args:
        table: What ``compare.change`` returns.
        labels: Names of the issues by their ids, or None to make them from the ids.
        ax: Where to draw, or None for a new figure.
    """
    check_columns(table, ["issue", "verdict", "from_mean"], name="table", cure="Give what compare.change returns.")
    if table.empty:
        return say_nothing("No positions to compare", ax)
    one_pair = len(table[["from_date", "to_date"]].drop_duplicates()) == 1
    ranked = table.assign(rank=table["verdict"].map(VERDICTS.index) if one_pair else 0)
    rows = ranked.sort_values(["rank", "issue", "from_date"], kind="stable").to_dict("records")
    ax = ax or new_axes(9.5, 1.7 + _ROW * 1.3 * len(rows))
    for left, colour in ((-1.3, OPPOSE), (0, SUPPORT)):
        ax.add_patch(Rectangle((left, -0.5), 1.3, len(rows), facecolor=colour, alpha=0.07, linewidth=0, zorder=0))
    for y, row in enumerate(rows):
        ends = [(row["from_mean"], y - 0.17, "white"), (row["to_mean"], y + 0.17, None)]
        ends = [end for end in ends if not pd.isna(end[0])]
        ax.plot([e[0] for e in ends], [e[1] for e in ends], color=FAINT, linewidth=1.4, zorder=1)
        for mean, at, hollow in ends:
            colour, _, marker = side(mean)
            ax.plot(mean, at, marker, markersize=8, color=colour, markerfacecolor=hollow or colour, markeredgewidth=1.6)
        weight = "bold" if row["verdict"] in ("held", "reversed") else "normal"
        ax.text(1.42, y, row["verdict"], va="center", fontweight=weight, color=INK)
        ax.text(2.45, y, f"{row['from_n']} → {row['to_n']}", va="center", ha="center", color=FAINT)
    for x, head, place in ((1.42, "verdict", "left"), (2.45, "statements", "center")):
        ax.text(x, -0.85, head, va="center", ha=place, color=FAINT)
    ax.hlines([y + 0.5 for y in range(-1, len(rows))], -1.3, 2.7, color=LINE, linewidth=0.6)
    ax.set(xlim=(-1.3, 2.7), ylim=(len(rows) - 0.5, -1.2), xlabel="", ylabel="")
    ax.set_xticks([-1, 0, 1], ["▼ opposes", "as many for\nas against", "▲ supports"])
    ax.set_yticks(range(len(rows)), _change_names(rows, labels, one_pair))
    ax.tick_params(length=0, labelcolor=INK)
    ax.set_title(_change_title(rows[0], one_pair), loc="left", fontsize="medium", color=INK, pad=10)
    sns.despine(ax=ax, left=True, bottom=True)
    return ax


def change_guards(table: pd.DataFrame, *, labels: Mapping[str, str] | None = None, ax: Axes | None = None) -> Axes:
    """Draw the verdict on each issue under each guard; a frame marks those that differ from the first column.

    Args:
        table: What ``compare.change_guards`` returns.
        labels: Names of the issues by their ids, or None to make them from the ids.
        ax: Where to draw, or None for a new figure.
    """
    check_columns(table, ["guard", "as_without"], name="table", cure="Give what compare.change_guards returns.")
    if table.empty:
        return say_nothing("No positions to compare", ax)
    guards = list(table["guard"].unique())
    rows = table[table["guard"] == guards[0]].to_dict("records")
    by_row = [table[table["guard"] == guard].to_dict("records") for guard in guards]
    grid = [[VERDICTS.index(column[y]["verdict"]) for column in by_row] for y in range(len(rows))]
    words = [[_verdict_words(column[y]) for column in by_row] for y in range(len(rows))]
    one_pair = len(table[["from_date", "to_date"]].drop_duplicates()) == 1
    ax = ax or new_axes((2.4 if one_pair else 4) + 1.1 * len(guards), 1.5 + 0.52 * len(rows))
    sns.heatmap(
        grid, ax=ax, cmap=ListedColormap(list(VERDICT_COLOURS.values())), vmin=-0.5, vmax=len(VERDICTS) - 0.5,
        cbar=False, annot=words, fmt="", annot_kws={"fontsize": 8, "color": INK}, linewidths=1.5, linecolor="#dfe4e8",
    )  # fmt: skip
    for x, column in enumerate(by_row):
        for y, cell in enumerate(column):
            if not cell["as_without"]:
                ax.add_patch(Rectangle((x + 0.02, y + 0.03), 0.96, 0.94, fill=False, edgecolor=INK, linewidth=1.8))
    ax.set_xticks([x + 0.5 for x in range(len(guards))], [textwrap.fill(_GUARDS.get(g, g), 12) for g in guards])
    ax.set_yticks([y + 0.5 for y in range(len(rows))], _change_names(rows, labels, one_pair), rotation=0)
    ax.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False, labelcolor=INK)
    _explain(ax, "Statements before → after. A frame: not the verdict that all statements give.")
    return ax


def share_of_voice(shares: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw how many words each speaker has in each article: quoted, partly quoted, or paraphrased.

    Args:
        shares: What ``compare.share_of_voice`` returns.
        ax: Where to draw, or None for a new figure.
    """
    check_columns(shares, ["speaker", "words"], name="shares", cure="Give what compare.share_of_voice returns.")
    if shares.empty:
        return say_nothing("No quotes to show", ax)
    rows = shares.assign(new=~shares["article_id"].duplicated()).to_dict("records")
    places: list[int] = []
    for row in rows:
        places.append((places[-1] if places else -1) + (2 if row["new"] else 1))
    ax = ax or new_axes(9, 1.1 + 0.3 * (places[-1] + 1))
    long = [(y, kind, int(row[f"{kind}_words"])) for y, row in zip(places, rows, strict=True) for kind in KINDS]
    sns.histplot(
        pd.DataFrame(long, columns=["place", "kind", "words"]), y="place", weights="words", hue="kind",
        hue_order=list(KINDS)[::-1], palette={k: colour for k, (colour, _) in KINDS.items()}, multiple="stack",
        discrete=True, shrink=0.76, alpha=1, edgecolor="white", linewidth=0.5, legend=False, ax=ax,
    )  # fmt: skip
    for bars, kind in zip(ax.containers, KINDS, strict=True):
        plt.setp(list(bars), hatch=KINDS[kind][1])
        bars.set_label(f"{kind} speech")
    longest = max(1, *(row["words"] for row in rows))
    for y, row in zip(places, rows, strict=True):
        ax.text(row["words"] + longest * 0.012, y, f"{row['words']}  ({row['share']:.0%})", va="center", color=FAINT)
        if row["new"]:
            ax.text(0, y - 1, row["article_id"], va="center", fontweight="bold", color=INK)
    names = ["no speaker found" if pd.isna(row["speaker"]) else shorten(row["speaker"], 44) for row in rows]
    ax.set_yticks(places, names)
    for label, row in zip(ax.get_yticklabels(), rows, strict=True):
        label.set_fontstyle("italic" if pd.isna(row["speaker"]) else "normal")
    ax.set(ylim=(places[-1] + 0.6, -0.6), xlim=(0, longest * 1.15), ylabel="")
    _explain(ax, "words (share of the article's attributed words; those of joint statements divided)")
    ax.legend(title=None, loc="lower right", frameon=False, ncols=3, bbox_to_anchor=(1, 1), borderaxespad=0.1)
    ax.tick_params(axis="y", length=0, labelcolor=INK)
    sns.despine(ax=ax, left=True)
    return ax


def distinctive_terms(terms: pd.DataFrame, *, top: int = 12, ax: Axes | None = None) -> Axes:
    """Draw the terms most typical of each of two groups, with how often each group uses them.

    Args:
        terms: What ``terms.distinctive_terms`` returns.
        top: How many terms of each group.
        ax: Where to draw, or None for a new figure.
    """
    check_columns(terms, ["term", "z", "first"], name="terms", cure="Give what terms.distinctive_terms returns.")
    if terms.empty:
        return say_nothing("No terms to show", ax)
    first, second = terms["first"].iloc[0], terms["second"].iloc[0]
    rows = pd.concat([terms[terms["z"] > 0].head(top), terms[terms["z"] < 0].tail(top)]).to_dict("records")
    ax = ax or new_axes(8.5, 1.3 + 0.27 * len(rows))
    sns.barplot(
        x=[row["z"] for row in rows], y=list(range(len(rows))), hue=[row["group"] for row in rows], orient="h",
        hue_order=[first, second], palette={first: FIRST, second: SECOND}, dodge=False, saturation=1, width=0.76,
        legend=False, ax=ax,
    )  # fmt: skip
    widest = 1.12 * max(1.96, *(abs(row["z"]) for row in rows))
    for y, row in enumerate(rows):
        outward, inner, outer = (1, "left", "right") if row["z"] > 0 else (-1, "right", "left")
        ax.text(-outward * 0.015 * widest, y, row["term"], va="center", ha=inner, color=INK)
        numbers = f"{row['first_count']} : {row['second_count']}"
        ax.text(row["z"] + outward * 0.015 * widest, y, numbers, va="center", ha=outer, color=FAINT)
    ax.vlines([-1.96, 1.96], -0.6, len(rows) - 0.4, color=FAINT, linewidth=0.8, linestyle="--", zorder=0)
    ax.set(xlim=(widest, -widest), ylim=(len(rows) - 0.4, -0.6), ylabel="", yticks=[])
    ax.xaxis.set_major_formatter(lambda z, _: f"{abs(z):g}")
    _explain(ax, "z of the log-odds (dashed: 1.96); numbers: how often the one group uses it, and the other")
    heading: dict[str, Any] = {"fontweight": "bold", "fontsize": "medium"}
    ax.set_title(f"◀ more in {shorten(first, 36)}", loc="left", color=FIRST, **heading)
    ax.set_title(f"more in {shorten(second, 36)} ▶", loc="right", color=SECOND, **heading)
    sns.despine(ax=ax, left=True)
    return ax


def timeline(
    positions: pd.DataFrame,
    votes: pd.DataFrame | None = None,
    *,
    by: str = "actor",
    top: int = 15,
    labels: Mapping[str, str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw statements and votes date by date; the dates stand side by side, with the time between them in words.

    Args:
        positions: The table ``positions`` of a study.
        votes: The table ``votes``: tallies get a row of their own, a voter's vote stands in the voter's row.
        by: ``actor`` or ``issue``: what the rows are.
        top: How many rows, those with the most statements first.
        labels: Names of the issues by their ids, or None to make them from the ids.
        ax: Where to draw, or None for a new figure.
    """
    check_option("by", by, ("actor", "issue"))
    check_columns(positions, ["actor", "issue", "date"], name="positions", cure="Give the table study.positions.")
    cast = _cast_votes(votes, by)
    if positions.empty and not cast:
        return say_nothing("No positions to show", ax)
    dated = positions.assign(date=positions["date"].fillna("no date"))
    rows = [*dict.fromkeys(vote["row"] for vote in cast if vote["tally"])]
    ranked = dated[by].value_counts().reset_index().sort_values(["count", by], ascending=[False, True])[by]
    voters = sorted({vote["row"] for vote in cast if not vote["tally"]} - set(ranked))
    everyone = [*ranked, *voters]
    rows += everyone[:top]
    shown = [vote for vote in cast if vote["row"] in rows]
    dates = sorted({*dated["date"], *(vote["date"] for vote in shown)})
    ax = ax or new_axes(2.8 + max(0.75, 6.6 / len(dates)) * len(dates), 1.8 + 0.36 * len(rows))
    ax.barh(range(0, len(rows), 2), len(dates), left=-0.5, height=1, color=EMPTY, zorder=0)
    offset = {1: -0.2, -1: 0.12} if len(dates) <= 10 else {1: -0.36, -1: 0.06}
    counts = dated[dated[by].isin(rows)].groupby([by, "date", "stance"]).size().reset_index(name="n")
    for cell in counts.to_dict("records"):
        colour, _, marker = side(cell["stance"])
        x, y, n = dates.index(cell["date"]) + offset[cell["stance"]], rows.index(cell[by]), cell["n"]
        ax.plot(x, y, marker, color=colour, markersize=6 + 1.6 * min(n, 16) ** 0.5, zorder=3)
        ax.annotate(str(n), (x, y), xytext=(8, 0), textcoords="offset points", va="center", color=colour)
    box: dict[str, Any] = {"boxstyle": "round,pad=0.25", "facecolor": "white", "edgecolor": FAINT, "linewidth": 0.9}
    middle: dict[str, Any] = {"ha": "center", "va": "center", "color": INK, "fontsize": "small"}
    for vote in shown:
        ax.text(dates.index(vote["date"]), rows.index(vote["row"]), vote["words"], bbox=box, **middle)
    ax.set_xticks(range(len(dates)), [day_label(day) for day in dates], rotation=0 if len(dates) <= 10 else 90)
    for x in range(len(dates) - 1 if len(dates) <= 10 else 0):
        ax.text(x + 0.5, -0.85, elapsed(dates[x], dates[x + 1]), **{**middle, "color": FAINT})
    ax.set_yticks(range(len(rows)), [issue_label(r, labels) if by == "issue" else shorten(r, 44) for r in rows])
    ax.set(xlim=(-0.5, len(dates) - 0.5), ylim=(len(rows) - 0.5, -0.5), ylabel="")
    ax.vlines([x + 0.5 for x in range(len(dates) - 1)], -0.5, len(rows) - 0.5, color=LINE, linewidth=0.8, linestyle=":")
    ax.tick_params(length=0, labelcolor=INK)
    boxes = "; boxes: reported votes" if shown else ""
    left = f" Shown: {top} of {len(everyone)} {by}s." if len(everyone) > top else ""
    _explain(ax, f"▲ supports, ▼ opposes; numbers of statements{boxes}. Time is not to scale.{left}")
    sns.despine(ax=ax, left=True, bottom=True)
    return ax


def _draw_cell(ax: Axes, x: int, y: int, n_for: int, n_against: int) -> None:
    left = 0.03
    for stance, n in ((1, n_for), (-1, n_against)):
        if n:
            colour, sign, _ = side(stance)
            width = 0.94 if not (n_for and n_against) else 0.47
            ax.add_patch(Rectangle((x + left, y + 0.04), width, 0.92, facecolor=colour, linewidth=0, zorder=2))
            ax.text(x + left + width / 2, y + 0.52, f"{sign}{n}", ha="center", va="center", color="white",
                    fontsize=9 if width > 0.5 else 7.5, zorder=3)  # fmt: skip
            left += width


def _article_names(table: pd.DataFrame) -> pd.Series:
    """Name each row's article by its date, with the id where several articles bear it, or the id alone."""
    articles = table[["article_id", "date"]].drop_duplicates()
    shared = articles["date"][articles["date"].duplicated()]
    named = table["date"].where(~table["date"].isin(shared), table["date"] + " " + table["article_id"])
    return named.fillna(table["article_id"])


def _actor_names(rows: Sequence[str], cells: pd.DataFrame, apart: bool) -> list[str]:
    roles = cells.dropna(subset="role").groupby("row")["role"].agg(lambda r: " / ".join(dict.fromkeys(r))).to_dict()
    names, above = [], None
    for row in rows:
        actor, _, when = row.partition("\n")
        role = shorten(roles.get(row), 34)
        told = [role] if actor == above else [shorten(actor, 40), role]
        names.append(", ".join(part for part in told if part) + (f"  {when}" if apart else ""))
        above = actor
    return names


def _change_names(rows: Iterable[Mapping[Any, Any]], labels: Mapping[str, str] | None, one_pair: bool) -> list[str]:
    names, above = [], None
    for row in rows:
        name = "" if row["issue"] == above else issue_label(row["issue"], labels)
        names.append(name if one_pair else f"{name}  {_when(row, 'from')} → {_when(row, 'to')}")
        above = row["issue"]
    return names


def _change_title(row: Mapping[Any, Any], one_pair: bool) -> str:
    if not one_pair:
        return f"{row['actor']}:  △▽ the earlier date   ▲▼ the later"
    told = []
    for end, signs in (("from", "△▽"), ("to", "▲▼")):
        role = "" if pd.isna(row[f"{end}_role"]) else f", {shorten(row[f'{end}_role'], 40)}"
        told += [f"{signs} {_when(row, end)}{role}"] if row[f"{end}_articles"] else ["one date only"]
    return f"{row['actor']}:  {'   '.join(told)}"


def _when(row: Mapping[Any, Any], end: str) -> str:
    return "no date" if pd.isna(row[f"{end}_date"]) else str(row[f"{end}_date"])


def _verdict_words(cell: Mapping[Any, Any]) -> str:
    verdict = cell["verdict"].replace("little ", "little\n").replace("not ", "not\n")
    return f"{verdict}\n{cell['from_n']} → {cell['to_n']}"


def _cast_votes(votes: pd.DataFrame | None, by: str) -> list[dict[str, Any]]:
    found = []
    for vote in [] if votes is None else votes.to_dict("records"):
        tally = pd.isna(vote["voter"])
        numbers = [vote[c] for c in ("in_favour", "against", "abstained")]
        words = " : ".join("?" if pd.isna(n) else str(n) for n in numbers) if tally else f"voted {vote['vote']}"
        body = "Votes" if pd.isna(vote["body"]) else f"Votes of the {vote['body']}"
        if tally or by == "actor":
            day = "no date" if pd.isna(vote["date"]) else vote["date"]
            found.append({"row": body if tally else vote["voter"], "date": day, "words": words, "tally": tally})
    return found


def _explain(ax: Axes, words: str, wrap: int = 100) -> None:
    ax.set_xlabel(textwrap.fill(words, wrap), color=FAINT, loc="left", labelpad=8)
    ax.xaxis.label.set_multialignment("left")
    ax.set_ylabel("")
