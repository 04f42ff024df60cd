"""A chat model in this process, through torch. Only where torch is installed: `make test-torch`.

The model is made here and has a few thousand weights: after each token it knows one that follows, whatever stands
before. So it says the same to every question, and what is asked is what becomes of it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("haystack_integrations.components.generators.transformers")
pytest.importorskip("gguf")

import gguf
import torch
import transformers
from tokenizers import AddedToken, Tokenizer, decoders, pre_tokenizers
from tokenizers import models as vocabularies

from bot.assistant import Assistant
from bot.commands import calibrate
from bot.compose import open_assistant, sync_index
from bot.generation.chat import Abandoned
from bot.generation.fitness import fitness
from bot.generation.listening import Listener, heard_by
from bot.generation.local import LocalModel, Sampling
from bot.generation.writing import Stopped
from bot.main import run
from bot.settings import GeneratorKind, GeneratorSettings, Settings
from index.errors import ModelError
from prompts.templates import Message

SAYS = (
    "Kuleba says", " around 20,000", " foreign volunteers", " have travelled", " to the country",
    " to join Kyiv's forces", " [1].",
)  # fmt: skip
GOOD = "".join(SAYS)
AGAIN = " and so on"
ROLES = ("<|system|>", "<|user|>", "<|assistant|>")
END = "<|end|>"
TEMPLATE = "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{% endfor %}<|assistant|>"
WIDTH = 32
QUESTION = "How many foreign volunteers does Kuleba say have joined Kyiv's forces?"
MESSAGES = [Message("system", "Be brief."), Message("user", QUESTION)]
ARTICLE = (
    "Volunteers\n\nUkrainian Foreign Minister Dmytro Kuleba says around 20,000 foreign volunteers have travelled to "
    "the country to join Kyiv's forces."
)
MEDICS = "Medics\n\nThe Polish minister says around 300 foreign medics have joined Warsaw's forces."


def tokenizer() -> transformers.PreTrainedTokenizerFast:
    """Bytes, one merge of two, and a token for each piece that is said."""
    alphabet = [*sorted(pre_tokenizers.ByteLevel.alphabet()), "th"]
    bytes_only = Tokenizer(vocabularies.BPE({letter: n for n, letter in enumerate(alphabet)}, [("t", "h")]))
    bytes_only.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bytes_only.decoder = decoders.ByteLevel()
    bytes_only.add_special_tokens([*ROLES, END])
    bytes_only.add_tokens([AddedToken(piece, normalized=False) for piece in (*SAYS, AGAIN)])
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=bytes_only, eos_token=END, pad_token=END, chat_template=TEMPLATE, model_max_length=8_192
    )


def model_saying(words: transformers.PreTrainedTokenizerFast, chain: Sequence[str]) -> transformers.LlamaForCausalLM:
    """A model that says the chain, each piece for the one before it."""
    end = words.convert_tokens_to_ids(END)
    config = transformers.LlamaConfig(
        vocab_size=len(words), hidden_size=WIDTH, intermediate_size=4, num_hidden_layers=1, num_attention_heads=2,
        max_position_embeddings=8_192, bos_token_id=None, eos_token_id=end, pad_token_id=end,
    )  # fmt: skip
    torch.manual_seed(5)
    model = transformers.LlamaForCausalLM(config)
    layer = model.model.layers[0]
    for weight in (layer.self_attn.o_proj.weight, layer.mlp.down_proj.weight, model.lm_head.weight):
        torch.nn.init.zeros_(weight)
    vectors = torch.nn.functional.normalize(torch.randn(len(words), WIDTH), dim=1)
    with torch.no_grad():
        model.model.embed_tokens.weight.copy_(vectors)
        for before, after in pairwise(words.convert_tokens_to_ids([ROLES[-1], *chain])):
            model.lm_head.weight[after] += vectors[before]
    return model


def saying(folder: Path, chain: Sequence[str]) -> Path:
    """A folder with that model."""
    words = tokenizer()
    model_saying(words, chain).save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


def gguf_saying(path: Path, chain: Sequence[str]) -> None:
    """A GGUF file with that model."""
    words = tokenizer()
    model = model_saying(words, chain)
    file = gguf.GGUFWriter(path, "llama")
    for tell, value in (
        (file.add_context_length, 8_192), (file.add_embedding_length, WIDTH), (file.add_block_count, 1),
        (file.add_feed_forward_length, 4), (file.add_head_count, 2), (file.add_head_count_kv, 2),
        (file.add_layer_norm_rms_eps, 1e-6), (file.add_rope_dimension_count, WIDTH // 2),
        (file.add_vocab_size, len(words)), (file.add_eos_token_id, words.eos_token_id),
        (file.add_pad_token_id, words.pad_token_id), (file.add_chat_template, TEMPLATE),
        (file.add_tokenizer_model, "gpt2"), (file.add_tokenizer_pre, "default"), (file.add_token_merges, ["t h"]),
    ):  # fmt: skip
        tell(value)
    tokens = words.convert_ids_to_tokens(list(range(len(words))))
    kinds = [gguf.TokenType.CONTROL if t in words.all_special_tokens or t in ROLES else
             gguf.TokenType.USER_DEFINED if t in (*SAYS, AGAIN) else gguf.TokenType.NORMAL for t in tokens]  # fmt: skip
    file.add_token_list(tokens)
    file.add_token_types(kinds)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, 1)
    for name, weight in model.state_dict().items():
        file.add_tensor(names.get_name(name, try_suffixes=(".weight",)), weight.numpy())
    file.write_header_to_file()
    file.write_kv_data_to_file()
    file.write_tensors_to_file()
    file.close()


@pytest.fixture(scope="module")
def ending(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Says what is true, and ends."""
    return saying(tmp_path_factory.mktemp("ending"), [*SAYS, END])


