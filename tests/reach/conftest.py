"""The small region the reach tests measure in."""

from __future__ import annotations

import pytest

from geo.region.model.region import Region
from tests.siting.small_region import make_region


@pytest.fixture(scope="session")
def region() -> Region:
    """Return the region of 3 x 3 quarters."""
    return make_region()
