"""Siting on real regions, from the raw files to the printed plan, as a planner would do it on the command line."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from geo.__main__ import main
from geo.region.model.region import Region
from geo.region.package.bundle import load_region, write_region
from geo.region.recipes.build import build_region
from geo.region.recipes.toml_text import read_recipe
from tests.conftest import ROOT

pytestmark = pytest.mark.real

RECIPES = ROOT / "data" / "recipes"
CAR_METRES_PER_MINUTE = 60_000 / 60 / 1.3


def built(name: str, real_data: Path, folder: Path) -> tuple[Path, Region]:
    result = build_region(read_recipe(RECIPES / f"{name}.toml"), real_data)
    assert result.region is not None
    write_region(result.region, folder / name)
    return folder / name, load_region(folder / name)


def site(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    assert main(["site", *arguments, "--json"]) == 0
    return dict(json.loads(capsys.readouterr().out))


def test_berlin_with_its_jobcenters_and_community_centres(
    real_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, region = built("berlin_mss_2021", real_data, tmp_path)
    assert (len(region.quarters), len(region.offices), len(region.hosts)) == (542, 9, 534)
    plan = site(capsys, str(path), "--measure", "residents", "--new", "10", "--minutes", "15", "--seconds", "60")
    assert plan["status"] == "optimal" or float(str(plan["gap"])) <= 0.005
    assert len(plan["sites"]) == 10  # type: ignore[arg-type]
    assert 140_000 < int(str(plan["people_before"])) < int(str(plan["people_after"])) < int(str(plan["demand"]))


def test_a_rural_district_by_a_table_of_car_minutes(
    real_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, region = built("kreis_steinfurt_2024", real_data, tmp_path)
    centres = region.quarters.geometry.representative_point()
    xy = np.column_stack([centres.x, centres.y])
    metres = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    table = tmp_path / "car.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["from", "to", "minutes"])
        for row, start in enumerate(region.quarters.index):
            for column, end in enumerate(region.quarters.index):
                writer.writerow([start, end, round(metres[row, column] / CAR_METRES_PER_MINUTE, 2)])

    few, more = (
        site(capsys, str(path), "--mode", "table", "--table", str(table), "--new", new, "--minutes", "15")
        for new in ("2", "4")
    )
    for plan in (few, more):
        assert plan["status"] == "optimal"
        assert plan["mode"] == "table" or plan["mode"] == "car"
        assert int(str(plan["demand"])) == round(23_148, -1)
    assert int(str(few["people_after"])) < int(str(more["people_after"])) <= int(str(more["demand"]))

    recipients = region.values_of("recipients", region.dates[-1])["value"].to_numpy()
    reached = metres / CAR_METRES_PER_MINUTE <= 15
    best = max(
        float(recipients[reached[:, [one, two]].any(axis=1)].sum())
        for one in range(len(reached))
        for two in range(one + 1, len(reached))
    )
    assert int(str(few["people_after"])) == round(best, -1)
