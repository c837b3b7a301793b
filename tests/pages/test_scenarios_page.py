"""Scenarios and costs on their pages: made, solved, renamed, put aside, taken back, read, clashing, never lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from geo.region.model.region import Region
from geo.siting.ask.question import Question
from geo.siting.costs.components import PRESETS
from geo.siting.scenario.outcome import completed
from geo.siting.scenario.outcome import run as solve_scenario
from geo.siting.scenario.scenario import Scenario
from geo.siting.scenario.scenario_file import body_of, from_body
from geo.store import Record, open_store
from geo.store.documents import Store
from geo.text import texts
from pages.shared.sites.wishes import Wishes
from tests.conftest import demo_region
from tests.pages.test_pages import run
from tests.profiles import BOTH_LANGUAGES
from tests.waiting import wait_until

T = texts("de")
EVIL = "<b>Plan</b> ![x](http://evil.example/x.png) =1+1"


@pytest.fixture(scope="module")
def city() -> Region:
    return demo_region("musterstadt")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path}/nahbar.db"
    monkeypatch.setenv("NAHBAR_DATABASE_URL", url)
    kept = open_store(url)
    yield kept
    kept.close()


@pytest.fixture(scope="module")
def bodies(city: Region) -> list[dict[str, Any]]:
    made = []
    for name, new in (("Drei", 3), (EVIL, 5)):
        asked = completed(city, Scenario(name, city.id, Question(new=new)))
        made.append(body_of(asked, solve_scenario(city, asked, seconds=2.0)[1]))
    return made


def keep(store: Store, city: Region, bodies: list[dict[str, Any]]) -> list[Record]:
    return [store.create("scenario", city.id, body["scenario"]["name"], body) for body in bodies]


def html(app: AppTest) -> str:
    return " ".join(str(part.proto.body) for part in app.get("html"))


def click(app: AppTest, key: str, **values: Any) -> AppTest:
    next(one for one in app.button if one.label == T(key, **values)).click().run()
    assert not app.exception
    return app


def wait_until_solved(app: AppTest, store: Store, city: Region, number: int) -> None:
    def is_solved() -> bool:
        app.run()
        told = [from_body(dict(one.body)).outcome for one in store.records("scenario", city.id)]
        return len(told) >= number and all(told)

    wait_until(is_solved, f"{number} scenarios are solved")


def test_without_scenarios_the_page_says_how_to_make_one(store: Store) -> None:
    app = run("pages/scenarios.py")
    assert not app.exception
    assert T("compare.none") in [one.value for one in app.info]


def test_a_scenario_is_made_from_the_question_and_solved_beside_the_page(store: Store, city: Region) -> None:
    app = run("pages/scenarios.py", new=2)
    app.text_input(key="widget.scenario_name").set_value("Zwei Orte").run()
    click(app, "compare.create")
    wait_until_solved(app, store, city, 1)
    (record,) = store.records("scenario", city.id)
    found = from_body(dict(record.body))
    assert (record.name, found.scenario.question.new, len(found.outcome.sites)) == ("Zwei Orte", 2, 2)
    assert found.outcome.cost_per_year_eur is not None
    app.run()
    assert not app.exception


def test_a_name_is_needed(store: Store, city: Region) -> None:
    app = run("pages/scenarios.py")
    app.text_input(key="widget.scenario_name").set_value("   ").run()
    click(app, "compare.create")
    assert store.records("scenario", city.id) == ()
    assert T("finding.name_empty") in html(app)


def test_scenarios_are_renamed_copied_put_aside_and_brought_back(
    store: Store, city: Region, bodies: list[dict[str, Any]]
) -> None:
    first, second = keep(store, city, bodies)
    app = run("pages/scenarios.py", scenario=first.id)
    key = f"widget.rename.{first.id}.1"
    app.text_input(key=key).set_value("Anders").run()
    app.button(key="rename").click().run()
    assert not app.exception
    assert store.get(first.id).name == "Anders"
    assert from_body(dict(store.get(first.id).body)).outcome is not None
    click(app, "compare.undo")
    assert store.get(first.id).name == "Drei"
    click(app, "compare.copy")
    names = [one.name for one in store.records("scenario", city.id)]
    assert names == ["Drei", EVIL, f"Drei {T('compare.copy_suffix')}"]
    click(app, "compare.archive")
    assert len(store.records("scenario", city.id)) == 2
    click(app, "compare.restore")
    assert len(store.records("scenario", city.id)) == 3
    assert store.get(second.id).version == 1


def test_names_are_shown_as_they_are_written(store: Store, city: Region, bodies: list[dict[str, Any]]) -> None:
    keep(store, city, bodies)
    app = run("pages/scenarios.py")
    assert not app.exception
    assert "<b>Plan" not in html(app)
    for part in (*app.markdown, *app.info, *app.warning, *app.header, *app.caption):
        assert "evil.example" not in str(part.value)


def test_two_who_change_one_scenario_lose_nothing(store: Store, city: Region, bodies: list[dict[str, Any]]) -> None:
    first, _ = keep(store, city, bodies)
    app = run("pages/scenarios.py", scenario=first.id)
    app.text_input(key=f"widget.rename.{first.id}.1").set_value("Meine").run()
    store.save(first.id, 1, name="Deren")
    app.button(key="rename").click()
    app.run()
    assert not app.exception
    if "Meine" not in [one.name for one in store.records("scenario", city.id)]:
        assert T("compare.conflict", name="Deren") in html(app)
        assert store.get(first.id).name == "Deren"
        click(app, "compare.conflict_copy")
    names = [one.name for one in store.records("scenario", city.id)]
    assert "Deren" in names
    assert f"Meine {T('compare.copy_suffix')}" in names


def test_older_data_are_marked_and_solved_again(store: Store, city: Region, bodies: list[dict[str, Any]]) -> None:
    old = {**bodies[0], "outcome": {**bodies[0]["outcome"], "region_fingerprint": "older"}}
    (record,) = keep(store, city, [old])
    app = run("pages/scenarios.py", scenario=record.id)
    assert T("compare.old_data") in [one.value for one in app.warning]
    click(app, "compare.solve_again")
    wait_until(lambda: app.run() and store.get(record.id).version > 1, "the scenario is solved again")
    told = from_body(dict(store.get(record.id).body)).outcome
    assert told is not None
    assert told.region_fingerprint == city.fingerprint
    app.run()
    assert T("compare.old_data") not in [one.value for one in app.warning]


def test_what_cannot_be_read_is_said_and_the_rest_is_shown(
    store: Store, city: Region, bodies: list[dict[str, Any]]
) -> None:
    keep(store, city, bodies)
    store.create("scenario", city.id, "Kaputt", {"schema_version": 99})
    app = run("pages/scenarios.py")
    assert not app.exception
    assert T("compare.unreadable", n=1) in html(app)


def test_costs_of_a_saved_scenario_need_no_solving(store: Store, city: Region, bodies: list[dict[str, Any]]) -> None:
    first, _ = keep(store, city, bodies)
    app = run("pages/costs.py", costs_of=first.id)
    assert not app.exception
    told = from_body(dict(first.body)).outcome
    assert T.euros(told.cost_per_year_eur) in html(app)


@pytest.mark.parametrize("language", BOTH_LANGUAGES)
def test_costs_follow_the_kind_of_office_and_own_values(store: Store, language: str) -> None:
    t = texts(language)
    app = run("pages/costs.py", language)
    assert not app.exception
    before = html(app)
    app.selectbox(key="widget.preset").select("days").run()
    assert not app.exception
    assert t("costs.preset_days") in html(app)
    assert html(app) != before
    app.selectbox(key="widget.own_which").select("hours_full_time").run()
    assert app.number_input(key="widget.own_value.hours_full_time").min > 0  # costs are divided by it
    app.selectbox(key="widget.own_which").select("staff_e9c").run()
    app.number_input(key="widget.own_value.staff_e9c").set_value(99_000.0).run()
    next(one for one in app.button if one.label == t("costs.own_set")).click().run()
    assert not app.exception
    assert dict(app.session_state["setting.cost_plan"].prices) == {"staff_e9c": 99_000.0}
    next(one for one in app.button if one.label == t("costs.own_clear", n=1)).click().run()
    assert app.session_state["setting.cost_plan"].prices == ()


def test_prices_of_a_day_without_any_are_unknown_not_nothing(store: Store) -> None:
    app = run("pages/costs.py")
    app.selectbox(key="widget.cost.as_of").select_index(3).run()
    assert not app.exception
    assert T("costs.unknown") in html(app)
    assert T("costs.swing_unknown") in [one.value for one in app.info]


def test_a_budget_is_spent_by_the_kind_of_office(store: Store) -> None:
    """With one budget, dear offices are fewer: the sums of both pages stay within it."""
    start = T("costs.budget_room", budget="#", rise="#").split("#")[0]
    spent = {}
    for preset in ("mornings", "branch"):
        app = run("pages/costs.py", question="budget", cost_plan=PRESETS[preset])
        assert not app.exception
        assert start in html(app)
        figures = re.findall(r'<div class="nb-figure"><b>([^<]*)</b>', html(app))
        spent[preset] = float(re.sub(r"[^0-9]", "", figures[0]))
    assert 0 < spent["mornings"] < spent["branch"]


def test_a_question_without_a_solution_has_no_costs(store: Store, city: Region) -> None:
    hosts = [str(key) for key in city.hosts.index]
    app = run("pages/costs.py", new=1, **{f"wishes@{city.id}": Wishes(forced=(hosts[0], hosts[1]))})
    assert not app.exception
    assert T("costs.infeasible") in [one.value for one in app.info]
