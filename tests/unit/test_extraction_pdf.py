"""PDF: pages, flowing lines, hyphens, and what cannot be read."""

from __future__ import annotations

import io
import logging
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from index.errors import ExtractionError
from index.extraction import Extraction, extract
from index.types import Article


def pdf(*pages: list[str], password: str | None = None, **properties: str) -> bytes:
    """A PDF with one line of text a string; an empty list is a page without text."""
    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
            NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
        }
    )
    reference = writer._add_object(font)
    for lines in pages:
        page = writer.add_blank_page(width=595, height=842)
        shown = b"".join(b"(" + line.encode("cp1252") + b") Tj T*\n" for line in lines)
        stream = DecodedStreamObject()
        stream.set_data(b"BT /F1 11 Tf 14 TL 60 780 Td\n" + shown + b"ET")
        page[NameObject("/Contents")] = writer._add_object(stream)
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): reference})}
        )
    writer.add_metadata({f"/{name}": value for name, value in properties.items()})
    if password is not None:
        writer.encrypt(user_password=password, owner_password="owner", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def read(data: bytes) -> Extraction:
    return extract(Path("/folder/a.pdf"), "a.pdf", data)


def article(data: bytes) -> Article:
    (found,) = read(data).articles
    return found


def failure(data: bytes) -> ExtractionError:
    with pytest.raises(ExtractionError, match=r"a\.pdf") as caught:
        read(data)
    return caught.value


def test_a_list_of_short_lines_stays_a_list() -> None:
    assert article(pdf(["Apples", "Pears and plums", "Figs"])).text == "Apples\nPears and plums\nFigs"


STORY = [
    "Russia is recruiting Syrians and other foreign fighters to",
    "reinforce its assault on Ukraine, the Pentagon said. Some for-",
    "eign fighters are well-",
    "known there.",
]


def test_lines_flow_and_words_are_put_together() -> None:
    found = article(pdf(["A headline", *STORY]))
    assert found.text == (
        "A headline\nRussia is recruiting Syrians and other foreign fighters to reinforce its assault on Ukraine, "
        "the Pentagon said. Some foreign fighters are well-known there."
    )
    assert found.title == "A headline"


def test_each_page_begins_at_its_offset() -> None:
    found = article(pdf(["Head of page one", "Text."], ["Head of page two"], [], ["Page four"]))
    assert [found.text[at:].split("\n")[0] for at in found.pages] == [
        "Head of page one",
        "Head of page two",
        "Page four",
        "Page four",
    ]
    assert found.pages[0] == 0


def test_pages_without_text_are_noted() -> None:
    found = read(pdf(["Text."], [], []))
    assert [(note.kind, note.message) for note in found.notes] == [
        ("no-text", "a.pdf holds no text on pages 2, 3 of 3: pictures or a scan?")
    ]


def test_a_scan_says_what_to_do() -> None:
    error = failure(pdf([], []))
    assert error.kind == "no-text"
    assert "ocrmypdf" in str(error)


def test_an_encrypted_file() -> None:
    error = failure(pdf(["Text."], password="secret"))
    assert error.kind == "encrypted"
    assert "Save it without a password" in str(error)


def test_the_empty_password_is_tried() -> None:
    assert article(pdf(["Text."], password="")).text == "Text."


@pytest.mark.parametrize(
    ("stated", "title"),
    [
        ("The war in numbers", "The war in numbers"),
        ("Microsoft Word - draft3.docx", "A headline"),
        ("untitled", "A headline"),
        ("report_final.pdf", "A headline"),
        ("Document1", "A headline"),
        ("", "A headline"),
    ],
)
def test_titles_that_say_nothing_are_passed_over(stated: str, title: str) -> None:
    assert article(pdf(["A headline", "Text here."], Title=stated)).title == title


def test_creation_dates_are_no_stated_dates() -> None:
    assert article(pdf(["Text."], CreationDate="D:20220308110300Z")).published is None
    assert article(pdf(["Head", "Published: 8 March 2022", "Text."])).published == "2022-03-08"


def test_pypdf_is_quiet_and_its_logger_left_as_it_was(caplog: pytest.LogCaptureFixture) -> None:
    level = logging.getLogger("pypdf").level
    failure(pdf(["Text."])[:400])
    assert caplog.records == []
    assert logging.getLogger("pypdf").level == level


def test_one_bad_page_is_noted_and_the_others_go_in(monkeypatch: pytest.MonkeyPatch) -> None:
    from pypdf import PageObject

    real = PageObject.extract_text

    def failing(self: PageObject) -> str:
        text = real(self)
        if "bad" in text:
            raise ValueError("odd stream")
        return text

    monkeypatch.setattr(PageObject, "extract_text", failing)
    found = read(pdf(["Good."], ["bad"], ["Good too."]))
    assert found.articles[0].text == "Good.\n\nGood too."
    assert [(note.kind, note.message) for note in found.notes] == [
        ("damaged", "page 2 of a.pdf cannot be read (ValueError: odd stream); the others were")
    ]


WHOLE = pdf(["A headline", *STORY], ["Second page"])


@settings(deadline=None, max_examples=80)
@given(st.integers(0, len(WHOLE)), st.binary(min_size=1, max_size=12))
def test_damaged_files_are_errors_of_extraction_or_articles(at: int, noise: bytes) -> None:
    for data in (WHOLE[:at], WHOLE[:at] + noise + WHOLE[at + len(noise) :]):
        try:
            found = extract(Path("a.pdf"), "a.pdf", data)
        except ExtractionError as error:
            assert error.kind in {"empty", "damaged", "no-text", "encrypted", "not-what-it-says"}
        else:
            assert found.articles[0].text.strip()


def test_the_helper_makes_real_files() -> None:
    assert len(PdfReader(io.BytesIO(WHOLE)).pages) == 2
