"""Coders: what finds the sides that the sentences of a text take. One interface, several to choose from.

- ``NetworkCoder``, the default: the network for the issues it knows, the codebook's own words for others.
- ``FittedCoder``: learnt from coded examples of one's own; made by ``toolkit.positions.fit``.
- ``NLICoder`` and ``EndpointCoder`` (unmeasured): a model of one's own.

Whoever finds the sides, whose they are is decided in the same way (``positions.py``), and praise and criticism are the
network's.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from toolkit.checks import check_columns, did_you_mean
from toolkit.codebook import Codebook, load_codebook
from toolkit.encoder import Encoder, Reading, default_encoder
from toolkit.fitting import Example, Features, SideModel, fingerprint, learn
from toolkit.outside import EndpointCoder, NLICoder
from toolkit.records import Span
from toolkit.sides import Finding, find_phrases, find_sides

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Coder", "EndpointCoder", "FittedCoder", "NLICoder", "NetworkCoder", "check_coder", "fit"]

MINIMUM = 12
"""With fewer different texts nothing is fitted."""

_FEATURES = ("rarity", "center")
_WEIGHTS = ("issue_weights", "issue_bias", "side_weights", "side_bias")


@runtime_checkable
class Coder(Protocol):
    """Anything with a name and a way to find sides."""

    @property
    def name(self) -> str:
        """What provenance calls it."""

    def find(
        self, text: str, reading: Reading, sentences: Sequence[Span], codebook: Codebook, *, skip: Sequence[Span] = ()
    ) -> list[Finding]:
        """Find the sides that sentences take.

        Args:
            text: The text.
            reading: The network's reading of it.
            sentences: Their offsets.
            codebook: The issues to code.
            skip: Stretches in which nothing is coded.

        Returns:
            Findings labelled ``<issue>+`` or ``<issue>-``, whose evidence are characters of the text.
        """


@dataclass(frozen=True)
class NetworkCoder:
    """Codes the issues that the network knows by the network, and others by the codebook's own words.

    For others it learns from the codebook's propositions, descriptions and phrases, which finds far more than looking
    the phrases up (the figures stand in the notebook on coding).

    Args:
        encoder: The network that reads; by default the one that comes with the package.
    """

    encoder: Encoder | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """What provenance calls it."""
        return "network"

    def find(
        self, text: str, reading: Reading, sentences: Sequence[Span], codebook: Codebook, *, skip: Sequence[Span] = ()
    ) -> list[Finding]:
        """Find the sides that sentences take, and praise and criticism."""
        findings = find_sides(reading, sentences, skip=skip)
        unknown = _unknown_issues(codebook, reading.classes)
        if unknown:
            encoder = self.encoder or default_encoder()
            model = _codebook_model(codebook, unknown, encoder)
            findings += _by_model_and_phrases(model, text, sentences, codebook, encoder, skip)
        return findings


@dataclass(frozen=True)
class FittedCoder:
    """Codes the issues it was fitted for by what it learnt, and the others that the network knows by the network.

    Attributes:
        model: What was learnt.
        codebook: Name and version of the codebook it was fitted for.
        codebook_sha256: Checksum of that codebook's file.
        examples: How many texts it was fitted on.
        encoder: The network that reads; by default the one that comes with the package.
    """

    model: SideModel = field(repr=False)
    codebook: str
    codebook_sha256: str = field(repr=False)
    examples: int
    encoder: Encoder | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """What provenance calls it."""
        return f"fitted on {self.examples} examples for {self.codebook} ({self.codebook_sha256[:12]})"

    def find(
        self, text: str, reading: Reading, sentences: Sequence[Span], codebook: Codebook, *, skip: Sequence[Span] = ()
    ) -> list[Finding]:
        """Find the sides that sentences take."""
        others = [f for f in find_sides(reading, sentences, skip=skip) if f.label[:-1] not in self.model.issues]
        encoder = self.encoder or default_encoder()
        return others + _by_model_and_phrases(self.model, text, sentences, codebook, encoder, skip)

    def save(self, folder: str | Path) -> Path:
        """Write the coder into a folder (``coder.npz``, ``coder.json``), which ``FittedCoder.load`` reads."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(
            folder / "coder.npz",
            **{name: getattr(self.model.features, name) for name in _FEATURES},
            **{name: getattr(self.model, name) for name in _WEIGHTS},
        )
        about = {
            "format": 1,
            "codebook": self.codebook,
            "codebook_sha256": self.codebook_sha256,
            "examples": self.examples,
            "issues": list(self.model.issues),
            "network": self.model.network,
            "stems": list(self.model.features.stems),
        }
        text = json.dumps(about, ensure_ascii=False, indent=1) + "\n"
        (folder / "coder.json").write_text(text, encoding="utf-8")
        return folder

    @classmethod
    def load(cls, folder: str | Path) -> FittedCoder:
        """Read a coder that ``save`` wrote; nothing in the files is executed.

        Raises:
            FileNotFoundError: The folder holds no saved coder.
            ValueError: The files are damaged, or the coder was fitted with another network than the installed one.
        """
        folder = Path(folder)
        for name in ("coder.json", "coder.npz"):
            if not (folder / name).exists():
                raise FileNotFoundError(f"{folder / name} does not exist; give a folder that `coder.save` wrote.")
        try:
            about = json.loads((folder / "coder.json").read_text(encoding="utf-8"))
            with np.load(folder / "coder.npz", allow_pickle=False) as arrays:
                read = {name: arrays[name].astype(np.float32) for name in (*_FEATURES, *_WEIGHTS)}
            features = Features(tuple(about["stems"]), **{name: read[name] for name in _FEATURES})
            weights = {name: read[name] for name in _WEIGHTS}
            model = SideModel(tuple(about["issues"]), features, network=about["network"], **weights)
            coder = cls(model, about["codebook"], about["codebook_sha256"], int(about["examples"]))
            shapes = [array.shape for array in read.values()]
        except (ValueError, KeyError, TypeError, OSError, EOFError) as error:
            raise ValueError(f"{folder} holds no coder that can be read ({error}); fit it again.") from error
        numbers, n = features.center.shape[-1:], (len(model.issues),)
        if shapes != [(len(features.stems),), numbers, n + numbers, n, numbers, ()]:
            raise ValueError(f"{folder} holds no coder that can be read (its parts do not fit together); fit it again.")
        if model.network != fingerprint(default_encoder().heads):
            raise ValueError(
                f"the coder in {folder} was fitted with another version of the network; "
                "fit it again from its examples, which takes seconds."
            )
        return coder


