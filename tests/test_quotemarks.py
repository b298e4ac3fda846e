import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.quotemarks import pair_marks

CASES = [
    # text, quotations (outermost), indices of odd marks
    ('She said, "I agree." He said "no".', ['"I agree."', '"no"'], []),
    ("“Stop,” he said. “Now.”", ["“Stop,”", "“Now.”"], []),
    ("„Nein“, sagte er. „Ja” auch.", ["„Nein“", "„Ja”"], []),
    ("«Oui», dit-il.", ["«Oui»"], []),
    ("″Never,″ she wrote.", ["″Never,″"], []),
    ("“She told me ‘never again’ and I agreed.”", ["“She told me ‘never again’ and I agreed.”"], []),
    ("the ministers’ talks, the ’90s and a ‘bad’ idea", ["‘bad’"], []),
    ("‘I can’t go,’ she said. ‘The ministers’ plan is bad.’", ["‘I can’t go,’", "‘The ministers’ plan is bad.’"], []),
    ("'Never again,' he said. It's the ministers' call.", ["'Never again,'"], []),
    ("the growth of the region”, he added", [], [24]),
    ("“One“ and “two”", ["“two”"], [0, 4]),
    ('“One" and two', ['“One"'], []),
    ('“One ‘two" and’ three', ['‘two" and’'], [0, 9]),
    ("In the '90s and '68, the ministers' plan; 'get 'em out'.", ["'get 'em out'"], []),
    ("In the ‘80s the ministers’ ‘plan’ failed", ["‘plan’"], []),
    (
        "“First paragraph goes on\n“and here it ends.” So it was.",
        ["“First paragraph goes on", "“and here it ends.”"],
        [],
    ),
    ("“Never closed.\nNext paragraph without marks.", [], [0]),
    ("a 5'11\" door", [], [6]),
    ("no marks at all", [], []),
    ("", [], []),
]


@pytest.mark.parametrize(("text", "quotations", "odd"), CASES)
def test_pairs_and_odd_marks(text, quotations, odd):
    marks = pair_marks(text)
    assert [text[p.start : p.end] for p in marks.outermost()] == quotations
    assert list(marks.odd) == odd


def test_an_inner_quotation_has_depth_one():
    text = "“A ‘b “c” d’ e.”"
    assert [(text[p.start : p.end], p.depth) for p in pair_marks(text).pairs] == [
        (text, 0),
        ("‘b “c” d’", 1),
        ("“c”", 2),
    ]


def test_a_reopened_quotation_is_not_closed():
    first, second = pair_marks("“One\n“two.”").pairs
    assert (first.closed, second.closed) == (False, True)


@given(st.text(alphabet="“”\"'‘’«»„ab .,\n", max_size=200))
def test_every_pair_lies_in_one_paragraph_and_never_crosses_another(text):
    marks = pair_marks(text)
    for pair in marks.pairs:
        assert 0 <= pair.start < pair.end <= len(text)
        assert "\n" not in text[pair.start : pair.end]
        for other in marks.pairs:
            assert not pair.start < other.start < pair.end < other.end
    assert set(marks.odd).isdisjoint({p.start for p in marks.pairs})


@given(st.text(max_size=300))
def test_any_text_is_read(text):
    pair_marks(text)


@pytest.mark.parametrize("text", ["“" * 20_000, '"a ' * 20_000, "“x ‘" * 1_000 + "’ y”" * 1_000])
def test_many_marks_are_read(text):
    assert len(pair_marks(text).pairs) <= len(text)
