"""Everything that can be taken away of a scenario, file by file: the command line and the app make the same files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, get_args

from geo.output.files.csv import Style, table_csv
from geo.output.files.geodata import geojson_files, geopackage
from geo.output.files.xlsx import workbook, workbook_tables
from geo.output.need import Picture, atlas_view, latest_date, main_indicator
from geo.output.paper import Sheet, map_file
from geo.output.procurement import draft_files, draft_of
from geo.output.report import (
    Dossier,
    dossier_of,
    picture_of,
    report_docx,
    report_pdf,
    sheet_files,
    sheets_pdf,
    site_sheets,
    slides_pptx,
)
from geo.output.sites import SitesLook, Solved, catchments_of, question_title, sites_view
from geo.output.values import MapView, file_key, indicator_label, one_line, ways_sentence
from geo.region.model import Region
from geo.siting.scenario import Scenario
from geo.text import Texts

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


What = Literal["report", "slides", "maps", "data", "sheets", "procurement"]
Part = Literal[
    "report_pdf",
    "report_docx",
    "slides",
    "need_maps",
    "plan_maps",
    "workbook",
    "tables",
    "geopackage",
    "geojson",
    "sheets",
    "drafts",
]
WHATS: tuple[What, ...] = get_args(What)
PARTS: Mapping[Part, What] = MappingProxyType(
    {
        "report_pdf": "report",
        "report_docx": "report",
        "slides": "slides",
        "need_maps": "maps",
        "plan_maps": "maps",
        "workbook": "data",
        "tables": "data",
        "geopackage": "data",
        "geojson": "data",
        "sheets": "sheets",
        "drafts": "procurement",
    }
)
"""What is made together, and what it belongs to."""

NEEDS_SITES: tuple[What, ...] = ("sheets", "procurement")
"""What there is nothing to write of where no site opens."""

_TITLE_LENGTH = 110


@dataclass(frozen=True)
class FileOptions:
    """How files are made.

    Parameters
    ----------
    logo, dpi
        PNG or JPEG picture on maps; pixels per inch of pictures.
    style
        How CSV writes numbers; None as the language does.
    cache
        Folder in which streets are kept once they were read.
    """

    logo: bytes | None = None
    dpi: int = 300
    style: Style | None = None
    cache: Path | None = None


def parts_of(solved: Solved, what: Iterable[str] = WHATS) -> tuple[Part, ...]:
    """Return the parts that the kinds asked for consist of, in order; none that there is nothing to write of."""
    has_sites = bool(solved.outcome.sites)
    kinds = [kind for kind in WHATS if kind in set(what) and (has_sites or kind not in NEEDS_SITES)]
    return tuple(part for kind in kinds for part, belongs in PARTS.items() if belongs == kind)


def stem_of(region: Region, scenario: Scenario) -> str:
    """Return how file names begin: region and scenario, in ASCII."""
    name = file_key(scenario.name)
    return f"{file_key(region.id)}_{name if name != 'x' else scenario.key}"


def as_zip(files: Mapping[str, bytes]) -> bytes:
    """Return files as a ZIP archive; equal files make equal archives."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


