"""A bar for long work, on a terminal's stderr only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.output import is_capable
from bot.render import one_line

if TYPE_CHECKING:
    from index.sync import Progress


@contextmanager
def progress_bar() -> Iterator[Callable[[Progress], None] | None]:
    """What to tell of a sync's progress, or None where nobody watches. The bar appears with the first word."""
    if not is_capable(sys.stderr):
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    path = TextColumn("{task.description}", markup=False)
    bar = Bar(
        BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), path, console=Console(stderr=True), transient=True
    )
    task = bar.add_task("", total=None)

    def show(progress: Progress) -> None:
        bar.start()
        bar.update(task, total=progress.total, completed=progress.done, description=one_line(progress.path))

    try:
        yield show
    finally:
        bar.stop()
