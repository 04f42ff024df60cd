"""`reader.model`: which reader a name means, what is said of one that is not there, and what was fitted for it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from haystack import Document

import models
from bot import calibrated, compose
from bot.confidence import FILE, Confidence
from bot.readers import added
from bot.readers.choosing import Chosen, Source, choose, open_reader
from bot.readers.extractive import ExtractiveReader
from bot.readers.fingerprint import fingerprint
from bot.settings import ReaderSettings, Settings
from index.errors import ModelError, UsageError

HUB_NAME = "somebody/tiny-squad2"
QUESTION = "How many volunteers have travelled?"
HITS = [
    Document(id="a", content="Around 20,000 volunteers have travelled to the country.", meta={"article": "a.txt"}),
    Document(id="b", content="Roses need water in the morning, and shade at noon.", meta={"article": "b.txt"}),
]


@pytest.fixture(scope="module")
def models_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with the reader in the box added as `mine`, as if made of a model of the hub."""
    folder = tmp_path_factory.mktemp("models")
    mine = Path(shutil.copytree(models.folder("reader"), folder / "mine"))
    (mine / FILE).unlink()
    card = json.loads((mine / models.CARD).read_text(encoding="utf-8"))
    (mine / models.CARD).write_text(json.dumps(card | {"id": "mine-int8", "origin": HUB_NAME}), encoding="utf-8")
    return folder


@pytest.fixture
def hugging(tmp_path: Path) -> Path:
    """A folder that looks like one of Hugging Face's."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "config.json").write_text('{"model_type": "bert"}')
    (folder / "tokenizer.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"weights")
    return folder


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hugging: Path) -> Path:
    """A Hugging Face cache with one model, as the hub's own client lays it out."""
    from huggingface_hub import constants

    commit = "0123456789abcdef0123456789abcdef01234567"
    place = tmp_path / "hub" / f"models--{HUB_NAME.replace('/', '--')}"
    shutil.copytree(hugging, place / "snapshots" / commit)
    (place / "refs").mkdir()
    (place / "refs" / "main").write_text(commit)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    return place / "snapshots" / commit


@pytest.fixture(autouse=True)
def untold() -> Iterator[None]:
    compose._told.clear()
    yield
    compose._told.clear()


def test_the_box_is_the_default() -> None:
    chosen = choose(ReaderSettings().model, Path("nowhere"))
    assert chosen == Chosen("box", Source.BOX, models.folder("reader"), needs_torch=False)
    assert open_reader(chosen, 1).identity == models.fingerprint(models.folder("reader"))


@pytest.mark.parametrize("name", ["mine", HUB_NAME])
def test_an_added_model_is_found_by_its_name_and_by_the_hubs(models_folder: Path, name: str) -> None:
    assert choose(name, models_folder) == Chosen("mine", Source.ADDED, models_folder / "mine", needs_torch=False)


