"""Concentration, lasting need and profiles as sentences, tables, maps and charts."""

from __future__ import annotations

import math

import numpy as np
import pytest

from geo.need.classes import classify_over
from geo.need.clusters import ClusterRule, find_clusters
from geo.need.concentration import measure_concentration
from geo.need.indicators import Indicator, group_values, indicator_named, indicator_values
from geo.need.neighbourhood import queen_neighbours
from geo.need.persistence import LastingRule, find_persistence
from geo.need.status import Component, status_dynamics
from geo.output.charts.chart import Line, readable_on
from geo.output.charts.need import heat_chart, lorenz_chart, years_chart
from geo.output.need.concentration import (
    METHODS,
    NEIGHBOURHOODS,
    cluster_lines,
    cluster_view,
    concentration_table,
    half_sentence,
    measures,
    neighbourhood_named,
    neighbourhood_text,
    over_years,
    permutations_for,
    rank_ranges,
)
from geo.output.need.lasting import (
    SHOWN,
    are_yearly,
    figures_over,
    group_sizes,
    heat_table,
    lasting_table,
    lasting_view,
    lead,
    limit_of,
    members,
    variant_text,
)
from geo.output.need.quarter import (
    Chosen,
    indicator_row,
    nearest_offices,
    need_sentence,
    need_table,
    neighbours_of,
    neighbours_table,
    place_view,
    trend_of,
    withheld_lines,
)
from geo.output.need.status_map import status_key, status_view
from geo.output.screen import chart_config, plotly_figure
from geo.output.values.map_view import WITHHELD, MapView
from geo.region.model.region import Region
from geo.text import texts
from tests.conftest import demo_region

DATE = "2025-12-31"
SMALL = "04010202"  # fewer than 300 residents, hence withheld


@pytest.fixture(scope="module")
def demo() -> Region:
    return demo_region("musterstadt")


@pytest.fixture(scope="module")
def share(demo: Region) -> Indicator:
    return indicator_named(demo, "share_of_residents")


def test_rank_ranges_by_hand() -> None:
    # a and b overlap, c lies wholly below both, d overlaps with c only.
    value, low, high = [10.0, 9.0, 4.0, 3.0], [8.0, 7.5, 3.0, 2.0], [12.0, 10.5, 5.0, 4.0]
    assert rank_ranges(value, low, high).tolist() == [[1, 2], [1, 2], [3, 4], [3, 4]]


def test_rank_ranges_without_intervals_are_exact_but_for_ties() -> None:
    nothing = [math.nan] * 4
    assert rank_ranges([1.0, 3.0, 3.0, 2.0], nothing, nothing).tolist() == [[4, 4], [1, 2], [1, 2], [3, 3]]


def test_rank_ranges_hold_the_rank(demo: Region, share: Indicator) -> None:
    known = indicator_values(demo, share, DATE).dropna(subset=["value"])
    ranges = rank_ranges(known["value"], known["low"], known["high"])
    ranks = known["value"].rank(ascending=False, method="min").to_numpy()
    assert (ranges[:, 0] <= ranks).all()
    assert (ranks <= ranges[:, 1]).all()


@pytest.mark.parametrize("quarters", [3, 24, 25, 87, 250])
def test_enough_random_orders_for_a_single_quarter_to_pass(quarters: int) -> None:
    assert quarters * 2 / (permutations_for(quarters) + 1) <= 0.05


def test_large_regions_draw_fewer_orders() -> None:
    assert permutations_for(251) == permutations_for(11_000) == 999


@pytest.mark.parametrize("key", NEIGHBOURHOODS)
@pytest.mark.parametrize("language", ["de", "en"])
def test_every_neighbourhood_has_pairs_and_a_name(demo: Region, key: str, language: str) -> None:
    assert len(neighbourhood_named(demo, key).focal)
    assert neighbourhood_text(texts(language), key)


def test_an_unknown_neighbourhood_is_refused(demo: Region) -> None:
    with pytest.raises(ValueError, match="no neighbourhood"):
        neighbourhood_named(demo, "far")


