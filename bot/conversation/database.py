"""The SQLite file of the conversations."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bot.conversation.migrations import MIGRATIONS
from bot.database import Form, OwnDatabase
from index.errors import CitebotError
from index.migrations import Migration

APPLICATION_ID: Final = 0x43697463
"""`Citc` in ASCII."""


class ConversationUnusable(CitebotError):
    """The file of the conversations cannot be used as it is."""


_FORM: Final = Form(
    name="the file of the conversations",
    owner="Citebot's conversations",
    application_id=APPLICATION_ID,
    # What is deleted is overwritten in the file and leaves no journal behind, which is why this is not a WAL.
    pragmas=("journal_mode = TRUNCATE", "synchronous = FULL", "secure_delete = ON"),
    unusable=ConversationUnusable,
)


class Database(OwnDatabase):
    """One connection; a conversation is a few rows a minute."""

    def __init__(self, path: Path | None, *, migrations: Sequence[Migration] = MIGRATIONS) -> None:
        """path: None for a conversation that ends with the process. Raises ConversationUnusable."""
        super().__init__(path, _FORM, migrations)
