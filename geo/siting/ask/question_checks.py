"""What keeps a question from being asked of a region: every fault at once, as findings."""

from __future__ import annotations

import math

from geo.findings import Finding, error
from geo.region.model import Region
from geo.siting.ask.area_shares import MINIMUM_OF
from geo.siting.ask.grid import SPACING_LEAST, SPACING_MOST, spacing_of
from geo.siting.ask.places import (
    CANDIDATE_KINDS,
    barred,
    candidate_kind,
    candidates,
    is_candidate_kind,
    offices,
    services_of,
)
from geo.siting.ask.question import Question
from geo.siting.ask.survey import MODES
from geo.siting.costs import check_plan
from geo.siting.problem import OBJECTIVES

MINUTES_MAX = 240.0
SPEED_MAX = 50.0
VISITS_MAX = 366.0
DETOUR_MAX = 10.0


def check(region: Region, question: Question) -> tuple[Finding, ...]:
    """Return what keeps a question from being asked of a region; empty if nothing does.

    Whether a region has the areas that a share is asked for shows only once the question is posed.
    """
    found = [*_check_numbers(question), *_check_measure(region, question), *_check_sites(region, question)]
    return (*found, *_check_service(region, question))


def _check_numbers(question: Question) -> list[Finding]:
    found = []
    if not 0 < question.minutes <= MINUTES_MAX:
        found.append(error("minutes_out_of_range", minutes=question.minutes, most=MINUTES_MAX))
    if question.new < 0:
        found.append(error("new_out_of_range", new=question.new))
    spacing = spacing_of(question.candidates)
    if not is_candidate_kind(question.candidates):
        found.append(error("candidates_unknown", given=question.candidates, known=", ".join(CANDIDATE_KINDS)))
    elif spacing is not None and not SPACING_LEAST <= spacing <= SPACING_MOST:
        found.append(error("grid_spacing_out_of_range", spacing=spacing, least=SPACING_LEAST, most=SPACING_MOST))
    return [*found, *_check_objective(question), *_check_ways(question)]


def _check_objective(question: Question) -> list[Finding]:
    found = []
    if question.objective not in OBJECTIVES:
        found.append(error("objective_unknown", given=question.objective, known=", ".join(OBJECTIVES)))
    if not 0 < question.share <= 100:
        found.append(error("share_out_of_range", share=question.share))
    if not 0 <= question.budget_eur < math.inf:
        found.append(error("budget_out_of_range", budget=question.budget_eur))
    if not 0 < question.visits_per_year <= VISITS_MAX:
        found.append(error("visits_out_of_range", visits=question.visits_per_year, most=VISITS_MAX))
    found += check_plan(question.costs) if question.costs is not None else ()
    if not 0 <= question.minimum_share <= 100:
        found.append(error("minimum_out_of_range", share=question.minimum_share))
    if question.minimum_of not in ("", *MINIMUM_OF):
        found.append(error("minimum_of_unknown", given=question.minimum_of, known=", ".join(MINIMUM_OF)))
    elif question.has_minimum and "minimums" not in question.kind.takes:
        takers = ", ".join(one.key for one in OBJECTIVES.values() if "minimums" in one.takes)
        found.append(error("minimum_not_taken", given=question.objective, known=takers))
    return found


def _check_ways(question: Question) -> list[Finding]:
    found = []
    if question.mode is not None and question.mode not in MODES:
        found.append(error("mode_unknown", given=question.mode, known=", ".join(MODES)))
    speed, detour = question.assumptions.speed_metres_per_second, question.assumptions.detour_factor
    if not 0 < speed <= SPEED_MAX:
        found.append(error("speed_out_of_range", speed=speed, most=SPEED_MAX))
    if not 1 <= detour <= DETOUR_MAX:
        found.append(error("detour_out_of_range", detour=detour, most=DETOUR_MAX))
    return found


def _check_measure(region: Region, question: Question) -> list[Finding]:
    counts = [measure.key for measure in region.measures if not measure.is_rate]
    if question.measure not in counts:
        if not counts:
            return [error("measure_none_countable", measure=question.measure)]
        return [error("measure_not_countable", measure=question.measure, known=", ".join(counts))]
    rows = region.statistics[region.statistics["measure"] == question.measure]
    dates = sorted(rows["date"].unique())
    if not dates or (question.date is not None and question.date not in dates):
        return [error("date_unknown", date=question.date or "", known=", ".join(map(str, dates)))]
    return []


def _check_service(region: Region, question: Question) -> list[Finding]:
    known = services_of(region)
    if not question.service or question.service in known:
        return []
    if not known:
        return [error("service_none", service=question.service)]
    return [error("service_unknown", service=question.service, known=", ".join(known))]


def _check_sites(region: Region, question: Question) -> list[Finding]:
    spacing = spacing_of(question.candidates)
    if not is_candidate_kind(question.candidates) or not (spacing is None or SPACING_LEAST <= spacing <= SPACING_MOST):
        return []
    named = tuple(dict.fromkeys((*question.forced, *question.forbidden)))
    if not (named or question.closed):
        return []
    kind = candidate_kind(region, question.candidates)
    possible, ruled_out = set(candidates(region, kind)["id"]), barred(region, kind).set_index("id")["zone"]
    open_today = set(offices(region)["id"])
    found = [
        error("site_in_zone", site=site, zone=str(ruled_out[site]))
        if site in ruled_out
        else error("site_is_office" if site in open_today else "site_unknown", site=site)
        for site in named
        if site not in possible
    ]
    return found + [error("site_not_office", site=site) for site in question.closed if site not in open_today]
