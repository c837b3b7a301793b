"""Rounding of people: counts of the statistics, people reached by offices, and bounds on them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from geo.region.disclosure.rule import DisclosureRule


def round_counts(counts: NDArray[np.float64], rule: DisclosureRule) -> NDArray[np.float64]:
    """Return counts of the statistics rounded half up to ``round_to``."""
    return counts if rule.round_to <= 1 else np.floor(counts / rule.round_to + 0.5) * rule.round_to


def round_people(people: float | None, rule: DisclosureRule) -> int | None:
    """Return people reached as they may be shown: rounded half up to ``reached_round_to``.

    0 for nobody; None for fewer than ``reached_round_to`` or no number.
    """
    if people == 0:
        return 0
    if people is None or math.isnan(people) or people < rule.reached_round_to:
        return None
    return int(math.floor(people / rule.reached_round_to + 0.5) * rule.reached_round_to)


def round_bound(bound: float, shown: float | None, rule: DisclosureRule) -> float:
    """Return an upper bound on people rounded up to ``reached_round_to``, never below what is shown of the people."""
    return max(math.ceil(bound / rule.reached_round_to) * rule.reached_round_to, shown or 0)
