"""Concentration, clusters, lasting need and status, beside esda's own calls on the same numbers.

``python -m benchmarks.need`` prints a markdown table; ``--write`` keeps it in ``RESULTS_need.md``. Every row is a
process of its own with the region in memory; seconds include importing what is needed, so they are cold ones.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

from geo.region.model import Region

ROOT = Path(__file__).resolve().parents[1]
FILES = ROOT.parent / "shared" / "data"
RESULTS = Path(__file__).with_name("RESULTS_need.md")
PERMUTATIONS = 999
DATES = 5
REPEATS = 3


def berlin() -> Region:
    """Return Berlin's 542 planning areas with five dates of made-up but plausible counts (no counts are published)."""
    import pandas as pd

    from geo.region import STANDARD_MEASURES
    from geo.region.model import assemble_region
    from geo.region.recipes import build_region, read_recipe

    region = build_region(read_recipe(ROOT / "data" / "recipes" / "berlin_mss_2021.toml"), FILES).region
    assert region is not None
    cells = region.values_of("residents", "2020-12-31")["value"].fillna(0)
    rate = region.values_of("mss_children", "2020-12-31")["value"].fillna(20) / 250
    random = np.random.default_rng(1)
    tables = []
    for year in range(2021 - DATES, 2021):
        residents = cells.round().astype(int)
        recipients = random.binomial(residents, np.clip(rate + 0.002 * (2020 - year), 0.001, 0.6))
        children = random.binomial(recipients, 0.3)
        young = np.maximum((residents * 0.15).astype(int), children)
        for measure, numbers in (
            ("residents", residents),
            ("recipients", recipients),
            ("children", children),
            ("residents_under_15", young),
        ):
            tables.append(
                pd.DataFrame(
                    {
                        "quarter_id": region.quarters.index,
                        "date": f"{year}-12-31",
                        "measure": measure,
                        "value": np.asarray(numbers, dtype=float),
                        "state": "value",
                    }
                )
            )
    return assemble_region(
        id="berlin_542",
        name="Berlin",
        is_fictional=True,
        quarters=region.quarters,
        statistics=pd.concat(tables, ignore_index=True),
        measures=STANDARD_MEASURES,
    )


def synthetic(quarters: int) -> Region:
    """Return a made-up region."""
    from benchmarks.synthetic import synthetic_region

    return synthetic_region(quarters, DATES)


CASES: dict[str, tuple[str, Callable[[], Region]]] = {
    "berlin": ("Berlin, 542 quarters × 5 dates", berlin),
    "400": ("synthetic, 400 quarters × 5 dates", lambda: synthetic(400)),
    "11000": ("synthetic, 11,000 quarters × 5 dates", lambda: synthetic(11_000)),
}


def all_measures(region: Region, dates: list[str]) -> dict[str, float]:
    """Return seconds by part: neighbourhood, concentration, clusters, lasting need, status."""
    seconds = {}
    start = time.perf_counter()

    def lap(name: str) -> None:
        nonlocal start
        seconds[name] = time.perf_counter() - start
        start = time.perf_counter()

    import esda.getisord
    import esda.moran

    del esda
    lap("import")
    from geo.need import (
        ClusterRule,
        Component,
        find_clusters,
        find_persistence,
        indicators_of,
        measure_concentration,
        queen_neighbours,
        status_dynamics,
    )

    around = queen_neighbours(region.quarters)
    lap("neighbours")
    share, second = indicators_of(region)[0], indicators_of(region)[1]
    for date in dates:
        assert measure_concentration(region, share, date).reason is None
    lap("concentration")
    rule = ClusterRule(permutations=PERMUTATIONS)
    for date in dates:
        assert find_clusters(region, share, date, neighbourhood=around, rule=rule).reason is None
    lap("clusters")
    assert find_persistence(region, share).reason is None
    lap("lasting")
    parts = [Component(share.key), Component(second.key)]
    for date in dates:
        assert status_dynamics(region, parts, date).reason is None
    lap("status")
    return seconds


