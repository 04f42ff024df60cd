"""`citebot regress`: question sets asked, judged, and compared with a baseline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.commands.case_progress import case_bar
from bot.commands.options import with_settings
from bot.commands.progress import progress_bar
from bot.commands.sync import tell_problems
from bot.failures import report as tell_unexpected
from bot.files import expanded
from bot.output import say, warn
from index.errors import CitebotError, UsageError

if TYPE_CHECKING:
    from bot.assistant import Assistant
    from bot.regression.baseline import Baseline
    from bot.regression.cases import QuestionSet
    from bot.regression.outputs import Outputs
    from bot.regression.run import Run
    from bot.regression.selection import Selection
    from bot.settings import Settings

CASE_SECONDS = 300
AS_EXPECTED, WORSE, COULD_NOT_RUN = 0, 1, 3

EXAMPLES = """\b
Examples:
  citebot regress tests/regression/seeds/questions.yaml
  citebot regress questions.yaml --baseline baseline.json --html report.html
  citebot regress questions.yaml --baseline baseline.json --update-baseline --reason "new reader"
  citebot regress squad-dev.json --as-articles --predictions predictions.json
  citebot regress questions.yaml --last-failed

\b
Exit status: 0 as expected, 1 worse than the baseline (without one: any case wrong), 2 unusable set, 3 could not run.
"""


@click.command("regress", epilog=EXAMPLES)
@click.argument("sets", metavar="SET...", nargs=-1, required=True)
@click.option("--as-articles", is_flag=True, help="Ask SQuAD files over their own paragraphs.")
@click.option("--tag", "tags", metavar="TAG", multiple=True, help="Only cases with this tag; repeated, any of them.")
@click.option("--id", "ids", metavar="ID", multiple=True, help="Only these cases; * and ? as in file names.")
@click.option("--last-failed", is_flag=True, help="Only the cases that were wrong when they were last asked.")
@click.option("--without-evidence", is_flag=True, help="Ask each answerable case again with its evidence taken away.")
@click.option(
    "--case-seconds",
    metavar="SECONDS",
    type=click.FloatRange(min=0, max=1_000_000),
    default=CASE_SECONDS,
    help=f"How long a case may take; 0 for any time.  [default: {CASE_SECONDS}]",
)
@click.option("--baseline", metavar="FILE", help="Compare with this file.")
@click.option("--update-baseline", is_flag=True, help="Write the run to the file of --baseline.")
@click.option("--reason", metavar="TEXT", help="Why the baseline changes; kept in it.")
@click.option("--strict", is_flag=True, help="Better than the baseline is exit status 1 too, so that it stays true.")
@click.option("--json", "json_file", metavar="FILE", help="The run as JSON.")
@click.option("--predictions", metavar="FILE", help='Answers in the form of SQuAD: {id: answer or ""}.')
@click.option("--junit", metavar="FILE", help="The run as JUnit XML.")
@click.option("--html", metavar="FILE", help="The run as one page.")
@click.option("--no-sync", is_flag=True, help="Do not look whether the articles folder has changed.")
@with_settings
def command(
    *,
    settings: Settings,
    sets: tuple[str, ...],
    as_articles: bool,
    tags: tuple[str, ...],
    ids: tuple[str, ...],
    last_failed: bool,
    without_evidence: bool,
    case_seconds: float,
    baseline: str | None,
    update_baseline: bool,
    reason: str | None,
    strict: bool,
    json_file: str | None,
    predictions: str | None,
    junit: str | None,
    html: str | None,
    no_sync: bool,
) -> int:
    """Ask the cases of each SET and say which are wrong, where they were lost, and what changed.

    A SET is YAML or JSON Lines as docs/regression.md says, or SQuAD 1.1 or 2.0 JSON.
    """
    from bot.regression.outputs import Outputs, check
    from bot.regression.selection import Selection, failed_last

    paths = [expanded(name) for name in sets]
    recorded = _expanded(baseline)
    outputs = Outputs(
        json=_expanded(json_file),
        predictions=_expanded(predictions),
        junit=_expanded(junit),
        html=_expanded(html),
        baseline=recorded if update_baseline else None,
    )
    check(outputs, [*paths, *_read_too(recorded, update=update_baseline)])
    chosen = Selection(tags, ids, failed_last(settings.index) if last_failed else None)
    loaded = _loaded(paths, chosen)
    before = _baseline(recorded, update=update_baseline, reason=reason, selection=chosen)
    try:
        run = _run(
            settings,
            loaded,
            as_articles,
            complete=chosen.is_all,
            without=without_evidence,
            seconds=case_seconds,
            sync=not no_sync,
        )
    except CitebotError as error:
        warn(str(error))
        return COULD_NOT_RUN
    except Exception as error:  # whatever stopped it, the run has no result
        tell_unexpected(error)
        return COULD_NOT_RUN
    return _told(run, before, outputs, reason or "", strict=strict)


def _expanded(name: str | None) -> Path | None:
    return expanded(name) if name else None


def _read_too(baseline: Path | None, *, update: bool) -> list[Path]:
    """What the run reads besides the sets: the settings, and a baseline that it does not write anew."""
    from bot.settings import DEFAULT_CONFIG

    config = click.get_current_context().params["config"]
    return [Path(config or DEFAULT_CONFIG), *([baseline] if baseline and not update else [])]


def _loaded(paths: Sequence[Path], selection: Selection) -> list[QuestionSet]:
    from bot.regression.selection import selected
    from bot.regression.sets import load

    return selected(load(paths), selection)


def _baseline(path: Path | None, *, update: bool, reason: str | None, selection: Selection) -> Baseline | None:
    from bot.regression.baseline import BaselineUnusable, read

    if path is None and (update or reason):
        raise UsageError("--update-baseline and --reason need --baseline FILE")
    if update and not selection.is_all:
        raise UsageError("a baseline is of whole sets: leave out --tag, --id and --last-failed")
    if path is None or (update and not path.exists()):
        return None
    try:
        return read(path)
    except BaselineUnusable as error:
        if not update:
            raise
        warn(f"{error}, as is done now")
        return None


def _run(
    settings: Settings,
    sets: Sequence[QuestionSet],
    as_articles: bool,
    *,
    complete: bool,
    without: bool,
    seconds: float,
    sync: bool,
) -> Run:
    from bot.regression import session

    given = click.get_current_context().params["articles"] is not None
    with case_bar(sum(len(each.cases) for each in sets)) as told:
        return session.run(
            sets,
            settings,
            lambda own: open_synced(own, sync=sync),
            as_articles=as_articles,
            articles_given=given,
            complete=complete,
            without_evidence=without,
            seconds=seconds,
            told=told,
        )


def open_synced(settings: Settings, *, sync: bool, note: Callable[[str], None] = warn) -> Assistant:
    """The assistant over an index that is in line with its folder. note: told when its reader is not calibrated."""
    from bot.compose import open_assistant, sync_if_changed

    if sync:
        with progress_bar() as progress:
            receipt = sync_if_changed(settings, note=warn, progress=progress)
        if receipt is not None:
            tell_problems(receipt)
    return open_assistant(settings, note=note)


def _told(run: Run, before: Baseline | None, outputs: Outputs, reason: str, *, strict: bool) -> int:
    from bot.regression import report_table
    from bot.regression.comparison import compare
    from bot.regression.outputs import write

    comparison = compare(run, before) if before is not None else None
    failed = write(run, comparison, outputs, reason)
    say(report_table.text(run, comparison))
    if outputs.baseline and outputs.baseline not in failed:
        say(f"Baseline written: {outputs.baseline}")
    if failed:
        raise UsageError("\n".join(failed.values()))
    if outputs.baseline:
        return AS_EXPECTED
    if comparison is None:
        return WORSE if run.wrong else AS_EXPECTED
    return WORSE if comparison.is_worse or (strict and comparison.is_better) else AS_EXPECTED
