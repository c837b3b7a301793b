"""Last year's recipe or region and this year's file: one region of both, nothing entered again but the date."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.region.model import Region
from geo.region.package.bundle import write_region
from geo.region.recipes.toml_text import recipe_text
from tests.pages.import_page import GOOD_DRAWN, GOOD_TABLE, Page, csv

HEAD = "SCHLUESSEL;Name;Einwohner;Leistungsberechtigte (SGB II)"
SITES = ("orte.csv", b"id;name;lon;lat\na;Haus A;7.01;51.41\nb;Haus B;7.03;51.42\n", "")


def this_year(foot: str = "Stand: 31.12.2025", head: str = HEAD) -> bytes:
    return csv([f"{n:02d};Quartier {n:02d};{1010 + n};{110 + 2 * n}" for n in range(1, 10)], head=head, foot=foot)


def region_of(page: Page) -> Region:
    region = page.app.session_state["import.outcome"].region
    assert isinstance(region, Region)
    return region


@pytest.fixture
def recipe(page: Page) -> tuple[str, bytes, str]:
    """Return last year's recipe as a file."""
    made = Page(page.t.language).upload(GOOD_DRAWN, GOOD_TABLE).app.session_state["import.outcome"].recipe
    return ("r.toml", recipe_text(made).encode(), "")


def packed(page: Page, folder: Path) -> tuple[Region, tuple[str, bytes, str]]:
    """Return last year's region with a withheld number and two sites, and its package as a file."""
    hidden = csv([f"{n:02d};Quartier {n:02d};{1000 + n};{2 if n == 4 else 100 + n}" for n in range(1, 10)])
    last = region_of(Page(page.t.language).upload(GOOD_DRAWN, ("zahlen.csv", hidden, ""), SITES))
    write_region(last, folder / "stadt.zip")
    return last, ("stadt.zip", (folder / "stadt.zip").read_bytes(), "")


def test_a_recipe_takes_the_new_file_beside_the_old_and_compares(page: Page, recipe: tuple[str, bytes, str]) -> None:
    new = ("lieferung.csv", this_year(), "")
    page.upload(GOOD_DRAWN, GOOD_TABLE, recipe, new)
    assert page.states() == ["done", "done", "done", "done"]
    region, t = region_of(page), page.t
    assert region.dates == ("2024-12-31", "2025-12-31")
    told = page.html
    assert t("import.new_year_rows", file="lieferung.csv", rows="9", keys="9", met="9") in told
    assert t("import.new_year_rows_before", file="zahlen.csv", rows="9") in told
    assert t("import.change", percent=t.number(14.3, 1), date=t.date("2024-12-31")) in told
    assert "Quartier 09: 109 → 128" in told
    # The recipe that is handed out holds both years and builds the same again.
    written = recipe_text(page.app.session_state["import.outcome"].recipe).encode()
    other = Page(page.t.language).upload(GOOD_DRAWN, GOOD_TABLE, ("beide.toml", written, ""), new)
    assert region_of(other).fingerprint == region.fingerprint


def test_without_the_old_file_only_the_new_date_stands_and_that_is_said(
    page: Page, recipe: tuple[str, bytes, str]
) -> None:
    page.upload(GOOD_DRAWN, recipe, ("lieferung.csv", this_year(), ""))
    assert region_of(page).dates == ("2025-12-31",)
    assert page.t("finding.new_year_old_absent", files="zahlen.csv") in page.html


def test_a_date_the_file_does_not_name_is_taken_with_one_click(page: Page, recipe: tuple[str, bytes, str]) -> None:
    page.upload(GOOD_DRAWN, GOOD_TABLE, recipe, ("lieferung.csv", this_year(foot=""), ""))
    assert page.states()[1] == "open"
    assert "import.outcome" not in page.app.session_state
    take = page.t("import.new_year_take", date=page.t.date("2025-12-31"))
    next(button for button in page.app.button if button.label == take).click()
    page.app.run()
    assert region_of(page).dates == ("2024-12-31", "2025-12-31")


def test_last_years_file_once_more_is_not_taken_for_a_new_year(page: Page, recipe: tuple[str, bytes, str]) -> None:
    page.upload(GOOD_DRAWN, GOOD_TABLE, recipe, ("nochmal.csv", GOOD_TABLE[1], ""))
    assert page.states()[1] == "open"
    assert page.t("finding.new_year_date_there", date=page.t.date("2024-12-31")) in page.html


def test_a_column_that_is_not_found_is_chosen(page: Page, recipe: tuple[str, bytes, str]) -> None:
    head = "SCHLUESSEL;Name;Einwohner;Personen im Bezug;Notiz"
    rows = [f"{n:02d};Quartier {n:02d};{1010 + n};{110 + n};x" for n in range(1, 10)]
    page.upload(GOOD_DRAWN, GOOD_TABLE, recipe, ("neu.csv", csv(rows, head, "Stand: 31.12.2025"), ""))
    assert page.states()[1] == "open"
    name = page.t("import.new_year_column", column="Leistungsberechtigte")[:-1]
    label = next(box.label for box in page.app.selectbox if box.label.startswith(name))
    page.choose(label, "Personen im Bezug")
    assert region_of(page).values_of("recipients", "2025-12-31").loc["03", "value"] == 113


def test_a_package_takes_a_new_year_and_keeps_what_it_shows(page: Page, tmp_path: Path) -> None:
    last, package = packed(page, tmp_path)
    new = ("lieferung.csv", this_year(), "")
    page.upload(package)
    assert page.t("import.new_year_none") in page.html
    page.upload(new)
    assert page.states() == ["done", "done", "done", "done"]
    region = region_of(page)
    assert (region.id, region.name, region.dates) == (last.id, last.name, ("2024-12-31", "2025-12-31"))
    assert len(region.hosts) == 2
    before, after = (one.values_of("recipients", "2024-12-31") for one in (last, region))
    assert after.equals(before)
    assert (before["state"] == "suppressed").any()
    assert page.t("import.new_year_kept", dates=page.t.date("2024-12-31")) in page.html
    written = recipe_text(page.app.session_state["import.outcome"].recipe).encode()
    other = Page(page.t.language).upload(package, ("beide.toml", written, ""), new)
    assert region_of(other).fingerprint == region.fingerprint


def test_the_recipe_of_a_package_says_how_the_new_file_is_read(
    page: Page, recipe: tuple[str, bytes, str], tmp_path: Path
) -> None:
    _, package = packed(page, tmp_path)
    unclear = ("neu.csv", this_year(head="A;B;C;D"), "")
    page.upload(package, unclear)
    assert page.states()[1] == "open"
    assert page.t("import.new_year_no_recipe") in page.html
    head = "Schlüssel;Name;Einwohner 2025;Leistungsberechtigte (SGB II) 2025"
    other = Page(page.t.language).upload(package, recipe, ("neu.csv", this_year(head=head), ""))
    assert page.t("import.new_year_no_recipe") not in other.html
    assert region_of(other).dates == ("2024-12-31", "2025-12-31")
