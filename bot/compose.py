"""The composition root: settings become a store, a retriever, a reader and an assistant, here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from bot.output import warn
from index.errors import IndexDamaged, IndexLocked, IndexMissing, IndexReadOnly, ModelError, StorageFull
from models import ModelFilesError

if TYPE_CHECKING:
    from bot.assistant import Assistant
    from bot.confidence import Confidence
    from bot.conversation.dialogue import Dialogue
    from bot.generation.rewriting import Rewriter
    from bot.generation.writing import Writer
    from bot.readers.choosing import Chosen
    from bot.settings import Settings
    from index.store import PassageStore
    from index.sync import Progress
    from index.types import Receipt

OnProgress = Callable[["Progress"], None]
OnNote = Callable[[str], None]


def open_store(settings: Settings) -> PassageStore:
    """The index of the settings, which must be there.

    Raises IndexMissing, IndexTooNew, IndexDamaged, IndexMismatch.
    """
    from index.store import PassageStore

    store = PassageStore(settings.index)
    if not store.exists:
        raise IndexMissing(f"there is no index in {settings.index} yet. Run: citebot sync {settings.articles}")
    return store


def sync_index(
    settings: Settings, *, rebuild: bool = False, yes: bool = False, progress: OnProgress | None = None
) -> Receipt:
    """Bring the index of the settings in line with their articles folder; make it where there is none.

    Raises FolderError, IndexMismatch, IndexLocked, IndexReadOnly, IndexDamaged, StorageFull, ModelError.
    """
    from index.chunking import Chunker
    from index.rights import make_folder
    from index.scan import scan
    from index.sync import sync

    found = scan(settings.articles)  # a folder that cannot be read must not leave an empty index behind
    with _models_named():
        from index.embedder import Embedder

        embedder = Embedder(workers=settings.reader.threads)
        chunker = Chunker(embedder.tokenizer)
    with suppress(OSError):  # the store tells what cannot be made
        make_folder(settings.index, found.audience)
    with _store_for_sync(settings, rebuild=rebuild) as store:
        return sync(store, settings.articles, embedder, chunker, rebuild=rebuild, yes=yes, progress=progress)


def sync_if_changed(settings: Settings, *, note: OnNote, progress: OnProgress | None = None) -> Receipt | None:
    """Sync when the folder looks different from the last time; None when there was nothing to do or no way to.

    note: told, in a sentence, when the answers will come from the last committed state.
    """
    from index.rights import restrict
    from index.scan import scan
    from index.store import PassageStore
    from index.sync import changed

    with PassageStore(settings.index) as store:
        there = store.exists and store.identity() is not None
        if there:
            found = scan(settings.articles)
            restrict(settings.index, found.audience)
            if not changed(store, found):
                return None
    try:
        return sync_index(settings, progress=progress)
    except (IndexLocked, IndexReadOnly, StorageFull) as error:
        if not there:
            raise
        note(f"{str(error).removesuffix('.')}. The answers come from the last committed state of the index.")
        return None


def open_assistant(settings: Settings, *, note: OnNote = warn) -> Assistant:
    """The assistant over the index of the settings.

    note: told, once a process, when the reader is not calibrated.
    Raises IndexMissing, IndexMismatch (another folder or embedder), IndexTooNew, IndexDamaged, ModelError.
    """
    from bot.assistant import Assistant
    from bot.pipeline import QuestionPipeline
    from bot.readers.choosing import open_reader
    from index.embedder import Embedder
    from index.retrieval import HybridRetriever
    from index.sync import check_identity, identity_of

    store = open_store(settings)
    with _models_named():
        embedder = Embedder(workers=settings.reader.threads)
        chosen = choose_reader(settings)
        reader = open_reader(chosen, settings.reader.threads)
        check_identity(store.identity(), identity_of(settings.articles, embedder))
        retriever = HybridRetriever(store, embedder, top_k=settings.retrieval.top_k)
        fitted = _confidence(chosen, reader.identity, settings, note)
        pipeline = QuestionPipeline(retriever, reader)
        writer = open_generator(settings, note)
        rewriter = open_rewriter(settings, writer)
        return Assistant(store, pipeline, fitted, settings.reader.threshold, writer, rewriter=rewriter)


def open_generator(settings: Settings, note: OnNote) -> Writer | None:
    """What words answers with a chat model; None without one. Raises UsageError, ModelError."""
    from bot.settings import GeneratorKind

    if settings.generator.kind is GeneratorKind.NONE:
        return None
    settings.check_destination("generator")
    from bot.generation.opening import open_writer

    return open_writer(settings.generator, note)


def open_rewriter(settings: Settings, writer: Writer | None) -> Rewriter | None:
    """What makes follow-ups whole with the writer's model; None where the rules do. Raises UsageError."""
    if writer is None:
        return None
    from bot.generation import opening

    return opening.open_rewriter(settings.generator, writer.model)


def choose_reader(settings: Settings) -> Chosen:
    """The reader that the settings name. Raises ModelError."""
    from bot.readers.choosing import choose

    return choose(settings.reader.model, models_folder(settings))


def models_folder(settings: Settings) -> Path:
    """Where added models lie, and what was fitted for readers elsewhere; it need not exist."""
    from bot.state import state_folder

    return settings.models.folder or state_folder() / "models"


_told: set[str] = set()
"""The readers that were said to lack a calibration."""


def _confidence(chosen: Chosen, identity: str, settings: Settings, note: OnNote) -> Confidence:
    from bot import calibrated

    fitted = calibrated.load(chosen, identity, models_folder(settings))
    if fitted is not None:
        return fitted
    if identity not in _told:
        _told.add(identity)
        note(calibrated.lacking(chosen))
    return calibrated.cautious(identity)


def open_dialogue(settings: Settings, assistant: Assistant, *, note: OnNote) -> Dialogue:
    """Conversations with the assistant, kept in a file apart from the index.

    note: told when they cannot be kept and will end with the process.
    """
    from bot.conversation.database import ConversationUnusable
    from bot.conversation.dialogue import Dialogue
    from bot.conversation.replay import library_of
    from bot.conversation.store import Conversations
    from bot.state import state_folder

    path = (settings.conversation.folder or state_folder()) / "conversations.db"
    days = settings.conversation.retention_days
    try:
        conversations = Conversations(path, retention_days=days)
    except ConversationUnusable as error:
        note(f"{error}. This conversation is not kept.")
        conversations = Conversations(retention_days=days)
    return Dialogue(assistant, library_of(assistant), conversations, rewriter=assistant.rewriter)


@contextmanager
def _store_for_sync(settings: Settings, *, rebuild: bool) -> Iterator[PassageStore]:
    """The store, made empty first where it is damaged and about to be rebuilt."""
    from index.store import PassageStore

    with PassageStore(settings.index) as store:
        try:
            store.statistics()
        except IndexDamaged:
            if not rebuild:
                raise
            store.discard()
        yield store


@contextmanager
def _models_named() -> Iterator[None]:
    """A model's own errors as ones for people."""
    try:
        yield
    except ModelFilesError as error:
        raise ModelError(str(error)) from error
