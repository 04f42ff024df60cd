"""What is said in a conversation where no question is answered: plain words, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence

TITLES_SHOWN = 10


def greeting(articles: int) -> str:
    """To a greeting."""
    held = {0: "There are no articles yet", 1: "I have one article"}.get(articles, f"I have {articles:,} articles")
    return f"Hello. {held}; ask me something about {'it' if articles == 1 else 'them'}, or: what can you answer?"


def thanks() -> str:
    """To thanks."""
    return "You are welcome."


def farewell() -> str:
    """To a goodbye."""
    return "Goodbye."


def overview(titles: Sequence[str], articles: int, first: str | None, last: str | None) -> str:
    """What can be asked about. titles: the newest first. first, last: stated dates in words."""
    if not articles:
        return "I have no articles yet. Whoever looks after me can put some into the articles folder."
    count = "one article" if articles == 1 else f"{articles:,} articles"
    dated = "" if first is None else (f", dated {first}" if first == last else f", dated from {first} to {last}")
    more = [f"and {articles - len(titles):,} more"] if articles > len(titles) else []
    lines = "\n".join(f"- {title}" for title in [*titles, *more])
    return f"I answer questions from {count}{dated}, quoted, or say that they do not hold the answer:\n{lines}"


def source(number: int) -> str:
    """Above the passages that the last answer was taken from."""
    return "The last answer comes from this passage:" if number == 1 else "The last answer comes from these passages:"


def closest() -> str:
    """Above the nearest passages of a refusal that was asked for its source."""
    return "There was no answer to cite. The nearest passages, which are not an answer:"


def changed() -> str:
    """For an answer whose quotes stand in the articles no more."""
    return "The article has changed since: its text does not hold that quote any more. Please ask again."


def nothing_yet() -> str:
    """For "show me the source" before any question."""
    return "There is no answer yet to show more of. Ask a question first."


def which_article(title: str, published: str | None, article: str) -> str:
    """Where the last answer stands."""
    return f"“{title}”{f', {published}' if published else ''} ({article})."


def reading_on(title: str) -> str:
    """Above the next paragraph of an article."""
    return f"“{title}” goes on:"


def end_of_article(title: str) -> str:
    """Where there is nothing more to read."""
    return f"That was the end of “{title}”."


def on_topic(topic: str, number: int) -> str:
    """Above passages on a topic."""
    return f"On “{topic}” the articles say, nearest first:" if number > 1 else f"On “{topic}” the articles say:"


def latest(topic: str, number: int) -> str:
    """Above passages on a topic, newest first."""
    return f"The latest on “{topic}”, newest first:" if number > 1 else f"The latest on “{topic}”:"


def article_on_topic(title: str, topic: str) -> str:
    """Above passages of one article on a topic."""
    return f"“{title}” on “{topic}”:"


def nothing_on(topic: str, title: str | None) -> str:
    """For a topic that no passage holds the words of."""
    return f"{f'“{title}” does' if title else 'The articles do'} not say anything with the words “{topic}”."


def narrowed_nothing() -> str:
    """For "before March 2022" without a question before it."""
    return "Which question? Ask it with the condition, such as: Who resigned, in articles before March 2022?"


def nothing_to_lift(conditions: Sequence[str]) -> str:
    """For "everything" where no condition of the conversation holds. conditions: those set for every question."""
    if conditions:
        return f"Every question is asked where {'; '.join(conditions)}. /where clear lifts that."
    return "Every article is asked already. Which there are, I tell you for: what can you answer?"


def forgotten(turns: int) -> str:
    """After a conversation was deleted."""
    return {0: "There was nothing to forget.", 1: "Forgotten: one question."}.get(
        turns, f"Forgotten: {turns:,} questions."
    )
