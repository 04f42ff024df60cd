"""A command with a scripted chat model beside it: on loopback, in the network namespace of the command itself.

    unshare -rn python -m tests.end_to_end.beside_a_model SCRIPTS FOLDER COMMAND [ARGUMENT ...]

SCRIPTS: names out of SCRIPTS with + between them, one for each request; the last serves all that follow. FOLDER: where
the model leaves a file `asked` at each request and `gone` when whoever listened left, and looks for `go` before it
says what it holds back. The command has this process's terminal, and settings that name the model.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.fake_bot_api.loopback import bring_up
from tests.fake_chat_server import END, Chunks, FakeChat, Request, event, served, whole

TREE = str(Path(__file__).parents[2])
QUESTION = "How many foreign volunteers does Kuleba say have joined Kyiv's forces?"
ARTICLE = (
    "Volunteers\n\nUkrainian Foreign Minister Dmytro Kuleba says around 20,000 foreign volunteers have travelled to "
    "the country to join Kyiv's forces. The foreign volunteers belong to a legion that Ukraine formed in February."
)
GOOD = "Kuleba says around 20,000 foreign volunteers have travelled to the country to join Kyiv's forces [1]."
SECOND = "The foreign volunteers belong to a legion that Ukraine formed in February [1]."
INVENTED = "Kuleba says 70,000 volunteers have travelled to the country [1]."
UNMARKED = "It is a large army."
HOLDS_SECONDS = 60
SILENCE_SECONDS = 2


def good(_: Path) -> Chunks:
    return whole(f"{INVENTED} {GOOD} {UNMARKED} {SECOND}")


def held(folder: Path) -> Chunks:
    """The second sentence comes once somebody let it."""
    yield event(f"{GOOD} The foreign volunteers ")
    deadline = time.monotonic() + HOLDS_SECONDS
    while not (folder / "go").exists() and time.monotonic() < deadline:
        yield 0.02
    yield event(SECOND.removeprefix("The foreign volunteers ")) + END


def talking(_: Path) -> Chunks:
    """Without an end, and nothing of use."""
    while True:
        yield event("and so on ")
        yield 0.05


def slow(_: Path) -> Chunks:
    yield 60.0
    yield END


def cut(_: Path) -> Chunks:
    yield event("Kuleba says around 20,0")
    raise OSError("cut")


SCRIPTS: dict[str, Callable[[Path], Chunks]] = {one.__name__: one for one in (good, held, talking, slow, cut)}
DOWN = "down"
"""No script: nobody listens at the model's address."""


def fake(scripts: str, folder: Path) -> FakeChat:
    """The model that follows the scripts, one for each request."""
    named = [SCRIPTS[name] for name in scripts.split("+")]
    following: Iterator[Callable[[Path], Chunks]] = itertools.chain(named, itertools.repeat(named[-1]))

    def reply(_: Request) -> Chunks:
        (folder / "asked").touch()
        return next(following)(folder)

    return FakeChat(reply)


def settings(base_url: str) -> dict[str, str]:
    """What chooses the model, as variables of the environment."""
    return {
        "CITEBOT_GENERATOR__KIND": "openai",
        "CITEBOT_GENERATOR__MODEL": "m",
        "CITEBOT_GENERATOR__BASE_URL": base_url,
        "CITEBOT_GENERATOR__TIMEOUT_SECONDS": str(SILENCE_SECONDS),
        "PYTHONPATH": TREE,
    }


def run(scripts: str, folder: Path, command: list[str]) -> int:
    """The command's exit status."""
    model = fake("good" if scripts == DOWN else scripts, folder)
    with served(model) as base_url:
        if scripts != DOWN:
            return _beside(model, folder, command, base_url)
    return _beside(model, folder, command, base_url)


def _beside(model: FakeChat, folder: Path, command: list[str], base_url: str) -> int:
    signal.signal(signal.SIGINT, _nothing)  # Ctrl-C is the command's; a handler, unlike SIG_IGN, is not inherited
    threading.Thread(target=_tell_when_left, args=(model, folder), daemon=True).start()
    return subprocess.run(command, env={**os.environ, **settings(base_url)}).returncode


def _nothing(*_: object) -> None:
    pass


def _tell_when_left(model: FakeChat, folder: Path) -> None:
    model.cut.wait()
    (folder / "gone").touch()


if __name__ == "__main__":
    with contextlib.suppress(PermissionError):  # where there is no namespace of one's own, loopback is up
        bring_up()
    sys.exit(run(sys.argv[1], Path(sys.argv[2]), sys.argv[3:]))
