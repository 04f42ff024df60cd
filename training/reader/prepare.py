"""Make the training data: answerable questions beside contrasts that their passage does not answer.

Run: python -m training.reader.prepare --data DATA --out FOLDER
Writes train.jsonl (in the order of training: whatever prefix is trained is a fair mix) and counts.json.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from training.reader.corpora import read_qamr, read_qed, read_squadshifts
from training.reader.examples import Example, numbered, prefixed, write_examples
from training.reader.qualifiers import (
    LISTS,
    Qualifier,
    Substitutes,
    find_qualifiers,
    places_of,
    swap_in_passage,
    swap_in_question,
)
from training.reader.retrieval import NearPassages
from training.reader.typed import typed


@dataclass(frozen=True, slots=True)
class Mix:
    """What an epoch is made of; two cores read about 40,000 short windows in an hour.

    shares: of a corpus's questions. words: lengths that passages are cropped to. contrasted: share of questions with
    contrasts. retrieved_beside, retrieved_alone: with a near passage, beside contrasts and without. kept_alone: of the
    questions without any of these.
    """

    shares: Mapping[str, float]
    qed_rounds: int
    words: tuple[int, ...]
    contrasted: float
    retrieved_beside: float
    retrieved_alone: float
    kept_alone: float


MIXES: Final = {
    "conditions": Mix(
        shares={"new_wiki": 1.0, "amazon_reviews": 0.3, "reddit": 0.3, "qamr": 0.13, "qed": 1.0},
        qed_rounds=5,
        words=(60, 75, 75, 90, 120, 180),
        contrasted=1.0,
        retrieved_beside=0.08,
        retrieved_alone=0.3,
        kept_alone=0.5,
    ),
    "reading": Mix(
        shares={"new_wiki": 1.0, "amazon_reviews": 0.7, "reddit": 0.7, "qamr": 0.12, "qed": 1.0},
        qed_rounds=2,
        words=(90, 120, 150, 220),
        contrasted=0.15,
        retrieved_beside=0.1,
        retrieved_alone=0.1,
        kept_alone=1.0,
    ),
}
"""conditions: the first epoch, after a start that read plain questions. reading: the second, longer passages."""

_SENTENCE = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[A-Z\"'(\[])")
_FACTUAL = {"new_wiki", "qamr", "qed"}
"""Corpora whose statements hold of a time; a product's review is not made false by another year."""

_PAST = re.compile(r"\b(?:did|was|were|had)\b", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:1[5-9]\d\d|20[0-2]\d)\b")
_DO = re.compile(r"\b(did|does|do|is|was|are|were|can|could|will|would|has|have) (?=\w+)", re.IGNORECASE)


