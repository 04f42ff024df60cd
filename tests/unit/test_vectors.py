"""The FAISS side alone, over a source in memory."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.errors import StorageFull
from index.vectors import MARGIN, Header, VectorIndex, cosines, read_header, unit

DIMENSION = 8


@dataclass
class Source:
    """A database's vectors at one commit, and the commits before it."""

    generation: int = 0
    stamp: bytes = bytes(16)
    held: dict[int, NDArray[np.float32]] = field(default_factory=dict)
    history: set[tuple[int, bytes]] = field(default_factory=set)
    fetched: int = 0

    def commit(self, held: dict[int, NDArray[np.float32]]) -> Source:
        stamp = os.urandom(16)
        return Source(self.generation + 1, stamp, held, self.history | {(self.generation + 1, stamp)})

    def knows(self, generation: int, stamp: bytes) -> bool:
        return (generation, stamp) in self.history

    def ids(self) -> NDArray[np.int64]:
        return np.array(sorted(self.held), dtype=np.int64)

    def vectors(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        self.fetched += len(ids)
        return np.array([self.held[number] for number in ids.tolist()], dtype=np.float32).reshape(-1, DIMENSION)


def drawn(numbers: range, seed: int = 0) -> dict[int, NDArray[np.float32]]:
    randomness = np.random.default_rng(seed)
    return {number: randomness.standard_normal(DIMENSION).astype(np.float32) for number in numbers}


def best(source: Source, query: NDArray[np.float32], k: int, among: NDArray[np.int64] | None = None) -> list[int]:
    """By numpy, all of them; ties to the lower id."""
    ids = source.ids() if among is None else np.intersect1d(among, source.ids())
    scores = cosines(query, source.vectors(ids))
    return [int(ids[place]) for place in np.argsort(-scores, kind="stable")[:k]]


def found(
    index: VectorIndex, source: Source, query: NDArray[np.float32], k: int, among: NDArray[np.int64] | None = None
) -> list[int]:
    """The k best of what the index names."""
    ids = np.sort(index.nearest(query, k, source, among))
    assert len(ids) <= k + MARGIN
    return [int(ids[place]) for place in np.argsort(-cosines(query, source.vectors(ids)), kind="stable")[:k]]


@pytest.fixture
def index(tmp_path: Path) -> VectorIndex:
    return VectorIndex(tmp_path / "v.faiss", DIMENSION, exact_below=10_000)


def test_cosines_by_hand() -> None:
    rows = np.array([[3, 4], [-3, -4], [4, -3], [0, 0], [1e-20, 0], [1e19, 1e19]], dtype=np.float32)
    assert cosines(np.array([6, 8]), rows) == pytest.approx([1, -1, 0, 0, 0.6, 1.4 / 2**0.5], abs=1e-12)
    assert list(cosines(np.zeros(2), rows)) == [0] * 6
    assert cosines(np.ones(2), rows[:0]).shape == (0,)


@given(st.integers(1, 60), st.integers(0, 2**32 - 1))
def test_cosines_stay_in_range_and_do_not_depend_on_company(count: int, seed: int) -> None:
    randomness = np.random.default_rng(seed)
    query, rows = randomness.standard_normal(384), randomness.standard_normal((count, 384)).astype(np.float32)
    rows[0] = query * 3
    together = cosines(query, rows)
    assert together[0] == pytest.approx(1.0, abs=1e-6)
    assert np.all(np.abs(together) <= 1.0)
    alone = [cosines(query, rows[place : place + 1])[0] for place in range(count)]
    assert together.tobytes() == np.array(alone).tobytes()
    assert together[::-1].tobytes() == cosines(query, rows[::-1]).tobytes()


def test_unit_keeps_zero_rows() -> None:
    assert unit(np.array([[3, 4], [0, 0]])).tolist() == [[np.float32(0.6), np.float32(0.8)], [0, 0]]


@pytest.mark.parametrize("exact_below", [10_000, 500])
@pytest.mark.parametrize("every", [1, 2, 15, 30, 700])
def test_search_finds_the_nearest(tmp_path: Path, exact_below: int, every: int) -> None:
    """Exact, approximate (here all lists are within its probes), and by looking at the few that match."""
    source = Source().commit(drawn(range(1, 1001)))
    index = VectorIndex(tmp_path / "v.faiss", DIMENSION, exact_below=exact_below)
    among = None if every == 1 else np.arange(every, 5_000, every)
    misses = 0
    for query in drawn(range(20), seed=1).values():
        misses += len(set(best(source, query, 10, among)) - set(found(index, source, query, 10, among)))
    assert misses == 0 if exact_below > 1000 or every >= 30 else misses <= 10


def test_an_approximate_search_never_comes_back_short(tmp_path: Path) -> None:
    """As filtered HNSW does: here nearly all that match lie in lists far from the query."""
    held = drawn(range(1, 4001))
    source = Source().commit(held)
    index = VectorIndex(tmp_path / "v.faiss", DIMENSION, exact_below=100)
    query = held[1]
    far = np.array(sorted(held, key=lambda number: cosines(query, held[number][None])[0])[:250])
    assert len(index.nearest(query, 200, source, np.sort(far))) == 200 + MARGIN
    assert len(index.nearest(query, 5000, source)) == 4000


def test_an_empty_index_and_a_filter_without_matches(index: VectorIndex) -> None:
    query = np.ones(DIMENSION)
    assert index.nearest(query, 5, Source()).tolist() == []
    source = Source().commit(drawn(range(1, 4)))
    assert sorted(index.nearest(query, 5, source).tolist()) == [1, 2, 3]
    assert index.nearest(query, 5, source, np.array([], dtype=np.int64)).tolist() == []
    assert index.nearest(query, 5, source, np.array([99])).tolist() == []


commits = st.lists(st.tuples(st.integers(0, 30), st.lists(st.integers(0, 60), max_size=30)), min_size=1, max_size=6)


@given(commits, st.sampled_from([10_000, 40]), st.booleans())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_follows_any_history(
    tmp_path: Path, changes: list[tuple[int, list[int]]], exact_below: int, save: bool
) -> None:
    """Added and removed in any way, saved and reopened or not, it is what a rebuild would be."""
    source, next_id = Source(), 1
    file = tmp_path / "v.faiss"
    file.unlink(missing_ok=True)
    index = VectorIndex(file, DIMENSION, exact_below=exact_below)
    for added, removed in changes:
        kept = {number: vector for number, vector in source.held.items() if number not in removed}
        source = source.commit(kept | drawn(range(next_id, next_id + added), seed=next_id))
        next_id += added
        if save:
            index.save(source)
            index = VectorIndex(file, DIMENSION, exact_below=exact_below)
        assert index.differences(source) == []
        query = drawn(range(1), seed=99)[0]
        assert set(found(index, source, query, 500)) == set(source.held)


def test_a_small_change_costs_a_small_change(index: VectorIndex) -> None:
    source = Source().commit(drawn(range(1, 1001)))
    index.save(source)
    again = VectorIndex(index.path, DIMENSION, exact_below=10_000)
    later = source.commit(
        {number: vector for number, vector in source.held.items() if number != 5} | drawn(range(1001, 1004))
    )
    again.nearest(np.ones(DIMENSION), 1, later)
    assert later.fetched == 3
    assert again.differences(later) == []


def test_an_equal_file_is_not_written_again(index: VectorIndex) -> None:
    source = Source().commit(drawn(range(1, 5)))
    index.save(source)
    before = index.path.stat().st_ino
    index.save(source)
    assert index.path.stat().st_ino == before
    index.path.write_bytes(index.path.read_bytes()[:-1])
    index.save(source)
    assert index.path.stat().st_ino != before


def test_the_header_says_what_the_file_is(index: VectorIndex) -> None:
    source = Source().commit(drawn(range(1, 5)))
    index.save(source)
    header = read_header(index.path)
    assert header is not None
    assert (header.dimension, header.generation, header.stamp, header.count) == (DIMENSION, 1, source.stamp, 4)
    for place in range(len(header.packed())):
        data = bytearray(header.packed())
        data[place] ^= 1
        assert Header.unpacked(bytes(data)) is None
    assert Header.unpacked(header.packed()[:-1]) is None
    assert Header.unpacked(header.packed()) == header


def test_a_file_that_cannot_be_written_leaves_the_old_one(index: VectorIndex) -> None:
    source = Source().commit(drawn(range(1, 5)))
    index.save(source)
    before = index.path.read_bytes()
    index.path.with_name("v.faiss.tmp").mkdir()
    with pytest.raises(StorageFull, match="nothing is lost"):
        index.save(source.commit(drawn(range(1, 9))))
    assert index.path.read_bytes() == before


def test_an_error_of_the_source_half_way_is_mended_by_the_next_question(index: VectorIndex) -> None:
    source = Source().commit(drawn(range(1, 50)))
    query = np.ones(DIMENSION)
    index.nearest(query, 3, source)
    broken = source.commit(source.held | {70: np.ones(3, dtype=np.float32)})
    with pytest.raises(ValueError, match="cannot reshape"):
        index.nearest(query, 3, broken)
    later = source.commit(source.held | drawn(range(50, 60)))
    assert found(index, later, query, 5) == best(later, query, 5)
    assert index.differences(later) == []


def test_threads_with_different_snapshots_each_get_their_own(index: VectorIndex) -> None:
    first = Source().commit(drawn(range(1, 200)))
    second = first.commit(drawn(range(100, 300), seed=0))
    queries = list(drawn(range(10), seed=5).values())
    wrong: list[int] = []

    def ask(source: Source) -> None:
        for query in queries * 3:
            ids = index.nearest(query, 5, source)
            wrong.extend(number for number in ids.tolist() if number not in source.held)

    threads = [threading.Thread(target=ask, args=(source,)) for source in (first, second, first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
