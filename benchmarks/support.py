"""What the checks of generated sentences let through: true drafts, and the same made false in one thing.

    python -m benchmarks.support [--limit 200]

No model writes here, for none that is at hand gets enough through to be judged. For each answerable question of
tests/regression/xquad that passes the threshold the draft is the sentence which the extractive reader answers from,
with its passage's marker; then the same with one number, name or denial changed, two names exchanged, or another
passage's marker.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "false"  # read when haystack is imported

from benchmarks import table
from bot.compose import open_assistant, sync_index
from bot.generation.listening import Listener
from bot.generation.writing import Given, Growing, given_passages
from bot.regression.calibrating import Share
from bot.regression.sets import load_one
from bot.settings import Settings
from index.sentences import sentence_around

SET: Final = Path(__file__).parents[1] / "tests" / "regression" / "xquad" / "questions.yaml"
SEED: Final = 7
_NUMBER: Final = re.compile(r"\d+")
_NAME: Final = re.compile(r"(?<=[a-z,] )[A-Z][\w’']+(?: [A-Z][\w’']+)*")
_VERB: Final = re.compile(r"\b(?:is|was|are|were|has|had|have|can|could|will|would)\b")


def main() -> None:
    """Draft, check, count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=int, default=200)
    tried: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    for kind, said in checked(parser.parse_args().limit):
        tried[kind] += 1
        kept[kind] += said is not None
        if said is not None and not kind.startswith("true"):
            print(f"{kind}: {said}")
    rows = [[kind, kept[kind], n, _interval(Share(kept[kind], n))] for kind, n in tried.items()]
    table.show("Drafts that pass the checks", ["draft", "said", "of", "95 %"], rows)


def checked(limit: int) -> Iterator[tuple[str, str | None]]:
    """Each draft's kind, and what is said of it."""
    found = load_one(SET)
    assert found.articles is not None
    rng, asked = random.Random(SEED), 0
    with tempfile.TemporaryDirectory() as scratch:
        settings = Settings(articles=found.articles, index=Path(scratch))
        sync_index(settings)
        with closing(open_assistant(settings)) as assistant:
            for case in (case for case in found.cases if not case.unanswerable and not case.turns):
                got = assistant._find(case.question, None)
                scored = assistant.score(case.question, got.hits, got.candidates, got.articles)
                if asked == limit or not scored or scored[0].confidence < assistant.threshold:
                    continue
                asked += 1
                given = given_passages(scored[0], scored[1:], got.hits, got.articles)
                best = scored[0].candidate
                left, right = sentence_around(given[0].article.text, best.start, best.end)
                for kind, draft in drafts(given[0].article.text[left:right], given, rng):
                    grown = Growing(case.question, best.text, given, Listener())
                    grown.hear(draft)
                    grown.end()
                    words = grown.words()
                    yield kind, words.text if words else None


def drafts(sentence: str, given: Sequence[Given], rng: random.Random) -> Iterator[tuple[str, str]]:
    """The sentence as a draft of the model's, and what can be made false of it. given: its passage first."""
    whole = " ".join(sentence.split()).rstrip(".")
    yield "true, copied", f"{whole} [1]."
    if re.search(r", \w+ [^,]+$", whole):
        yield "its last clause left out", f"{whole[: whole.rindex(',')]} [1]."
    for kind, changed in (
        ("a number changed", _number(whole, rng)),
        ("a name changed", _name(whole, given[0], rng)),
        ("two names exchanged", _exchanged(whole)),
        ("denied", _VERB.sub(r"\g<0> not", whole, count=1)),
    ):
        if changed not in {None, whole}:
            yield kind, f"{changed} [1]."
    if len(given) > 1 and whole not in " ".join(_text(given[1]).split()):
        yield "another passage's marker", f"{whole} [2]."


def _number(text: str, rng: random.Random) -> str | None:
    found = list(_NUMBER.finditer(text))
    if not found:
        return None
    one = rng.choice(found)
    return f"{text[: one.start()]}{int(one.group()) + rng.choice((1, 2, 10))}{text[one.end() :]}"


def _name(text: str, given: Given, rng: random.Random) -> str | None:
    """One name of the sentence gives way to another of its passage."""
    own = list(_NAME.finditer(text))
    others = [name for name in _NAME.findall(_text(given)) if name not in text]
    if not own or not others:
        return None
    one = rng.choice(own)
    return text[: one.start()] + rng.choice(others) + text[one.end() :]


def _exchanged(text: str) -> str | None:
    own = list(_NAME.finditer(text))
    if len(own) < 2 or own[0].group() == own[-1].group():
        return None
    first, last = own[0], own[-1]
    return text[: first.start()] + last.group() + text[first.end() : last.start()] + first.group() + text[last.end() :]


def _text(given: Given) -> str:
    return given.article.text[given.start : given.end]


def _interval(share: Share) -> str:
    low, high = share.interval or (0.0, 1.0)
    return f"{low:.3f} to {high:.3f}"


if __name__ == "__main__":
    main()
