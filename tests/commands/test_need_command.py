"""python -m geo need: one JSON object, sentences in both languages, and what does not fit."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from geo.commands.need import register
from geo.need.clusters import MORAN_CLASSES, SPOT_CLASSES
from geo.need.courses import COURSES, DIRECTIONS
from geo.need.persistence import CAUSES, STANDINGS
from geo.need.status import DYNAMICS_CLASSES, STATUS_CLASSES
from geo.region.package.bundle import write_region
from geo.text import texts
from tests.conftest import ROOT, demo_region
from tests.need.grids import region_of

DEMO = ROOT / "data" / "musterstadt"
LANGUAGES = ("de", "en")
CODES = (
    "reference_needed",
    "nothing_published",
    "too_few_quarters",
    "group_empty",
    "group_everybody",
    "all_equal",
    "no_neighbours",
    "too_few_dates",
    "date_left_out",
    "indicator_stops",
    "window_shortened",
    "lower_bound_not_possible",
    "indicator_differs",
    "cannot_be_said",
    "unit_size_differs",
    "indicator_all_equal",
    "dynamics_date_missing",
    "dynamics_not_possible",
    "indicators_none",
    "indicator_unknown",
    "crosswalk_old_without_new",
    "crosswalk_new_without_old",
    "crosswalk_area_used",
    "crosswalk_cells_outside",
    "crosswalk_weight_invalid",
    "crosswalk_old_unknown",
    "crosswalk_new_unknown",
    "crosswalk_pair_twice",
    "crosswalk_weights_off",
    "quarter_not_in_crosswalk",
    "rate_weighted_by_size",
    "converted_withheld",
)


def need(*arguments: str, place: Path = DEMO) -> int:
    parser = argparse.ArgumentParser()
    register(parser.add_subparsers(required=True))
    chosen = parser.parse_args(["need", str(place), *arguments])
    status: int = chosen.run(chosen)
    return status


def told(capsys: pytest.CaptureFixture[str], *arguments: str, place: Path = DEMO) -> dict[str, Any]:
    assert need("--json", *arguments, place=place) == 0
    out = capsys.readouterr().out
    assert "NaN" not in out
    answer: dict[str, Any] = json.loads(out)
    return answer


def test_json_is_one_object_that_holds_both(capsys: pytest.CaptureFixture[str]) -> None:
    answer = told(capsys)
    assert (answer["region"], answer["indicator"], answer["date"]) == (
        "musterstadt",
        "share_of_residents",
        "2025-12-31",
    )
    where, lasts = answer["concentration"], answer["persistence"]
    assert where["half"]["quarters_counted"] == 88
    assert where["half"]["recipient_share"] >= 0.5 > where["half"]["resident_share"]
    assert len(where["lorenz"]) == 89
    assert 0 < where["dissimilarity"]["low"] < where["dissimilarity"]["corrected"] < where["dissimilarity"]["high"] < 1
    assert lasts["rule"]["is_own_definition"] is True
    assert len(lasts["quarters"]) == 94
    assert len(lasts["window"]) == 5


def test_withheld_quarters_are_named_without_a_number(capsys: pytest.CaptureFixture[str]) -> None:
    answer = told(capsys)
    region = demo_region("musterstadt")
    cells = region.values_of("recipients", region.dates[-1])
    hidden = set(cells.index[cells["state"] == "suppressed"])
    assert set(answer["concentration"]["left_out"]) == hidden
    assert not hidden & set(answer["concentration"]["location_quotients"])
    by_key = {one["quarter_id"]: one for one in answer["persistence"]["quarters"]}
    assert all(by_key[key]["value"] is None for key in hidden)


def test_indicator_and_date_can_be_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    answer = told(capsys, "--indicator", "child_rate", "--date", "2020-12-31")
    assert (answer["indicator"], answer["date"]) == ("child_rate", "2020-12-31")
    assert answer["persistence"]["dates"][-1] == "2020-12-31"


def test_what_cannot_be_said_is_a_reason_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    answer = told(capsys, "--indicator", "recipients", "--date", "2015-12-31")
    assert answer["concentration"]["reason"]["code"] == "reference_needed"
    assert answer["concentration"]["gini"] is None
    assert answer["persistence"]["reason"]["code"] == "too_few_dates"


@pytest.mark.parametrize(
    "counts", [[100.0] * 9, [0.0] * 9, [float("nan")] * 9, [5.0, 7.0], [-1.0] * 8 + [4.0]], ids=str
)
def test_poor_regions_are_answered_without_a_number_that_is_none(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, counts: list[float]
) -> None:
    dates = ("2023-12-31", "2024-12-31")
    region = region_of(dict.fromkeys(dates, counts), dict.fromkeys(dates, [1000.0] * len(counts)))
    write_region(region, tmp_path / "felder")
    answer = told(capsys, place=tmp_path / "felder")
    assert answer["persistence"]["reason"] is not None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentence_comes_first_and_the_table_after(capsys: pytest.CaptureFixture[str], language: str) -> None:
    assert need("--lang", language) == 0
    lines = capsys.readouterr().out.splitlines()
    t = texts(language)
    assert lines[0].startswith("Musterstadt: ")
    assert lines[2] == t("concentration.sentence", n=17, quarters="88", residents=t.percent(29, 0))
    head = next(place for place, line in enumerate(lines) if line.startswith(t("persistence.column.name")))
    assert "Kranichsiedlung-West" in lines[head + 1]
    assert any("Schleusenwiese" in line and t.date("2022-12-31") in line for line in lines)
    assert lines[-1] == t("need.withheld", n=6)
    assert not any("nan" in line.lower().split() for line in lines)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "arguments", [("--indicator", "recipients", "--date", "2015-12-31"), ("--indicator", "child_rate")]
)
def test_other_indicators_are_told_too(
    capsys: pytest.CaptureFixture[str], language: str, arguments: tuple[str, ...]
) -> None:
    assert need("--lang", language, *arguments) == 0
    out = capsys.readouterr().out
    assert len(out.splitlines()) > 4
    assert "{" not in out


@pytest.mark.parametrize("arguments", [("--indicator", "fame"), ("--date", "1999-12-31")])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_region_lacks_ends_with_1_and_names_what_it_has(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], language: str
) -> None:
    assert need(*arguments, "--lang", language) == 1
    assert ("share_of_residents" if arguments[0] == "--indicator" else "2025-12-31") in capsys.readouterr().err


def test_a_folder_that_is_no_region_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert need(place=tmp_path) == 1
    assert capsys.readouterr().err.strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_class_and_code_has_a_sentence(language: str) -> None:
    t = texts(language)
    labels = [f"standing.{one}" for one in STANDINGS] + [f"course.{one}" for one in COURSES]
    labels += [f"direction.{one}" for one in DIRECTIONS] + [f"cause.{one}" for one in CAUSES]
    labels += [f"status.{one}" for one in STATUS_CLASSES] + [f"dynamics.{one}" for one in DYNAMICS_CLASSES]
    labels += [f"clusters.moran.{one}" for one in MORAN_CLASSES] + [f"clusters.spot.{one}" for one in SPOT_CLASSES]
    assert [one for one in labels if not t.has(f"{one}.label")] == []
    missing = [code for code in CODES if not (t.has(f"finding.{code}") and t.has(f"finding.{code}.remedy"))]
    assert missing == []
