"""The dialogue over a real index with the real models: what is said, asked, remembered and shown again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.assistant import Assistant
from bot.compose import open_assistant, sync_index
from bot.conversation.dialogue import MEMORY_SECONDS, Dialogue, Stopped
from bot.conversation.replay import library_of, reply_after, understood_after
from bot.conversation.reply import ReplyKind
from bot.conversation.store import Conversations
from bot.conversation.turns import Speaker
from bot.settings import Settings
from bot.types import Status

ANNA, BEN = Speaker("terminal", "anna"), Speaker("terminal", "ben")
MAYOR = "Who is the mayor of Springfield?"
OLD = "The flood\n\n3 January 2021\n\nThe flood in Springfield destroyed the old bridge.\n"
NEW = """The mayor

8 March 2022

The mayor of Springfield is Ada Quimby. She was elected in 2019.

The flood in Springfield was forgotten by 2022.
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("dialogue")
    (folder / "articles").mkdir()
    (folder / "articles/flood.txt").write_text(OLD)
    (folder / "articles/mayor.txt").write_text(NEW)
    settings = Settings(articles=folder / "articles", index=folder / "index")
    sync_index(settings)
    opened = open_assistant(settings)
    yield opened
    opened.close()


@pytest.fixture
def dialogue(assistant: Assistant) -> Dialogue:
    return Dialogue(assistant, library_of(assistant), Conversations())


def test_a_question_alone_gets_the_answer_of_the_assistant(dialogue: Dialogue, assistant: Assistant) -> None:
    reply = dialogue.say(ANNA, MAYOR)
    plain = assistant.ask(MAYOR)
    assert reply.answer is not None
    assert (reply.answer.text, reply.answer.citations) == (plain.text, plain.citations)
    assert reply.understood is None


def test_a_follow_up_is_asked_whole_and_keeps_what_was_typed(dialogue: Dialogue) -> None:
    dialogue.say(ANNA, MAYOR)
    reply = dialogue.say(ANNA, "When was she elected?")
    assert reply.understood == "When was Ada Quimby elected?"
    assert reply.answer is not None
    assert reply.answer.question == "When was she elected?"
    assert reply.answer.standalone_question == reply.understood


def test_speakers_do_not_share_a_conversation(dialogue: Dialogue) -> None:
    dialogue.say(ANNA, MAYOR)
    assert dialogue.say(BEN, "When was she elected?").understood is None


def test_beginning_anew_forgets_nothing_and_looks_back_to_nothing(assistant: Assistant) -> None:
    conversations = Conversations()
    dialogue = Dialogue(assistant, library_of(assistant), conversations)
    dialogue.say(ANNA, MAYOR)
    dialogue.begin(ANNA)
    assert dialogue.say(ANNA, "When was she elected?").understood is None
    assert len(conversations.recent(ANNA)) == 2


def test_after_an_hour_a_follow_up_looks_back_no_more(assistant: Assistant) -> None:
    now = [1e9]
    clock = lambda: now[0]  # noqa: E731
    dialogue = Dialogue(assistant, library_of(assistant), Conversations(clock=clock), clock=clock)
    dialogue.say(ANNA, MAYOR)
    now[0] += MEMORY_SECONDS + 1
    assert dialogue.say(ANNA, "When was she elected?").understood is None


def test_a_stopped_answer_is_not_remembered(dialogue: Dialogue) -> None:
    with pytest.raises(Stopped):
        dialogue.say(ANNA, MAYOR, stopped=lambda: True)
    assert dialogue.turns(ANNA) == []


def test_the_source_is_shown_as_it_stands(dialogue: Dialogue) -> None:
    answered = dialogue.say(ANNA, MAYOR)
    reply = dialogue.say(ANNA, "show me the source")
    assert answered.answer is not None
    assert (reply.kind, reply.passages) == (ReplyKind.PASSAGES, answered.answer.citations)


