"""Writes the demo regions: ``python -m data.generator [musterstadt] [musterkreis] [--out DIR]``."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from data.generator.city import make_city
from data.generator.district import make_district
from geo.region.package import write_region

SEED = 20260101
MAKERS = {"musterstadt": make_city, "musterkreis": make_district}


def main() -> None:
    """Make the regions that were asked for, all by default."""
    parser = argparse.ArgumentParser(prog="python -m data.generator", description="Make the fictional demo regions.")
    parser.add_argument("regions", nargs="*", metavar="REGION", help=f"one of {', '.join(MAKERS)}; all by default")
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).parents[1], help="folder that takes the regions (default: data)"
    )
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.regions) - set(MAKERS))
    if unknown:
        parser.error(f"unknown region {', '.join(unknown)}")
    for name in arguments.regions or list(MAKERS):
        with tempfile.TemporaryDirectory() as scratch:
            region = MAKERS[name](SEED, Path(scratch))
            write_region(region, arguments.out / name)
        print(f"{name}: {len(region.quarters)} quarters, {len(region.dates)} dates, fingerprint {region.fingerprint}")


if __name__ == "__main__":
    main()
