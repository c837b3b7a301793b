"""Files as people have them, through the form in a browser: a newcomer's path to a proven plan, and real data sets."""

from __future__ import annotations

import logging
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import xlsxwriter
from shapely.geometry import box

from geo.region.model.region import Region
from geo.region.package.bundle import load_region
from geo.region.recipes.build import build_region
from geo.region.recipes.toml_text import read_recipe
from geo.text import texts
from tests.conftest import REAL_DATA, ROOT
from tests.e2e.test_import import INPUT

pytestmark = pytest.mark.e2e
t = texts("de")
NAMES = ("Südufer", "Weiße Höfe", "Mühlenau", "Altstadt", "Käthenviertel", "Röhrig", "Nordtor", "Gärten", "Ölberg")
MOST_INTERACTIONS = 12


class Reader:
    """Somebody who uses the page: every click, entry and upload counts."""

    def __init__(self, visit: Any) -> None:
        self.visit, self.count, self.start = visit, 0, time.monotonic()

    def did(self, what: str) -> None:
        self.visit.settle()
        self.count += 1
        logging.getLogger(__name__).info("%2d. %s after %.1f s", self.count, what, time.monotonic() - self.start)

    def upload(self, *paths: Path) -> None:
        self.visit.page.locator(INPUT).set_input_files([str(path) for path in paths])
        for path in paths:
            self.visit.page.locator(f'[data-testid="stMain"] p strong:text-is("{path.name}")').wait_for()
        self.did(f"uploaded {', '.join(path.name for path in paths)}")

    def press(self, label: str) -> None:
        self.visit.page.get_by_role("button", name=label, exact=True).click()
        self.did(f"pressed {label}")

    def unfold(self, label: str, number: int = 0) -> None:
        self.visit.page.locator("summary", has_text=label).nth(number).click()
        self.did(f"unfolded {label}")

    def choose(self, label: str, option: str) -> None:
        page = self.visit.page
        field = page.get_by_role("combobox", name=label, exact=True)
        field.scroll_into_view_if_needed()
        self.visit.settle()
        field.click()
        wanted = page.get_by_role("option", name=option, exact=True)
        page.get_by_role("option").first.wait_for()
        for _ in range(40):  # a long list holds only what is in sight
            if wanted.count():
                break
            page.keyboard.press("ArrowDown")
        wanted.click()
        self.did(f"chose {option}")

    def write(self, label: str, text: str) -> None:
        field = self.visit.page.get_by_label(label, exact=True).first
        field.fill(text)
        field.press("Tab")
        self.did(f"wrote {text}")

    def tick(self, label: str) -> None:
        self.visit.page.locator("label", has_text=label).first.click()
        self.did(f"ticked {label}")


