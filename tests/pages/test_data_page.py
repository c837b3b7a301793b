"""The data page: good files become a region, bad ones a sentence, and nothing entered is lost."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from geo.region.package.bundle import write_region
from geo.region.recipes.toml_text import parse_recipe
from tests.conftest import ROOT, demo_region
from tests.pages.import_page import GOOD_DRAWN, GOOD_TABLE, HEAD, Page, boundaries, csv, rows


def test_page_tells_what_the_region_holds(page: Page) -> None:
    told = page.html
    assert page.app.title[0].value == page.t("data.title")
    for key in ("data.quarters", "data.dates", "data.withheld", "data.source_licence"):
        assert page.t(key) in told
    assert page.states() == ["open", "waiting", "waiting", "waiting"]


def test_good_files_become_a_region(page: Page) -> None:
    page.upload(GOOD_DRAWN, GOOD_TABLE)
    assert page.states() == ["done", "done", "done", "done"]
    assert page.t("import.passed") in page.html
    assert page.t("import.open_atlas") in page.labels()
    outcome = page.app.session_state["import.outcome"]
    region = outcome.region
    assert len(region.quarters) == 9
    assert region.dates == ("2024-12-31",)
    assert set(region.measure_keys) == {"recipients", "residents"}
    assert outcome.joins[0].is_complete


def test_recipe_written_by_the_page_skips_mapping_and_gives_the_same_region(page: Page) -> None:
    from geo.region.recipes.toml_text import recipe_text

    page.upload(GOOD_DRAWN, GOOD_TABLE).press("import.check")
    first = page.app.session_state["import.outcome"]
    written = recipe_text(first.recipe, "made here")
    assert parse_recipe(written) == first.recipe
    other = Page(page.t.language).upload(GOOD_DRAWN, GOOD_TABLE, ("stadt.toml", written.encode(), ""))
    assert page.t("import.key") not in [box.label for box in other.app.selectbox]
    other.press("import.check")
    assert other.app.session_state["import.outcome"].region.fingerprint == first.region.fingerprint


def test_recipe_names_the_files_it_lacks(page: Page) -> None:
    recipe = b'id = "a"\nname = "A"\n[boundaries]\nfile = "x/fehlt.geojson"\nkey = "k"\nname = "n"\n'
    recipe += b'[[tables]]\nfile = "zahlen.csv"\nkey = 1\ndate = "2024-12-31"\n'
    recipe += b'[[tables.columns]]\ncolumn = 3\nmeasure = "residents"\n'
    page.upload(GOOD_TABLE, ("a.toml", recipe, ""))
    assert page.t("finding.import_recipe_file_absent", path="x/fehlt.geojson") in page.html
    assert page.states()[1] == "open"


@pytest.mark.parametrize(
    ("recipe", "code"),
    [
        (b"id = ", "recipe_syntax"),
        (b"\xff\xfe\xfd", "recipe_unreadable"),
        (b'id = "a"\ngeheim = 1', "recipe_key_unknown"),
    ],
)
def test_faulty_recipe_is_told(page: Page, recipe: bytes, code: str) -> None:
    page.upload(GOOD_DRAWN, GOOD_TABLE, ("a.toml", recipe, ""))
    assert page.states()[1] == "open"
    assert page.files().keys() == {"grenzen.geojson", "zahlen.csv", "a.toml"}
    assert 'data-level="error"' in page.html
    assert first_words(page, code) in page.html


def test_region_package_is_loaded_and_checked(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "stadt.zip"
    write_region(demo_region("musterkreis"), path)
    page.upload(("stadt.zip", path.read_bytes(), "")).press("import.check_package")
    assert page.states() == ["done", "done", "done", "done"]
    broken = path.read_bytes()[:-2000]
    page.upload(("stadt.zip", broken, ""))
    assert page.states()[3] == "waiting"


def test_entries_outlast_another_page_and_a_failed_check(page: Page) -> None:
    page.upload(GOOD_DRAWN, ("zahlen.csv", csv(rows(q2="02;Quartier 02;viele;102")), ""))
    name = next(field for field in page.app.text_input if field.label == page.t("import.region_name"))
    name.set_value("Neustadt an der Probe")
    page.app.run()
    page.choose(page.t("import.decimal"), ",")
    page.press("import.check")
    assert page.states()[2:] == ["faulty", "waiting"]
    page.app.switch_page("pages/start.py").run()
    page.app.switch_page("pages/data.py").run()
    name = next(field for field in page.app.text_input if field.label == page.t("import.region_name"))
    assert name.value == "Neustadt an der Probe"
    assert [box.value for box in page.app.selectbox if box.label == page.t("import.decimal")] == [","]
    assert page.states() == ["done", "done", "faulty", "waiting"]
    page.upload(GOOD_TABLE).press("import.check")
    region = page.app.session_state["import.outcome"].region
    assert (region.id, region.name) == ("neustadt_an_der_probe", "Neustadt an der Probe")


def test_what_looks_wrong_is_said_and_put_right_with_a_reason(page: Page) -> None:
    page.upload(GOOD_DRAWN, ("zahlen.csv", csv(rows(q2="02;Quartier 02;1002100;102")), ""))
    told = page.html
    assert page.t("import.verdict", check="2", harmless="0") in told
    assert told.index(page.t("import.verdict", check="2", harmless="0")) < told.index(page.t("import.over"))
    value, reason = (page.t(f"import.correct_{name}") for name in ("value", "reason"))
    assert page.app.selectbox(key="widget.import.correct.cell").value == ("02", "2024-12-31", "residents")
    for label, text in ((value, "1002"), (reason, "laut Fachamt")):
        next(field for field in page.app.text_input if field.label == label).set_value(text)
        page.app.run()
    page.press("import.correct_do")
    outcome = page.app.session_state["import.outcome"]
    assert outcome.region.values_of("residents", "2024-12-31").loc["02", "value"] == 1002
    assert [one.reason for one in outcome.recipe.corrections] == ["laut Fachamt"]
    assert page.t("import.verdict", check="0", harmless="1") in page.html
    page.press("import.correct_undo")
    assert page.t("import.verdict", check="2", harmless="0") in page.html


def test_withheld_numbers_are_no_part_of_what_is_looked_over(page: Page) -> None:
    page.upload(GOOD_DRAWN, ("zahlen.csv", csv(rows(q2="02;Quartier 02;1002;2")), ""))
    region = page.app.session_state["import.outcome"].region
    shown = region.values_of("recipients", "2024-12-31")["value"].dropna()
    assert 0 < len(shown) < 9
    total = page.t("import.total", total=page.t.number(shown.sum()), n=len(shown))
    assert total in page.html


def test_change_after_the_check_asks_for_another(page: Page) -> None:
    page.upload(GOOD_DRAWN, GOOD_TABLE).press("import.check")
    page.choose(page.t("import.region_kind"), "district")
    assert page.t("import.outdated") in page.html
    assert page.states() == ["done", "done", "open", "waiting"]


def test_file_can_be_removed_and_all_discarded(page: Page) -> None:
    page.upload(GOOD_DRAWN, GOOD_TABLE)
    next(button for button in page.app.button if button.key == "import.drop.zahlen.csv").click()
    page.app.run()
    assert page.t("finding.import_no_table") in page.html
    page.press("import.start_again")
    assert page.states() == ["open", "waiting", "waiting", "waiting"]
    assert not page.files()


def test_ready_made_rate_gets_a_name(page: Page) -> None:
    table = csv([f"{n:02d};{5 + n},5" for n in range(1, 10)], head="Schlüssel;SGB-II-Quote in %")
    page.upload(GOOD_DRAWN, ("quoten.csv", table, "")).press("import.check")
    measure = page.app.session_state["import.outcome"].recipe.measures[0]
    assert (measure.unit, measure.label["de"]) == ("percent", "SGB-II-Quote in %")


def test_years_that_stand_as_columns_become_dates(page: Page) -> None:
    lines = [f"{n:02d};Quartier {n:02d};Einwohner insgesamt;{1000 + n};{1010 + n}" for n in range(1, 10)]
    lines += [f"{n:02d};Quartier {n:02d};Leistungsempfänger SGB II;{100 + n};{110 + n}" for n in range(1, 10)]
    page.upload(GOOD_DRAWN, ("jahre.csv", csv(lines, "Kennziffer;Gebiet;Sachmerkmal;2023;2024", "Quelle: Amt"), ""))
    region = page.app.session_state["import.outcome"].region
    assert region.dates == ("2023-12-31", "2024-12-31")
    assert region.values_of("recipients", "2023-12-31").loc["03", "value"] == 103
    assert region.values_of("residents", "2024-12-31").loc["09", "value"] == 1019


def test_sites_are_read_beside_the_table(page: Page) -> None:
    sites = b"id;name;lon;lat\na;Haus A;7.01;51.41\nb;Haus B;7.03;51.42\n"
    page.upload(GOOD_DRAWN, GOOD_TABLE, ("orte.csv", sites, "")).press("import.check")
    assert len(page.app.session_state["import.outcome"].region.hosts) == 2


def test_further_columns_of_sites_are_read(page: Page) -> None:
    sites = "id;name;lon;lat;Träger;Leistungen;Stellen\na;Haus A;7.01;51.41;Verein;video,applications;1,5\n".encode()
    page.upload(GOOD_DRAWN, GOOD_TABLE, ("orte.csv", sites, "")).press("import.check")
    site = page.app.session_state["import.outcome"].region.sites.loc["a"]
    assert (site["carrier"], site["services"], site["staff_full_time"]) == ("Verein", "applications video", 1.5)


def feed() -> bytes:
    return (ROOT / "data" / "musterstadt" / "timetable.zip").read_bytes()


def test_ways_and_zones_are_read_beside_the_table(page: Page) -> None:
    minutes = b"von;nach;minuten\n01;02;5\n02;01;6,5\n"
    zone = json.dumps(boundaries() | {"features": boundaries()["features"][:1]}).encode()
    files = [("fahrplan.zip", feed(), ""), ("auto.csv", minutes, ""), ("schutz.geojson", zone, "")]
    page.upload(GOOD_DRAWN, GOOD_TABLE, *files)
    page.choose(page.t("import.use", file="schutz.geojson"), "zones").press("import.check")
    region = page.app.session_state["import.outcome"].region
    assert region.timetable.name == "fahrplan.zip"
    assert region.travel_table.name == "auto.csv"
    assert region.travel_mode == "car"
    assert region.zones["reason"].tolist() == ["other"]
    assert len(region.zones) == 1


def test_two_timetables_are_one_too_many(page: Page) -> None:
    page.upload(GOOD_DRAWN, GOOD_TABLE, ("a.zip", feed(), ""), ("b.zip", feed(), ""))
    assert first_words(page, "import_use_twice") in page.html
    page.choose(page.t("import.use", file="b.zip"), "none").press("import.check")
    assert page.app.session_state["import.outcome"].region.timetable.name == "a.zip"


def test_a_broken_timetable_is_told_when_checked(page: Page) -> None:
    partial = zipped({"stop_times.txt": b"trip_id\n", "trips.txt": b"trip_id,service_id\n"})
    page.upload(GOOD_DRAWN, GOOD_TABLE, ("bus.zip", partial, "")).press("import.check")
    outcome = page.app.session_state["import.outcome"]
    assert outcome.region is None
    assert {"timetable_file_missing", "timetable_column_missing", "timetable_no_calendar"} <= {
        finding.code for finding in outcome.findings
    }


def first_words(page: Page, code: str) -> str:
    """Return the part of a finding's sentence before its first parameter, as it stands on the page."""
    import html

    message = page.t.messages[f"finding.{code}"]
    message = message[1] if isinstance(message, tuple) else message
    parts = sorted(re.split(r"\{\w+\}", message), key=len)
    return html.escape(parts[-1])


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def no_zeros() -> dict[str, Any]:
    drawn = boundaries()
    for feature in drawn["features"]:
        feature["properties"]["schluessel"] = int(feature["properties"]["schluessel"])
    return drawn


