"""Where a model to be added comes from: a folder, the local cache, or the hub, which is then said aloud."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.readers.choosing import CONFIG, cached_folder
from index.errors import ModelError

_WANTED = [
    "config.json", "tokenizer*", "vocab*", "merges.txt", "special_tokens_map.json", "added_tokens.json", "*.model",
    "README.md",
]  # fmt: skip
_LICENCE = re.compile(r"^licen[sc]e:[ \t]*[\"']?([^\s\"'#][^\n\"'#]*)", re.MULTILINE)

UNKNOWN_LICENCE = "not stated"

OnStep = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Origin:
    """A model's Hugging Face folder. name: of the hub, or the folder's path. revision: of the hub, where known."""

    folder: Path
    name: str
    revision: str | None

    @property
    def licence(self) -> str:
        """As the front matter of its README.md states it."""
        try:
            text = (self.folder / "README.md").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return UNKNOWN_LICENCE
        head = text.split("---", 2)[1] if text.startswith("---") and text.count("---") > 1 else ""
        found = _LICENCE.search(head)
        return found[1].strip() if found else UNKNOWN_LICENCE


def short_name(model: str) -> str:
    """What a model is called unless a name is given: the last part; what cannot stand in a name becomes a hyphen."""
    last = Path(model).expanduser().resolve().name
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", last).lstrip("._-") or "model"


def origin_of(name: str, *, told: OnStep) -> Origin:
    """The model of that name or folder; fetched from the hub where it is nowhere else. Raises ModelError."""
    folder = Path(name).expanduser()
    if folder.is_dir():
        if not (folder / CONFIG).exists():
            raise ModelError(f"{folder} holds no {CONFIG}: it is no Hugging Face folder of a model")
        return Origin(folder, str(folder.resolve()), None)
    if name.startswith((".", "/", "~")):
        raise ModelError(f"there is no folder {folder}")
    cached = cached_folder(name)
    if cached is None or not has_weights(cached):
        told(f"fetching {name} from the Hugging Face hub")
        cached = fetched(name)
    return Origin(cached, name, cached.name)


def has_weights(folder: Path) -> bool:
    """Whether weights lie there: a cache may hold a model's config alone."""
    return any(folder.glob("*.safetensors")) or any(folder.glob("pytorch_model*.bin"))


def fetched(name: str) -> Path:
    """The folder of a hub's model, fetched into the Hugging Face cache. Raises ModelError."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    import httpx2
    from huggingface_hub import snapshot_download
    from huggingface_hub.utils import disable_progress_bars  # type: ignore[attr-defined]

    if not sys.stderr.isatty():
        disable_progress_bars()
    try:
        folder = Path(snapshot_download(name, allow_patterns=[*_WANTED, "*.safetensors*"]))
        if not has_weights(folder):
            folder = Path(snapshot_download(name, allow_patterns=[*_WANTED, "pytorch_model*"]))
    except (OSError, ValueError, httpx2.HTTPError) as error:
        words = " ".join(str(error).split())[:300]
        raise ModelError(
            f"{name} is neither a folder nor in the local Hugging Face cache, and could not be fetched from the hub "
            f"({type(error).__name__}: {words}). Bring its folder from elsewhere: citebot models add FOLDER"
        ) from error
    return folder
