"""Runs the network: text in, word vectors and the answers of its heads out.

The network is a small text encoder (MiniLM-L6, 384 wide) that reads windows of up to 256 word pieces, packed from
whole paragraphs, and learned attributions and positions. The encoder is an ONNX graph; the heads on top are small
matrices and are computed here in numpy, so that they can be read and checked. ``model_card.md`` beside the weights says
what they were trained on and how they score.

Windows are read one at a time: the integer arithmetic scales with what is in a batch, so a result must not depend on
what else was read with it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from toolkit.records import Span, encodable

Floats = npt.NDArray[np.float32]

MODEL_DIR = Path(__file__).parent / "data" / "model"
MAX_PIECES = 256
MAX_WORD_CHARS = 60

_WORD = re.compile(r"[^\W_]+|[^\w\s]|_")
_BREAK = re.compile(r"\s*\n\s*")

TAGS = ("O", "B-content", "I-content", "B-source", "I-source", "B-cue", "I-cue")
"""What a word can be in an attribution, in the order of the network's outputs."""


def split_words(text: str) -> list[Span]:
    """Cut a text into words: runs of letters and digits, and single punctuation marks.

    Returns:
        Offsets into ``text``, in order. White space belongs to no word. A run of more than 60 characters is cut, so
        that a megabyte without a space stays cheap.
    """
    words = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        words += [(i, min(i + MAX_WORD_CHARS, end)) for i in range(start, end, MAX_WORD_CHARS)]
    return words


@dataclass(frozen=True)
class Window:
    """A stretch of text that the network reads at once.

    Attributes:
        words: Offsets of its words.
        pieces: Ids of the word pieces, with the marks at the beginning, between paragraphs and at the end.
        first_piece: For each word, the index in ``pieces`` of its first piece, which stands for the word.
    """

    words: tuple[Span, ...]
    pieces: tuple[int, ...]
    first_piece: tuple[int, ...]


