"""The models in the box: whole, light to import, and opened as the int8 files need it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import models
from models import CARD, MODEL, TOKENIZER, ModelFilesError

KINDS = ("embedder", "reader")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A model folder of the user's own."""
    return Path(shutil.copytree(models.folder("embedder"), tmp_path / "mine"))


def test_importing_brings_no_runtime() -> None:
    code = "import sys, models; print([m for m in ('onnxruntime', 'tokenizers', 'numpy') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("kind", KINDS)
def test_the_box_is_whole_and_small(kind: str) -> None:
    folder = models.folder(kind)  # type: ignore[arg-type]
    assert models.verify(folder).kind == kind
    assert (folder / MODEL).stat().st_size <= 25_000_000


@pytest.mark.parametrize("kind", KINDS)
def test_the_readme_tells_licence_and_measured_numbers(kind: str) -> None:
    folder = models.folder(kind)  # type: ignore[arg-type]
    page = (folder / "README.md").read_text(encoding="utf-8")
    assert models.load_card(folder).licence in page
    assert "| int8 |" in page


def test_fingerprint_is_the_id_and_twelve_digits() -> None:
    name, _, digits = models.fingerprint(models.folder("embedder")).partition("@")
    assert name == "all-minilm-l6-v2-int8"
    assert len(digits) == 12
    assert int(digits, 16) >= 0


@pytest.mark.parametrize("change", ["limit_tokens", "dimension", MODEL, TOKENIZER])
def test_fingerprint_follows_all_that_decides_a_vector(copy: Path, change: str) -> None:
    before = models.fingerprint(copy)
    card = json.loads((copy / CARD).read_text())
    if change in card:
        card[change] += 1
    else:
        card["files"][change]["sha256"] = "0" * 64
    (copy / CARD).write_text(json.dumps(card))
    assert models.fingerprint(copy) != before


def test_fingerprint_stays_when_only_words_change(copy: Path) -> None:
    before = models.fingerprint(copy)
    card = json.loads((copy / CARD).read_text())
    (copy / CARD).write_text(json.dumps(card | {"licence": "another", "origin": "elsewhere"}))
    assert models.fingerprint(copy) == before


@pytest.mark.parametrize("name", [MODEL, TOKENIZER])
def test_verify_finds_one_flipped_bit(copy: Path, name: str) -> None:
    with (copy / name).open("r+b") as file:
        file.seek(100_000)
        byte = file.read(1)[0]
        file.seek(100_000)
        file.write(bytes([byte ^ 1]))
    with pytest.raises(ModelFilesError, match=f"{name} has the sha256"):
        models.verify(copy)


def test_half_a_copy_is_named_before_it_is_opened(copy: Path) -> None:
    with (copy / MODEL).open("r+b") as file:
        file.truncate(1000)
    with pytest.raises(ModelFilesError, match=r"model\.onnx has 1000 bytes; its card says \d+"):
        models.open_session(copy)


def test_a_file_of_the_right_length_that_is_no_model(copy: Path) -> None:
    (copy / MODEL).write_bytes(b"\xff" * (copy / MODEL).stat().st_size)
    with pytest.raises(ModelFilesError, match=r"model\.onnx is not a model that ONNX Runtime opens"):
        models.open_session(copy)


def test_a_file_of_the_right_length_that_is_no_tokenizer(copy: Path) -> None:
    (copy / TOKENIZER).write_bytes(b" " * (copy / TOKENIZER).stat().st_size)
    with pytest.raises(ModelFilesError, match=r"tokenizer\.json is not a tokenizer"):
        models.open_tokenizer(copy)


@pytest.mark.parametrize("name", [MODEL, TOKENIZER, CARD])
def test_a_missing_file_is_named_with_the_next_step(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(ModelFilesError) as raised:
        models.verify(copy)
    assert str(raised.value) == (
        f"cannot read {copy / name}: No such file or directory. A model folder holds model.onnx, tokenizer.json and "
        "card.json, as `python -m training.export` writes them; the models in the box come back with a new "
        "installation of Citebot."
    )


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"id": "x", "dimension": "many"}', "\xff"])
def test_a_card_that_is_none(copy: Path, text: str) -> None:
    (copy / CARD).write_bytes(text.encode("latin-1"))
    with pytest.raises(ModelFilesError, match=r"card\.json is not the card of a model"):
        models.load_card(copy)


@pytest.mark.parametrize("kind", KINDS)
def test_the_tokenizer_neither_truncates_nor_pads(kind: str) -> None:
    folder = models.folder(kind)  # type: ignore[arg-type]
    stored = json.loads((folder / TOKENIZER).read_text(encoding="utf-8"))
    assert stored["truncation"] is None
    assert stored["padding"] is None
    tokenizer = models.open_tokenizer(folder)
    assert len(tokenizer.encode("word").ids) == 3
    assert len(tokenizer.encode("word " * 1000).ids) == 1002


def test_open_tokenizer_frees_a_folder_whose_own_truncates(copy: Path) -> None:
    tokenizer = models.open_tokenizer(copy)
    tokenizer.enable_truncation(8)
    tokenizer.enable_padding(length=8)
    tokenizer.save(str(copy / TOKENIZER))
    card = json.loads((copy / CARD).read_text())
    card["files"][TOKENIZER]["bytes"] = (copy / TOKENIZER).stat().st_size
    (copy / CARD).write_text(json.dumps(card))
    assert len(models.open_tokenizer(copy).encode("word").ids) == 3
    assert len(models.open_tokenizer(copy).encode("word " * 20).ids) == 22


@pytest.mark.parametrize(("kind", "outputs"), [("embedder", ["embedding"]), ("reader", ["start_logits", "end_logits"])])
def test_the_graphs_speak_the_names_of_the_contract(kind: str, outputs: list[str]) -> None:
    session = models.open_session(models.folder(kind))  # type: ignore[arg-type]
    assert {entry.name: entry.type for entry in session.get_inputs()} == {
        "input_ids": "tensor(int64)",
        "attention_mask": "tensor(int64)",
        "token_type_ids": "tensor(int64)",
    }
    assert [entry.name for entry in session.get_outputs()] == outputs
    assert session.get_providers() == ["CPUExecutionProvider"]
    options = session.get_session_options()
    assert (options.intra_op_num_threads, options.inter_op_num_threads) == (1, 1)
