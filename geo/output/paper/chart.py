"""A chart on paper, translated from the plotly figure that the screen shows.

Only what the product's charts use is translated; an unknown kind of trace is refused, never left out in silence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geo.errors import ContractError
from geo.output.paper.axes import Axis, Tick, kind_of, limits_of, order_of, plain_lines
from geo.output.paper.bars import Bars, bars_of, draw_bars, draw_heatmap
from geo.output.paper.chart_legend import Item, draw_items, items_of, rows_of
from geo.output.paper.page import INK, LINE, SOFT, Box, Page, fiction_mark
from geo.output.paper.traces import (
    COLOURWAY,
    KNOWN,
    PIXEL,
    Panel,
    Trace,
    as_list,
    colour_of,
    dash_of,
    draw_fill,
    draw_scatter,
    scatter_points,
    text_points,
)
from geo.text import Texts

if TYPE_CHECKING:
    import plotly.graph_objects as go

_TICK, _NAME = 9.5, 9.5
_GRID = "#dfe6e5"


@dataclass(frozen=True)
class _Pair:
    """Traces on one pair of axes, with what their bars span."""

    keys: tuple[str, str]
    traces: tuple[Trace, ...]
    x: Axis
    y: Axis
    bars: tuple[Bars, ...]


def draw_chart(page: Page, t: Texts, figure: go.Figure, body: Box) -> None:
    """Draw a figure into the room between head and foot of a page."""
    plain = figure.to_plotly_json()
    layout: Mapping[str, Any] = plain.get("layout") or {}
    traces = _traces(plain.get("data") or (), layout)
    body = _draw_legend(page, items_of(traces, layout), body)
    for pair in _pairs(traces, layout):
        _draw_pair(page, t, pair, layout, body)


def _traces(data: Sequence[Mapping[str, Any]], layout: Mapping[str, Any]) -> tuple[Trace, ...]:
    colours = tuple(layout.get("colorway") or COLOURWAY)
    traces = tuple(Trace(settings, str(colours[at % len(colours)])) for at, settings in enumerate(data))
    for trace in traces:
        if trace.kind not in KNOWN:
            raise ContractError(f"a chart of kind {trace.kind!r} cannot be printed; known are {', '.join(KNOWN)}")
    return tuple(trace for trace in traces if trace.is_seen)


def _draw_legend(page: Page, items: tuple[Item, ...], body: Box) -> Box:
    """Draw the legend where the sheet wants it; return what is left for the chart."""
    place = page.sheet.legend
    if place == "right" and items:
        wide = min(page.mm(58.0), body.width * 0.3)
        draw_items(page, [[item] for item in items], Box(body.right - wide, body.bottom, body.right, body.top))
        fiction = page.mm(6.5) if page.sheet.fictional else 0.0
        fiction_mark(page, body.right - wide - page.mm(6.0), body.top)
        return Box(body.left, body.bottom, body.right - wide - page.mm(6.0), body.top - fiction)
    mark = page.text_width(page.sheet.fictional, 8.5, bold=True) + page.mm(9.0) if page.sheet.fictional else 0.0
    fiction_mark(page, body.right, body.top)
    if place == "below" and items:
        rows = rows_of(page, items, body.width)
        high = sum(row.height for row in rows)
        draw_items(page, [list(row.items) for row in rows], Box(body.left, body.bottom, body.right, body.bottom + high))
        return Box(body.left, body.bottom + high + page.mm(2.0), body.right, body.top - (page.mm(6.5) if mark else 0.0))
    rows = rows_of(page, items, body.width - mark)
    high = sum(row.height for row in rows)
    draw_items(page, [list(row.items) for row in rows], Box(body.left, body.bottom, body.right - mark, body.top))
    below = max(high + page.mm(2.5) if items else 0.0, page.mm(7.5) if mark else 0.0)
    return Box(body.left, body.bottom, body.right, body.top - below)


def _pairs(traces: Sequence[Trace], layout: Mapping[str, Any]) -> tuple[_Pair, ...]:
    keys = list(
        dict.fromkeys((str(one.settings.get("xaxis") or "x"), str(one.settings.get("yaxis") or "y")) for one in traces)
    )
    return tuple(_pair(pair, traces, layout) for pair in keys or [("x", "y")])


def _pair(keys: tuple[str, str], traces: Sequence[Trace], layout: Mapping[str, Any]) -> _Pair:
    own = tuple(
        one for one in traces if (str(one.settings.get("xaxis") or "x"), str(one.settings.get("yaxis") or "y")) == keys
    )
    settings = [_axis_settings(layout, key) for key in keys]
    values = [[value for one in own for value in one.values(name)] for name in ("x", "y")]
    kinds = [kind_of(said, found) for said, found in zip(settings, values, strict=True)]
    orders = [
        order_of(said, found) if kind == "category" else {}
        for said, kind, found in zip(settings, kinds, values, strict=True)
    ]
    bars = bars_of([one for one in own if one.kind == "bar"], (kinds[0], orders[0]), (kinds[1], orders[1]), layout)
    axes = []
    for at, name in enumerate(("x", "y")):
        blank = Axis(kinds[at], 0.0, 1.0, orders[at], settings[at])
        extent, pad = _extent(own, bars, blank, name)
        low, high = limits_of(settings[at], kinds[at], orders[at], extent, pad=pad)
        axes.append(Axis(kinds[at], low, high, orders[at], settings[at]))
    return _Pair(keys, own, axes[0], axes[1], bars)


def _axis_settings(layout: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = layout.get(f"{key[0]}axis{key[1:]}") or {}
    return {name: value for name, value in found.items() if value is not None}


def _extent(
    traces: Sequence[Trace], bars: Sequence[Bars], axis: Axis, name: str
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return from where to where values go, and how much room is wanted beyond, as shares."""
    numbers: list[float] = []
    low_pad = high_pad = 0.0
    for trace in traces:
        if trace.kind == "bar":
            continue
        found = [number for number in (axis.number(value) for value in trace.values(name)) if number is not None]
        error = trace.settings.get(f"error_{name}") or {}
        more = as_list(error.get("array"))
        less = as_list(error.get("arrayminus")) or more
        found += [base + plus for base, plus in zip(found, more, strict=False) if plus is not None]
        found += [base - minus for base, minus in zip(found, less, strict=False) if minus is not None]
        numbers += found
        has_marks = "markers" in trace.mode or name == "y"
        low_pad = high_pad = max(high_pad, 0.045 if has_marks and found else 0.0)
    for one in bars:
        is_along = one.trace.is_lying == (name == "x")
        for span in one.spans:
            if span is not None:
                numbers += list(span[:2] if is_along else span[2:])
        if is_along:
            has_text = one.trace.settings.get("text") is not None or one.trace.settings.get("texttemplate")
            high_pad = max(high_pad, (0.14 if one.trace.is_lying else 0.07) if has_text else 0.04)
            low_pad = max(low_pad, high_pad if min(numbers, default=0.0) < 0 else 0.0)
    if not numbers:
        return (0.0, 1.0), (0.0, 0.0)
    if any(bar.trace.is_lying == (name == "x") for bar in bars) and min(numbers) >= 0:
        low_pad = 0.0
    return (min(numbers), max(numbers)), (low_pad, high_pad)


