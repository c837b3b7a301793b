"""The address: one step back leaves a page, a shared link shows the same map, what is absent is said."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from playwright.sync_api import expect

from geo.text import texts

pytestmark = pytest.mark.e2e
T = texts("de")


def query(visit: Any) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(visit.page.url).query).items()}


def address_says(visit: Any, **settings: str | None) -> None:
    """Wait until the address has the settings; None stands for one that it has not."""
    visit.until(lambda: settings.items() <= {**dict.fromkeys(settings), **query(visit)}.items(), f"{settings}")


def go(visit: Any, page: str) -> None:
    visit.page.get_by_role("link", name=T(f"nav.{page}"), exact=True).click()
    visit.page.wait_for_url(f"**/{page}**")
    visit.settle()


def set_three(visit: Any) -> dict[str, str]:
    """Change indicator, date to compare with and quarter on the atlas; return the link's settings."""
    visit.choose(T("atlas.indicator"), T("indicator.child_rate.label"))
    visit.choose(T("atlas.compare"), T.date("2022-12-31"))
    visit.page.locator(".nahbar-table tbody tr button.choose").nth(3).click()
    visit.page.wait_for_url("**quarter=**")
    visit.settle()
    address_says(visit, indicator="child_rate", compare="2022-12-31")
    return query(visit)


def history_length(visit: Any) -> int:
    return int(visit.page.evaluate("history.length"))


@pytest.mark.smoke
def test_one_step_back_leads_to_the_former_page_with_its_settings(visit: Any) -> None:
    visit.open("atlas")
    visit.wait_for_paint()
    steps = history_length(visit)
    asked = set_three(visit)
    title = visit.map.locator(".nahbar-legend-title").inner_text()
    assert history_length(visit) == steps
    go(visit, "reach")
    assert history_length(visit) == steps + 1
    visit.page.go_back()
    visit.page.wait_for_url("**/atlas**")
    visit.settle()
    visit.wait_for_paint()
    visit.until(lambda: query(visit) == asked, "the address is the former one")
    expect(visit.map.locator(".nahbar-legend-title")).to_have_text(title)
    expect(visit.page.locator(".nahbar-table tbody tr.chosen")).to_have_count(1)
    visit.page.go_forward()
    visit.page.wait_for_url("**/reach**")
    visit.settle()
    assert history_length(visit) == steps + 1
    assert visit.errors == []


def test_the_address_holds_after_a_step_back_even_where_a_setting_was_changed_since(visit: Any) -> None:
    visit.open("atlas")
    visit.wait_for_paint()
    visit.choose(T("atlas.indicator"), T("indicator.child_rate.label"))
    go(visit, "concentration")
    visit.choose(T("atlas.indicator"), T("indicator.single_parent_share.label"))
    address_says(visit, indicator="single_parent_share")
    visit.page.go_back()
    visit.page.wait_for_url("**/atlas**")
    visit.settle()
    address_says(visit, indicator="child_rate")
    combobox = visit.page.get_by_role("combobox", name=re.compile(re.escape(T("atlas.indicator"))))
    assert T("indicator.child_rate.label") in (combobox.get_attribute("aria-label") or "") + combobox.input_value()
    visit.page.go_forward()
    visit.page.wait_for_url("**/concentration**")
    visit.settle()
    address_says(visit, indicator="single_parent_share")


def test_wishes_for_places_go_back_too(visit: Any) -> None:
    """A wish made later on the same page is not there at the step before it."""
    visit.open("siting?new=4&minutes=20")
    visit.wait_for_paint()
    go(visit, "atlas")
    go(visit, "siting")
    visit.wait_for_paint()
    assert "force" not in query(visit)
    visit.map.locator(".nahbar-place-host").nth(5).dispatch_event("click")
    visit.page.get_by_role("radio", name=T("siting.wish_forced")).click()
    visit.page.wait_for_url("**force=**")
    visit.settle()
    visit.page.go_back()
    visit.page.wait_for_url("**/atlas**")
    visit.settle()
    visit.page.go_back()
    visit.page.wait_for_url("**/siting**")
    visit.settle()
    address_says(visit, force=None, new="4")
    visit.page.go_forward()
    visit.page.wait_for_url("**/atlas**")
    visit.settle()
    visit.page.go_forward()
    visit.page.wait_for_url("**/siting**")
    visit.until(lambda: "force" in query(visit), "the wish is there again")


