"""Nine square quarters, made by hand: the files, the recipe and the parts of a region."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from geo.region.schema import STANDARD_MEASURES

KEYS = [f"0{number}" for number in range(1, 10)]
RECIPE = """
id = "neun"
name = "Neun Felder"
is_fictional = true

[boundaries]
file = "quarters.geojson"
key = "key"
name = "name"
district = "district"
crs = "EPSG:25832"

[[tables]]
file = "numbers.csv"
key = "Schlüssel"
name = "Name"
date_column = "Jahr"
decimal = ","

[[tables.columns]]
column = "Leistungsberechtigte"
measure = "recipients"

[[tables.columns]]
column = "Einwohner"
measure = "residents"

[[tables.totals]]
key = "99"
sums = "all"

[[sources]]
title = "Von Hand"
licence = "CC0 1.0"
"""


def squares() -> list[shapely.Polygon]:
    """Return nine squares of 500 m in three rows of three, from the south-west."""
    left, low = 500_000, 5_600_000
    return [
        shapely.box(left + x * 500, low + y * 500, left + x * 500 + 500, low + y * 500 + 500)
        for y in range(3)
        for x in range(3)
    ]


def quarters() -> gpd.GeoDataFrame:
    """Return the quarters as a region holds them."""
    names = [f"Feld {key}" for key in KEYS]
    districts = ["Süd"] * 3 + ["Mitte"] * 3 + ["Nord"] * 3
    index = pd.Index(KEYS, name="quarter_id")
    return gpd.GeoDataFrame({"name": names, "district": districts}, geometry=squares(), index=index, crs=25832)


def numbers() -> pd.DataFrame:
    """Return recipients 110, 120, ... 190 and residents 1100, 1200, ... 1900 for two dates."""
    rows = []
    for place, key in enumerate(KEYS, start=1):
        for date in ("2023-12-31", "2024-12-31"):
            rows.append((key, date, "recipients", 100.0 + 10 * place, "value"))
            rows.append((key, date, "residents", 1000.0 + 100 * place, "value"))
    return pd.DataFrame(rows, columns=["quarter_id", "date", "measure", "value", "state"])


def parts() -> dict[str, object]:
    """Return what ``assemble_region`` takes."""
    return {
        "id": "neun",
        "name": "Neun Felder",
        "is_fictional": True,
        "quarters": quarters(),
        "statistics": numbers(),
        "measures": STANDARD_MEASURES,
    }


def table_text() -> str:
    """Return the table as an office would send it: semicolons, German numbers, a row of sums."""
    frame = numbers().pivot_table(index=["quarter_id", "date"], columns="measure", values="value").reset_index()
    rows = ["Schlüssel;Name;Jahr;Leistungsberechtigte;Einwohner"]
    for row in frame.itertuples():
        residents = f"{int(row.residents):,}".replace(",", ".")
        rows.append(f"{row.quarter_id};Feld {row.quarter_id};{row.date[:4]};{int(row.recipients)};{residents}")
    rows += [f"99;Insgesamt;{year};1350;13.500" for year in (2023, 2024)]
    return "\n".join(rows) + "\n"


def write_files(folder: Path) -> Path:
    """Write boundaries, table and recipe; return the path of the recipe."""
    features = [
        {
            "type": "Feature",
            "properties": {"key": key, "name": f"Feld {key}", "district": district},
            "geometry": shapely.geometry.mapping(square),
        }
        for key, district, square in zip(KEYS, quarters()["district"], squares(), strict=True)
    ]
    (folder / "quarters.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    (folder / "numbers.csv").write_text(table_text(), encoding="utf-8")
    recipe = folder / "neun.toml"
    recipe.write_text(RECIPE, encoding="utf-8")
    return recipe