def test_an_added_model_comes_before_a_folder_of_that_name(
    models_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hugging: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    hugging.rename("mine")
    assert choose("mine", models_folder).source is Source.ADDED
    assert choose("./mine", models_folder) == Chosen("mine", Source.FOLDER, Path("mine"), needs_torch=True)


def test_an_added_model_reads_as_the_one_it_is_a_copy_of(models_folder: Path) -> None:
    readers = [ExtractiveReader(threads=1), open_reader(choose("mine", models_folder), 2)]
    one, other = (reader.run(QUESTION, HITS) for reader in readers)
    assert one == other
    assert one["candidates"][0].text == "Around 20,000"
    assert readers[1].identity.startswith("mine-int8@")
    for reader in readers:
        reader.close()


def test_a_folder_with_an_onnx_model_needs_no_torch(models_folder: Path) -> None:
    chosen = choose(str(models_folder / "mine"), Path("nowhere"))
    assert (chosen.source, chosen.needs_torch) == (Source.FOLDER, False)


def test_a_model_of_the_hub_is_taken_from_the_local_cache(cache: Path) -> None:
    assert choose(HUB_NAME, Path("nowhere")) == Chosen(HUB_NAME, Source.HUB, cache, needs_torch=True)


@pytest.mark.parametrize("name", ["nobody/nothing", "nothing"])
def test_a_name_that_is_nowhere_says_how_to_bring_it(cache: Path, name: str) -> None:
    with pytest.raises(ModelError) as raised:
        choose(name, Path("nowhere"))
    assert str(raised.value) == (
        f"reader.model: '{name}' is neither a folder, nor an added model (none was added yet), nor in the local "
        f"Hugging Face cache, and nothing is fetched while answering. To bring it: citebot models add {name} (fetches "
        f"it from the hub, once), or: hf download {name}"
    )


@pytest.mark.parametrize("name", ["./gone", "/gone/away", "~/gone-away", "two words", "a/b/c"])
def test_a_folder_that_is_not_there(models_folder: Path, name: str) -> None:
    with pytest.raises(ModelError, match=r"there is no folder .*; added are: mine"):
        choose(name, models_folder)


def test_a_folder_that_is_no_models(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"holds neither model.onnx nor config.json"):
        choose(str(tmp_path), tmp_path)


@pytest.mark.skipif(find_spec("torch") is not None, reason="torch is installed here")
def test_without_torch_one_line_says_what_to_install(hugging: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError) as raised:
        open_reader(choose(str(hugging), tmp_path), 1)
    assert str(raised.value) == (
        "the reader tiny is a model for torch, which is not installed. Install torch: pip install 'citebot[torch]'; "
        f"or make it one that needs none, once, where torch is: citebot models add {hugging}"
    )


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_the_fingerprint_follows_all_that_decides(hugging: Path, name: str) -> None:
    before = fingerprint(hugging, "tiny")
    (hugging / "README.md").write_text("words alone")
    assert fingerprint(hugging, "tiny") == before
    (hugging / name).write_text("another content")
    assert fingerprint(hugging, "tiny") != before


def test_a_folder_without_weights_has_no_fingerprint(hugging: Path) -> None:
    (hugging / "model.safetensors").unlink()
    with pytest.raises(ModelError, match="holds no weights"):
        fingerprint(hugging, "tiny")


def test_what_was_fitted_is_kept_for_exactly_that_reader(models_folder: Path, tmp_path: Path) -> None:
    chosen = choose("mine", models_folder)
    fitted = Confidence(-1.5, {"margin": 0.25}, 0.7, "mine-int8@0a1b2c3d4e5f")
    folder = tmp_path / "mine"
    own = Chosen(chosen.name, chosen.source, folder, needs_torch=False)
    assert calibrated.load(own, fitted.reader, tmp_path) is None
    calibrated.keep(fitted, {"questions": 122}, calibrated.place_of(own, fitted.reader, tmp_path))
    assert calibrated.load(own, fitted.reader, tmp_path) == fitted
    assert calibrated.load(own, "mine-int8@ffffffffffff", tmp_path) is None
    assert [path.name for path in folder.iterdir()] == [FILE]


def test_nothing_is_written_into_somebody_elses_folder(hugging: Path, tmp_path: Path) -> None:
    chosen = choose(str(hugging), tmp_path)
    fitted = Confidence(-1.5, {"margin": 0.25}, 0.7, "org/tiny-torch@0a1b2c3d4e5f")
    before = sorted(hugging.iterdir())
    path = calibrated.keep(fitted, {}, calibrated.place_of(chosen, fitted.reader, tmp_path / "models"))
    assert path == tmp_path / "models" / ".calibrated" / "org--tiny-torch@0a1b2c3d4e5f" / FILE
    assert sorted(hugging.iterdir()) == before
    assert calibrated.load(chosen, fitted.reader, tmp_path / "models") == fitted


def test_the_cautious_default_answers_well_above_the_null_answer_only() -> None:
    default = calibrated.cautious("mine@0")
    plain = {"contradicted": 0.0, "kind": 0.0}
    assert default.probability({"margin": 4.0, **plain}) == 0.5
    assert default.probability({"margin": 4.0, **plain}) < default.threshold
    assert default.probability({"margin": 6.0, **plain}) > default.threshold
    assert default.probability({"margin": 9.0, "contradicted": 1.0, "kind": 0.0}) < default.threshold


def test_an_uncalibrated_reader_is_noted_once(models_folder: Path, tmp_path: Path) -> None:
    settings = Settings.model_validate(
        {
            "articles": "seeds",
            "index": tmp_path / "index",
            "reader": {"model": "mine"},
            "models": {"folder": models_folder},
        }
    )
    compose.sync_index(settings)
    notes: list[str] = []
    for _ in range(2):
        compose.open_assistant(settings, note=notes.append).close()
    assert notes == [
        "mine is not calibrated: its confidence is a cautious guess, and it may refuse or answer too much. "
        "Run: citebot models calibrate SET"
    ]


@pytest.mark.parametrize("name", ["box", "", ".hidden", "a/b", "two words", "ü"])
def test_names_no_model_can_have(name: str) -> None:
    with pytest.raises(UsageError, match="no model can be called"):
        added.checked_name(name)


def test_removing(models_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(models_folder / "mine", tmp_path / "mine")
    (tmp_path / "half").mkdir()
    assert [one.name for one in added.added(tmp_path)] == ["mine"]
    added.remove(tmp_path, "mine")
    assert added.added(tmp_path) == []
    assert [path.name for path in tmp_path.iterdir()] == ["half"]
    with pytest.raises(UsageError, match="no model 'mine' was added"):
        added.remove(tmp_path, "mine")
    with pytest.raises(UsageError, match="the reader in the box cannot be removed"):
        added.remove(tmp_path, "box")


def test_a_damaged_card_is_named(models_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(models_folder / "mine", tmp_path / "mine")
    (tmp_path / "mine" / models.CARD).write_text("{}")
    with pytest.raises(ModelError, match=r"card\.json is not the card of a model.*Or: citebot models remove mine"):
        choose("mine", tmp_path)
    added.remove(tmp_path, "mine")
    assert not (tmp_path / "mine").exists()
