"""``python -m geo travel``: how long the ways are, written as a table.

The table has the columns ``from``, ``to``, ``minutes``. ``to`` is the key of a site, ``from`` that of a quarter, whose
minutes are the median over its residents; with ``--from points`` it is a population cell as
``<quarter>/<x>_<y>``. Pairs beyond the limit are not in the table. Beside it stands a file of the same name ending in
``.json`` with mode, speed, window and source. :func:`geo.reach.read_travel_table` reads the table again.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo.commands.console import add_language, print_text, tell_findings
from geo.commands.question_options import above_zero
from geo.errors import ContractError, DataError
from geo.shipped import shipped

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from geo.reach import TravelModel, TravelResult
    from geo.region.model import Region
    from geo.text import Texts


def register(subparsers: Any) -> None:
    """Add the command ``travel`` to the command line."""
    parser = subparsers.add_parser(
        "travel",
        help="how long the ways to sites are",
        description="Write travel times from quarters (or population cells) to sites as a CSV file: from, to, minutes.",
    )
    parser.add_argument("region", type=shipped, metavar="DIR", help="folder or zip of a region")
    parser.add_argument("--out", type=Path, required=True, metavar="CSV", help="file the table is written to")
    parser.add_argument(
        "--mode",
        choices=("line", "walk", "wheelchair", "transit"),
        default="walk",
        help="how people travel (default walk)",
    )
    parser.add_argument("--minutes", type=above_zero, default=60.0, metavar="T", help="longest way kept (default 60)")
    parser.add_argument("--speed", type=above_zero, default=1.1, metavar="M/S", help="walking speed (default 1.1)")
    parser.add_argument("--detour", type=above_zero, default=1.3, help="detour factor without streets (default 1.3)")
    parser.add_argument("--streets", type=Path, metavar="OSM", help="street extract (default: the region's own)")
    parser.add_argument("--gtfs", type=Path, metavar="PATH", help="timetable for transit, folder or zip")
    parser.add_argument("--day", metavar="DATE", help="day of the timetable, e.g. 2026-03-17 (default: a usual one)")
    parser.add_argument("--window", default="08:00-10:00", metavar="FROM-TO", help="departures (default 08:00-10:00)")
    parser.add_argument("--every", type=above_zero, default=10.0, metavar="T", help="minutes between departures")
    parser.add_argument("--percentile", type=above_zero, default=50.0, help="50 the median, 100 the worst departure")
    parser.add_argument("--from", dest="origins", choices=("quarters", "points"), default="quarters", help="rows")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="folder in which read streets are kept")
    add_language(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the table; return the exit status.

    0: written, warnings allowed. 1: the region, the streets or the timetable cannot be used; nothing is written.
    2: the options do not fit together.
    """
    from geo.reach import place_origins, quarter_minutes, travel_times
    from geo.region.package import load_region
    from geo.text import texts

    t = texts(args.lang)
    try:
        model = _model(args)
        region = load_region(args.region)
        origins = place_origins(region)
        site_keys = region.sites.index.astype(str).tolist()
        ways = travel_times(
            region,
            model,
            origins.xy,
            region.sites.get_coordinates().to_numpy(),
            demand_keys=origins.quarter_ids.tolist(),
            site_keys=site_keys,
            cache=args.cache,
        )
    except DataError as fault:
        tell_findings(t, fault.findings)
        return 1
    except ContractError as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    keys, minutes = (
        (origins.keys, ways.times.minutes) if args.origins == "points" else quarter_minutes(ways.times, origins)
    )
    rows = write_times(args.out, [str(key) for key in keys], site_keys, minutes)
    _write_assumptions(args.out.with_suffix(".json"), region, ways, args.origins)
    tell_findings(t, ways.findings)
    mode = t(f"travel.mode.{ways.times.mode}")
    print_text(t("travel.heading", region=region.name, mode=mode, file=str(args.out)))
    print_text("\n".join(_lines(t, ways, rows, len(keys) * len(site_keys))))
    return 0


def write_times(path: Path, from_keys: Sequence[str], to_keys: Sequence[str], minutes: csr_array) -> int:
    """Write ``from,to,minutes`` in order of from, then to, minutes with two decimals; return the number of rows.

    UTF-8, comma as delimiter, point as decimal mark.
    """
    table = minutes.tocsr()
    table.sort_indices()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["from", "to", "minutes"])
        for number, key in enumerate(from_keys):
            span = slice(table.indptr[number], table.indptr[number + 1])
            writer.writerows(
                [key, to_keys[column], f"{value:.2f}"]
                for column, value in zip(table.indices[span].tolist(), table.data[span].tolist(), strict=True)
            )
    return int(table.nnz)


def _write_assumptions(path: Path, region: Region, ways: TravelResult, origins: str) -> None:
    times = ways.times
    told = {
        "region": region.id,
        "fingerprint": region.fingerprint,
        "from": origins,
        "from_minutes": "median over residents" if origins == "quarters" else "point",
        "mode": times.mode,
        "limit_minutes": times.limit_minutes,
        "speed_metres_per_second": times.speed_metres_per_second,
        "detour_factor": times.detour_factor,
        "source": times.source,
        "window": times.window,
        "percentile": times.percentile,
        "day": times.day,
        "findings": [finding.as_dict() for finding in ways.findings],
    }
    path.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="\n")


def _model(args: argparse.Namespace) -> TravelModel:
    import datetime as dt

    from geo.defaults import WalkAssumptions
    from geo.reach import TravelModel
    from geo.reach.transit import TransitAssumptions

    first, mark, last = args.window.partition("-")
    if not mark:
        raise ContractError(f"--window {args.window}: write the first and the last departure as 08:00-10:00")
    return TravelModel(
        mode=args.mode,
        limit_minutes=args.minutes,
        walk=WalkAssumptions(speed_metres_per_second=args.speed, detour_factor=args.detour),
        streets=args.streets,
        timetable=args.gtfs,
        transit=TransitAssumptions(first=first.strip(), last=last.strip(), step_minutes=args.every),
        percentile=args.percentile,
        day=args.day,
        today=dt.datetime.now(tz=dt.UTC).date().isoformat(),
    )


def _lines(t: Texts, ways: TravelResult, rows: int, pairs: int) -> list[str]:
    times = ways.times
    lines = [
        t("travel.rows", rows=t.number(rows), pairs=t.number(pairs), minutes=t.shortest(times.limit_minutes)),
        t("travel.speed", speed=t.number(times.speed_metres_per_second, 1)),
    ]
    if times.detour_factor != 1:
        lines.append(t("travel.detour", detour=t.number(times.detour_factor, 1)))
    if times.window:
        window, every = times.window.split("/", maxsplit=1)
        percentile = t.number(times.percentile or 0)
        lines.append(t("travel.window", day=t.date(times.day), window=window, every=every, percentile=percentile))
    if ways.network is not None or times.window:
        lines.append(t("travel.source", source=times.source))
    return lines
