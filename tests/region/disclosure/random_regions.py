"""Small made-up regions that hold many small numbers and everything an attacker has got hold of before."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.region.disclosure.rule import DisclosureRule
from geo.region.schema import STANDARD_MEASURES, Measure
from tests.region.disclosure.attacker import Region

STANDARD = {measure.key: measure for measure in STANDARD_MEASURES}
RATES = {
    "transfer_rate": Measure("transfer_rate", unit="percent", part_of="residents"),
    "recipient_quota": Measure("recipient_quota", unit="per_1000", part_of="residents"),
    "single_parent_share": Measure("single_parent_share", unit="percent", part_of="units"),
}
COUNT_OF_RATE = {"recipient_quota": "recipients", "single_parent_share": "single_parent_units"}
SHARES = (0.0, 0.002, 0.01, 0.05, 0.3, 1.0)
RESIDENTS = (57, 110, 290, 300, 350, 500, 900, 2500)


@dataclass(frozen=True)
class Kind:
    """What a made-up region is like; drawn from its seed."""

    quarters: int
    dates: int
    districts: int
    has_crossing: bool
    has_ages: bool
    has_units: bool
    has_sexes: bool
    parts: int
    is_complete: bool
    whole_of_parts: str
    rates: tuple[str, ...]
    decimals: int
    round_to: int
    has_gap_in_residents: bool

    @property
    def is_small(self) -> bool:
        return self.quarters <= 5 and self.dates == 1


def kind_of(rng: np.random.Generator, most_quarters: int) -> Kind:
    has_units = bool(rng.random() < 0.5)
    rates = [key for key in RATES if rng.random() < 0.25 and (has_units or key != "single_parent_share")]
    dates = int(rng.integers(1, 3))
    return Kind(
        quarters=3 + int(rng.integers(0, most_quarters - 2) * rng.choice([0.3, 1.0])),
        dates=dates,
        districts=int(rng.integers(0, 4)),
        has_crossing=bool(rng.random() < 0.3),
        has_ages=bool(rng.random() < 0.6),
        has_units=has_units,
        has_sexes=bool(rng.random() < 0.4),
        parts=int(rng.choice([0, 0, 3, 4, 5])),
        is_complete=bool(rng.random() < 0.5),
        whole_of_parts=str(rng.choice(["recipients", "units"])) if has_units else "recipients",
        rates=tuple(rates),
        decimals=int(rng.choice([1, 2, 12])),
        round_to=int(rng.choice([1, 1, 1, 5])),
        has_gap_in_residents=dates == 2 and bool(rng.random() < 0.3),
    )


def random_region(seed: int, most_quarters: int = 14) -> tuple[Region, DisclosureRule, Kind]:
    """Return a region with the rule it comes under."""
    rng = np.random.default_rng(seed)
    kind = kind_of(rng, most_quarters)
    names = [f"q{number:02d}" for number in range(kind.quarters)]
    residents = rng.choice(RESIDENTS, kind.quarters) + rng.choice([0, 0, 1, 7], kind.quarters)
    frames, measures = [], measures_of(kind)
    for year in range(kind.dates):
        values = _numbers(rng, kind, residents)
        frame = pd.DataFrame(
            [
                (q, f"{2024 + year}-12-31", m.key, float(values[m.key][n]))
                for m in measures
                for n, q in enumerate(names)
            ],
            columns=["quarter_id", "date", "measure", "value"],
        )
        frames.append(frame.assign(state=np.where(frame["value"] == 0, "true_zero", "value")))
    statistics = pd.concat(frames, ignore_index=True)
    if kind.has_gap_in_residents:
        gone = (statistics["measure"] == "residents") & (statistics["date"] == "2025-12-31")
        gone &= statistics["quarter_id"].isin([q for q in names if rng.random() < 0.6])
        statistics.loc[gone, ["value", "state"]] = [np.nan, "missing"]
    district = groupings = None
    if kind.districts:
        district = pd.Series([f"d{n}" for n in rng.integers(0, kind.districts, kind.quarters)], index=names)
    if kind.has_crossing:
        groups = [("crossing", f"g{n}", q) for n, q in zip(rng.integers(0, 2, kind.quarters), names, strict=True)]
        groupings = pd.DataFrame(groups, columns=["grouping", "group", "quarter_id"])
    counts_of = {rate: COUNT_OF_RATE[rate] for rate in kind.rates if rate in COUNT_OF_RATE}
    sums = ((("women", "men"), "recipients"),) if kind.has_sexes else ()
    return (
        Region(statistics, district, measures, groupings, counts_of, sums),
        DisclosureRule(round_to=kind.round_to),
        kind,
    )


def measures_of(kind: Kind) -> tuple[Measure, ...]:
    keys = ["recipients", *(["employable", "children"] if kind.has_ages else [])]
    keys += ["units", "single_parent_units"] if kind.has_units else []
    custom = [Measure(key, part_of="recipients") for key in ("women", "men") if kind.has_sexes]
    unit = STANDARD[kind.whole_of_parts].unit
    custom += [
        Measure(f"part_{n}", unit, part_of=kind.whole_of_parts, partition="kind", is_complete=kind.is_complete)
        for n in range(kind.parts)
    ]
    populations = ["residents", "residents_under_pension_age", "residents_15_to_pension_age", "residents_under_15"]
    return (
        *(STANDARD[key] for key in keys),
        *custom,
        *(RATES[key] for key in kind.rates),
        *(STANDARD[key] for key in populations),
    )


def quarters_of(region: Region) -> gpd.GeoDataFrame:
    names = pd.Index(sorted(region.statistics["quarter_id"].unique()), name="quarter_id")
    columns = {"name": list(names)}
    if region.district is not None:
        columns["district"] = list(region.district.reindex(names).fillna(""))
    return gpd.GeoDataFrame(columns, index=names)


def _numbers(rng: np.random.Generator, kind: Kind, residents: np.ndarray) -> dict[str, np.ndarray]:
    number = kind.quarters
    under_15 = residents // 6
    under_pension = residents - residents // 5
    share = rng.choice(SHARES, number, p=[0.1, 0.2, 0.25, 0.2, 0.22, 0.03])
    children = rng.binomial(under_15, share)
    employable = rng.binomial(under_pension - under_15, share)
    others = rng.choice([0, 0, 0, 1, 2, 5], number) * (share > 0) * (share < 1)
    recipients = np.minimum(employable + children + others, under_pension)
    units = np.where(
        rng.random(number) < 0.2, employable, np.ceil(employable * rng.uniform(0.3, 1.0, number)).astype(int)
    )
    single = np.where(rng.random(number) < 0.1, units, rng.binomial(units, 0.15))
    women = np.where(rng.random(number) < 0.1, recipients, rng.binomial(recipients, 0.5))
    values = {"recipients": recipients, "employable": employable, "children": children}
    values |= {"units": units, "single_parent_units": single, "women": women, "men": recipients - women}
    left = values[kind.whole_of_parts].copy()
    for part in range(kind.parts):
        is_last = part == kind.parts - 1
        takes = left if is_last else rng.binomial(left, rng.choice([0.0, 0.1, 0.5, 0.9], number))
        if is_last and not kind.is_complete:
            takes = left - np.minimum(rng.choice([0, 1, 2, 6], number), left)
        values[f"part_{part}"] = takes
        left = left - takes
    values["transfer_rate"] = rng.binomial(residents, share) / residents * 100
    values["recipient_quota"] = recipients / residents * 1000
    values["single_parent_share"] = single / np.maximum(units, 1) * 100
    for key in RATES:
        values[key] = np.round(values[key], kind.decimals)
    return values | {
        "residents": residents,
        "residents_under_pension_age": under_pension,
        "residents_15_to_pension_age": under_pension - under_15,
        "residents_under_15": under_15,
    }
