"""Articles, passages and files in the index, as sync writes them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from haystack import Document
from numpy.typing import NDArray

from index import PassageStore
from index.documents import document_id, passage_meta, published_seconds
from index.errors import ExtractionError
from index.types import Article, ArticleSummary, FileRecord, Identity, Passage
from index.writer import ArticleRows

TEXT = "The old tower stands. A bridge was built.\n\nLive updates: follow here. Ünïcödé 🗼 ends it."
TOWER = Article(
    name="news/tower.txt",
    title="Tower",
    text=TEXT,
    published="2022-03-08T11:03:00",
    byline="A. Writer",
    url="https://example.org/tower",
    language="en",
    pages=(0, 43),
    boilerplate=((43, 69),),
)
PLAIN = Article(name="plain.txt", title="Plain", text="A river runs. It is long.")
RECORD = FileRecord("news/tower.txt", 90, 5, 6, 2**64 - 1, "00ff", "txt 1", 7, None, 1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PassageStore]:
    with PassageStore(tmp_path / "index", dimension=2) as store:
        yield store


def passages(article: Article, *ends: int) -> list[Passage]:
    bounds = [0, *ends, len(article.text)]
    return [Passage(start, end, article.text[start:end]) for start, end in pairwise(bounds)]


def rows(article: Article, *ends: int, vectors: NDArray[np.float32] | None = None) -> ArticleRows:
    chunks = passages(article, *ends)
    if vectors is None:
        vectors = np.array([[1.0, number] for number in range(len(chunks))], dtype=np.float32)
    return article, chunks, vectors, [f"{article.title}\n{chunk.text}" for chunk in chunks]


def put(store: PassageStore, record: FileRecord, *articles: ArticleRows) -> None:
    with store.writing() as writer:
        writer.put_file(replace(record, articles=len(articles)), articles)


def record_of(path: str) -> FileRecord:
    return replace(RECORD, path=path)


def contents(store: PassageStore) -> list[str]:
    return [str(each.content) for each in store.filter_documents()]


# What comes back


def test_an_article_comes_back_as_it_was_put(store: PassageStore) -> None:
    put(store, RECORD, rows(TOWER, 21, 43))
    put(store, record_of("plain.txt"), rows(PLAIN))
    assert store.article("news/tower.txt") == TOWER
    assert store.article_text("news/tower.txt") == TEXT
    assert store.article("tower.txt") is None is store.article_text("tower.txt")
    assert store.articles_of("plain.txt") == [PLAIN]
    assert store.articles_of("other.txt") == []
    assert store.articles() == [
        ArticleSummary("news/tower.txt", "Tower", TOWER.published, "A. Writer", TOWER.url, "en", len(TEXT), 3),
        ArticleSummary("plain.txt", "Plain", None, None, None, None, 25, 1),
    ]
    assert store.files() == {"news/tower.txt": RECORD, "plain.txt": record_of("plain.txt")}
    assert store.check() == []


def test_a_passage_is_a_document_with_its_place(store: PassageStore) -> None:
    put(store, RECORD, rows(TOWER, 21, 43))
    (hit,) = store.bm25_retrieval("updates")
    assert hit.content == TEXT[43:]
    assert hit.meta == {
        "article": "news/tower.txt",
        "title": "Tower",
        "url": "https://example.org/tower",
        "published": "2022-03-08T11:03:00",
        "published_at": 1646737380,
        "start": 43,
        "end": len(TEXT),
        "boilerplate": [[43, 69]],
    }
    assert hit.id == document_id("news/tower.txt", Passage(43, len(TEXT), TEXT[43:]))
    assert hit.embedding is None


def test_what_is_not_known_is_absent_from_meta() -> None:
    assert passage_meta(PLAIN, Passage(0, 7, "A river")) == {
        "article": "plain.txt",
        "title": "Plain",
        "start": 0,
        "end": 7,
    }
    assert passage_meta(TOWER, Passage(0, 43, TEXT[:43], page=1))["page"] == 1
    assert "boilerplate" not in passage_meta(TOWER, Passage(0, 43, TEXT[:43]))  # it ends where that starts


@pytest.mark.parametrize(
    ("published", "seconds"),
    [
        ("1970-01-02", 86_400),
        ("1970-01-01T01:00:00", 3_600),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1970-01-01T00:00:00.5Z", 0.5),
        ("1969-12-31", -86_400),
        ("2022-03", None),
        ("yesterday", None),
        (None, None),
    ],
)
def test_published_as_seconds(published: str | None, seconds: float | None) -> None:
    assert published_seconds(published) == seconds


def test_ids_depend_on_name_place_and_text_alone() -> None:
    base = ("a", Passage(0, 3, "abc"))
    others = [
        ("b", Passage(0, 3, "abc")),
        ("a", Passage(1, 4, "abc")),
        ("a", Passage(0, 3, "abd")),
        ("a", Passage(0, 4, "abc")),
    ]
    assert document_id(*base) == document_id("a", Passage(0, 3, "abc", page=7))
    assert len({document_id(*each) for each in [base, *others]}) == 5
    assert len(document_id(*base)) == 32


# Replacing and removing


def test_putting_a_file_again_replaces_all_that_came_from_it(store: PassageStore) -> None:
    rows_csv = [Article(f"t.csv#{key}", key, f"Row {key}.") for key in "abc"]
    put(store, record_of("t.csv"), *(rows(article) for article in rows_csv))
    put(store, record_of("plain.txt"), rows(PLAIN))
    changed = replace(rows_csv[1], text="Row b has changed.")
    put(store, record_of("t.csv"), rows(rows_csv[0]), rows(changed))
    assert [each.name for each in store.articles()] == ["plain.txt", "t.csv#a", "t.csv#b"]
    assert sorted(contents(store)) == ["A river runs. It is long.", "Row a.", "Row b has changed."]
    assert store.files()["t.csv"].articles == 2
    assert store.check() == []


def test_an_article_that_is_as_it_was_keeps_its_passages(store: PassageStore) -> None:
    """One changed row of a long table must not write and index the others anew."""
    first, second = (Article(f"t.csv#{key}", key, f"Row {key}.") for key in "ab")
    put(store, record_of("t.csv"), rows(first), rows(second))
    put(store, record_of("t.csv"), rows(first), rows(replace(second, title="B")))
    assert contents(store) == ["Row a.", "Row b."]
    generation = store.generation
    put(store, replace(record_of("t.csv"), mtime_ns=6), rows(first), rows(replace(second, title="B")))
    assert (store.generation, store.files()["t.csv"].mtime_ns) == (generation, 6)
    with closing(sqlite3.connect(store.folder / "passages.db")) as connection:
        assert connection.execute("SELECT id FROM passages").fetchall() == [(1,), (3,)]


def test_other_passages_of_an_equal_article_replace_its_own(store: PassageStore) -> None:
    put(store, RECORD, rows(TOWER, 21))
    put(store, RECORD, rows(TOWER, 43))
    assert contents(store) == [TEXT[:43], TEXT[43:]]
    article, chunks, vectors, _ = rows(TOWER, 43)
    put(store, RECORD, (article, chunks, vectors[::-1], ["embedded", "otherwise"]))
    assert [hit.content for hit in store.embedding_retrieval([1.0, 0.0], top_k=1)] == [TEXT[43:]]


def test_removing_a_file(store: PassageStore) -> None:
    put(store, RECORD, rows(TOWER, 21))
    put(store, record_of("plain.txt"), rows(PLAIN))
    with store.writing() as writer:
        writer.remove_file("news/tower.txt")
        writer.remove_file("never there")
    assert list(store.files()) == ["plain.txt"]
    assert contents(store) == ["A river runs. It is long."]
    assert store.bm25_retrieval("tower") == []
    assert store.article("news/tower.txt") is None
    assert store.check() == []


def test_a_failed_file_is_recorded_without_articles(store: PassageStore) -> None:
    put(store, RECORD, rows(TOWER))
    with store.writing() as writer:
        writer.put_file(replace(RECORD, error="encrypted: it has a password", articles=0), [])
    assert store.files()["news/tower.txt"].error == "encrypted: it has a password"
    assert store.count_documents() == 0


def test_two_files_cannot_have_an_article_of_one_name(store: PassageStore) -> None:
    put(store, record_of("t.csv"), rows(Article("t.csv#a", "a", "Row a.")))
    with pytest.raises(ExtractionError, match=r"'t\.csv#a', but t\.csv has one"):
        put(store, record_of("t.csv#a"), rows(Article("t.csv#a", "a", "A file of that name.")))
    assert list(store.files()) == ["t.csv"]
    assert contents(store) == ["Row a."]


@pytest.mark.parametrize("passage", [Passage(0, 3, "Old"), Passage(1, 4, "The"), Passage(5, 5, "")])
def test_a_passage_that_is_not_in_its_article_is_refused(store: PassageStore, passage: Passage) -> None:
    with pytest.raises(ValueError, match="not the article's text there"):
        put(store, RECORD, (TOWER, [passage], np.ones((1, 2), dtype=np.float32), ["x"]))
    assert store.files() == {}


def test_clearing_keeps_what_the_index_is_for(store: PassageStore) -> None:
    identity = Identity("/articles", "embedder 1")
    assert store.identity() is None
    with store.writing() as writer:
        writer.set_identity(identity)
    put(store, RECORD, rows(TOWER))
    with store.writing() as writer:
        writer.clear()
    assert (store.identity(), store.files(), store.articles(), store.count_documents()) == (identity, {}, [], 0)
    with store.writing() as writer:
        writer.set_identity(replace(identity, embedder="embedder 2"))
    assert store.identity() == Identity("/articles", "embedder 2")


# Generations and vectors


def test_the_generation_grows_with_what_can_be_retrieved_and_nothing_else(store: PassageStore) -> None:
    seen = [store.generation]
    with store.writing() as writer:
        writer.set_identity(Identity("/a", "e"))
        writer.touch_file(RECORD)
        writer.remove_file("never there")
        seen.append(store.generation)
        with writer.transaction():
            writer.put_file(RECORD, [rows(TOWER)])
            writer.put_file(record_of("plain.txt"), [rows(PLAIN)])
        seen.append(store.generation)
        writer.remove_file("plain.txt")
        seen.append(store.generation)
        writer.purge()
        seen.append(store.generation)
    assert seen == [0, 0, 1, 2, 2]


def test_known_vectors_are_those_of_equal_texts_bit_for_bit(store: PassageStore) -> None:
    vectors = np.array([[0.1, 1 / 3], [-7.25, 1e-30]], dtype=np.float32)
    put(store, RECORD, rows(TOWER, 21, vectors=vectors))
    texts = [f"Tower\n{TEXT[:21]}", f"Tower\n{TEXT[21:]}", f"Other\n{TEXT[:21]}"]
    with store.writing() as writer:
        known = writer.known_vectors([*texts, *(f"text {number}" for number in range(1200))])
        assert writer.known_vectors([]) == {}
    assert list(known) == texts[:2]
    assert [known[text].tobytes() for text in texts[:2]] == [vector.tobytes() for vector in vectors]


def test_the_vectors_file_follows_each_writing(store: PassageStore) -> None:
    assert store.statistics()["vectors_file_behind"] == -1
    with store.writing() as writer:
        writer.put_file(RECORD, [rows(TOWER)])
        assert store.statistics()["vectors_file_behind"] == -1
        writer.flush_vectors()
        assert store.statistics()["vectors_file_behind"] == 0
        writer.remove_file(RECORD.path)
        assert store.statistics()["vectors_file_behind"] == 1
    statistics = store.statistics()
    assert statistics["vectors_file_behind"] == 0
    assert (statistics["articles"], statistics["passages"], statistics["vectors"], statistics["files"]) == (0, 0, 0, 0)
    assert (statistics["generation"], statistics["dimension"]) == (2, 2)
    assert statistics["database_bytes"] > 0 < statistics["vectors_file_bytes"]


def test_many_small_writes_do_not_each_rewrite_a_large_file(
    store: PassageStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With 2 vectors a commit allowed (instead of 5,000), 30 writes leave the file behind, and nothing is missed."""
    monkeypatch.setattr("index.writer.VECTORS_A_COMMIT", 2)
    behind = []
    for number in range(30):
        store.write_documents([Document(id=f"d{number}", embedding=[1.0, float(number)])])
        behind.append(store.commits_behind())
    assert behind[:2] == [0, 1]
    assert sum(commits == 0 for commits in behind) < 10
    assert len(store.embedding_retrieval([1.0, 0.0], top_k=100)) == 30


