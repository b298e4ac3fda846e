"""Says in plain words why a position was coded: evidence, what carried it, how sure, and what else it could be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from toolkit.encoder import Encoder
from toolkit.records import Article, Span
from toolkit.sentences import sentence_spans, sentence_tokenizer
from toolkit.sides import words_of

_ACTOR = {
    "quote": "the evidence lies in an attribution of which {actor} is a speaker",
    "reported": "a speaker reports it of {actor}, to whose name the network points",
    "pointer": "the network points to {actor}'s name in the text",
    "headline pointer": "the network points to {actor}'s name in the headline",
    "speaker": "the text is a speech of {actor}, and the network points to nobody else",
    "hand": "a person decided on this row",
    "quote+hand": "a person corrected the speakers of the attribution that the evidence lies in",
    "vote": "{actor} voted on a resolution that takes this side, by what the article says it demands",
}
_SHOWN_WORDS = 6
_SHOWN_ALTERNATIVES = 3


def explain(
    position: Mapping[str, Any],
    article: Article,
    encoder: Encoder,
    *,
    labels: Mapping[str, str],
    skip: Sequence[Span] = (),
) -> str:
    """Explain one row of the table ``positions``.

    Args:
        position: The row.
        article: Its article.
        encoder: The network that coded it; the sentence is read again.
        labels: Printed names of the issues by their ids.
        skip: Stretches of the article that were passed over.

    Returns:
        A few lines of text. The words that weighed most are given with their share of the attention, the alternatives
        with their probability for the sentence.
    """
    start, end = int(position["start"]), int(position["end"])
    issue = labels.get(position["issue"], position["issue"])
    side = "supports" if position["stance"] > 0 else "opposes"
    how = _ACTOR.get(position["rule"], "{actor} was decided by the rule " + str(position["rule"]))
    lines = [
        f"{position['actor']} {side}: {issue} (confidence {position['confidence']:.2f}, {position['kind']})",
        f"Evidence: “{article.text[start:end]}” (characters {start} to {end} of {article.article_id})",
        f"Actor: {how.format(actor=position['actor'])}.",
    ]
    if position["rule"] == "hand":
        return "\n".join([*lines, "The side was coded by hand."])
    sentences = sentence_spans(sentence_tokenizer()(article.text))
    sentence = next((s for s in sentences if s[0] <= start < s[1]), None)
    found = words_of(encoder.read(article.text, skip=skip), sentence) if sentence else None
    label = f"{position['issue']}{'+' if position['stance'] > 0 else '-'}"
    if found is None or label not in encoder.classes:
        return "\n".join(
            [*lines, "The network was not trained on this issue: the side was found by the study's coder."]
        )
    window, first, last = found
    judgement = window.judge(first, last)
    column = encoder.classes.index(label)
    heavy = np.argsort(-judgement.attention[:, column], kind="stable")[:_SHOWN_WORDS]
    words = [
        f"{article.text[slice(*window.words[first + i])]} ({judgement.attention[i, column]:.0%})" for i in sorted(heavy)
    ]
    lines.append(f"Words that carried the side: {', '.join(words)}.")
    others = [i for i in np.argsort(-judgement.probabilities, kind="stable") if i != column][:_SHOWN_ALTERNATIVES]
    named = [f"{_label(encoder.classes[i], labels)} ({judgement.probabilities[i]:.0%})" for i in others]
    lines.append(f"What else the sentence could be: {', '.join(named)}.")
    return "\n".join(lines)


def _label(name: str, labels: Mapping[str, str]) -> str:
    if name[-1] in "+-":
        return f"{'support' if name[-1] == '+' else 'opposition'}: {labels.get(name[:-1], name[:-1])}"
    return name
