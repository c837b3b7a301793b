"""How thorough the tests are: ``quick`` for ``make test``, ``full`` (``NAHBAR_TESTS=full``) for ``make test-all``.

The quick profile draws the same examples on every run, so that it fails for a change and never by chance; the full one
draws new ones. Neither has a deadline: how long an example takes says how busy the machine is.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

IS_FULL = os.environ.get("NAHBAR_TESTS") == "full"
QUICK_PART = 5

BOTH_LANGUAGES = ("de", pytest.param("en", marks=pytest.mark.nightly))
"""German in both profiles; English, whose texts ``tests/text`` holds complete, in the nightly one."""


def load() -> None:
    """Make the profile the one that every test uses; called before test files are read."""
    alike = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
    settings.register_profile("full", max_examples=100, print_blob=True, **alike)
    settings.register_profile("quick", max_examples=examples(100), derandomize=True, database=None, **alike)
    settings.load_profile("full" if IS_FULL else "quick")


def examples(full: int) -> int:
    """Return how many examples a property is tried with, given their number in the full profile."""
    return full if IS_FULL else max(10, full // QUICK_PART)


def seeds(full: int, quick: int) -> range:
    """Return the seeds of made-up cases."""
    return range(full if IS_FULL else quick)
