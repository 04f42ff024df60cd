"""What a conversation looks up in the articles besides answers: which there are, and passages on a topic."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from bot.citations import cite, holds
from bot.features import content_stems, stem
from bot.types import Citation
from bot.where import Filter
from index.sentences import sentence_around
from index.types import Article, ArticleSummary, Meta, Span

if TYPE_CHECKING:
    from index.store import PassageStore

LOOKED_AT: Final = 20
"""How many passages are looked at for a topic."""
SHOWN: Final = 3
TITLE_CHARACTERS: Final = 6
"""A shorter part of a title names no article: too many questions hold it by chance."""

_WORD = re.compile(r"\w+")
_PARAGRAPHS = re.compile(r"[^\n]+")


@dataclass(frozen=True, slots=True)
class Stretch:
    """The next piece of an article to be read: a citation without marker or span, and where to go on."""

    citation: Citation
    read_to: int


class Library:
    """The articles as a conversation sees them. Every quote is taken from the text as it is now."""

    def __init__(self, store: PassageStore, retriever: Any) -> None:
        """retriever: a Haystack component whose run takes question, filters and top_k and gives documents."""
        self._store = store
        self._retriever = retriever

    def articles(self) -> list[ArticleSummary]:
        """All articles, as they are listed."""
        return list(self._store.articles())

    def article(self, name: str) -> Article | None:
        """One article by its name; None when it is not there."""
        return self._store.article(name)

    def named(self, said: str) -> ArticleSummary | None:
        """The article that was meant by its file name, with or without ending, or by a part of its title.

        None where nothing or more than one fits: then it was no article that was meant.
        """
        words = _folded(re.sub(r"^(?:the\s+)?(?:article|report|story)\s+", "", said, flags=re.IGNORECASE))
        known = self.articles()
        exact = [article for article in known if words in _names_of(article)]
        if exact:
            return exact[0] if len(exact) == 1 else None
        part = [article for article in known if len(words) >= TITLE_CHARACTERS and words in _folded(article.title)]
        whole_words = "article" in said.casefold() or "report" in said.casefold() or len(words.split()) > 2
        return part[0] if len(part) == 1 and whole_words else None

    def still_holding(self, citations: tuple[Citation, ...]) -> tuple[Citation, ...]:
        """Those citations whose quote stands in its article now."""
        with self._store.reading():
            return tuple(c for c in citations if holds(c, self._store.article_text(c.article)))

    def on(self, topic: str, filters: Filter | None = None, *, newest_first: bool = False) -> tuple[Citation, ...]:
        """Sentences that hold the words of a topic, best first or newest first; at most SHOWN, one a sentence.

        Those with all of its words where there are any, else those with at least half of them.
        """
        wanted = content_stems(topic)
        if not wanted:
            return ()
        with self._store.reading():
            found = list(self._holding(topic, wanted, filters))
        full = [citation for share, citation in found if share == 1.0] or [c for share, c in found if share >= 0.5]
        if newest_first:
            full.sort(key=lambda citation: citation.published or "", reverse=True)
        return tuple(full[:SHOWN])

    def _holding(self, topic: str, wanted: frozenset[str], filters: Filter | None) -> Iterator[tuple[float, Citation]]:
        seen: set[tuple[str, int]] = set()
        for document in self._retriever.run(question=topic, filters=filters, top_k=LOOKED_AT)["documents"]:
            article = self._store.article(str(document.meta.get(Meta.ARTICLE)))
            best = _best_sentence(article, document.meta, wanted) if article is not None else None
            if article is None or best is None or (article.name, best[1][0]) in seen:
                continue
            seen.add((article.name, best[1][0]))
            yield best[0], cite(article, best[1][0], best[1][1], None, span=False)

    def reading_on(self, name: str, after: int) -> Stretch | None:
        """The next paragraph of an article after a place, boilerplate left out; None at its end."""
        article = self._store.article(name)
        if article is None:
            return None
        for match in _PARAGRAPHS.finditer(article.text, after):
            inside = any(match.start() < end and start < match.end() for start, end in article.boilerplate)
            if match[0].strip() and not inside:
                quoted = cite(article, match.start(), match.end(), None, span=False)
                return Stretch(_exactly(quoted, article, match.start(), match.end()), match.end())
        return None


def _names_of(article: ArticleSummary) -> set[str]:
    return {_folded(article.name), _folded(article.name.rsplit(".", 1)[0]), _folded(article.title)}


def _exactly(citation: Citation, article: Article, start: int, end: int) -> Citation:
    """The citation of just these characters, without the white space around them."""
    text = article.text[start:end]
    start, end = start + len(text) - len(text.lstrip()), end - len(text) + len(text.rstrip())
    return replace(citation, start=start, end=end, quote=article.text[start:end])


def _best_sentence(article: Article, meta: dict[str, Any], wanted: frozenset[str]) -> tuple[float, Span] | None:
    """The sentence of a passage that holds most of the wanted stems, with their share; None where none does."""
    first, last = int(meta[Meta.START]), int(meta[Meta.END])
    spans: dict[Span, None] = {}
    for match in _WORD.finditer(article.text, first, last):
        if stem(match[0]) in wanted and not _in_boilerplate(article, match.start()):
            spans.setdefault(sentence_around(article.text, match.start(), match.end()))
    scored = [(_share(article.text[start:end], wanted), (start, end)) for start, end in spans]
    return max(scored, key=lambda pair: (pair[0], -pair[1][0])) if scored else None


def _in_boilerplate(article: Article, place: int) -> bool:
    return any(start <= place < end for start, end in article.boilerplate)


def _share(text: str, wanted: frozenset[str]) -> float:
    return len(wanted & {stem(word) for word in _WORD.findall(text)}) / len(wanted)


def _folded(text: str) -> str:
    return " ".join(re.findall(r"[\w.#/-]+", text.casefold()))