class Maker:
    """One question in, its group out: the question as it is and its contrasts."""

    def __init__(self, examples: list[Example], mix: Mix, rng: random.Random) -> None:
        self.mix = mix
        self.rng = rng
        self.substitutes = Substitutes(examples)
        sources = sorted({example.source for example in examples})
        self.near = {
            source: NearPassages(list(dict.fromkeys(e.passage for e in examples if e.source == source)))
            for source in sources
        }
        self.answers: dict[object, list[str]] = defaultdict(list)
        for answer in (e.passage[slice(*e.spans[0])] for e in examples if e.spans and e.source in _FACTUAL):
            self.answers[_look(answer)].append(answer)

    def group(self, example: Example) -> list[Example]:
        """The example, cropped, with up to three contrasts."""
        example = self._cropped(example)
        if not example.spans:
            return [self._typed(example)]
        contrasts = self._contrasts(example) if self.rng.random() < self.mix.contrasted else []
        if self.rng.random() < (self.mix.retrieved_beside if contrasts else self.mix.retrieved_alone):
            contrasts += self.retrieved(example)
        if not contrasts and self.rng.random() > self.mix.kept_alone:
            return []
        group = [example, *contrasts]
        if self.rng.random() < 0.2:
            group = self.with_prefix(group)
        return [self._typed(one) for one in group]

    def _contrasts(self, example: Example) -> list[Example]:
        makers = [self.swapped_question, self.edited_passage, self.twin_sentence, self.added_year]
        self.rng.shuffle(makers)
        found = [made for make in makers for made in make(example)][:3]
        return found or (list(self.negated(example)) if self.rng.random() < 0.12 else [])

    def _cropped(self, example: Example) -> Example:
        return cropped(example, self.rng.choice(self.mix.words), self.rng)

    def _typed(self, example: Example) -> Example:
        if example.source == "qed" and self.rng.random() < 0.7:
            return example
        return replace(example, question=typed(example.question, self.rng))

    def _met(self, example: Example) -> list[Qualifier]:
        """The question's conditions that the passage states in the same words, likelier kinds first."""
        found = [q for q in find_qualifiers(example.question) if places_of(example.passage, q.text)]
        self.rng.shuffle(found)
        return sorted(found, key=lambda qualifier: qualifier.kind in {"thing", "opposite"})

    def swapped_question(self, example: Example) -> Iterator[Example]:
        """One condition of the question is another: the passage does not answer."""
        for qualifier in self._met(example)[:2]:
            if qualifier.kind in {"thing", "opposite"} and self.rng.random() < 0.4:
                continue
            value = self.substitutes.other(example, qualifier, self.rng)
            if value:
                question = swap_in_question(example.question, qualifier, value)
                yield replace(example, question=question, spans=(), kind=f"question-{qualifier.kind}")

    def edited_passage(self, example: Example) -> Iterator[Example]:
        """One condition is another in the passage; sometimes in the question too, and then it answers."""
        for qualifier in self._met(example):
            value = self.substitutes.other(example, qualifier, self.rng)
            edited = swap_in_passage(example, qualifier.text, value) if value else None
            if any(qualifier.text.lower() in example.passage[s:e].lower() for s, e in example.spans):
                continue
            if value and edited and qualifier.kind not in {"opposite", "thing"}:
                if self.rng.random() < 0.4:
                    question = swap_in_question(example.question, qualifier, value)
                    yield replace(edited, question=question, kind="both-swapped")
                yield replace(edited, spans=(), kind=f"passage-{qualifier.kind}")
                return

    def twin_sentence(self, example: Example) -> Iterator[Example]:
        """The answer's sentence once more with another condition and another answer: only one is asked for."""
        if example.source not in _FACTUAL:
            return
        start, end = example.spans[0]
        first, last = _sentence_around(example.passage, start, end)
        sentence = example.passage[first:last]
        for qualifier in self._met(example):
            value = self.substitutes.other(example, qualifier, self.rng) if qualifier.kind != "opposite" else None
            here = replace(example, passage=sentence, spans=((start - first, end - first),))
            edited = swap_in_passage(here, qualifier.text, value) if value else None
            other = self._other_answer(example)
            once = len(places_of(sentence, qualifier.text)) == 1
            if value and edited and other and once and qualifier.kind != "thing":
                yield from self._twins(example, (first, last), edited, other, (qualifier, value))
                return

    def _twins(
        self, example: Example, at: tuple[int, int], edited: Example, answer: str, swap: tuple[Qualifier, str]
    ) -> Iterator[Example]:
        ((start, end),) = edited.spans
        twin = edited.passage[:start] + answer + edited.passage[end:]
        before = self.rng.random() < 0.5
        cut = at[0] if before else at[1]
        added = f"{twin.strip()} " if before else f" {twin.strip()}"
        passage = example.passage[:cut] + added + example.passage[cut:]
        shift = len(added) if before else 0
        spans = tuple((s + shift, e + shift) for s, e in example.spans if at[0] <= s and e <= at[1])
        yield replace(example, passage=passage, spans=spans, kind="twin-original")
        place = passage.index(twin.strip(), max(0, cut - 1)) + start - (len(twin) - len(twin.lstrip()))
        question, spans = swap_in_question(example.question, *swap), ((place, place + len(answer)),)
        yield replace(example, passage=passage, spans=spans, question=question, kind="twin-other")

    def _other_answer(self, example: Example) -> str | None:
        """Another question's answer of the same look; None for long answers and where none turns up."""
        look = _look(example.passage[slice(*example.spans[0])])
        for other in self.rng.choices(self.answers[look], k=8) if self.answers.get(look) else ():
            if len(other.split()) <= 4 and not places_of(example.passage, other):
                return other
        return None

    def added_year(self, example: Example) -> Iterator[Example]:
        """A year of the answer's sentence joins the question (met), then another one (contradicted)."""
        start, end = example.spans[0]
        first, last = _sentence_around(example.passage, start, end)
        years = _YEAR.findall(example.passage[first:start] + " " + example.passage[end:last])
        if len(set(years)) != 1 or _YEAR.search(example.question) or _YEAR.search(example.passage[start:end]):
            return
        if example.source not in _FACTUAL or _asks_when(example.question):
            return
        yield replace(example, question=_in_year(example.question, years[0]), kind="year-met")
        other = str(min(2026, int(years[0]) + self.rng.choice((-1, 1)) * self.rng.choice((1, 2, 3, 5, 10))))
        if other not in example.passage:
            yield replace(example, question=_in_year(example.question, other), spans=(), kind="year-contradicted")

    def retrieved(self, example: Example) -> Iterator[Example]:
        """A near passage of the same corpus without the answer."""
        answers = [example.passage[s:e].lower() for s, e in example.spans]
        found = [
            passage
            for passage in self.near[example.source].search(example.question, 8)
            if example.passage[:60] not in passage and not any(answer in passage.lower() for answer in answers)
        ]
        if found:
            passage = self.rng.choice(found[:3])
            yield self._cropped(replace(example, passage=passage, spans=(), kind="retrieved"))

    def negated(self, example: Example) -> Iterator[Example]:
        """The question asks for what is not so."""
        question, n = _DO.subn(r"\1 not ", example.question, count=1)
        if n and example.question.lower().startswith(("what", "which", "who")):
            yield replace(example, question=question, spans=(), kind="question-negated")

    def with_prefix(self, group: list[Example]) -> list[Example]:
        """A title and a date before every passage; where the question fits, a year of the date met or contradicted."""
        date, year = self._date(group[0].passage)
        prefix = f"{_headline(group[0], self.rng)} ({date})\n"
        group = [prefixed(example, prefix) for example in group]
        first = group[0]
        if not first.spans or _YEAR.search(first.question + first.passage[len(prefix) :]):
            return group
        if first.source not in _FACTUAL or not _PAST.search(first.question) or _asks_when(first.question):
            return group
        other = str(year + self.rng.choice((-3, -2, -1, 1, 2, 3)))
        return [
            *group[:3],
            replace(first, question=_in_year(first.question, str(year)), kind="date-met"),
            replace(first, question=_in_year(first.question, other), spans=(), kind="date-contradicted"),
        ]

    def _date(self, passage: str) -> tuple[str, int]:
        years = [int(year) for year in _YEAR.findall(passage)]
        year = max(years) if years else self.rng.randint(1998, 2025)
        month, day = self.rng.choice(LISTS["month"]).title(), self.rng.randint(1, 28)
        number = LISTS["month"].index(month.lower()) + 1
        forms = (f"{day} {month} {year}", f"{year}-{number:02}-{day:02}", f"{month} {day}, {year}")
        return self.rng.choice(forms), year


