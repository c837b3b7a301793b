"""A real browser on a real server, with every other host refused."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.e2e.running import ARGUMENTS, CHROMIUM, running_app
from tests.waiting import PATIENCE_SECONDS


@pytest.fixture(scope="session")
def server(own_database: None) -> Iterator[str]:
    """Give the address of a running app."""
    with running_app() as app:
        yield app.address


@pytest.fixture
def fresh_server() -> Iterator[str]:
    """Give the address of an app that nobody has visited."""
    with running_app() as app:
        yield app.address


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Start Chromium once; skip with a reason where there is none."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: browser tests left out")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=1000 * PATIENCE_SECONDS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


_STATE = """() => [
    document.querySelector('[data-testid="stApp"]').dataset.testScriptState, document.body.innerText.length,
    document.querySelector('[data-testid="stMain"]').scrollHeight
]"""


class Talk:
    """What browser and server have said to each other: whether a run that was asked for is still to come or to end."""

    def __init__(self) -> None:
        self.is_open = False

    def listen(self, socket: Any) -> None:
        self.is_open = True
        socket.on("framesent", self._asked)
        socket.on("framereceived", self._told)

    def _asked(self, frame: str | bytes) -> None:
        if isinstance(frame, bytes) and BackMsg.FromString(frame).WhichOneof("type") == "rerun_script":
            self.is_open = True

    def _told(self, frame: str | bytes) -> None:
        message = ForwardMsg.FromString(frame) if isinstance(frame, bytes) else ForwardMsg()
        if message.WhichOneof("type") == "script_finished":
            self.is_open = message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN


@dataclass
class Visit:
    """A page with the requests it tried to send elsewhere and the errors of its scripts."""

    page: Any
    address: str
    elsewhere: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    talk: Talk = field(default_factory=Talk)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(1000 * PATIENCE_SECONDS)
        self.page.on("request", self._note)
        self.page.on("websocket", self._note)
        self.page.on("websocket", self.talk.listen)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _note(self, request: Any) -> None:
        """Note a request to anybody but the server; the browser itself finds no other host."""
        host = self.address.removeprefix("http")
        if not request.url.startswith((f"http{host}/", f"ws{host}/", "data:", "blob:")):
            self.elsewhere.append(request.url)

    def open(self, path: str = "") -> None:
        """Open a page of the app and wait until it has settled."""
        self.talk.is_open = True
        self.page.goto(f"{self.address}/{path}", wait_until="domcontentloaded")
        self.settle()

    def settle(self, quiet_seconds: float = 0.4, limit_seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until every run that was asked for has ended and neither text nor height nor state change any more."""
        self.page.get_by_text("Nahbar · ").first.wait_for()
        end = time.monotonic() + limit_seconds
        seen, since = None, time.monotonic()
        while time.monotonic() < end:
            now = (self.talk.is_open, *self.page.evaluate(_STATE))
            if now != seen:
                seen, since = now, time.monotonic()
            elif now[:2] == (False, "notRunning") and time.monotonic() - since > quiet_seconds:
                return
            self.page.wait_for_timeout(50)
        raise TimeoutError(f"the page was still changing after {limit_seconds} seconds: {seen}")

    def choose(self, label: str, option: str, exact: bool = False) -> None:
        """Choose from a list, once nothing moves any more: a page that still scrolls or unfolds closes an open list."""
        field = self.page.get_by_role("combobox", name=label, exact=exact)
        field.scroll_into_view_if_needed()
        self.settle()
        field.click()
        self.page.get_by_role("option", name=option, exact=True).click()
        self.settle()

    @property
    def map(self) -> Any:
        """The frame of the map."""
        return self.page.frame_locator('iframe[title*="folium"]')

    def until(self, is_so: Callable[[], object], what: str) -> None:
        """Wait until a condition holds; meanwhile the page goes on."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not is_so():
            assert time.monotonic() < end, f"waited {PATIENCE_SECONDS:.0f} seconds in vain: {what}"
            self.page.wait_for_timeout(50)

    def wait_for_paint(self, other_than: str = "") -> str:
        """Wait until the map has painted a view, another one than before if that is given; return the view's key."""
        root = self.map.locator(f"html[data-painted]:not([data-painted='{other_than}'])")
        root.wait_for(state="attached")
        return str(root.get_attribute("data-painted"))


@pytest.fixture
def visit(server: str, browser: Any, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Open a fresh browser window; parametrise indirectly with ``(locale, width)``."""
    locale, width = getattr(request, "param", ("de-DE", 1440))
    context = browser.new_context(locale=locale, viewport={"width": width, "height": 900})
    yield Visit(context.new_page(), server)
    context.close()
