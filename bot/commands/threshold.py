"""`citebot models threshold`: the refusal threshold of a folder, fitted from its own question set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.commands.case_progress import case_bar
from bot.commands.options import json_option, with_settings
from bot.commands.regress import open_synced
from bot.output import say
from bot.render import as_json as json_line
from index.errors import UsageError

if TYPE_CHECKING:
    from bot.regression.cases import Case, QuestionSet
    from bot.regression.run import Corpus
    from bot.regression.threshold import Fitted, Shown
    from bot.regression.workplace import Opener
    from bot.settings import Settings

EXAMPLES = """\b
Examples:
  citebot models threshold questions.yaml --precision 0.95
  citebot models threshold squad-dev.json --as-articles --picture risk.svg
"""


@click.command("threshold", epilog=EXAMPLES)
@click.argument("sets", metavar="SET...", nargs=-1, required=True)
@click.option("--precision", type=float, default=0.95, show_default=True, help="The share of answers to be right.")
@click.option("--as-articles", is_flag=True, help="Ask SQuAD files over their own paragraphs.")
@click.option("--picture", metavar="FILE", help="The curve of risk and coverage, as SVG.")
@click.option("--no-sync", is_flag=True, help="Do not look whether the articles folder has changed.")
@json_option
@with_settings
def command(
    *,
    settings: Settings,
    sets: tuple[str, ...],
    precision: float,
    as_articles: bool,
    picture: str | None,
    no_sync: bool,
    as_json: bool,
) -> int:
    """Fit the confidence that an answer needs, so that the given share of answers is right.

    Each answerable case of SET is asked twice: as it is, and with every passage that holds the answer taken away,
    where whatever is answered is made up. Nothing is changed: the fitted value is printed, for the settings.
    """
    from bot.regression.sets import load

    check_precision(precision)
    fitted = _fitted(settings, load([Path(path) for path in sets]), precision, as_articles, sync=not no_sync)
    if picture is not None:
        _write_picture(Path(picture), fitted)
    say(json_line(_record(fitted)) if as_json else _text(fitted))
    return 0


def _fitted(
    settings: Settings, sets: Sequence[QuestionSet], precision: float, as_articles: bool, *, sync: bool
) -> Fitted:
    from bot.regression import threshold

    opener: Opener = partial(open_synced, sync=sync)
    with one_corpus(settings, sets, opener, as_articles=as_articles) as (cases, corpus), case_bar(len(cases)) as told:
        asked = list(threshold.probes(cases, corpus.asker, corpus.shelf, told))
        return threshold.fit(asked, corpus.asker, precision)


@contextmanager
def one_corpus(
    settings: Settings, sets: Sequence[QuestionSet], opener: Opener, *, as_articles: bool
) -> Iterator[tuple[list[Case], Corpus]]:
    """The cases of some sets and the articles they are asked over. Raises UsageError where these are not the same."""
    from bot.regression import workplace

    settings = settings.model_copy(update={"generator": type(settings.generator)()})  # it changes no fit
    given = click.get_current_context().params["articles"] is not None
    found = workplace.groups(sets, settings, as_articles=as_articles, given=given)
    if len(found) > 1:
        raise UsageError("these sets are over different articles; what is fitted is of one folder")
    with workplace.opened(found[0], opener) as corpus:
        yield [case for question_set in found[0].sets for case in question_set.cases], corpus


def check_precision(precision: float) -> None:
    """Raises UsageError for what is no share."""
    if not 0 < precision <= 1:
        raise UsageError(f"--precision is a share above 0 and at most 1, not {precision}")


def _text(fitted: Fitted) -> str:
    lines = [
        f"{fitted.probes} questions, with and without their evidence",
        f"{'':22}{'in use':>10}{'fitted':>10}",
        *(shown_row(name, fitted.before, fitted.after) for name in asdict(fitted.after)),
        "",
        "To use it, in citebot.toml:",
        "  [reader]",
        f"  threshold = {fitted.after.threshold}",
    ]
    return "\n".join(lines)


def shown_row(name: str, before: Shown, after: Shown) -> str:
    """A line of the table: what a threshold does, as it was and fitted."""
    values = [getattr(shown, name) for shown in (before, after)]
    return f"{name.replace('_', ' '):22}" + "".join(f"{'-' if v is None else f'{v:.4f}':>10}" for v in values)


def _record(fitted: Fitted) -> dict[str, object]:
    return {
        "precision": fitted.precision,
        "probes": fitted.probes,
        "before": asdict(fitted.before),
        "after": asdict(fitted.after),
        "curve": [[round(x, 4), round(y, 4)] for x, y in fitted.curve],
    }


def _write_picture(path: Path, fitted: Fitted) -> None:
    from bot.regression.pictures import risk_coverage_picture, standing_alone

    try:
        path.write_text(standing_alone(risk_coverage_picture(fitted.curve)), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
