"""Signs on paper: offices, hosts, suggestions, catchments, what is withheld; the same on the map and in the legend."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from matplotlib.path import Path as DrawnPath

from geo.output.paper.page import LINE, Box, Page
from geo.output.values import CATCHMENT_OPACITY, MAP_COLOURS, PLACE_COLOURS

_SIZES = {"main": 5.0, "branch": 4.4, "outreach": 4.0, "office": 4.0, "host": 2.5, "plan": 5.4}
_STATES = ("forced", "forbidden", "closed", "own")
_COLOURS = MAP_COLOURS["light"]
_REACH = {"reach": (PLACE_COLOURS["plan"], "solid"), "reach-today": (_COLOURS["ink"], (0, (3, 2)))}


def drawn_path(geometry: Any) -> DrawnPath:
    """Return polygons or lines as one path; holes run against their outer ring, so that they stay open."""
    codes, points = [], []
    for part in shapely.get_parts(shapely.orient_polygons(geometry)):
        rings = [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part]
        for ring in rings:
            spots = shapely.get_coordinates(ring)
            if len(spots) < 2:
                continue
            points.append(spots)
            code = np.full(len(spots), DrawnPath.LINETO, dtype=np.uint8)
            code[0] = DrawnPath.MOVETO
            if part.geom_type == "Polygon":
                code[-1] = DrawnPath.CLOSEPOLY
            codes.append(code)
    if not points:
        return DrawnPath(np.empty((0, 2)))
    return DrawnPath(np.concatenate(points), np.concatenate(codes))


def is_blank(path: DrawnPath) -> bool:
    """Tell whether a path has no points."""
    return int(np.size(path.vertices)) == 0


def hatching(geometry: Any, spacing: float) -> Any:
    """Return slanting lines inside polygons, ``spacing`` apart: the look of what is withheld.

    The lines lie on one grid for the whole page, so that neighbours continue each other.
    """
    west, south, east, north = shapely.bounds(geometry)
    step = spacing * 2**0.5
    first, last = np.floor((west - north) / step), np.ceil((east - south) / step)
    shifts = np.arange(first, last + 1) * step
    ends = np.stack(
        [
            np.stack([shifts + south, np.full(len(shifts), south)], 1),
            np.stack([shifts + north, np.full(len(shifts), north)], 1),
        ],
        axis=1,
    )
    return shapely.intersection(shapely.multilinestrings(list(shapely.linestrings(ends))), geometry)


def mark_size(kind: str) -> float:
    """Return the width of a sign in millimetres on A4."""
    return _SIZES.get(kind, 2.8)


def draw_mark(
    page: Page, x: float, y: float, kind: str, *, mark: str = "", state: str = "", factor: float = 1.0
) -> None:
    """Draw the sign of a place around a point; ``state`` is what a reader wishes for it."""
    half = page.mm(mark_size(kind)) / 2 * factor
    halo = page.mm(0.35) * factor
    is_struck = state in ("forbidden", "closed")
    office, white = PLACE_COLOURS["office"], PLACE_COLOURS["on_office"]
    is_open = is_struck or kind == "host"
    ground, ink = (white, office) if is_open else (PLACE_COLOURS["plan"] if kind == "plan" else office, white)
    if state in ("forced", "own"):
        look = {
            "edgecolor": PLACE_COLOURS["required"] if state == "forced" else office,
            "linewidth": page.mm(0.6) * factor,
        }
        page.disc(x, y, half * 1.32 + halo, linestyle="solid" if state == "forced" else (0, (1, 1.2)), **look)
    edge = ink if is_open else white
    line = page.mm(0.55 if kind == "host" else 0.4) * factor
    if kind in ("host", "plan"):
        page.disc(x, y, half, facecolor=ground, edgecolor=edge, linewidth=line)
    else:
        box = Box(x - half, y - half, x + half, y + half)
        page.rectangle(box, facecolor=ground, edgecolor=edge, linewidth=line, radius=half * 0.25)
    if is_struck:
        reach = half * (0.7 if kind in ("host", "plan") else 0.95)
        ends = [(x - reach, y - reach), (x + reach, y + reach)]
        page.polygon(ends, closed=False, edgecolor=office, linewidth=page.mm(0.5) * factor)
    elif mark:
        size = half * 2 / page.scale / 0.3528 * (0.62 if len(mark) < 2 else 0.52 if len(mark) < 3 else 0.4)
        page.text(x, y, mark, size, bold=True, colour=ink, align="center", va="center_baseline")


def draw_swatch(page: Page, box: Box, look: str, *, mark: str = "", no_data: str = "", factor: float = 1.0) -> None:
    """Draw one entry of the legend beside the classes into a box."""
    x, y = (box.left + box.right) / 2, (box.bottom + box.top) / 2
    edge = {"edgecolor": LINE, "linewidth": page.mm(0.2)}
    if look == "withheld":
        page.rectangle(box, facecolor=_COLOURS["withheld_ground"])
        draw_hatch(page, shapely.box(box.left, box.bottom, box.right, box.top), factor=0.8)
        page.rectangle(box, **edge)
    elif look == "no-data":
        page.rectangle(box, facecolor=no_data or _COLOURS["no_data"], **edge)
    elif look in _REACH:
        colour, dash = _REACH[look]
        page.disc(
            x,
            y,
            box.height / 2,
            facecolor=(*_rgb(colour), CATCHMENT_OPACITY),
            edgecolor=colour,
            linewidth=page.mm(0.35),
            linestyle=dash,
        )
    elif look in _STATES:
        draw_mark(page, x, y, "branch" if look == "closed" else "host", state=look, factor=factor * 0.95)
    else:
        draw_mark(
            page,
            x,
            y,
            look,
            mark=mark or ("JC" if look == "office" else ""),
            factor=factor * (0.82 if look in ("plan", "office") else 1.0),
        )


def draw_hatch(page: Page, geometry: object, *, factor: float = 1.0, clip: Box | None = None) -> None:
    """Draw slanting lines over polygons in millimetres."""
    lines = hatching(geometry, page.mm(1.35) * factor)
    drawn = [drawn_path(line) for line in shapely.get_parts([lines])]
    page.paths(
        [path for path in drawn if not is_blank(path)],
        clip,
        edgecolor=_COLOURS["withheld_line"],
        linewidth=page.mm(0.42) * factor,
        capstyle="butt",
    )


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue
