"""Damaged files through the readers of the app, each in a bounded process, with what came of each."""

from __future__ import annotations

import os
import resource
import shutil
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geo.bounded import call_bounded
from geo.errors import DataError, GeoError, fault_lines
from tests.attack.mutations import mutant
from tests.attack.seeds import Seed

BATCH = 20
SLOW_SECONDS, LARGE_MEGABYTES = 30.0, 1_000.0
Result = tuple[int, str, str, float, float]
"""Seed of the mutant, ``read``, ``findings``, ``contract`` or ``traceback``, lines of a fault, seconds, megabytes."""


@dataclass
class Tally:
    """What came of the mutants of one format."""

    counts: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    megabytes: float = 0.0
    faults: dict[str, int] = field(default_factory=dict)
    """Lines of each fault, with the seed of the first mutant that brought it."""

    @property
    def is_bad(self) -> bool:
        """Whether a mutant gave a traceback, or took longer or more than it may."""
        return bool(self.counts["traceback"]) or self.seconds > SLOW_SECONDS or self.megabytes > LARGE_MEGABYTES


def read_batch(seed: Seed, numbers: list[int]) -> list[Result]:
    """Read mutants one after the other; to be called in a bounded process."""
    results: list[Result] = []
    for number in numbers:
        folder = Path(tempfile.mkdtemp())
        began, before = time.perf_counter(), _megabytes()
        kind, lines = _read(seed, number, folder)
        results.append((number, kind, lines, time.perf_counter() - began, max(0.0, _megabytes() - before)))
        shutil.rmtree(folder, ignore_errors=True)
    return results


def _read(seed: Seed, number: int, folder: Path) -> tuple[str, str]:
    try:
        found: Any = seed.read(seed.name, mutant(seed.content, number), folder)
    except DataError:
        return "findings", ""
    except GeoError:
        return "contract", ""
    except MemoryError:
        return "too large", ""
    except Exception as fault:  # noqa: BLE001
        return "traceback", fault_lines(fault)
    found = found[1] if isinstance(found, tuple) and len(found) == 2 and isinstance(found[0], bytes) else found
    has_told = isinstance(found, tuple | list) and bool(found)
    return ("findings" if has_told else "read"), ""


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run(seed: Seed, numbers: list[int], tally: Tally) -> None:
    """Add what comes of some mutants; a batch whose process dies is read again one by one."""
    for start in range(0, len(numbers), BATCH):
        batch = numbers[start : start + BATCH]
        try:
            results = call_bounded(read_batch, seed, batch)
        except DataError:
            results = [_alone(seed, number) for number in batch]
        for number, kind, lines, seconds, megabytes in results:
            tally.counts[kind] += 1
            tally.seconds, tally.megabytes = max(tally.seconds, seconds), max(tally.megabytes, megabytes)
            if lines:
                tally.faults.setdefault(lines, number)


def _alone(seed: Seed, number: int) -> Result:
    began = time.perf_counter()
    try:
        return call_bounded(read_batch, seed, [number])[0]
    except DataError as fault:
        code = fault.findings[0].code.removeprefix("reading_").replace("_", " ")
        return number, code, "", time.perf_counter() - began, 0.0


def load() -> float:
    """Return how busy the machine is."""
    return os.getloadavg()[0]
