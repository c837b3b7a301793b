"""Offices and places that could host one, on land, at a street, where people live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry import Point, Polygon
from shapely.geometry.base import BaseGeometry

from data.generator.shapes import Floats
from data.generator.streets import Street

NAMED_KINDS = ("residential", "living_street", "secondary", "tertiary", "primary")


@dataclass(frozen=True)
class HostKind:
    """A kind of place that could take an office for some days a week."""

    name: str
    carrier: str
    rooms: tuple[int, int]
    is_accessible: float
    days: tuple[int, int]
    cost_per_day_eur: tuple[int, int]
    note: str


HOST_KINDS = (
    HostKind(
        "Familienzentrum {q}", "Stadt {town}", (1, 3), 0.85, (1, 4), (2600, 4200), "Beratungsraum neben dem Elterncafé"
    ),
    HostKind(
        "Stadtteilzentrum {q}",
        "Stadtteilverein {q} e. V.",
        (2, 4),
        0.8,
        (2, 5),
        (2900, 4800),
        "Empfang besetzt, Wartebereich vorhanden",
    ),
    HostKind("Bücherei {q}", "Stadt {town}", (1, 2), 0.9, (1, 3), (1800, 3200), "Nur außerhalb der Vorlesezeiten"),
    HostKind(
        "Gemeindehaus {saint}",
        "Kirchengemeinde {saint}",
        (1, 3),
        0.55,
        (1, 3),
        (1500, 2700),
        "Saal teilbar, Küche nutzbar",
    ),
    HostKind("Grundschule {q}", "Stadt {town}", (1, 2), 0.6, (1, 2), (900, 2100), "Nachmittags ab 14 Uhr"),
    HostKind(
        "Bürgerhaus {q}",
        "Bürgerverein {q} e. V.",
        (2, 5),
        0.75,
        (2, 5),
        (3200, 5200),
        "Zwei Fluchtwege, Empfang besetzt",
    ),
    HostKind(
        "Nachbarschaftstreff {q}",
        "Wohnungsgenossenschaft Ormetal eG",
        (1, 2),
        0.7,
        (1, 3),
        (1400, 2600),
        "Ladenlokal im Erdgeschoss",
    ),
    HostKind(
        "Beratungshaus {q}",
        "Wohlfahrtswerk Ormeland e. V.",
        (2, 3),
        0.8,
        (2, 5),
        (2800, 4400),
        "Schuldnerberatung im Haus",
    ),
    HostKind(
        "Mehrgenerationenhaus {q}",
        "Trägerverbund Miteinander gGmbH",
        (2, 4),
        0.9,
        (2, 5),
        (2700, 4600),
        "Kinderbetreuung während der Beratung",
    ),
    HostKind("Jugendtreff {q}", "Jugendwerk Brücke e. V.", (1, 2), 0.6, (1, 3), (1600, 2900), "Vormittags frei"),
)
SAINTS = (
    "St. Marien",
    "St. Nikolai",
    "Heilig Kreuz",
    "Paulus",
    "Martin",
    "Lukas",
    "St. Gertrud",
    "Christus",
    "St. Barbara",
    "Emmaus",
    "Johannes",
    "Auferstehung",
)


class AddressBook:
    """Finds addresses: a house at a named street inside an area."""

    def __init__(self, streets: Sequence[Street], forbidden: BaseGeometry) -> None:
        self._streets = [street for street in streets if street.name and street.kind in NAMED_KINDS and not street.tags]
        self._tree = shapely.STRtree([street.line for street in self._streets])
        self._forbidden = forbidden
        shapely.prepare(forbidden)

    def house(self, near: Floats, within: Polygon, rng: np.random.Generator) -> tuple[Point, str]:
        """Return a house near a point, within a polygon, and its address."""
        for distance in (120, 250, 500, 1200):
            for index in rng.permutation(
                np.sort(self._tree.query(Point(near), predicate="dwithin", distance=distance))
            ):
                street = self._streets[index]
                place = self._beside(street, Point(near), rng)
                if within.contains(place) and not self._forbidden.contains(place):
                    return place, f"{street.name} {int(rng.integers(1, 96))}"
        raise ValueError(f"no street near {near}: give the quarter streets first")

    @staticmethod
    def _beside(street: Street, near: Point, rng: np.random.Generator) -> Point:
        """Return a point 9 m to one side of the street."""
        at = float(np.clip(street.line.project(near), 0.1 * street.line.length, 0.9 * street.line.length))
        here, there = (street.line.interpolate(at + step) for step in (-1, 1))
        length = np.hypot(there.x - here.x, there.y - here.y) or 1.0
        side = rng.choice([-9.0, 9.0])
        x, y = (here.x + there.x) / 2, (here.y + there.y) / 2
        return Point(round(x - (there.y - here.y) / length * side, 1), round(y + (there.x - here.x) / length * side, 1))


def host_row(kind: HostKind, quarter: str, town: str, saint: str, rng: np.random.Generator) -> dict[str, object]:
    """Return everything about a host place but its address."""
    words = {"q": quarter, "town": town, "saint": saint}
    rooms = int(rng.integers(kind.rooms[0], kind.rooms[1] + 1))
    days = int(rng.integers(kind.days[0], kind.days[1] + 1))
    day_cost = rng.integers(*kind.cost_per_day_eur)
    return {
        "name": kind.name.format(**words),
        "kind": "host",
        "carrier": kind.carrier.format(**words),
        "rooms": rooms,
        "is_accessible": bool(rng.random() < kind.is_accessible),
        "opening_days_per_week": days,
        "capacity_per_week": int(rooms * days * rng.integers(9, 13)),
        "cost_per_year_eur": int(round(day_cost * days * (0.6 + 0.4 * rooms), -2)),
        "note": kind.note,
    }


def office_row(name: str, kind: str, town: str, rooms: int, capacity: int, cost: int, note: str) -> dict[str, object]:
    """Return everything about an office but its address."""
    return {
        "name": name,
        "kind": kind,
        "carrier": f"Jobcenter {town}",
        "rooms": rooms,
        "is_accessible": True,
        "opening_days_per_week": 5,
        "capacity_per_week": capacity,
        "cost_per_year_eur": cost,
        "note": note,
    }


def as_sites(rows: list[dict[str, object]], crs: str, origin: tuple[float, float]) -> gpd.GeoDataFrame:
    """Return rows with a local ``geometry`` as sites in ``crs``, keyed S01, S02 and so on."""
    frame = gpd.GeoDataFrame(rows, geometry="geometry")
    frame.index = [f"S{number:02d}" for number in range(1, len(frame) + 1)]
    frame.index.name = "site_id"
    frame["geometry"] = frame.geometry.translate(*origin)
    return frame.set_crs(crs)
