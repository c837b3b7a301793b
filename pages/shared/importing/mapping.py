"""Step 2 of the import: from files and entries to a recipe. Every field starts with a guess and can be changed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import streamlit as st

from geo.findings import Finding, error
from geo.region import SERVICES, ZONE_REASONS, Measure, SiteKind, Source
from geo.region.disclosure import DisclosureRule
from geo.region.recipes import (
    SITE_HEADINGS,
    BoundarySource,
    CellSource,
    Columns,
    FileView,
    Recipe,
    SiteSource,
    ZoneSource,
    carries_numbers,
    draft_boundaries,
    draft_sites,
    slug,
)
from geo.region.reforms import Change, read_change_lines
from geo.region.tables import parse_date
from geo.text import Texts
from pages.shared import state
from pages.shared.importing.files import escaped, once, use_of
from pages.shared.importing.joining import Drawn, zeros_field
from pages.shared.importing.parts import count, pick, section, show_findings, tick, write
from pages.shared.importing.ready import MappedFiles, faulty
from pages.shared.importing.tables import CRS_CHOICES, MappedTable, day_text, map_table, show_preview, system_name
from pages.shared.shell import paragraph

KINDS = ("city", "district", "state", "country", "other")
_LICENCE_URLS = {
    "dl-de/by-2-0": "https://www.govdata.de/dl-de/by-2-0",
    "dl-de/zero-2-0": "https://www.govdata.de/dl-de/zero-2-0",
    "CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC0 1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
}
LICENCES = ("", *_LICENCE_URLS, "BA-Statistik", "intern")
_AT_ONCE = 3
_VALUES_MOST = 500
TRAVEL_MODES = ("car", "bicycle", "transit", "walk", "other")
CENSUS_DAY = "2022-05-15"
"""Whom the census grid counts: the day of the census of 2022."""
SINGLE = ("streets", "timetable", "minutes", "cells")


def map_files(t: Texts, views: Sequence[FileView]) -> MappedFiles:
    """Show all fields for files without a recipe and return what was entered."""
    drawn = [view for view in views if use_of(view) == "boundaries" and view.columns is not None]
    tables = [view for view in views if use_of(view) == "table" and view.columns is not None]
    tables = tables or [view for view in drawn if view.columns is not None and carries_numbers(view.columns)]
    sites = [view for view in views if use_of(view) == "sites" and view.columns is not None]
    wanting = [error("import_no_boundaries")] if not drawn else []
    has_grid = any(use_of(view) == "cells" for view in views)
    wanting += [error("import_no_table")] if not (tables or has_grid) else []
    if wanting:
        return faulty(t, tuple(wanting))
    area = _boundaries(t, drawn, [view.columns for view in tables if view.columns])
    mapped = [map_table(t, view, area) for view in tables]
    merged = {unit.key: unit for table in mapped for unit in table.joining.merged}
    absent = {key: reason for table in mapped for key, reason in table.joining.absent.items()}
    boundaries = replace(area.source, merged=tuple(merged.values()), ignore_absent=absent)
    places = tuple(map_sites(t, view) for view in sites)
    ways = map_ways(t, views)
    region_id, name, kind = _region(t, area.columns)
    further = (
        ways.streets,
        ways.timetable,
        ways.travel_table,
        ways.cells.file if ways.cells else "",
        *(zone.file for zone in ways.zones),
    )
    named = (boundaries.file, *(table.source.file for table in mapped), *(one.file for one in places), *further)
    source = _source(t, tuple(one for one in named if one))
    changes, told = _changes(t)
    rule = _disclosure(t)
    recipe = Recipe(
        region_id,
        name,
        boundaries,
        tuple(table.source for table in mapped),
        kind=kind,
        streets=ways.streets,
        timetable=ways.timetable,
        travel_table=ways.travel_table,
        travel_mode=ways.travel_mode,
        measures=_own_measures(mapped),
        sites=places,
        cells=ways.cells,
        zones=ways.zones,
        changes=changes,
        disclosure=rule,
        sources=(source,),
    )
    findings = [*(finding for table in mapped for finding in table.findings), *ways.findings, *told]
    findings += [
        error("import_file_unreadable", file=view.name)
        for view in views
        if view.columns is None and use_of(view) not in ("streets", "timetable", "cells")
    ]
    show_findings(t, findings)
    return MappedFiles(recipe, tuple(findings))


def _boundaries(t: Texts, views: Sequence[FileView], tables: Sequence[Columns]) -> Drawn:
    with st.container(border=True):
        names = tuple(view.name for view in views)
        chosen = names[0]
        parts = [view.columns for view in views if view.columns is not None]
        are_alike = len({frozenset(part.headings) for part in parts}) == 1
        if len(names) > 1:
            chosen = pick(
                st, t("import.boundaries_file"), "boundaries", ("", *names) if are_alike else names,
                "" if are_alike else names[0], told=lambda one: one or t("import.boundaries_all"),
            )  # fmt: skip
        more = names[1:] if not chosen else ()
        chosen = chosen or names[0]
        view = next(one for one in views if one.name == chosen)
        columns = view.columns
        assert columns is not None
        if more:
            texts = {heading: [cell for part in parts for cell in part.texts[heading]] for heading in columns.headings}
            columns = Columns(chosen, texts)
        st.markdown(f"#### {t('import.boundaries', file=escaped(chosen))}")
        if len(view.parts) > 1:
            pick(st, t("import.layer"), f"layer.{chosen}", view.parts, view.facts.get("layer", view.parts[0]))
        paragraph(t("import.boundaries_told", n=view.rows, crs=view.facts.get("crs") or t("import.crs_none")))
        guess = once(f"boundaries.{chosen}", (columns, *tables), lambda: draft_boundaries(columns, tables))
        headings = columns.headings
        cells = columns.texts.get(guess.key, ())
        is_sure = bool(view.facts.get("crs")) and (len(set(cells)) == len(cells) or bool(guess.keep_where))
        with section(t("import.boundary_fields"), f"boundaries.{chosen}", is_sure=is_sure):
            show_preview(t, view)
            row = st.columns(4)
            key = pick(row[0], t("import.boundary_key"), f"bkey.{chosen}", headings, guess.key)
            none = partial(_or_none, t)
            name = pick(
                row[1], t("import.boundary_name"), f"bname.{chosen}", ("", *headings), guess.name,
                told=lambda one: one or t("import.name_of_table"),
            )  # fmt: skip
            district = pick(
                row[2], t("import.boundary_district"), f"bdistrict.{chosen}", ("", *headings), guess.district, told=none
            )
            crs = pick(row[3], t("import.crs"), f"bcrs.{chosen}", CRS_CHOICES, "", told=partial(system_name, t))
            left, right = st.columns(2)
            zeros = zeros_field(t, left, f"bzeros.{chosen}", guess.keys)
            dissolve = tick(right, t("import.dissolve"), f"bdissolve.{chosen}")
            left, right, beginning = st.columns(3)
            start = write(beginning, t("import.keep_beginning"), f"bstart.{chosen}")
            kept = next(iter(guess.keep_where), "")
            column = pick(left, t("import.keep_column"), f"bkeep.{chosen}", ("", *headings), kept, told=none)
            values = tuple(sorted({cell for cell in columns.texts.get(column, ()) if cell})[:_VALUES_MOST])
            first = next((one for one in values if re.escape(one) == guess.keep_where.get(column)), "")
            wanted = (
                pick(right, t("import.keep_value"), f"bkept.{chosen}", values, first or values[0]) if values else ""
            )
    source = BoundarySource(
        chosen, key, name, more_files=more, district=district, layer=view.facts.get("layer", ""), crs=crs,
        target_crs="", dissolve=dissolve, keys=zeros, keep_where={column: re.escape(wanted)} if wanted else {},
        keep=f"{re.escape(start)}.*" if start else "",
    )  # fmt: skip
    return Drawn(columns, source, {column: wanted} if wanted else {}, start)


def _or_none(t: Texts, heading: str) -> str:
    return heading or t("import.none")


def _region(t: Texts, boundaries: Columns) -> tuple[str, str, str]:
    with st.container(border=True):
        st.markdown(f"#### {t('import.region')}")
        stem = boundaries.file.rsplit(".", 1)[0].replace("_", " ").title()
        name = write(st, t("import.region_name"), "region.name", stem) or stem
        with section(t("import.region_fields"), "region", is_sure=True):
            left, right = st.columns(2)
            kind = pick(
                left, t("import.region_kind"), "region.kind", KINDS, "city", told=lambda one: t(f"import.kind_of_{one}")
            )
            given = write(
                right, t("import.region_id"), "region.id", "", placeholder=slug(name), help=t("import.region_id_help")
            )
    return slug(given or name), name, kind


def _source(t: Texts, files: Sequence[str]) -> Source:
    with section(t("import.source"), "source", is_sure=True):
        left, right = st.columns(2)
        title = write(left, t("import.source_title"), "source.title", placeholder=", ".join(files)[:80])
        publisher = write(right, t("import.source_publisher"), "source.publisher")
        left, right = st.columns(2)
        label, say = t("import.source_licence"), partial(_licence, t)
        licence = pick(left, label, "source.licence", LICENCES, "", told=say)
        url = write(right, t("import.source_url"), "source.url")
    said = _licence(t, licence) if licence else ""
    return Source(title or ", ".join(dict.fromkeys(files)), publisher, said, _LICENCE_URLS.get(licence, ""), url)


def _licence(t: Texts, licence: str) -> str:
    own = {"": "import.licence_none", "intern": "import.licence_intern"}
    return t(own[licence]) if licence in own else licence


def _changes(t: Texts) -> tuple[tuple[Change, ...], list[Finding]]:
    """Show where boundary reforms are written down, a line each; return them and what is unclear."""
    kept = str(state.recall("import.changes") or "")
    with st.expander(t("import.changes"), expanded=bool(kept)):
        paragraph(t("import.changes_text"))
        shown = state.bind("widget.import.changes", kept, partial(state.remember, "import.changes"))
        text = st.text_area(t("import.changes_label"), placeholder=t("import.changes_example"), height=120, **shown)
    return read_change_lines(str(text))


def _disclosure(t: Texts) -> DisclosureRule:
    default = DisclosureRule()
    with section(t("import.disclosure"), "disclosure", is_sure=True):
        paragraph(t("import.disclosure_text", source=default.source))
        fields = ("numerator_min", "denominator_min", "residents_min", "interval_min", "round_to", "reached_round_to")
        numbers = {}
        for start in (0, 3):
            for place, field in zip(st.columns(3), fields[start : start + 3], strict=True):
                numbers[field] = count(place, t(f"import.rule_{field}"), f"rule.{field}", getattr(default, field), 1)
        is_changed = any(numbers[field] != getattr(default, field) for field in fields)
        left, right = st.columns([2, 1])
        source = write(left, t("import.rule_source"), "rule.source", default.source)
        since = write(right, t("import.rule_since"), "rule.since", day_text(t, default.valid_from))
        if is_changed and source == default.source:
            paragraph(t("import.rule_source_wanted"), "nb-join nb-join-open")
    return DisclosureRule(**numbers, source=source, valid_from=parse_date(since) or default.valid_from)


def _own_measures(tables: Sequence[MappedTable]) -> tuple[Measure, ...]:
    own: dict[str, Measure] = {}
    for table in tables:
        for measure in table.measures:
            own.setdefault(measure.key, measure)
    return tuple(own.values())


def map_sites(t: Texts, view: FileView) -> SiteSource:
    """Show a table of places and the fields that say what it means; return what they say."""
    columns = view.columns
    assert columns is not None
    guess, name = draft_sites(columns), view.name
    headings = columns.headings
    with st.container(border=True):
        st.markdown(f"#### {t('import.sites', file=escaped(name))}")
        paragraph(t("import.sites_told", n=view.rows))
        is_sure = bool(guess.x and guess.y) and (bool(guess.kind_column) or guess.kind == SiteKind.HOST.value)
        with section(t("import.site_fields"), f"sites.{name}", is_sure=is_sure):
            show_preview(t, view)
            row = st.columns(4)
            chosen = {
                field: pick(
                    place,
                    t(f"import.site_{field}"),
                    f"site.{field}.{name}",
                    headings,
                    getattr(guess, field) or headings[0],
                )
                for place, field in zip(row, ("key", "name", "x", "y"), strict=True)
            }
            left, right = st.columns(2)
            kinds = tuple(kind.value for kind in SiteKind)
            by_column = tuple(f"column:{heading}" for heading in headings)
            first = f"column:{guess.kind_column}" if guess.kind_column else SiteKind.HOST.value
            kind = pick(
                left, t("import.site_kind"), f"site.kind.{name}", (*kinds, *by_column), first,
                told=lambda one: t("import.in_column", column=one[7:]) if ":" in one else t(f"import.site_kind_{one}"),
            )  # fmt: skip
            label, say = t("import.site_crs"), partial(system_name, t)
            crs = pick(right, label, f"site.crs.{name}", CRS_CHOICES[1:], guess.crs, told=say)
        further = _further_columns(t, name, headings, guess.columns)
    is_column = kind.startswith("column:")
    return SiteSource(
        name,
        chosen["key"],
        chosen["name"],
        chosen["x"],
        chosen["y"],
        kind="" if is_column else kind,
        kind_column=kind[7:] if is_column else "",
        crs=crs,
        factor=guess.factor,
        columns=further,
    )


def _further_columns(t: Texts, name: str, headings: Sequence[str], guess: Mapping[str, str]) -> dict[str, str]:
    """Show a field for each further column a site may have; return the headings by what they say."""
    chosen = {}
    targets = tuple(SITE_HEADINGS)
    with st.expander(t("import.site_columns", n=len(guess))):
        paragraph(t("import.site_columns_text", services=", ".join(SERVICES)))
        for start in range(0, len(targets), _AT_ONCE):
            for place, target in zip(st.columns(_AT_ONCE), targets[start : start + _AT_ONCE], strict=False):
                heading = pick(
                    place, t(f"site_column.{target}"), f"site.{target}.{name}", ("", *headings), guess.get(target, ""),
                    told=lambda one: one or t("import.none"),
                )  # fmt: skip
                if heading:
                    chosen[target] = heading
    return chosen


@dataclass(frozen=True)
class WaySources:
    """Files of ways and zones as a recipe names them; empty where there are none."""

    streets: str = ""
    timetable: str = ""
    travel_table: str = ""
    travel_mode: str = "car"
    cells: CellSource | None = None
    zones: tuple[ZoneSource, ...] = ()
    findings: tuple[Finding, ...] = ()


def map_ways(t: Texts, views: Sequence[FileView]) -> WaySources:
    """Show the fields for files of ways and zones; return what they say."""
    chosen = {use: [view.name for view in views if use_of(view) == use] for use in SINGLE}
    twice = tuple(error("import_use_twice", file=name) for names in chosen.values() for name in names[1:])
    first = {use: names[0] if names else "" for use, names in chosen.items()}
    mode = "car"
    if first["minutes"]:
        with st.container(border=True):
            st.markdown(f"#### {t('import.minutes', file=escaped(first['minutes']))}")
            paragraph(t("import.minutes_text"))
            label, say = t("import.travel_mode"), lambda one: t(f"import.travel_mode_{one}")
            mode = pick(st, label, "travel_mode", TRAVEL_MODES, "car", told=say)
    zones = tuple(_zones(t, view) for view in views if use_of(view) == "zones" and view.columns is not None)
    grid = next((view for view in views if view.name == first["cells"]), None)
    cells = (
        CellSource(grid.name, grid.facts["x"], grid.facts["y"], grid.facts["residents"], date=CENSUS_DAY)
        if grid and grid.facts
        else None
    )
    if grid is not None and cells is None:
        twice += (error("import_no_grid", file=grid.name),)
    return WaySources(first["streets"], first["timetable"], first["minutes"], mode, cells, zones, twice)


def _zones(t: Texts, view: FileView) -> ZoneSource:
    columns, name = view.columns, view.name
    assert columns is not None
    headings = columns.headings
    with st.container(border=True):
        st.markdown(f"#### {t('import.zones', file=escaped(name))}")
        paragraph(t("import.zones_text"))
        show_preview(t, view)
        left, middle, right = st.columns(3)
        named = pick(
            left, t("import.zone_name"), f"zone.name.{name}", ("", *headings), headings[0] if headings else "",
            told=lambda one: one or t("import.none"),
        )  # fmt: skip
        by_column = tuple(f"column:{heading}" for heading in headings)
        reason = pick(
            middle, t("import.zone_reason"), f"zone.reason.{name}", (*ZONE_REASONS, *by_column), "other",
            told=lambda one: t("import.in_column", column=one[7:]) if one in by_column else t(f"zone.reason.{one}"),
        )  # fmt: skip
        crs = pick(right, t("import.crs"), f"zone.crs.{name}", CRS_CHOICES, "", told=partial(system_name, t))
    is_column = reason in by_column
    return ZoneSource(
        name,
        name=named,
        reason="other" if is_column else reason,
        reason_column=reason[7:] if is_column else "",
        layer=view.facts.get("layer", ""),
        crs=crs,
    )
