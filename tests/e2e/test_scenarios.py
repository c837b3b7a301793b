"""Costs and scenarios in a real browser: German and English, wide and narrow, with nothing asked of other hosts."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from geo.text import texts

pytestmark = pytest.mark.e2e
T = texts("de")
NAME = "Vier <b>fette</b> Orte ![x](http://evil.example/x.png)"


def button(visit: Any, label: str) -> Any:
    return visit.page.get_by_role("button", name=label, exact=True)


def make(visit: Any, name: str, path: str) -> None:
    """Set the question by a link, then save it as a scenario and wait until it is solved."""
    visit.open(path)
    visit.page.get_by_role("link", name=T("nav.scenarios"), exact=True).click()
    visit.settle()
    field = visit.page.get_by_label(T("compare.new_name"))
    if not field.is_visible():
        visit.page.get_by_text(T("compare.manage"), exact=True).click()
    field.fill(name)
    field.press("Tab")
    visit.settle()
    button(visit, T("compare.create")).click()
    button(visit, T("compare.solve_again")).wait_for()
    visit.settle()


def test_scenarios_are_made_compared_and_put_on_the_frontier(visit: Any) -> None:
    make(visit, "Zwei Orte", "siting?new=2")
    make(visit, NAME, "siting?new=4")
    table = visit.page.locator(".nahbar-table").first
    names = table.locator("tbody th").all_inner_texts()
    assert names[0] == T("compare.today")
    assert {"Zwei Orte", NAME} <= set(names)
    table.get_by_role("button", name=T("compare.column_cost")).click()
    assert table.locator("tbody th").first.inner_text() == T("compare.today")
    assert visit.page.locator("b", has_text="fette").count() == 0
    painted = visit.wait_for_paint()
    legend = visit.map.locator(".nahbar-legend-title").inner_text()
    assert legend.startswith("A minus B")
    visit.choose(T("compare.shown"), T("compare.shown_minutes"))
    visit.wait_for_paint(painted)
    assert T("compare.what_minutes").split(" (")[0] in visit.map.locator(".nahbar-legend-title").inner_text()
    button(visit, T("compare.frontier_solve")).click()
    visit.page.get_by_text(T("compare.frontier_note")[:30]).wait_for()
    visit.settle()
    expect(visit.page.get_by_text(T("compare.frontier"), exact=True)).to_have_count(2)
    with visit.page.expect_download() as waiting:
        button(visit, T("compare.difference_download")).click()
    told = waiting.value.path().read_bytes().decode("utf-8-sig")
    assert "A minus B" in told
    assert visit.errors == []
    assert visit.elsewhere == []


@pytest.mark.parametrize("visit", [("de-DE", 1440), ("en-GB", 1440), ("de-DE", 390), ("en-GB", 390)], indirect=True)
@pytest.mark.parametrize("page", ["costs", "scenarios"])
def test_pages_fit_their_window(visit: Any, page: str) -> None:
    visit.open(page)
    width = visit.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert width <= 0
    t = texts(visit.page.evaluate("navigator.language")[:2])
    title = {"costs": "costs.title", "scenarios": "compare.title"}[page]
    assert visit.page.get_by_role("heading", level=1).inner_text() == t(title)
    assert visit.errors == []
    assert visit.elsewhere == []


def test_costs_follow_the_kind_of_office(visit: Any) -> None:
    visit.open("costs?new=2")
    figures = visit.page.locator(".nb-figure b")
    before = figures.first.inner_text()
    visit.choose(T("costs.preset"), T("costs.preset_branch"))
    expect(figures.first).not_to_have_text(before)
    assert T("costs.preset_branch") in visit.page.locator(".nb-figure").first.inner_text()
    rows = visit.page.locator(".nahbar-table").first.locator("tbody th").all_inner_texts()
    assert rows[0] == T("costs.total")
    assert len(rows) == 3
    with visit.page.expect_download() as waiting:
        button(visit, T("costs.download")).click()
    assert T("costs.total") in waiting.value.path().read_bytes().decode("utf-8-sig")
    assert visit.errors == []
    assert visit.elsewhere == []
