"""Charts on paper: the same traces, axes in the reader's language, nothing cut."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from geo.errors import ContractError
from geo.need.classes import classify_over
from geo.need.concentration import measure_concentration
from geo.need.indicators import indicators_of, region_value, trend
from geo.need.neighbourhood import queen_neighbours
from geo.need.persistence import find_persistence
from geo.output.charts import need as need_charts
from geo.output.charts.trend import curve_chart, region_chart, trend_chart
from geo.output.need.concentration import over_years
from geo.output.need.lasting import figures_over, heat_table, members
from geo.output.paper.axes import formatted, nice_step
from geo.output.paper.print_files import chart_file, chart_page
from geo.output.paper.sheet import KINDS, SIZES, Sheet
from geo.output.paper.traces import colour_of, scaled_colour
from geo.output.sites.access import curves_chart
from geo.output.values.map_colours import palette
from geo.text import Texts, texts
from tests.output.paper.printed import demo, misplaced, pdf_words, pixels, rgb

SHEET = Sheet(
    title="Ein Diagramm mit Titel",
    subtitle="Stand {date}",
    date="2025-12-31",
    source="Quelle: Test",
    fictional="Erfunden",
)


def _curve(t: Texts) -> go.Figure:
    reached = (0.0, 1200.0, 2100.0, 2800.0, 3300.0, 3600.0)
    bound = (0.0, 1200.0, 2150.0, 2900.0, 3500.0, 3900.0)
    return curve_chart(t, reached, bound, demand=12_000, chosen=3, theme="light", people=t.number)


def _effect(t: Texts) -> go.Figure:
    curves = [("heute", [150.0 * at for at in range(61)]), ("mit drei neuen", [200.0 * at for at in range(61)])]
    return curves_chart(t, curves, demand=12_000, within=15, theme="light")


def _trend(t: Texts) -> go.Figure:
    region, indicator = demo(), indicators_of(demo())[0]
    key = str(region.quarters.index[10])
    return trend_chart(t, region, indicator, trend(region, indicator, key), "Ein <b>Quartier</b> & mehr", theme="light")


def _region(t: Texts) -> go.Figure:
    region, indicator = demo(), indicators_of(demo())[0]
    values = pd.Series({date: region_value(region, indicator, date).value for date in region.dates})
    return region_chart(t, region, indicator, values, theme="light")


def _lorenz(t: Texts) -> go.Figure:
    region = demo()
    found = measure_concentration(region, indicators_of(region)[0], region.dates[-1])
    return need_charts.lorenz_chart(t, found, counted="Leistungsberechtigte", among="Einwohner", theme="light")


def _years(t: Texts) -> go.Figure:
    region = demo()
    years = over_years(region, indicators_of(region)[0], region.dates, queen_neighbours(region.quarters))
    return need_charts.years_chart(t, region, years, theme="light")


def _heat(t: Texts) -> go.Figure:
    region, indicator = demo(), indicators_of(demo())[0]
    found = find_persistence(region, indicator, region.dates)
    classes = classify_over(region, indicator, region.dates, "natural", 5)
    table = heat_table(
        t, region, indicator, found, (figures_over(region, indicator, region.dates), classes, members(found, ()))
    )
    return need_charts.heat_chart(t, table, palette(5), region=region, theme="light", no_data="#e9ecec")


def _bars(t: Texts) -> go.Figure:
    figure = go.Figure()
    names = ["Eine Maßnahme mit einem recht langen Namen & mehr", "Kürzer", "Räume"]
    figure.add_bar(x=[120_000, -34_000, 56_000], y=names, orientation="h", name="Kosten", marker={"color": "#0b5c63"},
                   text=["120.000 €", "−34.000 €", "56.000 €"], error_x={"array": [9_000, 9_000, 9_000]})  # fmt: skip
    figure.add_bar(
        x=[90_000, -14_000, 46_000], y=names, orientation="h", name="Vorher", marker={"pattern": {"shape": "/"}}
    )
    figure.update_xaxes(title="Euro im Jahr", tickformat=",.0f")
    return figure


def _stack(t: Texts) -> go.Figure:
    figure = go.Figure([go.Bar(x=["2023", "2024", "2025"], y=[1500.0, 2250.5, 3000.0], name=name) for name in "ABC"])
    figure.update_layout(barmode="stack")
    figure.update_yaxes(title="Menschen")
    figure.add_hline(y=6_000, line={"dash": "dot"}, annotation_text="Grenze")
    return figure


CHARTS: dict[str, Callable[[Texts], go.Figure]] = {
    "curve": _curve, "effect": _effect, "trend": _trend, "region": _region, "lorenz": _lorenz,
    "years": _years, "heat": _heat, "bars": _bars, "stack": _stack,
}  # fmt: skip


@pytest.mark.parametrize("name", CHARTS)
def test_no_words_are_cut_or_lie_on_others(name: str) -> None:
    for size, legend in (("a4-landscape", "auto"), ("a4-portrait", "below"), ("square", "right")):
        wide, high = SIZES[size]
        sheet = Sheet(
            title=SHEET.title, width_mm=wide, height_mm=high, legend=legend, fictional="Erfunden", source="Quelle"
        )  # type: ignore[arg-type]
        faults = misplaced(chart_page(texts("de"), CHARTS[name](texts("de")), sheet))
        assert [fault for fault in faults if "Grenze" not in fault] == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_becomes_a_steady_file(name: str, kind: str) -> None:
    t = texts("en")
    one, other = (chart_file(t, CHARTS[name](t), Sheet(dpi=96, title="A"), kind) for _ in range(2))
    assert one == other
    assert len(one) > 5_000


@pytest.mark.parametrize(("language", "ticks"), [("de", ("1.000", "3.500")), ("en", ("1,000", "3,500"))])
def test_a_pdf_names_axes_and_ticks_in_the_language(language: str, ticks: tuple[str, ...], tmp_path: Path) -> None:
    t = texts(language)
    said = pdf_words(chart_file(t, _curve(t), SHEET, "pdf"), tmp_path)
    for words in (
        *ticks,
        t("chart.new_offices"),
        t("chart.people"),
        t("chart.bound"),
        "Quelle: Test",
        "Ein Diagramm mit Titel",
        "Erfunden",
    ):
        assert words in said


def test_markup_of_names_is_not_shown(tmp_path: Path) -> None:
    said = pdf_words(chart_file(texts("de"), _trend(texts("de")), SHEET, "pdf"), tmp_path)
    assert "Ein <b>Quartier</b> & mehr" in said


def test_bars_have_their_length_and_colour() -> None:
    figure = go.Figure(go.Bar(x=[100.0, 50.0], y=["a", "b"], orientation="h", marker={"color": ["#aa0000", "#0000aa"]}))
    seen = pixels(chart_file(texts("de"), figure, Sheet(dpi=96), "png"))
    spans = []
    for colour in ("#aa0000", "#0000aa"):
        columns = np.flatnonzero((np.abs(seen - rgb(colour)).sum(axis=2) == 0).any(axis=0))
        spans.append(columns[-1] - columns[0] + 1)
    assert spans[0] == pytest.approx(2 * spans[1], rel=0.01)


def test_a_line_passes_through_its_points() -> None:
    figure = go.Figure(go.Scatter(x=[0, 10], y=[0, 100], mode="lines", line={"color": "#ff0000", "width": 6}))
    figure.update_xaxes(range=[0, 10])
    figure.update_yaxes(range=[0, 100])
    seen = pixels(chart_file(texts("de"), figure, Sheet(dpi=96), "png"))
    rows, columns = np.nonzero(np.abs(seen - (255, 0, 0)).sum(axis=2) < 40)
    middle = rows[np.abs(columns - (columns.min() + columns.max()) / 2) < 2].mean()
    assert middle == pytest.approx((rows.min() + rows.max()) / 2, abs=4)
    assert rows[columns < columns.min() + 5].mean() > rows[columns > columns.max() - 5].mean()


@pytest.mark.parametrize("trace", [go.Pie(values=[1, 2]), go.Box(y=[1, 2, 3]), go.Scatter3d(x=[1], y=[1], z=[1])])
def test_an_unknown_trace_is_refused(trace: Any) -> None:
    with pytest.raises(ContractError, match="cannot be printed"):
        chart_file(texts("de"), go.Figure(trace), Sheet(dpi=96), "png")


def test_an_empty_chart_is_a_page() -> None:
    assert chart_file(texts("de"), go.Figure(), Sheet(dpi=96), "png").startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("pattern", "value", "said"),
    [
        (",.0f", 1234.5, "1.234"),
        (".1f", 0.25, "0,2"),
        (".0%", 0.5, "50\u00a0%"),
        ("+,.0f", 5.0, "+5"),
        ("", 0.5, "0,50"),
    ],
)
def test_numbers_on_axes(pattern: str, value: float, said: str) -> None:
    assert formatted(texts("de"), value, pattern, 2) == said


def test_steps_are_round() -> None:
    assert [nice_step(extent, 5) for extent in (10, 11, 99, 0.7, 3000)] == [2, 5, 20, 0.2, 1000]


def test_colours_are_read_as_plotly_writes_them() -> None:
    assert colour_of("rgba(255,0,0,0.5)") == (1.0, 0.0, 0.0, 0.5)
    assert colour_of("rgb(0, 255, 0)") == (0.0, 1.0, 0.0, 1.0)
    assert colour_of("#0000ff", opacity=0.25) == (0.0, 0.0, 1.0, 0.25)
    steps = [[0.0, "#000000"], [0.5, "#000000"], [0.5, "#ffffff"], [1.0, "#ffffff"]]
    assert scaled_colour(0.2, 0, 1, steps)[:3] == (0.0, 0.0, 0.0)
    assert scaled_colour(0.8, 0, 1, steps)[:3] == (1.0, 1.0, 1.0)
