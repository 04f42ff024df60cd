"""The bot with a chat model behind it, both on loopback: two questions, the second while the model breaks off.

    unshare -rn python -m tests.end_to_end.telegram_generator FOLDER

FOLDER holds `seeds/`. The last line of stdout is a JSON array: for each question the texts that were sent.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from tests.end_to_end.beside_a_model import QUESTION, fake, settings
from tests.fake_bot_api.core import FakeTelegram
from tests.fake_bot_api.loopback import bring_up
from tests.fake_bot_api.people import until
from tests.fake_bot_api.process import running
from tests.fake_chat_server import served

PUBLIC = {"CITEBOT_TELEGRAM__PUBLIC": "true", "CITEBOT_TELEGRAM__ADMINISTRATORS": "[1]"}


async def asked(folder: Path, base_url: str) -> list[list[str]]:
    """What each of two people is sent, who ask one after the other."""
    telegram = FakeTelegram()
    texts = []
    async with running(telegram, folder, environment=PUBLIC | settings(base_url)) as bot:
        await bot.listens()
        for number in (1_000, 1_001):
            person = bot.person(number)
            person.says(QUESTION)
            await until(lambda: any("👍" in sent.buttons for sent in person.heard()), 60)  # noqa: B023
            texts.append([sent.text for sent in person.heard()])
        assert await bot.stop() == 0
    return texts


def main(folder: Path) -> None:
    with served(fake("good+cut", folder)) as base_url:
        texts = asyncio.run(asyncio.wait_for(asked(folder, base_url), 240))
    print(json.dumps(texts))


if __name__ == "__main__":
    bring_up()
    main(Path(sys.argv[1]))
