"""Costs by hand, their sums and swings, their parameters, and budgets solved with them."""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.decode import from_plain, to_plain
from geo.errors import ContractError, DataError
from geo.siting.ask.costs_and_capacities import known_capacities, known_costs, place_costs
from geo.siting.ask.formulation import pose
from geo.siting.ask.question import Question
from geo.siting.ask.survey import OwnPlace, survey_region, with_own
from geo.siting.costs.components import (
    COMPONENTS,
    GRADES,
    ONCE,
    OVERHEADS,
    PRESETS,
    ROOMS,
    CostPlan,
    appointments_per_week,
    check_plan,
    preset_of,
    site_costs,
    staff_full_time,
)
from geo.siting.costs.parameters import Parameter, parameters_at, read_parameters, value_of
from geo.siting.costs.parameters import with_own as with_own_prices
from geo.siting.costs.sums import cost_sums, funding, people_to_match, rise_within, sensitivity
from geo.siting.solvers.solver import solve
from tests.profiles import examples, seeds
from tests.siting.small_region import SITES, make_region

PRICES = {
    "staff_e8": 50_000.0,
    "staff_e9c": 60_000.0,
    "staff_e11": 70_000.0,
    "hours_full_time": 1_500.0,
    "weeks_open": 50.0,
    "workplace_full_time": 3_000.0,
    "it_full_time": 2_000.0,
    "video_counter": 1_000.0,
    "video_counter_once": 4_000.0,
    "rent_square_metre": 120.0,
    "square_metres_workplace": 15.0,
    "room_hours_week": 40.0,
    "security_hour": 30.0,
    "interpreter_hour": 90.0,
    "overhead_kgst": 20.0,
    "overhead_bmf_low": 28.1,
    "overhead_bmf_high": 39.5,
    "equipment_workplace": 3_000.0,
    "fitting_site": 8_000.0,
    "appointments_hour": 2.0,
    "share_federal": 84.8,
}
MADE = {key: Parameter(key, value, "percent") for key, value in PRICES.items()}
PLACES = pd.DataFrame(
    {"cost_per_year_eur": [5_000.0, math.nan], "one_off_cost_eur": [math.nan, 1_200.0]}, index=["named", "unnamed"]
)
BY_HAND = CostPlan(
    hours_per_week=10.0,
    staff_at_once=3.0,
    preparation_share=0.5,
    grades=(("e8", 1.0), ("e9c", 3.0)),
    security_staff=1.0,
    interpreter_hours_per_week=4.0,
    video_counters=2.0,
    years_of_use=4.0,
)


def test_costs_by_hand() -> None:
    """10 h x 3 people x 1.5 x 50 weeks = 2,250 h = 1.5 posts; a quarter of them E 8, the rest E 9c: 57,500 a post."""
    costs = site_costs(PLACES, BY_HAND, MADE)
    expected = {
        "staff_full_time": 1.5,
        "staff_eur": 86_250.0,
        "workplace_eur": 4_500.0,
        "it_eur": 3_000.0 + 2_000.0,
        "security_eur": 10 * 50 * 30.0,
        "interpreter_eur": 4 * 50 * 90.0,
        "overhead_eur": 17_250.0,
        "equipment_eur": 3 * 3_000.0 + 2 * 4_000.0,
    }
    for name, value in expected.items():
        assert costs[name].tolist() == [value, value], name
    assert costs["rooms_eur"].tolist() == [5_000.0, 3 * 15 * 120 * 10 / 40]
    assert costs["fitting_eur"].tolist() == [8_000.0, 1_200.0]
    rest = 86_250 + 4_500 + 5_000 + 15_000 + 18_000 + 17_250
    assert costs["cost_per_year_eur"].tolist() == [rest + 5_000, rest + 1_350]
    assert costs["one_off_cost_eur"].tolist() == [25_000.0, 18_200.0]
    assert costs["spread_per_year_eur"].tolist() == [rest + 5_000 + 6_250, rest + 1_350 + 4_550]
    by_area = site_costs(PLACES, replace(BY_HAND, rooms="area", square_metres=80.0, is_shared=False), MADE)
    assert by_area["rooms_eur"].tolist() == [9_600.0, 9_600.0]
    for overhead, rate in (("none", 0.0), ("bmf_low", 0.281), ("bmf_high", 0.395)):
        told = site_costs(PLACES, replace(BY_HAND, overhead=overhead), MADE)["overhead_eur"].to_numpy()
        assert told == pytest.approx(86_250 * rate)


