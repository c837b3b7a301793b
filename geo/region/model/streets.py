"""A street extract as a part of a region: in the one format packages hold, looked through when the region is built."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from geo.errors import DataError
from geo.findings import Finding, error, warning

if TYPE_CHECKING:
    import geopandas as gpd

STREET_ENDINGS = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2")
_PBF_MARK = b"OSMHeader"
_KINDS = {b"\x1f\x8b": "osm.gz", b"BZh": "osm.bz2", b"<": "osm", b"\xef\xbb\xbf<": "osm"}
_MOST_NAMED = 20
_NOTHING = 1e7 * 180


def packed_streets(path: Path, folder: Path) -> Path:
    """Return an extract as PBF: itself, or what it was converted to in ``folder``.

    Raises
    ------
    DataError
        ``streets_not_found``, ``streets_format``, ``streets_broken``.
    """
    import osmium

    if not path.is_file():
        raise DataError((error("streets_not_found", file=path.name),))
    ending = next((one for one in STREET_ENDINGS if path.name.lower().endswith(one)), None)
    with path.open("rb") as stream:
        head = stream.read(16)
    if ending is None:
        raise DataError((error("streets_format", file=path.name),))
    if _PBF_MARK in head and ending.endswith(".pbf"):
        return path
    kind = next((kind for mark, kind in _KINDS.items() if head.lstrip().startswith(mark)), "pbf")
    target = folder / f"{path.name[: -len(ending)]}.osm.pbf"
    scratch = folder / "converting.osm.pbf"
    scratch.unlink(missing_ok=True)
    try:
        with osmium.SimpleWriter(str(scratch)) as writer:
            for thing in osmium.FileProcessor(osmium.io.File(str(path), kind)):
                writer.add(thing)
    except (RuntimeError, ValueError, OSError, osmium.InvalidLocationError) as fault:
        raise DataError((error("streets_broken", file=path.name, reason=str(fault)[:200]),)) from fault
    shutil.move(scratch, target)
    return target


def check_coverage(path: Path, quarters: gpd.GeoDataFrame, name: str) -> list[Finding]:
    """Return where an extract has no street at all.

    Returns
    -------
    list of Finding
        ``streets_missing_in_quarter`` for each quarter without a node of a street, 20 at most, with
        ``streets_missing_more`` for the rest.

    Raises
    ------
    DataError
        ``streets_broken``; ``streets_empty`` without any street; ``streets_elsewhere`` where no quarter has one.
    """
    nodes = _street_nodes(path, name)
    if not len(nodes):
        raise DataError((error("streets_empty", file=name),))
    x, y = Transformer.from_crs("EPSG:4326", quarters.crs, always_xy=True).transform(nodes[:, 0], nodes[:, 1])
    points = shapely.STRtree(shapely.points(x, y))
    touched = np.unique(points.query(quarters.geometry.to_numpy(), predicate="intersects")[0])
    if not len(touched):
        raise DataError((error("streets_elsewhere", file=name),))
    bare = np.delete(quarters.index.to_numpy(dtype=object), touched)
    found = [warning("streets_missing_in_quarter", file=name, quarter=str(key)) for key in bare[:_MOST_NAMED]]
    more = len(bare) - _MOST_NAMED
    return [*found, warning("streets_missing_more", file=name, count=more)] if more > 0 else found


def _street_nodes(path: Path, name: str) -> NDArray[np.float64]:
    """Return longitude and latitude of the nodes of all streets and ways, shape (n, 2)."""
    import osmium

    found: list[int] = []
    try:
        ways = osmium.FileProcessor(str(path)).with_locations().with_filter(osmium.filter.KeyFilter("highway"))
        for thing in ways:
            if thing.is_way():
                for node in thing.nodes:
                    found += (node.x, node.y)
    except (RuntimeError, ValueError, OSError, osmium.InvalidLocationError) as fault:
        raise DataError((error("streets_broken", file=name, reason=str(fault)[:200]),)) from fault
    nodes = np.unique(np.array(found, dtype=np.int64).reshape(-1, 2), axis=0)
    return nodes[(np.abs(nodes) <= _NOTHING).all(axis=1)] / 1e7
