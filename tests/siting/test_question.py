"""From a region and a question to numbered sites."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from shapely.geometry import Point

from geo.errors import DataError
from geo.settings import WalkAssumptions
from geo.siting.question import Question, answer, check, pose
from tests.siting.small_region import COUNTS, make_region


def test_the_answer_names_sites_in_order_of_gain(region) -> None:
    told = answer(region, Question(new=2))
    assert told.plan.status == "optimal"
    assert told.sites["id"].is_unique
    assert set(told.sites["id"]) <= set(region.hosts.index)
    assert list(told.plan.gains) == sorted(told.plan.gains, reverse=True)
    assert told.posed.question.date == "2025-12-31"
    for row in told.sites.itertuples():
        assert Point(row.x, row.y) == region.sites.geometry[row.id]
        assert 8.9 < row.lon < 9.1
        assert 51.4 < row.lat < 51.5


def test_people_are_rounded_and_fewer_than_may_be_shown_are_not_told(region) -> None:
    told = answer(region, Question(new=5))
    exact = told.plan
    assert told.people_before == round(exact.before / 10) * 10
    assert told.people_after == pytest.approx(exact.objective, abs=5)
    assert told.demand == pytest.approx(645, abs=5)
    for shown, people in zip(told.sites["gain"], exact.gains, strict=True):
        assert pd.isna(shown) if 0 < people < 10 else shown % 10 == 0
    assert told.bound == told.people_after
    assert told.rounded_to == 10


def test_the_answer_is_json_as_it_is(region) -> None:
    record = json.loads(json.dumps(answer(region, Question(new=2)).as_dict()))
    assert {"status", "people_before", "people_after", "demand", "bound", "gap", "seconds", "sites"} <= set(record)
    assert list(record["sites"][0]) == ["id", "name", "gain", "cumulative", "lon", "lat"]
    assert record["sites"][-1]["cumulative"] == record["people_after"]
    assert record["bound"] >= record["people_after"] >= record["people_before"]
    assert (record["withheld_quarters"], record["missing_quarters"], record["mode"]) == (1, 1, "line")


def test_more_minutes_reach_no_fewer(region) -> None:
    values = [answer(region, Question(new=2, minutes=minutes)).plan.objective for minutes in (2, 5, 10, 15, 40)]
    assert values == sorted(values)
    assert values[-1] == 645


def test_forced_and_forbidden_sites_are_heeded(region) -> None:
    free = answer(region, Question(new=2))
    first = free.sites["id"][0]
    without = answer(region, Question(new=2, forbidden=(first,)))
    assert first not in set(without.sites["id"])
    forced = answer(region, Question(new=2, forced=("h5",)))
    assert "h5" in set(forced.sites["id"])
    assert max(without.plan.objective, forced.plan.objective) <= free.plan.objective


def test_without_host_places_each_quarter_is_a_candidate() -> None:
    told = answer(make_region(sites={}), Question(new=2))
    assert told.posed.question.candidates == "quarters"
    assert told.people_before == 0
    assert len(told.posed.places) == 9
    assert set(told.sites["id"]) <= set(COUNTS)


def test_a_candidate_of_a_quarter_stands_where_people_live(region) -> None:
    places = pose(region, Question(candidates="quarters")).places.set_index("id")
    cells = {(x, y) for x, y in region.cells[["x", "y"]].to_numpy().tolist()}
    assert (places.loc["q1", "x"], places.loc["q1", "y"]) in cells
    for key in COUNTS:
        assert region.quarters.geometry[key].contains(Point(places.loc[key, "x"], places.loc[key, "y"]))


def test_the_curve_is_told_on_request(region) -> None:
    told = answer(region, Question(new=2), curve_up_to=4)
    assert told.curve is not None
    assert told.curve.reached[2] == told.plan.objective
    assert told.curve.reached[0] == told.plan.before


def test_slower_walkers_reach_no_more(region) -> None:
    slow = Question(new=2, assumptions=WalkAssumptions(speed_metres_per_second=0.8))
    assert answer(region, slow).plan.objective <= answer(region, Question(new=2)).plan.objective


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (Question(minutes=0), "minutes_out_of_range"),
        (Question(minutes=float("nan")), "minutes_out_of_range"),
        (Question(new=-1), "new_out_of_range"),
        (Question(candidates="moon"), "candidates_unknown"),
        (Question(measure="fame"), "measure_not_countable"),
        (Question(measure="share"), "measure_not_countable"),
        (Question(date="1999-12-31"), "date_unknown"),
        (Question(forced=("h9",)), "site_unknown"),
        (Question(forbidden=("office",)), "site_is_office"),
    ],
)
def test_a_question_that_does_not_fit_is_a_finding(region, question: Question, code: str) -> None:
    assert [finding.code for finding in check(region, question)] == [code]
    with pytest.raises(DataError, match=code):
        answer(region, question)


def test_all_faults_of_a_question_come_at_once(region) -> None:
    assert len(check(region, Question(minutes=-1, new=-1, measure="fame", forced=("h9", "office")))) == 5


def test_a_region_that_shows_no_count_has_nothing_to_answer() -> None:
    with pytest.raises(DataError, match="demand_none"):
        answer(make_region(dict.fromkeys(COUNTS)), Question())


def test_wishes_that_cannot_be_met_are_a_plan(region) -> None:
    told = answer(region, Question(new=1, forced=("h1", "h2")))
    assert (told.plan.status, told.as_dict()["message"], len(told.sites)) == ("infeasible", "forced_exceed_new", 0)
