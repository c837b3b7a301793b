"""The house stays one a stranger can live in: small files, small folders, every wing with a door."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import grimp
import pytest

from tests.conftest import ROOT
from tests.doors import DoorContract, doors

LINES_MOST = 400
FILES_MOST = 20
PUBLIC = ("geo.siting", "geo.text")
"""Doors that others than this project use."""
MODULES = sorted([*ROOT.joinpath("geo").rglob("*.py"), *ROOT.joinpath("pages").rglob("*.py")])


def test_no_file_is_too_long() -> None:
    """A module of more than 400 lines holds two things."""
    lines = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count("\n") for path in MODULES}
    assert {name: count for name, count in lines.items() if count > LINES_MOST} == {}


def test_no_folder_is_too_full() -> None:
    """A folder of more than 20 modules wants wings."""
    folders = Counter(path.parent for path in MODULES)
    assert {str(folder.relative_to(ROOT)): count for folder, count in folders.items() if count > FILES_MOST} == {}


@pytest.mark.parametrize("hall", ["geo/region", "geo/reach", "geo/siting", "geo/output", "pages/shared"])
def test_every_wing_has_a_door(hall: str) -> None:
    """A package of a hall says in ``__init__`` what it is and what it gives."""
    wings = [path for path in ROOT.joinpath(hall).iterdir() if path.is_dir() and list(path.glob("*.py"))]
    assert wings
    for wing in wings:
        door = (wing / "__init__.py").read_text(encoding="utf-8")
        assert door.startswith('"""'), wing
        assert " import " in door or "def " in door, wing


def test_doors_give_what_somebody_takes() -> None:
    """A name that nobody outside a wing asks for is no business of its door."""
    wings = {wing: given for wing, given in doors(["geo", "pages.shared"]).items() if wing not in PUBLIC}
    taken: dict[str, set[str]] = {wing: set() for wing in wings}
    users = [*MODULES, ROOT / "app.py"]
    for folder in ("benchmarks", "data/generator", "tests"):
        users += ROOT.joinpath(folder).rglob("*.py")
    for path in users:
        user = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for statement in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(statement, ast.ImportFrom) and statement.module in taken:
                wing = statement.module
                if user != f"{wing}.__init__":
                    taken[wing] |= {name.name for name in statement.names}
    assert {wing: sorted(given - taken[wing]) for wing, given in wings.items() if given - taken[wing]} == {}


def test_doors_hold_against_a_module_that_reaches_past(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The import contract finds an import past a door, and lets one through the door be."""
    top = tmp_path / "house"
    for name, text in {
        "__init__.py": "",
        "wing/__init__.py": "from house.wing.inner import given\n",
        "wing/inner.py": "given = hidden = 1\n",
        "guest.py": "from house.wing import given\n",
        "thief.py": "from house.wing.inner import hidden\n",
    }.items():
        (top / name).parent.mkdir(exist_ok=True)
        (top / name).write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr("tests.doors.ROOT", tmp_path)
    contract = DoorContract(name="doors", session_options={}, contract_options={"within": ["house"]})
    check = contract.check(grimp.build_graph("house", cache_dir=None), verbose=False)
    assert not check.kept
    assert [(one, other) for one, other, _ in check.metadata["past"]] == [("house.thief", "house.wing.inner")]