def test_half_is_said_from_the_measure(demo: Region, share: Indicator) -> None:
    found = measure_concentration(demo, share, DATE)
    assert found.half is not None
    sentence = half_sentence(texts("en"), demo, share, found)
    assert f"{found.half.quarters} of {found.half.quarters_counted} quarters" in sentence
    assert f"{100 * found.half.resident_share:.0f}%" in sentence


def test_more_than_half_is_said_where_quarters_are_large() -> None:
    region = demo_region("musterkreis")
    indicator = indicator_named(region, "share_of_residents")
    found = measure_concentration(region, indicator, DATE)
    assert found.half is not None
    sentence = half_sentence(texts("de"), region, indicator, found).replace("\u00a0", " ")
    assert sentence.startswith(
        f"{100 * found.half.recipient_share:.0f} % aller Leistungsberechtigten leben in 2 von 18"
    )


@pytest.mark.parametrize("language", ["de", "en"])
def test_each_measure_has_a_meaning_and_a_range(demo: Region, share: Indicator, language: str) -> None:
    lying = find_clusters(demo, share, DATE, rule=ClusterRule(permutations=99))
    found = measures(texts(language), measure_concentration(demo, share, DATE), lying.moran)
    assert [one.key for one in found] == ["dissimilarity", "gini", "isolation", "moran"]
    assert all(one.number and one.meaning and one.range for one in found)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("correction", ["false_discovery", "none"])
def test_map_of_clusters_hides_what_is_withheld(demo: Region, share: Indicator, method: str, correction: str) -> None:
    rule = ClusterRule(permutations=999, correction=correction)  # type: ignore[arg-type]
    found = find_clusters(demo, share, DATE, rule=rule)
    view = cluster_view(texts("de"), demo, share, found, method, theme="light")  # type: ignore[arg-type]
    assert len(view.legend.labels) == len(view.legend.colours)
    hidden = {one.quarter_id for one in found.left_out}
    for key, kind, lines in zip(view.quarter_ids, view.classes, view.tooltips, strict=True):
        assert (kind == WITHHELD) == (key in hidden)
        if key in hidden:
            assert lines == (f"Anteil der Leistungsberechtigten an allen Einwohnern: {texts('de')('map.withheld')}",)
    assert cluster_lines(texts("de"), found, method)[0]  # type: ignore[arg-type]


def test_table_says_what_the_map_shows(demo: Region, share: Indicator) -> None:
    t = texts("en")
    found = find_clusters(demo, share, DATE, rule=ClusterRule(permutations=999, correction="none"))
    view = cluster_view(t, demo, share, found, "moran", theme="light")
    table = concentration_table(t, demo, share, measure_concentration(demo, share, DATE), view)
    assert len(table.rows) == len(demo.quarters)
    for row, kind in zip(table.rows, view.classes, strict=True):
        assert len(row.cells) == len(row.sort) == len(table.columns)
        if kind == WITHHELD:
            assert row.colour == "withheld"
            assert [cell for cell in row.cells[2:] if cell] == [t("map.withheld")]
            assert [key for key in row.sort[2:] if key is not None] == []
        else:
            assert row.colour == view.legend.colours[kind]
            assert row.cells[-1] == view.legend.labels[kind]


def test_measures_over_the_years_are_those_of_each_date(demo: Region, share: Indicator) -> None:
    years = over_years(demo, share, demo.dates[-2:], queen_neighbours(demo.quarters))
    found = measure_concentration(demo, share, DATE)
    assert years.loc[DATE, "gini"] == found.gini
    lying = find_clusters(demo, share, DATE, rule=ClusterRule(permutations=9))
    assert lying.moran is not None
    assert years.loc[DATE, "moran"] == pytest.approx(lying.moran.value)


def test_measures_over_the_years_of_a_count_alone_are_not_said(demo: Region) -> None:
    years = over_years(demo, indicator_named(demo, "recipients"), [DATE], queen_neighbours(demo.quarters))
    assert years[["gini", "dissimilarity", "isolation"]].isna().all(axis=None)
    assert np.isfinite(years.loc[DATE, "moran"])


@pytest.mark.parametrize("language", ["de", "en"])
def test_lasting_need_is_said_with_what_is_not_known(demo: Region, share: Indicator, language: str) -> None:
    found = find_persistence(demo, share)
    lines = lead(texts(language), demo, found)
    lasting = int((found.quarters["lasting"] == "yes").sum())
    assert str(lasting) in lines[0]
    assert len(lines) == 3


