"""``python -m geo audit``: what anybody can work out of a region's withheld counts."""

from __future__ import annotations

import argparse
import csv
import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo.commands.console import add_language, print_text, tell_findings, tell_unwritten, write_whole
from geo.errors import DataError
from geo.shipped import shipped

if TYPE_CHECKING:
    import pandas as pd

    from geo.region.disclosure import Disclosed
    from geo.region.model import Region

HOLDS, BROKEN, MISUSED = 0, 1, 2
MOST_TOTALS = 1_000_000


def register(subparsers: Any) -> None:
    """Add the command ``audit``."""
    parser = subparsers.add_parser(
        "audit",
        help="say what follows of each withheld count",
        description=(
            "Play the attacker: for each withheld count the interval that follows from what is published, the "
            "narrowest first. Of a recipe (.toml) the totals of its tables are known as well. Exit status 1 if an "
            "interval is narrower than the region's rule allows."
        ),
    )
    parser.add_argument(
        "region", type=shipped, metavar="REGION", help="folder or .zip of a region, or a recipe (.toml)"
    )
    parser.add_argument(
        "--with", dest="packages", type=Path, nargs="+", default=[], metavar="PACKAGE",
        help="other packages of the place that were published",
    )  # fmt: skip
    parser.add_argument(
        "--totals", type=Path, metavar="TABLE.csv", help="public totals: columns group, date, measure, value"
    )
    parser.add_argument("--rows", type=int, default=20, metavar="N", help="how many intervals are printed (default 20)")
    parser.add_argument("--pdf", type=Path, metavar="FILE", help="write one page for the data protection officer")
    parser.add_argument("--json", action="store_true", help="print one JSON object with all intervals")
    add_language(parser)
    parser.set_defaults(run=run_audit)


def run_audit(args: argparse.Namespace) -> int:
    """Audit a region; return the exit status."""
    from geo.output.values import audit_as_dict, audit_lines
    from geo.region.disclosure import Release, audit
    from geo.region.package import load_region
    from geo.temporary import own_folder
    from geo.text import texts

    t = texts(args.lang)
    try:
        with own_folder("audit") as work:
            region, disclosed = _region(args.region, args.packages, work)
            others = [load_region(path) for path in args.packages]
            found = audit(
                region.statistics,
                region.quarters,
                region.measures,
                region.disclosure,
                groupings=region.groupings,
                totals=_totals(args.totals, disclosed),
                packages=[Release(one.statistics, one.measures, one.quarters) for one in others],
            )
    except DataError as fault:
        tell_findings(t, fault.findings)
        return BROKEN
    price = None if disclosed is None else (disclosed.cost, disclosed.bound)
    if args.json:
        print_text(json.dumps(audit_as_dict(region, found, price), ensure_ascii=False, indent=1))
    else:
        print_text("\n".join(audit_lines(t, region, found, price, rows=max(args.rows, 0))))
    if args.pdf is not None:
        from geo.output.report import audit_pdf

        try:
            write_whole(args.pdf, audit_pdf(t, region, found, price))
        except OSError as fault:
            tell_unwritten(t, args.pdf, fault)
            return BROKEN
    return HOLDS if found.holds else BROKEN


def _region(path: Path, packages: list[Path], work: Path) -> tuple[Region, Disclosed | None]:
    """Return a region from a package, or from a recipe with what an audit has to know."""
    if path.suffix.lower() != ".toml":
        from geo.region.package import load_region

        return load_region(path), None
    from geo.bounded import call_bounded
    from geo.defaults import TRAVEL_BOUNDS
    from geo.region.recipes import read_recipe
    from geo.region.renewal import build_recipe

    recipe = read_recipe(path)
    build = partial(build_recipe, recipe, path.parent, work=work, releases=packages, for_audit=True)
    result = call_bounded(build, reads=[path.parent, *packages], folders=[work], bounds=TRAVEL_BOUNDS)
    if result.region is None:
        raise DataError(result.findings)
    return result.region, result.disclosed


def _totals(path: Path | None, disclosed: Disclosed | None) -> pd.DataFrame | None:
    """Return the totals somebody gave, and those of the tables."""
    import pandas as pd

    frames = [] if disclosed is None else [disclosed.totals]
    if path is not None:
        frames.append(_read_totals(path))
    return pd.concat(frames, ignore_index=True) if frames else None


def _read_totals(path: Path) -> pd.DataFrame:
    """Return a table of totals; ``DataError`` if it cannot be read as one."""
    import pandas as pd

    from geo.findings import error
    from geo.region.disclosure import TOTAL_COLUMNS

    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            if not set(TOTAL_COLUMNS) <= set(reader.fieldnames or ()):
                raise ValueError(path)
            lines = [
                {name: line[name] for name in TOTAL_COLUMNS}
                for line, _ in zip(reader, range(MOST_TOTALS), strict=False)
            ]
        table = pd.DataFrame(lines, columns=list(TOTAL_COLUMNS))
        return table.assign(value=pd.to_numeric(table["value"]), group=table["group"].fillna(""))
    except (OSError, UnicodeDecodeError, ValueError, csv.Error):
        columns = ", ".join(TOTAL_COLUMNS)
        raise DataError((error("audit_totals_unreadable", file=path.name, columns=columns),)) from None
