"""No file that is taken away holds a withheld value: searched for, and compared between two sets of secrets."""

from __future__ import annotations

import datetime as dt
import io
import re
import sqlite3
import struct
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from geo.output.files.formats import PARTS, FileMaker, FileOptions, parts_of
from geo.output.files.geodata import geojson_files, geopackage
from geo.output.files.xlsx import workbook
from geo.output.sites.scenario_data import Solved
from geo.region.model.region import Region
from geo.text import texts
from tests.output.taken import SECRETS, large, large_counts, line, solved_of
from tests.programs import pdf_text

OTHERS = {"0101": 72_109.0, "0204": 69_731.0, "0503": 81_457.0}
_LEFT_AS_IT_IS = re.compile(rb"<dcterms:(?:created|modified)[^>]*>[^<]*<")


@pytest.fixture(scope="module")
def region() -> Region:
    return large()


@pytest.fixture(scope="module")
def solved(region: Region) -> Solved:
    return solved_of(region, line(), name="Zwei Orte")


@pytest.fixture(scope="module")
def files(region: Region, solved: Solved) -> dict[str, bytes]:
    return everything(region, solved)


def everything(region: Region, solved: Solved) -> dict[str, bytes]:
    maker = FileMaker(texts("de"), region, solved, FileOptions(dpi=96))
    assert set(parts_of(solved)) == set(PARTS)
    return {name: data for part in parts_of(solved) for name, data in maker.make(part).items()}


def unpacked(files: Mapping[str, bytes], folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every file, those inside of archives too, the rows of databases, and what poppler reads of each PDF."""
    for name, data in files.items():
        yield name, data
        if zipfile.is_zipfile(io.BytesIO(data)):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                yield from unpacked({f"{name}/{part}": archive.read(part) for part in archive.namelist()}, folder)
        if name.endswith(".gpkg"):
            yield f"{name} as rows", rows_of(data, folder)
        if name.endswith(".pdf"):
            path = folder / "read.pdf"
            path.write_bytes(data)
            yield f"{name} as text", pdf_text(path).encode()


def rows_of(data: bytes, folder: Path) -> bytes:
    """Return every row of every table of a database as text."""
    path = folder / "read.gpkg"
    path.write_bytes(data)
    with closing(sqlite3.connect(path)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        plain = [name for name in tables if not name.startswith("rtree_")]
        return "\n".join(repr(row) for name in plain for row in database.execute(f'SELECT * FROM "{name}"')).encode()


def traces(value: float, among: float) -> tuple[bytes, ...]:
    """Return how a count and the rate made of it could be written: as text of any kind, and as binary numbers."""
    whole = int(value)
    grouped = f"{whole:,}"
    said = [str(whole), grouped, *(grouped.replace(",", sign) for sign in (".", "\u00a0", " ", "\u202f"))]
    rate = f"{100 * value / among:.6f}"
    said += [rate, rate.replace(".", ","), f"{value / among:.8f}"]
    numbers = [struct.pack(kind, one) for kind in (">d", "<d") for one in (value, 100 * value / among, value / among)]
    return (*(text.encode() for text in said), *numbers)


def test_secrets_are_withheld_in_the_first_place(region: Region) -> None:
    cells = region.statistics.query("measure == 'recipients'")
    hidden = cells[cells["state"] == "suppressed"]
    assert set(SECRETS) <= set(hidden["quarter_id"])
    assert hidden["value"].isna().all()


def test_no_file_holds_a_withheld_value(region: Region, files: dict[str, bytes], tmp_path: Path) -> None:
    among = large_counts(SECRETS).set_index(["quarter_id", "date", "measure"])["value"]
    wanted = {
        key: [trace for date in region.dates for trace in traces(value, among[key, date, "residents"])]
        for key, value in SECRETS.items()
    }
    kinds = set()
    for name, data in unpacked(files, tmp_path):
        kinds.add(name.rpartition(".")[2])
        is_picture = name.endswith((".png", ".jpeg", ".pdf"))
        for key, searched in wanted.items():
            # Five bytes turn up by chance in a compressed picture; in a text they would be the value.
            found = [trace for trace in searched if len(trace) >= (6 if is_picture else 4) and trace in data]
            assert found == [], f"{name} holds the count of {key}"
    assert {
        "xlsx",
        "csv",
        "gpkg as rows",
        "pdf as text",
        "geojson",
        "pdf",
        "docx",
        "pptx",
        "svg",
        "html",
        "png",
        "xml",
    } <= kinds


def test_the_search_finds_what_is_shown(region: Region, files: dict[str, bytes], tmp_path: Path) -> None:
    """The test above can fail: a count that may be shown is found in workbook, CSV, GeoJSON and GeoPackage."""
    shown = region.statistics.query("measure == 'recipients' and state == 'value'").iloc[0]
    among = region.values_of("residents", shown["date"]).loc[shown["quarter_id"], "value"]
    searched = traces(float(shown["value"]), float(among))
    holding = {
        name.rpartition(".")[2]
        for name, data in unpacked(files, tmp_path)
        if any(trace in data for trace in searched if len(trace) >= 4)
    }
    assert {"csv", "gpkg as rows", "geojson", "xml"} <= holding


def plain(name: str, data: bytes) -> bytes:
    """Return a part of a file without the moment at which it was made."""
    return _LEFT_AS_IT_IS.sub(b"", data)


def test_other_secrets_make_the_same_files(
    region: Region, solved: Solved, files: dict[str, bytes], tmp_path: Path
) -> None:
    again = large(OTHERS)
    assert again.fingerprint == region.fingerprint
    assert (large_counts(OTHERS)["value"] != large_counts(SECRETS)["value"]).sum() == 6
    solved_again = solved_of(again, line(), name="Zwei Orte")
    maker = FileMaker(texts("de"), again, solved_again, FileOptions(dpi=96))
    # The report says in small print what a search proved in so many seconds, which no two runs have in common.
    parts = [part for part, what in PARTS.items() if what not in ("report", "slides")]
    other = {name: data for part in parts for name, data in maker.make(part).items()}
    assert len(other) > 25
    first, second = (
        {name: plain(name, data) for name, data in unpacked(made, tmp_path) if not name.endswith((".pdf", "x"))}
        for made in ({name: files[name] for name in other}, other)
    )
    assert {name for name in first if first[name] != second[name]} == set()


def test_a_shown_count_changes_the_files(region: Region) -> None:
    """The comparison above can fail."""
    raw = large_counts(SECRETS)
    shown = region.statistics.query("measure == 'recipients' and state == 'value'").iloc[0]
    at = (raw[["quarter_id", "date", "measure"]] == [shown["quarter_id"], shown["date"], "recipients"]).all(axis=1)
    raw.loc[at, "value"] += 1
    other = large(statistics=raw)
    t, day = texts("de"), dt.date(2026, 3, 1)
    assert workbook(t, other, None, day) != workbook(t, region, None, day)
    assert geopackage(t, other) != geopackage(t, region)
    assert geojson_files(t, other) != geojson_files(t, region)
