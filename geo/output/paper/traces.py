"""Lines, marks, bands and words of a chart on paper, as a plotly figure describes them."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.path import Path as DrawnPath

from geo.errors import ContractError
from geo.output.paper.axes import Axis, is_number, plain_text
from geo.output.paper.page import INK, Box, Page
from geo.text import Texts

COLOURWAY = ("#0b5c63", "#b4460f", "#5a4a9c", "#6f7d80", "#8a6d00", "#1f77a8", "#9c2f55", "#3f7d2b")
KNOWN = ("scatter", "scattergl", "bar", "heatmap")
PIXEL = 0.24
_DASHES = {
    "dash": (0, (4.5, 2.5)),
    "dot": (0, (1.2, 2.0)),
    "dashdot": (0, (4.5, 2.2, 1.2, 2.2)),
    "longdash": (0, (8.0, 3.0)),
    "longdashdot": (0, (8.0, 2.5, 1.2, 2.5)),
}
_SHAPES = {
    "square": [(-0.89, -0.89), (0.89, -0.89), (0.89, 0.89), (-0.89, 0.89)],
    "diamond": [(0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)],
    "triangle-up": [(-1.08, -0.75), (1.08, -0.75), (0, 1.2)],
    "triangle-down": [(-1.08, 0.75), (1.08, 0.75), (0, -1.2)],
    "triangle-left": [(0.75, -1.08), (0.75, 1.08), (-1.2, 0)],
    "triangle-right": [(-0.75, -1.08), (-0.75, 1.08), (1.2, 0)],
    "star": [
        (
            float(np.sin(k * np.pi / 5) * (1.3 if k % 2 == 0 else 0.55)),
            float(np.cos(k * np.pi / 5) * (1.3 if k % 2 == 0 else 0.55)),
        )
        for k in range(10)
    ],
}
_CROSSES = {"x": ((-0.8, -0.8), (0.8, 0.8), (-0.8, 0.8), (0.8, -0.8)), "cross": ((-1, 0), (1, 0), (0, -1), (0, 1))}
Colour = tuple[float, float, float, float]


def colour_of(text: Any, default: Any = INK, opacity: float = 1.0) -> Colour:
    """Return a colour of plotly (``#rrggbb``, a name, ``rgb(...)`` or ``rgba(...)``) with its opacity."""
    said = text if isinstance(text, str) and text else default
    if isinstance(said, tuple):
        red, green, blue, alpha = said
        return red, green, blue, alpha * opacity
    found = re.fullmatch(r"rgba?\(([^)]*)\)", said.strip())
    if found is not None:
        parts = [float(part) for part in found[1].split(",")]
        alpha = parts[3] if len(parts) > 3 else 1.0
        return parts[0] / 255, parts[1] / 255, parts[2] / 255, alpha * opacity
    red, green, blue, alpha = to_rgba(said)
    return red, green, blue, alpha * opacity


def dash_of(dash: Any) -> Any:
    """Return a dash pattern in line widths."""
    return _DASHES.get(str(dash or "solid"), "solid")


@dataclass(frozen=True)
class Panel:
    """A rectangle with two axes."""

    box: Box
    x: Axis
    y: Axis

    def numbers(self, across: Any, up: Any) -> tuple[float, float] | None:
        """Return two values as numbers of the axes, None where one is missing."""
        a, b = self.x.number(across), self.y.number(up)
        return None if a is None or b is None else (a, b)

    def point(self, across: Any, up: Any) -> tuple[float, float] | None:
        """Return a point on paper, None where a value is missing."""
        found = self.numbers(across, up)
        return None if found is None else self.place(*found)

    def place(self, across: float, up: float) -> tuple[float, float]:
        """Return numbers of both axes as a point on paper."""
        box = self.box
        return box.left + self.x.share(across) * box.width, box.bottom + self.y.share(up) * box.height

    def holds(self, point: tuple[float, float]) -> bool:
        """Tell whether a point lies inside or on the edge."""
        box = self.box
        return box.left - 0.01 <= point[0] <= box.right + 0.01 and box.bottom - 0.01 <= point[1] <= box.top + 0.01


@dataclass(frozen=True)
class Trace:
    """One trace as plain values, with the colour it has unless it says another."""

    settings: Mapping[str, Any]
    colour: str

    @property
    def kind(self) -> str:
        """Kind of trace."""
        return str(self.settings.get("type") or "scatter")

    @property
    def is_seen(self) -> bool:
        """Whether anything of it is drawn."""
        said = self.settings
        if said.get("visible") in (False, "legendonly") or said.get("opacity") == 0:
            return False
        marker = said.get("marker") or {}
        return not (self.mode == "markers" and marker.get("opacity") == 0)

    @property
    def mode(self) -> str:
        """What a scatter shows: lines, markers, text, joined by plus signs."""
        said = self.settings.get("mode")
        if said:
            return str(said)
        return "lines+markers" if len(self.values("x")) < 20 else "lines"

    @property
    def name(self) -> str:
        """Name in the legend, without markup."""
        return plain_text(self.settings.get("name"))

    @property
    def is_lying(self) -> bool:
        """Whether bars lie."""
        return self.settings.get("orientation") == "h"

    @property
    def line_colour(self) -> Colour:
        """Colour of the line."""
        return colour_of(
            self.look("line").get("color"),
            self.look("marker").get("color") if isinstance(self.look("marker").get("color"), str) else self.colour,
            self.opacity,
        )

    @property
    def opacity(self) -> float:
        """Opacity of all of it."""
        said = self.settings.get("opacity")
        return 1.0 if said is None else float(said)

    def look(self, name: str) -> Mapping[str, Any]:
        """Return a group of settings: ``line``, ``marker``, ``textfont``."""
        return self.settings.get(name) or {}

    def values(self, name: str) -> list[Any]:
        """Return ``x``, ``y`` or another list of values as Python values; counted from 0 where missing."""
        given = self.settings.get(name)
        if given is None and name in ("x", "y"):
            other = self.settings.get("y" if name == "x" else "x")
            return [] if other is None else list(range(len(other)))
        return as_list(given)


def as_list(values: Any) -> list[Any]:
    """Return an array, series or tuple as a list; NaN becomes None."""
    if values is None:
        return []
    if isinstance(values, dict):  # plotly packs arrays of numbers
        packed = np.frombuffer(base64.b64decode(values["bdata"]), dtype=values["dtype"])
        shape = [int(part) for part in str(values.get("shape") or packed.size).split(",")]
        values = packed.reshape(shape)
    listed = values.tolist() if hasattr(values, "tolist") else list(values)
    return [None if isinstance(value, float) and value != value else value for value in listed]  # noqa: PLR0124


def draw_fill(page: Page, panel: Panel, trace: Trace, before: Sequence[tuple[float, float]]) -> None:
    """Fill what a scatter encloses: itself, down to zero, or down to the trace before."""
    fill = str(trace.settings.get("fill") or "none")
    points = [point for run in _runs(panel, trace) for point in run]
    if fill == "none" or len(points) < 2:
        return
    colour = colour_of(trace.settings.get("fillcolor"), (*trace.line_colour[:3], 0.4 * trace.line_colour[3]))
    outline = list(points)
    if fill == "tonexty" and len(before) > 1:
        outline += list(before)[::-1]
    elif fill in ("tozeroy", "tonexty"):
        ground = panel.place(0.0, min(max(0.0, min(panel.y.low, panel.y.high)), max(panel.y.low, panel.y.high)))[1]
        outline += [(points[-1][0], ground), (points[0][0], ground)]
    page.paths([closed_path(outline)], panel.box, facecolor=colour)


def scatter_points(panel: Panel, trace: Trace) -> list[tuple[float, float]]:
    """Return the points of a scatter on paper."""
    return [point for run in _runs(panel, trace) for point in run]


def draw_scatter(page: Page, t: Texts, panel: Panel, trace: Trace) -> None:
    """Draw lines, error bars, marks and words of a scatter."""
    line = trace.look("line")
    width = 2.0 if line.get("width") is None else float(line["width"])
    if "lines" in trace.mode and width > 0:
        runs = [run for run in _runs(panel, trace) if len(run) > 1]
        page.paths(
            [DrawnPath(run) for run in runs], _grown(panel.box, page.mm(0.4)), edgecolor=trace.line_colour,
            linewidth=page.mm(width * PIXEL), linestyle=dash_of(line.get("dash")), capstyle="butt",
        )  # fmt: skip
    spots = [panel.numbers(across, up) for across, up in zip(trace.values("x"), trace.values("y"), strict=False)]
    draw_errors(page, panel, trace, spots)
    if "markers" in trace.mode:
        _draw_markers(page, panel, trace)
    if "text" in trace.mode:
        _draw_words(page, panel, trace)


def _runs(panel: Panel, trace: Trace) -> list[list[tuple[float, float]]]:
    """Return connected points; a missing value ends a run unless gaps are to be bridged."""
    runs: list[list[tuple[float, float]]] = [[]]
    shape = str(trace.look("line").get("shape") or "linear")
    for across, up in zip(trace.values("x"), trace.values("y"), strict=False):
        point = panel.point(across, up)
        if point is None:
            if runs[-1] and not trace.settings.get("connectgaps"):
                runs.append([])
            continue
        if runs[-1] and shape in ("hv", "vh"):
            last = runs[-1][-1]
            runs[-1].append((point[0], last[1]) if shape == "hv" else (last[0], point[1]))
        runs[-1].append(point)
    return [run for run in runs if run]


def _draw_markers(page: Page, panel: Panel, trace: Trace) -> None:
    marker = trace.look("marker")
    edge = marker.get("line") or {}
    opacity = trace.opacity * (
        1.0 if marker.get("opacity") is None or not is_number(marker["opacity"]) else float(marker["opacity"])
    )
    colours = marker_colours(trace, len(trace.values("x")))
    for at, (across, up) in enumerate(zip(trace.values("x"), trace.values("y"), strict=False)):
        point = panel.point(across, up)
        if point is None or not panel.holds(point):
            continue
        size = pick(marker.get("size"), at, 6.0)
        width = pick(edge.get("width"), at, 0.0)
        edges = (colour_of(pick(edge.get("color"), at, "#ffffff")), float(width))
        symbol = (str(pick(marker.get("symbol"), at, "circle")), float(size))
        draw_symbol(page, point, symbol, colour_of(colours[at], trace.colour, opacity), edges)


def draw_symbol(
    page: Page, point: tuple[float, float], symbol: tuple[str, float], colour: Colour, edge: tuple[Colour, float]
) -> None:
    """Draw a mark of plotly's, given by name and size; sizes and the edge's width are pixels on screen."""
    said, size = symbol
    name, is_open = said.removesuffix("-open"), said.endswith("-open")
    radius = page.mm(size * PIXEL) / 2
    look: dict[str, Any] = {"facecolor": colour, "edgecolor": edge[0], "linewidth": page.mm(edge[1] * PIXEL)}
    if is_open:
        look = {"facecolor": "#ffffff", "edgecolor": colour, "linewidth": page.mm(1.8 * PIXEL)}
    x, y = point
    if name in _CROSSES:
        a, b, c, d = ((x + across * radius, y + up * radius) for across, up in _CROSSES[name])
        page.paths([DrawnPath([a, b]), DrawnPath([c, d])], edgecolor=colour, linewidth=page.mm(2 * PIXEL))
    elif name in _SHAPES:
        page.polygon([(x + across * radius, y + up * radius) for across, up in _SHAPES[name]], **look)
    else:
        page.disc(x, y, radius, **look)


def marker_colours(trace: Trace, count: int) -> list[Any]:
    """Return a colour for each value: one for all, one each, or from a scale of colours."""
    marker = trace.look("marker")
    said = marker.get("color")
    if said is None or isinstance(said, str):
        return [said or trace.look("line").get("color") or trace.colour] * count
    each = as_list(said)
    if each and all(isinstance(one, str) for one in each if one is not None):
        return [*each, *[trace.colour] * (count - len(each))]
    numbers = [float(one) for one in each if one is not None]
    if not isinstance(marker.get("colorscale"), (list, tuple)) or not numbers:
        raise ContractError("colours by number need a colour scale: give one colour for each mark")
    low, high = marker.get("cmin", min(numbers)), marker.get("cmax", max(numbers))
    return [
        None if one is None else scaled_colour(float(one), float(low), float(high), marker["colorscale"])
        for one in each
    ]


def scaled_colour(value: float, low: float, high: float, scale: Sequence[Any]) -> Colour:
    """Return the colour of a number on a scale of (share, colour) pairs; a share that stands twice is a step."""
    at = 0.5 if high <= low else min(max((value - low) / (high - low), 0.0), 1.0)
    for (first, before), (last, after) in pairwise(scale):
        if at <= last or last == scale[-1][0]:
            part = 0.0 if last <= first else min(max((at - first) / (last - first), 0.0), 1.0)
            start, end = colour_of(before), colour_of(after)
            red, green, blue, alpha = (a + (b - a) * part for a, b in zip(start, end, strict=True))
            return red, green, blue, alpha
    return colour_of(scale[-1][1])


def _marker_size(trace: Trace) -> float:
    size = pick(trace.look("marker").get("size"), 0, 6.0)
    return float(size) if is_number(size) else 6.0


def _draw_words(page: Page, panel: Panel, trace: Trace) -> None:
    where = str(trace.settings.get("textposition") or "middle center").split()
    font = trace.look("textfont")
    gap = page.mm(_marker_size(trace) * PIXEL / 2 + 1.0)
    said = trace.settings.get("text")
    words = [said] * len(trace.values("x")) if isinstance(said, str) else as_list(said)
    for across, up, text in zip(trace.values("x"), trace.values("y"), words, strict=False):
        point = panel.point(across, up)
        if point is None or not panel.holds(point):
            continue
        dy = gap if "top" in where else -gap if "bottom" in where else 0.0
        side = "left" if "right" in where else "right" if "left" in where else "center"
        dx = gap if side == "left" else -gap if side == "right" else 0.0
        va = "bottom" if dy > 0 else "top" if dy < 0 else "center_baseline"
        page.text(
            point[0] + dx,
            point[1] + dy,
            plain_text(text),
            text_points(font.get("size")),
            colour=_hex(font.get("color")),
            align=side,
            va=va,
        )


def draw_errors(page: Page, panel: Panel, trace: Trace, spots: Sequence[tuple[float, float] | None]) -> None:
    """Draw the error bars of a trace around spots, given as numbers of both axes."""
    for name, is_up in (("error_y", True), ("error_x", False)):
        error = trace.settings.get(name) or {}
        if error.get("visible") is False or error.get("array") is None:
            continue
        more, less = as_list(error["array"]), as_list(error.get("arrayminus"))
        less = less if less and error.get("symmetric") is not True else more
        colour = colour_of(error.get("color"), INK if trace.kind == "bar" else trace.line_colour)
        width = page.mm(float(error.get("thickness") or 1.5) * PIXEL)
        for spot, plus, minus in zip(spots, more, less, strict=False):
            if spot is None or plus is None or minus is None:
                continue
            a, b = spot
            ends = ((a, b - minus), (a, b + plus)) if is_up else ((a - minus, b), (a + plus, b))
            start, end = (panel.place(*point) for point in ends)
            side = (page.mm(0.9), 0.0) if is_up else (0.0, page.mm(0.9))
            lines = [(start, end), *(((x - side[0], y - side[1]), (x + side[0], y + side[1])) for x, y in (start, end))]
            page.paths([DrawnPath(line) for line in lines], edgecolor=colour, linewidth=width)


def text_points(pixels: Any) -> float:
    """Return a text size of plotly's (pixels on screen) in points on paper."""
    return 9.0 if not is_number(pixels) else min(max(float(pixels) * 0.72, 7.5), 20.0)


def _hex(colour: Any) -> str:
    if not isinstance(colour, str):
        return INK
    return "#" + "".join(f"{round(255 * part):02x}" for part in colour_of(colour)[:3])


def closed_path(points: Sequence[tuple[float, float]]) -> DrawnPath:
    """Return points as the outline of an area."""
    return DrawnPath([*points, points[0]], closed=True)


def _grown(box: Box, by: float) -> Box:
    return Box(box.left - by, box.bottom - by, box.right + by, box.top + by)


def pick(values: Any, at: int, default: Any) -> Any:
    """Return one value: of a list that at a place, else the one for all."""
    if values is None:
        return default
    if isinstance(values, (str, int, float, bool)):
        return values
    listed = as_list(values)
    return default if at >= len(listed) or listed[at] is None else listed[at]
