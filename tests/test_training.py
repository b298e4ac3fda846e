"""The scripts that make the weights, on a handful of made-up examples; the network itself only where torch is."""

import json
import random
import re

import numpy as np
import pytest

from toolkit.encoder import MODEL_DIR, TAGS, Encoder, load_tokenizer
from toolkit.training import attribution, positions
from toolkit.training.brat import CodedAttribution, CodedText, read_annotations, read_folder
from toolkit.training.examples import NOTHING

TEXT = "Minister Ada Obi said talks would resume. “No,” said Boris Weber."
ANN = """T1\tSource 0 16\tMinister Ada Obi
T2\tCue 17 21\tsaid
T3\tContent 22 40\ttalks would resume
E1\tCue:T2 Source:T1 Content:T3
T4\tSource 53 64\tBoris Weber
T5\tCue 48 52\tsaid
T6\tContent 42 43;43 45\t“ No
E2\tCue:T5 Source:T4 Content:T6
E3\tCue:T5 Source:T4
"""
PASSAGES = [
    {
        "id": "a1",
        "kind": "news",
        "text": "Peru urged a truce. Chile refused one.",
        "positions": [
            {"actor": "Peru", "issue": "ceasefire", "stance": 1, "evidence": "urged a truce"},
            {"actor": "Chile", "issue": "ceasefire", "stance": -1, "evidence": "refused one"},
        ],
        "appraisals": [{"actor": "Peru", "target": "", "polarity": -1, "evidence": "urged a truce"}],
    },
    {
        "id": "a2",
        "kind": "formal",
        "speaker": "Ghana",
        "text": "We thank the briefer. Weapons only prolong the war.",
        "positions": [{"actor": "Ghana", "issue": "military_support", "stance": -1, "evidence": "Weapons only"}],
    },
]
CLASSES = positions.class_names(["ceasefire", "military_support"])


@pytest.fixture(scope="module")
def tokenizer():
    return load_tokenizer(str(MODEL_DIR / "tokenizer.json"))


@pytest.fixture
def brat_folder(tmp_path):
    for name in ("text", "attributions"):
        (tmp_path / name).mkdir()
    (tmp_path / "text" / "one.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "attributions" / "one_b.ann").write_text("", encoding="utf-8")
    (tmp_path / "attributions" / "one_a.ann").write_text(ANN, encoding="utf-8")
    return tmp_path


def test_brat_events_become_attributions():
    first, second = read_annotations(ANN)
    assert first == CodedAttribution(((22, 40),), ((17, 21),), ((0, 16),))
    assert second.content == ((42, 43), (43, 45))


def test_the_first_coder_counts(brat_folder):
    (coded,) = read_folder(brat_folder)
    assert (coded.name, len(coded.attributions)) == ("one", 2)


def test_a_folder_without_texts_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="has no folder 'text'"):
        list(read_folder(tmp_path))


def test_windows_carry_tags_and_pointers(tokenizer):
    coded = CodedText("one", TEXT, read_annotations(ANN)[:1])
    (example,) = attribution.examples_of(coded, tokenizer, random.Random(4))
    tags = [TAGS[t] for t in example.tags]
    assert tags[:7] == ["B-source", "I-source", "I-source", "B-cue", "B-content", "I-content", "I-content"]
    assert example.cue_of[:7] == (NOTHING, NOTHING, NOTHING, 3, 3, 3, 3)
    assert example.source_of[3] == 0


@pytest.mark.parametrize("seed", range(8))
def test_varied_marks_keep_every_offset(seed):
    text = "“Yes,” he said.\n\"No,\" she said. It's `fine'."
    varied = attribution.vary_marks(text, random.Random(seed))
    assert len(varied) == len(text)
    assert [c for c in varied if c.isalnum()] == [c for c in text if c.isalnum()]


@pytest.mark.parametrize("seed", range(8))
def test_new_names_move_the_offsets_along(seed):
    coded = CodedText("one", TEXT, read_annotations(ANN))
    varied = attribution.vary_names(coded, ["Ada", "Boris", "Christopher"], random.Random(seed))
    first, second = varied.attributions
    assert varied.text[slice(*first.cue[0])] == "said"
    assert varied.text[slice(*first.content[0])] == "talks would resume"
    assert varied.text[slice(*first.source[0])].startswith("Minister ")
    assert len(varied.text[slice(*second.source[0])].split()) == 2
    assert "Obi" not in varied.text or "Weber" not in varied.text


