"""Named voters: who is reported to have voted for or against, to have abstained, vetoed or stayed away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from toolkit.dates import DATE, MONTH_DAY
from toolkit.records import Mention, Span
from toolkit.stretches import Placed, Used
from toolkit.tallies import NUMBER, THING, WORDS, one_of, spaced

_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_DAY = (
    rf"(?:on )?(?:late |early )?(?:{_WEEKDAY}|{DATE}|{MONTH_DAY})(?: (?:night|morning|evening|afternoon))?"
    r"|last week|yesterday"
)
_ADVERBS = rf"(?:,? (?:{one_of('adverbs')}|[a-z]+ly|{_DAY}),?)*"
_THE_VOTE = (
    rf"(?: (?:of )?(?:the|a|an|this|that|both|all|either) (?:[^\W\d][\w’'.-]* ){{0,5}}?(?:{THING}|vote)| (?:of )?it\b)?"
)
_VOTED_ON = spaced(_THE_VOTE)
_WITH = r"(?: (?:its|their|an?|the|his|her)(?: [a-z-]+)?)?"

_OPPOSED_OBJECT = rf"(?: it\b| (?:the|a|an|this|that) (?:[\w’'-]+ ){{0,4}}?{THING}|[,.;]| and\b| but\b|$)"

# What is said of a voter, one group a kind of vote; the bare forms need "among those to ..." before them.
_VERB = spaced(
    # voted for, cast its vote against
    rf"\b(?:(?:vot(?:ed|es|ing|(?P<bare_vote>e))|cast{_WITH} (?:vote|ballot)s?)(?: [a-z]+ly)? (?:"
    r"(?P<for>in favou?r(?: of)?|in support(?: of)?|for|[“\"]?yes\b[”\"]?)|(?P<against>against|[“\"]?no\b[”\"]?))"
    # voted to adopt the resolution
    rf"|(?P<yes>vot(?:ed|es|ing) to (?:adopt|approve|support|endorse|back|pass)(?= (?:[a-z-]+ ){{1,4}}?{THING}))"
    rf"|(?P<no>vot(?:ed|es|ing) to (?:reject|oppose|block)(?= (?:[a-z-]+ ){{1,4}}?{THING})"
    # cast the lone no vote, vetoed, used its veto
    rf"|cast{_WITH} (?:[a-z-]+ )?[“\"]?(?:no|dissenting|negative|opposing)[”\"]? votes?|vetoe[ds]\b|vetoing\b"
    rf"|(?:us|exercis|wield)(?:ed|es|ing){_WITH} (?:right of )?veto(?: power)?)"
    r"|(?P<veto>veto\b(?! power| right| threat))"
    rf"|(?P<opposed>oppos(?:ed|es|ing)\b(?={_OPPOSED_OBJECT}))"
    r"|(?P<abstained>abst(?:ained|ains|aining|(?P<bare_abstain>ain))\b"
    r"(?! from (?!voting|the (?:[a-z-]+ )?vote|a vote|the ballot))(?: from (?:voting|the vote))?)"
    rf"|(?P<absent>{one_of('absences')}|(?:did not|didn[’']t) vote\b(?! (?:for|against|in))))"
)
_KINDS = {"yes": "for", "no": "against", "veto": "against", "opposed": "against"}
_COUNT_BEFORE = spaced(rf"{NUMBER} $")
_VOTING = spaced(r"\bvot(?:e|es|ed|ing)\b|\babst|\bveto|\d ?[-–] ?\d")

# Between the voter and the verb.
_OF = r"(?: of (?:the )?(?-i:[A-Z])[\w’'-]*(?: (?-i:[A-Z])[\w’'-]*)*)?"
_OTHERS = rf"(?:,? and {NUMBER} (?:others|(?:other|more) [a-z]+))?"
_AND_OTHERS = spaced(rf",? and {NUMBER} (?:other|more)")
_ENVOY = rf"(?: (?:UN|U\.N\.|deputy|acting|chief))*(?: {one_of('envoys')}(?: (?-i:[A-Z])[\w’'-]+){{0,3}})?"
_ASIDE = r"(?:,? (?:an?|its|which|who|whose|one of|the|long|once|home to)\b[^,;.]{2,80},)?"
_PLAIN = spaced(
    rf"{_OF}{_OTHERS}(?:[’']s?)?{_ENVOY}{_ASIDE}{_ADVERBS}(?: (?:chose|opted|decided|preferred|elected) to)? "
)
_CLOSED = spaced(rf" ?(?:[–—),]| -){_ADVERBS} ")
_OPENED = spaced(r"(?:[–—(:,]| -) ?(?:the )?$")
_AMONG = spaced(
    rf"{_OF}{_ADVERBS} (?:was|were|is|are)(?: also)? (?:among|one of|part of|the (?:only|sole|lone))\b[^,.;]{{0,80}}?"
    r"(?: (?:to|that|which|who|in)(?: have| had)?)? "
)
_JOINED = spaced(rf"{_OF}{_ADVERBS}(?P<joined> joined )[^.;]{{2,120}} in ")
_SAID = spaced(
    r"(?:[’']s?)?[^.;“”\"]{0,80}? (?:said|says|explained|added|argued|announced|stressed|told [^,;]{2,40}?),?(?: that)?"
    rf" (?:it|they|(?:his|her|its|their|the) (?:country|government|delegation)){_ADVERBS} "
)
_PRONOUN = spaced(
    r"(?:it|they|the (?:[a-z-]+ )?(?:country|countries|kingdom|republic|nations?|states?|island|government))"
    rf"{_ADVERBS} "
)
_UNREAL = spaced(r"\b(?:if|unless|whether|should|nor|neither|without|not|urged|asked|persuaded?)(?: (?:the|that))? $")
_BY_VETO = spaced(r"\b(?:by|after|with|over|despite|to|of|following|through)(?: (?:an?|the|another))? $")

# Lists of voters.
_AND = spaced(
    rf"{_OF}(?:(?:[’']s?)?(?:,|,? and|,? as well as|,? along with|,? together with|,? joined by| &)"
    r"(?: (?:the|its|neighbou?ring|fellow|then|even|finally|also|ally|allies))*) "
)
_HEAD = rf"(?:those|countries|states|members|nations|ones|others|delegations|lawmakers|senators|{NUMBER}|among)\b"
_NAMELY = (
    r"(?: ?[:(–—]|,? (?:were|was|are|is|includ(?:ed|es?|ing)|among them|namely|such as|(?:came )?from|like|being)\b"
    r"(?: only)? ?:?) ?"
)
_VOTERS = rf"(?: (?!{one_of('breaks')}|abst)[^\W\d][\w’'.-]*){{0,6}}?"
_LIST = spaced(
    rf"{_HEAD}{_VOTERS} (?:(?P<for>(?:vot(?:ing|ed|e) )?(?:in favou?r|for|yes))"
    r"|(?P<against>(?:vot(?:ing|ed|e) )?(?:against|no)|oppos(?:ed|ing|e)|dissenting)|(?P<abstained>abst[a-z]+)"
    rf"|(?P<absent>absent|not voting|did not vote)){_THE_VOTE}(?: it)?{_NAMELY}"
)
_OPENING = spaced(
    r"(?:voting (?:(?P<for>in favou?r|for|yes)|(?P<against>against|no))|(?P<no>opposed|against)|(?P<yes>in favou?r)"
    rf"|(?P<abstained>abstaining|abstentions)|(?P<absent>absent)){_THE_VOTE}(?: (?:were|was)| ?[:–—]) ?"
)
_BY = spaced(r"\bvetoed by (?:(?:the|its|both) )?")
_LIKEWISE = spaced(r",? (?:alongside|along with|together with|as did|as were|joined by) (?:(?:the|its) )?")
_THE = spaced(r"(?: ?(?:the|its|both|neighbou?ring)\b)* ?")

# Whether a vote of a body is meant, and not an election or a diet.
_FORUM = spaced(one_of("things", "forums"))
_ELECTORATE = spaced(one_of("electorates"))
_OBJECT = spaced(
    rf"^(?: of)?(?:[.,;:)–—]|$| ?[–—(]| (?:it|them|this|that|both)\b| (?:[^\W\d][\w’'.-]* ){{0,6}}?(?:{THING}|vote)"
    r"| (?:and|while|but|on|at|because|as|after|despite|alongside)\b)"
)

_CAPITAL = r"[A-ZÀ-ÖØ-ÞŁŠŽČ]"
_AND_STATES = (
    r"Bosnia and Herzegovina|Antigua and Barbuda|Trinidad and Tobago|S[aã]o Tom[eé] and Pr[ií]ncipe"
    r"|(?:St\.|Saint) Kitts and Nevis|(?:St\.|Saint) Vincent and the Grenadines"
)
_OF_STATE = (
    "(?:" + "|".join(rf"(?<={w}\s)" for w in ("Republic", "Kingdom", "States", "State", "Union")) + r")of\s(?:the\s)?"
)
_NAME = re.compile(
    rf"{_AND_STATES}|(?<![\w.-]){_CAPITAL}[\w’'-]*(?:\.(?=\w|\s{_CAPITAL}))?[\w.]*"
    rf"(?:(?:\s|-)(?:{_OF_STATE}|al-|el-|de\s(?:la\s)?|d[’'])?{_CAPITAL}[\w’'-]*)*"
)
_NO_NAMES = frozenset(WORDS["no_names"])


@dataclass(frozen=True)
class Name:
    """A stretch of text that may name a voter.

    Attributes:
        start: First character.
        end: One past the last character.
        voter: The full name.
        label: Label of the mention, or None where only the capital letters speak for a name.
    """

    start: int
    end: int
    voter: str
    label: str | None


@dataclass(frozen=True)
class NamedVote:
    """One voter and how they voted.

    Attributes:
        sentence: Index of the sentence.
        voter: Full name.
        vote: ``for``, ``against``, ``abstained`` or ``absent``.
        start: First character of the evidence.
        end: One past its last character.
    """

    sentence: int
    voter: str
    vote: str
    start: int
    end: int


def find_names(
    text: str, sentences: Sequence[Span], mentions: Iterable[Mention], bodies: Sequence[Span] = ()
) -> list[Name]:
    """List what may name a voter: mentions of states, organisations and people, else capitalised words.

    Args:
        text: The article's text.
        sentences: Offsets of its sentences.
        mentions: The article's mentions of actors.
        bodies: Where the bodies stand that vote; they are no voters.
    """
    mentions = list(mentions)
    voting = Used(len(text), bodies)
    names = [
        Name(m.start, m.end, m.actor, m.label)
        for m in mentions
        if m.label != "group" and m.actor.lower() not in _NO_NAMES and not voting.touches((m.start, m.end))
    ]
    taken = Used(len(text), [*((m.start, m.end) for m in mentions), *bodies])
    for start, end in sentences:
        for match in _NAME.finditer(text, start, end):
            name = _capitalised(match, at_start=match.start() == start)
            if name and not taken.touches((name.start, name.end)):
                names.append(name)
    return sorted(names, key=lambda n: (n.start, -n.end))


def _capitalised(match: re.Match[str], *, at_start: bool) -> Name | None:
    """Make a name of capitalised words, less the words that only begin the sentence."""
    start, words = match.start(), match.group()
    while words.split(" ")[0].lower() in _NO_NAMES:
        first, _, words = words.partition(" ")
        start, at_start = start + len(first) + 1, False
    words = re.sub(r"[’']s?$|\.$", "", words)
    is_one_word = at_start and " " not in words
    if not words or (is_one_word and re.search(r"(?:s|ing|ly|ed)$", words) and not _is_state(words)):
        return None
    return Name(start, start + len(words), words, None)


def _is_state(name: str) -> bool:
    import pycountry

    return any(name in (c.name, getattr(c, "common_name", "")) for c in pycountry.countries)


def may_name_votes(text: str) -> bool:
    """Tell whether a text has any of the words by which a voter's vote is reported."""
    return any(pattern.search(text) for pattern in (_VERB, _LIST, _BY, _OPENING))


