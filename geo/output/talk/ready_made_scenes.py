"""A presentation for who has none yet: need, change, lasting need, today's reach, a plan, money or number."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geo.need import Indicator, change_values, classify_over, indicator_values, indicators_of
from geo.output.need import latest_date, main_indicator
from geo.region.model import Region
from geo.siting.ask import Question, check, complete
from geo.siting.scenario import BUDGETS, Presentation, Scenario, Scene, people_measures
from geo.text import Texts

CLASSES = 5
_YEARS_BACK = 5
_DATES_FOR_LASTING = 3


def ready_made(t: Texts, region: Region) -> Presentation:
    """Return up to six scenes of a region; what a region has no data for is left out."""
    scenes = [*_need(t, region), *_plans(t, region)]
    return Presentation(t("present.name_usual", place=region.name), region.id, tuple(scenes))


def _need(t: Texts, region: Region) -> list[Scene]:
    if not indicators_of(region) or not region.dates:
        return []
    indicator = main_indicator(region)
    date = latest_date(region, indicator)
    if not np.isfinite(indicator_values(region, indicator, date)["value"]).any():
        return []
    limits = classify_over(region, indicator, region.dates, "natural", CLASSES).limits
    first = Scene(
        "indicator",
        region.id,
        t("present.ready_need"),
        t("present.ready_need_text"),
        indicator=indicator.key,
        date=date,
        limits=limits if len(limits) > 1 else (),
        live=("date", "indicator"),
    )
    scenes = [first]
    before = _earlier(region, indicator, date)
    if before is not None:
        text = t("present.ready_change_text", before=t.date(before))
        changed = replace(
            first, kind="change", title=t("present.ready_change"), text=text, compared_with=before, limits=(), live=()
        )
        scenes.append(changed)
    if len([day for day in region.dates if day <= date]) >= _DATES_FOR_LASTING:
        lasts = replace(first, kind="lasting", limits=(), live=())
        scenes.append(lasts.worded(t("present.ready_lasting"), t("present.ready_lasting_text")))
    return scenes


def _plans(t: Texts, region: Region) -> list[Scene]:
    people = people_measures(region)
    if not people:
        return []
    indicator = main_indicator(region)
    asked = Question(measure=people[0], date=latest_date(region, indicator))
    if check(region, asked):
        return []
    asked = complete(region, asked)
    limits = classify_over(region, indicator, region.dates, "natural", CLASSES).limits
    kept = limits if len(limits) > 1 else ()

    def scene(key: str, question: Question, live: tuple[str, ...], kind: str = "plan") -> Scene:
        title = t(f"present.ready_{key}")
        text = t(f"present.ready_{key}_text", minutes=t.number(question.minutes))
        scenario = Scenario(title, region.id, question)
        return Scene(kind, region.id, title, text, limits=kept, scenario=scenario, live=live)

    scenes = []
    if len(region.offices):
        scenes.append(scene("today", replace(asked, new=0), ("minutes",)))
    scenes.append(scene("plan", asked, ("new", "minutes", "measure")))
    if bool(region.hosts["cost_per_year_eur"].notna().any()):
        scenes.append(scene("money", replace(asked, objective="budget", budget_eur=BUDGETS[4]), ("budget", "minutes")))
    else:
        scenes.append(scene("number", asked, ("minutes",), "curve"))
    return scenes


def _earlier(region: Region, indicator: Indicator, date: str) -> str | None:
    """Return the date about five years before at which changes can be told, else the earliest such date."""
    wanted = f"{int(date[:4]) - _YEARS_BACK}{date[4:]}"
    days = [day for day in region.dates if day < date]
    for day in sorted(days, key=lambda day: (day < wanted, abs(int(day[:4]) - int(wanted[:4])))):
        if np.isfinite(change_values(region, indicator, day, date)["value"]).any():
            return day
    return None
