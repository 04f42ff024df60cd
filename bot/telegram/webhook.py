"""Updates that Telegram brings: a small HTTP server behind a reverse proxy that speaks TLS.

An update is confirmed by status 200, after it was stored. h11, which httpx brings along, reads the requests.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

import h11

from bot.telegram.logs import log
from bot.telegram.polling import Take
from index.errors import CitebotError

LARGEST_BYTES: Final = 1_000_000
SECONDS: Final = 20.0
SECRET_HEADER: Final = b"x-telegram-bot-api-secret-token"
_CHUNK: Final = 65_536


class Refused(Exception):
    """A request that is not one of Telegram's. The argument is the status."""


class Receiver:
    """Takes POST requests to one path that carry the secret; one request a connection."""

    def __init__(self, path: str, secret: str, take: Take) -> None:
        self._path = path.encode()
        self._secret = secret.encode()
        self._take = take
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> None:
        """Listen from now on. Raises OSError where the port is taken."""
        self._server = await asyncio.start_server(self._serve, host, port)

    @property
    def port(self) -> int:
        """The port it listens on."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Listen no longer."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = h11.Connection(h11.SERVER)
        try:
            status = await asyncio.wait_for(self._received(connection, reader), SECONDS)
            writer.write(_response(connection, status))
            await asyncio.wait_for(writer.drain(), SECONDS)
        except (h11.ProtocolError, OSError, TimeoutError) as error:
            log(logging.INFO, "a webhook request broke off", reason=type(error).__name__)
        finally:
            writer.close()

    async def _received(self, connection: h11.Connection, reader: asyncio.StreamReader) -> HTTPStatus:
        try:
            body = await self._body(connection, reader)
            update = json.loads(body)
        except Refused as error:
            return HTTPStatus(error.args[0])
        except ValueError:
            return HTTPStatus.BAD_REQUEST
        updates: Sequence[Any] = [update]
        try:
            await self._take(updates)
        except CitebotError as error:  # not stored, so not confirmed: Telegram brings it again
            log(logging.ERROR, "an update cannot be stored", reason=str(error))
            return HTTPStatus.SERVICE_UNAVAILABLE
        return HTTPStatus.OK

    async def _body(self, connection: h11.Connection, reader: asyncio.StreamReader) -> bytes:
        body = b""
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                connection.receive_data(await reader.read(_CHUNK))
            elif isinstance(event, h11.Request):
                self._check(event)
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) > LARGEST_BYTES:
                    raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            elif isinstance(event, h11.EndOfMessage):
                return body
            else:
                raise Refused(HTTPStatus.BAD_REQUEST)

    def _check(self, request: h11.Request) -> None:
        """Raises Refused. The secret comes first: whoever lacks it learns nothing."""
        given = dict(request.headers).get(SECRET_HEADER, b"")
        if not hmac.compare_digest(given, self._secret):
            raise Refused(HTTPStatus.FORBIDDEN)
        if request.target.partition(b"?")[0] != self._path:
            raise Refused(HTTPStatus.NOT_FOUND)
        if request.method != b"POST":
            raise Refused(HTTPStatus.METHOD_NOT_ALLOWED)


def _response(connection: h11.Connection, status: HTTPStatus) -> bytes:
    headers = [("Content-Length", "0"), ("Connection", "close")]
    head = connection.send(h11.Response(status_code=status.value, headers=headers))
    end = connection.send(h11.EndOfMessage())
    return (head or b"") + (end or b"")
