"""What is put to the vote: the body, the day and the subject that a sentence names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from toolkit.dates import DATE, MONTH_DAY, read_date
from toolkit.records import Span
from toolkit.tallies import NUMBER, THING, WORDS, one_of, spaced

_CAPITALISED = r"(?-i:[A-ZÀ-Þ])[\w.-]*(?:[’']s?)?"
_NO_DAY = (
    r"(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\w*\b|May\b)"
)
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"


def _variants(variants: list[str]) -> re.Pattern[str]:
    """Pattern of a listed body, as it is spelt there, case and all."""
    names = "|".join(re.escape(variant) for variant in variants).replace(r"\ ", r"\s+")
    return re.compile(rf"(?<!\w)(?:(?:UN|U\.N\.|United\s+Nations)(?:[’']s?)?\s+)?(?:{names})(?!\w)")


_LISTED = {name: _variants(variants) for name, variants in WORDS["bodies"].items()}
_LAST_WORD = "|".join(sorted(WORDS["body_words"], key=len, reverse=True))
_FIRST_WORDS = rf"(?!(?:The|In|On|At|And|But|White)\s){_CAPITALISED}\s+(?:(?:and|of|for|on)\s+(?:the\s+)?(?=[A-Z]))?"
_OF_WHAT = rf"\s+(?:of|for|on)\s+(?:the\s+)?{_NO_DAY}{_CAPITALISED}(?:\s+{_NO_DAY}{_CAPITALISED})*"
_OTHER = re.compile(
    rf"(?<!\w)(?:{_FIRST_WORDS}){{0,5}}?"
    rf"(?:(?:{_LAST_WORD})(?!\w)(?:{_OF_WHAT})?|(?:{'|'.join(WORDS['lower_case_bodies'])})(?!\w))"
)
_PEOPLE = "|".join([*WORDS["parliamentarians"], *WORDS["senators"]])
_MEMBERS = re.compile(rf"(?<!\w)(?P<country>(?!The\s|In\s|Some\s){_CAPITALISED}\s+)?(?:{_PEOPLE})(?!\w)")
_ACTS_AFTER = spaced(
    rf"^(?:,[^,;.]{{2,60}},)?(?: (?:[a-z]+ly|on {_CAPITALISED}|again|also|had|has|{_WEEKDAY}))*"
    rf" (?:{one_of('decided', 'directives')}|vot(?:e|es|ed|ing)\b|{THING})"
)
_ACTS_BEFORE = spaced(
    r"\b(?:votes?|voted|voting|adopted|passed|approved|rejected|vetoed|ballot)\b[^.;,]{0,40}"
    r" (?:in|at|by) (?:the |a )?$"
)

# Subjects, the surest patterns first. A blank stands for any white space.
_GERUND = rf"(?!(?:{'|'.join(WORDS['not_demands'])})\b)[a-z]+ing\b"
_TO = rf"to (?!(?:{NUMBER}|be|the|a|an)\b)[a-z]"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b"
_ON = rf"on (?!(?:last |this |early |late )?(?:{_WEEKDAY}|\d|{_MONTH}))"
_BY = (
    r"(?:,? (?:co-?)?(?:sponsored|drafted|tabled|proposed|submitted|introduced|put forward|presented|brought)"
    r" by [^,.;]{2,60}?,?)?"
)
_WHEN = rf"(?: (?:on )?(?:late |early )?{_WEEKDAY}| on (?:{DATE}|{MONTH_DAY}))?"
_ACTORS = (
    r"(?:assembly|council|parliament|senate|congress|committee|house|chamber|body|lawmakers|deputies|mps|senators"
    r"|member states|united nations|un|board)"
)
_NO_VERB = r"(?:was|were|is|are|has|had|have|does|passed|failed|needs|needed|received|gained|drew|requires)\b"
_IN_BODY = spaced(r" (?:in|at) (?:the )?$")
_DEMAND = rf"{one_of('directives')}[^;]*"
_SUBJECTS = (
    # "a resolution demanding ...", "the motion on ...", "the vote to ..."
    spaced(
        rf"(?:{THING}|\bvotes?\b){_BY}{_WHEN},?(?: (?:that|which))? (?P<subject>"
        rf"(?:{_GERUND}|{_ON}|{_TO}|against |about |of no[- ]confidence|for (?!(?:the \w+ time|\d)))[^;]*)"
    ),
    # "the resolution, adopted on Monday, condemns ...", "a text that would extend ..."
    spaced(rf"{THING}{_WHEN}(?:,[^;]{{3,120}}?,)?(?:,? (?:that|which|also|would|have))* (?P<subject>{_DEMAND})"),
    # "a text that recommended ...", "the resolution titled “...”"
    spaced(rf"{THING} (?:that|which) (?P<subject>(?!{_NO_VERB})[a-z]+(?:ed|s)\b[^;]*)"),
    spaced(rf"{THING}[^;“”\"]{{0,40}} (?:titled|entitled|named|called) [“\"](?P<subject>[^”\"]+)"),
    # "voted 93-24 to suspend ..."
    spaced(rf"\bvot(?:e|es|ed|ing)\b[^;]*? (?P<subject>(?:{_TO}|{_ON})[^;]*)"),
    # "the Assembly demanded ..."
    spaced(
        rf"\b{_ACTORS}\b(?:,[^,;]{{2,60}},)?(?: (?:also|again|[a-z]+ly|(?:on )?(?:{DATE}|{MONTH_DAY}|{_WEEKDAY})))*"
        rf" (?P<subject>(?!adopt|pass|approv|endors|reject){_DEMAND})"
    ),
    # "It calls for ..." in the sentence after
    spaced(rf"^(?:it|this)(?: also)? (?P<subject>{_DEMAND})"),
    # "approved the deployment of ..."
    spaced(
        rf"{one_of('settled')} (?P<subject>(?:the|a|an|his|her|their|{_CAPITALISED})"
        r" (?!(?:first|second|third|final) (?:reading|stage))[^;]*)"
    ),
)
_END = spaced(
    rf"(?:,| ?[–—] ?| -) ?(?:{one_of('after_subject')}|(?:passed|adopted|was|were|won|got|received|failed|cleared)\b)"
    rf"|, (?:{_CAPITALISED} ){{1,5}}(?:said|told|added)\b"
    r"| [–—] |[.!?] ?[”\"’'“‘]? ?[“‘\"]?$"
    rf"|[”\"],? (?:he|she|they|the [a-z]+|{_CAPITALISED}(?: {_CAPITALISED})*) (?:said|told)"
)
_TAIL = spaced(rf"(?:[\s,(–—-]|{_WEEKDAY}|{one_of('linking')}|{DATE}|{MONTH_DAY})+$")
_PLAIN = rf"(?:{one_of('plain_modifiers')}|[\w.]+-(?:drafted|backed|sponsored|led|proposed|brokered|tabled))"
_NAME_ONLY = spaced(
    rf"(?:[^\W_][\w’'-]* ){{0,6}}?{THING}(?: [\dA-Z/-]+)?(?: (?:on|in|at|by|last|this|late|early)\b.*)?"
)

_MODIFIER = (
    rf"(?!(?:and|or|of|to|that|the|an?|in|on|at|by|with|for|is|was|were|had|has)\b|{one_of('decided')})[^\W\d_][\w’'-]*"
)
_NAMED_THING = spaced(rf"\b(?:the|an?|its) (?:{_PLAIN} )*(?!{_PLAIN} ){_MODIFIER}(?: {_MODIFIER}){{0,4}}? {THING}")

# Days.
_DAY = re.compile(rf"(?P<full>{DATE})|\b(?P<partial>{MONTH_DAY})(?!\d|,?\s\d{{4}})", re.IGNORECASE)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_RELATIVE = spaced(rf"\b(?P<day>{'|'.join(_WEEKDAYS)}|yesterday|today)\b(?![’'])(?! (?:before|after|last|week))")
_UNSURE_BEFORE = spaced(r"\b(?:last|next|every|each|previous|by|since|until|till|before|after|a|from|to)(?: on)? $")
_OTHER_DAY_BEFORE = spaced(rf"{one_of('other_days')}(?: (?:on|of|in))? $")


def find_bodies(text: str) -> list[tuple[Span, str]]:
    """Find the bodies that a sentence names, with their canonical names ("UN General Assembly").

    Args:
        text: The sentence.

    Returns:
        Offsets in the sentence and the name of each body, in text order.

    >>> find_bodies("Russia vetoed it in the U.N. Security Council, and Iraqi lawmakers were pleased.")
    [((24, 45), 'UN Security Council'), ((51, 66), 'Iraqi parliament')]
    """
    found = [(match.span(), name) for name, pattern in _LISTED.items() for match in pattern.finditer(text)]
    found += [(match.span(), _without_article(match.group())) for match in _OTHER.finditer(text)]
    for match in _MEMBERS.finditer(text):
        chamber = "Senate" if match.group().lower().endswith("senators") else "parliament"
        found.append((match.span(), f"{match['country'] or ''}{chamber}"))
    found.sort(key=lambda item: (item[1] not in _LISTED, item[0][0] - item[0][1], item[0]))
    kept: list[tuple[Span, str]] = []
    for span, name in found:
        if not any(span[0] < end and start < span[1] for (start, end), _ in kept):
            kept.append((span, " ".join(name.split())))
    return sorted(kept)


def _without_article(name: str) -> str:
    return re.sub(r"^(?:UN|U\.N\.|United Nations)(?:[’']s?)?\s+", "UN ", name)


def voting_body(text: str, bodies: list[tuple[Span, str]], subject: Span | None) -> str | None:
    """Choose the body that votes: the one that acts ("the Council adopted"), else the first outside the subject."""
    outside = [(s, name) for s, name in bodies if not subject or s[1] <= subject[0] or s[0] >= subject[1]]
    acting = [n for s, n in outside if _ACTS_AFTER.search(text[s[1] :]) or _ACTS_BEFORE.search(text[: s[0]])]
    return next(iter([*acting, *(name for _, name in outside)]), None)


def find_subject(text: str, ends: list[int], bodies: list[tuple[Span, str]]) -> Span | None:
    """Find what a resolution demands or a vote is about, in the sentence's words.

    Args:
        text: The sentence.
        ends: Offsets at which counts of votes and named voters begin; the subject ends before them.
        bodies: The bodies that the sentence names; "... in the Council" at the end is no part of the subject.

    Returns:
        Its offsets, or None. "demanding that the troops leave", "on the budget", "to suspend the treaty".
    """
    for pattern in _SUBJECTS:
        for match in pattern.finditer(text):
            start, end = match.span("subject")
            end = min([end, *(e for e in ends if start <= e)])
            stop = _END.search(text, start, end)
            end = stop.start() if stop else end
            tail = _TAIL.search(text, start, end)
            end = tail.start() if tail else end
            place = _IN_BODY.search(text, start, next((s for (s, e), _ in bodies if e == end), start))
            end = place.start() if place else end
            subject = text[start:end].rstrip(" .,;:”\"’'")
            if len(subject.split()) > 1 and not _NAME_ONLY.fullmatch(subject):
                return start, start + len(subject)
    named = _NAMED_THING.search(text)
    return named.span() if named else None


def find_day(text: str, subject: Span | None, published: str | None) -> str | None:
    """Find the day of a vote, where it is certain.

    Args:
        text: The sentence.
        subject: The subject's offsets; days inside it are not the vote's.
        published: The article's date; a day without a year, and "on Wednesday", are reckoned back from it.

    Returns:
        The day as ``YYYY-MM-DD``, or None where the sentence names none or leaves it open.
    """
    for start, end, day in sorted(_days(text, published)):
        inside = subject is not None and subject[0] <= start and end <= subject[1]
        if not inside and not (published and day > published):
            return day
    return None


def _days(text: str, published: str | None) -> Iterator[tuple[int, int, str]]:
    today = date.fromisoformat(published) if published else None
    for match in _DAY.finditer(text):
        if _OTHER_DAY_BEFORE.search(text[: match.start()]):
            continue
        day = read_date(match["full"]) if match["full"] else _latest(match["partial"], today)
        if day:
            yield match.start(), match.end(), day
    for match in _RELATIVE.finditer(text):
        if today is None or _UNSURE_BEFORE.search(text[: match.start()]):
            continue
        word = match["day"].lower()
        back = (today.weekday() - _WEEKDAYS.index(word)) % 7 if word in _WEEKDAYS else int(word == "yesterday")
        yield match.start(), match.end(), (today - timedelta(days=back)).isoformat()


def _latest(day_and_month: str, today: date | None) -> str | None:
    """Read a day without a year as the latest such day up to the article's date."""
    if today is None:
        return None
    for year in (today.year, today.year - 1):
        day = read_date(f"{day_and_month}, {year}") or read_date(f"{day_and_month} {year}")
        if day and day <= today.isoformat():
            return day
    return None
