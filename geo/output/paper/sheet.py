"""A sheet of paper: its size, what stands above and below the picture, and the checks of both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING, Literal

from geo.errors import ContractError, DataError
from geo.findings import Finding, Level
from geo.region.model import Region
from geo.text import Texts

if TYPE_CHECKING:
    from PIL.Image import Image

Kind = Literal["png", "svg", "pdf"]
LegendPlace = Literal["auto", "right", "left", "below", "inside"]

KINDS: tuple[Kind, ...] = ("png", "svg", "pdf")
LEGEND_PLACES: tuple[LegendPlace, ...] = ("auto", "right", "left", "below", "inside")
SIZES: dict[str, tuple[float, float]] = {
    "a4-landscape": (297.0, 210.0),
    "a4-portrait": (210.0, 297.0),
    "slide": (338.67, 190.5),
    "square": (210.0, 210.0),
}
LEAST_MM, MOST_MM = 80.0, 1200.0
LEAST_DPI, MOST_DPI = 96, 600
MOST_PIXELS = 120_000_000
LOGO_BYTES = 4_000_000
_LOGO_PIXELS = 25_000_000
_LOGO_EDGE = 1_600
_PAPER = 297.0 * 210.0


@dataclass(frozen=True)
class Sheet:
    """How a map or a chart is put on paper.

    Parameters
    ----------
    title, subtitle, footer
        Text with the placeholders ``{date}``, ``{region}``, ``{scenario}`` and ``{page}``; empty text takes no room.
    logo
        A PNG or JPEG picture, shown at the top right.
    width_mm, height_mm
        Size of the paper, 80 to 1200 mm.
    dpi
        Pixels per inch of a PNG and of pictures inside the other formats, 96 to 600.
    legend
        Where the legend stands; ``auto`` is right of a map on a wide sheet, below it on a high one, above a chart.
    text_scale
        Factor on the size of all text, 0.6 to 2.
    notes
        Sentences below the picture: threshold, way of travelling, whatever a reader must know.
    source
        Date and source of the figures. A map has its own in its legend; a chart needs it here.
    region, date, scenario, page
        What the placeholders stand for; ``date`` is an ISO date.
    fictional
        The words of the mark on made-up data, empty for real ones.
    window
        West, south, east, north in metres of the region's system: the part a map shows; None shows all of it.
    theme
        Paper is white: always ``light``.

    Raises
    ------
    ContractError
        A size, a resolution or a place is out of range.
    """

    title: str = ""
    subtitle: str = ""
    footer: str = ""
    logo: bytes | None = None
    width_mm: float = 297.0
    height_mm: float = 210.0
    dpi: int = 300
    legend: LegendPlace = "auto"
    text_scale: float = 1.0
    notes: tuple[str, ...] = ()
    source: str = ""
    region: str = ""
    date: str = ""
    scenario: str = ""
    page: str = ""
    fictional: str = ""
    window: tuple[float, float, float, float] | None = None
    theme: Literal["light"] = "light"

    def __post_init__(self) -> None:
        for name, length in (("width_mm", self.width_mm), ("height_mm", self.height_mm)):
            if not LEAST_MM <= length <= MOST_MM:
                raise ContractError(f"{name} is {length}; give {LEAST_MM:g} to {MOST_MM:g} millimetres")
        if not LEAST_DPI <= self.dpi <= MOST_DPI:
            raise ContractError(f"dpi is {self.dpi}; give {LEAST_DPI} to {MOST_DPI}")
        if not 0.6 <= self.text_scale <= 2.0:
            raise ContractError(f"text_scale is {self.text_scale}; give 0.6 to 2")
        if self.legend not in LEGEND_PLACES:
            raise ContractError(f"legend is {self.legend!r}; give one of {', '.join(LEGEND_PLACES)}")
        if self.theme != "light":
            raise ContractError(f"theme is {self.theme!r}; paper is light")

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height of a PNG in pixels."""
        return round(self.width_mm / 25.4 * self.dpi), round(self.height_mm / 25.4 * self.dpi)

    @property
    def scale(self) -> float:
        """Factor on text and lines: 1 on A4, less on a small sheet, but never too small to read."""
        by_size: float = (self.width_mm * self.height_mm / _PAPER) ** 0.4
        return min(max(by_size, 0.78), 2.4) * self.text_scale

    def filled(self, t: Texts) -> Sheet:
        """Return the sheet with its placeholders replaced."""
        said = {
            "{date}": t.date(self.date) if self.date else "",
            "{region}": self.region,
            "{scenario}": self.scenario,
            "{page}": self.page,
        }

        def fill(text: str) -> str:
            # All at once, left to right, so that a region named "{page}" stays what it is.
            out, at = [], 0
            while at < len(text):
                mark = next((mark for mark in said if text.startswith(mark, at)), None)
                out.append(text[at] if mark is None else said[mark])
                at += 1 if mark is None else len(mark)
            return " ".join("".join(out).split())

        return replace(self, title=fill(self.title), subtitle=fill(self.subtitle), footer=fill(self.footer))

    def for_region(self, t: Texts, region: Region) -> Sheet:
        """Return the sheet with the name of a region and, where it is made up, the mark that says so."""
        return replace(
            self,
            region=self.region or region.name,
            fictional=t("print.fictional") if region.is_fictional else self.fictional,
        )


def logo_picture(data: bytes) -> Image:
    """Return a logo as a picture with an alpha channel, at most 1600 pixels wide or high.

    Raises
    ------
    DataError
        It is neither PNG nor JPEG, cannot be read, or is too large.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    if len(data) > LOGO_BYTES:
        raise _refused("logo_too_large", megabytes=round(LOGO_BYTES / 1e6))
    try:
        with Image.open(BytesIO(data), formats=("PNG", "JPEG")) as opened:
            if opened.width * opened.height > _LOGO_PIXELS:
                raise _refused("logo_too_large", megabytes=round(LOGO_BYTES / 1e6))
            picture = ImageOps.exif_transpose(opened).convert("RGBA")
    except Image.DecompressionBombError as fault:
        raise _refused("logo_too_large", megabytes=round(LOGO_BYTES / 1e6)) from fault
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as fault:
        if isinstance(fault, DataError):
            raise
        raise _refused("logo_unreadable") from fault
    picture.thumbnail((_LOGO_EDGE, _LOGO_EDGE))
    return picture


def clean_logo(data: bytes) -> tuple[bytes, tuple[Finding, ...]]:
    """Return a logo as PNG of its pixels alone, and that nothing was found; ``DataError`` as :func:`logo_picture`."""
    out = BytesIO()
    logo_picture(data).save(out, "PNG")
    return out.getvalue(), ()


def _refused(code: str, **parameters: int) -> DataError:
    return DataError((Finding(Level.ERROR, code, parameters=dict(parameters)),))