def _draw_pair(page: Page, t: Texts, pair: _Pair, layout: Mapping[str, Any], body: Box) -> None:
    x, y = pair.x, pair.y
    domains = [axis.settings.get("domain") or (0.0, 1.0) for axis in (x, y)]
    part = Box(
        body.left + body.width * float(domains[0][0]), body.bottom + body.height * float(domains[1][0]),
        body.left + body.width * float(domains[0][1]), body.bottom + body.height * float(domains[1][1]),
    )  # fmt: skip
    panel, ticks = _panel(page, t, pair, part)
    _draw_grid(page, panel, ticks)
    _draw_shapes(page, panel, pair.keys, layout, body, is_below=True)
    before: list[tuple[float, float]] = []
    for trace in pair.traces:
        if trace.kind.startswith("scatter"):
            draw_fill(page, panel, trace, before)
            before = scatter_points(panel, trace)
    _draw_frame(page, panel, ticks)
    for trace in pair.traces:
        if trace.kind == "heatmap":
            draw_heatmap(page, panel, trace)
    for bars in pair.bars:
        draw_bars(page, t, panel, bars)
    for trace in pair.traces:
        if trace.kind.startswith("scatter"):
            draw_scatter(page, t, panel, trace)
    _draw_shapes(page, panel, pair.keys, layout, body, is_below=False)
    _draw_annotations(page, panel, pair.keys, layout, body)


