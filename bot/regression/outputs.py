"""Where a run's reports go: tried before the run, written each whole and by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.files import is_plain, same_file, try_out, write_whole
from index.errors import UsageError

if TYPE_CHECKING:
    from bot.regression.comparison import Comparison
    from bot.regression.run import Run


@dataclass(frozen=True, slots=True)
class Outputs:
    """None for those not asked for. baseline: only where it is to be written."""

    json: Path | None = None
    predictions: Path | None = None
    junit: Path | None = None
    html: Path | None = None
    baseline: Path | None = None

    @property
    def paths(self) -> list[Path]:
        """Those asked for."""
        return [path for path in (self.json, self.predictions, self.junit, self.html, self.baseline) if path]


def check(outputs: Outputs, inputs: Sequence[Path]) -> None:
    """Before minutes of work: every output can be written, and is neither read nor written twice. Raises UsageError."""
    for number, path in enumerate(outputs.paths):
        if any(same_file(path, each) for each in inputs):
            raise UsageError(f"{path} is read by this run and would be overwritten: name another file")
        if is_plain(path) and any(same_file(path, each) for each in outputs.paths[:number]):
            raise UsageError(f"{path} is named for two outputs: give each a file of its own")
        try:
            try_out(path)
        except FileNotFoundError as error:
            raise UsageError(f"{path} cannot be written: name a file in a folder that is there") from error
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror}") from error


def write(run: Run, comparison: Comparison | None, outputs: Outputs, reason: str) -> dict[Path, str]:
    """Write each, whatever becomes of the others; what went wrong, by path."""
    failed: dict[Path, str] = {}
    for path, text in _texts(run, comparison, outputs, reason):
        try:
            write_whole(path, text())
        except OSError as error:
            failed[path] = f"{path} cannot be written: {error.strerror}"
    return failed


def _texts(
    run: Run, comparison: Comparison | None, outputs: Outputs, reason: str
) -> Iterator[tuple[Path, Callable[[], str]]]:
    from bot.regression import baseline, report_html, report_json, report_junit

    if outputs.baseline:
        yield outputs.baseline, lambda: baseline.text(baseline.of_run(run, reason))
    if outputs.json:
        yield outputs.json, lambda: report_json.text(run, comparison)
    if outputs.predictions:
        yield outputs.predictions, lambda: report_json.predictions(run)
    if outputs.junit:
        yield outputs.junit, lambda: report_junit.text(run)
    if outputs.html:
        yield outputs.html, lambda: report_html.text(run, comparison)
