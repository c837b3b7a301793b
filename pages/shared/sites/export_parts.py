"""What the dialog for files is told of the atlas and of a plan: titles, notes, how to make the map on paper."""

from __future__ import annotations

from dataclasses import replace
from functools import cache as once

from geo.need import Classification, classify_over, indicator_values
from geo.output.need import Picture, atlas_table, atlas_view
from geo.output.sites import SitesLook, assumptions, question_title, sites_view
from geo.output.values import MapView, Table
from geo.region.model import Region
from geo.siting.ask import Answer, Question
from geo.text import Texts
from pages.shared import state
from pages.shared.atlas import cache as atlas_cache
from pages.shared.shell import theme
from pages.shared.sites.view import background, catchments
from pages.shared.widgets import Paper, export_map, on_date


def export_picture(t: Texts, picture: Picture, quarter: str | None) -> None:
    """Show the button for the atlas; over the dates in classes that hold for all of them."""
    region, indicator, before = picture.region, picture.indicator, picture.compared_with
    subtitle = on_date(t) if before is None else f"{t.date(before)} – {t.date(picture.date)}"
    paper = Paper(f"{indicator.key}_map", f"{picture.label(t)}, {{region}}", subtitle, picture.date)

    def view() -> MapView:
        drawn = atlas_cache.atlas(region, indicator, (picture.date, before), picture.classes, (theme(), t.language))[1]
        return drawn.with_selected(quarter)

    def table(drawn: MapView) -> Table:
        return atlas_table(t, replace(picture, theme=drawn.theme), drawn)

    is_held = state.setting("held", (True, False), default=True) or state.recall("scheme") == "own"
    scheme, count = str(state.recall("scheme") or "natural"), picture.classes.count

    @once
    def classes() -> Classification:
        return picture.classes if is_held else classify_over(region, indicator, region.dates, scheme, count)

    def at(date: str) -> MapView:
        shown = indicator_values(region, indicator, date)
        return atlas_view(t, Picture(region, indicator, date, None, shown, classes(), "light"))

    series = (region.dates, at) if before is None and count else None
    export_map(t, region, paper, view, table=table, series=series)


def export_sites(t: Texts, region: Region, question: Question, answer: Answer) -> None:
    """Show the button for the map of a plan."""
    told = assumptions(t, region, answer)[:2]
    paper = Paper("sites_map", question_title(t, question), t("paper.where"), answer.posed.demand.date, told)

    def view() -> MapView:
        return sites_view(t, background(region, question), answer, SitesLook(catchments(region, answer)))

    export_map(t, region, paper, view)
