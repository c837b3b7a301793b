"""Data, sheets and drafts to take away. A file is made when its button is pressed, never before."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import streamlit as st

from geo.output.files import FileMaker, FileOptions, Part, Style, as_zip, geopackage, stem_of, style_of, workbook
from geo.output.sites import Solved
from geo.output.values import file_key
from geo.region.model import Region
from geo.siting.ask import Answer
from geo.siting.scenario import Scenario, outcome_of
from geo.text import Texts
from pages.shared import state
from pages.shared.scenarios.panel import in_view, scenario_of
from pages.shared.shell import paragraph
from pages.shared.widgets import hand_out

STYLES: tuple[Style, ...] = ("german", "international")
ENDINGS: Mapping[Part, str] = {
    "workbook": "xlsx",
    "tables": "zip",
    "geopackage": "gpkg",
    "geojson": "zip",
    "sheets": "zip",
    "drafts": "zip",
}
WITH_SITES: tuple[Part, ...] = ("sheets", "drafts")


def data_buttons(t: Texts, region: Region, scenario: Scenario, answer: Answer) -> None:
    """Show buttons for workbook, CSV, GeoPackage, GeoJSON and, where a site opens, sheets and drafts."""
    st.header(t("dataout.take"), anchor=False)
    paragraph(t("dataout.take_note"))
    label, say = t("dataout.style"), lambda key: t(f"dataout.style_{key}")
    style = state.choose(st.radio, label, "csv_style", STYLES, style_of(t), words=say, horizontal=True)
    options = FileOptions(style=style)
    shown = [part for part in ENDINGS if len(answer.sites) or part not in WITH_SITES]
    with st.container(horizontal=True):
        for part in shown:
            ending = ENDINGS[part]
            hand_out(
                t(f"dataout.take_{part}"),
                partial(_made, t, region, (scenario, answer), part, options),
                f"{stem_of(region, scenario)}_{t(f'dataout.file_{part}')}.{ending}",
                key=f"take_{part}",
            )


def shown_scenario(region: Region, answer: Answer, name: str) -> Scenario:
    """Return what the sites page shows as a scenario, named like the one that was opened or saved last, if any."""
    found = in_view(region)
    if found is None:
        return scenario_of(region, answer, name, "")
    return scenario_of(region, answer, found.scenario.name, found.scenario.description)


def region_buttons(t: Texts, region: Region) -> None:
    """Show buttons for all data of a region, without a plan."""
    stem = file_key(region.id)
    with st.container(horizontal=True):
        hand_out(t("dataout.take_workbook"), partial(workbook, t, region), f"{stem}.xlsx", key="take_region_workbook")
        hand_out(t("dataout.take_geopackage"), partial(geopackage, t, region), f"{stem}.gpkg", key="take_region_gpkg")


def _made(t: Texts, region: Region, solved: tuple[Scenario, Answer], part: Part, options: FileOptions) -> bytes:
    scenario, answer = solved
    outcome = outcome_of(region, scenario, answer)
    files = FileMaker(t, region, Solved(scenario, answer, outcome), options).make(part)
    return as_zip(files) if ENDINGS[part] == "zip" else next(iter(files.values()))
