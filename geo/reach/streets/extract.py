"""Streets from OpenStreetMap extracts: who can walk where, read, contracted, kept.

Read are ``.osm.pbf``, ``.osm``, ``.osm.gz`` and ``.osm.bz2``. Ways meet only where they share a node, so bridges and
tunnels cross without a junction. Squares mapped as areas are walked along their edge.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.errors import DataError
from geo.findings import Finding, error, note, warning
from geo.reach.streets.foot_access import FootWay, blocks_on_foot, blocks_wheels, ferry_metres, foot_way
from geo.reach.streets.network import (
    BoolArray,
    FloatArray,
    IntArray,
    Segments,
    StreetNetwork,
    build_network,
    without_doubles,
)

if TYPE_CHECKING:
    import geopandas as gpd

_FORMATS = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2")
_KEYS = ("highway", "barrier", "railway", "route")
_VERSION = 1
_ARRAYS = [one.name for one in fields(StreetNetwork) if one.name not in ("crs", "digest", "source", "findings")]
_MOST_NAMED = 20


@dataclass(frozen=True)
class StreetRules:
    """Assumptions with which streets are read.

    Parameters
    ----------
    steps_factor
        Walking up or down a stair takes this many times as long as its horizontal length on level ground: 3.0 is
        the default of OpenTripPlanner (``stairsTimeFactor``) after Fujiyama and Tyler (2010).
    ferries
        Whether ferries count as ways; waiting is left out.
    min_part_metres
        Connected parts with fewer metres of ways are left out: they are remains at the edge of an extract, platforms
        and courtyards that nobody connected.
    file_bytes
        A larger file is refused.
    """

    steps_factor: float = 3.0
    ferries: bool = False
    min_part_metres: float = 500.0
    file_bytes: int = 400 * 1024**2


@dataclass
class _Raw:
    """Ways as they come out of the file: nodes of all ways one after the other."""

    refs: list[int] = field(default_factory=list)
    x: list[int] = field(default_factory=list)
    y: list[int] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    ways: list[FootWay] = field(default_factory=list)
    blocked: list[int] = field(default_factory=list)
    no_wheels: list[int] = field(default_factory=list)


def read_streets(
    path: Path,
    crs: str,
    *,
    rules: StreetRules | None = None,
    bounds: tuple[float, float, float, float] | None = None,
    cache: Path | None = None,
) -> StreetNetwork:
    """Read the pedestrian network of an OpenStreetMap extract.

    Parameters
    ----------
    crs
        System in metres the network is wanted in: the region's.
    bounds
        West, south, east, north in ``crs``: ways wholly outside are left out.
    cache
        Folder in which networks are kept by digest. A network found there is not read again.

    Returns
    -------
    StreetNetwork
        Its findings tell what was left out: ``streets_fragments``, ``streets_nodes_missing``, ``streets_parts``.

    Raises
    ------
    DataError
        ``streets_not_found``, ``streets_format``, ``streets_too_large``, ``streets_broken``, ``streets_empty``, or
        ``streets_elsewhere`` if no way lies within ``bounds``.
    """
    rules = StreetRules() if rules is None else rules
    digest = _digest(path, crs, rules, bounds)
    kept = None if cache is None else load_network(cache, digest)
    if kept is not None:
        return kept
    raw = _read(path, rules)
    if not raw.refs:
        raise DataError((error("streets_empty", file=path.name),))
    segments, missing = _segments(raw, crs, rules, bounds)
    segments = without_doubles(segments)
    findings = [note("streets_nodes_missing", file=path.name, count=missing)] if missing else []
    if not len(segments.ends):
        code = "streets_empty" if bounds is None else "streets_elsewhere"
        raise DataError((error(code, file=path.name), *findings))
    network = build_network(segments, crs=crs, digest=digest, source=path.name, min_part_metres=rules.min_part_metres)
    findings += _part_findings(network, float(segments.effort.sum()), rules)
    network = replace(network, findings=tuple(findings))
    if cache is not None:
        save_network(network, cache)
    return network


def check_streets(network: StreetNetwork, quarters: gpd.GeoDataFrame) -> tuple[Finding, ...]:
    """Tell where streets do not cover a region.

    Returns
    -------
    tuple of Finding
        ``streets_elsewhere`` (error) if no quarter has a street; else ``streets_missing_in_quarter`` (warning) for
        each quarter without one, and ``streets_end_in_quarter`` (warning) for each quarter with more than a fifth of
        its area beyond the extent of the streets, 20 at most, with ``streets_missing_more`` for the rest.
    """
    import shapely

    polygons = quarters.geometry.to_numpy()
    touched, _ = network.segment_tree[0].query(polygons, predicate="intersects")
    has_street = np.zeros(len(polygons), dtype=bool)
    has_street[touched] = True
    if not has_street.any():
        return (error("streets_elsewhere", file=network.source),)
    inside = shapely.area(shapely.intersection(polygons, shapely.box(*network.bounds)))
    share = inside / np.maximum(shapely.area(polygons), 1e-9)
    found = []
    for key, has, covered in zip(quarters.index.astype(str), has_street, share, strict=True):
        if not has:
            found.append(warning("streets_missing_in_quarter", file=network.source, quarter=key))
        elif covered < 0.8:
            percent = round(100 * float(covered))
            found.append(warning("streets_end_in_quarter", file=network.source, quarter=key, percent=percent))
    if len(found) > _MOST_NAMED:
        more = len(found) - _MOST_NAMED
        found = [*found[:_MOST_NAMED], warning("streets_missing_more", file=network.source, count=more)]
    return tuple(found)


def save_network(network: StreetNetwork, folder: Path) -> Path:
    """Write a network to ``streets-<digest>.npz`` in a folder and return the path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"streets-{network.digest}.npz"
    told = {
        "crs": network.crs,
        "source": network.source,
        "findings": [finding.as_dict() for finding in network.findings],
    }
    scratch = path.with_suffix(f".{os.getpid()}.part.npz")
    arrays: dict[str, Any] = {name: getattr(network, name) for name in _ARRAYS}
    np.savez(scratch, told=np.array(json.dumps(told)), **arrays)
    scratch.replace(path)
    return path


