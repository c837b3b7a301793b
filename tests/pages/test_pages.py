"""Every page in both languages, on the demo regions and on regions that lack something."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from geo.region.model.assemble import assemble_region
from geo.region.model.region import Region
from geo.region.schema import Measure
from geo.text import texts
from tests.conftest import ROOT, demo_region
from tests.profiles import BOTH_LANGUAGES

PAGES = (
    "pages/start.py",
    "pages/atlas.py",
    "pages/reach.py",
    "pages/siting.py",
    "pages/costs.py",
    "pages/scenarios.py",
    "pages/present.py",
    "pages/data.py",
)


def run(page: str, language: str = "de", region: Region | str | None = None, **settings: object) -> AppTest:
    """Open a page on a shipped region, named by its key, or on one of the session's own."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.session_state["language"] = language
    for name, value in settings.items():
        app.session_state[f"setting.{name}"] = value
    if isinstance(region, str):
        app.session_state["setting.region"] = region
    elif region is not None:
        # Streamlit tells options of a list apart by their labels only.
        region = replace(region, name=f"{region.name} ({region.id})")
        app.session_state["own_regions"] = {region.id: region}
        app.session_state["setting.region"] = region.id
    if page != "pages/start.py":
        app.switch_page(page)
    return app.run()


def bodies(app: AppTest) -> str:
    return " ".join(str(part.proto.body) for part in app.get("html"))


def remade(region: Region, **parts: Any) -> Region:
    """Return a region made anew from another one's parts."""
    names = (
        "id",
        "name",
        "is_fictional",
        "quarters",
        "statistics",
        "measures",
        "sites",
        "cells",
        "landscape",
        "streets",
        "sources",
        "disclosure",
        "breaks",
        "findings",
    )
    return assemble_region(**{**{name: getattr(region, name) for name in names}, **parts})


@cache
def variants() -> dict[str, Region]:
    """Return regions that lack something, made once by a process."""
    demo = demo_region("musterstadt")
    statistics = demo.statistics
    last = statistics[statistics["date"] == demo.dates[-1]]
    hidden = last.assign(
        value=last["value"].where(~last["measure"].isin(["recipients", "employable", "children"]), float("nan")),
        state=last["state"].where(~last["measure"].isin(["recipients", "employable", "children"]), "suppressed"),
    )
    rate = Measure("quote", unit="percent", label={"de": "Eigene Quote", "en": "Own rate"})
    rates = pd.DataFrame(
        {
            "quarter_id": demo.quarters.index,
            "date": "2023-12-31",
            "measure": "quote",
            "value": [5.0 + at % 7 for at in range(len(demo.quarters))],
            "state": "value",
        }
    )
    no_sites = demo.sites.iloc[0:0]
    return {
        "one-date": remade(demo, id="one_date", statistics=last),
        "all-withheld": remade(demo, id="hidden", statistics=hidden),
        "rates-only": remade(
            demo, id="rates", statistics=rates, measures=(rate,), sites=no_sites, cells=None, landscape=None, breaks=()
        ),
        "residents-only": remade(demo, id="people", statistics=statistics[statistics["measure"] == "residents"]),
        "recipients-only": remade(demo, id="clients", statistics=statistics[statistics["measure"] == "recipients"]),
        "children-only": remade(
            demo, id="children", statistics=last[last["measure"] == "children"], sites=no_sites, cells=None
        ),
        "no-sites": remade(demo, id="no_sites", sites=no_sites, cells=None),
    }


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_runs_on_both_demo_regions(page: str, language: str) -> None:
    for region, name in (("musterstadt", "Musterstadt"), ("musterkreis", "Musterkreis")):
        app = run(page, language, region)
        assert not app.exception, app.exception
        assert texts(language)("shell.fictional", place=name) in bodies(app)


NEED_PAGES = ("pages/concentration.py", "pages/persistence.py", "pages/quarter.py")


