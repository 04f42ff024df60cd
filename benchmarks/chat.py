"""`citebot chat` in a pseudo-terminal: the first prompt and the first answer, beside `citebot ask`, in turns.

    python -m benchmarks.chat [--runs 9]

Seconds are from the start of the command, or from Enter. In the chat the question is typed as soon as the prompt is
there, which is the worst for it: whoever types slower finds the models loaded.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks import table
from tests.network import CITEBOT
from tests.terminal import Terminal

QUESTION = "How many foreign volunteers does Kuleba say have joined Kyiv's forces?"
ANSWER = r"20,000 \[1\]"


def main() -> None:
    """Measure in turns and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as scratch:
        asked(Path(scratch))  # makes the index and the bytecode
        prompts, chats, asks = [], [], []
        for _ in range(runs):
            prompt, answer = chatted(Path(scratch))
            prompts.append(prompt)
            chats.append(answer)
            asks.append(asked(Path(scratch)))
    show(prompts, chats, asks)


def chatted(scratch: Path) -> tuple[float, float]:
    """Seconds to the prompt and to the answer."""
    with _terminal("chat", scratch) as terminal:
        terminal.until("›")
        prompt = time.perf_counter() - terminal.started
        terminal.type(f"{QUESTION}\r")
        terminal.until(ANSWER)
        answer = time.perf_counter() - terminal.started
        terminal.type("\x04")
        terminal.status()
    return prompt, answer


def asked(scratch: Path) -> float:
    """Seconds to the answer of `citebot ask`."""
    with _terminal("ask", scratch, QUESTION) as terminal:
        terminal.until(ANSWER)
        seconds = time.perf_counter() - terminal.started
        terminal.status()
    return seconds


def _terminal(command: str, scratch: Path, *more: str) -> Terminal:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    environment = {**kept, "LC_ALL": "C.UTF-8", "XDG_STATE_HOME": str(scratch / "state")}
    return Terminal([CITEBOT, command, "--index", str(scratch / "index"), *more], environment, folder=Path.cwd())


def show(prompts: Sequence[float], chats: Sequence[float], asks: Sequence[float]) -> None:
    """Medians and the worst; the answers' difference run by run."""
    waited = [answer - prompt for answer, prompt in zip(chats, prompts, strict=True)]
    rows = [
        ["first prompt", statistics.median(prompts), max(prompts)],
        ["first answer, chat", statistics.median(chats), max(chats)],
        ["from Enter to the answer, chat", statistics.median(waited), max(waited)],
        ["first answer, ask", statistics.median(asks), max(asks)],
        ["that less ask, run by run", statistics.median(w - a for w, a in zip(waited, asks, strict=True)), ""],
    ]
    table.show("The chat from a warm file cache", ["", "median s", "worst s"], rows)


if __name__ == "__main__":
    main()
