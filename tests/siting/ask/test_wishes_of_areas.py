"""Questions with two offices in reach, fading reach, shares for areas, and services: against every choice there is."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from geo.errors import DataError
from geo.region.model.region import Region
from geo.region.schema import Measure
from geo.siting.ask.answers import Answer, answer
from geo.siting.ask.area_shares import kinds_of, lasting_quarters
from geo.siting.ask.formulation import survey_of
from geo.siting.ask.question import Question
from geo.siting.ask.question_checks import check
from geo.siting.ask.survey import Survey
from tests.profiles import seeds
from tests.siting.small_region import make_region

DATES = tuple(f"{year}-12-31" for year in range(2020, 2026))
SERVICES = ("applications", "placement", "coaching")
CASES = seeds(220, 60)


def random_region(seed: int) -> Region:
    """Return nine quarters in three districts with six dates, two offices, five hosts and services by chance."""
    random = np.random.default_rng(seed)
    keys = [f"q{number}" for number in range(1, 10)]
    places = {f"o{n}": ("main", *random.integers(0, 3000, 2).tolist()) for n in range(2)}
    places |= {f"h{n}": ("host", *random.integers(0, 3000, 2).tolist()) for n in range(5)}
    region = make_region({key: int(random.integers(0, 90)) for key in keys}, sites=places)
    residents = {key: int(random.integers(300, 900)) for key in keys}
    level = dict(zip(random.permutation(keys).tolist(), [0.3, 0.28, *random.uniform(0.04, 0.1, 7)], strict=True))
    rows = []
    for date in DATES:
        for key in keys:
            people = round(residents[key] * level[key] * random.uniform(0.95, 1.05))
            rows.append((key, date, "recipients", float(people), "value"))
            rows.append((key, date, "residents", float(residents[key]), "value"))
    offered = [" ".join(random.permutation(SERVICES)[: random.integers(0, 3)]) for _ in places]
    return replace(
        region,
        quarters=region.quarters.assign(district=[f"Bezirk {number // 3}" for number in range(9)]),
        statistics=pd.DataFrame(rows, columns=["quarter_id", "date", "measure", "value", "state"]),
        measures=(Measure("recipients"), Measure("residents")),
        sites=region.sites.assign(services=offered),
        fingerprint=f"zufall-{seed}",
    )


REGIONS = [random_region(seed) for seed in range(10)]


@cache
def survey_and_minutes(place: int) -> tuple[Survey, np.ndarray]:
    """Return what the questions about a region stand on, and minutes from each point (row) to each place."""
    survey = survey_of(REGIONS[place], Question(minutes=60))
    table = survey.times.minutes.tocoo()
    dense = np.full(table.shape, math.inf)
    dense[table.coords[0], table.coords[1]] = table.data
    return survey, dense


@cache
def lasting_in(place: int) -> frozenset[str]:
    return frozenset(lasting_quarters(REGIONS[place], "recipients", DATES[-1]) or ())


def worth(question: Question, ways: np.ndarray, people: np.ndarray, is_open: list[int]) -> float:
    """Return what open places are worth, from dense ways."""
    mine = np.sort(ways[:, is_open], axis=1) if is_open else np.full((len(ways), 1), math.inf)
    near = mine <= question.minutes + 1e-9
    if question.objective == "backup":
        return float(people[near.sum(axis=1) >= 2].sum())
    if question.objective == "fade":
        full = question.minutes / 3
        share = np.where(near[:, 0], np.minimum(1.0, (question.minutes - mine[:, 0]) / (question.minutes - full)), 0.0)
        return float(people @ (np.floor(np.maximum(share, 0.0) * 16 + 0.5) / 16))
    return float(people[near.any(axis=1)].sum())


def area_by_point(place: int, question: Question, survey: Survey) -> np.ndarray:
    quarters = [str(key) for key in survey.demand.quarter_ids]
    if not question.has_minimum:
        return np.full(len(quarters), "", dtype=object)
    if question.minimum_of == "district":
        district = REGIONS[place].quarters["district"]
        return np.array([str(district[key]) for key in quarters], dtype=object)
    return np.array([key if key in lasting_in(place) else "" for key in quarters], dtype=object)


def best_of_all(place: int, question: Question) -> float | None:
    """Return the best value over all choices, or the fewest places; None where no choice keeps the wishes."""
    survey, ways = survey_and_minutes(place)
    places, people = survey.places, survey.demand.people
    area = area_by_point(place, question, survey)
    names = set(area) - {""}
    today = [
        at
        for at, (is_office, offered) in enumerate(zip(places["is_office"], places["services"], strict=True))
        if is_office and (not question.service or question.service in str(offered).split())
    ]
    hosts = [at for at, kind in enumerate(places["kind"]) if kind == "candidate"]
    numbers = range(len(hosts) + 1) if question.objective == "cover-all" else [question.new]
    found = []
    for number in numbers:
        for chosen in itertools.combinations(hosts, number):
            is_open = [*today, *chosen]
            value = worth(question, ways, people, is_open)
            if question.objective == "cover-all" and value < question.share / 100 * people.sum() - 1e-7:
                continue
            is_near = (ways[:, is_open] <= question.minutes + 1e-9).any(axis=1)
            if all(
                people[is_near & (area == name)].sum()
                >= question.minimum_share / 100 * people[area == name].sum() - 1e-7
                for name in names
            ):
                found.append(float(number) if question.objective == "cover-all" else value)
    return None if not found else min(found) if question.objective == "cover-all" else max(found)


def told_value(told: Answer) -> float | None:
    if told.plan.status == "infeasible":
        return None
    return float(len(told.plan.selected)) if told.plan.objective == "cover-all" else told.plan.value


def asked(place: int, question: Question) -> Answer:
    return answer(REGIONS[place], question, survey=survey_and_minutes(place)[0])


def random_question(seed: int, **wishes: object) -> tuple[int, Question]:
    """Return the number of a region and a question."""
    random = np.random.default_rng(1000 + seed)
    question = Question(
        new=int(random.integers(1, 4)),
        minutes=float(random.choice([6, 10, 15])),
        share=float(random.choice([20, 40, 60])),
        minimum_share=float(random.choice([5, 10, 20, 40, 60])),
    )
    return seed % len(REGIONS), replace(question, **wishes)


@pytest.mark.parametrize("minimum_of", ["district", "lasting"])
@pytest.mark.parametrize("objective", ["coverage", "cover-all"])
def test_shares_for_areas_agree_with_every_choice(objective: str, minimum_of: str) -> None:
    possible = 0
    for seed in CASES:
        place, question = random_question(seed, objective=objective, minimum_of=minimum_of)
        expected, told = best_of_all(place, question), asked(place, question)
        assert told_value(told) == (None if expected is None else pytest.approx(expected)), (seed, question)
        assert told.plan.status in ("optimal", "infeasible")
        possible += expected is not None
    assert len(CASES) / 10 < possible < len(CASES)


@pytest.mark.parametrize("objective", ["backup", "fade"])
def test_two_offices_and_fading_reach_agree_with_every_choice(objective: str) -> None:
    for seed in CASES:
        place, question = random_question(seed, objective=objective)
        told = asked(place, question)
        assert told_value(told) == pytest.approx(best_of_all(place, question)), (seed, question)
        assert told.plan.status == "optimal"


@pytest.mark.parametrize("objective", ["coverage", "backup"])
def test_only_offices_with_the_service_count_today(objective: str) -> None:
    differs = heard = 0
    for seed in CASES:
        place, question = random_question(seed, objective=objective, service=SERVICES[seed % 3])
        if check(REGIONS[place], question):
            continue
        told = asked(place, question)
        assert told_value(told) == pytest.approx(best_of_all(place, question)), (seed, question)
        heard += 1
        differs += told.people_before != asked(place, replace(question, service="")).people_before
    assert heard >= 0.9 * len(CASES)
    assert differs > 0.18 * len(CASES)


def test_areas_a_region_has() -> None:
    assert kinds_of(REGIONS[0], "recipients", DATES[-1]) == ("district", "lasting")
    assert kinds_of(make_region(), "recipients", "2025-12-31") == ()


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (Question(minimum_of="district", minimum_share=20), "minimum_no_district"),
        (Question(minimum_of="lasting", minimum_share=20), "minimum_no_lasting"),
        (Question(minimum_of="moon", minimum_share=20), "minimum_of_unknown"),
        (Question(minimum_of="district", minimum_share=101), "minimum_out_of_range"),
        (Question(minimum_of="district", minimum_share=20, objective="median"), "minimum_not_taken"),
        (Question(service="dancing"), "service_none"),
    ],
)
def test_wishes_a_region_cannot_hear_are_findings(question: Question, code: str) -> None:
    with pytest.raises(DataError, match=code):
        answer(make_region(), question)


def test_an_area_that_cannot_be_served_is_named_without_its_people() -> None:
    region = REGIONS[0]
    told = answer(region, Question(minutes=1, minimum_of="district", minimum_share=95))
    assert told.plan.message == "minimum_out_of_reach"
    said = told.as_dict()["message_parameters"]
    assert said["area"] in set(region.quarters["district"])
    assert not any(name.startswith("people") for name in said)
    assert said["share_most"] * 20 == pytest.approx(round(said["share_most"] * 20))
    lower = Question(minutes=1, minimum_of="district", minimum_share=1e-6)
    assert answer(region, replace(lower, new=5)).plan.message in (None, "minimum_out_of_reach")