def _headline(example: Example, rng: random.Random) -> str:
    """The page's title; for corpora without one the first words of the passage."""
    if example.source in {"new_wiki", "qed"}:
        return example.title
    return " ".join(example.passage.split()[: rng.randint(4, 8)]).rstrip(".,!?")


def _asks_when(question: str) -> bool:
    return bool(re.search(r"\b(?:when|year|date|how long|century|month)\b", question, re.IGNORECASE))


def _in_year(question: str, year: str) -> str:
    return f"{question.rstrip('?. ')} in {year}?"


def _look(answer: str) -> object:
    """Digits by their pattern, else whether it begins with a capital, and the number of words."""
    digits = re.sub(r"\d", "0", answer) if any(c.isdigit() for c in answer) else ""
    return digits, answer[:1].isupper(), min(5, len(answer.split()))


def _bounds(passage: str) -> list[int]:
    return [0, *(match.end() for match in _SENTENCE.finditer(passage)), len(passage)]


def _sentence_around(passage: str, start: int, end: int) -> tuple[int, int]:
    """The sentence or sentences that hold [start, end)."""
    bounds = _bounds(passage)
    return max(b for b in bounds if b <= start), min(b for b in bounds if b >= end)


def cropped(example: Example, limit: int, rng: random.Random) -> Example:
    """Whole sentences around the answers, at most about limit words: short windows teach as much a second."""
    bounds = _bounds(example.passage)
    held = example.spans or ((rng.randrange(max(1, len(example.passage))),) * 2,)
    first = max(i for i, b in enumerate(bounds) if b <= min(s for s, _ in held))
    last = min(i for i, b in enumerate(bounds) if b >= max(e for _, e in held))
    while ways := _wider(example.passage, bounds, (first, max(last, first + 1)), limit):
        first, last = rng.choice(ways)
    start, end = bounds[first], bounds[min(max(last, first + 1), len(bounds) - 1)]
    spans = tuple((s - start, e - start) for s, e in example.spans)
    return replace(example, passage=example.passage[start:end].rstrip(), spans=spans)


