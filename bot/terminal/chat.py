"""The loop of the terminal chat: type, answer, show; Ctrl-C stops an answer and not the program."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

from prompt_toolkit import PromptSession
from prompt_toolkit.history import History

from bot import where
from bot.conversation.turns import Speaker
from bot.failures import report
from bot.generation.listening import Listener, heard_by
from bot.render import answer_json, one_line, summary_line, visible
from bot.terminal import pager, prompt, slash
from bot.terminal.engine import Engine, Opened, beside, waited
from bot.terminal.keys import keys_kept
from index.errors import CitebotError

if TYPE_CHECKING:
    from bot.conversation.reply import Reply
    from bot.terminal.rendering import Screen

INTERRUPTED: Final = 130
WAITING: Final = "..."
GREETING: Final = "Ask about the articles; /help for more, Ctrl-D to leave."


class _Left(Exception):
    """The person left."""


class Chat:
    """One session at a terminal."""

    def __init__(
        self, engine: Engine, screen: Screen, history: History, speaker: Speaker, *, explains: bool = False
    ) -> None:
        """explains: whether sentences of a generator that are not said are shown, with the reason."""
        self._explains = explains
        self._engine = engine
        self._screen = screen
        self._history = history
        self._speaker = speaker
        self._session: PromptSession[str] = prompt.session(history, self._names)
        self._conditions: tuple[str, ...] = ()
        self._begun = False
        self._session.app.after_render += self._load

    def run(self) -> int:
        """Until the person leaves: 0 by Ctrl-D or /quit, 130 by Ctrl-C twice. Raises what kept it from opening."""
        with keys_kept():
            return self._run()

    def _run(self) -> int:
        interrupts = 0
        print(GREETING, flush=True)
        while True:
            try:
                line = self._typed()
                interrupts = 0
                self._line(line)
            except (EOFError, _Left):
                return 0
            except KeyboardInterrupt:
                interrupts += 1
                if interrupts == 2:
                    return INTERRUPTED
                print("Ctrl-C again leaves.", flush=True)

    def _typed(self) -> str:
        """The next line. Raises EOFError, KeyboardInterrupt, or what kept the index from opening."""
        if self._engine.error is not None:
            raise self._engine.error
        try:
            return self._session.prompt().strip()
        finally:
            if self._engine.error is not None:
                raise self._engine.error

    def _load(self, _: object) -> None:
        """Once the prompt is there."""
        self._engine.start(self._end_prompt)

    def _end_prompt(self) -> None:
        """Called in the loading thread when nothing can be opened: waiting for a question is of no use."""
        app = self._session.app
        if app.is_running and app.loop is not None:
            app.loop.call_soon_threadsafe(lambda: app.exit(exception=EOFError()) if app.is_running else None)

    def _names(self) -> tuple[str, ...]:
        opened = self._engine.opened
        return opened.names if opened is not None else ()

    def _line(self, line: str) -> None:
        """One typed line; Ctrl-C meanwhile stops what it does and not the program."""
        try:
            self._do(line)
        except KeyboardInterrupt:
            self._erase()
            self._screen.dim("stopped")

    def _do(self, line: str) -> None:
        """A command, a question, or nothing."""
        try:
            command = slash.parsed(line)
        except slash.UnknownCommand as error:
            self._screen.dim(str(error))
            return
        if command is not None:
            self._obey(command)
        elif line:
            self._ask(line)

    def _ask(self, text: str) -> None:
        """The reply to a question, shown; Ctrl-C stops it, and nothing of it is remembered."""
        started = time.perf_counter()
        stop = threading.Event()
        shown: list[str] = []
        try:
            print(WAITING, end="\r", flush=True)
            opened = self._opened()
            reply = waited(beside(lambda: self._said(opened, text, stop, shown)))
        except KeyboardInterrupt:
            stop.set()
            raise
        except Exception as error:
            self._told(error)
            return
        self._erase()
        self._tell_notes()
        self._screen.reply(reply, time.perf_counter() - started, shown=" ".join(shown))

    def _said(self, opened: Opened, text: str, stop: threading.Event, shown: list[str]) -> Reply:
        """The reply. shown: takes the sentences of a generator that were shown as they passed their checks."""

        def sentence(words: str) -> None:
            if not stop.is_set():
                shown.append(words)
                self._erase()
                self._screen.say(visible(words))
                print(WAITING, end="\r", flush=True)

        who = Listener(sentence, self._dropped, self._engine.notes.append, stop.is_set)
        with heard_by(who):
            return opened.dialogue.say(self._speaker, text, conditions=self._conditions, stopped=stop.is_set)

    def _dropped(self, sentence: str, why: str) -> None:
        if self._explains:
            self._engine.notes.append(f"dropped: “{one_line(sentence)}” – {why}")

    def _opened(self) -> Opened:
        """What the chat talks to, waited for. Raises KeyboardInterrupt and what kept it from opening."""
        opened = waited(self._engine.start())
        if not self._begun:
            opened.dialogue.begin(self._speaker)
            self._begun = True
        return opened

    def _told(self, error: Exception) -> None:
        """An error in a line; one that keeps the index from opening ends the chat."""
        self._erase()
        if self._engine.error is error:
            raise error
        if isinstance(error, CitebotError):
            self._screen.say(f"error: {one_line(str(error))}")
        else:
            report(error)

    def _erase(self) -> None:
        """The sign that an answer is under way."""
        print(f"\r{' ' * len(WAITING)}\r", end="", flush=True)

    def _tell_notes(self) -> None:
        while self._engine.notes:
            self._screen.dim(self._engine.notes.pop(0))

    def _obey(self, command: slash.Command) -> None:
        match command.name:
            case "/quit":
                raise _Left
            case "/help":
                self._screen.say(slash.HELP)
            case "/clear":
                self._screen.clear()
            case "/where":
                self._where(command.argument)
            case _:
                self._with_engine(command)

    def _with_engine(self, command: slash.Command) -> None:
        """Commands that need the index."""
        opened = self._opened()
        match command.name:
            case "/articles":
                for summary in opened.assistant.store.articles():
                    self._screen.say(summary_line(summary))
            case "/forget":
                prompt.forget(self._history)
                self._screen.say(opened.dialogue.forget(self._speaker).text)
            case "/open":
                self._open(opened, command.argument)
            case _:
                self._last(opened, command.name)

    def _last(self, opened: Opened, name: str) -> None:
        """Commands about the last answer."""
        turns = opened.dialogue.turns(self._speaker)
        read = [turn.answer for turn in turns if turn.answer.reader is not None]  # passages on a topic are no answer
        if not (read if name == "/json" else turns):
            self._screen.dim("no question has been asked yet")
        elif name == "/json":
            self._screen.raw(answer_json(read[0]))
        else:
            show = opened.dialogue.source if name == "/sources" else opened.dialogue.more
            self._screen.reply(show(turns[0]), 0.0)

    def _where(self, argument: str) -> None:
        """Conditions for the questions to come; without an argument, those that hold."""
        if argument == "clear":
            self._conditions = ()
        elif argument:
            try:
                where.parse(argument)
            except CitebotError as error:
                self._screen.dim(str(error))
                return
            self._conditions = (*self._conditions, argument)
        self._screen.dim("where " + "; ".join(self._conditions) if self._conditions else "every article is asked")

    def _open(self, opened: Opened, argument: str) -> None:
        """An article in the pager: by the number of a citation, at its quote, or by its name."""
        name, place = self._meant(opened, argument)
        article = opened.article(name) if name else None
        if article is None:
            self._screen.dim(f"there is no {one_line(argument) or 'citation'} to open: /open N, or /open ARTICLE")
            return
        text, line = pager.page_of(article, place, self._screen.console.width)
        if not pager.show(text, line):
            self._screen.raw(text)

    def _meant(self, opened: Opened, argument: str) -> tuple[str, tuple[int, int] | None]:
        if argument and not argument.isdecimal():
            return argument, None
        turns = opened.dialogue.turns(self._speaker)
        cited = (turns[0].answer.citations or turns[0].answer.closest) if turns else ()
        number = int(argument or "1")
        if not 1 <= number <= len(cited):
            return "", None
        chosen = cited[number - 1]
        return chosen.article, (chosen.start, chosen.end)
