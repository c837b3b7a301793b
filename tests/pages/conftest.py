"""What all tests of pages share."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.pages_manager import PagesManager

from tests.pages.import_page import Page
from tests.profiles import BOTH_LANGUAGES


@pytest.fixture(scope="session", autouse=True)
def packages_are_scanned_once() -> None:
    """Look for components in the installed packages once, not for every app: that is half of a short page's time."""
    manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


@pytest.fixture
def through_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every page through ``app.py``, as a server does once ``st.navigation`` was called."""
    made = PagesManager.__init__

    def make(manager: PagesManager, *args: Any, **more: Any) -> None:
        made(manager, *args, **more)
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", make)


@pytest.fixture(params=BOTH_LANGUAGES)
def page(request: pytest.FixtureRequest, through_the_app: None) -> Page:
    return Page(request.param)
