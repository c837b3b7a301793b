"""Attacks on plans: other secrets give the same plans everywhere, and no exact count of people can be read off."""

from __future__ import annotations

import functools
import itertools
import math
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from geo.need.indicators import indicators_of
from geo.output.paper.sheet import Sheet
from geo.output.procurement.purchase import purchase_of
from geo.output.report.docx import report_docx
from geo.output.report.dossier import dossier_of
from geo.output.report.dossier_need import picture_of
from geo.output.report.site_sheet import site_sheets
from geo.output.report.slides import slides_pptx
from geo.output.screen.standalone import standalone_map
from geo.output.sites.plan_map import sites_view
from geo.output.talk.handout import handout_pdf
from geo.output.values.value_format import shown_share_text
from geo.region.model.assemble import assemble_region
from geo.region.model.region import Region
from geo.region.schema import STANDARD_MEASURES, Source
from geo.siting.ask.access import by_district, by_quarter, nearest_minutes
from geo.siting.ask.answers import Answer, answer
from geo.siting.ask.question import Question
from geo.siting.ask.survey import OwnPlace
from geo.siting.explain.site_reasons import reasons
from geo.siting.problem.recount import people_reached
from geo.siting.scenario.scenes import Presentation, Scene, write_presentation
from tests.conftest import demo_region
from tests.output.taken import hosts
from tests.output.test_files_nothing_hidden import plain, unpacked
from tests.output.test_nothing_hidden import MEASURES, hidden, quarters, raw_statistics, with_other_secrets
from tests.siting.scenario.attack_on_plans import T, as_text, numbers_in, of_pair, of_plan, of_ways, solved_of
from tests.siting.small_region import make_region

LINE = Question(minutes=12.0, new=2, mode="line")
QUESTIONS = {
    "coverage": LINE,
    "quarters": replace(LINE, candidates="quarters", measure="employable"),
    "backup": replace(LINE, objective="backup"),
    "fade": replace(LINE, objective="fade"),
    "cover-all": replace(LINE, objective="cover-all", share=40.0),
    "median": replace(LINE, objective="median"),
    "center": replace(LINE, objective="center"),
    "budget": replace(LINE, objective="budget", budget_eur=400_000.0),
    "capacity": replace(LINE, objective="capacity"),
    "service": replace(LINE, service="coaching"),
    "lasting": replace(LINE, new=4, minimum_of="lasting", minimum_share=10.0),
    "district": replace(LINE, new=4, minimum_of="district", minimum_share=99.0),
}


def with_hosts(statistics) -> Region:
    return assemble_region(
        id="geheim",
        name="Geheim",
        is_fictional=True,
        quarters=quarters(),
        statistics=statistics,
        measures=tuple(measure for measure in STANDARD_MEASURES if measure.key in MEASURES),
        sites=hosts(quarters()),
        sources=(Source("Test", is_fictional=True),),
    )


@functools.cache
def pair() -> tuple[Region, Region]:
    """Return a region and one whose raw table has other counts where they are withheld."""
    raw = raw_statistics(1)
    region = with_hosts(raw)
    other = with_other_secrets(raw, hidden(region), 1)
    changed = raw.merge(other, on=["quarter_id", "date", "measure"], suffixes=("", "_other"))
    assert (changed["value"] != changed["value_other"]).sum() > 20
    again = with_hosts(other)
    assert hidden(again).equals(hidden(region))
    return region, again


@pytest.mark.parametrize("name", QUESTIONS)
def test_other_secrets_give_the_same_plan_everywhere(name: str) -> None:
    draws = 2 if name in ("coverage", "median") else 0
    first, second = (of_plan(region, solved_of(region, QUESTIONS[name]), draws=draws) for region in pair())
    assert {part for part in first if as_text(first[part]) != as_text(second[part])} == set()


def test_other_secrets_give_the_same_comparison() -> None:
    told = []
    for region in pair():
        one, other = (solved_of(region, QUESTIONS[name], name) for name in ("coverage", "budget"))
        told.append(of_pair(region, one, other))
    assert {part for part in told[0] if as_text(told[0][part]) != as_text(told[1][part])} == set()


