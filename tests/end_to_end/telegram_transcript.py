"""A day with the bot, played over HTTP on loopback with the real command and the real models.

Run as a program in a network namespace of its own: `python -m tests.end_to_end.telegram_transcript FOLDER`.
FOLDER holds `seeds/`. The transcript goes to stdout, and so does what the caller has to check.
"""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

from tests.fake_bot_api.core import FakeTelegram, Sent
from tests.fake_bot_api.loopback import bring_up
from tests.fake_bot_api.people import Person, until
from tests.fake_bot_api.process import Running, running

KULEBA = "How many foreign volunteers does Kuleba say have joined Kyiv's forces?"
DOCUMENT = (
    "A lighthouse for Tern Island\n\nBy Mara Olsen\n\n3 June 2023\n\nThe new lighthouse on Tern Island is 41 metres "
    "high. Its keeper, Jonas Weld, lights the lamp every evening. The island has two goats.\n"
)


class Transcript:
    """What was said, line by line, without numbers that differ from run to run."""

    def __init__(self, bot: Running, person: Person) -> None:
        self.bot = bot
        self.person = person
        self._seen = len(person.heard())

    async def says(self, text: str, replies: int = 1, reply_to: int | None = None) -> list[Sent]:
        self.person.says(text, reply_to)
        return await self._heard(f"> {re.sub('/start .*', '/start CODE', text)}", replies)

    async def sends_document(self, name: str, text: str) -> list[Sent]:
        self.person.sends_document(name, text.encode())
        return await self._heard(f"> [document {name}]", 1)

    async def presses(self, sent: Sent, label: str, replies: int) -> str:
        query = self.person.presses(sent, label)
        await until(lambda: query in self.bot.telegram.callback_answers, 60)
        words, alert = self.bot.telegram.callback_answers[query]
        note = f" ({'alert' if alert else 'note'}: {words})" if words else ""
        await self._heard(f"> [presses {label}]{note}", replies)
        return words

    async def _heard(self, line: str, replies: int) -> list[Sent]:
        print(f"\n{line}")
        await until(lambda: len(self.person.heard()) >= self._seen + replies, 60)
        sent = self.person.heard()[self._seen :]
        self._seen += len(sent)
        for one in sent:
            print("\n".join(f"  {line}".rstrip() for line in _shown(one)))
        return sent


def _shown(sent: Sent) -> list[str]:
    bold = sent.marked("bold")
    text, nearest, _ = sent.text.partition("\n\nNearest passages")
    text = re.sub(r"(?<=removed/)\d{8}-\d{6}", "TIME", text) + (f"{nearest} …" if nearest else "")
    for words in dict.fromkeys(bold):
        text = text.replace(words, f"*{words}*")
    buttons = " ".join(label if label.startswith("[") else f"[{label}]" for label in sent.buttons)
    return [*text.split("\n"), *([buttons] if buttons else [])]


async def played(folder: Path) -> None:
    telegram = FakeTelegram()
    async with running(telegram, folder) as bot:
        code = await bot.code()
        talk = Transcript(bot, bot.person(7, "Boss"))
        await talk.says(f"/start {code}")
        (answer,) = await talk.says(KULEBA)
        await talk.presses(answer, "[1]", 1)
        await talk.presses(answer, "more", 1)
        await talk.says("/more")
        await talk.presses(answer, "more", 1)
        await talk.says("Who said so?")
        for said in ("before April 2022", "When did he say so?", "everything"):
            await talk.says(said)
        await talk.presses(answer, "👍", 0)
        (refusal,) = await talk.says("Who is the president of Ukraine?")
        await talk.presses(refusal, "👎", 1)
        asks = talk.person.heard()[-1]
        await talk.says("Volodymyr Zelensky", reply_to=asks.message)
        await talk.sends_document("../Tern Island <b>.txt", DOCUMENT)
        (island,) = await talk.says("How high is the lighthouse on Tern Island?")
        await _stopped(bot)
    print("\n-- restart")
    async with running(telegram, folder) as bot:
        await bot.listens()
        talk.bot = bot
        await talk.presses(island, "[1]", 1)
        await talk.presses(island, "more", 1)
        await talk.says("/remove Tern Island _b.txt")
        await talk.presses(island, "[1]", 0)
        await talk.presses(answer, "[1]", 1)
        await talk.says("/sources")
        await talk.says("/forget")
        await talk.presses(answer, "[1]", 0)
        await _stopped(bot)
    _no_token(telegram, folder)


async def _stopped(bot: Running) -> None:
    status = await bot.stop()
    print(f"\n-- SIGTERM: exit status {status}")


def _no_token(telegram: FakeTelegram, folder: Path) -> None:
    """The token stands in no file of the run, its log of everything included, and in no message."""
    secret = telegram.token.partition(":")[2]
    files = [path for path in folder.rglob("*") if path.is_file()]
    found = [path.name for path in files if secret.encode() in path.read_bytes()]
    found += [sent.text for sent in telegram.sent if secret in sent.text]
    print(f"\n-- token found: {found}")


if __name__ == "__main__":
    bring_up()
    asyncio.run(asyncio.wait_for(played(Path(sys.argv[1])), 240))
