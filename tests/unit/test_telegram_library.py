"""Documents that become articles: names, contents, and what is never written or removed."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.telegram.library import FolderLibrary, safe_name
from index.errors import CitebotError, ExtractionError, UsageError
from index.types import Article, Receipt

TEXT = b"The mill\n\nThe mill has four wings and a new miller, Ida Berg."


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("report.txt", "report.txt"),
        ("Report 2023 (final).PDF", "Report 2023 (final).pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\ada\\notes.md", "notes.md"),
        ("/absolute.html", "absolute.html"),
        (".hidden.txt", "hidden.txt"),
        ("~$lock.docx", "_lock.docx".lstrip("_")),
        ("#backup#.txt", "backup.txt"),
        ("a\x00b\nc\u202etxt.exe.txt", "a_b_c_txt.exe.txt"),
        ("Überblick – Ölpreis.txt", "Überblick _ Ölpreis.txt"),
        ("記事.txt", "記事.txt"),
        ("....txt", None),
        ("x" * 500 + ".txt", "x" * 120 + ".txt"),
        ("program.exe", None),
        ("no ending", None),
        ("", None),
    ],
)
def test_a_name_is_made_safe_or_refused(given: str, name: str | None) -> None:
    if name is None:
        with pytest.raises(UsageError):
            safe_name(given)
    else:
        assert safe_name(given) == name


class Bench:
    """A library over a folder, with an index that is the folder."""

    def __init__(self, root: Path) -> None:
        self.folder, self.removed = root / "articles", root / "removed"
        self.folder.mkdir()
        self.synced = 0
        self.library = FolderLibrary(self.folder, self.removed, self._sync, self._articles_of)

    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.folder.iterdir()}

    def _sync(self) -> Receipt:
        self.synced += 1
        return Receipt(added=1)

    def _articles_of(self, name: str) -> list[Article]:
        path = self.folder / name
        return [Article(name, "The mill", path.read_text())] if name in self.files() else []


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_a_document_is_kept_and_indexed(bench: Bench) -> None:
    filed = bench.library.add("../mill.txt", TEXT)
    assert (filed.name, filed.titles, bench.synced) == ("mill.txt", ("The mill",), 1)
    assert bench.files() == {"mill.txt": TEXT}


def test_nothing_is_overwritten_and_nothing_kept_twice(bench: Bench) -> None:
    bench.library.add("mill.txt", TEXT)
    assert bench.library.add("mill.txt", TEXT + b" More.").name == "mill-2.txt"
    again = bench.library.add("other name.txt", TEXT)
    assert (again.name, again.titles) == ("mill.txt", ())
    assert set(bench.files()) == {"mill.txt", "mill-2.txt"}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.txt", b"   "),
        ("picture.txt", b"\x89PNG\r\n\x1a\n" + b"\x00" * 50),
        ("fake.pdf", b"This is no PDF at all."),
        ("fake.docx", b"PK\x03\x04 broken"),
    ],
)
def test_what_is_not_what_its_name_says_is_not_kept(bench: Bench, name: str, data: bytes) -> None:
    with pytest.raises(ExtractionError):
        bench.library.add(name, data)
    assert bench.files() == {}
    assert bench.synced == 0


def test_a_document_that_is_too_large_is_not_kept(bench: Bench) -> None:
    with pytest.raises(UsageError, match="20 MB"):
        bench.library.add("large.txt", b"x" * 20_000_001)
    assert bench.files() == {}


def test_what_is_removed_is_moved_and_not_lost(bench: Bench) -> None:
    bench.library.add("mill.txt", TEXT)
    goal = Path(bench.library.remove("mill.txt"))
    assert bench.files() == {}
    assert goal.parent == bench.removed
    assert goal.read_bytes() == TEXT


@pytest.mark.parametrize("name", ["", "nothing.txt", "../removed", "/etc/passwd", ".", "mill.txt/../../secret"])
def test_only_articles_can_be_removed(bench: Bench, name: str) -> None:
    bench.library.add("mill.txt", TEXT)
    with pytest.raises(CitebotError):
        bench.library.remove(name)
    assert bench.files() == {"mill.txt": TEXT}


def test_a_link_out_of_the_folder_removes_nothing(bench: Bench, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_bytes(TEXT)
    (bench.folder / "link.txt").symlink_to(outside)
    with pytest.raises(UsageError, match="outside"):
        bench.library.remove("link.txt")
    assert outside.exists()
