"""Concentration, lasting need and the profile of a quarter in a real browser, with every other host refused."""

from __future__ import annotations

import re
from typing import Any

import pytest

from geo.text import texts

pytestmark = pytest.mark.e2e

PATHS = ("concentration", "persistence", "quarter?quarter=01010101")
EVERY_WINDOW = pytest.mark.parametrize(
    "visit", [("de-DE", 1440), ("en-GB", 390)], indirect=True, ids=["german", "english-phone"]
)
ENGLISH_WORDS = re.compile(
    r"\b(Choose an option|Select all|Search|Download|Running|No results|Press Enter|plot|snapshot)\b", re.IGNORECASE
)


def texts_of(visit: Any) -> Any:
    return texts("de" if "de" in visit.page.evaluate("navigator.language") else "en")


def body(visit: Any) -> str:
    return str(visit.page.locator("body").inner_text())


def legend_is_true(visit: Any) -> set[str]:
    colours = visit.map.locator(".nahbar-class").evaluate_all("all => all.map(one => one.dataset.colour)")
    fills = visit.map.locator(".leaflet-quarters-pane path").evaluate_all(
        "all => all.map(one => one.getAttribute('fill'))"
    )
    assert colours
    assert set(fills) - set(colours) <= {"url(#nahbar-withheld)", "#e9ecec"}
    labels = visit.map.locator(".nahbar-extra").all_inner_texts()
    assert all(labels)
    return set(fills)


@EVERY_WINDOW
@pytest.mark.parametrize("path", PATHS)
def test_pages_are_drawn_from_this_server_alone(visit: Any, path: str) -> None:
    visit.open(path)
    visit.wait_for_paint()
    legend_is_true(visit)
    assert visit.page.locator(".js-plotly-plot").count() >= 1
    assert visit.page.evaluate("document.scrollingElement.scrollWidth") <= visit.page.viewport_size["width"]
    said = body(visit)
    assert not re.search(r"\bnan\b|\bNone\b|\bNaN\b|<NA>|undefined", said)
    assert visit.elsewhere == []
    assert visit.errors == []


@pytest.mark.parametrize("path", PATHS)
def test_no_english_on_a_german_page(visit: Any, path: str) -> None:
    visit.open(path)
    visit.wait_for_paint()
    said = body(visit)
    assert ENGLISH_WORDS.findall(said) == []
    assert not re.search(r"\d\.\d+ ?%", said), "percent with a decimal point"
    buttons = visit.page.locator(".modebar-btn").evaluate_all("all => all.map(one => one.dataset.title)")
    assert set(buttons) == {texts("de")("chart.save")}


def test_clusters_follow_the_control_of_chance_findings(visit: Any) -> None:
    visit.open("concentration")
    first = visit.wait_for_paint()
    t = texts("de")
    assert t("clusters.count.none") in body(visit)
    visit.choose(t("clusters.control"), t("clusters.control.none"))
    visit.wait_for_paint(first)
    visit.settle()
    assert len(legend_is_true(visit)) >= 3
    assert t("clusters.count.none") not in body(visit)


def test_lasting_need_shows_three_maps_and_a_known_cause(visit: Any) -> None:
    visit.open("persistence")
    t, before = texts("de"), visit.wait_for_paint()
    for shown in ("direction", "status"):
        visit.page.get_by_role("radio", name=t(f"persistence.map.{shown}")).click()
        before = visit.wait_for_paint(before)
        legend_is_true(visit)
    visit.settle()
    cells = visit.page.locator(".nb-key tbody td").evaluate_all("all => all.map(one => one.style.backgroundColor)")
    painted = visit.map.locator(".nahbar-class").evaluate_all("all => all.map(one => one.style.backgroundColor)")
    assert cells == painted
    assert len(set(cells)) == 12
    visit.page.get_by_text(t("persistence.mark")).click()
    visit.choose(t("persistence.mark_cause"), t("cause.shelter.label"), exact=True)
    visit.page.get_by_text(re.compile("ohne das Quartier mit bekannter Einzelursache sind es")).wait_for()


def test_from_the_list_to_the_profile_and_on_to_a_neighbour(visit: Any) -> None:
    visit.open("persistence")
    visit.wait_for_paint()
    t = texts("de")
    choice = visit.page.locator(".nahbar-table tbody tr button.choose").first
    name = choice.inner_text()
    choice.scroll_into_view_if_needed()
    choice.click()
    visit.page.get_by_role("link", name=t("profile.whole_of", quarter=name)).click()
    visit.page.get_by_role("heading", level=1, name=name).wait_for()
    visit.settle()
    assert "quarter=" in visit.page.url
    other = visit.page.locator(".nahbar-table tbody tr button.choose").first
    beside = other.inner_text()
    other.scroll_into_view_if_needed()
    other.click()
    visit.page.get_by_role("heading", level=1, name=beside).wait_for()
    assert visit.elsewhere == []
    assert visit.errors == []


def test_quarters_are_added_up_and_the_profile_prints_on_one_page(visit: Any) -> None:
    visit.open("quarter?quarter=01010101")
    visit.wait_for_paint()
    t = texts("de")
    visit.page.get_by_role("combobox", name=t("quarter.more")).click()
    visit.page.get_by_role("option", name="Am Bürgerpark").click()
    visit.page.get_by_role("heading", level=1, name=t("quarter.group", n=2)).wait_for()
    visit.settle()
    visit.page.evaluate("window.print = () => { document.body.dataset.printed = 'yes' }")
    visit.page.get_by_role("button", name=t("quarter.print"), exact=True).click()
    assert visit.page.locator("body[data-printed=yes]").count() == 1
    printed = visit.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == 1
