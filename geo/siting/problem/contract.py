"""What a siting problem accepts: each array and number checked by itself, with a sentence that says the remedy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import ContractError


@dataclass(frozen=True)
class Minimum:
    """What a group is to have at least.

    Parameters
    ----------
    group
        Number of the group, as in ``demand_groups`` and ``site_groups``.
    people
        People of the group within reach.
    share
        Share of the group's people within reach, from 0 to 1; the larger of both wishes holds.
    sites
        Open sites in the group, those of today included.
    """

    group: int
    people: float = 0.0
    share: float = 0.0
    sites: int = 0


def as_array(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """Return numbers as an array of floats."""
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as fault:
        raise ContractError(f"{name} holds something that is no number ({fault}); give numbers only") from fault


def as_weights(values: ArrayLike) -> NDArray[np.float64]:
    """Return a read-only copy of people per demand point."""
    weights = as_array(values, "weights").copy()
    if weights.ndim != 1:
        raise ContractError(f"weights has shape {weights.shape}: give one number per demand point")
    faulty = ~(np.isfinite(weights) & (weights >= 0))
    if faulty.any():
        first = int(np.flatnonzero(faulty)[0])
        raise ContractError(
            f"weights[{first}] = {weights[first]} ({int(faulty.sum())} such): people are finite and not negative; "
            "leave points without a disclosed count out"
        )
    weights.setflags(write=False)
    return weights


def as_per_site(
    values: ArrayLike | None, name: str, sites: int, *, is_infinite_allowed: bool = False
) -> NDArray[np.float64] | None:
    """Return a read-only copy of one number per site, not negative."""
    if values is None:
        return None
    numbers = as_array(values, name).copy()
    if numbers.shape != (sites,):
        raise ContractError(f"{name} has shape {numbers.shape}: give one number for each of the {sites} sites")
    faulty = np.isnan(numbers) | (numbers < 0) | (np.isinf(numbers) & (not is_infinite_allowed))
    if faulty.any():
        first = int(np.flatnonzero(faulty)[0])
        raise ContractError(f"{name}[{first}] = {numbers[first]}: give numbers that are not negative")
    numbers.setflags(write=False)
    return numbers


def as_labels(values: ArrayLike | None, name: str, length: int) -> NDArray[np.int64] | None:
    """Return a read-only copy of whole numbers that name groups."""
    if values is None:
        return None
    labels = np.asarray(values)
    if labels.shape != (length,) or not (labels.dtype.kind in "iu" or length == 0):
        raise ContractError(f"{name} has shape {labels.shape} of {labels.dtype}: give {length} whole numbers")
    labels = labels.astype(np.int64)
    labels.setflags(write=False)
    return labels


def as_minimums(
    minimums: Iterable[Any], demand_groups: NDArray[np.int64] | None, site_groups: NDArray[np.int64] | None
) -> tuple[Minimum, ...]:
    """Return the minimums, each of a group there is, at most one for each."""
    found = tuple(minimums)
    named = [minimum.group for minimum in found]
    twice = sorted({group for group in named if named.count(group) > 1})
    if twice:
        raise ContractError(f"minimums name group {twice[0]} twice; give one Minimum per group")
    for minimum in found:
        _check_minimum(minimum, demand_groups, site_groups)
    return found


def _check_minimum(
    minimum: Minimum, demand_groups: NDArray[np.int64] | None, site_groups: NDArray[np.int64] | None
) -> None:
    if minimum.people < 0 or minimum.sites < 0 or not 0 <= minimum.share <= 1 or not np.isfinite(minimum.people):
        raise ContractError(f"{minimum}: people and sites are not negative, a share is from 0 to 1")
    wants = ((minimum.people > 0 or minimum.share > 0, demand_groups, "demand_groups"),
             (minimum.sites > 0, site_groups, "site_groups"))  # fmt: skip
    for is_wanted, groups, name in wants:
        if is_wanted and (groups is None or not (groups == minimum.group).any()):
            raise ContractError(f"a minimum names group {minimum.group}, which is not in {name}")


def as_indices(values: Iterable[int], name: str, sites: int) -> tuple[int, ...]:
    """Return site numbers, ascending, each once."""
    out: set[int] = set()
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int | np.integer):
            raise ContractError(f"{name} holds {value!r}: give site numbers from 0 to {sites - 1}")
        if not 0 <= value < sites:
            raise ContractError(f"{name} holds {value}, but sites are numbered 0 to {sites - 1}")
        out.add(int(value))
    return tuple(sorted(out))


def as_number(number: int, name: str) -> int:
    """Return a count of sites."""
    if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < 0:
        raise ContractError(f"{name} = {number!r}: give how many sites, a whole number from 0")
    return int(number)


def as_share(share: float) -> float:
    """Return a share of all people, above 0 up to 1."""
    if isinstance(share, bool) or not isinstance(share, int | float | np.number) or not 0 < share <= 1:
        raise ContractError(f"share = {share!r}: give a share above 0 up to 1, e.g. 0.8 for 80 percent")
    return float(share)


def check_once(fixed: tuple[int, ...], forced: tuple[int, ...], closable: tuple[int, ...]) -> None:
    """Raise a ContractError where a site is named in two lists that exclude each other."""
    both = sorted(set(fixed) & set(forced))
    if both:
        raise ContractError(f"sites {both} are fixed and forced: a site open today cannot be a new one; name it once")
    both = sorted(set(closable) & (set(fixed) | set(forced)))
    if both:
        raise ContractError(f"sites {both} are closable and fixed or forced as well; name each once")
