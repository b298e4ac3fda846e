"""One run at a time writes into a folder; one that was killed never blocks the next."""

from __future__ import annotations

import errno
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from toolkit import locks
from toolkit.locks import LOCK, hold

HOLD = """
import sys, time
from pathlib import Path
from toolkit.locks import hold
with hold(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(120)
"""


@pytest.fixture
def other(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Give a process that holds the folder."""
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1])
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_second_process_is_told_of_the_first(tmp_path: Path, other: subprocess.Popen[str]) -> None:
    holder = rf"process {other.pid} on {platform.node()}, since 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\+00:00"
    for _ in range(2):
        with (
            pytest.raises(BlockingIOError, match=f"another run is at work in .*: {holder}. Wait for its end, or give"),
            hold(tmp_path),
        ):
            pass
    other.kill()
    other.wait()
    assert (tmp_path / LOCK).exists()
    with hold(tmp_path):
        pass
    assert not (tmp_path / LOCK).exists()


def test_one_process_does_not_hold_twice(tmp_path: Path) -> None:
    with hold(tmp_path / "new"), pytest.raises(BlockingIOError, match="another run is at work"), hold(tmp_path / "new"):
        pass
    with hold(tmp_path / "new"):
        assert (tmp_path / "new" / LOCK).exists()


def test_a_fault_frees_the_folder(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), hold(tmp_path):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_removed_meanwhile_is_no_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock, opened = locks._lock, []

    def remove_once(file) -> None:
        lock(file)
        opened.append(file)
        if len(opened) == 1:
            (tmp_path / LOCK).unlink()

    monkeypatch.setattr(locks, "_lock", remove_once)
    with hold(tmp_path):
        assert len(opened) == 2
        assert opened[0].closed
        with pytest.raises(BlockingIOError), hold(tmp_path):
            pass


def test_without_locks_the_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(file) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(locks, "_lock", refuse)
    with pytest.warns(UserWarning, match="cannot be locked"), hold(tmp_path):
        pass
