"""Maps on paper, looked at as pixels, as words and through other programs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from geo.errors import ContractError, DataError
from geo.output.paper.map import scale_metres
from geo.output.paper.print_files import map_file, map_page
from geo.output.paper.sheet import KINDS, LEGEND_PLACES, SIZES, Sheet, logo_picture
from geo.output.paper.text import width_mm, wrap
from geo.output.values.map_view import WITHHELD
from geo.text import texts
from tests.output.paper.printed import demo, misplaced, pdf_words, pixels, rgb, view_of, with_plan
from tests.output.test_nothing_hidden import SIDE, assembled, raw_statistics
from tests.programs import run, run_bytes

LONG = (
    "Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenauszahlungsstelle und die kleinräumige Verteilung der "
    "Leistungsberechtigten in {region} nach Stadtteilen und Planungsräumen"
)
FULL = Sheet(title=LONG, subtitle="Stand {date}, " * 6, footer="Vorlage 12/2026 · " * 12, page="Seite 3 von 12",
             notes=("Gehzeit 15 Minuten, Luftlinie mit Umwegfaktor 1,3.",), date="2025-12-31")  # fmt: skip
T = texts("de")


def grid_cells(png: bytes, colours: tuple[str, ...], legend_right: float) -> np.ndarray:
    """Return the colours in the middle of the 7 × 7 quarters, lowest row first.

    The grid is found as the extent of the class colours left of the legend.
    """
    seen = pixels(png)
    part = seen[:, : int(seen.shape[1] * legend_right)]
    is_class = np.zeros(part.shape[:2], dtype=bool)
    for colour in colours:
        is_class |= np.abs(part - rgb(colour)).sum(axis=2) == 0
    rows, columns = np.flatnonzero(is_class.any(axis=1)), np.flatnonzero(is_class.any(axis=0))
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    assert abs((right - left) - (bottom - top)) <= 3  # squares stay squares
    middles = (np.arange(SIDE) + 0.5) / SIDE
    return np.array(
        [
            [seen[int(bottom - (bottom - top) * up), int(left + (right - left) * across)] for across in middles]
            for up in middles
        ]
    )


@pytest.fixture(scope="module")
def squares():  # type: ignore[no-untyped-def]
    region = assembled(raw_statistics(1))
    return region, view_of(region, 5)


def test_colours_inside_quarters_are_those_of_the_legend(squares) -> None:  # type: ignore[no-untyped-def]
    region, view = squares
    cells = grid_cells(map_file(T, region, view, Sheet(dpi=150), "png"), view.legend.colours, 0.74)
    compared = 0
    for key in view.quarter_ids:
        wanted = view.colour_of(key)
        if wanted is not None:
            assert cells[int(key[1]), int(key[3])].tolist() == rgb(wanted).tolist()
            compared += 1
    assert compared > 30
    assert view.classes.count(WITHHELD) > 0


def test_a_second_renderer_draws_the_same_map(squares) -> None:  # type: ignore[no-untyped-def]
    region, view = squares
    sheet = Sheet(dpi=150)
    ours = grid_cells(map_file(T, region, view, sheet, "png"), view.legend.colours, 0.74)
    wide, high = sheet.pixels
    svg = map_file(T, region, view, sheet, "svg")
    size = ("-w", str(wide), "-h", str(high))
    drawn = run_bytes("rsvg-convert", *size, "-b", "white", "-f", "png", data=svg)
    theirs = grid_cells(drawn, view.legend.colours, 0.74)
    shown = [(int(key[1]), int(key[3])) for key in view.quarter_ids if view.colour_of(key) is not None]
    assert len(shown) > 30
    assert all(np.abs(ours[spot] - theirs[spot]).max() <= 3 for spot in shown)


@pytest.mark.parametrize(("name", "dpi"), [("a4-landscape", 96), ("slide", 150), ("square", 300)])
def test_a_picture_is_as_large_as_asked(name: str, dpi: int) -> None:
    from PIL import Image

    wide, high = SIZES[name]
    region = demo("musterkreis")
    png = map_file(T, region, view_of(region), Sheet(width_mm=wide, height_mm=high, dpi=dpi), "png")
    picture = Image.open(BytesIO(png))
    assert picture.size == (round(wide / 25.4 * dpi), round(high / 25.4 * dpi))
    assert picture.info["dpi"] == pytest.approx((dpi, dpi), rel=1e-3)


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_pdf_says_what_the_map_says(language: str, tmp_path: Path) -> None:
    t, region = texts(language), demo()
    view = view_of(region, language=language)
    sheet = Sheet(title="Wo der Bedarf am höchsten ist: {region}", subtitle="{date}", footer="Fuß", date="2025-12-31")
    pdf = map_file(t, region, view, sheet, "pdf")
    said = pdf_words(pdf, tmp_path)
    assert "Wo der Bedarf am höchsten ist: Musterstadt" in said
    for words in (
        view.legend.title,
        view.legend.source,
        *view.legend.limits,
        t.date("2025-12-31"),
        t("print.fictional"),
    ):
        assert words.replace("\u00a0", " ") in said
    (tmp_path / "map.pdf").write_bytes(pdf)
    fonts = run("pdffonts", tmp_path / "map.pdf").splitlines()[2:]
    assert fonts
    assert all(line.split()[-5:-2] == ["yes", "yes", "yes"] for line in fonts)  # embedded, subset, readable
    about = run("pdfinfo", tmp_path / "map.pdf")
    assert "Wo der Bedarf am höchsten ist: Musterstadt" in about
    assert f"/Lang ({language})".encode() in pdf
    assert "CreationDate" not in about


@pytest.mark.parametrize("kind", KINDS)
def test_equal_input_gives_equal_bytes_in_any_thread(kind: str) -> None:
    region = demo("musterkreis")
    view = with_plan(region, view_of(region), 3)
    first = map_file(T, region, view, Sheet(dpi=96), kind)
    with ThreadPoolExecutor(4) as threads:
        others = list(threads.map(lambda _: map_file(T, region, view, Sheet(dpi=96), kind), range(4)))
    assert all(other == first for other in others)


def test_drawing_changes_no_global_settings() -> None:
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    map_file(T, demo("musterkreis"), view_of(demo("musterkreis")), Sheet(dpi=96), "svg")
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("place", LEGEND_PLACES)
@pytest.mark.parametrize("size", SIZES)
def test_no_words_are_cut_or_lie_on_others(place: str, size: str) -> None:
    region, (wide, high) = demo(), SIZES[size]
    sheet = replace(FULL, legend=place, width_mm=wide, height_mm=high)
    assert misplaced(map_page(T, region, view_of(region, 9), sheet)) == []
    view = with_plan(region, view_of(region), 12)
    marks = frozenset({"JC", *(str(number) for number in range(1, 13))})
    assert misplaced(map_page(T, region, view, sheet), marks=marks) == []


@pytest.mark.parametrize("classes", range(2, 9))
def test_any_number_of_classes_fits(classes: int) -> None:
    region = demo("musterkreis")
    for place in ("right", "below"):
        assert misplaced(map_page(T, region, view_of(region, classes), replace(FULL, legend=place))) == []


@pytest.mark.parametrize("place", LEGEND_PLACES)
def test_twelve_long_labels_fit(place: str) -> None:
    region = demo()
    view = view_of(region)
    labels = tuple(f"Status {at} und Dynamik mit einer Beschriftung von sechzig Zeichen" for at in range(12))
    legend = replace(view.legend, labels=labels, colours=tuple(f"#{20 * at:02x}8080" for at in range(12)), limits=())
    page = map_page(T, region, replace(view, legend=legend), replace(FULL, legend=place))
    assert misplaced(page) == []
    said = " ".join(text.get_text() for text in page.axes.texts)
    assert all(f"Status {at} " in said for at in range(12))


def test_every_text_size_and_the_smallest_sheet_hold_their_words() -> None:
    region = demo("musterkreis")
    for scale in (0.6, 1.0, 1.45):
        assert misplaced(map_page(T, region, view_of(region), replace(FULL, text_scale=scale))) == []
    small = Sheet(title="Bedarf", width_mm=100, height_mm=80)
    assert misplaced(map_page(T, region, view_of(region), small)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_names_that_look_like_something_else_are_only_names(kind: str, squares, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    region, view = squares
    hostile = '<script>alert("x")</script> $\\frac{1}{2}$ {page} & ] %PDF \\textbf =cmd \x00 \x1b \u202e'
    named = replace(view, legend=replace(view.legend, title=hostile, source=hostile))
    sheet = Sheet(
        title=hostile, subtitle="{scenario}" * 3, footer=hostile * 500, scenario="{date}{region}", date="2025-12-31"
    )
    file = map_file(T, region, named, replace(sheet, dpi=96), kind)
    if kind == "svg":
        assert b"<script" not in file
        assert run_bytes("rsvg-convert", "-f", "png", data=file).startswith(b"\x89PNG")
    if kind == "pdf":
        assert '<script>alert("x")</script> $\\frac{1}{2}$' in pdf_words(file, tmp_path)


def test_a_placeholder_in_a_name_is_not_filled_again() -> None:
    sheet = Sheet(title="{scenario} {region}", scenario="{date}", region="{page}", page="7", date="2025-12-31").filled(
        T
    )
    assert sheet.title == "{date} {page}"


def test_a_logo_is_shown_and_bad_ones_are_refused() -> None:
    from PIL import Image

    def picture(kind: str, size: tuple[int, int] = (300, 100)) -> bytes:
        out = BytesIO()
        Image.new("RGB", size, (200, 10, 30)).save(out, kind)
        return out.getvalue()

    region = demo("musterkreis")
    for kind in ("PNG", "JPEG"):
        seen = pixels(map_file(T, region, view_of(region), Sheet(dpi=96, logo=picture(kind)), "png"))
        part = seen[: seen.shape[0] // 6, seen.shape[1] * 3 // 4 :]
        assert (np.abs(part - (200, 10, 30)).max(axis=2) < 6).sum() > 2_000
    for bad in (
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\x89PNG\r\n\x1a\nbroken",
        picture("GIF"),
        b"0" * 5_000_000,
    ):
        with pytest.raises(DataError) as fault:
            logo_picture(bad)
        assert T.has(f"finding.{fault.value.findings[0].code}")
        assert T.has(f"finding.{fault.value.findings[0].code}.remedy")


@pytest.mark.parametrize(
    "wrong",
    [{"width_mm": 10}, {"height_mm": 5000}, {"dpi": 20}, {"legend": "top"}, {"text_scale": 9}, {"theme": "dark"}],
)
def test_a_sheet_out_of_range_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ContractError):
        Sheet(**wrong)  # type: ignore[arg-type]


def test_too_many_pixels_are_refused() -> None:
    with pytest.raises(ContractError, match="too many"):
        map_file(
            T, demo("musterkreis"), view_of(demo("musterkreis")), Sheet(width_mm=1200, height_mm=1200, dpi=600), "png"
        )


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ContractError, match="gif"):
        map_file(T, demo("musterkreis"), view_of(demo("musterkreis")), Sheet(), "gif")  # type: ignore[arg-type]


def test_lines_are_no_wider_than_asked() -> None:
    for text in (LONG, "A" * 500, "kurz", "ein-zwei-drei/vier fünf", "Straßen\u00adbahn\u00adhalte\u00adstelle"):
        for width in (15.0, 60.0):
            lines = wrap(text, width, 10)
            assert all(width_mm(line, 10) <= width + 1e-6 for line in lines)
            joined = "".join(lines).replace("-", "").replace(" ", "")
            assert joined == text.replace("\u00ad", "").replace("-", "").replace(" ", "")
    cut = wrap(LONG * 20, 60, 10, most=2)
    assert len(cut) == 2
    assert cut[-1].endswith("…")


def test_the_scale_bar_is_true() -> None:
    assert scale_metres(0.01, 42.0) == 2_000
    assert scale_metres(0.01, 50.0) == 5_000
    assert scale_metres(1.0, 42.0) == 20
