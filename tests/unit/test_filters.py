"""Filters in SQL against Haystack's own function, the oracle."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from haystack import Document
from haystack.document_stores.types import DuplicatePolicy
from haystack.errors import FilterError
from haystack.utils.filters import document_matches_filter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import PassageStore
from index.database import Database
from index.filters import MAX_DEPTH, SQL_FUNCTION, compile_filters

Filter = dict[str, Any]
Content = tuple[dict[str, Any], str | None]
"""Meta and content of a document."""
Outcome = list[str] | type[Exception]

SAME_MOMENT = ["2022-03-08T12:00:00+01:00", "2022-03-08T11:00:00Z", "2022-03-08T11:00:00", "2022-03-08 11:00"]
TEXTS = ["a", "1", "", "é\0b", 'q"u\\o', "true", "null", "[1]", "2022-03-08", "2022-03-08T00:00:00", *SAME_MOMENT]
NUMBERS = [0, 1, -2, 1.0, 0.1 + 0.2, 0.3, 1e300, -0.0, 2**53, 2**53 + 1, 2**63, 2**63 + 1, 2.0**63, True, False]
LISTS = [[], [1], ["a"], [1.0, "a"], [None], {"k": 1}, {}]

scalars = st.sampled_from([None, *TEXTS, *NUMBERS])
stored = st.one_of(
    scalars,
    st.sampled_from(LISTS),
    st.text(max_size=3),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
)
KEYS = ["n", "s", "published_at", "article", "k.d", "nested", 'odd"key', "with space", "Ünicode"]
metas = st.dictionaries(
    st.sampled_from(KEYS),
    st.one_of(stored, st.dictionaries(st.sampled_from(["x", "y.z", "y"]), stored, max_size=2)),
    max_size=5,
)
documents = st.lists(
    st.builds(lambda meta, content: (meta, content), metas, st.one_of(st.none(), st.sampled_from(TEXTS))),
    min_size=1,
    max_size=6,
)
fields = st.sampled_from(
    [
        *[f"meta.{key}" for key in KEYS],
        *KEYS,
        "meta.nested.x",
        "meta.nested.y",
        "meta.nested.x.deeper",
        "meta.absent",
        "id",
        "content",
        "score",
        "meta",
        "embedding",
        "blob",
        "content.x",
        "unknown.x",
    ]
)
MOMENTS = [
    datetime(2022, 3, 8, 11),
    datetime(2022, 3, 8, 11, tzinfo=UTC),
    datetime(2022, 3, 8, 12, tzinfo=timezone(timedelta(hours=1))),
]
values = st.one_of(
    stored,
    st.sampled_from(MOMENTS),
    st.lists(st.one_of(scalars, st.sampled_from(MOMENTS)), max_size=4),
    st.floats(),
    st.just("doc-1"),
)
operators = st.sampled_from(["==", "!=", ">", ">=", "<", "<=", "in", "not in"])
comparisons = st.builds(
    lambda name, operator, value: {"field": name, "operator": operator, "value": value}, fields, operators, values
)
filters = st.recursive(
    comparisons,
    lambda inner: st.builds(
        lambda operator, conditions: {"operator": operator, "conditions": conditions},
        st.sampled_from(["AND", "OR", "NOT"]),
        st.lists(inner, max_size=3),
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PassageStore]:
    with PassageStore(tmp_path_factory.mktemp("filters"), dimension=2) as store:
        yield store


def found(store: PassageStore, condition: Filter) -> Outcome:
    try:
        return [each.id for each in store.filter_documents(condition)]
    except (FilterError, TypeError, OverflowError) as error:
        return type(error)


def expected(written: list[Document], condition: Filter) -> Outcome:
    try:
        return [each.id for each in written if document_matches_filter(condition, each)]
    except (FilterError, TypeError, OverflowError) as error:
        return type(error)


def write(store: PassageStore, contents: list[Content]) -> list[Document]:
    """One document each; every second one has an embedding that float32 holds exactly."""
    written = [
        Document(id=f"doc-{number}", content=content, meta=meta, embedding=[1.0, 0.5] if number % 2 else None)
        for number, (meta, content) in enumerate(contents)
    ]
    with store.writing() as writer:
        writer.clear()
        writer.put_documents(written, DuplicatePolicy.FAIL)
    return written


@given(contents=documents, conditions=st.lists(filters, min_size=1, max_size=12))
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
def test_sql_agrees_with_haystack(store: PassageStore, contents: list[Content], conditions: list[Filter]) -> None:
    written = write(store, contents)
    with store.reading():
        for condition in conditions:
            agree(found(store, condition), expected(written, condition), condition)


def agree(ours: Outcome, theirs: Outcome, condition: Filter) -> None:
    """The same documents or the same error, but for the two differences that index/filters.py names."""
    if ours == theirs:
        return
    refused = ours is FilterError and malformed(condition)
    passed_over = isinstance(ours, list) and "published_at" in str(condition)
    assert refused or (passed_over and not isinstance(theirs, list)), (ours, theirs)


def malformed(condition: Filter) -> bool:
    """Whether a part can hold for no document, whatever is in it."""
    if "field" not in condition:
        return any(malformed(part) for part in condition["conditions"])
    operator, value = condition["operator"], condition["value"]
    if operator in ("in", "not in"):
        return not isinstance(value, list)
    if operator in ("==", "!="):
        return False
    probe = {"field": "meta.x", "operator": operator, "value": value}
    return isinstance(value, list | str) and isinstance(expected([Document(meta={"x": "2022-01-01"})], probe), type)


EXAMPLES = [
    # field, operator, value, meta that matches, meta that does not
    ("n", "==", 1, [{"n": 1}, {"n": 1.0}, {"n": True}], [{"n": "1"}, {"n": 2}, {"n": [1]}, {}, {"n": None}]),
    ("n", "==", None, [{}, {"n": None}], [{"n": 0}, {"n": ""}, {"n": []}, {"n": "null"}]),
    ("n", "!=", None, [{"n": 0}, {"n": "null"}], [{}, {"n": None}]),
    ("n", "==", 0.30000000000000004, [{"n": 0.1 + 0.2}], [{"n": 0.3}]),
    ("n", "<", 0.30000000000000004, [{"n": 0.3}, {"n": False}], [{"n": 0.1 + 0.2}, {}]),
    ("n", "==", 2**53 + 1, [{"n": 2**53 + 1}], [{"n": 2**53}]),
    ("n", "==", "a\0b", [{"n": "a\0b"}], [{"n": "a"}]),
    ("n", "==", "é", [{"n": "é"}], [{"n": "e"}, {"n": "\\u00e9"}]),
    ("n", "==", "[1]", [{"n": "[1]"}], [{"n": [1]}]),
    ("n", "==", [1], [{"n": [1]}, {"n": [True]}], [{"n": "[1]"}, {"n": [1, 2]}]),
    ("n", "==", SAME_MOMENT[0], [{"n": moment} for moment in SAME_MOMENT[:2]], [{"n": SAME_MOMENT[2]}, {"n": "x"}]),
    ("n", "==", "2022-03-08T12:00:00", [{"n": SAME_MOMENT[0]}], [{"n": SAME_MOMENT[1]}]),
    ("n", ">", MOMENTS[1], [{"n": "2022-03-08T12:00:01+01:00"}], [{"n": SAME_MOMENT[0]}, {"n": None}]),
    ("n", "in", [1, "a", None], [{"n": 1.0}, {"n": "a"}, {}], [{"n": "b"}, {"n": 2}]),
    ("n", "not in", ["a", "b"], [{"n": "c"}, {}], [{"n": "a"}, {"n": "b"}]),
    ("n", "in", [f"w{number}" for number in range(50_000)], [{"n": "w49999"}], [{"n": "w50000"}, {}]),
    ("n", "in", list(range(2_000)), [{"n": 1999}, {"n": True}], [{"n": 2000}, {"n": "1"}]),
    ("k.d", "==", "x", [{"k.d": "never: a dot goes down into a field"}][:0], [{"k.d": "x"}, {"k": {"d": "x"}}]),
    ("meta.k.d", "==", "x", [{"k": {"d": "x"}}], [{"k.d": "x"}, {"k": ["x"]}, {"k": "x"}]),
    ('odd"key', "==", "x", [{'odd"key': "x"}], [{"odd": "x"}, {}]),
]


@pytest.mark.parametrize(("field", "operator", "value", "matching", "others"), EXAMPLES)
def test_what_matches(
    store: PassageStore, field: str, operator: str, value: Any, matching: list[Any], others: list[Any]
) -> None:
    """Written down by hand, and the oracle says the same."""
    written = write(store, [(meta, None) for meta in [*matching, *others]])
    condition = {"field": field, "operator": operator, "value": value}
    assert (
        found(store, condition) == [f"doc-{number}" for number in range(len(matching))] == expected(written, condition)
    )


MALFORMED = [
    {"operator": "AND"},
    {"conditions": []},
    {"operator": "XOR", "conditions": []},
    {"operator": "AND", "conditions": [{"operator": "==", "value": 1}]},
    {"operator": "AND", "conditions": [{}]},
    {"operator": "AND", "conditions": ["meta.n"]},
    {"operator": "AND", "conditions": {"field": "meta.n", "operator": "==", "value": 1}},
    {"field": "meta.n", "value": 1},
    {"field": "meta.n", "operator": "=="},
    {"field": "meta.n", "operator": "=", "value": 1},
    {"field": "meta.n", "operator": ["=="], "value": 1},
    {"field": 7, "operator": "==", "value": 1},
    {"field": "meta.n", "operator": "in", "value": "abc"},
    {"field": "meta.n", "operator": ">", "value": [1]},
    {"field": "meta.n", "operator": "<=", "value": "not a date"},
]


@pytest.mark.parametrize("condition", MALFORMED, ids=str)
def test_what_is_malformed_is_refused_even_by_an_empty_store(store: PassageStore, condition: Filter) -> None:
    with pytest.raises(FilterError):
        store.filter_documents(condition)


def test_a_string_among_numbers_is_an_error_as_in_haystack(store: PassageStore) -> None:
    write(store, [({"n": 1}, None), ({"n": "one"}, None)])
    with pytest.raises(FilterError):
        store.filter_documents({"field": "meta.n", "operator": ">", "value": 0})


def test_a_condition_is_not_reached_when_one_before_it_decides(store: PassageStore) -> None:
    write(store, [({"kind": "count", "n": 1}, None), ({"kind": "word", "n": "one"}, None)])
    guarded = [
        {"field": "meta.kind", "operator": "==", "value": "count"},
        {"field": "meta.n", "operator": ">", "value": 0},
    ]
    assert found(store, {"operator": "AND", "conditions": guarded}) == ["doc-0"]
    assert found(store, {"operator": "AND", "conditions": guarded[::-1]}) is FilterError


def test_hundreds_of_conditions(store: PassageStore) -> None:
    write(store, [({"n": number}, None) for number in range(3)])
    several = [{"field": "meta.n", "operator": "!=", "value": number} for number in range(1, 501)]
    assert found(store, {"operator": "AND", "conditions": several}) == ["doc-0"]
    assert found(store, {"operator": "AND", "conditions": [*several, several[0]]}) is FilterError


@pytest.mark.parametrize("operator", ["==", ">="])
@pytest.mark.parametrize("several", [1, 3])
def test_the_deepest_nest_that_is_allowed(store: PassageStore, operator: str, several: int) -> None:
    write(store, [({"n": number}, None) for number in range(2)])
    leaf = {"field": "meta.n", "operator": operator, "value": 1}
    nest: Filter = leaf
    for _ in range(MAX_DEPTH):
        nest = {"operator": "NOT", "conditions": [*[leaf] * (several - 1), nest]}
    assert found(store, nest) == expected(store.filter_documents(), nest)
    assert found(store, {"operator": "NOT", "conditions": [nest]}) is FilterError


@pytest.mark.parametrize("value", ["'; DROP TABLE passages; --", 'a" OR 1=1', "%", "*"])
def test_values_and_names_are_data(store: PassageStore, value: str) -> None:
    write(store, [({"n": value, value: "here"}, None), ({"n": "other"}, None)])
    assert found(store, {"field": "meta.n", "operator": "==", "value": value}) == ["doc-0"]
    assert found(store, {"field": f"meta.{value}", "operator": "==", "value": "here"}) == ["doc-0"]
    assert store.count_documents() == 2


INDEXED = [
    ({"field": "meta.article", "operator": "==", "value": "a.txt"}, "passages_by_meta_article"),
    ({"field": "meta.title", "operator": "in", "value": ["a", "b"]}, "passages_by_meta_title"),
    ({"field": "url", "operator": "==", "value": "https://example.org"}, "passages_by_meta_url"),
    ({"field": "meta.published_at", "operator": ">=", "value": 1_600_000_000}, "passages_by_meta_published_at"),
    ({"field": "meta.published_at", "operator": "<", "value": 1_600_000_000.5}, "passages_by_meta_published_at"),
    ({"field": "meta.published_at", "operator": "==", "value": 0}, "passages_by_meta_published_at"),
    (
        {
            "operator": "AND",
            "conditions": [
                {"field": "meta.published_at", "operator": ">=", "value": 5},
                {"field": "meta.published_at", "operator": "<", "value": 9},
            ],
        },
        "passages_by_meta_published_at (<expr>>? AND <expr><?)",
    ),
    (
        {
            "operator": "AND",
            "conditions": [
                {"field": "meta.article", "operator": "==", "value": "a.txt"},
                {"field": "meta.published", "operator": ">", "value": "2022-01-01"},
            ],
        },
        "passages_by_meta_article",
    ),
]


@pytest.mark.parametrize(("condition", "index"), INDEXED, ids=str)
def test_what_people_filter_by_goes_through_an_index(tmp_path: Path, condition: Filter, index: str) -> None:
    database = Database(tmp_path, functions=[SQL_FUNCTION])
    where = compile_filters(condition)
    plan = database.rows(f"EXPLAIN QUERY PLAN SELECT id FROM passages WHERE {where.sql}", where.parameters)
    database.close()
    assert any(index in row[-1] for row in plan), plan
