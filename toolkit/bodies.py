"""Organisations in an article: ministries and other bodies of a state, bodies around a person, and what spaCy names.

A body of a state is shown with its state: as printed where the printed name says it ("Mongolian Foreign Ministry"),
else with the state in brackets ("Ministry of Trade (Chile)"). Acronyms and short forms get the full name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from toolkit.gazetteer import load_gazetteer
from toolkit.names import HYPHENS, SPACES, WORDS, Word, function_words, is_capital, joined, name_parts, plain
from toolkit.people import Person, link_name
from toolkit.records import Article, Mention
from toolkit.titles import Reader

SHORT = re.compile(r"\b(?:[Tt]he|[Aa]|[Ii]ts)\s(?P<name>[A-Z][a-z]+)(?=['’]s\b|[\s,.;:)”\"–—-](?!\s?[A-Z]))")
"""A capitalised word alone behind an article."""
NOT_SHORT = frozenset(["house", "party", "office", "school", "college", "front", "media", "republic", "services"])
"""Last words of names that stand for too many things alone."""
ACRONYM = re.compile(r"\(([A-Z][A-Za-z.&-]{0,8}[A-Z]\.?)s?\)")


def home_state(article: Article, reader: Reader) -> str | None:
    """Code of the state an article is written from: its dateline's, else the one it names most, else None."""
    datelines = [article.text[r.start : r.end] for r in article.regions if r.kind == "dateline"]
    for place in (article.place or "", *datelines):
        for part in re.split(r"[,(/–—]|\s-", place):
            state = reader.gazetteer.state(part.strip().title())
            if state:
                return state.code
    counts = Counter(e.country for _, e in reader.known.values() if e.country and e.label in ("state", "group"))
    return max(sorted(counts), key=lambda code: counts[code], default=None)


def institution_mentions(article: Article, reader: Reader) -> Iterator[Mention]:
    """Bodies of a state: "the Mongolian Foreign Ministry", "Togo's parliament", "the Ministry of Trade"."""
    words, heads = reader.words, reader.lexicon.institutions
    home = home_state(article, reader)
    for i, word in enumerate(words):
        text = word.text.lower()
        if text in ("ministry", "department") and i + 1 < len(words) and words[i + 1].text in ("of", "for"):
            yield from _ministry_of(article, reader, i, home)
        elif _is_head(words, i, heads) and not _describes(words, i):
            pair = i and f"{words[i - 1].text.lower()} {text}" in heads
            first = i - 1 if pair else i
            while first and joined(words[first], words[first - 1]) and _part_of_body(reader, first - 1):
                first -= 1
            country, owner = _owner_before(reader, first)
            if owner is None and not (text == "ministry" and first < i):
                continue
            start = words[owner if owner is not None else first].start
            printed = article.text[start : word.end]
            name = " ".join(printed.split()) if owner is not None else _capitals(printed)
            yield Mention(
                article.article_id, start, word.end, printed, "organisation", name, country or home, None, "institution"
            )


def _capitals(name: str) -> str:
    return " ".join(w[:1].upper() + w[1:] for w in name.split())


def _is_head(words: Sequence[Word], i: int, heads: frozenset[str]) -> bool:
    text = words[i].text.lower()
    pair = f"{words[i - 1].text.lower()} {text}" if i else ""
    longer = i + 1 < len(words) and words[i + 1].gap in SPACES and f"{text} {words[i + 1].text.lower()}" in heads
    return (text in heads or pair in heads) and not longer


def _describes(words: Sequence[Word], i: int) -> bool:
    """Whether the word of a body only describes the noun after it."""
    if words[i].text.lower() not in WORDS.describing or i + 1 == len(words) or words[i].possessive:
        return False
    after = words[i + 1]
    verb = after.text in WORDS.acting or after.text.endswith("ed") or after.text in function_words()
    return after.gap in SPACES and after.text.islower() and not verb


def _part_of_body(reader: Reader, i: int) -> bool:
    word = reader.words[i]
    return i not in reader.known and (
        word.text.lower() in reader.lexicon.modifiers or (is_capital(word) and not word.first)
    )


