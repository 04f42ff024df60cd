"""The chat in a pseudo-terminal: the real command, the real models, no network."""

from __future__ import annotations

import os
import re
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.network import CITEBOT, offline, without_network
from tests.terminal import Terminal, plain

pytestmark = pytest.mark.end_to_end

MAYOR = "Who is the mayor of Springfield?"
ARTICLE = """The mayor

8 March 2022

The mayor of Springfield is Ada Quimby. She was elected in 2019. Her predecessor was Joseph Marge.

The town hall of Springfield was built in 1871. It has two towers.
"""
HOSTILE = (
    "The keeper\n\n9 March 2022\n\nThe keeper of the lighthouse is \x1b]0;owned\x07Otto [/bold] \x1b[31mBrandt\x1b[2J "
    "[red]Junior, said the \u202egnihton report.\n"
)
TITLE = "The mayor"


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working directory with two articles, synced."""
    folder = tmp_path_factory.mktemp("workplace")
    (folder / "seeds" / "news").mkdir(parents=True)
    (folder / "seeds/news/mayor.txt").write_text(ARTICLE)
    (folder / "seeds/keeper.txt").write_text(HOSTILE)
    synced = offline("citebot", "sync", cwd=folder)
    assert synced.returncode == 0, synced.stderr
    return folder


@pytest.fixture(scope="module")
def slow_workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One article of so many passages that reading them all takes a while on any machine."""
    folder = tmp_path_factory.mktemp("slow")
    (folder / "seeds").mkdir()
    (folder / "seeds/mayor.txt").write_text(ARTICLE)
    towns = (f"The mayor of town number {n} counts its {n + 7} gardens every spring. " * 12 for n in range(60))
    (folder / "seeds/towns.txt").write_text("\n\n".join(["Towns", *towns]))
    synced = offline("citebot", "sync", cwd=folder)
    assert synced.returncode == 0, synced.stderr
    return folder


def environment(state: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "LC_ALL"}}
    return {**kept, "LC_ALL": "C.UTF-8", "XDG_STATE_HOME": str(state), "PAGER": "cat", **more}


@pytest.fixture
def chat(workplace: Path, tmp_path: Path) -> Iterator[Terminal]:
    with opened(workplace, tmp_path) as terminal:
        terminal.until("›")
        yield terminal


def opened(workplace: Path, state: Path, *arguments: str, columns: int = 100, **variables: str) -> Terminal:
    command = [*without_network(), CITEBOT, "chat", *arguments]
    return Terminal(command, environment(state, **variables), columns=columns, folder=workplace)


def test_the_answer_comes_with_its_quote_place_and_time(chat: Terminal) -> None:
    chat.type(f"{MAYOR}\r")
    shown = chat.until(r"\d\.\d s\n")
    assert "Ada Quimby [1]" in shown
    assert f"[1] {TITLE} · 8 March 2022" in shown
    assert "“The mayor of Springfield is Ada Quimby.”" in shown
    assert "seeds/news/mayor.txt:5" in shown
    assert shown.index("Ada Quimby [1]") < shown.index("“The mayor")
    assert "\x1b[1mAda Quimby\x1b[0m" in chat.raw  # the span is bold inside its quote
    assert f"file://{chat.folder}/seeds/news/mayor.txt" in chat.raw  # OSC 8


def test_a_follow_up_shows_what_was_understood(chat: Terminal) -> None:
    chat.type(f"{MAYOR}\r")
    chat.until(r"\d\.\d s\n")
    chat.type("When was she elected?\r")
    shown = chat.until(r"\d\.\d s\n")
    assert "understood as: When was Ada Quimby elected?" in shown
    assert "2019 [1]" in shown


def test_ctrl_c_stops_an_answer_and_not_the_program(slow_workplace: Path, tmp_path: Path) -> None:
    slow = {"CITEBOT_RETRIEVAL__TOP_K": "100", "CITEBOT_READER__THREADS": "1"}
    with opened(slow_workplace, tmp_path, **slow) as chat:
        chat.until("›")
        chat.type(f"{MAYOR}\r")
        chat.until(r"\.\.\.")
        chat.type("\x03")
        shown = chat.until("stopped.*›")
        assert "Quimby" not in shown
        chat.type("/json\r")
        assert "no question has been asked yet" in chat.until("asked yet")  # nothing of it is remembered
        chat.type(f"{MAYOR}\r")
        assert "Ada Quimby [1]" in chat.until(r"\d\.\d s\n")


