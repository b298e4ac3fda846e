"""Keeps two runs from writing into one folder at once.

The system itself holds the lock and frees it when the process ends, however that ends; so a killed run never blocks the
next one. The file only says who holds it, and that it is there does not mean that it is held.
"""

from __future__ import annotations

import errno
import os
import platform
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

LOCK = "run.lock"

_HELD = frozenset({errno.EAGAIN, errno.EACCES, errno.EDEADLK})
_FAR = 1 << 30


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Hold a folder for this run.

    Where the file system keeps no locks, as on some clusters, a warning says so and the run goes on.

    Args:
        folder: The folder; made where it does not exist.

    Raises:
        BlockingIOError: Another run holds it; says which, where, and since when.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / LOCK
    file = _taken(path)
    try:
        since = datetime.now(UTC).isoformat(sep=" ", timespec="seconds")
        file.truncate(0)
        file.write(f"process {os.getpid()} on {platform.node()}, since {since}")
        file.flush()
        yield
    finally:
        if sys.platform == "win32":
            file.close()  # an open file cannot be removed there
        with suppress(OSError):
            path.unlink()
        file.close()


def _taken(path: Path) -> TextIO:
    """Open the file and lock it; anew where another run removed it in between."""
    while True:
        file = path.open("a+", encoding="utf-8")
        try:
            _lock(file)
            if _is_same(file, path):
                return file
        except OSError as error:
            if error.errno not in _HELD:
                warnings.warn(
                    f"{path.parent} cannot be locked ({error.strerror}); see to it that no other run writes there.",
                    stacklevel=4,
                )
                return file
            file.seek(0)
            holder = file.read(200) or "a process that has just begun"
            file.close()
            raise BlockingIOError(
                f"another run is at work in {path.parent}: {holder}. Wait for its end, or give another folder."
            ) from None
        except BaseException:
            file.close()
            raise
        file.close()


def _is_same(file: TextIO, path: Path) -> bool:
    """Tell whether an open file is the one that bears the name."""
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    return False


if sys.platform == "win32":
    import msvcrt

    def _lock(file: TextIO) -> None:
        """Lock a byte far beyond the content, which others must be able to read."""
        file.seek(_FAR)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: TextIO) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
