"""Shapes of quotation that break other tools, and the rules on marks."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.encoder import Reading, default_encoder
from toolkit.quotemarks import pair_marks
from toolkit.quotes import find_quotes, quote_kind
from toolkit.records import Article, Region


def quotes_of(text, regions=()):
    article = Article("a", text, regions=regions)
    return find_quotes(article, default_encoder().read(text))


def styled(text, style):
    """Print curly marks in another style."""
    return text.translate({"curly": {}, "straight": {8220: '"', 8221: '"'}, "angled": {8220: "«", 8221: "»"}}[style])


SHAPES = [
    # name, text, [(words of the content, words of the source or None)]
    (
        "an odd mark in the article loses nothing",
        "“We want peace,” Minister Adaeze Obi said.\n\nThe ministers spoke of a path to growth”, she added.\n\n"
        "“We will wait,” Obi said.",
        [("We want peace", "Obi"), ("We will wait", "Obi")],
    ),
    (
        "a quotation inside a quotation",
        "“He told me ‘never again’ and I agreed,” President Lindiwe Moyo said.",
        [("He told me ‘never again’ and I agreed", "Moyo")],
    ),
    (
        "an interrupted quotation is one attribution",
        "“The border is open,” General Karim Haddad said, “and it will remain open for as long as people need it.”",
        [("The border is open … and it will remain open", "Haddad")],
    ),
    (
        "two speakers in one paragraph",
        "“Peace first,” said Ambassador Luis Vega. “Justice first,” replied Ambassador Mei Tan.",
        [("Peace first", "Vega"), ("Justice first", "Tan")],
    ),
    (
        "two speakers, one after the other",
        "“The road is closed,” Osei said. “The road will be opened,” Haddad replied.",
        [("The road is closed", "Osei"), ("The road will be opened", "Haddad")],
    ),
    (
        "joint speakers are taken in full",
        "The Prime Minister of Norway and the President of Ghana said that the strait must remain open.",
        [("strait must remain open", "Norway and the President of Ghana")],
    ),
    (
        "according to",
        "According to Foreign Minister Siti Rahman, the talks will resume in May.",
        [("talks will resume", "Rahman")],
    ),
    (
        "a colon before the quotation",
        "Foreign Minister Pavel Dvorak: “We shall not recognise the vote held there.”",
        [("We shall not recognise the vote", "Dvorak")],
    ),
    (
        "a signature behind the quotation",
        "Quote of the day\n\n“There is no peace without bread for everyone here.” – Chairwoman Ana Lopes",
        [("There is no peace without bread", "Lopes")],
    ),
    (
        "a short answer is a quote",
        "Asked whether he would resign, President Moussa Traoré said “no”.",
        [("no", "Traoré")],
    ),
    (
        "a paragraph without cue goes on with the same speaker",
        "“The talks failed because nobody came,” envoy Hanna Berg said.\n\n“Next time we will bring the elders. They "
        "know the valley.”",
        [("The talks failed", "Berg"), ("Next time we will bring the elders", "Berg")],
    ),
    (
        "a re-opened quotation of two paragraphs",
        "“We have waited for nine years,” envoy Hanna Berg said.\n\n“Nobody came to help us. Nobody wrote.\n\n“Now we "
        "will help ourselves.”",
        [("We have waited", "Berg"), ("Nobody came to help us", "Berg"), ("Now we will help ourselves", "Berg")],
    ),
]


@pytest.mark.parametrize("style", ["curly", "straight", "angled"])
@pytest.mark.parametrize(("name", "text", "expected"), SHAPES, ids=[s[0] for s in SHAPES])
def test_shapes(name, text, expected, style):
    text = styled(text, style)
    found = quotes_of(text)
    for words, source in expected:
        parts = [styled(p, style) for p in words.split(" … ")]
        hits = [q for q in found if all(p in q.text for p in parts)]
        assert hits, (words, [(q.text, q.source, q.rule) for q in found])
        assert source in (hits[0].source or ""), (words, hits[0].source)


NEGATED = [
    ("Minister Obi never said that the talks had failed.", True),
    ("President Moyo denied that his troops had crossed the river.", True),
    ("Envoy Berg did not say that the convoy was attacked.", True),
    ("Minister Obi said that the talks had failed.", False),
    ("President Moyo said his troops had never crossed the river.", False),
]


@pytest.mark.parametrize(("text", "negated"), NEGATED)
def test_denied_reports(text, negated):
    assert [q.negated for q in quotes_of(text)][:1] == [negated]


def test_the_second_hand_is_kept():
    (quote,) = quotes_of("“The bridge will be rebuilt,” President Moyo said, according to envoy Hanna Berg.")
    assert (quote.source, quote.via) == ("President Moyo", "envoy Hanna Berg")


def test_who_issues_a_document_is_its_source():
    found = quotes_of("On Friday, lawmakers unanimously passed a resolution demanding that the bases be closed.")
    assert "lawmakers" in [q.source for q in found]


def test_a_content_runs_to_the_end_of_the_headline():
    title = "Moyo Calls for Ghana-Togo Border Talks"
    (quote, *_) = quotes_of(f"{title}\n\nIt rained all day.", (Region("headline", 0, len(title)),))
    assert (quote.text, quote.section) == ("Ghana-Togo Border Talks", "headline")


def test_scare_quotes_are_no_statements_of_their_own():
    found = quotes_of("The so-called “republic” held a “referendum” under the eyes of soldiers.")
    assert [q for q in found if q.rule != "network"] == []


def test_captions_and_furniture_are_left_out():
    caption = "Minister Obi said the talks had failed. Photo: Agency"
    text = f"{caption}\n\nEnvoy Hanna Berg said the convoy had arrived."
    found = quotes_of(text, (Region("caption", 0, len(caption)),))
    assert [q.source for q in found] == ["Envoy Hanna Berg"]


def test_a_transcript_gives_each_line_its_label():
    text = "Q: Will you sign the treaty?\n\nA: We will sign it on Monday.\n\nQ: And the prisoners?\n\nA: They go home."
    found = [(q.source, q.text) for q in quotes_of(text)]
    assert ("A", "We will sign it on Monday.") in found
    assert ("Q", "And the prisoners?") in found


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("“We will wait here,”", "direct"),
        ("that they would “wait here” for long", "mixed"),
        ("that they would wait", "indirect"),
    ],
)
def test_kinds(text, kind):
    assert quote_kind(text, [(0, len(text))], pair_marks(text)) == kind


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="“”\"‘’'«» \nabc.,:—Osaid", max_size=250))
def test_offsets_are_exact_on_any_text(text):
    for quote in quotes_of(text):
        assert quote.text == " … ".join(text[s:e] for s, e in quote.spans)
        assert quote.spans == tuple(sorted(quote.spans))
        if quote.source is not None:
            assert text[quote.source_start : quote.source_end] == quote.source
        if quote.cue is not None:
            assert text[quote.cue_start : quote.cue_end] == quote.cue


def test_a_text_that_was_not_read_still_gives_its_quotations():
    text = "“There is no peace without bread for everyone.” – Ana Lopes"
    (quote,) = find_quotes(Article("a", text), Reading(text, (), ()))
    assert (quote.source, quote.rule) == ("Ana Lopes", "signature")
