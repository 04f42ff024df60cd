"""The words of refusals: plain, and saying what was searched."""

from __future__ import annotations

from collections.abc import Sequence


def nothing_indexed() -> str:
    """For an index without articles."""
    return "There are no articles to answer from. Put some into the articles folder and run: citebot sync"


def nothing_matches() -> str:
    """For conditions that no passage meets."""
    return "No article meets the conditions, so there is nothing to answer from."


def not_found(
    articles: int,
    *,
    filtered: bool,
    newest: str | None = None,
    missing: Sequence[tuple[str, str | None]] = (),
    unmet: Sequence[str] = (),
) -> str:
    """For a question that the articles do not answer, as far as the reader can tell.

    newest: the latest stated date, in words. missing: words of the question that stand in no article, each with a
    near spelling that does. unmet: sentences on the conditions that the nearest passage does not meet.
    """
    searched = "the one article I have" if articles == 1 else f"the {articles:,} articles I have"
    where = "the articles that meet the conditions" if filtered else searched
    dated = f", {'dated' if articles == 1 else 'the newest of'} {newest}" if newest and not filtered else ""
    lines = [f"I did not find an answer to this in {where}{dated}."]
    if missing:
        lines.append(f"{'It does not contain' if articles == 1 else 'None contains'} {_words(missing)}.")
    return " ".join([*lines, *unmet])


def another(kind: str, text: str) -> str:
    """For a nearest passage that states another year, number or the like. kind: of the condition."""
    return f"What comes nearest speaks of another {kind} than “{text}”."


def opposite() -> str:
    """For a nearest passage that denies what was asked for, or says what the question denies."""
    return "What comes nearest says the opposite."


def not_said(text: str) -> str:
    """For a nearest passage that does not name what was asked for."""
    return f"What comes nearest does not name “{text}”."


def _words(missing: Sequence[tuple[str, str | None]]) -> str:
    told = [f"“{word}”{f' (near: “{near}”)' if near else ''}" for word, near in missing]
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} or {told[-1]}"


def no_question() -> str:
    """For a question without a single word."""
    return "Please ask a question in words, such as: Who said so?"


def gone() -> str:
    """For articles that changed again and again while they were being quoted."""
    return "The articles changed while they were being read. Please ask again."
