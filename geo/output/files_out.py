"""Everything that can be taken away of a scenario, file by file: the command line and the app make the same files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from geo.output.data_plan import Solved
from geo.output.site_sheet import file_key
from geo.output.soft_text import one_line
from geo.region.region import Region
from geo.text import Texts

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geo.output.dossier_parts import Dossier
    from geo.output.mapview import MapView

What = Literal["report", "slides", "maps", "data", "sheets", "procurement"]
WHATS: tuple[What, ...] = get_args(What)
NEEDS_SITES: tuple[What, ...] = ("sheets", "procurement")
"""What there is nothing to write of where no site opens."""

_TITLE_LENGTH = 110


@dataclass(frozen=True)
class FileOptions:
    """How files are made: a logo (PNG or JPEG) for maps, pixels per inch of pictures, folder of read streets."""

    logo: bytes | None = None
    dpi: int = 300
    cache: Path | None = None


@dataclass(frozen=True, eq=False)
class FileJob:
    """Files that are made together: what they are, and how, as contents by name."""

    what: What
    make: Callable[[], Mapping[str, bytes]]


def file_jobs(
    t: Texts, region: Region, solved: Solved, what: tuple[What, ...] = WHATS, options: FileOptions | None = None
) -> tuple[FileJob, ...]:
    """Return what there is to make, in order; nothing is made before it is asked for.

    Sheets and drafts are left out where no site opens.

    Parameters
    ----------
    t
        Language.
    region, solved
        The scenario with what came of it.
    what
        Which kinds.
    options
        Logo, resolution, cache.
    """
    options = FileOptions() if options is None else options
    shared = _Shared(t, region, solved, options)
    makers: dict[What, tuple[Callable[[], Mapping[str, bytes]], ...]] = {
        "report": (shared.report, shared.report_docx),
        "slides": (shared.slides,),
        "maps": (shared.need_maps, shared.plan_maps),
        "data": (shared.workbook, shared.tables, shared.geopackage, shared.geojson),
        "sheets": (shared.sheets,),
        "procurement": (shared.drafts,),
    }
    has_sites = bool(solved.outcome.sites)
    kinds = [kind for kind in WHATS if kind in what and (has_sites or kind not in NEEDS_SITES)]
    return tuple(FileJob(kind, make) for kind in kinds for make in makers[kind])


def stem_of(region: Region, solved: Solved) -> str:
    """Return how file names begin: region and scenario, in ASCII."""
    name = file_key(solved.scenario.name)
    return f"{file_key(region.id)}_{name if name != 'x' else solved.scenario.key}"


class _Shared:
    """What several files are made from, made once."""

    def __init__(self, t: Texts, region: Region, solved: Solved, options: FileOptions) -> None:
        self.t, self.region, self.solved, self.options = t, region, solved, options
        self.stem = stem_of(region, solved)
        self.catchments: Callable[[], dict[str, BaseGeometry]] = lru_cache(maxsize=1)(self._catchments)
        self.dossier: Callable[[], Dossier] = lru_cache(maxsize=1)(self._dossier)

    def _catchments(self) -> dict[str, BaseGeometry]:
        from geo.output.geodata_out import catchments_of

        return catchments_of(self.region, self.solved, self.options.cache)

    def _dossier(self) -> Dossier:
        from geo.output.dossier import dossier_of

        solved = self.solved
        return dossier_of(
            self.t, self.region, solved.scenario, solved.answer, solved.outcome, catchments=self.catchments()
        )

    def _named(self, kind: str, ending: str) -> str:
        return f"{self.stem}_{self.t(f'files.{kind}')}.{ending}"

    def report(self) -> Mapping[str, bytes]:
        from geo.output.report import report_pdf

        return {self._named("report", "pdf"): report_pdf(self.t, self.dossier())}

    def report_docx(self) -> Mapping[str, bytes]:
        from geo.output.report_docx import report_docx

        return {self._named("report", "docx"): report_docx(self.t, self.dossier())}

    def slides(self) -> Mapping[str, bytes]:
        from geo.output.slides import slides_pptx

        return {self._named("slides", "pptx"): slides_pptx(self.t, self.dossier())}

    def need_maps(self) -> Mapping[str, bytes]:
        from geo.output.atlas import atlas_view
        from geo.output.dossier_need import picture_of
        from geo.output.summary import latest_date, main_indicator
        from geo.output.telling import indicator_label

        t, region = self.t, self.region
        indicator = main_indicator(region)
        picture = picture_of(region, indicator, latest_date(region, indicator))
        return self._maps("need", atlas_view(t, picture), indicator_label(t, indicator), ())

    def plan_maps(self) -> Mapping[str, bytes]:
        from geo.output.dossier_need import picture_of
        from geo.output.sites import SitesLook, sites_view
        from geo.output.sites_text import question_title
        from geo.output.summary import latest_date, main_indicator
        from geo.output.ways import ways_sentence

        t, region, answer = self.t, self.region, self.solved.answer
        indicator = main_indicator(region)
        picture = picture_of(region, indicator, latest_date(region, indicator))
        view = sites_view(t, picture, answer, SitesLook(catchments=self.catchments()))
        ways = ways_sentence(t, answer.posed.ground.mode, answer.posed.times, answer.posed.question.minutes)
        notes = (ways, t("site.rounding", step=t.number(self.solved.outcome.rounded_to)))
        return self._maps("plan", view, question_title(t, answer.posed.question), notes)

    def _maps(self, kind: str, view: MapView, title: str, notes: tuple[str, ...]) -> Mapping[str, bytes]:
        """Return a map for paper and screen: PNG, SVG, PDF, and HTML that needs no network."""
        from geo.output.print import Sheet, map_file
        from geo.output.standalone import standalone_map

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

    def workbook(self) -> Mapping[str, bytes]:
        from geo.output.workbook_out import workbook

        return {self._named("data", "xlsx"): workbook(self.t, self.region, self.solved)}

    def tables(self) -> Mapping[str, bytes]:
        from geo.output.csv_out import region_source, table_csv
        from geo.output.workbook_out import workbook_tables

        source = region_source(self.t, self.region)
        return {
            f"{self.stem}_{table.key}_{self.t.language}.csv": table_csv(self.t, table, source)
            for table in workbook_tables(self.t, self.region, self.solved)
        }

    def geopackage(self) -> Mapping[str, bytes]:
        from geo.output.geodata_out import geopackage

        return {self._named("data", "gpkg"): geopackage(self.t, self.region, self.solved, self.catchments())}

    def geojson(self) -> Mapping[str, bytes]:
        from geo.output.geodata_out import geojson_files

        made = geojson_files(self.t, self.region, self.solved, self.catchments())
        return {f"{self.stem}_{name}_{self.t.language}.geojson": data for name, data in made.items()}

    def sheets(self) -> Mapping[str, bytes]:
        from geo.output.site_sheet import sheet_files, sheets_pdf, site_sheets

        sheets = site_sheets(self.t, self.region, self.solved, self.catchments())
        files = {self._named("sheets", "pdf"): sheets_pdf(self.t, sheets)}
        if len(sheets) > 1:
            files |= {
                f"{self.stem}_{self.t('files.sheet')}_{n}": data for n, data in sheet_files(self.t, sheets).items()
            }
        return files

    def drafts(self) -> Mapping[str, bytes]:
        from geo.output.procurement_draft import draft_of
        from geo.output.procurement_files import draft_files

        made = draft_files(self.t, draft_of(self.t, self.region, self.solved))
        return {f"{self.stem}_{name}": data for name, data in made.items()}
