"""Scanning a folder: what is listed, what is passed over, what is said about it."""

from __future__ import annotations

import os
import socket
import sys
import time
from pathlib import Path

import pytest

from index.errors import FolderError
from index.scan import NOTES_PER_KIND, Scan, scan


def put(folder: Path, *names: str) -> None:
    for name in names:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"text of {name}")


def names(found: Scan) -> list[str]:
    return [state.path for state in found.files]


def kinds(found: Scan) -> list[tuple[str, str]]:
    return [(note.kind, note.path) for note in found.notes]


def test_files_are_listed_by_path_with_their_state(tmp_path: Path) -> None:
    put(tmp_path, "b.txt", "a/z.md", "a/A.TXT")
    found = scan(tmp_path)
    assert names(found) == ["a/A.TXT", "a/z.md", "b.txt"]
    status = (tmp_path / "b.txt").stat()
    state = found.files[2]
    assert (state.size, state.inode) == (status.st_size, status.st_ino)
    assert (state.mtime_ns, state.ctime_ns) == (status.st_mtime_ns, status.st_ctime_ns)
    assert found.notes == ()


def test_an_empty_folder_is_an_empty_result(tmp_path: Path) -> None:
    assert scan(tmp_path) == Scan((), ())


def test_a_missing_folder_names_itself_and_the_flag(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match=r"no such folder: .*nowhere.*--articles"):
        scan(tmp_path / "nowhere")


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    put(tmp_path, "a.txt")
    with pytest.raises(FolderError, match="is a file, not a folder"):
        scan(tmp_path / "a.txt")


def test_hidden_files_and_back_ups_are_passed_over_silently(tmp_path: Path) -> None:
    put(
        tmp_path, "a.txt", ".hidden.txt", ".git/x.txt", "a.txt~", "#a.txt#", ".#a.txt", "~$a.docx", "a.txt.swp", "a.bak"
    )
    found = scan(tmp_path)
    assert names(found) == ["a.txt"]
    assert found.notes == ()


def test_unsupported_endings_are_counted(tmp_path: Path) -> None:
    put(tmp_path, "a.png", "b/c.PNG", "LICENSE", "d.txt")
    found = scan(tmp_path)
    assert names(found) == ["d.txt"]
    assert [(note.path, note.kind) for note in found.notes] == [("*", "unsupported"), ("*.png", "unsupported")]
    assert found.notes[1].message.startswith("2 files ending in .png")


