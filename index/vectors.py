"""Nearest vectors by FAISS, derived from the database and brought in line with whatever snapshot asks.

A search names candidates; their scores are computed from the database's vectors by `cosines`. FAISS adds up in
an order that depends on where a vector lies among the others, so its own scores differ in the last bits.
"""

from __future__ import annotations

import logging
import os
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, Protocol

import faiss as _faiss
import numpy as np
from numpy.typing import NDArray

from index.errors import StorageFull
from index.rights import DATABASE_NAME, mode_beside

faiss: Any = _faiss
"""Its type stubs leave out, or have wrong, a third of what is used here."""

Ids = NDArray[np.int64]
Vectors = NDArray[np.float32]

EXACT_BELOW: Final = 250_000
FEW: Final = 20
"""When fewer than one in this many match a filter, only those are looked at, all of them."""
MARGIN: Final = 8
"""Candidates beyond those asked for, so that float32's last bits do not decide who is among them."""
PROBE_SHARE: Final = 8
"""An approximate search looks into one in this many lists, at least MIN_PROBES. 300,000 vectors of 48 real dimensions
and noise: recall@20 0.9988 in a tenth of the exact time; 0.988 with one in 16, 0.941 with one in 32."""
MIN_PROBES: Final = 32
TRAINING_VECTORS_A_LIST: Final = 40
BATCH: Final = 8192

_ANEW: Final = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
_LOG: Final = logging.getLogger(__name__)


class VectorSource(Protocol):
    """The truth that the index is derived from, as one snapshot of it."""

    @property
    def generation(self) -> int: ...

    @property
    def stamp(self) -> bytes:
        """16 bytes that no other commit has; zeros before the first."""
        ...

    def knows(self, generation: int, stamp: bytes) -> bool:
        """Whether that commit is one that this snapshot came from."""
        ...

    def ids(self) -> Ids:
        """Ids of all vectors, ascending."""
        ...

    def vectors(self, ids: Ids) -> Vectors:
        """Shape (len(ids), dimension), in that order."""
        ...


def cosines(query: NDArray[Any], vectors: Vectors) -> NDArray[np.float64]:
    """The cosine of each row of vectors with query, shape (n,), in [-1, 1]; 0 where either is zero.

    A row's bits depend on that row and the query alone.
    """
    query64, rows = np.asarray(query, dtype=np.float64), vectors.astype(np.float64)
    dots = np.array([np.sum(row * query64) for row in rows], dtype=np.float64)
    lengths = np.array([np.sqrt(np.sum(row * row)) for row in rows]) * np.sqrt(np.sum(query64 * query64))
    scores: NDArray[np.float64] = np.divide(dots, lengths, out=np.zeros_like(dots), where=lengths > 0)
    return scores.clip(-1.0, 1.0)


def unit(vectors: NDArray[Any]) -> Vectors:
    """Each row scaled to length 1; zero rows stay zero. Shape and order are kept."""
    rows = np.asarray(vectors, dtype=np.float64)
    lengths = np.sqrt(np.sum(rows * rows, axis=1, keepdims=True))
    scaled: NDArray[np.float64] = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    return scaled.astype(np.float32)


