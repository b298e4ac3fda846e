"""The training loop: one pinned thread, fixed seeds, averaged weights."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Sequence

import torch

from toolkit.training.examples import Example
from toolkit.training.network import Network, Settings, attribution_loss, batches, collate, lesson_loss, sentence_loss

MakeExamples = Callable[[random.Random], Sequence[Sequence[Example]]]


def train(network: Network, make_examples: MakeExamples, settings: Settings) -> Network:
    """Train a network and give it back with the running average of its weights.

    Args:
        network: Fresh network.
        make_examples: Called once an epoch with a seeded source of chance; gives windows with attributions, windows
            with coded sentences, and windows with a teacher's answers alone (any may be empty).
        settings: Epochs, seed, learning rates, and what people's codes weigh beside a teacher's answers.

    Progress goes to standard error, a line a hundred steps.
    """
    torch.manual_seed(settings.seed)
    chance = random.Random(settings.seed)
    first = _epoch(make_examples, settings, chance)
    steps = len(first) * settings.epochs
    inner = [p for p in network.encoder.parameters() if p.requires_grad]
    heads = [p for n, p in network.named_parameters() if not n.startswith("encoder.")]
    optimiser = torch.optim.AdamW(
        [{"params": inner, "lr": settings.encoder_rate}, {"params": heads, "lr": settings.head_rate}], weight_decay=0.01
    )
    warm = max(1, int(steps * 0.06))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: (s + 1) / warm if s < warm else max(0.02, (steps - s) / (steps - warm + 1))
    )
    average = torch.optim.swa_utils.AveragedModel(
        network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(settings.average)
    )
    step, began, running = 0, time.monotonic(), 0.0
    for number in range(settings.epochs):
        network.train()
        for examples in first if number == 0 else _epoch(make_examples, settings, chance):
            batch = collate(examples)
            with torch.autocast("cpu", torch.bfloat16):
                words = network.words(batch["pieces"], batch["mask"], batch["first"])
                terms = []
                if examples[0].tags:
                    terms.append(settings.gold_share * attribution_loss(network, words, batch))
                if examples[0].classes:
                    terms.append(sentence_loss(network, words, examples))
                if examples[0].lesson:
                    terms.append(lesson_loss(network, words, examples))
                loss = torch.stack(terms).sum()
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            average.update_parameters(network)
            step, running = step + 1, 0.98 * running + 0.02 * loss.item()
            if step % 100 == 0:
                spent = (time.monotonic() - began) / 60
                print(f"epoch {number + 1} step {step}/{steps} loss {running:.3f} {spent:.1f} min", file=sys.stderr)
    network.load_state_dict(average.module.state_dict())
    return network


def _epoch(make_examples: MakeExamples, settings: Settings, chance: random.Random) -> list[list[Example]]:
    groups = [g for examples in make_examples(chance) for g in batches(examples, settings.batch_windows, chance)]
    chance.shuffle(groups)
    return groups
