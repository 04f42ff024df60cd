"""A sync is killed at random moments, over and over. Each time the index opens whole and answers."""

from __future__ import annotations

import multiprocessing
import random
import signal
import time
from contextlib import closing
from pathlib import Path

import pytest

import models
from bot import confidence
from bot.assistant import Assistant
from bot.pipeline import QuestionPipeline
from bot.readers.extractive import ExtractiveReader
from bot.types import Status
from index.chunking import Chunker
from index.embedder import Embedder
from index.retrieval import HybridRetriever
from index.store import PassageStore
from index.sync import sync

KILLS = 50
QUESTION = "What is the capital of Freedonia?"


def sync_in_this_process(index: Path, folder: Path) -> None:
    """What the killed process runs; small transactions, so that kills fall between and inside them."""
    import index.sync as module

    module.COMMIT_PASSAGES = 3  # type: ignore[misc]
    embedder = Embedder(workers=1)
    sync(PassageStore(index), folder, embedder, Chunker(embedder.tokenizer))


def edit(folder: Path, chance: random.Random, turn: int) -> None:
    """Files come, change and go, so that each sync has work of every kind."""
    for _ in range(chance.randint(3, 8)):
        name = f"{chance.randint(0, 30):02d}.txt"
        path = folder / name
        if path.exists() and chance.random() < 0.3:
            path.unlink()
        else:
            path.write_text(f"Report {name}\n\nIn turn {turn} there were {chance.randint(1, 99)} boats on the river.")


@pytest.mark.end_to_end
@pytest.mark.timeout(600)
def test_fifty_kills(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "freedonia.txt").write_text("Freedonia\n\nThe capital of Freedonia is Glorious. It lies on a river.")
    place = tmp_path / "index"
    embedder = Embedder(workers=1)
    sync(PassageStore(place), folder, embedder, Chunker(embedder.tokenizer))
    fitted = confidence.load(models.folder("reader"))
    spawner = multiprocessing.get_context("forkserver")
    spawner.set_forkserver_preload(["index.sync", "index.store", "index.embedder", "index.chunking", "onnxruntime"])
    chance = random.Random(20220308)
    killed = finished = 0
    while killed < KILLS:
        edit(folder, chance, killed)
        process = spawner.Process(target=sync_in_this_process, args=(place, folder))
        process.start()
        time.sleep(chance.uniform(0.02, 0.9))
        process.kill()  # no error where the sync has ended by itself
        process.join()
        killed += process.exitcode == -signal.SIGKILL
        finished += process.exitcode == 0
        assert finished < 200, "the syncs end before they can be killed"
        store = PassageStore(place)
        assert store.check() == []
        pipeline = QuestionPipeline(HybridRetriever(store, embedder), ExtractiveReader(threads=1))
        with closing(Assistant(store, pipeline, fitted, threshold=0.0)) as assistant:
            answer = assistant.ask(QUESTION)
        assert (answer.status, answer.citations[0].article) == (Status.ANSWERED, "freedonia.txt")
    store = PassageStore(place)
    receipt = sync(store, folder, embedder, Chunker(embedder.tokenizer))
    assert receipt.articles == len(list(folder.iterdir()))
    assert store.check() == []
    store.close()
    print(f"{killed} kills, {finished} syncs ended first; the index was whole and answered after each")
