"""Record the conversation of docs/conversation.md: docs/chat.txt as text, docs/chat.svg as a picture.

    python docs/record_chat.py

Types fifteen turns into the real `citebot chat` over seeds/, in a window of tmux, and takes what tmux then shows. Run
it again after a change of the reader or of what the chat shows, and look at the picture before it is committed.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.ansi import AnsiDecoder
from rich.console import Console
from rich.text import Text

DOCS: Final = Path(__file__).resolve().parent
CITEBOT: Final = Path(sys.executable).with_name("citebot")
COLUMNS: Final = 96
PATIENCE_SECONDS: Final = 60.0
FORMAT: Final = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL).replace("Fira Code, ", "")
"""rich's own, without the fonts that whoever looks at the picture would fetch from elsewhere."""
TURNS: Final = (
    "Hello",
    "What can you answer?",
    "How many foreign volunteers does Kuleba say have joined Kyiv's forces?",
    "Who said so?",
    "in which article?",
    "Who shared videos of Chechen fighters?",
    "How many of them were killed?",
    "And where was he born?",
    "When did Moscow enter the war in Syria?",
    "On whose side?",
    "Which port city has Russia seized?",
    "What about Kharkiv?",
    "show me the source",
    "before March 2022",
    "Who bakes sourdough in Kharkhiv?",
)


def main() -> None:
    """Type the turns, write both files."""
    with tempfile.TemporaryDirectory() as scratch:
        shown = recorded(Path(scratch))
    text = Text("\n").join(AnsiDecoder().decode(shown))  # one decoder: tmux does not repeat a style a line later
    (DOCS / "chat.txt").write_text("\n".join(line.rstrip() for line in text.plain.splitlines()) + "\n")
    console = Console(record=True, width=COLUMNS, file=Path(os.devnull).open("w"))  # noqa: SIM115 (ends with us)
    console.print(text)
    svg = console.export_svg(title="citebot chat", code_format=FORMAT, unique_id="chat")
    (DOCS / "chat.svg").write_text(re.sub(r"[ \t]+$", "", svg, flags=re.MULTILINE))


def recorded(scratch: Path) -> str:
    """What the window shows after the last turn, from its first line on, with escape sequences."""
    chat = shlex.join([str(CITEBOT), "chat", "--index", str(scratch / "index")])
    environment = f"env -u NO_COLOR XDG_STATE_HOME={shlex.quote(str(scratch))} TERM=xterm-256color"
    subprocess.run([CITEBOT, "sync", "--index", scratch / "index"], cwd=DOCS.parent, check=True)
    tmux = ["tmux", "-L", f"citebot-{os.getpid()}", "-f", os.devnull]
    run = [*tmux, "new-session", "-d", "-x", str(COLUMNS), "-y", "600", f"{environment} {chat}"]
    subprocess.run(run, cwd=DOCS.parent, check=True)
    try:
        for count, turn in enumerate(TURNS):
            _until_prompts(tmux, count + 1)
            subprocess.run([*tmux, "send-keys", "-l", turn], check=True)
            time.sleep(0.3)
            subprocess.run([*tmux, "send-keys", "Enter"], check=True)
        _until_prompts(tmux, len(TURNS) + 1)
        return _pane(tmux, "-e").rstrip().removesuffix("›").rstrip()
    finally:
        subprocess.run([*tmux, "kill-server"], check=False)


def _until_prompts(tmux: list[str], count: int) -> None:
    """Until so many prompts stand there and the last is empty."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while True:
        lines = [line for line in _pane(tmux).splitlines() if line.startswith("›")]
        if len(lines) == count and not lines[-1].removeprefix("›").strip():
            return
        if time.monotonic() > ends:
            raise SystemExit(f"the chat did not come to its prompt {count}; it shows:\n{_pane(tmux)}")
        time.sleep(0.1)


def _pane(tmux: list[str], *more: str) -> str:
    return subprocess.run([*tmux, "capture-pane", "-p", *more], capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    main()
