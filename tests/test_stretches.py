"""Which stretches of a text touch which."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.stretches import Placed, Used, merge, touched, within

SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 10)).map(lambda pair: (pair[0], pair[0] + pair[1])))


@given(SPANS, SPANS)
def test_used_stretches_are_touched_by_those_that_share_a_character(taken, asked):
    used = Used(60, taken)
    for start, end in asked:
        assert used.touches((start, end)) == any(s < end and start < e for s, e in taken)


def test_a_stretch_beyond_the_text_marks_what_is_there():
    used = Used(3, [(2, 9)])
    assert used.touches((2, 5))
    assert not used.touches((0, 2))
    assert not used.touches((3, 9))


@given(SPANS, SPANS)
def test_things_are_found_where_they_stand(places, asked):
    placed = Placed((span, number) for number, span in enumerate(places))
    for start, end in asked:
        touching = {n for n, (s, e) in enumerate(places) if s < end and start < e}
        assert {n for _, n in placed.touching(start, end)} == touching
        assert {n for _, n in placed.starting(start, end)} == {n for n, (s, _) in enumerate(places) if start <= s < end}


@given(SPANS, SPANS)
def test_words_are_touched_by_what_shares_a_character(places, asked):
    words = merge(places)
    for start, end in asked:
        assert list(touched(words, start, end)) == [n for n, (s, e) in enumerate(words) if s < end and start < e]


def test_things_at_one_place_keep_their_order():
    placed = Placed([((5, 9), "b"), ((5, 7), "a"), ((0, 6), "c")])
    assert placed.touching(5, 6) == [((0, 6), "c"), ((5, 9), "b"), ((5, 7), "a")]


@pytest.mark.parametrize(
    ("spans", "merged"),
    [([], ()), ([(3, 3)], ()), ([(4, 6), (0, 2), (2, 3)], ((0, 3), (4, 6))), ([(0, 9), (2, 3)], ((0, 9),))],
)
def test_stretches_that_meet_are_one(spans, merged):
    assert merge(spans) == merged


def test_within():
    assert within((2, 3), (2, 3))
    assert not within((2, 4), (2, 3))
    assert not within(None, (0, 9))
