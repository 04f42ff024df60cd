"""The reader's training data: what is made of a question is right by construction."""

from __future__ import annotations

import random

import pytest

import models
from training.reader.contrast import contrasts
from training.reader.corpora import agreed_spans, detokenise
from training.reader.evaluate import balance
from training.reader.examples import Example, prefixed
from training.reader.features import featurise, masked, open_tokenizer
from training.reader.prepare import MIXES, Maker, cropped
from training.reader.qualifiers import Substitutes, find_qualifiers, swap_in_passage
from training.reader.scoring import auroc, f1

PASSAGE = "The Rovers won the cup in 2019. In 2021 Alice Moore led the Wanderers to the cup before 40,000 people."


def example(question: str, answer: str) -> Example:
    start = PASSAGE.index(answer)
    return Example(question, PASSAGE, ((start, start + len(answer)),), "answerable", "new_wiki", "Cup")


def test_qualifiers_are_found_with_their_kinds() -> None:
    found = find_qualifiers("Which team did Alice Moore lead to the first cup in 2021?")
    assert {(q.text, q.kind) for q in found} == {("2021", "year"), ("first", "ordinal"), ("Alice Moore", "name")}


@pytest.mark.parametrize("seed", range(20))
def test_a_substitute_stands_in_neither_passage_nor_question(seed: int) -> None:
    asked = example("Who led the Wanderers to the cup in 2021?", "Alice Moore")
    year = next(q for q in find_qualifiers(asked.question) if q.kind == "year")
    value = Substitutes([asked]).other(asked, year, random.Random(seed))
    assert value is not None and value not in PASSAGE and value not in asked.question


def test_swapping_in_the_passage_moves_the_span_with_it() -> None:
    edited = swap_in_passage(example("Who led the Wanderers in 2021?", "Alice Moore"), "Rovers", "Old Invincibles")
    assert edited is not None
    assert [edited.passage[s:e] for s, e in edited.spans] == ["Alice Moore"]
    assert "Rovers" not in edited.passage


def test_an_answer_is_never_swapped_away() -> None:
    assert swap_in_passage(example("Who won in 2019?", "The Rovers"), "Rovers", "Invincibles") is None


@pytest.mark.parametrize("seed", range(30))
def test_every_answerable_example_of_a_group_has_its_spans_in_its_passage(seed: int) -> None:
    asked = example("Who led the Wanderers to the cup in 2021?", "Alice Moore")
    other = example("Who won the cup in 2019?", "The Rovers")
    mix = MIXES["reading" if seed % 2 else "conditions"]
    for made in Maker([asked, other], mix, random.Random(seed)).group(asked):
        for start, end in made.spans:
            assert made.passage[start:end] in {"Alice Moore", "The Rovers"}
        if made.kind.startswith(("question-", "passage-")) or made.kind.endswith("contradicted"):
            assert made.spans == ()


def test_a_crop_keeps_the_answer() -> None:
    made = cropped(example("How many people saw it?", "40,000 people"), 5, random.Random(1))
    assert len(made.passage.split()) < len(PASSAGE.split())
    assert [made.passage[s:e] for s, e in made.spans] == ["40,000 people"]


def test_hidden_tokens_are_of_the_passage_and_never_the_answer() -> None:
    tokenizer = open_tokenizer(models.folder("reader"))
    (whole,) = featurise([example("Who led the Wanderers in 2021?", "Alice Moore")], tokenizer, 64)
    (hidden,) = masked([whole], tokenizer, 1.0, seed=1)
    assert tokenizer.decode(hidden.ids, skip_special_tokens=True) == "who led the wanderers in 2021? alice moore"
    assert masked([whole], tokenizer, 0.0, seed=1) == [whole]


def test_annotators_agree_on_the_span_with_its_quantifier() -> None:
    text = "It sold more than 1.7 million copies."
    short, long = (text.index("1.7"), text.index(" copies")), (text.index("more"), text.index(" copies"))
    assert [text[s:e] for s, e in agreed_spans(text, [short, short, long])] == ["more than 1.7 million"]
    assert [text[s:e] for s, e in agreed_spans(text, [short, short, short])] == ["1.7 million"]


def test_detokenised_text_reads_as_written_and_keeps_every_token() -> None:
    tokens = ["He", "said", ":", "``", "It", "'s", "-LRB-", "nearly", "-RRB-", "over", "''", "."]
    text, places = detokenise(tokens)
    assert text == 'He said: "It\'s (nearly) over".'
    assert [text[s:e] for s, e in places[4:7]] == ["It", "'s", "("]


def test_a_prefix_moves_the_spans() -> None:
    made = prefixed(example("Who won in 2019?", "The Rovers"), "Cup (2021)\n")
    assert [made.passage[s:e] for s, e in made.spans] == ["The Rovers"]


def test_a_contrast_passage_no_longer_states_the_year_asked_for() -> None:
    years = [c for c in contrasts([example("Who won the cup in 2019?", "The Rovers")], seed=3) if c.kind == "year"]
    assert len(years) == 1 and "2019" not in years[0].near.passage and "2019" in years[0].original.passage


def test_auroc_and_f1_by_hand() -> None:
    assert auroc([3.0, 1.0], [2.0, 0.0]) == 0.75
    assert auroc([1.0], [1.0]) == 0.5
    assert f1("the red house", ["red house", "blue"]) == 1.0
    assert f1("red", ["red house"]) == pytest.approx(2 / 3)


def test_the_balanced_margin_serves_the_worse_side() -> None:
    assert balance([5.0, 4.0, 1.0, float("-inf")], [0.0, 2.0, 3.0, 3.5]) == 3.0
