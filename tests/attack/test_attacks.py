"""Attacks by name, each against the reader the app uses, in the process that reads: each ends in a sentence."""

from __future__ import annotations

import io
import json
import sqlite3
import stat
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable
from contextlib import closing
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from geo.bounded import call_bounded
from geo.errors import DataError
from geo.output.report import clean_master
from tests.attack.seeds import Seed, _build, seeds
from tests.region import nine_quarters

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what the kernel holds is held on Linux only")
SECRET = "root:"
PIPELINE = {
    "type": "gdal_streamed_alg",
    "command_line": "gdal vector pipeline ! read /etc/passwd ! write streamed_dataset",
}
_SOURCE = b"<SrcDataSource>CSV:/etc/passwd</SrcDataSource>"
VRT = b'<OGRVRTDataSource><OGRVRTLayer name="x">' + _SOURCE + b"</OGRVRTLayer></OGRVRTDataSource>"


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def geojson_with(geometry: object) -> bytes:
    feature = {"type": "Feature", "properties": {"key": "01"}, "geometry": geometry}
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


def told_of(files: list[Seed], folder: Path) -> list[set[str]]:
    """Return the codes of the errors in each file; to be called in a bounded process."""
    told = []
    for number, file in enumerate(files):
        own = folder / str(number)
        own.mkdir()
        try:
            found = file.read(file.name, file.content, own)
            told.append(
                {one.code for one in found if one.level == "error"} if isinstance(found, tuple | list) else set()
            )
        except DataError as fault:
            told.append({"secret" if SECRET in str(fault) else one.code for one in fault.findings})
    return told


@cache
def valid() -> dict[str, Seed]:
    return seeds()


HOSTILE = {
    "algorithm": json.dumps(PIPELINE).encode(),
    "algorithm within features": json.dumps({**json.loads(geojson_with(None)), **PIPELINE}).encode(),
    "vsicurl": b"/vsicurl/http://127.0.0.1:1/x.geojson",
    "vsizip": b"/vsizip//etc/passwd",
    "virtual layer": VRT,
    "a path in place of a shape": geojson_with("/etc/passwd"),
    "a link in place of a collection": b'{"type": "Topology", "href": "file:///etc/passwd"}',
}
ENDINGS = ("json", "geojson", "gpkg", "shp", "parquet")


@pytest.fixture
def refused(tmp_path: Path) -> Callable[[str, str, bytes], set[str]]:
    """Return the codes that a file of a format is refused with; a fault or an end of the reader fails."""

    def read(form: str, name: str, content: bytes) -> set[str]:
        files = [Seed(name, content, valid()[form].read)]
        with TemporaryDirectory() as folder:
            return call_bounded(told_of, files, Path(folder), folders=[Path(folder)])[0]

    return read


@pytest.mark.parametrize("slot", ["boundaries", "landscape", "zones"])
def test_no_layer_runs_or_points_elsewhere(tmp_path: Path, slot: str) -> None:
    more = {"landscape": 'kind = "water"', "zones": ""}
    files = [(f"x.{ending}", content) for ending in ENDINGS for content in HOSTILE.values()]
    files += [("x.zip", zipped({"x.json": content})) for content in HOSTILE.values()]
    cases = []
    for name, content in files:
        text = f'\n[[{slot}]]\nfile = "{name}"\n{more.get(slot)}\n'
        cases.append(Seed(name, content, valid()["geojson"].read if slot == "boundaries" else partial(_build, text)))
    told = call_bounded(told_of, cases, tmp_path, folders=[tmp_path])
    assert not any("secret" in codes for codes in told)
    read = {content for (_, content), codes in zip(files, told, strict=True) if not codes}
    # A record of a landscape without a shape is not drawn and does no harm.
    assert read <= ({HOSTILE["a path in place of a shape"]} if slot == "landscape" else set())


@pytest.mark.parametrize("place", ["keep", "keep_where", "strip"])
def test_a_pattern_that_takes_for_ever_does_not(refused, place: str) -> None:
    slow = "(F|e|l|d|[Feld ]+)+x"
    lines = {
        "keep": f'keep = "{slow}"\n',
        "keep_where": f'keep_where = {{ name = "{slow}" }}\n',
        "strip": f'keys = {{ strip = "{slow}" }}\n',
    }
    text = nine_quarters.RECIPE.replace('crs = "EPSG:25832"\n', f'crs = "EPSG:25832"\n{lines[place]}', 1)
    text = text.replace("[[sources]]", f'[tables.keep_where]\nName = "{slow}"\n\n[[sources]]', 1)
    assert refused("recipe", "r.toml", text.encode())


def _bomb(size: int = 600 * 1024**2) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join(packer.compress(bytes(1024**2)) for _ in range(size // 1024**2)) + packer.flush()
    out = io.BytesIO()
    head = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0, 0, len(packed), 9, 5, 0) + b"q.shp"
    out.write(head + packed)
    place = out.tell()
    out.write(
        struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, 0, len(packed), 9, 5, 0, 0, 0, 0, 0, 0) + b"q.shp"
    )
    out.write(struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, out.tell() - place, place, 0))
    return out.getvalue()


