"""Reported votes: what was put to the vote, where and when, how it ended, and how named states voted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from toolkit.motions import find_bodies, find_day, find_subject, voting_body
from toolkit.records import Article, Mention, Span, Vote
from toolkit.sentences import sentence_spans, sentence_tokenizer
from toolkit.tallies import Tally, find_tallies, one_of, spaced
from toolkit.voters import NamedVote, find_named_votes, find_names, may_name_votes

ASSEMBLY, COUNCIL = "UN General Assembly", "UN Security Council"

REACH = 2
"""How many sentences before a count (or after a named vote) may tell what was put to the vote."""

MEMORY = 8
"""How many sentences back a named vote may refer to what was put to the vote."""

LONGEST = 2000
"""Characters of the longest sentence that is read; what is longer is a list or a table."""

_BROKEN_LINE = re.compile(r"(?<=[\w,’'”])[ \t]*\n(?=[ \t]*[a-z\d(])|(?:(?<=,)|(?<=\bthe)|(?<=\bof))[ \t]*\n(?=\S)")
_DECIDES = spaced(rf"{one_of('decided')}|\bvot(?:e|es|ed|ing)\b|\bveto")
_SHORT_BODY = spaced(
    r"\bthe (?:[\w-]+ )?(?P<body>assembly|council|parliament|board|committee|senate|congress|commission|house)\b"
)
_UN_MEMBERS = spaced(one_of("un_members"))


@dataclass(frozen=True)
class _Sentence:
    """What one sentence says of a vote."""

    span: Span
    body: str | None
    date: str | None
    subject: str | None
    decides: bool


@dataclass(frozen=True)
class _Motion:
    """Something that was put to the vote, and the sentences that tell of it."""

    first: int
    last: int
    body: str | None
    date: str | None
    subject: str | None
    tally: Tally | None = None


def find_votes(article: Article, mentions: Iterable[Mention], sentences: Sequence[Span] | None = None) -> list[Vote]:
    """Find the votes that an article reports.

    Args:
        article: The article; captions, bylines and site furniture are left out.
        mentions: Its mentions of actors; voters without a mention are found by their capital letters.
        sentences: Offsets of its sentences, where they are known; else they are found.

    Returns:
        One row for each count of votes (``voter`` and ``vote`` are None) and one for each named voter, in text order.
        What the headline reports is left out where the body reports it too.
    """
    text, spans = article.text, _sentence_spans(article, sentences)
    tallies = find_tallies(text, spans)
    if not tallies and not may_name_votes(text):
        return []
    bodies = [find_bodies(text[start:end]) for start, end in spans]
    places = [(start + s, start + e) for (start, _), found in zip(spans, bodies, strict=True) for (s, e), _ in found]
    named = find_named_votes(text, spans, find_names(text, spans, mentions, places))
    ends = sorted([*(tally.start for tally in tallies), *(vote.start for vote in named)])
    told: list[_Sentence] = []
    named_last: dict[str, str] = {}
    for span, found in zip(spans, bodies, strict=True):
        words = text[slice(*span)]
        subject = find_subject(words, [end - span[0] for end in ends if span[0] < end < span[1]], found)
        body = _full_name(voting_body(words, found, subject), words, named_last)
        named_last |= dict.fromkeys((body or "").lower().split(), body or "")
        told.append(
            _Sentence(
                span=span,
                body=body,
                date=find_day(words, subject, article.date),
                subject=words[slice(*subject)] if subject else None,
                decides=bool(_DECIDES.search(words)),
            )
        )
    motions = _motions(text, told, tallies)
    rows = [_count_row(article, motion, told) for motion in motions if motion.tally]
    return _unique(article, rows + [_voter_row(article, vote, told, motions) for vote in named])


def _sentence_spans(article: Article, sentences: Sequence[Span] | None) -> list[Span]:
    """Give the sentences of headline and body; a sentence that is broken into lines is one."""
    if sentences is not None and not _BROKEN_LINE.search(article.text):
        in_text = [(s, e) for s, e in sentences if e - s <= LONGEST]
        return [(s, e) for s, e in in_text if article.section(s) in ("body", "headline")]
    edges = sorted({0, len(article.text), *(edge for r in article.regions for edge in (r.start, r.end))})
    spans = []
    for start, end in pairwise(edges):
        if article.section(start) in ("body", "headline"):
            part = _BROKEN_LINE.sub(lambda broken: " " * len(broken.group()), article.text[start:end])
            found = sentence_spans(sentence_tokenizer()(part))
            spans += [(start + s, start + e) for s, e in found if e - s <= LONGEST]
    return spans


def _full_name(body: str | None, words: str, named_last: Mapping[str, str]) -> str | None:
    """Name the body that "the council" or "the Assembly" refers to: the latest one whose name has that word.

    Args:
        body: The body that the sentence names, as printed, or None.
        words: The sentence.
        named_last: By each word, the latest body whose name has it.
    """
    if body is not None and " " in body:
        return body
    for reference in _SHORT_BODY.finditer(words):
        if reference["body"].lower() in named_last:
            return named_last[reference["body"].lower()]
    return body


def _motions(text: str, sentences: Sequence[_Sentence], tallies: Sequence[Tally]) -> list[_Motion]:
    """Tie each count to the sentences that tell what was voted on, and list the decisions that have no count."""
    counted = [_counted(text, sentences, tallies, tally) for tally in tallies]
    told = {index for motion in counted for index in range(motion.first, motion.last + 1)}
    bare = [
        _Motion(index, index, s.body, s.date, s.subject)
        for index, s in enumerate(sentences)
        if index not in told and s.decides and (s.subject or s.body)
    ]
    return sorted(counted + bare, key=lambda motion: (motion.last, motion.first))


def _counted(text: str, sentences: Sequence[_Sentence], tallies: Sequence[Tally], tally: Tally) -> _Motion:
    """Find body, day and subject of a count in its own sentence, else in those just before, else in the next."""
    own = range(tally.first, tally.last + 1)
    other = {index for t in tallies if t is not tally for index in range(t.first, t.last + 1)}
    before = range(tally.first - 1, max(-1, tally.first - 1 - REACH), -1)
    reach = [*own, *_until(before, other)]
    following = [i for i in (tally.last + 1,) if i < len(sentences) and i not in other and _goes_on(text, sentences[i])]
    subject = _first(sentences, "subject", [*reach, *following])
    day = _first(sentences, "date", reach)
    body = _first(sentences, "body", [*own, *before])
    sources = [index for index in (subject, day) if index is not None and index < tally.first]
    name = sentences[body].body if body is not None else _only_body(text, sentences, [*own, *before], tally)
    return _Motion(
        first=min([tally.first, *sources]),
        last=tally.last,
        body=name,
        date=None if day is None else sentences[day].date,
        subject=None if subject is None else sentences[subject].subject,
        tally=tally,
    )


def _until(indices: Iterable[int], stops: set[int]) -> list[int]:
    """Give the indices up to the first that is a stop."""
    kept: list[int] = []
    for index in indices:
        if index in stops:
            break
        kept.append(index)
    return kept


def _goes_on(text: str, sentence: _Sentence) -> bool:
    """Tell whether a sentence goes on about the resolution: "The text also urges ..."."""
    return bool(re.match(r"(?:The|It|This)\b", text[slice(*sentence.span)])) and sentence.subject is not None


def _first(sentences: Sequence[_Sentence], attribute: str, indices: Iterable[int]) -> int | None:
    return next((i for i in indices if getattr(sentences[i], attribute) is not None), None)


def _only_body(text: str, sentences: Sequence[_Sentence], near: Iterable[int], tally: Tally) -> str | None:
    """Name the body of a count that stands without one, where the article leaves no choice.

    "Member states" and "the UN" are the General Assembly where more voted than sit in any other body of the United
    Nations (54), or where the article names the Assembly and not the Security Council.
    """
    named = {sentence.body for sentence in sentences} - {None}
    by_members = any(_UN_MEMBERS.search(text[slice(*sentences[index].span)]) for index in near)
    if by_members and (sum(tally.sides.values()) > 54 or (ASSEMBLY in named and COUNCIL not in named)):
        return ASSEMBLY
    return named.pop() if len(named) == 1 else None


def _count_row(article: Article, motion: _Motion, sentences: Sequence[_Sentence]) -> Vote:
    """Make the row of a count; its evidence runs from the sentence that names the motion to the one that counts."""
    assert motion.tally is not None
    return Vote(
        article_id=article.article_id,
        body=motion.body,
        date=motion.date,
        subject=motion.subject,
        in_favour=motion.tally.in_favour,
        against=motion.tally.against,
        abstained=motion.tally.abstained,
        voter=None,
        vote=None,
        start=sentences[motion.first].span[0],
        end=sentences[motion.last].span[1],
    )


def _voter_row(article: Article, vote: NamedVote, sentences: Sequence[_Sentence], motions: Sequence[_Motion]) -> Vote:
    """Make the row of a named voter, with the motion that the sentence names or refers to."""
    here, sentence = vote.sentence, sentences[vote.sentence]
    motion = next((m for m in motions if m.first <= here <= m.last and (m.subject or m.tally)), None)
    if motion is None and not sentence.subject:
        earlier = [m for m in motions if here - MEMORY <= m.last < here]
        later = [m for m in motions if here < m.first <= here + REACH]
        near = [*reversed(earlier), *later]
        motion = next((m for m in near if m.subject or m.tally), next(iter(near), None))
    return Vote(
        article_id=article.article_id,
        body=sentence.body or (motion.body if motion else None),
        date=sentence.date or (motion.date if motion else None),
        subject=sentence.subject or (motion.subject if motion else None),
        in_favour=None,
        against=None,
        abstained=None,
        voter=vote.voter,
        vote=vote.vote,
        start=vote.start,
        end=vote.end,
    )


def _unique(article: Article, votes: Iterable[Vote]) -> list[Vote]:
    """Drop rows that say again what another row says; the body goes before the headline."""
    kept: list[Vote] = []
    for vote in sorted(votes, key=lambda v: (article.section(v.start) == "headline", v.start, v.voter or "")):
        is_headline = article.section(vote.start) == "headline"
        if not any(_says_again(vote, other, is_headline=is_headline) for other in kept):
            kept.append(vote)
    return sorted(kept, key=lambda v: (v.start, v.voter or "", v.vote or ""))


def _says_again(vote: Vote, other: Vote, *, is_headline: bool) -> bool:
    """Tell whether a row repeats another: same counts or same voter and vote, and nothing that differs."""
    if _counts_and_voter(vote) != _counts_and_voter(other):
        return False
    pairs = [(vote.date, other.date)] if is_headline else [(vote.date, other.date), (vote.subject, other.subject)]
    return all(a is None or b is None or a == b for a, b in pairs)


def _counts_and_voter(vote: Vote) -> tuple[object, ...]:
    return vote.in_favour, vote.against, vote.abstained, vote.voter, vote.vote
