"""The questions of an evaluation: answerable ones, and unanswerable ones of four kinds.

answerable      as it was written, over every passage
off             the same with its whole article withheld: out of the articles' subject
near            the same with every passage that holds an answer withheld: its article's other passages stay
made            edited so that its passage no longer answers: a name, year or number is another
hand            written by hand against a passage (unanswerable.jsonl); the even articles only
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.store import PassageStore
from index.types import Meta
from training.evaluation.articles import place_of
from training.reader.contrast import contrasts
from training.reader.examples import Example
from training.reader.qualifiers import Substitutes, find_qualifiers, places_of, swap_in_question
from training.squad import SquadArticle

SEED = 2024
BY_HAND = Path(__file__).with_name("unanswerable.jsonl")
Filter = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Posed:
    """One question over the index. answers: empty where it is unanswerable. gold: the answering paragraph's place."""

    id: str
    text: str
    kind: str
    answers: tuple[str, ...] = ()
    filters: Filter | None = None
    gold: tuple[str, int, int] | None = None


def posed(articles: Sequence[SquadArticle], store: PassageStore) -> Iterator[Posed]:
    """Every question with its evidence there, its passages withheld, and its article withheld."""
    for article in articles:
        for question in article.questions:
            name, (start, end) = place_of(store, article, question)
            gold = (name, start, end)
            yield Posed(question.id, question.text, "answerable", question.answers, None, gold)
            yield Posed(question.id, question.text, "near", (), _without_passages(gold))
            yield Posed(question.id, question.text, "off", (), _differs(Meta.ARTICLE, name))


def _differs(field: str, value: str) -> Filter:
    return {"field": f"meta.{field}", "operator": "!=", "value": value}


def _without_passages(gold: tuple[str, int, int]) -> Filter:
    """Every passage that touches the answering paragraph taken away."""
    name, start, end = gold
    conditions = [
        _differs(Meta.ARTICLE, name),
        {"field": f"meta.{Meta.END}", "operator": "<=", "value": start},
        {"field": f"meta.{Meta.START}", "operator": ">=", "value": end},
    ]
    return {"operator": "OR", "conditions": conditions}


def made_for_tuning(articles: Sequence[SquadArticle]) -> Iterator[Posed]:
    """By the training's generator: a condition that the passage states is another one that it does not hold."""
    examples = list(examples_of(articles))
    substitutes, rng = Substitutes(examples), random.Random(SEED)
    for example in examples:
        for qualifier in find_qualifiers(example.question):
            if qualifier.kind in {"thing", "opposite"} or not places_of(example.passage, qualifier.text):
                continue
            value = substitutes.other(example, qualifier, rng)
            if value:
                text = swap_in_question(example.question, qualifier, value)
                yield Posed(f"{example.title}: {text}", text, "made")
                break


def made_for_reporting(articles: Sequence[SquadArticle]) -> Iterator[Posed]:
    """By a generator that training did not use: names of sibling passages; years moved; numbers changed."""
    rng = random.Random(SEED)
    examples = list(examples_of(articles))
    named = {pair.original.question: pair.near for pair in contrasts(examples, SEED) if pair.kind == "name-in-question"}
    for example in examples:
        near = named.get(example.question)
        text = _years_moved(example, rng) or (near.question if near else None)
        if text:
            yield Posed(f"{example.title}: {text}", text, "made")


def _years_moved(example: Example, rng: random.Random) -> str | None:
    """The question with its year another that its passage does not hold; None without a year that it holds."""
    for year in re.findall(r"\b(?:1\d{3}|20[0-2]\d)\b", example.question):
        other = str(int(year) + rng.choice((-11, -6, -4, -3, -2, -1, 1, 2, 3, 4, 6, 11)))
        if year in example.passage and other not in example.passage:
            return example.question.replace(year, other)
    return None


def by_hand(articles: Sequence[SquadArticle]) -> Iterator[Posed]:
    """Those of BY_HAND that were written for these articles."""
    titles = {article.title for article in articles}
    for line in BY_HAND.read_text(encoding="ascii").split("\n"):
        row = json.loads(line) if line else None
        if row is not None and row["title"] in titles:
            yield Posed(row["id"], row["question"], "hand")


def examples_of(articles: Sequence[SquadArticle]) -> Iterator[Example]:
    """The questions as the generators read them."""
    for article in articles:
        for question in article.questions:
            passage = article.paragraphs[question.paragraph]
            start = passage.find(question.answers[0])
            if start >= 0:
                spans = ((start, start + len(question.answers[0])),)
                yield Example(question.text, passage, spans, "answerable", "squad", article.title)
