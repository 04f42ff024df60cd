"""The assistant opened and its models loaded beside the prompt, while the first question is typed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from bot.assistant import Assistant
    from bot.conversation.dialogue import Dialogue
    from bot.settings import Settings
    from index.types import Article

POLL_SECONDS = 0.05
"""A wait without an end could not be interrupted by Ctrl-C on every platform."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Opened:
    """What the chat talks to."""

    assistant: Assistant
    dialogue: Dialogue
    names: tuple[str, ...]
    """Of all articles, for completion."""

    def article(self, name: str) -> Article | None:
        """One article by its name; None when it is not there."""
        return self.assistant.store.article(name)


class Engine:
    """Opens what the settings say, once, in a thread of its own."""

    def __init__(self, settings: Settings, *, sync: bool) -> None:
        self._settings = settings
        self._sync = sync
        self._guard = threading.Lock()
        self._future: Future[Opened] | None = None
        self.notes: list[str] = []
        """What a person should be told when the prompt is not in the way."""

    def start(self, failed: Callable[[], None] | None = None) -> Future[Opened]:
        """Begin to load; later calls do nothing. failed: called, in the loading thread, when that fails."""
        with self._guard:
            if self._future is None:
                self._future = beside(self._open)
                self._future.add_done_callback(lambda f: failed() if failed and f.exception() else None)
            return self._future

    @property
    def error(self) -> BaseException | None:
        """Why nothing could be opened; None while that is not known."""
        return self._future.exception() if self._future is not None and self._future.done() else None

    @property
    def opened(self) -> Opened | None:
        """What was opened, without waiting for it."""
        done = self._future is not None and self._future.done() and self._future.exception() is None
        return self._future.result() if done and self._future is not None else None

    def close(self) -> None:
        """Close what was opened; what is still loading ends with the process."""
        opened = self.opened
        if opened is not None:
            opened.dialogue.close()
            opened.assistant.close()

    def _open(self) -> Opened:
        from bot.compose import open_assistant, open_dialogue, sync_if_changed
        from bot.render import note_line

        if self._sync:
            receipt = sync_if_changed(self._settings, note=self.notes.append)
            if receipt is not None:
                self.notes += [note_line(note) for note in (*receipt.failures, *receipt.notes)]
        assistant = open_assistant(self._settings, note=self.notes.append)
        dialogue = open_dialogue(self._settings, assistant, note=self.notes.append)
        assistant.warm_up()
        return Opened(assistant, dialogue, tuple(summary.name for summary in assistant.store.articles()))


def beside(work: Callable[[], T]) -> Future[T]:
    """The work in a thread that does not keep the process alive."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future


def waited(future: Future[T]) -> T:
    """The result, or its error. Raises KeyboardInterrupt for Ctrl-C meanwhile."""
    while True:
        try:
            return future.result(timeout=POLL_SECONDS)
        except TimeoutError:
            if future.done():
                raise
