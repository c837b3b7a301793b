"""Plain values as dataclasses: every fault at once, each with its path, whatever a file holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from geo.decode import NUMBER_MOST, Fault, from_plain, to_plain
from geo.errors import DataError
from geo.findings import Finding, error


@dataclass(frozen=True)
class Inner:
    name: str
    limits: tuple[float, ...] = ()
    pair: tuple[str, int] = ("a", 1)


@dataclass(frozen=True)
class Outer:
    column: str | int
    inner: Inner | None = None
    several: tuple[Inner, ...] = ()
    words: Mapping[str, int] = field(default_factory=dict)
    is_open: bool = False


def told(plain: Any, where: str = "", first: int = 0) -> dict[str, str]:
    def tell(fault: Fault) -> Finding:
        return error(fault.expected, at=fault.place(first))

    with pytest.raises(DataError) as caught:
        from_plain(Outer, plain, where, tell)
    return {str(finding.parameters["at"]): finding.code for finding in caught.value.findings}


def test_every_fault_is_told_with_its_path() -> None:
    plain = {
        "column": 2.5,
        "inner": {"limits": [1, "2", None], "pair": ["a"], "nam": "x"},
        "several": [{"name": "a"}, {"name": 3}, 4],
        "words": {"one": 1, "two": True},
        "is_open": 1,
    }
    assert told(plain) == {
        "column": "str",
        "inner.limits[1]": "float",
        "inner.limits[2]": "float",
        "inner.pair": "list",
        "inner.nam": "known",
        "inner.name": "present",
        "several[1].name": "str",
        "several[2]": "object",
        "words.two": "int",
        "is_open": "bool",
    }
    assert "file.several[2].name" in told(plain, "file", first=1)


def test_what_was_written_comes_back_with_the_declared_types() -> None:
    made = Outer(3, Inner("a", (1.0, 2.5), ("b", 2)), (Inner("c"),), {"x": 1}, is_open=True)
    assert from_plain(Outer, to_plain(made)) == made
    whole = from_plain(Inner, {"name": dt.date(2024, 12, 31), "limits": [1]})
    assert (whole.name, whole.limits, type(whole.limits[0])) == ("2024-12-31", (1.0,), float)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf"), 10**400, 1.1 * NUMBER_MOST, True, "1"])
def test_a_number_is_finite_and_of_sensible_size(number: Any) -> None:
    assert told({"column": "a", "inner": {"name": "b", "limits": [number]}}) == {"inner.limits[0]": "float"}


def test_depth_that_no_type_has_is_one_fault() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    assert told({"column": "a", "words": deep}) == {"words": "object"}


@pytest.mark.parametrize("plain", [None, [], "text", 3])
def test_what_is_no_mapping_is_one_fault(plain: Any) -> None:
    assert told(plain, "scenario") == {"scenario": "object"}


def test_an_unknown_name_knows_the_nearest_field() -> None:
    assert Fault(("tables", 0, "colum"), "known", ("column", "key")).nearest == "column"
    assert Fault(("zzz",), "known", ("column", "key")).nearest == "–"
