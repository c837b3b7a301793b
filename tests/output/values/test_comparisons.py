"""Numbers that are compared in a sentence never read alike while they differ."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.findings import error, megabytes
from geo.output.procurement.draft import _regime
from geo.output.procurement.purchase import Contract, Purchase, thresholds
from geo.output.sites.figures import headlines
from geo.output.sites.proof import infeasible_text
from geo.output.values import compared_texts, gap_text, limit_text, share_text
from geo.siting.ask import Question, answer
from geo.siting.problem import OBJECTIVES
from geo.text import LANGUAGES, digits_apart, digits_needed, finding_sentence, texts
from tests.output.taken import demo


@pytest.fixture(scope="module", params=LANGUAGES)
def t(request: pytest.FixtureRequest) -> Any:
    return texts(request.param)


@given(st.floats(-1e6, 1e6), st.floats(-10, 10), st.integers(0, 3))
def test_what_differs_reads_differently_and_what_does_not_as_usual(value: float, away: float, digits: int) -> None:
    t = texts("de")
    other = value + away
    found = digits_apart((value, other), digits)
    assert digits <= found <= 6
    if round(value, 6) != round(other, 6):
        assert t.number(value, found) != t.number(other, found)
        assert found == digits or t.number(value, found - 1) == t.number(other, found - 1)
    else:
        assert found == digits


@pytest.mark.parametrize(("value", "digits"), [(80.0, 0), (79.6, 1), (80.04, 2), (100 / 3, 1), (12.5, 1)])
def test_a_setting_is_read_as_it_was_set(value: float, digits: int) -> None:
    assert digits_needed(value) == digits


@pytest.mark.parametrize(
    ("message", "parameters", "said"),
    [
        ("share_out_of_reach", {"share": 0.8, "share_most": 0.7996}, ("80,00 %", "79,96 %")),
        ("share_out_of_reach", {"share": 0.8004, "share_most": 0.8}, ("80,04 %", "80,00 %")),
        ("share_out_of_reach", {"share": 0.9, "share_most": 0.8}, ("90 %", "80 %")),
        ("minimum_out_of_reach", {"area": "West", "share": 0.551, "share_most": 0.55}, ("55,1 %", "55,0 %")),
        ("budget_below_costs", {"budget": 20_000.0, "budget_least": 20_000.4}, ("20.000,0 €", "20.000,4 €")),
        ("forced_exceed_budget", {"budget": 20_000.0, "budget_least": 25_000.4}, ("20.000 €", "25.000 €")),
    ],
)
def test_what_is_possible_never_reads_like_what_is_wished_for(
    message: str, parameters: dict[str, Any], said: tuple[str, str]
) -> None:
    answer: Any = SimpleNamespace(message_parameters=parameters, plan=SimpleNamespace(message=message))
    sentence = infeasible_text(texts("de"), answer).replace("\u00a0", " ")
    assert all(one in sentence for one in said)


def test_shares_side_by_side_differ_as_their_people_do(t: Any) -> None:
    assert share_text(t, 4_500, 10_000) == share_text(t, 4_510, 10_000)
    assert share_text(t, 4_500, 10_000, 4_510) == t.percent(45.0, 1)
    assert share_text(t, 4_510, 10_000, 4_500) == t.percent(45.1, 1)
    assert share_text(t, 4_500, 10_000, 6_000) == share_text(t, 4_500, 10_000, 4_500) == t.percent(45, 0)
    assert share_text(t, 9_990, 10_000, 10_000) == t.percent(99.9, 1)
    assert share_text(t, 9_990, 10_000, 4_000) == t("value.nearly_all")
    assert share_text(t, 10, 0, 5) == t("value.none")


def test_a_gap_that_is_left_does_not_read_as_none(t: Any) -> None:
    assert gap_text(t, 0.00004) == t.percent(0.004, 3)
    assert gap_text(t, 0.0312) == t.percent(3.12, 2)
    assert gap_text(t, 0.0) == t.percent(0, 2)


def test_a_value_and_the_one_it_is_held_against(t: Any) -> None:
    assert compared_texts(t, 12.34, 12.31, "percent") == (t.percent(12.34, 2), t.percent(12.31, 2))
    assert compared_texts(t, 12.3, 15.0, "percent") == (t.percent(12.3), t.percent(15.0))
    assert limit_text(t, 12.55, "percent") == t.percent(12.55, 2)
    assert limit_text(t, None, "percent") == t("value.none")


@pytest.mark.parametrize("more", [1, 5_000, 600_000, 50_000_000])
def test_a_file_beyond_a_limit_reads_larger_than_it(more: int, t: Any) -> None:
    limit = 8 * 1024**2
    _, sentence, _ = finding_sentence(t, error("file_too_large", file="f.csv", **megabytes(limit + more, limit)))
    numbers = [word for word in sentence.replace("\u00a0", " ").split() if word[0].isdigit()]
    assert len(numbers) == len(set(numbers)) == 2
    if more > 500_000:
        assert all(number.isdigit() for number in numbers)


@pytest.mark.parametrize("away", [-0.4, 0.0, -100_000.0])
def test_a_value_below_a_threshold_reads_below_it(away: float, t: Any) -> None:
    day = "2026-03-01"
    parameters = thresholds(day)
    limit = next(one.value for one in parameters if one.key == "threshold_social")
    regime = "below" if away < 0 else "above"
    sentence = _regime(t, Purchase((), Contract(), 48, limit + away, regime, parameters, day))
    digits = 1 if away == -0.4 else 0
    assert t.euros(limit, digits) in sentence
    assert t.euros(limit + away, digits) in sentence
    assert not math.isclose(away, -0.4) or t.euros(limit) + " " not in sentence


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_every_question_has_its_figures(objective: str, t: Any) -> None:
    found = answer(demo(), Question(mode="line", new=2, objective=objective), seconds=0.3)
    assert len(headlines(t, found)) >= (1 if found.plan.status == "infeasible" else 3)
