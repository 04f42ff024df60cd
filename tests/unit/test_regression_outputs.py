"""Where reports go: refused before a run where they would overwrite, written whole after it."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from bot import files
from bot.regression.baseline import of_run, read
from bot.regression.outputs import Outputs, check, write
from index.errors import UsageError
from tests.unit.regression_examples import KING, judged, run_of

RUN = run_of(judged(KING, []))


def test_what_is_read_is_not_written(tmp_path: Path) -> None:
    questions = tmp_path / "set.yaml"
    questions.write_text("as it was")
    (tmp_path / "symbolic.json").symlink_to("set.yaml")
    (tmp_path / "hard.json").hardlink_to(questions)
    for name in ("set.yaml", "../" + tmp_path.name + "/set.yaml", "symbolic.json", "hard.json"):
        with pytest.raises(UsageError, match="is read by this run and would be overwritten"):
            check(Outputs(html=tmp_path / name), [questions])
    assert questions.read_text() == "as it was"


def test_no_file_is_written_twice(tmp_path: Path) -> None:
    (tmp_path / "b.json").symlink_to("a.json")  # which is not there yet
    for other in ("a.json", "b.json", "./a.json"):
        with pytest.raises(UsageError, match="is named for two outputs"):
            check(Outputs(json=tmp_path / "a.json", baseline=tmp_path / other), [])
    check(Outputs(json=Path(os.devnull), html=Path(os.devnull)), [])


def test_outputs_are_tried_before_the_run_and_left_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "report.html").write_text("as it was")
    for name, words in (("none/a.json", "in a folder that is there"), ("folder", "directory"), ("x" * 300, "too long")):
        with pytest.raises(UsageError, match=f"cannot be written: .*{words}"):
            check(Outputs(junit=tmp_path / name), [])
    with pytest.raises(UsageError, match="cannot be written"):
        check(Outputs(junit=tmp_path / "loop"), [])
    check(Outputs(json=tmp_path / "new.json", html=tmp_path / "report.html"), [])
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["folder", "loop", "report.html"]
    assert (tmp_path / "report.html").read_text() == "as it was"


def test_a_read_only_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / "kept.json"
    kept.write_text("as it was")
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write everything
    with pytest.raises(UsageError, match="Permission denied"):
        check(Outputs(json=kept), [])


def test_one_that_fails_does_not_cost_the_others(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    outputs = Outputs(
        json=tmp_path / "folder",
        predictions=tmp_path / "p.json",
        junit=tmp_path / "gone" / "j.xml",
        html=tmp_path / "r.html",
        baseline=tmp_path / "b.json",
    )
    failed = write(RUN, None, outputs, "why")
    assert list(failed) == [tmp_path / "folder", tmp_path / "gone" / "j.xml"]
    assert read(tmp_path / "b.json") == of_run(RUN, "why")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["b.json", "folder", "p.json", "r.html"]


def test_a_full_disk_leaves_the_copy_that_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "b.json"
    path.write_text("the only copy")
    monkeypatch.setattr(os, "fsync", full)
    failed = write(RUN, None, Outputs(baseline=path), "")
    assert failed == {path: f"{path} cannot be written: No space left on device"}
    assert path.read_text() == "the only copy"
    assert [entry.name for entry in tmp_path.iterdir()] == ["b.json"]


def test_links_and_rights_stay(tmp_path: Path) -> None:
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    real.write_text("before")
    real.chmod(0o640)
    link.symlink_to("real.json")
    files.write_whole(link, "after")
    assert (link.is_symlink(), real.read_text(), real.stat().st_mode & 0o777) == (True, "after", 0o640)


def test_what_is_open_already_is_written_in_its_place(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    with (tmp_path / "out.txt").open("w") as file, os.fdopen(reading) as pipe:
        for number in (file.fileno(), writing):
            path = Path(f"/dev/fd/{number}")
            check(Outputs(json=path), [])
            files.write_whole(path, "whole\n")
        os.close(writing)
        assert (pipe.read(), (tmp_path / "out.txt").read_text()) == ("whole\n", "whole\n")


def test_a_home_folder_is_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    assert files.expanded("~/run.json") == Path("/home/ann/run.json")
    assert files.expanded("./~/run.json") == Path("~/run.json")
    with pytest.raises(UsageError, match="no such home folder"):
        files.expanded("~nobody-of-this-name/run.json")
