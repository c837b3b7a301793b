"""Writes streets as an OpenStreetMap extract (``.osm.pbf``)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import osmium
from osmium.osm.mutable import Node, Way
from pyproj import Transformer

from data.generator.streets import Street

DAY = "2026-01-01T00:00:00Z"


def write_streets(
    path: Path, streets: Sequence[Street], origin: tuple[float, float], level: Sequence[tuple[float, float]] = ()
) -> None:
    """Write ``streets`` as ways that share nodes where they meet.

    Parameters
    ----------
    origin
        Easting and northing (EPSG:25832) of the local frame.
    level
        Nodes at which a street crosses the tracks on the level; they are tagged so.
    """
    crossings = {_key(x, y) for x, y in level}
    nodes: dict[tuple[float, float], int] = {}
    for street in streets:
        for x, y in street.line.coords:
            nodes.setdefault(_key(x, y), len(nodes) + 1)
    to_degrees = Transformer.from_crs(25832, 4326, always_xy=True)
    lon, lat = to_degrees.transform([x + origin[0] for x, _ in nodes], [y + origin[1] for _, y in nodes])
    path.parent.mkdir(parents=True, exist_ok=True)
    header = osmium.io.Header()
    header.set("generator", "nahbar demo")
    with osmium.SimpleWriter(str(path), overwrite=True, header=header) as writer:
        for (key, number), x, y in zip(nodes.items(), lon, lat, strict=True):
            tags = {"railway": "level_crossing"} if key in crossings else {}
            writer.add_node(
                Node(id=number, version=1, visible=True, timestamp=DAY, location=(round(x, 7), round(y, 7)), tags=tags)
            )
        for number, street in enumerate(streets, start=1):
            refs = [nodes[_key(x, y)] for x, y in street.line.coords]
            writer.add_way(Way(id=number, version=1, visible=True, timestamp=DAY, nodes=refs, tags=_tags(street)))


def _key(x: float, y: float) -> tuple[float, float]:
    return round(x, 1), round(y, 1)


def _tags(street: Street) -> dict[str, str]:
    named = {"name": street.name} if street.name else {}
    kind = {} if street.kind in ("rail", "river") else {"highway": street.kind}
    return {**kind, **named, **street.tags}