class VectorIndex:
    """The FAISS index of one folder. Safe to use from many threads, each with its own snapshot."""

    def __init__(self, path: Path, dimension: int, *, exact_below: int = EXACT_BELOW) -> None:
        self.path = path
        self.dimension = dimension
        self.exact_below = exact_below
        self._index: Any = None
        self._ids: Ids = np.empty(0, dtype=np.int64)
        self._generation = 0
        self._stamp = b""
        self._lock = _SharedLock()

    def nearest(self, query: NDArray[Any], k: int, source: VectorSource, among: Ids | None = None) -> Ids:
        """Ids of the k nearest vectors and up to MARGIN more, in no promised order.

        query: shape (dimension,), any length. among: the ids that may be found; None for all.
        Exact below exact_below vectors, and wherever fewer than one in FEW may be found.
        """
        wanted = k + MARGIN
        prepared = unit(query.reshape(1, -1))
        with self._lock.shared():
            if self._stamp == source.stamp:
                return self._search(prepared, wanted, among)
        with self._lock.exclusive():
            self._catch_up(source)
            return self._search(prepared, wanted, among)

    def save(self, source: VectorSource) -> None:
        """Bring the file up to date with the source. Hold the writer lock. Raises StorageFull."""
        header = read_header(self.path)
        if header is not None and header.stamp == source.stamp:
            return
        with self._lock.exclusive():
            self._catch_up(source)
            _write(self.path, self._index, source)

    def differences(self, source: VectorSource) -> list[str]:
        """How the index, brought up to date, differs from the source; nothing when all is well."""
        with self._lock.exclusive():
            self._catch_up(source)
            held, ids = np.sort(_ids_of(self._index)), source.ids()
            if not np.array_equal(held, ids):
                return [f"the vector index holds {len(held)} vectors, the database {len(ids)}"]
            wrong = sum(
                int(np.any(self._index.reconstruct_batch(part) != unit(source.vectors(part)), axis=1).sum())
                for part in _parts(ids)
            )
        return [f"{wrong} vectors differ between the vector index and the database"] if wrong else []

    def forget(self) -> None:
        """Let go of what is in memory; the next use reads it anew."""
        with self._lock.exclusive():
            self._index, self._stamp = None, b""

    # Search

    def _search(self, query: Vectors, k: int, among: Ids | None) -> Ids:
        total = len(self._ids)
        if among is not None:
            among = np.intersect1d(among, self._ids, assume_unique=True)
            if len(among) * FEW < total:
                return self._search_few(query, k, among)
        if total == 0 or (among is not None and len(among) == 0):
            return np.empty(0, dtype=np.int64)
        found = self._search_index(query, k, among)
        possible = min(k, total if among is None else len(among))
        return found if len(found) >= possible else self._search_index(query, k, among, everywhere=True)

    def _search_few(self, query: Vectors, k: int, among: Ids) -> Ids:
        if len(among) <= k:
            return among
        scores = self._index.reconstruct_batch(among) @ query[0]
        return among[np.argsort(-scores, kind="stable")[:k]]

    def _search_index(self, query: Vectors, k: int, among: Ids | None, *, everywhere: bool = False) -> Ids:
        selector = None if among is None or len(among) == len(self._ids) else _selector(among)
        chosen: dict[str, Any] = {} if selector is None else {"sel": selector}
        if isinstance(self._index, faiss.IndexIVFFlat):
            possible = len(self._ids) if among is None else len(among)
            probes = self._index.nlist if everywhere else self._probes(possible)
            parameters = faiss.SearchParametersIVF(nprobe=probes, **chosen)
        else:
            parameters = faiss.SearchParameters(**chosen)
        _, ids = self._index.search(query, min(k, len(self._ids)), params=parameters)
        return np.asarray(ids[0][ids[0] >= 0], dtype=np.int64)

    def _probes(self, possible: int) -> int:
        """How many lists to look into; more where a filter thins them out."""
        lists = int(self._index.nlist)
        probes = max(MIN_PROBES, lists // PROBE_SHARE) * (len(self._ids) / possible) ** 0.5
        return min(lists, int(probes))

    # Catching up

    def _catch_up(self, source: VectorSource) -> None:
        if self._stamp == source.stamp:
            return
        ids, index = source.ids(), self._index
        if index is None or not source.knows(self._generation, self._stamp):
            index = _read(self.path, self.dimension, source)
            self._ids = np.empty(0, dtype=np.int64) if index is None else np.sort(_ids_of(index))
        # Until it is done, so that an error half-way leads to a rebuild.
        self._index, self._stamp = None, b""
        self._index = self._changed(index, ids, source) if self._fits(index, ids) else self._built(ids, source)
        self._ids, self._generation, self._stamp = ids, source.generation, source.stamp

    def _fits(self, index: Any, ids: Ids) -> bool:
        """Whether changing this index into one of these ids is right and no more work than building it."""
        if index is None or isinstance(index, faiss.IndexIVFFlat) != (len(ids) >= self.exact_below):
            return False
        if isinstance(index, faiss.IndexIVFFlat) and not index.nlist / 2 <= _lists(len(ids)) <= index.nlist * 2:
            return False
        return len(np.intersect1d(self._ids, ids, assume_unique=True)) * 2 >= len(self._ids)

    def _changed(self, index: Any, ids: Ids, source: VectorSource) -> Any:
        """By the set difference: a vector never changes under its id, and new ids are larger than all before."""
        gone = np.setdiff1d(self._ids, ids, assume_unique=True)
        if len(gone):
            index.remove_ids(faiss.IDSelectorArray(gone))
        _add(index, np.setdiff1d(ids, self._ids, assume_unique=True), source)
        return index

    def _built(self, ids: Ids, source: VectorSource) -> Any:
        if len(ids) < self.exact_below:
            index = faiss.IndexIDMap2(faiss.IndexFlatIP(self.dimension))
        else:
            index = _trained(self.dimension, ids, source)
        _add(index, ids, source)
        return index


def _add(index: Any, ids: Ids, source: VectorSource) -> None:
    for part in _parts(ids):
        index.add_with_ids(unit(source.vectors(part)), part)


def _parts(ids: Ids) -> Iterator[Ids]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]


