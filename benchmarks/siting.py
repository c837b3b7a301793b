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
from geo.siting.problem import recompute

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data" / "siting"
QUESTIONS_HEAD = "## Every question"
RESULTS = Path(__file__).with_name("RESULTS_siting.md")
CASES: dict[str, tuple[str, float, int, str]] = {
    "S": ("S", 1000.0, 5, "S: 500 × 100, 5 new"),
    "M": ("M", 1000.0, 10, "M: 5,000 × 500, 10 new"),
    "L": ("L", 1000.0, 15, "L: 20,000 × 1,000, 15 new"),
    "U55": ("uniform_100x10000", 5.5, 10, "uniform 10,000 × 100, reach 5.5, 10 new"),
    "U32": ("uniform_100x10000", 3.25, 10, "uniform 10,000 × 100, reach 3.25, 10 new"),
    "million": ("", 5.5, 10, "uniform 1,000,000 × 100, reach 5.5, 10 new"),
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
    ("L", "spopt", 60),
    ("U55", "nahbar", 60),
    ("U55", "plain", 60),
    ("U32", "nahbar", 60),
    ("U32", "plain", 60),
    ("million", "nahbar", 60),
)


def load(case: str) -> dict[str, Any]:
    """Return the arrays of a case: demand_xy, weights, site_xy, fixed, reach, new."""
    name, reach, new, _ = CASES[case]
    if case == "demo":
        return _load_demo()
    if case == "million":
        random = np.random.default_rng(0)
        return {
            "demand_xy": random.uniform(0, 30, (1_000_000, 2)),
            "weights": random.integers(1, 101, 1_000_000).astype(float),
            "site_xy": random.uniform(0, 30, (100, 2)),
            "reach": reach,
            "new": new,
            "fixed": (),
        }
    with np.load(DATA / f"{name}.npz") as arrays:
        return {
            **{key: arrays[key] for key in ("demand_xy", "weights", "site_xy")},
            "reach": reach,
            "new": new,
            "fixed": (),
        }


def _load_demo() -> dict[str, Any]:
    from geo.region.package import load_region
    from geo.siting.ask import Question, pose

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
    began = time.process_time()
    plan = solve(problem, seconds=8 * limit, stop=lambda: time.process_time() - began > limit)
    return {"selected": plan.selected, "bound": plan.bound, "claim": str(plan.status)}


def run_plain(arrays: dict[str, Any], limit: float) -> dict[str, Any]:
    """The textbook model as it stands: a row per demand point, a column per site, HiGHS with its own defaults."""
    from geo.siting.solvers import Core, coverage_program, run

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
    told = run(coverage_program(core), seconds=limit)
    values = np.zeros(0) if told.values is None else told.values
    chosen = core.candidates[np.flatnonzero(values[: len(core.candidates)] > 0.5)] if len(values) else ()
    return {
        "selected": [int(site) for site in chosen],
        "bound": core.base + min(told.bound, core.reachable),
        "claim": "",
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


QUESTIONS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "S, two offices in reach": ("S", "backup", {}),
    "S, reach that fades": ("S", "fade", {}),
    "S, fewest sites for 80 %": ("S", "cover-all", {"share": 0.8}),
    "S, mean way": ("S", "median", {}),
    "S, longest way": ("S", "center", {}),
    "S, capacities": ("S", "capacity", {}),
    "M, budget": ("M", "budget", {"budget": 1000.0}),
    "M, two offices in reach": ("M", "backup", {}),
    "M, reach that fades": ("M", "fade", {}),
    "M, fewest sites for 80 %": ("M", "cover-all", {"share": 0.8}),
    "M, mean way": ("M", "median", {}),
    "M, longest way": ("M", "center", {}),
    "M, capacities": ("M", "capacity", {}),
    "L, budget": ("L", "budget", {"budget": 1500.0}),
    "L, capacities": ("L", "capacity", {}),
}
QUESTION_SECONDS = 20.0
PMED = DATA.parent / "orlib" / "pmed"


