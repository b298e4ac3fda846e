"""Lets networks that know attributions or positions teach another one, on text that was coded and text that was not.

The passages are coded for positions only. Trained on them beside coded attributions, a small network learns positions
and loses its hold on attributions in short texts; and people's own codes differ from one another. So teachers read
every window, and the student is asked to answer about attributions as they do on average (distillation: Hinton,
Vinyals, Dean 2015), and likewise about the sides taken in every sentence. The teachers may be larger networks, since
they are not needed afterwards. Most is learnt on text that nobody coded, for the teachers know the coded one by heart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from toolkit.encoder import TAGS, Floats
from toolkit.training.examples import Example, Lesson, Pointers
from toolkit.training.network import Network, base_network, collate, side_logits

GROUP = 8
"""Windows of like length that the teachers read at once."""

LIKELY = 0.4
"""Probability from which a word may be of a content or cue, so that the student learns where it points."""


@dataclass(frozen=True)
class Teacher:
    """A trained network and its share in the answers.

    Attributes:
        network: The network.
        share: What its probabilities weigh; the shares of all teachers of one subject sum to 1.
        subject: ``attributions`` or ``sides``: what it knows.
    """

    network: Network
    share: float = 1.0
    subject: str = "attributions"


def load_teacher(
    weights: Path, *, share: float = 1.0, base: str | None = None, subject: str = "attributions"
) -> Teacher:
    """Load a trained network.

    Args:
        weights: Its ``weights.pt``, as ``python -m toolkit.training`` writes it.
        share: What its answers weigh beside those of other teachers.
        base: Folder of the pretrained encoder that it was trained on; by default the toolkit's.
        subject: ``attributions`` or ``sides``.

    Raises:
        ValueError: The network is to teach sides and has learnt attributions alone.
    """
    state = torch.load(weights, weights_only=True)
    if subject == "sides" and "class_bias" not in state:
        raise ValueError(f"{weights} knows attributions alone; expected a network that was trained on passages, too.")
    network = base_network(len(state.get("class_bias", ())), base=base)
    network.load_state_dict(state)
    return Teacher(network.eval(), share, subject)


def taught(examples: Sequence[Example], teachers: Sequence[Teacher]) -> list[Example]:
    """Add the teachers' mean answers to windows; their order stays."""
    order = sorted(range(len(examples)), key=lambda i: len(examples[i].window.pieces))
    lessons: dict[int, Lesson] = {}
    for start in range(0, len(order), GROUP):
        group = order[start : start + GROUP]
        batch = collate([examples[i] for i in group])
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            read = [teacher.network.words(batch["pieces"], batch["mask"], batch["first"]) for teacher in teachers]
            for row, i in enumerate(group):
                size = len(examples[i].window.words)
                vectors = [(teacher, words[row, :size]) for teacher, words in zip(teachers, read, strict=True)]
                lessons[i] = _lesson(vectors, examples[i].sentences)
    return [replace(example, lesson=lessons[i]) for i, example in enumerate(examples)]


def _lesson(vectors: Sequence[tuple[Teacher, Tensor]], sentences: Sequence[tuple[int, int]]) -> Lesson:
    attributions = [(teacher, words) for teacher, words in vectors if teacher.subject == "attributions"]
    sides = [(teacher, words) for teacher, words in vectors if teacher.subject == "sides"]
    tags, pointers = _attributions(attributions) if attributions else (None, {})
    answers = [t.share * side_logits(t.network, words, sentences).sigmoid() for t, words in sides if sentences]
    return Lesson(tags, pointers, torch.stack(answers).sum(0).numpy() if answers else None)


def _attributions(vectors: Sequence[tuple[Teacher, Tensor]]) -> tuple[Floats, Pointers]:
    tags = _mean([(t.share, t.network.tags(words)) for t, words in vectors])
    outside = tags[:, TAGS.index("O")]
    roles = {
        "cue": 1 - outside - tags[:, TAGS.index("B-source")] - tags[:, TAGS.index("I-source")],
        "source": tags[:, TAGS.index("B-cue")],
    }
    pointers: Pointers = {}
    for name, likely in roles.items():
        rows = tuple(int(i) for i in np.flatnonzero(likely > LIKELY))
        pointers[name] = (rows, _mean([(t.share, t.network.pointer(name, words, rows)) for t, words in vectors]))
    return tags, pointers


def _mean(scores: Sequence[tuple[float, Tensor]]) -> Floats:
    """Weigh the teachers' probabilities by their shares."""
    mean: Floats = torch.stack([share * answers.float().softmax(-1) for share, answers in scores]).sum(0).numpy()
    return mean
