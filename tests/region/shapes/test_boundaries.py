"""Boundaries: a good file broken by one property each, and real files."""

from __future__ import annotations

import itertools
import json
import time
import zipfile

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from geo.defaults import ReadLimits
from geo.errors import ContractError, DataError
from geo.region.shapes.boundaries import (
    KeyCorrection,
    describe_layers,
    projected_crs,
    read_boundaries,
    simplify_for_screen,
)

EAST, NORTH = 450_000, 5_730_000  # near Paderborn in EPSG:25832


def squares(crs: str = "EPSG:25832", side: float = 1_000) -> gpd.GeoDataFrame:
    """Return 3 x 3 squares of a kilometre with keys 01 to 09."""
    polygons = [
        box(EAST + x * side, NORTH + y * side, EAST + (x + 1) * side, NORTH + (y + 1) * side)
        for y in range(3)
        for x in range(3)
    ]
    keys = [f"{n:02d}" for n in range(1, 10)]
    frame = gpd.GeoDataFrame({"key": keys, "name": [f"Quarter {k}" for k in keys]}, geometry=polygons, crs="EPSG:25832")
    return frame.to_crs(crs)


def saved(frame: gpd.GeoDataFrame, path, **options):
    frame.to_file(path, **options)
    return path


def with_geometry(place: int, geometry) -> gpd.GeoDataFrame:
    frame = squares()
    polygons = list(frame.geometry)
    polygons[place] = geometry
    return frame.set_geometry(polygons, crs=frame.crs)


def codes(findings) -> list[str]:
    return [finding.code for finding in findings]


def refused(path, **options) -> list:
    with pytest.raises(DataError) as fault:
        read_boundaries(path, key=options.pop("key", "key"), **options)
    return list(fault.value.findings)


class TestGoodFiles:
    @pytest.mark.parametrize("ending", ["geojson", "gpkg", "shp", "parquet", "zip"])
    def test_formats_give_the_same_squares(self, tmp_path, ending):
        frame = squares()
        if ending == "parquet":
            path = tmp_path / "squares.parquet"
            frame.to_parquet(path)
        elif ending == "zip":
            saved(frame, tmp_path / "squares.shp")
            path = tmp_path / "squares.zip"
            with zipfile.ZipFile(path, "w") as archive:
                for part in tmp_path.glob("squares.*"):
                    if part != path:
                        archive.write(part, f"folder/{part.name}")
        else:
            path = saved(frame, tmp_path / f"squares.{ending}")
        read = read_boundaries(path, key="key", name="name")
        assert list(read.frame["key"]) == [f"{n:02d}" for n in range(1, 10)]
        assert read.frame.crs.to_epsg() == 25832
        assert read.frame.area.round(3).tolist() == [1_000_000.0] * 9
        assert read.findings == ()
        assert read.crs_source == "file"
        assert list(read.frame.index) == list(range(1, 10))
        assert read.frame.geometry.name == "geometry"

    def test_a_folder_holds_a_shapefile(self, tmp_path):
        saved(squares(), tmp_path / "squares.shp")
        assert len(read_boundaries(tmp_path, key="key").frame) == 9

    def test_geojson_without_crs_is_in_degrees(self, tmp_path):
        path = saved(squares("EPSG:4326"), tmp_path / "squares.geojson")
        whole = json.loads(path.read_text())
        whole.pop("crs", None)
        path.write_text(json.dumps(whole))
        read = read_boundaries(path, key="key")
        assert read.crs_source == "geojson"
        assert read.frame.crs.to_epsg() == 25832
        assert read.frame.area.to_numpy() == pytest.approx(1_000_000, rel=1e-4)

    def test_layers_are_described_and_chosen(self, tmp_path):
        path = tmp_path / "two.gpkg"
        squares().to_file(path, layer="quarters")
        squares().iloc[:2].to_file(path, layer="districts")
        described = {layer.name: layer for layer in describe_layers(path)}
        assert {name: layer.count for name, layer in described.items()} == {"quarters": 9, "districts": 2}
        assert described["quarters"].columns == ("key", "name")
        assert described["quarters"].sample[0] == {"key": "01", "name": "Quarter 01"}
        assert described["quarters"].crs == "EPSG:25832"
        assert len(read_boundaries(path, key="key", layer="districts").frame) == 2
        assert codes(refused(path)) == ["layer_ambiguous"]
        assert codes(refused(path, layer="else")) == ["layer_missing"]


