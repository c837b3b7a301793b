"""One small valid file of each format that people may send, and how the app reads it."""

from __future__ import annotations

import bz2
import gzip
import io
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from geo.defaults import ReadLimits
from geo.output.paper.sheet import clean_logo
from geo.output.report.slides_master import clean_master
from geo.reach import read_travel_table
from geo.reach.transit import read_timetable
from geo.region.model import check_coverage, packed_streets
from geo.region.package import load_region, write_region
from geo.region.recipes import build_region, check_recipe, companions, parse_recipe, view_file
from geo.region.recipes.build import BuildResult
from geo.region.tables import TableSpec
from geo.siting.ask import Question
from geo.siting.scenario import (
    Presentation,
    Scenario,
    Scene,
    read_presentation,
    read_scenario,
    write_presentation,
    write_scenario,
)
from tests.faults.test_cells import ods, row, text_cell, workbook
from tests.faults.test_grid import grid
from tests.faults.test_ways import extract
from tests.reach.transit.small_feed import feed, write_zip
from tests.region import nine_quarters

LIMITS = ReadLimits()
RECIPE = nine_quarters.RECIPE


@dataclass(frozen=True)
class Seed:
    """A valid file: its name, its bytes, and what reads it."""

    name: str
    content: bytes
    read: Callable[[str, bytes, Path], Any]


def _in_folder(name: str, content: bytes, folder: Path) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def _view(name: str, content: bytes, _: Path) -> Any:
    view = view_file(name, {name: content}, TableSpec(), "", LIMITS)
    return view.findings


def _build(slot: str, name: str, content: bytes, folder: Path) -> Any:
    """Build nine quarters with a file in one place of the recipe."""
    nine_quarters.write_files(folder)
    _in_folder(name, content, folder)
    recipe = parse_recipe(RECIPE + slot)
    work = folder / "work"
    work.mkdir()
    result: BuildResult = build_region(recipe, folder, limits=LIMITS, work=work)
    return result.findings


def _replace(old: str, name: str, content: bytes, folder: Path) -> Any:
    nine_quarters.write_files(folder)
    _in_folder(name, content, folder)
    recipe = parse_recipe(RECIPE.replace(old, name).replace('crs = "EPSG:25832"\n', ""))
    return build_region(recipe, folder, limits=LIMITS, work=folder).findings


def _recipe(_: str, content: bytes, folder: Path) -> Any:
    recipe = parse_recipe(content.decode("utf-8-sig", errors="replace"))
    nine_quarters.write_files(folder)
    return check_recipe(recipe) or build_region(recipe, folder, limits=LIMITS, work=folder).findings


def _package(name: str, content: bytes, folder: Path) -> Any:
    (folder / "unpacked").mkdir()
    return load_region(_in_folder(name, content, folder), limits=LIMITS, folder=folder / "unpacked").findings


def _streets(name: str, content: bytes, folder: Path) -> Any:
    path = packed_streets(_in_folder(name, content, folder), folder)
    return check_coverage(path, nine_quarters.quarters(), name)


def _timetable(name: str, content: bytes, folder: Path) -> Any:
    return read_timetable(_in_folder(name, content, folder)).findings


def _minutes(name: str, content: bytes, folder: Path) -> Any:
    keys = nine_quarters.KEYS
    path = _in_folder(name, content, folder)
    return read_travel_table(
        path, name=name, from_keys=keys, to_keys=["s1", "s2"], mode="car", limit_minutes=60
    ).findings


def _plain(read: Callable[[bytes], Any], _: str, content: bytes, __: Path) -> Any:
    return read(content)


