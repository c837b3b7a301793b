"""Charts over time and by number of offices; colours from the same family as the maps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from geo.need import Indicator
from geo.output.charts.chart import GREY, MAIN, MARK, Axis, Band, Chart, Line, Rule, date_ticks, numbers
from geo.output.values import break_text, unit_text, value_text
from geo.region.model import Region
from geo.text import Texts


def trend_chart(t: Texts, region: Region, indicator: Indicator, trend: pd.DataFrame, quarter_name: str) -> Chart:
    """Return an indicator of one quarter over the dates, with its stability range and the region beside it.

    Parameters
    ----------
    trend
        Index date (ISO), columns ``value``, ``low``, ``high``, ``region_value`` in the indicator's unit.
    """
    beside = _course(t, trend["region_value"], region.name, indicator.unit, tone=GREY, width=2.0, dash="dash")
    own = _course(t, trend["value"], quarter_name, indicator.unit, tone=MAIN, mark="circle", size=7.0)
    return _over_time(t, region, indicator, [*range_band(t("chart.range"), trend), beside, own], list(trend.index))


def region_chart(t: Texts, region: Region, indicator: Indicator, values: pd.Series[Any]) -> Chart:
    """Return an indicator of the whole region over the dates; ``values`` by date (ISO)."""
    own = _course(t, values, region.name, indicator.unit, tone=MAIN, mark="circle", size=7.0)
    return _over_time(t, region, indicator, [own], list(values.index))


def curve_chart(
    t: Texts,
    reached: tuple[float, ...],
    bound: tuple[float, ...],
    *,
    demand: float,
    chosen: int,
    people: Callable[[float], str],
) -> Chart:
    """Return people reached for 0 to n new offices, the bound above them and the chosen number marked.

    Parameters
    ----------
    reached, bound
        People by number of new offices, rounded as they may be shown.
    people
        Turns a number of people into text.
    """
    new = tuple(range(len(reached)))
    says = tuple(
        t("chart.curve_point", n=n, people=people(value), share=t.percent(100 * value / demand if demand else 0.0))
        for n, value in zip(new, reached, strict=True)
    )
    parts = [Line(t("chart.people"), new, reached, MAIN, says, mark="circle")]
    if any(high > low for low, high in zip(reached, bound, strict=True)):
        parts.insert(0, bound_line(t("chart.bound"), new, bound))
    if chosen < len(reached):
        parts.append(spot_mark(t("chart.chosen"), chosen, reached[chosen], says[chosen]))
    return Chart(tuple(parts), Axis(t("chart.new_offices"), step=1), Axis(low=0))


def bound_line(name: str, x: tuple[float, ...], y: tuple[float | None, ...]) -> Line:
    """Return the line that no choice exceeds."""
    return Line(name, x, y, GREY, width=1.5, dash="dot")


def spot_mark(name: str, x: float, y: float, says: str) -> Line:
    """Return one large mark, for what was chosen."""
    return Line(name, (x,), (y,), MARK, (says,), width=0, mark="circle", size=15)


def range_band(name: str, over: pd.DataFrame) -> list[Band]:
    """Return the area between ``low`` and ``high`` over the dates; none where fewer than two dates have one."""
    known = over.dropna(subset=["low", "high"])
    return [Band(name, tuple(known.index), tuple(known["low"]), tuple(known["high"]))] if len(known) > 1 else []


def break_rules(t: Texts, region: Region, dates: list[str], without: str = "") -> tuple[Rule, ...]:
    """Return lines where a series breaks between the first and the last date."""
    return tuple(
        Rule(date, says=t("chart.break", what=break_text(t, date, key)))
        for date, key in region.breaks
        if key != without and dates and dates[0] < date <= dates[-1]
    )


def _course(t: Texts, values: pd.Series[Any], name: str, unit: str, **look: Any) -> Line:
    says = tuple(f"{value_text(t, value, unit)} · {t.date(str(date))}" for date, value in values.items())
    return Line(name, tuple(values.index), numbers(values), says=says, says_name=True, **look)


def _over_time(t: Texts, region: Region, indicator: Indicator, parts: list[Line | Band], dates: list[str]) -> Chart:
    unit = unit_text(t, indicator.unit)
    rules = break_rules(t, region, dates)
    return Chart(tuple(parts), Axis(ticks=date_ticks(dates)), Axis(unit, low=0), rules, height=300)
