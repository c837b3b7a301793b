"""From a question about a region to a problem: the date filled in, people and ways measured, places numbered."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.errors import DataError
from geo.findings import Finding, error, warning
from geo.reach import Demand, TravelTimes, region_crs
from geo.region.model import Region
from geo.siting.ask.area_shares import Groups, groups_of
from geo.siting.ask.costs_and_capacities import known_capacities, known_costs
from geo.siting.ask.places import candidate_kind, offering
from geo.siting.ask.question import FADE_FULL_SHARE, WAYS_LIMIT_MINUTES, WEEKS_PER_YEAR, Question
from geo.siting.ask.question_checks import check
from geo.siting.ask.survey import Survey, WayFiles, default_mode, survey_region, with_own
from geo.siting.problem import Fade, SitingProblem

_MOST_NAMED = 5


@dataclass(frozen=True, eq=False)
class Posed:
    """A question as arrays, with the names behind the numbers.

    Parameters
    ----------
    question
        With the date filled in and the kind of candidates that was used.
    problem
        What is solved. Closed offices are sites of the problem that may not be chosen.
    survey
        What it was made from.
    crs
        System of the places' coordinates.
    groups
        Areas of which each is to have its share; none where that is not asked for.
    """

    question: Question
    problem: SitingProblem
    survey: Survey
    crs: str
    groups: Groups = field(default_factory=Groups)

    @property
    def demand(self) -> Demand:
        """People on points."""
        return self.survey.demand

    @property
    def times(self) -> TravelTimes:
        """Minutes from the points to the places."""
        return self.survey.times

    @property
    def places(self) -> pd.DataFrame:
        """One row per site of the problem, in its order; see :attr:`geo.siting.ask.survey.Survey.places`."""
        return self.survey.places

    @property
    def offices_today(self) -> list[int]:
        """Sites of the problem that are open today and offer what is needed, those that close included."""
        counts = self.places["is_office"].to_numpy(dtype=bool) & offering(self.places, self.question.service)
        return [int(site) for site in np.flatnonzero(counts)]


def complete(region: Region, question: Question) -> Question:
    """Return the question with date, kind of candidates and mode filled in.

    Raises
    ------
    DataError
        With every finding of :func:`check`.
    """
    found = check(region, question)
    if found:
        raise DataError(found)
    return replace(
        question,
        date=question.date or _latest_date(region, question.measure),
        candidates=candidate_kind(region, question.candidates),
        mode=question.mode or default_mode(region),
    )


def survey_of(
    region: Region, question: Question, files: WayFiles | None = None, *, least_minutes: float = 0.0
) -> Survey:
    """Measure what a question stands on, without the reader's own places; see :func:`geo.siting.ask.survey_region`.

    Ways are measured as far as the question needs them, and at least ``least_minutes``.
    """
    asked = complete(region, question)
    return survey_region(
        region,
        asked.measure,
        str(asked.date),
        candidate_kind=asked.candidates,
        mode=asked.mode,
        walk=asked.assumptions,
        limit_minutes=max(limit_of(asked), least_minutes),
        files=files,
    )


def limit_of(question: Question) -> float:
    """Return the longest way a question has to know."""
    return WAYS_LIMIT_MINUTES if question.kind.counts_travel else question.minutes


def pose(region: Region, question: Question, survey: Survey | None = None, files: WayFiles | None = None) -> Posed:
    """Turn a question into a problem.

    Parameters
    ----------
    region, question
        What is asked of what.
    survey
        People, places and ways as far as they were measured before, without the reader's own places; measured here
        if None.
    files
        Files that ways are read from.

    Raises
    ------
    DataError
        With every finding of :func:`check`, of what keeps people or ways from being measured, or where the region has
        no areas of the kind a share is asked for.
    """
    asked = complete(region, question)
    survey = with_own(region, survey or survey_of(region, asked, files), asked.own, files)
    places = survey.places
    number = {str(key): position for position, key in zip(places.index, places["id"], strict=True)}
    closed = [number[key] for key in asked.closed]
    is_office = places["is_office"].to_numpy(dtype=bool)
    is_open = is_office & offering(places, asked.service)
    without = np.flatnonzero(is_office & ~is_open).tolist()
    left_out, wishes, people = _wishes_of(region, asked, survey)
    survey = replace(survey, findings=(*survey.findings, *_without_figures(asked, survey, left_out)))
    groups = groups_of(region, asked.minimum_of, survey.demand) if asked.has_minimum else Groups()
    if asked.has_minimum and not groups.names:
        is_district = asked.minimum_of == "district"
        raise DataError((error("minimum_no_district" if is_district else "minimum_no_lasting"),))
    if groups.names:
        wishes |= {"demand_groups": groups.of_points, "minimums": groups.minimums(asked.minimum_share / 100)}
    problem = SitingProblem.from_travel(
        survey.times,
        people,
        minutes=asked.minutes,
        new=asked.new,
        fixed=sorted(set(np.flatnonzero(is_open).tolist()) - set(closed)),
        forced=[number[key] for key in (*asked.forced, *(place.id for place in asked.own))],
        forbidden=sorted({*(number[key] for key in asked.forbidden), *closed, *without, *left_out}),
        **wishes,
    )
    return Posed(asked, problem, survey, region_crs(region), groups)


def _without_figures(question: Question, survey: Survey, left_out: list[int]) -> list[Finding]:
    """Name the places that a question cannot weigh, since their price or capacity is not known."""
    places = survey.places
    needs = question.kind.needs
    what = "price" if "budget" in needs else "capacity"
    findings = []
    if left_out:
        names = ", ".join(places["name"].iloc[left_out[:_MOST_NAMED]]) + (" …" if len(left_out) > _MOST_NAMED else "")
        total = int((~places["is_office"]).sum())
        findings.append(warning(f"candidates_without_{what}", count=len(left_out), total=total, names=names))
    if "capacity" in needs:
        unlimited = places["is_office"] & places["capacity_per_week"].isna()
        if unlimited.any():
            names = ", ".join(places.loc[unlimited, "name"].head(_MOST_NAMED))
            findings.append(warning("offices_without_capacity", count=int(unlimited.sum()), names=names))
    return findings


def _wishes_of(
    region: Region, question: Question, survey: Survey
) -> tuple[list[int], dict[str, Any], NDArray[np.float64]]:
    """Return sites that cannot be chosen, what the objective needs beside number and reach, and who counts.

    Where ways are counted, people from whom no place can be reached at all do not count: no choice changes their way.
    """
    places, people = survey.places, survey.demand.people
    is_free = ~places["is_office"].to_numpy(dtype=bool)
    needs = question.kind.needs
    if "share" in needs:
        return [], {"share": question.share / 100}, people
    if "budget" in needs:
        costs = known_costs(survey, question.costs, region)
        costs[~is_free] = 0.0
        unknown = np.flatnonzero(np.isnan(costs)).tolist()
        return unknown, {"costs": np.nan_to_num(costs), "budget": question.budget_eur}, people
    if "capacity" in needs:
        capacity = known_capacities(survey, question.costs, region)
        unknown = np.flatnonzero(np.isnan(capacity) & is_free).tolist()
        wishes = {
            "capacity": np.where(np.isnan(capacity), np.inf, capacity),
            "appointments": question.visits_per_year / WEEKS_PER_YEAR,
        }
        return unknown, wishes, people
    if "fade" in needs:
        return [], {"fade": Fade(full=FADE_FULL_SHARE * question.minutes)}, people
    if question.kind.counts_travel:
        return [], {}, np.where(np.diff(survey.times.minutes.tocsr().indptr) > 0, people, 0.0)
    return [], {}, people


def _latest_date(region: Region, measure: str) -> str:
    """Return the latest date at which the measure has a number, else the latest at which it occurs."""
    rows = region.statistics[region.statistics["measure"] == measure]
    with_number = rows[rows["value"].notna()]
    return str((with_number if len(with_number) else rows)["date"].max())
