"""A chart on paper, drawn by matplotlib's own axes inside the room that the page leaves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from geo.output.charts import GREY, GRID, INK, Axis, Band, Bars, Cells, Chart, Line, Spot, readable_on
from geo.output.paper.page import SOFT, Box, Page, fiction_mark
from geo.output.paper.text import POINT_MM, font
from geo.text import Texts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PIXEL = 0.24
"""Millimetres on A4 of what is a pixel on screen."""
_TEXT, _LABEL, _CELL = 9.5, 9.0, (5.0, 9.0)
_DASHES = {"solid": "solid", "dash": (0, (4.5, 2.5)), "dot": (0, (1.2, 2.0)), "dashdot": (0, (4.5, 2.2, 1.2, 2.2))}
_MARKS = {"": "", "circle": "o", "square": "s", "diamond": "D", "triangle": "^"}
_AWAY = {"left": -1, "right": 1, "center": 0, "bottom": -1, "top": 1, "middle": 0}


def draw_chart(page: Page, t: Texts, chart: Chart, body: Box) -> None:
    """Draw a chart into the room between head and foot of a page."""
    axes = page.figure.add_axes((0.1, 0.1, 0.8, 0.8), facecolor="none")
    axes.set_axisbelow(True)
    axes.margins(x=0.045 if any(isinstance(part, Line) and part.mark for part in chart.parts) else 0, y=0.045)
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)
    drawn = {id(part): _draw(page, axes, part) for part in chart.parts}
    for rule in chart.rules:
        width = _points(page, 1)
        axes.axvline(_number(rule.at), color=rule.tone[0], lw=width, ls=_DASHES[rule.dash])
        if rule.text:
            spot, away = (_number(rule.at), 1), (0, _points(page, 4))
            axes.annotate(
                rule.text, spot, away, ("data", "axes fraction"), "offset points", ha="center", **_words(page, _LABEL)
            )
    legend = [(drawn[id(part)], part.name) for part in chart.named]
    _fit(page, t, axes, chart, _draw_legend(page, legend, body))
    for part in chart.parts:
        if isinstance(part, Cells):
            _write_cells(page, axes, part)


def _draw(page: Page, axes: Axes, part: Line | Band | Bars | Cells) -> Any:
    """Draw a part; return what stands for it in the legend."""
    from matplotlib.colors import ListedColormap

    if isinstance(part, Band):
        x = [_number(at) for at in part.x]
        return axes.fill_between(x, part.low, part.high, color=part.tone[0], alpha=0.16, lw=0)
    if isinstance(part, Bars):
        lengths = [value - part.start for value in part.values]
        bars = axes.barh(range(len(part.rows)), lengths, 0.8, left=part.start, color=part.tone[0])
        if part.texts:
            axes.bar_label(bars, part.texts, padding=_points(page, 4), **_words(page, _LABEL))
        return bars
    if isinstance(part, Cells):
        tones = ListedColormap([tone[0] for tone in part.tones])
        limits: dict[str, Any] = {"vmin": -0.5, "vmax": len(part.tones) - 0.5}
        return axes.pcolormesh(part.kinds, cmap=tones, edgecolors="#ffffff", lw=_points(page, 1.5), **limits)
    return _draw_line(page, axes, part)


def _draw_line(page: Page, axes: Axes, part: Line) -> Any:
    x, y = [_number(at) for at in part.x], [float("nan") if value is None else value for value in part.y]
    colour, size = part.tone[0], _points(page, part.size)
    is_alone = bool(part.mark and not part.width)
    # A mark that stands on a line is set off from it by a white edge.
    edge: dict[str, Any] = {"mec": "#ffffff", "mew": _points(page, 2)} if is_alone and not part.labels else {"mew": 0}
    (line,) = axes.plot(
        x, y, color=colour, lw=_points(page, part.width), ls=_DASHES[part.dash] if part.width else "none",
        marker=_MARKS[part.mark], ms=size, drawstyle="steps-post" if part.is_stepped else "default",
        dash_capstyle="butt", clip_on=not part.mark, **edge,
    )  # fmt: skip
    opened = [at for at, is_open in enumerate(part.hollow) if is_open]
    look: dict[str, Any] = {"ls": "none", "marker": _MARKS[part.mark], "ms": size, "mfc": "#ffffff", "mec": colour}
    axes.plot([x[at] for at in opened], [y[at] for at in opened], mew=_points(page, 1.8), **look)
    for place, (text, side) in enumerate(zip(part.labels, part.sides, strict=True)):
        up, across = side.split()
        away = (_AWAY[across] * (size / 2 + 3), _AWAY[up] * (size / 2 + 1))
        axes.annotate(
            text, (x[place], y[place]), away, textcoords="offset points", **_words(page, _LABEL),
            ha={"left": "right", "right": "left"}.get(across, "center"),
            va={"top": "bottom", "bottom": "top"}.get(up, "center_baseline"),
        )  # fmt: skip
    return line


def _draw_legend(page: Page, items: Sequence[tuple[Any, str]], body: Box) -> Box:
    """Draw the legend where the sheet wants it, and the mark on made-up data; return what is left for the chart."""
    fiction_mark(page, body.right, body.top)
    mark = page.sheet.fictional
    under_mark = body.top - (page.mm(7.5) if mark else 0.0)
    if not items:
        return Box(body.left, body.bottom, body.right, under_mark)
    place = page.sheet.legend
    room = min(page.mm(58.0), body.width * 0.3) if place == "right" else body.width
    if place not in ("right", "below") and mark:
        room -= page.text_width(mark, 8.5, bold=True) + page.mm(9.0)
    top = under_mark if place == "right" else body.top
    anchor = (body.right - room if place == "right" else body.left, body.bottom if place == "below" else top)
    names = [_lines(page, name, room - page.mm(13.0), 3) for _, name in items]
    for columns in range(1 if place == "right" else len(items), 0, -1):
        legend = page.figure.legend(
            [drawn for drawn, _ in items], names, ncols=columns, frameon=False, borderpad=0, borderaxespad=0,
            loc="lower left" if place == "below" else "upper left", prop=font(_TEXT * page.scale), handlelength=2.7,
            bbox_to_anchor=(anchor[0] / page.width, anchor[1] / page.height), columnspacing=1.8, labelspacing=0.4,
        )  # fmt: skip
        for text in legend.get_texts():
            text.set_parse_math(False)
        box = page.box_of(legend)
        if box.width <= room or columns == 1:
            break
        legend.remove()
    if place == "right":
        return Box(body.left, body.bottom, body.right - room - page.mm(6.0), body.top)
    if place == "below":
        return Box(body.left, box.top + page.mm(2.0), body.right, under_mark)
    return Box(body.left, body.bottom, body.right, min(box.bottom - page.mm(2.5), under_mark))


def _fit(page: Page, t: Texts, axes: Axes, chart: Chart, body: Box) -> None:
    """Set ends, ticks and titles of the axes, and let all of it fill the room."""
    axes.tick_params(length=_points(page, 4), width=_points(page, 1), color=GREY[0], pad=_points(page, 6))
    axes.tick_params(axis="y", length=0)
    axes.spines["bottom"].set(color=GREY[0], linewidth=_points(page, 1.2))
    axes.set_xlim(chart.x.low, chart.x.high)
    axes.set_ylim(chart.y.low, chart.y.high)
    axes.set_xlabel(_lines(page, chart.x.title, body.width * 0.85, 2), **_words(page, _TEXT, SOFT))
    axes.set_ylabel(_lines(page, chart.y.title, body.height * 0.85, 2), **_words(page, _TEXT, SOFT))
    first = chart.parts[0] if chart.parts else None
    across = _ticks(t, chart.x, axes.get_xlim(), max(2, int(body.width / page.mm(26.0))))
    if isinstance(first, (Bars, Cells)):
        middle = 0.5 if isinstance(first, Cells) else 0.0
        room = min(body.width * 0.36, page.mm(95.0))
        up = [(middle + at, _lines(page, row, room, 2)) for at, row in enumerate(first.rows)]
        axes.set_ylim(len(first.rows) - 0.5 + middle, middle - 0.5)
        if isinstance(first, Cells):
            across = [(0.5 + at, column) for at, column in enumerate(first.columns)]
            axes.tick_params(axis="x", length=0)
            axes.xaxis.tick_top()
            axes.spines["bottom"].set_visible(False)
    else:
        up = _ticks(t, chart.y, axes.get_ylim(), max(2, int(body.height / page.mm(13.0))))
        axes.grid(axis="y", color=GRID[0], lw=_points(page, 1))
    for axis, ticks in ((axes.xaxis, across), (axes.yaxis, up)):
        axis.set_ticks([at for at, _ in ticks], [text for _, text in ticks], **_words(page, _TEXT))
    _place(page, axes, body)
    for _ in range(3):  # words beside the plot change their place with it
        box, (left, bottom, wide, high) = page.box_of(axes), axes.get_position().bounds
        right, top = (left + wide) * page.width, (bottom + high) * page.height
        inner = Box(
            left * page.width + body.left - box.left, bottom * page.height + body.bottom - box.bottom,
            right + body.right - box.right, top + body.top - box.top,
        )  # fmt: skip
        _place(page, axes, inner)


def _place(page: Page, axes: Axes, box: Box) -> None:
    axes.set_position(
        (box.left / page.width, box.bottom / page.height, box.width / page.width, box.height / page.height)
    )


def _ticks(t: Texts, axis: Axis, ends: tuple[float, float], most: int) -> list[tuple[float, str]]:
    """Return about ``most`` ticks between the ends, or those that the axis names."""
    from matplotlib.ticker import MaxNLocator, MultipleLocator

    low, high = ends
    slack = (high - low) * 1e-6
    if axis.ticks:
        return [(_number(at), text) for at, text in axis.ticks if low - slack <= _number(at) <= high + slack]
    if axis.step and (high - low) / axis.step <= most * 1.8:
        spots = MultipleLocator(axis.step).tick_values(low, high)
    else:
        spots = MaxNLocator(most, steps=[1, 2, 5, 10], integer=not axis.digits, min_n_ticks=1).tick_values(low, high)
    inside = [float(at) for at in spots if low - slack <= at <= high + slack]
    return [(at, t.number(round(at, axis.digits) + 0.0, axis.digits)) for at in inside]


def _write_cells(page: Page, axes: Axes, part: Cells) -> None:
    """Write the texts of fields as large as all of them allow; what fits at no size is left out, not cut."""
    now = axes.get_position()
    wide, high = now.width * page.width / len(part.columns), now.height * page.height / len(part.rows)
    # The round mark of the typeface would fill a cell; a bullet says the same.
    texts = [[text.replace("●", " •") for text in row] for row in part.texts]
    widest = max((page.text_width(text, 1.0) for row in texts for text in row), default=0.0) or 1.0
    size = min(max(min((wide - page.mm(0.5)) / widest, high / page.line_height(1.0)), _CELL[0]), _CELL[1])
    for row, (said, kinds) in enumerate(zip(texts, part.kinds, strict=True)):
        for column, (text, kind) in enumerate(zip(said, kinds, strict=True)):
            if page.text_width(text, size) <= wide and page.line_height(size) <= high * 1.2:
                axes.text(
                    column + 0.5, row + 0.5, text, ha="center", va="center_baseline",
                    **_words(page, size, readable_on(part.tones[kind][0])),
                )  # fmt: skip


def _words(page: Page, size: float, colour: str = INK[0]) -> dict[str, Any]:
    """Return the look of words, which are never taken for formulas."""
    return {"fontproperties": font(size * page.scale), "color": colour, "parse_math": False}


def _lines(page: Page, text: str, width: float, most: int) -> str:
    return "\n".join(page.wrapped(text, width, _TEXT, most=most))


def _number(at: Spot) -> float:
    return float(dt.date.fromisoformat(at).toordinal()) if isinstance(at, str) else float(at)


def _points(page: Page, pixels: float) -> float:
    """Return pixels on screen as points on this page."""
    return page.mm(pixels * _PIXEL) / POINT_MM
