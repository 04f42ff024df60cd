"""The bot as a process of its own, where there is no network but a loopback of its own."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from tests.network import offline, without_network

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).with_name("telegram_transcript.txt")
pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.skipif(not without_network(), reason="unshare -rn does not work here"),
]


def played(program: str, folder: Path) -> str:
    """What a program of this folder says, in a network namespace of its own."""
    done = offline(
        sys.executable, "-m", f"tests.end_to_end.{program}", str(folder), cwd=ROOT, env={"PYTHONPATH": "."}, timeout=280
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout


def test_a_day_with_the_bot(tmp_path: Path) -> None:
    """From /start with a pairing code to an old button after a restart; to look at what changed: git diff."""
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    said = played("telegram_transcript", tmp_path).strip() + "\n"
    assert said == GOLDEN.read_text(encoding="utf-8")
    assert "-- token found: []" in said


@pytest.mark.timeout(600)
def test_the_same_answers_in_telegram_at_the_terminal_and_in_a_regression_run(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    shutil.copy(ROOT / "tests" / "regression" / "seeds" / "questions.yaml", tmp_path)
    found = json.loads(played("telegram_parity", tmp_path).splitlines()[-1])
    assert found["differ"] == []
    assert found["questions"] == 100
    assert found["answered"] > 20


def test_killed_three_times_it_answers_every_question(tmp_path: Path) -> None:
    """An answer that was taken and not yet noted down when the kill came stands there twice; two are under way."""
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    found = json.loads(played("telegram_kill", tmp_path).splitlines()[-1])
    assert (found["questions"], found["unanswered"]) == (24, 0)
    assert found["twice"] <= 6


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="tells by /proc when signals are listened to")
def test_sigterm_ends_it_with_0_while_the_models_load_too(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    assert offline("citebot", "sync", cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}).returncode == 0
    found = json.loads(played("telegram_stop", tmp_path).splitlines()[-1])
    assert set(found["while it starts"]) == {0}, found
    assert found["told twice"] == [0]


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, "@BotFather"),
        ({"TELEGRAM_BOT_TOKEN": "no-token"}, "has the form"),
        ({"TELEGRAM_BOT_TOKEN": "1:x", "CITEBOT_TELEGRAM__BASE_URL": "http://127.0.0.1/api"}, "ending in /bot"),
        ({"TELEGRAM_BOT_TOKEN": "1:x", "CITEBOT_TELEGRAM__WEBHOOK_URL": "http://bot.example"}, "https"),
    ],
)
def test_what_cannot_be_used_is_named_with_status_two(tmp_path: Path, environment: dict[str, str], words: str) -> None:
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    failed = offline("citebot", "telegram", cwd=tmp_path, env={"PYTHONPATH": str(ROOT), **environment})
    assert failed.returncode == 2, failed
    assert words in failed.stderr
    assert "Traceback" not in failed.stderr


def test_the_token_is_no_argument() -> None:
    shown = offline("citebot", "telegram", "--help", cwd=ROOT, env={"PYTHONPATH": str(ROOT)}).stdout
    assert "--token" not in shown
    assert "TELEGRAM_BOT_TOKEN" in shown
