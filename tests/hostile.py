"""Texts that break programs, and what must hold of whatever is made of any text.

Each check takes an input and fails with an AssertionError, or with whatever the toolkit raises.
"""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from hypothesis import strategies as st
from readings import random_reading

from toolkit import display
from toolkit.codebook import load_codebook
from toolkit.encoder import default_encoder
from toolkit.loaders import load
from toolkit.quotemarks import Marks, pair_marks
from toolkit.quotes import find_quotes
from toolkit.records import Article, Quote, Region
from toolkit.regions import find_layout
from toolkit.study import Study, analyze_articles, make_study

MARKS = "“”„‟\"″＂‘’‚'′´`«»‹›「」『』"
PIECES = [
    *MARKS,
    *("\n", "\n\n", "\r\n", "\r", "\u2028", "\x85", "\t", " ", "  ", "\xa0", "\x00", "\x0b", "\x1b[31m", "\ufeff"),
    *(
        "\ud800",
        "\udfff",
        "\ufffd",
        "\u200b",
        "\u200d",
        "\u00ad",
        "\u202e",
        "\u202c",
        "\u200f",
        "\u0301",
        "😀",
        "é",
        "İ",
    ),
    *("ﬁ", "ǆ", "ß", "漢字", "مرحبا", "שלום", "नमस्ते", "\U0010ffff", "\ue000"),
    *(
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "</pre>",
        "&lt;",
        "&amp",
        "&#x22;",
        "--><!--",
        "]]>",
    ),
    *('" onmouseover="x', "javascript:alert(1)", "{{7*7}}", "=1+1", "%s", "\\", "\\ud800"),
    *(
        "Ana Lopes",
        "President Moyo",
        "he",
        "she",
        "they",
        "the minister",
        "the two leaders",
        "Ghana",
        "the United Nations",
    ),
    *(
        "said",
        "says",
        "never said",
        "told reporters",
        "according to",
        "accused",
        "of",
        "that",
        "wrote:",
        "added",
        "vows",
    ),
    *(
        "Q:",
        "A:",
        "Q.",
        "OSEI:",
        "The Herald:",
        "—",
        "–",
        "-",
        "--",
        ":",
        ",",
        ".",
        "…",
        "...",
        "?",
        "!",
        ";",
        "(",
        ")",
        "[",
        "]",
    ),
    *("— Ana (@ana) May 5, 2024", "pic.twitter.com/a", "https://a.b/c?d=e&f", "By Ana Lopes", "ACCRA (Reuters) —"),
    *(
        "May 5, 2024",
        "5/5/2024",
        "Photo: Agency",
        "Read more",
        "’90s",
        "'em",
        "ministers’",
        "can't",
        "5'11\"",
        "Mr.",
        "U.S.",
    ),
    *(
        "ceasefire",
        "sanctions must end",
        "voted 120 to 5",
        "in favour",
        "abstained",
        "A",
        "a",
        "1",
        "9" * 20,
        "_",
        "x" * 70,
    ),
]
"""What texts are put together from: marks, breaks, odd characters, hostile HTML, and words that rules look for."""

