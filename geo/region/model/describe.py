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
    return {
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


def _known(region: Region, column: str) -> int:
    """Return of how many sites the column says something."""
    values = region.sites[column]
    return int((values.notna() & (values.astype("object") != "")).sum())


def _latest(region: Region) -> dict[str, Any]:
    dates = region.statistics.loc[region.statistics["measure"] == "recipients", "date"]
    date = str(dates.max()) if len(dates) else next(reversed(region.dates), None)
    out: dict[str, Any] = dict.fromkeys(("date", "residents", "recipients", "share", "share_percent"))
    out |= {"date": date, "quarters_counted": 0, "quarters_withheld": 0}
    if date is None:
        return out
    recipients, residents = region.values_of("recipients", date), region.values_of("residents", date)
    has_residents = residents["state"].isin(STATES_WITH_NUMBER).to_numpy()
    both = has_residents & recipients["state"].isin(STATES_WITH_NUMBER).to_numpy()
    counted = both if len(dates) else has_residents
    part, whole = float(recipients["value"][both].sum()), float(residents["value"][counted].sum())
    if counted.any():
        out["residents"] = round(whole)
    if both.any():
        out["recipients"] = round(part)
    if len(dates) and whole:
        out |= {"share": round(part / whole, 6), "share_percent": round(100 * part / whole, 4)}
    withheld = int((recipients["state"] == ValueState.SUPPRESSED.value).sum())
    return out | {"quarters_counted": int(both.sum()), "quarters_withheld": withheld}
