"""Reads the words beside a content that say who spoke and how: "…, X said", "X said:", "according to Y", "never said".

These are rules on the words alone. They serve where the network leaves something open: quotations that it passed over,
second hands, denials, and documents that somebody issues.
"""

from __future__ import annotations

import re
from dataclasses import replace

from toolkit.drafts import Draft
from toolkit.records import Span
from toolkit.stretches import merge

_RELAYED = r"(?:according to|as (?:quoted|cited|reported|relayed|recounted|told) by)"
_RELAY = re.compile(_RELAYED, re.IGNORECASE)
_SECOND_HAND = re.compile(rf",?\s*{_RELAYED}\s+(?P<name>[^,.;:!?()\n“”\"«»]{{2,80}})")
_SAID = (
    r"(?:said|says|told [\w ]{1,30}?|added|adds|argued|argues|insisted|insists|stated|states|declared|declares|replied|"
    r"replies|answered|answers|wrote|writes|warned|warns|claimed|claims|asked|asks|explained|explains|tweeted|tweets|"
    r"posted|responded|responds|continued|continues|concluded|recalled|recalls|announced|announces|shouted|noted|notes)"
)
_NAMED = r"[^\W\d_][^,.;:\n“”\"«»]{1,80}?"
_TAIL = re.compile(
    rf"(?<=[,”\"»’'])\s*(?:(?P<name>{_NAMED})\s+(?P<cue>{_SAID})|(?P<cue2>{_SAID})\s+(?P<name2>{_NAMED}))[,\s]*$"
)
_HEAD = re.compile(rf"(?P<name>{_NAMED})\s+(?P<cue>{_SAID})(?=\s)")
_SPEAKER = (
    r"(?:(?:[Hh]e|[Ss]he|[Tt]hey|I|[Ww]e)|(?:(?:[Tt]he|[Aa]n?|[Hh]is|[Hh]er|[Tt]heir)\s)?"
    r"(?:(?:[^\W\d_][\w’'-]*|(?:Mr|Mrs|Ms|Dr|Gen|Sen|Rep|Gov|Lt|Col|Maj|Capt|Sgt|Prof|Rev|St|Hon|Amb|[A-Z])\.)\s){0,5}?"
    r"[^\W\d_][\w’'-]*)"
)
_BEHIND = re.compile(
    rf"\s?(?:(?P<name>{_SPEAKER})\s(?P<cue>{_SAID})|(?P<cue2>{_SAID})\s(?P<name2>{_SPEAKER}))(?=[.,;:]|\s[a-z]|\s?$)",
    re.MULTILINE,
)
_BEFORE = re.compile(rf"(?:^|[.!?,;]\s|[”\"»’']\s)\s*(?P<name>{_SPEAKER})\s(?:\w+ly\s)?(?P<cue>{_SAID})\s?[,:]\s?$")
_SMALL = frozenset([
    "a", "al", "an", "and", "at", "bin", "da", "de", "del", "den", "der", "di", "du", "el", "for", "ibn", "in",
    "la", "le", "of", "on", "or", "s", "the", "to", "van", "von", "with", "y",
])  # fmt: skip
"""Words that a name and its office may hold in small letters."""
_PRONOUNS = frozenset(["he", "she", "they", "i", "we"])
_ARTICLES = frozenset(["the", "a", "an", "his", "her", "their"])
_INTRODUCING = re.compile(
    rf"(?:^|[.!?]\s+|[”\"»]\s+)(?:[^.!?:\n]{{1,120}},\s+)?(?P<name>[^\W\d_][^.!?:;,\n“”\"«»]{{0,60}}?)\s+"
    rf"(?:(?:also|then|later|has|have|had|further|\w+ly)\s+)*(?P<cue>{_SAID}|reads?)"
    r"(?:\s+(?:in|on|to|at|during|from|by|last|this|that|as|with)\s[^.!?:\n]{1,80}|,[^.!?:\n]{1,80})?\s?(?P<colon>:)\s*$"
)
_DOCUMENT = re.compile(
    r"(?:an?|the|its|their)\s+(?:[\w-]+\s+){0,2}(?:resolution|statement|declaration|communiqué|motion|decree|petition)"
)
_ISSUED = re.compile(
    r"(?P<name>[^\W\d_][^,.;:\n“”\"«»]{1,80}?)\s+(?:(?:has|have|had|also|jointly|unanimously|recently)\s+)*"
    r"(?:adopted|passed|approved|issued|signed|released|published|tabled)\s+$"
)
_NEGATED = re.compile(
    r"n[’']t\b|\b(?:never|not|denied|denies|deny|denying|refused to say|without (?:saying|claiming))\b", re.IGNORECASE
)


