"""Hand-made street maps in metres, written as OpenStreetMap files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import osmium
from osmium.osm.mutable import Node, Way
from pyproj import Transformer

CRS = "EPSG:25832"
ORIGIN = (500_000.0, 5_700_000.0)
_TO_DEGREES = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)

Place = tuple[float, float]
Street = tuple[Sequence[str], Mapping[str, str]]


def at(x: float, y: float) -> Place:
    """Return a place in metres from the origin of the map in the map's system."""
    return ORIGIN[0] + x, ORIGIN[1] + y


def write_streets(
    path: Path,
    places: Mapping[str, Place],
    streets: Sequence[Street],
    tagged: Mapping[str, Mapping[str, str]] | None = None,
) -> Path:
    """Write nodes (metres from the origin) and ways through them; ``tagged`` has tags of nodes."""
    number = {name: position for position, name in enumerate(places, start=1)}
    path.unlink(missing_ok=True)
    with osmium.SimpleWriter(str(path)) as writer:
        for name, (x, y) in places.items():
            lonlat = _TO_DEGREES.transform(*at(x, y))
            writer.add_node(Node(id=number[name], location=lonlat, tags=dict((tagged or {}).get(name, {}))))
        for position, (names, tags) in enumerate(streets, start=1):
            writer.add_way(Way(id=position, nodes=[number[name] for name in names], tags=dict(tags)))
    return path


FOOTWAY = {"highway": "footway"}
"""Two banks 100 m apart; the only bridge is 600 m to the east.

    w ---- m ---- e      north bank, y = 100
                  |      bridge at x = 600
    s ---- t ---- b      south bank, y = 0
"""
RIVER = {"w": (0, 100), "m": (300, 100), "e": (600, 100), "b": (600, 0), "t": (300, 0), "s": (0, 0)}
RIVER_STREETS: list[Street] = [
    (("w", "m", "e"), {"highway": "residential"}),
    (("e", "b"), {"highway": "footway", "bridge": "yes"}),
    (("b", "t", "s"), {"highway": "residential"}),
]
