"""From a region and a question to numbered sites."""

from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest
from shapely.geometry import Point

from geo.defaults import WalkAssumptions
from geo.errors import DataError
from geo.region.model.region import Region
from geo.siting.ask.answers import answer
from geo.siting.ask.formulation import pose, survey_of
from geo.siting.ask.question import Question
from geo.siting.ask.question_checks import check
from geo.siting.ask.survey import OwnPlace, WayFiles, own_faults, streets_of, survey_region, with_own
from geo.siting.problem.objectives import OBJECTIVES
from geo.siting.problem.recount import people_reached
from tests.conftest import demo_region
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
    assert told.people_after == pytest.approx(exact.value, abs=5)
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
    values = [answer(region, Question(new=2, minutes=minutes)).plan.value for minutes in (2, 5, 10, 15, 40)]
    assert values == sorted(values)
    assert values[-1] == 645


def test_forced_and_forbidden_sites_are_heeded(region) -> None:
    free = answer(region, Question(new=2))
    first = free.sites["id"][0]
    without = answer(region, Question(new=2, forbidden=(first,)))
    assert first not in set(without.sites["id"])
    forced = answer(region, Question(new=2, forced=("h5",)))
    assert "h5" in set(forced.sites["id"])
    assert max(without.plan.value, forced.plan.value) <= free.plan.value


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
    assert told.curve.reached[2] == told.plan.value
    assert told.curve.reached[0] == told.plan.before


def test_slower_walkers_reach_no_more(region) -> None:
    slow = Question(new=2, assumptions=WalkAssumptions(speed_metres_per_second=0.8))
    assert answer(region, slow).plan.value <= answer(region, Question(new=2)).plan.value


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
        (Question(closed=("h1",)), "site_not_office"),
        (Question(mode="teleport"), "mode_unknown"),
        (Question(objective="beauty"), "objective_unknown"),
        (Question(share=0), "share_out_of_range"),
        (Question(share=101), "share_out_of_range"),
        (Question(budget_eur=-1), "budget_out_of_range"),
        (Question(budget_eur=float("nan")), "budget_out_of_range"),
        (Question(visits_per_year=0), "visits_out_of_range"),
        (Question(assumptions=WalkAssumptions(speed_metres_per_second=0)), "speed_out_of_range"),
        (Question(assumptions=WalkAssumptions(detour_factor=0.5)), "detour_out_of_range"),
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


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (Question(mode="walk"), "streets_none"),
        (Question(mode="table"), "table_none"),
        (Question(mode="transit"), "timetable_none"),
    ],
)
def test_a_mode_without_its_data_is_a_finding(region, question: Question, code: str) -> None:
    with pytest.raises(DataError, match=code):
        answer(region, question)


def test_a_closed_office_counts_before_and_not_after(region) -> None:
    told = answer(region, Question(new=2, closed=("office",)))
    assert told.people_before == answer(region, Question(new=2)).people_before
    assert told.people_kept == 0
    assert told.plan.before == 0
    assert "office" not in set(told.sites["id"])


def test_a_place_of_ones_own_is_opened_in_any_case(region) -> None:
    own = (OwnPlace("own-1", "Eigener Ort 1", 9.0215, 51.4705),)
    told = answer(region, Question(new=2, own=own))
    assert "own-1" in set(told.sites["id"])
    assert len(told.sites) == 2
    assert told.plan.value <= answer(region, Question(new=2)).plan.value + 645
    assert told.as_dict()["own"] == [{"id": "own-1", "lon": 9.0215, "lat": 51.4705}]


def test_a_place_outside_the_region_is_refused(region) -> None:
    with pytest.raises(DataError, match="own_outside"):
        answer(region, Question(own=(OwnPlace("own-1", "Weit weg", 9.5, 51.47),)))


def test_no_more_than_twenty_places_of_ones_own(region) -> None:
    own = tuple(OwnPlace(f"own-{number}", "", 9.02, 51.47) for number in range(21))
    with pytest.raises(DataError, match="own_too_many"):
        answer(region, Question(new=21, own=own))


def test_a_table_of_minutes_is_used_as_it_is(region, tmp_path) -> None:
    rows = [f"q{quarter},h1,{quarter}" for quarter in range(1, 10)] + ["q1,office,3"]
    table = tmp_path / "zeiten.csv"
    table.write_text("von,nach,minuten\n" + "\n".join(rows), encoding="utf-8")
    told = answer(region, Question(mode="table", minutes=5, new=1), files=WayFiles(table=table))
    assert told.plan.before == COUNTS["q1"]
    assert told.plan.value == sum(COUNTS[f"q{quarter}"] for quarter in range(1, 6))
    assert told.as_dict()["assumptions"]["speed_metres_per_second"] is None
    codes = {finding.code for finding in told.posed.survey.findings}
    assert "travel_from_unknown" not in codes
    own = (OwnPlace("own-1", "", 9.0215, 51.4705),)
    with pytest.raises(DataError, match="own_without_times"):
        answer(region, Question(mode="table", own=own), files=WayFiles(table=table))


