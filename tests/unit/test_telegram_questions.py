"""Questions and answers over the wire: where they are heard, how they are shown, what buttons do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.citations import cite
from bot.telegram import words
from bot.telegram.database import Database
from bot.telegram.drafts import read
from bot.telegram.ledger import Ledger
from index.types import Article
from tests.fake_bot_api.entities import utf16
from tests.fake_bot_api.faults import Fault
from tests.fake_bot_api.people import Person, until
from tests.fake_bot_api.stage import FRONTS, GARDEN, Scripted, played, staged

GROUP = -100500
MANY = "How many roses?"
OPEN: dict[str, Any] = {"public": True, "administrators": (7,)}
pytestmark = pytest.mark.parametrize("front", FRONTS)


def test_a_question_is_answered_with_quote_span_link_and_buttons(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, **OPEN) as stage:
            number = stage.person(2).says(MANY)
            await stage.settled()
            answer = stage.person(2).heard()[0]
            assert answer.text == ("300 roses [1]\n\n[1] The rose garden\n4 May 2021 · garden.txt\nIt has 300 roses.")
            assert answer.marked("expandable_blockquote") == ["It has 300 roses."]
            assert answer.marked("bold") == ["The rose garden", "300 roses"]
            links = [entity["url"] for entity in answer.entities if entity["type"] == "text_link"]
            assert links == [GARDEN.url]
            assert answer.buttons == {"[1]": "c:1:1", "more": "m:1:0", "👍": "+:1:0", "👎": "-:1:0"}
            assert (answer.reply_to, answer.parse_mode) == (number, "HTML")

    played(scenario)


def test_typing_is_shown_while_it_works(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, conversation=Scripted(seconds=0.2), **OPEN) as stage:
            stage.person(2).says(MANY)
            await until(lambda: stage.telegram.actions)
            assert stage.person(2).heard() == []
            await stage.settled()
            assert [chat for chat, _ in stage.telegram.actions] == [2]

    played(scenario)


def test_a_refusal_is_told_without_buttons_to_open(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, **OPEN) as stage:
            stage.person(2).says("Who?")
            await stage.settled()
            refusal = stage.person(2).heard()[0]
            assert refusal.text == "I did not find an answer to this in the one article I have."
            assert list(refusal.buttons) == ["👍", "👎"]

    played(scenario)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("/ask How many roses?", MANY),
        ("/ask@citebot_bot How many roses?", MANY),
        ("/ASK@CiteBot_bot How many roses?", MANY),
        ("@citebot_bot How many roses?", MANY),
        ("🌹🌹 @Citebot_Bot, how many?", "🌹🌹 , how many?"),
        ("How many roses, @citebot_bot?", "How many roses, ?"),
        ("/ask@other_bot How many roses?", None),
        ("@citebot_bot2 How many roses?", None),
        ("mail@citebot_bot How many roses?", None),
        ("How many roses?", None),
        ("https://t.me/citebot_bot How many roses?", None),
    ],
)
def test_in_a_group_it_hears_what_is_meant_for_it(front: str, tmp_path: Path, text: str, asked: str | None) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, **OPEN) as stage:
            stage.person(2).at(GROUP).says(text)
            await stage.settled()
            assert [said for _, _, said in stage.conversation.asked] == ([asked] if asked else [])

    played(scenario)


def test_a_reply_to_the_bot_is_a_question_and_one_to_somebody_else_is_none(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, **OPEN) as stage:
            ada = stage.person(2).at(GROUP)
            number = ada.says("/ask How many roses?")
            await stage.settled()
            ada.says("And when?", reply_to=ada.heard()[0].message)
            ada.says("I know.", reply_to=number)
            await stage.settled()
            assert [said for _, _, said in stage.conversation.asked] == [MANY, "And when?"]

    played(scenario)


def test_topics_are_answered_in_their_topic_and_remembered_apart(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, **OPEN) as stage:
            stage.telegram.topics[GROUP] = {5}
            stage.person(2).at(GROUP, 5).says("/ask How many?")
            stage.person(2).at(GROUP, 1).says("/ask When?")
            stage.person(2).at(GROUP).says("/ask When?")
            await stage.settled()
            assert [sent.thread for sent in stage.telegram.to(GROUP)] == [5, None, None]
            places = [place for place, _, _ in stage.conversation.asked]
            assert places == [f"telegram:{GROUP}:5", f"telegram:{GROUP}:0", f"telegram:{GROUP}:0"]

    played(scenario)


def test_a_topic_that_was_deleted_is_answered_outside_of_it(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, **OPEN) as stage:
            stage.person(2).at(GROUP, 9).says("/ask How many?")
            await stage.settled()
            assert [sent.thread for sent in stage.telegram.to(GROUP)] == [None]

    played(scenario)


def test_an_edited_question_edits_its_answer(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, **OPEN) as stage:
            ada = stage.person(2)
            number = ada.says(MANY)
            await stage.settled()
            ada.edits(number, "When did it open?")
            await stage.settled()
            (answer,) = ada.heard()
            assert [version.splitlines()[0] for version in answer.versions] == ["300 roses [1]", "May [1]"]
            ada.presses(answer, "[1]")
            await stage.settled()
            assert ada.heard()[-1].marked("bold")[-1] == "The rose garden opened in May."

    played(scenario)


def test_an_edit_that_changes_nothing_or_was_never_asked_is_quiet(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, **OPEN) as stage:
            ada = stage.person(2)
            number = ada.says(MANY)
            chat = ada.at(GROUP).says("just talking")
            await stage.settled()
            ada.edits(number, MANY)
            ada.at(GROUP).edits(chat, "still just talking")
            await stage.settled()
            assert len(ada.heard()[0].versions) == 1
            assert stage.telegram.to(GROUP) == []

    played(scenario)


def test_a_long_answer_that_becomes_short_leaves_nothing_behind(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        long = Article("long.txt", "Long", "Short one. " + "word " * 2500 + "end.")
        talk = Scripted(long, {"long": "word " * 2500 + "end", "short": "Short one"})
        async with staged(front, tmp_path, conversation=talk, **OPEN) as stage:
            ada = stage.person(2)
            number = ada.says("the long one")
            await stage.settled()
            sent = ada.heard()
            assert len(sent) > 2
            ada.edits(number, "the short one")
            await stage.settled()
            assert sent[0].text.startswith("Short one [1]")
            assert stage.telegram.deleted == [(2, one.message) for one in sent[1:]]

    played(scenario)


@pytest.mark.parametrize(
    "content",
    [
        {"voice": {"file_id": "v", "file_unique_id": "v", "duration": 3}},
        {"sticker": {"file_id": "s", "file_unique_id": "s", "width": 1, "height": 1, "is_animated": False,
                     "is_video": False, "type": "regular"}},
        {"photo": [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}], "caption": "How many roses?"},
    ],
    ids=["voice", "sticker", "caption"],
)  # fmt: skip
def test_what_it_cannot_read_gets_a_clear_word(front: str, tmp_path: Path, content: dict[str, Any]) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, **OPEN) as stage:
            stage.person(2).sends(**content)
            stage.person(2).at(GROUP).sends(**content)
            await stage.settled()
            assert [sent.text for sent in stage.person(2).heard()] == [words.TEXT_ONLY]
            assert stage.telegram.to(GROUP) == []

    played(scenario)


def test_a_question_that_is_a_text_gets_a_clear_word(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, **OPEN) as stage:
            stage.person(2).says("many " * 300)
            await stage.settled()
            assert stage.person(2).heard()[0].text == "That is 1,500 characters. Please ask in fewer than 1,000."
            assert stage.conversation.asked == []

    played(scenario)


def test_a_passage_is_opened_with_its_surroundings(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, **OPEN) as stage:
            ada = stage.person(2)
            ada.says(MANY)
            await stage.settled()
            answer = ada.heard()[0]
            query = ada.presses(answer, "[1]")
            await stage.settled()
            opened = ada.heard()[1]
            assert stage.telegram.callback_answers[query] == ("", False)
            assert opened.marked("bold") == ["The rose garden", "It has 300 roses."]
            assert "opened in May. It has 300 roses. Visitors" in opened.text
            assert opened.text.endswith("…")
            assert opened.reply_to == answer.message

    played(scenario)


def test_buttons_work_after_a_restart_and_for_anybody_who_may_ask(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, **OPEN) as stage:
            stage.person(2).at(GROUP).says("/ask How many roses?")
            await stage.settled()
        async with staged(front, tmp_path, telegram=stage.telegram, **OPEN) as stage:
            stage.person(3).at(GROUP).presses(stage.telegram.to(GROUP)[0], "[1]")
            await stage.settled()
            assert "It has 300 roses." in stage.telegram.to(GROUP)[1].text

    played(scenario)


def test_an_old_button_says_that_it_is_old(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, **OPEN) as stage:
            ada = stage.person(2)
            ada.says(MANY)
            await stage.settled()
            answer = ada.heard()[0]
            stage.conversation.articles["garden.txt"] = Article("garden.txt", "The rose garden", "Rewritten.")
            changed = ada.presses(answer, "[1]")
            await stage.settled()
            assert stage.telegram.callback_answers[changed] == (words.MOVED_ON, True)
            ada.says("/forget")
            await stage.settled()
            forgotten = ada.presses(answer, "[1]")
            foreign = ada.presses_data(answer, "v2:something:else:again")
            await stage.settled()
            assert stage.telegram.callback_answers[forgotten] == (words.OLD_BUTTON, True)
            assert stage.telegram.callback_answers[foreign] == (words.OLD_BUTTON, True)

    played(scenario)


def test_feedback_is_kept_and_becomes_draft_cases(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, **OPEN) as stage:
            ada = stage.person(2)
            for question in (MANY, "Who?", "When?", "When did it open?"):
                ada.says(question)
                await stage.settled()
            many, who, when, again = ada.heard()
            good = ada.presses(many, "👍")
            ada.presses(who, "👍")
            ada.presses(again, "👎")
            await stage.settled()
            ada.presses(when, "👎")
            await stage.settled()
            assert stage.telegram.callback_answers[good] == (words.THANKS_GOOD, False)
            asks = ada.heard()[-1]
            assert (asks.text, asks.reply_to) == (words.SHOULD_HAVE_BEEN, when.message)
            ada.says("In May 2021", reply_to=asks.message)
            await stage.settled()
            assert ada.heard()[-1].text == words.THANKS_CORRECTION
            assert len(stage.conversation.asked) == 4

    played(scenario)
    kept = read(tmp_path / "telegram.db")
    drafts = [{key: draft[key] for key in draft if key not in {"note", "tags"}} for draft in kept]
    assert drafts == [
        {"id": "telegram-1", "question": MANY, "answers": ["300 roses"], "article": "garden.txt",
         "quote": "It has 300 roses."},
        {"id": "telegram-2", "question": "Who?", "unanswerable": True},
        {"id": "telegram-4", "question": "When did it open?"},
        {"id": "telegram-3", "question": "When?", "answers": ["In May 2021"]},
    ]  # fmt: skip


def test_a_reply_to_the_copy_whose_number_was_lost_is_a_correction_all_the_same(front: str, tmp_path: Path) -> None:
    """The same holds for a reply that is quicker than Telegram's word of the number."""

    async def scenario() -> None:
        async with staged(front, tmp_path, **OPEN) as stage:
            ada = stage.person(2)
            ada.says("When?")
            await stage.settled()
            stage.telegram.faults.begin(every=2, kinds=[Fault.CUT_AFTER], methods=["sendMessage"])
            ada.says("/help")
            await stage.settled()
            ada.presses(ada.heard()[0], "👎")
            await stage.settled()
            stage.telegram.faults.end()
            first, _ = [sent for sent in ada.heard() if sent.text == words.SHOULD_HAVE_BEEN]
            ada.says("In May 2021", reply_to=first.message)
            await stage.settled()
            assert ada.heard()[-1].text == words.THANKS_CORRECTION
            assert len(stage.conversation.asked) == 1

    played(scenario)
    assert [draft.get("answers") for draft in read(tmp_path / "telegram.db")] == [["In May 2021"]]


