"""Lines of pages into running text: paragraphs, hyphens, heads, feet, columns."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.pdflines import Line, join_pages, split_columns

WORDS = ("Then", "When", "Since")
FULL = "The ministers of both states met in Oslo for"


def page(*texts: str, x: float = 50, top: float = 700, size: float = 10) -> list[Line]:
    return [Line(text, x, top - 12 * k, size) for k, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["the negotia-", "tions went on and on"], "the negotiations went on and on"),
        (["the negotia\u2010", "tions went on and on"], "the negotiations went on and on"),
        (["the soft negotia\u00ad", "tions, nego\u00adtiations"], "the soft negotiations, negotiations"),
        (["a well-", "known place"], "a well-known place"),
        (["a lake-", "side town, the lake-side talks"], "a lake-side town, the lake-side talks"),
        (["of the North-", "South group"], "of the North-South group"),
        (["the years 1990-", "95 of the talks"], "the years 1990- 95 of the talks"),
        (["he paused -", "and left the room"], "he paused - and left the room"),
    ],
)
def test_hyphens(lines: list[str], text: str) -> None:
    assert join_pages([page(*lines)]) == text


def test_a_gap_an_indent_a_short_line_and_another_size_end_a_paragraph() -> None:
    def joined(second: Line, first: str = FULL) -> int:
        lines = [Line(FULL, 50, 736, 10), Line(FULL, 50, 724, 10), Line(FULL, 50, 712, 10), Line(first, 50, 700, 10)]
        return join_pages([[*lines, second]]).count("\n\n")

    assert joined(Line(FULL, 50, 688, 10)) == 0
    assert joined(Line(FULL, 50, 676, 10)) == 1
    assert joined(Line(FULL, 62, 688, 10)) == 1
    assert joined(Line(FULL, 50, 688, 14)) == 1
    assert joined(Line(FULL, 50, 688, 10), first="They left.") == 1
    assert joined(Line("the " + FULL, 50, 688, 10), first="They left with") == 0


def test_a_paragraph_runs_over_to_the_next_page_and_column() -> None:
    open_end = page(FULL, FULL)
    assert "Oslo for the talks. They left." in join_pages([open_end, page("the talks. They left.", "And so on.")])
    closed = page(FULL, "The talks ended there, as was agreed before.")
    assert join_pages([closed, page("Then it began.")]).count("\n\n") == 1
    column = [*page(FULL, FULL), *page("the talks that both had wanted for so long", x=310)]
    assert "\n" not in join_pages([column])


def test_heads_feet_and_page_numbers_go() -> None:
    pages = [
        [
            Line(f"The Fjord Times, {n} May", 50, 820, 8),
            *page(f"{word} {FULL}", f"{FULL} {word}"),
            Line(f"- {n} -", 290, 30, 8),
        ]
        for n, word in enumerate(("Then", "When", "Since"), 1)
    ]
    assert join_pages(pages) == " ".join(f"{word} {FULL} {FULL} {word}" for word in ("Then", "When", "Since"))
    assert join_pages([[*page("They spoke with", "Xi.")]]) == "They spoke with Xi."
    assert "Page" not in join_pages([[*page(FULL, FULL), Line("Page 1 of 3", 50, 20, 8)]])


@pytest.mark.parametrize(
    ("feet", "kept"),
    [
        (["2021."], True),
        (["FULL 2021.", "2021."], True),
        (["“12.”"], True),
        (["2021.", "17."], True),
        (["12"], False),
        (["p. 12"], False),
        (["- 12 -"], False),
        (["1.", "2."], False),
        (["11.", "12.", "13."], False),
        (["- 1. -", "- 2. -"], False),
    ],
)
def test_a_page_number_has_no_full_stop_unless_the_pages_count_so(feet: list[str], kept: bool) -> None:
    text = join_pages(
        [[*page(f"{word} {FULL}", FULL), Line(foot, 50, 676, 10)] for word, foot in zip(WORDS, feet, strict=False)]
    )
    assert (feet[-1] in text) == kept


def test_one_page_keeps_its_headline_and_numbers_in_the_text() -> None:
    text = join_pages([[Line("A headline", 50, 800, 18), *page(FULL, "2025 talks", "and so on", FULL, FULL)]])
    assert text.startswith("A headline\n\n")
    assert "2025 talks" in text


ROWS = [f"left row {k} of the talks{' ' * 12}right row {k} of the talks" for k in range(6)]


def test_rows_across_two_columns_are_put_right() -> None:
    lines = page("The Fjord Times", *(" ".join(row.split()) for row in ROWS))
    words = [line.text for line in split_columns(lines, ["   The Fjord Times", "", *ROWS])]
    left, right = ([f"{side} row {k} of the talks" for k in range(6)] for side in ("left", "right"))
    assert words == ["The Fjord Times", *left, *right]


def test_columns_that_are_in_order_stay() -> None:
    left, right = ([f"{side} row {k} of the talks" for k in range(6)] for side in ("left", "right"))
    lines = [*page(*left), *page(*right, x=310)]
    assert split_columns(lines, ROWS) == lines


@pytest.mark.parametrize("run", ["a", "-", " ", ".", "'", "1", "a-", "\u00ad", ". "])
def test_the_time_grows_with_the_length(run: str) -> None:
    began = time.monotonic()
    long = Line(run * 200_000, 50, 700, 10)
    join_pages([[long, Line("end", 50, 688, 10)]] * 2)
    split_columns([long], [long.text] * 4)
    assert time.monotonic() - began < 10


LINES = st.builds(
    Line, st.text(min_size=1, max_size=30), st.floats(0, 600), st.floats(0, 900), st.sampled_from([8.0, 10.0, 18.0])
)


@given(st.lists(st.lists(LINES, max_size=8), max_size=4))
def test_no_word_is_made_up(pages: list[list[Line]]) -> None:
    text = join_pages(pages)
    given_letters = {c for page in pages for line in page for c in line.text}
    assert set(text) <= given_letters | {" ", "\n"}


@given(st.lists(LINES, max_size=8), st.lists(st.text(alphabet=" ab\n\t", max_size=60), max_size=12))
def test_no_rows_stop_the_columns(lines: list[Line], rows: list[str]) -> None:
    assert all(line.text for line in split_columns(lines, rows))
