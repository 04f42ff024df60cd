"""Answers in a chat model's words through the real command, with a scripted model on a loopback of its own."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.end_to_end.beside_a_model import ARTICLE, GOOD, INVENTED, QUESTION, SECOND, TREE, UNMARKED
from tests.network import CITEBOT, offline, without_network
from tests.terminal import Terminal

pytestmark = pytest.mark.end_to_end

BOTH = f"{GOOD} {SECOND.replace('[1]', '[2]')}"
EXTRACTIVE = "around 20,000 [1]"
QUOTES = [sentence.rstrip(".") + "." for sentence in ARTICLE.split("\n\n")[1].split(". ")]
SET = f"""\
cases:
  - {{id: kuleba, question: "{QUESTION}", answers: ["20,000"], quote: around 20}}
  - {{id: bread, question: "How long should sourdough bread rise?", unanswerable: true}}
"""


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working directory with one article, synced."""
    folder = tmp_path_factory.mktemp("workplace")
    (folder / "seeds").mkdir()
    (folder / "seeds" / "volunteers.txt").write_text(ARTICLE, encoding="utf-8")
    (folder / "set.yaml").write_text(SET, encoding="utf-8")
    synced = offline("citebot", "sync", cwd=folder)
    assert synced.returncode == 0, synced.stderr
    return folder


def beside(scripts: str, folder: Path, *arguments: str) -> tuple[str, ...]:
    """The command line of citebot with a model beside it."""
    return (sys.executable, "-m", "tests.end_to_end.beside_a_model", scripts, str(folder), CITEBOT, *arguments)


def run(scripts: str, workplace: Path, *arguments: str) -> CompletedProcess[str]:
    return offline(*beside(scripts, workplace, *arguments), cwd=workplace, env={"PYTHONPATH": TREE})


