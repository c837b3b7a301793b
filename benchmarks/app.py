"""The app in a real browser: from a change to the painted map, cold start, memory.

Beside each figure stands stock streamlit-folium in the same run: a GeoJson layer rebuilt on each rerun,
with Leaflet served from this machine so that it draws at all without a network.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from benchmarks.synthetic import synthetic_region
from geo.region.package import write_region
from tests.conftest import ROOT
from tests.e2e.running import ARGUMENTS, CHROMIUM, running_app

CHANGES = 6
SETTLING_MILLISECONDS = 3_000


def measure() -> list[tuple[str, str, str]]:
    """Return rows of what, figure, wanted."""
    if CHROMIUM is None:
        return [("browser", "no Chromium on this machine", "")]
    from playwright.sync_api import sync_playwright

    rows: list[tuple[str, str, str]] = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        for quarters, dates, wanted in ((600, 12, 0.5), (3_000, 3, 1.5)):
            package = Path(folder) / f"synthetic_{quarters}"
            write_region(synthetic_region(quarters, dates), package)
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            rows += _in_browser(browser, package, quarters, wanted)
            browser.close()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        rows += sites_slider(browser)
        browser.close()
    return rows


def sites_slider(browser: Any) -> list[tuple[str, str, str]]:
    """Move the slider for the number of offices on the sites page of Musterstadt until the new plan is painted."""
    taken = []
    with running_app(NAHBAR_REGION=str(ROOT / "data" / "musterstadt")) as app:
        page = browser.new_context(locale="de-DE", viewport={"width": 1440, "height": 900}).new_page()
        page.goto(f"{app.address}/siting")
        frame = page.frame_locator('iframe[title*="folium"]').locator("html")
        page.frame_locator('iframe[title*="folium"]').locator("html[data-painted]").wait_for(
            state="attached", timeout=120_000
        )
        page.wait_for_timeout(SETTLING_MILLISECONDS)
        slider = page.get_by_test_id("stSlider").first.get_by_role("slider")
        slider.focus()
        for at in range(2 * CHANGES):
            before = frame.get_attribute("data-painted")
            began = time.perf_counter()
            page.keyboard.press("ArrowRight" if at < CHANGES else "ArrowLeft")
            _until(lambda before=before: frame.get_attribute("data-painted") != before)
            taken.append(time.perf_counter() - began)
            page.wait_for_timeout(SETTLING_MILLISECONDS)
    return [("number of offices to the new plan on the map, Musterstadt", _said(taken), "≤ 0.6 s")]


def _in_browser(browser: Any, package: Path, quarters: int, wanted: float) -> list[tuple[str, str, str]]:
    rows = []
    began = time.perf_counter()
    with running_app(NAHBAR_REGION=str(package)) as app:
        page = browser.new_context(locale="de-DE", viewport={"width": 1440, "height": 900}).new_page()
        page.goto(app.address)
        page.wait_for_selector(".nb-figure", timeout=120_000)
        rows.append(
            (f"cold server to first page, {quarters} quarters", f"{time.perf_counter() - began:.2f} s", "≤ 5 s")
        )
        page.close()
        rows += _warm(browser, app.address, quarters, wanted)
        memory = psutil.Process(app.pid).memory_info().rss / 1024**2
        rows.append((f"server memory, one session, {quarters} quarters", f"{memory:.0f} MB", "≤ 400 MB"))
    return rows


def _warm(browser: Any, address: str, quarters: int, wanted: float) -> list[tuple[str, str, str]]:
    opened = []
    for _ in range(4):
        page = browser.new_context(locale="de-DE", viewport={"width": 1440, "height": 900}).new_page()
        began = time.perf_counter()
        page.goto(f"{address}/atlas")
        page.frame_locator('iframe[title*="folium"]').locator("html[data-painted]").wait_for(
            state="attached", timeout=120_000
        )
        opened.append(time.perf_counter() - began)
    rows = [(f"warm server to painted atlas, {quarters} quarters", _said(opened[1:]), "≤ 3 s")]
    frame = page.frame_locator('iframe[title*="folium"]').locator("html")
    slider = page.get_by_test_id("stSlider").first.get_by_role("slider")
    slider.focus()
    taken = []
    for at in range(CHANGES):
        before = frame.get_attribute("data-painted")
        began = time.perf_counter()
        page.keyboard.press("ArrowLeft" if at % 2 == 0 else "ArrowRight")
        _until(lambda before=before: frame.get_attribute("data-painted") != before)
        taken.append(time.perf_counter() - began)
        page.wait_for_timeout(600)
    rows.append((f"change of date to painted map, {quarters} quarters", _said(taken), f"≤ {wanted} s"))
    return rows


def _until(is_done: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.perf_counter() + seconds
    while not is_done():
        if time.perf_counter() > end:
            raise TimeoutError
        time.sleep(0.005)


def _said(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):.2f} s ({min(seconds):.2f}–{max(seconds):.2f}, {len(seconds)} runs)"


def environment_size() -> list[tuple[str, str, str]]:
    """Return the size of an environment made from requirements.txt alone, as `make run` makes it."""
    with tempfile.TemporaryDirectory() as folder:
        for part in ("Makefile", "requirements.txt"):
            shutil.copy(ROOT / part, folder)
        subprocess.run(["make", "--silent", ".venv/run.stamp"], cwd=folder, check=True)
        size = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file() and not file.is_symlink())
    return [("installed environment", f"{size / 1024**2:.0f} MB", "≤ 900 MB")]
