"""Whether a plan holds where people are counted otherwise: withheld and rounded counts, and the last years.

What is withheld is not known here either. A withheld count may be anything from nobody to as many as the highest share
shown anywhere in the region would give; a rounded one lies within half a step. Counts are drawn evenly between these
limits, quarter by quarter, and the question is asked again of each draw.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.reach import place_counts
from geo.region import ValueState
from geo.siting.ask.formulation import limit_of, pose
from geo.siting.ask.survey import Survey, WayFiles, survey_region
from geo.siting.explain import Stability, stability_over
from geo.siting.problem import OBJECTIVES
from geo.siting.solvers import Halt, never

if TYPE_CHECKING:
    from geo.reach.streets import StreetNetwork
    from geo.region.model import Region
    from geo.siting.ask.answers import Answer
    from geo.siting.problem import SitingProblem

Floats = NDArray[np.float64]

YEARS_MOST = 5
DRAWS = 20
WITHIN = 0.01


@dataclass(frozen=True)
class Firmness:
    """How a plan stands at other counts of people.

    Parameters
    ----------
    drawn
        At counts drawn between the limits of what is withheld or rounded; None where every count is told exactly.
    uncertain
        Number of quarters whose count is withheld or rounded.
    over
        At the counts of earlier dates; None where there are none.
    dates
        Those dates (ISO), the latest first.
    """

    drawn: Stability | None
    uncertain: int
    over: Stability | None
    dates: tuple[str, ...]


def count_limits(region: Region, measure: str, date: str) -> tuple[pd.Series[float], pd.Series[float]]:
    """Return the least and largest count that each quarter may have, by its key; equal where it is told exactly.

    Quarters whose count is missing are nobody's, as in the plan itself.
    """
    table = region.values_of(measure, date)
    state, value = table["state"], table["value"].astype(float)
    low = value.where(state != ValueState.SUPPRESSED.value, 0.0).fillna(0.0)
    high = low.copy()
    step = region.disclosure.round_to
    is_rounded = (state == ValueState.PERTURBED.value) & (step > 1)
    low = low.where(~is_rounded, (value - step / 2).clip(lower=0.0))
    high = high.where(~is_rounded, value + step / 2)
    residents = _residents(region, date).reindex(table.index).fillna(0.0)
    shares = (value / residents).replace([np.inf, -np.inf], np.nan)
    most = residents * (float(shares.max()) if shares.notna().any() else 1.0)
    is_withheld = state == ValueState.SUPPRESSED.value
    return low, high.where(~is_withheld, most)


def firmness(
    region: Region,
    answer: Answer,
    *,
    draws: int = DRAWS,
    seconds: float = 8.0,
    seed: int = 0,
    files: WayFiles | None = None,
    network: StreetNetwork | None = None,
    stop: Halt = never,
) -> Firmness:
    """Return how an answer's choice stands at other counts of people.

    Parameters
    ----------
    region, answer
        What was asked and answered, with a choice.
    draws
        Number of draws.
    seconds
        For all questions together; half for the draws, half for the years.
    seed, stop
        As in :func:`geo.siting.solve`.
    files, network
        As in :func:`geo.siting.ask.survey_region`.

    Notes
    -----
    The question for fewest places is judged by the people its places reach, beside as many other places.
    """
    asked = answer.posed.question
    now = str(asked.date)
    limits = count_limits(region, asked.measure, now)
    dates = tuple(sorted((date for date in region.dates if date < now), reverse=True))[:YEARS_MOST]
    years = {date: _told(region, asked.measure, date) for date in dates}
    years = {date: counts for date, counts in years.items() if counts.sum() > 0}
    most = pd.concat([limits[1], *years.values()], axis=1).max(axis=1)
    problem, parts = _wide(region, answer, most[most > 0], files, network)
    plan = answer.plan
    if OBJECTIVES[plan.objective].counts_sites:
        plan = replace(plan, objective="coverage")
        problem = problem.with_new(len(answer.plan.selected))
    uncertain = int((limits[1] > limits[0]).sum())
    random = np.random.default_rng(seed)
    drawn = [limits[0] + (limits[1] - limits[0]) * random.random(len(limits[0])) for _ in range(draws)]

    def judged(counts: list[pd.Series[float]]) -> Stability:
        weights = [parts.weights(each) for each in counts]
        return stability_over(problem, plan, weights, within=WITHIN, seconds=seconds / 2, seed=seed, stop=stop)

    return Firmness(
        drawn=judged(drawn) if uncertain else None,
        uncertain=uncertain,
        over=judged(list(years.values())) if years else None,
        dates=tuple(years),
    )


@dataclass(frozen=True, eq=False)
class _Parts:
    """The share of its quarter's people at each point, 0 where nobody counts."""

    quarters: NDArray[np.object_]
    share: Floats

    def weights(self, counts: pd.Series[float]) -> Floats:
        """Return people at each point for counts by quarter."""
        people = counts.reindex(pd.Index(self.quarters)).fillna(0.0).to_numpy(dtype=np.float64)
        return np.asarray(people * self.share, dtype=np.float64)


def _wide(
    region: Region, answer: Answer, most: pd.Series[float], files: WayFiles | None, network: StreetNetwork | None
) -> tuple[SitingProblem, _Parts]:
    """Pose the question with everybody who may be there, and tell how people of a quarter spread over its points."""
    asked, base = answer.posed.question, answer.posed.survey
    demand = place_counts(region, asked.measure, str(asked.date), most)
    survey: Survey = survey_region(
        region,
        asked.measure,
        str(asked.date),
        candidate_kind=asked.candidates,
        mode=base.mode,
        walk=asked.assumptions,
        limit_minutes=limit_of(asked),
        files=files,
        network=network,
        demand=demand,
    )
    problem = pose(region, asked, survey, files).problem
    whole = pd.Series(demand.people).groupby(demand.quarter_ids).transform("sum").to_numpy(dtype=np.float64)
    share = np.where(problem.weights > 0, demand.people / whole, 0.0)
    return problem, _Parts(demand.quarter_ids.astype(str), share)


def _told(region: Region, measure: str, date: str) -> pd.Series[float]:
    table = region.values_of(measure, date)
    has_number = table["state"].map(lambda state: ValueState(state).has_number)
    return table["value"].astype(float).where(has_number, 0.0).fillna(0.0)


def _residents(region: Region, date: str) -> pd.Series[float]:
    """Return residents by quarter: from the statistics where they are told, else from the cells."""
    counted = pd.Series(np.nan, index=region.quarters.index)
    if "residents" in region.measure_keys:
        table = region.values_of("residents", date)
        counted = table["value"].astype(float).reindex(counted.index)
    if region.cells is not None:
        counted = counted.fillna(region.cells.groupby("quarter_id")["residents"].sum())
    return counted.fillna(0.0)
