"""From a Hugging Face folder to an ONNX model folder: exported, quantised, compared, and put in place whole."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import models
from bot.readers.added import checked_name
from bot.readers.adding.checking import FP32_TOLERANCE, LEAST_SAME, Agreement, agreement
from bot.readers.adding.origin import OnStep, Origin
from bot.readers.extractive import ExtractiveReader
from index.errors import ModelError, UsageError
from models.card import sha256

if TYPE_CHECKING:
    from bot.readers.hugging import Loaded
    from bot.readers.reading import SpanReader

NEEDED = ("torch", "safetensors", "onnx", "onnxscript")

LARGEST_BYTES = 1_900_000_000
"""Of the weights in fp32: an ONNX file in one piece ends at 2 GiB."""

SCRATCH = ".adding-"


class Precision(StrEnum):
    """Of the exported weights. int8: a quarter of the size, and faster; fp32: what torch computes."""

    INT8 = "int8"
    FP32 = "fp32"


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be made. replace: whether a model of that name is made anew."""

    models_folder: Path
    name: str
    precision: Precision
    replace: bool = False

    @property
    def folder(self) -> Path:
        """Where it will lie."""
        return self.models_folder / self.name


@dataclass(frozen=True, slots=True)
class Made:
    """A model that was added. agreement: with torch, on a few questions."""

    folder: Path
    card: models.Card
    agreement: Agreement


def check_installed() -> None:
    """Raises ModelError that names what is missing to make a model."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise ModelError(
            f"making an ONNX model needs {', '.join(NEEDED)}; missing here: {', '.join(missing)}. "
            "Run: pip install 'citebot[export]'"
        )


def check_free(target: Target) -> None:
    """Raises UsageError for a name that cannot be used or is taken."""
    checked_name(target.name)
    if target.folder.exists() and not target.replace:
        raise UsageError(
            f"{target.name} was added already, in {target.folder}. Choose another --name, or make it anew with --force"
        )


def make(origin: Origin, target: Target, *, told: OnStep) -> Made:
    """Export, compare and put in place. told: of each step.

    Nothing is left of what does not come to its end. Raises ModelError, UsageError.
    """
    check_free(target)
    from bot.readers.hugging import load
    from bot.readers.pytorch import TorchReader

    told(f"opening {origin.folder}")
    loaded = load(origin.folder)
    with _scratch(target) as scratch:
        told(f"exporting to ONNX, {target.precision}")
        _write_model(loaded, target.precision, scratch / models.MODEL)
        loaded.tokenizer.save(str(scratch / models.TOKENIZER), pretty=False)
        card = _write_card(loaded, origin, target, scratch)
        told("comparing with torch")
        exact = TorchReader(str(origin.folder))
        exact.take(loaded)
        found = _compared(exact, ExtractiveReader(str(scratch)), target.precision)
        (scratch / "README.md").write_text(_page(card, origin, found), encoding="utf-8")
        _put(scratch, target)
    return Made(target.folder, card, found)


def _write_model(loaded: Loaded, precision: Precision, path: Path) -> None:
    size = 4 * sum(weight.numel() for weight in loaded.model.parameters())
    if size > LARGEST_BYTES:
        raise ModelError(f"the weights take {size / 1e9:.1f} GB, too many for one ONNX file. Use the folder with torch")
    from bot.readers.adding import graph, quantise, samples

    try:
        exported = graph.reader_graph(loaded.model, takes_segments=loaded.takes_segments)
        if precision is Precision.INT8:
            quantise.to_int8(exported, path, samples.inputs(loaded.tokenizer, loaded.layout))
        else:
            path.write_bytes(exported.SerializeToString())
    except OSError as error:
        raise ModelError(f"{path} cannot be written: {error.strerror}") from error
    except Exception as error:  # torch's exporter raises whatever its passes raise
        words = " ".join(str(error).split())[:200]
        raise ModelError(
            f"a {type(loaded.model).__name__} cannot be exported to ONNX ({type(error).__name__}: {words}). "
            "It can be used with torch: name its folder as reader.model"
        ) from error


def _write_card(loaded: Loaded, origin: Origin, target: Target, folder: Path) -> models.Card:
    names = (models.MODEL, models.TOKENIZER)
    card = models.Card(
        id=f"{target.name}-{target.precision}" if not target.name.endswith(target.precision) else target.name,
        kind="reader",
        dimension=None,
        limit_tokens=loaded.limit_tokens,
        licence=origin.licence,
        origin=origin.name,
        files={name: models.FileFacts((folder / name).stat().st_size, sha256(folder / name)) for name in names},
        null_token=loaded.null_token,
    )
    (folder / models.CARD).write_text(card.to_json(), encoding="ascii")
    return card


def _compared(exact: SpanReader, made: SpanReader, precision: Precision) -> Agreement:
    with closing(exact), closing(made):
        found = agreement(exact, made)
    if precision is Precision.FP32 and (found.same < found.questions or found.moved > FP32_TOLERANCE):
        raise ModelError(
            f"the exported model does not say what torch says: {found.same} of {found.questions} spans are the same, "
            f"margins moved by up to {found.moved:.3g}. Use the folder with torch"
        )
    if found.same < LEAST_SAME * found.questions:
        raise ModelError(
            f"int8 changes this model too much: {found.same} of {found.questions} spans are the same. "
            "Run it again with --precision fp32"
        )
    return found


def _page(card: models.Card, origin: Origin, found: Agreement) -> str:
    revision = f", revision {origin.revision}" if origin.revision else ""
    return f"""\
# {card.id}

- Origin: {card.origin}{revision}
- Licence: {card.licence}
- Made by `citebot models add` with torch {version("torch")} and onnxruntime {version("onnxruntime")}
- Beside torch: {found.same} of {found.questions} best spans the same; their margins moved by up to {found.moved:.2g}
"""


@contextmanager
def _scratch(target: Target) -> Iterator[Path]:
    """A folder beside the target that is gone at the end, and what a kill left of earlier ones with it."""
    try:
        target.models_folder.mkdir(parents=True, exist_ok=True)
        for left in target.models_folder.glob(f"{SCRATCH}*"):
            if not _runs(left.name.removeprefix(SCRATCH).partition("-")[0]):
                shutil.rmtree(left, ignore_errors=True)
        scratch = Path(tempfile.mkdtemp(prefix=f"{SCRATCH}{os.getpid()}-", dir=target.models_folder))
    except OSError as error:
        raise ModelError(f"{target.models_folder} cannot be written: {error.strerror}") from error
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _runs(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except (ValueError, PermissionError):
        return True
    return True


def _put(scratch: Path, target: Target) -> None:
    """Rename into place; a model that is replaced goes after the new one is there."""
    before = target.models_folder / f".removing-{target.name}"
    try:
        shutil.rmtree(before, ignore_errors=True)
        if target.folder.exists():
            target.folder.rename(before)
        scratch.rename(target.folder)
        target.folder.chmod(0o755)
        shutil.rmtree(before, ignore_errors=True)
    except OSError as error:
        raise ModelError(f"{target.folder} cannot be written: {error.strerror}") from error
