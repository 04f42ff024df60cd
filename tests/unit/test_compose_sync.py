"""A question is answered from the last committed state where the index cannot be brought in line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import compose
from bot.settings import Settings
from index.errors import IndexLocked, IndexReadOnly, StorageFull


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "a.txt").write_text("The mayor of Springfield is Ada Quimby.")
    return Settings.model_validate({"articles": articles, "index": tmp_path / "index"})


@pytest.mark.parametrize("kind", [IndexLocked, IndexReadOnly, StorageFull])
def test_what_keeps_the_index_from_being_written_is_a_note(
    kind: type[Exception], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    compose.sync_index(settings)
    (settings.articles / "b.txt").write_text("The mayor of Shelbyville is Ned Crane.")

    def fail(*_: object, **__: object) -> None:
        raise kind("it cannot be written.")

    monkeypatch.setattr(compose, "sync_index", fail)
    notes: list[str] = []
    assert compose.sync_if_changed(settings, note=notes.append) is None
    assert notes == ["it cannot be written. The answers come from the last committed state of the index."]


def test_a_full_disk_without_an_index_is_an_error(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StorageFull("no space left")

    monkeypatch.setattr(compose, "sync_index", fail)
    with pytest.raises(StorageFull):
        compose.sync_if_changed(settings, note=lambda _: None)
