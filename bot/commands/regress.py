"""`citebot regress`: question sets asked, judged, and compared with a baseline."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.commands.case_progress import case_bar
from bot.commands.options import with_settings
from bot.commands.progress import progress_bar
from bot.commands.sync import tell_problems
from bot.failures import report as tell_unexpected
from bot.output import say, warn
from index.errors import CitebotError, UsageError

if TYPE_CHECKING:
    from bot.assistant import Assistant
    from bot.regression.baseline import Baseline
    from bot.regression.cases import QuestionSet
    from bot.regression.comparison import Comparison
    from bot.regression.run import Run
    from bot.regression.selection import Selection
    from bot.settings import Settings

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


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where the reports go; None for those not asked for."""

    json: str | None
    predictions: str | None
    junit: str | None
    html: str | None


@click.command("regress", epilog=EXAMPLES)
@click.argument("sets", metavar="SET...", nargs=-1, required=True)
@click.option("--as-articles", is_flag=True, help="Ask SQuAD files over their own paragraphs.")
@click.option("--tag", "tags", metavar="TAG", multiple=True, help="Only cases with this tag; repeated, any of them.")
@click.option("--id", "ids", metavar="ID", multiple=True, help="Only these cases; * and ? as in file names.")
@click.option("--last-failed", is_flag=True, help="Only the cases that were wrong when they were last asked.")
@click.option("--without-evidence", is_flag=True, help="Ask each answerable case again with its evidence taken away.")
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
    from bot.regression.selection import Selection, failed_last

    outputs = Outputs(json_file, predictions, junit, html)
    _check_outputs(outputs)
    chosen = Selection(tags, ids, failed_last(settings.index) if last_failed else None)
    loaded = _loaded(sets, chosen)
    before = _baseline(baseline, update=update_baseline, reason=reason, selection=chosen)
    try:
        run = _run(settings, loaded, as_articles, complete=chosen.is_all, without=without_evidence, sync=not no_sync)
    except CitebotError as error:
        warn(str(error))
        return COULD_NOT_RUN
    except Exception as error:  # whatever stopped it, the run has no result
        tell_unexpected(error)
        return COULD_NOT_RUN
    return _told(run, before, outputs, Path(baseline) if baseline and update_baseline else None, reason, strict=strict)


def _loaded(paths: Sequence[str], selection: Selection) -> list[QuestionSet]:
    from bot.regression.selection import selected
    from bot.regression.sets import load

    return selected(load([Path(path) for path in paths]), selection)


def _check_outputs(outputs: Outputs) -> None:
    """Before minutes of work: every file asked for can be written where it is asked for."""
    for name in (outputs.json, outputs.predictions, outputs.junit, outputs.html):
        if name is not None and (not Path(name).parent.is_dir() or Path(name).is_dir()):
            raise UsageError(f"{name} cannot be written: name a file in a folder that is there")


def _baseline(path: str | None, *, update: bool, reason: str | None, selection: Selection) -> Baseline | None:
    from bot.regression.baseline import read

    if path is None and (update or reason):
        raise UsageError("--update-baseline and --reason need --baseline FILE")
    if update and not selection.is_all:
        raise UsageError("a baseline is of whole sets: leave out --tag, --id and --last-failed")
    if path is None or (update and not Path(path).exists()):
        return None
    return read(Path(path))


def _run(
    settings: Settings, sets: Sequence[QuestionSet], as_articles: bool, *, complete: bool, without: bool, sync: bool
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


def _told(
    run: Run, before: Baseline | None, outputs: Outputs, update: Path | None, reason: str | None, *, strict: bool
) -> int:
    from bot.regression import baseline, report_table
    from bot.regression.comparison import compare

    comparison = compare(run, before) if before is not None else None
    _write(run, comparison, outputs)
    say(report_table.text(run, comparison))
    if update is not None:
        baseline.write(baseline.of_run(run, reason or ""), update)
        say(f"Baseline written: {update}")
        return AS_EXPECTED
    if comparison is None:
        return WORSE if run.wrong else AS_EXPECTED
    return WORSE if comparison.is_worse or (strict and comparison.is_better) else AS_EXPECTED


def _write(run: Run, comparison: Comparison | None, outputs: Outputs) -> None:
    for name, text in _reports(run, comparison, outputs):
        try:
            Path(name).write_text(text, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{name} cannot be written: {error.strerror}") from error


def _reports(run: Run, comparison: Comparison | None, outputs: Outputs) -> Iterator[tuple[str, str]]:
    from bot.regression import report_html, report_json, report_junit

    if outputs.json:
        yield outputs.json, report_json.text(run, comparison)
    if outputs.predictions:
        yield outputs.predictions, report_json.predictions(run)
    if outputs.junit:
        yield outputs.junit, report_junit.text(run)
    if outputs.html:
        yield outputs.html, report_html.text(run, comparison)
