"""docx: paragraphs and tables in order, and what cannot be read."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import ExtractionError
from index.extraction import Extraction, extract


def word(author: str = "python-docx") -> bytes:
    document = docx.Document()
    document.add_heading("The headline", 0)
    document.add_paragraph("First paragraph with é and 😀.")
    table = document.add_table(2, 2)
    for place, text in enumerate(["a", "b", "c", "d"]):
        table.cell(place // 2, place % 2).text = text
    document.add_paragraph("After the table.\nSecond line.")
    document.core_properties.author = author
    return saved(document)


def saved(document: docx.document.Document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def archive(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return out.getvalue()


def read(data: bytes) -> Extraction:
    return extract(Path("/folder/a.docx"), "a.docx", data)


def failure(data: bytes) -> ExtractionError:
    with pytest.raises(ExtractionError, match=r"a\.docx") as caught:
        read(data)
    return caught.value


def test_blocks_stay_in_order() -> None:
    (found,) = read(word()).articles
    assert (
        found.text == "The headline\n\nFirst paragraph with é and 😀.\n\na | b\nc | d\n\nAfter the table.\nSecond line."
    )
    assert found.title == "The headline"


def test_a_merged_cell_is_told_once() -> None:
    document = docx.Document()
    table = document.add_table(1, 3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "wide"
    table.cell(0, 2).text = "end"
    (found,) = read(saved(document)).articles
    assert found.text == "wide | end"


def test_core_properties_tell_the_author_and_no_date() -> None:
    (found,) = read(word("Jane Doe")).articles
    assert (found.byline, found.published) == ("Jane Doe", None)
    (found,) = read(word()).articles
    assert found.byline is None


def test_no_text() -> None:
    assert failure(saved(docx.Document())).kind == "no-text"


def test_an_encrypted_file() -> None:
    assert failure(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600).kind == "encrypted"


def test_another_archive() -> None:
    assert failure(archive(a_xml=b"<a/>")).kind == "not-what-it-says"


def test_a_package_without_its_parts() -> None:
    assert failure(archive(word__document_xml=b"<a/>")).kind == "damaged"


def test_an_archive_that_unpacks_to_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.extraction.docx.LARGEST_UNPACKED_BYTES", 1_000)
    assert failure(word()).kind == "too-large"


WHOLE = word()


@settings(deadline=None, max_examples=60)
@given(st.integers(0, len(WHOLE)), st.binary(min_size=1, max_size=12))
def test_damaged_files_are_errors_of_extraction_or_articles(at: int, noise: bytes) -> None:
    for data in (WHOLE[:at], WHOLE[:at] + noise + WHOLE[at + len(noise) :]):
        try:
            found = read(data)
        except ExtractionError as error:
            assert error.kind in {"empty", "damaged", "no-text", "encrypted", "not-what-it-says", "too-large"}
        else:
            assert found.articles[0].text.strip()
