"""What the sites of a demo region are equipped with: services, hours, staff, and what setting them up costs."""

from __future__ import annotations

import geopandas as gpd
import numpy as np

from geo.region import SERVICES

OFFICE_HOURS = 36.0
FULL_WEEK_HOURS = 39.0
# Services by the rooms of a host place: confidential talks need a second room, a case manager a third.
BY_ROOMS = {1: "applications video", 2: "applications placement video", 3: "applications placement casework coaching"}


def equip(sites: gpd.GeoDataFrame, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Return the sites with services, opening hours, full-time staff and one-off cost, all of them made up.

    Offices are furnished already. Of shelters it is not known what they would need.
    """
    rows = [_equipment(site, rng) for _, site in sites.iterrows()]
    return sites.assign(**{name: [row[name] for row in rows] for name in rows[0]})


def _equipment(site: gpd.GeoSeries, rng: np.random.Generator) -> dict[str, object]:
    rooms, days = float(site["rooms"]), float(site["opening_days_per_week"])
    # Drawn for every site, used or not: what one site is does not move the luck of the next.
    per_day, desk_share, per_room, ramp = (float(rng.uniform(*span)) for span in _SPANS)
    if site["kind"] != "host":
        has_benefits = "Ohne Leistungsabteilung" not in str(site["note"])
        return {
            "services": " ".join(key for key in SERVICES if has_benefits or key != "benefits"),
            "opening_hours_per_week": OFFICE_HOURS,
            "staff_full_time": round(rooms * (1.05 + 0.25 * desk_share)),
            "one_off_cost_eur": 0.0,
        }
    hours = round(days * per_day)
    is_shelter = str(site["name"]).startswith("Unterkunft")
    return {
        "services": BY_ROOMS[int(min(rooms, 3))],
        "opening_hours_per_week": float(hours),
        "staff_full_time": np.nan if is_shelter else round(rooms * hours / FULL_WEEK_HOURS * (1 + 0.4 * desk_share), 1),
        "one_off_cost_eur": np.nan
        if is_shelter
        else round(rooms * per_room + (0 if site["is_accessible"] else ramp), -2),
    }


_SPANS = ((3.5, 7.5), (0.0, 1.0), (3_200.0, 8_800.0), (9_000.0, 38_000.0))
"""Hours a day, share of preparation, furniture and lines for a room in euro, a ramp or lift in euro."""
