"""A chat model that fails: a clear word, the extractive answer instead, nothing hung."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.assistant import Assistant
from bot.compose import open_assistant, sync_index
from bot.generation.listening import Listener, heard_by
from bot.generation.writing import Stopped
from bot.settings import GeneratorKind, GeneratorSettings, Settings
from bot.types import Answer, Status
from tests.fake_chat_server import END, Chunks, FakeChat, Request, event, served, whole

QUESTION = "How many foreign volunteers does Kuleba say have joined Kyiv's forces?"
ARTICLE = (
    "Volunteers\n\nUkrainian Foreign Minister Dmytro Kuleba says around 20,000 foreign volunteers have travelled to "
    "the country to join Kyiv's forces. Kherson is the only large city that Russia has seized."
)
GOOD = "Kuleba says around 20,000 foreign volunteers have travelled to the country to join Kyiv's forces [1]."


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("generation")
    (folder / "articles").mkdir()
    (folder / "articles" / "volunteers.txt").write_text(ARTICLE, encoding="utf-8")
    made = Settings(articles=folder / "articles", index=folder / "index")
    sync_index(made)
    return made


def opened(settings: Settings, url: str, kind: GeneratorKind = GeneratorKind.OPENAI) -> Assistant:
    generator = GeneratorSettings(kind=kind, model="m", base_url=url, timeout_seconds=1.0, whole_seconds=2.5)
    assistant = open_assistant(settings.model_copy(update={"generator": generator}), note=lambda _: None)
    assistant.warm_up()
    return assistant


def asked(settings: Settings, fake: FakeChat) -> tuple[Answer, list[str], list[str]]:
    """The answer over a fake server, the sentences that were streamed, and the troubles that were told."""
    sentences: list[str] = []
    troubles: list[str] = []
    with served(fake) as url:
        assistant = opened(settings, url)
        with heard_by(Listener(sentence=sentences.append, trouble=troubles.append)):
            answer = assistant.ask(QUESTION)
        assistant.close()
    return answer, sentences, troubles


def test_what_the_library_finds_in_the_environment_is_not_sent(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address of the settings is not the service that OPENAI_… variables are for."""
    for name in ("API_KEY", "ADMIN_KEY", "ORG_ID", "PROJECT_ID", "WEBHOOK_SECRET"):
        monkeypatch.setenv(f"OPENAI_{name}", "invented")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "Authorization: Bearer invented\nX-Key: invented")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/invented")
    fake = FakeChat(lambda _: whole(GOOD))
    answer, _, troubles = asked(settings, fake)
    assert (answer.answer, troubles) == (GOOD, [])
    assert fake.keys == ["Bearer none"]
    assert "invented" not in str(fake.headers)
    assert not any(name.startswith("x-") for name in fake.headers[0])


def test_a_supported_draft_becomes_the_answer_sentence_by_sentence(settings: Settings) -> None:
    fake = FakeChat(lambda _: whole(GOOD + " It is the best army of all [1]. Kherson is the only large city [9]."))
    answer, sentences, troubles = asked(settings, fake)
    assert answer.status is Status.ANSWERED
    assert answer.answer == answer.text == GOOD
    assert sentences == [GOOD]
    assert troubles == []
    (citation,) = answer.citations
    assert (citation.span_start, citation.span_end) == (None, None)
    assert ARTICLE[citation.start : citation.end] == citation.quote
    assert answer.reader is not None
    assert answer.reader.startswith("openai/m@")
    (request,) = fake.asked
    assert request["temperature"] == 0
    assert request["stream"] is True
    assert "20,000 foreign volunteers" in request["messages"][-1]["content"]


def test_a_sentence_is_streamed_before_the_reply_has_ended(settings: Settings) -> None:
    waiting = threading.Event()

    def reply(_: Request) -> Chunks:
        yield event(GOOD + " Kherson is")
        assert waiting.wait(1.2)
        yield event(" the only large city [1].") + END

    streamed: list[str] = []

    def sentence(text: str) -> None:
        streamed.append(text)
        waiting.set()

    with served(FakeChat(reply)) as url:
        assistant = opened(settings, url)
        with heard_by(Listener(sentence=sentence)):
            answer = assistant.ask(QUESTION)
        assistant.close()
    assert streamed[0] == GOOD
    assert answer.text == " ".join(streamed)


def test_a_refusal_asks_no_model(settings: Settings) -> None:
    fake = FakeChat(lambda _: whole(GOOD))
    with served(fake) as url:
        assistant = opened(settings, url)
        answer = assistant.ask("What is the boiling point of tungsten?")
        assistant.close()
    assert answer.status is Status.REFUSED
    assert fake.asked == []


def _cut(_: Request) -> Chunks:
    yield event("Kuleba says around 20,0")
    raise OSError("cut")


def _slow(_: Request) -> Chunks:
    yield 5.0
    yield END


def _silent(_: Request) -> Chunks:
    yield event("Kuleba ")
    yield 5.0
    yield END


def _endless(_: Request) -> Chunks:
    while True:
        yield event("and so on ")
        yield 0.01


def _not_utf8(_: Request) -> Chunks:
    yield b'data: {"id": "1", "choices": [{"index": 0, "delta": {"content": "\xff\xfe"}}]}\n\n'
    yield END


def _malformed(_: Request) -> Chunks:
    yield b"data: {not json\n\n"


def _html(_: Request) -> Chunks:
    yield b"<html>proxy error</html>"


def _empty(_: Request) -> Chunks:
    yield END


