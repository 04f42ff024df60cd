"""Gather, fit, report: the reader's confidence and how good its answers are.

    python -m training.evaluation gather --data DATA --work WORK --part odd [--reader FOLDER]
    python -m training.evaluation fit    --work WORK [--reader FOLDER] [--precision 0.9] [--write]
    python -m training.evaluation gather --data DATA --work WORK --part even [--reader FOLDER]
    python -m training.evaluation report --work WORK [--reader FOLDER] [--pictures FOLDER] [--beside READER]
    python -m training.evaluation failures --work WORK [--count 20]

gather asks everything once and keeps it in WORK (hours on a busy machine, minutes on a quiet one); fit and report
read what was kept. The odd articles (sorted by title, from 1) are for tuning, the even ones for reporting.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np

import models
from bot import confidence
from bot.calibration import Judged, balanced, fit, judged
from bot.confidence import Confidence
from bot.pipeline import QuestionPipeline
from bot.readers.extractive import ExtractiveReader
from index.embedder import Embedder
from index.retrieval import HybridRetriever
from index.store import PassageStore
from training import squad
from training.evaluation import measures, pictures
from training.evaluation.articles import open_work, qed_pages
from training.evaluation.floor import floor
from training.evaluation.gather import Seen, asked, kept, see
from training.evaluation.qualified import pairs
from training.evaluation.questions import by_hand, made_for_reporting, made_for_tuning, posed
from training.squad import SquadArticle

PRECISION = 0.9
SETS = ("xquad", "pairs", "qed")


@dataclass(frozen=True, slots=True)
class Place:
    """Where what was gathered is kept: one file a reader, part and set."""

    work: Path
    reader: str
    part: str

    def of(self, name: str) -> Path:
        return self.work / f"{self.reader.replace('@', '-')}-{self.part}-{name}.pickle"


def gather(options: argparse.Namespace) -> None:
    """Ask the part's questions of xquad, its qualified pairs, and the questions of qed's half."""
    place = Place(options.work, models.fingerprint(options.reader), options.part)
    halves = squad.odd if options.part == "odd" else squad.even
    articles = halves(squad.load(options.data / "xquad" / "xquad.en.json"))
    typed = qed_pages(options.data / "qed" / "qed.jsonl", odd=options.part == "odd")
    articles, typed = ([thinned(article, options.one_in) for article in some] for some in (articles, typed))
    if {"xquad", "pairs"} & set(options.sets):
        with _opened(options, articles) as (store, retriever, pipeline):
            if "xquad" in options.sets:
                made = made_for_tuning(articles) if options.part == "odd" else made_for_reporting(articles)
                kept(place.of("xquad"), see([*posed(articles, store), *made, *by_hand(articles)], pipeline, store))
                place.of("floor").with_suffix(".json").write_text(json.dumps(floor(articles, store)), encoding="ascii")
            if "pairs" in options.sets:
                found = list(pairs(articles, retriever, pipeline, store))
                kept(place.of("there"), [pair.there for pair in found])
                kept(place.of("absent"), [replace(p.absent, posed=replace(p.absent.posed, id=p.kind)) for p in found])
    if "qed" in options.sets:
        with _opened(options, typed) as (store, _, pipeline):
            kept(place.of("qed"), see(posed(typed, store), pipeline, store))


def thinned(article: SquadArticle, one_in: int) -> SquadArticle:
    """The article with fewer questions: a sample that is the same for every reader."""
    kept_ones = (q for q in article.questions if sha256(q.text.encode()).digest()[0] % one_in == 0)
    return replace(article, questions=tuple(kept_ones))


@contextmanager
def _opened(
    options: argparse.Namespace, articles: Sequence[SquadArticle]
) -> Iterator[tuple[PassageStore, HybridRetriever, QuestionPipeline]]:
    """The work folder's index over these articles, and what answers over it."""
    embedder = Embedder()
    store = open_work(options.work, options.data, articles, embedder)
    retriever = HybridRetriever(store, embedder)
    pipeline = QuestionPipeline(retriever, ExtractiveReader(str(options.reader)))
    try:
        yield store, retriever, pipeline
    finally:
        pipeline.close()
        store.close()


def read(options: argparse.Namespace, part: str, name: str) -> list[Seen]:
    """What gather kept. Exits with a word where it was not run."""
    path = Place(options.work, models.fingerprint(options.reader), part).of(name)
    seen = kept(path)
    if seen is None:
        raise SystemExit(f"there is no {path}; first: python -m training.evaluation gather --part {part} ...")
    return seen


def fit_command(options: argparse.Namespace) -> None:
    """Fit on the odd articles; show the threshold's effect on them and on the other domain's odd half."""
    seen = read(options, "odd", "xquad")
    questions = asked(seen)
    model = fit(questions, models.fingerprint(options.reader), options.precision, counts=balanced(questions))
    for name in ("xquad", "qed"):
        shown(f"odd, {name}", read(options, "odd", name), model)
    fitted = {
        "reader": model.reader,
        "fitted_on": f"odd articles of XQuAD by title, squadshifts around them, {len(seen)} questions of four kinds",
        "precision": options.precision,
        "threshold": model.threshold,
        "intercept": model.intercept,
        "weights": dict(model.weights),
    }
    print(json.dumps(fitted, indent=2))
    if options.write:
        (options.reader / confidence.FILE).write_text(json.dumps(fitted, indent=2) + "\n", encoding="utf-8")


