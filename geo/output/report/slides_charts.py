"""Charts of a page as native charts of a slide: data to edit, no picture.

Lines over dates become line charts, lines over numbers scatter charts, lying bars bar charts; what only answers to a
pointer is left out.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geo.output.values import one_line
from geo.text import Texts

if TYPE_CHECKING:
    import plotly.graph_objects as go

_DASHES = {"dash": "DASH", "dot": "ROUND_DOT", "dashdot": "DASH_DOT", "longdash": "LONG_DASH"}
_MARKS = {"circle": "CIRCLE", "square": "SQUARE", "diamond": "DIAMOND", "triangle-up": "TRIANGLE", "cross": "PLUS"}
_LETTERS = 12.0
LANGUAGES = {"de": "de-DE", "en": "en-GB"}
_LCID = {"de": "407", "en": "809"}


@dataclass(frozen=True)
class Series:
    """One line or row of bars: name, x (numbers or dates as text), y, and how it looks."""

    name: str
    x: tuple[Any, ...]
    y: tuple[float | None, ...]
    colour: str | None
    dash: str
    has_line: bool
    mark: str | None


def add_chart(t: Texts, slide: Any, figure: go.Figure, box: tuple[int, int, int, int], alternative: str) -> Any:
    """Put a figure on a slide as a native chart; ``box`` is left, top, width and height in EMU."""
    series = series_of(figure)
    if any(trace.type == "bar" for trace in figure.data):
        frame = _add_bars(t, slide, figure, box)
    elif series and all(isinstance(value, str) for one in series for value in one.x):
        frame = _add_line(slide, figure, series, box)
    else:
        frame = _add_scatter(t, slide, figure, series, box)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", alternative)
    _language(frame.chart, t.language)
    return frame


def _language(chart: Any, language: str) -> None:
    """Say in which language the numbers of a chart are written."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls, qn

    for axis in (chart.category_axis, chart.value_axis):  # separators of the text's language in every program
        form = axis.tick_labels.number_format
        if form in ("#,##0", "0.0"):
            axis.tick_labels.number_format = f"[$-{_LCID[language]}]{form}"
            axis.tick_labels.number_format_is_linked = False
    said = parse_xml(f'<c:lang {nsdecls("c")} val="{LANGUAGES[language]}"/>')
    first = chart._chartSpace.find(qn("c:date1904"))
    if first is None:
        chart._chartSpace.insert(0, said)
    else:
        first.addnext(said)


def series_of(figure: go.Figure) -> tuple[Series, ...]:
    """Return the lines of a figure; bands and points that only answer to a pointer are left out."""
    found = []
    for trace in figure.data:
        if trace.type != "scatter" or trace.fill == "toself":
            continue
        if trace.marker.opacity == 0 or trace.showlegend is False:
            continue
        modes = (trace.mode or "lines").split("+")
        line, marker = trace.line, trace.marker
        symbol = marker.symbol if isinstance(marker.symbol, str) else "circle"
        colour = line.color if "lines" in modes else marker.color
        found.append(
            Series(
                name=_plain(trace.name or ""),
                x=tuple(_scalar(value) for value in trace.x),
                y=tuple(_number(value) for value in trace.y),
                colour=colour.lstrip("#").upper() if isinstance(colour, str) and _is_hex(colour) else None,
                dash=line.dash or "solid",
                has_line="lines" in modes,
                mark=_MARKS.get(symbol, "CIRCLE") if "markers" in modes else None,
            )
        )
    return tuple(found)


