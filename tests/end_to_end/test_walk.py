"""The whole walk through the real command, with the real models and no network."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.conftest import offline

SEED = Path(__file__).parents[2] / "seeds"
NAME = "000_52b6240fc459b307.txt"
KULEBA = "How many foreign volunteers does Kuleba say have joined Kyiv's forces?"

Run = Callable[..., CompletedProcess[str]]
pytestmark = pytest.mark.end_to_end


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """`citebot` with a copy of the seeds in a working directory of its own."""
    shutil.copytree(SEED, tmp_path / "seeds")

    def command(*arguments: str, stdin: str = "") -> CompletedProcess[str]:
        return offline("citebot", *arguments, cwd=tmp_path, input=stdin)

    return command


def test_a_question_is_answered_with_a_quote_that_holds(run: Run) -> None:
    asked = run("ask", "--json", KULEBA)
    assert asked.returncode == 0, asked.stderr
    answer = json.loads(asked.stdout)
    assert answer["status"] == "answered"
    assert "20,000" in answer["answer"]
    article = json.loads(run("show", NAME, "--json").stdout)
    first = answer["citations"][0]
    assert first["article"] == article["article"] == NAME
    assert article["text"][first["start"] : first["end"]] == first["quote"]
    assert article["text"][first["span_start"] : first["span_end"]] == answer["answer"]
    assert first["quote"].startswith("Ukrainian Foreign Minister Dmytro Kuleba")
    assert article["published"] == "2022-03-08T11:03:00"


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Who is the Pentagon spokesman?", "John Kirby"),
        ("Which port city has Russia seized?", "Kherson"),
        ("When did Russia attack its Eastern European neighbour?", "February 24"),
        ("How many people have fled the country?", "1.7 million"),
        ("In which year did Moscow enter the Syria war?", "2015"),
    ],
)
def test_facts_of_the_article(run: Run, question: str, words: str) -> None:
    asked = run("ask", "--json", question)
    answer = json.loads(asked.stdout)
    assert words in answer["answer"]
    assert words in answer["citations"][0]["quote"]


@pytest.mark.parametrize(
    "question",
    [
        "Who won the football world cup in 2018?",
        "How many eggs does the recipe for the cake need?",
        "What is the boiling point of nitrogen?",
    ],
)
def test_what_the_article_does_not_hold_is_refused(run: Run, question: str) -> None:
    asked = run("ask", "--json", question)
    answer = json.loads(asked.stdout)
    assert (asked.returncode, answer["status"], answer["answer"], answer["citations"]) == (1, "refused", None, [])
    assert "marker" not in (answer["closest"] or [{}])[0]


def test_one_result_for_each_line_that_is_not_blank(run: Run) -> None:
    asked = run("ask", "--json", stdin=f"{KULEBA}\n\n   \nWho won the football world cup in 2018?\n")
    results = [json.loads(line) for line in asked.stdout.splitlines()]
    assert [one["status"] for one in results] == ["answered", "refused"]
    assert asked.returncode == 1


def test_boilerplate_is_not_an_answer(run: Run) -> None:
    answer = json.loads(run("ask", "--json", "Powered by what?").stdout)
    assert "automated" not in (answer["answer"] or "")


def test_a_deleted_article_is_not_quoted_from_the_next_question_on(run: Run, tmp_path: Path) -> None:
    (tmp_path / "seeds" / "sour.txt").write_text("Bread\n\nA sourdough loaf must rise for twelve hours in the cold.")
    question = "How long must a sourdough loaf rise?"
    assert json.loads(run("ask", "--json", question).stdout)["citations"][0]["article"] == "sour.txt"
    (tmp_path / "seeds" / "sour.txt").unlink()
    again = run("ask", "--json", question).stdout
    assert json.loads(again)["status"] == "refused"
    assert "sour.txt" not in again


def test_conditions_hold(run: Run) -> None:
    assert run("ask", KULEBA, "--where", "published = 2022-03-08").returncode == 0
    nothing = run("ask", "--json", KULEBA, "--where", "published > 2022-03-08")
    assert (nothing.returncode, json.loads(nothing.stdout)["status"]) == (1, "refused")


def test_the_same_answer_whatever_else_is_in_the_folder(run: Run, tmp_path: Path) -> None:
    alone = json.loads(run("ask", "--json", KULEBA).stdout)
    for number in range(5):
        (tmp_path / "seeds" / f"{number}.txt").write_text(
            f"Gardens {number}\n\nThe rose bed number {number} needs water."
        )
    beside = json.loads(run("ask", "--json", KULEBA).stdout)
    assert (alone["answer"], alone["citations"]) == (beside["answer"], beside["citations"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ask", "Who?", "--articles", "nowhere"), "nowhere"),
        (("show", "000_52b6240fc459b307.tx"), NAME),
        (("ask", "Who?", "--where", "colour = red"), "colour"),
        (("ask", "Who?", "--no-sync", "--index", "void"), "citebot sync"),
        (("sync", "--articles", "seeds/" + NAME), "folder"),
    ],
)
def test_what_cannot_be_used_is_named_with_status_two(run: Run, arguments: tuple[str, ...], words: str) -> None:
    run("sync")
    failed = run(*arguments)
    assert failed.returncode == 2, failed
    assert words in failed.stderr
    assert "Traceback" not in failed.stderr


def test_everything_holds_in_a_fresh_install(run: Run) -> None:
    run("sync")
    checked = run("doctor")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    listed = run("articles")
    assert NAME in listed.stdout
    assert "reader" in run("models").stdout
