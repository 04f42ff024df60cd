"""html: the main text by trafilatura, and what the page states about itself.

Without Haystack's HTMLToDocument: it only logs what fails and gives back no metadata. Without trafilatura's dates:
its guesses make 2024-01-01 of a footer's "2019-2024".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from index.dates import parse_date
from index.errors import ExtractionError
from index.extraction.decoding import clean, decode
from index.extraction.draft import Draft, Extraction, not_what_it_says, one_article
from index.extraction.html_blocks import blocks_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_DECLARED: Final = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*(?P<name>[\w.:-]{2,40})""", re.IGNORECASE)
_TAG: Final = re.compile(
    r"<(?:!doctype|html|head|body|p|div|article|section|h[1-6]|main|span|table|ul|a|br|title)\b", re.I
)
_DATE_PROPERTIES: Final = (
    "article:published_time",
    "datepublished",
    "og:published_time",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "parsely-pub-date",
    "sailthru.date",
    "citation_publication_date",
    "citation_date",
    "dc.date",
    "date",
)
_AUTHOR_PROPERTIES: Final = (
    "author",
    "article:author",
    "byl",
    "dc.creator",
    "parsely-author",
    "sailthru.author",
    "citation_author",
)
_BY: Final = re.compile(r"by\s+", re.IGNORECASE)
_TOP: Final = 1_000
"""Code points of the text in which headline, byline and date stand, where they do."""


def extract_html(name: str, data: bytes) -> Extraction:
    """The article of a web page; its headline is put before the text where trafilatura left it out.

    Raises ExtractionError: `no-text`, `not-what-it-says`.
    """
    decoded = decode(name, _as_utf8(data))
    if not _TAG.search(decoded.text):
        raise not_what_it_says(name, "no HTML")
    tree = _tree(name, decoded.text)
    title = _title(tree)
    body = _main_text(name, decoded.text)
    draft = Draft(
        text=_with_head(tree, title, body),
        title=title,
        published=_published(tree),
        byline=_byline(tree),
        url=_address(tree),
    )
    return one_article(name, draft, decoded.notes)


def _as_utf8(data: bytes) -> bytes:
    """The page in UTF-8 where it is valid in the other encoding that it declares; else unchanged."""
    match = _DECLARED.search(data[:4096])
    if match is None or data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return data
    try:
        data.decode("utf-8")
        return data
    except UnicodeDecodeError:
        pass
    encoding = match["name"].decode("ascii").lower()
    # Browsers read both names as Windows-1252.
    encoding = "cp1252" if encoding in ("iso-8859-1", "latin1", "ascii", "us-ascii") else encoding
    try:
        return data.decode(encoding).encode("utf-8")
    except (LookupError, UnicodeError):
        return data


def _tree(name: str, html: str) -> HtmlElement:
    from lxml.etree import LxmlError
    from lxml.html import HTMLParser, document_fromstring

    try:
        return document_fromstring(html.encode("utf-8"), parser=HTMLParser(encoding="utf-8"))
    except (LxmlError, ValueError, AssertionError) as error:
        raise _no_text(name) from error


def _no_text(name: str) -> ExtractionError:
    return ExtractionError(
        f"{name} holds no text (made by a script in the browser?). Save the page once more, complete, or as PDF",
        kind="no-text",
    )


def _main_text(name: str, html: str) -> str:
    from trafilatura import bare_extraction, html2txt

    try:
        found = bare_extraction(html, include_comments=False, include_tables=True, deduplicate=False)
        body = getattr(found, "body", None)  # it is typed as a dict too, which another option gives
        text = "\n\n".join(blocks_of(body)) if body is not None else ""
        text = clean(text or html2txt(html)).strip()
    except (ValueError, TypeError, AttributeError, IndexError, KeyError, RecursionError, AssertionError) as error:
        raise _no_text(name) from error
    if not text:
        raise _no_text(name)
    return text


def _with_head(tree: HtmlElement, title: str | None, body: str) -> str:
    """Headline, byline and date as the page shows them, where the text lacks them, so that they can be quoted."""
    first, _, rest = body.partition("\n\n")
    if title != first and title in [_text(element) for element in _headings(tree)] and title not in body[:_TOP]:
        first, rest = title, body
    shown = [line for line in (_shown_byline(tree), _shown_date(tree)) if line and line not in body[:_TOP]]
    lines = [first, *shown, rest] if first == title else [*shown, first, rest]
    return "\n\n".join(line for line in dict.fromkeys(lines) if line)


