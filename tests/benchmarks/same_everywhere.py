"""Check that the tables do not depend on the processor (needs onnx, of the extra `train`).

Usage, from the project's root:
    python tests/benchmarks/same_everywhere.py [PATH ...] [--weights FOLDER] [--emulator COMMAND]
where COMMAND runs a program on another processor, as "qemu-x86_64-static -cpu Haswell".

ONNX Runtime and numpy choose their kernels by the processor. ONNX Runtime cannot be told to use others, so it is
checked by what the graph consists of, and in full where there is an emulator:
1. Integer products: processors without VNNI add pairs of them in 16 bits and cut what does not fit. No two neighbouring
   weights may be so large that 255 times both passes 32,767.
2. Floating point: no operator may be in the graph whose kernels add up in an order that depends on the processor.
3. The tables of the articles (by default the seeds), made again with numpy's kernels for a processor without AVX-512 (a
   Haswell of 2013), are the same in every cell.
4. With --emulator: the encoder's vectors under that emulator are the same bit for bit. It takes minutes an article.
What is not varied: spaCy's kernels. Another version of ONNX Runtime gives other results, and no check here sees it.
The exit status is 1 where a check fails.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from toolkit.codebook import load_codebook
from toolkit.encoder import MODEL_DIR, Encoder, make_windows
from toolkit.loaders import load
from toolkit.study import analyze_articles, make_study, open_study

SEEDS = Path(__file__).parents[2] / "seeds"
VARYING = ("Softmax", "LogSoftmax")
"""Operators of which ONNX Runtime has kernels that do not agree to the last bit. Of those that a text encoder uses
(MatMul, LayerNormalization, Exp, Erf, Gelu, ReduceSum, DynamicQuantizeMatMul), each was run natively with AVX-512 and
VNNI and under an emulated Haswell: only Softmax differed."""
WITHOUT_AVX512 = {
    "OPENBLAS_CORETYPE": "Haswell",
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL",
    "NPY_ENABLE_CPU_FEATURES": "",
}


def check_graph(file: Path) -> list[str]:
    """Say what in the graph can give other results elsewhere."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(str(file)).graph
    stored = {tensor.name: tensor for tensor in graph.initializer}
    factors = [stored[node.input[1]] for node in graph.node if node.op_type == "MatMulInteger"]
    sizes = [np.abs(numpy_helper.to_array(tensor).astype(int)) for tensor in factors]
    pair = max((int((size[:-1] + size[1:]).max()) for size in sizes), default=0)
    limit = np.iinfo(np.int16).max
    varying = [node.op_type for node in graph.node if node.op_type in VARYING]
    print(f"largest sum of two integer products: 255 x {pair} = {255 * pair} (at most {limit})")
    print(f"operators that depend on the processor: {len(varying)}")
    faults = [f"sums of integer products up to {255 * pair} do not fit in 16 bits"] if 255 * pair > limit else []
    cure = "see toolkit/training/portable.py"
    return faults + [f"the graph has {len(varying)} of {', '.join(sorted(set(varying)))}: {cure}"] * bool(varying)


def differences(one: pd.DataFrame, other: pd.DataFrame) -> list[str]:
    """Say where two tables differ."""
    if len(one) != len(other):
        return [f"{len(one)} rows and {len(other)} rows"]
    cells = [(i, column) for column in one.columns for i in range(len(one))]
    pairs = [(i, column, repr(one[column].iloc[i]), repr(other[column].iloc[i])) for i, column in cells]
    return [f"row {i}, {column}: {a} and {b}" for i, column, a, b in pairs if a != b]


def check_tables(paths: Sequence[Path], weights: Path) -> list[str]:
    """Make the tables in two processes, one without the kernels for AVX-512, and compare them."""
    faults = []
    with tempfile.TemporaryDirectory() as temporary:
        usual, plain = Path(temporary) / "usual", Path(temporary) / "plain"
        for folder, more in ((usual, {}), (plain, WITHOUT_AVX512)):
            again([*map(str, paths), "--weights", str(weights), "--save", str(folder)], more)
        one, other = open_study(usual).tables, open_study(plain).tables
    for name, frame in one.items():
        found = differences(frame, other[name])
        print(f"{name}: {len(frame)} rows, {len(found) or 'no'} differences")
        faults += [f"{name}: {line}" for line in found[:5]]
    return faults


def check_emulated(paths: Sequence[Path], weights: Path, emulator: str) -> list[str]:
    """Run the encoder here and under the emulator, and compare its vectors."""
    with tempfile.TemporaryDirectory() as temporary:
        files = [Path(temporary) / "here.npz", Path(temporary) / "there.npz"]
        for file, before in zip(files, ([], shlex.split(emulator)), strict=True):
            again([*map(str, paths), "--weights", str(weights), "--vectors", str(file)], {}, before)
        with np.load(files[0]) as here, np.load(files[1]) as there:
            shift = {name: float(np.abs(here[name] - there[name]).max()) for name in here.files}
    other = {name: value for name, value in shift.items() if value}
    print(f"{emulator}: {len(shift)} windows, {len(other) or 'none'} with other vectors")
    return [f"{name}: vectors differ by up to {value:.4f}" for name, value in other.items()]


def again(options: Sequence[str], more: dict[str, str], before: Sequence[str] = ()) -> None:
    """Run this script in a process of its own."""
    environment = {**os.environ, **more, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONWARNINGS": "ignore"}
    program = os.path.realpath(sys.executable) if before else sys.executable
    subprocess.run([*before, program, __file__, *options], env=environment, check=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", type=Path, nargs="*", metavar="PATH", help="articles; by default the seeds")
    parser.add_argument("--weights", type=Path, default=MODEL_DIR, help="another folder of weights than the package's")
    parser.add_argument("--emulator", help="command that runs a program on another processor")
    parser.add_argument("--save", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--vectors", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    paths = options.paths or [SEEDS]
    if options.vectors:
        encoder = Encoder(options.weights)
        windows = [w for a in load(paths).articles for w in make_windows(a.text, encoder.tokenizer)]
        pieces = [np.array([w.pieces], dtype=np.int64) for w in windows]
        np.savez(options.vectors, *(encoder.session.run(None, {"pieces": p})[0] for p in pieces))
        return 0
    if options.save:
        loaded, encoder = load(paths), Encoder(options.weights)
        analyses = analyze_articles(loaded.articles, codebook=load_codebook(), encoder=encoder)
        make_study(analyses, loaded.report).save(options.save)
        return 0
    faults = check_graph(options.weights / "encoder.onnx") + check_tables(paths, options.weights)
    if options.emulator:
        faults += check_emulated(paths, options.weights, options.emulator)
    print(*faults or ["all the same"], sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
