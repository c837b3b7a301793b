"""Siting against peers in the same run: seconds, people reached, bound, gap, memory.

``python -m benchmarks.siting`` prints a markdown table; ``--write`` keeps it in ``RESULTS_siting.md``.
Every run is a process of its own, so memory is its own; imports are done before the clock starts.
Peers: the plain integer programme (no merging, no start) given to HiGHS, and spopt with CBC where both are
installed. What a peer claims is recomputed from its sites.
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
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from geo.siting import SitingProblem, solve
from geo.siting.plan import recompute

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data" / "siting"
RESULTS = Path(__file__).with_name("RESULTS_siting.md")
CASES: dict[str, tuple[str, float, int, str]] = {
    "S": ("S", 1000.0, 5, "S: 500 × 100, 5 new"),
    "M": ("M", 1000.0, 10, "M: 5,000 × 500, 10 new"),
    "L": ("L", 1000.0, 15, "L: 20,000 × 1,000, 15 new"),
    "U55": ("uniform_100x10000", 5.5, 10, "uniform 10,000 × 100, reach 5.5, 10 new"),
    "U32": ("uniform_100x10000", 3.25, 10, "uniform 10,000 × 100, reach 3.25, 10 new"),
    "demo": ("", 0.0, 3, "Musterstadt, 15 minutes, 3 new"),
}
RUNS = (
    ("demo", "nahbar", 60),
    ("demo", "plain", 60),
    ("S", "nahbar", 60),
    ("S", "plain", 60),
    ("S", "spopt", 60),
    ("M", "nahbar", 60),
    ("M", "plain", 60),
    ("M", "spopt", 60),
    ("L", "nahbar", 8),
    ("L", "nahbar", 60),
    ("L", "plain", 60),
    ("U55", "nahbar", 60),
    ("U55", "plain", 60),
    ("U32", "nahbar", 60),
    ("U32", "plain", 60),
)


def load(case: str) -> dict[str, Any]:
    """Return the arrays of a case: demand_xy, weights, site_xy, fixed, reach, new."""
    name, reach, new, _ = CASES[case]
    if case == "demo":
        return _load_demo()
    with np.load(DATA / f"{name}.npz") as arrays:
        return {
            **{key: arrays[key] for key in ("demand_xy", "weights", "site_xy")},
            "reach": reach,
            "new": new,
            "fixed": (),
        }


def _load_demo() -> dict[str, Any]:
    from geo.region.bundle import load_region
    from geo.siting.question import Question, pose

    posed = pose(load_region(ROOT / "data" / "musterstadt"), Question())
    return {
        "demand_xy": posed.demand.xy,
        "weights": posed.demand.people,
        "site_xy": posed.places[["x", "y"]].to_numpy(dtype=float),
        "reach": posed.question.assumptions.straight_line_metres(posed.question.minutes),
        "new": posed.question.new,
        "fixed": posed.problem.fixed,
    }


def run_nahbar(arrays: dict[str, Any], limit: float) -> dict[str, Any]:
    problem = SitingProblem.from_points(**arrays)
    plan = solve(problem, seconds=limit)
    return {"selected": plan.selected, "bound": plan.bound, "claim": str(plan.status)}


def run_plain(arrays: dict[str, Any], limit: float) -> dict[str, Any]:
    """The textbook model as it stands: a row per demand point, a column per site, HiGHS with its own defaults."""
    import highspy

    from geo.siting.exact import integer_programme
    from geo.siting.presolve import Core

    problem = SitingProblem.from_points(**arrays)
    is_open = np.zeros(problem.points, dtype=bool)
    is_open[problem.cover[list(problem.fixed)].indices] = True
    points = np.flatnonzero(~is_open & (np.bincount(problem.cover.indices, minlength=problem.points) > 0))
    cover = problem.cover[problem.candidates][:, points].astype(float).tocsr()
    rows = cover.T.tocsr()
    reached = np.diff(rows.indptr) > 0
    core = Core(
        cover[:, reached].tocsr(), rows[reached], problem.weights[points][reached], problem.candidates,
        problem.candidates[:0], problem.new, float(problem.weights[is_open].sum()), 0.0,
    )  # fmt: skip
    solver = highspy.Highs()
    for option, value in {"output_flag": False, "threads": 1, "time_limit": float(limit), "mip_rel_gap": 0.0}.items():
        solver.setOptionValue(option, value)
    solver.passModel(integer_programme(core, highspy))
    solver.run()
    info = solver.getInfo()
    values = np.asarray(solver.getSolution().col_value)
    chosen = core.candidates[np.flatnonzero(values[: len(core.candidates)] > 0.5)] if len(values) else ()
    return {
        "selected": [int(site) for site in chosen],
        "bound": core.base + min(float(info.mip_dual_bound), core.reachable),
        "claim": solver.modelStatusToString(solver.getModelStatus()),
    }


def run_spopt(arrays: dict[str, Any], limit: float) -> dict[str, Any]:
    import pulp
    from scipy.spatial.distance import cdist
    from spopt.locate import MCLP

    cost = cdist(arrays["demand_xy"], arrays["site_xy"])
    model = MCLP.from_cost_matrix(cost, arrays["weights"], arrays["reach"], p_facilities=arrays["new"])
    model.solve(pulp.PULP_CBC_CMD(timeLimit=limit, msg=False, threads=1), results=False)
    chosen = [site for site, variable in enumerate(model.fac_vars) if (variable.varValue or 0) > 0.5]
    return {"selected": chosen, "bound": None, "claim": pulp.LpStatus[model.problem.status]}


WAYS: dict[str, tuple[str, Callable[[dict[str, Any], float], dict[str, Any]]]] = {
    "nahbar": ("Nahbar", run_nahbar),
    "plain": ("HiGHS, plain model", run_plain),
    "spopt": ("spopt + CBC", run_spopt),
}


def one(case: str, way: str, limit: float) -> dict[str, Any]:
    """Run one case in this process and return its figures."""
    arrays = load(case)
    for module in ("scipy.sparse", "scipy.spatial", "highspy", *(("spopt.locate", "pulp") if way == "spopt" else ())):
        import_module(module)
    wall, cpu = time.perf_counter(), time.process_time()
    told = WAYS[way][1](arrays, limit)
    wall = time.perf_counter() - wall
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = time.process_time() - cpu + used.ru_utime + used.ru_stime
    value = recompute(SitingProblem.from_points(**arrays), told["selected"]).after
    return {
        "value": value,
        "bound": told["bound"],
        "claim": told["claim"],
        "wall": wall,
        "cpu": cpu,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def line(case: str, way: str, limit: float) -> str:
    """Run one case in a process of its own and return its row of the table."""
    command = [sys.executable, "-m", "benchmarks.siting", "--one", case, way, str(limit)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ | {"PYTHONHASHSEED": "0"}
    )
    if done.returncode:
        fault = done.stderr.strip().splitlines()[-1]
        return f"| {CASES[case][3]} | {WAYS[way][0]} | {limit:g} s | failed: {fault} | | | | | |"
    told = json.loads(done.stdout.splitlines()[-1])
    bound, gap = "–", "–"
    if told["bound"] is not None:
        bound = f"{told['bound']:,.0f}"
        share = (told["bound"] - told["value"]) / told["bound"]
        gap = "proven" if share < 1e-9 else f"{share:.2%}"
    return (
        f"| {CASES[case][3]} | {WAYS[way][0]} | {limit:g} s | {told['value']:,.0f} | {bound} | {gap} "
        f"| {told['wall']:.2f} | {told['cpu']:.2f} | {told['megabytes']:.0f} |"
    )


def is_possible(case: str, way: str) -> bool:
    """Tell whether the data of a case and the packages of a way are here."""
    source = ROOT / "data" / "musterstadt" if case == "demo" else DATA / f"{CASES[case][0]}.npz"
    return source.exists() and (way != "spopt" or (find_spec("spopt") is not None and find_spec("pulp") is not None))


def main() -> None:
    """Print the table, or run one case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", nargs=3, metavar=("CASE", "WAY", "LIMIT"))
    parser.add_argument("--write", action="store_true", help=f"also write {RESULTS.name}")
    chosen = parser.parse_args()
    if chosen.one:
        print(json.dumps(one(chosen.one[0], chosen.one[1], float(chosen.one[2]))))
        return
    lines = [
        "| case (demand × candidates) | solver | limit | people reached | bound | gap | wall s | CPU s | MB |",
        "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    print("\n".join(lines))
    for case, way, limit in RUNS:
        if is_possible(case, way):
            lines.append(line(case, way, limit))
            print(lines[-1], flush=True)
    if chosen.write:
        RESULTS.write_text("\n".join([*_head(), "", *lines, "", *_notes(), ""]), encoding="utf-8")


def _head() -> list[str]:
    return [
        "# Siting, measured",
        "",
        f"`python -m benchmarks.siting --write`, Python {platform.python_version()}, one of {os.cpu_count()} cores, "
        "shared with other work (compare CPU seconds).",
    ]


def _notes() -> list[str]:
    return [
        "Seconds are for making the problem from coordinates and solving it; MB is the peak of the process.",
        "People reached are recomputed from the sites each solver chose; limits apply to solving alone.",
        "The plain model is the textbook one: a row per demand point, no start. spopt states no bound.",
    ]


if __name__ == "__main__":
    main()
