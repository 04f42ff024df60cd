"""Readers on torch, and what `citebot models add` makes of them. Only where torch is installed: `make test-torch`.

The models are of a few thousand random weights, made here: what is asked is whether the same numbers come out.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")
pytest.importorskip("onnxscript")

import torch
import transformers
from haystack import Document
from tokenizers import Tokenizer, pre_tokenizers, processors
from tokenizers import models as vocabularies

import models
from bot import compose
from bot.main import run
from bot.readers.adding.making import Precision, Target, make
from bot.readers.adding.origin import origin_of, short_name
from bot.readers.choosing import choose, open_reader
from bot.readers.extractive import ExtractiveReader
from bot.readers.hugging import load
from bot.readers.pytorch import TorchReader
from index.errors import ModelError, UsageError

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.timeout(900),
]

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.,'-?"
SIZES = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
SEGMENTED = ["input_ids", "token_type_ids", "attention_mask"]
TEXT = "Ada Quimby, the mayor of Springfield, resigned on 4 March 1984 after 12 years."


def word_pieces(folder: Path, pair: str, specials: tuple[str, ...], **options: Any) -> int:
    vocabulary = ["[PAD]", "[UNK]", *specials, *LETTERS, *(f"##{letter}" for letter in LETTERS)]
    tokenizer = Tokenizer(vocabularies.WordPiece({t: n for n, t in enumerate(vocabulary)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    ids = [(token, tokenizer.token_to_id(token)) for token in specials]
    tokenizer.post_processor = processors.TemplateProcessing(single="$A", pair=pair, special_tokens=ids)
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]", cls_token=specials[0], **options
    )
    fast.save_pretrained(folder)
    return len(vocabulary)


def bytes_of_roberta(folder: Path) -> int:
    specials = ["<s>", "<pad>", "</s>", "<unk>"]
    vocabulary = [*specials, *sorted(pre_tokenizers.ByteLevel.alphabet())]
    tokenizer = Tokenizer(vocabularies.BPE({t: n for n, t in enumerate(vocabulary)}, [], unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), True, False)
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        **{"cls_token": "<s>", "sep_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"},
        model_max_length=512,
        model_input_names=["input_ids", "attention_mask"],
    )
    fast.save_pretrained(folder)
    return len(vocabulary)


def bert(folder: Path) -> Any:
    options = {"model_max_length": 512, "model_input_names": SEGMENTED}
    size = word_pieces(folder, "[CLS] $A [SEP] $B:1 [SEP]:1", ("[CLS]", "[SEP]"), **options)
    return transformers.BertForQuestionAnswering(transformers.BertConfig(vocab_size=size, **SIZES))


def roberta(folder: Path) -> Any:
    size = bytes_of_roberta(folder)
    config = transformers.RobertaConfig(vocab_size=size, max_position_embeddings=514, type_vocab_size=1, **SIZES)
    return transformers.RobertaForQuestionAnswering(config)


def xlnet(folder: Path) -> Any:
    size = word_pieces(folder, "$A <sep> $B:1 <sep>:1 <cls>:2", ("<cls>", "<sep>"), model_input_names=SEGMENTED)
    config = transformers.XLNetConfig(vocab_size=size, d_model=32, n_layer=2, n_head=2, d_inner=64)
    return transformers.XLNetForQuestionAnsweringSimple(config)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The Hugging Face folder of a family, made when first asked for, its weights large enough to tell words apart."""
    home = tmp_path_factory.mktemp("families")

    def folder(name: str) -> Path:
        path = home / name
        if not path.exists():
            path.mkdir()
            torch.manual_seed(3)
            model = {"bert": bert, "roberta": roberta, "xlnet": xlnet}[name](path)
            for weight in model.parameters():
                if weight.dim() > 1:
                    torch.nn.init.normal_(weight, 0, 0.25)
            model.save_pretrained(path)
        return path

    return folder


@pytest.mark.parametrize(
    ("name", "segments", "null", "limit"),
    [("bert", True, 0, 512), ("roberta", False, 0, 512), ("xlnet", True, -1, 512)],
)
def test_a_family_is_read_as_it_was_trained(
    made: Callable[[str], Path], name: str, segments: bool, null: int, limit: int
) -> None:
    loaded = load(made(name))
    assert (loaded.takes_segments, loaded.layout.null, loaded.limit_tokens) == (segments, null, limit)


