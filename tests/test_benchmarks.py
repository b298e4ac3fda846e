"""The benchmark scripts: their labels are sound, and their scorers count as they say."""

from __future__ import annotations

import importlib
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from toolkit.gazetteer import load_gazetteer

FOLDER = Path(__file__).parent / "benchmarks"


sys.path.append(str(FOLDER))


def script(name: str) -> ModuleType:
    return importlib.import_module(name)


def test_the_labels_are_200_of_20_articles() -> None:
    labels = script("speakers").read_labels()
    assert len({(label.article, label.key) for label in labels}) == 200
    assert set(Counter(label.article for label in labels).values()) == {10}
    kinds = {"name", "surname", "pronoun", "title", "group", "organisation", "document", "unnamed"}
    assert {label.kind for label in labels} == kinds
    assert all(label.speakers == () for label in labels if label.kind == "unnamed")


@pytest.mark.parametrize(
    ("expected", "given", "source", "right"),
    [
        (["Ana B. Diaz"], ["Ana Diaz"], "Diaz", True),
        (["Ana Diaz"], ["Diaz"], "Diaz", False),
        (["Ana Diaz"], ["Minister Ana Diaz"], "Minister Ana Diaz", False),
        (["Ana Diaz"], ["Eva Diaz"], "Diaz", False),
        (["Ana Diaz"], [], "she", False),
        (["Ana Diaz", "Omar Sall"], ["Omar Sall", "Ana Diaz"], "both", True),
        (["Ana Diaz", "Omar Sall"], ["Omar Sall"], "both", False),
        (["Ana Diaz"], ["Ana Diaz", "Omar Sall"], "she", False),
        (["Ana Diaz"], ["Ana Diaz", "her aides"], "Diaz and her aides", True),
        (["White House"], ["United States"], "the White House", True),
        (["Eva Diaz campaign"], ["Diaz campaign"], "the campaign", True),
        ([], [], "critics", True),
        ([], ["critics"], "Critics", True),
        ([], ["Ana Diaz’s aides"], "her aides", True),
        ([], ["show insiders"], "They", True),
        ([], ["Ana Diaz"], "aides to Ana Diaz", False),
        ([], ["Diaz administration"], "they", False),
    ],
)
def test_speakers_are_compared_as_the_readme_says(
    expected: list[str], given: list[str], source: str, right: bool
) -> None:
    assert script("speakers").agree(expected, given, source, load_gazetteer()) is right


def test_attributions_are_matched_on_words() -> None:
    peers = script("peers")
    text = "“We will wait here,” Diaz said. Sall wants rain and sun."
    wait, rain = ((0, 20),), ((43, 55),)
    coded = [peers.Attribution(wait, ((21, 25),)), peers.Attribution(rain, ((32, 36),))]
    given = [
        peers.Attribution(((1, 18),), ((21, 25),)),
        peers.Attribution(((43, 47),), ((32, 36),)),
        peers.Attribution(((37, 55),), ((21, 25),)),
    ]
    counts: Counter[str] = Counter()
    peers.score_article(text, coded, given, counts)
    assert (counts["coded"], counts["given"]) == (2, 3)
    assert (counts["found"], counts["with source"]) == (2, 1)
    assert (counts["direct coded"], counts["direct coded found"], counts["direct given right"]) == (1, 1, 1)


def test_an_article_that_raises_is_lost_and_the_others_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    peers = script("peers")
    article = peers.Article("a", "Ana Diaz said it rained.")
    coded = [peers.Attribution(((14, 23),), ((0, 8),))]

    def find(given: object) -> list[object]:
        if given is article:
            raise ValueError("unclosed")
        return list(coded)

    score = peers.run(find, [(article, coded), (peers.Article("b", article.text), coded)])
    assert (score.lost, score.counts["found"], score.counts["coded"]) == (1, 1, 2)
    assert "lost: a: ValueError: unclosed" in capsys.readouterr().out


def test_generated_articles_are_the_same_for_a_seed_and_varied(tmp_path: Path) -> None:
    generate = script("generate")
    made = list(generate.articles(60, 3))
    assert made == list(generate.articles(60, 3))
    assert made[:20] == list(generate.articles(20, 3))
    assert made != list(generate.articles(60, 4))
    assert len({article["id"] for article in made}) == 60
    generate.write(tmp_path, 1001)
    assert [len(path.read_text("utf-8").splitlines()) for path in sorted(tmp_path.iterdir())] == [1000, 1]


def test_generated_copies_are_found_and_nothing_else() -> None:
    from toolkit.duplicates import find_duplicates
    from toolkit.records import Article

    generate = script("generate")
    made = [Article(a["id"], a["text"], date=a["date"]) for a in generate.articles(240, 5)]
    copies = sum("reportedly" in article.text for article in made)
    found = find_duplicates(made)
    assert copies * 0.9 <= len(found) <= copies
    assert found["article_id"].map({a.article_id: a.text for a in made}.get).str.contains("reportedly").mean() > 0.8


def test_folders_are_compared_byte_by_byte(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name / "quotes").mkdir(parents=True)
        (tmp_path / name / "quotes" / "a").write_bytes(b"1")
    resume = script("resume")
    assert resume.compare(tmp_path / "one", tmp_path / "other") == []
    (tmp_path / "one" / "quotes" / "a").write_bytes(b"2")
    (tmp_path / "other" / "b").write_bytes(b"")
    assert resume.compare(tmp_path / "one", tmp_path / "other") == ["b", "quotes/a"]
