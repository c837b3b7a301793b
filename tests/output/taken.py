"""Regions and solved scenarios that the tests of files to take away share."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.output.sites.scenario_data import Solved
from geo.region.disclosure.rule import DisclosureRule
from geo.region.model.assemble import assemble_region
from geo.region.model.region import Region
from geo.region.schema import STANDARD_MEASURES, Source
from geo.siting.ask.question import Question
from geo.siting.scenario.outcome import completed, run
from geo.siting.scenario.scenario import Scenario
from tests.conftest import demo_region

SIDE = 6
DATES = ("2024-12-31", "2025-12-31")
MEASURES = ("recipients", "residents")
HOSTILE = '=cmd|\' /C calc\'!A0 <img src=x onerror="alert(1)"> {{7*7}} #let x = "y" &amp; “quoted”'
LONG = "ü" * 10_000
SECRETS = {"0101": 71_993.0, "0204": 68_417.0, "0503": 83_279.0}
"""Counts below the limit of 90,000 in the region of large quarters: distinctive, so that they can be searched for."""


@cache
def demo() -> Region:
    return demo_region("musterstadt")


@cache
def demo_solved() -> Solved:
    return solved_of(demo(), Question(new=3), name="Drei Orte")


def solved_of(region: Region, question: Question, name: str = "Plan", description: str = "") -> Solved:
    scenario = completed(region, Scenario(name, region.id, question, description))
    answer, outcome = run(region, scenario, 20.0)
    still = replace(outcome, solved_at="2026-03-01T10:00:00+00:00", seconds=0.0)
    return Solved(scenario, replace(answer, seconds=0.0), still)


def squares() -> gpd.GeoDataFrame:
    keys = [f"0{row}0{column}" for row in range(SIDE) for column in range(SIDE)]
    boxes = [
        shapely.box(5e5 + 800 * column, 5.7e6 + 800 * row, 5e5 + 800 * (column + 1), 5.7e6 + 800 * (row + 1))
        for row in range(SIDE)
        for column in range(SIDE)
    ]
    return gpd.GeoDataFrame(
        {"name": [f"Quartier {key}" for key in keys], "district": "Bezirk A"},
        geometry=boxes,
        index=pd.Index(keys, name="quarter_id"),
        crs="EPSG:25832",
    )


def large_counts(secrets: dict[str, float]) -> pd.DataFrame:
    """Return raw counts of very large quarters; those of ``secrets`` lie below the limit of 90,000."""
    random = np.random.default_rng(5)
    rows = []
    for date in DATES:
        for key in squares().index:
            residents = float(random.integers(300_000, 400_000))
            recipients = secrets.get(key, float(random.integers(95_000, 130_000)))
            rows.append((key, date, "residents", residents, "value"))
            rows.append((key, date, "recipients", recipients, "value"))
    return pd.DataFrame(rows, columns=["quarter_id", "date", "measure", "value", "state"])


def large(secrets: dict[str, float] = SECRETS, **changes: object) -> Region:
    """Return a region in which the counts of ``secrets`` are withheld."""
    quarters = squares()
    parts: dict[str, object] = {
        "id": "gross",
        "name": "Groß",
        "is_fictional": True,
        "quarters": quarters,
        "statistics": large_counts(secrets),
        "measures": tuple(measure for measure in STANDARD_MEASURES if measure.key in MEASURES),
        "sites": hosts(quarters),
        "sources": (Source("Zahlen", "Amt", "CC0-1.0", "https://example.org/cc0", is_fictional=True),),
        "disclosure": DisclosureRule(numerator_min=90_000, interval_min=3),
    }
    return assemble_region(**{**parts, **changes})  # type: ignore[arg-type]


def hosts(quarters: gpd.GeoDataFrame, name: str = "Haus") -> gpd.GeoDataFrame:
    """Return a host in each of a dozen quarters and one office."""
    some = quarters.iloc[::3]
    index = pd.Index([f"H{number:02d}" for number in range(len(some))], name="site_id")
    return gpd.GeoDataFrame(
        {
            "name": [f"{name} {number}" for number in range(len(some))],
            "kind": ["main", *["host"] * (len(some) - 1)],
            "carrier": [f"Träger {number}" for number in range(len(some))],
            "services": "benefits applications coaching",
            "address": [f"Weg {number}" for number in range(len(some))],
        },
        geometry=some.geometry.centroid.to_numpy(),
        index=index,
        crs=quarters.crs,
    )


def line(new: int = 2) -> Question:
    return Question(new=new, mode="line", minutes=10.0)
