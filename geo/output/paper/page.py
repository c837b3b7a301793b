"""A page to draw on in millimetres, and the way it becomes a file.

Drawn through matplotlib's objects, not through pyplot: no state is shared, so several threads may draw at once. Equal
pages become equal bytes: files carry no dates and no random names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_pdf import Name, PdfFile, RendererPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.patches import Circle as Disc
from matplotlib.patches import FancyBboxPatch, Polygon, Rectangle
from matplotlib.path import Path as DrawnPath

from geo.errors import ContractError
from geo.output.paper.sheet import MOST_PIXELS, Kind, Sheet, logo_picture
from geo.output.paper.text import POINT_MM, clean, font, width_mm, wrap
from geo.output.values import MAP_COLOURS

_LIGHT = MAP_COLOURS["light"]
PAPER, INK, SOFT, LINE = (_LIGHT[name] for name in ("ground", "ink", "soft", "line"))
FICTION = _LIGHT["plan"]


@dataclass(frozen=True)
class Box:
    """A rectangle on the page in millimetres from its lower left corner."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        """Width in millimetres."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Height in millimetres."""
        return self.top - self.bottom


class Page:
    """A white page with methods that draw in millimetres; later drawings lie above earlier ones.

    Text sizes are in points and are scaled with the page, as are the lengths given to :meth:`mm`.
    """

    def __init__(self, sheet: Sheet) -> None:
        wide, high = sheet.pixels
        if wide * high > MOST_PIXELS:
            raise ContractError(f"{wide} × {high} pixels are too many: take a smaller sheet or fewer dpi")
        self.sheet = sheet
        self.width, self.height, self.scale = sheet.width_mm, sheet.height_mm, sheet.scale
        self.figure = Figure(figsize=(self.width / 25.4, self.height / 25.4), dpi=sheet.dpi, facecolor=PAPER)
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set_axis_off()
        self.axes.set_xlim(0, self.width)
        self.axes.set_ylim(0, self.height)
        self._order = 1.0

    def mm(self, length: float) -> float:
        """Return a length as it is on A4, scaled to this page."""
        return length * self.scale

    def next_order(self) -> float:
        """Return the place of the next drawing in the order from below to above."""
        self._order += 1
        return self._order

    def line_height(self, size: float) -> float:
        """Return the distance of two lines of text in millimetres."""
        return size * self.scale * POINT_MM * 1.22

    def text_width(self, text: str, size: float, *, bold: bool = False) -> float:
        """Return the width of a line of text on this page in millimetres."""
        return width_mm(text, size * self.scale, bold=bold)

    def wrapped(self, text: str, width: float, size: float, *, bold: bool = False, most: int = 99) -> tuple[str, ...]:
        """Return text as lines that fit into ``width`` millimetres."""
        return wrap(text, width, size * self.scale, bold=bold, most=most)

    def box_of(self, drawn: Any) -> Box:
        """Return where something drawn lies, in millimetres, with the words that belong to it."""
        found, mm = drawn.get_tightbbox(_EvenRenderer(1, 1, self.figure.dpi)), 25.4 / self.figure.dpi
        return Box(found.x0 * mm, found.y0 * mm, found.x1 * mm, found.y1 * mm)

    def text(
        self,
        x: float,
        baseline: float,
        text: str,
        size: float,
        *,
        bold: bool = False,
        colour: str = INK,
        align: str = "left",
        **look: Any,
    ) -> None:
        """Write one line of text on a baseline; signs that are markup elsewhere are drawn as they are."""
        self.axes.text(
            x, baseline, text, fontproperties=font(size * self.scale, bold=bold), color=colour, ha=align,
            va=look.pop("va", "baseline"), parse_math=False, zorder=self.next_order(), **look,
        )  # fmt: skip

    def lines(
        self, box: Box, lines: Sequence[str], size: float, *, bold: bool = False, colour: str = INK, align: str = "left"
    ) -> float:
        """Write lines from the top of a box; return where the next thing may begin."""
        x = {"left": box.left, "right": box.right, "center": (box.left + box.right) / 2}[align]
        step = self.line_height(size)
        for at, line in enumerate(lines):
            self.text(x, box.top - at * step - 0.8 * step, line, size, bold=bold, colour=colour, align=align)
        return box.top - len(lines) * step

    def rectangle(self, box: Box, **look: Any) -> None:
        """Draw a rectangle; ``radius`` rounds its corners."""
        radius = look.pop("radius", 0.0)
        corner = (box.left, box.bottom)
        shape = (
            FancyBboxPatch(corner, box.width, box.height, boxstyle=f"round,pad=0,rounding_size={radius}")
            if radius
            else Rectangle(corner, box.width, box.height)
        )
        self._patch(shape, look)

    def disc(self, x: float, y: float, radius: float, **look: Any) -> None:
        """Draw a circle."""
        self._patch(Disc((x, y), radius), look)

    def polygon(self, points: Sequence[tuple[float, float]], **look: Any) -> None:
        """Draw a polygon or, with ``closed=False``, a line."""
        self._patch(Polygon(list(points), closed=look.pop("closed", True)), look)

    def paths(self, paths: Sequence[DrawnPath], clip: Box | None = None, **look: Any) -> None:
        """Draw paths at once; ``facecolor`` and ``edgecolor`` are one colour or one per path."""
        if not len(paths):
            return
        width = look.pop("linewidth", 0.0)
        drawn = PathCollection(
            paths,
            facecolors=look.pop("facecolor", "none"),
            edgecolors=look.pop("edgecolor", "none"),
            linewidths=width / POINT_MM,
            joinstyle="round",
            capstyle=look.pop("capstyle", "round"),
            zorder=self.next_order(),
            **look,
        )
        drawn.set_transform(self.axes.transData)
        self.axes.add_collection(drawn, autolim=False)
        if clip is not None:
            drawn.set_clip_path(
                Rectangle((clip.left, clip.bottom), clip.width, clip.height, transform=self.axes.transData)
            )

    def picture(self, box: Box, picture: Any) -> None:
        """Draw a picture (an array of pixels) into a box."""
        self.axes.imshow(
            np.asarray(picture), extent=(box.left, box.right, box.bottom, box.top), aspect="auto",
            interpolation="antialiased", zorder=self.next_order(),
        )  # fmt: skip
        self.axes.set_xlim(0, self.width)
        self.axes.set_ylim(0, self.height)

    def _patch(self, shape: Any, look: dict[str, Any]) -> None:
        width = look.pop("linewidth", 0.0)
        shape.set(
            facecolor=look.pop("facecolor", "none"),
            edgecolor=look.pop("edgecolor", "none"),
            linewidth=width / POINT_MM,
            zorder=self.next_order(),
            **look,
        )
        self.axes.add_patch(shape)


