"""Keeps a coding sheet in a CSV file that several windows and kernels may change; each change is whole, none lost."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit.sheets import read_sheet, write_checked

_PATIENCE = 5.0
"""Seconds to wait while another kernel writes."""


class SheetStore:
    """A sheet's file.

    Each change reads the file, changes it and puts the new one in its place, while a lock keeps others waiting; a crash
    at any moment leaves the former file or the new one. The lock is a file beside it, which the system frees when its
    kernel ends.

    Attributes:
        path: The CSV file.
        issues: Ids of the codebook's issues, or None to allow any.
    """

    def __init__(self, path: str | Path, *, issues: Collection[str] | None = None) -> None:
        self.path = Path(path).resolve()
        if self.path.suffix.lower() != ".csv":
            raise ValueError(f"path is {str(path)!r}; the codes are kept in a file that ends in .csv.")
        self.issues = issues
        self._last: pd.DataFrame | None = None
        self._sha256 = ""

    def update(self, change: Callable[[pd.DataFrame | None], pd.DataFrame]) -> pd.DataFrame:
        """Change the sheet.

        Args:
            change: Gets the sheet as it is in the file, to be left alone, and gives a changed one as ``check_sheet``
                would, or the same frame to change nothing. Where there is no file it gets the sheet as this store last
                knew it, or None.

        Returns:
            The sheet as it stands in the file.

        Raises:
            OSError: The file cannot be written, or another kernel keeps the lock.
            ValueError: The file holds no valid sheet; says where.
        """
        with self._lock():
            there = self.path.exists()
            current = self.read() if there else self._last
            new = change(current)
            if new is not current or not there:
                write_checked(new, self.path, issues=self.issues)
                self._last, self._sha256 = new, self._hash()
        return new

    def read(self) -> pd.DataFrame:
        """Read the sheet as it stands in the file."""
        found = self._hash()
        if self._last is None or found != self._sha256:
            self._last = read_sheet(self.path, issues=self.issues)
            self._sha256 = found
        return self._last

    def _hash(self) -> str:
        return hashlib.sha256(self.path.read_bytes()).hexdigest()

    def _lock(self) -> Any:
        try:
            from filelock import FileLock
        except ImportError as error:
            raise ImportError(
                'coding by hand needs filelock: pip install "diplomatic-positions-toolkit[check]".'
            ) from error
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return FileLock(self.path.with_name(f".{self.path.name}.lock"), timeout=_PATIENCE)
