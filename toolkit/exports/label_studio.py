"""Label Studio: ``tasks.json`` with the units as predictions, and the ``labeling.xml`` that shows them.

What Label Studio exports as JSON is read back. Every part of an interrupted quote is a region of its own; those with
the same ``unit`` belong together. Format: https://labelstud.io/guide/export
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from toolkit.exports.units import LABELS, TABLES, Unit, by_article, check_text, issues_of
from toolkit.records import Span
from toolkit.sheets import KINDS, VARIABLES

if TYPE_CHECKING:
    from toolkit.study import Study

_CHOICES = ("kind", "issue", "stance")
_TEXTS = ("speakers", "source", "cue", "actor")
FILE = "tasks.json"


def write(study: Study, folder: Path) -> None:
    """Write the tasks and their labelling interface."""
    tasks = []
    for name, units in by_article(study).items():
        text = study.originals[name].text
        result = [row for unit in units for row in _rows(unit, text)]
        prediction = {"model_version": str(study.provenance.get("network", "toolkit")), "result": result}
        tasks.append({"data": {"article_id": name, "text": text}, "predictions": [prediction]})
    (folder / FILE).write_text(json.dumps(tasks, ensure_ascii=True, indent=1) + "\n", encoding="utf-8")
    (folder / "labeling.xml").write_text(_interface(issues_of(study)), encoding="utf-8")


def read(folder: Path, texts: Mapping[str, str]) -> Iterator[tuple[str, list[Unit] | None]]:
    """Give the article and units of each task of all JSON files of a folder; None where nobody decided on the task.

    Predictions count where a task has no list of annotations; where the folder holds other JSON files, those of the
    tasks that ``write`` wrote do not.

    Args:
        folder: The folder.
        texts: The articles' texts by their ids, which must be those of the tasks.

    Raises:
        ValueError: Names the file and the task that cannot be read, or the article that is another.
    """
    paths = sorted(folder.glob("*.json"))
    for path in paths:
        tasks = json.loads(path.read_text(encoding="utf-8"))
        for number, task in enumerate(tasks if isinstance(tasks, list) else [tasks], 1):
            where = f"{path.name}, task {number}"
            try:
                if "annotations" in task or path.name != FILE or len(paths) == 1:
                    answer = _answer(task, where)
                    name = task["data"]["article_id"]
                    check_text(name, task["data"]["text"], texts)
                    yield name, None if answer is None else _units(answer["result"], task["data"])
            except (KeyError, TypeError, AttributeError) as error:
                raise ValueError(f"{where}: no task of this export ({error!r}).") from error


def _answer(task: Mapping[str, Any], where: str) -> Mapping[str, Any] | None:
    """Give what one person decided on a task; None where the task was skipped or never opened."""
    if "annotations" not in task:
        return task["predictions"][-1] if task.get("predictions") else None
    answers = [a for a in task["annotations"] if not a.get("was_cancelled")]
    if len(answers) > 1:
        raise ValueError(
            f"{where}: it has {len(answers)} annotations, and only one can count; export one annotator at a time."
        )
    return answers[0] if answers else None


def _rows(unit: Unit, text: str) -> Iterator[dict[str, Any]]:
    for number, (start, end) in enumerate(unit.spans):
        region = f"{unit.id}/{number}"
        place = {"start": start, "end": end, "text": text[start:end]}
        shared = {"id": region, "to_name": "text"}
        label = {**place, "labels": [LABELS[unit.table]]}
        yield {**shared, "from_name": "label", "type": "labels", "value": label}
        yield {**shared, "from_name": "unit", "type": "textarea", "value": {**place, "text": [str(unit.id)]}}
        for name, value in unit.values.items() if number == 0 else ():
            if name in _CHOICES:
                yield {**shared, "from_name": name, "type": "choices", "value": {**place, "choices": [value]}}
            else:
                yield {**shared, "from_name": name, "type": "textarea", "value": {**place, "text": [value]}}


def _units(result: list[Mapping[str, Any]], data: Mapping[str, Any]) -> list[Unit]:
    regions: dict[str, dict[str, Any]] = {}
    for row in result:
        region, value = regions.setdefault(row["id"], {"values": {}}), row["value"]
        if row["type"] == "labels":
            region |= {"table": TABLES[value["labels"][0]], "span": _place(value, data["text"])}
        else:
            given = value.get("choices" if row["type"] == "choices" else "text") or [""]
            words = str(given[0] if isinstance(given, list) else given).strip()
            region["values"] |= {row["from_name"]: words} if words else {}
    units: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for key, region in regions.items():
        if "span" in region:
            units.setdefault((region["table"], region["values"].get("unit", key)), []).append(region)
    found = []
    for (table, _), parts in units.items():
        values = {k: v for part in parts for k, v in part["values"].items()}
        kept = {v: values[v] for v in VARIABLES[table] if v in values}
        found.append(Unit(table, values.get("unit"), data["article_id"], tuple(p["span"] for p in parts), kept))
    return found


def _place(value: Mapping[str, Any], text: str) -> Span:
    """Give the place of a region; where its words do not stand there, its offsets may count UTF-16 units."""
    start, end = int(value["start"]), int(value["end"])
    words = value.get("text")
    if isinstance(words, str) and text[start:end] != words:
        units = text.encode("utf-16-le", "surrogatepass")
        there = [len(units[: 2 * offset].decode("utf-16-le", "replace")) for offset in (start, end)]
        if text[there[0] : there[1]] == words:
            return there[0], there[1]
    return start, end


def _interface(issues: list[str]) -> str:
    choices = {"kind": ("Quote", KINDS), "issue": ("Position", issues), "stance": ("Position", ("1", "-1"))}
    lines = [
        "<View>",
        '  <Text name="text" value="$text" granularity="character"/>',
        '  <Labels name="label" toName="text">',
    ]
    lines += [f"    <Label value={quoteattr(label)}/>" for label in LABELS.values()] + ["  </Labels>"]
    for name, (label, values) in choices.items():
        lines.append(
            f'  <Choices name="{name}" toName="text" perRegion="true" whenTagName="label" whenLabelValue="{label}">'
        )
        lines += [f"    <Choice value={quoteattr(value)}/>" for value in values] + ["  </Choices>"]
    for name in ("unit", *_TEXTS):
        label = "" if name == "unit" else f' whenLabelValue="{"Position" if name == "actor" else "Quote"}"'
        lines.append(
            f'  <TextArea name="{name}" toName="text" perRegion="true" maxSubmissions="1" placeholder="{name}"{label}/>'
        )
    return "\n".join([*lines, "</View>"]) + "\n"
