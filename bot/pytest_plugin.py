"""`pytest --citebot SET`: each case of a question set as a test, beside a team's own tests.

The articles and the index are those of the settings, or of `--citebot-articles` and `--citebot-index`. pytest
loads this file in every run, so nothing heavy is imported before there is a set.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from bot.assistant import Assistant
    from bot.regression.cases import Case
    from bot.regression.run import Corpus, Result
    from bot.regression.workplace import Group
    from bot.settings import Settings

_SETS = pytest.StashKey[tuple[Path, ...]]()
_OPENED = pytest.StashKey["_Opened"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options."""
    group = parser.getgroup("citebot", "question sets of Citebot")
    group.addoption("--citebot", metavar="SET", action="append", default=[], help="a question set; may be repeated")
    group.addoption("--citebot-articles", metavar="FOLDER", help="the articles folder")
    group.addoption("--citebot-index", metavar="FOLDER", help="where the index is kept")
    group.addoption("--citebot-as-articles", action="store_true", help="ask SQuAD files over their own paragraphs")


def pytest_configure(config: pytest.Config) -> None:
    """Collect the sets as if they stood on the command line."""
    paths = _paths(config.getoption("--citebot"))
    config.stash[_SETS] = paths
    config.stash[_OPENED] = _Opened(config)
    config.args.extend(str(path) for path in paths if str(path) not in config.args)
    if paths:
        config.pluginmanager.register(_Naming(config))


def _paths(names: list[str]) -> tuple[Path, ...]:
    """Where the sets are, each once."""
    if not names:
        return ()
    from bot.files import expanded

    return tuple(dict.fromkeys(expanded(name).resolve() for name in names))


def _shown(text: str, *, one_line: bool = False) -> str:
    """The text as it may be shown: nothing in a set or an article steers a terminal."""
    from bot import render

    return render.one_line(text) if one_line else render.visible(text)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A set that was named, and no other YAML or JSON; nor a link to it, or each of its cases would run twice."""
    if file_path in parent.config.stash[_SETS]:
        return SetFile.from_parent(parent, path=file_path)
    return None


def pytest_unconfigure(config: pytest.Config) -> None:
    """Let the indexes go."""
    if _OPENED in config.stash:
        config.stash[_OPENED].close()


class SetFile(pytest.File):
    """One question set."""

    def collect(self) -> Iterator[pytest.Item]:
        """One item a case. A set that cannot be used is a collection error with file, line and field."""
        from bot.regression.sets import load_one
        from index.errors import CitebotError

        try:
            groups = self.config.stash[_OPENED].groups(load_one(self.path))
        except CitebotError as error:
            raise self.CollectError(_shown(str(error))) from error
        for group in groups:
            for case in (case for question_set in group.sets for case in question_set.cases):
                # The id as text: pytest then reads it back as it wrote it, whatever `::` and `[` there are in it.
                name = _shown(case.id, one_line=True)
                yield CaseItem.from_parent(self, name=name, nodeid=f"{self.nodeid}::{name}", case=case, group=group)


class CaseItem(pytest.Item):
    """One case. It fails where the answer is not the expected one, naming the stage that lost it."""

    def __init__(self, *, case: Case, group: Group, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.case = case
        self.group = group

    def runtest(self) -> None:
        """Ask."""
        from bot.regression.run import ask_one

        result = ask_one(self.case, self.config.stash[_OPENED].corpus(self.group))
        if not result.judged.right:
            raise CaseWrong(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """A wrong case, and what was foreseen, without a traceback: there is nothing in it to see."""
        return _shown(str(excinfo.value if _is_foreseen(excinfo.value) else super().repr_failure(excinfo, style)))

    def reportinfo(self) -> tuple[Path, None, str]:
        """File and case; not joined by `::`, which would have pytest take a `.` for it too."""
        return self.path, None, _shown(f"{self.path.name}: {self.name}")


def _is_foreseen(error: BaseException) -> bool:
    from bot.regression.run import RunFailed
    from index.errors import CitebotError

    told = error.__cause__ if isinstance(error, RunFailed) else error
    return isinstance(told, CaseWrong | CitebotError)


class _Naming:
    """Names cases in a JUnit file as `citebot regress --junit` does: pytest takes an id with `::` or `[` apart."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Keep the names in the report, which may be of another process."""
        report = yield
        if isinstance(item, CaseItem):
            report.citebot_names = [item.parent.nodeid, item.case.id]  # type: ignore[attr-defined,union-attr]
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Say them before pytest writes its own."""
        names = getattr(report, "citebot_names", None)
        for writer in self._config.pluginmanager.get_plugins():
            if names and type(writer).__name__ == "LogXML":
                from bot.regression.report_junit import allowed

                for attribute, name in zip(("classname", "name"), names, strict=True):
                    writer.node_reporter(report).add_attribute(attribute, allowed(name))


class CaseWrong(AssertionError):
    """A case got what it should not."""

    def __init__(self, result: Result) -> None:
        from bot.regression.report_junit import told

        places = [f"{hit.article}:{hit.start}-{hit.end}\n    {hit.text}" for hit in result.judged.look_at]
        super().__init__("\n".join([told(result), *places]))


class _Opened:
    """The indexes that were opened, each once, until pytest ends."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._stack = ExitStack()
        self._corpora: dict[Path, Corpus] = {}

    def groups(self, question_set: Any) -> list[Group]:
        """The set with the settings for its articles."""
        from bot.regression import workplace
        from bot.settings import load

        articles = self._config.getoption("--citebot-articles")
        settings = load(None, {"articles": articles, "index": self._config.getoption("--citebot-index")})
        as_articles = bool(self._config.getoption("--citebot-as-articles"))
        return workplace.groups([question_set], settings, as_articles=as_articles, given=articles is not None)

    def corpus(self, group: Group) -> Corpus:
        """The group's index, in line with its articles, opened when first asked for."""
        from bot.regression import workplace

        place = group.settings.index.resolve()
        if place not in self._corpora:
            self._corpora[place] = self._stack.enter_context(workplace.opened(group, _synced))
        return self._corpora[place]

    def close(self) -> None:
        """Close them all."""
        self._stack.close()


def _synced(settings: Settings) -> Assistant:
    import warnings

    from bot.compose import open_assistant, sync_if_changed

    sync_if_changed(settings, note=lambda sentence: warnings.warn(_shown(sentence), stacklevel=2))
    return open_assistant(settings)
