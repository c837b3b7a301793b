"""Charts of concentration and lasting need; each series has a dash or a mark besides its colour."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from geo.need import Concentration
from geo.output.charts.chart import (
    GREY,
    MAIN,
    MARK,
    Axis,
    Band,
    Cells,
    Chart,
    Dash,
    Line,
    Mark,
    Tone,
    date_ticks,
    numbers,
)
from geo.output.charts.trend import break_rules, range_band
from geo.output.values import MAP_COLOURS, palette
from geo.region.model import Region
from geo.region.reforms import CONVERTED
from geo.text import Texts

_LOOKS: dict[str, tuple[Tone, Dash, Mark]] = {
    "dissimilarity": (MAIN, "solid", "circle"),
    "gini": (MARK, "dash", "square"),
    "isolation": (("#5a4a9c", "#b9adf0"), "dot", "diamond"),
    "moran": (("#6f7d80", "#c4d0d0"), "dashdot", "triangle"),
}
_CURVE_POINTS = 400
_ROW_PIXELS = 25
_NAME = 22


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


def lorenz_chart(t: Texts, found: Concentration, *, counted: str, among: str) -> Chart:
    """Return the Lorenz curve with the line of equal shares and the quarters that hold half marked."""
    points = np.asarray(found.lorenz, dtype=np.float64)
    if len(points) > _CURVE_POINTS:
        points = points[np.unique(np.linspace(0, len(points) - 1, _CURVE_POINTS).round().astype(int))]
    across, up = (tuple(part.tolist()) for part in (100 * points).T)
    says = tuple(
        t("chart.lorenz_point", residents=t.percent(x), share=t.percent(y)) for x, y in zip(across, up, strict=True)
    )
    parts: list[Line | Band] = [
        Line(t("chart.lorenz_even"), (0, 100), (0, 100), GREY, width=2, dash="dash"),
        Band("", across, up, across),
        Line(t("chart.lorenz_curve"), across, up, MAIN, says),
    ]
    if found.half is not None:
        x, y = 100 * (1 - found.half.resident_share), 100 * (1 - found.half.recipient_share)
        said = t("chart.lorenz_half", n=found.half.quarters)
        parts.append(Line(said, (x,), (y,), MARK, (said,), width=0, mark="diamond", size=12))
    ticks = tuple((tick, t.percent(tick, 0)) for tick in (0, 25, 50, 75, 100))
    x_axis, y_axis = Axis(among, 0, 101, ticks=ticks), Axis(counted, 0, 100, ticks=ticks)
    return Chart(tuple(parts), x_axis, y_axis, height=380)


def years_chart(t: Texts, region: Region, years: pd.DataFrame) -> Chart:
    """Return the measures over the dates with breaks marked; dates carried over from other quarters are hollow."""
    dates = [str(date) for date in years.index]
    parts: list[Line | Band] = [*range_band(t("chart.dissimilarity_range"), years)]
    hollow = tuple(date in _converted(region) for date in dates)
    for name, (tone, dash, mark) in _LOOKS.items():
        if years[name].notna().any():
            label, y = t(f"concentration.measure.{name}"), numbers(years[name])
            says = tuple(
                f"{t.number(value, 3)} · {t.date(date)}" for date, value in zip(dates, years[name], strict=True)
            )
            look = Line(label, tuple(dates), y, tone, says, dash=dash, mark=mark, hollow=hollow)
            parts.append(replace(look, says_name=True, width=2.5))
    low = min(0.0, float(np.nanmin(years[list(_LOOKS)].to_numpy(), initial=0.0)))
    y_axis = Axis(low=low * 1.1, step=0.1, digits=1)
    rules = break_rules(t, region, dates, without=CONVERTED)
    return Chart(tuple(parts), Axis(ticks=date_ticks(dates)), y_axis, rules, height=340)


def heat_chart(t: Texts, table: HeatTable, classes: int, *, region: Region) -> Chart:
    """Return quarters × dates in the held classes; every cell says its value, so colour is not alone."""
    heads = [date[:4] + "*" * (date in _converted(region)) for date in table.dates]
    if len(set(heads)) < len(heads):
        heads = [t.date(date) for date in table.dates]
    pairs = zip(*(palette(classes, theme=theme) for theme in ("light", "dark")), strict=True) if classes else ()
    cells = Cells(
        tuple(name if len(name) <= _NAME else name[: _NAME - 1].rstrip() + "…" for name in table.names),
        tuple(heads),
        tuple(tuple(max(kind, -1) + 1 for kind in row) for row in table.classes),
        ((MAP_COLOURS["light"]["no_data"], MAP_COLOURS["dark"]["no_data"]), *pairs),
        table.texts,
        table.hovers,
    )
    return Chart((cells,), Axis(), Axis(), height=64 + _ROW_PIXELS * len(table.names))


def _converted(region: Region) -> set[str]:
    return {date for date, key in region.breaks if key == CONVERTED}
