"""Text of people as documents can take it: in one line, without unprintable characters, long words that may break."""

from __future__ import annotations

import re
import unicodedata

NAME_LENGTH = 120
"""Longer names are cut where they stand in titles and headers."""

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})
_LONG_WORD = 28
_BROKEN_EVERY = 20
_BREAK = "\u200b"
_CONTROLS = r"\x00-\x08\x0b-\x1f\x7f-\x9f"
_HALVES = r"\ud800-\udfff"
_NO_CHARACTERS = r"\ufdd0-\ufdef" + "".join(rf"\U{plane:04x}fffe\U{plane:04x}ffff" for plane in range(17))
_TURNS_TEXT_AROUND = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_UNPRINTABLE = re.compile(f"[{_CONTROLS}{_HALVES}{_NO_CHARACTERS}{_TURNS_TEXT_AROUND}]")


def one_line(text: str, most: int = NAME_LENGTH) -> str:
    """Return text without line breaks and control characters, cut to ``most`` characters."""
    plain = " ".join(printable(text).split())
    return plain if len(plain) <= most else plain[: most - 1].rstrip() + "…"


def printable(text: str) -> str:
    """Return text without characters that no document format takes: controls, halves of pairs, non-characters.

    Line breaks and tabs stay.
    """
    return _UNPRINTABLE.sub("", text)


def softened(text: str) -> str:
    """Return text in which words of more than 28 characters may break every 20."""

    def broken(found: re.Match[str]) -> str:
        word = found.group()
        return _BREAK.join(word[at : at + _BROKEN_EVERY] for at in range(0, len(word), _BROKEN_EVERY))

    return re.sub(rf"\S{{{_LONG_WORD},}}", broken, printable(text))


def file_key(text: str) -> str:
    """Return text as part of a file name: ASCII letters, digits, hyphens, at most 40 characters."""
    spelt = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", text).translate(_UMLAUTS))
    plain = "".join(sign if sign.isalnum() else "-" for sign in spelt if sign.isascii() or sign.isspace())
    return "-".join(part for part in plain.split("-") if part)[:40] or "x"
