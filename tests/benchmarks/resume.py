"""Check that an extraction that is killed again and again ends with the tables of an undisturbed one.

Usage, from the project's root:
    python tests/benchmarks/resume.py [--articles 10000] [--kills 5] [--workers 1] [--seed 1] [--folder DIR] [--dask]
1. An undisturbed run over generated articles (``generate.py``) is the standard.
2. The same command is killed (SIGKILL, with its processes) at random moments, and at last left to end by itself.
3. With --dask, the same on a Dask cluster of two workers, of which a random one is killed at a random moment.
Every file of the folders is compared byte by byte. The exit status is 1 where one differs.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import generate


def contents(folder: Path) -> dict[str, bytes]:
    """Give every file of a folder, but for those of a run that is not over."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def compare(one: Path, other: Path) -> list[str]:
    """Name the files that are not the same in both folders."""
    left, right = contents(one), contents(other)
    return [name for name in sorted({*left, *right}) if left.get(name) != right.get(name)]


def command(articles: Path, out: Path, options: argparse.Namespace) -> list[str]:
    """Give the command line of an extraction."""
    given = ["--workers", str(options.workers), "--part-size", str(options.part_size)]
    return [sys.executable, "-m", "toolkit", "extract", str(articles), "-o", str(out), *given]


def run_with_kills(arguments: Sequence[str], kills: int, seconds: float, chance: random.Random) -> int:
    """Run a command, kill it at random moments, and start it again; gives how many kills met it running.

    Args:
        arguments: The command.
        kills: How often.
        seconds: How long an undisturbed run takes; the moments are drawn so that all come before it can end.
        chance: Draws the moments.
    """
    met = 0
    for _ in range(kills):
        process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, start_new_session=True)
        wait = chance.uniform(0, seconds / kills)
        try:
            process.wait(timeout=wait)
            break
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            met += 1
            print(f"killed after {wait:.1f} s", flush=True)
    subprocess.run(arguments, stdout=subprocess.DEVNULL, check=True)
    return met


def run_on_dask(articles: Path, out: Path, options: argparse.Namespace, seconds: float, chance: random.Random) -> None:
    """Run on a cluster of two workers, one of which is killed."""
    from distributed import LocalCluster

    from toolkit.extraction import Options, extract

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:

        def kill() -> None:
            while not any((out / "loading.parquet").glob("part-*")):
                time.sleep(0.05)
            time.sleep(chance.uniform(0, seconds / 4))
            worker = chance.choice(sorted(cluster.workers))
            os.kill(cluster.workers[worker].pid, signal.SIGKILL)
            print(f"killed Dask worker {worker}", flush=True)

        thread = threading.Thread(target=kill, daemon=True)
        thread.start()
        chosen = Options(engine="dask", scheduler=cluster.scheduler_address, part_size=options.part_size)
        extract(articles, out, options=chosen)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the check; gives the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, default in (("articles", 10_000), ("kills", 5), ("workers", 1), ("seed", 1), ("part-size", 100)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--folder", type=Path, help="where to work (default: a temporary folder)")
    parser.add_argument("--dask", action="store_true", help="kill a Dask worker, too")
    options = parser.parse_args(arguments)
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        generate.write(folder / "articles", options.articles, options.seed)
        began = time.monotonic()
        subprocess.run(command(folder / "articles", folder / "standard", options), check=True)
        seconds = time.monotonic() - began
        print(f"undisturbed: {seconds:.0f} s", flush=True)
        met = run_with_kills(command(folder / "articles", folder / "killed", options), options.kills, seconds, chance)
        found = {f"{met} kills": compare(folder / "standard", folder / "killed")}
        if options.dask:
            run_on_dask(folder / "articles", folder / "dask", options, seconds, chance)
            found["a Dask worker killed"] = compare(folder / "standard", folder / "dask")
    for what, differing in found.items():
        print(f"{what}: {'the same tables' if not differing else f'other tables: {differing[:10]}'}")
    return int(any(found.values()))


if __name__ == "__main__":
    sys.exit(main())
