"""The outlines of quarters as a small drawing, to see at a glance whether these are the right ones."""

from __future__ import annotations

import geopandas as gpd
import shapely

_SIZE = 480.0
_COLOURS = {"light": ("#dcebea", "#0b5c63"), "dark": ("#1f3436", "#5cc2c0")}


def outline_svg(quarters: gpd.GeoDataFrame, theme: str) -> str:
    """Return an SVG of the quarters' outlines.

    Parameters
    ----------
    quarters
        Polygons in a system in metres.
    theme
        ``light`` or ``dark``.
    """
    west, south, east, north = quarters.total_bounds
    scale = _SIZE / max(east - west, north - south, 1.0)
    shapes = shapely.coverage_simplify(quarters.geometry.to_numpy(), 1.0 / scale)
    fill, line = _COLOURS.get(theme, _COLOURS["light"])
    path = "".join(_ring(ring, west, north, scale) for ring in _rings(shapes))
    width, height = (east - west) * scale + 8, (north - south) * scale + 8
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}"><path d="{path}" fill="{fill}" stroke="{line}" stroke-width="0.8" '
        'stroke-linejoin="round" fill-rule="evenodd"/></svg>'
    )


def _rings(shapes: object) -> list[object]:
    parts = shapely.get_parts(shapes)
    return list(shapely.get_rings(parts[~shapely.is_empty(parts)]))


def _ring(ring: object, west: float, north: float, scale: float) -> str:
    points = shapely.get_coordinates(ring)
    steps = (f"{(x - west) * scale:.1f} {(north - y) * scale:.1f}" for x, y in points[:-1])
    return "M" + "L".join(steps) + "Z"
