"""Questions a second through `citebot regress`'s runner, beside direct calls of the assistant in the same run.

    python -m benchmarks.regress --data FILE [--block 20]

data: a SQuAD-format file; its paragraphs are the articles. Blocks of questions are asked in turns, directly and
through the runner (which also records, judges and scores), so that both see the same load of the machine.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks import table
from bot.compose import open_assistant, sync_index
from bot.regression import workplace
from bot.regression.cases import Case
from bot.regression.run import Corpus, ask_one
from bot.regression.sets import load_one
from bot.settings import Settings
from bot.types import Answer


def main() -> None:
    """Index, ask in turns, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--block", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        settings = Settings(index=Path(scratch) / "index")
        group = workplace.groups([load_one(options.data)], settings, as_articles=True, given=False)[0]
        sync_index(group.settings)
        with workplace.opened(group, open_assistant) as corpus:
            show(list(group.sets[0].cases), corpus, options.block)


def show(cases: Sequence[Case], corpus: Corpus, block: int) -> None:
    """The table; both ways must give the same answers."""
    direct, run, same = 0.0, 0.0, 0
    for start in range(0, len(cases), block):
        part = cases[start : start + block]
        seconds, answers = _directly(part, corpus)
        direct += seconds
        seconds, judged = _through_the_runner(part, corpus)
        run += seconds
        pairs = zip(answers, judged, strict=True)
        same += sum((a.answer, a.citations) == (b.answer, b.citations) for a, b in pairs)
    rate, bare = len(cases) / run, len(cases) / direct
    row = [len(cases), rate, bare, rate / bare, same]
    table.show("Regression run", ["questions", "run q/s", "direct q/s", "ratio", "same answers"], [row])


def _directly(cases: Sequence[Case], corpus: Corpus) -> tuple[float, list[Answer]]:
    started = time.perf_counter()
    answers = [corpus.asker.bare.ask(case.question) for case in cases]
    return time.perf_counter() - started, answers


def _through_the_runner(cases: Sequence[Case], corpus: Corpus) -> tuple[float, list[Answer]]:
    started = time.perf_counter()
    answers = [ask_one(case, corpus).judged.asked.answer for case in cases]
    return time.perf_counter() - started, answers


if __name__ == "__main__":
    main()