def in_metres() -> dict[str, Any]:
    drawn = boundaries()
    for feature in drawn["features"]:
        ring = feature["geometry"]["coordinates"][0]
        feature["geometry"]["coordinates"] = [[[x * 50_000, y * 110_000] for x, y in ring]]
    return drawn


def twice() -> dict[str, Any]:
    drawn = boundaries()
    drawn["features"][1]["properties"]["schluessel"] = "01"
    return drawn


def bow_tie() -> dict[str, Any]:
    drawn = boundaries()
    ring = drawn["features"][0]["geometry"]["coordinates"][0]
    ring[1], ring[2] = ring[2], ring[1]
    return drawn


def many_vertices() -> bytes:
    drawn = boundaries()
    ring = ",".join(["[7.0,51.4]"] * 4_700_000)
    text = json.dumps(drawn)
    first = text.index("[[[") + 3
    return (text[:first] + ring[1:] + "," + text[first:]).encode()


WORKBOOK = {
    "[Content_Types].xml": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><Types/>',
    "xl/workbook.xml": b"<workbook/>",
}
AT_ONCE = [  # told as soon as the file is there
    ("empty", "leer.csv", lambda: b"", "file_empty"),
    ("headings only", "kopf.csv", HEAD.encode, "table_without_rows"),
    ("climbing zip", "klettert.zip", lambda: zipped({"../../boese.shp": b"x"}), "archive_path"),
    ("zip bomb", "bombe.zip", lambda: zipped({"a.shp": b"\0" * 30_000_000}), "archive_ratio"),
    ("entities", "mappe.xlsx", lambda: zipped(WORKBOOK), "archive_doctype"),
    ("cut GeoJSON", "kaputt.geojson", lambda: json.dumps(boundaries()).encode()[:-40], "json_broken"),
    ("vertices", "viele.geojson", many_vertices, "too_many_vertices"),
]
WHEN_CHECKED = [  # needs the files together
    ("wrong system", json.dumps(in_metres()).encode(), csv(), None),
    ("no system", None, csv(), "crs_missing"),
    ("duplicate key", json.dumps(twice()).encode(), csv(), "key_duplicate"),
    ("text", None, csv(rows(q2="02;Quartier 02;viele;102")), "text_in_numbers"),
    ("more recipients than residents", None, csv(rows(q2="02;Quartier 02;1000;1200")), None),
    ("negative", None, csv(rows(q2="02;Quartier 02;-1000;12")), None),
    ("key twice", None, csv(rows(q2="01;Quartier 01;1000;12")), "table_key_twice"),
]


