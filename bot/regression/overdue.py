"""A limit on the time that a case may take."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from index.errors import CitebotError


class CaseOverdue(CitebotError):
    """A case took longer than it may."""


class _Rung(BaseException):
    """The alarm; no Exception, so that nothing on the way takes it for a failure of its own that it can mend."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise CaseOverdue once so many seconds have passed; no limit where they are 0.

    The alarm interrupts Python and its waiting, not the native code of a model, whose runs are short. Only the main
    thread can be interrupted; elsewhere, and where the system has no alarm, there is no limit.
    """
    if not seconds or threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return
    handler = signal.signal(signal.SIGALRM, _ring)
    timer = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    except _Rung as error:
        raise CaseOverdue(f"took longer than {seconds:g} s") from error
    finally:
        signal.setitimer(signal.ITIMER_REAL, *timer)
        signal.signal(signal.SIGALRM, handler)


def _ring(*_: Any) -> None:
    raise _Rung
