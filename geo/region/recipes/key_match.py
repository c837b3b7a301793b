"""How keys of a table are brought to those of the boundaries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from os.path import commonprefix

from geo.region.recipes.keys import fold_name, map_keys, strip_pattern
from geo.region.recipes.rules import KeyRule

_MOST_KEYS_TRIED = 1_000
_LONGEST_STRIPPED = 5
"""Longer beginnings are words of a name, ``Quartier 01``, and no mark before a key."""


@dataclass(frozen=True)
class KeyMatch:
    """How keys of a table meet those of the boundaries.

    Parameters
    ----------
    rule
        What has to be done to the table's keys.
    boundary_rule
        What has to be done to the keys of the boundaries.
    matched, table_keys, boundary_keys
        Numbers of different keys: with a partner, in the table, in the boundaries.
    """

    rule: KeyRule
    boundary_rule: KeyRule
    matched: int
    table_keys: int
    boundary_keys: int


def match_keys(table: Iterable[str], boundaries: Iterable[str], names: Iterable[str] = ()) -> KeyMatch:
    """Return the simplest way to bring keys of a table to those of the boundaries.

    Tried in this order, the first with most partners wins: as they are, zeros in front, zeros behind, a
    common beginning taken off, one put in front, zeros in front of the boundaries' keys, names compared.
    """
    return best_match(distinct(table), Drawn(distinct(boundaries), tuple(names)))


class Drawn:
    """Keys of boundaries, prepared to be compared with many columns; no names are compared where they are None."""

    def __init__(self, keys: Sequence[str], names: tuple[str, ...] | None) -> None:
        self.keys, self.known, self._names = keys, frozenset(keys), names

    @cached_property
    def folded(self) -> frozenset[str]:
        """Names and keys as they are compared by name."""
        if self._names is None:
            return frozenset()
        return frozenset(fold_name(text) for text in (*self._names, *self.keys)) - {""}


def best_match(raw: Sequence[str], drawn: Drawn) -> KeyMatch:
    """Return what :func:`match_keys` does, for distinct keys and boundaries prepared before."""
    best = KeyMatch(KeyRule(), KeyRule(), 0, len(raw), len(drawn.keys))
    for rule, boundary_rule in _rules(raw, drawn.keys):
        there = drawn.known if boundary_rule == KeyRule() else frozenset(map_keys(drawn.keys, boundary_rule))
        matched = len(there.intersection(map_keys(raw, rule)))
        if matched > best.matched:
            best = replace(best, rule=rule, boundary_rule=boundary_rule, matched=matched)
    if best.matched < len(raw) and drawn.folded:
        by_name = len(drawn.folded.intersection(map(fold_name, raw)))
        if by_name > best.matched:
            best = replace(best, rule=KeyRule(fold=True), boundary_rule=KeyRule(), matched=by_name)
    return best


def distinct(cells: Iterable[str]) -> list[str]:
    """Return the different texts, without blanks at their ends."""
    return sorted({cell.strip() for cell in cells} - {""})


def some(cells: Iterable[str]) -> list[str]:
    """Return distinct texts, evenly thinned out where there are very many."""
    found = distinct(cells)
    return found[:: max(1, len(found) // _MOST_KEYS_TRIED)]


def _rules(raw: Sequence[str], drawn: Sequence[str]) -> list[tuple[KeyRule, KeyRule]]:
    rules = [(KeyRule(), KeyRule())]
    width = _one_length(drawn)
    if width and _are_digits(drawn):
        rules += [(KeyRule(pad=width), KeyRule()), (KeyRule(complete=width), KeyRule())]
    rules += [
        (KeyRule(extract=strip_pattern(cut)), KeyRule())
        for cut in _beginnings(raw)
        if cut.strip("0") and len(cut) <= _LONGEST_STRIPPED
    ]
    for cut in _beginnings(drawn):
        rest = [key[len(cut) :] for key in drawn]
        if (length := _one_length(rest)) and _are_digits(rest):
            rules.append((KeyRule(pad=length, prefix=cut), KeyRule()))
        rules.append((KeyRule(prefix=cut), KeyRule()))
    width = _one_length(raw)
    if width and _are_digits(raw) and _are_digits(drawn):
        rules.append((KeyRule(), KeyRule(pad=width)))
    return rules


def _beginnings(keys: Sequence[str]) -> tuple[str, ...]:
    """Return what all keys may have in front of the key proper: up to the digits, up to the zeros, all of it."""
    beginning = commonprefix(keys) if len(keys) > 1 else ""  # noqa: RUF071 - characters are meant
    cuts = (beginning.rstrip("0123456789"), beginning.rstrip("0"), beginning)
    return tuple(cut for cut in dict.fromkeys(cuts) if cut)


def _one_length(texts: Sequence[str]) -> int:
    lengths = {len(text) for text in texts}
    return lengths.pop() if len(lengths) == 1 else 0


def _are_digits(texts: Sequence[str]) -> bool:
    return bool(texts) and all(text.isdigit() for text in texts)
