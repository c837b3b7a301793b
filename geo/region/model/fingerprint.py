"""One digest over everything a region holds: equal digests mean equal regions.

Canonical: keys sorted, coordinates in millimetres, numbers as little-endian doubles, text as UTF-8.
It does not depend on the machine, the run, or whether a region was built or loaded.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.region.model.feed import feed_digest
from geo.region.model.minutes import minutes_digest
from geo.region.schema import SITE_COLUMNS_LATER

_BLOCK = 1024 * 1024


def region_fingerprint(parts: dict[str, Any]) -> str:
    """Return the digest (64 hexadecimal digits) of the tidy parts of a region.

    Parameters
    ----------
    parts
        The fields of :class:`geo.region.model.Region` by name, except ``fingerprint``. Parts that came later
        (zones, timetable, table of minutes) count only where a region has them.
    """
    from dataclasses import asdict

    digest = hashlib.sha256()
    plain = {
        "id": parts["id"],
        "name": parts["name"],
        "is_fictional": parts["is_fictional"],
        "crs": ":".join(parts["quarters"].crs.to_authority()),
        "measures": [asdict(measure) for measure in parts["measures"]],
        "sources": [asdict(source) for source in parts["sources"]],
        "disclosure": asdict(parts["disclosure"]),
        "breaks": parts["breaks"],
        "findings": [finding.as_dict() for finding in parts["findings"]],
        "streets": file_digest(parts["streets"]) if parts["streets"] else None,
    }
    if parts.get("timetable"):
        plain["timetable"] = feed_digest(parts["timetable"])
    if parts.get("travel_table"):
        plain["travel_table"] = [parts["travel_mode"], minutes_digest(parts["travel_table"])]
    digest.update(json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode())
    for name in ("quarters", "statistics", "sites", "cells", "landscape"):
        _add_frame(digest, name, _told(parts[name]) if name == "sites" else parts[name])
    if parts.get("zones") is not None:
        _add_frame(digest, "zones", parts["zones"])
    return digest.hexdigest()


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _told(sites: pd.DataFrame) -> pd.DataFrame:
    """Leave out later columns that say nothing, so that a region from before them keeps its fingerprint."""
    silent = [
        name for name in SITE_COLUMNS_LATER if ((sites[name] == "") if name == "services" else sites[name].isna()).all()
    ]
    return sites.drop(columns=silent)


def _add_frame(digest: Any, name: str, frame: pd.DataFrame | None) -> None:
    digest.update(f"\x1d{name}\x1e{-1 if frame is None else len(frame)}".encode())
    if frame is None:
        return
    if frame.index.name:
        _add_column(digest, frame.index.to_series())
    for column in frame.columns:
        digest.update(f"\x1e{column}\x1f".encode())
        _add_column(digest, frame[column])


def _add_column(digest: Any, column: Any) -> None:
    if column.dtype == "geometry":
        for shape in shapely.to_wkb(column.to_numpy(), byte_order=1):
            digest.update(b"\x1f")
            digest.update(shape or b"")
    elif column.dtype == "boolean":
        digest.update(column.astype("Int8").fillna(-1).to_numpy(dtype="<i1").tobytes())
    elif pd.api.types.is_numeric_dtype(column):
        numbers = column.to_numpy(dtype="<f8") + 0.0
        digest.update(np.where(np.isnan(numbers), np.nan, numbers).astype("<f8").tobytes())
    else:
        codes, values = pd.factorize(column, sort=True)
        digest.update("\x1f".join(str(value) for value in values).encode())
        digest.update(codes.astype("<i4").tobytes())
