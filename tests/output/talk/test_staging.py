"""What stands on the screen for a scene, the ready-made presentation, and the handout read by another program."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.need.indicators import indicators_of, region_value
from geo.output.screen.folium_map import painting_json
from geo.output.talk.handout import HandoutStopped, handout_pdf
from geo.output.talk.ready_made_scenes import ready_made
from geo.output.talk.staging import Stage, stage_of
from geo.output.talk.workings import Workings
from geo.output.values.map_view import WITHHELD, Focus
from geo.region.model.assemble import assemble_region
from geo.region.model.region import Region
from geo.region.schema import STANDARD_MEASURES, Source
from geo.siting.ask.formulation import complete
from geo.siting.ask.question import Question
from geo.siting.costs.components import CostPlan
from geo.siting.scenario.scenario import Scenario
from geo.siting.scenario.scenes import KINDS, Extent, Scene, read_presentation, with_live, write_presentation
from geo.text import texts
from tests.conftest import demo_region
from tests.programs import pdf_text, run

HOSTILE = '"><script>alert(1)</script> #let x = 1 $a$ {{ y }} =cmd|calc'


@pytest.fixture(scope="module")
def region() -> Region:
    return demo_region("musterstadt")


@pytest.fixture(scope="module")
def workings() -> Workings:
    return Workings()


@pytest.fixture(scope="module", params=["de", "en"])
def t(request: pytest.FixtureRequest) -> Any:
    return texts(request.param)


def printed(data: bytes, tmp_path: Path, *options: str) -> str:
    file = tmp_path / "handout.pdf"
    file.write_bytes(data)
    return " ".join(pdf_text(file, *options).replace("\u200b", "").split())


def test_the_ready_made_presentation_has_six_scenes_that_can_all_be_shown(
    region: Region, workings: Workings, t: Any
) -> None:
    talk = ready_made(t, region)
    assert [scene.kind for scene in talk.scenes] == ["indicator", "change", "lasting", "plan", "plan", "plan"]
    assert read_presentation(write_presentation(talk)) == talk
    for scene in talk.scenes:
        stage = stage_of(t, region, scene, workings)
        assert stage.faults == ()
        assert stage.figures
        assert stage.view is not None
        assert stage.view.legend.title
        assert stage.source == stage.view.legend.source != ""
        assert "nan" not in " ".join([one.number for one in stage.figures] + list(stage.lines)).lower().split()


def test_a_region_with_little_data_gets_what_it_has(region: Region, t: Any) -> None:
    names = ("id", "name", "is_fictional", "quarters", "measures", "landscape", "streets", "sources", "disclosure")
    parts = {name: getattr(region, name) for name in names}
    last = region.statistics[region.statistics["date"] == region.dates[-1]]
    bare = assemble_region(**parts, statistics=last, sites=region.sites.iloc[0:0], cells=None, breaks=(), findings=())
    kinds = [scene.kind for scene in ready_made(t, bare).scenes]
    assert kinds == ["indicator", "plan", "curve"]


def plan_scene(region: Region, **asked: Any) -> Scene:
    question = complete(region, Question(**asked))
    return Scene("plan", region.id, "Plan", scenario=Scenario("x", region.id, question), live=("new", "minutes"))


def test_a_live_setting_gives_the_plan_that_the_sites_page_would_give(region: Region, workings: Workings) -> None:
    t = texts("de")
    four = with_live(plan_scene(region, new=3), region, {"new": 4})
    stage = stage_of(t, region, four, workings)
    told = workings.answer(region, Question(new=4))
    assert stage.view is not None
    assert [place.id for place in stage.view.places if place.kind == "plan"] == list(told.sites["id"])
    assert t.number(told.people_after or 0) in stage.figures[0].sentence


@pytest.mark.parametrize(("plan", "key"), [(None, "figure_cost"), (CostPlan(), "figure_cost_planned")])
def test_a_budget_is_spent_at_the_prices_of_its_question(
    region: Region, workings: Workings, plan: CostPlan | None, key: str
) -> None:
    t = texts("de")
    budget = 40_000.0 if plan is None else 250_000.0
    asked = Question(objective="budget", budget_eur=budget, costs=plan)
    scene = replace(plan_scene(region, new=3), scenario=Scenario("x", region.id, asked))
    stage = stage_of(t, region, scene, workings)
    told = workings.answer(region, complete(region, asked))
    spent = stage.figures[-1]
    assert spent.sentence == t(f"present.{key}")
    assert spent.number == t.euros(told.plan.cost or 0.0)
    assert 0.0 < (told.plan.cost or 0.0) <= budget
    assert stage.lines[0] == t("present.line_budget", n=len(told.sites), budget=t.euros(budget))


def test_two_scenarios_are_compared_from_their_own_questions(region: Region, workings: Workings) -> None:
    t = texts("de")
    one, other = plan_scene(region, new=5).scenario, plan_scene(region, new=2).scenario
    scene = Scene("compare", region.id, scenario=one, other=other, live=("minutes",))
    stage = stage_of(t, region, scene, workings)
    assert stage.faults == ()
    assert stage.view is not None
    assert len(stage.figures) == 2
    reached = [workings.answer(region, Question(new=new)).people_after or 0 for new in (5, 2)]
    assert all(t.number(people) in figure.sentence for people, figure in zip(reached, stage.figures, strict=True))
    assert t.number(reached[0] - reached[1]) in " ".join(stage.lines)
    longer = with_live(scene, region, {"minutes": 30.0})
    assert longer.other is not None
    assert longer.other.question.minutes == 30.0
    assert stage_of(t, region, replace(scene, other=None), workings).faults


def test_kept_limits_paint_the_same_value_the_same_at_every_date(region: Region, workings: Workings) -> None:
    scene = Scene("indicator", region.id, indicator="share_of_residents", limits=(0.0, 4.0, 8.0, 12.0, 40.0))
    limits = set()
    for date in region.dates:
        view = stage_of(texts("de"), region, replace(scene, date=date), workings).view
        assert view is not None
        limits.add((view.legend.limits, view.legend.colours))
    assert len(limits) == 1
    assert limits.pop()[0] == ("0,0", "4,0", "8,0", "12,0", "40,0")


def test_the_part_in_view_and_the_quarter_go_with_the_picture(region: Region, workings: Workings) -> None:
    key = str(region.quarters.index[3])
    scene = Scene("indicator", region.id, indicator="sgb2_rate", date=region.dates[-1], quarter=key)
    view = stage_of(texts("de"), region, replace(scene, extent=Extent(7.0, 51.0, 7.1, 51.1)), workings).view
    assert view is not None
    assert view.focus == Focus(7.0, 51.0, 7.1, 51.1)
    assert view.selected == key
    lost = stage_of(texts("de"), region, replace(scene, quarter="gibt es nicht"), workings).view
    assert lost is not None
    assert lost.selected is None


def test_scenes_that_cannot_be_shown_say_so_and_raise_nothing(region: Region, workings: Workings) -> None:
    t = texts("de")
    for kind in KINDS[:-1]:
        assert stage_of(t, region, Scene(kind, region.id, "x"), workings).faults
        assert stage_of(t, None, Scene(kind, "nirgends", "x"), workings).faults
    far = plan_scene(region, new=3)
    assert far.scenario is not None
    for change in ({"mode": "transit"}, {"new": 10**9}, {"minutes": 1e9}, {"new": -1}, {"measure": HOSTILE}):
        question = replace(far.scenario.question, **change)  # type: ignore[arg-type]
        stage = stage_of(t, region, replace(far, scenario=replace(far.scenario, question=question)), workings)
        assert isinstance(stage, Stage)
        assert stage.faults or stage.lines


SECRET = 137


def region_with_a_secret() -> Region:
    """Return 5 x 5 quarters; the last has too few residents to be shown at all, and 137 recipients."""
    keys = [f"q{number:02d}" for number in range(25)]
    squares = [
        shapely.box(5e5 + 800 * x, 5.7e6 + 800 * y, 5.008e5 + 800 * x, 5.7008e6 + 800 * y)
        for x in range(5)
        for y in range(5)
    ]
    quarters = gpd.GeoDataFrame(
        {"name": [f"Quartier {key}" for key in keys], "district": ""},
        geometry=squares,
        index=pd.Index(keys, name="quarter_id"),
        crs="EPSG:25832",
    )
    rows = []
    for year, date in enumerate(("2023-12-31", "2024-12-31", "2025-12-31")):
        for at, key in enumerate(keys):
            residents, recipients = (271, SECRET) if key == "q24" else (2000 + 30 * at, 210 + 11 * at + 5 * year)
            for measure, value in {"residents": residents, "recipients": recipients}.items():
                rows.append((key, date, measure, float(value), "value"))
    return assemble_region(
        id="geheim",
        name="Geheim",
        is_fictional=True,
        quarters=quarters,
        statistics=pd.DataFrame(rows, columns=["quarter_id", "date", "measure", "value", "state"]),
        measures=tuple(one for one in STANDARD_MEASURES if one.key in ("residents", "recipients")),
        sources=(Source("Test", is_fictional=True),),
    )


def test_withheld_values_are_in_no_stage_and_in_no_handout(tmp_path: Path) -> None:
    t, workings, secret = texts("de"), Workings(), region_with_a_secret()
    number = re.compile(rf"(?<![\d.,]){SECRET}(?![\d.,])")
    talk = ready_made(t, secret)
    talk = talk.with_scene(replace(talk.scenes[0], indicator="recipients", limits=()))
    assert len(talk.scenes) >= 4
    for scene in talk.scenes:
        stage = stage_of(t, secret, scene, workings)
        assert stage.faults == ()
        if stage.view is not None:
            assert stage.view.classes[-1] == WITHHELD
            assert stage.view.positions[-1] is None
            assert not number.search(painting_json(stage.view))
        assert not number.search(repr((stage.figures, stage.lines, stage.notes)))
    said = printed(handout_pdf(t, secret, talk, workings=workings), tmp_path)
    assert "Quartier" in said
    assert not number.search(said)
    shown = region_value(secret, indicators_of(secret)[0], "2025-12-31")
    assert shown.quarters_withheld >= 1


@pytest.mark.parametrize(("language", "per_page"), [("de", 1), ("en", 2)])
def test_the_handout_has_every_scene_as_tagged_pdf(
    region: Region, workings: Workings, language: str, tmp_path: Path, per_page: Any
) -> None:
    t = texts(language)
    talk = ready_made(t, region)
    curve = replace(talk.scenes[-2], kind="curve", title="Kurve").worded("Kurve", HOSTILE)
    talk = replace(talk.with_scene(curve), name="Vortrag " + HOSTILE)
    talk = talk.with_scene(Scene("text", region.id, "Danke", "Fragen?")).with_scene(Scene("indicator", "weg", "Fehlt"))
    seen: list[tuple[int, int]] = []
    data = handout_pdf(
        t, region, talk, per_page=per_page, workings=workings, on_scene=lambda at, of: seen.append((at, of))
    )
    assert seen == [(at, 9) for at in range(1, 10)]
    said = printed(data, tmp_path)
    for number, scene in enumerate(talk.scenes, 1):
        assert f"{number}. {scene.title}" in said
    assert "<script>alert(1)</script> #let x = 1 $a$" in said
    assert t("present.absent") in said
    assert t("finding.scene_region_absent", region="weg") in said
    assert t("print.fictional") in said
    assert said.count(t("present.notes")) >= 9
    pages = 9 if per_page == 1 else 5
    info = run("pdfinfo", tmp_path / "handout.pdf")
    assert re.search(r"Tagged:\s+yes", info)
    assert re.search(rf"Pages:\s+{pages}\b", info)
    structure = run("pdfinfo", "-struct-text", tmp_path / "handout.pdf")
    assert structure.count("Figure") >= 7


def test_a_handout_can_be_stopped(region: Region, workings: Workings) -> None:
    t = texts("de")
    talk = ready_made(t, region)
    seen: list[int] = []
    with pytest.raises(HandoutStopped):
        handout_pdf(
            t, region, talk, workings=workings, on_scene=lambda at, _: seen.append(at), stop=lambda: len(seen) >= 2
        )
    assert seen == [1, 2]
