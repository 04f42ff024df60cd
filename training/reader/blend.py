"""Mix two readers' weights: a share of what a fine-tuned one learned, the rest of the one it came from.

Run: python -m training.reader.blend START TUNED --share 0.5 --out FOLDER
The straight line between both is a known cheap gain (Wortsman et al. 2022): the new skill at less loss of the old.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from safetensors.torch import load_file, save_file


def blend(start: Path, tuned: Path, share: float, out: Path) -> None:
    """Write tuned's folder to out with share of tuned's weights and 1 - share of start's; fp32."""
    old, new = (load_file(folder / "model.safetensors") for folder in (start, tuned))
    if old.keys() != new.keys():
        raise ValueError(f"the readers differ in {sorted(old.keys() ^ new.keys())}; blend readers of one architecture")
    shutil.copytree(tuned, out, dirs_exist_ok=True)
    mixed = {name: old[name].float().lerp(new[name].float(), share).contiguous() for name in new}
    save_file(mixed, out / "model.safetensors", metadata={"format": "pt"})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("start", type=Path)
    parser.add_argument("tuned", type=Path)
    parser.add_argument("--share", type=float, required=True, help="0: start, 1: tuned")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    blend(arguments.start, arguments.tuned, arguments.share, arguments.out)


if __name__ == "__main__":
    main()
