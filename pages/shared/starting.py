"""What a server does once, before its first page: sweep what a killed one left, bound uploads."""

from __future__ import annotations

import os
from functools import cache

from geo.temporary import sweep
from pages.shared.uploads import server_uploads


@cache
def start_once() -> None:
    """Do it; again it does nothing."""
    sweep()
    server_uploads()


def takes_imports() -> bool:
    """Tell whether people may bring regions in: ``NAHBAR_IMPORT=off`` forbids it."""
    return os.environ.get("NAHBAR_IMPORT", "on").strip().lower() not in ("off", "0", "no", "aus", "false")
