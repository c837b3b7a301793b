"""Sheets of sites and draft specifications, read by poppler and LibreOffice."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from geo.errors import DataError
from geo.output.procurement.draft import Bullets, Draft, Grid, Paragraph, draft_of
from geo.output.procurement.files import draft_docx, draft_files, draft_pdf
from geo.output.procurement.purchase import BUYABLE, SOVEREIGN, Contract, bought_services, purchase_of, thresholds
from geo.output.report.site_sheet import SiteSheet, sheet_files, sheets_pdf, site_sheets
from geo.output.sites.plan_map import catchments_of
from geo.output.sites.scenario_data import Solved
from geo.output.values.soft_text import file_key
from geo.region.model.region import Region
from geo.siting.costs.components import PRESETS, site_costs
from geo.siting.costs.parameters import parameters_at
from geo.text import LANGUAGES, texts
from tests.output.taken import HOSTILE, LONG, demo, demo_solved, hosts, large, line, solved_of, squares
from tests.programs import by_office, pdf_facts, pdf_text


@pytest.fixture(scope="module")
def region() -> Region:
    return demo()


@pytest.fixture(scope="module")
def solved() -> Solved:
    return demo_solved()


@pytest.fixture(scope="module", params=LANGUAGES)
def sheets(request: pytest.FixtureRequest, region: Region, solved: Solved) -> tuple[str, tuple[SiteSheet, ...]]:
    return request.param, site_sheets(texts(request.param), region, solved, catchments_of(region, solved.answer))


def flat(text: str) -> str:
    """Return text of a page without line breaks and the hyphens of broken words."""
    return re.sub(r"\s+", " ", re.sub(r"(?<=\w)[-‐\u00ad]\n", "", text))


def squeezed(text: str) -> str:
    """Return text without blanks and hyphens, wherever lines were broken."""
    return re.sub(r"[\s\-‐\u00ad]+", "", text)


def test_a_page_for_each_site(sheets: tuple[str, tuple[SiteSheet, ...]], solved: Solved, tmp_path: Path) -> None:
    language, made = sheets
    t = texts(language)
    path = tmp_path / "sheets.pdf"
    path.write_bytes(sheets_pdf(t, made))
    facts = pdf_facts(path)
    assert facts["Pages"] == str(len(solved.outcome.sites)) == "3"
    assert facts["Tagged"] == "yes"
    assert "A4" in facts["Page size"]
    for number, site in enumerate(solved.outcome.sites, 1):
        page = flat(pdf_text(path, "-f", str(number), "-l", str(number)))
        assert site.name in page
        assert t("sheet.badge", number=number, of=3) in page
        assert t.number(site.gain or 0) in page
        assert flat(t.euros(site.cost_per_year_eur or 0)) in page
        assert t("shell.fictional", place="Musterstadt").split(":")[0] in page
        for question in made[number - 1].questions:
            assert squeezed(question) in squeezed(page)


def test_single_sheets_are_the_same_pages(sheets: tuple[str, tuple[SiteSheet, ...]], tmp_path: Path) -> None:
    language, made = sheets
    files = sheet_files(texts(language), made)
    assert len(files) == 3
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        assert pdf_facts(tmp_path / name)["Pages"] == "1"


def test_quarters_of_a_sheet_are_rounded_and_add_up_to_no_more_than_reached(
    sheets: tuple[str, tuple[SiteSheet, ...]], region: Region
) -> None:
    language, made = sheets
    t = texts(language)
    for sheet in made:
        assert sheet.quarters
        people = [int(re.sub(r"\D", "", row[1])) for row in sheet.quarters]
        assert all(count % 10 == 0 and count >= 10 for count in people)
        reached = int(re.sub(r"\D", "", sheet.figures[0].number))
        assert sum(people) <= reached + 5 * len(people)
        assert {row[0] for row in sheet.quarters} <= set(region.quarters["name"])
        assert t("table.quarter")


def test_nothing_opens_nothing_is_written(region: Region) -> None:
    still = solved_of(region, replace(line(), new=0))
    assert site_sheets(texts("de"), region, still) == ()
    with pytest.raises(DataError, match="sheets_none"):
        sheets_pdf(texts("de"), ())
    draft = draft_of(texts("de"), region, still)
    assert draft.lots == ()
    assert purchase_of(region, still).regime == "none"
    assert draft_pdf(texts("de"), draft).startswith(b"%PDF")


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    quarters = squares()
    quarters["name"] = [LONG if at % 2 else HOSTILE for at in range(len(quarters))]
    region = large(quarters=quarters, sites=hosts(quarters, name=HOSTILE))
    solved = solved_of(region, line(), name=LONG, description=HOSTILE)
    t = texts("en")
    made = site_sheets(t, region, solved)
    path = tmp_path / "a.pdf"
    path.write_bytes(sheets_pdf(t, made))
    assert pdf_facts(path)["Pages"] == str(len(made)) == "2"
    assert "<img src=x" in flat(pdf_text(path))
    files = draft_files(t, draft_of(t, region, solved))
    assert len(files) == 4
    for name, data in files.items():
        assert name.isascii()
        assert "/" not in name
        (tmp_path / name).write_bytes(data)
    text = flat(pdf_text(tmp_path / "Draft_specification.pdf"))
    assert "{{7*7}}" in text


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Wo würden", "Wo-wuerden"),
        ("../../etc/passwd", "etc-passwd"),
        ("=cmd|x", "cmd-x"),
        ("", "x"),
        ("ä" * 99, "ae" * 20),
    ],
)
def test_file_names_are_plain(text: str, wanted: str) -> None:
    assert file_key(text) == wanted


@pytest.fixture(scope="module", params=LANGUAGES)
def draft(request: pytest.FixtureRequest, region: Region, solved: Solved) -> Draft:
    return draft_of(texts(request.param), region, solved)


def said(draft: Draft) -> str:
    chapters = [*draft.general, *(chapter for lot in draft.lots for chapter in lot.chapters)]
    return "\n".join(text for chapter in chapters for text in [chapter.heading, *words_of(chapter.blocks)])


def words_of(blocks: tuple[Paragraph | Bullets | Grid, ...]) -> list[str]:
    out: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            out.append(block.text)
        elif isinstance(block, Bullets):
            out += block.items
        else:
            out += [*block.heads, *(cell for row in block.rows for cell in row)]
    return out


def test_eleven_chapters_for_each_lot(draft: Draft) -> None:
    t = texts(draft.language)
    assert len(draft.lots) == 3
    for lot in draft.lots:
        assert [chapter.heading for chapter in lot.chapters] == [
            f"{number}  {t(f'procurement.chapter_{number}')}" for number in range(1, 12)
        ]
        assert all(chapter.blocks for chapter in lot.chapters)
        assert sum(text.count(t("procurement.blank")) for ch in lot.chapters for text in words_of(ch.blocks)) > 20


def test_no_host_and_no_carrier_is_named(draft: Draft, region: Region, solved: Solved) -> None:
    text = said(draft) + draft.title + draft.subtitle
    for site in solved.outcome.sites:
        known = region.sites.loc[site.id]
        assert str(known["name"]) not in text
        assert str(known["address"]) not in text
    for carrier in set(region.sites["carrier"]) - {""}:
        assert str(carrier) not in text


def test_the_watermark_stands_on_every_page(draft: Draft, tmp_path: Path) -> None:
    t = texts(draft.language)
    path = tmp_path / "draft.pdf"
    path.write_bytes(draft_pdf(t, draft))
    facts = pdf_facts(path)
    assert facts["Tagged"] == "yes"
    document = tmp_path / "word.docx"
    document.write_bytes(draft_docx(t, draft))
    for made in (path, by_office(document, "pdf", tmp_path)):
        pages = pdf_text(made).split("\f")[:-1]
        assert len(pages) > 6
        assert all(draft.watermark in flat(page) for page in pages)
    with zipfile.ZipFile(document) as parts:
        header = next(parts.read(name) for name in parts.namelist() if "header" in name and name.endswith(".xml"))
    assert b"textpath" in header


def test_sovereign_tasks_are_never_bought() -> None:
    assert not set(BUYABLE) & set(SOVEREIGN)
    assert bought_services("benefits applications") == ("coaching",)
    assert bought_services("benefits placement video") == ("placement", "video")
    assert bought_services("") == ("coaching",)
    assert bought_services("something else") == ("coaching",)


def test_benefits_are_excluded_in_words(draft: Draft) -> None:
    t = texts(draft.language)
    for lot in draft.lots:
        content = words_of(lot.chapters[4].blocks)
        assert t("procurement.sovereign_benefits") in content
        assert t("procurement.content_sovereign") in content
        assert not any(t("service.benefits") in text for text in content if "procurement" in text)


def test_value_is_the_sum_of_what_would_be_bought(region: Region, solved: Solved) -> None:
    purchase = purchase_of(region, solved, Contract(24, 12))
    places = solved.answer.posed.places.iloc[list(solved.answer.plan.selected)]
    costs = site_costs(places, solved.scenario.costs, parameters_at(None, region))
    parts = ["staff_eur", "workplace_eur", "it_eur", "interpreter_eur", "overhead_eur"]
    assert purchase.counted_months == 36
    assert purchase.value_eur == pytest.approx(float(costs[parts].to_numpy().sum()) * 3)
    assert [lot.value_eur for lot in purchase.lots] == pytest.approx([lot.yearly_eur * 3 for lot in purchase.lots])


def test_no_more_than_48_months_count(region: Region, solved: Solved) -> None:
    assert purchase_of(region, solved, Contract(60, 24)).counted_months == 48


def test_the_threshold_decides(region: Region, solved: Solved) -> None:
    small = purchase_of(region, solved, Contract(6, 0))
    assert small.regime == "below"
    assert small.value_eur is not None
    assert small.value_eur < 750_000
    branch = replace(solved, scenario=replace(solved.scenario, costs=PRESETS["branch"]))
    large_one = purchase_of(region, branch)
    assert large_one.regime == "above"
    t = texts("de")
    assert "§ 49 UVgO" in said(draft_of(t, region, solved, Contract(6, 0)))
    assert "§ 130 GWB" in said(draft_of(t, region, branch))


def test_a_real_region_without_prices_says_that_the_value_is_unknown() -> None:
    region = large(is_fictional=False)
    solved = solved_of(region, line())
    purchase = purchase_of(region, solved)
    unknown = any(lot.value_eur is None for lot in purchase.lots)
    assert (purchase.regime == "unknown") == unknown


def test_thresholds_are_dated_and_sourced() -> None:
    for day in ("2026-03-01", "2026-11-22", "2028-02-01"):
        found = {one.key: one for one in thresholds(day)}
        assert found["threshold_social"].value == 750_000
        assert all(one.source and one.source_url for one in found.values())
        assert all(one.holds_at(day) for one in found.values())
    assert {one.key: one.value for one in thresholds("2026-03-01")}["direct_award_federal"] == 15_000
    later = {one.key: one for one in thresholds("2026-11-22")}["direct_award_federal"]
    assert (later.value, later.is_verified) == (50_000, False)
    assert "threshold_general" not in {one.key for one in thresholds("2028-02-01")}
