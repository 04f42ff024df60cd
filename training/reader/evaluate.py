"""Measure readers on what training has not seen; a table for each set.

Run: python -m training.reader.evaluate --data DATA --part odd FOLDER [FOLDER ...]
A folder holds model.onnx (int8 or fp32) or Hugging Face weights. `--part odd` is for tuning, `even` for reporting.
`--margin` fixes the threshold; without it each reader gets the one that balances both sides of the contrast set
(right for odd only).
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from training.reader.contrast import Contrast, contrasts
from training.reader.corpora import read_qed, read_squad
from training.reader.examples import Example
from training.reader.reading import Reader, Reading
from training.reader.retrieval import NearPassages
from training.reader.scoring import auroc, exact, f1

SEED = 2024
RIGHT_F1 = 0.5


@dataclass(frozen=True, slots=True)
class Sets:
    """What every reader is measured on; pairs are (answerable example, near passage without the answer)."""

    xquad: list[Example]
    qed: list[Example]
    contrasts: list[Contrast]


def open_sets(data: Path, part: str) -> Sets:
    """xquad's odd or even articles (sorted by title, counted from 1) and qed's held-out pages, halved the same way."""
    rows = read_squad(data / "xquad" / "xquad.en.json")
    titles = sorted({row.title for row in rows})
    xquad = [row for row in rows if row.title in titles[0 if part == "odd" else 1 :: 2]]
    typed = list(read_qed(data / "qed" / "qed.jsonl", held_out=True))
    pages = sorted({row.title for row in typed})
    qed = [row for row in typed if row.title in set(pages[0 if part == "odd" else 1 :: 2])]
    return Sets(xquad, qed, contrasts(xquad, SEED))


class Measured:
    """One reader's readings of the sets, each pair of question and passage read once."""

    def __init__(self, folder: Path, sets: Sets) -> None:
        self.reader = Reader(folder)
        self.sets = sets
        self._read: dict[tuple[str, str], Reading] = {}
        self.seconds = 0.0

    def read(self, example: Example) -> Reading:
        key = (example.question, example.passage)
        if key not in self._read:
            began = time.perf_counter()
            self._read[key] = self.reader.read(*key)
            self.seconds += time.perf_counter() - began
        return self._read[key]

    def seconds_a_passage(self) -> float:
        return self.seconds / len(self._read)

    def closed(self, examples: list[Example]) -> dict[str, float]:
        """Spans forced on the right passage, and the margin against the nearest wrong passage of the set."""
        readings = [self.read(example) for example in examples]
        golds = [[example.passage[s:e] for s, e in example.spans] for example in examples]
        passages = NearPassages(list(dict.fromkeys(example.passage for example in examples)))
        wrong = [self.read(near) for e in examples if (near := _nearest_wrong(e, passages))]
        return {
            "n": len(examples),
            "em": fmean(exact(r.text, g) for r, g in zip(readings, golds, strict=True)),
            "f1": fmean(f1(r.text, g) for r, g in zip(readings, golds, strict=True)),
            "auroc": auroc([r.margin for r in readings], [r.margin for r in wrong]),
        }

    def contrast(self, margin: float | None) -> dict[str, object]:
        """Answered right over the original, refused over the near passage, by kind, at one margin."""
        pairs = self.sets.contrasts
        first = [self.read(pair.original) for pair in pairs]
        near = [self.read(pair.near) for pair in pairs]
        right = [
            f1(r.text, [p.original.passage[s:e] for s, e in p.original.spans]) >= RIGHT_F1
            for r, p in zip(first, pairs, strict=True)
        ]
        if margin is None:
            usable = [r.margin if ok else float("-inf") for r, ok in zip(first, right, strict=True)]
            margin = balance(usable, [r.margin for r in near])
        refused = {
            kind: fmean(r.margin < margin for r, p in zip(near, pairs, strict=True) if p.kind == kind)
            for kind in sorted({pair.kind for pair in pairs})
        }
        return {
            "n": len(pairs),
            "kinds": dict(Counter(pair.kind for pair in pairs)),
            "margin": margin,
            "answered right": fmean(ok and r.margin >= margin for ok, r in zip(right, first, strict=True)),
            "refused": fmean(r.margin < margin for r in near),
            "refused by kind": refused,
            "auroc": auroc([r.margin for r in first], [r.margin for r in near]),
            "original above near": fmean(a.margin > b.margin for a, b in zip(first, near, strict=True)),
        }


def balance(originals: list[float], near: list[float]) -> float:
    """The margin at which the worse of both shares (answered right, refused) is greatest; ties go to the lower."""
    return max(
        sorted(set(near)),
        key=lambda margin: min(fmean(m >= margin for m in originals), fmean(m < margin for m in near)),
    )


def _nearest_wrong(example: Example, passages: NearPassages) -> Example | None:
    answers = [example.passage[s:e].lower() for s, e in example.spans]
    for passage in passages.search(example.question, 5):
        if passage != example.passage and not any(answer in passage.lower() for answer in answers):
            return Example(example.question, passage, (), "retrieved", example.source, example.title)
    return None


def measure(folder: Path, sets: Sets, margin: float | None) -> dict[str, object]:
    measured = Measured(folder, sets)
    result: dict[str, object] = {"reader": str(folder)}
    result |= {"xquad": measured.closed(sets.xquad), "qed": measured.closed(sets.qed)}
    return result | {"contrast": measured.contrast(margin), "seconds a passage": measured.seconds_a_passage()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--part", choices=("odd", "even"), default="odd")
    parser.add_argument("--margin", type=float)
    arguments = parser.parse_args()
    sets = open_sets(arguments.data, arguments.part)
    for folder in arguments.folders:
        print(json.dumps(measure(folder, sets, arguments.margin), indent=1), flush=True)


if __name__ == "__main__":
    main()
