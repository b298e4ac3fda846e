"""The figures: what is drawn is read off the Axes, and no label may leave the picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import matplotlib as mpl
import pandas as pd
import pytest

mpl.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from toolkit import compare, plots, terms
from toolkit.appearance import FIRST, KINDS, OPPOSE, SECOND, SUPPORT, elapsed, issue_label
from toolkit.records import Position, Quote, Vote, table


@pytest.fixture(autouse=True)
def _close_figures() -> Iterator[None]:
    yield
    plt.close("all")


def make_positions(n_articles: int = 2) -> pd.DataFrame:
    """Two actors on three issues in each article; Amara turns on sanctions in the last one, and says both on aid."""
    numbers = count(1)
    rows = []
    for number in range(n_articles):
        article, day = f"article_{number}", f"20{10 + number}-03-0{1 + number % 9}"
        last = number == n_articles - 1
        plan = [("Amara", "sanctions", -1 if last else 1)] * 2 + [("Amara", "un_role", 1)] * 3
        plan += [("Amara", "aid", 1), ("Amara", "aid", -1), ("Republic of the Eastern Isles", "aid", -1)]
        for actor, issue, stance in plan:
            i = next(numbers)
            role = "Envoy" if actor == "Amara" else None
            rows.append(
                Position(article, f"{article}:p{i}", day, actor, role, issue, stance, "text", i, i + 1, None, "direct",
                         "network", 1.0)
            )  # fmt: skip
    return table("positions", rows)


def make_quotes() -> pd.DataFrame:
    def one(number: int, speakers: tuple[str, ...], kind: str, words: int) -> Quote:
        text = " ".join(["word"] * words)
        return Quote("a", f"a:q{number}", kind, text, ((0, 9),), None, None, None, None, None, None, speakers=speakers)

    rows = [one(1, ("Amara",), "direct", 20), one(2, ("Amara",), "indirect", 10), one(3, (), "mixed", 6)]
    return table("quotes", [*rows, one(4, ("Republic of the Eastern Isles",), "indirect", 4)])


def make_terms() -> pd.DataFrame:
    groups = {"north": {"n": "Ice and ice roads. Ice roads melt."}, "south": {"s": "Rain and rain roads. Rain falls."}}
    return terms.distinctive_terms(groups, min_count=1)


def words(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def tick_labels(ax: Axes, axis: str) -> list[str]:
    return [label.get_text() for label in (ax.get_yticklabels() if axis == "y" else ax.get_xticklabels())]


def tiles(ax: Axes, colour: str) -> int:
    return sum(isinstance(p, Rectangle) and to_hex(p.get_facecolor()) == colour for p in ax.patches)


FIGURES: dict[str, Callable[..., Axes]] = {
    "matrix": lambda **o: plots.position_matrix(compare.position_matrix(make_positions()), **o),
    "matrix of one": lambda **o: plots.position_matrix(compare.position_matrix(make_positions(1)), **o),
    "matrix of twelve": lambda **o: plots.position_matrix(compare.position_matrix(make_positions(12)), **o),
    "change": lambda **o: plots.change(compare.change(make_positions(), actor="Amara"), **o),
    "change of one": lambda **o: plots.change(compare.change(make_positions(1), actor="Amara"), **o),
    "change of twelve": lambda **o: plots.change(compare.change(make_positions(12), actor="Amara"), **o),
    "guards": lambda **o: plots.change_guards(
        compare.change_guards(make_positions(), actor="Amara", quotes=table("quotes", [])), **o
    ),
    "voice": lambda **o: plots.share_of_voice(compare.share_of_voice(make_quotes()), **o),
    "terms": lambda **o: plots.distinctive_terms(make_terms(), **o),
    "timeline": lambda **o: plots.timeline(make_positions(), **o),
    "timeline of twelve": lambda **o: plots.timeline(make_positions(12), by="issue", **o),
}
"""Every figure by its name."""


@pytest.mark.parametrize("name", FIGURES)
def test_no_label_leaves_the_figure(name: str) -> None:
    ax = FIGURES[name]()
    figure = ax.get_figure()
    figure.canvas.draw()
    width, height = figure.canvas.get_width_height()
    inside = [t.label1 for t in ax.xaxis.get_major_ticks() if min(ax.get_xlim()) <= t.get_loc() <= max(ax.get_xlim())]
    inside += [t.label2 for t in ax.xaxis.get_major_ticks()]
    shown = [*ax.texts, *inside, *ax.get_yticklabels(), ax.xaxis.label, ax.title, ax._left_title, ax._right_title]
    for text in shown:
        if text.get_text() and text.get_visible():
            box = text.get_window_extent()
            assert box.x0 >= -1, text.get_text()
            assert box.x1 <= width + 1, text.get_text()
            assert box.y0 >= -1, text.get_text()
            assert box.y1 <= height + 1, text.get_text()


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_can_be_drawn_where_the_reader_says(name: str) -> None:
    _, axes = plt.subplots(1, 2)
    assert FIGURES[name](ax=axes[1]) is axes[1]
    assert not axes[0].has_data()


@pytest.mark.parametrize("name", FIGURES)
def test_drawing_gives_no_warning(name: str, recwarn: pytest.WarningsRecorder) -> None:
    FIGURES[name]().get_figure().canvas.draw()
    assert [str(w.message) for w in recwarn] == []


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plots.position_matrix(compare.position_matrix(table("positions", []))), "No positions to show"),
        (lambda: plots.change(compare.change(table("positions", []), actor="A")), "No positions to compare"),
        (
            lambda: plots.change_guards(
                compare.change_guards(table("positions", []), actor="A", quotes=table("quotes", []))
            ),
            "No positions to compare",
        ),
        (lambda: plots.share_of_voice(compare.share_of_voice(table("quotes", []))), "No quotes to show"),
        (lambda: plots.distinctive_terms(make_terms().iloc[:0]), "No terms to show"),
        (lambda: plots.timeline(table("positions", [])), "No positions to show"),
    ],
)
def test_an_empty_table_is_said_to_be_empty(draw: Callable[[], Axes], message: str) -> None:
    assert words(draw()) == [message]


def test_a_wrong_table_is_refused_with_the_cure() -> None:
    with pytest.raises(ValueError, match=r"matrix lacks the column n_for.*compare\.position_matrix"):
        plots.position_matrix(make_positions())


def test_position_matrix_shows_side_count_and_contradiction() -> None:
    ax = plots.position_matrix(compare.position_matrix(make_positions()))
    assert tick_labels(ax, "x") == ["Aid", "Sanctions", "UN role"]
    assert tick_labels(ax, "y") == [
        "Amara, Envoy  2010-03-01", "Envoy  2011-03-02",
        "Republic of the Eastern Isles  2010-03-01", "  2011-03-02",
    ]  # fmt: skip
    assert sorted(words(ax)) == sorted(["▲1", "▼1", "▲1", "▼1", "▲2", "▼2", "▲3", "▲3", "▼1", "▼1"])
    assert (tiles(ax, SUPPORT), tiles(ax, OPPOSE)) == (5, 5)
    halves = [p for p in ax.patches if isinstance(p, Rectangle) and p.get_width() == pytest.approx(0.47)]
    assert sorted((round(p.get_x(), 2), p.get_y() < 1, to_hex(p.get_facecolor()) == SUPPORT) for p in halves) == [
        (0.03, False, True), (0.03, True, True), (0.5, False, False), (0.5, True, False),
    ]  # fmt: skip


def test_position_matrix_gathers_many_articles() -> None:
    ax = plots.position_matrix(compare.position_matrix(make_positions(12)))
    assert tick_labels(ax, "y") == ["Amara, Envoy", "Republic of the Eastern Isles"]
    assert "12 articles together" in ax.get_xlabel()
    assert "▲36" in words(ax)
    apart = plots.position_matrix(compare.position_matrix(make_positions(12)), per_article=True)
    assert len(tick_labels(apart, "y")) == 24


def test_change_draws_each_date_where_it_stands() -> None:
    changes = compare.change(make_positions(), actor="Amara")
    ax = plots.change(changes, labels={"un_role": "Role of the UN"})
    assert tick_labels(ax, "y") == ["Role of the UN", "Sanctions", "Aid"]
    assert [w for w in words(ax) if "→" not in w] == [
        "held", "reversed", "too little evidence", "verdict", "statements"
    ]  # fmt: skip
    points = [
        (line.get_xdata()[0], line.get_marker(), line.get_markerfacecolor())
        for line in ax.lines
        if len(line.get_xdata()) == 1
    ]
    assert points[2:4] == [(1.0, "^", "white"), (-1.0, "v", OPPOSE)]
    assert "2010-03-01, Envoy" in ax.get_title("left")


def test_guards_frame_what_turns() -> None:
    rows = compare.change_guards(make_positions(), actor="Amara", quotes=table("quotes", []))
    rows.loc[rows["guard"] == "vote", "as_without"] = False
    ax = plots.change_guards(rows)
    frames = [p for p in ax.patches if isinstance(p, Rectangle) and not p.get_fill()]
    assert len(frames) == 3
    assert "held\n3 → 3" in words(ax)


def test_share_of_voice_stacks_the_kinds_in_order() -> None:
    shares = compare.share_of_voice(make_quotes())
    ax = plots.share_of_voice(shares)
    assert tick_labels(ax, "y") == ["Amara", "Republic of the Eastern Isles", "no speaker found"]
    for bars, (kind, (colour, hatch)) in zip(ax.containers, KINDS.items(), strict=True):
        widths = {round(bar.get_y() + bar.get_height() / 2): bar.get_width() for bar in bars if bar.get_width()}
        wanted = {1 + i: float(n) for i, n in enumerate(shares[f"{kind}_words"]) if n}
        assert widths == wanted
        assert {to_hex(bar.get_facecolor()) for bar in bars} == {colour}
        assert {bar.get_hatch() or "" for bar in bars} == {hatch}
        assert bars.get_label() == f"{kind} speech"
    amara = [bar for bars in ax.containers for bar in bars if round(bar.get_y() + bar.get_height() / 2) == 1]
    assert max(bar.get_x() + bar.get_width() for bar in amara) == 30
    assert "30  (75%)" in words(ax)


def test_distinctive_terms_pairs_each_bar_with_its_own_term_and_counts() -> None:
    found = make_terms().set_index("term")
    ax = plots.distinctive_terms(make_terms(), top=3)
    labels = words(ax)
    bars = sorted((b for c in ax.containers for b in c if b.get_width()), key=lambda b: b.get_y())
    assert len(bars) == 6
    assert all(abs(t.get_position()[0]) > abs(b.get_width()) for b, t in zip(bars, ax.texts[1::2], strict=True))
    for bar, term, numbers in zip(bars, labels[::2], labels[1::2], strict=True):
        assert bar.get_width() == pytest.approx(found.loc[term, "z"])
        assert numbers == f"{found.loc[term, 'first_count']} : {found.loc[term, 'second_count']}"
        assert to_hex(bar.get_facecolor()) == (FIRST if bar.get_width() > 0 else SECOND)


def test_timeline_sets_dates_side_by_side_and_shows_votes() -> None:
    tally = Vote("article_0", "City Council", "2005-06-01", None, 12, 3, None, None, None, 0, 1)
    votes = table(
        "votes", [tally, Vote("article_0", "City Council", "2005-06-01", None, None, None, None, "Amara", "for", 0, 1)]
    )
    frame = make_positions()
    frame.loc[frame["article_id"] == "article_1", "date"] = None
    ax = plots.timeline(frame, votes)
    assert tick_labels(ax, "x") == ["1 Jun\n2005", "1 Mar\n2010", "no date"]
    assert tick_labels(ax, "y") == ["Votes of the City Council", "Amara", "Republic of the Eastern Isles"]
    assert {"12 : 3 : ?", "voted for", "5 years", "6", "4"} <= set(words(ax))


def test_timeline_says_what_it_leaves_out() -> None:
    ax = plots.timeline(make_positions(), top=1)
    assert "1 of 2 actors" in ax.get_xlabel()
    with pytest.raises(ValueError, match="Did you mean 'actor'"):
        plots.timeline(make_positions(), by="actors")


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("2022-03-22", "2025-01-17", "3 years"),
        ("2022-03-22", "2022-10-22", "7 months"),
        ("2022-03-22", "2022-03-23", "1 day"),
        ("no date", "2022-03-23", ""),
    ],
)
def test_elapsed_time_in_words(first: str, second: str, expected: str) -> None:
    assert elapsed(first, second) == expected


@pytest.mark.parametrize(
    ("issue", "labels", "expected"),
    [
        ("un_role", None, "UN role"), ("use_of_force", None, "Use of force"), ("eu", {"eu": "The Union"}, "The Union"),
        ("", None, ""), ("nato_role", {"other": "x"}, "NATO role"),
    ],
)  # fmt: skip
def test_issues_are_named_for_readers(issue: str, labels: dict[str, Any] | None, expected: str) -> None:
    assert issue_label(issue, labels) == expected
