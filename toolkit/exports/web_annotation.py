"""W3C Web Annotations: one JSON-LD page whose targets are found by position and, where a text has moved, by quotation.

Offsets count code points, as https://www.w3.org/TR/annotation-model asks. A body of purpose ``classifying`` says what
the unit is; those of purpose ``tagging`` hold its values, as ``name=value``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from toolkit.exports.units import LABELS, TABLES, Unit, by_article
from toolkit.records import Span
from toolkit.sheets import VARIABLES

if TYPE_CHECKING:
    from toolkit.study import Study

FILE = "annotations.jsonld"
CONTEXT = 32
"""Characters before and after the words that a quotation selector keeps."""

_UNIT, _ARTICLE = "urn:toolkit:unit:", "urn:toolkit:article:"


def write(study: Study, folder: Path) -> None:
    """Write one page with all units; every article is listed as a part, also one without units."""
    found = by_article(study)
    items = [_annotation(u, study.originals[name].text) for name, units in found.items() for u in units]
    page = {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": "urn:toolkit:annotations",
        "type": "AnnotationPage",
        "partOf": {"type": "AnnotationCollection", "label": "quotes and positions", "total": len(items)},
        "about": [_ARTICLE + quote(name, safe="") for name in found],
        "items": items,
    }
    (folder / FILE).write_text(json.dumps(page, ensure_ascii=True, indent=1) + "\n", encoding="utf-8")


def read(folder: Path, texts: Mapping[str, str]) -> Iterator[tuple[str, list[Unit]]]:
    """Give the article and units of all JSON-LD files of a folder.

    Args:
        folder: The folder.
        texts: The articles' texts by their ids, to find the words in.

    Raises:
        ValueError: Names the file and the annotation that cannot be read, or whose words cannot be found.
    """
    for path in sorted(folder.glob("*.jsonld")):
        page = json.loads(path.read_text(encoding="utf-8"))
        found: dict[str, list[Unit]] = {unquote(name.removeprefix(_ARTICLE)): [] for name in page.get("about", [])}
        for number, item in enumerate(page["items"], 1):
            try:
                unit = _read(item, texts)
            except (KeyError, TypeError, IndexError, ValueError) as error:
                raise ValueError(f"{path.name}, item {number}: no annotation of this export ({error}).") from error
            found.setdefault(unit.article_id, []).append(unit)
        yield from found.items()


def _annotation(unit: Unit, text: str) -> dict[str, Any]:
    tags = [{"type": "TextualBody", "purpose": "tagging", "value": f"{k}={v}"} for k, v in unit.values.items()]
    source = _ARTICLE + quote(unit.article_id, safe="")
    return {
        "id": _UNIT + quote(str(unit.id), safe=""),
        "type": "Annotation",
        "body": [{"type": "TextualBody", "purpose": "classifying", "value": LABELS[unit.table]}, *tags],
        "target": [{"source": source, "selector": _selectors(span, text)} for span in unit.spans],
    }


def _selectors(span: Span, text: str) -> list[dict[str, Any]]:
    start, end = span
    return [
        {"type": "TextPositionSelector", "start": start, "end": end},
        {
            "type": "TextQuoteSelector",
            "exact": text[start:end],
            "prefix": text[max(0, start - CONTEXT) : start],
            "suffix": text[end : end + CONTEXT],
        },
    ]


def _read(item: Mapping[str, Any], texts: Mapping[str, str]) -> Unit:
    bodies = item["body"] if isinstance(item["body"], list) else [item["body"]]
    (table,) = [TABLES[b["value"]] for b in bodies if b["purpose"] == "classifying"]
    values = dict(b["value"].split("=", 1) for b in bodies if b["purpose"] == "tagging")
    targets = item["target"] if isinstance(item["target"], list) else [item["target"]]
    name = unquote(targets[0]["source"].removeprefix(_ARTICLE))
    if name not in texts:
        raise ValueError(f"article {name!r} is none of this study's")
    spans = tuple(_place(target["selector"], texts[name]) for target in targets)
    own = str(item.get("id", ""))
    unit_id = unquote(own.removeprefix(_UNIT)) if own.startswith(_UNIT) else None
    return Unit(table, unit_id, name, spans, {v: values[v] for v in VARIABLES[table] if values.get(v)})


def _place(selectors: Any, text: str) -> Span:
    """Take the position where the quoted words stand there; else look for them with what stood around them."""
    listed = selectors if isinstance(selectors, list) else [selectors]
    kinds = {s["type"]: s for s in listed}
    at, words = kinds.get("TextPositionSelector"), kinds.get("TextQuoteSelector")
    if at and (not words or text[at["start"] : at["end"]] == words["exact"]):
        return int(at["start"]), int(at["end"])
    if not words:
        raise ValueError("the target has neither a position nor a quotation selector")
    before, exact = words.get("prefix", ""), words["exact"]
    found = text.find(before + exact + words.get("suffix", ""))
    if found >= 0:
        return found + len(before), found + len(before) + len(exact)
    if text.count(exact) != 1:
        raise ValueError(f"the words {exact[:60]!r} stand {text.count(exact)} times in the article")
    return text.find(exact), text.find(exact) + len(exact)
