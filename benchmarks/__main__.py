"""Measures everything and writes ``benchmarks/RESULTS.md``; siting has its own table."""

from __future__ import annotations

import datetime as dt
import os
import platform
import sys
from pathlib import Path

from benchmarks import app, regions

RESULTS = Path(__file__).parent / "RESULTS.md"


def main() -> int:
    """Measure, print and keep the table."""
    rows = [*regions.measure(), *app.measure(), *app.environment_size()]
    lines = [
        "# Speed and memory",
        "",
        f"{dt.date.today():%Y-%m-%d}, {os.cpu_count()} cores, Python {platform.python_version()}.",
        "Median (least to most).",
        "The machine is shared and noisy: ratios to the peers in the same run count for more than seconds.",
        "",
        "| what | measured | wanted |",
        "| --- | --- | --- |",
        *(f"| {what} | {figure} | {wanted} |" for what, figure, wanted in rows),
        "",
    ]
    text = "\n".join(lines)
    RESULTS.write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