def fit(
    codebook: str | Path | Codebook,
    examples: pd.DataFrame | Iterable[Mapping[str, Any]],
    *,
    encoder: Encoder | None = None,
) -> FittedCoder:
    """Fit a coder for a codebook of one's own on coded examples, in seconds.

    Texts without a side are as needful as those with one: a third of all, some of which use an issue's words without
    taking a side. A text that takes two sides has two rows. Issues that the network knows and no example names are left
    to the network.

    Args:
        codebook: The codebook, or the path of its TOML file; its own words are examples too.
        examples: A table or list of records with ``text``, ``issue`` and ``stance`` (+1 or -1); without issue and
            stance, a text takes no side. Other columns are passed over.
        encoder: The network that reads; by default the one that comes with the package.

    Returns:
        A coder for ``toolkit.analyze(..., codebook=codebook, coder=coder)``.

    Raises:
        ValueError: A column is missing, an issue is unknown, a row is incomplete, the examples are too few or all say
            the same; the message says what to do.
    """
    book = codebook if isinstance(codebook, Codebook) else load_codebook(codebook)
    coded = read_examples(book, examples)
    _check_enough(coded)
    network = encoder or default_encoder()
    named = {side[:-1] for example in coded for side in example.sides}
    unknown = _unknown_issues(book, network.classes)
    issues = [issue.id for issue in book.issues if issue.id in named or issue.id in unknown]
    model = learn(book, issues, coded, network)
    return FittedCoder(model, f"{book.name} {book.version}", book.sha256, len(coded), encoder)


def check_coder(coder: object, codebook: Codebook, workers: int = 1) -> Coder:
    """Refuse what is no coder, one fitted for other issues, and one that cannot work in several processes.

    Raises:
        TypeError: It has no name or no ``find``.
        ValueError: It does not fit the codebook or the number of workers.
    """
    if not isinstance(coder, Coder) or isinstance(coder, type):
        raise TypeError(f"coder is {coder!r}; expected None, or a coder such as `toolkit.positions.fit` returns.")
    if isinstance(coder, FittedCoder):
        ids = {issue.id for issue in codebook.issues}
        missing = [issue for issue in coder.model.issues if issue not in ids]
        if missing:
            raise ValueError(
                f"the coder was fitted for {coder.codebook}, and codebook {codebook.name!r} has no issue "
                f"{', '.join(missing)}; give the coder's codebook as `codebook=`."
            )
    if workers > 1:
        try:
            pickle.dumps(coder)
        except (pickle.PicklingError, TypeError, AttributeError) as error:
            raise ValueError(f"the coder cannot be sent to {workers} processes ({error}); use workers=1.") from error
    return coder


