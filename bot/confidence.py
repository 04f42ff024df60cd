"""How sure an answer may be: a logistic model over a few readable features, fitted by bot/calibration.

A probability that the best span is right, from what the reader and the retrieval saw. The threshold lies
with it in one file beside the reader it was fitted for.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from index.errors import ModelError

FILE = "confidence.json"


@dataclass(frozen=True, slots=True)
class Confidence:
    """weights: one a feature, in logits. threshold: an answer is given from this probability on."""

    intercept: float
    weights: Mapping[str, float]
    threshold: float
    reader: str

    def probability(self, features: Mapping[str, float]) -> float:
        """In (0, 1). Raises KeyError for a feature that was not computed."""
        logit = self.intercept + sum(weight * features[name] for name, weight in self.weights.items())
        return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, logit))))


def load(folder: Path) -> Confidence:
    """The model that lies beside a reader. Raises ModelError naming the file when it is missing or damaged."""
    path = folder / FILE
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Confidence(
            intercept=float(data["intercept"]),
            weights={str(name): float(weight) for name, weight in data["weights"].items()},
            threshold=float(data["threshold"]),
            reader=str(data["reader"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"cannot use {path}: {error!r}. Install Citebot again, or fit it anew") from error