def test_more_reads_on_to_the_end_of_the_article(dialogue: Dialogue) -> None:
    dialogue.say(ANNA, MAYOR)
    assert dialogue.say(ANNA, "more").passages[0].quote == "She was elected in 2019."
    assert dialogue.say(ANNA, "more").passages[0].quote == "The flood in Springfield was forgotten by 2022."
    last = dialogue.say(ANNA, "more")
    assert (last.kind, last.passages) == (ReplyKind.WORDS, ())
    assert "end of “The mayor”" in last.text


def test_more_says_where_the_article_has_changed(assistant: Assistant) -> None:
    conversations = Conversations()
    answer = assistant.ask(MAYOR)
    moved = replace(answer, citations=(replace(answer.citations[0], start=answer.citations[0].start + 5),))
    gone = replace(answer, citations=(replace(answer.citations[0], article="gone.txt"),))
    dialogue = Dialogue(assistant, library_of(assistant), conversations)
    for changed in (moved, gone):
        turn = conversations.add(ANNA, 1, MAYOR, (), changed)
        assert "The article has changed since" in dialogue.more(turn).text


def test_a_turn_is_read_on_by_anybody_of_its_place(assistant: Assistant) -> None:
    dialogue = Dialogue(assistant, library_of(assistant), Conversations())
    turn = dialogue.say(ANNA, MAYOR).turn
    assert turn is not None
    read = dialogue.read_on(ANNA.place, turn)
    assert read is not None
    assert read.passages[0].quote == "She was elected in 2019."
    assert dialogue.say(ANNA, "more").passages[0].quote == "The flood in Springfield was forgotten by 2022."
    assert dialogue.read_on("elsewhere", turn) is None
    dialogue.forget(ANNA)
    assert dialogue.read_on(ANNA.place, turn) is None


def test_every_passage_shown_stands_in_its_article(dialogue: Dialogue, assistant: Assistant) -> None:
    dialogue.say(ANNA, MAYOR)
    said = ("show me the source", "more", "the latest on the flood", "What does the article say about the flood?")
    shown = [passage for words in said for passage in dialogue.say(ANNA, words).passages]
    assert len(shown) >= 5
    for passage in shown:
        text = assistant.store.article_text(passage.article)
        assert text is not None
        assert text[passage.start : passage.end] == passage.quote


def test_the_latest_comes_newest_first(dialogue: Dialogue) -> None:
    passages = dialogue.say(ANNA, "What is the latest on the flood?").passages
    assert [passage.article for passage in passages] == ["mayor.txt", "flood.txt"]


def test_passages_on_a_topic_are_looked_back_to(dialogue: Dialogue) -> None:
    dialogue.say(ANNA, MAYOR)
    shown = dialogue.say(ANNA, "tell me about the old bridge")
    assert [passage.article for passage in shown.passages] == ["flood.txt"]
    assert "end of “The flood”" in dialogue.say(ANNA, "more").text
    assert dialogue.say(ANNA, "show me the source").passages == shown.passages
    assert dialogue.say(ANNA, "What destroyed it?").understood == "What destroyed the old bridge?"


def test_a_topic_is_changed_and_narrowed_like_a_question(dialogue: Dialogue) -> None:
    dialogue.say(ANNA, "tell me about the flood")
    other = dialogue.say(ANNA, "What about the mayor?")
    assert (other.kind, [passage.article for passage in other.passages]) == (ReplyKind.PASSAGES, ["mayor.txt"])
    dialogue.say(ANNA, "the latest on the flood")
    narrowed = dialogue.say(ANNA, "before 2022")
    assert [passage.article for passage in narrowed.passages] == ["flood.txt"]
    assert narrowed.conditions == ("published < 2022-01-01",)


def test_an_article_is_asked_by_name_and_a_person_is_not_an_article(dialogue: Dialogue) -> None:
    reply = dialogue.say(ANNA, "What does flood.txt say about Springfield?")
    assert [passage.article for passage in reply.passages] == ["flood.txt"]
    assert dialogue.say(ANNA, "What does Ada Quimby say about the flood?").kind is ReplyKind.ANSWER