def states(visit: Any) -> list[str]:
    visit.settle()
    return list(visit.page.locator(".nb-step").evaluate_all("all => all.map(one => one.dataset.state)"))


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Write a shapefile with DOS names, a workbook with percent cells and a row of totals, and a list of places."""
    squares = [
        box(7 + n % 3 * 0.02, 51.4 + n // 3 * 0.013, 7.02 + n % 3 * 0.02, 51.413 + n // 3 * 0.013) for n in range(9)
    ]
    keys = [f"{n:02d}" for n in range(1, 10)]
    frame = gpd.GeoDataFrame({"SCHLUESSEL": keys, "NAME": NAMES}, geometry=squares, crs=4326).to_crs(25832)
    frame.to_file(tmp_path / "q.shp", encoding="cp850")
    table = tmp_path / "q.dbf"
    content = bytearray(table.read_bytes())
    content[29] = 0  # no code page named
    table.write_bytes(content)
    drawn = tmp_path / "stadtteile.zip"
    with zipfile.ZipFile(drawn, "w") as archive:
        for ending in ("shp", "shx", "dbf", "prj"):
            archive.write(tmp_path / f"q.{ending}", f"q.{ending}")
    numbers = tmp_path / "sgb2.xlsx"
    book = xlsxwriter.Workbook(str(numbers))
    sheet, percent = book.add_worksheet("Stadtteile"), book.add_format({"num_format": "0.0%"})
    sheet.write_row(0, 0, ["Stadtteil", "Einwohner", "Leistungsberechtigte (SGB II)", "SGB-II-Quote"])
    counts = [(1000 + 150 * n, 90 + 13 * n) for n in range(9)]
    for row, (name, (people, part)) in enumerate(zip(NAMES, counts, strict=True), start=1):
        sheet.write_row(row, 0, [name, people, part])
        sheet.write_number(row, 3, part / people, percent)
    people, part = (sum(column) for column in zip(*counts, strict=True))
    sheet.write_row(10, 0, ["Insgesamt", people, part])
    sheet.write_number(10, 3, part / people, percent)
    sheet.write_string(12, 0, "Stand: 31.12.2024")
    book.close()
    places = tmp_path / "orte.csv"
    kinds = ["Hauptstelle", *["Möglicher Ort"] * 8]
    rows = [f"{n};Haus {n};{kinds[n]};{7.01 + n % 3 * 0.02:.3f};{51.406 + n // 3 * 0.013:.3f}" for n in range(9)]
    places.write_text("\n".join(["Nr;Name;Art;Längengrad;Breitengrad", *rows]).replace(".", ","), encoding="utf-8")
    return drawn, numbers, places


@pytest.mark.smoke
def test_a_newcomer_comes_from_three_files_to_a_proven_plan(visit: Any, files: tuple[Path, Path, Path]) -> None:
    visit.open("data")
    reader = Reader(visit)
    reader.upload(*files)
    assert states(visit) == ["done", "done", "done", "done"]
    told = visit.page.locator('[data-testid="stMain"]').inner_text()
    assert "Südufer" in told
    assert t("import.join_told", found="9", all="9") in told
    reader.press(t("import.open_atlas"))
    visit.wait_for_paint()
    assert visit.map.locator(".leaflet-quarters-pane path").count() == len(NAMES)
    visit.page.get_by_role("link", name=t("nav.siting"), exact=True).first.click()
    reader.did("went to the sites")
    visit.wait_for_paint()
    visit.page.get_by_text(t("proof.best")).first.wait_for()
    assert visit.map.locator(".nahbar-place-main").count() == 1
    assert visit.map.locator(".nahbar-place-plan").count() == 3
    assert reader.count <= MOST_INTERACTIONS
    assert (visit.elsewhere, visit.errors) == ([], [])


def real(*names: str) -> list[Path]:
    paths = [REAL_DATA / name for name in names]
    if not all(path.is_file() for path in paths):
        pytest.skip("the real files are not part of the project and are not there")
    return paths


def figures(region: Region, measures: Mapping[str, str]) -> list[tuple[str, str, str, str, str]]:
    """Return all cells of a region by the name of their quarter; ``measures`` are names by key."""
    cells = region.statistics[region.statistics["measure"].isin(list(measures))]
    names = region.quarters["name"].reindex(cells["quarter_id"])
    rows = zip(names, cells["date"], cells["measure"].map(measures), cells["value"], cells["state"], strict=True)
    return sorted((name, str(date), measure, f"{value:.6g}", str(state)) for name, date, measure, value, state in rows)


def has_figures_of(reader: Reader, recipe: str, path: Path, own: Mapping[str, str] | None = None) -> None:
    """Compare the region given out with that of the recipe; ``own`` are the recipe's keys by those of the form."""
    button = reader.visit.page.get_by_role("button", name=t("data.download_region")).last
    with reader.visit.page.expect_download() as download:
        button.click()
    download.value.save_as(path)
    keys = {"recipients": "recipients", "residents": "residents", **(own or {})}
    wanted = build_region(read_recipe(ROOT / "data" / "recipes" / f"{recipe}.toml"), REAL_DATA).region
    assert wanted is not None
    expected = figures(wanted, {key: key for key in keys.values()})
    assert expected
    assert figures(load_region(path), keys) == expected


