"""Waiting for a condition: never for a time, and long enough for a machine that has much else to do."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_SECONDS = 180.0


def wait_until(is_so: Callable[[], object], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Return as soon as the condition holds; fail, saying what was waited for, when it never does."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, f"waited {seconds:.0f} seconds in vain: {what}"
        time.sleep(0.05)
