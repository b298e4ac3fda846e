"""Engines: what works through the parts of many articles, on this machine or on a Dask cluster.

A *part* is a number; the *task* works it off and keeps what it found in files, so that an engine only has to see to it
that every part is done at least once. A part whose process dies is tried again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import Future
    from multiprocessing.context import SpawnContext

ENGINES = ("local", "dask")
TRIES = 3
"""How often a part may lose its process before it is given up."""

_PATIENCE = "15s"
_ONE_AT_A_TIME = threading.Lock()


Task = Callable[[int], object]
"""Works off the part of a number; may be sent to another process."""


@dataclass(frozen=True)
class Done:
    """What became of a part: well where ``lost`` is False; else its process died ``TRIES`` times."""

    part: int
    lost: bool = False


def run_local(task: Task, parts: Sequence[int], *, workers: int = 1) -> Iterator[Done]:
    """Work off parts in processes of this machine (with one worker: in this process), in any order.

    Args:
        task: Works off one part; errors that it raises end the run.
        parts: The parts' numbers.
        workers: Number of processes.
    """
    if workers == 1:
        for part in parts:
            task(part)
            yield Done(part)
        return
    tries = dict.fromkeys(parts, 0)
    while tries:
        suspects = [part for part, lost in tries.items() if lost]
        for part in _pool_round(task, suspects or list(tries), 1 if suspects else workers, tries):
            del tries[part]
            yield Done(part)
        for part in [part for part, lost in tries.items() if lost >= TRIES]:
            del tries[part]
            yield Done(part, lost=True)


def run_apart(task: Task, parts: Sequence[int]) -> Iterator[Done]:
    """Work off parts one after the other in a process of their own, and find out which of them end it.

    Args:
        task: Works off one part.
        parts: The parts' numbers.
    """
    tries = dict.fromkeys(parts, 0)
    while tries:
        for part in _pool_round(task, list(tries), 1, tries):
            del tries[part]
            yield Done(part)
        for part in [part for part, lost in tries.items() if lost >= TRIES]:
            del tries[part]
            yield Done(part, lost=True)


def run_dask(
    task: Task, parts: Sequence[int], *, workers: int = 1, scheduler: str | None = None, tell: Callable[[str], object]
) -> Iterator[Done]:
    """Work off parts on a Dask cluster, in any order.

    Args:
        task: Works off one part; the workers must see the files that it reads and writes.
        parts: The parts' numbers.
        workers: Number of processes, where no scheduler is given.
        scheduler: Address of the scheduler of a cluster that is there (``tcp://host:8786``); by default a cluster is
            started on this machine.
        tell: Is told the address of the dashboard.

    Raises:
        ImportError: Dask is not installed.
        OSError: There is no scheduler at the address.
    """
    try:
        import dask
        from distributed import Client, KilledWorker, LocalCluster, as_completed
    except ImportError as error:
        raise ImportError(
            'the engine "dask" needs Dask: pip install "diplomatic-positions-toolkit[dask]"; or use the engine "local".'
        ) from error
    with ExitStack() as stack:
        stack.enter_context(dask.config.set({"distributed.scheduler.allowed-failures": TRIES - 1}))
        address = scheduler or stack.enter_context(
            LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, silence_logs=logging.CRITICAL)
        )
        client = stack.enter_context(Client(address, set_as_default=False, timeout=_PATIENCE))
        tell(f"Dask's dashboard: {client.dashboard_link}")
        futures = client.map(_one_at_a_time, parts, task=task, pure=False)
        numbers = {future.key: part for future, part in zip(futures, parts, strict=True)}
        suspects = []
        for future in as_completed(futures, loop=client.loop):
            if isinstance(future.exception(), KilledWorker):
                suspects.append(numbers[future.key])
            else:
                future.result()
                yield Done(numbers[future.key])
            future.release()
        for part in sorted(suspects):  # a part that waited on a worker when another one ended it is suspected, too
            alone = client.submit(_one_at_a_time, part, task=task, pure=False)
            lost = isinstance(alone.exception(), KilledWorker)
            if not lost:
                alone.result()
            yield Done(part, lost=lost)


def _one_at_a_time(part: int, task: Task) -> None:
    """Work off a part while no other thread of this process does: the models are shared, and made for one thread."""
    with _ONE_AT_A_TIME:
        task(part)


def _pool_round(task: Task, parts: list[int], workers: int, tries: dict[int, int]) -> Iterator[int]:
    """Give the parts that are done until all are, or until a process dies, which ``tries`` notes."""
    from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    context: SpawnContext = get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_end_with_parent)
    waiting = iter(parts)
    running: dict[Future[object], int] = {}
    try:
        while True:
            while len(running) < workers + 1 and (part := next(waiting, None)) is not None:
                running[pool.submit(task, part)] = part
            if not running:
                return
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in sorted(finished, key=lambda f: running[f]):
                future.result()
                yield running.pop(future)
    except BrokenProcessPool:
        for part in sorted(running.values())[:workers]:
            tries[part] += 1
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _end_with_parent() -> None:
    """Let this process end when the one that started it is killed, instead of waiting for work for ever."""
    import multiprocessing
    import os

    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
