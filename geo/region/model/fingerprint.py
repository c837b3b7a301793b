"""One digest over everything a region holds: equal digests mean equal regions.

Canonical: keys sorted, coordinates in millimetres, numbers as little-endian doubles, text as UTF-8.
It does not depend on the machine, the run, or whether a region was built or loaded.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.findings import Finding
from geo.region.disclosure import RULE_FIELDS_LATER
from geo.region.model.parts import PARTS
from geo.region.model.region import Region
from geo.region.schema import MEASURE_FIELDS_LATER, SITE_COLUMNS_LATER, Measure

_FACTS = {field.name for field in fields(Region)} - {part.name for part in PARTS} - {"travel_mode", "fingerprint"}


def region_fingerprint(parts: Mapping[str, Any]) -> str:
    """Return the digest (64 hexadecimal digits) of the tidy parts of a region.

    Parameters
    ----------
    parts
        The fields of :class:`geo.region.model.Region` by name, except ``fingerprint``.
    """
    plain = {name: _plain(parts[name]) for name in _FACTS}
    plain["crs"] = ":".join(parts["quarters"].crs.to_authority())
    counted = [part for part in PARTS if parts[part.name] is not None or not part.is_later]
    for part in counted:
        if part.digest is not None:
            path = parts[part.name]
            plain[part.name] = None if path is None else part.digest(path, parts)
    digest = hashlib.sha256()
    digest.update(json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode())
    for part in counted:
        if part.digest is None:
            _add_frame(digest, part.name, parts[part.name])
    return digest.hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Finding):
        return value.as_dict()
    if isinstance(value, str | bool):
        return value
    plain = asdict(value)
    # What a region from before could not say does not count where nothing is said.
    later = MEASURE_FIELDS_LATER if isinstance(value, Measure) else RULE_FIELDS_LATER
    return {name: one for name, one in plain.items() if name not in later or one}


def _add_frame(digest: Any, name: str, frame: pd.DataFrame | None) -> None:
    digest.update(f"\x1d{name}\x1e{-1 if frame is None else len(frame)}".encode())
    if frame is None:
        return
    if frame.index.name:
        _add_column(digest, frame.index.to_series())
    for column in frame.columns:
        if column in SITE_COLUMNS_LATER and (frame[column].isna() | (frame[column] == "")).all():
            continue  # it says nothing, and a region from before it keeps its fingerprint
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