def ask(name: str) -> dict[str, Any]:
    """Ask one of the questions, with costs and capacities drawn by chance where it needs them."""
    case, objective, wishes = QUESTIONS[name]
    arrays = load(case)
    random, sites = np.random.default_rng(0), len(arrays["site_xy"])
    if objective == "budget":
        wishes = {**wishes, "costs": random.integers(50, 150, sites).astype(float)}
    if objective == "capacity":
        wishes = {**wishes, "capacity": random.integers(200, 3000, sites).astype(float)}
    import_module("highspy")
    held: list[tuple[float, float]] = []
    wall, cpu = time.perf_counter(), time.process_time()
    problem = SitingProblem.from_points(**arrays, **wishes)
    plan = solve(
        problem,
        objective=objective,
        seconds=3 * QUESTION_SECONDS,
        stop=lambda: time.process_time() - cpu > QUESTION_SECONDS,
        progress=lambda value, *_: held.append((value, time.process_time() - cpu)),
    )
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    near = (moment for value, moment in held if abs(value - plan.value) <= 1e-6 * abs(plan.value))
    return {
        "value": plan.value, "bound": plan.bound, "gap": plan.gap, "wall": wall, "cpu": cpu,
        "held": next(near, cpu), "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }  # fmt: skip


PEERS = (
    ("S, two offices in reach", "full"),
    ("S, reach that fades", "full"),
    ("S, fewest sites for 80 %", "full"),
    ("S, mean way", "full"),
    ("S, mean way", "spopt"),
    ("S, longest way", "full"),
    ("S, longest way", "spopt"),
    ("S, capacities", "full"),
    ("M, budget", "full"),
)
PEER_SECONDS = 60.0
PEER_PATIENCE = 240.0


def ask_peer(name: str, way: str) -> dict[str, Any]:
    """Ask a peer one of the questions; what it claims is recomputed from its sites where it names them."""
    import_module("scipy.optimize")
    if way == "spopt":
        import_module("spopt.locate")
        import_module("pulp")
    case, objective, wishes = QUESTIONS[name]
    arrays = load(case)
    wall, cpu = time.perf_counter(), time.process_time()
    told = (_ask_spopt if way == "spopt" else _ask_full_model)(arrays, objective, wishes)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return told | {
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu + used.ru_utime + used.ru_stime,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _ask_full_model(arrays: dict[str, Any], objective: str, wishes: dict[str, Any]) -> dict[str, Any]:
    """Give HiGHS the textbook programme, a row and a column for everything."""
    from tests.siting.solvers.full_models import Plain, best_value

    random, sites = np.random.default_rng(0), len(arrays["site_xy"])
    plain = Plain(
        arrays["demand_xy"], arrays["weights"].astype(float), arrays["site_xy"], arrays["reach"], arrays["new"],
        costs=random.integers(50, 150, sites).astype(float) if objective == "budget" else None,
        budget=wishes.get("budget"),
        share=wishes.get("share", 1.0),
        capacity=random.integers(200, 3000, sites).astype(float) if objective == "capacity" else None,
    )  # fmt: skip
    told = best_value(plain, objective, seconds=PEER_SECONDS)
    return {"value": told.value, "bound": told.bound}


def _ask_spopt(arrays: dict[str, Any], objective: str, wishes: dict[str, Any]) -> dict[str, Any]:
    import pulp
    from scipy.spatial.distance import cdist
    from spopt.locate import PCenter, PMedian

    cost, weights, new = cdist(arrays["demand_xy"], arrays["site_xy"]), arrays["weights"], arrays["new"]
    if objective == "median":
        model = PMedian.from_cost_matrix(cost, weights, p_facilities=new)
    else:
        model = PCenter.from_cost_matrix(cost, p_facilities=new)
    model.solve(pulp.PULP_CBC_CMD(timeLimit=PEER_SECONDS, msg=False, threads=1), results=False)
    chosen = [site for site, variable in enumerate(model.fac_vars) if (variable.varValue or 0) > 0.5]
    if len(chosen) != new:
        return {"value": None, "bound": None}
    nearest = cost[:, chosen].min(axis=1)
    value = float((weights * nearest).sum()) if objective == "median" else float(nearest[weights > 0].max())
    return {"value": value, "bound": None}


def peer_lines() -> list[str]:
    """Return the rows of the peers at the same questions."""
    lines = [
        "| question | peer | value | bound | wall s | CPU s | MB |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    names = {"full": "HiGHS, full model", "spopt": "spopt + CBC"}
    for name, way in PEERS:
        if way == "spopt" and (find_spec("spopt") is None or find_spec("pulp") is None):
            continue
        try:
            told = _in_a_process("--peer", name, way, timeout=PEER_PATIENCE)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            lines.append(f"| {name} | {names[way]} | no answer within {PEER_PATIENCE:g} s | – | – | – | – |")
            print(lines[-1], flush=True)
            continue
        value, bound = ("–" if told[key] is None else f"{told[key]:,.0f}" for key in ("value", "bound"))
        lines.append(
            f"| {name} | {names[way]} | {value} | {bound} "
            f"| {told['wall']:.2f} | {told['cpu']:.2f} | {told['megabytes']:.0f} |"
        )
        print(lines[-1], flush=True)
    return lines


def ask_library() -> dict[str, Any]:
    """Ask for mean ways on the instances of the OR-Library: gaps to the published optima, times, proofs."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import floyd_warshall

    from geo.siting.problem import TravelCosts

    lines = [line.split() for line in (PMED / "pmedopt.txt").read_text().splitlines() if line.startswith("pmed")]
    known = {name: float(value) for name, value in lines}
    found = []
    import_module("highspy")
    for name in sorted(known, key=lambda name: int(name[4:])):
        if not (PMED / f"{name}.txt").exists():
            continue
        vertices, edges, new, *rest = map(int, (PMED / f"{name}.txt").read_text().split())
        costs = np.zeros((vertices, vertices))
        for one, other, cost in np.array(rest[: 3 * edges]).reshape(-1, 3):
            costs[one - 1, other - 1] = costs[other - 1, one - 1] = cost
        table = floyd_warshall(costs)
        starts = np.arange(0, vertices**2 + 1, vertices)
        stored = csr_array((table.ravel(), np.tile(np.arange(vertices), vertices), starts), shape=table.shape)
        ways = TravelCosts(vertices, vertices, float(table.max()), table=stored, far=float(table.max()))
        problem = SitingProblem(np.ones(vertices), csr_array(np.ones(table.shape, dtype=bool)), new=new, ways=ways)
        told: list[tuple[float, float]] = []
        began = time.process_time()
        plan = solve(
            problem, objective="median", seconds=3 * QUESTION_SECONDS,
            stop=lambda began=began: time.process_time() - began > QUESTION_SECONDS,
            progress=lambda value, *_, told=told, began=began: told.append((value, time.process_time() - began)),
        )  # fmt: skip
        held = next(moment for value, moment in told if value <= plan.value + 1e-6)
        early = min(value for value, moment in told if moment <= 1.0)
        found.append((name, early / known[name] - 1, plan.status == "optimal", held, time.process_time() - began))
    return {"rows": found}


def ask_curve(up_to: int = 20) -> dict[str, Any]:
    """Draw the curve on L: CPU seconds to the first and to the improved one, and gaps then."""
    from geo.siting import curve

    problem = SitingProblem.from_points(**load("L"))
    told: list[tuple[float, float]] = []
    began = time.process_time()

    def heard(now: Any) -> None:
        gaps = [1 - reached / bound for reached, bound in zip(now.reached[1:], now.bound[1:], strict=True)]
        told.append((time.process_time() - began, float(np.mean(gaps))))

    curve(problem, up_to, seconds=60.0, progress=heard, stop=lambda: time.process_time() - began > 8.0)
    return {"first": told[0], "improved": told[1], "last": told[-1]}


def question_lines() -> list[str]:
    """Ask every question in a process of its own and return the rows of the second table."""
    lines = [
        "| question | value | bound | gap | value held after CPU s | wall s | CPU s | MB |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name in QUESTIONS:
        told = _in_a_process("--ask", name)
        gap = "proven" if told["gap"] < 1e-9 else f"{told['gap']:.2%}"
        lines.append(
            f"| {name} | {told['value']:,.0f} | {told['bound']:,.0f} | {gap} | {told['held']:.2f} "
            f"| {told['wall']:.2f} | {told['cpu']:.2f} | {told['megabytes']:.0f} |"
        )
        print(lines[-1], flush=True)
    lines += ["", f"The peers, {PEER_SECONDS:g} s each, proven where value and bound agree:", "", *peer_lines()]
    told = _in_a_process("--ask", "curve")
    lines += [
        "",
        f"Curve of 1 to 20 sites on L: greedy after {told['first'][0]:.2f} CPU s; each number improved and bounded "
        f"after {told['improved'][0]:.2f} CPU s, mean gap {told['improved'][1]:.1%}; {told['last'][1]:.1%} after "
        f"{told['last'][0]:.2f} CPU s.",
    ]
    if PMED.is_dir():
        rows = _in_a_process("--ask", "library")["rows"]
        lines += [
            "",
            f"OR-Library, {len(rows)} p-median instances: after one CPU second "
            f"{np.mean([row[1] for row in rows]):.3%} above the published optimum in the mean, "
            f"{max(row[1] for row in rows):.2%} at most; {sum(row[2] for row in rows)} of {len(rows)} proven within "
            f"{QUESTION_SECONDS:g} s, CPU seconds {np.median([row[4] for row in rows]):.2f} in the median.",
        ]
    print("\n".join(lines[-4:]))
    return lines


def _in_a_process(*arguments: str, timeout: float | None = None) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.siting", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=timeout)
    return dict(json.loads(done.stdout.splitlines()[-1]))


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
    source = DATA / f"{CASES[case][0]}.npz" if CASES[case][0] else ROOT / "data" / "musterstadt"
    return source.exists() and (way != "spopt" or (find_spec("spopt") is not None and find_spec("pulp") is not None))


def main() -> None:
    """Print the table, or run one case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", nargs=3, metavar=("CASE", "WAY", "LIMIT"))
    parser.add_argument("--ask", metavar="QUESTION", help="one question, 'curve' or 'library'")
    parser.add_argument("--peer", nargs=2, metavar=("QUESTION", "WAY"), help="one question, asked of a peer")
    parser.add_argument("--questions", action="store_true", help="the second table only")
    parser.add_argument("--write", action="store_true", help=f"also write {RESULTS.name}")
    chosen = parser.parse_args()
    if chosen.one:
        print(json.dumps(one(chosen.one[0], chosen.one[1], float(chosen.one[2]))))
        return
    if chosen.ask:
        special = {"curve": ask_curve, "library": ask_library}
        print(json.dumps(special[chosen.ask]() if chosen.ask in special else ask(chosen.ask)))
        return
    if chosen.peer:
        print(json.dumps(ask_peer(*chosen.peer)))
        return
    if chosen.questions:
        told = question_lines()
        if chosen.write:
            head = RESULTS.read_text(encoding="utf-8").split(QUESTIONS_HEAD)[0].rstrip()
            RESULTS.write_text(
                "\n".join([head, "", QUESTIONS_HEAD, "", *told, "", *_question_notes(), ""]), encoding="utf-8"
            )
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
    told = question_lines()
    if chosen.write:
        text = [*_head(), "", *lines, "", *_notes(), "", QUESTIONS_HEAD, "", *told, "", *_question_notes(), ""]
        RESULTS.write_text("\n".join(text), encoding="utf-8")


def _head() -> list[str]:
    return [
        "# Siting, measured",
        "",
        f"`python -m benchmarks.siting --write`, Python {platform.python_version()}, one of {os.cpu_count()} cores, "
        "shared with other work (compare CPU seconds).",
    ]


def _question_notes() -> list[str]:
    return [
        f"Limit {QUESTION_SECONDS:g} CPU seconds each, on a machine shared with other work. Costs are whole numbers "
        "from 50 to 149, capacities from 200 to 2,999 (seed 0).",
        "Values: people for covering and capacities, sites for the fewest, people times metres for mean ways, "
        "metres for the longest.",
    ]


def _notes() -> list[str]:
    return [
        "Seconds are for making the problem from coordinates and solving it; MB is the peak of the process.",
        "People reached are recomputed from the sites each solver chose; limits apply to solving alone, to Nahbar "
        "as CPU seconds, to its peers as they count them (wall).",
        "The plain model is the textbook one: a row per demand point, no start. spopt states no bound.",
    ]


if __name__ == "__main__":
    main()
