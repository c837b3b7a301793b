"""The plan of Musterkreis: river, lakes, woods, and 18 municipalities with what they are like."""

# ruff: noqa: E501 - the tables of coordinates are a drawing

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from data.generator.places import HostKind

RIVER = (
    (6.0, -22), (4.2, -15), (1.6, -11.2), (1.9, -7.4), (-1.6, -5.0), (-4.6, -3.0), (-6.2, 0.6), (-9.6, 2.2), (-10.8, 6.0),
    (-14.2, 8.0), (-15.6, 12.5), (-21, 15),
)  # fmt: skip
STREAM = ((24, 8.5), (18, 8.0), (12.6, 7.0), (8.0, 4.6), (4.4, 2.9), (0.2, 1.9), (-3.2, -0.2), (-5.35, -1.6))
RAIL = (
    (-26, -7.5),
    (-17, -6.0),
    (-10.5, -4.1),
    (-5.2, -1.2),
    (0.4, -0.6),
    (6.5, -1.9),
    (11.5, -4.6),
    (17.5, -5.0),
    (26, -9.0),
)
MOTORWAY = ((-26, -13), (-16.5, -10.0), (-8.5, -9.2), (-1.5, -8.9), (5.5, -9.9), (13.0, -10.2), (25, -7.5))
OUTLINE = (
    (-1, 16.2), (4.5, 15.2), (9.5, 16.6), (14.5, 14.0), (19.5, 13.2), (20.5, 8.0), (19.0, 3.2), (21.5, -1.8), (19.6, -7.2), (16.0, -12.2),
    (10.5, -13.6), (5.0, -16.4), (-0.5, -14.6), (-6.5, -15.8), (-12.0, -13.4), (-17.5, -12.6), (-20.2, -7.2), (-18.8, -1.6),
    (-21.4, 3.6), (-19.2, 9.0), (-14.6, 13.8), (-8.2, 14.0),
)  # fmt: skip
LAKES = (("Ahrensee", (10.9, 8.6), 1500, 1.9), ("Moorsee", (-13.2, -1.6), 480, 1.5))
FORESTS = (
    ("Hohenmarker Forst", (-1.0, 6.6), 2600, 1.6), ("Uhlenwald", (-16.3, 4.2), 1900, 1.5), ("Eichhagener Holz", (14.8, 1.6), 2300, 1.4),
    ("Südheide", (-9.3, -12.3), 2300, 1.9), ("Kranzbecker Wald", (8.8, -6.6), 1500, 1.5), ("Seewald", (15.6, 11.3), 1300, 1.6),
    ("Nordhalder Busch", (-4.8, 12.6), 1200, 1.7), ("Vennwald", (-17.0, 10.4), 1300, 1.4), ("Tannrodaer Berge", (17.6, -10.0), 1500, 1.6),
    ("Ellerholz", (-1.6, -11.6), 1250, 1.5), ("Harlinger Tann", (-8.6, 5.9), 900, 1.8), ("Lenzauer Höhe", (5.6, -0.2), 1100, 1.6), ("Grünstätter Holz", (7.0, 13.2), 1300, 1.8), ("Bruch an der Lenze", (3.6, -13.3), 900, 1.8),
)  # fmt: skip


@dataclass(frozen=True)
class Municipality:
    """A municipality before it has borders; ``share`` as in :class:`data.generator.plan.Plot`."""

    name: str
    district: str
    x: float
    y: float
    residents: int
    share: float
    villages: int
    growth: float