def test_retrieval_inside_a_transaction_is_refused(store: PassageStore) -> None:
    with (
        store.writing() as writer,
        writer.transaction(),
        pytest.raises(RuntimeError, match="inside a write transaction"),
    ):
        store.embedding_retrieval([1.0, 0.0])


def test_a_write_inside_reading_is_refused(store: PassageStore) -> None:
    put(store, RECORD, rows(TOWER))
    with store.reading(), pytest.raises(RuntimeError, match="inside reading"):
        store.delete_all_documents()
    assert store.count_documents() == 1


# Nothing left over


def test_after_a_purge_no_file_holds_a_removed_word(store: PassageStore) -> None:
    """Not the text, not the title, and not the stem that FTS5 keeps."""
    secret = Article("secret.txt", "Zzyzxian affairs", "The quuxological report. " * 40)
    put(store, RECORD, rows(TOWER, 21))
    put(store, record_of("secret.txt"), rows(secret, 500))
    with store.writing() as writer:
        writer.remove_file("secret.txt")
        writer.purge()
    store.close()
    for file in store.folder.iterdir():
        data = file.read_bytes().lower()
        assert b"quuxolog" not in data, file
        assert b"zzyzx" not in data, file
    assert [hit.content for hit in store.bm25_retrieval("tower")] == [TEXT[:21], TEXT[21:]]


