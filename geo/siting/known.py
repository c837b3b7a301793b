"""What is known of places in numbers: what they cost, how many people they can see.

Places of the reader's own take the median of the candidates, so that they compete on equal terms.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.siting.ground import Ground


def known_costs(ground: Ground) -> NDArray[np.float64]:
    """Return euro in a year for each place; the reader's own cost as much as the median candidate."""
    return _with_own_median(ground, "cost_per_year_eur")


def known_capacities(ground: Ground) -> NDArray[np.float64]:
    """Return appointments in a week for each place; the reader's own have as many as the median candidate."""
    return _with_own_median(ground, "capacity_per_week")


def _with_own_median(ground: Ground, column: str) -> NDArray[np.float64]:
    values = ground.places[column].to_numpy(dtype=np.float64).copy()
    kinds = ground.places["kind"].to_numpy()
    known = values[(kinds == "candidate") & np.isfinite(values)]
    values[kinds == "own"] = float(np.median(known)) if len(known) else 0.0
    return values
