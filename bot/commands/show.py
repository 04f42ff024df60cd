"""`citebot show`: an article, or the text around a place in it."""

from __future__ import annotations

import difflib
import re
from contextlib import closing
from typing import TYPE_CHECKING

import click

from bot.commands.options import json_option, with_settings
from bot.output import answer_style, say
from bot.render import article_json, article_text
from index.errors import UsageError

if TYPE_CHECKING:
    from bot.settings import Settings
    from index.store import PassageStore
    from index.types import Article

NEAR = 3
"""How many names are suggested for one that is unknown."""

EXAMPLES = """\b
Examples:
  citebot show report.pdf
  citebot show report.pdf --at 2084-2222
  citebot show report.pdf --json | jq -r .text
"""


@click.command("show", short_help="Show an article, or the text around a place.", epilog=EXAMPLES)
@click.argument("article")
@click.option("--at", "place", metavar="START", help="The text around this offset; START-END marks a range.")
@json_option
@with_settings
def command(settings: Settings, article: str, place: str | None, as_json: bool) -> int:
    """Show ARTICLE as it was indexed, by the name that citations give it. Offsets count code points into its text."""
    from bot.compose import open_store

    with closing(open_store(settings)) as store:
        found = _found(store, article)
    at = _place(place, found) if place is not None else None
    say(article_json(found) if as_json else article_text(found, answer_style(), at))
    return 0


def _found(store: PassageStore, name: str) -> Article:
    article = store.article(name)
    if article is not None:
        return article
    near = _near(name, [summary.name for summary in store.articles()])
    hint = f"near: {', '.join(near)}" if near else "all of them: citebot articles"
    raise UsageError(f"there is no article {name!r} in the index; {hint}")


def _near(name: str, names: list[str]) -> list[str]:
    """Up to three names that hold what was typed, or else look like it."""
    holding = [known for known in names if name.casefold() in known.casefold()] if name else []
    return holding[:NEAR] or difflib.get_close_matches(name, names, n=NEAR)


def _place(text: str, article: Article) -> tuple[int, int]:
    """The half-open range of `START` or `START-END`, inside the article."""
    numbers = re.fullmatch(r"(\d{1,12})(?:-(\d{1,12}))?", text.strip(), re.ASCII)
    if numbers is None:
        raise UsageError(f"--at {text!r} is not a place: write START or START-END, such as 2084-2222")
    start = int(numbers[1])
    end = int(numbers[2]) if numbers[2] else start + 1
    if not start < end <= len(article.text):
        raise UsageError(f"--at {text} is not inside {article.name}, whose text has {len(article.text)} characters")
    return start, end
