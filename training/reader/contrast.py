"""Qualified questions over the articles of xquad, each with near passages that differ in the qualifier.

The generator is not the training's: years move together through the whole passage, names come from the text of other
passages (training took them from questions), and a sibling passage of the article stands in as it is.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from training.reader.examples import Example

_YEAR = re.compile(r"\b(?:1\d{3}|20[0-2]\d)\b")
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?![\w])")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-zA-Z]+(?: [A-Z][a-zA-Z]+)*")


@dataclass(frozen=True, slots=True)
class Contrast:
    """A question that `original` answers and `near` does not. kind: what differs."""

    kind: str
    original: Example
    near: Example


def contrasts(examples: list[Example], seed: int) -> list[Contrast]:
    """At most one of each kind a question, in the order of the examples."""
    rng = random.Random(seed)
    passages: dict[str, list[str]] = {}
    for example in examples:
        known = passages.setdefault(example.title, [])
        if example.passage not in known:
            known.append(example.passage)
    return [made for example in examples for made in _of_one(example, passages, rng)]


def _of_one(example: Example, passages: dict[str, list[str]], rng: random.Random) -> Iterator[Contrast]:
    siblings = [passage for passage in passages[example.title] if passage != example.passage]
    others = [passage for title, texts in passages.items() if title != example.title for passage in texts]
    yield from _years_moved(example, rng)
    yield from _number_changed(example, rng)
    yield from _name_in_passage(example, others, rng)
    yield from _name_in_question(example, siblings, rng)
    yield from _sibling(example, siblings)


def _unanswered(example: Example, question: str, passage: str) -> Example:
    return Example(question, passage, (), "contrast", example.source, example.title)


def _years_moved(example: Example, rng: random.Random) -> Iterator[Contrast]:
    """Every year of the passage by the same amount."""
    asked = set(_YEAR.findall(example.question))
    if not asked & set(_YEAR.findall(example.passage)):
        return
    by = rng.choice((-11, -6, -4, -3, -2, -1, 1, 2, 3, 4, 6, 11))
    passage = _YEAR.sub(lambda match: str(int(match.group()) + by), example.passage)
    if not asked & set(_YEAR.findall(passage)):
        yield Contrast("year", example, _unanswered(example, example.question, passage))


def _number_changed(example: Example, rng: random.Random) -> Iterator[Contrast]:
    for number in _NUMBER.findall(example.question):
        whole = re.compile(rf"(?<![\w.,]){re.escape(number)}(?!\w)")
        if not _YEAR.fullmatch(number) and whole.search(example.passage) and not _in_answer(example, number):
            other = re.sub(r"\d", lambda m: str((int(m.group()) + rng.randint(1, 8)) % 9 + 1), number)
            passage = whole.sub(other, example.passage)
            if other != number:
                yield Contrast("number", example, _unanswered(example, example.question, passage))
                return


def _name_in_passage(example: Example, others: list[str], rng: random.Random) -> Iterator[Contrast]:
    for name in _shared_names(example):
        value = _name_like(name, others, example, rng)
        if value and not _in_answer(example, name):
            passage = re.sub(rf"\b{re.escape(name)}\b", value, example.passage)
            passage = re.sub(rf"\b{re.escape(name.split()[-1])}\b", value.split()[-1], passage)
            yield Contrast("name-in-passage", example, _unanswered(example, example.question, passage))
            return


def _name_in_question(example: Example, siblings: list[str], rng: random.Random) -> Iterator[Contrast]:
    for name in _shared_names(example):
        value = _name_like(name, siblings, example, rng)
        if value:
            question = example.question.replace(name, value)
            yield Contrast("name-in-question", example, _unanswered(example, question, example.passage))
            return


def _sibling(example: Example, siblings: list[str]) -> Iterator[Contrast]:
    """The passage of the article that shares most words with the question but neither its qualifier nor its answer."""
    marks = _shared_names(example) + _YEAR.findall(example.question)
    answers = [example.passage[s:e].lower() for s, e in example.spans]
    fit = [p for p in siblings if not any(a in p.lower() for a in answers) and any(m not in p for m in marks)]
    if marks and fit:
        words = set(re.findall(r"\w{4,}", example.question.lower()))
        best = max(fit, key=lambda passage: len(words & set(re.findall(r"\w{4,}", passage.lower()))))
        yield Contrast("sibling", example, _unanswered(example, example.question, best))


def _shared_names(example: Example) -> list[str]:
    return [name for name in _NAME.findall(example.question) if re.search(rf"\b{re.escape(name)}\b", example.passage)]


def _in_answer(example: Example, words: str) -> bool:
    return any(words.lower() in example.passage[s:e].lower() for s, e in example.spans)


def _name_like(name: str, texts: list[str], example: Example, rng: random.Random) -> str | None:
    """A name of as many words from the texts that neither passage nor question holds."""
    here = (example.passage + " " + example.question).lower()
    found = sorted({other for text in texts for other in _NAME.findall(text)})
    fit = [o for o in found if len(o.split()) == len(name.split()) and not any(w.lower() in here for w in o.split())]
    return rng.choice(fit) if fit else None
