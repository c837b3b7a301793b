"""Workbook, CSV, GeoPackage and GeoJSON, opened by programs of others."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile
from dataclasses import replace
from functools import cache
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest
import shapely

from geo.output.files.csv import harmless, table_csv
from geo.output.files.geodata import geojson_files, geopackage
from geo.output.files.xlsx import TEXT_MAX, sheet_name, workbook, workbook_tables
from geo.output.report.site_sheet import site_sheets
from geo.output.sites.plan_map import catchments_of
from geo.output.sites.scenario_data import Solved
from geo.region.model.region import Region
from geo.text import LANGUAGES, texts
from tests.output.taken import HOSTILE, LONG, demo, demo_solved, hosts, large, line, solved_of, squares
from tests.programs import by_office, pdf_text, run

DAY = dt.date(2026, 3, 1)


@pytest.fixture(scope="module")
def region() -> Region:
    return demo()


@pytest.fixture(scope="module")
def solved() -> Solved:
    return demo_solved()


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


@cache
def demo_file(language: str, has_plan: bool = True) -> bytes:
    """Return the workbook of the demo region, with or without its plan."""
    return workbook(texts(language), demo(), demo_solved() if has_plan else None, DAY)


@cache
def demo_book(language: str, has_plan: bool = True) -> openpyxl.Workbook:
    """Return the same, opened."""
    return opened(demo_file(language, has_plan))


def column(sheet: openpyxl.worksheet.worksheet.Worksheet, heading: str) -> int:
    return next(cell.column for cell in sheet[1] if heading in str(cell.value))


@pytest.mark.parametrize("language", LANGUAGES)
def test_workbook_has_real_numbers_and_formats(region: Region, solved: Solved, language: str) -> None:
    t = texts(language)
    book = demo_book(t.language)
    indicators = book[t("dataout.indicators")]
    assert indicators.freeze_panes == "C2"
    assert indicators.auto_filter.ref.startswith("A1:")
    assert indicators.print_title_rows == "$1:$1"
    share = column(indicators, t("indicator.share_of_residents.label") + " (")
    first = indicators.cell(2, share)
    value = region.values_of("recipients", region.dates[0])["value"].iloc[0]
    among = region.values_of("residents", region.dates[0])["value"].iloc[0]
    assert first.value == pytest.approx(value / among)
    assert "%" in first.number_format
    assert indicators.cell(2, column(indicators, t("atlas.date"))).value == dt.datetime.fromisoformat(region.dates[0])
    assert str(indicators["A2"].value) == region.quarters.index[0]
    assert indicators["A2"].data_type == "s"
    plan = book[t("dataout.plan")]
    cost = plan.cell(2, column(plan, t("siting.column_cost")))
    assert cost.value == pytest.approx(solved.outcome.sites[0].cost_per_year_eur)
    assert "€" in cost.number_format
    assert plan.cell(2, column(plan, t("siting.column_gain"))).value == solved.outcome.sites[0].gain
    assert book.properties.title == f"Nahbar: {region.name}"


def test_workbook_has_every_sheet_in_both_languages(region: Region, solved: Solved) -> None:
    names = [demo_book(language).sheetnames for language in LANGUAGES]
    assert len(names[0]) == len(names[1]) == 9
    assert names[0] != names[1]
    assert len(demo_book("de", has_plan=False).sheetnames) == 6


def test_withheld_cells_are_words_never_numbers(region: Region) -> None:
    t = texts("de")
    counts = demo_book(t.language, has_plan=False)[t("dataout.counts")]
    at, state = (column(counts, name) for name in ("Leistungsberechtigte (SGB II)", "Leistungsberechtigte (SGB II): "))
    withheld = [row for row in counts.iter_rows(min_row=2) if row[state - 1].value == "suppressed"]
    assert len(withheld) == int(
        ((region.statistics["measure"] == "recipients") & (region.statistics["state"] == "suppressed")).sum()
    )
    assert {row[at - 1].value for row in withheld} == {t("map.withheld")}
    assert counts.cell(1, at).comment is not None


def test_settings_name_every_assumption(region: Region, solved: Solved) -> None:
    t = texts("de")
    sheet = demo_book(t.language)[t("dataout.settings")]
    told = {row[0].value: row[1].value for row in sheet.iter_rows(min_row=2)}
    assert told[t("dataout.scenario_key")] == solved.scenario.key
    assert told[t("dataout.longest_way")] == 15
    assert told[t("dataout.speed")] == pytest.approx(1.1)
    assert told[t("costs.hours_per_week")] == solved.scenario.costs.hours_per_week
    assert told[t("dataout.people_after")] == solved.outcome.people_after


def test_libreoffice_reads_the_same_figures(region: Region, solved: Solved, tmp_path: Path) -> None:
    t = texts("de")
    path = tmp_path / "daten.xlsx"
    path.write_bytes(demo_file(t.language))
    table = by_office(path, "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,false,false,false,1", tmp_path)
    found = next(tmp_path.glob(f"daten-{t('dataout.plan')}*.csv"), table)
    text = found.read_text(encoding="utf-8")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    for number, site in enumerate(solved.outcome.sites, 1):
        assert rows[number][:3] == [str(number), site.id, site.name]
        assert rows[number][4] == str(site.gain)


def hostile_region() -> Region:
    quarters = squares()
    quarters["name"] = [HOSTILE, LONG, *quarters["name"].iloc[2:]]
    return large(quarters=quarters, sites=hosts(quarters, name="=1+1"), name="=HYPERLINK(1) & Söhne <b>")


def test_no_name_becomes_a_formula_or_a_link(tmp_path: Path) -> None:
    region = hostile_region()
    solved = solved_of(region, line(), name="@SUM(A1) <b>", description="+1\n=2")
    data = workbook(texts("de"), region, solved, DAY)
    book = opened(data)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    assert HOSTILE in {cell.value for cell in cells}
    assert max(len(str(cell.value)) for cell in cells) <= TEXT_MAX
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist() if "sheet" in name)
    path = tmp_path / "a.xlsx"
    path.write_bytes(data)
    assert "Quartier 0002" in pdf_text(by_office(path, "pdf", tmp_path))


def test_sheet_names_are_such_as_excel_takes() -> None:
    assert sheet_name("Daten: [1/2]*?") == "Daten   1 2"
    assert len(sheet_name("x" * 50)) == 31
    assert sheet_name("''") == "?"


@pytest.mark.parametrize("style", ["german", "international"])
def test_csv_reads_back(region: Region, solved: Solved, style: str) -> None:
    t = texts("de")
    for table in workbook_tables(t, region, solved):
        data = table_csv(t, region, table, style)  # type: ignore[arg-type]
        assert data.startswith(b"\xef\xbb\xbf")
        text = data.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text), delimiter=";" if style == "german" else ","))
        units = {"percent": "%", "euros": "€"}
        for field, heading in zip(table.fields, rows[0], strict=True):
            assert heading.startswith(field.label)
            assert heading.count(units.get(field.kind, "")) >= 1
        assert rows[-1][0].startswith("# Quelle: ")
        assert len(rows) == len(table.rows) + 2
        assert all(len(row) == len(table.fields) for row in rows[:-1])
        for at, field in enumerate(table.fields):
            if field.kind in ("whole", "percent", "euros") and table.key in ("indicators", "counts"):
                given = [row[at] for row in rows[1:-1]]
                wanted = [value[at] for value in table.rows]
                assert any(given)
                for said, value in zip(given, wanted, strict=True):
                    if isinstance(value, float):
                        assert float(said.replace(",", ".")) == pytest.approx(value, abs=1e-6)
                    else:
                        assert said == ""


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@x", "\tx", "\r=1", "  =cmd", "\u00a0=x", "|calc", "\n=1", "=1;=2"]
)
def test_csv_texts_are_harmless(text: str) -> None:
    assert harmless(text).startswith("'")
    assert harmless("Am Hang") == "Am Hang"
    assert harmless("") == ""


def test_geopackage_opens_in_ogrinfo(region: Region, solved: Solved, tmp_path: Path) -> None:
    path = tmp_path / "daten.gpkg"
    path.write_bytes(geopackage(texts("de"), region, solved, catchments_of(region, solved.answer)))
    told = run("ogrinfo", "-so", path)
    for layer in ("quarters (Multi Polygon)", "sites (Point)", "plan (Point)", "catchments (Multi Polygon)"):
        assert layer in told
    assert "CC0-1.0" in told
    assert 'ID["EPSG",25832]' in run("ogrinfo", "-so", path, "quarters")
    plan = run("ogrinfo", path, "plan", "-geom=NO")
    assert f"people_added (Integer64) = {solved.outcome.sites[0].gain}" in plan
    quarters = gpd.read_file(path, layer="quarters")
    assert quarters.columns.str.isascii().all()
    day = region.dates[-1].replace("-", "")
    state = quarters[f"share_of_residents_{day}_state"]
    assert quarters.loc[state == "suppressed", f"share_of_residents_{day}"].isna().all()
    assert (state == "suppressed").sum() > 3
    assert quarters.loc[state == "value", f"share_of_residents_{day}"].notna().all()
    assert quarters.geometry.is_valid.all()


def test_geojson_is_rfc_7946(region: Region, solved: Solved, tmp_path: Path) -> None:
    files = geojson_files(texts("en"), region, solved, catchments_of(region, solved.answer))
    assert set(files) == {"quarters", "sites", "plan", "catchments"}
    for name, data in files.items():
        whole = json.loads(data)
        assert "crs" not in whole
        assert whole["about"]["licences"].startswith("CC0-1.0")
        path = tmp_path / f"{name}.geojson"
        path.write_bytes(data)
        read = gpd.read_file(path)
        assert read.crs.to_epsg() == 4326
        assert read.total_bounds[0] > 5
        assert read.total_bounds[3] < 56
    shapes = gpd.read_file(tmp_path / "quarters.geojson").geometry
    assert len(shapes) == len(region.quarters)
    rings = [part.exterior for part in shapely.get_parts(shapes.to_numpy())]
    assert all(ring.is_ccw for ring in rings)
    run("ogrinfo", "-so", tmp_path / "catchments.geojson")


def test_two_makings_are_the_same_bytes(region: Region, solved: Solved) -> None:
    t = texts("de")
    assert workbook(t, demo(), demo_solved(), DAY) == demo_file(t.language)
    assert geopackage(t, region, solved) == geopackage(t, region, solved)


def test_a_region_without_sites_or_districts_is_written() -> None:
    quarters = squares()
    quarters["district"] = ""
    region = large(quarters=quarters, sites=None)
    t = texts("de")
    solved = solved_of(region, replace(line(), candidates="quarters"))
    for one in (None, solved):
        assert len(opened(workbook(t, region, one, DAY)).sheetnames) == (6 if one is None else 9)
        layers = geojson_files(t, region, one)
        assert ("plan" in layers) == (one is not None)
        assert "sites" not in layers
        assert len(geopackage(t, region, one)) > 10_000


def test_nothing_is_said_of_today_where_no_office_is_known() -> None:
    region = large(sites=None)
    solved = solved_of(region, replace(line(), candidates="quarters"))
    t = texts("de")
    sheet = opened(workbook(t, region, solved, DAY))[t("dataout.reach")]
    before = column(sheet, t("dataout.people_before"))
    cells = [row[before - 1].value for row in sheet.iter_rows(min_row=2, max_row=len(region.quarters) + 1)]
    assert {cell for cell in cells if cell} == {t("dataout.offices_unknown"), t("map.withheld")}
    sheets = site_sheets(t, region, solved)
    assert not any("heute" in line for one in sheets for line in one.ways[:1])
    assert all(row[2] == t("value.none") for one in sheets for row in one.quarters)
