"""Applies coding sheets to a study's tables: what a person decided wins over what the machine found.

``keep`` and ``change`` make a row ``hand`` with confidence 1, ``drop`` takes it out, ``add`` puts one in; ``unsure``
and rows that nobody coded leave the machine's row as it is. A sheet that was made from another analysis is noticed,
since the words of each unit must be those of the study's row, and evidence must be what stands in the article.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from toolkit.acts import act_of
from toolkit.checks import did_you_mean
from toolkit.consequences import HAND, Roles, follow, next_id
from toolkit.records import Article, Span, table
from toolkit.sheets import CODED, DECISIONS, VARIABLES, check_sheet, join_speakers, split_speakers

_ID = {"quotes": "quote_id", "positions": "position_id"}
_GAP = " … "
_SHOWN = 8
_EDGE = re.compile(r"\w")

Row = dict[str, Any]


@dataclass
class _Misfits:
    """What keeps a sheet from being applied, gathered so that all of it can be mended at once."""

    found: list[str] = field(default_factory=list)

    def raise_any(self, heading: str) -> None:
        if self.found:
            rest = len(self.found) - _SHOWN
            more = f"\n... and {rest} more." if rest > 0 else ""
            raise ValueError(f"{heading}\n" + "\n".join(self.found[:_SHOWN]) + more)


def correct(
    tables: Mapping[str, pd.DataFrame],
    articles: Mapping[str, Article],
    sheets: Sequence[pd.DataFrame],
    *,
    issues: Collection[str] | None = None,
    coder: str | None = None,
) -> tuple[dict[str, pd.DataFrame], list[dict[str, Any]]]:
    """Apply sheets to the tables of a study.

    Where the speakers of a quote are corrected or a quote is dropped, the positions and appraisals that the machine
    coded from it follow (``consequences.py``), unless a sheet decides on them.

    Args:
        tables: The tables of a study; they stay as they are.
        articles: The articles by their ids.
        sheets: Sheets of quotes, of positions, or of both; several of one table are put together.
        issues: Ids of the codebook's issues, or None to allow any.
        coder: Whose code counts where coders contradict each other, or None to refuse that.

    Returns:
        New tables, and for each table that was corrected what the provenance records: ``table``, ``decisions`` (how
        many units were kept, changed, dropped, added, unsure, not coded), ``coders``, ``counts`` (whose code counts)
        and ``followed`` (rows of other tables that changed with their quotes).

    Raises:
        ValueError: A sheet is faulty or does not fit the study, or coders contradict each other.
    """
    by_table = _together(sheets, issues)
    coders = sorted({c for sheet in by_table.values() for c in sheet["coder"].dropna()})
    if coder is not None and coder not in coders:
        raise ValueError(f"coder is {coder!r}; the sheet has {', '.join(map(repr, coders)) or 'no coder'}.")
    corrected = {name: frame.copy() for name, frame in tables.items()}
    made = []
    for name, sheet in by_table.items():
        settled = _settle(sheet, name, coder)
        corrected[name] = _apply(corrected, articles, sheet, settled, name)
        made.append(_record(name, sheet, settled, coder))
    if "quotes" in by_table:
        counts = follow(tables["quotes"], corrected, articles)
        next(record for record in made if record["table"] == "quotes")["followed"] = counts
    return corrected, made


def _together(sheets: Sequence[pd.DataFrame], issues: Collection[str] | None) -> dict[str, pd.DataFrame]:
    """Check the sheets and put those of one table together, quotes first."""
    checked = [check_sheet(sheet, issues=issues or None) for sheet in sheets]
    found = {}
    for name in ("quotes", "positions"):
        own = [s for s in checked if set(VARIABLES[name]) <= set(s.columns)]
        if own:
            found[name] = check_sheet(pd.concat(own, ignore_index=True)) if len(own) > 1 else own[0]
    return found


def _unit(row: Row) -> tuple[Any, ...]:
    """Name the unit that a row decides on; additions are told apart by where they stand and what they say."""
    if row["decision"] != "add":
        return (row["id"],)
    place = (row["article_id"], row["start"], row["end"])
    return (*place, row["actor"], row["issue"]) if row["table"] == "positions" else place


def _verdict(row: Row) -> tuple[Any, ...]:
    """Say what a row decides, so that two coders who decide the same can be told."""
    if row["decision"] == "drop":
        return ("drop",)
    values = [row[name] for name in VARIABLES[row["table"]]]
    if row["table"] == "quotes":
        values[0] = "; ".join(sorted(split_speakers(values[0])))
    return (row["start"], row["end"], row["text"], *(None if pd.isna(v) else v for v in values))


def _settle(sheet: pd.DataFrame, name: str, coder: str | None) -> list[Row]:
    """Give one row for each unit that was coded: the coders' common one, or that of the coder who counts."""
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in _records(sheet):
        if row["decision"] in CODED:
            groups.setdefault(_unit(row), []).append(row)
    settled, misfits = [], _Misfits()
    for rows in groups.values():
        chosen = rows
        if len({_verdict(row) for row in rows}) > 1:
            chosen = [row for row in rows if row["coder"] == coder]
            if len({_verdict(row) for row in chosen}) != 1:
                said = ", ".join(f"{row['coder']} says {row['decision']}" for row in rows)
                misfits.found.append(f"{_name(rows[0])}: {said}")
        settled += chosen[:1]
    misfits.raise_any(
        f"coders contradict each other on {name}. Say whose code counts with coder=..., or settle the cases together:"
    )
    return settled


