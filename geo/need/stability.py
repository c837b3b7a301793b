"""How far a share could lie from what was counted: Wilson and Newcombe intervals.

Full counts are no sample, but they vary from year to year as if drawn. The range is therefore called
stability range on screen, not confidence interval.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import ContractError

Floats = NDArray[np.float64]
Bounded = tuple[ArrayLike, ArrayLike, ArrayLike]


def wilson_interval(count: ArrayLike, total: ArrayLike, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Return lower and upper Wilson score bounds of a share, as fractions.

    Parameters
    ----------
    count, total
        Counted and counted among, same shape; NaN stays NaN, a total of zero gives NaN.
    confidence
        Probability that the interval covers the share, between 0 and 1.

    Raises
    ------
    ContractError
        If ``confidence`` is not between 0 and 1.

    Notes
    -----
    Wilson (1927), without continuity correction. A count above its total (children counted a quarter of a
    year later than residents, say) is treated as the total.
    """
    if not 0 < confidence < 1:
        raise ContractError(f"confidence {confidence} is not between 0 and 1")
    n = np.asarray(total, dtype=np.float64)
    k = np.asarray(count, dtype=np.float64)
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        n = np.where(n > 0, n, np.nan)
        share = np.clip(k / n, 0.0, 1.0)
        centre = (share + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)


def difference_interval(before: Bounded, after: Bounded) -> tuple[Floats, Floats]:
    """Return bounds of ``after - before`` from the bounds of both (Newcombe's hybrid score interval, 1998).

    Parameters
    ----------
    before, after
        Lower bound, share and upper bound each, of one shape.

    Notes
    -----
    The two counts are taken as independent. Between years of one quarter they are not quite, since many
    people are in both, so the interval errs on the wide side. Units are those of the arguments.
    """
    la, a, ha, lb, b, hb = (np.asarray(part, dtype=np.float64) for part in (*before, *after))
    change = b - a
    low = change - np.sqrt((b - lb) ** 2 + (ha - a) ** 2)
    high = change + np.sqrt((hb - b) ** 2 + (a - la) ** 2)
    return low, high
