"""Whether a message is for the bot, and what it says. No network, no state."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from telegram import Message, MessageEntity, User
from telegram.constants import ChatType

GENERAL_TOPIC: Final = 1
"""The General topic's number, which must not be sent back."""


class Kind(StrEnum):
    """What a message is to the bot."""

    COMMAND = "command"
    QUESTION = "question"
    DOCUMENT = "document"
    UNREADABLE = "unreadable"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Heard:
    """A message as the bot understands it.

    command: without slash, in lower case; None unless a command. text: what was said besides.
    """

    kind: Kind
    text: str = ""
    command: str | None = None


_UNREADABLE: Final = (
    "voice", "audio", "video", "video_note", "sticker", "animation", "photo", "location", "contact", "poll", "dice",
    "venue", "game", "story", "paid_media",
)  # fmt: skip
NOTHING: Final = Heard(Kind.NOTHING)


def heard(message: Message, me: User) -> Heard:
    """What a message is to the bot, in private or in a group."""
    command = _command(message, me)
    if command is not None:
        return command
    if message.chat.type == ChatType.PRIVATE:
        return _said(message, message.text)
    if message.chat.type not in {ChatType.GROUP, ChatType.SUPERGROUP}:
        return NOTHING
    if not _is_addressed(message, me):
        return NOTHING
    return _said(message, None if message.text is None else without_mention(message, me))


def person_of(message: Message) -> int | None:
    """Who speaks: a person, or the chat in whose name an anonymous one speaks. None for another bot."""
    if message.sender_chat is not None:
        return message.sender_chat.id
    if message.from_user is None or message.from_user.is_bot:
        return None
    return message.from_user.id


def thread_of(message: Message) -> int | None:
    """The topic to answer in. Replies in groups without topics have a thread number too, which is none."""
    if not message.is_topic_message or message.message_thread_id == GENERAL_TOPIC:
        return None
    return message.message_thread_id


def without_mention(message: Message, me: User) -> str:
    """The text without the mentions of the bot, which only say whom it is for."""
    encoded = (message.text or "").encode("utf-16-le", "surrogatepass")
    for entity in reversed(_mentions(message, message.entities, me)):
        start, end = entity.offset * 2, (entity.offset + entity.length) * 2
        encoded = encoded[:start] + encoded[end:]
    return encoded.decode("utf-16-le", "replace").strip(" \t\n,:;—-")


def _said(message: Message, text: str | None) -> Heard:
    if text is not None:
        return Heard(Kind.QUESTION, text)
    if message.document is not None and message.animation is None:
        return Heard(Kind.DOCUMENT, message.caption or "")
    if any(getattr(message, kind, None) for kind in _UNREADABLE):
        return Heard(Kind.UNREADABLE, message.caption or "")
    return NOTHING


def _command(message: Message, me: User) -> Heard | None:
    """A command at the very start of text or caption. One for another bot is nothing to us."""
    text = message.text if message.text is not None else message.caption
    entities = message.entities if message.text is not None else message.caption_entities
    first = next((one for one in entities if one.type == MessageEntity.BOT_COMMAND and one.offset == 0), None)
    if first is None or text is None:
        return None
    name, _, whom = text[1 : first.length].partition("@")
    if whom and whom.casefold() != (me.username or "").casefold():
        return NOTHING
    return Heard(Kind.COMMAND, text[first.length :].strip(), name.lower())


def _is_addressed(message: Message, me: User) -> bool:
    reply = message.reply_to_message
    if reply is not None and reply.from_user is not None and reply.from_user.id == me.id:
        return True
    return bool(_mentions(message, message.entities, me) or _mentions(message, message.caption_entities, me))


def _mentions(message: Message, entities: tuple[MessageEntity, ...], me: User) -> list[MessageEntity]:
    """The entities that name the bot. A text that contains its name is no mention: `@bot2` contains `@bot`."""
    return [entity for entity in entities if _names(message, entity, me)]


def _names(message: Message, entity: MessageEntity, me: User) -> bool:
    if entity.type == MessageEntity.TEXT_MENTION:
        return entity.user is not None and entity.user.id == me.id
    if entity.type != MessageEntity.MENTION:
        return False
    name = message.parse_entity(entity) if message.text is not None else message.parse_caption_entity(entity)
    return name.casefold() == f"@{me.username}".casefold()