def load_network(folder: Path, digest: str) -> StreetNetwork | None:
    """Return the network kept under a digest, or None where there is none or the file cannot be read."""
    import zipfile

    path = folder / f"streets-{digest}.npz"
    if not path.is_file():
        return None
    try:
        with np.load(path, allow_pickle=False) as kept:
            told = json.loads(str(kept["told"]))
            arrays: dict[str, Any] = {name: kept[name] for name in _ARRAYS}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    return StreetNetwork(
        crs=told["crs"],
        digest=digest,
        source=told["source"],
        findings=tuple(Finding.from_dict(each) for each in told["findings"]),
        **arrays,
    )


def _digest(path: Path, crs: str, rules: StreetRules, bounds: tuple[float, ...] | None) -> str:
    if not path.is_file():
        raise DataError((error("streets_not_found", file=path.name),))
    if not path.name.lower().endswith(_FORMATS):
        raise DataError((error("streets_format", file=path.name),))
    if path.stat().st_size > rules.file_bytes:
        raise DataError((error("streets_too_large", file=path.name, limit_megabytes=rules.file_bytes // 1024**2),))
    with path.open("rb") as stream:
        content = hashlib.file_digest(stream, "sha256")
    content.update(repr((_VERSION, crs, rules, bounds)).encode())
    return content.hexdigest()[:24]


def _read(path: Path, rules: StreetRules) -> _Raw:
    import osmium

    raw = _Raw()
    try:
        file = osmium.FileProcessor(str(path)).with_locations().with_filter(osmium.filter.KeyFilter(*_KEYS))
        for thing in file:
            if thing.is_way():
                _add_way(raw, thing, rules)
            elif thing.is_node() and "barrier" in thing.tags:
                _add_barrier(raw, thing.id, dict(thing.tags))
    except (RuntimeError, ValueError, OSError, osmium.InvalidLocationError) as fault:
        raise DataError((error("streets_broken", file=path.name, reason=str(fault)[:200]),)) from fault
    return raw


def _add_way(raw: _Raw, way: Any, rules: StreetRules) -> None:
    walkable = foot_way(dict(way.tags), ferries=rules.ferries)
    if walkable is None or len(way.nodes) < 2:
        return
    for node in way.nodes:
        raw.refs.append(node.ref)
        raw.x.append(node.x)
        raw.y.append(node.y)
    raw.lengths.append(len(way.nodes))
    raw.ways.append(walkable)


def _add_barrier(raw: _Raw, ref: int, tags: Mapping[str, str]) -> None:
    if blocks_on_foot(tags):
        raw.blocked.append(ref)
    elif blocks_wheels(tags):
        raw.no_wheels.append(ref)


def _segments(
    raw: _Raw, crs: str, rules: StreetRules, bounds: tuple[float, float, float, float] | None
) -> tuple[Segments, int]:
    """Return the pieces of all ways in metres, and how many nodes the file does not hold."""
    from pyproj import Transformer

    refs, node = np.unique(np.array(raw.refs, dtype=np.int64), return_inverse=True)
    degrees = np.empty((len(refs), 2))
    degrees[node] = np.stack([np.array(raw.x), np.array(raw.y)], axis=1) / 1e7
    known = np.asarray((np.abs(degrees) <= (180.0, 90.0)).all(axis=1), dtype=np.bool_)
    transformer = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    xy = np.full((len(refs), 2), np.nan)
    xy[known] = np.stack(transformer.transform(*degrees[known].T), axis=1)

    way = np.repeat(np.arange(len(raw.lengths)), raw.lengths)
    first = np.flatnonzero(way[1:] == way[:-1])
    ends = np.stack([node[first], node[first + 1]], axis=1)
    is_kept = known[ends].all(axis=1) & _within(xy, ends, bounds)
    ends, way = ends[is_kept], way[first[is_kept]]
    metres = np.hypot(*(xy[ends[:, 0]] - xy[ends[:, 1]]).T)
    steps = np.array([each.is_steps for each in raw.ways], dtype=bool)[way]
    is_wheelable = np.array([each.is_wheelable for each in raw.ways], dtype=bool)[way]
    is_wheelable &= ~np.isin(refs, raw.no_wheels)[ends].any(axis=1)
    xy, ends = _cut_at(xy, ends, np.isin(refs, raw.blocked))
    segments = Segments(
        xy=np.nan_to_num(xy),
        ends=ends,
        effort=_with_ferries(metres * np.where(steps, rules.steps_factor, 1.0), metres, way, raw.ways),
        direction=np.array([each.direction for each in raw.ways], dtype=np.int64)[way],
        is_wheelable=is_wheelable,
    )
    return segments, int((~known).sum())


def _within(xy: FloatArray, ends: IntArray, bounds: tuple[float, float, float, float] | None) -> BoolArray:
    if bounds is None:
        return np.ones(len(ends), dtype=bool)
    west, south, east, north = bounds
    inside = np.asarray(np.logical_and(xy >= (west, south), xy <= (east, north)).all(axis=1), dtype=np.bool_)
    return np.asarray(inside[ends].any(axis=1), dtype=np.bool_)


def _cut_at(xy: FloatArray, ends: IntArray, is_blocked: BoolArray) -> tuple[FloatArray, IntArray]:
    """Give every piece that ends at a closed barrier an end of its own, so that nobody passes."""
    flat = ends.ravel().copy()
    cut = np.flatnonzero(is_blocked[flat])
    grown = np.concatenate([xy, xy[flat[cut]]])
    flat[cut] = len(xy) + np.arange(len(cut))
    return grown, flat.reshape(-1, 2)


def _with_ferries(effort: FloatArray, metres: FloatArray, way: IntArray, ways: list[FootWay]) -> FloatArray:
    """Replace the effort of ferries by the metres walked at 1.1 m/s in the time of the crossing."""
    for number, each in enumerate(ways):
        if each.ferry_seconds is not None:
            mine = way == number
            whole = float(metres[mine].sum())
            effort[mine] = metres[mine] * (ferry_metres(each, whole, 1.1) / max(whole, 1e-9))
    return effort


def _part_findings(network: StreetNetwork, read_metres: float, rules: StreetRules) -> list[Finding]:
    found = []
    left_out = read_metres - float(network.part_metres.sum())
    if left_out > 0.5 and rules.min_part_metres > 0:
        limit = round(rules.min_part_metres)
        found.append(note("streets_fragments", file=network.source, metres=round(left_out), limit_metres=limit))
    if len(network.part_metres) > 1:
        others = network.part_metres[1:]
        found.append(note("streets_parts", file=network.source, count=len(others), metres=round(float(others.sum()))))
    return found