@pytest.fixture(scope="module")
def endless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Says what is true, and does not end."""
    return saying(tmp_path_factory.mktemp("endless"), [*SAYS, AGAIN, AGAIN])


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("generation")
    (folder / "articles").mkdir()
    (folder / "articles" / "volunteers.txt").write_text(ARTICLE, encoding="utf-8")
    (folder / "articles" / "medics.txt").write_text(MEDICS, encoding="utf-8")
    made = Settings(articles=folder / "articles", index=folder / "index")
    sync_index(made)
    return made


@pytest.fixture(autouse=True)
def none_left_behind() -> Iterator[None]:
    yield
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and _talking():
        time.sleep(0.02)
    assert not _talking()


def _talking() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "generator"]


def opened(settings: Settings, model: Path, **more: float) -> Assistant:
    generator = GeneratorSettings(
        kind=GeneratorKind.TRANSFORMERS, model=str(model), context_tokens=4_096, **{"max_tokens": 64, **more}
    )
    assistant = open_assistant(settings.model_copy(update={"generator": generator}), note=lambda _: None)
    assistant.warm_up()
    return assistant


def heard_of(model: LocalModel) -> list[str]:
    pieces: list[str] = []
    model.session().run(MESSAGES, pieces.append)
    return pieces


def test_what_it_says_becomes_the_answer(settings: Settings, ending: Path) -> None:
    troubles: list[str] = []
    with closing(opened(settings, ending)) as assistant, heard_by(Listener(trouble=troubles.append)):
        answer = assistant.ask(QUESTION)
        refused = assistant.ask("What is the boiling point of tungsten?")
    assert (answer.text, troubles) == (GOOD, [])
    assert [citation.quote for citation in answer.citations] == [ARTICLE.partition("\n\n")[2]]
    assert answer.reader is not None
    assert answer.reader.startswith(f"transformers/{ending.name}@")
    assert refused.text != GOOD


def test_a_sentence_is_heard_before_the_reply_has_ended_and_a_stop_ends_it(settings: Settings, endless: Path) -> None:
    sentences: list[str] = []
    who = Listener(sentence=sentences.append, stopped=lambda: bool(sentences))
    with closing(opened(settings, endless, max_tokens=2_048)) as assistant, heard_by(who), pytest.raises(Stopped):
        assistant.ask(QUESTION)
    assert sentences == [GOOD]


def test_a_model_that_does_not_end_keeps_what_was_checked_by_then(
    settings: Settings, endless: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.generation.streaming.LONGEST_REPLY", 10**9)  # a fast machine would end it first
    troubles: list[str] = []
    with (
        closing(opened(settings, endless, max_tokens=2_048, whole_seconds=2)) as assistant,
        heard_by(Listener(trouble=troubles.append)),
    ):
        answer = assistant.ask(QUESTION)
    assert answer.text == GOOD
    assert troubles == ["the generator was not done after 2 s. This is what was checked by then"]


def test_a_reply_comes_piece_by_piece_without_special_tokens(ending: Path) -> None:
    pieces = [piece for piece in heard_of(LocalModel(str(ending), None, Sampling(64, 0, 0))) if piece]
    assert len(pieces) > 3
    assert "".join(pieces).rstrip("\n") == GOOD


def test_a_gguf_file_says_the_same_and_loads_without_a_bar(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    gguf_saying(tmp_path / "tiny.gguf", [*SAYS, END])
    model = LocalModel(str(tmp_path), "tiny.gguf", Sampling(64, 0, 0))
    assert "".join(heard_of(model)).rstrip("\n") == GOOD
    assert model.identity == "transformers/tiny.gguf"
    assert capfd.readouterr() == ("", "")


def test_a_reply_is_cut_at_max_tokens(endless: Path) -> None:
    text = "".join(heard_of(LocalModel(str(endless), None, Sampling(16, 0, 0))))
    assert text.rstrip("\n") == GOOD + AGAIN * (16 - len(SAYS))


def test_whoever_left_is_not_talked_to_any_more(endless: Path) -> None:
    pieces: list[str] = []

    def heard(piece: str) -> None:
        pieces.append(piece)
        if "[1]." in piece:
            raise Abandoned

    with pytest.raises(Abandoned):
        LocalModel(str(endless), None, Sampling(512, 0, 0)).session().run(MESSAGES, heard)
    assert "".join(pieces).startswith(GOOD)
    assert len("".join(pieces)) < len(GOOD + AGAIN * 2)


def test_tokens_are_counted_as_the_model_counts_them(ending: Path) -> None:
    model = LocalModel(str(ending), None, Sampling(64, 0, 0))
    assert [model.count(text) for text in (GOOD, "Kyiv", "€", "")] == [len(SAYS), 4, 3, 0]


def test_the_same_seed_gives_the_same_reply_at_a_temperature(ending: Path) -> None:
    one, other = (heard_of(LocalModel(str(ending), None, Sampling(16, 1.5, 7))) for _ in range(2))
    assert one == other
    assert "".join(one) != GOOD


def test_calibrate_tells_what_share_of_the_drafts_keeps_a_sentence(
    settings: Settings, ending: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(calibrate, "DRAFTS", 3)
    cases = [f'  - {{id: q{n}, question: "{QUESTION}", answers: ["20,000"]}}\n' for n in range(30)]
    (tmp_path / "set.yaml").write_text("".join(["cases:\n", *cases]), encoding="utf-8")
    monkeypatch.setenv("CITEBOT_GENERATOR__KIND", "transformers")
    monkeypatch.setenv("CITEBOT_GENERATOR__MODEL", str(ending))
    monkeypatch.setenv("CITEBOT_GENERATOR__CONTEXT_TOKENS", "4096")
    places = ("--articles", str(settings.articles), "--index", str(settings.index))
    assert run(["models", "calibrate", "set.yaml", "--dry-run", *places]) == 0
    assert capsys.readouterr().err == "citebot: generator: 3 of 3 drafts (100%) keep a supported sentence\n"


def test_a_model_of_which_nothing_survives_is_unfit(settings: Settings, tmp_path: Path) -> None:
    with closing(opened(settings, saying(tmp_path / "model", [AGAIN, END]))) as assistant:
        found = fitness(assistant, [QUESTION])
    assert found is not None
    assert found.told().startswith("generator: 0 of 1 drafts (0%) keep a supported sentence; unfit")


def _without_template(folder: Path) -> None:
    (folder / "chat_template.jinja").unlink()


def _damaged(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"not weights")


def _nowhere(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_without_template, "has no chat template. Choose an instruct model"),
        (_damaged, "cannot be opened as a chat model"),
        (_nowhere, "cannot be opened as a chat model"),
    ],
)
def test_what_is_no_chat_model_is_told_in_a_line(tmp_path: Path, spoil: Callable[[Path], None], words: str) -> None:
    folder = saying(tmp_path / "model", [*SAYS, END])
    spoil(folder)
    with pytest.raises(ModelError) as raised:
        LocalModel(str(folder), None, Sampling(64, 0, 0)).warm_up()
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)