def test_ignored_patterns_are_counted_once_each(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", "drafts/b.txt", "drafts/c.txt", "x.old.txt", "y.old.txt", "deep/z.old.txt", "keep.old.txt")
    (tmp_path / ".citebotignore").write_text("# comment\ndrafts/\n*.old.txt\n!keep.old.txt\n")
    found = scan(tmp_path)
    assert names(found) == ["a.txt", "keep.old.txt"]
    assert [note.kind for note in found.notes] == ["ignored", "ignored"]
    assert found.notes[0].message.startswith("1 folder ignored by 'drafts/'")
    assert found.notes[1].message.startswith("3 files ignored by '*.old.txt'")


@pytest.mark.parametrize("patterns", ["!\n", "[z-a]\n", "x\n" * 600_000], ids=["empty", "range", "too-long"])
def test_a_bad_ignore_pattern_is_an_error_and_ignores_nothing_by_guess(patterns: str, tmp_path: Path) -> None:
    put(tmp_path, "a.txt")
    (tmp_path / ".citebotignore").write_text(patterns)
    with pytest.raises(FolderError, match=r"cannot use .*\.citebotignore"):
        scan(tmp_path)


def test_a_link_out_of_the_folder_is_reported_and_not_read(tmp_path: Path) -> None:
    put(tmp_path, "outside/secret.txt", "in/a.txt")
    (tmp_path / "in/file.txt").symlink_to(tmp_path / "outside/secret.txt")
    (tmp_path / "in/dir").symlink_to(tmp_path / "outside")
    found = scan(tmp_path / "in")
    assert names(found) == ["a.txt"]
    assert kinds(found) == [("link-outside", "dir"), ("link-outside", "file.txt")]


def test_a_sibling_whose_name_begins_like_the_folder_is_outside(tmp_path: Path) -> None:
    put(tmp_path, "in/a.txt", "in-other/b.txt")
    (tmp_path / "in/b.txt").symlink_to(tmp_path / "in-other/b.txt")
    assert names(scan(tmp_path / "in")) == ["a.txt"]


def test_links_inside_are_followed_once_and_never_in_circles(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", "sub/b.txt", ".store/c.txt")
    (tmp_path / "again.txt").symlink_to("a.txt")
    (tmp_path / "loop").symlink_to(".")
    (tmp_path / "sub/up").symlink_to("..")
    (tmp_path / "c.txt").symlink_to(".store/c.txt")
    (tmp_path / "store").symlink_to(".store")
    found = scan(tmp_path)
    assert names(found) == ["a.txt", "c.txt", "sub/b.txt"]


def test_a_linked_folder_is_walked(tmp_path: Path) -> None:
    put(tmp_path, ".store/c.txt", ".store/deep/d.txt")
    (tmp_path / "store").symlink_to(".store")
    assert names(scan(tmp_path)) == ["store/c.txt", "store/deep/d.txt"]


def test_two_hard_links_are_two_files(tmp_path: Path) -> None:
    put(tmp_path, "a.txt")
    (tmp_path / "b.txt").hardlink_to(tmp_path / "a.txt")
    assert names(scan(tmp_path)) == ["a.txt", "b.txt"]


def test_broken_links_are_noted(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to("gone.txt")
    (tmp_path / "b.txt").symlink_to("b.txt")
    assert kinds(scan(tmp_path)) == [("link-broken", "a.txt"), ("link-broken", "b.txt")]


def test_a_linked_folder_itself_may_be_the_articles_folder(tmp_path: Path) -> None:
    put(tmp_path, "real/a.txt")
    (tmp_path / "link").symlink_to("real")
    assert names(scan(tmp_path / "link")) == ["a.txt"]


def test_pipes_and_sockets_are_noted_and_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket.txt"))
        found = scan(tmp_path)
    assert found.files == ()
    assert kinds(found) == [("special", "pipe.txt"), ("special", "socket.txt")]


@pytest.mark.skipif(sys.platform != "linux", reason="macOS refuses such names")
def test_names_that_are_no_plain_text_are_noted(tmp_path: Path) -> None:
    os.close(os.open(os.fsencode(tmp_path) + b"/bad\xff.txt", os.O_CREAT))
    put(tmp_path, "new\nline.txt", "fine é 日本.txt")
    found = scan(tmp_path)
    assert names(found) == ["fine é 日本.txt"]
    assert [note.kind for note in found.notes] == ["name", "name"]
    for note in found.notes:
        assert f"{note.path}{note.message}".isprintable()


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_folder_is_noted(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", "closed/b.txt")
    (tmp_path / "closed").chmod(0)
    try:
        found = scan(tmp_path)
    finally:
        (tmp_path / "closed").chmod(0o755)
    assert names(found) == ["a.txt"]
    assert kinds(found) == [("unreadable", "closed")]


def test_an_unreadable_folder_is_noted_whoever_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "a.txt", "closed/b.txt")
    real = os.scandir

    def refusing(path: Path) -> object:
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", refusing)
    found = scan(tmp_path)
    assert names(found) == ["a.txt"]
    assert kinds(found) == [("unreadable", "closed")]


def test_many_of_a_kind_are_counted_beyond_the_first(tmp_path: Path) -> None:
    for number in range(NOTES_PER_KIND + 5):
        (tmp_path / f"l{number:03}.txt").symlink_to("/")
    notes = scan(tmp_path).notes
    assert len(notes) == NOTES_PER_KIND + 1
    assert notes[-1].message == "and 5 more of the kind link-outside"


def test_ten_thousand_files_take_a_moment(tmp_path: Path) -> None:
    for folder in range(20):
        (tmp_path / f"{folder}").mkdir()
        for number in range(500):
            (tmp_path / f"{folder}/{number}.txt").touch()
    started = time.monotonic()
    assert len(scan(tmp_path).files) == 10_000
    assert time.monotonic() - started < 3  # 0.1 s of one core; room for a busy machine
