"""The descriptor of a region on disk: a Frictionless Data Package with a section of our own.

What a stranger needs to use the files (types, constraints, keys, licences) is said in the words of the
standard; what only this product needs is in the section ``nahbar``.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from geo.decode import from_plain
from geo.errors import DataError
from geo.findings import Finding, error
from geo.region.disclosure import DisclosureRule
from geo.region.model import Region
from geo.region.schema import SERVICES, Measure, SiteKind, Source, ValueState

DESCRIPTOR = "datapackage.json"
FORMAT_VERSION = 1

_MEDIA_TYPES = {
    ".csv": "text/csv",
    ".gpkg": "application/geopackage+sqlite3",
    ".zip": "application/zip",
    ".pbf": "application/vnd.openstreetmap.data+pbf",
}


@dataclass(frozen=True)
class FileFacts:
    """What the descriptor records of a file: size in bytes, SHA-256, and rows where it is a table."""

    bytes: int
    digest: str
    rows: int | None = None


@dataclass(frozen=True)
class Description:
    """What a descriptor says of a region, apart from its tables and shapes."""

    id: str
    name: str
    is_fictional: bool
    crs: str
    measures: tuple[Measure, ...]
    sources: tuple[Source, ...]
    disclosure: DisclosureRule
    breaks: tuple[tuple[str, str], ...]
    findings: tuple[Finding, ...]
    fingerprint: str
    files: Mapping[str, FileFacts]
    travel_mode: str = ""

    @property
    def of_region(self) -> tuple[str, ...]:
        """Fields that are fields of the region as well."""
        return tuple(field.name for field in fields(self) if field.name not in ("crs", "files", "fingerprint"))


def descriptor_of(region: Region, files: Mapping[str, FileFacts]) -> str:
    """Return ``datapackage.json`` for a region whose files have been written."""
    crs = ":".join(region.quarters.crs.to_authority())
    whole = {
        "profile": "data-package",
        "name": region.id,
        "title": region.name,
        "licenses": _licences(region.sources),
        "sources": [_compact({"path": source.url, **asdict(source)}) for source in region.sources],
        "resources": [_resource(name, facts, region, crs) for name, facts in files.items()],
        "nahbar": {
            "format": FORMAT_VERSION,
            "id": region.id,
            "is_fictional": region.is_fictional,
            "crs": crs,
            "measures": [_compact(asdict(measure)) for measure in region.measures],
            "disclosure": asdict(region.disclosure),
            "breaks": [list(pair) for pair in region.breaks],
            **({"travel_mode": region.travel_mode} if region.travel_table is not None else {}),
            "findings": [finding.as_dict() for finding in region.findings],
            "rows": {name: facts.rows for name, facts in files.items() if facts.rows is not None},
            "fingerprint": region.fingerprint,
        },
    }
    return json.dumps({key: value for key, value in whole.items() if value != []}, ensure_ascii=False, indent=1) + "\n"


def parse_descriptor(text: str) -> Description:
    """Return what a descriptor says.

    Raises
    ------
    DataError
        ``package_descriptor_unreadable``, ``package_foreign``, ``package_format_unknown`` or
        ``package_descriptor_invalid``.
    """
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        raise DataError((error("package_descriptor_unreadable", file=DESCRIPTOR),)) from None
    own = whole.get("nahbar") if isinstance(whole, dict) else None
    if not isinstance(own, dict):
        raise DataError((error("package_foreign", file=DESCRIPTOR),))
    if own.get("format") != FORMAT_VERSION:
        raise DataError((error("package_format_unknown", file=DESCRIPTOR, format=str(own.get("format"))),))
    try:
        return _description(whole, own)
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise DataError((error("package_descriptor_invalid", file=DESCRIPTOR, detail=str(fault)),)) from fault


def _description(whole: Mapping[str, Any], own: Mapping[str, Any]) -> Description:
    files = {
        one["path"]: {
            "bytes": one["bytes"],
            "digest": one["hash"].removeprefix("sha256:"),
            "rows": own["rows"].get(one["path"]),
        }
        for one in whole["resources"]
    }
    told = {
        **_only_fields(own, Description),
        "name": whole["title"],
        "sources": [_only_fields(one, Source) for one in whole.get("sources", [])],
        "findings": [],
        "files": files,
    }
    made = from_plain(Description, told)
    if broken := made.disclosure.broken_limits:
        raise ValueError(", ".join(broken))
    return replace(made, findings=tuple(Finding.from_dict(one) for one in own["findings"]))


def _resource(name: str, facts: FileFacts, region: Region, crs: str) -> dict[str, Any]:
    stem, _, ending = name.partition(".")
    resource: dict[str, Any] = {
        "name": stem if ending != "gpkg" or stem != "quarters" else "quarters-geometry",
        "path": name,
        "format": ending.rpartition(".")[2],
        "mediatype": _MEDIA_TYPES["." + ending.rpartition(".")[2]],
        "bytes": facts.bytes,
        "hash": f"sha256:{facts.digest}",
    }
    if ending != "csv":
        return resource
    return {"profile": "tabular-data-resource", **resource, "encoding": "utf-8", "schema": _schemas(region, crs)[name]}


def _schemas(region: Region, crs: str) -> dict[str, dict[str, Any]]:
    """Return the schema of each table by its file."""
    quarter = [{"fields": ["quarter_id"], "reference": {"resource": "quarters", "fields": ["quarter_id"]}}]
    return {
        "quarters.csv": {
            "fields": [
                _field("quarter_id", "string", required=True, unique=True),
                _field("name", "string", required=True),
                _field("district", "string"),
            ],
            "primaryKey": ["quarter_id"],
        },
        "statistics.csv": {
            "fields": [
                _field("quarter_id", "string", required=True),
                _field("date", "date", required=True),
                _field("measure", "string", required=True, enum=list(region.measure_keys)),
                _field("value", "number", "empty unless the state is value, true_zero or perturbed"),
                _field("state", "string", required=True, enum=[state.value for state in ValueState]),
            ],
            "primaryKey": ["quarter_id", "date", "measure"],
            "foreignKeys": quarter,
        },
        "sites.csv": {
            "fields": [
                _field("site_id", "string", required=True, unique=True),
                _field("name", "string"),
                _field("kind", "string", required=True, enum=[kind.value for kind in SiteKind]),
                _field("carrier", "string"),
                _field("services", "string", f"keys parted by blanks, from {', '.join(SERVICES)}"),
                _field("address", "string"),
                _field("rooms", "number", minimum=0),
                _field("is_accessible", "boolean"),
                _field("opening_days_per_week", "number", minimum=0, maximum=7),
                _field("opening_hours_per_week", "number", minimum=0, maximum=168),
                _field("staff_full_time", "number", "full-time equivalents", minimum=0),
                _field("capacity_per_week", "number", "appointments", minimum=0),
                _field("cost_per_year_eur", "number", minimum=0),
                _field("one_off_cost_eur", "number", "to set the site up", minimum=0),
                _field("note", "string"),
                _field("x", "number", f"metres in {crs}", required=True),
                _field("y", "number", f"metres in {crs}", required=True),
            ],
            "primaryKey": ["site_id"],
        },
        "groupings.csv": {
            "fields": [
                _field("grouping", "string", required=True),
                _field("group", "string", required=True),
                _field("quarter_id", "string", required=True),
            ],
            "primaryKey": ["grouping", "group", "quarter_id"],
            "foreignKeys": quarter,
        },
        "cells.csv": {
            "fields": [
                _field("x", "number", f"centre of the cell, metres in {crs}", required=True),
                _field("y", "number", f"centre of the cell, metres in {crs}", required=True),
                _field("residents", "number", required=True, minimum=0),
                _field("quarter_id", "string"),
            ],
            "foreignKeys": quarter,
        },
        "minutes.csv": {
            "fields": [
                _field("from", "string", "key of a quarter", required=True),
                _field("to", "string", "key of a site or of a quarter", required=True),
                _field("minutes", "number", f"by {region.travel_mode}", required=True, minimum=0),
            ]
        },
    }


def _field(name: str, kind: str, description: str = "", **constraints: Any) -> dict[str, Any]:
    return _compact({"name": name, "type": kind, "description": description, "constraints": constraints})


def _licences(sources: Sequence[Source]) -> list[dict[str, str]]:
    unique = {(source.licence, source.licence_url): None for source in sources if source.licence}
    return [_compact({"name": _slug(name), "title": name, "path": url}) for name, url in unique]


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9.]+", "-", plain).strip("-") or "licence"


def _compact(whole: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in whole.items() if value not in ("", None, {})}


def _only_fields(whole: Mapping[str, Any], kind: type) -> dict[str, Any]:
    names = {field.name for field in fields(kind)}
    return {key: value for key, value in whole.items() if key in names}
