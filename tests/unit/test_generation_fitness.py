"""Whether a chat model is of use, counted over questions the reader answers; and a run asks what people ask."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from bot.compose import open_assistant, sync_index
from bot.generation.fitness import Fitness, fitness
from bot.regression.asking import Asker
from bot.regression.cases import Case
from bot.settings import GeneratorKind, GeneratorSettings, Settings
from tests.fake_chat_server import FakeChat, served, whole

QUESTION = "How many foreign volunteers have travelled to the country?"
TRUTH = "Around 20,000 foreign volunteers have travelled to the country [1]."


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("fitness")
    (folder / "articles").mkdir()
    (folder / "articles" / "a.txt").write_text(
        "Volunteers\n\nKuleba says around 20,000 foreign volunteers have travelled to the country.", encoding="utf-8"
    )
    made = Settings(articles=folder / "articles", index=folder / "index")
    sync_index(made)
    return made


@pytest.mark.parametrize(
    ("says", "kept", "words"),
    [(TRUTH, 1, "1 of 1 drafts (100%)"), ("I think it is 7 [1].", 0, "unfit"), ("", 0, "1 failed")],
)
def test_drafts_that_keep_a_sentence_are_counted(settings: Settings, says: str, kept: int, words: str) -> None:
    with served(FakeChat(lambda _: whole(says))) as url:
        generator = GeneratorSettings(kind=GeneratorKind.OPENAI, model="m", base_url=url)
        with closing(open_assistant(settings.model_copy(update={"generator": generator}))) as assistant:
            found = fitness(assistant, [QUESTION, "What is the boiling point of tungsten?"])
    assert found is not None
    assert (found.kept, found.drafts) == (kept, 1)
    assert words in found.told()


def test_without_a_generator_there_is_nothing_to_count(settings: Settings) -> None:
    with closing(open_assistant(settings)) as assistant:
        assert fitness(assistant, [QUESTION]) is None
    assert "no question was answered" in Fitness(0, 0, 0).told()


def test_a_run_gives_the_answers_that_people_get(settings: Settings, tmp_path: Path) -> None:
    with served(FakeChat(lambda _: whole(TRUTH))) as url:
        generator = GeneratorSettings(kind=GeneratorKind.OPENAI, model="m", base_url=url)
        with closing(open_assistant(settings.model_copy(update={"generator": generator}))) as assistant:
            asked = Asker(assistant).ask(Case("one", QUESTION, answers=("20,000",)))
    assert asked.answer.text == TRUTH
