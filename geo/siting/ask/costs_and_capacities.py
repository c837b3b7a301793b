"""What is known of places in numbers: what they cost, how many people they can see.

With a cost plan the cost model says both for every place that may open; what a place names itself goes before, as rent
and as appointments. Without one there is only what places name themselves, and places of the reader's own take the
median of the candidates, so that they compete on equal terms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.siting.ask.survey import Survey
from geo.siting.costs import CostPlan, appointments_per_week, parameters_at, site_costs

if TYPE_CHECKING:
    from geo.region.model import Region

SUMS = ("cost_per_year_eur", "one_off_cost_eur", "staff_full_time")


def place_costs(survey: Survey, plan: CostPlan | None = None, region: Region | None = None) -> pd.DataFrame:
    """Return what each place costs: yearly and one-off euro and full-time posts.

    Parameters
    ----------
    survey
        With the places.
    plan
        How new offices are run; None takes what places name themselves.
    region
        Whose parameters price the plan (:func:`geo.siting.costs.parameters_at`).

    Returns
    -------
    DataFrame
        Index as ``survey.places``, columns :data:`SUMS`, NaN where unknown. Today's offices keep their own figures.
    """
    places = survey.places
    own = pd.DataFrame(index=places.index)
    for name in SUMS:
        own[name] = pd.to_numeric(places[name], errors="coerce").astype(float) if name in places else np.nan
    if plan is None:
        own["cost_per_year_eur"] = _with_own_median(survey, "cost_per_year_eur")
        return own
    modelled = site_costs(places, plan, parameters_at(plan.as_of, region))[list(SUMS)]
    is_office = places["is_office"].to_numpy(dtype=bool)
    return modelled.mask(np.repeat(is_office[:, None], len(SUMS), axis=1), own)


def known_costs(survey: Survey, plan: CostPlan | None = None, region: Region | None = None) -> NDArray[np.float64]:
    """Return euro in a year for each place, shape (places,), NaN where unknown; as :func:`place_costs`."""
    return place_costs(survey, plan, region)["cost_per_year_eur"].to_numpy(dtype=np.float64).copy()


def known_capacities(survey: Survey, plan: CostPlan | None = None, region: Region | None = None) -> NDArray[np.float64]:
    """Return appointments in a week for each place: its own number, else what a plan's hours and staff allow.

    Today's offices without a number have no limit that is known; without a plan, nor have candidates.
    """
    values = _with_own_median(survey, "capacity_per_week")
    if plan is None:
        return values
    places = survey.places
    named = places["capacity_per_week"].to_numpy(dtype=np.float64)
    modelled = appointments_per_week(plan, parameters_at(plan.as_of, region))
    return np.where(np.isnan(named) & ~places["is_office"].to_numpy(dtype=bool), modelled, named)


def _with_own_median(survey: Survey, column: str) -> NDArray[np.float64]:
    values = survey.places[column].to_numpy(dtype=np.float64).copy()
    kinds = survey.places["kind"].to_numpy()
    known = values[(kinds == "candidate") & np.isfinite(values)]
    values[kinds == "own"] = float(np.median(known)) if len(known) else 0.0
    return values
