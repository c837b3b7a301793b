"""A region in a few numbers, over the cells that are shown."""

from __future__ import annotations

from typing import Any

from geo.region.model.region import Region
from geo.region.schema import SITE_COLUMNS, STATES_WITH_NUMBER, ValueState


def describe_region(region: Region) -> dict[str, Any]:
    """Return what a region holds, ready for JSON.

    Returns
    -------
    dict
        ``recipients``, ``residents`` and ``share`` (a fraction) are sums over the quarters that show both numbers at
        ``date``, the latest date with recipients; ``quarters_counted`` says how many these are. They are None where
        a region has no such counts. ``sites_known`` counts, for each column, the sites of which it says something.
        ``withheld`` counts withheld cells over all dates and measures,
        ``quarters_withheld`` the quarters whose recipients are withheld at ``date``.
    """
    statistics = region.statistics
    told: dict[str, Any] = {
        "id": region.id,
        "name": region.name,
        "is_fictional": region.is_fictional,
        "quarters": len(region.quarters),
        "districts": len({district for district in region.quarters["district"] if district}),
        "dates": list(region.dates),
        "measures": list(region.measure_keys),
        **_latest(region),
        "withheld": int((statistics["state"] == ValueState.SUPPRESSED.value).sum()),
        "missing": int((statistics["state"] == ValueState.MISSING.value).sum()),
        "offices": len(region.offices),
        "hosts": len(region.hosts),
        "sites_known": {name: _known(region, name) for name in SITE_COLUMNS if name != "geometry"},
        "streets": region.streets is not None,
        "timetable": region.timetable is not None,
        "travel_table": region.travel_mode or None,
        "zones": [] if region.zones is None else region.zones["name"].tolist(),
        "sources": [{"title": source.title, "licence": source.licence} for source in region.sources],
        "findings": [finding.as_dict() for finding in region.findings],
        "fingerprint": region.fingerprint,
    }
    return told


def _known(region: Region, column: str) -> int:
    """Return of how many sites the column says something."""
    values = region.sites[column]
    return int((values.notna() & (values.astype("object") != "")).sum())


def _latest(region: Region) -> dict[str, Any]:
    nothing: dict[str, Any] = {
        "date": region.dates[-1] if region.dates else None,
        "residents": None,
        "recipients": None,
        "share": None,
    }
    nothing |= {"share_percent": None, "quarters_counted": 0, "quarters_withheld": 0}
    rows = region.statistics[region.statistics["measure"] == "recipients"]
    if rows.empty:
        return nothing | _residents(region, str(nothing["date"]))
    date = str(rows["date"].max())
    recipients, residents = region.values_of("recipients", date), region.values_of("residents", date)
    both = (recipients["state"].isin(STATES_WITH_NUMBER) & residents["state"].isin(STATES_WITH_NUMBER)).to_numpy()
    part, whole = float(recipients["value"][both].sum()), float(residents["value"][both].sum())
    return {
        "date": date,
        "residents": round(whole) if both.any() else None,
        "recipients": round(part) if both.any() else None,
        "share": round(part / whole, 6) if whole else None,
        "share_percent": round(100 * part / whole, 4) if whole else None,
        "quarters_counted": int(both.sum()),
        "quarters_withheld": int((recipients["state"] == ValueState.SUPPRESSED.value).sum()),
    }


def _residents(region: Region, date: str) -> dict[str, Any]:
    shown = region.values_of("residents", date)
    numbers = shown["value"][shown["state"].isin(STATES_WITH_NUMBER)]
    return {"residents": round(float(numbers.sum()))} if len(numbers) else {}
