"""What bounds the work of reading names and sources in any text."""

from __future__ import annotations

import pytest
from readings import blank

from toolkit.names import LONGEST_ROW, runs, split_words
from toolkit.records import Article, Quote
from toolkit.sources import LONGEST_SOURCE
from toolkit.speakers import explain

ROWS = ["Ab ", "J. ", "Al-", "President ", "Foreign Minister ", "Mr. ", "New Zealand ", "van der ", "Ana minister "]


@pytest.mark.parametrize("row", ROWS)
def test_no_name_is_longer_than_a_row(row: str) -> None:
    found = list(runs(split_words(row * 500)))
    assert all(last - first <= LONGEST_ROW for first, last in found)


def test_a_source_is_read_up_to_a_length() -> None:
    text = "Ab and Cd, " * 2_000
    for size in (4_000, 20_000):
        quote = Quote("a", "a:q1", "indirect", text[-5:], ((len(text) - 5, len(text)),), "", 0, size, None, None, None)
        [answer] = explain(Article("a", text), blank()(text), [quote], [])
        assert answer is not None
        assert sum(map(len, answer.speakers)) <= LONGEST_SOURCE