def _lists(vectors: int) -> int:
    """How many lists an approximate index of so many vectors has: 2 sqrt(n), by FAISS's guidelines of 1 to 16."""
    return max(1, int(2 * vectors**0.5))


def _trained(dimension: int, ids: Ids, source: VectorSource) -> Any:
    """An empty inverted-file index, trained on a sample. The same ids and vectors train the same lists."""
    index = faiss.IndexIVFFlat(faiss.IndexFlatIP(dimension), dimension, _lists(len(ids)), faiss.METRIC_INNER_PRODUCT)
    # Without it an inverted file can neither give back nor remove a vector by its id.
    index.set_direct_map_type(faiss.DirectMap.Hashtable)
    index.cp.spherical = True
    index.cp.min_points_per_centroid = 1
    size = min(len(ids), TRAINING_VECTORS_A_LIST * index.nlist)
    sample = np.sort(np.random.default_rng(0).choice(ids, size=size, replace=False))
    index.train(np.concatenate([unit(source.vectors(part)) for part in _parts(sample)]))
    return index


def _ids_of(index: Any) -> Ids:
    if not isinstance(index, faiss.IndexIVFFlat):
        return np.asarray(faiss.vector_to_array(index.id_map), dtype=np.int64)
    lists = index.invlists
    parts = [
        np.array(faiss.rev_swig_ptr(lists.get_ids(number), lists.list_size(number)), dtype=np.int64)
        for number in range(index.nlist)
        if lists.list_size(number)
    ]
    return np.concatenate([np.empty(0, dtype=np.int64), *parts])


def _selector(ids: Ids) -> Any:
    """A bit an id up to the largest: a quarter faster to search with than IDSelectorBatch at 100,000."""
    bits = np.zeros(int(ids[-1]) + 1, dtype=bool)
    bits[ids] = True
    return faiss.IDSelectorBitmap(np.packbits(bits, bitorder="little"))


# The file -------------------------------------------------------------------------------------------------------

_MAGIC: Final = b"CITEVEC\x01"
_FIELDS: Final = struct.Struct("<8sIQ16sQQI")
_CHECKSUM: Final = struct.Struct("<I")
_HEADER_SIZE: Final = _FIELDS.size + _CHECKSUM.size


@dataclass(frozen=True, slots=True)
class Header:
    """What the file says of the FAISS bytes after it. length in bytes; checksum is their CRC-32.

    generation and stamp name the commit that the file was made from.
    """

    dimension: int
    generation: int
    stamp: bytes
    count: int
    length: int
    checksum: int

    def packed(self) -> bytes:
        """With a checksum of its own at the end."""
        data = _FIELDS.pack(_MAGIC, self.dimension, self.generation, self.stamp, self.count, self.length, self.checksum)
        return data + _CHECKSUM.pack(zlib.crc32(data))

    @classmethod
    def unpacked(cls, data: bytes) -> Header | None:
        """None where the bytes are no header."""
        fields, checksum = data[: _FIELDS.size], data[_FIELDS.size :]
        if len(data) != _HEADER_SIZE or _CHECKSUM.pack(zlib.crc32(fields)) != checksum:
            return None
        magic, *values = _FIELDS.unpack(fields)
        return cls(*values) if magic == _MAGIC else None


