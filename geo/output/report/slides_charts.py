"""Charts as native charts of a slide: data to edit, no picture.

Lines over dates become line charts, lines over numbers scatter charts, lying bars bar charts; bands and what only
answers to a pointer are left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from geo.output.charts import GREY, GRID, Bars, Chart, Line
from geo.output.values import one_line
from geo.text import Texts

_DASHES = {"dash": "DASH", "dot": "ROUND_DOT", "dashdot": "DASH_DOT"}
_LETTERS = 12.0
LANGUAGES = {"de": "de-DE", "en": "en-GB"}
_LCID = {"de": "407", "en": "809"}
Frame = tuple[int, int, int, int]


def add_chart(t: Texts, slide: Any, chart: Chart, box: Frame, alternative: str) -> Any:
    """Put a chart on a slide as a native one; ``box`` is left, top, width and height in EMU."""
    lines = [part for part in chart.parts if isinstance(part, Line)]
    bars = next((part for part in chart.parts if isinstance(part, Bars)), None)
    if bars is not None:
        frame = _add_bars(t, slide, chart, bars, box)
    elif chart.has_dates:
        frame = _add_course(slide, chart, lines, box)
    else:
        frame = _add_scatter(t, slide, chart, lines, box)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", alternative)
    _language(frame.chart, t.language)
    return frame


def _language(made: Any, language: str) -> None:
    """Say in which language the numbers of a chart are written."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls, qn

    for axis in (made.category_axis, made.value_axis):  # separators of the text's language in every program
        form = axis.tick_labels.number_format
        if form in ("#,##0", "0.0"):
            axis.tick_labels.number_format = f"[$-{_LCID[language]}]{form}"
            axis.tick_labels.number_format_is_linked = False
    said = parse_xml(f'<c:lang {nsdecls("c")} val="{LANGUAGES[language]}"/>')
    first = made._chartSpace.find(qn("c:date1904"))
    if first is None:
        made._chartSpace.insert(0, said)
    else:
        first.addnext(said)


def _add_bars(t: Texts, slide: Any, chart: Chart, bars: Bars, box: Frame) -> Any:
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION
    from pptx.util import Pt

    form = _format(bars.values)
    data = CategoryChartData(number_format=form)
    data.categories = [_safe(row) for row in bars.rows]
    # Rounded as texts and tables round, since programs round halves in their own ways.
    data.add_series(_safe(bars.name), [round(value, form.count(".0")) for value in bars.values])
    frame = slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *box, data)
    made = frame.chart
    _dress(made, chart, has_legend=False)
    made.category_axis.reverse_order = True
    made.category_axis.has_major_gridlines = False
    plot = made.plots[0]
    plot.gap_width = 60
    plot.has_data_labels = True
    # LibreOffice takes the separators of a label from the code alone, programs of Microsoft from the machine.
    plot.data_labels.number_format = f"[$-{_LCID[t.language]}]{form}"
    plot.data_labels.number_format_is_linked = False
    plot.data_labels.position = XL_LABEL_POSITION.OUTSIDE_END
    plot.data_labels.font.size = Pt(_LETTERS)
    _fill(plot.series[0].format.fill, bars.tone[0])
    made.value_axis.visible = False
    made.value_axis.has_major_gridlines = False
    made.value_axis.minimum_scale = 0
    return frame


def _add_course(slide: Any, chart: Chart, lines: Sequence[Line], box: Frame) -> Any:
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE

    dates = sorted({str(at) for line in lines for at in line.x})
    data = CategoryChartData(number_format=_format(_values(lines)))
    is_yearly = len({date[:4] for date in dates}) == len(dates)
    data.categories = [date[:4] if is_yearly else date for date in dates]
    for line in lines:
        known = dict(zip(line.x, line.y, strict=True))
        data.add_series(_safe(line.name), [known.get(date) for date in dates])
    frame = slide.shapes.add_chart(XL_CHART_TYPE.LINE_MARKERS, *box, data)
    _dress(frame.chart, chart, has_legend=len(lines) > 1)
    for made, line in zip(frame.chart.plots[0].series, lines, strict=True):
        _paint(made, line)
    return frame