# What check() finds

HARM = {
    "UPDATE passages SET content = 'changed' WHERE id = 1": "passage 0:21 of news/tower.txt is not the article's text",
    "UPDATE articles SET text = substr(text, 2)": "passage 0:21 of news/tower.txt is not the article's text",
    "UPDATE passages SET meta = json_set(meta, '$.start', 1) WHERE id = 2": "is not the article's text there",
    "INSERT INTO passages_fts (passages_fts) VALUES ('delete-all')": "full text does not agree",
    "UPDATE articles SET file = 'nowhere'": "row 1 of articles refers to a row of files",
    "UPDATE files SET articles = 5": "recorded with 5 articles and has 1",
    "UPDATE vectors SET embedding = x'00' WHERE passage = 2": "vector of passage 2 has 1 bytes, not 8",
    "DELETE FROM vectors WHERE passage = 1": "1 passages have no vector",
}


@pytest.mark.parametrize(("sql", "problem"), HARM.items())
def test_check_finds(store: PassageStore, sql: str, problem: str) -> None:
    put(store, RECORD, rows(TOWER, 21))
    assert store.check() == []
    store.close()
    with closing(sqlite3.connect(store.folder / "passages.db")) as connection:
        if sql.startswith("UPDATE passages SET content"):
            connection.execute("DROP TRIGGER passages_updated")  # so that only the text is wrong
            connection.execute("INSERT INTO passages_fts (passages_fts) VALUES ('delete-all')")
        connection.execute(sql)
        if sql.startswith("UPDATE passages SET content"):
            connection.execute("INSERT INTO passages_fts (passages_fts) VALUES ('rebuild')")
        connection.commit()
    assert any(problem in line for line in store.check()), store.check()


def test_check_finds_vectors_that_are_not_the_databases(store: PassageStore) -> None:
    put(store, RECORD, rows(TOWER, 21))
    assert len(store.embedding_retrieval([1.0, 0.0])) == 2
    with closing(sqlite3.connect(store.folder / "passages.db")) as connection:
        connection.execute("UPDATE vectors SET embedding = (SELECT embedding FROM vectors WHERE passage = 2)")
        connection.commit()
    assert store.check() == ["1 vectors differ between the vector index and the database"]


def test_check_finds_a_damaged_page(store: PassageStore) -> None:
    put(store, RECORD, rows(replace(PLAIN, text="word " * 20_000)))
    store.close()
    file = store.folder / "passages.db"
    data = bytearray(file.read_bytes())
    half = len(data) // 2 // 4096 * 4096
    data[half : half + 4096] = b"\xa5" * 4096
    file.write_bytes(data)
    assert any("--rebuild" in line for line in store.check())
