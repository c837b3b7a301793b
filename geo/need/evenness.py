"""Measures of uneven distribution, as plain functions of numbers per quarter.

All take two arrays in this order: ``counts`` (the group, e.g. recipients per quarter) and ``totals`` (the reference
population the group is part of, e.g. residents). What they stand on is written in ``docs/methods.md``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.errors import ContractError

Numbers = npt.NDArray[np.float64]

DRAWS = 500
QUARTERS_MANY, DRAWS_MANY = 5_000, 200
"""With this many quarters the range is narrow and fewer draws do."""

CONFIDENCE = 0.95

_DRAWN_AT_ONCE = 2_000_000
_DRAWN_EVEN = 100_000


@dataclass(frozen=True)
class TopShare:
    """How many recipients live where their share is highest.

    Parameters
    ----------
    resident_share
        Part of all residents looked at, 0 to 1, taken from the quarters with the highest shares.
    recipient_share
        Part of all recipients who live there; the last quarter counts in proportion.
    quarters
        Number of quarters it takes, the last one included.
    """

    resident_share: float
    recipient_share: float
    quarters: int


@dataclass(frozen=True)
class Holding:
    """The fewest quarters, highest shares first, that hold at least a given part of all recipients.

    Parameters
    ----------
    wanted_share
        Part of all recipients that was asked for, 0 to 1.
    quarters, quarters_counted
        How many quarters hold it, of how many.
    recipient_share, resident_share
        Part of all recipients and of all residents who live in them.
    """

    wanted_share: float
    quarters: int
    quarters_counted: int
    recipient_share: float
    resident_share: float


@dataclass(frozen=True)
class Dissimilarity:
    """Dissimilarity D with what chance does to it; all values 0 to 1.

    Parameters
    ----------
    value
        D of the figures as they are.
    corrected
        2 D minus the mean of the draws, not below 0 (Allen et al. 2015): small quarters raise D by chance alone.
    expected_even
        D that chance alone gives if every quarter had the region's share.
    beyond_chance
        (D - expected) / (1 - expected), below 0 if D is smaller than chance (Carrington and Troske 1997).
    low, high
        Range of ``corrected`` (basic bootstrap), with ``confidence``.
    draws, seed
        Number of draws and the seed they were made with.
    """

    value: float
    corrected: float
    expected_even: float
    beyond_chance: float
    low: float
    high: float
    confidence: float
    draws: int
    seed: int


def lorenz_points(counts: npt.ArrayLike, totals: npt.ArrayLike) -> tuple[Numbers, Numbers]:
    """Return cumulated shares of totals and of counts, quarters with the lowest share first.

    Both arrays have one point more than there are quarters and run from 0 to 1. Source: Lorenz (1905).
    """
    group, whole = _checked(counts, totals)
    order = np.lexsort((whole, group / whole))
    return _cumulated(whole[order]), _cumulated(group[order])


def gini_residents(counts: npt.ArrayLike, totals: npt.ArrayLike) -> float:
    """Return twice the area between the Lorenz curve of counts on totals and the diagonal, 0 to 1."""
    return _twice_the_area(*lorenz_points(counts, totals))


def gini(counts: npt.ArrayLike, totals: npt.ArrayLike) -> float:
    """Return the Gini index of counts against the rest of totals, 0 to 1.

    ``sum_ij t_i t_j |p_i - p_j| / (2 T^2 P (1 - P))`` (Massey and Denton 1988), computed from sorted shares.

    Raises
    ------
    ContractError
        If nobody, or everybody, belongs to the group.
    """
    group, whole = _checked(counts, totals)
    rest = _rest(group, whole)
    order = np.argsort(group / whole, kind="stable")
    return _twice_the_area(_cumulated(rest[order]), _cumulated(group[order]))


def dissimilarity(counts: npt.ArrayLike, totals: npt.ArrayLike) -> float:
    """Return D, the part of the group that would have to move for equal shares, 0 to 1.

    ``1/2 sum |b_i / B - (t_i - b_i) / (T - B)|`` (Duncan and Duncan 1955).
    """
    group, whole = _checked(counts, totals)
    rest = _rest(group, whole)
    return float(_dissimilarities(group[None, :], rest[None, :])[0])


def isolation(counts: npt.ArrayLike, totals: npt.ArrayLike) -> float:
    """Return the group's share in the quarter of an average member, 0 to 1: ``sum b_i / B * b_i / t_i``."""
    group, whole = _checked(counts, totals)
    return float((group / group.sum()) @ (group / whole))


def location_quotients(counts: npt.ArrayLike, totals: npt.ArrayLike) -> Numbers:
    """Return each quarter's share divided by the share of all quarters together; 1 is average."""
    group, whole = _checked(counts, totals)
    return np.asarray((group / whole) / (group.sum() / whole.sum()), dtype=np.float64)


def top_share(counts: npt.ArrayLike, totals: npt.ArrayLike, resident_share: float) -> TopShare:
    """Return the part of the group in the quarters with the highest shares that hold ``resident_share``."""
    if not 0 < resident_share <= 1:
        raise ContractError(f"resident_share {resident_share} is not above 0 and at most 1; give e.g. 0.2")
    across, up, _ = _from_the_top(counts, totals)
    reached = int(np.searchsorted(across, resident_share - 1e-12))
    return TopShare(resident_share, float(np.interp(resident_share, across, up)), reached)


