"""Fine-tune the reader on prepared data.

Run: nice -n 15 python -m training.reader.train --data FOLDER/train.jsonl --start START --out FOLDER --minutes 70

Stops at --steps, or when --minutes have passed, whichever comes first; the learning rate follows the nearer end.
Resumes from FOLDER/checkpoint.pt. `--steps` alone is reproducible; `--minutes` depends on the machine, and log.jsonl
keeps what was done.
FOLDER/final holds the exponential average of the weights as a Hugging Face folder.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import torch
from transformers import AutoModelForQuestionAnswering, PreTrainedModel

from training.reader.examples import read_examples
from training.reader.features import Feature, featurise, masked, open_tokenizer

WARM_UP = 0.05
WEIGHT_DECAY = 0.01
GRADIENT_NORM = 1.0
AVERAGE_DECAY = 0.99
"""Of the averaged weights, a step: the mean reaches back about 100 steps."""

CHUNK_BATCHES = 16
"""Groups are sorted by length within this many batches, then the batches are shuffled."""

CHECKPOINT_SECONDS = 300
Spans = tuple[tuple[int, int], ...]


@dataclass
class Run:
    """What a checkpoint holds beside the weights."""

    step: int = 0
    seconds: float = 0.0


def batches(features: list[Feature], tokens: int, seed: int) -> list[list[Feature]]:
    """Batches of about `tokens` padded tokens, groups kept together, in a shuffled order that keeps prefixes fair."""
    groups: dict[int, list[Feature]] = {}
    for feature in features:
        groups.setdefault(feature.group, []).append(feature)
    rng, order, made = random.Random(seed), list(groups.values()), []
    size = CHUNK_BATCHES * 32
    chunks = [order[i : i + size // 2] for i in range(0, len(order), size // 2)]
    for chunk in chunks:
        chunk.sort(key=lambda group: max(len(f.ids) for f in group))
        packed = list(_packed(chunk, tokens))
        rng.shuffle(packed)
        made += packed
    return made


def _packed(groups: list[list[Feature]], tokens: int) -> Iterator[list[Feature]]:
    batch: list[Feature] = []
    for group in groups:
        longest = max(len(feature.ids) for feature in [*batch, *group])
        if batch and longest * (len(batch) + len(group)) > tokens:
            yield batch
            batch = []
        batch = batch + group
    if batch:
        yield batch


def parts(batch: list[Feature], tokens: int) -> list[list[Feature]]:
    """The batch cut into parts of about `tokens` padded tokens, longest windows first."""
    ordered = sorted(batch, key=lambda feature: -len(feature.ids))
    made, at = [], 0
    while at < len(ordered):
        size = max(1, tokens // len(ordered[at].ids))
        made.append(ordered[at : at + size])
        at += size
    return made


def tensors(batch: list[Feature], multiple: int, device: torch.device) -> tuple[dict[str, torch.Tensor], list[Spans]]:
    """The batch padded to a multiple of tokens, on the device."""
    length = -(-max(len(feature.ids) for feature in batch) // multiple) * multiple
    shape = (len(batch), length)
    inputs = {name: torch.zeros(shape, dtype=torch.long) for name in ("input_ids", "token_type_ids", "attention_mask")}
    for row, feature in enumerate(batch):
        n = len(feature.ids)
        inputs["input_ids"][row, :n] = torch.tensor(feature.ids)
        inputs["token_type_ids"][row, :n] = torch.tensor(feature.segments)
        inputs["attention_mask"][row, :n] = 1
    return {name: made.to(device) for name, made in inputs.items()}, [feature.spans for feature in batch]


def span_loss(start: torch.Tensor, end: torch.Tensor, mask: torch.Tensor, spans: list[Spans]) -> torch.Tensor:
    """Sum of -log of the mass on all right spans together (Clark and Gardner 2018), start and end independent.

    start, end: logits, shape (batch, length); mask: 1 for tokens, 0 for padding.
    """
    low = torch.finfo(start.dtype).min
    start, end = (x.masked_fill(mask == 0, low).log_softmax(-1) for x in (start, end))
    losses = [
        -torch.stack([start[row, first] + end[row, last] for first, last in right]).logsumexp(0)
        for row, right in enumerate(spans)
    ]
    return torch.stack(losses).sum()


def open_model(folder: Path, frozen_layers: int) -> PreTrainedModel:
    """fp32, no dropout (slow on a CPU), embeddings frozen (half of the parameters) and the lowest layers too."""
    model: PreTrainedModel = AutoModelForQuestionAnswering.from_pretrained(folder, dtype=torch.float32)
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    model.train()
    model.base_model.embeddings.requires_grad_(False)
    for layer in model.base_model.encoder.layer[:frozen_layers]:
        layer.requires_grad_(False)
    return model


def optimiser(model: PreTrainedModel, rate: float) -> torch.optim.AdamW:
    named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    plain = [p for name, p in named if p.ndim < 2]
    decayed = [p for name, p in named if p.ndim >= 2]
    groups = [{"params": decayed, "weight_decay": WEIGHT_DECAY}, {"params": plain, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=rate, fused=True)


def rate_at(progress: float) -> float:
    """The share of the peak rate: up over WARM_UP, then down to 0 in a line."""
    return progress / WARM_UP if progress < WARM_UP else max(0.0, (1 - progress) / (1 - WARM_UP))


class Training:
    """A run that can be stopped and taken up again."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.arguments = arguments
        self.out: Path = arguments.out
        self.out.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(arguments.seed)
        self.device = torch.device(arguments.device)
        self.model = open_model(arguments.start, arguments.frozen_layers).to(self.device)
        self.optimiser = optimiser(self.model, arguments.rate)
        self.average = {name: p.detach().clone() for name, p in self.model.named_parameters() if p.requires_grad}
        self.trained = [p for p in self.model.parameters() if p.requires_grad]
        self.pool = ThreadPoolExecutor(arguments.threads, initializer=torch.set_num_threads, initargs=(1,))
        self.run = Run()
        self._resume()

    def _resume(self) -> None:
        path = self.out / "checkpoint.pt"
        if path.exists():
            state = torch.load(path, weights_only=True, map_location=self.device)
            self.model.load_state_dict(state["model"])
            self.optimiser.load_state_dict(state["optimiser"])
            self.average, self.run = state["average"], Run(state["step"], state["seconds"])

    def checkpoint(self) -> None:
        """Written beside and renamed: a kill leaves the last whole one."""
        state = {"model": self.model.state_dict(), "optimiser": self.optimiser.state_dict(), "average": self.average}
        torch.save({**state, "step": self.run.step, "seconds": self.run.seconds}, self.out / "checkpoint.new")
        (self.out / "checkpoint.new").replace(self.out / "checkpoint.pt")

    def train(self, made: list[list[Feature]]) -> None:
        started, saved, earlier = time.monotonic(), time.monotonic(), self.run.seconds
        while (progress := self._progress(len(made))) < 1:
            batch = made[self.run.step % len(made)]
            loss = self._step(batch, progress)
            self.run.step += 1
            self.run.seconds = earlier + time.monotonic() - started
            self._log(loss, len(batch), progress)
            if time.monotonic() - saved > CHECKPOINT_SECONDS:
                self.checkpoint()
                saved = time.monotonic()
        self.checkpoint()

    def _progress(self, epoch_steps: int) -> float:
        steps = self.arguments.steps or epoch_steps
        minutes = self.arguments.minutes
        return max(self.run.step / steps, self.run.seconds / (60 * minutes) if minutes else 0.0)

    def _step(self, batch: list[Feature], progress: float) -> float:
        for group in self.optimiser.param_groups:
            group["lr"] = self.arguments.rate * rate_at(progress)
        made = list(self.pool.map(self._gradients, self._parts(batch)))
        for number, parameter in enumerate(self.trained):
            parameter.grad = torch.stack([gradients[number] for _, gradients in made]).sum(0).div_(len(batch))
        loss = sum(loss for loss, _ in made) / len(batch)
        torch.nn.utils.clip_grad_norm_(self.trained, GRADIENT_NORM)
        self.optimiser.step()
        self._follow()
        return loss

    def _parts(self, batch: list[Feature]) -> list[list[Feature]]:
        """A GPU takes the batch whole."""
        return [batch] if self.device.type == "cuda" else parts(batch, self.arguments.part_tokens)

    def _gradients(self, part: list[Feature]) -> tuple[float, tuple[torch.Tensor, ...]]:
        """Summed loss and gradients of a part of a batch, on one thread: parts run side by side without waiting
        for each other inside every operation, which is what made two busy cores slower than one.

        bf16 on a GPU alone: without hardware for it, a processor is many times slower.
        """
        inputs, spans = tensors(part, self.arguments.multiple, self.device)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.device.type == "cuda"):
            output = self.model(**inputs)
        start, end = output.start_logits.float(), output.end_logits.float()
        loss = span_loss(start, end, inputs["attention_mask"], spans)
        return loss.item(), torch.autograd.grad(loss, self.trained)

    def _follow(self) -> None:
        decay = min(AVERAGE_DECAY, (1 + self.run.step) / (10 + self.run.step))
        with torch.no_grad():
            for name, parameter in self.model.named_parameters():
                if name in self.average:
                    self.average[name].lerp_(parameter, 1 - decay)

    def _log(self, loss: float, windows: int, progress: float) -> None:
        row = {"step": self.run.step, "loss": round(loss, 4), "windows": windows}
        row |= {"seconds": round(self.run.seconds), "progress": round(progress, 4)}
        with (self.out / "log.jsonl").open("a", encoding="ascii") as log:
            log.write(json.dumps(row) + "\n")

    def save(self, folder: Path, averaged: bool) -> None:
        """The weights as a Hugging Face folder with the start's tokenizer; fp32."""
        state = {**self.model.state_dict(), **(self.average if averaged else {})}
        state = {name: tensor.cpu() for name, tensor in state.items()}
        self.model.save_pretrained(folder, state_dict=state)
        for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt"):
            if (self.arguments.start / name).exists():
                (folder / name).write_bytes((self.arguments.start / name).read_bytes())


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--start", type=Path, required=True, help="a Hugging Face folder to go on from")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=0, help="0: one epoch")
    parser.add_argument("--minutes", type=float, default=0.0, help="0: no limit")
    parser.add_argument("--rate", type=float, default=5e-5)
    parser.add_argument("--tokens", type=int, default=3584, help="padded tokens a batch, about")
    parser.add_argument("--part-tokens", type=int, default=900, help="a thread takes this much of a batch at a time")
    parser.add_argument("--multiple", type=int, default=32, help="pad to this; 64 where kernels compile by shape")
    parser.add_argument("--limit", type=int, default=288, help="longest window in tokens")
    parser.add_argument("--masked", type=float, default=0.0, help="share of a passage's tokens that is hidden")
    parser.add_argument("--frozen-layers", type=int, default=2, help="two of six save a fifth of the time")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--seed", type=int, default=17)
    return parser.parse_args()


def main() -> None:
    arguments = parsed()
    torch.set_num_threads(1)
    training = Training(arguments)
    (arguments.out / "train.pid").write_text(f"{os.getpid()}\n", encoding="ascii")
    shutil.rmtree(arguments.out / "final", ignore_errors=True)
    features = featurise(read_examples(arguments.data), open_tokenizer(arguments.start), arguments.limit)
    if arguments.masked:
        features = masked(features, open_tokenizer(arguments.start), arguments.masked, arguments.seed)
    made = batches(features, arguments.tokens, arguments.seed)
    mean = sum(len(feature.ids) for feature in features) / len(features)
    print(f"{len(features)} windows in {len(made)} batches, mean {mean:.0f} tokens", flush=True)
    training.train(made)
    training.save(arguments.out / "last", averaged=False)
    training.save(arguments.out / "final", averaged=True)


if __name__ == "__main__":
    main()
