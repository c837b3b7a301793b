"""Names and descriptions that people give: any text, made safe to keep, never made safe to show.

Quotes, tags and formulas stay as they were written: whoever shows a name escapes it for the place it is shown in.
Taken out is only what no reader could see: control characters, marks that turn the direction of text, halves of
characters that no file can hold.
"""

from __future__ import annotations

import unicodedata

from geo.errors import DataError
from geo.findings import Finding, error

NAME_MOST = 120
DESCRIPTION_MOST = 2_000
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNSEEN = ("Cc", "Cs")


def clean_name(text: str) -> str:
    """Return a name in one line without what cannot be seen.

    Raises
    ------
    DataError
        ``name_empty`` or ``name_too_long``; the text itself is not changed.
    """
    name = " ".join(_visible(text, keep="").split())
    return _fitting(name, name_faults(text))


def clean_description(text: str) -> str:
    """Return a description without what cannot be seen; its lines are kept.

    Raises
    ------
    DataError
        ``description_too_long``.
    """
    return _fitting(_described(text), description_faults(text))


def name_faults(text: str) -> tuple[Finding, ...]:
    """Tell what keeps a text from being a name."""
    length = len(" ".join(_visible(text, keep="").split()))
    if not length:
        return (error("name_empty"),)
    return (error("name_too_long", length=length, most=NAME_MOST),) if length > NAME_MOST else ()


def description_faults(text: str) -> tuple[Finding, ...]:
    """Tell what keeps a text from being a description."""
    length = len(_described(text))
    if length > DESCRIPTION_MOST:
        return (error("description_too_long", length=length, most=DESCRIPTION_MOST),)
    return ()


def copy_name(name: str, suffix: str) -> str:
    """Return the name of a copy, such as "Plan (Kopie)", shortened where it would be too long."""
    room = NAME_MOST - len(suffix) - 1
    return f"{name if len(name) <= room else name[: room - 1].rstrip() + '…'} {suffix}"


def has_unseen(text: str) -> bool:
    """Tell whether a text holds characters that no reader could see, line ends among them."""
    return any(map(_is_unseen, text))


def _described(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _visible(lines, keep="\n").strip()


def _visible(text: str, keep: str) -> str:
    """Return the text without unseen characters; those that part words become a space."""
    return "".join(
        one if one in keep or not _is_unseen(one) else " " if one in "\t\n\r\v\f" else ""
        for one in unicodedata.normalize("NFC", text)
    )


def _is_unseen(one: str) -> bool:
    return one in _TURNING or unicodedata.category(one) in _UNSEEN


def _fitting(text: str, faults: tuple[Finding, ...]) -> str:
    if faults:
        raise DataError(faults)
    return text
