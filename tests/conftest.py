"""Shared fixtures: where the shipped and the real data lie."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

# What tests make is kept in a database of their own.
os.environ.setdefault("NAHBAR_DATABASE_URL", f"sqlite:///{tempfile.mkdtemp(prefix='nahbar-tests-')}/nahbar.db")
os.environ["NAHBAR_DEBUG"] = "1"  # pages raise, so that a test sees what failed

ROOT = Path(__file__).resolve().parents[1]
REAL_DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of real files, or skip where it is absent."""
    if not REAL_DATA.is_dir():
        pytest.skip(f"real files are not part of the project and are not at {REAL_DATA}")
    return REAL_DATA
