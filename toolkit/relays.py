"""Second hands: who passes on what another one said ("Y quoted X as saying", "…, Y reported, citing X").

The quotes keep the source that was found; here it is read who of the two speaks and who only passes the words on. These
are rules on the words around a source and its cue, in its sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from toolkit.names import WORDS, plain
from toolkit.records import Quote, Span
from toolkit.salience import Scene, content_span
from toolkit.sources import LONGEST_SOURCE, Phrase, speaker_words, words_in

_NAME = r"[^,;:!?()\n“”\"«»\0]{2,90}?"
_STOP = (
    r"(?=\s+(?:as|that|on|in|at|last|this|saying|when|after|before|during|who|which|while|for|and\s+(?:said|added))\b"
    r"|\s*[,.;:!?()“”\"«»\0]|\s*$|\n|['’‘]\s)"
)
_SAYING = r"(?:said|says|told|tells|stated|insisted|warned|vowed)"
_HAS = r"(?:(?:has|have|had)\s+)?"
_QUOTING = re.compile(rf"\s+(?P<who>{_NAME})\s+as\s+(?:having\s+)?\w+ing\b", re.IGNORECASE)
_QUOTES = re.compile(r"(?<!\w)(?:quot|cit)(?:ed|es|ing)\b", re.IGNORECASE)
_PASSIVE = re.compile(
    rf"(?:^|[,“”\"«»’‘'.;:\0]\s*|\bthat\s)(?P<who>{_NAME}),?\s+(?:(?:(?:was|were|is|are|has\sbeen|have\sbeen|had\sbeen)\s+)"
    rf"(?:\w+ly\s+)?)?(?P<cue>quoted|cited)\s+(?:as\s+\w+ing\s+)?(?:by\s+(?P<via>{_NAME}){_STOP})?",
    re.IGNORECASE,
)
_REPORTS = re.compile(rf"{_HAS}report(?:ed|s|ing)?", re.IGNORECASE)
_TOLD_FIRST = re.compile(rf"(?:that\s+)?(?P<who>{_NAME})\s+{_HAS}{_SAYING}\b")
_TOLD_LAST = re.compile(rf",[”\"»’']?\s+(?P<who>{_NAME})\s+{_HAS}(?:said|says)[,\s]*$")
_CITING = re.compile(rf"\s*,?\s+(?:citing|quoting)\s+(?P<who>{_NAME}){_STOP}", re.IGNORECASE)
_CITING_FIRST = re.compile(rf"(?:^|[.!?“”\0]\s*)(?:Citing|Quoting)\s+(?P<who>{_NAME}),\s+(?:the\s+)?$")
_CARRIED = re.compile(
    r"\b(?:carried|published|broadcast|televised|aired|quoted|cited|reported|relayed|seen|obtained|reviewed)\s+"
    rf"(?:live\s|\w+ly\s|on\s\w+day\s|\w+day\s)?(?:by|on|in)\s+(?P<via>{_NAME}){_STOP}"
)
_PER = re.compile(rf",\s+(?:per|via)\s+(?P<via>{_NAME}){_STOP}")
_REPORTED = re.compile(rf",[”\"»’']?\s+(?P<via>{_NAME})\s+{_HAS}report(?:ed|s)\b")
_REPORTED_LAST = re.compile(rf",[”\"»’']?\s+report(?:ed|s)\s+(?P<via>{_NAME}){_STOP}")
_AGENCY_LINE = re.compile(rf"\s*(?::|\s[-–—])\s+(?P<via>{_NAME})[ \t]*$")
_ACCORDING = re.compile(rf"according\s+to\s+(?P<via>{_NAME}){_STOP}", re.IGNORECASE)
_THROUGH = re.compile(
    r"\b(?:through|via)\s+(?:an?|the|his|her|its|their)\s+(?:\w+\s)?(?P<noun>spokes(?:man|woman|person)|lawyers?|attorney|aide"
    r"|representative|publicist)\b"
)


PEOPLE = frozenset(["source", "people", "person", "he", "she", "him", "her", "they", "them"])
"""Words for somebody who may be cited, besides titles and bodies."""


@dataclass(frozen=True)
class Hands:
    """Where the one who speaks and the one who passes the words on are named.

    Attributes:
        speaker: Who speaks.
        relay: Who passes it on.
    """

    speaker: Span
    relay: Span


def quoted_by(scene: Scene, quote: Quote) -> Hands | None:
    """Tell the two apart where the source is the one that quotes, reports or cites another; None where it is not.

    Args:
        scene: The article.
        quote: A quote; one without source and cue has no second hand here.
    """
    if quote.source_start is None or quote.source_end is None or quote.cue_start is None or quote.cue_end is None:
        return None
    source = (quote.source_start, quote.source_end)
    text, end = scene.text, max(quote.source_end, quote.cue_end)
    begin, stop = frame(scene, quote)
    quoting = _QUOTES.search(text, quote.cue_start, quote.cue_end)
    for match in _PASSIVE.finditer(text[begin:stop]) if quoting else ():
        if match["via"] and quote.cue_start <= begin + match.start("cue") < quote.cue_end:
            return Hands(_at(match, "who", begin), _at(match, "via", begin))
    if source[1] <= quote.cue_start and quoting:
        cited_as = _QUOTING.match(text, quote.cue_end, stop)
        return (
            Hands(_at(cited_as, "who"), source)
            if cited_as and not _has_own(scene, quote, cited_as.start("who"))
            else None
        )
    phrase = scene.phrase(*source)
    if not (is_outlet(phrase) or _REPORTS.search(text, quote.cue_start, quote.cue_end)):
        return None
    if cited := _CITING.match(text, end, stop) or _CITING_FIRST.search(text[begin : source[0]]):
        who = _at(cited, "who", begin if cited.re is _CITING_FIRST else 0)
        return Hands(who, source) if _somebody(scene, who) else None
    return _inside(scene, quote, source)


def _inside(scene: Scene, quote: Quote, source: Span) -> Hands | None:
    """The speaker whom a reported content names first or last ("X said it rained, Y reported")."""
    (start, first_end), (last_start, last_end) = quote.spans[0], quote.spans[-1]
    told = _TOLD_FIRST.match(scene.text, start, first_end)
    told = told or _TOLD_LAST.search(scene.text, max(last_start, last_end - 120), last_end)
    if not told or _has_own(scene, quote, told.start("who")):
        return None
    who = _at(told, "who")
    return Hands(who, source) if _somebody(scene, who) else None


def relays(scene: Scene, quote: Quote) -> Iterator[Span]:
    """Give where somebody may be named who passes on what the source said, the likeliest first.

    Args:
        scene: The article.
        quote: A quote with a source that is itself the one who speaks.
    """
    if quote.source_start is None or quote.source_end is None:
        return
    begin, stop = frame(scene, quote)
    shown = list(scene.text[begin:stop])
    for s, e in quote.spans:
        shown[max(s - begin, 0) : max(e - begin, 0)] = "\0" * len(shown[max(s - begin, 0) : max(e - begin, 0)])
    line = "".join(shown)
    end = max(quote.source_end, quote.cue_end or 0) - begin
    own = next((q.source_start for q in _others(scene, quote) if q.source_start and q.source_start - begin > end), stop)
    for pattern in (_CARRIED, _PER, _REPORTED, _REPORTED_LAST):
        for match in pattern.finditer(line):
            before = match.end() <= quote.source_start - begin
            if (before and pattern is _CARRIED) or end - 1 <= match.start() < own - begin:
                yield _at(match, "via", begin)
    last = line.find("\n", end)
    line_end = _AGENCY_LINE.match(line, end, last if last >= 0 else len(line))
    if line_end and is_outlet(scene.phrase(*_at(line_end, "via", begin))):
        yield _at(line_end, "via", begin)


def according_to(scene: Scene, quote: Quote) -> Span | None:
    """Where "according to X" stands right behind a quote that has another source."""
    _, end = content_span(quote)
    lead = re.compile(r"[”\"’',.\s]*(?:(?:on\s)?\w+,\s)?").match(scene.text, end)
    match = _ACCORDING.match(scene.text, lead.end() if lead else end, end + 200)
    return _at(match, "via") if match else None


def spoken_through(scene: Scene, quote: Quote) -> str | None:
    """The noun for whom the source speaks through ("said through a spokeswoman"), or None."""
    if quote.source_start is None or quote.source_end is None:
        return None
    end = max(quote.source_end, quote.cue_end or 0)
    match = _THROUGH.search(scene.text, quote.source_start, min(end + 40, scene.bounds(end - 1)[1]))
    return match["noun"] if match else None


def is_outlet(phrase: Phrase) -> bool:
    """Whether a source is a newspaper, an agency or a broadcaster, by its name or by the word for it."""
    lists = speaker_words()
    name = plain(phrase.named.actor if phrase.named else phrase.core).lower()
    last = name.split()[-1:] or [""]
    said_to_be = frozenset(lists["kinds_of_outlets"]) & {phrase.head, *words_in(phrase.core)[-1:]}
    return name in lists["outlets"] or bool(said_to_be) or last[0] in WORDS.news_ends


def frame(scene: Scene, quote: Quote) -> Span:
    """First and last character of the sentences in which a quote's source and cue stand."""
    points = [p for p in (quote.source_start, quote.cue_start) if p is not None]
    ends = [p for p in (quote.source_end, quote.cue_end) if p is not None]
    begin, end = scene.bounds(min(points))[0], scene.bounds(max(ends) - 1)[1]
    return max(begin, min(points) - LONGEST_SOURCE), min(end, max(ends) + LONGEST_SOURCE)


def _at(match: re.Match[str] | None, group: str, shift: int = 0) -> Span:
    start, end = match.span(group) if match else (0, 0)
    return start + shift, end + shift


def _others(scene: Scene, quote: Quote) -> Iterator[Quote]:
    begin, stop = frame(scene, quote)
    return (q for q in scene.with_source(begin, stop) if q is not quote and q.source_start != quote.source_start)


def _has_own(scene: Scene, quote: Quote, start: int) -> bool:
    """Whether another quote has the words at a place for its source."""
    return any((q.source_start or 0) <= start < (q.source_end or 0) for q in _others(scene, quote))


def _somebody(scene: Scene, span: Span) -> bool:
    """Whether words stand for somebody: a name, or a word for people who speak ("officials", "people close to")."""
    phrase, lexicon = scene.phrase(*span), scene.lexicon
    nouns = lexicon.titles | lexicon.descriptors | lexicon.bodies | lexicon.institutions | PEOPLE
    return phrase.named is not None or bool(nouns & {phrase.head, *phrase.words[:1], *phrase.words[-1:]})
