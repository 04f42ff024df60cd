"""Which reader a name means: the one in the box, an added one, a folder, or a model of the hub in the local cache.

Nothing is fetched here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path

import models
from bot.readers.added import BOX, find, names_told
from bot.readers.reading import SpanReader
from index.errors import ModelError

CONFIG = "config.json"
"""What makes a folder one of Hugging Face's."""

TORCH_HINT = "Install torch: pip install 'citebot[torch]'"

_HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?", re.ASCII)


class Source(StrEnum):
    """Where a reader comes from."""

    BOX = "box"
    ADDED = "added"
    FOLDER = "folder"
    HUB = "hub"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A reader that is there. name: as it is told. folder: of its files. needs_torch: it is no ONNX model."""

    name: str
    source: Source
    folder: Path
    needs_torch: bool


def choose(name: str, models_folder: Path) -> Chosen:
    """The reader a name means. Raises ModelError that says how to bring one that is not there."""
    if name == BOX:
        return Chosen(BOX, Source.BOX, models.folder("reader"), needs_torch=False)
    is_path = name.startswith((".", "/", "~"))
    if not is_path and (known := find(models_folder, name)) is not None:
        return Chosen(known.name, Source.ADDED, known.folder, needs_torch=False)
    folder = Path(name).expanduser()
    if folder.is_dir():
        return _of_folder(folder)
    if is_path or not _HUB_NAME.fullmatch(name):
        raise ModelError(f"reader.model: there is no folder {folder}; {names_told(models_folder)}")
    cached = cached_folder(name)
    if cached is None:
        raise ModelError(_not_there(name, models_folder))
    return Chosen(name, Source.HUB, cached, needs_torch=True)


def _of_folder(folder: Path) -> Chosen:
    if (folder / models.MODEL).exists():
        return Chosen(folder.resolve().name, Source.FOLDER, folder, needs_torch=False)
    if (folder / CONFIG).exists():
        return Chosen(folder.resolve().name, Source.FOLDER, folder, needs_torch=True)
    raise ModelError(f"reader.model: {folder} holds neither {models.MODEL} nor {CONFIG}: it is no model's folder")


def _not_there(name: str, models_folder: Path) -> str:
    return (
        f"reader.model: {name!r} is neither a folder, nor an added model ({names_told(models_folder)}), nor in the "
        f"local Hugging Face cache, and nothing is fetched while answering. To bring it: citebot models add {name} "
        f"(fetches it from the hub, once), or: hf download {name}"
    )


def cached_folder(name: str) -> Path | None:
    """The newest folder of a hub's model in the local cache, without asking the hub; None where it is not there."""
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        found = try_to_load_from_cache(name, CONFIG)
    except HFValidationError:
        return None
    return Path(found).parent if isinstance(found, str) else None


def open_reader(chosen: Chosen, threads: int) -> SpanReader:
    """The reader, its model not loaded yet. threads: cores it may use. Raises ModelError."""
    if not chosen.needs_torch:
        from bot.readers.extractive import ExtractiveReader

        return ExtractiveReader(None if chosen.source is Source.BOX else str(chosen.folder), threads)
    if find_spec("torch") is None:
        raise ModelError(
            f"the reader {chosen.name} is a model for torch, which is not installed. {TORCH_HINT}; or make it one "
            f"that needs none, once, where torch is: citebot models add {_argument(chosen)}"
        )
    from bot.readers.pytorch import TorchReader

    return TorchReader(str(chosen.folder), chosen.name, threads)


def _argument(chosen: Chosen) -> str:
    return chosen.name if chosen.source is Source.HUB else str(chosen.folder)
