"""From sets and settings to a run: groups by articles, one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bot.regression.processor import kind_of_processor
from bot.regression.run import OnCase, Result, Run, Stopwatch, ask_all, summary
from bot.regression.selection import keep_failed
from bot.regression.workplace import Group, Opener, groups, models_of, opened

if TYPE_CHECKING:
    from bot.regression.cases import QuestionSet
    from bot.settings import Settings


def run(
    sets: Sequence[QuestionSet],
    settings: Settings,
    opener: Opener,
    *,
    as_articles: bool = False,
    articles_given: bool = False,
    complete: bool = True,
    without_evidence: bool = False,
    seconds: float = 0.0,
    told: OnCase | None = None,
) -> Run:
    """All sets asked and measured. complete: nothing was left out of them. seconds: that a case may take, 0 for any.

    Raises RunFailed, and what opening an index raises. The failures are kept for `--last-failed`.
    """
    asked = [
        _group(group, opener, without_evidence=without_evidence, seconds=seconds, told=told)
        for group in groups(sets, settings, as_articles=as_articles, given=articles_given)
    ]
    results = tuple(result for part in asked for result in part.results)
    found = Run(
        sets=tuple(each.name for each in sets),
        facts=tuple(part.facts for part in asked),
        results=results,
        measures=summary(results),
        settings=asked[0].settings,
        models=asked[0].models,
        processor=kind_of_processor(),
        complete=complete,
        seconds=sum(part.seconds for part in asked),
        tolerances={name: value for each in sets for name, value in each.tolerances.items()},
    )
    keep_failed(settings.index, [r.id for r in results], [r.id for r in found.wrong])
    return found


class _Part:
    """What one group gave."""

    def __init__(self, facts: Mapping[str, Any], settings: Mapping[str, Any], models: Mapping[str, str]) -> None:
        self.facts = facts
        self.settings = settings
        self.models = models
        self.results: list[Result] = []
        self.seconds = 0.0


def _group(group: Group, opener: Opener, *, without_evidence: bool, seconds: float, told: OnCase | None) -> _Part:
    with opened(group, opener) as corpus:
        assistant = corpus.asker.assistant
        part = _Part(corpus.facts, {"threshold": assistant.threshold}, models_of(assistant))
        watch = Stopwatch()
        asked = ask_all(group.sets, corpus, without_evidence=without_evidence, seconds=seconds, told=told)
        part.results = list(asked)
        part.seconds = watch.seconds
        return part
