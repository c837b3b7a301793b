"""Classes of a choropleth: limits that are used are the limits that are shown.

Limits are rounded to the digits on screen before any value is sorted into a class, so that a reader who
checks a value against the legend always finds it in the right class.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import ContractError
from geo.need.indicators import Indicator, indicator_values

if TYPE_CHECKING:
    from geo.region.model import Region

SCHEMES = ("natural", "quantiles", "equal", "standard_deviation", "own")
CLASSES_MIN, CLASSES_MAX = 1, 9
LIMIT_MOST = 1e9
"""Largest class limit, either side of zero: no share and no count of a region comes near it."""
_NATURAL_VALUES_MAX = 250
USUAL_CHANGES = 0.95
OUTLIER_FACTOR = 2.0


@dataclass(frozen=True)
class Classification:
    """Class limits.

    Parameters
    ----------
    scheme
        One of :data:`SCHEMES`, or ``change``.
    limits
        Rising, one more than there are classes; empty where there is nothing to classify. A class holds
        its upper limit; the first class holds its lower limit too. Values beyond the outer limits belong to
        the outer classes. The classes of a change mirror each other: below zero a class holds its lower limit.
    digits
        Decimals that values are shown with; they are rounded to these before they are compared.
    """

    scheme: str
    limits: tuple[float, ...]
    digits: int = 1

    @property
    def count(self) -> int:
        """Number of classes."""
        return max(len(self.limits) - 1, 0)

    def index_of(self, values: ArrayLike) -> NDArray[np.int64]:
        """Return the class of each value, 0 lowest; -1 where there is no number or no class."""
        numbers = np.asarray(values, dtype=np.float64)
        if not self.count:
            return np.full(numbers.shape, -1, dtype=np.int64)
        # A value is compared as it is shown, so that 5,0 on screen never lies above a limit 5,0.
        shown = np.round(numbers, self.digits)
        inner = np.asarray(self.limits[1:-1])
        found = np.searchsorted(inner, shown - 1e-9 * np.maximum(np.abs(shown), 1), side="left")
        if self.scheme == "change":
            mirrored = np.searchsorted(inner, -shown - 1e-9 * np.maximum(np.abs(shown), 1), side="left")
            found = np.where(shown < 0, self.count - 1 - mirrored, found)
        return np.where(np.isfinite(numbers), found, -1).astype(np.int64)


def classify(
    values: ArrayLike,
    scheme: str,
    classes: int = 5,
    *,
    own_limits: Sequence[float] | None = None,
    digits: int | None = None,
) -> Classification:
    """Return class limits for values.

    Parameters
    ----------
    values
        Numbers; NaN is left out.
    scheme
        ``natural`` (Fisher-Jenks; above 250 values on evenly spaced ranks of them), ``quantiles``, ``equal``,
        ``standard_deviation`` (steps of one deviation around the mean) or ``own``.
    classes
        Number of classes wanted, 1 to 9. Fewer come back where there are fewer distinct values or limits fall together.
    own_limits
        For ``own``, such that :func:`can_be_limits`; the outer ones are widened where values lie beyond.
    digits
        Decimals shown; limits are rounded to them, the outer ones outwards. Without it none for whole
        numbers and one for others.

    Raises
    ------
    ContractError
        For an unknown scheme, a number of classes outside 1 to 9, or own limits that cannot be.
    """
    if scheme not in SCHEMES:
        raise ContractError(f"{scheme} is no way to make classes; use one of {', '.join(SCHEMES)}")
    numbers = np.asarray(values, dtype=np.float64).ravel()
    numbers = np.sort(numbers[np.isfinite(numbers)])
    if digits is None:
        digits = _digits_shown(np.concatenate([numbers, np.asarray(own_limits or (), dtype=np.float64)]))
    if scheme == "own":
        return _own(numbers, own_limits, digits)
    if not CLASSES_MIN <= classes <= CLASSES_MAX:
        raise ContractError(f"{classes} classes cannot be shown; use {CLASSES_MIN} to {CLASSES_MAX}")
    if not numbers.size:
        return Classification(scheme, (), digits)
    low, high = _outwards(numbers, digits)
    distinct = np.unique(np.round(numbers, digits))
    wanted = min(classes, len(distinct))
    inner = _inner_limits(numbers, scheme, wanted) if wanted > 1 else []
    return Classification(scheme, _merged([low, *inner, high], digits), digits)


def can_be_limits(limits: Sequence[float]) -> bool:
    """Tell whether numbers can be class limits: two to ten, rising, none beyond :data:`LIMIT_MOST`."""
    is_rising = all(low < high for low, high in pairwise(limits))
    return 1 + CLASSES_MIN <= len(limits) <= 1 + CLASSES_MAX and is_rising and max(map(abs, limits)) <= LIMIT_MOST


def classify_over(
    region: Region,
    indicator: Indicator,
    dates: Sequence[str],
    scheme: str,
    classes: int = 5,
    *,
    digits: int | None = None,
) -> Classification:
    """Return classes that hold over several dates: made from the values of all of them together."""
    pooled = [indicator_values(region, indicator, date)["value"].to_numpy() for date in dates]
    shown = digits if digits is not None else 0 if indicator.unit == "count" else 1
    return classify(np.concatenate(pooled) if pooled else [], scheme, classes, digits=shown)


def classify_change(values: ArrayLike, classes: int = 5, *, digits: int | None = None) -> Classification:
    """Return classes of a change: equal steps, symmetric, the middle class around zero.

    Where the largest change is more than twice what 95 percent of the quarters stay below, the steps are made
    from that, and the outermost class on either side reaches out to the largest.

    An even number of classes is raised by one, so that no change has a class of its own. ``digits`` as in
    :func:`classify`.
    """
    numbers = np.asarray(values, dtype=np.float64)
    numbers = numbers[np.isfinite(numbers)]
    if digits is None:
        digits = _digits_shown(numbers)
    if not numbers.size:
        return Classification("change", (), digits)
    odd = min(classes + (classes % 2 == 0), CLASSES_MAX)
    step = 10.0**-digits
    size = np.abs(numbers)
    largest = max(math.ceil(float(size.max()) / step - 1e-9) * step, step)
    # One quarter with a new shelter must not make all others look unchanged: where a few changes are far larger than
    # the rest, the steps follow the rest and the outer classes reach out to them.
    usual = float(np.quantile(size, USUAL_CHANGES))
    span = usual if odd > 1 and usual > 0 and largest > OUTLIER_FACTOR * usual else largest
    half = [span * (2 * at + 1) / odd for at in range(odd // 2)] + [largest]
    rounded = sorted({round(limit, digits) for limit in half} - {0.0})
    return Classification("change", tuple([-limit for limit in reversed(rounded)] + rounded), digits)


def _digits_shown(numbers: NDArray[np.float64]) -> int:
    return 0 if numbers.size and (numbers == np.round(numbers)).all() else 1


def _own(numbers: NDArray[np.float64], own_limits: Sequence[float] | None, digits: int) -> Classification:
    limits = tuple(float(limit) for limit in own_limits or ())
    if not can_be_limits(limits):
        raise ContractError(
            f"own limits {limits} cannot be; give {1 + CLASSES_MIN} to {1 + CLASSES_MAX} rising numbers"
        )
    shown = sorted({round(limit, digits) for limit in limits})
    if numbers.size:
        low, high = _outwards(numbers, digits)
        shown = [min(shown[0], low), *shown[1:-1], max(shown[-1], high)]
    return Classification("own", tuple(shown), digits)


def _outwards(numbers: NDArray[np.float64], digits: int) -> tuple[float, float]:
    step = 10.0**-digits
    low = round(math.floor(float(numbers.min()) / step + 1e-9) * step, digits)
    high = round(math.ceil(float(numbers.max()) / step - 1e-9) * step, digits)
    return low, high


def _inner_limits(numbers: NDArray[np.float64], scheme: str, classes: int) -> list[float]:
    if scheme == "equal":
        return [float(limit) for limit in np.linspace(numbers[0], numbers[-1], classes + 1)[1:-1]]
    if scheme == "quantiles":
        shares = np.arange(1, classes) / classes
        return [float(limit) for limit in np.quantile(numbers, shares, method="inverted_cdf")]
    if scheme == "standard_deviation":
        # An even number of classes has a limit at the mean, an odd one a class around it.
        steps = np.arange(1, classes) - classes / 2
        return [float(limit) for limit in numbers.mean() + steps * numbers.std()]
    return _natural(numbers, classes)


def _natural(numbers: NDArray[np.float64], classes: int) -> list[float]:
    import mapclassify

    thinned = numbers
    if len(numbers) > _NATURAL_VALUES_MAX:
        ranks = np.linspace(0, len(numbers) - 1, _NATURAL_VALUES_MAX).round().astype(int)
        thinned = numbers[ranks]
    wanted = min(classes, len(np.unique(thinned)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it recommends a compiler that would make a reader wait
        found = mapclassify.FisherJenks(thinned, k=wanted)
    return [float(limit) for limit in found.bins[:-1]]


def _merged(limits: list[float], digits: int) -> tuple[float, ...]:
    """Return rounded limits without repeats and inside the outer ones; at least one class."""
    low, high = limits[0], limits[-1]
    inner = sorted({round(limit, digits) for limit in limits[1:-1]})
    kept = [limit for limit in inner if low < limit < high]
    return (low, *kept, high)