def test_passages_become_labelled_sentences(tokenizer):
    (example,) = positions.examples_of(PASSAGES[:1], tokenizer, CLASSES, random.Random(1))
    assert [[CLASSES[i] for i, v in enumerate(row) if v == 1] for row in example.classes] == [
        ["ceasefire+", "criticism"],
        ["ceasefire-"],
    ]
    words = example.window.words
    text = PASSAGES[0]["text"]
    assert [text[slice(*words[w])] for w in example.evidence[0][2]] == ["urged", "a", "truce"]
    assert [text[slice(*words[a[2][0]])] for a in example.actors[:2]] == ["Peru", "Chile"]
    assert [t[2] for t in example.targets] == [(-1,)]


def test_a_formal_passage_has_nobody_in_the_text(tokenizer):
    (example,) = positions.examples_of(PASSAGES[1:], tokenizer, CLASSES, random.Random(1))
    assert [a[2] for a in example.actors] == [(-1,)]
    assert {row[-1] for row in example.classes} == {NOTHING}


def test_an_evidence_that_is_not_in_the_text_is_named(tmp_path):
    broken = {**PASSAGES[0], "text": "Peru waited."}
    (tmp_path / "a.jsonl").write_text(json.dumps(broken) + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"a\.jsonl, line 1: evidence not in the text: 'urged a truce'"):
        positions.read_passages(tmp_path)


@pytest.mark.parametrize("seed", range(4))
def test_hidden_words_lose_all_their_pieces_and_nothing_else_does(tokenizer, seed):
    (example,) = positions.examples_of(PASSAGES[:1], tokenizer, CLASSES, random.Random(1))
    mask = tokenizer.token_to_id("[MASK]")
    hidden = positions.hide_words(example, mask, random.Random(seed), share=0.4)
    before, after = example.window.pieces, hidden.window.pieces
    changed = {n for n, (a, b) in enumerate(zip(before, after, strict=True)) if a != b}
    assert changed
    assert {after[n] for n in changed} == {mask}
    assert not changed & {n for n, p in enumerate(before) if p in (before[0], before[-1])}
    assert (hidden.classes, hidden.window.words) == (example.classes, example.window.words)


class Sure:
    """A teacher to whom word 1 is a cue, word 0 its source and word 2 its content."""

    def words(self, pieces, mask, first):
        import torch

        return torch.eye(first.shape[1]).expand(len(first), -1, -1)

    def tags(self, vectors):
        import torch

        roles = ["B-source", "B-cue", "B-content"] + ["O"] * (vectors.shape[-1] - 3)
        return vectors @ torch.eye(len(TAGS))[[TAGS.index(role) for role in roles]] * 50

    def asks(self, vectors):
        return vectors.sum(-1, keepdim=True) * 1000

    def pointer(self, name, vectors, rows):
        import torch

        return torch.eye(len(vectors))[[1 if name == "cue" else 0] * len(rows)] * 50


class Doubtful(Sure):
    """A teacher to whom no word is anything."""

    def tags(self, vectors):
        import torch

        return torch.eye(len(TAGS))[[TAGS.index("O")] * len(vectors)] * 50


def test_a_teacher_says_where_likely_words_point(tokenizer):
    pytest.importorskip("torch")
    from toolkit.training.teacher import Teacher, taught

    (example,) = positions.examples_of(PASSAGES[:1], tokenizer, CLASSES, random.Random(1))
    (longer,) = positions.examples_of(PASSAGES[1:], tokenizer, CLASSES, random.Random(1))
    for given, pupil in zip([longer, example], taught([longer, example], [Teacher(Sure())]), strict=True):
        assert pupil.window == given.window
        assert pupil.lesson.tags.shape == (len(given.window.words), len(TAGS))
        assert {name: rows for name, (rows, _) in pupil.lesson.pointers.items()} == {"cue": (1, 2), "source": (1,)}
        cue, source = (where for _, where in pupil.lesson.pointers.values())
        assert cue[:, 1].min() > 0.99
        assert source[:, 0].min() > 0.99


