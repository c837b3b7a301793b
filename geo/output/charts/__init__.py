"""Charts of need, plans and scenarios as data; screen, paper and slides draw them."""

from geo.output.charts.bars import bars_chart, tornado_chart
from geo.output.charts.chart import GREY, GRID, GROUND, INK, Axis, Band, Bars, Cells, Chart, Line, Spot, readable_on
from geo.output.charts.need import HeatTable, heat_chart, lorenz_chart, years_chart
from geo.output.charts.numbers import money_chart, money_texts, next_text, numbers_chart, numbers_text
from geo.output.charts.scenarios import curves_chart, frontier_chart, minutes_chart
from geo.output.charts.trend import curve_chart, region_chart, trend_chart
