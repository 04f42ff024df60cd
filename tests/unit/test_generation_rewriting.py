"""Follow-ups that a chat model makes whole: what is asked of it, what of its replies is asked, how it fails."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.assistant import Assistant
from bot.compose import open_assistant, open_dialogue, sync_index
from bot.conversation.dialogue import Dialogue
from bot.conversation.replay import library_of, understood_after
from bot.conversation.store import Conversations
from bot.conversation.turns import Speaker
from bot.generation.listening import Listener, heard_by
from bot.generation.opening import open_model, open_rewriter
from bot.generation.rewriting import LONGEST, Said, unfit
from bot.generation.writing import Stopped
from bot.settings import GeneratorKind, GeneratorSettings, Settings
from tests.fake_chat_server import END, Chunks, FakeChat, Request, event, served, whole

ANNA = Speaker("terminal", "anna")
MAYOR = "Who is the mayor of Springfield?"
ARTICLE = "The mayor\n\nThe mayor of Springfield is Ada Quimby. She was elected in 2019.\n"
FOLLOW_UP = "When was she elected?"
GOOD = "When was Ada Quimby elected mayor of Springfield?"
BY_RULES = "When was Ada Quimby elected?"

TURNS = [
    Said("How many foreign volunteers have joined Kyiv's forces since February?", "around 20,000"),
    Said("Who said that around 20,000 foreign volunteers have joined?", "Dmytro Kuleba"),
]


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("When did he say so?", "When did Dmytro Kuleba say that around 20,000 foreign volunteers have joined?"),
        ("What about March?", "How many foreign volunteers have joined Kyiv's forces since March?"),
        ("And why?", "Why have around 20,000 foreign volunteers joined Kyiv's forces?"),
        ("How many of them died?", "How many of the foreign volunteers died?"),
        ("Did they not fight?", "Did the foreign volunteers not fight?"),
    ],
)
def test_words_of_the_conversation_put_together_are_asked(question: str, text: str) -> None:
    assert unfit(text, question, TURNS) is None


@pytest.mark.parametrize(
    ("question", "text", "why"),
    [
        ("When did he say so?", "Dmytro Kuleba said so.", "it is not one question"),
        ("When did he say so?", "", "it is not one question"),
        ("When did he say so?", "When did Kuleba say so?\nIn March.", "more than one line"),
        ("When did he say so?", "When? And did Kuleba say so?", "not one question"),
        ("When did he say so?", f"When did Kuleba say so {'foreign ' * (LONGEST // 8)}?", "too long"),
        ("When did he say so?", "When did Sergei Lavrov say so?", "“sergei” was not said"),
        ("When did he say so?", "When did Kuleba say that 30,000 volunteers joined?", "“30,000” was not said"),
        ("When did he say so?", "When did Kuleba say so in March?", "“march” was not said"),
        ("When did he say so?", "When did Kuleba say so at the airport?", "“airport” was not said"),
        ("When did he say so?", "When did Kuleba not say so?", "“not” was not said"),
        ("When did he say so?", "When did Kuleba say so before February?", "“before” was not said"),
        ("When did he say so?", "Who did Kuleba say so to?", "it does not ask “when” any more"),
        ("How many of them died?", "How many foreign volunteers have joined?", "it does not ask “died” any more"),
        ("Did they not fight?", "Did the foreign volunteers fight?", "it does not ask “not” any more"),
        ("What about Russia?", "How many foreign volunteers have joined?", "it does not ask “russia” any more"),
        ("Who said so?", "Who said that around 20,000 foreign volunteers have joined?", "an earlier question again"),
        ("When did he say so?", "When did he say so?", "it adds nothing"),
        ("When did he say so?", "When did he say so of foreign volunteers?", "it still points back"),
    ],
)
def test_anything_else_is_not(question: str, text: str, why: str) -> None:
    assert why in (unfit(text, question, TURNS) or "")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("rewriting")
    (folder / "articles").mkdir()
    (folder / "articles" / "mayor.txt").write_text(ARTICLE, encoding="utf-8")
    made = Settings(articles=folder / "articles", index=folder / "index")
    sync_index(made)
    return made


@pytest.fixture(scope="module")
def plain(settings: Settings) -> Iterator[Assistant]:
    assistant = open_assistant(settings)
    yield assistant
    assistant.close()


def chosen(url: str) -> GeneratorSettings:
    return GeneratorSettings(
        kind=GeneratorKind.OPENAI, model="m", base_url=url, timeout_seconds=0.5, whole_seconds=1.0, rewrite=True
    )


def beside(plain: Assistant, url: str) -> Assistant:
    """The assistant, whose follow-ups the model at the address makes whole; it words no answers."""
    generator = chosen(url)
    rewriter = open_rewriter(generator, open_model(generator, lambda _: None))
    return Assistant(plain.store, plain.pipeline, plain.confidence, rewriter=rewriter)


def understood(plain: Assistant, fake: FakeChat, question: str = FOLLOW_UP) -> tuple[str, list[str], list[str]]:
    """How a follow-up is understood over a fake server, what was dropped, and the troubles that were told."""
    dropped: list[str] = []
    troubles: list[str] = []
    with served(fake) as url:
        assistant = beside(plain, url)
        who = Listener(dropped=lambda text, why: dropped.append(f"{text}: {why}"), trouble=troubles.append)
        with heard_by(who):
            found = understood_after(assistant, [MAYOR], question)
    return found.question, dropped, troubles


def test_a_follow_up_is_asked_as_the_model_puts_it(plain: Assistant) -> None:
    fake = FakeChat(lambda _: whole(f"Rewritten question: “{GOOD}”"))
    assert understood(plain, fake) == (GOOD, [], [])
    (request,) = fake.asked
    last = request["messages"][-1]["content"]
    assert [line for line in last.splitlines() if line] == [
        f"Question: {MAYOR}",
        "Answer: Ada Quimby",
        f"Last question: {FOLLOW_UP}",
        "Rewritten question:",
    ]


def test_a_rewrite_that_fails_its_check_leaves_the_rules_reading(plain: Assistant) -> None:
    bad = "When was Bob Terwilliger elected?"
    question, dropped, troubles = understood(plain, FakeChat(lambda _: whole(bad)))
    assert question == BY_RULES
    assert dropped == [f"{bad}: as a rewritten question: “bob” was not said before"]
    assert troubles == []


def test_a_reply_is_left_at_its_second_line(plain: Assistant) -> None:
    def reply(_: Request) -> Chunks:
        yield event(f"{GOOD}\nShe")
        yield 5.0
        yield END

    started = time.monotonic()
    question, dropped, _ = understood(plain, FakeChat(reply))
    assert question == BY_RULES
    assert "more than one line" in dropped[0]
    assert time.monotonic() - started < 4


def _silent(_: Request) -> Chunks:
    yield 5.0
    yield END


def _cut(_: Request) -> Chunks:
    yield event("When was ")
    raise OSError("cut")


def _rubbish(_: Request) -> Chunks:
    yield b"data: \xff\xfe\n\n"


@pytest.mark.parametrize("reply", [_silent, _cut, _rubbish])
def test_a_model_that_fails_leaves_the_rules_reading_and_a_word(
    plain: Assistant, reply: Callable[[Request], Chunks]
) -> None:
    question, _, troubles = understood(plain, FakeChat(reply))
    assert question == BY_RULES
    assert len(troubles) == 1
    assert troubles[0].endswith(". The question was understood by the rules")


def test_a_server_that_is_down_leaves_the_rules_reading_and_a_word(plain: Assistant) -> None:
    with served(FakeChat(_silent)) as url:
        pass
    troubles: list[str] = []
    with heard_by(Listener(trouble=troubles.append)):
        assert understood_after(beside(plain, url), [MAYOR], FOLLOW_UP).question == BY_RULES
    assert "cannot be reached" in troubles[0]


def test_whoever_stops_waits_for_no_rewrite(plain: Assistant) -> None:
    with served(FakeChat(_silent)) as url:
        assistant = beside(plain, url)
        dialogue = Dialogue(assistant, library_of(assistant), Conversations(), rewriter=assistant.rewriter)
        dialogue.say(ANNA, MAYOR)
        started = time.monotonic()
        with heard_by(Listener(stopped=lambda: True)), pytest.raises(Stopped):
            dialogue.say(ANNA, FOLLOW_UP)
        assert time.monotonic() - started < 0.4
        assert len(dialogue.turns(ANNA)) == 1
        dialogue.close()


@pytest.mark.parametrize("text", ["Who is the mayor of Shelbyville?", "hello", "more", "show me the source", "thanks"])
def test_what_needs_no_earlier_turn_asks_no_model(plain: Assistant, text: str) -> None:
    fake = FakeChat(lambda _: whole(GOOD))
    with served(fake) as url:
        assistant = beside(plain, url)
        dialogue = Dialogue(assistant, library_of(assistant), Conversations(), rewriter=assistant.rewriter)
        dialogue.say(ANNA, MAYOR)
        dialogue.say(ANNA, text)
        dialogue.close()
    assert fake.asked == []


def test_what_the_rules_cannot_make_whole_is_asked_of_the_model(plain: Assistant) -> None:
    fake = FakeChat(lambda _: whole("Did Ada Quimby meet them in Springfield?"))
    question, _, _ = understood(plain, fake, "Did they meet in secret?")
    assert question == "Did they meet in secret?"
    assert len(fake.asked) == 1


def test_the_setting_reaches_conversations(settings: Settings, tmp_path: Path) -> None:
    fake = FakeChat(lambda request: whole(GOOD if "Rewritten" in str(request) else "Nothing."))
    with served(fake) as url:
        kept = settings.conversation.model_copy(update={"folder": tmp_path})
        on = settings.model_copy(update={"generator": chosen(url), "conversation": kept})
        assistant = open_assistant(on, note=lambda _: None)
        dialogue = open_dialogue(on, assistant, note=lambda _: None)
        with heard_by(Listener(trouble=lambda _: None)):
            dialogue.say(ANNA, MAYOR)
            reply = dialogue.say(ANNA, FOLLOW_UP)
        dialogue.close()
        assistant.close()
    assert reply.understood == GOOD
    assert reply.answer is not None
    assert assistant.rewriter is not None
    assert assistant.rewriter.fingerprint in (reply.answer.reader or "")


def test_rewriting_without_a_chat_model_is_told() -> None:
    with pytest.raises(ValueError, match="rewrite = true needs a chat model: set generator"):
        GeneratorSettings(rewrite=True)
