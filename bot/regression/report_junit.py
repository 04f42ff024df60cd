"""A run as JUnit XML, in the form that CI servers read: one suite a set of articles, one test a case."""

from __future__ import annotations

from xml.etree import ElementTree

from bot.regression.run import Result, Run
from bot.render import visible


def text(run: Run) -> str:
    """A wrong case is a failure, whose type is the stage that lost it. Characters that XML forbids are spelled out."""
    counts = {"tests": str(len(run.results)), "failures": str(len(run.wrong)), "time": f"{run.seconds:.3f}"}
    root = ElementTree.Element("testsuites", {"name": "citebot regress", **counts})
    suite = ElementTree.SubElement(
        root, "testsuite", {"name": allowed(" ".join(run.sets)), "errors": "0", "skipped": "0", **counts}
    )
    for result in run.results:
        _add(suite, result)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _add(suite: ElementTree.Element, result: Result) -> None:
    judged = result.judged
    case = ElementTree.SubElement(
        suite,
        "testcase",
        classname=allowed(judged.case.origin.rpartition(":")[0]),  # `file:line`, and the file may hold a colon
        name=allowed(result.id),
        time=f"{judged.asked.answer.seconds:.3f}",
    )
    if judged.stage is not None:
        failure = ElementTree.SubElement(case, "failure", type=judged.stage.value, message=allowed(told(result)))
        failure.text = allowed("\n".join(f"{h.article}:{h.start}-{h.end}\n{h.text}" for h in judged.look_at))


def allowed(text: str) -> str:
    """The text with what XML forbids spelled out: `visible` leaves two that are no characters at all."""
    return visible(text).replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")


def told(result: Result) -> str:
    """A wrong case in one sentence."""
    judged = result.judged
    wanted = judged.case
    texts = [*wanted.answers, *(f"/{pattern}/" for pattern in wanted.patterns)]
    hoped = "a refusal" if wanted.unanswerable else " | ".join(texts or [wanted.quote or wanted.article or ""])
    given = repr(judged.prediction) if judged.answered else "a refusal"
    return f"{judged.stage}: {wanted.question} expected {hoped}, got {given}"
