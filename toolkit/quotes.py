"""Finds attributions: who is reported to have said or thought what (source, cue, content).

The network finds them (``attributions.py``). Thin rules on quotation marks and layout do what its training data cannot
teach: they make a content end where its marks end (``boundaries.py``), read transcripts (``transcripts.py``), find
quotations that no cue introduces (``uncued.py``), and say whether a quote is direct. Each quote remembers the rule that
made it:

=================  =====================================================================================================
``network``        found by the network
``network+marks``  found by the network, its ends moved (mostly to quotation marks) or its parts divided by a rule
``label``          ``NAME: “…”``, a line ``NAME: …`` of a transcript, or a block quotation after "X wrote:"
``signature``      ``“…” – Name``, or an embedded post with its name and handle
``beside``         a quotation that the network passed over, with "X said" beside it
``running``        a quotation without a cue: the speaker of the one before goes on, in that paragraph or the next
``unattributed``   a quoted sentence for which nobody is named
=================  =====================================================================================================

What is missed: ironic quotation of whole sentences and sentences that are titles of works come out as ``unattributed``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from toolkit.acts import act_of
from toolkit.attributions import find_attributions
from toolkit.boundaries import join_continuations, snap_to_marks, split_at_second_cue
from toolkit.cues import first_hand, is_negated, issuer, second_hand
from toolkit.drafts import Draft
from toolkit.encoder import Reading
from toolkit.quotemarks import Marks, pair_marks
from toolkit.records import Article, Quote, Span
from toolkit.stretches import Used
from toolkit.transcripts import labelled_lines
from toolkit.uncued import block_quotations, quotations_left, signed

LEFT_OUT = ("byline", "dateline", "caption", "furniture")
"""Kinds of regions in which no quotes are looked for."""

_WORD = re.compile(r"\w+")


def find_quotes(article: Article, reading: Reading) -> list[Quote]:
    """Find the quotes of an article, in text order; speakers are left empty (``speakers.py`` fills them in).

    Args:
        article: The article; headlines count, captions, bylines, datelines and site furniture do not.
        reading: The network's reading of ``article.text``.
    """
    text = article.text
    marks = pair_marks(text)
    headlines = [(r.start, r.end) for r in article.regions if r.kind == "headline"]
    drafts = []
    for found in find_attributions(reading):
        certainty = reading.confidence("attribution", found.certainty, found.source_certainty)
        draft = Draft(found.content, found.cue, found.source, "network", certainty)
        drafts.append(issuer(text, first_hand(text, _whole_headline(draft, headlines))))
    drafts = split_at_second_cue(text, marks, drafts)
    drafts = join_continuations(text, marks, snap_to_marks(text, marks, drafts))
    for rule in (signed, labelled_lines, block_quotations, quotations_left):
        drafts = rule(text, marks, drafts)
    left_out = Used(len(text), ((r.start, r.end) for r in article.regions if r.kind in LEFT_OUT))
    drafts = [d for d in drafts if d.spans and not left_out.touches((d.spans[0][0], d.spans[0][0] + 1))]
    drafts.sort(key=lambda d: (d.spans, d.rule))
    in_headline = Used(len(text), headlines)
    return [_quote(article, marks, draft, number, in_headline) for number, draft in enumerate(drafts, 1)]


def quote_kind(text: str, spans: Sequence[Span], marks: Marks) -> str:
    """Tell ``direct`` (more than nine words of ten inside quotation marks), ``mixed`` (some) and ``indirect``."""
    inside = total = 0
    for start, end in spans:
        quoted = Used(end - start, ((max(p.start - start, 0), min(p.end, end) - start) for p in marks.near(start, end)))
        for word in _WORD.finditer(text, start, end):
            total += 1
            inside += quoted.touches((word.start() - start, word.start() - start + 1))
    if not inside:
        return "indirect"
    return "direct" if inside > 0.9 * total else "mixed"


def _quote(article: Article, marks: Marks, draft: Draft, number: int, in_headline: Used) -> Quote:
    text = article.text
    cue, source = draft.cue, draft.source
    act, strength = act_of(text[slice(*cue)] if cue else None)
    return Quote(
        article_id=article.article_id,
        quote_id=f"{article.article_id}:q{number}",
        kind="direct" if draft.verbatim else quote_kind(text, draft.spans, marks),
        text=" … ".join(text[start:end] for start, end in draft.spans),
        spans=draft.spans,
        source=text[slice(*source)] if source else None,
        source_start=source[0] if source else None,
        source_end=source[1] if source else None,
        cue=text[slice(*cue)] if cue else None,
        cue_start=cue[0] if cue else None,
        cue_end=cue[1] if cue else None,
        act=act,
        strength=strength,
        section="headline" if in_headline.touches((draft.spans[0][0], draft.spans[0][0] + 1)) else "body",
        negated=is_negated(text, draft),
        via=second_hand(text, draft),
        rule=draft.rule,
        confidence=round(draft.certainty, 4),
    )


def _whole_headline(draft: Draft, headlines: Sequence[Span]) -> Draft:
    """Let a content in a headline run to the headline's end, if neither cue nor source stands there."""
    start, end = draft.spans[-1]
    close = next((last for first, last in headlines if first <= start < last), None)
    if close is None or any(s and s[0] >= end for s in (draft.cue, draft.source)):
        return draft
    return replace(draft, spans=(*draft.spans[:-1], (start, close)))