def _add_bars(t: Texts, slide: Any, figure: go.Figure, box: tuple[int, int, int, int]) -> Any:
    from pptx.chart.data import CategoryChartData
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION
    from pptx.util import Pt

    trace = next(trace for trace in figure.data if trace.type == "bar")
    is_lying = trace.orientation == "h"
    names, values = (trace.y, trace.x) if is_lying else (trace.x, trace.y)
    form = _format(figure, values)
    data = CategoryChartData(number_format=form)
    data.categories = [_plain(str(name)) for name in names]
    data.add_series(_plain(trace.name or ""), [_shown(value, form) for value in values])
    kind = XL_CHART_TYPE.BAR_CLUSTERED if is_lying else XL_CHART_TYPE.COLUMN_CLUSTERED
    frame = slide.shapes.add_chart(kind, *box, data)
    chart = frame.chart
    _dress(chart, figure, has_legend=False)
    if is_lying:
        chart.category_axis.reverse_order = True
    chart.category_axis.has_major_gridlines = False
    plot = chart.plots[0]
    plot.gap_width = 60
    plot.has_data_labels = True
    # LibreOffice takes the separators of a label from the code alone, programs of Microsoft from the machine.
    plot.data_labels.number_format = f"[$-{_LCID[t.language]}]{form}"
    plot.data_labels.number_format_is_linked = False
    plot.data_labels.position = XL_LABEL_POSITION.OUTSIDE_END
    plot.data_labels.font.size = Pt(_LETTERS)
    colour = trace.marker.color
    if isinstance(colour, str) and _is_hex(colour):
        fill = plot.series[0].format.fill
        fill.solid()
        fill.fore_color.rgb = RGBColor.from_string(colour.lstrip("#").upper())
    chart.value_axis.visible = False
    chart.value_axis.has_major_gridlines = False
    chart.value_axis.minimum_scale = 0
    return frame


def _add_line(slide: Any, figure: go.Figure, series: Sequence[Series], box: tuple[int, int, int, int]) -> Any:
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE

    labels = list(dict.fromkeys(value for one in series for value in one.x))
    labels.sort()
    numbers = [value for one in series for value in one.y]
    data = CategoryChartData(number_format=_format(figure, numbers))
    is_yearly = len({label[:4] for label in labels}) == len(labels)
    data.categories = [label[:4] if is_yearly else label for label in labels]
    for one in series:
        known = dict(zip(one.x, one.y, strict=True))
        data.add_series(one.name, [known.get(label) for label in labels])
    frame = slide.shapes.add_chart(XL_CHART_TYPE.LINE_MARKERS, *box, data)
    _dress(frame.chart, figure, has_legend=len(series) > 1)
    for made, one in zip(frame.chart.plots[0].series, series, strict=True):
        _paint(made, one)
    return frame


def _add_scatter(
    t: Texts, slide: Any, figure: go.Figure, series: Sequence[Series], box: tuple[int, int, int, int]
) -> Any:
    from pptx.chart.data import XyChartData
    from pptx.enum.chart import XL_CHART_TYPE

    # LibreOffice leaves out a first series that is shorter than a later one.
    every = sorted([*series, *_marked(t, figure, series)], key=lambda one: -len(one.x))
    data = XyChartData(number_format=_format(figure, [value for one in series for value in one.y]))
    for one in every:
        row = data.add_series(one.name)
        for x, y in zip(one.x, one.y, strict=True):
            if y is not None and x is not None:
                row.add_data_point(float(x), y)
    frame = slide.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, *box, data)
    chart = frame.chart
    _dress(chart, figure, has_legend=len(every) > 1)
    if _spans_little(series):
        chart.value_axis.tick_labels.number_format = "0.0"
    for made, one in zip(chart.plots[0].series, every, strict=True):
        _paint(made, one)
    numbers = [float(x) for one in series for x in one.x if x is not None]
    axis = chart.category_axis
    axis.has_major_gridlines = False
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = "#,##0", False
    low, high = figure.layout.xaxis.range or (min(numbers, default=0.0), max(numbers, default=1.0))
    axis.minimum_scale, axis.maximum_scale = float(low), _round_up(float(high))
    if figure.layout.xaxis.dtick:
        axis.major_unit = float(figure.layout.xaxis.dtick)
    return frame


def _marked(t: Texts, figure: go.Figure, series: Sequence[Series]) -> Iterable[Series]:
    """Return the upright lines of a figure as lines of two points."""
    top = (figure.layout.yaxis.range or (0, None))[1] or max((y or 0.0 for one in series for y in one.y), default=1.0)
    for shape in figure.layout.shapes:
        if shape.type == "line" and shape.x0 == shape.x1 and isinstance(shape.x0, int | float):
            at = float(shape.x0)
            said = t("dossier.mark_at", x=t.number(at))
            yield Series(said, (at, at), (0.0, float(top)), "6F7D80", "dot", has_line=True, mark=None)


