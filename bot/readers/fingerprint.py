"""The fingerprint of a Hugging Face folder: over every byte that decides what the model says."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from index.errors import ModelError

_WORDS = ("config.json", "tokenizer*", "vocab*", "merges.txt", "*_tokens*.json", "*.model")
_WEIGHTS = ("*.safetensors", "pytorch_model*.bin")

Stat = tuple[str, int, int]


def fingerprint(folder: Path, name: str) -> str:
    """The name and 12 hex digits, such as `roberta-torch@0a1b2c3d4e5f`. Raises ModelError where it has no weights.

    Files are read once, and again when their size or time has changed.
    """
    paths = [*_files(folder, _WORDS), *weights(folder)]
    return f"{name}@{_digest(folder, tuple(_stat(path) for path in paths))[:12]}"


def weights(folder: Path) -> list[Path]:
    """The files of the weights: safetensors where there are any, by name. Raises ModelError where there are none."""
    found = next((paths for pattern in _WEIGHTS if (paths := _files(folder, (pattern,)))), None)
    if found is None:
        raise ModelError(f"{folder} holds no weights ({' or '.join(_WEIGHTS)})")
    return found


def _files(folder: Path, patterns: tuple[str, ...]) -> list[Path]:
    return sorted({path for pattern in patterns for path in folder.glob(pattern) if path.is_file()})


def _stat(path: Path) -> Stat:
    facts = path.stat()
    return path.name, facts.st_size, facts.st_mtime_ns


@lru_cache(maxsize=16)
def _digest(folder: Path, files: tuple[Stat, ...]) -> str:
    whole = hashlib.sha256()
    for name, *_ in files:
        try:
            with (folder / name).open("rb") as file:
                whole.update(f"{name}\0{hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
        except OSError as error:
            raise ModelError(f"cannot read {folder / name}: {error.strerror}") from error
    return whole.hexdigest()
