"""Numbers that are written as words."""

from __future__ import annotations

from typing import Final

NUMBERS: Final = {
    word: str(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
} | {
    word: str(20 + 10 * number)
    for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split())
}
"""`twenty`: `20`; the numbers that are one word, from zero to ninety, in digits."""

ORDINALS: Final = {
    word: str(value)
    for value, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), start=1
    )
}
"""`third`: `3`; first to twelfth."""
