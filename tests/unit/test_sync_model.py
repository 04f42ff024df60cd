"""Sync under random edits, against a dictionary as the model of the folder; and against a rebuild."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from index.chunking import Chunker
from index.embedder import Embedder
from index.store import PassageStore
from index.sync import sync

NAMES = st.sampled_from(["a.txt", "b.txt", "sub/c.txt", "d.md"])
TEXTS = st.sampled_from(
    [
        "Kyiv holds\n\nThe capital is still held by the government.",
        "Kherson falls\n\nThe port city was seized. “It is gone,” he said — twice.",
        "Ünïcode 🇺🇦\n\nA\u0301 combining mark, an emoji 👩‍👩‍👧, and the end.",
        "Numbers\n\nAround 20,000 volunteers, more than 1.7 million refugees.",
    ]
)
EMBEDDER = Embedder(workers=1)
CHUNKER = Chunker(EMBEDDER.tokenizer)

Snapshot = list[tuple[str, str, dict[str, object], bytes]]


def snapshot(store: PassageStore) -> Snapshot:
    """Everything that can be retrieved, with the bits of its vector."""
    return sorted(
        (d.id, d.content or "", d.meta, np.array(d.embedding, dtype=np.float32).tobytes())
        for d in store.filter_documents()
    )


class FolderMachine(RuleBasedStateMachine):
    """Writes, moves and deletes files, syncs now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.scratch = Path(tempfile.mkdtemp())
        self.folder = self.scratch / "articles"
        self.folder.mkdir()
        (self.folder / "always.txt").write_text("Always\n\nThis one is always here.")
        self.model = {"always.txt": "Always\n\nThis one is always here."}
        self.store = PassageStore(self.scratch / "index")
        self.synced: dict[str, str] = {}
        self.clock = time.time_ns() - 10**12

    @rule(name=NAMES, text=TEXTS)
    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self.clock += 1_000_000
        os.utime(path, ns=(self.clock, self.clock))
        self.model[name] = text

    @rule(name=NAMES)
    def delete(self, name: str) -> None:
        (self.folder / name).unlink(missing_ok=True)
        self.model.pop(name, None)

    @rule(source=NAMES, goal=NAMES)
    def move(self, source: str, goal: str) -> None:
        if source in self.model and source != goal:
            (self.folder / goal).parent.mkdir(exist_ok=True)
            (self.folder / source).replace(self.folder / goal)
            self.model[goal] = self.model.pop(source)

    @rule()
    def sync(self) -> None:
        receipt = sync(self.store, self.folder, EMBEDDER, CHUNKER)
        self.synced = dict(self.model)
        assert receipt.articles == len(self.model)
        assert receipt.failed == 0
        done = receipt.added + receipt.changed + receipt.renamed + receipt.unchanged
        assert done == len(self.model)

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = PassageStore(self.scratch / "index")

    @invariant()
    def holds_what_was_synced(self) -> None:
        assert {entry.name for entry in self.store.articles()} == set(self.synced)

    def teardown(self) -> None:
        try:
            self.sync()
            assert self.store.check() == []
            fresh = PassageStore(self.scratch / "fresh")
            sync(fresh, self.folder, EMBEDDER, CHUNKER)
            assert snapshot(self.store) == snapshot(fresh)
            fresh.close()
        finally:
            self.store.close()
            shutil.rmtree(self.scratch)


FolderMachine.TestCase.settings = settings(
    max_examples=12, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
)
TestFolder = FolderMachine.TestCase