class TestSystems:
    @pytest.mark.parametrize("code", [25832, 25833, 4647, 3035, 4326, 31466, 31467, 31468, 31469, 3857])
    def test_systems_in_use_come_out_in_metres_of_utm(self, tmp_path, code):
        path = saved(squares(f"EPSG:{code}"), tmp_path / "squares.gpkg")
        read = read_boundaries(path, key="key")
        assert read.frame.crs.to_epsg() == (25833 if code == 25833 else 25832)
        centre = read.frame.to_crs(25832).union_all().centroid
        # DHDN to ETRS89 without the national grid is good to some metres.
        assert centre.distance(Point(EAST + 1500, NORTH + 1500)) < 8
        assert codes(read.findings) == []

    def test_a_false_easting_of_ones_own_and_heights(self, tmp_path):
        own = CRS.from_proj4(
            "+proj=tmerc +lat_0=0 +lon_0=9 +k=0.9996 +x_0=2500000 +y_0=0 +ellps=GRS80 +units=m +no_defs"
        )
        frame = squares().to_crs(own)
        frame = frame.set_geometry(shapely.force_3d(frame.geometry.to_numpy(), 40.0), crs=own)
        assert frame.total_bounds[0] > 2_400_000
        read = read_boundaries(saved(frame, tmp_path / "own.shp"), key="key")
        assert read.frame.crs.to_epsg() == 25832
        assert read.frame.area.to_numpy() == pytest.approx(1_000_000)
        assert not read.frame.has_z.any()
        assert codes(read.findings) == ["height_dropped"]

    def test_missing_system_is_an_error_with_a_guess(self, tmp_path):
        path = saved(squares(), tmp_path / "squares.shp")
        path.with_suffix(".prj").unlink()
        findings = refused(path)
        assert codes(findings) == ["crs_missing"]
        assert "EPSG:25832" in findings[0].parameters["guess"]

    def test_missing_system_may_be_given(self, tmp_path):
        path = saved(squares(), tmp_path / "squares.shp")
        path.with_suffix(".prj").unlink()
        read = read_boundaries(path, key="key", crs="EPSG:25832")
        assert read.crs_source == "given"
        assert read.frame.crs.to_epsg() == 25832

    def test_geojson_in_metres_without_crs_is_refused(self, tmp_path):
        path = saved(squares(), tmp_path / "squares.geojson")
        whole = json.loads(path.read_text())
        del whole["crs"]
        path.write_text(json.dumps(whole))
        findings = refused(path)
        assert codes(findings) == ["crs_implausible"]
        assert "EPSG:25832" in findings[0].parameters["guess"]
        assert read_boundaries(path, key="key", crs="EPSG:25832").findings == ()

    @pytest.mark.parametrize(
        ("true", "declared"), [("EPSG:4647", "EPSG:25832"), ("EPSG:31467", "EPSG:25832"), ("EPSG:4326", "EPSG:25832")]
    )
    def test_a_wrong_system_is_refused(self, tmp_path, true, declared):
        frame = squares(true).set_crs(declared, allow_override=True)
        findings = refused(saved(frame, tmp_path / "wrong.gpkg"))
        assert codes(findings) == ["crs_implausible"]
        assert true in findings[0].parameters["guess"]

    def test_a_given_system_outweighs_a_wrong_one_and_says_so(self, tmp_path):
        frame = squares("EPSG:4647").set_crs("EPSG:25832", allow_override=True)
        read = read_boundaries(saved(frame, tmp_path / "wrong.gpkg"), key="key", crs="EPSG:4647")
        assert codes(read.findings) == ["crs_overridden"]
        assert read.frame.union_all().centroid.distance(Point(EAST + 1500, NORTH + 1500)) < 0.1

    @pytest.mark.parametrize("code", ["EPSG:4326", "EPSG:25832"])
    def test_swapped_axes_are_named_and_may_be_swapped_back(self, tmp_path, code):
        frame = squares(code)
        swapped = frame.set_geometry(shapely.transform(frame.geometry.to_numpy(), lambda xy: xy[:, ::-1]), crs=code)
        path = saved(swapped, tmp_path / "swapped.gpkg")
        assert codes(refused(path)) == ["axes_swapped"]
        read = read_boundaries(path, key="key", swap_axes=True)
        assert read.frame.union_all().centroid.distance(Point(EAST + 1500, NORTH + 1500)) < 1

    def test_a_region_far_away_is_refused_and_a_neighbour_is_not(self, tmp_path):
        far = squares().set_geometry(squares("EPSG:4326").translate(60, 0), crs="EPSG:4326")
        assert codes(refused(saved(far, tmp_path / "far.gpkg"))) == ["crs_implausible"]
        near = squares().set_geometry(squares("EPSG:4326").translate(-11, -9), crs="EPSG:4326")  # Spain
        read = read_boundaries(saved(near, tmp_path / "near.gpkg"), key="key")
        assert codes(read.findings) == ["region_outside_germany"]

    def test_target_is_kept_and_must_be_in_metres(self, tmp_path):
        path = saved(squares(), tmp_path / "squares.gpkg")
        assert read_boundaries(path, key="key", target_crs="EPSG:25833").frame.crs.to_epsg() == 25833
        for wrong in ("EPSG:4326", "nonsense"):
            with pytest.raises(ContractError):
                read_boundaries(path, key="key", target_crs=wrong)

    def test_all_of_germany_goes_to_an_equal_area_system(self):
        wide = gpd.GeoDataFrame(geometry=[box(6, 48, 15, 54)], crs="EPSG:4326")
        assert projected_crs(wide).to_epsg() == 3035
        assert projected_crs(wide.to_crs(25832)).to_epsg() == 25832
        assert projected_crs(gpd.GeoDataFrame(geometry=[box(13, 52, 13.5, 52.6)], crs=4326)).to_epsg() == 25833
        assert projected_crs(gpd.GeoDataFrame(geometry=[box(-74, 40, -73.5, 41)], crs=4326)).to_epsg() == 32618
        with pytest.raises(ContractError):
            projected_crs(gpd.GeoDataFrame(geometry=[box(6, 48, 15, 54)]))