@cache
def load_tokenizer(path: str) -> Any:
    """Load the word-piece tokenizer that belongs to the weights."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(path)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def make_windows(text: str, tokenizer: Any, *, skip: Sequence[Span] = (), max_pieces: int = MAX_PIECES) -> list[Window]:
    """Pack the paragraphs of a text into windows of at most ``max_pieces`` word pieces.

    A paragraph that is longer than a window is split, after a sentence's last mark where there is one in its second
    half. Every word of the text is in exactly one window, but for those that begin in one of the spans to ``skip``.
    """
    text = encodable(text)
    words = _outside(split_words(text), skip)
    if not words:
        return []
    encoded = tokenizer.encode([text[s:e] for s, e in words], is_pretokenized=True, add_special_tokens=False)
    pieces: list[list[int]] = [[] for _ in words]
    for piece, word in zip(encoded.ids, encoded.word_ids, strict=True):
        pieces[word].append(piece)
    unknown = tokenizer.token_to_id("[UNK]")
    pieces = [p[:16] or [unknown] for p in pieces]
    paragraphs = _paragraphs(text, words)
    room = max_pieces - 2
    chunks: list[list[int]] = []
    for paragraph in paragraphs:
        start = 0
        while start < len(paragraph):
            cut = _cut(text, words, pieces, paragraph, start, room)
            chunks.append(paragraph[start:cut])
            start = cut
    packed: list[list[list[int]]] = []
    size = room + 1
    for chunk in chunks:
        cost = sum(len(pieces[w]) for w in chunk) + 1
        if size + cost > room + 1:
            packed.append([])
            size = 0
        packed[-1].append(chunk)
        size += cost
    begin, end = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    return [_window(words, pieces, group, begin, end) for group in packed]


def _outside(words: list[Span], skip: Sequence[Span]) -> list[Span]:
    """Give the words that begin in none of the spans."""
    waiting, end, kept = sorted(skip, reverse=True), 0, []
    for word in words:
        while waiting and waiting[-1][0] <= word[0]:
            end = max(end, waiting.pop()[1])
        if word[0] >= end:
            kept.append(word)
    return kept


def _paragraphs(text: str, words: list[Span]) -> list[list[int]]:
    groups: list[list[int]] = [[0]]
    for i in range(1, len(words)):
        if "\n" in text[words[i - 1][1] : words[i][0]]:
            groups.append([])
        groups[-1].append(i)
    return groups


def _cut(text: str, words: list[Span], pieces: list[list[int]], paragraph: list[int], start: int, room: int) -> int:
    """Give where a chunk of a paragraph that begins at ``start`` ends: at its end, or where the room does."""
    total, end = 0, start
    while end < len(paragraph) and total + len(pieces[paragraph[end]]) <= room:
        total += len(pieces[paragraph[end]])
        end += 1
    if end < len(paragraph):
        for cut in range(end, (start + end) // 2, -1):
            if text[words[paragraph[cut - 1]][0]] in '.!?”"»':
                return cut
    return end


def _window(words: list[Span], pieces: list[list[int]], group: list[list[int]], begin: int, end: int) -> Window:
    ids, first, kept = [begin], [], []
    for paragraph in group:
        for word in paragraph:
            first.append(len(ids))
            kept.append(words[word])
            ids += pieces[word]
        ids.append(end)
    return Window(tuple(kept), tuple(ids), tuple(first))


class Encoder:
    """The network, ready to read: a text encoder, and heads on its word vectors.

    Args:
        folder: Where ``encoder.onnx``, ``heads.npz``, ``network.json`` and ``tokenizer.json`` lie; by default the
            weights that come with the package.

    Raises:
        FileNotFoundError: Names the missing file and how to make it.
    """

    def __init__(self, folder: Path = MODEL_DIR) -> None:
        import onnxruntime

        for name in ("encoder.onnx", "heads.npz", "network.json", "tokenizer.json"):
            if not (folder / name).exists():
                raise FileNotFoundError(
                    f"{folder / name} is missing; reinstall the package, or make the weights with "
                    f"`python -m toolkit.training` (extra `train`)."
                )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(
            str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"]
        )
        with np.load(folder / "heads.npz") as heads:
            self.heads: dict[str, Floats] = {name: heads[name].astype(np.float32) for name in heads.files}
        settings: dict[str, Any] = json.loads((folder / "network.json").read_text(encoding="utf-8"))
        self.classes: tuple[str, ...] = tuple(settings.get("classes", ()))
        self.calibration: dict[str, Sequence[float]] = settings.get("calibration", {})
        self.version: str = settings.get("version") or "unnamed"
        self.tokenizer = load_tokenizer(str(folder / "tokenizer.json"))

    def read(self, text: str, *, skip: Sequence[Span] = ()) -> Reading:
        """Read a text of any length; an empty one gives a reading without windows.

        Args:
            text: The text as stored.
            skip: Stretches to pass over (captions, bylines, site furniture).
        """
        windows = make_windows(text, self.tokenizer, skip=skip)
        return Reading(text, tuple(map(self.read_window, windows)), self.classes, self.calibration)

    def read_window(self, window: Window) -> ReadWindow:
        """Read one window."""
        (hidden,) = self.session.run(None, {"pieces": np.array([window.pieces], dtype=np.int64)})
        return ReadWindow(window.words, hidden[0][list(window.first_piece)], self.heads)


@cache
def default_encoder() -> Encoder:
    """Load the weights that come with the package, once a process."""
    return Encoder()


@dataclass(frozen=True)
class Judgement:
    """The network's answers about one sentence.

    Attributes:
        probabilities: For each class, the probability that the sentence belongs to it.
        attention: words x classes; how much of a class's answer each word carries (columns sum to 1).
        pooled: classes x values; what the pointers to actors and targets start from.
        first_word: Index in the window of the sentence's first word.
    """

    probabilities: Floats
    attention: Floats
    pooled: Floats
    first_word: int


@dataclass(frozen=True)
class ReadWindow:
    """A window after reading, ready to be asked.

    Attributes:
        words: Offsets of the words.
        vectors: What the network makes of each word: words x width.
        heads: The network's heads by name.
    """

    words: tuple[Span, ...]
    vectors: Floats
    heads: dict[str, Floats]

    @cached_property
    def tags(self) -> Floats:
        """Probabilities of ``TAGS``: words x 7."""
        return _softmax(self._of_all_words("tags"))

    def pointer(self, name: str, rows: Sequence[int]) -> Floats:
        """Say where words point: rows x words, each row summing to 1.

        Args:
            name: ``cue`` (from a word of a content or cue to the first word of its cue) or ``source`` (from the first
                word of a cue to the first word of its source; to itself where there is none).
            rows: Indices of the words to ask.
        """
        query = self._linear(f"{name}_from", self.vectors[list(rows)])
        return _softmax(query @ self._of_all_words(f"{name}_to").T / np.float32(query.shape[1] ** 0.5))

    def judge(self, first: int, last: int) -> Judgement:
        """Ask the sentence heads about the words from ``first`` up to and without ``last``."""
        attention = _softmax(self._of_all_words("attention")[first:last].T).T
        pooled = _gelu(attention.T @ self._of_all_words("value")[first:last])
        scores = (self.heads["class_weight"] * pooled).sum(1) + self.heads["class_bias"]
        return Judgement(1 / (1 + np.exp(-scores)), attention, pooled, first)

    def point(self, name: str, pooled: Floats) -> Floats:
        """Say whose name a judgement points to: a probability for each word, and as last one for nobody here.

        Args:
            name: ``actor`` or ``target``.
            pooled: One row of ``Judgement.pooled``.
        """
        query = self._linear(f"{name}_from", pooled)
        keys = np.vstack([self._of_all_words(f"{name}_to"), self.heads[f"{name}_none"]])
        return _softmax(keys @ query)

    def _linear(self, name: str, vectors: Floats) -> Floats:
        return vectors @ self.heads[f"{name}.weight"].T + self.heads[f"{name}.bias"]

    def _of_all_words(self, name: str) -> Floats:
        """Apply one head to all words of the window, once."""
        if name not in self._applied:
            self._applied[name] = self._linear(name, self.vectors)
        return self._applied[name]

    @cached_property
    def _applied(self) -> dict[str, Floats]:
        return {}


@dataclass(frozen=True)
class Reading:
    """A text after reading.

    Attributes:
        text: The text.
        windows: Its windows in order; together they hold every word once.
        classes: Names of the sentence classes (``issue+``, ``issue-``, ``praise``, ``criticism``).
        calibration: For each kind of answer (``side``, ``attribution``), the weights for ``calibrated``.
    """

    text: str
    windows: tuple[ReadWindow, ...]
    classes: tuple[str, ...]
    calibration: Mapping[str, Sequence[float]] = field(default_factory=dict)

    def confidence(self, kind: str, *certainties: float) -> float:
        """Turn what the network says of itself into a probability of being right, as measured on held-out data.

        A logistic regression on the log-odds of the certainties (Platt 1999); without one, their product.
        """
        weights = self.calibration.get(kind)
        if not weights:
            return float(np.prod(certainties))
        clipped = np.clip(certainties, 1e-4, 1 - 1e-4)
        score = weights[0] + float(np.dot(weights[1:], np.log(clipped / (1 - clipped))))
        return float(1 / (1 + np.exp(-score)))


def _softmax(scores: Floats) -> Floats:
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    result: Floats = powers / powers.sum(-1, keepdims=True)
    return result


def _gelu(values: Floats) -> Floats:
    """Give the exact Gaussian error linear unit, x * (1 + erf(x / sqrt 2)) / 2, as PyTorch computes it.

    ``erf`` is approximated to 1.5e-7 by formula 7.1.26 of Abramowitz and Stegun (1964).
    """
    x = values / np.float32(2**0.5)
    t = 1 / (1 + 0.3275911 * np.abs(x))
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    erf = np.sign(x) * (1 - series * np.exp(-x * x))
    result: Floats = (values * (1 + erf) / 2).astype(np.float32)
    return result
