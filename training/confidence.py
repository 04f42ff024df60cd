"""Fit the confidence and its threshold on the odd articles of XQuAD, report on the even ones.

    python -m training.confidence --xquad FILE [--write] [--precision 0.85]

Each half is cut in two: the questions of one quarter are asked over its own articles (answerable), over
its own articles with their gold paragraphs filtered out (near, unanswerable), and over the other quarter's
(off the subject, unanswerable). A logistic model is fitted on the best candidate of each by maximum
likelihood with a small ridge; the threshold is the lowest that reaches the precision on the odd half.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import models
from bot.citations import merged
from bot.confidence import FILE, features
from bot.pipeline import QuestionPipeline
from bot.reader import ExtractiveReader
from index.chunking import Chunker
from index.embedder import Embedder
from index.retrieval import HybridRetriever
from index.store import PassageStore
from index.sync import sync
from index.types import Meta
from training import squad

FEATURES = ("margin", "rank", "coverage", "gap")
RIDGE = 1e-3
ROUNDS = 4
CORRECT_F1 = 0.5
PRECISIONS = (0.75, 0.8, 0.85, 0.9)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question over one index: the candidates' features and texts. kind: answerable, near or off."""

    question: str
    kind: str
    answers: tuple[str, ...]
    candidates: tuple[tuple[str, dict[str, float]], ...]

    def right(self, text: str) -> bool:
        """Whether this span answers the question; never, where the index does not hold the answer."""
        return self.kind == "answerable" and squad.f1(text, self.answers) >= CORRECT_F1


def gather(articles: Sequence[squad.SquadArticle], embedder: Embedder) -> list[Asked]:
    """Every question of the articles asked in the three ways."""
    quarters = (articles[0::2], articles[1::2])
    asked: list[Asked] = []
    for own, other in (quarters, quarters[::-1]):
        with tempfile.TemporaryDirectory() as scratch:
            store = indexed(own, Path(scratch), embedder)
            pipeline = QuestionPipeline(HybridRetriever(store, embedder), ExtractiveReader())
            for article in own:
                for question in article.questions:
                    asked.append(ask(pipeline, question, "answerable"))
                    asked.append(ask(pipeline, question, "near", _without(store, article, question)))
            asked.extend(ask(pipeline, q, "off") for article in other for q in article.questions)
            pipeline.close()
            store.close()
    return asked


def indexed(articles: Sequence[squad.SquadArticle], scratch: Path, embedder: Embedder) -> PassageStore:
    """An index over the articles, made by the real sync."""
    squad.write_folder(articles, scratch / "articles")
    store = PassageStore(scratch / "index")
    sync(store, scratch / "articles", embedder, Chunker(embedder.tokenizer))
    return store


def _without(store: PassageStore, article: squad.SquadArticle, question: squad.Question) -> dict[str, Any]:
    """A filter that takes away the gold paragraph and every passage of the article that holds an answer."""
    gold = article.paragraphs[question.paragraph]
    summary = next(entry for entry in store.articles() if entry.title == article.title)
    text = store.article_text(summary.name) or ""
    start = text.index(gold)
    conditions = [
        {"field": f"meta.{Meta.ARTICLE}", "operator": "!=", "value": summary.name},
        {"field": f"meta.{Meta.END}", "operator": "<=", "value": start},
        {"field": f"meta.{Meta.START}", "operator": ">=", "value": start + len(gold)},
    ]
    return {"operator": "OR", "conditions": conditions}


def ask(
    pipeline: QuestionPipeline,
    question: squad.Question,
    kind: str,
    filters: dict[str, Any] | None = None,
) -> Asked:
    """The candidates of one question, as the assistant would see them."""
    hits, found = pipeline.run(question.text, filters)
    known = merged(found)
    context = {(hit.meta[Meta.ARTICLE], hit.meta[Meta.START]): hit for hit in hits}
    rows = []
    for candidate in known:
        hit = context[candidate.article, candidate.passage_start]
        values = features(question.text, candidate, known, hit.content or "", hit.meta[Meta.TITLE])
        rows.append((candidate.text, values))
    return Asked(question.text, kind, question.answers, tuple(rows))


def best(asked: Asked, intercept: float, weights: NDArray[np.float64]) -> tuple[str, NDArray[np.float64]]:
    """The candidate the model is surest of: its text and features, in the order of FEATURES."""
    rows = [(text, np.array([values[name] for name in FEATURES])) for text, values in asked.candidates]
    return max(rows, key=lambda row: float(intercept + row[1] @ weights))


def fit(asked: Sequence[Asked]) -> tuple[float, NDArray[np.float64]]:
    """Intercept and weights. The choice of the best candidate and the fit take turns, starting at the margin."""
    intercept, weights = 0.0, np.array([1.0, 0.0, 0.0, 0.0])
    usable = [one for one in asked if one.candidates]
    for _ in range(ROUNDS):
        chosen = [best(one, intercept, weights) for one in usable]
        rows = np.array([row for _, row in chosen])
        labels = np.array([one.right(text) for one, (text, _) in zip(usable, chosen, strict=True)], dtype=float)
        intercept, weights = logistic(rows, labels)
    return intercept, weights


