"""Keys and names as files write them, brought to the keys of the quarters."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from geo.patterns import pattern
from geo.region.recipes.rules import ColumnName, KeyRule

if TYPE_CHECKING:
    import pandas as pd

_SHORT_ENDING = re.compile(r"\s*\([A-ZÄÖÜ]{1,3}\)\s*$")
_WHOLE_NUMBER = re.compile(r"(\d+)(?:[.,]0{1,2})?")
_MARK = re.compile(r"\s*[⁰¹²³⁴-⁹⁽⁾ᵃᵇᶜᵈᵉᵖʳˢ]+$|(?<=[^\W\d])(?:\s*\*{1,3}|\s*\d{1,2}\))$")
_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_NO_LETTER = re.compile(r"[^0-9a-z]+")


def map_key(raw: str, rule: KeyRule) -> str:
    """Return the key of a quarter, or its name where the rule folds names.

    A text the pattern of the rule does not fit comes back unchanged, so that it shows up in the join.
    """
    key = raw.strip()
    if rule.extract:
        found = pattern(rule.extract).taken_from(key)
        key = key if found is None else found.strip()
    if key and rule.pad:
        key = key.zfill(rule.pad)
    if key and rule.complete:
        key = key.ljust(rule.complete, "0")
    key = f"{rule.prefix}{key}{rule.suffix}" if key else ""
    return rule.corrections.get(key, key)


def map_keys(raw: Iterable[str], rule: KeyRule) -> list[str]:
    """Return :func:`map_key` of every key; equal ones are worked out once.

    Where all that begin with a digit are whole numbers with nothing but zeros behind a point or comma, they were
    numbers for a while: ``1.0`` is ``1``. Marks of footnotes are left out.
    """
    raw = [key.strip() for key in raw]
    raw = [key if "(" in key else _MARK.sub("", key) for key in raw]
    wholes = {key: _WHOLE_NUMBER.fullmatch(key) for key in raw if key[:1].isdigit()}
    if all(wholes.values()) and len({found and found.group(1) for found in wholes.values()}) == len(wholes):
        raw = [found.group(1) if (found := wholes.get(key)) else key for key in raw]
    known: dict[str, str] = {}
    return [known[key] if key in known else known.setdefault(key, map_key(key, rule)) for key in raw]


def compose_keys(columns: Sequence[Iterable[str]], rule: KeyRule) -> list[str]:
    """Return the raw key of each row from the columns its parts stand in; at the end an empty part is left out."""
    if len(columns) == 1 and not rule.part_lengths:
        return list(columns[0])
    lengths = (*rule.part_lengths, *(0,) * len(columns))
    rows = zip(*columns, strict=True)
    parts = ([part and part.zfill(length) for part, length in zip(row, lengths, strict=False)] for row in rows)
    return [rule.joint.join(row).removesuffix(rule.joint) for row in parts]


def fold_name(name: str) -> str:
    """Return a name without case, umlauts, accents, punctuation, blanks and endings like ``(ST)``.

    >>> fold_name("  Groß Flottbek (ST)") == fold_name("Gross-Flottbek")
    True
    """
    return _fold(_SHORT_ENDING.sub("", name))


def _fold(name: str) -> str:
    whole = _WHOLE_NUMBER.fullmatch(name)
    name = whole.group(1) if whole else name  # or 1.0 would fold to 10
    plain = unicodedata.normalize("NFC", name).casefold().translate(_LETTERS)
    return _NO_LETTER.sub("", unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode())


def find_column(frame: pd.DataFrame, name: ColumnName) -> str | None:
    """Return the heading a recipe means by a name, compared as names are, or by a number; None if there is none."""
    headings = [str(heading) for heading in frame.columns]
    if isinstance(name, int):
        return headings[name - 1] if 0 < name <= len(headings) else None
    if name in headings:
        return name
    return next((heading for heading in headings if fold_name(heading) == fold_name(name)), None)


class QuarterNames:
    """What tables may call the quarters, read as strictly as possible.

    Parameters
    ----------
    names
        Name of each quarter by its key. Keys themselves are found too.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names
        self._readings: tuple[defaultdict[str, set[str]], ...] = tuple(defaultdict(set) for _ in range(4))
        exact_key, exact_name, folded, stem = self._readings
        for key, name in names.items():
            exact_key[key].add(key)
            exact_name[unicodedata.normalize("NFC", name).strip()].add(key)
            for text in (name, key):
                folded[_fold(text) or text].add(key)
                stem[fold_name(text)].add(key)

    def find(self, text: str) -> tuple[str, ...]:
        """Return the keys a text may mean: of the exact key, else the exact name, else the name folded.

        An ending like ``(FG)`` is left aside only where one of both sides has none: two different ones tell
        places apart.
        """
        exact_key, exact_name, folded, stem = self._readings
        plain = unicodedata.normalize("NFC", text).strip()
        found = exact_key.get(plain) or exact_name.get(plain) or folded.get(_fold(text))
        if not found and fold_name(text):
            has_ending = _SHORT_ENDING.search(text) is not None
            found = stem.get(fold_name(text), set())
            found = {key for key in found if not (has_ending and _SHORT_ENDING.search(self.names[key]))}
        return tuple(sorted(found or ()))

    def told(self, keys: Iterable[str]) -> str:
        """Return keys with their names, to be read by a person."""
        return ", ".join(f"{key} {self.names[key]}".strip() for key in keys)


def strip_pattern(beginning: str) -> str:
    """Return the pattern for :attr:`KeyRule.extract` that takes a beginning off a key, where it has one."""
    return f"^(?:{re.escape(beginning)})?(.*)$"


def stripped_by(pattern: str) -> str:
    """Return the beginning that a pattern of :func:`strip_pattern` takes off; empty for any other pattern."""
    beginning = re.sub(r"\\(.)", r"\1", pattern.removeprefix("^(?:").removesuffix(")?(.*)$"))
    return beginning if pattern and strip_pattern(beginning) == pattern else ""