class FileMaker:
    """Makes the files of a scenario part by part; what several are made from is made once.

    Parameters
    ----------
    options
        Logo, resolution, numbers in CSV, cache.
    """

    def __init__(self, t: Texts, region: Region, solved: Solved, options: FileOptions | None = None) -> None:
        self.t, self.region, self.solved = t, region, solved
        self.options = FileOptions() if options is None else options
        self.stem = stem_of(region, solved.scenario)
        self.catchments: Callable[[], dict[str, BaseGeometry]] = lru_cache(maxsize=1)(self._catchments)
        self.dossier: Callable[[], Dossier] = lru_cache(maxsize=1)(self._dossier)

    def make(self, part: Part) -> Mapping[str, bytes]:
        """Return the files of a part: contents by name.

        Raises
        ------
        DataError
            ``sheets_none`` for sheets where no site opens; a logo that cannot be used.
        """
        maker: Callable[[], Mapping[str, bytes]] = getattr(self, f"_{part}")
        return maker()

    def _catchments(self) -> dict[str, BaseGeometry]:
        return catchments_of(self.region, self.solved.answer, self.options.cache)

    def _dossier(self) -> Dossier:
        solved, areas = self.solved, self.catchments()
        return dossier_of(self.t, self.region, solved.scenario, solved.answer, solved.outcome, catchments=areas)

    def _named(self, kind: str, ending: str) -> str:
        return f"{self.stem}_{self.t(f'files.{kind}')}.{ending}"

    def _report_pdf(self) -> Mapping[str, bytes]:
        return {self._named("report", "pdf"): report_pdf(self.t, self.dossier())}

    def _report_docx(self) -> Mapping[str, bytes]:
        return {self._named("report", "docx"): report_docx(self.t, self.dossier())}

    def _slides(self) -> Mapping[str, bytes]:
        return {self._named("slides", "pptx"): slides_pptx(self.t, self.dossier())}

    def _need_maps(self) -> Mapping[str, bytes]:
        picture = self._picture()
        return self._maps("need", atlas_view(self.t, picture), indicator_label(self.t, picture.indicator), ())

    def _plan_maps(self) -> Mapping[str, bytes]:
        t, answer = self.t, self.solved.answer
        view = sites_view(t, self._picture(), answer, SitesLook(catchments=self.catchments()))
        ways = ways_sentence(t, answer.posed.survey.mode, answer.posed.times, answer.posed.question.minutes)
        notes = (ways, t("site.rounding", step=t.number(self.solved.outcome.rounded_to)))
        return self._maps("plan", view, question_title(t, answer.posed.question), notes)

    def _picture(self) -> Picture:
        indicator = main_indicator(self.region)
        return picture_of(self.region, indicator, latest_date(self.region, indicator))

    def _maps(self, kind: str, view: MapView, title: str, notes: tuple[str, ...]) -> Mapping[str, bytes]:
        """Return a map for paper and screen: PNG, SVG, PDF, and HTML that needs no network."""
        from geo.output.screen import standalone_map

        t, region = self.t, self.region
        subtitle = " · ".join(part for part in (region.name, one_line(self.solved.scenario.name, 60)) if part)
        sheet = Sheet(
            title=one_line(title, _TITLE_LENGTH),
            subtitle=one_line(subtitle, _TITLE_LENGTH),
            logo=self.options.logo,
            dpi=self.options.dpi,
            notes=notes,
        )
        endings: tuple[Literal["png", "svg", "pdf"], ...] = ("png", "svg", "pdf")
        files = {self._named(f"map_{kind}", ending): map_file(t, region, view, sheet, ending) for ending in endings}
        return {**files, self._named(f"map_{kind}", "html"): standalone_map(t, region, view, sheet)}

    def _workbook(self) -> Mapping[str, bytes]:
        return {self._named("data", "xlsx"): workbook(self.t, self.region, self.solved)}

    def _tables(self) -> Mapping[str, bytes]:
        return {
            f"{self.stem}_{table.key}_{self.t.language}.csv": table_csv(self.t, self.region, table, self.options.style)
            for table in workbook_tables(self.t, self.region, self.solved)
        }

    def _geopackage(self) -> Mapping[str, bytes]:
        return {self._named("data", "gpkg"): geopackage(self.t, self.region, self.solved, self.catchments())}

    def _geojson(self) -> Mapping[str, bytes]:
        made = geojson_files(self.t, self.region, self.solved, self.catchments())
        return {f"{self.stem}_{name}_{self.t.language}.geojson": data for name, data in made.items()}

    def _sheets(self) -> Mapping[str, bytes]:
        sheets = site_sheets(self.t, self.region, self.solved, self.catchments())
        files = {self._named("sheets", "pdf"): sheets_pdf(self.t, sheets)}
        if len(sheets) > 1:
            files |= {
                f"{self.stem}_{self.t('files.sheet')}_{n}": data for n, data in sheet_files(self.t, sheets).items()
            }
        return files

    def _drafts(self) -> Mapping[str, bytes]:
        made = draft_files(self.t, draft_of(self.t, self.region, self.solved))
        return {f"{self.stem}_{name}": data for name, data in made.items()}
