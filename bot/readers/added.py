"""The folder of added models: one folder each, as `citebot models add` makes them."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import models
from index.errors import ModelError, UsageError

BOX = "box"
"""The name of the reader that comes with Citebot."""

_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,95}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Added:
    """A model that was added. name: what `reader.model` calls it."""

    name: str
    folder: Path
    card: models.Card


def checked_name(name: str) -> str:
    """The name, if a model can be added under it. Raises UsageError."""
    if name == BOX or not _NAME.fullmatch(name):
        raise UsageError(f"no model can be called {name!r}: letters, digits, `.`, `_` and `-`, but not `{BOX}`")
    return name


def added(folder: Path) -> list[Added]:
    """The models in the folder, by name; none where there is no folder. Raises ModelError."""
    return [Added(path.name, path, _card(path)) for path in _folders(folder)]


def find(folder: Path, name: str) -> Added | None:
    """The added model of that name, or the first that was made of the hub's model of that name."""
    if "/" not in name and _is_model(folder / name):
        return Added(name, folder / name, _card(folder / name))
    return next((one for one in added(folder) if one.card.origin == name), None)


def remove(folder: Path, name: str) -> Path:
    """Delete an added model. Raises UsageError for one that is not there, ModelError where it cannot be deleted."""
    if name == BOX:
        raise UsageError("the reader in the box cannot be removed: it comes with Citebot")
    place = folder / name
    if "/" in name or not _is_model(place):  # a damaged one can be removed, too
        found = find(folder, name)
        if found is None:
            raise UsageError(f"no model {name!r} was added in {folder}; {names_told(folder)}")
        place = found.folder
    gone = folder / f".removing-{place.name}"
    try:
        shutil.rmtree(gone, ignore_errors=True)
        place.rename(gone)  # at once, so that half a model is never opened
        shutil.rmtree(gone)
    except OSError as error:
        raise ModelError(f"{place} cannot be removed: {error.strerror}") from error
    return place


def names_told(folder: Path) -> str:
    """Which models were added, for a message."""
    names = [path.name for path in _folders(folder)]
    return f"added are: {', '.join(names)}" if names else "none was added yet"


def _folders(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.iterdir()) if _is_model(path)] if folder.is_dir() else []


def _is_model(path: Path) -> bool:
    return bool(_NAME.fullmatch(path.name)) and (path / models.CARD).exists()


def _card(folder: Path) -> models.Card:
    try:
        return models.load_card(folder)
    except models.ModelFilesError as error:
        raise ModelError(f"{error} Or: citebot models remove {folder.name}") from error
