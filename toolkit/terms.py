"""Words that set two groups of texts apart, keywords in their context, and acronyms with what they stand for.

The texts are given as ``{id: text}`` (or a pandas Series indexed by ids), so that every count traces back to the texts
it was made from. Tokens come from spaCy's rules for English, n-grams and acronyms from textacy; no model is needed.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from math import log, sqrt
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from spacy.tokens import Doc

Texts = Mapping[str, str] | pd.Series
"""Texts by their ids."""

_TERMS = {
    "term": "str", "length": "Int64", "group": "str", "z": "float64", "log_odds": "float64", "std_error": "float64",
    "n": "Int64", "first": "str", "first_count": "Int64", "first_ids": "object", "second": "str",
    "second_count": "Int64", "second_ids": "object",
}  # fmt: skip
_KEYWORDS = {
    "article_id": "str", "start": "Int64", "end": "Int64", "before": "str", "keyword": "str", "after": "str",
}  # fmt: skip
_ACRONYMS = {
    "acronym": "str", "definition": "str", "definition_id": "str", "definition_start": "Int64",
    "definition_end": "Int64", "n": "Int64", "ids": "object",
}  # fmt: skip


def distinctive_terms(
    groups: Mapping[str, Texts],
    *,
    ngrams: tuple[int, ...] = (1, 2),
    prior: str | float = "corpus",
    min_count: int = 2,
    numbers: bool = False,
) -> pd.DataFrame:
    r"""Find the terms that one group of texts uses more than the other, by log-odds with a Dirichlet prior.

    For a term :math:`w` with counts :math:`y_i` of :math:`n_i` terms in group :math:`i`, and a prior of
    :math:`\alpha_w` of :math:`\alpha_0` terms, equations 16, 20 and 22 of Monroe, Colaresi and Quinn (2008) [1]_ give

    .. math:: \delta = \log\frac{y_1+\alpha_w}{n_1+\alpha_0-y_1-\alpha_w}
                     - \log\frac{y_2+\alpha_w}{n_2+\alpha_0-y_2-\alpha_w}, \quad
              z = \delta \Big/ \sqrt{\frac{1}{y_1+\alpha_w}+\frac{1}{y_2+\alpha_w}}

    where :math:`|z| > 1.96` is beyond what chance would give one term in twenty, were terms independent. With a few
    short texts hardly any term gets there, and the ranking is a reading aid.

    Args:
        groups: Exactly two groups of texts, by name.
        ngrams: How many words a term may have; terms of each length are counted and weighed among themselves.
        prior: ``"corpus"`` takes each term's count in both groups together, so that rare and common terms need more
            evidence than chance; a number takes that many counts for every term.
        min_count: Leave out terms that occur less often in both groups together.
        numbers: Keep terms that hold a number.

    Returns:
        One row per term, from the most typical of the first group to the most typical of the second: the ``group`` it
        is typical of, ``z``, ``log_odds`` and ``std_error``, ``n`` and the counts and text ids of both sides.

    Raises:
        ValueError: There are not two groups, one is empty, or a text is in both.

    References:
        .. [1] Monroe, B. L., Colaresi, M. P., and Quinn, K. M. (2008). Fightin' words: lexical feature selection and
           evaluation for identifying the content of political conflict. Political Analysis 16(4), 372-403.
    """
    names = _check_groups(groups)
    if isinstance(prior, str) and prior != "corpus":
        raise ValueError(f"prior is {prior!r}; expected 'corpus' or a number above 0.")
    if not isinstance(prior, str) and prior <= 0:
        raise ValueError(f"prior is {prior}; expected 'corpus' or a number above 0.")
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    rows: list[dict[str, Any]] = []
    for length in sorted(set(ngrams)):
        found = [_count_terms(groups[name], length, numbers, forms) for name in names]
        counts = [Counter({term: sum(by_text.values()) for term, by_text in side.items()}) for side in found]
        for score in _log_odds(counts[0], counts[1], prior):
            if score["n"] >= min_count:
                ids = {f"{side}_ids": sorted(found[i][score["term"]]) for i, side in enumerate(("first", "second"))}
                rows.append(score | ids | {"length": length, "first": names[0], "second": names[1]})
    for row in rows:
        row["group"] = names[0] if row["z"] > 0 else names[1] if row["z"] < 0 else None
        row["term"] = min(forms[row["term"]].items(), key=lambda form: (-form[1], form[0].swapcase()))[0]
    rows.sort(key=lambda row: (-row["z"], row["term"]))
    return pd.DataFrame(rows, columns=list(_TERMS)).astype(_TERMS)


def keyword_in_context(
    texts: Texts, keyword: str | re.Pattern[str], *, window: int = 60, ignore_case: bool = True
) -> pd.DataFrame:
    """List every occurrence of a word or phrase with the words around it.

    Args:
        texts: Texts by their ids.
        keyword: A word or phrase, found as whole words; ``*`` stands for any letters (``negotiat*``), and a space for
            any white space. A compiled regular expression is used as it is.
        window: Characters of context on each side.
        ignore_case: Find ``Nato`` and ``NATO`` alike; a compiled expression keeps its own flags.

    Returns:
        One row per occurrence: ``article_id``, ``start`` and ``end`` in the text, ``before``, ``keyword``, ``after``.

    Raises:
        ValueError: The keyword is empty or matches nothing at all ("" or ``x*`` as an expression).
    """
    from textacy.extract.kwic import keyword_in_context as contexts

    pattern = keyword if isinstance(keyword, re.Pattern) else _pattern(keyword, ignore_case)
    if pattern.match("") is not None:
        raise ValueError(f"keyword is {pattern.pattern!r}, which matches the empty text; give at least one letter.")
    rows = []
    for text_id, text in texts.items():
        lines = contexts(text, pattern, window_width=window)
        for match, (before, word, after) in zip(pattern.finditer(text), lines, strict=True):
            rows.append((text_id, match.start(), match.end(), before, word, after))
    return pd.DataFrame(rows, columns=list(_KEYWORDS)).astype(_KEYWORDS)


def acronyms(texts: Texts) -> pd.DataFrame:
    """List the acronyms in the texts and, where a text spells one out in brackets beside it, what it stands for.

    textacy finds the acronyms; its finder of definitions fails under NumPy 2, so the definition is read by the rule of
    Schwartz and Hearst (2003), which wants the brackets: "North Atlantic Treaty Organization (NATO)".

    Args:
        texts: Texts by their ids.

    Returns:
        One row per acronym: ``acronym``, ``definition`` with the id of its text and its offsets there (NA where no
        text gives one), ``n`` occurrences, and the ``ids`` of the texts; most frequent first.
    """
    from textacy.extract.acros import acronyms as acronym_tokens

    found: dict[str, dict[str, Any]] = {}
    for text_id, doc in _docs(texts):
        for token in acronym_tokens(doc):
            if not _is_short_form(token.text) or _in_capitals(doc, token.i):
                continue
            entry = found.setdefault(token.text, dict.fromkeys(_ACRONYMS) | {"acronym": token.text, "n": 0, "ids": []})
            entry["n"] += 1
            entry["ids"] = sorted({*entry["ids"], text_id})
            span = _definition(doc.text, token.idx, token.text) if entry["definition"] is None else None
            if span:
                entry |= {"definition": doc.text[slice(*span)], "definition_id": text_id}
                entry |= {"definition_start": span[0], "definition_end": span[1]}
    rows = sorted(found.values(), key=lambda e: (-e["n"], e["acronym"]))
    return pd.DataFrame(rows, columns=list(_ACRONYMS)).astype(_ACRONYMS)


def _check_groups(groups: Mapping[str, Texts]) -> tuple[str, str]:
    if len(groups) != 2:
        raise ValueError(f"groups has {len(groups)} groups; expected two, as {{'2022': texts, '2025': other_texts}}.")
    first, second = groups
    for name in (first, second):
        if isinstance(groups[name], str) or not hasattr(groups[name], "items"):
            raise ValueError(f"The group {name!r} is not a mapping; expected texts by their ids, as {{'id': 'text'}}.")
        if not any(text.strip() for _, text in groups[name].items()):
            raise ValueError(f"The group {name!r} has no text; there is nothing to compare with.")
    texts = {str(i): text for i, text in groups[first].items()}
    same = set(texts.values())
    others = {str(i): text for i, text in groups[second].items()}
    shared = sorted(i for i, text in others.items() if i in texts or text in same)
    if shared:
        raise ValueError(f"The groups overlap: {', '.join(map(repr, shared[:3]))} is in both. Keep each text in one.")
    return first, second


def _count_terms(texts: Texts, length: int, numbers: bool, forms: dict[str, Counter[str]]) -> dict[str, Counter[str]]:
    """Count each term in each text, and note in ``forms`` how it is written."""
    from textacy.extract.basics import ngrams as ngram_spans

    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for text_id, doc in _docs(texts):
        for span in ngram_spans(doc, length, filter_nums=not numbers):
            form = " ".join(token.text for token in span)
            if any(c.isalpha() for c in form) or numbers:
                counts[form.lower()][text_id] += 1
                forms[form.lower()][form] += 1
    return counts


def _log_odds(first: Counter[str], second: Counter[str], prior: str | float) -> Iterator[dict[str, Any]]:
    both = first + second
    alpha = dict(both) if isinstance(prior, str) else dict.fromkeys(both, prior)
    alpha_0 = sum(alpha.values())
    n_first, n_second = first.total(), second.total()
    for term in sorted(both):
        a, b = first[term] + alpha[term], second[term] + alpha[term]
        if len(both) == 1:  # the one term is all there is: no odds
            continue
        log_odds = log(a / (n_first + alpha_0 - a)) - log(b / (n_second + alpha_0 - b))
        error = sqrt(1 / a + 1 / b)
        yield {
            "term": term,
            "z": log_odds / error,
            "log_odds": log_odds,
            "std_error": error,
            "n": both[term],
            "first_count": first[term],
            "second_count": second[term],
        }


def _docs(texts: Texts) -> Iterator[tuple[str, Doc]]:
    import spacy

    tokenizer = spacy.blank("en")
    tokenizer.max_length = max([tokenizer.max_length, *(len(text) + 1 for _, text in texts.items())])
    for text_id, text in texts.items():
        yield str(text_id), tokenizer(text)


def _pattern(keyword: str, ignore_case: bool) -> re.Pattern[str]:
    if not keyword.strip(" *"):
        raise ValueError(f"keyword is {keyword!r}; give at least one letter.")
    parts = [r"\w*".join(re.escape(p) for p in word.split("*")) for word in keyword.split()]
    return re.compile(r"(?<!\w)" + r"\s+".join(parts) + r"(?!\w)", re.IGNORECASE if ignore_case else 0)


def _is_short_form(word: str) -> bool:
    letters = [c for c in word if c.isalpha()]
    return len(letters) >= 2 and sum(c.isupper() for c in letters) > len(letters) / 2


def _in_capitals(doc: Doc, i: int) -> bool:
    """Tell whether the word is one of several printed in capitals, as in a dateline or a heading."""
    neighbours: Iterable[int] = (j for j in (i - 1, i + 1) if 0 <= j < len(doc))
    return any(doc[j].is_upper and doc[j].is_alpha and len(doc[j]) > 3 for j in neighbours)


def _definition(text: str, start: int, acronym: str) -> tuple[int, int] | None:
    """Find what an acronym stands for: "Long Form (LF)" or "LF (Long Form)", letters of LF in order."""
    end = start + len(acronym)
    if text[:start].endswith("(") and text[end : end + 1] == ")":
        words = list(re.finditer(r"\w+", text[: start - 1]))[-min(len(acronym) + 5, len(acronym) * 2) :]
        limit = start - 1
    elif inside := re.match(r"\s*\(([^()]{3,120})\)", text[end:]):
        words = list(re.finditer(r"\w+", inside.group(1)))
        found = _long_form(inside.group(1), words, acronym)
        return (end + inside.start(1) + found, end + inside.end(1)) if found == 0 else None
    else:
        return None
    begin = _long_form(text[:limit], words, acronym)
    return None if begin is None else (begin, len(text[:limit].rstrip()))


def _long_form(text: str, words: list[re.Match[str]], acronym: str) -> int | None:
    """Give where the nearest stretch of words begins that ends the text and spells the acronym (Schwartz, Hearst)."""
    letters = [c.lower() for c in acronym if c.isalnum()]
    position = len(text)
    for rank, letter in enumerate(reversed(letters)):
        first_letter = rank == len(letters) - 1
        position -= 1
        while position >= 0 and (
            text[position].lower() != letter or (first_letter and position and text[position - 1].isalnum())
        ):
            position -= 1
        if position < 0:
            return None
    within = any(w.start() == position for w in words)
    return position if within and text[position:].strip().count(" ") else None