FAULTS = {
    "cut": (FakeChat(_cut), "broke off before its reply was whole"),
    "slow": (FakeChat(_slow), "did not"),
    "silent": (FakeChat(_silent), "went silent|did not reply"),
    "endless": (FakeChat(_endless), "not done after 2.5 s|did not end"),
    "not UTF-8": (FakeChat(_not_utf8), "not UTF-8"),
    "malformed": (FakeChat(_malformed), "cannot be read"),
    "html": (FakeChat(_html), "empty reply|cannot be read"),
    "empty": (FakeChat(_empty), "empty reply"),
    "500": (FakeChat(_empty, status=500), "HTTP 500"),
    "401": (FakeChat(_empty, status=401), "CITEBOT_GENERATOR__KEY"),
    "404": (FakeChat(_empty, status=404), "does not know the model m"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_and_the_extractive_answer_comes_in_time(settings: Settings, fault: str) -> None:
    fake, words = FAULTS[fault]
    started = time.monotonic()
    answer, sentences, troubles = asked(settings, fake)
    assert time.monotonic() - started < 20
    assert answer.status is Status.ANSWERED
    assert answer.answer == "around 20,000"
    assert answer.citations[0].span_start is not None
    assert sentences == []
    assert len(troubles) == 1
    assert re.search(words, troubles[0]), troubles


def test_a_server_that_is_down_is_told(settings: Settings) -> None:
    with served(FakeChat(_empty)) as url:
        gone = url
    troubles: list[str] = []
    assistant = opened(settings, gone)
    with heard_by(Listener(trouble=troubles.append)):
        answer = assistant.ask(QUESTION)
    assistant.close()
    assert answer.answer == "around 20,000"
    assert "cannot be reached; is the server running?" in troubles[0]


def test_what_was_checked_before_a_cut_is_kept(settings: Settings) -> None:
    def reply(_: Request) -> Chunks:
        yield event(GOOD + " Kherson is ")
        raise OSError("cut")

    answer, sentences, troubles = asked(settings, FakeChat(reply))
    assert (answer.text, sentences) == (GOOD, [GOOD])
    assert len(troubles) == 1
    assert "broke off before its reply was whole. This is what was checked by then" in troubles[0]


def test_a_stop_ends_a_silent_model_at_once(settings: Settings) -> None:
    stop = threading.Event()
    with served(FakeChat(_slow)) as url:
        assistant = opened(settings, url)
        threading.Timer(0.2, stop.set).start()
        started = time.monotonic()
        with heard_by(Listener(stopped=stop.is_set)), pytest.raises(Stopped):
            assistant.ask(QUESTION)
        assert time.monotonic() - started < 4  # the server is silent for five seconds
        assistant.close()


def test_the_same_question_gives_the_same_prompt_and_answer(settings: Settings) -> None:
    fake = FakeChat(lambda _: whole(GOOD))
    with served(fake) as url:
        assistant = opened(settings, url, GeneratorKind.OLLAMA)
        answers = [assistant.ask(QUESTION) for _ in range(2)]
        assistant.close()
    assert fake.asked[0] == fake.asked[1]
    assert answers[0].text == answers[1].text


def test_the_key_is_sent_and_never_told(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    from pydantic import SecretStr

    fake = FakeChat(_empty, status=401, body=b'{"error": {"message": "wrong key sk-secret-key"}}')
    troubles: list[str] = []
    with served(fake) as url:
        generator = GeneratorSettings(
            kind=GeneratorKind.OPENAI, model="m", base_url=url, key=SecretStr("sk-secret-key")
        )
        assistant = open_assistant(settings.model_copy(update={"generator": generator}), note=lambda _: None)
        with heard_by(Listener(trouble=troubles.append)), caplog.at_level("DEBUG", "citebot"):
            assistant.ask(QUESTION)
        assistant.close()
    assert fake.keys == ["Bearer sk-secret-key"]
    assert "sk-secret-key" not in "".join(troubles) + repr(generator) + caplog.text


def test_a_host_elsewhere_is_said_aloud_once(settings: Settings) -> None:
    notes: list[str] = []
    generator = GeneratorSettings(kind=GeneratorKind.OPENAI, model="m", base_url="http://models.example.org/v1")
    for _ in range(2):
        open_assistant(settings.model_copy(update={"generator": generator}), note=notes.append).close()
    assert [note for note in notes if "leave this machine for models.example.org" in note] == notes
    assert len(notes) == 1


@pytest.fixture(autouse=True)
def none_left_behind() -> Iterator[None]:
    yield
    deadline = time.monotonic() + 8
    while time.monotonic() < deadline and any(t.name == "generator" for t in threading.enumerate()):
        time.sleep(0.05)
    assert not [t for t in threading.enumerate() if t.name == "generator"]


def test_the_settings_take_the_key_from_the_environment_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.settings import load
    from index.errors import UsageError

    file = tmp_path / "citebot.toml"
    file.write_text('[generator]\nkind = "openai"\nmodel = "m"\nkey = "sk-file"\n')
    with pytest.raises(UsageError, match="Set CITEBOT_GENERATOR__KEY") as told:
        load(file)
    assert "sk-file" not in str(told.value)
    file.write_text('[generator]\nkind = "openai"\nmodel = "m"\n')
    monkeypatch.setenv("CITEBOT_GENERATOR__KEY", "sk-environment")
    key = load(file).generator.key
    assert key is not None
    assert key.get_secret_value() == "sk-environment"


def test_a_kind_without_a_model_is_a_usage_error(tmp_path: Path) -> None:
    from bot.settings import load
    from index.errors import UsageError

    file = tmp_path / "citebot.toml"
    file.write_text('[generator]\nkind = "ollama"\n')
    with pytest.raises(UsageError, match="needs a model"):
        load(file)