@pytest.fixture(scope="module")
def city() -> Region:
    return demo_region("musterstadt")


def test_a_region_with_streets_is_walked_on_them(city: Region) -> None:
    walked = answer(city, Question())
    assert walked.posed.question.mode == "walk"
    assert walked.posed.times.detour_factor == 1.0
    line = answer(city, Question(mode="line"))
    assert (line.posed.survey.mode, line.posed.times.detour_factor) == ("line", 1.3)
    assert walked.plan.before != line.plan.before


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_every_question_has_an_answer_in_people(city: Region, objective: str) -> None:
    told = answer(city, Question(objective=objective, share=25, minutes=20), seconds=10)
    assert told.plan.status in ("optimal", "feasible")
    assert told.plan.objective == objective
    reached = people_reached(told.posed.problem, (*told.posed.problem.fixed, *told.plan.selected))
    assert told.people_after == pytest.approx(reached, abs=5)
    assert told.people_after >= told.people_before
    record = json.loads(json.dumps(told.as_dict(), allow_nan=False))
    assert record["question"] == objective
    assert len(record["sites"]) == len(told.plan.selected)


def test_fewest_offices_reach_the_share_and_one_less_does_not(city: Region) -> None:
    told = answer(city, Question(objective="cover-all", share=40, minutes=20), seconds=20)
    assert told.plan.status == "optimal"
    assert told.plan.reached >= 0.4 * told.plan.total
    fewer = answer(city, Question(new=len(told.plan.selected) - 1, minutes=20), seconds=20)
    assert fewer.plan.bound < 0.4 * told.plan.total


def test_a_budget_is_kept_and_more_money_reaches_no_fewer(city: Region) -> None:
    plans = [
        answer(city, Question(objective="budget", budget_eur=euro), seconds=10).plan
        for euro in (10_000, 40_000, 90_000)
    ]
    assert [plan.cost <= euro for plan, euro in zip(plans, (10_000, 40_000, 90_000), strict=True)] == [True] * 3
    assert [plan.value for plan in plans] == sorted(plan.value for plan in plans)


def test_people_are_served_waiting_or_beyond(city: Region) -> None:
    plan = answer(city, Question(objective="capacity", visits_per_year=12), seconds=10).plan
    assert plan.served + plan.waiting + plan.beyond == pytest.approx(plan.total)
    assert plan.waiting > 0


def test_the_survey_is_measured_once_for_many_questions(city: Region) -> None:
    survey = survey_region(city, "recipients", city.dates[-1], limit_minutes=60)
    for minutes, new in ((10, 2), (15, 3), (25, 5)):
        question = Question(minutes=minutes, new=new)
        once = answer(city, question, survey=survey)
        anew = answer(city, question, survey=survey_of(city, question))
        assert once.plan.selected == anew.plan.selected
        assert once.plan.value == anew.plan.value


def test_slower_and_wheelchair_users_reach_no_more_on_streets(city: Region) -> None:
    slow = WalkAssumptions(speed_metres_per_second=0.8)
    usual = answer(city, Question()).plan
    assert answer(city, Question(assumptions=slow)).plan.value < usual.value
    assert answer(city, Question(mode="wheelchair")).plan.value <= usual.value


def test_own_places_are_measured_like_the_others(city: Region) -> None:
    network = streets_of(city)
    survey = survey_region(city, "recipients", city.dates[-1], network=network)
    host = city.hosts.to_crs(4326).geometry.iloc[0]
    twin = with_own(city, survey, (OwnPlace("own-1", "Zwilling", host.x, host.y),))
    column = int(survey.places.index[survey.places["id"] == city.hosts.index[0]][0])
    wanted = survey.times.minutes.tocsc()[:, [column]].toarray()
    found = twin.times.minutes.tocsc()[:, [-1]].toarray()
    assert found == pytest.approx(wanted, abs=1e-4)


def test_a_place_far_from_streets_is_refused(region, city: Region) -> None:
    elsewhere = streets_of(city)
    inside = OwnPlace("own-1", "Feld", 9.0215, 51.4705)
    assert own_faults(region, (inside,), None) == ()
    assert [finding.code for finding in own_faults(region, (inside,), elsewhere)] == ["own_off_streets"]


def test_what_a_region_has_none_of_is_not_asked_to_be_chosen_from(region) -> None:
    rates = replace(region, measures=tuple(replace(measure, unit="percent") for measure in region.measures))
    assert [one.code for one in check(rates, Question())] == ["measure_none_countable"]
    unsaid = replace(region, sites=region.sites.assign(services=""))
    assert [one.code for one in check(unsaid, Question(service="dancing"))] == ["service_none"]
