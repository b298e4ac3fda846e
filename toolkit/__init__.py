"""Find in news text who said what, and compare diplomatic positions with evidence.

Everything starts with ``analyze``; see ``notebooks/00_start_here.ipynb``. Modules are loaded when they are first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from toolkit import (
        agreement,
        archive,
        codebook,
        coders,
        compare,
        display,
        estimates,
        exports,
        extraction,
        loaders,
        networkfiles,
        networkplots,
        networks,
        plots,
        positions,
        review,
        sampling,
        scoreplots,
        scoring,
        sheets,
        terms,
    )
    from toolkit.archive import rehydrate, write_archive
    from toolkit.codebook import load_codebook
    from toolkit.corpus import open_corpus as open  # noqa: A004
    from toolkit.study import Study, analyze, open_study

__version__ = "0.7.0"

_MODULES = (
    "agreement",
    "archive",
    "codebook",
    "coders",
    "compare",
    "display",
    "estimates",
    "exports",
    "extraction",
    "loaders",
    "networkfiles",
    "networkplots",
    "networks",
    "plots",
    "positions",
    "review",
    "sampling",
    "scoreplots",
    "scoring",
    "sheets",
    "terms",
)
_FUNCTIONS = {
    "analyze": "toolkit.study",
    "open_study": "toolkit.study",
    "Study": "toolkit.study",
    "load_codebook": "toolkit.codebook",
    "rehydrate": "toolkit.archive",
    "write_archive": "toolkit.archive",
}

__all__ = [
    "Study",
    "agreement",
    "analyze",
    "archive",
    "codebook",
    "coders",
    "compare",
    "display",
    "estimates",
    "exports",
    "extraction",
    "load_codebook",
    "loaders",
    "networkfiles",
    "networkplots",
    "networks",
    "open",
    "open_study",
    "plots",
    "positions",
    "rehydrate",
    "review",
    "sampling",
    "scoreplots",
    "scoring",
    "sheets",
    "terms",
    "write_archive",
]


def __getattr__(name: str) -> Any:
    """Load a module or function of the toolkit when it is first used, so that importing the toolkit is quick."""
    if name in _MODULES:
        return importlib.import_module(f"toolkit.{name}")
    if name == "open":
        return importlib.import_module("toolkit.corpus").open_corpus
    if name in _FUNCTIONS:
        return getattr(importlib.import_module(_FUNCTIONS[name]), name)
    raise AttributeError(f"module 'toolkit' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
