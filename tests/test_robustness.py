"""No input makes the toolkit raise, hang, or give an offset that does not fit (see ``hostile.py``).

``pytest --hypothesis-profile thorough`` tries 10,000 inputs of each kind; ``benchmarks/fuzz.py`` does so with figures.
"""

from __future__ import annotations

import time

import pytest
from hostile import (
    FILES,
    TEXTS,
    analyzed,
    articles,
    check_analysis,
    check_decoding,
    check_display,
    check_loading,
    check_marks,
    check_quotes,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from readings import random_reading

from toolkit.encoder import Reading
from toolkit.quotes import find_quotes
from toolkit.records import Article
from toolkit.regions import find_layout

SLOW = settings(
    max_examples=max(25, settings.default.max_examples // 4),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)
FULL = settings(SLOW, max_examples=max(25, settings.default.max_examples if settings.default.max_examples > 100 else 0))


@settings(deadline=None)
@given(TEXTS)
def test_marks_of_any_text(text: str) -> None:
    check_marks(text)


@settings(FULL)
@given(articles(), st.integers(0, 2**32 - 1))
def test_whatever_the_network_answers(article: Article, seed: int) -> None:
    check_decoding(article, seed)


@settings(FULL)
@given(data=FILES)
def test_files_of_any_bytes(data: bytes, tmp_path) -> None:
    check_loading(data, tmp_path)


@settings(FULL)
@given(articles())
def test_the_whole_way_with_any_article(article: Article) -> None:
    check_analysis(article)


NASTY = {
    "nothing": "",
    "white space": " \n\t\r\n\xa0" * 200,
    "nuls": "\x00" * 300,
    "half characters": "“\ud800”, he said.\udfff " * 40,
    "marks that turn the direction": "\u202e“Go,” President Ana Lopes said.\u202c " * 40,
    "characters without width": "“Go\u200b\u200d\ufeff,” Ana\u200b Lopes\u00ad said. " * 40,
    "Windows line ends": "“We go.\r\n\r\n“We stay,” Ana Lopes said.\r\n" * 40,
    "mixed line ends": "“We go,”\rAna said.\n\r“No,”\x85 Bo\u2028said.\r\n" * 40,
    "a long word": "a" * 50_000,
    "a long word of marks": "“‘" * 2_000,
    "10,000 marks without partner": "“" * 10_000,
    "10,000 straight marks": '"a ' * 10_000,
    "marks nested to depth 1,000": "“x ‘" * 500 + "’ y”" * 500,
    "one paragraph": "“We go,” President Ana Lopes said, and Ghana voted for it. " * 100,
    "many labels": "Q: Why?\nA: We do.\n" * 200,
    "many posts": "We go. — Ana (@ana) May 5, 2024\n" * 200,
    "hostile HTML": "<script>alert('x')</script> “<b>We</b> go” & &lt;, <i onclick=x>Ana Lopes</i> said.</pre>\n" * 20,
}


@pytest.mark.parametrize("name", NASTY)
def test_nasty_texts_of_some_length(name: str) -> None:
    text = NASTY[name]
    article = Article("<b>a</b>", text, regions=find_layout(text).regions, title="<i>“T”</i>", outlet='" onclick="x')
    check_marks(article.text)
    for seed in range(2):
        check_quotes(article, find_quotes(article, random_reading(article.text, seed)))
    if len(text) <= 10_000:
        check_analysis(article)


def test_hostile_html_is_shown_as_text() -> None:
    text = "President <script>alert('Ana')</script> said that “<img src=x onerror=alert(1)>” must end.\n" * 3
    article = Article("\"><svg onload='x'>", text, title="<!-- “", outlet="</style>", author="{{", speaker="<p>")
    study = analyzed(article)
    check_display(article, study)
    html = study.show().html
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_an_article_holds_no_half_characters() -> None:
    article = Article("n\udce9", "a\ud800b😀", title="\udfff", path="n\udce9.txt")
    assert (article.text, article.title) == ("a\ufffdb😀", "\ufffd")
    assert (article.article_id, article.path) == ("n\\udce9", "n\\udce9.txt")


GROWING = {
    "quotations": "“We go now,” said Ana Lopes of Accra. ",
    "lines": "“We go now to the town.”\n",
    "re-opened": "“We go now to the town.\n",
    "labels": "The Herald: Why do you go?\nHaddad: We must go.\n",
    "signatures": "“We go now.” – Ana Lopes\n",
    "posts": "We go now. — Ana (@ana) May 5, 2024\n",
    "blocks": "He wrote:\n\nWe go.\n\n",
    "half open": "“a ‘b ",
    "straight": "\"a 'b ",
    "dashes": "– ",
    "colons": "a: ",
    "names": "Ana Lopes said ",
    "one word": "a",
    "white space": " ",
}


@pytest.mark.parametrize("name", GROWING)
def test_time_grows_with_the_text_and_no_faster(name: str) -> None:
    def seconds(size: int) -> float:
        article = Article("a", (GROWING[name] * (size // len(GROWING[name]) + 1))[:size])
        reading = random_reading(article.text, 1) if name in ("quotations", "lines", "names") else Reading("", (), ())
        taken = []
        for _ in range(2):
            start = time.process_time()
            find_quotes(article, reading)
            taken.append(time.process_time() - start)
        return min(taken)

    small, large = seconds(8_000), seconds(64_000)
    assert large < 8 * 2.5 * small + 0.1
