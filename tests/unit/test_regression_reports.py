"""Reports of a run made by hand: JSON, JUnit, page and table."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from junitparser import JUnitXml

from bot.regression import report_html, report_json, report_junit, report_table
from bot.regression.baseline import of_run
from bot.regression.comparison import compare
from bot.regression.pictures import latency_picture, risk_coverage
from bot.regression.run import Run
from tests.unit.regression_examples import KING, MAYOR, PEOPLE, judged, marked, run_of

ANN, BOB, MANY = marked("Ann Lee", 0.9), marked("Bob Ray", 0.8), marked("20,000", 0.7)
HOSTILE = replace(PEOPLE, id="<b>&\x1b[31m", question="Is <script>alert(1)</script> \ufffe it?")
RUN = run_of(judged(MAYOR, [BOB, ANN]), judged(HOSTILE, [MANY], refused=True), judged(KING, []))


def slower(run: Run) -> Run:
    """The same run on a slower day."""
    results = []
    for result in run.results:
        answer = replace(result.judged.asked.answer, seconds=1.5)
        asked = replace(result.judged.asked, answer=answer)
        results.append(replace(result, judged=replace(result.judged, asked=asked)))
    return replace(run, results=tuple(results), seconds=4.5)


def test_json_tells_cases_measures_and_blame_and_times_apart() -> None:
    found = json.loads(report_json.text(RUN, compare(RUN, of_run(RUN))))
    assert (found["cases_asked"], found["cases_wrong"]) == (3, 2)
    assert found["blame"] == {"read, ranked below": 1, "refused": 1}
    assert found["baseline"]["verdict"] == "as expected"
    first = found["cases"][0]
    assert (first["id"], first["answer"], first["stage"]) == ("mayor", "Bob Ray", "read, ranked below")
    assert first["expected"]["answers"] == ["Ann Lee"]
    assert found["times"]["questions_a_second"] == 6.0


def test_two_runs_differ_in_their_times_alone() -> None:
    one, two = (json.loads(report_json.text(run, None)) for run in (RUN, slower(RUN)))
    assert one.pop("times") != two.pop("times")
    assert one == two
    pages = [
        re.sub(r'<figure id="times">.*?</figure>', "", report_html.text(r, None), flags=re.S)
        for r in (RUN, slower(RUN))
    ]
    assert pages[0] == pages[1]
    suites = [re.sub(r' time="[\d.]+"', "", report_junit.text(r)) for r in (RUN, slower(RUN))]
    assert suites[0] == suites[1]


def test_predictions_are_squads() -> None:
    assert json.loads(report_json.predictions(RUN)) == {"mayor": "Bob Ray", HOSTILE.id: "", "king": ""}


def test_junit_is_read_by_a_junit_parser() -> None:
    found = JUnitXml.fromstring(report_junit.text(RUN).encode())
    assert (found.tests, found.failures, found.time) == (3, 2, 0.5)
    suite = next(iter(found))
    cases = {case.name: case for case in suite}
    assert not cases["king"].result
    failure = cases["mayor"].result[0]
    assert failure.type == "read, ranked below"
    assert "expected Ann Lee, got 'Bob Ray'" in failure.message
    assert "a.txt:0-29\nAnn Lee is the mayor of Bree." in failure.text
    assert "<b>&\\x1b[31m" in cases


def test_junit_names_a_set_as_it_is_called() -> None:
    case = replace(KING, origin="sets/a:b\x1b.yaml:3")
    found = JUnitXml.fromstring(report_junit.text(replace(run_of(judged(case, [])), sets=("a:b\x1b.yaml",))).encode())
    suite = next(iter(found))
    assert (suite.name, next(iter(suite)).classname) == ("a:b\\x1b.yaml", "sets/a:b\\x1b.yaml")


def test_the_page_stands_alone_and_escapes() -> None:
    page = report_html.text(RUN, compare(RUN, of_run(GOOD := run_of(judged(MAYOR, [ANN]), judged(KING, [])))))
    assert GOOD.results
    assert not re.search(r"(?:src|href)=|url\(|@import|<script", page)
    assert "&lt;script&gt;alert(1)" in page
    assert "\x1b" not in page
    assert '<mark class="gold">Ann Lee is the mayor of Bree.</mark>' in page
    assert '<mark class="cited">Bob Ray was mayor before.</mark>' in page
    assert "&lt;town&gt; &amp; its" in page or "The &lt;town&gt; &amp;" in page
    assert "<h3>Worse (2)</h3>" in page
    assert page.count("<svg") == 2


def test_the_table_says_what_was_lost_where() -> None:
    table = report_table.text(RUN, None)
    assert "3 cases of set.yaml: 2 wrong" in table
    assert "      1  read, ranked below" in table
    assert "mayor: read, ranked below: Who is the mayor of Bree? expected Ann Lee, got 'Bob Ray'" in table
    good = run_of(judged(MAYOR, [ANN, BOB]))
    beside = report_table.text(
        run_of(judged(MAYOR, [BOB, ANN])), compare(run_of(judged(MAYOR, [BOB, ANN])), of_run(good))
    )
    assert "mayor: 'Ann Lee' (right) -> 'Bob Ray' (read, ranked below)" in beside
    assert beside.endswith("Worse than the baseline.")


def test_risk_and_coverage_by_falling_confidence() -> None:
    cases = [judged(MAYOR, [ANN]), judged(MAYOR, [BOB]), judged(PEOPLE, [MANY]), judged(KING, [])]
    assert risk_coverage(cases) == [(0.25, 0.0), (0.5, 0.5), (0.75, 1 / 3)]
    tied = [judged(MAYOR, [ANN]), judged(MAYOR, [replace(BOB, confidence=ANN.confidence)])]
    assert risk_coverage(tied) == [(1.0, 0.5)]


def test_a_histogram_holds_every_question() -> None:
    assert [int(n) for n in re.findall(r"<title>(\d+)</title>", latency_picture([0.1, 0.1, 0.2, 2.4]))] == [2, 1, 1]