def test_forget_deletes_questions_answers_and_feedback_from_the_file(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, **OPEN) as stage:
            ada, bob = stage.person(2), stage.person(3)
            ada.says("How many xylophones, my secret?")
            bob.says(MANY)
            await stage.settled()
            ada.presses(ada.heard()[0], "👎")
            await stage.settled()
            ada.says("/forget")
            await stage.settled()
            assert ada.heard()[-1].text == "Forgotten."
            for file in tmp_path.iterdir():
                assert b"xylophones" not in file.read_bytes(), file
            assert [person for _, person, _ in stage.conversation.asked] == ["3"]

    played(scenario)
    assert read(tmp_path / "telegram.db") == []


def test_the_same_words_as_in_a_conversation_elsewhere(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, **OPEN) as stage:
            for text in ("hello", "/sources", "/more"):
                stage.person(2).says(text)
            await stage.settled()
            assert stage.person(2).heard()[0].text == "Hello."
            assert [said for _, _, said in stage.conversation.asked] == ["hello", "show me the source", "more"]

    played(scenario)


def test_order_within_a_chat_and_side_by_side_between_chats(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        talk = Scripted(seconds=0.05)
        async with staged(front, tmp_path, conversation=talk, **OPEN) as stage:
            people = [stage.person(number) for number in range(2, 12)]
            asked = {person.id: [person.says(f"{n}: {MANY}") for n in range(3)] for person in people}
            await stage.settled()
            for person in people:
                assert [sent.reply_to for sent in person.heard() if "[1]" in sent.buttons] == asked[person.id]
            assert talk.most_at_once == 2

    played(scenario)


def test_help_does_not_wait_for_questions(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        talk = Scripted(seconds=0.5)
        async with staged(front, tmp_path, conversation=talk, **OPEN) as stage:
            for number in range(2, 8):
                stage.person(number).says(MANY)
            stage.person(2).says("/help")
            helped = await until(lambda: [s for s in stage.person(2).heard() if s.text.startswith("Ask a")], 0.45)
            assert helped
            await stage.settled()

    played(scenario)


def test_whoever_asks_too_often_gets_a_kind_word(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        from bot.telegram.dispatch import Bounds

        bounds = Bounds(user_per_minute=2, chat_per_minute=3, queue=200, longest_question=100)
        async with staged(front, tmp_path, bounds=bounds, **OPEN) as stage:
            for _ in range(3):
                stage.person(2).at(GROUP).says("/ask When?")
            stage.person(3).at(GROUP).says("/ask When?")
            stage.person(4).at(GROUP).says("/ask When?")
            await stage.settled()
            told = [sent.text for sent in stage.telegram.to(GROUP) if not sent.text.startswith("May")]
            assert told == [words.slow_down(30), words.chat_slow_down(20)]
            assert len(stage.conversation.asked) == 3

    played(scenario)


def test_a_full_queue_says_how_long_it_is(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        from bot.telegram.dispatch import Bounds

        bounds = Bounds(user_per_minute=600, chat_per_minute=600, queue=4, longest_question=100)
        talk = Scripted(seconds=0.2)
        async with staged(front, tmp_path, conversation=talk, bounds=bounds, **OPEN) as stage:
            for number in range(2, 8):
                stage.person(number).says(MANY)
            await stage.settled()
            told = [sent.text for sent in stage.telegram.sent if "busy" in sent.text]
            assert told == [words.busy(4)] * 2
            assert len(talk.asked) == 4

    played(scenario)


def test_whoever_will_wait_long_is_told(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        talk = Scripted(seconds=0.01)
        async with staged(front, tmp_path, conversation=talk, **OPEN) as stage:
            for number in range(2, 26):
                stage.person(number).says(MANY)
            await stage.settled()
            told = [sent.text for sent in stage.telegram.sent if "before yours" in sent.text]
            assert told[0] == "20 questions before yours; about 5 seconds."

    played(scenario)


def test_an_unforeseen_error_is_a_sentence_with_a_number(
    front: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, **OPEN) as stage:
            stage.person(2).says("fail")
            stage.person(2).says(MANY)
            await stage.settled()
            first, second = stage.person(2).heard()
            assert first.text.startswith("Something went wrong on my side (error ")
            assert "broken" not in first.text
            assert first.buttons == {}
            number = first.text.partition("(error ")[2][:8]
            assert any(getattr(record, "fields", {}).get("number") == number for record in caplog.records)
            assert second.text.startswith("300 roses")
            assert stage.service.statistics.counts["status error"] == 1

    played(scenario)


def test_documents_become_articles_for_the_administrator(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, **OPEN) as stage:
            boss = stage.person(7)
            boss.sends_document("a.txt", b"First.")
            boss.sends_document("b.txt", b"Second.", caption="/add", caption_entities=_command(4))
            number = boss.sends_document("c.txt", b"Third.")
            boss.sends_document("big.pdf", b"x", size=20_000_001)
            boss.says("/add https://example.org/page")
            boss.says("/add", reply_to=number)
            boss.says("/sync")
            await stage.settled()
            said = [sent.text for sent in boss.heard()]
            assert {name: stage.library.added[name] for name in ["a.txt", "b.txt", "c.txt"]} == {
                "a.txt": b"First.",
                "b.txt": b"Second.",
                "c.txt": b"Third.",
            }
            assert "Added a.txt: “Title of a.txt”. Ask me about it." in said
            assert words.SEND_A_DOCUMENT in said
            assert any("a bot can take 20 MB" in one for one in said)
            boss.says("/remove a.txt")
            boss.says("/remove")
            await stage.settled()
            assert "a.txt is no longer an article. Its file: removed/a.txt" in [sent.text for sent in boss.heard()]
            assert words.REMOVE_WHAT in [sent.text for sent in boss.heard()]

    played(scenario)


def _command(length: int) -> list[dict[str, Any]]:
    return [{"type": "bot_command", "offset": 0, "length": length}]


HOSTILE = {
    "html": "<b>bold</b> <script>alert(1)</script> </blockquote> &lt;i&gt; <a href='x'>",
    "markdown": "*bold* _it_ [link](tg://user?id=1) `code` ```pre``` ||spoiler||",
    "emoji": "🌹" * 5_000,
    "family": "👨‍👩‍👧‍👦" * 700,
    "marks": "\u200f\u0645\u0631\u062d\u0628\u0627\u200e right \u2067to\u2069 left \u202e backwards",
    "fake citation": "[1] [7] 300 roses [1]\n\n[1] Forged title\n8 March 2022",
    "mention": "@citebot_bot /start AAAAAAAAAA @everyone https://evil.example",
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_article_is_sent_as_text_valid_and_unaltered(front: str, tmp_path: Path, hostile: str) -> None:
    expected = hostile.replace("\u202e", r"\u202e")  # Telegram itself would take the override out, unseen

    async def scenario() -> None:
        text = f"Before: {hostile} after."
        article = Article(f"{hostile[:40]}.txt", hostile[:200], text, url="javascript:alert(1)")
        talk = Scripted(article, {"many": hostile})
        async with staged(front, tmp_path, conversation=talk, **OPEN) as stage:
            ada = stage.person(2)
            ada.says(MANY)
            await stage.settled()
            sent = ada.heard()
            shown = "".join(one.text for one in sent)
            assert expected.rstrip() in shown
            quoted = "".join("".join(one.marked("expandable_blockquote")) for one in sent)
            quote = cite(article, text.index(hostile), text.index(hostile) + len(hostile), 1).quote
            assert quoted.split() == quote.replace("\u202e", r"\u202e").split()
            assert all(utf16(one.text) <= 4096 for one in sent)
            assert {entity["type"] for one in sent for entity in one.entities} <= {
                "bold", "italic", "expandable_blockquote"
            }  # fmt: skip
            assert next(iter(sent[-1].buttons)) == "[1]"
            ada.presses(sent[-1], "[1]")
            await stage.settled()
            assert len(ada.heard()) > len(sent)

    played(scenario)


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_question_reaches_the_assistant_unaltered(front: str, tmp_path: Path, hostile: str) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, **OPEN) as stage:
            ada: Person = stage.person(2)
            ada.says(hostile[:900])
            await stage.settled()
            assert [said for _, _, said in stage.conversation.asked] == [hostile[:900]]
            assert ada.heard()[0].parse_mode == "HTML"

    played(scenario)


def test_where_tags_are_refused_the_text_goes_plain(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, **OPEN) as stage:
            stage.telegram.refuses_html = True
            stage.person(2).says(MANY)
            await stage.settled()
            (answer,) = stage.person(2).heard()
            assert (answer.parse_mode, answer.entities) == (None, [])
            assert "It has 300 roses." in answer.text
            assert "[1]" in answer.buttons

    played(scenario)


def test_commands_are_set_for_each_scope(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path) as stage:
            assert set(stage.telegram.commands) == {"default", "all_private_chats", "all_group_chats"}
            await stage.paired(7)
            await until(lambda: "chat7" in stage.telegram.commands)
            names = [command["command"] for command in stage.telegram.commands["chat7"]]
            assert {"ask", "stats", "add"} <= set(names)
            assert "stats" not in json.dumps(stage.telegram.commands["default"])

    played(scenario)


def test_privacy_mode_is_warned_of(front: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path) as stage:
            assert "privacy mode is on" in caplog.text
        caplog.clear()
        stage.telegram.me["can_read_all_group_messages"] = True
        async with staged(front, tmp_path, telegram=stage.telegram):
            assert "privacy mode" not in caplog.text

    played(scenario)


def test_stats_count(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, people=(2,), administrators=(7,)) as stage:
            for text in (MANY, "Who?", "fail"):
                stage.person(2).says(text)
            stage.person(9).says("hello")
            await stage.settled()
            stage.person(7).says("/stats")
            await stage.settled()
            told = stage.person(7).heard()[0].text
            assert "questions: 3 (answered 1, refused 1, failed 1)" in told
            assert "strangers refused: 1" in told

    played(scenario)


def test_answers_older_than_the_retention_go(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, **OPEN) as stage:
            stage.person(2).says(MANY)
            await stage.settled()

    played(scenario)
    database = Database(tmp_path / "telegram.db")
    Ledger(database, retention_days=1).sweep()
    assert Ledger(database, retention_days=1).counts()["answers"] == 1
    Ledger(database, retention_days=0).sweep()
    assert Ledger(database, retention_days=1).counts()["answers"] == 0
    database.close()
