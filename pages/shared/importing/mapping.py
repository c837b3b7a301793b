"""Step 2 of the import: from files and entries to a recipe. Every field starts with a guess and can be changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import streamlit as st

from geo.errors import DataError
from geo.findings import Finding, error, has_errors
from geo.region import Measure, Source
from geo.region.disclosure import DisclosureRule
from geo.region.recipes import BoundarySource, Columns, Recipe, draft_boundaries, parse_recipe, slug
from geo.region.tables import parse_date
from geo.text import Texts
from pages.shared.importing.build import files_of
from pages.shared.importing.fields import count, pick, tick, write
from pages.shared.importing.file_view import FileView
from pages.shared.importing.files import escaped, once, stored, use_of
from pages.shared.importing.parts import show_findings
from pages.shared.importing.sites import map_sites
from pages.shared.importing.tables import (
    SYSTEMS,
    Drawn,
    MappedTable,
    map_table,
    show_preview,
    system_name,
    zeros_field,
)
from pages.shared.importing.ways import map_ways
from pages.shared.shell import paragraph

KINDS = ("city", "district", "state", "country", "other")
LICENCES = (
    "",
    "dl-de/by-2-0",
    "dl-de/zero-2-0",
    "CC BY 4.0",
    "CC0 1.0",
    "BA-Statistik",
    "intern",
)
_LICENCE_URLS = {
    "dl-de/by-2-0": "https://www.govdata.de/dl-de/by-2-0",
    "dl-de/zero-2-0": "https://www.govdata.de/dl-de/zero-2-0",
    "CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC0 1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
}


@dataclass(frozen=True)
class Mapping:
    """What the entries come to: a recipe (or None) and what is still wanting."""

    recipe: Recipe | None
    findings: tuple[Finding, ...]

    @property
    def is_ready(self) -> bool:
        """Tell whether there is a recipe and nothing is wanting."""
        return self.recipe is not None and not has_errors(self.findings)


def recipe_of_file(t: Texts, view: FileView, views: Sequence[FileView]) -> Mapping:
    """Show what a ready recipe asks for and return it."""
    try:
        recipe = parse_recipe(stored()[view.name].content.decode("utf-8-sig"), name=view.name)
    except UnicodeDecodeError:
        return _faulty(t, (error("recipe_unreadable", file=view.name),))
    except DataError as fault:
        return _faulty(t, fault.findings)
    there = {one.name for one in views}
    absent = [path for path in files_of(recipe) if PurePosixPath(path).name not in there]
    paragraph(t("import.recipe_used", file=view.name, name=recipe.name))
    findings = tuple(error("import_recipe_file_absent", file=view.name, path=path) for path in absent)
    show_findings(t, findings)
    return Mapping(recipe, findings)


def map_files(t: Texts, views: Sequence[FileView]) -> Mapping:
    """Show all fields for files without a recipe and return what was entered."""
    drawn = [view for view in views if use_of(view) == "boundaries" and view.columns is not None]
    tables = [view for view in views if use_of(view) == "table" and view.columns is not None]
    sites = [view for view in views if use_of(view) == "sites" and view.columns is not None]
    wanting = [error("import_no_boundaries")] if not drawn else []
    wanting += [error("import_no_table")] if not tables else []
    if wanting:
        return _faulty(t, tuple(wanting))
    boundary_columns, boundaries = _boundaries(t, drawn, [view.columns for view in tables if view.columns])
    mapped = [map_table(t, view, Drawn(boundary_columns, boundaries)) for view in tables]
    places = tuple(map_sites(t, view) for view in sites)
    ways = map_ways(t, views)
    region_id, name, kind = _region(t, boundary_columns)
    further = (ways.streets, ways.timetable, ways.travel_table, *(zone.file for zone in ways.zones))
    named = (boundaries.file, *(table.source.file for table in mapped), *(one.file for one in places), *further)
    source = _source(t, tuple(one for one in named if one))
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
        zones=ways.zones,
        disclosure=rule,
        sources=(source,),
    )
    findings = [*(finding for table in mapped for finding in table.findings), *ways.findings]
    findings += [
        error("import_file_unreadable", file=view.name)
        for view in views
        if view.columns is None and use_of(view) not in ("streets", "timetable")
    ]
    show_findings(t, findings)
    return Mapping(recipe, tuple(findings))


def _faulty(t: Texts, findings: tuple[Finding, ...]) -> Mapping:
    show_findings(t, findings)
    return Mapping(None, findings)


def _boundaries(t: Texts, views: Sequence[FileView], tables: Sequence[Columns]) -> tuple[Columns, BoundarySource]:
    with st.container(border=True):
        names = tuple(view.name for view in views)
        chosen = names[0]
        if len(names) > 1:
            chosen = pick(st, t("import.boundaries_file"), "boundaries", names, names[0])
        view = next(one for one in views if one.name == chosen)
        columns = view.columns
        assert columns is not None
        st.markdown(f"#### {t('import.boundaries', file=escaped(chosen))}")
        if len(view.parts) > 1:
            pick(st, t("import.layer"), f"layer.{chosen}", view.parts, view.facts.get("layer", view.parts[0]))
        show_preview(t, view)
        guess = once(f"boundaries.{chosen}", (columns, *tables), lambda: draft_boundaries(columns, tables))
        headings = columns.headings
        row = st.columns(4)
        key = pick(row[0], t("import.boundary_key"), f"bkey.{chosen}", headings, guess.key)
        name = pick(row[1], t("import.boundary_name"), f"bname.{chosen}", headings, guess.name)
        district = pick(
            row[2], t("import.boundary_district"), f"bdistrict.{chosen}", ("", *headings), "",
            told=lambda one: one or t("import.none"),
        )  # fmt: skip
        crs = pick(row[3], t("import.crs"), f"bcrs.{chosen}", SYSTEMS, "", told=lambda one: system_name(t, one))
        left, right = st.columns(2)
        zeros = zeros_field(t, left, f"bzeros.{chosen}", guess.keys)
        dissolve = tick(right, t("import.dissolve"), f"bdissolve.{chosen}")
    source = BoundarySource(
        chosen, key, name, district=district, layer=view.facts.get("layer", ""), crs=crs, target_crs="",
        dissolve=dissolve, keys=zeros,
    )  # fmt: skip
    return columns, source


def _region(t: Texts, boundaries: Columns) -> tuple[str, str, str]:
    with st.container(border=True):
        st.markdown(f"#### {t('import.region')}")
        left, middle, right = st.columns(3)
        stem = boundaries.file.rsplit(".", 1)[0].replace("_", " ").title()
        name = write(left, t("import.region_name"), "region.name", stem) or stem
        kind = pick(
            middle, t("import.region_kind"), "region.kind", KINDS, "city", told=lambda one: t(f"import.kind_of_{one}")
        )
        given = write(
            right, t("import.region_id"), "region.id", "", placeholder=slug(name), help=t("import.region_id_help")
        )
    return slug(given or name), name, kind


def _source(t: Texts, files: Sequence[str]) -> Source:
    with st.container(border=True):
        st.markdown(f"#### {t('import.source')}")
        left, right = st.columns(2)
        title = write(left, t("import.source_title"), "source.title", placeholder=", ".join(files)[:80])
        publisher = write(right, t("import.source_publisher"), "source.publisher")
        left, right = st.columns(2)
        licence = pick(
            left, t("import.source_licence"), "source.licence", LICENCES, "",
            told=lambda one: _licence(t, one),
        )  # fmt: skip
        url = write(right, t("import.source_url"), "source.url")
    said = _licence(t, licence) if licence else ""
    return Source(title or ", ".join(dict.fromkeys(files)), publisher, said, _LICENCE_URLS.get(licence, ""), url)


def _licence(t: Texts, licence: str) -> str:
    own = {"": "import.licence_none", "intern": "import.licence_intern"}
    return t(own[licence]) if licence in own else licence


def _disclosure(t: Texts) -> DisclosureRule:
    default = DisclosureRule()
    with st.expander(t("import.disclosure")):
        paragraph(t("import.disclosure_text", source=default.source))
        fields = ("numerator_min", "denominator_min", "residents_min", "interval_min", "round_to", "reached_round_to")
        numbers = {}
        for start in (0, 3):
            for place, field in zip(st.columns(3), fields[start : start + 3], strict=True):
                numbers[field] = count(place, t(f"import.rule_{field}"), f"rule.{field}", getattr(default, field), 1)
        is_changed = any(numbers[field] != getattr(default, field) for field in fields)
        left, right = st.columns([2, 1])
        source = write(left, t("import.rule_source"), "rule.source", default.source)
        since = write(right, t("import.rule_since"), "rule.since", _day(t, default.valid_from))
        if is_changed and source == default.source:
            paragraph(t("import.rule_source_wanted"), "nb-join nb-join-open")
    return DisclosureRule(**numbers, source=source, valid_from=parse_date(since) or default.valid_from)


def _own_measures(tables: Sequence[MappedTable]) -> tuple[Measure, ...]:
    own: dict[str, Measure] = {}
    for table in tables:
        for measure in table.measures:
            own.setdefault(measure.key, measure)
    return tuple(own.values())


def _day(t: Texts, iso: str) -> str:
    return t.date(iso) if t.language == "de" else iso
