"""How ways were measured, as text."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from geo.defaults import WalkAssumptions
from geo.reach import TravelTimes
from geo.text import Texts, finding_sentence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geo.findings import Finding


def mode_label(t: Texts, mode: str) -> str:
    """Return the name of a way of travelling."""
    return t(f"siting.mode_{mode}")


def zone_reason(t: Texts, reason: str) -> str:
    """Return why no office may go into a zone: the name of a known reason, else the text as it is."""
    return t(f"zone.reason.{reason}") if t.has(f"zone.reason.{reason}") else reason


def ways_short(t: Texts, mode: str, times: TravelTimes) -> str:
    """Return how ways were measured in a few words, for the source of a figure."""
    speed = t.number(times.speed_metres_per_second, 1) if math.isfinite(times.speed_metres_per_second) else ""
    if mode == "line":
        return t("siting.ways_line", detour=t.number(times.detour_factor, 1), speed=speed)
    if mode in ("walk", "wheelchair"):
        return t(f"siting.ways_{mode}", speed=speed)
    return t(f"siting.ways_{mode}", source=times.source)


def ways_sentence(t: Texts, mode: str, times: TravelTimes, minutes: float) -> str:
    """Return how ways were measured and what that means in metres, for the list of assumptions."""
    said = {"source": times.source, "minutes": t.shortest(minutes)}
    speed = times.speed_metres_per_second
    if mode == "line":
        walk = WalkAssumptions(speed, times.detour_factor)
        return t(
            "siting.assumption_line",
            detour=t.number(times.detour_factor, 1),
            speed=t.number(speed, 1),
            minutes=said["minutes"],
            metres=t.number(walk.straight_line_metres(minutes)),
        )
    if mode in ("walk", "wheelchair"):
        metres = t.number(minutes * 60 * speed)
        return t(f"siting.assumption_{mode}", **said, speed=t.number(speed, 1), metres=metres)
    if mode == "transit":
        window, _, every = times.window.partition("/")
        return t("siting.assumption_transit", **said, day=t.date(times.day), window=window, every=every)
    return t("siting.assumption_table", **said)


def ways_findings(t: Texts, findings: Iterable[Finding]) -> tuple[str, ...]:
    """Return what was remarkable about ways, one sentence each."""
    told = []
    for finding in findings:
        place, sentence, _ = finding_sentence(t, finding)
        told.append(f"{place} {sentence}".strip() if finding.quarter else sentence)
    return tuple(dict.fromkeys(told))
