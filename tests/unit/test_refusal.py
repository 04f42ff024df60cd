"""The words of a refusal: which conditions of the question the nearest passage does not meet."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from haystack import Document

import index.vocabulary
from bot.conditions import Condition, Kind, State
from bot.refusal import not_found
from index.store import PassageStore

WON_2021 = "The Rovers won the cup in 2021, and Alice Moore of Ashton was there; in 2019 nobody was."


@pytest.fixture
def store(tmp_path: Path) -> PassageStore:
    store = PassageStore(tmp_path)
    vector = np.eye(384)[0].tolist()
    store.write_documents([Document(id="a", content=WON_2021, embedding=vector, meta={"article": "a"})])
    return store


@pytest.mark.parametrize(
    ("unmet", "words"),
    [
        ([(Condition("2019", Kind.YEAR, "2019"), State.CONTRADICTED)], "speaks of another year than “2019”"),
        (
            [(Condition("chairman of Rovers", Kind.OFFICE, "chairman rovers"), State.CONTRADICTED)],
            "does not name “chairman of Rovers”",
        ),
        ([(Condition("Ashton", Kind.NAME, "ashton"), State.UNKNOWN)], "does not name “Ashton”"),
        ([(Condition("", Kind.NEGATION, ""), State.CONTRADICTED)], "says the opposite"),
    ],
)
def test_the_first_unmet_condition_is_told(
    store: PassageStore, unmet: list[tuple[Condition, State]], words: str
) -> None:
    told = not_found(store, "Who won the cup?", 1, filtered=False, unmet=unmet)
    assert told.count("What comes nearest") == 1 and words in told


def test_a_word_that_stands_nowhere_is_told_instead(store: PassageStore) -> None:
    unmet = [(Condition("2033", Kind.YEAR, "2033"), State.CONTRADICTED)]
    told = not_found(store, "Who won the cup in 2033?", 1, filtered=False, unmet=unmet)
    assert "“2033”" in told and "What comes nearest" not in told


def test_a_word_with_a_combining_accent_is_no_other_word(tmp_path: Path) -> None:
    store = PassageStore(tmp_path)
    vector = np.eye(384)[0].tolist()
    document = Document(id="a", content="The prize went to José.", embedding=vector, meta={"article": "a"})
    store.write_documents([document])
    assert "José" not in not_found(store, "Who gave Jose\u0301 the prize?", 1, filtered=False)
    assert "“Zoé”" in not_found(store, "Who gave Zoe\u0301 the prize?", 1, filtered=False)


UNIVERSE = (
    "Astronomers showed new pictures of the young universe. The organ was played, and General Ruiz came. "
    "Two cities sent buildings of glass."
)


@pytest.mark.parametrize("batch", [1, 50])
def test_a_word_is_not_there_because_another_has_its_stem(
    tmp_path: Path, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index.vocabulary, "A_TIME", batch)
    store = PassageStore(tmp_path)
    vector = np.eye(384)[0].tolist()
    texts = [UNIVERSE, "The organs of the church.", "The generation of power."]
    documents = [
        Document(id=str(number), content=text, embedding=vector, meta={"article": str(number)})
        for number, text in enumerate(texts)
    ]
    store.write_documents(documents)
    words = ["organization", "organs", "university", "news", "generation", "generations", "city", "building", "picture"]
    assert store.absent_words(words) == ["organization", "university", "news"]


def test_a_stem_in_very_many_passages_is_taken_for_the_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.vocabulary, "A_TIME", 1)
    monkeypatch.setattr(index.vocabulary, "LOOKED_THROUGH", 2)
    store = PassageStore(tmp_path)
    vector = np.eye(384)[0].tolist()
    store.write_documents(
        [Document(id=str(n), content=f"Organ {n}", embedding=vector, meta={"article": str(n)}) for n in range(3)]
    )
    assert store.absent_words(["organization"]) == []


def test_a_number_that_may_stand_in_words_is_not_told(store: PassageStore) -> None:
    unmet = [(Condition("20", Kind.NUMBER, "20"), State.UNKNOWN)]
    assert "What comes nearest" not in not_found(store, "Who won the cup?", 1, filtered=False, unmet=unmet)
