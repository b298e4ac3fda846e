"""Figures of discourse networks: each function draws one network or table of ties and returns its Axes.

Between actors teal solid lines join those who say the same and purple dashed lines those who say the opposite; between
an actor and an issue blue solid lines support and orange dashed lines oppose, as in all figures. Sign never rests on
colour alone, and width and size grow with the numbers that the legend gives.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import networkx as nx
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

from toolkit.appearance import (
    EMPTY,
    FAINT,
    FIRST,
    INK,
    OPPOSE,
    SECOND,
    SUPPORT,
    UNCLEAR,
    issue_label,
    new_axes,
    say_nothing,
    shorten,
)
from toolkit.checks import check_columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

SIGNS: dict[str, tuple[str, Literal["solid", "dashed"], str]] = {
    "agree": (FIRST, "solid", "say the same"),
    "oppose": (SECOND, "dashed", "say the opposite"),
    "for": (SUPPORT, "solid", "supports"),
    "against": (OPPOSE, "dashed", "opposes"),
    "any": (UNCLEAR, "solid", "speak of the same"),
}
"""Colour, line style and words of each sign that an edge can have."""

Point = tuple[float, float]

Box = tuple[float, float, float, float]
"""Left, bottom, right and top, in pixels."""

_WIDEST = 7.0
_LARGEST = 900.0
_CURE = "Give what networks.{} returns."


def actor_network(
    graph: nx.Graph, *, min_strength: float = 0.0, max_labels: int = 40, seed: int = 0, ax: Axes | None = None
) -> Axes:
    """Draw a network of actors; those who say the same are drawn to each other.

    Args:
        graph: What ``networks.actor_network`` returns.
        min_strength: Leave out ties whose weight, without its sign, is lower.
        max_labels: Name at most so many actors, those with the most statements first.
        seed: Where the search for the layout starts; the same seed gives the same picture.
        ax: Where to draw, or None for a new figure.

    Raises:
        ValueError: The graph is another one.
    """
    _check(graph, "actor", "actor_network")
    edges = [(a, b) for a, b, strength in graph.edges(data="strength") if strength >= min_strength]
    if not edges:
        return say_nothing("No ties to show", ax)
    tied = [node for node in sorted(graph) if any(node in edge for edge in edges)]
    shown = nx.Graph()
    shown.add_nodes_from((node, graph.nodes[node]) for node in tied)
    shown.add_edges_from((a, b, graph.edges[a, b]) for a, b in sorted(map(sorted, edges)))
    ax = ax or new_axes(9, 7.4)
    places = _layout(shown, seed)
    ax.set(xlim=(-1.25, 1.25), ylim=(-1.15, 1.15), xticks=[], yticks=[])
    _draw_edges(ax, shown, places)
    sizes = _draw_nodes(ax, shown, places, tied, INK)
    named = sorted(tied, key=lambda node: (-shown.nodes[node]["n"], node))[:max_labels]
    alone = sorted(set(graph) - set(tied))
    _explain(ax, _about(graph, len(tied) - len(named), min_strength, alone))
    _legend(ax, shown, graph.graph["measure"])
    sns.despine(ax=ax, left=True, bottom=True)
    written = _name_nodes(ax, {node: shorten(node, 30) for node in named}, places, sizes, shown.edges)
    _explain(ax, _about(graph, len(tied) - written, min_strength, alone))
    return ax


def issue_network(graph: nx.Graph, *, min_strength: float = 0.0, ax: Axes | None = None) -> Axes:
    """Draw a two-mode network: actors at the left, issues at the right, ordered so that few lines cross.

    Args:
        graph: What ``networks.issue_network`` returns; its issues bear their printed names if it was given labels.
        min_strength: Leave out ties whose weight, without its sign, is lower.
        ax: Where to draw, or None for a new figure.

    Raises:
        ValueError: The graph is another one.
    """
    _check(graph, "actor-issue", "issue_network")
    kept = [(a, b) for a, b, strength in graph.edges(data="strength") if strength >= min_strength]
    if not kept:
        return say_nothing("No ties to show", ax)
    shown = graph.edge_subgraph(kept)
    actors, issues = _two_columns(shown)
    ax = ax or new_axes(9, 1.9 + 0.42 * max(len(actors), len(issues)))
    places: dict[str, Point] = {}
    for x, nodes in ((0.0, actors), (1.0, issues)):
        for i, node in enumerate(nodes):
            places[node] = (x, -(i + 0.5) / len(nodes))
    ax.set(xlim=(-0.75, 1.75), ylim=(-1.02, 0.02), xticks=[], yticks=[])
    _draw_edges(ax, shown, places)
    _draw_nodes(ax, shown, places, actors, INK, largest=220)
    _draw_nodes(ax, shown, places, issues, FAINT, shape="s", largest=220)
    for nodes, step, align in ((actors, -12, "right"), (issues, 12, "left")):
        for node in nodes:
            name = shorten(node if step < 0 else graph.nodes[node].get("label") or issue_label(node), 36)
            ax.annotate(
                name, places[node], xytext=(step, 0), textcoords="offset points", ha=align, va="center", color=INK
            )
    _explain(ax, _about(graph, 0, min_strength, sorted(set(graph) - set(shown))))
    _legend(ax, shown, graph.graph["measure"])
    sns.despine(ax=ax, left=True, bottom=True)
    return ax


def issue_heatmap(ties: pd.DataFrame, *, labels: Mapping[str, str] | None = None, ax: Axes | None = None) -> Axes:
    """Draw the two-mode network as a table: who supports (▲, blue) and who opposes (▼, orange) which issue, how often.

    A cell is coloured by statements for minus statements against, and shows both numbers; grey is as many for as
    against. Actors and issues with the most statements come first.

    Args:
        ties: What ``networks.issue_ties`` returns, by either measure.
        labels: Printed names of the issues by their ids, or None to make them from the ids.
        ax: Where to draw, or None for a new figure.
    """
    needed = ["actor", "issue", "n_for", "n_against"]
    check_columns(ties, needed, name="ties", cure=_CURE.format("issue_ties"))
    if ties.empty:
        return say_nothing("No positions to show", ax)
    cells = ties.assign(side=ties["n_for"] - ties["n_against"])
    actors, issues = (_by_number(cells, column) for column in ("actor", "issue"))
    sides = cells.pivot(index="actor", columns="issue", values="side").reindex(index=actors, columns=issues)
    words = [[_cell_words(cells, actor, issue) for issue in issues] for actor in actors]
    ax = ax or new_axes(3.2 + max(3.6, 0.72 * len(issues)), 2.0 + 0.36 * len(actors))
    most = max(1, int(cells["side"].abs().max()))
    ax.set_facecolor(EMPTY)
    sns.heatmap(
        sides.astype("float64"), ax=ax, cmap=LinearSegmentedColormap.from_list("sides", [OPPOSE, "#e9ebed", SUPPORT]),
        vmin=-most, vmax=most, annot=np.array(words), fmt="", annot_kws={"fontsize": 8}, linewidths=1.5,
        linecolor="white",
        cbar_kws={"label": "for minus against", "shrink": 0.8, "ticks": MaxNLocator(6, integer=True)},
    )  # fmt: skip
    names = [shorten(issue_label(issue, labels), 40) for issue in issues]
    ax.set_xticks([x + 0.5 for x in range(len(issues))], names, rotation=40, ha="left", rotation_mode="anchor")
    ax.set_yticks([y + 0.5 for y in range(len(actors))], [shorten(actor, 40) for actor in actors], rotation=0)
    ax.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False, labelcolor=INK)
    _explain(ax, "▲ supports, ▼ opposes the proposition; numbers of statements")
    return ax


def _check(graph: nx.Graph, mode: str, function: str) -> None:
    if not isinstance(graph, nx.Graph) or graph.graph.get("mode") != mode:
        given = graph.graph.get("mode") if isinstance(graph, nx.Graph) else type(graph).__name__
        raise ValueError(f"graph is {given!r}; expected the mode {mode!r}. {_CURE.format(function)}")


def _layout(graph: nx.Graph, seed: int) -> dict[str, Point]:
    """Place the nodes: agreement pulls, conflict does not; each connected part gets its share of the picture."""
    pulls = nx.Graph()
    pulls.add_nodes_from(graph)
    widest = max(d["strength"] for *_, d in graph.edges(data=True))
    for a, b, data in graph.edges(data=True):
        pull = 0.02 if data["sign"] in ("oppose", "against") else 0.15 + data["strength"] / widest
        pulls.add_edge(a, b, pull=pull)
    raw = nx.spring_layout(pulls, weight="pull", k=2.2 / len(pulls) ** 0.5, iterations=200, seed=seed)
    points = np.array([raw[node] for node in pulls])
    for column in range(2):
        order = points[:, column]
        spread = order.max() - order.min()
        even = order.argsort(kind="stable").argsort(kind="stable") / max(1, len(points) - 1)
        scaled = (order - order.min()) / spread if spread else even
        # Half the distance, half the rank: crowds loosen, and who is near to whom stays as it was.
        points[:, column] = 2 * (0.5 * scaled + 0.5 * even) - 1
    return {node: (float(x), float(y)) for node, (x, y) in zip(pulls, points, strict=True)}


def _draw_edges(ax: Axes, graph: nx.Graph, places: Mapping[str, Point]) -> None:
    widest = max(data["strength"] for *_, data in graph.edges(data=True))
    for sign, (colour, style, _) in SIGNS.items():
        edges = [(a, b) for a, b, data in graph.edges(data=True) if data["sign"] == sign]
        if edges:
            widths = [_width(graph.edges[e]["strength"], widest) for e in edges]
            drawn = nx.draw_networkx_edges(
                graph, places, edgelist=edges, ax=ax, width=widths, edge_color=colour, style=style, alpha=0.65,
                hide_ticks=False,
            )  # fmt: skip
            drawn.set_label(sign)


def _width(strength: float, widest: float) -> float:
    return 0.8 + (_WIDEST - 0.8) * strength / widest


def _draw_nodes(
    ax: Axes,
    graph: nx.Graph,
    places: Mapping[str, Point],
    nodes: Sequence[str],
    colour: str,
    *,
    shape: str = "o",
    largest: float = _LARGEST,
) -> dict[str, float]:
    most = max(graph.nodes[node]["n"] for node in graph)
    sizes = {node: max(24.0, largest * graph.nodes[node]["n"] / most) for node in nodes}
    nx.draw_networkx_nodes(
        graph, places, nodelist=list(nodes), node_size=list(sizes.values()), node_color=colour, node_shape=shape,
        edgecolors="white", linewidths=1.2, ax=ax, hide_ticks=False,
    )  # fmt: skip
    return sizes


def _name_nodes(
    ax: Axes,
    names: Mapping[str, str],
    places: Mapping[str, Point],
    sizes: Mapping[str, float],
    edges: Iterable[tuple[str, str]],
) -> int:
    """Write each name near its node, over no other name or node and over few lines; say how many found a place."""
    figure = ax.get_figure()
    assert figure is not None
    figure.canvas.draw()  # the layout engine moves the Axes, and only what is drawn has a size
    scale = figure.dpi / 72
    dots = {n: (*ax.transData.transform(places[n]), scale * (size / np.pi) ** 0.5) for n, size in sizes.items()}
    taken = [(x - r, y - r, x + r, y + r) for x, y, r in dots.values()]
    steps = np.linspace(0, 1, 60)[:, None]
    ends = [(np.array(dots[a][:2]), np.array(dots[b][:2])) for a, b in edges]
    lines = np.concatenate([a + steps * (b - a) for a, b in ends])
    frame = ax.get_window_extent()
    back = ax.transData.inverted()
    written = 0
    for node, name in names.items():
        text = ax.annotate(name, places[node], color=INK, fontsize="small", zorder=5, annotation_clip=False)
        text.set_path_effects([withStroke(linewidth=2.5, foreground="white")])
        found = _free_box(dots[node], _measure(text), taken, lines, frame, scale)
        if found is None:
            text.remove()
            continue
        taken.append(found)
        written += 1
        text.set_position(tuple(back.transform((found[0] + 2, found[1] + 4))))
        x, y, radius = dots[node]
        near = min(max(x, found[0]), found[2]), min(max(y, found[1]), found[3])
        if np.hypot(near[0] - x, near[1] - y) > radius + 20 * scale:
            ax.plot(*zip(places[node], back.transform(near), strict=True), color=FAINT, linewidth=0.6, zorder=1)
    return written


def _free_box(
    dot: tuple[float, float, float],
    size: tuple[float, float],
    taken: Sequence[Box],
    lines: np.ndarray,
    frame: Any,
    scale: float,
) -> Box | None:
    """Find a place for a name: as near as can be, and among equally near ones where the fewest lines pass."""
    (x, y, radius), (width, height) = dot, size
    for step in range(14):
        gap = radius + (4 + 9 * step) * scale
        free: list[tuple[int, int, Box]] = []
        for across, up in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1)):
            away = 0.75 * gap if across and up else gap
            left = x + across * away - (0.0, width / 2, width)[1 - across]
            bottom = y + up * away - (0.0, height / 2, height)[1 - up]
            box = (left, bottom, left + width, bottom + height)
            inside = frame.x0 <= box[0] and box[2] <= frame.x1 and frame.y0 <= box[1] and box[3] <= frame.y1
            if inside and not any(_overlap(box, other) for other in taken):
                crossed = np.all((lines > box[:2]) & (lines < box[2:]), axis=1).sum()
                free.append((int(crossed), len(free), box))
        if free:
            return min(free)[2]
    return None


def _measure(text: Text) -> tuple[float, float]:
    box = text.get_window_extent()
    return box.width + 4, box.height + 4


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _two_columns(graph: nx.Graph) -> tuple[list[str], list[str]]:
    """Order actors and issues so that tied ones stand level: each goes to the mean place of its ties, a few times."""
    kinds: dict[str, list[str]] = {"actor": [], "issue": []}
    for node in sorted(graph):
        kinds[graph.nodes[node]["kind"]].append(node)
    columns = [sorted(kinds[kind], key=lambda node: -graph.nodes[node]["n"]) for kind in ("actor", "issue")]
    for turn in range(8):
        moved, fixed = turn % 2, 1 - turn % 2
        at = {node: (i + 0.5) / len(columns[fixed]) for i, node in enumerate(columns[fixed])}
        columns[moved].sort(key=lambda node: float(np.mean([at[other] for other in graph[node]])))
    return columns[0], columns[1]


def _by_number(cells: pd.DataFrame, column: str) -> list[str]:
    sums = cells.assign(n=cells["n_for"] + cells["n_against"]).groupby(column)["n"].sum().reset_index()
    return list(sums.sort_values(["n", column], ascending=[False, True])[column])


def _cell_words(cells: pd.DataFrame, actor: str, issue: str) -> str:
    row = cells[(cells["actor"] == actor) & (cells["issue"] == issue)]
    if row.empty:
        return ""
    counts = ((sign, int(row[column].iloc[0])) for sign, column in (("▲", "n_for"), ("▼", "n_against")))
    return " ".join(f"{sign}{n}" for sign, n in counts if n)


def _about(graph: nx.Graph, unnamed: int, min_strength: float, alone: Iterable[str]) -> str:
    made = graph.graph
    parts = [f"{made['statements']} statements; measure: {made['measure']}"]
    if made.get("normalisation", "none") != "none":
        parts.append(f"normalisation: {made['normalisation'].replace('_', ' ')}")
    if made["duplicates"] != "include":
        parts.append(f"repeated statements count once ({made['duplicates']})")
    if min_strength:
        parts.append(f"ties of {min_strength:g} and more")
    if unnamed:
        parts.append(f"{unnamed} actors with fewer statements bear no name")
    names = [shorten(name, 30) for name in alone]
    if names:
        rest = f" and {len(names) - 8} more" if len(names) > 8 else ""
        parts.append(f"without a tie: {', '.join(names[:8])}{rest}")
    return "; ".join(parts)


def _legend(ax: Axes, graph: nx.Graph, measure: str) -> None:
    """Explain signs, widths and sizes below the picture."""
    strengths = sorted(data["strength"] for *_, data in graph.edges(data=True))
    there = {data["sign"] for *_, data in graph.edges(data=True)}
    mostly = "mostly " if measure == "subtract" else ""
    lines: list[Any] = [
        Line2D([], [], color=colour, linestyle=style, linewidth=2.4, label=mostly + words)
        for sign, (colour, style, words) in SIGNS.items()
        if sign in there
    ]
    for strength in sorted({strengths[0], strengths[-1]}):
        width = _width(strength, strengths[-1])
        lines.append(Line2D([], [], color=FAINT, linewidth=width, label=f"weight {strength:.3g}"))
    most = max(graph.nodes[node]["n"] for node in graph)
    words = f"larger: more statements (up to {most})"
    lines.append(Line2D([], [], marker="o", linestyle="", color=INK, markersize=9, label=words))
    ax.legend(
        handles=lines, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, frameon=False, labelcolor=INK,
        fontsize="small", handlelength=3.2,
    )  # fmt: skip


def _explain(ax: Axes, words: str) -> None:
    ax.set_xlabel(textwrap.fill(words, 100), color=FAINT, loc="left", labelpad=8)
    ax.xaxis.label.set_multialignment("left")
    ax.set_ylabel("")
