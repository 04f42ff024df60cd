"""Follow-ups as typed, as the rules make them whole, and as a person would ask them whole; then a second reading.

    python -m benchmarks.followups [--second] [--rewrite MODEL [--gguf FILE] [--out FILE]]

Asks the sets of tests/regression/followups over their articles. Refusal of the unanswerable ones is compared case by
case with the same questions asked whole; the interval is a paired bootstrap. With --second, what the rules' reading
leaves unanswered is asked once more with the topic of the last question added, at a threshold of its own: the lowest
that costs the development half at most two points of refusal. With --rewrite, a chat model makes the follow-ups
whole as `generator.rewrite` has it do, beside the rules; --out takes a JSON line for each question it was asked.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from benchmarks import table
from bot.assistant import Assistant
from bot.compose import open_assistant, sync_index
from bot.conversation.focus import focus_of
from bot.conversation.rewriting import read
from bot.conversation.standalone import standalone
from bot.conversation.turns import Turn
from bot.generation.listening import Listener, heard_by
from bot.generation.opening import open_model, open_rewriter
from bot.generation.rewriting import Rewriter, Said
from bot.regression.bootstrap import difference
from bot.regression.cases import Case
from bot.regression.matching import is_right
from bot.regression.sets import load_one
from bot.settings import GeneratorKind, GeneratorSettings, Settings
from bot.types import Answer

FOLDER: Final = Path(__file__).parents[1] / "tests" / "regression" / "followups"
SETS: Final = ("development", "held-out", "fresh")
WAYS: Final = ("typed", "rules", "whole")
REWRITTEN: Final = "rewritten"
SECOND_COSTS_AT_MOST: Final = 0.02
THRESHOLDS: Final = tuple(round(0.5 + 0.01 * step, 2) for step in range(50))


@dataclass(frozen=True)
class Asked:
    """One question at threshold 0: whether its words are right, and how sure it is."""

    right: bool
    confidence: float


@dataclass(frozen=True)
class Row:
    """One case, each way it was asked; second: None where the topic stands in the question already."""

    unanswerable: bool
    ways: dict[str, Asked]
    second: Asked | None


@dataclass(frozen=True)
class Rewrite:
    """What a chat model made of a follow-up. text: None where the rules' reading was asked; why: because."""

    question: str
    text: str | None
    why: tuple[tuple[str, str], ...]
    seconds: float


@dataclass
class Watched:
    """A rewriter, and what it did."""

    rewriter: Rewriter
    done: list[Rewrite] = field(default_factory=list)

    def rewritten(self, question: str, turns: Sequence[Said]) -> str | None:
        """As the rewriter's own."""
        why: list[tuple[str, str]] = []
        started = time.perf_counter()
        with heard_by(Listener(dropped=lambda *drop: why.append(drop), trouble=lambda said: why.append(("", said)))):
            text = self.rewriter.rewritten(question, turns)
        self.done.append(Rewrite(question, text, tuple(why), round(time.perf_counter() - started, 2)))
        return text


def main() -> None:
    """Ask all sets, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--second", action="store_true")
    parser.add_argument("--rewrite", metavar="MODEL")
    parser.add_argument("--gguf")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    found: dict[str, list[Row]] = {}
    rewrites: dict[str, list[Rewrite]] = {}
    threshold = 1.0
    rewriter = opened_rewriter(given.rewrite, given.gguf) if given.rewrite else None
    with tempfile.TemporaryDirectory() as scratch:
        for name in SETS:
            watched = Watched(rewriter) if rewriter is not None else None
            found[name], threshold = asked(name, Path(scratch), second=given.second, watched=watched)
            rewrites[name] = watched.done if watched is not None else []
            if given.out is not None:
                with given.out.open("a", encoding="utf-8") as file:
                    file.writelines(json.dumps({"set": name, **asdict(one)}) + "\n" for one in rewrites[name])
    show(found, threshold)
    if given.second:
        show_second(found, threshold)
    if rewriter is not None:
        show_rewritten(found, rewrites, threshold)


def opened_rewriter(model: str, gguf: str | None) -> Rewriter:
    """A rewriter over a model in this process."""
    settings = GeneratorSettings(
        kind=GeneratorKind.TRANSFORMERS,
        model=model,
        gguf_file=gguf,
        max_tokens=64,
        timeout_seconds=600,
        whole_seconds=600,
        rewrite=True,
    )
    rewriter = open_rewriter(settings, open_model(settings, print))
    assert rewriter is not None
    return rewriter


def asked(name: str, scratch: Path, *, second: bool, watched: Watched | None) -> tuple[list[Row], float]:
    """The cases of a set, and the threshold that the reader was fitted with."""
    followups, whole = load_one(FOLDER / f"{name}.yaml"), load_one(FOLDER / f"{name}-whole.yaml")
    assert followups.articles is not None
    settings = Settings(articles=followups.articles, index=scratch / name)
    sync_index(settings)
    with closing(open_assistant(settings)) as assistant:
        bold = Assistant(assistant.store, assistant.pipeline, assistant.confidence, threshold=0.0)
        pairs = zip(followups.cases, whole.cases, strict=True)
        rows = [_row(assistant, bold, case, other, second=second, watched=watched) for case, other in pairs]
        return rows, assistant.threshold


def _row(
    assistant: Assistant, bold: Assistant, case: Case, whole: Case, *, second: bool, watched: Watched | None
) -> Row:
    assert case.id == whole.id
    (before,) = case.turns
    turn = Turn(1, 0.0, 1, before, (), assistant.ask(before))
    reading = standalone(case.question, [turn]).question
    ways = dict(zip(WAYS, (case.question, reading, whole.question), strict=True))
    if watched is not None:
        ways[REWRITTEN] = read(case.question, [turn], watched).question
    with_topic = _with_topic(reading, turn) if second else None
    return Row(
        case.unanswerable,
        {way: _asked(bold.ask(question), case) for way, question in ways.items()},
        _asked(bold.ask(with_topic), case) if with_topic is not None else None,
    )


def _asked(answer: Answer, case: Case) -> Asked:
    right = answer.answer is not None and not case.unanswerable and is_right(answer.answer, case)
    return Asked(right, answer.confidence if answer.answer is not None and answer.confidence is not None else -1.0)


def _with_topic(reading: str, turn: Turn) -> str | None:
    """The second reading: the rules' own, and what the last question ended with."""
    mentions = focus_of(turn).question
    if not mentions or mentions[-1].text.casefold() in reading.casefold():
        return None
    return f"{reading.rstrip(' ?')} in {mentions[-1].text}?"


