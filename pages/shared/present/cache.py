"""Stages of scenes from the caches of the pages, and as the show's script takes them."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from geo.errors import DataError
from geo.need import Classification, Indicator, LastingRule, Persistence
from geo.output.charts import Chart
from geo.output.screen import painting_json
from geo.output.talk import Stage, Workings, stage_of
from geo.region.model import Region
from geo.siting.ask import Answer, Question, tell
from geo.siting.explain import Curve
from geo.siting.problem import Plan, Status
from geo.siting.scenario import Scene
from geo.text import Texts, texts
from pages.shared.atlas import cache as atlas_cache
from pages.shared.kept import kept
from pages.shared.need import cache as need_cache
from pages.shared.shell import regions, sentences
from pages.shared.sites import cache as sites_cache
from pages.shared.sites import catchments, solving

if TYPE_CHECKING:
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

CHART_SIZE_MM = (165.0, 100.0)
CHART_TYPE = 1.6


class KeptWorkings(Workings):
    """Results from the caches that all pages share."""

    def values(self, region: Region, indicator: Indicator, date: str) -> pd.DataFrame:
        """Return the values of an indicator at a date."""
        return atlas_cache.values(region, indicator, date)  # type: ignore[no-any-return]

    def changes(self, region: Region, indicator: Indicator, before: str, date: str) -> pd.DataFrame:
        """Return the change of an indicator between two dates."""
        return atlas_cache.changes(region, indicator, before, date)  # type: ignore[no-any-return]

    def classes(self, region: Region, indicator: Indicator) -> Classification:
        """Return classes that hold over all dates."""
        return atlas_cache.held_classes(region, indicator, "natural", 5)

    def persistence(
        self, region: Region, indicator: Indicator, dates: tuple[str, ...], rule: LastingRule
    ) -> Persistence:
        """Return where need lasts."""
        return need_cache.persistence(region, indicator, dates, rule, ())

    def answer(self, region: Region, question: Question) -> Answer:
        """Return the plan found within a blink, or a better one that is known from the sites page."""
        posed, first = sites_cache.first_plan(region, question)
        plan = sites_cache.better_plans().get((region.fingerprint, posed.question), first)
        return tell(region, posed, plan, None, seconds=plan.seconds)

    def catchments(self, region: Region, answer: Answer) -> Mapping[str, BaseGeometry]:
        """Return the areas from which offices are reached."""
        return catchments(region, answer)

    def curve(self, region: Region, question: Question) -> Curve:
        """Return people reached for none to ten new offices."""
        return sites_cache.number_curve(region, replace(question, objective="coverage", new=0))


def region_of(scene: Scene) -> Region | None:
    """Return a scene's region, None where it is not at hand."""
    here = regions.current_region()
    if here.id == scene.region_id:
        return here
    return regions.region_named(scene.region_id) if scene.region_id in regions.region_ids() else None


def stage(t: Texts, scene: Scene, theme: str) -> Stage:
    """Return a scene as it is shown."""
    region = region_of(scene)
    if region is None:
        return stage_of(t, None, scene, Workings(), theme)
    return _stage(region, scene, (theme, t.language), plan_known(scene))


@kept(128)
def _stage(region: Region, scene: Scene, look: tuple[str, str], plan: tuple[float, ...]) -> Stage:
    """Return a stage; ``plan`` only tells a better plan from the first one."""
    theme, language = look
    return stage_of(texts(language), region, scene, KeptWorkings(), theme)


def plan_known(scene: Scene) -> tuple[float, ...]:
    """Return the sites of the best plan known for a scene, and its gap; empty for any other scene."""
    plan = _plan_of(scene)
    return () if plan is None else (*plan.selected, float(plan.status is Status.OPTIMAL), plan.gap)


def search_on(scene: Scene) -> bool:
    """Have the plan of the scene in view proven beside the server; tell whether that is under way."""
    region, plan = region_of(scene), _plan_of(scene)
    if region is None or scene.scenario is None or plan is None or plan.status is not Status.FEASIBLE:
        return False
    solving.current_answer(region, scene.scenario.question)
    return solving.running() is not None


def _plan_of(scene: Scene) -> Plan | None:
    """Return the best plan known for a scene of a plan, None for any other."""
    region = region_of(scene)
    if region is None or scene.kind != "plan" or scene.scenario is None:
        return None
    try:
        posed, first = sites_cache.first_plan(region, scene.scenario.question)
    except DataError:  # told by the stage itself
        return None
    return sites_cache.better_plans().get((region.fingerprint, posed.question), first)


def stage_data(t: Texts, key: str, made: Stage) -> dict[str, Any]:
    """Return a stage as JSON-ready values for the show's script, ``key`` being what the script knows it by."""
    faults = [sentences(t, [one]) for one in made.faults]
    return {
        "key": key,
        "figures": [[figure.number, figure.sentence] for figure in made.figures],
        "lines": list(made.lines),
        "notes": list(made.notes),
        "source": made.source,
        "faults": [t("present.absent"), *faults] if faults else [],
        "painting": None if made.view is None else json.loads(painting_json(made.view)),
        "image": None if made.chart is None else _image(t, made.chart),
        "alt": made.chart_says,
    }


def _image(t: Texts, chart: Chart) -> str:
    """Return a chart as a picture that can be scaled, with type to be read from afar."""
    from geo.output.paper import Sheet, chart_file

    width, height = CHART_SIZE_MM
    sheet = Sheet(width_mm=width, height_mm=height, text_scale=CHART_TYPE)
    picture = chart_file(t, chart, sheet, "svg")
    return "data:image/svg+xml;base64," + base64.b64encode(picture).decode()
