"""The legend of a chart on paper: the same dashes, marks and fills as the traces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from geo.output.paper.marks import draw_hatch
from geo.output.paper.page import Box, Page
from geo.output.paper.traces import PIXEL, Trace, colour_of, dash_of, draw_symbol, marker_colours

_TEXT = 9.5
_SAMPLE = 9.0
_GAP = 2.0


@dataclass(frozen=True)
class Item:
    """A trace in the legend."""

    trace: Trace
    name: str


@dataclass(frozen=True)
class Row:
    """Items side by side."""

    items: tuple[Item, ...]
    height: float


def items_of(traces: Sequence[Trace], layout: Mapping[str, Any]) -> tuple[Item, ...]:
    """Return what the legend shows: traces with a name, one of each group; none for a single trace, as on screen."""
    if layout.get("showlegend") is False:
        return ()
    shown = [
        trace
        for trace in traces
        if trace.name and trace.settings.get("showlegend") is not False and trace.kind != "heatmap"
    ]
    if (
        len(shown) < 2
        and layout.get("showlegend") is not True
        and not any(trace.settings.get("showlegend") for trace in shown)
    ):
        return ()
    seen: set[str] = set()
    out = []
    for trace in shown:
        group = str(trace.settings.get("legendgroup") or "")
        if group and group in seen:
            continue
        seen.add(group)
        out.append(Item(trace, trace.name))
    return tuple(out)


def rows_of(page: Page, items: Sequence[Item], width: float) -> list[Row]:
    """Return items in rows that fit into a width."""
    rows: list[Row] = []
    row: list[Item] = []
    used = 0.0
    for item in items:
        wide = page.mm(_SAMPLE + _GAP) + min(page.text_width(item.name, _TEXT), width * 0.7)
        if row and used + wide > width:
            rows.append(Row(tuple(row), _row_height(page, row, width)))
            row, used = [], 0.0
        row.append(item)
        used += wide + page.mm(6.0)
    return [*rows, Row(tuple(row), _row_height(page, row, width))] if row else rows


def draw_items(page: Page, rows: Sequence[Sequence[Item]], box: Box) -> None:
    """Draw rows of items from the top of a box."""
    y = box.top
    for row in rows:
        x, high = box.left, _row_height(page, row, box.width)
        for item in row:
            first = page.line_height(_TEXT)
            middle = y - first / 2
            _draw_sample(page, item.trace, Box(x, middle - page.mm(1.7), x + page.mm(_SAMPLE), middle + page.mm(1.7)))
            text = x + page.mm(_SAMPLE + _GAP)
            lines = _lines(page, item, box.width)
            page.lines(Box(text, 0, box.right, y), lines, _TEXT)
            x = text + max(page.text_width(line, _TEXT) for line in lines) + page.mm(6.0)
        y -= high


def _lines(page: Page, item: Item, width: float) -> tuple[str, ...]:
    return page.wrapped(item.name, max(width * 0.72, width - page.mm(_SAMPLE + _GAP)), _TEXT, most=3)


def _row_height(page: Page, row: Sequence[Item], width: float) -> float:
    return max(len(_lines(page, item, width)) for item in row) * page.line_height(_TEXT) + page.mm(1.0)


def _draw_sample(page: Page, trace: Trace, box: Box) -> None:
    middle = (box.bottom + box.top) / 2
    if trace.kind == "bar":
        colour = colour_of(marker_colours(trace, 1)[0], trace.colour, trace.opacity)
        page.rectangle(box, facecolor=colour)
        if (trace.look("marker").get("pattern") or {}).get("shape"):
            draw_hatch(page, shapely.box(box.left, box.bottom, box.right, box.top))
        return
    line, marker = trace.look("line"), trace.look("marker")
    if str(trace.settings.get("fill") or "none") != "none":
        page.rectangle(box, facecolor=colour_of(trace.settings.get("fillcolor"), (*trace.line_colour[:3], 0.4)))
    width = 2.0 if line.get("width") is None else float(line["width"])
    if "lines" in trace.mode and width > 0:
        ends = [(box.left, middle), (box.right, middle)]
        page.polygon(
            ends,
            closed=False,
            edgecolor=trace.line_colour,
            linewidth=page.mm(width * PIXEL),
            linestyle=dash_of(line.get("dash")),
        )
    if "markers" in trace.mode:
        symbol, size, edge = marker.get("symbol"), marker.get("size"), marker.get("line") or {}
        name = symbol if isinstance(symbol, str) else next(iter(symbol), "circle") if symbol is not None else "circle"
        # A mark in the legend keeps its shape; an unusually large one is not drawn in full.
        big = min(float(size) if isinstance(size, (int, float)) else 8.0, 13.0)
        fill = colour_of(marker_colours(trace, 1)[0], trace.colour, trace.opacity)
        edges = (
            colour_of(edge.get("color"), "#ffffff"),
            float(edge["width"]) if isinstance(edge.get("width"), (int, float)) else 0.0,
        )
        draw_symbol(page, ((box.left + box.right) / 2, middle), (str(name), big), fill, edges)
