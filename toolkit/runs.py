"""What the tables of a folder were made of: settings and inputs, noted when a run begins and compared when it goes on.

``run.json`` holds the settings (versions, models, codebook, options), and ``inputs.parquet`` every file that was given
with its checksum. Tables of two codebooks or two states of the articles never mix: a difference is refused.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from toolkit.loaders import list_files
from toolkit.outputs import INPUTS, RUN, find_run, remove_run, run_names
from toolkit.parts import encodable, replace_file, to_arrow, write_part
from toolkit.sidecars import NAME as SIDECAR
from toolkit.storage import FORMATS

CURE = "Give a fresh folder, or --restart (restart=True) to begin anew in this one."

_SHOWN = 3
_BLOCK = 1 << 20

Paths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]


def begin(target: Path, settings: Mapping[str, Any], paths: Paths, *, restart: bool) -> None:
    """Begin a run in a folder, or see that the one that is there was made with the same settings.

    Args:
        target: The folder; made where it does not exist.
        settings: What makes the tables, fit for JSON.
        paths: The articles, as for ``loaders.load``.
        restart: Delete what an earlier run left there (nothing else).

    Raises:
        ValueError: The folder holds tables that were made with other settings, or that no run wrote, or articles that
            would be deleted.
    """
    run = find_run(target)
    if run and not restart:
        if found := differences(run["settings"], settings):
            raise ValueError(f"{target} was made with other settings: {found}. {CURE}")
        return
    wrote = run_names(run["settings"]["file_format"]) if run else ()
    needed = [name for ending in ([settings["file_format"]] if run else FORMATS) for name in run_names(ending)]
    strange = [name for name in needed if name not in wrote and (target / name).exists()]
    if strange:
        raise ValueError(f"{target} holds {strange[0]}, which no run that can go on has written. Give a fresh folder.")
    if run:
        _keep_articles(paths, [target / name for name in wrote])
        remove_run(target, run)
    write_run(target, {"settings": dict(settings)})


def _keep_articles(paths: Paths, doomed: Sequence[Path]) -> None:
    """Refuse to delete what is given as an article.

    Raises:
        ValueError: Names the first such file.
    """
    places = {os.path.realpath(path) for path in doomed}
    for path, name in list_files(paths):
        real = Path(os.path.realpath(path))
        if any(str(place) in places for place in (real, *real.parents)):
            raise ValueError(f"{name} is among the articles, and --restart would delete it. Give a fresh folder.")


def read_run(target: Path) -> dict[str, Any]:
    """Read ``run.json``: ``settings``, and after the end ``outcome``."""
    kept: dict[str, Any] = json.loads((target / RUN).read_text(encoding="utf-8"))
    return kept


def write_run(target: Path, content: Mapping[str, Any]) -> None:
    """Write ``run.json``, whole or not at all."""
    text = json.dumps(content, ensure_ascii=True, indent=1) + "\n"
    replace_file(target / RUN, lambda place: place.write_text(text, encoding="utf-8"))


def differences(kept: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    """Name the settings that differ, with both values; empty where none does."""
    plain = json.loads(json.dumps(given))
    different = [name for name in sorted({*kept, *plain}) if kept.get(name) != plain.get(name)]
    return "; ".join(f"{name} was {_short(kept.get(name))} and is {_short(plain.get(name))}" for name in different)


def check_inputs(paths: Paths, target: Path) -> int:
    """Note the files that are given, or see that they are those of the run that is there.

    A file that has been noted is read again only where its size or its time of change is another one.

    Args:
        paths: As for ``loaders.load``.
        target: The folder of the run.

    Returns:
        The number of files.

    Raises:
        FileNotFoundError: None of the paths exists.
        ValueError: Files are new, gone or changed; names the first of them.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {"path": pa.string(), "size": pa.int64(), "mtime_ns": pa.int64(), "sha256": pa.string()}
    if not (target / INPUTS).exists():
        rows = [{"path": name, **_state(path), "sha256": sha256_of(path)} for path, name in _inputs(paths)]
        write_part(target / INPUTS, to_arrow(pa.schema(types), rows))
        return len(rows)
    kept = pq.read_table(target / INPUTS, partitioning=None).to_pylist()
    problems = [problem for before, now in zip_longest(kept, _inputs(paths)) if (problem := _problem(before, now))]
    if problems:
        shown = "; ".join(problems[:_SHOWN]) + f"; and {len(problems) - _SHOWN} more" * (len(problems) > _SHOWN)
        raise ValueError(f"the articles are not those that {target} was begun with: {shown}. {CURE}")
    return len(kept)


def sha256_of(path: Path) -> str | None:
    """Give a file's SHA-256; None where it cannot be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    except OSError:
        return None
    return digest.hexdigest()


def _inputs(paths: Paths) -> Iterator[tuple[Path, str]]:
    """Give every file that decides what is read: those that are given, and the sidecars beside them."""
    beside: set[Path] = set()
    for path, name in list_files(paths):
        sidecar = path.parent / SIDECAR
        if path.parent not in beside and path.name != SIDECAR and sidecar.is_file():
            yield sidecar, _written(f"{Path(name).parent.as_posix()}/{SIDECAR}")
        beside.add(path.parent)
        yield path, _written(name)


def _written(name: str) -> str:
    return name if encodable(name) else name.encode("utf-8", "backslashreplace").decode("utf-8")


def _state(path: Path) -> dict[str, int | None]:
    try:
        found = path.stat()
    except OSError:
        return {"size": None, "mtime_ns": None}
    return {"size": found.st_size, "mtime_ns": found.st_mtime_ns}


def _problem(before: Mapping[str, Any] | None, now: tuple[Path, str] | None) -> str | None:
    """Say how a file differs from the one that stood in its place, or None."""
    if before is None or now is None:
        return f"{now[1]} is new" if now else f"{before['path']} is gone" if before else None
    path, name = now
    if name != before["path"]:
        return f"{name} stands where {before['path']} stood"
    state = _state(path)
    same = state == {key: before[key] for key in state} or (
        state["size"] == before["size"] and sha256_of(path) == before["sha256"]
    )
    return None if same else f"{name} has changed"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
