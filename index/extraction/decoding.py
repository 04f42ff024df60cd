"""From bytes to clean text: encodings, line ends, control characters."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Final

from index.extraction.draft import not_what_it_says
from index.extraction.signatures import signature_of
from index.types import Note

_BOMS: Final = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE_BYTES: Final = 65_536
_CONTROL_SHARE: Final = 0.02
"""Texts have next to no control bytes; random bytes have one in ten."""

_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))
_REMOVED: Final = dict.fromkeys((*range(9), *range(14, 32), 127, 65279, *range(55296, 57344)))
_LINE_ENDS: Final = re.compile("\r\n|\r|\v|\f")
_TRAILING: Final = re.compile(r"[ \t]+(?=\n)")
_WESTERN: Final = re.compile("[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e]")
_WESTERN_MARKS: Final = frozenset("“”‘’„‚–—…•€£¢§°©®™«»¡¿ª º·½¼¾²³×÷\u00a0\u00ad†‡´¥¹")
_MARK_IN_A_WORD: Final = re.compile(r"[^\W\d_][¿¹³²¼½¾¡£¥ª§±][^\W\d_]")
_UNLIKELY: Final = (
    "mac_cyrillic",
    "mac_greek",
    "mac_latin2",
    "mac_roman",
    "mac_turkish",
    "mac_iceland",
    "cp037",
    "cp500",
)
"""Mistaken for their Windows relations, from which they differ in a few letters."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Clean text, and a note where its encoding had to be guessed or mended."""

    text: str
    notes: tuple[Note, ...] = ()


def clean(text: str) -> str:
    """Text as articles hold it: line ends are \\n, no control characters but \\t and \\n, no lone surrogates."""
    return _LINE_ENDS.sub("\n", text).translate(_REMOVED)


def decode(name: str, data: bytes) -> Decoded:
    """Text of the bytes of a text file.

    In order: a byte order mark, UTF-16 without one, UTF-8, UTF-8 with a few bytes of Windows-1252 in it (noted),
    then the likeliest other encoding (noted).
    Raises ExtractionError, kind `not-what-it-says`, for bytes that are no text.
    """
    found = signature_of(data)
    if found is not None:
        raise not_what_it_says(name, found)
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return Decoded(clean(data[len(mark) :].decode(encoding, "replace")))
    wide = _wide_encoding(data)
    if wide is not None:
        return Decoded(clean(data.decode(wide, "replace")))
    if _control_share(data) > _CONTROL_SHARE:
        raise not_what_it_says(name, "binary data")
    try:
        return Decoded(clean(data.decode("utf-8")))
    except UnicodeDecodeError as error:
        return _decode_other(name, data, error.start)


def _control_share(data: bytes) -> float:
    sample = data[:_SAMPLE_BYTES]
    return (len(sample) - len(sample.translate(None, _CONTROLS))) / max(1, len(sample))


def _wide_encoding(data: bytes) -> str | None:
    """UTF-16 without its mark: where the text is mostly Latin, every second byte is NUL."""
    sample = data[: _SAMPLE_BYTES // 2 * 2]
    if len(sample) < 4:
        return None
    even, odd = sample[::2].count(0) / len(sample[::2]), sample[1::2].count(0) / max(1, len(sample[1::2]))
    if odd > 0.7 and even < 0.1:
        return "utf-16-le"
    if even > 0.7 and odd < 0.1:
        return "utf-16-be"
    return None


def _decode_other(name: str, data: bytes, first: int) -> Decoded:
    decoder = codecs.getincrementaldecoder("utf-8")("citebot-windows-1252")
    text = decoder.decode(data, final=True)
    bad = _bad_bytes(data)
    if sum(ord(character) > 127 for character in text) > 2 * bad:
        message = (
            f"{name} is UTF-8 but for {bad} {'byte' if bad == 1 else 'bytes'}, the first at byte {first}, "
            "read as Windows-1252. Look at the text there, or save the file as UTF-8"
        )
        return Decoded(clean(text), (Note(name, "encoding", message),))
    encoding, text = _guessed(data)
    message = f"{name} is not UTF-8; read as {encoding}. If its letters look wrong, save the file as UTF-8"
    return Decoded(clean(text), (Note(name, "encoding", message),))


def _bad_bytes(data: bytes) -> int:
    return data.decode("utf-8", "surrogateescape").translate(_COUNTED).count("\udc80")


_COUNTED: Final = dict.fromkeys(range(0xDC80, 0xDD00), 0xDC80)


def _windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Error handler: the bytes that are not UTF-8, read as Windows-1252 (and its five holes as Latin-1)."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return "".join(_western(bad[at : at + 1]) for at in range(len(bad))), error.end


def _western(byte: bytes) -> str:
    try:
        return byte.decode("cp1252")
    except UnicodeDecodeError:
        return byte.decode("latin-1")


codecs.register_error("citebot-windows-1252", _windows_1252)


def _guessed(data: bytes) -> tuple[str, str]:
    """An encoding's name and the text read with it. Western text is told first: statistics fail on a few letters."""
    western = data.decode("cp1252", "citebot-windows-1252")
    foreign = [character for character in western if ord(character) > 127]
    letters = len(_WESTERN.findall(western))
    marks = sum(character in _WESTERN_MARKS for character in foreign)
    if letters + marks == len(foreign) and letters <= 0.25 * len(western) and not _MARK_IN_A_WORD.search(western):
        return "Windows-1252", western
    from charset_normalizer import from_bytes

    best = from_bytes(data, cp_exclusion=list(_UNLIKELY)).best()
    return (best.encoding, str(best)) if best is not None else ("Windows-1252", western)
