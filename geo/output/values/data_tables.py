"""The data of a region as tables to take away: what workbook, CSV and spatial files are written from.

A :class:`DataTable` holds plain values with the kind of each column, so that a writer can give a number the form of
its medium. Where no number may stand, there is a :class:`Marker`: it says why and has never held one.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from geo.need import Indicator, indicator_values, indicators_of
from geo.output.values.value_format import indicator_label, measure_label, unit_text
from geo.region import ValueState
from geo.region.model import CORRECTED, Region
from geo.text import Texts, finding_sentence

Kind = Literal["text", "key", "date", "whole", "number", "percent", "euros"]


@dataclass(frozen=True)
class Marker:
    """What stands in place of a number: the state of the cell as a key, and as text."""

    state: str
    text: str


@dataclass(frozen=True)
class Quantity:
    """A value of its own kind, in a column of mixed ones."""

    value: float | str | None
    kind: Kind


Value = str | int | float | bool | Marker | Quantity | None


@dataclass(frozen=True)
class Field:
    """A column: its name in ASCII for files, its heading as read, and what it holds.

    ``percent`` holds percent, 13.6 for 13.6 %; ``date`` ISO text; ``whole`` whole numbers; ``key`` text that is never
    a number, leading zeros included.
    """

    name: str
    label: str
    kind: Kind = "text"


@dataclass(frozen=True)
class DataTable:
    """Values by row, with what the columns mean.

    Parameters
    ----------
    key
        Name in ASCII, for sheets, files and layers: ``indicators``.
    title, note
        As read; the note says what must be known of the figures, empty if nothing.
    fields
        The columns.
    rows
        Values in the order of the fields.
    source
        Where the figures come from, in place of the region's sources.
    """

    key: str
    title: str
    fields: tuple[Field, ...]
    rows: tuple[tuple[Value, ...], ...]
    note: str = ""
    source: str = ""


def indicators_table(t: Texts, region: Region) -> DataTable:
    """Return every indicator with stability range and state, a row for each quarter and date."""
    known = indicators_of(region)
    fields = (*_quarter_fields(t, region), *(one for each in known for one in _indicator_fields(t, each)))
    blocks: list[tuple[Value, ...]] = []
    for date in region.dates:
        columns = _quarter_columns(region, date)
        for indicator in known:
            columns += _indicator_columns(t, region, indicator, date)
        blocks += zip(*columns, strict=True)
    return DataTable(
        "indicators", t("dataout.indicators"), fields, tuple(blocks), _noted(t, region, "dataout.indicators_note")
    )


def counts_table(t: Texts, region: Region) -> DataTable:
    """Return every measure with its state, a row for each quarter and date; ``corrected`` is a value put right."""
    fields = [*_quarter_fields(t, region)]
    for measure in region.measures:
        label = measure_label(t, region, measure.key)
        fields += [
            Field(measure.key, label, kind_of_unit(measure.unit)),
            Field(f"{measure.key}_state", f"{label}: {t('dataout.state')}"),
        ]
    corrected: dict[tuple[object, object], set[str]] = {}
    for one in region.findings:
        if one.code == CORRECTED and one.quarter:
            corrected.setdefault((one.parameters["date"], one.parameters["measure"]), set()).add(one.quarter)
    blocks: list[tuple[Value, ...]] = []
    for date in region.dates:
        columns = _quarter_columns(region, date)
        for measure in region.measures:
            cells = region.values_of(measure.key, date)
            states = cells["state"].astype("object")
            states[states.index.isin(corrected.get((date, measure.key), ()))] = "corrected"
            columns += [marked(t, cells["value"], cells["state"]), [str(state) for state in states]]
        blocks += zip(*columns, strict=True)
    return DataTable(
        "counts", t("dataout.counts"), tuple(fields), tuple(blocks), _noted(t, region, "dataout.counts_note")
    )


def corrected_lines(t: Texts, region: Region, quarters: Collection[str] | None = None) -> tuple[str, ...]:
    """Return a sentence for every number that was put right before the region was built, of some quarters or of all."""
    told = [one for one in region.findings if one.code == CORRECTED and (quarters is None or one.quarter in quarters)]
    return tuple(finding_sentence(t, one)[1] for one in told)


def _noted(t: Texts, region: Region, key: str) -> str:
    return " ".join((t(key), *corrected_lines(t, region)))


def sites_table(t: Texts, region: Region) -> DataTable:
    """Return the offices and host places of a region, with coordinates in degrees (WGS 84)."""
    fields = (
        Field("site_id", t("dataout.key"), "key"),
        Field("name", t("siting.column_site")),
        Field("kind", t("dataout.kind")),
        Field("carrier", t("dataout.carrier")),
        Field("services", t("dataout.services")),
        Field("address", t("dataout.address")),
        Field("is_accessible", t("siting.column_access")),
        Field("rooms", t("dataout.rooms"), "whole"),
        Field("opening_days_per_week", t("dataout.opening_days"), "number"),
        Field("opening_hours_per_week", t("dataout.opening_hours"), "number"),
        Field("capacity_per_week", t("dataout.capacity"), "whole"),
        Field("staff_full_time", t("dataout.staff"), "number"),
        Field("cost_per_year_eur", t("siting.column_cost"), "euros"),
        Field("one_off_cost_eur", t("dataout.one_off"), "euros"),
        Field("note", t("dataout.remark")),
        Field("lon", t("dataout.lon"), "number"),
        Field("lat", t("dataout.lat"), "number"),
    )
    degrees = region.sites.geometry.to_crs("EPSG:4326") if len(region.sites) else region.sites.geometry
    words = {
        "kind": lambda value: t(f"dataout.kind_{value}"),
        "services": lambda value: services_text(t, value),
        "is_accessible": lambda value: yes_no(t, value),
    }
    rows = []
    for (key, row), point in zip(region.sites.to_dict("index").items(), degrees, strict=True):
        values: list[Value] = [str(key)]
        for field in fields[1:-2]:
            value = row.get(field.name)
            if field.name in words:
                values.append(words[field.name](value))
            elif field.kind == "text":
                values.append("" if value is None or pd.isna(value) else str(value))
            else:
                values.append(number_or_none(value))
        rows.append((*values, round(point.x, 6), round(point.y, 6)))
    return DataTable("sites", t("dataout.sites"), fields, tuple(rows))


def sources_table(t: Texts, region: Region) -> DataTable:
    """Return where the data come from and under which terms they may be passed on."""
    fields = (
        Field("title", t("data.source_title")),
        Field("publisher", t("data.source_publisher")),
        Field("licence", t("data.source_licence")),
        Field("licence_url", t("dataout.licence_url")),
        Field("url", t("data.source_url")),
        Field("changes", t("data.source_changes")),
    )
    rows = tuple(
        (
            t("map.fictional", publisher=one.title) if one.is_fictional else one.title,
            one.publisher,
            one.licence,
            one.licence_url,
            one.url,
            one.changes,
        )
        for one in region.sources
    )
    return DataTable("sources", t("data.sources"), fields, rows)


def marked(t: Texts, values: pd.Series[Any], states: pd.Series[Any]) -> list[Value]:
    """Return numbers where the state carries one, elsewhere the marker that says why there is none."""
    markers = {str(state): Marker(str(state), state_text(t, str(state))) for state in ValueState}
    out: list[Value] = []
    for value, state in zip(values.to_numpy(dtype=float), states.astype(str), strict=True):
        has_number = ValueState(state).has_number and math.isfinite(value)
        fallback = markers[state] if not ValueState(state).has_number else markers[ValueState.MISSING.value]
        out.append(float(value) if has_number else fallback)
    return out


def state_text(t: Texts, state: str) -> str:
    """Return the state of a cell for the reader."""
    return t("map.withheld") if state == ValueState.SUPPRESSED.value else t(f"dataout.state_{state}")


def kind_of_unit(unit: str) -> Kind:
    """Return how numbers of a unit are written."""
    if unit == "percent":
        return "percent"
    return "number" if unit == "per_1000" else "whole"


def services_text(t: Texts, services: Any) -> str:
    """Return the services of a site, given as keys separated by spaces, for the reader; unknown keys as they are."""
    keys = str(services).split() if isinstance(services, str) else []
    return ", ".join(t(f"service.{key}") if t.has(f"service.{key}") else key for key in keys)


def number_or_none(value: Any) -> float | None:
    """Return a finite number, None for anything else."""
    return None if value is None or pd.isna(value) or not math.isfinite(float(value)) else float(value)


def _quarter_fields(t: Texts, region: Region) -> tuple[Field, ...]:
    fields = [Field("quarter_id", t("dataout.key"), "key"), Field("name", t("table.quarter"))]
    if has_districts(region):
        fields.append(Field("district", t("table.district")))
    return (*fields, Field("date", t("atlas.date"), "date"))


def has_districts(region: Region) -> bool:
    """Tell whether quarters belong to districts."""
    return bool((region.quarters["district"] != "").any())


def _quarter_columns(region: Region, date: str) -> list[Sequence[Value]]:
    quarters = region.quarters
    columns: list[Sequence[Value]] = [quarters.index.astype(str).tolist(), quarters["name"].astype(str).tolist()]
    if has_districts(region):
        columns.append(quarters["district"].astype(str).tolist())
    return [*columns, [date] * len(quarters)]


def _indicator_fields(t: Texts, indicator: Indicator) -> tuple[Field, ...]:
    label, kind = indicator_label(t, indicator), kind_of_unit(indicator.unit)
    head = f"{label} ({unit_text(t, indicator.unit)})"
    fields = [Field(indicator.key, head, kind)]
    if indicator.denominator is not None:
        fields += [
            Field(f"{indicator.key}_low", f"{label}: {t('dataout.low')}", kind),
            Field(f"{indicator.key}_high", f"{label}: {t('dataout.high')}", kind),
        ]
    return (*fields, Field(f"{indicator.key}_state", f"{label}: {t('dataout.state')}"))


def _indicator_columns(t: Texts, region: Region, indicator: Indicator, date: str) -> list[Sequence[Value]]:
    values = indicator_values(region, indicator, date)
    columns: list[Sequence[Value]] = [marked(t, values["value"], values["state"])]
    if indicator.denominator is not None:
        columns += [[number_or_none(one) for one in values[name]] for name in ("low", "high")]
    return [*columns, [str(state) for state in values["state"]]]


def yes_no(t: Texts, value: Any, unknown: str = "") -> str:
    """Return yes, no, or ``unknown`` where it is not known."""
    if value is None or pd.isna(value):
        return unknown
    return t("siting.yes") if bool(value) else t("siting.no")
