"""--where: what is understood, and which articles the filter lets through, by Haystack's own semantics."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from haystack import Document
from haystack.utils.filters import document_matches_filter

from bot.where import Condition, filters, parse
from index.errors import UsageError
from index.types import Meta


def at(moment: str) -> float:
    return datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp()


PUBLISHED = {
    "eve": at("2022-03-07T23:59:59"),
    "midnight": at("2022-03-08T00:00:00"),
    "noon": at("2022-03-08T12:00:00"),
    "last": at("2022-03-08T23:59:59"),
    "next": at("2022-03-09T00:00:00"),
    "undated": None,
}


def passing(*conditions: str) -> list[str]:
    """The articles of PUBLISHED that meet all conditions."""
    wanted = filters([parse(condition) for condition in conditions])
    assert wanted is not None
    return [name for name, document in documents().items() if document_matches_filter(wanted, document)]


def documents() -> dict[str, Document]:
    made = {}
    for name, moment in PUBLISHED.items():
        meta = {Meta.ARTICLE: f"{name}.txt", Meta.TITLE: f"The {name}", Meta.URL: f"https://example.org/{name}"}
        made[name] = Document(content=name, meta=meta if moment is None else {**meta, Meta.PUBLISHED_AT: moment})
    return made


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("published = 2022-03-08", ["midnight", "noon", "last"]),
        ("published != 2022-03-08", ["eve", "next"]),
        ("published < 2022-03-08", ["eve"]),
        ("published <= 2022-03-08", ["eve", "midnight", "noon", "last"]),
        ("published > 2022-03-08", ["next"]),
        ("published >= 2022-03-08", ["midnight", "noon", "last", "next"]),
    ],
)
def test_a_bare_date_covers_its_whole_day(condition: str, expected: list[str]) -> None:
    assert passing(condition) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("published = 2022-03-08T12:00", ["noon"]),
        ("published = 2022-03-08T12:00:00Z", ["noon"]),
        ("published = 2022-03-08T14:00+02:00", ["noon"]),
        ("published = 2022-03-08 12:00", ["noon"]),
        ("published != 2022-03-08T12:00", ["eve", "midnight", "last", "next"]),
        ("published < 2022-03-08T12:00", ["eve", "midnight"]),
        ("published <= 2022-03-08T12:00", ["eve", "midnight", "noon"]),
        ("published > 2022-03-08T12:00", ["last", "next"]),
        ("published >= 2022-03-08T12:00", ["noon", "last", "next"]),
    ],
)
def test_a_time_is_one_moment_in_utc_unless_it_says_otherwise(condition: str, expected: list[str]) -> None:
    assert passing(condition) == expected


@pytest.mark.parametrize("operator", ["=", "!=", "<", "<=", ">", ">="])
@pytest.mark.parametrize("value", ["2022-03-08", "2022-03-08T12:00", "0001-01-01", "9999-12-31"])
def test_an_article_without_a_date_never_matches_one(operator: str, value: str) -> None:
    assert "undated" not in passing(f"published {operator} {value}")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("article = noon.txt", ["noon"]),
        ("title = The noon", ["noon"]),
        ('title == "The noon"', ["noon"]),
        ("url='https://example.org/noon'", ["noon"]),
        ("title != The noon", ["eve", "midnight", "last", "next", "undated"]),
        ("article = noon", []),
    ],
)
def test_text_is_equal_or_not(condition: str, expected: list[str]) -> None:
    assert passing(condition) == expected


def test_all_conditions_must_hold() -> None:
    assert passing("published >= 2022-03-08", "published < 2022-03-09", "title != The noon") == ["midnight", "last"]


def test_no_condition_is_no_filter() -> None:
    assert filters([]) is None


def test_a_row_is_named_whole() -> None:
    assert parse("article = data.csv#a=b") == Condition("article", "=", "data.csv#a=b")


def test_the_longest_operator_is_read() -> None:
    assert parse("published>=2022-03-08") == Condition("published", ">=", "2022-03-08")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not a condition"),
        ("published", "is not a condition"),
        ("published ~ 2022", "is not a condition.*one of = != < <= > >="),
        ("publishd > 2022-03-08", "unknown field 'publishd'.*near: published"),
        ("page = 3", "unknown field 'page'.*one of article, title, url, published"),
        ("title =", "no value"),
        ('title = ""', "no value"),
        ("title < M", "title is compared with = and != only, not <"),
        ("published = yesterday", "'yesterday' is not a date"),
        ("published = 2022-02-30", "'2022-02-30' is not a date"),
        ("published = 20220308", "'20220308' is not a date"),
        ("published = 2022-03-08T25:00", "is not a date"),
    ],
)
def test_what_cannot_be_used_is_told(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse(text)
