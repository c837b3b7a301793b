"""A real browser on a real server, with every other host refused."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.conftest import ROOT

CHROMIUM = next(
    (
        path
        for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
        if (path := shutil.which(name))
    ),
    None,
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-dev-shm-usage",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let a browser test try twice: on a busy machine a browser now and then starts or paints too late.

    What fails twice in a row fails; the summary says what was tried again.
    """
    for item in items:
        if item.get_closest_marker("e2e"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@contextmanager
def running_app() -> Iterator[str]:
    """Start the app on a free port and give its address."""
    port = _free_port()
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "NAHBAR_DEBUG": ""}
    settings = ["--server.port", str(port), "--server.address", "127.0.0.1", "--server.headless", "true"]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", *settings]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        address = f"http://127.0.0.1:{port}"
        try:
            _wait_for(f"{address}/_stcore/health")
            yield address
        finally:
            process.terminate()
            process.wait(timeout=20)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Give the address of a running app."""
    with running_app() as address:
        yield address


@pytest.fixture
def fresh_server() -> Iterator[str]:
    """Give the address of an app that nobody has visited."""
    with running_app() as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Start Chromium once; skip with a reason where there is none."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: browser tests left out")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


_STATE = """() => [
    document.querySelector('[data-testid="stApp"]').dataset.testScriptState, document.body.innerText.length
]"""


@dataclass
class Visit:
    """A page with the requests it tried to send elsewhere and the errors of its scripts."""

    page: Any
    address: str
    elsewhere: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, path: str = "") -> None:
        """Open a page of the app and wait until it has settled."""
        self.page.goto(f"{self.address}/{path}", wait_until="domcontentloaded")
        self.settle()

    def settle(self, quiet_seconds: float = 0.6, limit_seconds: float = 60.0) -> None:
        """Wait until the page is there to its foot and neither its text nor the script's state changes any more."""
        self.page.get_by_text("Nahbar · ").first.wait_for(timeout=1000 * limit_seconds)
        end = time.monotonic() + limit_seconds
        seen, since = None, time.monotonic()
        while time.monotonic() < end:
            now = self.page.evaluate(_STATE)
            if now != seen:
                seen, since = now, time.monotonic()
            elif now[0] == "notRunning" and time.monotonic() - since > quiet_seconds:
                return
            self.page.wait_for_timeout(100)
        raise TimeoutError(f"the page was still changing after {limit_seconds} seconds")

    @property
    def map(self) -> Any:
        """The frame of the map."""
        return self.page.frame_locator('iframe[title*="folium"]')

    def wait_for_paint(self) -> str:
        """Wait until the map has painted a view and return the view's key."""
        root = self.map.locator("html[data-painted]")
        root.wait_for(state="attached", timeout=60_000)
        return str(root.get_attribute("data-painted"))


@pytest.fixture
def visit(server: str, browser: Any, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Open a fresh browser window; parametrise indirectly with ``(locale, width)``."""
    locale, width = getattr(request, "param", ("de-DE", 1440))
    context = browser.new_context(locale=locale, viewport={"width": width, "height": 900})
    page = context.new_page()
    visit = Visit(page, server)

    def refuse_others(route: Any) -> None:
        if route.request.url.startswith((server, "data:", "blob:")):
            route.continue_()
        else:
            visit.elsewhere.append(route.request.url)
            route.abort()

    context.route("**/*", refuse_others)
    page.on("pageerror", lambda error: visit.errors.append(str(error)))
    page.set_default_timeout(30_000)
    yield visit
    context.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(address)