def holding(counts: npt.ArrayLike, totals: npt.ArrayLike, wanted_share: float = 0.5) -> Holding:
    """Return the fewest quarters, highest shares first, with at least ``wanted_share`` of the group."""
    if not 0 < wanted_share <= 1:
        raise ContractError(f"wanted_share {wanted_share} is not above 0 and at most 1; give e.g. 0.5")
    across, up, size = _from_the_top(counts, totals)
    reached = int(np.searchsorted(up, wanted_share - 1e-12))
    return Holding(wanted_share, reached, size, float(up[reached]), float(across[reached]))


def dissimilarity_range(
    counts: npt.ArrayLike,
    totals: npt.ArrayLike,
    *,
    draws: int | None = None,
    confidence: float = CONFIDENCE,
    seed: int = 0,
) -> Dissimilarity:
    """Return D, corrected for chance, with its bootstrap range.

    Members of the group and the rest are drawn anew over the quarters with the observed shares (two multinomials).
    The bias is ``mean(D*) - D`` and the range ``2 D - D*`` at the outer quantiles (Allen, Burgess, Davidson and
    Windmeijer 2015). For the value under evenness every quarter's group is drawn with the region's share
    (Carrington and Troske 1997). ``draws`` is :data:`DRAWS` by default, :data:`DRAWS_MANY` from
    :data:`QUARTERS_MANY` quarters on. People are drawn one by one; in truth they live in households, so the range is
    rather too narrow.
    """
    group, whole = _checked(counts, totals)
    rest = _rest(group, whole)
    number = draws if draws is not None else DRAWS if len(group) < QUARTERS_MANY else DRAWS_MANY
    if number < 1:
        raise ContractError(f"draws {number} is below 1; give e.g. {DRAWS}")
    value = float(_dissimilarities(group[None, :], rest[None, :])[0])
    random = np.random.default_rng(seed)
    drawn = [
        _dissimilarities(
            random.multinomial(round(group.sum()), group / group.sum(), size=size),
            random.multinomial(round(rest.sum()), rest / rest.sum(), size=size),
        )
        for size in portions(number, len(group))
    ]
    people = np.rint(whole).astype(np.int64)
    even = []
    # A mean over many quarters is steady after few draws.
    for size in portions(min(number, max(20, _DRAWN_EVEN // len(group))), len(group)):
        chance = random.binomial(people, group.sum() / whole.sum(), size=(size, len(group)))
        even.append(_dissimilarities(chance, people - chance))
    found = np.concatenate(drawn)
    expected = float(np.concatenate(even).mean())
    tail = (1 - confidence) / 2
    low, high = 2 * value - np.quantile(found, [1 - tail, tail])
    return Dissimilarity(
        value=value,
        corrected=_within_unit(2 * value - found.mean()),
        expected_even=expected,
        beyond_chance=float((value - expected) / (1 - expected if value >= expected else expected)),
        low=_within_unit(low),
        high=_within_unit(high),
        confidence=confidence,
        draws=number,
        seed=seed,
    )


def portions(draws: int, quarters: int) -> list[int]:
    """Return how many draws to make at once, so that memory stays small however many quarters there are."""
    most = max(1, _DRAWN_AT_ONCE // max(quarters, 1))
    return [min(most, draws - done) for done in range(0, draws, most)]


def _checked(counts: npt.ArrayLike, totals: npt.ArrayLike) -> tuple[Numbers, Numbers]:
    group, whole = np.asarray(counts, dtype=np.float64), np.asarray(totals, dtype=np.float64)
    if group.ndim != 1 or group.shape != whole.shape or not len(group):
        raise ContractError(f"counts {group.shape} and totals {whole.shape} are not two rows of equal length")
    if not (np.isfinite(group).all() and np.isfinite(whole).all()):
        raise ContractError("counts or totals hold a value that is no number; leave such quarters out")
    if (group < 0).any() or (whole <= 0).any() or (group > whole).any():
        raise ContractError("counts must lie between 0 and totals, totals above 0; leave other quarters out")
    if group.sum() <= 0:
        raise ContractError("counts are all zero: concentration of nobody is not defined")
    return group, whole


def _rest(group: Numbers, whole: Numbers) -> Numbers:
    rest = whole - group
    if rest.sum() <= 0:
        raise ContractError("counts equal totals everywhere: there is nobody else to compare with")
    return rest


def _cumulated(parts: Numbers) -> Numbers:
    sums = np.concatenate([[0.0], np.cumsum(parts)])
    shares = sums / sums[-1]
    return np.asarray(np.minimum(shares, 1.0), dtype=np.float64)


def _twice_the_area(across: Numbers, up: Numbers) -> float:
    return _within_unit(1.0 - float(np.diff(across) @ (up[1:] + up[:-1])))


def _from_the_top(counts: npt.ArrayLike, totals: npt.ArrayLike) -> tuple[Numbers, Numbers, int]:
    across, up = lorenz_points(counts, totals)
    return 1.0 - across[::-1], 1.0 - up[::-1], len(across) - 1


def _dissimilarities(group: npt.NDArray[np.generic], rest: npt.NDArray[np.generic]) -> Numbers:
    """Return D of every row of two arrays draws × quarters; rows without anybody in a group count as even."""
    one, other = group.astype(np.float64), rest.astype(np.float64)
    first = one / np.maximum(one.sum(axis=1, keepdims=True), 1e-300)
    second = other / np.maximum(other.sum(axis=1, keepdims=True), 1e-300)
    return np.asarray(np.minimum(np.abs(first - second).sum(axis=1) / 2, 1.0), dtype=np.float64)


def _within_unit(value: float) -> float:
    return float(min(max(value, 0.0), 1.0))
