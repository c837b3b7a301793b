"""What came of a scenario, in figures that may be shown.

Every figure here is made from a :class:`~geo.region.model.Region` alone, and a region holds no withheld number. People
are dealt out over the cells or the area of their own quarter from its disclosed count; a withheld or missing count
places nobody. So two sets of statistics that differ in what is withheld give the same outcome to the last digit, and
however many outcomes lie side by side, with other minutes, offices or ways, nothing about a withheld count can be
worked out from them: they do not depend on it. Rounding comes on top; it keeps a modelled figure from looking like a
counted one.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo.errors import ContractError, DataError
from geo.findings import error
from geo.reach import MINUTES_TOLERANCE
from geo.region.disclosure import DisclosureRule, round_people
from geo.siting.ask import (
    LIMIT_MINUTES,
    SUMS,
    WORST_SHARE,
    Answer,
    Floats,
    Survey,
    WayFiles,
    answer,
    complete,
    lasting_indicator,
    lasting_quarters,
    nearest_minutes,
    people_by_minutes,
    place_costs,
    survey_of,
    weighted_quantile,
    with_own,
)
from geo.siting.costs import check_plan
from geo.siting.scenario.scenario import ChosenSite, Outcome, QuarterReach, Scenario
from geo.siting.solvers import Halt, never

if TYPE_CHECKING:
    from geo.region.model import Region
    from geo.siting.ask import Question

CURVE_MINUTES = 60
LASTING_SHARE = 0.5
"""A quarter counts as reached from this part of its people on."""


def run(
    region: Region, scenario: Scenario, seconds: float = 20.0, files: WayFiles | None = None, stop: Halt = never
) -> tuple[Answer, Outcome]:
    """Solve a scenario.

    Parameters
    ----------
    region, scenario
        What is asked of what.
    seconds
        Time limit of the solver; measuring ways comes on top.
    files
        Files that ways are read from, beside the region's own.
    stop
        Asked now and then whether to end; the best plan so far is told then.

    Raises
    ------
    DataError
        ``scenario_other_region``, or what keeps the question from being asked (:func:`geo.siting.ask.pose`).
    """
    asked = completed(region, scenario)
    survey = wide_survey(region, asked.question, files)
    told = answer(region, asked.question, seconds, stop=stop, survey=survey, files=files)
    return told, outcome_of(region, asked, told, files)


def completed(region: Region, scenario: Scenario) -> Scenario:
    """Return the scenario with date, mode and kind of candidates filled in.

    Raises
    ------
    DataError
        ``scenario_other_region``, ``cost_plan_faulty``, or every finding of :func:`geo.siting.ask.check`.
    """
    if scenario.region_id != region.id:
        raise DataError((error("scenario_other_region", made_for=scenario.region_id, region=region.id),))
    if faults := check_plan(scenario.costs):
        raise DataError(faults)
    return replace(scenario, question=complete(region, scenario.asked))


def wide_survey(region: Region, question: Question, files: WayFiles | None = None) -> Survey:
    """Measure people, places and ways as far as an outcome needs them: at least an hour; own places left out."""
    return survey_of(region, question, files, least_minutes=LIMIT_MINUTES)


def outcome_of(region: Region, scenario: Scenario, answer: Answer, files: WayFiles | None = None) -> Outcome:
    """Return what came of a scenario.

    Parameters
    ----------
    region, scenario
        Where, and what was asked.
    answer
        The answer to the scenario's question.
    files
        As the answer was given; needed only where its ways were measured for less than an hour.

    Raises
    ------
    ContractError
        If the answer is to another question.
    DataError
        As :func:`completed`.
    """
    asked = completed(region, scenario)
    if asked.key != replace(asked, question=answer.posed.question).key or _is_costed_otherwise(asked, answer):
        raise ContractError("the answer is to another question than the scenario asks; solve the scenario itself")
    survey = _wide(region, answer, files)
    plan, rule = answer.plan, region.disclosure
    people = survey.demand.people
    limit = max(LIMIT_MINUTES, asked.question.minutes)
    before = _within(nearest_minutes(survey, answer.posed.offices_today), limit)
    after = _within(nearest_minutes(survey, sorted({*_kept(answer), *plan.selected})), limit)
    times, demand = survey.times, survey.demand
    quarters = _by_quarter(region, survey, before, after, asked.question.minutes)
    costs = place_costs(answer.posed.survey, asked.costs, region)
    is_on_foot = math.isfinite(times.speed_metres_per_second)
    return Outcome(
        scenario_key=asked.key,
        region_fingerprint=region.fingerprint,
        solved_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        status=str(plan.status),
        gap=round(float(plan.gap), 4),
        bound=float(answer.bound),
        seconds=round(float(answer.seconds), 3),
        seed=int(plan.seed),
        message=plan.message,
        message_parameters=tuple(
            (name, round(float(value), 2))
            for name, value in sorted(answer.message_parameters.items())
            if not isinstance(value, str)
        ),
        date=str(asked.question.date),
        mode=survey.mode,
        minutes=float(asked.question.minutes),
        measure=asked.question.measure,
        rounded_to=rule.reached_round_to,
        rule=rule,
        withheld_quarters=demand.withheld_quarters,
        missing_quarters=demand.missing_quarters,
        placed_on=demand.source,
        speed_metres_per_second=float(times.speed_metres_per_second) if is_on_foot else None,
        detour_factor=float(times.detour_factor) if survey.mode == "line" else None,
        ways_source=str(times.source),
        demand=round_people(demand.total, rule),
        people_before=answer.people_before,
        people_after=answer.people_after,
        served=None if plan.served is None else round_people(plan.served, rule),
        waiting=None if plan.waiting is None else round_people(plan.waiting, rule),
        beyond=round_people(max(0.0, demand.total - plan.reached), rule),
        mean_minutes_before=_mean(before, people, limit),
        mean_minutes=_mean(after, people, limit),
        worst_minutes_before=_worst(before, people),
        worst_minutes=_worst(after, people),
        limit_minutes=float(limit),
        curve_before=_curve(before, people, rule),
        curve=_curve(after, people, rule),
        sites=tuple(_sites(answer, costs)),
        closed=tuple(str(key) for key in answer.posed.places["id"].iloc[_closed(answer)]),
        quarters=quarters,
        **_lasting(region, asked.question, (before, after), survey),
        cost_per_year_eur=_sum(answer, costs["cost_per_year_eur"]),
        one_off_cost_eur=_sum(answer, costs["one_off_cost_eur"], is_freed=False),
        staff_full_time=_sum(answer, costs["staff_full_time"]),
    )


def _kept(answer: Answer) -> set[int]:
    """Return today's offices that stay open."""
    return {int(site) for site in answer.posed.problem.fixed} - set(answer.plan.closed)


