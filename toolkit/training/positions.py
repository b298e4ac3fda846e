"""Makes training examples of positions and appraisals from passages written for the purpose.

A passage is a JSON object: ``text``, ``positions`` (actor, issue, stance, evidence), ``appraisals`` (actor, target,
polarity, evidence; absent where a passage was not coded for them), and in formal passages the ``speaker``, who is not
named in the text.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from toolkit.encoder import Window, make_windows
from toolkit.gazetteer import WORD, load_gazetteer, words_of
from toolkit.records import Span
from toolkit.sentences import sentence_spans, sentence_tokenizer
from toolkit.stretches import touched
from toolkit.training.attribution import vary_marks
from toolkit.training.examples import NOTHING, Example, word_ranges

APPRAISALS = ("praise", "criticism")

Pointed = tuple[int, int, tuple[int, ...]]
"""A sentence, a class, and the words pointed to."""


def class_names(issues: Sequence[str]) -> list[str]:
    """Name the sentence classes: both sides of every issue, then praise and criticism."""
    return [f"{issue}{side}" for issue in issues for side in "+-"] + list(APPRAISALS)


def read_passages(folder: Path) -> list[dict[str, Any]]:
    """Read all ``.jsonl`` files of a folder, sorted by name.

    Raises:
        ValueError: Names the file and line of a passage that cannot be used, and why.
    """
    passages = []
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip():
                passage = json.loads(line)
                for item in [*passage["positions"], *passage.get("appraisals", [])]:
                    if item["evidence"] not in passage["text"]:
                        raise ValueError(f"{path.name}, line {number}: evidence not in the text: {item['evidence']!r}.")
                passages.append(passage)
    return passages


def examples_of(
    passages: Sequence[dict[str, Any]], tokenizer: Any, classes: Sequence[str], chance: random.Random
) -> Iterator[Example]:
    """Pack passages, one to three to a text, and cut them into labelled windows.

    The sentences of a formal passage are put on lines of their own in half of the cases, as transcripts print them;
    quotation marks are varied in three texts of ten.
    """
    order = list(passages)
    chance.shuffle(order)
    while order:
        count = chance.choice((1, 1, 2, 3))
        group, order = order[:count], order[count:]
        text, labels = "", []
        for passage in group:
            words = _on_lines(passage) if "speaker" in passage and chance.random() < 0.5 else passage["text"]
            labels.append((len(text), {**passage, "text": words}))
            text += words + "\n"
        sentences = sentence_spans(sentence_tokenizer()(text))
        printed = vary_marks(text, chance) if chance.random() < 0.3 else text
        for window in make_windows(printed, tokenizer):
            example = _labelled(window, sentences, labels, classes)
            if example.sentences:
                yield example


def hide_words(example: Example, mask: int, chance: random.Random, share: float = 0.06) -> Example:
    """Put a mask in the place of some words' pieces, so that passages read many times are not learnt by heart."""
    window = example.window
    hidden = {i for i in range(len(window.words)) if chance.random() < share}
    ends = (*window.first_piece[1:], len(window.pieces) - 1)
    covered = {p for i in hidden for p in range(window.first_piece[i], ends[i])}
    separator = window.pieces[-1]
    pieces = tuple(mask if n in covered and p != separator else p for n, p in enumerate(window.pieces))
    return replace(example, window=replace(window, pieces=pieces))


def sentence_labels(passage: dict[str, Any], sentences: Sequence[Span]) -> list[set[str]]:
    """Give the classes of each sentence of a passage: a code belongs to the sentence in which its evidence begins."""
    labels: list[set[str]] = [set() for _ in sentences]
    for item, label in _codes(passage):
        start = passage["text"].index(item["evidence"])
        for (first, last), found in zip(sentences, labels, strict=True):
            if first <= start < last:
                found.add(label)
    return labels


def _on_lines(passage: dict[str, Any]) -> str:
    """Break between sentences, unless that would cut an evidence (each break takes the place of one blank)."""
    text: str = passage["text"]
    for start, _ in sentence_spans(sentence_tokenizer()(text))[1:]:
        if text[start - 1] == " ":
            broken = f"{text[: start - 1]}\n{text[start:]}"
            if all(i["evidence"] in broken for i in [*passage["positions"], *passage.get("appraisals", [])]):
                text = broken
    return text


def _labelled(
    window: Window, sentences: Sequence[Span], passages: Sequence[tuple[int, dict[str, Any]]], classes: Sequence[str]
) -> Example:
    words = window.words

    ranges: list[tuple[int, int]] = []
    offsets: list[Span] = []
    for sentence in sentences:
        found = word_ranges(window, [sentence])
        ranges += found
        offsets += [sentence] * len(found)
    labels = [[0] * len(classes) for _ in ranges]
    evidence: list[Pointed] = []
    actors: list[Pointed] = []
    targets: list[Pointed] = []
    for offset, passage in passages:
        text = passage["text"]
        here = [n for n, (s, _) in enumerate(offsets) if offset <= s < offset + len(text)]
        if "appraisals" not in passage:
            for n in here:
                labels[n][-2:] = [NOTHING, NOTHING]
        for item, label in _codes(passage):
            start = offset + text.index(item["evidence"])
            carriers = touched(words, start, start + len(item["evidence"]))
            holding = [n for n in here if carriers and ranges[n][0] <= carriers[0] < ranges[n][1]]
            if not holding:
                continue
            n = holding[0]
            column = classes.index(label)
            labels[n][column] = 1
            evidence.append((n, column, tuple(c for c in carriers if c < ranges[n][1])))
            for role in ("actor", "target") if "target" in item else ("actor",):
                heads = _name_heads(text, item[role], offset, words)
                if item[role] in ("", passage.get("speaker")):
                    heads.append(-1)
                if heads:
                    (actors if role == "actor" else targets).append((n, column, tuple(heads)))
    return Example(
        window,
        sentences=tuple(ranges),
        classes=tuple(map(tuple, labels)),
        evidence=tuple(evidence),
        actors=tuple(actors),
        targets=tuple(targets),
    )


def _codes(passage: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    for item in passage["positions"]:
        yield item, f"{item['issue']}{'+' if item['stance'] > 0 else '-'}"
    for item in passage.get("appraisals", []):
        yield item, APPRAISALS[item["polarity"] < 0]


def _name_heads(text: str, name: str, offset: int, words: Sequence[Span]) -> list[int]:
    """Give the first words of a name's mentions: as it stands, and for states and organisations any name of theirs.

    "Russian Federation" is also found as "Russia", "Russian", "Moscow" and "the Kremlin".
    """
    if not name:
        return []
    found = {m.start() for m in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text)}
    gazetteer = load_gazetteer()
    entry = gazetteer.lookup(name)
    if entry:
        tokens = [(m.start(), plain_word) for m in WORD.finditer(text) for plain_word in words_of(m[0])[:1]]
        spelt = [word for _, word in tokens]
        for i, (start, _) in enumerate(tokens):
            match = gazetteer.longest_match(spelt, i)
            if match and match[1].actor == entry.actor:
                found.add(start)
    starts = {s: i for i, (s, _) in enumerate(words)}
    return sorted({starts[offset + s] for s in found if offset + s in starts})