def named(words: str) -> bool:
    """Tell whether words may be a name with its office: every longer one capitalised, up to the first comma."""
    parts = re.findall(r"[^\W\d_]+", words.split(",")[0])
    proper = [p for p in parts if p[0].isupper() or not p[0].islower()]
    return bool(proper) and len(parts) <= 9 and all(p in _SMALL for p in parts if p not in proper)


def speaker_behind(text: str, position: int, end: int) -> tuple[Span, Span] | None:
    """Give source and cue where "X said" or "said X" follows a quotation at once, or None.

    Args:
        text: The text.
        position: Where the quotation ends.
        end: Where its paragraph ends.
    """
    match = _BEHIND.match(text, position, min(end, position + 160))
    if not match:
        return None
    name, cue = ("name", "cue") if match["name"] else ("name2", "cue2")
    return (match.span(name), match.span(cue)) if _speaks(match[name]) else None


def speaker_before(text: str, start: int, position: int) -> tuple[Span, Span] | None:
    """Give source and cue where "X said:" or "X said," stands right before a quotation, or None.

    Args:
        text: The text.
        start: Where the quotation's paragraph starts.
        position: Where the quotation starts.
    """
    base = max(start, position - 160)
    match = _BEFORE.search(text[base:position])
    if not match or not _speaks(match["name"]):
        return None
    return _shifted(match.span("name"), base), _shifted(match.span("cue"), base)


def _speaks(name: str) -> bool:
    """Tell whether words name somebody: a pronoun, a name, or a phrase with an article."""
    first = name.split()[0].lower()
    return name.lower() in _PRONOUNS or named(name) or (first in _ARTICLES and " " in name)


def introduction(text: str, start: int, end: int) -> tuple[Span, Span, Span] | None:
    """Give source, cue and colon where a paragraph ends with "…, X wrote in a letter:", or None."""
    base = max(start, end - 320)
    match = _INTRODUCING.search(text[base:end])
    if not match or len(match["name"].split()) > 8:
        return None
    found = [_shifted(match.span(part), base) for part in ("name", "cue", "colon")]
    return found[0], found[1], found[2]


def _shifted(span: Span, by: int) -> Span:
    return span[0] + by, span[1] + by


def is_negated(text: str, draft: Draft) -> bool:
    """Tell whether the cue denies the attribution ("never said", "denied that")."""
    if draft.cue is None:
        return False
    start = draft.cue[0]
    said = max((end for _, end in draft.spans if end <= start), default=0)
    before = text[max(said, start - 25) : start]
    near = " ".join(re.split(r"[.,;:!?\n“”\"«»]", before)[-1].split()[-2:])
    return bool(_NEGATED.search(f"{near} {text[slice(*draft.cue)]}"))


def second_hand(text: str, draft: Draft) -> str | None:
    """Give the name after "according to" behind an attribution that has a source and cue of its own."""
    if draft.relay:
        return text[slice(*draft.relay)]
    if not (draft.cue and draft.source):
        return None
    end = max(draft.cue[1], draft.source[1])
    match = _SECOND_HAND.match(text, end)
    return match["name"].strip() if match else None


def first_hand(text: str, draft: Draft) -> Draft:
    """Where a content that Y relays ("according to Y") is itself "…, X said" or "X said …", give it to X."""
    start, end = draft.extent
    if not (draft.cue and _RELAY.fullmatch(text[slice(*draft.cue)])) or "\n" in text[start:end]:
        return draft
    end = max(end, draft.cue[0])
    if tail := _TAIL.search(text[start:end]):
        name, cue = ("name", "cue") if tail["name"] else ("name2", "cue2")
        said = _shifted(tail.span(), start)
        spans = merge((s, min(e, said[0])) for s, e in draft.spans)
        source, words = _shifted(tail.span(name), start), _shifted(tail.span(cue), start)
    elif head := _HEAD.match(text, start, end):
        source, words = head.span("name"), head.span("cue")
        spans = merge((max(s, head.end()), e) for s, e in draft.spans)
    else:
        return draft
    return replace(draft, spans=spans, cue=words, source=source, relay=draft.source) if spans else draft


def issuer(text: str, draft: Draft) -> Draft:
    """Where the source is a document that somebody issues ("members adopted a resolution demanding"), take who does."""
    if not draft.source or not _DOCUMENT.fullmatch(text, *draft.source):
        return draft
    before = text[max(0, draft.source[0] - 120) : draft.source[0]]
    match = _ISSUED.search(before)
    return replace(draft, source=_shifted(match.span("name"), draft.source[0] - len(before))) if match else draft
