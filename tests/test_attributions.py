from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from readings import Window

from toolkit.attributions import best_tags, find_attributions, tagged_ranges
from toolkit.encoder import TAGS, Reading, split_words

LETTERS = {"o": "O", "C": "B-content", "c": "I-content", "S": "B-source", "s": "I-source", "U": "B-cue", "u": "I-cue"}


def window(text, letters, cue=None, source=None):
    words = tuple(split_words(text))
    tags = np.full((len(words), len(TAGS)), 0.01, dtype=np.float32)
    for i, letter in enumerate(letters):
        tags[i, TAGS.index(LETTERS[letter])] = 0.94
    return Window(words, tags, {"cue": cue or {}, "source": source or {}})


def spans(text, letters, **pointers):
    found = find_attributions(Reading(text, (window(text, letters, **pointers),), ()))
    return [
        (
            [text[slice(*s)] for s in a.content],
            text[slice(*a.cue)],
            a.source and text[slice(*a.source)],
        )
        for a in found
    ]


def test_a_content_goes_to_the_cue_it_points_to():
    text = "Stop the war Osei said"
    found = spans(text, "CccSU", cue={i: {4: 1.0} for i in range(3)}, source={4: {3: 0.9, 4: 0.1}})
    assert found == [(["Stop the war"], "said", "Osei")]


def test_an_interrupted_content_is_one_attribution():
    text = "Stop Osei said the war"
    pointing = {0: {2: 1.0}, 3: {2: 1.0}, 4: {2: 1.0}}
    assert spans(text, "CSUCc", cue=pointing, source={2: {1: 1.0}}) == [(["Stop", "the war"], "said", "Osei")]


def test_a_cue_that_points_to_itself_has_no_source():
    assert spans("Talks are expected", "CUu", cue={0: {1: 1.0}}) == [(["Talks"], "are expected", None)]


def test_a_cue_is_made_where_the_content_points_outside():
    assert spans("Talks Osei wants", "Coo", cue={0: {2: 0.6}}, source={2: {1: 0.7}}) == [(["Talks"], "wants", "Osei")]


def test_a_participle_takes_the_content_behind_it_and_the_source_before_it():
    text = "Osei said no urging calm"
    pointing = {2: {1: 1.0}, 4: {1: 0.6, 3: 0.4}}
    found = spans(text, "SUCUC", cue=pointing, source={1: {0: 1.0}, 3: {3: 1.0}})
    assert found == [(["no"], "said", "Osei"), (["calm"], "urging", "Osei")]


def test_a_weak_pointer_makes_no_cue_and_without_a_cue_nothing_is_attributed():
    assert spans("Talks Osei wants", "Coo", cue={0: {2: 0.3}}) == []


@pytest.mark.parametrize(("share", "found"), [(0.3, 0), (0.9, 1)])
def test_what_is_seldom_right_is_left_out(share, found):
    assert len(spans("Talks are wanted", "CUu", cue={0: {1: share}})) == found


@pytest.mark.parametrize(
    ("content", "found"),
    [("Talks", 0), ("Talks and peace and trust", 1)],
)
def test_a_short_content_must_be_surer(content, found):
    words = content.split()
    letters = "C" + "c" * (len(words) - 1) + "Uu"
    pointing = {i: {len(words): 0.46} for i in range(len(words))}
    assert len(spans(f"{content} are wanted", letters, cue=pointing)) == found


def test_no_content_no_attribution():
    assert spans("Osei said", "SU") == []


def test_tagged_ranges():
    tags = [TAGS.index(LETTERS[x]) for x in "oCcCcSUu"]
    assert tagged_ranges(tags) == {"content": [(1, 3), (3, 5)], "source": [(5, 6)], "cue": [(6, 8)]}


@given(st.lists(st.lists(st.floats(0.001, 1), min_size=7, max_size=7), min_size=1, max_size=12))
def test_the_best_tags_are_valid(rows):
    tags = [TAGS[t] for t in best_tags(np.array(rows, dtype=np.float32))]
    for before, tag in pairwise(["O", *tags]):
        if tag.startswith("I-"):
            assert before[2:] == tag[2:]


def test_the_best_tags_beat_every_other_valid_sequence():
    rows = np.random.default_rng(3).random((4, 7)).astype(np.float32)

    def valid(sequence):
        names = ["O", *(TAGS[t] for t in sequence)]
        return all(not b.startswith("I-") or a[2:] == b[2:] for a, b in pairwise(names))

    scores = {
        s: float(np.log([rows[i, t] for i, t in enumerate(s)]).sum()) for s in product(range(7), repeat=4) if valid(s)
    }
    assert best_tags(rows) == pytest.approx(max(scores, key=scores.__getitem__))
