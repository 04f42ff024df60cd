"""The words of refusals: plain, and saying what was searched."""

from __future__ import annotations


def nothing_indexed() -> str:
    """For an index without articles."""
    return "There are no articles to answer from. Put some into the articles folder and run: citebot sync"


def nothing_matches() -> str:
    """For conditions that no passage meets."""
    return "No article meets the conditions, so there is nothing to answer from."


def not_found(articles: int, *, filtered: bool) -> str:
    """For a question that the articles do not answer, as far as the reader can tell."""
    if filtered:
        return "I did not find an answer to this in the articles that meet the conditions."
    searched = "the one article" if articles == 1 else f"the {articles:,} articles"
    return f"I did not find an answer to this in {searched} I have."


def no_question() -> str:
    """For a question without a single word."""
    return "Please ask a question in words, such as: Who said so?"


def gone() -> str:
    """For articles that changed again and again while they were being quoted."""
    return "The articles changed while they were being read. Please ask again."
