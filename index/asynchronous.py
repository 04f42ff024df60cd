"""A blocking method as a coroutine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def in_thread(method: Callable[P, T]) -> Callable[P, Coroutine[Any, Any, T]]:
    """The same method, run in a thread, so that the event loop goes on meanwhile."""

    @wraps(method)
    async def run(*arguments: P.args, **named: P.kwargs) -> T:
        return await asyncio.to_thread(method, *arguments, **named)

    return run
