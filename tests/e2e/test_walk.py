"""Start, atlas, quarter, sites, plan, in both languages and on both screens, with every other host refused."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from geo.output.sites.question_text import question_title
from geo.siting.ask.question import Question
from geo.text import texts

pytestmark = pytest.mark.e2e

PAGES = (
    "atlas", "concentration", "persistence", "quarter", "reach", "siting", "scenarios", "costs", "present", "data",
)  # fmt: skip
EVERY_WINDOW = pytest.mark.parametrize(
    "visit",
    [
        pytest.param(("de-DE", 1440), id="german", marks=pytest.mark.smoke),
        pytest.param(("en-GB", 1440), id="english"),
        pytest.param(("de-DE", 390), id="german-phone"),
        pytest.param(("en-GB", 390), id="english-phone"),
    ],
    indirect=True,
)


def texts_of(visit: Any) -> Any:
    return texts("de" if "de" in visit.page.evaluate("navigator.language") else "en")


@pytest.mark.smoke
def test_every_page_opens_by_its_link_and_asks_nobody_else(visit: Any) -> None:
    visit.open()
    t = texts("de")
    for page in PAGES:
        visit.page.get_by_role("link", name=t(f"nav.{page}"), exact=True).first.click()
        visit.page.wait_for_url(f"**/{page}**")
        visit.settle()
        assert visit.page.get_by_role("heading", level=1).count() == 1, page
        assert t("shell.failed") not in visit.page.locator("body").inner_text(), page
        assert visit.page.evaluate("document.scrollingElement.scrollWidth") <= 1440, page
    assert visit.elsewhere == []
    assert visit.errors == []


def test_a_request_to_another_host_is_seen_and_fails(visit: Any) -> None:
    """The checks above can fail."""
    visit.open()
    asked = "fetch('http://example.org/x.png').then(() => 'answered', () => 'refused')"
    assert visit.page.evaluate(asked) == "refused"
    assert visit.elsewhere == ["http://example.org/x.png"]


def painted_colours(visit: Any) -> set[str]:
    fills = visit.map.locator(".leaflet-quarters-pane path").evaluate_all(
        "all => all.map(one => one.getAttribute('fill'))"
    )
    return set(fills)


def legend_colours(visit: Any) -> list[str]:
    return list(visit.map.locator(".nahbar-class").evaluate_all("all => all.map(one => one.dataset.colour)"))


@EVERY_WINDOW
def test_start_says_what_this_is(visit: Any) -> None:
    visit.open()
    t = texts_of(visit)
    assert visit.page.get_by_role("heading", level=1).inner_text() == t("start.title", place="Musterstadt")
    assert t("shell.fictional", place="Musterstadt") in visit.page.locator("body").inner_text()
    assert visit.page.locator(".nb-figure").count() == 3
    assert visit.elsewhere == []


@EVERY_WINDOW
def test_atlas_is_painted_and_its_legend_is_true(visit: Any) -> None:
    visit.open("atlas")
    visit.wait_for_paint()
    colours = legend_colours(visit)
    assert len(colours) == 5
    fills = painted_colours(visit)
    assert fills - set(colours) <= {"url(#nahbar-withheld)"}
    assert len(fills & set(colours)) >= 4
    box = visit.page.locator('iframe[title*="folium"]').bounding_box()
    assert box is not None
    assert box["width"] > 300
    assert box["height"] > 300
    painted = visit.map.locator(".leaflet-quarters-pane path").first.bounding_box()
    assert painted is not None
    assert painted["width"] > 2
    assert visit.elsewhere == []
    assert visit.errors == []


def test_colours_still_match_after_own_limits(visit: Any) -> None:
    visit.open("atlas?scheme=own")
    visit.wait_for_paint()
    t = texts("de")
    visit.page.get_by_text(t("atlas.settings")).click()
    limits = visit.page.get_by_label(t("atlas.own_limits"))
    before = visit.wait_for_paint()
    limits.fill("0; 5; 10; 40")
    limits.press("Enter")
    visit.wait_for_paint(before)
    colours = legend_colours(visit)
    assert len(colours) == 3
    assert visit.map.locator(".nahbar-limit").all_inner_texts()[1:3] == ["5,0", "10,0"]
    table = visit.page.locator(".nahbar-table tbody tr")
    for at in range(min(table.count(), 30)):
        row = table.nth(at)
        value = row.locator("td.right").first.inner_text()
        colour = (
            row.locator(".swatch").evaluate("one => one.style.background") if row.locator(".swatch").count() else ""
        )
        if re.match(r"[\d.,]+", value) and colour:
            number = float(re.match(r"[\d.,]+", value)[0].replace(".", "").replace(",", "."))  # type: ignore[index]
            wanted = colours[0 if number <= 5 else 1 if number <= 10 else 2]
            assert rgb(wanted) == colour, (value, wanted, colour)


def rgb(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgb({red}, {green}, {blue})"


@EVERY_WINDOW
def test_a_click_opens_the_profile_and_the_link_reproduces_it(visit: Any) -> None:
    visit.open("atlas")
    visit.wait_for_paint()
    row = visit.page.locator(".nahbar-table tbody tr button.choose").nth(4)
    name = row.inner_text()
    row.scroll_into_view_if_needed()
    row.click()
    visit.page.get_by_test_id("stMetric").wait_for()
    visit.page.wait_for_url("**quarter=**")
    value = visit.page.get_by_test_id("stMetric").inner_text()
    visit.page.goto(visit.page.url)
    visit.page.get_by_test_id("stMetric").wait_for()
    assert visit.page.get_by_test_id("stMetric").inner_text() == value
    visit.page.locator(".nahbar-table tbody tr.chosen").wait_for()
    assert name in visit.page.locator(".nahbar-table tbody tr.chosen").inner_text()
    assert visit.elsewhere == []


@pytest.mark.smoke
def test_a_click_on_the_map_keeps_zoom_and_does_not_remount(visit: Any) -> None:
    visit.open("atlas")
    visit.wait_for_paint()
    frame = visit.map
    frame.locator("html").evaluate("one => window.map.once('zoomend', () => { one.dataset.zoomed = 'yes' })")
    frame.locator(".leaflet-control-zoom-in").click()
    frame.locator("html[data-zoomed]").wait_for(state="attached")
    frame.locator("html").evaluate("one => { one.dataset.mark = 'same frame' }")
    zoom = frame.locator("html").evaluate("() => window.map.getZoom()")
    before = visit.wait_for_paint()
    box = frame.locator("#map_div").bounding_box()
    assert box is not None
    frame.locator("#map_div").click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    visit.wait_for_paint(before)
    visit.page.get_by_test_id("stMetric").wait_for()
    assert frame.locator("html").get_attribute("data-mark") == "same frame"
    assert frame.locator("html").evaluate("() => window.map.getZoom()") == zoom
    assert frame.locator(".nahbar-ghost").is_visible()


@EVERY_WINDOW
def test_sites_answer_with_a_proof(visit: Any) -> None:
    visit.open("siting")
    visit.wait_for_paint()
    t = texts_of(visit)
    body = visit.page.locator("body").inner_text()
    assert t("proof.best") in body
    assert question_title(t, Question(new=3, minutes=15.0, mode="walk")) in body
    assert visit.map.locator(".nahbar-place-plan").all_inner_texts() == ["1", "2", "3"]
    assert visit.page.locator(".nahbar-table").first.locator("tbody tr").count() == 3
    assert visit.elsewhere == []
    assert visit.errors == []


def test_settings_survive_a_change_of_page(visit: Any) -> None:
    visit.open("siting?new=5&minutes=20")
    visit.wait_for_paint()
    expect(visit.map.locator(".nahbar-place-plan")).to_have_count(5)
    t = texts("de")
    visit.page.get_by_role("link", name=t("nav.atlas"), exact=True).click()
    visit.settle()
    visit.page.get_by_role("link", name=t("nav.siting"), exact=True).click()
    visit.settle()
    visit.wait_for_paint()
    expect(visit.map.locator(".nahbar-place-plan")).to_have_count(5)
    visit.page.wait_for_url("**new=5**")


def test_language_switches_on_the_spot(visit: Any) -> None:
    visit.open("atlas")
    visit.wait_for_paint()
    visit.page.get_by_role("radio", name="English").click()
    visit.page.wait_for_url("**lang=en**")
    visit.page.get_by_text(texts("en")("atlas.indicator")).wait_for()
    assert texts("en")("atlas.indicator") in visit.page.locator("body").inner_text()
    visit.settle()
    assert texts("de")("atlas.indicator") not in visit.page.locator("body").inner_text()


ENGLISH_WORDS = re.compile(
    r"\b(Choose an option|Drag and drop|Browse files|Upload|Search|Download|Limit \d|Running|No results|Press Enter)\b"
)


@pytest.mark.parametrize("path", ["", "atlas", "reach", "siting", "data"])
def test_no_english_on_a_german_page(visit: Any, path: str) -> None:
    visit.open(path)
    said = visit.page.locator("body").inner_text()
    assert ENGLISH_WORDS.findall(said) == []
    assert not re.search(r"\bnan\b|\bNone\b|\bNaN\b", said)
    assert not re.search(r"\d\.\d+ ?%", said), "percent with a decimal point"


@pytest.mark.parametrize("visit", [("de-DE", 390)], indirect=True)
@pytest.mark.parametrize("path", ["", "atlas", "reach", "siting", "data"])
def test_nothing_is_wider_than_a_phone(visit: Any, path: str) -> None:
    visit.open(path)
    assert visit.page.evaluate("document.scrollingElement.scrollWidth") <= 390


def test_a_link_is_whole_even_on_a_server_nobody_has_visited(browser: Any, fresh_server: str) -> None:
    page = browser.new_context(locale="de-DE", viewport={"width": 1440, "height": 900}).new_page()
    page.goto(f"{fresh_server}/atlas?quarter=01010101")
    page.get_by_test_id("stMetric").wait_for(timeout=60_000)
    assert page.get_by_role("link", name=texts("de")("nav.siting"), exact=True).is_visible()
    banner = page.locator(".nb-banner")
    assert banner.evaluate("one => getComputedStyle(one).borderLeftWidth") == "4px"
    assert page.locator('[data-testid="stMainBlockContainer"]').bounding_box()["width"] > 1000
    page.context.close()


@pytest.mark.parametrize("path", ["", "atlas", "reach", "siting", "data"])
def test_screen_readers_hear_german_too(visit: Any, path: str) -> None:
    visit.open(path)
    visit.page.get_by_text(texts("de")("shell.aria_skip")).wait_for(state="attached")
    assert visit.page.evaluate("document.documentElement.lang") == "de"
    names = visit.page.locator("[aria-label]").evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
    english = re.compile(r"^(Open|Help for|Sidebar|App pages|Navigate|Expand|Collapse|file upload|Increment|Decrement)")
    assert [name for name in names if english.search(name)] == []
