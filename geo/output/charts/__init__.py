"""Charts of need, plans and scenarios."""

from geo.output.charts.look import GREY, INK, MARK, dress, plain
from geo.output.charts.need import (
    HeatTable,
    chart_config,
    heat_chart,
    lorenz_chart,
    readable_on,
    with_button,
    years_chart,
)
from geo.output.charts.numbers import money_chart, money_texts, next_text, numbers_chart, numbers_text
from geo.output.charts.scenarios import frontier_chart, minutes_chart
from geo.output.charts.trend import CONFIG, curve_chart, region_chart, trend_chart

__all__ = [
    "CONFIG",
    "GREY",
    "INK",
    "MARK",
    "HeatTable",
    "chart_config",
    "curve_chart",
    "dress",
    "frontier_chart",
    "heat_chart",
    "lorenz_chart",
    "minutes_chart",
    "money_chart",
    "money_texts",
    "next_text",
    "numbers_chart",
    "numbers_text",
    "plain",
    "readable_on",
    "region_chart",
    "trend_chart",
    "with_button",
    "years_chart",
]