def _name(row: Row) -> str:
    name = "an added unit" if row["id"] is None else row["id"]
    return f"{name} (characters {row['start']} to {row['end']} of {row['article_id']})"


def _records(frame: pd.DataFrame) -> list[Row]:
    """Give the rows as dictionaries in which what is absent is None."""
    return [
        {str(k): v if isinstance(v, list | tuple) or not pd.isna(v) else None for k, v in row.items()}
        for row in frame.to_dict("records")
    ]


def _apply(
    tables: Mapping[str, pd.DataFrame],
    articles: Mapping[str, Article],
    sheet: pd.DataFrame,
    settled: Sequence[Row],
    name: str,
) -> pd.DataFrame:
    rows = {row[_ID[name]]: row for row in _records(tables[name])}
    misfits, roles = _Misfits(), Roles(tables)
    for row in _records(sheet):
        if row["decision"] != "add" and row["id"] not in rows:
            near = did_you_mean(row["id"], rows)
            misfits.found.append(f"{row['id']}: no such row in study.{name}.{near}")
    misfits.raise_any(
        "the sheet does not fit this study, or was applied to it already (give sheets of quotes and positions "
        "together, as a list):"
    )
    make = _hand_position if name == "positions" else _hand_quote
    touched = []
    for code in settled:
        try:
            machine = None if code["decision"] == "add" else rows[code["id"]]
            article = _check_place(code, machine, articles, name)
            if code["decision"] == "drop":
                del rows[code["id"]]
                continue
            new = make(code, machine, article, tables, roles)
            new[_ID[name]] = code["id"] if machine else _free_id(code, rows)
            rows[new[_ID[name]]] = new
            touched += [new] if code["decision"] != "keep" else []
        except _Misfit as misfit:
            misfits.found.append(f"{_name(code)}: {misfit}")
    _check_double(rows.values(), touched, name, misfits)
    misfits.raise_any("the sheet does not fit this study:")
    return table(name, sorted(rows.values(), key=_order))


class _Misfit(Exception):  # noqa: N818  (a finding about a sheet, not a fault of the program)
    """A row of a sheet that cannot be applied; the message says why."""


def _order(row: Row) -> tuple[Any, ...]:
    if "spans" in row:
        return (row["article_id"], [tuple(span) for span in row["spans"]], row["quote_id"])
    return (row["article_id"], row["start"], row["end"], row["issue"], row["actor"], row["position_id"])


