"""Charts on screen: a :class:`Chart` as a plotly figure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from geo.output.charts import GREY, GRID, GROUND, INK, Axis, Band, Bars, Cells, Chart, Line
from geo.text import Texts

if TYPE_CHECKING:
    import plotly.graph_objects as go

_SYMBOLS = {"triangle": "triangle-up"}
_TOP, _LEGEND, _BUTTON = 8, 36, 20


def chart_config(t: Texts, *, saves: bool = False) -> dict[str, Any]:
    """Return the settings of a chart; with ``saves`` it has one button, which saves it as a drawing (SVG)."""
    config: dict[str, Any] = {
        "displayModeBar": saves, "scrollZoom": False, "doubleClick": False, "responsive": True,
    }  # fmt: skip
    if not saves:
        return config
    words = {
        "Download plot": t("chart.save"),
        "Taking snapshot - this may take a few seconds": t("chart.saving"),
        "Snapshot succeeded": t("chart.saved"),
        "Sorry, there was a problem downloading your snapshot!": t("chart.not_saved"),
    }
    return config | {
        "displaylogo": False,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {"format": "svg", "filename": "nahbar"},
        "locale": "nahbar",
        "locales": {"nahbar": {"dictionary": words, "format": {}}},
    }


def plotly_figure(t: Texts, chart: Chart, theme: str, *, saves: bool = False) -> go.Figure:
    """Return a chart as a figure for ``light`` or ``dark``; ``saves`` leaves room for the button above it."""
    import plotly.graph_objects as go

    at = 0 if theme == "light" else 1
    figure = go.Figure()
    for part in chart.parts:
        if isinstance(part, Line):
            figure.add_scatter(**_line(part, at))
        elif isinstance(part, Band):
            _add_band(figure, part, at)
        elif isinstance(part, Bars):
            _add_bars(figure, part, at)
        else:
            _add_cells(figure, part, at)
    _add_rules(figure, chart, at)
    _dress(t, figure, chart, at, saves=saves)
    return figure


def _line(part: Line, at: int) -> dict[str, Any]:
    modes = ("lines" if part.width else "", "markers" if part.mark else "", "text" if part.labels else "")
    symbol = _SYMBOLS.get(part.mark, part.mark or "circle")
    drawn: dict[str, Any] = {
        "x": list(part.x),
        "y": list(part.y),
        "name": _escaped(part.name),
        "showlegend": bool(part.name),
        "mode": "+".join(mode for mode in modes if mode),
        "line": {
            "color": part.tone[at], "width": part.width, "dash": part.dash,
            "shape": "hv" if part.is_stepped else "linear",
        },
        "marker": {
            "color": part.tone[at], "size": part.size,
            "symbol": [symbol + "-open" * is_open for is_open in part.hollow] or symbol,
        },
    }  # fmt: skip
    if part.mark and not part.width and not part.labels:  # a mark that stands on a line is set off from it
        drawn["marker"]["line"] = {"color": "#ffffff", "width": 2}
    if part.labels:
        drawn |= {"text": _all_escaped(part.labels), "textposition": list(part.sides), "cliponaxis": False}
        drawn["textfont"] = {"color": INK[at], "size": 12, "shadow": ", ".join([f"0 0 3px {GROUND[at]}"] * 4)}
    return drawn | _answers(part.says, _escaped(part.name) if part.says_name else "")


def _add_band(figure: go.Figure, part: Band, at: int) -> None:
    figure.add_scatter(
        x=[*part.x, *part.x[::-1]], y=[*part.high, *part.low[::-1]], name=_escaped(part.name), fill="toself",
        mode="lines", fillcolor=_faint(part.tone[at]), line={"width": 0}, showlegend=bool(part.name), hoverinfo="skip",
    )  # fmt: skip


def _add_bars(figure: go.Figure, part: Bars, at: int) -> None:
    figure.add_bar(
        x=[value - part.start for value in part.values], y=_all_escaped(part.rows), base=part.start, orientation="h",
        name=_escaped(part.name), marker={"color": part.tone[at]}, text=_all_escaped(part.texts) or None,
        **_answers(part.says),
    )  # fmt: skip
    figure.update_layout(barmode="overlay")


def _add_cells(figure: go.Figure, part: Cells, at: int) -> None:
    count = len(part.tones)
    scale = [[edge / count, tone[at]] for place, tone in enumerate(part.tones) for edge in (place, place + 1)]
    figure.add_heatmap(
        x=list(part.columns), y=_unlike(_all_escaped(part.rows)), z=[list(row) for row in part.kinds],
        zmin=-0.5, zmax=count - 0.5, colorscale=scale, showscale=False, xgap=1.5, ygap=1.5,
        text=[_all_escaped(row) for row in part.texts], texttemplate="%{text}", textfont={"size": 11},
        hovertext=[_all_escaped(row) for row in part.says], hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip


def _add_rules(figure: go.Figure, chart: Chart, at: int) -> None:
    for rule in chart.rules:
        figure.add_vline(x=rule.at, line={"color": rule.tone[at], "width": 1, "dash": rule.dash})
        if rule.text:
            said = {"text": _escaped(rule.text), "font": {"size": 12}, "showarrow": False}
            figure.add_annotation(x=rule.at, y=1, yref="paper", yanchor="bottom", **said)
        if rule.says:  # a line answers to no pointer, a mark that cannot be seen does
            unseen = {"marker": {"size": 14, "opacity": 0}, "mode": "markers", "showlegend": False}
            figure.add_scatter(x=[rule.at], y=[0], **unseen, **_answers((rule.says,)))


def _dress(t: Texts, figure: go.Figure, chart: Chart, at: int, *, saves: bool) -> None:
    is_above, is_listed = chart.legend == "above", isinstance(chart.parts[0] if chart.parts else None, (Bars, Cells))
    top = _TOP + _LEGEND * (is_above and bool(chart.named)) + _BUTTON * (saves + any(one.text for one in chart.rules))
    figure.update_layout(
        separators=",." if t.language == "de" else ".,",
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": INK[at], "size": 13},
        height=chart.height,
        margin={"l": 8, "r": 24, "t": top, "b": 8},
        showlegend=bool(chart.named),
        legend={
            "orientation": "h",
            "x": 0,
            **({"y": 1.02, "yanchor": "bottom"} if is_above else {"y": -0.32, "yanchor": "top"}),
        },
        hoverlabel={"align": "left"},
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": GREY[at], "activecolor": INK[at]},
        dragmode=False,
    )
    # Named here, since the theme of the page would make the words of axes paler than text.
    words = {"tickfont": {"color": INK[at]}, "title_font": {"color": INK[at], "size": 13}}
    shared: dict[str, Any] = {"automargin": True, "fixedrange": True, **words}
    figure.update_xaxes(showgrid=False, linecolor=GREY[at], ticks="outside", **shared, **_axis(chart.x))
    figure.update_yaxes(gridcolor=GRID[at], zeroline=False, ticks="", **shared, **_axis(chart.y))
    if chart.has_dates:
        figure.update_xaxes(type="date")
    if is_listed:
        figure.update_yaxes(autorange="reversed", type="category", showgrid=False)
    if is_listed and isinstance(chart.parts[0], Cells):
        figure.update_xaxes(side="top", type="category", ticks="", showline=False)


def _axis(axis: Axis) -> dict[str, Any]:
    drawn: dict[str, Any] = {"tickformat": f",.{axis.digits}f"}
    if axis.title:
        drawn["title_text"] = _escaped(axis.title)
    if axis.low == 0 and axis.high is None:
        drawn["rangemode"] = "tozero"
    elif axis.low is not None or axis.high is not None:
        drawn["range"] = [axis.low, axis.high]
    if axis.step:
        drawn["dtick"] = axis.step
    if axis.most:
        drawn |= {"nticks": axis.most, "tickangle": 0}
    if axis.ticks:
        drawn |= {
            "tickvals": [spot for spot, _ in axis.ticks],
            "ticktext": _all_escaped(text for _, text in axis.ticks),
        }
    return drawn


def _answers(says: Sequence[str], name: str = "") -> dict[str, Any]:
    """Return what a pointer is told at each point."""
    if not says:
        return {"hoverinfo": "skip"}
    return {
        "customdata": [_escaped(text).replace("\n", "<br>") for text in says],
        "hovertemplate": f"%{{customdata}}<extra>{name}</extra>",
    }


def _faint(colour: str) -> str:
    return f"rgba({','.join(str(int(colour[part : part + 2], 16)) for part in (1, 3, 5))},0.16)"


def _escaped(text: str) -> str:
    """Return text that plotly does not take for markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _all_escaped(texts: Iterable[str]) -> list[str]:
    return [_escaped(text) for text in texts]


def _unlike(names: Sequence[str]) -> list[str]:
    """Return names of which no two are equal, since plotly would draw them in one row."""
    return [name + "\u200b" * names[:at].count(name) for at, name in enumerate(names)]
