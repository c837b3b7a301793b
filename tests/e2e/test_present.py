"""A talk in a real browser: six scenes by keyboard, every other host refused, the line cut and mended."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from geo.text import texts
from tests.conftest import ROOT
from tests.e2e.conftest import Visit, running_app
from tests.e2e.cut_line import CutLine, cut_line
from tests.programs import pdf_text

pytestmark = pytest.mark.e2e

_SHOWN = "document.querySelector('#nahbar-show').dataset.shown"
_INSIDE = "document.querySelector('#nahbar-show').shadowRoot"


@pytest.fixture(scope="module")
def talks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of an app with a store of its own."""
    with running_app(NAHBAR_DATABASE_URL=f"sqlite:///{tmp_path_factory.mktemp('talks')}/talks.db") as app:
        yield app.address


@pytest.fixture
def line(talks: str) -> Iterator[CutLine]:
    with cut_line(talks) as line:
        yield line


@pytest.fixture
def talk(line: CutLine, browser: Any, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Open the presentation page with six scenes; parametrise indirectly with ``(locale, width, height)``."""
    locale, width, height = getattr(request, "param", ("de-DE", 1440, 900))
    context = browser.new_context(locale=locale, viewport={"width": width, "height": height}, accept_downloads=True)
    page = context.new_page()
    visit = Visit(page, line.address)
    visit.open("present")
    t = texts(locale[:2])
    if page.get_by_role("button", name=t("present.ready_made"), exact=True).count():
        page.get_by_role("button", name=t("present.ready_made"), exact=True).click()
        page.get_by_role("button", name=t("present.start_here")).nth(5).wait_for()
        visit.settle()
    yield visit
    context.close()


def begin(visit: Visit) -> None:
    """Begin the show and wait until the browser holds every scene."""
    visit.page.locator(".nahbar-start button.primary").click()
    shown(visit)
    visit.page.wait_for_function(f"() => {_INSIDE}.querySelector('.state').textContent === ''")
    visit.settle()


def shown(visit: Visit, other_than: str = "") -> str:
    """Wait until a scene stands, and return the key of its picture."""
    visit.page.wait_for_selector("#nahbar-show", state="attached")
    visit.page.wait_for_function(f"before => {_SHOWN} && {_SHOWN} !== before", arg=other_than)
    return str(visit.page.evaluate(_SHOWN))


def turn(visit: Visit, key: str) -> None:
    """Press a key that turns the scene and wait until the new one stands."""
    before = visit.page.evaluate(_SHOWN)
    visit.page.keyboard.press(key)
    shown(visit, before)


def inside(visit: Visit, selector: str) -> list[str]:
    """Return the texts of parts of the show."""
    said = f"selector => [...{_INSIDE}.querySelectorAll(selector)].map(one => one.textContent)"
    return list(visit.page.evaluate(said, selector))


def number(visit: Visit) -> str:
    return inside(visit, ".number")[0]


def where(visit: Visit) -> tuple[Any, ...]:
    """Return all that an audience sees of where the talk stands."""
    return (number(visit), inside(visit, "h1"), inside(visit, ".controls output"), inside(visit, ".figures b"))


def frame_keys(visit: Visit) -> tuple[str, int]:
    """Return what the map frame has painted, and how many frames there are."""
    found = f"[...{_INSIDE}.querySelectorAll('iframe')].map(one => one.contentDocument.documentElement.dataset.painted)"
    painted = visit.page.evaluate(found)
    return str(painted[0]), len(painted)


@pytest.mark.smoke
def test_six_scenes_by_keyboard_with_every_other_host_refused(talk: Visit) -> None:
    t = texts("de")
    begin(talk)
    assert talk.page.evaluate("document.fullscreenElement !== null")
    first = where(talk)
    seen = [first[1][0]]
    talk.page.evaluate(f"{_INSIDE}.querySelector('iframe').contentWindow.stays = 'same frame'")
    for at, key in enumerate(("ArrowRight", "ArrowDown", "PageDown", " ", "PageDown"), 2):
        painted = frame_keys(talk)[0]
        turn(talk, key)
        assert number(talk) == t("present.scene_of", number=at, count=6)
        assert f"scene={at}" in talk.page.url
        legend = f"{_INSIDE}.querySelector('iframe').contentDocument.querySelector('#nahbar-legend')"
        talk.page.wait_for_function(f"() => {legend}.innerText.includes('Quelle')")
        assert frame_keys(talk) != (painted, 1)
        assert frame_keys(talk)[1] == 1
        seen.append(inside(talk, "h1")[0])
    assert seen == [t(f"present.ready_{key}") for key in ("need", "change", "lasting", "today", "plan", "money")]
    assert talk.page.evaluate(f"{_INSIDE}.querySelector('iframe').contentWindow.stays") == "same frame"
    talk.page.keyboard.press("PageDown")
    assert number(talk) == t("present.scene_of", number=6, count=6)
    for key in ("ArrowLeft", "ArrowUp", "PageUp", "Home"):
        turn(talk, key)
    assert where(talk) == first
    turn(talk, "End")
    assert number(talk) == t("present.scene_of", number=6, count=6)
    talk.page.keyboard.press("Escape")
    talk.page.get_by_role("heading", name=t("present.title")).wait_for()
    talk.settle()
    assert talk.page.locator("#nahbar-show").count() == 0
    assert "scene=" not in talk.page.url
    assert talk.elsewhere == []
    assert talk.errors == []


def test_keys_work_with_the_map_in_focus_and_sliders_keep_theirs(talk: Visit) -> None:
    begin(talk)
    turn(talk, "End")
    frame = talk.page.frame_locator("#nahbar-show iframe")
    frame.locator("#map_div").click(position={"x": 30, "y": 120})
    turn(talk, "ArrowLeft")
    slider = talk.page.locator("#nahbar-show input[data-name=new]")
    slider.focus()
    at = number(talk)
    talk.page.keyboard.press("ArrowLeft")
    shown(talk, "")
    assert number(talk) == at
    assert inside(talk, ".controls output")[0] == "2"
    turn(talk, "PageUp")
    assert number(talk) != at
    talk.page.keyboard.press("Escape")
    talk.settle()


@pytest.mark.parametrize("key", ["b", "."])
def test_the_screen_goes_black_and_comes_back_where_it_was(talk: Visit, key: str) -> None:
    begin(talk)
    turn(talk, "PageDown")
    before = where(talk)
    black = f"getComputedStyle({_INSIDE}.querySelector('.black')).display"
    talk.page.keyboard.press(key)
    assert talk.page.evaluate(black) == "block"
    picture = talk.page.screenshot()
    assert _is_black(picture)
    talk.page.keyboard.press("PageDown")
    assert talk.page.evaluate(black) == "none"
    assert where(talk) == before
    talk.page.keyboard.press("Escape")
    talk.settle()


def test_a_slider_changes_the_plan_at_once(talk: Visit) -> None:
    begin(talk)
    for _ in range(4):
        turn(talk, "PageDown")
    before, figures = shown(talk), inside(talk, ".figures b")
    slider = talk.page.locator("#nahbar-show input[data-name=new]")
    slider.focus()
    talk.page.keyboard.press("ArrowRight")
    shown(talk, before)
    frame = talk.page.frame_locator("#nahbar-show iframe")
    frame.locator(".nahbar-place-plan").nth(3).wait_for(state="attached")
    assert sorted(frame.locator(".nahbar-place-plan").all_inner_texts()) == ["1", "2", "3", "4"]
    assert inside(talk, ".figures b") != figures
    turn(talk, "PageDown")
    turn(talk, "PageUp")
    assert inside(talk, ".controls output")[0] == "4"
    assert sorted(frame.locator(".nahbar-place-plan").all_inner_texts()) == ["1", "2", "3", "4"]
    talk.page.keyboard.press("Escape")
    talk.settle()


def test_a_cut_line_loses_nothing(talk: Visit, line: CutLine) -> None:
    t = texts("de")
    begin(talk)
    for _ in range(4):
        turn(talk, "PageDown")
    talk.page.locator("#nahbar-show input[data-name=new]").focus()
    before = shown(talk)
    talk.page.keyboard.press("ArrowRight")
    shown(talk, before)
    stood = where(talk)
    line.cut()
    talk.page.wait_for_selector("#nahbar-show[data-connection=cut]", state="attached")
    talk.page.wait_for_timeout(5_000)  # a talk goes on through seconds without a line
    assert where(talk) == stood
    assert inside(talk, ".state") == [t("present.cut")]
    middle = talk.page.evaluate("document.elementFromPoint(innerWidth / 2, innerHeight / 2).id")
    assert middle == "nahbar-show"
    turn(talk, "PageUp")  # the server is not there: the browser turns by itself
    turn(talk, "PageDown")
    assert where(talk) == stood
    talk.page.locator("#nahbar-show input[data-name=new]").focus()
    talk.page.keyboard.press("ArrowRight")
    assert inside(talk, ".controls output")[0] == "5"
    assert inside(talk, ".state") == [t("present.cut_waiting")]
    talk.page.wait_for_timeout(6_000)  # what was asked for is still asked for after them
    line.mend()
    talk.page.wait_for_selector("#nahbar-show[data-connection=there]", state="attached")
    shown(talk)
    talk.page.frame_locator("#nahbar-show iframe").locator(".nahbar-place-plan").nth(4).wait_for(state="attached")
    after = where(talk)
    assert after[:2] == stood[:2]
    assert after[2][0] == "5"
    talk.page.reload()
    shown(talk)
    assert where(talk) == after
    assert "scene=5" in talk.page.url
    assert talk.elsewhere == []
    assert talk.errors == []


def test_the_server_keeps_a_session_through_a_cut_of_two_minutes() -> None:
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["server"]["disconnectedSessionTTL"] >= 2 * 120


@pytest.mark.parametrize("talk", [("de-DE", 1920, 1080), ("en-GB", 1440, 900), ("de-DE", 390, 844)], indirect=True)
def test_type_can_be_read_and_nothing_sticks_out(talk: Visit) -> None:
    begin(talk)
    width, height = talk.page.evaluate("[innerWidth, innerHeight]")
    for at in range(6):
        sizes = talk.page.evaluate(
            f"""names => Object.fromEntries(names.map(name => [name,
                [...{_INSIDE}.querySelectorAll(name)].map(one => parseFloat(getComputedStyle(one).fontSize))]))""",
            ["h1", ".figures span", ".controls label", ".text"],
        )
        body = [size for name in (".figures span", ".controls label", ".text") for size in sizes[name]]
        assert min(body) >= (28 if height == 1080 else 15)
        assert sizes["h1"][0] > 1.5 * min(body)
        assert talk.page.evaluate(f"{_INSIDE}.querySelector('.show').scrollWidth") <= width
        if width > 760:
            side = f"[...{_INSIDE}.querySelectorAll('.controls label, .figures p')]"
            lowest = talk.page.evaluate(f"Math.max(0, ...{side}.map(one => one.getBoundingClientRect().bottom))")
            assert lowest <= height - 30
            legend = "document.querySelector('#nahbar-legend').getBoundingClientRect().bottom"
            inner = talk.page.frames[-1]
            assert inner.evaluate(legend) <= inner.evaluate("innerHeight") + 1
        if at < 5:
            turn(talk, "PageDown")
    assert talk.errors == []


def test_the_atlas_as_it_stands_becomes_a_scene_and_the_handout_has_it(talk: Visit, tmp_path: Path) -> None:
    t = texts("de")
    talk.open("atlas?indicator=child_rate&classes=4")
    talk.wait_for_paint()
    talk.map.locator("html").evaluate("one => window.map.once('zoomend', () => { one.dataset.zoomed = 'yes' })")
    talk.map.locator(".leaflet-control-zoom-in").click()
    talk.map.locator("html[data-zoomed]").wait_for(state="attached")
    talk.page.wait_for_url("**view=**")
    sight = talk.map.locator("html").evaluate("() => nahbarMap.sight()")
    talk.page.get_by_role("button", name=t("present.add")).click()
    talk.page.get_by_role("link", name=t("present.open")).click()
    talk.page.get_by_role("heading", name=t("present.title")).wait_for()
    talk.settle()
    count = talk.page.get_by_role("button", name=t("present.start_here")).count()
    talk.page.get_by_role("button", name=t("present.start_here")).nth(count - 1).click()
    shown(talk)
    assert number(talk) == t("present.scene_of", number=count, count=count)
    assert sight is not None
    seen, asked = pytest.approx(sight), "() => window.nahbarMap?.sight() ?? null"
    talk.until(lambda: talk.page.frames[-1].evaluate(asked) == seen, "the same part of the map")
    title = inside(talk, "h1")[0]
    assert t("indicator.child_rate.label") in title
    talk.page.keyboard.press("Escape")
    talk.settle()
    talk.page.get_by_role("button", name=t("present.handout_make")).click()
    with talk.page.expect_download() as waiting:
        talk.page.get_by_role("button", name=t("present.handout"), exact=True).click()
    file = tmp_path / "handout.pdf"
    waiting.value.save_as(file)
    said = " ".join(pdf_text(file).split())
    assert f"{count}. {title}" in said.replace("\u200b", "")
    assert f"1. {t('present.ready_need')}" in said
    assert talk.errors == []


def _is_black(picture: bytes) -> bool:
    from io import BytesIO

    from PIL import Image

    low, high = Image.open(BytesIO(picture)).convert("L").getextrema()
    return bool(low == high == 0)