@pytest.mark.parametrize(("name", "make", "code"), [case[1:] for case in AT_ONCE], ids=[case[0] for case in AT_ONCE])
def test_unreadable_file_is_told_at_once(page: Page, name: str, make: Any, code: str) -> None:
    page.upload(GOOD_DRAWN, GOOD_TABLE, (name, make(), ""))
    assert first_words(page, code) in page.html
    assert page.states()[0] == "faulty"
    assert page.files().keys() >= {"grenzen.geojson", "zahlen.csv", name}
    page.choose(page.t("import.use", file=name), "none", -1)
    assert page.states() == ["done", "done", "done", "done"]


def missing_system(folder: Path) -> bytes:
    import geopandas as gpd

    frame = gpd.GeoDataFrame.from_features(boundaries()["features"], crs="EPSG:4326").to_crs(25832)
    frame.set_crs(None, allow_override=True).to_file(folder / "a.shp")
    return zipped({path.name: path.read_bytes() for path in folder.glob("a.*") if path.suffix != ".prj"})


@pytest.mark.parametrize(("case", "drawn", "table", "code"), WHEN_CHECKED, ids=[case[0] for case in WHEN_CHECKED])
def test_fault_between_files_is_told_when_checked(
    page: Page, case: str, drawn: bytes | None, table: bytes, code: str | None, tmp_path: Path
) -> None:
    file = ("grenzen.geojson", drawn or GOOD_DRAWN[1], "")
    if case == "no system":
        file = ("grenzen.zip", missing_system(tmp_path), "")
    page.upload(file, ("zahlen.csv", table, "")).press("import.check")
    assert page.states()[2:] == ["faulty", "waiting"]
    outcome = page.app.session_state["import.outcome"]
    errors = {finding.code for finding in outcome.findings if finding.level == "error"}
    assert errors
    if code is not None:
        assert code in errors
    told = page.html
    for wrong in errors:
        assert first_words(page, wrong) in told
    assert page.t("import.finding_other", text="").strip() not in told
    assert len(page.files()) == 2


