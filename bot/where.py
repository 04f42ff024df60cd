"""`--where "FIELD OP VALUE"`: conditions on the articles that may answer, as a filter for the index."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from index.errors import UsageError
from index.types import Meta

Filter = dict[str, Any]
"""A Haystack filter on the keys of Meta."""

FIELDS: Final = {"article": Meta.ARTICLE, "title": Meta.TITLE, "url": Meta.URL, "published": Meta.PUBLISHED_AT}
EQUALITIES: Final = ("=", "!=")
OPERATORS: Final = (*EQUALITIES, "<", "<=", ">", ">=")
SHAPE: Final = 'a condition is "FIELD OP VALUE", such as "published >= 2022-03-01"'
DAY_SECONDS: Final = 86_400

_CONDITION = re.compile(r"\s*(?P<field>\w+)\s*(?P<op><=|>=|!=|==|=|<|>)\s*(?P<value>.*?)\s*", re.DOTALL)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition, already checked.

    field: a key of FIELDS. operator: one of OPERATORS. value: as written, without surrounding quotes.
    """

    field: str
    operator: str
    value: str


def parse(text: str) -> Condition:
    """The condition of `FIELD OP VALUE`; one pair of quotes around VALUE is not part of it.

    Raises UsageError that says what is allowed.
    """
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise UsageError(f"{text!r} is not a condition: {SHAPE}; OP is one of {' '.join(OPERATORS)}")
    operator = "=" if found["op"] == "==" else found["op"]
    condition = Condition(found["field"], operator, _unquoted(found["value"]))
    _check(condition, text)
    return condition


def filters(conditions: Sequence[Condition]) -> Filter | None:
    """A filter that holds where all conditions hold; None for no condition.

    An article without a date meets no condition on `published`, not even `!=`.
    """
    if not conditions:
        return None
    return {"operator": "AND", "conditions": [_filter(condition) for condition in conditions]}


def _unquoted(value: str) -> str:
    quoted = len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value


def _check(condition: Condition, text: str) -> None:
    if condition.field not in FIELDS:
        near = difflib.get_close_matches(condition.field, FIELDS, n=1)
        hint = f"; near: {near[0]}" if near else ""
        raise UsageError(f"unknown field {condition.field!r} in {text!r}: one of {', '.join(FIELDS)}{hint}")
    if not condition.value:
        raise UsageError(f"no value in {text!r}: {SHAPE}")
    if condition.field == "published":
        _range(condition.value)
    elif condition.operator not in EQUALITIES:
        raise UsageError(f"{condition.field} is compared with = and != only, not {condition.operator} as in {text!r}")


def _filter(condition: Condition) -> Filter:
    if condition.field == "published":
        return _date_filter(condition.operator, *_range(condition.value))
    return _comparison(FIELDS[condition.field], "==" if condition.operator == "=" else "!=", condition.value)


def _date_filter(operator: str, first: float, after: float) -> Filter:
    """Against the moments first <= t < after. Every part is an ordering, which no missing date meets."""
    before, within, later = (Meta.PUBLISHED_AT, "<", first), (Meta.PUBLISHED_AT, ">=", first), _from(first, after)
    match operator:
        case "<":
            return _comparison(*before)
        case "<=":
            return _until(first, after)
        case ">":
            return later
        case ">=":
            return _comparison(*within)
        case "=":
            return {"operator": "AND", "conditions": [_comparison(*within), _until(first, after)]}
        case _:
            return {"operator": "OR", "conditions": [_comparison(*before), later]}


def _until(first: float, after: float) -> Filter:
    return _comparison(Meta.PUBLISHED_AT, "<=" if first == after else "<", after)


def _from(first: float, after: float) -> Filter:
    return _comparison(Meta.PUBLISHED_AT, ">" if first == after else ">=", after)


def _comparison(key: str, operator: str, value: str | float) -> Filter:
    return {"field": f"meta.{key}", "operator": operator, "value": value}


def _range(value: str) -> tuple[float, float]:
    """First second and the second after the last, since 1970 UTC: a day's both ends, or one moment twice."""
    try:
        moment = datetime.fromisoformat(value) if _DAY.fullmatch(value) or _TIME.fullmatch(value) else None
    except ValueError:
        moment = None
    if moment is None:
        raise UsageError(
            f"{value!r} is not a date: write a day as 2022-03-08 or a time as 2022-03-08T11:03, "
            "with Z or +01:00 where it is not UTC"
        )
    seconds = _utc(moment).timestamp()
    return seconds, seconds + (DAY_SECONDS if _DAY.fullmatch(value) else 0)


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