def find_named_votes(text: str, sentences: Sequence[Span], names: Sequence[Name]) -> list[NamedVote]:
    """Find who is reported to have voted how.

    Args:
        text: The article's text.
        sentences: Offsets of its sentences.
        names: What may name a voter, from ``find_names``.

    Returns:
        One row a voter, in text order.
    """
    votes = []
    placed = Placed(((n.start, n.end), n) for n in names)
    for index, (start, end) in enumerate(sentences):
        near = " ".join(text[s:e] for s, e in sentences[max(0, index - 3) : index + 2])
        if _ELECTORATE.search(text[start:end]) or not _FORUM.search(near):
            continue
        here = [n for _, n in placed.starting(start, end) if n.end <= end]
        earlier = [n for _, n in placed.starting(*sentences[index - 1])] if index else []
        for voters, vote, first, last in _in_sentence(text, (start, end), here, earlier):
            votes += [NamedVote(index, n.voter, vote, first, last) for n in voters]
    return sorted(set(votes), key=lambda v: (v.start, v.voter))


_Found = tuple[list[Name], str, int, int]
"""Voters, their vote, and the offsets of the evidence."""


def _in_sentence(text: str, sentence: Span, names: list[Name], earlier: list[Name]) -> Iterator[_Found]:
    """Find the voters of one sentence: before the verb, after it, and in lists."""
    start, end = sentence
    for verb in _VERB.finditer(text, start, end):
        if _COUNT_BEFORE.search(text[start : verb.start()]):
            continue
        vote = _kind(verb)
        if verb["for"] or verb["against"]:
            after = text[verb.end() : end]
            if not _OBJECT.search(after) and not _FORUM.search(re.split(r"[,.;:]\s", after)[0]):
                continue
        if verb["opposed"] and not _VOTING.search(text, start, end):
            continue
        voted_on = _VOTED_ON.match(text, verb.end(), end)
        object_end = voted_on.end() if voted_on else verb.end()
        voters = _before(text, start, verb, names) or _pronoun(text, start, verb, earlier)
        if not voters:
            continue
        likewise = _LIKEWISE.match(text, object_end, end)
        more = _list_from(text, likewise.end(), names) if likewise else []
        first = min(max(start, n.start) for n in voters)
        yield voters + more, vote, first, max([object_end, *(n.end for n in more)])
    for pattern in (_LIST, _BY):
        for found in pattern.finditer(text, start, end):
            voters = _list_from(text, found.end(), names)
            if voters:
                yield voters, _kind(found), found.start(), voters[-1].end
    opening = _OPENING.match(text, start, end)
    voters = _list_from(text, opening.end(), names) if opening else []
    if opening and voters:
        yield voters, _kind(opening), start, voters[-1].end


