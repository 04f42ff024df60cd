"""Many chats ask at once, and somebody asks for /help meanwhile.

    unshare -rn python -m benchmarks.telegram_load [--chats 50] [--each 1] [--articles FOLDER]

The real command with the real models, over the fake Bot API behind HTTP on loopback. Seconds are from the moment a
message reaches Telegram to the moment Telegram has the answer.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

from tests.fake_bot_api.core import FakeTelegram, Sent
from tests.fake_bot_api.loopback import bring_up
from tests.fake_bot_api.people import Person, until
from tests.fake_bot_api.process import CITEBOT, Running, running

ROOT = Path(__file__).parents[1]
SET = ROOT / "tests" / "regression" / "xquad"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chats", type=int, default=50)
    parser.add_argument("--each", type=int, default=1, help="questions a chat")
    parser.add_argument("--articles", type=Path, default=SET / "articles")
    arguments = parser.parse_args()
    bring_up()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(arguments.articles, folder / "seeds")
        subprocess.run([sys.executable, CITEBOT, "sync", "seeds"], cwd=folder, check=True)
        print(json.dumps(asyncio.run(measured(folder, arguments.chats, arguments.each))))


async def measured(folder: Path, chats: int, each: int) -> dict[str, Any]:
    """All questions at once; /help every quarter of a second until all are answered."""
    questions = _questions(chats * each)
    public = {
        "CITEBOT_TELEGRAM__PUBLIC": "true",
        "CITEBOT_TELEGRAM__ADMINISTRATORS": "[1]",
        "CITEBOT_LOG_LEVEL": "warning",
    }
    async with running(FakeTelegram(), folder, environment=public) as bot:
        await bot.listens()
        people = [bot.person(1_000 + number) for number in range(chats)]
        began = time.monotonic()
        asked = {p.id: [p.says(questions[n * each + i]) for i in range(each)] for n, p in enumerate(people)}
        helped = asyncio.create_task(_helped(bot))
        await until(lambda: all(len(_answers(p)) == each for p in people), 280, 0.1)
        seconds = sorted(sent.at - began for person in people for sent in _answers(person))
        helped.cancel()
        in_order = all([s.reply_to for s in _answers(p)] == asked[p.id] for p in people)
        return {
            "chats": chats,
            "questions": len(seconds),
            "answered": len(seconds),
            "order kept": in_order,
            "p50": round(statistics.median(seconds), 2),
            "p95": round(seconds[int(0.95 * len(seconds))], 2),
            "all": round(seconds[-1], 2),
            "help worst": round(max(_help_seconds), 3),
            "helps": len(_help_seconds),
            "exit": await bot.stop(),
        }


_help_seconds: list[float] = []


async def _helped(bot: Running) -> None:
    person = bot.person(500)
    while True:
        before, began = len(person.heard()), time.monotonic()
        person.says("/help")
        await until(lambda count=before: len(person.heard()) > count, 60)
        _help_seconds.append(person.heard()[-1].at - began)
        await asyncio.sleep(0.25)


def _answers(person: Person) -> list[Sent]:
    return [sent for sent in person.heard() if "👍" in sent.buttons]


def _questions(number: int) -> list[str]:
    cases = yaml.safe_load((SET / "questions.yaml").read_text(encoding="utf-8"))["cases"]
    questions = [str(case["question"]) for case in cases]
    return [questions[n % len(questions)] for n in range(number)]


if __name__ == "__main__":
    main()