@dataclass(frozen=True)
class _Ticks:
    """Ticks of both axes, with their texts in lines."""

    x: tuple[tuple[Tick, tuple[str, ...]], ...]
    y: tuple[tuple[Tick, tuple[str, ...]], ...]


def _panel(page: Page, t: Texts, pair: _Pair, part: Box) -> tuple[Panel, _Ticks]:
    """Return the rectangle between the axes: what ticks and names leave over."""
    x, y = pair.x, pair.y
    most_up = max(2, int(part.height / page.mm(13.0)))
    is_listed = y.kind == "category"
    room = min(part.width * (0.36 if is_listed else 0.3), page.mm(95.0))
    up = (
        tuple((tick, page.wrapped(tick.text, room, _TICK, most=2)) for tick in y.ticks(t, most_up))
        if y.shows_ticks
        else ()
    )
    widest = max((page.text_width(line, _TICK) for _, lines in up for line in lines), default=0.0)
    left = part.left + widest + page.mm(2.6) + (page.line_height(_NAME) + page.mm(1.2) if y.title else 0.0)
    is_right = y.settings.get("side") == "right"
    right = part.right - page.mm(3.0)
    if is_right:
        left, right = part.left + page.mm(3.0), right - (left - part.left) + page.mm(3.0)
    most_across = max(2, int((right - left) / page.mm(22.0)))
    across: tuple[Any, ...] = ()
    if x.shows_ticks:
        found = x.ticks(t, most_across)
        slot = (right - left) / max(len(found), 1)
        cut = max(slot - page.mm(1.5), page.mm(9.0))
        across = tuple((tick, page.wrapped(tick.text, cut, _TICK, most=3)) for tick in found)
    lines = max((len(said) for _, said in across), default=0)
    edge = lines * page.line_height(_TICK) + (page.mm(1.9) if across else page.mm(1.0))
    edge += page.line_height(_NAME) + page.mm(1.0) if x.title else 0.0
    is_top = x.settings.get("side") == "top"
    # The last tick may reach half its width over the end of the axis.
    if across:
        over = max(page.text_width(line, _TICK) for line in across[-1][1]) / 2 - page.mm(2.5) if across[-1][1] else 0.0
        ends = x.share(across[-1][0].at) > 0.97
        right -= max(over, 0.0) if ends else 0.0
    box = Box(
        left, part.bottom + (page.mm(1.0) if is_top else edge), right, part.top - (edge if is_top else page.mm(1.5))
    )
    return Panel(box, x, y), _Ticks(across, up)


def _draw_grid(page: Page, panel: Panel, ticks: _Ticks) -> None:
    box = panel.box
    if panel.y.shows_grid:
        for tick, _ in ticks.y:
            y = panel.place(panel.x.low, tick.at)[1]
            page.polygon([(box.left, y), (box.right, y)], closed=False, edgecolor=_GRID, linewidth=page.mm(0.25))
    if panel.x.settings.get("showgrid") is True and panel.x.kind != "category":
        for tick, _ in ticks.x:
            x = panel.place(tick.at, panel.y.low)[0]
            page.polygon([(x, box.bottom), (x, box.top)], closed=False, edgecolor=_GRID, linewidth=page.mm(0.25))


def _draw_frame(page: Page, panel: Panel, ticks: _Ticks) -> None:
    _draw_across(page, panel, ticks)
    _draw_up(page, panel, ticks)


