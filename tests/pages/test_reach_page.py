"""The reach page: who reaches an office today, in both languages, also where something is missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from geo.output.sites.access import Access, access_view, districts_table, minutes_text, quarters_table
from geo.output.values.map_view import WITHHELD
from geo.region.model.region import Region
from geo.siting.ask.access import by_district, by_quarter, nearest_minutes, offices_open, people_by_minutes, spread
from geo.siting.ask.survey import Survey, survey_region
from geo.text import texts
from tests.conftest import demo_region
from tests.pages.test_pages import remade, run, variants


@pytest.fixture(scope="module")
def city() -> Region:
    return demo_region("musterstadt")


@pytest.fixture(scope="module")
def survey(city: Region) -> Survey:
    return survey_region(city, "recipients", city.dates[-1])


@pytest.fixture(scope="module")
def access(city: Region, survey: Survey) -> Access:
    minutes = nearest_minutes(survey, offices_open(survey))
    return Access(
        city,
        survey,
        15.0,
        by_quarter(city, survey, minutes, 15.0),
        by_district(city, survey, minutes, 15.0),
        spread(minutes, survey.demand.people, 15.0),
    )


def said(app: AppTest) -> str:
    parts = (*app.markdown, *app.title, *app.info, *app.warning, *app.header)
    return " ".join(str(part.value) for part in parts) + " ".join(str(part.proto.body) for part in app.get("html"))


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("region", ["musterstadt", "musterkreis"])
def test_the_page_answers_in_a_sentence(language: str, region: str) -> None:
    app = run("pages/reach.py", language)
    assert not app.exception
    app.session_state["setting.region"] = region
    app.run()
    assert not app.exception
    t = texts(language)
    assert t("reach.title") in said(app)
    assert t("map.withheld") not in said(app).split(t("reach.title"))[0]
    assert "nan" not in said(app).lower().split()


@pytest.mark.parametrize("variant", ["one-date", "all-withheld", "rates-only", "no-sites"])
def test_regions_that_lack_something_are_told_so(variant: str) -> None:
    app = run("pages/reach.py", region=variants()[variant])
    assert not app.exception
    t = texts("de")
    expected = {
        "one-date": t("reach.title"),
        "all-withheld": texts("de")("finding.demand_none.remedy"),
        "rates-only": t("reach.no_offices"),
        "no-sites": t("reach.no_offices"),
    }
    assert expected[variant] in said(app)


def test_streets_that_cannot_be_read_are_told_and_the_line_still_works(city: Region, tmp_path: Path) -> None:
    broken = tmp_path / "streets.osm.pbf"
    broken.write_bytes(b"no streets")
    lost = remade(city, id="lost", streets=broken)
    app = run("pages/reach.py", region=lost)
    assert not app.exception
    assert app.warning
    app.session_state["setting.mode"] = "line"
    app.run()
    assert not app.exception
    assert not app.warning


def test_people_within_and_beyond_add_up(access: Access, survey: Survey) -> None:
    quarters = access.quarters.dropna(subset=["people"])
    assert quarters["people"].sum() == pytest.approx(survey.demand.total)
    assert access.spread.reached + quarters["beyond"].sum() == pytest.approx(survey.demand.total)
    assert access.districts["beyond"].sum() == pytest.approx(quarters["beyond"].sum())


def test_the_curve_passes_through_the_share_reached(access: Access, survey: Survey) -> None:
    minutes = nearest_minutes(survey, offices_open(survey))
    curve = people_by_minutes(minutes, survey.demand.people, 60)
    assert curve[15] == pytest.approx(access.spread.reached)
    assert (np.diff(curve) >= 0).all()
    by_hand = [survey.demand.people[minutes <= at + 1e-9].sum() for at in (0, 1, 7, 60)]
    assert curve[[0, 1, 7, 60]] == pytest.approx(by_hand)


def test_the_median_is_that_of_people_not_of_points(access: Access, survey: Survey) -> None:
    minutes = nearest_minutes(survey, offices_open(survey))
    key = access.quarters.dropna(subset=["people"]).index[0]
    mine = survey.demand.quarter_ids == key
    within = survey.demand.people[mine & (minutes <= access.quarters.loc[key, "median"])].sum()
    below = survey.demand.people[mine & (minutes < access.quarters.loc[key, "median"])].sum()
    assert below < survey.demand.people[mine].sum() / 2 <= within + 1e-9


@pytest.mark.parametrize("shown", ["share", "median"])
def test_withheld_quarters_are_hatched_and_carry_no_figure(access: Access, shown: str) -> None:
    t = texts("de")
    view = access_view(t, access, shown, "light")  # type: ignore[arg-type]
    table = {row.id: row for row in quarters_table(t, access, view).rows}
    hidden = [key for key, kind in zip(view.quarter_ids, view.classes, strict=True) if kind == WITHHELD]
    assert len(hidden) == 6
    for key in hidden:
        assert table[key].cells[2:] == (t("map.withheld"),) * 4
        assert table[key].colour == "withheld"


def test_people_are_shown_rounded(access: Access) -> None:
    t = texts("de")
    view = access_view(t, access, "share", "light")
    for table, at in ((quarters_table(t, access, view), 2), (districts_table(t, access), 1)):
        for row in table.rows:
            for cell in row.cells[at : at + 2]:
                number = cell.replace(".", "")
                assert not number.isdecimal() or int(number) % 10 == 0


def test_minutes_beyond_the_limit_are_told_as_such() -> None:
    t = texts("de")
    assert minutes_text(t, float("inf"), 60) == t("reach.more_than", minutes="60")
    assert minutes_text(t, float("nan"), 60) == t("value.none")
    assert minutes_text(t, 12.4, 60) == t("reach.minutes", minutes="12")
