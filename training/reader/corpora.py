"""The corpora at hand as answerable (and a few naturally unanswerable) examples."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from training.reader.examples import Example, Span

QUANTIFIER = re.compile(
    r"(?:more|less|fewer|rather more|rather less) than|at (?:least|most)|up to|"
    r"about|around|over|under|nearly|almost|approximately|roughly|some|circa|an? estimated",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
_SQUADSHIFTS = ("new_wiki_v1.0", "amazon_reviews_v1.0", "reddit_v1.0")
_BRACKETS = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "-LCB-": "{", "-RCB-": "}", "``": '"', "''": '"'}
_NO_SPACE_BEFORE = re.compile(r"^(?:[.,;:!?%)\]}]|'s|'re|'ve|'ll|'d|'m|n't|'|''|\.\.\.)$", re.IGNORECASE)
_QAMR_CONTEXT_TOKENS = 80


def read_squadshifts(folder: Path) -> Iterator[Example]:
    """Every question with the spans its annotators agree on most."""
    for name in _SQUADSHIFTS:
        for article in json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))["data"]:
            for paragraph in article["paragraphs"]:
                yield from _squad_examples(paragraph, name.split("_v")[0], article["title"].replace("_", " "))


def _squad_examples(paragraph: dict[str, object], source: str, title: str) -> Iterator[Example]:
    passage = str(paragraph["context"])
    for row in paragraph["qas"]:  # type: ignore[attr-defined]
        marked = [(a["answer_start"], a["answer_start"] + len(a["text"])) for a in row["answers"] if a["text"]]
        spans = agreed_spans(passage, [_trimmed(passage, span) for span in marked])
        if spans:
            yield Example(row["question"].strip(), passage, spans, "answerable", source, title)


def _trimmed(passage: str, span: Span) -> Span:
    """Without the space and the full stop around an answer: annotators disagree on them."""
    text = passage[span[0] : span[1]]
    start = span[0] + len(text) - len(text.lstrip())
    return start, start + len(text.strip().rstrip(".,;"))


def agreed_spans(passage: str, marked: list[Span]) -> tuple[Span, ...]:
    """The span nearest to all annotators' (mean token F1), and others marked twice that are as near.

    A span that another annotator began with a quantifier ("more than") gives way to the longer one.
    """
    counts = Counter(span for span in marked if span[1] > span[0])
    if not counts:
        return ()
    scores = {span: sum(n * overlap(passage, span, other) for other, n in counts.items()) for span in counts}
    best = max(scores.values())
    kept = [s for s in counts if scores[s] >= best - 1e-9 or (counts[s] > 1 and scores[s] >= 0.85 * best)]
    return tuple(sorted({_with_quantifier(passage, span, list(counts)) for span in kept}))


def _with_quantifier(passage: str, span: Span, others: list[Span]) -> Span:
    for start, end in others:
        if start < span[0] and end == span[1] and QUANTIFIER.fullmatch(passage[start : span[0]].strip()):
            return start, end
    return span


def overlap(passage: str, one: Span, other: Span) -> float:
    """F1 over the words of two spans of one passage."""
    first, second = (Counter(_WORD.findall(passage[s:e].lower())) for s, e in (one, other))
    shared = sum((first & second).values())
    return 2 * shared / max(1, sum(first.values()) + sum(second.values()))


def detokenise(tokens: list[str]) -> tuple[str, list[Span]]:
    """Text as written, and each token's place in it."""
    text, places, opened, glue = "", [], False, True
    for token in tokens:
        shown = _BRACKETS.get(token, token)
        closing = shown == '"' and (opened if token == '"' else token == "''")
        if text and not glue and not closing and not _NO_SPACE_BEFORE.match(shown):
            text += " "
        places.append((len(text), len(text) + len(shown)))
        text += shown
        opened = not closing if shown == '"' else opened
        glue = shown in {"(", "[", "{", "$", "£", "€"} or (shown == '"' and not closing)
    return text, places


def read_qamr(folder: Path) -> Iterator[Example]:
    """Questions on one sentence each, its article's neighbouring sentences around it."""
    rows = [line.split("\t") for line in (folder / "wiki-sentences.tsv").read_text("utf-8").split("\n") if line]
    sentences = {name: text.split() for name, text in rows}
    articles = defaultdict(list)
    for name in sentences:
        articles[name.rsplit(":", 2)[0]].append(name)
    asked = _qamr_rows(folder)
    for name in sorted(asked):
        neighbours = sorted(articles[name.rsplit(":", 2)[0]], key=_place_in_article)
        yield from _qamr_examples(name, _around(name, neighbours, sentences), sentences, asked[name])


