"""The command line's outside: exit statuses, what is told where, and what is not imported."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

import bot.main
from bot.main import Commands, run
from index.errors import IndexMissing
from tests.network import CITEBOT, offline

HEAVY = {"haystack", "numpy", "pydantic", "rich", "onnxruntime", "faiss", "tokenizers", "transformers", "sqlite3"}


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory and a temporary folder of the test's own, an environment without settings."""
    for name in [*os.environ]:
        if name.startswith(("CITEBOT_", "TELEGRAM_")):
            monkeypatch.delenv(name)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("CITEBOT_DEBUG", "")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def command_that(raises: BaseException) -> click.Group:
    """A `citebot` with one command, which raises."""
    group = click.Group("citebot")

    @group.command("fail")
    def fail() -> None:
        raise raises

    return group


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> int:
    monkeypatch.setattr(bot.main, "citebot", command_that(error))
    return run(["fail"])


def test_version_and_help_end_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("citebot 0.")
    assert run(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(f"\n  {name} " in shown for name in Commands.NAMES)


def leaves() -> list[list[str]]:
    """Every command that does something, as it is typed."""
    context = click.Context(bot.main.citebot)
    commands = {name: bot.main.citebot.get_command(context, name) for name in Commands.NAMES}
    return [
        [name, *below]
        for name, command in commands.items()
        for below in ([[one] for one in command.commands] if isinstance(command, click.Group) else [[]])
    ]


@pytest.mark.parametrize("typed", leaves(), ids=" ".join)
def test_every_command_has_help_with_examples_and_the_common_options(
    typed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*typed, "--help"]) == 0
    shown = capsys.readouterr().out
    assert all(option in shown for option in ("--articles FOLDER", "--index FOLDER", "--config FILE"))
    assert f"Examples:\n    citebot {' '.join(typed)}" in shown


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["ask", "--help"]])
def test_nothing_heavy_is_imported_for_help(arguments: list[str]) -> None:
    code = (
        "import sys; from bot.main import run; status = run(sys.argv[1:]); "
        "print(status, *sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    told = offline(sys.executable, "-c", code, *arguments).stderr.split()
    assert told[0] == "0"
    assert not HEAVY & set(told)


@pytest.mark.parametrize("arguments", [[], ["aks"], ["ask", "--nope"], ["show"], ["ask", "two", "questions"]])
def test_wrong_usage_ends_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "Usage: citebot" in told.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ask", " "], "the question is empty"),
        (["ask", "Who?", "--where", "title"], "'title' is not a condition"),
        (["ask", "Who?", "--config", "missing.toml"], "the settings file missing.toml cannot be read"),
        (["sync", ""], "FOLDER is empty"),
        (["sync", "a", "--articles", "b"], "two articles folders: FOLDER is a, --articles is b"),
    ],
)
def test_what_cannot_be_used_is_one_line(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"citebot: {message}")
    assert told.err.count("\n") == 1


def test_an_error_for_people_is_told_as_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert failing(monkeypatch, IndexMissing("there is no index in \x1b[2Jx yet")) == 2
    assert capsys.readouterr().err == "citebot: there is no index in \\x1b[2Jx yet\n"


def test_an_unexpected_error_is_one_line_and_its_details_a_private_file(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert failing(monkeypatch, KeyError("title")) == 2
    (details,) = bare.glob("citebot-*.log")
    assert capsys.readouterr().err == f"citebot: unexpected KeyError: 'title'. Details: {details}\n"
    assert "in fail\n    raise raises" in details.read_text()
    assert details.stat().st_mode & 0o077 == 0


def test_debugging_shows_the_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("CITEBOT_DEBUG", "1")
    assert failing(monkeypatch, KeyError("title")) == 2
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_an_interrupt_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert failing(monkeypatch, KeyboardInterrupt()) == 130
    assert capsys.readouterr().err == "interrupted\n"


def started(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen([CITEBOT, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def test_a_reader_that_left_gets_no_complaint() -> None:
    read, write = os.pipe()
    os.close(read)
    ended = subprocess.run([CITEBOT, "--help"], stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    assert (ended.returncode, ended.stderr) == (141, b"")


def test_ctrl_c_while_waiting_for_a_question(bare: Path) -> None:
    os.mkfifo(bare / "questions")
    with (
        open(os.open(bare / "questions", os.O_RDWR)) as questions,  # noqa: PTH123 (a descriptor)
        started("ask", "--no-sync", "--json", "--index", "missing", stdin=questions) as asking,
    ):
        os.write(questions.fileno(), b"Who?\n")
        assert asking.stdout is not None
        assert asking.stdout.readline().startswith(b'{"question": "Who?"')
        asking.send_signal(signal.SIGINT)
        assert asking.wait(timeout=30) == 130
        assert asking.stderr is not None
        assert asking.stderr.read() == b"interrupted\n"
