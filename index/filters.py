"""Haystack filters as SQL conditions on the table `passages`.

The semantics are those of `haystack.utils.filters.document_matches_filter`. What SQL compares just as Python
does is native SQL; the rest (dates, lists, ordering of strings) is handed, value by value, to that very function
through the SQL function `citebot_matches`. Two things differ, both on purpose: a filter that can hold for no
document because of how it is written raises FilterError at once, not only when a document gets that far; and
an ordering on a field of `INDEXED_NUMBERS` passes over documents whose value is no number instead of raising.
"""

from __future__ import annotations

import itertools
import json
import math
import re
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from functools import lru_cache, partial
from typing import Any, Final

from haystack import Document
from haystack.dataclasses import ByteStream, SparseEmbedding
from haystack.errors import FilterError
from haystack.utils.filters import document_matches_filter

from index.types import Meta

Filter = dict[str, Any]
Decode = Callable[[Any], Any]

INDEXED_NUMBERS: Final = frozenset({Meta.PUBLISHED_AT})
"""Meta keys with an index on their number."""

ORDERINGS: Final = frozenset({">", ">=", "<", "<="})
OPPOSITES: Final = {"!=": "==", "not in": "in"}
COMPARISONS: Final = ORDERINGS | {"==", "in"} | OPPOSITES.keys()
LOGIC: Final = frozenset({"AND", "OR", "NOT"})

EXACT_INTEGERS: Final = 2**53
"""Up to here a number is the same as integer, as float and in SQLite."""
NEARLY_EQUAL: Final = 1e-9
"""SQLite may read a float's digits off by one unit in the last place; floats nearer than this go to Python."""
SHORT_LIST: Final = 20
MAX_DEPTH: Final = 8
"""SQLite's parser has a stack of 100, and a nested condition takes up to ten of them."""
MAX_CONDITIONS: Final = 500
"""SQLite's planner takes time with the square of them."""

_PLAIN_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_DATE_LIKE: Final = re.compile(r"\d{4}-\d\d-\d\d([Tt ].*)?", re.DOTALL)
_DOCUMENT_FIELDS: Final = frozenset(each.name for each in fields(Document))


@dataclass(slots=True)
class Where:
    """A condition: SQL of value 0 or 1, never NULL, on the table `passages`, and what its placeholders stand for.

    Keep it until the query has run: it owns what `citebot_matches` calls.
    """

    sql: str = "1"
    parameters: list[Any] = field(default_factory=list)
    predicates: list[_Predicate] = field(default_factory=list)

    @contextmanager
    def evaluating(self) -> Iterator[None]:
        """Around the query: raises what a comparison in Python raised, which SQLite reports as a failed function."""
        try:
            yield
        except Exception:
            for predicate in self.predicates:
                if predicate.error is not None:
                    raise predicate.error from None
            raise


def compile_filters(filters: Filter | None) -> Where:
    """The condition of a Haystack filter; always true for None and {}.

    Raises FilterError where the filter is malformed.
    """
    if not filters:
        return Where()
    if not isinstance(filters, dict):
        raise FilterError(f"a filter is a dictionary, not {type(filters).__name__}")
    return _condition(filters, depth=0)


# Conditions -----------------------------------------------------------------------------------------------------


def _condition(condition: Any, depth: int) -> Where:
    if not isinstance(condition, dict):
        raise FilterError(f"a condition is a dictionary, not {condition!r}")
    if depth > MAX_DEPTH:
        raise FilterError(f"a filter nests at most {MAX_DEPTH} deep")
    return _comparison(condition) if "field" in condition else _logic(condition, depth)


def _logic(condition: Filter, depth: int) -> Where:
    operator, conditions = _needed(condition, "operator"), _needed(condition, "conditions")
    if not isinstance(operator, str) or operator not in LOGIC:
        raise FilterError(f"unknown logical operator {operator!r}; one of {sorted(LOGIC)}")
    if not isinstance(conditions, list | tuple):
        raise FilterError(f"'conditions' is a list, not {conditions!r}")
    parts = [_condition(each, depth + 1) for each in conditions]
    if len(parts) > MAX_CONDITIONS:
        raise FilterError(f"{operator} takes up to {MAX_CONDITIONS} conditions, not {len(parts)}; 'in' takes any list")
    match operator:
        case "OR":
            return _any(parts)
        case "AND":
            return _all(parts)
        case _:
            return _not(_all(parts))


