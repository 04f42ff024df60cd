"""Lines that are never quoted as an answer, and lines that look like them and are content."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.boilerplate import boilerplate_spans, is_boilerplate

SEED = Path(__file__).parents[2] / "seeds/000_52b6240fc459b307.txt"

BOILERPLATE = [
    "Live updates: follow the latest news on Russia-Ukraine",
    "Live updates: follow the latest news on\u00a0Russia-Ukraine",
    "Follow our live blog for the latest",
    "Powered by automated translation",
    "Sign up for our newsletter",
    "Sign up to our free Breaking News emails",
    "Subscribe to our newsletter to get the news first.",
    "Read more: What we know of the war so far",
    "READ MORE",
    "See also: Russia’s army in numbers",
    "Advertisement",
    "ADVERTISEMENT",
    "Article continues below advertisement",
    "Share this article",
    "Share | Tweet | Email",
    "Follow us on Twitter @news",
    "© 2022 The News. All rights reserved.",
    "Copyright © 2019-2024 Foo Ltd",
    "All rights reserved",
    "We use cookies to improve your experience on our site.",
    "This website uses cookies.",
    "By continuing to use this site you agree to our use of cookies.",
    "Accept all cookies",
    "Related articles",
    "You may also like",
    "5 min read",
    "Click here to subscribe",
    "12 comments",
    "Photo: Jane Doe/Getty Images",
    "  ** Advertisement **  ",
]

CONTENT = [
    "The Russia-Ukraine war has led to more than 1.7 million people fleeing.",
    "Live updates of the results were shown on screens across the city.",
    "Live music returned to the capital on Friday.",
    "He told his followers to sign up for the army.",
    "Sign up numbers rose by a third in March.",
    "The newsletter was sent to 4,000 readers on Monday.",
    "Read more than two books a month and you are above the average.",
    "Advertisement revenue fell by 12 percent.",
    "The advertisement was withdrawn after complaints.",
    "Shares in the company rose by 3 percent.",
    "Share the story of your grandparents before it is lost, he said.",
    "Share prices fell.",
    "Cookies were handed out to the soldiers.",
    "Accept cookies from strangers at your own risk, she joked.",
    "Copyright law of 1976 changed what authors may keep.",
    "Copyright 1976 rules do not say so, the judge wrote, and all rights were reserved for later.",
    "Follow these steps on Facebook to delete your account.",
    "The translation was powered by a new engine.",
    "More like a war than a raid.",
    "More articles were found in the ruins.",
    "Related cases were heard in Leeds.",
    "Print sales fell and comment was declined.",
    "Email evidence was shown in court.",
    "Updated: March 08, 2022, 11:03 AM",
    "By Jane Doe",
    "President Vladimir Putin has said he will not send conscripts or reservists",
    "Get the vaccine early, doctors said.",
    "Subscribe numbers are secret.",
    "A photo by Reuters showed the bridge.",
    "",
]


@pytest.mark.parametrize("line", BOILERPLATE)
def test_is_boilerplate(line: str) -> None:
    assert is_boilerplate(" ".join(line.split()))


@pytest.mark.parametrize("line", CONTENT)
def test_is_content(line: str) -> None:
    assert not is_boilerplate(line)


def test_the_seed_article() -> None:
    text = SEED.read_text(encoding="utf-8")
    spans = boilerplate_spans(text)
    assert [text[start:end].replace("\u00a0", " ") for start, end in spans] == [
        "Putin rules out use of conscripts in Ukraine",
        "Powered by automated translation",
        "Live updates: follow the latest news on Russia-Ukraine",
    ]
    assert spans[0][0] == text.rindex("Putin rules out use of conscripts in Ukraine")


def test_the_headline_said_again_later_is_boilerplate_and_the_first_is_not() -> None:
    text = "The headline of this article\n\nFirst.\n\nSecond.\n\nThe headline of this article\n"
    start = text.rindex("The headline")
    assert boilerplate_spans(text) == ((start, start + len("The headline of this article")),)


def test_short_words_and_rules_may_repeat() -> None:
    assert boilerplate_spans("Yes.\nNo.\nYes.\n---\n---\n10\n10\n") == ()


@given(
    st.lists(
        st.sampled_from(["Advertisement", "A line.", "  Share this article  ", "", "A line.", "\u2028", "x" * 400])
    )
)
def test_spans_are_ascending_disjoint_and_trimmed(lines: list[str]) -> None:
    text = "\n".join(lines)
    at = 0
    for start, end in boilerplate_spans(text):
        assert at <= start < end
        assert text[start:end] == text[start:end].strip()
        assert "\n" not in text[start:end]
        at = end
