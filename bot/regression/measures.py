"""The measures, declared. How each is computed lies in scores.py.

A missing case scores as wrong; a case a measure does not apply to has no score; a case that could not be
asked ends the run, and is never a zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Better(StrEnum):
    """Which way a measure should go."""

    HIGHER = "higher"
    LOWER = "lower"


@dataclass(frozen=True, slots=True)
class Measure:
    """name: as in reports and tolerances. applies: to which cases. source: where the definition is from.

    tolerance: how far it may fall behind a baseline, in its own unit; None for a measure that gates nothing.
    """

    name: str
    says: str
    applies: str
    source: str
    better: Better = Better.HIGHER
    tolerance: float | None = 0.01
    unit: str = ""


RIGHT: Final = Measure(
    "right",
    "share of cases with the expected answer, cited from the expected place, or rightly refused",
    "every case",
    "Citebot: an answer is right from F1 0.5 on where its numbers agree, or where a pattern matches it",
)
"""The verdict that case-by-case comparison is about."""

EM: Final = Measure(
    "em",
    "exact match",
    "cases with answers as text, and unanswerable ones, where the empty answer is right",
    "SQuAD 2.0's `exact`: Rajpurkar et al. 2018, with the normalisation of Rajpurkar et al. 2016, section 4.1",
)
"""SQuAD 2.0's `exact`."""

F1: Final = Measure(
    "f1",
    "overlap of the words of the answer",
    EM.applies,
    "SQuAD 2.0's `f1`: Rajpurkar et al. 2018, with the normalisation of Rajpurkar et al. 2016, section 4.1",
)
"""SQuAD 2.0's `f1`."""

F1_ANSWERABLE: Final = Measure(
    "f1_answerable", "the same over the answerable alone", "answerable cases with answers as text", F1.source
)
"""SQuAD 2.0's `HasAns_f1`."""

PRECISION: Final = Measure(
    "answer_precision",
    "of the answers given, the share that is right",
    "cases that were answered",
    "selective precision: El-Yaniv and Wiener, JMLR 2010 (1 - selective risk)",
)
"""One less the selective risk."""

COVERAGE: Final = Measure(
    "coverage",
    "of the answerable, the share that was answered",
    "answerable cases",
    "El-Yaniv and Wiener, JMLR 2010, over the answerable",
)
"""Selective coverage over the answerable."""

REFUSAL_PRECISION: Final = Measure(
    "refusal_precision",
    "of the refusals, the share that is right",
    "cases that were refused",
    "precision of the class `unanswerable`: van Rijsbergen, Information Retrieval, 1979, chapter 7",
)
"""Precision of the class `unanswerable`."""

REFUSAL_RECALL: Final = Measure(
    "refusal_recall",
    "of the unanswerable, the share that was refused",
    "unanswerable cases",
    "recall of the class `unanswerable`: van Rijsbergen 1979, chapter 7; SQuAD 2.0's `NoAns_exact`",
)
"""Recall of the class `unanswerable`."""

CITATION_PRECISION: Final = Measure(
    "citation_precision",
    "of an answer's citations, the share from an expected place",
    "answered cases with an expected article or quote",
    "citation precision: Liu, Zhang and Liang, EMNLP Findings 2023, with the place instead of an annotator",
)
"""Of the citations shown, the share that touches the expected place."""

CITATION_RECALL: Final = Measure(
    "citation_recall",
    "whether an expected place is cited",
    "answerable cases with an expected article or quote",
    "citation recall: Liu, Zhang and Liang, EMNLP Findings 2023, with the place instead of an annotator",
)
"""1 where any citation touches the expected place; a refusal cites nothing and scores 0."""

RECALL_1: Final = Measure(
    "recall@1",
    "whether the first passage holds the evidence",
    "answerable cases",
    "success@k, computed by haystack's DocumentRecallEvaluator, single hit",
)
"""Haystack's DocumentRecallEvaluator over the first passage."""

RECALL_5: Final = Measure(
    "recall@5", "whether one of the first five passages does", "answerable cases", RECALL_1.source
)
"""Haystack's DocumentRecallEvaluator over the first five."""

RECALL_K: Final = Measure(
    "recall@k", "whether one of the passages that are read does", "answerable cases", RECALL_1.source
)
"""The same over all passages handed to the reader."""

MRR: Final = Measure(
    "mrr",
    "one over the rank of the first passage with the evidence",
    "answerable cases",
    "mean reciprocal rank: Voorhees, TREC-8 1999, computed by haystack's DocumentMRREvaluator",
)
"""Haystack's DocumentMRREvaluator over the passages read."""

NDCG: Final = Measure(
    "ndcg@k",
    "discounted gain of the passages with the evidence",
    "answerable cases",
    "Järvelin and Kekäläinen, TOIS 2002, binary gain, computed by haystack's DocumentNDCGEvaluator",
)
"""Haystack's DocumentNDCGEvaluator over the passages read, the ideal cut at as many."""

CALIBRATION: Final = Measure(
    "calibration_error",
    "how far the confidence of the best span lies from the share that is right",
    "cases with a confidence",
    "expected calibration error over ten bins of equal width: Guo et al., ICML 2017",
    Better.LOWER,
    0.03,
)
"""Expected calibration error."""

MADE_UP: Final = Measure(
    "made_up",
    "of the answerable with their evidence taken away, the share that is answered all the same",
    "answerable cases whose evidence the index holds, in a run with --without-evidence",
    "Citebot",
    Better.LOWER,
)
"""Invention: whatever is said once the evidence is gone."""

P50: Final = Measure(
    "latency_p50", "half of the questions take less", "every case", "nearest rank", Better.LOWER, None, "s"
)
"""Median seconds a question."""

P95: Final = Measure(
    "latency_p95", "nineteen in twenty take less", "every case", "nearest rank", Better.LOWER, None, "s"
)
"""95th percentile of seconds a question."""

MEASURES: Final = (
    *(RIGHT, EM, F1, F1_ANSWERABLE, PRECISION, COVERAGE, REFUSAL_PRECISION, REFUSAL_RECALL),
    *(CITATION_PRECISION, CITATION_RECALL, RECALL_1, RECALL_5, RECALL_K, MRR, NDCG, CALIBRATION, MADE_UP),
)
"""Those that two runs of the same inputs agree on, in the order of reports."""

TIMES: Final = (P50, P95)
"""Those that they do not."""

CASES: Final = "cases"
OTHER_PROCESSOR: Final = "cases_on_another_processor"
TOLERANCES: Final = {CASES: 0.0, OTHER_PROCESSOR: 0.03}
"""Share of cases that may get worse: on the baseline's kind of processor, and on another, where int8 rounds
otherwise and one span in fourteen differs."""
