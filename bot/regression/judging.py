"""A case judged: right or not, and for a wrong one the first stage that lost it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.regression import matching
from bot.regression.asking import Asked, Hit, Marked
from bot.regression.cases import Case
from bot.regression.evidence import Evidence
from bot.types import Citation, Status


class Stage(StrEnum):
    """Where a case was lost, in the order of a question's way."""

    NOT_IN_INDEX = "not in the index"
    NOT_RETRIEVED = "not retrieved"
    NOT_READ = "retrieved, not read"
    RANKED_BELOW = "read, ranked below"
    REFUSED = "refused"
    CITED_WRONGLY = "cited wrongly"
    MADE_UP = "answered without evidence"


@dataclass(frozen=True, slots=True)
class Judged:
    """One case with its verdict. stage: None when right. look_at: the passages that show why, at most three."""

    asked: Asked
    evidence: Evidence
    right: bool
    stage: Stage | None
    look_at: tuple[Hit, ...]

    @property
    def case(self) -> Case:
        return self.asked.case

    @property
    def answered(self) -> bool:
        return self.asked.answer.status is Status.ANSWERED

    @property
    def prediction(self) -> str:
        """The answer's text; empty for a refusal."""
        return self.asked.answer.answer or ""


LOOK_AT = 3


def judge(asked: Asked, evidence: Evidence) -> Judged:
    """The verdict on one case that was asked over the index the evidence is of."""
    answered = asked.answer.status is Status.ANSWERED
    if asked.case.unanswerable:
        return Judged(asked, evidence, not answered, Stage.MADE_UP if answered else None, _answering(asked, answered))
    if answered and says_it(asked) and cites_it(asked, evidence):
        return Judged(asked, evidence, True, None, ())
    stage = _lost(asked, evidence, answered)
    return Judged(asked, evidence, False, stage, _shown(asked, evidence, stage))


def says_it(asked: Asked) -> bool:
    """Whether the answer's words are right, or none are expected."""
    return not asked.case.expects_text or matching.is_right(asked.answer.answer or "", asked.case)


def cites_it(asked: Asked, evidence: Evidence) -> bool:
    """Whether a citation touches an expected place, or none is expected."""
    return not asked.case.expects_place or any(cited_right(c, evidence) for c in asked.answer.citations)


def cited_right(citation: Citation, evidence: Evidence) -> bool:
    """Whether a citation touches the place of the expected quote, or lies in the expected article."""
    return any(place.touches(citation.article, citation.start, citation.end) for place in evidence.places)


def span_right(span: Marked, case: Case, evidence: Evidence) -> bool:
    """Whether a marked span is an answer, from an expected place where one is expected."""
    if case.unanswerable or (case.expects_text and not matching.is_right(span.text, case)):
        return False
    return not case.expects_place or any(p.touches(span.article, span.start, span.end) for p in evidence.places)


def _lost(asked: Asked, evidence: Evidence, answered: bool) -> Stage:
    case = asked.case
    if not evidence.places:
        return Stage.NOT_IN_INDEX
    if not any(hit.id in evidence.passages for hit in asked.hits):
        return Stage.NOT_RETRIEVED
    if answered and says_it(asked):
        return Stage.CITED_WRONGLY
    found = [span_right(span, case, evidence) for span in asked.spans]
    if not any(found):
        return Stage.NOT_READ
    return Stage.REFUSED if found[0] and not answered else Stage.RANKED_BELOW


def _shown(asked: Asked, evidence: Evidence, stage: Stage) -> tuple[Hit, ...]:
    """What the assistant had in hand: the passages with the evidence first, then those it answered from."""
    gold = [hit for hit in asked.hits if hit.id in evidence.passages]
    if stage is Stage.NOT_RETRIEVED:
        gold = []
    used = _answering(asked, answered=True)
    return tuple(dict.fromkeys((*gold[:2], *used, *asked.hits)))[:LOOK_AT]


def _answering(asked: Asked, answered: bool) -> tuple[Hit, ...]:
    """The passages the answer was taken from."""
    if not answered:
        return ()
    cited = asked.answer.citations
    return tuple(
        hit
        for hit in asked.hits
        if any(hit.article == c.article and hit.start < c.end and c.start < hit.end for c in cited)
    )[:LOOK_AT]
