"""Structured logs: one JSON object a line on stderr, without the text of questions unless that was asked for."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any, Final

from bot.telegram.redaction import RedactingFormatter, Redactor

LOGGER: Final = logging.getLogger("citebot.telegram")
_TALKATIVE: Final = ("httpx", "httpcore", "telegram")
"""Loggers that would put addresses with the token, or people's messages, into every line."""


class JsonFormatter(logging.Formatter):
    """A record as one ASCII-escaped line: time, level, logger, event, and the fields given with it."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=True, default=str)


def set_up(level: str, redact: Redactor) -> None:
    """From now on every log record of this process goes to stderr in this form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter(JsonFormatter(), redact))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


def log(level: int, event: str, **fields: Any) -> None:
    """One line: what happened, and its particulars."""
    LOGGER.log(level, event, extra={"fields": fields})


def log_failure(event: str, error: BaseException, **fields: Any) -> None:
    """One line with the traceback."""
    LOGGER.error(event, exc_info=(type(error), error, error.__traceback__), extra={"fields": fields})