def _needed(condition: Filter, key: str) -> Any:
    if key not in condition:
        raise FilterError(f"'{key}' key missing in {condition}")
    return condition[key]


def _comparison(condition: Filter) -> Where:
    name, operator, value = condition["field"], _needed(condition, "operator"), _needed(condition, "value")
    if not isinstance(name, str):
        raise FilterError(f"a field is named by a string, not {name!r}")
    if not isinstance(operator, str) or operator not in COMPARISONS:
        raise FilterError(f"unknown comparison operator {operator!r}; one of {sorted(COMPARISONS)}")
    _check_value(operator, value)
    if operator in OPPOSITES:
        return _not(_positive(_operand(name), OPPOSITES[operator], value))
    return _positive(_operand(name), operator, value)


def _check_value(operator: str, value: Any) -> None:
    """Refuse what no document can be compared with: what Haystack refuses at the first document that has the field."""
    if operator in ("in", "not in") and not isinstance(value, list):
        raise FilterError(f"the value of {operator!r} is a list, not {type(value).__name__} {value!r}")
    if operator in ORDERINGS and isinstance(value, list):
        raise FilterError(f"cannot compare with a list using {operator!r}: {value!r}")
    if operator in ORDERINGS and isinstance(value, str):
        # A date stands for all dates here: it shows whether Haystack can read the value as one.
        document_matches_filter(
            {"field": "meta.x", "operator": operator, "value": value}, _probe("2000-01-01T00:00:00+00:00")
        )


# Fields ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Operand:
    """What a condition compares: sql gives it as decode reads it, NULL for None.

    path: the JSON path inside meta, where SQL can follow it. text: whether it is a column of plain text.
    """

    sql: str
    decode: Decode
    path: str | None = None
    key: str | None = None
    text: bool = False


def _operand(name: str) -> _Operand:
    root, *keys = name.split(".")
    if not keys and name not in _DOCUMENT_FIELDS:
        root, keys = "meta", [name]
    if root == "meta" and keys:
        return _meta_operand(keys)
    if keys:  # inside something that is no dictionary
        return _Operand("NULL", _as_is)
    return _COLUMNS[root]


def _meta_operand(keys: Sequence[str]) -> _Operand:
    if not all(_PLAIN_KEY.fullmatch(key) for key in keys):
        return _Operand("passages.meta", lambda text: _walk(json.loads(text), keys))
    path = f"$.{'.'.join(keys)}"
    return _Operand(f"passages.meta -> '{path}'", json.loads, path, keys[0] if len(keys) == 1 else None)


def _walk(value: Any, keys: Sequence[str]) -> Any:
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            return None
        value = value[key]
    return value


def _as_is(value: Any) -> Any:
    return value


def _floats(data: bytes) -> list[float]:
    import numpy as np

    return [float(number) for number in np.frombuffer(data, dtype="<f4")]


_COLUMNS: Final = {
    "id": _Operand("passages.document", _as_is, text=True),
    "content": _Operand("passages.content", _as_is, text=True),
    "meta": _Operand("passages.meta", json.loads),
    "score": _Operand("NULL", _as_is),
    "blob": _Operand("passages.blob", lambda text: ByteStream.from_dict(json.loads(text))),
    "embedding": _Operand("(SELECT embedding FROM vectors WHERE vectors.passage = passages.id)", _floats),
    "sparse_embedding": _Operand("passages.sparse_embedding", lambda text: SparseEmbedding.from_dict(json.loads(text))),
}


# Comparisons ----------------------------------------------------------------------------------------------------


