"""A hundred questions, each in a fresh conversation, through Telegram, the terminal and a regression run.

    unshare -rn python -m tests.end_to_end.telegram_parity FOLDER [--set FILE] [--chat]

FOLDER holds `seeds/` and `questions.yaml`; with --set, FOLDER is empty and gets those of a question set. The terminal
is `citebot ask`; with --chat also `citebot chat`, forgetting after each. The last line of stdout tells in JSON where
they differ.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import shutil
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
from tests.terminal import Terminal

QUESTIONS = 100
RECORD = re.compile(r'\{"question": .*?"error": (?:null|"[^"]*")\}(?=\n)')
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


def in_the_chat(folder: Path, questions: list[str]) -> list[dict[str, Any]]:
    """What /json tells after each, forgotten before the next."""
    environment = {**os.environ, "PYTHONPATH": TREE, "XDG_STATE_HOME": str(folder / "state-chat")}
    records = []
    with Terminal([sys.executable, CITEBOT, "chat"], environment, folder=folder) as terminal:
        terminal.until("›")
        for question in questions:
            terminal.type(f"{question}\r")
            terminal.until(r"\d\.\d s\n")
            terminal.type("/json\r")
            found = RECORD.search(terminal.until(RECORD.pattern))
            assert found is not None
            records.append(json.loads(found[0]))
            terminal.type("/forget\r")
            terminal.until("Forgotten")
        terminal.type("\x04")
        assert terminal.status() == 0
    return records


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
    """A hundred: those of the set, then them again as people type in a chat; of many, spread over the set."""
    known = yaml.safe_load((folder / "questions.yaml").read_text(encoding="utf-8"))["cases"]
    asked = [str(case["question"]) for case in known if not case.get("turns") and not case.get("where")]
    asked += [question.lower().rstrip("?") for question in asked]
    distinct = list(dict.fromkeys(asked))
    distinct = distinct[:: max(1, len(distinct) // QUESTIONS)][:QUESTIONS]
    return [{"id": f"q{n}", "question": question, "unanswerable": True} for n, question in enumerate(distinct)]


def compared(folder: Path, *, chat: bool = False) -> dict[str, Any]:
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
    if chat:
        records = in_the_chat(folder, questions)
        differ += [q for q, one, other in zip(questions, answers, records, strict=True) if _said(one) != _said(other)]
    return {"questions": len(questions), "answered": sum(a["status"] == "answered" for a in answers), "differ": differ}


def _said(record: dict[str, Any]) -> dict[str, Any]:
    """All of an answer but the time it took."""
    return {name: value for name, value in record.items() if name != "seconds"}


def _with_set(folder: Path, questions: Path) -> None:
    """Copy a set and its articles to where the defaults look for them."""
    articles = yaml.safe_load(questions.read_text(encoding="utf-8"))["articles"]
    shutil.copytree(questions.parent / articles, folder / "seeds")
    shutil.copy(questions, folder / "questions.yaml")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--set", type=Path, dest="questions")
    parser.add_argument("--chat", action="store_true")
    options = parser.parse_args()
    if options.questions is not None:
        _with_set(options.folder, options.questions)
    bring_up()
    print(json.dumps(compared(options.folder, chat=options.chat)))
