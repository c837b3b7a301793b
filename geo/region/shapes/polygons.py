"""Polygons of quarters: mended one by one, then looked at together for overlaps and gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from geo.findings import Finding, error, note, warning

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST_FINDINGS = 20
_POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
# Below this, two polygons overlap or gape only because coordinates were rounded.
_LEAST_SQUARE_METRES = 1.0
_LARGE_OVERLAP_SHARE = 0.05
_MOST_VERTICES_CHECKED = 1_500_000
_FAR_METRES, _FAR_SIDES = 10_000.0, 5.0


def geometry_faults(geometry: NDArray[Any], keys: NDArray[Any], rows: NDArray[Any]) -> list[Finding]:
    """Report records without a geometry and records that are no polygons."""
    kinds = shapely.get_type_id(geometry)
    empty = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    collection = kinds == shapely.GeometryType.GEOMETRYCOLLECTION
    wrong = ~empty & ~np.isin(kinds, [int(kind) for kind in _POLYGONS]) & ~collection
    findings = []
    for code, hits in (("geometry_missing", empty), ("geometry_not_polygon", wrong)):
        places = np.flatnonzero(hits)
        for place in places[:_MOST_FINDINGS]:
            kind = {} if code == "geometry_missing" else {"kind": str(geometry[place].geom_type)}
            findings.append(error(code, row=int(rows[place]), quarter=str(keys[place]), **kind))
        if len(places) > _MOST_FINDINGS:
            findings.append(error(f"{code}_more", count=len(places) - _MOST_FINDINGS))
    return findings


def mend(geometry: NDArray[Any], keys: NDArray[Any], rows: NDArray[Any]) -> tuple[NDArray[Any], list[Finding]]:
    """Make polygons valid and keep only their polygon parts.

    Parameters
    ----------
    geometry
        Polygons in metres, shape (records,).

    Returns
    -------
    (polygons, findings)
        ``geometry_repaired`` with the change of area in percent; ``geometry_collapsed`` (error) where no area is left.
    """
    mended = geometry.copy()
    invalid = ~shapely.is_valid(geometry)
    collections = shapely.get_type_id(geometry) == shapely.GeometryType.GEOMETRYCOLLECTION
    findings = []
    for place in np.flatnonzero(invalid | collections):
        before = float(shapely.area(geometry[place]))
        mended[place] = _made_valid(geometry[place])
        after = float(shapely.area(mended[place]))
        where = {"row": int(rows[place]), "quarter": str(keys[place])}
        if after <= 0:
            findings.append(error("geometry_collapsed", **where))
        else:
            change = round(100 * (after - before) / before, 2) if before > 0 else 0.0
            findings.append(warning("geometry_repaired", **where, change_percent=change))
    return mended, findings


def without_faults(geometry: NDArray[Any]) -> NDArray[Any]:
    """Return polygons with the invalid among them made valid, silently."""
    mended = geometry.copy()
    for place in np.flatnonzero(~shapely.is_valid(geometry)):
        repaired = _made_valid(geometry[place])
        mended[place] = geometry[place] if shapely.is_empty(repaired) else repaired
    return mended


def _made_valid(geometry: Any) -> Any:
    """Return the areas of a shape made valid; an empty one where nothing can be made of it, as of infinite corners."""
    try:
        return _polygon_parts(shapely.make_valid(geometry, method="structure", keep_collapsed=False))
    except shapely.errors.GEOSException:
        return shapely.Polygon()


def _polygon_parts(geometry: Any) -> Any:
    parts = shapely.get_parts(shapely.get_parts(geometry))
    polygons = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    if len(polygons) == 1:
        return polygons[0]
    whole = shapely.multipolygons(polygons)
    return whole if shapely.is_valid(whole) else shapely.union_all(polygons)


def topology_findings(frame: gpd.GeoDataFrame, key: str) -> list[Finding]:
    """Report polygons that are the same, overlap, or leave gaps between them.

    Areas in square metres. Gaps are holes of the whole smaller than a twentieth of the middle quarter;
    larger holes (a lake, another municipality) are a note.
    """
    geometry, keys = frame.geometry.to_numpy(), frame[key].to_numpy()
    findings = [*_same_geometry(geometry, keys), *_parts_apart(geometry, keys)]
    if len(geometry) < 2:
        return findings
    if int(shapely.get_num_coordinates(geometry).sum()) > _MOST_VERTICES_CHECKED:
        return [*findings, note("topology_not_checked", limit=_MOST_VERTICES_CHECKED)]
    is_clean = bool(shapely.coverage_is_valid(geometry))
    if not is_clean:
        findings += _overlaps(geometry, keys)
    whole = shapely.coverage_union_all(geometry) if is_clean else shapely.union_all(geometry)
    return findings + _holes(whole, geometry, keys)


def _parts_apart(geometry: NDArray[Any], keys: NDArray[Any]) -> list[Finding]:
    """Report polygons with a part far from the largest one: a wrong key, or coordinates with a wrong digit.

    Islands and exclaves are nearer than :data:`_FAR_SIDES` times the side of a square of the polygon's area.
    """
    findings = []
    for place in np.flatnonzero(shapely.get_num_geometries(geometry) > 1):
        parts = shapely.get_parts(geometry[place])
        largest = parts[np.argmax(shapely.area(parts))]
        metres = float(shapely.distance(parts, largest).max())
        if metres > max(_FAR_METRES, _FAR_SIDES * float(np.sqrt(shapely.area(geometry[place])))):
            kilometres = round(metres / 1000)
            findings.append(warning("parts_far_apart", quarter=str(keys[place]), kilometres=kilometres))
    return findings


def _same_geometry(geometry: NDArray[Any], keys: NDArray[Any]) -> list[Finding]:
    first: dict[bytes, int] = {}
    findings = []
    for place, content in enumerate(shapely.to_wkb(shapely.normalize(geometry))):
        twin = first.setdefault(content, place)
        if twin != place:
            findings.append(error("geometry_duplicate", quarter=str(keys[place]), other=str(keys[twin])))
    return findings[:_MOST_FINDINGS]


def _overlaps(geometry: NDArray[Any], keys: NDArray[Any]) -> list[Finding]:
    # A polygon that overlaps has edges that do not match; only those need the costly test.
    faulty = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(geometry)))
    suspects = geometry[faulty]
    left, right = shapely.STRtree(suspects).query(suspects, predicate="intersects")
    once = left < right
    left, right = left[once], right[once]
    shared = shapely.area(shapely.intersection(suspects[left], suspects[right]))
    hits = shared > _LEAST_SQUARE_METRES
    if not hits.any():
        return []
    order = np.argsort(-shared[hits])[:5]
    pairs = zip(faulty[left[hits][order]], faulty[right[hits][order]], strict=True)
    named = ", ".join(f"{keys[a]} / {keys[b]}" for a, b in pairs)
    is_large = shared[hits].sum() > _LARGE_OVERLAP_SHARE * shapely.area(geometry).sum()
    told = {"count": int(hits.sum()), "square_metres": round(float(shared[hits].sum())), "quarters": named}
    return [error("overlaps_large", **told) if is_large else warning("overlaps", **told)]


def _holes(whole: Any, geometry: NDArray[Any], keys: NDArray[Any]) -> list[Finding]:
    rings = (ring for part in shapely.get_parts(whole) for ring in part.interiors)
    holes = np.array([shapely.Polygon(ring) for ring in rings], dtype=object)
    areas = shapely.area(holes)
    small = areas < np.median(shapely.area(geometry)) / 20
    findings = []
    gaps = np.flatnonzero(small & (areas > _LEAST_SQUARE_METRES))
    if len(gaps):
        largest = gaps[np.argsort(-areas[gaps])[:5]]
        _, touching = shapely.STRtree(geometry).query(holes[largest], predicate="intersects")
        named = ", ".join(dict.fromkeys(str(keys[place]) for place in touching[:12]))
        told = {"count": len(gaps), "square_metres": round(float(areas[gaps].sum())), "quarters": named}
        findings.append(warning("gaps", **told))
    if (~small).any():
        findings.append(note("holes_large", count=int((~small).sum()), square_metres=round(float(areas[~small].sum()))))
    return findings