def _draw_across(page: Page, panel: Panel, ticks: _Ticks) -> None:
    box, x = panel.box, panel.x
    is_top = x.settings.get("side") == "top"
    edge, way = (box.top, 1.0) if is_top else (box.bottom, -1.0)
    if x.settings.get("showline") is not False and x.settings.get("visible") is not False:
        page.polygon([(box.left, edge), (box.right, edge)], closed=False, edgecolor="#6f7d80", linewidth=page.mm(0.3))
    has_marks = x.settings.get("ticks") != "" and x.kind != "category"
    step, most = page.line_height(_TICK), 0
    for tick, lines in ticks.x:
        at = panel.place(tick.at, panel.y.low)[0]
        if has_marks:
            page.polygon(
                [(at, edge), (at, edge + way * page.mm(1.1))],
                closed=False,
                edgecolor="#6f7d80",
                linewidth=page.mm(0.25),
            )
        top = edge + page.mm(1.7) + len(lines) * step if is_top else edge - page.mm(1.7)
        page.lines(Box(at, 0, at, top), lines, _TICK, align="center")
        most = max(most, len(lines))
    if x.title:
        lines = page.wrapped(x.title, box.width, _NAME, most=1)
        away = page.mm(1.7) + most * step + page.mm(0.8)
        top = edge + away + page.line_height(_NAME) if is_top else edge - away
        page.lines(Box(box.left, 0, box.right, top), lines, _NAME, colour=SOFT, align="center")
    if not is_top and panel.y.low < 0 < panel.y.high and panel.y.kind == "linear":
        zero = panel.place(panel.x.low, 0.0)[1]
        page.polygon([(box.left, zero), (box.right, zero)], closed=False, edgecolor="#6f7d80", linewidth=page.mm(0.3))


def _draw_up(page: Page, panel: Panel, ticks: _Ticks) -> None:
    box, y = panel.box, panel.y
    is_right = y.settings.get("side") == "right"
    edge = box.right if is_right else box.left
    gap, step = page.mm(1.6), page.line_height(_TICK)
    widest = 0.0
    for tick, lines in ticks.y:
        at = panel.place(panel.x.low, tick.at)[1]
        # The middle of small letters and figures stands on the tick.
        top = at + len(lines) * step / 2
        spot = Box(edge + gap, 0, edge + gap, top) if is_right else Box(edge - gap, 0, edge - gap, top)
        page.lines(spot, lines, _TICK, align="left" if is_right else "right")
        widest = max([widest, *(page.text_width(line, _TICK) for line in lines)])
    if y.title:
        line = page.wrapped(y.title, box.height, _NAME, most=1)[0]
        away = gap + widest + page.mm(1.6)
        x = edge + away + page.line_height(_NAME) * 0.7 if is_right else edge - away
        page.text(
            x,
            (box.bottom + box.top) / 2,
            line,
            _NAME,
            colour=SOFT,
            align="center",
            va="center",
            rotation=90,
            rotation_mode="anchor",
        )
    if y.settings.get("showline") is True or (panel.x.kind == "linear" and y.kind == "category"):
        page.polygon([(edge, box.bottom), (edge, box.top)], closed=False, edgecolor=LINE, linewidth=page.mm(0.25))


def _spot(
    panel: Panel, keys: tuple[str, str], body: Box, said: Mapping[str, Any], names: tuple[str, str]
) -> tuple[float, float] | None:
    """Return a point of a shape or annotation on paper; None where it belongs to other axes."""
    out = []
    for at, axis in enumerate((panel.x, panel.y)):
        letter = "xy"[at]
        reference = str(said.get(f"{letter}ref") or "paper")
        low, long = ((panel.box.left, panel.box.width), (panel.box.bottom, panel.box.height))[at]
        value = said.get(names[at])
        if reference == "paper" or reference.endswith(" domain"):
            if reference != "paper" and reference.removesuffix(" domain") != keys[at]:
                return None
            out.append(low + float(value or 0.0) * long)
            continue
        number = axis.number(value)
        if reference != keys[at] or number is None:
            return None
        out.append(low + axis.share(number) * long)
    return out[0], out[1]


