"""The word lists of English."""

from __future__ import annotations

from index.english.months import MONTH_NUMBERS, MONTHS
from index.english.numbers import NUMBERS, ORDINALS


def test_every_month_has_its_number_by_name_and_by_short_form() -> None:
    assert [MONTH_NUMBERS[month] for month in MONTHS] == list(range(1, 13))
    assert [MONTH_NUMBERS[month[:3]] for month in MONTHS] == list(range(1, 13))
    assert MONTH_NUMBERS["sept"] == 9


def test_numbers_and_ordinals_in_words() -> None:
    assert (NUMBERS["zero"], NUMBERS["thirteen"], NUMBERS["ninety"]) == ("0", "13", "90")
    assert (ORDINALS["first"], ORDINALS["twelfth"]) == ("1", "12")
