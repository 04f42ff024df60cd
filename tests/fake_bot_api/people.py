"""People in chats: what they type and press arrives at the bot as updates."""

from __future__ import annotations

import asyncio
import itertools
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.fake_bot_api.core import FakeTelegram, Sent
from tests.fake_bot_api.entities import utf16

_queries = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with the bot in private, or in a group."""

    telegram: FakeTelegram
    id: int
    name: str = "Ada"
    chat: int | None = None
    thread: int | None = None

    def at(self, chat: int, thread: int | None = None) -> Person:
        """The same person in another chat."""
        return Person(self.telegram, self.id, self.name, chat, thread)

    @property
    def place(self) -> int:
        return self.id if self.chat is None else self.chat

    def says(self, text: str, reply_to: int | None = None) -> int:
        """Type a message; its number."""
        return self._put({"text": text, "entities": entities_of(text), **self._reply(reply_to)})

    def sends(self, **content: Any) -> int:
        """Send something else: `voice={...}`, `caption=...`."""
        return self._put(content)

    def sends_document(self, name: str, data: bytes, *, size: int | None = None, **content: Any) -> int:
        file_id = self.telegram.new_file(name, data, size)
        stated = len(data) if size is None else size
        document = {"file_id": file_id, "file_unique_id": f"u{file_id}", "file_name": name, "file_size": stated}
        return self._put({"document": document, **content})

    def edits(self, number: int, text: str) -> None:
        message = {**self.telegram.message(self.place, number), "text": text, "entities": entities_of(text)}
        self.telegram.put({"edited_message": {**message, "edit_date": int(time.time())}})

    def presses(self, sent: Sent, label: str) -> str:
        """Press a button under a message; the query's id."""
        return self.presses_data(sent, sent.buttons[label])

    def presses_data(self, sent: Sent, data: str) -> str:
        query = f"q{next(_queries)}"
        self.telegram.new_query(query)
        message = {**self.telegram.message(sent.chat, sent.message), "text": sent.text, "entities": sent.entities}
        self.telegram.put(
            {
                "callback_query": {
                    "id": query, "from": self.user(), "message": message, "data": data, "chat_instance": "1",
                }
            }
        )  # fmt: skip
        return query

    def user(self) -> dict[str, Any]:
        return {"id": self.id, "is_bot": False, "first_name": self.name}

    def heard(self) -> list[Sent]:
        """What the bot sent to this person's chat."""
        return self.telegram.to(self.place)

    def _put(self, content: dict[str, Any]) -> int:
        message = self.telegram.new_message(self.place, self._head() | content)
        self.telegram.put({"message": message})
        return int(message["message_id"])

    def _head(self) -> dict[str, Any]:
        head: dict[str, Any] = {"from": self.user(), "chat": self._chat()}
        if self.thread is not None:
            head |= {"message_thread_id": self.thread, "is_topic_message": True}
        return head

    def _chat(self) -> dict[str, Any]:
        if self.chat is None:
            return {"id": self.id, "type": "private", "first_name": self.name}
        forum = {"is_forum": True} if self.thread is not None else {}
        return {"id": self.chat, "type": "supergroup", "title": "Newsroom", **forum}

    def _reply(self, number: int | None) -> dict[str, Any]:
        if number is None:
            return {}
        return {"reply_to_message": self.telegram.message(self.place, number)}


def entities_of(text: str) -> list[dict[str, Any]]:
    """Commands and mentions as Telegram's server marks them."""
    found = [("bot_command", match) for match in re.finditer(r"(?<!\S)/[a-zA-Z0-9_]+(?:@\w+)?", text)]
    found += [("mention", match) for match in re.finditer(r"(?<!\w)@\w{3,32}", text)]
    return [{"type": kind, "offset": utf16(text[: m.start()]), "length": utf16(m[0])} for kind, m in found]


async def until(condition: Callable[[], Any], seconds: float = 10.0, every: float = 0.005) -> Any:
    """Wait for something to become true, and return it. every: seconds between two looks at it."""
    ends = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > ends:
            raise AssertionError(f"did not happen within {seconds} s")
        await asyncio.sleep(every)
