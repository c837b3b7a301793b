"""Quarters with lasting need, as a question about offices asks for them: by the usual rule, from disclosed values."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geo.need import Indicator
    from geo.region.model import Region


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
