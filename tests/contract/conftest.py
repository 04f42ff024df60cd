"""Haystack's asynchronous tests are marked `asyncio`: here they run with asyncio itself, without a plugin."""

from __future__ import annotations

import asyncio
import inspect
import os

import pytest

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "false"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "asyncio: a coroutine, run to its end")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    wanted = inspect.signature(pyfuncitem.obj).parameters
    asyncio.run(pyfuncitem.obj(**{name: value for name, value in pyfuncitem.funcargs.items() if name in wanted}))
    return True
