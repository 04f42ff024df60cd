"""A bar for the cases of a run, on a terminal's stderr only."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.output import is_capable
from bot.render import one_line

if TYPE_CHECKING:
    from bot.regression.cases import Case
    from bot.regression.run import OnCase


@contextmanager
def case_bar(total: int) -> Iterator[OnCase | None]:
    """What to tell of each case, or None where nobody watches."""
    if not is_capable(sys.stderr):
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    words = TextColumn("{task.description}", markup=False)
    with Progress(
        BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), words, console=Console(stderr=True), transient=True
    ) as bar:
        task = bar.add_task("", total=total)
        wrong = 0

        def told(case: Case, right: bool) -> None:
            nonlocal wrong
            wrong += not right
            bar.update(task, advance=1, description=f"{wrong} wrong  {one_line(case.id)}")

        yield told