def test_what_is_unknown_is_not_zero() -> None:
    without = {key: one for key, one in MADE.items() if key not in ("rent_square_metre", "security_hour")}
    costs = site_costs(PLACES, BY_HAND, without)
    assert costs["security_eur"].isna().all()
    assert costs["cost_per_year_eur"].isna().all()
    assert costs["staff_eur"].notna().all()
    unguarded = site_costs(PLACES, replace(BY_HAND, security_staff=0.0), without)
    assert unguarded["security_eur"].tolist() == [0.0, 0.0]
    assert unguarded["cost_per_year_eur"].notna().tolist() == [True, False]
    sums = cost_sums(unguarded)
    assert sums.cost_per_year_eur is None
    assert dict(sums.components)["staff"] == 2 * 86_250
    assert sensitivity(sums, BY_HAND, without) == ()
    assert funding(sums.cost_per_year_eur, MADE).federal_eur is None
    assert site_costs(PLACES, BY_HAND, {})["cost_per_year_eur"].isna().all()


amounts = st.floats(0, 60, allow_nan=False)
plans = st.builds(
    CostPlan,
    hours_per_week=amounts,
    staff_at_once=st.floats(0, 20),
    preparation_share=st.floats(0, 2),
    grades=st.lists(
        st.tuples(st.sampled_from(GRADES), st.floats(0.1, 5)), min_size=1, max_size=3, unique_by=lambda pair: pair[0]
    ).map(tuple),
    rooms=st.sampled_from(ROOMS),
    square_metres=st.none() | st.floats(0, 500),
    is_shared=st.booleans(),
    security_staff=st.floats(0, 3),
    interpreter_hours_per_week=st.floats(0, 20),
    video_counters=st.floats(0, 3),
    overhead=st.sampled_from(OVERHEADS),
    years_of_use=st.floats(1, 20),
)


@given(plans)
@settings(max_examples=examples(150))
def test_components_add_up_and_swings_are_straight_lines(plan: CostPlan) -> None:
    assert check_plan(plan) == ()
    costs = site_costs(PLACES, plan, MADE)
    assert costs["cost_per_year_eur"].to_numpy() == pytest.approx(costs[[f"{n}_eur" for n in COMPONENTS]].sum(axis=1))
    assert costs["one_off_cost_eur"].to_numpy() == pytest.approx(costs[[f"{name}_eur" for name in ONCE]].sum(axis=1))
    sums = cost_sums(costs, [1_000.0, 500.0])
    total = sums.cost_per_year_eur
    assert math.fsum(euro for _, euro in sums.components) == pytest.approx(total)
    assert sums.net_per_year_eur == pytest.approx(total - 1_500)
    paid = funding(total, MADE)
    assert paid.federal_eur + paid.municipal_eur == pytest.approx(total)
    twices = {effect.component: effect for effect in sensitivity(sums, plan, MADE, 0.4)}
    for effect in sensitivity(sums, plan, MADE, 0.2):
        twice = twices[effect.component]
        assert effect.high_eur - total == pytest.approx(total - effect.low_eur, abs=1e-6)
        assert twice.high_eur - total == pytest.approx(2 * (effect.high_eur - total), abs=1e-6)
    swings = {effect.component: effect.high_eur - total for effect in sensitivity(sums, plan, MADE)}
    assert swings.get("all", 0.0) == pytest.approx(
        math.fsum(value for name, value in swings.items() if name != "all"), abs=1e-6
    )


