"""What the commands print and how they end, through the real command, without a network."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.network import CITEBOT, offline

pytestmark = pytest.mark.end_to_end
MAYOR = "Who is the mayor of Springfield?"
ARTICLE = "The mayor\n8 March 2022\n\nThe mayor of Springfield is Ada Quimby. She was elected in 2019.\n"


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working directory with one article, synced."""
    folder = tmp_path_factory.mktemp("workplace")
    (folder / "seeds" / "news").mkdir(parents=True)
    (folder / "seeds/news/mayor.txt").write_text(ARTICLE)
    synced = offline("citebot", "sync", "--json", cwd=folder)
    assert (synced.returncode, synced.stderr) == (0, "")
    assert json.loads(synced.stdout)["added"] == 1
    return folder


def records(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.split("\n") if line]


def test_each_line_that_is_not_blank_gets_one_result(workplace: Path) -> None:
    lines = f"{MAYOR}\n\n \t\nWhat is the boiling point of lead?\n{MAYOR}".encode()
    asked = offline("citebot", "ask", "--json", cwd=workplace, input=lines, encoding=None)
    results = records(asked.stdout.decode("ascii"))
    assert [result["status"] for result in results] == ["answered", "refused", "answered"]
    assert results[0] | {"seconds": 0} == results[2] | {"seconds": 0}
    assert results[0]["answer"] == "Ada Quimby"
    assert asked.returncode == 1


def test_a_line_that_is_not_utf_8_is_one_error_among_the_others(workplace: Path) -> None:
    lines = b"Who is \xff?\n" + MAYOR.encode() + b"\n"
    asked = offline("citebot", "ask", "--json", cwd=workplace, input=lines, encoding=None)
    results = records(asked.stdout.decode("ascii"))
    assert [result["status"] for result in results] == ["error", "answered"]
    assert "not UTF-8" in results[0]["error"]
    assert b"not UTF-8" in asked.stderr
    assert asked.returncode == 2


def test_no_line_is_no_result(workplace: Path) -> None:
    asked = offline("citebot", "ask", cwd=workplace, input="\n\n")
    assert (asked.returncode, asked.stdout) == (0, "")


@pytest.mark.parametrize("arguments", [("ask", "--json", MAYOR), ("ask", "--json", "--no-sync", MAYOR)])
def test_every_question_gets_a_result_even_where_nothing_opens(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    asked = offline("citebot", *arguments, cwd=tmp_path)
    (result,) = records(asked.stdout)
    assert (result["status"], result["question"], result["index"]) == ("error", MAYOR, None)
    assert asked.stderr == f"citebot: {result['error']}\n"
    assert asked.returncode == 2


def test_without_json_an_error_is_told_once(tmp_path: Path) -> None:
    asked = offline("citebot", "ask", "--no-sync", MAYOR, cwd=tmp_path)
    assert (asked.returncode, asked.stdout) == (2, "")
    assert asked.stderr.count("\n") == 1
    assert "Run: citebot sync seeds" in asked.stderr


def test_articles_outside_the_conditions_do_not_answer(workplace: Path) -> None:
    inside = offline("citebot", "ask", MAYOR, "--where", "published = 2022-03-08", cwd=workplace)
    outside = offline("citebot", "ask", MAYOR, "--where", "published != 2022-03-08", cwd=workplace)
    assert (inside.returncode, outside.returncode) == (0, 1)
    assert "Ada Quimby" not in outside.stdout


def test_articles_and_show(workplace: Path) -> None:
    listed = offline("citebot", "articles", cwd=workplace)
    assert listed.stdout == "2022-03-08  news/mayor.txt  The mayor\n"
    shown = offline("citebot", "show", "news/mayor.txt", "--json", cwd=workplace)
    (record,) = records(shown.stdout)
    assert list(record) == ["article", "title", "published", "url", "text"]
    start = record["text"].index("Ada")
    around = offline("citebot", "show", "news/mayor.txt", "--at", str(start), cwd=workplace)
    assert "> The mayor of Springfield is Ada Quimby. She was elected in 2019." in around.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("mayor.txt",), "there is no article 'mayor.txt' in the index; near: news/mayor.txt"),
        (("news/mayr.txt",), "near: news/mayor.txt"),
        (("zzz",), "all of them: citebot articles"),
        (("news/mayor.txt", "--at", "100000"), "--at 100000 is not inside news/mayor.txt, whose text has"),
        (("news/mayor.txt", "--at", "9-3"), "is not inside"),
        (("news/mayor.txt", "--at", "-3"), "is not a place"),
    ],
)
def test_show_tells_what_it_cannot_show(workplace: Path, arguments: tuple[str, ...], message: str) -> None:
    shown = offline("citebot", "show", *arguments, cwd=workplace)
    assert (shown.returncode, shown.stdout) == (2, "")
    assert message in shown.stderr


def on_a_terminal(folder: Path, **environment: str) -> str:
    """What `ask` writes where stdout and stderr are a terminal."""
    ours, theirs = pty.openpty()
    own = {**os.environ, "TERM": "xterm", **environment}
    with subprocess.Popen([CITEBOT, "ask", MAYOR], cwd=folder, env=own, stdin=theirs, stdout=theirs, stderr=theirs):
        os.close(theirs)
        return _read(ours)


def _read(descriptor: int) -> str:
    written = b""
    while select.select([descriptor], [], [], 120)[0]:
        try:
            part = os.read(descriptor, 65536)
        except OSError:  # Linux's word for the end of a terminal
            break
        if not part:
            break
        written += part
    os.close(descriptor)
    return written.decode()


def test_a_terminal_shows_the_span_in_bold(workplace: Path) -> None:
    assert "Springfield is \x1b[1mAda Quimby\x1b[22m." in on_a_terminal(workplace)


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_escapes_where_they_are_not_wanted(workplace: Path, environment: dict[str, str]) -> None:
    shown = on_a_terminal(workplace, **environment)
    assert "Ada Quimby" in shown
    assert "\x1b" not in shown


def test_a_first_sync_shows_a_bar_on_a_terminal_and_leaves_nothing_of_it(workplace: Path, tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds/a [b].txt").write_text(ARTICLE)
    shown = on_a_terminal(tmp_path)
    assert "1/1" in shown
    assert "a [b].txt:" in shown
    assert shown.rsplit("\x1b[2K", 1)[1].lstrip("\r\n").startswith("Ada Quimby [1]")
