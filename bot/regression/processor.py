"""What kind of processor this is, as far as int8 arithmetic goes."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import Final

_X86: Final = ("amx_int8", "avx512_vnni", "avx_vnni", "avx512f", "avx2", "avx")
_ARM: Final = ("i8mm", "asimddp")


def kind_of_processor(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """Architecture and its widest int8 instructions, such as `x86_64 avx512_vnni`; the architecture alone elsewhere."""
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    flags = {flag for line in lines if line.lower().startswith(("flags", "features")) for flag in line.split()}
    widest = next((name for name in (*_X86, *_ARM) if name in flags), "")
    return " ".join(filter(None, (platform.machine(), widest)))