def test_ctrl_c_twice_at_the_prompt_leaves_with_130(chat: Terminal) -> None:
    chat.type("half a question\x03")
    chat.until("Ctrl-C again leaves.*›")
    chat.type("\x03")
    assert chat.status() == 130


def test_one_ctrl_c_and_a_line_later_one_more_do_not_leave(chat: Terminal) -> None:
    chat.type("\x03")
    chat.until("again leaves.*›")
    chat.type("/help\r")
    chat.until("/quit.*›")
    chat.type("\x03")
    chat.until("again leaves.*›")
    chat.type("\x04")
    assert chat.status() == 0


@pytest.mark.parametrize("keys", ["\x04", "/quit\r", "/q\r"])
def test_ctrl_d_and_quit_leave_with_0(chat: Terminal, keys: str) -> None:
    chat.type(keys)
    assert chat.status() == 0
    assert "Traceback" not in chat.raw


def test_keys_typed_during_an_answer_wait_for_the_prompt(chat: Terminal) -> None:
    chat.type(f"{MAYOR}\r")
    chat.until(r"\.\.\.")
    chat.type("/help\r\x04")
    shown = chat.until("Ctrl-D does")
    assert "Ada Quimby [1]" in shown
    assert chat.status() == 0


def test_a_paste_of_two_lines_is_one_question(chat: Terminal) -> None:
    chat.type("\x1b[200~Who is the mayor\nof Springfield?\x1b[201~")
    chat.until("of Springfield")
    chat.type("\r")
    assert "Ada Quimby [1]" in chat.until(r"\d\.\d s\n")
    chat.type("/json\r")
    assert '"question": "Who is the mayor\\nof Springfield?"' in chat.until(r"\}\n").replace("\n", "")


def test_commands_and_articles_are_completed(chat: Terminal) -> None:
    chat.type("/art")
    chat.until("all articles")  # the menu
    chat.type("\t\r")
    shown = chat.until(r"mayor\.txt")
    assert "2022-03-08" in shown
    chat.type("/open news/m")
    chat.until(r"news/mayor\.txt")
    chat.type("\t\r")
    assert "It has two towers." in chat.until("towers")


def test_open_shows_the_article_at_the_place(chat: Terminal) -> None:
    chat.type(f"{MAYOR}\r")
    chat.until(r"\d\.\d s\n")
    chat.type("/open 1\r")
    shown = chat.until("two towers")
    assert "> The mayor of Springfield is Ada Quimby. She was elected" in shown
    assert "\n  The town hall of Springfield" in shown


def test_sources_more_where_and_forget(chat: Terminal, tmp_path: Path) -> None:
    chat.type(f"{MAYOR}\r")
    chat.until(r"\d\.\d s\n")
    chat.type("/sources\r")
    assert "“The mayor of Springfield is Ada Quimby.”" in chat.until("mayor.txt:5")
    chat.type("/more\r")
    assert "She was elected in 2019" in chat.until("Marge")
    chat.type("/more\r")
    assert "The town hall of Springfield was built in 1871." in chat.until("towers")
    chat.type("/where published < 2020-01-01\r")
    chat.until("where published")
    chat.type(f"{MAYOR}\r")
    assert "No article meets the conditions" in chat.until(r"\d\.\d s\n")
    chat.type("/where clear\r")
    chat.until("every article")
    chat.type("/forget\r")
    chat.until("Forgotten: 2 questions.")
    chat.type("\x04")
    assert chat.status() == 0
    kept = b"".join(path.read_bytes() for path in (tmp_path / "citebot").iterdir())
    assert b"Springfield" not in kept


