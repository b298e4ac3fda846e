"""What the network learns from: a window of text with its labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from toolkit.encoder import Floats, Window
from toolkit.records import Span
from toolkit.stretches import touched

NOTHING = -100
"""Label of words and sentences that a loss leaves out."""


Pointers = dict[str, tuple[tuple[int, ...], Floats]]


@dataclass(frozen=True)
class Lesson:
    """What other networks answer about a window; learnt beside people's codes, and alone where nobody coded it.

    Attributes:
        tags: Probabilities of ``TAGS``: words x 7; None without a teacher of attributions.
        pointers: For ``cue`` and ``source``, the words that point (the likely contents and cues; the likely first words
            of cues) and where they point: rows x words.
        sides: Probabilities of the sentence classes: sentences x classes; None without a teacher of positions.
    """

    tags: Floats | None = None
    pointers: Pointers = field(default_factory=dict)
    sides: Floats | None = None


@dataclass(frozen=True)
class Example:
    """A window with its labels; a task without labels in this window has an empty tuple.

    Attributes:
        window: Words and word pieces.
        tags: For each word, an index into ``TAGS``; ``NOTHING`` leaves the word out.
        cue_of: For each word of a content or cue, the index of the first word of its cue, else ``NOTHING``.
        source_of: For each first word of a cue, the index of the first word of its source (itself where there is
            none), else ``NOTHING``.
        sentences: First and last+1 word of each sentence.
        classes: For each sentence, for each class, 1, 0 or ``NOTHING``; empty where nobody coded positions.
        evidence: (sentence, class, words) for each positive class: the words that carry it.
        actors: (sentence, class, words) likewise: the first words of the names of whose position it is; -1 is
            "nobody in the text" (a speech's own speaker).
        targets: The same for who is criticised or praised.
        lesson: Teachers' answers, or None.
    """

    window: Window
    tags: tuple[int, ...] = ()
    cue_of: tuple[int, ...] = ()
    source_of: tuple[int, ...] = ()
    sentences: tuple[tuple[int, int], ...] = ()
    classes: tuple[tuple[int, ...], ...] = ()
    evidence: tuple[tuple[int, int, tuple[int, ...]], ...] = ()
    actors: tuple[tuple[int, int, tuple[int, ...]], ...] = ()
    targets: tuple[tuple[int, int, tuple[int, ...]], ...] = ()
    lesson: Lesson | None = None


def word_ranges(window: Window, spans: Sequence[Span]) -> tuple[tuple[int, int], ...]:
    """Give first and last+1 word of each span of the text of which a window holds words."""
    held = (touched(window.words, *span) for span in spans)
    return tuple((words.start, words.stop) for words in held if words)
