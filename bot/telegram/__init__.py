"""The Telegram bot. Nothing outside this package imports telegram."""

from __future__ import annotations

import os

os.environ.setdefault("PTB_TIMEDELTA", "true")  # or python-telegram-bot warns at every RetryAfter
