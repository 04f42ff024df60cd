"""What was fitted for a reader: found, kept, and what serves where nothing was.

An added model holds its own. For a folder of somebody else's and a model of the hub it lies in the models folder,
under the reader's fingerprint.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot import confidence
from bot.confidence import Confidence
from bot.readers.choosing import Chosen, Source
from index.errors import ModelError

FOLDER = ".calibrated"
"""In the models folder: of the readers that do not lie in it. No added model has such a name."""


def load(chosen: Chosen, identity: str, models_folder: Path) -> Confidence | None:
    """What was fitted for exactly this reader; None where nothing was. Raises ModelError for a damaged file."""
    if chosen.source is Source.BOX:
        return confidence.load(chosen.folder)
    for place in (place_of(chosen, identity, models_folder), chosen.folder):
        if (place / confidence.FILE).exists():
            fitted = confidence.load(place)
            if fitted.reader == identity:
                return fitted
    return None


def place_of(chosen: Chosen, identity: str, models_folder: Path) -> Path:
    """The folder in which this reader's calibration is kept."""
    if chosen.source is Source.ADDED:
        return chosen.folder
    return models_folder / FOLDER / identity.replace("/", "--")


def keep(fitted: Confidence, facts: Mapping[str, Any], place: Path) -> Path:
    """Write what was fitted, whole or not at all; facts: what is told beside it. Raises ModelError."""
    record = {
        "reader": fitted.reader,
        **facts,
        "threshold": fitted.threshold,
        "intercept": fitted.intercept,
        "weights": dict(fitted.weights),
    }
    path = place / confidence.FILE
    half = path.with_suffix(".half")
    try:
        place.mkdir(parents=True, exist_ok=True)
        half.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
        half.replace(path)
    except OSError as error:
        raise ModelError(f"{path} cannot be written: {error.strerror}") from error
    return path


def cautious(identity: str) -> Confidence:
    """For a reader nothing was fitted for: only a span well above the null answer passes, and none that contradicts
    a condition of the question. Half sure at a margin of 4 logits; an answer needs 0.6."""
    weights = {"margin": 0.5, "contradicted": -3.0, "kind": -1.0}
    return Confidence(intercept=-2.0, weights=weights, threshold=0.6, reader=identity)


def lacking(chosen: Chosen) -> str:
    """The note on a reader without a calibration."""
    return (
        f"{chosen.name} is not calibrated: its confidence is a cautious guess, and it may refuse or answer too much. "
        "Run: citebot models calibrate SET"
    )
