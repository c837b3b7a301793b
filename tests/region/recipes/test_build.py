"""From files to a region: a hand-made region, and inputs broken by one property each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from geo.defaults import ReadLimits
from geo.errors import DataError
from geo.findings import Level
from geo.region.model.assemble import assemble_region
from geo.region.model.describe import describe_region
from geo.region.recipes.build import BuildResult, build_region
from geo.region.recipes.toml_text import parse_recipe, read_recipe
from geo.region.schema import Measure, ValueState
from tests.region.nine_quarters import KEYS, RECIPE, numbers, parts, write_files


def build(folder: Path, text: str | None = None) -> BuildResult:
    recipe = read_recipe(folder / "neun.toml") if text is None else parse_recipe(text)
    return build_region(recipe, folder)


def told(result: BuildResult, code: str) -> list[object]:
    return [finding for finding in result.findings if finding.code == code]


def edit(folder: Path, change: Callable[[list[str]], None]) -> None:
    path = folder / "numbers.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    change(lines)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_files(tmp_path)
    return tmp_path


def test_nine_quarters_build(folder: Path) -> None:
    result = build(folder)
    region = result.region
    assert region is not None
    assert list(region.quarters.index) == KEYS
    assert region.dates == ("2023-12-31", "2024-12-31")
    cells = region.values_of("recipients", "2024-12-31")
    assert list(cells["value"]) == [110, 120, 130, 140, 150, 160, 170, 180, 190]
    assert result.joins[0].is_complete
    assert result.joins[0].matched == 9
    assert [finding.parameters["count"] for finding in told(result, "totals_agree")] == [4]
    described = describe_region(region)
    assert (described["recipients"], described["residents"], described["share"]) == (1350, 13500, 0.1)


def test_building_twice_gives_the_same_fingerprint(folder: Path) -> None:
    one, two = build(folder).region, build(folder).region
    assert one is not None
    assert two is not None
    assert one.fingerprint == two.fingerprint


def test_the_fingerprint_does_not_depend_on_order() -> None:
    turned = parts() | {"quarters": parts()["quarters"][::-1], "statistics": numbers()[::-1]}
    assert assemble_region(**turned).fingerprint == assemble_region(**parts()).fingerprint


@pytest.mark.parametrize("field", ["name", "is_fictional"])
def test_the_fingerprint_depends_on_content(field: str) -> None:
    changed = parts() | {field: False if field == "is_fictional" else "Anders"}
    assert assemble_region(**changed).fingerprint != assemble_region(**parts()).fingerprint


def test_one_changed_number_changes_the_fingerprint() -> None:
    statistics = numbers()
    statistics.loc[0, "value"] += 1
    assert assemble_region(**parts() | {"statistics": statistics}).fingerprint != assemble_region(**parts()).fingerprint


def test_inputs_are_left_alone() -> None:
    given = parts()
    before = given["statistics"].copy(), given["quarters"].copy()
    assemble_region(**given)
    assert given["statistics"].equals(before[0])
    assert given["quarters"].equals(before[1])


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("01;Feld 01;2023;110;", "01;Feld 01;2023;-5;", "count_negative", (2, "Leistungsberechtigte", "01")),
        ("01;Feld 01;2023;110;", "01;Feld 01;2023;1101;", "part_exceeds_whole", (2, "Leistungsberechtigte", "01")),
        ("02;Feld 02;2023;120;", "02;Feld 02;2023;viele;", "text_in_numbers", (4, "Leistungsberechtigte", "02")),
        ("02;Feld 02;2023;120;", "02;Feld 02;2023;1e999;", "text_in_numbers", (4, "Leistungsberechtigte", "02")),
        ("02;Feld 02;2024;120;", "02;Feld 02;2023;120;", "date_twice", (5, "Leistungsberechtigte", "02")),
        ("02;Feld 02;2024;120;", "02;Feld 02;;120;", "date_missing", (5, None, None)),
        ("02;Feld 02;2024;120;", ";Feld 02;2024;120;", "key_empty", (5, "Schlüssel", None)),
    ],
)
def test_one_fault_is_an_error_with_its_place(
    folder: Path, old: str, new: str, code: str, place: tuple[int, str | None, str | None]
) -> None:
    edit(folder, lambda lines: lines.__setitem__(slice(None), [line.replace(old, new) for line in lines]))
    result = build(folder)
    assert result.region is None
    faults = [finding for finding in result.findings if finding.level is Level.ERROR]
    assert {finding.code for finding in faults} == {code}
    assert (faults[0].file, faults[0].row, faults[0].column, faults[0].quarter) == ("numbers.csv", *place)


def test_all_faults_come_at_once(folder: Path) -> None:
    def spoil(lines: list[str]) -> None:
        lines[1] = "01;Feld 01;2023;-5;1.100"
        lines[3] = "02;Feld 02;2023;9999;1.200"
        lines[5] = "03;Feld 03;2023;acht;1.300"

    edit(folder, spoil)
    found = {finding.code for finding in build(folder).findings if finding.level is Level.ERROR}
    assert found == {"count_negative", "part_exceeds_whole", "text_in_numbers"}


def test_missing_files_are_all_named(folder: Path) -> None:
    (folder / "numbers.csv").unlink()
    (folder / "quarters.geojson").unlink()
    result = build(folder)
    assert result.region is None
    assert {finding.file for finding in result.findings} == {"numbers.csv", "quarters.geojson"}


def test_both_sides_of_the_join_are_reported(folder: Path) -> None:
    edit(
        folder,
        lambda lines: lines.__setitem__(slice(None), [line.replace("09;Feld 09", "10;Feld 10") for line in lines]),
    )
    result = build(folder)
    assert result.region is not None
    assert result.joins[0].only_in_table == ("10",)
    assert result.joins[0].only_in_boundaries == ("09",)
    assert [finding.parameters["unit"] for finding in told(result, "join_only_in_table")] == ["10"]
    assert [finding.quarter for finding in told(result, "join_only_in_boundaries")] == ["09"]


def test_explained_exceptions_are_notes(folder: Path) -> None:
    edit(folder, lambda lines: lines.__setitem__(slice(None), [line for line in lines if "Feld 09" not in line]))
    result = build(folder, RECIPE + '\n[boundaries.ignore_absent]\n"09" = "Baustelle"\n')
    assert [finding.parameters["reason"] for finding in told(result, "join_only_in_boundaries_explained")] == [
        "Baustelle"
    ]
    assert not [finding for finding in result.findings if finding.level is Level.WARNING]


def test_lost_zeros_match_nothing_and_say_so(folder: Path) -> None:
    edit(folder, lambda lines: lines.__setitem__(slice(None), [line.removeprefix("0") for line in lines]))
    result = build(folder)
    assert result.region is None
    assert told(result, "join_empty")
    mended = build(folder, RECIPE.replace("[[tables.columns]]", "[tables.keys]\npad = 2\n\n[[tables.columns]]", 1))
    assert mended.region is not None
    assert mended.joins[0].is_complete


def test_names_can_be_the_keys(folder: Path) -> None:
    text = RECIPE.replace('key = "Schlüssel"', 'key = "Name"').replace('key = "99"', 'key = "Insgesamt"')
    text = text.replace("[[tables.columns]]", "[tables.keys]\nfold = true\n\n[[tables.columns]]", 1)
    edit(
        folder,
        lambda lines: lines.__setitem__(slice(None), [line.replace("Feld 01", "FELD-01 (ST)") for line in lines]),
    )
    result = build(folder, text)
    assert result.region is not None
    assert result.joins[0].is_complete


def test_rows_left_out_are_counted(folder: Path) -> None:
    edit(folder, lambda lines: lines.append("77;Außerhalb;2024;5;10"))
    text = RECIPE + "\n"
    text = text.replace(
        "[[tables.totals]]", '[[tables.left_out]]\nkey = "77"\nreason = "fremd"\n\n[[tables.totals]]', 1
    )
    result = build(folder, text)
    assert [finding.parameters for finding in told(result, "rows_left_out")] == [{"count": 1, "reason": "fremd"}]
    assert result.joins[0].is_complete


def test_a_wrong_total_is_a_warning_without_its_number(folder: Path) -> None:
    edit(folder, lambda lines: lines.__setitem__(-1, "99;Insgesamt;2024;1351;13.500"))
    result = build(folder)
    assert result.region is not None
    (finding,) = told(result, "total_differs")
    assert (finding.row, finding.column) == (21, "Leistungsberechtigte")
    assert [value for value in finding.parameters.values() if isinstance(value, (int, float))] == [-0.1], "percent"


def test_a_total_with_a_withheld_member_is_not_compared(folder: Path) -> None:
    edit(folder, lambda lines: lines.__setitem__(1, "01;Feld 01;2023;.;1.100"))
    result = build(folder)
    (finding,) = told(result, "total_not_checked")
    assert finding.row == 20
    assert set(finding.parameters) == {"name"}
    assert not told(result, "total_differs")


def test_nothing_is_said_of_withheld_cells(folder: Path) -> None:
    def spoil(lines: list[str]) -> None:
        lines[1] = "01;Feld 01;2023;2;1.100"
        lines[3] = "02;Feld 02;2023;2,5;1.200"

    edit(folder, spoil)
    result = build(folder)
    assert result.region is not None
    cells = result.region.values_of("recipients", "2023-12-31")
    hidden = set(cells.index[cells["state"] == ValueState.SUPPRESSED])
    assert {"01", "02"} <= hidden
    about = {f.quarter for f in result.findings if f.parameters.get("date") == "2023-12-31"}
    assert not about & hidden
    assert np.isnan(cells.loc["01", "value"])


def test_broken_counts_and_jumps_are_told(folder: Path) -> None:
    def spoil(lines: list[str]) -> None:
        lines[2] = "01;Feld 01;2024;990;1.100"
        lines[3] = "02;Feld 02;2023;120,5;1.200"

    edit(folder, spoil)
    result = build(folder)
    assert [finding.quarter for finding in told(result, "count_not_whole")] == ["02"]
    assert [(finding.quarter, finding.row) for finding in told(result, "count_jumps")] == [("01", 3)]


def test_merged_units_are_drawn_together(folder: Path) -> None:
    def merge(lines: list[str]) -> None:
        lines[:] = [line for line in lines if not line.startswith(("01;", "02;"))]
        lines.insert(1, "A;Eins und Zwei;2023;230;2.300")
        lines.insert(2, "A;Eins und Zwei;2024;230;2.300")

    edit(folder, merge)
    result = build(
        folder, RECIPE + '\n[[boundaries.merged]]\nkey = "A"\nname = "Eins und Zwei"\nparts = ["01", "02"]\n'
    )
    assert result.region is not None
    assert result.joins[0].is_complete
    assert result.region.quarters.loc["A"].geometry.area == pytest.approx(500_000)
    assert told(result, "totals_agree")


def test_a_merged_part_that_is_not_there_is_an_error(folder: Path) -> None:
    result = build(folder, RECIPE + '\n[[boundaries.merged]]\nkey = "A"\nname = "X"\nparts = ["01", "88"]\n')
    assert result.region is None
    assert [finding.parameters["part"] for finding in told(result, "merged_part_missing")] == ["88"]


def test_one_district_alone(folder: Path) -> None:
    text = RECIPE.replace('crs = "EPSG:25832"', "crs = \"EPSG:25832\"\nkeep = '0[123]'")
    text = text.replace('[[tables.totals]]\nkey = "99"\nsums = "all"', "[[tables.left_out]]\nkey = '(?!0[123]).*'")
    result = build(folder, text)
    assert result.region is not None
    assert len(result.region.quarters) == 3
    assert result.joins[0].is_complete


def test_invalid_rows_are_missing_not_zero(folder: Path) -> None:
    def invalid(lines: list[str]) -> None:
        lines[:] = [line + (";ok" if "01;" not in line else ";nein") for line in lines]
        lines[0] = lines[0].rsplit(";", 1)[0] + ";Gültig"

    edit(folder, invalid)
    text = RECIPE.replace(
        "[[tables.totals]]",
        '[tables.validity]\ncolumn = "Gültig"\nvalues = ["ok"]\nspares = ["residents"]\n\n[[tables.totals]]',
    )
    result = build(folder, text)
    assert result.region is not None
    cell = result.region.values_of("recipients", "2024-12-31").loc["01"]
    assert cell["state"] == "missing"
    assert result.region.values_of("residents", "2024-12-31").loc["01", "value"] == 1100


def test_long_tables_and_dates_in_columns(folder: Path) -> None:
    (folder / "long.csv").write_text(
        "id;was;2023;2024\n"
        + "".join(f"{key};LB;{100 + place};{200 + place}\n{key};EW;1000;1001\n" for place, key in enumerate(KEYS)),
        encoding="utf-8",
    )
    columns = "".join(
        f'[[tables.columns]]\ncolumn = "{year}"\nmeasure = "{measure}"\nwhen = "{what}"\ndate = "{year}-12-31"\n'
        for year in (2023, 2024)
        for what, measure in (("LB", "recipients"), ("EW", "residents"))
    )
    head = RECIPE[: RECIPE.index("[[tables]]")]
    table = '[[tables]]\nfile = "long.csv"\nkey = "id"\nmeasure_column = "was"\n' + columns
    result = build(folder, head + table)
    assert result.region is not None, result.findings
    assert result.region.values_of("recipients", "2024-12-31").loc["02", "value"] == 201
    assert result.region.values_of("residents", "2023-12-31").loc["02", "value"] == 1000


def test_rates_without_counts(folder: Path) -> None:
    text = (
        RECIPE.replace('measure = "recipients"', 'measure = "quote"')
        .replace('[[tables.totals]]\nkey = "99"', '[[tables.left_out]]\nkey = "99"')
        .replace('sums = "all"', "")
    )
    text += '\n[[measures]]\nkey = "quote"\nunit = "percent"\n[measures.label]\nde = "Quote"\nen = "Rate"\n'
    result = build(folder, text)
    assert result.region is not None
    assert result.region.measure("quote").is_rate
    assert len(told(result, "rate_implausible")) == 18


def test_sites_and_cells(folder: Path) -> None:
    (folder / "sites.csv").write_text(
        "nr;titel;x;y;raeume;stufenlos\n1;Jobcenter;500750;5600750;4;ja\n2;Weit weg;400000;5600750;2;nein\n",
        encoding="utf-8",
    )
    (folder / "cells.csv").write_text("x,y,n\n500050,5600050,20\n500150,5600050,-1\n1,1,5\n", encoding="utf-8")
    text = RECIPE + (
        '\n[[sites]]\nfile = "sites.csv"\nkey = "nr"\nname = "titel"\nx = "x"\ny = "y"\n'
        'crs = "EPSG:25832"\nkind = "main"\n'
        'outside = "leave_out"\n[sites.columns]\nrooms = "raeume"\nis_accessible = "stufenlos"\n'
        '\n[cells]\nfile = "cells.csv"\nx = "x"\ny = "y"\nresidents = "n"\ncrs = "EPSG:25832"\n'
    )
    result = build(folder, text)
    assert result.region is not None, result.findings
    assert list(result.region.offices["name"]) == ["Jobcenter"]
    assert result.region.sites.loc["1", "rooms"] == 4
    assert bool(result.region.sites.loc["1", "is_accessible"])
    assert told(result, "site_left_out")
    assert list(result.region.cells["quarter_id"]) == ["01"]
    assert [finding.parameters["count"] for finding in told(result, "cells_outside")] == [1]


@pytest.mark.parametrize(
    ("field", "change", "code"),
    [
        ("id", lambda given: "Neun Felder", "region_id_invalid"),
        ("quarters", lambda given: given.to_crs(4326), "region_crs_not_metric"),
        ("quarters", lambda given: given.set_crs(None, allow_override=True), "region_crs_missing"),
        ("quarters", lambda given: given.iloc[:0], "quarters_empty"),
        ("quarters", lambda given: given.set_axis(["01", *KEYS[:8]], axis=0), "quarter_key_duplicate"),
        ("quarters", lambda given: given.set_geometry(given.centroid), "quarter_not_a_polygon"),
        ("statistics", lambda given: given.assign(date="2024"), "statistics_date_invalid"),
        ("statistics", lambda given: given.assign(state="geheim"), "statistics_state_unknown"),
        ("statistics", lambda given: given.assign(quarter_id="xx").iloc[:1], "statistics_quarter_unknown"),
        ("statistics", lambda given: given.assign(state="suppressed"), "cell_number_not_allowed"),
        ("statistics", lambda given: given.assign(value=np.nan), "cell_number_absent"),
        ("statistics", lambda given: given.iloc[[0, 0]], "cell_twice"),
        ("statistics", lambda given: given.assign(state="true_zero"), "cell_zero_is_not_zero"),
        ("measures", lambda given: (Measure("recipients"), Measure("recipients"), *given), "measure_twice"),
    ],
)
def test_parts_that_break_the_contract(field: str, change: Callable[[object], object], code: str) -> None:
    given = parts()
    given[field] = change(given[field])
    with pytest.raises(DataError) as caught:
        assemble_region(**given)
    assert code in {finding.code for finding in caught.value.findings}


def replaced(old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / "quarters.geojson"
        path.write_text(path.read_text().replace(old, new))

    return change


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "numbers.csv").write_bytes(b""),
        lambda folder: (folder / "numbers.csv").write_text("a;b;c\n"),
        lambda folder: (folder / "numbers.csv").write_bytes(bytes(range(256)) * 40),
        lambda folder: (folder / "numbers.csv").write_text(
            "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"
        ),
        lambda folder: (folder / "numbers.csv").write_text("Ort;Zahl\nA;1\nB;2\n"),
        lambda folder: (folder / "quarters.geojson").write_text(""),
        lambda folder: (folder / "quarters.geojson").write_text('{"type": "FeatureCollection", "features": []}'),
        lambda folder: (folder / "quarters.geojson").write_text("<OGRVRTDataSource/>"),
        lambda folder: (folder / "quarters.geojson").write_bytes(b"PK\x03\x04 broken"),
        replaced('"key": "02"', '"key": "01"'),
        replaced('"key": "02"', '"key": null'),
        replaced('"key"', '"schluessel"'),
        replaced('"Polygon"', '"LineString"'),
    ],
)
def test_bad_files_are_findings_and_never_an_exception(folder: Path, change: Callable[[Path], object]) -> None:
    change(folder)
    result = build(folder)
    assert result.region is None
    assert any(finding.level is Level.ERROR for finding in result.findings)
    assert all(finding.file for finding in result.findings if finding.level is Level.ERROR)


@pytest.mark.parametrize(("old", "new"), [('crs = "EPSG:25832"', 'crs = "EPSG:4326"'), ('crs = "EPSG:25832"', "")])
def test_a_wrong_or_missing_system_is_a_finding(folder: Path, old: str, new: str) -> None:
    result = build(folder, RECIPE.replace(old, new))
    assert result.region is None
    assert any(finding.file == "quarters.geojson" for finding in result.findings)


def test_a_huge_file_is_refused(folder: Path) -> None:
    result = build_region(read_recipe(folder / "neun.toml"), folder, limits=ReadLimits(file_bytes=100))
    assert result.region is None
    assert {finding.code for finding in result.findings} == {"file_too_large"}


def test_a_sum_of_more_than_the_region_is_not_compared(folder: Path) -> None:
    text = RECIPE.replace('district = "district"', 'district = "district"\nkeep = "0[123]"')
    result = build_region(parse_recipe(text), folder)
    assert result.region is not None
    assert not told(result, "total_differs")
    assert told(result, "total_not_checked")


def test_a_date_far_ahead_is_asked_about(folder: Path) -> None:
    assert not told(build(folder), "date_ahead")
    table = folder / "numbers.csv"
    table.write_text(table.read_text(encoding="utf-8").replace(";2024;", ";2052;"), encoding="utf-8")
    result = build(folder)
    assert result.region is not None
    (finding,) = [one for one in result.findings if one.code == "date_ahead"]
    assert (finding.level, finding.parameters["date"]) == (Level.WARNING, "2052-12-31")


def test_keys_that_become_one_are_told_how_to_be_added(folder: Path) -> None:
    text = RECIPE.replace("[tables.keys]", '[tables.keys]\ncorrections = { 02 = "01" }', 1)
    if text == RECIPE:
        text = RECIPE.replace('date_column = "Jahr"', 'date_column = "Jahr"\nkeys.corrections = { 02 = "01" }', 1)
    result = build(folder, text)
    (finding,) = [one for one in result.findings if one.code == "keys_joined"]
    assert (finding.quarter, finding.parameters["keys"], finding.parameters["old"]) == ("01", "01, 02", '"02"')
    assert not told(result, "date_twice")
