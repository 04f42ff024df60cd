"""`citebot models` and `citebot doctor`: what is found, and what it means for the exit status."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

import models
from bot.main import run


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with one article, an environment without settings."""
    for name in [*os.environ]:
        if name.startswith(("CITEBOT_", "TELEGRAM_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    Path("seeds").mkdir()
    Path("seeds/a.txt").write_text("The mayor\n\nThe mayor of Springfield is Ada Quimby.\n")
    return tmp_path


def findings(capsys: pytest.CaptureFixture[str]) -> dict[str, tuple[str, str]]:
    """What each check found: verdict and message."""
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return {record["what"]: (record["verdict"], record["message"]) for record in records}


def test_the_models_in_the_box_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "--json"]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [record["kind"] for record in records] == ["embedder", "reader"]
    for record in records:
        folder = models.folder(record["kind"])
        assert record["bytes"] == sum((folder / name).stat().st_size for name in (models.MODEL, models.TOKENIZER))
        assert "Apache-2.0" in record["licence"]


def test_a_missing_model_is_told(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(models, "folder", lambda kind: bare / kind)
    assert run(["models"]) == 1
    assert capsys.readouterr().err.count("cannot read") == 2


def test_an_index_that_is_not_there_yet_is_a_note(bare: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--json"]) == 0
    found = findings(capsys)
    assert found.pop("index")[0] == "note"
    assert {verdict for verdict, _ in found.values()} == {"ok"}
    assert not Path(".citebot").exists()


def test_what_the_last_sync_could_not_read_is_a_note(capsys: pytest.CaptureFixture[str]) -> None:
    Path("seeds/odd.pdf").write_text("no pdf at all")
    run(["sync"])
    capsys.readouterr()
    assert run(["doctor", "--json"]) == 0
    verdict, message = findings(capsys)["files"]
    assert verdict == "note"
    assert "odd.pdf" in message


def test_a_sound_index_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sync"]) == 0
    capsys.readouterr()
    assert run(["doctor", "--json"]) == 0
    verdict, message = findings(capsys)["index"]
    assert verdict == "ok"
    assert "1 articles, 1 passages" in message


def test_a_folder_that_is_gone_does_not_hold(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--json", "--articles", "gone"]) == 1
    verdict, message = findings(capsys)["articles"]
    assert verdict == "failed"
    assert "gone" in message


def test_an_index_of_another_folder_does_not_hold(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sync"]) == 0
    shutil.copytree("seeds", "others")
    capsys.readouterr()
    assert run(["doctor", "--json", "--articles", "others"]) == 1
    verdict, message = findings(capsys)["index"]
    assert verdict == "failed"
    assert "others" in message


def test_a_file_that_is_no_index_does_not_hold(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sync"]) == 0
    for path in Path(".citebot").iterdir():
        path.write_bytes(b"not a database" * 100)
    capsys.readouterr()
    assert run(["doctor", "--json"]) == 1
    assert findings(capsys)["index"][0] == "failed"


def test_a_damaged_model_does_not_hold(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    copies = {kind: shutil.copytree(models.folder(kind), bare / "models" / kind) for kind in ("embedder", "reader")}
    monkeypatch.setattr(models, "folder", copies.__getitem__)
    weights = copies["reader"] / models.MODEL
    damaged = bytearray(weights.read_bytes())
    damaged[-1] ^= 1
    weights.write_bytes(damaged)
    assert run(["doctor", "--json"]) == 1
    found = findings(capsys)
    assert found["reader"][0] == "failed"
    assert "sha256" in found["reader"][1]
    assert found["embedder"][0] == "ok"
