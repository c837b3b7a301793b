"""A further objective is a record in the table, its solver and its sentences: nothing else has to know of it."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from geo.commands.question_options import add_question, question_of
from geo.output.charts import numbers_chart, numbers_text
from geo.output.sites import headlines, proof_text, question_lines, question_title, sites_table
from geo.region.package import load_region
from geo.siting import OBJECTIVES, Objective, Plan, SitingProblem, solve
from geo.siting.ask import Question, answer, check, pose
from geo.siting.explain import number_curve, reasons, why_not
from geo.siting.problem import recompute
from geo.siting.problem.tally import Tally
from geo.siting.scenario import Scenario, read_scenario, run, write_scenario
from geo.siting.solvers import Effort
from geo.text import Texts, texts
from tests.siting.small_region import make_region

ROOT = Path(__file__).resolve().parents[2]
WORDS = {
    "siting.question_triple": "Three offices",
    "siting.lead_triple": "Where do {n} offices give most people three within {minutes} minutes?",
    "siting.told_triple": "{people} have three offices in reach, {before} today.",
    "siting.figure_triple_before": "{people} of {demand} today",
    "siting.figure_triple_after": "{people} of {demand} then",
    "siting.figure_triple_gain": "more with three offices",
    "siting.column_cumulative_triple": "with three offices",
    "siting.axis_triple": "people with three offices",
}


def people_with_three(tally: Tally) -> float:
    return float(tally.problem.weights[tally.counts >= 3].sum())


def solve_triple(problem: SitingProblem, objective: str, effort: Effort) -> Plan:
    """Try every choice."""
    others = [site for site in problem.candidates.tolist() if site not in problem.forced]
    choices = [(*problem.forced, *more) for more in itertools.combinations(others, problem.new - len(problem.forced))]
    value, best = max((people_with_three(Tally(problem, (*problem.fixed, *chosen))), chosen) for chosen in choices)
    return effort.plan(problem, objective, best, value, value, proven=True)


@pytest.fixture(autouse=True)
def triple(monkeypatch: pytest.MonkeyPatch) -> Objective:
    record = Objective("triple", "threefold coverage", f"{__name__}:solve_triple", people_with_three)
    monkeypatch.setitem(OBJECTIVES, record.key, record)
    return record


@pytest.fixture
def t() -> Texts:
    return Texts("en", MappingProxyType({**texts("en").messages, **WORDS}))


def test_it_is_solved_recounted_and_explained() -> None:
    problem = SitingProblem.from_points(
        [(0, 0), (100, 0), (5000, 0)], [5, 7, 90], [(0, 0), (50, 0), (90, 0), (5000, 0), (5100, 0)], new=3
    )
    plan = solve(problem, objective="triple")
    assert (plan.status, plan.objective, plan.value, plan.before) == ("optimal", "triple", 12, 0)
    assert set(plan.selected) == {0, 1, 2}
    assert recompute(problem, plan.selected, objective="triple").after == plan.value == sum(plan.gains)
    assert [reason.cumulative for reason in reasons(problem, plan)] == list(plan.cumulative)
    assert why_not(problem, plan, 3).loss == 12
    assert number_curve(problem, "triple", 4).value == (0, 0, 0, 12, 12)


def test_it_is_asked_of_a_region_and_told(t: Texts) -> None:
    region = load_region(ROOT / "data" / "musterstadt")
    question = Question(objective="triple", new=3, forced=("S06", "S19"), minutes=40, mode="line")
    assert check(region, question) == ()
    assert pose(region, question).problem.new == 3
    told = answer(region, question, curve_up_to=2)
    assert told.plan.status == "optimal"
    assert told.plan.value > 0
    assert told.as_dict()["question"] == "triple"
    assert "three within 40 minutes" in question_title(t, told.posed.question)
    assert question_lines(t, told)[0].endswith("have three offices in reach, 0 today.")
    assert [head.sentence for head in headlines(t, told)][2] == "more with three offices"
    assert "with three offices" in [column.label for column in sites_table(t, region, told).columns]
    assert proof_text(t, told).startswith(t("proof.best_other"))
    curve = number_curve(told.posed.problem, "triple", 3)
    assert len(numbers_text(t, told, curve)) == len(curve.new)
    assert numbers_chart(t, told, curve, chosen=3).parts


def test_it_is_kept_in_scenario_files_and_known_to_the_command_line() -> None:
    import argparse

    region = make_region()
    scenario = Scenario("Three", region.id, Question(objective="triple", new=3, minutes=40))
    asked, outcome = run(region, scenario)
    assert outcome.status == "optimal"
    kept = read_scenario(write_scenario(scenario), region.id).scenario
    assert kept.question.objective == "triple"
    assert kept.key == scenario.key != replace(scenario, question=replace(scenario.question, new=2)).key
    assert json.loads(write_scenario(scenario))["scenario"]["question"]["objective"] == "triple"
    parser = argparse.ArgumentParser()
    add_question(parser)
    assert question_of(parser.parse_args(["--question", "triple"])).objective == "triple"
    assert asked.plan.objective == "triple"
