"""What is withheld matters to nothing that comes out.

Two raw tables that differ in withheld counts only must give the same region to the last bit, and with it the
same maps, tables, ranks, clusters, sums, plans and packages. This holds for every output there is or will be,
since all of them are made from the region.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.need.classes import classify_over
from geo.need.clusters import find_clusters
from geo.need.concentration import measure_concentration
from geo.need.indicators import change_values, indicator_values, indicators_of, region_value
from geo.need.neighbourhood import queen_neighbours
from geo.need.persistence import as_records, find_persistence
from geo.output.files.csv import table_csv
from geo.output.need.atlas import Picture, atlas_data, atlas_table, atlas_view
from geo.region.model.assemble import assemble_region
from geo.region.model.describe import describe_region
from geo.region.model.region import Region
from geo.region.package.bundle import write_region
from geo.region.schema import STANDARD_MEASURES, Source
from geo.siting.ask.answers import answer
from geo.siting.ask.question import Question
from geo.text import texts

SIDE = 7
DATES = ("2022-12-31", "2023-12-31", "2024-12-31", "2025-12-31")
MEASURES = ("recipients", "employable", "children", "units", "single_parent_units", "residents")


def quarters() -> gpd.GeoDataFrame:
    keys = [f"0{row}0{column}" for row in range(SIDE) for column in range(SIDE)]
    boxes = [
        shapely.box(5e5 + 800 * column, 5.7e6 + 800 * row, 5e5 + 800 * (column + 1), 5.7e6 + 800 * (row + 1))
        for row in range(SIDE)
        for column in range(SIDE)
    ]
    districts = [f"Bezirk {'AB'[int(key[3]) > SIDE // 2]}" for key in keys]
    return gpd.GeoDataFrame(
        {"name": [f"Quartier {key}" for key in keys], "district": districts},
        geometry=boxes,
        index=pd.Index(keys, name="quarter_id"),
        crs="EPSG:25832",
    )


def raw_statistics(seed: int) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    residents = random.integers(900, 4_000, SIDE * SIDE)
    residents[[3, 17, 30, 44]] = (120, 210, 290, 260)
    rows = []
    for date in DATES:
        recipients = random.binomial(residents, np.linspace(0.02, 0.3, SIDE * SIDE))
        employable = random.binomial(recipients, 0.7)
        children = recipients - employable
        units = np.maximum(recipients // 2, 1)
        parents = random.binomial(units, 0.15)
        for measure, counts in zip(
            MEASURES, (recipients, employable, children, units, parents, residents), strict=True
        ):
            rows += [
                {"quarter_id": key, "date": date, "measure": measure, "value": float(count), "state": "value"}
                for key, count in zip(quarters().index, counts, strict=True)
            ]
    return pd.DataFrame(rows)


def assembled(statistics: pd.DataFrame) -> Region:
    return assemble_region(
        id="geheim",
        name="Geheim",
        is_fictional=True,
        quarters=quarters(),
        statistics=statistics,
        measures=tuple(measure for measure in STANDARD_MEASURES if measure.key in MEASURES),
        sources=(Source("Test", is_fictional=True),),
    )


def hidden(region: Region) -> pd.DataFrame:
    cells = region.statistics
    return cells[cells["state"] == "suppressed"][["quarter_id", "date", "measure"]]


def with_other_secrets(statistics: pd.DataFrame, withheld: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the raw table with withheld counts of the small quarters changed, consistently, by a few people."""
    random = np.random.default_rng(seed)
    keys = ["quarter_id", "date", "measure"]
    wide = statistics.pivot(index=["quarter_id", "date"], columns="measure", values="value")
    gone = withheld.assign(gone=True).pivot(index=["quarter_id", "date"], columns="measure", values="gone")
    counted = [measure for measure in MEASURES if measure != "residents"]
    all_gone = gone.reindex(wide.index)[counted].notna().all(axis=1) & (wide["residents"] < 300)
    shift = random.integers(1, 4, int(all_gone.sum()))
    for measure in ("recipients", "employable", "units"):
        wide.loc[all_gone, measure] += shift
    return wide.stack().rename("value").reset_index().assign(state="value")[[*keys, "value", "state"]]


def everything(region: Region, folder: Path) -> str:
    """Return all that comes out of a region, as text."""
    t = texts("de")
    out: dict[str, Any] = {"describe": describe_region(region)}
    for indicator in indicators_of(region):
        classes = classify_over(region, indicator, region.dates, "natural", 5)
        for date in region.dates:
            picture = Picture(
                region, indicator, date, None, indicator_values(region, indicator, date), classes, "light"
            )
            view = atlas_view(t, picture)
            label = f"{indicator.key} {date}"
            out[label] = [
                asdict(view),
                asdict(atlas_table(t, picture, view)),
                table_csv(t, region, atlas_data(t, picture)).decode(),
            ]
            out[f"whole {label}"] = asdict(region_value(region, indicator, date))
        out[f"change {indicator.key}"] = change_values(region, indicator, DATES[0], DATES[-1]).to_json()
        out[f"lasting {indicator.key}"] = as_records(find_persistence(region, indicator).quarters)
    share = indicators_of(region)[0]
    neighbours = queen_neighbours(region.quarters)
    out["concentration"] = repr(measure_concentration(region, share, DATES[-1]))
    out["clusters"] = find_clusters(region, share, DATES[-1], neighbourhood=neighbours).quarters.to_json()
    plan = answer(region, Question(minutes=15.0, new=3, mode="line"), 20.0, curve_up_to=5).as_dict()
    out["plan"] = {name: value for name, value in plan.items() if name != "seconds"}
    write_region(region, folder)
    out["package"] = {file.name: file.read_bytes().hex() for file in sorted(folder.iterdir()) if file.suffix == ".csv"}
    return json.dumps(out, default=str, sort_keys=True)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_other_secrets_give_the_same_output(seed: int, tmp_path: Path) -> None:
    raw = raw_statistics(seed)
    region = assembled(raw)
    withheld = hidden(region)
    assert len(withheld) > 60
    other = with_other_secrets(raw, withheld, seed)
    changed = raw.merge(other, on=["quarter_id", "date", "measure"], suffixes=("", "_other"))
    assert (changed["value"] != changed["value_other"]).sum() > 20
    again = assembled(other)
    if hidden(again).equals(withheld):
        assert again.fingerprint == region.fingerprint
        assert everything(region, tmp_path / "one") == everything(again, tmp_path / "two")
    else:  # another choice of partners is allowed; what both hide must not differ in what is shown
        both = region.statistics.merge(again.statistics, on=["quarter_id", "date", "measure"], suffixes=("", "_other"))
        shown = both[both["value"].notna() & both["value_other"].notna()]
        assert (shown["value"] == shown["value_other"]).all()


def test_a_shown_count_does_matter(tmp_path: Path) -> None:
    """The comparison above can fail: one more recipient in a quarter that is shown changes the output."""
    raw = raw_statistics(1)
    region = assembled(raw)
    shown = region.statistics[(region.statistics["measure"] == "recipients") & region.statistics["value"].notna()].iloc[
        0
    ]
    at = (raw[["quarter_id", "date"]] == shown[["quarter_id", "date"]].to_numpy()).all(axis=1)
    other = raw.copy()
    other.loc[at & raw["measure"].isin(["recipients", "employable"]), "value"] += 1
    assert assembled(other).fingerprint != region.fingerprint
    assert everything(assembled(other), tmp_path / "one") != everything(region, tmp_path / "two")
