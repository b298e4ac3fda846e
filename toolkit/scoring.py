"""Compares what a coder finds in coded texts with what they were coded as: how much is right, and how sure it was.

Give it texts that the coder was not fitted on. A side counts as found where any sentence of the text takes it,
whoever's it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from toolkit.checks import check_columns, check_option
from toolkit.codebook import Codebook
from toolkit.coders import Coder, read_examples
from toolkit.encoder import Encoder, default_encoder
from toolkit.sentences import sentence_spans, sentence_tokenizer

PASSAGES = Path(__file__).parent / "data" / "passages"

Examples = pd.DataFrame | Iterable[Mapping[str, Any]]


def passages(part: str = "validation") -> pd.DataFrame:
    """Read the passages that come with the toolkit: invented and coded for it, by the codebook on conflict diplomacy.

    Args:
        part: ``validation``, which the network was not trained on, or ``train``.

    Returns:
        One row a text and side, as ``judged`` takes them: ``id``, ``kind`` (``news`` or ``formal``), ``text``,
        ``issue`` and ``stance`` (both NA where the text takes no side).
    """
    check_option("part", part, ("validation", "train"))
    rows = []
    for path in sorted((PASSAGES / part).glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            passage = json.loads(line)
            for code in passage["positions"] or [{"issue": None, "stance": None}]:
                rows.append((passage["id"], passage["kind"], passage["text"], code["issue"], code["stance"]))
    return pd.DataFrame(rows, columns=["id", "kind", "text", "issue", "stance"]).astype({"stance": "Int64"})


def judged(coder: Coder, codebook: Codebook, examples: Examples, *, encoder: Encoder | None = None) -> pd.DataFrame:
    """List every side that was coded or found, with the coder's confidence and whether it is right.

    Args:
        coder: The coder.
        codebook: The issues.
        examples: Coded texts, as for ``toolkit.positions.fit``.
        encoder: The network that reads; by default the one that comes with the package.

    Returns:
        One row for each text and side: ``text``, ``issue``, ``stance``, ``coded`` and ``found`` (True or False) and
        ``confidence`` (of the surest sentence; NA where the coder did not find the side).
    """
    network = encoder or default_encoder()
    issues = {issue.id for issue in codebook.issues}
    rows = []
    for example in read_examples(codebook, examples):
        sentences = sentence_spans(sentence_tokenizer()(example.text))
        sure: dict[str, float] = {}
        for finding in coder.find(example.text, network.read(example.text), sentences, codebook):
            if finding.label[:-1] in issues:
                sure[finding.label] = max(finding.probability, sure.get(finding.label, 0.0))
        for side in sorted(example.sides | set(sure)):
            stance = 1 if side.endswith("+") else -1
            rows.append((example.text, side[:-1], stance, side in example.sides, side in sure, sure.get(side)))
    table = pd.DataFrame(rows, columns=["text", "issue", "stance", "coded", "found", "confidence"])
    return table.astype({"stance": "int64", "coded": bool, "found": bool, "confidence": "Float64"})


def score(coder: Coder, codebook: Codebook, examples: Examples, *, encoder: Encoder | None = None) -> pd.DataFrame:
    """Count how much of what a coder finds is right, and how much of what is there it finds.

    Args:
        coder: The coder.
        codebook: The issues.
        examples: Coded texts, as for ``toolkit.positions.fit``.
        encoder: The network that reads; by default the one that comes with the package.

    Returns:
        One row an issue, and ``all``: how many sides were coded, found, and right (both), with precision (the share of
        the found that are right), recall (the share of the coded that were found) and F1, their harmonic mean, which
        are NA where they have no denominator.
    """
    sides = judged(coder, codebook, examples, encoder=encoder)
    sides["right"] = sides["coded"] & sides["found"]
    counts = sides.groupby("issue")[["coded", "found", "right"]].sum()
    table = counts.reindex([issue.id for issue in codebook.issues], fill_value=0).rename_axis("issue")
    table.loc["all"] = table.sum()
    table = table.astype("int64").reset_index()
    both = table["coded"] + table["found"]
    for name, part, whole in (("precision", 1, table["found"]), ("recall", 1, table["coded"]), ("f1", 2, both)):
        table[name] = (part * table["right"] / whole.where(whole > 0)).astype("Float64")
    return table


def reliability(sides: pd.DataFrame, *, bins: int = 10) -> pd.DataFrame:
    """Compare how sure a coder was with how often it was right.

    Args:
        sides: What ``judged`` returns.
        bins: Number of ranges of confidence, of equal width.

    Returns:
        One row for each range that holds a side: ``from``, ``to``, ``n``, mean ``confidence`` and ``right``, the share
        that was right. ``attrs["error"]`` is the expected calibration error: the mean gap between the two, weighted by
        ``n`` (Naeini, Cooper, Hauskrecht 2015).
    """
    check_columns(sides, ["found", "coded", "confidence"], name="sides", cure="Give what scoring.judged returns.")
    if bins < 2:
        raise ValueError(f"bins is {bins}; expected at least 2.")
    found = sides[sides["found"]]
    number = np.minimum((found["confidence"].to_numpy(float) * bins).astype(int), bins - 1)
    grouped = found.assign(bin=number, right=found["coded"].astype(float)).groupby("bin")
    table = grouped.agg(n=("right", "size"), confidence=("confidence", "mean"), right=("right", "mean")).reset_index()
    table.insert(0, "from", table["bin"] / bins)
    table.insert(1, "to", (table.pop("bin") + 1) / bins)
    gaps = (table["confidence"] - table["right"]).abs() * table["n"]
    table.attrs["error"] = float(gaps.sum() / max(1, table["n"].sum()))
    return table