def _owner_before(reader: Reader, first: int) -> tuple[str | None, int | None]:
    """The state named right before the words of a body: its code, and the place of its first word."""
    for start in range(max(0, first - 6), first):
        found = reader.known.get(start)
        if found and start + found[0] == first and found[1].label == "state" and found[1].how != "metonym":
            gap = reader.words[first].gap
            if gap.strip("'’ ") == "":
                return found[1].country, start
    return None, None


def _ministry_of(article: Article, reader: Reader, i: int, home: str | None) -> Iterator[Mention]:
    """Read "Ministry of Foreign Affairs and International Cooperation (of X)" from its first word on."""
    words = reader.words
    last = j = i + 2
    while j < len(words) and j - i < 14 and not words[j - 1].possessive:
        if words[j].gap not in (" ", "\u00a0", ", ") and words[j].gap not in HYPHENS:
            break
        if words[j].text.lower() in reader.lexicon.titles:
            break
        if is_capital(words[j]) and j not in reader.known:
            last = j + 1
        elif words[j].text not in ("and", "of", "the", "for", "&"):
            break
        j += 1
    if last == i + 2 and (last >= len(words) or not is_capital(words[last])):
        return
    country, _ = _owner_before(reader, i)
    after = next((reader.known[k][1] for k in (last + 1, last + 2) if k in reader.known), None)
    if country is None and after and after.label == "state" and words[last].text in ("of", "in"):
        country = after.country
    if words[i].text.lower() == "ministry":
        country = country or home
    start, end = words[i].start, words[last - 1].end
    text = article.text[start:end]
    yield Mention(
        article.article_id, start, end, text, "organisation", " ".join(text.split()), country, None, "ministry"
    )


def entourage_mentions(article: Article, reader: Reader, people: Mapping[str, Sequence[Person]]) -> Iterator[Mention]:
    """Bodies around one person: "the Ruto campaign", "President Ruto's campaign"; the tables show "Ruto campaign"."""
    words = reader.words
    for i, word in enumerate(words):
        if word.text.lower() not in reader.lexicon.entourages or not i:
            continue
        last = i
        while last > 1 and words[last - 1].text.lower() in (
            "presidential",
            "election",
            "transition",
            "re",
            "reelection",
        ):
            last -= 1
        for first in range(max(0, last - 3), last):
            if not is_capital(words[first]) or any(w.gap.strip("'’ .-") for w in words[first + 1 : i + 1]):
                continue
            person = link_name(name_parts(reader.printed(first, last)), people)
            if person:
                start, name = words[first].start, entourage_name(words[last - 1].text, word.text.lower())
                text = article.text[start : word.end]
                yield Mention(
                    article.article_id, start, word.end, text, "organisation", name, person.country, None, "entourage"
                )
                break


def entourage_name(surname: str, body: str) -> str:
    """The name in the tables of a body around a person: "Ruto campaign", "Ruto’s office"."""
    return f"{surname}’s {body}" if body == "office" else f"{surname} {body}"


def body_mentions(
    article: Article, reader: Reader, found: Sequence[tuple[int, int]], people: Mapping[str, Sequence[Person]]
) -> Iterator[Mention]:
    """Organisations and groups that spaCy names or whose words show them, and that the gazetteer does not know."""
    words = reader.words
    votes: dict[str, Counter[str]] = {}
    places: dict[str, list[tuple[int, int]]] = {}
    for first, last in _joined_by_and(words, found):
        if last - first > 1 and words[first].first and reader.labels.get(first) is None:
            first += 1
        if reader.known.get(first, (0,))[0] == last - first:
            continue
        last = _extend(words, first, last)
        key = plain(reader.printed(first, last)).lower()
        votes.setdefault(key, Counter())[_body_label(reader, first, last)] += 1
        places.setdefault(key, []).append((first, last))
    for key, labels in sorted(votes.items()):
        label = max(sorted(labels), key=lambda name: labels[name])
        if not label or link_name(name_parts(key), people):
            continue
        for first, last in places[key]:
            start, end = words[first].start, words[last - 1].end
            country = next((reader.known[i][1].country for i in range(first, last) if i in reader.known), None)
            printed = article.text[start:end]
            yield Mention(
                article.article_id, start, end, printed, label, " ".join(printed.split()), country, None, "spacy"
            )


