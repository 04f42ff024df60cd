"""Model folders written whole: model, tokenizer, card, and the card for people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import onnx
from tokenizers import Tokenizer

from bot.readers.adding import quantise, samples
from bot.readers.layout import Input, layout_of
from models import CARD, MODEL, TOKENIZER, Card, FileFacts
from models.card import sha256
from training.export import cards

Story = cards.Story


def write_pair(model: onnx.ModelProto, weights: Path, story: Story, int8: Path, fp32: Path) -> None:
    """The model in both precisions, each as a folder that Citebot opens. Other files of the folders stay."""
    for folder in (int8, fp32):
        folder.mkdir(parents=True, exist_ok=True)
        _write_tokenizer(weights / "tokenizer.json", folder / TOKENIZER)
    onnx.save(model, fp32 / MODEL)
    _write_card(fp32, story, "fp32")
    quantise.to_int8(model, int8 / MODEL, _inputs(int8) if story.kind == "reader" else ())
    _write_card(int8, story, "int8")
    (int8 / "README.md").write_text(cards.page(story, int8, weights), encoding="utf-8")


def _inputs(folder: Path) -> Iterator[Input]:
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    return samples.inputs(tokenizer, layout_of(tokenizer, "[CLS]"))


def _write_tokenizer(source: Path, target: Path) -> None:
    """The tokenizer without the truncation and the padding that the published one brings along (128 tokens)."""
    tokenizer = Tokenizer.from_file(str(source))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.save(str(target), pretty=False)


def _write_card(folder: Path, story: Story, precision: str) -> None:
    files = {name: FileFacts((folder / name).stat().st_size, sha256(folder / name)) for name in (MODEL, TOKENIZER)}
    card = Card(
        id=f"{story.name}-{precision}",
        kind=story.kind,
        dimension=story.dimension,
        limit_tokens=story.limit_tokens,
        licence=story.licence,
        origin=story.origin,
        files=files,
    )
    (folder / CARD).write_text(card.to_json(), encoding="ascii")
    print(f"{folder}: {card.fingerprint}, {files[MODEL].bytes / 1e6:.1f} MB")
