"""A region's timetable as a file: what makes a GTFS feed usable at a glance, its digest, and its packed form.

What the trips say is read further up, when ways are measured; here only the files and their headings are looked at.
"""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath

from geo.defaults import ReadLimits
from geo.errors import DataError
from geo.findings import Finding, error
from geo.region.archive import check_zip

FEED_LIMITS = replace(ReadLimits(), unpacked_bytes=3 * 1024**3)
FEED_TABLES = {
    "stops.txt": ("stop_id",),
    "trips.txt": ("trip_id", "service_id"),
    "stop_times.txt": ("trip_id", "stop_id", "stop_sequence", "arrival_time", "departure_time"),
}
CALENDARS = ("calendar.txt", "calendar_dates.txt")
_Member = Path | zipfile.Path
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_BLOCK = 1024 * 1024
_HEAD_BYTES = 64 * 1024


def check_feed(path: Path, limits: ReadLimits = FEED_LIMITS) -> list[Finding]:
    """Return what keeps a folder or zip from being a GTFS feed: files, headings and calendar that are missing."""
    if not path.exists():
        return [error("timetable_not_found", file=path.name)]
    try:
        if not path.is_dir():
            if path.stat().st_size > limits.file_bytes:
                megabytes = limits.file_bytes // 1024**2
                return [error("timetable_too_large", file=path.name, limit_megabytes=megabytes)]
            check_zip(path, name=path.name, limits=limits)
        with _members(path) as members:
            return _check_members(members)
    except DataError as fault:
        return list(fault.findings)


def packed_feed(path: Path, folder: Path, limits: ReadLimits = FEED_LIMITS) -> Path:
    """Return a feed; of a zip that holds one zip in place of tables the inner one, unpacked to ``folder``.

    Raises
    ------
    DataError
        ``timetable_several`` where there are several zips in it, or what :func:`geo.region.check_zip` raises.
    """
    if not path.is_file() or not zipfile.is_zipfile(path):
        return path
    check_zip(path, name=path.name, limits=limits)
    with zipfile.ZipFile(path) as archive:
        names = [PurePosixPath(name) for name in archive.namelist() if "__MACOSX" not in name]
        inner = [name for name in names if name.suffix.lower() == ".zip"]
        if not inner or any(name.name in FEED_TABLES for name in names):
            return path
        if len(inner) > 1:
            told = ", ".join(name.name for name in inner)[:200]
            raise DataError((error("timetable_several", file=path.name, files=told),))
        target = folder / "timetable.zip"
        with archive.open(str(inner[0])) as stream, target.open("wb") as out:
            shutil.copyfileobj(stream, out)
    return target


def feed_digest(path: Path) -> str:
    """Return the SHA-256 over names and contents of a feed's tables, the same for a folder and a zip of it."""
    digest = hashlib.sha256()
    with _members(path) as members:
        for name in sorted(members):
            digest.update(f"\x1d{name}\x1e".encode())
            with members[name].open("rb") as stream:
                while block := stream.read(_BLOCK):
                    digest.update(block)
    return digest.hexdigest()


def write_feed(path: Path, target: Path) -> None:
    """Write a feed's tables as one zip file; equal feeds give equal bytes."""
    with _members(path) as members, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(members):
            member = zipfile.ZipInfo(name, _ZIP_DATE)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            with members[name].open("rb") as stream, archive.open(member, "w") as out:
                while block := stream.read(_BLOCK):
                    out.write(block)


@contextmanager
def _members(path: Path) -> Iterator[dict[str, _Member]]:
    """Give the tables of a feed by name: those that lie beside ``stops.txt``, else those at the top."""
    if path.is_dir():
        names = [str(found.relative_to(path).as_posix()) for found in path.glob("**/*.txt") if found.is_file()]
        yield {PurePosixPath(name).name: path / name for name in _beside_stops(names)}
        return
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.endswith(".txt")]
            yield {PurePosixPath(name).name: zipfile.Path(archive, name) for name in _beside_stops(names)}
    except zipfile.BadZipFile:
        raise DataError((error("archive_broken", file=path.name),)) from None


def _beside_stops(names: list[str]) -> list[str]:
    folders = sorted(
        (len(PurePosixPath(name).parts), str(PurePosixPath(name).parent))
        for name in names
        if PurePosixPath(name).name in FEED_TABLES
    )
    folder = folders[0][1] if folders else "."
    return [name for name in names if str(PurePosixPath(name).parent) == folder]


def _check_members(members: dict[str, _Member]) -> list[Finding]:
    findings = []
    for name, columns in FEED_TABLES.items():
        if name not in members:
            findings.append(error("timetable_file_missing", file=name))
            continue
        headings = _headings(members[name])
        findings += [
            error("timetable_column_missing", file=name, column=column) for column in columns if column not in headings
        ]
    if not any(name in members for name in CALENDARS):
        findings.append(error("timetable_no_calendar", file=CALENDARS[0]))
    return findings


def _headings(member: _Member) -> list[str]:
    with member.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    first = head.decode("utf-8-sig", errors="replace").partition("\n")[0]
    try:
        return [heading.strip() for heading in next(csv.reader(io.StringIO(first)), [])]
    except csv.Error:
        return []
