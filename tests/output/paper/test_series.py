"""A series: one sheet for each date, counted, stopped, read by other programs."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from geo.errors import ContractError
from geo.output.paper.print_files import map_file
from geo.output.paper.series import Step, safe_name, series_pdf, series_zip
from geo.output.paper.sheet import Sheet
from geo.text import texts
from tests.output.paper.printed import demo, view_of
from tests.programs import pdf_text, run

T = texts("de")
SHEET = Sheet(title="{region}", subtitle="{date}", page="x", dpi=96)


def steps(count: int = 3) -> tuple[Step, ...]:
    region = demo("musterkreis")
    return tuple(Step(date, lambda date=date: view_of(region, date=date), date) for date in region.dates[-count:])


def test_an_archive_has_a_file_for_each_date() -> None:
    told: list[tuple[int, int]] = []
    data = series_zip(T, demo("musterkreis"), steps(), SHEET, "svg", progress=lambda done, of: told.append((done, of)))
    assert data is not None
    with zipfile.ZipFile(BytesIO(data)) as archive:
        dates = demo("musterkreis").dates[-3:]
        assert archive.namelist() == [f"{at}_{date}.svg" for at, date in zip(("01", "02", "03"), dates, strict=True)]
        assert archive.testzip() is None
        assert len({archive.read(name) for name in archive.namelist()}) == 3
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert data == series_zip(T, demo("musterkreis"), steps(), SHEET, "svg")


def test_one_pdf_has_a_page_for_each_date(tmp_path: Path) -> None:
    data = series_pdf(T, demo("musterkreis"), steps(), SHEET)
    assert data is not None
    path = tmp_path / "series.pdf"
    path.write_bytes(data)
    assert "Pages:           3" in run("pdfinfo", path)
    for page, date in enumerate(demo("musterkreis").dates[-3:], 1):
        said = pdf_text(path, "-f", str(page), "-l", str(page))
        assert T.date(date) in said
        assert f"Seite {page} von 3" in said


def test_a_sheet_of_a_series_is_the_map_alone() -> None:
    """What is kept from sheet to sheet changes nothing."""
    region = demo("musterkreis")
    date = region.dates[-1]
    data = series_zip(T, region, steps(), Sheet(subtitle="{date}", dpi=96), "png")
    assert data is not None
    with zipfile.ZipFile(BytesIO(data)) as archive:
        last = archive.read(archive.namelist()[-1])
    sheet = Sheet(subtitle="{date}", dpi=96, date=date)
    from PIL import Image

    alone = map_file(T, region, view_of(region, date=date), sheet, "png")
    assert Image.open(BytesIO(last)).tobytes() == Image.open(BytesIO(alone)).tobytes()


def test_a_stopped_series_gives_nothing_and_draws_no_more() -> None:
    drawn: list[int] = []
    for make in (series_pdf, lambda *asked, **how: series_zip(*asked, "png", **how)):
        drawn.clear()
        found = make(
            T, demo("musterkreis"), steps(), SHEET,
            progress=lambda done, _: drawn.append(done), stop=lambda: len(drawn) >= 1,
        )  # fmt: skip
        assert found is None
        assert drawn == [1]


def test_a_series_of_nothing_is_refused() -> None:
    with pytest.raises(ContractError):
        series_zip(T, demo("musterkreis"), (), SHEET, "png")
    with pytest.raises(ContractError):
        series_pdf(T, demo("musterkreis"), (), SHEET)


@pytest.mark.parametrize(
    ("text", "name"),
    [("../../etc/passwd", "etc-passwd"), ("2025-12-31", "2025-12-31"), ("", "x"), ("a" * 99, "a" * 60)],
)
def test_names_of_files_are_harmless(text: str, name: str) -> None:
    assert safe_name(text) == name
