"""The map on paper: quarters in the colours of the legend, landscape, catchments, places, scale and north."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from geo.output.paper.map_legend import Group, Laid, lay, legend_groups
from geo.output.paper.marks import draw_hatch, draw_mark, drawn_path, is_blank
from geo.output.paper.page import INK, LINE, PAPER, SOFT, Box, Page, fiction_mark
from geo.output.paper.sheet import LegendPlace
from geo.output.values import CATCHMENT_OPACITY, DISTRICT_OPACITY, LANDSCAPE, MAP_COLOURS, NO_DATA, WITHHELD, MapView
from geo.region.model import Region
from geo.text import Texts

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TOLERANCE_MM = 0.035
_MOST_HIDDEN = 0.004
_COLOURS = MAP_COLOURS["light"]
Window = tuple[float, float, float, float] | None
_ORDER = {"host": 0, "outreach": 1, "branch": 2, "main": 3, "plan": 4}


@dataclass(frozen=True)
class Projection:
    """From metres in the region's system to millimetres on paper: one factor for both axes, so shapes stay true."""

    factor: float
    west: float
    south: float
    left: float
    bottom: float

    def points(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return points (n, 2) on paper."""
        return (xy - (self.west, self.south)) * self.factor + (self.left, self.bottom)

    def shapes(self, geometry: Any) -> Any:
        """Return geometries on paper."""
        return shapely.transform(geometry, self.points)


@dataclass(frozen=True)
class Plot:
    """Where the parts of a map stand: frame of the map, legend with its corner, and whether it lies on the map."""

    frame: Box
    legend: Laid
    corner: tuple[float, float]
    gap: float
    place: LegendPlace


class ThinnedQuarters:
    """The quarters of a region, thinned for a scale; kept while several maps of one region are drawn."""

    def __init__(self, region: Region) -> None:
        self.region = region
        self._kept: dict[float, Any] = {}

    def thinned(self, tolerance_metres: float) -> Any:
        """Return the quarters in metres in the region's order; borders that were shared stay shared."""
        tolerance = round(tolerance_metres, 2)
        if tolerance not in self._kept:
            self._kept = {tolerance: shapely.coverage_simplify(self.region.quarters.geometry.to_numpy(), tolerance)}
        return self._kept[tolerance]


def draw_map(page: Page, t: Texts, quarters: ThinnedQuarters, view: MapView, body: Box) -> None:
    """Draw a view into the room between head and foot of a page."""
    region = quarters.region
    plot = _plot(page, t, region, view, body)
    projection = _projection(region, plot, page.sheet.window)
    page.rectangle(plot.frame, facecolor=_COLOURS["sea"])
    _draw_ground(page, quarters, view, projection, plot.frame)
    _draw_catchments(page, region, view, projection, plot.frame)
    _draw_places(page, region, view, projection, plot.frame)
    page.rectangle(plot.frame, edgecolor=LINE, linewidth=page.mm(0.25))
    if plot.place == "inside":
        pad = page.mm(3.0)
        x, top = plot.corner
        wide = plot.legend.width * len(plot.legend.columns)
        box = Box(x - pad, top - plot.legend.height - pad * 0.6, x + wide + pad, top + pad)
        page.rectangle(box, facecolor=PAPER, edgecolor=LINE, linewidth=page.mm(0.25), radius=page.mm(0.8))
    plot.legend.draw(page, *plot.corner, plot.gap)
    _draw_scale(page, t, region, projection, plot)
    fiction_mark(page, plot.frame.right - page.mm(2.0), plot.frame.top - page.mm(2.0))


def _plot(page: Page, t: Texts, region: Region, view: MapView, body: Box) -> Plot:
    place = page.sheet.legend
    beside: LegendPlace = "right" if body.width > body.height * 1.15 else "below"
    place = beside if place == "auto" else place
    gap = page.mm(6.0)
    if place == "inside":
        inside = _plot_inside(page, legend_groups(t, view, is_upright=True), region, body, gap)
        if inside is not None:
            return inside
        place = beside
    groups = legend_groups(t, view, is_upright=place != "below")
    if place == "below":
        return _plot_below(page, groups, body, gap)
    wide = min(max(page.mm(58.0), body.width * 0.22), body.width * 0.36)
    room = body.height - page.mm(15.0)
    laid = lay(page, groups, wide, 1, room)
    if laid.factor < 0.85 and body.width - 2 * wide - 2 * gap > body.height * 0.7:
        laid = lay(page, groups, wide * 0.92, 2, room)
    used = laid.width * len(laid.columns) + gap * (len(laid.columns) - 1)
    if place == "left":
        frame = Box(body.left + used + gap, body.bottom, body.right, body.top)
        return Plot(frame, laid, (body.left, body.top), gap, place)
    frame = Box(body.left, body.bottom, body.right - used - gap, body.top)
    return Plot(frame, laid, (frame.right + gap, body.top), gap, place)


def _plot_below(page: Page, groups: tuple[Group, ...], body: Box, gap: float) -> Plot:
    columns = max(1, int((body.width + gap) // (page.mm(62.0) + gap)))
    wide = (body.width - gap * (columns - 1)) / columns
    laid = lay(page, groups, wide, columns, body.height * 0.42)
    top = body.bottom + laid.height
    frame = Box(body.left, top + page.mm(3.5), body.right, body.top)
    return Plot(frame, laid, (body.left, top), gap, "below")


def _plot_inside(page: Page, groups: tuple[Group, ...], region: Region, body: Box, gap: float) -> Plot | None:
    """Return a legend in the corner where it hides least; None where it would hide quarters or all is too tight."""
    pad, wide = page.mm(5.0), min(page.mm(56.0), body.width * 0.4)
    laid = lay(page, groups, wide, 1, body.height - page.mm(32.0))
    if laid.is_cut:
        return None
    found = []
    for is_right in (False, True):
        for is_low in (False, True):
            left = body.right - pad - wide if is_right else body.left + pad
            # The mark on made-up data stands at the top right.
            high = body.top - pad - (page.mm(5.0) if is_right and page.sheet.fictional else 0.0)
            corner = (left, body.bottom + pad + laid.height if is_low else high)
            plot = Plot(body, laid, corner, gap, "inside")
            outline = _outline(region, _projection(region, plot, page.sheet.window))
            box = shapely.box(left, corner[1] - laid.height, left + wide, corner[1])
            hidden = float(shapely.area(shapely.intersection(outline, box)) / shapely.area(outline))
            found.append((round(hidden, 5), is_right, is_low, plot))
    least = min(found, key=lambda one: one[:3])
    return least[3] if least[0] <= _MOST_HIDDEN else None


def _outline(region: Region, projection: Projection) -> Any:
    """Return the region in rough lines on paper."""
    return shapely.union_all(projection.shapes(region.quarters.geometry.simplify(200).buffer(0).to_numpy()))


def _projection(region: Region, plot: Plot, window: Window = None) -> Projection:
    west, south, east, north = (float(edge) for edge in window or region.quarters.total_bounds)
    frame = plot.frame
    pad = 0.03 * min(frame.width, frame.height)
    factor = min((frame.width - 2 * pad) / max(east - west, 1.0), (frame.height - 2 * pad) / max(north - south, 1.0))
    spare_x, spare_y = frame.width - (east - west) * factor, frame.height - (north - south) * factor
    across, up = spare_x / 2, spare_y / 2
    if plot.place == "inside":
        # What the sheet has to spare goes to the side of the legend.
        is_right = plot.corner[0] > (frame.left + frame.right) / 2
        is_high = plot.corner[1] - plot.legend.height / 2 > (frame.bottom + frame.top) / 2
        across, up = pad if is_right else spare_x - pad, pad if is_high else spare_y - pad
    return Projection(factor, west, south, frame.left + across, frame.bottom + up)


def _draw_ground(page: Page, quarters: ThinnedQuarters, view: MapView, projection: Projection, frame: Box) -> None:
    kinds = np.asarray(view.classes)
    region = quarters.region
    order = region.quarters.index.get_indexer(list(view.quarter_ids))
    shapes = projection.shapes(quarters.thinned(_TOLERANCE_MM / projection.factor)[order])
    paths = np.array([drawn_path(shape) for shape in shapes], dtype=object)
    _draw_landscape(page, region, projection, frame, is_under=True)
    colours = [_colour(view, int(kind)) for kind in kinds]
    typical = math.sqrt(float(np.median(shapely.area(shapes)))) if len(shapes) else 1.0
    border = min(max(typical * 0.018, 0.05), page.mm(0.3))
    seen = shapely.intersects(shapes, shapely.box(frame.left, frame.bottom, frame.right, frame.top))
    shown = [colour for colour, is_seen in zip(colours, seen, strict=True) if is_seen]
    page.paths(list(paths[seen]), frame, facecolor=shown, edgecolor=_COLOURS["border"], linewidth=border)
    if (kinds == WITHHELD).any():
        draw_hatch(page, shapely.union_all(shapes[kinds == WITHHELD]), clip=frame)
        page.paths(list(paths[kinds == WITHHELD]), frame, edgecolor=_COLOURS["border"], linewidth=border)
    _draw_landscape(page, region, projection, frame, is_under=False)
    _draw_districts(page, region, view, shapes, frame)
    if view.selected in view.quarter_ids:
        chosen = paths[view.quarter_ids.index(str(view.selected))]
        page.paths([chosen], frame, edgecolor=_COLOURS["outline"], linewidth=page.mm(0.75))


def _colour(view: MapView, kind: int) -> str:
    if kind == WITHHELD:
        return _COLOURS["withheld_ground"]
    return view.legend.no_data_colour if kind == NO_DATA else view.legend.colours[kind]


def _draw_landscape(page: Page, region: Region, projection: Projection, frame: Box, *, is_under: bool) -> None:
    if region.landscape is None or region.landscape.empty:
        return
    seen = shapely.box(frame.left, frame.bottom, frame.right, frame.top)
    for kind, style in LANDSCAPE.items():
        if style.is_under != is_under:
            continue
        shapes = region.landscape.geometry[region.landscape["kind"] == kind].to_numpy()
        shapes = projection.shapes(shapely.simplify(shapes, _TOLERANCE_MM * 1.5 / projection.factor))
        look: dict[str, Any] = {"edgecolor": style.line or "none", "linewidth": page.mm(style.millimetres)}
        look |= {"alpha": style.opacity} if style.opacity < 1 else {}
        look |= {"linestyle": (0, style.dash), "capstyle": "butt"} if style.dash else {}
        lines, areas = (
            [part for part in shapely.get_parts(shapes) if part.geom_type in types and shapely.intersects(part, seen)]
            for types in (("LineString", "LinearRing"), ("Polygon",))
        )
        wide = {"linewidth": page.mm(style.alone_millimetres)} if style.alone_millimetres else {}
        page.paths([drawn_path(one) for one in lines], frame, **look | wide)
        page.paths([drawn_path(one) for one in areas], frame, **look, facecolor=style.fill or "none")


def _draw_districts(page: Page, region: Region, view: MapView, shapes: Any, frame: Box) -> None:
    """Draw the borders of districts where there are several and each has several quarters."""
    names = region.quarters["district"].loc[list(view.quarter_ids)].astype(str).to_numpy()
    named = pd.Series(names[names != ""])
    if named.nunique() < 2 or named.nunique() > len(named) / 2:
        return
    borders = [shapely.boundary(shapely.coverage_union_all(shapes[names == name])) for name in sorted(set(named))]
    paths = [drawn_path(line) for border in borders for line in shapely.get_parts(shapely.line_merge([border]))]
    page.paths(paths, frame, edgecolor=_COLOURS["district"], linewidth=page.mm(0.4), alpha=DISTRICT_OPACITY)


def _draw_catchments(page: Page, region: Region, view: MapView, projection: Projection, frame: Box) -> None:
    to_metres = _to_metres(region)
    for area in view.areas:
        shape = shapely.multipolygons([_polygon(rings, to_metres) for rings in area.polygons])
        _draw_catchment(page, projection.shapes(shape), area.colour, frame, is_dashed=area.is_dashed)
    for circle in view.circles:
        x, y = to_metres(np.array([[circle.lon, circle.lat]]))[0]
        shape = shapely.buffer(shapely.Point(x, y), circle.metres, quad_segs=32)
        _draw_catchment(page, projection.shapes(shape), circle.colour, frame, is_dashed=circle.is_dashed)


def _draw_catchment(page: Page, shape: Any, colour: str, frame: Box, *, is_dashed: bool) -> None:
    path = drawn_path(shape)
    if is_blank(path):
        return
    page.paths([path], frame, facecolor=colour, alpha=CATCHMENT_OPACITY)
    dash = (0, (3.4, 2.2)) if is_dashed else "solid"
    page.paths([path], frame, edgecolor=colour, linewidth=page.mm(0.38), linestyle=dash, capstyle="butt")


def _draw_places(page: Page, region: Region, view: MapView, projection: Projection, frame: Box) -> None:
    if not view.places:
        return
    places = sorted(view.places, key=lambda place: _ORDER.get(place.kind, 0))
    degrees = np.array([[place.lon, place.lat] for place in places])
    few = 1.0 if len(places) < 150 else 0.8
    for place, (x, y) in zip(places, projection.points(_to_metres(region)(degrees)), strict=True):
        if frame.left < x < frame.right and frame.bottom < y < frame.top:
            draw_mark(page, x, y, place.kind, mark=place.mark, state=place.state, factor=few)


def _to_metres(region: Region) -> Any:
    """Return a function from (longitude, latitude) to the region's system."""
    from pyproj import Transformer

    change = Transformer.from_crs("EPSG:4326", region.quarters.crs, always_xy=True)

    def points(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = change.transform(degrees[:, 0], degrees[:, 1])
        return np.column_stack([x, y])

    return points


def _polygon(rings: Any, to_metres: Any) -> Any:
    drawn = [to_metres(np.array(ring, dtype=float)[:, ::-1]) for ring in rings]
    return shapely.Polygon(drawn[0], drawn[1:])


def scale_metres(millimetres_per_metre: float, most_mm: float) -> float:
    """Return the longest of 1, 2, 5, 10, ... metres that is at most ``most_mm`` long on paper."""
    most = most_mm / millimetres_per_metre
    power = 10.0 ** math.floor(math.log10(most))
    return max(step * power for step in (1, 2, 5) if step * power <= most * (1 + 1e-9))


def _draw_scale(page: Page, t: Texts, region: Region, projection: Projection, plot: Plot) -> None:
    """Draw scale bar and north arrow: below the legend, or on the map in a corner where they cover least."""
    metres = scale_metres(projection.factor, min(page.mm(42.0), plot.frame.width * 0.3))
    long, high = metres * projection.factor, page.mm(1.5)
    said = t("print.kilometres", n=t.number(metres / 1000)) if metres >= 1000 else t("print.metres", n=t.number(metres))
    words = page.text_width(said, 8.0)
    arrow = page.mm(6.5)
    wide = arrow + long + words / 2 + page.mm(1.5)
    if plot.place in ("right", "left"):
        left, bottom = plot.corner[0], plot.frame.bottom + page.mm(0.6)
    else:
        pad = page.mm(2.6)
        left, bottom = _free_corner(page, region, projection, plot, (wide, pad))
        back = Box(left - pad, bottom - pad * 0.8, left + wide + pad, bottom + page.mm(6.2) + pad * 0.6)
        page.rectangle(back, facecolor=PAPER, alpha=0.82, radius=page.mm(0.8))
    _draw_north(page, t, left + page.mm(1.6), bottom)
    start = left + arrow
    half = start + long / 2
    page.rectangle(Box(start, bottom, half, bottom + high), facecolor=INK, edgecolor=INK, linewidth=page.mm(0.2))
    page.rectangle(
        Box(half, bottom, start + long, bottom + high), facecolor=PAPER, edgecolor=INK, linewidth=page.mm(0.2)
    )
    page.text(start, bottom + high + page.mm(1.1), "0", 8.0, align="center")
    page.text(start + long, bottom + high + page.mm(1.1), said, 8.0, align="center")


def _draw_north(page: Page, t: Texts, x: float, bottom: float) -> None:
    wide, high = page.mm(1.3), page.mm(3.6)
    page.polygon(
        [(x - wide, bottom), (x, bottom + high), (x, bottom + high * 0.28)],
        facecolor=INK,
        edgecolor=INK,
        linewidth=page.mm(0.15),
    )
    page.polygon(
        [(x + wide, bottom), (x, bottom + high), (x, bottom + high * 0.28)],
        facecolor=PAPER,
        edgecolor=INK,
        linewidth=page.mm(0.15),
    )
    page.text(x, bottom + high + page.mm(0.6), t("print.north"), 7.5, bold=True, align="center", colour=SOFT)


def _free_corner(
    page: Page, region: Region, projection: Projection, plot: Plot, size: tuple[float, float]
) -> tuple[float, float]:
    wide, pad = size
    outline = _outline(region, projection)
    bottom, high = plot.frame.bottom + pad * 1.4, page.mm(8.0)
    x, top = plot.corner
    legend = shapely.box(x - pad, top - plot.legend.height - pad, x + plot.legend.width + pad, top + pad)
    found = []
    for left in (plot.frame.left + pad * 1.6, plot.frame.right - wide - pad * 1.6):
        box = shapely.box(left - pad, bottom - pad, left + wide + pad, bottom + high)
        hidden = 1e6 if plot.place == "inside" and shapely.intersects(box, legend) else 0.0
        found.append((round(shapely.area(shapely.intersection(outline, box)) + hidden, 3), left))
    return min(found)[1], bottom
