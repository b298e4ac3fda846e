"""Lets a network that knows attributions teach another one, on text that was coded for them and on text that was not.

The passages are coded for positions only. Trained on them beside coded attributions, a small network learns positions
and loses its hold on attributions in short texts; and people's own codes differ from one another. So a teacher reads
every window, and the student is asked to answer about attributions as the teacher does, too (distillation: Hinton,
Vinyals, Dean 2015). The teacher may be a larger network, since it is not needed afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from toolkit.encoder import TAGS, Floats
from toolkit.training.examples import Example, Lesson
from toolkit.training.network import POINTER_WIDTH, Network, base_network, collate

GROUP = 8
"""Windows of like length that the teacher reads at once."""


def load_teacher(weights: Path, *, base: str | None = None) -> Network:
    """Load a trained network.

    Args:
        weights: Its ``weights.pt``, as ``python -m toolkit.training`` writes it.
        base: Folder of the pretrained encoder that it was trained on; by default the toolkit's.
    """
    state = torch.load(weights, weights_only=True)
    network = base_network(len(state.get("class_bias", ())), base=base)
    network.load_state_dict(state)
    return network.eval()


def taught(examples: Sequence[Example], teacher: Network) -> list[Example]:
    """Add a teacher's answers to windows; their order stays."""
    order = sorted(range(len(examples)), key=lambda i: len(examples[i].window.pieces))
    lessons: dict[int, Lesson] = {}
    for start in range(0, len(order), GROUP):
        group = order[start : start + GROUP]
        batch = collate([examples[i] for i in group])
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            words = teacher.words(batch["pieces"], batch["mask"], batch["first"])
            for i, vectors in zip(group, words, strict=True):
                lessons[i] = _lesson(teacher, vectors[: len(examples[i].window.words)])
    return [replace(example, lesson=lessons[i]) for i, example in enumerate(examples)]


def _lesson(teacher: Network, vectors: Tensor) -> Lesson:
    tags = _shares(teacher.tags(vectors))
    outside = tags[:, TAGS.index("O")]
    roles = {
        "cue": 1 - outside - tags[:, TAGS.index("B-source")] - tags[:, TAGS.index("I-source")],
        "source": tags[:, TAGS.index("B-cue")],
    }
    pointers = {}
    for name, likely in roles.items():
        rows = tuple(int(i) for i in np.flatnonzero(likely > 0.5))
        query = getattr(teacher, f"{name}_from")(vectors[list(rows)])
        scores = query @ getattr(teacher, f"{name}_to")(vectors).T / POINTER_WIDTH**0.5
        pointers[name] = (rows, _shares(scores))
    return Lesson(tags, pointers)


def _shares(scores: Tensor) -> Floats:
    shares: Floats = scores.float().softmax(-1).numpy()
    return shares
