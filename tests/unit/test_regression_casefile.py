"""Cases added to files that people wrote."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from bot.regression import casefile
from bot.regression.cases import Case
from bot.regression.sets import load_one
from index.errors import UsageError
from tests.unit.regression_examples import KING, MAYOR, asked, marked

BY_HAND = """\
about: Ours   # said so

cases:
    - {id: king, question: Who is the king?, unanswerable: true}
    # the mayor comes next
"""


@pytest.mark.parametrize("name", ["new.yaml", "new.jsonl"])
def test_what_is_added_is_read_back(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    odd = Case("odd", 'A "quote": \x85 \u2028 \U0001f600 # no?', ("- x", "{y}"), tags=("a",), where=("title = b",))
    casefile.add(odd, path)
    casefile.add(MAYOR, path)
    assert [replace(case, origin="") for case in load_one(path).cases] == [odd, MAYOR]


def test_what_was_there_stays_to_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "set.yaml"
    path.write_text(BY_HAND)
    casefile.add(MAYOR, path)
    assert path.read_text().startswith(BY_HAND + "    - id: ")
    assert [case.id for case in load_one(path).cases] == ["king", "mayor"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", ["set.yaml", "set.jsonl"])
def test_line_ends_a_byte_order_mark_and_a_link_stay(tmp_path: Path, name: str, end: str) -> None:
    king = '{"id": "king", "question": "Who is the king?", "unanswerable": true}'
    before = "\ufeff" + (f"- {king}{end}# last" if name == "set.yaml" else f"{king}{end}{king.replace('king', 'earl')}")
    real, link = tmp_path / name, tmp_path / f"link-{name}"
    real.write_bytes(before.encode())
    link.symlink_to(name)
    casefile.add(MAYOR, link)
    after = real.read_bytes().decode()
    assert after.startswith(before + end)
    assert set(re.findall(r"\r\n?|\n", after)) == {end}
    assert load_one(link).cases[-1].id == "mayor"
    assert (link.is_symlink(), sorted(entry.name for entry in tmp_path.iterdir())) == (True, [f"link-{name}", name])


def test_a_file_that_cannot_be_written_is_told_before_anything_is_asked(tmp_path: Path) -> None:
    casefile.try_out(tmp_path / "new.yaml")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(UsageError, match="not to"):
        casefile.try_out(tmp_path / "set.json")
    with pytest.raises(UsageError, match="cannot be written: No such file"):
        casefile.try_out(tmp_path / "none" / "set.yaml")


def test_a_taken_id_another_format_and_a_file_with_more_after_its_cases(tmp_path: Path) -> None:
    path = tmp_path / "set.yaml"
    path.write_text(BY_HAND)
    with pytest.raises(UsageError, match="'king' already"):
        casefile.add(KING, path)
    with pytest.raises(UsageError, match="not to"):
        casefile.add(KING, tmp_path / "set.json")
    path.write_text("cases:\n- {id: king, question: Who?, unanswerable: true}\ntolerances: {f1: 1}\n")
    before = path.read_text()
    with pytest.raises(UsageError, match="does not end with its list of cases"):
        casefile.add(MAYOR, path)
    assert path.read_text() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["set.yaml"]


def test_confirmed_corrected_and_unanswerable() -> None:
    answer = asked(MAYOR, [marked("Bob Ray", 0.9)]).answer
    named = {"identity": "m", "tags": (), "where": ()}
    assert casefile.confirmed(answer, **named) == Case(
        "m", MAYOR.question, ("Bob Ray",), article="a.txt", quote="Bob Ray was mayor before."
    )
    assert casefile.corrected(answer, "Ray", **named).quote == "Bob Ray was mayor before."
    assert casefile.corrected(answer, "Ann Lee", **named) == Case("m", MAYOR.question, ("Ann Lee",))
    refused = asked(KING, []).answer
    assert casefile.confirmed(refused, **named) == Case("m", KING.question, unanswerable=True)


def test_ids_are_made_of_the_first_words() -> None:
    assert casefile.free_id("Who is the mayor of Bree, really?", {"who-is-the-mayor-of-bree"}) == (
        "who-is-the-mayor-of-bree-2"
    )
    assert casefile.free_id("?", ()) == "case"