def _wider(passage: str, bounds: list[int], held: tuple[int, int], limit: int) -> list[tuple[int, int]]:
    """One sentence more before or behind, where that stays within limit words."""
    ways = [(first, last) for first, last in ((held[0] - 1, held[1]), (held[0], held[1] + 1)) if first >= 0]
    return [
        (first, last)
        for first, last in ways
        if last < len(bounds) and len(passage[bounds[first] : bounds[last]].split()) <= limit
    ]


def sound(example: Example) -> bool:
    """Whether every span lies in the passage and says something."""
    return bool(example.passage.strip()) and all(example.passage[s:e].strip() for s, e in example.spans)


def prepare(data: Path, mix: Mix, seed: int) -> list[Example]:
    """All training examples, groups in random order, each group's side by side."""
    rng = random.Random(seed)
    qed = list(read_qed(data / "qed" / "qed.jsonl", held_out=False))
    examples = [*read_squadshifts(data / "squadshifts"), *read_qamr(data / "qamr"), *qed]
    maker = Maker(examples, mix, rng)
    chosen = [e for e in examples if not e.spans or rng.random() < mix.shares[e.source]]
    chosen += qed * (mix.qed_rounds - 1)
    rng.shuffle(chosen)
    return list(numbered([one for one in maker.group(example) if sound(one)] for example in chosen))


def counts(examples: list[Example]) -> dict[str, dict[str, int]]:
    return {
        "kind": dict(Counter(e.kind for e in examples).most_common()),
        "source": dict(Counter(e.source for e in examples).most_common()),
        "answerable": dict(Counter(str(bool(e.spans)) for e in examples)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder with squadshifts, qamr and qed")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--mix", choices=MIXES, default="conditions")
    parser.add_argument("--seed", type=int, default=17)
    arguments = parser.parse_args()
    examples = prepare(arguments.data, MIXES[arguments.mix], arguments.seed)
    arguments.out.mkdir(parents=True, exist_ok=True)
    write_examples(arguments.out / "train.jsonl", examples)
    report = json.dumps(counts(examples), indent=2)
    (arguments.out / "counts.json").write_text(report + "\n", encoding="utf-8")
    print(report)


if __name__ == "__main__":
    main()
