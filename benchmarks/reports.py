"""Report, document, slides and data: seconds from a solved scenario to the files, and memory.

``python -m benchmarks.reports`` prints a markdown table; ``--write`` keeps it in ``RESULTS_reports.md``. Every row is a
process of its own, so seconds are cold ones: they include importing plotly, matplotlib and what sets the file.
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
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geo.output.sites import Solved
    from geo.region.model import Region
    from geo.text import Texts

ROOT = Path(__file__).resolve().parents[1]
FILES = ROOT.parent / "shared" / "data"
RESULTS = Path(__file__).with_name("RESULTS_reports.md")
REGIONS = {
    "Musterstadt, 94 quarters": "data/musterstadt",
    "Musterkreis, 18 quarters": "data/musterkreis",
    "Berlin, 542 quarters": "data/recipes/berlin_mss_2021.toml",
}
KINDS = ("pdf", "docx", "pptx", "data")
WANTED = "≤ 5 s, ≤ 500 MB"
REPEATS = 2


def measure_one(source: str, kind: str) -> dict[str, float]:
    """Return wall and CPU seconds of telling and setting, size in kB and the process's peak memory in MB."""
    from geo.output.report import dossier_of
    from geo.output.sites import Solved
    from geo.region.package import load_region
    from geo.region.recipes import build_region, read_recipe
    from geo.siting.ask import Question
    from geo.siting.scenario import Scenario, run
    from geo.text import texts

    path = ROOT / source
    region = build_region(read_recipe(path), FILES).region if path.suffix == ".toml" else load_region(path)
    assert region is not None
    counted = [one.key for one in region.measures if not one.is_rate and one.unit == "people"]
    measure = "recipients" if "recipients" in counted else counted[0]
    scenario = Scenario("Bericht", region.id, Question(measure=measure, new=3))
    answer, outcome = run(region, scenario, 10.0)
    t = texts("de")
    if kind == "data":
        return _measure_data(t, region, Solved(scenario, answer, outcome))
    began, began_cpu = time.perf_counter(), time.process_time()
    dossier = dossier_of(t, region, scenario, answer, outcome)
    told, told_cpu = time.perf_counter(), time.process_time()
    if kind == "pdf":
        from geo.output.report import report_pdf

        data = report_pdf(t, dossier)
    elif kind == "docx":
        from geo.output.report import report_docx

        data = report_docx(t, dossier)
    else:
        from geo.output.report import slides_pptx

        data = slides_pptx(t, dossier)
    return {
        "dossier": told - began,
        "dossier_cpu": told_cpu - began_cpu,
        "file": time.perf_counter() - told,
        "file_cpu": time.process_time() - told_cpu,
        "kilobytes": len(data) / 1e3,
        "megabytes": _megabytes(),
    }


def _measure_data(t: Texts, region: Region, solved: Solved) -> dict[str, float]:
    """Return the same for workbook, CSV, GeoPackage and GeoJSON, catchments included; no dossier is told for them."""
    from geo.output.files import FileMaker, parts_of

    began, began_cpu = time.perf_counter(), time.process_time()
    maker = FileMaker(t, region, solved)
    made = [maker.make(part) for part in parts_of(solved, ("data",))]
    return {
        "dossier": 0.0,
        "dossier_cpu": 0.0,
        "file": time.perf_counter() - began,
        "file_cpu": time.process_time() - began_cpu,
        "kilobytes": sum(len(data) for files in made for data in files.values()) / 1e3,
        "megabytes": _megabytes(),
    }


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure() -> list[tuple[str, str, dict[str, float]]]:
    """Return region, kind and the fastest of the runs, each in a process of its own."""
    rows = []
    for name, source in REGIONS.items():
        if source.endswith(".toml") and not FILES.is_dir():
            continue
        for kind in KINDS:
            runs = []
            for _ in range(REPEATS):
                command = [sys.executable, "-m", "benchmarks.reports", "--one", source, kind]
                done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
                runs.append(json.loads(done.stdout.splitlines()[-1]))
            rows.append((name, kind, min(runs, key=lambda row: row["dossier_cpu"] + row["file_cpu"])))
    return rows


def table() -> str:
    """Return the results as markdown."""
    lines = [
        "# Report, document, slides and data, measured",
        "",
        f"`python -m benchmarks.reports --write`, Python {platform.python_version()}, {os.cpu_count()} cores shared "
        f"with other work (load {os.getloadavg()[0]:.1f}; compare CPU seconds).",
        "",
        "| region | file | telling s | CPU | setting s | CPU | together CPU s | kB | MB | wanted |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for name, kind, row in measure():
        cells = [f"{row[key]:.1f}" for key in ("dossier", "dossier_cpu", "file", "file_cpu")]
        cells += [f"{row['dossier_cpu'] + row['file_cpu']:.1f}", f"{row['kilobytes']:.0f}", f"{row['megabytes']:.0f}"]
        lines.append(f"| {name} | {kind} | {' | '.join(cells)} | {WANTED} |")
    lines += [
        "",
        f"Fastest of {REPEATS} runs, each a process of its own; the scenario is solved before. Telling is what makes "
        "the dossier (need, concentration, lasting need, curve, table of minutes), setting what makes the file.",
        "`data` is everything of `--what data`: workbook, CSV, GeoPackage and GeoJSON; kB are of all files.",
        "Memory is that of the whole process with region, streets and solver.",
        "",
    ]
    return "\n".join(lines)


def main() -> int:
    """Measure, print and keep the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="keep the table")
    parser.add_argument("--one", nargs=2, metavar=("REGION", "KIND"), help="measure one row and print it as JSON")
    args = parser.parse_args()
    if args.one:
        print(json.dumps(measure_one(*args.one)))
        return 0
    text = table()
    if args.write:
        RESULTS.write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