def _packed(folder: Path, pattern: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path in sorted(folder.glob(pattern)):
            archive.write(path, path.name)
    return out.getvalue()


def seeds() -> dict[str, Seed]:
    """Return the seeds by format."""
    import geopandas as gpd
    from PIL import Image
    from pptx import Presentation as Deck

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        nine_quarters.write_files(folder)
        table = (folder / "numbers.csv").read_bytes()
        drawn = gpd.read_file(folder / "quarters.geojson").set_crs(25832, allow_override=True)
        drawn.to_file(folder / "q.gpkg")
        drawn.to_file(folder / "q.shp")
        drawn.to_parquet(folder / "q.parquet")
        result = build_region(parse_recipe(RECIPE), folder, limits=LIMITS)
        assert result.region is not None
        write_region(result.region, folder / "region.zip")
        (folder / "w.osm").write_bytes(extract())
        pbf = packed_streets(folder / "w.osm", folder).read_bytes()
        timetable = write_zip(folder / "gtfs.zip", feed()).read_bytes()
        pictures = {}
        for kind in ("PNG", "JPEG"):
            out = io.BytesIO()
            Image.new("RGB", (40, 20), "teal").save(out, kind)
            pictures[kind] = out.getvalue()
        deck = io.BytesIO()
        Deck().save(deck)
        rows = [line.split(";") for line in table.decode().splitlines()]
        sheet = workbook(rows)
        office = ods("".join(row(*map(text_cell, line)) for line in rows))
        sites = "id;name;kind;x;y\n" + "".join(
            f"s{number};Ort {number};host;{500_100 + 400 * number};5600300\n" for number in range(4)
        )
        site_slot = '\n[[sites]]\nfile = "s.csv"\nkey = "id"\nname = "name"\nkind_column = "kind"\n'
        site_slot += 'x = "x"\ny = "y"\ncrs = "EPSG:25832"\n'
        cell_slot = '\n[cells]\nfile = "g.csv"\nx = "x_mp_100m"\ny = "y_mp_100m"\nresidents = "Einwohner"\n'
        layer_slot = '\n[[landscape]]\nfile = "l.geojson"\nkind = "water"\n'
        zone_slot = '\n[[zones]]\nfile = "z.geojson"\ncrs = "EPSG:25832"\n'
        geojson = drawn.to_crs(4326).to_json().encode()
        minutes = "from,to,minutes\n" + "".join(f"{key},s1,12\n" for key in nine_quarters.KEYS)
        scenario = write_scenario(Scenario("Probe", "neun", Question(new=2)))
        scenes = write_presentation(Presentation("Probe", "neun", (Scene("text", "neun", "Danke"),)))
        made = {
            "csv": Seed("t.csv", table, _view),
            "csv utf-16": Seed("t.csv", table.decode().encode("utf-16"), _view),
            "csv in a recipe": Seed("numbers.csv", table, partial(_replace, "numbers.csv")),
            "xlsx": Seed("t.xlsx", sheet, _view),
            "xls": Seed("t.xls", (Path(__file__).parent / "numbers.xls").read_bytes(), _view),
            "ods": Seed("t.ods", office, _view),
            "geojson": Seed("q.geojson", geojson, partial(_replace, "quarters.geojson")),
            "geopackage": Seed("q.gpkg", (folder / "q.gpkg").read_bytes(), partial(_replace, "quarters.geojson")),
            "shapefile": Seed("q.zip", _packed(folder, "q.[sdpc][hbrp][pfxjg]"), partial(_replace, "quarters.geojson")),
            "geoparquet": Seed("q.parquet", (folder / "q.parquet").read_bytes(), partial(_replace, "quarters.geojson")),
            "recipe": Seed("r.toml", RECIPE.encode(), _recipe),
            "package": Seed("p.zip", (folder / "region.zip").read_bytes(), _package),
            "sites": Seed("s.csv", sites.encode(), partial(_build, site_slot)),
            "cells": Seed("g.csv", grid().encode(), partial(_build, cell_slot)),
            "landscape": Seed("l.geojson", geojson, partial(_build, layer_slot)),
            "zones": Seed("z.geojson", drawn.to_json().encode(), partial(_build, zone_slot)),
            "streets pbf": Seed("w.osm.pbf", pbf, _streets),
            "streets osm": Seed("w.osm", extract(), _streets),
            "streets gz": Seed("w.osm.gz", gzip.compress(extract()), _streets),
            "streets bz2": Seed("w.osm.bz2", bz2.compress(extract()), _streets),
            "timetable": Seed("f.zip", timetable, _timetable),
            "minutes": Seed("m.csv", minutes.encode(), _minutes),
            "scenario": Seed("s.json", scenario, partial(_plain, read_scenario)),
            "presentation": Seed("p.json", scenes, partial(_plain, read_presentation)),
            "master": Seed("m.pptx", deck.getvalue(), partial(_plain, clean_master)),
            "logo png": Seed("l.png", pictures["PNG"], partial(_plain, clean_logo)),
            "logo jpeg": Seed("l.jpg", pictures["JPEG"], partial(_plain, clean_logo)),
        }
        shutil.rmtree(folder / "work", ignore_errors=True)
    assert all(companions(seed.name, {seed.name: b""}) for seed in made.values())
    return made
