"""Figures of networks: signs, widths and sizes are read off what is drawn, and names cover neither names nor nodes."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import combinations

import matplotlib as mpl
import pandas as pd
import pytest

mpl.use("Agg")

import matplotlib.pyplot as plt
import networkx as nx
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_hex

from toolkit import networkplots, networks
from toolkit.appearance import FIRST, OPPOSE, SECOND, SUPPORT
from toolkit.records import Position, table

ISSUES = ("aid", "un_role", "ceasefire", "sanctions", "peace_talks", "use_of_force")


@pytest.fixture(autouse=True)
def _close_figures() -> Iterator[None]:
    yield
    plt.close("all")


def make_positions(rows: list[tuple[str, str, int]]) -> pd.DataFrame:
    return table(
        "positions",
        [
            Position(
                "a", f"a:p{n}", "2022-01-01", actor, None, issue, stance, "words", 0, 5, None, "direct", "hand", 1.0
            )
            for n, (actor, issue, stance) in enumerate(rows)
        ],
    )


def small() -> pd.DataFrame:
    """Amara and Bo agree twice and differ never, Bo and Chi differ once, Dana speaks of something else."""
    return make_positions(
        [("Amara", "aid", 1), ("Amara", "un_role", 1), ("Bo", "aid", 1), ("Bo", "un_role", 1), ("Bo", "sanctions", 1),
         ("Chi", "sanctions", -1), ("Dana", "ceasefire", 1)]
    )  # fmt: skip


def crowd(n: int = 30) -> pd.DataFrame:
    chance = random.Random(n)
    places = ("Northland", "the Southern Isles", "Orrery", "the Lakes", "Bay", "Vale")
    kinds = ("Republic of", "Kingdom of", "Ministry of", "Union of", "Office of the Envoy of")
    names = [f"{kind} {place}" for place in places for kind in kinds]
    return make_positions(
        [(name, chance.choice(ISSUES), chance.choice([1, 1, -1])) for name in names[:n] for _ in range(4)]
    )


def lines(ax: Axes) -> dict[str, LineCollection]:
    return {str(c.get_label()): c for c in ax.collections if isinstance(c, LineCollection)}


def words(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


FIGURES: dict[str, Callable[..., Axes]] = {
    "actors": lambda **o: networkplots.actor_network(networks.actor_network(small()), **o),
    "a crowd of actors": lambda **o: networkplots.actor_network(networks.actor_network(crowd()), **o),
    "issues": lambda **o: networkplots.issue_network(networks.issue_network(small()), **o),
    "issues of a crowd": lambda **o: networkplots.issue_network(networks.issue_network(crowd()), **o),
    "heat map": lambda **o: networkplots.issue_heatmap(networks.issue_ties(small()), **o),
    "heat map of a crowd": lambda **o: networkplots.issue_heatmap(networks.issue_ties(crowd()), **o),
}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_can_be_drawn_where_the_reader_says(name: str) -> None:
    _, axes = plt.subplots(1, 2, figsize=(14, 7))
    assert FIGURES[name](ax=axes[1]) is axes[1]
    assert not axes[0].has_data()


@pytest.mark.parametrize("name", FIGURES)
def test_drawing_gives_no_warning(name: str, recwarn: pytest.WarningsRecorder) -> None:
    FIGURES[name]().get_figure().canvas.draw()
    assert [str(w.message) for w in recwarn] == []


@pytest.mark.parametrize("name", FIGURES)
def test_no_name_covers_another_or_leaves_the_figure(name: str) -> None:
    ax = FIGURES[name]()
    figure = ax.get_figure()
    figure.canvas.draw()
    width, height = figure.canvas.get_width_height()
    boxes = {text.get_text(): text.get_window_extent() for text in ax.texts if text.get_text()}
    for label, box in boxes.items():
        assert box.x0 >= -1, label
        assert box.y0 >= -1, label
        assert box.x1 <= width + 1, label
        assert box.y1 <= height + 1, label
    for (one, a), (two, b) in combinations(boxes.items(), 2):
        assert not (a.x0 < b.x1 - 1 and b.x0 < a.x1 - 1 and a.y0 < b.y1 - 1 and b.y0 < a.y1 - 1), (one, two)


@pytest.mark.parametrize("n", [10, 20, 30])
def test_no_name_covers_a_node(n: int) -> None:
    ax = networkplots.actor_network(networks.actor_network(crowd(n)))
    ax.get_figure().canvas.draw()
    (dots,) = (c for c in ax.collections if isinstance(c, PathCollection))
    centres = ax.transData.transform(dots.get_offsets())
    for text in ax.texts:
        box = text.get_window_extent()
        assert not any(box.x0 < x < box.x1 and box.y0 < y < box.y1 for x, y in centres), text.get_text()


def test_everybody_in_a_crowd_is_named() -> None:
    ax = FIGURES["a crowd of actors"]()
    assert len(words(ax)) == 29
    assert ax.get_xlabel().endswith("without a tie: Ministry of Vale")


def test_signs_have_a_colour_and_a_line_style() -> None:
    drawn = lines(FIGURES["actors"]())
    assert set(drawn) == {"agree", "oppose"}
    assert to_hex(drawn["agree"].get_edgecolor()[0]) == FIRST
    assert to_hex(drawn["oppose"].get_edgecolor()[0]) == SECOND
    solid, dashed = (drawn[sign].get_linestyle()[0] for sign in ("agree", "oppose"))
    assert solid[1] is None
    assert dashed[1] is not None
    sides = lines(FIGURES["issues"]())
    assert to_hex(sides["for"].get_edgecolor()[0]) == SUPPORT
    assert to_hex(sides["against"].get_edgecolor()[0]) == OPPOSE
    assert sides["against"].get_linestyle()[0][1] is not None


def test_width_is_weight() -> None:
    drawn = lines(FIGURES["actors"]())
    assert drawn["agree"].get_linewidths()[0] == pytest.approx(7.0)
    assert drawn["oppose"].get_linewidths()[0] == pytest.approx(0.8 + 6.2 / 2)
    graph = networks.actor_network(crowd())
    edges = {tuple(sorted(e)): d["strength"] for *e, d in graph.edges(data=True) if d["sign"] == "agree"}
    widths = lines(networkplots.actor_network(graph))["agree"].get_linewidths()
    expected = [0.8 + 6.2 * s / max(d for *_, d in graph.edges(data="strength")) for s in edges.values()]
    assert sorted(widths) == pytest.approx(sorted(expected))


def test_size_is_statements() -> None:
    ax = FIGURES["actors"]()
    (dots,) = (c for c in ax.collections if isinstance(c, PathCollection))
    assert [round(s) for s in dots.get_sizes()] == [600, 900, 300]


def test_the_legend_and_the_caption_say_what_is_drawn() -> None:
    ax = FIGURES["actors"]()
    told = [text.get_text() for text in ax.get_legend().get_texts()]
    assert told[:2] == ["mostly say the same", "mostly say the opposite"]
    assert told[2:] == ["weight 1", "weight 2", "larger: more statements (up to 3)"]
    assert "without a tie: Dana" in ax.get_xlabel()
    assert "7 statements" in ax.get_xlabel()
    by_activity = networks.actor_network(small(), normalisation="average_activity", duplicates="week")
    caption = " ".join(networkplots.actor_network(by_activity).get_xlabel().split())
    assert "normalisation: average activity" in caption
    assert "count once (week)" in caption


def test_weak_ties_and_rare_names_can_be_left_out() -> None:
    ax = networkplots.actor_network(networks.actor_network(small()), min_strength=2, max_labels=1)
    assert set(lines(ax)) == {"agree"}
    assert words(ax) == ["Bo"]
    caption = " ".join(ax.get_xlabel().split())
    assert "ties of 2 and more" in caption
    assert "1 actors with fewer statements bear no name" in caption


def test_the_same_seed_gives_the_same_picture() -> None:
    def places(seed: int) -> list[list[float]]:
        ax = networkplots.actor_network(networks.actor_network(crowd()), seed=seed)
        (dots,) = (c for c in ax.collections if isinstance(c, PathCollection))
        return dots.get_offsets().tolist()

    assert places(1) == places(1)
    assert places(1) != places(2)


def test_allies_stand_nearer_than_opponents() -> None:
    blocs = {"North": 1, "South": -1}
    rows = [(f"{bloc} {n}", issue, side) for bloc, side in blocs.items() for n in range(4) for issue in ISSUES]
    ax = networkplots.actor_network(networks.actor_network(make_positions(rows)))
    (dots,) = (c for c in ax.collections if isinstance(c, PathCollection))
    at = dict(zip(sorted(f"{bloc} {n}" for bloc in blocs for n in range(4)), dots.get_offsets(), strict=True))
    apart = {same: [] for same in (True, False)}
    for one, two in combinations(at, 2):
        apart[one[:5] == two[:5]].append(float(((at[one] - at[two]) ** 2).sum() ** 0.5))
    assert max(apart[True]) < sum(apart[False]) / len(apart[False])


def test_issues_bear_their_printed_names() -> None:
    graph = networks.issue_network(small(), labels={"aid": "Humanitarian aid"})
    assert {"Humanitarian aid", "UN role", "Amara"} <= set(words(networkplots.issue_network(graph)))


def test_the_heat_map_shows_both_numbers() -> None:
    rows = [("Amara", "aid", 1)] * 3 + [("Amara", "aid", -1), ("Bo", "un_role", -1), ("Bo", "aid", -1)]
    ax = networkplots.issue_heatmap(networks.issue_ties(make_positions(rows)), labels={"aid": "Humanitarian aid"})
    assert [t.get_text() for t in ax.get_yticklabels()] == ["Amara", "Bo"]
    assert [t.get_text() for t in ax.get_xticklabels()] == ["Humanitarian aid", "UN role"]
    assert [w for w in words(ax) if w] == ["▲3 ▼1", "▼1", "▼1"]
    values = ax.collections[0].get_array().ravel()
    assert values.filled(0).tolist() == [2, 0, -1, -1]
    assert ax.collections[0].get_clim() == (-2, 2)


@pytest.mark.parametrize(
    "draw",
    [
        lambda: networkplots.actor_network(networks.actor_network(table("positions", []))),
        lambda: networkplots.actor_network(networks.actor_network(small()), min_strength=99),
        lambda: networkplots.issue_network(networks.issue_network(table("positions", []))),
        lambda: networkplots.issue_heatmap(networks.issue_ties(table("positions", []))),
    ],
)
def test_nothing_to_show_is_said(draw: Callable[[], Axes]) -> None:
    assert words(draw()) in (["No ties to show"], ["No positions to show"])


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: networkplots.actor_network(networks.issue_network(small())), "expected the mode 'actor'"),
        (lambda: networkplots.issue_network(nx.Graph()), "graph is None; expected the mode 'actor-issue'"),
        (lambda: networkplots.issue_heatmap(small()), r"ties lacks the columns n_for.*networks\.issue_ties"),
    ],
)
def test_wrong_input_is_refused(draw: Callable[[], Axes], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        draw()
