"""Keys and names as files write them, brought to the keys of the quarters."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping

from geo.region.recipes.recipe import KeyRule

_SHORT_ENDING = re.compile(r"\s*\([A-ZÄÖÜ]{1,3}\)\s*$")
_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_NO_LETTER = re.compile(r"[^0-9a-z]+")


def map_key(raw: str, rule: KeyRule) -> str:
    """Return the key of a quarter, or its name where the rule folds names.

    A text the pattern of the rule does not fit comes back unchanged, so that it shows up in the join.
    """
    key = raw.strip()
    if rule.extract:
        found = re.search(rule.extract, key)
        if found:
            key = (found.group(1) if found.re.groups else found.group(0)).strip()
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
