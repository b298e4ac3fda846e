"""A Dask cluster writes the same bytes as this machine's own processes, also where a worker dies."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest
from test_extraction import contents, write_articles

from toolkit import engines
from toolkit.engines import Done, run_dask
from toolkit.extraction import Options, extract
from toolkit.parts import part_numbers

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("ignore:Port .* is already in use:UserWarning")


@pytest.fixture(scope="module")
def cluster():
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_articles(tmp_path_factory.mktemp("dask") / "articles", 6)


@pytest.fixture(scope="module")
def local(articles: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("dask") / "local"
    extract(articles, folder, options=Options(part_size=2))
    return contents(folder)


def test_a_killed_worker_changes_nothing(articles, local, cluster, tmp_path, capsys) -> None:
    out = tmp_path / "out"
    killed = []

    def kill() -> None:
        while not part_numbers(out, "loading"):
            time.sleep(0.01)
        worker = cluster.workers[min(cluster.workers)]
        killed.append(worker.pid)
        os.kill(worker.pid, signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    chosen = Options(part_size=2, engine="dask", scheduler=cluster.scheduler_address)
    extract(articles, out, options=chosen)
    thread.join()
    assert killed
    assert contents(out) == local
    assert "Dask's dashboard" in capsys.readouterr().err


def test_a_cluster_is_started_where_none_is_given(tmp_path: Path) -> None:
    from functools import partial

    told: list[str] = []
    done = list(run_dask(partial(_touch, str(tmp_path)), [0, 1, 2], tell=told.append))
    assert sorted(one.part for one in done) == [0, 1, 2]
    assert {p.name for p in tmp_path.iterdir()} == {"0", "1", "2"}
    assert len(told) == 1


def test_a_part_that_ends_every_worker_is_given_up(tmp_path: Path) -> None:
    done = sorted(run_dask(_die_at_one, [0, 1, 2], tell=print), key=lambda one: one.part)
    assert done == [Done(0), Done(1, lost=True), Done(2)]


def test_an_error_ends_the_run(cluster) -> None:
    with pytest.raises(ZeroDivisionError):
        list(run_dask(_divide, [0], scheduler=cluster.scheduler_address, tell=print))


def test_without_dask_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ImportError, match=r'pip install "diplomatic-positions-toolkit\[dask\]"'):
        list(run_dask(print, [0], tell=print))


def test_a_scheduler_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_PATIENCE", "1s")
    with pytest.raises(OSError, match=r"tcp://127\.0\.0\.1:9"):
        list(run_dask(print, [0], scheduler="tcp://127.0.0.1:9", tell=print))


def _touch(folder: str, part: int) -> None:
    Path(folder, str(part)).touch()


def _die_at_one(part: int) -> None:
    if part == 1:
        os._exit(9)


def _divide(part: int) -> float:
    return 1 / part