def test_missing_system_can_be_stated(page: Page, tmp_path: Path) -> None:
    page.upload(("grenzen.zip", missing_system(tmp_path), ""), GOOD_TABLE).press("import.check")
    assert page.states()[2] == "faulty"
    page.choose(page.t("import.crs"), "EPSG:25832").press("import.check")
    assert page.states() == ["done", "done", "done", "done"]


@pytest.mark.parametrize("make", [no_zeros, bow_tie], ids=["no leading zeros", "invalid polygon"])
def test_faults_that_can_be_mended_are_mended_and_told(page: Page, make: Any) -> None:
    page.upload(("grenzen.geojson", json.dumps(make()).encode(), ""), GOOD_TABLE).press("import.check")
    outcome = page.app.session_state["import.outcome"]
    assert outcome.region is not None
    assert outcome.joins[0].is_complete
    assert outcome.findings


def test_too_large_a_file_is_refused_and_the_others_stay(page: Page) -> None:
    page.upload(GOOD_DRAWN, ("riesig.csv", b"a" * (100 * 1024**2 + 1), ""))
    assert first_words(page, "file_too_large") in page.html
    assert list(page.files()) == ["grenzen.geojson"]


def test_names_that_climb_are_made_plain(page: Page) -> None:
    page.upload(("../../etc/grenzen.geojson", GOOD_DRAWN[1], ""), ("C:\\temp\\zahlen.csv", csv(), ""))
    assert list(page.files()) == ["grenzen.geojson", "zahlen.csv"]


