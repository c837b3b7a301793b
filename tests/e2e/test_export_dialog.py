"""Giving maps and charts out: the dialog in a browser, and a map's own file with no network at all."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from geo.output.paper.sheet import Sheet
from geo.output.screen.standalone import standalone_map
from geo.output.values.map_view import WITHHELD
from geo.text import texts
from tests.e2e.conftest import Visit
from tests.output.paper.printed import demo, view_of, with_plan
from tests.output.screen.test_standalone import hostile_page

pytestmark = pytest.mark.e2e
T = texts("de")
MAP = ".st-key-export_share_of_residents_map button"
SAVE = ".st-key-export_save button"


def test_it_opens_without_a_network(browser: Any, tmp_path: Path) -> None:
    view = with_plan(demo(), view_of(demo()), 3)
    path = tmp_path / "map.html"
    path.write_bytes(standalone_map(T, demo(), view, Sheet(title="{region}")))
    context = browser.new_context(locale="de-DE", offline=True)
    page = context.new_page()
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    page.goto(path.as_uri())
    page.locator("html[data-painted=yes]").wait_for(state="attached")
    fills = page.eval_on_selector_all(
        ".leaflet-quarters-pane path", "paths => paths.map(path => path.getAttribute('fill'))"
    )
    painted = [colour for colour in fills if colour in view.legend.colours]
    assert len(painted) == sum(kind >= 0 for kind in view.classes)
    assert fills.count("url(#withheld)") == view.classes.count(WITHHELD)
    assert page.locator(".leaflet-marker-icon").count() == 3

    name = page.locator("button[data-quarter]").nth(4)
    name.focus()
    page.keyboard.press("Enter")
    assert name.inner_text() in page.locator(".leaflet-tooltip").inner_text()
    first = page.locator("tbody tr").first.inner_text()
    page.locator("thead button").first.press("Enter")
    page.locator("thead button").first.press("Enter")
    assert page.locator("tbody tr").first.inner_text() != first

    asked.clear()
    hostile = tmp_path / "hostile.html"
    hostile.write_bytes(hostile_page())
    page.on("dialog", lambda dialog: faults.append(dialog.message))
    page.goto(hostile.as_uri())
    page.locator("html[data-painted=yes]").wait_for(state="attached")
    assert asked == [hostile.as_uri()]
    assert faults == []
    context.close()


def open_dialog(visit: Visit, path: str, button: str = MAP) -> Any:
    visit.open(path)
    dialog = visit.page.locator("[role=dialog]")
    visit.wait_for_paint()
    visit.settle()
    visit.page.locator(button).first.click()
    dialog.locator("img").wait_for()
    return dialog


def saved(visit: Visit) -> tuple[str, bytes]:
    """Press the button when the page has settled: the button before stands until the new file is made."""
    visit.settle()
    with visit.page.expect_download() as download:
        visit.page.locator(SAVE).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


@pytest.mark.parametrize("visit", [("de-DE", 1440), ("en-GB", 1440)], indirect=True)
def test_a_map_is_given_out_in_every_format(visit: Visit) -> None:
    dialog = open_dialog(visit, "atlas?region=musterstadt")
    beginnings = {"PNG": b"\x89PNG", "SVG": b"<?xml", "PDF": b"%PDF", "HTML": b"<!DOCTYPE html>"}
    for format_, beginning in beginnings.items():
        dialog.get_by_role("radio", name=format_, exact=True).or_(
            dialog.get_by_role("button", name=format_, exact=True)
        ).first.click()
        visit.settle()
        name, data = saved(visit)
        assert re.fullmatch(rf"musterstadt_share_of_residents_map_\d{{4}}-\d\d-\d\d\.{format_.lower()}", name)
        assert data.startswith(beginning)
    assert visit.elsewhere == []
    assert visit.errors == []


def test_what_is_set_is_kept_on_other_pages(visit: Visit) -> None:
    dialog = open_dialog(visit, "atlas?region=musterstadt")
    footer = dialog.get_by_label(T("paper.footer"), exact=True)
    footer.fill("Vorlage 12/2026, {date}")
    footer.press("Enter")
    visit.settle()
    visit.page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    visit.page.get_by_role("link", name=T("nav.concentration")).first.click()
    visit.settle()
    visit.page.locator(".st-key-export_lorenz button").first.click()
    dialog = visit.page.locator("[role=dialog]")
    dialog.locator("img").wait_for()
    assert dialog.get_by_label(T("paper.footer"), exact=True).input_value() == "Vorlage 12/2026, {date}"
    name, data = saved(visit)
    assert name.startswith("musterstadt_lorenz_")
    assert data.startswith(b"\x89PNG")


def test_a_series_shows_how_far_it_is_and_can_be_stopped(visit: Visit) -> None:
    dialog = open_dialog(visit, "atlas?region=musterkreis")
    dialog.get_by_text(T("paper.series"), exact=True).click()
    make = visit.page.locator(".st-key-export_make button")
    make.click()
    stop = visit.page.locator(".st-key-export_stop button")
    stop.wait_for()
    dialog.get_by_text(re.compile(r"\d+ von \d+ Karten")).first.wait_for()
    stop.click()
    make.click()
    visit.page.locator(SAVE).wait_for()
    name, data = saved(visit)
    assert name.endswith(".zip")
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert len(archive.namelist()) == len(demo("musterkreis").dates)
    assert visit.errors == []
