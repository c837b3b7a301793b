"""Charts of concentration and lasting need, by plotly; each series has a dash or a mark besides its colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo.need import Concentration
from geo.output.charts.look import BAND, GREY, INK, MARK, dress, plain
from geo.output.charts.trend import CONFIG
from geo.output.values import break_text
from geo.region.model import Region
from geo.region.reforms import CONVERTED
from geo.text import Texts

if TYPE_CHECKING:
    import plotly.graph_objects as go

_FILL = {"light": "rgba(11,92,99,0.12)", "dark": "rgba(92,194,192,0.16)"}
_LOOKS = {
    "dissimilarity": ({"light": "#0b5c63", "dark": "#5cc2c0"}, "solid", "circle"),
    "gini": ({"light": "#b4460f", "dark": "#ffae6b"}, "dash", "square"),
    "isolation": ({"light": "#5a4a9c", "dark": "#b9adf0"}, "dot", "diamond"),
    "moran": ({"light": "#6f7d80", "dark": "#c4d0d0"}, "dashdot", "triangle-up"),
}
_CURVE_POINTS = 400
_ROW_PIXELS = 25


@dataclass(frozen=True)
class HeatTable:
    """Quarters × dates as a table of colours with text.

    Parameters
    ----------
    ids, names, dates
        Keys and names of the rows, dates of the columns.
    classes
        Per row the class at each date; below zero where there is none.
    texts, hovers
        What stands in a cell, and what is said when it is pointed at.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    dates: tuple[str, ...]
    classes: tuple[tuple[int, ...], ...]
    texts: tuple[tuple[str, ...], ...]
    hovers: tuple[tuple[str, ...], ...]


def chart_config(t: Texts) -> dict[str, Any]:
    """Return the settings of a chart with one button, which saves it as a drawing (SVG)."""
    words = {
        "Download plot": t("chart.save"),
        "Taking snapshot - this may take a few seconds": t("chart.saving"),
        "Snapshot succeeded": t("chart.saved"),
        "Sorry, there was a problem downloading your snapshot!": t("chart.not_saved"),
    }
    return {
        **CONFIG,
        "displayModeBar": True,
        "displaylogo": False,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {"format": "svg", "filename": "nahbar"},
        "locale": "nahbar",
        "locales": {"nahbar": {"dictionary": words, "format": {}}},
    }


def lorenz_chart(t: Texts, found: Concentration, *, counted: str, among: str, theme: str) -> go.Figure:
    """Return the Lorenz curve with the line of equal shares and the quarters that hold half marked."""
    import plotly.graph_objects as go

    points = np.asarray(found.lorenz, dtype=np.float64)
    if len(points) > _CURVE_POINTS:
        points = points[np.unique(np.linspace(0, len(points) - 1, _CURVE_POINTS).round().astype(int))]
    across, up = 100 * points[:, 0], 100 * points[:, 1]
    texts = [
        t("chart.lorenz_point", residents=t.percent(x), share=t.percent(y)) for x, y in zip(across, up, strict=True)
    ]
    figure = go.Figure()
    even = {"color": GREY[theme], "width": 2, "dash": "dash"}
    figure.add_scatter(x=[0, 100], y=[0, 100], mode="lines", name=t("chart.lorenz_even"), line=even, hoverinfo="skip")
    figure.add_scatter(
        x=across,
        y=up,
        mode="lines",
        name=t("chart.lorenz_curve"),
        line={"color": _LOOKS["dissimilarity"][0][theme], "width": 3},
        fill="tonexty",
        fillcolor=_FILL[theme],
        text=texts,
        hovertemplate="%{text}<extra></extra>",
    )
    if found.half is not None:
        x, y = 100 * (1 - found.half.resident_share), 100 * (1 - found.half.recipient_share)
        said = t("chart.lorenz_half", n=found.half.quarters)
        figure.add_scatter(
            x=[x],
            y=[y],
            mode="markers",
            name=said,
            marker={"size": 12, "symbol": "diamond", "color": MARK[theme]},
            hovertemplate=plain(said) + "<extra></extra>",
        )
    dress(t, figure, theme, top=64)
    with_button(figure, theme)
    ticks = {"tickvals": [0, 25, 50, 75, 100], "ticktext": [t.percent(tick, 0) for tick in (0, 25, 50, 75, 100)]}
    figure.update_xaxes(title={"text": plain(among), "font": {"size": 12}}, range=[0, 101], **ticks)
    figure.update_yaxes(title={"text": plain(counted), "font": {"size": 12}}, range=[0, 100], **ticks)
    figure.update_layout(height=380, margin={"l": 8, "r": 28, "t": 64, "b": 8})
    return figure


