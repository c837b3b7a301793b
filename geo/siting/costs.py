"""What new offices cost, from components with dated prices."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CostPlan:
    """How new offices are run, and the prices that differ from the dated parameters.

    Parameters
    ----------
    hours_per_week
        Opening hours of each new office in a week: two mornings are eight.
    staff_at_once
        People of the Jobcenter present while it is open.
    as_of
        Date (ISO) at which parameters are read; None takes the newest.
    prices
        Own values instead of parameters, as (key, value).
    """

    hours_per_week: float = 8.0
    staff_at_once: float = 2.0
    as_of: str | None = None
    prices: tuple[tuple[str, float], ...] = ()
