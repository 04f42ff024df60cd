"""The line that is typed: history, keys, completion, and a paste of many lines that stays one question."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from bot.state import private_file
from bot.terminal.completion import SlashCompleter


def history_in(path: Path | None) -> History:
    """The history of a file that only its owner reads; one of this session for None. Raises OSError."""
    return FileHistory(str(private_file(path))) if path is not None else InMemoryHistory()


def session(history: History, names: Callable[[], Sequence[str]]) -> PromptSession[str]:
    """The prompt. names: of the articles, for completion."""
    return PromptSession(
        message=f"{_sign()} ",
        history=history,
        completer=SlashCompleter(names),
        key_bindings=_keys(),
        multiline=True,
        prompt_continuation=lambda width, line, wrapped: " " * width,  # noqa: ARG005 (prompt_toolkit's signature)
        enable_open_in_editor=False,
        enable_suspend=True,
        reserve_space_for_menu=4,
    )


def forget(history: History) -> None:
    """Every typed question, in the file and in this session."""
    if isinstance(history, FileHistory):
        Path(os.fsdecode(history.filename)).write_bytes(b"")
    if isinstance(history, InMemoryHistory):
        history._storage.clear()
    history._loaded_strings.clear()


def _sign() -> str:
    encoding = (getattr(sys.stdout, "encoding", "") or "ascii").lower()
    return "›" if encoding.startswith("utf") else ">"


def _keys() -> KeyBindings:
    """Enter asks, also with several lines; Alt-Enter begins a new line."""
    keys = KeyBindings()

    @keys.add("enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.validate_and_handle()

    @keys.add("escape", "enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    return keys
