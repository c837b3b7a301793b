"""Who may walk where: OpenStreetMap tags to "on foot, yes or no".

The rules follow the access defaults for Germany in the OpenStreetMap wiki and German law: on carriageways without
a pavement people walk at the edge (section 25 StVO), cycleways without a word on walking are for
cycles only (sign 237), field and forest tracks are open on foot whatever a sign says to vehicles.
Tags on walking outweigh tags on access in general, which outweigh the default of the kind of way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OPEN_BY_DEFAULT = _words(
    "footway path pedestrian steps living_street residential service unclassified road track corridor platform "
    "tertiary tertiary_link secondary secondary_link primary primary_link elevator crossing"
)
_ONLY_IF_ALLOWED = _words("cycleway bridleway busway bus_guideway trunk trunk_link motorway motorway_link")
_OPEN_LAND = _words("track path footway bridleway")
_FOOT_YES = _words("yes designated permissive destination official discouraged customers public permit")
_FOOT_NO = _words("no private use_sidepath restricted military")
_ACCESS_NO = _words("no private military emergency employees residents")
_FOR_SOME_VEHICLES = _words("agricultural forestry delivery")
_SIDEWALK_YES = _words("both left right yes")
_FERRY_METRES_PER_SECOND = 3.0
_WALLS = _words("wall fence hedge retaining_wall city_wall ditch guard_rail cable_barrier debris handrail")
_LOCKABLE = _words(
    "gate wicket_gate sliding_gate sliding_beam door entrance kissing_gate hampshire_gate turnstile sally_port yes "
    "full-height_turnstile border_control swing_gate bump_gate"
)
_NO_WHEELS = _words(
    "stile turnstile full-height_turnstile kissing_gate cattle_grid cycle_barrier motorcycle_barrier log step"
)


@dataclass(frozen=True)
class FootWay:
    """What walking along a way is like.

    Parameters
    ----------
    is_steps
        Whether it is a stair.
    is_wheelable
        Whether somebody in a wheelchair can pass, as far as the tags tell.
    direction
        0 both ways, 1 only in the direction of its nodes, -1 only against it.
    ferry_seconds
        Crossing time from the tag ``duration``, 0 where a ferry has none; None on land.
    """

    is_steps: bool = False
    is_wheelable: bool = True
    direction: int = 0
    ferry_seconds: float | None = None


def foot_way(tags: Mapping[str, str], *, ferries: bool = False) -> FootWay | None:
    """Return what walking along a way is like, or None where nobody may walk.

    Parameters
    ----------
    ferries
        Whether ferries that take pedestrians count as ways.
    """
    if tags.get("route") == "ferry":
        return _ferry(tags) if ferries else None
    kind = tags.get("highway", "platform" if tags.get("railway") == "platform" else "")
    if not _is_open(kind, tags):
        return None
    is_steps = kind == "steps"
    wheelchair = tags.get("wheelchair") or tags.get("ramp:wheelchair")
    return FootWay(
        is_steps=is_steps,
        is_wheelable=wheelchair in ("yes", "limited", "designated") if is_steps else wheelchair != "no",
        direction=_direction(tags),
    )


def blocks_on_foot(tags: Mapping[str, str]) -> bool:
    """Tell whether a node with a barrier stops people on foot.

    A gate does if walking is forbidden, if access is private or forbidden, or if it is locked; a bollard or a
    lifting gate with ``access=no`` stops cars and lets people pass beside it.
    """
    barrier = tags.get("barrier", "")
    foot = tags.get("foot")
    if foot in _FOOT_YES:
        return False
    if foot in _FOOT_NO or barrier in _WALLS:
        return True
    return barrier in _LOCKABLE and (tags.get("access") in _ACCESS_NO or tags.get("locked") == "yes")


def blocks_wheels(tags: Mapping[str, str]) -> bool:
    """Tell whether a node with a barrier stops a wheelchair."""
    wheelchair = tags.get("wheelchair")
    return wheelchair == "no" or (tags.get("barrier") in _NO_WHEELS and wheelchair not in ("yes", "limited"))


def ferry_metres(way: FootWay, metres: float, speed_metres_per_second: float) -> float:
    """Return the metres on foot that take as long as a ferry crossing, waiting left out.

    Parameters
    ----------
    way
        A way with ``ferry_seconds``; 0 stands for a crossing at 3 metres per second.
    """
    seconds = way.ferry_seconds or metres / _FERRY_METRES_PER_SECOND
    return seconds * speed_metres_per_second


def _is_open(kind: str, tags: Mapping[str, str]) -> bool:
    if kind not in _OPEN_BY_DEFAULT and kind not in _ONLY_IF_ALLOWED:
        return False
    foot = tags.get("foot")
    if foot in _FOOT_YES or foot in _FOOT_NO:
        return foot in _FOOT_YES
    access = tags.get("access")
    if access in _ACCESS_NO or (access in _FOR_SOME_VEHICLES and kind not in _OPEN_LAND):
        return False
    return access in _FOR_SOME_VEHICLES or _is_open_by_kind(kind, tags)


def _is_open_by_kind(kind: str, tags: Mapping[str, str]) -> bool:
    if tags.get("motorroad") == "yes" or kind.startswith(("motorway", "bus", "bridleway")):
        return False
    if kind in _ONLY_IF_ALLOWED:
        return _has_sidewalk(tags) or (kind == "cycleway" and tags.get("segregated") == "yes")
    return True


def _has_sidewalk(tags: Mapping[str, str]) -> bool:
    sides = (tags.get(f"sidewalk:{side}") for side in ("both", "left", "right"))
    return tags.get("sidewalk") in _SIDEWALK_YES or "yes" in sides


def _direction(tags: Mapping[str, str]) -> int:
    if tags.get("conveying") in ("forward", "backward"):
        return 1 if tags["conveying"] == "forward" else -1
    return {"yes": 1, "1": 1, "-1": -1}.get(tags.get("oneway:foot", tags.get("foot:oneway", "")), 0)


def _ferry(tags: Mapping[str, str]) -> FootWay | None:
    if tags.get("foot") in _FOOT_NO or tags.get("access") in _ACCESS_NO:
        return None
    return FootWay(ferry_seconds=_duration_seconds(tags.get("duration", "")))


def _duration_seconds(text: str) -> float:
    """Return the seconds of ``HH:MM`` or minutes; 0 where the text is neither."""
    parts = text.strip().split(":")
    if not all(part.isdecimal() and len(part) <= 4 for part in parts) or len(parts) > 3:
        return 0.0
    numbers = [int(part) for part in parts]
    if len(numbers) == 1:
        return numbers[0] * 60.0
    return sum(number * unit for number, unit in zip(numbers, (3600.0, 60.0, 1.0), strict=False))
