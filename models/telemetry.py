"""Nothing is told to anybody: the libraries that report on their use are told not to, before they are imported.

onnxruntime 1.32 on Linux looks up a host of its maker ten seconds after it was loaded and writes a device number
below HOME; haystack-ai 3.4 reports which components run. Each reads its variable once, when it is imported.
"""

from __future__ import annotations

import os
from typing import Final

VARIABLES: Final = {
    "ORT_DISABLE_TELEMETRY": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "false",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}


def turn_off_telemetry() -> None:
    """Set the variables, whatever the environment said; import it before any of the libraries."""
    os.environ.update(VARIABLES)
