"""Answers and articles as text: the layout, the JSON contract, and nothing raw from an article."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.render import (
    BOLD,
    answer_json,
    answer_text,
    article_json,
    article_text,
    one_line,
    receipt_json,
    receipt_text,
    summary_json,
    summary_line,
    visible,
)
from bot.types import Answer, Citation, Status
from index.types import Article, ArticleSummary, Note, Receipt

QUOTE = "Kuleba has claimed around 20,000 foreign volunteers have joined."
CITATION = Citation(
    marker=1,
    article="a.txt",
    title="Russia is recruiting",
    published="2022-03-08T11:03:00",
    url=None,
    page=None,
    start=2310,
    end=2310 + len(QUOTE),
    quote=QUOTE,
    span_start=2310 + QUOTE.index("around"),
    span_end=2310 + QUOTE.index(" foreign"),
)
ANSWERED = Answer(
    question="How many?",
    standalone_question="How many?",
    status=Status.ANSWERED,
    answer="around 20,000",
    text="around 20,000 [1]",
    confidence=0.9,
    citations=(CITATION,),
    closest=(),
    reader="minilm",
    index=3,
    seconds=0.1,
)
REFUSED = replace(
    ANSWERED,
    status=Status.REFUSED,
    answer=None,
    text="The articles do not say.",
    citations=(),
    closest=(replace(CITATION, marker=None, span_start=None, span_end=None, page=4),),
)


def test_an_answer_for_a_person() -> None:
    assert answer_text(ANSWERED) == (
        "around 20,000 [1]\n"
        "\n"
        "[1] Russia is recruiting · 8 March 2022\n"
        "    “Kuleba has claimed around 20,000 foreign volunteers have joined.”\n"
        "    a.txt:2310-2374"
    )


def test_a_terminal_shows_the_span_in_bold() -> None:
    assert "claimed \x1b[1maround 20,000\x1b[22m foreign" in answer_text(ANSWERED, BOLD)


def test_a_refusal_for_a_person() -> None:
    assert answer_text(REFUSED) == (
        "The articles do not say.\n"
        "\n"
        "Nearest passages (not an answer):\n"
        "\n"
        "- Russia is recruiting · 8 March 2022 · page 4\n"
        "    “Kuleba has claimed around 20,000 foreign volunteers have joined.”\n"
        "    a.txt:2310-2374"
    )


def test_an_error_for_a_person() -> None:
    failed = replace(ANSWERED, status=Status.ERROR, error="no index")
    assert answer_text(failed) == "error: no index"


def test_a_quote_is_shown_unaltered() -> None:
    quote = "“It's [int] <b>interesting</b> [/i]”,\n  he said\tthen."
    text = answer_text(replace(ANSWERED, citations=(replace(CITATION, quote=quote, span_start=None, span_end=None),)))
    assert "    ““It's [int] <b>interesting</b> [/i]”,\n      he said\tthen.”\n" in text


def test_the_json_of_an_answer_has_the_keys_of_the_contract_in_order() -> None:
    line = answer_json(REFUSED)
    record = json.loads(line)
    assert list(record) == [
        *("question", "standalone_question", "status", "answer", "text", "confidence", "citations", "closest"),
        *("reader", "index", "seconds", "error"),
    ]
    assert record["status"] == "refused"
    place = ["article", "title", "published", "url", "page", "start", "end", "quote", "span_start", "span_end"]
    assert list(record["closest"][0]) == place
    assert list(json.loads(answer_json(ANSWERED))["citations"][0]) == ["marker", *place]


@pytest.mark.parametrize("text", ["“ü” \u2028\u0085 \x1b[2J\n", "\ud800", "\U0001f600"])
def test_json_is_one_line_of_ascii(text: str) -> None:
    line = answer_json(replace(ANSWERED, question=text))
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["question"] == text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x9b2J", "\\x9b2J"),
        ("a\rb\x08\x7f\x00", "a\\x0db\\x08\\x7f\\x00"),
        ("\x1b]8;;http://x\x07", "\\x1b]8;;http://x\\x07"),
        ("\u202eevil\u2066", "\\u202eevil\\u2066"),
        ("\ud800", "\\ud800"),
        ("tab\tline\n “é” 한국어 👩\u200d👧 \u05d0\u200f", "tab\tline\n “é” 한국어 👩\u200d👧 \u05d0\u200f"),
    ],
)
def test_what_could_steer_a_terminal_is_spelled_out(raw: str, shown: str) -> None:
    assert visible(raw) == shown


def test_a_title_is_one_line() -> None:
    assert one_line(" A\n\n[9] fake \x1b[m ") == "A [9] fake \\x1b[m"


HOSTILE = "\x1b]0;owned\x07\u202e\x9b"


def test_nothing_of_an_article_reaches_a_terminal_raw() -> None:
    citation = replace(CITATION, article=HOSTILE, title=HOSTILE, published=HOSTILE, quote=HOSTILE * 20)
    answer = replace(ANSWERED, text=HOSTILE, citations=(citation,), closest=(citation,))
    article = Article(HOSTILE, HOSTILE, HOSTILE * 9, published=HOSTILE, byline=HOSTILE, url=HOSTILE)
    summary = ArticleSummary(HOSTILE, HOSTILE, HOSTILE, None, None, None, 1, 1)
    shown = [answer_text(answer), article_text(article), article_text(article, at=(3, 9)), summary_line(summary)]
    assert not set("\x1b\x07\u202e\x9b") & set("".join(shown))


ARTICLE = Article(
    name="a.txt", title="Title", text="First line.\nSecond line.\n\nLast.", published="2022-03-08", byline="Ada"
)


def test_an_article_for_a_person() -> None:
    assert article_text(ARTICLE) == "Title\nAda · 8 March 2022 · a.txt\n\nFirst line.\nSecond line.\n\nLast."


def test_the_lines_of_a_place_are_marked() -> None:
    start = ARTICLE.text.index("Second")
    body = article_text(ARTICLE, BOLD, (start, start + 6)).split("\n\n", 1)[1]
    assert body == "  First line.\n> \x1b[1mSecond\x1b[22m line.\n\n  Last."


def test_a_place_at_a_newline_is_marked_too() -> None:
    newline = ARTICLE.text.index("\n")
    assert "> First line." in article_text(ARTICLE, at=(newline, newline + 1))


def test_a_long_article_is_shown_around_the_place_in_whole_words() -> None:
    words = " ".join(f"word{number:04}" for number in range(1000))
    shown = article_text(replace(ARTICLE, text=words), at=(4500, 4508))
    lines = shown.split("\n")
    assert lines[3] == lines[-1] == "  […]"
    assert {len(word) for word in lines[4].removeprefix("> ").split()} == {8}
    assert 1600 < len(lines[4]) < 1640


def test_a_long_article_without_white_space_is_cut_all_the_same() -> None:
    shown = article_text(replace(ARTICLE, text="語" * 5000), at=(2500, 2501))
    assert 1600 < shown.count("語") < 1700


def test_show_json_holds_the_text_that_offsets_count_into() -> None:
    assert json.loads(article_json(ARTICLE)) == {
        "article": "a.txt",
        "title": "Title",
        "published": "2022-03-08",
        "url": None,
        "text": ARTICLE.text,
    }


def test_a_list_of_articles() -> None:
    summary = ArticleSummary("a.txt", "A title", None, None, None, "en", 10, 1)
    assert summary_line(summary) == "-           a.txt  A title"
    assert summary_line(replace(summary, published="2022-03-08T11:03:00")) == "2022-03-08  a.txt  A title"
    assert list(json.loads(summary_json(summary)))[:2] == ["article", "title"]


def test_a_receipt() -> None:
    receipt = Receipt(added=2, failed=1, articles=2, passages=1234, seconds=1.25, failures=(Note("x", "kind", "why"),))
    assert receipt_text(receipt, "seeds") == "seeds: 2 added, 1 failed; 2 articles, 1,234 passages in the index (1.2 s)"
    assert receipt_text(Receipt(articles=1), "s") == "s: nothing new; 1 article, 0 passages in the index (0.0 s)"
    assert json.loads(receipt_json(receipt))["failures"] == [{"path": "x", "kind": "kind", "message": "why"}]
