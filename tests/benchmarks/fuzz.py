"""Try hostile inputs on the toolkit, thousands of each kind, and measure how its time grows with a text's length.

Usage, from the project's root: python tests/benchmarks/fuzz.py [--inputs N] [--kinds NAME ...] [--growth]

Prints for each kind the inputs tried, the seconds, and the failures, each with the smallest input that shows it. What
the inputs are and what must hold of them stands in tests/hostile.py. The exit code is the number of kinds that failed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from hostile import FILES, TEXTS, analyzed, articles, check_analysis, check_decoding, check_loading, check_marks
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from toolkit.records import Article
from toolkit.regions import find_layout

UNITS = {
    "news": "“We want peace,” President Ana Lopes said on Monday in Accra. Ghana had urged a truce, she added.\n\n",
    "one paragraph": "“We want peace,” President Ana Lopes of Ghana said, and the council voted for it. ",
    "transcript": "The Herald: Will you sign it?\nHaddad: We will, Ana Lopes said that it is fair.\n",
    "posts": "We want peace. — Ana Lopes (@ana) May 5, 2024\n",
    "open marks": "“a ",
    "marks in a row": "“‘",
    "one word": "a",
    "white space": " \n",
    "no Latin letters": "他说“我们要和平”。",
}
"""What texts are made of whose analysis must take time in proportion to their length."""


def kinds(folder: Path) -> dict[str, tuple[tuple[st.SearchStrategy[Any], ...], Callable[..., object]]]:
    """Give what is tried, by name: strategies of the inputs, and the check."""
    return {
        "quotation marks": ((TEXTS,), check_marks),
        "decoding": ((articles(), st.integers(0, 2**32 - 1)), check_decoding),
        "files": ((FILES.map(lambda data: (data, folder)),), lambda given_: check_loading(*given_)),
        "whole way and page": ((articles(),), check_analysis),
    }


def tried(inputs: int, strategies: tuple[st.SearchStrategy[Any], ...], check: Callable[..., object]) -> tuple[int, str]:
    """Try a check on many inputs; give how many were tried, and the first fault with its smallest input."""
    counts: Counter[str] = Counter()

    def run(values: tuple[Any, ...]) -> None:
        counts["inputs"] += 1
        check(*values)

    # The phase that explains a failure traces every line, and nothing is learnt from inputs of earlier runs.
    phases = (Phase.generate, Phase.shrink)
    chosen = settings(
        max_examples=inputs, deadline=None, database=None, phases=phases, suppress_health_check=list(HealthCheck)
    )
    try:
        chosen(given(st.tuples(*strategies))(run))()
    except Exception as fault:  # a fault of any kind is what is looked for
        notes = " ".join(getattr(fault, "__notes__", []))
        return counts["inputs"], f"{type(fault).__name__}: {fault} {notes}".replace("\n", " ")[:2000]
    return counts["inputs"], ""


def growth(unit: str, sizes: tuple[int, ...]) -> list[float]:
    """Give the seconds of processor time that the analysis of texts of these lengths takes."""
    seconds = []
    for size in sizes:
        text = (unit * (size // len(unit) + 1))[:size]
        article = Article("a", text, regions=find_layout(text).regions)
        began = time.process_time()
        study = analyzed(article)
        assert study.verify().empty
        study.show()
        seconds.append(time.process_time() - began)
    return seconds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=1_000, help="inputs of each kind (1,000)")
    parser.add_argument("--kinds", nargs="+", help="only these kinds")
    parser.add_argument("--growth", action="store_true", help="measure growth instead")
    parser.add_argument("--size", type=int, default=50_000, help="characters of the longest text for --growth")
    chosen = parser.parse_args()
    if chosen.growth:
        sizes = tuple(chosen.size // part for part in (8, 4, 2, 1))
        analyzed(Article("warm", "Ana Lopes said so."))
        print(f"{'seconds for characters':24}" + "".join(f"{size:>10,}" for size in sizes) + "   last doubling")
        for name, unit in UNITS.items():
            took = growth(unit, sizes)
            print(f"{name:24}" + "".join(f"{t:>10.2f}" for t in took) + f"   x {took[-1] / took[-2]:.2f}", flush=True)
        return 0
    failed = 0
    print(f"{'kind':20} {'inputs':>8} {'seconds':>8}  failure")
    with tempfile.TemporaryDirectory() as place:
        for name, (strategies, check) in kinds(Path(place)).items():
            if chosen.kinds and name not in chosen.kinds:
                continue
            began = time.perf_counter()
            count, fault = tried(chosen.inputs, strategies, check)
            failed += bool(fault)
            print(f"{name:20} {count:>8,} {time.perf_counter() - began:>8.0f}  {fault or 'none'}", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
