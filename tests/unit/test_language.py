"""The language of an article, and the note on those that are not read."""

from __future__ import annotations

import pytest

from index.language import foreign, language_of
from index.types import Article, Note

TEXTS = {
    "en": "Russia is recruiting Syrians and other foreign fighters to reinforce its assault on Ukraine, it said.",
    "de": "Der Präsident hat gesagt, dass keine Wehrpflichtigen geschickt werden. Das ist nicht wahr.",
    "fr": "Le président a dit qu'il n'enverrait pas de conscrits en Ukraine, selon une source à Paris.",
    "es": "El presidente dijo que no enviaría reclutas a la guerra en Ucrania, según fuentes oficiales de Madrid.",
    "nl": "De president zei dat hij geen dienstplichtigen zou sturen naar Oekraïne, aldus bronnen bij het Kremlin.",
    "ru": "Путин исключил использование призывников на Украине, сообщили официальные лица вечером в Москве.",
    "ja": "私は学生です。東京に住んでいます。大学で日本語を勉強しています。",
}
UNSURE = [
    "",
    "Short note.",
    "Kyiv, Kharkiv, Kherson",
    "1 2 3 4 5 6 7 8 9 10 " * 20,
    "Kyiv Kharkiv Kherson Mariupol Zelenskyy Putin Lavrov Shoigu Kadyrov Kuleba Biden Macron Scholz Johnson Draghi",
    "ERROR 404 GET /index.html HTTP/1.1 user agent Mozilla compatible windows linux firefox chrome safari opera edge",
]


@pytest.mark.parametrize("code", TEXTS)
def test_language(code: str) -> None:
    assert language_of(TEXTS[code]) == code


@pytest.mark.parametrize("text", UNSURE)
def test_unsure(text: str) -> None:
    assert language_of(text) is None


def article(language: str | None) -> Article:
    return Article(name="a.txt", title="A", text="text", language=language)


def test_only_what_is_not_read_is_noted() -> None:
    assert foreign(article("en")) is None
    assert foreign(article(None)) is None
    note = foreign(article("de"))
    assert isinstance(note, Note)
    assert (note.path, note.kind) == ("a.txt", "language")
    assert "'de'" in note.message
    assert "the bundled models read English" in note.message


def test_a_foreign_word_does_not_lower_the_bar() -> None:
    assert language_of("Note on 中文 here") is None
