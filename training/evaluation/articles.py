"""The articles that questions are asked over: the passages of squadshifts as distractors, and one part besides."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from index.chunking import Chunker
from index.embedder import Embedder
from index.store import PassageStore
from index.sync import sync
from training import squad
from training.reader.corpora import is_held_out
from training.reader.examples import Span
from training.squad import Question, SquadArticle

DISTRACTORS = "squadshifts"
PART = "part"


def open_work(work: Path, data: Path, part: Iterable[SquadArticle], embedder: Embedder) -> PassageStore:
    """The index over the distractors and one part; the distractors are embedded once a work folder.

    Another part replaces the one before: what a run reads holds no article of the other half.
    """
    articles = work / "articles"
    if not (articles / DISTRACTORS).exists():
        _write_distractors(data / "squadshifts", articles / DISTRACTORS)
    shutil.rmtree(articles / PART, ignore_errors=True)
    squad.write_folder(list(part), articles / PART)
    store = PassageStore(work / "index")
    sync(store, articles, embedder, Chunker(embedder.tokenizer), yes=True)
    return store


def indexed(articles: Sequence[SquadArticle], scratch: Path, embedder: Embedder) -> PassageStore:
    """An index over these articles alone, made by the real sync."""
    squad.write_folder(articles, scratch / "articles")
    store = PassageStore(scratch / "index")
    sync(store, scratch / "articles", embedder, Chunker(embedder.tokenizer))
    return store


def _write_distractors(source: Path, folder: Path) -> None:
    """One file an article; reddit's comments, which are one article there, a file each."""
    folder.mkdir(parents=True)
    for file in sorted(source.glob("*.json")):
        for article in json.loads(file.read_text(encoding="utf-8"))["data"]:
            texts = [str(paragraph["context"]).strip() for paragraph in article["paragraphs"]]
            title, name = article["title"].replace("_", " "), re.sub(r"\W+", "_", article["title"])
            if file.name.startswith("reddit"):
                for number, text in enumerate(texts):
                    (folder / f"reddit_{name}_{number}.txt").write_text(text, encoding="utf-8")
            else:
                (folder / f"{name}.txt").write_text("\n\n".join([title, *texts]), encoding="utf-8")


def qed_pages(path: Path, odd: bool) -> list[SquadArticle]:
    """The pages of qed that training never sees, halved by title; one paragraph for each question's text.

    The paragraphs are as they were published, tokens apart; a page's paragraph stands once. Questions whose answer is
    several spans together are left out.
    """
    pages: dict[str, tuple[list[str], list[Question]]] = {}
    for line in path.read_text(encoding="utf-8").split("\n"):
        row = json.loads(line) if line else None
        if row is None or not is_held_out(row["title_text"]):
            continue
        text = row["paragraph_text"]
        answers = [group[0]["string"] for group in row["original_nq_answers"] if len(group) == 1]
        if not answers:
            continue
        paragraphs, questions = pages.setdefault(row["title_text"], ([], []))
        if text not in paragraphs:
            paragraphs.append(text)
        identity = f"qed-{row['example_id']}"
        questions.append(
            Question(identity, row["question_text"], tuple(answers), row["title_text"], paragraphs.index(text))
        )
    titles = sorted(pages)[0 if odd else 1 :: 2]
    return [SquadArticle(title, tuple(pages[title][0]), tuple(pages[title][1])) for title in titles]


def place_of(store: PassageStore, article: SquadArticle, question: Question) -> tuple[str, Span]:
    """The indexed article's name and the place of the question's paragraph in its text."""
    name = next(entry.name for entry in store.articles() if entry.title == article.title)
    text = store.article_text(name) or ""
    gold = article.paragraphs[question.paragraph]
    start = text.index(gold)
    return name, (start, start + len(gold))
