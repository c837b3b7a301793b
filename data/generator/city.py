"""Musterstadt: puts terrain, quarters, streets, people and places together."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.generator.buses import write_buses
from data.generator.equipment import equip
from data.generator.ground import Ground, lay_out
from data.generator.osm import write_streets
from data.generator.people import DATES, Folk, count_people, settle, whole_shares
from data.generator.places import HOST_KINDS, SAINTS, AddressBook, HostKind, as_sites, host_row, office_row
from data.generator.plan import DISTRICTS, FABRICS, PLOTS
from data.generator.shapes import Noise
from data.generator.sources import sources
from data.generator.streets import Street, lay_streets, level_crossings, untrodden
from data.generator.terrain import Terrain, make_terrain
from geo.region import STANDARD_MEASURES
from geo.region.model import Region, assemble_region

CRS = "EPSG:25832"
ORIGIN = (571_500.0, 5_768_500.0)  # open country: the town is invented, its place on the map means nothing
RESIDENTS = 240_000
BREAKS = (("2022-06-30", "ukraine_2022"), ("2023-01-01", "buergergeld"))
SIMPLIFY_M = 11.0
HOSTS = 45

# Quarters that go their own way, as factors on their long-run share at each date.
PATHS = {
    "Gerbervorstadt": (1.55, 1.52, 1.45, 1.36, 1.24, 1.14, 1.08, 1.0, 0.86, 0.78, 0.71, 0.65),
    "Tannenkamp": (0.62, 0.66, 0.72, 0.78, 0.84, 0.92, 1.02, 1.08, 1.16, 1.28, 1.42, 1.58),
    "Lokviertel": (1.9, 1.8, 1.6, 1.5, 1.3, 1.15, 1.1, 1.0, 1.0, 0.95, 0.92, 0.9),
}
SHELTER = "Schleusenwiese"
SHELTER_PEOPLE = (0, 0, 0, 0, 0, 0, 0, 0, 396, 431, 418, 407)
FIXED_RESIDENTS = {"Schleusenwiese": 1388, "Hafeninsel": 118, "Am Güterbahnhof": 236, "Stadtwald": 57}

SHELTER_HOST = HostKind(
    "Unterkunft {q}",
    "Stadt {town}",
    (1, 1),
    1.0,
    (1, 2),
    (600, 900),
    "Gemeinschaftsunterkunft seit August 2022; Beratungsraum im Haus",
)


def make_city(seed: int, scratch: Path) -> Region:
    """Return Musterstadt; its streets are written to ``scratch``."""
    # One stream of chance for each part: whoever redraws a street does not move people.
    ground_luck, street_luck, cell_luck, people_luck, site_luck, equipment_luck = np.random.default_rng(seed).spawn(6)
    terrain, ground = lay_out(make_terrain(ground_luck), ground_luck)
    streets = lay_streets(terrain, ground, street_luck)
    quarters = _quarters(ground)
    ids = list(quarters.index)
    residents = _residents(ground)
    shapes = list(quarters.geometry.translate(-ORIGIN[0], -ORIGIN[1]))
    pull = Noise(cell_luck, [(500, 0.15), (2500, 0.08)])
    cells = settle(ids, shapes, ground.built, residents, 100.0, cell_luck, ORIGIN, pull)
    statistics = _statistics(ids, residents, ground, people_luck)
    path = scratch / "streets.osm.pbf"
    buses = scratch / "timetable.zip"
    write_buses(buses, streets, ground.middles, ORIGIN)
    level = level_crossings(streets, terrain)
    write_streets(path, [*streets, *untrodden(terrain, "A 999", level)], ORIGIN, level)
    return assemble_region(
        id="musterstadt",
        name="Musterstadt",
        is_fictional=True,
        quarters=quarters,
        statistics=statistics,
        measures=STANDARD_MEASURES,
        sites=equip(_sites(ids, shapes, cells, streets, terrain, site_luck), equipment_luck),
        cells=cells,
        landscape=_landscape(terrain),
        streets=path,
        zones=_zones(terrain),
        timetable=buses,
        sources=sources("Zellen von 100 m", "Fahrplan der Busse 2026", "Sperrgebiete"),
        disclosure=None,
        breaks=BREAKS,
        findings=(),
    )


def _quarters(ground: Ground) -> gpd.GeoDataFrame:
    """Return the quarters with keys of eight digits: district, area, place in the area."""
    shapes = shapely.coverage_simplify(ground.shapes, SIMPLIFY_M)
    counts: dict[str, int] = {}
    ids = []
    for plot in PLOTS:
        number = counts[plot.district] = counts.get(plot.district, 0) + 1
        ids.append(f"{plot.district}{(number - 1) // 4 + 1:02d}{(number - 1) % 4 + 1:02d}{number:02d}")
    frame = gpd.GeoDataFrame(
        {"name": [plot.name for plot in PLOTS], "district": [DISTRICTS[plot.district] for plot in PLOTS]},
        index=pd.Index(ids, name="quarter_id"),
        geometry=list(shapes),
    )
    frame["geometry"] = frame.geometry.translate(*ORIGIN)
    return frame.set_crs(CRS)


def _residents(ground: Ground) -> list[int]:
    """Return residents at the latest date: ground times density, brought to the size of the town."""
    raw = np.array(
        [area.area / 1e4 * FABRICS[plot.fabric].density for area, plot in zip(ground.built, PLOTS, strict=True)]
    )
    fixed = np.array([FIXED_RESIDENTS.get(plot.name, 0) for plot in PLOTS])
    free = whole_shares(np.where(fixed > 0, 0, raw), RESIDENTS - int(fixed.sum()))
    return [int(few or many) for few, many in zip(fixed, free, strict=True)]


def _statistics(ids: list[str], residents: list[int], ground: Ground, rng: np.random.Generator) -> pd.DataFrame:
    around = Noise(rng, [(3200, 0.10), (1100, 0.05)])(ground.middles)
    folk = {}
    for quarter_id, plot, people, lean in zip(ids, PLOTS, residents, around, strict=True):
        fabric = FABRICS[plot.fabric]
        vary = np.exp(rng.normal(0, 0.05, 3))
        folk[quarter_id] = Folk(
            residents=people - (SHELTER_PEOPLE[-1] if plot.name == SHELTER else 0),
            growth=fabric.growth + rng.normal(0, 0.0015),
            under_15=fabric.under_15 * vary[0] * (1 + 0.6 * max(plot.share - 12, 0) / 100),
            over_limit=fabric.over_limit * vary[1],
            share=plot.share / 100 * float(np.exp(lean)),
            path=PATHS.get(plot.name, (1.0,) * len(DATES)),
            newcomers=float(np.clip(0.4 + plot.share / 15, 0.4, 1.8)) * vary[2],
        )
    statistics = count_people(folk, rng)
    return _with_shelter(statistics, ids[[plot.name for plot in PLOTS].index(SHELTER)])


def _with_shelter(statistics: pd.DataFrame, quarter_id: str) -> pd.DataFrame:
    """Add the people of a shelter, opened in 2022, to the quarter it stands in."""
    parts = {
        "residents": 1.0,
        "residents_under_pension_age": 0.95,
        "residents_15_to_pension_age": 0.63,
        "residents_under_15": 0.32,
        "recipients": 0.91,
        "employable": 0.61,
        "children": 0.28,
        "units": 0.45,
        "single_parent_units": 0.15,
    }
    people = pd.Series(SHELTER_PEOPLE, index=DATES)
    out = statistics.copy()
    here = out["quarter_id"] == quarter_id
    for measure, share in parts.items():
        rows = here & (out["measure"] == measure)
        out.loc[rows, "value"] += out.loc[rows, "date"].map((people * share).apply(np.floor)).astype(int)
    fresh = here & (out["measure"] == "residents_under_pension_age")
    split = out[here & out["measure"].isin(["residents_15_to_pension_age", "residents_under_15"])]
    out.loc[fresh, "value"] = out.loc[fresh, "date"].map(split.groupby("date")["value"].sum())
    out["state"] = np.where(out["value"] == 0, "true_zero", "value")
    return out


def _landscape(terrain: Terrain) -> gpd.GeoDataFrame:
    """Return what is drawn under the quarters."""
    rows = [("water", name, area.intersection(terrain.outline).simplify(4)) for name, area in terrain.water.items()]
    rows += [
        ("green", name, area.simplify(6)) for group in (terrain.parks, terrain.forests) for name, area in group.items()
    ]
    rows += [("industry", name, area.simplify(6)) for name, area in terrain.works.items()]
    rows += [("rail", name, line.intersection(terrain.outline).simplify(3)) for name, line in terrain.rails]
    rows += [("road", road.name, road.line.intersection(terrain.outline).simplify(3)) for road in terrain.roads]
    rows.append(("road", "Autobahn", terrain.motorway.intersection(terrain.outline).simplify(3)))
    frame = gpd.GeoDataFrame(pd.DataFrame(rows, columns=["kind", "name", "geometry"]), geometry="geometry")
    frame["geometry"] = frame.geometry.translate(*ORIGIN)
    return frame.set_crs(CRS)


def _zones(terrain: Terrain) -> gpd.GeoDataFrame:
    """Return where no office may go: port, steelworks, and the meadows by the river."""
    areas = [
        ("Ormehafen", "port", terrain.works["Hafen"]),
        ("Hüttenwerk Orme", "industry", terrain.works["Hüttenwerk Orme"]),
        ("Naturschutzgebiet Ormewiesen", "nature", terrain.parks["Ormewiesen"]),
        ("Naturschutzgebiet Stadtwald", "nature", terrain.forests["Stadtwald"]),
    ]
    frame = gpd.GeoDataFrame(pd.DataFrame(areas, columns=["name", "reason", "geometry"]), geometry="geometry")
    frame["geometry"] = frame.geometry.intersection(terrain.outline).simplify(6).buffer(0).translate(*ORIGIN)
    return frame.set_crs(CRS)


def _sites(
    ids: list[str],
    shapes: list[shapely.Polygon],
    cells: pd.DataFrame,
    streets: list[Street],
    terrain: Terrain,
    rng: np.random.Generator,
) -> gpd.GeoDataFrame:
    """Return the Jobcenter, its branch and 45 places that could host an office."""
    book = AddressBook(streets, shapely.union_all([terrain.open_water, terrain.rail_area, *terrain.parks.values()]))
    names = [plot.name for plot in PLOTS]
    rows = []
    offices = (
        ("Bahnhofsviertel", "Jobcenter Musterstadt", "main", 96, 2400, 1_480_000, "Hauptstelle mit Leistungsabteilung"),
        (
            "Lindenhof",
            "Jobcenter Musterstadt, Geschäftsstelle Nord",
            "branch",
            28,
            620,
            410_000,
            "Ohne Leistungsabteilung",
        ),
    )
    for quarter, name, kind, rooms, capacity, cost, note in offices:
        at = names.index(quarter)
        row = office_row(name, kind, "Musterstadt", rooms, capacity, cost, note)
        rows.append(_placed(row, _crowd(cells, ids[at], rng), shapes[at], book, rng))
    for number, at in enumerate(_host_quarters(ids, cells, rng)):
        host = HOST_KINDS[number % len(HOST_KINDS)]
        saint = SAINTS[(number // len(HOST_KINDS)) % len(SAINTS)]
        row = host_row(host, names[at], "Musterstadt", saint, rng)
        rows.append(_placed(row, _crowd(cells, ids[at], rng), shapes[at], book, rng))
    at = names.index(SHELTER)
    rows.append(
        _placed(
            host_row(SHELTER_HOST, SHELTER, "Musterstadt", "", rng), _crowd(cells, ids[at], rng), shapes[at], book, rng
        )
    )
    return as_sites(rows, CRS, ORIGIN)


def _host_quarters(ids: list[str], cells: pd.DataFrame, rng: np.random.Generator) -> Iterable[int]:
    """Return the quarters of the host places, at most two in one: where many live, and many with little."""
    people = cells.groupby("quarter_id")["residents"].sum().reindex(ids).to_numpy()
    share = np.array([plot.share for plot in PLOTS])
    odds = np.where(people > 1000, people**0.7 * (1 + share / 12), 0)
    twice = np.tile(np.arange(len(ids)), 2)
    odds = np.concatenate([odds, odds * 0.12])
    chosen = rng.choice(len(twice), HOSTS - 1, replace=False, p=odds / odds.sum())
    return [int(twice[index]) for index in chosen]


def _crowd(cells: pd.DataFrame, quarter_id: str, rng: np.random.Generator) -> np.ndarray:
    """Return the middle (local) of a cell of the quarter, one where many live."""
    here = cells[cells["quarter_id"] == quarter_id]
    odds = here["residents"].to_numpy(dtype=float) ** 1.5
    cell = here.iloc[int(rng.choice(len(here), p=odds / odds.sum()))]
    return np.array([cell["x"] - ORIGIN[0], cell["y"] - ORIGIN[1]])


def _placed(
    row: dict[str, object], near: np.ndarray, within: shapely.Polygon, book: AddressBook, rng: np.random.Generator
) -> dict[str, object]:
    point, address = book.house(near, within, rng)
    return {**row, "address": address, "geometry": point}
