"""Scenes as plain values: order, live settings, JSON, what is absent, what is hostile."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import DataError
from geo.need.persistence import LastingRule
from geo.region.model.region import Region
from geo.siting.ask.formulation import complete
from geo.siting.ask.question import Question
from geo.siting.ask.survey import OwnPlace
from geo.siting.scenario.scenario import Scenario
from geo.siting.scenario.scenes import (
    KINDS,
    LIVE,
    LIVE_MAX,
    SCENES_MAX,
    TEXT_MAX,
    TITLE_MAX,
    Extent,
    Presentation,
    Scene,
    live_settings,
    live_value,
    live_values,
    people_measures,
    presentation_from_plain,
    read_presentation,
    scene_faults,
    with_live,
    write_presentation,
)
from tests.conftest import demo_region


@pytest.fixture(scope="module")
def region() -> Region:
    return demo_region("musterstadt")


@pytest.fixture(scope="module")
def plan(region: Region) -> Scene:
    asked = complete(region, Question(own=(OwnPlace("own-1", "Eigener Ort 1", 7.5, 51.5),), forced=("S05",)))
    scenario = Scenario("Drei neue", region.id, asked, description='<b>"fett"</b>')
    return Scene("plan", region.id, "Plan", "Text", limits=(0.5, 3.0, 9.25), scenario=scenario, live=("new", "minutes"))


def codes(fault: DataError) -> list[str]:
    return [finding.code for finding in fault.findings]


def test_a_file_gives_back_what_was_written(region: Region, plan: Scene) -> None:
    need = Scene(
        "indicator",
        region.id,
        "Bedarf",
        "Zeile eins\nZeile zwei",
        indicator="share_of_residents",
        date=region.dates[-1],
        limits=(0.0, 5.0, 30.0),
        extent=Extent(7.1, 51.2, 7.4, 51.4),
        live=("date",),
    )
    lasting = Scene("lasting", region.id, indicator="sgb2_rate", date=region.dates[-1], rule=LastingRule(3, 4, 12.5))
    talk = Presentation("Vortrag „Nähe“ = <b>", region.id, (need, plan, lasting, Scene("text", region.id, "Danke")))
    assert read_presentation(write_presentation(talk)) == talk


def test_a_scene_keeps_its_question_when_the_scenario_gets_another_name(plan: Scene) -> None:
    assert plan.scenario is not None
    renamed = replace(plan, scenario=plan.scenario.renamed("Ganz anders", "neu"))
    assert renamed.scenario is not None
    assert renamed.scenario.key == plan.scenario.key


def test_order_is_changed_without_losing_anything() -> None:
    scenes = tuple(Scene("text", "r", title) for title in "abcd")
    talk = Presentation("t", "r", scenes)

    def titles(one: Presentation) -> str:
        return "".join(scene.title for scene in one.scenes)

    assert titles(talk.moved(0, 1)) == "bacd"
    assert titles(talk.moved(3, 0)) == "dabc"
    assert titles(talk.without(1)) == "acd"
    assert titles(talk.with_scene(Scene("text", "r", "x"), 2)) == "abxcd"
    assert titles(talk.with_scene(Scene("text", "r", "x"))) == "abcdx"
    assert titles(talk.changed(2, Scene("text", "r", "y"))) == "abyd"
    assert titles(talk) == "abcd"


def test_every_live_value_can_be_set_and_is_the_one_that_is_asked(region: Region, plan: Scene) -> None:
    for name in live_settings(plan, region):
        scene = replace(plan, live=(name,))
        for value in live_values(scene, region, name):
            changed = with_live(scene, region, {name: value})
            assert live_value(changed, name) == value
            assert scene_faults(changed, region) in ((), scene_faults(scene, region))


def test_the_number_of_offices_never_falls_below_those_required(region: Region, plan: Scene) -> None:
    assert live_values(plan, region, "new")[0] == 2


def test_settings_that_are_not_offered_or_cannot_be_change_nothing(region: Region, plan: Scene) -> None:
    for wanted in (
        {"measure": "children"},
        {"new": 99},
        {"new": True},
        {"new": "3"},
        {"minutes": float("nan")},
        {"minutes": -5},
        {"title": "x"},
        {"new": [3]},
    ):
        assert with_live(plan, region, wanted) == plan
    assert plan.scenario is not None
    free = replace(plan, scenario=replace(plan.scenario, question=Question(new=3)))
    assert with_live(free, region, {"new": True}) == free


def test_class_limits_stay_with_the_date_and_go_with_the_indicator(region: Region) -> None:
    scene = Scene(
        "indicator",
        region.id,
        indicator="share_of_residents",
        date=region.dates[-1],
        limits=(0.0, 5.0, 30.0),
        live=("date", "indicator"),
    )
    assert with_live(scene, region, {"date": region.dates[0]}).limits == scene.limits
    assert with_live(scene, region, {"indicator": "sgb2_rate"}).limits == ()


def test_a_budget_can_be_set_only_where_one_is_asked_for(region: Region, plan: Scene) -> None:
    assert plan.scenario is not None
    assert "budget" not in live_settings(plan, region)
    question = replace(plan.scenario.question, objective="budget", budget_eur=12_345.0)
    money = replace(plan, scenario=replace(plan.scenario, question=question), live=("budget",))
    assert 12_345.0 in live_values(money, region, "budget")
    assert live_value(with_live(money, region, {"budget": 20_000}), "budget") == 20_000


def test_a_change_offers_later_dates_only(region: Region) -> None:
    scene = Scene("change", region.id, indicator="sgb2_rate", date=region.dates[-1], compared_with=region.dates[5])
    assert live_values(scene, region, "date") == region.dates[6:]


def test_what_is_absent_is_named(region: Region, plan: Scene) -> None:
    gone = Scene("change", region.id, indicator="gibt_es_nicht", date="1999-12-31", compared_with="1998-12-31")
    assert [one.code for one in scene_faults(gone, region)] == [
        "scene_indicator_absent",
        "scene_date_absent",
        "scene_date_absent",
    ]
    assert [one.code for one in scene_faults(gone, None)] == ["scene_region_absent"]
    assert [one.code for one in scene_faults(Scene("plan", region.id), region)] == ["scene_question_absent"]
    assert scene_faults(Scene("text", "nirgends"), None) == ()
    assert plan.scenario is not None
    lost = replace(plan.scenario, question=replace(plan.scenario.question, forced=("S99",), measure="gone"))
    assert scene_faults(replace(plan, scenario=lost), region)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"version": 2}, "presentation_newer"),
        ({"version": 0}, "presentation_unreadable"),
        ({"version": True}, "presentation_unreadable"),
        ({"version": "1"}, "presentation_unreadable"),
        ({"format": "nahbar-scenario"}, "presentation_unreadable"),
        ({"presentation": None}, "value_unfit"),
        ({"presentation": {"name": "x"}}, "value_missing"),
        ({"presentation": {"name": "x", "region_id": "r", "scenes": [], "extra": 1}}, "value_unknown"),
    ],
)
def test_a_file_that_differs_in_one_thing_is_refused_by_name(change: dict[str, Any], code: str) -> None:
    whole = {**json.loads(write_presentation(Presentation("x", "r"))), **change}
    with pytest.raises(DataError) as caught:
        read_presentation(json.dumps(whole).encode())
    assert codes(caught.value) == [code]


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'"x"', b"[" * 5_000, b" " * 5_000_001])
def test_what_is_no_presentation_is_refused(data: bytes) -> None:
    with pytest.raises(DataError) as caught:
        read_presentation(data)
    assert codes(caught.value) == ["presentation_unreadable"]


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "script"},
        {"live": ["date", "date"]},
        {"live": ["rm -rf"]},
        {"live": list(LIVE[: LIVE_MAX + 1])},
        {"limits": [3.0, 2.0]},
        {"limits": [1.0]},
        {"limits": [float(at) for at in range(12)]},
        {"extent": {"west": 9.0, "south": 1.0, "east": 8.0, "north": 2.0}},
        {"extent": {"west": 9.0, "south": 1.0, "east": 8.0}},
        {"limits": [0.0, float("inf")]},
        {"rule": {"dates_needed": 0}},
        {"title": 3},
    ],
)
def test_an_unfit_scene_is_refused_with_its_place(change: dict[str, Any]) -> None:
    plain = json.loads(write_presentation(Presentation("x", "r", (Scene("text", "r"),))))["presentation"]
    plain["scenes"][0].update(change)
    with pytest.raises(DataError) as caught:
        presentation_from_plain(plain)
    assert {str(finding.parameters["field"])[:9] for finding in caught.value.findings} == {"scenes[0]"}


def test_more_scenes_than_a_talk_holds_are_refused() -> None:
    with pytest.raises(DataError):
        read_presentation(write_presentation(Presentation("x", "r", (Scene("text", "r"),) * (SCENES_MAX + 1))))


@given(st.text(max_size=400), st.text(max_size=2_000))
def test_words_are_cut_and_cleaned_and_survive_a_file(title: str, text: str) -> None:
    scene = Scene("text", "r").worded(title, text)
    assert len(scene.title) <= TITLE_MAX
    assert len(scene.text) <= TEXT_MAX
    assert "\n" not in scene.title
    assert all(sign.isprintable() or sign in "\n\u00a0\u00ad" for sign in scene.title + scene.text)
    assert scene.worded(scene.title, scene.text) == scene
    talk = Presentation("x", "r", (scene,))
    assert read_presentation(write_presentation(talk)) == talk


def test_every_kind_tells_its_settings(region: Region, plan: Scene) -> None:
    for kind in KINDS:
        scene = replace(plan, kind=kind, indicator="sgb2_rate", date=region.dates[-1])
        assert set(live_settings(scene, region)) <= set(LIVE)
    assert live_settings(Scene("text", region.id), region) == ()
    assert people_measures(region)[0] == "recipients"
