"""A chat model behind a server that speaks OpenAI's protocol: llama.cpp, vLLM, LM Studio, Ollama and the like."""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from bot.generation.chat import Abandoned, GeneratorFailed, Heard, as_chat_message

if TYPE_CHECKING:
    from haystack.components.generators.chat import OpenAIChatGenerator
    from httpx import Request

    from prompts.templates import Message

LETTERS_A_TOKEN: Final = 2.5
"""Cautious: English has about four letters a token, names and numbers fewer."""
_SENT: Final = frozenset(
    "host accept accept-encoding connection content-type content-length authorization user-agent".split()
)
"""Headers of a request. The library has more of its own, among them what it finds in the environment."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a model is served and how it is asked. base_url: ends in /v1 or the like. key: None for none."""

    kind: str
    base_url: str
    model: str
    key: str | None
    max_tokens: int
    temperature: float
    seed: int
    silence_seconds: float

    @property
    def identity(self) -> str:
        """The kind and the model; not the address, which says nothing of the answer."""
        return f"{self.kind}/{self.model}"

    def warm_up(self) -> None:
        """Import what speaks to a server, which takes a second; the server loads its model itself."""
        _generator(self).close()

    def close(self) -> None:
        """Nothing is held between two replies."""

    def count(self, text: str) -> int:
        """An upper estimate: the server's tokenizer is not known."""
        plain = sum(character.isascii() for character in text)
        return math.ceil(plain / LETTERS_A_TOKEN) + 2 * (len(text) - plain)

    def session(self) -> _Reply:
        """One request, with a connection of its own, so that it alone can be cut."""
        return _Reply(self, _generator(self))


def host_outside(base_url: str) -> str | None:
    """The host a question would leave this machine for; None where it stays."""
    host = urlsplit(base_url).hostname or base_url
    if host == "localhost":
        return None
    try:
        return None if ipaddress.ip_address(host).is_loopback else host
    except ValueError:
        return host


class _Reply:
    def __init__(self, server: Server, generator: OpenAIChatGenerator) -> None:
        self._server = server
        self._generator = generator

    def run(self, messages: Sequence[Message], heard: Heard) -> None:
        from haystack.dataclasses import StreamingChunk

        ends: list[bool] = []

        def chunk(part: StreamingChunk) -> None:
            ends.append(bool(part.meta.get("finish_reason")))
            heard(part.content or "")

        said = [as_chat_message(message) for message in messages]
        try:
            self._generator.run(said, streaming_callback=chunk)
        except Abandoned:
            raise
        except Exception as error:  # openai, httpx, json and Haystack each raise a tree of their own
            raise GeneratorFailed(_told(self._server, error)) from error
        if ends and not any(ends):  # a connection that is closed under way looks like the end of a reply
            raise GeneratorFailed(f"{_where(self._server)} broke off before its reply was whole")

    def abort(self) -> None:
        """A read that is under way ends with its own time-out at the latest."""
        self._generator.close()


def _generator(server: Server) -> OpenAIChatGenerator:
    from haystack.components.generators.chat import OpenAIChatGenerator
    from haystack.utils import Secret

    generator = OpenAIChatGenerator(
        api_key=Secret.from_token(_key(server)),
        model=server.model,
        api_base_url=server.base_url,
        generation_kwargs={
            "max_tokens": server.max_tokens,
            "temperature": server.temperature,
            "seed": server.seed,
        },
        timeout=server.silence_seconds,
        max_retries=0,
        http_client_kwargs={
            "trust_env": host_outside(server.base_url) is not None,
            "event_hooks": {"request": [partial(_strip, server)]},
        },
    )
    generator.warm_up()
    return generator


def _strip(server: Server, request: Request) -> None:
    """Take away what the library adds of the environment: OPENAI_CUSTOM_HEADERS, OPENAI_ORG_ID and the like."""
    for name in [*request.headers]:
        if name.lower() not in _SENT:
            del request.headers[name]
    if "authorization" in request.headers:  # it is taken away where another host is redirected to
        request.headers["authorization"] = f"Bearer {_key(server)}"


def _key(server: Server) -> str:
    return server.key or "none"


def _told(server: Server, error: Exception) -> str:
    """What went wrong in a line, without the key."""
    from openai import APIConnectionError, APIStatusError, APITimeoutError

    where = _where(server)
    if isinstance(error, APITimeoutError):
        return f"{where} did not reply within {server.silence_seconds:g} s"
    if isinstance(error, APIConnectionError):
        return f"{where} cannot be reached; is the server running? ({_cause(error)})"
    if isinstance(error, APIStatusError):
        return f"{where} {_status(server, error.status_code)}"
    if isinstance(error, UnicodeDecodeError):
        return f"{where} sent a reply that is not UTF-8"
    return f"{where} broke off or sent what cannot be read ({_cause(error)})"


def _where(server: Server) -> str:
    return f"{server.kind} at {server.base_url}"


def _status(server: Server, status: int) -> str:
    if status in {401, 403}:
        return f"did not accept the key ({status}); set CITEBOT_GENERATOR__KEY"
    if status == 404:
        return f"does not know the model {server.model} or has no such address (404)"
    return f"answered with an error (HTTP {status})"


def _cause(error: BaseException) -> str:
    root = error.__cause__ or error
    words = " ".join(str(root).split())[:120]
    return f"{type(root).__name__}: {words}" if words else type(root).__name__
