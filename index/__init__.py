"""The article side: a folder of articles in, hits out. It knows nothing of chat.

Importing this package is cheap; `PassageStore` brings Haystack along when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.telemetry import turn_off_telemetry

if TYPE_CHECKING:
    from index.store import PassageStore

__all__ = ["PassageStore"]

turn_off_telemetry()


def __getattr__(name: str) -> Any:
    if name == "PassageStore":
        from index.store import PassageStore

        return PassageStore
    raise AttributeError(f"module 'index' has no attribute {name!r}")
