"""Musterkreis: a rural district of 18 municipalities, with two towns, a lake, woods and many villages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from data.generator.countryside import (
    Settlement,
    draw_borders,
    found_settlements,
    lay_country_streets,
    lay_countryside,
    with_roads,
)
from data.generator.district_plan import MUNICIPALITIES, PATHS, RURAL_HOSTS
from data.generator.drives import write_drives
from data.generator.equipment import equip
from data.generator.osm import write_streets
from data.generator.people import DATES, Folk, count_people, settle
from data.generator.places import SAINTS, AddressBook, as_sites, host_row, office_row
from data.generator.shapes import Floats, Noise
from data.generator.sources import sources
from data.generator.streets import Street, level_crossings, untrodden
from data.generator.terrain import Terrain
from geo.region import STANDARD_MEASURES
from geo.region.model import Region, assemble_region

CRS = "EPSG:25832"
ORIGIN = (452_000.0, 5_826_000.0)  # open country: the district is invented, its place on the map means nothing
CELL_M = 250.0
TOWN = 25_000  # residents from which a municipality is a town
SIMPLIFY_M = 45.0
BREAKS = (("2022-06-30", "ukraine_2022"), ("2023-01-01", "buergergeld"))


def make_district(seed: int, scratch: Path) -> Region:
    """Return Musterkreis; its streets are written to ``scratch``."""
    luck = np.random.default_rng(seed + 1)
    ground_luck, street_luck, cell_luck, people_luck, site_luck, equipment_luck = luck.spawn(6)
    terrain = lay_countryside(ground_luck)
    shapes = draw_borders(terrain, ground_luck)
    settlements = found_settlements(terrain, shapes, ground_luck)
    forests = {
        name: area.difference(shapely.union_all([s.built for s in settlements]))
        for name, area in terrain.forests.items()
    }
    terrain = with_roads(terrain, forests, settlements, ground_luck)
    streets = lay_country_streets(terrain, settlements, street_luck)
    quarters = _quarters(shapes)
    ids = list(quarters.index)
    local = list(quarters.geometry.translate(-ORIGIN[0], -ORIGIN[1]))
    cells = _cells(ids, local, settlements, cell_luck)
    path = scratch / "streets.osm.pbf"
    sites = equip(_sites(local, settlements, streets, terrain, site_luck), equipment_luck)
    drives = scratch / "minutes.csv"
    write_drives(drives, streets, cells, quarters, sites, ORIGIN)
    level = level_crossings(streets, terrain)
    write_streets(path, [*streets, *untrodden(terrain, "A 998", level)], ORIGIN, level)
    return assemble_region(
        id="musterkreis",
        name="Musterkreis",
        is_fictional=True,
        quarters=quarters,
        statistics=_statistics(ids, people_luck),
        measures=STANDARD_MEASURES,
        sites=sites,
        cells=cells,
        landscape=_landscape(terrain),
        streets=path,
        travel_table=drives,
        travel_mode="car",
        sources=sources(f"Zellen von {CELL_M:.0f} m", "Fahrzeiten mit dem Auto"),
        disclosure=None,
        breaks=BREAKS,
        findings=(),
    )


def _quarters(shapes: Sequence[Polygon]) -> gpd.GeoDataFrame:
    """Return the municipalities with keys like those of the official directory, under a number no district has."""
    frame = gpd.GeoDataFrame(
        {"name": [place.name for place in MUNICIPALITIES], "district": [place.district for place in MUNICIPALITIES]},
        index=pd.Index(_keys(), name="quarter_id"),
        geometry=list(shapely.coverage_simplify(list(shapes), SIMPLIFY_M)),
    )
    frame["geometry"] = frame.geometry.translate(*ORIGIN)
    return frame.set_crs(CRS)


def _keys() -> list[str]:
    order = sorted(range(len(MUNICIPALITIES)), key=lambda at: MUNICIPALITIES[at].name)
    return [f"05999{4 * (order.index(at) + 1):03d}" for at in range(len(MUNICIPALITIES))]


def _cells(
    ids: list[str], shapes: list[BaseGeometry], settlements: list[Settlement], rng: np.random.Generator
) -> pd.DataFrame:
    cells = settle(
        [ids[s.at] for s in settlements],
        [shapes[s.at] for s in settlements],
        [s.built.intersection(shapes[s.at]) for s in settlements],
        [s.residents for s in settlements],
        CELL_M,
        rng,
        ORIGIN,
        Noise(rng, [(1500, 0.2)]),
        0.3,
    )
    return cells.groupby(["x", "y", "quarter_id"], as_index=False)["residents"].sum()


def _statistics(ids: list[str], rng: np.random.Generator) -> pd.DataFrame:
    folk = {}
    for quarter_id, place in zip(ids, MUNICIPALITIES, strict=True):
        is_town = place.residents > TOWN
        vary = np.exp(rng.normal(0, 0.04, 3))
        folk[quarter_id] = Folk(
            residents=place.residents,
            growth=place.growth,
            under_15=(0.139 if is_town else 0.147) * vary[0],
            over_limit=(0.205 if is_town else 0.222) * vary[1],
            share=place.share / 100,
            path=PATHS.get(place.name, (1.0,) * len(DATES)),
            newcomers=float(np.clip(0.5 + place.share / 16, 0.5, 1.4)) * vary[2],
        )
    return count_people(folk, rng)


def _sites(
    shapes: list[BaseGeometry],
    settlements: list[Settlement],
    streets: list[Street],
    terrain: Terrain,
    rng: np.random.Generator,
) -> gpd.GeoDataFrame:
    """Return the Jobcenter, its branch in the second town and 30 places that could host an office."""
    book = AddressBook(streets, shapely.union_all([terrain.open_water, terrain.rail_area]))
    by_name = {s.name: s for s in settlements}
    offices = (
        ("Hohenmark", "Jobcenter Musterkreis", "main", 61, 1450, 905_000, "Hauptstelle mit Leistungsabteilung"),
        (
            "Brückstedt",
            "Jobcenter Musterkreis, Geschäftsstelle Brückstedt",
            "branch",
            34,
            760,
            468_000,
            "Geschäftsstelle",
        ),
    )
    rows = []
    for town, name, kind, rooms, capacity, cost, note in offices:
        place = by_name[town]
        row = office_row(name, kind, "Musterkreis", rooms, capacity, cost, note)
        rows.append(_placed(row, place, place.middle, shapes[place.at], book, rng))
    for number, place in enumerate(_host_places(settlements)):
        is_main = place.name == MUNICIPALITIES[place.at].name
        kind = RURAL_HOSTS[number % 2] if is_main else RURAL_HOSTS[1 + number % (len(RURAL_HOSTS) - 1)]
        near = place.middle + rng.normal(0, 180, 2)
        municipality = MUNICIPALITIES[place.at]
        town = f"{'Stadt' if municipality.residents > TOWN else 'Gemeinde'} {municipality.name}"
        row = host_row(kind, place.name, town, SAINTS[number % len(SAINTS)], rng)
        rows.append(_placed(row, place, near, shapes[place.at], book, rng))
    return as_sites(rows, CRS, ORIGIN)


def _host_places(settlements: list[Settlement]) -> list[Settlement]:
    """Return the main place of each municipality and the twelve largest villages."""
    main = [s for s in settlements if s.name == MUNICIPALITIES[s.at].name]
    villages = sorted((s for s in settlements if s not in main), key=lambda s: -s.residents)
    return main + villages[: 30 - len(main)]


def _placed(
    row: dict[str, object],
    place: Settlement,
    near: Floats,
    within: Polygon,
    book: AddressBook,
    rng: np.random.Generator,
) -> dict[str, object]:
    point, address = book.house(near, within, rng)
    return {**row, "address": f"{address}, {place.name}", "geometry": point}


def _landscape(terrain: Terrain) -> gpd.GeoDataFrame:
    rows = [("water", name, area.intersection(terrain.outline).simplify(8)) for name, area in terrain.water.items()]
    rows += [("green", name, area.simplify(20)) for name, area in terrain.forests.items()]
    rows += [("rail", name, line.intersection(terrain.outline).simplify(10)) for name, line in terrain.rails]
    rows += [
        ("road", road.name, road.line.intersection(terrain.outline).simplify(10))
        for road in terrain.roads
        if road.kind == "secondary"
    ]
    rows.append(("road", "Autobahn", terrain.motorway.intersection(terrain.outline).simplify(10)))
    frame = gpd.GeoDataFrame(pd.DataFrame(rows, columns=["kind", "name", "geometry"]), geometry="geometry")
    frame = frame[~frame.geometry.is_empty]
    frame["geometry"] = frame.geometry.translate(*ORIGIN)
    return frame.set_crs(CRS)
