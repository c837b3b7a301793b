"""Scenarios side by side: what was counted differently, and the difference by quarter.

Everything here is made from outcomes, that is from figures that are shown already: people rounded, None for fewer than
may be shown. A difference of two of them says nothing that both together do not say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from geo.region import ValueState
from geo.siting.scenario.scenario import Outcome, QuarterReach, Scenario

if TYPE_CHECKING:
    from geo.region.model import Region

ASSUMPTIONS = (
    "date",
    "measure",
    "minutes",
    "mode",
    "speed_metres_per_second",
    "detour_factor",
    "ways_source",
    "limit_minutes",
    "rounded_to",
    "rule",
    "region_fingerprint",
)
"""What two outcomes must share for their figures to mean the same; besides the service needed and the prices."""
TODAY = "today"


@dataclass(frozen=True)
class Mismatch:
    """An assumption in which two differ: a name of :data:`ASSUMPTIONS`, ``service`` or ``prices``, and both values."""

    assumption: str
    one: object
    other: object


@dataclass(frozen=True)
class Compared:
    """A scenario in a comparison.

    Parameters
    ----------
    key
        By which the page knows it: of the stored record, or :data:`TODAY`.
    name
        As the reader wrote it.
    scenario
        What was asked.
    outcome
        What came of it; None where it was not solved yet.
    is_old
        Whether the region has other data by now than when it was solved.
    is_edited
        Whether the scenario was changed since it was solved.
    """

    key: str
    name: str
    scenario: Scenario
    outcome: Outcome | None = None
    is_old: bool = False
    is_edited: bool = False

    @property
    def assumptions(self) -> dict[str, object]:
        """What its figures rest on, by name; empty without an outcome."""
        if self.outcome is None:
            return {}
        costs = self.scenario.costs
        told = {name: getattr(self.outcome, name) for name in ASSUMPTIONS}
        return told | {"service": self.scenario.question.service, "prices": (costs.as_of, tuple(sorted(costs.prices)))}


def mismatches(one: Compared, other: Compared) -> tuple[Mismatch, ...]:
    """Return what was counted differently in two scenarios; empty where they are comparable."""
    mine, theirs = one.assumptions, other.assumptions
    return tuple(
        Mismatch(name, mine[name], theirs[name]) for name in mine if name in theirs and mine[name] != theirs[name]
    )


def mismatched(several: Sequence[Compared]) -> tuple[str, ...]:
    """Return the names of assumptions that not all solved scenarios share."""
    told = [one.assumptions for one in several if one.outcome is not None]
    return tuple(name for name in (told[0] if told else {}) if any(one[name] != told[0][name] for one in told))


def today_of(outcome: Outcome) -> Outcome:
    """Return today's state as an outcome of the same assumptions: nothing opens, nothing closes, nothing is solved."""
    return replace(
        outcome,
        scenario_key="",
        status="optimal",
        gap=0.0,
        bound=float(outcome.people_before or 0),
        seconds=0.0,
        message=None,
        message_parameters=(),
        people_after=outcome.people_before,
        served=None,
        waiting=None,
        beyond=_beyond_today(outcome),
        mean_minutes=outcome.mean_minutes_before,
        worst_minutes=outcome.worst_minutes_before,
        curve=outcome.curve_before,
        sites=(),
        closed=(),
        quarters=tuple(_before(one) for one in outcome.quarters),
        lasting_reached=outcome.lasting_reached_before,
        cost_per_year_eur=0.0,
        one_off_cost_eur=0.0,
        staff_full_time=0.0,
    )


def by_quarter(one: Outcome, other: Outcome) -> pd.DataFrame:
    """Return one outcome minus the other by quarter.

    Returns
    -------
    DataFrame
        Index ``quarter_id``; ``people_a``, ``people_b``, ``people`` within reach and ``minutes_a``, ``minutes_b``,
        ``minutes`` of the mean way, the third of each being the difference. NaN wherever one of both is not shown.
    """
    mine, theirs = ({row.quarter_id: row for row in outcome.quarters} for outcome in (one, other))
    rows = {
        key: {
            "people_a": mine[key].people_after,
            "people_b": theirs[key].people_after,
            "minutes_a": mine[key].minutes_after,
            "minutes_b": theirs[key].minutes_after,
        }
        for key in mine
        if key in theirs
    }
    columns = ["people_a", "people_b", "minutes_a", "minutes_b"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns).astype(float)
    table.index.name = "quarter_id"
    table["people"] = table["people_a"] - table["people_b"]
    table["minutes"] = (table["minutes_a"] - table["minutes_b"]).round(1)
    return table


def is_still_disclosed(outcome: Outcome, region: Region) -> bool:
    """Tell whether an outcome may be shown beside a region as it is now.

    An outcome of earlier data counts people of quarters that may be withheld by now, or may have been divided since, or
    rounds them by a weaker rule; beside one of today it would give them away.
    """
    if outcome.region_fingerprint == region.fingerprint:
        return True
    if outcome.rule != region.disclosure or outcome.rounded_to != region.disclosure.reached_round_to:
        return False
    if outcome.measure not in region.measure_keys or outcome.date not in region.dates:
        return False
    states = region.values_of(outcome.measure, outcome.date)["state"]
    withheld = set(states.index[states == ValueState.SUPPRESSED.value].astype(str))
    counted = {row.quarter_id for row in outcome.quarters if not _is_empty(row)}
    has_same_quarters = {row.quarter_id for row in outcome.quarters} == set(region.quarters.index.astype(str))
    return has_same_quarters and not withheld & counted


def difference(one: float | None, other: float | None) -> float | None:
    """Return one figure minus another, None where either is not known or not shown."""
    return None if one is None or other is None else one - other


def _is_empty(row: QuarterReach) -> bool:
    told = (row.people_before, row.people_after, row.minutes_before, row.minutes_after)
    return all(one is None for one in told)


def _before(row: QuarterReach) -> QuarterReach:
    return replace(row, people_after=row.people_before, minutes_after=row.minutes_before)


def _beyond_today(outcome: Outcome) -> int | None:
    """Return people out of reach today, from two figures that are shown."""
    if outcome.demand is None or outcome.people_before is None:
        return None
    return max(0, outcome.demand - outcome.people_before)
