"""Saving a plan as a scenario on the sites page: names, two people at once, a store that cannot be used."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from geo.output.need.concentration import METHODS, NEIGHBOURHOODS
from geo.siting.scenario.scenario_file import from_body
from geo.store import open_store
from geo.text import texts
from tests.conftest import ROOT

T = texts("de")
NAME, DESCRIPTION = "scenario.form_name", "scenario.form_description"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the address of a database of this test's own."""
    address = f"sqlite:///{tmp_path}/nahbar.db"
    monkeypatch.setenv("NAHBAR_DATABASE_URL", address)
    return address


def sites(**asked: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for name, value in {"region": "musterstadt", **asked}.items():
        app.query_params[name] = value
    app.switch_page("pages/siting.py").run()
    assert not app.exception
    return app


def press(app: AppTest, key: str) -> None:
    next(button for button in app.button if button.key == key).click().run()
    assert not app.exception


def said(app: AppTest) -> str:
    return " ".join(str(one.proto.body) for one in app.get("html"))


def test_a_plan_is_kept_with_what_came_of_it(place: str) -> None:
    app = sites(new="4", minutes="20", force="S06")
    app.text_input(NAME).input("  Vier <b>Orte</b>\x00 ")
    app.text_area(DESCRIPTION).input("Für den\nAusschuss")
    press(app, "scenario_new")
    (record,) = open_store(place).records("scenario", "musterstadt")
    kept = from_body(record.body, "musterstadt")
    assert (record.name, kept.scenario.name) == ("Vier <b>Orte</b>", "Vier <b>Orte</b>")
    assert kept.scenario.description == "Für den\nAusschuss"
    assert (kept.scenario.question.new, kept.scenario.question.minutes) == (4, 20.0)
    assert kept.scenario.question.forced == ("S06",)
    assert kept.findings == ()
    assert kept.outcome is not None
    assert kept.outcome.scenario_key == kept.scenario.key
    assert len(kept.outcome.sites) == 4
    assert app.session_state["setting.scenario"] == record.id
    press(app, "scenario_save")
    assert [one.version for one in open_store(place).history(record.id)] == [2, 1]


def test_a_name_too_long_is_said_and_stays_in_the_form(place: str) -> None:
    app = sites()
    long = "A" * 10_000
    app.text_input(NAME).input(long)
    press(app, "scenario_new")
    assert T("finding.name_too_long", length="10.000", most=120) in said(app)
    assert app.text_input(NAME).value == long
    assert open_store(place).records("scenario", "musterstadt") == ()
    app.text_input(NAME).input("")
    press(app, "scenario_new")
    assert T("finding.name_empty") in said(app)
    app.text_input(NAME).input("A" * 120)
    press(app, "scenario_new")
    assert len(open_store(place).records("scenario", "musterstadt")) == 1


def test_the_second_of_two_is_told_and_both_are_kept(place: str) -> None:
    app = sites(new="4")
    app.text_input(NAME).input("Plan")
    press(app, "scenario_new")
    store = open_store(place)
    (mine,) = store.records("scenario", "musterstadt")
    other = dict(mine.body) | {"scenario": {**mine.body["scenario"], "description": "von Bert"}}
    app.text_area(DESCRIPTION).input("von Anna")
    press_with_change = next(button for button in app.button if button.key == "scenario_save").click()
    store.save(mine.id, 1, body=other)
    press_with_change.run()
    if "scenario_copy" not in {button.key for button in app.button}:  # the page had read Bert's before it saved
        pytest.fail("the page did not notice that somebody else had saved")
    assert store.get(mine.id).body["scenario"]["description"] == "von Bert"
    press(app, "scenario_copy")
    kept = {one.body["scenario"]["description"] for one in store.records("scenario", "musterstadt")}
    assert kept == {"von Anna", "von Bert"}


def test_without_a_store_it_is_kept_for_the_session_and_handed_over_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "datei").write_text("")
    monkeypatch.setenv("NAHBAR_DATABASE_URL", f"sqlite:///{tmp_path}/datei/nahbar.db")
    app = sites(new="4")
    assert T("scenario.session_only") in said(app)
    assert str(tmp_path) not in said(app)
    app.text_input(NAME).input("Ohne Speicher")
    press(app, "scenario_new")
    assert T("scenario.kept", name="Ohne Speicher", version=1) in said(app).replace("&quot;", '"')
    app.query_params.clear()  # as the browser does when another page is chosen
    app.switch_page("pages/atlas.py").run()
    app.query_params.clear()
    app.switch_page("pages/siting.py").run()
    assert app.text_input(NAME).value == "Ohne Speicher"
    good = f"sqlite:///{tmp_path}/gut/nahbar.db"
    monkeypatch.setenv("NAHBAR_DATABASE_URL", good)
    app.session_state["store.tried"] = time.monotonic() - 60
    app.run()
    (record,) = open_store(good).records("scenario", "musterstadt")
    assert record.name == "Ohne Speicher"
    assert app.session_state["setting.scenario"] == record.id
    app.run()
    assert len(open_store(good).records("scenario", "musterstadt")) == 1


def test_settings_of_the_clusters_stand_in_the_link() -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    asked = {"beside": NEIGHBOURHOODS[-1], "cluster_method": METHODS[-1], "control": "none"}
    for name, value in {**asked, "indicator": "child_rate"}.items():
        app.query_params[name] = value
    app.switch_page("pages/concentration.py").run()
    assert {name: app.session_state[f"widget.{name}"] for name in asked} == asked
    app.run()
    assert {name: app.query_params[name] for name in asked} == asked


def test_several_quarters_stand_in_the_link() -> None:
    keys = ("01010101", "01010202", "01010303")
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.query_params["quarter"] = keys[0]
    app.query_params["with"] = f"{keys[1]},{keys[2]},99999999"
    app.switch_page("pages/quarter.py").run()
    assert not app.exception
    assert app.session_state["setting.profile@musterstadt"] == keys
    assert T("link.absent", what=T("link.name_with"), value="99999999") in said(app)
    app.run()
    assert app.session_state["setting.profile@musterstadt"] == keys