def logistic(rows: NDArray[np.float64], labels: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    """Maximum likelihood by Newton's method (iteratively reweighted least squares), ridge RIDGE on the weights."""
    design = np.hstack([np.ones((len(rows), 1)), rows])
    beta = np.zeros(design.shape[1])
    penalty = np.diag([0.0, *[RIDGE * len(rows)] * rows.shape[1]])
    for _ in range(50):
        p = 1 / (1 + np.exp(-design @ beta))
        hessian = (design * (p * (1 - p))[:, None]).T @ design + penalty
        step = np.linalg.solve(hessian, design.T @ (labels - p) - penalty @ beta)
        beta += step
        if np.abs(step).max() < 1e-9:
            break
    return float(beta[0]), beta[1:]


@dataclass(frozen=True, slots=True)
class Report:
    """What the even half shows at a threshold. Shares are 0..1; n counts questions."""

    n: int
    f1_without_refusal: float
    coverage: float
    precision: float
    refused_near: float
    refused_off: float
    auroc: float
    expected_calibration_error: float


def judged(
    asked: Sequence[Asked], intercept: float, weights: NDArray[np.float64]
) -> Iterator[tuple[Asked, float, str]]:
    """Each question with the confidence and the text of its best span; 0.0 and "" where nothing was found."""
    for one in asked:
        if not one.candidates:
            yield one, 0.0, ""
            continue
        text, row = best(one, intercept, weights)
        yield one, float(1 / (1 + np.exp(-(intercept + row @ weights)))), text


def lowest_threshold(asked: Sequence[Asked], intercept: float, weights: NDArray[np.float64], precision: float) -> float:
    """The lowest confidence at which the share of right answers among those given reaches the precision."""
    ordered = sorted(judged(asked, intercept, weights), key=lambda row: -row[1])
    rights = np.cumsum([one.right(text) for one, _, text in ordered])
    reached = [i for i in range(len(ordered)) if rights[i] / (i + 1) >= precision]
    if not reached:
        raise SystemExit(f"no threshold reaches a precision of {precision}")
    return round(ordered[reached[-1]][1], 4)


def report(asked: Sequence[Asked], intercept: float, weights: NDArray[np.float64], threshold: float) -> Report:
    """The measures over all three kinds of question at this threshold."""
    rows = list(judged(asked, intercept, weights))
    right = np.array([one.right(text) for one, _, text in rows])
    sure = np.array([confidence for _, confidence, _ in rows])
    kinds = np.array([one.kind for one in asked])
    given = sure >= threshold
    answerable = kinds == "answerable"
    f1s = [squad.f1(text, one.answers) for one, _, text in rows if one.kind == "answerable"]
    return Report(
        n=len(rows),
        f1_without_refusal=float(np.mean(f1s)),
        coverage=float(given[answerable].mean()),
        precision=float(right[given].mean()),
        refused_near=float(1 - given[kinds == "near"].mean()),
        refused_off=float(1 - given[kinds == "off"].mean()),
        auroc=auroc(sure[right], sure[~right]),
        expected_calibration_error=calibration_error(sure, right),
    )


def auroc(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> float:
    """The share of pairs in which the positive lies above, ties half."""
    above = (positive[:, None] > negative[None, :]).mean()
    return float(above + 0.5 * (positive[:, None] == negative[None, :]).mean())


def calibration_error(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Expected calibration error over ten bins of equal width (Guo et al., ICML 2017)."""
    bins = np.minimum((confidence * 10).astype(int), 9)
    parts = [(bins == b) for b in range(10) if (bins == b).any()]
    return float(sum(part.mean() * abs(confidence[part].mean() - right[part].mean()) for part in parts))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--xquad", type=Path, required=True)
    parser.add_argument("--precision", type=float, default=0.85)
    parser.add_argument("--write", action="store_true", help=f"write {FILE} beside the reader")
    options = parser.parse_args()
    articles = squad.load(options.xquad)
    embedder = Embedder()
    tuning = gather(squad.odd(articles), embedder)
    intercept, weights = fit(tuning)
    held_out = gather(squad.even(articles), embedder)
    for precision in sorted({*PRECISIONS, options.precision}):
        threshold = lowest_threshold(tuning, intercept, weights, precision)
        print(f"precision {precision}: threshold {threshold}")
        print("  odd: ", asdict(report(tuning, intercept, weights, threshold)))
        print("  even:", asdict(report(held_out, intercept, weights, threshold)))
    threshold = lowest_threshold(tuning, intercept, weights, options.precision)
    fitted = {
        "reader": models.fingerprint(models.folder("reader")),
        "fitted_on": f"XQuAD, odd articles by title, {len(tuning)} questions of three kinds",
        "precision": options.precision,
        "threshold": threshold,
        "intercept": round(intercept, 5),
        "weights": {name: round(float(weight), 5) for name, weight in zip(FEATURES, weights, strict=True)},
    }
    print(json.dumps(fitted, indent=2))
    if options.write:
        (models.folder("reader") / FILE).write_text(json.dumps(fitted, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