def _draw_shapes(
    page: Page, panel: Panel, keys: tuple[str, str], layout: Mapping[str, Any], body: Box, *, is_below: bool
) -> None:
    for shape in layout.get("shapes") or ():
        if (shape.get("layer") == "below") != is_below:
            continue
        start, end = (_spot(panel, keys, body, shape, names) for names in (("x0", "y0"), ("x1", "y1")))
        if start is None or end is None:
            continue
        line = shape.get("line") or {}
        opacity = 1.0 if shape.get("opacity") is None else float(shape["opacity"])
        width = page.mm((2.0 if line.get("width") is None else float(line["width"])) * PIXEL)
        look = {
            "edgecolor": colour_of(line.get("color"), INK, opacity),
            "linewidth": width,
            "linestyle": dash_of(line.get("dash")),
        }
        if shape.get("type") == "line":
            page.polygon([start, end], closed=False, **look)
        elif shape.get("type") == "rect":
            box = Box(min(start[0], end[0]), min(start[1], end[1]), max(start[0], end[0]), max(start[1], end[1]))
            fill = colour_of(shape["fillcolor"], INK, opacity) if shape.get("fillcolor") else "none"
            page.rectangle(box, facecolor=fill, **look)
        else:
            raise ContractError(f"a shape of kind {shape.get('type')!r} cannot be printed")


def _draw_annotations(page: Page, panel: Panel, keys: tuple[str, str], layout: Mapping[str, Any], body: Box) -> None:
    for note in layout.get("annotations") or ():
        if note.get("visible") is False or not note.get("text"):
            continue
        spot = _spot(panel, keys, body, note, ("x", "y"))
        if spot is None:
            continue
        has_arrow = note.get("showarrow") is not False
        shift = [page.mm(float(note.get(name) or 0) * PIXEL) for name in ("xshift", "yshift")]
        x, y = spot[0] + shift[0], spot[1] + shift[1]
        if has_arrow:
            dx, dy = (
                page.mm(float(note.get(name) or default) * PIXEL) for name, default in (("ax", 0.0), ("ay", -30.0))
            )
            look = {"edgecolor": colour_of(note.get("arrowcolor"), SOFT), "linewidth": page.mm(0.25)}
            page.polygon([(x, y), (x + dx, y - dy)], closed=False, **look)
            x, y = x + dx, y - dy
        _write_note(page, note, x, y, has_arrow=has_arrow)


def _write_note(page: Page, note: Mapping[str, Any], x: float, y: float, *, has_arrow: bool) -> None:
    font = note.get("font") or {}
    size = text_points(font.get("size"))
    lines = plain_lines(note["text"])
    is_bold = bool(re.search(r"<b>", str(note["text"])))
    align = {"left": "left", "right": "right"}.get(str(note.get("xanchor") or "auto"), "center")
    high = len(lines) * page.line_height(size)
    anchor = str(note.get("yanchor") or ("bottom" if has_arrow and float(note.get("ay") or -30.0) < 0 else "middle"))
    top = {"top": y, "bottom": y + high}.get(anchor, y + high / 2)
    ink = colour_of(font.get("color"), INK)
    colour = "#" + "".join(f"{round(255 * part):02x}" for part in ink[:3])
    wide = max(page.text_width(line, size, bold=is_bold) for line in lines)
    left = {"left": x, "right": x - wide}.get(align, x - wide / 2)
    # Words stay on the paper, even where a mark stands at its edge.
    left = min(max(left, page.mm(2.0)), page.width - wide - page.mm(2.0))
    if note.get("bgcolor"):
        pad = page.mm(0.8)
        back = Box(left - pad, top - high - pad * 0.4, left + wide + pad, top + pad * 0.6)
        page.rectangle(back, facecolor=colour_of(note["bgcolor"]))
    page.lines(Box(left, 0, left + wide, top), lines, size, bold=is_bold, colour=colour, align=align)