def furnish(page: Page, notes: Iterable[str], source: str) -> Box:
    """Draw title, subtitle and logo above, notes, source and footer below; return the room between."""
    sheet = page.sheet
    margin = min(page.mm(11.0), page.width * 0.06, page.height * 0.06)
    whole = Box(margin, margin * 0.8, page.width - margin, page.height - margin)
    return Box(whole.left, _foot(page, whole, notes, source), whole.right, _head(page, whole, sheet))


def _head(page: Page, whole: Box, sheet: Sheet) -> float:
    logo = None if sheet.logo is None else logo_picture(sheet.logo)
    right, below_logo = whole.right, whole.top
    if logo is not None:
        high = min(page.mm(15.0), whole.height * 0.12)
        wide = min(high * logo.width / logo.height, page.mm(52.0), whole.width * 0.3)
        high = wide * logo.height / logo.width
        page.picture(Box(whole.right - wide, whole.top - high, whole.right, whole.top), logo)
        right, below_logo = whole.right - wide - page.mm(6.0), whole.top - high
    y = whole.top
    for text, size, bold, colour, most in ((sheet.title, 17.0, True, INK, 3), (sheet.subtitle, 11.0, False, SOFT, 3)):
        if text:
            lines = page.wrapped(text, right - whole.left, size, bold=bold, most=most)
            y = page.lines(Box(whole.left, 0, right, y), lines, size, bold=bold, colour=colour) - page.mm(0.8)
    y = min(y, below_logo)
    return y - page.mm(3.2) if y < whole.top else y


def _foot(page: Page, whole: Box, notes: Iterable[str], source: str) -> float:
    """Draw from the bottom upwards; return the top of what was drawn."""
    sheet, y = page.sheet, whole.bottom
    step = page.line_height(8.0)
    if sheet.footer or sheet.page:
        wide = page.text_width(sheet.page, 8.0) + page.mm(4.0) if sheet.page else 0.0
        room = Box(whole.left, 0, whole.right - wide, 0)
        lines = page.wrapped(sheet.footer, room.width, 8.0, most=2)
        high = step * max(len(lines), 1)
        page.lines(Box(room.left, 0, room.right, y + high), lines, 8.0, colour=INK)
        if sheet.page:
            page.lines(Box(whole.left, 0, whole.right, y + high), (sheet.page,), 8.0, colour=INK, align="right")
        y += high + page.mm(1.2)
        page.polygon([(whole.left, y), (whole.right, y)], closed=False, edgecolor=LINE, linewidth=page.mm(0.25))
        y += page.mm(1.2)
    small = 7.6
    told = [line for text in (*notes, source) if text for line in page.wrapped(text, whole.width, small, most=4)]
    if told:
        high = page.line_height(small) * len(told)
        page.lines(Box(whole.left, 0, whole.right, y + high), told, small, colour=SOFT)
        y += high + page.mm(2.4)
    return y


