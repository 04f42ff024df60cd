"""Question sets as files: what is read, and what is said of those that cannot be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.regression.cases import SetUnusable
from bot.regression.selection import Selection, failed_last, keep_failed, selected
from bot.regression.sets import load, load_one
from index.errors import UsageError

GOOD = """\
about: A set
articles: ../articles
tolerances: {f1: 0.02, cases: 0.1}
cases:
  - id: one
    question: Who is it?
    answers: [No, 2015, {pattern: 'around 20,?000'}]
    article: a.txt
    quote: It is no one.
    where: ["published >= 2022-03-01"]
    tags: [who]
  - id: 002
    question: What of it?
    unanswerable: true
"""


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def problems(path: Path) -> tuple[str, ...]:
    with pytest.raises(SetUnusable) as raised:
        load_one(path)
    return raised.value.problems


def test_yaml_with_every_field(tmp_path: Path) -> None:
    found = load_one(written(tmp_path, "set.yaml", GOOD))
    one, two = found.cases
    assert found.articles == tmp_path / "../articles"
    assert found.tolerances == {"f1": 0.02, "cases": 0.1}
    assert one.answers == ("No", "2015")  # neither false nor a number
    assert one.patterns == ("around 20,?000",)
    assert (one.article, one.quote, one.tags) == ("a.txt", "It is no one.", ("who",))
    assert one.where == ("published >= 2022-03-01",)
    assert (two.id, two.unanswerable, two.answers) == ("002", True, ())


def test_a_bare_list_of_cases_and_a_single_answer(tmp_path: Path) -> None:
    found = load_one(written(tmp_path, "set.yml", "- {id: a, question: Who?, answers: true}\n"))
    assert found.cases[0].answers == ("true",)


def test_a_block_ends_with_its_last_word(tmp_path: Path) -> None:
    text = "- id: a\n  question: >\n    Who\n    is it?\n  answers:\n  - pattern: |\n      no ?one\n"
    text += "  quote: |+\n    It is.\n\n"
    (case,) = load_one(written(tmp_path, "set.yaml", text)).cases
    assert (case.question, case.patterns, case.quote) == ("Who is it?", ("no ?one",), "It is.")


def test_articles_in_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    cases = "cases: [{id: a, question: Q?, answers: [x]}]\n"
    assert load_one(written(tmp_path, "set.yaml", f"articles: ~/news\n{cases}")).articles == Path("/home/ann/news")
    path = written(tmp_path, "set.yaml", f"{cases}articles: ~nobody-of-this-name/news\n")
    assert problems(path)[0].startswith(f"{path}:2: articles: ~nobody-of-this-name/news: there is no such home folder")


def test_json_lines(tmp_path: Path) -> None:
    lines = [
        {"id": "a", "question": "Line\u2028one?", "answers": ["x", 7]},
        {"id": "b", "question": "Two?", "unanswerable": True, "turns": ["One?"]},
    ]
    text = "\n\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    found = load_one(written(tmp_path, "set.jsonl", text))
    assert [case.id for case in found.cases] == ["a", "b"]
    assert found.cases[0].answers == ("x", "7")
    assert found.cases[1].turns == ("One?",)
    assert found.cases[1].origin.endswith("set.jsonl:3")


@pytest.mark.parametrize(
    ("text", "line", "field", "words"),
    [
        ("cases:\n- id: a\n  question: Q?\n  anwsers: [x]\n", 4, "anwsers", "near: answers"),
        ("cases:\n- question: Q?\n  answers: [x]\n", 2, "id", "is missing"),
        ("cases:\n- id: a\n  question: ''\n  answers: [x]\n", 3, "question", "not empty"),
        ("cases:\n- id: a\n  question: Q?\n", 2, "answers", "nothing is expected"),
        ("cases:\n- id: a\n  question: Q?\n  answers: []\n", 4, "answers", "unanswerable: true"),
        ("cases:\n- id: a\n  question: Q?\n  unanswerable: yes\n", 4, "unanswerable", "true or false"),
        ("cases:\n- {id: a, question: Q?, unanswerable: true, answers: [x]}\n", 2, "answers", "cannot be expected"),
        ("cases:\n- id: a\n  question: Q?\n  answers: [{pattern: '('}]\n", 4, "answers", "not a regular expression"),
        (
            "- id: a\n  question: Q?\n  answers:\n  - pattern: |\n      a|b)(c\n",
            4,
            "answers",
            "not a regular expression",
        ),
        ("- {id: a, question: Q?, answers: [{pattern: '((([ab]{60}){60}){60})'}]}\n", 1, "answers", "is too large"),
        ("cases:\n- id: a\n  question: Q?\n  answers: [x]\n  where: [date > 2]\n", 5, "where", "unknown field 'date'"),
        ("cases:\n- id: a\n  id: b\n", 3, "YAML", "id stands here twice"),
        ("cases:\n- &one {id: a, question: Q?, answers: [x]}\n- *one\n", 3, "YAML", "an alias"),
        ("cases: [\n", 2, "YAML", ""),
        ("tolerances: {recal@5: 1}\ncases: [{id: a, question: Q?, answers: [x]}]\n", 1, "recal@5", "near: recall@5"),
        ("tolerances:\n  f1: -1\ncases: [{id: a, question: Q?, answers: [x]}]\n", 2, "tolerances.f1", "at least 0"),
        ("just words\n", 1, "cases", "a list of cases"),
        ("cases: []\n", 1, "cases", "there is none"),
        ("- {id: a, question: Q?, answers: [x]}\n- {id: a, question: R?, answers: [x]}\n", 2, "id", "already"),
    ],
)
def test_what_is_wrong_is_named_by_file_line_and_field(
    tmp_path: Path, text: str, line: int, field: str, words: str
) -> None:
    path = written(tmp_path, "set.yaml", text)
    assert any(p.startswith(f"{path}:{line}: {field}: ") and words in p for p in problems(path)), problems(path)


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, "set.jsonl", '{"id": "a"}\n{"id": 1.5, \n{"id": "c", "question": "Q?", "answers": [null]}')
    found = problems(path)
    assert [p.split(":")[1] for p in found] == ["1", "1", "2", "3"]


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "set.yaml"
    path.write_bytes(b"cases:\n- id: \xff\n")
    assert problems(path) == (f"{path}:2: encoding: not UTF-8 (byte 13)",)


def test_a_missing_file_and_an_unknown_ending(tmp_path: Path) -> None:
    assert "cannot be read" in problems(tmp_path / "none.yaml")[0]
    assert "must end in" in problems(written(tmp_path, "set.txt", "x"))[0]


def test_one_id_in_two_sets(tmp_path: Path) -> None:
    one = written(tmp_path, "one.yaml", "- {id: a, question: Q?, answers: [x]}\n")
    two = written(tmp_path, "two.yaml", "- {id: a, question: Q?, answers: [x]}\n")
    with pytest.raises(SetUnusable, match=r"'a' stands at .*one\.yaml:1 already"):
        load([one, two])


def squad(entry: dict[str, object], title: str = "The Title!") -> str:
    return json.dumps({"data": [{"title": title, "paragraphs": [{"context": "It is so.", "qas": [entry]}]}]}, indent=1)


def test_squad_1_and_2(tmp_path: Path) -> None:
    answers = [{"text": "so", "answer_start": 6}, {"text": "so", "answer_start": 6}]
    one = load_one(written(tmp_path, "one.json", squad({"id": "q1", "question": " How? ", "answers": answers})))
    assert one.cases[0].answers == ("so",)
    assert (one.cases[0].question, one.cases[0].quote, one.cases[0].article) == ("How?", "It is so.", "The_Title.txt")
    assert one.paragraphs == {"The_Title.txt": "The Title!\n\nIt is so."}
    entry = {"id": "q2", "question": "Why?", "is_impossible": True, "answers": [], "plausible_answers": answers}
    two = load_one(written(tmp_path, "two.json", squad(entry)))
    assert (two.cases[0].unanswerable, two.cases[0].answers, two.cases[0].quote) == (True, (), None)


def test_squad_errors_name_the_line(tmp_path: Path) -> None:
    text = squad({"id": "q1", "answers": [{"answer_start": 6}]})
    path = written(tmp_path, "set.json", text)
    lines = text.split("\n")
    qas, answer = (
        next(n for n, line in enumerate(lines, start=1) if key in line) + 1 for key in ('"qas"', '"answers"')
    )
    found = problems(path)
    assert f"{path}:{answer}: data[0].paragraphs[0].qas[0].answers[0].text: is missing" in found
    assert f"{path}:{qas}: data[0].paragraphs[0].qas[0].question: is missing" in found


def test_squad_that_is_not_json(tmp_path: Path) -> None:
    path = written(tmp_path, "set.json", '{"data":\n [}')
    assert problems(path)[0].startswith(f"{path}:2: JSON: ")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('{"data": [],\n "version": "d",\n "data": []}', 3, "data stands here twice"),
        ('{"data": [{"data": 1, "x": "\\"data\\":", "y": ["z", {}]}],\n "\\u0064ata": 0}', 2, "data stands here twice"),
        ('{"data": [],\n "version": NaN}', 2, "NaN is no number"),
        ('{"data": [],\n "version": ' + "1" * 5000 + "}", 2, "too many digits"),
        ('{"data": "\\ud83d\\ude00",\n "version": "\\ud83d"}', 2, "half a character"),
    ],
)
def test_json_that_says_two_things_or_none(tmp_path: Path, text: str, line: int, words: str) -> None:
    path = written(tmp_path, "set.json", text)
    assert [(p.startswith(f"{path}:{line}: JSON: "), words in p) for p in problems(path)] == [(True, True)]
    path = written(tmp_path, "set.jsonl", "\n" + text.replace("\n", ""))
    assert [(p.startswith(f"{path}:2: JSON: "), words in p) for p in problems(path)] == [(True, True)]


def test_selection_by_tag_id_and_failure(tmp_path: Path) -> None:
    found = [load_one(written(tmp_path, "set.yaml", GOOD))]
    assert [case.id for case in selected(found, Selection(tags=("who",)))[0].cases] == ["one"]
    assert [case.id for case in selected(found, Selection(ids=("0*",)))[0].cases] == ["002"]
    assert [case.id for case in selected(found, Selection(failed=frozenset({"one"})))[0].cases] == ["one"]
    with pytest.raises(UsageError, match="no case is left of 2; the tags are: who"):
        selected(found, Selection(tags=("where",)))


def test_brackets_in_an_id_are_themselves(tmp_path: Path) -> None:
    lines = ('{"id": "a[1]", "question": "Q?", "answers": ["x"]}', '{"id": "a1", "question": "Q?", "answers": ["x"]}')
    found = [load_one(written(tmp_path, "set.jsonl", "\n".join(lines)))]
    for pattern in ("a[1]", "a[?]", "*]"):
        assert [case.id for case in selected(found, Selection(ids=(pattern,)))[0].cases] == ["a[1]"]


def test_what_failed_is_kept_until_it_is_asked_again(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="without --last-failed"):
        failed_last(tmp_path)
    keep_failed(tmp_path, ["a", "b", "c"], ["a", "b"])
    keep_failed(tmp_path, ["b"], [])
    assert failed_last(tmp_path) == {"a"}


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.yaml"])
@pytest.mark.parametrize("error", [RecursionError, MemoryError])
def test_what_a_reader_cannot_hold_is_a_problem_of_the_set(
    name: str, error: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    for where in ("json.loads", "yaml.parse"):
        monkeypatch.setattr(where, fail)
    [problem] = problems(written(tmp_path, name, "[]"))
    assert str(tmp_path / name) in problem
    assert "nested too deep" in problem


def test_a_number_of_very_many_digits_is_a_problem_of_the_set(tmp_path: Path) -> None:
    [problem] = problems(written(tmp_path, "a.jsonl", '{"id": ' + "1" * 5_000 + "}\n"))
    assert "a.jsonl" in problem
    assert "digits" in problem
