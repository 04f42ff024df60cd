"""A hundred questions, each in a fresh conversation, through Telegram, the terminal and a regression run.

Run as a program in a network namespace of its own: `python -m tests.end_to_end.telegram_parity FOLDER`.
FOLDER holds `seeds/` and `questions.yaml`. The last line of stdout tells in JSON where they differ.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from bot.telegram import rendering
from bot.telegram.rich import plain
from bot.types import Answer, Citation, Status
from tests.fake_bot_api.core import FakeTelegram
from tests.fake_bot_api.loopback import bring_up
from tests.fake_bot_api.people import until
from tests.fake_bot_api.process import CITEBOT, running

QUESTIONS = 100
TREE = str(Path(__file__).parents[2])


def run(folder: Path, *arguments: str, stdin: str = "") -> str:
    """What the real command says."""
    environment = {**os.environ, "PYTHONPATH": TREE}
    command = [sys.executable, CITEBOT, *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, input=stdin, capture_output=True, text=True)
    assert done.returncode in {0, 1}, done.stderr
    return done.stdout


def at_the_terminal(folder: Path, questions: list[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run(folder, "ask", "--json", stdin="\n".join(questions)).splitlines()]


def in_a_regression_run(folder: Path, cases: list[dict[str, Any]]) -> dict[str, str]:
    (folder / "hundred.yaml").write_text(yaml.safe_dump({"articles": "seeds", "cases": cases}), encoding="utf-8")
    run(folder, "regress", "hundred.yaml", "--predictions", "predictions.json")
    predictions: dict[str, str] = json.loads((folder / "predictions.json").read_text(encoding="utf-8"))
    return predictions


async def in_telegram(folder: Path, questions: list[str]) -> list[str]:
    """The text of each answer, each asked by somebody new."""
    telegram = FakeTelegram()
    public = {"CITEBOT_TELEGRAM__PUBLIC": "true", "CITEBOT_TELEGRAM__ADMINISTRATORS": "[1]"}
    async with running(telegram, folder, environment=public) as bot:
        await bot.listens()
        people = [bot.person(1_000 + number) for number in range(len(questions))]
        for person, question in zip(people, questions, strict=True):
            person.says(question)
        answered = "👍"
        await until(lambda: all(any(answered in s.buttons for s in p.heard()) for p in people), 240, 0.2)
        assert await bot.stop() == 0
    return ["".join(sent.text for sent in person.heard() if "before yours" not in sent.text) for person in people]


def shown(record: dict[str, Any]) -> str:
    """What Telegram must show of an answer as `ask --json` has it."""
    cited = tuple(Citation(**citation) for citation in record["citations"])
    closest = tuple(Citation(marker=None, **citation) for citation in record["closest"])
    status = Status(record["status"])
    answer = Answer(**{**record, "status": status, "citations": cited, "closest": closest})
    return plain(rendering.answer(answer))


def _cases(folder: Path) -> list[dict[str, Any]]:
    """A hundred: those of the set, then the first of them again as people type in a chat."""
    known = yaml.safe_load((folder / "questions.yaml").read_text(encoding="utf-8"))["cases"]
    asked = [str(case["question"]) for case in known if not case.get("turns") and not case.get("where")]
    asked += [question.lower().rstrip("?") for question in asked]
    distinct = list(dict.fromkeys(asked))[:QUESTIONS]
    return [{"id": f"q{n}", "question": question, "unanswerable": True} for n, question in enumerate(distinct)]


def compared(folder: Path) -> dict[str, Any]:
    cases = _cases(folder)
    questions = [case["question"] for case in cases]
    run(folder, "sync", "seeds")
    answers = at_the_terminal(folder, questions)
    predictions = in_a_regression_run(folder, cases)
    texts = asyncio.run(in_telegram(folder, questions))
    differ = [
        question
        for case, question, answer, text in zip(cases, questions, answers, texts, strict=True)
        if predictions[case["id"]] != (answer["answer"] or "") or text.split() != shown(answer).split()
    ]
    return {"questions": len(questions), "answered": sum(a["status"] == "answered" for a in answers), "differ": differ}


if __name__ == "__main__":
    bring_up()
    print(json.dumps(compared(Path(sys.argv[1]))))
