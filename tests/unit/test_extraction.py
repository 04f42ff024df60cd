"""Extraction of text files: encodings, control characters, what is no text; Markdown, HTML and rows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from index.errors import ExtractionError
from index.extraction import Extraction, extract, extractor_of
from index.scan import SUPPORTED
from index.types import Article

SEED = Path(__file__).parents[2] / "seeds/000_52b6240fc459b307.txt"


def read(name: str, data: bytes | str) -> Extraction:
    return extract(Path("/folder") / name, name, data.encode() if isinstance(data, str) else data)


def article(name: str, data: bytes | str) -> Article:
    (found,) = read(name, data).articles
    return found


def failure(name: str, data: bytes | str) -> ExtractionError:
    with pytest.raises(ExtractionError) as caught:
        read(name, data)
    assert name in str(caught.value)
    return caught.value


class TestText:
    def test_the_seed_is_kept_to_the_letter(self) -> None:
        found = article("seed.txt", SEED.read_bytes())
        assert found.text == SEED.read_text(encoding="utf-8")
        assert found.title == "Russia is recruiting Syrians to fight in Ukraine, says US"
        assert found.published == "2022-03-08T11:03:00"
        assert found.language == "en"
        assert len(found.boilerplate) == 3
        assert found.pages == ()

    def test_without_a_headline_the_title_is_the_files_name(self) -> None:
        assert article("a/my_note-1.txt", "One paragraph that ends as such.").title == "my note 1"

    @pytest.mark.parametrize(
        "data", [b"", b" \n\t\r\n ", b"\xef\xbb\xbf", "\ufeff \n".encode("utf-16-le"), b"\xe2\x80\x83"]
    )
    def test_empty(self, data: bytes) -> None:
        assert failure("a.txt", data).kind == "empty"

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"])
    def test_unicode_encodings_need_no_note(self, encoding: str) -> None:
        found = read("a.txt", "Zürich café – “quoted” text".encode(encoding))
        assert found.articles[0].text == "Zürich café – “quoted” text"
        assert found.notes == ()

    @pytest.mark.parametrize(
        ("encoding", "text"),
        [
            ("cp1252", "Café naïve “quoted” déjà vu – 5 €"),
            ("cp1251", "Путин исключил использование призывников на Украине, сообщили"),
            ("shift_jis", "日本語のテキストです。今日は良い天気ですね。"),
        ],
    )
    def test_other_encodings_are_guessed_and_noted(self, encoding: str, text: str) -> None:
        found = read("a.txt", text.encode(encoding))
        assert found.articles[0].text == text
        assert [note.kind for note in found.notes] == ["encoding"]
        assert "is not UTF-8; read as" in found.notes[0].message

    def test_a_mixed_encoding_says_how_many_bytes_and_where(self) -> None:
        data = "Zürich, Genève, Köln und Malmö. ".encode() + b"caf\xe9 and na\xefve \x81"
        found = read("a.txt", data)
        assert found.articles[0].text == "Zürich, Genève, Köln und Malmö. café and naïve \x81"
        assert [note.kind for note in found.notes] == ["encoding"]
        assert f"UTF-8 but for 3 bytes, the first at byte {data.index(0xE9)}" in found.notes[0].message

    def test_line_ends_and_controls(self) -> None:
        padding = "and enough of plain text around them that this is a text and nothing else at all, really. " * 3
        text = article("a.txt", f"a\r\nb\rc\x0cd\x0be\x00f\x1b[0m\x07\x7f\tg\n{padding}").text
        assert text.startswith("a\nb\nc\nd\nef[0m\tg\n")

    def test_lone_surrogates_are_removed(self) -> None:
        assert article("a.jsonl", '{"text": "a\\ud800b \\ud83d\\ude00"}').text == "ab 😀"

    @pytest.mark.parametrize(
        ("name", "data", "found"),
        [
            ("a.txt", b"PK\x03\x04rest", "a zip archive"),
            ("a.txt", b"%PDF-1.7\n", "a PDF"),
            ("a.md", b"\x89PNG\r\n\x1a\n", "a PNG picture"),
            ("a.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or encrypted Office file"),
            ("a.txt", bytes(range(256)) * 4, "binary data"),
            ("a.txt", b"<!DOCTYPE html><html><p>x</p></html>", "an HTML page"),
            ("a.csv", b"<html><p>x</p></html>", "an HTML page"),
            ("a.html", b"just text", "no HTML"),
            ("a.pdf", b"<html><p>x</p></html>", "no PDF"),
            ("a.pdf", b"PK\x03\x04rest", "a zip archive"),
            ("a.docx", b"plain text", "something that is no Word file"),
            ("a.docx", b"%PDF-1.7\n", "a PDF"),
        ],
    )
    def test_not_what_it_says(self, name: str, data: bytes, found: str) -> None:
        error = failure(name, data)
        assert error.kind == "not-what-it-says"
        assert f"it holds {found}" in str(error)

    def test_too_large(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("index.reading.LARGEST_BYTES", 10)
        assert failure("a.txt", "eleven bytes").kind == "too-large"


class TestMarkdown:
    PAGE = (
        '---\ntitle: "A: b"\nDate: 2022-03-08\nauthor: [Jane Doe, John]\nurl: https://x.org/a\n---\n# Head *one*\n\n'
        "Para with **bold**, a [link](http://x.y) and `code`\nand a wrapped line. Second<br>line.\n\n"
        "- item one\n- item two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\nprint(1)\n```\n"
    )

    def test_front_matter_and_plain_text(self) -> None:
        found = article("a.md", self.PAGE)
        assert (found.title, found.published, found.byline) == ("A: b", "2022-03-08", "Jane Doe, John")
        assert found.url == "https://x.org/a"
        assert found.text == (
            "Head one\n\nPara with bold, a link and code and a wrapped line. Second\nline.\n\n"
            "item one\nitem two\n\na | b\n1 | 2\n\nprint(1)"
        )

    def test_the_first_heading_is_the_title(self) -> None:
        assert article("a.markdown", "Intro.\n\n## The *head*\n\nText.").title == "The head"
        assert article("my-file.md", "Intro.\n\nMore.\n\n## A section\n\nText.").title == "my file"

    def test_bad_front_matter_is_noted_and_read_as_text(self) -> None:
        found = read("a.md", "---\ntitle: [a\n---\nText of it.")
        assert [note.kind for note in found.notes] == ["front-matter"]
        assert "Text of it." in found.articles[0].text

    def test_a_rule_is_no_front_matter(self) -> None:
        assert "Text of it." in article("a.md", "---\n\nText of it.\n\n---\n").text


PARAGRAPH = "This paragraph number {} is long enough to be taken for a part of the main text by the extractor."


def page(head: str = "", body: str = "", title: str = "Site - Head") -> str:
    text = "".join(f"<p>{PARAGRAPH.format(number)}</p>" for number in range(3))
    return (
        f"<html><head><title>{title}</title>{head}</head><body><nav><a href=/>Home</a></nav><article>{body}{text}"
        "</article><footer>Copyright 2019-2024 Foo</footer></body></html>"
    )


class TestHtml:
    def test_the_main_text_in_paragraphs(self) -> None:
        found = article("a.html", page(body="<h1>Head one</h1>"))
        assert found.text == "\n\n".join(["Head one", *(PARAGRAPH.format(number) for number in range(3))])
        assert found.title == "Head one"

    def test_line_ends_of_the_source_are_no_line_ends_of_the_text(self) -> None:
        body = (
            "<p>A paragraph long enough to be kept, with <code>code</code> in\nit and <b>bold\ntext</b>.<br>Next.</p>"
            "<ul><li>one\nthing<ul><li>deeper</li></ul></li><li>two</li></ul>"
            "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table><pre>x = 1\n  y = 2</pre>"
        )
        assert article("a.html", page(body=body)).text.split("\n\n")[:4] == [
            "A paragraph long enough to be kept, with code in it and bold text.\nNext.",
            "- one thing\n- deeper\n- two",
            "a | b\nc | d",
            "x = 1\n  y = 2",
        ]

    def test_a_repeated_paragraph_is_kept(self) -> None:
        again = f"<p>{PARAGRAPH.format(1)}</p>"
        assert article("a.html", page(body=again)).text.count(PARAGRAPH.format(1)) == 2

    def test_nothing_is_guessed_of_the_footers_years(self) -> None:
        assert article("a.html", page()).published is None

    @pytest.mark.parametrize(
        ("head", "body"),
        [
            ('<meta property="article:published_time" content="2022-03-08T11:03:00Z">', ""),
            ('<meta content="2022-03-08T11:03:00Z" itemprop="datePublished">', ""),
            ('<script type="application/ld+json">{"datePublished": "2022-03-08T11:03:00Z"}</script>', ""),
            (
                '<script type="application/ld+json">[{"@graph": [{"datePublished": "2022-03-08T11:03:00Z"}]}]</script>',
                "",
            ),
            ('<script type="application/ld+json">{broken</script>', "<time datetime=2022-03-08T11:03:00Z>x</time>"),
        ],
    )
    def test_stated_dates(self, head: str, body: str) -> None:
        assert article("a.html", page(head, body)).published == "2022-03-08T11:03:00+00:00"

    def test_the_update_is_not_the_publication(self) -> None:
        head = '<meta property="article:modified_time" content="2023-01-01T00:00:00Z">'
        assert article("a.html", page(head)).published is None

    def test_what_the_page_shows_stays_quotable(self) -> None:
        body = '<h1>Head one</h1><p class="byline">By Jane Doe</p><time datetime="2022-03-08">8 March 2022</time>'
        found = article("a.htm", page(body=body))
        assert (found.published, found.byline) == ("2022-03-08", "Jane Doe")
        assert found.text.split("\n\n")[:3] == ["Head one", "By Jane Doe", "8 March 2022"]

    def test_title_author_and_address_of_the_head(self) -> None:
        head = (
            '<meta property="og:title" content="The  head"><meta name="author" content="By Jane Doe">'
            '<link rel="canonical" href="https://x.org/a">'
        )
        found = article("a.html", page(head))
        assert (found.title, found.byline, found.url) == ("The head", "Jane Doe", "https://x.org/a")

    def test_the_declared_encoding_counts(self) -> None:
        data = page('<meta charset="windows-1251">', title="Привет").encode("cp1251")
        found = read("a.html", data)
        assert found.articles[0].title == "Привет"
        assert found.notes == ()

    def test_a_page_without_text(self) -> None:
        assert failure("a.html", "<html><body><script>x()</script></body></html>").kind == "no-text"


class TestRows:
    def test_columns_are_told_by_their_names(self) -> None:
        data = "ID;Headline;Body;Published_At;Link;Author\n7;Head;Text of it;2022-03-08;https://x.y/z;Jane Doe\n"
        found = article("d/x.csv", data)
        assert found.name == "d/x.csv#7"
        assert found.text == "Head\n\nText of it"
        assert (found.title, found.published, found.byline) == ("Head", "2022-03-08", "Jane Doe")
        assert found.url == "https://x.y/z"

    def test_an_ambiguous_date_is_none(self) -> None:
        assert article("x.csv", "text,date\nhello,03/08/2022\n").published is None

    def test_without_a_text_column_all_columns_are_the_text(self) -> None:
        found = read("x.csv", "name,age\nJane,3\nJoe,4\n").articles
        assert [(row.name, row.text) for row in found] == [
            ("x.csv#1", "name: Jane\nage: 3"),
            ("x.csv#2", "name: Joe\nage: 4"),
        ]

    def test_one_column(self) -> None:
        assert [row.text for row in read("x.csv", "text\nfoo bar\nbaz, qux\n").articles] == ["foo bar", "baz"]

    def test_quoted_fields_hold_line_ends_and_delimiters(self) -> None:
        assert article("x.csv", '\ufeffid,text\n1,"a, ""b""\nc"\n').text == 'a, "b"\nc'

    def test_a_big_field_is_read(self) -> None:
        assert len(article("x.csv", f"id,text\n1,{'word ' * 60_000}\n").text) == 300_000

    def test_ragged_rows_are_noted_and_read(self) -> None:
        found = read("x.csv", "id,text\n1,a\n2,b,extra\n3\n")
        assert [row.text for row in found.articles] == ["a", "b", "id: 3"]
        assert [note.kind for note in found.notes] == ["ragged", "ragged"]
        assert found.notes[0].message == "row 2 of x.csv has 3 fields, the header 2"

    def test_a_key_given_twice_is_noted_and_made_unique(self) -> None:
        found = read("x.csv", "id,text\n1,a\n1,b\n1,c\n")
        assert [row.name for row in found.articles] == ["x.csv#1", "x.csv#1~2", "x.csv#1~3"]
        assert [note.kind for note in found.notes] == ["duplicate-key"] * 2

    def test_a_header_alone_is_empty(self) -> None:
        assert failure("x.csv", "id,text\n").kind == "empty"

    def test_a_malformed_line_is_noted_with_its_number_and_the_rest_go_in(self) -> None:
        found = read("x.jsonl", '{"id": 1, "text": "a"}\nnope\n\n[1]\n{"id": 2, "content": "b"}\n')
        assert [(row.name, row.text) for row in found.articles] == [("x.jsonl#1", "a"), ("x.jsonl#2", "b")]
        assert [note.message.split(" (")[0][:22] for note in found.notes] == [
            "line 2 of x.jsonl is n",
            "line 4 of x.jsonl is n",
        ]

    def test_lines_end_at_line_feeds_only(self) -> None:
        found = article("x.ndjson", '{"text": "a\u2028b\u0085c"}\n')
        assert found.text.startswith("a\u2028b")

    def test_no_good_line_at_all_says_why(self) -> None:
        error = failure("x.jsonl", "nope\n")
        assert "line 1 of x.jsonl is no JSON" in str(error)

    def test_nested_values_are_text(self) -> None:
        assert (
            article("x.jsonl", json.dumps({"tags": ["a", "b"], "n": {"k": 1}, "none": None})).text
            == 'tags: a, b\nn: {"k": 1}'
        )


def test_versions_are_told_by_format() -> None:
    assert extractor_of("a/b.txt") == "1"
    assert extractor_of("a/b.PDF").startswith("1 pypdf ")
    assert extractor_of("b.html").startswith("1 trafilatura ")


HEADS = [
    b"",
    b"%PDF-1.4\n",
    b"PK\x03\x04",
    b"<html><body><p>",
    b"---\ntitle: ",
    b"a,b\n",
    b'{"text": "',
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xef\xbb\xbf",
]


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(SUPPORTED)), st.sampled_from(HEADS), st.binary(max_size=300))
@example(".jsonl", b"", b"[" * 100_000)
@example(".jsonl", b"", b'{"a":' * 100_000)
@example(".md", b"", b"> " * 2_000 + b"x")
@example(".html", b"", b"<div>" * 3_000 + b"x")
@example(".csv", b"", b'a,b\n1,"x\x00y')
def test_bytes_give_articles_or_an_extraction_error(suffix: str, head: bytes, body: bytes) -> None:
    check_total(suffix, head + body)


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(sorted(SUPPORTED)), st.text(max_size=200))
def test_text_gives_articles_or_an_extraction_error(suffix: str, text: str) -> None:
    check_total(suffix, text.encode("utf-8", "surrogatepass"))


def check_total(suffix: str, data: bytes) -> None:
    try:
        found = read(f"a{suffix}", data)
    except ExtractionError as error:
        assert error.kind
        return
    for one in found.articles:
        assert one.text.strip()
        assert one.title.strip()
        assert not {"\x00", "\r"} & set(one.text)
        one.text.encode("utf-8")  # no lone surrogates
    assert len({one.name for one in found.articles}) == len(found.articles)
