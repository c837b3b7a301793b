"""python -m geo site: one JSON object, a table, sentences for what does not fit."""

from __future__ import annotations

import json
import time

import pytest

from geo.__main__ import main
from geo.text import texts
from tests.conftest import ROOT

DEMO = ROOT / "data" / "musterstadt"
pytestmark = pytest.mark.skipif(not DEMO.is_dir(), reason="the demo region is not here")


def site(*arguments: str) -> int:
    return main(["site", str(DEMO), *arguments])


def test_json_is_one_object_with_every_promised_key(capsys: pytest.CaptureFixture[str]) -> None:
    assert site("--new", "3", "--minutes", "15", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["status"] == "optimal"
    assert told["gap"] == 0
    assert told["demand"] >= told["bound"] >= told["people_after"] > told["people_before"] > 0
    assert len(told["sites"]) == 3
    assert [site["gain"] for site in told["sites"]] == sorted((site["gain"] for site in told["sites"]), reverse=True)
    assert told["sites"][-1]["cumulative"] == told["people_after"]
    assert {"measure", "date", "minutes", "new", "mode", "rounded_to", "withheld_quarters", "assumptions"} <= set(told)


def test_the_demo_is_proven_in_less_than_two_seconds(capsys: pytest.CaptureFixture[str], tmp_path) -> None:
    arguments = ("--new", "3", "--minutes", "15", "--json", "--cache", str(tmp_path))
    assert site(*arguments) == 0
    capsys.readouterr()
    began = time.process_time()
    assert site(*arguments) == 0
    assert time.process_time() - began < 2
    assert json.loads(capsys.readouterr().out)["status"] == "optimal"


def test_forcing_and_forbidding_by_key(capsys: pytest.CaptureFixture[str]) -> None:
    assert site("--json") == 0
    free = json.loads(capsys.readouterr().out)
    first = free["sites"][0]["id"]
    assert site("--json", "--forbid", first) == 0
    without = json.loads(capsys.readouterr().out)
    assert first not in [site["id"] for site in without["sites"]]
    assert without["people_after"] <= free["people_after"]
    unchosen = without["sites"][-1]["id"] if without["sites"][-1]["id"] != first else without["sites"][0]["id"]
    assert site("--json", "--force", unchosen) == 0
    assert unchosen in [site["id"] for site in json.loads(capsys.readouterr().out)["sites"]]


@pytest.mark.parametrize(("mode", "detour"), [("walk", 1.0), ("wheelchair", 1.0), ("line", 1.3)])
def test_the_mode_is_told_with_the_answer(capsys: pytest.CaptureFixture[str], mode: str, detour: float) -> None:
    assert site("--json", "--mode", mode, "--speed", "0,8") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["mode"] == mode
    assert told["assumptions"] == {"speed_metres_per_second": 0.8, "detour_factor": detour}


def test_an_office_that_closes_is_missed(capsys: pytest.CaptureFixture[str]) -> None:
    assert site("--json", "--close", "S01", "--new", "1") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["closed"] == ["S01"]
    assert told["people_kept"] < told["people_before"]


def test_times_from_a_table_give_a_plan(capsys: pytest.CaptureFixture[str], tmp_path) -> None:
    times = tmp_path / "zeiten.csv"
    assert main(["travel", str(DEMO), "--mode", "line", "--out", str(times)]) == 0
    capsys.readouterr()
    assert site("--json", "--mode", "table", "--table", str(times)) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["mode"], told["ways_source"]) == ("table", "zeiten.csv")
    assert told["people_after"] > told["people_before"]


@pytest.mark.parametrize("language", ["de", "en"])
def test_without_json_a_table_is_told_in_the_language(capsys: pytest.CaptureFixture[str], language: str) -> None:
    assert site("--lang", language) == 0
    out = capsys.readouterr().out
    assert texts(language)("proof.console.optimal") in out
    assert texts(language)("site.column.gain") in out
    assert ("2.050" if language == "de" else "2,050") in out or "Musterstadt" in out


@pytest.mark.parametrize(
    "arguments",
    [
        ("--force", "nope"),
        ("--measure", "fame"),
        ("--date", "1999-12-31"),
        ("--minutes", "900"),
        ("--new", "1000"),
        ("--close", "S99"),
        ("--close", "S20"),
        ("--mode", "table"),
        ("--mode", "transit", "--day", "2026-12-25"),
        ("--speed", "99"),
        ("--detour", "0.5"),
        ("--mode", "walk", "--streets", "nowhere.osm.pbf"),
    ],
)
def test_what_does_not_fit_the_region_ends_with_1_and_a_sentence(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    assert site(*arguments) == 1
    told = capsys.readouterr()
    assert len(told.err + told.out) > 20
    assert "Traceback" not in told.err


@pytest.mark.parametrize("arguments", [("--new", "x"), ("--new", "-1"), ("--minutes", "0"), ("--minutes", "soon")])
def test_wrong_usage_ends_with_2_and_names_the_value(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        site(*arguments)
    assert stopped.value.code == 2
    assert arguments[1] in capsys.readouterr().err


def test_a_folder_that_is_no_region_is_refused(capsys: pytest.CaptureFixture[str], tmp_path) -> None:
    assert main(["site", str(tmp_path)]) == 1
    assert capsys.readouterr().err.strip()


def test_every_reason_of_an_infeasible_plan_has_a_sentence() -> None:
    for code in ("forced_exceed_new", "new_exceed_candidates", "forced_and_forbidden"):
        for language in ("de", "en"):
            assert texts(language).has(f"site.infeasible.{code}")
