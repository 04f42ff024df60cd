"""The Bot API's rules in one place: what a call may say, what it does, what it answers.

Parameters come as a form carries them, each a string, whichever front they came through.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fake_bot_api.entities import Parsed, cleaned, parsed, utf16
from tests.fake_bot_api.errors import ApiError, ConnectionCut, NeverAnswers, bad_request, forbidden, too_many
from tests.fake_bot_api.faults import Fault, Faults

TOKEN = "123456789:AAFakeTokenForTestsOnly_neverReal00"
BOT = {
    "id": 123456789,
    "is_bot": True,
    "first_name": "Citebot",
    "username": "citebot_bot",
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": False,
}
LARGEST_TEXT = 4096
LARGEST_CALLBACK = 64
LARGEST_CALLBACK_ANSWER = 200
LARGEST_DOWNLOAD = 20 * 1024 * 1024
MOST_ENTITIES = 100
CALLBACK_SECONDS = 15.0

Params = Mapping[str, str]
Payload = dict[str, Any]

_KNOWN: dict[str, frozenset[str]] = {
    "getMe": frozenset(),
    "setMyCommands": frozenset({"commands", "scope", "language_code"}),
    "deleteWebhook": frozenset({"drop_pending_updates"}),
    "setWebhook": frozenset(
        {"url", "secret_token", "allowed_updates", "drop_pending_updates", "max_connections", "ip_address"}
    ),
    "getWebhookInfo": frozenset(),
    "getUpdates": frozenset({"offset", "limit", "timeout", "allowed_updates"}),
    "sendMessage": frozenset(
        {
            "chat_id", "text", "parse_mode", "message_thread_id", "reply_parameters", "reply_markup",
            "link_preview_options", "disable_notification", "protect_content",
        }
    ),
    "editMessageText": frozenset(
        {"chat_id", "message_id", "text", "parse_mode", "reply_markup", "link_preview_options"}
    ),
    "deleteMessage": frozenset({"chat_id", "message_id"}),
    "sendChatAction": frozenset({"chat_id", "action", "message_thread_id"}),
    "answerCallbackQuery": frozenset({"callback_query_id", "text", "show_alert", "url", "cache_time"}),
    "getFile": frozenset({"file_id"}),
}  # fmt: skip


@dataclass(slots=True)
class Sent:
    """A message the bot has sent. versions: its texts, the present one last."""

    chat: int
    message: int
    text: str
    entities: list[Payload]
    markup: Payload | None
    thread: int | None
    reply_to: int | None
    parse_mode: str | None
    at: float
    versions: list[str] = field(default_factory=list)

    @property
    def buttons(self) -> dict[str, str]:
        """Data by label."""
        rows = (self.markup or {}).get("inline_keyboard", [])
        return {button["text"]: button["callback_data"] for row in rows for button in row}

    def marked(self, kind: str) -> list[str]:
        """The texts under entities of a kind."""
        encoded = self.text.encode("utf-16-le")
        return [
            encoded[e["offset"] * 2 : (e["offset"] + e["length"]) * 2].decode("utf-16-le")
            for e in self.entities
            if e["type"] == kind
        ]


@dataclass(slots=True)
class Call:
    """A call that was made. fault: what was done to it."""

    method: str
    params: dict[str, str]
    at: float
    fault: Fault | None


class FakeTelegram:
    """One bot, its chats and what lies in them."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.me: Payload = dict(BOT)
        self.faults = Faults()
        self.calls: list[Call] = []
        self.sent: list[Sent] = []
        self.deleted: list[tuple[int, int]] = []
        self.actions: list[tuple[int, float]] = []
        self.commands: dict[str, list[Payload]] = {}
        self.callback_answers: dict[str, tuple[str, bool]] = {}
        self.webhook: dict[str, str] | None = None
        self.blocked: set[int] = set()
        self.migrated: dict[int, int] = {}
        self.topics: dict[int, set[int]] = {}
        self.refuses_html = False
        self.down = False
        """No connection comes about."""
        self.flood: tuple[int, float] | None = None
        """So many messages to one chat in so many seconds; more are refused with 429."""
        self._updates: deque[Payload] = deque()
        self._confirmed = 0
        self._numbers = itertools.count(1)
        self._update_numbers = itertools.count(1_000)
        self._messages: dict[int, dict[int, Any]] = defaultdict(dict)
        self._queries: dict[str, float] = {}
        self._files: dict[str, tuple[str, bytes, int]] = {}
        self._poll: asyncio.Event | None = None
        self._arrived: Callable[[], None] | None = None
        self._times: dict[int, deque[float]] = defaultdict(deque)

    # What happens from outside: people and Telegram itself.

    def put(self, update: Payload) -> int:
        """An update arrives."""
        update = {"update_id": next(self._update_numbers), **update}
        self._updates.append(update)
        if self._poll is not None:
            self._poll.set()
        return int(update["update_id"])

    def put_raw(self, update: Any) -> None:
        """Something arrives that need not be an update."""
        self._updates.append(update)
        if self._poll is not None:
            self._poll.set()

    def put_again(self, update_id: int, update: Payload) -> None:
        """An update that came before comes once more."""
        self.put_raw({"update_id": update_id, **update})

    def waiting(self) -> list[Payload]:
        """Updates that were not confirmed."""
        return list(self._updates)

    def new_message(self, chat: int, content: Payload) -> Payload:
        """A message in a chat, with a number of its own."""
        number = next(self._numbers)
        message = {"message_id": number, "date": int(time.time()), **content}
        self._messages[chat][number] = message
        return message

    def message(self, chat: int, number: int) -> Any:
        return self._messages[chat].get(number)

    def new_query(self, query: str) -> None:
        self._queries[query] = time.monotonic()

    def new_file(self, name: str, data: bytes, size: int | None = None) -> str:
        """A file that can be downloaded; its id. size: as Telegram states it, where that differs."""
        file_id = f"file{len(self._files) + 1}"
        self._files[file_id] = (name, data, len(data) if size is None else size)
        return file_id

    def file(self, path: str) -> bytes | None:
        return next((data for id_, (_, data, _) in self._files.items() if path == f"documents/{id_}"), None)

    def to(self, chat: int) -> list[Sent]:
        """What the bot sent to a chat, in order."""
        return [sent for sent in self.sent if sent.chat == chat]

    # Calls.

    async def call(self, method: str, params: Params, files: Mapping[str, Any] | None = None) -> Any:
        """The call's result. Raises ApiError, ConnectionCut, NeverAnswers."""
        if self.down:
            raise ConnectionCut("no route")
        fault = self.faults.next(method)
        self.calls.append(Call(method, dict(params), time.monotonic(), fault))
        match fault:
            case Fault.FLOOD:
                raise too_many(1)
            case Fault.SERVER:
                raise ApiError(500, "Internal Server Error")
            case Fault.TIMEOUT:
                raise NeverAnswers
            case Fault.CUT_BEFORE:
                raise ConnectionCut("before")
        result = await self._carried_out(method, params, files or {})
        if fault is Fault.CUT_AFTER:
            raise ConnectionCut("after")
        return result

    async def _carried_out(self, method: str, params: Params, files: Mapping[str, Any]) -> Any:
        if method not in _KNOWN:
            raise ApiError(404, "Not Found: method not found")
        unknown = set(params) - _KNOWN[method]
        if unknown or files:
            raise AssertionError(f"{method} takes no {sorted(unknown) or 'files'}")
        result = getattr(self, f"_{method}")(params)
        return await result if asyncio.iscoroutine(result) else result

    def _getMe(self, params: Params) -> Payload:
        return self.me

    def _setMyCommands(self, params: Params) -> bool:
        commands = json.loads(params["commands"])
        if len(commands) > 100:
            raise bad_request("too many commands")
        for command in commands:
            if not 1 <= len(command["command"]) <= 32 or not command["command"].islower():
                raise bad_request("BOT_COMMAND_INVALID")
            if not 1 <= len(command["description"]) <= 256:
                raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        scope = json.loads(params.get("scope", '{"type": "default"}'))
        self.commands[f"{scope['type']}{scope.get('chat_id', '')}"] = commands
        return True

    def _deleteWebhook(self, params: Params) -> bool:
        self.webhook = None
        if params.get("drop_pending_updates") == "true":
            self._updates.clear()
        return True

    def _setWebhook(self, params: Params) -> bool:
        if not params["url"].startswith("https://"):
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        self.webhook = dict(params)
        return True

    async def _getUpdates(self, params: Params) -> list[Any]:
        if self.webhook is not None:
            raise ApiError(409, "Conflict: can't use getUpdates method while webhook is active")
        self._confirm(int(params.get("offset", "0")))
        mine = asyncio.Event()
        if self._poll is not None:
            self._poll.other = True  # type: ignore[attr-defined]
            self._poll.set()
        self._poll = mine
        try:
            if not self._updates:
                await asyncio.wait_for(mine.wait(), float(params.get("timeout", "0")))
        except TimeoutError:
            return []
        finally:
            if self._poll is mine:
                self._poll = None
        if getattr(mine, "other", False):
            raise ApiError(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            )
        return list(itertools.islice(self._updates, int(params.get("limit", "100"))))

    def _confirm(self, offset: int) -> None:
        kept = [u for u in self._updates if not (isinstance(u, dict) and 0 <= u.get("update_id", -1) < offset)]
        self._updates = deque(kept)

    def _sendMessage(self, params: Params) -> Payload:
        chat = self._chat(params)
        text, thread = self._text(params), params.get("message_thread_id")
        if thread is not None and (int(thread) == 1 or int(thread) not in self.topics.get(chat, set())):
            raise bad_request("message thread not found")
        self._check_flood(chat)
        reply_to = self._reply_to(chat, params)
        markup = self._markup(params)
        message = self.new_message(chat, {"chat": {"id": chat, "type": self._type(chat)}, "from": self.me})
        sent = Sent(
            chat,
            message["message_id"],
            text.text,
            text.entities,
            markup,
            int(thread) if thread is not None else None,
            reply_to,
            params.get("parse_mode"),
            time.monotonic(),
            [text.text],
        )
        self.sent.append(sent)
        message.update(text=text.text, entities=text.entities)
        if sent.thread is not None:
            message.update(message_thread_id=sent.thread, is_topic_message=True)
        return message

    def _editMessageText(self, params: Params) -> Payload:
        chat, number = self._chat(params), int(params["message_id"])
        sent = next((one for one in self.sent if (one.chat, one.message) == (chat, number)), None)
        if sent is None or (chat, number) in self.deleted:
            raise bad_request("message to edit not found")
        text, markup = self._text(params), self._markup(params)
        if (text.text, text.entities, markup) == (sent.text, sent.entities, sent.markup):
            raise bad_request("message is not modified: specified new message content and reply markup are the same")
        sent.text, sent.entities, sent.markup = text.text, text.entities, markup
        sent.versions.append(text.text)
        return dict(self._messages[chat][number], text=text.text)

    def _deleteMessage(self, params: Params) -> bool:
        chat, number = self._chat(params), int(params["message_id"])
        if number not in self._messages[chat]:
            raise bad_request("message to delete not found")
        self.deleted.append((chat, number))
        return True

    def _sendChatAction(self, params: Params) -> bool:
        if params["action"] != "typing":
            raise bad_request("wrong parameter action in request")
        self.actions.append((self._chat(params), time.monotonic()))
        return True

    def _answerCallbackQuery(self, params: Params) -> bool:
        query, text = params["callback_query_id"], params.get("text", "")
        if utf16(text) > LARGEST_CALLBACK_ANSWER:
            raise bad_request("MESSAGE_TOO_LONG")
        at = self._queries.get(query)
        if at is None or time.monotonic() - at > CALLBACK_SECONDS:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        self.callback_answers[query] = (text, params.get("show_alert") == "true")
        return True

    def _getFile(self, params: Params) -> Payload:
        found = self._files.get(params["file_id"])
        if found is None:
            raise bad_request("invalid file_id")
        if found[2] > LARGEST_DOWNLOAD:
            raise bad_request("file is too big")
        file_id = params["file_id"]
        return {
            "file_id": file_id,
            "file_unique_id": f"u{file_id}",
            "file_size": found[2],
            "file_path": f"documents/{file_id}",
        }

    # Rules.

    def _chat(self, params: Params) -> int:
        chat = int(params["chat_id"])
        if chat in self.migrated:
            new = self.migrated[chat]
            raise ApiError(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                {"migrate_to_chat_id": new},
            )
        if chat in self.blocked:
            raise forbidden("bot was blocked by the user")
        return chat

    def _text(self, params: Params) -> Parsed:
        mode = params.get("parse_mode")
        if mode not in {None, "HTML"}:
            raise bad_request("unsupported parse_mode")
        if mode and self.refuses_html:
            raise bad_request("can't parse entities: refused by the test")
        text = parsed(params["text"]) if mode else Parsed(params["text"], [])
        text = Parsed(cleaned(text.text), text.entities)
        if not text.text.strip():
            raise bad_request("message text is empty")
        if utf16(text.text) > LARGEST_TEXT:
            raise bad_request("message is too long")
        if len(text.entities) > MOST_ENTITIES:
            raise bad_request("too many entities")
        if json.loads(params.get("link_preview_options", "{}")).get("is_disabled") is not True:
            raise AssertionError("a message with a link preview")
        return text

    def _markup(self, params: Params) -> Payload | None:
        if "reply_markup" not in params:
            return None
        markup: Payload = json.loads(params["reply_markup"])
        for row in markup.get("inline_keyboard", []):
            if not 1 <= len(row) <= 8:
                raise bad_request("BUTTON_ROW_INVALID")
            for button in row:
                if not 1 <= len(button["callback_data"].encode()) <= LARGEST_CALLBACK:
                    raise bad_request("BUTTON_DATA_INVALID")
                if not button["text"].strip():
                    raise bad_request("BUTTON_TEXT_INVALID")
        return markup

    def _reply_to(self, chat: int, params: Params) -> int | None:
        if "reply_parameters" not in params:
            return None
        reply = json.loads(params["reply_parameters"])
        if reply["message_id"] in self._messages[chat]:
            return int(reply["message_id"])
        if not reply.get("allow_sending_without_reply"):
            raise bad_request("message to be replied not found")
        return None

    def _check_flood(self, chat: int) -> None:
        if self.flood is None:
            return
        most, seconds = self.flood
        times, now = self._times[chat], time.monotonic()
        while times and times[0] < now - seconds:
            times.popleft()
        if len(times) >= most:
            raise too_many(1)
        times.append(now)

    def _type(self, chat: int) -> str:
        return "private" if chat > 0 else "supergroup"
