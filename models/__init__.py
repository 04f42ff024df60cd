"""The weights that come with Citebot, and their one loader.

A model folder holds `model.onnx`, `tokenizer.json` and `card.json`; `training/export` writes it. Nothing is ever
fetched. Importing this package is cheap: ONNX Runtime and tokenizers come along when a model is opened.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from models.card import CARD, MODEL, NULL_TOKEN, TOKENIZER, Card, FileFacts, fingerprint, load_card, verify
from models.errors import ModelFilesError
from models.opening import open_session, open_tokenizer
from models.telemetry import turn_off_telemetry

__all__ = [
    "CARD",
    "MODEL",
    "NULL_TOKEN",
    "TOKENIZER",
    "Card",
    "FileFacts",
    "ModelFilesError",
    "fingerprint",
    "folder",
    "load_card",
    "open_session",
    "open_tokenizer",
    "verify",
]


turn_off_telemetry()


def folder(kind: Literal["embedder", "reader"]) -> Path:
    """The folder of the model that comes with Citebot."""
    return Path(__file__).parent / kind
