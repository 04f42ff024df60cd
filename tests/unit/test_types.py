"""An answer as a record: the one form in which answers are stored."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.types import Answer, Citation, Status, failed, from_record, to_record

CITED = Citation(1, "a.txt", "Title", "2022-03-08", "https://example.org", 2, 10, 30, "Russia holds Kherson", 10, 16)
NEAREST = replace(CITED, marker=None, published=None, url=None, page=None, span_start=None, span_end=None)
ANSWERED = Answer("Who?", "Who holds it?", Status.ANSWERED, "Russia", "Russia [1]", 0.9, (CITED,), (), "r", 3, 0.25)
REFUSED = replace(ANSWERED, status=Status.REFUSED, answer=None, citations=(), closest=(NEAREST, NEAREST))


@pytest.mark.parametrize("answer", [ANSWERED, REFUSED, failed("Who \udcff?", "broken")])
def test_an_answer_comes_back_from_its_record_as_it_was(answer: Answer) -> None:
    assert from_record(json.loads(json.dumps(to_record(answer)))) == answer
