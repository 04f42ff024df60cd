"""The core behind HTTP on loopback, as a Bot API server of one's own would be."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from aiohttp import web

from tests.fake_bot_api.core import FakeTelegram
from tests.fake_bot_api.errors import ApiError, ConnectionCut, NeverAnswers

NEVER_SECONDS = 3_600.0


@contextlib.asynccontextmanager
async def served(telegram: FakeTelegram, port: int = 0) -> AsyncIterator[str]:
    """Inside, the fake listens; gives the base URL, ending in /bot."""
    application = web.Application(client_max_size=64 * 1024 * 1024)
    application.router.add_route("*", "/bot{token}/{method}", _Front(telegram).call)
    application.router.add_get("/file/bot{token}/{path:.+}", _Front(telegram).file)
    # handler_cancellation: or stopping waits for the long poll
    runner = web.AppRunner(application, handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/bot"
    finally:
        await runner.cleanup()


class _Front:
    def __init__(self, telegram: FakeTelegram) -> None:
        self._telegram = telegram

    async def call(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self._telegram.token:
            return _failure(ApiError(401, "Unauthorized"))
        form = await request.post()
        params = {**request.query, **{key: value for key, value in form.items() if isinstance(value, str)}}
        files = {key: value for key, value in form.items() if not isinstance(value, str)}
        try:
            result = await self._telegram.call(request.match_info["method"], params, files)
        except ApiError as error:
            return _failure(error)
        except NeverAnswers:
            await asyncio.sleep(NEVER_SECONDS)
        except ConnectionCut:
            assert request.transport is not None
            request.transport.abort()
            raise asyncio.CancelledError from None
        return web.json_response({"ok": True, "result": result})

    async def file(self, request: web.Request) -> web.Response:
        found = self._telegram.file(request.match_info["path"])
        if found is None or request.match_info["token"] != self._telegram.token:
            return web.Response(status=404)
        return web.Response(body=found)


def _failure(error: ApiError) -> web.Response:
    return web.json_response(error.body(), status=error.code)
