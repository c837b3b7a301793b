"""The page that compares scenarios: 20 of them from the store, in a real browser.

``python -m benchmarks.compare`` prints a markdown table; ``--write`` keeps it in ``RESULTS_compare.md``. A server
that has shown another page already is asked for the comparison: first with nothing of it in memory, then again.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil

from benchmarks.synthetic import synthetic_region
from geo.region.model import Region
from geo.region.package import load_region, write_region
from geo.siting.ask import Question
from geo.siting.scenario import Scenario, body_of, completed, run
from geo.store import open_store
from tests.conftest import ROOT
from tests.e2e.running import ARGUMENTS, CHROMIUM, running_app

RESULTS = Path(__file__).with_name("RESULTS_compare.md")
SCENARIOS = 20
VISITS = 5
TABLE, MAP, PROCESSOR = "table", "painted map", "processor of the server, whole page"


def keep_scenarios(region: Region, url: str) -> None:
    """Solve a scenario and keep it twenty times under other names and descriptions, each with its own outcome."""
    store = open_store(url)
    measure = "recipients" if "recipients" in region.measure_keys else region.measure_keys[0]
    asked = completed(region, Scenario("Vorlage", region.id, Question(measure=measure, new=5)))
    _, outcome = run(region, asked, seconds=5.0)
    for number in range(1, SCENARIOS + 1):
        made = replace(asked, name=f"Szenario {number}", description="Text " * number)
        told = replace(outcome, people_after=(outcome.people_after or 0) + 10 * number)
        store.create("scenario", region.id, made.name, body_of(made, told))
    store.close()


def in_browser(browser: Any, package: Path, url: str) -> dict[str, list[float]]:
    """Return seconds from the click on the page's name to the table with all scenarios, and to the painted map."""
    taken: dict[str, list[float]] = {TABLE: [], MAP: [], PROCESSOR: []}
    with running_app(NAHBAR_REGION=str(package), NAHBAR_DATABASE_URL=url) as app:
        for _ in range(VISITS):
            page = browser.new_context(locale="de-DE", viewport={"width": 1440, "height": 900}).new_page()
            page.set_default_timeout(120_000)
            page.goto(app.address)
            page.wait_for_selector(".nb-figure")
            page.wait_for_timeout(2_000)
            link = page.get_by_role("link", name="Szenarien", exact=True)
            began, spent = time.perf_counter(), _processor(app.pid)
            link.click()
            page.locator(f".nahbar-table tbody tr:nth-child({SCENARIOS + 1})").first.wait_for(state="attached")
            taken[TABLE].append(time.perf_counter() - began)
            frame = page.frame_locator('iframe[title*="folium"]').locator("html[data-painted]")
            frame.wait_for(state="attached")
            taken[MAP].append(time.perf_counter() - began)
            page.wait_for_timeout(1_000)
            taken[PROCESSOR].append(_processor(app.pid) - spent)
            page.context.close()
    return taken


def _processor(pid: int) -> float:
    used = psutil.Process(pid).cpu_times()
    return float(used.user + used.system)


def lines() -> list[str]:
    """Return the rows of the table."""
    from playwright.sync_api import sync_playwright

    if CHROMIUM is None:
        return ["| no Chromium on this machine | | | |"]
    found = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        synthetic = Path(folder) / "synthetic"
        write_region(synthetic_region(600, 12), synthetic)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for package in (ROOT / "data" / "musterstadt", synthetic):
            region = load_region(package)
            url = f"sqlite:///{folder}/{region.id}.db"
            keep_scenarios(region, url)
            taken = in_browser(browser, package, url)
            for what, seconds in taken.items():
                later = seconds[1:]
                usual = f"{statistics.median(later):.2f} s ({min(later):.2f}–{max(later):.2f}, {len(later)} visits)"
                found.append(f"| {len(region.quarters)} quarters: {what} | {seconds[0]:.2f} s | {usual} | ≤ 1 s |")
        browser.close()
    return found


def main() -> None:
    """Print the table, and keep it if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="keep the table")
    chosen = parser.parse_args()
    text = "\n".join(
        [
            "# Comparing twenty scenarios, measured",
            "",
            f"`python -m benchmarks.compare --write`, Python {platform.python_version()}, {os.cpu_count()} shared",
            f"cores (load {os.getloadavg()[0]:.1f}: the processor seconds count). Seconds from the click in the",
            "browser, on a server that has shown another page; the first visit imports what is needed.",
            "",
            "| what | first visit | later visits | wanted |",
            "| --- | --- | --- | --- |",
            *lines(),
            "",
        ]
    )
    print(text)
    if chosen.write:
        RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
