"""Finds attributions: who is reported to have said or thought what (source, cue, content).

The network finds them (``attributions.py``). Thin rules on quotation marks do what its training data cannot teach:
they make a content end where its marks end, find quotations that no cue introduces, and say whether a quote is direct.
Each quote remembers the rule that made it:

=================  =====================================================================================================
``network``        found by the network
``network+marks``  found by the network, its ends moved to the quotation marks
``label``          ``NAME: “…”`` or a line ``NAME: …`` of a transcript
``signature``      ``“…” – Name``
``running``        a paragraph that opens with a quotation and has no cue, after a quotation in the paragraph before:
                   the same speaker goes on
``unattributed``   a quoted sentence for which nobody is named
=================  =====================================================================================================

What is missed: titles of works and ironic quotation of whole sentences come out as ``unattributed``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from toolkit.acts import act_of
from toolkit.attributions import find_attributions
from toolkit.encoder import Reading
from toolkit.quotemarks import Marks, Pair, pair_marks
from toolkit.records import Article, Quote, Span

LEFT_OUT = ("byline", "dateline", "caption", "furniture")
"""Kinds of regions in which no quotes are looked for."""

_WORD = re.compile(r"\w+")
_LINE = re.compile(r"[^\n]+")
_LABEL = re.compile(r"\s*(?P<name>[^\W\d_][^\n:“”\"«»?!;]{0,60}?)\s*:\s+(?=\S)")
_SIGNATURE = re.compile(r"\s*[–—―-]{1,2}\s*(?P<name>[^\W\d_][^\n“”\"«».!?]{1,80}?)[\s.]*$", re.MULTILINE)
_RELAYED = r"(?:according to|as (?:quoted|cited|reported|relayed|recounted|told) by)"
_RELAY = re.compile(_RELAYED, re.IGNORECASE)
_SECOND_HAND = re.compile(rf",?\s*{_RELAYED}\s+(?P<name>[^,.;:!?()\n“”\"«»]{{2,80}})")
_SAID = r"(?:said|says|told [\w ]{1,30}?|added|argued|insisted|stated|declared|replied|wrote|warned|claimed)"
_NAMED = r"[^\W\d_][^,.;:\n“”\"«»]{1,80}?"
_TAIL = re.compile(
    rf"(?<=[,”\"»])\s*(?:(?P<name>{_NAMED})\s+(?P<cue>{_SAID})|(?P<cue2>{_SAID})\s+(?P<name2>{_NAMED}))[,\s]*$"
)
_HEAD = re.compile(rf"(?P<name>{_NAMED})\s+(?P<cue>{_SAID})(?=\s)")
_DOCUMENT = re.compile(
    r"(?:an?|the|its|their)\s+(?:[\w-]+\s+){0,2}(?:resolution|statement|declaration|communiqué|motion|decree|petition)"
)
_ISSUED = re.compile(
    r"(?P<name>[^\W\d_][^,.;:\n“”\"«»]{1,80}?)\s+(?:(?:has|have|had|also|jointly|unanimously|recently)\s+)*"
    r"(?:adopted|passed|approved|issued|signed|released|published|tabled)\s+$"
)
_NEGATED = re.compile(
    r"\b(?:never|not|n[’']t|denied|denies|deny|denying|refused to say|without (?:saying|claiming))\b", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"[.!?,…][”\"»’'″]*$")


@dataclass(frozen=True)
class _Draft:
    """A quote before it has its number: content spans, cue, source, rule, certainty, and who relays it."""

    spans: tuple[Span, ...]
    cue: Span | None
    source: Span | None
    rule: str
    certainty: float
    relay: Span | None = None


def find_quotes(article: Article, reading: Reading) -> list[Quote]:
    """Find the quotes of an article, in text order; speakers are left empty (``speakers.py`` fills them in).

    Args:
        article: The article; headlines count, captions, bylines, datelines and site furniture do not.
        reading: The network's reading of ``article.text``.
    """
    text = article.text
    marks = pair_marks(text)
    skip = [(r.start, r.end) for r in article.regions if r.kind in LEFT_OUT]
    drafts = []
    for found in find_attributions(reading):
        certainty = reading.confidence("attribution", found.certainty, found.source_certainty)
        drafts.append(_Draft(found.content, found.cue, found.source, "network", certainty))
    drafts = [_issuer(text, _first_hand(text, _whole_headline(article, d))) for d in drafts]
    drafts = _snap_to_marks(text, marks, drafts)
    drafts += _labelled_lines(text, marks, drafts)
    drafts += _quotes_without_cue(text, marks, drafts)
    drafts = [d for d in drafts if d.spans and not _inside(d.spans[0], skip)]
    drafts.sort(key=lambda d: (d.spans, d.rule))
    return [_quote(article, marks, draft, number) for number, draft in enumerate(drafts, 1)]


def quote_kind(text: str, spans: Sequence[Span], marks: Marks) -> str:
    """Tell ``direct`` (more than nine words of ten inside quotation marks), ``mixed`` (some) and ``indirect``."""
    pairs = marks.outermost()
    inside = total = 0
    for start, end in spans:
        for word in _WORD.finditer(text, start, end):
            total += 1
            inside += any(p.start < word.start() < p.end for p in pairs if p.start < end and p.end > start)
    if not inside:
        return "indirect"
    return "direct" if inside > 0.9 * total else "mixed"


def _snap_to_marks(text: str, marks: Marks, drafts: Sequence[_Draft]) -> list[_Draft]:
    """Move the ends of contents to the marks of a quotation of which most is content; tidy the ends."""
    reporting = [span for d in drafts for span in (d.cue, d.source) if span]
    result = []
    for draft in drafts:
        spans = []
        for start, end in draft.spans:
            for pair in marks.outermost():
                overlap = min(end, pair.end) - max(start, pair.start)
                if overlap < 0.6 * (pair.end - pair.start):
                    continue
                if not any(_overlap(r, (pair.start, pair.end)) and not _within(r, start, end) for r in reporting):
                    start, end = min(start, pair.start), max(end, pair.end)
            spans.append(_tidy(text, start, end, marks))
        merged = tuple(_merge(text, spans))
        rule = draft.rule if merged == draft.spans else "network+marks"
        result.append(replace(draft, spans=merged, rule=rule))
    return _without_repetition(result)


def _tidy(text: str, start: int, end: int, marks: Marks) -> Span:
    """Leave out white space, and commas and stops outside quotation marks; take in the marks that hug the content."""
    pairs = marks.outermost()
    if any(p.start == start - 1 for p in pairs):
        start -= 1
    if any(p.end == end + 1 for p in pairs):
        end += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in ",;:–—-"):
        end -= 1
    while start < end and (text[start].isspace() or text[start] in ",;:.–—-"):
        start += 1
    quoted = any(p.start < end <= p.end for p in pairs)
    if text[end - 1 : end] == "." and not quoted and "." not in text[start : end - 1]:
        end -= 1
    return start, end


def _merge(text: str, spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _without_repetition(drafts: Sequence[_Draft]) -> list[_Draft]:
    """Drop a content that the marks have put inside another one's; of two the surer stays."""
    kept: list[_Draft] = []
    for draft in sorted(drafts, key=lambda d: -d.certainty):
        taken = [s for k in kept for s in k.spans]
        spans = tuple(s for s in draft.spans if not any(s[0] < e and b < s[1] for b, e in taken))
        if spans:
            kept.append(replace(draft, spans=spans))
    return kept