def test_nothing_of_a_file_runs_as_markup() -> None:
    head = HEAD.replace("Name", "<img src=x onerror=alert(1)>")
    page = Page().upload(GOOD_DRAWN, ("<b>zahlen</b>.csv", csv(head=head), ""))
    assert "<img" not in page.html
    assert "&lt;img" in page.html


def test_rows_can_be_left_out_by_number(page: Page) -> None:
    page.upload(GOOD_DRAWN, ("zahlen.csv", csv([*rows(), "09;Quartier 09 alt;900;90"]), "")).press("import.check")
    assert {
        finding.row for finding in page.app.session_state["import.outcome"].findings if finding.level == "error"
    } == {11}
    field = next(field for field in page.app.text_input if field.label == page.t("import.left_out"))
    field.set_value("elf")
    page.app.run()
    assert page.t("finding.import_rows_unclear", text="elf") in page.html
    field = next(field for field in page.app.text_input if field.label == page.t("import.left_out"))
    field.set_value("11")
    page.app.run()
    page.press("import.check")
    assert page.states() == ["done", "done", "done", "done"]


def test_layer_is_chosen_and_the_rule_is_changed(page: Page, tmp_path: Path) -> None:
    import geopandas as gpd

    frame = gpd.GeoDataFrame.from_features(boundaries()["features"], crs="EPSG:4326")
    path = tmp_path / "stadt.gpkg"
    frame.head(2).to_file(path, layer="bezirke")
    frame.to_file(path, layer="quartiere")
    page.upload(("stadt.gpkg", path.read_bytes(), ""), GOOD_TABLE)
    page.choose(page.t("import.layer"), "quartiere")
    field = next(field for field in page.app.number_input if field.label == page.t("import.rule_numerator_min"))
    field.set_value(105)
    page.app.run()
    assert page.t("import.rule_source_wanted") in page.html
    page.press("import.check")
    outcome = page.app.session_state["import.outcome"]
    assert outcome.recipe.boundaries.layer == "quartiere"
    assert outcome.recipe.disclosure.numerator_min == 105
    hidden = outcome.region.values_of("recipients", "2024-12-31")["state"] == "suppressed"
    assert hidden.loc[["01", "02", "03", "04"]].all()


