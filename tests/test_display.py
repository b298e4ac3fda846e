"""The article view and the tables to read: exact text, no foreign markup, nothing that changes from run to run."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit import display
from toolkit.records import Article, Mention, Position, Quote, Region, table

TEXT = (
    "Minister urges truce\n\nBy: A. Writer\n\n“The guns must fall silent,” Minister Amara Bello said. "
    "“We will not ” wait,” she added.\n\nA truce is near, it was said."
)
HOSTILE = "<script>alert('x')</script>&\"><img src=x onerror=alert(1)>"


def find(words: str, text: str = TEXT) -> tuple[int, int]:
    start = text.index(words)
    return start, start + len(words)


def quote(words: str, speakers: tuple[str, ...] = ("Amara Bello",), text: str = TEXT, **more: Any) -> Quote:
    usual: dict[str, Any] = {
        "article_id": "a", "quote_id": f"a:q{find(words, text)[0]}", "kind": "direct", "text": words,
        "spans": (find(words, text),), "source": None, "source_start": None, "source_end": None, "cue": None,
        "cue_start": None, "cue_end": None, "speakers": speakers, "confidence": 0.9,
    }  # fmt: skip
    return Quote(**{**usual, **more})


def position(words: str, stance: int = 1, text: str = TEXT, **more: Any) -> Position:
    start, end = find(words, text)
    usual: dict[str, Any] = {
        "article_id": "a", "position_id": f"a:p{start}{stance}", "date": "2024-05-06", "actor": "Amara Bello",
        "role": "Minister", "issue": "ceasefire", "stance": stance, "text": words, "start": start, "end": end,
        "quote_id": None, "kind": "direct", "rule": "network", "confidence": 0.8,
    }  # fmt: skip
    return Position(**{**usual, **more})


def article(text: str = TEXT, **more: Any) -> Article:
    return Article("a", text, **more)


def show(quotes: list[Quote], positions: list[Position] | None = None, **more: Any) -> str:
    text = more.pop("text", TEXT)
    shown = display.highlight(
        article(text, **more.pop("article", {})), table("quotes", quotes), table("positions", positions or []), **more
    )
    return shown._repr_html_()


def body(html: str) -> str:
    """Give the HTML of the article's text."""
    return html[html.index('<pre class="tk-text"') :].partition(">")[2].partition("</pre>")[0]


