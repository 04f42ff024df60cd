"""The bot killed while it answers, and started again.

Run as a program in a network namespace of its own: `python -m tests.end_to_end.telegram_kill FOLDER`.
The last line of stdout tells in JSON how many questions there were, went unanswered and were answered twice.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path

from tests.fake_bot_api.core import FakeTelegram
from tests.fake_bot_api.loopback import bring_up
from tests.fake_bot_api.people import until
from tests.fake_bot_api.process import running

QUESTIONS = 24
KILLS = 3
PUBLIC = {"CITEBOT_TELEGRAM__PUBLIC": "true", "CITEBOT_TELEGRAM__ADMINISTRATORS": "[1]"}


async def played(folder: Path) -> dict[str, int]:
    telegram = FakeTelegram()
    asked: list[tuple[int, int]] = []
    for kill in range(KILLS):
        async with running(telegram, folder, environment=PUBLIC) as bot:
            await bot.listens()
            if not kill:
                people = [bot.person(1_000 + number % 6) for number in range(QUESTIONS)]
                asked = [(p.id, p.says(f"How many people have fled Ukraine? {n}")) for n, p in enumerate(people)]
            enough = (kill + 1) * QUESTIONS // (KILLS + 1)
            await until(lambda least=enough: len(telegram.sent) >= least, 60)
            await bot.kill()
    async with running(telegram, folder, environment=PUBLIC) as bot:
        await until(lambda: set(asked) <= _answered(telegram).keys(), 60)
        assert await bot.stop() == 0
    answers = _answered(telegram)
    return {
        "questions": len(asked),
        "unanswered": len(set(asked) - answers.keys()),
        "twice": sum(count - 1 for count in answers.values()),
    }


def _answered(telegram: FakeTelegram) -> Counter[tuple[int, int | None]]:
    return Counter((sent.chat, sent.reply_to) for sent in telegram.sent if "👍" in sent.buttons)


if __name__ == "__main__":
    bring_up()
    print(json.dumps(asyncio.run(asyncio.wait_for(played(Path(sys.argv[1])), 240))))
