"""What a store must return, with the numbers worked out by hand: Haystack's suite never searches."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from haystack import Document
from haystack.document_stores.errors import DuplicateDocumentError
from haystack.document_stores.types import DuplicatePolicy

from index import PassageStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PassageStore]:
    with PassageStore(tmp_path / "index", dimension=2) as store:
        yield store


def ids(documents: list[Document]) -> list[str]:
    return [each.id for each in documents]


def where(value: str) -> dict[str, object]:
    return {"field": "meta.kind", "operator": "==", "value": value}


def test_cosines_of_three_vectors(store: PassageStore) -> None:
    """(1, 0), (3, 4) and (0, -2) against (2, 0): cosines 1, 3/5 and 0; lengths do not matter."""
    store.write_documents(
        [
            Document(id="below", content="c", embedding=[0.0, -2.0]),
            Document(id="between", content="b", embedding=[3.0, 4.0], meta={"kind": "x"}),
            Document(id="same", content="a", embedding=[1.0, 0.0]),
            Document(id="none", content="d"),
        ]
    )
    hits = store.embedding_retrieval([2.0, 0.0])
    assert [(hit.id, hit.score) for hit in hits] == [("same", 1.0), ("between", 0.6), ("below", 0.0)]
    assert hits[1].content == "b" and hits[1].meta == {"kind": "x"} and hits[1].embedding is None
    assert [hit.score for hit in store.embedding_retrieval([-1.0, 0.0])] == [0.0, -0.6, -1.0]


def test_a_zero_vector_scores_nothing_and_equal_scores_go_by_age(store: PassageStore) -> None:
    store.write_documents([Document(id=name, embedding=[1.0, 1.0]) for name in "cab"])
    store.write_documents([Document(id="zero", embedding=[0.0, 0.0])])
    hits = store.embedding_retrieval([1.0, 0.0])
    assert ids(hits) == ["c", "a", "b", "zero"]
    assert [hit.score for hit in hits] == [hits[0].score] * 3 + [0.0]
    assert hits[0].score == pytest.approx(math.sqrt(0.5), abs=1e-15)
    assert ids(store.embedding_retrieval([1.0, 0.0], top_k=2)) == ["c", "a"]
    assert [hit.score for hit in store.embedding_retrieval([0.0, 0.0])] == [0.0] * 4


def test_an_overwritten_document_is_found_by_its_new_vector_only(store: PassageStore) -> None:
    store.write_documents([Document(id="a", embedding=[1.0, 0.0]), Document(id="b", embedding=[0.0, 1.0])])
    store.write_documents([Document(id="a", embedding=[0.0, 3.0])], DuplicatePolicy.OVERWRITE)
    hits = store.embedding_retrieval([0.0, 1.0])
    assert [(hit.id, hit.score) for hit in hits] == [("b", 1.0), ("a", 1.0)]


def test_a_filter_is_applied_before_the_search(store: PassageStore) -> None:
    """The only match is the farthest of 2,001, in both searches."""
    store.write_documents(
        [
            Document(id=f"near-{number}", content="apple apple", embedding=[1.0, number / 1e5], meta={"kind": "many"})
            for number in range(2000)
        ]
    )
    store.write_documents(
        [Document(id="far", content="an apple among pears", embedding=[-1.0, 0.0], meta={"kind": "one"})]
    )
    assert [(hit.id, hit.score) for hit in store.embedding_retrieval([1.0, 0.0], filters=where("one"), top_k=1)] == [
        ("far", -1.0)
    ]
    assert ids(store.bm25_retrieval("apple", filters=where("one"), top_k=1)) == ["far"]
    assert ids(store.embedding_retrieval([1.0, 0.0], filters=where("many"), top_k=2)) == ["near-0", "near-1"]
    assert store.embedding_retrieval([1.0, 0.0], filters=where("none")) == []
    assert store.bm25_retrieval("apple", filters=where("none")) == []


def test_a_score_depends_on_the_query_and_that_document_alone(tmp_path: Path) -> None:
    """Equal bits in every company, in every order, through every kind of search."""
    randomness = random.Random(7)
    vectors = {f"d{number}": [randomness.gauss(0, 1) for _ in range(48)] for number in range(400)}
    query = [randomness.gauss(0, 1) for _ in range(48)]
    scores: dict[str, set[float]] = {}
    for round_, size in enumerate((1, 3, 17, 64, 400, 400)):
        names = randomness.sample(sorted(vectors), size)
        with PassageStore(tmp_path / str(round_), dimension=48, exact_below=300 if round_ == 5 else 1000) as store:
            store.write_documents(
                [Document(id=name, embedding=vectors[name], meta={"kind": name[-1]}) for name in names]
            )
            hits = store.embedding_retrieval(query, top_k=500)
            for digit in "0123456789":
                hits += store.embedding_retrieval(query, top_k=5, filters=where(digit))
        for hit in hits:
            assert hit.score is not None
            scores.setdefault(hit.id, set()).add(hit.score)
    assert len(scores) == 400
    assert all(len(bits) == 1 for bits in scores.values())


def test_bm25_is_the_formula_of_fts5(store: PassageStore) -> None:
    """sqlite.org/fts5.html#the_bm25_function: k1 1.2, b 0.75; titles are absent, lengths are those of the texts.

    `tower` is in 1 of 4 documents: idf = ln((4 - 1 + 0.5) / (1 + 0.5)). Lengths 2, 1, 1, 4: on average 2, so the
    tf part of the first is 1 * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 2 / 2)) = 1.
    """
    store.write_documents(
        [Document(id=text, content=text) for text in ("old tower", "bridge", "river", "one two three four")]
    )
    (hit,) = store.bm25_retrieval("The towers?")
    assert hit.id == "old tower"
    assert hit.score == pytest.approx(math.log(3.5 / 1.5), rel=1e-9)


def test_bm25_finds_by_stem_and_without_stop_words(store: PassageStore) -> None:
    texts = {
        "a": "Foreign volunteers were joining",
        "b": "the of and to in",
        "c": "Ein Café in Tromsø",
        "d": "It is what it is",
    }
    store.write_documents([Document(id=name, content=text) for name, text in texts.items()])
    assert ids(store.bm25_retrieval("Which volunteer joined the army in May?")) == ["a"]
    assert ids(store.bm25_retrieval("cafe")) == ids(store.bm25_retrieval("CAFE\u0301")) == ["c"]
    assert ids(store.bm25_retrieval("what is it")) == ["d"]
    assert ids(store.bm25_retrieval("the of")) == ["b"]
    assert all(hit.score is not None and hit.score > 0 for hit in store.bm25_retrieval("in cafe volunteers"))


def test_a_title_counts_and_follows_an_update(store: PassageStore) -> None:
    store.write_documents(
        [Document(id="a", content="text", meta={"title": "Harbour"}), Document(id="b", content="a harbour")]
    )
    assert sorted(ids(store.bm25_retrieval("harbour"))) == ["a", "b"]
    store.update_by_filter({"field": "id", "operator": "==", "value": "a"}, {"title": "Castle"})
    assert ids(store.bm25_retrieval("harbour")) == ["b"]
    assert ids(store.bm25_retrieval("castle")) == ["a"]
    assert store.check() == []


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        "?!",
        "\0",
        "\ud800",
        '"',
        '" OR "',
        "a AND",
        "NOT",
        "NEAR(a b)",
        "x*",
        "^x",
        "content:tower",
        "-tower",
        "(",
        "AND OR",
    ],
)
def test_no_query_is_a_syntax_error(store: PassageStore, query: str) -> None:
    store.write_documents([Document(content="the old tower near a bridge or not")])
    hits = store.bm25_retrieval(query)
    assert len(hits) == ("tower" in query or query in ("NOT", '" OR "', "a AND", "NEAR(a b)", "AND OR"))


def test_a_nul_and_a_very_long_query(store: PassageStore) -> None:
    store.write_documents([Document(id="a", content="tower"), Document(id="b", content="bridge")])
    assert sorted(ids(store.bm25_retrieval("tower\0bridge"))) == ["a", "b"]
    assert ids(store.bm25_retrieval("tower " + " ".join(f"word{number}" for number in range(20_000)))) == ["a"]


@pytest.mark.parametrize("top_k", [0, -1])
def test_top_k_is_at_least_one(store: PassageStore, top_k: int) -> None:
    with pytest.raises(ValueError, match="top_k"):
        store.embedding_retrieval([1.0, 0.0], top_k=top_k)
    with pytest.raises(ValueError, match="top_k"):
        store.bm25_retrieval("a", top_k=top_k)


@pytest.mark.parametrize("vector", [[1.0], [1.0, 2.0, 3.0], [math.nan, 0.0], [math.inf, 0.0]], ids=str)
def test_a_vector_that_does_not_fit_is_refused(store: PassageStore, vector: list[float]) -> None:
    with pytest.raises(ValueError, match="embedding of"):
        store.embedding_retrieval(vector)
    with pytest.raises(ValueError, match="embedding of document 'a'"):
        store.write_documents([Document(id="ok", embedding=[1.0, 0.0]), Document(id="a", embedding=vector)])
    assert store.count_documents() == 0


@pytest.mark.parametrize("meta", [{"n": math.nan}, {"when": object()}], ids=str)
def test_meta_that_is_not_json_is_refused(store: PassageStore, meta: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="meta must be JSON"):
        store.write_documents([Document(id="a", content="x", meta=meta)])


def test_duplicates_inside_a_batch(store: PassageStore) -> None:
    first, second = Document(id="1", content="first", embedding=[1.0, 0.0]), Document(id="1", content="second")
    other = Document(id="2", content="other")
    for policy in (DuplicatePolicy.FAIL, DuplicatePolicy.NONE):
        with pytest.raises(DuplicateDocumentError, match="'1'"):
            store.write_documents([other, first, second], policy)
        assert store.count_documents() == 0
    assert store.write_documents([first, second, other], DuplicatePolicy.SKIP) == 2
    assert [each.content for each in store.filter_documents()] == ["first", "other"]
    assert store.write_documents([second, first, second], DuplicatePolicy.OVERWRITE) == 3
    assert [each.content for each in store.filter_documents()] == ["other", "second"]
    assert store.embedding_retrieval([1.0, 0.0]) == []
    assert store.check() == []


def test_what_is_deleted_is_not_found(store: PassageStore) -> None:
    store.write_documents(
        [Document(id=name, content=f"the {name}", embedding=[1.0, 0.0]) for name in ("tower", "bridge")]
    )
    assert len(store.embedding_retrieval([1.0, 0.0])) == 2
    store.delete_documents(["tower", "never there"])
    assert ids(store.embedding_retrieval([1.0, 0.0])) == ["bridge"]
    assert store.bm25_retrieval("tower") == []
    store.delete_all_documents()
    assert store.embedding_retrieval([1.0, 0.0]) == [] == store.bm25_retrieval("bridge")
    assert store.check() == []


def test_to_dict_and_back(tmp_path: Path) -> None:
    with PassageStore(tmp_path / "i", dimension=2, exact_below=7) as store:
        store.write_documents([Document(id="a", embedding=[1.0, 0.0])])
        data = store.to_dict()
    assert data == {
        "type": "index.store.PassageStore",
        "init_parameters": {"folder": str(tmp_path / "i"), "dimension": 2, "exact_below": 7},
    }
    with PassageStore.from_dict(data) as again:
        assert again.to_dict() == data
        assert ids(again.embedding_retrieval([1.0, 0.0])) == ["a"]


@pytest.mark.asyncio
async def test_retrieval_without_blocking(store: PassageStore) -> None:
    await store.write_documents_async([Document(id="a", content="tower", embedding=[1.0, 0.0])])
    assert (
        ids(await store.embedding_retrieval_async([1.0, 0.0]))
        == ids(await store.bm25_retrieval_async("tower"))
        == ["a"]
    )
