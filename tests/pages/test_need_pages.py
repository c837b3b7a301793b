"""Concentration, lasting need and the profile of a quarter, on the demo regions and on regions that lack something."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from geo.region.model.assemble import assemble_region
from geo.region.model.region import Region
from geo.region.schema import Measure
from geo.text import texts
from tests.conftest import ROOT, demo_region
from tests.profiles import BOTH_LANGUAGES

PAGES = ("pages/concentration.py", "pages/persistence.py", "pages/quarter.py")
PARTS = (
    "id",
    "name",
    "is_fictional",
    "quarters",
    "statistics",
    "measures",
    "sites",
    "cells",
    "landscape",
    "streets",
    "sources",
    "disclosure",
    "breaks",
    "findings",
)
BENEFITS = ("recipients", "employable", "children", "units", "single_parent_units")
ALIKE = {
    "residents": 2000,
    "residents_under_pension_age": 1600,
    "residents_15_to_pension_age": 1300,
    "residents_under_15": 300,
    "recipients": 200,
    "employable": 140,
    "children": 40,
    "units": 100,
    "single_parent_units": 20,
}


@pytest.fixture(scope="module")
def demo() -> Region:
    return demo_region("musterstadt")


def remade(region: Region, name: str, **parts: Any) -> Region:
    """Return a region of another name, so that nothing takes it for the one it is made from."""
    whole = {part: getattr(region, part) for part in PARTS}
    return assemble_region(**{**whole, **parts, "id": name, "name": f"Region {name}"})


def some(region: Region, name: str, keys: list[str]) -> Region:
    rows = region.statistics[region.statistics["quarter_id"].isin(keys)]
    return remade(
        region,
        name,
        quarters=region.quarters.loc[keys],
        statistics=rows,
        sites=region.sites.iloc[0:0],
        cells=None,
        landscape=None,
    )


def withheld(region: Region) -> Region:
    rows = region.statistics.copy()
    hidden = rows["measure"].isin(BENEFITS)
    rows.loc[hidden, "value"] = float("nan")
    rows.loc[hidden, "state"] = "suppressed"
    return remade(region, "withheld", statistics=rows)


def alike(region: Region) -> Region:
    rows = region.statistics.copy()
    rows["value"], rows["state"] = rows["measure"].map(ALIKE).astype(float), "value"
    return remade(region, "alike", statistics=rows)


def rates(region: Region) -> Region:
    measure = Measure("quote", unit="percent", label={"de": "Eigene Quote", "en": "Own rate"})
    rows = pd.DataFrame(
        [
            {"quarter_id": key, "date": f"{year}-12-31", "measure": "quote", "value": 5.0 + at % 7, "state": "value"}
            for year in range(2019, 2024)
            for at, key in enumerate(region.quarters.index)
        ]
    )
    return remade(
        region,
        "rates",
        statistics=rows,
        measures=(measure,),
        sites=region.sites.iloc[0:0],
        cells=None,
        landscape=None,
        breaks=(),
    )


def half_missing(region: Region) -> Region:
    rows = region.statistics
    gone = (rows["date"] == region.dates[-2]) & rows["quarter_id"].isin(region.quarters.index[::2])
    return remade(region, "half", statistics=rows[~(gone & rows["measure"].isin(BENEFITS))])


def stopping(region: Region) -> Region:
    rows = region.statistics
    return remade(
        region, "stopping", statistics=rows[~((rows["date"] > "2018-12-31") & (rows["measure"] == "recipients"))]
    )


def one_date(region: Region) -> Region:
    return remade(region, "one", statistics=region.statistics[region.statistics["date"] == region.dates[-1]])


VARIANTS: dict[str, Callable[[Region], Region]] = {
    "one-date": one_date,
    "two-quarters": lambda region: some(region, "two", list(region.quarters.index[:2])),
    "islands": lambda region: some(region, "islands", list(region.quarters.index[::9])),
    "all-alike": alike,
    "all-withheld": withheld,
    "rates-only": rates,
    "half-missing": half_missing,
    "stops-in-2018": stopping,
}


@cache
def lacking(variant: str) -> Region:
    """Return a region that lacks something, made once by a process."""
    return VARIANTS[variant](demo_region("musterstadt"))


def run(page: str, language: str, region: Region | None, **settings: object) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=90)
    app.session_state["language"] = language
    for name, value in settings.items():
        app.session_state[f"setting.{name}"] = value
    if region is not None:
        app.session_state["own_regions"] = {region.id: region}
        app.session_state["setting.region"] = region.id
    return app.switch_page(page).run()


def said(app: AppTest) -> str:
    parts = [str(part.value) for part in (*app.markdown, *app.title, *app.info, *app.warning, *app.caption)]
    shown = [str(part.proto.body) for part in app.get("html")]
    return " ".join([*parts, *(re.sub(r"<[^>]+>", " ", body) for body in shown if not body.startswith("<style"))])


def check(app: AppTest) -> str:
    assert not app.exception, app.exception
    text = said(app)
    assert not re.search(r"\bnan\b|\bNaN\b|\bNone\b|<NA>|\{\w+\}", text), text
    return text


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("name", ["musterstadt", "musterkreis"])
@pytest.mark.parametrize("page", PAGES)
def test_pages_run_on_the_demo_regions(page: str, name: str, language: str) -> None:
    region = demo_region(name)
    text = check(run(page, language, region, quarter=str(region.quarters.index[0])))
    assert texts(language)("shell.fictional", place=region.name) in text


@pytest.mark.parametrize("language", BOTH_LANGUAGES)
@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("page", PAGES)
def test_pages_say_what_cannot_be_said(page: str, variant: str, language: str) -> None:
    region = lacking(variant)
    text = check(run(page, language, region, quarter=str(region.quarters.index[0])))
    assert region.name in text


@pytest.mark.parametrize(
    ("page", "variant", "key"),
    [
        ("pages/concentration.py", "all-withheld", "concentration.cannot_be_said"),
        ("pages/concentration.py", "rates-only", "concentration.cannot_be_said"),
        ("pages/concentration.py", "two-quarters", "clusters.cannot_be_said"),
        ("pages/concentration.py", "all-alike", "clusters.cannot_be_said"),
        ("pages/concentration.py", "all-withheld", "concentration.years_none"),
        ("pages/persistence.py", "one-date", "persistence.cannot_be_said"),
        ("pages/persistence.py", "all-withheld", "persistence.cannot_be_said"),
        ("pages/persistence.py", "all-alike", "persistence.cannot_be_said"),
        ("pages/quarter.py", "one-date", "quarter.no_trend"),
        ("pages/quarter.py", "two-quarters", "quarter.no_offices"),
        ("pages/quarter.py", "islands", "quarter.no_neighbours"),
    ],
)
def test_the_reason_is_said(page: str, variant: str, key: str) -> None:
    region = lacking(variant)
    assert texts("de")(key) in check(run(page, "de", region, quarter=str(region.quarters.index[0])))


def test_concentration_counts_only_what_is_published(demo: Region) -> None:
    text = check(run("pages/concentration.py", "de", None))
    t = texts("de")
    assert "in 17 von 88 Quartieren, in denen 29 % der Bevölkerung wohnen" in text.replace("\u00a0", " ")
    assert t("need.withheld", n=6) in text


def test_control_of_chance_findings_can_be_left_off(demo: Region) -> None:
    t = texts("de")
    strict = check(run("pages/concentration.py", "de", None))
    assert t("clusters.count.none") in strict
    loose = check(run("pages/concentration.py", "de", None, control="none"))
    assert t("clusters.count.none") not in loose
    assert "Das ist ein Hinweis, kein Nachweis." in loose


@pytest.mark.parametrize("method", ["moran", "spot"])
@pytest.mark.parametrize("beside", ["nearest_6", "distance_2000"])
def test_every_way_to_find_clusters_runs(method: str, beside: str) -> None:
    check(run("pages/concentration.py", "en", None, cluster_method=method, beside=beside))


def test_the_rule_is_printed_and_can_be_changed() -> None:
    t = texts("de")
    first = check(run("pages/persistence.py", "de", None))
    assert "in mindestens 4 der letzten 5 Jahre hoch" in first
    assert "Produktdefinition" in first
    other = check(run("pages/persistence.py", "de", None, lasting_dates=8, lasting_needed=7, lasting_limit="20,0"))
    assert "in mindestens 7 der letzten 8 Jahre hoch" in other
    assert "20,0" in other
    wrong = check(run("pages/persistence.py", "de", None, lasting_limit="viel"))
    assert t("persistence.limit_bad", text="viel", example="12,5") in wrong


@pytest.mark.parametrize("shown", ["course", "direction", "status"])
def test_every_map_of_lasting_need_runs(shown: str) -> None:
    check(run("pages/persistence.py", "en", None, lasting_map=shown))


def test_a_known_cause_is_shown_with_and_without(demo: Region) -> None:
    app = run("pages/persistence.py", "de", None)
    before = check(app)
    assert "sprunghaft" in before
    app.session_state["setting.causes@musterstadt"] = {"02040113": "shelter"}
    after = check(app.run())
    assert texts("de")("persistence.lead.lasting_single_cause", n=1) in after
    assert "ohne das Quartier mit bekannter Einzelursache sind es 17" in after


def test_groups_filter_the_list() -> None:
    app = run("pages/persistence.py", "de", None, lasting_groups=("falling",))
    check(app)
    assert list(app.session_state["widget.lasting_groups"]) == ["falling"]


def test_several_quarters_are_one_and_a_withheld_part_withholds_the_sum(demo: Region) -> None:
    t = texts("de")
    two = check(
        run("pages/quarter.py", "de", None, quarter="01010101", **{"profile@musterstadt": ("01010101", "01010404")})
    )
    assert t("quarter.nothing_withheld", date="31.12.2025") in two
    hidden = check(
        run("pages/quarter.py", "de", None, quarter="01010101", **{"profile@musterstadt": ("01010101", "04010202")})
    )
    assert "Die Summe wird nicht gezeigt" in hidden
    assert "k. A. (Geheimhaltung)" in hidden


def test_the_atlas_leads_to_the_profile() -> None:
    app = run("pages/atlas.py", "de", None, quarter="01010101")
    assert not app.exception
    links = [part.proto.label for part in app.get("page_link")]
    assert texts("de")("profile.whole") in links


def test_without_a_quarter_the_profile_asks_for_one() -> None:
    assert texts("de")("quarter.lead") in check(run("pages/quarter.py", "de", None))


def test_settings_of_the_atlas_carry_over() -> None:
    app = run("pages/atlas.py", "de", None, indicator="child_rate", date="2020-12-31")
    app.switch_page("pages/concentration.py").run()
    assert app.selectbox(key="widget.indicator").value == "child_rate"
    assert app.select_slider(key="widget.date").value == "2020-12-31"


def test_figures_carried_over_are_marked(demo: Region) -> None:
    region = remade(demo, "carried", breaks=((demo.dates[-2], "converted_boundaries"),))
    t = texts("de")
    marked = t("need.converted", n=1, dates=t.date(demo.dates[-2]))
    assert marked in check(run("pages/concentration.py", "de", region, date=demo.dates[-2]))
    assert marked not in check(run("pages/concentration.py", "de", region))
    assert marked in check(run("pages/persistence.py", "de", region))
    assert t("concentration.years_converted") in check(run("pages/concentration.py", "de", region))
