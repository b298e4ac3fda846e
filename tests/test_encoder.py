from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.encoder import MODEL_DIR, Encoder, default_encoder, load_tokenizer, make_windows, split_words
from toolkit.sentences import sentence_spans, sentence_tokenizer

PROSE = "The minister said talks would go on. Nobody “wants war”.\n\nA second paragraph follows."


@pytest.fixture(scope="module")
def tokenizer():
    return load_tokenizer(str(MODEL_DIR / "tokenizer.json"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("U.N. envoy", ["U", ".", "N", ".", "envoy"]),
        ("can’t", ["can", "’", "t"]),
        ("Côte d’Ivoire 2,022", ["Côte", "d", "’", "Ivoire", "2", ",", "022"]),
        ("a\u00a0b\u200bc", ["a", "b", "\u200b", "c"]),
        ("   ", []),
    ],
)
def test_split_words(text, words):
    assert [text[s:e] for s, e in split_words(text)] == words


def test_a_run_of_letters_is_cut():
    spans = split_words("x" * 150)
    assert [e - s for s, e in spans] == [60, 60, 30]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_windows_hold_every_word_once(text):
    tokenizer = load_tokenizer(str(MODEL_DIR / "tokenizer.json"))
    windows = make_windows(text, tokenizer, max_pieces=32)
    assert [w for window in windows for w in window.words] == split_words(text)
    for window in windows:
        assert len(window.pieces) <= 32
        assert len(window.first_piece) == len(window.words)


def test_windows_leave_out_what_is_skipped(tokenizer):
    (window,) = make_windows(PROSE, tokenizer, skip=[(0, 36)])
    assert PROSE[slice(*window.words[0])] == "Nobody"


def test_reading_gives_probabilities():
    reading = default_encoder().read(PROSE)
    (window,) = reading.windows
    assert window.tags.shape == (len(window.words), 7)
    assert np.allclose(window.tags.sum(1), 1, atol=1e-5)
    assert np.allclose(window.pointer("cue", range(3)).sum(1), 1, atol=1e-5)
    judgement = window.judge(0, 5)
    assert judgement.probabilities.shape == (len(reading.classes),)
    assert np.allclose(judgement.attention.sum(0), 1, atol=1e-5)
    assert len(window.point("actor", judgement.pooled[0])) == len(window.words) + 1


def test_an_empty_text_has_no_windows():
    assert default_encoder().read("").windows == ()


def test_a_reading_does_not_depend_on_what_was_read_before():
    encoder = default_encoder()
    first = encoder.read(PROSE).windows[0].vectors
    encoder.read("Something else entirely. " * 50)
    assert np.array_equal(first, encoder.read(PROSE).windows[0].vectors)


def test_missing_weights_are_named(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match=r"encoder\.onnx is missing; reinstall"):
        Encoder(tmp_path)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One ends. Two starts.", ["One ends.", "Two starts."]),
        ("A headline\n\nThen text by Mr. Osei.", ["A headline", "Then text by Mr. Osei."]),
        ("“It must stop. Now.” He left.", ["“It must stop.", "Now.”", "He left."]),
        ("\n \n***\n", []),
    ],
)
def test_sentence_spans(text, sentences):
    assert [text[s:e] for s, e in sentence_spans(sentence_tokenizer()(text))] == sentences