def test_a_shared_link_shows_the_same_map_in_a_fresh_session(visit: Any, browser: Any) -> None:
    visit.open("atlas")
    visit.wait_for_paint()
    set_three(visit)
    frame = visit.map
    frame.locator("html").evaluate("one => window.map.once('zoomend', () => { one.dataset.zoomed = 'yes' })")
    frame.locator(".leaflet-control-zoom-in").click()
    frame.locator("html[data-zoomed]").wait_for(state="attached")
    box = frame.locator("#map_div").bounding_box()
    visit.page.mouse.move(box["x"] + 300, box["y"] + 250)
    visit.page.mouse.down()
    visit.page.mouse.move(box["x"] + 240, box["y"] + 290, steps=8)
    visit.page.mouse.up()
    visit.page.wait_for_url("**view=**")
    visit.choose(T("atlas.compare"), T.date("2021-12-31"))
    visit.until(lambda: "view" in query(visit), "the address keeps the part in sight")
    visit.page.mouse.move(5, 5)
    visit.settle()
    link, picture = visit.page.url, map_picture(visit.page)
    context = browser.new_context(locale="de-DE", viewport={"width": 1440, "height": 900})
    other = type(visit)(context.new_page(), visit.address)
    other.page.goto(link)
    other.settle()
    other.wait_for_paint()
    other.until(lambda: query(other) == query(visit), "the address is the shared one")
    assert same(map_picture(other.page), picture)
    other.page.goto(re.sub(r"&view=[^&]*", "", link))
    other.settle()
    other.wait_for_paint()
    assert not same(map_picture(other.page), picture), "the comparison would not see another part of the map"
    context.close()


def map_picture(page: Any) -> Any:
    """Return the map as pixels, height × width × 3."""
    import io

    import numpy as np
    from PIL import Image

    frame = page.locator('iframe[title*="folium"]').first
    frame.scroll_into_view_if_needed()
    box = frame.bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + box["height"] - 8, steps=6)  # off the quarters, so that no tooltip stays
    page.mouse.move(5, 5)
    before, now = b"", frame.screenshot()
    while before != now:  # tooltips and tiles fade
        page.wait_for_timeout(200)
        before, now = now, frame.screenshot()
    return np.asarray(Image.open(io.BytesIO(now)).convert("RGB"), dtype=np.int16)


def same(one: Any, two: Any) -> bool:
    """Tell whether two pictures show the same, seen from a little farther away: hatching may begin elsewhere."""
    if one.shape != two.shape:
        return False
    seen = [blocks(picture) for picture in (one, two)]
    return float((abs(seen[0] - seen[1]).max(axis=2) > 30).mean()) < 0.01


def blocks(picture: Any, size: int = 12) -> Any:
    height, width = (side // size * size for side in picture.shape[:2])
    return picture[:height, :width].reshape(height // size, size, width // size, size, 3).mean(axis=(1, 3))


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        ("atlas?region=atlantis", "region", "atlantis"),
        ("atlas?date=1999-12-31", "date", "1999-12-31"),
        ("atlas?quarter=99999999", "quarter", "99999999"),
        ("atlas?indicator=<b>glueck</b>", "indicator", "<b>glueck</b>"),
        ("siting?scenario=0123456789abcdef", "scenario", "0123456789abcdef"),
        ("siting?force=S06,S99", "force", "S99"),
        ("siting?mode=teleport", "mode", "teleport"),
    ],
)
def test_a_link_that_names_something_absent_says_so(visit: Any, path: str, name: str, value: str) -> None:
    visit.open(path)
    said = T("link.absent", what=T(f"link.name_{name}"), value=value)
    visit.page.get_by_text(said).wait_for()
    visit.page.wait_for_url(lambda address: value not in unquote(address))
    assert visit.errors == []
    go(visit, "data")
    expect(visit.page.get_by_text(said)).to_have_count(0)


def test_a_whole_link_says_nothing(visit: Any) -> None:
    visit.open("siting?region=musterstadt&new=4&minutes=20&force=S06&speed=slow&question=coverage")
    body = visit.page.locator("body").inner_text()
    assert T("link.absent", what="", value="").split("„")[0].strip() not in body
    assert query(visit)["force"] == "S06"


def test_a_plan_is_saved_as_a_scenario_and_opened_by_its_link(visit: Any, browser: Any) -> None:
    visit.open("siting?new=4&minutes=20&force=S06")
    visit.wait_for_paint()
    name = 'Vier <b>Orte</b> "Nord" =1+1'
    visit.page.get_by_text(T("scenario.save_title"), exact=True).click()
    visit.page.get_by_label(T("scenario.name"), exact=True).fill(name)
    visit.page.get_by_role("button", name=T("scenario.save_new")).click()
    visit.page.get_by_text(T("scenario.kept", name=name, version=1)).wait_for()
    visit.settle()
    visit.until(lambda: "scenario" in query(visit), "the address names the scenario")
    key = query(visit)["scenario"]
    context = browser.new_context(locale="de-DE", viewport={"width": 1440, "height": 900})
    other = type(visit)(context.new_page(), visit.address)
    other.open(f"siting?region=musterstadt&scenario={key}")
    address_says(other, new="4", minutes="20", force="S06", scenario=key)
    other.page.get_by_text(T("scenario.save_changes"), exact=True).click()
    expect(other.page.get_by_label(T("scenario.name"), exact=True)).to_have_value(name)
    other.page.get_by_label(T("scenario.description")).fill("Von der anderen")
    other.page.get_by_role("button", name=T("scenario.save_again")).click()
    other.page.get_by_text(T("scenario.kept", name=name, version=2)).wait_for()
    context.close()
