"""Finds the files of paths and folders, and says what to do about a path that does not exist."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from toolkit.checks import did_you_mean
from toolkit.outputs import own_names

Paths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]
"""A file, a folder, or several of them."""

_LONGEST = 200


def list_files(paths: Paths) -> Iterator[tuple[Path, str]]:
    """Give the files that ``load`` opens, with their names in the report, in its order."""
    return ((path, name) for path, name, problem in find_files(*given_paths(paths)) if problem is None)


def given_paths(paths: Paths) -> tuple[list[Path], list[Path]]:
    """Give the paths, and those of them that are not there.

    Raises:
        FileNotFoundError: None of them exists.
        ValueError: There are none.
    """
    given = [Path(p).expanduser() for p in ([paths] if isinstance(paths, str | os.PathLike) else paths)]
    if not given:
        raise ValueError("paths is empty; give a file, a folder, or several of them.")
    missing = [path for path in given if not _exists(path)]
    if len(missing) == len(given):
        raise FileNotFoundError(" ".join(_missing(path) for path in missing))
    return given, missing


def find_files(given: Sequence[Path], missing: Sequence[Path]) -> Iterator[tuple[Path, str, str | None]]:
    """Give each file with its name in the report, and why it is left aside, or None."""
    for path in given:
        if path in missing:
            yield path, path.as_posix(), _missing(path)
        elif path.is_dir():
            inside = False
            for file, problem in _walk(path):
                inside = True
                name = file.relative_to(path).as_posix()
                yield file, (path.name or name) if name == "." else name, problem
            if not inside:
                yield path, path.name or path.as_posix(), "the folder is empty"
        else:
            yield path, path.name, None


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _missing(path: Path) -> str:
    name = path.as_posix() if len(path.as_posix()) < _LONGEST else path.as_posix()[:_LONGEST] + "…"
    try:
        siblings = sorted(p.name for p in path.parent.iterdir())
    except (OSError, ValueError):
        siblings = []
    return f"There is no file or folder {name}.{did_you_mean(path.name, siblings)}"


def _walk(folder: Path) -> Iterator[tuple[Path, str | None]]:
    """Give the files of a folder, sorted, and why one is left aside."""
    problems: list[OSError] = []
    for place, folders, names in os.walk(folder, onerror=problems.append):
        own = own_names(Path(place))
        if own:
            yield Path(place), "it holds tables of this toolkit, which are no articles"
        folders[:] = sorted(set(folders) - own)
        for name in list(folders):
            linked = "a linked folder; give its path itself" if Path(place, name).is_symlink() else None
            if problem := "a hidden folder" if name.startswith(".") else linked:
                folders.remove(name)
                yield Path(place, name), problem
        for name in sorted(set(names) - own):
            hidden = "a hidden file" if name.startswith((".", "~$")) else None
            described = "a README, which is not an article" if Path(name).stem.upper() == "README" else None
            yield Path(place, name), hidden or described
    for unopened in problems:
        yield Path(str(unopened.filename)), f"the folder cannot be opened: {unopened.strerror}"
