"""What a reader must beat: the first BM25 passage's sentence that shares most words with the question."""

from __future__ import annotations

from collections.abc import Sequence

from bot.features import content_stems
from index.sentences import sentences
from index.store import PassageStore
from training import squad
from training.squad import SquadArticle


def floor(articles: Sequence[SquadArticle], store: PassageStore) -> list[tuple[float, float]]:
    """(EM, F1) of each question's best sentence, in the articles' order."""
    questions = [question for article in articles for question in article.questions]
    told = [_sentence(question.text, store) for question in questions]
    return [
        (squad.exact(text, question.answers), squad.f1(text, question.answers))
        for question, text in zip(questions, told, strict=True)
    ]


def _sentence(question: str, store: PassageStore) -> str:
    hits = store.bm25_retrieval(question, top_k=1)
    text = (hits[0].content or "") if hits else ""
    wanted = content_stems(question)
    found = [text[start:end] for start, end in sentences(text)]
    return max(found, key=lambda sentence: len(wanted & content_stems(sentence)), default="")