def test_nothing_uploaded_stays_on_disk(page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    page.upload(GOOD_DRAWN, ("zahlen.csv", csv(rows(q2="02;Quartier 02;viele;102")), "")).press("import.check")
    page.upload(GOOD_TABLE, ("bombe.zip", zipped({"a.shp": b"\0" * 30_000_000}), ""))
    page.choose(page.t("import.use", file="bombe.zip"), "none", -1).press("import.check")
    assert page.app.session_state["import.outcome"].region is not None
    assert list(tmp_path.iterdir()) == []


def streets_through(drawn: dict[str, Any]) -> bytes:
    """Return a street extract with one street across each area."""
    import tempfile

    import osmium

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s.osm.pbf"
        with osmium.SimpleWriter(str(path)) as writer:
            for place, feature in enumerate(drawn["features"]):
                ring = feature["geometry"]["coordinates"][0]
                for end, (a, b) in enumerate(((ring[0], ring[2]), (ring[2], ring[0]))):
                    corner = (9 * a[0] + b[0]) / 10, (9 * a[1] + b[1]) / 10
                    writer.add_node(osmium.osm.mutable.Node(id=2 * place + end + 1, location=corner, version=1))
            for place in range(len(drawn["features"])):
                nodes = [2 * place + 1, 2 * place + 2]
                way = osmium.osm.mutable.Way(id=place + 1, nodes=nodes, tags={"highway": "residential"}, version=1)
                writer.add_way(way)
        return path.read_bytes()


def test_streets_of_a_recipe_live_as_long_as_the_region(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import gc
    import tempfile

    from geo.defaults import ReadLimits
    from geo.region.recipes.toml_text import recipe_text
    from pages.shared.importing.build import build_from, package_bytes

    page = Page().upload(GOOD_DRAWN, GOOD_TABLE).press("import.check")
    text = recipe_text(page.app.session_state["import.outcome"].recipe)
    recipe = parse_recipe('streets = "netz/strassen.osm.pbf"\n' + text)
    streets = streets_through(boundaries())
    files = {"grenzen.geojson": GOOD_DRAWN[1], "zahlen.csv": GOOD_TABLE[1], "strassen.osm.pbf": streets}
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    outcome = build_from(recipe, files, "stamp", ReadLimits())
    assert outcome.region is not None
    assert outcome.region.streets.read_bytes() == streets
    assert len(package_bytes(outcome.region)) > len(streets) / 2
    del outcome
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_parts_of_a_shapefile_may_come_one_by_one(page: Page, tmp_path: Path) -> None:
    import geopandas as gpd

    gpd.GeoDataFrame.from_features(boundaries()["features"], crs="EPSG:4326").to_crs(25832).to_file(tmp_path / "a.shp")
    parts = [(path.name, path.read_bytes(), "") for path in sorted(tmp_path.glob("a.*"))]
    page.upload(*[part for part in parts if not part[0].endswith(".shx")], GOOD_TABLE)
    assert page.states()[0] == "faulty"
    page.upload(*[part for part in parts if part[0].endswith(".shx")])
    assert page.states() == ["done", "done", "done", "done"]


def test_boundary_reforms_are_written_into_the_form(page: Page) -> None:
    """Quarters 01 and 02 were one until 2020: the numbers of 2019 of a former unit go where it went."""
    head, *lines = GOOD_TABLE[1].decode("cp1252").splitlines()
    rows = [line for line in lines if line[:1].isdigit()]
    old = ["1a" + rows[0][rows[0].index(";") :], *rows[1:]]
    text = "\n".join([f"Jahr;{head}", *(f"2019;{row}" for row in old), *(f"2024;{row}" for row in rows)])
    page.upload(GOOD_DRAWN, ("zahlen.csv", text.encode("cp1252"), "text/csv"))
    (area,) = [one for one in page.app.text_area if one.label == page.t("import.changes_label")]
    area.set_value("quatsch").run()
    assert page.t("finding.change_line_unclear", line=1, text="quatsch") in page.html
    (area,) = [one for one in page.app.text_area if one.label == page.t("import.changes_label")]
    key = rows[0].split(";")[0].zfill(2)
    area.set_value(f"1.1.2020: 1a = {key}" if page.t.language == "de" else f"2020-01-01: 1a = {key}").run()
    page.press("import.check")
    recipe = page.app.session_state["import.outcome"].recipe
    assert [(one.old, one.new) for one in recipe.changes] == [(("1a",), (key,))]


def test_the_import_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAHBAR_IMPORT", "off")
    page = Page()
    assert not page.app.file_uploader
    assert page.t("import.off") in page.html + " ".join(one.value for one in page.app.markdown)
