"""The wheel: what is in it, and that an empty environment elsewhere runs the app and the commands from it alone."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from tests.conftest import ROOT
from tests.region.nine_quarters import write_files

pytestmark = pytest.mark.nightly
SHIPPED = ("geo", "pages", "data/musterkreis", "data/musterstadt", "data/recipes")
LIBRARY = """
import numpy as np
from geo.jobs import Workshop
from geo.siting import SitingProblem, solve

spots = np.random.default_rng(1).uniform(0, 1000, (60, 2))
asked = SitingProblem.from_points(spots, np.ones(60), spots[:20], reach=200.0, new=3)
shop = Workshop(1)
job = shop.submit(asked, seconds=10.0)
assert job.done.wait(120)
assert job.plan.selected == solve(asked, seconds=10.0).selected
shop.close()
"""


@dataclass(frozen=True)
class Installed:
    """An environment with the wheel, and a folder to be in that has nothing to do with the project."""

    environment: Path
    here: Path

    def program(self, name: str) -> str:
        return str(self.environment / ("Scripts" if os.name == "nt" else "bin") / name)

    @property
    def variables(self) -> dict[str, str]:
        """Return the variables of a user who never had to do with the project."""
        ours = re.compile(r"NAHBAR|STREAMLIT|PYTHON|VIRTUAL_ENV|XDG_")
        kept = {name: value for name, value in os.environ.items() if not ours.match(name)}
        home = str(self.here.parent / "home")
        return {**kept, "HOME": home, "USERPROFILE": home, "LOCALAPPDATA": home, "STREAMLIT_SERVER_HEADLESS": "true"}

    def run(self, *words: str | Path, status: int = 0) -> subprocess.CompletedProcess[str]:
        command = [self.program("nahbar"), *map(str, words)]
        done = subprocess.run(
            command, cwd=self.here, env=self.variables, capture_output=True, encoding="utf-8", timeout=600, check=False
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel; skip where no registry gives what builds it."""
    folder = tmp_path_factory.mktemp("dist")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    asked = [*pip, "download", "--no-deps", "--quiet", "--dest", str(folder / "tools"), "hatchling"]
    if subprocess.run(asked, capture_output=True, check=False).returncode:
        pytest.skip("no package registry is reached from here: hatchling cannot be had")
    subprocess.run([*pip, "wheel", "--no-deps", "--quiet", "--wheel-dir", str(folder), str(ROOT)], check=True)
    return next(folder.glob("nahbar-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    """Install the wheel, and all it asks for, into an empty environment."""
    folder = tmp_path_factory.mktemp("installed")
    (folder / "here").mkdir()
    (folder / "home").mkdir()
    made = Installed(folder / "environment", folder / "here")
    subprocess.run([sys.executable, "-m", "venv", str(made.environment)], check=True)
    pip = [made.program("python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    subprocess.run([*pip, str(wheel)], cwd=made.here, check=True)
    yield made
    shutil.rmtree(made.environment)


def test_everything_that_is_needed_is_in_it_and_nothing_else(wheel: Path) -> None:
    found = [file for folder in SHIPPED for file in (ROOT / folder).rglob("*") if file.is_file()]
    files = [file.relative_to(ROOT) for file in found if "__pycache__" not in file.parts]
    files += [Path("app.py"), Path("data/README.md"), Path(".streamlit/config.toml")]
    expected = {("" if file.parts[0] == "geo" else "nahbar/") + file.as_posix() for file in files}
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert len(names) == len(set(names))
    assert {name for name in names if ".dist-info/" not in name} == expected
    endings = {name.rpartition(".")[2] for name in expected}
    assert endings >= {"po", "typ", "toml", "mako", "js", "css", "html", "svg", "gpkg", "pbf", "csv", "json", "zip"}
    assert wheel.stat().st_size < 5_000_000


def test_the_app_runs_elsewhere(installed: Installed) -> None:
    with running(installed, "--region", "data/musterkreis") as address:
        with urllib.request.urlopen(f"http://{address}/") as page:
            assert b"<html" in page.read()
        sent = first_page(address)
        assert "Musterkreis" in sent
        assert "Traceback" not in sent
        script = re.search(r"\.\./([\w.]+)/(nahbar-map\.js\?\w+)", first_page(address, "atlas"))
        assert script is not None
        with urllib.request.urlopen(f"http://{address}/component/{script[1]}/{script[2]}") as file:
            assert file.read() == (ROOT / "pages/shared/frontend/nahbar-map.js").read_bytes()
    assert list(installed.here.iterdir()) == []


def test_a_folder_that_is_no_region_is_said_before_anything_starts(installed: Installed) -> None:
    assert "datapackage.json" in installed.run("run", "--region", "nowhere", status=1).stderr


def test_commands_find_what_is_shipped(installed: Installed) -> None:
    told = json.loads(installed.run("site", "data/musterkreis", "--new", "2", "--minutes", "15", "--json").stdout)
    assert len(told["sites"]) == 2
    assert "Geheimhaltung" in installed.run("need", "data/musterstadt").stdout
    faults = installed.run("check", "data/recipes/nrw_2024.toml", "--files", ".", "--lang", "de", status=1).stderr
    assert "Nordrhein-Westfalen" in faults  # the recipe was read, the files it names are not shipped
    assert "nrw_2024.toml" not in faults


def test_a_recipe_becomes_a_region(installed: Installed, tmp_path: Path) -> None:
    installed.run("build", write_files(tmp_path), "--out", tmp_path / "region")
    assert json.loads(installed.run("describe", tmp_path / "region", "--json").stdout)["quarters"] == 9


def test_reports_and_sheets_are_set(installed: Installed, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    installed.run("scenario", "data/musterkreis", "--name", "Plan", "--new", "2", "--minutes", "15", "--out", plan)
    wanted = ["--what", "report", "--what", "sheets", "--what", "procurement", "--what", "data"]
    installed.run("export", "data/musterkreis", "--scenario", plan, *wanted, "--out", tmp_path / "out")
    assert {".pdf", ".docx", ".xlsx", ".csv", ".gpkg"} <= {file.suffix for file in (tmp_path / "out").iterdir()}


def test_the_library_solves_here_and_in_a_process_of_its_own(installed: Installed) -> None:
    command = [installed.program("python"), "-c", LIBRARY]
    subprocess.run(command, cwd=installed.here, env=installed.variables, timeout=300, check=True)


def test_the_database_lies_with_the_user(installed: Installed) -> None:
    command = [installed.program("python"), "-c", "from geo.store import database_address; print(database_address())"]
    told = subprocess.run(command, cwd=installed.here, env=installed.variables, capture_output=True, check=True)
    place = Path(told.stdout.decode().strip().removeprefix("sqlite:///"))
    assert place.is_relative_to(installed.here.parent / "home")


@contextmanager
def running(installed: Installed, *words: str) -> Iterator[str]:
    """Run ``nahbar run`` on a free port and give host and port once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [installed.program("nahbar"), "run", "--port", str(port), "--address", "127.0.0.1", *words]
    with subprocess.Popen(command, cwd=installed.here, env=installed.variables) as process:
        try:
            end = time.monotonic() + 180
            while not answers(f"http://127.0.0.1:{port}/_stcore/health"):
                assert process.poll() is None
                assert time.monotonic() < end
                time.sleep(0.2)
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=30)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address) as told:
            return bool(told.status == 200)
    except OSError:
        return False


def first_page(address: str, page: str = "") -> str:
    """Return what a browser that opens a page is sent, up to the end of the first run."""
    asked, sent = BackMsg(), []
    asked.rerun_script.page_name = page
    # Not by an event loop: the browser's tests hold one in the same process.
    with connect(f"ws://{address}/_stcore/stream", max_size=None) as socket:
        socket.send(asked.SerializeToString())
        while True:
            told = ForwardMsg.FromString(socket.recv(timeout=180, decode=False))
            sent.append(str(told))
            if told.WhichOneof("type") == "script_finished":
                return "\n".join(sent)
