"""The app on a port of its own and a browser that reaches nobody else; tests and benchmarks start both here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from tests.conftest import ROOT
from tests.waiting import wait_until

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
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


@dataclass(frozen=True)
class RunningApp:
    """A server that answers."""

    address: str
    pid: int


@contextmanager
def running_app(**environment: str) -> Iterator[RunningApp]:
    """Start the app with further environment; the system chooses the port, so that no other process has it."""
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", "0"]
    command += ["--server.address", "127.0.0.1", "--server.headless", "true"]
    everything = {**os.environ, "PYTHONUNBUFFERED": "1", "NAHBAR_DEBUG": "", **environment}
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(command, cwd=ROOT, env=everything, stdout=said, stderr=said) as process,
    ):
        try:
            wait_until(lambda: process.poll() is not None or _answers(process.pid), "the server answers")
            if process.poll() is not None:
                said.seek(0)
                raise RuntimeError(f"the server ended at once: {said.read().decode(errors='replace')}")
            yield RunningApp(f"http://127.0.0.1:{_port(process.pid)}", process.pid)
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


def _port(pid: int) -> int | None:
    connections = psutil.Process(pid).net_connections("tcp4")
    return next((one.laddr.port for one in connections if one.status == psutil.CONN_LISTEN), None)


def _answers(pid: int) -> bool:
    try:
        port = _port(pid)
        if port is None:
            return False
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, psutil.Error):
        return False