def _labelled_lines(text: str, marks: Marks, drafts: Sequence[_Draft]) -> list[_Draft]:
    """Read ``NAME: …`` lines: with a quotation, or in a transcript (two such lines at least), as that name's words."""
    lines = [(m.start(), m.end()) for m in _LINE.finditer(text) if m.group().strip()]
    labels = [_LABEL.match(text, start, end) for start, end in lines]
    capitals = [m for m in labels if m and (m["name"].isupper() or m["name"] in ("Q", "A"))]
    transcript = len(capitals) >= 2
    found: list[_Draft] = []
    current: Span | None = None
    for (start, end), label in zip(lines, labels, strict=True):
        if label and (quoted := _quotation_at(marks, label.end())) and not _touched((label.end(), end), drafts):
            found.append(_Draft(((quoted.start, quoted.end),), None, label.span("name"), "label", 0.8))
        elif transcript and label and label in capitals:
            current = label.span("name")
            if not _touched((label.end(), end), drafts):
                found.append(_Draft(((label.end(), end),), None, current, "label", 0.8))
        elif transcript and current and not label and not _touched((start, end), drafts):
            found.append(_Draft(((start, end),), None, current, "label", 0.6))
    return found


def _quotes_without_cue(text: str, marks: Marks, drafts: Sequence[_Draft]) -> list[_Draft]:
    """Give the quoted sentences that no attribution has: signed ones, those of the running speaker, and the rest."""
    found: list[_Draft] = []
    for pair in marks.outermost():
        span = (pair.start, pair.end)
        inner = text[pair.start + 1 : pair.end]
        words = len(_WORD.findall(inner))
        whole = words >= 4 and (_SENTENCE_END.search(inner) or not pair.closed) and inner.lstrip()[:1].isupper()
        if not whole or _touched(span, [*drafts, *found]):
            continue
        line = text.rfind("\n", 0, pair.start) + 1
        signature = _SIGNATURE.match(text, pair.end)
        before = _last_before(line, text, [*drafts, *found])
        if signature and signature["name"][0].isupper():
            found.append(_Draft((span,), None, signature.span("name"), "signature", 0.8))
        elif not text[line : pair.start].strip() and before and before.source:
            found.append(_Draft((span,), None, before.source, "running", 0.6))
        else:
            found.append(_Draft((span,), None, None, "unattributed", 0.3))
    return found


