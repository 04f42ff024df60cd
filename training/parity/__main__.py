"""Print a table of int8 against fp32, and with --write put it into the model's README.md.

    python -m training.parity embedder --data FOLDER [--write]
    python -m training.parity reader --data FOLDER [--write]

FOLDER holds xquad/xquad.en.json and squadshifts/*.json. `python -m training.export` writes the fp32 models first.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from training.export.cards import with_numbers
from training.parity import embedder, reader

ROOT = Path(__file__).parents[2]
TABLES = {"embedder": embedder.table, "reader": reader.table}


def main() -> None:
    """Measure one kind of model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=TABLES)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--int8", type=Path, help="a model folder; models/KIND where not given")
    parser.add_argument("--fp32", type=Path, help="a model folder; build/fp32/KIND where not given")
    parser.add_argument("--write", action="store_true", help="put the table into the README.md of the int8 folder")
    options = parser.parse_args()
    int8 = options.int8 or ROOT / "models" / options.kind
    fp32 = options.fp32 or ROOT / "build" / "fp32" / options.kind
    os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "false"
    table = TABLES[options.kind](fp32, int8, options.data)
    print(table)
    if options.write:
        page = int8 / "README.md"
        page.write_text(with_numbers(page.read_text(encoding="utf-8"), table), encoding="utf-8")


if __name__ == "__main__":
    main()
