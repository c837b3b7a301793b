"""A region on disk: one folder or zip that is a Frictionless Data Package.

Written beside its place and renamed into it, so that nothing is ever half-written; read as data only:
nothing in a package is executed, and no path in it is followed.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
import zipfile
from pathlib import Path
from typing import Any

from geo.defaults import ReadLimits
from geo.errors import DataError
from geo.findings import Finding, error, has_errors, warning
from geo.region.archive import extract_zip
from geo.region.disclosure import violates
from geo.region.model import PARTS, Region, check_id, check_parts, file_digest, listed_quarters, region_fingerprint
from geo.region.package.descriptor import DESCRIPTOR, Description, FileFacts, descriptor_of, parse_descriptor
from geo.temporary import new_folder

_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def write_region(region: Region, folder_or_zip: Path) -> None:
    """Write a region as a package; a path ending in ``.zip`` becomes one file, any other a folder.

    An earlier package at the place is replaced in one step. A folder that holds anything else is
    left alone.

    Raises
    ------
    DataError
        ``package_place_taken`` if the place holds something that is no package.
    """
    place = folder_or_zip
    _refuse_other_content(place)
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{place.name}-", dir=place.parent, ignore_cleanup_errors=True) as beside:
        scratch = Path(beside)
        folder = scratch / "package"
        folder.mkdir()
        _write_files(region, folder)
        if place.suffix.lower() == ".zip":
            _zip(folder, scratch / "package.zip")
            (scratch / "package.zip").replace(place)
            return
        _exchange(folder, place, scratch / "before")


def _exchange(folder: Path, place: Path, aside: Path) -> None:
    """Put a finished folder at its place; what stood there comes back if that fails."""
    if place.exists():
        place.rename(aside)
    try:
        folder.rename(place)
    except OSError:
        if aside.exists():
            aside.rename(place)
        raise


def load_region(path: Path | str, *, limits: ReadLimits | None = None, folder: Path | None = None) -> Region:
    """Read a package, a folder or a zip, and check that it meets the contract.

    A package that was edited since it was written is loaded with the warning ``package_edited`` if it
    still meets the contract. Streets, timetable and table of minutes from a zip are unpacked to temporary files that
    live as long as the region, or to ``folder``, which is the caller's.

    Raises
    ------
    DataError
        With everything that keeps the files from being a region: not a package of this product, cut
        short, or showing a number that its own disclosure rule withholds.
    """
    path, limits = Path(path), limits or ReadLimits()
    if path.is_dir():
        return _load_folder(path, limits)
    if not path.is_file():
        raise DataError((error("package_absent", file=path.name),))
    unpacked = new_folder("region") if folder is None else folder
    try:
        extract_zip(path, unpacked, name=path.name, limits=limits)
        region = _load_folder(_package_root(unpacked), limits)
    except BaseException:
        if folder is None:
            shutil.rmtree(unpacked, ignore_errors=True)
        raise
    if folder is not None:
        return region
    if region.streets is None and region.timetable is None and region.travel_table is None:
        shutil.rmtree(unpacked, ignore_errors=True)
    else:
        weakref.finalize(region, shutil.rmtree, unpacked, ignore_errors=True)
    return region


def _load_folder(folder: Path, limits: ReadLimits) -> Region:
    described = parse_descriptor(_descriptor_text(folder, limits))
    edited, faults = _compare_files(folder, described, limits)
    if faults:
        raise DataError(tuple(faults))
    parts: dict[str, Any] = {field: getattr(described, field) for field in described.of_region}
    for part in PARTS:
        paths = [folder / name for name in part.files]
        found: Any = paths[0] if paths[0].is_file() else None
        if found is not None and part.read is not None:
            found = part.read(paths, None if part.name == "quarters" else parts["quarters"].crs, limits)
        parts[part.name] = part.tidy(found, parts.get("quarters"))
    parts["travel_mode"] = described.travel_mode if parts["travel_table"] is not None else ""
    # Files that were not edited were checked when the package was written.
    changed = {finding.file for finding in edited}
    unedited = [part.name for part in PARTS if part.digest is not None and part.files[0] not in changed]
    checked = check_parts(parts, unedited=unedited)
    faults = [*check_id(described.id), *_compare_keys(parts["quarters"], folder)]
    faults += [finding for finding in checked if finding not in described.findings]
    if not has_errors(faults):
        faults += _shown_against_the_rule(parts["statistics"], described)
    if has_errors(faults):
        raise DataError(tuple(faults))
    fingerprint = region_fingerprint(parts)
    if fingerprint != described.fingerprint:
        edited = edited or [warning("package_edited", file=DESCRIPTOR)]
        parts["findings"] = (*described.findings, *edited, *faults)
        fingerprint = region_fingerprint(parts)
    return Region(**parts, fingerprint=fingerprint)


def _descriptor_text(folder: Path, limits: ReadLimits) -> str:
    path = folder / DESCRIPTOR
    if not path.is_file():
        raise DataError((error("package_descriptor_missing", file=DESCRIPTOR),))
    if path.stat().st_size > limits.file_bytes:
        raise DataError((error("package_file_too_large", file=DESCRIPTOR),))
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise DataError((error("package_descriptor_unreadable", file=DESCRIPTOR),)) from None


def _compare_files(folder: Path, described: Description, limits: ReadLimits) -> tuple[list[Finding], list[Finding]]:
    """Return warnings for edited files, and errors for absent, cut or oversized ones."""
    edited, faults = [], []
    for name, is_required in ((name, part.is_required) for part in PARTS for name in part.files):
        path, facts = folder / name, described.files.get(name)
        if not path.is_file():
            if is_required or facts is not None:
                faults.append(error("package_file_missing", file=name))
            continue
        if path.stat().st_size > limits.file_bytes:
            faults.append(error("package_file_too_large", file=name))
            continue
        if facts is None or file_digest(path) != facts.digest:
            edited.append(warning("package_edited", file=name))
            faults += _cut_short(path, facts)
    return edited, faults


def _cut_short(path: Path, facts: FileFacts | None) -> list[Finding]:
    if facts is None or facts.rows is None:
        return []
    text = path.read_bytes()
    rows = text.count(b"\n") - 1
    if rows >= facts.rows and text.endswith(b"\n"):
        return []
    return [error("package_truncated", file=path.name, expected=facts.rows, found=max(rows, 0))]


def _compare_keys(quarters: Any, folder: Path) -> list[Finding]:
    table = folder / PARTS[0].files[0]
    listed, drawn = listed_quarters(table), set(quarters.index)
    faults = [error("package_quarter_without_shape", file=table.name, quarter=key) for key in sorted(listed - drawn)]
    return faults + [
        error("package_quarter_not_listed", file=table.name, quarter=key) for key in sorted(drawn - listed)
    ]


def _shown_against_the_rule(statistics: Any, described: Description) -> list[Finding]:
    shown = statistics[violates(statistics, described.measures, described.disclosure)]
    return [
        error(
            "package_not_disclosed",
            file="statistics.csv",
            quarter=str(row.quarter_id),
            date=str(row.date),
            measure=str(row.measure),
        )
        for row in shown.itertuples()
    ]


def _write_files(region: Region, folder: Path) -> None:
    facts = {}
    for part in PARTS:
        value, paths = getattr(region, part.name), [folder / name for name in part.files]
        if value is None:
            continue
        rows = part.write(value, *paths)
        for path in paths:
            counted = rows if path is paths[0] else None
            facts[path.name] = FileFacts(path.stat().st_size, file_digest(path), counted)
    (folder / DESCRIPTOR).write_text(descriptor_of(region, facts), encoding="utf-8", newline="\n")


def _zip(folder: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w", compression=zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in sorted(folder.iterdir(), key=lambda path: (path.name != DESCRIPTOR, path.name)):
            member = zipfile.ZipInfo(path.name, _ZIP_DATE)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            archive.writestr(member, path.read_bytes())


def _package_root(folder: Path) -> Path:
    """Return the folder of the descriptor: the top, or the only folder in it."""
    inside = list(folder.iterdir())
    is_nested = len(inside) == 1 and inside[0].is_dir() and not (folder / DESCRIPTOR).is_file()
    return inside[0] if is_nested else folder


def _refuse_other_content(place: Path) -> None:
    is_zip = place.suffix.lower() == ".zip"
    if not place.exists() or (is_zip and zipfile.is_zipfile(place)):
        return
    if not is_zip and place.is_dir() and ((place / DESCRIPTOR).is_file() or not any(place.iterdir())):
        return
    raise DataError((error("package_place_taken", file=place.name),))