def _last_before(line: int, text: str, drafts: Sequence[_Draft]) -> _Draft | None:
    """Give the attribution of the last quotation in the paragraph before the line that starts at ``line``."""
    previous_end = len(text[:line].rstrip())
    previous = text.rfind("\n", 0, previous_end) + 1
    near = [d for d in drafts if previous <= d.spans[-1][0] < line]
    quoted = [d for d in near if any(c in '“”"«»‘’' for c in _content(text, d))]
    return max(quoted, key=lambda d: d.spans[-1], default=None)


def _quotation_at(marks: Marks, position: int) -> Pair | None:
    return next((p for p in marks.outermost() if p.start == position), None)


def _quote(article: Article, marks: Marks, draft: _Draft, number: int) -> Quote:
    text = article.text
    cue, source = draft.cue, draft.source
    act, strength = act_of(text[slice(*cue)] if cue else None)
    return Quote(
        article_id=article.article_id,
        quote_id=f"{article.article_id}:q{number}",
        kind=quote_kind(text, draft.spans, marks),
        text=_content(text, draft),
        spans=draft.spans,
        source=text[slice(*source)] if source else None,
        source_start=source[0] if source else None,
        source_end=source[1] if source else None,
        cue=text[slice(*cue)] if cue else None,
        cue_start=cue[0] if cue else None,
        cue_end=cue[1] if cue else None,
        act=act,
        strength=strength,
        section="headline" if article.section(draft.spans[0][0]) == "headline" else "body",
        negated=_is_negated(text, cue),
        via=_second_hand(text, draft),
        rule=draft.rule,
        confidence=round(draft.certainty, 4),
    )


def _is_negated(text: str, cue: Span | None) -> bool:
    if cue is None:
        return False
    before = text[max(0, cue[0] - 25) : cue[0]]
    near = " ".join(re.split(r"[.,;:!?\n“”\"]", before)[-1].split()[-2:])
    return bool(_NEGATED.search(f"{near} {text[slice(*cue)]}"))


def _second_hand(text: str, draft: _Draft) -> str | None:
    """Give the name after "according to" behind an attribution that has a source and cue of its own."""
    if draft.relay:
        return text[slice(*draft.relay)]
    if not (draft.cue and draft.source):
        return None
    end = max(draft.cue[1], draft.source[1])
    match = _SECOND_HAND.match(text, end)
    return match["name"].strip() if match else None


def _first_hand(text: str, draft: _Draft) -> _Draft:
    """Where a content that Y relays ("according to Y") is itself "…, X said" or "X said …", give it to X."""
    start, end = draft.spans[0][0], draft.spans[-1][1]
    if not (draft.cue and _RELAY.fullmatch(text[slice(*draft.cue)])) or "\n" in text[start:end]:
        return draft
    end = max(end, draft.cue[0])
    if tail := _TAIL.search(text[:end], start):
        name, cue = ("name", "cue") if tail["name"] else ("name2", "cue2")
        spans = _merge(text, [(s, min(e, tail.start())) for s, e in draft.spans])
    elif head := _HEAD.match(text, start, end):
        tail, name, cue = head, "name", "cue"
        spans = _merge(text, [(max(s, head.end()), e) for s, e in draft.spans])
    else:
        return draft
    return replace(draft, spans=tuple(spans), cue=tail.span(cue), source=tail.span(name), relay=draft.source)


def _whole_headline(article: Article, draft: _Draft) -> _Draft:
    """Let a content in a headline run to the headline's end, if neither cue nor source stands there."""
    start, end = draft.spans[-1]
    headline = next((r for r in article.regions if r.kind == "headline" and r.start <= start < r.end), None)
    if headline is None or any(s and s[0] >= end for s in (draft.cue, draft.source)):
        return draft
    return replace(draft, spans=(*draft.spans[:-1], (start, headline.end)))


def _issuer(text: str, draft: _Draft) -> _Draft:
    """Where the source is a document that somebody issues ("members adopted a resolution demanding"), take who does."""
    if not draft.source or not _DOCUMENT.fullmatch(text, *draft.source):
        return draft
    before = text[max(0, draft.source[0] - 120) : draft.source[0]]
    match = _ISSUED.search(before)
    if not match:
        return draft
    shift = draft.source[0] - len(before)
    return replace(draft, source=(match.start("name") + shift, match.end("name") + shift))


def _content(text: str, draft: _Draft) -> str:
    return " … ".join(text[s:e] for s, e in draft.spans)


def _touched(span: Span, drafts: Iterable[_Draft]) -> bool:
    return any(_overlap(span, s) for d in drafts for s in d.spans)


def _overlap(a: Span, b: Span) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def _within(span: Span, start: int, end: int) -> bool:
    return start <= span[0] and span[1] <= end


def _inside(span: Span, regions: Iterable[Span]) -> bool:
    return any(s <= span[0] < e for s, e in regions)