def test_dates_are_called_years_only_where_they_are() -> None:
    assert are_yearly(("2023-12-31", "2024-12-31", "2025-12-31"))
    assert not are_yearly(("2021-12-31", "2023-12-31"))
    assert not are_yearly(("2023-12-31",))


@pytest.mark.parametrize(
    ("text", "limit"),
    [("12,5", 12.5), ("12.5 %", 12.5), ("20", 20.0), ("", None), ("viel", None), ("-3", None), ("1e9", None)],
)
def test_limits_are_read_as_they_are_written(text: str, limit: float | None) -> None:
    assert limit_of(text) == limit


def test_groups_are_those_of_the_rule(demo: Region, share: Indicator) -> None:
    found = find_persistence(demo, share)
    sizes = group_sizes(found)
    for group, size in sizes.items():
        assert size == len(members(found, (group,)))
    courses = ("staying", "entering", "leaving", "changing", "never", "unknown")
    assert sum(sizes[name] for name in courses if name in sizes) == 94


def test_heat_table_shows_nothing_withheld(demo: Region, share: Indicator) -> None:
    t, found = texts("de"), find_persistence(demo, share)
    figures, classes = figures_over(demo, share, demo.dates), classify_over(demo, share, demo.dates, "natural", 5)
    keys = [str(key) for key in demo.quarters.index]
    table = heat_table(t, demo, share, found, (figures, classes, keys))
    states = figures.states
    for key, kinds, cells, hovers in zip(table.ids, table.classes, table.texts, table.hovers, strict=True):
        for date, kind, cell, hover in zip(table.dates, kinds, cells, hovers, strict=True):
            if states.loc[key, date] == "suppressed":
                assert (kind, cell) == (-1, "✕")
                assert hover.endswith(t("map.withheld"))
    chart = heat_chart(t, table, 5, region=demo)
    assert "NaN" not in plotly_figure(t, chart, "light").to_json()


@pytest.mark.parametrize("shown", SHOWN[:2])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_maps_of_lasting_need_have_a_true_legend(demo: Region, share: Indicator, shown: str, theme: str) -> None:
    found = find_persistence(demo, share)
    view = lasting_view(texts("de"), demo, share, found, shown, theme=theme)  # type: ignore[arg-type]
    assert_true(view)
    by_key = dict(zip(view.quarter_ids, view.classes, strict=True))
    assert by_key[SMALL] == WITHHELD
    for key, kind in by_key.items():
        if kind >= 0:
            assert view.legend.labels[kind] == texts("de")(f"{shown}.{found.quarters.loc[key, shown]}.label")


def assert_true(view: MapView) -> None:
    assert len(view.legend.labels) == len(view.legend.colours) == len(set(view.legend.colours))
    assert view.legend.no_data_colour not in view.legend.colours
    assert max(view.classes) < len(view.legend.colours)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_status_and_dynamics_have_twelve_colours_and_the_matrix(demo: Region, theme: str) -> None:
    found = status_dynamics(demo, (Component("share_of_residents"), Component("child_rate")), DATE)
    view = status_view(texts("de"), demo, found, theme=theme)
    assert_true(view)
    key = status_key(found, theme=theme)
    assert tuple(cell.colour for row in key for cell in row) == view.legend.colours
    counted = [sum(1 for kind in view.classes if kind == at) for at in range(12)]
    assert [cell.quarters for row in key for cell in row] == counted
    assert sum(cell.needs_attention for row in key for cell in row) == 4


def test_status_without_dynamics_has_four_colours(demo: Region) -> None:
    found = status_dynamics(demo, (Component("share_of_residents"),), demo.dates[0])
    view = status_view(texts("en"), demo, found, theme="light")
    assert_true(view)
    assert len(view.legend.colours) == 4
    assert [len(row) for row in status_key(found, theme="light")] == [1, 1, 1, 1]


def test_the_list_gives_reasons(demo: Region, share: Indicator) -> None:
    t, found = texts("de"), find_persistence(demo, share, causes={"02040113": "shelter"})
    table = lasting_table(t, demo, share, found, (members(found, ()), None))
    rows = {row.id: row.cells for row in table.rows}
    assert "sprunghafter Anstieg" in rows["02040113"][-1]
    assert "vermerkt: Gemeinschaftsunterkunft" in rows["02040113"][-1]
    assert t("standing.lasting_single_cause.label") in rows["02040113"]


