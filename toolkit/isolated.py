"""Runs the reader of a file format in a process of its own, with an end to its time and memory.

The readers of PDF, RTF and Excel files go through structures that a stranger may have tied into loops or blown up. What
runs apart can be stopped whatever it does, and nothing that it does to itself reaches the caller.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from toolkit.decoding import Unreadable

LONGEST_SECONDS = 60.0
"""How long one file may take where its reader sets no other limit."""

MOST_MEMORY = 3 * 1024**3
"""How many bytes of memory the process may ask for (where the system can tell it so: not on Windows)."""


def read_apart(reader: str, data: bytes, *, seconds: float | None = None) -> Any:
    """Give what a reader makes of a file's content.

    Args:
        reader: Module and function, such as ``rtffiles.read``; it takes bytes and gives what JSON can hold.
        data: The content of the file.
        seconds: How long it may take; None for ``LONGEST_SECONDS``.

    Raises:
        Unreadable: The reader refused the file, failed, or took too long or too much memory.
        ImportError: A library is missing; the message names the extra.
    """
    limit = LONGEST_SECONDS if seconds is None else seconds
    command = [sys.executable, "-P", "-m", "toolkit.isolated", reader]
    paths = [str(Path(__file__).parent.parent), *(path or os.getcwd() for path in sys.path)]
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    settings = {**os.environ, **single, "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))}
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=limit, env=settings, check=False)
    except subprocess.TimeoutExpired:
        raise Unreadable(f"it takes longer than {limit:g} seconds to read; it may be made to do so") from None
    except OSError as error:
        raise Unreadable(f"no process could be started to read it: {error.strerror}") from None
    try:
        given, value = json.loads(done.stdout)
    except (ValueError, TypeError):
        raise Unreadable("reading it broke off, perhaps for want of memory; save or download it anew") from None
    if given == "missing":
        raise ImportError(value)
    if given == "refused":
        raise Unreadable(value)
    return value


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(reader: str, data: bytes) -> tuple[str, Any]:
    module, function = reader.split(".")
    try:
        return "read", getattr(importlib.import_module(f"toolkit.{module}"), function)(data)
    except ImportError as error:
        return "missing", str(error)
    except Unreadable as error:
        return "refused", str(error)
    except MemoryError:
        return "refused", "it takes more memory than a document should; it may be made to do so"
    except RecursionError:
        return "refused", "it is nested deeper than a document should be; it may be made to do harm"
    except Exception as error:  # a library may raise anything on a damaged file, and the file is what is at fault
        return "refused", f"it is damaged ({type(error).__name__}: {str(error)[:100]}); save or download it anew"


def main() -> None:
    """Read what stands on the standard input with the reader that the command line names."""
    _limit_memory()
    with contextlib.redirect_stdout(sys.stderr):
        answer = _answer(sys.argv[1], sys.stdin.buffer.read())
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
