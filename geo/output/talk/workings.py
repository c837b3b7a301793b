"""Where scenes get their results from: made anew, each thing once; pages put their own caches in its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from geo.need import (
    Classification,
    Indicator,
    LastingRule,
    Persistence,
    change_values,
    classify_over,
    find_persistence,
    indicator_values,
)
from geo.output.sites import catchments_of
from geo.region.model import Region
from geo.siting.ask import (
    LIMIT_MINUTES,
    ON_STREETS,
    Answer,
    Question,
    Survey,
    answer,
    complete,
    limit_of,
    pose,
    streets_of,
    survey_region,
)
from geo.siting.explain import Curve, curve

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geo.reach.streets import StreetNetwork

CLASSES = 5
CURVE_UP_TO = 10
ANSWER_SECONDS = 20.0
CURVE_SECONDS = 2.0


class Workings:
    """Results for the scenes of one presentation; people, places and ways are measured once for many questions."""

    def __init__(self) -> None:
        self._surveys: dict[object, Survey] = {}
        self._streets: dict[str, StreetNetwork] = {}

    def values(self, region: Region, indicator: Indicator, date: str) -> pd.DataFrame:
        """Return the values of an indicator at a date."""
        return indicator_values(region, indicator, date)

    def changes(self, region: Region, indicator: Indicator, before: str, date: str) -> pd.DataFrame:
        """Return the change of an indicator between two dates."""
        return change_values(region, indicator, before, date)

    def classes(self, region: Region, indicator: Indicator) -> Classification:
        """Return classes that hold over all dates."""
        return classify_over(region, indicator, region.dates, "natural", CLASSES)

    def persistence(
        self, region: Region, indicator: Indicator, dates: tuple[str, ...], rule: LastingRule
    ) -> Persistence:
        """Return where need lasts."""
        return find_persistence(region, indicator, dates, rule=rule)

    def answer(self, region: Region, question: Question) -> Answer:
        """Return the answer to a question."""
        return answer(region, question, seconds=ANSWER_SECONDS, survey=self._ground(region, question))

    def catchments(self, region: Region, answer: Answer) -> Mapping[str, BaseGeometry]:
        """Return the areas from which offices and suggested places are reached, in degrees; empty off the streets."""
        return catchments_of(region, answer)

    def curve(self, region: Region, question: Question) -> Curve:
        """Return people reached for none to ten new offices."""
        posed = pose(region, question, self._ground(region, question))
        return curve(posed.problem, CURVE_UP_TO, seconds=CURVE_SECONDS)

    def _ground(self, region: Region, question: Question) -> Survey:
        asked = complete(region, question)
        limit = max(limit_of(asked), LIMIT_MINUTES)
        key = (region.fingerprint, asked.measure, asked.date, asked.candidates, asked.mode, asked.assumptions, limit)
        if key not in self._surveys:
            self._surveys[key] = survey_region(
                region,
                asked.measure,
                str(asked.date),
                candidate_kind=asked.candidates,
                mode=asked.mode,
                walk=asked.assumptions,
                limit_minutes=limit,
                network=self._network(region) if asked.mode in ON_STREETS else None,
            )
        return self._surveys[key]

    def _network(self, region: Region) -> StreetNetwork:
        if region.fingerprint not in self._streets:
            self._streets[region.fingerprint] = streets_of(region)
        return self._streets[region.fingerprint]