class TestKeys:
    def test_a_missing_column_is_named_with_those_there(self, tmp_path):
        findings = refused(saved(squares(), tmp_path / "a.gpkg"), key="AGS", name="GEN")
        assert codes(findings) == ["column_missing", "column_missing"]
        assert findings[0].column == "AGS"
        assert "key, name" in findings[0].parameters["columns"]

    @pytest.mark.parametrize("kind", ["int64", "float64"])
    def test_a_numeric_key_is_warned_and_becomes_text(self, tmp_path, kind):
        frame = squares()
        frame["key"] = frame["key"].astype(kind)
        read = read_boundaries(saved(frame, tmp_path / "a.gpkg"), key="key")
        assert codes(read.findings) == ["key_numeric"]
        assert list(read.frame["key"]) == list("123456789")

    def test_an_empty_key_is_an_error_with_its_row(self, tmp_path):
        frame = squares()
        frame.loc[3, "key"] = None
        findings = refused(saved(frame, tmp_path / "a.gpkg"))
        assert [(f.code, f.row) for f in findings] == [("key_empty", 4)]

    def test_a_duplicate_key_is_an_error_with_both_rows(self, tmp_path):
        frame = squares()
        frame.loc[3, "key"] = "01"
        findings = refused(saved(frame, tmp_path / "a.gpkg"))
        assert [(f.code, f.quarter, f.parameters["rows"], f.parameters["count"]) for f in findings] == [
            ("key_duplicate", "01", "1, 4", 2)
        ]

    def test_duplicate_keys_may_be_dissolved(self, tmp_path):
        frame = squares()
        frame.loc[3, "key"] = "01"
        read = read_boundaries(saved(frame, tmp_path / "a.gpkg"), key="key", dissolve=True)
        assert codes(read.findings) == ["key_dissolved"]
        assert read.frame.set_index("key").area.loc["01"] == pytest.approx(2_000_000)
        assert len(read.frame) == 8

    @pytest.mark.parametrize("by", ["row", "at"])
    def test_a_wrong_key_is_corrected_in_one_record(self, tmp_path, by):
        frame = squares()
        frame.loc[3, "key"] = "01"
        point = frame.to_crs(4326).geometry[3].centroid
        correction = (
            KeyCorrection("01", "04", row=4) if by == "row" else KeyCorrection("01", "04", at=(point.x, point.y))
        )
        read = read_boundaries(saved(frame, tmp_path / "a.gpkg"), key="key", corrections=[correction])
        assert list(read.frame["key"]) == [f"{n:02d}" for n in range(1, 10)]
        assert read.findings == ()

    def test_a_correction_that_fits_nothing_is_told(self, tmp_path):
        read = read_boundaries(
            saved(squares(), tmp_path / "a.gpkg"), key="key", corrections=[KeyCorrection("99", "98")]
        )
        assert codes(read.findings) == ["correction_unused"]

    def test_latin_dbf_without_code_page(self, tmp_path):
        frame = squares()
        frame.loc[0, "name"] = "Schloßstraße"
        path = saved(frame, tmp_path / "a.shp", encoding="ISO-8859-1")
        for ending in (".cpg", None):
            if ending:
                path.with_suffix(ending).unlink(missing_ok=True)
            assert read_boundaries(path, key="key").frame["name"].iloc[0] == "Schloßstraße"

    @pytest.mark.parametrize(("written", "claimed"), [("ISO-8859-1", "UTF-8"), ("UTF-8", "ISO-8859-1")])
    def test_a_wrong_code_page_is_seen(self, tmp_path, written, claimed):
        frame = squares()
        frame.loc[0, "name"] = "Schloßstraße"
        path = saved(frame, tmp_path / "a.shp", encoding=written)
        path.with_suffix(".cpg").write_text(claimed)
        read = read_boundaries(path, key="key")
        assert read.frame["name"].iloc[0] == "Schloßstraße"
        assert codes(read.findings) == ["dbf_encoding"]