def ends_in_atlas(reader: Reader, quarters: int) -> None:
    assert reader.visit.page.get_by_text(t("finding.join_only_in_table.remedy_form")).count() == 0
    reader.press(t("import.open_atlas"))
    reader.visit.wait_for_paint()
    assert reader.visit.map.locator(".leaflet-quarters-pane path").count() == quarters
    assert (reader.visit.elsewhere, reader.visit.errors) == ([], [])


def test_flensburg(visit: Any, tmp_path: Path) -> None:
    visit.open("data")
    reader = Reader(visit)
    reader.upload(*real("flensburg/flensburg_stadtteile.zip", "flensburg/flensburg_sgb2_2018_2022.csv"))
    assert states(visit) == ["done", "done", "done", "done"]
    has_figures_of(reader, "flensburg_2018_2022", tmp_path / "region.zip")
    ends_in_atlas(reader, 13)


def test_400_districts(visit: Any, tmp_path: Path) -> None:
    visit.open("data")
    reader = Reader(visit)
    reader.upload(*real("kreise/mdoscho_vg5000_krs.json", "kreise/inkar_kreise_sgb2_2023_transcribed.csv"))
    assert states(visit) == ["done", "done", "done", "done"]
    own = {"sgb2_quote_prozent_2023": "sgb2_rate", "kinderarmut_je_100_unter_15_2023": "child_poverty_rate"}
    has_figures_of(reader, "kreise_2023", tmp_path / "region.zip", own)
    ends_in_atlas(reader, 400)


def test_hamburg_2013(visit: Any, tmp_path: Path) -> None:
    """Rows of districts share names with quarters; four pairs of quarters are counted as one."""
    paths = real(
        "hamburg_2013/hamburg-district-regions.geojson", "hamburg_2013/Daten_fuer_die_Stadtteilprofile_2014.xlsx"
    )
    visit.open("data")
    reader = Reader(visit)
    reader.upload(*paths)
    assert states(visit) == ["done", "done", "done", "done"]
    reader.tick("Neuwerk")
    reader.press(t("import.check"))
    assert states(visit) == ["done", "done", "done", "done"]
    has_figures_of(reader, "hamburg_2013", tmp_path / "region.zip", {"units": "units"})
    ends_in_atlas(reader, 100)


def test_north_rhine_westphalia_and_one_district_of_it(visit: Any, tmp_path: Path) -> None:
    paths = real(
        "nrw/nrw_gemeinden_vg250_simpl100m.geojson", "nrw/itnrw_2024_22811-05i.csv", "nrw/itnrw_2024_12411-15i.csv"
    )
    visit.open("data")
    reader = Reader(visit)
    reader.upload(*paths)
    assert states(visit) == ["done", "done", "done", "done"]
    has_figures_of(reader, "nrw_2024", tmp_path / "region.zip")
    reader.unfold(t("import.boundary_fields"))
    reader.write(t("import.keep_beginning"), "05566")
    reader.press(t("import.check"))
    assert states(visit) == ["done", "done", "done", "done"]
    has_figures_of(reader, "kreis_steinfurt_2024", tmp_path / "district.zip")
    ends_in_atlas(reader, 24)


def test_berlin(visit: Any, tmp_path: Path) -> None:
    """One long table of several editions and two cuts of the city: a part of its rows, an edition dated by hand."""
    paths = real(
        "berlin/berlin_plr_2021.geojson", "berlin/berlin_mss_index_2013_2021_long.csv",
        "berlin/sites/berlin_jobcenter_osm.csv",
    )  # fmt: skip
    visit.open("data")
    reader = Reader(visit)
    reader.upload(*paths)
    reader.unfold(t("import.rows_part"))
    reader.choose(t("import.rows_column"), "lor")
    reader.choose(t("import.rows_value"), "2021")
    reader.write(t("import.date_day"), "31.12.2020")
    own = {"s1": "mss_unemployed", "s3": "mss_other_recipients", "s4": "mss_children"}
    for heading in own:
        reader.choose(heading, t("import.own_percent"))
    reader.press(t("import.check"))
    assert states(visit) == ["done", "done", "done", "done"]
    has_figures_of(reader, "berlin_mss_2021", tmp_path / "region.zip", own)
    ends_in_atlas(reader, 542)