@pytest.mark.parametrize("language", BOTH_LANGUAGES)
@pytest.mark.parametrize(
    ("variant", "lacks"),
    [
        ("residents-only", "recipients"),
        ("recipients-only", "residents"),
        ("children-only", "recipients_and_residents"),
        ("rates-only", "recipients_and_residents"),
    ],
)
@pytest.mark.parametrize("page", [*PAGES, *NEED_PAGES])
def test_every_page_says_what_a_region_lacks(page: str, variant: str, lacks: str, language: str) -> None:
    app = run(page, language, region=variants()[variant])
    assert not app.exception, app.exception
    assert texts(language)(f"shell.without_{lacks}") in [str(one.value) for one in app.caption]
    said = bodies(app)
    assert "nan" not in said.lower().split()
    assert "indicator." not in said
    assert "measure." not in said


def test_a_count_changes_by_a_count() -> None:
    said = bodies(run("pages/start.py", "de", region=variants()["residents-only"]))
    assert "Prozentpunkt" not in said
    assert texts("de")("measure.residents.label") in said


@pytest.mark.parametrize("language", BOTH_LANGUAGES)
@pytest.mark.parametrize("variant", ["one-date", "all-withheld", "rates-only", "no-sites"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_runs_on_regions_that_lack_something(page: str, variant: str, language: str) -> None:
    app = run(page, language, region=variants()[variant])
    assert not app.exception, app.exception
    said = " ".join(str(part.value) for part in (*app.markdown, *app.title, *app.info, *app.warning, *app.caption))
    assert "nan" not in said.lower().split()
    assert "None" not in said.split()


def test_fictional_data_say_so_on_every_page() -> None:
    for page in PAGES:
        assert texts("de")("shell.fictional", place="Musterstadt") in bodies(run(page))


def test_a_link_with_nonsense_does_no_harm() -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, value in {
        "region": "../../etc/passwd",
        "indicator": "__import__",
        "date": "9999-99-99",
        "classes": "1e9",
        "quarter": "<b>",
        "lang": "xx",
        "held": "maybe",
        "new": "-3",
        "minutes": "NaN",
    }.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    for page in PAGES[1:]:
        app.switch_page(page).run()
        assert not app.exception


def test_settings_survive_leaving_the_page() -> None:
    app = run("pages/siting.py", new=7)
    assert app.session_state["setting.new"] == 7
    app.switch_page("pages/start.py").run()
    app.switch_page("pages/siting.py").run()
    assert app.select_slider(key="widget.new").value == 7


def test_unreadable_region_is_said_not_thrown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "datapackage.json").write_text("{", encoding="utf-8")
    monkeypatch.setenv("NAHBAR_REGIONS", str(tmp_path))
    app = run("pages/start.py")
    assert not app.exception


def test_regions_of_one_session_are_not_seen_by_another() -> None:
    own = replace(demo_region("musterstadt"), id="geheim", name="Eigene Region")
    assert "geheim" in run("pages/start.py", region=own).session_state["own_regions"]
    assert "geheim" not in run("pages/start.py").session_state["own_regions"]


def test_own_limits_can_be_entered_again_and_again() -> None:
    app = run("pages/atlas.py", scheme="own")
    for text in ("0; 5; 10; 40", "0; 6; 40", "0; 7; 8; 40", "Unsinn", "1; 2; 3; 40"):
        app.text_input(key="widget.own_limits").set_value(text).run()
        assert app.text_input(key="widget.own_limits").value == text
        assert bool(app.warning) == (text == "Unsinn")


@pytest.mark.parametrize(
    "text", ["1; inf", "-inf; 5", "nan; 2", "1; 1e999", "1; 1e300", "; ".join(map(str, range(12)))]
)
def test_own_limits_that_cannot_be_are_said_not_thrown(text: str) -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.query_params["scheme"], app.query_params["limits"] = "own", text
    app.run()
    app.switch_page("pages/atlas.py").run()
    assert not app.exception
    assert text in app.warning[0].value
