"""Disclosure control on regions of several sizes: seconds, memory, and the price beside the proven minimum.

``python -m benchmarks.disclosure`` prints a markdown table; ``--write`` keeps it in ``RESULTS_disclosure.md``. Every
row is a process of its own. The ratio is to reading the same statistics from disk and adding them up by district, in
the same process.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.region.disclosure import DisclosureRule, disclose
from geo.region.schema import STANDARD_MEASURES

ROOT = Path(__file__).resolve().parents[1]
RESULTS = Path(__file__).with_name("RESULTS_disclosure.md")
KEYS = ("recipients", "employable", "children", "units", "single_parent_units", "residents")
CASES: tuple[tuple[int, int, int | None, float], ...] = (
    (94, 12, 12, 5.0),
    (94, 12, None, 5.0),
    (600, 12, 50, 10.0),
    (600, 12, None, 10.0),
    (11_000, 1, 28, 20.0),
    (11_000, 1, None, 20.0),
    (11_000, 12, 28, 180.0),
    (11_000, 12, None, 180.0),
)
"""Quarters, dates, quarters in a district (None: no districts), seconds wanted."""


def made_up(quarters: int, dates: int, district_size: int | None) -> tuple[pd.DataFrame, gpd.GeoDataFrame]:
    """Return statistics with many small numbers and quarters in districts."""
    rng = np.random.default_rng(7)
    names = np.array([f"q{number:05d}" for number in range(quarters)])
    residents = rng.lognormal(7.6, 0.8, quarters).astype(int) + 50
    share = rng.beta(1.2, 12, quarters)
    frames = []
    for year in range(dates):
        recipients = rng.binomial(residents, share)
        employable = rng.binomial(recipients, 0.7)
        units = np.ceil(employable * 0.75).astype(int)
        values = {
            "residents": residents,
            "recipients": recipients,
            "employable": employable,
            "children": rng.binomial(recipients - employable, 0.85),
            "units": units,
            "single_parent_units": rng.binomial(units, 0.2),
        }
        frames += [
            pd.DataFrame(
                {
                    "quarter_id": names,
                    "date": f"{2010 + year}-12-31",
                    "measure": key,
                    "value": values[key].astype(float),
                }
            )
            for key in KEYS
        ]
    statistics = pd.concat(frames, ignore_index=True)
    statistics["state"] = np.where(statistics["value"] == 0, "true_zero", "value")
    district = ["" if district_size is None else f"d{number // district_size}" for number in range(quarters)]
    places = gpd.GeoDataFrame({"name": names, "district": district}, index=pd.Index(names, name="quarter_id"))
    return statistics, places


def measured(quarters: int, dates: int, district_size: int | None) -> dict[str, Any]:
    """Return seconds, memory and price of one case, measured in this process."""
    statistics, places = made_up(quarters, dates, district_size)
    measures = tuple(measure for measure in STANDARD_MEASURES if measure.key in KEYS)
    peer = _peer(statistics, places)
    start = time.perf_counter(), time.process_time()
    done = disclose(statistics, places, measures, DisclosureRule())
    wall, spent = time.perf_counter() - start[0], time.process_time() - start[1]
    hidden = int((done.statistics["state"] == "suppressed").sum())
    return {
        "wall": wall,
        "cpu": spent,
        "peer": peer,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "hidden": hidden,
        "lines": int((statistics["measure"] != "residents").sum()),
        "cost": done.cost,
        "bound": done.bound,
    }


def _peer(statistics: pd.DataFrame, places: gpd.GeoDataFrame) -> float:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "statistics.csv"
        statistics.to_csv(path, index=False)
        start = time.perf_counter()
        read = pd.read_csv(path)
        read["district"] = read["quarter_id"].map(places["district"])
        read.groupby(["district", "date", "measure"])["value"].sum()
        return time.perf_counter() - start


def main() -> int:
    """Measure every case in a process of its own; print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.disclosure", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"keep the table in {RESULTS.name}")
    parser.add_argument("--case", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.case is not None:
        print(json.dumps(measured(*CASES[arguments.case][:3])))
        return 0
    text = _table()
    print(text)
    if arguments.write:
        RESULTS.write_text(text, encoding="utf-8")
    return 0


def _table() -> str:
    lines = [
        "# Disclosure control, measured",
        "",
        f"`python -m benchmarks.disclosure --write`, Python {platform.python_version()}, {os.cpu_count()} cores shared "
        f"with other work (load {os.getloadavg()[0]:.1f}; compare CPU seconds).",
        "",
        "| quarters × dates × measures | districts of | wanted s | wall s | CPU s | times the peer | MB | withheld | "
        "of all | price / proven minimum |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for number, (quarters, dates, size, wanted) in enumerate(CASES):
        run = subprocess.run(
            [sys.executable, "-m", "benchmarks.disclosure", "--case", str(number)],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if run.returncode:
            lines.append(f"| {quarters:,} × {dates} × 6 | {size or '–'} | {wanted:g} | failed | | | | | | |")
            continue
        told = json.loads(run.stdout.splitlines()[-1])
        ratio = f"{told['cost'] / told['bound']:.3f}" if told["bound"] > 0 else "not proven"
        lines.append(
            f"| {quarters:,} × {dates} × 6 | {size or '–'} | {wanted:g} | {told['wall']:.1f} | {told['cpu']:.1f} | "
            f"{told['wall'] / told['peer']:.0f} | {told['megabytes']:.0f} | {told['hidden']:,} | "
            f"{told['hidden'] / told['lines']:.1%} | {ratio} |"
        )
    lines += [
        "",
        "The peer reads the same statistics from a CSV file and adds them up by district, date and measure.",
        "Price is people expected by public figures in the counts withheld for others' sake; the proven minimum is the "
        "bound of the integer programmes of all blocks that were solved as a whole.",
        "Published limits of others: sdcTable's exact procedure is meant for tables up to some thousand cells; "
        "GaussSuppression works on one table at a time and leaves linked tables and dates to its user.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