def documents(region: Region, folder: Path) -> dict[str, bytes]:
    """Return every part of slides, report, sheets, handout and of a map in one file; charts with their workbooks."""
    solved = solved_of(region, LINE)
    dossier = dossier_of(T, region, solved.scenario, solved.answer, solved.outcome)
    assert dossier.section("size") is not None
    talk = Presentation("Vortrag", (Scene("plan", region.id, "Ort", scenario=solved.scenario),))
    view = sites_view(T, picture_of(region, indicators_of(region)[0], region.dates[-1]), solved.answer)
    files = {
        "slides.pptx": slides_pptx(T, dossier),
        "report.docx": report_docx(T, dossier),
        "handout.json": write_presentation(talk),
        "sheets.txt": repr([asdict(sheet) for sheet in site_sheets(T, region, solved)]).encode(),
        "map.html": standalone_map(T, region, view, Sheet(title="Plan", dpi=96)),
        "handout.pdf": handout_pdf(T, region, talk),
        "purchase.txt": repr(purchase_of(region, solved, as_of="2026-03-01")).encode(),
    }
    packed = (".pptx", ".docx", ".xlsx", ".pdf")
    return {name: plain(name, data) for name, data in unpacked(files, folder) if not name.endswith(packed)}


def test_other_secrets_give_the_same_documents(tmp_path: Path) -> None:
    first, second = (documents(region, tmp_path) for region in pair())
    assert sum(".xlsx/" in name for name in first) > 10, "charts of slides have workbooks"
    assert first.keys() == second.keys()
    assert {name for name in first if first[name] != second[name]} == set()


def test_a_shown_count_changes_what_is_told() -> None:
    """The comparisons above can fail."""
    raw = raw_statistics(1)
    region = with_hosts(raw)
    told = region.statistics[(region.statistics["measure"] == "recipients") & region.statistics["value"].notna()]
    key = told[told["date"] == region.dates[-1]].sort_values("value")["quarter_id"].iloc[-1]
    at = (raw["quarter_id"] == key) & (raw["date"] == region.dates[-1])
    at &= raw["measure"].isin(["recipients", "employable"])
    raw.loc[at, "value"] += 150
    first, second = (of_plan(one, solved_of(one, LINE)) for one in (region, with_hosts(raw)))
    for part in ("json", "store", "reach quarters", "curves", "equity"):
        assert as_text(first[part]) != as_text(second[part]), part


def test_moving_a_place_by_metres_says_nothing_of_a_withheld_quarter() -> None:
    """A place with a reach of five minutes is drawn across a withheld quarter: nobody is gained at any step."""
    region, again = pair()
    date = region.dates[-1]
    cells = region.values_of("recipients", date)
    withheld = [str(key) for key in cells.index[cells["state"] == "suppressed"]]
    sites = region.sites.geometry
    key = max(withheld, key=lambda one: sites.distance(region.quarters.geometry[one].centroid).min())
    middle = region.quarters.geometry[key].centroid
    seen = []
    for east, north in itertools.product((-15.0, 0.0, 4.0), repeat=2):
        point = region.quarters.geometry.head(1).centroid.iloc[[0]].translate(0, 0)
        point.iloc[0] = type(middle)(middle.x + east, middle.y + north)
        spot = point.to_crs(4326).iloc[0]
        own = OwnPlace("own-1", "Eigener Ort", round(spot.x, 6), round(spot.y, 6))
        asked = Question(minutes=5.0, new=1, mode="line", own=(own,))
        one, other = (solved_of(each, asked).outcome for each in (region, again))
        assert one == other
        assert [site.gain for site in one.sites] == [0]
        mine = next(row for row in one.quarters if row.quarter_id == key)
        assert (mine.people_before, mine.people_after, mine.minutes_before, mine.minutes_after) == (None,) * 4
        seen.append(replace(one, scenario_key="", sites=()))
    whole = {(one.people_after, one.curve[:6], tuple(row.people_after for row in one.quarters)) for one in seen}
    assert len(whole) == 1


@functools.cache
def city() -> Region:
    return demo_region("musterstadt")


