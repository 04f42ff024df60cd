"""The card of a model: what it is called, what it takes, and which bytes it consists of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from models.errors import ModelFilesError

MODEL: Final = "model.onnx"
TOKENIZER: Final = "tokenizer.json"
CARD: Final = "card.json"

NULL_TOKEN: Final = "[CLS]"
"""The null token of the models in the box, and of every card that names none."""

FOLDER_HOLDS: Final = (
    f"A model folder holds {MODEL}, {TOKENIZER} and {CARD}, as `python -m training.export` writes them; "
    "the models in the box come back with a new installation of Citebot."
)
"""The next step of every message here."""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a file must be. sha256: in hex."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Card:
    """What a model folder says of itself.

    id: name and precision, such as `all-minilm-l6-v2-int8`. kind: `embedder` or `reader`.
    dimension: of the vectors; None for a reader.
    limit_tokens: the longest input that the model was made for, special tokens included.
    files: what MODEL and TOKENIZER must be.
    null_token: of a reader: the special token whose logits are the null answer's.
    """

    id: str
    kind: str
    dimension: int | None
    limit_tokens: int
    licence: str
    origin: str
    files: Mapping[str, FileFacts]
    null_token: str = NULL_TOKEN

    @property
    def fingerprint(self) -> str:
        """The id and 12 hex digits over all that decides the output, such as `reader-int8@0a1b2c3d4e5f`."""
        decisive: dict[str, Any] = {
            "dimension": self.dimension,
            "limit_tokens": self.limit_tokens,
            "files": {name: facts.sha256 for name, facts in self.files.items()},
        }
        if self.null_token != NULL_TOKEN:  # cards from before there was a choice keep their fingerprint
            decisive["null_token"] = self.null_token
        return f"{self.id}@{hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()[:12]}"

    def to_json(self) -> str:
        """The text of a card file, ASCII, ending in a newline."""
        return json.dumps(asdict(self), indent=2) + "\n"


def load_card(folder: Path) -> Card:
    """The card of a model folder.

    Raises ModelFilesError where the folder has none, or one that does not say what it must.
    """
    path = folder / CARD
    try:
        return _card(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ModelFilesError(f"cannot read {path}: {error.strerror}. {FOLDER_HOLDS}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelFilesError(f"{path} is not the card of a model ({error!r}). {FOLDER_HOLDS}") from error


def _card(data: dict[str, Any]) -> Card:
    dimension = data["dimension"]
    return Card(
        id=str(data["id"]),
        kind=str(data["kind"]),
        dimension=None if dimension is None else int(dimension),
        limit_tokens=int(data["limit_tokens"]),
        licence=str(data["licence"]),
        origin=str(data["origin"]),
        files={name: _facts(data["files"][name]) for name in (MODEL, TOKENIZER)},
        null_token=str(data.get("null_token", NULL_TOKEN)),
    )


def _facts(data: dict[str, Any]) -> FileFacts:
    return FileFacts(bytes=int(data["bytes"]), sha256=str(data["sha256"]))


def fingerprint(folder: Path) -> str:
    """The fingerprint that the folder's card gives, without hashing the files: `verify` does that."""
    return load_card(folder).fingerprint


def check_size(folder: Path, name: str) -> Path:
    """The path of a model's file whose length is what the card says: a cheap look for half a copy.

    Raises ModelFilesError where the file is missing or of another length.
    """
    path, expected = folder / name, load_card(folder).files[name].bytes
    try:
        size = path.stat().st_size
    except OSError as error:
        raise ModelFilesError(f"cannot read {path}: {error.strerror}. {FOLDER_HOLDS}") from error
    if size != expected:
        raise ModelFilesError(f"{path} has {size} bytes; its card says {expected}. {FOLDER_HOLDS}")
    return path


def verify(folder: Path) -> Card:
    """The card of a folder whose every file is, byte for byte, the one it names.

    Raises ModelFilesError, naming the first file that is not.
    """
    card = load_card(folder)
    for name, facts in card.files.items():
        found = sha256(check_size(folder, name))
        if found != facts.sha256:
            says = f"{folder / name} has the sha256 {found}; its card says {facts.sha256}"
            raise ModelFilesError(f"{says}. {FOLDER_HOLDS}")
    return card


def sha256(path: Path) -> str:
    """The hash of a file in hex. Raises ModelFilesError where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelFilesError(f"cannot read {path}: {error.strerror}. {FOLDER_HOLDS}") from error