@pytest.mark.parametrize(
    ("component", "keys"),
    [
        ("staff", ("staff_e8", "staff_e9c", "staff_e11")),
        ("security", ("security_hour",)),
        ("interpreter", ("interpreter_hour",)),
        ("it", ("it_full_time", "video_counter")),
        ("workplace", ("workplace_full_time",)),
        ("rooms", ("rent_square_metre",)),
    ],
)
def test_a_swing_is_what_dearer_prices_give(component: str, keys: tuple[str, ...]) -> None:
    plan = replace(BY_HAND, rooms="area")
    sums = cost_sums(site_costs(PLACES, plan, MADE))
    effect = {one.component: one for one in sensitivity(sums, plan, MADE)}[component]
    for end, factor in ((effect.high_eur, 1.2), (effect.low_eur, 0.8)):
        dearer = replace(plan, prices=tuple((key, PRICES[key] * factor) for key in keys))
        assert site_costs(PLACES, dearer, MADE)["cost_per_year_eur"].sum() == pytest.approx(end)
    rise = rise_within(sums, component, 250_000.0 + sums.cost_per_year_eur, plan, MADE)
    dearer = replace(plan, prices=tuple((key, PRICES[key] * (1 + rise)) for key in keys))
    assert site_costs(PLACES, dearer, MADE)["cost_per_year_eur"].sum() == pytest.approx(
        250_000.0 + sums.cost_per_year_eur
    )


def test_break_even_points() -> None:
    sums = cost_sums(site_costs(PLACES, BY_HAND, MADE))
    assert rise_within(sums, "security", sums.cost_per_year_eur, BY_HAND, MADE) == 0
    assert rise_within(sums, "security", 0.0, BY_HAND, MADE) < 0
    assert rise_within(sums, "overhead", 0.0, replace(BY_HAND, overhead="none"), MADE) is not None
    assert rise_within(cost_sums(site_costs(PLACES, BY_HAND, {})), "staff", 1e6, BY_HAND, {}) is None
    assert people_to_match(60_000.0, 30_000.0, 400.0) == 800
    assert people_to_match(60_000.0, 30_000.0, 0.0) is None


def test_plans_that_make_no_sense_are_refused() -> None:
    faulty = {
        "hours_per_week": -1.0,
        "staff_at_once": 1_000.0,
        "grades": (("e99", 1.0),),
        "overhead": "guess",
        "rooms": "tent",
        "years_of_use": 0.0,
        "square_metres": -5.0,
        "prices": (("staff_e8", -1.0),),
    }
    for name, value in faulty.items():
        plan = replace(CostPlan(), **{name: value})
        assert [finding.parameters["field"] for finding in check_plan(plan)] == [name]
        with pytest.raises(ContractError, match=name):
            site_costs(PLACES, plan, MADE)
    nothing = replace(CostPlan(), grades=(("e8", 0.0),))
    assert [finding.parameters["field"] for finding in check_plan(nothing)] == ["grades"]
    region = make_region()
    with pytest.raises(DataError, match="cost_plan_faulty"):
        pose(region, Question(objective="budget", costs=nothing))


def test_no_price_or_number_divides_by_zero() -> None:
    plans = [
        *(replace(BY_HAND, prices=((key, value),)) for key in MADE for value in (0.0, 1e-300, 1e9, 1e300, math.nan)),
        *(replace(BY_HAND, **{name: 0.0}) for name, value in vars(BY_HAND).items() if isinstance(value, float)),
        replace(BY_HAND, square_metres=0.0),
        replace(BY_HAND, grades=(("e8", 1e308), ("e9c", 1e308))),
    ]
    refused = []
    for plan in plans:
        if check_plan(plan):
            refused.append(plan)
            continue
        costs = site_costs(PLACES, plan, MADE)
        sums = cost_sums(costs)
        assert np.isfinite(costs.drop(columns=["fitting_eur"]).to_numpy(dtype=float)).all()
        sensitivity(sums, plan, MADE)
        rise_within(sums, "staff", 0.0, plan, MADE)
        appointments_per_week(plan, MADE)
    zero = {plan.prices[0][0] for plan in refused if plan.prices and plan.prices[0][1] == 0}
    assert zero == {"hours_full_time", "room_hours_week"}


