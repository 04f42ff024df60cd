"""The stock pipeline as a peer of the same run: the same passages, the same questions, turn by turn."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np

from index.store import PassageStore

WORKER = Path(__file__).parent / "stock" / "worker.py"


@dataclass(frozen=True, slots=True)
class PeerAnswer:
    """One answer of the peer. seconds: inside its pipeline; peak_kib: its largest memory so far."""

    seconds: float
    answer: str
    peak_kib: int


class Peer:
    """A running stock pipeline over the passages of a store."""

    def __init__(
        self, python: Path, store: PassageStore, embedder: Path, reader: Path, scratch: Path, *, ours: bool
    ) -> None:
        """ours: hand over the store's vectors instead of having the peer embed every passage itself."""
        documents = store.filter_documents()
        texts = scratch / "texts.json"
        texts.write_text(json.dumps([document.content for document in documents]), encoding="utf-8")
        command = [
            str(python),
            str(WORKER),
            "--texts",
            str(texts),
            "--embedder",
            str(embedder),
            "--reader",
            str(reader),
        ]
        if ours:
            np.save(scratch / "vectors.npy", np.array([document.embedding for document in documents], dtype=np.float32))
            command += ["--vectors", str(scratch / "vectors.npy")]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._line()

    def ask(self, question: str) -> PeerAnswer:
        """The peer's best answer, refusal off."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return PeerAnswer(**self._line())

    def _line(self) -> dict[str, object]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"the stock pipeline ended with status {self.process.wait()}")
        return json.loads(line)

    def __enter__(self) -> Peer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.communicate(timeout=60)