def _free_id(code: Row, rows: Collection[str]) -> str:
    wanted = code["id"]
    if wanted and wanted not in rows and re.fullmatch(re.escape(code["article_id"]) + r":hand\d+", wanted):
        return str(wanted)
    return next_id(code["article_id"], rows)


def _check_place(code: Row, machine: Row | None, articles: Mapping[str, Article], name: str) -> Article:
    """Refuse a unit whose article or words are not those of the study."""
    article = articles.get(code["article_id"])
    if article is None:
        raise _Misfit(f"the study has no such article.{did_you_mean(code['article_id'], articles)}")
    if machine is not None and machine["article_id"] != code["article_id"]:
        raise _Misfit(f"in the study it stands in {machine['article_id']}; the sheet is of another analysis")
    if machine is not None and _is_same_place(code, machine):
        if code["decision"] == "keep":
            _check_kept(code, machine, name)
        return article
    if machine is not None and code["decision"] != "change":
        raise _Misfit(
            f"in the study its words are {machine['text'][:80]!r}, in the sheet {code['text'][:80]!r}; the sheet is of "
            "another analysis"
        )
    if machine is not None:
        start, end = _extent(machine)
        if code["start"] >= end or code["end"] <= start:
            raise _Misfit(f"the new place shares no word with the old one, {start} to {end}: drop it and add another")
    _spans_of(code, article)
    return article


def _extent(row: Row) -> Span:
    return (row["spans"][0][0], row["spans"][-1][1]) if "spans" in row else (row["start"], row["end"])


def _is_same_place(code: Row, machine: Row) -> bool:
    return (code["start"], code["end"], code["text"]) == (*_extent(machine), machine["text"])


def _check_kept(code: Row, machine: Row, name: str) -> None:
    for variable in VARIABLES[name]:
        found = machine[variable] if variable != "speakers" else join_speakers(machine[variable])
        same = found == code[variable] if not isinstance(found, str) else found.strip() == (code[variable] or "")
        if not same:
            raise _Misfit(
                f"the decision is keep, but {variable} is {code[variable]!r} and the machine's was {found!r}: "
                "say change"
            )


def _spans_of(code: Row, article: Article) -> list[Span]:
    """Find where the words of a unit stand; the parts of an interrupted quote are joined by `` … ``."""
    start, end, words = code["start"], code["end"], code["text"]
    stands = article.text[start:end]
    if stands == words:
        return [(start, end)]
    parts = words.split(_GAP) if code["table"] == "quotes" else []
    spans: list[Span] = []
    for number, part in enumerate(parts):
        if number == len(parts) - 1:
            at = end - len(part) if stands.endswith(part) else -1
        else:
            at = article.text.find(part, spans[-1][1] if spans else start, end)
        if at < (spans[-1][1] if spans else start) or (not spans and at != start):
            break
        spans.append((at, at + len(part)))
    if len(parts) < 2 or len(spans) != len(parts):
        raise _Misfit(f"the words are {words[:80]!r}, but {stands[:80]!r} stands there")
    return spans


def _hand_position(
    code: Row, machine: Row | None, article: Article, tables: Mapping[str, pd.DataFrame], roles: Roles
) -> Row:
    new = dict(machine or {"article_id": article.article_id, "date": article.date, "actor": None})
    if new["actor"] != code["actor"]:
        new["role"] = roles.of(article.article_id, code["actor"])
    if machine is None or not _is_same_place(code, machine):
        own = tables["quotes"]
        quote = _covering(code, _records(own[own["article_id"] == article.article_id]))
        new["quote_id"] = quote["quote_id"] if quote else None
        new["kind"] = quote["kind"] if quote else "speech" if article.speaker else "report"
    return {**new, **{k: code[k] for k in ("actor", "issue", "stance", "start", "end", "text")}, **HAND}


