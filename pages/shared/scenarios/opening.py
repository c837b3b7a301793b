"""Opening a scenario: its settings become those of the sites page."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from geo.output.need import latest_date, main_indicator
from geo.reach.streets import WALKING_SPEEDS
from geo.region.model import Region
from geo.siting.ask import services_of
from geo.siting.scenario import Scenario
from pages.shared import state
from pages.shared.sites import Wishes, wishes
from pages.shared.sites import cache as sites_cache
from pages.shared.sites import controls as siting_controls
from pages.shared.sites import cost_settings as costs_state

_DEGREE_DECIMALS = 6


def open_scenario(region: Region, scenario: Scenario, *, but: Iterable[str] = ()) -> tuple[str, ...]:
    """Write a scenario into the settings of the sites page.

    Parameters
    ----------
    region, scenario
        Where, and what is to be opened.
    but
        Settings that stay as they are, since a link names them.

    Returns
    -------
    tuple of str
        Settings that the page or the region has no such value for: they keep what they had.
    """
    unfit = []
    if "budget" not in but:  # budgets on offer depend on the plan
        costs_state.keep_plan(scenario.costs)
    for name, (value, options) in settings_of(region, scenario).items():
        if name in but:
            continue
        fitting = next((option for option in options if option == value), None)
        if fitting is None:
            unfit.append(name)
        else:
            state.remember(name, fitting)
    wanted, dropped = wishes_in(region, scenario)
    if not {"force", "forbid", "close", "own"} & set(but):
        wishes.take(region, wanted)
        unfit += dropped
    return tuple(unfit)


def settings_of(region: Region, scenario: Scenario) -> dict[str, tuple[Any, tuple[Any, ...]]]:
    """Return the settings of a scenario by name, each with the values the page has for it."""
    asked = scenario.question
    people = siting_controls.people_measures(region)
    modes = siting_controls.modes_for(region)
    date = asked.date or latest_date(region, main_indicator(region))
    areas = sites_cache.area_kinds(region, asked.measure, date) if asked.measure in people else ()
    found: dict[str, tuple[Any, tuple[Any, ...]]] = {
        "question": (asked.objective, siting_controls.questions_of(region)),
        "minutes": (asked.minutes, siting_controls.MINUTES),
        "who": (asked.measure, people),
        "date": (date, tuple(region.dates)),
        "mode": (asked.mode or modes[0], modes),
        "places": (asked.candidates, siting_controls.candidate_kinds(region)),
        "service": (asked.service, ("", *services_of(region))),
        "areas": (asked.minimum_of, ("", *areas)),
    }
    if asked.mode in ("walk", "wheelchair", "line", None):
        speeds = {key: WALKING_SPEEDS[key] for key in siting_controls.SPEEDS}
        meant = (key for key, speed in speeds.items() if math.isclose(speed, asked.assumptions.speed_metres_per_second))
        found["speed"] = (next(meant, None), siting_controls.SPEEDS)
    needs = asked.kind.needs
    if "new" in needs and not scenario.is_nothing_new:
        found["new"] = (asked.new, siting_controls.numbers_for(region, asked.candidates))
    if "share" in needs:
        found["share"] = (asked.share, siting_controls.SHARES)
    if "budget" in needs:
        found["budget"] = (asked.budget_eur, siting_controls.budgets_for(region, asked.candidates))
    if "capacity" in needs:
        found["visits"] = (asked.visits_per_year, siting_controls.VISITS)
    if asked.has_minimum:
        found["atleast"] = (asked.minimum_share, siting_controls.MINIMUM_SHARES)
    return found


def wishes_in(region: Region, scenario: Scenario) -> tuple[Wishes, list[str]]:
    """Return the wishes of a scenario, and which of them name places the region does not have."""
    asked = scenario.question
    candidates = sites_cache.candidate_keys(region, asked.candidates)
    offices = set(region.offices.index.astype(str))
    kept = Wishes(
        forced=tuple(key for key in asked.forced if key in candidates),
        forbidden=tuple(key for key in asked.forbidden if key in candidates),
        closed=tuple(key for key in asked.closed if key in offices),
        own=tuple(
            (number, round(place.lon, _DEGREE_DECIMALS), round(place.lat, _DEGREE_DECIMALS))
            for number, place in enumerate(asked.own, 1)
        ),
    )
    pairs = (
        ("force", kept.forced, asked.forced),
        ("forbid", kept.forbidden, asked.forbidden),
        ("close", kept.closed, asked.closed),
    )
    return kept, [name for name, has, wanted in pairs if len(has) < len(wanted)]
