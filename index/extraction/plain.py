"""txt: the text as it is."""

from __future__ import annotations

from index.extraction.decoding import decode
from index.extraction.draft import Draft, Extraction, not_what_it_says, one_article
from index.extraction.signatures import looks_like_html


def extract_plain(name: str, data: bytes) -> Extraction:
    """The article of a plain text file. Raises ExtractionError."""
    decoded = decode(name, data)
    if looks_like_html(decoded.text):
        raise not_what_it_says(name, "an HTML page")
    return one_article(name, Draft(decoded.text), decoded.notes)