def only_esda(region: Region, dates: list[str]) -> dict[str, float]:
    """Return seconds of libpysal's fuzzy contiguity and esda's Moran, Moran_Local_Rate and G_Local (Gi*)."""
    seconds = {}
    start = time.perf_counter()
    from esda.getisord import G_Local
    from esda.moran import Moran_Local_Rate, Moran_Rate
    from libpysal.graph import Graph

    seconds["import"] = time.perf_counter() - start
    from geo.need import indicator_values, indicators_of

    share = indicators_of(region)[0]
    tables = [indicator_values(region, share, date).query("denominator > 0").dropna() for date in dates]
    start = time.perf_counter()
    graph = Graph.build_fuzzy_contiguity(region.quarters.loc[tables[0].index].reset_index(drop=True), buffer=0.5)
    seconds["neighbours"] = time.perf_counter() - start
    start = time.perf_counter()
    for table in tables:
        same = table if len(table) == graph.n else tables[0]
        counts, totals = same["numerator"].to_numpy(), same["denominator"].to_numpy()
        Moran_Rate(counts, totals, graph, permutations=PERMUTATIONS)
        Moran_Local_Rate(counts, totals, graph, permutations=PERMUTATIONS, seed=1)
        G_Local(counts / totals, graph, star=True, transform="B", permutations=PERMUTATIONS, seed=1, n_jobs=1)
    seconds["clusters"] = time.perf_counter() - start
    return seconds


WAYS = {"nahbar": ("Nahbar, all measures", all_measures), "esda": ("esda alone, clusters only", only_esda)}
PARTS = ("import", "neighbours", "concentration", "clusters", "lasting", "status")


def one(case: str, way: str, dates: int) -> dict[str, float]:
    """Measure one way on one case in this process."""
    warnings.simplefilter("ignore")
    region = CASES[case][1]()
    chosen = list(region.dates[-dates:])
    cpu = time.process_time()
    seconds = WAYS[way][1](region, chosen)
    seconds["wall"] = sum(seconds.values())
    seconds["cpu"] = time.process_time() - cpu
    seconds["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return seconds


def line(case: str, way: str, dates: int) -> str:
    """Run one case in a process of its own and return its row of the table."""
    command = [sys.executable, "-m", "benchmarks.need", "--one", case, way, str(dates)]
    runs = []
    for _ in range(1 if case == "11000" else REPEATS):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            return f"| {CASES[case][0]} | {WAYS[way][0]} | failed: {done.stderr.strip().splitlines()[-1]} |"
        runs.append(json.loads(done.stdout.splitlines()[-1]))
    told = min(runs, key=lambda run: float(run["wall"]))
    parts = " | ".join(f"{told[part]:.2f}" if part in told else "–" for part in PARTS)
    label = CASES[case][0].replace("5 dates", f"{dates} date{'s' if dates > 1 else ''}")
    return f"| {label} | {WAYS[way][0]} | {parts} | {told['wall']:.2f} | {told['cpu']:.2f} | {told['megabytes']:.0f} |"


def main() -> None:
    """Print the table, or measure one row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", nargs=3, metavar=("CASE", "WAY", "DATES"))
    parser.add_argument("--write", action="store_true", help=f"also write {RESULTS.name}")
    chosen = parser.parse_args()
    if chosen.one:
        print(json.dumps(one(chosen.one[0], chosen.one[1], int(chosen.one[2]))))
        return
    lines = [
        "| case | way | " + " | ".join(f"{part} s" for part in PARTS) + " | all s | CPU s | MB |",
        "| --- | --- |" + " ---: |" * (len(PARTS) + 3),
    ]
    print("\n".join(lines))
    for case in ("berlin", "400", "11000"):
        if case == "berlin" and not FILES.is_dir():
            continue
        for way in WAYS:
            for dates in (1, DATES) if case == "11000" else (DATES,):
                lines.append(line(case, way, dates))
                print(lines[-1], flush=True)
    if chosen.write:
        RESULTS.write_text("\n".join([*_head(), "", *lines, "", *_notes(), ""]), encoding="utf-8")


def _head() -> list[str]:
    load = os.getloadavg()[0]
    return [
        "# Concentration and lasting need, measured",
        "",
        f"`python -m benchmarks.need --write`, Python {platform.python_version()}, {os.cpu_count()} cores shared with "
        f"other work (load {load:.1f}; compare CPU seconds).",
    ]


def _notes() -> list[str]:
    return [
        f"{PERMUTATIONS} permutations, 500 bootstrap draws. Each row is a process of its own, the region in memory; "
        "`import` is libpysal and esda.",
        f"The fastest of {REPEATS} runs, one run with 11,000 quarters. "
        "Lasting need looks at all five dates in every row; concentration, clusters and status at the dates named.",
        "Clusters are Moran's I, local Moran on empirical-Bayes rates and Gi*; Nahbar keeps the draws, counts ties in "
        "both directions and controls false discoveries, esda's calls stop at the one-sided p-value.",
    ]


if __name__ == "__main__":
    main()
