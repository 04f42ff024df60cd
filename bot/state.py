"""Where Citebot keeps what belongs to the person and not to an index: conversations and typed questions."""

from __future__ import annotations

import os
import sys
from pathlib import Path

OWNER_ONLY_FOLDER = 0o700
OWNER_ONLY_FILE = 0o600


def state_folder() -> Path:
    """The platform's folder for an application's state; it need not exist yet."""
    given = os.environ.get("XDG_STATE_HOME", "")
    if Path(given).is_absolute():  # the XDG specification has relative ones ignored
        return Path(given) / "citebot"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "citebot"
    return Path.home() / ".local" / "state" / "citebot"


def private_file(path: Path) -> Path:
    """The file, made where it is not there, readable by its owner alone, also where it was not before.

    Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=OWNER_ONLY_FOLDER)
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, OWNER_ONLY_FILE)
    try:
        os.fchmod(descriptor, OWNER_ONLY_FILE)
    finally:
        os.close(descriptor)
    return path
