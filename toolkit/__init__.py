"""Find in news text who said what, and compare diplomatic positions with evidence.

Everything starts with ``analyze``; see ``notebooks/00_start_here.ipynb``. Modules are loaded when they are first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from toolkit import codebook, coders, compare, display, loaders, plots, positions, terms
    from toolkit.codebook import load_codebook
    from toolkit.study import Study, analyze, open_study

__version__ = "0.1.0"

_MODULES = ("codebook", "coders", "compare", "display", "loaders", "plots", "positions", "terms")
_FUNCTIONS = {
    "analyze": "toolkit.study",
    "open_study": "toolkit.study",
    "Study": "toolkit.study",
    "load_codebook": "toolkit.codebook",
}

__all__ = [
    "Study",
    "analyze",
    "codebook",
    "coders",
    "compare",
    "display",
    "load_codebook",
    "loaders",
    "open_study",
    "plots",
    "positions",
    "terms",
]


def __getattr__(name: str) -> Any:
    """Load a module or function of the toolkit when it is first used, so that importing the toolkit is quick."""
    if name in _MODULES:
        return importlib.import_module(f"toolkit.{name}")
    if name in _FUNCTIONS:
        return getattr(importlib.import_module(_FUNCTIONS[name]), name)
    raise AttributeError(f"module 'toolkit' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
