"""`citebot ask` from a cold process, beside `import haystack`, in turns; and where the time goes.

python -m benchmarks.cold [--runs 7]
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import table

QUESTION = "How many foreign volunteers does Kuleba say have joined Kyiv's forces?"
CITEBOT = str(Path(sys.executable).with_name("citebot"))
ENVIRONMENT = {**os.environ, "HAYSTACK_TELEMETRY_ENABLED": "false"}
ENVIRONMENT.pop("PYTHONDONTWRITEBYTECODE", None)


def main() -> None:
    """Measure and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as scratch:
        ask = [sys.executable, CITEBOT, "ask", "--index", scratch, QUESTION]
        commands = {
            "import haystack": [sys.executable, "-c", "import haystack"],
            "citebot ask": ask,
            "citebot ask --no-sync": [*ask, "--no-sync"],
            "citebot --version": [sys.executable, CITEBOT, "--version"],
        }
        measure(ask)  # makes the index and the bytecode
        measured: dict[str, list[tuple[float, int]]] = {name: [] for name in commands}
        for _ in range(runs):
            for name, command in commands.items():
                measured[name].append(measure(command))
        show(measured)
        table.show("Where the time goes (citebot ask, ms of import, own and below)", ["module", "ms"], imports(ask))


def measure(command: list[str]) -> tuple[float, int]:
    """Seconds from start to exit, and the largest memory in KiB."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: exit status {process.returncode}")
    return time.perf_counter() - started, usage.ru_maxrss


def show(measured: dict[str, list[tuple[float, int]]]) -> None:
    """Medians, and the median of the ratios run by run."""
    base = [seconds for seconds, _ in measured["import haystack"]]
    rows = []
    for name, runs in measured.items():
        ratio = statistics.median(seconds / other for (seconds, _), other in zip(runs, base, strict=True))
        rows.append([name, statistics.median(s for s, _ in runs), ratio, max(kib for _, kib in runs) / 1024])
    table.show("Cold start", ["command", "median s", "times import haystack", "peak MB"], rows)


def imports(command: list[str]) -> list[tuple[str, float]]:
    """The largest imports of the outermost two levels."""
    timed = [command[0], "-X", "importtime", *command[1:]]
    log = subprocess.run(timed, capture_output=True, text=True, env=ENVIRONMENT, check=True).stderr
    found = re.findall(r"import time:\s+\d+ \|\s+(\d+) \|( +)(\S+)", log)
    outer = [(name, int(microseconds) / 1000) for microseconds, indent, name in found if len(indent) <= 3]
    return sorted(outer, key=lambda row: -row[1])[:12]


if __name__ == "__main__":
    main()
