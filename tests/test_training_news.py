"""Cutting uncoded news anew: paragraphs, what is left out."""

import csv

import pytest

from toolkit.training.news import articles, main

WORDS = "The minister said that the talks would go on until the two sides agree. "
QUOTED = '"We shall wait. We shall see. We shall not sign. Nobody will," he said. '


def table(folder, *texts):
    file = folder / "NewsArticles.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["article_id", "title", "text"])
        rows.writerows([n, f"Title {n}", text] for n, text in enumerate(texts, 1))
    return file


def test_articles_get_paragraphs_and_lose_no_word(tmp_path):
    ((name, text),) = articles(table(tmp_path, WORDS * 20))
    assert name == "n1"
    title, *paragraphs = text.split("\n\n")
    assert title == "Title 1"
    assert " ".join(paragraphs).split() == (WORDS * 20).split()
    assert {p.count(".") for p in paragraphs} <= {1, 2, 3}


def test_no_paragraph_ends_inside_a_quotation(tmp_path):
    ((_, text),) = articles(table(tmp_path, (WORDS + QUOTED) * 10))
    assert all(p.count('"') % 2 == 0 for p in text.split("\n\n"))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Too short.", "short"),
        (WORDS * 10 + 'I"ve seen it.', "lost marks"),
        (WORDS * 10 + "Really? " * 20, "lost characters"),
        ("", "empty"),
    ],
)
def test_damaged_articles_are_left_out(tmp_path, text, why):
    assert not list(articles(table(tmp_path, text))), why


def test_lost_dashes_come_back_and_copies_are_left_out(tmp_path):
    text = 'The envoy "?a general "?left. ' + WORDS * 10
    ((_, kept),) = articles(table(tmp_path, text, text))
    assert "The envoy — a general" in kept


def test_a_table_without_the_columns_is_refused(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("article_id,body\n1,It rained.\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"expected text, title as well"):
        list(articles(file))


def test_each_article_becomes_a_file(tmp_path, capsys):
    assert main([str(table(tmp_path, WORDS * 10)), str(tmp_path / "out")]) == 0
    assert [f.name for f in (tmp_path / "out").iterdir()] == ["n1.txt"]
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err
