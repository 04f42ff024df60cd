"""Texts become unit vectors, with the bundled int8 model on ONNX Runtime.

One unpadded text a run: int8 activations are quantised over a whole run, so texts embedded together would change
each other's vectors, and an incremental sync would not equal a rebuild.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import models
from index.cores import usable_cores
from index.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

CHARACTERS_PER_TOKEN: Final = 64
"""Of a text, so many code points for each token of the limit are looked at: one word of a megabyte is one token, and
so is none of it if it is white space, but the tokenizer takes a second for it."""

Progress = Callable[[int], None]
"""Told, in the thread that called, how many texts are done so far: ascending, and at the end all."""


class Embedder:
    """The model of a folder, opened when it is first needed. Safe to use from several threads."""

    def __init__(self, folder: Path | None = None, workers: int | None = None) -> None:
        """folder: model.onnx, tokenizer.json and card.json; None for the embedder in the box.

        workers: texts embedded side by side, each on one core; None for the cores this process may use.
        Raises ModelError where the folder has no card or is not an embedder.
        """
        self.folder = folder if folder is not None else models.folder("embedder")
        self.workers = workers if workers is not None else usable_cores()
        with _as_model_error():
            self._card = models.load_card(self.folder)
        if self._card.kind != "embedder" or self._card.dimension is None:
            raise ModelError(f"{self.folder} holds {self._card.id}, a {self._card.kind}, where an embedder is needed")
        self._dimension = self._card.dimension
        self._opening = threading.Lock()
        self._session: InferenceSession | None = None
        self._tokenizer: Tokenizer | None = None

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return self._dimension

    @property
    def fingerprint(self) -> str:
        """Which model this is and how it is run: vectors of different fingerprints do not compare."""
        return self._card.fingerprint

    @property
    def limit_tokens(self) -> int:
        """How much of a text counts, the special tokens included; 256 for the embedder in the box.

        Its authors publish it with that limit and trained it on shorter texts still. The graph takes 512, but places
        past 256 were never seen in training for similarity.
        """
        return self._card.limit_tokens

    @property
    def tokenizer(self) -> Tokenizer:
        """The model's tokenizer, which neither truncates nor pads. Raises ModelError."""
        with self._opening:
            if self._tokenizer is None:
                with _as_model_error():
                    self._tokenizer = models.open_tokenizer(self.folder)
            return self._tokenizer

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        """One unit vector a text, in the order of the texts: float32, shape (len(texts), dimension).

        Equal texts get equal bits, whatever is embedded beside, before or after them and by however many workers.
        A text is cut at limit_tokens; one without words gets the vector of its two special tokens alone.
        An interrupt ends it within the time of one text. Raises ModelError.
        """
        import numpy as np

        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        if len(texts):
            self._open()
            _Work(self, texts, vectors, progress).do(min(self.workers, len(texts)))
        return vectors

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """The unit vector of one text, the same bits as from embed: float32, shape (dimension,). Raises ModelError."""
        return self._vector(text, self._open())

    def _open(self) -> InferenceSession:
        """The one session: with one thread a run it serves all workers at once, at the memory of one."""
        with self._opening:
            if self._session is None:
                with _as_model_error():
                    self._session = models.open_session(self.folder, threads=1)
            return self._session

    def _vector(self, text: str, session: InferenceSession) -> NDArray[np.float32]:
        import numpy as np

        ids = np.array([self._ids(text)], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        vector: NDArray[np.float32] = session.run(["embedding"], inputs)[0][0]
        return vector

    def _ids(self, text: str) -> list[int]:
        """At most limit_tokens ids, of which the last is the closing special token in any case."""
        limit = self.limit_tokens
        ids: list[int] = self.tokenizer.encode(_encodable(text[: limit * CHARACTERS_PER_TOKEN])).ids
        return ids if len(ids) <= limit else [*ids[: limit - 1], ids[-1]]


@contextmanager
def _as_model_error() -> Iterator[None]:
    """What the models package raises, as an error of the article side."""
    try:
        yield
    except models.ModelFilesError as error:
        raise ModelError(str(error)) from error


class _Work:
    """One call of embed: texts that the calling thread and its helpers take one by one."""

    def __init__(
        self, embedder: Embedder, texts: Sequence[str], vectors: NDArray[np.float32], progress: Progress | None
    ) -> None:
        self.embedder = embedder
        self.texts = texts
        self.vectors = vectors
        self.progress = progress
        self.places = iter(range(len(texts)))
        self.taking = threading.Lock()
        self.stopped = threading.Event()
        self.done = 0

    def do(self, workers: int) -> None:
        """Embed all texts. The calling thread is one of the workers, so that an interrupt reaches one that can stop."""
        with ThreadPoolExecutor(max(workers - 1, 1), thread_name_prefix="embedder") as pool:
            try:
                helpers = [pool.submit(self._help) for _ in range(workers - 1)]
                for done in self._take():
                    self._tell(done)
                for helper in helpers:
                    helper.result()
            finally:
                self.stopped.set()
        self._tell(len(self.texts))

    def _help(self) -> None:
        try:
            for _ in self._take():
                pass
        except BaseException:
            self.stopped.set()
            raise

    def _take(self) -> Iterator[int]:
        """Embed text after text until none is left or someone stopped; how many are done by all workers."""
        session = self.embedder._open()
        while (place := self._next()) is not None:
            self.vectors[place] = self.embedder._vector(self.texts[place], session)
            with self.taking:
                self.done += 1
                done = self.done
            yield done

    def _next(self) -> int | None:
        with self.taking:
            return None if self.stopped.is_set() else next(self.places, None)

    def _tell(self, done: int) -> None:
        if self.progress is not None:
            self.progress(done)


def _encodable(text: str) -> str:
    """The text with each lone surrogate, which no UTF-8 holds, as a question mark."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