def read_header(path: Path) -> Header | None:
    """The header of a vector file of the right length; None where there is no such file."""
    try:
        with path.open("rb") as file:
            header = Header.unpacked(file.read(_HEADER_SIZE))
            size = os.fstat(file.fileno()).st_size
    except OSError:
        return None
    return header if header is not None and size == _HEADER_SIZE + header.length else None


def _read(path: Path, dimension: int, source: VectorSource) -> Any:
    """The index in the file; None where there is none that fits the source: then it is built from the source."""
    try:
        with path.open("rb") as file:
            return _read_checked(file, dimension, source)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RuntimeError) as error:  # FAISS raises RuntimeError
        _LOG.info("%s is not used and is built anew from the database: %s", path, error)
        return None


def _read_checked(file: IO[bytes], dimension: int, source: VectorSource) -> Any:
    header = Header.unpacked(file.read(_HEADER_SIZE))
    if header is None:
        raise ValueError("it is not a vector file of this version")
    if header.dimension != dimension:
        raise ValueError(f"its vectors have {header.dimension} dimensions, not {dimension}")
    if not source.knows(header.generation, header.stamp):
        raise ValueError("it belongs to another database, or to a later state of this one")
    # All bytes are checked before FAISS reads any: it trusts the sizes that it finds in them.
    if _checksum(file) != header.checksum:
        raise ValueError("its checksum does not hold")
    file.seek(_HEADER_SIZE)
    index = faiss.read_index(faiss.PyCallbackIOReader(file.read))
    if index.ntotal != header.count:
        raise ValueError(f"it holds {index.ntotal} vectors and says {header.count}")
    return index


def _checksum(file: IO[bytes]) -> int:
    checksum = 0
    while data := file.read(1 << 20):
        checksum = zlib.crc32(data, checksum)
    return checksum


def _write(path: Path, index: Any, source: VectorSource) -> None:
    """Replace the file: after a kill at any moment there is the old one or the new one, whole."""
    temporary = path.with_name(path.name + ".tmp")
    try:
        with os.fdopen(_anew(temporary), "wb") as file:
            _write_to(file, index, source)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        message = f"cannot write {path}: {error.strerror}. Make room and run it again; nothing is lost"
        raise StorageFull(message) from error


def _anew(path: Path) -> int:
    return os.open(path, _ANEW, mode_beside(path.parent, path.with_name(DATABASE_NAME)))


def _write_to(file: IO[bytes], index: Any, source: VectorSource) -> None:
    """The FAISS bytes first, counted as they go by, then the header in front of them."""
    file.seek(_HEADER_SIZE)
    sink = _Sink(file.write)
    faiss.write_index(index, faiss.PyCallbackIOWriter(sink.write))
    if sink.error is not None:
        raise sink.error
    file.seek(0)
    header = Header(index.d, source.generation, source.stamp, index.ntotal, sink.length, sink.checksum)
    file.write(header.packed())


class _Sink:
    """Takes FAISS's bytes. An error is kept for later: raised inside the callback, it would be lost in C++."""

    def __init__(self, write: Callable[[bytes], int]) -> None:
        self.length = 0
        self.checksum = 0
        self.error: OSError | None = None
        self._write = write

    def write(self, data: bytes) -> None:
        if self.error is not None:
            return
        try:
            self._write(data)
        except OSError as error:
            self.error = error
        self.length += len(data)
        self.checksum = zlib.crc32(data, self.checksum)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class _SharedLock:
    """Many may hold it shared, or one exclusively; who waits for it exclusively goes before new shared ones."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._readers = 0
        self._waiting = 0
        self._held = False

    @contextmanager
    def shared(self) -> Iterator[None]:
        with self._condition:
            self._condition.wait_for(lambda: not self._held and not self._waiting)
            self._readers += 1
        try:
            yield
        finally:
            with self._condition:
                self._readers -= 1
                self._condition.notify_all()

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        with self._condition:
            self._waiting += 1
            self._condition.wait_for(lambda: not self._held and not self._readers)
            self._waiting -= 1
            self._held = True
        try:
            yield
        finally:
            with self._condition:
                self._held = False
                self._condition.notify_all()