def _kind(found: re.Match[str]) -> str:
    """Name the kind of vote by the group that matched."""
    kinds = ("for", "against", "abstained", "absent", *_KINDS)
    kind = next((k for k in kinds if found.groupdict().get(k)), "against")
    return _KINDS.get(kind, kind)


def _before(text: str, start: int, verb: re.Match[str], names: list[Name]) -> list[Name]:
    """Find the voters that stand before the verb."""
    candidates = [n for n in names if n.end <= verb.start()]
    is_bare = bool(verb["bare_vote"] or verb["bare_abstain"])
    for name in candidates:
        between = text[name.end : verb.start()]
        joined = _JOINED.fullmatch(between)
        if joined:
            return _list_to(text, start, name, names) + _list_from(text, name.end + joined.end("joined"), names)
        if _AMONG.fullmatch(between):
            return _list_to(text, start, name, names)
        if is_bare and not re.search(r"\bto\s+$", between):
            continue
        closed = _CLOSED.fullmatch(between)
        if not closed and not _PLAIN.fullmatch(between):
            continue
        voters = _list_to(text, start, name, names)
        before = text[start : voters[0].start] if voters else ""
        if not voters or _UNREAL.search(before) or (verb["veto"] and not _BY_VETO.search(before)):
            continue
        if not closed or _OPENED.search(before) or "with" in text[voters[0].end : name.start]:
            return voters
    said = [n for n in candidates if _SAID.fullmatch(text[n.end : verb.start()])]
    return [n for n in said if n.label == "state"][-1:] or said[:1]