class TestGeometry:
    def test_a_bow_tie_is_mended(self, tmp_path):
        bow = Polygon([(EAST, NORTH), (EAST + 1000, NORTH + 1000), (EAST + 1000, NORTH), (EAST, NORTH + 1000)])
        read = read_boundaries(saved(with_geometry(0, bow), tmp_path / "a.gpkg"), key="key")
        assert [(f.code, f.row, f.quarter) for f in read.findings if f.code == "geometry_repaired"] == [
            ("geometry_repaired", 1, "01")
        ]
        assert read.frame.is_valid.all()
        assert set(read.frame.geom_type) <= {"Polygon", "MultiPolygon"}

    def test_repair_keeps_only_polygon_parts(self, tmp_path):
        # A spike: make_valid by itself may give a polygon and a line.
        spiked = Polygon(
            [
                (EAST, NORTH),
                (EAST + 1000, NORTH),
                (EAST + 1000, NORTH + 1000),
                (EAST + 500, NORTH + 1000),
                (EAST + 500, NORTH + 2500),
                (EAST + 500, NORTH + 1000),
                (EAST, NORTH + 1000),
            ]
        )
        assert not spiked.is_valid
        read = read_boundaries(saved(with_geometry(0, spiked), tmp_path / "a.gpkg"), key="key")
        assert codes(read.findings) == ["geometry_repaired"]
        assert read.frame.geom_type.iloc[0] == "Polygon"
        assert read.frame.area.iloc[0] == pytest.approx(1_000_000)

    def test_a_polygon_without_area_is_an_error(self, tmp_path):
        flat = Polygon([(EAST, NORTH), (EAST + 1000, NORTH), (EAST + 500, NORTH), (EAST, NORTH)])
        assert codes(refused(saved(with_geometry(0, flat), tmp_path / "a.gpkg"))) == ["geometry_collapsed"]

    @pytest.mark.parametrize("nothing", [None, Polygon()])
    def test_a_record_without_geometry_is_an_error(self, tmp_path, nothing):
        findings = refused(saved(with_geometry(4, nothing), tmp_path / "a.gpkg"))
        assert [(f.code, f.row, f.quarter) for f in findings] == [("geometry_missing", 5, "05")]

    @pytest.mark.parametrize("other", [Point(EAST, NORTH), LineString([(EAST, NORTH), (EAST + 1, NORTH)])])
    def test_a_record_that_is_no_polygon_is_an_error(self, tmp_path, other):
        findings = refused(saved(with_geometry(4, other), tmp_path / "a.geojson"))
        assert [(f.code, f.row, f.quarter, f.parameters["kind"]) for f in findings] == [
            ("geometry_not_polygon", 5, "05", other.geom_type)
        ]

    def test_an_overlap_is_measured_and_named(self, tmp_path):
        wide = box(EAST, NORTH, EAST + 1010, NORTH + 1000)
        read = read_boundaries(saved(with_geometry(0, wide), tmp_path / "a.gpkg"), key="key")
        (finding,) = read.findings
        assert (finding.code, finding.parameters["count"], finding.parameters["square_metres"]) == (
            "overlaps",
            1,
            10_000,
        )
        assert finding.parameters["quarters"] == "01 / 02"

    def test_levels_mixed_in_one_file_are_an_error(self, tmp_path):
        whole = box(EAST, NORTH, EAST + 2000, NORTH + 2000)
        assert "overlaps_large" in codes(refused(saved(with_geometry(0, whole), tmp_path / "a.gpkg")))

    def test_a_gap_is_measured_and_named(self, tmp_path):
        narrow = box(EAST + 1005, NORTH + 1000, EAST + 2000, NORTH + 2000)
        read = read_boundaries(saved(with_geometry(4, narrow), tmp_path / "a.gpkg"), key="key")
        (finding,) = read.findings
        assert (finding.code, finding.parameters["count"], finding.parameters["square_metres"]) == ("gaps", 1, 5_000)
        assert {"04", "05"} <= set(finding.parameters["quarters"].split(", "))

    def test_a_missing_quarter_in_the_middle_is_a_note(self, tmp_path):
        read = read_boundaries(saved(squares().drop(index=4), tmp_path / "a.gpkg"), key="key")
        assert codes(read.findings) == ["holes_large"]

    def test_one_polygon_under_two_keys_is_an_error(self, tmp_path):
        findings = refused(saved(with_geometry(4, squares().geometry[0]), tmp_path / "a.gpkg"))
        assert ("geometry_duplicate", "05", "01") in [(f.code, f.quarter, f.parameters.get("other")) for f in findings]

    def test_all_faults_come_at_once(self, tmp_path):
        frame = with_geometry(4, Point(EAST, NORTH))
        frame.loc[7, "key"] = "01"
        assert codes(refused(saved(frame, tmp_path / "a.geojson"))) == ["geometry_not_polygon", "key_duplicate"]

    def test_islands_stay_together(self, tmp_path):
        islands = MultiPolygon(
            [box(EAST, NORTH, EAST + 400, NORTH + 1000), box(EAST + 600, NORTH, EAST + 1000, NORTH + 1000)]
        )
        read = read_boundaries(saved(with_geometry(0, islands), tmp_path / "a.gpkg"), key="key")
        assert read.frame.area.iloc[0] == pytest.approx(800_000)


