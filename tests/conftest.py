"""Shared fixtures: where the shipped and the real data lie, the demo regions, how thorough the tests are."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

from geo.region.model.region import Region
from geo.region.package.bundle import load_region
from tests import profiles

os.environ["NAHBAR_DEBUG"] = "1"  # pages raise, so that a test sees what failed
profiles.load()

ROOT = Path(__file__).resolve().parents[1]
REAL_DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session", autouse=True)
def own_database(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep what tests make in a database of their own; each process of a run has one."""
    os.environ["NAHBAR_DATABASE_URL"] = f"sqlite:///{tmp_path_factory.mktemp('database')}/nahbar.db"


@cache
def demo_region(name: str) -> Region:
    """Return a demo region, read once by a process: nothing changes a region after it was made."""
    return load_region(ROOT / "data" / name)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of real files, or skip where it is absent."""
    if not REAL_DATA.is_dir():
        pytest.skip(f"real files are not part of the project and are not at {REAL_DATA}")
    return REAL_DATA