def opened(scripts: str, workplace: Path, state: Path, *arguments: str) -> Terminal:
    """The chat in a terminal, its model beside it."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME"}}
    environment = {**kept, "LC_ALL": "C.UTF-8", "XDG_STATE_HOME": str(state), "PYTHONPATH": TREE}
    command = [*without_network(), *beside(scripts, state, "chat", *arguments)]
    return Terminal(command, environment, folder=workplace, columns=160)


def _until(file: Path) -> None:
    """The model leaves files to tell what it met."""
    deadline = time.monotonic() + 60
    while not file.exists():
        assert time.monotonic() < deadline, f"{file.name} never came"
        time.sleep(0.02)


def test_ask_says_what_is_supported_with_its_quotes_and_explains_the_rest(workplace: Path) -> None:
    asked = run("good", workplace, "ask", "--explain", QUESTION)
    assert asked.returncode == 0, asked.stderr
    said, *rest = asked.stdout.splitlines()
    assert said == BOTH
    for quote in QUOTES:
        assert f"“{quote}”" in "\n".join(rest)
    dropped = [line for line in asked.stderr.splitlines() if "dropped: " in line]
    assert [INVENTED.replace(" [1]", "") in dropped[0], UNMARKED in dropped[1]] == [True, True], asked.stderr
    assert "70,000" in dropped[0].partition("” – ")[2]
    assert dropped[1].endswith("it names no passage")
    assert len(dropped) == 2


def test_ask_in_json_has_exact_quotes_and_names_the_model(workplace: Path) -> None:
    asked = run("good", workplace, "ask", "--json", QUESTION)
    assert (asked.returncode, asked.stderr) == (0, "")
    found = json.loads(asked.stdout)
    assert found["answer"] == found["text"] == BOTH
    assert found["reader"].startswith("openai/m@")
    assert [citation["quote"] for citation in found["citations"]] == QUOTES
    for citation in found["citations"]:
        assert ARTICLE[citation["start"] : citation["end"]] == citation["quote"]


def test_a_server_that_is_down_is_one_line_and_the_extractive_answer(workplace: Path) -> None:
    asked = run("down", workplace, "ask", QUESTION)
    assert asked.returncode == 0
    assert asked.stdout.startswith(EXTRACTIVE)
    assert asked.stderr.count("\n") == 1
    assert "cannot be reached; is the server running?" in asked.stderr
    assert asked.stderr.rstrip().endswith("This is the extractive answer")


def test_the_chat_shows_a_sentence_while_the_model_still_writes(workplace: Path, tmp_path: Path) -> None:
    with opened("held", workplace, tmp_path) as chat:
        chat.until("›")
        chat.type(f"{QUESTION}\r")
        shown = chat.until(r"forces \[1\]\.")
        assert "legion" not in shown
        assert "[2]" not in shown
        (tmp_path / "go").touch()  # only now does the model go on
        rest = chat.until(r"\d\.\d s\n")
        assert SECOND.replace("[1]", "[2]") in rest
        assert f"“{QUOTES[0]}”" in rest
        assert "forces [1]" not in rest  # what was shown is not shown again
        chat.type("\x04")
        assert chat.status() == 0


def test_ctrl_c_while_the_model_talks_gives_the_prompt_back_and_the_next_question_works(
    workplace: Path, tmp_path: Path
) -> None:
    with opened("talking+good", workplace, tmp_path) as chat:
        chat.until("›")
        chat.type(f"{QUESTION}\r")
        _until(tmp_path / "asked")
        pressed = time.monotonic()
        chat.type("\x03")
        shown = chat.until("stopped.*›")
        assert time.monotonic() - pressed < 3
        assert "20,000" not in shown
        _until(tmp_path / "gone")  # nobody listens to it any more
        chat.type(f"{QUESTION}\r")
        assert GOOD in chat.until(r"\d\.\d s\n")
        chat.type("\x04")
        assert chat.status() == 0
        assert "Traceback" not in chat.raw


def test_the_chat_tells_each_fault_in_a_line_and_answers_extractively(workplace: Path, tmp_path: Path) -> None:
    with opened("cut+slow+good", workplace, tmp_path) as chat:
        chat.until("›")
        for fault in ("broke off before its reply was whole", "did not (begin to )?reply"):
            chat.type(f"{QUESTION}\r")
            shown = chat.until(r"\d\.\d s\n")
            assert EXTRACTIVE in shown
            lines = [line for line in shown.splitlines() if "This is the extractive answer" in line]
            assert len(lines) == 1, shown
            assert re.search(fault, lines[0])
        chat.type(f"{QUESTION}\r")
        assert GOOD in chat.until(r"\d\.\d s\n")
        chat.type("\x04")
        assert chat.status() == 0


def test_regress_judges_what_the_model_says_and_keeps_a_baseline_of_its_own(workplace: Path) -> None:
    made = run("good", workplace, "regress", "set.yaml", "--baseline", "b.json", "--update-baseline")
    assert made.returncode == 0, made.stdout + made.stderr
    again = run("good", workplace, "regress", "set.yaml", "--baseline", "b.json", "--json", "run.json")
    assert again.returncode == 0, again.stdout + again.stderr
    cases = {case["id"]: case for case in json.loads((workplace / "run.json").read_text(encoding="utf-8"))["cases"]}
    assert cases["kuleba"]["answer"].startswith(GOOD)
    assert cases["bread"]["status"] == "refused"
    other = offline("citebot", "regress", "set.yaml", "--baseline", "b.json", cwd=workplace)
    assert "openai/m" in other.stdout + other.stderr


@pytest.mark.skipif(not without_network(), reason="unshare -rn does not work here")
def test_telegram_gets_the_finished_answer_in_the_models_words(workplace: Path, tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "volunteers.txt").write_text(ARTICLE, encoding="utf-8")
    program = (sys.executable, "-m", "tests.end_to_end.telegram_generator", str(tmp_path))
    done = offline(*program, cwd=TREE, env={"PYTHONPATH": TREE}, timeout=280)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    first, second = json.loads(done.stdout.splitlines()[-1])
    assert len(first) == len(second) == 1
    assert first[0].startswith(BOTH)
    for quote in QUOTES:
        assert quote in first[0]
    assert EXTRACTIVE in second[0]  # the model broke off
