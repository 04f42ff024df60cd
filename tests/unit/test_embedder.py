"""The embedder with the real model: equal bits, unit length, sense, interrupts."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import models
from index.embedder import Embedder
from index.errors import ModelError

TEXTS = (
    "The city council voted on Tuesday to extend the tram line to the harbour.",
    "Rain.",
    "Volunteers from fifty-two countries have joined the defence of the capital, the minister said in an interview.",
    "Heavy rain flooded several villages along the river on Sunday night. " * 12,
    "Ein Satz auf Deutsch, mit Umlauten: Über die Brücke ging er schließlich. 東京 🚋",
    "",
)


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder(workers=1)


@pytest.fixture(scope="module")
def vectors(embedder: Embedder) -> np.ndarray:
    return embedder.embed(TEXTS)


def test_shape_type_and_unit_length(embedder: Embedder, vectors: np.ndarray) -> None:
    assert vectors.shape == (len(TEXTS), 384) == (len(TEXTS), embedder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-6)


def test_a_text_alone_gets_the_same_bits(embedder: Embedder, vectors: np.ndarray) -> None:
    for text, vector in zip(TEXTS, vectors, strict=True):
        np.testing.assert_array_equal(embedder.embed([text])[0], vector)
        np.testing.assert_array_equal(embedder.embed_query(text), vector)


def test_order_and_company_change_no_bit(embedder: Embedder, vectors: np.ndarray) -> None:
    order = [3, 0, 5, 0, 2, 4, 1]
    np.testing.assert_array_equal(embedder.embed([TEXTS[i] for i in order]), vectors[order])


@pytest.mark.parametrize("workers", [2, 5])
def test_the_number_of_workers_changes_no_bit(vectors: np.ndarray, workers: int) -> None:
    np.testing.assert_array_equal(Embedder(workers=workers).embed(TEXTS * 4), np.tile(vectors, (4, 1)))


def test_callers_side_by_side_get_the_same_bits(vectors: np.ndarray) -> None:
    shared = Embedder(workers=2)
    results: dict[int, np.ndarray] = {}
    threads = [threading.Thread(target=lambda k=k: results.update({k: shared.embed(TEXTS)})) for k in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for k in range(3):
        np.testing.assert_array_equal(results[k], vectors)


def test_no_texts_no_vectors(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, 384)


def test_a_text_is_cut_at_the_limit(embedder: Embedder) -> None:
    assert embedder.limit_tokens == 256
    fits = "river " * 254
    np.testing.assert_array_equal(embedder.embed_query(fits + "dentist"), embedder.embed_query(fits))
    assert not np.array_equal(embedder.embed_query("river " * 253 + "dentist"), embedder.embed_query(fits))


def test_megabytes_cost_no_more_than_the_limit(embedder: Embedder) -> None:
    limit = embedder.limit_tokens * 64
    np.testing.assert_array_equal(embedder.embed_query("x" * 5_000_000), embedder.embed_query("x" * limit))


def test_white_space_has_the_vector_of_nothing(embedder: Embedder) -> None:
    np.testing.assert_array_equal(embedder.embed_query(" \n\t"), embedder.embed_query(""))


def test_a_lone_surrogate_reads_as_a_question_mark(embedder: Embedder) -> None:
    np.testing.assert_array_equal(embedder.embed_query("tram \udc80 line"), embedder.embed_query("tram ? line"))


@pytest.mark.parametrize(
    ("question", "near", "far"),
    [
        ("How many foreign volunteers joined?", TEXTS[2], TEXTS[0]),
        ("Where will the new tram go?", TEXTS[0], TEXTS[2]),
        ("Which places were under water?", TEXTS[3], TEXTS[0]),
        ("The cat sleeps on the sofa.", "A kitten naps on the couch.", "Shares fell sharply in Tokyo."),
    ],
)
def test_what_is_nearer_in_meaning_is_nearer(embedder: Embedder, question: str, near: str, far: str) -> None:
    query, close, distant = embedder.embed([question, near, far])
    assert query @ close > query @ distant + 0.1


@pytest.mark.parametrize("workers", [1, 2])
def test_progress_ascends_in_the_callers_thread_to_all(workers: int) -> None:
    told: list[int] = []
    threads: set[int] = set()

    def progress(done: int) -> None:
        told.append(done)
        threads.add(threading.get_ident())

    Embedder(workers=workers).embed(TEXTS * 2, progress)
    assert told == sorted(told)
    assert told[-1] == len(TEXTS) * 2
    assert threads == {threading.get_ident()}


class _Counted(Sequence[str]):
    """A million texts that count how many were taken."""

    def __init__(self) -> None:
        self.taken = 0

    def __len__(self) -> int:
        return 1_000_000

    def __getitem__(self, place: int) -> str:  # type: ignore[override]
        self.taken += 1
        return TEXTS[0]


@pytest.mark.parametrize("workers", [1, 2])
def test_an_interrupt_stops_all_workers_at_once(workers: int) -> None:
    texts = _Counted()

    def interrupt(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Embedder(workers=workers).embed(texts, interrupt)
    taken = texts.taken
    assert taken < 100
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("embedder")]
    assert texts.taken == taken


def test_a_text_that_fails_in_a_helper_fails_the_call() -> None:
    class Failing(_Counted):
        def __getitem__(self, place: int) -> str:  # type: ignore[override]
            if threading.current_thread() is not threading.main_thread():
                raise RuntimeError("a text that cannot be read")
            return TEXTS[0]

    with pytest.raises(RuntimeError, match="a text that cannot be read"):
        Embedder(workers=2).embed(Failing())


def test_the_fingerprint_is_the_folders() -> None:
    assert Embedder().fingerprint == models.fingerprint(models.folder("embedder"))


def test_a_folder_of_the_users_own_works(tmp_path: Path, vectors: np.ndarray) -> None:
    own = Path(shutil.copytree(models.folder("embedder"), tmp_path / "mine"))
    np.testing.assert_array_equal(Embedder(own).embed(TEXTS), vectors)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"cannot read .*card\.json: No such file or directory. A model folder holds"):
        Embedder(tmp_path / "nowhere")


def test_a_missing_model_is_named_when_it_is_needed(tmp_path: Path) -> None:
    own = Path(shutil.copytree(models.folder("embedder"), tmp_path / "mine"))
    (own / "model.onnx").unlink()
    with pytest.raises(ModelError, match=r"cannot read .*model\.onnx: No such file"):
        Embedder(own).embed_query("anything")


def test_a_reader_is_not_an_embedder() -> None:
    with pytest.raises(ModelError, match=r"reader.* where an embedder is needed"):
        Embedder(models.folder("reader"))
