"""`citebot regress` and what stands beside it, through the real commands with the real models and no network."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from junitparser import JUnitXml

from tests.conftest import offline

ROOT = Path(__file__).parents[2]
RIVER = (
    "The River Lore\n\nThe Lore rises in the Vale of Ash and is 214 kilometres long. Its only bridge is in Dunmere.\n"
)
QUESTIONS = """\
cases:
  - {id: kherson, question: "Which port city has Russia seized?", answers: [Kherson], quote: the port city of Kherson}
  - {id: kirby, question: "Who is the Pentagon spokesman?", answers: [John Kirby], tags: [role]}
  - id: attack
    question: When did Russia attack its Eastern European neighbour?
    answers: [{pattern: "February 24(, 2022)?"}]
    where: ["published >= 2022-03-01"]
  - {id: lore, question: "How long is the Lore?", answers: [214 kilometres], article: lore.txt}
  - {id: bread, question: "How long should sourdough bread rise?", unanswerable: true}
"""

Run = Callable[..., CompletedProcess[str]]
pytestmark = pytest.mark.end_to_end


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A working directory with two articles and a set."""
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    (tmp_path / "seeds" / "lore.txt").write_text(RIVER, encoding="utf-8")
    (tmp_path / "set.yaml").write_text(QUESTIONS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(place: Path) -> Run:
    def command(*arguments: str, env: dict[str, str] | None = None) -> CompletedProcess[str]:
        return offline("citebot", *arguments, cwd=place, env=env)

    return command


def loaded(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_a_run_with_every_report_and_the_same_again(run: Run, place: Path) -> None:
    reports = ("--json", "1.json", "--junit", "1.xml", "--html", "1.html", "--predictions", "1.p.json")
    first = run("regress", "set.yaml", *reports)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "5 cases of set.yaml: 0 wrong" in first.stdout
    found = JUnitXml.fromfile(str(place / "1.xml"))
    assert (found.tests, found.failures) == (5, 0)
    assert "<!doctype html>" in (place / "1.html").read_text(encoding="utf-8")
    again = run("regress", "set.yaml", "--json", "2.json")
    assert again.returncode == 0
    one, two = loaded(place / "1.json"), loaded(place / "2.json")
    assert one.pop("times").keys() == two.pop("times").keys()
    assert one == two


def test_answers_are_those_of_ask(run: Run, place: Path) -> None:
    assert run("regress", "set.yaml", "--json", "run.json").returncode == 0
    for case in loaded(place / "run.json")["cases"]:
        where = ("--where", "published >= 2022-03-01") if case["id"] == "attack" else ()
        asked = json.loads(run("ask", case["question"], *where, "--json").stdout)
        assert (asked["answer"], asked["status"]) == (case["answer"], case["status"])
        places = [(c["article"], c["start"], c["end"], c["quote"]) for c in asked["citations"]]
        assert places == [(c["article"], c["start"], c["end"], c["quote"]) for c in case["citations"]]


def test_an_article_taken_away_is_named_as_the_cause(run: Run, place: Path) -> None:
    made = run("regress", "set.yaml", "--baseline", "b.json", "--update-baseline", "--reason", "first")
    assert made.returncode == 0, made.stderr
    assert loaded(place / "b.json")["reason"] == "first"
    (place / "seeds" / "lore.txt").unlink()
    worse = run("regress", "set.yaml", "--baseline", "b.json", "--json", "run.json")
    assert worse.returncode == 1, worse.stdout + worse.stderr
    found = loaded(place / "run.json")
    assert found["blame"] == {"not in the index": 1}
    assert [change["id"] for change in found["baseline"]["worse"]] == ["lore"]
    assert "index articles: 2 -> 1" in worse.stdout


def test_a_threshold_too_high_is_a_loss_in_refusing(run: Run, place: Path) -> None:
    run("regress", "set.yaml", "--baseline", "b.json", "--update-baseline")
    unsure = {"CITEBOT_READER__THRESHOLD": "1.0"}
    worse = run("regress", "set.yaml", "--baseline", "b.json", "--json", "run.json", env=unsure)
    assert worse.returncode == 1
    assert loaded(place / "run.json")["blame"] == {"refused": 4}
    assert "settings threshold:" in worse.stdout
    run("regress", "set.yaml", "--baseline", "b.json", "--update-baseline", env=unsure)
    assert run("regress", "set.yaml", "--baseline", "b.json").returncode == 0
    better = run("regress", "set.yaml", "--baseline", "b.json", "--strict")
    assert (better.returncode, "Better than the baseline" in better.stdout) == (1, True)


def test_part_of_a_set(run: Run) -> None:
    assert "1 case of set.yaml: 0 wrong" in run("regress", "set.yaml", "--tag", "role").stdout
    failed = run("regress", "set.yaml", "--id", "k*", "--id", "bread", env={"CITEBOT_READER__THRESHOLD": "1.0"})
    assert (failed.returncode, "3 cases of set.yaml: 2 wrong" in failed.stdout) == (1, True)
    again = run("regress", "set.yaml", "--last-failed")
    assert (again.returncode, "2 cases of set.yaml: 0 wrong" in again.stdout) == (0, True)
    nothing = run("regress", "set.yaml", "--last-failed")
    assert (nothing.returncode, "nothing failed last time" in nothing.stderr) == (2, True)


def test_a_set_that_cannot_be_used(run: Run, place: Path) -> None:
    (place / "bad.yaml").write_text("cases:\n  - id: a\n    question: Who?\n    anwsers: [x]\n", encoding="utf-8")
    refused = run("regress", "bad.yaml")
    assert refused.returncode == 2
    assert "bad.yaml:4: anwsers: unknown field; near: answers" in refused.stderr
    assert run("regress", "set.yaml", "--update-baseline").returncode == 2
    assert run("regress", "set.yaml", "--baseline", "none.json").returncode == 2
    assert run("regress", "set.yaml", "--json", "no/such/folder.json").returncode == 2


def test_outputs_that_would_overwrite_and_a_baseline_to_be_made_anew(run: Run, place: Path) -> None:
    for flags in (
        ("--json", "set.yaml"),
        ("--html", "seeds/../set.yaml"),
        ("--junit", "one.xml", "--html", "./one.xml"),
        ("--baseline", "b.json", "--update-baseline", "--json", "b.json"),
        ("--baseline", "b.json", "--json", "b.json"),
        ("--json=~nobody-of-this-name/run.json",),
    ):
        refused = run("regress", "set.yaml", *flags)
        assert (refused.returncode, refused.stdout) == (2, ""), flags
    assert (place / "set.yaml").read_text(encoding="utf-8") == QUESTIONS
    assert sorted(entry.name for entry in place.iterdir()) == ["seeds", "set.yaml"]
    home = {"HOME": str(place)}
    flags = ("--id", "kirby", "--baseline", "b.json")
    assert run("regress", "set.yaml", "--baseline", "b.json", "--update-baseline", env=home).returncode == 0
    good = (place / "b.json").read_text(encoding="utf-8")
    (place / "b.json").write_text(f"<<<<<<< HEAD\n{good}=======\n{good}>>>>>>> theirs\n", encoding="utf-8")
    unmerged = run("regress", "set.yaml", *flags)
    assert (unmerged.returncode, "merge markers; make it anew with --update-baseline" in unmerged.stderr) == (2, True)
    anew = run("regress", "set.yaml", "--baseline=~/b.json", "--update-baseline", "--html=~/r.html", env=home)
    assert anew.returncode == 0, anew.stderr
    assert run("regress", "set.yaml", *flags).returncode == 0
    assert (place / "r.html").exists()


def test_an_index_that_is_damaged_is_no_result(run: Run, place: Path) -> None:
    assert run("sync").returncode == 0
    (place / ".citebot" / "passages.db").write_bytes(b"this is no database" * 1000)
    failed = run("regress", "set.yaml")
    assert (failed.returncode, failed.stdout) == (3, "")
    assert failed.stderr


def test_a_model_that_is_missing_is_no_result(place: Path) -> None:
    copy = place / "copy"
    for package in ("bot", "index", "prompts"):
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "models").mkdir()
    for source in (ROOT / "models").glob("*.py"):
        shutil.copy(source, copy / "models")
    (copy / "models" / "embedder").symlink_to(ROOT / "models" / "embedder")
    shutil.copytree(ROOT / "models" / "reader", copy / "models" / "reader", ignore=shutil.ignore_patterns("*.onnx"))
    arguments = ("regress", "../set.yaml", "--articles", "../seeds", "--index", "../index")
    failed = offline(sys.executable, "-c", "from bot.main import main; main()", *arguments, cwd=copy)
    assert failed.returncode == 3, failed.stderr
    assert "model.onnx" in failed.stderr


def test_squad_over_its_own_paragraphs_and_without_the_evidence(run: Run, place: Path) -> None:
    entry = {"id": "q1", "question": "Where is the only bridge?", "answers": [{"text": "Dunmere", "answer_start": 93}]}
    none = {"id": "q2", "question": "Who painted the ceiling?", "answers": [], "is_impossible": True}
    paragraph = {"context": RIVER.split("\n\n")[1].strip(), "qas": [entry, none]}
    (place / "squad.json").write_text(json.dumps({"data": [{"title": "Lore", "paragraphs": [paragraph]}]}))
    flags = ("--as-articles", "--without-evidence", "--predictions", "p.json", "--json", "run.json")
    asked = run("regress", "squad.json", *flags)
    assert asked.returncode == 0, asked.stdout + asked.stderr
    assert loaded(place / "p.json") == {"q1": "Dunmere", "q2": ""}
    found = loaded(place / "run.json")
    assert found["index"][0]["articles"] == 1
    assert found["measures"]["made_up"] == 0.0  # its one passage was taken away


def test_a_threshold_is_fitted_from_a_set(run: Run, place: Path) -> None:
    fitted = run("models", "threshold", "set.yaml", "--precision", "0.9", "--json", "--picture", "risk.svg")
    assert fitted.returncode == 0, fitted.stderr
    found = json.loads(fitted.stdout)
    assert found["after"]["precision"] >= 0.9
    assert found["probes"] == 9  # five as they are, four without their evidence
    assert (place / "risk.svg").read_text().startswith("<?xml")


def test_turns_before_a_question(run: Run, place: Path) -> None:
    answers = [{"pattern": "214 kilometres( long)?"}]
    case = {"id": "long", "turns": ["Where does the Lore rise?"], "question": "How long is it?", "answers": answers}
    (place / "turns.jsonl").write_text(json.dumps(case) + "\n", encoding="utf-8")
    asked = run("regress", "turns.jsonl")
    assert asked.returncode == 0, asked.stdout + asked.stderr


def test_a_question_becomes_a_case(run: Run) -> None:
    added = run("case", "add", "Who is the Pentagon spokesman?", "--set", "new.yaml", "--accept", "--tag", "role")
    assert added.returncode == 0, added.stderr
    assert run("case", "add", "Who baked it?", "--set", "new.yaml", "--unanswerable").returncode == 0
    assert run("case", "add", "Who?", "--set", "new.yaml").returncode == 2
    assert "2 cases of new.yaml: 0 wrong" in run("regress", "new.yaml").stdout


def test_cases_as_tests_of_pytest(place: Path) -> None:
    flags = ("-p", "no:cacheprovider", "-W", "error", "--citebot", "set.yaml", "-q")
    good = offline(sys.executable, "-m", "pytest", *flags, cwd=place)
    assert good.returncode == 0, good.stdout + good.stderr
    assert "5 passed" in good.stdout
    (place / "seeds" / "lore.txt").unlink()
    bad = offline(sys.executable, "-m", "pytest", *flags, cwd=place)
    assert bad.returncode == 1
    assert "1 failed, 4 passed" in bad.stdout
    assert "not in the index: How long is the Lore? expected 214 kilometres" in bad.stdout


def test_ids_with_colons_and_brackets_as_tests_of_pytest(place: Path) -> None:
    ids = ["std::vector", "a[1]::b", "plain", "t\u202ee\x1b[31m"]
    cases = [{"id": one, "question": "How long is the Lore?", "answers": ["nobody\u202e"]} for one in ids]
    (place / "set.jsonl").write_text("\n".join(map(json.dumps, cases)), encoding="utf-8")
    (place / "link.jsonl").symlink_to("set.jsonl")
    (place / "seeds" / "lore.txt").write_text(RIVER + "\n\u202eNobody\u2066 else.\n", encoding="utf-8")
    pytest_run = (sys.executable, "-m", "pytest", "--citebot=link.jsonl", "-W", "error", "-v")
    for flags in (("--junitxml", "pytest.xml"), ("--lf",)):
        run = offline(*pytest_run, *flags, cwd=place)
        assert "4 failed" in run.stdout, run.stdout + run.stderr
        assert "set.jsonl::a[1]::b FAILED" in run.stdout
        assert not set("\x1b\u202e\u2066") & set(run.stdout + run.stderr)
    assert offline("citebot", "regress", "set.jsonl", "--junit", "regress.xml", cwd=place).returncode == 1
    named = [
        [(case.classname, case.name) for suite in JUnitXml.fromfile(str(place / name)) for case in suite]
        for name in ("pytest.xml", "regress.xml")
    ]
    assert named[0] == named[1] == [("set.jsonl", name) for name in (*ids[:3], "t\\u202ee\\x1b[31m")]


def test_a_set_that_cannot_be_used_steers_no_terminal(place: Path) -> None:
    (place / "bad.yaml").write_text('- {id: a, question: Who?, "anw\\e[31mers": x}\n', encoding="utf-8")
    run = offline(sys.executable, "-m", "pytest", "--citebot=bad.yaml", cwd=place)
    assert "bad.yaml:1: anw\\x1b[31mers: unknown field" in run.stdout
    assert "\x1b" not in run.stdout