def test_a_marked_cause_changes_both_counts(demo: Region, share: Indicator) -> None:
    causes = {"02040113": "shelter", "01010101": "none"}
    both = [find_persistence(demo, share, causes=causes, without_marked=one) for one in (False, True)]
    said = variant_text(texts("de"), *both)
    assert "ohne das Quartier" in said  # 'none' says that no single cause was found


def test_charts_know_no_english_in_german(demo: Region, share: Indicator) -> None:
    t, found = texts("de"), measure_concentration(demo, share, DATE)
    words = chart_config(t, saves=True)["locales"]["nahbar"]["dictionary"]
    assert words["Download plot"] == t("chart.save")
    chart = lorenz_chart(t, found, counted="Leistungsberechtigte", among="Einwohner")
    assert plotly_figure(t, chart, "light").layout.separators == ",."
    years = over_years(demo, share, demo.dates[-3:], queen_neighbours(demo.quarters))
    dashes = {part.dash for part in years_chart(t, demo, years).parts if isinstance(part, Line)}
    assert len(dashes) == 4  # told apart without colour


@pytest.mark.parametrize(("ground", "ink"), [("#ffffff", "#10191c"), ("#022a32", "#ffffff"), ("#1d5488", "#ffffff")])
def test_text_is_legible_on_its_ground(ground: str, ink: str) -> None:
    assert readable_on(ground) == ink


def test_several_quarters_are_group_values(demo: Region, share: Indicator) -> None:
    keys = ("01010101", "01010404")
    row = indicator_row(demo, share, keys, DATE)
    assert row is not None
    assert row["value"] == group_values(demo, share, keys, DATE)["value"]
    trend = trend_of(demo, share, keys)
    assert trend is not None
    assert trend.loc[DATE, "value"] == row["value"]


def test_a_sum_with_a_withheld_part_is_withheld_everywhere(demo: Region, share: Indicator) -> None:
    t, chosen = texts("de"), Chosen(demo, ("01010101", SMALL), DATE)
    table = need_table(t, chosen)
    assert {row.cells[1] for row in table.rows} == {t("map.withheld")}
    assert all(row.cells[2:4] == ("", "") for row in table.rows)
    assert t("map.withheld") in need_sentence(t, chosen, share)
    assert "Am Güterbahnhof" in " ".join(withheld_lines(t, chosen))
    trend = trend_of(demo, share, chosen.quarter_ids)
    assert trend is not None
    assert trend["value"].isna().all()


def test_few_residents_are_named_as_the_reason(demo: Region) -> None:
    t = texts("en")
    assert t("profile.few_residents", limit="300") in " ".join(withheld_lines(t, Chosen(demo, (SMALL,), DATE)))


def test_neighbours_are_those_of_the_map(demo: Region, share: Indicator) -> None:
    beside = queen_neighbours(demo.quarters)
    chosen = Chosen(demo, ("01010101",), DATE)
    around = neighbours_of(chosen, beside)
    assert set(around) == set(beside.neighbours_of("01010101"))
    assert len(neighbours_table(texts("de"), chosen, share, around).rows) == len(around)
    view = place_view(texts("de"), chosen, around, nearest_offices(demo, chosen.quarter_ids, None), theme="light")
    assert [view.classes.count(kind) for kind in (0, 1)] == [1, len(around)]
    assert len(view.places) == 2


def test_offices_come_nearest_first(demo: Region) -> None:
    ways = nearest_offices(demo, ("01010101",), None)
    minutes = [one.minutes for one in ways.nearest]
    assert ways.mode == "line"
    assert minutes == sorted(minutes)
    assert all(0 < one <= 120 for one in minutes)


def test_rule_of_one_of_one_counts_the_latest_date(demo: Region, share: Indicator) -> None:
    found = find_persistence(demo, share, rule=LastingRule(1, 1, 12.0, needs_lower_bound=False))
    above = indicator_values(demo, share, DATE)["value"] > 12.0
    assert int((found.quarters["lasting"] == "yes").sum()) == int(above.sum())
