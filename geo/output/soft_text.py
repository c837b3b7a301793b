"""Text of people as documents can take it: in one line, without unprintable characters, long words that may break."""

from __future__ import annotations

import re

NAME_LENGTH = 120
"""Longer names are cut where they stand in titles and headers."""

_LONG_WORD = 28
_BROKEN_EVERY = 20
_BREAK = "\u200b"


def one_line(text: str, most: int = NAME_LENGTH) -> str:
    """Return text without line breaks and control characters, cut to ``most`` characters."""
    plain = " ".join(printable(text).split())
    return plain if len(plain) <= most else plain[: most - 1].rstrip() + "…"


def printable(text: str) -> str:
    """Return text without characters that no document format takes: controls, halves of pairs, non-characters.

    Line breaks and tabs stay.
    """
    return "".join(character for character in text if character in "\n\t" or _is_printable(ord(character)))


def _is_printable(code: int) -> bool:
    is_control = code < 0x20 or 0x7F <= code < 0xA0
    is_surrogate = 0xD800 <= code <= 0xDFFF
    is_noncharacter = 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE
    turns_text_around = code in (0x061C, 0x200E, 0x200F) or 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069
    return not (is_control or is_surrogate or is_noncharacter or turns_text_around)


def softened(text: str) -> str:
    """Return text in which words of more than 28 characters may break every 20."""

    def broken(found: re.Match[str]) -> str:
        word = found.group()
        return _BREAK.join(word[at : at + _BROKEN_EVERY] for at in range(0, len(word), _BROKEN_EVERY))

    return re.sub(rf"\S{{{_LONG_WORD},}}", broken, printable(text))