def words_of(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", re.sub(r"<sup.*?</sup>", "", html)))


def styles_at(html: str, words: str) -> set[str]:
    """Give the classes of the stretch that begins with these words."""
    match = re.search(r'<span class="([^"]*)"[^>]*>' + re.escape(words), body(html))
    return set(match.group(1).split()) if match else set()


def test_the_text_is_shown_to_the_letter_with_its_paragraphs() -> None:
    html = show([quote("“The guns must fall silent,”")], [position("guns must fall")])
    assert words_of(body(html)) == TEXT
    assert re.search(r"\.tk-text \{\s*white-space: pre-wrap", html)


def test_the_report_page_keeps_the_white_space() -> None:
    """What nbconvert does to a page: BeautifulSoup shortens white space between tags, except in ``pre``."""
    soup = pytest.importorskip("bs4").BeautifulSoup(show([], [position("truce\n\nBy")]), features="html.parser")
    for mark in soup.select(".tk-note"):
        mark.decompose()
    assert soup.select_one(".tk-text").get_text() == TEXT


def test_quotes_are_styled_by_kind_and_parts_of_the_attribution_are_told_apart() -> None:
    source, cue = find("Minister Amara Bello"), find("said")
    html = show(
        [
            quote("“The guns must fall silent,”", source_start=source[0], source_end=source[1], cue_start=cue[0],
                  cue_end=cue[1]),
            quote("A truce is near", (), kind="indirect", confidence=0.3),
        ]
    )  # fmt: skip
    assert styles_at(html, "“The guns") == {"tk-direct"}
    assert styles_at(html, "Minister Amara") == {"tk-src"}
    assert styles_at(html, "said") == {"tk-cue"}
    assert styles_at(html, "A truce") == {"tk-indirect", "tk-low", "tk-nobody"}
    assert 'A truce is near</span><sup class="tk-note">speaker?</sup>' in html


def test_overlapping_spans_are_cut_into_flat_segments() -> None:
    """A position begins before a quote and ends within it; a mention stands across the position's end."""
    mention = Mention("a", *find("fall silent"), "fall silent", "group", "Group", None, None, "x")
    html = show(
        [quote("guns must fall silent")], [position("The guns must fall")], mentions=table("mentions", [mention])
    )
    assert styles_at(html, "The ") == {"tk-for"}
    assert styles_at(html, "guns must ") == {"tk-direct", "tk-for"}
    assert styles_at(html, "fall") == {"tk-direct", "tk-for", "tk-mention"}
    assert styles_at(html, " silent") == {"tk-direct", "tk-mention"}
    assert not re.search(r"<span[^>]*>[^<]*<span", body(html))


def test_positions_are_told_on_hover_and_in_the_list_below() -> None:
    both = [position("guns must fall"), position("guns must fall", -1, actor="Bela", role=None, issue="un_role")]
    html = show([], [*both, position("A truce", confidence=0.2)], labels={"ceasefire": "An end of fighting"})
    hover = "Amara Bello supports: An end of fighting (0.80); Bela opposes: UN role (0.80)"
    assert f'title="{hover}"' in html
    assert styles_at(html, "guns") == {"tk-for", "tk-against"}
    marks = re.findall(r'<sup class="tk-note"><a href="#(tk\w+-\d)">(.*?)</a></sup>', html)
    assert [mark for _, mark in marks] == ["▲▼1", "▲2"]
    for target, _ in marks:
        assert html.count(f'id="{target}"') == 1
    below = words_of(html[html.index("<ol") :])
    assert "Amara Bello (Minister) ▲ supports An end of fighting 0.80; Bela ▼ opposes UN role 0.80" in below
    assert styles_at(html, "A truce") == {"tk-for", "tk-low"}


def test_regions_are_dimmed_and_odd_marks_shown() -> None:
    regions = (Region("headline", *find("Minister urges truce")), Region("byline", *find("By: A. Writer")))
    html = show([], article={"regions": regions})
    assert styles_at(html, "By:") == {"tk-region", "tk-byline"}
    odd = re.findall(r'<span class="tk-odd" style="[^"]*" title="([^"]*)">(.*?)</span>', body(html))
    assert odd == [("quotation mark without a partner", "”")]


def test_joint_speakers_second_hand_and_denials_are_named() -> None:
    html = show([quote("A truce is near", ("Amara", "Bela"), kind="indirect", via="Chi", negated=True)])
    assert 'title="Amara and Bela: paraphrase, 0.90, by way of Chi, denied"' in html


def test_an_interrupted_quote_is_shown_in_both_parts() -> None:
    spans = (find("The guns"), find("fall silent"))
    html = show([quote("The guns", spans=spans)])
    assert styles_at(html, "The guns") == styles_at(html, "fall silent") == {"tk-direct"}


def test_rows_of_other_articles_are_left_aside() -> None:
    html = show([quote("A truce is near", article_id="other")], [position("A truce", article_id="other")])
    assert styles_at(html, "A truce") == set()


class _Tags(HTMLParser):
    """Collects the tags and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def tags_of(html: str) -> tuple[set[str], set[str]]:
    parser = _Tags()
    parser.feed(html)
    return parser.tags, parser.attributes


def hostile_tables() -> tuple[str, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    text = f"He said {HOSTILE} & left."
    start, end = find(HOSTILE, text)
    quotes = [
        quote(
            HOSTILE,
            (HOSTILE,),
            text,
            role=HOSTILE,
            via=HOSTILE,
            kind=HOSTILE,
            cue=HOSTILE,
            source_start=0,
            source_end=2,
        )
    ]
    positions = [
        position(HOSTILE, text=text, actor=HOSTILE, role=HOSTILE, issue=HOSTILE, kind=HOSTILE, position_id=HOSTILE)
    ]
    mentions = [Mention("a", start, end, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE)]
    return text, table("quotes", quotes), table("positions", positions), table("mentions", mentions)


def test_nothing_from_an_article_becomes_markup() -> None:
    text, quotes, positions, mentions = hostile_tables()
    hostile = Article("a", text, HOSTILE, HOSTILE, outlet=HOSTILE, language=HOSTILE, regions=(Region(HOSTILE, 0, 9),))
    html = display.highlight(hostile, quotes, positions, mentions, labels={HOSTILE: HOSTILE}).html
    html += display.evidence(positions.assign(date=HOSTILE), {"a": text}, labels={HOSTILE: HOSTILE}).html
    html += display.table(pd.DataFrame({HOSTILE: [HOSTILE], "lists": [[HOSTILE, (HOSTILE,)]]})).html
    tags, attributes = tags_of(html)
    assert not tags & {"script", "img"}
    assert attributes <= {"class", "title", "href", "id", "value", "lang", "scope", "style"}
    own = {
        "text-align: left; vertical-align: top; min-width: 18rem",
        "text-align: right",
        "white-space: pre-wrap; word-break: normal",
        *display._INLINE.values(),
    }
    styles = re.findall(r'style="([^"]*)"', html)
    assert {part for style in styles for part in style.split("; ")} <= {p for o in own for p in o.split("; ")} | {""}
    assert words_of(body(html)) == text


@pytest.mark.parametrize("words", ["The guns must fall", "A truce"])
def test_offsets_that_do_not_fit_are_refused(words: str) -> None:
    wrong = table("positions", [position(words, start=0, end=4)])
    with pytest.raises(ValueError, match=r"does not fit the article 'a'.*'Mini'.*unchanged"):
        display.highlight(article(), table("quotes", []), wrong)
    with pytest.raises(ValueError, match="does not fit"):
        display.evidence(wrong, {"a": TEXT})


def test_the_repr_is_the_same_in_every_run() -> None:
    shown = [display.highlight(article(), table("quotes", [quote("A truce is near")])) for _ in range(2)]
    assert repr(shown[0]) == "<Article 'a': 1 quotes, 0 positions, 1 odd quotation marks>"
    assert shown[0].html == shown[1].html
    assert "0x" not in repr(display.table(pd.DataFrame({"x": [1]})))


def test_both_themes_and_the_report_page_are_served() -> None:
    html = show([])
    assert 'body[data-jp-theme-light="false"] .tk-read' in html
    assert "prefers-color-scheme: dark" in html
    assert "var(--jp-content-font-color1, #24292f)" in html


def test_evidence_marks_the_words_in_their_context() -> None:
    html = display.evidence(table("positions", [position("guns must fall", -1)]), {"a": TEXT}, context=12).html
    assert '… “The <mark class="tk-against">guns must fall</mark> silent,” …' in html
    start, end = find("guns must fall")
    assert f"a, {start}–{end}" in html
    assert "▼ opposes Ceasefire" in html
    with pytest.raises(ValueError, match="texts lacks the article 'a'"):
        display.evidence(table("positions", [position("A truce")]), {})


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("words & <b>", "<td>words &amp; &lt;b&gt;</td>"),
        (["p1", "p2"], "<td>p1, p2</td>"),
        (["one reason", "another"], "<td>• one reason<br>• another</td>"),
        ([], "<td>–</td>"),
        (None, "<td>–</td>"),
        (float("nan"), '<td class="tk-number">–</td>'),
        (0.756, '<td class="tk-number">0.76</td>'),
        (12, '<td class="tk-number">12</td>'),
        (True, "<td>True</td>"),
        ("on 2024-05-06", '<td>on <span class="tk-day">2024-05-06</span></td>'),
    ],
)
def test_cells_of_a_table(value: Any, cell: str) -> None:
    series = pd.Series([value]) if not isinstance(value, list) else pd.Series([value], dtype="object")
    html = display.table(pd.DataFrame({"x": series})).html
    assert cell in re.sub(r' style="text-align: (?:left|right); vertical-align: top"', "", html)


def test_a_table_shows_the_columns_and_rows_asked_for() -> None:
    frame = pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "z"]})
    shown = display.table(frame, columns=["b"], rows=2)
    assert words_of(shown.html).endswith("bxyand 1 more row")
    assert repr(shown) == "<Table of 3 rows and 1 columns>"
    with pytest.raises(ValueError, match="lacks the column c"):
        display.table(frame, columns=["c"])


def test_long_texts_get_a_wide_column_and_long_lists_are_cut() -> None:
    ids = [f"a:p{n}" for n in range(1, 13)]
    html = display.table(
        pd.DataFrame(
            {"short": ["x", "y", "word " * 9], "long": ["word " * 9] * 3, "ids": [ids] * 3, "few": [ids[:10]] * 3}
        )
    ).html
    assert html.count('min-width: 18rem" class="tk-wide"') == 3
    assert "a:p8, … (12 in all)<" in html
    assert "a:p9, a:p10<" in html


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_text_with_any_spans_is_shown_to_the_letter(data: st.DataObject) -> None:
    text = data.draw(st.text(min_size=1, max_size=40))
    spans = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(sorted).filter(lambda s: s[0] < s[1])
    quotes = [
        quote(
            text[s:e], data.draw(st.sampled_from([(), ("A",)])), text, spans=((s, e),), source_start=e - 1, source_end=e
        )
        for s, e in data.draw(st.lists(spans, max_size=4))
    ]
    positions = [position(text[s:e], 1, text, start=s, end=e) for s, e in data.draw(st.lists(spans, max_size=4))]
    html = show(quotes, positions, text=text)
    assert words_of(body(html)) == text