def test_a_plan_is_json_and_back_and_older_ones_are_read() -> None:
    for plan in (*PRESETS.values(), replace(BY_HAND, as_of="2026-01-01", prices=(("staff_e8", 1.5),))):
        assert from_plain(CostPlan, json.loads(json.dumps(to_plain(plan)))) == plan
    old = {"hours_per_week": 12, "staff_at_once": 2, "as_of": None, "prices": []}
    assert from_plain(CostPlan, old) == CostPlan(hours_per_week=12.0)


def test_presets_are_named_and_say_how_many_they_can_see() -> None:
    parameters = parameters_at()
    assert len(PRESETS) >= 3
    for name, plan in PRESETS.items():
        assert preset_of(replace(plan, prices=(("staff_e8", 1.0),), as_of="2026-01-01")) == name
        rate = parameters["appointments_hour"].value
        assert appointments_per_week(plan, parameters) == plan.hours_per_week * plan.staff_at_once * rate
    assert preset_of(BY_HAND) is None
    sizes = [staff_full_time(plan, parameters) for plan in PRESETS.values()]
    assert sizes == sorted(sizes)
    assert appointments_per_week(replace(CostPlan(), prices=(("appointments_hour", 1.0),)), parameters) == 16


def test_parameters_are_those_of_the_day() -> None:
    assert parameters_at("2025-05-31")["interpreter_hour"].value == 85
    assert parameters_at("2025-06-01")["interpreter_hour"].value == 93
    assert parameters_at()["interpreter_hour"].value == 93
    assert "interpreter_hour" not in parameters_at("2019-01-01")
    assert "share_federal" not in parameters_at("2010-12-31")
    share = parameters_at("2026-11-01")["share_federal"]
    assert (share.value, share.unit, share.valid_from, share.is_verified) == (84.8, "percent", "2011-04-01", True)
    for one in parameters_at().values():
        assert one.source or not one.is_verified, one.key
        assert not one.is_fictional
    assert set(PRICES) <= set(parameters_at())


def test_a_fictional_region_has_made_up_prices_and_nobody_else() -> None:
    city = replace(make_region(), id="musterstadt")
    made_up = parameters_at(None, city)
    assert made_up["rent_square_metre"].is_fictional
    assert made_up["rent_square_metre"] != parameters_at()["rent_square_metre"]
    assert made_up["share_federal"] == parameters_at()["share_federal"]
    assert parameters_at(None, replace(city, is_fictional=False)) == parameters_at()
    own = with_own_prices(made_up, [("rent_square_metre", 99.0), ("unknown", 1.0)])
    assert own["rent_square_metre"].is_own
    assert not own["rent_square_metre"].is_fictional
    assert value_of(own, "rent_square_metre") == 99
    assert math.isnan(value_of(own, "unknown"))


def test_a_faulty_file_of_parameters_is_told_all_at_once(tmp_path) -> None:
    path = tmp_path / "parameters.toml"
    path.write_text(
        '[[parameter]]\nkey = "a"\nvalue = "much"\nunit = "percent"\n'
        '[[parameter]]\nkey = "b"\nvalue = 1\nunit = "bananas"\nvalid_from = "soon"\nhue = 3\n'
        '[[parameter]]\nkey = "hours_full_time"\nvalue = 0\nunit = "hours_per_year"\n',
        encoding="utf-8",
    )
    with pytest.raises(DataError) as told:
        read_parameters(path)
    fields = [(one.parameters["parameter"], one.parameters["field"]) for one in told.value.findings]
    assert fields == [("a", "value"), ("b", "unit"), ("b", "valid_from"), ("b", "hue"), ("hours_full_time", "value")]