def show(found: dict[str, list[Row]], threshold: float) -> None:
    """Right answers and refusals of each set, each way."""
    rows = []
    for name, cases in found.items():
        open_, shut = _parted(cases)
        right = [sum(_is_right(case.ways[way], threshold) for case in open_) for way in WAYS]
        refused = [[float(case.ways[way].confidence < threshold) for case in shut] for way in WAYS]
        apart = difference(refused[2], refused[1])
        interval = f"{_points(refused[1], refused[2])} ({apart.low * 100:+.1f} to {apart.high * 100:+.1f})"
        rows.append([name, len(open_), *right, len(shut), *(int(sum(each)) for each in refused), interval])
    header = ["set", "answerable", *(f"right, {way}" for way in WAYS), "unanswerable", *(f"refused, {w}" for w in WAYS)]
    table.show("Follow-ups", [*header, "refusal, rules less whole, points"], rows)


def show_second(found: dict[str, list[Row]], threshold: float) -> None:
    """What a second reading brings and costs at the threshold fitted on the development half."""
    fitted = fit(found["development"], threshold)
    rows = []
    for name, cases in found.items():
        open_, shut = _parted(cases)
        first = [case.ways["rules"] for case in cases]
        rows.append(
            [
                name,
                sum(_is_right(case.ways["rules"], threshold) for case in open_),
                sum(_is_right(_chosen(case, threshold, fitted), threshold) for case in open_),
                sum(case.ways["rules"].confidence < threshold for case in shut),
                sum(_chosen(case, threshold, fitted).confidence < threshold for case in shut),
                sum(_chosen(case, threshold, fitted) is not one for case, one in zip(cases, first, strict=True)),
            ]
        )
    header = ["set", "right, one reading", "right, two", "refused, one reading", "refused, two", "second taken"]
    table.show(f"A second reading, from {fitted:.2f} on (the first from {threshold:.2f})", header, rows)


def show_rewritten(found: dict[str, list[Row]], rewrites: dict[str, list[Rewrite]], threshold: float) -> None:
    """What a chat model's rewriting brings and costs beside the rules."""
    rows = []
    for name, cases in found.items():
        open_, shut = _parted(cases)
        done = rewrites[name]
        ways = ("rules", REWRITTEN, "whole")
        right = [sum(_is_right(case.ways[way], threshold) for case in open_) for way in ways]
        refused = [[float(case.ways[way].confidence < threshold) for case in shut] for way in ways]
        apart = [difference(refused[place], refused[1]) for place in (0, 2)]
        points = [
            f"{_points(refused[1], refused[place])} ({one.low * 100:+.1f} to {one.high * 100:+.1f})"
            for place, one in zip((0, 2), apart, strict=True)
        ]
        passed = sum(one.text is not None for one in done)
        rows.append([name, len(done), passed, *right, *(int(sum(each)) for each in refused), *points])
    header = ["set", "asked", "passed", *(f"right, {w}" for w in ways), *(f"refused, {w}" for w in ways)]
    table.show("Rewritten by the model", [*header, "refusal less rules, points", "less whole"], rows)
    every = [one for done in rewrites.values() for one in done]
    reasons = Counter(re.sub(r"“.*?”", "…", why) for one in every for _, why in one.why)
    table.show("Rewrites that were not asked", ["because", "times"], [[why, n] for why, n in reasons.most_common()])
    if every:
        print(f"seconds, median: {sorted(one.seconds for one in every)[len(every) // 2]}")


def fit(cases: Sequence[Row], threshold: float) -> float:
    """The lowest threshold of the second reading that costs at most two points of refusal; 1.0 where none does."""
    _, shut = _parted(cases)
    least = sum(case.ways["rules"].confidence < threshold for case in shut) - SECOND_COSTS_AT_MOST * len(shut)
    for higher in THRESHOLDS:
        if higher < threshold:
            continue
        if sum(_chosen(case, threshold, higher).confidence < threshold for case in shut) >= least:
            return higher
    return 1.0


def _chosen(case: Row, threshold: float, higher: float) -> Asked:
    """The rules' reading, or the second where that refuses and the second is sure enough."""
    first = case.ways["rules"]
    taken = first.confidence < threshold and case.second is not None and case.second.confidence >= higher
    return case.second if taken and case.second is not None else first


def _parted(cases: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    return [c for c in cases if not c.unanswerable], [c for c in cases if c.unanswerable]


def _is_right(one: Asked, threshold: float) -> bool:
    return one.right and one.confidence >= threshold


def _points(one: Sequence[float], other: Sequence[float]) -> str:
    return f"{(sum(one) - sum(other)) / len(one) * 100:+.1f}"


if __name__ == "__main__":
    main()
