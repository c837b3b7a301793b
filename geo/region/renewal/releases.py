"""What was published of a region, kept beside where it stands: an update takes it into account."""

from __future__ import annotations

from pathlib import Path

from geo.region.model import Region
from geo.region.package import DESCRIPTOR, write_region

_KEPT = ".releases"


def releases_at(place: Path, region_id: str) -> tuple[Path, ...]:
    """Return the packages of a region that stand, or stood, where one is to be written, oldest first."""
    kept = sorted((place.parent / _KEPT / region_id).glob("*.zip"), key=lambda path: (path.stat().st_mtime, path.name))
    stands = place if (place / DESCRIPTOR).is_file() or (place.is_file() and place.suffix.lower() == ".zip") else None
    return tuple(kept) if kept or stands is None else (stands,)


def keep_release(region: Region, place: Path) -> Path:
    """Keep a package beside the place it was written to; the same package is kept once."""
    path = place.parent / _KEPT / region.id / f"{region.fingerprint[:16]}.zip"
    if not path.is_file():
        write_region(region, path)
    return path