def _qamr_rows(folder: Path) -> dict[str, list[list[str]]]:
    rows: dict[str, list[list[str]]] = defaultdict(list)
    for file in ("full-dev.tsv", "full-test.tsv"):
        for line in (folder / file).read_text("utf-8").split("\n"):
            if line:
                rows[line.split("\t")[0]].append(line.split("\t"))
    return rows


def _place_in_article(name: str) -> tuple[int, int]:
    paragraph, sentence = name.rsplit(":", 2)[1:]
    return int(paragraph), int(sentence)


def _around(name: str, neighbours: list[str], sentences: dict[str, list[str]]) -> list[str]:
    """The sentence with as many before and after it as stay under _QAMR_CONTEXT_TOKENS."""
    at = neighbours.index(name)
    first = last = at
    total = len(sentences[name])
    while first > 0 and total + len(sentences[neighbours[first - 1]]) <= _QAMR_CONTEXT_TOKENS:
        first -= 1
        total += len(sentences[neighbours[first]])
    while last + 1 < len(neighbours) and total + len(sentences[neighbours[last + 1]]) <= _QAMR_CONTEXT_TOKENS:
        last += 1
        total += len(sentences[neighbours[last]])
    return neighbours[first : last + 1]


def _qamr_examples(
    name: str, names: list[str], sentences: dict[str, list[str]], rows: list[list[str]]
) -> Iterator[Example]:
    before = [token for n in names[: names.index(name)] for token in sentences[n]]
    text, places = detokenise([token for n in names for token in sentences[n]])
    places = places[len(before) :]
    seen = set()
    for row in rows:
        question, verdicts = row[5].strip(), [field.split(":", 1)[1] for field in row[7:9]]
        if question.lower() in seen or len(question.split()) < 4:
            continue
        seen.add(question.lower())
        if verdicts == ["Invalid", "Invalid"]:
            yield Example(question, text, (), "judged-invalid", "qamr", name.rsplit(":", 2)[0])
        elif spans := _qamr_spans(text, places, [row[6], *verdicts]):
            yield Example(question, text, spans, "answerable", "qamr", name.rsplit(":", 2)[0])


def _qamr_spans(text: str, places: list[Span], answers: list[str]) -> tuple[Span, ...]:
    """Empty unless all three annotators gave tokens that stand together, and two nearly agree."""
    marked = []
    for answer in answers:
        if not re.fullmatch(r"\d+(?: \d+)*", answer):
            return ()
        tokens = [int(token) for token in answer.split()]
        if tokens[-1] - tokens[0] > len(tokens) + 1:
            return ()
        marked.append((places[tokens[0]][0], places[tokens[-1]][1]))
    near = [overlap(text, a, b) for a, b in ((marked[0], marked[1]), (marked[0], marked[2]), (marked[1], marked[2]))]
    return agreed_spans(text, marked) if max(near) >= 0.8 and min(near) > 0 else ()


def is_held_out(title: str) -> bool:
    """Whether a qed page is kept for evaluation: half of them, by a hash of the title."""
    return hashlib.sha256(title.encode()).digest()[0] % 2 == 1


def read_qed(path: Path, held_out: bool) -> Iterator[Example]:
    """The typed questions of one half of the pages."""
    for line in path.read_text("utf-8").split("\n"):
        row = json.loads(line) if line else None
        if row and is_held_out(row["title_text"]) == held_out and (example := _qed_example(row)):
            yield example


def _qed_example(row: dict[str, object]) -> Example | None:
    raw = str(row["paragraph_text"])
    answers = [group[0] for group in row["original_nq_answers"] if len(group) == 1]  # type: ignore[attr-defined]
    passage, places = detokenise([match.group() for match in re.finditer(r"\S+", raw)])
    tokens = [match.span() for match in re.finditer(r"\S+", raw)]
    marked = []
    for answer in answers:
        inside = [i for i, (start, end) in enumerate(tokens) if start < answer["end"] and end > answer["start"]]
        if inside:
            marked.append(_trimmed(passage, (places[inside[0]][0], places[inside[-1]][1])))
    if not marked:
        return None
    question, title = str(row["question_text"]), str(row["title_text"])
    return Example(question, passage, agreed_spans(passage, marked), "answerable", "qed", title)


def read_squad(path: Path) -> list[Example]:
    """A SQuAD 1.1 file as examples, titles as written in it."""
    rows = json.loads(path.read_text(encoding="utf-8"))["data"]
    return [
        Example(
            qa["question"],
            paragraph["context"],
            tuple((a["answer_start"], a["answer_start"] + len(a["text"])) for a in qa["answers"]),
            "answerable",
            "squad",
            article["title"],
        )
        for article in rows
        for paragraph in article["paragraphs"]
        for qa in paragraph["qas"]
    ]
