"""Documents become articles, and articles go: what the administrator does from a chat."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from bot.render import note_line, receipt_text
from bot.telegram.seams import Filed
from bot.telegram.units import shortened
from index.errors import StorageFull, UsageError

if TYPE_CHECKING:
    from index.types import Article, Receipt

LARGEST_BYTES: Final = 20_000_000
"""What a bot may download."""
_STEM_BYTES: Final = 120
_UNSAFE: Final = re.compile(r"[^\w .()\-]+")
_NOTES: Final = 5


class FolderLibrary:
    """The articles folder and its index."""

    def __init__(
        self,
        folder: Path,
        removed: Path,
        sync: Callable[[], Receipt],
        articles_of: Callable[[str], list[Article]],
    ) -> None:
        """removed: where files go that are taken out. articles_of: the articles of a file in the index."""
        self._folder = folder
        self._removed = removed
        self._sync = sync
        self._articles_of = articles_of

    def add(self, file_name: str, data: bytes) -> Filed:
        """Raises UsageError, ExtractionError for what cannot become an article; then nothing is kept."""
        name = safe_name(file_name)
        _check(name, data)
        known = self._same_as(data, PurePosixPath(name).suffix)
        if known is not None:
            return Filed(known, ())
        name = self._kept(name, data)
        self._sync()
        titles = tuple(article.title for article in self._articles_of(name))
        if not titles:
            raise UsageError(f"{name} was kept, but the index passes it over. Look at .citebotignore and citebot sync")
        return Filed(name, titles)

    def remove(self, name: str) -> str:
        """name: as it stands under a quote. The file is moved, not deleted. Raises UsageError."""
        file, _, row = name.partition("#")
        if row and not self._articles_of(name) and self._articles_of(file):
            raise UsageError(f"{shortened(name, 200)} is a row. Its whole file goes with: /remove {file}")
        path = self._file_of(name)
        self._removed.mkdir(parents=True, exist_ok=True, mode=0o700)
        goal = self._removed / f"{time.strftime('%Y%m%d-%H%M%S')}-{path.name}"
        _moved(path, goal)
        self._sync()
        return str(goal)

    def sync(self) -> str:
        receipt = self._sync()
        notes = [note_line(note) for note in receipt.failures[:_NOTES]]
        return "\n".join([receipt_text(receipt, self._folder.name), *notes])

    def _file_of(self, name: str) -> Path:
        """The file of an article in the index; nothing else can be named. Raises UsageError."""
        if not self._articles_of(name):
            raise UsageError(f"there is no article named {shortened(name, 200)}. The names stand under the quotes")
        path = (self._folder / name).resolve()
        if not path.is_relative_to(self._folder.resolve()) or not path.is_file():
            raise UsageError(f"{name} lies outside of the articles folder, or is gone. Use /sync")
        return path

    def _same_as(self, data: bytes, suffix: str) -> str | None:
        """A file in the folder with the same content."""
        digest = hashlib.sha256(data).digest()
        for path in sorted(self._folder.glob(f"*{suffix}")):
            if path.is_file() and path.stat().st_size == len(data) and _digest(path) == digest:
                return path.name
        return None

    def _kept(self, name: str, data: bytes) -> str:
        """Write a file whole or not at all, over nothing that is there; the name it got."""
        handle, temporary = tempfile.mkstemp(prefix=".citebot-", dir=self._folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fchmod(file.fileno(), 0o644)
                os.fsync(file.fileno())
            return _linked(Path(temporary), self._folder, name)
        except OSError as error:
            raise StorageFull(f"the document cannot be written into {self._folder}: {error.strerror}") from error
        finally:
            Path(temporary).unlink(missing_ok=True)


def safe_name(file_name: str) -> str:
    """A plain name for a file in the articles folder, whatever somebody called it. Raises UsageError.

    No folder, nothing hidden, no control or bidirectional characters, a bounded length, a known ending.
    """
    from index.scan import SUPPORTED

    last = unicodedata.normalize("NFC", file_name).replace("\\", "/").rpartition("/")[2]
    path = PurePosixPath(_UNSAFE.sub("_", last).strip(" ._"))
    suffix = path.suffix.lower()
    if suffix not in SUPPORTED:
        raise UsageError(f"I can take {', '.join(sorted(SUPPORTED))}; this is {shortened(_UNSAFE.sub('_', last), 80)}")
    stem = path.stem.encode()[:_STEM_BYTES].decode("utf-8", "ignore").strip(" .-_")
    return f"{stem or 'document'}{suffix}"


def _check(name: str, data: bytes) -> None:
    """Whether the content becomes an article. Raises ExtractionError, UsageError."""
    from index.extraction import extract

    if len(data) > LARGEST_BYTES:
        raise UsageError(f"{name} has {len(data) / 1e6:.0f} MB; a bot can take {LARGEST_BYTES / 1e6:.0f} MB")
    extract(Path(name), name, data)


def _digest(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


def _linked(temporary: Path, folder: Path, name: str) -> str:
    """Give a file its name, or the next free one; linking, unlike renaming, overwrites nothing."""
    path = PurePosixPath(name)
    for number in range(1, 1_000):
        candidate = name if number == 1 else f"{path.stem}-{number}{path.suffix}"
        try:
            (folder / candidate).hardlink_to(temporary)
        except FileExistsError:
            continue
        return candidate
    raise FileExistsError(f"a thousand files are named {name}")


def _moved(path: Path, goal: Path) -> None:
    import shutil

    try:
        shutil.move(path, goal)
    except OSError as error:
        raise StorageFull(f"{path.name} cannot be moved to {goal.parent}: {error.strerror}") from error
