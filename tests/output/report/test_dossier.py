"""The dossier of a scenario: complete, true to the outcome, free of secrets, and nothing said that is not known."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.output.report import dossier_plan
from geo.output.report.dossier import dossier_of
from geo.output.report.dossier_parts import ChartItem, Dossier, MapItem, TableItem, pick
from geo.output.values.soft_text import one_line, printable, softened
from geo.output.values.tables import Column, Row, Table, sorted_rows
from geo.region.model.assemble import assemble_region
from geo.region.model.region import Region
from geo.region.schema import STANDARD_MEASURES, Source
from geo.siting.ask.question import Question
from geo.siting.problem.plan import Status
from geo.siting.scenario.outcome import run
from geo.siting.scenario.scenario import Scenario, nothing_new
from geo.text import texts
from tests.conftest import demo_region

SIDE = 6
DATES = ("2022-12-31", "2023-12-31", "2024-12-31", "2025-12-31")
SMALL = "0304"
"""A quarter with fewer residents than may be shown."""


def told(region: Region, question: Question, language: str = "de", name: str = "Plan A") -> Dossier:
    scenario = Scenario(name, region.id, question, "Für den Ausschuss.")
    answer, outcome = run(region, scenario, 10.0)
    fixed = replace(outcome, solved_at="2026-01-02T03:04:05+00:00")
    return dossier_of(texts(language), region, scenario, answer, fixed)


@pytest.fixture(scope="module")
def county() -> Region:
    return demo_region("musterkreis")


@pytest.fixture(scope="module")
def dossiers(county: Region) -> dict[str, Dossier]:
    return {language: told(county, Question(new=3), language) for language in ("de", "en")}


def lines_of(dossier: Dossier) -> list[str]:
    """Return all that a dossier says, in reading order."""
    lines = [dossier.title, dossier.subtitle, dossier.question, dossier.date, dossier.source_line]
    lines += [part for fact in dossier.facts for part in (fact.number, fact.sentence, fact.caveat)]
    for section in dossier.sections:
        lines += [section.heading, *section.paragraphs]
        for item in section.items:
            lines += [item.caption, item.message]
            if isinstance(item, TableItem):
                lines += [column.label for column in item.table.columns]
                lines += [cell for row in item.table.rows for cell in row.cells] + [item.note]
            else:
                lines.append(item.alternative)
    for part in (dossier.methods, dossier.assumptions, dossier.disclosure, dossier.sources, dossier.open_points):
        lines += part
    return [line for line in lines if line]


def plain(dossier: Dossier) -> list[Any]:
    """Return a dossier as values that can be compared."""
    out: list[Any] = [lines_of(dossier)]
    for section in dossier.sections:
        for item in section.items:
            if isinstance(item, MapItem):
                out.append(asdict(item.view))
            elif isinstance(item, ChartItem):
                out.append(asdict(item.chart))
    return out


def test_says_what_the_outcome_says(county: Region) -> None:
    scenario = Scenario("Plan A", county.id, Question(new=3, mode="line"))
    answer, outcome = run(county, scenario, 10.0)
    dossier = dossier_of(texts("de"), county, scenario, answer, outcome)
    t = texts("de")
    assert outcome.people_before is not None
    assert outcome.people_after is not None
    numbers = [fact.number for fact in dossier.facts]
    assert t.percent(100 * outcome.people_after / float(outcome.demand or 0), 0) in numbers
    assert t("siting.plus", people=t.number(outcome.people_after - outcome.people_before)) in numbers
    assert t.euros(float(outcome.cost_per_year_eur or 0)) in numbers
    summary = dossier.section("summary")
    assert summary is not None
    said = " ".join(summary.paragraphs)
    for site in outcome.sites:
        assert site.name in said
    assert t.number(outcome.people_after) in said
    assert t.number(outcome.people_before) in said


def test_has_all_chapters_in_both_languages(dossiers: dict[str, Dossier]) -> None:
    keys = [[section.key for section in dossier.sections] for dossier in dossiers.values()]
    assert keys[0] == keys[1]
    wanted = ["summary", "need", "concentration", "lasting", "today", "plan", "reasons", "effect", "size", "costs"]
    assert keys[0] == [*wanted, "annex", "prices"]
    german, english = (lines_of(dossiers[language]) for language in ("de", "en"))
    same = [one for one, other in zip(german, english, strict=True) if one == other and len(one.split()) > 6]
    assert [line for line in same if "Fiktive Daten" not in line and "Destatis" not in line] == []


def test_every_picture_has_a_text_that_stands_in_for_it(dossiers: dict[str, Dossier]) -> None:
    for dossier in dossiers.values():
        pictures = [item for section in dossier.sections for item in section.items if not isinstance(item, TableItem)]
        assert len(pictures) > 6
        for item in pictures:
            assert len(item.alternative) > 30
            assert item.alternative != item.caption


def test_tables_are_as_wide_as_their_headings(dossiers: dict[str, Dossier]) -> None:
    for section in dossiers["de"].sections:
        for item in section.items:
            if isinstance(item, TableItem):
                width = len(item.table.columns)
                assert item.table.rows
                assert all(len(row.cells) == width == len(row.sort) for row in item.table.rows)


def test_no_markup_of_the_screen_is_left(dossiers: dict[str, Dossier]) -> None:
    for dossier in dossiers.values():
        assert [line for line in lines_of(dossier) if "**" in line or "{" in line or "None" in line] == []


def test_german_numbers_have_commas_and_english_points(dossiers: dict[str, Dossier]) -> None:
    rate = dossiers["de"].facts[0].number, dossiers["en"].facts[0].number
    assert re.fullmatch(r"\d+,\d\u00a0%", rate[0])
    assert re.fullmatch(r"\d+\.\d%", rate[1])


def test_nothing_new_is_told_as_today(county: Region) -> None:
    scenario = nothing_new(Question(new=3, mode="line"), county.id, "Heute")
    answer, outcome = run(county, scenario, 10.0)
    dossier = dossier_of(texts("de"), county, scenario, answer, outcome)
    keys = {section.key for section in dossier.sections}
    assert {"reasons", "effect", "size", "costs", "prices"}.isdisjoint(keys)
    summary = dossier.section("summary")
    assert summary is not None
    assert "Es kommt keine Anlaufstelle hinzu" in summary.paragraphs[0]


@pytest.mark.parametrize("objective", ["cover-all", "median", "center", "budget", "capacity", "backup", "fade"])
def test_every_question_is_told(county: Region, objective: str) -> None:
    dossier = told(county, Question(objective=objective, mode="line", new=2, share=15.0, budget_eur=200_000.0))
    plan = dossier.section("plan")
    assert plan is not None
    assert any(texts("de")(f"dossier.method_question_{objective}") == line for line in dossier.methods)


def test_wishes_that_cannot_be_met_are_told_with_the_reason(county: Region) -> None:
    scenario = Scenario("Zu viel", county.id, Question(objective="cover-all", mode="line", share=100.0, minutes=5.0))
    answer, outcome = run(county, scenario, 10.0)
    assert answer.plan.status is Status.INFEASIBLE
    dossier = dossier_of(texts("de"), county, scenario, answer, outcome)
    summary = dossier.section("summary")
    assert summary is not None
    assert "lassen sich nicht erfüllen" in summary.paragraphs[0]
    assert dossier.section("costs") is None


def quarters() -> gpd.GeoDataFrame:
    keys = [f"0{row}0{column}" for row in range(SIDE) for column in range(SIDE)]
    boxes = [
        shapely.box(5e5 + 800 * column, 5.7e6 + 800 * row, 5e5 + 800 * (column + 1), 5.7e6 + 800 * (row + 1))
        for row in range(SIDE)
        for column in range(SIDE)
    ]
    names = {
        "name": [f"Quartier {key}" for key in keys],
        "district": ["Mitte" if key < "03" else "Rand" for key in keys],
    }
    return gpd.GeoDataFrame(names, geometry=boxes, index=pd.Index(keys, name="quarter_id"), crs="EPSG:25832")


def secret_region(secret: int) -> Region:
    """Return a region in which the count of one quarter is withheld; ``secret`` is that count at the last date."""
    random = np.random.default_rng(7)
    keys = list(quarters().index)
    residents = random.integers(900, 4_000, len(keys))
    residents[keys.index(SMALL)] = 290
    rows = []
    for date in DATES:
        recipients = random.binomial(residents, np.linspace(0.02, 0.3, len(keys)))
        recipients[keys.index(SMALL)] = secret if date == DATES[-1] else 200
        for measure, counts in (("recipients", recipients), ("residents", residents)):
            rows += [(key, date, measure, float(count), "value") for key, count in zip(keys, counts, strict=True)]
    return assemble_region(
        id="geheim",
        name="Geheim",
        is_fictional=True,
        quarters=quarters(),
        statistics=pd.DataFrame(rows, columns=["quarter_id", "date", "measure", "value", "state"]),
        measures=tuple(one for one in STANDARD_MEASURES if one.key in ("recipients", "residents")),
        sources=(Source("Test", is_fictional=True),),
    )


def test_other_secrets_give_the_same_dossier(monkeypatch: pytest.MonkeyPatch) -> None:
    # With time enough all is proven, whatever else the machine is doing.
    monkeypatch.setattr(dossier_plan, "TABLE_SECONDS", 120.0)
    monkeypatch.setattr(dossier_plan, "CURVE_SECONDS", 120.0)
    question = Question(new=2, mode="line", minutes=10.0)
    regions = [secret_region(secret) for secret in (277, 131)]
    cells = [region.values_of("recipients", DATES[-1]).loc[SMALL] for region in regions]
    assert all(cell["state"] == "suppressed" for cell in cells)
    first, second = (plain(told(region, question)) for region in regions)
    assert first == second


def test_where_offices_are_not_known_nothing_is_said_of_today() -> None:
    region = secret_region(277)
    assert region.offices.empty
    for language in ("de", "en"):
        dossier = told(region, Question(new=2, mode="line", minutes=10.0), language)
        said = " ".join(lines_of(dossier))
        assert texts(language)("reach.no_offices") in said
        assert ("heute sind es" if language == "de" else "today it is") not in said
        assert not any(fact.number.startswith("0\u00a0%") for fact in dossier.facts)
        effect = dossier.section("effect")
        assert effect is not None
        curves = [item for item in effect.items if isinstance(item, ChartItem)]
        assert [len(item.chart.parts) for item in curves] == [1]


def test_names_are_cut_and_freed_of_what_no_document_takes(county: Region) -> None:
    name = "A\x00\u202e\ufffe\nB " + "x" * 10_000
    dossier = told(county, Question(new=1, mode="line"), name=name)
    assert len(dossier.title) <= 120
    assert dossier.title.startswith("A B ")
    assert dossier.title.endswith("…")


def test_an_empty_name_gets_one(county: Region) -> None:
    assert told(county, Question(new=1, mode="line"), name=" \n ").title == texts("de")("dossier.untitled")


def test_plain_text() -> None:
    assert printable("a\x07b\ud800c\u2067d") == "abcd"
    assert one_line("  a \n b\t c ") == "a b c"
    assert one_line("abcdef", 4) == "abc…"
    assert softened("kurz") == "kurz"
    broken = softened("x" * 100)
    assert broken.replace("\u200b", "") == "x" * 100
    assert max(map(len, broken.split("\u200b"))) <= 28


def test_pick_keeps_order_and_drops_columns() -> None:
    rows = tuple(Row(str(n), (str(n), "a", "b"), (n, "a", None)) for n in (2, 3, 1))
    table = Table("c", (Column("n"), Column("x", "left"), Column("y")), (*rows, Row("-", ("", "", ""), (None,) * 3)), 0)
    picked = pick(replace(table, is_descending=True), (1, 0), 2)
    assert [row.cells for row in picked.rows] == [("a", "3"), ("a", "2")]
    assert picked.sort == 1
    assert [row.id for row in sorted_rows(table)] == ["1", "2", "3", "-"]
