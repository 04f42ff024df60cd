"""The core behind python-telegram-bot's own request class: no socket at all."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from tests.fake_bot_api.core import FakeTelegram
from tests.fake_bot_api.errors import ApiError, ConnectionCut, NeverAnswers

BASE_URL = "https://fake.invalid/bot"


class MemoryRequest(BaseRequest):
    """Calls the core directly."""

    def __init__(self, telegram: FakeTelegram) -> None:
        self._telegram = telegram

    @property
    def read_timeout(self) -> float | None:
        return 1.0

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, **_: Any
    ) -> tuple[int, bytes]:
        parts = urlsplit(url)
        try:
            return await self._answered(unquote(parts.path), dict(parse_qsl(parts.query)), request_data)
        except NeverAnswers:
            raise TimedOut from None
        except ConnectionCut as cut:
            raise NetworkError(f"cut {cut}") from None

    async def _answered(self, path: str, query: dict[str, str], data: RequestData | None) -> tuple[int, bytes]:
        file = path.removeprefix(f"/file/bot{self._telegram.token}/")
        if file != path:
            found = self._telegram.file(file)
            return (200, found) if found is not None else (404, b"")
        token, _, name = path.removeprefix("/bot").partition("/")
        if token != self._telegram.token:
            return _failure(ApiError(401, "Unauthorized"))
        params = {**query, **(data.json_parameters if data is not None else {})}
        try:
            result = await self._telegram.call(name, params, data.multipart_data if data is not None else {})
        except ApiError as error:
            return _failure(error)
        return 200, json.dumps({"ok": True, "result": result}).encode()


def _failure(error: ApiError) -> tuple[int, bytes]:
    return error.code, json.dumps(error.body()).encode()