def _dress(chart: Any, figure: go.Figure, *, has_legend: bool) -> None:
    """Set letters, legend, gridlines, titles and limits of the axes."""
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_LEGEND_POSITION
    from pptx.util import Pt

    chart.font.size = Pt(_LETTERS)
    chart.has_title = False
    chart.has_legend = has_legend
    if has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    layout = figure.layout
    is_turned = any(trace.type == "bar" and trace.orientation == "h" for trace in figure.data)
    told_by = (layout.yaxis, layout.xaxis) if is_turned else (layout.xaxis, layout.yaxis)
    for axis, told in zip((chart.category_axis, chart.value_axis), told_by, strict=True):
        axis.format.line.color.rgb = RGBColor(0x6F, 0x7D, 0x80)
        if told.title.text:
            axis.has_title = True
            axis.axis_title.text_frame.text = _plain(told.title.text)
            axis.axis_title.text_frame.paragraphs[0].runs[0].font.size = Pt(_LETTERS)
            axis.axis_title.text_frame.paragraphs[0].runs[0].font.bold = False
    axis = chart.value_axis
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = "#,##0", False
    axis.has_major_gridlines = True
    axis.major_gridlines.format.line.color.rgb = RGBColor(0xDF, 0xE6, 0xE5)
    limits = layout.yaxis.range
    if limits is not None and not is_turned and limits[0] is not None and limits[1] is not None:
        axis.minimum_scale, axis.maximum_scale = float(limits[0]), float(limits[1])
    elif layout.yaxis.rangemode == "tozero":
        axis.minimum_scale = 0


def _paint(made: Any, one: Series) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_MARKER_STYLE
    from pptx.enum.dml import MSO_LINE
    from pptx.util import Pt

    made.smooth = False
    line = made.format.line
    if not one.has_line:
        line.fill.background()
    else:
        line.width = Pt(2.5)
        if one.colour:
            line.color.rgb = RGBColor.from_string(one.colour)
        if one.dash in _DASHES:
            line.dash_style = getattr(MSO_LINE, _DASHES[one.dash])
    made.marker.style = XL_MARKER_STYLE.NONE if one.mark is None else getattr(XL_MARKER_STYLE, one.mark)
    if one.mark is not None:
        made.marker.size = 7 if one.has_line else 12
        if one.colour:
            made.marker.format.fill.solid()
            made.marker.format.fill.fore_color.rgb = RGBColor.from_string(one.colour)
            made.marker.format.line.color.rgb = RGBColor.from_string(one.colour)


def _format(figure: go.Figure, values: Iterable[Any]) -> str:
    """Return the number format of Office: thousands grouped; decimals where values are small."""
    known = [abs(number) for number in map(_number, values) if number is not None]
    is_whole = all(float(number).is_integer() for number in known)
    return "#,##0" if is_whole or max(known, default=0.0) >= 100 else "0.0"


def _shown(value: Any, form: str) -> float | None:
    """Return a number as texts and tables round it, since programs round halves in their own ways."""
    number = _number(value)
    return None if number is None else round(number, 1 if form.endswith(".0") else 0)


def _spans_little(series: Sequence[Series]) -> bool:
    """Tell whether the axis of values needs decimals."""
    return max((abs(y) for one in series for y in one.y if y is not None), default=0.0) < 5


def _round_up(value: float) -> float:
    return float(math.ceil(value)) if value > 1 else value


def _number(value: Any) -> float | None:
    if value is None or isinstance(value, str):
        return None
    return float(value) if math.isfinite(float(value)) else None


def _scalar(value: Any) -> Any:
    return value if isinstance(value, str) or value is None else float(value)


def _is_hex(colour: str) -> bool:
    return re.fullmatch(r"#[0-9a-fA-F]{6}", colour) is not None


def _plain(text: str) -> str:
    """Return a name as it is read; one that a spreadsheet would compute gets a mark that keeps it text."""
    said = one_line(html.unescape(text))
    return f"'{said}" if said[:1] in ("=", "+", "-", "@", "{") else said
