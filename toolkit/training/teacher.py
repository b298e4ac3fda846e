"""Lets a network that knows attributions teach another one on text that nobody coded for them.

The passages are coded for positions only. Trained on them beside coded attributions, a network learns positions and
loses its hold on attributions in short texts; so its teacher reads every passage, and the student is asked to answer
about attributions as the teacher does (distillation: Hinton, Vinyals, Dean 2015).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from toolkit.encoder import TAGS, Encoder, ReadWindow
from toolkit.training.examples import Example, Lesson


def taught(example: Example, teacher: Encoder) -> Example:
    """Add a teacher's answers to a window."""
    return replace(example, lesson=_lesson(teacher.read_window(example.window)))


def _lesson(read: ReadWindow) -> Lesson:
    tags = read.tags
    outside = tags[:, TAGS.index("O")]
    roles = {
        "cue": 1 - outside - tags[:, TAGS.index("B-source")] - tags[:, TAGS.index("I-source")],
        "source": tags[:, TAGS.index("B-cue")],
    }
    pointers = {}
    for name, likely in roles.items():
        rows = tuple(int(i) for i in np.flatnonzero(likely > 0.5))
        pointers[name] = (rows, read.pointer(name, rows))
    return Lesson(tags, pointers)
