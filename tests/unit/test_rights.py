"""An index is readable by no more people than the articles it was made of, and writable by its owner alone."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from haystack import Document

from bot.main import run
from bot.regression.selection import keep_failed
from bot.telegram.database import Database as BotDatabase
from index.rights import Audience, Readers, audience_of, make_folder, restrict
from index.scan import scan
from index.store import PassageStore

QUESTION = "Who is the mayor of Springfield?"


def rights(path: Path) -> str:
    return f"{stat.S_IMODE(path.stat().st_mode):o}"


def all_rights(folder: Path) -> dict[str, str]:
    return {".": rights(folder), **{path.name: rights(path) for path in sorted(folder.iterdir())}}


@pytest.fixture(params=[0o000, 0o022], ids=["umask-000", "umask-022"])
def place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working directory that everybody can reach, unlike pytest's own, with articles that all may read."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    before = os.umask(request.param)
    for name in [name for name in os.environ if name.startswith("CITEBOT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(folder)
    articles = folder / "seeds"
    articles.mkdir()
    (articles / "a.txt").write_text("The mayor of Springfield is Ada Quimby.")
    (articles / "a.txt").chmod(0o644)
    articles.chmod(0o755)
    yield folder
    os.umask(before)
    shutil.rmtree(folder)


def test_articles_for_all_make_an_index_that_all_may_read_and_one_may_write(place: Path) -> None:
    assert run(["sync"]) == 0
    assert all_rights(place / ".citebot") == {
        ".": "755",
        "passages.db": "644",
        "passages.faiss": "644",
        "writer.lock": "600",
    }


@pytest.mark.parametrize(("path", "mode"), [("seeds", 0o700), ("seeds/a.txt", 0o600), (".", 0o700)])
def test_what_others_may_not_read_makes_an_index_of_the_owner_alone(place: Path, path: str, mode: int) -> None:
    (place / path).chmod(mode)
    assert run(["sync"]) == 0
    assert set(all_rights(place / ".citebot").values()) == {"700", "600"}


def test_a_group_may_read_what_it_may_read_of_the_articles(place: Path) -> None:
    (place / "seeds").chmod(0o770)
    (place / "seeds/a.txt").chmod(0o660)
    assert run(["sync"]) == 0
    assert [rights(place / ".citebot" / name) for name in (".", "passages.db", "passages.faiss")] == [
        "750",
        "640",
        "640",
    ]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files to another group")
def test_another_group_than_that_of_the_articles_may_not(place: Path) -> None:
    (place / "seeds").chmod(0o750)
    os.chown(place / "seeds", -1, 54321)
    assert run(["sync"]) == 0
    assert set(all_rights(place / ".citebot").values()) == {"700", "600"}


@pytest.mark.parametrize("command", [["sync"], ["ask", QUESTION]])
def test_rights_that_are_too_wide_are_taken_back(place: Path, command: list[str]) -> None:
    """As an earlier version left them, or because the articles were closed since; nothing else has changed."""
    assert run(["sync"]) == 0
    for path in (place / ".citebot").iterdir():
        path.chmod(0o666)
    (place / ".citebot").chmod(0o777)
    (place / "seeds").chmod(0o700)
    assert run(command) == 0
    assert set(all_rights(place / ".citebot").values()) == {"700", "600"}


def test_rights_are_never_widened(place: Path) -> None:
    (place / ".citebot").mkdir(mode=0o700)
    assert run(["sync"]) == 0
    (place / ".citebot/passages.db").chmod(0o600)
    (place / "seeds/b.txt").write_text("The mayor of Shelbyville is Bob Manhattan.")
    (place / "seeds/b.txt").chmod(0o644)
    assert run(["sync"]) == 0
    assert set(all_rights(place / ".citebot").values()) == {"700", "600"}


def test_a_folder_that_holds_other_things_keeps_its_own_rights(place: Path) -> None:
    (place / "mine.txt").write_text("mine")
    (place / "mine.txt").chmod(0o644)
    (place / "seeds").chmod(0o700)
    assert run(["sync", "--index", "."]) == 0
    found = all_rights(place)
    assert (found["."], found["mine.txt"]) == ("755", "644")
    assert {found[name] for name in ("passages.db", "passages.faiss", "writer.lock")} == {"600"}


def test_what_a_link_leads_to_counts_with_the_folders_on_the_way(place: Path) -> None:
    hidden = place / "seeds/.hidden"
    hidden.mkdir(mode=0o700)
    (hidden / "b.txt").write_text("b")
    (hidden / "b.txt").chmod(0o644)
    assert scan(place / "seeds").audience.readers is Readers.EVERYBODY
    (place / "seeds/link.txt").symlink_to(hidden / "b.txt")
    assert scan(place / "seeds").audience.readers is Readers.OWNER


def test_files_under_way_are_no_more_open_than_the_index(place: Path) -> None:
    (place / "seeds/a.txt").chmod(0o600)
    assert run(["sync"]) == 0
    with PassageStore(place / ".citebot") as store:
        store.write_documents([Document(id="x", content="a word", embedding=[1.0] * 384)])
        assert {"passages.db-wal", "passages.db-shm"} <= {path.name for path in (place / ".citebot").iterdir()}
        assert set(all_rights(place / ".citebot").values()) == {"700", "600"}


def test_a_store_of_its_own_is_its_owners_alone(place: Path) -> None:
    with PassageStore(place / "own", dimension=2) as store:
        store.write_documents([Document(id="a", content="a tower", embedding=[1.0, 0.0])])
        store.save_vectors()
        assert set(all_rights(place / "own").values()) == {"700", "600"}


def test_the_lock_is_not_followed_out_of_the_folder(place: Path) -> None:
    (place / ".citebot").mkdir()
    (place / ".citebot/writer.lock").symlink_to(place / "elsewhere")
    assert run(["sync"]) == 2
    assert not (place / "elsewhere").exists()


def test_the_bots_own_file_and_the_cases_that_failed_are_the_owners_alone(place: Path) -> None:
    database = BotDatabase(place / "state/bot-1.db")
    assert set(all_rights(place / "state").values()) == {"700", "600"}
    database.close()
    keep_failed(place, ["a"], ["a"])
    assert rights(place / "regress-failed.json") == "600"


def test_a_folder_that_cannot_be_changed_is_left(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_folder(place / "index", audience_of(place))

    def refuse(self: Path, mode: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "chmod", refuse)
    restrict(place / "index", Audience())
    assert rights(place / "index") == "755"