def fiction_mark(page: Page, right: float, top: float) -> None:
    """Draw the mark on made-up data with its upper right corner at a point."""
    text = page.sheet.fictional
    if not text:
        return
    wide, high = page.text_width(text, 8.5, bold=True) + page.mm(4.4), page.mm(5.0)
    box = Box(right - wide, top - high, right, top)
    page.rectangle(box, facecolor=PAPER, edgecolor=FICTION, linewidth=page.mm(0.3), radius=page.mm(0.9))
    page.text(
        (box.left + box.right) / 2,
        top - high / 2,
        text,
        8.5,
        bold=True,
        colour=FICTION,
        align="center",
        va="center_baseline",
    )


def file_of(page: Page, kind: Kind, *, title: str, language: str) -> bytes:
    """Return the page as PNG, SVG or PDF; the page is used up."""
    title = " ".join(clean(title).split())
    if kind == "pdf":
        return pages_as_pdf([page], title=title, language=language)
    out = BytesIO()
    if kind == "png":
        wide, high = page.sheet.pixels
        # Half a hundredth of a pixel more: the size in inches must not fall below a whole pixel by rounding.
        page.figure.set_size_inches((wide + 0.005) / page.sheet.dpi, (high + 0.005) / page.sheet.dpi)
        return _as_png(page, title)
    if kind != "svg":
        raise ContractError(f"kind is {kind!r}; give png, svg or pdf")
    about = {"Date": None, "Creator": "Nahbar", "Title": title, "Language": language}
    FigureCanvasSVG(page.figure).print_svg(out, metadata=about)
    return _with_steady_names(out.getvalue().decode(), title, language).encode()


def _as_png(page: Page, title: str) -> bytes:
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    canvas = _EvenCanvas(page.figure)
    canvas.draw()
    # Paper is opaque: without the fourth channel the file is smaller and written faster.
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3])
    about, out = PngInfo(), BytesIO()
    about.add_text("Software", "Nahbar")
    about.add_itxt("Title", title)
    picture.save(out, "PNG", dpi=(page.sheet.dpi, page.sheet.dpi), pnginfo=about, compress_level=4)
    # Words keep the surface they were drawn on: 35 MB a page would wait for the garbage collector.
    page.figure.clear()
    del canvas.renderer
    return out.getvalue()


def pages_as_pdf(pages: Iterable[Page], *, title: str, language: str) -> bytes:
    """Return pages as one PDF that knows its title and language; each page is drawn as it comes."""
    out = BytesIO()
    file = _LanguagePdf(out, language, {"Creator": "Nahbar", "Producer": None, "CreationDate": None, "Title": title})
    try:
        for page in pages:
            figure, dpi = page.figure, page.sheet.dpi
            figure.dpi = 72
            wide, high = figure.get_size_inches()
            file.newPage(wide, high)
            renderer = MixedModeRenderer(figure, wide, high, dpi, RendererPdf(file, dpi, high, wide))
            figure.draw(renderer)
            renderer.finalize()
            file.endStream()
            figure.dpi = dpi
        file.finalize()
    finally:
        file.close()
    return out.getvalue()


class _EvenCanvas(FigureCanvasAgg):  # type: ignore[misc]
    """A canvas whose text is drawn as outlines: lines are as wide as measured, the same at every resolution."""

    def get_renderer(self) -> RendererAgg:
        wide, high = self.get_width_height(physical=True)
        return _EvenRenderer(wide, high, self.figure.dpi)


class _EvenRenderer(RendererAgg):  # type: ignore[misc]
    """Hinting moves letters to whole pixels, which makes lines wider than the paper allows for."""

    draw_text = RendererBase.draw_text
    get_text_width_height_descent = RendererBase.get_text_width_height_descent


class _LanguagePdf(PdfFile):  # type: ignore[misc]
    """A PDF file whose catalogue names the language and asks a reader to show the title."""

    def __init__(self, out: BytesIO, language: str, about: dict[str, Any]) -> None:
        self._language = language
        super().__init__(out, metadata=about)

    def writeObject(self, object: Any, contents: Any) -> None:  # noqa: A002, N802
        if isinstance(contents, dict) and contents.get("Type") == Name("Catalog"):
            contents = {**contents, "Lang": self._language.encode(), "ViewerPreferences": {"DisplayDocTitle": True}}
        super().writeObject(object, contents)


def _with_steady_names(svg: str, title: str, language: str) -> str:
    """Return SVG whose random names are numbers in order of appearance, with words for a screen reader."""
    from html import escape

    names: dict[str, str] = {}
    for name in re.findall(r'id="([a-z][0-9a-f]{10})"', svg):
        names.setdefault(name, f"n{len(names)}")
    svg = re.sub(r"(?<=[\"#])[a-z][0-9a-f]{10}(?=[\")])", lambda found: names.get(found[0], found[0]), svg)
    return svg.replace("<svg ", f'<svg role="img" xml:lang="{language}" aria-label="{escape(title)}" ', 1)