def test_several_teachers_answer_by_their_shares(tokenizer):
    pytest.importorskip("torch")
    from toolkit.training.teacher import Teacher, taught

    (example,) = positions.examples_of(PASSAGES[:1], tokenizer, CLASSES, random.Random(1))
    (pupil,) = taught([example], [Teacher(Sure(), 0.75), Teacher(Doubtful(), 0.25)])
    assert pupil.lesson.tags[1, TAGS.index("B-cue")] == pytest.approx(0.75, abs=1e-3)
    assert pupil.lesson.tags[1, TAGS.index("O")] == pytest.approx(0.25, abs=1e-3)


class Partisan(Sure):
    """A teacher who finds the first class in every sentence, and no other."""

    def pool(self, words, start, end):
        return words[start:end], None

    def class_logits(self, pooled):
        import torch

        return torch.tensor([20.0] + [-20.0] * (len(CLASSES) - 1))


def test_a_teacher_of_sides_says_nothing_of_attributions_and_answers_for_each_sentence(tokenizer):
    pytest.importorskip("torch")
    from toolkit.training.teacher import Teacher, taught

    (example,) = positions.examples_of(PASSAGES[1:], tokenizer, CLASSES, random.Random(1))
    (pupil,) = taught([example], [Teacher(Partisan(), subject="sides")])
    assert pupil.lesson.tags is None
    assert pupil.lesson.sides.shape == (len(example.sentences), len(CLASSES))
    assert pupil.lesson.sides[:, 0].min() > 0.99
    assert pupil.lesson.sides[:, 1:].max() < 0.01
    (both,) = taught([example], [Teacher(Sure()), Teacher(Partisan(), subject="sides")])
    assert both.lesson.tags is not None
    assert (both.lesson.sides == pupil.lesson.sides).all()


def test_a_network_without_positions_cannot_teach_sides(tmp_path):
    torch = pytest.importorskip("torch")
    from toolkit.training.teacher import load_teacher

    torch.save({}, tmp_path / "weights.pt")
    with pytest.raises(ValueError, match="attributions alone"):
        load_teacher(tmp_path / "weights.pt", subject="sides")


def test_an_encoder_with_other_word_pieces_is_refused(tokenizer, tmp_path):
    transformers = pytest.importorskip("transformers")
    pytest.importorskip("torch")
    from tokenizers import Tokenizer, models

    from toolkit.training.network import base_network

    Tokenizer(models.WordPiece({"[UNK]": 0, "peace": 1})).save(str(tmp_path / "tokenizer.json"))
    config = transformers.BertConfig(
        vocab_size=2, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
    )
    transformers.BertModel(config).save_pretrained(tmp_path)
    with pytest.raises(ValueError, match="word pieces of the default one"):
        base_network(0, base=str(tmp_path))


def test_word_pieces_in_another_order_mean_the_same(tokenizer, tmp_path):
    transformers = pytest.importorskip("transformers")
    torch = pytest.importorskip("torch")
    from tokenizers import Tokenizer, models

    from toolkit.training.network import base_network

    pieces = sorted(tokenizer.get_vocab(), key=tokenizer.get_vocab().__getitem__)
    marks = {"[PAD]": "<pad>", "[CLS]": "<s>", "[SEP]": "</s>", "[MASK]": "<mask>"}
    turned = {marks.get(piece, piece): n for n, piece in enumerate(reversed(pieces))}
    Tokenizer(models.WordPiece(turned, unk_token="[UNK]")).save(str(tmp_path / "tokenizer.json"))
    config = transformers.BertConfig(
        vocab_size=len(pieces), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
    )
    other = transformers.BertModel(config)
    other.save_pretrained(tmp_path)
    network = base_network(0, base=str(tmp_path))
    there, here = (m.embeddings.word_embeddings.weight for m in (other, network.encoder))
    for piece in ("peace", "[CLS]", "[SEP]"):
        assert torch.equal(there[turned[marks.get(piece, piece)]], here[tokenizer.token_to_id(piece)])


