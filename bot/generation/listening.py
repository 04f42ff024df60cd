"""Who hears how an answer comes about. Whoever asks sets it for the thread it asks in; nobody has to."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

_log = logging.getLogger("citebot.generation")


def _never() -> bool:
    return False


def _nothing(_: str) -> None:
    pass


def _dropped(sentence: str, why: str) -> None:
    _log.debug("dropped: %s (%s)", sentence, why)


@dataclass(frozen=True, slots=True)
class Listener:
    """sentence: one that passed its checks, with markers, as it will stand in the answer.
    dropped: one that did not, and why. trouble: why the extractive answer comes instead. stopped: asked often.
    """

    sentence: Callable[[str], None] = _nothing
    dropped: Callable[[str, str], None] = _dropped
    trouble: Callable[[str], None] = _log.warning
    stopped: Callable[[], bool] = _never


_NOBODY = Listener()  # frozen, so that to share it is safe
_listener: ContextVar[Listener] = ContextVar("listener", default=_NOBODY)


def listener() -> Listener:
    """Who listens in this thread."""
    return _listener.get()


@contextmanager
def heard_by(who: Listener) -> Iterator[None]:
    """Inside, who listens in this thread."""
    token = _listener.set(who)
    try:
        yield
    finally:
        _listener.reset(token)