def _pronoun(text: str, start: int, verb: re.Match[str], earlier: list[Name]) -> list[Name]:
    """Take "It" or "The two countries" at the head of a sentence for what heads the one before."""
    if not earlier or verb["veto"] or not _PRONOUN.fullmatch(text[start : verb.start()]):
        return []
    voters = _list_from(text, earlier[0].start, earlier)
    return voters if voters and voters[0].label in (None, "state") else []


def _list_to(text: str, start: int, last: Name, names: list[Name]) -> list[Name]:
    """Read a list of names backwards from its last one."""
    voters = [last]
    while True:
        here = voters[0]
        previous = [n for n in names if n.end <= here.start and _AND.fullmatch(text[n.end : here.start])]
        if not previous:
            break
        voters.insert(0, previous[0])
    joint = text[voters[0].end : voters[1].start] if len(voters) == 2 else ""
    if "," in joint and "with" not in joint and not _AND_OTHERS.match(text, last.end):
        voters = voters[1:]  # "opposed by Russia, and China abstained": the comma parts two clauses
    return voters if not re.search(r"\bnor\s+(?:the\s+)?$", text[start : voters[0].start]) else []


def _list_from(text: str, start: int, names: list[Name]) -> list[Name]:
    """Read a list of names forwards from an offset."""
    voters: list[Name] = []
    position = start
    while True:
        following = [n for n in names if n.start >= position and not text[position : n.start].strip(" \n\t")]
        if not voters:
            following = [n for n in names if n.start >= start and _THE.fullmatch(text[start : n.start])]
        if not following:
            return voters
        voters.append(following[0])
        joint = _AND.match(text, following[0].end)
        if not joint:
            return voters
        position = joint.end()
