"""Scenarios and costs as tables, maps, charts and files: what they say, and what they must not say."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import replace

import pandas as pd
import pytest

from geo.output.charts import tornado_chart
from geo.output.charts.scenarios import frontier_chart, minutes_chart
from geo.output.files.csv import table_csv
from geo.output.screen import plotly_figure
from geo.output.sites.compare import (
    DIFFERENCES_SHOWN,
    difference_data,
    difference_lines,
    difference_table,
    difference_view,
    mismatch_lines,
    reading_lines,
    scenarios_data,
    scenarios_table,
    warning_lines,
)
from geo.output.sites.costs import (
    break_even_lines,
    cost_picture,
    costs_data,
    freed_lines,
    funding_lines,
    parameters_data,
    parameters_table,
    sites_cost_table,
    standing_text,
)
from geo.output.values.map_view import NO_DATA, WITHHELD
from geo.region.model.region import Region
from geo.siting.ask.question import Question
from geo.siting.costs.components import COMPONENTS, PRESETS, CostPlan
from geo.siting.costs.sums import sensitivity
from geo.siting.scenario.compare import TODAY, Compared, today_of
from geo.siting.scenario.scenario import ChosenSite, Outcome, QuarterReach, Scenario
from geo.text import texts
from tests.siting.scenario.test_compare import compared, outcome
from tests.siting.small_region import make_region

EVIL = '=cmd|"/c calc"!A1 <img src=x onerror=alert(1)> ![x](http://evil.example)'


@pytest.fixture(scope="module")
def region() -> Region:
    return make_region()


def rows(*people: tuple[int | None, float | None]) -> tuple[QuarterReach, ...]:
    return tuple(QuarterReach(f"q{at}", 0, number, 30.0, way) for at, (number, way) in enumerate(people, 1))


def pair() -> tuple[Compared, Compared]:
    mine = (500, 5.0), (200, 8.0), (100, 9.5), (None, 12.0), (0, 20.0), (40, 10.0), (None, None), (None, 1.0), (0, 2.0)
    theirs = (100, 15.0), (200, 8.0), (120, 9.0), (50, 12.5), (0, 20.0), (None, 11.0), (0, 3.0), (70, 1.0), (0, 2.0)
    return compared(EVIL, quarters=rows(*mine)), compared("B", quarters=rows(*theirs))


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("shown", DIFFERENCES_SHOWN)
def test_the_map_of_a_difference_mirrors_itself_around_a_blank_zero(region: Region, shown: str, language: str) -> None:
    t = texts(language)
    a, b = pair()
    view = difference_view(t, region, (a, b), shown, theme="light")
    turned = difference_view(t, region, (b, a), shown, theme="light")
    legend = view.legend
    middle = len(legend.colours) // 2
    assert len(legend.colours) == len(legend.labels) == 5
    assert legend.labels[middle] == t("compare.label_same")
    assert min(int(legend.colours[middle][at : at + 2], 16) for at in (1, 3, 5)) > 0xF0
    assert "A minus B" in legend.title
    assert EVIL in legend.title
    for mine, theirs in zip(view.classes, turned.classes, strict=True):
        assert theirs == (mine if mine < 0 else len(legend.colours) - 1 - mine)
    table = difference_table(t, region, a, b, shown)
    values = {row.id: row.sort[3] for row in table.rows}
    for key, kind in zip(view.quarter_ids, view.classes, strict=True):
        if values[key] is None:
            assert kind in (WITHHELD, NO_DATA)
        else:
            better = values[key] if shown == "people" else -values[key]
            assert (kind < middle, kind == middle, kind > middle) == (better > 0, better == 0, better < 0)
    assert view.classes[view.quarter_ids.index("q8")] in ((WITHHELD,) if shown == "people" else (WITHHELD, middle))


def test_a_figure_that_is_not_shown_is_in_no_difference(region: Region) -> None:
    t = texts("de")
    a, b = pair()
    found = list(
        csv.reader(
            io.StringIO(table_csv(t, region, difference_data(t, region, a, b)).decode("utf-8-sig")), delimiter=";"
        )
    )
    by_key = {row[0]: row for row in found[1:] if len(row) > 5}
    head = found[0]
    people = [head.index(name) for name in head if "Personen" in name]
    assert [by_key["q4"][at] for at in people] == ["", "50", ""]
    assert [by_key["q6"][at] for at in people] == ["40", "", ""]
    assert [by_key["q1"][at] for at in people] == ["500", "100", "400"]
    assert not any(row and row[0].startswith("=") for row in found)
    cells = {row.id: row.cells for row in difference_table(t, region, a, b, "people").rows}
    assert cells["q4"][1:] == (t("value.none"), "50", t("value.none"))
    assert cells["q1"][3] == "+400"


def test_differences_are_told_in_sentences() -> None:
    t = texts("de")
    a, b = compared("a", people_after=700, mean_minutes=10.0), compared("b", cost_per_year_eur=None)
    assert difference_lines(t, a, b) == (
        "A erreicht 200 Personen mehr als B.",
        "Der mittlere Weg ist in A um 2,5 Minuten kürzer.",
        t("compare.told_cost_unknown"),
    )
    assert difference_lines(t, a, replace(b, outcome=None)) == ()
    assert difference_lines(t, a, a)[0] == t("compare.told_people_same")
    dearer = compared("c", cost_per_year_eur=a.outcome.cost_per_year_eur + 0.3)
    assert difference_lines(t, dearer, a)[2] == t("compare.told_cost_same")
    hidden = compared("c", people_after=None)
    assert difference_lines(t, hidden, a)[0] == t("compare.told_people_unknown")


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_mismatch_has_its_sentence(region: Region, language: str) -> None:
    t = texts(language)
    base = compared("a")
    others = {
        "date": "2024-12-31", "measure": "share", "minutes": 12.5, "mode": "line", "speed_metres_per_second": 0.8,
        "detour_factor": 1.4, "region_fingerprint": "b", "rule": replace(base.outcome.rule, numerator_min=5),
    }  # fmt: skip
    for name, value in others.items():
        other = compared("b", **{name: value})
        assert len(mismatch_lines(t, region, base, other)) == 1, name
        assert len(warning_lines(t, region, [base, other])) == 1, name
    assert len(mismatch_lines(t, region, base, compared("b", ways_source="x"))) == 1
    assert mismatch_lines(t, region, base, compared("b", mode="line", ways_source="x")) != ()
    assert warning_lines(t, region, [base, base]) == ()


def test_the_table_has_today_on_top_and_says_what_is_not_known(region: Region) -> None:
    t = texts("de")
    one = compared("a", people_after=None, cost_per_year_eur=None, worst_minutes=None, lasting_quarters=None)
    today = Compared(TODAY, "Heute", one.scenario, today_of(outcome()))
    table = scenarios_table(t, [today, one, Compared("c", "Offen", one.scenario), replace(one, key="d", is_old=True)])
    assert [row.is_pinned for row in table.rows] == [True, False, False, False]
    labels = [column.label for column in table.columns]
    assert all(len(row.cells) == len(row.sort) == len(labels) for row in table.rows)
    unsaid = {t(f"compare.column_{key}") for key in ("before", "date", "served", "waiting")}
    assert not unsaid & set(labels)
    capacity = compared("k", served=300, waiting=20, people_before=90, date="2019-12-31")
    assert unsaid <= {column.label for column in scenarios_table(t, [today, capacity]).columns}
    cells = dict(zip([column.label for column in table.columns], table.rows[1].cells, strict=True))
    assert cells["erreicht danach"] == "weniger als 10"
    assert cells["Kosten im Jahr"] == "unbekannt"
    assert cells["neun von zehn in (min)"] == "über 60"
    assert table.rows[2].cells[-1] == t("compare.state_open")
    assert table.rows[3].cells[-1] == t("compare.state_old")
    assert table.rows[0].cells[-1] == t("compare.state_today")
    for status in ("optimal", "feasible", "stopped", "infeasible"):
        assert scenarios_table(t, [compared("x", status=status)]).rows[0].cells[-1] == t(f"proof.state_{status}")
    told = table_csv(t, region, scenarios_data(t, [today, replace(one, name=EVIL)])).decode("utf-8-sig")
    assert "'=cmd" in told
    assert "\n=cmd" not in told


def test_charts_take_names_as_text_and_leave_gaps_where_nothing_is_shown() -> None:
    t = texts("en")
    one = compared(EVIL, curve=(None, None, 20, 30), curve_before=(None, 0, 10, 10))
    today = Compared(TODAY, "Today", one.scenario, today_of(one.outcome))
    chart = minutes_chart(t, [today, one, Compared("c", "open", one.scenario)], threshold=2.0)
    assert [part.y for part in chart.parts] == [(None, 0, 10, 10), (None, None, 20, 30)]
    assert "<img" not in plotly_figure(t, chart, "light").to_json()
    line = ((0.0, None, 100.0), (60_000.0, 500.0, 500.0))
    for against in ("cost", "sites"):
        drawn = frontier_chart(t, line, [today, one, compared("b")], against)
        assert "<img" not in plotly_figure(t, drawn, "dark").to_json()
        assert drawn.parts[-1].y == (200.0, 500.0)
    unknown = compared("d", cost_per_year_eur=None, people_after=None)
    assert list(frontier_chart(t, (), [unknown], "cost").parts[-1].x) == []


def sites(region: Region, plan: CostPlan, closed: tuple[str, ...] = (), added: int | None = 250):  # type: ignore[no-untyped-def]
    known = region.sites.assign(cost_per_year_eur=math.nan, one_off_cost_eur=math.nan)
    known.loc["h1", "cost_per_year_eur"] = 9_000.0
    known.loc["office", "cost_per_year_eur"] = 400_000.0
    opened = [("h1", EVIL), ("own-1", "Eigener Ort")]
    return cost_picture(replace(region, sites=known), opened, closed, plan, added=added)


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("preset", list(PRESETS))
def test_costs_are_told_whole(region: Region, language: str, preset: str) -> None:
    t = texts(language)
    picture = sites(region, PRESETS[preset], ("office",))
    table = sites_cost_table(t, picture)
    assert table.rows[0].is_pinned
    total = picture.sums.cost_per_year_eur
    assert table.rows[0].sort[1 + len(COMPONENTS)] == pytest.approx(total)
    assert sum(row.sort[1 + len(COMPONENTS)] for row in table.rows[1:]) == pytest.approx(total)
    assert picture.costs["rooms_eur"].tolist()[0] == 9_000.0
    assert len(freed_lines(t, picture)) == 1
    lines = funding_lines(t, picture.funding, picture.parameters)
    assert len(lines) == 6
    assert ("84,8" if language == "de" else "84.8") in lines[0]
    assert len(break_even_lines(t, picture, 1e6)) == 6
    assert len(break_even_lines(t, picture, 1.0)) == 6
    effects = sensitivity(picture.sums, picture.plan, picture.parameters)
    chart = tornado_chart(t, effects, total)
    assert len(chart.parts) == 2
    assert max(chart.parts[1].values) == pytest.approx(1.2 * total)
    told = table_csv(t, region, costs_data(t, region, picture)).decode("utf-8-sig")
    assert "'=cmd" in told


def test_unknown_costs_are_said_to_be_unknown(region: Region) -> None:
    t = texts("de")
    picture = sites(region, CostPlan(as_of="1950-01-01"))
    assert picture.sums.cost_per_year_eur is None
    table = sites_cost_table(t, picture)
    assert t("costs.unknown") in table.rows[0].cells
    assert table.rows[1].cells[4] == "9.000\u00a0€"
    assert "0\u00a0€" not in {cell for row in table.rows for at, cell in enumerate(row.cells) if at in (1, 2, 3)}
    assert funding_lines(t, picture.funding, picture.parameters) == (t("costs.funding_unknown"),)
    assert break_even_lines(t, picture, 1e6) == ()
    last = table_csv(t, region, costs_data(t, region, picture)).decode("utf-8-sig").splitlines()[3].split(";")
    assert last[0] == t("costs.total")
    assert set(last[1:4]) == {""}
    closing = sites(region, CostPlan(), ("gone",))
    assert freed_lines(t, closing) == (t("costs.freed_unknown"),)


def test_parameters_say_how_far_they_can_be_trusted(region: Region) -> None:
    t = texts("de")
    plan = CostPlan(prices=(("security_hour", 44.5),))
    for place, standings in (
        (region, {"geprüft", "ungeprüft", "Annahme, ungeprüft", "eigener Wert"}),
        (replace(region, id="musterstadt"), {"geprüft", "ungeprüft", "Annahme, ungeprüft", "eigener Wert", "erfunden"}),
    ):
        parameters = sites(place, plan).parameters
        table = parameters_table(t, parameters)
        assert {row.cells[5] for row in table.rows} == standings
        assert {row.id for row in table.rows} == set(parameters)
        told = list(
            csv.reader(
                io.StringIO(table_csv(t, place, parameters_data(t, parameters)).decode("utf-8-sig")), delimiter=";"
            )
        )
        frame = pd.DataFrame(told[1:-1], columns=told[0]).set_index("key")
        assert frame.loc["security_hour", t("costs.value")] == "44,5"
        assert frame.loc["share_federal", t("costs.valid_from")] == "2011-04-01"
        assert standing_text(t, parameters["share_federal"]) == "geprüft"


def test_nothing_opens_costs_nothing(region: Region) -> None:
    t = texts("en")
    picture = cost_picture(region, [], (), CostPlan(), added=0)
    assert picture.sums.cost_per_year_eur == 0.0
    assert break_even_lines(t, picture, 10_000.0) == ()
    assert freed_lines(t, picture) == ()


def test_scenarios_of_the_dossier_and_the_table_agree() -> None:
    told = outcome(sites=(ChosenSite("h1", "Ort", 9.0, 51.0, 100, 300, 60_000.0, 5_000.0, 0.6),))
    assert isinstance(told, Outcome)
    scenario = Scenario("A", "klein", Question())
    t = texts("de")
    table = scenarios_table(t, [Compared("a", "A", scenario, told)])
    sort = dict(zip([column.label for column in table.columns], table.rows[0].sort, strict=True))
    assert sort[t("compare.column_sites")] == 1
    assert sort[t("compare.column_per_person")] == told.cost_per_person_eur == 200.0


def test_the_table_says_what_its_figures_rest_on(region: Region) -> None:
    t = texts("de")
    one = compared("a")
    said = " ".join(reading_lines(t, region, [one]))
    assert t.date(one.outcome.date) in said
    assert f"auf {one.outcome.rounded_to} gerundet" in said
    assert t("compare.reading_costs") in said
    free = compared("b", cost_per_year_eur=None, minutes=12.5)
    assert t("compare.reading_costs") not in " ".join(reading_lines(t, region, [free]))
    assert "gerundet" not in " ".join(reading_lines(t, region, [one, free]))
    assert reading_lines(t, region, [replace(one, outcome=None)]) == ()
