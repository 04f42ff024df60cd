"""The token never reaches a log, an exception's text or a message."""

from __future__ import annotations

import logging
from urllib.parse import quote

HIDDEN = "[token]"


class Redactor:
    """Takes the bot's token out of any text, whole or its secret half alone."""

    def __init__(self, *secrets: str) -> None:
        found = {secret for secret in secrets if secret}
        halves = {secret.partition(":")[2] for secret in found}
        everything = found | {half for half in halves if len(half) >= 8}
        spelled = everything | {quote(secret, safe="") for secret in everything}
        self._secrets = sorted(spelled, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text


class RedactingFormatter(logging.Formatter):
    """Another formatter's output, tracebacks included, without the secrets."""

    def __init__(self, inner: logging.Formatter, redact: Redactor) -> None:
        super().__init__()
        self._inner = inner
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        return self._redact(self._inner.format(record))