@pytest.mark.parametrize("name", ["bert", "roberta", "xlnet"])
def test_the_margin_is_the_spans_logits_less_the_null_answers(made: Callable[[str], Path], name: str) -> None:
    """By hand, from what transformers itself makes of the pair."""
    reader = TorchReader(str(made(name)))
    best = reader.mark("who resigned", TEXT)[0]
    own = transformers.AutoTokenizer.from_pretrained(made(name))
    model = transformers.AutoModelForQuestionAnswering.from_pretrained(made(name)).eval()
    pair = own("who resigned", TEXT, return_tensors="pt", return_offsets_mapping=True)
    offsets, sides = pair.pop("offset_mapping")[0].tolist(), pair.sequence_ids(0)
    with torch.inference_mode():
        output = model(**pair)
    null = pair["input_ids"][0].tolist().index(own.cls_token_id)
    inside = [n for n, side in enumerate(sides) if side == 1]
    start, end = output.start_logits[0], output.end_logits[0]
    pairs = [(a, b) for a in inside for b in inside if a <= b < a + 30]
    a, b = max(pairs, key=lambda pair: float(start[pair[0]] + end[pair[1]]))
    assert best.start <= offsets[a][0] < offsets[b][1] <= best.end
    assert best.margin == pytest.approx(float(start[a] + end[b] - start[null] - end[null]), abs=1e-4)


