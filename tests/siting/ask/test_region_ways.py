"""Ways from files a region carries itself: its timetable and its table of minutes, without being asked for files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from geo.errors import DataError
from geo.region.model.region import Region
from geo.siting.ask.answers import answer
from geo.siting.ask.question import Question
from geo.siting.ask.survey import OwnPlace, WayFiles, modes_of, survey_region, with_own
from tests.conftest import demo_region


@pytest.fixture(scope="module")
def city() -> Region:
    return demo_region("musterstadt")


@pytest.fixture(scope="module")
def district() -> Region:
    return demo_region("musterkreis")


def table(path: Path, text: str) -> Path:
    path.write_text("from,to,minutes\n" + text, encoding="utf-8")
    return path


def test_a_region_offers_the_modes_it_has_files_for(city: Region, district: Region, region: Region) -> None:
    assert modes_of(city) == ("walk", "wheelchair", "line", "transit")
    assert modes_of(district) == ("walk", "wheelchair", "line", "table")
    assert modes_of(region) == ("line",)


def test_minutes_of_the_region_give_a_plan_without_any_file(district: Region) -> None:
    told = answer(district, Question(mode="table", minutes=15, new=2))
    assert told.people_after is not None
    assert told.people_before is not None
    assert told.people_after > told.people_before > 0
    assert (told.posed.survey.mode, told.posed.times.mode) == ("table", "car")
    assert told.posed.times.source == "minutes.csv"
    assert told.posed.survey.findings == ()


@pytest.mark.parametrize("kind", ["hosts", "quarters"])
def test_minutes_are_those_of_the_table(district: Region, kind: str) -> None:
    assert district.travel_table is not None
    when = district.dates[-1]
    survey = survey_region(district, "residents", when, mode="table", candidate_kind=kind, limit_minutes=90)
    lines = district.travel_table.read_text(encoding="utf-8").splitlines()[1:]
    wanted = {(start, end): float(minutes) for start, end, minutes in (line.split(",") for line in lines)}
    dense = survey.times.minutes.toarray()
    for point in range(0, len(survey.demand), 97):
        row = [wanted[survey.demand.quarter_ids[point], place] for place in survey.places["id"]]
        assert np.allclose(dense[point], row)


def test_a_file_that_is_named_comes_before_the_regions_own(district: Region, tmp_path: Path) -> None:
    path = table(tmp_path / "fahrrad.csv", "".join(f"{key},S01,1\n{key},S02,400\n" for key in district.quarters.index))
    survey = survey_region(district, "residents", district.dates[-1], mode="table", files=WayFiles(table=path))
    assert survey.times.source == "fahrrad.csv"
    assert survey.times.minutes.nnz == len(survey.demand)


def test_without_a_file_there_is_still_a_sentence(region: Region) -> None:
    for mode, code in (("table", "table_none"), ("transit", "timetable_none")):
        with pytest.raises(DataError) as caught:
            survey_region(region, "recipients", region.dates[-1], mode=mode)
        assert [finding.code for finding in caught.value.findings] == [code]


def test_a_table_that_went_bad_is_a_finding(region: Region, tmp_path: Path) -> None:
    for text, code in (("q1,s1,-4\n", "travel_minutes_negative"), ("qq,ss,4\n", "travel_no_key_known")):
        bad = replace(region, travel_table=table(tmp_path / "auto.csv", text), travel_mode="car")
        with pytest.raises(DataError) as caught:
            survey_region(bad, "recipients", bad.dates[-1], mode="table")
        assert code in [finding.code for finding in caught.value.findings]


def test_a_timetable_that_went_bad_is_a_finding(region: Region, tmp_path: Path) -> None:
    (tmp_path / "bus.zip").write_bytes(b"PK\x03\x04")
    bad = replace(region, timetable=tmp_path / "bus.zip")
    with pytest.raises(DataError) as caught:
        survey_region(bad, "recipients", bad.dates[-1], mode="transit")
    assert [finding.code for finding in caught.value.findings] == ["archive_broken"]
    gone = replace(region, timetable=tmp_path / "none")
    with pytest.raises(DataError, match="timetable_not_found"):
        survey_region(gone, "recipients", gone.dates[-1], mode="transit")


def test_own_places_have_no_minutes_in_a_table(district: Region) -> None:
    survey = survey_region(district, "residents", district.dates[-1], mode="table")
    lon, lat = district.sites.to_crs(4326).geometry["S05"].coords[0]
    with pytest.raises(DataError, match="own_without_times"):
        with_own(district, survey, [OwnPlace("own-1", "Neu", lon, lat)])


def test_the_bus_is_never_slower_than_walking_and_mostly_faster(city: Region) -> None:
    walk = survey_region(city, "recipients", city.dates[-1], mode="walk", limit_minutes=45)
    bus = survey_region(city, "recipients", city.dates[-1], mode="transit", limit_minutes=45)
    assert bus.times.day == "2026-01-06"
    assert [finding.code for finding in bus.findings] == ["timetable_day_chosen"]
    on_foot, by_bus = walk.times.minutes.tocoo(), bus.times.minutes.tocsr()
    ridden = np.asarray(by_bus[on_foot.row, on_foot.col]).ravel()
    # Rides are counted in whole seconds.
    assert (ridden <= on_foot.data + 1 / 60 + 1e-6).all()
    assert bus.times.minutes.nnz > 1.5 * walk.times.minutes.nnz
    lon, lat = city.sites.to_crs(4326).geometry["S20"].coords[0]
    own = with_own(city, bus, [OwnPlace("own-1", "Neu", lon, lat)])
    at = bus.places.index[bus.places["id"] == "S20"][0]
    dense = own.times.minutes.toarray()
    assert np.allclose(dense[:, -1], dense[:, at], atol=0.1)
