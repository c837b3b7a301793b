"""Options of the command line that ask a question about a region, shared by the commands that take one."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from geo.defaults import (
    BUDGET_EUR,
    NEW_OFFICES,
    SERVICE_RADIUS_MINUTES,
    SHARE_PERCENT,
    VISITS_PER_YEAR,
    WalkAssumptions,
)

if TYPE_CHECKING:
    from geo.siting.ask import Question, WayFiles
    from geo.siting.costs import CostPlan

MODES = ("walk", "wheelchair", "line", "table", "transit")
PRESETS = ("mornings", "days", "branch")


class _Objectives:
    """Keys of all objectives, imported only when an option is read or its help is shown."""

    def __iter__(self) -> Iterator[str]:
        from geo.siting import OBJECTIVES

        return iter(OBJECTIVES)


def add_question(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what is asked."""
    parser.add_argument(
        "--new", type=whole, default=NEW_OFFICES, metavar="N", help="number of new offices (default %(default)s)"
    )
    parser.add_argument(
        "--question",
        choices=_Objectives(),
        metavar="OBJECTIVE",
        help="what is asked: %(choices)s (default coverage; budget where --budget is given)",
    )
    parser.add_argument(
        "--share",
        type=above_zero,
        default=SHARE_PERCENT,
        metavar="PCT",
        help="cover-all: percent (default %(default)g)",
    )
    parser.add_argument(
        "--budget", type=from_zero, metavar="EUR", help=f"budget: euro in a year (default {BUDGET_EUR:.0f})"
    )
    parser.add_argument(
        "--visits",
        type=above_zero,
        default=VISITS_PER_YEAR,
        help="capacity: appointments per person and year (default %(default)g)",
    )
    parser.add_argument(
        "--minutes",
        type=above_zero,
        default=SERVICE_RADIUS_MINUTES,
        metavar="T",
        help="longest way (default %(default)g)",
    )
    parser.add_argument("--measure", default="recipients", help="who counts (default recipients)")
    parser.add_argument("--date", help="reporting date, e.g. 2025-12-31 (default: the latest)")
    parser.add_argument(
        "--candidates", choices=("hosts", "quarters", "grid"), default="hosts", help="where offices may go"
    )
    parser.add_argument(
        "--spacing", type=above_zero, metavar="M", help="metres between points of a grid (default 500); implies grid"
    )
    parser.add_argument(
        "--minimum-share", type=from_zero, default=0.0, metavar="PCT", help="percent to reach in every area at least"
    )
    parser.add_argument(
        "--minimum-of", choices=("district", "lasting"), help="areas: districts, or quarters with lasting need"
    )
    parser.add_argument("--service", default="", metavar="KEY", help="only offices with this service count as today's")
    parser.add_argument("--force", action="append", default=[], metavar="ID", help="a site that must be chosen")
    parser.add_argument("--forbid", action="append", default=[], metavar="ID", help="a site that must not be chosen")
    parser.add_argument("--close", action="append", default=[], metavar="ID", help="an office of today that closes")
    parser.add_argument(
        "--mode", choices=MODES, help="how people travel (default: walk on streets where the region has any, else line)"
    )
    parser.add_argument(
        "--speed",
        type=above_zero,
        default=WalkAssumptions().speed_metres_per_second,
        metavar="M/S",
        help="walking speed (default %(default)g)",
    )
    parser.add_argument(
        "--detour",
        type=above_zero,
        default=WalkAssumptions().detour_factor,
        help="detour factor of the straight line (default %(default)g)",
    )


def add_ways(parser: argparse.ArgumentParser) -> None:
    """Add the options that name files ways are read from."""
    parser.add_argument("--streets", type=Path, metavar="OSM", help="street extract (default: the region's own)")
    parser.add_argument("--table", type=Path, metavar="CSV", help="minutes for --mode table: from, to, minutes")
    parser.add_argument("--gtfs", type=Path, metavar="PATH", help="timetable for --mode transit, folder or zip")
    parser.add_argument("--day", metavar="DATE", help="day of the timetable, e.g. 2026-03-17 (default: a usual one)")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="folder in which read streets are kept")


def add_running(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how new offices are run."""
    parser.add_argument(
        "--run", choices=PRESETS, dest="preset", help="how new offices are run: two mornings, three days, a branch"
    )
    parser.add_argument("--hours", type=above_zero, metavar="H", help="opening hours of a new office in a week")
    parser.add_argument("--staff", type=from_zero, metavar="N", help="staff present at once")


def question_of(args: argparse.Namespace) -> Question:
    """Return the question that the options of :func:`add_question` ask."""
    from geo.siting.ask import Question, grid_kind

    return Question(
        measure=args.measure,
        date=args.date,
        minutes=args.minutes,
        new=args.new,
        candidates=args.candidates if args.spacing is None else grid_kind(args.spacing),
        forced=tuple(args.force),
        forbidden=tuple(args.forbid),
        closed=tuple(args.close),
        objective=args.question or ("coverage" if args.budget is None else "budget"),
        share=args.share,
        budget_eur=BUDGET_EUR if args.budget is None else args.budget,
        visits_per_year=args.visits,
        minimum_share=args.minimum_share,
        minimum_of=args.minimum_of or ("district" if args.minimum_share else ""),
        service=args.service,
        mode=args.mode,
        assumptions=WalkAssumptions(speed_metres_per_second=args.speed, detour_factor=args.detour),
    )


def files_of(args: argparse.Namespace) -> WayFiles:
    """Return the files that the options of :func:`add_ways` name."""
    from geo.siting.ask import WayFiles

    return WayFiles(streets=args.streets, table=args.table, timetable=args.gtfs, day=args.day, cache=args.cache)


def running_of(args: argparse.Namespace) -> CostPlan:
    """Return how new offices are run after the options of :func:`add_running`."""
    from dataclasses import replace

    from geo.siting.costs import PRESETS as PLANS
    from geo.siting.costs import CostPlan

    plan = PLANS[args.preset] if args.preset else CostPlan()
    wished = {"hours_per_week": args.hours, "staff_at_once": args.staff}
    return replace(plan, **{name: value for name, value in wished.items() if value is not None})


def whole(text: str) -> int:
    """Return a whole number from 0."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 0")
    return int(text)


def above_zero(text: str) -> float:
    """Return a number above zero; a comma is a decimal point."""
    number = _number(text)
    if not (math.isfinite(number) and number > 0):
        raise argparse.ArgumentTypeError(f"{text} is not a number above zero")
    return number


def from_zero(text: str) -> float:
    """Return an amount from zero; a comma is a decimal point."""
    number = _number(text)
    if not (math.isfinite(number) and number >= 0):
        raise argparse.ArgumentTypeError(f"{text} is not an amount from zero")
    return number


def _number(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return math.nan
