"""`citebot ask`: one answer, or one for each line of stdin."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import click

from bot.commands.explaining import Hearing
from bot.commands.options import json_option, with_settings
from bot.commands.progress import progress_bar
from bot.commands.sync import tell_problems
from bot.failures import named, report
from bot.generation.listening import heard_by
from bot.output import is_capable, say, warn
from bot.render import answer_json, one_line
from bot.types import Answer, Status, failed
from index.errors import CitebotError, UsageError

if TYPE_CHECKING:
    from bot.assistant import Assistant
    from bot.settings import Settings
    from bot.where import Filter

EXAMPLES = """\b
Examples:
  citebot ask "How many foreign volunteers have joined Kyiv's forces?"
  citebot ask "Who resigned?" --where "published >= 2022-03-01" --json
  citebot ask --articles ~/news < questions.txt

\b
Exit status: 0 all answered, 1 some refused, 2 some failed or nothing could be asked.
"""


@click.command("ask", short_help="Answer a question from the articles, quoted.", epilog=EXAMPLES)
@click.argument("question", required=False)
@click.option(
    "--where",
    "conditions",
    metavar="CONDITION",
    multiple=True,
    help='"FIELD OP VALUE" on article, title, url or published; repeated, all must hold.',
)
@click.option("--explain", is_flag=True, help="Say on stderr what a generator wrote that is not said, and why.")
@click.option("--no-sync", is_flag=True, help="Do not look whether the articles folder has changed.")
@json_option
@with_settings
def command(
    *,
    settings: Settings,
    question: str | None,
    conditions: tuple[str, ...],
    explain: bool,
    no_sync: bool,
    as_json: bool,
) -> int:
    """Answer QUESTION from the articles, quoted, or say that they do not hold the answer.

    Without QUESTION, questions are read from stdin, one a line, and each line that is not blank gets one result.
    """
    from bot import where

    filters = where.filters([where.parse(condition) for condition in conditions])
    if question is not None and not question.strip():
        raise UsageError("the question is empty")
    questions = [question] if question is not None else questions_of_stdin()
    shows_errors = as_json or question is None
    worst = 0
    streams = question is not None and not as_json and is_capable(sys.stdout)
    hearing = Hearing(streams=streams, explains=explain)
    for answer in _answers(settings, questions, filters, hearing, sync=not no_sync, shows_errors=shows_errors):
        if shows_errors or answer.status is not Status.ERROR:
            say(_shown(answer, hearing, as_json=as_json, asked_in_line=question is None))
        worst = max(worst, _STATUSES[answer.status])
    return worst


_STATUSES = {Status.ANSWERED: 0, Status.REFUSED: 1, Status.ERROR: 2}


def questions_of_stdin() -> Iterator[str]:
    """The lines of stdin that are not blank; only a newline ends a line. Bytes that are not UTF-8 become surrogates."""
    if sys.stdin is None:
        return
    if sys.stdin.isatty():
        warn("asking line by line; Ctrl-D ends")
    for number, line in enumerate(sys.stdin.buffer):
        text = line.decode("utf-8-sig" if number == 0 else "utf-8", "surrogateescape")
        if text.strip():
            yield text.strip()


def _answers(
    settings: Settings,
    questions: Iterable[str],
    filters: Filter | None,
    hearing: Hearing,
    *,
    sync: bool,
    shows_errors: bool,
) -> Iterator[Answer]:
    """An answer to each question. Where nothing can be asked, each gets that error before it is raised."""
    try:
        assistant = _opened(settings, sync=sync)
    except Exception as error:
        if shows_errors:
            yield from (_failed(question, error) for question in questions)
        raise
    with closing(assistant):
        for question in questions:
            with heard_by(hearing.listener()):
                answer = _answer(assistant, question, filters)
            yield answer


def _opened(settings: Settings, *, sync: bool) -> Assistant:
    from bot.compose import open_assistant, sync_if_changed

    if sync:
        with progress_bar() as progress:
            receipt = sync_if_changed(settings, note=warn, progress=progress)
        if receipt is not None:
            tell_problems(receipt)
    return open_assistant(settings)


def _answer(assistant: Assistant, question: str, filters: Filter | None) -> Answer:
    try:
        if any("\ud800" <= character <= "\udfff" for character in question):
            raise UsageError(f"the question is not UTF-8: {one_line(question)}")
        return assistant.ask(question, filters=filters)
    except CitebotError as error:
        warn(str(error))
        return _failed(question, error)
    except Exception as error:  # one question's failure is told, and the next is asked
        report(error)
        return _failed(question, error)


def _failed(question: str, error: Exception) -> Answer:
    return failed(question, str(error) if isinstance(error, CitebotError) else named(error))


def _shown(answer: Answer, hearing: Hearing, *, as_json: bool, asked_in_line: bool) -> str:
    if as_json:
        return answer_json(answer)
    text = hearing.shown(answer)
    return f"> {one_line(answer.question)}\n\n{text}\n" if asked_in_line else text