@pytest.fixture(scope="module")
def added(made: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with the RoBERTa-like model in fp32."""
    folder = tmp_path_factory.mktemp("models")
    make(origin_of(str(made("roberta")), told=print), Target(folder, "tiny", Precision.FP32), told=print)
    return folder


def test_the_exported_model_says_what_torch_says(made: Callable[[str], Path], added: Path) -> None:
    hits = [Document(id=str(n), content=TEXT * n, meta={"article": "a", "start": n}) for n in (1, 3, 20)]
    exact, onnx = TorchReader(str(made("roberta"))), open_reader(choose("tiny", added), 2)
    assert isinstance(onnx, ExtractiveReader)
    for question in ("who resigned", "when was it", "how many years"):
        one, other = (reader.run(question, hits)["candidates"] for reader in (exact, onnx))
        assert [(c.start, c.end) for c in one] == [(c.start, c.end) for c in other]
        assert [c.margin for c in one] == pytest.approx([c.margin for c in other], abs=1e-3)


def test_taming_outliers_changes_no_answer(made: Callable[[str], Path]) -> None:
    import onnxruntime

    from bot.readers.adding import graph, outliers, samples

    loaded = load(made("bert"))
    loaded.model.bert.encoder.layer[0].output.LayerNorm.weight.data[3] *= 40  # a channel far above the others
    runs = list(samples.inputs(loaded.tokenizer, loaded.layout))
    model = graph.reader_graph(loaded.model, takes_segments=True)
    tamed = outliers.tamed(model, runs)
    assert {node.op_type for node in model.graph.node} == {node.op_type for node in tamed.graph.node}
    assert len(tamed.graph.node) > len(model.graph.node)
    feed = {"input_ids": runs[4].ids, "attention_mask": np.ones_like(runs[4].ids), "token_type_ids": runs[4].segments}
    before, after = (onnxruntime.InferenceSession(m.SerializeToString()).run(None, feed)[0] for m in (model, tamed))
    np.testing.assert_allclose(before, after, atol=1e-3)


def test_the_settings_name_either_and_get_the_same_answer(
    made: Callable[[str], Path], added: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """The whole way from `reader.model`: the Hugging Face folder on torch, and what was added of it without."""
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "mayor.txt").write_text(f"The mayor\n\n{TEXT}", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(compose, "_told", set())
    monkeypatch.setenv("CITEBOT_MODELS__FOLDER", str(added))
    monkeypatch.setenv("CITEBOT_READER__THRESHOLD", "0")
    answers = []
    for name in (str(made("roberta")), "tiny"):
        monkeypatch.setenv("CITEBOT_READER__MODEL", name)
        assert run(["ask", "--json", "Who resigned?"]) == 0
        answers.append(json.loads(capsys.readouterr().out))
    one, other = answers
    assert [one["reader"].split("@")[0], other["reader"].split("@")[0]] == ["roberta-torch", "tiny-fp32"]
    assert one["answer"] in TEXT
    assert (one["answer"], one["citations"]) == (other["answer"], other["citations"])
    assert one["confidence"] == pytest.approx(other["confidence"], abs=1e-3)


def test_the_card_says_how_to_read_it(made: Callable[[str], Path], added: Path) -> None:
    card = models.verify(added / "tiny")
    assert (card.kind, card.null_token, card.limit_tokens) == ("reader", "<s>", 512)
    assert (card.id, card.origin) == ("tiny-fp32", str(made("roberta")))
    assert [path.name for path in added.iterdir()] == ["tiny"]


def test_the_file_tells_nothing_of_the_machine_it_was_made_on(added: Path) -> None:
    """The exporter notes a stack trace with each node."""
    assert b"site-packages" not in (added / "tiny" / models.MODEL).read_bytes()


def test_a_name_that_is_taken(made: Callable[[str], Path], added: Path) -> None:
    with pytest.raises(UsageError, match="was added already"):
        make(origin_of(str(made("bert")), told=print), Target(added, "tiny", Precision.FP32), told=print)


def test_an_interrupted_add_leaves_nothing_and_the_old_one_stays(
    made: Callable[[str], Path], added: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.readers.adding import making

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    before = models.fingerprint(added / "tiny")
    monkeypatch.setattr(making, "_compared", interrupted)
    with pytest.raises(KeyboardInterrupt):
        make(origin_of(str(made("bert")), told=print), Target(added, "tiny", Precision.FP32, replace=True), told=print)
    assert [path.name for path in added.iterdir()] == ["tiny"]
    assert models.verify(added / "tiny").fingerprint == before


def test_a_model_whose_last_layer_would_be_random_is_refused(made: Callable[[str], Path], tmp_path: Path) -> None:
    encoder = transformers.AutoModel.from_pretrained(made("bert"))
    encoder.save_pretrained(tmp_path)
    transformers.AutoTokenizer.from_pretrained(made("bert")).save_pretrained(tmp_path)
    with pytest.raises(ModelError, match=r"not trained for extractive question answering: its weights lack qa_outputs"):
        load(tmp_path)


def test_a_model_without_a_tokenizer_is_refused(made: Callable[[str], Path], tmp_path: Path) -> None:
    transformers.AutoModelForQuestionAnswering.from_pretrained(made("bert")).save_pretrained(tmp_path)
    with pytest.raises(ModelError, match="has no tokenizer"):
        load(tmp_path)


def test_a_tokenizer_of_another_model_is_refused(made: Callable[[str], Path], tmp_path: Path) -> None:
    transformers.AutoModelForQuestionAnswering.from_pretrained(made("bert")).save_pretrained(tmp_path)
    bytes_of_roberta(tmp_path)
    with pytest.raises(ModelError, match="they do not belong together"):
        load(tmp_path)


def test_damaged_weights_are_told_in_one_line(made: Callable[[str], Path], tmp_path: Path) -> None:
    for path in made("bert").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(ModelError, match="cannot be opened as a question-answering model") as raised:
        load(tmp_path)
    assert "\n" not in str(raised.value)


def test_a_hub_that_is_out_of_reach_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)  # as the hub's client is without a network
    monkeypatch.chdir(tmp_path)
    assert run(["models", "add", "somebody/tiny-squad2", "--index", str(tmp_path / "i")]) == 2
    told = capsys.readouterr().err
    assert "fetching somebody/tiny-squad2 from the Hugging Face hub" in told
    assert "could not be fetched from the hub" in told


def test_the_licence_is_read_from_the_front_matter(made: Callable[[str], Path], tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}))
    assert origin_of(str(tmp_path), told=print).licence == "not stated"
    (tmp_path / "README.md").write_text("---\nlanguage: en\nlicense: cc-by-4.0\n---\n# A model\nlicense: none\n")
    assert origin_of(str(tmp_path), told=print).licence == "cc-by-4.0"


@pytest.mark.parametrize(
    ("model", "name"), [("deepset/roberta-base-squad2", "roberta-base-squad2"), ("/a/my model/", "my-model")]
)
def test_what_a_model_is_called(model: str, name: str) -> None:
    assert short_name(model) == name
