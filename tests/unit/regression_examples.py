"""Judged cases by hand, for the tests of everything that comes after asking."""

from __future__ import annotations

from collections.abc import Sequence

from bot.regression.asking import Asked, Hit, Marked
from bot.regression.cases import Case
from bot.regression.evidence import Shelf, Shelved
from bot.regression.judging import Judged, judge
from bot.regression.measures import MEASURES
from bot.regression.run import Result, Run, summary
from bot.regression.scores import scores_of
from bot.types import Answer, Citation, Status

TEXT = "Ann Lee is the mayor of Bree. Bob Ray was mayor before. The <town> & its 20,000 people are old."
PASSAGES = ((0, 29), (30, 55), (56, len(TEXT)))
SHELF = Shelf({"a.txt": TEXT}, [Shelved(f"p{i}", "a.txt", s, e, TEXT[s:e]) for i, (s, e) in enumerate(PASSAGES)])

MAYOR = Case("mayor", "Who is the mayor of Bree?", ("Ann Lee",), article="a.txt", quote="Ann Lee is the mayor of Bree.")
PEOPLE = Case("people", "How many people are there?", ("20,000",), quote="its 20,000 people")
KING = Case("king", "Who is the king?", unanswerable=True)


def marked(text: str, confidence: float) -> Marked:
    start = TEXT.index(text)
    rank = next(i for i, (s, e) in enumerate(PASSAGES, start=1) if s <= start < e)
    return Marked("a.txt", start, start + len(text), text, rank, confidence)


def asked(case: Case, spans: Sequence[Marked], *, refused: bool = False, passages: str = "012") -> Asked:
    """The case answered with the first span, unless refused. passages: numbers of those retrieved, in order."""
    best = spans[0] if spans else None
    answered = best is not None and not refused
    cited = _citation(best) if best is not None and answered else None
    answer = Answer(
        question=case.question,
        standalone_question=case.question,
        status=Status.ANSWERED if answered else Status.REFUSED,
        answer=best.text if best is not None and answered else None,
        text="",
        confidence=best.confidence if best is not None else None,
        citations=(cited,) if cited else (),
        closest=(),
        reader="reader",
        index=1,
        seconds=0.25,
    )
    hits = tuple(Hit(f"p{n}", "a.txt", *PASSAGES[int(n)], TEXT[slice(*PASSAGES[int(n)])]) for n in passages)
    return Asked(case, answer, hits, tuple(spans))


def _citation(span: Marked) -> Citation:
    start, end = next((s, e) for s, e in PASSAGES if s <= span.start < e)
    return Citation(1, "a.txt", "Bree", None, None, None, start, end, TEXT[start:end], span.start, span.end)


def judged(case: Case, spans: Sequence[Marked], *, refused: bool = False, passages: str = "012") -> Judged:
    return judge(asked(case, spans, refused=refused, passages=passages), SHELF.evidence(case))


def run_of(*cases: Judged, complete: bool = True, processor: str = "x86_64 avx2") -> Run:
    results = tuple(Result(one, scores_of(one, 3)) for one in cases)
    return Run(
        sets=("set.yaml",),
        facts=({"articles_folder": "a", "articles": 1, "passages": 3, "passages_read": 3, "digest": "d"},),
        results=results,
        measures=summary(results),
        settings={"threshold": 0.5},
        models={"embedder": "e", "reader": "r"},
        processor=processor,
        complete=complete,
        seconds=0.5,
    )


ORDER = [measure.name for measure in MEASURES]
