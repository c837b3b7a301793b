"""Charts on screen, by plotly; colours from the same family as the maps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from geo.need import Indicator
from geo.output.charts.look import BAND, GREY, MARK, dress, plain
from geo.output.values import break_text, unit_text, value_text
from geo.region.model import Region
from geo.text import Texts

if TYPE_CHECKING:
    from collections.abc import Callable

    import plotly.graph_objects as go

_MAIN = {"light": "#0b5c63", "dark": "#5cc2c0"}

CONFIG: dict[str, Any] = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "responsive": True}


def trend_chart(
    t: Texts, region: Region, indicator: Indicator, trend: pd.DataFrame, quarter_name: str, *, theme: str
) -> go.Figure:
    """Return an indicator of one quarter over the dates, with its stability range and the region beside it.

    Parameters
    ----------
    trend
        Index date (ISO), columns ``value``, ``low``, ``high``, ``region_value`` in the indicator's unit.
    """
    import plotly.graph_objects as go

    dates = list(trend.index)
    unit = indicator.unit
    figure = go.Figure()
    known = trend.dropna(subset=["low", "high"])
    if len(known) > 1:
        band = list(known.index) + list(known.index[::-1])
        edge = list(known["high"]) + list(known["low"][::-1])
        figure.add_scatter(
            x=band,
            y=edge,
            fill="toself",
            mode="lines",
            fillcolor=BAND[theme],
            line={"width": 0},
            hoverinfo="skip",
            name=t("chart.range"),
        )
    other = {"color": GREY[theme], "width": 2, "dash": "dash"}
    _add_series(t, figure, trend["region_value"], region.name, unit, mode="lines", line=other)
    main = {"color": _MAIN[theme], "width": 3}
    _add_series(t, figure, trend["value"], quarter_name, unit, mode="lines+markers", line=main, marker={"size": 7})
    _dress_trend(t, figure, region, indicator, dates, theme=theme)
    return figure


def region_chart(t: Texts, region: Region, indicator: Indicator, values: pd.Series[Any], *, theme: str) -> go.Figure:
    """Return an indicator of the whole region over the dates; ``values`` by date (ISO)."""
    import plotly.graph_objects as go

    figure = go.Figure()
    main = {"color": _MAIN[theme], "width": 3}
    _add_series(t, figure, values, region.name, indicator.unit, mode="lines+markers", line=main, marker={"size": 7})
    _dress_trend(t, figure, region, indicator, list(values.index), theme=theme)
    return figure


def curve_chart(
    t: Texts,
    reached: tuple[float, ...],
    bound: tuple[float, ...],
    *,
    demand: float,
    chosen: int,
    theme: str,
    people: Callable[[float], str],
) -> go.Figure:
    """Return people reached for 0 to n new offices, the bound above them and the chosen number marked.

    Parameters
    ----------
    reached, bound
        People by number of new offices, rounded as they may be shown.
    people
        Turns a number of people into text.
    """
    import plotly.graph_objects as go

    numbers = list(range(len(reached)))
    texts = [
        t("chart.curve_point", n=n, people=people(value), share=t.percent(100 * value / demand if demand else 0.0))
        for n, value in zip(numbers, reached, strict=True)
    ]
    figure = go.Figure()
    if any(high > low for low, high in zip(reached, bound, strict=True)):
        figure.add_scatter(
            x=numbers,
            y=list(bound),
            name=t("chart.bound"),
            mode="lines",
            line={"color": GREY[theme], "width": 1.5, "dash": "dot"},
            hoverinfo="skip",
        )
    figure.add_scatter(
        x=numbers,
        y=list(reached),
        name=t("chart.people"),
        mode="lines+markers",
        line={"color": _MAIN[theme], "width": 3},
        marker={"size": 8},
        text=texts,
        hovertemplate="%{text}<extra></extra>",
    )
    if chosen < len(reached):
        figure.add_scatter(
            x=[chosen],
            y=[reached[chosen]],
            name=t("chart.chosen"),
            mode="markers",
            text=[texts[chosen]],
            marker={"size": 15, "color": MARK[theme], "line": {"color": "#ffffff", "width": 2}},
            hovertemplate="%{text}<extra></extra>",
        )
    dress(t, figure, theme)
    figure.update_xaxes(title=t("chart.new_offices"), dtick=1)
    figure.update_yaxes(rangemode="tozero", tickformat=",.0f")
    figure.update_layout(height=320)
    return figure


def _add_series(t: Texts, figure: go.Figure, values: pd.Series[Any], name: str, unit: str, **look: Any) -> None:
    figure.add_scatter(
        x=list(values.index),
        y=list(values),
        name=plain(name),
        customdata=[[t.date(str(date)), value_text(t, value, unit)] for date, value in values.items()],
        hovertemplate="%{customdata[1]} · %{customdata[0]}<extra>" + plain(name) + "</extra>",
        **look,
    )


def _dress_trend(
    t: Texts, figure: go.Figure, region: Region, indicator: Indicator, dates: list[str], *, theme: str
) -> None:
    """Mark breaks in the series and name the axes."""
    for date, key in region.breaks:
        if dates and dates[0] < date <= dates[-1]:
            figure.add_vline(x=date, line={"color": GREY[theme], "width": 1, "dash": "dot"})
            figure.add_scatter(
                x=[date],
                y=[0],
                mode="markers",
                marker={"size": 14, "opacity": 0},
                showlegend=False,
                hovertemplate=plain(t("chart.break", what=break_text(t, date, key))) + "<extra></extra>",
            )
    dress(t, figure, theme)
    every = max(1, len(dates) // 6)
    shown = dates[::-1][::every][::-1]
    figure.update_xaxes(tickvals=shown, ticktext=[date[:4] for date in shown], type="date")
    unit = unit_text(t, indicator.unit)
    figure.update_yaxes(rangemode="tozero", tickformat=",.0f", title={"text": unit, "font": {"size": 12}})
    figure.update_layout(height=300)
