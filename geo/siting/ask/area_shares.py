"""A share of people to be reached everywhere: in each district, or in each quarter with lasting need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geo.siting.problem import Minimum

if TYPE_CHECKING:
    from geo.need import Indicator
    from geo.reach import Demand
    from geo.region.model import Region

MINIMUM_OF = ("district", "lasting")


@dataclass(frozen=True, eq=False)
class Groups:
    """Areas of which each is to have its share.

    Parameters
    ----------
    names
        Of the areas, by number.
    of_points
        Number of each demand point's area, -1 for none.
    """

    names: tuple[str, ...] = ()
    of_points: NDArray[np.int64] | None = None

    def minimums(self, share: float) -> tuple[Minimum, ...]:
        """Return the wish that ``share`` (0 to 1) of the people of each area are reached."""
        return tuple(Minimum(number, share=share) for number in range(len(self.names)))


def areas_of(region: Region, kind: str, measure: str, date: str) -> dict[str, str]:
    """Return the name of the area each quarter belongs to, by the quarter's key; quarters of none are left out.

    Empty where the region has no districts, or too few dates to tell where need lasts.
    """
    if kind == "district":
        named = region.quarters["district"].astype(str)
        return {str(key): name for key, name in named.items() if name}
    lasting = set(lasting_quarters(region, measure, date) or ())
    return {str(key): str(name) for key, name in region.quarters["name"].items() if str(key) in lasting}


def kinds_of(region: Region, measure: str, date: str) -> tuple[str, ...]:
    """Return the kinds of areas that may be asked for, without working them out: lasting need wants enough dates."""
    from geo.need import LastingRule

    dates = [one for one in region.dates if one <= date]
    is_known = {
        "district": bool((region.quarters["district"] != "").any()),
        "lasting": len(dates) >= LastingRule().dates_needed and lasting_indicator(region, measure) is not None,
    }
    return tuple(kind for kind in MINIMUM_OF if is_known[kind])


def groups_of(region: Region, kind: str, demand: Demand) -> Groups:
    """Return the areas in which people are, with the area of each demand point.

    Quarters with lasting need count one by one, also where two have the same name; areas without people make no wish.
    """
    areas = areas_of(region, kind, demand.measure, demand.date)
    keys = [str(key) for key in demand.quarter_ids]
    own = [(areas[key] if kind == "district" else key) if key in areas else "" for key in keys]
    with_people = {name for name, people in zip(own, demand.people.tolist(), strict=True) if name and people > 0}
    number = {name: at for at, name in enumerate(sorted(with_people))}
    names = tuple(name if kind == "district" else areas[name] for name in number)
    return Groups(names, np.array([number.get(name, -1) for name in own], dtype=np.int64))


def lasting_indicator(region: Region, measure: str) -> Indicator | None:
    """Return the indicator by which need lasts: the first rate that counts ``measure``, else the first one there is."""
    from geo.need import indicators_of

    every = [indicator for indicator in indicators_of(region) if indicator.unit != "count"]
    counting = [indicator for indicator in every if indicator.numerator == measure]
    return next(iter([*counting, *every]), None)


def lasting_quarters(region: Region, measure: str, date: str) -> tuple[str, ...] | None:
    """Return the keys of quarters with lasting need up to a date; None where nothing can be said.

    The rule is the default one of :class:`geo.need.LastingRule`. Quarters of which withheld values decide
    are not among them.
    """
    from geo.need import find_persistence

    indicator = lasting_indicator(region, measure)
    dates = tuple(one for one in region.dates if one <= date)
    if indicator is None or not dates:
        return None
    told = find_persistence(region, indicator, dates)
    if told.reason is not None:
        return None
    return tuple(str(key) for key in told.quarters.index[told.quarters["lasting"] == "yes"])
