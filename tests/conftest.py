"""Shared fixtures: where the shipped and the real data lie, the demo regions, how thorough the tests are."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

from geo.region.model.region import Region
from geo.region.package.bundle import load_region
from tests import profiles
from tests.siting.small_region import make_region

os.environ["NAHBAR_DEBUG"] = "1"  # pages raise, so that a test sees what failed
profiles.load()

ROOT = Path(__file__).resolve().parents[1]
REAL_DATA = ROOT.parent / "shared" / "data"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave all but the smoke tests of the browser to the night; keep together what shares a browser or a file.

    Processes take whole groups from the list as they come to their end, so what one test file makes for all its tests
    is made once, and one browser and one server serve all tests that need them.
    """
    for item in items:
        is_browser = item.get_closest_marker("e2e") is not None
        if is_browser and item.get_closest_marker("smoke") is None:
            item.add_marker(pytest.mark.nightly)
        item.add_marker(pytest.mark.xdist_group("browser" if is_browser else str(item.path)))


@pytest.fixture(scope="session", autouse=True)
def own_database(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep what tests make in a database of their own; each process of a run has one."""
    os.environ["NAHBAR_DATABASE_URL"] = f"sqlite:///{tmp_path_factory.mktemp('database')}/nahbar.db"


@cache
def demo_region(name: str) -> Region:
    """Return a demo region, read once by a process: nothing changes a region after it was made."""
    return load_region(ROOT / "data" / name)


@pytest.fixture(scope="session")
def region() -> Region:
    """Return the small region of 3 x 3 quarters that questions are asked of."""
    return make_region()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of real files, or skip where it is absent."""
    if not REAL_DATA.is_dir():
        pytest.skip(f"real files are not part of the project and are not at {REAL_DATA}")
    return REAL_DATA