def _by_model_and_phrases(
    model: SideModel,
    text: str,
    sentences: Sequence[Span],
    codebook: Codebook,
    encoder: Encoder,
    skip: Sequence[Span],
) -> list[Finding]:
    """Find sides by what was learnt; a phrase of the codebook that stands in the sentence overrules it."""
    left = [f"{issue.id}+" for issue in codebook.issues if issue.id not in model.issues]
    phrases = find_phrases(text, sentences, codebook, left, skip=skip)
    said = {(f.sentence, f.label) for f in phrases}
    decided = {(f.sentence, f.label[:-1]) for f in phrases}
    learnt = [
        f
        for f in model.find(text, sentences, encoder, skip=skip)
        if (f.sentence, f.label) in said or (f.sentence, f.label[:-1]) not in decided
    ]
    found = {(f.sentence, f.label) for f in learnt}
    return learnt + [f for f in phrases if (f.sentence, f.label) not in found]


def _unknown_issues(codebook: Codebook, classes: Iterable[str]) -> tuple[str, ...]:
    known = set(classes)
    return tuple(issue.id for issue in codebook.issues if f"{issue.id}+" not in known)


@lru_cache(maxsize=4)
def _codebook_model(codebook: Codebook, issues: tuple[str, ...], encoder: Encoder) -> SideModel:
    return learn(codebook, issues, (), encoder)


def read_examples(codebook: Codebook, given: pd.DataFrame | Iterable[Mapping[str, Any]]) -> list[Example]:
    """Read coded examples, as ``fit`` takes them: one for each different text, in their order."""
    import pandas as pd

    frame = given if isinstance(given, pd.DataFrame) else pd.DataFrame(list(given), columns=None)
    cure = "One row is a text's side on an issue: text, issue, stance (+1 or -1)."
    check_columns(frame, ("text", "issue", "stance"), name="examples", cure=cure)
    sides: dict[str, set[str]] = {}
    for number, (text, issue, stance) in enumerate(zip(frame["text"], frame["issue"], frame["stance"], strict=True), 1):
        if not isinstance(text, str) or not any(c.isalnum() for c in text):
            raise ValueError(f"examples, row {number}: the text is {text!r}; expected some words. Remove the row.")
        label = _label(codebook, number, issue, stance)
        sides.setdefault(text, set()).update([label] if label else [])
    return [Example(text, frozenset(labels)) for text, labels in sides.items()]


def _label(codebook: Codebook, number: int, issue: Hashable, stance: Hashable) -> str | None:
    """Give the label of a row, None where it has neither issue nor stance."""
    import pandas as pd

    absent = [bool(pd.isna(value)) or value == "" for value in (issue, stance)]  # type: ignore[call-overload]
    if all(absent):
        return None
    if any(absent):
        raise ValueError(
            f"examples, row {number}: issue is {issue!r} and stance {stance!r}; "
            "give both, or neither where the text takes no side."
        )
    ids = [i.id for i in codebook.issues]
    if issue not in ids:
        near = did_you_mean(str(issue), ids)
        raise ValueError(f"examples, row {number}: issue is {issue!r}; expected one of {', '.join(ids)}.{near}")
    if stance not in (1, -1):
        raise ValueError(f"examples, row {number}: stance is {stance!r}; expected 1 (agrees) or -1 (disagrees).")
    return f"{issue}{'+' if stance == 1 else '-'}"


def _check_enough(examples: Sequence[Example]) -> None:
    """Refuse examples from which nothing can be learnt."""
    if len(examples) < MINIMUM:
        raise ValueError(
            f"{len(examples)} different texts were given as examples; at least {MINIMUM} are needed, "
            f"so add {MINIMUM - len(examples)}, some of them without a side."
        )
    taken = {label for example in examples for label in example.sides}
    signs = {label[-1] for label in taken}
    if len(signs) < 2:
        only = f"has stance {'+1' if signs == {'+'} else '-1'}" if signs else "is without a side"
        raise ValueError(f"every example {only}; add examples of {'the other side' if signs else 'both sides'}.")
    issues = {label[:-1] for label in taken}
    if len(issues) == 1 and all(example.sides for example in examples):
        raise ValueError(f"every example takes a side on {issues.pop()}; add texts that take none.")
