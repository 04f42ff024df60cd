"""Replies on a terminal: what is bold, what is a link, and that nothing of an article steers it."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from bot.conversation.reply import Reply, ReplyKind
from bot.terminal import pager, places
from bot.terminal.rendering import Screen
from bot.types import Answer, Citation, Status
from index.types import Article

QUOTE = "The keeper is Otto."
CITATION = Citation(1, "a.txt", "Title", "2022-03-08", None, None, 4, 4 + len(QUOTE), QUOTE, 18, 22)
ANSWER = Answer("q", "q", Status.ANSWERED, "Otto", "Otto [1]", 0.97, (CITATION,), (), "r", 1, 0.2)
HOSTILE = "\x1b]0;owned\x07 \x1b[2J\x9b31m [/bold] [red]x[/red] \u202e \u2066 \r\x08 :smile:"


def drawn(reply: Reply, folder: Path, *, width: int = 80, terminal: bool = True, verbose: bool = False) -> str:
    file = io.StringIO()
    console = Console(
        file=file, width=width, force_terminal=terminal, color_system="truecolor" if terminal else None,
        markup=False, highlight=False, emoji=False,
    )  # fmt: skip
    Screen(folder, verbose=verbose, console=console).reply(reply, 0.4)
    return file.getvalue()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TERM", "xterm-256color")
    (tmp_path / "a.txt").write_text(f"One\n\n{QUOTE} More.\n")
    return tmp_path


def reply(answer: Answer = ANSWER, understood: str | None = None) -> Reply:
    return Reply(ReplyKind.ANSWER, answer.text, answer, (), understood)


def test_the_span_is_bold_in_its_quote_and_the_title_a_link(folder: Path) -> None:
    shown = drawn(reply(), folder)
    assert "“The keeper is \x1b[1mOtto\x1b[0m.”" in shown
    assert f"\x1b]8;id=" in shown  # noqa: F541 (the id is rich's own)
    assert f"file://{folder}/a.txt" in shown
    assert "a.txt:3" in shown


def test_a_pipe_gets_no_escape_at_all(folder: Path) -> None:
    assert "\x1b" not in drawn(reply(), folder, terminal=False)


@pytest.mark.parametrize("name", ["linux", "dumb", "vt100"])
def test_terminals_that_know_no_links_get_path_and_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("TERM", name)
    shown = drawn(reply(), folder)
    assert "\x1b]8" not in shown
    assert "a.txt:3" in shown


def test_no_part_of_an_article_reaches_the_terminal_raw(folder: Path) -> None:
    hostile = replace(
        CITATION, quote=HOSTILE + "Otto", title=HOSTILE, article=HOSTILE, url=f"https://x/{HOSTILE}", published=HOSTILE,
        span_start=4 + len(HOSTILE), span_end=8 + len(HOSTILE),
    )  # fmt: skip
    answer = replace(ANSWER, text=HOSTILE, citations=(hostile,), closest=(replace(hostile, marker=None),))
    shown = drawn(reply(answer, understood=HOSTILE), folder, width=4000)
    for character in "\x07\x9b\u202e\u2066\r\x08":
        assert character not in shown
    for escape in ("\x1b]0", "\x1b[2J", "\x1b[31m"):
        assert escape not in shown
    assert shown.count("[/bold] [red]x[/red]") >= 5
    assert ":smile:" in shown
    assert r"\x1b]0;owned\x07" in shown


def test_wide_and_right_to_left_characters_are_wrapped_and_kept(folder: Path) -> None:
    text = "日本語の文章です。" * 6 + " שלום עולם " * 6
    wide = replace(CITATION, quote=text, span_start=4, span_end=7)
    shown = drawn(reply(replace(ANSWER, citations=(wide,))), folder, width=30, terminal=False)
    assert "".join(text.split()) in "".join(shown.split())
    assert max(Console().render_lines(line)[0][0].cell_length for line in shown.splitlines() if line.strip()) <= 30


def test_how_sure_is_said_in_words_and_with_verbose_as_a_number(folder: Path) -> None:
    assert "quite sure · 0.4 s" in drawn(reply(), folder, terminal=False)
    assert "quite sure (0.97) · 0.4 s" in drawn(reply(), folder, terminal=False, verbose=True)
    assert "likely" in drawn(reply(replace(ANSWER, confidence=0.85)), folder, terminal=False)
    assert "not very sure" in drawn(reply(replace(ANSWER, confidence=0.6)), folder, terminal=False)


def test_an_address_is_a_link_only_when_it_is_an_address(folder: Path) -> None:
    assert places.address(folder, replace(CITATION, url="https://example.org/a?b=1")) == "https://example.org/a?b=1"
    for url in ("javascript:alert(1)", "https://x\x1b]8;;", "file:///etc/passwd"):
        assert places.address(folder, replace(CITATION, url=url)) == f"file://{folder}/a.txt"
    assert places.address(folder, replace(CITATION, article="gone.txt")) is None


def test_a_place_without_a_line_is_told_in_offsets(folder: Path) -> None:
    (folder / "b.pdf").write_bytes(b"%PDF-")
    assert places.place(folder, replace(CITATION, article="b.pdf")).endswith("b.pdf:4-23")
    assert places.place(folder, replace(CITATION, quote="Nowhere.")).endswith("a.txt:4-23")


def test_a_row_of_a_table_is_opened_as_its_file(folder: Path) -> None:
    (folder / "t.csv").write_text("id,text\n7,The keeper is Otto.\n")
    assert places.place(folder, replace(CITATION, article="t.csv#7")).endswith("t.csv:2")


def test_the_pager_marks_the_lines_of_the_place_and_starts_there() -> None:
    article = Article("a.txt", "Title \x1b[2J", "One\n\nTwo is here.\nThree\x1b[31m\n", published="2022-03-08")
    text, line = pager.page_of(article, (5, 17))
    assert text.splitlines() == [
        r"Title \x1b[2J",
        "8 March 2022",
        "",
        "  One",
        "",
        "> Two is here.",
        r"  Three\x1b[31m",
    ]
    assert text.splitlines()[line - 1] == "> Two is here."
    assert pager.page_of(article, None)[1] == 4


def test_the_pager_breaks_lines_between_words_and_marks_those_of_the_place() -> None:
    words = "alpha beta gamma delta"
    article = Article("a.txt", "T", f"{words}\n{'x' * 30} y\nz")
    text, line = pager.page_of(article, (words.index("gamma"), words.index("delta")), columns=14)
    assert text.splitlines()[2:] == ["  alpha beta", "> gamma delta", "  " + "x" * 30, "  y", "  z"]
    assert text.splitlines()[line - 1] == "> gamma delta"