def exact_counts(region: Region, told_plan: Answer) -> set[float]:
    """Return people reached, to the last digit, as they are not to be shown, and the shares made of them."""
    posed, plan = told_plan.posed, told_plan.plan
    told = {plan.reached, plan.total, plan.value, plan.before, *plan.gains, *plan.cumulative}
    told |= {people_reached(posed.problem, posed.offices_today)}
    shares = set()
    for reason in reasons(posed.problem, plan):
        told |= {reason.reached, reason.alone, reason.shared}
        shares.add(100 * reason.alone / reason.reached)
    for sites in (posed.offices_today, [*posed.problem.fixed, *plan.selected]):
        nearest = nearest_minutes(posed.survey, sites)
        for table in (by_quarter, by_district):
            found = table(region, posed.survey, nearest, posed.question.minutes).dropna(subset=["people"])
            told |= set(found["beyond"]) | set(found["people"] - found["beyond"])
            shares |= set(found["share_beyond"]) | set(100 - found["share_beyond"])
    telling = {one for one in told | shares if math.isfinite(one) and abs(one - round(one)) > 1e-6}
    return {one for one in telling if abs(one * 10 - round(one * 10)) > 1e-6}  # one decimal is no exact count


@pytest.mark.parametrize("objective", ["coverage", "backup", "capacity"])
def test_no_exact_count_of_people_reached_is_sent(objective: str) -> None:
    """Not even to sort by, or as the height of a curve: neither the count, nor what is left of it after a division."""
    region = city()
    solved = solved_of(region, Question(new=3, objective=objective))
    exact = np.array(sorted(exact_counts(region, solved.answer)))
    assert len(exact) > 80
    payload = of_plan(region, solved, draws=2 if objective == "coverage" else 0)
    for part, told in payload.items():
        for number in numbers_in(told):
            assert not (np.abs(exact - number) <= 1e-9 * np.maximum(exact, 1.0)).any(), (part, number)


def test_curves_cannot_be_scaled_back_to_the_exact_number_of_people() -> None:
    """The height of a curve is a share: rounded people over rounded people."""
    region = city()
    solved = solved_of(region, Question(new=3))
    chart = of_plan(region, solved)["curves"]
    curve = solved.outcome.curve
    for share, people in zip(chart["parts"][1]["y"], curve, strict=True):
        if people:
            assert people / (share / 100) == pytest.approx(solved.answer.demand, rel=1e-12)
    assert solved.answer.demand % 10 == 0


def test_the_search_for_exact_counts_finds_them() -> None:
    """The test above can fail."""
    told = {"rows": [{"sort": ("a", 12.25, None)}], "map": '{"positions":[0.5,[33.125]]}', "ok": True}
    assert set(numbers_in(told)) == {12.25, 0.5, 33.125}


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(0, 250, "0\u00a0%"), (None, 250, "unter 4\u00a0%"), (240, 250, "96\u00a0%"), (250, 250, "100\u00a0%")],
)
def test_a_share_says_no_more_than_the_figures_beside_it(part: int | None, whole: int, said: str) -> None:
    assert shown_share_text(T, part, whole, 10) == said
    assert shown_share_text(T, part, None, 10) == T("value.none")


def test_shares_of_small_quarters_are_no_counts() -> None:
    """Of a dozen people, a share in whole percent would be the number of people itself."""
    region = make_region({"q1": 120, "q2": 85, "q3": 301, "q4": 50, "q5": 14, "q6": 12, "q7": 0, "q8": 4, "q9": 9})
    sent = 0
    for minutes in range(4, 40, 3):
        payload = of_ways(region, answer(region, Question(new=1, mode="line", minutes=float(minutes))))
        for row in payload["reach quarters"]["rows"]:
            people, beyond, share = row["sort"][1:4]
            assert people in (None, *range(0, 310, 10))
            assert share is None or share in (100 * beyond / people, 100 * 5 / people)
            sent += share is not None
            if row["id"] in ("q8", "q9"):
                assert share is None
                assert not any("%" in cell for cell in row["cells"])
    assert sent > 40
