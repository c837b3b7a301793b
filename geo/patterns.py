r"""Regular expressions of recipes, matched in time that grows with the text and no faster (RE2).

RE2 has no look-around and no back references. One look-ahead at the start, as in ``(?!05358).*`` for every key but
those of a district, is taken apart here: it needs none. ``\w`` means letters of any alphabet, as in Python.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import re2

_MOST_SIGNS = 1_000
_CLASS_OR_SIGN = re.compile(r"\\.|\[\^?\]?|\]|.", re.DOTALL)
_WORD = {r"\w": r"\pL\pN_", r"\Z": r"\z"}


class PatternError(ValueError):
    """A text is no regular expression, or one that needs look-around or back references."""


@dataclass(frozen=True)
class Pattern:
    """A regular expression and what must, or must not, stand at the start of a text."""

    body: Any
    ahead: Any | None = None
    is_wanted: bool = True

    def fits(self, text: str) -> bool:
        """Tell whether the whole text fits."""
        return self.body.fullmatch(text) is not None and self._is_ahead(text)

    def begins(self, text: str) -> bool:
        """Tell whether the text begins with what fits."""
        return self.body.match(text) is not None and self._is_ahead(text)

    def taken_from(self, text: str) -> str | None:
        """Return the first group, or all, of the first place that fits; None where none does."""
        found = self.body.search(text)
        if found is None:
            return None
        group: str | None = found.group(1) if self.body.groups else found.group(0)
        return group or ""

    def _is_ahead(self, text: str) -> bool:
        return self.ahead is None or (self.ahead.match(text) is not None) == self.is_wanted


def pattern(text: str) -> Pattern:
    """Return the pattern of a text.

    Raises
    ------
    PatternError
        The text is none.
    """
    if len(text) > _MOST_SIGNS:
        raise PatternError(f"more than {_MOST_SIGNS} signs")
    if text.startswith(("(?!", "(?=")):
        end = _closing(text)
        return Pattern(_compiled(text[end + 1 :]), _compiled(text[3:end]), text[2] == "=")
    return Pattern(_compiled(text))


def _closing(text: str) -> int:
    """Return where the bracket that opens a text is closed."""
    depth, is_class, place = 0, False, 0
    for sign in _CLASS_OR_SIGN.findall(text):
        if is_class:
            is_class = sign != "]"
        elif sign.startswith("["):
            is_class = True
        elif sign in "()":
            depth += 1 if sign == "(" else -1
            if not depth:
                return place
        place += len(sign)
    raise PatternError("a bracket is not closed")


def _compiled(text: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    signs, is_class = [], False
    for sign in _CLASS_OR_SIGN.findall(text):
        word = _WORD.get(sign, sign)
        signs.append(word if is_class or sign in (word, r"\Z") else f"[{word}]")
        is_class = sign != "]" if is_class else sign.startswith("[")
    try:
        return re2.compile("".join(signs), options)
    except re2.error as fault:
        raise PatternError(str(fault)[:200]) from None
