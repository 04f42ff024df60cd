"""Who may do what. Closed by default: whoever was not let in is a stranger."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from enum import StrEnum

from bot.telegram.database import Database


class Role(StrEnum):
    """What a person or a chat is."""

    ADMINISTRATOR = "administrator"
    ALLOWED = "allowed"
    DENIED = "denied"


class Access:
    """The rules: what the administrator said in a chat goes before what the settings say.

    An administrator may ask anywhere. An allowed person may ask in any chat that is not denied; in an allowed chat
    everybody may ask who is not denied. In public mode everybody may ask who, where, is not denied.
    """

    def __init__(
        self,
        database: Database,
        *,
        administrators: Collection[int] = (),
        people: Collection[int] = (),
        chats: Collection[int] = (),
        public: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """administrators, people, chats: those the settings name."""
        self._database = database
        self._people = {**dict.fromkeys(people, Role.ALLOWED), **dict.fromkeys(administrators, Role.ADMINISTRATOR)}
        self._chats = dict.fromkeys(chats, Role.ALLOWED)
        self._public = public
        self._clock = clock

    def is_administrator(self, person: int) -> bool:
        """Whether a person may administer the bot."""
        return self.role_of_person(person) is Role.ADMINISTRATOR

    def may_ask(self, person: int, chat: int) -> bool:
        """Whether a person may ask, press buttons and give feedback in a chat."""
        role, place = self.role_of_person(person), self.role_of_chat(chat)
        if role is Role.ADMINISTRATOR:
            return True
        if Role.DENIED in (role, place):
            return False
        return self._public or role is Role.ALLOWED or place is Role.ALLOWED

    def administrators(self) -> list[int]:
        """Everybody who may administer the bot."""
        known = {*self._people, *(row[0] for row in self._database.rows("SELECT id FROM people"))}
        return sorted(person for person in known if self.is_administrator(person))

    def is_open_to_nobody(self) -> bool:
        """Whether no one was let in yet, so that a pairing code is needed."""
        roles = [*self._people.values(), *(Role(row[0]) for row in self._database.rows("SELECT role FROM people"))]
        chats = [*self._chats.values(), *(Role(row[0]) for row in self._database.rows("SELECT role FROM chats"))]
        return not ({Role.ADMINISTRATOR, Role.ALLOWED} & {*roles, *chats})

    def role_of_person(self, person: int) -> Role | None:
        """What was said of a person last."""
        return self._said("people", person) or self._people.get(person)

    def role_of_chat(self, chat: int) -> Role | None:
        """What was said of a chat last."""
        return self._said("chats", chat) or self._chats.get(chat)

    def set_person(self, person: int, role: Role) -> None:
        """Remember what a person is from now on."""
        self._say("people", person, role)

    def set_chat(self, chat: int, role: Role) -> None:
        """Remember what a chat is from now on."""
        self._say("chats", chat, role)

    def chat_migrated(self, old: int, new: int) -> None:
        """A group became a supergroup: what was said of it holds for its new id."""
        role = self.role_of_chat(old)
        if role is not None and self.role_of_chat(new) is None:
            self.set_chat(new, role)

    def _said(self, table: str, number: int) -> Role | None:
        rows = self._database.rows(f"SELECT role FROM {table} WHERE id = ?", (number,))
        return Role(rows[0][0]) if rows else None

    def _say(self, table: str, number: int, role: Role) -> None:
        with self._database.transaction(durable=True):
            self._database.run(
                f"INSERT INTO {table} (id, role, at) VALUES (?, ?, ?) "
                "ON CONFLICT (id) DO UPDATE SET role = excluded.role, at = excluded.at",
                (number, role, self._clock()),
            )
