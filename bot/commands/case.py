"""`citebot case`: cases for question sets, from questions as they are asked."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.commands.options import with_settings
from bot.commands.regress import open_synced
from bot.files import expanded
from bot.output import answer_style, say
from bot.render import answer_text
from index.errors import UsageError

if TYPE_CHECKING:
    from bot.regression.cases import Case
    from bot.settings import Settings
    from bot.types import Answer

EXAMPLES = """\b
Examples:
  citebot case add "Who is the Pentagon spokesman?" --set questions.yaml
  citebot case add "Who is the mayor?" --set questions.yaml --unanswerable
  citebot case add "When was it?" --set questions.yaml --answer "February 24" --tag date
  citebot case add --from-feedback --set drafts.yaml
"""


@click.group("case")
def command() -> None:
    """Cases for question sets."""


@command.command("add", epilog=EXAMPLES)
@click.argument("question", required=False)
@click.option("--from-feedback", is_flag=True, help="Add what people in Telegram said of answers, as draft cases.")
@click.option("--set", "set_file", metavar="FILE", required=True, help="The set, YAML or JSON Lines; made if absent.")
@click.option("--answer", "text", metavar="TEXT", help="What the answer should be.")
@click.option("--unanswerable", is_flag=True, help="A refusal is right.")
@click.option("--accept", is_flag=True, help="What it answers now is right.")
@click.option("--id", "identity", metavar="ID", help="The case's id; made from the question unless given.")
@click.option("--tag", "tags", metavar="TAG", multiple=True, help="A tag of the case; may be repeated.")
@click.option("--where", "conditions", metavar="CONDITION", multiple=True, help='"FIELD OP VALUE", as ask takes it.')
@click.option("--no-sync", is_flag=True, help="Do not look whether the articles folder has changed.")
@with_settings
def add(
    *,
    settings: Settings,
    question: str | None,
    from_feedback: bool,
    set_file: str,
    text: str | None,
    unanswerable: bool,
    accept: bool,
    identity: str | None,
    tags: tuple[str, ...],
    conditions: tuple[str, ...],
    no_sync: bool,
) -> int:
    """Ask QUESTION, show the answer, and add a case that expects it, or what you say instead, to a set."""
    from bot.regression import casefile

    path = expanded(set_file)
    if from_feedback:
        from bot.commands.case_feedback import add_drafts

        return add_drafts(settings, path, question)
    if question is None:
        raise UsageError("there is no QUESTION. Give one, or --from-feedback")
    given = [text is not None, unanswerable, accept]
    if sum(given) > 1:
        raise UsageError("--answer, --unanswerable and --accept exclude each other")
    if not any(given) and not sys.stdin.isatty():
        raise UsageError("there is nobody to confirm the answer: give --accept, --answer TEXT or --unanswerable")
    casefile.try_out(path)
    taken = _ids(path)
    answer = _asked(settings, question, conditions, sync=not no_sync)
    say(answer_text(answer, answer_style()))
    name = identity or casefile.free_id(question, taken)
    case = _decided(answer, name, tags, conditions, text=text, unanswerable=unanswerable, accept=accept)
    if case is None:
        say("Nothing added.")
        return 0
    casefile.add(case, path)
    say(f"Added {case.id} to {set_file}.")
    return 0


def _asked(settings: Settings, question: str, conditions: tuple[str, ...], *, sync: bool) -> Answer:
    from bot import where

    filters = where.filters([where.parse(condition) for condition in conditions])
    with closing(open_synced(settings, sync=sync)) as assistant:
        return assistant.ask(question, filters=filters)


def _ids(path: Path) -> set[str]:
    from bot.regression.sets import load_one

    return {case.id for case in load_one(path).cases} if path.exists() else set()


def _decided(
    answer: Answer,
    identity: str,
    tags: tuple[str, ...],
    conditions: tuple[str, ...],
    *,
    text: str | None,
    unanswerable: bool,
    accept: bool,
) -> Case | None:
    """The case as the flags, or else the person, decide; None for none."""
    from bot.regression import casefile

    if text is None and not unanswerable and not accept:
        choice, text = _prompted()
        if choice == "n":
            return None
        unanswerable, accept = choice == "u", choice == "y"
    if unanswerable:
        return casefile.unanswerable(answer.question, identity=identity, tags=tags, where=conditions)
    if text is not None and not accept:
        return casefile.corrected(answer, text, identity=identity, tags=tags, where=conditions)
    return casefile.confirmed(answer, identity=identity, tags=tags, where=conditions)


def _prompted() -> tuple[str, str | None]:
    choice = click.prompt(
        "Is this right? [y]es, [c]orrect it, [u]nanswerable, [n]othing to add",
        type=click.Choice(["y", "c", "u", "n"], case_sensitive=False),
        show_choices=False,
    )
    return choice, click.prompt("The answer should be") if choice == "c" else None
