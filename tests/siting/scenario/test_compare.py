"""Scenarios side by side: mismatches, today's state, differences that say no more than both figures."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.region.disclosure.rule import DisclosureRule
from geo.siting.ask.question import Question
from geo.siting.costs.components import CostPlan
from geo.siting.scenario.compare import (
    ASSUMPTIONS,
    Compared,
    by_quarter,
    difference,
    is_still_disclosed,
    mismatched,
    mismatches,
    today_of,
)
from geo.siting.scenario.outcome import run
from geo.siting.scenario.scenario import Outcome, QuarterReach, Scenario, nothing_new
from tests.profiles import examples
from tests.siting.small_region import COUNTS, make_region

RULE = DisclosureRule()


def outcome(**fields: object) -> Outcome:
    """Return an outcome of two quarters with the given fields."""
    told: dict[str, object] = {
        "scenario_key": "0" * 16,
        "region_fingerprint": "a",
        "solved_at": "2026-11-01T10:00:00+00:00",
        "status": "optimal",
        "gap": 0.0,
        "bound": 500.0,
        "seconds": 0.1,
        "seed": 0,
        "date": "2025-12-31",
        "mode": "walk",
        "minutes": 15.0,
        "measure": "recipients",
        "rounded_to": 10,
        "rule": RULE,
        "demand": 1_000,
        "people_before": 200,
        "people_after": 500,
        "mean_minutes_before": 20.0,
        "mean_minutes": 12.5,
        "quarters": (QuarterReach("q1", 100, 300, 20.0, 10.5), QuarterReach("q2", None, 200, None, 14.0)),
        "cost_per_year_eur": 60_000.0,
    }
    return Outcome(**{**told, **fields})  # type: ignore[arg-type]


def compared(
    key: str = "a", question: Question | None = None, costs: CostPlan | None = None, **fields: object
) -> Compared:
    """Return a solved scenario."""
    made = Scenario(key, "klein", question or Question(), costs=costs or CostPlan())
    return Compared(key, key, made, outcome(**fields))


def test_equal_assumptions_are_comparable() -> None:
    one, other = compared("a"), compared("b", people_after=700, cost_per_year_eur=None)
    assert mismatches(one, other) == ()
    assert mismatched([one, other]) == ()
    assert mismatched([]) == ()
    assert mismatches(one, Compared("c", "c", one.scenario)) == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("date", "2024-12-31"),
        ("measure", "children"),
        ("minutes", 20.0),
        ("mode", "line"),
        ("speed_metres_per_second", 0.8),
        ("detour_factor", 1.4),
        ("ways_source", "other"),
        ("limit_minutes", 240.0),
        ("rounded_to", 5),
        ("rule", DisclosureRule(numerator_min=5)),
        ("region_fingerprint", "b"),
    ],
)
def test_each_assumption_that_differs_is_told(name: str, value: object) -> None:
    found = mismatches(compared("a"), compared("b", **{name: value}))
    assert [(one.assumption, one.other) for one in found] == [(name, value)]
    assert mismatched([compared("a"), compared("b", **{name: value})]) == (name,)
    assert name in ASSUMPTIONS


def test_service_and_prices_are_assumptions_too() -> None:
    one = compared("a")
    assert [found.assumption for found in mismatches(one, compared("b", Question(service="coaching")))] == ["service"]
    dearer = compared("b", costs=CostPlan(prices=(("staff_e8", 1.0),)))
    assert [found.assumption for found in mismatches(one, dearer)] == ["prices"]
    assert mismatches(one, compared("b", costs=CostPlan(hours_per_week=20.0))) == ()


def test_todays_state_is_what_was_there_before() -> None:
    today = today_of(outcome(people_before=None, served=5, waiting=5))
    assert (today.people_after, today.served, today.beyond, today.cost_per_year_eur) == (None, None, None, 0.0)
    today = today_of(outcome())
    assert (today.people_after, today.added, today.mean_minutes, today.beyond) == (200, 0, 20.0, 800)
    assert today.quarters == (QuarterReach("q1", 100, 100, 20.0, 20.0), QuarterReach("q2", None, None, None, None))
    assert today.cost_per_person_eur is None


def test_todays_state_told_by_a_scenario_is_the_one_that_solving_gives(region) -> None:
    question = Question(new=2, mode="line", minutes=12)
    _, found = run(region, Scenario("A", region.id, question))
    _, still = run(region, nothing_new(question, region.id, "Heute"))
    told = today_of(found)
    for name in ("people_after", "mean_minutes", "worst_minutes", "curve", "quarters", "lasting_reached", "demand"):
        assert getattr(told, name) == getattr(still, name), name
    assert told.beyond == pytest.approx(still.beyond, abs=RULE.reached_round_to)


shown = st.none() | st.integers(0, 500).map(lambda people: 10 * people)
minutes = st.none() | st.floats(0, 60).map(lambda value: round(value, 1))
rows = st.builds(QuarterReach, st.just("q"), shown, shown, minutes, minutes)


@given(rows, rows)
@settings(max_examples=examples(200))
def test_a_difference_is_told_only_where_both_figures_are(one: QuarterReach, other: QuarterReach) -> None:
    found = by_quarter(outcome(quarters=(one,)), outcome(quarters=(other,))).loc["q"]
    for name, mine, theirs in (
        ("people", one.people_after, other.people_after),
        ("minutes", one.minutes_after, other.minutes_after),
    ):
        expected = difference(mine, theirs)
        if expected is None:
            assert math.isnan(found[name])
        else:
            assert found[name] == pytest.approx(expected, abs=1e-9)
            assert found[name] == -by_quarter(outcome(quarters=(other,)), outcome(quarters=(one,))).loc["q", name]


def test_quarters_that_only_one_knows_have_no_difference() -> None:
    other = outcome(quarters=(QuarterReach("q2", 0, 100, 1.0, 2.0), QuarterReach("q9", 0, 1, 2.0, 3.0)))
    assert by_quarter(outcome(), other).index.tolist() == ["q2"]
    assert by_quarter(outcome(quarters=()), other).empty


def test_an_outcome_without_quarters_is_no_trouble(region) -> None:
    bare = replace(outcome(), quarters=())
    assert today_of(bare).quarters == ()


def test_an_outcome_of_earlier_data_is_put_away_once_it_tells_what_is_withheld() -> None:
    """Nobody can compare an outcome of before with one of now and see who was withheld in between."""
    before = make_region({**COUNTS, "q8": 55, "q9": 66})
    _, found = run(before, Scenario("A", before.id, Question(new=1)))
    assert is_still_disclosed(found, before)
    other_counts = replace(make_region({**COUNTS, "q1": 130, "q8": 55, "q9": 66}), fingerprint="later")
    assert is_still_disclosed(found, other_counts)
    withheld_now = replace(make_region(COUNTS), fingerprint="now")
    assert not is_still_disclosed(found, withheld_now)
    stricter = replace(other_counts, disclosure=DisclosureRule(reached_round_to=20))
    assert not is_still_disclosed(found, stricter)
    assert not is_still_disclosed(replace(found, quarters=()), other_counts)
    divided = (replace(found.quarters[0], quarter_id="q0"), *found.quarters[1:])
    assert not is_still_disclosed(replace(found, quarters=divided), other_counts)
