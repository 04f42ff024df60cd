"""Feedback as draft regression cases: for each answer somebody judged, what was asked and what should come of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.telegram.database import Database
from bot.telegram.ledger import Feedback, Ledger
from bot.types import Answer, Status


def read(path: Path) -> list[dict[str, Any]]:
    """The drafts in the bot's own file, oldest first; none where there is no file. Raises StateUnusable."""
    if not path.exists():
        return []
    database = Database(path)
    try:
        return list(of(Ledger(database, retention_days=0).feedback()))
    finally:
        database.close()


def of(feedback: Iterable[Feedback]) -> Iterator[dict[str, Any]]:
    """A draft for each. Nobody's name or number is in it.

    `id`, `question`, `tags`, `note` always; `where` where the articles had to meet conditions; `answers` where a thumb
    up or a correction says them; `unanswerable` where a refusal was found right; neither where somebody only said that
    an answer was wrong: a person decides.
    """
    for one in feedback:
        yield {
            "id": f"telegram-{one.given.number}",
            "question": one.given.answer.standalone_question,
            **({"where": list(one.given.conditions)} if one.given.conditions else {}),
            **_expected(one),
            "tags": ["telegram", "good" if one.good else "bad"],
            "note": _note(one),
        }


def _expected(one: Feedback) -> dict[str, Any]:
    answer = one.given.answer
    if one.good and answer.status is Status.ANSWERED and answer.answer:
        return {"answers": [answer.answer], **_evidence(answer)}
    if one.good and answer.status is Status.REFUSED:
        return {"unanswerable": True}
    if not one.good and one.correction:
        return {"answers": [one.correction]}
    return {}


def _evidence(answer: Answer) -> dict[str, str]:
    if not answer.citations:
        return {}
    first = answer.citations[0]
    return {"article": first.article, "quote": first.quote}


def _note(one: Feedback) -> str:
    at = datetime.fromtimestamp(one.at, UTC).date().isoformat()
    was = one.given.answer.answer or "a refusal"
    verdict = "found right" if one.good else "found wrong"
    return f"{verdict} on {at}; the bot said: {was}"