ANY_CHARACTER = st.characters(codec=None, exclude_categories=())
TEXTS = st.text(ANY_CHARACTER, max_size=200) | st.lists(
    st.sampled_from(PIECES) | st.sampled_from([" ", "“", "”", "\n", "said"]), max_size=60
).map("".join)
ENCODINGS = [
    *("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "cp1252", "latin-1", "mac-roman"),
    *("cp1250", "cp1251", "koi8-r", "iso8859-7", "cp1256", "gb18030", "big5", "shift_jis", "euc-kr", "cp437"),
]
FILES = st.binary(max_size=400) | st.tuples(TEXTS, st.sampled_from(ENCODINGS)).map(
    lambda given: given[0].encode(given[1], "replace")
)


@st.composite
def articles(draw: st.DrawFn) -> Article:
    """Articles with any text and any fields, and either the layout that is read in them or regions drawn by chance."""
    text = draw(TEXTS)
    fields = {name: draw(st.none() | TEXTS) for name in ("title", "outlet", "author", "place", "speaker")}
    cuts = sorted(set(draw(st.lists(st.integers(0, len(text)), max_size=6)))) if draw(st.booleans()) else []
    kinds = ("headline", "byline", "dateline", "caption", "furniture")
    regions = tuple(
        Region(draw(st.sampled_from(kinds)), start, end) for start, end in zip(cuts[::2], cuts[1::2], strict=False)
    )
    return Article(draw(TEXTS), text, regions=regions or find_layout(text).regions, **fields)


def check_marks(text: str) -> Marks:
    """Pairs nest, lie in one line, and no mark is used twice."""
    marks = pair_marks(text)
    around: list[int] = []
    for pair in marks.pairs:
        assert 0 <= pair.start < pair.end <= len(text)
        assert not set("\n\r\u2028\u2029") & set(text[pair.start : pair.end])
        while around and around[-1] <= pair.start:
            around.pop()
        assert not around or pair.end <= around[-1]
        assert pair.depth == len(around)
        around.append(pair.end)
    used = [p.start for p in marks.pairs] + [p.end - 1 for p in marks.pairs if p.closed]
    assert len(used) == len(set(used))
    assert set(used).isdisjoint(marks.odd)
    assert all(text[i] in MARKS for i in marks.odd)
    return marks


def check_quotes(article: Article, quotes: list[Quote]) -> None:
    """Every offset is exact, spans follow one another, and quotes are numbered in the order of the text."""
    text = article.text
    for number, quote in enumerate(quotes, 1):
        assert quote.quote_id == f"{article.article_id}:q{number}"
        assert quote.text == " … ".join(text[s:e] for s, e in quote.spans)
        reach = 0
        for start, end in quote.spans:
            assert reach <= start < end <= len(text)
            reach = end
        for words, start, end in (
            (quote.source, quote.source_start, quote.source_end),
            (quote.cue, quote.cue_start, quote.cue_end),
        ):
            assert (words is None) == (start is None) == (end is None)
            if words is not None and start is not None and end is not None:
                assert 0 <= start < end <= len(text)
                assert text[start:end] == words
        assert quote.kind in ("direct", "mixed", "indirect")
        assert quote.section in ("headline", "body")
        assert 0 <= quote.confidence <= 1
    assert [q.spans for q in quotes] == sorted(q.spans for q in quotes)


def check_decoding(article: Article, seed: int) -> None:
    """Whatever a network answers, quotes are whole, and the same each time."""
    quotes = find_quotes(article, random_reading(article.text, seed))
    check_quotes(article, quotes)
    assert quotes == find_quotes(article, random_reading(article.text, seed))


def check_loading(data: bytes, folder: Path) -> None:
    """A file of any bytes is read or refused with a reason, and its regions lie in its text."""
    path = folder / "article.txt"
    path.write_bytes(data)
    loading = load(folder)
    assert loading.report
    for entry in loading.report:
        assert entry.status in ("read", "skipped")
        assert entry.status == "read" or entry.note
        assert entry.status == "read" or entry.article_id is None
    for article in loading.articles:
        reach = 0
        for region in article.regions:
            assert reach <= region.start < region.end <= len(article.text)
            reach = region.end
    repr(loading)
    _check_html(loading._repr_html_())


@cache
def _codebook():
    return load_codebook(None)


def analyzed(*given: Article) -> Study:
    """Analyse articles with the network that comes with the package; a fault in one is raised."""
    found = analyze_articles(given, codebook=_codebook(), encoder=default_encoder(), progress=False)
    return make_study(found, [])


def check_analysis(article: Article) -> None:
    """The whole way: every row of every table quotes its article exactly, and the page shows nothing unescaped."""
    study = analyzed(article)
    assert list(study.originals) == [article.article_id]
    assert study.verify().empty
    for name in ("mentions", "positions", "appraisals", "votes"):
        frame = study.tables[name]
        assert ((frame["start"] >= 0) & (frame["start"] < frame["end"])).all(), name
        assert (frame["end"] <= len(article.text)).all(), name
    for part in ("source", "cue"):
        for row in study.quotes[study.quotes[part].notna()].to_dict("records"):
            assert article.text[row[f"{part}_start"] : row[f"{part}_end"]] == row[part]
    check_display(article, study)


def check_display(article: Article, study: Study) -> None:
    """What is shown of an article is its text, escaped, in the toolkit's own tags."""
    shown = _check_html(study.show(article.article_id).html)
    assert shown == re.sub(r"\r\n?", "\n", article.text)
    _check_html(display.evidence(study.positions, study.texts).html)
    for name in ("articles", "quotes", "mentions", "positions"):
        _check_html(display.table(study.tables[name]).html)


TAGS = frozenset(
    [
        "div",
        "style",
        "span",
        "pre",
        "sup",
        "a",
        "ol",
        "ul",
        "li",
        "p",
        "small",
        "details",
        "summary",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "br",
        "mark",
        "b",
        "i",
    ]
)
ATTRIBUTES = frozenset(["class", "style", "title", "lang", "href", "id", "value", "scope", "dir", "open"])


class _Page(HTMLParser):
    """Reads a page; keeps the text of its first <pre> without the notes."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag, attrs):
        assert tag in TAGS, tag
        for name, value in attrs:
            assert name in ATTRIBUTES, (tag, name)
            assert name != "href" or value.startswith("#tk"), value
        if tag != "br":
            self.stack.append(tag)

    def handle_endtag(self, tag):
        assert self.stack, tag
        assert self.stack.pop() == tag

    def handle_data(self, data):
        if "pre" in self.stack and "sup" not in self.stack:
            self.text.append(data)

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data!r}")

    handle_decl = unknown_decl = handle_pi = handle_comment


def _check_html(html: str) -> str:
    """Parse a page; it must hold none but the toolkit's own tags, well nested. Give the text of its <pre>."""
    html.encode("utf-8")
    page = _Page()
    page.feed(html)
    page.close()
    assert not page.stack, page.stack
    return re.sub(r"\r\n?", "\n", "".join(page.text))