def _joined_by_and(words: Sequence[Word], found: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The runs, "the Fisheries | and | Ports Authority" taken as one."""
    taken = False
    for i, (first, last) in enumerate(found):
        if taken:
            taken = False
            continue
        after = found[i + 1] if i + 1 < len(found) else None
        if (
            after
            and after[0] == last + 1
            and words[last].text == "and"
            and words[last].gap == words[after[0]].gap == " "
            and first > 0
            and words[first - 1].text.lower() in ("the", "federal", "national")
            and plain(words[after[1] - 1].text).lower() in WORDS.of_bodies | WORDS.body_ends
            and plain(words[last - 1].text).lower() not in WORDS.of_bodies | WORDS.body_ends
        ):
            taken = True
            yield first, after[1]
        else:
            yield first, last


def _body_label(reader: Reader, first: int, last: int) -> str:
    """``organisation``, ``group`` or, for what is no body, nothing."""
    texts = [plain(w.text).lower() for w in reader.words[first:last]]
    labels = Counter(reader.labels.get(i, "") for i in range(first, last))
    label = labels.most_common(1)[0][0]
    if (
        last - first > 1
        and (set(texts) & WORDS.of_bodies or texts[-1] in WORDS.news_ends | WORDS.body_ends)
        and label != "PERSON"
    ):
        return "organisation"
    if last - first == 1 and (texts[0] in reader.common or texts[0] in WORDS.things):
        return ""
    if texts[-1] in reader.lexicon.documents or texts[-1] in reader.lexicon.titles:
        return ""
    if last - first == 1 and label == "GPE" and re.fullmatch(r"[A-Z]{2,6}", reader.words[first].text):
        return "organisation"
    if label == "NORP":
        return "group" if texts[-1].endswith("s") and not texts[-1].endswith("ss") else ""
    return "organisation" if label == "ORG" else ""


def _extend(words: Sequence[Word], first: int, last: int) -> int:
    """Go on over "of" and "for" in the name of a body ("Board of Trade")."""
    texts = (plain(words[last - 1].text).lower(), plain(words[first].text).lower())
    if not set(texts) & WORDS.of_bodies:
        return last
    end = last
    while end + 1 < len(words) and not words[end - 1].possessive and words[end].gap == " ":
        if words[end].text not in ("of", "for", "on"):
            break
        skip = end + 2 if words[end + 1].text in ("the", "a") else end + 1
        if skip >= len(words) or words[skip].gap != " " or not is_capital(words[skip]):
            break
        end = skip + 1
        while end < len(words) and joined(words[end], words[end - 1]) and is_capital(words[end]):
            end += 1
    return end


def unify_bodies(mentions: Sequence[Mention], text: str) -> list[Mention]:
    """Give all mentions of one body the same full name: ministries, acronyms defined in brackets, short forms."""
    names: dict[str, str] = {}
    _unify_ministries(mentions, names)
    long_forms = dict(define_acronyms(text))
    bodies = Counter(m.actor for m in mentions if m.rule == "spacy" and m.label == "organisation")
    known = sorted({m.actor for m in mentions if m.label == "organisation"})
    for name in bodies:
        spelled = spelled_out(name, known)
        if name in long_forms:
            names[name] = _full(long_forms[name], bodies)
        elif spelled is not None:
            names[name] = spelled
        else:
            longer = [b for b in known if b.startswith(name + " ")]
            if len(longer) == 1 and plain(name).lower() not in WORDS.things:
                names[name] = longer[0]
    return [replace(m, actor=names.get(_key(m), m.actor)) for m in mentions]


def spelled_out(name: str, known: Sequence[str]) -> str | None:
    """The one longer name whose initials an acronym has ("MFA" for a Ministry of Foreign Affairs), or None."""
    letters = name.replace(".", "")
    if not 2 <= len(letters) <= 6 or not letters.isalpha() or not letters.isupper():
        return None
    fits = [body for body in known if len(body) > len(name) + 4 and letters in _initials(body)]
    return fits[0] if len(fits) == 1 else None


def _initials(name: str) -> set[str]:
    """The initials of a name's capitalised words: of all, and of those behind "of" or "for"."""
    whole = re.sub(r"\s\([^)]*\)$", "", name)
    parts = {whole, re.split(r"\s(?:of|for)\s", whole, maxsplit=1)[-1]}
    return {"".join(w[0] for w in re.findall(r"[^\W_]+", part) if w[0].isupper()) for part in parts}


def short_bodies(article: Article, mentions: Sequence[Mention]) -> list[Mention]:
    """Bodies that are called by the last word of their name, or by its first before "of" ("the Times", "the Council").

    Args:
        article: The article.
        mentions: The mentions found so far.

    Returns:
        The further mentions, each of the body of that name that was named last before it.
    """
    taken = {c for m in mentions for c in range(m.start, m.end)}
    nouns = (WORDS.things & WORDS.of_bodies | WORDS.news_ends | WORDS.body_ends | {"fund", "ministry"}) - NOT_SHORT
    named = [m for m in mentions if m.label == "organisation" and " " in m.actor]
    found = []
    for match in SHORT.finditer(article.text):
        start, end = match.span("name")
        word = plain(match["name"]).lower()
        if word not in nouns or taken & {start - 1, start, end - 1, end, end + 1}:
            continue
        fits = [m for m in named if m.start < start and word in _short_forms(m.actor)]
        if fits:
            found.append(replace(fits[-1], start=start, end=end, text=match["name"], role=None, rule="short"))
    return found


def _short_forms(name: str) -> set[str]:
    words = plain(re.sub(r"\s\([^)]*\)$", "", name)).lower().split()
    return {words[-1], *(words[:1] if len(words) > 2 and words[1] in ("of", "for") else ())}


def _key(mention: Mention) -> str:
    return f"{mention.actor}|{mention.country}" if mention.rule in ("ministry", "institution") else mention.actor


def _full(long: str, bodies: Iterable[str]) -> str:
    return next((b for b in bodies if plain(b).lower() == plain(long).lower()), long)


def _unify_ministries(mentions: Sequence[Mention], names: dict[str, str]) -> None:
    """One name for each body of a state: its longest, with the state in brackets if that is not in it."""
    states = load_gazetteer().states
    groups: dict[tuple[str | None, str], list[Mention]] = {}
    for m in mentions:
        if m.rule in ("ministry", "institution"):
            groups.setdefault((m.country, _kind(m.actor)), []).append(m)
    for (country, _), group in groups.items():
        best = max(group, key=lambda m: (m.rule == "ministry", len(m.actor))).actor
        state = states.get(country or "")
        name = best if state is None or _state_words(best) else f"{best} ({state.name})"
        for m in group:
            names[_key(m)] = name


def _kind(name: str) -> str:
    """What a body of a state is, whatever its name's form: "foreign" for all forms of the foreign ministry."""
    words = plain(name).lower().split()[_state_words(name) :]
    rest = " ".join(words)
    topic = next((t for t in sorted(WORDS.ministry_topics) if t in rest), rest)
    return topic if "ministry" in words else rest


def _state_words(name: str) -> int:
    """How many words at the beginning of a body's name are the state's ("South Korea's parliament": 2)."""
    words = re.sub(r"['’]s?(?=\s|$)", "", name).split()
    return next((n for n in (5, 4, 3, 2, 1) if n < len(words) and load_gazetteer().state(" ".join(words[:n]))), 0)


def define_acronyms(text: str) -> Iterator[tuple[str, str]]:
    """Give the acronyms that an article defines, each with its long form: "Alliance for Open Borders (AOB)"."""
    for match in ACRONYM.finditer(text):
        letters = re.sub(r"[^A-Za-z]", "", match.group(1)).upper()
        before = re.findall(r"[^\W_]+(?:['’][^\W_]+)*", text[max(0, match.start() - 120) : match.start()])
        for n in range(len(letters), min(len(before), len(letters) + 4) + 1):
            words = before[-n:]
            big = "".join(w[0] for w in words if w[0].isupper()).upper()
            if words[0][0].isupper() and letters in (big, "".join(w[0] for w in words).upper()):
                start = text.rfind(words[0], 0, match.start() - sum(map(len, words[1:])))
                yield match.group(1), " ".join(text[start : match.start()].split())
                break
