"""Defaults of policy: what a question asks where nobody says otherwise, and how much a file may hold.

Nothing here is read from the environment and nothing is changed at run time: a caller who wants
another value passes another object.
"""

from __future__ import annotations

from dataclasses import dataclass

SERVICE_RADIUS_MINUTES = 15.0
"""How long the way to an office may be."""
NEW_OFFICES = 3
"""How many new offices are asked for."""
SHARE_PERCENT = 80.0
"""Share of the people to be reached by as few offices as possible."""
BUDGET_EUR = 50_000.0
"""Euro in a year for all new offices."""
VISITS_PER_YEAR = 6.0
"""Appointments a person needs in a year."""
SEARCH_SECONDS = 60.0
"""How long a search may go on where nobody waits at a screen."""


@dataclass(frozen=True)
class ReadLimits:
    """How much a file may hold before it is refused, so that no upload brings the server down.

    Units: bytes, counts. The defaults let through every official file met so far (largest: 18 MB of
    boundaries) with a wide margin.
    """

    file_bytes: int = 100 * 1024**2
    unpacked_bytes: int = 400 * 1024**2
    unpacked_ratio: int = 200
    archive_members: int = 2_000
    table_rows: int = 300_000
    table_columns: int = 1_000
    polygons: int = 20_000
    vertices: int = 3_000_000


@dataclass(frozen=True)
class ReadBounds:
    """What a process may use that reads a stranger's file (:mod:`geo.bounded`).

    Units: seconds, mebibytes beyond the libraries it has loaded, bytes it may write or answer. The largest official set
    met so far (the districts of a Land with three years) takes 6 s and 400 MB.
    """

    wall_seconds: float = 120.0
    cpu_seconds: int = 60
    megabytes: int = 1_500
    written_bytes: int = 1024**3
    niceness: int = 10


TRAVEL_BOUNDS = ReadBounds(wall_seconds=240.0, cpu_seconds=180, megabytes=3_000)
"""The same for streets, timetables and tables of minutes, which are larger than all else."""
READERS_AT_ONCE = 2
"""How many processes read strangers' files at the same time."""
READER_PATIENCE_SECONDS = 90.0
"""How long a file waits for one of them."""


@dataclass(frozen=True)
class WalkAssumptions:
    """How people are taken to walk where no streets are used.

    ``speed_metres_per_second``: 1.1 is below the 1.2-1.3 usual for adults, since older people and
    parents with prams walk at 0.8-1.0. ``detour_factor``: way on foot divided by straight line, 1.3 the
    usual placeholder between the 1.2 and 1.4 found in practice.
    """

    speed_metres_per_second: float = 1.1
    detour_factor: float = 1.3

    def straight_line_metres(self, minutes: float) -> float:
        """Return the straight-line distance walked in ``minutes``, in metres."""
        return minutes * 60.0 * self.speed_metres_per_second / self.detour_factor