def _closed(answer: Answer) -> list[int]:
    return sorted(set(answer.posed.offices_today) - _kept(answer) - set(answer.plan.selected))


def _wide(region: Region, answer: Answer, files: WayFiles | None) -> Survey:
    """Return the answer's survey, measured again where its ways are shorter than the curve is long."""
    survey, question = answer.posed.survey, answer.posed.question
    if survey.times.limit_minutes >= LIMIT_MINUTES:
        return survey
    return with_own(region, wide_survey(region, question, files), question.own, files)


def _within(minutes: Floats, limit: float) -> Floats:
    return np.where(minutes <= limit + MINUTES_TOLERANCE, minutes, np.inf)


def _mean(minutes: Floats, people: Floats, limit: float) -> float | None:
    whole = math.fsum(people)
    return round(math.fsum(np.minimum(minutes, limit) * people) / whole, 1) if whole > 0 else None


def _worst(minutes: Floats, people: Floats) -> float | None:
    worst = weighted_quantile(minutes, people, WORST_SHARE)
    return round(worst, 1) if math.isfinite(worst) else None


def _curve(minutes: Floats, people: Floats, rule: DisclosureRule) -> tuple[int | None, ...]:
    return tuple(round_people(float(value), rule) for value in people_by_minutes(minutes, people, CURVE_MINUTES))


