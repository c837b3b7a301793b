"""What would have to be bought for a plan, if anything, and under which rules: lots, estimated value, regime.

The estimate takes the costs of running the sites as if a contractor did all of it, so it is an upper one: with own
staff it falls, with own staff only it is nothing. Deciding on benefits is a sovereign task; its key is in no list of
what may be bought, so it never enters a specification. Nobody is named as a contractor: a lot bears the name of its
quarter, and neither host nor carrier is looked at.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from geo.output.sites import Solved
from geo.output.values import number_or_none
from geo.region.model import Region
from geo.siting.costs import Parameter, parameters_at, read_parameters, site_costs
from geo.siting.explain import reasons

BUYABLE = ("coaching", "placement", "casework", "video")
"""Services that may be part of a contract; taking applications and deciding on benefits are not among them."""

SOVEREIGN = ("benefits", "applications")
"""Services that stay with the Jobcenter."""

BOUGHT_COMPONENTS = ("staff", "workplace", "it", "interpreter", "overhead")
"""Parts of the running costs that a contractor would be paid for; rooms and security are contracts of their own."""

Regime = Literal["none", "unknown", "above", "below"]

_PARAMETERS = Path(__file__).with_name("procurement_parameters.toml")


@dataclass(frozen=True)
class Contract:
    """How long a contract would run, in months, and how long it could be prolonged."""

    months: int = 24
    option_months: int = 24


@dataclass(frozen=True)
class Lot:
    """One lot: the surroundings of one site.

    Parameters
    ----------
    number
        From 1, in the order of gain.
    quarter_id, area
        The quarter the site lies in, by key and name; never the name of a host.
    people
        People in reach, rounded; None for fewer than may be shown.
    services
        Keys of what may be bought there, of :data:`BUYABLE`.
    kept
        Keys of services that are offered there and stay with the Jobcenter.
    yearly_eur, value_eur
        Estimated cost in a year, and over term and options, both net; None where unknown.
    """

    number: int
    quarter_id: str
    area: str
    people: int | None
    services: tuple[str, ...]
    kept: tuple[str, ...]
    yearly_eur: float | None
    value_eur: float | None


@dataclass(frozen=True)
class Purchase:
    """All lots of a plan with the rules that would hold.

    Parameters
    ----------
    lots
        One for each site that opens.
    contract
        Term and options.
    counted_months
        Months that count for the value: term and options, at most what the law counts.
    value_eur
        Net value over all lots; None where a lot's is unknown.
    regime
        ``above`` or ``below`` the threshold, ``unknown`` without a value, ``none`` without lots.
    parameters
        The dated parameters used.
    as_of
        Day (ISO) at which they were read.
    """

    lots: tuple[Lot, ...]
    contract: Contract
    counted_months: int
    value_eur: float | None
    regime: Regime
    parameters: tuple[Parameter, ...]
    as_of: str

    def parameter(self, key: str) -> Parameter | None:
        """Return a parameter by key, or None where none holds on the day."""
        return next((one for one in self.parameters if one.key == key), None)


def purchase_of(region: Region, solved: Solved, contract: Contract | None = None, as_of: str | None = None) -> Purchase:
    """Return what would have to be bought for a plan.

    Parameters
    ----------
    contract
        Term and options; None takes two years and two more.
    as_of
        Day (ISO) at which thresholds are read; None takes the day on which the plan was solved.
    """
    contract = Contract() if contract is None else contract
    day = as_of or dt.datetime.fromisoformat(solved.outcome.solved_at).date().isoformat()
    parameters = thresholds(day)
    most = next((one.value for one in parameters if one.key == "value_months_most"), math.inf)
    months = int(min(contract.months + contract.option_months, most))
    lots = _lots(region, solved, months)
    values = [lot.value_eur for lot in lots]
    total = None if not values or None in values else math.fsum(value for value in values if value is not None)
    return Purchase(lots, contract, months, total, _regime(lots, total, parameters), parameters, day)


def thresholds(day: str) -> tuple[Parameter, ...]:
    """Return the thresholds of procurement law that hold on a day (ISO), the latest of each."""
    held = [one for one in read_parameters(_PARAMETERS) if one.holds_at(day)]
    newest = {one.key: one for one in sorted(held, key=lambda one: one.valid_from or "")}
    return tuple(newest.values())


def bought_services(offered: str) -> tuple[str, ...]:
    """Return which of the services offered at a site may be bought; coaching where nothing is said."""
    keys = offered.split()
    return tuple(key for key in BUYABLE if key in keys) or BUYABLE[:1]


def _lots(region: Region, solved: Solved, months: int) -> tuple[Lot, ...]:
    from geo.region.disclosure import round_people

    answer = solved.answer
    places = answer.posed.places.iloc[list(answer.plan.selected)]
    costs = site_costs(places, solved.scenario.costs, parameters_at(solved.scenario.costs.as_of, region))
    yearly = costs[[f"{name}_eur" for name in BOUGHT_COMPONENTS]].sum(axis=1, skipna=False)
    told = {reason.site: reason for reason in reasons(answer.posed.problem, answer.plan)}
    lots = []
    for number, (site, place) in enumerate(zip(answer.plan.selected, places.to_dict("records"), strict=True), 1):
        key = _quarter_at(region, float(place["x"]), float(place["y"]))
        offered = str(place.get("services") or "")
        cost = number_or_none(yearly.iloc[number - 1])
        lots.append(
            Lot(
                number=number,
                quarter_id=key,
                area=str(region.quarters.loc[key, "name"]),
                people=round_people(told[site].reached, answer.rule),
                services=bought_services(offered),
                kept=tuple(name for name in SOVEREIGN if name in offered.split()),
                yearly_eur=cost,
                value_eur=None if cost is None else cost * months / 12,
            )
        )
    return tuple(lots)


def _quarter_at(region: Region, x: float, y: float) -> str:
    """Return the key of the quarter a point lies in, or is nearest to."""
    import shapely

    shapes = region.quarters.geometry.to_numpy()
    at = int(np.argmin(shapely.distance(shapes, shapely.Point(x, y))))
    return str(region.quarters.index[at])


def _regime(lots: tuple[Lot, ...], value: float | None, parameters: tuple[Parameter, ...]) -> Regime:
    threshold = next((one.value for one in parameters if one.key == "threshold_social"), None)
    if not lots:
        return "none"
    if value is None or threshold is None:
        return "unknown"
    return "above" if value >= threshold else "below"