def test_before_a_date_asks_the_last_question_within_it(dialogue: Dialogue) -> None:
    dialogue.say(ANNA, "What destroyed the old bridge?")
    reply = dialogue.say(ANNA, "before 2022")
    assert (reply.conditions, reply.understood) == (("published < 2022-01-01",), "What destroyed the old bridge?")
    assert reply.answer is not None
    assert {c.article for c in (*reply.answer.citations, *reply.answer.closest)} == {"flood.txt"}
    narrowed = dialogue.say(ANNA, "Who is the mayor of Springfield, in articles before 2022?")
    assert narrowed.answer is not None
    assert narrowed.answer.status is Status.REFUSED


def test_everything_asks_the_last_question_of_every_article(dialogue: Dialogue) -> None:
    assert "Every article is asked already" in dialogue.say(ANNA, "everything").text
    narrowed = dialogue.say(ANNA, "Who is the mayor of Springfield, in articles before 2022?")
    assert narrowed.conditions == ("published < 2022-01-01",)
    widened = dialogue.say(ANNA, "everything")
    assert (widened.conditions, widened.understood) == ((), MAYOR)
    assert widened.answer is not None
    assert widened.answer.answer == "Ada Quimby"
    assert dialogue.say(ANNA, "When was she elected?").conditions == ()
    assert "Every article is asked already" in dialogue.say(ANNA, "everything").text


def test_everything_lifts_what_was_narrowed_and_leaves_what_holds_for_every_question(dialogue: Dialogue) -> None:
    held = ("published > 2020-01-01",)
    dialogue.say(ANNA, "tell me about the flood", conditions=held)
    assert len(dialogue.say(ANNA, "before 2022", conditions=held).passages) == 1
    widened = dialogue.say(ANNA, "everything", conditions=held)
    assert (widened.conditions, len(widened.passages)) == (held, 2)
    assert "/where clear" in dialogue.say(ANNA, "everything", conditions=held).text


def test_which_article_and_what_there_is(dialogue: Dialogue) -> None:
    assert "Ask a question first" in dialogue.say(ANNA, "in which article?").text
    dialogue.say(ANNA, MAYOR)
    assert dialogue.say(ANNA, "in which article?").text == "“The mayor”, 8 March 2022 (mayor.txt)."
    overview = dialogue.say(ANNA, "what can you answer?").text
    assert "2 articles, dated from 3 January 2021 to 8 March 2022" in overview
    assert "- The mayor (8 March 2022)" in overview


def test_forgetting_is_for_one_speaker(dialogue: Dialogue) -> None:
    dialogue.say(ANNA, MAYOR)
    dialogue.say(BEN, MAYOR)
    assert dialogue.forget(ANNA).text == "Forgotten: one question."
    assert (len(dialogue.turns(ANNA)), len(dialogue.turns(BEN))) == (0, 1)


def test_a_refusal_names_the_words_that_stand_nowhere(assistant: Assistant) -> None:
    answer = assistant.ask("Who bakes sourdough in Springfeld?")
    assert answer.status is Status.REFUSED
    assert answer.text == (
        "I did not find an answer to this in the 2 articles I have, the newest of 8 March 2022. "
        "None contains “bakes”, “sourdough” or “Springfeld” (near: “Springfield”)."
    )


def test_a_case_with_turns_is_replayed(assistant: Assistant) -> None:
    asked = understood_after(assistant, [MAYOR], "When was she elected?")
    assert (asked.question, asked.conditions) == ("When was Ada Quimby elected?", ())
    reply = reply_after(assistant, [MAYOR], "When was she elected?")
    assert reply.answer is not None
    assert reply.answer.answer == assistant.ask("When was Ada Quimby elected?").answer
