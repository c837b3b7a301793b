"""Report, document and slides, opened by others' programs: facts, tags and alternative texts there, no secrets."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely
from docx import Document
from pptx import Presentation

from geo.errors import DataError
from geo.output.charts.chart import Bars, Line
from geo.output.report.docx import report_docx
from geo.output.report.dossier import dossier_of
from geo.output.report.dossier_parts import ChartItem, Dossier, MapItem, TableItem
from geo.output.report.pdf import report_pdf
from geo.output.report.slides import slides_of, slides_pptx
from geo.region.model.assemble import assemble_region
from geo.region.model.region import Region
from geo.region.schema import STANDARD_MEASURES, Source
from geo.siting.ask.question import Question
from geo.siting.scenario.outcome import run
from geo.siting.scenario.scenario import Scenario
from geo.text import texts
from tests.conftest import demo_region
from tests.programs import by_office, pdf_text
from tests.programs import run as run_program

MARKUP = "#evil $x^2$ \"q\" 's' [b] {c} \\pagebreak @ref <label> `raw` *b* _e_"
HOSTILE = f"{MARKUP} // c /* d */ ~ = + - & <script>alert(1)</script>"
FORMULA = '=cmd|"/c calc"!A1'
SECRET = 277


@dataclass(frozen=True)
class Files:
    dossier: Dossier
    pdf: bytes
    docx: bytes
    pptx: bytes


def files_of(region: Region, question: Question, name: str, language: str = "de") -> Files:
    scenario = Scenario(name, region.id, question, name)
    t = texts(language)
    dossier = dossier_of(t, region, scenario, *run(region, scenario, 10.0))
    return Files(dossier, report_pdf(t, dossier), report_docx(t, dossier), slides_pptx(t, dossier))


@pytest.fixture(scope="module")
def files() -> Files:
    return files_of(demo_region("musterkreis"), Question(new=3, mode="line"), "Drei Anlaufstellen")


@pytest.fixture(scope="module")
def hostile() -> Files:
    region = demo_region("musterkreis")
    sites, quarters = region.sites.copy(), region.quarters.copy()
    sites["name"] = [f"{FORMULA} {HOSTILE} {number}" for number in range(len(sites))]
    quarters["name"] = [f"{HOSTILE}\x07{'y' * 300} {number}" for number in range(len(quarters))]
    named = replace(region, name=f"{HOSTILE}\u202e\ufffe", sites=sites, quarters=quarters)
    return files_of(named, Question(new=2, mode="line"), HOSTILE + " z" + "z" * 10_000)


def secret_region() -> Region:
    random = np.random.default_rng(7)
    keys = [f"0{row}0{column}" for row in range(6) for column in range(6)]
    boxes = [
        shapely.box(5e5 + 800 * column, 5.7e6 + 800 * row, 5e5 + 800 * (column + 1), 5.7e6 + 800 * (row + 1))
        for row in range(6)
        for column in range(6)
    ]
    small = keys.index("0304")
    residents = random.integers(900, 4_000, len(keys))
    residents[small] = 290
    rows = []
    for date in ("2024-12-31", "2025-12-31"):
        recipients = random.binomial(residents, np.linspace(0.02, 0.3, len(keys)))
        recipients = np.where(recipients == SECRET, SECRET + 1, recipients)
        recipients[small] = SECRET
        for measure, counts in (("recipients", recipients), ("residents", residents)):
            rows += [(key, date, measure, float(count), "value") for key, count in zip(keys, counts, strict=True)]
    return assemble_region(
        id="geheim",
        name="Geheim",
        is_fictional=True,
        quarters=gpd.GeoDataFrame(
            {"name": [f"Quartier {key}" for key in keys], "district": [""] * len(keys)},
            geometry=boxes,
            index=pd.Index(keys, name="quarter_id"),
            crs="EPSG:25832",
        ),
        statistics=pd.DataFrame(rows, columns=["quarter_id", "date", "measure", "value", "state"]),
        measures=tuple(one for one in STANDARD_MEASURES if one.key in ("recipients", "residents")),
        sources=(Source("Test", is_fictional=True),),
    )


def words_of(data: bytes, folder: Path) -> str:
    path = folder / "report.pdf"
    path.write_bytes(data)
    return re.sub(r"\u00ad\s*", "", pdf_text(path, "-layout")).replace("\u200b", "")


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def package_texts(data: bytes) -> Iterator[tuple[str, str]]:
    """Return all that is written in a package: text between tags, and what stands in workbooks inside of it."""
    with zipfile.ZipFile(BytesIO(data)) as package:
        for name in package.namelist():
            content = package.read(name)
            if name.endswith(".xlsx"):
                yield from package_texts(content)
            elif name.endswith((".xml", ".rels")):
                yield name, " ".join(re.findall(r">([^<]+)<", content.decode("utf-8")))


# PDF


def test_pdf_is_tagged_with_title_and_language(files: Files, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(files.pdf)
    said = run_program("pdfinfo", path)
    assert re.search(r"Tagged:\s+yes", said)
    assert re.search(r"Title:\s+Drei Anlaufstellen", said)
    assert re.search(r"Page size:.*A4", said)
    assert b"/Lang(de-DE)" in files.pdf.replace(b" ", b"")
    assert b"pdfuaid" in files.pdf


def test_pdf_has_a_structure_of_headings_tables_and_pictures(files: Files, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(files.pdf)
    told = run_program("pdfinfo", "-struct", path)
    tables = [item for section in files.dossier.sections for item in section.items if isinstance(item, TableItem)]
    pictures = [item for section in files.dossier.sections for item in section.items if not isinstance(item, TableItem)]
    assert len(re.findall(r"^\s*Table\b", told, re.MULTILINE)) == len(tables)
    assert len(re.findall(r"^\s*Figure\b", told, re.MULTILINE)) >= len(pictures)
    assert len(re.findall(r"^\s*TH\b", told, re.MULTILINE)) >= sum(len(item.table.columns) for item in tables)
    assert re.search(r"^\s*H1\b", told, re.MULTILINE)


def test_pdf_passes_verapdf(files: Files, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(files.pdf)
    assert 'isCompliant="true"' in run_program("verapdf", "--flavour", "ua1", path)


def test_pdf_says_the_facts(files: Files, tmp_path: Path) -> None:
    text = squeezed(words_of(files.pdf, tmp_path))
    for fact in files.dossier.facts:
        assert squeezed(fact.number) in text
    for section in files.dossier.sections:
        assert squeezed(section.heading) in text
        for item in section.items:
            assert squeezed(item.caption)[:40] in text
    for line in (*files.dossier.open_points, *files.dossier.sources):
        assert squeezed(line)[:30] in text
    assert text.count(squeezed(files.dossier.fictional_mark)) >= 8


def test_every_page_of_the_pdf_has_its_number(files: Files, tmp_path: Path) -> None:
    pages = words_of(files.pdf, tmp_path).split("\f")[:-1]
    for number, page in enumerate(pages, 1):
        assert f"Seite {number} / {len(pages)}" in page


# DOCX


def test_docx_has_headings_captions_and_repeated_headers(files: Files) -> None:
    document = Document(BytesIO(files.docx))
    headings = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
    assert headings[0] == files.dossier.sections[0].heading
    assert len(headings) == len(files.dossier.sections) + 1
    captions = [one.text for one in document.paragraphs if one.style.name == "Caption"]
    items = [item for section in files.dossier.sections for item in section.items]
    assert len(captions) == len(items)
    for table in document.tables:
        assert "w:tblHeader" in table.rows[0]._tr.xml
        assert "w:tblHeader" not in table.rows[1]._tr.xml
    assert document.core_properties.title == "Drei Anlaufstellen"
    assert document.core_properties.language == "de-DE"
    assert 'w:lang w:val="de-DE"' in document.styles.element.xml


def test_docx_has_alternative_texts(files: Files) -> None:
    document = Document(BytesIO(files.docx))
    told = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    wanted = [
        item.alternative
        for section in files.dossier.sections
        for item in section.items
        if not isinstance(item, TableItem)
    ]
    assert told == wanted


# PPTX


def slides(data: bytes) -> Any:
    return Presentation(BytesIO(data))


def test_charts_are_native_with_the_values_of_the_figures(files: Files) -> None:
    charts = [shape.chart for slide in slides(files.pptx).slides for shape in slide.shapes if shape.has_chart]
    told = [
        item.chart
        for section in files.dossier.sections
        for item in section.items
        if isinstance(item, ChartItem) and item.message
    ]
    assert len(charts) == len(told) >= 5
    for chart, described in zip(charts, told, strict=True):
        made = {one.name: [value for value in one.values if value is not None] for one in chart.plots[0].series}
        for part in described.parts:
            if isinstance(part, Bars):
                assert [list(part.values)] == list(made.values())
            elif isinstance(part, Line):
                assert made[part.name] == pytest.approx([value for value in part.y if value is not None])


def test_every_slide_has_message_source_number_mark_and_notes(files: Files) -> None:
    deck = slides(files.pptx)
    assert deck.core_properties.title == "Drei Anlaufstellen"
    assert round(deck.slide_width / deck.slide_height, 2) == 1.78
    for number, slide in enumerate(deck.slides, 1):
        title = slide.shapes.title
        assert title is not None
        assert title.text_frame.text.strip()
        said = " ".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
        assert files.dossier.source_line[:30] in said
        assert files.dossier.fictional_mark in said
        assert 'type="slidenum"' in slide.shapes._spTree.xml
        assert f"<a:t>{number}</a:t>" in slide.shapes._spTree.xml
        assert files.dossier.source_line in slide.notes_slide.notes_text_frame.text


def test_maps_and_charts_on_slides_have_alternative_texts(files: Files) -> None:
    shapes = [shape for slide in slides(files.pptx).slides for shape in slide.shapes]
    pictures = [shape for shape in shapes if shape.has_chart or shape._element.tag.endswith("}pic")]
    told = [shape._element.xpath(".//p:cNvPr/@descr")[0] for shape in pictures]
    wanted = [
        item.alternative
        for section in files.dossier.sections
        for item in section.items
        if not isinstance(item, TableItem) and item.message
    ]
    assert told == wanted
    assert any(isinstance(item, MapItem) for section in files.dossier.sections for item in section.items)


def test_nothing_stands_outside_a_slide(files: Files) -> None:
    deck = slides(files.pptx)
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= deck.slide_width
            assert shape.top + shape.height <= deck.slide_height


def office_master(*, keep: tuple[str, ...], is_template: bool = False) -> bytes:
    """Return a deck of an office with one slide of its own and only some layouts, 4:3."""
    deck = Presentation()
    deck.slides.add_slide(deck.slide_layouts[6])
    used = deck.slides[0].slide_layout
    for layout in list(deck.slide_layouts):
        if layout.name not in keep and layout.name != used.name:
            deck.slide_layouts.remove(layout)
    out = BytesIO()
    deck.save(out)
    if not is_template:
        return out.getvalue()
    made = BytesIO()
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(made, "w") as new:
        for part in old.infolist():
            content = old.read(part.filename)
            if part.filename == "[Content_Types].xml":
                content = content.replace(b"presentationml.presentation.main+xml", b"presentationml.template.main+xml")
            new.writestr(part, content)
    return made.getvalue()


@pytest.mark.parametrize("is_template", [False, True])
def test_an_offices_master_is_used_by_its_placeholders(files: Files, is_template: bool) -> None:
    master = office_master(keep=("Title Slide", "Title and Content", "Title Only"), is_template=is_template)
    made = slides_of(texts("de"), files.dossier, master)
    assert made.findings == ()
    deck = slides(made.data)
    assert deck.slide_width == Presentation().slide_width
    layouts = [slide.slide_layout.name for slide in deck.slides]
    assert layouts[0] == "Title Slide"
    assert set(layouts[1:]) == {"Title Only", "Title and Content"}
    assert len(deck.slides) == len(slides(files.pptx).slides)


def test_a_master_without_titles_falls_back_with_a_finding(files: Files) -> None:
    made = slides_of(texts("de"), files.dossier, office_master(keep=()))
    assert [one.code for one in made.findings] == ["master_without_layouts"]
    assert slides(made.data).slide_width == slides(files.pptx).slide_width


def test_a_master_that_lacks_layouts_says_which(files: Files) -> None:
    made = slides_of(texts("de"), files.dossier, office_master(keep=("Title Only",)))
    assert [one.code for one in made.findings] == ["master_layout_missing"]
    assert {slide.slide_layout.name for slide in slides(made.data).slides} == {"Title Only"}


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 broken", b"%PDF-1.7", "docx"])
def test_what_is_no_master_is_refused(files: Files, data: bytes | str) -> None:
    with pytest.raises(DataError) as fault:
        slides_pptx(texts("de"), files.dossier, files.docx if isinstance(data, str) else data)
    assert [one.code for one in fault.value.findings] == ["master_unreadable"]


# Names nobody should have, and numbers nobody should see


def test_hostile_names_stay_text_in_the_pdf(hostile: Files, tmp_path: Path) -> None:
    text = squeezed(words_of(hostile.pdf, tmp_path))
    assert squeezed('#evil $x^2$ "q"') in text
    assert squeezed("\\pagebreak @ref <label> `raw` *b* _e_") in text


def test_hostile_names_stay_text_in_docx_and_pptx(hostile: Files) -> None:
    document = Document(BytesIO(hostile.docx))
    assert document.paragraphs[0].text.replace("\u200b", "").startswith("#evil $x^2$")
    deck = slides(hostile.pptx)
    assert deck.slides[0].shapes.title.text_frame.text.replace("\u200b", "").startswith("#evil $x^2$")
    assert "<script>alert(1)</script>" not in " ".join(text for _, text in package_texts(hostile.pptx))


def test_no_workbook_of_a_chart_computes_anything(hostile: Files) -> None:
    seen = 0
    with zipfile.ZipFile(BytesIO(hostile.pptx)) as package:
        for name in package.namelist():
            if name.endswith(".xlsx"):
                for row in openpyxl.load_workbook(BytesIO(package.read(name))).active.iter_rows():
                    seen += len(row)
                    assert [cell.value for cell in row if cell.data_type == "f"] == []
    assert seen > 20


def test_a_withheld_count_is_in_no_file(tmp_path: Path) -> None:
    region = secret_region()
    assert region.values_of("recipients", "2025-12-31").loc["0304", "state"] == "suppressed"
    made = files_of(region, Question(new=2, mode="line", minutes=10.0), "Geheim")
    share = 100 * SECRET / 290
    said = (
        rf"{SECRET}(?:[.,]0+)?(?![.,]?\d)",
        rf"{share:.1f}(?!\d)".replace(".", "[.,]", 1),
        f"{share:.3f}".replace(".", "[.,]"),
    )
    hidden = re.compile(rf"(?<![\d.,])(?:{'|'.join(said)})")
    assert hidden.search("95,5 %")
    assert hidden.search("95.51724")
    assert not hidden.search("95.58 12277 1.277 277,4")
    assert hidden.search(f"a {SECRET} b")
    assert hidden.search(f"({SECRET}.0)")
    shown = [("pdf", words_of(made.pdf, tmp_path)), *package_texts(made.docx), *package_texts(made.pptx)]
    assert sum(len(text) for _, text in shown) > 20_000
    for name, text in shown:
        found = hidden.search(text)
        assert found is None, f"{name}: {text[max(found.start() - 60, 0) : found.end() + 60]}"


# LibreOffice opens them


@pytest.fixture(scope="module")
def converted(files: Files, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("office")
    out = {}
    for kind in ("docx", "pptx"):
        path = folder / f"{kind}_file.{kind}"
        path.write_bytes(getattr(files, kind))
        out[kind] = by_office(path, "pdf", folder)
    return out


def test_numbers_on_bars_of_slides_are_those_of_the_table(files: Files, converted: dict[str, Path]) -> None:
    said = squeezed(words_of(converted["pptx"].read_bytes(), converted["pptx"].parent))
    bars = [
        float(value)
        for section in files.dossier.sections
        for item in section.items
        if isinstance(item, ChartItem)
        for part in item.chart.parts
        if isinstance(part, Bars)
        for value in part.values
    ]
    assert max(bars) >= 1000
    for value in bars:
        assert texts("de").number(value) in said


def test_tables_of_a_chapter_stand_before_its_pictures(files: Files) -> None:
    body = Document(BytesIO(files.docx)).element.body
    kinds = []
    for element in body.iterchildren():
        if element.tag.endswith("}tbl"):
            kinds.append("table")
        elif element.xpath(".//w:drawing"):
            kinds.append("picture")
        elif element.xpath("./w:pPr/w:pStyle[@w:val='Heading1']"):
            kinds.append("chapter")
    chapters = " ".join(kinds).split("chapter")
    assert any("table" in one and "picture" in one for one in chapters)
    assert not [one for one in chapters if "picture table" in one]


@pytest.mark.parametrize("kind", ["docx", "pptx"])
def test_libreoffice_shows_every_page_with_its_text(files: Files, converted: dict[str, Path], kind: str) -> None:
    text = squeezed(words_of(converted[kind].read_bytes(), converted[kind].parent))
    for fact in files.dossier.facts:
        assert squeezed(fact.number) in text
    folder = converted[kind].parent / kind
    folder.mkdir()
    run_program("pdftoppm", "-r", "40", "-png", converted[kind], folder / "page")
    pages = sorted(folder.glob("*.png"))
    assert len(pages) == (len(slides(files.pptx).slides) if kind == "pptx" else len(pages)) >= 8
    from PIL import Image

    for page in pages:
        with Image.open(page) as picture:
            grey = np.asarray(picture.convert("L"))
        assert (grey < 200).mean() > 0.002, f"{page.name} is empty"
