"""`citebot models list | add | remove | calibrate`, `doctor` and `regress` with a reader of the user's own.

It is the reader in the box, added under another name: no torch is needed to run it.
"""

from __future__ import annotations

import json
import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

import models
from bot import compose
from bot.confidence import FILE
from bot.main import run

SET = Path(__file__).parents[1] / "regression" / "seeds" / "questions.yaml"
SEEDS = Path(__file__).parents[2] / "seeds"
ASKED = "How many foreign volunteers does Kuleba say have joined Kyiv's forces?"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a models folder that holds `mine`, and settings that choose it."""
    for name in [*os.environ]:
        if name.startswith(("CITEBOT_", "TELEGRAM_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(compose, "_told", set())
    mine = Path(shutil.copytree(models.folder("reader"), tmp_path / "models" / "mine"))
    (mine / FILE).unlink()
    card = json.loads((mine / models.CARD).read_text(encoding="utf-8"))
    (mine / models.CARD).write_text(json.dumps(card | {"id": "mine-int8"}), encoding="utf-8")
    Path("citebot.toml").write_text(
        f"articles = {json.dumps(str(SEEDS))}\n"
        '[retrieval]\ntop_k = 3\n[reader]\nmodel = "mine"\n[models]\nfolder = "models"\n'
    )
    return tmp_path


def records(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def part_of_the_set(folder: Path) -> str:
    """Two cases of three, for the sake of time, without their tags."""
    cases = yaml.safe_load(SET.read_text(encoding="utf-8"))["cases"]
    kept = [{key: case[key] for key in case if key != "tags"} for number, case in enumerate(cases) if number % 3]
    path = folder / "part.jsonl"
    path.write_text("\n".join(json.dumps(case) for case in kept))
    return str(path)


def test_the_list_tells_which_is_in_use_and_whether_it_is_calibrated(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "list", "--json"]) == 0
    told = [(row["kind"], row["name"], row["in_use"], row["calibrated"]) for row in records(capsys)]
    assert told == [("embedder", "box", True, None), ("reader", "box", False, True), ("reader", "mine", True, False)]
    assert run(["models"]) == 0
    assert capsys.readouterr().out.splitlines()[2].endswith("[in use, not calibrated]")


def test_the_list_tells_of_a_reader_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CITEBOT_READER__MODEL", "./gone")
    assert run(["models"]) == 1
    told = capsys.readouterr()
    assert "there is no folder gone; added are: mine" in told.err
    assert len(told.out.splitlines()) == 3


@pytest.mark.skipif(find_spec("torch") is not None, reason="torch is installed here")
@pytest.mark.parametrize("arguments", [["add", "somebody/tiny"], ["add", "."]])
def test_adding_without_torch_says_what_to_install(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", *arguments]) == 2
    assert capsys.readouterr().err.rstrip().endswith("Run: pip install 'citebot[export]'")


def test_removing_says_when_the_settings_still_name_it(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "remove", "mine"]) == 0
    assert not any((place / "models").iterdir())
    assert "the settings still name it" in capsys.readouterr().err
    assert run(["models", "remove", "mine"]) == 2
    assert run(["models", "remove", "box"]) == 2


def test_a_question_to_a_reader_that_is_gone_is_an_error(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(place / "models")
    assert run(["ask", ASKED]) == 2
    assert "citebot models add mine" in capsys.readouterr().err


def test_an_uncalibrated_reader_answers_with_a_note(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ask", "--json", ASKED]) == 0
    told = capsys.readouterr()
    assert told.err.splitlines() == [
        "citebot: mine is not calibrated: its confidence is a cautious guess, and it may refuse or answer too much. "
        "Run: citebot models calibrate SET"
    ]
    answer = json.loads(told.out)
    assert answer["answer"] == "around 20,000"
    assert str(answer["reader"]).startswith("mine-int8@")


def test_calibrated_it_passes_a_set_with_a_baseline_of_its_own(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The whole way: fitted, kept beside it, used without a note, and held by a baseline."""
    part = part_of_the_set(place)
    assert run(["models", "calibrate", part, "--json"]) == 0
    told = capsys.readouterr()
    assert told.err == ""
    found = json.loads(told.out)
    kept = json.loads((place / "models" / "mine" / FILE).read_text(encoding="utf-8"))
    assert found["kept"] == str(Path("models/mine") / FILE)
    assert (kept["reader"], kept["threshold"]) == (found["reader"], found["after"]["threshold"])
    assert found["after"]["precision"] >= 0.9
    assert found["questions"] > found["cases"] == 48
    low, high = found["held_out"]["precision"]["interval"]
    assert 0 < low < found["held_out"]["precision"]["value"] < high <= 1
    baseline = ["regress", part, "--baseline", "mine.json"]
    assert run([*baseline, "--update-baseline", "--reason", "a reader of my own"]) == 0
    assert run([*baseline, "--strict"]) == 0
    assert json.loads(Path("mine.json").read_text())["models"]["reader"] == found["reader"]
    assert "not calibrated" not in capsys.readouterr().err
    assert run(["doctor"]) == 0
    assert "not calibrated" not in capsys.readouterr().out


def test_the_box_is_not_calibrated_over(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "calibrate", str(SET), "--reader", "box"]) == 2
    assert "citebot models threshold SET" in capsys.readouterr().err


def test_too_few_questions_are_refused(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    few = [{"id": "a", "question": ASKED, "answers": ["around 20,000"]}, {"id": "b", "question": "Who is it?"}]
    few[1]["unanswerable"] = True  # type: ignore[assignment]
    Path("few.jsonl").write_text("\n".join(json.dumps(case) for case in few))
    assert run(["models", "calibrate", "few.jsonl"]) == 2
    assert "too few to fit a confidence" in capsys.readouterr().err
    assert not (place / "models" / "mine" / FILE).exists()
    assert run(["models", "calibrate", "few.jsonl", "--precision", "1.5"]) == 2


def test_doctor_looks_at_the_chosen_reader(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--json"]) == 0
    told = [(row["verdict"], row["message"]) for row in records(capsys) if row["what"] == "chosen"]
    assert [verdict for verdict, _ in told] == ["ok", "note"]
    assert "every byte as its card says" in str(told[0][1])
    weights = place / "models" / "mine" / models.MODEL
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x00")
    assert run(["doctor", "--json"]) == 1
    assert [row["verdict"] for row in records(capsys) if row["what"] == "chosen"] == ["failed"]
