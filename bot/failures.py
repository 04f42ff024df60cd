"""What nobody foresaw, told in one line, with the details in a file."""

from __future__ import annotations

import os

from bot.output import warn

DEBUG_VARIABLE = "CITEBOT_DEBUG"


def debugging() -> bool:
    """Whether tracebacks are wanted: --debug or CITEBOT_DEBUG."""
    return os.environ.get(DEBUG_VARIABLE, "") not in {"", "0"}


def report(error: Exception) -> None:
    """Tell an error on stderr: its traceback when debugging, else its type and where the details lie."""
    if debugging():
        warn(_traceback(error).rstrip())
    else:
        warn(f"unexpected {named(error)}. {_kept(error)}")


def named(error: Exception) -> str:
    """`KeyError: 'title'`"""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _kept(error: Exception) -> str:
    """Write the traceback to a file that only this user can read, and say where."""
    import tempfile

    try:
        with tempfile.NamedTemporaryFile("wb", prefix="citebot-", suffix=".log", delete=False) as file:
            file.write(_traceback(error).encode("utf-8", "backslashreplace"))
    except OSError:
        return "For the details run it again with --debug"
    return f"Details: {file.name}"


def _traceback(error: Exception) -> str:
    import traceback

    return "".join(traceback.format_exception(error))