_PLAN = """
Hohenmark   Mitte       -5.0  -1.9 58214 11.2  7  0.003
Brückstedt  Ost         11.3  -4.2 51377 13.6  6  0.002
Ellernfeld  Mitte        1.8  -4.6 18132  7.2  7  0.004
Wiedenrode  West       -14.6  -6.6 16833  6.8  8  0.002
Kranzbeck   Ost          5.9  -8.4 14190  6.1  6  0.005
Osterwehr   Ost         16.6  -2.6 12655  8.4  7  0.000
Seeburgen   Seewinkel    9.6   6.2 11418  4.6  6  0.004
Harlingsen  West       -12.2   3.4 10296  5.2  8  0.001
Tannroda    Ost         14.4  -8.9  9524  6.3  6  0.000
Mooshorst   West        -8.6  -7.8  8817  5.0  6  0.006
Lenzau      Mitte        1.6   1.4  8105  4.2  5  0.003
Uhlenbrock  West       -15.8   0.2  7593  4.8  6  0.000
Nordhalde   Seewinkel   -6.0   9.6  7036  3.4  7  0.001
Vennhusen   West       -12.6  10.2  6421  4.4  6 -0.002
Talheide    Mitte       -5.6 -12.6  5904  3.9  6  0.002
Eichhagen   Seewinkel   15.2   5.0  5268  3.6  6 -0.001
Grünstätten Seewinkel    3.2  11.2  4573  2.8  6 -0.001
Rethfelde   Seewinkel   15.6  10.2  3644  3.1  5 -0.003
"""
GROUPS = {
    "Mitte": "Verwaltungsgemeinschaft Hohenmark",
    "Ost": "Verwaltungsgemeinschaft Brückstedt",
    "West": "Amt Wiedenrode-Moor",
    "Seewinkel": "Amt Seewinkel",
}
PATHS = {
    "Tannroda": (1.35, 1.32, 1.28, 1.22, 1.14, 1.06, 1.02, 0.96, 0.93, 0.89, 0.86, 0.83),
    "Osterwehr": (0.82, 0.84, 0.86, 0.9, 0.93, 0.98, 1.03, 1.06, 1.1, 1.14, 1.19, 1.22),
}
_FIRST = ("Alt", "Neu", "Klein", "Groß", "Ober", "Nieder", "Hinter", "Vor")
_STEMS = (
    "Buchen",
    "Eschen",
    "Erlen",
    "Birken",
    "Moor",
    "Heid",
    "Stein",
    "Sand",
    "Wald",
    "Wiesen",
    "Rohr",
    "Linden",
    "Hasel",
    "Dorn",
    "Mühl",
    "Kirch",
    "Hof",
    "Brook",
    "Feld",
    "Kamp",
    "Ried",
)
_ENDS = ("dorf", "hausen", "rode", "au", "horst", "beck", "feld", "stedt", "wede", "loh", "hagen", "brück")

RURAL_HOSTS = (
    HostKind("Rathaus {q}", "{town}", (1, 3), 0.85, (1, 4), (1400, 2600), "Zimmer im Erdgeschoss, Empfang besetzt"),
    HostKind(
        "Familienzentrum {q}",
        "Familienwerk Lenzeland e. V.",
        (1, 3),
        0.85,
        (1, 4),
        (2000, 3300),
        "Beratungsraum neben dem Elterncafé",
    ),
    HostKind("Gemeindehaus {saint} {q}", "Kirchengemeinde {q}", (1, 2), 0.6, (1, 3), (1100, 2100), "Saal teilbar"),
    HostKind(
        "Dorfgemeinschaftshaus {q}",
        "Heimatverein {q} e. V.",
        (1, 2),
        0.65,
        (1, 2),
        (800, 1700),
        "Heizung nach Anmeldung",
    ),
    HostKind("Bücherei {q}", "{town}", (1, 2), 0.8, (1, 3), (1200, 2200), "Nur außerhalb der Öffnungszeiten"),
    HostKind("Schule {q}", "Schulverband Lenzeland", (1, 2), 0.7, (1, 2), (800, 1600), "Nachmittags ab 14 Uhr"),
)


def _municipality(line: str) -> Municipality:
    name, district, x, y, residents, share, villages, growth = line.split()
    return Municipality(
        name, GROUPS[district], float(x), float(y), int(residents), float(share), int(villages), float(growth)
    )


MUNICIPALITIES = tuple(_municipality(line) for line in _PLAN.strip().splitlines())


def village_names(rng: np.random.Generator) -> Iterator[str]:
    """Yield invented names of villages, none of them twice."""
    names = [stem + end for stem in _STEMS for end in _ENDS if stem.lower() != end]
    for index in rng.permutation(len(names)):
        first = rng.choice(_FIRST) + " " if rng.random() < 0.15 else ""
        yield first + names[index]
