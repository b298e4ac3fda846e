"""spaCy is loaded once, with what is used only, and no article stops the others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit import pipeline
from toolkit.pipeline import DEFAULT_MODEL, LONGEST_RUN, load_pipeline, model_name, parse, pieces
from toolkit.records import Article


def test_only_the_finder_of_names_is_loaded() -> None:
    assert load_pipeline().pipe_names == ["ner"]
    assert model_name(load_pipeline()).endswith("3.8.0")


def test_unknown_pipeline_names_the_installed_ones() -> None:
    with pytest.raises(ValueError, match=f"'en_core_web_xx' is not installed; installed: .*{DEFAULT_MODEL}") as error:
        load_pipeline("en_core_web_xx")
    assert "pip install" in str(error.value)


def test_pipeline_without_names_is_refused(tmp_path) -> None:
    import spacy

    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.to_disk(tmp_path / "plain")
    with pytest.raises(ValueError, match="finds no names: it has sentencizer"):
        load_pipeline(str(tmp_path / "plain"))


def test_any_pipeline_with_names_will_do(tmp_path) -> None:
    import spacy

    nlp = spacy.blank("en")
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "PERSON", "pattern": "Okello"}])
    nlp.to_disk(tmp_path / "ruler")
    [(_, doc)] = parse([Article("a", "Okello spoke.")], str(tmp_path / "ruler"))
    assert [(e.text, e.label_) for e in doc.ents] == [("Okello", "PERSON")]


def test_articles_stream_in_their_order() -> None:
    texts = [f"Envoy number {i} spoke in Lima." for i in range(40)]
    seen: list[int] = []

    def articles() -> Iterator[Article]:
        for i, text in enumerate(texts):
            seen.append(i)
            yield Article(str(i), text)

    stream = parse(articles())
    first, _ = next(stream)
    assert first.article_id == "0"
    assert len(seen) < 40, "the first document comes before the last article is read"
    rest = list(stream)
    assert [a.article_id for a, _ in rest] == [str(i) for i in range(1, 40)]
    assert [d.text for _, d in rest] == texts[1:]


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n\n", "\ufeffLima", "Kyiv\r\n\r\nLima", "a\u2028b\x0bc", "😀 “", "NoSpace" * 40000]
)
def test_texts_are_kept_character_for_character(text: str) -> None:
    [(_, doc)] = parse([Article("a", text)])
    assert doc.text == text


def test_texts_over_the_limit_are_read_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    nlp = load_pipeline()
    monkeypatch.setattr(nlp, "max_length", 2000)
    monkeypatch.setattr(pipeline, "PIECE", 500)
    monkeypatch.setattr(pipeline, "pieces", lambda text: pieces(text, 500))
    text = "President Amina Diallo met Carlos Vega in Lima.\n\n" * 200
    [(_, doc)] = parse([Article("a", text)])
    assert len(text) > nlp.max_length
    assert doc.text == text
    assert all(doc.text[e.start_char : e.end_char] == e.text for e in doc.ents)
    assert sum(e.text == "Carlos Vega" for e in doc.ents) > 150


@given(st.text(alphabet="ab \n", max_size=80), st.integers(1, 30))
def test_pieces_join_to_the_text(text: str, size: int) -> None:
    cut = pieces(text, size)
    assert "".join(cut) == text
    assert all(len(piece) <= size for piece in cut)


def test_pieces_end_with_paragraphs() -> None:
    assert pieces("aaaa bbbb\n\ncccc dddd", 15) == ["aaaa bbbb\n\n", "cccc dddd"]


@pytest.mark.parametrize(
    ("run", "longest"), [("“‘" * 1_000, LONGEST_RUN), ("a)" * 1_000, LONGEST_RUN), ("a" * 2_000, 2_000)]
)
def test_a_run_of_marks_is_cut(run: str, longest: int) -> None:
    cut = pieces(f"Words {run} and words")
    assert "".join(cut) == f"Words {run} and words"
    assert max(len(word) for piece in cut for word in piece.split(" ")) == longest


def test_a_bad_article_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    nlp = load_pipeline()
    read = type(nlp).pipe

    def trip(self, texts, **options):
        texts = list(texts)
        if any("TRIP" in str(text) for text in texts):
            raise RuntimeError("cannot read")
        return read(self, texts, **options)

    monkeypatch.setattr(type(nlp), "pipe", trip)
    articles = [Article("a", "Lima spoke."), Article("b", "TRIP in Kyiv."), Article("c", "Oslo spoke.")]
    with pytest.warns(UserWarning, match=r"b: spaCy could not read it.*cannot read"):
        parsed = list(parse(articles))
    assert [d.text for _, d in parsed] == [a.text for a in articles]
    assert not parsed[1][1].ents


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=60))
def test_no_text_raises(text: str) -> None:
    [(_, doc)] = parse([Article("a", text)])
    assert doc.text == text
