"""Minutes by car in Musterkreis: from the homes of each municipality to the sites, and from one to another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from data.generator.shapes import Floats
from data.generator.streets import Street, ends
from geo.region.model import minutes_text

KILOMETRES_PER_HOUR = {"primary": 60.0, "secondary": 54.0, "tertiary": 46.0, "unclassified": 36.0, "residential": 21.0}
START_MINUTES = 1.5
PARK_MINUTES, PARK_MINUTES_IN_TOWN = 1.5, 4.5
TOWNS = ("Hohenmark", "Brückstedt")


def write_drives(
    path: Path,
    streets: Sequence[Street],
    cells: pd.DataFrame,
    quarters: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    origin: tuple[float, float],
) -> None:
    """Write ``from, to, minutes``: the median over the residents of a municipality, to sites and municipalities.

    Driving times along the streets by the kind of road; looking for a place to park takes longer in the towns, so that
    the way into town is longer than the way out.

    Parameters
    ----------
    streets
        In the local frame, whose ``origin`` is an easting and northing.
    cells, quarters, sites
        Of the region, in its system.
    """
    nodes, roads = _network(streets)
    near = cKDTree(nodes)
    homes = near.query(cells[["x", "y"]].to_numpy() - origin)[1]
    middles = np.array([_middle(cells[cells["quarter_id"] == key]) for key in quarters.index])
    targets = np.concatenate([sites.get_coordinates().to_numpy(), middles]) - origin
    keys = [*sites.index, *quarters.index]
    towns = quarters.index[quarters["name"].isin(TOWNS)]
    of_site = sites.sjoin(quarters[["geometry"]], predicate="within")["quarter_id"].reindex(sites.index)
    inside = [*of_site, *quarters.index]
    ways = dijkstra(roads, directed=False, indices=near.query(targets)[1])
    rows = []
    for quarter in quarters.index:
        here = (cells["quarter_id"] == quarter).to_numpy()
        for number, key in enumerate(keys):
            park = PARK_MINUTES_IN_TOWN if inside[number] in towns else PARK_MINUTES
            drive = _median(ways[number, homes[here]], cells["residents"].to_numpy()[here])
            rows.append((str(quarter), str(key), round(START_MINUTES + drive + park, 1)))
    path.write_text(minutes_text(sorted(rows)), encoding="utf-8")


def _network(streets: Sequence[Street]) -> tuple[Floats, csr_array]:
    """Return the junctions of the largest connected part, and minutes between neighbouring ones."""
    driven = [street for street in streets if street.kind in KILOMETRES_PER_HOUR]
    pairs = ends(driven)
    places = sorted({end for pair in pairs for end in pair})
    number = {place: row for row, place in enumerate(places)}
    rows = pd.DataFrame(
        {
            "one": [min(number[one], number[other]) for one, other in pairs],
            "other": [max(number[one], number[other]) for one, other in pairs],
            "minutes": [street.line.length / KILOMETRES_PER_HOUR[street.kind] * 0.06 for street in driven],
        }
    )
    rows = rows[rows["one"] != rows["other"]].groupby(["one", "other"], as_index=False)["minutes"].min()
    shape = (len(places), len(places))
    roads = csr_array((rows["minutes"].to_numpy(), (rows["one"].to_numpy(), rows["other"].to_numpy())), shape=shape)
    parts = connected_components(roads, directed=False)[1]
    kept = np.flatnonzero(parts == np.argmax(np.bincount(parts)))
    return np.array(places)[kept], csr_array(roads[kept][:, kept])


def _middle(cells: pd.DataFrame) -> Floats:
    """Return the inhabited cell nearest to the mean of the residents."""
    xy, residents = cells[["x", "y"]].to_numpy(), cells["residents"].to_numpy()
    mean = np.average(xy, axis=0, weights=residents)
    spot: Floats = xy[int(np.argmin(((xy - mean) ** 2).sum(axis=1)))]
    return spot


def _median(minutes: Floats, residents: Floats) -> float:
    order = np.argsort(minutes, kind="stable")
    people = np.cumsum(residents[order])
    return float(minutes[order][int(np.searchsorted(people, people[-1] / 2))])
