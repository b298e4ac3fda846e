"""The article with its quotes, speakers and positions marked, and tables to read, as escaped HTML.

Every word from an article, a codebook or a table is escaped. The HTML needs no script and no file beside it; it follows
the light and dark themes of JupyterLab, and elsewhere the reader's own setting.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib import resources
from statistics import median
from typing import Any
from zlib import crc32

import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from toolkit.appearance import issue_label, side
from toolkit.checks import check_columns
from toolkit.occasions import listed
from toolkit.quotemarks import pair_marks
from toolkit.records import Article

_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")
_FIRST_WORD, _LAST_WORD = re.compile(r"^\S*\s+"), re.compile(r"\s+\S*$")
_TEXT_CELL = re.compile(r'<(t[hd])(?=(?: scope="col")?(?:>| class="(?!tk-number)))')
_NUMBER_CELL = re.compile(r'(<t[hd](?: scope="col")? class="tk-number")')
_KIND = {"direct": "direct quotation", "mixed": "partly quoted", "indirect": "paraphrase"}
_LEGEND = (
    ("tk-src", "speaker"), ("tk-cue", "reporting words"), ("tk-direct", "quoted"), ("tk-mixed", "partly quoted"),
    ("tk-indirect", "paraphrased"), ("tk-for", "▲ supports an issue"), ("tk-against", "▼ opposes"),
    ("tk-low", "low confidence"), ("tk-nobody", "no speaker found"), ("tk-odd", "”"), ("", "mark without a partner"),
    ("tk-region", "caption, byline, site text"),
)  # fmt: skip

_WIDE = 40
"""A column whose texts are mostly longer than this many characters is kept wide enough to be read."""
_LONG_LIST = 10
"""Longer lists of short items are cut."""

_INLINE = {
    "tk-direct": "background-color: rgba(27, 127, 121, 0.34)",
    "tk-mixed": "background-color: rgba(27, 127, 121, 0.2)",
    "tk-indirect": "background-color: rgba(27, 127, 121, 0.1)",
    "tk-src": "font-weight: bold",
    "tk-cue": "font-style: italic",
    "tk-nobody": "border-bottom: 1px dashed #c8453c",
    "tk-for": "border-bottom: 3px solid #3f86c6",
    "tk-against": "border-bottom: 3px solid #d9730d",
    "tk-odd": "background-color: #c8453c; color: #ffffff",
    "tk-region": "color: #858d95",
}
"""What must be seen where style sheets are not allowed: JupyterLab drops them from notebooks not yet trusted."""


class Shown:
    """HTML for a notebook, with a plain ``repr`` that is the same in every run.

    Attributes:
        html: The HTML.
        summary: What it shows, in a few words.
    """

    def __init__(self, html: str, summary: str) -> None:
        style = (resources.files("toolkit") / "data" / "display.css").read_text(encoding="utf-8")
        self.html = f'<div class="tk-read"><style>{style}</style>{html}</div>'
        self.summary = summary

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return f"<{self.summary}>"


@dataclass(frozen=True)
class _Layer:
    """A stretch of the text with the class that styles it and the words that a reader gets on hover."""

    start: int
    end: int
    style: str
    title: str = ""


def highlight(
    article: Article,
    quotes: pd.DataFrame,
    positions: pd.DataFrame | None = None,
    mentions: pd.DataFrame | None = None,
    *,
    labels: Mapping[str, str] | None = None,
    low: float = 0.5,
) -> Shown:
    """Show an article with who says what and who stands where.

    Quotes are shaded by kind, sources bold, reporting words in italics. A passage that holds positions is underlined,
    blue for support and orange for opposition, and bears a number: the list below the text says whose positions they
    are, as does the text itself on hover. Quotes without a speaker and quotation marks without a partner are marked.

    Args:
        article: The article.
        quotes: The table ``quotes``; other articles' rows are left aside.
        positions: The table ``positions``, or None.
        mentions: The table ``mentions``, or None.
        labels: Names of the issues by their ids, or None to make them from the ids.
        low: Quotes and positions of a lower confidence are dotted.

    Raises:
        ValueError: A table's offsets do not fit the article's text.
    """
    own_quotes = _own(quotes, article, "quotes", ["kind", "spans", "speakers"])
    own_positions = _own(positions, article, "positions", ["issue", "stance", "start", "end", "text"])
    own_mentions = _own(mentions, article, "mentions", ["actor", "start", "end"])
    _check_offsets(article, own_positions)
    passages = _passages(own_positions)
    odd = pair_marks(article.text).odd
    anchor = f"tk{crc32(article.article_id.encode('utf-8')):08x}"
    layers = [
        *(_Layer(r.start, r.end, f"tk-region tk-{r.kind}", r.kind) for r in article.regions),
        *_mention_layers(own_mentions),
        *_quote_layers(own_quotes, low),
        *_passage_layers(passages, labels, low),
        *(_Layer(i, i + 1, "tk-odd", "quotation mark without a partner") for i in odd),
    ]
    marks = {**_nobody_marks(own_quotes), **_passage_marks(passages, anchor)}
    # In <pre>, nbconvert leaves white space alone; the empty span keeps browsers from dropping a first line break.
    text = "".join(_segments(article.text, layers, marks))
    notes = _notes(passages, anchor, labels, low)
    legend = " ".join(
        f'<span class="{style}" style="{_inline(style)}">{escape(name)}</span> ' for style, name in _LEGEND
    )
    html = (
        f'<div class="tk-head">{escape(_heading(article))}</div><div class="tk-legend">{legend}</div>'
        f'<pre class="tk-text" style="white-space: pre-wrap; word-break: normal" '
        f'lang="{escape(article.language or "")}"><span></span>{text}</pre>'
        f"{notes}{_said(own_quotes)}"
    )
    counts = f"{len(own_quotes)} quotes, {len(own_positions)} positions, {len(odd)} odd quotation marks"
    return Shown(html, f"Article {article.article_id!r}: {counts}")


def evidence(
    positions: pd.DataFrame,
    texts: Mapping[str, str],
    *,
    context: int = 120,
    labels: Mapping[str, str] | None = None,
    low: float = 0.5,
) -> Shown:
    """Show each position with its evidence marked in the words around it, and where that stands.

    Args:
        positions: The table ``positions``, or some of its rows.
        texts: The articles' texts by their ids.
        context: Characters of context on each side, ended at a word.
        labels: Names of the issues by their ids, or None to make them from the ids.
        low: Positions of a lower confidence are dotted.

    Raises:
        ValueError: An article's text is not given, or the offsets do not fit it.
    """
    check_columns(positions, ["position_id", "start", "end"], name="positions", cure="Give study.positions.")
    rows = []
    for row in positions.to_dict("records"):
        if row["article_id"] not in texts:
            raise ValueError(f"texts lacks the article {row['article_id']!r} of position {row['position_id']!r}.")
        text = texts[row["article_id"]]
        _check_offsets(Article(row["article_id"], text), [row])
        before, after = _context(text, row["start"], row["end"], context)
        mark = f'<mark class="{_side_class(row)}">{escape(text[row["start"] : row["end"]])}</mark>'
        where = f"{row['article_id']}, {row['start']}–{row['end']}"
        dated = where if pd.isna(row["date"]) else f"{row['date']}, {where}"
        rows.append(
            f"<td>{escape(_who(row['actor'], row['role']))}</td><td>{_side_words(row, labels, low)}</td>"
            f'<td class="tk-wide">{escape(before)}{mark}{escape(after)}</td><td>{_plain(row["kind"])}</td>'
            f"<td>{escape(dated)}<br><small>{_plain(row['position_id'])}</small></td>"
        )
    heads = ("actor", "side and confidence", "evidence in its context", "kind", "where")
    return Shown(_html_table(heads, rows), f"Evidence of {len(rows)} positions")


def table(frame: pd.DataFrame, *, columns: Sequence[str] | None = None, rows: int | None = None) -> Shown:
    """Show a table with all its words, wrapped; what is absent is a dash.

    Lists are joined by commas; of a list of more than ten short items (ids, mostly), the first eight are shown.

    Args:
        frame: Any table.
        columns: The columns to show, or None for all.
        rows: How many rows to show, or None for all.
    """
    check_columns(frame, columns or [], name="The table", cure="Choose among these.")
    chosen = frame[list(columns)] if columns is not None else frame
    chosen = chosen if rows is None else chosen.head(rows)
    numeric = [is_numeric_dtype(dtype) and not is_bool_dtype(dtype) for dtype in chosen.dtypes]
    wide = [_usual_length(chosen.iloc[:, place]) > _WIDE for place in range(len(numeric))]
    styles = [
        ' class="tk-number"' if number else ' class="tk-wide"' * long
        for number, long in zip(numeric, wide, strict=True)
    ]
    cells = chosen.itertuples(index=False, name=None)
    lines = ["".join(f"<td{s}>{_plain(v)}</td>" for s, v in zip(styles, row, strict=True)) for row in cells]
    left = len(frame) - len(chosen)
    more = f'<div class="tk-legend">and {left} more row{"s" * (left > 1)}</div>' if left else ""
    html = _html_table(dict(zip(map(str, chosen.columns), numeric, strict=True)), lines) + more
    return Shown(html, f"Table of {len(frame)} rows and {len(chosen.columns)} columns")


def _own(frame: pd.DataFrame | None, article: Article, name: str, needed: Iterable[str]) -> list[dict[Any, Any]]:
    if frame is None:
        return []
    check_columns(frame, ["article_id", *needed], name=name, cure=f"Give the table study.{name}.")
    return frame[frame["article_id"] == article.article_id].to_dict("records")


def _check_offsets(article: Article, positions: Iterable[Mapping[Any, Any]]) -> None:
    for row in positions:
        found = article.text[row["start"] : row["end"]]
        if found != row["text"]:
            raise ValueError(
                f"Position {row['position_id']!r} does not fit the article {article.article_id!r}: characters "
                f"{row['start']} to {row['end']} are {found[:60]!r}, not {str(row['text'])[:60]!r}. "
                "Give the text that was analysed, unchanged."
            )


def _mention_layers(mentions: Iterable[Mapping[Any, Any]]) -> Iterator[_Layer]:
    for row in mentions:
        yield _Layer(row["start"], row["end"], "tk-mention", _who(row["actor"], row["role"]))


def _quote_layers(quotes: Iterable[Mapping[Any, Any]], low: float) -> Iterator[_Layer]:
    for row in quotes:
        title = f"{_speakers(row)}: {_KIND.get(row['kind'], row['kind'])}, {_sure(row['confidence'])}"
        title += f", by way of {row['via']}" if not pd.isna(row["via"]) else ""
        title += ", denied" if row["negated"] else ""
        style = f"tk-{row['kind']}" + " tk-low" * (row["confidence"] < low)
        style += "" if listed(row["speakers"]) else " tk-nobody"
        yield from (_Layer(int(start), int(end), style, title) for start, end in row["spans"])
        for part, name in (("source", "tk-src"), ("cue", "tk-cue")):
            if not pd.isna(row[f"{part}_start"]):
                names = _speakers(row) if part == "source" else ""
                yield _Layer(row[f"{part}_start"], row[f"{part}_end"], name, names)


def _passages(positions: Iterable[Mapping[Any, Any]]) -> list[tuple[int, int, list[Mapping[Any, Any]]]]:
    """Gather the positions that rest on the same words; their order gives the numbers."""
    found: dict[tuple[int, int], list[Mapping[Any, Any]]] = {}
    for row in positions:
        found.setdefault((int(row["start"]), int(row["end"])), []).append(row)
    return [(start, end, found[start, end]) for start, end in sorted(found)]


def _passage_layers(
    passages: Iterable[tuple[int, int, list[Mapping[Any, Any]]]], labels: Mapping[str, str] | None, low: float
) -> Iterator[_Layer]:
    for start, end, rows in passages:
        style = " ".join(sorted({_side_class(row) for row in rows}))
        style += " tk-low" * all(row["confidence"] < low for row in rows)
        yield _Layer(start, end, style, "; ".join(_position_words(row, labels) for row in rows))


def _passage_marks(passages: Iterable[tuple[int, int, list[Mapping[Any, Any]]]], anchor: str) -> dict[int, str]:
    marks: dict[int, str] = {}
    for number, (_, end, rows) in enumerate(passages, 1):
        signs = "".join(sorted({side(row["stance"])[1] for row in rows}))
        mark = f'<sup class="tk-note"><a href="#{anchor}-{number}">{signs}{number}</a></sup>'
        marks[end] = marks.get(end, "") + mark
    return marks


def _nobody_marks(quotes: Iterable[Mapping[Any, Any]]) -> dict[int, str]:
    ends = (int(row["spans"][-1][1]) for row in quotes if not listed(row["speakers"]) and len(row["spans"]))
    return dict.fromkeys(ends, '<sup class="tk-note">speaker?</sup>')


def _segments(text: str, layers: Iterable[_Layer], marks: Mapping[int, str]) -> Iterator[str]:
    """Cut the text wherever a layer or a mark begins or ends, so that overlapping layers need no nesting."""
    starting: dict[int, list[_Layer]] = {}
    for layer in layers:
        if 0 <= layer.start < layer.end:
            starting.setdefault(min(layer.start, len(text)), []).append(layer)
    ends = (min(layer.end, len(text)) for there in starting.values() for layer in there)
    cuts = sorted({0, len(text), *starting, *ends, *(m for m in marks if m <= len(text))})
    active: list[_Layer] = []
    for start, end in zip(cuts, [*cuts[1:], len(text)], strict=True):
        active = [layer for layer in active if layer.end > start] + starting.get(start, [])
        yield marks.get(start, "")
        words = escape(text[start:end])
        if active and words:
            style = " ".join(dict.fromkeys(layer.style for layer in active))
            title = " | ".join(dict.fromkeys(layer.title for layer in active if layer.title))
            yield f'<span class="{escape(style)}" style="{_inline(style)}" title="{escape(title)}">{words}</span>'
        else:
            yield words


def _inline(classes: str) -> str:
    return "; ".join(_INLINE[name] for name in classes.split() if name in _INLINE)


def _notes(
    passages: Sequence[tuple[int, int, list[Mapping[Any, Any]]]], anchor: str,
    labels: Mapping[str, str] | None, low: float,
) -> str:  # fmt: skip
    if not passages:
        return ""
    items = []
    for number, (start, end, rows) in enumerate(passages, 1):
        who = {_who(r["actor"], r["role"]): None for r in rows}
        sides = "; ".join(
            f"{escape(name)} "
            + ", ".join(_side_words(r, labels, low) for r in rows if _who(r["actor"], r["role"]) == name)
            for name in who
        )
        where = f"<small>characters {start}–{end}</small>"
        items.append(f'<li id="{anchor}-{number}" value="{number}">{sides} {where}</li>')
    return f'<div class="tk-head">Positions</div><ol class="tk-list">{"".join(items)}</ol>'


def _said(quotes: Sequence[Mapping[Any, Any]]) -> str:
    if not quotes:
        return ""
    rows = [
        f'<td>{escape(_speakers(q))}</td><td>{_plain(q["cue"])}</td><td class="tk-wide">{_plain(q["text"])}</td>'
        f"<td>{escape(_KIND.get(q['kind'], q['kind']))}</td><td>{_sure(q['confidence'])}</td>"
        for q in quotes
    ]
    heads = ("speaker", "reporting words", "what is said", "kind", "confidence")
    return f"<details><summary>Who said what: {len(rows)} quotes</summary>{_html_table(heads, rows)}</details>"


def _heading(article: Article) -> str:
    day = f"{article.date} (inferred)" if article.date and article.date_source == "inferred" else article.date
    return " · ".join(part for part in (article.title, article.outlet, day, article.article_id) if part)


def _who(actor: Any, role: Any) -> str:
    return str(actor) if pd.isna(role) else f"{actor} ({role})"


def _speakers(quote: Mapping[Any, Any]) -> str:
    names = listed(quote["speakers"])
    return _who(" and ".join(names), quote["role"] if len(names) == 1 else None) if names else "no speaker found"


def _sure(confidence: Any) -> str:
    return "coded by hand" if pd.isna(confidence) else f"{confidence:.2f}"


def _side_class(row: Mapping[Any, Any]) -> str:
    return "tk-for" if row["stance"] > 0 else "tk-against"


def _position_words(row: Mapping[Any, Any], labels: Mapping[str, str] | None) -> str:
    verb = "supports" if row["stance"] > 0 else "opposes"
    return f"{row['actor']} {verb}: {issue_label(row['issue'], labels)} ({_sure(row['confidence'])})"


def _side_words(row: Mapping[Any, Any], labels: Mapping[str, str] | None, low: float) -> str:
    sign, verb = side(row["stance"])[1], "supports" if row["stance"] > 0 else "opposes"
    dotted = " tk-low" * (row["confidence"] < low)
    words = f"{sign} {verb} {escape(issue_label(row['issue'], labels))}"
    style = f"{_side_class(row)}{dotted}"
    return f'<span class="{style}" style="{_inline(style)}">{words}</span> <small>{_sure(row["confidence"])}</small>'


def _context(text: str, start: int, end: int, width: int) -> tuple[str, str]:
    before, after = text[max(0, start - width) : start], text[end : end + width]
    if start > width:
        before = "… " + _FIRST_WORD.sub("", before)
    if end + width < len(text):
        after = _LAST_WORD.sub("", after) + " …"
    return before, after


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return _DAY.sub(r'<span class="tk-day">\g<0></span>', escape(value))
    if hasattr(value, "__len__"):
        items = [_plain(str(list(v) if isinstance(v, tuple) else v)) for v in value]
        sentences = any(" " in item for item in items)
        if not sentences and len(items) > _LONG_LIST:
            items = [*items[: _LONG_LIST - 2], f"… ({len(items)} in all)"]
        return ("<br>".join(f"• {item}" for item in items) if sentences else ", ".join(items)) or "–"
    if pd.isna(value):
        return "–"
    return f"{value:.2f}" if isinstance(value, float) else escape(str(value))


def _usual_length(column: pd.Series) -> float:
    """Characters of a text, or of an item of a list, in a column: the median."""
    items = [item for value in column for item in (value if isinstance(value, (list, tuple)) else [value])]
    return median([len(item) for item in items if isinstance(item, str)] or [0])


def _html_table(heads: Iterable[str] | Mapping[str, bool], rows: Iterable[str]) -> str:
    """Lay out rows of cells under their heads; a mapping tells which heads stand over numbers."""
    numbers = {name for name, is_number in heads.items() if is_number} if isinstance(heads, Mapping) else set()
    head = "".join(f'<th scope="col" class="{"tk-number" * (h in numbers)}">{escape(h)}</th>' for h in heads)
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    head, body = (_NUMBER_CELL.sub(r'\1 style="text-align: right; vertical-align: top"', part) for part in (head, body))
    head, body = (_TEXT_CELL.sub(r'<\1 style="text-align: left; vertical-align: top"', part) for part in (head, body))
    body = body.replace('top" class="tk-wide"', 'top; min-width: 18rem" class="tk-wide"')
    return f'<div class="tk-scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