def test_nothing_of_a_hostile_article_reaches_the_terminal_raw(chat: Terminal) -> None:
    chat.type("Who is the keeper of the lighthouse?\r")
    shown = chat.until(r"\d\.\d s\n")
    assert "[/bold]" in shown  # rich would raise on it
    assert "[red]Junior" in " ".join(shown.split())
    assert r"\u202e" in shown
    chat.type("/open keeper.txt\r")
    chat.until("report")
    for sequence in ("\x1b]0;owned", "\x1b[31m", "\x1b[2J", "\u202e"):
        assert sequence not in chat.raw


def test_typed_questions_are_kept_for_their_owner_alone(workplace: Path, tmp_path: Path) -> None:
    with opened(workplace, tmp_path) as chat:
        chat.until("›")
        chat.type(f"{MAYOR}\r")
        chat.until(r"\d\.\d s\n")
        chat.type("\x04")
        assert chat.status() == 0
    for name in ("history", "conversations.db"):
        assert stat.S_IMODE((tmp_path / "citebot" / name).stat().st_mode) == 0o600
    assert MAYOR in (tmp_path / "citebot" / "history").read_text()
    with opened(workplace, tmp_path) as chat:
        chat.until("›")
        chat.type("\x1b[A")
        chat.until("mayor of Springfield")
        chat.type("\x03\x03")
        assert chat.status() == 130


def test_no_history_leaves_no_file(workplace: Path, tmp_path: Path) -> None:
    with opened(workplace, tmp_path, "--no-history") as chat:
        chat.until("›")
        chat.type("/help\r")
        chat.until("/quit")
        chat.type("\x04")
        assert chat.status() == 0
    assert not (tmp_path / "citebot" / "history").exists()


def test_a_conversation_of_yesterday_is_not_followed_up(workplace: Path, tmp_path: Path) -> None:
    with opened(workplace, tmp_path) as chat:
        chat.until("›")
        chat.type(f"{MAYOR}\r")
        chat.until(r"\d\.\d s\n")
        chat.type("\x04")
        chat.status()
    with opened(workplace, tmp_path) as chat:
        chat.until("›")
        chat.type("When was she elected?\r")
        assert "understood" not in chat.until(r"\d\.\d s\n")


def test_no_color_keeps_bold_and_has_no_colour(workplace: Path, tmp_path: Path) -> None:
    with opened(workplace, tmp_path, NO_COLOR="1") as chat:
        chat.until("›")
        chat.type(f"{MAYOR}\r")
        chat.until(r"\d\.\d s\n")
        assert "\x1b[1mAda Quimby" in chat.raw
        assert re.findall(r"\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;\d+)*m", chat.raw) == []


def test_a_dumb_terminal_gets_plain_text_and_no_links(workplace: Path, tmp_path: Path) -> None:
    with opened(workplace, tmp_path, TERM="dumb") as chat:
        chat.until("[›>]")
        chat.type(f"{MAYOR}\r")
        shown = chat.until(r"\d\.\d s")
        assert "seeds/news/mayor.txt:5" in shown
        assert "\x1b]8" not in chat.raw
        assert "\x1b[1m" not in chat.raw


def test_a_narrow_window_breaks_lines_and_loses_no_word(workplace: Path, tmp_path: Path) -> None:
    with opened(workplace, tmp_path, columns=24) as chat:
        chat.until("›")
        chat.type(f"{MAYOR}\r")
        shown = chat.until(r"\d\.\d s\n")
        assert "“The mayor of Springfield is Ada Quimby.”" in " ".join(shown.split())
        quote = shown[shown.index("“") : shown.index("”")]
        assert max(len(line) for line in quote.split("\n")) <= 24


def test_an_index_that_cannot_be_opened_ends_it_with_2(tmp_path: Path) -> None:
    with opened(tmp_path, tmp_path, "--articles", "nowhere") as chat:
        assert chat.status() == 2
        assert "nowhere" in plain(chat.raw)
        assert "Traceback" not in chat.raw


def test_where_there_is_no_terminal_it_says_to_use_ask(workplace: Path) -> None:
    ran = subprocess.run([CITEBOT, "chat"], cwd=workplace, input="", capture_output=True, text=True)
    assert ran.returncode == 2
    assert "citebot ask" in ran.stderr
    assert ran.stdout == ""