def _covering(code: Row, quotes: Sequence[Row]) -> Row | None:
    """Give the attribution that holds most of a passage, and at least a third of it; of two, the actor's own."""

    def shared(quote: Row) -> int:
        return sum(max(0, min(code["end"], e) - max(code["start"], s)) for s, e in quote["spans"])

    def rank(quote: Row) -> tuple[int, bool]:
        return shared(quote), code["actor"] in quote["speakers"]

    best = max(quotes, key=rank, default=None)
    return best if best is not None and 3 * shared(best) >= code["end"] - code["start"] else None


def _hand_quote(
    code: Row, machine: Row | None, article: Article, tables: Mapping[str, pd.DataFrame], roles: Roles
) -> Row:
    del tables
    names = split_speakers(code["speakers"])
    new = dict(machine or {"article_id": article.article_id, "negated": False, "via": None, "speakers": None})
    if machine is None or not _is_same_place(code, machine):
        spans = _spans_of(code, article)
        new |= {"spans": [list(span) for span in spans], "text": code["text"]}
        new["section"] = "headline" if article.section(spans[0][0]) == "headline" else "body"
    for part in ("source", "cue"):
        if machine is None or (machine[part] or "").strip() != (code[part] or ""):
            place = _printed(code[part], part, article, new["spans"])
            new |= {f"{part}_start": place[0] if place else None, f"{part}_end": place[1] if place else None}
            new[part] = article.text[slice(*place)] if place else None
            if part == "cue":
                new["act"], new["strength"] = act_of(new["cue"])
    if new["speakers"] != names:
        new |= {"speakers": names, "role": roles.of(article.article_id, names[0]) if names else None}
    return {**new, "kind": code["kind"], **HAND}


def _printed(words: str | None, part: str, article: Article, spans: Iterable[Sequence[int]]) -> Span | None:
    """Find the source or cue that a person gave: its words as printed, where they stand nearest to the quote."""
    if words is None:
        return None
    pattern = r"\s+".join(re.escape(word) for word in words.split())
    before, after = (r"\b" if _EDGE.match(edge) else "" for edge in (words[0], words[-1]))
    places = [found.span() for found in re.finditer(before + pattern + after, article.text)]
    if not places:
        raise _Misfit(f"the {part} {words!r} does not stand in the article; give it as printed, or leave it empty")
    parts = list(spans)

    def distance(place: Span) -> tuple[bool, int, int]:
        gaps = [max(start - place[1], place[0] - end) for start, end in parts]
        return min(gaps) < 0, min(map(abs, gaps)), place[0]

    return min(places, key=distance)


def _check_double(rows: Iterable[Row], touched: Sequence[Row], name: str, misfits: _Misfits) -> None:
    """Refuse a unit that became the same as another one, since it would count twice."""

    def key(row: Row) -> tuple[Any, ...]:
        same = (row["article_id"], *_extent(row))
        return (*same, row["actor"], row["issue"]) if name == "positions" else (*same, row["text"])

    places: dict[tuple[Any, ...], list[str]] = {}
    for row in rows:
        places.setdefault(key(row), []).append(row[_ID[name]])
    for row in touched:
        others = [other for other in places[key(row)] if other != row[_ID[name]]]
        if others:
            what = "the same passage, actor and issue" if name == "positions" else "the same passage"
            misfits.found.append(f"{row[_ID[name]]}: it would be {what} as {others[0]}; drop one of them")


def _record(name: str, sheet: pd.DataFrame, settled: Sequence[Row], coder: str | None) -> dict[str, Any]:
    counts = Counter(row["decision"] for row in settled)
    done = {row["id"] for row in settled}
    rest = sheet[~sheet["id"].isin(done) & (sheet["decision"] != "add")]
    unsure = set(rest.loc[rest["decision"].eq("unsure"), "id"])
    counts["unsure"], counts["not coded"] = len(unsure), len(set(rest["id"]) - unsure)
    return {
        "table": name,
        "decisions": {decision: counts[decision] for decision in (*DECISIONS, "not coded")},
        "coders": sorted(sheet.loc[sheet["decision"].notna(), "coder"].dropna().unique()),
        "counts": coder,
    }
