"""Charts on paper and on screen: the same lines, axes in the reader's language, nothing cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geo.need.classes import classify_over
from geo.need.concentration import measure_concentration
from geo.need.indicators import indicators_of, region_value, trend
from geo.need.neighbourhood import queen_neighbours
from geo.need.persistence import find_persistence
from geo.output.charts import bars_chart, curves_chart, frontier_chart, minutes_chart, tornado_chart
from geo.output.charts import need as need_charts
from geo.output.charts.chart import MAIN, Axis, Bars, Chart, Line
from geo.output.charts.trend import curve_chart, region_chart, trend_chart
from geo.output.need.concentration import over_years
from geo.output.need.lasting import figures_over, heat_table, members
from geo.output.paper.print_files import chart_file, chart_page
from geo.output.paper.sheet import KINDS, SIZES, Sheet
from geo.output.screen import plotly_figure
from geo.siting.costs import Effect
from geo.siting.scenario import TODAY, Compared, today_of
from geo.text import Texts, texts
from tests.output.paper.printed import demo, misplaced, pdf_words, pixels, rgb, text_boxes
from tests.output.sites.test_compare_output import compared

SHEET = Sheet(
    title="Ein Diagramm mit Titel",
    subtitle="Stand {date}",
    date="2025-12-31",
    source="Quelle: Test",
    fictional="Erfunden",
)


def _curve(t: Texts) -> Chart:
    reached = (0.0, 1200.0, 2100.0, 2800.0, 3300.0, 3600.0)
    bound = (0.0, 1200.0, 2150.0, 2900.0, 3500.0, 3900.0)
    return curve_chart(t, reached, bound, demand=12_000, chosen=3, people=t.number)


def _effect(t: Texts) -> Chart:
    curves = [("heute", [150.0 * at for at in range(61)]), ("mit drei neuen", [200.0 * at for at in range(61)])]
    return curves_chart(t, curves, demand=12_000, within=15)


def _trend(t: Texts) -> Chart:
    region, indicator = demo(), indicators_of(demo())[0]
    key = str(region.quarters.index[10])
    return trend_chart(t, region, indicator, trend(region, indicator, key), "Ein <b>Quartier</b> & mehr")


def _region(t: Texts) -> Chart:
    region, indicator = demo(), indicators_of(demo())[0]
    values = pd.Series({date: region_value(region, indicator, date).value for date in region.dates})
    return region_chart(t, region, indicator, values)


def _lorenz(t: Texts) -> Chart:
    region = demo()
    found = measure_concentration(region, indicators_of(region)[0], region.dates[-1])
    return need_charts.lorenz_chart(t, found, counted="Leistungsberechtigte", among="Einwohner")


def _years(t: Texts) -> Chart:
    region = demo()
    years = over_years(region, indicators_of(region)[0], region.dates, queen_neighbours(region.quarters))
    return need_charts.years_chart(t, region, years)


def _heat(t: Texts) -> Chart:
    region, indicator = demo(), indicators_of(demo())[0]
    found = find_persistence(region, indicator, region.dates)
    classes = classify_over(region, indicator, region.dates, "natural", 5)
    table = heat_table(
        t, region, indicator, found, (figures_over(region, indicator, region.dates), classes, members(found, ()))
    )
    return need_charts.heat_chart(t, table, 5, region=region)


def _bars(t: Texts) -> Chart:
    names = ["Eine Anlaufstelle mit einem recht langen Namen & mehr für $5", "Kürzer", "Räume"]
    return bars_chart(t, names, [120_000.0, 34_000.0, 560.0], title="Euro im Jahr")


def _swings(t: Texts) -> Chart:
    effects = [Effect("staff", 340_000.0, 460_000.0), Effect("rooms", 379_000.0, 421_000.0)]
    return tornado_chart(t, effects, 400_000.0)


def _minutes(t: Texts) -> Chart:
    curve = (None, None, *(20.0 * at for at in range(2, 61)))
    one = compared("Ein Szenario mit einem Namen", curve=curve)
    today = Compared(TODAY, "Heute", one.scenario, today_of(replace(one.outcome, curve_before=curve)))
    return minutes_chart(t, [today, one], threshold=15.0)


def _frontier(t: Texts, against: str = "sites") -> Chart:
    line = ((0.0, 100.0, 100.0), (1.0, 250.0, 260.0), (2.0, 300.0, 350.0), (3.0, 440.0, 500.0))
    both = [compared(name, people_after=people) for name, people in (("Nord", 230), ("Süd", 400))]
    return frontier_chart(t, line, both, against)


CHARTS: dict[str, Callable[[Texts], Chart]] = {
    "curve": _curve, "effect": _effect, "trend": _trend, "region": _region, "lorenz": _lorenz,
    "years": _years, "heat": _heat, "bars": _bars, "swings": _swings,
    "minutes": _minutes, "frontier": _frontier,
}  # fmt: skip


@pytest.mark.parametrize("name", CHARTS)
def test_no_words_are_cut_or_lie_on_others(name: str) -> None:
    for size, legend in (("a4-landscape", "auto"), ("a4-portrait", "below"), ("square", "right")):
        wide, high = SIZES[size]
        sheet = Sheet(
            title=SHEET.title, width_mm=wide, height_mm=high, legend=legend, fictional="Erfunden", source="Quelle"
        )  # type: ignore[arg-type]
        assert misplaced(chart_page(texts("de"), CHARTS[name](texts("de")), sheet)) == []


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


def test_signs_of_formulas_in_names_are_drawn_as_they_are(tmp_path: Path) -> None:
    said = pdf_words(chart_file(texts("de"), _bars(texts("de")), SHEET, "pdf"), tmp_path)
    assert "für $5" in said


def test_bars_have_their_length_and_colour() -> None:
    parts = (Bars("", ("a", "b"), (100.0, 0.0), ("#aa0000",) * 2), Bars("", ("a", "b"), (0.0, 50.0), ("#0000aa",) * 2))
    seen = pixels(chart_file(texts("de"), Chart(parts, Axis(), Axis()), Sheet(dpi=96), "png"))
    spans = []
    for colour in ("#aa0000", "#0000aa"):
        columns = np.flatnonzero((np.abs(seen - rgb(colour)).sum(axis=2) == 0).any(axis=0))
        spans.append(columns[-1] - columns[0] + 1)
    assert spans[0] == pytest.approx(2 * spans[1], rel=0.01)


def test_a_line_passes_through_its_points() -> None:
    line = Line("", (0, 10), (0.0, 100.0), ("#ff0000", "#ff0000"), width=6)
    chart = Chart((line,), Axis(low=0, high=10), Axis(low=0, high=100))
    seen = pixels(chart_file(texts("de"), chart, Sheet(dpi=96), "png"))
    rows, columns = np.nonzero(np.abs(seen - (255, 0, 0)).sum(axis=2) < 40)
    middle = rows[np.abs(columns - (columns.min() + columns.max()) / 2) < 2].mean()
    assert middle == pytest.approx((rows.min() + rows.max()) / 2, abs=4)
    assert rows[columns < columns.min() + 5].mean() > rows[columns > columns.max() - 5].mean()


def test_a_missing_value_leaves_a_gap() -> None:
    red = ("#ff0000", "#ff0000")
    chart = Chart((Line("", tuple(range(10)), (*[5.0] * 4, None, None, *[5.0] * 4), red),), Axis(), Axis(low=0))
    seen = pixels(chart_file(texts("de"), chart, Sheet(dpi=96), "png"))
    columns = np.flatnonzero((np.abs(seen - (255, 0, 0)).sum(axis=2) < 40).any(axis=0))
    assert np.diff(columns).max() > (columns[-1] - columns[0]) / 5


def test_an_empty_chart_is_a_page() -> None:
    assert chart_file(texts("de"), Chart((), Axis(), Axis()), Sheet(dpi=96), "png").startswith(b"\x89PNG")


def test_an_axis_of_whole_numbers_names_each_once() -> None:
    page = chart_page(texts("de"), _frontier(texts("de")), SHEET)
    ticks = [text for text, box in text_boxes(page) if text in ("0", "1", "2", "3")]
    assert sorted(ticks) == ["0", "0", "1", "2", "3"]  # both axes begin at 0


def test_names_stand_beside_their_marks() -> None:
    chart = _frontier(texts("de"))
    page = chart_page(texts("de"), chart, SHEET)
    (axes,) = [one for one in page.figure.axes if one is not page.axes]
    spots = axes.transData.transform(list(zip(chart.parts[-1].x, chart.parts[-1].y, strict=True)))
    boxes = dict(text_boxes(page))
    for name, (x, y) in zip(("Nord", "Süd"), spots * 25.4 / page.figure.dpi, strict=True):
        left, bottom, right, top = boxes[name]
        assert not (left < x < right and bottom < y < top)
        assert max(left - x, x - right, bottom - y, y - top) < 4


@pytest.mark.parametrize(("high", "ticks"), [(0.4, ("0,1", "0,4")), (2.0, ("0,0", "2,0"))])
def test_decimals_of_ticks_are_those_of_the_axis(high: float, ticks: tuple[str, ...], tmp_path: Path) -> None:
    chart = Chart((Line("", (0, 1), (0.0, high), MAIN),), Axis(), Axis(low=0, digits=1))
    said = pdf_words(chart_file(texts("de"), chart, Sheet(), "pdf"), tmp_path).split()
    assert set(ticks) <= set(said)


def test_on_screen_names_are_text_and_numbers_german() -> None:
    t = texts("de")
    for name, make in CHARTS.items():
        for theme in ("light", "dark"):
            figure = plotly_figure(t, make(t), theme)
            assert figure.layout.separators == ",.", name
            assert "<b>" not in figure.to_json(), name
    names = [trace.name for trace in plotly_figure(t, _trend(t), "light").data]
    assert "Ein &lt;b>Quartier&lt;/b> &amp; mehr" in names
