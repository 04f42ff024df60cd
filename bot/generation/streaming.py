"""A reply piece by piece, with deadlines that hold whatever the model does, and a stop that works at once."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.generation.chat import Abandoned, ChatModel, GeneratorFailed
from prompts.templates import Message

POLL_SECONDS: Final = 0.05
LONGEST_REPLY: Final = 20_000
"""Code points; a model that does not end is cut here."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """first_seconds: until the first token, and between two. whole_seconds: of the reply."""

    first_seconds: float
    whole_seconds: float


class _Ended:
    """The reply ended. error: why it did, where it should not have."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def reply(
    model: ChatModel, messages: Sequence[Message], deadlines: Deadlines, stopped: Callable[[], bool]
) -> Iterator[str]:
    """The pieces of a reply.

    The model works in a thread that does not keep the process alive, so that one that hangs can be left behind.
    Raises GeneratorFailed, and Abandoned when stopped.
    """
    pieces: queue.SimpleQueue[str | _Ended] = queue.SimpleQueue()
    left = threading.Event()
    session = model.session()

    def heard(piece: str) -> None:
        if left.is_set():
            raise Abandoned
        pieces.put(piece)

    def work() -> None:
        try:
            session.run(messages, heard)
            pieces.put(_Ended(None))
        except BaseException as error:
            pieces.put(_Ended(error))

    threading.Thread(target=work, daemon=True, name="generator").start()
    try:
        yield from _taken(pieces, deadlines, stopped)
    finally:
        left.set()
        session.abort()


def _taken(pieces: queue.SimpleQueue[str | _Ended], deadlines: Deadlines, stopped: Callable[[], bool]) -> Iterator[str]:
    started = last = time.monotonic()
    length = 0
    while True:
        if stopped():
            raise Abandoned
        try:
            piece = pieces.get(timeout=POLL_SECONDS)
        except queue.Empty:
            _check(started, last, deadlines, begun=length > 0)
            continue
        if isinstance(piece, _Ended):
            _raise(piece.error, length)
            return
        if piece:
            last, length = time.monotonic(), length + len(piece)
            yield piece
        if length > LONGEST_REPLY:
            raise GeneratorFailed(f"the generator did not end within {LONGEST_REPLY:,} characters")
        _check(started, time.monotonic(), deadlines, begun=True)


def _check(started: float, last: float, deadlines: Deadlines, *, begun: bool) -> None:
    now = time.monotonic()
    if now - last > deadlines.first_seconds:
        what = "went silent in the middle of its reply" if begun else "did not begin to reply"
        raise GeneratorFailed(f"the generator {what}: {deadlines.first_seconds:g} s without a word")
    if now - started > deadlines.whole_seconds:
        raise GeneratorFailed(f"the generator was not done after {deadlines.whole_seconds:g} s")


def _raise(error: BaseException | None, length: int) -> None:
    if error is not None:
        if isinstance(error, GeneratorFailed | Abandoned):
            raise error
        raise GeneratorFailed(f"the generator failed: {type(error).__name__}: {error}") from error
    if not length:
        raise GeneratorFailed("the generator gave an empty reply")
