"""``python -m tests.attack --minutes N``: damaged files of every format against the readers, bounded in time."""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from pathlib import Path

from tests.attack.campaign import BATCH, Tally, run
from tests.attack.mutations import mutant
from tests.attack.seeds import seeds


def main() -> int:
    """Run the campaign; status 1 where a mutant gave a traceback, or took over 30 s or 1 GB."""
    parser = argparse.ArgumentParser(prog="python -m tests.attack", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--mutants", type=int, help="how many of each format, at most")
    parser.add_argument("--format", action="append", help="this format only; may be given several times")
    parser.add_argument("--seed", type=int, default=0, help="number of the first mutant")
    parser.add_argument("--keep", type=Path, help="folder for the first mutant of each fault")
    asked = parser.parse_args()
    made = {name: seed for name, seed in seeds().items() if not asked.format or name in asked.format}
    tallies = {name: Tally() for name in made}
    until = time.monotonic() + 60 * asked.minutes
    for turn in itertools.count():
        first = asked.seed + turn * BATCH
        if asked.mutants is not None and turn * BATCH >= asked.mutants:
            break
        for name, seed in made.items():
            if time.monotonic() < until:
                run(seed, list(range(first, first + BATCH)), tallies[name])
        if time.monotonic() >= until:
            break
    outcomes = sorted({kind for tally in tallies.values() for kind in tally.counts})
    print("| format | mutants |", " | ".join(outcomes), "| most seconds | most MB |")
    print("| --- |", " | ".join("---" for _ in range(len(outcomes) + 3)), "|")
    for name, tally in tallies.items():
        cells = [str(tally.counts[kind]) for kind in outcomes]
        print(
            f"| {name} | {tally.counts.total()} |",
            " | ".join(cells),
            f"| {tally.seconds:.1f} | {tally.megabytes:.0f} |",
        )
    whole = sum(tally.counts.total() for tally in tallies.values())
    print(f"\n{whole} mutants of {len(made)} formats")
    for name, tally in tallies.items():
        for lines, number in tally.faults.items():
            print(f"{name}, mutant {number}: {lines}")
            if asked.keep is not None:
                asked.keep.mkdir(parents=True, exist_ok=True)
                (asked.keep / f"{number}-{made[name].name}").write_bytes(mutant(made[name].content, number))
    return int(any(tally.is_bad for tally in tallies.values()))


if __name__ == "__main__":
    sys.exit(main())
