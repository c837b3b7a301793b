"""Shared fixtures: where the shipped and the real data lie, the demo regions, how thorough the tests are."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from geo.region.model.region import Region
from geo.region.package.bundle import load_region
from tests import profiles
from tests.siting.small_region import make_region

os.environ["NAHBAR_DEBUG"] = "1"  # pages raise, so that a test sees what failed
profiles.load()

ROOT = Path(__file__).resolve().parents[1]
REAL_DATA = ROOT.parent / "shared" / "data"


class ByFile(LoadScopeScheduling):
    """Gives each process whole test files, so that what a file makes for all its tests is made once.

    The tests of the browser are one piece: one browser and one server serve them all.
    """

    def _split_scope(self, nodeid: str) -> str:
        return "browser" if nodeid.startswith("tests/e2e/") else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    config.option.loadscopereorder = False  # the order of the folders, with the browser among the first
    return ByFile(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave all but the smoke tests of the browser to the night."""
    for item in items:
        if item.get_closest_marker("e2e") and not item.get_closest_marker("smoke"):
            item.add_marker(pytest.mark.nightly)


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