def _headings(tree: HtmlElement) -> Iterator[HtmlElement]:
    yield from tree.iter("h1")


def _text(element: HtmlElement) -> str:
    return " ".join(clean("".join(element.itertext())).split())


def _meta(tree: HtmlElement) -> dict[str, str]:
    """The contents of the meta elements by lower-case property or name; the first of a kind counts."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        key = element.get("property") or element.get("name") or element.get("itemprop")
        content = " ".join(clean(element.get("content") or "").split())
        if key and content:
            found.setdefault(key.strip().lower(), content)
    return found


def _title(tree: HtmlElement) -> str | None:
    headings = [text for element in _headings(tree) if (text := _text(element))]
    told = _meta(tree).get("og:title") or (headings[0] if headings else None)
    return told or next((text for element in tree.iter("title") if (text := _text(element))), None)


def _published(tree: HtmlElement) -> str | None:
    """A date the page states as its own: meta, then JSON-LD, then the one <time> it shows."""
    meta = _meta(tree)
    stated = [meta[key] for key in _DATE_PROPERTIES if key in meta]
    stated += [value for item in _linked_data(tree) if isinstance(value := item.get("datePublished"), str)]
    for text in stated:
        if (date := parse_date(text)) is not None:
            return date
    times = {
        date for element in _article_times(tree) if (date := parse_date(element.get("datetime") or "")) is not None
    }
    return times.pop() if len(times) == 1 else None


def _article_times(tree: HtmlElement) -> list[HtmlElement]:
    """The <time> elements marked as publication, else those in the header of the article, else all."""
    times = [element for element in tree.iter("time") if element.get("datetime")]
    marked = [
        element for element in times if element.get("itemprop") == "datePublished" or element.get("pubdate") is not None
    ]
    in_article = [element for element in times if any(a.tag in ("article", "main") for a in element.iterancestors())]
    return marked or in_article[:1] or times


def _linked_data(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    """The objects of the JSON-LD scripts, those in a @graph too. A script that is no JSON states nothing."""
    for element in tree.iter("script"):
        if (element.get("type") or "").strip().lower() != "application/ld+json":
            continue
        try:
            found = json.loads(element.text or "")
        except (ValueError, RecursionError):
            continue
        for item in found if isinstance(found, list) else [found]:
            if isinstance(item, dict):
                yield item
                graph = item.get("@graph")
                yield from (inner for inner in graph if isinstance(inner, dict)) if isinstance(graph, list) else ()


def _byline(tree: HtmlElement) -> str | None:
    meta = _meta(tree)
    told = next((meta[key] for key in _AUTHOR_PROPERTIES if key in meta and "://" not in meta[key]), None)
    if told is None:
        told = next((names for item in _linked_data(tree) if (names := _names(item.get("author")))), None)
    return _BY.sub("", told, count=1) if told is not None and _BY.match(told) else told


def _names(author: object) -> str:
    items = author if isinstance(author, list) else [author]
    names = [item.get("name") if isinstance(item, dict) else item for item in items]
    return ", ".join(" ".join(clean(name).split()) for name in names if isinstance(name, str) and name.strip())


def _shown_byline(tree: HtmlElement) -> str | None:
    for element in tree.iter("p", "div", "span", "address"):
        if "byline" in (element.get("class") or "").lower().split():
            text = _text(element)
            return text if 0 < len(text) <= 150 else None
    return None


def _shown_date(tree: HtmlElement) -> str | None:
    shown = [text for element in _article_times(tree) if (text := _text(element)) and parse_date(text) is not None]
    return shown[0] if len(set(shown)) == 1 else None


def _address(tree: HtmlElement) -> str | None:
    links = [element.get("href") for element in tree.iter("link") if (element.get("rel") or "").lower() == "canonical"]
    for url in (*links, _meta(tree).get("og:url")):
        if url and re.match(r"https?://\S+\Z", url.strip()):
            return str(url.strip())
    return None
