"""A plan at other counts: limits of what is withheld, draws, and earlier dates, against direct computation."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo.output.sites.firmness import firmness_lines, firmness_table
from geo.region.model.region import Region
from geo.region.schema import ValueState
from geo.siting.ask.answers import answer
from geo.siting.ask.formulation import pose
from geo.siting.ask.question import Question
from geo.siting.ask.robustness import count_limits, firmness
from geo.siting.explain.number_curves import number_curve
from geo.siting.problem.objectives import OBJECTIVES
from geo.siting.solvers.solver import solve
from geo.text import texts
from tests.profiles import seeds
from tests.siting.cases import case
from tests.siting.small_region import make_region

DATE = "2025-12-31"


def with_counts(region: Region, date: str, **counts: float) -> Region:
    """Return the region with other counts of recipients at a date."""
    table = region.statistics.copy()
    for key, count in counts.items():
        is_meant = (table["quarter_id"] == key) & (table["date"] == date) & (table["measure"] == "recipients")
        table.loc[is_meant, ["value", "state"]] = [count, ValueState.VALUE.value]
    return replace(region, statistics=table, fingerprint=f"{region.fingerprint}-{date}-{counts}")


def test_limits_hold_what_is_told_and_leave_open_what_is_withheld() -> None:
    region = make_region()
    low, high = count_limits(region, "recipients", DATE)
    assert low["q1"] == high["q1"] == 120
    assert (low["q8"], low["q7"], high["q7"], high["q9"]) == (0, 0, 0, 0)
    assert high["q8"] == 0  # nobody lives there as far as cells tell: nothing can be withheld
    cells = region.cells.assign(quarter_id=region.cells["quarter_id"].replace({"q2": "q8"}))
    low, high = count_limits(replace(region, cells=cells), "recipients", DATE)
    residents = cells.groupby("quarter_id")["residents"].sum()
    shares = [count / residents[key] for key, count in (("q1", 120), ("q3", 301), ("q4", 50))]
    assert (low["q8"], high["q8"]) == (0, pytest.approx(residents["q8"] * max(shares)))


def test_limits_of_rounded_counts_are_half_a_step_away() -> None:
    region = make_region()
    table = region.statistics.copy()
    table.loc[table["quarter_id"] == "q1", "state"] = ValueState.PERTURBED.value
    rounded = replace(region, statistics=table, disclosure=replace(region.disclosure, round_to=5))
    low, high = count_limits(rounded, "recipients", DATE)
    assert (low["q1"], high["q1"], low["q2"], high["q2"]) == (117.5, 122.5, 85, 85)


def test_an_earlier_date_at_which_the_choice_was_bad_is_told() -> None:
    region = make_region()
    today = answer(region, Question(new=1))
    best_today = str(today.sites["id"][0])
    region = with_counts(region, "2024-12-31", q3=1, q9=900, q1=1, q2=1, q4=1, q5=1, q6=1)
    told = firmness(region, answer(region, Question(new=1, date=DATE)), draws=5)
    assert told.dates == ("2024-12-31",)
    assert told.over is not None
    then = answer(region, Question(new=1, date="2024-12-31"))
    assert told.over.best_values[0] == pytest.approx(then.plan.value, abs=0.05)
    kept = answer(region, Question(new=1, date="2024-12-31", forced=(best_today,)))
    assert told.over.values[0] == pytest.approx(kept.plan.value, abs=0.05)
    assert (told.over.near == 1) == (kept.plan.value >= 0.99 * then.plan.value)
    for language in ("de", "en"):
        t = texts(language)
        said = " ".join(firmness_lines(t, today, told))
        table = firmness_table(t, today, told)
        assert "{" not in said
        assert table is not None
        assert len(table.rows) == 1


def test_a_count_that_is_told_exactly_is_not_drawn() -> None:
    region = make_region({"q1": 120, "q2": 85, "q3": 301, "q4": 50, "q5": 77, "q6": 12, "q7": 0, "q8": 4, "q9": 3})
    told = firmness(region, answer(region, Question(new=1)), draws=3)
    assert (told.drawn, told.uncertain) == (None, 0)


@pytest.mark.parametrize("objective", ["cover-all", "backup", "fade", "median", "center"])
def test_every_question_can_be_judged(objective: str) -> None:
    region = make_region()
    told = firmness(region, answer(region, Question(new=2, objective=objective, share=40)), draws=3)
    assert told.over is not None
    assert told.over.near_sure == 1
    assert told.over.best == 1  # the counts are the same at both dates


@pytest.mark.parametrize(
    "objective", [key for key, one in OBJECTIVES.items() if "new" in one.needs and key != "capacity"]
)
def test_curves_by_number_are_what_each_number_gives(objective: str) -> None:
    sign = OBJECTIVES[objective].sign
    compared = 0
    for seed in seeds(60, 20):
        problem = case(seed, forced=[], forbidden=[])
        if objective in ("median", "center") and not problem.fixed:
            problem = problem.changed(fixed=(0,))
        told = number_curve(problem, objective, 5, seconds=20)
        values = [sign * value for value in told.value]
        assert values == sorted(values)
        assert all(told.is_proven)
        for number, value, bound in zip(told.new, told.value, told.bound, strict=True):
            single = solve(problem.with_new(number), objective=objective)
            assert value == pytest.approx(single.value), (seed, number)
            assert sign * bound >= sign * value - 1e-9
            compared += 1
    assert compared > 3 * len(seeds(60, 20))


def test_a_curve_under_minimums_begins_where_they_can_be_met() -> None:
    region = replace(
        make_region(), quarters=make_region().quarters.assign(district=["West", "Ost", "Ost"] * 3), fingerprint="ost"
    )
    question = Question(minimum_of="district", minimum_share=60)
    told = number_curve(pose(region, question).problem, "coverage", 5, seconds=10)
    assert told.new[0] > 0
    assert answer(region, replace(question, new=told.new[0] - 1)).plan.message == "rules_exceed_new"
