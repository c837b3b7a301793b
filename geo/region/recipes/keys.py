"""Keys and names as files write them, brought to the keys of the quarters."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from geo.patterns import pattern
from geo.region.recipes.recipe import ColumnName, KeyRule

if TYPE_CHECKING:
    import pandas as pd

_SHORT_ENDING = re.compile(r"\s*\([A-ZÄÖÜ]{1,3}\)\s*$")
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
    """Return :func:`map_key` of every key; equal ones are worked out once."""
    known: dict[str, str] = {}
    return [known[key] if key in known else known.setdefault(key, map_key(key, rule)) for key in raw]


def fold_name(name: str) -> str:
    """Return a name without case, umlauts, accents, punctuation, blanks and endings like ``(ST)``.

    >>> fold_name("  Groß Flottbek (ST)") == fold_name("Gross-Flottbek")
    True
    """
    plain = _SHORT_ENDING.sub("", unicodedata.normalize("NFC", name)).casefold().translate(_LETTERS)
    return _NO_LETTER.sub("", unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode())


def find_column(frame: pd.DataFrame, name: ColumnName) -> str | None:
    """Return the heading a recipe means by a name, compared as names are, or by a number; None if there is none."""
    headings = [str(heading) for heading in frame.columns]
    if isinstance(name, int):
        return headings[name - 1] if 0 < name <= len(headings) else None
    if name in headings:
        return name
    return next((heading for heading in headings if fold_name(heading) == fold_name(name)), None)


def keys_by_name(names: Mapping[str, str]) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Return the key of every folded name, and apart from them the names several quarters share.

    Parameters
    ----------
    names
        Name of each quarter by its key. Keys themselves are found too.
    """
    found: defaultdict[str, set[str]] = defaultdict(set)
    for key, name in names.items():
        found[fold_name(name)].add(key)
        found[fold_name(key)].add(key)
    single = {name: next(iter(keys)) for name, keys in found.items() if len(keys) == 1}
    return single, {name: tuple(sorted(keys)) for name, keys in found.items() if len(keys) > 1}
