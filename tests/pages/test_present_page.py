"""The presentation page without a browser: making, ordering, files, languages, what is absent, a store that fails."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from geo.output.talk.ready_made_scenes import ready_made
from geo.siting.scenario.scenes import Extent, Presentation, Scene
from geo.text import texts
from pages.shared.present.capture import read_sight
from pages.shared.present.show_frame import read_asked
from tests.conftest import ROOT, demo_region
from tests.profiles import BOTH_LANGUAGES


@pytest.fixture
def own_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NAHBAR_DATABASE_URL", f"sqlite:///{tmp_path}/talks.db")


def opened(language: str = "de", **session: Any) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=90)
    app.session_state["language"] = language
    for name, value in session.items():
        app.session_state[name] = value
    app.run()
    return app.switch_page("pages/present.py").run()


def press(app: AppTest, label: str, number: int = 0) -> AppTest:
    found = [button for button in app.button if button.label == label]
    return found[number].click().run()


def titles(app: AppTest, language: str = "de") -> list[str]:
    label = texts(language)("present.scene_title")
    return [box.value for box in app.text_input if box.label == label]


@pytest.mark.usefixtures("own_store")
@pytest.mark.parametrize("language", BOTH_LANGUAGES)
def test_one_click_makes_six_scenes_and_every_change_can_be_taken_back(language: str) -> None:
    t = texts(language)
    app = opened(language)
    assert titles(app, language) == []
    app = press(app, t("present.ready_made"))
    first = titles(app, language)
    assert len(first) == 6
    assert first[0] == t("present.ready_need")
    app = press(app, t("present.down"))
    assert titles(app, language)[:2] == [first[1], first[0]]
    app = press(app, t("present.duplicate"), 5)
    assert titles(app, language)[5:] == [first[5]] * 2
    app = press(app, t("present.delete"))
    assert titles(app, language)[0] == first[0]
    for _ in range(3):
        app = press(app, t("present.undo"))
    assert titles(app, language) == first
    assert not app.exception


@pytest.mark.usefixtures("own_store")
def test_words_are_changed_without_touching_the_picture_and_last_beyond_the_session() -> None:
    t = texts("de")
    app = press(opened(), t("present.ready_made"))
    nasty = '<img src=x onerror="alert(1)"> =cmd'
    app.text_input(key="scene_title_0").set_value(nasty).run()
    app.text_area(key="scene_text_0").set_value("Neuer Text").run()
    assert titles(app)[0] == nasty
    app.multiselect(key="scene_live_4").set_value(["minutes"]).run()
    later = opened()
    assert titles(later)[0] == nasty
    assert later.text_area(key="scene_text_0").value == "Neuer Text"
    assert later.multiselect(key="scene_live_4").value == ["minutes"]
    assert later.multiselect(key="scene_live_0").value == ["date", "indicator"]


@pytest.mark.usefixtures("own_store")
def test_two_sessions_change_one_presentation_and_neither_loses_anything() -> None:
    t = texts("de")
    one = press(opened(), t("present.ready_made"))
    two = opened()
    one.text_input(key="scene_title_0").set_value("Von der ersten").run()
    two.text_input(key="scene_title_1").set_value("Von der zweiten").run()
    copy = t("present.copy_name", name=t("present.name_usual", place="Musterstadt"))
    assert any(copy in str(warning.value) for warning in two.warning)
    assert titles(two)[1] == "Von der zweiten"
    third = opened()
    names = third.selectbox(key="widget.talk").options
    assert copy in names
    assert "Von der ersten" in titles(third) + titles(third.selectbox(key="widget.talk").select_index(0).run())


def test_a_store_that_cannot_be_used_is_said_and_nothing_is_lost(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    t = texts("de")
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"this is no database" * 500)
    monkeypatch.setenv("NAHBAR_DATABASE_URL", f"sqlite:///{broken}")
    app = press(opened(), t("present.ready_made"))
    assert len(titles(app)) == 6
    assert any(t("present.not_kept", why="").split("  ")[0][:40] in str(one.value) for one in app.warning)
    app = press(app, t("present.delete"))
    assert len(titles(app)) == 5
    assert not app.exception


@pytest.mark.usefixtures("own_store")
def test_scenes_of_what_is_not_here_say_so_in_the_editor_and_the_show_goes_on() -> None:
    t = texts("de")
    region = demo_region("musterstadt")
    talk = ready_made(t, region)
    lost = replace(talk.scenes[0], region_id="nirgends")
    gone = replace(talk.scenes[0], indicator="weg")
    bad = Presentation("Mit Lücken", region.id, (lost, gone, Scene("text", region.id, "Ende")))
    app = opened(presentations={"00ff": bad})
    said = " ".join(str(one.value) for one in app.warning)
    assert t("finding.scene_region_absent", region="nirgends") in said
    assert t("finding.scene_indicator_absent", indicator="weg") in said
    show = AppTest.from_file(str(ROOT / "app.py"), default_timeout=90)
    show.session_state["presentations"] = {"00ff": bad}
    show.query_params["scene"] = "2"
    show.run()
    show.query_params["scene"] = "2"
    show.switch_page("pages/present.py").run()
    assert not show.exception
    assert not titles(show)


@pytest.mark.parametrize("scene", ["0", "-1", "999999", "1e3", "<b>", "٣", ""])
def test_a_link_with_a_nonsense_scene_does_no_harm(scene: str) -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=90)
    app.run()
    app.query_params["scene"] = scene
    app.query_params["talk"] = "../../etc"
    app.switch_page("pages/present.py").run()
    assert not app.exception


def test_what_the_browser_says_is_read_and_never_trusted() -> None:
    assert read_sight([7.0, 51.0, 7.5, 51.5]) == Extent(7.0, 51.0, 7.5, 51.5)
    for nonsense in (None, "x", [1, 2, 3], [7.5, 51.0, 7.0, 51.5], [float("nan"), 1, 2, 3], [1, 2, 999, 3], {"a": 1}):
        assert read_sight(nonsense) is None
    asked = read_asked({"at": 2, "live": {"abc": {"new": 3, "x": "y"}, "bad": 7}, "have": ["k", 3], "showing": True})
    assert asked is not None
    assert asked.at == 2
    assert asked.live == {"abc": {"new": 3}}
    assert asked.have == {"k", "3"}
    for nonsense in (None, 7, [], {}, {"at": "1"}, {"at": None}):
        assert read_asked(nonsense) is None
    empty = read_asked({"at": 0, "live": 5, "have": "abc"})
    assert empty is not None
    assert (empty.live, empty.have) == ({}, frozenset())
