"""Step 2 of the import, ways and zones: streets, timetable, table of minutes, and where no office may go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from geo.findings import Finding, error
from geo.region import ZONE_REASONS
from geo.region.recipes import ZoneSource
from geo.text import Texts
from pages.shared.importing.fields import pick
from pages.shared.importing.file_view import FileView
from pages.shared.importing.files import escaped, use_of
from pages.shared.importing.tables import SYSTEMS, show_preview, system_name
from pages.shared.shell import paragraph

TRAVEL_MODES = ("car", "bicycle", "transit", "walk", "other")
SINGLE = ("streets", "timetable", "minutes")


@dataclass(frozen=True)
class WaySources:
    """Files of ways and zones as a recipe names them; empty where there are none."""

    streets: str = ""
    timetable: str = ""
    travel_table: str = ""
    travel_mode: str = "car"
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
            mode = pick(
                st, t("import.travel_mode"), "travel_mode", TRAVEL_MODES, "car",
                told=lambda one: t(f"import.travel_mode_{one}"),
            )  # fmt: skip
    zones = tuple(_zones(t, view) for view in views if use_of(view) == "zones" and view.columns is not None)
    return WaySources(first["streets"], first["timetable"], first["minutes"], mode, zones, twice)


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
        crs = pick(
            right, t("import.crs"), f"zone.crs.{name}", SYSTEMS, "", told=lambda one: system_name(t, one)
        )  # fmt: skip
    is_column = reason in by_column
    return ZoneSource(
        name,
        name=named,
        reason="other" if is_column else reason,
        reason_column=reason[7:] if is_column else "",
        layer=view.facts.get("layer", ""),
        crs=crs,
    )
