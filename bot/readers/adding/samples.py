"""Questions over invented passages: a model is compared with its source, and its activations are seen, on these."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from bot.readers.layout import Input, Layout

if TYPE_CHECKING:
    from tokenizers import Tokenizer

TEXTS: Final = (
    "The harbour of Ostrava Bay was opened on 4 May 1911 by Governor Helen Marsh, who had paid 12,000 crowns for it.",
    "Mr. Okafor said that more than 1.7 million people had left the valley, most of them on foot, within two weeks.",
    "The river Lume rises in the Grey Hills, is 214 kilometres long, and reaches the sea near the town of Talbot.",
    "Photosynthesis turns light into chemical energy; the oxygen it sets free comes from water, not from the air.",
)
QUESTIONS: Final = (
    "Who opened the harbour?",
    "How many people left the valley?",
    "Where does the river rise?",
    "What does the oxygen come from?",
    "When was the harbour opened?",
)


def inputs(tokenizer: Tokenizer, layout: Layout) -> Iterator[Input]:
    """Every question over every text, and over all of them as one passage."""
    for question in QUESTIONS:
        for text in (*TEXTS, " ".join(TEXTS)):
            sides = (tokenizer.encode(side, add_special_tokens=False).ids for side in (question, text))
            yield layout.input(*sides)
