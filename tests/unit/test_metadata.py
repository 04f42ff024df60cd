"""Title, stated date and byline from the lines of a text."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.metadata import byline_of, published_of, read_metadata, title_of, title_of_file

SEED = Path(__file__).parents[2] / "seeds/000_52b6240fc459b307.txt"
BODY = "\n\nThe troops left the town on 7 May 2021. They had come in 2019-01-02, he said.\n\nNothing more was known."


def test_the_seed_article() -> None:
    found = read_metadata(SEED.read_text(encoding="utf-8"))
    assert found.title == "Russia is recruiting Syrians to fight in Ukraine, says US"
    assert found.published == "2022-03-08T11:03:00"
    assert found.byline is None


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("A headline" + BODY, "A headline"),
        ("\n\n  A headline  " + BODY, "A headline"),
        ("Title: A headline" + BODY, "A headline"),
        ("Is this a headline?" + BODY, "Is this a headline?"),
        ("Advertisement\n8 March 2022\nBy Jane Doe\nA headline" + BODY, "A headline"),
        ("This is a first sentence. And a second one" + BODY, None),
        ("This is a paragraph that ends as such." + BODY, None),
        ("word " * 60 + BODY, None),
        ("-----" + BODY, None),
        ("The only line", None),
        ("", None),
    ],
)
def test_title(text: str, title: str | None) -> None:
    assert title_of(text) == title


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("a/march-8_report.txt", "march 8 report"),
        ("000_52b6240fc459b307.txt", "000_52b6240fc459b307"),
        ("Notes on x.md", "Notes on x"),
        ("---.txt", "---"),
    ],
)
def test_title_of_file(name: str, title: str) -> None:
    assert title_of_file(name) == title


@pytest.mark.parametrize(
    ("line", "iso"),
    [
        ("Published on March 8, 2022", "2022-03-08"),
        ("Published: 2022-03-08", "2022-03-08"),
        ("First published 8 March 2022", "2022-03-08"),
        ("Updated: March 08, 2022, 11:03 AM", "2022-03-08T11:03:00"),
        ("Last updated on 8 March 2022", "2022-03-08"),
        ("Posted at 2022-03-08 11:03", "2022-03-08T11:03:00"),
        ("8 March 2022", "2022-03-08"),
        ("By Jane Doe | March 8, 2022", "2022-03-08"),
        ("8 March 2022 • 5 min read", "2022-03-08"),
        ("KYIV, March 8, 2022 (Reuters) - Russia said so.", "2022-03-08"),
        ("KYIV, March 8 (Reuters) - Russia said so.", None),
        ("Published 03/08/2022", None),
        ("On March 8, 2022, he left.", None),
        ("Updated", None),
        ("March 8", None),
    ],
)
def test_published(line: str, iso: str | None) -> None:
    assert published_of(f"A headline\n\n{line}{BODY}") == iso


def test_a_date_at_the_end_needs_a_label() -> None:
    story = "A headline\n\n" + "The story went on.\n" * 30
    assert published_of(story + "Updated: 8 March 2022") == "2022-03-08"
    assert published_of(story + "8 March 2022") is None


def test_a_date_in_the_middle_is_of_the_story() -> None:
    middle = "The story went on.\n" * 30
    assert published_of(f"A headline\n{middle}Published: 8 March 2022\n{middle}") is None


def test_published_goes_before_updated() -> None:
    assert published_of("Head\nUpdated: 9 March 2022\nPublished: 8 March 2022" + BODY) == "2022-03-08"
    assert published_of("Head\nUpdated: 9 March 2022\n8 March 2022" + BODY) == "2022-03-08"


@pytest.mark.parametrize(
    ("line", "byline"),
    [
        ("By Jane Doe", "Jane Doe"),
        ("by Jane Doe and John Smith", "Jane Doe and John Smith"),
        ("By JANE DOE, Staff Writer", "JANE DOE"),
        ("By Anne-Marie O’Neill, Kyiv", "Anne-Marie O’Neill"),
        ("Written by Ludwig van Beethoven", "Ludwig van Beethoven"),
        ("By Jane Doe | March 8, 2022", "Jane Doe"),
        ("Author: Jane Doe", "Jane Doe"),
        ("By Monday, the troops had left", None),
        ("By the time they left, all was lost", None),
        ("By March 2022 it was over.", None),
        ("By contrast, Ukraine held", None),
        ("By and large it held", None),
        ("By using force they took the town", None),
    ],
)
def test_byline(line: str, byline: str | None) -> None:
    assert byline_of(f"A headline\n{line}{BODY}") == byline
