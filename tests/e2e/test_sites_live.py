"""The sites page while one works on it: sliders, places, questions, Stop, links; every other host refused."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from geo.text import texts

pytestmark = pytest.mark.e2e
t = texts("de")


def plan(visit: Any) -> Any:
    return visit.map.locator(".nahbar-place-plan")


def slide(visit: Any, number: int, key: str) -> None:
    before = visit.wait_for_paint()
    visit.page.get_by_role("slider").nth(number).focus()
    visit.page.keyboard.press(key)
    visit.wait_for_paint(before)


def test_a_slider_paints_a_new_plan(visit: Any) -> None:
    visit.open("siting")
    visit.wait_for_paint()
    visit.map.locator("html").evaluate("one => { one.dataset.mark = 'same frame' }")
    slide(visit, 0, "ArrowRight")
    expect(plan(visit)).to_have_count(4)
    visit.settle()
    slide(visit, 0, "ArrowLeft")
    expect(plan(visit)).to_have_count(3)
    visit.settle()
    assert visit.map.locator("html").get_attribute("data-mark") == "same frame"
    assert visit.elsewhere == []
    assert visit.errors == []


def test_catchments_follow_the_streets(visit: Any) -> None:
    visit.open("siting")
    visit.wait_for_paint()
    paths = visit.map.locator(".leaflet-reach-pane path")
    assert paths.count() == 5
    assert all(len(path) > 400 for path in paths.evaluate_all("all => all.map(one => one.getAttribute('d'))"))
    visit.open("siting?mode=line")
    visit.wait_for_paint()
    assert (
        t("siting.assumption_line", detour="1,3", speed="1,1", minutes="15", metres="762")
        in visit.page.locator("body").inner_text()
    )


@pytest.mark.smoke
def test_require_exclude_and_close_from_map_and_list(visit: Any) -> None:
    visit.open("siting")
    visit.wait_for_paint()
    before = visit.wait_for_paint()
    visit.map.locator(".nahbar-place-host").nth(5).dispatch_event("click")
    visit.wait_for_paint(before)
    visit.settle()
    visit.page.get_by_role("radio", name=t("siting.wish_forced")).click()
    visit.page.wait_for_url("**force=**")
    visit.map.locator(".nahbar-place-plan.nahbar-wish-forced").wait_for(state="attached")
    expect(visit.map.locator(".nahbar-place-plan.nahbar-wish-forced")).to_have_count(1)
    visit.settle()
    visit.page.get_by_role("radio", name=t("siting.wish_forbidden")).click()
    visit.page.wait_for_url("**forbid=**")
    visit.map.locator(".nahbar-place-host.nahbar-wish-forbidden").wait_for(state="attached")
    expect(visit.map.locator(".nahbar-place-host.nahbar-wish-forbidden")).to_have_count(1)
    visit.settle()
    visit.map.locator(".nahbar-place-main").dispatch_event("click")
    visit.page.get_by_role("radio", name=t("siting.wish_closed"), exact=True).click()
    visit.page.wait_for_url("**close=S01**")
    visit.map.locator(".nahbar-place-main.nahbar-wish-closed").wait_for(state="attached")
    expect(visit.map.locator(".nahbar-place-main.nahbar-wish-closed")).to_have_count(1)
    visit.settle()
    visit.page.get_by_role("button", name=t("siting.forget")).click()
    visit.page.wait_for_url(lambda address: "close=" not in address and "forbid=" not in address)
    assert visit.errors == []


def click_map(visit: Any, across: float, down: float) -> None:
    box = visit.map.locator("#map_div").bounding_box()
    visit.map.locator("#map_div").click(position={"x": box["width"] * across, "y": box["height"] * down})


def test_a_place_of_ones_own_is_set_dragged_kept_and_removed(visit: Any) -> None:
    visit.open("siting")
    visit.wait_for_paint()
    visit.page.get_by_text(t("siting.place_own"), exact=True).click()
    visit.map.locator("html[data-points='yes']").wait_for(state="attached")
    visit.settle()
    click_map(visit, 0.45, 0.7)
    visit.page.wait_for_url("**own=**")
    visit.settle()
    link = visit.page.url
    own = visit.map.locator(".nahbar-wish-own")
    expect(own).to_have_count(1)
    spot = own.bounding_box()
    visit.page.mouse.move(spot["x"] + 10, spot["y"] + 10)
    visit.page.mouse.down()
    visit.page.mouse.move(spot["x"] + 60, spot["y"] - 25, steps=6)
    visit.page.mouse.up()
    visit.page.wait_for_function("before => location.href !== before", arg=link)
    visit.settle()
    moved = visit.page.url
    visit.page.get_by_role("link", name=t("nav.atlas"), exact=True).click()
    visit.settle()
    visit.page.get_by_role("link", name=t("nav.siting"), exact=True).click()
    visit.settle()
    visit.page.wait_for_url(moved)
    visit.page.goto(moved)
    visit.settle()
    visit.wait_for_paint()
    expect(own).to_have_count(1)
    visit.map.locator(".nahbar-wish-own").click()
    visit.page.get_by_role("button", name=t("siting.own_remove")).click()
    visit.page.wait_for_url(lambda address: "own=" not in address)
    assert visit.errors == []


def test_a_place_outside_the_region_is_refused_with_a_sentence(visit: Any) -> None:
    visit.open("siting")
    visit.wait_for_paint()
    visit.page.get_by_text(t("siting.place_own"), exact=True).click()
    visit.map.locator("html[data-points='yes']").wait_for(state="attached")
    visit.settle()
    visit.map.locator("html").evaluate("one => { one.dataset.mark = 'same frame' }")
    click_map(visit, 0.03, 0.9)
    said = t("finding.own_outside", site=t("siting.own_name", number=1))
    visit.page.get_by_text(said).wait_for()
    visit.settle()
    assert "own=" not in visit.page.url
    expect(plan(visit)).to_have_count(3)
    assert visit.map.locator("html").get_attribute("data-mark") == "same frame"


def test_a_link_with_nonsense_wishes_does_no_harm(visit: Any) -> None:
    visit.open("siting?force=<b>,S99&own=1e9,2;x,y;500,99&close=S20&question=drop&budget=-1&share=abc")
    visit.wait_for_paint()
    expect(plan(visit)).to_have_text(["1", "2", "3"])
    assert visit.errors == []


def test_a_long_search_shows_its_gap_and_stops(visit: Any) -> None:
    visit.open("siting?question=median&new=9")
    stop = visit.page.get_by_role("button", name=t("siting.stop"), exact=True)
    proven = visit.page.get_by_text(t("proof.best_other"))
    stop.or_(proven).first.wait_for()
    if proven.count():
        pytest.skip("this machine proves the plan before it can be stopped")
    assert t("proof.searching_other", gap="")[:24] in visit.page.locator("body").inner_text()
    assert plan(visit).count() in (0, 9)
    stop.click()
    visit.page.get_by_text(t("proof.stopped_other", gap="")[:12]).or_(proven).first.wait_for()
    expect(plan(visit)).to_have_count(9)
    expect(stop).to_have_count(0)


def test_every_question_has_its_figures(visit: Any) -> None:
    for question, said in {
        "cover-all": t("siting.figure_fewest", n=5, share="40\u00a0%", minutes="15"),
        "budget": "300.000\u00a0€",
        "capacity": t("siting.figure_waiting", minutes="15"),
        "backup": t("siting.figure_backup_gain"),
        "fade": t("siting.figure_fade_gain"),
        "center": t("siting.figure_center_after"),
    }.items():
        visit.open(f"siting?question={question}")
        visit.wait_for_paint()
        expect(visit.page.locator("body")).to_contain_text(said)
        visit.page.get_by_text(t("proof.best")[:8]).first.wait_for()
    assert visit.errors == []


def test_three_states_of_people_stand_in_bars(visit: Any) -> None:
    visit.open("siting?question=capacity")
    visit.wait_for_paint()
    bars = visit.page.locator(".nb-bar")
    assert bars.count() == 2
    for row in bars.all():
        said = row.locator("small").inner_text()
        assert all(t(f"siting.bar_{state}") in said for state in ("served", "waiting", "beyond"))
    widths = bars.last.locator("i").evaluate_all("all => all.map(one => one.getBoundingClientRect().width)")
    assert widths[2] > widths[0] > widths[1] > 0


def test_a_share_for_every_district_is_met_or_refused_with_the_nearest_change(visit: Any) -> None:
    visit.open("siting?areas=district&atleast=20&new=7")
    visit.wait_for_paint()
    expect(plan(visit)).to_have_count(7)
    assert t("siting.minimum_of_district") in visit.page.get_by_text(t("siting.all_settings", said="")).inner_text()
    visit.open("siting?areas=district&atleast=20&new=3")
    visit.page.get_by_text(t("site.infeasible.rules_exceed_new", new_least="7")).wait_for()
    visit.open("siting?areas=lasting&atleast=90")
    visit.page.get_by_text("Senken Sie den Mindestanteil").wait_for()
    assert visit.errors == []


def test_the_wish_for_areas_is_only_there_where_a_question_takes_it(visit: Any) -> None:
    for question, is_there in (("coverage", True), ("median", False)):
        visit.open(f"siting?question={question}")
        visit.page.get_by_text(t("siting.all_settings", said="")).first.click()
        visit.page.get_by_label(t("siting.candidates")).wait_for()
        visit.settle()
        assert visit.page.get_by_label(t("siting.minimum_of")).count() == int(is_there)


def test_a_service_that_one_office_lacks_changes_who_is_reached_today(visit: Any) -> None:
    visit.open("siting")
    visit.wait_for_paint()
    every = visit.page.locator(".nb-figure").first.inner_text()
    visit.open("siting?service=benefits")
    visit.wait_for_paint()
    assert visit.page.locator(".nb-figure").first.inner_text() != every
    service = t("service.benefits")
    assert t("siting.assumption_service", service=service, n=1, all=2) in visit.page.locator("body").inner_text()


@pytest.mark.parametrize(("place", "head"), [("firm_show", "firm"), ("frontier_show", "frontier")])
def test_readouts_are_computed_when_asked_for(visit: Any, place: str, head: str) -> None:
    visit.open("siting")
    visit.wait_for_paint()
    switch = visit.page.get_by_text(t(f"siting.{place}"), exact=True)
    switch.scroll_into_view_if_needed()
    assert visit.page.get_by_text(t(f"siting.{head}"), exact=True).is_visible()
    note = visit.page.get_by_text(t(f"siting.{head}_note"))
    assert note.count() == 0
    switch.click()
    note.wait_for()
    assert visit.errors == []


def test_reach_tells_minutes_for_a_share_of_people(visit: Any) -> None:
    visit.open("reach?people=50")
    visit.wait_for_paint()
    body = visit.page.locator("body").inner_text()
    minutes = body.split(t("reach.median", minutes="").replace("*", "")[:40])[1].split(" ")[1]
    assert f"erreichen ein Jobcenter in höchstens {minutes} Minuten" in body
    assert "Am weitesten haben es" in body


def test_why_not_another_place(visit: Any) -> None:
    visit.open("siting")
    visit.wait_for_paint()
    box = visit.page.get_by_label(t("siting.why_site"))
    box.scroll_into_view_if_needed()
    box.fill("Gemeindehaus")
    box.press("Enter")
    visit.page.get_by_text("Menschen weniger erreicht").wait_for()
    assert visit.page.get_by_text(t("siting.reasons"), exact=True).is_visible()


@pytest.mark.parametrize("visit", [("de-DE", 390), ("en-GB", 390)], indirect=True)
@pytest.mark.parametrize("path", ["siting", "reach", "siting?question=capacity"])
def test_nothing_is_wider_than_a_phone(visit: Any, path: str) -> None:
    visit.open(path)
    assert visit.page.evaluate("document.scrollingElement.scrollWidth") <= 390


def test_reach_says_who_is_beyond(visit: Any) -> None:
    visit.open("reach?minutes=20")
    visit.wait_for_paint()
    body = visit.page.locator("body").inner_text()
    assert t("reach.title") in body
    assert t("reach.by_quarter", minutes="20") in body
    assert visit.map.locator(".nahbar-place-main").count() == 1
    assert "url(#nahbar-withheld)" in set(
        visit.map.locator(".leaflet-quarters-pane path").evaluate_all("all => all.map(one => one.getAttribute('fill'))")
    )
    assert visit.elsewhere == []
    assert visit.errors == []
