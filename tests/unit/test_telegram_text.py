"""Text with marks: lengths in UTF-16, tags that nest, splits that part nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram import keyboards
from bot.telegram.keyboards import Data, Press
from bot.telegram.readable import characters, readable, readable_line
from bot.telegram.rich import BOLD, ITALIC, QUOTE, Mark, Piece, as_html, link, plain, split, text
from bot.telegram.units import prefix, shortened, units
from tests.fake_bot_api.entities import parsed, utf16
from tests.fake_bot_api.errors import ApiError

MARKS = st.sampled_from([(), (BOLD,), (ITALIC,), (QUOTE,), (QUOTE, BOLD)])
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)
RICH = st.lists(st.builds(Piece, TEXTS, MARKS), max_size=12).map(tuple)


@given(st.text())
def test_units_are_utf_16(words: str) -> None:
    assert units(words) == len(words.encode("utf-16-le", "surrogatepass")) // 2


@given(TEXTS, st.integers(1, 50))
def test_a_prefix_fits_and_is_one(words: str, limit: int) -> None:
    found = prefix(words, limit)
    assert words.startswith(found)
    assert units(found) <= limit
    assert found or not words or units(words[0]) > limit


@given(RICH)
def test_html_reads_back_as_the_text(rich: tuple[Piece, ...]) -> None:
    assert parsed(as_html(rich)).text == plain(rich)


@given(RICH, st.integers(4, 64))
def test_a_split_fits_keeps_every_word_and_is_valid(rich: tuple[Piece, ...], limit: int) -> None:
    parts = split(rich, limit)
    assert all(utf16(parsed(as_html(part)).text) <= limit for part in parts)
    assert "".join("".join(map(plain, parts)).split()) == "".join(plain(rich).split())
    assert all(plain(part).strip() for part in parts)


def test_a_split_does_not_part_a_family() -> None:
    family = "👨‍👩‍👧‍👦"
    parts = [plain(part) for part in split(text(family * 30), 50)]
    assert all(set(part.split(family)) == {""} for part in parts)


def test_a_split_is_at_a_space_where_there_is_one() -> None:
    parts = [plain(part) for part in split(text("word " * 100), 52)]
    assert {word for part in parts for word in part.split()} == {"word"}


@pytest.mark.parametrize(
    "words",
    [
        "قال \u2067Citebot\u2069 إن 20\u200f كذا",
        "\u202bשלום \u202aabc\u202c עולם\u202c",
        "می\u200cخواهم 👨\u200d👩\u200d👧 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "ไทย\u200bภาษา, na\u0308ive, soft\u00adhyphen",
        "two\nlines\tand a tab",
    ],
)
def test_text_in_any_script_is_shown_as_it_stands(words: str) -> None:
    assert readable(words) == words


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("exe.\u202egnp", r"exe.\u202egnp"),
        ("\u202dשלום\u202c", "\\u202dשלום\u202c"),
        ("100 \u2067euros\u2069", r"100 \u2067euros\u2069"),
        ("שלום\n\u2066abc", "שלום\n\\u2066abc"),
        ("\u200f1\u2067 2", "\u200f1\\u2067 2"),
        ("\x1b[2J \x00 \x85 \ud800", r"\x1b[2J \x00 \x85 \ud800"),
        ("one\u2028two\u2029three", "one\ntwo\nthree"),
    ],
)
def test_what_could_hide_or_turn_text_round_is_spelled_out(words: str, shown: str) -> None:
    assert readable(words) == shown


def test_a_title_is_one_line() -> None:
    assert readable_line(" a\u2028b\n\tc ") == "a b c"


@given(st.text(st.sampled_from("aא1 \n\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\x07")))
def test_each_character_is_shown_in_its_place(words: str) -> None:
    parts = characters(words)
    assert len(parts) == len(words)
    assert all(part in {word, "\n"} or part.startswith("\\") for part, word in zip(parts, words, strict=True))
    assert not set("".join(parts)) & set("\u202d\u202e\u2028\x07")


@pytest.mark.parametrize(
    ("address", "taken"),
    [
        ('https://example.org/a?b=1&c="2"', True),
        ("http://example.org", True),
        ("javascript:alert(1)", False),
        ("tg://user?id=1", False),
        ("https://exa mple.org", False),
        ("https://[broken", False),
        ("", False),
    ],
)
def test_only_web_addresses_become_links(address: str, taken: bool) -> None:
    mark = link(address)
    assert (mark is not None) is taken
    if mark is not None:
        (entity,) = parsed(as_html(text("here", mark))).entities
        assert entity["url"] == address


@pytest.mark.parametrize(
    "html", ["<b>open", "</b>", "<b><i>x</b></i>", "<script>x</script>", "a < b", "a > b", '<a href="x">y', "<b x>"]
)
def test_the_fake_is_strict(html: str) -> None:
    if html == "<b x>":
        html += "unclosed"
    with pytest.raises(ApiError, match="can't parse entities"):
        parsed(html)


@given(st.sampled_from(list(Press)), st.integers(0, 2**63 - 1), st.integers(0, 10**9))
def test_button_data_fits_and_reads_back(press: Press, answer: int, argument: int) -> None:
    data = Data(press, answer, argument)
    assert len(data.encoded().encode()) <= 64
    assert keyboards.decoded(data.encoded()) == data


@pytest.mark.parametrize("data", [None, "", "c", "c:1", "c:1:2:3", "x:1:1", "c:-1:1", "c:1:²", "c:a:1", "c: 1:1"])
def test_foreign_button_data_is_none_of_ours(data: str | None) -> None:
    assert keyboards.decoded(data) is None


def test_shortened_fits() -> None:
    assert shortened("🌹" * 10, 7) == "🌹🌹🌹…"
    assert shortened("short", 7) == "short"


def test_marks_are_named() -> None:
    assert as_html(text("x", Mark("u"))) == "<u>x</u>"
