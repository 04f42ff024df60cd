"""A server on loopback that speaks OpenAI's protocol as far as it is asked to, and fails as it is told to."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Request = dict[str, Any]
Chunks = Iterator[bytes | float]
"""Bytes to send, and seconds to wait in between."""


def event(content: str | None, finish: str | None = None) -> bytes:
    """One server-sent event with a piece of a reply."""
    delta = {} if content is None else {"content": content}
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    record = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "fake", "choices": [choice]}
    return f"data: {json.dumps(record)}\n\n".encode()


END = event(None, "stop") + b"data: [DONE]\n\n"


def whole(text: str) -> Chunks:
    """The reply as it should be, a few characters at a time."""
    for start in range(0, len(text), 7):
        yield event(text[start : start + 7])
    yield END


@dataclass
class FakeChat:
    """reply: the chunks for a request. status: other than 200 fails at once. asked: every request, in order."""

    reply: Callable[[Request], Chunks]
    status: int = 200
    body: bytes = b'{"error": {"message": "no"}}'
    asked: list[Request] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    cut: threading.Event = field(default_factory=threading.Event)
    """Set once a client was gone while it was being sent to."""


@contextlib.contextmanager
def served(fake: FakeChat) -> Iterator[str]:
    """Inside, the fake listens; gives the base URL, ending in /v1."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            fake.asked.append(request)
            fake.keys.append(self.headers.get("Authorization", ""))
            fake.headers.append({name.lower(): value for name, value in self.headers.items()})
            if fake.status != 200:
                self._fail()
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            with contextlib.suppress(OSError):
                self._stream(request)
                return
            fake.cut.set()

        def _fail(self) -> None:
            self.send_response(fake.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(fake.body)))
            self.end_headers()
            self.wfile.write(fake.body)

        def _stream(self, request: Request) -> None:
            for chunk in fake.reply(request):
                if isinstance(chunk, float):
                    fake.stopping.wait(chunk)
                else:
                    self.wfile.write(chunk)
                    self.wfile.flush()
                if fake.stopping.is_set():
                    return

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        fake.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()