class TestRefusals:
    def test_a_file_too_large_is_refused_before_it_is_read(self, tmp_path):
        path = tmp_path / "huge.geojson"
        with path.open("wb") as stream:
            stream.truncate(200 * 1024**2)
        started = time.process_time()
        assert codes(refused(path)) == ["file_too_large"]
        assert time.process_time() - started < 0.5

    def test_a_missing_and_an_empty_file(self, tmp_path):
        assert codes(refused(tmp_path / "none.gpkg")) == ["file_missing"]
        (tmp_path / "empty.gpkg").touch()
        assert codes(refused(tmp_path / "empty.gpkg")) == ["file_empty"]

    def test_cut_json_is_refused_with_its_line_not_read_in_part(self, tmp_path):
        path = saved(squares(), tmp_path / "a.geojson")
        path.write_text(path.read_text()[:-200])
        (finding,) = refused(path)
        assert finding.code == "json_broken"
        assert finding.row is not None
        assert finding.row > 5

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ('{"type": "Topology", "objects": {}, "arcs": []}', "format_topojson"),
            ('{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline read x"}', "json_not_geo"),
            ('{"rows": []}', "json_not_geo"),
            ('{"type": "FeatureCollection", "features": []}', "layer_empty"),
            ("<OGRVRTDataSource><OGRVRTLayer name='x'/></OGRVRTDataSource>", "json_broken"),
            ('{"type": "FeatureCollection", "x": ' + "9" * 5_000 + "}", "json_broken"),
        ],
    )
    def test_other_json_is_refused(self, tmp_path, text, code):
        path = tmp_path / "a.geojson"
        path.write_text(text)
        assert codes(refused(path)) == [code]

    def test_a_pointer_to_other_files_does_not_reach_the_reader(self, tmp_path):
        path = tmp_path / "a.shp"
        path.write_text("<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>/etc/passwd</SrcDataSource>")
        assert codes(refused(path)) == ["format_unknown"]

    def test_latin_json_is_refused_with_its_line(self, tmp_path):
        frame = squares()
        frame.loc[0, "name"] = "Schloßstraße"
        path = saved(frame, tmp_path / "a.geojson")
        path.write_bytes(path.read_text(encoding="utf-8").encode("latin-1"))
        assert codes(refused(path)) == ["json_encoding"]

    @pytest.mark.parametrize("ending", [".dbf", ".shx"])
    def test_a_shapefile_without_its_siblings(self, tmp_path, ending):
        path = saved(squares(), tmp_path / "a.shp")
        path.with_suffix(ending).unlink()
        (finding,) = refused(path)
        assert (finding.code, finding.parameters["missing"]) == ("shapefile_incomplete", ending)

    def test_binary_junk(self, tmp_path):
        for ending in ("shp", "gpkg", "parquet", "xyz"):
            path = tmp_path / f"junk.{ending}"
            path.write_bytes(bytes(range(256)) * 4)
            assert codes(refused(path)) == ["format_unknown"]

    def test_a_cut_geopackage_and_parquet(self, tmp_path):
        path = saved(squares(), tmp_path / "a.gpkg")
        path.write_bytes(path.read_bytes()[:5000])
        assert codes(refused(path)) in (["layer_unreadable"], ["layer_missing"])
        squares().to_parquet(tmp_path / "a.parquet")
        whole = (tmp_path / "a.parquet").read_bytes()
        (tmp_path / "a.parquet").write_bytes(whole[: len(whole) // 2])
        assert codes(refused(tmp_path / "a.parquet")) == ["layer_unreadable"]

    def test_a_zip_with_two_layers_and_with_none(self, tmp_path):
        for stem in ("one", "two"):
            saved(squares(), tmp_path / f"{stem}.geojson")
        path = tmp_path / "two.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for stem in ("one", "two"):
                archive.write(tmp_path / f"{stem}.geojson", f"{stem}.geojson")
        assert codes(refused(path)) == ["layer_ambiguous"]
        assert len(read_boundaries(path, key="key", layer="two").frame) == 9
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("readme.txt", "nothing")
        assert codes(refused(path)) == ["layer_missing"]

    def test_limits_of_polygons_and_vertices(self, tmp_path):
        for ending in ("geojson", "gpkg", "shp"):
            path = saved(squares(), tmp_path / f"a.{ending}")
            assert codes(refused(path, limits=ReadLimits(polygons=8))) == ["too_many_polygons"]
            assert codes(refused(path, limits=ReadLimits(vertices=20))) == ["too_many_vertices"]


class TestScreen:
    def test_shared_borders_stay_shared_and_corners_go(self):
        rng = np.random.default_rng(7)
        grid = np.array([[[x, y] for x in range(4)] for y in range(4)], dtype=float) * 1000 + [EAST, NORTH]

        def wavy(a, b):
            steps = np.linspace(0, 1, 200)[1:-1, None]
            return [tuple(a), *map(tuple, a + (b - a) * steps + rng.normal(0, 2, (198, 2))), tuple(b)]

        edges = {}
        for y in range(4):
            for x in range(4):
                for dx, dy in ((1, 0), (0, 1)):
                    if x + dx < 4 and y + dy < 4:
                        edges[x, y, x + dx, y + dy] = wavy(grid[y, x], grid[y + dy, x + dx])

        def side(a, b):
            return edges[(*a, *b)] if (*a, *b) in edges else edges[(*b, *a)][::-1]

        polygons = []
        for y in range(3):
            for x in range(3):
                ring = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1), (x, y)]
                polygons.append(Polygon([p for a, b in itertools.pairwise(ring) for p in side(a, b)[:-1]]))
        frame = gpd.GeoDataFrame({"key": range(9)}, geometry=polygons, crs="EPSG:25832")
        assert shapely.coverage_is_valid(frame.geometry.to_numpy())
        screen = simplify_for_screen(frame, tolerance_metres=20)
        assert screen.crs.to_epsg() == 4326
        assert shapely.coverage_is_valid(screen.geometry.to_numpy())
        assert (
            shapely.get_num_coordinates(screen.geometry.to_numpy()).sum()
            < 0.1 * shapely.get_num_coordinates(frame.geometry.to_numpy()).sum()
        )
        x = shapely.get_coordinates(screen.geometry.to_numpy())
        assert np.allclose(x, np.round(x, 5), atol=1e-12)
        assert shapely.get_num_coordinates(frame.geometry.to_numpy()).sum() > 6000, "the input is unchanged"

    def test_degrees_are_refused(self):
        with pytest.raises(ContractError):
            simplify_for_screen(squares("EPSG:4326"))

    def test_a_million_vertices_are_read_within_limits_and_thinned(self, tmp_path):
        angles = np.linspace(0, 2 * np.pi, 250_001)[:-1]
        rounds = [
            Polygon(np.c_[EAST + n * 3000 + 1000 * np.cos(angles), NORTH + 1000 * np.sin(angles)]) for n in range(4)
        ]
        frame = gpd.GeoDataFrame({"key": list("abcd")}, geometry=rounds, crs="EPSG:25832").to_crs(4326)
        path = saved(frame, tmp_path / "a.geojson")
        started = time.process_time()
        read = read_boundaries(path, key="key")
        assert time.process_time() - started < 30
        screen = simplify_for_screen(read.frame)
        assert shapely.get_num_coordinates(screen.geometry.to_numpy()).sum() < 2_000
        assert codes(refused(path, limits=ReadLimits(vertices=500_000))) == ["too_many_vertices"]


