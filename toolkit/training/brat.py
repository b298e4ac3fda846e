"""Reads attributions from brat standoff files, as PolNeAR publishes them.

A folder holds ``text/NAME.txt`` and ``attributions/NAME_CODER.ann``. Text-bound lines (``T1``) give spans, event lines
(``E1``) join the spans of one attribution by the roles Source, Cue and Content.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from toolkit.records import Span

_SPAN = re.compile(r"(T\d+)\t\S+ ([\d ;]+)")
_EVENT = re.compile(r"E\d+\t(.+)")


@dataclass(frozen=True)
class CodedAttribution:
    """Spans of one hand-coded attribution; ``cue`` and ``source`` may be empty."""

    content: tuple[Span, ...]
    cue: tuple[Span, ...]
    source: tuple[Span, ...]


@dataclass(frozen=True)
class CodedText:
    """A text with its hand-coded attributions."""

    name: str
    text: str
    attributions: tuple[CodedAttribution, ...]


def read_annotations(content: str) -> tuple[CodedAttribution, ...]:
    """Read the attributions in the text of one ``.ann`` file; events without a content are left out."""
    spans: dict[str, list[Span]] = {}
    found = []
    for line in content.split("\n"):
        if match := _SPAN.match(line):
            parts = [tuple(map(int, part.split())) for part in match[2].split(";")]
            spans[match[1]] = [(part[0], part[-1]) for part in parts]
        elif match := _EVENT.match(line):
            roles: dict[str, list[Span]] = defaultdict(list)
            for role in match[1].split():
                name, _, target = role.partition(":")
                roles[re.sub(r"\d+$", "", name).lower()] += spans.get(target, [])
            if roles["content"]:
                found.append(CodedAttribution(*(tuple(sorted(roles[k])) for k in ("content", "cue", "source"))))
    return tuple(found)


def read_folder(folder: Path) -> Iterator[CodedText]:
    """Give each coded text of a folder once, by name; of several coders the first (by file name) counts.

    Raises:
        FileNotFoundError: Where the folder lacks ``text`` or ``attributions``.
    """
    for part in ("text", "attributions"):
        if not (folder / part).is_dir():
            raise FileNotFoundError(
                f"{folder} has no folder {part!r}; expected text/NAME.txt and attributions/NAME_CODER.ann (brat files)."
            )
    seen = set()
    for path in sorted((folder / "attributions").glob("*.ann")):
        name = path.stem.rsplit("_", 1)[0]
        source = folder / "text" / f"{name}.txt"
        if name not in seen and source.exists():
            seen.add(name)
            with source.open(encoding="utf-8", newline="") as file:
                text = file.read()
            yield CodedText(name, text, read_annotations(path.read_text(encoding="utf-8")))
