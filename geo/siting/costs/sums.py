"""Costs of a whole scenario: sums, who pays, what follows when a price turns out otherwise, break-even points."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from geo.errors import ContractError
from geo.siting.costs.components import COMPONENTS, ONCE, CostPlan, overhead_rate
from geo.siting.costs.parameters import Parameters, value_of, with_own

SWING = 0.2


@dataclass(frozen=True)
class Funding:
    """Who pays an amount of administration costs, euro in a year; None where amount or share is unknown."""

    federal_eur: float | None
    municipal_eur: float | None
    federal_percent: float | None


@dataclass(frozen=True)
class Effect:
    """What a change of one component by a fraction of itself does to the yearly total, in euro.

    ``component`` is ``all`` or one of :data:`geo.siting.costs.COMPONENTS` but ``overhead``, which follows staff.
    """

    component: str
    low_eur: float
    high_eur: float

    @property
    def width_eur(self) -> float:
        """Distance between both ends."""
        return abs(self.high_eur - self.low_eur)


@dataclass(frozen=True)
class CostSums:
    """Costs of several new offices together; None where a part is unknown.

    Parameters
    ----------
    components
        Euro in a year by component, (name, euro), in the order of :data:`geo.siting.costs.COMPONENTS`.
    once
        Euro once by part, in the order of :data:`geo.siting.costs.ONCE`.
    cost_per_year_eur, one_off_cost_eur, spread_per_year_eur, staff_full_time
        As :func:`geo.siting.costs.site_costs`, over all places.
    freed_per_year_eur
        What closing saves in a year.
    """

    components: tuple[tuple[str, float | None], ...]
    once: tuple[tuple[str, float | None], ...]
    cost_per_year_eur: float | None
    one_off_cost_eur: float | None
    spread_per_year_eur: float | None
    staff_full_time: float | None
    freed_per_year_eur: float | None = 0.0

    @property
    def net_per_year_eur(self) -> float | None:
        """Yearly cost less what closing saves."""
        if self.cost_per_year_eur is None or self.freed_per_year_eur is None:
            return None
        return self.cost_per_year_eur - self.freed_per_year_eur


def cost_sums(costs: pd.DataFrame, freed: Iterable[float] = ()) -> CostSums:
    """Return the sums over rows of :func:`geo.siting.costs.site_costs`.

    Parameters
    ----------
    costs
        One row for each place that opens.
    freed
        Yearly euro of each office that closes, NaN where unknown.
    """
    return CostSums(
        components=tuple((name, _sum(costs[f"{name}_eur"])) for name in COMPONENTS),
        once=tuple((name, _sum(costs[f"{name}_eur"])) for name in ONCE),
        cost_per_year_eur=_sum(costs["cost_per_year_eur"]),
        one_off_cost_eur=_sum(costs["one_off_cost_eur"]),
        spread_per_year_eur=_sum(costs["spread_per_year_eur"]),
        staff_full_time=_sum(costs["staff_full_time"]),
        freed_per_year_eur=_sum(freed),
    )


def funding(amount_eur: float | None, parameters: Parameters) -> Funding:
    """Return how Federation and municipality share administration costs (§ 46 (3) SGB II)."""
    percent = _known(value_of(parameters, "share_federal"))
    if amount_eur is None or percent is None:
        return Funding(None, None, percent)
    federal = amount_eur * percent / 100
    return Funding(federal, amount_eur - federal, percent)


def sensitivity(sums: CostSums, plan: CostPlan, parameters: Parameters, swing: float = SWING) -> tuple[Effect, ...]:
    """Return what happens when a component costs ``swing`` less or more, widest first, all together at the head.

    Components that are unknown or cost nothing are left out; without a known total there is no effect to tell.

    Raises
    ------
    ContractError
        If ``swing`` is not above 0.
    """
    if not swing > 0:
        raise ContractError(f"swing = {swing}: give a fraction above 0, e.g. 0.2")
    total = sums.cost_per_year_eur
    if not total:
        return ()
    rate = overhead_rate(plan, with_own(parameters, plan.prices))
    whole = {
        name: euro * (1 + (rate if name == "staff" else 0.0))
        for name, euro in sums.components
        if name != "overhead" and euro
    }
    # By what a component costs, not by the width: beside a large total the widths of small ones are rounded away.
    ordered = sorted(whole, key=lambda name: -whole[name])
    moved = (Effect(name, total - swing * whole[name], total + swing * whole[name]) for name in ordered)
    return (Effect("all", (1 - swing) * total, (1 + swing) * total), *moved)


def rise_within(
    sums: CostSums, component: str, limit_eur: float, plan: CostPlan, parameters: Parameters
) -> float | None:
    """Return by which fraction a component may rise until the yearly total meets a limit.

    Negative where the total lies above the limit already: the component has to fall by so much. None where it is
    unknown or costs nothing.
    """
    euro = dict(sums.components).get(component)
    if not euro or sums.cost_per_year_eur is None:
        return None
    rate = overhead_rate(plan, with_own(parameters, plan.prices)) if component == "staff" else 0.0
    return (limit_eur - sums.cost_per_year_eur) / (euro * (1 + rate))


def people_to_match(cost_per_year_eur: float, other_cost_eur: float, other_people: float) -> float | None:
    """Return how many people a choice must reach to cost as much for each as another; None if that reaches nobody."""
    return None if other_people <= 0 or other_cost_eur <= 0 else cost_per_year_eur * other_people / other_cost_eur


def _sum(values: Iterable[float]) -> float | None:
    return _known(math.fsum(float(value) for value in values))


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
