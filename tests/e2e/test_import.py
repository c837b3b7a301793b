"""Own files in a real browser: uploaded, mapped, checked, seen in the atlas; every other host refused."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from geo.text import texts

pytestmark = pytest.mark.e2e

WINDOWS = pytest.mark.parametrize(
    "visit",
    [pytest.param(("de-DE", 1440), id="german"), pytest.param(("en-GB", 390), id="english-phone")],
    indirect=True,
)
INPUT = '[data-testid="stFileUploaderDropzoneInput"]'
ENGLISH = re.compile(
    r"Upload\b|Drag and drop|per file|Browse|Choose an option|Press Enter|No results|Running|Error|Remove\b|Add files|"
    r"file upload|Help for|^Open$|crement$|Link to"
)


def texts_of(visit: Any) -> Any:
    return texts("de" if "de" in visit.page.evaluate("navigator.language") else "en")


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Write nine squares, a table about them, and one with a word among the numbers."""
    features = []
    for number in range(9):
        x, y = 7.0 + number % 3 * 0.02, 51.4 + number // 3 * 0.013
        ring = [[x, y], [x + 0.02, y], [x + 0.02, y + 0.013], [x, y + 0.013], [x, y]]
        properties = {"schluessel": f"{number + 1:02d}", "name": f"Quartier {number + 1:02d}"}
        features.append(
            {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        )
    drawn, table, wrong = tmp_path / "grenzen.geojson", tmp_path / "zahlen.csv", tmp_path / "falsch" / "zahlen.csv"
    drawn.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    lines = ["Schlüssel;Name;Einwohner;Leistungsberechtigte (SGB II)"]
    lines += [f"{n};Quartier {n:02d};{1000 + 10 * n};{80 + 12 * n}" for n in range(1, 10)]
    table.write_text("\n".join([*lines, "Stand: 31.12.2024"]), encoding="cp1252")
    wrong.parent.mkdir()
    wrong.write_text(table.read_text(encoding="cp1252").replace("1020", "viele"), encoding="cp1252")
    return {"drawn": drawn, "table": table, "wrong": wrong}


def upload(visit: Any, *paths: Path) -> None:
    visit.page.locator(INPUT).set_input_files([str(path) for path in paths])
    for path in paths:
        if path.name != "riesig.csv":
            visit.page.locator(f'[data-testid="stMain"] p strong:text-is("{path.name}")').wait_for()
    visit.settle()


def states(visit: Any) -> list[str]:
    visit.settle()
    return list(visit.page.locator(".nb-step").evaluate_all("all => all.map(one => one.dataset.state)"))


def press(visit: Any, label: str) -> None:
    visit.page.get_by_role("button", name=label).click()
    visit.settle()


@pytest.mark.parametrize(
    "visit",
    [
        pytest.param(("de-DE", 1440), id="german", marks=pytest.mark.smoke),
        pytest.param(("en-GB", 390), id="english-phone"),
    ],
    indirect=True,
)
def test_files_become_a_region_in_the_atlas(visit: Any, files: dict[str, Path]) -> None:
    visit.open("data")
    t = texts_of(visit)
    assert states(visit) == ["open", "waiting", "waiting", "waiting"]
    upload(visit, files["drawn"], files["table"])
    visit.page.get_by_text(t("import.passed")).wait_for()
    assert states(visit) == ["done", "done", "done", "done"]
    with visit.page.expect_download() as download:
        visit.page.get_by_role("button", name=t("data.download_recipe")).click()
    assert download.value.suggested_filename == "grenzen.toml"
    with visit.page.expect_download() as download:
        visit.page.get_by_role("button", name=t("data.download_region")).last.click()
    assert download.value.suggested_filename == "grenzen.zip"
    press(visit, t("import.open_atlas"))
    visit.wait_for_paint()
    assert visit.map.locator(".leaflet-quarters-pane path").count() == 9
    assert "region=grenzen" in visit.page.url
    assert visit.elsewhere == []
    assert visit.errors == []


@WINDOWS
def test_fault_is_told_and_mended_without_entering_anything_again(visit: Any, files: dict[str, Path]) -> None:
    visit.open()
    visit.open("data")
    t = texts_of(visit)
    upload(visit, files["drawn"], files["wrong"])
    name = visit.page.get_by_label(t("import.region_name"), exact=True)
    name.fill("Probestadt")
    name.press("Tab")
    visit.settle()
    press(visit, t("import.check"))
    assert states(visit)[2:] == ["faulty", "waiting"]
    assert "viele" in visit.page.locator('.nb-findings[data-level="error"]').last.inner_text()
    if visit.page.viewport_size["width"] > 800:  # on a phone the pages are behind a menu
        for key in ("nav.start", "nav.data"):
            visit.page.get_by_role("link", name=t(key), exact=True).first.click()
            visit.settle()
    upload(visit, files["table"])
    assert visit.page.get_by_label(t("import.region_name"), exact=True).input_value() == "Probestadt"
    press(visit, t("import.check"))
    assert states(visit) == ["done", "done", "done", "done"]
    assert visit.elsewhere == []


@WINDOWS
def test_too_large_a_file_is_named_and_the_other_one_taken(visit: Any, files: dict[str, Path], tmp_path: Path) -> None:
    large = tmp_path / "riesig.csv"
    with large.open("wb") as file:
        file.truncate(101 * 1024**2)
    visit.open("data")
    t = texts_of(visit)
    told = t("finding.file_too_large", file="riesig.csv", megabytes="101", limit_megabytes="100")
    visit.page.locator(INPUT).set_input_files([str(large)])
    visit.page.get_by_text(told).wait_for()
    assert states(visit)[0] == "open"
    upload(visit, large, files["drawn"])
    visit.page.get_by_text(told).wait_for()
    assert states(visit)[0] == "done"


@pytest.mark.parametrize("visit", [("de-DE", 1440), ("de-DE", 390)], indirect=True, ids=["desk", "phone"])
def test_german_page_says_nothing_in_english(visit: Any, files: dict[str, Path]) -> None:
    visit.open("data")
    main = visit.page.locator('[data-testid="stMain"]')
    assert not ENGLISH.search(main.inner_text())
    upload(visit, files["drawn"], files["table"])
    visit.page.get_by_label(texts("de")("import.region_name"), exact=True).fill("Neu")
    assert not ENGLISH.search(main.inner_text())
    named = main.locator("[aria-label]").evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
    assert [label for label in named if ENGLISH.search(label)] == []
    wide = visit.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