def years_chart(t: Texts, region: Region, years: pd.DataFrame, *, theme: str) -> go.Figure:
    """Return the measures over the dates with breaks marked; dates carried over from other quarters are hollow."""
    import plotly.graph_objects as go

    figure = go.Figure()
    dates = [str(date) for date in years.index]
    known = years.dropna(subset=["low", "high"])
    if len(known) > 1:
        figure.add_scatter(
            x=[*known.index, *known.index[::-1]],
            y=[*known["high"], *known["low"][::-1]],
            fill="toself",
            fillcolor=BAND[theme],
            line={"width": 0},
            hoverinfo="skip",
            name=t("chart.dissimilarity_range"),
        )
    converted = {date for date, key in region.breaks if key == CONVERTED}
    for name, (colours, dash, symbol) in _LOOKS.items():
        if not years[name].notna().any():
            continue
        label = t(f"concentration.measure.{name}")
        figure.add_scatter(
            x=dates,
            y=[None if pd.isna(value) else float(value) for value in years[name]],
            mode="lines+markers",
            name=label,
            line={"color": colours[theme], "width": 2.5, "dash": dash},
            marker={"size": 8, "symbol": [symbol + ("-open" if date in converted else "") for date in dates]},
            customdata=[[t.date(date), t.number(value, 3)] for date, value in zip(dates, years[name], strict=True)],
            hovertemplate="%{customdata[1]} · %{customdata[0]}<extra>" + plain(label) + "</extra>",
        )
    dress(t, figure, theme, top=64)
    with_button(figure, theme)
    _mark_breaks(t, figure, region, dates, theme)
    low = min(0.0, float(np.nanmin(years[["gini", "dissimilarity", "isolation", "moran"]].to_numpy(), initial=0.0)))
    figure.update_yaxes(tickformat=".1f", dtick=0.1, range=[low * 1.1, None])
    figure.update_layout(height=340)
    return figure


def heat_chart(
    t: Texts, table: HeatTable, colours: Sequence[str], *, region: Region, theme: str, no_data: str
) -> go.Figure:
    """Return quarters × dates in the held classes; every cell says its value, so colour is not alone."""
    import plotly.graph_objects as go

    shown = [max(kind, -1) for row in table.classes for kind in row]
    steps = [no_data, *colours]
    count = len(steps)
    scale = [[edge / count, colour] for at, colour in enumerate(steps) for edge in (at, at + 1)]
    width = len(table.dates)
    z = [shown[row * width : (row + 1) * width] for row in range(len(table.ids))]
    converted = {date for date, key in region.breaks if key == CONVERTED}
    heads = [date[:4] + ("*" if date in converted else "") for date in table.dates]
    heads = heads if len(set(heads)) == len(heads) else [t.date(date) for date in table.dates]
    names = _unlike([_short(name) for name in table.names])
    figure = go.Figure(
        go.Heatmap(
            x=heads,
            y=[plain(name) for name in names],
            z=z,
            zmin=-1.5,
            zmax=count - 1.5,
            colorscale=scale,
            showscale=False,
            xgap=1.5,
            ygap=1.5,
            text=[[plain(text) for text in row] for row in table.texts],
            texttemplate="%{text}",
            textfont={"size": 11},
            hovertext=[[plain(text) for text in row] for row in table.hovers],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    dress(t, figure, theme, top=64)
    with_button(figure, theme)
    figure.update_xaxes(side="top", type="category", ticks="", showline=False)
    figure.update_yaxes(autorange="reversed", type="category", showgrid=False, ticks="", showline=False)
    figure.update_layout(height=64 + _ROW_PIXELS * len(names), margin={"l": 8, "r": 8, "t": 36, "b": 8})
    return figure


def with_button(figure: go.Figure, theme: str) -> go.Figure:
    """Return the figure with a quiet button to save it, as :func:`chart_config` shows one."""
    figure.update_layout(
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": GREY[theme], "activecolor": INK[theme]},
    )
    return figure


def readable_on(ground: str) -> str:
    """Return black or white, whichever has more contrast on a colour ``#rrggbb``."""
    parts = np.array([int(ground[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return "#10191c" if float(linear @ [0.2126, 0.7152, 0.0722]) > 0.179 else "#ffffff"


def _mark_breaks(t: Texts, figure: go.Figure, region: Region, dates: list[str], theme: str) -> None:
    for date, key in region.breaks:
        if dates and key != CONVERTED and dates[0] < date <= dates[-1]:
            figure.add_vline(x=date, line={"color": GREY[theme], "width": 1, "dash": "dot"})
            figure.add_scatter(
                x=[date],
                y=[0],
                mode="markers",
                marker={"size": 14, "opacity": 0},
                showlegend=False,
                hovertemplate=plain(t("chart.break", what=break_text(t, date, key))) + "<extra></extra>",
            )
    every = max(1, len(dates) // 6)
    shown = dates[::-1][::every][::-1]
    figure.update_xaxes(tickvals=shown, ticktext=[date[:4] for date in shown], type="date")


def _short(name: str, most: int = 22) -> str:
    return name if len(name) <= most else name[: most - 1].rstrip() + "…"


def _unlike(names: Sequence[str]) -> list[str]:
    """Return names of which no two are equal, since plotly would draw them in one row."""
    seen: dict[str, int] = {}
    out = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        out.append(name + "\u200b" * (seen[name] - 1))
    return out