@pytest.mark.parametrize("subject", ["attributions", "sides"])
def test_learning_from_a_teacher_brings_the_answers_nearer(tokenizer, subject):
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    from toolkit.training.network import Network, collate, lesson_loss
    from toolkit.training.teacher import Teacher, taught

    teacher = Teacher({"attributions": Sure, "sides": Partisan}[subject](), subject=subject)
    torch.manual_seed(1)
    size = tokenizer.get_vocab_size()
    config = transformers.BertConfig(
        vocab_size=size, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
    )
    network = Network(transformers.BertModel(config), 16, len(CLASSES))
    (example,) = positions.examples_of(PASSAGES[:1], tokenizer, CLASSES, random.Random(1))
    (lesson,), batch = taught([example], [teacher]), collate([example])
    optimiser = torch.optim.Adam(network.parameters(), lr=0.03)
    losses = []
    for _ in range(15):
        loss = lesson_loss(network, network.words(batch["pieces"], batch["mask"], batch["first"]), [lesson])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 3


@pytest.mark.parametrize(
    ("teachers", "message"),
    [
        (["--uncoded", "texts"], "without --teacher"),
        (["--teacher", "a.pt", "mpnet"], "WEIGHTS \\[SHARE \\[BASE\\]\\]"),
        (["--teacher", "a.pt", "0.5", "mpnet", "more"], "WEIGHTS"),
        (["--teacher", "a.pt", "--teacher", "b.pt"], "expected a sum of 1"),
        (["--side-teacher", "a.pt", "0.5"], "shares of --side-teacher"),
    ],
)
def test_teachers_that_do_not_fit_together_are_refused(teachers, message, capsys):
    from toolkit.training.__main__ import main

    with pytest.raises(SystemExit):
        main(["articles", "-o", "out", *teachers])
    assert re.search(message, capsys.readouterr().err.replace("\n", " "))


def test_training_exports_what_the_encoder_computes(brat_folder, tmp_path_factory):
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    from toolkit.training.__main__ import main
    from toolkit.training.examples import Example
    from toolkit.training.network import base_network, collate

    base, output, passages = (tmp_path_factory.mktemp(n) for n in ("base", "output", "passages"))
    tokenizer_file = MODEL_DIR / "tokenizer.json"
    (base / "tokenizer.json").write_bytes(tokenizer_file.read_bytes())
    size = load_tokenizer(str(tokenizer_file)).get_vocab_size()
    config = transformers.BertConfig(
        vocab_size=size, hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64
    )
    transformers.BertModel(config).save_pretrained(base)
    (passages / "a.jsonl").write_text("".join(json.dumps(p) + "\n" for p in PASSAGES), encoding="utf-8")
    arguments = [str(brat_folder), "--passages", str(passages), "-o", str(output), "--epochs", "2", "--base", str(base)]
    assert main(arguments) == 0
    weights = str(output / "weights.pt")
    teachers = ["--teacher", weights, "0.6", str(base), "--teacher", weights, "0.4", str(base)]
    teachers += ["--side-teacher", weights, "1", str(base)]
    uncoded = ["--uncoded", str(brat_folder / "text"), "--gold-share", "0.25"]
    assert main([*arguments, *teachers, *uncoded, "--start", weights]) == 0
    with pytest.raises(SystemExit):
        main([*arguments, *uncoded])

    encoder = Encoder(output)
    (window,) = encoder.read(TEXT).windows
    network = base_network(len(encoder.classes), base=str(base))
    network.load_state_dict(torch.load(output / "weights.pt", weights_only=True))
    network.eval()
    from toolkit.encoder import make_windows

    (raw,) = make_windows(TEXT, encoder.tokenizer)
    batch = collate([Example(raw)])
    with torch.no_grad():
        words = network.words(batch["pieces"], batch["mask"], batch["first"])
        tags = network.tags(words)[0].softmax(-1).numpy()
        pooled, log_attention = network.pool(words[0], 0, 8)
        classes = network.class_logits(pooled).sigmoid().numpy()
        pointed = network.point("actor", pooled[0], words[0]).softmax(-1).numpy()
    judgement = window.judge(0, 8)
    assert np.abs(window.tags - tags).max() < 0.05  # the exported weights have 8 bits
    assert np.abs(judgement.probabilities - classes).max() < 0.05
    assert np.abs(judgement.attention - log_attention.exp().numpy()).max() < 0.05
    assert np.abs(window.point("actor", judgement.pooled[0]) - pointed).max() < 0.05
