"""No library reports on its use: no connection is even tried, and HOME stays as it is.

A namespace without a network cannot notice an attempt, so system calls are traced. onnxruntime 1.32 makes its first
look-up about ten seconds after it was loaded, so the chat is kept open for longer.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from models.telemetry import VARIABLES
from tests.network import CITEBOT, offline

ROOT = Path(__file__).parents[2]
STRACE = shutil.which("strace")
OPEN_SECONDS = 20
QUESTION = "Which port city has Russia seized?"
INTERNET = re.compile(r"AF_INET6?\b")

pytestmark = pytest.mark.end_to_end


def environment(home: Path) -> dict[str, str]:
    """As a person's, who has set none of the variables and whose HOME is empty."""
    own = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    return {
        **own,
        "HOME": str(home),
        "XDG_STATE_HOME": str(home.parent / "state"),
        "CITEBOT_ARTICLES": str(ROOT / "seeds"),
    }


@pytest.mark.parametrize("entry", ["bot.main", "bot.pytest_plugin", "bot.compose", "index", "models"])
def test_every_entry_turns_it_off_before_the_libraries_come(entry: str, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    code = (
        f"import {entry}, os, sys, models.telemetry as t\n"
        "early = sorted({'haystack', 'onnxruntime'} & set(sys.modules))\n"
        "import models\n"
        "models.open_session(models.folder('reader'))\n"
        "print(early, all(os.environ[n] == v for n, v in t.VARIABLES.items()))"
    )
    env = environment(tmp_path / "home") | {"PYTHONPATH": str(ROOT), **dict.fromkeys(VARIABLES, "")}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=120)
    assert (done.stdout, done.stderr) == ("[] True\n", "")
    assert list((tmp_path / "home").rglob("*")) == []


@pytest.mark.parametrize("command", [("ask", QUESTION), ("articles",), ("doctor",), ("models",), ("sync",)])
def test_no_command_writes_below_home(command: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    env = environment(tmp_path / "home") | {"CITEBOT_INDEX": str(tmp_path / "index")}
    subprocess.run([CITEBOT, "sync"], env=env, check=True, capture_output=True, timeout=120)
    done = subprocess.run([CITEBOT, *command], env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert list((tmp_path / "home").rglob("*")) == []


@pytest.mark.skipif(STRACE is None, reason="strace is not installed")
def test_an_open_chat_tries_no_connection(tmp_path: Path) -> None:
    assert STRACE is not None
    home, trace = tmp_path / "home", tmp_path / "trace"
    home.mkdir()
    env = environment(home) | {"CITEBOT_INDEX": str(tmp_path / "index")}
    traced = [STRACE, "-f", "-qq", "-e", "trace=connect,sendto", "-o", str(trace), CITEBOT, "ask"]
    with subprocess.Popen(traced, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, text=True) as process:
        assert process.stdin is not None
        process.stdin.write(f"{QUESTION}\n")
        process.stdin.flush()
        time.sleep(OPEN_SECONDS)
        answer, _ = process.communicate(timeout=120)
    assert "Kherson" in answer
    assert [line for line in trace.read_text().splitlines() if INTERNET.search(line)] == []
    assert list(home.rglob("*")) == []


def test_the_trace_would_show_an_attempt(tmp_path: Path) -> None:
    if STRACE is None:
        pytest.skip("strace is not installed")
    trace = tmp_path / "trace"
    code = "import socket; socket.socket().connect_ex(('127.0.0.1', 9))"
    offline(STRACE, "-f", "-qq", "-e", "trace=connect,sendto", "-o", str(trace), sys.executable, "-c", code)
    assert INTERNET.search(trace.read_text())
