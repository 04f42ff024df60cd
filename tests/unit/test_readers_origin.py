"""A hub on loopback that breaks off, as `citebot models add NAME` meets it. What needs torch is elsewhere."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bot.readers.adding.origin import fetched
from index.errors import ModelError

COMMIT = "0123456789abcdef0123456789abcdef01234567"
FILE = {"type": "file", "path": "config.json", "size": 100, "oid": "1"}


class _Hub(BaseHTTPRequestHandler):
    """Lists one file, and closes the connection after its first byte."""

    def do_HEAD(self) -> None:
        self._file()

    def do_GET(self) -> None:
        if self.path.startswith("/api/"):
            told = [FILE] if "/tree/" in self.path else {"id": "somebody/tiny", "sha": COMMIT, "siblings": []}
            body = json.dumps(told).encode()
            self._head(len(body))
            self.wfile.write(body)
        else:
            self._file()
            self.wfile.write(b"{")

    def _file(self) -> None:
        self._head(100, ETag='"1"', **{"X-Repo-Commit": COMMIT})

    def _head(self, length: int, **headers: str) -> None:
        self.send_response(200)
        for name, value in {"Content-Length": str(length), **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    from huggingface_hub import constants

    server = ThreadingHTTPServer(("127.0.0.1", 0), _Hub)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    monkeypatch.setattr(constants, "ENDPOINT", url)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", url + "/{repo_id}/resolve/{revision}/{filename}")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(time, "sleep", lambda _: None)  # before each of its retries
    yield
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.usefixtures("hub")
def test_a_hub_that_breaks_off_in_a_file_is_told_in_a_line() -> None:
    with pytest.raises(ModelError) as raised:
        fetched("somebody/tiny")
    assert "could not be fetched from the hub (RemoteProtocolError: peer closed connection" in str(raised.value)
    assert "\n" not in str(raised.value)
