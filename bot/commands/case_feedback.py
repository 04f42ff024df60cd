"""`citebot case add --from-feedback`: what people in Telegram said of answers, as draft cases."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands.telegram import state_folder
from bot.output import say, warn
from index.errors import UsageError

if TYPE_CHECKING:
    from bot.regression.cases import Case
    from bot.settings import Settings


def add_drafts(settings: Settings, set_file: Path, question: str | None) -> int:
    """Add each draft that says what is right and is not in the set yet. Raises UsageError, StateUnusable."""
    if question is not None:
        raise UsageError("QUESTION and --from-feedback exclude each other")
    from bot.regression import casefile
    from bot.regression.sets import load_one

    known = {case.id for case in load_one(set_file).cases} if set_file.exists() else set()
    drafts = [draft for draft in _drafts(settings) if draft["id"] not in known]
    usable = [draft for draft in drafts if _is_decided(draft)]
    for draft in usable:
        casefile.add(_case(draft), set_file)
    for draft in drafts:
        if not _is_decided(draft):
            warn(f"left out, as nobody said what is right: {draft['question']} ({draft['note']})")
    say(f"Added {len(usable)} draft cases to {set_file}. Look them over: their answers are what people said.")
    return 0


def _drafts(settings: Settings) -> list[dict[str, Any]]:
    """The drafts of every bot that ran with this index."""
    from bot.telegram.drafts import read

    files = sorted(state_folder(settings).glob("bot-*.db"))
    return [{**draft, "id": f"{file.stem}-{draft['id']}"} for file in files for draft in read(file)]


def _is_decided(draft: dict[str, Any]) -> bool:
    return "answers" in draft or "unanswerable" in draft


def _case(draft: dict[str, Any]) -> Case:
    from bot.regression.cases import Case

    return Case(
        id=draft["id"],
        question=draft["question"],
        answers=tuple(draft.get("answers", ())),
        unanswerable=draft.get("unanswerable", False),
        article=draft.get("article"),
        quote=draft.get("quote"),
        where=tuple(draft.get("where", ())),
        tags=(*draft["tags"], "draft"),
    )