def shown(title: str, seen: list[Seen], model: Confidence) -> tuple[measures.Table, list[Judged]]:
    """Print the table of one set."""
    rows = judged(asked(seen), model)
    table = measures.table(seen, rows)
    print(f"\n{title}: {len(seen)} questions, threshold {model.threshold}\n\n| measure | value |\n| --- | --- |")
    for name, value in measures.measures(table, model.threshold).items():
        print(f"| {name} | {value} |")
    return table, rows


def report(options: argparse.Namespace) -> None:
    """The part's xquad, qed and qualified pairs; beside: both readers on the questions that both were asked."""
    model = confidence.load(options.reader)
    if options.beside:
        beside(options, model)
        return
    table, _ = shown(f"{options.part}, xquad", read(options, options.part, "xquad"), model)
    path = Place(options.work, models.fingerprint(options.reader), options.part).of("floor").with_suffix(".json")
    exact, f1 = (measures.mean(column) for column in np.array(json.loads(path.read_text(encoding="ascii"))).T)
    print(f"\nBM25 with the best sentence: EM {exact}, F1 {f1}")
    shown(f"{options.part}, qed", read(options, options.part, "qed"), model)
    qualified(read(options, options.part, "there"), read(options, options.part, "absent"), model)
    if options.pictures:
        pictures.write(options.pictures, table, model.threshold)


def beside(options: argparse.Namespace, model: Confidence) -> None:
    """This reader and another, each with its own confidence, on what both were asked."""
    others = argparse.Namespace(**{**vars(options), "reader": options.beside})
    for name, one, fitted in (("before", others, confidence.load(options.beside)), ("after", options, model)):
        seen = {part: read(one, options.part, part) for part in ("xquad", "there", "absent")}
        both = {
            part: _keys(read(others, options.part, part)) & _keys(read(options, options.part, part)) for part in seen
        }
        asked_both = [s for s in seen["xquad"] if (s.posed.kind, s.posed.text) in both["xquad"]]
        shown(f"{name}: {options.part}, xquad", asked_both, fitted)
        pairs_of = [
            pair
            for pair in zip(seen["there"], seen["absent"], strict=True)
            if (pair[0].posed.kind, pair[0].posed.text) in both["there"]
            and (pair[1].posed.kind, pair[1].posed.text) in both["absent"]
        ]
        qualified([first for first, _ in pairs_of], [second for _, second in pairs_of], fitted)


def _keys(seen: Sequence[Seen]) -> set[tuple[str, str]]:
    return {(one.posed.kind, one.posed.text) for one in seen}


def qualified(there: list[Seen], absent: list[Seen], model: Confidence) -> None:
    """Answered right with the passage among near ones, refused with near ones alone; by what differs."""
    first, second = judged(asked(there), model), judged(asked(absent), model)
    right = [row.right and row.confidence >= model.threshold for row in first]
    refused = [row.confidence < model.threshold for row in second]
    kinds = [one.posed.id for one in absent]
    print("\n| qualified questions | answered right | refused |\n| --- | --- | --- |")
    for kind in ["all", *sorted(set(kinds))]:
        at = [i for i, one in enumerate(kinds) if kind in {"all", one}]
        values = [measures.mean(np.array([column[i] for i in at])) for column in (right, refused)]
        print(f"| {kind} | {values[0]} | {values[1]} |")


def failures(options: argparse.Namespace) -> None:
    """Wrong answers that were given, and right ones that were not, surest first, to be read."""
    model = confidence.load(options.reader)
    seen = read(options, options.part, "xquad")
    rows = list(zip(seen, judged(asked(seen), model), strict=True))
    given = [(one, row) for one, row in rows if row.confidence >= model.threshold and not row.right]
    missed = [(one, row) for one, row in rows if row.confidence < model.threshold and row.right]
    given.sort(key=lambda pair: -pair[1].confidence)
    missed.sort(key=lambda pair: pair[1].confidence)
    for one, row in [*given[: options.count], *missed[: options.count // 3]]:
        first = next(c for c in one.candidates if c.text == row.text)
        text = one.articles[first.article].text
        around = text[max(0, first.start - 200) : first.end + 120].replace("\n", " ")
        print(
            f"\n[{one.posed.kind}] {row.confidence:.3f} {one.posed.text}\n"
            f"  gave {row.text!r}, right {one.posed.answers}"
        )
        print(f"  … {around} …")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, run in (("gather", gather), ("fit", fit_command), ("report", report), ("failures", failures)):
        command = commands.add_parser(name)
        command.set_defaults(run=run)
        command.add_argument("--work", type=Path, required=True)
        command.add_argument("--reader", type=Path, default=models.folder("reader"))
        command.add_argument("--part", choices=("odd", "even"), default="even")
        if name == "gather":
            command.add_argument("--data", type=Path, required=True)
            command.add_argument("--sets", nargs="+", choices=SETS, default=SETS)
            command.add_argument("--one-in", type=int, default=1, help="every so manieth question, by its text's hash")
        if name == "fit":
            command.add_argument("--precision", type=float, default=PRECISION)
            command.add_argument("--write", action="store_true", help=f"write {confidence.FILE} beside the reader")
        if name == "report":
            command.add_argument("--pictures", type=Path)
            command.add_argument("--beside", type=Path, help="another reader that was gathered with")
        if name == "failures":
            command.add_argument("--count", type=int, default=20)
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