@pytest.mark.parametrize(("form", "name"), [("geojson", "q.zip"), ("package", "p.zip"), ("timetable", "t.zip")])
def test_a_zip_that_lies_about_its_size(refused, form: str, name: str) -> None:
    assert refused(form, name, _bomb())


def test_a_zip_that_links_or_climbs(refused) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("q.geojson")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert "archive_link" in refused("geojson", "q.zip", out.getvalue())
    assert "archive_path" in refused("geojson", "q.zip", zipped({"../../q.geojson": b"{}"}))


@pytest.mark.parametrize(
    "program",
    [
        "CREATE VIEW v AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n",
        "CREATE TRIGGER t AFTER INSERT ON gpkg_contents BEGIN SELECT load_extension('x'); END",
    ],
)
def test_a_geopackage_that_holds_a_program(refused, tmp_path: Path, program: str) -> None:
    path = tmp_path / "q.gpkg"
    path.write_bytes(valid()["geopackage"].content)
    with closing(sqlite3.connect(path)) as database:
        database.execute(program)
        database.commit()
    assert refused("geopackage", "q.gpkg", path.read_bytes()) == {"geopackage_program"}


@pytest.mark.parametrize(
    ("form", "name", "content"),
    [
        ("scenario", "s.json", b'{"schema_version": ' + b"9" * 5000 + b"}"),
        ("presentation", "p.json", b'{"schema_version": ' + b"9" * 5000 + b"}"),
        ("geojson", "q.geojson", geojson_with(None).replace(b"null", b"9" * 5000)),
        ("recipe", "r.toml", b"id = " + b"9" * 5000),
        ("csv in a recipe", "numbers.csv", nine_quarters.table_text().replace("110", "9" * 5000).encode()),
    ],
)
def test_a_number_of_five_thousand_digits(refused, form: str, name: str, content: bytes) -> None:
    assert refused(form, name, content)


@pytest.mark.parametrize(
    ("form", "name"), [("scenario", "s.json"), ("presentation", "p.json"), ("geojson", "q.geojson")]
)
def test_four_hundred_thousand_keys(refused, form: str, name: str) -> None:
    assert refused(form, name, json.dumps({f"k{number}": number for number in range(400_000)}).encode())


def test_a_picture_of_very_many_points(refused) -> None:
    head = b"IHDR" + struct.pack(">2I5B", 60_000, 60_000, 8, 2, 0, 0, 0)
    body = b"IDAT" + zlib.compress(bytes(10**6))
    chunks = (
        struct.pack(">I", len(one) - 4) + one + struct.pack(">I", zlib.crc32(one)) for one in (head, body, b"IEND")
    )
    assert refused("logo png", "l.png", b"\x89PNG\r\n\x1a\n" + b"".join(chunks))


def test_a_master_that_points_elsewhere_is_stripped(tmp_path: Path) -> None:
    from pptx import Presentation

    relation = (
        '<Relationship Id="rId99" Type="{}" Target="http://127.0.0.1/x.png" TargetMode="External"/></Relationships>'
    )
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
    with zipfile.ZipFile(io.BytesIO(valid()["master"].content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = "ppt/slideMasters/_rels/slideMaster1.xml.rels"
    members[name] = members[name].replace(b"</Relationships>", relation.format(kind).encode())
    (tmp_path / "m.pptx").write_bytes(zipped(members))
    content, findings = call_bounded(clean_master, (tmp_path / "m.pptx").read_bytes())
    assert [finding.code for finding in findings] == ["master_links_removed"]
    assert Presentation(io.BytesIO(content)).slide_masters
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not any(b"External" in archive.read(name) for name in archive.namelist() if name.endswith(".rels"))


def test_a_workbook_of_repeated_cells(refused) -> None:
    with zipfile.ZipFile(io.BytesIO(valid()["ods"].content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    many = (
        b'<table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="16000"'
    )
    members["content.xml"] = members["content.xml"].replace(b"<table:table-row><table:table-cell", many, 1)
    assert refused("ods", "a.ods", zipped(members))


@pytest.mark.parametrize("coordinate", [[501_000.0], {}, "", None])
def test_a_coordinate_that_is_none(refused, coordinate: object) -> None:
    ring = [[7.0, 51.0], [7.1, 51.0], [coordinate, 51.1], [7.0, 51.0]]
    assert refused("geojson", "q.geojson", geojson_with({"type": "Polygon", "coordinates": [ring]}))


def test_a_master_whose_relation_has_no_target(refused) -> None:
    with zipfile.ZipFile(io.BytesIO(valid()["master"].content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = "ppt/slideMasters/_rels/slideMaster1.xml.rels"
    members[name] = members[name].replace(b" Target=", b" Towards=")
    assert refused("master", "m.pptx", zipped(members)) == {"master_unreadable"}


def test_a_damaged_old_workbook_is_unreadable(refused) -> None:
    content = valid()["xls"].content[:6000]  # here the reader behind panics
    assert refused("xls", "a.xls", content) == {"workbook_unreadable"}
