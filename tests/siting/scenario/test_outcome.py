"""What came of a scenario: rounded, disclosed, and the same whatever is withheld."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from geo.decode import from_plain, to_plain
from geo.defaults import WalkAssumptions
from geo.errors import ContractError, DataError
from geo.region.model.region import Region
from geo.siting.ask.access import nearest_minutes
from geo.siting.ask.answers import answer
from geo.siting.ask.question import Question
from geo.siting.ask.survey import OwnPlace
from geo.siting.costs.components import CostPlan
from geo.siting.scenario.outcome import completed, outcome_of, run
from geo.siting.scenario.scenario import Outcome, Scenario, nothing_new
from tests.conftest import demo_region
from tests.output.test_nothing_hidden import assembled, hidden, raw_statistics, with_other_secrets
from tests.siting.small_region import COUNTS, make_region

DATE = "2025-12-31"


def scenario(question: Question, region: Region) -> Scenario:
    return Scenario("Vorschlag", region.id, question)


@pytest.fixture(scope="module")
def city() -> Region:
    return demo_region("musterstadt")


def test_people_by_quarter_are_the_rounded_sum_of_their_points(region) -> None:
    told, found = run(region, scenario(Question(new=2, minutes=12), region))
    survey = told.posed.survey
    after = nearest_minutes(survey, [*told.posed.problem.fixed, *told.plan.selected])
    for quarter in found.quarters:
        count = COUNTS[quarter.quarter_id]
        if not isinstance(count, int):
            assert (quarter.people_before, quarter.people_after, quarter.minutes_after) == (None, None, None)
            continue
        mine = survey.demand.quarter_ids == quarter.quarter_id
        exact = survey.demand.people[mine & (after <= 12)].sum()
        if 0 < exact < 10:
            assert quarter.people_after is None
        else:
            assert quarter.people_after == pytest.approx(exact, abs=5)
            assert quarter.people_after % 10 == 0
    assert [quarter.quarter_id for quarter in found.quarters] == list(region.quarters.index)
    q7 = found.quarters[6]
    assert (q7.people_before, q7.people_after, q7.minutes_after) == (0, 0, None)


def test_curves_rise_and_pass_through_people_reached(city: Region) -> None:
    _, found = run(city, scenario(Question(new=3), city))
    assert len(found.curve) == len(found.curve_before) == 61
    for curve in (found.curve_before, found.curve):
        shown = [people or 0 for people in curve]
        assert shown == sorted(shown)
        assert all(people % 10 == 0 for people in shown)
    assert found.curve[15] == found.people_after > found.people_before == found.curve_before[15]
    assert found.mean_minutes < found.mean_minutes_before
    assert found.added == found.people_after - found.people_before
    assert found.sites[-1].cumulative == found.people_after
    assert found.cost_per_year_eur == sum(site.cost_per_year_eur for site in found.sites)
    assert found.beyond == pytest.approx(found.demand - found.people_after, abs=10)


def test_mean_minutes_count_long_ways_as_the_limit(region) -> None:
    """A walker so slow that most are beyond the hour still has a mean within it."""
    slow = Question(new=0, assumptions=WalkAssumptions(speed_metres_per_second=0.3))
    told, found = run(region, scenario(slow, region))
    minutes = nearest_minutes(told.posed.survey, told.posed.offices_today)
    assert np.isinf(minutes).any()
    people = told.posed.demand.people
    assert found.mean_minutes == pytest.approx(np.average(np.minimum(minutes, 60), weights=people), abs=0.06)
    assert found.worst_minutes is None
    assert found.limit_minutes == 60


def test_an_answer_with_short_ways_is_told_over_the_whole_hour(region) -> None:
    asked = completed(region, scenario(Question(new=2, minutes=12), region))
    _, whole = run(region, asked)
    short = answer(region, asked.question)
    assert short.posed.times.limit_minutes == 12
    told = outcome_of(region, asked, short)
    assert told.curve == whole.curve
    assert told.mean_minutes == whole.mean_minutes


def test_an_outcome_is_json_and_back(city: Region) -> None:
    for question in (Question(), Question(objective="capacity"), Question(new=1, forced=("S06", "S19"))):
        _, found = run(city, scenario(question, city))
        assert from_plain(Outcome, json.loads(json.dumps(to_plain(found), allow_nan=False))) == found


def test_nothing_new_changes_nothing(city: Region) -> None:
    still = nothing_new(Question(new=4, forced=("S06",), closed=("S01",), minutes=20), city.id, "Heute")
    _, found = run(city, still)
    assert found.sites == found.closed == ()
    assert found.people_before == found.people_after
    assert found.curve_before == found.curve
    assert (found.cost_per_year_eur, found.added) == (0.0, 0)
    assert found.cost_per_person_eur is None
    assert still.is_nothing_new


def test_closing_saves_and_unknown_costs_stay_unknown(city: Region) -> None:
    office = str(city.offices.index[0])
    _, closing = run(city, scenario(Question(new=0, closed=(office,)), city))
    assert closing.closed == (office,)
    assert closing.cost_per_year_eur == -float(city.sites.loc[office, "cost_per_year_eur"])
    assert closing.people_after < closing.people_before
    spot = city.quarters.to_crs(4326).geometry.iloc[0].representative_point()
    own = (OwnPlace("own-1", "Eigener Ort", spot.x, spot.y),)
    asked = scenario(Question(new=1, own=own, mode="line"), city)
    _, priced = run(city, asked)
    assert priced.cost_per_year_eur is not None
    _, unknown = run(city, replace(asked, costs=CostPlan(as_of="1950-01-01")))
    assert unknown.cost_per_year_eur is None


def test_lasting_need_is_counted_where_dates_suffice(city: Region, region) -> None:
    _, found = run(city, scenario(Question(new=6), city))
    assert found.lasting_indicator == "share_of_residents"
    assert 0 < found.lasting_quarters < len(city.quarters)
    assert 0 <= found.lasting_reached_before < found.lasting_reached <= found.lasting_quarters
    _, short = run(region, scenario(Question(), region))
    assert short.lasting_quarters is None
    early = min(city.dates)
    _, at_first = run(city, scenario(Question(date=early), city))
    assert at_first.lasting_quarters is None


def test_withheld_counts_decide_nothing() -> None:
    """Statistics that differ only in what is withheld give the same outcome, for any number of scenarios."""
    raw = raw_statistics(1)
    one = assembled(raw)
    other = with_other_secrets(raw, hidden(one), 1)
    again = assembled(other)
    assert hidden(again).equals(hidden(one))
    assert len(hidden(one)) > 60
    for question in (
        Question(minutes=10.0, new=2, mode="line"),
        Question(minutes=10.0, new=3, mode="line"),
        Question(minutes=11.0, new=2, mode="line", measure="employable"),
        Question(objective="median", new=2, mode="line"),
    ):
        first, second = (run(region, scenario(question, region))[1] for region in (one, again))
        timeless = {"solved_at": "", "seconds": 0.0}
        assert replace(first, **timeless) == replace(second, **timeless)
        shown = dict(zip(one.quarters.index, one.values_of(question.measure, DATE)["state"], strict=True))
        for quarter in first.quarters:
            if shown[quarter.quarter_id] == "suppressed":
                assert (quarter.people_before, quarter.people_after, quarter.minutes_after) == (None, None, None)
    shown_one = raw.merge(hidden(one), how="left", indicator=True)
    at = shown_one[(shown_one["_merge"] == "left_only") & (shown_one["measure"] == "recipients")].index[-1]
    raw.loc[at, "value"] += 60
    raw.loc[(raw[["quarter_id", "date"]] == raw.loc[at, ["quarter_id", "date"]]).all(axis=1), "value"] += 60
    changed = run(assembled(raw), scenario(Question(minutes=60.0, new=2, mode="line"), one))[1]
    assert changed.demand != run(one, scenario(Question(minutes=60.0, new=2, mode="line"), one))[1].demand


def test_the_key_is_of_what_decides_the_answer() -> None:
    base = Scenario("A", "klein", Question(new=2, forced=("h1", "h2")))
    assert base.renamed("B", "anders").key == base.key
    assert replace(base, question=replace(base.question, forced=("h2", "h1"))).key == base.key
    assert replace(base, question=replace(base.question, minutes=15)).key == base.key
    assert replace(base, question=replace(base.question, budget_eur=1.0)).key == base.key
    own = [replace(base.question, own=(OwnPlace("own-1", name, 9.0, 51.0),)) for name in ("Eigener Ort", "Own place")]
    assert replace(base, question=own[0]).key == replace(base, question=own[1]).key
    for changed in (
        replace(base, region_id="gross"),
        replace(base, question=replace(base.question, minutes=16.0)),
        replace(base, question=replace(base.question, objective="backup")),
        replace(base, question=replace(base.question, closed=("office",))),
        replace(base, question=own[0]),
        replace(base, costs=CostPlan(hours_per_week=10)),
    ):
        assert changed.key != base.key
    number = [replace(base.question, objective="budget", new=new) for new in (2, 5)]
    assert replace(base, question=number[0]).key == replace(base, question=number[1]).key


def test_a_scenario_of_another_region_or_answer_is_refused(region) -> None:
    with pytest.raises(DataError, match="scenario_other_region"):
        run(region, Scenario("A", "anderswo", Question()))
    told = answer(region, Question(new=1))
    with pytest.raises(ContractError, match="another question"):
        outcome_of(region, scenario(Question(new=2), region), told)


def test_a_region_whose_candidates_are_quarters_has_outcomes_too() -> None:
    bare = make_region(sites={})
    _, found = run(bare, scenario(Question(new=1), bare))
    assert found.people_before == 0
    assert found.mean_minutes_before == 60.0
    assert found.sites[0].cost_per_year_eur > 0
