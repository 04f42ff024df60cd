"""`citebot doctor`: does everything hold?"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import click

import models
from bot.commands.models import KINDS
from bot.commands.options import json_option, with_settings
from bot.output import say
from bot.render import as_json as json_line
from bot.render import one_line
from index.errors import CitebotError, IndexMissing

if TYPE_CHECKING:
    from bot.settings import Settings
    from index.store import PassageStore

FAILED_FILES_SHOWN = 20

PACKAGES = ("citebot", "haystack-ai", "onnxruntime", "tokenizers", "faiss-cpu")

EXAMPLES = """\b
Examples:
  citebot doctor
  citebot doctor --articles ~/news --index ~/news-index

\b
Exit status: 0 all holds, 1 something does not, 2 the settings cannot be used.
"""


class Verdict(StrEnum):
    """What a check found. A note is no fault: something optional that is not there."""

    OK = "ok"
    NOTE = "note"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, what was found, and where it does not hold the next step."""

    verdict: Verdict
    what: str
    message: str


@click.command("doctor", short_help="Check that index, folder and models hold.", epilog=EXAMPLES)
@json_option
@with_settings
def command(settings: Settings, as_json: bool) -> int:
    """Check that the articles folder, the index and the models hold. Reads the whole index and changes nothing."""
    status = 0
    for finding in _findings(settings):
        say(_shown(finding, as_json=as_json))
        status = max(status, int(finding.verdict is Verdict.FAILED))
    return status


def _shown(finding: Finding, *, as_json: bool) -> str:
    if as_json:
        return json_line(asdict(finding))
    return f"{finding.verdict:6}  {finding.what:8}  {one_line(finding.message)}"


def _findings(settings: Settings) -> Iterator[Finding]:
    yield _versions()
    yield from _models()
    yield from _chosen_reader(settings)
    yield _articles(settings.articles)
    yield from _index(settings)
    yield _writable(settings.index)


def _versions() -> Finding:
    packages = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
    return Finding(Verdict.OK, "versions", f"{packages}; Python {platform.python_version()} on {platform.platform()}")


def _models() -> Iterator[Finding]:
    for kind in KINDS:
        try:
            card = models.verify(models.folder(kind))
        except models.ModelFilesError as error:
            yield Finding(Verdict.FAILED, kind, str(error))
        else:
            yield Finding(Verdict.OK, kind, f"{card.fingerprint}, every byte as its card says")


def _chosen_reader(settings: Settings) -> Iterator[Finding]:
    """The reader of the settings where it is not the one in the box: is it there, whole, and calibrated?"""
    from bot import calibrated
    from bot.compose import choose_reader, models_folder
    from bot.readers.choosing import Source, open_reader

    try:
        chosen = choose_reader(settings)
        if chosen.source is Source.BOX:
            return
        identity = open_reader(chosen, settings.reader.threads).identity
        if not chosen.needs_torch:
            models.verify(chosen.folder)
        fitted = calibrated.load(chosen, identity, models_folder(settings))
    except (CitebotError, models.ModelFilesError) as error:
        yield Finding(Verdict.FAILED, "chosen", str(error))
        return
    whole = "" if chosen.needs_torch else ", every byte as its card says"
    yield Finding(Verdict.OK, "chosen", f"reader {identity} in {chosen.folder}{whole}")
    if fitted is None:
        yield Finding(Verdict.NOTE, "chosen", calibrated.lacking(chosen))


def _articles(folder: Path) -> Finding:
    from index.scan import scan

    try:
        files = scan(folder).files
    except CitebotError as error:
        return Finding(Verdict.FAILED, "articles", str(error))
    return Finding(Verdict.OK, "articles", f"{folder} holds {len(files)} files that can be articles")


def _index(settings: Settings) -> Iterator[Finding]:
    from bot.compose import open_store

    try:
        with closing(open_store(settings)) as store:
            yield from _store(store, settings)
    except IndexMissing as error:
        yield Finding(Verdict.NOTE, "index", str(error))
    except CitebotError as error:
        yield Finding(Verdict.FAILED, "index", str(error))


def _store(store: PassageStore, settings: Settings) -> Iterator[Finding]:
    from index.sync import check_identity
    from index.types import Identity

    embedder = models.fingerprint(models.folder("embedder"))
    check_identity(store.identity(), Identity(str(settings.articles.resolve()), embedder))
    problems = store.check()
    for problem in problems:
        yield Finding(Verdict.FAILED, "index", problem)
    if not problems:
        facts = store.statistics()
        told = f"{facts['articles']} articles, {facts['passages']} passages, generation {facts['generation']}"
        yield Finding(Verdict.OK, "index", f"{settings.index} holds {told}; all of it agrees")
    yield from _failed_files(store)


def _failed_files(store: PassageStore) -> Iterator[Finding]:
    """What the last sync could not read; the rest of the index holds without it."""
    failed = [record for record in store.files().values() if record.error is not None]
    for record in failed[:FAILED_FILES_SHOWN]:
        yield Finding(Verdict.NOTE, "files", f"not read: {record.error}")
    if len(failed) > FAILED_FILES_SHOWN:
        yield Finding(Verdict.NOTE, "files", f"and {len(failed) - FAILED_FILES_SHOWN} more files that were not read")


def _writable(folder: Path) -> Finding:
    """Whether a sync could write the index: in its folder, or in the nearest one that exists above it."""
    there = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
    if os.access(there, os.W_OK | os.X_OK):
        return Finding(Verdict.OK, "writing", f"{there} can be written")
    return Finding(
        Verdict.FAILED, "writing", f"{there} cannot be written: questions are answered, but nothing can be synced"
    )
