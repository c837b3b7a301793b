"""Bars and fields of a chart on paper, as a plotly figure describes them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geo.errors import ContractError
from geo.output.paper.axes import formatted, is_number, plain_text, to_number
from geo.output.paper.marks import draw_hatch
from geo.output.paper.page import INK, Box, Page
from geo.output.paper.traces import (
    PIXEL,
    Colour,
    Panel,
    Trace,
    as_list,
    closed_path,
    colour_of,
    draw_errors,
    marker_colours,
    pick,
    scaled_colour,
    text_points,
)
from geo.text import Texts


@dataclass(frozen=True)
class Bars:
    """The bars of a trace: from where to where, as numbers on the axis they lie along, and their breadth across."""

    trace: Trace
    spans: tuple[tuple[float, float, float, float] | None, ...]


def bars_of(
    traces: Sequence[Trace],
    x: tuple[str, Mapping[str, int]],
    y: tuple[str, Mapping[str, int]],
    layout: Mapping[str, Any],
) -> tuple[Bars, ...]:
    """Return the bars of all traces of a panel: (low, high) along and (low, high) across the axis of positions."""
    mode = str(layout.get("barmode") or "group")
    gap = 0.2 if layout.get("bargap") is None else float(layout["bargap"])
    inner = 0.0 if layout.get("bargroupgap") is None else float(layout["bargroupgap"])
    spots = [
        [to_number(value, *(y if trace.is_lying else x)) for value in trace.values("y" if trace.is_lying else "x")]
        for trace in traces
    ]
    known = sorted({spot for row in spots for spot in row if spot is not None})
    unit = min(np.diff(known), default=1.0) if len(known) > 1 else 1.0
    slots = max(len(traces), 1) if mode == "group" else 1
    slot = unit * (1 - gap) / slots
    tops: dict[tuple[float, bool], float] = {}
    out = []
    for at, (trace, row) in enumerate(zip(traces, spots, strict=True)):
        lengths = [to_number(value, "linear", {}) for value in trace.values("x" if trace.is_lying else "y")]
        bases = trace.settings.get("base")
        spans: list[tuple[float, float, float, float] | None] = []
        for place, (spot, length) in enumerate(zip(row, lengths, strict=False)):
            if spot is None or length is None:
                spans.append(None)
                continue
            wide = float(pick(trace.settings.get("width"), place, slot * (1 - inner)))
            middle = spot + (slot * (at - (slots - 1) / 2) if mode == "group" else 0.0)
            middle += (
                0.0
                if trace.settings.get("offset") is None
                else float(pick(trace.settings["offset"], place, 0.0)) + wide / 2
            )
            start = float(pick(bases, place, 0.0))
            if mode in ("stack", "relative") and bases is None:
                side = (spot, length < 0 and mode == "relative")
                start = tops.get(side, 0.0)
                tops[side] = start + length
            spans.append((start, start + length, middle - wide / 2, middle + wide / 2))
        out.append(Bars(trace, tuple(spans)))
    return tuple(out)


def draw_bars(page: Page, t: Texts, panel: Panel, bars: Bars) -> None:
    """Draw the bars of a trace with their texts and error bars."""
    trace = bars.trace
    marker = trace.look("marker")
    edge = marker.get("line") or {}
    opacity = trace.opacity * (float(marker["opacity"]) if is_number(marker.get("opacity")) else 1.0)
    colours = marker_colours(trace, len(bars.spans))
    pattern = (marker.get("pattern") or {}).get("shape")
    for at, span in enumerate(bars.spans):
        if span is None:
            continue
        box = _bar_box(panel, span, is_lying=trace.is_lying)
        corners = ((box.left, box.bottom), (box.right, box.bottom), (box.right, box.top), (box.left, box.top))
        fill, line = colour_of(colours[at], trace.colour, opacity), colour_of(pick(edge.get("color"), at, "#ffffff"))
        wide = page.mm(float(pick(edge.get("width"), at, 0.0)) * PIXEL)
        page.paths([closed_path(corners)], panel.box, facecolor=fill, edgecolor=line, linewidth=wide)
        if pick(pattern, at, ""):
            draw_hatch(page, shapely.box(box.left, box.bottom, box.right, box.top), clip=panel.box)
        _draw_bar_text(page, bar_text(t, trace, at), (trace, at), (box, fill, span))
    ends = [None if span is None else (span[1], (span[2] + span[3]) / 2) for span in bars.spans]
    draw_errors(page, panel, trace, [end if end is None or trace.is_lying else end[::-1] for end in ends])


def _bar_box(panel: Panel, span: tuple[float, float, float, float], *, is_lying: bool) -> Box:
    low, high, left, right = span
    a, b = (
        (panel.place(low, left), panel.place(high, right))
        if is_lying
        else (panel.place(left, low), panel.place(right, high))
    )
    return Box(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))


def _draw_bar_text(page: Page, text: str, bar: tuple[Trace, int], drawn: tuple[Box, Colour, tuple[float, ...]]) -> None:
    trace, at = bar
    is_lying = trace.is_lying
    where = str(pick(trace.settings.get("textposition"), at, "auto"))
    if not text or where == "none":
        return
    box, colour, (low, high, *_) = drawn
    size = text_points(trace.look("textfont").get("size"))
    room = box.width if is_lying else box.height
    needed = page.text_width(text, size) + page.mm(2.5) if is_lying else page.line_height(size)
    fits_across = is_lying or page.text_width(text, size) <= box.width + page.mm(0.5)
    is_inside = where == "inside" or (where == "auto" and room >= needed and fits_across)
    ink = _readable(colour) if is_inside else INK
    way = 1.0 if high >= low else -1.0
    away = -page.mm(1.1) if is_inside else page.mm(1.1) + _beyond(trace, at, abs(high - low), (box, is_lying))
    if is_lying:
        x = (box.right if way > 0 else box.left) + way * away
        align = "right" if is_inside == (way > 0) else "left"
        page.text(x, (box.bottom + box.top) / 2, text, size, colour=ink, align=align, va="center_baseline")
        return
    y = (box.top if way > 0 else box.bottom) + way * away
    va = "top" if is_inside == (way > 0) else "bottom"
    page.text((box.left + box.right) / 2, y, text, size, colour=ink, align="center", va=va)


def _beyond(trace: Trace, at: int, length: float, drawn: tuple[Box, bool]) -> float:
    """Return how far an error bar reaches beyond the end of its bar, in millimetres."""
    box, is_lying = drawn
    error = trace.settings.get("error_x" if is_lying else "error_y") or {}
    reach = pick(error.get("array"), at, 0.0)
    return float(reach) / length * (box.width if is_lying else box.height) if length else 0.0


def bar_text(t: Texts, trace: Trace, at: int) -> str:
    """Return what stands at a bar: its text, or the template filled in."""
    said = trace.settings.get("text")
    text = plain_text(said if isinstance(said, str) else pick(said, at, ""))
    template = pick(trace.settings.get("texttemplate"), at, "")
    if not template:
        return text

    def fill(found: re.Match[str]) -> str:
        if found[1] == "text":
            return text
        value = pick(trace.values(found[1]), at, None) if found[1] in ("x", "y") else None
        return formatted(t, float(value), found[2] or "", 0) if is_number(value) else str(value or "")

    return plain_text(re.sub(r"%\{(\w+)(?::([^}]*))?\}", fill, str(template)))


def draw_heatmap(page: Page, panel: Panel, trace: Trace) -> None:
    """Draw a field of coloured cells with their texts."""
    rows = [as_list(row) for row in trace.settings["z"]]
    said = trace.settings.get("text")
    texts = [] if said is None else [as_list(row) for row in said]
    shows_text = bool(texts) and bool(trace.settings.get("texttemplate"))
    known = [value for row in rows for value in row if value is not None]
    scale = trace.settings.get("colorscale")
    if not isinstance(scale, (list, tuple)):
        raise ContractError("a heat map needs a colour scale of its own to be printed")
    low, high = trace.settings.get("zmin"), trace.settings.get("zmax")
    low, high = (min(known, default=0.0) if low is None else low), (max(known, default=1.0) if high is None else high)
    across, up = trace.values("x"), trace.values("y")
    gaps = [page.mm(float(trace.settings.get(name) or 0) * PIXEL) / 2 for name in ("xgap", "ygap")]
    for row, (y, cells) in enumerate(zip(up, rows, strict=False)):
        for column, (x, value) in enumerate(zip(across, cells, strict=False)):
            at, level = panel.x.number(x), panel.y.number(y)
            if value is None or at is None or level is None:
                continue
            box = _bar_box(panel, (level - 0.5, level + 0.5, at - 0.5, at + 0.5), is_lying=False)
            box = Box(box.left + gaps[0], box.bottom + gaps[1], box.right - gaps[0], box.top - gaps[1])
            colour = scaled_colour(float(value), float(low), float(high), scale)
            page.rectangle(box, facecolor=colour)
            if shows_text:
                # The round mark of the typeface would fill a cell; a bullet says the same.
                text = plain_text(pick(pick(texts, row, []), column, "")).replace("●", " •")
                _draw_cell_text(page, box, text, colour)


def _draw_cell_text(page: Page, box: Box, text: str, colour: Colour) -> None:
    size = 9.0
    # A cell that is too low or too narrow for its text stays without: half a number would mislead.
    while size > 5.0 and (
        page.text_width(text, size) > box.width - page.mm(0.5) or page.line_height(size) > box.height * 1.15
    ):
        size -= 0.5
    if text and page.text_width(text, size) <= box.width and page.line_height(size) <= box.height * 1.2:
        page.text(
            (box.left + box.right) / 2,
            (box.bottom + box.top) / 2,
            text,
            size,
            colour=_readable(colour),
            align="center",
            va="center_baseline",
        )


def _readable(colour: Colour) -> str:
    from geo.output.charts import readable_on

    mixed = [part * colour[3] + (1 - colour[3]) for part in colour[:3]]
    return readable_on("#" + "".join(f"{round(255 * part):02x}" for part in mixed))
