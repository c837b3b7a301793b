"""What may be installed with the wheel and what is tested keep in step."""

from __future__ import annotations

import tomllib

from packaging.requirements import Requirement

from tests.conftest import ROOT


def test_every_tested_version_lies_inside_the_range_of_the_wheel() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    ranges = {one.name: one for one in map(Requirement, project["dependencies"])}
    pins = {one.name: one for one in map(Requirement, (line for line in lines if line and line[0] != "#"))}
    assert len(pins) > 20
    assert pins.keys() == ranges.keys()
    for name, pin in pins.items():
        ((operator, version),) = [(one.operator, one.version) for one in pin.specifier]
        assert operator == "==", pin
        assert pin.extras == ranges[name].extras, name
        assert ranges[name].specifier.contains(version), f"{pin} is not in {ranges[name]}"
        assert sorted(one.operator for one in ranges[name].specifier) == ["<", ">="], ranges[name]
