"""Markers of missing values: what signs in place of numbers mean (``.``, ``-``, ``x``, ``k.A.``), by source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from geo.region.schema import ValueState


@dataclass(frozen=True)
class MarkerSet:
    """What signs that stand in place of numbers mean in one source.

    Parameters
    ----------
    name
        Key, as written in a recipe.
    states
        Text of a whole cell → state. Case and blanks within do not matter (``k. A.`` is ``k.A.``).
    """

    name: str
    states: Mapping[str, ValueState]
    _folded: Mapping[str, ValueState] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_folded", {fold_marker(text): state for text, state in self.states.items()})

    def state_of(self, cell: str) -> ValueState | None:
        """Return the state a cell's text stands for, or nothing if it is no marker."""
        return self._folded.get(fold_marker(cell))


def fold_marker(text: str) -> str:
    """Return a cell's text as markers are compared: no case, no blanks, one kind of dash."""
    folded = "".join(text.split()).casefold()
    return "-" if folded in ("–", "—", "−", "‐", "‑", "--") else folded


def _markers(groups: Mapping[ValueState, str]) -> dict[str, ValueState]:
    return {text: state for state, texts in groups.items() for text in texts.split()} | {"": ValueState.MISSING}


_NO_DATA = "... … .. n/a #n/a #nv #wert! #value! #ref! #bezug! #div/0! #name? NA NaN null none -9999 -9999.0 -9999,0"
_OFFICIAL = {
    ValueState.SUPPRESSED: ". • * k.A. k.A geheim",
    ValueState.TRUE_ZERO: "- –",
    ValueState.NOT_APPLICABLE: "x ×",
    ValueState.MISSING: f"/ () {_NO_DATA}",
}
_DESTATIS = _markers({**_OFFICIAL, ValueState.SUPPRESSED: ". • geheim", ValueState.MISSING: f"/ () k.A. {_NO_DATA}"})
_SETS: dict[str, dict[str, ValueState]] = {
    "default": _markers(_OFFICIAL),
    # Essen: '.' unknown or secret, '-' nothing, '×' makes no sense. Its '0' (less than half a unit) is a number.
    "essen": _markers({**_OFFICIAL, ValueState.SUPPRESSED: ". k.A. geheim"}),
    # Statistik der BA: '*' is the anonymised cell; '.' stands for no evidence or secret.
    "ba": _markers({**_OFFICIAL, ValueState.SUPPRESSED: "* . geheim", ValueState.MISSING: f"k.A. / {_NO_DATA}"}),
    "destatis": _DESTATIS,
    "landesdatenbank": _DESTATIS,
    # MSS until 2019 writes 0 for planning areas under 300 residents, which are left out on purpose.
    "berlin_mss": _markers({**_OFFICIAL, ValueState.SUPPRESSED: ". * k.A. geheim 0 0.0 0,0 0.00 0,00 0.00000 0,00000"}),
    # Census grid: a dash is withheld; -1 stands for uninhabited or withheld and does not tell which.
    "zensus": _markers(
        {
            ValueState.NOT_APPLICABLE: "x ×",
            ValueState.SUPPRESSED: f"{_OFFICIAL[ValueState.SUPPRESSED]} - –",
            ValueState.MISSING: f"-1 -1.0 -1,0 / () {_NO_DATA}",
        }
    ),
    "none": _markers({}),
}
MARKER_SETS: Mapping[str, MarkerSet] = {name: MarkerSet(name, states) for name, states in _SETS.items()}