def _by_quarter(
    region: Region, survey: Survey, before: Floats, after: Floats, within: float
) -> tuple[QuarterReach, ...]:
    """Return the people of each quarter within reach; nothing for one whose count is withheld or not known."""
    from geo.region import ValueState

    rule, demand = region.disclosure, survey.demand
    keys = region.quarters.index.astype(str)
    row = keys.get_indexer(pd.Index(demand.quarter_ids))
    size, limit = len(keys), max(LIMIT_MINUTES, within)

    def summed(weights: Floats) -> Floats:
        return np.bincount(row, weights=weights, minlength=size).astype(np.float64)

    whole = summed(demand.people)
    reached = [summed(np.where(way <= within + MINUTES_TOLERANCE, demand.people, 0.0)) for way in (before, after)]
    walked = [summed(np.minimum(way, limit) * demand.people) for way in (before, after)]
    states = region.values_of(demand.measure, demand.date)["state"].reindex(keys).to_numpy()
    with_number = {ValueState.VALUE.value, ValueState.TRUE_ZERO.value, ValueState.PERTURBED.value}
    found = []
    for at, key in enumerate(keys):
        is_told = states[at] in with_number
        has_people = is_told and whole[at] > 0
        people = [round_people(float(part[at]), rule) if is_told else None for part in reached]
        minutes = [round(float(part[at] / whole[at]), 1) if has_people else None for part in walked]
        found.append(QuarterReach(str(key), people[0], people[1], minutes[0], minutes[1]))
    return tuple(found)


def _lasting(region: Region, question: Question, ways: tuple[Floats, Floats], survey: Survey) -> dict[str, Any]:
    """Count the quarters with lasting need, and those of them most of whose people are within reach."""
    indicator = lasting_indicator(region, question.measure)
    lasting = lasting_quarters(region, question.measure, str(question.date))
    if indicator is None or lasting is None:
        return {}
    is_there = np.isin(survey.demand.quarter_ids.astype(str), sorted(lasting))
    counted = []
    for minutes in ways:
        is_near = minutes <= question.minutes + MINUTES_TOLERANCE
        points = pd.DataFrame({"quarter": survey.demand.quarter_ids, "people": survey.demand.people})[is_there]
        near = (points["people"] * is_near[is_there]).groupby(points["quarter"]).sum()
        whole = points["people"].groupby(points["quarter"]).sum()
        counted.append(int((near >= LASTING_SHARE * whole * (1 - 1e-9)).sum()))
    return {
        "lasting_indicator": indicator.key,
        "lasting_quarters": len(lasting),
        "lasting_reached_before": counted[0],
        "lasting_reached": counted[1],
    }


def _is_costed_otherwise(asked: Scenario, answer: Answer) -> bool:
    """Tell whether the answer was found at other costs or capacities than the scenario's."""
    return asked.question.kind.hangs_on_costs and answer.posed.question.costs != asked.costs


def _sites(answer: Answer, costs: pd.DataFrame) -> Iterable[ChosenSite]:
    for number, row in zip(answer.plan.selected, answer.sites.to_dict("records"), strict=True):
        gain, cumulative = (None if pd.isna(row[name]) else int(row[name]) for name in ("gain", "cumulative"))
        yield ChosenSite(
            id=str(row["id"]),
            name=str(row["name"]),
            lon=float(row["lon"]),
            lat=float(row["lat"]),
            gain=gain,
            cumulative=cumulative,
            **{name: _known(costs.loc[number, name]) for name in SUMS},
        )


def _sum(answer: Answer, each: pd.Series[float], *, is_freed: bool = True) -> float | None:
    """Return what opens, less what closes where closing frees it; what was once spent is not given back."""
    closed = math.fsum(each[_closed(answer)]) if is_freed else 0.0
    return _known(math.fsum(each[list(answer.plan.selected)]) - closed)


def _known(value: Any) -> float | None:
    return None if pd.isna(value) else round(float(value), 2)