def test_the_engine_knows_costs_and_capacities_by_the_plan(region) -> None:
    survey = survey_region(region, "recipients", "2025-12-31", mode="line")
    survey = with_own(region, survey, (OwnPlace("own-1", "Eigener", 9.0, 51.455),))
    places = survey.places.assign(capacity_per_week=np.nan, cost_per_year_eur=np.nan)
    places.loc[1, ["capacity_per_week", "cost_per_year_eur"]] = [50.0, 7_000.0]
    places.loc[0, "cost_per_year_eur"] = 123.0
    survey = replace(survey, places=places)
    plan = CostPlan()
    costs, modelled = known_costs(survey, plan, region), site_costs(places, plan, parameters_at(None, region))
    assert costs[0] == 123.0
    assert costs[1:].tolist() == modelled["cost_per_year_eur"].tolist()[1:]
    assert costs[1] - costs[2] == pytest.approx(7_000.0 - modelled["rooms_eur"].iloc[2])
    assert known_costs(survey)[[1, -1]].tolist() == [7_000.0, 7_000.0]
    assert place_costs(survey, plan, region).loc[0, "staff_full_time"] is not None
    seen = known_capacities(survey, plan, region)
    assert math.isnan(seen[0])
    assert (seen[1], seen[2], seen[-1]) == (50.0, 32.0, 32.0)


def test_capacity_questions_are_answered_by_hours_and_staff(region) -> None:
    question = Question(objective="capacity", new=1, mode="line", visits_per_year=52.0)
    none = pose(region, question)
    assert len(none.problem.candidates) == 0
    with_plan = pose(region, replace(question, costs=CostPlan()))
    assert len(with_plan.problem.candidates) == 5
    assert set(with_plan.problem.capacity[1:]) == {32.0}
    larger = pose(region, replace(question, costs=PRESETS["branch"]))
    assert set(larger.problem.capacity[1:]) == {39.0 * 6 * 2}
    few, many = (solve(one.problem, seconds=5, objective="capacity") for one in (with_plan, larger))
    assert few.gains == pytest.approx((32.0,))
    assert many.served > few.served


def test_budgets_with_the_cost_model_agree_with_brute_force() -> None:
    """Every choice of host places whose modelled costs fit, on small regions of random people, places and rents."""
    checked = {"some": 0, "none": 0}
    for seed in seeds(200, 60):
        random = np.random.default_rng(seed)
        places = {"office": SITES["office"]} | {
            f"h{at}": ("host", float(random.integers(0, 30)) * 100, float(random.integers(0, 30)) * 100)
            for at in range(int(random.integers(3, 8)))
        }
        region = make_region({f"q{at}": int(random.integers(0, 400)) for at in range(1, 10)}, sites=places)
        rents = random.choice([math.nan, 2_000.0, 9_000.0, 25_000.0], len(places))
        sites = region.sites.assign(cost_per_year_eur=rents)
        region = replace(region, sites=sites)
        preset = list(PRESETS.values())[seed % 3]
        plan = replace(preset, square_metres=float(random.integers(20, 200)), overhead=OVERHEADS[seed % 4])
        survey = survey_region(region, "recipients", "2025-12-31", mode="line", limit_minutes=60)
        modelled = site_costs(survey.places, plan, parameters_at(None, region))["cost_per_year_eur"].to_numpy()
        hosts = range(1, len(places))
        budget = float(random.uniform(0.5, 3.5)) * float(np.median(modelled[1:]))
        question = Question(objective="budget", mode="line", minutes=15.0, budget_eur=budget, costs=plan)
        posed = pose(region, question, survey)
        assert posed.problem.costs[1:] == pytest.approx(modelled[1:])
        told = solve(posed.problem, seconds=20, objective="budget", seed=seed)
        ways = survey.times.minutes.tocoo()
        is_near = np.zeros(ways.shape, dtype=bool)
        is_near[ways.row, ways.col] = ways.data <= 15.0
        best = max(
            float(survey.demand.people[is_near[:, [0, *chosen]].any(axis=1)].sum())
            for number in range(len(places))
            for chosen in itertools.combinations(hosts, number)
            if math.fsum(modelled[list(chosen)]) <= budget
        )
        if budget < modelled[1:].min():
            checked["none"] += 1
            assert told.status == "infeasible"
            continue
        checked["some"] += 1
        assert told.status == "optimal"
        assert told.value == pytest.approx(best, rel=1e-9), seed
        assert math.fsum(modelled[list(told.selected)]) <= budget * (1 + 1e-9)
    assert min(checked.values()) > 5
    assert checked["some"] > 0.75 * sum(checked.values())