def _positive(operand: _Operand, operator: str, value: Any) -> Where:
    if operator == "in":
        return _in(operand, value)
    if value is None:
        return _is_none(operand) if operator == "==" else Where("0")
    if _is_number(value) and operand.path is not None:
        return _number(operand, operator, value)
    if operator == "==" and _is_plain_text(value) and (operand.text or operand.path is not None):
        return _text_equals(operand, value)
    return _in_python(operand, operator, value)


def _is_none(operand: _Operand) -> Where:
    if operand.path is None:
        return Where(f"{operand.sql} IS NULL") if operand.decode is _as_is else _in_python(operand, "==", None)
    return Where(f"coalesce({operand.sql}, 'null') = 'null'")


def _is_number(value: Any) -> bool:
    return type(value) in (int, float, bool) and math.isfinite(value) and abs(value) < EXACT_INTEGERS


def _is_plain_text(value: Any) -> bool:
    """A string that equals no other string; one that looks like a date equals that date written otherwise."""
    return type(value) is str and _DATE_LIKE.fullmatch(value) is None and _encodable(value)


def _encodable(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _text_equals(operand: _Operand, value: str) -> Where:
    return Where(f"({operand.sql} = ? AND {operand.sql} IS NOT NULL)", [_sought(operand, value)])


def _sought(operand: _Operand, value: str) -> str:
    """As the operand's SQL gives it: JSON text is compared as it stands, it is always written by one writer."""
    return value if operand.text else json.dumps(value, ensure_ascii=False)


def _in(operand: _Operand, values: list[Any]) -> Where:
    if values and all(_is_plain_text(value) for value in values) and (operand.text or operand.path is not None):
        listed = json.dumps([_sought(operand, value) for value in values])
        return Where(f"({operand.sql} IN (SELECT value FROM json_each(?)) AND {operand.sql} IS NOT NULL)", [listed])
    if len(values) <= SHORT_LIST:
        return _any([_positive(operand, "==", value) for value in values])
    return _in_python(operand, "in", values)


def _number(operand: _Operand, operator: str, value: float) -> Where:
    """Integers and booleans in SQL, floats too unless they are nearly equal; an ordering of other types in Python."""
    sql_operator = "=" if operator == "==" else operator
    number = f"json_extract(passages.meta, '{operand.path}')"
    near = NEARLY_EQUAL * max(1.0, abs(value))
    floats, others = _in_python(operand, operator, value, may_raise=False), _not_a_number(operand, operator, value)
    where = Where(
        f"CASE ifnull(json_type(passages.meta, '{operand.path}'), 'null')"
        f" WHEN 'integer' THEN {number} {sql_operator} ?"
        f" WHEN 'true' THEN 1 {sql_operator} ? WHEN 'false' THEN 0 {sql_operator} ?"
        f" WHEN 'real' THEN CASE WHEN abs({number} - ?) > ? THEN {number} {sql_operator} ? ELSE {floats.sql} END"
        f" WHEN 'null' THEN 0 ELSE {others.sql} END",
        [value, value, value, value, near, value, *floats.parameters, *others.parameters],
        [*floats.predicates, *others.predicates],
    )
    return _through_index(operand, sql_operator, value, near, where)


def _not_a_number(operand: _Operand, operator: str, value: float) -> Where:
    """For the values of a field that are strings, lists or dictionaries."""
    if operator in ORDERINGS and operand.key not in INDEXED_NUMBERS:
        return _in_python(operand, operator, value)
    return Where("0")


def _through_index(operand: _Operand, sql_operator: str, value: float, near: float, exact: Where) -> Where:
    """Where there is an index, a range that holds all matches goes first."""
    if operand.key not in INDEXED_NUMBERS:
        return exact
    number = f"json_extract(passages.meta, '{operand.path}')"
    ranges = {
        "=": (f"{number} BETWEEN ? AND ?", [value - near, value + near]),
        ">": (f"{number} >= ?", [value - near]),
        "<": (f"{number} <= ?", [value + near]),
    }
    sql, parameters = ranges[sql_operator[0]]
    range_sql = f"{sql} AND {number} IS NOT NULL"
    return Where(f"({range_sql} AND {exact.sql})", [*parameters, *exact.parameters], exact.predicates)


# Logic ----------------------------------------------------------------------------------------------------------


def _not(part: Where) -> Where:
    return Where(f"NOT ({part.sql})", part.parameters, part.predicates)


def _any(parts: Sequence[Where]) -> Where:
    return _ordered(parts, "WHEN ({}) THEN 1", "0") if _may_raise(parts) else _joined(parts, "OR", "0")


def _all(parts: Sequence[Where]) -> Where:
    """All parts. The leading ones that cannot raise also stand by themselves, where SQLite finds an index for them."""
    if not _may_raise(parts):
        return _joined(parts, "AND", "1")
    safe = list(itertools.takewhile(lambda part: not _may_raise([part]), parts))
    ordered = _ordered(parts, "WHEN NOT ({}) THEN 0", "1")
    return _joined([*safe, ordered], "AND", "1") if safe else ordered


def _may_raise(parts: Sequence[Where]) -> bool:
    return any(predicate.may_raise for part in parts for predicate in part.predicates)


def _ordered(parts: Sequence[Where], clause: str, otherwise: str) -> Where:
    """One after the other until it is decided, as Python does it: CASE is lazy, AND and OR may be reordered."""
    clauses = " ".join(clause.format(part.sql) for part in parts)
    return _gathered(f"CASE {clauses} ELSE {otherwise} END", parts)


def _joined(parts: Sequence[Where], word: str, empty: str) -> Where:
    return _gathered(_balanced([f"({part.sql})" for part in parts], word) if parts else empty, parts)


def _balanced(terms: Sequence[str], word: str) -> str:
    """Joined in halves: SQLite allows an expression a depth of 1,000, and a plain chain is as deep as it is long."""
    if len(terms) <= 8:
        return f" {word} ".join(terms)
    half = len(terms) // 2
    return f"({_balanced(terms[:half], word)}) {word} ({_balanced(terms[half:], word)})"


def _gathered(sql: str, parts: Sequence[Where]) -> Where:
    return Where(
        sql,
        [parameter for part in parts for parameter in part.parameters],
        [predicate for part in parts for predicate in part.predicates],
    )


# Python ---------------------------------------------------------------------------------------------------------


class _Predicate:
    """One comparison that Haystack itself makes, for one value at a time."""

    def __init__(self, operator: str, value: Any, decode: Decode, *, may_raise: bool) -> None:
        self.number = next(_numbers)
        self.error: Exception | None = None
        self.may_raise = may_raise
        condition = {"field": "meta.x", "operator": operator, "value": value}
        # Passages of one article share most values.
        self._matches = lru_cache(maxsize=4096)(partial(_matches, condition, decode))

    def __call__(self, stored: Any) -> bool:
        try:
            return self._matches(stored)
        except Exception as error:
            self.error = error
            raise


def _matches(condition: Filter, decode: Decode, stored: Any) -> bool:
    return document_matches_filter(condition, _probe(None if stored is None else decode(stored)))


def _probe(value: Any) -> Document:
    # With an id of its own, so that none is computed.
    return Document(id="x", meta={"x": value})


_numbers: Final = itertools.count(1)
_predicates: Final[weakref.WeakValueDictionary[int, _Predicate]] = weakref.WeakValueDictionary()


def _in_python(operand: _Operand, operator: str, value: Any, *, may_raise: bool | None = None) -> Where:
    """may_raise: whether a stored value can be one that value is not comparable with; by default, if it is ordered."""
    raises = operator in ORDERINGS if may_raise is None else may_raise
    predicate = _Predicate(operator, value, operand.decode, may_raise=raises)
    _predicates[predicate.number] = predicate
    return Where(f"citebot_matches(?, {operand.sql})", [predicate.number], [predicate])


def _call_predicate(number: int, stored: Any) -> bool:
    return _predicates[number](stored)


SQL_FUNCTION: Final = ("citebot_matches", 2, _call_predicate)
"""To be registered with each connection on which a Where is used."""
