"""What withholding a cell costs: the people in it, as far as everybody may know.

The price of a partner must not be the number that is to be withheld, or the choice would tell about it: an attacker can
run the same programme. It is made of public figures only, so that two true tables with equal public figures give
equal prices.
"""

from __future__ import annotations

import numpy as np

from geo.region.disclosure.arrays import FloatArray
from geo.region.disclosure.count_table import CountTable

PER_CELL = 0.1
"""Share of the mean price that each cell costs besides its people: of two choices with like people the one with fewer
cells is taken."""


def cell_costs(table: CountTable) -> FloatArray:
    """Return the price of each cell, ``(rows, columns)``.

    It is the number expected from the quarter's residents (mean over the dates, so that the same quarter is cheap at
    all dates) at the share that the measure has in the whole region, which is a public total.
    """
    number = len(table.quarter_names)
    residents = table.column_of.get("residents")
    people = np.ones(len(table.counts)) if residents is None else np.nan_to_num(table.counts[:, residents])
    times = np.bincount(table.quarters, minlength=number).clip(min=1)
    mean = (np.bincount(table.quarters, people, number) / times)[table.quarters]
    total = max(float(mean.sum()), 1.0)
    share = np.nansum(np.where(table.is_shown | table.is_at_source, table.counts, 0.0), axis=0) / total
    cost: FloatArray = mean[:, None] * np.maximum(share, 1e-4)[None, :]
    return cost + PER_CELL * (cost.mean(axis=0) if len(cost) else 0.0)
