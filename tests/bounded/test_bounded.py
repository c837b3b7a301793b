"""Whatever a file brings its reader to do, the server and its secrets stay as they were."""

from __future__ import annotations

import logging
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from geo.bounded import call_bounded, calling
from geo.bounded.child import environment
from geo.bounded.fork_server import SERVER
from geo.defaults import ReadBounds
from geo.errors import DataError
from geo.region.model import Region
from geo.region.package import load_region
from tests.bounded import hostile
from tests.conftest import ROOT, demo_region

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what the kernel holds is held on Linux only")
SHORT = ReadBounds(wall_seconds=6.0, cpu_seconds=1, megabytes=600, written_bytes=30 * 1024**2)


@pytest.fixture(params=["forked", "fresh"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Read in a forked process, and in a fresh one as on systems that cannot fork."""
    monkeypatch.setattr(calling, "CAN_FORK", request.param == "forked")
    yield request.param
    assert call_bounded(hostile.greet, "again") == "hello again", "the next file finds a reader"


def codes(function: Callable[..., Any], *arguments: Any, bounds: ReadBounds = SHORT, **more: Any) -> list[str]:
    with pytest.raises(DataError) as caught:
        call_bounded(function, *arguments, bounds=bounds, **more)
    return [finding.code for finding in caught.value.findings]


def test_a_value_comes_back(way: str) -> None:
    assert call_bounded(hostile.greet, "you") == "hello you"


def test_no_secret_of_the_environment_is_there(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAHBAR_DATABASE_URL", "postgresql://user:secret@host/db")
    assert call_bounded(hostile.seen_environment) == {}
    assert "secret" not in str(environment())


@pytest.mark.parametrize("reader", [hostile.read_text, hostile.read_natively])
@pytest.mark.parametrize("path", ["/etc/passwd", "/proc/self/environ", "/proc/1/cmdline", str(ROOT / "README.md")])
def test_no_other_file_is_read(way: str, reader: Callable[[str], str], path: str) -> None:
    assert codes(reader, path) == ["reading_failed"]


def test_no_other_file_is_written(way: str, tmp_path: Path) -> None:
    assert call_bounded(hostile.write_natively, str(tmp_path / "x")) == -1
    assert call_bounded(hostile.write_natively, str(tmp_path / "x"), folders=[tmp_path]) >= 0


def test_no_network(way: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert codes(hostile.connect, server.getsockname()[1]) == ["reading_failed"]
    assert call_bounded(hostile.socket_natively) == -1


def test_no_program_no_process_no_signal(way: str) -> None:
    assert codes(hostile.run_program) == ["reading_failed"]
    assert call_bounded(hostile.run_natively) != 0
    assert codes(hostile.fork) == ["reading_failed"]
    assert call_bounded(hostile.signal_parent) == -1
    assert call_bounded(hostile.start_thread) == 1, "libraries may have threads"


@pytest.mark.parametrize(
    ("function", "bounds", "told"),
    [
        (hostile.take_time, SHORT, "reading_too_long"),
        (hostile.sleep, replace(SHORT, wall_seconds=2.0, cpu_seconds=60), "reading_too_long"),
        (hostile.take_memory, replace(SHORT, cpu_seconds=60, wall_seconds=60), "reading_too_large"),
        (hostile.crash, replace(SHORT, wall_seconds=30, cpu_seconds=30), "reading_died"),
    ],
)
def test_an_end_is_a_sentence(way: str, function: Callable[[], Any], bounds: ReadBounds, told: str) -> None:
    assert codes(function, bounds=bounds, file="a.csv") == [told]


def test_memory_is_watched_where_the_kernel_holds_no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "CAN_FORK", False)
    with_room = replace(SHORT, megabytes=10**6, cpu_seconds=60, wall_seconds=60)
    monkeypatch.setattr(calling, "_LIBRARY_MEGABYTES", 700 - with_room.megabytes)
    assert codes(hostile.take_memory, bounds=with_room) == ["reading_died"]


def test_the_disk_is_not_filled(way: str, tmp_path: Path) -> None:
    assert codes(hostile.fill_disk, tmp_path, folders=[tmp_path], bounds=replace(SHORT, cpu_seconds=20)) == [
        "reading_failed"
    ]
    assert (tmp_path / "large").stat().st_size <= SHORT.written_bytes


def test_an_answer_runs_nothing(way: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert codes(hostile.answer_with_code) == ["reading_died"]
    assert "owned" not in capfd.readouterr().out


def test_a_fault_is_logged_without_its_message(way: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        assert codes(hostile.fail) == ["reading_failed"]
    assert "KeyError (" in caplog.text
    assert "17" not in caplog.text.replace("hostile.py:17", "")


def test_findings_name_the_file(way: str, tmp_path: Path) -> None:
    (tmp_path / "p.zip").write_bytes(b"no package")
    with pytest.raises(DataError) as caught:
        call_bounded(load_region, tmp_path / "p.zip", folders=[tmp_path], file="p.zip")
    assert {finding.file for finding in caught.value.findings} == {"p.zip"}


def test_a_region_is_the_same_as_read_here(way: str) -> None:
    there: Region = call_bounded(load_region, ROOT / "data" / "musterkreis", folders=[ROOT / "data" / "musterkreis"])
    here = demo_region("musterkreis")
    assert there.fingerprint == here.fingerprint
    assert there.statistics.equals(here.statistics)
    assert there.quarters.geom_equals(here.quarters).all()


def test_two_at_once_and_the_third_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "READER_PATIENCE_SECONDS", 0.1)
    for _ in range(calling.READERS_AT_ONCE):
        assert calling._SLOTS.acquire(timeout=0)
    try:
        assert codes(hostile.greet, "you") == ["reading_busy"]
    finally:
        for _ in range(calling.READERS_AT_ONCE):
            calling._SLOTS.release()


def test_nothing_stays_in_the_temporary_folder(way: str) -> None:
    import tempfile

    before = set(Path(tempfile.gettempdir()).glob("nahbar-read-*"))
    codes(hostile.crash)
    assert set(Path(tempfile.gettempdir()).glob("nahbar-read-*")) <= before


def test_the_process_that_forks_is_replaced() -> None:
    assert call_bounded(hostile.greet, "a") == "hello a"
    process = SERVER._process
    assert process is not None
    process.kill()
    process.wait()
    assert call_bounded(hostile.greet, "b") == "hello b"
