"""What all tests of pages share."""

from __future__ import annotations

from functools import cache

import pytest
from streamlit.components.v2 import manifest_scanner


@pytest.fixture(scope="session", autouse=True)
def packages_are_scanned_once() -> None:
    """Look for components in the installed packages once, not for every app: that is half of a short page's time."""
    manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)
