"""What a run needs of the machine: the articles of each set, their index, and an assistant over it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bot.regression.asking import Asker
from bot.regression.cases import Case, QuestionSet
from bot.regression.evidence import Shelf
from bot.regression.run import Corpus
from index.rights import PRIVATE_FOLDER

if TYPE_CHECKING:
    from bot.assistant import Assistant
    from bot.settings import Settings

FOLDER: Final = "regress"
"""Under the index folder: indexes of sets that bring or name their own articles."""

Opener = Callable[["Settings"], "Assistant"]
"""Syncs where that is asked for, and opens the assistant of some settings."""


@dataclass(frozen=True, slots=True)
class Group:
    """Sets that are asked over the same articles, with the settings for them."""

    settings: Settings
    sets: tuple[QuestionSet, ...]
    name: str


def groups(sets: Sequence[QuestionSet], settings: Settings, *, as_articles: bool, given: bool) -> list[Group]:
    """The sets by the articles they are asked over, in the order of the sets.

    as_articles: a set's own paragraphs are its articles; they are written below the index folder.
    given: the articles were named by a flag, which overrides what a set names.
    """
    found: dict[Path, Group] = {}
    for question_set in sets:
        group = _group_of(question_set, settings, as_articles=as_articles, given=given)
        before = found.get(group.settings.index)
        found[group.settings.index] = replace(before, sets=before.sets + group.sets) if before else group
    return list(found.values())


def _group_of(question_set: QuestionSet, settings: Settings, *, as_articles: bool, given: bool) -> Group:
    if as_articles and question_set.paragraphs:
        folder = _written(question_set, settings.index)
        return _group(question_set, settings, folder, folder.parent)
    if question_set.articles is not None and not given and _differ(question_set.articles, settings.articles):
        place = _place(settings.index, str(question_set.articles.resolve()))
        return _group(question_set, settings, question_set.articles, place)
    return _group(_loose(question_set), settings, settings.articles, settings.index)


def _group(question_set: QuestionSet, settings: Settings, articles: Path, index: Path) -> Group:
    """Whole settings are copied, not read anew: what the environment says stays said."""
    own = settings.model_copy(update={"articles": articles, "index": index})
    return Group(own, (question_set,), articles.resolve().name)


def _differ(one: Path, other: Path) -> bool:
    return one.resolve() != other.resolve()


@contextmanager
def opened(group: Group, opener: Opener) -> Iterator[Corpus]:
    """The corpus of a group, warmed up, so that the first latency is like the next."""
    assistant = opener(group.settings)
    try:
        assistant.warm_up()
        asker = Asker(assistant)
        shelf = Shelf.of(assistant.store)
        yield Corpus(asker, shelf, _facts(group, shelf))
    finally:
        assistant.close()


def models_of(assistant: Assistant) -> dict[str, str]:
    """Names and fingerprints of what was asked."""
    identity = assistant.store.identity()
    return {"embedder": identity.embedder if identity else "", "reader": assistant.identity}


def _facts(group: Group, shelf: Shelf) -> dict[str, Any]:
    """Statistics of the index, the same wherever it lies. digest: of all texts, so that an edit shows."""
    digest = hashlib.sha256()
    for name, text in shelf.texts.items():
        digest.update(f"{name}\0{text}\0".encode("utf-8", "surrogatepass"))
    return {
        "articles_folder": group.name,
        "articles": len(shelf.texts),
        "characters": sum(map(len, shelf.texts.values())),
        "passages": len(shelf.passages),
        "passages_read": group.settings.retrieval.top_k,
        "digest": digest.hexdigest()[:16],
    }


def _loose(question_set: QuestionSet) -> QuestionSet:
    """A set that carries its articles along, asked over others: its names for them mean nothing there."""
    if not question_set.paragraphs:
        return question_set
    cases: list[Case] = [replace(case, article=None) for case in question_set.cases]
    return replace(question_set, cases=tuple(cases))


def _written(question_set: QuestionSet, index: Path) -> Path:
    """The set's paragraphs as text files, one an article; left as they are where they are there already."""
    text = "\0".join(f"{name}\0{body}" for name, body in sorted(question_set.paragraphs.items()))
    folder = _place(index, text) / "articles"
    for place in (index, folder.parent.parent, folder.parent, folder):  # the set may be for its owner alone
        place.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    for name, body in question_set.paragraphs.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != body:
            path.write_text(body, encoding="utf-8")
    return folder


def _place(index: Path, identity: str) -> Path:
    return index / FOLDER / hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:12]
