"""Dates as stated, or none."""

from __future__ import annotations

import pytest

from index.dates import date_at, parse_date

STATED = [
    ("March 08, 2022, 11:03 AM", "2022-03-08T11:03:00"),
    ("March 8, 2022, 12:05 AM", "2022-03-08T00:05:00"),
    ("March 8, 2022, 12:05 PM", "2022-03-08T12:05:00"),
    ("8 March 2022", "2022-03-08"),
    ("Tuesday 8th March, 2022", "2022-03-08"),
    ("Mar. 8, 2022 at 9:05 p.m. ET", "2022-03-08T21:05:00"),
    ("2022-03-08", "2022-03-08"),
    ("2022/3/8", "2022-03-08"),
    ("2022-03-08T11:03", "2022-03-08T11:03:00"),
    ("2022-03-08T11:03:00Z", "2022-03-08T11:03:00+00:00"),
    ("2022-03-08T11:03:00.123+0200", "2022-03-08T11:03:00+02:00"),
    ("2022-03-08 11:03:00", "2022-03-08T11:03:00"),
    ("Tue, 08 Mar 2022 11:03:00 GMT", "2022-03-08T11:03:00+00:00"),
    ("25/12/2022", "2022-12-25"),
    ("12/25/2022", "2022-12-25"),
    ("08/08/2022", "2022-08-08"),
    ("29 February 2024", "2024-02-29"),
]
NOT_STATED = [
    "03/08/2022",  # 3 August or 8 March
    "March 8",
    "May 2022",
    "2022",
    "20220308",
    "29 February 2023",
    "2022-02-30",
    "2022-13-01",
    "0001-01-01T00:00:00Z",
    "March 8, 2022 was a Tuesday",
    "yesterday",
    "Monday",
    "11:03 AM",
    "",
    "1.5.2022",
    "2019-2024",
]


@pytest.mark.parametrize(("text", "iso"), STATED)
def test_stated(text: str, iso: str) -> None:
    assert parse_date(text) == iso


@pytest.mark.parametrize("text", NOT_STATED)
def test_not_stated(text: str) -> None:
    assert parse_date(text) is None


def test_a_date_at_the_beginning_tells_where_it_ends() -> None:
    found = date_at("March 8, 2022 (Reuters) - Text")
    assert found is not None
    assert (found.iso, found.end) == ("2022-03-08", len("March 8, 2022"))