@pytest.mark.real
class TestRealFiles:
    def test_berlin_2021(self, real_data):
        started = time.process_time()
        read = read_boundaries(real_data / "berlin/shp/lor_planungsraeume_2021.shp", key="PLR_ID", name="PLR_NAME")
        assert time.process_time() - started < 4
        assert len(read.frame) == 542
        assert read.frame["PLR_ID"].str.fullmatch(r"\d{8}").all()
        assert read.frame.crs.to_epsg() == 25833
        assert read.frame.area.sum() / 1e6 == pytest.approx(891, abs=2)
        assert (read.frame["PLR_NAME"] == "Schloßstraße").sum() == 2

    def test_berlin_before_2021_has_one_key_twice(self, real_data):
        path = real_data / "berlin/shp/lor_planungsraeume.shp"
        findings = refused(path, key="broker Dow")
        assert [(f.code, f.quarter, f.parameters["rows"]) for f in findings] == [
            ("key_duplicate", "06010102", "124, 205")
        ]
        with_y = read_boundaries(path, key="broker Dow", dissolve=True).frame.to_crs(4326)
        twins = shapely.get_parts(with_y.loc[with_y["broker Dow"] == "06010102"].geometry.iloc[0])
        northern = max(twins, key=lambda part: part.centroid.y).representative_point()
        assert northern.y > 52.49
        correction = KeyCorrection("06010102", "04030417", at=(northern.x, northern.y))
        read = read_boundaries(path, key="broker Dow", name="PLANUNGSRA", corrections=[correction])
        assert len(read.frame) == 448
        assert read.frame["broker Dow"].is_unique

    @pytest.mark.parametrize(("file", "count"), [("flensburg_stadtteile.zip", 13), ("flensburg_stadtbezirke.zip", 41)])
    def test_flensburg(self, real_data, file, count):
        read = read_boundaries(real_data / "flensburg" / file, key="AREA_ID", name="AREA_NAME")
        assert len(read.frame) == count
        assert read.frame.is_valid.all()
        assert codes(read.findings) == (["geometry_repaired", "geometry_repaired", "gaps"] if count == 41 else [])

    def test_hamburg_by_name(self, real_data):
        read = read_boundaries(real_data / "hamburg_2013/hamburg-district-regions.geojson", key="name")
        assert len(read.frame) == 104
        assert read.frame.crs.to_epsg() == 25832

    def test_districts_of_germany(self, real_data):
        read = read_boundaries(real_data / "kreise/mdoscho_vg5000_krs.json", key="AGS", name="GEN")
        assert len(read.frame) == 400
        assert read.frame.crs.to_epsg() == 3035
        assert read.frame["AGS"].str.startswith("0").sum() > 100

    def test_screen_copy_of_berlin_is_small(self, real_data):
        read = read_boundaries(real_data / "berlin/shp/lor_planungsraeume_2021.shp", key="PLR_ID")
        screen = simplify_for_screen(read.frame[["PLR_ID", "geometry"]])
        assert len(screen.to_json()) < 1_000_000
        assert screen.is_valid.all()
