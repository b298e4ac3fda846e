"""Generates short news articles, the same for a seed and number, for runs over many articles.

Usage, from the project's root:
    python tests/benchmarks/generate.py FOLDER [--articles 10000] [--seed 1]
writes tables of 1,000 articles each (JSON Lines: id, date, outlet, title, text). About one in twelve is wire copy of an
earlier one, with a word changed and the end cut off. Names, places and sentences are invented.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

IN_A_FILE = 1000
COPIES = 12

FIRST = ("Amara", "Boris", "Celine", "Dario", "Elif", "Farid", "Greta", "Hamid", "Ines", "Jonas", "Kavya", "Lucas")
LAST = (
    "Adeyemi",
    "Bergstrom",
    "Castellan",
    "Dragomir",
    "Eskola",
    "Farouk",
    "Gonzaga",
    "Halvorsen",
    "Ibarra",
    "Jovanov",
)
OFFICES = (
    "President",
    "Prime Minister",
    "Foreign Minister",
    "Ambassador",
    "Defence Minister",
    "Senator",
    "Spokesperson",
)
STATES = ("Ghana", "Norway", "Chile", "Vietnam", "Kenya", "Portugal", "Jordan", "Canada", "Indonesia", "Poland")
OUTLETS = (
    "Harbour Gazette",
    "The Morning Ledger",
    "Northern Courier",
    "Delta Times",
    "Evening Post",
    "Valley Observer",
)
VERBS = ("said", "told reporters", "warned", "argued", "insisted", "added", "explained", "stressed")
CLAIMS = (
    "an immediate ceasefire is the only way to spare civilians",
    "sanctions have done nothing but harm ordinary families",
    "the talks must go on without conditions",
    "weapons sent across the border will make the war longer",
    "aid convoys have to reach every village before the winter",
    "the occupied provinces belong to the people who live there",
    "neither side can win this war by force",
    "the attack on the port was a clear breach of the charter",
    "more peacekeepers are needed along the river",
    "prisoners should be exchanged before the harvest",
)
SCENES = (
    "Markets in the old town opened late after a night of heavy rain.",
    "Delegates arrived by train and walked the last mile to the assembly hall.",
    "A row over fishing rights has soured relations for most of the year.",
    "Farmers in the eastern hills have waited three seasons for the road to be mended.",
    "The ministry published its figures on Tuesday without comment.",
    "Two earlier rounds of talks ended without a joint statement.",
    "Observers counted fewer trucks at the crossing than a month ago.",
    "Students marched past the embassy with paper lanterns.",
    "The harbour has been closed to freight since the spring.",
    "An envoy is expected in the capital before the end of the week.",
)


def articles(number: int, seed: int = 1) -> Iterator[dict[str, str]]:
    """Give articles: id, date, outlet, title and text.

    Args:
        number: How many.
        seed: Of the random numbers.
    """
    chance = random.Random(seed)
    recent: list[dict[str, str]] = []
    for index in range(number):
        if recent and chance.randrange(COPIES) == 0:
            article = _reprint(chance.choice(recent), chance)
        else:
            article = _article(chance, index)
        article["id"] = f"g{index:07d}"
        recent = [*recent[-20:], article]
        yield article


def write(folder: Path, number: int, seed: int = 1) -> None:
    """Write articles into tables."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = articles(number, seed)
    for first in range(0, number, IN_A_FILE):
        with (folder / f"articles-{first // IN_A_FILE:05d}.jsonl").open("w", encoding="utf-8", newline="\n") as file:
            for _ in range(min(IN_A_FILE, number - first)):
                file.write(json.dumps(next(rows), ensure_ascii=False, sort_keys=True) + "\n")


def _article(chance: random.Random, index: int) -> dict[str, str]:
    people = [_person(chance) for _ in range(chance.randint(1, 3))]
    paragraphs = []
    for _ in range(chance.randint(3, 7)):
        paragraphs.append(" ".join(_sentence(chance, people) for _ in range(chance.randint(1, 3))))
    day = date(2021, 1, 1) + timedelta(days=index % 1000)
    title = f"{people[0][2]} and {chance.choice(STATES)} weigh their next step"
    return {"date": day.isoformat(), "outlet": chance.choice(OUTLETS), "title": title, "text": "\n\n".join(paragraphs)}


def _person(chance: random.Random) -> tuple[str, str, str]:
    return f"{chance.choice(FIRST)} {chance.choice(LAST)}", chance.choice(OFFICES), chance.choice(STATES)


def _sentence(chance: random.Random, people: list[tuple[str, str, str]]) -> str:
    name, office, state = chance.choice(people)
    claim, verb = chance.choice(CLAIMS), chance.choice(VERBS)
    number = chance.randint(2, 900)
    return chance.choice(
        (
            f"“{claim[0].upper()}{claim[1:]},” {verb} {office} {name} of {state}.",
            f"{name}, {office} of {state}, {verb} that {claim}.",
            f"According to {name}, {claim}.",
            f"{chance.choice(SCENES)} Some {number} people were there.",
            f"{state} counted {number} days since the last meeting. {chance.choice(SCENES)}",
        )
    )


def _reprint(article: dict[str, str], chance: random.Random) -> dict[str, str]:
    words = article["text"].split(" ")
    words[chance.randrange(len(words))] = "reportedly"
    day = date.fromisoformat(article["date"]) + timedelta(days=chance.randint(0, 2))
    text = " ".join(words[: len(words) - chance.randint(0, len(words) // 10)])
    return {**article, "date": day.isoformat(), "outlet": chance.choice(OUTLETS), "text": text}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Generate short news articles.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    write(options.folder, options.articles, options.seed)
    print(f"{options.articles} articles in {options.folder}")
