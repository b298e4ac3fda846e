"""What the rules on quotes hand to one another: a quote in the making."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from toolkit.records import Span
from toolkit.stretches import Used, within


@dataclass(frozen=True)
class Draft:
    """A quote before it has its number.

    Attributes:
        spans: Parts of the content, in order.
        cue: The reporting words, or a colon or dash in their place, or None.
        source: Who is named as the source, or None.
        rule: What found it.
        certainty: Between 0 and 1.
        relay: The source that passes the words on, or None.
        verbatim: True where the layout says that these are the words themselves (a transcript, a block quotation, an
            embedded post), so that they need no quotation marks.
    """

    spans: tuple[Span, ...]
    cue: Span | None
    source: Span | None
    rule: str
    certainty: float
    relay: Span | None = None
    verbatim: bool = False

    @property
    def extent(self) -> Span:
        """From the first character of the content to the last."""
        return self.spans[0][0], self.spans[-1][1]


def contents_of(drafts: Iterable[Draft]) -> list[Span]:
    """Give all parts of all contents."""
    return [span for draft in drafts for span in draft.spans]


def of_oneself(text: str, draft: Draft) -> bool:
    """Tell whether the source is the speaker ("I", "we"), as in a quotation that says "I think that …"."""
    return draft.source is not None and text[slice(*draft.source)].lower() in ("i", "we")


def yield_to(text: str, drafts: Sequence[Draft], surer: Sequence[Draft], *, nested: float = 0.6) -> list[Draft]:
    """Let surer drafts take the words that others hold, but leave what somebody tells inside them of others.

    Args:
        text: The text.
        drafts: Drafts found before.
        surer: Drafts whose words are theirs; they do not touch one another.
        nested: A draft stays whole where it lies inside a surer one with its cue and its source, holds at most this
            share of its characters, and its source is not the speaker himself or herself ("I", "we").

    Returns:
        What is left of ``drafts``, in the order of their contents.
    """
    spans = sorted((*span, number) for number, draft in enumerate(surer) for span in draft.spans)
    if not surer:
        return list(drafts)
    used = Used(len(text), contents_of(surer))
    left, place = [], 0
    for draft in sorted(drafts, key=lambda d: d.spans):
        if not any(map(used.touches, draft.spans)):
            left.append(draft)
            continue
        start, end = draft.extent
        while place < len(spans) and spans[place][1] <= start:
            place += 1
        outer = spans[place][:2] if place < len(spans) else (0, 0)
        inside = all(within(part, outer) for part in (draft.cue, draft.source, (start, end)))
        rest = tuple(span for span in draft.spans if not used.touches(span))
        if inside and end - start <= nested * (outer[1] - outer[0]) and not of_oneself(text, draft):
            left.append(draft)
        elif rest:
            left.append(replace(draft, spans=rest))
    return left
