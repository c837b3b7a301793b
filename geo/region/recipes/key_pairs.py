"""Which columns of a table and of boundaries may be keys of each other, and what lies near a key without partner."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from geo.region.recipes.draft import Columns, guess_totals
from geo.region.recipes.key_match import KeyMatch, match_keys
from geo.region.recipes.keys import fold_name, map_key

MOST_PAIRS = 4
_MOST_COLUMNS = 15
_MOST_KEYS = 2_000
_SAMPLES = 3
_SUMMED_FROM = 2
_NEAR = 0.45


@dataclass(frozen=True)
class KeyPair:
    """A column of a table and one of the boundaries, and how they meet.

    Parameters
    ----------
    samples
        Cells of the table with their partners in the boundaries.
    """

    heading: str
    boundary_heading: str
    match: KeyMatch
    samples: tuple[tuple[str, str], ...]

    @property
    def shares(self) -> tuple[float, float]:
        """How much of the table and of the boundaries has a partner, as fractions."""
        return self.match.matched / max(self.match.table_keys, 1), self.match.matched / max(self.match.boundary_keys, 1)


def key_pairs(table: Columns, boundaries: Columns) -> tuple[KeyPair, ...]:
    """Return for each column of a table the one it meets best, best first; of many cells the first are compared."""
    pairs = []
    for heading in table.headings[:_MOST_COLUMNS]:
        sums = set(guess_totals(table.texts[heading]))
        cells = [cell for cell in table.texts[heading][:_MOST_KEYS] if cell and cell not in sums]
        for other in boundaries.headings[:_MOST_COLUMNS]:
            drawn = [cell for cell in boundaries.texts[other] if cell]
            match = match_keys(cells, drawn)
            if (
                match.matched
                and len(set(drawn)) > 0.5 * len(drawn)
                and 2 * match.matched >= min(match.table_keys, match.boundary_keys)
            ):
                pairs.append(KeyPair(heading, other, match, _samples(cells, drawn, match)))
    # Of equal ones keys come before names: two places may share a name.
    pairs.sort(key=lambda pair: (-sum(pair.shares), pair.match.rule.fold, bool(pair.match.rule.prefix)))
    best: dict[str, KeyPair] = {}
    for pair in pairs:
        best.setdefault(pair.heading, pair)
    return tuple(best.values())[:MOST_PAIRS]


def nested_sums(lost: Iterable[str], found: Iterable[str]) -> tuple[str, ...]:
    """Return keys without partner that are the beginning of several keys with one: sums of a district or a state.

    >>> nested_sums(["05", "05566", "99"], ["05566004", "05566008"])
    ('05', '05566')
    """
    keys = sorted(found)

    def count(beginning: str) -> int:
        first = bisect_left(keys, beginning)
        return sum(key.startswith(beginning) and key != beginning for key in keys[first : first + _SUMMED_FROM])

    return tuple(key for key in lost if key.isdigit() and count(key) >= _SUMMED_FROM)


def nearest(text: str, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return the keys whose names, or themselves, read most like a text; up to three, nearest first.

    Parameters
    ----------
    names
        Names by key.
    """
    folded: dict[str, str] = {}
    for key, name in names.items():
        folded.setdefault(fold_name(name), key)
        folded.setdefault(fold_name(key), key)
    near = get_close_matches(fold_name(text), folded, n=6, cutoff=_NEAR)
    return tuple(dict.fromkeys(folded[one] for one in near))[:3]


def _samples(cells: Iterable[str], drawn: Sequence[str], match: KeyMatch) -> tuple[tuple[str, str], ...]:
    def compared(text: str) -> str:
        return fold_name(text) if match.rule.fold else text

    partners = {compared(map_key(cell, match.boundary_rule)): cell for cell in drawn}
    found: dict[str, str] = {}
    for cell in cells:
        partner = partners.get(compared(map_key(cell, match.rule)))
        if partner is not None:
            found.setdefault(cell, partner)
        if len(found) == _SAMPLES:
            break
    return tuple(found.items())
