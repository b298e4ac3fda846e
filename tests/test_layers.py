"""A module of the toolkit imports from lower floors only, so that every one can be read with what stands below it."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "toolkit"

# From the ground up, a floor a line; the number is that of the architecture, where one floor has several storeys.
FLOORS = """
0   records checks
1   wordlists dates decoding quotemarks codebook pipeline encoder sentences furniture storage occasions
1   stretches periods bags cratefiles withholding handcodes
1   names tallies bylines sidecars verdicts attributions drafts duplicates parts engines locks
1   outputs
1   gazetteer motions voters regions appearance cues
1   sheetcells
1   sheets
1   folders archives isolated tablefiles pdflines pieces
1   filetypes wordfiles rtffiles pdffiles workbooks webpages nexis factiva proquest
1   databases
1   readers
1   loaders
2   sources titles acts boundaries transcripts uncued
2   sightings
2   people salience
2   bodies
2   entities quotes
3   printed
3   anaphora
3   documents
3   introductions
3   naming
3   relays
3   speakers
4   sides votes display
4   fitting outside
4   coders
4   positions
5   explain scoring
5   consequences sheetstore context
5   corrections
5   study
6   reading runs
6   extraction corpus
6   pairing reliability
6   spans
6   rehydration
6   compare terms networks agreement sampling estimates archive
6   reviewpage
6   reviewsession
7   plots networkfiles networkplots scoreplots exports review report
8   __init__
8   __main__
"""
FLOOR = {module: number for number, line in enumerate(FLOORS.strip().splitlines()) for module in line.split()[1:]}
BESIDE = "training"


def imports(source: str, inside: tuple[str, ...] = ()) -> Iterator[str]:
    """Give the toolkit's modules that a source imports, at its head, inside functions or by name.

    Args:
        source: Python source.
        inside: The package that the source stands in, below ``toolkit``; relative imports are resolved by it.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = ("toolkit", *inside)[: len(inside) + 2 - node.level] if node.level else ()
            parent = ".".join([*above, *([node.module] if node.module else [])])
            found = [f"{parent}.{alias.name}" for alias in node.names] if parent == "toolkit" else [parent]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            found = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        else:
            continue
        for name in found:
            parts = name.split(".")
            if parts[0] == "toolkit":
                yield parts[1] if len(parts) > 1 else "__init__"


def sources(package: Path) -> dict[tuple[str, ...], str]:
    """Read the package's modules, by their path in it."""
    return {p.relative_to(package).with_suffix("").parts: p.read_text("utf-8") for p in sorted(package.rglob("*.py"))}


def faults(modules: Mapping[tuple[str, ...], str]) -> list[str]:
    """Say which module breaks the order, and what to do."""
    found = []
    for path, source in modules.items():
        name = path[0]
        if name == BESIDE:
            continue
        if name not in FLOOR:
            found.append(f"toolkit/{name}.py is on no floor: place it in FLOORS of tests/test_layers.py")
            continue
        for target in sorted(set(imports(source, path[:-1]))):
            if target == BESIDE:
                found.append(f"toolkit/{name}.py imports toolkit.{BESIDE}, which only runs by itself")
            elif (target,) in modules and FLOOR.get(target, -1) >= FLOOR[name] and target != name:
                found.append(
                    f"toolkit/{name}.py imports toolkit.{target}, which is not below it: "
                    "move what both need to a lower module, or pass it in"
                )
    return found


def test_modules_import_from_lower_floors_only() -> None:
    assert faults(sources(PACKAGE)) == []


def test_a_breach_is_seen() -> None:
    modules = {
        ("records",): "from toolkit.compare import change",
        ("codebook",): "def f():\n    import toolkit.plots",
        ("dates",): "from . import study",
        ("entities",): "from .quotes import find_quotes",
        ("loaders",): "import importlib\nimportlib.import_module('toolkit.votes')",
        ("study",): "from toolkit.training.network import build",
        ("compare",): "from toolkit.records import table\nimport re",
        ("helpers",): "",
        **{(name,): "" for name in ("plots", "quotes", "votes")},
    }
    breached = [fault.split(" ")[0].removeprefix("toolkit/").removesuffix(".py") for fault in faults(modules)]
    assert breached == ["records", "codebook", "dates", "entities", "loaders", "study", "helpers"]
    assert "place it in FLOORS" in faults(modules)[-1]


def test_importing_the_toolkit_loads_no_heavy_library() -> None:
    heavy = ["spacy", "textacy", "pandas", "numpy", "onnxruntime", "matplotlib", "seaborn", "trafilatura", "pyarrow"]
    code = f"import sys, toolkit; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=PACKAGE.parent, check=True)
    assert done.stdout.strip() == "[]"