def _add_scatter(t: Texts, slide: Any, chart: Chart, lines: Sequence[Line], box: Frame) -> Any:
    from pptx.chart.data import XyChartData
    from pptx.enum.chart import XL_CHART_TYPE

    values = _values(lines)
    top = chart.y.high or max(values, default=1.0)
    rules = [
        Line(t("dossier.mark_at", x=t.number(float(rule.at))), (rule.at, rule.at), (0.0, top), GREY, dash="dot")
        for rule in chart.rules
    ]
    # LibreOffice leaves out a first series that is shorter than a later one.
    every = sorted([*lines, *rules], key=lambda line: -len(line.x))
    data = XyChartData(number_format=_format(values))
    for line in every:
        row = data.add_series(_safe(line.name))
        for x, y in zip(line.x, line.y, strict=True):
            if y is not None:
                row.add_data_point(float(x), y)
    frame = slide.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, *box, data)
    made = frame.chart
    _dress(made, chart, has_legend=len(every) > 1)
    if max(map(abs, values), default=0.0) < 5:
        made.value_axis.tick_labels.number_format = "0.0"
    for series, line in zip(made.plots[0].series, every, strict=True):
        _paint(series, line)
    axis = made.category_axis
    axis.has_major_gridlines = False
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = "#,##0", False
    spots = [float(at) for line in lines for at in line.x]
    low = min(spots, default=0.0) if chart.x.low is None else chart.x.low
    high = max(spots, default=1.0) if chart.x.high is None else chart.x.high
    axis.minimum_scale, axis.maximum_scale = low, math.ceil(high) if high > 1 else high
    if chart.x.step:
        axis.major_unit = chart.x.step
    return frame


def _dress(made: Any, chart: Chart, *, has_legend: bool) -> None:
    """Set letters, legend, gridlines, titles and limits of the axes."""
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_LEGEND_POSITION
    from pptx.util import Pt

    made.font.size = Pt(_LETTERS)
    made.has_title = False
    made.has_legend = has_legend
    if has_legend:
        made.legend.position, made.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    is_lying = any(isinstance(part, Bars) for part in chart.parts)
    told = (chart.y, chart.x) if is_lying else (chart.x, chart.y)
    for axis, one in zip((made.category_axis, made.value_axis), told, strict=True):
        axis.format.line.color.rgb = RGBColor.from_string(GREY[0][1:].upper())
        if one.title:
            axis.has_title = True
            axis.axis_title.text_frame.text = _safe(one.title)
            font = axis.axis_title.text_frame.paragraphs[0].runs[0].font
            font.size, font.bold = Pt(_LETTERS), False
    axis = made.value_axis
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = "#,##0", False
    axis.has_major_gridlines = True
    axis.major_gridlines.format.line.color.rgb = RGBColor.from_string(GRID[0][1:].upper())
    if not is_lying:
        axis.minimum_scale, axis.maximum_scale = chart.y.low, chart.y.high


def _paint(made: Any, line: Line) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_MARKER_STYLE
    from pptx.enum.dml import MSO_LINE
    from pptx.util import Pt

    made.smooth = False
    look, colour = made.format.line, RGBColor.from_string(line.tone[0][1:].upper())
    if line.width:
        look.width, look.color.rgb = Pt(2.5), colour
        if line.dash in _DASHES:
            look.dash_style = getattr(MSO_LINE, _DASHES[line.dash])
    else:
        look.fill.background()
    made.marker.style = getattr(XL_MARKER_STYLE, line.mark.upper() or "NONE")
    if line.mark:
        made.marker.size = 7 if line.width else 12
        _fill(made.marker.format.fill, line.tone[0])
        made.marker.format.line.color.rgb = colour


def _fill(fill: Any, colour: str) -> None:
    from pptx.dml.color import RGBColor

    fill.solid()
    fill.fore_color.rgb = RGBColor.from_string(colour[1:].upper())


def _values(lines: Sequence[Line]) -> list[float]:
    return [value for line in lines for value in line.y if value is not None]


def _format(values: Iterable[float]) -> str:
    """Return the number format of Office: thousands grouped; decimals where values are small."""
    known = [abs(value) for value in values]
    is_whole = all(float(value).is_integer() for value in known)
    return "#,##0" if is_whole or max(known, default=0.0) >= 100 else "0.0"


def _safe(text: str) -> str:
    """Return a name as it is read; one that a spreadsheet would compute gets a mark that keeps it text."""
    said = one_line(text)
    return f"'{said}" if said[:1] in ("=", "+", "-", "@", "{") else said
