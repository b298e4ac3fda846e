"""The network gives the same numbers on processors with and without AVX-512 and VNNI, down to the last bit.

(Those without fused multiplication, made before 2013, differ in the seventh digit.)
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from toolkit.encoder import default_encoder, make_windows

TEXT = "The talks “must not fail”, Foreign Minister Ada Obi told reporters in Lagos on Monday.\nKenya disagreed.\n"
EMULATOR = shutil.which("qemu-x86_64-static") or shutil.which("qemu-x86_64")
READ = """
import sys
import numpy as np
from toolkit.encoder import default_encoder, make_windows
encoder = default_encoder()
(window,) = make_windows(sys.argv[1], encoder.tokenizer)
np.save(sys.argv[2], encoder.read_window(window).vectors)
"""
WITHOUT_AVX512 = {
    "OPENBLAS_CORETYPE": "Haswell",
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL",
    "NPY_ENABLE_CPU_FEATURES": "",
}


def vectors_of(text: str, file: Path, *before: str, **more: str) -> np.ndarray:
    """Read a text in a process of its own, with other variables or under an emulator."""
    environment = {**os.environ, **more, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONWARNINGS": "ignore"}
    program = os.path.realpath(sys.executable) if before else sys.executable
    subprocess.run([*before, program, "-c", READ, text, str(file)], env=environment, check=True, timeout=600)
    return np.load(file)


def vectors_here(text: str) -> np.ndarray:
    encoder = default_encoder()
    (window,) = make_windows(text, encoder.tokenizer)
    return encoder.read_window(window).vectors


def test_numpy_without_its_newest_kernels_changes_nothing(tmp_path):
    there = vectors_of(TEXT, tmp_path / "there.npy", **WITHOUT_AVX512)
    assert np.array_equal(there, vectors_here(TEXT))


@pytest.mark.skipif(EMULATOR is None, reason="needs QEMU's user mode (Debian: qemu-user-static)")
def test_a_processor_without_avx512_and_vnni_changes_nothing(tmp_path):
    there = vectors_of(TEXT, tmp_path / "there.npy", str(EMULATOR), "-cpu", "Haswell")
    assert np.array_equal(there, vectors_here(TEXT))
