"""The word lists of English."""

from __future__ import annotations

import pytest

from index.english.forms import root, same_word
from index.english.months import MONTH_NUMBERS, MONTHS
from index.english.numbers import NUMBERS, ORDINALS


def test_every_month_has_its_number_by_name_and_by_short_form() -> None:
    assert [MONTH_NUMBERS[month] for month in MONTHS] == list(range(1, 13))
    assert [MONTH_NUMBERS[month[:3]] for month in MONTHS] == list(range(1, 13))
    assert MONTH_NUMBERS["sept"] == 9


def test_numbers_and_ordinals_in_words() -> None:
    assert (NUMBERS["zero"], NUMBERS["thirteen"], NUMBERS["ninety"]) == ("0", "13", "90")
    assert (ORDINALS["first"], ORDINALS["twelfth"]) == ("1", "12")


@pytest.mark.parametrize(
    "forms",
    [
        "take took taking taken takes", "sign signed signing", "stop stopped stops", "carry carried carries",
        "city cities", "string strings", "building buildings", "glass glasses", "focus focuses", "agree agreed",
    ],
)  # fmt: skip
def test_the_forms_of_a_word_are_one_word(forms: str) -> None:
    first, *others = forms.split()
    assert all(same_word(first, other) and same_word(other, first) for other in others)


@pytest.mark.parametrize(
    ("one", "other"),
    [("organ", "organization"), ("new", "news"), ("universe", "university"), ("general", "generation")],
)
def test_a_stem_in_common_makes_no_one_word(one: str, other: str) -> None:
    assert not same_word(one, other)


def test_a_root_compares_verbs() -> None:
    assert root("drew") == root("drawing") != root("drown")
